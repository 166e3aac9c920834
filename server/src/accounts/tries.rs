//! Sign-ins and failed ones on their way into the log: told apart by account, address and outcome.
//!
//! Never keeps what was typed for a user that does not exist, and never grows with the number of
//! tries: in a storm of them they are counted together and written once a minute.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use liandu_core::limits;
use liandu_core::log::{SignIn, SignInOutcome};
use liandu_core::time::Timestamp;

const MINUTE_MS: u64 = 60_000;

/// Names are kept for so many times as many rows as addresses are.
const NAMES_KEPT: usize = 4;

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
    /// Some names of accounts that were tried.
    names: BTreeSet<String>,
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
        if self.names.len() >= limits::SIGN_IN_ROWS_MAX {
            self.names.clear();
        }
        if !user.is_empty() {
            self.names.insert(user.to_owned());
        }
        self.add(SignIn {
            user: user.to_owned(),
            address: address.to_owned(),
            outcome,
            count: 1,
            first: now,
            last: now,
        });
    }

    /// Counts a try that was told to wait. Whether that is somebody's name is known by tries before
    /// it: nobody is asked.
    pub fn held_back(&mut self, user: &str, address: &str, now: Timestamp) {
        let known = self.names.contains(user);
        let user = if known { user } else { "" };
        self.note(user, address, SignInOutcome::Wait, now);
    }

    /// In a storm addresses are left out first, then names; a sign-in that succeeded is never
    /// folded into others.
    fn add(&mut self, mut row: SignIn) {
        let key_of = |row: &SignIn| (row.user.clone(), row.address.clone(), row.outcome);
        let fold = row.outcome != SignInOutcome::In && !self.waiting.contains_key(&key_of(&row));
        if fold && self.waiting.len() >= limits::SIGN_IN_ROWS_MAX {
            row.address.clear();
        }
        if fold && self.waiting.len() >= limits::SIGN_IN_ROWS_MAX * NAMES_KEPT {
            row.user.clear();
        }
        let key = key_of(&row);
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

    /// What is to be written at once after such a try: everything. Failures wait for the minute's
    /// entry when much was written in the last one, or when nobody has that name.
    pub fn due(&mut self, outcome: SignInOutcome, known: bool, now: Timestamp) -> Vec<SignIn> {
        if outcome == SignInOutcome::In {
            return self.all();
        }
        while let Some(oldest) = self.written.front() {
            if now.since_ms(*oldest) < MINUTE_MS {
                break;
            }
            self.written.pop_front();
        }
        if !known
            || self.waiting.is_empty()
            || self.written.len() >= limits::SIGN_IN_ENTRIES_A_MINUTE_MAX
        {
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

    const WRONG: SignInOutcome = SignInOutcome::Wrong;

    #[test]
    fn sign_in_that_succeeds_is_written_at_once_with_its_name_in_any_storm() {
        let (mut tries, now) = (Tries::default(), Timestamp(0));
        for n in 0..limits::SIGN_IN_ROWS_MAX * NAMES_KEPT * 2 {
            let (user, address) = (format!("u-{n}"), n.to_string());
            tries.note(&user, &address, WRONG, now);
            tries.due(WRONG, false, now);
        }
        tries.note("li", "10.0.0.7", SignInOutcome::In, now);
        let rows = tries.due(SignInOutcome::In, true, now);
        let found = |row: &&SignIn| row.user == "li" && row.address == "10.0.0.7";
        assert_eq!(rows.iter().filter(found).count(), 1);
        assert_eq!(tries.waiting(), 0);
    }

    #[test]
    fn who_waits_is_named_only_when_that_is_known_to_be_an_account() {
        let (mut tries, now) = (Tries::default(), Timestamp(0));
        tries.held_back("my-password", "10.0.0.7", now);
        tries.note("li", "10.0.0.7", WRONG, now);
        tries.held_back("li", "10.0.0.7", now);
        let waits = |row: &SignIn| row.outcome == SignInOutcome::Wait;
        let rows = tries.all().into_iter().filter(waits);
        assert_eq!(rows.map(|row| row.user).collect::<Vec<_>>(), ["", "li"]);
    }

    #[test]
    fn failures_of_nobody_wait_for_the_minute() {
        let (mut tries, now) = (Tries::default(), Timestamp(0));
        tries.note("", "10.0.0.7", WRONG, now);
        assert!(tries.due(WRONG, false, now).is_empty());
        assert_eq!(tries.all().len(), 1);
    }

    #[test]
    fn tries_are_written_at_once_and_in_a_storm_counted_together() {
        let (mut tries, now) = (Tries::default(), Timestamp(1_000_000));
        for n in 1..=limits::SIGN_IN_ENTRIES_A_MINUTE_MAX {
            tries.note("li", "10.0.0.7", SignInOutcome::Wrong, now);
            assert_eq!(
                tries.due(WRONG, true, now).len(),
                1,
                "try {n} has an entry of its own"
            );
        }
        for ms in 1..=30 {
            tries.note("li", "10.0.0.7", SignInOutcome::Wrong, now.plus_ms(ms));
            assert!(tries.due(WRONG, true, now.plus_ms(ms)).is_empty());
        }
        let later = now.plus_ms(60_000);
        let rows = tries.due(WRONG, true, later);
        let counted = (rows[0].count, rows[0].first, rows[0].last);
        assert_eq!(counted, (30, now.plus_ms(1), now.plus_ms(30)));
        assert!(
            tries.due(WRONG, true, later).is_empty(),
            "nothing is written twice"
        );
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
