//! Entries about records: edits with their verdicts, answers, moves and erasures.
//!
//! Never parsed further to be sent: accepted bytes are stored exactly as devices get them.

use minicbor::{Decode, Encode};

use crate::id::{
    Actor, CampaignId, ChangeHash, DeviceId, PersonId, Position, RecordId, RegionCode,
};
use crate::protocol::update::Chunk;
use crate::record::path::WriteId;
use crate::record::scope::Scope;
use crate::seal::Seal;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// Who brought edits.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Source {
    /// A device, over its connection or carried by another.
    #[n(1)]
    Device {
        /// Whose edits they are.
        #[n(1)]
        device: DeviceId,
    },
    /// An office user through the API: an edit of the node, sealed by the node's key.
    #[n(2)]
    Office {
        /// The user's name.
        #[n(1)]
        user: String,
        /// The session's public part.
        #[n(2)]
        session: String,
    },
}

/// Why the entry was written.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Because {
    /// Edits arrived.
    #[n(1)]
    Arrived,
    /// An office released edits from quarantine or escrow; they were judged again.
    #[n(2)]
    Released {
        /// The office user.
        #[n(1)]
        user: String,
    },
    /// A definition, software or enrolment came that held edits waited for.
    #[n(3)]
    Understood,
}

/// Changes `from..=to` of one actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NumberRange {
    /// Whose.
    #[n(1)]
    pub actor: Actor,
    /// The first.
    #[n(2)]
    pub from: u64,
    /// The last.
    #[n(3)]
    pub to: u64,
}

/// An edit that does not count (yet), kept whole.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Kept {
    /// Whose and which.
    #[n(1)]
    pub write: WriteId,
    /// Its hash.
    #[n(2)]
    pub hash: ChangeHash,
    /// Refused, held or forked.
    #[n(3)]
    pub verdict: Verdict,
    /// The change; empty when it is in an earlier entry that this one judges again.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// Edits of one record from one author, judged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Edits {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// Its kind's word; empty while nobody here understands it.
    #[n(2)]
    pub kind: String,
    /// The record's scope, or the claimed one while nothing of the record was accepted.
    #[n(3)]
    pub scope: Scope,
    /// Who brought them.
    #[n(4)]
    pub source: Source,
    /// The person the device was enrolled for, or the office user's.
    #[n(5)]
    pub person: Option<PersonId>,
    /// The server's clock.
    #[n(6)]
    pub time: Timestamp,
    /// Version of the policy that judged.
    #[n(7)]
    pub policy: u32,
    /// Why now.
    #[n(8)]
    pub because: Because,
    /// What was accepted, as devices get it.
    #[n(9)]
    pub chunk: Option<Chunk>,
    /// Which changes the chunk holds, births left out.
    #[n(10)]
    #[cbor(default)]
    pub accepted: Vec<NumberRange>,
    /// Heads of the record's document after this entry; empty while it has none.
    #[n(11)]
    #[cbor(default)]
    pub heads: Vec<ChangeHash>,
    /// Seals that came with them.
    #[n(12)]
    #[cbor(default)]
    pub seals: Vec<Seal>,
    /// What was not accepted.
    #[n(13)]
    #[cbor(default)]
    pub kept: Vec<Kept>,
}

/// An office's answer to a quarantined edit that stays out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answered {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// The edit.
    #[n(2)]
    pub write: WriteId,
    /// Its hash.
    #[n(3)]
    pub hash: ChangeHash,
    /// Who answered.
    #[n(4)]
    pub user: String,
    /// What the author reads.
    #[n(5)]
    pub text: String,
    /// The server's clock.
    #[n(6)]
    pub time: Timestamp,
}

/// A record moved.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Moved {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// The scope it leaves.
    #[n(2)]
    pub from: Scope,
    /// The scope it enters.
    #[n(3)]
    pub to: Scope,
    /// The office user.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// A record erased: id and reason only, never content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Erased {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// The scope whose devices must erase it.
    #[n(2)]
    pub scope: Scope,
    /// The scopes it was in before: their devices may still have it.
    #[n(6)]
    #[cbor(default)]
    pub left: Vec<Scope>,
    /// The legal reason, without personal data.
    #[n(3)]
    pub reason: String,
    /// The office user.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
    /// A problem's first entry, which the erasure leaves empty: its number stays taken.
    #[n(7)]
    pub born: Option<Born>,
}

/// Where an erased problem got its number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Born {
    /// Its first entry.
    #[n(1)]
    pub position: Position,
    /// Its county.
    #[n(2)]
    pub county: RegionCode,
    /// Its campaign.
    #[n(3)]
    pub campaign: CampaignId,
}
