//! The keeper on a simulated disk: what is answered is there, and nothing else is answered.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test asks for one arm; any other is a failure that it prints"
)]

mod authority;
mod erasing;
mod feeds;
mod forged;
mod kept;
mod mending;
mod packs;
mod promise;
mod world;
