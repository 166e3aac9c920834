//! Lights: how near a record's deadline is, in working days.
//!
//! Pure: the day comes from the caller. A deadline on a day off ends with the next working day
//! (民法典 article 203), so nothing turns red over a weekend.

use std::collections::BTreeSet;

use crate::admission::Definitions;
use crate::campaign::{Calendar, Rise};
use crate::id::{CampaignId, RegionCode};
use crate::level::Level;
use crate::record::kind::Kind;
use crate::record::value::Value;
use crate::record::view::Record;
use crate::time::Day;
use crate::workflow::workflow;

/// Yellow from so many working days before the deadline.
pub const WARN_WORKING_DAYS: u32 = 3;

/// Whether a record's deadline counts down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// It has a deadline and somebody is at it.
    Runs,
    /// It has a deadline that was suspended.
    Paused,
    /// It has none, or what it was for is done.
    Stopped,
}

impl Clock {
    /// Every clock.
    pub const ALL: [Clock; 3] = [Clock::Runs, Clock::Paused, Clock::Stopped];

    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Clock::Runs => "runs",
            Clock::Paused => "paused",
            Clock::Stopped => "stopped",
        }
    }
}

/// A light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// More working days left than the warning.
    Green,
    /// As many working days left as the warning, or fewer.
    Yellow,
    /// Overdue.
    Red,
    /// Paused.
    Grey,
}

impl Light {
    /// Every light, the most urgent first.
    pub const ALL: [Light; 4] = [Light::Red, Light::Yellow, Light::Green, Light::Grey];

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
            Light::Grey => "grey",
        }
    }

    /// The light of that word.
    pub fn parse(word: &str) -> Option<Light> {
        Light::ALL.into_iter().find(|light| light.as_str() == word)
    }

    /// What people call it.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Light::Green => ("绿灯", "green"),
            Light::Yellow => ("黄灯", "yellow"),
            Light::Red => ("红灯", "red"),
            Light::Grey => ("灰灯", "grey"),
        }
    }
}

/// What deadlines mean on one day: two days that divide them, and which have risen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lights {
    /// Deadlines up to this day are overdue.
    pub overdue_upto: Day,
    /// Later ones up to this day are near.
    pub near_upto: Day,
    /// Overdue problems that wait for leaders of a level, by campaign and level, widest first.
    pub raised: Vec<Raised>,
}

/// A campaign's problems that have been overdue long enough to wait for the leaders of a level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raised {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Whose leaders.
    pub level: Level,
    /// Those with deadlines up to this day.
    pub upto: Day,
}

impl Lights {
    /// What deadlines mean today.
    pub fn on(today: Day, calendar: &Calendar) -> Lights {
        Lights {
            overdue_upto: calendar.worked_before(today),
            // Just before the first working day that would be one too many.
            near_upto: calendar
                .working_after(today, WARN_WORKING_DAYS.saturating_add(1))
                .plus(-1),
            raised: Vec::new(),
        }
    }

    /// The same with what has risen by then: the newest version of each campaign counts, like the
    /// newest calendar, for records of all its versions.
    pub fn known(today: Day, definitions: &Definitions, built_in: &Calendar) -> Lights {
        let calendar = definitions.calendar(built_in);
        let mut lights = Lights::on(today, calendar);
        let ids: BTreeSet<&CampaignId> = definitions.iter().map(|(_, known)| &known.id).collect();
        for campaign in ids.into_iter().filter_map(|id| definitions.latest(id)) {
            let back = |day, _| calendar.worked_before(day);
            let raised = |rise: &Rise| Raised {
                campaign: campaign.id.clone(),
                level: rise.level,
                upto: (0..rise.days).fold(lights.overdue_upto, back),
            };
            let raised: Vec<Raised> = campaign.escalation.iter().map(raised).collect();
            lights.raised.extend(raised);
        }
        lights.raised.sort();
        lights
    }

    /// The highest level whose leaders an overdue problem of a region waits for by itself. Derived
    /// like the light, so no event can be lost: it ends with a report, more time or a pause.
    pub fn raised(
        &self,
        kind: Kind,
        (campaign, region): (&CampaignId, &RegionCode),
        clock: Clock,
        due: Option<Day>,
    ) -> Option<Level> {
        let counts = kind == Kind::Problem && clock == Clock::Runs;
        let due = due.filter(|_| counts)?;
        let own = Level::of(region);
        let fits = |raised: &&Raised| {
            raised.campaign == *campaign && raised.level <= own && due <= raised.upto
        };
        let levels = self.raised.iter().filter(fits).map(|raised| raised.level);
        levels.min()
    }

    /// A deadline's light; none where no clock runs.
    pub fn light(&self, clock: Clock, due: Option<Day>) -> Option<Light> {
        let due = due?;
        match clock {
            Clock::Stopped => None,
            Clock::Paused => Some(Light::Grey),
            Clock::Runs if due <= self.overdue_upto => Some(Light::Red),
            Clock::Runs if due <= self.near_upto => Some(Light::Yellow),
            Clock::Runs => Some(Light::Green),
        }
    }
}

/// The day a record is due: as last granted since it was handed over, else as it was settled.
pub fn due(record: &Record) -> Option<Day> {
    let mut granted = None;
    for event in record.events.iter().filter(|event| event.counts) {
        match event.kind.as_str() {
            "transfer" => granted = None,
            "extend" => {
                let until = event.args.get("until").and_then(Value::as_text);
                granted = until.and_then(Day::parse);
            }
            _other => {}
        }
    }
    let field = match record.kind {
        Kind::Task => "deadline",
        Kind::Problem
        | Kind::Inspection
        | Kind::Opinion
        | Kind::Object
        | Kind::Activity
        | Kind::Referral => "settled_deadline",
    };
    granted.or_else(|| Day::parse(record.text_of(field)))
}

