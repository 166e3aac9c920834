//! Quarantine: edits that were refused, held, forked or are in escrow, and what the office says
//! to them.
//!
//! Never judges: a release is judged again by the engine.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use liandu_core::id::{PersonId, Position, RecordId, RegionCode};
use liandu_core::limits;
use liandu_core::policy::{Principal, Role};
use liandu_core::record::path::WriteId;
use liandu_core::verdict::{Reason, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::body::JsonBody;
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, ScopeJson};
use crate::api::problem::{ApiError, Problem};
use crate::engine::{ItemId, QuarantineAnswer};
use crate::tables::Held;
use crate::tables::filter::{FilterError, Why};
use crate::tables::quarantine::{HeldFilter, quarantine, quarantined};

/// An edit that does not count (yet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldJson {
    /// Position of the entry that keeps it; with `index` it names the edit.
    pub position: u64,
    /// Place in the entry.
    pub index: u32,
    /// The record it was meant for.
    pub record: String,
    /// The record's kind, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The scope it was sent under.
    pub scope: ScopeJson,
    /// Who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// From which device.
    pub device: String,
    /// Names the write: `ACTOR@NUMBER`.
    pub write: String,
    /// `refused`, `held` or `forked`.
    pub verdict: String,
    /// Number of the reason.
    pub reason: u16,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
    /// The server's clock when it came.
    pub time: String,
    /// The entry that released or answered it, absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<u64>,
    /// What the office answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl From<&Held> for HeldJson {
    fn from(held: &Held) -> HeldJson {
        let reason = held.verdict.reason();
        let answer = held.settled.as_ref().map(|(_, answer)| answer.clone());
        HeldJson {
            position: held.position.0,
            index: held.index,
            record: held.record.to_string(),
            kind: held.kind.map(|kind| kind.to_string()),
            scope: (&held.scope).into(),
            person: held.person.as_ref().map(PersonId::to_string),
            device: held.device.hex(),
            write: write_of(held).to_string(),
            verdict: held.verdict.as_str().to_owned(),
            reason: reason.map_or(0, Reason::code),
            zh: reason.map_or("", Reason::zh).to_owned(),
            en: reason.map_or("", Reason::en).to_owned(),
            time: held.time.iso(),
            settled: held.settled.as_ref().map(|(position, _)| position.0),
            answer: answer.filter(|answer| !answer.is_empty()),
        }
    }
}

fn write_of(held: &Held) -> WriteId {
    WriteId {
        actor: held.actor,
        seq: held.seq,
    }
}

/// Quarantined edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantineJson {
    /// True for this position.
    pub as_of: AsOf,
    /// All that fit, also those not on this page.
    pub total: u64,
    /// Newest first.
    pub edits: Vec<HeldJson>,
    /// Give it as `before` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which quarantined edits.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldParams {
    /// Code of a region: it and its subtree.
    region: Option<String>,
    /// Code of the person who sent it.
    person: Option<String>,
    /// The record.
    record: Option<String>,
    /// `refused`, `held` or `forked`.
    verdict: Option<String>,
    /// Number of a reason.
    reason: Option<u16>,
    /// `true`: also those that were released or answered.
    settled: Option<bool>,
    /// Edits on the page, 1 to 500, 50 when not said.
    limit: Option<usize>,
    /// `next` of the page before.
    before: Option<String>,
    /// Wait until the answer holds everything up to this position.
    at_least: Option<u64>,
}

fn parsed<T, E>(name: &str, given: Option<Result<T, E>>) -> Result<Option<T>, ApiError> {
    let bad = |_| {
        ApiError::Query(FilterError {
            field: name.to_owned(),
            why: Why::BadValue,
        })
    };
    given.transpose().map_err(bad)
}

impl HeldParams {
    fn filter(&self) -> Result<HeldFilter, ApiError> {
        let verdicts = ["refused", "held", "forked"];
        let verdict = self.verdict.as_deref();
        let verdict = verdict.map(|word| verdicts.into_iter().find(|v| *v == word).ok_or(()));
        let reason = |code: u16| {
            Reason::ALL
                .iter()
                .copied()
                .find(|r| r.code() == code)
                .ok_or(())
        };
        Ok(HeldFilter {
            region: parsed("region", self.region.as_deref().map(RegionCode::new))?,
            person: parsed("person", self.person.as_deref().map(PersonId::new))?,
            record: parsed("record", self.record.as_deref().map(str::parse::<RecordId>))?,
            verdict: parsed("verdict", verdict)?,
            reason: parsed("reason", self.reason.map(reason))?,
            settled_too: self.settled.unwrap_or(false),
        })
    }

