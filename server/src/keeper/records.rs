//! Reading records: their stored chunks, stamps and seals, and their documents through the cache.
//!
//! Never writes. What a device gets is the bytes that were stored; only admission and office
//! edits load a document.

use std::collections::BTreeMap;

use liandu_core::id::{Actor, Position, RecordId};
use liandu_core::log::{Edits, LogEntry, NumberRange};
use liandu_core::protocol::update::{AnyKind, Chunk};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::{Stamp, Stamps};
use liandu_core::record::{Heads, RecordDoc};
use liandu_core::seal::Seal;

use super::ask::RecordParts;
use super::{Keeper, Trouble};
use crate::index::rows::{EntryRow, RecordRow};
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::{Disk, Payload};

/// The parts of a record that some entries hold.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// A document chunk; it is the whole record up to then.
    pub(super) document: Option<Vec<u8>>,
    /// Change chunks after it, in log order.
    pub(super) changes: Vec<Vec<u8>>,
    pub(super) stamps: Vec<Stamp>,
    /// The last seal of each actor over a change that counts.
    pub(super) seals: BTreeMap<Actor, Seal>,
    /// Those before the last ones.
    pub(super) earlier: Vec<Seal>,
}

impl Parts {
    fn add(&mut self, position: Position, edits: Edits) {
        match edits.chunk {
            Some(Chunk::Doc(bytes)) => {
                if let Some(before) = self.document.replace(bytes) {
                    self.changes.push(before);
                }
            }
            Some(Chunk::Changes(changes)) => self.changes.extend(changes),
            None => {}
        }
        self.stamps.extend(edits.accepted.iter().map(|range| Stamp {
            actor: range.actor,
            seq_max: range.to,
            position,
            time: edits.time,
            person: edits.person.clone(),
        }));
        // The seal of a refused change proves nothing to who does not have that change.
        let accepted = &edits.accepted;
        let counts = |seal: &Seal| {
            let named = |range: &NumberRange| range.actor == seal.actor && seal.seq <= range.to;
            accepted.iter().any(named)
        };
        let seals = edits.seals.into_iter().filter(counts);
        seals.for_each(|seal| self.seal(seal));
    }

    fn seal(&mut self, seal: Seal) {
        match self.seals.get_mut(&seal.actor) {
            Some(known) if known.seq >= seal.seq => self.earlier.push(seal),
            Some(known) => self.earlier.push(std::mem::replace(known, seal)),
            None => {
                self.seals.insert(seal.actor, seal);
            }
        }
    }

    /// Leaves only what a document holds, as one chunk. Seals of other changes would hide those
    /// that prove these.
    pub(super) fn narrow_to(&mut self, doc: &RecordDoc) {
        let last = std::mem::take(&mut self.seals).into_values();
        let all = last.chain(std::mem::take(&mut self.earlier));
        let held: Vec<Seal> = all.filter(|seal| doc.contains(&seal.hash)).collect();
        held.into_iter().for_each(|seal| self.seal(seal));
        (self.document, self.changes) = (Some(doc.save()), Vec::new());
    }

    /// Adds later parts.
    pub(super) fn append(&mut self, later: Parts) {
        self.changes.extend(later.document);
        self.changes.extend(later.changes);
        self.stamps.extend(later.stamps);
        let seals = later.earlier.into_iter().chain(later.seals.into_values());
        seals.for_each(|seal| self.seal(seal));
    }

    /// Roughly how many bytes they are on the wire before deflating.
    pub(super) fn bytes(&self) -> usize {
        let chunks = self
            .document
            .iter()
            .chain(&self.changes)
            .map(Vec::len)
            .sum::<usize>();
        chunks + self.stamps.len() * 64 + self.seals.len() * 150 + 64
    }

    /// All chunks, the document first.
    pub(super) fn chunks(&self) -> Vec<&[u8]> {
        self.document
            .iter()
            .chain(&self.changes)
            .map(Vec::as_slice)
            .collect()
    }
}

impl<D: Disk, I: Index> Keeper<D, I> {
    pub(super) fn record_row(&self, record: &RecordId) -> Result<Option<RecordRow>, Trouble> {
        Ok(rows::row(&self.index, &keys::record(record))?)
    }

    /// An entry by its place in the index, staged ones included.
    pub(super) fn entry_at(
        &self,
        position: Position,
        row: EntryRow,
    ) -> Result<Option<LogEntry>, Trouble> {
        if let Some(staged) = self.staged.get(&position) {
            return Ok(Some(staged.clone()));
        }
        match self.open_journal()?.read(row.pointer)?.payload {
            Payload::Bytes(bytes) => Ok(Some(LogEntry::decode(&bytes)?)),
            Payload::Erased => Ok(None),
        }
    }

