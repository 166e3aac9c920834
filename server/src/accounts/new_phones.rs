//! Requests of new phones: somebody types whose phone it is to be, the office compares the digits
//! on both screens and approves, and the phone gets an invitation.
//!
//! Never in the log and never kept over a restart: what is approved there is an invitation like
//! any. Never tells whether a person exists: a request for nobody waits as long and ends the same.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use liandu_core::id::PersonId;
use liandu_core::limits::{NEW_PHONE_MS_MAX, NEW_PHONES_MAX, NEW_PHONES_OF_PERSON_MAX};
use liandu_core::time::Timestamp;
use sha2::{Digest, Sha256};

use super::throttle::{Throttle, Who};

/// Digits that a person can compare: 0 to 999,999.
const DIGITS: u64 = 1_000_000;

/// A phone that waits for the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewPhone {
    /// Whose it says it is to be.
    pub(crate) person: PersonId,
    /// What its owner calls it.
    pub(crate) label: String,
    /// Six digits, on its screen and on the office's.
    pub(crate) check: String,
    /// When it asked.
    pub(crate) asked: Timestamp,
    /// From where.
    address: Who,
    /// Once approved.
    code: Option<String>,
}

/// What a phone learns that asks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nobody has answered yet.
    Waiting,
    /// Approved: its invitation.
    Approved(String),
    /// Denied, too late, or never asked; which is not said.
    Gone,
}

/// Why a phone may not ask now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// Seconds to wait.
    pub(crate) retry_s: u64,
}

/// Requests that are open, by the hash of their secret.
#[derive(Debug, Default)]
pub(crate) struct NewPhones {
    open: BTreeMap<[u8; 32], NewPhone>,
    /// Who asks often waits, whether anybody is found or not.
    throttle: Throttle,
}

