//! The map of one filter: figures by region, and points drawn together into clusters.
//!
//! Never counts by another filter than lists do, and never converts coordinates: points of
//! different coordinate systems are never drawn together, each cluster names its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use liandu_core::id::RecordId;
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::limits;

use crate::tables::TablesError;
use crate::tables::filter::{View, shines};
use crate::tables::query::{Asked, Snapshot};
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
    let mut map = Map::default();
    figures(snapshot, asked, level, &mut map)?;
    clusters(snapshot, asked, view, zoom, &mut map)?;
    Ok(map)
}

fn number(int: i64) -> u64 {
    u64::try_from(int).unwrap_or(0)
}

/// Everything that fits, and what of it is placed, by region: counted in the order of the index and
/// added up here, SQLite would sort all of a province first.
fn figures(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    level: Level,
    map: &mut Map,
) -> Result<(), TablesError> {
    let mut sql = asked.sql(snapshot, false);
    let [red, yellow] = urgent(snapshot, &mut sql);
    let query = format!(
        "SELECT {} AS in_region, count(*), count(r.lat_e7), sum({red}), sum({yellow})
         FROM record r {} GROUP BY r.region",
        code_at(level),
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    let mut regions: BTreeMap<String, Figure> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let region: String = row.get(0)?;
        let [count, placed, red, yellow] = [1, 2, 3, 4].map(|at| row.get(at).map(number));
        let sums = regions.entry(region.clone()).or_insert(Figure {
            region,
            count: 0,
            red: 0,
            yellow: 0,
        });
        let count = count?;
        sums.count += count;
        sums.red += red?;
        sums.yellow += yellow?;
        map.total += count;
        map.placed += placed?;
    }
    map.regions = regions.into_values().collect();
    Ok(())
}

/// Whether a record is overdue, and whether it is nearly due, as SQL.
fn urgent(snapshot: &Snapshot<'_>, sql: &mut Sql) -> [String; 2] {
    [Light::Red, Light::Yellow].map(|light| shines(&[light], snapshot.lights(), sql))
}

/// About as wide as a county, degrees times 10^7: points of squares wider than that are drawn
/// together by county, whose mean is near enough.
const COUNTY_E7: i64 = 5_000_000;

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
    let cell = cell_e7(zoom);
    let by_county = cell > COUNTY_E7;
    let mut sql: Sql = asked.sql(snapshot, view.is_some() && !by_county);
    sql.and("r.lat_e7 IS NOT NULL");
    if let Some(view) = view {
        let inside = match by_county {
            true => view.plain_clause(&mut sql),
            false => view.clause(&mut sql),
        };
        sql.and(&inside);
    }
    let [red, yellow] = urgent(snapshot, &mut sql);
    // One point a row; where squares are wider than counties, one county.
    let [columns, group] = if by_county {
        [
            format!(
                "count(*), sum(r.lat_e7), sum(r.lon_e7), sum(r.conflicts > 0), sum({red}),
                 sum({yellow}), min(r.id)"
            ),
            "GROUP BY r.region, r.audience, r.kind, r.datum".to_owned(),
        ]
    } else {
        [
            format!("1, r.lat_e7, r.lon_e7, r.conflicts > 0, {red}, {yellow}, r.id"),
            String::new(),
        ]
    };
    let query = format!(
        "SELECT r.datum, {columns} FROM record r {} {group}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    let mut squares: HashMap<(u8, i64, i64), Square> = HashMap::new();
    while let Some(row) = found.next()? {
        let [count, lat, lon] = [row.get::<_, i64>(1)?, row.get(2)?, row.get(3)?];
        let many = count.max(1);
        // Moved to be positive: division of whole numbers rounds towards zero.
        let y = (lat / many + 900_000_000) / cell;
        let x = (lon / many + 1_800_000_000) / cell;
        let square = squares.entry((row.get(0)?, y, x)).or_default();
        if square.count == 0 {
            square.first = row.get(7)?;
        }
        square.count += count;
        square.lat_sum += lat;
        square.lon_sum += lon;
        square.conflicts += row.get::<_, i64>(4)?;
        square.red += row.get::<_, i64>(5)?;
        square.yellow += row.get::<_, i64>(6)?;
    }
    let mut squares: Vec<_> = squares.into_iter().collect();
    squares.sort_by_key(|(place, square)| (Reverse(square.count), *place));
    for ((datum, ..), square) in squares {
        if map.clusters.len() < limits::MAP_CLUSTERS_MAX {
            map.clusters.push(square.cluster(datum));
        } else {
            map.rest = map.rest.saturating_add(number(square.count));
        }
    }
    Ok(())
}

/// The points of one square, added up. A province's sums of coordinates are far from the end of 64
/// bits.
#[derive(Debug, Default)]
struct Square {
    count: i64,
    lat_sum: i64,
    lon_sum: i64,
    conflicts: i64,
    red: i64,
    yellow: i64,
    first: [u8; 16],
}

impl Square {
    fn cluster(&self, datum: u8) -> Cluster {
        let many = self.count.max(1);
        Cluster {
            lat_e7: self.lat_sum / many,
            lon_e7: self.lon_sum / many,
            datum,
            count: number(self.count),
            conflicts: number(self.conflicts),
            red: number(self.red),
            yellow: number(self.yellow),
            record: (self.count == 1).then_some(RecordId(self.first)),
        }
    }
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
