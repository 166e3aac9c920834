//! Publishing a campaign's next version, or a region's own items, from the definition editor.
//!
//! Never publishes half: one fault and nothing changes. Phones offline keep the version they have.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use liandu_core::campaign::LocalItems;
use liandu_core::id::RegionCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Steward;
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::problem::{ApiError, Problem};
use crate::engine::{ActError, AuthorityAct};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedJson {
    /// Where it stands in the log; absent when it was not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// What is not right; absent when it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Publish a definition as JSON, of a campaign or of a region's own items. A campaign's takes an
/// administrator of a whole province.
#[utoipa::path(post, path = "/api/admin/definitions", tag = "admin", request_body = serde_json::Value,
    responses((status = 200, body = PublishedJson), (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, description = "something is not right: nothing was published", body = PublishedJson)))]
pub(crate) async fn publish(
    State(office): State<Office>,
    who: Steward,
    JsonBody(body): JsonBody<serde_json::Value>,
) -> Result<Response, ApiError> {
    let json = serde_json::to_vec(&body).map_err(|_| ApiError::Form)?;
    match LocalItems::parse(&json) {
        Ok(items) => who.governs(&items.region)?,
        Err(_) => {
            // A campaign is everybody's: the first two digits of a code are a province's.
            let regions = who.regions();
            let whole = |region: &RegionCode| region.prefix().len() <= 2;
            if !regions.iter().any(whole) {
                return Err(ApiError::NotFound);
            }
        }
    }
    let act = AuthorityAct::Definition(json);
    match office.engine.act(who.0.office_user(), act).await {
        Ok(position) => Ok(Json(PublishedJson {
            position: Some(position.0),
            problem: None,
        })
        .into_response()),
        Err(ActError::Definition { problem }) => {
            let problem = PublishedJson {
                position: None,
                problem: Some(problem.to_string()),
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
