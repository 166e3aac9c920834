//! What the client does with each message of the server.
//!
//! Never trusts one: what cannot be read or comes out of turn is odd, and too much of it ends the
//! connection.

use std::collections::BTreeSet;

use super::{Client, Held, Odd, Output, Phase, Repair, Sent, Status, Stop};
use crate::id::{Position, RecordId, ScopeId};
use crate::limits::{FEED_UPDATES_MAX, NUMBERS_MAX, PUSH_RECORDS_MAX, STRIKES_MAX};
use crate::protocol::VERSIONS;
use crate::protocol::envelope::Part;
use crate::protocol::frame::{Decoded, ToDevice, ToServer};
use crate::protocol::message::{
    Authority, Busy, Carried, Carry, Challenge, Close, CloseCode, Cursor, Definition, Differ, Feed,
    Numbers, Outcome, Resume, Verdicts, Want, WantAuthority, WantDefinitions, WantNumbers, Welcome,
};
use crate::protocol::packed::Packed;
use crate::record::DefinitionRef;
use crate::record::scope::Scope;
use crate::seal::{HelloProof, SignatureBytes, ToSign};
use crate::time::Timestamp;

impl Client {
    pub(super) fn frame(&mut self, now: Timestamp, frame: &[u8]) {
        if !self.is_open() {
            return;
        }
        self.silent_since = self.silent_since.map(|_| now);
        match ToDevice::decode(frame) {
            Ok(Decoded::Message(message)) => self.message(now, message),
            Ok(Decoded::Unknown(number)) => self.odd(Odd::UnknownType(number)),
            Err(_) => self.strike(now, Odd::Unreadable),
        }
        if self.nothing_awaited() {
            self.silent_since = None;
        }
    }

    fn message(&mut self, now: Timestamp, message: ToDevice) {
        match (&self.phase, message) {
            (_, ToDevice::Close(close)) => self.closed(now, &close),
            (Phase::Connected, ToDevice::Challenge(challenge)) => self.challenged(now, &challenge),
            (Phase::Greeted, ToDevice::Welcome(welcome)) => self.welcomed(now, welcome),
            (Phase::Live | Phase::Escrow | Phase::Repairing(_), message) => {
                self.settled(now, message);
            }
            (
                Phase::Stopped
                | Phase::Waiting { .. }
                | Phase::Connecting
                | Phase::Connected
                | Phase::Proving { .. }
                | Phase::Greeted,
                message,
            ) => self.strike(now, Odd::OutOfTurn(message.type_name())),
        }
    }

    /// Messages after the welcome.
    fn settled(&mut self, now: Timestamp, message: ToDevice) {
        match message {
            ToDevice::Verdicts(verdicts) => self.verdicts(now, verdicts),
            ToDevice::Busy(busy) => self.busy(now, busy),
            ToDevice::Feed(feed) => self.feed(now, feed),
            ToDevice::Definition(definition) => self.definition(now, definition),
            ToDevice::Authority(Authority {
                position,
                statements,
            }) => {
                self.outputs.push_back(Output::Authority {
                    position,
                    statements,
                });
            }
            ToDevice::Scopes(told) => self.scopes(told.scopes),
            ToDevice::Answers(told) => self.outputs.push_back(Output::Answers(told.answers)),
            ToDevice::Carried(told) => self.carried(told),
            ToDevice::Numbers(told) => self.numbers(told),
            ToDevice::Differ(differ) => self.differ(now, differ),
            ToDevice::Want(want) => self.want(now, want),
            ToDevice::WantAuthority(WantAuthority { after }) => {
                self.outputs.push_back(Output::NeedAuthority { after });
            }
            ToDevice::Challenge(_)
            | ToDevice::Welcome(_)
            | ToDevice::Enrolled(_)
            | ToDevice::Close(_) => self.strike(now, Odd::OutOfTurn(message.type_name())),
        }
    }

    /// Whether it is the device's turn, or nobody's.
    fn nothing_awaited(&self) -> bool {
        let settled = match &self.phase {
            Phase::Live => {
                let ours = !self.unstored.is_empty() || self.new_scopes.is_some();
                ours || self.status != Status::CatchingUp
            }
            Phase::Escrow => true,
            Phase::Repairing(repair) => !repair.awaiting,
            Phase::Stopped
            | Phase::Waiting { .. }
            | Phase::Connecting
            | Phase::Connected
            | Phase::Proving { .. }
            | Phase::Greeted => false,
        };
        settled && self.sent.values().all(|sent| sent.again.is_some())
    }

