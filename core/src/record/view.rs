//! What a reader gets: typed fields with who wrote them, events, state and open conflicts.
//!
//! Never holds anything of automerge and is never serialized: API and exports have their own
//! types.

use std::collections::BTreeMap;

use crate::id::{
    ChangeHash, DeviceId, DomainId, EventId, EventKind, FieldId, PersonId, Position, RecordId,
    StateId, UnitId,
};
use crate::record::kind::Kind;
use crate::record::path::{Path, WriteId};
use crate::record::value::Value;
use crate::time::Timestamp;

/// Who wrote something and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Actor and number of the change.
    pub write: WriteId,
    /// Hash of the change.
    pub hash: ChangeHash,
    /// The device.
    pub device: DeviceId,
    /// The person, when the server has said so (or for an office act).
    pub person: Option<PersonId>,
    /// For whom it was recorded (代录), when not for the author.
    pub behalf: Option<PersonId>,
    /// The device's clock: shown, never used to decide.
    pub device_time: Timestamp,
    /// Position and time of the server's receipt, none before it.
    pub server: Option<(Position, Timestamp)>,
}

/// One written value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What.
    pub value: Value,
    /// Who and when.
    pub by: Provenance,
}

/// A field, answer or item field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// The value that counts now. While a conflict is open: the settled one, else automerge's
    /// deterministic pick.
    pub value: Value,
    /// Who wrote it.
    pub by: Provenance,
    /// Other values that nobody has decided about.
    pub others: Vec<Written>,
}

/// A long text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// Merged content.
    pub content: String,
    /// Last in causal order who changed it.
    pub by: Option<Provenance>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// The tip events its author saw.
    pub after: Vec<EventId>,
    /// Reason, unit, deadline and the like.
    pub args: BTreeMap<String, Value>,
    /// Who and when.
    pub by: Provenance,
    /// Whether it was allowed in the state at its `after`; if not it is shown but does not count.
    pub counts: bool,
}

/// Where the record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateView {
    /// The state that counts: of the one tip, the common one, or the least advanced.
    pub state: StateId,
    /// The events nobody has followed up yet.
    pub tips: Vec<EventId>,
    /// The units a problem is handed to.
    pub handlers: Vec<UnitId>,
    /// Those of them whose work it is (主办); the others help (协办).
    pub leads: Vec<UnitId>,
}

/// What kind of disagreement is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKind {
    /// Different values written without knowing of each other.
    Values,
    /// A value written without knowing of an event that settled it.
    Late,
    /// A text cleared while somebody edited it.
    ClearedWhileEdited,
    /// A text edited without knowing of an event that settled it.
    LateText,
    /// Events that lead to different states.
    States,
}

impl ConflictKind {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ConflictKind::Values => "values",
            ConflictKind::Late => "late",
            ConflictKind::ClearedWhileEdited => "cleared-while-edited",
            ConflictKind::LateText => "late-text",
            ConflictKind::States => "states",
        }
    }
}

/// An open conflict, until a person resolves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where.
    pub path: Path,
    /// What.
    pub kind: ConflictKind,
    /// The writes it is between, the current one first. A `Resolve` names them all. For states:
    /// the tips, each value being its state.
    pub values: Vec<Written>,
}

/// A decision that stands and that nothing was built on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Where.
    pub path: Path,
    /// What for, and who decided: an `Undo` names this write. Empty for a text as it stands; for
    /// the state, the state.
    pub decision: Written,
}

/// A whole record as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Fields, answers and item fields that were ever written.
    pub fields: BTreeMap<Path, FieldView>,
    /// Texts, built-in ones even when empty.
    pub texts: BTreeMap<FieldId, TextView>,
    /// Events in causal order.
    pub events: Vec<EventView>,
    /// Where it stands.
    pub state: StateView,
    /// What is open.
    pub conflicts: Vec<Conflict>,
    /// Decisions that can be taken back.
    pub decided: Vec<Decided>,
    /// The first edit in causal order.
    pub created: Option<Provenance>,
    /// The last edit in causal order.
    pub last: Option<Provenance>,
    /// Edits, births not counted.
    pub edits: usize,
}

impl Record {
    /// A field's current value as text, empty when it has none.
    pub fn text_of(&self, field: &str) -> &str {
        let path = FieldId::new(field).map(Path::Field);
        let view = path.ok().and_then(|path| self.fields.get(&path));
        view.and_then(|view| view.value.as_text()).unwrap_or("")
    }

    /// The record's domain, when it names one.
    pub fn domain(&self) -> Option<DomainId> {
        DomainId::new(self.text_of("domain")).ok()
    }
}

/// One act in a place's history, in causal order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// What was done.
    pub act: Act,
    /// Who and when.
    pub by: Provenance,
}

/// What an act did to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Put this value.
    Wrote(Value),
    /// Decided for this value (none: for a text as it stands).
    Resolved(Option<Value>),
    /// Took the decision that stood back: what it was between is open again.
    Undone,
    /// Changed a text: code points taken out and the text put in.
    Edited {
        /// Code points taken out.
        deleted: usize,
        /// Text put in, in the order it was typed.
        inserted: String,
    },
    /// Emptied a text on purpose.
    Cleared,
    /// An event of this kind.
    Happened(EventKind),
}

/// Something a reader did not expect; shown to developers and in `check`, never in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// A root entry that this version does not know.
    UnknownRoot(String),
    /// A key in a known map that is not an id.
    UnknownKey(String),
    /// A value of a newer form.
    UnknownValue(Path),
    /// A field that the definition does not have.
    UnknownField(Path),
    /// An event that cannot be read, or of an unknown kind.
    UnknownEvent(String),
    /// An event that was not allowed in the state its author saw.
    EventDoesNotCount(EventId),
}
