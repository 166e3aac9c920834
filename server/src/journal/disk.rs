//! What the journal needs of a disk, and the real one: a folder.
//!
//! Never knows what is in the files. Durable means: written by `sync`, or returned from `create`,
//! `rename` or `remove`, which include the folder's own fsync.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A flat folder of files named by the journal.
pub trait Disk {
    /// Names of all files, in order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Length of a file, bytes.
    fn len(&self, name: &str) -> io::Result<u64>;
    /// Fills `into` from `offset` on; an end of file before that is `UnexpectedEof`.
    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()>;
    /// Writes into an existing file, at its end or over what is there. Not durable before `sync`.
    fn write_at(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes a file's content durable. After an error nothing is known about what was written
    /// since the last success, and reading it back proves nothing.
    fn sync(&mut self, name: &str) -> io::Result<()>;
    /// Makes a file with this content, replacing one of the same name, durably.
    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Shortens a file, durably.
    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()>;
    /// Renames a file over another (or none), durably and at once.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file, durably.
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// Makes the folder's list of names durable.
    fn sync_folder(&mut self) -> io::Result<()>;
    /// Bytes the journal may still write.
    fn free_bytes(&self) -> io::Result<u64>;
}

const LOCK_NAME: &str = "journal.lock";

/// A folder of the file system, locked for one owner.
#[derive(Debug)]
pub struct FolderDisk {
    folder: PathBuf,
    /// Open files: a commit must not pay for opening its segment.
    open: Mutex<BTreeMap<String, File>>,
    _lock: File,
}

/// Open files kept; more are closed, oldest name first.
const OPEN_FILES_MAX: usize = 64;

impl FolderDisk {
    /// Opens `folder`, made if missing. `WouldBlock`: another process has it.
    pub fn open(folder: &Path) -> io::Result<FolderDisk> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(LOCK_NAME);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        lock.try_lock().map_err(io::Error::from)?;
        let disk = FolderDisk {
            folder: folder.to_owned(),
            open: Mutex::new(BTreeMap::new()),
            _lock: lock,
        };
        Ok(disk)
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, File>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, name: &str, work: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
        let mut files = self.files();
        if let Some(file) = files.get(name) {
            return work(file);
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.folder.join(name))?;
        let result = work(&file);
        if files.len() >= OPEN_FILES_MAX {
            files.pop_first();
        }
        files.insert(name.to_owned(), file);
        result
    }
}

impl Disk for FolderDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for item in std::fs::read_dir(&self.folder)? {
            let item = item?;
            let name = item.file_name().into_string().unwrap_or_default();
            if item.file_type()?.is_file() && !name.is_empty() && name != LOCK_NAME {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.with(name, |file| Ok(file.metadata()?.len()))
    }

    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.with(name, |file| file.read_exact_at(into, offset))
    }

    fn write_at(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.with(name, |file| file.write_all_at(bytes, offset))
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.with(name, File::sync_data)
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.files().remove(name);
        let path = self.folder.join(name);
        let mut options = OpenOptions::new();
        let file = options
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(path)?;
        file.write_all_at(bytes, 0)?;
        file.sync_all()?;
        self.sync_folder()
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.with(name, |file| {
            file.set_len(length)?;
            file.sync_all()
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.files();
        files.remove(from);
        files.remove(to);
        drop(files);
        std::fs::rename(self.folder.join(from), self.folder.join(to))?;
        self.sync_folder()
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.files().remove(name);
        match std::fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.sync_folder(),
        }
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.folder)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}
