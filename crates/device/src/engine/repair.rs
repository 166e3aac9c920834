//! Comparing with a server whose log is not the one this device knew.
//!
//! Speaks of admitted content only: what was never receipted is sent as always. What the server
//! lacks is sent again with the seals that are held, other authors' too.

use liandu_core::id::{RecordId, ScopeId};
use liandu_core::limits::HEADS_RECORDS_MAX;
use liandu_core::protocol::client;
use liandu_core::protocol::message::{Digest, RecordHeads, ScopeDigest};
use liandu_core::record::doc::Heads;
use liandu_core::time::Timestamp;

use super::Engine;
use crate::layers::Gone;
use crate::own::OwnState;
use crate::store::{Batch, Slot};

impl Engine {
    /// One digest for each scope of this device.
    pub(super) fn give_digests(&mut self, now: Timestamp) {
        self.offer_what_left();
        self.owe_what_was_refused();
        let mut digests: Vec<Digest> = self
            .place
            .scope_ids()
            .into_iter()
            .map(|scope| Digest {
                scope,
                count: 0,
                digest: ScopeDigest::default(),
            })
            .collect();
        for (record, layers) in &mut self.records {
            if !layers.known_at_office() {
                continue;
            }
            let scope = layers.header.scope_id;
            let Some(digest) = digests.iter_mut().find(|digest| digest.scope == scope) else {
                continue;
            };
            digest.count += 1;
            digest
                .digest
                .toggle(record, &layers.admitted_heads(*record));
        }
        self.tell_client(now, client::Input::Digests(digests));
    }

    /// What the server before had in quarantine, this one may not have.
    fn owe_what_was_refused(&mut self) {
        let mut batch = Batch::default();
        for (record, layers) in &mut self.records {
            if matches!(layers.header.gone, Some(Gone::Erased { .. })) {
                continue;
            }
            for (number, edit) in &mut layers.own {
                if matches!(edit.state, OwnState::Refused(_)) && !edit.owed {
                    edit.owed = true;
                    batch.put(&Slot::Own(*record, *number), edit);
                }
            }
        }
        self.store(batch);
    }

    /// Own edits that got their receipt after their record had left are compared by nobody: this
    /// server may not have them, so they are sent again as they are.
    fn offer_what_left(&mut self) {
        let mut batch = Batch::default();
        for (record, layers) in &mut self.records {
            if layers.header.gone != Some(Gone::Left) {
                continue;
            }
            for (number, edit) in layers.own.iter_mut().filter(|(_, edit)| edit.admitted()) {
                edit.state = OwnState::Waiting;
                batch.put(&Slot::Own(*record, *number), edit);
            }
            layers.admitted_changed();
        }
        self.store(batch);
    }

    /// A page of a scope's records with their heads.
    pub(super) fn give_heads(&mut self, now: Timestamp, scope: ScopeId, after: Option<RecordId>) {
        let mut records = Vec::new();
        let mut last = true;
        for (record, layers) in &mut self.records {
            let before = after.is_some_and(|after| *record <= after);
            if before || layers.header.scope_id != scope || !layers.known_at_office() {
                continue;
            }
            if records.len() == HEADS_RECORDS_MAX {
                last = false;
                break;
            }
            records.push(RecordHeads {
                record: *record,
                heads: layers.admitted_heads(*record),
            });
        }
        self.tell_client(
            now,
            client::Input::Heads {
                scope,
                records,
                last,
            },
        );
    }

    /// The server lacks something of these: all that is held beyond its heads is to be sent. Kept
    /// before the cursor that this repair ends with, which says that all was compared.
    pub(super) fn records_wanted(&mut self, records: Vec<RecordHeads>) {
        let mut batch = Batch::default();
        for RecordHeads { record, heads } in records {
            self.stuck.remove(&record);
            self.want(record, Heads(heads.into_iter().collect()), &mut batch);
        }
        self.store(batch);
    }

    /// Notes that the server lacks what lies beyond these heads.
    pub(super) fn want(&mut self, record: RecordId, heads: Heads, batch: &mut Batch) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        self.wanted.insert(record);
        layers.header.wanted = Some(heads);
        batch.put(&Slot::Header(record), &layers.header);
    }

    /// Notes that the server lacks nothing that is held here.
    pub(super) fn unwant(&mut self, record: RecordId, batch: &mut Batch) {
        self.wanted.remove(&record);
        if let Some(layers) = self.records.get_mut(&record)
            && layers.header.wanted.take().is_some()
        {
            batch.put(&Slot::Header(record), &layers.header);
        }
    }
}
