//! The index over the log: where each record's entries are, what each scope's feed holds, what is
//! in quarantine. Rows by key, in order.
//!
//! Never holds anything that is not in the log: it may be deleted at any time and is then built
//! again. A group of entries is one batch, together with the log position it brings the index to.

pub mod fold;
pub mod keys;
pub mod memory;
pub mod overlay;
pub mod rows;
pub mod sled;

#[cfg(test)]
mod conformance;

use std::collections::BTreeMap;

/// A row: key and value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Rows put (`Some`) and removed (`None`) at once.
pub type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The index cannot be used any more. The caller clears it and builds it again from the log.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Reading or writing failed.
    #[error("the index cannot be read or written")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row is not what was written.
    #[error("a row of the index is damaged")]
    Damaged,
}

/// Rows in order of their keys.
pub trait Index {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError>;

    /// Rows whose keys begin with `prefix` and are not below `from`, in order, at most `rows_max`.
    /// A `from` below the prefix begins at the prefix.
    fn scan(&self, prefix: &[u8], from: &[u8], rows_max: usize) -> Result<Vec<Row>, IndexError>;

    /// Puts and removes rows: after a crash all of them or none.
    fn apply(&mut self, batch: &Batch) -> Result<(), IndexError>;

    /// Makes everything applied durable. The log makes it unnecessary: it only saves time at the
    /// next start.
    fn flush(&mut self) -> Result<(), IndexError>;

    /// Removes every row.
    fn clear(&mut self) -> Result<(), IndexError>;

    /// Bytes on disk, 0 in memory.
    fn bytes(&self) -> u64;
}
