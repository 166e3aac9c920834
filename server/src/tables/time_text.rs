//! Moments as people type them into a query: `2020-04-12`, `2020-04-12T08:30`, with or without
//! seconds and zone, or milliseconds since 1970.
//!
//! Without a zone it is Beijing time: the office thinks in days of its own calendar.

use liandu_core::time::{BEIJING_MS, Day, Timestamp};

const DAY_MS: i64 = 86_400_000;

/// Reads a moment; none when the text is not one.
pub fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() > 4 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Timestamp);
    }
    let (date, clock) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 4, 9999)?;
    let month = number(parts.next()?, 2, 12)?;
    let day = number(parts.next()?, 2, 31)?;
    if month == 0 || day == 0 {
        return None;
    }
    let (clock, zone_ms) = zone(clock)?;
    let ms = Day::of(year, month, day).0 * DAY_MS + clock_ms(clock)? - zone_ms;
    Some(Timestamp(ms))
}

fn number(text: &str, length: usize, max: i64) -> Option<i64> {
    let digits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = if digits {
        text.parse().ok()?
    } else {
        return None;
    };
    (number <= max).then_some(number)
}

/// Splits the zone off and answers how far it is ahead of UTC.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = clock.rfind(['+', '-']) else {
        return Some((clock, BEIJING_MS));
    };
    let (clock, zone) = clock.split_at_checked(at)?;
    let (sign, zone) = zone.split_at_checked(1)?;
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
    let ahead = number(hours, 2, 14)? * 3_600_000 + number(minutes, 2, 59)? * 60_000;
    Some((clock, if sign == "-" { -ahead } else { ahead }))
}

fn clock_ms(clock: &str) -> Option<i64> {
    if clock.is_empty() {
        return Some(0);
    }
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = whole.splitn(3, ':');
    let hours = number(parts.next()?, 2, 23)?;
    let minutes = number(parts.next()?, 2, 59)?;
    let seconds = parts.next().map_or(Some(0), |text| number(text, 2, 59))?;
    let thousandths: String = fraction.chars().chain("00".chars()).take(3).collect();
    let ms = number(&thousandths, 3, 999)?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        let check = |text: &str, iso: &str| assert_eq!(moment(text).unwrap().iso(), iso, "{text}");
        check("2020-04-12", "2020-04-11T16:00:00.000Z");
        check("2020-04-12T08:30", "2020-04-12T00:30:00.000Z");
        check("2020-04-12T08:30:15.5Z", "2020-04-12T08:30:15.500Z");
        check("2020-02-29T00:00:00+08:00", "2020-02-28T16:00:00.000Z");
        check("1592524800123", "2020-06-19T00:00:00.123Z");
        for bad in [
            "",
            "2020",
            "2020-4-12",
            "2020-13-01",
            "2020-00-01",
            "2020-04-12T25:00",
            "昨天",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
