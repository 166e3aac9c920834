//! What the session does with each message of the device.
//!
//! Never lets a device make it hold more than one waiting push and one page of heads.

use super::{Answer, Odd, Output, Phase, Session};
use crate::limits::{
    ANSWER_MS, FRAME_BYTES_MAX, HELLO_BYTES_MAX, PUSH_CHANGES_MAX, PUSH_RECORDS_MAX,
};
use crate::protocol::VERSIONS;
use crate::protocol::digest::scopes_digest;
use crate::protocol::frame::{Decoded, ToDevice, ToServer};
use crate::protocol::message::{
    Busy, Carried, Carry, CloseCode, Enrol, Follow, Got, Hello, Numbered, Numbers, Push, Verdicts,
    WantNumbers,
};
use crate::protocol::packed::Packed;
use crate::protocol::update::{RecordPush, RecordVerdicts};
use crate::seal::EnrolProof;
use crate::time::Timestamp;

impl Session {
    pub(super) fn frame(&mut self, now: Timestamp, frame: &[u8]) {
        let greeted = !matches!(self.phase, Phase::New | Phase::Challenged(_));
        if frame.len()
            > if greeted {
                FRAME_BYTES_MAX
            } else {
                HELLO_BYTES_MAX
            }
        {
            self.outputs.push_back(Output::Odd(Odd::Unreadable));
            return self.close(CloseCode::ProtocolError, None);
        }
        match ToServer::decode(frame) {
            Ok(Decoded::Message(message)) => self.message(now, message),
            Ok(Decoded::Unknown(number)) => {
                self.outputs
                    .push_back(Output::Odd(Odd::UnknownType(number)));
            }
            Err(_) => self.strike(Odd::Unreadable),
        }
    }

    fn message(&mut self, now: Timestamp, message: ToServer) {
        match (&self.phase, message) {
            (Phase::Challenged(_), ToServer::Hello(hello)) => self.hello(hello),
            (Phase::Challenged(_), ToServer::Enrol(enrol)) => self.enrol(enrol),
            (Phase::Escrow, ToServer::Push(push)) => {
                self.until = Some(now.plus_ms(ANSWER_MS));
                self.push(push);
            }
            (Phase::Live | Phase::Repairing(_), message) => self.settled(message),
            (
                Phase::New
                | Phase::Challenged(_)
                | Phase::LookingUp(..)
                | Phase::Reading(_)
                | Phase::Escrow
                | Phase::Enrolling
                | Phase::Closed,
                message,
            ) => self.strike(Odd::OutOfTurn(message.type_name())),
        }
    }

    /// Messages after the welcome.
    fn settled(&mut self, message: ToServer) {
        match message {
            ToServer::Push(push) => self.push(push),
            ToServer::Got(got) => self.got(got),
            ToServer::WantDefinitions(want) => {
                self.outputs.push_back(Output::ReadDefinitions(want.names));
            }
            ToServer::Follow(follow) => self.followed(follow),
            ToServer::Digests(digests) => self.digests(digests),
            ToServer::Heads(page) => self.heads(page),
            ToServer::Authority(authority) => {
                self.outputs.push_back(Output::KeepAuthority(authority));
            }
            ToServer::Carry(carry) => self.carry(carry),
            ToServer::WantNumbers(want) => self.want_numbers(want),
            ToServer::Hello(_) | ToServer::Enrol(_) => {
                self.strike(Odd::OutOfTurn(message.type_name()));
            }
        }
    }

    fn hello(&mut self, hello: Hello) {
        if !VERSIONS.contains(&hello.version) {
            return self.close(CloseCode::VersionTooOld, None);
        }
        let Phase::Challenged(nonce) = self.phase else {
            return;
        };
        self.outputs.push_back(Output::LookUp {
            device: hello.device,
            cursor: hello.cursor,
            certificate: hello.certificate.clone().map(Box::new),
            answers: hello.answers,
        });
        self.phase = Phase::LookingUp(nonce, Box::new(hello));
    }

    fn enrol(&mut self, enrol: Enrol) {
        let Phase::Challenged(nonce) = self.phase else {
            return;
        };
        let proof = EnrolProof {
            deployment: &self.deployment,
            device: &enrol.device,
            nonce: &nonce.0,
            invitation: &enrol.invitation,
        };
        if !VERSIONS.contains(&enrol.version) {
            return self.close(CloseCode::VersionTooOld, None);
        }
        if proof.verify(&enrol.key, &enrol.signature).is_err() {
            return self.close(CloseCode::BadSignature, None);
        }
        self.phase = Phase::Enrolling;
        self.outputs.push_back(Output::Enrol(Box::new(enrol)));
    }

