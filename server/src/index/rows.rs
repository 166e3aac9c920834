//! What one log entry puts into the index: a pure function of the entry and the rows before it.
//!
//! Never loads a document: an entry says the heads and numbers it brings. Replay of the same log
//! gives equal rows.

use liandu_core::id::{Actor, ChangeHash, DeviceId, PersonId, Position, RecordId, ScopeId};
use liandu_core::log::{Answered, Edits, Erased, Kept, LogEntry, Moved, NumberRange, Source};
use liandu_core::protocol::update::AnyKind;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::Scope;
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;
use minicbor::{Decode, Encode};

use super::overlay::Overlay;
use super::{Batch, Index, IndexError, keys};
use crate::journal::Pointer;

/// Format of the rows: another one is rebuilt.
pub const FORMAT: u32 = 1;

/// Rows read at once where all of a prefix are wanted.
const SCAN_ROWS: usize = 1_024;

/// Where the index stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Mark {
    /// `FORMAT`.
    #[n(1)]
    pub format: u32,
    /// The last entry in it.
    #[n(2)]
    pub position: Position,
    /// The log's rolling hash there.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub hash: [u8; 32],
}

/// A record that has accepted edits, or had before it was erased.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordRow {
    /// Its kind's word.
    #[n(1)]
    pub kind: String,
    /// Who it belongs to now.
    #[n(2)]
    pub scope: Scope,
    /// The last entry that changed it.
    #[n(3)]
    pub changed: Position,
    /// The entry that brought it into the scope: who stands before needs it whole.
    #[n(4)]
    pub entered: Position,
    /// Heads of its document.
    #[n(5)]
    pub heads: Vec<ChangeHash>,
    /// Entries that hold parts of it.
    #[n(6)]
    pub entries: u64,
    /// Scopes it left, and where their feeds say so.
    #[n(7)]
    #[cbor(default)]
    pub left: Vec<(Scope, Position)>,
    /// The legal reason, when it was erased.
    #[n(8)]
    pub erased: Option<String>,
}

/// One edit outside the record's document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct QuarantineRow {
    /// The record's scope, or the claimed one.
    #[n(1)]
    pub scope: Scope,
    /// Its kind's word.
    #[n(2)]
    pub kind: String,
    /// Why it is outside.
    #[n(3)]
    pub verdict: Verdict,
    /// Whose device.
    #[n(4)]
    pub device: DeviceId,
    /// Whose.
    #[n(5)]
    pub person: Option<PersonId>,
    /// The entry that holds its bytes.
    #[n(6)]
    pub position: Position,
    /// Its place among that entry's.
    #[n(7)]
    pub nth: u32,
    /// When it came.
    #[n(8)]
    pub time: Timestamp,
    /// An office's answer.
    #[n(9)]
    pub answer: Option<String>,
}

/// When the server took which changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StampRow {
    /// The entry.
    #[n(1)]
    pub position: Position,
    /// The server's clock.
    #[n(2)]
    pub time: Timestamp,
    /// Whose.
    #[n(3)]
    pub person: Option<PersonId>,
}

/// An erased record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TombstoneRow {
    /// The entry that erased it.
    #[n(1)]
    pub position: Position,
    /// Entries whose payloads are still to be overwritten.
    #[n(2)]
    #[cbor(default)]
    pub overwrite: Vec<Position>,
}

/// What a feed says about a record. Every entry has its row: a reader that stopped anywhere has
/// exactly what came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum News {
    /// It changed: the entry at this position.
    #[n(1)]
    Changed,
    /// It left the scope.
    #[n(2)]
    Left,
    /// It was erased.
    #[n(3)]
    Erased,
    /// It began or entered: all of it up to this position.
    #[n(4)]
    Entered,
}

/// One row of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedRow {
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// What.
    #[n(2)]
    pub news: News,
    /// The record's kind, by its number on the wire.
    #[n(3)]
    pub kind: u16,
}

/// Where an entry is, and whether it holds a part of the record's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow {
    /// Where.
    pub pointer: Pointer,
    /// Whether it has accepted changes.
    pub part: bool,
}

impl EntryRow {
    /// As stored.
    pub fn bytes(self) -> Vec<u8> {
        let mut bytes = self.pointer.segment.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.pointer.offset.to_be_bytes());
        bytes.push(u8::from(self.part));
        bytes
    }

    /// From stored bytes.
    pub fn read(bytes: &[u8]) -> Result<EntryRow, IndexError> {
        let read = || {
            let segment = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
            let offset = u64::from_be_bytes(bytes.get(4..12)?.try_into().ok()?);
            let part = *bytes.get(12)? != 0;
            Some(EntryRow { pointer: Pointer { segment, offset }, part })
        };
        read().ok_or(IndexError::Damaged)
    }
}

/// A row's bytes.
pub fn encoded<T: Encode<()>>(row: &T) -> Vec<u8> {
    // Writing to a Vec cannot fail.
    minicbor::to_vec(row).unwrap_or_default()
}

/// A row from its bytes.
pub fn decoded<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, IndexError> {
    minicbor::decode(bytes).map_err(|_| IndexError::Damaged)
}

/// A row by its key.
pub fn row<T, I>(index: &Overlay<I>, key: &[u8]) -> Result<Option<T>, IndexError>
where
    T: for<'b> Decode<'b, ()>,
    I: Index,
{
    index.get(key)?.map(|bytes| decoded(&bytes)).transpose()
}

