//! Where packs lie: one file per record, beside the log.
//!
//! Never trusted and never needed: whoever reads a pack proves it first, and what is missing is
//! read from the log. Deleting the whole folder loses nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use liandu_core::id::RecordId;

/// At most one pack for each record.
pub trait Packs: Send {
    /// The bytes of a record's pack as they are found; none when there is none.
    fn read(&self, record: &RecordId) -> io::Result<Option<Vec<u8>>>;

    /// Puts a record's pack in place of an older one. It may be lost or torn by a crash.
    fn write(&mut self, record: &RecordId, bytes: &[u8]) -> io::Result<()>;

    /// Removes a record's pack and what an interrupted write left of one, durably.
    fn remove(&mut self, record: &RecordId) -> io::Result<()>;
}

/// Packs in a folder.
#[derive(Debug)]
pub struct FolderPacks {
    folder: PathBuf,
}

impl FolderPacks {
    /// Packs in `folder`, which is made with the first one.
    pub fn new(folder: &Path) -> FolderPacks {
        FolderPacks {
            folder: folder.to_owned(),
        }
    }

    /// Whether anything of a record is here: its pack or an unfinished one.
    pub fn holds(&self, record: &RecordId) -> bool {
        self.path(record).exists() || self.unfinished(record).exists()
    }

    /// Removes all packs.
    pub fn remove_all(&self) -> io::Result<()> {
        or_none(std::fs::remove_dir_all(&self.folder)).map(|_| ())
    }

    fn path(&self, record: &RecordId) -> PathBuf {
        self.folder.join(format!("{}.pack", record.hex()))
    }

    fn unfinished(&self, record: &RecordId) -> PathBuf {
        self.folder.join(format!("{}.unfinished", record.hex()))
    }
}

fn or_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Packs for FolderPacks {
    fn read(&self, record: &RecordId) -> io::Result<Option<Vec<u8>>> {
        or_none(std::fs::read(self.path(record)))
    }

    fn write(&mut self, record: &RecordId, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let unfinished = self.unfinished(record);
        // Not synced: a torn pack is found out by its hash and costs nothing but its gain.
        let written = std::fs::write(&unfinished, bytes)
            .and_then(|()| std::fs::rename(&unfinished, self.path(record)));
        if written.is_err() {
            // The disk may be full: what is there of it must not take room from the log.
            or_none(std::fs::remove_file(&unfinished))?;
        }
        written
    }

    fn remove(&mut self, record: &RecordId) -> io::Result<()> {
        or_none(std::fs::remove_file(self.path(record)))?;
        or_none(std::fs::remove_file(self.unfinished(record)))?;
        match or_none(std::fs::File::open(&self.folder))? {
            Some(folder) => folder.sync_all(),
            None => Ok(()),
        }
    }
}

/// Packs in memory, shared by all clones: the simulator's.
#[derive(Clone, Default)]
pub struct MemoryPacks {
    packs: Arc<Mutex<BTreeMap<RecordId, Vec<u8>>>>,
}

impl fmt::Debug for MemoryPacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryPacks({})", self.all().len())
    }
}

impl MemoryPacks {
    /// None.
    pub fn new() -> MemoryPacks {
        MemoryPacks::default()
    }

    /// All packs, to look at, damage or take away.
    pub fn all(&self) -> MutexGuard<'_, BTreeMap<RecordId, Vec<u8>>> {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Packs for MemoryPacks {
    fn read(&self, record: &RecordId) -> io::Result<Option<Vec<u8>>> {
        Ok(self.all().get(record).cloned())
    }

    fn write(&mut self, record: &RecordId, bytes: &[u8]) -> io::Result<()> {
        self.all().insert(*record, bytes.to_vec());
        Ok(())
    }

    fn remove(&mut self, record: &RecordId) -> io::Result<()> {
        self.all().remove(record);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_and_memory_keep_the_last_pack_of_a_record_until_it_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = FolderPacks::new(&place.path().join("packs"));
        let (one, other) = (RecordId([1; 16]), RecordId([2; 16]));
        let all: [Box<dyn Packs>; 2] = [Box::new(folder), Box::new(MemoryPacks::new())];
        for mut packs in all {
            packs.remove(&one).unwrap();
            assert_eq!(packs.read(&one).unwrap(), None);
            packs.write(&one, b"old").unwrap();
            packs.write(&one, b"new").unwrap();
            packs.write(&other, b"other").unwrap();
            assert_eq!(packs.read(&one).unwrap().unwrap(), b"new");
            packs.remove(&one).unwrap();
            assert_eq!(packs.read(&one).unwrap(), None);
            assert_eq!(packs.read(&other).unwrap().unwrap(), b"other");
        }
    }

    #[test]
    fn what_an_interrupted_write_left_is_removed_too() {
        let place = tempfile::tempdir().unwrap();
        let mut packs = FolderPacks::new(place.path());
        let record = RecordId([1; 16]);
        std::fs::write(packs.unfinished(&record), b"half").unwrap();
        assert!(packs.holds(&record));
        packs.remove(&record).unwrap();
        assert!(!packs.holds(&record));
    }
}
