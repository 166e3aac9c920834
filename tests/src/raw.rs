//! A device spoken by hand: every frame is the test's own, so it can say what an engine never says.
//!
//! Never keeps to the protocol by itself: no answer, no acknowledgement, no second try.

#![expect(
    clippy::panic,
    reason = "a test that is not answered as expected must say by what"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use liandu_core::id::{Actor, DeploymentId, DeviceId, Position, RecordId};
use liandu_core::limits::{FEED_UPDATES_MAX, PUSH_RECORDS_MAX};
use liandu_core::protocol::digest::{definitions_digest, scopes_digest};
use liandu_core::protocol::enrol::{self, Enroller, Enrolment};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::{Challenge, CloseCode, Enrolled, Hello, Push};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::{Chunk, RecordPush, RecordUpdate, RecordVerdicts, UpdateBody};
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::{Author, DefinitionRef, RawChange, RecordDoc};
use liandu_core::seal::{HelloProof, Seal, SecretKey};
use liandu_core::time::Timestamp;
use liandu_device::native::now;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::World;

/// Longest wait for one frame.
const ANSWER: Duration = Duration::from_secs(60);

/// Somebody who is enrolled like everybody else.
pub struct Raw {
    /// Its id.
    pub device: DeviceId,
    /// Its key.
    pub key: SecretKey,
    /// What the server said of it.
    pub enrolled: Enrolled,
}

/// An open connection.
pub struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The server's first word.
    pub challenge: Challenge,
    /// Everything it said after that.
    pub heard: Vec<ToDevice>,
}

impl Line {
    /// Connects and hears the challenge.
    pub async fn open(world: &World) -> Line {
        let (socket, _) = connect_async(world.server().sync_url())
            .await
            .expect("a connection");
        let challenge = Challenge {
            nonce: Default::default(),
            versions: Vec::new(),
            deployment: DeploymentId([0; 16]),
            time: Timestamp(0),
        };
        let mut line = Line {
            socket,
            challenge,
            heard: Vec::new(),
        };
        line.challenge = match line.hear().await {
            Some(ToDevice::Challenge(challenge)) => challenge,
            other => panic!("no challenge but {other:?}"),
        };
        line
    }

    /// Sends one message.
    pub async fn say(&mut self, message: impl Into<ToServer>) {
        self.send(message.into().encode().expect("a frame")).await;
    }

    async fn send(&mut self, frame: Vec<u8>) {
        // Who was hung up on hears it with the next word.
        self.socket.send(Message::Binary(frame.into())).await.ok();
    }

    /// The next message; none once the server has hung up.
    pub async fn hear(&mut self) -> Option<ToDevice> {
        loop {
            let heard = tokio::time::timeout(ANSWER, self.socket.next()).await;
            let Some(Ok(message)) = heard.expect("an answer in time") else {
                return None;
            };
            if let Message::Binary(frame) = message {
                match ToDevice::decode(&frame).expect("a frame") {
                    Decoded::Message(message) => {
                        self.heard.push(message.clone());
                        return Some(message);
                    }
                    Decoded::Unknown(number) => panic!("type {number}"),
                }
            }
        }
    }

    /// Hears on until that comes.
    pub async fn until<T>(&mut self, pick: impl Fn(&ToDevice) -> Option<T>) -> T {
        loop {
            let message = self.hear().await.expect("the server hung up");
            if let Some(picked) = pick(&message) {
                return picked;
            }
        }
    }

    /// How the server ends it.
    pub async fn end(&mut self) -> CloseCode {
        let close = |message: &ToDevice| {
            let ToDevice::Close(close) = message else {
                return None;
            };
            Some(close.code)
        };
        self.until(close).await
    }

    /// Pushes and hears what became of it.
    pub async fn push(&mut self, batch: u64, pushes: &[RecordPush]) -> Vec<RecordVerdicts> {
        let records = Packed::pack(pushes).expect("small enough");
        self.say(Push { batch, records }).await;
        let verdicts = |message: &ToDevice| {
            let ToDevice::Verdicts(verdicts) = message else {
                return None;
            };
            let ours = verdicts.batch == batch;
            ours.then(|| {
                verdicts
                    .records
                    .unpack::<RecordVerdicts, PUSH_RECORDS_MAX>()
            })
        };
        self.until(verdicts).await.expect("verdicts")
    }

    /// The updates of the next feed that has any.
    pub async fn fed(&mut self) -> Vec<RecordUpdate> {
        let updates = |message: &ToDevice| {
            let ToDevice::Feed(feed) = message else {
                return None;
            };
            let updates = feed.updates.unpack::<RecordUpdate, FEED_UPDATES_MAX>();
            Some(updates.expect("updates")).filter(|updates| !updates.is_empty())
        };
        self.until(updates).await
    }
}

