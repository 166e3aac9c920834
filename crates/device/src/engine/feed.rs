//! What comes from the server: updates of records, scopes, definitions, authority statements.
//!
//! Never acknowledges what is not stored, and never loses unreceipted work: a record that left or
//! was erased goes, this device's own unanswered edits of it stay.

use std::collections::BTreeSet;

use liandu_core::admission::Definition;
use liandu_core::id::{Position, RecordId, ScopeId};
use liandu_core::limits::DEVICE_PARTS_MAX;
use liandu_core::protocol::client::{self, Held};
use liandu_core::protocol::message::Tier;
use liandu_core::protocol::update::{AnyKind, AnyVerdict, Chunk, RecordUpdate, UpdateBody};
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamp;
use liandu_core::seal::Seal;
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};
use minicbor::bytes::ByteVec;

use super::{Engine, Event, Then};
use crate::layers::{Carried, Gone, Layers};
use crate::own::OwnState;
use crate::store::{Batch, Slot};

/// Changed content of one record, as it came.
struct Content {
    kind: AnyKind,
    scope: ScopeId,
    chunk: Chunk,
    stamps: Vec<Stamp>,
    seals: Vec<Seal>,
}

impl Engine {
    /// A feed frame: stored whole, together with how far the device holds its scopes then.
    pub(super) fn updates(&mut self, feed: u64, updates: Vec<RecordUpdate>, held: Option<Held>) {
        let mut batch = Batch::default();
        let mut then = Vec::new();
        for update in updates {
            let RecordUpdate {
                record,
                kind,
                scope,
                body,
            } = update;
            match body {
                UpdateBody::Changed {
                    chunk,
                    stamps,
                    seals,
                    whole: _,
                } => {
                    let content = Content {
                        kind,
                        scope,
                        chunk,
                        stamps,
                        seals,
                    };
                    self.content_came(record, content, (&mut batch, &mut then));
                }
                UpdateBody::Left {} => self.left(record, &scope, &mut batch),
                UpdateBody::Erased { reason } => self.erased(record, reason, &mut batch),
            }
            self.event(Event::Changed(record));
        }
        if let Some(held) = held {
            self.hold(&held, &mut batch);
        }
        then.push(Then::FeedStored(feed));
        self.commit(batch, then);
    }

    fn content_came(
        &mut self,
        record: RecordId,
        content: Content,
        (batch, then): (&mut Batch, &mut Vec<Then>),
    ) {
        let Content {
            kind,
            scope,
            chunk,
            stamps,
            seals,
        } = content;
        let known_scope = self.scope_of(&scope);
        let layers = self
            .records
            .entry(record)
            .or_insert_with(|| Layers::new(kind, scope, None));
        layers.header.kind = kind;
        if layers.header.scope_id != scope || known_scope.is_some() {
            layers.header.scope = known_scope;
            layers.header.scope_id = scope;
        }
        layers.header.gone = None;
        self.stuck.remove(&record);
        let covered: BTreeSet<u64> = layers
            .own
            .values()
            .filter(|edit| !edit.admitted())
            .filter(|edit| {
                stamps
                    .iter()
                    .any(|s| s.actor == edit.change.actor && edit.change.seq <= s.seq_max)
            })
            .map(|edit| edit.number)
            .collect();
        layers.add_stamps(stamps);
        layers.add_seals(seals);
        if let Some(doc) = self.cache.take(&record)
            && let Ok(doc) = doc.with_chunks(&chunk.parts())
        {
            self.cache.put(record, doc);
        }
        layers.add_chunk(record, chunk, batch);
        layers.pack(record, DEVICE_PARTS_MAX, batch);
        if !covered.is_empty() || !layers.carried.changes.is_empty() {
            self.came_back(record, &covered, (batch, then));
        }
        if let Some(layers) = self.records.get(&record) {
            batch.put(&Slot::Header(record), &layers.header);
        }
        self.number_wanted(record);
    }

