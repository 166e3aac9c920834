//! Two problems that are one: the office merges the later into the earlier, or says they are two.
//!
//! Never changes the problem that carries on and never moves anything out of the one that was
//! merged: both keep all they hold, the merged one names where it goes on.

use std::collections::BTreeSet;

use crate::id::RecordId;
use crate::record::value::Value;
use crate::record::view::{EventView, Record};

/// The event by which a problem goes on in another.
pub const MERGE: &str = "merge";
/// Its argument: the id of the problem that carries on.
pub const INTO: &str = "into";
/// The event that says of a problem that it is not the same as another, named by `of`.
pub const NOT_DUPLICATE: &str = "not_duplicate";

/// Whether a problem in this state stands for itself: another can go on in it, or it in another.
pub fn stands(state: &str) -> bool {
    !matches!(state, "merged" | "withdrawn")
}

/// The problem that a merged one goes on in; none while it stands for itself, or where the event
/// names nothing that is an id.
pub fn merged_into(record: &Record) -> Option<RecordId> {
    if record.state.state.as_str() != "merged" {
        return None;
    }
    let mut merges = counting(record, MERGE).rev();
    named(merges.next()?, INTO)
}

/// The problems that somebody looked at and found to be others.
pub fn apart(record: &Record) -> BTreeSet<RecordId> {
    counting(record, NOT_DUPLICATE)
        .filter_map(|event| named(event, "of"))
        .collect()
}

fn counting<'r>(
    record: &'r Record,
    word: &'static str,
) -> impl DoubleEndedIterator<Item = &'r EventView> {
    let events = record.events.iter();
    events.filter(move |event| event.counts && event.kind.as_str() == word)
}

fn named(event: &EventView, argument: &str) -> Option<RecordId> {
    let text = event.args.get(argument).and_then(Value::as_text)?;
    text.parse().ok()
}
