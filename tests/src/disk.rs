//! What tests do to disks: flipped bits, a small one that fills up, folders copied.
//!
//! Never touches anything but what it is told to.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use liandu_device::entropy::{Entropy, Seeded};

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Changes one bit of the byte at a place.
pub fn flip(path: &Path, at: u64) {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("opened");
    let mut byte = [0; 1];
    file.seek(SeekFrom::Start(at)).expect("within the file");
    file.read_exact(&mut byte).expect("a byte");
    file.seek(SeekFrom::Start(at)).expect("within the file");
    file.write_all(&[byte[0] ^ 0x10]).expect("written");
}

/// A drawn number below `end`.
pub fn below(entropy: &mut Seeded, end: u64) -> u64 {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    u64::from_be_bytes(bytes) % end
}

/// Copies a folder's files into a fresh one.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    // A socket that a killed server has left is none.
    for file in files(from).into_iter().filter(|path| path.is_file()) {
        let below = to.join(file.strip_prefix(from).expect("below it"));
        fs::create_dir_all(below.parent().expect("a folder")).expect("a folder");
        fs::copy(&file, &below).expect("copied");
    }
}

/// A small disk of its own, taken away in the end.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this machine does not let us mount.
    pub fn mounted(at: &Path, mib: u64) -> Option<SmallDisk> {
        fs::create_dir_all(at).expect("a folder");
        let size = format!("size={mib}m");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .status();
        let mounted = status.is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("not tried: mounting a small disk takes root");
        }
        mounted.then(|| SmallDisk(at.to_owned()))
    }

    /// Fills it to the last byte but so many.
    pub fn fill(&self, leave_bytes: u64) {
        let mut file = File::create(self.0.join("filler")).expect("a file");
        let block = vec![0; 1 << 20];
        while file.write_all(&block).is_ok() {}
        let full = file.metadata().expect("a length").len();
        file.set_len(full.saturating_sub(leave_bytes)).expect("cut");
    }

    /// Makes room again.
    pub fn empty(&self) {
        fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}
