//! Opening the engine from what is stored.
//!
//! Never changes what is stored: a value that cannot be read stops the opening, except campaign
//! definitions, which come again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use liandu_core::admission::{Definition, Definitions};
use liandu_core::campaign::hebei;
use liandu_core::id::RecordId;
use liandu_core::protocol::client::{self, Client, Holding};
use liandu_core::protocol::update::Chunk;

use super::envelopes::Carrying;
use super::numbers::Numbering;
use super::outbox::OFFER_BYTES_MAX;
use super::{CACHE_BYTES_MAX, Engine};
use crate::cache::Cache;
use crate::entropy::{Entropy, Seeded, draw};
use crate::identity::{Place, StoredIdentity};
use crate::layers::{Carried, Header, Layers};
use crate::own::OwnEdit;
use crate::store::{OpenError, Pairs, Slot, decode, is_whole};

/// Parts of a record while the stored pairs are gone through.
#[derive(Default)]
struct Parts {
    header: Option<Header>,
    chunks: BTreeMap<u32, Chunk>,
    own: BTreeMap<u64, OwnEdit>,
    carried: Carried,
}

/// A key that this version does not know: a newer one's, or one that has changed by itself.
fn unknown(key: &[u8], value: &[u8]) -> OpenError {
    if is_whole(key, value) {
        OpenError::Newer
    } else {
        OpenError::Damaged { what: "key" }
    }
}

impl Engine {
    /// A device from everything that its store holds, in any order. `app` is the app's version,
    /// for the office's support.
    pub fn open(
        pairs: Pairs,
        entropy: Box<dyn Entropy + Send>,
        app: &str,
    ) -> Result<Engine, OpenError> {
        let mut engine = Engine::empty(entropy, app);
        let mut records: BTreeMap<RecordId, Parts> = BTreeMap::new();
        for (key, value) in pairs {
            engine.take_in(&key, &value, &mut records)?;
        }
        for (id, parts) in records {
            let header = parts.header.ok_or(OpenError::Damaged { what: "record" })?;
            let mut layers = Layers::new(header.kind, header.scope_id, None);
            layers.header = header;
            layers.chunks = parts.chunks;
            layers.own = parts.own;
            layers.carried = parts.carried;
            let last = layers.own.last_key_value().map_or(0, |(number, _)| *number);
            engine.next_number = engine.next_number.max(last.saturating_add(1));
            if layers.header.wanted.is_some() {
                engine.wanted.insert(id);
            }
            engine.records.insert(id, layers);
            engine.number_wanted(id);
        }
        engine.seals_afresh();
        engine.know_definitions();
        engine.start_client();
        Ok(engine)
    }

    /// Whether a device could be opened with this pair.
    pub(super) fn reads(key: &[u8], value: &[u8]) -> Result<(), OpenError> {
        let mut nobody = Engine::empty(Box::new(Seeded::new(0)), "");
        nobody.take_in(key, value, &mut BTreeMap::new())
    }

    fn empty(entropy: Box<dyn Entropy + Send>, app: &str) -> Engine {
        Engine {
            entropy,
            app: app.to_owned(),
            identity: None,
            place: Place::default(),
            definitions: Definitions::default(),
            received: BTreeMap::new(),
            statements: BTreeMap::new(),
            notes: BTreeMap::new(),
            records: BTreeMap::new(),
            cache: Cache::new(CACHE_BYTES_MAX),
            actor: None,
            actors: BTreeMap::new(),
            next_number: 1,
            next_commit: 1,
            next_offer: 1,
            waiting: BTreeMap::new(),
            unsaved: BTreeSet::new(),
            client: None,
            enroller: None,
            online: false,
            halted: false,
            offers: BTreeMap::new(),
            sent: BTreeSet::new(),
            wanted: BTreeSet::new(),
            stuck: BTreeSet::new(),
            held_again: BTreeSet::new(),
            owed_offered: BTreeSet::new(),
            carried_offered: BTreeSet::new(),
            offer_bytes_max: OFFER_BYTES_MAX,
            sheets: Vec::new(),
            carrying: Carrying::default(),
            numbering: Numbering::default(),
            outside: None,
            signing: BTreeMap::new(),
            next_signature: 1,
            unsealed: BTreeSet::new(),
            outputs: VecDeque::new(),
        }
    }

    fn take_in(
        &mut self,
        key: &[u8],
        value: &[u8],
        records: &mut BTreeMap<RecordId, Parts>,
    ) -> Result<(), OpenError> {
        let slot = Slot::parse(key).ok_or_else(|| unknown(key, value))?;
        match slot {
            Slot::Identity => {
                let stored: StoredIdentity = decode(key, value, "identity")?;
                let damaged = OpenError::Damaged { what: "identity" };
                self.identity = Some(stored.read().ok_or(damaged)?);
            }
            Slot::Place => self.place = decode(key, value, "place")?,
            Slot::Sent => {
                self.sent = decode::<Vec<u64>>(key, value, "sent")?
                    .into_iter()
                    .collect()
            }
            Slot::Envelope(short) => {
                let kept = decode(key, value, "envelope")?;
                self.carrying.parts.insert(short, kept);
            }
            Slot::Sheets => self.sheets = decode(key, value, "sheets")?,
            Slot::Note(name) => {
                let note: minicbor::bytes::ByteVec = decode(key, value, "note")?;
                self.notes.insert(name, note.into());
            }
            Slot::Definition(name) => {
                let json: minicbor::bytes::ByteVec = decode(key, value, "definition")?;
                self.received.insert(name, json.into());
            }
            Slot::Statements(position) => {
                let statements: Vec<minicbor::bytes::ByteVec> = decode(key, value, "statements")?;
                let statements = statements.into_iter().map(Into::into).collect();
                self.statements.insert(position, statements);
            }
            Slot::Header(id) => {
                records.entry(id).or_default().header = Some(decode(key, value, "header")?);
            }
            Slot::Admitted(id, part) => {
                let chunk = decode(key, value, "admitted")?;
                records.entry(id).or_default().chunks.insert(part, chunk);
            }
            Slot::Own(id, number) => {
                let edit = decode(key, value, "own edit")?;
                records.entry(id).or_default().own.insert(number, edit);
            }
            Slot::Carried(id) => {
                records.entry(id).or_default().carried = decode(key, value, "carried")?;
            }
        }
        Ok(())
    }

    /// Those received; the one that ships with the program while there are none.
    pub(super) fn know_definitions(&mut self) {
        self.definitions = Definitions::default();
        for json in self.received.values() {
            // One that this version cannot read is kept for a newer one.
            if let Ok(definition) = Definition::parse(json) {
                self.definitions.add(definition);
            }
        }
        let none = self.definitions.iter().next().is_none();
        if let (true, Ok(built_in)) = (none, hebei()) {
            self.definitions.insert(built_in);
        }
    }

    /// Makes the protocol's client once the device is enrolled.
    pub(super) fn start_client(&mut self) {
        let unsent = self.unsent_count();
        let Some(me) = &self.identity else { return };
        let Some(enrolled) = &me.enrolled else { return };
        let identity = client::Identity {
            deployment: enrolled.deployment,
            device: me.device,
            certificate: Some(enrolled.certificate.clone()),
            app: self.app.clone(),
        };
        let holding = Holding {
            held: self.place.held(),
            scopes: self.place.scope_ids(),
            definitions: self.received.keys().cloned().collect(),
            authority: self.place.authority,
            answers: self.place.answers,
            unsent,
        };
        let seed = u64::from_be_bytes(draw(self.entropy.as_mut()));
        self.client = Some(Client::new(identity, holding, seed));
    }
}
