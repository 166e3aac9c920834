//! The device engine: what a phone, a browser or a command line does with records, offline first.
//!
//! It keeps two layers of every record (what the office has, and what is this device's own),
//! says for every edit where it is, and syncs through `liandu_core::protocol::client`. It has no
//! threads, files, sockets, clock or randomness: a driver performs `Output`s and feeds `Input`s.
//! The driver for native programs is behind the feature `native`.
//!
//! ```text
//! loop {
//!     while let Some(output) = engine.poll() { perform(output); } // store, connect, send, show
//!     engine.handle(now(), next_input_or_tick_at(engine.deadline()));
//! }
//! ```

mod cache;
pub mod engine;
pub mod entropy;
mod identity;
#[cfg(feature = "json")]
pub mod json;
mod layers;
#[cfg(feature = "native")]
pub mod native;
mod own;
mod rebuild;
mod store;

pub use engine::{
    Asked, BundleError, BundleFor, BundleReport, DismissError, EditView, Engine, EnrolError,
    EnrolFailure, Event, Filter, Input, KeepError, Kept, Line, NotHere, Output, Overview,
    RecordView, Rescued, rescue,
};
pub use layers::Gone;
pub use own::{OfficeWord, OwnEdit, OwnState, Status, Unapplied, Why};
pub use store::{Key, OpenError, Pairs, Puts};
