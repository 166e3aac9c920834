//! What the demo holds, as data: records, who writes what into them, in which round.
//!
//! Pure and the same every time: ids are hashes of names, times stand in the spring of 2020. Never
//! names a real person, and every title says 演示数据.

mod clash;
mod hanshan;
mod others;
mod taocheng;
mod write;
mod zhengding;

use liandu_core::campaign::Campaign;
use liandu_core::id::RecordId;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::time::Timestamp;

use crate::demo::seats::Hand;

pub use write::MARK;

/// What a hand does to a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An edit.
    Edit(Edit),
    /// Decides the open conflict at a place for a value.
    Decide(Path, Value),
}

/// One deed. Hands of one round do not know of each other's deeds in that round.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// From 0.
    pub round: usize,
    /// Whose device.
    pub hand: Hand,
    /// The device's clock.
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
}

/// One record and everything that happens to it; the first step creates it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// A hash of its name.
    pub id: RecordId,
    /// What it is about.
    pub kind: Kind,
    /// Who it belongs to.
    pub scope: Scope,
    /// In order.
    pub steps: Vec<Step>,
}

/// Everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In the order they are made.
    pub entries: Vec<Entry>,
}

impl Plan {
    /// The demo's records. `campaign` names the problem types of each domain.
    pub fn new(campaign: &Campaign) -> Plan {
        let mut entries = Vec::new();
        hanshan::add(&mut entries, campaign);
        others::add(&mut entries);
        taocheng::add(&mut entries);
        zhengding::add(&mut entries, campaign);
        clash::add(&mut entries);
        Plan { entries }
    }

    /// How many rounds there are.
    pub fn rounds(&self) -> usize {
        self.steps().map(|step| step.round + 1).max().unwrap_or(0)
    }

    /// Every step.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.entries.iter().flat_map(|entry| &entry.steps)
    }

    /// Records that end with an open conflict.
    pub fn conflicts() -> u64 {
        clash::OPEN
    }

    /// The record that both phones wrote an area into.
    pub fn area_record() -> RecordId {
        clash::area_record()
    }

    /// The record that both phones write an area into on the stage; nobody has yet.
    pub fn stage_record() -> RecordId {
        clash::stage_record()
    }
}

#[cfg(test)]
mod tests;
