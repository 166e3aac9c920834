//! The messages, each a CBOR map with integer keys. `SPEC.md` says when which is sent.
//!
//! Never reuses a key or a type number: golden files hold every one that was ever released.

mod answer;
mod carry;
mod close;
mod compare;
mod numbers;

use minicbor::{Decode, Decoder, Encode};

pub use self::answer::{Answers, OfficeAnswer};
pub use self::carry::{Carried, Carry, Outcome};
pub use self::close::{Close, CloseCode};
pub use self::compare::{Differ, Digest, Digests, HeadsPage, RecordHeads, ScopeDigest, Want};
pub use self::numbers::{Numbered, Numbers, WantNumbers};

use super::codec::{blobs, list, short_text};
use super::packed::Packed;
use crate::id::{DeploymentId, DeviceId, Epoch, PersonId, Position, ScopeId, cbor_bytes};
use crate::limits;
use crate::record::DefinitionRef;
use crate::record::scope::Scope;
use crate::seal::{EnrolmentCertificate, PublicKey, SignatureBytes};
use crate::time::Timestamp;

macro_rules! byte_array {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        cbor_bytes!($name, $len);
    };
}

byte_array!(
    /// Random bytes of the server, used once.
    Nonce, 32
);
byte_array!(
    /// First 8 bytes of a SHA-256: of a log's rolling hash, or of what a device holds.
    Short, 8
);
/// A place in one life of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    /// Which life.
    #[n(1)]
    pub epoch: Epoch,
    /// Everything up to here is held.
    #[n(2)]
    pub position: Position,
    /// First 8 bytes of the log's rolling hash there.
    #[n(3)]
    pub hash: Short,
}

/// A scope that a device holds only up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Behind {
    /// Which scope.
    #[n(1)]
    pub scope: ScopeId,
    /// 0 for a new one.
    #[n(2)]
    pub position: Position,
}

/// Server's first word on every connection.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Challenge {
    /// To be signed.
    #[n(1)]
    pub nonce: Nonce,
    /// Versions it speaks, best first.
    #[cbor(n(2), decode_with = "list::<_, _, { limits::VERSIONS_MAX }>")]
    pub versions: Vec<u16>,
    /// Who it is; a device of another deployment hangs up.
    #[n(3)]
    pub deployment: DeploymentId,
    /// Its clock.
    #[n(4)]
    pub time: Timestamp,
}

/// A device says who it is and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// The version both will speak.
    #[n(1)]
    pub version: u16,
    /// Who.
    #[n(2)]
    pub device: DeviceId,
    /// By the device's key over the challenge.
    #[n(3)]
    pub signature: SignatureBytes,
    /// What it holds of all its scopes; none on a fresh device.
    #[n(4)]
    pub cursor: Option<Cursor>,
    /// Scopes not yet at the cursor.
    #[cbor(
        n(5),
        decode_with = "list::<_, _, { limits::SCOPES_MAX }>",
        default,
        skip_if = "Vec::is_empty"
    )]
    pub behind: Vec<Behind>,
    /// Over the sorted ids of the scopes it holds (`scopes_digest`).
    #[n(6)]
    pub scopes: Short,
    /// Over the sorted definition versions it holds (`definitions_digest`).
    #[n(7)]
    pub definitions: Short,
    /// The last authority statement it has stored.
    #[n(8)]
    pub authority: Position,
    /// Its clock: shown to the office, never used to decide.
    #[n(9)]
    pub time: Timestamp,
    /// The app's version, for the office's support.
    #[cbor(n(10), decode_with = "short_text")]
    pub app: String,
    /// Edits without a receipt.
    #[n(11)]
    pub unsent: u64,
    /// Its enrolment, when the server asked for it.
    #[n(12)]
    pub certificate: Option<EnrolmentCertificate>,
    /// The last office answer it has stored; none: it does not know answers.
    #[n(13)]
    pub answers: Option<Position>,
}

/// What the server allows on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Allowed {
    /// Feed frames sent before the first is acknowledged.
    #[n(1)]
    pub window: u32,
    /// Bytes of one frame.
    #[n(2)]
    pub frame_bytes: u32,
}

/// Whether the device's cursor is a place in this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Resume {
    /// Feeds go on after it.
    #[n(1)]
    Ok,
    /// Unknown epoch, another hash, or beyond the end: compare everything.
    #[n(2)]
    Repair,
}

/// The server knows the device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// Whether the cursor holds.
    #[n(1)]
    pub resume: Resume,
    /// Where the server stands. The device's cursor becomes this when nothing follows.
    #[n(2)]
    pub at: Cursor,
    /// Updates follow; without them the device is in sync.
    #[n(3)]
    pub feed: bool,
    /// The server's clock.
    #[n(4)]
    pub time: Timestamp,
    /// Limits of this connection.
    #[n(5)]
    pub allowed: Allowed,
    /// Every scope of the device, when its digest differs. It answers with `Follow`.
    #[cbor(n(6), decode_with = "optional_scopes")]
    pub scopes: Option<Vec<Scope>>,
    /// Every definition version there is, when the device's digest differs.
    #[cbor(n(7), decode_with = "optional_definitions")]
    pub definitions: Option<Vec<DefinitionRef>>,
    /// The last authority statement's position.
    #[n(8)]
    pub authority: Position,
    /// Whose device it is.
    #[n(9)]
    pub person: PersonId,
    /// True: the device is revoked. It may push what it has, which goes into escrow; nothing is
    /// sent to it.
    #[n(10)]
    pub escrow: Option<bool>,
    /// Scopes that the device may see and that are too many for one device; none: nothing is
    /// left out.
    #[n(11)]
    pub left_out: Option<u64>,
}

