//! The index in sled: the only file that names it.
//!
//! Never trusted: sled may fail to open, panic, or come back older than it was left. All rows are
//! in one tree, a batch is atomic, and the log can rebuild everything.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use sled::{Config, Db};

use super::{Batch, Index, IndexError, Row};

/// Memory that sled may use for pages, bytes.
const CACHE_BYTES: u64 = 16 << 20;
/// How often sled writes back by itself, ms.
const FLUSH_EVERY_MS: u64 = 2_000;

/// Rows in one sled tree.
pub struct SledIndex {
    db: Option<Db>,
    folder: PathBuf,
}

fn store(error: sled::Error) -> IndexError {
    IndexError::Store(Box::new(error))
}

fn io(error: std::io::Error) -> IndexError {
    IndexError::Store(Box::new(error))
}

/// sled panicked inside a call.
#[derive(Debug, thiserror::Error)]
#[error("sled panicked")]
struct Panicked;

/// sled is closed: clearing failed half way.
#[derive(Debug, thiserror::Error)]
#[error("the index is closed")]
struct Closed;

fn isolated<T>(call: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(store),
        Err(_) => Err(IndexError::Store(Box::new(Panicked))),
    }
}

impl SledIndex {
    /// Opens the index in `folder`, made if missing. One that will not open is removed and begun
    /// anew, empty.
    pub fn open(folder: &Path) -> Result<SledIndex, IndexError> {
        let db = match open(folder) {
            Ok(db) => db,
            Err(_) => {
                std::fs::remove_dir_all(folder).map_err(io)?;
                open(folder)?
            }
        };
        Ok(SledIndex {
            db: Some(db),
            folder: folder.to_owned(),
        })
    }

    fn db(&self) -> Result<&Db, IndexError> {
        self.db
            .as_ref()
            .ok_or_else(|| IndexError::Store(Box::new(Closed)))
    }
}

fn open(folder: &Path) -> Result<Db, IndexError> {
    let config = Config::new()
        .path(folder)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(Some(FLUSH_EVERY_MS));
    isolated(|| config.open())
}

impl Index for SledIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        let db = self.db()?;
        Ok(isolated(|| db.get(key))?.map(|value| value.to_vec()))
    }

    fn scan(&self, prefix: &[u8], from: &[u8], rows_max: usize) -> Result<Vec<Row>, IndexError> {
        let db = self.db()?;
        isolated(|| {
            let mut rows = Vec::new();
            for row in db.range(from.max(prefix)..) {
                let (key, value) = row?;
                if rows.len() == rows_max || !key.starts_with(prefix) {
                    break;
                }
                rows.push((key.to_vec(), value.to_vec()));
            }
            Ok(rows)
        })
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), IndexError> {
        let mut writes = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => writes.insert(key.as_slice(), value.as_slice()),
                None => writes.remove(key.as_slice()),
            }
        }
        let db = self.db()?;
        isolated(|| db.apply_batch(writes))
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        let db = self.db()?;
        isolated(|| db.flush()).map(|_| ())
    }

    fn clear(&mut self) -> Result<(), IndexError> {
        // A new folder: sled does not give space back, and a damaged one may not clear.
        drop(self.db.take());
        match std::fs::remove_dir_all(&self.folder) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
        self.db = Some(open(&self.folder)?);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.db
            .as_ref()
            .and_then(|db| isolated(|| db.size_on_disk()).ok())
            .unwrap_or(0)
    }
}
