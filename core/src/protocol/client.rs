//! The device's side of the protocol, without IO.
//!
//! Never stores anything and never sees a record's content: the device engine gives it batches to
//! send and stores what it hands out. Whatever was not answered or not stored when a connection
//! ends is given back or comes again.

mod backoff;
mod frames;
mod ports;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::backoff::Backoff;
pub use self::ports::{Held, Holding, Identity, Input, Odd, Output, Status, Stop};
use super::digest::{definitions_digest, scopes_digest};
use super::frame::ToServer;
use super::message::{
    Authority, Behind, Digest, Digests, Follow, Got, HeadsPage, Hello, Push, RecordHeads,
};
use super::packed::Packed;
use super::update::RecordPush;
use crate::id::{RecordId, ScopeId};
use crate::limits::{ANSWER_MS, HEADS_RECORDS_MAX, PUSH_WINDOW_FRAMES};
use crate::seal::ToSign;
use crate::time::Timestamp;

#[derive(Debug)]
enum Phase {
    Stopped,
    Waiting {
        until: Timestamp,
    },
    Connecting,
    Connected,
    /// The words for the hello are being signed.
    Proving {
        version: u16,
        words: ToSign,
    },
    Greeted,
    Live,
    Escrow,
    Repairing(Repair),
}

/// Where a repair stands.
#[derive(Debug, Default)]
struct Repair {
    left: VecDeque<ScopeId>,
    page: u32,
    after: Option<RecordId>,
    /// It is the server's turn.
    awaiting: bool,
}

/// An offer on its way.
#[derive(Debug)]
struct Sent {
    offer: u64,
    frame: Vec<u8>,
    /// The server was busy: send again then.
    again: Option<Timestamp>,
}

/// The device's side of one connection after another.
#[derive(Debug)]
pub struct Client {
    identity: Identity,
    holding: Holding,
    phase: Phase,
    backoff: Backoff,
    outputs: VecDeque<Output>,
    status: Status,
    /// What `held` will be when all updates handed out are stored.
    arrived: Held,
    /// Number of the last feed on this connection: a cursor speaks of all feeds before it.
    fed: u64,
    /// Feed frames handed out and not yet stored, with `held` after them.
    unstored: BTreeMap<u64, Option<Held>>,
    /// Scopes handed out and not yet stored.
    new_scopes: Option<(BTreeSet<ScopeId>, Held)>,
    sent: BTreeMap<u64, Sent>,
    next_batch: u64,
    /// Parts carried on this connection, and whether the last was not answered yet.
    carried: u64,
    carrying: bool,
    /// Whether numbers were asked for and have not come.
    numbering: bool,
    /// Since when an answer is awaited without anything coming.
    silent_since: Option<Timestamp>,
    connected_at: Option<Timestamp>,
    of_use: bool,
    present_certificate: bool,
    strikes: u32,
    frame_bytes_max: usize,
}

impl Client {
    /// A client that does nothing until `SyncNow`. `seed` is 8 random bytes, for waits.
    pub fn new(identity: Identity, holding: Holding, seed: u64) -> Client {
        let arrived = holding.held.clone();
        Client {
            identity,
            holding,
            phase: Phase::Stopped,
            backoff: Backoff::new(seed),
            outputs: VecDeque::new(),
            status: Status::Stopped(Stop::NotStarted),
            arrived,
            fed: 0,
            unstored: BTreeMap::new(),
            new_scopes: None,
            sent: BTreeMap::new(),
            next_batch: 1,
            carried: 0,
            carrying: false,
            numbering: false,
            silent_since: None,
            connected_at: None,
            of_use: false,
            present_certificate: false,
            strikes: 0,
            frame_bytes_max: crate::limits::FRAME_BYTES_MAX,
        }
    }

    /// What the person sees.
    pub fn status(&self) -> Status {
        self.status
    }

    /// How many more offers are taken now.
    pub fn room(&self) -> usize {
        match self.phase {
            Phase::Live | Phase::Escrow | Phase::Repairing(_) => {
                PUSH_WINDOW_FRAMES.saturating_sub(self.sent.len())
            }
            Phase::Stopped
            | Phase::Waiting { .. }
            | Phase::Connecting
            | Phase::Connected
            | Phase::Proving { .. }
            | Phase::Greeted => 0,
        }
    }

    /// Whether a part of an envelope for the office is taken now: one at a time, and only while
    /// the device itself is welcome.
    pub fn may_carry(&self) -> bool {
        !self.carrying && matches!(self.phase, Phase::Live)
    }

    /// Whether numbers may be asked for: in sync, and one question at a time.
    pub fn may_ask(&self) -> bool {
        !self.numbering && matches!(self.phase, Phase::Live) && self.status == Status::InSync
    }

