//! Weekly dispatches (周调度): figures frozen for a meeting, and what it decided.
//!
//! Never computes again what was frozen: figures are as the log keeps them; only names, and the
//! decisions of the meeting itself, are read as they stand.

mod decide;
mod json;

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use liandu_core::id::{CampaignId, Position, RegionCode};
use liandu_core::policy::{Principal, Role};
use liandu_core::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use self::decide::{__path_decide, decide};
pub use self::decide::{DecideBody, DecidedJson};
pub use self::json::{
    DecisionAboutJson, DecisionJson, DispatchItemJson, DispatchJson, DispatchLineJson,
    DispatchPartJson, DispatchQueriesJson, DispatchesJson, TallyJson,
};
use crate::api::Office;
use crate::api::ask::Ask;
use crate::api::body::JsonBody;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;
use crate::tables::dispatch::{Freeze, FreezeError, Kept, Over, dispatches, find, freeze, last};
use crate::tables::query::Snapshot;

/// What a dispatch goes back to when no earlier one says: a week, milliseconds.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// A dispatch frozen less than this before was a try, not last week's: five days, milliseconds.
const SINCE_LAST_MS: i64 = 5 * 24 * 3_600_000;

impl From<FreezeError> for ApiError {
    fn from(error: FreezeError) -> Self {
        match error {
            FreezeError::Tables(error) => error.into(),
            FreezeError::Filter(error) => error.into(),
        }
    }
}

/// The regions whose dispatches a person sees and freezes: those they lead or whose office they are.
fn led(who: &Principal) -> Vec<RegionCode> {
    let leads = |role: Role| matches!(role, Role::Leader | Role::CongressOffice);
    let grants = who.grants.iter().filter(|grant| leads(grant.role));
    grants.map(|grant| grant.region.clone()).collect()
}

fn leads(who: &Principal, region: &RegionCode) -> bool {
    led(who).iter().any(|led| led.contains(region))
}

/// The dispatch of that position, for those who may see it.
fn seen(snapshot: &Snapshot<'_>, who: &SignedIn, id: &str) -> Result<Kept, ApiError> {
    let position = id.parse().map(Position).map_err(|_| ApiError::NotFound)?;
    let kept = find(snapshot, position)?;
    kept.filter(|kept| leads(&who.principal, &kept.dispatch.region))
        .ok_or(ApiError::NotFound)
}

/// What is to be frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeBody {
    /// Of which region.
    #[schema(example = "130100")]
    pub region: String,
    /// New and done from this day on; absent: since the dispatch of the last meeting, or for a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-06-12")]
    pub from: Option<String>,
    /// Of which campaign; absent: of all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "hebei-6plus1")]
    pub campaign: Option<String>,
}

impl FreezeBody {
    fn over(&self) -> Result<Over, ApiError> {
        let campaign = self.campaign.as_ref();
        let campaign = campaign.map(|named| CampaignId::new(named).map_err(|_| bad("campaign")));
        Ok(Over {
            region: RegionCode::new(&self.region).map_err(|_| bad("region"))?,
            campaign: campaign.transpose()?,
        })
    }

    fn from(&self, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = &self.from else {
            return Ok(None);
        };
        let day = Day::parse(text).map(Day::begins);
        let before = day.filter(|day| *day < now);
        before.map(Some).ok_or_else(|| bad("from"))
    }
}

fn bad(field: &str) -> ApiError {
    ApiError::Body {
        field: field.to_owned(),
    }
}

/// What freezing comes to: a dispatch to keep, or the one that says the same already.
enum Frozen {
    New(Box<AuthorityAct>),
    Same(Position),
}

