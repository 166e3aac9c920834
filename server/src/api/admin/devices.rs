//! Devices of people, and shutting a lost one out.
//!
//! Never destroys what a lost device still sends: that is escrow, which an office may release.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use axum::Json;
use axum::extract::{Path, State};
use liandu_core::id::{DeviceId, RegionCode};
use liandu_core::limits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DoneJson, Steward, is_theirs, within};
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::body::JsonBody;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceJson {
    /// Its id, hexadecimal.
    pub device: String,
    /// Whose it is.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their home region.
    pub region: String,
    /// Where its enrolment stands in the log.
    pub enrolled: u64,
    /// Where it was shut out; absent while it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<u64>,
    /// When it was last connected; absent when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// Its app and version, as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// Edits it still held when it connected last, less those that came since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsent: Option<u64>,
    /// How far its clock was ahead of the server's then, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceParams {
    /// Only of people of this region and its subtree.
    region: Option<String>,
    /// Part of a name, a code or a device's id.
    q: Option<String>,
}

/// Devices of people within the administrator's regions, enrolled last first; at most 500.
#[utoipa::path(get, path = "/api/admin/devices", tag = "admin", params(DeviceParams),
    responses((status = 200, body = Vec<DeviceJson>), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: Steward,
    Asked(ask): Asked<DeviceParams>,
) -> Result<Json<Vec<DeviceJson>>, ApiError> {
    let regions = who.regions();
    let asked = ask
        .region
        .as_ref()
        .and_then(|code| RegionCode::new(code).ok());
    let engine = office.engine.clone();
    let seen = tokio::task::spawn_blocking(move || engine.shared().seen.all());
    let seen = seen.await.unwrap_or_default();
    let found = office.engine.directory(move |known| {
        let of = |(id, device): (&DeviceId, &liandu_core::authority::Device)| {
            let person = known.person(&device.person)?;
            let here = seen.get(id);
            let json = DeviceJson {
                device: id.hex(),
                person: device.person.to_string(),
                name: person.name.clone(),
                region: person.region.to_string(),
                enrolled: device.enrolled.0,
                revoked: device.revoked.map(|position| position.0),
                seen: here.map(|here| here.time.iso()),
                app: here.map(|here| here.app.clone()),
                unsent: here.map(|here| here.unsent),
                clock_ahead_ms: here.map(|here| here.clock_ahead_ms),
            };
            let fits = ask.q.as_ref().is_none_or(|q| {
                json.name.contains(q.as_str())
                    || json.person.contains(q.as_str())
                    || json.device.contains(q.as_str())
            });
            let there = asked
                .as_ref()
                .is_none_or(|region| region.contains(&person.region));
            (fits && there && within(&regions, &person.region)).then_some(json)
        };
        let mut all: Vec<DeviceJson> = known.devices().iter().filter_map(of).collect();
        all.sort_by_key(|device| std::cmp::Reverse(device.enrolled));
        all.truncate(limits::PAGE_RECORDS_MAX);
        all
    });
    Ok(Json(found.await?))
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeBody {
    /// Stands in the log.
    #[schema(example = "手机遗失")]
    pub reason: String,
}

/// Shut a device out: what it sends from now on is kept in quarantine.
#[utoipa::path(post, path = "/api/admin/devices/{device}/revoke", tag = "admin", request_body = RevokeBody,
    params(("device" = String, Path, description = "the device")),
    responses((status = 200, body = DoneJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn revoke(
    State(office): State<Office>,
    who: Steward,
    Path(device): Path<String>,
    JsonBody(body): JsonBody<RevokeBody>,
) -> Result<Json<DoneJson>, ApiError> {
    let device: DeviceId = device.parse().map_err(|_| ApiError::NotFound)?;
    if body.reason.len() > limits::LABEL_BYTES_MAX {
        return Err(ApiError::Body {
            field: "reason".to_owned(),
        });
    }
    let regions = who.regions();
    let theirs = office.engine.directory(move |known| {
        let found = known.device(&device);
        found.is_some_and(|found| is_theirs(known, &regions, &found.person))
    });
    if !theirs.await? {
        return Err(ApiError::NotFound);
    }
    let act = AuthorityAct::RevokeDevice {
        device,
        reason: body.reason,
    };
    let position = office.engine.act(who.0.office_user(), act).await?;
    Ok(Json(DoneJson {
        position: position.0,
    }))
}
