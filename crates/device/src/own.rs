//! Edits made on this device: kept as values beside the changes they became, with what the office
//! said to them.
//!
//! Never destroyed while the record is kept: a refused edit stays with its reason, a receipted one
//! with its seal, so that both can be shown, proved and offered again.

use liandu_core::id::{ChangeHash, PersonId, Position};
use liandu_core::protocol::message::Tier;
use liandu_core::protocol::update::AnyVerdict;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::Edit;
use liandu_core::record::{DefinitionRef, EditError, RawChange};
use liandu_core::seal::Seal;
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};
use minicbor::{Decode, Encode};

/// One edit of this device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OwnEdit {
    /// Counts up over all records of this device.
    #[n(1)]
    pub number: u64,
    /// What the person did.
    #[n(2)]
    pub edit: Edit,
    /// What it became; a new one when it was offered again.
    #[n(3)]
    pub change: RawChange,
    /// Births it stands on that the record did not have.
    #[n(4)]
    pub births: Vec<RawChange>,
    /// What the person was looking at.
    #[n(5)]
    pub seen: Heads,
    /// The device's clock then.
    #[n(6)]
    pub time: Timestamp,
    /// The form's definition.
    #[n(7)]
    pub definition: DefinitionRef,
    /// The authority position acknowledged then.
    #[n(8)]
    pub authority: Position,
    /// Vouches for the change; none while a key that is kept outside has not signed it.
    #[n(9)]
    pub seal: Option<Seal>,
    /// What became of it.
    #[n(10)]
    pub state: OwnState,
    /// How often it was made into another change.
    #[n(11)]
    pub offered_again: u32,
    /// Hashes of the changes it was before: a form may still be open at them.
    #[n(12)]
    #[cbor(default)]
    pub was: Vec<ChangeHash>,
    /// Kept although this device itself would have refused it.
    #[n(13)]
    #[cbor(default)]
    pub against_advice: bool,
    /// Refused by a server that has gone back to a backup since: it is to have it again.
    #[n(14)]
    #[cbor(default)]
    pub owed: bool,
    /// What an office answered while it stays out.
    #[n(15)]
    pub answer: Option<OfficeWord>,
    /// The person has dealt with its refusal.
    #[n(16)]
    #[cbor(default)]
    pub dismissed: bool,
    /// For whom it was recorded, when not for the person of this device.
    #[n(17)]
    pub behalf: Option<PersonId>,
}

/// What an office said to an edit that stays out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfficeWord {
    /// The words.
    #[n(1)]
    pub text: String,
    /// The server's clock.
    #[n(2)]
    pub time: Timestamp,
}

impl OwnEdit {
    /// Whether the edited document holds it.
    pub(crate) fn stands(&self) -> bool {
        match self.state {
            OwnState::Waiting | OwnState::AtOffice { .. } | OwnState::Held(_) => true,
            OwnState::Refused(_) | OwnState::Unapplied(_) => false,
        }
    }

    /// Whether somebody must look at it: it does not stand and was not laid aside.
    pub(crate) fn asks_for_a_person(&self) -> bool {
        !self.stands() && !self.dismissed
    }

    /// Whether the office has it and it counts.
    pub(crate) fn admitted(&self) -> bool {
        matches!(self.state, OwnState::AtOffice { .. })
    }

    /// Whether it waits to be sent (again).
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state, OwnState::Waiting)
    }

    /// Whether a restored server is to be given what the one before it had in quarantine.
    pub(crate) fn owed(&self) -> bool {
        self.owed && matches!(self.state, OwnState::Refused(_))
    }

    /// Whether the office has it and does not understand it yet.
    pub(crate) fn held(&self) -> bool {
        matches!(self.state, OwnState::Held(_))
    }
}

