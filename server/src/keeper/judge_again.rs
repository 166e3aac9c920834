//! Judging kept edits again: what an office releases, and what waited for a definition, newer
//! software or an enrolment.
//!
//! Never at replay: the result is a new entry of the log.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::admission::{Incoming, Judged, Ruling, open_chunks};
use liandu_core::id::{ChangeHash, RecordId};
use liandu_core::log::{Because, LogEntry};
use liandu_core::policy::Principal;
use liandu_core::record::scope::Scope;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::seal::Seal;
use liandu_core::verdict::{Reason, Verdict};

use super::ask::ItemId;
use super::author::{OutsideRows, Sealed};
use super::push::Batch;
use super::records::kind_of_word;
use super::runs::{counts, newly_accepted};
use super::{Keeper, Trouble};
use crate::index::rows::{EntryRow, QuarantineRow};
use crate::index::{Index, keys, rows};
use crate::journal::Disk;

/// A kept edit's bytes, and the seals that came with it.
type Bytes = (Vec<u8>, Vec<Seal>);

/// A record after a batch, and what became of the batch.
type Outcome = (Option<RecordDoc>, Vec<Judged>);

/// Chooses among a record's kept edits.
pub(super) type Select<'a> = &'a dyn Fn(&ItemId, &QuarantineRow) -> bool;

/// The chosen edits of a record with everything that is needed to judge them.
struct Again {
    scope: Scope,
    kind: String,
    changes: Vec<RawChange>,
    chosen: BTreeMap<ChangeHash, Verdict>,
    outside: OutsideRows,
    seals: Vec<Seal>,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Judges all held edits again; what is understood now counts. What cannot be read or written
    /// now is due until it can.
    pub(super) fn judge_held(&mut self) {
        self.held_due = false;
        let held = match self.held_records() {
            Ok(held) => held,
            Err(trouble) => return self.put_off(&trouble),
        };
        for record in held {
            let select = |_: &ItemId, row: &QuarantineRow| matches!(row.verdict, Verdict::Held(_));
            // One record that fails must not keep the others.
            if let Err(trouble) = self.judge_again(&record, &select, None, &Because::Understood) {
                self.put_off(&trouble);
            }
        }
    }

    fn put_off(&mut self, trouble: &Trouble) {
        self.note_trouble(trouble);
        self.held_due |= trouble.may_pass();
    }

    /// Judges what could not be judged when it was understood, and writes it down.
    pub(super) fn judge_due(&mut self) {
        if self.held_due && self.is_sound() {
            self.judge_held();
            self.commit_group();
        }
    }

    fn held_records(&self) -> Result<BTreeSet<RecordId>, Trouble> {
        let mut records = BTreeSet::new();
        for (key, value) in rows::all(&self.index, keys::QUARANTINE)? {
            let row: QuarantineRow = rows::decoded(&value)?;
            if let (Verdict::Held(_), Some((record, _, _))) =
                (row.verdict, keys::read_quarantined(&key))
            {
                records.insert(record);
            }
        }
        Ok(records)
    }

    /// The bytes of a kept edit and the seals that came with it.
    pub(super) fn kept_bytes(
        &self,
        record: &RecordId,
        row: &QuarantineRow,
    ) -> Result<Option<Bytes>, Trouble> {
        let Some(at) = self.index.get(&keys::entry(record, row.position))? else {
            return Ok(None);
        };
        let entry = self.entry_at(row.position, EntryRow::read(&at)?)?;
        let Some(LogEntry::Edits(edits)) = entry else {
            return Ok(None);
        };
        let nth = usize::try_from(row.nth).unwrap_or(usize::MAX);
        let seals = edits.seals;
        Ok(edits
            .kept
            .into_iter()
            .nth(nth)
            .map(|kept| (kept.bytes, seals)))
    }

    /// Judges the selected kept edits of a record, and those that stand on refused or held ones.
    /// `releasing`: the office user on whose word authors' lost authority is waived.
    pub(super) fn judge_again(
        &mut self,
        record: &RecordId,
        select: Select<'_>,
        releasing: Option<&Principal>,
        because: &Because,
    ) -> Result<BTreeMap<ChangeHash, Verdict>, Trouble> {
        let Some(again) = self.gather(record, select)? else {
            return Ok(BTreeMap::new());
        };
        let Some(kind) = kind_of_word(&again.kind) else {
            return Ok(again.chosen);
        };
        let row = self.record_row(record)?;
        let scope = again.scope.clone();
        let batch = Batch {
            record: *record,
            kind,
            scope,
            row,
            seals: &again.seals,
            document: None,
        };
        let changes = with_birth(&batch, &again.changes);
        let doc = self.take_document(record)?;
        let sealed = self.sealed(record, &again.seals, &changes, None);
        let result = self.judge_as(&batch, &again, &changes, &sealed, releasing, doc.clone());
        let (doc_after, judged) = match result {
            Ok(result) => result,
            Err(trouble) => {
                let changed = self.cache.is_changed(record);
                doc.into_iter().for_each(|doc| self.cache.put(doc, changed));
                return Err(trouble);
            }
        };
        let changed = self.cache.is_changed(record) || judged.iter().any(newly_accepted);
        if batch.row.is_some() || judged.iter().any(counts) {
            doc_after
                .into_iter()
                .for_each(|doc| self.cache.put(doc, changed));
        }
        let news: Vec<Judged> = judged
            .iter()
            .filter(|judged| is_news(judged, &again.chosen))
            .cloned()
            .collect();
        if news.iter().any(|judged| !judged.birth) {
            self.write_down(&batch, &news, because)
                // It holds what the log did not take.
                .inspect_err(|_| self.cache.forget(record))?;
        }
        let mut verdicts = again.chosen;
        for judged in &judged {
            if let Ruling::Judged(verdict) = judged.ruling {
                verdicts.insert(judged.change.hash, verdict);
            }
        }
        Ok(verdicts)
    }