impl Raw {
    /// Enrols with an invitation of that person, who must be known.
    pub async fn enrol(world: &World, person: &str, number: u8) -> Raw {
        let (device, key) = (DeviceId([number; 8]), SecretKey::from_bytes(&[number; 32]));
        let invitation = world.server().invite(person).expect("invited");
        let mut enroller = Enroller::new(Enrolment {
            invitation,
            device,
            key: key.public(),
            label: person.to_owned(),
        });
        let mut line = Line::open(world).await;
        enroller.handle(now(), enrol::Input::Connected);
        let again = ToDevice::from(line.challenge.clone()).encode();
        enroller.handle(now(), enrol::Input::Frame(again.expect("a frame")));
        loop {
            match enroller.poll() {
                Some(enrol::Output::Send(frame)) => line.send(frame).await,
                Some(enrol::Output::Sign(words)) => {
                    let signature = key.sign(&words);
                    enroller.handle(now(), enrol::Input::Signed { words, signature });
                }
                Some(enrol::Output::Disconnect) => {}
                Some(enrol::Output::Enrolled(enrolled)) => {
                    let enrolled = *enrolled;
                    return Raw {
                        device,
                        key,
                        enrolled,
                    };
                }
                Some(enrol::Output::Failed(why)) => panic!("not enrolled: {why:?}"),
                None => {
                    let answer = line.hear().await.expect("an answer");
                    let frame = answer.encode().expect("a frame");
                    enroller.handle(now(), enrol::Input::Frame(frame));
                }
            }
        }
    }

    /// The hello that it would say if it held nothing but these scopes, signed for that challenge.
    pub fn hello(&self, to: &Challenge, scopes: &[Scope]) -> Hello {
        let version = *to.versions.first().expect("a version");
        let proof = HelloProof {
            deployment: &to.deployment,
            device: &self.device,
            nonce: &to.nonce.0,
            version,
        };
        Hello {
            version,
            device: self.device,
            signature: proof.sign(&self.key),
            cursor: None,
            behind: Vec::new(),
            scopes: scopes_digest(&scopes.iter().map(Scope::id).collect::<BTreeSet<_>>()),
            definitions: definitions_digest(&Vec::<DefinitionRef>::new()),
            authority: Position(0),
            time: now(),
            app: "by hand".to_owned(),
            unsent: 0,
            certificate: None,
            answers: None,
        }
    }

    /// Connects and is welcome, with its own scopes.
    pub async fn welcome(&self, world: &World) -> Line {
        let mut line = Line::open(world).await;
        let hello = self.hello(&line.challenge, &self.enrolled.scopes);
        line.say(hello).await;
        let welcome = |message: &ToDevice| matches!(message, ToDevice::Welcome(_)).then_some(());
        line.until(welcome).await;
        line
    }

    /// Its seal over a change, whoever made that.
    pub fn seal(&self, record: RecordId, change: &RawChange) -> Seal {
        let deployment = &self.enrolled.deployment;
        let RawChange {
            actor, seq, hash, ..
        } = change;
        Seal::sign(&self.key, deployment, &record, *actor, *seq, *hash)
    }
}

/// A record as a feed brought it, with the seals beside it.
pub fn carried(updates: &[RecordUpdate]) -> (RecordDoc, Vec<Seal>) {
    let update = updates.first().expect("an update");
    let UpdateBody::Changed { chunk, seals, .. } = &update.body else {
        panic!("not a change: {update:?}");
    };
    let doc = RecordDoc::load(update.record, &chunk.parts()).expect("a record");
    (doc, seals.clone())
}

/// Writes as that actor, whoever it is.
pub fn write_as(actor: Actor, doc: &mut RecordDoc, edit: &Edit, form: &DefinitionRef) -> RawChange {
    let author = Author {
        actor,
        person: None,
        behalf: None,
        definition: form.clone(),
        authority: Position(1_000),
    };
    let seen = doc.heads();
    doc.apply(edit, &author, &seen, now())
        .expect("an edit")
        .change
}

/// Changes of a problem as a device sends them.
pub fn pushed(
    record: RecordId,
    scope: Option<Scope>,
    changes: &[RawChange],
    seals: Vec<Seal>,
) -> RecordPush {
    RecordPush {
        record,
        kind: Kind::Problem.into(),
        scope,
        chunk: Chunk::Changes(changes.iter().map(|change| change.bytes.clone()).collect()),
        seals,
    }
}
