//! Entries about people: groups, rosters, invitations, enrolments, revocations, office users,
//! definitions, reads of contacts, and the log's lives.
//!
//! Never holds a password or an invitation code, only their hashes.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::id::{
    CampaignId, DeploymentId, DeviceId, DomainId, Epoch, EventId, GroupId, PersonId, Position,
    RecordId, RegionCode, UnitId,
};
use crate::time::Timestamp;

/// A group as the roster has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GroupRow {
    /// The office's code for it.
    #[n(1)]
    pub code: GroupId,
    /// Its name.
    #[n(2)]
    pub name: String,
    /// Where it works.
    #[n(3)]
    pub region: RegionCode,
    /// Its domain, none when it covers several.
    #[n(4)]
    pub domain: Option<DomainId>,
    /// What sort of group, as the roster says.
    #[n(5)]
    pub kind: String,
}

/// A chunk of groups made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Groups {
    /// The groups.
    #[n(1)]
    pub rows: Vec<GroupRow>,
    /// Who imported them.
    #[n(2)]
    pub user: String,
    /// The server's clock.
    #[n(3)]
    pub time: Timestamp,
}

/// One membership of a person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MembershipRow {
    /// The group.
    #[n(1)]
    pub group: GroupId,
    /// What sort of member, as the roster says.
    #[n(2)]
    pub member_kind: String,
    /// Leads the group.
    #[n(3)]
    pub leader: bool,
}

/// A role given for a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct GrantEntry {
    /// The role's word; one that this version does not know gives nothing.
    #[n(1)]
    pub role: String,
    /// The subtree it is given for.
    #[n(2)]
    pub region: RegionCode,
    /// The department, for roles that act for one.
    #[n(3)]
    pub unit: Option<UnitId>,
}

/// A person with all memberships: what was said before is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonRow {
    /// The office's code.
    #[n(1)]
    pub code: PersonId,
    /// The name.
    #[n(2)]
    pub name: String,
    /// Level of the congress, as the roster says.
    #[n(3)]
    pub level: String,
    /// Home region.
    #[n(4)]
    pub region: RegionCode,
    /// Groups.
    #[n(5)]
    #[cbor(default)]
    pub memberships: Vec<MembershipRow>,
    /// Roles that the roster gives, beside those of `GrantsSet`.
    #[n(6)]
    #[cbor(default)]
    pub roles: Vec<GrantEntry>,
}

/// A chunk of people made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct People {
    /// The people.
    #[n(1)]
    pub rows: Vec<PersonRow>,
    /// Who imported them.
    #[n(2)]
    pub user: String,
    /// The server's clock.
    #[n(3)]
    pub time: Timestamp,
}

/// An invitation, known by the hash of its code.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invited {
    /// SHA-256 of the code.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub code_hash: [u8; 32],
    /// For whom.
    #[n(2)]
    pub person: PersonId,
    /// Useless from then on.
    #[n(3)]
    pub expires: Timestamp,
    /// The office user.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
    /// What its first letters, which may be typed alone, come to under the authority's key.
    #[n(6)]
    pub typed_hash: Option<ByteArray<32>>,
}

/// A device enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled {
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// Its Ed25519 key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// For whom.
    #[n(3)]
    pub person: PersonId,
    /// The invitation it used, by the hash of its code.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub code_hash: [u8; 32],
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// A device, or every device of a person, shut out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revoked {
    /// One device.
    #[n(1)]
    pub device: Option<DeviceId>,
    /// A person with all devices and accounts.
    #[n(2)]
    pub person: Option<PersonId>,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// The office user.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// An office user made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AccountSet {
    /// The sign-in name.
    #[n(1)]
    pub user: String,
    /// Whose it is.
    #[n(2)]
    pub person: PersonId,
    /// The name people read.
    #[n(3)]
    pub name: String,
    /// Home region.
    #[n(4)]
    pub region: RegionCode,
    /// The argon2id string; none keeps the one before.
    #[n(5)]
    pub password: Option<String>,
    /// May not sign in.
    #[n(6)]
    pub disabled: bool,
    /// Who did it.
    #[n(7)]
    pub by: String,
    /// The server's clock.
    #[n(8)]
    pub time: Timestamp,
}

/// All roles given to a person: what was given before is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GrantsSet {
    /// Whose.
    #[n(1)]
    pub person: PersonId,
    /// The roles.
    #[n(2)]
    pub grants: Vec<GrantEntry>,
    /// Who did it.
    #[n(3)]
    pub user: String,
    /// The server's clock.
    #[n(4)]
    pub time: Timestamp,
}

/// A version of a campaign definition.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DefinitionSet {
    /// The campaign.
    #[n(1)]
    pub campaign: CampaignId,
    /// Its version.
    #[n(2)]
    pub version: u32,
    /// The definition as JSON.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub json: Vec<u8>,
    /// Who did it.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// Somebody read a resident's contact.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContactRead {
    /// The record that was read.
    #[n(1)]
    pub record: RecordId,
    /// The office user.
    #[n(2)]
    pub user: String,
    /// The session's public part.
    #[n(3)]
    pub session: String,
    /// Why, as the user said.
    #[n(4)]
    pub purpose: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// An attempt to tell a unit outside this system (by mail or SMS) of an event of a problem.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Notified {
    /// The problem.
    #[n(1)]
    pub record: RecordId,
    /// The event.
    #[n(2)]
    pub event: EventId,
    /// Whom.
    #[n(3)]
    pub unit: UnitId,
    /// Why it did not go out; none when it did.
    #[n(4)]
    pub failure: Option<String>,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}

/// Why a life of the log began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum EpochCause {
    /// The log is new.
    #[n(1)]
    New,
    /// A backup was restored.
    #[n(2)]
    Restored,
    /// Durable entries were found damaged and set aside.
    #[n(3)]
    Damaged,
}

/// A life of the log began: cursors of another one start a repair.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EpochBegan {
    /// Its name.
    #[n(1)]
    pub epoch: Epoch,
    /// The installation.
    #[n(2)]
    pub deployment: DeploymentId,
    /// Why.
    #[n(3)]
    pub cause: EpochCause,
    /// Positions known to be lost.
    #[n(4)]
    #[cbor(default)]
    pub lost: Vec<Position>,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}
