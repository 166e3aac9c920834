//! The tables' SQL, and how a file of them is opened, thrown away and made again.
//!
//! Never keeps anything that the log does not have: a file of another version is deleted.

use std::path::Path;

use liandu_core::limits;
use rusqlite::{Connection, OpenFlags};

use crate::tables::TablesError;

/// Counts up with every change to the SQL below or to what `project` writes; another number in a
/// file means: delete and rebuild.
pub const SCHEMA_VERSION: i64 = 15;

const SQL: &str = "
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    schema INTEGER NOT NULL,
    epoch BLOB NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE record (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    campaign TEXT NOT NULL,
    region TEXT NOT NULL,
    team TEXT NOT NULL,
    audience TEXT NOT NULL,
    domain TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    device_first INTEGER NOT NULL,
    device_last INTEGER NOT NULL,
    edits INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    lat_e7 INTEGER,
    lon_e7 INTEGER,
    datum INTEGER,
    accuracy_cm INTEGER,
    due TEXT NOT NULL,
    clock TEXT NOT NULL,
    behalf TEXT NOT NULL,
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    county TEXT NOT NULL,
    numbered_in TEXT NOT NULL,
    closed_time INTEGER
) STRICT;
CREATE INDEX record_by_code ON record (code);
CREATE INDEX record_by_number ON record (number, county) WHERE number > 0;
CREATE TABLE number (
    record BLOB UNIQUE,
    county TEXT NOT NULL,
    campaign TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (county, campaign, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_by_last ON record (last_position, id);
CREATE INDEX record_by_first ON record (first_position, id);
CREATE INDEX record_by_region ON record (region, audience, state, domain, kind, conflicts);
CREATE INDEX record_by_state ON record (state, last_position, id, region, audience);
CREATE INDEX record_by_due ON record (state, due, id, region, audience, kind, clock);
CREATE INDEX record_by_clock ON record (clock, due, id, region, audience);
CREATE INDEX record_by_team ON record (team);
CREATE INDEX record_in_conflict ON record (last_position, id) WHERE conflicts > 0;
CREATE INDEX record_referred ON record (last_position, id) WHERE audience = 'referral';
CREATE TABLE place (
    place INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE facet (
    row INTEGER NOT NULL,
    place INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (row, place, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_by_value ON facet (place, value, row);
CREATE TABLE handler (
    row INTEGER NOT NULL,
    unit TEXT NOT NULL,
    share TEXT NOT NULL,
    PRIMARY KEY (row, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX handler_by_unit ON handler (unit, share, row);
CREATE TABLE notice (
    row INTEGER NOT NULL,
    event BLOB NOT NULL,
    unit TEXT NOT NULL,
    word TEXT NOT NULL,
    text TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (row, event, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_by_time ON notice (time);
CREATE TABLE delivery (
    position INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    event BLOB NOT NULL,
    unit TEXT NOT NULL,
    failure TEXT,
    time INTEGER NOT NULL
) STRICT;
CREATE TABLE audit (
    position INTEGER NOT NULL,
    nr INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user TEXT NOT NULL,
    about TEXT NOT NULL,
    count INTEGER NOT NULL,
    address TEXT NOT NULL,
    sort TEXT NOT NULL,
    subject TEXT NOT NULL,
    record BLOB,
    PRIMARY KEY (position, nr)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_user ON audit (user, position);
CREATE INDEX audit_by_subject ON audit (subject, position);
CREATE INDEX audit_by_kind ON audit (kind, time);
CREATE TABLE library (
    version TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    time INTEGER NOT NULL,
    user TEXT NOT NULL,
    laws INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    json BLOB NOT NULL
) STRICT;
CREATE TABLE dispatch (
    position INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    campaign TEXT NOT NULL,
    upto INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX dispatch_by_region ON dispatch (region, campaign, position);
CREATE TABLE decision (
    record BLOB PRIMARY KEY,
    dispatch INTEGER NOT NULL,
    about BLOB,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_of ON decision (dispatch);
CREATE INDEX delivery_of ON delivery (record, event, unit);
CREATE TABLE conflict (
    row INTEGER NOT NULL,
    nr INTEGER NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (row, nr)
) STRICT, WITHOUT ROWID;
CREATE TABLE conflict_value (
    row INTEGER NOT NULL,
    nr INTEGER NOT NULL,
    n INTEGER NOT NULL,
    value BLOB NOT NULL,
    actor BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    device BLOB NOT NULL,
    person TEXT NOT NULL,
    behalf TEXT NOT NULL,
    device_time INTEGER NOT NULL,
    server_position INTEGER NOT NULL,
    server_time INTEGER NOT NULL,
    PRIMARY KEY (row, nr, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE body (
    row INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE body_fts USING fts5 (
    pairs, content = '', tokenize = 'ascii', detail = 'none'
);
CREATE VIRTUAL TABLE spot USING rtree_i32 (row, lat_min, lat_max, lon_min, lon_max);
CREATE TABLE quarantine (
    position INTEGER NOT NULL,
    nr INTEGER NOT NULL,
    record BLOB NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    team TEXT NOT NULL,
    audience TEXT NOT NULL,
    person TEXT NOT NULL,
    device BLOB NOT NULL,
    actor BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    verdict TEXT NOT NULL,
    reason INTEGER NOT NULL,
    time INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (position, nr)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_by_record ON quarantine (record);
CREATE INDEX quarantine_by_region ON quarantine (region, position);
";

/// What every connection is told. `secure_delete`: erased text must not stay in free pages.
const EVERY_CONNECTION: &str = "
PRAGMA busy_timeout = 5000;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -16000;
";

/// Opens the file for writing, making the tables if it is new. `NotOurs` when it is of another
/// version or cannot be read: the caller deletes it with [`remove`] and opens again.
pub(crate) fn open_write(path: &Path) -> Result<Connection, TablesError> {
    let connection = Connection::open(path)?;
    prepare(connection)
}

/// Tables in memory, for tests and for checking.
pub(crate) fn open_memory() -> Result<Connection, TablesError> {
    prepare(Connection::open_in_memory()?)
}

fn prepare(connection: Connection) -> Result<Connection, TablesError> {
    connection.execute_batch(EVERY_CONNECTION)?;
    // The log is the truth: losing the newest transactions of a table file costs a short replay.
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
    connection.set_prepared_statement_cache_capacity(64);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        connection.execute_batch(&format!("BEGIN; {SQL} COMMIT;"))?;
        connection.execute(
            "INSERT INTO meta VALUES (1, ?1, zeroblob(8), 0, x'')",
            [SCHEMA_VERSION],
        )?;
    }
    let version: i64 = connection
        .query_row("SELECT schema FROM meta", [], |row| row.get(0))
        .map_err(|_| TablesError::NotOurs)?;
    if version == SCHEMA_VERSION {
        Ok(connection)
    } else {
        Err(TablesError::NotOurs)
    }
}

/// Opens the file for reading only.
pub(crate) fn open_read(path: &Path) -> Result<Connection, TablesError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // The file is read where the system keeps it: a count of a province reads 8,000 pages.
    connection.execute_batch(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA mmap_size = {};",
        limits::TABLES_MAPPED_BYTES_MAX
    ))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Deletes the file and what SQLite keeps beside it. A missing file is no error.
pub fn remove(path: &Path) -> Result<(), TablesError> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(Path::new(&name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(TablesError::File(error)),
        }
    }
    Ok(())
}
