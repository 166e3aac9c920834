//! Quarantine, escrow and what is held: listing, releasing, answering.
//!
//! Never changes a verdict by itself: a release is judged again, and the log says on whose word.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{DeviceId, Position, RecordId};
use liandu_core::limits::ANSWERS_MAX;
use liandu_core::log::{Answered, Because, LogEntry};
use liandu_core::protocol::message::OfficeAnswer;
use liandu_core::verdict::Verdict;

use super::ask::{
    ActError, ItemId, ItemVerdict, OfficeUser, QuarantineAnswer, QuarantineFilter, QuarantineItem,
};
use super::{Answer, Keeper, Ticket, Trouble};
use crate::index::rows::{EntryRow, QuarantineRow};
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::Disk;
use liandu_core::time::Timestamp;

/// Items of one list when the filter does not say.
const ITEMS: usize = 1_000;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Quarantined edits, oldest first.
    pub fn quarantine(&self, filter: &QuarantineFilter) -> Vec<QuarantineItem> {
        self.noted(self.list(filter)).unwrap_or_default()
    }

    fn list(&self, filter: &QuarantineFilter) -> Result<Vec<QuarantineItem>, Trouble> {
        let items_max = if filter.items_max == 0 {
            ITEMS
        } else {
            filter.items_max
        };
        let mut items = Vec::new();
        let mut from = Vec::new();
        loop {
            let page = self.index.scan(keys::ARRIVALS, &from, 512)?;
            let Some((last, _)) = page.last() else {
                return Ok(items);
            };
            from = rows::after(last);
            for (_, key) in page {
                if let Some(item) = self.item(&key)?.filter(|item| fits(item, filter)) {
                    items.push(item);
                }
                if items.len() == items_max {
                    return Ok(items);
                }
            }
        }
    }

    fn item(&self, key: &[u8]) -> Result<Option<QuarantineItem>, Trouble> {
        let Some((record, write, hash)) = keys::read_quarantined(key) else {
            return Ok(None);
        };
        let Some(row) = rows::row::<QuarantineRow, I>(&self.index, key)? else {
            return Ok(None);
        };
        Ok(Some(QuarantineItem {
            record,
            write,
            hash,
            scope: row.scope,
            verdict: row.verdict,
            device: row.device,
            person: row.person,
            position: row.position,
            time: row.time,
            answer: row.answer,
        }))
    }

    /// What offices answered to a device's edits after a position, oldest first.
    pub fn answers_to(&self, device: &DeviceId, after: Position) -> Vec<OfficeAnswer> {
        self.noted(self.answers_after(device, after))
            .unwrap_or_default()
    }

    fn answers_after(
        &self,
        device: &DeviceId,
        after: Position,
    ) -> Result<Vec<OfficeAnswer>, Trouble> {
        let from = keys::answer(device, after.next());
        let rows = self.index.below();
        let rows = rows.scan(&keys::answers(device), &from, ANSWERS_MAX)?;
        let mut answers = Vec::with_capacity(rows.len());
        for (key, value) in rows {
            let position = keys::read_answer(&key).ok_or(IndexError::Damaged)?;
            let record = RecordId::from_slice(&value).map_err(|_| IndexError::Damaged)?;
            let Some(at) = self.index.get(&keys::entry(&record, position))? else {
                continue;
            };
            // Erased with its record: nothing to tell any more.
            let entry = self.entry_at(position, EntryRow::read(&at)?)?;
            if let Some(LogEntry::Answered(said)) = entry {
                answers.push(OfficeAnswer {
                    record,
                    hash: said.hash,
                    position,
                    time: said.time,
                    text: said.text,
                });
            }
        }
        Ok(answers)
    }

    /// The bytes of a quarantined edit, for an office that wants to see it.
    pub fn quarantined_bytes(&self, item: &ItemId) -> Option<Vec<u8>> {
        let key = keys::quarantined(&item.record, &item.write, &item.hash);
        let row = rows::row::<QuarantineRow, I>(&self.index, &key)
            .ok()
            .flatten()?;
        self.kept_bytes(&item.record, &row)
            .ok()
            .flatten()
            .map(|(bytes, _)| bytes)
    }

    /// Answers quarantined edits. Which the user may answer is the caller's question, by scope.
    pub fn answer(
        &mut self,
        now: Timestamp,
        by: &OfficeUser,
        items: &[ItemId],
        answer: &QuarantineAnswer,
    ) -> Ticket {
        self.now = now;
        let verdicts = match answer {
            QuarantineAnswer::Release => self.release(by, items),
            QuarantineAnswer::Close(text) => items
                .iter()
                .map(|item| (*item, self.close(by, item, text)))
                .collect(),
        };
        let ticket = self.ticket();
        self.wait(ticket, Answer::Answered(verdicts));
        ticket
    }

    fn close(&mut self, by: &OfficeUser, item: &ItemId, text: &str) -> Result<Verdict, ActError> {
        let key = keys::quarantined(&item.record, &item.write, &item.hash);
        let row = rows::row::<QuarantineRow, I>(&self.index, &key);
        let row = row
            .map_err(|_| ActError::Failed)?
            .ok_or(ActError::Missing)?;
        let entry = LogEntry::Answered(Answered {
            record: item.record,
            write: item.write,
            hash: item.hash,
            user: by.user.clone(),
            text: text.to_owned(),
            time: self.now,
        });
        self.stage(entry).map_err(|trouble| trouble.answer())?;
        Ok(row.verdict)
    }

    fn release(&mut self, by: &OfficeUser, items: &[ItemId]) -> Vec<ItemVerdict> {
        let mut by_record: BTreeMap<RecordId, BTreeSet<ItemId>> = BTreeMap::new();
        for item in items {
            by_record.entry(item.record).or_default().insert(*item);
        }
        let because = Because::Released {
            user: by.user.clone(),
        };
        let user = self.directory.principal(&by.person);
        let mut verdicts = Vec::with_capacity(items.len());
        for (record, chosen) in by_record {
            let select = |item: &ItemId, _: &QuarantineRow| chosen.contains(item);
            match self.judge_again(&record, &select, user.as_ref(), &because) {
                Ok(found) => {
                    let of =
                        |item: &ItemId| found.get(&item.hash).copied().ok_or(ActError::Missing);
                    verdicts.extend(chosen.iter().map(|item| (*item, of(item))));
                }
                Err(trouble) => {
                    self.note_trouble(&trouble);
                    let failed = |item: &ItemId| (*item, Err(trouble.answer()));
                    verdicts.extend(chosen.iter().map(failed));
                }
            }
        }
        verdicts
    }
}

fn fits(item: &QuarantineItem, filter: &QuarantineFilter) -> bool {
    filter
        .regions
        .iter()
        .any(|region| region.contains(&item.scope.region))
        && filter.record.is_none_or(|record| record == item.record)
        && filter.device.is_none_or(|device| device == item.device)
        && (filter.answered || item.answer.is_none())
}
