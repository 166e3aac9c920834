//! One device and one server in virtual time: the real `Client` and `Session`, a model of what
//! stands behind each. A change is just its 32-byte hash, a record a set of changes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use liandu_core::id::{Epoch, Position, RecordId, ScopeId};
use liandu_core::protocol::client::{self, Client, Held, Holding, Identity, Status};
use liandu_core::protocol::frame::{Decoded, ToDevice};
use liandu_core::protocol::message::{Authority, Numbered, Outcome, RecordHeads};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{self, Answer, Session};
use liandu_core::protocol::update::{Chunk, RecordPush, RecordUpdate, RecordVerdicts, UpdateBody};
use liandu_core::record::DefinitionRef;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;

use super::host::{Content, Host, digests_of, hashes};
use super::samples::{DEPLOYMENT, DEVICE, NONCE, certificate, device_key, scopes};

/// What the device holds durably.
#[derive(Default)]
pub(crate) struct Device {
    pub(crate) content: Content,
    pub(crate) held: Held,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) outbox: VecDeque<RecordPush>,
    pub(crate) in_flight: BTreeMap<u64, Vec<RecordPush>>,
    pub(crate) next_offer: u64,
    pub(crate) receipts: Vec<RecordId>,
    pub(crate) definitions: BTreeMap<DefinitionRef, Vec<u8>>,
    pub(crate) authority: u64,
    /// Updates and scopes are handed out but never reported stored.
    pub(crate) slow: bool,
    pub(crate) unstored: Vec<u64>,
    pub(crate) odd: Vec<client::Odd>,
    pub(crate) carried: Vec<Outcome>,
    /// Numbers it was told.
    pub(crate) numbers: Vec<Numbered>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) pages_asked: usize,
}

pub(crate) struct Link {
    pub(crate) now: Timestamp,
    pub(crate) host: Host,
    pub(crate) device: Device,
    pub(crate) client: Client,
    pub(crate) session: Option<Session>,
    /// Frames after which the connection is cut.
    pub(crate) cut_after: Option<usize>,
    pub(crate) up: Vec<Vec<u8>>,
    pub(crate) down: Vec<Vec<u8>>,
    pub(crate) odd: Vec<session::Odd>,
    /// Signs for the device.
    pub(crate) key: SecretKey,
    /// The server exists.
    pub(crate) reachable: bool,
    /// Frames vanish without an error.
    pub(crate) half_open: bool,
    /// A bad middlebox: the feed of this number arrives so many times.
    pub(crate) mangle: Option<(u64, usize)>,
}

pub(crate) fn identity() -> Identity {
    Identity {
        deployment: DEPLOYMENT,
        device: DEVICE,
        certificate: Some(certificate()),
        app: "0.1.0".to_owned(),
    }
}

impl Link {
    pub(crate) fn new() -> Link {
        let device = Device {
            scopes: scopes(4),
            next_offer: 1,
            ..Device::default()
        };
        let host = Host {
            epoch: Epoch([1; 8]),
            log: vec![],
            scopes: scopes(4),
            known: true,
            escrow: false,
            left_out: 0,
            answers: vec![],
            page_entries: 3,
            busy: false,
            slow: false,
            pending: vec![],
            definitions: vec![],
            authority: 0,
            kept: vec![],
            pages_read: 0,
            closed: vec![],
            delivered: vec![],
            numbers_asked: vec![],
        };
        let mut link = Link {
            key: device_key(),
            now: Timestamp(1_592_524_800_000),
            host,
            client: Client::new(identity(), Holding::default(), 1),
            device,
            session: None,
            cut_after: None,
            up: vec![],
            down: vec![],
            odd: vec![],
            reachable: true,
            half_open: false,
            mangle: None,
        };
        link.restart();
        link
    }

