//! Erasing a record: a tombstone in the log, then its pack is removed and zeros are written over
//! every payload that held a part of it.
//!
//! Never waits for another restart to finish: what a crash left undone is done at the next open.

use liandu_core::id::{Position, RecordId};
use liandu_core::log::{Born, Erased, LogEntry};
use liandu_core::record::scope::Scope;

use super::ask::OfficeUser;
use super::{Keeper, Trouble};
use crate::index::rows::{EntryRow, TombstoneRow};
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::Disk;
use crate::tables::born::born;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Stages the tombstone. A record that is not here gets one too: it may still come from a
    /// device or a backup.
    pub(super) fn erase(
        &mut self,
        by: &OfficeUser,
        record: RecordId,
        reason: String,
    ) -> Result<Result<Position, Trouble>, Trouble> {
        let Some(row) = self.record_row(&record)? else {
            let outside = self.outside_rows(&record)?;
            let Some((_, first)) = outside.values().next() else {
                return Err(Trouble::Closed);
            };
            let scope = first.scope.clone();
            return Ok(self.tombstone(by, record, scope, Vec::new(), reason));
        };
        let left = row.left.into_iter().map(|(scope, _)| scope).collect();
        Ok(self.tombstone(by, record, row.scope, left, reason))
    }

    fn tombstone(
        &mut self,
        by: &OfficeUser,
        record: RecordId,
        scope: Scope,
        left: Vec<Scope>,
        reason: String,
    ) -> Result<Position, Trouble> {
        self.cache.forget(&record);
        let born = self.born(&record)?;
        let user = by.user.clone();
        let time = self.now;
        self.stage(LogEntry::Erased(Erased {
            record,
            scope,
            left,
            reason,
            user,
            time,
            born,
        }))
    }

    /// Where a record got its number: that of an erased one is not given again.
    fn born(&self, record: &RecordId) -> Result<Option<Born>, Trouble> {
        let prefix = keys::entries(record);
        let page = self.index.scan(&prefix, &prefix, 64)?;
        for (key, value) in page {
            let position = keys::read_entry(&key).ok_or(IndexError::Damaged)?;
            let entry = self.entry_at(position, EntryRow::read(&value)?)?;
            let Some(LogEntry::Edits(edits)) = entry else {
                continue;
            };
            if let Some((county, campaign)) = born(&edits) {
                return Ok(Some(Born {
                    position,
                    county,
                    campaign,
                }));
            }
        }
        Ok(None)
    }

    /// Overwrites what tombstones still name.
    pub(super) fn overwrite_erased(&mut self) {
        // A failure leaves the rows as they are: tried again after the next erasure and at start.
        let _ = self.overwrite();
    }

    fn overwrite(&mut self) -> Result<(), Trouble> {
        for (key, value) in rows::all(&self.index, keys::TOMBSTONES)? {
            let mut row: TombstoneRow = rows::decoded(&value)?;
            if row.overwrite.is_empty() {
                continue;
            }
            // The pack first: once the row is cleared nobody comes back for it.
            let record = key.get(1..).map(RecordId::from_slice);
            if let Some(Ok(record)) = record
                && self.packs.remove(&record).is_err()
            {
                return Err(Trouble::Closed);
            }
            let journal = self.journal.as_mut().ok_or(Trouble::Closed)?;
            if journal.erase(&row.overwrite).is_err() {
                return Err(Trouble::Closed);
            }
            row.overwrite.clear();
            self.index
                .stage([(key, Some(rows::encoded(&row)))].into_iter().collect());
            self.index.commit()?;
        }
        Ok(())
    }

    /// Every erased record with the position of its tombstone: for the file beside backups.
    pub fn tombstones(&self) -> Vec<(RecordId, Position)> {
        let read = || -> Result<Vec<(RecordId, Position)>, Trouble> {
            let mut found = Vec::new();
            for (key, value) in rows::all(&self.index, keys::TOMBSTONES)? {
                let row: TombstoneRow = rows::decoded(&value)?;
                if let Some(Ok(record)) = key.get(1..).map(RecordId::from_slice) {
                    found.push((record, row.position));
                }
            }
            Ok(found)
        };
        read().unwrap_or_default()
    }
}
