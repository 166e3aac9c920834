//! The map of one filter: figures by region, and points drawn together into clusters.
//!
//! Never counts by another filter than lists do, and never converts coordinates: points of
//! different coordinate systems are never drawn together, each cluster names its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use liandu_core::id::{RecordId, RegionCode};
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::limits;
use liandu_core::record::value::GeoPosition;

use crate::tables::TablesError;
use crate::tables::columns::CONFLICTS;
use crate::tables::columns::scan::Scan;
use crate::tables::filter::View;
use crate::tables::query::{Asked, Snapshot};
use crate::tables::read::{LINE_COLUMNS, line};

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

/// The same of one region.
fn region_at(level: Level, region: &RegionCode) -> String {
    let begin = |length: usize| {
        let code = region.as_str();
        code.get(..length).unwrap_or(code)
    };
    match level {
        Level::Province => format!("{}0000", begin(2)),
        Level::City => format!("{}00", begin(4)),
        Level::County => begin(6).to_owned(),
        Level::Town => begin(9).to_owned(),
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
    let mut drawing = Drawing {
        level,
        view,
        cell: cell_e7(zoom),
        placed: 0,
        regions: BTreeMap::new(),
        squares: HashMap::new(),
    };
    match Scan::of(snapshot, asked)? {
        Some(scan) => scanned(snapshot, &scan, &mut drawing)?,
        None => selected(snapshot, asked, &mut drawing)?,
    }
    Ok(drawing.map())
}

/// Draws what fits out of the columns.
fn scanned(
    snapshot: &Snapshot<'_>,
    scan: &Scan<'_>,
    drawing: &mut Drawing,
) -> Result<(), TablesError> {
    let lights = scan.columns.lights(snapshot.lights());
    let scopes = scan.columns.scopes();
    let mut all = vec![Sums::default(); scopes.len()];
    scan.each(|cell| {
        let light = lights.get(cell.deadline()).copied().flatten();
        if let Some(sums) = all.get_mut(cell.scope()) {
            sums.add(light);
        }
        if let Some(spot) = cell.spot() {
            drawing.point(spot, cell.number(CONFLICTS) > 0, light, cell.id());
        }
    })?;
    let some = scopes.iter().zip(all).filter(|(_, sums)| sums.count > 0);
    some.for_each(|(scope, sums)| drawing.region(&scope.region, sums));
    Ok(())
}

/// Draws by SQL, where there are no columns.
fn selected(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    drawing: &mut Drawing,
) -> Result<(), TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!("SELECT {LINE_COLUMNS} FROM record r {}", sql.conditions());
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    while let Some(row) = found.next()? {
        let line = line(row)?;
        let light = line.light(snapshot.lights());
        let mut sums = Sums::default();
        sums.add(light);
        drawing.region(&line.about.scope.region, sums);
        if let Some(spot) = line.spot {
            drawing.point(spot, line.conflicts > 0, light, line.id);
        }
    }
    Ok(())
}

/// The side of a cluster's square: a quarter of a map tile of 256 pixels, degrees times 10^7.
fn cell_e7(zoom: u8) -> i64 {
    const WORLD_E7: i64 = 3_600_000_000;
    (WORLD_E7 >> (u32::from(zoom.min(limits::MAP_ZOOM_MAX)) + 2)).max(1)
}

/// Records, and how urgent they are.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    red: u64,
    yellow: u64,
}

impl Sums {
    fn add(&mut self, light: Option<Light>) {
        self.count += 1;
        match light {
            Some(Light::Red) => self.red += 1,
            Some(Light::Yellow) => self.yellow += 1,
            Some(Light::Green | Light::Grey) | None => {}
        }
    }
}

/// The points of one square, added up. A province's sums of coordinates are far from the end of 64
/// bits.
#[derive(Debug)]
struct Square {
    sums: Sums,
    lat_sum: i64,
    lon_sum: i64,
    conflicts: u64,
    first: RecordId,
}

/// A map that is being added up.
struct Drawing {
    level: Level,
    view: Option<View>,
    cell: i64,
    placed: u64,
    regions: BTreeMap<String, Sums>,
    squares: HashMap<(u8, i64, i64), Square>,
}

impl Drawing {
    fn region(&mut self, region: &RegionCode, more: Sums) {
        let sums = self.regions.entry(region_at(self.level, region));
        let sums = sums.or_default();
        sums.count += more.count;
        sums.red += more.red;
        sums.yellow += more.yellow;
    }

    fn point(&mut self, spot: GeoPosition, conflict: bool, light: Option<Light>, id: RecordId) {
        self.placed += 1;
        if self.view.is_some_and(|view| !view.has(&spot)) {
            return;
        }
        // Moved to be positive: division of whole numbers rounds towards zero.
        let y = (spot.lat_e7 + 900_000_000) / self.cell;
        let x = (spot.lon_e7 + 1_800_000_000) / self.cell;
        let square = self.squares.entry((spot.datum as u8, y, x));
        let square = square.or_insert(Square {
            sums: Sums::default(),
            lat_sum: 0,
            lon_sum: 0,
            conflicts: 0,
            first: id,
        });
        square.sums.add(light);
        square.lat_sum += spot.lat_e7;
        square.lon_sum += spot.lon_e7;
        square.conflicts += u64::from(conflict);
    }

    fn map(self) -> Map {
        let figure = |(region, sums): (String, Sums)| Figure {
            region,
            count: sums.count,
            red: sums.red,
            yellow: sums.yellow,
        };
        let regions: Vec<Figure> = self.regions.into_iter().map(figure).collect();
        let mut squares: Vec<_> = self.squares.into_iter().collect();
        squares.sort_by_key(|(place, square)| (Reverse(square.sums.count), *place));
        let clusters = squares.iter().take(limits::MAP_CLUSTERS_MAX);
        let beyond = squares.iter().skip(limits::MAP_CLUSTERS_MAX);
        Map {
            total: regions.iter().map(|figure| figure.count).sum(),
            placed: self.placed,
            clusters: clusters
                .map(|((datum, ..), square)| square.cluster(*datum))
                .collect(),
            rest: beyond.map(|(_, square)| square.sums.count).sum(),
            regions,
        }
    }
}

impl Square {
    fn cluster(&self, datum: u8) -> Cluster {
        let many = i64::try_from(self.sums.count).unwrap_or(i64::MAX).max(1);
        Cluster {
            lat_e7: self.lat_sum / many,
            lon_e7: self.lon_sum / many,
            datum,
            count: self.sums.count,
            conflicts: self.conflicts,
            red: self.sums.red,
            yellow: self.sums.yellow,
            record: (self.sums.count == 1).then_some(self.first),
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
