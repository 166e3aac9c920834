//! Records as the log has them, read through rows that were just made from it.
//!
//! Never uses the index on the disk: that is what is being checked.

use std::collections::BTreeSet;

use liandu_core::id::{Position, RecordId};
use liandu_core::log::LogEntry;
use liandu_core::protocol::update::Chunk;
use liandu_core::record::Heads;
use liandu_core::record::kind::Kind;
use liandu_core::record::stamp::{Stamp, Stamps};

use super::{Fresh, Log, entry_hash};
use crate::engine::RecordParts;
use crate::index::rows::{EntryRow, RecordRow};
use crate::index::{keys, rows};
use crate::journal::Payload;
use crate::tables::Mark;

fn entry(log: &Log, row: EntryRow) -> anyhow::Result<Option<LogEntry>> {
    Ok(match log.read(row.pointer)?.payload {
        Payload::Bytes(bytes) => Some(LogEntry::decode(&bytes)?),
        Payload::Erased => None,
    })
}

/// Ids of all records that were not erased.
pub(super) fn known(fresh: &Fresh) -> anyhow::Result<BTreeSet<RecordId>> {
    let mut known = BTreeSet::new();
    for (key, value) in rows::all(fresh, keys::RECORDS)? {
        let row: RecordRow = rows::decoded(&value)?;
        if let Some(Ok(record)) = key.get(1..).map(RecordId::from_slice)
            && row.erased.is_none()
        {
            known.insert(record);
        }
    }
    Ok(known)
}

/// The last entry about a record.
pub(super) fn changed(fresh: &Fresh, record: &RecordId) -> anyhow::Result<Option<Position>> {
    let row: Option<RecordRow> = rows::row(fresh, &keys::record(record))?;
    Ok(row.map(|row| row.changed))
}

/// Whether a record was erased.
pub(super) fn is_erased(fresh: &Fresh, record: &RecordId) -> anyhow::Result<bool> {
    let row: Option<RecordRow> = rows::row(fresh, &keys::record(record))?;
    Ok(row.is_some_and(|row| row.erased.is_some()))
}

/// A record's chunks and stamps in log order.
pub(super) fn parts(
    log: &Log,
    fresh: &Fresh,
    record: &RecordId,
) -> anyhow::Result<Option<RecordParts>> {
    let row: Option<RecordRow> = rows::row(fresh, &keys::record(record))?;
    let Some(row) = row.filter(|row| row.erased.is_none()) else {
        return Ok(None);
    };
    let Some(kind) = Kind::parse(&row.kind) else {
        return Ok(None);
    };
    let (mut documents, mut changes, mut stamps) = (Vec::new(), Vec::new(), Vec::new());
    for (key, value) in rows::all(fresh, &keys::entries(record))? {
        let place = EntryRow::read(&value)?;
        let position = keys::read_entry(&key).unwrap_or_default();
        if !place.part {
            continue;
        }
        let Some(LogEntry::Edits(edits)) = entry(log, place)? else {
            continue;
        };
        match edits.chunk {
            Some(Chunk::Doc(bytes)) => documents.push(bytes),
            Some(Chunk::Changes(parts)) => changes.extend(parts),
            None => {}
        }
        stamps.extend(edits.accepted.iter().map(|range| Stamp {
            actor: range.actor,
            seq_max: range.to,
            position,
            time: edits.time,
            person: edits.person.clone(),
        }));
    }
    documents.append(&mut changes);
    Ok(Some(RecordParts {
        record: *record,
        kind,
        scope: row.scope,
        chunks: documents,
        stamps: stamps.into_iter().collect::<Stamps>(),
        heads: Heads(row.heads.into_iter().collect()),
        changed: row.changed,
        as_of: log.last(),
    }))
}

/// Whether the tables' place is one of this log.
pub(super) fn is_place(log: &Log, mark: &Mark) -> anyhow::Result<bool> {
    let Some(read) = log.scan(mark.position).next().transpose()? else {
        return Ok(false);
    };
    if read.1.position != mark.position {
        return Ok(false);
    }
    Ok(match read.1.payload {
        Payload::Bytes(bytes) => entry_hash(&LogEntry::decode(&bytes)?) == mark.hash,
        // Erased since: nothing to recognise it by.
        Payload::Erased => true,
    })
}
