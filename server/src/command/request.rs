//! What the administrator's commands ask and what they are answered: values that travel through
//! the admin socket as CBOR, or are handed over in memory when no server runs.
//!
//! Never holds a password or an invitation code, only their hashes.

use liandu_core::id::{DeviceId, PersonId, Position, RecordId, RegionCode};
use liandu_core::log::{GrantEntry, GroupRow, PersonRow};
use liandu_core::record::scope::Scope;
use liandu_core::time::Timestamp;
use minicbor::{Decode, Encode};

/// One thing asked of a server, or of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// Groups, then people.
    #[n(1)]
    Import {
        /// Groups made or changed.
        #[n(1)]
        groups: Vec<GroupRow>,
        /// People made or changed.
        #[n(2)]
        people: Vec<PersonRow>,
    },
    /// A device may be enrolled for each of these.
    #[n(2)]
    Invite {
        /// For whom, and the SHA-256 of the code.
        #[n(1)]
        people: Vec<Invitee>,
        /// Useless from then on.
        #[n(2)]
        expires: Timestamp,
    },
    /// One device, or a person with all of them, shut out.
    #[n(3)]
    Revoke {
        /// Which device.
        #[n(1)]
        device: Option<DeviceId>,
        /// Which person.
        #[n(2)]
        person: Option<PersonId>,
        /// Why.
        #[n(3)]
        reason: String,
    },
    /// An office user made or changed, with roles.
    #[n(4)]
    UserAdd {
        /// The sign-in name.
        #[n(1)]
        user: String,
        /// Whose it is.
        #[n(2)]
        person: PersonId,
        /// The name people read.
        #[n(3)]
        name: String,
        /// Home region.
        #[n(4)]
        region: RegionCode,
        /// The argon2id string.
        #[n(5)]
        password: String,
        /// What the person may do.
        #[n(6)]
        grants: Vec<GrantEntry>,
    },
    /// An office user's new password, or shut out, or let in again.
    #[n(5)]
    UserSet {
        /// The sign-in name.
        #[n(1)]
        user: String,
        /// The argon2id string; none keeps the one before.
        #[n(2)]
        password: Option<String>,
        /// May not sign in; none keeps what was said before.
        #[n(3)]
        disabled: Option<bool>,
    },
    /// Every office user.
    #[n(6)]
    Users,
    /// All roles of a person, replacing those before.
    #[n(7)]
    Grant {
        /// A sign-in name or a person's code.
        #[n(1)]
        who: String,
        /// The roles.
        #[n(2)]
        grants: Vec<GrantEntry>,
    },
    /// Quarantined edits.
    #[n(8)]
    Held(#[n(1)] HeldOf),
    /// Quarantined edits judged again on a user's responsibility, or closed with an answer.
    #[n(9)]
    Answer {
        /// Which.
        #[n(1)]
        of: HeldOf,
        /// The office user who answers for it.
        #[n(2)]
        user: String,
        /// What the authors read; none releases.
        #[n(3)]
        close: Option<String>,
    },
    /// A record to another scope.
    #[n(10)]
    Move {
        /// Which.
        #[n(1)]
        record: RecordId,
        /// Where.
        #[n(2)]
        to: Scope,
    },
    /// A record erased by law.
    #[n(11)]
    Erase {
        /// Which.
        #[n(1)]
        record: RecordId,
        /// The legal reason, without personal data.
        #[n(2)]
        reason: String,
    },
    /// A copy of the log into a folder of this machine.
    #[n(12)]
    Backup {
        /// An absolute path.
        #[n(1)]
        to: String,
    },
    /// Groups and people known.
    #[n(13)]
    Counts,
    /// A campaign definition or a region's items.
    #[n(14)]
    Publish {
        /// As the file has it.
        #[cbor(n(1), with = "minicbor::bytes")]
        json: Vec<u8>,
    },
}

/// Somebody to be invited.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invitee {
    /// Who.
    #[n(1)]
    pub person: PersonId,
    /// SHA-256 of the code.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub code_hash: [u8; 32],
    /// SHA-256 of its letters that may be typed alone.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub typed_hash: [u8; 32],
}

/// Which quarantined edits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldOf {
    /// Only of this record.
    #[n(1)]
    pub record: Option<RecordId>,
    /// Only of this device.
    #[n(2)]
    pub device: Option<DeviceId>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Reply {
    /// It is durable at this position of the log.
    #[n(1)]
    Done {
        /// The last entry.
        #[n(1)]
        position: Position,
    },
    /// Every office user.
    #[n(2)]
    Users(#[n(1)] Vec<UserRow>),
    /// Quarantined edits.
    #[n(3)]
    Held(#[n(1)] Vec<HeldRow>),
    /// What became of each.
    #[n(4)]
    Answered(#[n(1)] Vec<HeldRow>),
    /// A backup is complete.
    #[n(5)]
    BackedUp {
        /// End of the log in it.
        #[n(1)]
        position: Position,
        /// Bytes of its segments.
        #[n(2)]
        bytes: u64,
        /// Erased records in the tombstones file.
        #[n(3)]
        tombstones: u64,
    },
    /// How many are known.
    #[n(6)]
    Counts {
        /// Groups.
        #[n(1)]
        groups: u64,
        /// People.
        #[n(2)]
        people: u64,
        /// Devices.
        #[n(3)]
        devices: u64,
        /// Office users.
        #[n(4)]
        users: u64,
        /// End of the log.
        #[n(5)]
        position: Position,
    },
    /// The invitations are durable.
    #[n(8)]
    Invited {
        /// The last entry.
        #[n(1)]
        position: Position,
        /// Where devices find the server.
        #[n(2)]
        url: String,
    },
    /// Nothing was done; why, in both languages.
    #[n(7)]
    Failed(#[n(1)] String),
}

/// An office user in a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UserRow {
    /// The sign-in name.
    #[n(1)]
    pub user: String,
    /// Whose it is.
    #[n(2)]
    pub person: PersonId,
    /// The name people read.
    #[n(3)]
    pub name: String,
    /// May not sign in.
    #[n(4)]
    pub disabled: bool,
    /// `role:region:unit`.
    #[n(5)]
    pub grants: Vec<String>,
}

/// A quarantined edit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldRow {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// The device.
    #[n(2)]
    pub device: DeviceId,
    /// The person, when known.
    #[n(3)]
    pub person: Option<PersonId>,
    /// Refused, held, forked, accepted, with the reason in both languages.
    #[n(4)]
    pub verdict: String,
    /// When it came.
    #[n(5)]
    pub time: Timestamp,
    /// The entry that holds it.
    #[n(6)]
    pub position: Position,
}
