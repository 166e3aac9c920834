//! Whether the tables are what the log says: every record's rows against its document.
//!
//! Never repairs: the answer to a difference is to delete the file and rebuild.

use std::collections::BTreeSet;

use liandu_core::id::RecordId;
use rusqlite::Connection;

use crate::engine::RecordParts;
use crate::tables::follow::rows_of;
use crate::tables::query::Snapshot;
use crate::tables::read::{ids, rows};
use crate::tables::{Mark, TablesError};

/// How a record's rows differ from its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The log has it, the tables do not.
    Missing,
    /// The tables have it, the log does not: erased, or another log's.
    Extra,
    /// Both have it and disagree.
    Differs,
    /// The document cannot be read, so there is nothing to compare with.
    Unreadable,
    /// The log or the tables went on while they were read: to be looked at again.
    Moving,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Up to where the tables go.
    pub mark: Mark,
    /// Records looked at.
    pub records: u64,
    /// What is wrong, by record.
    pub differences: Vec<(RecordId, Difference)>,
}

/// Compares the tables with every record of the log. `load` gives what the engine stores of a
/// record; the log must not move meanwhile and the tables must have followed it to its end.
pub fn check(
    connection: &mut Connection,
    known: &BTreeSet<RecordId>,
    mut load: impl FnMut(&RecordId) -> Option<RecordParts>,
) -> Result<Report, TablesError> {
    let snapshot = Snapshot::undated(connection)?;
    let mark = snapshot.mark().clone();
    let mut report = Report {
        mark,
        records: 0,
        differences: Vec::new(),
    };
    let mut stored = BTreeSet::new();
    for id in known {
        let Some(parts) = load(id) else { continue };
        report.records += 1;
        stored.insert(*id);
        let difference = compare(&snapshot, id, Some(&parts))?;
        let difference = difference.filter(|difference| *difference != Difference::Moving);
        report
            .differences
            .extend(difference.map(|difference| (*id, difference)));
    }
    for id in ids(&snapshot)? {
        if !stored.contains(&id) {
            report.differences.push((id, Difference::Extra));
        }
    }
    Ok(report)
}

/// How a record's rows differ from what the engine stores of it, `None` for nothing.
pub(crate) fn compare(
    snapshot: &Snapshot<'_>,
    id: &RecordId,
    parts: Option<&RecordParts>,
) -> Result<Option<Difference>, TablesError> {
    let found = rows(snapshot, id)?;
    let Some(parts) = parts else {
        return Ok(found.map(|_| Difference::Extra));
    };
    let ahead = found
        .as_ref()
        .is_some_and(|found| found.line.about.last.0 > parts.changed);
    if parts.changed > snapshot.mark().position || ahead {
        return Ok(Some(Difference::Moving));
    }
    Ok(match (rows_of(parts), found) {
        (Err(_), _) => Some(Difference::Unreadable),
        (Ok(_), None) => Some(Difference::Missing),
        (Ok(wanted), Some(mut found)) => {
            // The document does not know its number.
            found.line.number = None;
            (wanted != found).then_some(Difference::Differs)
        }
    })
}
