//! How often somebody did what no honest device does, for who watches the server.
//!
//! Never says who: whatever a stranger says of itself may be another's name.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::keeper::ask::Numbers;

/// What devices, or who passes for one, did that none should: counted, so that an attack is seen.
#[derive(Debug, Default)]
pub(crate) struct Misbehaviour {
    /// Connections that the server ended because of who opened them or what they said.
    pub(crate) turned_away: AtomicU64,
    /// Messages that could not be read or came out of turn.
    pub(crate) oddities: AtomicU64,
}

impl Misbehaviour {
    /// Those numbers, with these.
    pub(super) fn beside(&self, numbers: Numbers) -> Numbers {
        Numbers {
            turned_away: self.turned_away.load(Ordering::Relaxed),
            oddities: self.oddities.load(Ordering::Relaxed),
            ..numbers
        }
    }
}
