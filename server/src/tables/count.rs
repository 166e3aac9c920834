//! Counts of one filter: how many records, and how many of each value.
//!
//! Never counts by another filter than lists do.

use std::collections::BTreeMap;

use liandu_core::id::GroupId;
use liandu_core::level::Level;
use liandu_core::light::{Light, Lights};
use liandu_core::limits;

use crate::tables::TablesError;
use crate::tables::columns::scan::{Cell, Risen, RowSet, Scan};
use crate::tables::columns::word_column;
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

impl Counts {
    fn of(total: u64, groups: BTreeMap<String, u64>) -> Counts {
        let mut groups: Vec<(String, u64)> = groups.into_iter().collect();
        groups.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        let beyond = groups.iter().skip(limits::COUNT_GROUPS_MAX);
        let rest = beyond.map(|(_, n)| n).sum();
        groups.truncate(limits::COUNT_GROUPS_MAX);
        Counts {
            total,
            groups,
            rest,
        }
    }
}

/// Counts what `list` would list.
pub fn count(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    by: Option<&By>,
) -> Result<Counts, TablesError> {
    let mut counts = match Scan::of(snapshot, asked)? {
        Some(scan) => scanned(snapshot, &scan, by)?,
        None => selected(snapshot, asked, by)?,
    };
    if by.is_none() {
        counts.groups.clear();
    }
    Ok(counts)
}

/// Counts out of the columns: how many have each word's number, then by what the words stand for.
fn scanned(
    snapshot: &Snapshot<'_>,
    scan: &Scan<'_>,
    by: Option<&By>,
) -> Result<Counts, TablesError> {
    let columns = &scan.columns;
    let scopes = columns.scopes().iter();
    match by {
        None => tally(scan, &[""], |_| 0),
        Some(By::Column("region", length)) => {
            let regions = scopes.map(|scope| {
                let whole = scope.region.as_str();
                let begin = whole.get(..*length).filter(|begin| !begin.is_empty());
                begin.unwrap_or(whole)
            });
            tally(scan, &regions.collect::<Vec<_>>(), |cell| cell.scope())
        }
        Some(By::Column("team", _)) => {
            let teams = scopes.map(|scope| scope.group.as_ref().map_or("", GroupId::as_str));
            tally(scan, &teams.collect::<Vec<_>>(), |cell| cell.scope())
        }
        Some(By::Column(name, _)) => {
            let column = word_column(name).unwrap_or(usize::MAX);
            tally(scan, columns.words(column), |cell| cell.word(column))
        }
        Some(By::Light) => {
            let lights = columns.lights(snapshot.lights()).into_iter();
            let words = lights.map(|light| light.map_or("", Light::as_str));
            tally(scan, &words.collect::<Vec<_>>(), |cell| cell.deadline())
        }
        Some(By::Raised) => {
            let risen = Risen::of(columns, snapshot.lights());
            // The widest level comes first; what has not risen comes after all.
            let words: Vec<&str> = Level::ALL.iter().map(|l| l.as_str()).chain([""]).collect();
            let highest = |cell: &Cell<'_>| risen.levels(cell).min();
            tally(scan, &words, |cell| {
                highest(cell).map_or(Level::ALL.len(), |level| level as usize)
            })
        }
        Some(By::Handler) => joined(snapshot, scan, None),
        Some(By::Facet(place)) => joined(snapshot, scan, Some(place)),
    }
}

