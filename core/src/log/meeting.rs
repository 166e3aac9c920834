//! Entries about the weekly dispatch (周调度): figures frozen for a meeting, and what it decided.
//!
//! Never holds a title, a name or a text of a record: those can be erased, and are read from the
//! record when a dispatch is shown.

use minicbor::{Decode, Encode};

use crate::id::{CampaignId, Position, RecordId, RegionCode, StateId, UnitId};
use crate::time::Timestamp;

/// How problems stand. All are numbers of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Tally {
    /// First arrived in the dispatch's time.
    #[n(1)]
    pub new: u64,
    /// Closed in the dispatch's time.
    #[n(2)]
    pub done: u64,
    /// Neither closed nor withdrawn nor merged into another.
    #[n(3)]
    pub open: u64,
    /// Overdue ones among the open.
    #[n(4)]
    pub overdue: u64,
    /// Ones among the overdue that have risen to a higher level.
    #[n(5)]
    pub raised: u64,
}

/// The figures of one region or unit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DispatchPart {
    /// Code of the region or unit.
    #[n(1)]
    pub code: String,
    /// Its figures.
    #[n(2)]
    pub tally: Tally,
}

/// A problem of a dispatch's list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DispatchItem {
    /// Which.
    #[n(1)]
    pub record: RecordId,
    /// Where it stood.
    #[n(2)]
    pub state: StateId,
    /// The day it was due, `2020-04-30`.
    #[n(3)]
    pub due: String,
    /// The units it was handed to.
    #[n(4)]
    pub units: Vec<UnitId>,
}

/// How a decision of an earlier meeting stood.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DecisionState {
    /// The task that carries it out.
    #[n(1)]
    pub record: RecordId,
    /// The task's state.
    #[n(2)]
    pub state: StateId,
    /// The day it was due, none when no day was set.
    #[n(3)]
    pub due: Option<String>,
    /// Whether it was overdue.
    #[n(4)]
    pub overdue: bool,
    /// The record it is about, with that one's state.
    #[n(5)]
    pub about: Option<(RecordId, StateId)>,
}

/// The figures of a region, frozen for a meeting. The entry's position names the dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DispatchFrozen {
    /// Of which region with its subtree.
    #[n(1)]
    pub region: RegionCode,
    /// What is new or done since then counts.
    #[n(2)]
    pub from: Timestamp,
    /// Up to then: the moment it was frozen. Overdue is what was so on that day in Beijing.
    #[n(3)]
    pub to: Timestamp,
    /// The figures hold for the log up to here.
    #[n(4)]
    pub as_of: Position,
    /// Of the whole region.
    #[n(5)]
    pub total: Tally,
    /// By the regions right below.
    #[n(6)]
    pub regions: Vec<DispatchPart>,
    /// By the units that problems are handed to, the most overdue first.
    #[n(7)]
    pub units: Vec<DispatchPart>,
    /// Units beyond the most that are kept.
    #[n(8)]
    pub units_more: u64,
    /// Overdue problems, the longest first; the most that are kept of all.
    #[n(9)]
    pub overdue: Vec<DispatchItem>,
    /// Decisions of earlier meetings that were open or moved in the dispatch's time.
    #[n(10)]
    pub decisions: Vec<DecisionState>,
    /// Who froze it.
    #[n(11)]
    pub user: String,
    /// The server's clock.
    #[n(12)]
    pub time: Timestamp,
    /// Of which campaign; none for all together.
    #[n(13)]
    pub campaign: Option<CampaignId>,
}

/// A decision taken at a meeting: a task of its own, which has text, unit, day and state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Decided {
    /// At which meeting: the position of its dispatch.
    #[n(1)]
    pub dispatch: Position,
    /// The task.
    #[n(2)]
    pub record: RecordId,
    /// The record it is about, if any.
    #[n(3)]
    pub about: Option<RecordId>,
    /// Who wrote it down.
    #[n(4)]
    pub user: String,
    /// The server's clock.
    #[n(5)]
    pub time: Timestamp,
}