fn optional_scopes<C>(
    d: &mut Decoder<'_>,
    ctx: &mut C,
) -> Result<Option<Vec<Scope>>, minicbor::decode::Error> {
    list::<C, Scope, { limits::SCOPES_MAX }>(d, ctx).map(Some)
}

fn optional_definitions<C>(
    d: &mut Decoder<'_>,
    ctx: &mut C,
) -> Result<Option<Vec<DefinitionRef>>, minicbor::decode::Error> {
    list::<C, DefinitionRef, { limits::DEFINITIONS_MAX }>(d, ctx).map(Some)
}

/// Scopes changed while connected. The device answers with `Follow`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Scopes {
    /// Every scope of the device.
    #[cbor(n(1), decode_with = "list::<_, _, { limits::SCOPES_MAX }>")]
    pub scopes: Vec<Scope>,
}

/// The device has taken up the scopes it was told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Follow {
    /// Over the scopes it holds now.
    #[n(1)]
    pub scopes: Short,
    /// Those not yet at its cursor.
    #[cbor(n(2), decode_with = "list::<_, _, { limits::SCOPES_MAX }>")]
    pub behind: Vec<Behind>,
}

/// Edits of a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Push {
    /// Counts up on this connection; the answer names it.
    #[n(1)]
    pub batch: u64,
    /// `RecordPush`es, at most `PUSH_RECORDS_MAX`.
    #[n(2)]
    pub records: Packed,
}

/// Where an edit is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Tier {
    /// On this server's disk.
    #[n(1)]
    Fsynced,
    /// On several machines' disks.
    #[n(2)]
    Replicated,
}

/// Answer to a push, sent only when everything in it is durable.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Verdicts {
    /// Which push.
    #[n(1)]
    pub batch: u64,
    /// The log's end when it was answered.
    #[n(2)]
    pub position: Position,
    /// The server's clock.
    #[n(3)]
    pub time: Timestamp,
    /// Where it is safe.
    #[n(4)]
    pub tier: Tier,
    /// `RecordVerdicts`, one for each record of the push.
    #[n(5)]
    pub records: Packed,
}

/// The server cannot take a push now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Busy {
    /// Which push.
    #[n(1)]
    pub batch: u64,
    /// Send it again after this, ms.
    #[n(2)]
    pub retry_after_ms: u64,
}

/// What happened in the device's scopes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Feed {
    /// Counts from 1 on this connection.
    #[n(1)]
    pub number: u64,
    /// `RecordUpdate`s, at most `FEED_UPDATES_MAX`.
    #[n(2)]
    pub updates: Packed,
    /// Once these are stored, every scope is held up to here; none while more must come first.
    #[n(3)]
    pub upto: Option<Cursor>,
    /// More is ready.
    #[n(4)]
    pub more: bool,
}

/// What the device has stored durably.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Got {
    /// Every feed frame up to this number.
    #[n(1)]
    pub feed: Option<u64>,
    /// Authority statements up to here.
    #[n(2)]
    pub authority: Option<Position>,
}

/// A campaign definition.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Definition {
    /// Which.
    #[n(1)]
    pub name: DefinitionRef,
    /// A list of one byte string: the definition's JSON text.
    #[n(2)]
    pub json: Packed,
}

/// Definitions the device lacks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WantDefinitions {
    /// Which.
    #[cbor(n(1), decode_with = "list::<_, _, { limits::DEFINITIONS_MAX }>")]
    pub names: Vec<DefinitionRef>,
}

/// Signed authority statements, either way; devices keep them without reading them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Authority {
    /// The last one's position.
    #[n(1)]
    pub position: Position,
    /// In order.
    #[cbor(n(2), with = "blobs")]
    pub statements: Vec<Vec<u8>>,
}

/// The server lacks authority statements that the device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WantAuthority {
    /// All after this.
    #[n(1)]
    pub after: Position,
}

/// A new device presents its invitation, instead of a hello.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrol {
    /// The version both will speak.
    #[n(1)]
    pub version: u16,
    /// What the QR code said. One use.
    #[cbor(n(2), decode_with = "short_text")]
    pub invitation: String,
    /// The id the device chose.
    #[n(3)]
    pub device: DeviceId,
    /// Its key.
    #[n(4)]
    pub key: PublicKey,
    /// What the person calls it.
    #[cbor(n(5), decode_with = "short_text")]
    pub label: String,
    /// By that key over the challenge and the invitation.
    #[n(6)]
    pub signature: SignatureBytes,
}

/// The device is enrolled. It stores this durably, then connects again with a hello.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled {
    /// Whose device it is.
    #[n(1)]
    pub person: PersonId,
    /// The person's name.
    #[cbor(n(2), decode_with = "short_text")]
    pub name: String,
    /// The device's scopes.
    #[cbor(n(3), decode_with = "list::<_, _, { limits::SCOPES_MAX }>")]
    pub scopes: Vec<Scope>,
    /// Pinned: verifies receipts in bundles.
    #[n(4)]
    pub server_key: PublicKey,
    /// Kept for a server that was restored and does not know the device.
    #[n(5)]
    pub certificate: EnrolmentCertificate,
    /// The installation, pinned.
    #[n(6)]
    pub deployment: DeploymentId,
}
