//! What one log entry puts into the index: a pure function of the entry and the rows before it.
//!
//! Never loads a document: an entry says the heads and numbers it brings. Replay of the same log
//! gives equal rows.

use liandu_core::id::{Position, RecordId};
use liandu_core::log::{Answered, Edits, Erased, Kept, LogEntry, Moved, NumberRange};
use liandu_core::protocol::update::AnyKind;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::Scope;
use liandu_core::verdict::Verdict;

use super::overlay::Overlay;
use super::rows::{
    EntryRow, FeedRow, News, QuarantineRow, RecordRow, StampRow, TombstoneRow, all, decoded,
    encoded, row,
};
use super::{Batch, Index, IndexError, keys};
use crate::journal::Pointer;

/// Rows of quarantine looked at for one range of numbers.
const RELEASED_ROWS: usize = 100_000;

/// Stages what an entry puts into the index. `pointer` may be a placeholder while the entry is
/// not written; `pointed` then gives the row to write again.
pub fn fold<I: Index>(
    index: &mut Overlay<I>,
    position: Position,
    pointer: Pointer,
    entry: &LogEntry,
) -> Result<(), IndexError> {
    let mut batch = Batch::new();
    match entry {
        LogEntry::Edits(edits) => edits_rows(index, &mut batch, position, edits)?,
        LogEntry::Answered(answered) => answered_rows(index, &mut batch, position, answered)?,
        LogEntry::Moved(moved) => moved_rows(index, &mut batch, position, moved)?,
        LogEntry::Erased(erased) => erased_rows(index, &mut batch, position, erased)?,
        LogEntry::Groups(_)
        | LogEntry::People(_)
        | LogEntry::Invited(_)
        | LogEntry::Enrolled(_)
        | LogEntry::Revoked(_)
        | LogEntry::Account(_)
        | LogEntry::Grants(_)
        | LogEntry::Definition(_)
        | LogEntry::ContactRead(_)
        | LogEntry::Notified(_)
        | LogEntry::DispatchFrozen(_)
        | LogEntry::Decided(_)
        | LogEntry::SignIns(_)
        | LogEntry::Exported(_)
        | LogEntry::Library(_)
        | LogEntry::Epoch(_)
        | LogEntry::Unknown { .. } => {}
    }
    if let Some((key, row)) = pointed(position, pointer, entry) {
        batch.insert(key, Some(row));
    }
    index.stage(batch);
    Ok(())
}

/// The row that says where an entry is, for entries that are looked up.
pub fn pointed(
    position: Position,
    pointer: Pointer,
    entry: &LogEntry,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let of = |record: &RecordId, part| {
        Some((
            keys::entry(record, position),
            EntryRow { pointer, part }.bytes(),
        ))
    };
    match entry {
        LogEntry::Edits(edits) => of(&edits.record, edits.chunk.is_some()),
        LogEntry::Answered(answered) => of(&answered.record, false),
        LogEntry::Erased(_) => Some((
            keys::authority(position),
            EntryRow {
                pointer,
                part: false,
            }
            .bytes(),
        )),
        LogEntry::Groups(_)
        | LogEntry::People(_)
        | LogEntry::Invited(_)
        | LogEntry::Enrolled(_)
        | LogEntry::Revoked(_)
        | LogEntry::Account(_)
        | LogEntry::Grants(_)
        | LogEntry::Definition(_)
        | LogEntry::Epoch(_) => Some((
            keys::authority(position),
            EntryRow {
                pointer,
                part: true,
            }
            .bytes(),
        )),
        LogEntry::Moved(_)
        | LogEntry::ContactRead(_)
        | LogEntry::Notified(_)
        | LogEntry::DispatchFrozen(_)
        | LogEntry::Decided(_)
        | LogEntry::SignIns(_)
        | LogEntry::Exported(_)
        | LogEntry::Library(_)
        | LogEntry::Unknown { .. } => None,
    }
}