/// Counts what fits by the words that `of` answers the numbers of.
fn tally<W: AsRef<str>>(
    scan: &Scan<'_>,
    words: &[W],
    of: impl Fn(&Cell<'_>) -> usize,
) -> Result<Counts, TablesError> {
    let mut sums = vec![0; words.len()];
    scan.each(|cell| {
        if let Some(sum) = sums.get_mut(of(&cell)) {
            *sum += 1;
        }
    })?;
    let mut groups = BTreeMap::new();
    for (word, sum) in words.iter().zip(&sums) {
        add(&mut groups, word.as_ref(), *sum);
    }
    Ok(Counts::of(sums.iter().sum(), groups))
}

/// So many records' values are looked up one by one; of more, all values there are are gone
/// through.
const FEW: usize = 10_000;

/// Counts what fits by values that are kept beside the records: a field's, or units.
fn joined(
    snapshot: &Snapshot<'_>,
    scan: &Scan<'_>,
    place: Option<&str>,
) -> Result<Counts, TablesError> {
    let mut rows = Vec::new();
    scan.each(|cell| rows.push(cell.row))?;
    let mut sql = Sql::default();
    let (table, value) = match place {
        Some(_) => ("facet", "value"),
        None => ("handler", "unit"),
    };
    let mut query = format!("SELECT v.row, v.{value} FROM {table} v");
    if rows.len() <= FEW {
        let rows = sql.text(&format!("{rows:?}"));
        query.push_str(&format!(
            " JOIN json_each({rows}) fitting ON v.row = fitting.value"
        ));
    }
    if let Some(place) = place {
        let place = sql.text(place);
        query.push_str(&format!(
            " WHERE v.place = (SELECT place FROM place WHERE path = {place})"
        ));
    }
    let (mut groups, mut with) = (BTreeMap::new(), RowSet::default());
    let fitting: RowSet = rows.iter().copied().collect();
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    while let Some(row) = found.next()? {
        let at = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX);
        if fitting.has(at) {
            with.add(at);
            let value = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            add(&mut groups, value, 1);
        }
    }
    let total = rows.len() as u64;
    add(&mut groups, "", total.saturating_sub(with.len()));
    Ok(Counts::of(total, groups))
}

fn add(groups: &mut BTreeMap<String, u64>, value: &str, count: u64) {
    match groups.get_mut(value) {
        _none if count == 0 => {}
        Some(sum) => *sum = sum.saturating_add(count),
        None => drop(groups.insert(value.to_owned(), count)),
    }
}

/// Counts by SQL, where there are no columns.
fn selected(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    by: Option<&By>,
) -> Result<Counts, TablesError> {
    let total = total(snapshot, asked)?;
    let mut sql = asked.sql(snapshot, false);
    let (key, join) = match by {
        None => return Ok(Counts::of(total, BTreeMap::new())),
        Some(By::Column(column, 0)) => (format!("r.{column}"), String::new()),
        Some(By::Column(column, length)) => {
            (format!("substr(r.{column}, 1, {length})"), String::new())
        }
        Some(By::Light) => (light_of(snapshot.lights(), &mut sql), String::new()),
        Some(By::Raised) => (level_of(snapshot.lights(), &mut sql), String::new()),
        Some(By::Handler) => {
            let join = "LEFT JOIN handler h ON h.row = r.row".to_owned();
            ("coalesce(h.unit, '')".to_owned(), join)
        }
        Some(By::Facet(path)) => {
            let path = sql.text(path);
            let of = format!("(SELECT place FROM place WHERE path = {path})");
            let join = format!("LEFT JOIN facet f ON f.row = r.row AND f.place = {of}");
            ("coalesce(f.value, '')".to_owned(), join)
        }
    };
    let query = format!(
        "SELECT {key} AS value, count(*) FROM {} {join} {} GROUP BY value",
        asked.from(),
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), |row| {
        let count = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        Ok((row.get(0)?, count))
    })?;
    Ok(Counts::of(total, found.collect::<Result<_, _>>()?))
}

/// The word of a record's light, empty where none shines.
fn light_of(lights: &Lights, sql: &mut Sql) -> String {
    let case = |light: &Light| {
        let shines = filter::shines(&[*light], lights, sql);
        format!("WHEN {shines} THEN '{}'", light.as_str())
    };
    let cases: Vec<String> = Light::ALL.iter().map(case).collect();
    format!("CASE {} ELSE '' END", cases.join(" "))
}

fn total(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<u64, TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!("SELECT count(*) FROM {} {}", asked.from(), sql.conditions());
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let total: i64 = statement.query_row(sql.args(), |row| row.get(0))?;
    Ok(u64::try_from(total).unwrap_or(0))
}
