//! How many invitation codes may be typed wrongly: a typed one is short, so who guesses is stopped
//! early, an address by itself and all addresses together.
//!
//! Never stops whoever has a whole code, and forgets after an hour.

use std::collections::VecDeque;

use liandu_core::limits::{
    TYPED_CODES_HARD_MAX, TYPED_CODES_MAX, TYPED_CODES_MS, TYPED_CODES_OF_ADDRESS_FREE,
    TYPED_CODES_OF_ADDRESS_MAX,
};
use liandu_core::time::Timestamp;

/// Codes that were typed lately and fitted nothing, oldest first, with where they came from.
#[derive(Debug, Default)]
pub(crate) struct TypedCodes {
    wrong: VecDeque<(Timestamp, String)>,
}

impl TypedCodes {
    /// A code is about to be looked for. It counts as wrong until [`TypedCodes::take_back`]: many
    /// at once must not get further than one after the other. Else gives the ms to wait.
    pub(crate) fn may_try(&mut self, address: &str, now: Timestamp) -> Result<(), u64> {
        self.wrong
            .retain(|(time, _)| now.since_ms(*time) < TYPED_CODES_MS);
        let theirs = || self.wrong.iter().filter(|(_, of)| of == address);
        let (mine, all) = (theirs().count(), self.wrong.len());
        let first = if mine >= TYPED_CODES_OF_ADDRESS_MAX {
            theirs().next()
        } else if all >= TYPED_CODES_HARD_MAX {
            self.wrong.front()
        } else if all >= TYPED_CODES_MAX && mine >= TYPED_CODES_OF_ADDRESS_FREE {
            // Until there are fewer again.
            self.wrong.get(all.saturating_sub(TYPED_CODES_MAX))
        } else {
            None
        };
        if let Some((time, _)) = first {
            return Err(TYPED_CODES_MS.saturating_sub(now.since_ms(*time)));
        }
        self.wrong.push_back((now, address.to_owned()));
        Ok(())
    }

    /// The last code from there fitted, or was not looked for.
    pub(crate) fn take_back(&mut self, address: &str) {
        if let Some(at) = self.wrong.iter().rposition(|(_, of)| of == address) {
            self.wrong.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_so_many_wrong_codes_and_another_does_not() {
        let mut codes = TypedCodes::default();
        let (now, hour) = (Timestamp(1_000), i64::try_from(TYPED_CODES_MS).unwrap());
        for n in 0..TYPED_CODES_OF_ADDRESS_MAX {
            let now = now.plus_ms(i64::try_from(n).unwrap());
            assert_eq!(codes.may_try("a", now), Ok(()));
        }
        let later = now.plus_ms(600_000);
        assert_eq!(codes.may_try("a", later), Err(TYPED_CODES_MS - 600_000));
        assert_eq!(codes.may_try("b", later), Ok(()));
        assert_eq!(codes.may_try("a", now.plus_ms(hour)), Ok(()));
    }

    #[test]
    fn a_code_that_fits_does_not_count() {
        let mut codes = TypedCodes::default();
        for _ in 0..10 * TYPED_CODES_MAX {
            assert_eq!(codes.may_try("a", Timestamp(0)), Ok(()));
            codes.take_back("a");
        }
    }

    #[test]
    fn some_addresses_that_guess_do_not_shut_out_the_others_and_thousands_get_no_further() {
        let mut codes = TypedCodes::default();
        let now = Timestamp(0);
        for n in 0..TYPED_CODES_MAX {
            let address = (n / TYPED_CODES_OF_ADDRESS_MAX).to_string();
            assert_eq!(codes.may_try(&address, now), Ok(()));
        }
        for _ in 0..TYPED_CODES_OF_ADDRESS_FREE {
            assert_eq!(codes.may_try("somebody", now), Ok(()));
        }
        assert_eq!(codes.may_try("somebody", now), Err(TYPED_CODES_MS));
        for n in 0..2 * TYPED_CODES_HARD_MAX {
            let _ = codes.may_try(&format!("bot {n}"), now);
        }
        assert_eq!(codes.wrong.len(), TYPED_CODES_HARD_MAX);
        assert_eq!(codes.may_try("late", now), Err(TYPED_CODES_MS));
    }
}