/// Dispatches of regions you lead or whose office you are, the newest first.
#[utoipa::path(get, path = "/api/dispatches", tag = "dispatches",
    params(("limit" = Option<u32>, Query, description = "dispatches, 1 to 500, 50 when not said"),
        ("at_least" = Option<u64>, Query, description = "wait until the answer holds everything up to this position, at most ten seconds")),
    responses((status = 200, body = DispatchesJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<DispatchesJson>, ApiError> {
    let answer = office.read(ask.at_least, move |snapshot| {
        let found = dispatches(snapshot, &led(&who.principal), ask.limit)?;
        Ok(DispatchesJson {
            as_of: snapshot.mark().into(),
            dispatches: found.iter().map(DispatchLineJson::from).collect(),
        })
    });
    answer.await.map(Json)
}

/// One dispatch: its figures as they were frozen, and what its meeting decided as that stands.
#[utoipa::path(get, path = "/api/dispatches/{id}", tag = "dispatches",
    params(("id" = String, Path, description = "the dispatch: the position of its entry"),
        ("at_least" = Option<u64>, Query, description = "wait until the answer holds everything up to this position, at most ten seconds")),
    responses((status = 200, body = DispatchJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    ask: Ask,
) -> Result<Json<DispatchJson>, ApiError> {
    read(&office, who, id, ask.at_least).await.map(Json)
}

async fn read(
    office: &Office,
    who: SignedIn,
    id: String,
    at_least: Position,
) -> Result<DispatchJson, ApiError> {
    let answer = office.read(at_least, move |snapshot| {
        let kept = seen(snapshot, &who, &id)?;
        DispatchJson::of(snapshot, &who.visible(), &kept)
    });
    let mut dispatch = answer.await?;
    let user = dispatch.by.clone();
    let named = office.engine.directory(move |known| {
        let account = known.account(&user);
        account.map(|account| account.name.clone())
    });
    dispatch.by = named.await?.unwrap_or(dispatch.by);
    Ok(dispatch)
}

/// Freeze the figures of a region as they are now. Asked twice while nothing happened, it answers
/// the same dispatch.
#[utoipa::path(post, path = "/api/dispatches", tag = "dispatches", request_body = FreezeBody,
    responses((status = 200, body = DispatchJson), (status = 201, body = DispatchJson),
        (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(office): State<Office>,
    who: SignedIn,
    JsonBody(body): JsonBody<FreezeBody>,
) -> Result<(StatusCode, Json<DispatchJson>), ApiError> {
    let (over, now) = (body.over()?, office.door.now());
    let said = body.from(now)?;
    if !leads(&who.principal, &over.region) {
        return Err(ApiError::NotFound);
    }
    if let Some(campaign) = over.campaign.clone() {
        let known = office.engine.definitions().await?;
        known.latest(&campaign).ok_or_else(|| bad("campaign"))?;
    }
    let answer = office.read(Position(0), move |snapshot| {
        let before = last(snapshot, &over, now.plus_ms(-SINCE_LAST_MS))?;
        let since = before.map_or(week_before(now), |before| before.dispatch.to);
        let from = said.unwrap_or(since);
        if let Some(same) = same(snapshot, &over, from, now)? {
            return Ok(Frozen::Same(same));
        }
        let dispatch = freeze(snapshot, &Freeze { over, from, now })?;
        let act = AuthorityAct::DispatchFrozen(Box::new(dispatch));
        Ok(Frozen::New(Box::new(act)))
    });
    let (status, position) = match answer.await? {
        Frozen::Same(position) => (StatusCode::OK, position),
        Frozen::New(act) => {
            let position = office.engine.act(who.office_user(), *act).await?;
            (StatusCode::CREATED, position)
        }
    };
    let dispatch = read(&office, who, position.to_string(), position).await?;
    Ok((status, Json(dispatch)))
}

/// The beginning of the day a week ago: asked twice on a day, it is the same.
fn week_before(now: Timestamp) -> Timestamp {
    Day::in_beijing(now.plus_ms(-WEEK_MS)).begins()
}

/// A dispatch of the same day that nothing has come after.
fn same(
    snapshot: &Snapshot<'_>,
    over: &Over,
    from: Timestamp,
    now: Timestamp,
) -> Result<Option<Position>, ApiError> {
    let newest = last(snapshot, over, now)?;
    let same = newest.filter(|kept| {
        kept.position == snapshot.mark().position
            && Day::in_beijing(kept.dispatch.to) == Day::in_beijing(now)
            && kept.dispatch.from == from
    });
    Ok(same.map(|kept| kept.position))
}