fn hash(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// How the office names a request: nobody can answer for the phone with it.
fn name(hash: &[u8; 32]) -> String {
    HEXLOWER.encode(hash.get(..8).unwrap_or_default())
}

impl NewPhones {
    /// A phone asks. `secret` is random and known to it alone.
    pub(crate) fn ask(
        &mut self,
        secret: &[u8; 32],
        (person, label): (PersonId, String),
        address: String,
        now: Timestamp,
    ) -> Result<NewPhone, TooMany> {
        self.forget(now);
        let address = Who::Address(address);
        let wait_ms = self.throttle.wait_ms(&address, now);
        if wait_ms > 0 {
            let retry_s = wait_ms.div_ceil(1_000);
            return Err(TooMany { retry_s });
        }
        self.throttle.failed(address.clone(), now);
        self.make_room(&person);
        if self.open.len() >= NEW_PHONES_MAX {
            let retry_s = u64::try_from(NEW_PHONE_MS_MAX / 1_000).unwrap_or(u64::MAX);
            return Err(TooMany { retry_s });
        }
        let digest = Sha256::digest([&b"liandu-new-phone-1\0"[..], secret].concat());
        let drawn = digest.first_chunk().copied().map_or(0, u64::from_be_bytes);
        let phone = NewPhone {
            person,
            label,
            check: format!("{:06}", drawn % DIGITS),
            asked: now,
            address,
            code: None,
        };
        self.open.insert(hash(secret), phone.clone());
        Ok(phone)
    }

    /// What became of the request with this secret.
    pub(crate) fn answer(&mut self, secret: &[u8; 32], now: Timestamp) -> Answer {
        self.forget(now);
        match self.open.get(&hash(secret)) {
            Some(phone) => match &phone.code {
                Some(code) => Answer::Approved(code.clone()),
                None => Answer::Waiting,
            },
            None => Answer::Gone,
        }
    }

    /// Requests that nobody has answered, by the office's name for them, the oldest first.
    pub(crate) fn waiting(&mut self, now: Timestamp) -> Vec<(String, NewPhone)> {
        self.forget(now);
        let open = self.open.iter().filter(|(_, phone)| phone.code.is_none());
        let mut waiting: Vec<(String, NewPhone)> = open
            .map(|(hash, phone)| (name(hash), phone.clone()))
            .collect();
        waiting.sort_by_key(|(_, phone)| phone.asked);
        waiting
    }

    /// Approves one with the code of an invitation; false when it is gone or answered.
    pub(crate) fn approve(&mut self, called: &str, code: &str, now: Timestamp) -> bool {
        self.forget(now);
        let mut open = self.open.iter_mut();
        let found = open.find(|(hash, phone)| name(hash) == called && phone.code.is_none());
        let Some((_, phone)) = found else {
            return false;
        };
        phone.code = Some(code.to_owned());
        let address = phone.address.clone();
        // An office's own router is not held up by the phones it approved.
        self.throttle.excused(&address);
        true
    }

    /// Denies one.
    pub(crate) fn deny(&mut self, called: &str) {
        self.open
            .retain(|hash, phone| name(hash) != called || phone.code.is_some());
    }

    /// The phone does not want it any more, answered or not.
    pub(crate) fn withdraw(&mut self, secret: &[u8; 32]) {
        self.open.remove(&hash(secret));
    }

    /// A person's newest requests stand: who fills them up shuts nobody out for longer than the
    /// real one takes to ask again.
    fn make_room(&mut self, person: &PersonId) {
        let waits = |phone: &NewPhone| phone.code.is_none() && phone.person == *person;
        let theirs = self.open.iter().filter(|(_, phone)| waits(phone));
        if theirs.clone().count() < NEW_PHONES_OF_PERSON_MAX {
            return;
        }
        let oldest = theirs.min_by_key(|(_, phone)| phone.asked);
        if let Some(hash) = oldest.map(|(hash, _)| *hash) {
            self.open.remove(&hash);
        }
    }

    fn forget(&mut self, now: Timestamp) {
        let fresh = |phone: &NewPhone| now < phone.asked.plus_ms(NEW_PHONE_MS_MAX);
        self.open.retain(|_, phone| fresh(phone));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn ask(phones: &mut NewPhones, number: u16, person: &str) -> Result<NewPhone, TooMany> {
        let mut secret = [0; 32];
        secret[..2].copy_from_slice(&number.to_be_bytes());
        let person = PersonId::new(person).unwrap();
        let who = (person, "手机".to_owned());
        phones.ask(&secret, who, format!("10.0.{number}"), NOW)
    }

    #[test]
    fn a_request_is_approved_once_and_only_its_secret_reads_the_code() {
        let mut phones = NewPhones::default();
        let asked = ask(&mut phones, 1, "rep-1").unwrap();
        assert!(asked.check.len() == 6 && asked.check.bytes().all(|digit| digit.is_ascii_digit()));
        let mut secret = [0; 32];
        secret[1] = 1;
        assert_eq!(phones.answer(&secret, NOW), Answer::Waiting);
        let (called, shown) = phones.waiting(NOW).remove(0);
        assert_eq!(shown, asked);
        assert!(phones.approve(&called, "CODE", NOW));
        assert!(!phones.approve(&called, "OTHER", NOW), "answered already");
        phones.deny(&called);
        assert!(phones.waiting(NOW).is_empty());
        let approved = Answer::Approved("CODE".to_owned());
        assert_eq!(phones.answer(&secret, NOW), approved);
        assert_eq!(phones.answer(&[9; 32], NOW), Answer::Gone);
        let late = NOW.plus_ms(NEW_PHONE_MS_MAX);
        assert_eq!(phones.answer(&secret, late), Answer::Gone);
    }

    #[test]
    fn denied_late_and_never_asked_look_the_same() {
        let mut phones = NewPhones::default();
        ask(&mut phones, 1, "rep-1").unwrap();
        let (called, _) = phones.waiting(NOW).remove(0);
        phones.deny(&called);
        let mut secret = [0; 32];
        secret[1] = 1;
        assert_eq!(phones.answer(&secret, NOW), Answer::Gone);
        assert!(!phones.approve(&called, "CODE", NOW));
    }

    #[test]
    fn a_request_is_withdrawn_by_its_secret_alone() {
        let mut phones = NewPhones::default();
        ask(&mut phones, 1, "rep-1").unwrap();
        phones.withdraw(&[9; 32]);
        assert_eq!(phones.waiting(NOW).len(), 1, "another secret");
        let mut secret = [0; 32];
        secret[1] = 1;
        phones.withdraw(&secret);
        assert!(phones.waiting(NOW).is_empty());
        assert_eq!(phones.answer(&secret, NOW), Answer::Gone);
    }

    #[test]
    fn who_asks_often_waits_and_a_person_and_the_office_have_few_open() {
        let mut phones = NewPhones::default();
        for number in 0..NEW_PHONES_OF_PERSON_MAX as u16 + 5 {
            ask(&mut phones, number, "rep-1").unwrap();
        }
        assert_eq!(phones.open.len(), NEW_PHONES_OF_PERSON_MAX, "of one person");
        for number in 101..2_000 {
            let _ = ask(&mut phones, number, &format!("p-{number}"));
        }
        assert_eq!(phones.open.len(), NEW_PHONES_MAX);
        let mut phones = NewPhones::default();
        let of = |number: u8| {
            let person = PersonId::new(&format!("p-{number}")).unwrap();
            ([number; 32], (person, String::new()))
        };
        let refused = (0..60).find(|number| {
            let (secret, who) = of(*number);
            let asked = phones.ask(&secret, who, "10.0.0.1".to_owned(), NOW);
            asked.is_err()
        });
        assert_eq!(
            refused,
            Some(21),
            "an office behind one router is let through"
        );
    }
}
