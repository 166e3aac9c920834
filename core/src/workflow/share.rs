//! Lead and co-departments (主办 协办): whose work a problem is, and who else still owes an answer.
//!
//! Folded from the events. Never says who may do what: `policy` does.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{EventId, UnitId};
use crate::record::kind::Kind;
use crate::record::value::Value;
use crate::record::view::{EventView, Record};

/// The argument that names the units a problem is the work of, several by commas.
pub const UNIT: &str = "unit";
/// The argument that names the units that help, several by commas.
pub const CO_UNITS: &str = "co_units";
/// The event by which a co-department answers.
pub const ASSIST: &str = "assist";
/// Its argument: for which unit the answer is given.
pub const BY_UNIT: &str = "by_unit";

/// A unit's share in a problem that it was handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// 主办: it is this unit's work.
    Lead,
    /// 协办, and its answer is waited for.
    Asked,
    /// 协办, and it has answered since the problem was handed over last.
    Answered,
}

impl Share {
    /// Every share.
    pub const ALL: [Share; 3] = [Share::Lead, Share::Asked, Share::Answered];

    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Share::Lead => "lead",
            Share::Asked => "asked",
            Share::Answered => "answered",
        }
    }

    /// The share of that word.
    pub fn parse(word: &str) -> Option<Share> {
        Share::ALL.into_iter().find(|share| share.as_str() == word)
    }
}

/// The units that an argument names.
pub(crate) fn units(named: Option<&Value>) -> BTreeSet<UnitId> {
    let named = named.and_then(Value::as_text).unwrap_or("").split(',');
    named.filter_map(|unit| UnitId::new(unit).ok()).collect()
}

/// The share of every unit that a record is handed to.
pub fn shares(record: &Record) -> BTreeMap<UnitId, Share> {
    let state = &record.state;
    // Most problems have no helper: nothing is looked for in their events.
    let helped = state.handlers.len() > state.leads.len();
    let answered = if helped {
        answered(record)
    } else {
        BTreeSet::new()
    };
    let share = |unit: &UnitId| {
        if state.leads.contains(unit) {
            Share::Lead
        } else if answered.contains(unit) {
            Share::Answered
        } else {
            Share::Asked
        }
    };
    let all = state.handlers.iter();
    all.map(|unit| (unit.clone(), share(unit))).collect()
}

/// The units that have answered knowing of how the problem was handed over last.
fn answered(record: &Record) -> BTreeSet<UnitId> {
    let mut found = BTreeSet::new();
    if record.kind != Kind::Problem {
        return found;
    }
    let counting: Vec<&EventView> = record.events.iter().filter(|event| event.counts).collect();
    let hands = |event: &EventView| matches!(event.kind.as_str(), "transfer" | "reassign");
    let handed: BTreeSet<EventId> = counting
        .iter()
        .filter(|event| hands(event))
        .map(|event| event.id)
        .collect();
    let superseded: BTreeSet<EventId> = counting
        .iter()
        .filter(|event| hands(event))
        .flat_map(|event| before(record, event))
        .collect();
    for event in counting
        .iter()
        .filter(|event| event.kind.as_str() == ASSIST)
    {
        let knew = before(record, event);
        if handed
            .difference(&superseded)
            .all(|last| knew.contains(last))
        {
            found.extend(units(event.args.get(BY_UNIT)));
        }
    }
    found
}

/// The events that the author of one knew of, as far as they are of the line of states.
fn before(record: &Record, event: &EventView) -> BTreeSet<EventId> {
    let mut known = BTreeSet::new();
    let mut left = event.after.clone();
    while let Some(id) = left.pop() {
        if known.insert(id) {
            let found = record.events.iter().find(|other| other.id == id);
            left.extend(
                found
                    .into_iter()
                    .flat_map(|other| other.after.iter().copied()),
            );
        }
    }
    known
}
