//! What the engine shows: plain values without anything of the engine in them.
//!
//! Never computed here: `views` fills them.

use liandu_core::id::{ChangeHash, DeviceId, PersonId, Position, RecordId, RegionCode, ScopeId};
use liandu_core::light::Clock;
use liandu_core::protocol::client;
use liandu_core::record::LoadError;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::Number;
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::Scope;
use liandu_core::record::view::{Oddity, Record};
use liandu_core::time::{Day, Timestamp};

use crate::own::{OfficeWord, Status};

/// Why a record cannot be read or edited on this device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHere {
    /// Nothing of this name is here: sync, or ask a colleague.
    #[error("本机没有该记录 (no such record on this device)")]
    Unknown,
    /// It moved out of this device's scopes.
    #[error("该记录已移出本机的范围 (the record moved out of this device's scopes)")]
    Left,
    /// Erased.
    #[error("该记录已依法删除 (the record was erased): {0}")]
    Erased(String),
    /// A colleague's, which no server has taken yet: it can be read, not edited.
    #[error(
        "同事的记录尚未到达人大办,暂不能修改 (a colleague's record that is not yet at the office)"
    )]
    NotYetAtOffice,
    /// Written by a newer app, or damaged: kept as it is.
    #[error("该记录无法读取 (the record cannot be read): {0}")]
    Unreadable(LoadError),
}

/// One own edit as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditView {
    /// Its record.
    pub record: RecordId,
    /// Its number on this device.
    pub number: u64,
    /// What was done.
    pub edit: Edit,
    /// Its change's name now.
    pub write: WriteId,
    /// Its change's hash now.
    pub hash: ChangeHash,
    /// The device's clock then.
    pub time: Timestamp,
    /// What became of it.
    pub status: Status,
    /// How often the device had to make it into another change.
    pub offered_again: u32,
    /// What an office answered while it stays out.
    pub answer: Option<OfficeWord>,
    /// The person has dealt with its refusal.
    pub dismissed: bool,
}

/// A record as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    /// The record that is edited here: admitted and own edits.
    pub record: Record,
    /// What a developer should know.
    pub odd: Vec<Oddity>,
    /// To be given back as `Asked::seen`.
    pub heads: Heads,
    /// Who it belongs to, when known.
    pub scope: Option<Scope>,
    /// Its id in any case.
    pub scope_id: ScopeId,
    /// A problem's number, once the office has told it.
    pub number: Option<Number>,
    /// This device's edits of it.
    pub edits: Vec<EditView>,
    /// Colleagues' edits that are not yet at the office: who and how many.
    pub not_at_office: Vec<(DeviceId, usize)>,
    /// The record as it would be with those.
    pub preview: Option<Box<Record>>,
}

/// Which records a list shows. Everything by default.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// In this state.
    pub state: Option<String>,
    /// Of this domain.
    pub domain: Option<String>,
    /// In this region or its subtree.
    pub region: Option<RegionCode>,
    /// With open conflicts.
    pub conflict: bool,
    /// With own edits without a receipt, refused ones included.
    pub unsent: bool,
    /// Whose title or texts contain this.
    pub text: Option<String>,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: RecordId,
    /// Its kind, when this version knows it.
    pub kind: Option<Kind>,
    /// A problem's number, once the office has told it.
    pub number: Option<Number>,
    /// Who it belongs to, when known.
    pub scope: Option<Scope>,
    /// The title, else the beginning of a text.
    pub title: String,
    /// The state's word.
    pub state: String,
    /// The domain's word.
    pub domain: String,
    /// Who made it, when the office has said so.
    pub author: Option<PersonId>,
    /// For whom it was recorded, when not for who made it.
    pub behalf: Option<PersonId>,
    /// The day it is due.
    pub due: Option<Day>,
    /// Whether its deadline counts down.
    pub clock: Clock,
    /// Open conflicts.
    pub conflicts: usize,
    /// Own edits without a receipt.
    pub waiting: usize,
    /// Own edits that need a person.
    pub refused: usize,
    /// Colleagues' edits that are not yet at the office.
    pub carried: usize,
    /// When it was last edited, by that device's clock.
    pub last: Option<Timestamp>,
    /// Why it cannot be read, if it cannot.
    pub trouble: Option<NotHere>,
}

/// How this device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The device, once enrolled.
    pub device: Option<DeviceId>,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// The person's name.
    pub name: String,
    /// The connection, once enrolled.
    pub connection: Option<client::Status>,
    /// How far the server's log is held.
    pub position: Option<Position>,
    /// Records here.
    pub records: usize,
    /// Own edits: on this device only.
    pub on_device: usize,
    /// Of those, not signed yet by a key that is kept outside.
    pub unsealed: usize,
    /// ... sent, not answered.
    pub sent: usize,
    /// ... at the office.
    pub at_office: usize,
    /// ... held there.
    pub held: usize,
    /// ... refused, or not applicable any more, and not laid aside.
    pub refused: usize,
    /// Scopes its person may see that are too many for one device.
    pub left_out: u64,
    /// Colleagues' edits that are not yet at the office.
    pub carried: usize,
    /// Parts of colleagues' envelopes that wait here for the office.
    pub envelopes: usize,
}
