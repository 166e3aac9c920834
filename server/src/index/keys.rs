//! Keys of the index. The first byte says what a row is; numbers are big-endian, so that keys
//! stand in order of position.
//!
//! Never read back except for the parts named here.

use liandu_core::id::{Actor, ChangeHash, DeviceId, Position, RecordId, RegionCode, ScopeId};
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::Scope;

/// Where the index stands in the log.
pub const MARK: &[u8] = b"!";

fn key(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(tag);
    parts.iter().for_each(|part| key.extend_from_slice(part));
    key
}

/// A record's row.
pub fn record(id: &RecordId) -> Vec<u8> {
    key(b'r', &[&id.0])
}

/// All records' rows.
pub const RECORDS: &[u8] = b"r";

/// Prefix of a record's entries.
pub fn entries(id: &RecordId) -> Vec<u8> {
    key(b'p', &[&id.0])
}

/// One entry of a record.
pub fn entry(id: &RecordId, position: Position) -> Vec<u8> {
    key(b'p', &[&id.0, &position.0.to_be_bytes()])
}

/// The position of an entry's key.
pub fn read_entry(key: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(
        key.get(17..25)?.try_into().ok()?,
    )))
}

/// Prefix of the stamps of an actor's changes of a record.
pub fn stamps(id: &RecordId, actor: &Actor) -> Vec<u8> {
    key(b't', &[&id.0, &actor.0])
}

/// Prefix of all stamps of a record.
pub fn record_stamps(id: &RecordId) -> Vec<u8> {
    key(b't', &[&id.0])
}

/// The stamp of changes up to `seq_max`.
pub fn stamp(id: &RecordId, actor: &Actor, seq_max: u64) -> Vec<u8> {
    key(b't', &[&id.0, &actor.0, &seq_max.to_be_bytes()])
}

/// Actor and number of a stamp's key.
pub fn read_stamp(key: &[u8]) -> Option<(Actor, u64)> {
    let actor = Actor::from_slice(key.get(17..33)?).ok()?;
    Some((actor, u64::from_be_bytes(key.get(33..41)?.try_into().ok()?)))
}

/// All feeds.
pub const FEEDS: &[u8] = b"f";

/// The scope of a feed row's key.
pub fn feed_scope(key: &[u8]) -> Option<ScopeId> {
    ScopeId::from_slice(key.get(1..9)?).ok()
}

/// Prefix of a scope's feed.
pub fn feed(scope: &ScopeId) -> Vec<u8> {
    key(b'f', &[&scope.0])
}

/// One row of a scope's feed.
pub fn feed_row(scope: &ScopeId, position: Position) -> Vec<u8> {
    key(b'f', &[&scope.0, &position.0.to_be_bytes()])
}

/// The position of a feed row's key.
pub fn read_feed(key: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(
        key.get(9..17)?.try_into().ok()?,
    )))
}

/// A scope that exists, by its text.
pub fn scope(scope: &Scope) -> Vec<u8> {
    key(b's', &[scope.to_string().as_bytes()])
}

/// Prefix of the scopes of a subtree.
pub fn scopes_in(region: &RegionCode) -> Vec<u8> {
    key(b's', &[region.prefix().as_bytes()])
}

/// The text of a scope's key.
pub fn read_scope(key: &[u8]) -> Option<Scope> {
    std::str::from_utf8(key.get(1..)?).ok()?.parse().ok()
}

/// A scope's text, by its id.
pub fn scope_text(id: &ScopeId) -> Vec<u8> {
    key(b'S', &[&id.0])
}

/// Prefix of a record's quarantined edits.
pub fn quarantine_of(id: &RecordId) -> Vec<u8> {
    key(b'q', &[&id.0])
}

/// All quarantined edits.
pub const QUARANTINE: &[u8] = b"q";

/// A quarantined edit.
pub fn quarantined(id: &RecordId, write: &WriteId, hash: &ChangeHash) -> Vec<u8> {
    key(
        b'q',
        &[&id.0, &write.actor.0, &write.seq.to_be_bytes(), &hash.0],
    )
}

/// Prefix of the quarantined edits with one number.
pub fn quarantined_number(id: &RecordId, write: &WriteId) -> Vec<u8> {
    key(b'q', &[&id.0, &write.actor.0, &write.seq.to_be_bytes()])
}

/// Record, number and hash of a quarantined edit's key.
pub fn read_quarantined(key: &[u8]) -> Option<(RecordId, WriteId, ChangeHash)> {
    let record = RecordId::from_slice(key.get(1..17)?).ok()?;
    let actor = Actor::from_slice(key.get(17..33)?).ok()?;
    let seq = u64::from_be_bytes(key.get(33..41)?.try_into().ok()?);
    let hash = ChangeHash::from_slice(key.get(41..73)?).ok()?;
    Some((record, WriteId { actor, seq }, hash))
}

/// Prefix of quarantined edits in order of arrival.
pub const ARRIVALS: &[u8] = b"Q";

/// A quarantined edit's place in the order of arrival; its value is the edit's key.
pub fn arrival(position: Position, nth: u32) -> Vec<u8> {
    key(b'Q', &[&position.0.to_be_bytes(), &nth.to_be_bytes()])
}

/// Prefix of the office answers to a device's edits.
pub fn answers(device: &DeviceId) -> Vec<u8> {
    key(b'A', &[&device.0])
}

/// An answer, at its position; its value is the record.
pub fn answer(device: &DeviceId, position: Position) -> Vec<u8> {
    key(b'A', &[&device.0, &position.0.to_be_bytes()])
}

/// The position of an answer's key.
pub fn read_answer(key: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(
        key.get(9..17)?.try_into().ok()?,
    )))
}

/// Prefix of authority entries.
pub const AUTHORITY: &[u8] = b"a";

/// The position of an authority entry's key.
pub fn read_authority(key: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(
        key.get(1..9)?.try_into().ok()?,
    )))
}

/// An authority entry.
pub fn authority(position: Position) -> Vec<u8> {
    key(b'a', &[&position.0.to_be_bytes()])
}

/// Prefix of erased records.
pub const TOMBSTONES: &[u8] = b"x";

/// An erased record.
pub fn tombstone(id: &RecordId) -> Vec<u8> {
    key(b'x', &[&id.0])
}
