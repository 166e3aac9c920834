//! Packs: a record of many entries as one document chunk, so that it is sent and loaded at once.
//!
//! Derived from the log like everything else. A pack names the place in the log that it was made
//! at; one that is missing, damaged, or not of this log is passed over and the entries are read.
//! Never made while anybody waits for an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use liandu_core::id::{Position, RecordId};
use liandu_core::limits::{PACK_ENTRIES_MIN, PACKS_AT_ONCE_MAX, PACKS_DUE_MAX, RECORD_BYTES_MAX};
use liandu_core::log::LogEntry;
use liandu_core::record::stamp::Stamp;
use liandu_core::record::{Heads, RecordDoc};
use liandu_core::seal::Seal;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::records::Parts;
use super::{Keeper, Trouble};
use crate::index::rows::EntryRow;
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::Disk;

/// Format of packs: another one is passed over.
const FORMAT: u32 = 1;
/// Length of the hash before a pack's content, bytes.
const HASH_BYTES: usize = 32;

/// What a record's entries up to a position hold.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Pack {
    #[n(1)]
    format: u32,
    #[n(2)]
    record: RecordId,
    /// The last entry in it.
    #[n(3)]
    pub(super) position: Position,
    /// The log's rolling hash there: a log that says the same has the same entries before it.
    #[cbor(n(4), with = "minicbor::bytes")]
    hash: [u8; 32],
    /// How many entries it holds: damage may have taken one of them from the log since.
    #[n(5)]
    entries: u64,
    #[cbor(n(6), with = "minicbor::bytes")]
    document: Vec<u8>,
    #[n(7)]
    stamps: Vec<Stamp>,
    /// The last of each actor.
    #[n(8)]
    seals: Vec<Seal>,
}

impl Pack {
    /// As stored: a hash, then what it is of.
    fn bytes(&self) -> Vec<u8> {
        let content = rows::encoded(self);
        let mut bytes = Sha256::digest(&content).to_vec();
        bytes.extend_from_slice(&content);
        bytes
    }

    /// From stored bytes; none when they are not what was written.
    fn read(bytes: &[u8]) -> Option<Pack> {
        let (hash, content) = bytes.split_at_checked(HASH_BYTES)?;
        if Sha256::digest(content).as_slice() != hash {
            return None;
        }
        let pack: Pack = rows::decoded(content).ok()?;
        (pack.format == FORMAT).then_some(pack)
    }

    /// Roughly how many bytes it is on the wire.
    pub(super) fn bytes_estimate(&self) -> usize {
        self.document.len() + self.stamps.len() * 64 + self.seals.len() * 150 + 64
    }

    pub(super) fn parts(self) -> Parts {
        Parts {
            document: Some(self.document),
            changes: Vec::new(),
            stamps: self.stamps,
            seals: self
                .seals
                .into_iter()
                .map(|seal| (seal.actor, seal))
                .collect(),
            earlier: Vec::new(),
        }
    }
}

/// The entries of a record that a pack would hold.
struct Covered {
    entries: u64,
    last: Position,
    row: EntryRow,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// The record's pack, proved to be of this log.
    pub(super) fn pack_of(&self, record: &RecordId) -> Result<Option<Pack>, Trouble> {
        // What cannot be read now is as good as missing.
        let Ok(Some(bytes)) = self.packs.read(record) else {
            return Ok(None);
        };
        let Some(pack) = Pack::read(&bytes).filter(|pack| pack.record == *record) else {
            return Ok(None);
        };
        let Some(covered) = self.covered(record, pack.position)? else {
            return Ok(None);
        };
        if covered.entries != pack.entries || covered.last != pack.position {
            return Ok(None);
        }
        let there = self.open_journal()?.read(covered.row.pointer)?;
        let same = there.position == pack.position && there.hash == pack.hash;
        Ok(same.then_some(pack))
    }

    /// Entries with parts of a record up to a position; none when one of them is lost.
    fn covered(&self, record: &RecordId, upto: Position) -> Result<Option<Covered>, Trouble> {
        let journal = self.open_journal()?;
        let mut covered: Option<Covered> = None;
        for (key, value) in rows::all(&self.index, &keys::entries(record))? {
            let row = EntryRow::read(&value)?;
            let position = keys::read_entry(&key).ok_or(IndexError::Damaged)?;
            if position > upto {
                break;
            }
            if !row.part {
                continue;
            }
            if journal.is_lost(position) {
                return Ok(None);
            }
            covered = Some(Covered {
                entries: covered.map_or(1, |before| before.entries + 1),
                last: position,
                row,
            });
        }
        Ok(covered)
    }

    /// Notes the records whose entries this commit brought to another multiple of the least.
    pub(super) fn note_packs_due<'a>(&mut self, committed: impl Iterator<Item = &'a LogEntry>) {
        let mut added = std::collections::BTreeMap::<RecordId, u64>::new();
        for entry in committed {
            if let LogEntry::Edits(edits) = entry
                && edits.chunk.is_some()
            {
                *added.entry(edits.record).or_default() += 1;
            }
        }
        for (record, added) in added {
            if self.packs_due.len() >= PACKS_DUE_MAX {
                return;
            }
            // A record that cannot be looked at is none to pack.
            let Ok(Some(row)) = self.record_row(&record) else {
                continue;
            };
            let before = row.entries.saturating_sub(added);
            if before / PACK_ENTRIES_MIN < row.entries / PACK_ENTRIES_MIN {
                self.packs_due.insert(record);
            }
        }
    }

    /// Packs some of the records that are due, those whose documents are in memory anyway. For the
    /// moment after answers are out; does nothing between staging and commit.
    pub fn pack_some(&mut self) {
        for _ in 0..PACKS_AT_ONCE_MAX {
            if !self.staged.is_empty() || self.journal.is_none() || self.index_broken {
                return;
            }
            let Some(record) = self.packs_due.pop_first() else {
                return;
            };
            let Some(doc) = self.cache.take(&record) else {
                continue;
            };
            let made = catch_unwind(AssertUnwindSafe(|| self.pack(&record, &doc)));
            self.cache.put(doc, false);
            if let Ok(Ok(Some(pack))) = made {
                // Without it the entries are read.
                let _ = self.packs.write(&record, &pack.bytes());
            }
        }
    }

    /// The pack of a durable record; none when it would gain nothing.
    fn pack(&self, record: &RecordId, doc: &RecordDoc) -> Result<Option<Pack>, Trouble> {
        let row = self.record_row(record)?.filter(|row| row.erased.is_none());
        let covered = self.covered(record, Position(u64::MAX))?;
        let (Some(row), Some(covered)) = (row, covered) else {
            return Ok(None);
        };
        let heads = Heads(row.heads.into_iter().collect());
        let parts = self.parts(record)?;
        let document = doc.save();
        let now = parts
            .chunks()
            .iter()
            .map(|chunk| chunk.len())
            .sum::<usize>();
        let gains = document.len() < now && document.len() <= RECORD_BYTES_MAX;
        if !gains || doc.heads() != heads {
            return Ok(None);
        }
        // Proved before it stands for the entries.
        let again = RecordDoc::load(*record, &[&document])?;
        if again.heads() != heads || again.changes() != doc.changes() {
            return Ok(None);
        }
        Ok(Some(Pack {
            format: FORMAT,
            record: *record,
            position: covered.last,
            hash: self.open_journal()?.read(covered.row.pointer)?.hash,
            entries: covered.entries,
            document,
            stamps: parts.stamps,
            seals: parts.seals.into_values().collect(),
        }))
    }
}
