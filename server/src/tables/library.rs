//! Versions of the library of laws: rows of those that the log keeps.
//!
//! Never replaces a version: records name it, so it says the same for ever.

use liandu_core::id::Position;
use liandu_core::limits;
use liandu_core::log::LibrarySet;
use liandu_core::time::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::tables::TablesError;
use crate::tables::query::Snapshot;
use crate::tables::read::{number, position};
use crate::tables::write::{count_of, position_of};

/// A version without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What the office calls it.
    pub version: String,
    /// Where it stands in the log.
    pub position: Position,
    /// When it was published, by the server's clock.
    pub time: Timestamp,
    /// By which office user.
    pub user: String,
    /// Laws in it.
    pub laws: u64,
    /// Articles in it.
    pub articles: u64,
}

pub(crate) fn put(
    transaction: &Transaction<'_>,
    at: Position,
    set: &LibrarySet,
) -> Result<(), TablesError> {
    transaction
        .prepare_cached(
            "INSERT INTO library (version, position, time, user, laws, articles, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (version) DO NOTHING",
        )?
        .execute(params![
            set.version,
            position_of(at),
            set.time.0,
            set.user,
            count_of(set.laws),
            count_of(set.articles),
            set.json,
        ])?;
    Ok(())
}

/// The versions, the newest first.
pub fn versions(snapshot: &Snapshot<'_>) -> Result<Vec<Version>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(
        "SELECT version, position, time, user, laws, articles FROM library
         ORDER BY position DESC LIMIT ?1",
    )?;
    let limit = i64::try_from(limits::LIBRARY_VERSIONS_SHOWN_MAX).unwrap_or(i64::MAX);
    let found = statement.query_map([limit], |row| {
        Ok(Version {
            version: row.get("version")?,
            position: position(row, "position")?,
            time: Timestamp(row.get("time")?),
            user: row.get("user")?,
            laws: number(row, "laws")?,
            articles: number(row, "articles")?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The texts of one version, JSON.
pub fn texts(snapshot: &Snapshot<'_>, version: &str) -> Result<Option<Vec<u8>>, TablesError> {
    let found = snapshot
        .transaction
        .prepare_cached("SELECT json FROM library WHERE version = ?1")?
        .query_row([version], |row| row.get(0));
    Ok(found.optional()?)
}