    /// The app is killed and started again: only what is durable remains.
    pub(crate) fn restart(&mut self) {
        self.session = None;
        let holding = Holding {
            held: self.device.held.clone(),
            scopes: self.device.scopes.iter().map(Scope::id).collect(),
            definitions: self.device.definitions.keys().cloned().collect(),
            authority: Position(self.device.authority),
            answers: Position(0),
            unsent: self.device.outbox.len() as u64,
        };
        let returned = std::mem::take(&mut self.device.in_flight);
        self.device.outbox.extend(returned.into_values().flatten());
        self.client = Client::new(identity(), holding, 1);
    }

    pub(crate) fn sync(&mut self) {
        self.to_client(client::Input::SyncNow);
        self.run();
    }

    pub(crate) fn to_client(&mut self, input: client::Input) {
        self.client.handle(self.now, input);
    }

    pub(crate) fn to_session(&mut self, input: session::Input) {
        if let Some(session) = &mut self.session {
            session.handle(self.now, input);
        }
    }

    pub(crate) fn log_moved(&mut self) {
        let end = self.host.end().position;
        self.to_session(session::Input::LogMoved(end));
        self.run();
    }

    pub(crate) fn write(&mut self, scope: usize, record: RecordId, hash: u8) {
        let scope = self.device.scopes[scope].clone();
        let chunk = Chunk::Changes(vec![vec![hash; 32]]);
        let kind = Kind::Problem.into();
        self.device.outbox.push_back(RecordPush {
            record,
            kind,
            scope: Some(scope),
            chunk,
            seals: vec![],
        });
    }

    /// Lets time pass to the next deadline of either side.
    pub(crate) fn wait(&mut self) {
        let session = self.session.as_ref().and_then(Session::deadline);
        let next = [self.client.deadline(), session]
            .into_iter()
            .flatten()
            .min();
        self.now = next.expect("somebody waits").max(self.now);
        self.to_client(client::Input::Tick);
        self.to_session(session::Input::Tick);
        self.run();
    }

    pub(crate) fn cut(&mut self) {
        self.session = None;
        self.to_client(client::Input::Disconnected);
        self.run();
    }

    pub(crate) fn run(&mut self) {
        for _ in 0..100_000 {
            if let Some(output) = self.client.poll() {
                self.client_output(output);
            } else if let Some(output) = self.session.as_mut().and_then(Session::poll) {
                self.session_output(output);
            } else if !self.offer() {
                return;
            }
        }
        panic!("the two talk without end");
    }

    fn offer(&mut self) -> bool {
        if self.client.room() == 0 || self.device.outbox.is_empty() {
            return false;
        }
        let records: Vec<RecordPush> = self.device.outbox.drain(..).collect();
        let offer = self.device.next_offer;
        self.device.next_offer += 1;
        self.device.in_flight.insert(offer, records.clone());
        self.to_client(client::Input::Offer { offer, records });
        true
    }

    fn carried(&mut self) -> bool {
        match &mut self.cut_after {
            Some(0) => {
                self.cut_after = None;
                self.session = None;
                self.to_client(client::Input::Disconnected);
                false
            }
            Some(left) => {
                *left -= 1;
                true
            }
            None => !self.half_open,
        }
    }

    fn times(&mut self, frame: &[u8]) -> usize {
        let number = match ToDevice::decode(frame) {
            Ok(Decoded::Message(ToDevice::Feed(feed))) => feed.number,
            _ => return 1,
        };
        let times = self.mangle.take_if(|(feed, _)| *feed == number);
        times.map_or(1, |(_, times)| times)
    }

