//! Which records: one filter, parsed once from a query string and used alike by list, count and
//! exports, so that their numbers agree.
//!
//! Never ignores what it does not know: a misspelled condition is an error, not a larger answer.

use liandu_core::id::RegionCode;
use liandu_core::level::Level;
use liandu_core::light::{Clock, Light, Lights};
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::{read_code, read_number};
use liandu_core::record::value::GeoPosition;
use liandu_core::workflow::Share;

use crate::tables::body;
use crate::tables::raised::raised;
use crate::tables::rows::FLAG_PLACE;
use crate::tables::sql::Sql;
use crate::tables::time_text;

/// Conditions that must all hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    conditions: Vec<Condition>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// In the subtree of any of these.
    Region(Vec<RegionCode>),
    /// A column is any of these.
    Column(&'static str, Vec<String>),
    /// Handed to any of these units.
    Handler(Option<Share>, Vec<String>),
    /// A time column lies at or after (`since`) or before a moment.
    Time {
        column: &'static str,
        since: bool,
        ms: i64,
    },
    /// Has an open conflict, or has none.
    Conflict(bool),
    /// Holds this text.
    Search(String),
    /// A field's value is any of these; an empty one stands for "has none".
    Facet { place: String, values: Vec<String> },
    /// Its light is any of these.
    Light(Vec<Light>),
    /// Has been overdue so long that it waits for the leaders of any of these levels.
    Raised(Vec<Level>),
    /// Inside a box.
    Within(View),
}

/// A box on the map: latitudes and longitudes from and to, degrees times 10^7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    lat: (i64, i64),
    lon: (i64, i64),
}

/// Which condition of a query is wrong; the caller shows its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct FilterError {
    /// The condition as it was written.
    pub field: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No such condition.
    #[error("there is no such condition")]
    Unknown,
    /// More than one query may have.
    #[error("too many conditions")]
    TooMany,
    /// Longer than one value may be.
    #[error("too long")]
    TooLong,
    /// Not what the condition takes.
    #[error("not a value this condition takes")]
    BadValue,
}

/// Query parameters in their order.
pub type Pairs = [(String, String)];

impl Filter {
    /// Splits parameters into a filter and what is none of its conditions.
    pub fn parse(pairs: &Pairs) -> Result<(Filter, Vec<(String, String)>), FilterError> {
        let mut filter = Filter::default();
        let mut rest = Vec::new();
        for (name, value) in pairs {
            let fault = |why| FilterError {
                field: name.clone(),
                why,
            };
            if value.len() > limits::FILTER_VALUE_BYTES_MAX || name.len() > 150 {
                return Err(fault(Why::TooLong));
            }
            if !filter.take(name, value).map_err(fault)? {
                rest.push((name.clone(), value.clone()));
            }
            if filter.conditions.len() > limits::FILTER_CONDITIONS_MAX {
                return Err(fault(Why::TooMany));
            }
        }
        Ok((filter, rest))
    }

