//! Which days are worked: a calendar of holidays and make-up working days as versioned data.
//!
//! Years it does not name are Monday to Friday. Never reads a clock: days come from the caller.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::campaign::CampaignError;
use crate::time::Day;

/// China's holidays as the State Council's General Office has arranged them, as JSON.
pub const CHINA_JSON: &[u8] = include_bytes!("../../data/calendar-cn.json");

/// Days looked at before a calendar of nothing but holidays is given up on.
const SEARCH_DAYS_MAX: i64 = 366;

#[derive(Deserialize)]
pub(super) struct RawCalendar {
    version: u32,
    #[serde(default)]
    years: Vec<RawYear>,
}

#[derive(Deserialize)]
struct RawYear {
    year: u32,
    source: String,
    #[serde(default)]
    holidays: Vec<String>,
    #[serde(default)]
    working: Vec<String>,
}

/// One version of the calendar. The default one knows weekends only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Counts up; the highest known counts. 0 is the one that knows weekends only.
    pub version: u32,
    /// Years whose holidays it knows, each with where they were published.
    pub years: Vec<(u32, String)>,
    holidays: BTreeSet<Day>,
    working: BTreeSet<Day>,
}

impl Calendar {
    /// Reads a calendar: `version`, and by year `source`, `holidays` (days or `FROM/TO`) and
    /// `working`.
    pub fn parse(json: &[u8]) -> Result<Calendar, CampaignError> {
        Calendar::made(serde_json::from_slice(json)?)
    }

    /// The one that ships with the program. A test holds that it parses.
    pub fn china() -> Result<Calendar, CampaignError> {
        Calendar::parse(CHINA_JSON)
    }

    pub(super) fn made(raw: RawCalendar) -> Result<Calendar, CampaignError> {
        let mut calendar = Calendar {
            version: raw.version,
            ..Calendar::default()
        };
        for year in raw.years {
            for text in &year.holidays {
                calendar.holidays.extend(span(text)?);
            }
            for text in &year.working {
                calendar.working.extend(span(text)?);
            }
            calendar.years.push((year.year, year.source));
        }
        Ok(calendar)
    }

    /// Whether offices work on that day.
    pub fn is_working(&self, day: Day) -> bool {
        self.working.contains(&day) || (!day.is_weekend() && !self.holidays.contains(&day))
    }

    /// The last working day before `day`.
    pub fn worked_before(&self, day: Day) -> Day {
        let days = (1..=SEARCH_DAYS_MAX).map(|back| day.plus(-back));
        let mut worked = days.filter(|day| self.is_working(*day));
        worked.next().unwrap_or(day.plus(-1))
    }

    /// The `n`th working day after `day`; `day` itself for 0.
    pub fn working_after(&self, day: Day, n: u32) -> Day {
        let most = SEARCH_DAYS_MAX.saturating_mul(i64::from(n.max(1)));
        let days = (1..=most).map(|ahead| day.plus(ahead));
        let mut worked = days.filter(|day| self.is_working(*day));
        let wanted = usize::try_from(n).unwrap_or(usize::MAX).checked_sub(1);
        wanted.map_or(day, |nth| worked.nth(nth).unwrap_or(day.plus(most)))
    }
}

/// `2020-05-01` or `2020-05-01/2020-05-05`, at most a year.
fn span(text: &str) -> Result<impl Iterator<Item = Day>, CampaignError> {
    let (from, to) = text.split_once('/').unwrap_or((text, text));
    let days = Day::parse(from).zip(Day::parse(to));
    let days = days.filter(|(from, to)| (0..SEARCH_DAYS_MAX).contains(&(to.0 - from.0)));
    let (from, to) = days.ok_or_else(|| CampaignError::Number {
        place: format!("calendar/{text}"),
        todo: "a day is written 2020-05-01, several days 2020-05-01/2020-05-05",
    })?;
    Ok((from.0..=to.0).map(Day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_holidays_of_the_first_campaign_are_known() {
        let china = Calendar::china().unwrap();
        let years: Vec<u32> = china.years.iter().map(|(year, _)| *year).collect();
        assert_eq!(years, (2020..=2026).collect::<Vec<u32>>());
        for (text, working) in [
            ("2020-05-01", false),
            ("2020-05-05", false),
            ("2020-05-06", true),
            ("2020-05-09", true),
            ("2020-05-10", false),
            ("2020-06-28", true),
            ("2020-02-01", false),
            ("2027-01-01", true),
            ("2027-01-02", false),
        ] {
            assert_eq!(china.is_working(day(text)), working, "{text}");
        }
        // As the package chinesecalendar 1.11.0 counts them.
        for (year, worked) in [
            (2020, 249),
            (2021, 250),
            (2022, 249),
            (2023, 249),
            (2024, 251),
            (2025, 248),
            (2026, 248),
        ] {
            let from = day(&format!("{year}-01-01")).0;
            let to = day(&format!("{year}-12-31")).0;
            let days = (from..=to).filter(|at| china.is_working(Day(*at))).count();
            assert_eq!(days, worked, "{year}");
        }
    }

    #[test]
    fn working_days_are_counted_over_holidays() {
        let china = Calendar::china().unwrap();
        assert_eq!(china.worked_before(day("2020-05-06")), day("2020-04-30"));
        assert_eq!(china.working_after(day("2020-04-30"), 3), day("2020-05-08"));
        assert_eq!(china.working_after(day("2020-04-30"), 4), day("2020-05-09"));
        assert_eq!(china.working_after(day("2020-04-30"), 0), day("2020-04-30"));
    }

    #[test]
    fn a_day_that_is_none_is_an_error_that_says_how_days_are_written() {
        for bad in ["2020-5-1", "2020-05-05/2020-05-01", "2020-01-01/2022-01-01"] {
            let json = format!(
                r#"{{"version": 2, "years": [{{"year": 2020, "source": "x", "holidays": ["{bad}"]}}]}}"#
            );
            let said = Calendar::parse(json.as_bytes()).unwrap_err().to_string();
            assert!(said.contains("2020-05-01") && said.contains(bad), "{said}");
        }
    }
}
