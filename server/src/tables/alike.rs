//! Problems that may be one: looked up near each other and in each other's village, then compared.
//!
//! Never merges anything, and never suggests what the person may not see, what was merged or
//! withdrawn, or what somebody found to be another problem.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{Position, RecordId};
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::value::{Datum, GeoPosition};
use liandu_core::workflow::stands;
use rusqlite::{OptionalExtension, Row};

use crate::alike::{Likeness, NEAR_METRES_MAX, Report, alike, in_gcj02, in_wgs84, villages};
use crate::tables::TablesError;
use crate::tables::filter::Filter;
use crate::tables::query::{Asked, Snapshot};
use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::{APART_PLACE, INTO_PLACE, Line};
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::write::position_of;

/// Degrees times 10^7 to a metre, of latitude.
const E7_PER_METRE: f64 = 1e7 / 111_195.0;
/// The place of the field `village`.
const VILLAGE_PLACE: &str = "f/village";

/// A problem that may be the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// It.
    pub line: Line,
    /// Its village, as written.
    pub village: String,
    /// Why.
    pub likeness: Likeness,
}

/// Two problems that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The one that came to the office later, and its village.
    pub later: (Line, String),
    /// The earlier one.
    pub earlier: Alike,
}

/// Some pairs, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// Newest first; each pair once.
    pub pairs: Vec<Pair>,
    /// Ask again with it for what came before; none when all was looked at.
    pub before: Option<Position>,
}

/// A problem with its row and village.
struct Found {
    row: i64,
    line: Line,
    village: String,
}

impl Found {
    fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
        Ok(Found {
            row: row.get("row")?,
            line: line(row)?,
            village: row.get("village")?,
        })
    }

    fn report(&self) -> Report<'_> {
        Report {
            domain: &self.line.domain,
            village: &self.village,
            title: &self.line.title,
            spot: self.line.spot,
        }
    }

    /// Whether it stands for itself and may be merged.
    fn stands(&self) -> bool {
        self.line.kind == Kind::Problem && stands(self.line.state.as_str())
    }
}

const VILLAGE: &str = "coalesce((SELECT v.value FROM facet v JOIN place p ON p.place = v.place \
    WHERE v.row = r.row AND p.path = 'f/village' LIMIT 1), '') AS village";

/// The problems that may be one with `record`, the likeliest first.
pub fn alike_to(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    record: &RecordId,
) -> Result<Vec<Alike>, TablesError> {
    match found(snapshot, record)?
        .filter(|found| found.stands() && visible.holds(&found.line.about.scope))
    {
        Some(found) => candidates(snapshot, visible, &found),
        None => Ok(Vec::new()),
    }
}

