//! What the office said to edits, over a connection or in a bundle of receipts.
//!
//! Never takes an edit for safe that the answer does not name, and never drops one that was
//! refused: the record is built again without it and the edit stays listed with its reason.

use std::collections::BTreeSet;

use liandu_core::id::RecordId;
use liandu_core::protocol::message::Tier;
use liandu_core::protocol::update::{Chunk, OtherVerdict, Receipt, RecordVerdicts};
use liandu_core::record::doc::Heads;
use liandu_core::time::Timestamp;

use super::{Engine, Event, Then};
use crate::own::{Answer, OwnState, Unapplied};
use crate::rebuild::{Pen, rebuild};
use crate::store::{Batch, Slot};

/// What one answer did to a record's own edits.
#[derive(Default)]
struct Outcome {
    touched: BTreeSet<u64>,
    again: BTreeSet<u64>,
    refused: bool,
}

impl Engine {
    /// An offer was answered.
    pub(super) fn answered(
        &mut self,
        offer: u64,
        when: (Timestamp, Tier),
        records: Vec<RecordVerdicts>,
    ) {
        let Some(offered) = self.offers.remove(&offer) else {
            return;
        };
        let mut batch = Batch::default();
        let mut then = Vec::new();
        for verdicts in records {
            let numbers = offered
                .own
                .get(&verdicts.record)
                .cloned()
                .unwrap_or_default();
            self.settle(&verdicts, Some(&numbers), when, (&mut batch, &mut then));
            let record = verdicts.record;
            if self.owed_answered(&verdicts, &offered.owed, &mut batch) {
                continue;
            }
            match (offered.whole.get(&record), verdicts.missing) {
                (Some(Some(heads)), false) => self.want(record, heads.clone(), &mut batch),
                (Some(None), false) => {
                    self.unwant(record, &mut batch);
                    // What was owed may have waited for this.
                    let own = self.records.get(&record).map(|layers| &layers.own);
                    let own = own.into_iter().flatten();
                    own.for_each(|(number, _)| {
                        self.owed_offered.remove(number);
                    });
                }
                // Nothing more can be given now: again when more of it has come, or on the next
                // connection.
                (Some(_), true) => {
                    self.stuck.insert(record);
                }
                (None, true) => self.want(record, Heads::default(), &mut batch),
                (None, false) => {}
            }
        }
        for number in offered.own.values().flatten() {
            self.sent.remove(number);
        }
        self.put_sent(&mut batch);
        self.commit(batch, then);
    }

    /// Whether this answers edits that were owed to a restored server: those that it has now are
    /// owed no more. One whose ancestors it lacks is offered again on the next connection.
    fn owed_answered(
        &mut self,
        verdicts: &RecordVerdicts,
        owed: &BTreeSet<u64>,
        batch: &mut Batch,
    ) -> bool {
        let record = verdicts.record;
        let Some(layers) = self.records.get_mut(&record) else {
            return false;
        };
        let mut asked = false;
        for number in owed {
            let Some(edit) = layers.own.get_mut(number) else {
                continue;
            };
            asked = true;
            let change = &edit.change;
            let kept = verdicts
                .others
                .iter()
                .any(|other| other.hash == change.hash);
            let taken = |r: &Receipt| r.actor == change.actor && change.seq <= r.seq_max;
            if kept || verdicts.receipts.iter().any(taken) {
                edit.owed = false;
                batch.put(&Slot::Own(record, *number), edit);
            }
        }
        asked
    }

    /// Takes in verdicts on one record. `among`: only these own edits were asked about.
    pub(super) fn settle(
        &mut self,
        verdicts: &RecordVerdicts,
        among: Option<&BTreeSet<u64>>,
        when: (Timestamp, Tier),
        (batch, then): (&mut Batch, &mut Vec<Then>),
    ) {
        let record = verdicts.record;
        let mut outcome = Outcome::default();
        for other in &verdicts.others {
            self.not_accepted(record, other, &mut outcome);
        }
        for receipt in &verdicts.receipts {
            self.receipted(record, receipt, (among, when), &mut outcome);
        }
        self.carried_answered(record, verdicts, when, batch);
        let mut touched = outcome.touched;
        if outcome.refused || !outcome.again.is_empty() {
            touched.extend(self.build_again(record, &outcome.again, then));
        }
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        layers.admitted_changed();
        for number in touched {
            if let Some(edit) = layers.own.get(&number) {
                batch.put(&Slot::Own(record, number), edit);
            }
            self.outputs
                .push_back(super::Output::Event(Event::Answered { record, number }));
        }
        self.number_wanted(record);
    }

