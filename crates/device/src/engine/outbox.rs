//! What is sent and when: own edits in the order they were made, what the server lacks, and
//! colleagues' changes.
//!
//! Never sends what is not durable here, and never forgets a batch before its answer is stored.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{Actor, ChangeHash, RecordId};
use liandu_core::limits::{PUSH_CHANGES_MAX, PUSH_RECORDS_MAX};
use liandu_core::protocol::client::{self, Client};
use liandu_core::protocol::update::{Chunk, RecordPush};
use liandu_core::record::doc::Heads;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::seal::Seal;

use super::Engine;
use crate::layers::{Layers, changes_of, latest};
use crate::own::OwnEdit;
use crate::store::{Batch, Slot};
use liandu_core::time::Timestamp;

/// What an offer on its way holds.
#[derive(Debug, Default)]
pub(super) struct Offered {
    pub(super) own: BTreeMap<RecordId, BTreeSet<u64>>,
    /// Records of which what the server may lack was sent, and the heads it has then when more
    /// of it is to follow.
    pub(super) whole: BTreeMap<RecordId, Option<Heads>>,
    carried: BTreeSet<ChangeHash>,
    /// Own edits, by number, that a server before this one had refused.
    pub(super) owed: BTreeSet<u64>,
}

/// An offer while it is put together.
struct Draft {
    offered: Offered,
    pushes: Vec<RecordPush>,
    bytes: usize,
    changes: usize,
    bytes_max: usize,
}

impl Draft {
    fn full(&self) -> bool {
        self.pushes.len() >= PUSH_RECORDS_MAX || self.bytes >= self.bytes_max
    }

    fn add(&mut self, push: RecordPush, changes: usize) {
        self.bytes += push.chunk.bytes() + 128;
        self.changes += changes;
        self.pushes.push(push);
    }

    /// How much more of one record goes in.
    fn left(&self) -> (usize, usize) {
        (
            self.bytes_max.saturating_sub(self.bytes),
            PUSH_CHANGES_MAX.saturating_sub(self.changes),
        )
    }
}

impl Engine {
    /// Gives the client one more batch if it takes one and there is one.
    pub(super) fn offer_next(&mut self, now: Timestamp) -> bool {
        let room = self.client.as_ref().map_or(0, Client::room);
        if room == 0 || self.offer_bytes_max < OFFER_BYTES_MIN {
            return false;
        }
        let mut draft = Draft {
            offered: Offered::default(),
            pushes: Vec::new(),
            bytes: 0,
            changes: 0,
            bytes_max: self.offer_bytes_max,
        };
        self.draft_wanted(&mut draft);
        self.draft_own(&mut draft);
        self.draft_carried(&mut draft);
        self.draft_owed(&mut draft);
        if draft.pushes.is_empty() {
            return false;
        }
        let offer = self.next_offer;
        self.next_offer += 1;
        self.sent.extend(draft.offered.own.values().flatten());
        let mut batch = Batch::default();
        self.put_sent(&mut batch);
        self.commit(batch, Vec::new());
        self.offers.insert(offer, draft.offered);
        self.tell_client(
            now,
            client::Input::Offer {
                offer,
                records: draft.pushes,
            },
        );
        true
    }

    /// An offer was not taken or not answered. Too large for a frame: smaller ones from now on.
    pub(super) fn returned(&mut self, offer: u64) {
        if self.offers.remove(&offer).is_none() {
            return;
        }
        if self.client.as_ref().map_or(0, Client::room) > 0 {
            self.offer_bytes_max /= 2;
        }
    }

    /// A new connection: everything may be offered again.
    pub(super) fn offers_afresh(&mut self) {
        self.offer_bytes_max = OFFER_BYTES_MAX;
        self.stuck.clear();
        self.owed_offered.clear();
        self.carried_offered.clear();
        self.carrying.afresh();
        self.ask_about_held();
    }

    /// What was held may have been understood and refused since, which no feed tells: it is offered
    /// once more for its verdict.
    pub(super) fn ask_about_held(&mut self) {
        let own = self.records.values().flat_map(|layers| layers.own.values());
        self.held_again = own
            .filter(|edit| edit.held())
            .map(|edit| edit.number)
            .collect();
    }

    /// Whether an own edit is to be sent.
    fn is_due(&self, edit: &OwnEdit) -> bool {
        edit.waits() || edit.held() && self.held_again.contains(&edit.number)
    }

    pub(super) fn put_sent(&self, batch: &mut Batch) {
        batch.put(
            &Slot::Sent,
            &self.sent.iter().copied().collect::<Vec<u64>>(),
        );
    }

    /// Own edits without an answer.
    pub(super) fn unsent_count(&self) -> u64 {
        let own = self.records.values().flat_map(|layers| layers.own.values());
        own.filter(|edit| edit.waits()).count() as u64
    }

    fn on_its_way(&self, record: &RecordId) -> bool {
        self.offers
            .values()
            .any(|offered| offered.own.contains_key(record) || offered.whole.contains_key(record))
    }