    fn odd(&mut self, odd: Odd) {
        self.outputs.push_back(Output::Odd(odd));
    }

    fn strike(&mut self, now: Timestamp, odd: Odd) {
        self.odd(odd);
        self.strikes += 1;
        if self.strikes >= STRIKES_MAX {
            self.hang_up(now);
        }
    }

    fn hang_up(&mut self, now: Timestamp) {
        self.outputs.push_back(Output::Disconnect);
        self.of_use = false;
        self.wait(now, None);
    }

    fn challenged(&mut self, now: Timestamp, challenge: &Challenge) {
        if challenge.deployment != self.identity.deployment {
            return self.stop(Stop::WrongServer);
        }
        let common = VERSIONS
            .iter()
            .copied()
            .find(|version| challenge.versions.contains(version));
        let Some(version) = common else {
            self.outputs.push_back(Output::Disconnect);
            let wait = self.backoff.longest_ms();
            return self.wait_ms(now, wait);
        };
        let proof = HelloProof {
            deployment: &self.identity.deployment,
            device: &self.identity.device,
            nonce: &challenge.nonce.0,
            version,
        };
        let words = proof.words();
        self.outputs.push_back(Output::Sign(words.clone()));
        self.phase = Phase::Proving { version, words };
        self.silent_since = Some(now);
    }

    /// A signature over other words is one that was asked for on an earlier connection.
    pub(super) fn proved(&mut self, now: Timestamp, signed: &ToSign, signature: SignatureBytes) {
        let Phase::Proving { version, words } = &self.phase else {
            return;
        };
        if words != signed {
            return;
        }
        let version = *version;
        let hello = self.hello(version, signature, now);
        self.say(&hello.into());
        self.phase = Phase::Greeted;
        self.silent_since = Some(now);
    }

    fn welcomed(&mut self, now: Timestamp, welcome: Welcome) {
        self.present_certificate = false;
        self.frame_bytes_max = usize::try_from(welcome.allowed.frame_bytes).unwrap_or(usize::MAX);
        self.outputs.push_back(Output::Greeted {
            time: welcome.time,
            person: welcome.person,
            left_out: welcome.left_out.unwrap_or(0),
        });
        if welcome.escrow == Some(true) {
            self.phase = Phase::Escrow;
            self.show(Status::Escrow);
            return self.outputs.push_back(Output::Room(self.room()));
        }
        let repair = welcome.resume == Resume::Repair;
        self.phase = if repair {
            Phase::Repairing(Repair::default())
        } else {
            Phase::Live
        };
        if repair {
            self.show(Status::Repairing);
        } else if welcome.feed || welcome.scopes.is_some() {
            self.show(Status::CatchingUp);
            self.silent_since = Some(now);
        } else {
            self.caught_up(welcome.at);
        }
        if let Some(names) = welcome.definitions {
            self.lacking(names);
        }
        match welcome.scopes {
            Some(scopes) => self.scopes(scopes),
            None if repair => self.outputs.push_back(Output::NeedDigests),
            None => {}
        }
        self.outputs.push_back(Output::Room(self.room()));
    }

    fn caught_up(&mut self, at: Cursor) {
        self.arrived = self.arrived.advanced(at);
        self.holding.held = self.arrived.clone();
        self.outputs
            .push_back(Output::CaughtUp(self.arrived.clone()));
        self.show(Status::InSync);
    }

    fn lacking(&mut self, names: Vec<DefinitionRef>) {
        let known = &self.holding.definitions;
        let names: Vec<DefinitionRef> = names
            .into_iter()
            .filter(|name| !known.contains(name))
            .collect();
        if !names.is_empty() {
            self.say(&WantDefinitions { names }.into());
        }
    }

