//! The sync protocol: messages, their bytes, and both sides as state machines without IO.
//!
//! Never judges an edit, stores a byte, opens a socket, reads a clock or draws a random number.
//! `protocol/SPEC.md` is the contract for clients in other languages.

pub mod bundle;
pub mod client;
pub(crate) mod codec;
pub mod digest;
pub mod enrol;
pub mod envelope;
pub mod frame;
pub mod message;
pub mod packed;
pub mod session;
mod summed;
pub mod update;

/// The protocol version this code speaks.
pub const VERSION: u16 = 1;
/// Every version this code speaks, best first.
pub const VERSIONS: &[u16] = &[VERSION];
