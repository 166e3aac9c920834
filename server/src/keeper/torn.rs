//! Torn records: the log has lost one of their entries, and others after it stand on what is gone
//! or were written beside it.
//!
//! What still hangs together is the record until devices bring the rest back. Never judges again
//! what the log has accepted: it is taken in as soon as its ancestors are here.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{ChangeHash, Position, RecordId};
use liandu_core::log::LogEntry;
use liandu_core::record::kind::Kind;
use liandu_core::record::{ChunkError, LoadError, RawChange, RecordDoc};
use liandu_core::verdict::Verdict;

use super::author::OutsideRows;
use super::records::Parts;
use super::{Keeper, Trouble};
use crate::index::rows::RecordRow;
use crate::index::{Index, keys, rows};
use crate::journal::Disk;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Finds them in a log that has lost entries.
    pub(super) fn find_torn(&mut self) -> Result<(), Trouble> {
        self.torn.clear();
        let Some(first) = self.open_journal()?.first_lost() else {
            return Ok(());
        };
        let mut torn = BTreeSet::new();
        for (key, value) in rows::all(&self.index, keys::RECORDS)? {
            let row: RecordRow = rows::decoded(&value)?;
            let id = key.get(keys::RECORDS.len()..).map(RecordId::from_slice);
            // Nothing stands on what was lost after a record's last entry.
            let later = row.erased.is_none() && row.changed > first;
            if let (Some(Ok(record)), true) = (id, later)
                && self.is_torn(&record)?
            {
                torn.insert(record);
            }
        }
        self.torn = torn;
        Ok(())
    }

    fn is_torn(&self, record: &RecordId) -> Result<bool, Trouble> {
        let parts = self.parts(record)?;
        match RecordDoc::load(*record, &parts.chunks()) {
            // Its row names a head that is gone: devices would believe that it is here.
            Ok(doc) => {
                let row = self.record_row(record)?;
                let told = row.map(|row| row.heads.into_iter().collect());
                Ok(told.is_some_and(|told| doc.heads().0 != told))
            }
            Err(error) => Ok(matches!(
                error,
                LoadError::Chunk(ChunkError::MissingAncestor) | LoadError::ForeignBirth
            )),
        }
    }

    /// What hangs together of a torn record, and the accepted changes that wait for what is lost.
    /// None: it is not torn.
    pub(super) fn torn(
        &self,
        record: &RecordId,
    ) -> Result<Option<(RecordDoc, Vec<RawChange>)>, Trouble> {
        if !self.torn.contains(record) {
            return Ok(None);
        }
        self.fitting(record, &self.parts(record)?)
    }

    /// What hangs together of these parts, and what does not. None: a kind that is not known.
    fn fitting(
        &self,
        record: &RecordId,
        parts: &Parts,
    ) -> Result<Option<(RecordDoc, Vec<RawChange>)>, Trouble> {
        let row = self.record_row(record)?;
        let Some(kind) = row.and_then(|row| Kind::parse(&row.kind)) else {
            return Ok(None);
        };
        let mut doc = RecordDoc::birth(*record, kind)?;
        let left = doc.absorb_what_fits(&parts.chunks())?;
        Ok(Some((doc, left)))
    }

    /// A record as it hangs together up to a position, for devices.
    pub(super) fn whole_upto(&self, record: &RecordId, upto: Position) -> Result<Parts, Trouble> {
        let mut parts = self.parts_upto(record, upto)?;
        if self.is_older_than_a_loss(record)?
            && let Some((doc, _)) = self.fitting(record, &parts)?
        {
            parts.narrow_to(&doc);
        }
        Ok(parts)
    }

    /// Whether an entry may bring what earlier entries waited for. Who has heard those only as far
    /// as they fitted hears the whole again.
    pub(super) fn may_rejoin(
        &self,
        record: &RecordId,
        position: Position,
    ) -> Result<bool, Trouble> {
        let after = self.damaged_at.is_some_and(|(first, _)| position > first);
        Ok(after && self.is_older_than_a_loss(record)?)
    }

    /// Whether the log has lost entries since the record began.
    fn is_older_than_a_loss(&self, record: &RecordId) -> Result<bool, Trouble> {
        let Some((_, last)) = self.damaged_at else {
            return Ok(false);
        };
        let entries = keys::entries(record);
        let first = self.index.scan(&entries, &entries, 1)?;
        let first = first.first().and_then(|(key, _)| keys::read_entry(key));
        Ok(first.is_some_and(|first| first < last))
    }

    /// Takes out of a push what the log accepted long ago and a torn record still waits with.
    pub(super) fn leave_out_accepted(
        &self,
        record: &RecordId,
        changes: &mut Vec<RawChange>,
    ) -> Result<(), Trouble> {
        if let Some((_, waiting)) = self.torn(record)? {
            changes.retain(|change| waiting.iter().all(|known| known.hash != change.hash));
        }
        Ok(())
    }

    /// What waited in a torn record for a change that has come now.
    pub(super) fn rejoin(&self, doc: &mut RecordDoc) -> Result<(), Trouble> {
        if self.torn.contains(&doc.id()) {
            doc.absorb_what_fits(&self.parts(&doc.id())?.chunks())?;
        }
        Ok(())
    }

    /// Looks again at torn records that these entries are about.
    pub(super) fn look_at_torn<'a>(&mut self, entries: impl Iterator<Item = &'a LogEntry>) {
        if self.torn.is_empty() {
            return;
        }
        for entry in entries {
            if let LogEntry::Edits(edits) = entry
                && self.torn.contains(&edits.record)
                && matches!(self.is_torn(&edits.record), Ok(false))
            {
                self.torn.remove(&edits.record);
            }
        }
    }
}

/// What the log accepted and cannot show because it stands on work that is kept aside now, such as
/// a lost phone's: who builds on it shares that fate, and is not sent for the ancestor for ever.
pub(super) fn stuck(waiting: &[RawChange], outside: &OutsideRows) -> BTreeMap<ChangeHash, Verdict> {
    let mut stuck: BTreeMap<ChangeHash, Verdict> = BTreeMap::new();
    loop {
        let before = stuck.len();
        for change in waiting {
            let on = |dep: &ChangeHash| {
                let verdict = outside.get(dep).map(|(_, row)| row.verdict);
                verdict.or_else(|| stuck.get(dep).copied())
            };
            match change.deps().iter().find_map(on) {
                Some(verdict @ (Verdict::Refused(_) | Verdict::Held(_))) => {
                    stuck.entry(change.hash).or_insert(verdict);
                }
                // Its author offers the forked one again under another number.
                Some(Verdict::Forked | Verdict::Accepted) | None => {}
            }
        }
        if stuck.len() == before {
            return stuck;
        }
    }
}
