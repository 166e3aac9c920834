//! The server's side of one connection, without IO.
//!
//! Never holds a queue of updates: it holds how far the device was sent each scope and asks for
//! one page when the log has moved and the device has acknowledged enough. Never admits or reads
//! anything itself: it asks its host and takes in the answer.

mod frames;
mod ports;
mod repair;

use std::collections::{BTreeSet, VecDeque};

pub use self::ports::{Answer, Compared, Input, Known, Odd, Opened, Output, Page};
use self::repair::Repair;
use super::VERSIONS;
use super::digest::scopes_digest;
use super::frame::ToDevice;
use super::message::{
    Allowed, Answers, Behind, Challenge, Close, CloseCode, Cursor, Definition, Feed, Hello, Nonce,
    Push, Resume, Scopes, Short, Welcome,
};
use super::packed::Packed;
use crate::id::{DeploymentId, Epoch, Position, ScopeId};
use crate::limits::{
    ANSWER_MS, FEED_PAGE_BYTES_MAX, FEED_WINDOW_FRAMES, FRAME_BYTES_MAX, HANDSHAKE_MS, STRIKES_MAX,
};
use crate::record::scope::Scope;
use crate::seal::HelloProof;
use crate::time::Timestamp;

#[derive(Debug)]
enum Phase {
    New,
    Challenged(Nonce),
    LookingUp(Nonce, Box<Hello>),
    /// Known; the first page is being read, so that the welcome can say whether a feed follows.
    Reading(Box<Welcome>),
    Live,
    Escrow,
    Repairing(Box<Repair>),
    Enrolling,
    Closed,
}

/// Whether a page is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    No,
    Yes,
    /// For scopes that have changed since: to be thrown away.
    Stale,
}

/// The server's side of one connection.
#[derive(Debug)]
pub struct Session {
    deployment: DeploymentId,
    phase: Phase,
    outputs: VecDeque<Output>,
    /// When the handshake, or an escrow's silence, ends.
    until: Option<Timestamp>,
    strikes: u32,
    /// The scopes that are being fed; none while the device has still to take them up.
    following: Option<Vec<ScopeId>>,
    scopes: Vec<ScopeId>,
    /// Scopes that changed again while the device was taking those up.
    newer_scopes: Option<Vec<Scope>>,
    /// Everything was read up to here, except:
    read_to: Position,
    /// ... these scopes, which were read only up to there.
    behind: Vec<Behind>,
    log_end: Position,
    /// The log's life of which all cursors are.
    life: Option<Epoch>,
    reading: Reading,
    /// The log's end when the page was asked for.
    asked_end: Position,
    /// Frames that must not come before the welcome.
    after_welcome: Vec<ToDevice>,
    /// The next page is sent even if it is empty: the device waits for it.
    owed: bool,
    feeds_sent: u64,
    feeds_got: u64,
    admitting: Option<u64>,
    waiting: Option<Push>,
    /// What is being opened of what the device carries.
    delivering: Option<u64>,
    /// Whether numbers are being read for the device.
    numbering: bool,
}

impl Session {
    /// A connection to this installation, before it is open.
    pub fn new(deployment: DeploymentId) -> Session {
        Session {
            deployment,
            phase: Phase::New,
            outputs: VecDeque::new(),
            until: None,
            strikes: 0,
            following: None,
            scopes: Vec::new(),
            newer_scopes: None,
            read_to: Position(0),
            behind: Vec::new(),
            log_end: Position(0),
            life: None,
            reading: Reading::No,
            asked_end: Position(0),
            after_welcome: Vec::new(),
            owed: false,
            feeds_sent: 0,
            feeds_got: 0,
            admitting: None,
            waiting: None,
            delivering: None,
            numbering: false,
        }
    }

