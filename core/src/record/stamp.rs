//! Stamps: the server's word on when, at which position and from whom it took which changes.
//!
//! Never decides anything: they are shown beside device times, which can be wrong.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::id::{Actor, PersonId, Position};
use crate::time::Timestamp;

/// The changes of `actor` up to `seq_max` that no earlier stamp covers were admitted here.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stamp {
    /// Whose changes.
    #[n(1)]
    pub actor: Actor,
    /// The last change covered.
    #[n(2)]
    pub seq_max: u64,
    /// The entry that holds them.
    #[n(3)]
    pub position: Position,
    /// The server's clock.
    #[n(4)]
    pub time: Timestamp,
    /// The person the device was enrolled for, or the office user.
    #[n(5)]
    pub person: Option<PersonId>,
}

/// All stamps of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<(Actor, u64), Stamp>);

impl Stamps {
    /// No stamps: a record that no server has seen.
    pub fn new() -> Stamps {
        Stamps::default()
    }

    /// Adds a stamp; one that is known already changes nothing.
    pub fn add(&mut self, stamp: Stamp) {
        self.0.entry((stamp.actor, stamp.seq_max)).or_insert(stamp);
    }

    /// The stamp that covers a change.
    pub fn of(&self, actor: &Actor, seq: u64) -> Option<&Stamp> {
        let found = self.0.range((*actor, seq)..).next();
        found
            .filter(|((at, _), _)| at == actor)
            .map(|(_, stamp)| stamp)
    }

    /// Every stamp, by actor and number.
    pub fn iter(&self) -> impl Iterator<Item = &Stamp> {
        self.0.values()
    }
}

impl FromIterator<Stamp> for Stamps {
    fn from_iter<I: IntoIterator<Item = Stamp>>(stamps: I) -> Stamps {
        let mut all = Stamps::new();
        stamps.into_iter().for_each(|stamp| all.add(stamp));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamp_covers_changes_after_the_one_before() {
        let stamp = |actor: u8, seq_max, position| Stamp {
            actor: Actor([actor; 16]),
            seq_max,
            position: Position(position),
            time: Timestamp(0),
            person: None,
        };
        let stamps: Stamps = [stamp(1, 3, 10), stamp(1, 5, 20), stamp(2, 1, 30)]
            .into_iter()
            .collect();
        let position = |actor: u8, seq| stamps.of(&Actor([actor; 16]), seq).map(|s| s.position.0);
        assert_eq!(position(1, 1), Some(10));
        assert_eq!(position(1, 3), Some(10));
        assert_eq!(position(1, 4), Some(20));
        assert_eq!(position(1, 6), None, "another actor's stamp does not count");
    }
}
