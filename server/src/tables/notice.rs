//! What units are to be told outside this system, and what became of it: rows, and the two
//! questions about them.
//!
//! Never sends and never decides what is told: core names the notices, the log what was delivered.

use std::collections::BTreeSet;

use liandu_core::id::{EventId, Position, RecordId, UnitId};
use liandu_core::log::Notified;
use liandu_core::time::Timestamp;
use liandu_core::workflow::{NOTICED, Notice, NoticeRules};
use rusqlite::{Row, Transaction, params};

use crate::tables::TablesError;
use crate::tables::query::Snapshot;
use crate::tables::read::broken;
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::write::position_of;

pub(crate) fn put(
    transaction: &Transaction<'_>,
    row: i64,
    notices: &BTreeSet<Notice>,
) -> Result<(), TablesError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO notice (row, event, unit, word, text, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for notice in notices {
        statement.execute(params![
            row,
            notice.event.0,
            notice.unit.as_str(),
            notice.word,
            notice.text,
            notice.time.0,
        ])?;
    }
    Ok(())
}

pub(crate) fn delivered(
    transaction: &Transaction<'_>,
    position: Position,
    said: &Notified,
) -> Result<(), TablesError> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO delivery (position, record, event, unit, failure, time)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            position_of(position),
            said.record.0,
            said.event.0,
            said.unit.as_str(),
            said.failure,
            said.time.0,
        ])?;
    Ok(())
}

/// The notices of one row, for checks.
pub(crate) fn of_row(snapshot: &Snapshot<'_>, row: i64) -> Result<BTreeSet<Notice>, TablesError> {
    let mut statement = snapshot
        .transaction
        .prepare_cached("SELECT event, unit, word, text, time FROM notice WHERE row = ?1")?;
    let found = statement.query_map([row], notice)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Notice> {
    let (word, unit): (String, String) = (row.get("word")?, row.get("unit")?);
    let mut words = NOTICED.into_iter();
    Ok(Notice {
        event: EventId(row.get("event")?),
        word: words
            .find(|known| *known == word)
            .ok_or_else(|| broken("word"))?,
        unit: UnitId::new(&unit).map_err(|_| broken("unit"))?,
        text: row.get("text")?,
        time: Timestamp(row.get("time")?),
    })
}

/// A notice with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The problem.
    pub record: RecordId,
    /// What it is called.
    pub title: String,
    /// Its number's county and count, empty and 0 before it has one.
    pub number: (String, i64),
    /// The notice.
    pub notice: Notice,
    /// How often it was tried.
    pub attempts: u32,
    /// When last, none before the first try.
    pub last: Option<Timestamp>,
    /// Whether it went out.
    pub delivered: bool,
    /// Why the last try failed.
    pub failure: String,
}

impl Told {
    /// Its number as it is said, none before it has one.
    pub fn number(&self) -> Option<String> {
        let (county, number) = &self.number;
        (*number > 0).then(|| format!("{county}-{number}"))
    }
}

/// Every notice with its deliveries; `r` is its record.
const TOLD: &str = "
    SELECT r.id AS id, r.title AS title, r.county AS county, r.number AS number,
        n.event AS event, n.unit AS unit, n.word AS word, n.text AS text, n.time AS time,
        count(d.position) AS attempts, max(d.time) AS last,
        coalesce(sum(d.position IS NOT NULL AND d.failure IS NULL), 0) AS went,
        (SELECT l.failure FROM delivery l WHERE l.record = r.id AND l.event = n.event
            AND l.unit = n.unit ORDER BY l.position DESC LIMIT 1) AS failure
    FROM notice n JOIN record r ON r.row = n.row
    LEFT JOIN delivery d ON d.record = r.id AND d.event = n.event AND d.unit = n.unit";

fn told(row: &Row<'_>) -> rusqlite::Result<Told> {
    let failure: Option<String> = row.get("failure")?;
    Ok(Told {
        record: RecordId(row.get("id")?),
        title: row.get("title")?,
        number: (row.get("county")?, row.get("number")?),
        notice: notice(row)?,
        attempts: row.get("attempts")?,
        last: row.get::<_, Option<i64>>("last")?.map(Timestamp),
        delivered: row.get::<_, i64>("went")? > 0,
        failure: failure.unwrap_or_default(),
    })
}

/// Which notices go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Events that are told.
    pub rules: NoticeRules,
    /// Not those from before this time: nobody wants last year's reminders.
    pub since: Timestamp,
    /// The time now.
    pub now: Timestamp,
    /// Tries of one notice.
    pub attempts_max: u32,
    /// Before the second try; twice as long before each further one.
    pub wait_ms: i64,
    /// Units that can be reached: another is tried once, so that the log says so, and again when
    /// somebody has named where it is.
    pub reached: Vec<String>,
}

/// Notices that are to be tried now, the oldest first.
pub fn due(snapshot: &Snapshot<'_>, due: &Due, limit: usize) -> Result<Vec<Told>, TablesError> {
    let mut sql = Sql::new(false);
    let since = sql.int(due.since.0);
    sql.and(&format!("n.time >= {since}"));
    is_told(&due.rules, &mut sql);
    let (most, now) = (sql.int(due.attempts_max.into()), sql.int(due.now.0));
    let (wait, reached) = (sql.int(due.wait_ms), sql.list(&due.reached));
    let query = format!(
        "{TOLD} {} GROUP BY n.row, n.event, n.unit
         HAVING went = 0 AND attempts < {most}
             AND (attempts = 0
                 OR n.unit IN {reached} AND last <= {now} - {wait} * (1 << (attempts - 1)))
         ORDER BY n.time, n.event, n.unit LIMIT {limit}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), told)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Narrows notices to events that are told in their record's campaign.
fn is_told(rules: &NoticeRules, sql: &mut Sql) {
    let list = |words: &[&str], sql: &mut Sql| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        sql.list(&words)
    };
    let mut any = Vec::new();
    for (campaign, words) in &rules.campaigns {
        let campaign = sql.text(campaign.as_str());
        let words = list(words, sql);
        any.push(format!("r.campaign = {campaign} AND n.word IN {words}"));
    }
    let said: Vec<String> = rules.campaigns.keys().map(ToString::to_string).collect();
    let said = sql.list(&said);
    let words = list(&rules.elsewhere, sql);
    any.push(format!("r.campaign NOT IN {said} AND n.word IN {words}"));
    sql.and(&format!("({})", any.join(" OR ")));
}

/// What a person may see of the notices that are told, the newest first.
pub fn list(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    rules: &NoticeRules,
    limit: usize,
) -> Result<Vec<Told>, TablesError> {
    let mut sql = Sql::new(false);
    visible.narrow("r", &mut sql);
    is_told(rules, &mut sql);
    let query = format!(
        "{TOLD} {} GROUP BY n.row, n.event, n.unit
         ORDER BY n.time DESC, n.event, n.unit LIMIT {limit}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), told)?;
    Ok(found.collect::<Result<_, _>>()?)
}