    /// The next thing to be done outside.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.until
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        match input {
            Input::Opened { nonce } => self.opened(now, nonce),
            Input::Frame(frame) => self.frame(now, &frame),
            Input::Known(known) => self.known(now, *known),
            Input::Unknown => self.close(CloseCode::UnknownDevice, None),
            Input::Admitted { batch, answer } => self.admitted(now, batch, answer),
            Input::Delivered(carried) => self.delivered(carried),
            Input::Numbers(numbers) => self.numbers(numbers),
            Input::Page(page) => self.page(page),
            Input::LogMoved(position) => {
                self.log_end = self.log_end.max(position);
                self.read_on();
            }
            Input::Scopes(scopes) => self.scopes_changed(scopes),
            Input::Definitions(definitions) => {
                for (name, json) in definitions {
                    self.tell(Definition { name, json }.into());
                }
            }
            Input::Authority(authority) => self.tell(authority.into()),
            Input::Differing(scopes) => self.differing(scopes),
            Input::Compared(compared) => self.compared(compared),
            Input::Enrolled(enrolled) => {
                self.say(*enrolled);
                self.close(CloseCode::Done, Some(0));
            }
            Input::EnrolRefused { retry_after_ms } => {
                self.close(CloseCode::InvitationRefused, retry_after_ms);
            }
            Input::End {
                code,
                retry_after_ms,
            } => self.close(code, retry_after_ms),
            Input::Tick => self.tick(now),
        }
    }

    fn opened(&mut self, now: Timestamp, nonce: Nonce) {
        self.phase = Phase::Challenged(nonce);
        self.until = Some(now.plus_ms(HANDSHAKE_MS));
        let versions = VERSIONS.to_vec();
        self.say(Challenge {
            nonce,
            versions,
            deployment: self.deployment,
            time: now,
        });
    }

    fn tick(&mut self, now: Timestamp) {
        if self.until.is_none_or(|until| until > now) {
            return;
        }
        match self.phase {
            Phase::Escrow => self.close(CloseCode::Revoked, None),
            Phase::New
            | Phase::Challenged(_)
            | Phase::LookingUp(..)
            | Phase::Reading(_)
            | Phase::Live
            | Phase::Repairing(_)
            | Phase::Enrolling
            | Phase::Closed => self.close(CloseCode::TooSlow, None),
        }
    }

    fn say(&mut self, message: impl Into<ToDevice>) {
        match message.into().encode() {
            Ok(frame) => self.outputs.push_back(Output::Send(frame)),
            // Everything sent is bounded below a frame; what the host gave unbounded is not sent.
            Err(_) => self.outputs.push_back(Output::Odd(Odd::Unreadable)),
        }
    }

    /// Sends once the device has been welcomed; before that it learns of it by the welcome.
    fn tell(&mut self, message: ToDevice) {
        match self.phase {
            Phase::Live | Phase::Repairing(_) => self.say(message),
            Phase::Reading(_) => self.after_welcome.push(message),
            Phase::New
            | Phase::Challenged(_)
            | Phase::LookingUp(..)
            | Phase::Escrow
            | Phase::Enrolling
            | Phase::Closed => {}
        }
    }

    fn close(&mut self, code: CloseCode, retry_after_ms: Option<u64>) {
        self.say(Close::new(code, retry_after_ms));
        self.outputs.push_back(Output::Close(code));
        self.phase = Phase::Closed;
        self.until = None;
        self.waiting = None;
    }

    fn strike(&mut self, odd: Odd) {
        self.outputs.push_back(Output::Odd(odd));
        self.strikes += 1;
        if self.strikes >= STRIKES_MAX {
            self.close(CloseCode::ProtocolError, None);
        }
    }

    fn known(&mut self, now: Timestamp, mut known: Known) {
        let phase = std::mem::replace(&mut self.phase, Phase::New);
        let Phase::LookingUp(nonce, hello) = phase else {
            self.phase = phase;
            return;
        };
        let proof = HelloProof {
            deployment: &self.deployment,
            device: &hello.device,
            nonce: &nonce.0,
            version: hello.version,
        };
        if proof.verify(&known.key, &hello.signature).is_err() {
            return self.close(CloseCode::BadSignature, None);
        }
        self.outputs.push_back(Output::Opened(Box::new(Opened {
            device: hello.device,
            person: known.person.clone(),
            authority: hello.authority,
            device_time: hello.time,
            app: hello.app.clone(),
            unsent: hello.unsent,
        })));
        self.until = None;
        if known.escrow {
            return self.escrow(now, known);
        }
        self.log_end = self.log_end.max(known.at.position);
        self.life = Some(known.at.epoch);
        self.scopes = sorted_ids(&known.scopes);
        if known.resume == Resume::Ok {
            self.read_to = hello.cursor.map_or(Position(0), |cursor| cursor.position);
        }
        let same = scopes_digest(&self.scopes) == hello.scopes;
        let repair = known.resume == Resume::Repair;
        let authority = (hello.authority, known.authority);
        let answers = std::mem::take(&mut known.answers);
        let welcome = welcome(now, known, &hello, same);
        if welcome.resume == Resume::Ok && same {
            self.follow(hello.behind.clone());
            self.phase = Phase::Reading(Box::new(welcome));
            self.read_feed();
        } else {
            self.owed = true;
            self.phase = match welcome.resume {
                Resume::Ok => Phase::Live,
                Resume::Repair => Phase::Repairing(Box::new(Repair::new(welcome.at))),
            };
            self.say(welcome);
        }
        if !answers.is_empty() {
            self.tell(Answers { answers }.into());
        }
        if repair {
            self.exchange_authority(authority.0, authority.1);
        } else {
            self.compare_authority(authority.0, authority.1);
        }
    }

    fn escrow(&mut self, now: Timestamp, known: Known) {
        self.phase = Phase::Escrow;
        self.until = Some(now.plus_ms(ANSWER_MS));
        self.say(Welcome {
            resume: Resume::Ok,
            at: known.at,
            feed: false,
            time: now,
            allowed: allowed(),
            scopes: None,
            definitions: None,
            authority: known.authority,
            person: known.person,
            escrow: Some(true),
            left_out: None,
        });
    }

    /// Begins to feed the scopes, each from where the device holds it.
    fn follow(&mut self, mut behind: Vec<Behind>) {
        behind.retain(|b| b.position < self.read_to && self.scopes.binary_search(&b.scope).is_ok());
        self.behind = behind;
        self.following = Some(self.scopes.clone());
    }

    fn read_on(&mut self) {
        let open = self.feeds_sent.saturating_sub(self.feeds_got) < u64::from(FEED_WINDOW_FRAMES);
        let lacks = self.owed || !self.behind.is_empty() || self.read_to < self.log_end;
        let live = matches!(self.phase, Phase::Live);
        if live && open && lacks && self.reading == Reading::No && self.following.is_some() {
            self.read_feed();
        }
    }

    fn read_feed(&mut self) {
        let Some(scopes) = &self.following else {
            return;
        };
        let after = scopes.iter().map(|scope| {
            let behind = self.behind.iter().find(|behind| behind.scope == *scope);
            let position = behind.map_or(self.read_to, |behind| behind.position);
            Behind {
                scope: *scope,
                position,
            }
        });
        let after = after.collect();
        self.reading = Reading::Yes;
        self.asked_end = self.log_end;
        self.outputs.push_back(Output::ReadFeed {
            after,
            bytes_max: FEED_PAGE_BYTES_MAX,
        });
    }

    fn page(&mut self, page: Page) {
        match std::mem::replace(&mut self.reading, Reading::No) {
            Reading::No => return,
            Reading::Stale => return self.read_on(),
            Reading::Yes => {}
        }
        let upto = page.upto;
        // What the device holds has to be compared with a new life first.
        if self.life != Some(upto.epoch) {
            return self.close(CloseCode::ShuttingDown, Some(0));
        }
        for behind in &mut self.behind {
            behind.position = behind.position.max(upto.position);
        }
        // Without more, the scopes have nothing up to the end that was known when it was asked for.
        let end = if page.more {
            upto.position
        } else {
            upto.position.max(self.asked_end)
        };
        self.read_to = self.read_to.max(end);
        let read_to = self.read_to;
        self.behind.retain(|behind| behind.position < read_to);
        let phase = std::mem::replace(&mut self.phase, Phase::Live);
        if let Phase::Reading(mut welcome) = phase {
            welcome.feed = !page.bodies.is_empty() || page.more;
            self.owed = page.bodies.is_empty() && page.more;
            // What it speaks of is the place read to.
            welcome.at = if welcome.feed { welcome.at } else { upto };
            self.say(*welcome);
            std::mem::take(&mut self.after_welcome)
                .into_iter()
                .for_each(|later| self.say(later));
        } else {
            self.phase = phase;
        }
        self.send_page(page);
        self.read_on();
    }

    fn send_page(&mut self, page: Page) {
        let owed = self.owed && page.bodies.is_empty() && !page.more;
        let last = page.bodies.len().saturating_sub(1);
        let nothing = owed.then(|| Packed::pack::<u8>(&[]).ok()).flatten();
        for (index, updates) in page.bodies.into_iter().chain(nothing).enumerate() {
            let upto = (index == last).then_some(page.upto);
            self.send_feed(updates, upto, page.more || upto.is_none());
        }
    }

    fn send_feed(&mut self, updates: Packed, upto: Option<Cursor>, more: bool) {
        self.feeds_sent += 1;
        // A device that was told of more waits for the end of it.
        self.owed = more;
        self.say(Feed {
            number: self.feeds_sent,
            updates,
            upto,
            more,
        });
    }

    fn scopes_changed(&mut self, scopes: Vec<Scope>) {
        match self.phase {
            Phase::Live if self.following.is_some() => {}
            // Its answer must not be taken for one to these.
            Phase::Live => {
                self.newer_scopes = Some(scopes);
                return;
            }
            // Told anew at the next hello.
            Phase::LookingUp(..) | Phase::Reading(_) | Phase::Repairing(_) => {
                return self.close(CloseCode::ShuttingDown, Some(0));
            }
            Phase::New
            | Phase::Challenged(_)
            | Phase::Escrow
            | Phase::Enrolling
            | Phase::Closed => return,
        }
        self.scopes = sorted_ids(&scopes);
        self.following = None;
        if self.reading == Reading::Yes {
            self.reading = Reading::Stale;
        }
        self.owed = true;
        self.say(Scopes { scopes });
    }
}

fn sorted_ids(scopes: &[Scope]) -> Vec<ScopeId> {
    let ids: BTreeSet<ScopeId> = scopes.iter().map(Scope::id).collect();
    ids.into_iter().collect()
}

fn allowed() -> Allowed {
    let frame_bytes = u32::try_from(FRAME_BYTES_MAX).unwrap_or(u32::MAX);
    Allowed {
        window: FEED_WINDOW_FRAMES,
        frame_bytes,
    }
}

fn welcome(now: Timestamp, mut known: Known, hello: &Hello, same: bool) -> Welcome {
    known.definitions.sort();
    known.definitions.dedup();
    let digest: Short = super::digest::definitions_digest(&known.definitions);
    Welcome {
        resume: known.resume,
        at: known.at,
        feed: true,
        time: now,
        allowed: allowed(),
        scopes: (!same).then_some(known.scopes),
        definitions: (digest != hello.definitions).then_some(known.definitions),
        authority: known.authority,
        person: known.person,
        escrow: None,
        left_out: (known.left_out > 0).then_some(known.left_out),
    }
}