/// What became of an own edit, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum OwnState {
    /// No answer yet.
    #[n(1)]
    Waiting,
    /// Receipted.
    #[n(2)]
    AtOffice {
        /// The log entry.
        #[n(1)]
        position: Position,
        /// The server's clock.
        #[n(2)]
        time: Timestamp,
        /// How safe.
        #[n(3)]
        tier: Tier,
    },
    /// Stored there, not understood yet.
    #[n(3)]
    Held(#[n(1)] AnyVerdict),
    /// In quarantine there, with a reason.
    #[n(4)]
    Refused(#[n(1)] AnyVerdict),
    /// What it was built on was refused and it cannot be applied without.
    #[n(5)]
    Unapplied(#[n(1)] Unapplied),
}

/// Why an edit could not be applied again. A person looks at it and does it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Unapplied {
    /// The text it changed is not the one its author saw.
    #[n(1)]
    TextChanged,
    /// The conflict it decided is not there.
    #[n(2)]
    NothingToResolve,
    /// The place has an open conflict now.
    #[n(3)]
    ResolveFirst,
    /// It would change nothing.
    #[n(4)]
    NoChange,
    /// The record itself is not there any more.
    #[n(5)]
    RecordGone,
    /// It was offered too often.
    #[n(6)]
    TooOften,
    /// The record cannot take it.
    #[n(7)]
    Document,
    /// The decision it took back does not stand.
    #[n(8)]
    NothingToUndo,
}

impl Unapplied {
    /// What to tell the person, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Unapplied::TextChanged => "所依据的文字已被退回,请重新填写",
            Unapplied::NothingToResolve => "所核定的分歧已不存在,请重新查看",
            Unapplied::ResolveFirst => "该项有两种写法,请先核定",
            Unapplied::NoChange => "内容与现有的相同",
            Unapplied::RecordGone => "该记录已不在本机",
            Unapplied::TooOften => "多次提交未成,请联系人大办",
            Unapplied::NothingToUndo => "所撤销的核定已不成立,请重新查看",
            Unapplied::Document => "该记录无法接受此修改,请重新填写",
        }
    }

    /// What to tell the person, in English.
    pub fn en(self) -> &'static str {
        match self {
            Unapplied::TextChanged => "the text it was based on was refused: write it again",
            Unapplied::NothingToResolve => "the conflict it decided is gone: look again",
            Unapplied::ResolveFirst => "the field has two values: resolve first",
            Unapplied::NoChange => "it would change nothing",
            Unapplied::RecordGone => "the record is no longer on this device",
            Unapplied::TooOften => "offered too often without success: ask the office",
            Unapplied::NothingToUndo => "the decision it took back is gone: look again",
            Unapplied::Document => "the record cannot take it: write it again",
        }
    }
}

impl From<&EditError> for Unapplied {
    fn from(error: &EditError) -> Unapplied {
        match error {
            EditError::ResolveFirst(_) => Unapplied::ResolveFirst,
            EditError::NothingToResolve(_) => Unapplied::NothingToResolve,
            EditError::NothingToUndo(_) => Unapplied::NothingToUndo,
            EditError::NoChange => Unapplied::NoChange,
            EditError::NoSuchTextPlace => Unapplied::TextChanged,
            EditError::NeedsFreshActor
            | EditError::UnknownHeads
            | EditError::WrongPlace(_)
            | EditError::TooBig
            | EditError::EventIdTaken
            | EditError::Document => Unapplied::Document,
        }
    }
}

/// A reason, or the number of one of a newer server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Known.
    Known(Reason),
    /// A newer server's.
    Newer(u16),
}

impl Why {
    fn of(verdict: AnyVerdict) -> Why {
        match verdict {
            AnyVerdict::Known(verdict) => verdict.reason().map_or(Why::Newer(0), Why::Known),
            AnyVerdict::Newer { reason, .. } => Why::Newer(reason),
        }
    }

    /// Its number.
    pub fn code(self) -> u16 {
        match self {
            Why::Known(reason) => reason.code(),
            Why::Newer(code) => code,
        }
    }

