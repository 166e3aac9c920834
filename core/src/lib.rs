//! Liandu's core: records, edits, conflicts, policy, admission, the log's entries and the sync
//! protocol.
//!
//! It decides and never carries: no IO, no clock, no randomness, no async, no global state. Time,
//! ids and random bytes come in as arguments, so the same code runs in the server, in a browser,
//! in native apps and in the simulator.

pub mod admission;
pub mod authority;
pub mod campaign;
pub mod id;
pub mod level;
pub mod light;
pub mod limits;
pub mod log;
pub mod policy;
pub mod protocol;
pub mod record;
pub mod seal;
pub mod time;
pub mod verdict;
pub mod workflow;
