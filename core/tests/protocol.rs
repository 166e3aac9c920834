//! The sync protocol from outside: bytes, limits, both state machines, bundles, the spec.

mod bundle;
mod codec;
mod golden;
mod link;
mod repair;
mod samples;
mod seals;
mod spec;
mod stories;
