//! What an office asks all day, each question as a request and as SQL written by hand.
//!
//! Never measures: it says what to ask, and what both must answer alike.

use anyhow::{Context, Result};
use liandu_core::light::Lights;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use super::rows::{VILLAGES, WRONGS};
use crate::roster::Draw;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// The province's office.
    Province,
    /// The office of [`COUNTY`].
    County,
}

/// The county whose office asks.
pub(super) const COUNTY: &str = "130123";

/// What of an answer is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    /// The ids of the records listed, in order.
    Ids,
    /// A number at this place of the answer.
    Number(&'static str),
    /// The groups of a count, in any order.
    Groups,
}

/// One question.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) asker: Asker,
    pub(super) path: String,
    compared: Compared,
    sql: String,
    args: Vec<SqlValue>,
}

/// What an answer comes down to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Essence {
    Ids(Vec<String>),
    Number(u64),
    Groups(Vec<(String, u64)>),
}

const PROVINCE: &str = "kind = 'problem' AND region >= '13' AND region < '13:'";
const PLACE: &str = "kind = 'problem' AND region >= ?1 AND region < ?2";
const LIMIT: usize = 50;

fn text(text: &str) -> SqlValue {
    SqlValue::Text(text.to_owned())
}

/// A region's codes, from and to.
fn range(code: &str) -> Vec<SqlValue> {
    vec![text(code), text(&format!("{code}:"))]
}

/// Words of a query string.
fn encoded(words: &str) -> String {
    let bytes = words.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    bytes.collect()
}

fn number(
    name: &'static str,
    path: String,
    place: &'static str,
    conditions: &str,
    args: Vec<SqlValue>,
) -> Question {
    Question {
        name,
        asker: Asker::Province,
        path,
        compared: Compared::Number(place),
        sql: format!("SELECT count(*) FROM record WHERE {conditions}"),
        args,
    }
}

/// Draws questions about a ledger on one day.
pub(super) struct Asking<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) counties: &'a [String],
    pub(super) lights: Lights,
}

