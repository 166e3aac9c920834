//! What can be asked of the keeper and what it answers: plain values without channels.
//!
//! Never holds a document: answers carry stored bytes, readers load them themselves.

use liandu_core::id::{
    CampaignId, ChangeHash, DeviceId, EventId, PersonId, Position, RecordId, RegionCode, UnitId,
};
use liandu_core::log::{
    AccountSet, Decided, DispatchFrozen, GrantEntry, GroupRow, LibrarySet, PersonRow, SignIn,
};
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::{EditError, Heads};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

/// The office user on whose behalf something is done; goes into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeUser {
    /// The sign-in name.
    pub user: String,
    /// The session's public part (never its secret).
    pub session: String,
    /// The person.
    pub person: PersonId,
}

/// An office user's edit of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeAct {
    /// The record. For a new one: an id from the caller (`RecordId::v7` or `derived`).
    pub record: RecordId,
    /// Kind and scope, only for a record that is to be made; `edit` is then `Edit::Create`.
    pub create: Option<(Kind, Scope)>,
    /// The campaign whose latest definition version the edit is made under.
    pub campaign: CampaignId,
    /// For whom it is recorded (代录), when not for the user.
    pub behalf: Option<PersonId>,
    /// What is done.
    pub edit: Edit,
    /// The heads the user was looking at (the ETag); empty for a new record.
    pub seen: Heads,
}

/// A durable office edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// Actor and number of the change.
    pub write: WriteId,
    /// Its hash.
    pub hash: ChangeHash,
    /// Heads of the record after it: the next ETag.
    pub heads: Heads,
    /// Where it is in the log.
    pub position: Position,
    /// The server's clock.
    pub time: Timestamp,
}

/// Why an act was not done. Nothing of it is in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// No such record, person, device or item: answer 404.
    #[error("not found")]
    Missing,
    /// The user may not, or the edit is not legal: show the reason (403 or 422).
    #[error("{0}")]
    Refused(Reason),
    /// Discipline inspection of another region has that unit code, and would read what is referred
    /// to this one: give each unit a code of its own (422).
    #[error("another region's discipline inspection has that unit code")]
    UnitElsewhere,
    /// What the problem should go on in does not stand for itself any more: look again (422).
    #[error("the other problem is merged or withdrawn by now")]
    IntoGone,
    /// The field has an open conflict: answer "resolve first" (409).
    #[error("resolve first: {0}")]
    ResolveFirst(Path),
    /// `seen` is not part of the record's history: read again (412).
    #[error("seen heads are unknown")]
    UnknownHeads,
    /// The edit cannot be made into a change (empty, a path twice, a splice outside): 422.
    #[error(transparent)]
    Illegal(EditError),
    /// The definition is not a legal campaign: show what is wrong with it.
    #[error("{problem}")]
    Definition {
        /// Place and remedy, from `CampaignError`.
        problem: String,
    },
    /// Already exists: a record, or an invitation code.
    #[error("exists already")]
    Exists,
    /// Overloaded or the disk is nearly full: answer 503 with Retry-After.
    #[error("busy, try again in {retry_s} s")]
    Busy {
        /// Seconds.
        retry_s: u32,
    },
    /// The log could not be written; the caller may try again (503).
    #[error("the log could not be written")]
    Failed,
}

/// A record as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordParts {
    /// The record.
    pub record: RecordId,
    /// What it is about.
    pub kind: Kind,
    /// Who it belongs to now.
    pub scope: Scope,
    /// Document and change chunks in log order: `RecordDoc::load(record, chunks)`.
    pub chunks: Vec<Vec<u8>>,
    /// Server time, position and person of every change.
    pub stamps: Stamps,
    /// Heads (the ETag).
    pub heads: Heads,
    /// Position of the last entry about it.
    pub changed: Position,
    /// End of the log when this was read.
    pub as_of: Position,
}

/// A quarantined, held, forked or escrowed edit.
#[derive(Debug, Clone, PartialEq)]
pub struct QuarantineItem {
    /// The record.
    pub record: RecordId,
    /// Actor and number.
    pub write: WriteId,
    /// Hash; (record, write, hash) names the item.
    pub hash: ChangeHash,
    /// The record's (or the claimed) scope.
    pub scope: Scope,
    /// Refused, held or forked, with reason.
    pub verdict: Verdict,
    /// The device whose edit it is.
    pub device: DeviceId,
    /// The person of that device, when known.
    pub person: Option<PersonId>,
    /// The entry that holds its bytes.
    pub position: Position,
    /// When it came.
    pub time: Timestamp,
    /// An office's answer, when it stays out.
    pub answer: Option<String>,
}

