//! A device's folder: one SQLite file with one table of pairs, and a lock file.
//!
//! Never open in two processes, and never half a batch: each one is a transaction that is on the
//! disk when `write` returns.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::Store;
use crate::store::{Pairs, Puts};

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another program has it open: close that one.
    #[error("{} 正被另一个程序使用 (is in use by another program)", .0.display())]
    InUse(PathBuf),
    /// The file system: rights, space.
    #[error("{} 无法读写 (cannot be read or written): {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The database: space, damage.
    #[error("本机数据库出错 (the device's database failed): {0}")]
    Sql(#[from] rusqlite::Error),
}

/// One device's folder, locked.
#[derive(Debug)]
pub struct Folder {
    connection: Connection,
    /// Unlocked when it is dropped or the process ends.
    _lock: File,
}

impl Folder {
    /// Opens a folder, making it when it is not there. Only its owner may look into it.
    pub fn open(path: &Path) -> Result<Folder, FolderError> {
        let io = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        make_private(path).map_err(io)?;
        let lock = File::create(path.join("lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let connection = Connection::open(path.join("device.db"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // The log is synced at every commit: what is committed survives a power cut.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS kv (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
        )?;
        Ok(Folder {
            connection,
            _lock: lock,
        })
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

impl Store for Folder {
    fn load(&mut self) -> Result<Pairs, FolderError> {
        let mut statement = self
            .connection
            .prepare("SELECT key, value FROM kv ORDER BY key")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn write(&mut self, puts: &Puts) -> Result<(), FolderError> {
        let transaction = self.connection.transaction()?;
        {
            let mut put = transaction
                .prepare_cached("INSERT OR REPLACE INTO kv (key, value) VALUES (?1, ?2)")?;
            let mut remove = transaction.prepare_cached("DELETE FROM kv WHERE key = ?1")?;
            for (key, value) in puts {
                match value {
                    Some(value) => put.execute(params![key, value])?,
                    None => remove.execute(params![key])?,
                };
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_keeps_what_was_written_and_opens_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(dir.path()).unwrap();
        assert!(matches!(
            Folder::open(dir.path()),
            Err(FolderError::InUse(_))
        ));
        folder
            .write(&vec![
                (b"a".to_vec(), Some(vec![1])),
                (b"b".to_vec(), Some(vec![2])),
            ])
            .unwrap();
        folder
            .write(&vec![(b"a".to_vec(), None), (b"b".to_vec(), Some(vec![3]))])
            .unwrap();
        drop(folder);
        let mut folder = Folder::open(dir.path()).unwrap();
        assert_eq!(folder.load().unwrap(), [(b"b".to_vec(), vec![3])]);
    }
}
