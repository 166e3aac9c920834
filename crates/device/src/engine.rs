//! The device engine: records, outbox and cursors of one device, without IO.
//!
//! `handle` takes in what happened, `poll` says what is to be done, `deadline` when to tick; acts
//! of the person are methods. Never reads a clock, opens a socket or writes a file, and never
//! calls an edit safe before its store has said that it is durable.

mod acts;
mod answers;
mod bundles;
mod desk;
mod enrolling;
mod envelopes;
mod feed;
mod loading;
mod notes;
mod numbers;
mod outbox;
mod ports;
mod repair;
mod rescuing;
mod shown;
mod signing;
mod views;
mod visits;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use liandu_core::admission::Definitions;
use liandu_core::campaign::HEBEI_JSON;
use liandu_core::id::{Actor, ChangeHash, DeviceId, Epoch, PersonId, Position, RecordId, ScopeId};
use liandu_core::limits::DEVICE_DOCUMENTS_BYTES_MAX;
use liandu_core::protocol::bundle::SignedReceipts;
use liandu_core::protocol::client::{self, Client, Held};
use liandu_core::protocol::enrol::Enroller;
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Scope;
use liandu_core::seal::{PublicKey, ToSign};
use liandu_core::time::Timestamp;

use crate::cache::Cache;
use crate::entropy::{self, Entropy};
use crate::identity::{Identity, Place};
use crate::layers::Layers;
use crate::rebuild::Pen;
use crate::store::{Batch, Slot};

pub use acts::{Asked, KeepError, Kept};
pub use bundles::{BundleError, BundleFor, BundleReport};
pub use desk::DismissError;
pub use enrolling::{EnrolError, EnrolFailure};
pub use ports::{Event, Input, Output};
pub use rescuing::{Rescued, rescue};
pub use shown::{EditView, Filter, Line, NotHere, Overview, RecordView};

/// What is to be done when a batch is durable.
#[derive(Debug)]
enum Then {
    Saved(RecordId, u64),
    FeedStored(u64),
    ScopesStored,
    DefinitionStored(DefinitionRef),
    AuthorityStored(Position),
    AnswersStored(Position),
    /// The key is stored: the invitation may be used.
    KeyStored,
    EnrolmentStored,
}

