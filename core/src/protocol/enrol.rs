//! The device's side of an enrolment, without IO: one connection, one invitation, one answer.
//!
//! Never tries again by itself: an invitation has one use, and the person is standing there.

use std::collections::VecDeque;

use super::VERSIONS;
use super::frame::{Decoded, ToDevice, ToServer};
use super::message::{Challenge, Close, Enrol, Enrolled};
use crate::id::DeviceId;
use crate::limits::{ANSWER_MS, LABEL_BYTES_MAX};
use crate::seal::{EnrolProof, PublicKey, SignatureBytes, ToSign};
use crate::time::Timestamp;

/// What the device brings.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// What the QR code said.
    pub invitation: String,
    /// The id the device chose: 8 random bytes. Stored durably, like the key, before it is sent.
    pub device: DeviceId,
    /// Its key.
    pub key: PublicKey,
    /// What the person calls it.
    pub label: String,
}

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// The socket is open.
    Connected,
    /// A binary message came.
    Frame(Vec<u8>),
    /// The key signed what `Output::Sign` asked for.
    Signed {
        /// What it asked for.
        words: ToSign,
        /// By the key that is being registered.
        signature: SignatureBytes,
    },
    /// The key could not sign it.
    NotSigned,
    /// The socket is closed or could not be opened.
    Disconnected,
    /// `deadline` has passed.
    Tick,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a binary message.
    Send(Vec<u8>),
    /// Have the key sign this; answer with `Signed`.
    Sign(ToSign),
    /// Close the socket.
    Disconnect,
    /// Store this durably; then a `Client` can be made. The last output.
    Enrolled(Box<Enrolled>),
    /// It did not work. The last output.
    Failed(Failure),
}

/// Why an enrolment did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server said why.
    Closed(Close),
    /// The key did not sign: nothing was said to the server, try again.
    NotSigned,
    /// No answer: whether the invitation is used up is unknown; try again with the same key.
    NoAnswer,
    /// The server speaks none of this app's protocol versions: update the app.
    NoCommonVersion,
    /// Not a Liandu server, or its answer is not for this device and key.
    WrongAnswer,
    /// The invitation or the label is longer than allowed.
    TooLong,
}

/// The device's side of one enrolment.
#[derive(Debug)]
pub struct Enroller {
    enrolment: Enrolment,
    /// The challenge taken up, with the version chosen and what is signed for it.
    challenged: Option<(Challenge, u16, ToSign)>,
    until: Option<Timestamp>,
    done: bool,
    outputs: VecDeque<Output>,
}

impl Enroller {
    /// Begins when the socket is open.
    pub fn new(enrolment: Enrolment) -> Enroller {
        Enroller {
            enrolment,
            challenged: None,
            until: None,
            done: false,
            outputs: VecDeque::new(),
        }
    }

    /// The next thing to be done outside.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.until.filter(|_| !self.done)
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        if self.done {
            return;
        }
        match input {
            Input::Connected => self.until = Some(now.plus_ms(ANSWER_MS)),
            Input::Signed { words, signature } => self.signed(&words, signature),
            Input::NotSigned => self.end(Output::Failed(Failure::NotSigned)),
            Input::Disconnected => self.end(Output::Failed(Failure::NoAnswer)),
            Input::Tick => {
                if self.until.is_some_and(|until| until <= now) {
                    self.end(Output::Failed(Failure::NoAnswer));
                }
            }
            Input::Frame(frame) => match ToDevice::decode(&frame) {
                Ok(Decoded::Message(message)) => self.message(message),
                Ok(Decoded::Unknown(_)) => {}
                Err(_) => self.end(Output::Failed(Failure::WrongAnswer)),
            },
        }
    }

    fn message(&mut self, message: ToDevice) {
        match message {
            ToDevice::Challenge(challenge) if self.challenged.is_none() => self.enrol(challenge),
            ToDevice::Enrolled(enrolled) => self.enrolled(enrolled),
            ToDevice::Close(close) => self.end(Output::Failed(Failure::Closed(close))),
            ToDevice::Challenge(_)
            | ToDevice::Welcome(_)
            | ToDevice::Verdicts(_)
            | ToDevice::Busy(_)
            | ToDevice::Feed(_)
            | ToDevice::Definition(_)
            | ToDevice::Authority(_)
            | ToDevice::Scopes(_)
            | ToDevice::Differ(_)
            | ToDevice::Want(_)
            | ToDevice::Answers(_)
            | ToDevice::WantAuthority(_)
            | ToDevice::Carried(_)
            | ToDevice::Numbers(_) => self.end(Output::Failed(Failure::WrongAnswer)),
        }
    }

    fn enrol(&mut self, challenge: Challenge) {
        let common = VERSIONS
            .iter()
            .copied()
            .find(|version| challenge.versions.contains(version));
        let Some(version) = common else {
            return self.end(Output::Failed(Failure::NoCommonVersion));
        };
        let Enrolment {
            invitation,
            device,
            key,
            label,
        } = &self.enrolment;
        if invitation.len() > LABEL_BYTES_MAX || label.len() > LABEL_BYTES_MAX {
            return self.end(Output::Failed(Failure::TooLong));
        }
        let proof = EnrolProof {
            deployment: &challenge.deployment,
            device,
            nonce: &challenge.nonce.0,
            invitation,
        };
        let words = proof.words(key);
        self.outputs.push_back(Output::Sign(words.clone()));
        self.challenged = Some((challenge, version, words));
    }

    fn signed(&mut self, signed: &ToSign, signature: SignatureBytes) {
        let version = match &self.challenged {
            Some((_, version, words)) if words == signed => *version,
            Some(_) | None => return,
        };
        let message = ToServer::from(Enrol {
            version,
            invitation: self.enrolment.invitation.clone(),
            device: self.enrolment.device,
            key: self.enrolment.key,
            label: self.enrolment.label.clone(),
            signature,
        });
        match message.encode() {
            Ok(frame) => self.outputs.push_back(Output::Send(frame)),
            Err(_) => self.end(Output::Failed(Failure::TooLong)),
        }
    }

    fn enrolled(&mut self, enrolled: Enrolled) {
        let asked = self.challenged.as_ref();
        let asked = asked.map(|(challenge, ..)| challenge.deployment);
        let certificate = &enrolled.certificate;
        let ours = asked == Some(enrolled.deployment)
            && certificate.deployment == enrolled.deployment
            && certificate.device == self.enrolment.device
            && certificate.key == self.enrolment.key
            && certificate.person == enrolled.person;
        self.end(if ours {
            Output::Enrolled(Box::new(enrolled))
        } else {
            Output::Failed(Failure::WrongAnswer)
        });
    }

    fn end(&mut self, output: Output) {
        self.done = true;
        self.outputs.push_back(Output::Disconnect);
        self.outputs.push_back(output);
    }
}
