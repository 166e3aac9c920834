//! The two layers of one record: what is admitted (pulled or receipted) and what is this device's
//! own, with colleagues' unreceipted changes beside them.
//!
//! Never mixes them: the document a person edits is built from the first two, and can be built
//! again without any own edit that does not count. Colleagues' changes stay out of it.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{ChangeHash, PersonId, RecordId, ScopeId};
use liandu_core::protocol::message::Numbered;
use liandu_core::protocol::update::{AnyKind, Chunk};
use liandu_core::record::doc::Heads;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::{Stamp, Stamps};
use liandu_core::record::{LoadError, RawChange, RecordDoc};
use liandu_core::seal::Seal;
use minicbor::{Decode, Encode};

use crate::own::{OwnEdit, OwnState};
use crate::store::{Batch, Slot};

/// What is known about a record beside its content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Header {
    #[n(1)]
    pub(crate) kind: AnyKind,
    #[n(2)]
    pub(crate) scope_id: ScopeId,
    /// The scope itself, when it was made here or is one of this device's.
    #[n(3)]
    pub(crate) scope: Option<Scope>,
    #[n(4)]
    pub(crate) stamps: Vec<Stamp>,
    /// The latest seal of each other author's actor.
    #[n(5)]
    pub(crate) seals: Vec<Seal>,
    #[n(6)]
    pub(crate) gone: Option<Gone>,
    /// A server lacks what lies beyond these heads: to be sent until it says that it has it.
    #[n(7)]
    pub(crate) wanted: Option<Heads>,
    /// What people say on the phone for it, once the office has told.
    #[n(8)]
    pub(crate) number: Option<Numbered>,
}

/// Why a record's content is not here any more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Gone {
    /// It moved out of this device's scopes.
    #[n(1)]
    Left,
    /// Erased by law or order.
    #[n(2)]
    Erased {
        /// The reason given.
        #[n(1)]
        reason: String,
    },
}

/// Changes of colleagues that no server has receipted as far as this device knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Carried {
    #[n(1)]
    pub(crate) changes: Vec<RawChange>,
    #[n(2)]
    pub(crate) seals: Vec<Seal>,
}

impl Carried {
    /// Adds seals that name one of the changes, each once. Not only the latest: what it names may
    /// be refused, and an earlier change counts.
    pub(crate) fn add_seals(&mut self, seals: Vec<Seal>) {
        for seal in seals {
            let named = self.changes.iter().any(|change| change.hash == seal.hash);
            if named && !self.seals.contains(&seal) {
                self.seals.push(seal);
            }
        }
    }
}

/// One record as this device keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    pub(crate) header: Header,
    /// Admitted changes as they came, by part.
    pub(crate) chunks: BTreeMap<u32, Chunk>,
    pub(crate) own: BTreeMap<u64, OwnEdit>,
    pub(crate) carried: Carried,
    /// Heads of the admitted layer, when they have been asked for.
    heads: Option<Vec<ChangeHash>>,
}

/// The document a person edits, and own edits that would not go into it.
pub(crate) struct Built {
    pub(crate) doc: RecordDoc,
    pub(crate) astray: BTreeSet<u64>,
}

impl Layers {
    pub(crate) fn new(kind: AnyKind, scope_id: ScopeId, scope: Option<Scope>) -> Layers {
        Layers {
            header: Header {
                kind,
                scope_id,
                scope,
                stamps: Vec::new(),
                seals: Vec::new(),
                gone: None,
                wanted: None,
                number: None,
            },
            chunks: BTreeMap::new(),
            own: BTreeMap::new(),
            carried: Carried::default(),
            heads: None,
        }
    }

    /// Whether any server has (as far as known) a part of this record.
    pub(crate) fn known_at_office(&self) -> bool {
        !self.chunks.is_empty() || self.own.values().any(OwnEdit::admitted)
    }

    pub(crate) fn kind(&self) -> Result<Kind, LoadError> {
        self.header.kind.known().ok_or(LoadError::UnknownKind)
    }

    /// The admitted layer: none when nothing was admitted.
    pub(crate) fn admitted(&self, id: RecordId) -> Result<Option<RecordDoc>, LoadError> {
        if !self.known_at_office() {
            return Ok(None);
        }
        let mut parts: Vec<&[u8]> = self.chunks.values().flat_map(Chunk::parts).collect();
        // A document goes first: it is loaded whole, the rest is applied to it.
        parts.sort_by_key(|part| part.get(8) != Some(&0));
        let own: Vec<&OwnEdit> = self.own.values().filter(|edit| edit.admitted()).collect();
        let changes = unique(changes_of(&own));
        parts.extend(changes.iter().map(|change| change.bytes.as_slice()));
        self.kind()?;
        RecordDoc::load(id, &parts).map(Some)
    }

    /// The document a person edits.
    pub(crate) fn working(&self, id: RecordId) -> Result<Built, LoadError> {
        let doc = match self.admitted(id)? {
            Some(doc) => doc,
            None => RecordDoc::birth(id, self.kind()?)?,
        };
        let own = self
            .own
            .values()
            .filter(|edit| edit.stands() && !edit.admitted());
        Ok(with_own(doc, own.collect()))
    }

    /// Heads of the admitted layer, sorted; empty when it cannot be read.
    pub(crate) fn admitted_heads(&mut self, id: RecordId) -> Vec<ChangeHash> {
        if self.heads.is_none() {
            let doc = self.admitted(id).ok().flatten();
            self.heads = Some(
                doc.map(|doc| doc.heads().0.into_iter().collect())
                    .unwrap_or_default(),
            );
        }
        self.heads.clone().unwrap_or_default()
    }

    /// Says that the admitted layer has changed.
    pub(crate) fn admitted_changed(&mut self) {
        self.heads = None;
    }