    /// New scopes begin at 0, those that are gone are forgotten: at once, for their records go even
    /// if the same scopes are told again before that is stored, or the connection ends.
    fn scopes(&mut self, scopes: Vec<Scope>) {
        let ids: BTreeSet<ScopeId> = scopes.iter().map(Scope::id).collect();
        self.holding.scopes.retain(|scope| ids.contains(scope));
        let mut held = self.arrived.clone();
        held.behind.retain(|scope, _| ids.contains(scope));
        if held.cursor.is_some() {
            for new in ids.difference(&self.holding.scopes) {
                held.behind.insert(*new, Position(0));
            }
        }
        self.arrived = held.clone();
        self.new_scopes = Some((ids, held.clone()));
        self.outputs.push_back(Output::Scopes { scopes, held });
        match self.phase {
            Phase::Live => self.show(Status::CatchingUp),
            Phase::Repairing(_)
            | Phase::Escrow
            | Phase::Stopped
            | Phase::Waiting { .. }
            | Phase::Connecting
            | Phase::Connected
            | Phase::Proving { .. }
            | Phase::Greeted => {}
        }
    }

    fn feed(&mut self, now: Timestamp, feed: Feed) {
        if feed.number <= self.fed {
            return self.odd(Odd::OutOfTurn("Feed"));
        }
        if feed.number != self.fed + 1 {
            // Its cursor would claim what got lost on the way.
            self.odd(Odd::OutOfTurn("Feed"));
            return self.hang_up(now);
        }
        self.fed = feed.number;
        let unpacked = feed.updates.unpack_lenient::<_, FEED_UPDATES_MAX>();
        let Ok((updates, odd)) = unpacked else {
            // Nothing after it may be taken for complete.
            self.odd(Odd::Unreadable);
            return self.hang_up(now);
        };
        let live = matches!(self.phase, Phase::Live);
        let other = |upto: &Cursor| live && self.arrived.is_of_another_life(upto);
        if feed.upto.as_ref().is_some_and(other) {
            // Only a repair leads from one life of the log into the next.
            self.odd(Odd::OutOfTurn("Feed"));
            return self.hang_up(now);
        }
        (0..odd).for_each(|_| self.odd(Odd::UnreadableItem));
        let held: Option<Held> = feed.upto.map(|upto| self.arrived.advanced(upto));
        if let Some(held) = &held {
            self.arrived = held.clone();
        }
        self.unstored.insert(feed.number, held.clone());
        let (feed, more, ends) = (feed.number, feed.more, held.is_some());
        self.outputs.push_back(Output::Updates {
            feed,
            updates,
            held,
            more,
        });
        if ends && matches!(self.phase, Phase::Repairing(_)) {
            self.phase = Phase::Live;
        }
        if matches!(self.phase, Phase::Live) && self.new_scopes.is_none() {
            self.show(if more {
                Status::CatchingUp
            } else {
                Status::InSync
            });
        }
    }

    fn verdicts(&mut self, now: Timestamp, verdicts: Verdicts) {
        let unpacked = verdicts.records.unpack_lenient::<_, PUSH_RECORDS_MAX>();
        let Some(Sent { offer, .. }) = self.sent.remove(&verdicts.batch) else {
            return self.odd(Odd::OutOfTurn("Verdicts"));
        };
        let Ok((records, odd)) = unpacked else {
            self.outputs.push_back(Output::Returned { offer });
            return self.strike(now, Odd::Unreadable);
        };
        (0..odd).for_each(|_| self.odd(Odd::UnreadableItem));
        self.of_use = true;
        let Verdicts { time, tier, .. } = verdicts;
        self.outputs.push_back(Output::Verdicts {
            offer,
            time,
            tier,
            records,
        });
        self.outputs.push_back(Output::Room(self.room()));
    }

    fn busy(&mut self, now: Timestamp, busy: Busy) {
        let wait = i64::try_from(busy.retry_after_ms.clamp(100, 3_600_000)).unwrap_or(100);
        match self.sent.get_mut(&busy.batch) {
            Some(sent) => sent.again = Some(now.plus_ms(wait)),
            None => self.odd(Odd::OutOfTurn("Busy")),
        }
    }

