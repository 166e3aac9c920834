//! A store that forgets with the process: for load tests and measurements.
//!
//! Never durable: no person's device uses it.

use std::collections::BTreeMap;

use super::{FolderError, Store};
use crate::store::{Key, Pairs, Puts};

/// Pairs in memory. A clone is a backup.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<Key, Vec<u8>>);

impl Store for Memory {
    fn load(&mut self) -> Result<Pairs, FolderError> {
        Ok(self.0.clone().into_iter().collect())
    }

    fn write(&mut self, puts: &Puts) -> Result<(), FolderError> {
        for (key, value) in puts {
            match value {
                Some(value) => self.0.insert(key.clone(), value.clone()),
                None => self.0.remove(key),
            };
        }
        Ok(())
    }
}
