//! A new phone asks for its person's place, waits for the office, and learns what the old one had
//! not sent.
//!
//! Never tells whether a person exists, and never enrols by itself: it gives the invitation that
//! the office approved.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use liandu_core::authority::Directory;
use liandu_core::id::{DeviceId, PersonId};
use liandu_core::limits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::new_phones::{Answer, NewPhones, TooMany};
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::device::DeviceCaller;
use crate::api::origin::From as CameFrom;
use crate::api::problem::{ApiError, Problem};
use crate::seen::Sighting;

/// Whose phone it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPhoneBody {
    /// The person's code.
    pub person: String,
    /// What its owner calls it.
    pub label: String,
}

/// A request that waits for the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewPhoneJson {
    /// Known to this phone alone: it asks for the answer with it.
    pub token: String,
    /// Six digits, which the office sees, too.
    pub check: String,
    /// Seconds until nobody can approve it any more.
    pub expires_s: i64,
}

/// Which request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPhoneToken {
    /// `token` of the request.
    pub token: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewPhoneAnswer {
    /// The invitation, once the office has approved; absent while it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Another device of the same person that still held edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OldPhoneJson {
    /// Its id, hexadecimal.
    pub device: String,
    /// When it was last connected.
    pub seen: String,
    /// Edits of it that are not at the office, as far as it has told.
    pub unsent: u64,
}

/// Works with the open requests, briefly.
pub(super) fn with<T>(office: &Office, work: impl FnOnce(&mut NewPhones) -> T) -> T {
    let phones = office.door.new_phones.lock();
    work(&mut phones.unwrap_or_else(PoisonError::into_inner))
}

/// Devices of a person, one aside, that are not shut out and still hold edits.
pub(super) fn unsent_of(
    known: &Directory,
    person: &PersonId,
    but: Option<&DeviceId>,
    seen: &BTreeMap<DeviceId, Sighting>,
) -> Vec<OldPhoneJson> {
    let devices = known.devices_of(person);
    let others = devices.filter(|(id, device)| device.revoked.is_none() && Some(*id) != but);
    let unsent = others.filter_map(|(id, _)| {
        let here = seen.get(id).filter(|here| here.unsent > 0)?;
        Some(OldPhoneJson {
            device: id.hex(),
            seen: here.time.iso(),
            unsent: here.unsent,
        })
    });
    unsent.collect()
}

fn token(text: &str) -> Result<[u8; 32], ApiError> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(ApiError::NotFound)
}

/// A new phone asks to be its person's. The answer is the same whether there is such a person.
#[utoipa::path(post, path = "/api/device/new-phone", tag = "devices", security(()),
    request_body = NewPhoneBody,
    responses((status = 201, body = NewPhoneJson), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn ask(
    State(office): State<Office>,
    CameFrom(address): CameFrom,
    JsonBody(body): JsonBody<NewPhoneBody>,
) -> Result<(StatusCode, Json<NewPhoneJson>), ApiError> {
    let bad = |field: &str| ApiError::Body {
        field: field.to_owned(),
    };
    let person = PersonId::new(&body.person).map_err(|_| bad("person"))?;
    if body.label.len() > limits::LABEL_BYTES_MAX {
        return Err(bad("label"));
    }
    let secret = (office.door.edge.random)().ok_or(ApiError::Internal)?;
    let now = office.door.now();
    let who = (person, body.label);
    let asked = with(&office, |phones| phones.ask(&secret, who, address, now));
    let asked = asked.map_err(|TooMany { retry_s }| ApiError::TooManyTries { retry_s })?;
    let json = NewPhoneJson {
        token: BASE64URL_NOPAD.encode(&secret),
        check: asked.check,
        expires_s: limits::NEW_PHONE_MS_MAX / 1_000,
    };
    Ok((StatusCode::CREATED, Json(json)))
}

/// What became of the request. One that was denied, that is too late or that never was is not
/// found.
#[utoipa::path(post, path = "/api/device/new-phone/answer", tag = "devices", security(()),
    request_body = NewPhoneToken,
    responses((status = 200, body = NewPhoneAnswer), (status = 404, body = Problem)))]
pub(crate) async fn answer(
    State(office): State<Office>,
    JsonBody(body): JsonBody<NewPhoneToken>,
) -> Result<Json<NewPhoneAnswer>, ApiError> {
    let (secret, now) = (token(&body.token)?, office.door.now());
    let code = match with(&office, |phones| phones.answer(&secret, now)) {
        Answer::Waiting => None,
        Answer::Approved(code) => Some(code),
        Answer::Gone => return Err(ApiError::NotFound),
    };
    Ok(Json(NewPhoneAnswer { code }))
}

/// The phone withdraws its request. The answer is the same whether there was one.
#[utoipa::path(post, path = "/api/device/new-phone/withdraw", tag = "devices", security(()),
    request_body = NewPhoneToken,
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn withdraw(
    State(office): State<Office>,
    JsonBody(body): JsonBody<NewPhoneToken>,
) -> Result<StatusCode, ApiError> {
    let secret = token(&body.token)?;
    with(&office, |phones| phones.withdraw(&secret));
    Ok(StatusCode::NO_CONTENT)
}

/// What other devices of the same person had not sent when they were last here: until they have
/// sent it, it came in a file, or the office has shut them out.
#[utoipa::path(get, path = "/api/device/others", tag = "devices",
    responses((status = 200, body = Vec<OldPhoneJson>), (status = 401, body = Problem)))]
pub(crate) async fn others(
    State(office): State<Office>,
    DeviceCaller(device): DeviceCaller,
) -> Result<Json<Vec<OldPhoneJson>>, ApiError> {
    let engine = office.engine.clone();
    let seen = tokio::task::spawn_blocking(move || engine.shared().seen.all());
    let seen = seen.await.unwrap_or_default();
    let found = office.engine.directory(move |known| {
        let person = known.device(&device).map(|device| device.person.clone());
        let of = |person: PersonId| unsent_of(known, &person, Some(&device), &seen);
        person.map(of).unwrap_or_default()
    });
    Ok(Json(found.await?))
}
