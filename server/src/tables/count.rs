//! Counts of one filter: how many records, and how many of each value.
//!
//! Never counts by another filter than lists do.

use std::collections::BTreeMap;

use liandu_core::light::Light;
use liandu_core::limits;

use crate::tables::TablesError;
use crate::tables::filter::{self, facet_of};
use crate::tables::query::{Asked, Snapshot};
use crate::tables::raised::level_of;
use crate::tables::sql::Sql;

/// What records are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A column of the line, shortened to so many characters (0: whole) for levels of regions.
    Column(&'static str, usize),
    /// The units they are handed to; a record with two counts in both.
    Handler,
    /// How near their deadlines are; empty where no clock runs.
    Light,
    /// The highest level that what is overdue has risen to; empty where nothing has.
    Raised,
    /// A field's value; a record with several codes counts in each.
    Facet(String),
}

impl By {
    /// `state`, `domain`, `kind`, `region`, `city`, `county`, `group`, `campaign`, `source`,
    /// `author`, `handler`, `light`, `raised`, `flag`, `field.ID`, `answer.ID` or
    /// `item.COLLECTION.FIELD`.
    pub fn parse(word: &str) -> Option<By> {
        Some(match word {
            "state" => By::Column("state", 0),
            "domain" => By::Column("domain", 0),
            "kind" => By::Column("kind", 0),
            "region" => By::Column("region", 0),
            "city" => By::Column("region", 4),
            "county" => By::Column("region", 6),
            "group" => By::Column("team", 0),
            "campaign" => By::Column("campaign", 0),
            "source" => By::Column("source", 0),
            "author" => By::Column("author", 0),
            "handler" => By::Handler,
            "light" => By::Light,
            "raised" => By::Raised,
            _other => By::Facet(facet_of(word)?),
        })
    }
}

/// How many records, and how many of each group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// By value, the largest first; an empty value stands for records without one.
    pub groups: Vec<(String, u64)>,
    /// In groups beyond the most that are answered.
    pub rest: u64,
}

/// Counts what `list` would list.
pub fn count(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    by: Option<&By>,
) -> Result<Counts, TablesError> {
    let mut counts = Counts {
        total: total(snapshot, asked)?,
        ..Counts::default()
    };
    let none = String::new;
    match by {
        None => {}
        Some(By::Light) => counts.groups = lights(snapshot, asked, counts.total)?,
        Some(By::Column(column, length)) if along(column).is_some() => {
            counts.groups = folded(snapshot, asked, column, *length)?;
        }
        Some(By::Column(column, 0)) => {
            grouped(snapshot, asked, &mut counts, |_| {
                (format!("r.{column}"), none())
            })?;
        }
        Some(By::Column(column, length)) => {
            let key = format!("substr(r.{column}, 1, {length})");
            grouped(snapshot, asked, &mut counts, |_| (key, none()))?;
        }
        Some(By::Raised) => grouped(snapshot, asked, &mut counts, |sql| {
            (level_of(snapshot.lights(), sql), none())
        })?,
        Some(By::Handler) => grouped(snapshot, asked, &mut counts, |_| {
            let join = "LEFT JOIN handler h ON h.row = r.row".to_owned();
            ("coalesce(h.unit, '')".to_owned(), join)
        })?,
        Some(By::Facet(path)) => grouped(snapshot, asked, &mut counts, |sql| {
            let path = sql.text(path);
            let of = format!("(SELECT place FROM place WHERE path = {path})");
            let join = format!("LEFT JOIN facet f ON f.row = r.row AND f.place = {of}");
            ("coalesce(f.value, '')".to_owned(), join)
        })?,
    }
    Ok(counts)
}

/// The columns that the index of regions has up to one of its own: rows come in their order, and
/// are counted as they come.
fn along(column: &str) -> Option<&'static str> {
    Some(match column {
        "region" => "r.region",
        "state" => "r.region, r.audience, r.state",
        "domain" => "r.region, r.audience, r.state, r.domain",
        _other => return None,
    })
}

/// Counts in the order of the index, added up here: SQLite would sort all of a province first.
fn folded(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    column: &str,
    length: usize,
) -> Result<Vec<(String, u64)>, TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!(
        "SELECT r.{column}, count(*) FROM record r {} GROUP BY {}",
        sql.conditions(),
        along(column).unwrap_or(column),
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    let mut groups: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let value = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let key = value.get(..length).filter(|_| length > 0).unwrap_or(value);
        let n = number(row, 1)?;
        match groups.get_mut(key) {
            Some(sum) => *sum = sum.saturating_add(n),
            None => drop(groups.insert(key.to_owned(), n)),
        }
    }
    Ok(largest_first(groups.into_iter().collect()))
}

fn largest_first(mut groups: Vec<(String, u64)>) -> Vec<(String, u64)> {
    groups.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    groups
}

/// How many shine in each light, and in none.
fn lights(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    total: u64,
) -> Result<Vec<(String, u64)>, TablesError> {
    let mut sql = asked.sql(snapshot, false);
    let sums: Vec<String> = Light::ALL
        .iter()
        .map(|light| {
            let shines = filter::shines(&[*light], snapshot.lights(), &mut sql);
            format!("coalesce(sum({shines}), 0)")
        })
        .collect();
    let query = format!(
        "SELECT {} FROM {} {}",
        sums.join(", "),
        asked.from(),
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let sums = statement.query_row(sql.args(), |row| {
        let sums = Light::ALL.iter().enumerate();
        sums.map(|(at, light)| Ok((light.as_str().to_owned(), number(row, at)?)))
            .collect::<rusqlite::Result<Vec<_>>>()
    })?;
    let shining: u64 = sums.iter().map(|(_, n)| n).sum();
    let none = (String::new(), total.saturating_sub(shining));
    let all = sums.into_iter().chain([none]).filter(|(_, n)| *n > 0);
    Ok(largest_first(all.collect()))
}

fn number(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

/// Counts by what no index has in order: a key, and what must be joined for it.
fn grouped(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    counts: &mut Counts,
    by: impl FnOnce(&mut Sql) -> (String, String),
) -> Result<(), TablesError> {
    let mut sql = asked.sql(snapshot, false);
    let (key, join) = by(&mut sql);
    let query = format!(
        "SELECT {key} AS value, count(*) AS n FROM record r {join} {} GROUP BY value
         ORDER BY n DESC, value",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    while let Some(row) = found.next()? {
        let n = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        if counts.groups.len() < limits::COUNT_GROUPS_MAX {
            counts.groups.push((row.get(0)?, n));
        } else {
            counts.rest = counts.rest.saturating_add(n);
        }
    }
    Ok(())
}

pub(crate) fn total(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<u64, TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!("SELECT count(*) FROM {} {}", asked.from(), sql.conditions());
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let total: i64 = statement.query_row(sql.args(), |row| row.get(0))?;
    Ok(u64::try_from(total).unwrap_or(0))
}
