//! A device's folder: one SQLite file with one table of pairs, and a lock file.
//!
//! Never open in two processes, never half a batch (each one is a transaction that is on the disk
//! when `write` returns), and never opened while its file is damaged: that is said, and `rescue`
//! keeps what is whole.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params};

use super::{Store, pages};
use crate::engine::{Rescued, rescue};
use crate::store::{OpenError, Pairs, Puts};

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another program has it open: close that one.
    #[error("{} 正被另一个程序使用 (is in use by another program)", .0.display())]
    InUse(PathBuf),
    /// No room: nothing of this was saved, what was saved before is whole. Make room, then again.
    #[error(
        "磁盘已满:这一步没有保存,以前保存的都在。请腾出空间后再做一次 (the disk is full: this was \
         not saved, everything saved before is still there; make room and do it again)"
    )]
    Full,
    /// The file was changed by something else than this program: rescue it.
    #[error("{} 已损坏 (is damaged): {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A newer app wrote it: that one must do this.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file system: rights.
    #[error("{} 无法读写 (cannot be read or written): {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The database.
    #[error("本机数据库出错 (the device's database failed): {0}")]
    Sql(rusqlite::Error),
}

/// The file that holds everything, what a rescue writes before it takes its place, and where the
/// damaged one is kept.
const DATABASE: &str = "device.db";
const JOURNAL: &str = "device.db-journal";
const FRESH: &str = "device.db.new";

const TABLE: &str = "CREATE TABLE kv (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID";

/// As SQLite takes it.
const PAGE_BYTES: u32 = pages::PAGE_BYTES as u32;

/// One device's folder, locked.
#[derive(Debug)]
pub struct Folder {
    connection: Connection,
    path: PathBuf,
    /// Unlocked when it is dropped or the process ends.
    _lock: File,
}

impl Folder {
    /// Opens a folder, making it when it is not there. Only its owner may look into it.
    pub fn open(path: &Path) -> Result<Folder, FolderError> {
        let lock = lock(path)?;
        let database = path.join(DATABASE);
        let connection = connect(&database).map_err(|error| said(&database, error))?;
        Ok(Folder {
            connection,
            path: database,
            _lock: lock,
        })
    }

    /// Puts what is whole of a damaged folder into a fresh file; the damaged one is kept beside it,
    /// where the second value says. Nothing else writes to it any more.
    pub fn rescue(path: &Path) -> Result<(Rescued, PathBuf), FolderError> {
        let _lock = lock(path)?;
        let (database, journal) = (path.join(DATABASE), path.join(JOURNAL));
        let bytes = read(&database)?;
        let before = read(&journal)?;
        let rescued = rescue(pages::pairs(&bytes, &before))?;
        let aside = unused(path);
        keep(&aside, &bytes)?;
        let fresh = path.join(FRESH);
        let written = refill(&fresh, &rescued.puts);
        written.map_err(|error| said(&fresh, error))?;
        let io = |source| of_file(&database, source);
        if journal.exists() {
            fs::remove_file(&journal).map_err(io)?;
        }
        fs::rename(&fresh, &database).map_err(io)?;
        File::open(path)
            .and_then(|dir| dir.sync_all())
            .map_err(io)?;
        Ok((rescued, aside))
    }
}

/// The open database, looked through: a tree that lost a branch must not pass for an empty one.
fn connect(database: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(database)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    // Not a log that is read back later: a bit that changes in one would silently take everything
    // committed after it away. What is committed is in the one file, where it is checked.
    connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
    // Everything is synced at every commit: what is committed survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    let ask = |what: &str| connection.query_row(what, [], |row| row.get(0));
    let pages: Value = ask("PRAGMA page_count")?;
    if pages == Value::Integer(0) {
        connection.execute_batch(TABLE)?;
    }
    // Not made again where it seems to be missing: an empty table would hide everything.
    let tables: Value = ask("SELECT group_concat(sql) FROM sqlite_schema")?;
    let wrong: Value = ask("PRAGMA quick_check(1)")?;
    let expected = tables == Value::Text(TABLE.to_owned());
    if !expected || wrong != Value::Text("ok".to_owned()) {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(code, None));
    }
    Ok(connection)
}

