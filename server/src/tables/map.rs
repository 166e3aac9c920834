//! The map of one filter: figures by region, and points drawn together into clusters.
//!
//! Never counts by another filter than lists do, and never converts coordinates: points of
//! different coordinate systems are never drawn together, each cluster names its own.

use liandu_core::id::RecordId;
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::limits;
use rusqlite::OptionalExtension;

use crate::tables::TablesError;
use crate::tables::filter::{View, shines};
use crate::tables::query::{Asked, Snapshot, total};
use crate::tables::sql::Sql;

/// The code of the region at a level that a record lies in, as SQL. A record of a wider region
/// counts there.
pub(crate) fn code_at(level: Level) -> &'static str {
    match level {
        Level::Province => "substr(r.region, 1, 2) || '0000'",
        Level::City => "substr(r.region, 1, 4) || '00'",
        Level::County => "substr(r.region, 1, 6)",
        Level::Town => "substr(r.region, 1, 9)",
    }
}

/// Points that lie so close together at a zoom that they are drawn as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Mean latitude, degrees times 10^7.
    pub lat_e7: i64,
    /// Mean longitude, degrees times 10^7.
    pub lon_e7: i64,
    /// Number of the coordinate system, as in the `datum` column.
    pub datum: u8,
    /// Records.
    pub count: u64,
    /// Records with open conflicts among them.
    pub conflicts: u64,
    /// Overdue ones among them.
    pub red: u64,
    /// Ones that are nearly due.
    pub yellow: u64,
    /// The record, when it is only one.
    pub record: Option<RecordId>,
}

/// The figures of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its code.
    pub region: String,
    /// Records.
    pub count: u64,
    /// Overdue ones among them.
    pub red: u64,
    /// Ones that are nearly due.
    pub yellow: u64,
}

/// What a map shows of a filter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    /// All records that fit: the list's number.
    pub total: u64,
    /// Those with a position.
    pub placed: u64,
    /// By region, in order of codes; together `total`.
    pub regions: Vec<Figure>,
    /// The points in view, the largest first.
    pub clusters: Vec<Cluster>,
    /// Records in view in clusters beyond the most that are answered.
    pub rest: u64,
}

/// Draws the map: figures of everything that fits, points of what is in view.
pub fn map(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    level: Level,
    view: Option<View>,
    zoom: u8,
) -> Result<Map, TablesError> {
    let mut map = Map {
        total: total(snapshot, asked)?,
        placed: placed(snapshot, asked)?,
        regions: regions(snapshot, asked, level)?,
        ..Map::default()
    };
    clusters(snapshot, asked, view, zoom, &mut map)?;
    Ok(map)
}

fn number(int: i64) -> u64 {
    u64::try_from(int).unwrap_or(0)
}

fn placed(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<u64, TablesError> {
    let mut sql = asked.sql(snapshot, false);
    sql.and("r.lat_e7 IS NOT NULL");
    let query = format!("SELECT count(*) FROM record r {}", sql.conditions());
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let placed = statement
        .query_row(sql.args(), |row| row.get(0))
        .optional()?;
    Ok(number(placed.unwrap_or(0)))
}

fn regions(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    level: Level,
) -> Result<Vec<Figure>, TablesError> {
    let mut sql = asked.sql(snapshot, false);
    let [red, yellow] = urgent(snapshot, &mut sql);
    let query = format!(
        "SELECT {} AS in_region, count(*), sum({red}), sum({yellow}) FROM record r {}
         GROUP BY in_region ORDER BY in_region",
        code_at(level),
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), |row| {
        Ok(Figure {
            region: row.get(0)?,
            count: number(row.get(1)?),
            red: number(row.get(2)?),
            yellow: number(row.get(3)?),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Whether a record is overdue, and whether it is nearly due, as SQL.
fn urgent(snapshot: &Snapshot<'_>, sql: &mut Sql) -> [String; 2] {
    [Light::Red, Light::Yellow].map(|light| shines(&[light], snapshot.lights(), sql))
}

/// The side of a cluster's square: a quarter of a map tile of 256 pixels, degrees times 10^7.
fn cell_e7(zoom: u8) -> i64 {
    const WORLD_E7: i64 = 3_600_000_000;
    (WORLD_E7 >> (u32::from(zoom.min(limits::MAP_ZOOM_MAX)) + 2)).max(1)
}

fn clusters(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    view: Option<View>,
    zoom: u8,
    map: &mut Map,
) -> Result<(), TablesError> {
    let mut sql: Sql = asked.sql(snapshot, view.is_some());
    sql.and("r.lat_e7 IS NOT NULL");
    if let Some(view) = view {
        let inside = view.clause(&mut sql);
        sql.and(&inside);
    }
    let cell = sql.int(cell_e7(zoom));
    let [red, yellow] = urgent(snapshot, &mut sql);
    // Moved to be positive: division of whole numbers rounds towards zero.
    let query = format!(
        "SELECT (r.lat_e7 + 900000000) / {cell} AS y, (r.lon_e7 + 1800000000) / {cell} AS x,
             r.datum AS d, count(*) AS n, sum(r.lat_e7) / count(*), sum(r.lon_e7) / count(*),
             sum(r.conflicts > 0), min(r.id), sum({red}), sum({yellow})
         FROM record r {} GROUP BY d, y, x ORDER BY n DESC, d, y, x",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    while let Some(row) = found.next()? {
        let count = number(row.get(3)?);
        if map.clusters.len() >= limits::MAP_CLUSTERS_MAX {
            map.rest = map.rest.saturating_add(count);
            continue;
        }
        let record = RecordId(row.get(7)?);
        map.clusters.push(Cluster {
            lat_e7: row.get(4)?,
            lon_e7: row.get(5)?,
            datum: row.get(2)?,
            count,
            conflicts: number(row.get(6)?),
            red: number(row.get(8)?),
            yellow: number(row.get(9)?),
            record: (count == 1).then_some(record),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_halves_with_every_zoom_and_never_vanishes() {
        assert_eq!(cell_e7(0), 900_000_000);
        assert_eq!(cell_e7(1), 450_000_000);
        assert_eq!(cell_e7(limits::MAP_ZOOM_MAX), cell_e7(u8::MAX));
        assert!(cell_e7(u8::MAX) >= 1);
    }
}