    fn before(&self) -> Result<Option<(Position, u32)>, ApiError> {
        let pair = |text: &str| {
            let (position, index) = text.split_once('.').ok_or(())?;
            let position = position.parse().map_err(|_| ())?;
            Ok::<_, ()>((Position(position), index.parse().map_err(|_| ())?))
        };
        parsed("before", self.before.as_deref().map(pair))
    }
}

/// Edits that do not count (yet), with the reasons.
#[utoipa::path(get, path = "/api/quarantine", tag = "quarantine", params(HeldParams),
    responses((status = 200, body = QuarantineJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    Asked(asked): Asked<HeldParams>,
) -> Result<Json<QuarantineJson>, ApiError> {
    let (visible, filter, before) = (who.visible(), asked.filter()?, asked.before()?);
    let limit = asked.limit.unwrap_or(limits::PAGE_RECORDS_DEFAULT);
    let limit = limit.clamp(1, limits::PAGE_RECORDS_MAX);
    let at_least = Position(asked.at_least.unwrap_or(0));
    let answer = office.read(at_least, move |snapshot| {
        let (found, total) = quarantine(snapshot, &visible, &filter, before, limit)?;
        let last = found.last().filter(|_| found.len() == limit);
        let next = last.map(|held| format!("{}.{}", held.position, held.index));
        let edits = found.iter().map(HeldJson::from).collect();
        Ok(QuarantineJson {
            as_of: snapshot.mark().into(),
            total,
            edits,
            next,
        })
    });
    answer.await.map(Json)
}

/// Who may decide about what was held back in a region.
fn may_settle(principal: &Principal, region: &RegionCode) -> bool {
    let decides = |role: Role| matches!(role, Role::CongressOffice);
    principal
        .grants
        .iter()
        .any(|grant| decides(grant.role) && grant.region.contains(region))
}

/// What became of a quarantined edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettledJson {
    /// `accepted`, `refused`, `held` or `forked`.
    pub verdict: String,
    /// Number of the reason when it still does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<u16>,
    /// The reason in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// The reason in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Give it as `at_least` to lists that must show it.
    pub position: u64,
}

impl SettledJson {
    fn of(verdict: Verdict, position: Position) -> SettledJson {
        let reason = verdict.reason();
        SettledJson {
            verdict: verdict.as_str().to_owned(),
            reason: reason.map(Reason::code),
            zh: reason.map(|reason| reason.zh().to_owned()),
            en: reason.map(|reason| reason.en().to_owned()),
            position: position.0,
        }
    }
}

async fn settle(
    office: &Office,
    who: &SignedIn,
    (position, index): (u64, u32),
    answer: QuarantineAnswer,
) -> Result<Json<SettledJson>, ApiError> {
    let visible = who.visible();
    let asked = office.read(Position(0), move |snapshot| {
        Ok(quarantined(snapshot, &visible, Position(position), index)?)
    });
    let held = asked.await?.ok_or(ApiError::NotFound)?;
    if !may_settle(&who.principal, &held.scope.region) {
        return Err(ApiError::Refused(Reason::NotAllowed));
    }
    let item = ItemId {
        record: held.record,
        write: write_of(&held),
        hash: held.hash,
    };
    let answered = office
        .engine
        .answer(who.office_user(), vec![item], answer)
        .await?;
    let (_, verdict) = answered.into_iter().next().ok_or(ApiError::NotFound)?;
    let position = office.engine.read(|keeper| keeper.position()).await?;
    Ok(Json(SettledJson::of(verdict?, position)))
}

/// Judge a quarantined edit again, on your responsibility.
#[utoipa::path(post, path = "/api/quarantine/{position}/{index}/release", tag = "quarantine",
    params(("position" = u64, Path, description = "of the edit"), ("index" = u32, Path, description = "of the edit")),
    responses((status = 200, body = SettledJson), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn release(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(at): UrlPath<(u64, u32)>,
) -> Result<Json<SettledJson>, ApiError> {
    settle(&office, &who, at, QuarantineAnswer::Release).await
}

/// What the author is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// 1 to 2,000 bytes.
    pub text: String,
}

/// Tell a quarantined edit's author that it stays out, and why.
#[utoipa::path(post, path = "/api/quarantine/{position}/{index}/answer", tag = "quarantine",
    request_body = AnswerBody,
    params(("position" = u64, Path, description = "of the edit"), ("index" = u32, Path, description = "of the edit")),
    responses((status = 200, body = SettledJson), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn answer(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(at): UrlPath<(u64, u32)>,
    JsonBody(body): JsonBody<AnswerBody>,
) -> Result<Json<SettledJson>, ApiError> {
    if body.text.trim().is_empty() || body.text.len() > limits::ANSWER_BYTES_MAX {
        return Err(ApiError::Body {
            field: "text".to_owned(),
        });
    }
    settle(&office, &who, at, QuarantineAnswer::Close(body.text)).await
}
