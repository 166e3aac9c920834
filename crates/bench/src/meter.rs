//! What a workload costs: CPU and memory of the server's process and of this one, bytes on the
//! disk, messages on the wire.
//!
//! Never guesses: everything is read from /proc, the file system or the devices' sockets.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};
use liandu_device::native::Traffic;

use crate::fleet::Phone;

/// One tick of /proc/PID/stat, seconds: USER_HZ is 100 on every Linux that a program can see.
const TICK_S: f64 = 0.01;

/// CPU time of a process, seconds. That of its living threads is known to the nanosecond; what
/// ended threads used is only in the process's own ticks, which count when they are more.
pub fn cpu_s(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process")?;
    // The name may hold anything, parentheses too: numbers are counted from its end.
    let numbers = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks: f64 = numbers
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    Ok(living_s(pid)?.max(ticks * TICK_S))
}

fn living_s(pid: u32) -> Result<f64> {
    let mut nanos = 0u64;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("the process's threads")? {
        // A thread may end while it is read.
        let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let first = stat.split_whitespace().next().unwrap_or("0");
        nanos += first.parse::<u64>().context("schedstat")?;
    }
    Ok(nanos as f64 / 1e9)
}

/// Most memory a process has held at once since `forget_peak`, bytes.
pub fn rss_peak_bytes(pid: u32) -> Result<u64> {
    kib_of(pid, "VmHWM:")
}

/// Memory a process holds now, bytes.
pub fn rss_bytes(pid: u32) -> Result<u64> {
    kib_of(pid, "VmRSS:")
}

/// Lets the peak begin again from what is held now.
pub fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("reset the peak")
}

fn kib_of(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: u64 = number.context("a line of memory")?.parse()?;
    Ok(kib * 1024)
}

/// CPU of writing so many bytes to a file with one fsync for each 100 kB: the floor of a log.
pub fn floor_append_s(folder: &Path, bytes: u64) -> Result<f64> {
    let block = vec![0x5a_u8; 100_000];
    let mut file = fs::File::create(folder.join("floor")).context("a file beside the log")?;
    let before = cpu_s(std::process::id())?;
    for _ in 0..bytes.div_ceil(100_000) {
        file.write_all(&block)?;
        file.sync_data()?;
    }
    Ok(cpu_s(std::process::id())? - before)
}

/// Bytes allocated below a folder; none when it is not there.
pub fn disk_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(0);
    };
    for entry in entries {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += match meta.is_dir() {
            true => disk_bytes(&entry.path())?,
            false => meta.blocks() * 512,
        };
    }
    Ok(bytes)
}

/// What a whole fleet has sent and received.
pub fn traffic(phones: &[Phone]) -> Traffic {
    phones
        .iter()
        .map(Phone::traffic)
        .fold(Traffic::default(), |sum, one| Traffic {
            bytes_up: sum.bytes_up + one.bytes_up,
            bytes_down: sum.bytes_down + one.bytes_down,
            messages_up: sum.messages_up + one.messages_up,
            messages_down: sum.messages_down + one.messages_down,
        })
}