/// One device.
pub struct Engine {
    entropy: Box<dyn Entropy + Send>,
    app: String,
    identity: Option<Identity>,
    place: Place,
    definitions: Definitions,
    /// Definitions that came from the server.
    received: BTreeMap<DefinitionRef, Vec<u8>>,
    statements: BTreeMap<u64, Vec<Vec<u8>>>,
    notes: BTreeMap<String, Vec<u8>>,
    records: BTreeMap<RecordId, Layers>,
    cache: Cache,
    /// This process's actor, and those of records that need others.
    actor: Option<Actor>,
    actors: BTreeMap<RecordId, Vec<Actor>>,
    next_number: u64,
    next_commit: u64,
    next_offer: u64,
    waiting: BTreeMap<u64, Vec<Then>>,
    /// Own edits not durable yet, by number.
    unsaved: BTreeSet<u64>,
    client: Option<Client>,
    enroller: Option<(Enroller, bool)>,
    online: bool,
    halted: bool,
    /// Offers on their way.
    offers: BTreeMap<u64, outbox::Offered>,
    /// Own edits that were sent and not answered, by number.
    sent: BTreeSet<u64>,
    /// Records of which the server lacks something, as their headers say.
    wanted: BTreeSet<RecordId>,
    /// Records of which everything was sent and something is still missing there.
    stuck: BTreeSet<RecordId>,
    /// Held own edits, by number, whose verdict is asked for again.
    held_again: BTreeSet<u64>,
    /// Own edits, by number, that were owed to a restored server and offered on this connection.
    owed_offered: BTreeSet<u64>,
    /// Changes of colleagues that were offered on this connection.
    carried_offered: BTreeSet<ChangeHash>,
    /// One offer before deflating, bytes.
    offer_bytes_max: usize,
    /// Receipts for colleagues, to be carried back to them.
    sheets: Vec<SignedReceipts>,
    /// Parts of others' envelopes for the office.
    carrying: envelopes::Carrying,
    numbering: numbers::Numbering,
    /// The key that is kept outside, for a device that is not enrolled yet.
    outside: Option<PublicKey>,
    /// Signatures asked for, by number.
    signing: BTreeMap<u64, (ToSign, signing::For)>,
    next_signature: u64,
    /// Records with own edits whose seals are to be asked for.
    unsealed: BTreeSet<RecordId>,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// The next thing to be done outside.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        if self.halted {
            return None;
        }
        let enrolling = self
            .enroller
            .as_ref()
            .and_then(|(enroller, _)| enroller.deadline());
        let client = self.client.as_ref().and_then(Client::deadline);
        [enrolling, client].into_iter().flatten().min()
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::SyncNow => {
                self.online = true;
                self.seals_afresh();
                self.tell_client(now, client::Input::SyncNow);
            }
            Input::Connected => self.connected(now),
            Input::Frame(frame) => self.frame(now, frame),
            Input::Disconnected => self.disconnected(now),
            Input::Tick => {
                self.seals_afresh();
                self.tick(now);
            }
            Input::Committed(id) => self.committed(now, id),
            Input::CommitFailed(_) => self.halt(),
            Input::Signed { id, signature } => self.signed(now, id, signature),
            Input::NotSigned(id) => self.not_signed(now, id),
        }
        self.pump(now);
    }

    /// Whether nothing is on its way: no unanswered offer, no batch being stored, no signature asked
    /// for, nothing to say.
    pub fn is_quiet(&self) -> bool {
        self.outputs.is_empty()
            && self.waiting.is_empty()
            && self.signing.is_empty()
            && self.offers.is_empty()
            && !self.carrying.is_on_its_way()
    }

    /// Nothing more is stored or sent; what is durable stays as it is.
    fn halt(&mut self) {
        self.halted = true;
        self.outputs
            .retain(|output| matches!(output, Output::Event(_)));
        self.outputs.push_back(Output::Disconnect);
        self.outputs.push_back(Output::Event(Event::StoreFailed));
    }

    fn connected(&mut self, now: Timestamp) {
        self.offers_afresh();
        self.seals_afresh();
        self.numbers_afresh();
        if self.enroller.is_some() {
            self.tell_enroller(now, liandu_core::protocol::enrol::Input::Connected);
        } else {
            self.tell_client(now, client::Input::Connected);
        }
    }

    fn frame(&mut self, now: Timestamp, frame: Vec<u8>) {
        if self.enroller.is_some() {
            self.tell_enroller(now, liandu_core::protocol::enrol::Input::Frame(frame));
        } else {
            self.tell_client(now, client::Input::Frame(frame));
        }
    }

    fn disconnected(&mut self, now: Timestamp) {
        if self.enroller.is_some() {
            self.tell_enroller(now, liandu_core::protocol::enrol::Input::Disconnected);
        } else {
            self.tell_client(now, client::Input::Disconnected);
        }
    }

    fn tick(&mut self, now: Timestamp) {
        if self.enroller.is_some() {
            self.tell_enroller(now, liandu_core::protocol::enrol::Input::Tick);
        } else {
            self.tell_client(now, client::Input::Tick);
        }
    }

    fn tell_client(&mut self, now: Timestamp, input: client::Input) {
        if self.halted {
            return;
        }
        if matches!(input, client::Input::SyncNow | client::Input::Connected) {
            let unsent = self.unsent_count();
            if let Some(client) = &mut self.client {
                client.handle(now, client::Input::Unsent(unsent));
            }
        }
        if let Some(client) = &mut self.client {
            client.handle(now, input);
        }
    }

    /// Lets the client speak and gives it what is to be sent, until both have nothing to say.
    fn pump(&mut self, now: Timestamp) {
        if self.halted {
            return;
        }
        self.ask_for_seals(now);
        loop {
            while let Some(output) = self.client.as_mut().and_then(Client::poll) {
                self.client_says(now, output);
            }
            if !self.offer_next(now) && !self.carry_next(now) && !self.ask_numbers(now) {
                return;
            }
        }
    }

    fn client_says(&mut self, now: Timestamp, output: client::Output) {
        match output {
            client::Output::Connect => self.outputs.push_back(Output::Connect),
            client::Output::Disconnect => self.outputs.push_back(Output::Disconnect),
            client::Output::Send(frame) => self.outputs.push_back(Output::Send(frame)),
            client::Output::Sign(words) => self.sign(now, words, signing::For::Connection),
            client::Output::Status(status) => self.event(Event::Connection(status)),
            client::Output::Greeted { left_out, .. } => self.left_out_told(left_out),
            client::Output::Room(_) => {}
            client::Output::Verdicts {
                offer,
                time,
                tier,
                records,
            } => {
                self.answered(offer, (time, tier), records);
            }
            client::Output::Returned { offer } => self.returned(offer),
            client::Output::Updates {
                feed,
                updates,
                held,
                ..
            } => {
                self.updates(feed, updates, held);
            }
            client::Output::CaughtUp(held) => self.caught_up(&held),
            client::Output::Scopes { scopes, held } => self.scopes_told(scopes, &held),
            client::Output::Answers(answers) => self.office_answered(answers),
            client::Output::Definition { name, json } => self.definition_came(name, json),
            client::Output::Authority {
                position,
                statements,
            } => {
                self.authority_came(position, statements);
            }
            client::Output::NeedAuthority { after } => self.give_authority(now, after),
            client::Output::NeedDigests => self.give_digests(now),
            client::Output::NeedHeads { scope, after } => self.give_heads(now, scope, after),
            client::Output::Carried { outcome, receipts } => self.carried(outcome, receipts),
            client::Output::Numbers(numbers) => self.numbers_came(numbers),
            client::Output::Wanted(records) => self.records_wanted(records),
            client::Output::Odd(odd) => self.event(Event::Odd(odd)),
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Hands a batch to the store.
    fn commit(&mut self, batch: Batch, then: Vec<Then>) -> u64 {
        let id = self.next_commit;
        self.next_commit += 1;
        for then in &then {
            if let Then::Saved(_, number) = then {
                self.unsaved.insert(*number);
            }
        }
        self.waiting.insert(id, then);
        self.outputs.push_back(Output::Commit {
            id,
            puts: batch.into_puts(),
        });
        id
    }

    /// Hands what is in a batch to the store, if there is anything, with nothing to be done then.
    fn store(&mut self, batch: Batch) {
        if !batch.is_empty() {
            self.commit(batch, Vec::new());
        }
    }

    fn committed(&mut self, now: Timestamp, id: u64) {
        let later = self.waiting.split_off(&id.saturating_add(1));
        let done = std::mem::replace(&mut self.waiting, later);
        let mut saved = false;
        for then in done.into_values().flatten() {
            match then {
                Then::Saved(record, number) => {
                    self.unsaved.remove(&number);
                    saved = true;
                    self.event(Event::Saved { record, number });
                }
                Then::FeedStored(feed) => self.tell_client(now, client::Input::Stored { feed }),
                Then::ScopesStored => self.tell_client(now, client::Input::ScopesStored),
                Then::DefinitionStored(name) => {
                    self.tell_client(now, client::Input::DefinitionStored(name));
                }
                Then::AuthorityStored(position) => {
                    self.tell_client(now, client::Input::AuthorityStored(position));
                }
                Then::AnswersStored(position) => {
                    self.tell_client(now, client::Input::AnswersStored(position));
                }
                Then::KeyStored => self.event_connect(),
                Then::EnrolmentStored => self.event(Event::Enrolled),
            }
        }
        if saved && self.online {
            self.tell_client(now, client::Input::SyncNow);
        }
    }

    /// The device, when it is enrolled.
    pub fn device(&self) -> Option<DeviceId> {
        self.identity
            .as_ref()
            .filter(|me| me.enrolled.is_some())
            .map(|me| me.device)
    }

    /// Whose device it is.
    pub fn person(&self) -> Option<&PersonId> {
        self.identity
            .as_ref()?
            .enrolled
            .as_ref()
            .map(|enrolled| &enrolled.person)
    }

    /// The server's address as given at enrolment.
    pub fn address(&self) -> Option<&str> {
        self.identity.as_ref().map(|me| me.address.as_str())
    }

    /// The scopes of this device as last told by the server.
    pub fn scopes(&self) -> &[Scope] {
        &self.place.scopes
    }

    /// Every campaign definition known.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// A campaign definition's JSON, as it came or as it ships with the program.
    pub fn definition_json(&self, name: &DefinitionRef) -> Option<&[u8]> {
        let received = self.received.get(name).map(Vec::as_slice);
        received.or_else(|| self.definitions.get(name).map(|_| HEBEI_JSON))
    }

    fn pen(&mut self) -> Option<Pen<'_>> {
        let me = self.identity.as_ref()?;
        let deployment = me.enrolled.as_ref()?.deployment;
        Some(Pen {
            device: me.device,
            deployment,
            key: &me.key,
            entropy: self.entropy.as_mut(),
        })
    }

    /// The actors of this process that may write to a record.
    fn actors_of(&mut self, record: &RecordId) -> Vec<Actor> {
        if let Some(actors) = self.actors.get(record) {
            return actors.clone();
        }
        let Some(device) = self.device() else {
            return Vec::new();
        };
        let actor = match self.actor {
            Some(actor) => actor,
            None => entropy::actor(self.entropy.as_mut(), &device),
        };
        self.actor = Some(actor);
        vec![actor]
    }

    /// The life of the office's log that this device follows; none before it has followed one.
    pub fn life(&self) -> Option<Epoch> {
        self.place.cursor.map(|cursor| cursor.epoch)
    }

    /// Stores how far this device holds its scopes.
    fn hold(&mut self, held: &Held, batch: &mut Batch) {
        let before = self.life();
        self.place.set_held(held);
        batch.put(&Slot::Place, &self.place);
        if before.is_some() && before != self.life() {
            self.numbers_of_another_life(batch);
        }
    }

    fn scope_of(&self, id: &ScopeId) -> Option<Scope> {
        self.place
            .scopes
            .iter()
            .find(|scope| scope.id() == *id)
            .cloned()
    }
}

/// Documents kept ready, bytes.
const CACHE_BYTES_MAX: usize = DEVICE_DOCUMENTS_BYTES_MAX;
