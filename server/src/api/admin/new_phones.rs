//! New phones that wait for the office: approved after their digits were compared, or denied.
//!
//! Never shows a request for a person of another region, or for nobody.

use axum::Json;
use axum::extract::{Path, State};
use liandu_core::limits::NEW_PHONE_MS_MAX;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DoneJson, Steward, is_theirs};
use crate::accounts::invitation;
use crate::accounts::new_phones::NewPhone;
use crate::api::Office;
use crate::api::new_phone::{OldPhoneJson, unsent_of, with};
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;

/// A phone that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingPhoneJson {
    /// Which request.
    pub request: String,
    /// Whose it says it is to be.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their home region.
    pub region: String,
    /// What its owner calls it.
    pub label: String,
    /// Six digits, also on its screen.
    pub check: String,
    /// When it asked.
    pub asked: String,
    /// What the person's other devices had not sent when they were last here.
    pub unsent: Vec<OldPhoneJson>,
}

async fn waiting(office: &Office, who: &Steward) -> Result<Vec<WaitingPhoneJson>, ApiError> {
    let (regions, now) = (who.regions(), office.door.now());
    let asked = with(office, |phones| phones.waiting(now));
    let engine = office.engine.clone();
    let seen = tokio::task::spawn_blocking(move || engine.shared().seen.all());
    let seen = seen.await.unwrap_or_default();
    let found = office.engine.directory(move |known| {
        let shown = |(request, phone): (String, NewPhone)| {
            let person = known.person(&phone.person)?;
            is_theirs(known, &regions, &phone.person).then(|| WaitingPhoneJson {
                request,
                person: phone.person.to_string(),
                name: person.name.clone(),
                region: person.region.to_string(),
                label: phone.label,
                check: phone.check,
                asked: phone.asked.iso(),
                unsent: unsent_of(known, &phone.person, None, &seen),
            })
        };
        asked.into_iter().filter_map(shown).collect()
    });
    Ok(found.await?)
}

/// New phones of people within the administrator's regions, the oldest request first.
#[utoipa::path(get, path = "/api/admin/new-phones", tag = "admin",
    responses((status = 200, body = Vec<WaitingPhoneJson>), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: Steward,
) -> Result<Json<Vec<WaitingPhoneJson>>, ApiError> {
    Ok(Json(waiting(&office, &who).await?))
}

async fn theirs(office: &Office, who: &Steward, request: &str) -> Result<String, ApiError> {
    let waiting = waiting(office, who).await?;
    let mut waiting = waiting.into_iter();
    let found = waiting.find(|phone| phone.request == request);
    found.map(|phone| phone.person).ok_or(ApiError::NotFound)
}

/// Approve a new phone: it gets an invitation of its person and enrols with it by itself.
#[utoipa::path(post, path = "/api/admin/new-phones/{request}/approve", tag = "admin",
    params(("request" = String, Path, description = "the request")),
    responses((status = 200, body = DoneJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn approve(
    State(office): State<Office>,
    who: Steward,
    Path(request): Path<String>,
) -> Result<Json<DoneJson>, ApiError> {
    let person = theirs(&office, &who, &request).await?;
    let code = invitation::code().map_err(|_| ApiError::Internal)?;
    let now = office.door.now();
    let act = AuthorityAct::Invite {
        code_hash: invitation::hash(&code),
        typed_hash: None,
        person: person.parse().map_err(|_| ApiError::Internal)?,
        expires: now.plus_ms(NEW_PHONE_MS_MAX),
    };
    let position = office.engine.act(who.0.office_user(), act).await?;
    // The invitation of a request that ended meanwhile is given to nobody, and expires.
    if with(&office, |phones| phones.approve(&request, &code, now)) {
        let position = position.0;
        Ok(Json(DoneJson { position }))
    } else {
        Err(ApiError::NotFound)
    }
}

/// Deny a new phone: to it that looks as if it had asked too late.
#[utoipa::path(post, path = "/api/admin/new-phones/{request}/deny", tag = "admin",
    params(("request" = String, Path, description = "the request")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn deny(
    State(office): State<Office>,
    who: Steward,
    Path(request): Path<String>,
) -> Result<axum::http::StatusCode, ApiError> {
    theirs(&office, &who, &request).await?;
    with(&office, |phones| phones.deny(&request));
    Ok(axum::http::StatusCode::NO_CONTENT)
}