    /// Takes one parameter in; false when it is no condition.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Why> {
        match name {
            "region" => {
                for code in value.split(',') {
                    self.region(RegionCode::new(code).map_err(|_| Why::BadValue)?);
                }
            }
            "kind" => {
                for word in value.split(',') {
                    Kind::parse(word).ok_or(Why::BadValue)?;
                    self.column("kind", word);
                }
            }
            "domain" | "state" | "campaign" => {
                let column = ["domain", "state", "campaign"]
                    .into_iter()
                    .find(|c| *c == name);
                value
                    .split(',')
                    .for_each(|code| self.column(column.unwrap_or(""), code));
            }
            "group" => value.split(',').for_each(|code| self.column("team", code)),
            "source" => self.column("source", value),
            "author" => self.column("author", value),
            "on_behalf_of" => self.column("behalf", value),
            "handler" => self.handler(None, value),
            "lead" => self.handler(Some(Share::Lead), value),
            "co" => self.handler(Some(Share::Asked), value),
            "since" => self.time("first_time", true, value)?,
            "until" => self.time("first_time", false, value)?,
            "changed_since" => self.time("last_time", true, value)?,
            "changed_until" => self.time("last_time", false, value)?,
            "closed_since" => self.time("closed_time", true, value)?,
            "closed_until" => self.time("closed_time", false, value)?,
            "raised" => {
                let levels: Option<Vec<Level>> = value.split(',').map(Level::parse).collect();
                let levels = levels.ok_or(Why::BadValue)?;
                self.conditions.push(Condition::Raised(levels));
            }
            "conflict" => match value {
                "open" => self.conditions.push(Condition::Conflict(true)),
                "none" => self.conditions.push(Condition::Conflict(false)),
                _other => return Err(Why::BadValue),
            },
            "q" => {
                let words = value.split_whitespace().map(str::to_owned);
                self.conditions.extend(words.map(Condition::Search));
            }
            "light" => {
                let lights = value.split(',').map(Light::parse);
                let lights: Option<Vec<Light>> = lights.collect();
                let lights = lights.ok_or(Why::BadValue)?;
                self.conditions.push(Condition::Light(lights));
            }
            "bbox" => {
                let view = View::parse(value).ok_or(Why::BadValue)?;
                self.conditions.push(Condition::Within(view));
            }
            _other => match facet_of(name) {
                Some(place) => self.facet(place, value),
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    fn region(&mut self, code: RegionCode) {
        for condition in &mut self.conditions {
            if let Condition::Region(codes) = condition {
                return codes.push(code);
            }
        }
        self.conditions.push(Condition::Region(vec![code]));
    }

    fn column(&mut self, column: &'static str, value: &str) {
        for condition in &mut self.conditions {
            if let Condition::Column(name, values) = condition
                && *name == column
            {
                return values.push(value.to_owned());
            }
        }
        self.conditions
            .push(Condition::Column(column, vec![value.to_owned()]));
    }

    fn handler(&mut self, share: Option<Share>, value: &str) {
        for condition in &mut self.conditions {
            if let Condition::Handler(of, units) = condition
                && *of == share
            {
                return units.push(value.to_owned());
            }
        }
        self.conditions
            .push(Condition::Handler(share, vec![value.to_owned()]));
    }

    fn facet(&mut self, named: String, value: &str) {
        for condition in &mut self.conditions {
            if let Condition::Facet { place, values } = condition
                && *place == named
            {
                return values.push(value.to_owned());
            }
        }
        let values = vec![value.to_owned()];
        self.conditions.push(Condition::Facet {
            place: named,
            values,
        });
    }

    fn time(&mut self, column: &'static str, since: bool, text: &str) -> Result<(), Why> {
        let ms = time_text::moment(text).ok_or(Why::BadValue)?.0;
        self.conditions.push(Condition::Time { column, since, ms });
        Ok(())
    }

    /// What must hold.
    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Every referral.
    pub(crate) fn referrals() -> Filter {
        let mut filter = Filter::default();
        filter.column("kind", Kind::Referral.as_str());
        filter
    }

    /// Whether it asks for referrals and nothing else: only then are they looked at.
    pub(crate) fn asks_referrals(&self) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.any(|condition| {
            matches!(condition, Condition::Column("kind", kinds)
                if kinds.iter().all(|kind| kind == Kind::Referral.as_str()))
        })
    }

    /// Whether few records are likely to fit, so that finding them first is the way to go.
    pub(crate) fn is_selective(&self) -> bool {
        self.conditions.iter().any(|condition| match condition {
            Condition::Handler(..)
            | Condition::Search(_)
            | Condition::Facet { .. }
            | Condition::Within(_)
            | Condition::Conflict(true) => true,
            Condition::Region(_)
            | Condition::Light(_)
            | Condition::Raised(_)
            | Condition::Column(..)
            | Condition::Time { .. }
            | Condition::Conflict(false) => false,
        })
    }

    /// Narrows `sql`, whose record table is called `r`.
    pub(crate) fn narrow(&self, lights: &Lights, sql: &mut Sql) {
        for condition in &self.conditions {
            let clause = clause(condition, lights, sql);
            sql.and(&clause);
        }
    }

    /// Whether a record called `r` fits, as an expression whose arguments go into `sql`.
    pub(crate) fn expression(&self, lights: &Lights, sql: &mut Sql) -> String {
        let all = self.conditions.iter();
        let all: Vec<String> = all.map(|c| clause(c, lights, sql)).collect();
        format!("({})", all.join(" AND "))
    }
}

/// The place that `flag`, `field.status`, `answer.land-01` or `item.people.role` names.
pub fn facet_of(name: &str) -> Option<String> {
    if name == FLAG_PLACE {
        return Some(name.to_owned());
    }
    let (form, id) = name.split_once('.')?;
    match form {
        "field" => Some(format!("f/{id}")),
        "answer" => Some(format!("a/{id}")),
        "item" => id
            .split_once('.')
            .map(|(collection, field)| format!("i/{collection}/{field}")),
        _other => None,
    }
}

impl View {
    /// West, south, east, north in degrees.
    pub fn parse(text: &str) -> Option<View> {
        let degrees = |part: &str| -> Option<i64> {
            let degrees: f64 = part.trim().parse().ok()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to lie within ±180 degrees"
            )]
            (degrees.abs() <= 180.0).then_some((degrees * 1e7).round() as i64)
        };
        let mut parts = text.split(',').map(degrees);
        let (west, south) = (parts.next()??, parts.next()??);
        let (east, north) = (parts.next()??, parts.next()??);
        let ordered = west <= east && south <= north && parts.next().is_none();
        ordered.then_some(View {
            lat: (south, north),
            lon: (west, east),
        })
    }

    /// Whether a point lies in it.
    pub(crate) fn has(&self, spot: &GeoPosition) -> bool {
        let within = |(from, to): (i64, i64), e7: i64| from <= e7 && e7 <= to;
        within(self.lat, spot.lat_e7) && within(self.lon, spot.lon_e7)
    }

    /// Whether a record called `r` lies in it.
    pub(crate) fn clause(self, sql: &mut Sql) -> String {
        let (lat_min, lat_max) = (sql.int(self.lat.0), sql.int(self.lat.1));
        let (lon_min, lon_max) = (sql.int(self.lon.0), sql.int(self.lon.1));
        format!(
            "r.row IN (SELECT row FROM spot WHERE lat_min >= {lat_min} AND lat_max <= {lat_max}
                 AND lon_min >= {lon_min} AND lon_max <= {lon_max})"
        )
    }
}

