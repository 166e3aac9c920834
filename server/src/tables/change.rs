//! What an entry of the log does to the tables, as the projector hands it to their one writer.
//!
//! Never says how a row is written.

use liandu_core::id::{CampaignId, ChangeHash, Position, RecordId, RegionCode};
use liandu_core::log::{Decided, DispatchFrozen, LibrarySet, Notified, NumberRange};

use crate::tables::Held;
use crate::tables::audit::Act;
use crate::tables::rows::Rows;

/// What one entry of the log does to the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A record is now like this (also after a move).
    Put(Box<Rows>),
    /// A problem was admitted for the first time: it gets the next number of its county and
    /// campaign. Without a record: one that was erased since, whose number stays taken.
    Born {
        /// The record.
        record: Option<RecordId>,
        /// Where it was born.
        county: RegionCode,
        /// Under which campaign.
        campaign: CampaignId,
    },
    /// A unit was told of an event outside this system, or could not be.
    Delivered {
        /// The entry.
        position: Position,
        /// What it says.
        notified: Notified,
    },
    /// Something was done that the audit shows.
    Audited {
        /// The entry.
        position: Position,
        /// What it says.
        acts: Vec<Act>,
    },
    /// Figures were frozen for a meeting.
    Frozen {
        /// The entry.
        position: Position,
        /// What it says.
        dispatch: Box<DispatchFrozen>,
    },
    /// A meeting decided something.
    Decided {
        /// The entry.
        position: Position,
        /// What it says.
        decided: Decided,
    },
    /// A version of the library of laws was published.
    Library {
        /// The entry.
        position: Position,
        /// What it says.
        set: Box<LibrarySet>,
    },
    /// A record was erased, or nothing of it was accepted.
    Gone(RecordId),
    /// An edit went to quarantine or escrow.
    Held(Box<Held>),
    /// Quarantined edits of one actor were released, or became understood, and now count.
    Released {
        /// Their record.
        record: RecordId,
        /// Whose and which.
        numbers: NumberRange,
        /// The entry that says so.
        by: Position,
    },
    /// The office answered a quarantined edit, which stays out.
    Answered {
        /// Its record.
        record: RecordId,
        /// The edit.
        hash: ChangeHash,
        /// The entry that says so.
        by: Position,
        /// What the author reads.
        text: String,
    },
}
