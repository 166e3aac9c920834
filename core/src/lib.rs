//! Liandu's core: records, edits, conflicts, policy, admission, the log's entries and the sync
//! protocol.
//!
//! It decides and never carries: no IO, no clock, no randomness, no async, no global state. Time,
//! ids and random bytes come in as arguments, so the same code runs in the server, in a browser,
//! in native apps and in the simulator.

pub mod id;
pub mod limits;
pub mod record;
pub mod time;
pub mod verdict;