fn feed_row(batch: &mut Batch, scope: &Scope, position: Position, row: &FeedRow) {
    batch.insert(keys::feed_row(&scope.id(), position), Some(encoded(row)));
}

/// The number of a kind's word.
fn kind_code(word: &str) -> u16 {
    Kind::parse(word).map_or(0, |kind| AnyKind::Known(kind).code())
}

/// Takes a record out of a scope's feed.
fn out_of_feed<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    record: &RecordId,
    row: &RecordRow,
) -> Result<(), IndexError> {
    no_feed_row(batch, &row.scope, row.entered);
    for (key, _) in all(index, &keys::entries(record))? {
        if let Some(position) = keys::read_entry(&key) {
            no_feed_row(batch, &row.scope, position);
        }
    }
    Ok(())
}

fn no_feed_row(batch: &mut Batch, scope: &Scope, position: Position) {
    batch.insert(keys::feed_row(&scope.id(), position), None);
}

fn scope_rows(batch: &mut Batch, scope: &Scope) {
    batch.insert(keys::scope(scope), Some(Vec::new()));
    batch.insert(
        keys::scope_text(&scope.id()),
        Some(scope.to_string().into_bytes()),
    );
}

fn edits_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    edits: &Edits,
) -> Result<(), IndexError> {
    if edits.chunk.is_some() {
        let before: Option<RecordRow> = row(index, &keys::record(&edits.record))?;
        let news = if before.is_some() {
            News::Changed
        } else {
            News::Entered
        };
        let fresh = RecordRow {
            kind: edits.kind.clone(),
            scope: edits.scope.clone(),
            changed: position,
            entered: position,
            heads: Vec::new(),
            entries: 0,
            left: Vec::new(),
            erased: None,
        };
        let mut record = before.unwrap_or(fresh);
        record.changed = position;
        record.heads.clone_from(&edits.heads);
        record.entries += 1;
        let kind = kind_code(&record.kind);
        feed_row(
            batch,
            &record.scope,
            position,
            &FeedRow {
                record: edits.record,
                news,
                kind,
            },
        );
        scope_rows(batch, &record.scope);
        batch.insert(keys::record(&edits.record), Some(encoded(&record)));
    }
    for range in &edits.accepted {
        let key = keys::stamp(&edits.record, &range.actor, range.to);
        let stamp = StampRow {
            position,
            time: edits.time,
            person: edits.person.clone(),
        };
        batch.insert(key, Some(encoded(&stamp)));
        released_rows(index, batch, &edits.record, range)?;
    }
    for (nth, kept) in edits.kept.iter().enumerate() {
        kept_rows(
            index,
            batch,
            position,
            u32::try_from(nth).unwrap_or(u32::MAX),
            edits,
            kept,
        )?;
    }
    Ok(())
}

/// Accepted at last: no longer in quarantine. A forked one stays.
fn released_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    record: &RecordId,
    range: &NumberRange,
) -> Result<(), IndexError> {
    let first = WriteId {
        actor: range.actor,
        seq: range.from,
    };
    let from = keys::quarantined_number(record, &first);
    let prefix = keys::quarantine_of(record);
    for (key, value) in index.scan(&prefix, &from, RELEASED_ROWS)? {
        let Some((_, write, _)) = keys::read_quarantined(&key) else {
            continue;
        };
        if write.actor != range.actor || write.seq > range.to {
            break;
        }
        let row: QuarantineRow = decoded(&value)?;
        if row.verdict != Verdict::Forked {
            batch.insert(keys::arrival(row.position, row.nth), None);
            batch.insert(key, None);
        }
    }
    Ok(())
}

