//! The campaign definitions, as they were imported: what forms and labels are made of.
//!
//! Never changes one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use liandu_core::campaign::{Campaign, Label};
use liandu_core::record::DefinitionRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::json::LabelJson;
use crate::api::problem::{ApiError, Problem};

/// One definition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DefinitionJson {
    /// Campaign and version: `hebei-6plus1@1`.
    pub definition: String,
    /// What people call the campaign.
    pub name: LabelJson,
}

fn written(name: &DefinitionRef) -> String {
    format!("{}@{}", name.campaign, name.version)
}

/// The definitions the log knows, in order of their names.
#[utoipa::path(get, path = "/api/definitions", tag = "definitions",
    responses((status = 200, body = Vec<DefinitionJson>), (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    _who: SignedIn,
) -> Result<Json<Vec<DefinitionJson>>, ApiError> {
    let known = office.engine.definitions().await?;
    let line = |(name, campaign): (&DefinitionRef, &Campaign)| {
        let Label { zh, en } = campaign.name.clone();
        DefinitionJson {
            definition: written(name),
            name: LabelJson { zh, en },
        }
    };
    Ok(Json(known.iter().map(line).collect()))
}

/// One definition, as it was imported.
#[utoipa::path(get, path = "/api/definitions/{definition}", tag = "definitions",
    params(("definition" = String, Path, description = "Campaign and version: `hebei-6plus1@1`.")),
    responses((status = 200, content_type = "application/json", body = serde_json::Value),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    _who: SignedIn,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let known = office.engine.definitions().await?;
    let named = known.iter().find(|(known, _)| written(known) == name);
    let name = named.ok_or(ApiError::NotFound)?.0.clone();
    let found = office
        .engine
        .read(move |keeper| keeper.definition_json(&name))
        .await?
        .ok_or(ApiError::NotFound)?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, found.to_vec()))
}