    /// What to tell the person, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Why::Known(reason) => reason.zh(),
            Why::Newer(_) => "原因未知,请更新应用后查看",
        }
    }

    /// What to tell the person, in English.
    pub fn en(self) -> &'static str {
        match self {
            Why::Known(reason) => reason.en(),
            Why::Newer(_) => "a reason this version does not know: update the app",
        }
    }
}

/// What the person is told about an own edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Being written to this device's store.
    Saving,
    /// Safe on this device only.
    OnDevice,
    /// On its way, not answered.
    Sent,
    /// At the office: durable there, at this position.
    AtOffice {
        /// The log entry.
        position: Position,
        /// The server's clock.
        time: Timestamp,
        /// How safe.
        tier: Tier,
    },
    /// At the office, not understood there yet.
    Held(Why),
    /// Refused, kept here and there.
    Refused(Why),
    /// Kept here as a value only.
    Unapplied(Unapplied),
}

impl Status {
    /// The word in `--json` and for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Saving => "saving",
            Status::OnDevice => "on-device",
            Status::Sent => "sent",
            Status::AtOffice { .. } => "at-office",
            Status::Held(_) => "held",
            Status::Refused(_) => "refused",
            Status::Unapplied(_) => "unapplied",
        }
    }

    /// Whether a person has to do something.
    pub fn needs_a_person(self) -> bool {
        match self {
            Status::Refused(_) | Status::Unapplied(_) => true,
            Status::Saving
            | Status::OnDevice
            | Status::Sent
            | Status::AtOffice { .. }
            | Status::Held(_) => false,
        }
    }

    pub(crate) fn of(edit: &OwnEdit, durable: bool, sent: bool) -> Status {
        match edit.state {
            OwnState::Waiting if !durable => Status::Saving,
            OwnState::Waiting if sent => Status::Sent,
            OwnState::Waiting => Status::OnDevice,
            OwnState::AtOffice {
                position,
                time,
                tier,
            } => Status::AtOffice {
                position,
                time,
                tier,
            },
            OwnState::Held(verdict) => Status::Held(Why::of(verdict)),
            OwnState::Refused(verdict) => Status::Refused(Why::of(verdict)),
            OwnState::Unapplied(why) => Status::Unapplied(why),
        }
    }
}

/// What an answer of the server makes of an own edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Held,
    Refused,
    /// Apply it again under a fresh actor, without bothering a person.
    OfferAgain,
    /// Accepted verdicts come as receipts.
    Nothing,
}

impl Answer {
    pub(crate) fn of(verdict: AnyVerdict) -> Answer {
        match verdict {
            AnyVerdict::Known(Verdict::Accepted) => Answer::Nothing,
            AnyVerdict::Known(Verdict::Forked) => Answer::OfferAgain,
            AnyVerdict::Known(Verdict::Refused(reason)) => of_refusal(reason),
            AnyVerdict::Known(Verdict::Held(_)) => Answer::Held,
            AnyVerdict::Newer { refused: true, .. } => Answer::Refused,
            AnyVerdict::Newer { refused: false, .. } => Answer::Held,
        }
    }
}

/// Refusals that are about the chain, not about the edit.
fn of_refusal(reason: Reason) -> Answer {
    match reason {
        Reason::OnRefused | Reason::BrokenChain | Reason::SameNumber => Answer::OfferAgain,
        Reason::Malformed
        | Reason::TooBig
        | Reason::IllegalOperation
        | Reason::ForeignActor
        | Reason::NotSealed
        | Reason::NotAllowed
        | Reason::OutOfScope
        | Reason::UnknownField
        | Reason::BadValue
        | Reason::ResolveFirst
        | Reason::FourThings
        | Reason::WrongState
        | Reason::OwnReview
        | Reason::EventIncomplete
        | Reason::Erased
        | Reason::Revoked
        | Reason::LostMembership
        | Reason::NewerDefinition
        | Reason::NewerFormat
        | Reason::OnHeld
        | Reason::UnknownDevice
        | Reason::WrongScope
        | Reason::NotCreated
        | Reason::MissingAncestor => Answer::Refused,
    }
}