    /// Own edits and colleagues' changes that the server now has: the feed is their receipt. Also
    /// of those that were refused or held, when the office has released them.
    fn came_back(
        &mut self,
        record: RecordId,
        covered: &BTreeSet<u64>,
        (batch, then): (&mut Batch, &mut Vec<Then>),
    ) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        let Ok(Some(admitted)) = layers.admitted(record) else {
            return;
        };
        let stamps = layers.stamps(None);
        let mut again = BTreeSet::new();
        let mut touched = BTreeSet::new();
        for edit in layers
            .own
            .values_mut()
            .filter(|edit| covered.contains(&edit.number))
        {
            if !admitted.contains(&edit.change.hash) {
                // Another change took its number: offered again under a fresh actor.
                if edit.stands() {
                    again.insert(edit.number);
                }
                continue;
            }
            if let Some(stamp) = stamps.of(&edit.change.actor, edit.change.seq) {
                let (position, time) = (stamp.position, stamp.time);
                edit.state = OwnState::AtOffice {
                    position,
                    time,
                    tier: Tier::Fsynced,
                };
                touched.insert(edit.number);
            }
        }
        let before = layers.carried.changes.len();
        layers
            .carried
            .changes
            .retain(|change| !admitted.contains(&change.hash));
        if layers.carried.changes.len() != before {
            let seals = std::mem::take(&mut layers.carried.seals);
            let left: BTreeSet<_> = layers.carried.changes.iter().map(|c| c.actor).collect();
            layers.carried.seals = seals
                .into_iter()
                .filter(|seal| left.contains(&seal.actor))
                .collect();
            if layers.carried.changes.is_empty() {
                layers.carried = Carried::default();
                batch.remove(&Slot::Carried(record));
            } else {
                batch.put(&Slot::Carried(record), &layers.carried);
            }
        }
        if !again.is_empty() {
            touched.extend(self.build_again(record, &again, then));
        }
        let Some(layers) = self.records.get(&record) else {
            return;
        };
        for number in touched {
            if let Some(edit) = layers.own.get(&number) {
                batch.put(&Slot::Own(record, number), edit);
            }
            self.outputs
                .push_back(super::Output::Event(Event::Answered { record, number }));
        }
    }

    /// A record moved out of a scope. It stays when it has entered another one meanwhile.
    fn left(&mut self, record: RecordId, scope: &ScopeId, batch: &mut Batch) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        if layers.header.scope_id != *scope {
            return;
        }
        layers.drop_chunks(record, batch);
        layers.drop_receipted(record, batch);
        self.cache.take(&record);
        self.wanted.remove(&record);
        layers.header.wanted = None;
        if layers.own.is_empty() && layers.carried.changes.is_empty() {
            self.records.remove(&record);
            batch.remove(&Slot::Header(record));
            return;
        }
        layers.header.gone = Some(Gone::Left);
        batch.put(&Slot::Header(record), &layers.header);
    }

    fn erased(&mut self, record: RecordId, reason: String, batch: &mut Batch) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        layers.drop_chunks(record, batch);
        layers.drop_receipted(record, batch);
        layers.carried = Carried::default();
        batch.remove(&Slot::Carried(record));
        self.cache.take(&record);
        self.wanted.remove(&record);
        layers.header.wanted = None;
        layers.header.stamps.clear();
        layers.header.seals.clear();
        layers.header.gone = Some(Gone::Erased { reason });
        let refused = AnyVerdict::Known(Verdict::Refused(Reason::Erased));
        for (number, edit) in &mut layers.own {
            if edit.stands() {
                edit.state = OwnState::Refused(refused);
                batch.put(&Slot::Own(record, *number), edit);
            }
        }
        batch.put(&Slot::Header(record), &layers.header);
    }

    pub(super) fn caught_up(&mut self, held: &Held) {
        if self.place.held() != *held {
            let mut batch = Batch::default();
            self.hold(held, &mut batch);
            self.commit(batch, Vec::new());
        }
    }

    /// The device's scopes now: records of others go.
    pub(super) fn scopes_told(&mut self, scopes: Vec<Scope>, held: &Held) {
        let ids: BTreeSet<ScopeId> = scopes.iter().map(Scope::id).collect();
        let mut batch = Batch::default();
        let gone: Vec<(RecordId, ScopeId)> = self
            .records
            .iter()
            .filter(|(_, layers)| {
                layers.known_at_office() && !ids.contains(&layers.header.scope_id)
            })
            .map(|(record, layers)| (*record, layers.header.scope_id))
            .collect();
        for (record, scope) in gone {
            self.left(record, &scope, &mut batch);
            self.event(Event::Changed(record));
        }
        self.place.scopes = scopes;
        self.hold(held, &mut batch);
        self.commit(batch, vec![Then::ScopesStored]);
    }

    /// Kept even when this version cannot read it.
    pub(super) fn definition_came(&mut self, name: DefinitionRef, json: Vec<u8>) {
        let mut batch = Batch::default();
        batch.put(
            &Slot::Definition(name.clone()),
            &ByteVec::from(json.clone()),
        );
        match Definition::parse(&json) {
            Ok(Definition::Campaign(_)) => {}
            // Edits name no version of a region's items: the newest is enough.
            Ok(Definition::Local(_)) => {
                let older = |known: &DefinitionRef| {
                    known.campaign == name.campaign && known.version < name.version
                };
                let older: Vec<DefinitionRef> = self
                    .received
                    .keys()
                    .filter(|known| older(known))
                    .cloned()
                    .collect();
                for known in older {
                    self.received.remove(&known);
                    batch.remove(&Slot::Definition(known));
                }
            }
            Err(_) => self.event(Event::Odd(client::Odd::UnreadableItem)),
        }
        self.received.insert(name.clone(), json);
        self.know_definitions();
        self.ask_about_held();
        self.event(Event::Definition(name.clone()));
        self.commit(batch, vec![Then::DefinitionStored(name)]);
    }

    pub(super) fn authority_came(&mut self, position: Position, statements: Vec<Vec<u8>>) {
        let mut batch = Batch::default();
        let stored: Vec<ByteVec> = statements.iter().cloned().map(ByteVec::from).collect();
        batch.put(&Slot::Statements(position.0), &stored);
        self.statements.insert(position.0, statements);
        self.place.authority = self.place.authority.max(position);
        batch.put(&Slot::Place, &self.place);
        self.commit(batch, vec![Then::AuthorityStored(position)]);
    }

    /// Statements that a restored server has lost.
    pub(super) fn give_authority(&mut self, now: Timestamp, after: Position) {
        let later = self.statements.range(after.0.saturating_add(1)..);
        let parts: Vec<(u64, Vec<Vec<u8>>)> = later
            .map(|(position, statements)| (*position, statements.clone()))
            .collect();
        for (position, statements) in parts {
            let position = Position(position);
            self.tell_client(
                now,
                client::Input::Authority {
                    position,
                    statements,
                },
            );
        }
    }
}