fn clause(condition: &Condition, lights: &Lights, sql: &mut Sql) -> String {
    match condition {
        Condition::Region(codes) => {
            let ranges: Vec<String> = codes
                .iter()
                .map(|code| sql.region_range("r", code))
                .collect();
            format!("({})", ranges.join(" OR "))
        }
        Condition::Column(column, values) => format!("r.{column} IN {}", sql.list(values)),
        Condition::Handler(share, units) => {
            format!("r.row IN ({})", rows_of(*share, units, sql))
        }
        Condition::Time { column, since, ms } => {
            let ms = sql.int(*ms);
            format!("r.{column} {} {ms}", if *since { ">=" } else { "<" })
        }
        Condition::Conflict(true) => "r.conflicts > 0".to_owned(),
        Condition::Conflict(false) => "r.conflicts = 0".to_owned(),
        Condition::Search(text) => found_by(text, sql),
        Condition::Facet { place, values } => facet(place, values, sql),
        Condition::Light(any) => shines(any, lights, sql),
        Condition::Raised(levels) => raised(levels, lights, sql),
        Condition::Within(view) => view.clause(sql),
    }
}

/// Records whose light is any of these.
pub(crate) fn shines(any: &[Light], lights: &Lights, sql: &mut Sql) -> String {
    let runs = Clock::Runs.as_str();
    let mut one = |light: &Light| match light {
        Light::Grey => format!("r.clock = '{}'", Clock::Paused.as_str()),
        Light::Red => {
            let overdue = sql.text(&lights.overdue_upto.to_string());
            format!("(r.clock = '{runs}' AND r.due <= {overdue})")
        }
        Light::Yellow => {
            let overdue = sql.text(&lights.overdue_upto.to_string());
            let near = sql.text(&lights.near_upto.to_string());
            format!("(r.clock = '{runs}' AND r.due > {overdue} AND r.due <= {near})")
        }
        Light::Green => {
            let near = sql.text(&lights.near_upto.to_string());
            format!("(r.clock = '{runs}' AND r.due > {near})")
        }
    };
    let any: Vec<String> = any.iter().map(&mut one).collect();
    format!("({})", any.join(" OR "))
}