fn kept_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    nth: u32,
    edits: &Edits,
    kept: &Kept,
) -> Result<(), IndexError> {
    let key = keys::quarantined(&edits.record, &kept.write, &kept.hash);
    let before: Option<QuarantineRow> = row(index, &key)?;
    let quarantined = match before {
        // Judged again: the bytes stay where they were.
        Some(before) => QuarantineRow {
            verdict: kept.verdict,
            ..before
        },
        None => QuarantineRow {
            scope: edits.scope.clone(),
            kind: edits.kind.clone(),
            verdict: kept.verdict,
            device: kept.write.actor.device(),
            person: edits.person.clone(),
            position,
            nth,
            time: edits.time,
            answer: None,
        },
    };
    let arrival = keys::arrival(quarantined.position, quarantined.nth);
    batch.insert(arrival, Some(key.clone()));
    batch.insert(key, Some(encoded(&quarantined)));
    Ok(())
}

fn answered_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    answered: &Answered,
) -> Result<(), IndexError> {
    let key = keys::quarantined(&answered.record, &answered.write, &answered.hash);
    if let Some(mut quarantined) = row::<QuarantineRow, I>(index, &key)? {
        quarantined.answer = Some(answered.text.clone());
        let of_device = keys::answer(&quarantined.device, position);
        batch.insert(of_device, Some(answered.record.0.to_vec()));
        batch.insert(key, Some(encoded(&quarantined)));
    }
    Ok(())
}

fn moved_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    moved: &Moved,
) -> Result<(), IndexError> {
    let key = keys::record(&moved.record);
    let Some(mut record) = row::<RecordRow, I>(index, &key)? else {
        return Ok(());
    };
    out_of_feed(index, batch, &moved.record, &record)?;
    let back = record.left.iter().position(|(scope, _)| *scope == moved.to);
    if let Some(back) = back {
        let (scope, at) = record.left.swap_remove(back);
        no_feed_row(batch, &scope, at);
    }
    let told = |news| FeedRow {
        record: moved.record,
        news,
        kind: kind_code(&record.kind),
    };
    feed_row(batch, &record.scope, position, &told(News::Left));
    feed_row(batch, &moved.to, position, &told(News::Entered));
    record.left.push((record.scope.clone(), position));
    record.scope = moved.to.clone();
    record.changed = position;
    record.entered = position;
    scope_rows(batch, &record.scope);
    batch.insert(key, Some(encoded(&record)));
    Ok(())
}

/// What remains is a function of the entry alone (and of what is still to be overwritten), because
/// a rebuild no longer sees what was erased.
fn erased_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    erased: &Erased,
) -> Result<(), IndexError> {
    let key = keys::record(&erased.record);
    if let Some(before) = row::<RecordRow, I>(index, &key)? {
        out_of_feed(index, batch, &erased.record, &before)?;
        before
            .left
            .iter()
            .for_each(|(scope, at)| no_feed_row(batch, scope, *at));
    }
    for scope in erased.left.iter().chain([&erased.scope]) {
        let row = FeedRow {
            record: erased.record,
            news: News::Erased,
            kind: 0,
        };
        feed_row(batch, scope, position, &row);
        scope_rows(batch, scope);
    }
    let record = RecordRow {
        kind: String::new(),
        scope: erased.scope.clone(),
        changed: position,
        entered: position,
        heads: Vec::new(),
        entries: 0,
        left: erased
            .left
            .iter()
            .map(|scope| (scope.clone(), position))
            .collect(),
        erased: Some(erased.reason.clone()),
    };
    batch.insert(key, Some(encoded(&record)));
    let mut overwrite = Vec::new();
    for (key, _) in all(index, &keys::entries(&erased.record))? {
        overwrite.extend(keys::read_entry(&key));
        batch.insert(key, None);
    }
    let tombstone = TombstoneRow {
        position,
        overwrite,
    };
    batch.insert(keys::tombstone(&erased.record), Some(encoded(&tombstone)));
    for (key, _) in all(index, &keys::record_stamps(&erased.record))? {
        batch.insert(key, None);
    }
    for (key, value) in all(index, &keys::quarantine_of(&erased.record))? {
        let row: QuarantineRow = decoded(&value)?;
        batch.insert(keys::arrival(row.position, row.nth), None);
        batch.insert(key, None);
    }
    Ok(())
}
