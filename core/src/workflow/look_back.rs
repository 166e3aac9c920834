//! Looking back (回头看): on which day a closed problem is to be looked at again.
//!
//! Never a state, and nothing depends on it but what lists show.

use crate::record::kind::Kind;
use crate::record::path::Path;
use crate::record::view::{EventView, Record};
use crate::time::Day;

/// The field by which an office asks for it.
const ON: &str = "look_back_on";
const LOOKED: &str = "look_back";

/// The day, until somebody has looked since it was set. Compared are devices' clocks: a wrong one
/// shows a problem once more, or once less.
pub fn look_back(record: &Record) -> Option<Day> {
    if record.kind != Kind::Problem || record.state.state.as_str() != "closed" {
        return None;
    }
    let set = record.fields.get(&Path::field(ON).ok()?)?;
    let day = Day::parse(set.value.as_text()?)?;
    let since = |event: &EventView| {
        let looked = event.counts && event.kind.as_str() == LOOKED;
        looked && event.by.device_time >= set.by.device_time
    };
    (!record.events.iter().any(since)).then_some(day)
}
