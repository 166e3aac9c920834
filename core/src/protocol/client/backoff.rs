//! How long a device waits before it connects again.
//!
//! Never random by itself: the seed comes from outside.

use crate::limits::{BACKOFF_FIRST_MS, BACKOFF_MS_MAX};

/// Doubles from `BACKOFF_FIRST_MS` to `BACKOFF_MS_MAX`; each wait is drawn from its upper half, so
/// that phones that lost the server together do not come back together.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    attempt: u32,
    state: u64,
}

impl Backoff {
    pub(crate) fn new(seed: u64) -> Backoff {
        Backoff {
            attempt: 0,
            state: seed,
        }
    }

    /// The connection was of use: the next wait is the shortest again.
    pub(crate) fn reset(&mut self) {
        self.attempt = 0;
    }

    /// The next wait, ms; never shorter than what the server asked for.
    pub(crate) fn next_ms(&mut self, retry_after_ms: Option<u64>) -> u64 {
        let doubled = BACKOFF_FIRST_MS
            .checked_shl(self.attempt)
            .unwrap_or(BACKOFF_MS_MAX);
        self.attempt = self.attempt.saturating_add(1).min(32);
        let wait = self.upper_half(doubled.min(BACKOFF_MS_MAX));
        match retry_after_ms {
            Some(asked) => wait.max(asked.min(24 * 3_600_000)),
            None => wait,
        }
    }

    /// A wait of about the longest.
    pub(crate) fn longest_ms(&mut self) -> u64 {
        self.upper_half(BACKOFF_MS_MAX)
    }

    fn upper_half(&mut self, ms: u64) -> u64 {
        let half = ms / 2;
        half + self.draw() % (half + 1)
    }

    /// splitmix64.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_five_minutes_and_keep_within_their_upper_half() {
        for seed in 0..50 {
            let mut backoff = Backoff::new(seed);
            for attempt in 0..40u32 {
                let top = (1_000u64 << attempt.min(20)).min(300_000);
                let wait = backoff.next_ms(None);
                assert!((top / 2..=top).contains(&wait), "attempt {attempt}: {wait}");
            }
            backoff.reset();
            assert!(backoff.next_ms(None) <= 1_000);
        }
    }

    #[test]
    fn waits_differ_between_phones_and_respect_the_server() {
        let waits: std::collections::BTreeSet<u64> = (0..100)
            .map(|seed| Backoff::new(seed).next_ms(None))
            .collect();
        assert!(waits.len() > 60, "{}", waits.len());
        assert_eq!(Backoff::new(1).next_ms(Some(45_000)), 45_000);
        let day = Backoff::new(1).next_ms(Some(u64::MAX));
        assert_eq!(day, 24 * 3_600_000);
    }

    #[test]
    fn wait_is_drawn_from_its_upper_half_both_ends_included() {
        let waits = (0..50).map(|seed| Backoff::new(seed).upper_half(4));
        let waits: std::collections::BTreeSet<u64> = waits.collect();
        assert!(waits.into_iter().eq(2..=4));
        let longest = Backoff::new(1).longest_ms();
        assert!((150_000..=300_000).contains(&longest), "{longest}");
    }

    #[test]
    fn draws_are_those_of_splitmix64() {
        // The reference's first four for seed 0.
        let mut backoff = Backoff::new(0);
        let draws = std::array::from_fn(|_| backoff.draw());
        let reference: [u64; 4] = [
            0xe220_a839_7b1d_cdaf,
            0x6e78_9e6a_a1b9_65f4,
            0x06c4_5d18_8009_454f,
            0xf88b_b8a8_724c_81ec,
        ];
        assert_eq!(draws, reference);
    }
}