impl Asking<'_> {
    fn county(&mut self) -> Result<String> {
        let at = self.draw.below(self.counties.len());
        self.counties.get(at).cloned().context("a county")
    }

    /// Every question once.
    pub(super) fn round(&mut self) -> Result<Vec<Question>> {
        let mut all = self.lists()?;
        all.extend(self.counts()?);
        all.extend(self.maps()?);
        all.extend(self.searches()?);
        all.extend(self.inboxes());
        Ok(all)
    }

    fn lists(&mut self) -> Result<Vec<Question>> {
        let county = self.county()?;
        let overdue = self.lights.overdue_upto.to_string();
        let ids = |name, path: String, conditions: &str, args, order: &str| Question {
            name,
            asker: Asker::Province,
            path: format!("/api/records?kind=problem&limit={LIMIT}&{path}"),
            compared: Compared::Ids,
            sql: format!(
                "SELECT lower(hex(id)) FROM record WHERE {conditions} ORDER BY {order} LIMIT {LIMIT}"
            ),
            args,
        };
        let waiting = format!("{PLACE} AND state = 'transferred'");
        let red = format!("{PROVINCE} AND clock = 'runs' AND due <= ?1");
        let of_unit = "row IN (SELECT row FROM handler WHERE unit = ?1)";
        let unit = format!("u-{county}-land");
        Ok(vec![
            ids(
                "list-province",
                "sort=-last".to_owned(),
                PROVINCE,
                Vec::new(),
                "last_position DESC, id DESC",
            ),
            ids(
                "list-county-state-due",
                format!("region={county}&state=transferred&sort=due"),
                &waiting,
                range(&county),
                "due, id",
            ),
            ids(
                "list-red-due",
                "light=red&sort=due".to_owned(),
                &red,
                vec![text(&overdue)],
                "due, id",
            ),
            ids(
                "list-handler",
                format!("handler={unit}&sort=due"),
                of_unit,
                vec![text(&unit)],
                "due, id",
            ),
        ])
    }

    fn counts(&mut self) -> Result<Vec<Question>> {
        let county = self.county()?;
        let city: String = county.chars().take(4).collect();
        let at = self.draw.below(VILLAGES.len());
        let (village, ..) = VILLAGES.get(at).context("a village")?;
        let groups = |name, path: String, key: &str, conditions: &str, args| Question {
            name,
            asker: Asker::Province,
            path: format!("/api/records/count?kind=problem&{path}"),
            compared: Compared::Groups,
            sql: format!("SELECT {key}, count(*) FROM record WHERE {conditions} GROUP BY 1"),
            args,
        };
        let of_village = format!(
            "{PROVINCE} AND row IN (SELECT row FROM facet WHERE value = ?1 AND place =
             (SELECT place FROM place WHERE path = 'f/village'))"
        );
        Ok(vec![
            groups(
                "count-province-state",
                "by=state".into(),
                "state",
                PROVINCE,
                Vec::new(),
            ),
            groups(
                "count-province-county",
                "by=county".into(),
                "substr(region, 1, 6)",
                PROVINCE,
                Vec::new(),
            ),
            groups(
                "count-city-domain",
                format!("region={city}00&by=domain"),
                "domain",
                PLACE,
                range(&city),
            ),
            number(
                "count-village",
                format!(
                    "/api/records/count?kind=problem&field.village={}",
                    encoded(village)
                ),
                "/total",
                &of_village,
                vec![text(village)],
            ),
        ])
    }

    fn maps(&mut self) -> Result<Vec<Question>> {
        let county = self.county()?;
        Ok(vec![
            number(
                "map-province",
                "/api/map?kind=problem&level=city&zoom=6&view=113,36,120,43".to_owned(),
                "/total",
                PROVINCE,
                Vec::new(),
            ),
            number(
                "map-county",
                format!(
                    "/api/map?kind=problem&region={county}&level=town&zoom=11&view=114,37,115,38"
                ),
                "/total",
                PLACE,
                range(&county),
            ),
        ])
    }

    fn searches(&mut self) -> Result<Vec<Question>> {
        let wrong = WRONGS.get(self.draw.below(WRONGS.len())).context("words")?;
        let two: String = wrong.chars().take(2).collect();
        let village = VILLAGES.get(self.draw.below(VILLAGES.len()));
        let (village, _, letters) = village.context("a village")?;
        let county = self.county()?;
        let n = 1 + self.draw.below(100);
        let ids = |name, words: &str, more: &str, conditions: &str, args| Question {
            name,
            asker: Asker::Province,
            path: format!(
                "/api/records?kind=problem&limit={LIMIT}&q={}{more}",
                encoded(words)
            ),
            compared: Compared::Ids,
            sql: format!(
                "SELECT lower(hex(id)) FROM record WHERE {conditions}
                 ORDER BY last_position DESC, id DESC LIMIT {LIMIT}"
            ),
            args,
        };
        let holds = "row IN (SELECT row FROM body WHERE body LIKE ?1)";
        let pattern = |word: &str| vec![text(&format!("%{word}%"))];
        let in_county = format!("region >= '{county}' AND region < '{county}:' AND {holds}");
        Ok(vec![
            ids("search-two-characters", &two, "", holds, pattern(&two)),
            ids(
                "search-village-county",
                village,
                &format!("&region={county}"),
                &in_county,
                pattern(village),
            ),
            ids("search-first-letters", letters, "", holds, pattern(letters)),
            ids(
                "search-number",
                &format!("{county}-{n}"),
                "",
                "county = ?1 AND number = ?2",
                vec![text(&county), SqlValue::Integer(i64::try_from(n)?)],
            ),
        ])
    }

    fn inboxes(&mut self) -> Vec<Question> {
        let waits = "state IN ('found', 'verified', 'returned', 'reported', 'reviewed')";
        let inbox = |name, asker, place: &str, args| Question {
            name,
            asker,
            path: format!("/api/inbox?limit={LIMIT}"),
            compared: Compared::Number("/total"),
            sql: format!("SELECT count(*) FROM record WHERE {place} AND {waits}"),
            args,
        };
        vec![
            inbox("inbox-county", Asker::County, PLACE, range(COUNTY)),
            inbox("inbox-province", Asker::Province, PROVINCE, Vec::new()),
        ]
    }
}

impl Question {
    /// What the API's answer comes down to.
    pub(super) fn of_answer(&self, answer: &Value) -> Result<Essence> {
        let list = |place: &str| answer[place].as_array().cloned().unwrap_or_default();
        Ok(match self.compared {
            Compared::Ids => {
                let id = |line: &Value| line["id"].as_str().map(|id| id.replace('-', ""));
                let ids: Option<_> = list("records").iter().map(id).collect();
                Essence::Ids(ids.context("ids")?)
            }
            Compared::Number(place) => {
                let number = answer.pointer(place).and_then(Value::as_u64);
                Essence::Number(number.with_context(|| format!("{place} in {answer}"))?)
            }
            Compared::Groups => {
                let group = |group: &Value| {
                    let value = group["value"].as_str()?.to_owned();
                    Some((value, group["count"].as_u64()?))
                };
                let groups: Option<Vec<_>> = list("groups").iter().map(group).collect();
                let mut groups = groups.context("groups")?;
                groups.sort();
                Essence::Groups(groups)
            }
        })
    }

    /// What SQL written by hand says.
    pub(super) fn by_hand(&self, tables: &Connection) -> Result<Essence> {
        let mut statement = tables.prepare_cached(&self.sql)?;
        let args = params_from_iter(&self.args);
        Ok(match self.compared {
            Compared::Ids => {
                let ids = statement.query_map(args, |row| row.get(0))?;
                Essence::Ids(ids.collect::<Result<_, _>>()?)
            }
            Compared::Number(_) => {
                let number: i64 = statement.query_row(args, |row| row.get(0))?;
                Essence::Number(u64::try_from(number)?)
            }
            Compared::Groups => {
                let group = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?));
                let groups = statement.query_map(args, group)?;
                let mut found = Vec::new();
                for one in groups {
                    let (value, count): (String, i64) = one?;
                    found.push((value, u64::try_from(count)?));
                }
                found.sort();
                Essence::Groups(found)
            }
        })
    }
}
