//! What a person can do to a record: one arm each, one automerge change each.
//!
//! Never says whether it is allowed: `policy` does. Edits are stored on devices as these values,
//! beside the changes they became, so that they can be applied again after a refusal.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::id::{EventId, EventKind, FieldId};
use crate::record::path::{Path, WriteId};
use crate::record::value::Value;

/// One value put into one place. Never a text or the state: those have their own edits.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Write {
    /// Where.
    #[n(1)]
    pub path: Path,
    /// What.
    #[n(2)]
    pub value: Value,
}

/// One replacement in a text. Places count Unicode code points of the text as the splices before
/// it left it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Splice {
    /// First code point.
    #[n(1)]
    pub at: u64,
    /// Code points taken out.
    #[n(2)]
    pub delete: u64,
    /// Text put in.
    #[n(3)]
    pub insert: String,
}

/// One act of a person on a record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Edit {
    /// The first edit: everything the form held when it was saved.
    #[n(1)]
    Create {
        /// Fields, answers and items.
        #[n(1)]
        writes: Vec<Write>,
        /// Texts, each from empty.
        #[n(2)]
        texts: Vec<(FieldId, String)>,
    },
    /// Fields, answers and items given new values together.
    #[n(2)]
    Set {
        /// At least one; no path twice.
        #[n(1)]
        writes: Vec<Write>,
    },
    /// A long text changed here and there.
    #[n(3)]
    EditText {
        /// Which text.
        #[n(1)]
        field: FieldId,
        /// In order.
        #[n(2)]
        splices: Vec<Splice>,
    },
    /// A long text emptied on purpose: a conflict with whoever was editing it.
    #[n(4)]
    ClearText {
        /// Which text.
        #[n(1)]
        field: FieldId,
    },
    /// Something that happened: transfer, receipt, closing. Its `after` is the tips at `seen`.
    #[n(5)]
    Event {
        /// Chosen by the author, never reused.
        #[n(1)]
        id: EventId,
        /// What happened.
        #[n(2)]
        event: EventKind,
        /// Reason, unit, deadline and the like.
        #[n(3)]
        args: BTreeMap<String, Value>,
    },
    /// A decision between values written without knowing of each other.
    #[n(6)]
    Resolve {
        /// The place in conflict; a text's for a clearing or late edit of it.
        #[n(1)]
        path: Path,
        /// The decided value; none for a text, whose content is edited by `EditText`.
        #[n(2)]
        value: Option<Value>,
        /// The writes it decides between, as the author saw them.
        #[n(3)]
        among: Vec<WriteId>,
    },
    /// A decision taken back: what it decided between is open again. Only one that still stands
    /// and that nothing was built on: no event settled its value, nobody wrote there since.
    #[n(7)]
    Undo {
        /// The place that was decided about; the state, too.
        #[n(1)]
        path: Path,
        /// The decision, as the author saw it.
        #[n(2)]
        decision: WriteId,
    },
}

impl Edit {
    /// Writes one value to one place.
    pub fn set(path: Path, value: Value) -> Edit {
        Edit::Set {
            writes: vec![Write { path, value }],
        }
    }

    /// The arm's code in a change's message. Frozen.
    pub(crate) fn code(&self) -> char {
        match self {
            Edit::Create { .. } => 'c',
            Edit::Set { .. } => 's',
            Edit::EditText { .. } => 't',
            Edit::ClearText { .. } => 'x',
            Edit::Event { .. } => 'e',
            Edit::Resolve { .. } => 'r',
            Edit::Undo { .. } => 'u',
        }
    }
}