    /// What the server said it lacks.
    fn draft_wanted(&mut self, draft: &mut Draft) {
        let mut none = Batch::default();
        for record in self.wanted.clone() {
            if draft.full() {
                break;
            }
            if self.on_its_way(&record) || self.stuck.contains(&record) {
                continue;
            }
            if self.ready(record).is_err() {
                // Nothing whole can be given, perhaps somebody else can: not again on this
                // connection, or both would ask and answer without end.
                self.stuck.insert(record);
                continue;
            }
            // Only now: a record that is made ready may have edits made anew, which wait.
            let saved: BTreeSet<u64> = self.savable(&record);
            let (Some(doc), Some(layers)) = (self.cache.get(&record), self.records.get(&record))
            else {
                continue;
            };
            let heads = layers.header.wanted.clone().unwrap_or_default();
            let hidden: BTreeSet<ChangeHash> = layers
                .own
                .values()
                .filter(|edit| !edit.admitted() && !saved.contains(&edit.number))
                .map(|edit| edit.change.hash)
                .collect();
            let lacking: Vec<RawChange> = doc
                .raw_since(&heads)
                .into_iter()
                .filter(|c| !hidden.contains(&c.hash))
                .collect();
            if lacking.is_empty() {
                self.unwant(record, &mut none);
                continue;
            }
            let (fitting, rest) = cut(lacking, draft.left());
            let more = (!rest.is_empty()).then(|| {
                let sent = fitting.iter().map(|change| change.hash);
                Heads(heads.0.into_iter().chain(sent).collect())
            });
            let numbers = numbers_of(layers, &fitting);
            draft.offered.own.insert(record, numbers);
            draft.offered.whole.insert(record, more);
            let count = fitting.len();
            draft.add(push_of(record, layers, fitting, true), count);
        }
        self.store(none);
    }

    /// Own edits that may leave this device.
    fn savable(&self, record: &RecordId) -> BTreeSet<u64> {
        let Some(layers) = self.records.get(record) else {
            return BTreeSet::new();
        };
        let ready = pending(layers).take_while(|edit| self.may_leave(edit));
        ready.map(|edit| edit.number).collect()
    }

    fn may_leave(&self, edit: &OwnEdit) -> bool {
        edit.seal.is_some() && !self.unsaved.contains(&edit.number)
    }

    /// Own edits that are not durable or not sealed yet, and all after them: those are built on
    /// them.
    pub(super) fn unready(&self, layers: &Layers) -> BTreeSet<u64> {
        let unready = pending(layers).skip_while(|edit| self.may_leave(edit));
        unready.map(|edit| edit.number).collect()
    }

    /// Own edits, oldest first.
    fn draft_own(&mut self, draft: &mut Draft) {
        let mut order: Vec<(u64, RecordId)> = Vec::new();
        for (record, layers) in &self.records {
            let first = layers.own.values().find(|edit| self.is_due(edit));
            order.extend(first.map(|edit| (edit.number, *record)));
        }
        order.sort_unstable();
        for (_, record) in order {
            if draft.full() {
                return;
            }
            if self.on_its_way(&record)
                || self.stuck.contains(&record)
                || draft.offered.own.contains_key(&record)
            {
                continue;
            }
            self.draft_record(record, draft);
        }
    }

    fn draft_record(&mut self, record: RecordId, draft: &mut Draft) {
        let saved = self.savable(&record);
        let Some(layers) = self.records.get(&record) else {
            return;
        };
        let ready = |edit: &&OwnEdit| self.is_due(edit) && saved.contains(&edit.number);
        let edits: Vec<&OwnEdit> = layers.own.values().filter(ready).collect();
        if edits.is_empty() {
            return;
        }
        let new = !layers.known_at_office();
        let mut changes = if new {
            birth_of(record, layers)
        } else {
            Vec::new()
        };
        changes.extend(changes_of(&edits).cloned());
        let all = changes.len();
        let (fitting, _) = cut(changes, draft.left());
        let numbers = numbers_of(layers, &fitting);
        let whole = new && fitting.len() == all && all > 2 && edits.len() == layers.own.len();
        let mut push = push_of(record, layers, fitting, new);
        if let (true, Some(doc)) = (whole, self.cache.get(&record)) {
            push.chunk = Chunk::Doc(doc.save());
        }
        self.held_again.retain(|number| !numbers.contains(number));
        draft.offered.own.insert(record, numbers);
        draft.add(push, all);
    }

    /// What a server before this one had in quarantine, each once on a connection.
    fn draft_owed(&mut self, draft: &mut Draft) {
        for (record, layers) in &self.records {
            if draft.full() {
                return;
            }
            let sent = |edit: &&OwnEdit| !self.owed_offered.contains(&edit.number);
            let owed: Vec<&OwnEdit> = layers
                .own
                .values()
                .filter(|e| e.owed())
                .filter(sent)
                .collect();
            let twice = draft.pushes.iter().any(|push| push.record == *record);
            if owed.is_empty() || twice || self.on_its_way(record) {
                continue;
            }
            let mut changes = birth_of(*record, layers);
            changes.extend(changes_of(&owed).cloned());
            let (fitting, _) = cut(changes, draft.left());
            let numbers = owed.iter().map(|edit| edit.number);
            self.owed_offered.extend(numbers.clone());
            draft.offered.owed.extend(numbers);
            let count = fitting.len();
            draft.add(push_of(*record, layers, fitting, true), count);
        }
    }

