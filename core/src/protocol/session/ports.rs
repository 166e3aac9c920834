//! What goes into and comes out of a session.
//!
//! Never anything but values: no callback, no handle.

use crate::id::{DeviceId, PersonId, Position, RecordId, ScopeId};
use crate::protocol::message::{
    Authority, Behind, Carried, Carry, CloseCode, Cursor, Digest, Enrol, Enrolled, HeadsPage,
    Nonce, Numbered, OfficeAnswer, RecordHeads, Resume, Tier,
};
use crate::protocol::packed::Packed;
use crate::protocol::update::{RecordPush, RecordVerdicts};
use crate::record::DefinitionRef;
use crate::record::scope::Scope;
use crate::seal::{EnrolmentCertificate, PublicKey};
use crate::time::Timestamp;

/// What the host knows of a device that said hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its key: the session checks the hello's signature.
    pub key: PublicKey,
    /// Whose it is.
    pub person: PersonId,
    /// Every scope it may follow.
    pub scopes: Vec<Scope>,
    /// Whether the hello's cursor is a place in the log; `Ok` for a device without one.
    pub resume: Resume,
    /// The log's durable end.
    pub at: Cursor,
    /// Every definition version there is.
    pub definitions: Vec<DefinitionRef>,
    /// Position of the last authority statement that concerns the device.
    pub authority: Position,
    /// It is revoked: it may only push, into escrow.
    pub escrow: bool,
    /// Scopes it could follow beside those, if they were not too many.
    pub left_out: u64,
    /// Answers of offices to its edits after the position in the hello, at most `ANSWERS_MAX`.
    pub answers: Vec<OfficeAnswer>,
}

/// A page of a feed, each body the packed `RecordUpdate`s of one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Usually one; none when nothing happened in the scopes; more for a record too large for one
    /// frame.
    pub bodies: Vec<Packed>,
    /// Everything of the scopes asked for up to here is in it.
    pub upto: Cursor,
    /// The log holds more after `upto`.
    pub more: bool,
}

/// The host's answer to `Admit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Everything in it is durable.
    Verdicts {
        /// The log's durable end.
        position: Position,
        /// Where it is safe.
        tier: Tier,
        /// One for each record.
        records: Vec<RecordVerdicts>,
    },
    /// Not now: try again after this, ms (jitter included).
    Busy {
        /// How long.
        retry_after_ms: u64,
    },
}

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// The socket is open; 32 random bytes.
    Opened {
        /// For the challenge.
        nonce: Nonce,
    },
    /// A binary message came.
    Frame(Vec<u8>),
    /// Answer to `LookUp`.
    Known(Box<Known>),
    /// Answer to `LookUp`: no such device, and no certificate that holds.
    Unknown,
    /// Answer to `Admit`.
    Admitted {
        /// Which.
        batch: u64,
        /// What became of it.
        answer: Answer,
    },
    /// Answer to `Deliver`.
    Delivered(Carried),
    /// Answer to `ReadFeed`.
    Page(Page),
    /// The log's durable end has moved.
    LogMoved(Position),
    /// The device's scopes have changed.
    Scopes(Vec<Scope>),
    /// Definitions to be sent: asked for, or new.
    Definitions(Vec<(DefinitionRef, Packed)>),
    /// Authority statements to be sent: asked for, or new.
    Authority(Authority),
    /// Answer to `ReadNumbers`.
    Numbers(Vec<Numbered>),
    /// Answer to `Digests`: the scopes that differ.
    Differing(Vec<ScopeId>),
    /// Answer to `Compare`.
    Compared(Compared),
    /// Answer to `Enrol`.
    Enrolled(Box<Enrolled>),
    /// Answer to `Enrol`.
    EnrolRefused {
        /// It was not looked at: the same may be asked after this, ms.
        retry_after_ms: Option<u64>,
    },
    /// The host ends the connection: shutting down, overloaded, revoked, superseded.
    End {
        /// Why.
        code: CloseCode,
        /// Come back after this, ms.
        retry_after_ms: Option<u64>,
    },
    /// `deadline` has passed.
    Tick,
}

/// The host's answer to `Compare`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What the device lacks, packed frame by frame; bounded by the host.
    pub bodies: Vec<Packed>,
    /// Records of which the server lacks something, with the heads it has.
    pub want: Vec<RecordHeads>,
    /// The last record of the page that this answer covers, when it does not cover all of it.
    pub covered_to: Option<RecordId>,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a binary message.
    Send(Vec<u8>),
    /// Find the device; answer with `Known` or `Unknown`.
    LookUp {
        /// Which.
        device: DeviceId,
        /// Its cursor, to be looked for in the log.
        cursor: Option<Cursor>,
        /// Its certificate, to be verified if the device is unknown.
        certificate: Option<Box<EnrolmentCertificate>>,
        /// The last office answer it has; none: it wants none.
        answers: Option<Position>,
    },
    /// The hello's signature holds: from now on the connection is this device's.
    Opened(Box<Opened>),
    /// Admit a batch; answer with `Admitted`. One at a time.
    Admit {
        /// To be named in the answer.
        batch: u64,
        /// The batch.
        records: Vec<RecordPush>,
    },
    /// Open what the device carries and admit what is inside; answer with `Delivered`. One at a
    /// time.
    Deliver(Box<Carry>),
    /// Read the feeds of these scopes, each after its position, together in log order; answer
    /// with `Page`. One at a time.
    ReadFeed {
        /// The scopes.
        after: Vec<Behind>,
        /// About so much, before deflating.
        bytes_max: usize,
    },
    /// Read definitions; answer with `Definitions`.
    ReadDefinitions(Vec<DefinitionRef>),
    /// Read authority statements after this; answer with `Authority`.
    ReadAuthority {
        /// The last the device has.
        after: Position,
    },
    /// Find the numbers of those of these problems that the device may read; answer with
    /// `Numbers`. One at a time.
    ReadNumbers(Vec<RecordId>),
    /// Statements that the server lacks, to be verified and taken in.
    KeepAuthority(Authority),
    /// The device has stored authority statements up to here.
    Acknowledged(Position),
    /// Compare with the scopes' content, those not named being empty on the device; answer with
    /// `Differing`.
    Digests(Vec<Digest>),
    /// Compare record by record; answer with `Compared`.
    Compare(HeadsPage),
    /// Enrol a device. The signature holds; the invitation is the host's to judge.
    Enrol(Box<Enrol>),
    /// Something unexpected, for the log.
    Odd(Odd),
    /// Close the socket when everything is sent. The last output.
    Close(CloseCode),
}

/// What the host keeps about an open connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which device.
    pub device: DeviceId,
    /// Whose.
    pub person: PersonId,
    /// The last authority statement it has stored.
    pub authority: Position,
    /// The device's clock at the hello.
    pub device_time: Timestamp,
    /// The app's version.
    pub app: String,
    /// Edits it has without a receipt.
    pub unsent: u64,
}

/// Something unexpected that does no harm by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// A message type this version does not know.
    UnknownType(u8),
    /// A frame that cannot be read.
    Unreadable,
    /// A record of a push that cannot be read: left out, not answered.
    UnreadableItem,
    /// A message that is not expected now.
    OutOfTurn(&'static str),
    /// More pushes than the window, or more carried or asked for than one at a time.
    Flood,
}
