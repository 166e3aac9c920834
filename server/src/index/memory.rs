//! The index in memory: the model the other is compared with, and the simulator's.
//!
//! Never survives its process.

use std::collections::BTreeMap;

use super::{Batch, Index, IndexError, Row};

/// Rows in a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryIndex {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl MemoryIndex {
    /// Empty.
    pub fn new() -> MemoryIndex {
        MemoryIndex::default()
    }

    /// Every row, to compare two indexes.
    pub fn rows(&self) -> &BTreeMap<Vec<u8>, Vec<u8>> {
        &self.rows
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.rows.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], from: &[u8], rows_max: usize) -> Result<Vec<Row>, IndexError> {
        let start = from.max(prefix).to_vec();
        let rows = self
            .rows
            .range(start..)
            .take_while(|(key, _)| key.starts_with(prefix));
        Ok(rows
            .take(rows_max)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), IndexError> {
        for (key, value) in batch {
            match value {
                Some(value) => self.rows.insert(key.clone(), value.clone()),
                None => self.rows.remove(key),
            };
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        Ok(())
    }

    fn clear(&mut self) -> Result<(), IndexError> {
        self.rows.clear();
        Ok(())
    }

    fn bytes(&self) -> u64 {
        0
    }
}