/// Pairs among the problems that fit a filter, of those that came before a position.
pub fn pairs(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    before: Option<Position>,
) -> Result<Pairs, TablesError> {
    let mut sql = asked.sql(snapshot, true);
    sql.and("r.kind = 'problem' AND r.state NOT IN ('merged', 'withdrawn')");
    if let Some(before) = before {
        let before = sql.int(position_of(before));
        sql.and(&format!("r.first_position < {before}"));
    }
    let query = format!(
        "SELECT {LINE_COLUMNS}, r.row, {VILLAGE} FROM record r {}
         ORDER BY r.first_position DESC LIMIT {}",
        sql.conditions(),
        limits::ALIKE_LOOKED_MAX
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut rows = statement.query(sql.args())?;
    let mut answer = Pairs {
        pairs: Vec::new(),
        before: None,
    };
    let mut looked = 0;
    while let Some(row) = rows.next()? {
        let later = Found::read(row)?;
        looked += 1;
        let first = later.line.about.first.0;
        for earlier in candidates(snapshot, asked.visible, &later)? {
            if earlier.line.about.first.0 < first {
                answer.pairs.push(Pair {
                    later: (later.line.clone(), later.village.clone()),
                    earlier,
                });
            }
        }
        if answer.pairs.len() >= limits::ALIKE_PAIRS_MAX || looked >= limits::ALIKE_LOOKED_MAX {
            answer.before = Some(first);
            break;
        }
    }
    Ok(answer)
}

/// One problem's line, for somebody who may see it.
pub fn line_of(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    record: &RecordId,
) -> Result<Option<Line>, TablesError> {
    let found = found(snapshot, record)?.map(|found| found.line);
    Ok(found.filter(|line| visible.holds(&line.about.scope)))
}

fn found(snapshot: &Snapshot<'_>, record: &RecordId) -> Result<Option<Found>, TablesError> {
    let query = format!("SELECT {LINE_COLUMNS}, r.row, {VILLAGE} FROM record r WHERE r.id = ?1");
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_row([record.0], Found::read).optional()?;
    Ok(found)
}

/// The problems that were merged into one.
pub fn merged_into(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    record: &RecordId,
) -> Result<Vec<Line>, TablesError> {
    let none = Filter::default();
    let asked = Asked {
        visible,
        filter: &none,
    };
    let mut sql = asked.sql(snapshot, true);
    let (place, value) = (sql.text(INTO_PLACE), sql.text(&record.to_string()));
    sql.and(&format!(
        "r.row IN (SELECT v.row FROM facet v JOIN place p ON p.place = v.place
         WHERE p.path = {place} AND v.value = {value})"
    ));
    let query = format!(
        "SELECT {LINE_COLUMNS} FROM record r {} ORDER BY r.first_position LIMIT {}",
        sql.conditions(),
        limits::ALIKE_PAIRS_MAX
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let lines = statement.query_map(sql.args(), line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn candidates(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    found: &Found,
) -> Result<Vec<Alike>, TablesError> {
    let mut others: BTreeMap<i64, Found> = BTreeMap::new();
    for condition in [near(found), in_village(found)].into_iter().flatten() {
        for other in looked_up(snapshot, visible, found, &condition)? {
            others.insert(other.row, other);
        }
    }
    let apart = said_apart(snapshot, found.row)?;
    let mut likely = Vec::new();
    for other in others.into_values() {
        if apart.contains(&other.line.id.to_string()) {
            continue;
        }
        if let Some(likeness) = alike(&found.report(), &other.report()) {
            likely.push(Alike {
                line: other.line,
                village: other.village,
                likeness,
            });
        }
    }
    likely.sort_by_key(|one| Reverse(one.likeness.names));
    likely.truncate(limits::ALIKE_OF_ONE_MAX);
    Ok(likely)
}

/// Makes a condition out of arguments it puts into the query.
type Condition = Box<dyn Fn(&mut Sql) -> String>;

/// Rows of a box around a place, in the coordinates they were stored in.
fn near(found: &Found) -> Option<Condition> {
    let spot = found.line.spot?;
    let boxes = [in_wgs84(&spot), in_gcj02(&spot)].map(|spot| around(&spot));
    Some(Box::new(move |sql| {
        let any = boxes.map(|(datum, [south, north, west, east])| {
            let bounds = [south, north, west, east].map(|bound| sql.int(bound));
            let [south, north, west, east] = bounds;
            let drawn = match datum {
                Datum::Gcj02 => "=",
                Datum::Wgs84 | Datum::Cgcs2000 => "<>",
            };
            let gcj = sql.int(Datum::Gcj02 as i64);
            format!(
                "(r.datum {drawn} {gcj} AND r.row IN (SELECT row FROM spot WHERE
                 lat_min >= {south} AND lat_max <= {north}
                 AND lon_min >= {west} AND lon_max <= {east}))"
            )
        });
        format!("({})", any.join(" OR "))
    }))
}

fn around(spot: &GeoPosition) -> (Datum, [i64; 4]) {
    let narrow = spot.degrees().0.to_radians().cos().max(0.01);
    let lat = (NEAR_METRES_MAX * E7_PER_METRE).ceil() as i64 + 1;
    let lon = (NEAR_METRES_MAX * E7_PER_METRE / narrow).ceil() as i64 + 1;
    let (south, north) = (spot.lat_e7 - lat, spot.lat_e7 + lat);
    (
        spot.datum,
        [south, north, spot.lon_e7 - lon, spot.lon_e7 + lon],
    )
}

/// Rows of the same village of the same county.
fn in_village(found: &Found) -> Option<Condition> {
    let names: Vec<String> = villages(&found.village).into_iter().collect();
    let county = found.line.about.scope.region.prefix();
    let county: String = county.chars().take(6).collect();
    (!found.village.trim().is_empty()).then(|| -> Condition {
        Box::new(move |sql| {
            let (place, names) = (sql.text(VILLAGE_PLACE), sql.list(&names));
            let (from, to) = (sql.text(&county), sql.text(&format!("{county}:")));
            format!(
                "(r.region >= {from} AND r.region < {to}
                 AND r.row IN (SELECT v.row FROM facet v JOIN place p ON p.place = v.place
                 WHERE p.path = {place} AND v.value IN {names}))"
            )
        })
    })
}

fn looked_up(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    found: &Found,
    condition: &Condition,
) -> Result<Vec<Found>, TablesError> {
    let mut sql = Sql::new(true);
    visible.narrow("r", &mut sql);
    let condition = condition(&mut sql);
    sql.and(&condition);
    let row = sql.int(found.row);
    let (apart, id) = (sql.text(APART_PLACE), sql.text(&found.line.id.to_string()));
    // Whoever said that they are two said it of one of them, or of both.
    sql.and(&format!(
        "r.row <> {row} AND r.kind = 'problem' AND r.state NOT IN ('merged', 'withdrawn')
         AND r.row NOT IN (SELECT v.row FROM facet v JOIN place p ON p.place = v.place
             WHERE p.path = {apart} AND v.value = {id})"
    ));
    let query = format!(
        "SELECT {LINE_COLUMNS}, r.row, {VILLAGE} FROM record r {} LIMIT {}",
        sql.conditions(),
        limits::ALIKE_LOOKED_MAX
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let others = statement.query_map(sql.args(), Found::read)?;
    Ok(others.collect::<Result<_, _>>()?)
}

/// What somebody found a problem not to be.
fn said_apart(snapshot: &Snapshot<'_>, row: i64) -> Result<BTreeSet<String>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(
        "SELECT v.value FROM facet v JOIN place p ON p.place = v.place
         WHERE v.row = ?1 AND p.path = ?2",
    )?;
    let ids = statement.query_map((row, APART_PLACE), |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
