//! Workloads against real processes, the made-up roster, and the demo.
//!
//! Depends on everything, nobody but tests depends on it. Never measures what it did not verify.
#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a workload that indexes wrongly must stop at once, with the place"
)]

pub mod demo;
pub mod fleet;
pub mod ledger;
pub mod load;
pub mod meter;
pub mod office;
pub mod process;
pub mod replay;
pub mod roster;
pub mod trace;
