//! Numbers drawn from a seed (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom
//! number generators").
//!
//! Never used for anything secret.

use super::names::{GIVEN, SURNAMES};

pub(super) struct Draw {
    state: u64,
    surnames: Vec<char>,
    given: Vec<char>,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Draw {
        Draw {
            state: seed,
            surnames: SURNAMES.chars().collect(),
            given: GIVEN.chars().collect(),
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one less than `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
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