    fn client_output(&mut self, output: client::Output) {
        use client::{Input, Output};
        match output {
            Output::Connect if !self.reachable => self.to_client(Input::Disconnected),
            Output::Connect => {
                self.session = Some(Session::new(DEPLOYMENT));
                self.to_client(Input::Connected);
                self.to_session(session::Input::Opened { nonce: NONCE });
            }
            Output::Disconnect => self.disconnected(),
            Output::Send(frame) => {
                self.up.push(frame.clone());
                if self.session.is_some() && self.carried() {
                    self.to_session(session::Input::Frame(frame));
                }
            }
            Output::Sign(words) => {
                let signature = self.key.sign(&words);
                self.to_client(Input::Signed { words, signature });
            }
            Output::Status(status) => self.device.statuses.push(status),
            Output::Greeted { .. } | Output::Room(_) | Output::Answers(_) => {}
            Output::Verdicts { offer, records, .. } => self.answered(offer, &records),
            Output::Returned { offer } => {
                let records = self.device.in_flight.remove(&offer).unwrap_or_default();
                self.device.outbox.extend(records);
            }
            Output::Updates {
                feed,
                updates,
                held,
                ..
            } => self.store(feed, &updates, held),
            Output::CaughtUp(held) => self.device.held = held,
            Output::Scopes { scopes, held } => {
                let ids: BTreeSet<ScopeId> = scopes.iter().map(Scope::id).collect();
                self.device.content.retain(|scope, _| ids.contains(scope));
                (self.device.scopes, self.device.held) = (scopes, held);
                if !self.device.slow {
                    self.to_client(Input::ScopesStored);
                }
            }
            Output::Definition { name, json } => {
                self.device.definitions.insert(name.clone(), json);
                self.to_client(Input::DefinitionStored(name));
            }
            Output::Authority { position, .. } => {
                self.device.authority = position.0;
                self.to_client(Input::AuthorityStored(position));
            }
            Output::NeedAuthority { after } => {
                assert!(after.0 < self.device.authority);
                let position = Position(self.device.authority);
                self.to_client(Input::Authority {
                    position,
                    statements: vec![vec![7]],
                });
            }
            Output::NeedDigests => {
                let scopes = self.device.scopes.iter().map(Scope::id);
                let digests = digests_of(&self.device.content, scopes);
                self.to_client(Input::Digests(digests));
            }
            Output::NeedHeads { scope, after } => self.give_heads(scope, after),
            Output::Carried { outcome, .. } => self.device.carried.push(outcome),
            Output::Numbers(numbers) => self.device.numbers.extend(numbers),
            Output::Wanted(records) => self.wanted(&records),
            Output::Odd(odd) => self.device.odd.push(odd),
        }
    }

    fn disconnected(&mut self) {
        let mut session = self.session.take();
        while let Some(output) = session.as_mut().and_then(Session::poll) {
            if let session::Output::Close(code) = output {
                self.host.closed.push(code);
            }
        }
    }

    /// Offered records without an answer are offered again.
    fn answered(&mut self, offer: u64, records: &[RecordVerdicts]) {
        let sent = self.device.in_flight.remove(&offer).unwrap();
        let content = &mut self.device.content;
        for push in sent {
            let of = |verdicts: &RecordVerdicts| verdicts.record == push.record;
            if records.iter().any(of) {
                self.device.receipts.push(push.record);
                let scope = content.entry(push.scope.clone().unwrap().id()).or_default();
                scope
                    .entry(push.record)
                    .or_default()
                    .extend(hashes(&push.chunk));
            } else {
                self.device.outbox.push_back(push);
            }
        }
    }

    fn store(&mut self, feed: u64, updates: &[RecordUpdate], held: Option<Held>) {
        if self.device.slow {
            return self.device.unstored.push(feed);
        }
        for update in updates {
            let UpdateBody::Changed { chunk, .. } = &update.body else {
                panic!()
            };
            let scope = self.device.content.entry(update.scope).or_default();
            scope
                .entry(update.record)
                .or_default()
                .extend(hashes(chunk));
        }
        if let Some(held) = held {
            self.device.held = held;
        }
        self.to_client(client::Input::Stored { feed });
    }

    /// Three records at a time.
    fn give_heads(&mut self, scope: ScopeId, after: Option<RecordId>) {
        self.device.pages_asked += 1;
        let records = self.device.content.get(&scope).cloned().unwrap_or_default();
        let later: Vec<RecordHeads> = records
            .iter()
            .filter(|(record, _)| after.is_none_or(|after| **record > after))
            .map(|(record, heads)| RecordHeads {
                record: *record,
                heads: heads.iter().copied().collect(),
            })
            .collect();
        let last = later.len() <= 3;
        let records = later.into_iter().take(3).collect();
        self.to_client(client::Input::Heads {
            scope,
            records,
            last,
        });
    }

