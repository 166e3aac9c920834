//! Time as numbers: milliseconds since 1970-01-01 UTC, given from outside.
//!
//! Never reads a clock.

use minicbor::{Decode, Encode};

/// Milliseconds since 1970-01-01 UTC. Device times may be wrong by years: shown, never used to
/// decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// This time plus `ms` milliseconds.
    pub fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this, 0 when it is later.
    pub fn since_ms(self, earlier: Timestamp) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// `2020-06-19T00:00:00.000Z`; years outside 0 to 9999 are shown as they are.
    pub fn iso(self) -> String {
        let day = Day(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        let rest = ms % 1_000;
        format!("{day}T{hour:02}:{minute:02}:{second:02}.{rest:03}Z")
    }
}

/// A day of the calendar: days since 1970-01-01.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// How far Beijing is ahead of UTC, milliseconds: the office thinks in days of its own calendar.
pub const BEIJING_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl Day {
    /// Reads `2020-04-12`; none when there is no such day.
    pub fn parse(text: &str) -> Option<Day> {
        let number = |from, to| text.get(from..to)?.parse().ok();
        let there_is = crate::campaign::is_date(text);
        let of = |year, month, day| Day::of(year, month, day);
        there_is.then_some(of(number(0, 4)?, number(5, 7)?, number(8, 10)?))
    }

    /// The day of a year and month, from 1 (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms"). Days beyond a month's end run on into the next.
    pub fn of(year: i64, month: i64, day: i64) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let shifted_month = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted_month + 2) / 5 + day - 1;
        Day(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// The day it is in Beijing at that time.
    pub fn in_beijing(time: Timestamp) -> Day {
        Day(time.0.saturating_add(BEIJING_MS).div_euclid(DAY_MS))
    }

    /// When it begins in Beijing.
    pub fn begins(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(DAY_MS).saturating_sub(BEIJING_MS))
    }

    /// So many days later, earlier when negative.
    pub fn plus(self, days: i64) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Monday is 0.
    pub fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7)
    }

    /// Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }
}

/// `2020-04-12`.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Year, month and day of a day number since 1970-01-01 (Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_agrees_with_known_days() {
        assert_eq!(Timestamp(0).iso(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp(1_592_524_800_123).iso(),
            "2020-06-19T00:00:00.123Z"
        );
        assert_eq!(Timestamp(951_782_400_000).iso(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Timestamp(-1).iso(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn days_are_read_shown_and_begin_at_midnight_in_beijing() {
        for text in ["1970-01-01", "2000-02-29", "2020-04-12", "0001-12-31"] {
            let day = Day::parse(text).unwrap();
            assert_eq!(day.to_string(), text);
            assert_eq!(Day::in_beijing(day.begins()), day);
            assert_eq!(Day::in_beijing(day.begins().plus_ms(-1)), day.plus(-1));
        }
        assert_eq!(Day::parse("2020-04-12").unwrap().weekday(), 6);
        for bad in ["2019-02-29", "2020-4-12", "2020-04-12T00", "", "二〇二〇"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }
}
