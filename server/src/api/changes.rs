//! What changed after a position: the question that open pages ask again and again, answered when
//! there is something to tell.
//!
//! Never keeps anything for a page between two questions: a page that comes back late asks from
//! the position it has. Waiting is bounded in time and number.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::cmp::Reverse;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use liandu_core::id::Position;
use liandu_core::limits;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::ask::Asked as AskedFor;
use crate::api::door::SignedIn;
use crate::api::json::AsOf;
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::tables::filter::Filter;
use crate::tables::query::{Asked, Snapshot, Sort, list};
use crate::tables::rows::Line;
use crate::tables::visible::Visible;

/// From where.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangesParams {
    /// The position the page has; what is newer is answered.
    after: u64,
}

/// What changed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangesJson {
    /// True for this position: give it as `after` of the next question.
    pub as_of: AsOf,
    /// Records that changed, last changed first; at most 100.
    pub records: Vec<LineJson>,
    /// Whether more changed than are named: read lists again.
    pub more: bool,
}

/// What changed among the records that fit a filter, last changed first; one more than are told.
fn changed(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    after: Position,
) -> Result<Vec<Line>, ApiError> {
    let most = limits::CHANGES_RECORDS_MAX;
    let page = list(snapshot, asked, Sort::LastDown, None, most + 1)?;
    let lines = page.lines.into_iter();
    Ok(lines.take_while(|line| line.about.last.0 > after).collect())
}

fn read(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    after: Position,
) -> Result<ChangesJson, ApiError> {
    let mut filters = vec![Filter::default()];
    if visible.refers() {
        filters.push(Filter::referrals());
    }
    let mut lines = Vec::new();
    for filter in &filters {
        lines.extend(changed(snapshot, Asked { visible, filter }, after)?);
    }
    lines.sort_by_key(|line| Reverse(line.about.last.0));
    let most = limits::CHANGES_RECORDS_MAX;
    let json = |line: &Line| LineJson::of(line, snapshot.lights());
    Ok(ChangesJson {
        as_of: snapshot.mark().into(),
        more: lines.len() > most,
        records: lines.iter().take(most).map(json).collect(),
    })
}

/// What changed after a position among the records the asker may see. Waits up to 25 seconds
/// until there is something, when not too many wait already.
#[utoipa::path(get, path = "/api/changes", tag = "records", params(ChangesParams),
    responses((status = 200, body = ChangesJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    AskedFor(params): AskedFor<ChangesParams>,
) -> Result<Json<ChangesJson>, ApiError> {
    let until = Instant::now() + Duration::from_millis(limits::CHANGES_WAIT_MS_MAX);
    let place = office.door.waits.try_acquire();
    let mut progress = office.progress.clone();
    let after = Position(params.after);
    loop {
        progress.borrow_and_update();
        let visible = who.visible();
        let ask = move |snapshot: &Snapshot<'_>| read(snapshot, &visible, after);
        let answer = office.read(Position(0), ask).await?;
        let told = !answer.records.is_empty() || answer.as_of.position < params.after;
        let moved = async {
            // Many edits arrive together: they are told together.
            tokio::time::sleep(Duration::from_millis(limits::CHANGES_PAUSE_MS)).await;
            progress.changed().await
        };
        if told || place.is_err() || !matches!(timeout_at(until, moved).await, Ok(Ok(()))) {
            return Ok(Json(answer));
        }
    }
}