    fn wanted(&mut self, wanted: &[RecordHeads]) {
        for want in wanted {
            for (scope, records) in &self.device.content {
                let Some(ours) = records.get(&want.record) else {
                    continue;
                };
                let lacks = ours.iter().filter(|hash| !want.heads.contains(hash));
                let changes = lacks.map(|hash| hash.0.to_vec()).collect();
                let scope = self
                    .device
                    .scopes
                    .iter()
                    .find(|s| s.id() == *scope)
                    .cloned();
                self.device.outbox.push_back(RecordPush {
                    record: want.record,
                    kind: Kind::Problem.into(),
                    scope,
                    chunk: Chunk::Changes(changes),
                    seals: vec![],
                });
            }
        }
    }

    fn session_output(&mut self, output: session::Output) {
        use session::{Input, Output};
        match output {
            Output::Send(frame) => {
                self.down.push(frame.clone());
                let times = if self.carried() {
                    self.times(&frame)
                } else {
                    0
                };
                for _ in 0..times {
                    self.to_client(client::Input::Frame(frame.clone()));
                }
            }
            Output::LookUp {
                cursor,
                certificate,
                ..
            } => {
                let known = self.host.known || certificate.is_some();
                let known = known.then(|| Box::new(self.host.known(cursor)));
                self.to_session(known.map_or(Input::Unknown, Input::Known));
            }
            Output::Opened(opened) => assert_eq!(opened.device, DEVICE),
            Output::Admit { batch, records } => self.admit(batch, records),
            Output::ReadFeed { after, .. } => {
                let page = self.host.page(&after);
                self.to_session(Input::Page(page));
            }
            Output::ReadDefinitions(names) => {
                let json = |text: &str| {
                    Packed::pack(&[minicbor::bytes::ByteVec::from(text.as_bytes().to_vec())])
                        .unwrap()
                };
                let found = self
                    .host
                    .definitions
                    .iter()
                    .filter(|(name, _)| names.contains(name));
                let found = found
                    .map(|(name, text)| (name.clone(), json(text)))
                    .collect();
                self.to_session(Input::Definitions(found));
            }
            Output::ReadAuthority { .. } => {
                let position = Position(self.host.authority);
                self.to_session(Input::Authority(Authority {
                    position,
                    statements: vec![vec![1]],
                }));
            }
            Output::KeepAuthority(authority) => self.host.kept.push(authority),
            Output::Acknowledged(_) => {}
            Output::Digests(digests) => {
                let differing = self.host.differing(&digests);
                self.to_session(Input::Differing(differing));
            }
            Output::Compare(page) => {
                let compared = self.host.compare(&page);
                self.to_session(Input::Compared(compared));
            }
            Output::Deliver(carry) => self.host.delivered.push(*carry),
            Output::ReadNumbers(records) => self.host.numbers_asked.push(records),
            Output::Enrol(_) => panic!("a device that is enrolled does not enrol"),
            Output::Odd(odd) => self.odd.push(odd),
            Output::Close(code) => {
                self.host.closed.push(code);
                self.session = None;
                self.to_client(client::Input::Disconnected);
            }
        }
    }

    fn admit(&mut self, batch: u64, records: Vec<RecordPush>) {
        let answer = if self.host.busy {
            Answer::Busy {
                retry_after_ms: 2_000,
            }
        } else if self.host.slow {
            return self.host.pending.push((batch, records));
        } else {
            self.host.admit(&records)
        };
        self.to_session(session::Input::Admitted { batch, answer });
        let end = self.host.end().position;
        self.to_session(session::Input::LogMoved(end));
    }

    /// Both hold the same in the device's scopes.
    pub(crate) fn assert_equal(&self) {
        let ids: BTreeSet<ScopeId> = self.device.scopes.iter().map(Scope::id).collect();
        let mut server = self.host.content();
        server.retain(|scope, _| ids.contains(scope));
        assert_eq!(self.device.content, server);
    }
}