fn refill(fresh: &Path, puts: &Puts) -> rusqlite::Result<()> {
    // One that an interrupted rescue has left.
    let _ = fs::remove_file(fresh);
    let mut connection = connect(fresh)?;
    write(&mut connection, puts)
}

/// What a database's error means for a person.
fn said(path: &Path, error: rusqlite::Error) -> FolderError {
    let damaged = |what: String| FolderError::Damaged {
        path: path.to_owned(),
        what,
    };
    let writable = || fs::metadata(path).is_ok_and(|meta| !meta.permissions().readonly());
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => FolderError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(error.to_string()),
        // What is asked is always the same: only the file can be what it does not fit.
        Some(ErrorCode::Unknown) => damaged(error.to_string()),
        Some(ErrorCode::ReadOnly) if writable() => damaged(error.to_string()),
        Some(_) | None => FolderError::Sql(error),
    }
}

fn of_file(path: &Path, source: std::io::Error) -> FolderError {
    if source.kind() == ErrorKind::StorageFull {
        return FolderError::Full;
    }
    FolderError::Io {
        path: path.to_owned(),
        source,
    }
}

fn lock(path: &Path) -> Result<File, FolderError> {
    make_private(path).map_err(|source| of_file(path, source))?;
    let lock = path.join("lock");
    let lock = File::create(&lock).map_err(|source| of_file(&lock, source))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(FolderError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(of_file(path, source)),
    }
}

/// A file's bytes; none where it is not there.
fn read(path: &Path) -> Result<Vec<u8>, FolderError> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|source| of_file(path, source)),
    }
}

/// A name that no damaged file has yet.
fn unused(path: &Path) -> PathBuf {
    let named = |number: u32| path.join(format!("{DATABASE}.damaged-{number}"));
    let free = (1..u32::MAX).map(named).find(|path| !path.exists());
    free.unwrap_or_else(|| named(0))
}

/// Writes a file that is on the disk when this returns.
fn keep(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let write = |mut file: File| file.write_all(bytes).and_then(|()| file.sync_all());
    let written = File::create_new(path).and_then(write);
    written.map_err(|source| {
        // A piece of it helps nobody, least of all a full disk.
        let _ = fs::remove_file(path);
        of_file(path, source)
    })
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

impl Store for Folder {
    fn load(&mut self) -> Result<Pairs, FolderError> {
        load(&self.connection).map_err(|error| said(&self.path, error))
    }

    fn write(&mut self, puts: &Puts) -> Result<(), FolderError> {
        write(&mut self.connection, puts).map_err(|error| said(&self.path, error))
    }

    fn place(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

fn load(connection: &Connection) -> rusqlite::Result<Pairs> {
    let mut statement = connection.prepare("SELECT key, value FROM kv ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn write(connection: &mut Connection, puts: &Puts) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut put =
            transaction.prepare_cached("INSERT OR REPLACE INTO kv (key, value) VALUES (?1, ?2)")?;
        let mut remove = transaction.prepare_cached("DELETE FROM kv WHERE key = ?1")?;
        for (key, value) in puts {
            match value {
                Some(value) => put.execute(params![key, value])?,
                None => remove.execute(params![key])?,
            };
        }
    }
    transaction.commit()
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

    #[test]
    fn changed_byte_where_the_file_says_what_it_is_hides_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(dir.path()).unwrap();
        let pairs = [(b"a".to_vec(), vec![1]), (b"b".to_vec(), vec![2])];
        let puts = pairs.iter().cloned();
        let puts = puts.map(|(key, value)| (key, Some(value))).collect();
        folder.write(&puts).unwrap();
        drop(folder);
        let file = dir.path().join(DATABASE);
        let whole = fs::read(&file).unwrap();
        let page = pages::PAGE_BYTES;
        // The header, and the text that says which table there is.
        for at in (0..108).chain(page - 150..page) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 7);
            fs::write(&file, &bytes).unwrap();
            let loaded = Folder::open(dir.path()).and_then(|mut folder| folder.load());
            match loaded {
                Ok(loaded) => assert_eq!(loaded, pairs, "byte {at}"),
                Err(FolderError::Damaged { .. }) => {}
                Err(other) => panic!("byte {at}: {other:?}"),
            }
        }
    }
}