/// Names one quarantined edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemId {
    /// The record.
    pub record: RecordId,
    /// Actor and number.
    pub write: WriteId,
    /// Hash.
    pub hash: ChangeHash,
}

/// What became of one quarantined edit that was answered.
pub type ItemVerdict = (ItemId, Result<Verdict, ActError>);

/// What an office says to quarantined edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuarantineAnswer {
    /// Judge again on the user's responsibility: the reasons revoked, lost membership and role
    /// are waived when the user could do it themselves; format and state reasons are not.
    Release,
    /// It stays out; the author reads this.
    Close(String),
}

/// A change of who may do what.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthorityAct {
    /// Groups made or changed.
    Groups(Vec<GroupRow>),
    /// People made or changed, each with all memberships.
    People(Vec<PersonRow>),
    /// A device may be enrolled for a person with the code of this SHA-256.
    Invite {
        /// SHA-256 of the code; the caller makes the code.
        code_hash: [u8; 32],
        /// SHA-256 of the letters that may be typed alone, if any may.
        typed_hash: Option<[u8; 32]>,
        /// For whom.
        person: PersonId,
        /// Useless from then on.
        expires: Timestamp,
    },
    /// One device shut out.
    RevokeDevice {
        /// Which.
        device: DeviceId,
        /// Why.
        reason: String,
    },
    /// A person with all devices shut out.
    RevokePerson {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An office user; `by` and `time` are set by the keeper.
    Account(AccountSet),
    /// All roles of a person.
    Grants {
        /// Whose.
        person: PersonId,
        /// The roles; `GrantEntry::role` is `Role::as_str`.
        grants: Vec<GrantEntry>,
    },
    /// A campaign definition as JSON (`liandu_core::campaign`).
    Definition(Vec<u8>),
    /// Somebody reads a resident's contact: logged before it is shown.
    ContactRead {
        /// The record.
        record: RecordId,
        /// Why, as the user said.
        purpose: String,
    },
    /// Office users signed in, or tried to.
    SignIns(Vec<SignIn>),
    /// Somebody takes a list out of the system: logged before it is given.
    Exported {
        /// Of what.
        what: String,
        /// In which format.
        format: String,
        /// The filter, a query string.
        filter: String,
        /// Rows that fit it.
        rows: u64,
        /// As of which position.
        as_of: Position,
    },
    /// A version of the library of laws; `user` and `time` are set by the keeper.
    Library(Box<LibrarySet>),
    /// A unit was told of an event outside this system, or could not be.
    Notified {
        /// The problem.
        record: RecordId,
        /// The event.
        event: EventId,
        /// Whom.
        unit: UnitId,
        /// Why it did not go out.
        failure: Option<String>,
    },
    /// The figures of a region frozen for a meeting; `user` and `time` are set by the keeper.
    DispatchFrozen(Box<DispatchFrozen>),
    /// A decision taken at a meeting; `user` and `time` are set by the keeper.
    Decided(Decided),
    /// A record to another scope.
    Move {
        /// Which.
        record: RecordId,
        /// Where.
        to: Scope,
    },
    /// A record erased by law.
    Erase {
        /// Which.
        record: RecordId,
        /// The legal reason, without personal data.
        reason: String,
    },
}

/// Which quarantined edits to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Only records of these subtrees; empty means none.
    pub regions: Vec<RegionCode>,
    /// Only edits of this record.
    pub record: Option<RecordId>,
    /// Only edits of this device.
    pub device: Option<DeviceId>,
    /// Also those that were answered.
    pub answered: bool,
    /// At most so many, 0 for the default of 1,000.
    pub items_max: usize,
}

/// Numbers for `/metrics` and `/healthz`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// End of the log.
    pub position: u64,
    /// Bytes of the log's segments.
    pub log_bytes: u64,
    /// Fsyncs since start.
    pub commits: u64,
    /// Failed commits since start.
    pub commits_failed: u64,
    /// Edits accepted since start.
    pub edits_accepted: u64,
    /// Edits not accepted since start.
    pub edits_kept: u64,
    /// Documents in memory.
    pub documents_cached: u64,
    /// Their estimated bytes.
    pub documents_cached_bytes: u64,
    /// Open device connections.
    pub connections: u64,
    /// Device connections that were ended for what was said on them, since start.
    pub turned_away: u64,
    /// Messages of devices that could not be read or came out of turn, since start.
    pub oddities: u64,
    /// Whether receipts are stopped (disk nearly full or log broken).
    pub receipts_stopped: bool,
}
