//! The sync protocol from outside: bytes, limits, both state machines, bundles, the spec.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::wrong_self_convention,
    reason = "tests: clippy allows these only in functions marked as tests"
)]

mod bundle;
mod client;
mod codec;
mod enrolling;
mod envelope;
mod golden;
mod host;
mod link;
mod numbers;
mod repair;
mod samples;
mod seals;
mod session;
mod spec;
mod stories;
mod strangers;
mod windows;
