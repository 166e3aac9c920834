//! A journal's folder that is only looked at: what opening would mend is mended in memory.
//!
//! Never writes to the disk.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};

use crate::journal::Disk;

/// A disk over another: reads come from below, writes stay here.
pub(crate) struct Look<D: Disk> {
    below: D,
    /// Files as they would be; `None` for removed ones.
    changed: BTreeMap<String, Option<Vec<u8>>>,
}

impl<D: Disk> Look<D> {
    pub(crate) fn over(below: D) -> Look<D> {
        Look {
            below,
            changed: BTreeMap::new(),
        }
    }

    /// A file to be changed, whole in memory from now on.
    fn file(&mut self, name: &str) -> io::Result<&mut Vec<u8>> {
        if !self.changed.contains_key(name) {
            let length = usize::try_from(self.below.len(name)?).map_err(io::Error::other)?;
            let mut bytes = vec![0; length];
            self.below.read_at(name, 0, &mut bytes)?;
            self.changed.insert(name.to_owned(), Some(bytes));
        }
        match self.changed.get_mut(name) {
            Some(Some(bytes)) => Ok(bytes),
            Some(None) | None => Err(ErrorKind::NotFound.into()),
        }
    }
}

impl<D: Disk> Disk for Look<D> {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = self.below.list()?;
        names.retain(|name| !self.changed.contains_key(name));
        let made = self.changed.iter().filter(|(_, bytes)| bytes.is_some());
        names.extend(made.map(|(name, _)| name.clone()));
        names.sort();
        Ok(names)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        match self.changed.get(name) {
            Some(Some(bytes)) => Ok(bytes.len() as u64),
            Some(None) => Err(ErrorKind::NotFound.into()),
            None => self.below.len(name),
        }
    }

    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let bytes = match self.changed.get(name) {
            Some(Some(bytes)) => bytes,
            Some(None) => return Err(ErrorKind::NotFound.into()),
            None => return self.below.read_at(name, offset, into),
        };
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let part = bytes.get(from..).and_then(|rest| rest.get(..into.len()));
        into.copy_from_slice(part.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // Opening writes the last group once more as it is: that is no change.
        let mut there = vec![0; bytes.len()];
        if self.read_at(name, offset, &mut there).is_ok() && there == bytes {
            return Ok(());
        }
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let file = self.file(name)?;
        let end = from.saturating_add(bytes.len());
        if file.len() < end {
            file.resize(end, 0);
        }
        for (to, byte) in file.iter_mut().skip(from).zip(bytes) {
            *to = *byte;
        }
        Ok(())
    }

    fn sync(&mut self, _name: &str) -> io::Result<()> {
        Ok(())
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.changed.insert(name.to_owned(), Some(bytes.to_vec()));
        Ok(())
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        self.file(name)?.resize(length, 0);
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let bytes = std::mem::take(self.file(from)?);
        self.changed.insert(to.to_owned(), Some(bytes));
        self.remove(from)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.changed.insert(name.to_owned(), None);
        Ok(())
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.below.free_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Damage, FolderDisk, Journal, Options};

    #[test]
    fn looking_at_a_torn_log_tells_of_it_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            reserve_bytes: 0,
            ..Options::default()
        };
        let (mut journal, _) =
            Journal::open(FolderDisk::open(folder.path()).unwrap(), options).unwrap();
        journal.append(b"one").unwrap();
        journal.commit().unwrap();
        drop(journal);
        let file = folder.path().join("0000000001.segment");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend_from_slice(b"half an entry");
        std::fs::write(&file, &bytes).unwrap();
        let look = Look::over(FolderDisk::open(folder.path()).unwrap());
        let (journal, opened) = Journal::open(look, options).unwrap();
        assert!(matches!(
            opened.damage[..],
            [Damage::TornTail { bytes: 13, .. }]
        ));
        assert!(journal.check().bad.is_empty());
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}
