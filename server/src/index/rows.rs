//! Values of the index's rows, as CBOR maps with integer keys.
//!
//! Never kept over a change of their form: `FORMAT` then counts up and the index is rebuilt.

use liandu_core::id::{ChangeHash, DeviceId, PersonId, Position, RecordId, ScopeId};
use liandu_core::record::scope::Scope;
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;
use minicbor::{Decode, Encode};

use super::overlay::Overlay;
use super::{Index, IndexError, keys};
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
            Some(EntryRow {
                pointer: Pointer { segment, offset },
                part,
            })
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

/// A scope by its id, when any record was ever in it.
pub fn scope_of<I: Index>(index: &Overlay<I>, id: &ScopeId) -> Result<Option<Scope>, IndexError> {
    let Some(text) = index.get(&keys::scope_text(id))? else {
        return Ok(None);
    };
    let text = String::from_utf8(text).map_err(|_| IndexError::Damaged)?;
    text.parse().map(Some).map_err(|_| IndexError::Damaged)
}