    fn push(&mut self, push: Push) {
        match (self.admitting, &self.waiting) {
            (None, _) => self.admit(push),
            (Some(_), None) => self.waiting = Some(push),
            (Some(_), Some(_)) => {
                let (batch, retry_after_ms) = (push.batch, 1_000);
                self.say(Busy {
                    batch,
                    retry_after_ms,
                });
                self.strike(Odd::Flood);
            }
        }
    }

    pub(super) fn admit(&mut self, push: Push) {
        let unpacked = push
            .records
            .unpack_lenient::<RecordPush, PUSH_RECORDS_MAX>();
        let changes = |records: &[RecordPush]| -> usize {
            records.iter().map(|record| record.chunk.changes()).sum()
        };
        match unpacked {
            Ok((records, odd)) if changes(&records) <= PUSH_CHANGES_MAX => {
                for _ in 0..odd {
                    self.outputs.push_back(Output::Odd(Odd::UnreadableItem));
                }
                self.admitting = Some(push.batch);
                self.outputs.push_back(Output::Admit {
                    batch: push.batch,
                    records,
                });
            }
            Ok(_) | Err(_) => {
                self.strike(Odd::Unreadable);
                if let Some(waiting) = self.waiting.take() {
                    self.admit(waiting);
                }
            }
        }
    }

    pub(super) fn admitted(&mut self, now: Timestamp, batch: u64, answer: Answer) {
        if self.admitting != Some(batch) {
            return;
        }
        self.admitting = None;
        match answer {
            Answer::Busy { retry_after_ms } => self.say(Busy {
                batch,
                retry_after_ms,
            }),
            Answer::Verdicts {
                position,
                tier,
                records,
            } => {
                let records = packed_verdicts(records);
                self.say(Verdicts {
                    batch,
                    position,
                    time: now,
                    tier,
                    records,
                });
            }
        }
        if let Some(push) = self.waiting.take() {
            self.admit(push);
        }
    }

    fn carry(&mut self, carry: Carry) {
        if self.delivering.is_some() {
            return self.strike(Odd::Flood);
        }
        self.delivering = Some(carry.number);
        self.outputs.push_back(Output::Deliver(Box::new(carry)));
    }

    fn want_numbers(&mut self, want: WantNumbers) {
        if std::mem::replace(&mut self.numbering, true) {
            return self.strike(Odd::Flood);
        }
        self.outputs.push_back(Output::ReadNumbers(want.records));
    }

    pub(super) fn numbers(&mut self, numbers: Vec<Numbered>) {
        if std::mem::replace(&mut self.numbering, false) {
            self.tell(Numbers { numbers }.into());
        }
    }

    pub(super) fn delivered(&mut self, mut carried: Carried) {
        if self.delivering.take() != Some(carried.number) {
            return;
        }
        if ToDevice::from(carried.clone()).encode().is_err() {
            // What they say is in the log: who wrote the edits hears it on an own connection.
            carried.receipts.clear();
        }
        self.tell(carried.into());
    }

    fn got(&mut self, got: Got) {
        if let Some(position) = got.authority {
            self.outputs.push_back(Output::Acknowledged(position));
        }
        match got.feed {
            Some(feed) if feed > self.feeds_sent => self.strike(Odd::OutOfTurn("Got")),
            Some(feed) => {
                self.feeds_got = self.feeds_got.max(feed);
                self.read_on();
                self.compare_on();
            }
            None => {}
        }
    }

    fn followed(&mut self, follow: Follow) {
        if self.following.is_some() {
            return self.strike(Odd::OutOfTurn("Follow"));
        }
        if follow.scopes != scopes_digest(&self.scopes) {
            return;
        }
        self.follow(follow.behind);
        match self.newer_scopes.take() {
            Some(newer) => self.scopes_changed(newer),
            None => self.read_on(),
        }
    }
}

/// Verdicts of many refused changes may be too many for one frame: then the last records go
/// without an answer, and the device sends those again.
fn packed_verdicts(mut records: Vec<RecordVerdicts>) -> Packed {
    loop {
        match Packed::pack(&records) {
            Ok(packed) if packed.len() + 1_024 <= FRAME_BYTES_MAX => return packed,
            Ok(_) | Err(_) => records.truncate(records.len() / 2),
        }
    }
}