    /// Colleagues' changes, each once on a connection.
    fn draft_carried(&mut self, draft: &mut Draft) {
        for (record, layers) in &self.records {
            if draft.full() {
                return;
            }
            let fresh = layers
                .carried
                .changes
                .iter()
                .any(|c| !c.is_birth() && !self.carried_offered.contains(&c.hash));
            if !fresh || (layers.header.scope.is_none() && !layers.known_at_office()) {
                continue;
            }
            let changes = layers.carried.changes.clone();
            self.carried_offered
                .extend(changes.iter().map(|change| change.hash));
            draft
                .offered
                .carried
                .extend(changes.iter().map(|change| change.hash));
            let mut push = push_of(*record, layers, Vec::new(), true);
            let count = changes.len();
            push.seals.clone_from(&layers.carried.seals);
            push.chunk = Chunk::Changes(changes.into_iter().map(|change| change.bytes).collect());
            draft.add(push, count);
        }
    }
}

fn pending(layers: &Layers) -> impl Iterator<Item = &OwnEdit> {
    let own = layers.own.values();
    own.filter(|edit| edit.stands() && !edit.admitted())
}

/// What fits of these changes, in order, and what is left. At least one fits.
fn cut(
    mut changes: Vec<RawChange>,
    (bytes_max, changes_max): (usize, usize),
) -> (Vec<RawChange>, Vec<RawChange>) {
    let mut bytes = 0;
    let mut fitting = 0;
    for change in &changes {
        bytes += change.bytes.len();
        if fitting > 0 && (bytes > bytes_max || fitting >= changes_max) {
            break;
        }
        fitting += 1;
    }
    let rest = changes.split_off(fitting);
    (changes, rest)
}

/// A record's birth; nothing when this version does not know its kind.
fn birth_of(record: RecordId, layers: &Layers) -> Vec<RawChange> {
    let kind = layers.kind().ok();
    let born = kind.and_then(|kind| RecordDoc::birth(record, kind).ok());
    born.map(|born| born.raw_all()).unwrap_or_default()
}

fn numbers_of(layers: &Layers, changes: &[RawChange]) -> BTreeSet<u64> {
    let hashes: BTreeSet<ChangeHash> = changes.iter().map(|change| change.hash).collect();
    let own = layers
        .own
        .values()
        .filter(|edit| hashes.contains(&edit.change.hash));
    own.map(|edit| edit.number).collect()
}

/// A push of changes with the seals that vouch for them.
pub(super) fn push_of(
    record: RecordId,
    layers: &Layers,
    changes: Vec<RawChange>,
    with_scope: bool,
) -> RecordPush {
    let mut highest: BTreeMap<Actor, u64> = BTreeMap::new();
    for change in &changes {
        let seq = highest.entry(change.actor).or_default();
        *seq = (*seq).max(change.seq);
    }
    let own = layers.own.values().filter_map(|edit| edit.seal.as_ref());
    let carried = layers.carried.seals.iter();
    let seals = layers.header.seals.iter().chain(own).chain(carried);
    // A seal of a change that is not sent vouches for nothing the server can check.
    let fits = seals.filter(|seal| highest.get(&seal.actor).is_some_and(|seq| seal.seq <= *seq));
    let mut seals = latest(fits.cloned());
    for seal in accepted_at_least(layers, &changes) {
        if !seals.contains(seal) {
            seals.push(seal.clone());
        }
    }
    RecordPush {
        record,
        kind: layers.header.kind,
        scope: layers.header.scope.clone().filter(|_| with_scope),
        seals,
        chunk: Chunk::Changes(changes.into_iter().map(|change| change.bytes).collect()),
    }
}

/// Seals of what stands before edits that the office will probably refuse. The latest seal of an
/// actor would then be that of a refused change, which colleagues do not have: they could not
/// prove to a restored server what was accepted before it.
fn accepted_at_least<'a>(
    layers: &'a Layers,
    changes: &'a [RawChange],
) -> impl Iterator<Item = &'a Seal> {
    let sent = |edit: &&OwnEdit| changes.iter().any(|change| change.hash == edit.change.hash);
    let doubtful = layers.own.values().filter(|edit| edit.against_advice);
    let before = doubtful.filter(sent).filter_map(|doubtful| {
        let of = &doubtful.change;
        let own = layers
            .own
            .values()
            .filter(|edit| edit.change.actor == of.actor && edit.change.seq < of.seq);
        own.max_by_key(|edit| edit.change.seq)
    });
    let before = before.filter(move |edit| sent(edit));
    before.filter_map(|edit| edit.seal.as_ref())
}

/// One offer before deflating, bytes: safely within a frame.
pub(super) const OFFER_BYTES_MAX: usize = 600 << 10;
const OFFER_BYTES_MIN: usize = 1 << 10;
