//! How often somebody may try to sign in: after each failure longer waits, for the user and for
//! the address, so that neither one password on many users nor many on one gets far.
//!
//! Never locks anybody out for good: that would let a stranger shut out an office.

use std::collections::BTreeMap;

use liandu_core::limits;
use liandu_core::time::Timestamp;

/// Failures that cost nothing: people mistype.
const FREE_FAILURES: u32 = 3;
const FIRST_WAIT_MS: i64 = 1_000;
const WAIT_MS_MAX: i64 = 15 * 60_000;
/// An address may be a whole office behind one router.
const FREE_FAILURES_OF_ADDRESS: u32 = 20;
/// Without failures for so long, all is forgotten.
const FORGET_MS: u64 = 24 * 3_600_000;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A user's name as it was typed, whether it exists or not.
    User(String),
    /// An address.
    Address(String),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
    open_at: Timestamp,
}

/// Failures so far, bounded in number.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: BTreeMap<Who, Failures>,
}

impl Throttle {
    /// Milliseconds to wait before the next try, 0 when it may be made now.
    pub fn wait_ms(&self, who: &Who, now: Timestamp) -> u64 {
        self.failures
            .get(who)
            .map_or(0, |known| known.open_at.since_ms(now))
    }

    /// A try failed.
    pub fn failed(&mut self, who: Who, now: Timestamp) {
        self.make_room(now);
        let free = match who {
            Who::User(_) => FREE_FAILURES,
            Who::Address(_) => FREE_FAILURES_OF_ADDRESS,
        };
        let known = self.failures.entry(who).or_insert(Failures {
            count: 0,
            last: now,
            open_at: now,
        });
        if now.since_ms(known.last) >= FORGET_MS {
            known.count = 0;
        }
        known.count = known.count.saturating_add(1);
        known.last = now;
        known.open_at = now.plus_ms(wait_after(known.count, free));
    }

    /// A try succeeded: the user begins anew, the address does not (it could be an attacker's
    /// own account).
    pub fn succeeded(&mut self, user: &str) {
        self.failures.remove(&Who::User(user.to_owned()));
    }

    /// A try that counted turned out to be in order.
    pub fn excused(&mut self, who: &Who) {
        if let Some(known) = self.failures.get_mut(who) {
            known.count = known.count.saturating_sub(1);
        }
    }

    /// Forgets what is old and, when still full, what failed longest ago.
    fn make_room(&mut self, now: Timestamp) {
        if self.failures.len() < limits::THROTTLED_MAX {
            return;
        }
        self.failures
            .retain(|_, known| now.since_ms(known.last) < FORGET_MS);
        while self.failures.len() >= limits::THROTTLED_MAX {
            let oldest = self.failures.iter().min_by_key(|(_, known)| known.last);
            let Some(who) = oldest.map(|(who, _)| who.clone()) else {
                return;
            };
            self.failures.remove(&who);
        }
    }
}

fn wait_after(count: u32, free: u32) -> i64 {
    let beyond = count.saturating_sub(free);
    if beyond == 0 {
        return 0;
    }
    let doubled = 1_i64
        .checked_shl(beyond.saturating_sub(1).min(20))
        .unwrap_or(i64::MAX);
    FIRST_WAIT_MS.saturating_mul(doubled).min(WAIT_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_and_a_success_clears_the_user() {
        let mut throttle = Throttle::default();
        let user = || Who::User("wang".to_owned());
        let now = Timestamp(1_000_000);
        for _ in 0..FREE_FAILURES {
            throttle.failed(user(), now);
            assert_eq!(throttle.wait_ms(&user(), now), 0);
        }
        let mut before = 0;
        for _ in 0..20 {
            throttle.failed(user(), now);
            let wait = throttle.wait_ms(&user(), now);
            assert!(wait >= before && wait <= WAIT_MS_MAX as u64);
            before = wait;
        }
        assert_eq!(before, WAIT_MS_MAX as u64);
        assert_eq!(throttle.wait_ms(&user(), now.plus_ms(WAIT_MS_MAX)), 0);
        assert_eq!(throttle.wait_ms(&Who::User("li".to_owned()), now), 0);
        throttle.succeeded("wang");
        assert_eq!(throttle.wait_ms(&user(), now), 0);
    }

    #[test]
    fn an_office_behind_one_address_may_mistype_more_often() {
        let mut throttle = Throttle::default();
        let address = || Who::Address("10.0.0.1".to_owned());
        for _ in 0..FREE_FAILURES_OF_ADDRESS {
            throttle.failed(address(), Timestamp(0));
        }
        assert_eq!(throttle.wait_ms(&address(), Timestamp(0)), 0);
        throttle.failed(address(), Timestamp(0));
        assert!(throttle.wait_ms(&address(), Timestamp(0)) > 0);
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..limits::THROTTLED_MAX + 50 {
            throttle.failed(
                Who::User(n.to_string()),
                Timestamp(i64::try_from(n).unwrap()),
            );
            if n > limits::THROTTLED_MAX {
                break;
            }
        }
        assert!(throttle.failures.len() <= limits::THROTTLED_MAX);
        assert!(!throttle.failures.contains_key(&Who::User("0".to_owned())));
    }
}