    fn gather(&self, record: &RecordId, select: Select<'_>) -> Result<Option<Again>, Trouble> {
        let mut outside = self.outside_rows(record)?;
        let mut arrivals: Vec<(ChangeHash, QuarantineRow)> = outside
            .iter()
            .filter(|(hash, (write, row))| {
                let item = ItemId {
                    record: *record,
                    write: *write,
                    hash: **hash,
                };
                row.verdict != Verdict::Forked && (select(&item, row) || follows(row.verdict))
            })
            .map(|(hash, (_, row))| (*hash, row.clone()))
            .collect();
        arrivals.sort_by_key(|(_, row)| (row.position, row.nth));
        let Some((_, first)) = arrivals.first() else {
            return Ok(None);
        };
        let known = self.record_row(record)?.map(|row| row.scope);
        let mut again = Again {
            scope: known.unwrap_or_else(|| first.scope.clone()),
            kind: first.kind.clone(),
            changes: Vec::new(),
            chosen: BTreeMap::new(),
            outside: BTreeMap::new(),
            seals: Vec::new(),
        };
        for (hash, row) in arrivals {
            outside.remove(&hash);
            again.chosen.insert(hash, row.verdict);
            let Some((bytes, seals)) = self.kept_bytes(record, &row)? else {
                continue;
            };
            again
                .changes
                .extend(open_chunks(&[&bytes]).unwrap_or_default());
            again.seals.extend(seals);
        }
        again.outside = outside;
        Ok(Some(again))
    }

    /// Judges as the authors; where a release leaves one refused for who they are, as the user.
    fn judge_as(
        &self,
        batch: &Batch<'_>,
        again: &Again,
        changes: &[RawChange],
        sealed: &Sealed,
        releasing: Option<&Principal>,
        doc: Option<RecordDoc>,
    ) -> Result<Outcome, Trouble> {
        let mut authors = self.principals(changes.iter());
        if releasing.is_some() {
            authors.values_mut().for_each(restore);
        }
        let mut as_user: BTreeSet<ChangeHash> = BTreeSet::new();
        loop {
            let incoming: Vec<Incoming<'_>> = changes
                .iter()
                .map(|change| Incoming {
                    change: change.clone(),
                    sealed: sealed.covers(change),
                    by: releasing
                        .filter(|_| as_user.contains(&change.hash))
                        .or_else(|| authors.get(&self.author(change))),
                })
                .collect();
            let mut after = doc.clone();
            let judged = self.judged(batch, again.outside.clone(), &mut after, &incoming)?;
            let refused: Vec<ChangeHash> = judged
                .iter()
                .filter(|judged| releasing.is_some() && for_who_they_are(judged))
                .map(|judged| judged.change.hash)
                .filter(|hash| !as_user.contains(hash))
                .collect();
            if refused.is_empty() {
                return Ok((after, judged));
            }
            as_user.extend(refused);
        }
    }
}

/// Whether an entry says how held edits were judged once they were understood.
pub(super) fn is_understood(entry: &LogEntry) -> bool {
    matches!(entry, LogEntry::Edits(edits) if edits.because == Because::Understood)
}

/// A release waives what the author lost since.
fn restore(principal: &mut Principal) {
    principal.revoked = false;
    for membership in &mut principal.groups {
        membership.until = None;
        membership.lost_at = None;
    }
}

fn for_who_they_are(judged: &Judged) -> bool {
    matches!(
        judged.ruling,
        Ruling::Judged(
            Verdict::Refused(
                Reason::NotAllowed | Reason::OutOfScope | Reason::Revoked | Reason::LostMembership
            ) | Verdict::Held(Reason::UnknownDevice)
        )
    )
}

/// Refused or held only for what it stands on.
fn follows(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Refused(Reason::OnRefused) | Verdict::Held(Reason::OnHeld)
    )
}

/// Whether this judgement says something else than the log.
fn is_news(judged: &Judged, before: &BTreeMap<ChangeHash, Verdict>) -> bool {
    match judged.ruling {
        Ruling::Judged(verdict) => before.get(&judged.change.hash) != Some(&verdict),
        Ruling::Duplicate(_) | Ruling::Missing => false,
    }
}

/// A record that has not begun needs its birth to be judged.
fn with_birth(batch: &Batch<'_>, changes: &[RawChange]) -> Vec<RawChange> {
    let mut all = Vec::with_capacity(changes.len() + 1);
    if batch.row.is_none()
        && let Ok(born) = RecordDoc::birth(batch.record, batch.kind)
    {
        all.extend(born.raw_all());
    }
    let mut known: BTreeSet<ChangeHash> = all.iter().map(|change| change.hash).collect();
    all.extend(
        changes
            .iter()
            .filter(|change| known.insert(change.hash))
            .cloned(),
    );
    all
}
