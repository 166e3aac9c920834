//! What a workload costs: CPU and memory of the server's process and of this one, bytes on the
//! disk, messages on the wire.
//!
//! Never guesses: everything is read from /proc, the file system or the devices' sockets.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};
use liandu_device::native::Traffic;

use crate::fleet::Phone;

/// CPU time of a process's living threads, seconds (schedstat counts nanoseconds, not ticks).
pub fn cpu_s(pid: u32) -> Result<f64> {
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
