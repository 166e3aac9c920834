//! Planned visits as the office sees them: where groups are sent, and what of it was visited.
//!
//! Never makes a plan: a plan is a task with places, made and changed like any record.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use liandu_core::id::RecordId;
use liandu_core::light::Lights;
use liandu_core::limits;
use liandu_core::record::value::Value;
use liandu_core::record::visit::{Point, points};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::ask::{Ask, FilterParams};
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, PositionJson};
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::tables::plan;
use crate::tables::query::Asked;
use crate::tables::rows::Line;

/// A page of plans.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PlansJson {
    /// True for this position.
    pub as_of: AsOf,
    /// The newest first.
    pub plans: Vec<PlanJson>,
    /// Give it as `before` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A task that sends its group to places.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PlanJson {
    /// The task.
    pub task: LineJson,
    /// How many of its places were visited.
    pub covered: usize,
    /// Where to.
    pub points: Vec<PointJson>,
}

/// A place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PointJson {
    /// The task's item.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The object of the inventory, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The village, empty when nobody said.
    pub village: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionJson>,
    /// The id of the inspection that a visit to it is, begun or not.
    pub visit: String,
    /// The inspection, once something of it is at the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visited: Option<LineJson>,
}

impl PointJson {
    fn of(point: &Point, visited: &BTreeMap<RecordId, Line>, lights: &Lights) -> PointJson {
        let text = |field| point.text_of(field).to_owned();
        let position = point.values.values().find_map(|value| match value {
            Value::Position(position) => Some(position.into()),
            Value::Empty
            | Value::Text(_)
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Time(_)
            | Value::Codes(_)
            | Value::Quantity(_)
            | Value::Unknown(_) => None,
        });
        PointJson {
            id: point.id.to_string(),
            title: text("title"),
            object: Some(text("object")).filter(|object| !object.is_empty()),
            village: text("village"),
            position,
            visit: point.visit.to_string(),
            visited: visited
                .get(&point.visit)
                .map(|line| LineJson::of(line, lights)),
        }
    }
}

impl PlanJson {
    fn of(
        line: &Line,
        points: &[Point],
        visited: &BTreeMap<RecordId, Line>,
        lights: &Lights,
    ) -> PlanJson {
        let covered = points.iter().map(|point| &point.visit);
        PlanJson {
            task: LineJson::of(line, lights),
            covered: covered.filter(|visit| visited.contains_key(*visit)).count(),
            points: points
                .iter()
                .map(|point| PointJson::of(point, visited, lights))
                .collect(),
        }
    }
}

/// Plans that fit a filter, with what of each was visited.
#[utoipa::path(get, path = "/api/plans", tag = "records",
    params(FilterParams, ("limit" = Option<u32>, Query, description = "plans, 1 to 50, 50 when not said"),
        ("before" = Option<u64>, Query, description = "`next` of the page before")),
    responses((status = 200, body = PlansJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<PlansJson>, ApiError> {
    let (visible, at_least) = (who.visible(), ask.at_least);
    let limit = ask.limit.min(limits::PAGE_PLANS_MAX);
    let listed = office.read(at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        Ok(plan::plans(snapshot, asked, ask.before, limit)?)
    });
    let listed = listed.await?;
    // Of what was listed, not of what could be loaded: the list goes on behind it.
    let whole = listed.last().filter(|_| listed.len() == limit);
    let next = whole.map(|line| line.about.first.0.0);
    let mut plans = Vec::new();
    for line in listed {
        let points = match Loaded::of(&office, &who, &line.id.to_string()).await {
            Ok(loaded) => points(&loaded.record()),
            // One that was erased or moved out of sight meanwhile is none.
            Err(ApiError::NotFound) => continue,
            Err(error) => return Err(error),
        };
        // One whose places were all taken back is none, either.
        if !points.is_empty() {
            plans.push((line, points));
        }
    }
    let visible = who.visible();
    let answer = office.read(at_least, move |snapshot| {
        let mut shown = Vec::new();
        for (line, points) in &plans {
            let ids: Vec<RecordId> = points.iter().map(|point| point.visit).collect();
            let visited = plan::visits(snapshot, &visible, &ids)?;
            shown.push(PlanJson::of(line, points, &visited, snapshot.lights()));
        }
        Ok(PlansJson {
            as_of: snapshot.mark().into(),
            plans: shown,
            next,
        })
    });
    answer.await.map(Json)
}