    /// What all entries of a record hold.
    pub(super) fn parts(&self, record: &RecordId) -> Result<Parts, Trouble> {
        self.parts_upto(record, Position(u64::MAX))
    }

    /// What the entry at a position holds.
    pub(super) fn add_part(
        &self,
        parts: &mut Parts,
        record: &RecordId,
        position: Position,
    ) -> Result<(), Trouble> {
        let Some(row) = self.index.get(&keys::entry(record, position))? else {
            return Ok(());
        };
        let row = EntryRow::read(&row)?;
        if row.part
            && let Some(LogEntry::Edits(edits)) = self.entry_at(position, row)?
        {
            parts.add(position, edits);
        }
        Ok(())
    }

    /// What the entries of a record up to a position hold, from its pack as far as that goes.
    pub(super) fn parts_upto(&self, record: &RecordId, upto: Position) -> Result<Parts, Trouble> {
        let pack = self.pack_of(record)?.filter(|pack| pack.position <= upto);
        let prefix = keys::entries(record);
        let mut from = prefix.clone();
        let mut parts = Parts::default();
        if let Some(pack) = pack {
            from = keys::entry(record, pack.position.next());
            parts = pack.parts();
        }
        loop {
            let page = self.index.scan(&prefix, &from, 1_024)?;
            let Some((last, _)) = page.last() else {
                return Ok(parts);
            };
            from = rows::after(last);
            for (key, value) in page {
                let row = EntryRow::read(&value)?;
                let position = keys::read_entry(&key).ok_or(IndexError::Damaged)?;
                if position > upto {
                    return Ok(parts);
                }
                if row.part
                    && let Some(LogEntry::Edits(edits)) = self.entry_at(position, row)?
                {
                    parts.add(position, edits);
                }
            }
        }
    }

    /// The record's document: from the cache, or loaded; none when nothing was accepted yet.
    pub(super) fn take_document(
        &mut self,
        record: &RecordId,
    ) -> Result<Option<RecordDoc>, Trouble> {
        if let Some(doc) = self.cache.take(record) {
            return Ok(Some(doc));
        }
        if self
            .record_row(record)?
            .is_none_or(|row| row.erased.is_some())
        {
            return Ok(None);
        }
        if let Some((doc, _)) = self.torn(record)? {
            return Ok(Some(doc));
        }
        let parts = self.parts(record)?;
        Ok(Some(RecordDoc::load(*record, &parts.chunks())?))
    }

    /// A record as stored; none when there is none or it was erased.
    pub fn record(&self, record: &RecordId) -> Option<RecordParts> {
        self.noted(self.read_record(record)).flatten()
    }

    fn read_record(&self, record: &RecordId) -> Result<Option<RecordParts>, Trouble> {
        let Some(row) = self.record_row(record)?.filter(|row| row.erased.is_none()) else {
            return Ok(None);
        };
        let Some(kind) = Kind::parse(&row.kind) else {
            return Ok(None);
        };
        let parts = self.parts(record)?;
        let mut chunks: Vec<Vec<u8>> = parts.chunks().into_iter().map(<[u8]>::to_vec).collect();
        let mut heads = Heads(row.heads.into_iter().collect());
        if let Some((doc, _)) = self.torn(record)? {
            heads = doc.heads();
            chunks = vec![doc.save()];
        }
        Ok(Some(RecordParts {
            record: *record,
            kind,
            scope: row.scope,
            chunks,
            stamps: parts.stamps.into_iter().collect::<Stamps>(),
            heads,
            changed: row.changed,
            as_of: self.position(),
        }))
    }

    /// A record's scope, for who needs nothing else.
    pub fn scope_of(&self, record: &RecordId) -> Option<Scope> {
        self.noted(self.record_row(record))
            .flatten()
            .map(|row| row.scope)
    }
}

/// A kind's word; `#7` for one that this version does not know.
pub(super) fn kind_word(kind: AnyKind) -> String {
    match kind {
        AnyKind::Known(kind) => kind.as_str().to_owned(),
        AnyKind::Newer(code) => format!("#{code}"),
    }
}

/// The kind of such a word, once it is known.
pub(super) fn kind_of_word(word: &str) -> Option<Kind> {
    let newer = word.strip_prefix('#').and_then(|code| code.parse().ok());
    Kind::parse(word).or_else(|| AnyKind::from_code(newer?).known())
}
