//! Records: conflicts, births, admission and order.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests: clippy allows these only in functions marked as tests"
)]

mod admission;
mod births;
mod conflicts;
mod foreign;
mod look_back;
mod order;
mod referrals;
mod undo;
mod world;