    /// Stamps of everybody, those of own receipts included.
    pub(crate) fn stamps(&self, me: Option<&PersonId>) -> Stamps {
        let own = self.own.values().filter_map(|edit| match edit.state {
            OwnState::AtOffice { position, time, .. } => Some(Stamp {
                actor: edit.change.actor,
                seq_max: edit.change.seq,
                position,
                time,
                person: me.cloned(),
            }),
            OwnState::Waiting
            | OwnState::Held(_)
            | OwnState::Refused(_)
            | OwnState::Unapplied(_) => None,
        });
        self.header.stamps.iter().cloned().chain(own).collect()
    }

    /// Adds seals, keeping the latest of each actor.
    pub(crate) fn add_seals(&mut self, seals: Vec<Seal>) {
        let before = std::mem::take(&mut self.header.seals);
        self.header.seals = latest(before.into_iter().chain(seals));
    }

    /// Adds stamps that are not known yet.
    pub(crate) fn add_stamps(&mut self, stamps: Vec<Stamp>) {
        for stamp in stamps {
            // One entry has one stamp for an actor: a receipt named only a part of what it holds.
            self.header.stamps.retain(|s| {
                let same_entry = s.actor == stamp.actor && s.position == stamp.position;
                !same_entry || s.seq_max >= stamp.seq_max
            });
            let known = |s: &Stamp| s.actor == stamp.actor && s.seq_max == stamp.seq_max;
            match self.header.stamps.iter_mut().find(|s| known(s)) {
                Some(before) => *before = stamp,
                None => self.header.stamps.push(stamp),
            }
        }
    }

    /// Adds admitted content as it came.
    pub(crate) fn add_chunk(&mut self, id: RecordId, chunk: Chunk, batch: &mut Batch) {
        if chunk.bytes() == 0 {
            return;
        }
        let part = self
            .chunks
            .last_key_value()
            .map_or(0, |(part, _)| part.saturating_add(1));
        batch.put(&Slot::Admitted(id, part), &chunk);
        self.chunks.insert(part, chunk);
        self.admitted_changed();
    }

    /// Packs many admitted parts into one document.
    pub(crate) fn pack(&mut self, id: RecordId, parts_max: usize, batch: &mut Batch) {
        if self.chunks.len() <= parts_max {
            return;
        }
        let parts: Vec<&[u8]> = {
            let mut parts: Vec<&[u8]> = self.chunks.values().flat_map(Chunk::parts).collect();
            parts.sort_by_key(|part| part.get(8) != Some(&0));
            parts
        };
        // What cannot be loaded stays as it came.
        let Ok(doc) = RecordDoc::load(id, &parts) else {
            return;
        };
        let saved = Chunk::Doc(doc.save());
        let part = self
            .chunks
            .last_key_value()
            .map_or(0, |(part, _)| part.saturating_add(1));
        self.drop_chunks(id, batch);
        batch.put(&Slot::Admitted(id, part), &saved);
        self.chunks.insert(part, saved);
    }

    /// Removes the admitted content.
    pub(crate) fn drop_chunks(&mut self, id: RecordId, batch: &mut Batch) {
        for part in std::mem::take(&mut self.chunks).into_keys() {
            batch.remove(&Slot::Admitted(id, part));
        }
        self.admitted_changed();
    }

    /// Removes own edits that the office has.
    pub(crate) fn drop_receipted(&mut self, id: RecordId, batch: &mut Batch) {
        let gone: Vec<u64> = self
            .own
            .values()
            .filter(|edit| edit.admitted())
            .map(|edit| edit.number)
            .collect();
        for number in gone {
            self.own.remove(&number);
            batch.remove(&Slot::Own(id, number));
        }
        self.admitted_changed();
    }

    /// The own edit that became this change.
    pub(crate) fn own_by_hash(&self, hash: &ChangeHash) -> Option<&OwnEdit> {
        self.own.values().find(|edit| edit.change.hash == *hash)
    }

    /// The same, to be changed.
    pub(crate) fn own_with_hash(&mut self, hash: &ChangeHash) -> Option<&mut OwnEdit> {
        self.own.values_mut().find(|edit| edit.change.hash == *hash)
    }
}

/// Adds own edits to a document, all at once where that goes.
pub(crate) fn with_own(mut doc: RecordDoc, own: Vec<&OwnEdit>) -> Built {
    let mut astray = BTreeSet::new();
    let all = unique(changes_of(&own));
    if !own.is_empty() && doc.absorb(&all).is_err() {
        for edit in own {
            let changes: Vec<RawChange> = changes_of(&[edit]).cloned().collect();
            if doc.absorb(&changes).is_err() {
                astray.insert(edit.number);
            }
        }
    }
    Built { doc, astray }
}

/// Edits as changes, each after its own births.
pub(crate) fn changes_of<'a>(own: &'a [&OwnEdit]) -> impl Iterator<Item = &'a RawChange> {
    own.iter()
        .flat_map(|edit| edit.births.iter().chain([&edit.change]))
}

fn unique<'a>(changes: impl Iterator<Item = &'a RawChange>) -> Vec<RawChange> {
    let mut seen = BTreeSet::new();
    changes
        .filter(|change| seen.insert(change.hash))
        .cloned()
        .collect()
}

/// The latest seal of each actor, sorted by actor.
pub(crate) fn latest(seals: impl Iterator<Item = Seal>) -> Vec<Seal> {
    let mut by_actor: BTreeMap<_, Seal> = BTreeMap::new();
    for seal in seals {
        let newer = by_actor
            .get(&seal.actor)
            .is_none_or(|before| before.seq < seal.seq);
        if newer {
            by_actor.insert(seal.actor, seal);
        }
    }
    by_actor.into_values().collect()
}
