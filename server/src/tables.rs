//! The office's tables: SQLite rows made from records by a pure function, with the log position
//! they belong to in the same transaction.
//!
//! Never the truth: a file of another version, or of another log, is deleted and made again.

pub mod alike;
pub mod audit;
mod body;
pub(crate) mod born;
pub mod change;
pub mod check;
mod columns;
pub mod count;
pub mod dispatch;
pub mod export;
mod facet;
pub mod filter;
pub mod follow;
pub mod library;
pub mod map;
pub mod notice;
mod number;
pub mod plan;
pub mod quarantine;
pub mod query;
mod raised;
pub mod read;
pub mod rows;
pub mod schema;
mod sound;
mod sql;
pub mod time_text;
pub mod visible;
pub mod write;

use liandu_core::id::{Actor, ChangeHash, DeviceId, Epoch, PersonId, Position, RecordId};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;
use rusqlite::Connection;

/// Up to where in which log the rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which life of the log.
    pub epoch: Epoch,
    /// The last entry whose effects are in the rows.
    pub position: Position,
    /// The log's rolling hash there; another one means another log.
    pub hash: Vec<u8>,
}

impl Mark {
    /// Before the first entry of any log.
    pub fn none() -> Mark {
        Mark {
            epoch: Epoch([0; 8]),
            position: Position(0),
            hash: Vec::new(),
        }
    }

    pub(crate) fn read(connection: &Connection) -> Result<Mark, TablesError> {
        let mut statement = connection.prepare_cached("SELECT epoch, position, hash FROM meta")?;
        Ok(statement.query_row([], |row| {
            let position: i64 = row.get(1)?;
            Ok(Mark {
                epoch: Epoch(row.get(0)?),
                position: Position(u64::try_from(position).unwrap_or(0)),
                hash: row.get(2)?,
            })
        })?)
    }
}

/// An edit that does not count (yet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The entry that keeps it.
    pub position: Position,
    /// Its place in the entry.
    pub index: u32,
    /// The record it was meant for.
    pub record: RecordId,
    /// The record's kind, when known.
    pub kind: Option<Kind>,
    /// The scope it was sent under.
    pub scope: Scope,
    /// Who sent it.
    pub person: Option<PersonId>,
    /// From which device.
    pub device: DeviceId,
    /// The change's actor.
    pub actor: Actor,
    /// The change's number.
    pub seq: u64,
    /// The change.
    pub hash: ChangeHash,
    /// Refused, held or forked.
    pub verdict: Verdict,
    /// The server's clock.
    pub time: Timestamp,
    /// The entry that released or answered it, and the answer.
    pub settled: Option<(Position, String)>,
}

/// Why the tables could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// Another version's file, or not one of ours: delete and rebuild.
    #[error("the table file is of another version")]
    NotOurs,
    /// SQLite says no: try again, then delete and rebuild.
    #[error("tables: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The file system says no.
    #[error("table file: {0}")]
    File(std::io::Error),
}

#[cfg(test)]
mod tests;