/// Rows handed to any of these units, as that share when one is said.
pub(crate) fn rows_of(share: Option<Share>, units: &[String], sql: &mut Sql) -> String {
    let units = sql.list(units);
    let share = share.map(|share| format!(" AND share = {}", sql.text(share.as_str())));
    format!(
        "SELECT row FROM handler WHERE unit IN {units}{}",
        share.unwrap_or_default()
    )
}

/// Rows whose value at a place is any of these.
pub(crate) fn rows_with(place: &str, values: &[String], sql: &mut Sql) -> String {
    format!(
        "{} AND value IN {}",
        rows_with_any(place, sql),
        sql.list(values)
    )
}

/// Rows that have any value at a place.
pub(crate) fn rows_with_any(place: &str, sql: &mut Sql) -> String {
    let place = sql.text(place);
    format!("SELECT row FROM facet WHERE place = (SELECT place FROM place WHERE path = {place})")
}

fn facet(place: &str, values: &[String], sql: &mut Sql) -> String {
    let mut any = vec![format!("r.row IN ({})", rows_with(place, values, sql))];
    if values.iter().any(String::is_empty) {
        any.push(format!("r.row NOT IN ({})", rows_with_any(place, sql)));
    }
    format!("({})", any.join(" OR "))
}

/// Records that a text names: by code, or by number with or without county.
pub(crate) fn rows_named(text: &str, sql: &mut Sql) -> Option<String> {
    let code = read_code(text).map(|code| {
        let code = sql.text(&code);
        format!("SELECT row FROM record WHERE code = {code}")
    });
    let number = read_number(text)
        .filter(|(_, n)| *n > 0)
        .map(|(county, n)| {
            let n = sql.int(i64::try_from(n).unwrap_or(i64::MAX));
            let of = county.map(|county| format!(" AND county = {}", sql.text(county.as_str())));
            let of = of.unwrap_or_default();
            format!("SELECT row FROM record WHERE number > 0 AND number = {n}{of}")
        });
    match (code, number) {
        (Some(code), Some(number)) => Some(format!("{code} UNION ALL {number}")),
        (one, other) => one.or(other),
    }
}

/// Records whose texts hold a word, or that it names.
fn found_by(text: &str, sql: &mut Sql) -> String {
    let held = body::holds(text, sql);
    match rows_named(text, sql) {
        Some(named) => format!("({held} OR r.row IN ({named}))"),
        None => held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<(Filter, usize), FilterError> {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        Filter::parse(&pairs).map(|(filter, rest)| (filter, rest.len()))
    }

    #[test]
    fn conditions_are_taken_and_the_rest_is_handed_back() {
        let (filter, rest) = parse(&[
            ("region", "130500"),
            ("limit", "3"),
            ("field.status", "Closed"),
        ])
        .unwrap();
        assert_eq!((filter.conditions.len(), rest), (2, 1));
        let (filter, _) = parse(&[("state", "found,closed"), ("state", "reported")]).unwrap();
        assert_eq!(filter.conditions.len(), 1);
    }

    #[test]
    fn wrong_conditions_are_named() {
        for (name, value) in [
            ("region", "邢台"),
            ("kind", "visit"),
            ("since", "gestern"),
            ("conflict", "yes"),
            ("bbox", "1,2,3"),
        ] {
            let error = parse(&[(name, value)]).unwrap_err();
            assert_eq!((error.field.as_str(), error.why), (name, Why::BadValue));
        }
        let long = "长".repeat(limits::FILTER_VALUE_BYTES_MAX);
        assert_eq!(parse(&[("q", &long)]).unwrap_err().why, Why::TooLong);
        let many: Vec<(&str, &str)> = vec![("q", "a b"); limits::FILTER_CONDITIONS_MAX];
        assert_eq!(parse(&many).unwrap_err().why, Why::TooMany);
    }
}