/// Whether its deadline counts down, by its state and by pauses since it was handed over.
pub fn clock(record: &Record) -> Clock {
    let state = workflow(record.kind).state(record.state.state.as_str());
    if due(record).is_none() || !state.is_some_and(|state| state.runs) {
        return Clock::Stopped;
    }
    let counting = record.events.iter().rev().filter(|event| event.counts);
    let mut words = counting.map(|event| event.kind.as_str());
    let last = words.find(|word| matches!(*word, "pause" | "resume" | "transfer"));
    if last == Some("pause") {
        Clock::Paused
    } else {
        Clock::Runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Campaign, HEBEI_V2_JSON, hebei};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// The light on `today` of what is due on `due`.
    fn light(today: &str, due: &str) -> Option<Light> {
        let china = Calendar::china().unwrap();
        Lights::on(day(today), &china).light(Clock::Runs, Some(day(due)))
    }

    #[test]
    fn a_light_turns_yellow_at_three_working_days_left_and_red_when_overdue() {
        // 2020-05-01 to 05-05 are holidays, 05-09 is a Saturday that is worked.
        for (today, expected) in [
            ("2020-04-29", Light::Green),
            ("2020-04-30", Light::Yellow),
            ("2020-05-03", Light::Yellow),
            ("2020-05-08", Light::Yellow),
            ("2020-05-09", Light::Red),
        ] {
            assert_eq!(light(today, "2020-05-08"), Some(expected), "{today}");
        }
        assert_eq!(light("2020-04-30", "2020-05-09"), Some(Light::Green));
    }

    #[test]
    fn a_deadline_on_a_day_off_ends_with_the_next_working_day() {
        for (today, expected) in [
            ("2020-05-04", Light::Yellow),
            ("2020-05-06", Light::Yellow),
            ("2020-05-07", Light::Red),
        ] {
            assert_eq!(light(today, "2020-05-03"), Some(expected), "{today}");
        }
    }

    #[test]
    fn lights_agree_with_counting_days_one_by_one() {
        let china = Calendar::china().unwrap();
        for today in (day("2020-01-01").0..day("2020-12-31").0).map(Day) {
            let lights = Lights::on(today, &china);
            for due in (today.0 - 20..today.0 + 20).map(Day) {
                let mut ends = due;
                while !china.is_working(ends) {
                    ends = ends.plus(1);
                }
                let left = (today.0 + 1..=due.0).filter(|at| china.is_working(Day(*at)));
                let expected = if ends < today {
                    Light::Red
                } else if left.count() <= 3 {
                    Light::Yellow
                } else {
                    Light::Green
                };
                let light = lights.light(Clock::Runs, Some(due));
                assert_eq!(light, Some(expected), "{today} {due}");
            }
        }
    }

    /// Hebei's first definition and a newer one with these rises: level and days.
    fn rising(rises: &[(&str, u32)]) -> Definitions {
        let mut json: serde_json::Value = serde_json::from_slice(HEBEI_V2_JSON).unwrap();
        let rises = rises
            .iter()
            .map(|(level, days)| serde_json::json!({"level": level, "days": days}));
        json["escalation"] = rises.collect();
        let mut definitions = Definitions::default();
        definitions.insert(hebei().unwrap());
        definitions.insert(Campaign::parse(json.to_string().as_bytes()).unwrap());
        definitions
    }

    #[test]
    fn an_overdue_problem_rises_after_full_working_days_and_only_above_its_own_region() {
        let definitions = rising(&[("city", 1), ("province", 3), ("ward", 1)]);
        let campaign = CampaignId::new("hebei-6plus1").unwrap();
        let china = Calendar::china().unwrap();
        let raised = |today: &str, region: &str, clock| {
            let lights = Lights::known(day(today), &definitions, &china);
            let region = RegionCode::new(region).unwrap();
            lights.raised(
                Kind::Problem,
                (&campaign, &region),
                clock,
                Some(day("2020-04-29")),
            )
        };
        // Overdue from 04-30 on; then holidays until 05-05.
        for (today, expected) in [
            ("2020-04-30", None),
            ("2020-05-05", Some(Level::City)),
            ("2020-05-07", Some(Level::City)),
            ("2020-05-08", Some(Level::Province)),
        ] {
            assert_eq!(raised(today, "130502", Clock::Runs), expected, "{today}");
        }
        assert_eq!(raised("2020-05-07", "130000", Clock::Runs), None);
        let own = raised("2020-05-08", "130000", Clock::Runs);
        assert_eq!(own, Some(Level::Province), "the province's own");
        assert_eq!(raised("2020-06-08", "130502", Clock::Paused), None);
        assert_eq!(raised("2020-06-08", "130502", Clock::Stopped), None);
    }

    #[test]
    fn nothing_rises_by_a_definition_that_does_not_say_so() {
        let (china, mut old) = (Calendar::china().unwrap(), Definitions::default());
        old.insert(hebei().unwrap());
        assert_eq!(Lights::known(day("2020-06-08"), &old, &china).raised, []);
    }

    #[test]
    fn nothing_shines_without_a_deadline_and_a_pause_is_grey() {
        let lights = Lights::on(day("2020-06-01"), &Calendar::default());
        let overdue = Some(day("2020-01-01"));
        assert_eq!(lights.light(Clock::Runs, None), None);
        assert_eq!(lights.light(Clock::Stopped, overdue), None);
        assert_eq!(lights.light(Clock::Paused, overdue), Some(Light::Grey));
    }
}