    fn not_accepted(&mut self, record: RecordId, other: &OtherVerdict, outcome: &mut Outcome) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        let found = layers.own_by_hash(&other.hash).map(|edit| edit.number);
        let Some(edit) = found.and_then(|number| layers.own.get_mut(&number)) else {
            return;
        };
        if !edit.stands() {
            return;
        }
        match Answer::of(other.verdict) {
            Answer::Nothing => return,
            Answer::Held => edit.state = OwnState::Held(other.verdict),
            Answer::Refused => {
                edit.state = OwnState::Refused(other.verdict);
                outcome.refused = true;
            }
            Answer::OfferAgain => {
                outcome.again.insert(edit.number);
            }
        }
        outcome.touched.insert(edit.number);
    }

    fn receipted(
        &mut self,
        record: RecordId,
        receipt: &Receipt,
        (among, (time, tier)): (Option<&BTreeSet<u64>>, (Timestamp, Tier)),
        outcome: &mut Outcome,
    ) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        let position = receipt.position;
        for edit in layers.own.values_mut() {
            let named = edit.change.actor == receipt.actor
                && edit.change.seq <= receipt.seq_max
                && among.is_none_or(|among| among.contains(&edit.number));
            if named && (edit.waits() || edit.held()) && !outcome.touched.contains(&edit.number) {
                edit.state = OwnState::AtOffice {
                    position,
                    time,
                    tier,
                };
                outcome.touched.insert(edit.number);
            }
        }
    }

    /// Colleagues' changes that the office took are admitted now; refused ones are kept there.
    fn carried_answered(
        &mut self,
        record: RecordId,
        verdicts: &RecordVerdicts,
        (time, _): (Timestamp, Tier),
        batch: &mut Batch,
    ) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        if layers.carried.changes.is_empty() {
            return;
        }
        let other = |hash| verdicts.others.iter().find(|other| other.hash == hash);
        let receipt = |change: &liandu_core::record::RawChange| {
            let named = |r: &&Receipt| r.actor == change.actor && change.seq <= r.seq_max;
            verdicts.receipts.iter().find(named)
        };
        let mut admitted = Vec::new();
        let mut left = Vec::new();
        for change in std::mem::take(&mut layers.carried.changes) {
            match (
                other(change.hash).map(|other| Answer::of(other.verdict)),
                receipt(&change),
            ) {
                (Some(Answer::Refused | Answer::OfferAgain), _) => {}
                (Some(Answer::Held | Answer::Nothing), _) | (None, None) => left.push(change),
                (None, Some(receipt)) => {
                    layers.add_stamps(vec![liandu_core::record::stamp::Stamp {
                        actor: receipt.actor,
                        seq_max: receipt.seq_max,
                        position: receipt.position,
                        time,
                        person: None,
                    }]);
                    admitted.push(change);
                }
            }
        }
        layers.carried.changes = left;
        if !admitted.is_empty() {
            // With their births, which have no receipts of their own.
            let births = layers
                .carried
                .changes
                .iter()
                .filter(|change| change.is_birth());
            let parts = births
                .chain(&admitted)
                .map(|change| change.bytes.clone())
                .collect();
            let mut seals = layers.carried.seals.clone();
            seals.retain(|seal| admitted.iter().any(|change| change.hash == seal.hash));
            layers.add_seals(seals);
            layers.add_chunk(record, Chunk::Changes(parts), batch);
            self.cache.take(&record);
        }
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        if layers
            .carried
            .changes
            .iter()
            .all(liandu_core::record::RawChange::is_birth)
        {
            layers.carried = crate::layers::Carried::default();
            batch.remove(&Slot::Carried(record));
        } else {
            batch.put(&Slot::Carried(record), &layers.carried);
        }
        batch.put(&Slot::Header(record), &layers.header);
    }

    /// Builds a record again without what does not count; gives the own edits that changed.
    pub(super) fn build_again(
        &mut self,
        record: RecordId,
        again: &BTreeSet<u64>,
        then: &mut Vec<Then>,
    ) -> BTreeSet<u64> {
        self.cache.take(&record);
        // Actors of refused or forked edits are never used again in this record.
        self.actors.insert(record, Vec::new());
        let (Some(me), Some(layers)) = (&self.identity, self.records.get_mut(&record)) else {
            return BTreeSet::new();
        };
        let Some(enrolled) = &me.enrolled else {
            return BTreeSet::new();
        };
        let mut pen = Pen {
            device: me.device,
            deployment: enrolled.deployment,
            key: &me.key,
            entropy: self.entropy.as_mut(),
        };
        let Ok(rebuilt) = rebuild(record, layers, again, &mut pen) else {
            // What they were built on is not here any more: offered as they are they would be
            // answered the same for ever.
            for number in again {
                if let Some(edit) = layers.own.get_mut(number) {
                    edit.state = OwnState::Unapplied(Unapplied::RecordGone);
                }
            }
            return again.clone();
        };
        self.actors.insert(record, rebuilt.actors);
        self.unsealed.insert(record);
        for number in &rebuilt.touched {
            self.sent.remove(number);
            self.unsaved.insert(*number);
            then.push(Then::Saved(record, *number));
        }
        self.cache.put(record, rebuilt.doc);
        self.event(Event::Changed(record));
        rebuilt.touched
    }
}
