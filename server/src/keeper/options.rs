//! What the keeper is told once, at its opening.
//!
//! Never read from anywhere: the server hands it in.

use crate::journal;

/// What the keeper is told once.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The journal's sizes.
    pub journal: journal::Options,
    /// Documents kept in memory, bytes.
    pub cache_bytes_max: usize,
    /// How long an ended membership still counts for who did not know of it, ms.
    pub grace_ms: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            journal: journal::Options::default(),
            cache_bytes_max: 32 << 20,
            grace_ms: 7 * 24 * 3_600_000,
        }
    }
}
