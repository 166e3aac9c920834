//! Sign-ins and failed ones on their way into the log: told apart by account, address and outcome.
//!
//! Never keeps what was typed for a user that does not exist, and never grows with the number of
//! tries: in a storm of them they are counted together and written once a minute.

use std::collections::{BTreeMap, VecDeque};

use liandu_core::limits;
use liandu_core::log::{SignIn, SignInOutcome};
use liandu_core::time::Timestamp;

const MINUTE_MS: u64 = 60_000;

/// Which tries are counted together.
type Key = (String, String, SignInOutcome);

/// Tries since the server started, for `/metrics`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sessions begun.
    pub signed_in: u64,
    /// Passwords that were wrong, users that are nobody's.
    pub failed: u64,
    /// Told to wait.
    pub delayed: u64,
}

/// Tries that are not in the log yet.
#[derive(Debug, Default)]
pub struct Tries {
    waiting: BTreeMap<Key, SignIn>,
    /// When entries were written during the last minute.
    written: VecDeque<Timestamp>,
    totals: Totals,
}

impl Tries {
    /// Counts a try; `user` is empty when there is no such account.
    pub fn note(&mut self, user: &str, address: &str, outcome: SignInOutcome, now: Timestamp) {
        let total = match outcome {
            SignInOutcome::In => &mut self.totals.signed_in,
            SignInOutcome::Wrong => &mut self.totals.failed,
            SignInOutcome::Wait => &mut self.totals.delayed,
        };
        *total = total.saturating_add(1);
        self.add(SignIn {
            user: user.to_owned(),
            address: address.to_owned(),
            outcome,
            count: 1,
            first: now,
            last: now,
        });
    }

    fn add(&mut self, mut row: SignIn) {
        let key = (row.user.clone(), row.address.clone(), row.outcome);
        let full = self.waiting.len() >= limits::SIGN_IN_ROWS_MAX;
        let key = if full && !self.waiting.contains_key(&key) {
            (row.user, row.address) = (String::new(), String::new());
            (String::new(), String::new(), row.outcome)
        } else {
            key
        };
        match self.waiting.get_mut(&key) {
            Some(known) => {
                known.count = known.count.saturating_add(row.count);
                known.first = known.first.min(row.first);
                known.last = known.last.max(row.last);
            }
            None => {
                self.waiting.insert(key, row);
            }
        }
    }

    /// What is to be written at once: everything, unless much was written in the last minute.
    pub fn due(&mut self, now: Timestamp) -> Vec<SignIn> {
        while let Some(oldest) = self.written.front() {
            if now.since_ms(*oldest) < MINUTE_MS {
                break;
            }
            self.written.pop_front();
        }
        if self.waiting.is_empty() || self.written.len() >= limits::SIGN_IN_ENTRIES_A_MINUTE_MAX {
            return Vec::new();
        }
        self.written.push_back(now);
        self.all()
    }

    /// Everything, for the minute's entry and for the end.
    pub fn all(&mut self) -> Vec<SignIn> {
        std::mem::take(&mut self.waiting).into_values().collect()
    }

    /// They could not be written: kept for the next time.
    pub fn put_back(&mut self, rows: Vec<SignIn>) {
        rows.into_iter().for_each(|row| self.add(row));
    }

    /// How many rows wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Since the server started.
    pub fn totals(&self) -> Totals {
        self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_written_at_once_and_in_a_storm_counted_together() {
        let (mut tries, now) = (Tries::default(), Timestamp(1_000_000));
        for n in 1..=limits::SIGN_IN_ENTRIES_A_MINUTE_MAX {
            tries.note("li", "10.0.0.7", SignInOutcome::Wrong, now);
            assert_eq!(tries.due(now).len(), 1, "try {n} has an entry of its own");
        }
        for ms in 1..=30 {
            tries.note("li", "10.0.0.7", SignInOutcome::Wrong, now.plus_ms(ms));
            assert!(tries.due(now.plus_ms(ms)).is_empty());
        }
        let later = now.plus_ms(60_000);
        let rows = tries.due(later);
        let counted = (rows[0].count, rows[0].first, rows[0].last);
        assert_eq!(counted, (30, now.plus_ms(1), now.plus_ms(30)));
        assert!(tries.due(later).is_empty(), "nothing is written twice");
        assert_eq!(
            tries.totals().failed,
            limits::SIGN_IN_ENTRIES_A_MINUTE_MAX as u64 + 30
        );
    }

    #[test]
    fn rows_are_bounded_and_none_of_the_tries_is_lost() {
        let (mut tries, now) = (Tries::default(), Timestamp(0));
        let all = limits::SIGN_IN_ROWS_MAX as u64 * 3;
        for n in 0..all {
            tries.note("", &n.to_string(), SignInOutcome::Wrong, now);
        }
        let rows = tries.all();
        assert_eq!(rows.len(), limits::SIGN_IN_ROWS_MAX + 1);
        tries.put_back(rows);
        assert!(tries.waiting() <= limits::SIGN_IN_ROWS_MAX + 1);
        let counted: u64 = tries.all().iter().map(|row| row.count).sum();
        assert_eq!(counted, all);
    }
}
