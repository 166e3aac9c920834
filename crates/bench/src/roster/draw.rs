//! Numbers and names drawn from a seed.
//!
//! Never used for anything secret.

use liandu_device::entropy::{Entropy, Seeded};

use super::names::{GIVEN, SURNAMES};

pub(crate) struct Draw {
    source: Seeded,
    surnames: Vec<char>,
    given: Vec<char>,
}

impl Draw {
    pub(crate) fn new(seed: u64) -> Draw {
        Draw {
            source: Seeded::new(seed),
            surnames: SURNAMES.chars().collect(),
            given: GIVEN.chars().collect(),
        }
    }

    fn next(&mut self) -> u64 {
        let mut bytes = [0u8; 8];
        self.source.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number from 0 to one less than `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let drawn = u128::from(self.next()) * end as u128;
        usize::try_from(drawn >> 64).unwrap_or(0)
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    /// A surname and one or two given characters.
    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        let at = self.below(self.surnames.len());
        name.extend(self.surnames.get(at));
        for _ in 0..1 + usize::from(self.below(10) < 7) {
            let at = self.below(self.given.len());
            name.extend(self.given.get(at));
        }
        name
    }
}
