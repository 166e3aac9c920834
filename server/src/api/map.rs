//! The map of a filter: figures of regions and points drawn together.
//!
//! Handlers only extract, ask and convert.

use axum::Json;
use axum::extract::State;
use liandu_core::record::value::Datum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::ask::{Ask, FilterParams};
use crate::api::door::SignedIn;
use crate::api::json::AsOf;
use crate::api::problem::{ApiError, Problem};
use crate::tables::Mark;
use crate::tables::map::{Cluster, Figure, Map, map};
use crate::tables::query::Asked;

/// Zoom when the request does not say: a province.
const ZOOM_DEFAULT: u8 = 7;

/// How many records lie in a region.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RegionCountJson {
    /// Code of the region.
    pub region: String,
    /// Records.
    pub count: u64,
    /// Overdue ones among them.
    pub red: u64,
    /// Ones that are nearly due.
    pub yellow: u64,
}

/// Points drawn as one.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ClusterJson {
    /// Mean latitude, degrees.
    pub lat: f64,
    /// Mean longitude, degrees.
    pub lon: f64,
    /// Their coordinate system; points of different ones are never drawn as one.
    #[schema(example = "GCJ-02")]
    pub datum: String,
    /// Records.
    pub count: u64,
    /// Records with open conflicts among them.
    pub conflicts: u64,
    /// Overdue ones among them.
    pub red: u64,
    /// Ones that are nearly due.
    pub yellow: u64,
    /// The record, when it is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl From<&Cluster> for ClusterJson {
    fn from(cluster: &Cluster) -> ClusterJson {
        let datum = Datum::numbered(cluster.datum);
        ClusterJson {
            lat: cluster.lat_e7 as f64 / 1e7,
            lon: cluster.lon_e7 as f64 / 1e7,
            datum: datum.map(Datum::as_str).unwrap_or_default().to_owned(),
            count: cluster.count,
            conflicts: cluster.conflicts,
            red: cluster.red,
            yellow: cluster.yellow,
            record: cluster.record.as_ref().map(ToString::to_string),
        }
    }
}

/// What a map shows of a filter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MapJson {
    /// True for this position.
    pub as_of: AsOf,
    /// All records that fit: the list's number.
    pub total: u64,
    /// Those with a position.
    pub placed: u64,
    /// Figures of regions; together `total`.
    pub regions: Vec<RegionCountJson>,
    /// Points in view, the largest first; together with `rest` all of `placed` that is in view.
    pub clusters: Vec<ClusterJson>,
    /// Records in view in clusters beyond the 5,000 largest.
    pub rest: u64,
}

impl MapJson {
    fn of(mark: &Mark, map: Map) -> MapJson {
        let region = |figure: Figure| RegionCountJson {
            region: figure.region,
            count: figure.count,
            red: figure.red,
            yellow: figure.yellow,
        };
        MapJson {
            as_of: mark.into(),
            total: map.total,
            placed: map.placed,
            regions: map.regions.into_iter().map(region).collect(),
            clusters: map.clusters.iter().map(ClusterJson::from).collect(),
            rest: map.rest,
        }
    }
}

/// Figures by region of all records that fit a filter, and those in view as clustered points.
#[utoipa::path(get, path = "/api/map", tag = "records",
    params(FilterParams,
        ("level" = Option<String>, Query, description = "`province`, `city`, `county` (when not said) or `town`"),
        ("view" = Option<String>, Query, description = "West, south, east, north in degrees: the points of this part of the map only; everything when not said. Unlike `bbox` it is no condition: figures stay those of the filter"),
        ("zoom" = Option<u8>, Query, description = "zoom of the map, 0 to 22, 7 when not said")),
    responses((status = 200, body = MapJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<MapJson>, ApiError> {
    let visible = who.visible();
    let answer = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        let zoom = ask.zoom.unwrap_or(ZOOM_DEFAULT);
        let drawn = map(snapshot, asked, ask.level, ask.view, zoom)?;
        Ok(MapJson::of(snapshot.mark(), drawn))
    });
    answer.await.map(Json)
}