    /// The next thing to be done outside.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        let answer = self.silent_since.map(|since| since.plus_ms(ANSWER_MS));
        let again = self.sent.values().filter_map(|sent| sent.again).min();
        let wait = match self.phase {
            Phase::Waiting { until } => Some(until),
            Phase::Stopped
            | Phase::Connecting
            | Phase::Connected
            | Phase::Proving { .. }
            | Phase::Greeted
            | Phase::Live
            | Phase::Escrow
            | Phase::Repairing(_) => None,
        };
        [answer, again, wait].into_iter().flatten().min()
    }

    /// Takes in what happened. Outputs are to be carried out in their order, and what was stored
    /// for them is to be reported in that order too.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::SyncNow => self.sync_now(now),
            Input::Connected => self.connected(now),
            Input::Frame(frame) => self.frame(now, &frame),
            Input::Signed { words, signature } => self.proved(now, &words, signature),
            Input::Disconnected => self.disconnected(now),
            Input::Tick => self.tick(now),
            Input::Offer { offer, records } => self.offer(now, offer, &records),
            Input::Carry { cover, part } => self.carry(cover, part),
            Input::WantNumbers(records) => self.want_numbers(records),
            Input::Unsent(count) => self.holding.unsent = count,
            Input::Stored { feed } => self.stored(now, feed),
            Input::ScopesStored => self.scopes_stored(now),
            Input::DefinitionStored(name) => {
                self.holding.definitions.insert(name);
            }
            Input::AuthorityStored(position) => {
                self.holding.authority = self.holding.authority.max(position);
                self.say(
                    &Got {
                        feed: None,
                        authority: Some(position),
                    }
                    .into(),
                );
            }
            Input::AnswersStored(position) => {
                self.holding.answers = self.holding.answers.max(position);
            }
            Input::Digests(digests) => self.digests(now, digests),
            Input::Heads {
                scope,
                records,
                last,
            } => self.heads(now, scope, records, last),
            Input::Authority {
                position,
                statements,
            } => {
                self.say(
                    &Authority {
                        position,
                        statements,
                    }
                    .into(),
                );
            }
        }
    }

    fn is_open(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Stopped | Phase::Waiting { .. } | Phase::Connecting
        )
    }

    fn sync_now(&mut self, now: Timestamp) {
        match self.phase {
            Phase::Stopped | Phase::Waiting { .. } => self.connect(now),
            Phase::Connecting
            | Phase::Connected
            | Phase::Proving { .. }
            | Phase::Greeted
            | Phase::Live
            | Phase::Escrow
            | Phase::Repairing(_) => {}
        }
    }

    fn connect(&mut self, now: Timestamp) {
        self.phase = Phase::Connecting;
        self.silent_since = Some(now);
        self.outputs.push_back(Output::Connect);
        self.show(Status::Connecting);
    }

    fn connected(&mut self, now: Timestamp) {
        if matches!(self.phase, Phase::Connecting) {
            self.phase = Phase::Connected;
            self.silent_since = Some(now);
            self.connected_at = Some(now);
        }
    }

    fn disconnected(&mut self, now: Timestamp) {
        if self.is_open() || matches!(self.phase, Phase::Connecting) {
            self.wait(now, None);
        }
    }

    fn tick(&mut self, now: Timestamp) {
        if matches!(self.phase, Phase::Waiting { until } if until <= now) {
            return self.connect(now);
        }
        let silent = self
            .silent_since
            .is_some_and(|since| since.plus_ms(ANSWER_MS) <= now);
        if silent {
            self.outputs.push_back(Output::Disconnect);
            return self.wait(now, None);
        }
        let mut frames = Vec::new();
        for sent in self.sent.values_mut() {
            if sent.again.is_some_and(|at| at <= now) {
                sent.again = None;
                frames.push(sent.frame.clone());
            }
        }
        for frame in frames {
            self.outputs.push_back(Output::Send(frame));
            self.await_answer(now);
        }
    }

    /// Ends the connection's state and waits before the next one.
    fn wait(&mut self, now: Timestamp, retry_after_ms: Option<u64>) {
        let long = self
            .connected_at
            .is_some_and(|at| now.since_ms(at) >= 60_000);
        if self.of_use || long {
            self.backoff.reset();
        }
        let wait = self.backoff.next_ms(retry_after_ms);
        self.wait_ms(now, wait);
    }

    fn wait_ms(&mut self, now: Timestamp, ms: u64) {
        let until = now.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX));
        self.end(Phase::Waiting { until });
        self.show(Status::Waiting { until });
    }

    fn stop(&mut self, stop: Stop) {
        self.outputs.push_back(Output::Disconnect);
        self.end(Phase::Stopped);
        self.show(Status::Stopped(stop));
    }

    fn end(&mut self, phase: Phase) {
        self.phase = phase;
        self.arrived = self.holding.held.clone();
        self.fed = 0;
        self.unstored.clear();
        self.new_scopes = None;
        self.silent_since = None;
        self.connected_at = None;
        self.of_use = false;
        self.strikes = 0;
        (self.carried, self.carrying, self.numbering) = (0, false, false);
        for sent in std::mem::take(&mut self.sent).into_values() {
            self.outputs
                .push_back(Output::Returned { offer: sent.offer });
        }
    }

    fn show(&mut self, status: Status) {
        if self.status != status {
            self.status = status;
            self.outputs.push_back(Output::Status(status));
        }
    }

    fn await_answer(&mut self, now: Timestamp) {
        self.silent_since.get_or_insert(now);
    }

    /// Sends, if a connection is open. What does not fit into a frame is not sent: lists in
    /// these messages are bounded far below a frame.
    fn say(&mut self, message: &ToServer) {
        if let (true, Ok(frame)) = (self.is_open(), message.encode()) {
            self.outputs.push_back(Output::Send(frame));
        }
    }

    fn offer(&mut self, now: Timestamp, offer: u64, records: &[RecordPush]) {
        let batch = self.next_batch;
        let packed = Packed::pack(records).ok();
        let frame = packed
            .and_then(|records| ToServer::from(Push { batch, records }).encode().ok())
            .filter(|frame| frame.len() <= self.frame_bytes_max && self.room() > 0);
        let Some(frame) = frame else {
            return self.outputs.push_back(Output::Returned { offer });
        };
        self.next_batch += 1;
        self.outputs.push_back(Output::Send(frame.clone()));
        self.sent.insert(
            batch,
            Sent {
                offer,
                frame,
                again: None,
            },
        );
        self.await_answer(now);
    }

    fn stored(&mut self, now: Timestamp, feed: u64) {
        let later = self.unstored.split_off(&feed.saturating_add(1));
        let stored = std::mem::replace(&mut self.unstored, later);
        if stored.is_empty() {
            return;
        }
        if let Some(held) = stored.into_values().rev().flatten().next() {
            self.holding.held = held;
        }
        self.of_use = true;
        self.say(
            &Got {
                feed: Some(feed),
                authority: None,
            }
            .into(),
        );
        if self.unstored.is_empty() && self.status == Status::CatchingUp {
            self.await_answer(now);
        }
    }

    fn scopes_stored(&mut self, now: Timestamp) {
        let Some((scopes, held)) = self.new_scopes.take() else {
            return;
        };
        self.holding.scopes = scopes;
        self.holding.held = held;
        let behind = self.behind();
        self.say(
            &Follow {
                scopes: scopes_digest(&self.holding.scopes),
                behind,
            }
            .into(),
        );
        if matches!(self.phase, Phase::Repairing(_)) {
            self.outputs.push_back(Output::NeedDigests);
        } else {
            self.await_answer(now);
        }
    }

    fn behind(&self) -> Vec<Behind> {
        let behind = self.holding.held.behind.iter();
        behind
            .map(|(scope, position)| Behind {
                scope: *scope,
                position: *position,
            })
            .collect()
    }

    fn digests(&mut self, now: Timestamp, digests: Vec<Digest>) {
        if let Phase::Repairing(repair) = &mut self.phase {
            repair.awaiting = true;
            self.say(&Digests { digests }.into());
            self.await_answer(now);
        }
    }

    fn heads(&mut self, now: Timestamp, scope: ScopeId, mut records: Vec<RecordHeads>, last: bool) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        if repair.left.front() != Some(&scope) {
            return;
        }
        let given = records.len();
        records.truncate(HEADS_RECORDS_MAX);
        repair.page += 1;
        let (page, after) = (repair.page, repair.after);
        loop {
            let whole = last && records.len() == given;
            let to = if whole {
                None
            } else {
                records.last().map(|heads| heads.record)
            };
            let message = HeadsPage {
                scope,
                page,
                after,
                to,
                records: records.clone(),
            };
            match ToServer::from(message).encode() {
                Ok(frame) => {
                    repair.after = to;
                    repair.awaiting = true;
                    self.outputs.push_back(Output::Send(frame));
                    return self.await_answer(now);
                }
                // A record's heads are bounded so that one record always fits.
                Err(_) => records.truncate(records.len() / 2),
            }
        }
    }

    fn hello(&self, version: u16, signature: crate::seal::SignatureBytes, now: Timestamp) -> Hello {
        let certificate = self.identity.certificate.clone();
        Hello {
            version,
            device: self.identity.device,
            signature,
            cursor: self.holding.held.cursor,
            behind: self.behind(),
            scopes: scopes_digest(&self.holding.scopes),
            definitions: definitions_digest(&self.holding.definitions),
            authority: self.holding.authority,
            time: now,
            app: self.identity.app.clone(),
            unsent: self.holding.unsent,
            certificate: certificate.filter(|_| self.present_certificate),
            answers: Some(self.holding.answers),
        }
    }
}