    /// A server that does not know of it says nothing, which is no reason to hang up.
    pub(super) fn carry(&mut self, cover: Vec<u8>, part: Part) {
        if !self.may_carry() {
            return;
        }
        let number = self.carried + 1;
        let carry = Carry {
            number,
            cover,
            part,
        };
        let frame = ToServer::from(carry).encode().ok();
        // What this server takes no frame of waits for another time, and holds up nothing.
        let Some(frame) = frame.filter(|frame| frame.len() <= self.frame_bytes_max) else {
            let (outcome, receipts) = (Outcome::Later, Vec::new());
            let later = Output::Carried { outcome, receipts };
            return self.outputs.push_back(later);
        };
        self.carried = number;
        self.carrying = true;
        self.outputs.push_back(Output::Send(frame));
    }

    /// A server that does not know of it says nothing, which is no reason to hang up.
    pub(super) fn want_numbers(&mut self, mut records: Vec<RecordId>) {
        if self.may_ask() {
            self.numbering = true;
            records.truncate(NUMBERS_MAX);
            self.say(&WantNumbers { records }.into());
        }
    }

    fn numbers(&mut self, told: Numbers) {
        if !std::mem::replace(&mut self.numbering, false) {
            return self.odd(Odd::OutOfTurn("Numbers"));
        }
        self.outputs.push_back(Output::Numbers(told.numbers));
    }

    fn carried(&mut self, told: Carried) {
        if !self.carrying || told.number != self.carried {
            return self.odd(Odd::OutOfTurn("Carried"));
        }
        self.carrying = false;
        let (outcome, receipts) = (told.outcome, told.receipts);
        self.outputs
            .push_back(Output::Carried { outcome, receipts });
    }

    fn definition(&mut self, now: Timestamp, definition: Definition) {
        let texts = Packed::unpack::<minicbor::bytes::ByteVec, 1>(&definition.json);
        match texts.map(|mut texts| texts.pop()) {
            Ok(Some(json)) => {
                let (name, json) = (definition.name, json.into());
                self.outputs.push_back(Output::Definition { name, json });
            }
            Ok(None) | Err(_) => self.strike(now, Odd::Unreadable),
        }
    }

    fn differ(&mut self, now: Timestamp, differ: Differ) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return self.strike(now, Odd::OutOfTurn("Differ"));
        };
        repair.left = differ.scopes.into();
        repair.after = None;
        self.next_page();
    }

    fn want(&mut self, now: Timestamp, want: Want) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return self.strike(now, Odd::OutOfTurn("Want"));
        };
        if want.page != repair.page || !repair.awaiting {
            return self.strike(now, Odd::OutOfTurn("Want"));
        }
        if repair.after.is_none() {
            repair.left.pop_front();
        }
        if !want.records.is_empty() {
            self.outputs.push_back(Output::Wanted(want.records));
        }
        self.next_page();
    }

    /// Asks the engine for the next page; without one the server ends the repair by a feed.
    fn next_page(&mut self) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        repair.awaiting = repair.left.is_empty();
        if let Some(scope) = repair.left.front() {
            let (scope, after) = (*scope, repair.after);
            self.outputs.push_back(Output::NeedHeads { scope, after });
        }
    }

    fn closed(&mut self, now: Timestamp, close: &Close) {
        let retry = close.retry_after_ms;
        match close.code {
            CloseCode::Revoked if self.holding.unsent == 0 => self.stop(Stop::Revoked),
            CloseCode::BadSignature | CloseCode::InvitationRefused => {
                self.stop(Stop::BadSignature);
            }
            CloseCode::UnknownDevice => {
                if self.present_certificate || self.identity.certificate.is_none() {
                    self.present_certificate = false;
                    return self.stop(Stop::UnknownDevice);
                }
                self.present_certificate = true;
                self.outputs.push_back(Output::Disconnect);
                self.wait(now, retry);
            }
            CloseCode::VersionTooOld | CloseCode::Superseded => {
                self.outputs.push_back(Output::Disconnect);
                let wait = self.backoff.longest_ms().max(retry.unwrap_or(0));
                self.wait_ms(now, wait);
            }
            CloseCode::Revoked
            | CloseCode::Overloaded
            | CloseCode::ProtocolError
            | CloseCode::ShuttingDown
            | CloseCode::TooSlow
            | CloseCode::Done
            | CloseCode::Newer(_) => {
                self.outputs.push_back(Output::Disconnect);
                self.wait(now, retry);
            }
        }
    }
}