/// Every row of a prefix.
pub fn all<I: Index>(index: &Overlay<I>, prefix: &[u8]) -> Result<Vec<super::Row>, IndexError> {
    let mut rows: Vec<super::Row> = Vec::new();
    loop {
        let from = rows.last().map_or_else(Vec::new, |(key, _)| after(key));
        let mut page = index.scan(prefix, &from, SCAN_ROWS)?;
        let whole = page.len() < SCAN_ROWS;
        rows.append(&mut page);
        if whole {
            return Ok(rows);
        }
    }
}

/// The first key after this one.
pub fn after(key: &[u8]) -> Vec<u8> {
    let mut next = key.to_vec();
    next.push(0);
    next
}

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
        LogEntry::Answered(answered) => answered_rows(index, &mut batch, answered)?,
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
        Some((keys::entry(record, position), EntryRow { pointer, part }.bytes()))
    };
    match entry {
        LogEntry::Edits(edits) => of(&edits.record, edits.chunk.is_some()),
        LogEntry::Answered(answered) => of(&answered.record, false),
        LogEntry::Erased(_) => {
            Some((keys::authority(position), EntryRow { pointer, part: false }.bytes()))
        }
        LogEntry::Groups(_)
        | LogEntry::People(_)
        | LogEntry::Invited(_)
        | LogEntry::Enrolled(_)
        | LogEntry::Revoked(_)
        | LogEntry::Account(_)
        | LogEntry::Grants(_)
        | LogEntry::Definition(_)
        | LogEntry::Epoch(_) => {
            Some((keys::authority(position), EntryRow { pointer, part: true }.bytes()))
        }
        LogEntry::Moved(_) | LogEntry::ContactRead(_) | LogEntry::Unknown { .. } => None,
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
    batch.insert(keys::scope_text(&scope.id()), Some(scope.to_string().into_bytes()));
}

fn edits_rows<I: Index>(
    index: &Overlay<I>,
    batch: &mut Batch,
    position: Position,
    edits: &Edits,
) -> Result<(), IndexError> {
    if edits.chunk.is_some() {
        let before: Option<RecordRow> = row(index, &keys::record(&edits.record))?;
        let news = if before.is_some() { News::Changed } else { News::Entered };
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
        feed_row(batch, &record.scope, position, &FeedRow { record: edits.record, news, kind });
        scope_rows(batch, &record.scope);
        batch.insert(keys::record(&edits.record), Some(encoded(&record)));
    }
    for range in &edits.accepted {
        let key = keys::stamp(&edits.record, &range.actor, range.to);
        let stamp = StampRow { position, time: edits.time, person: edits.person.clone() };
        batch.insert(key, Some(encoded(&stamp)));
        released_rows(index, batch, &edits.record, range)?;
    }
    for (nth, kept) in edits.kept.iter().enumerate() {
        kept_rows(index, batch, position, u32::try_from(nth).unwrap_or(u32::MAX), edits, kept)?;
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
    let actor = Actor(range.actor.0);
    let from = keys::quarantined_number(record, &WriteId { actor, seq: range.from });
    let prefix = keys::quarantine_of(record);
    for (key, value) in index.scan(&prefix, &from, SCAN_ROWS)? {
        let Some((_, write, _)) = keys::read_quarantined(&key) else { continue };
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
    let device = match edits.source {
        Source::Device { .. } | Source::Office { .. } => kept.write.actor.device(),
    };
    let quarantined = match before {
        // Judged again: the bytes stay where they were.
        Some(before) => QuarantineRow { verdict: kept.verdict, ..before },
        None => QuarantineRow {
            scope: edits.scope.clone(),
            kind: edits.kind.clone(),
            verdict: kept.verdict,
            device,
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
    answered: &Answered,
) -> Result<(), IndexError> {
    let key = keys::quarantined(&answered.record, &answered.write, &answered.hash);
    if let Some(mut quarantined) = row::<QuarantineRow, I>(index, &key)? {
        quarantined.answer = Some(answered.text.clone());
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
    let Some(mut record) = row::<RecordRow, I>(index, &key)? else { return Ok(()) };
    out_of_feed(index, batch, &moved.record, &record)?;
    let back = record.left.iter().position(|(scope, _)| *scope == moved.to);
    if let Some(back) = back {
        let (scope, at) = record.left.swap_remove(back);
        no_feed_row(batch, &scope, at);
    }
    let told = |news| FeedRow { record: moved.record, news, kind: kind_code(&record.kind) };
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
        before.left.iter().for_each(|(scope, at)| no_feed_row(batch, scope, *at));
    }
    for scope in erased.left.iter().chain([&erased.scope]) {
        let row = FeedRow { record: erased.record, news: News::Erased, kind: 0 };
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
        left: erased.left.iter().map(|scope| (scope.clone(), position)).collect(),
        erased: Some(erased.reason.clone()),
    };
    batch.insert(key, Some(encoded(&record)));
    let mut overwrite = Vec::new();
    for (key, _) in all(index, &keys::entries(&erased.record))? {
        overwrite.extend(keys::read_entry(&key));
        batch.insert(key, None);
    }
    let tombstone = TombstoneRow { position, overwrite };
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

/// A scope by its id, when any record was ever in it.
pub fn scope_of<I: Index>(index: &Overlay<I>, id: &ScopeId) -> Result<Option<Scope>, IndexError> {
    let Some(text) = index.get(&keys::scope_text(id))? else { return Ok(None) };
    let text = String::from_utf8(text).map_err(|_| IndexError::Damaged)?;
    text.parse().map(Some).map_err(|_| IndexError::Damaged)
}
