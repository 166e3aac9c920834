//! A version of the library of laws, brought in from a table: looked through first, then published.
//!
//! Never publishes a part: one wrong cell and nothing changes. Never replaces a version: records
//! name it.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use liandu_core::id::{Position, RegionCode};
use liandu_core::limits;
use liandu_core::log::LibrarySet;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Steward;
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::imports::CellErrorJson;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;
use crate::imports::library::{Library, is_name, library};
use crate::imports::{CellError, sheet};
use crate::tables::library::texts;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LibraryParams {
    /// What this version is called, such as `2020-06`: at most 40 bytes.
    #[param(example = "2020-06")]
    version: String,
    /// Whether to publish it; otherwise the table is only looked through.
    #[serde(default)]
    apply: bool,
}

/// A library looked through, or published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LibraryLookedJson {
    /// Laws in it, with how many articles each has.
    pub laws: Vec<(String, usize)>,
    /// Articles in it.
    pub articles: usize,
    /// What is wrong; nothing is published while there is anything.
    pub errors: Vec<CellErrorJson>,
    /// How many cells are wrong; `errors` holds the first 200.
    pub errors_total: usize,
    /// Where it stands in the log, once it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

impl LibraryLookedJson {
    fn of(read: &Result<Library, Vec<CellError>>) -> LibraryLookedJson {
        let laws = read.as_ref().map_or(&[][..], |library| &library.laws);
        let errors = read.as_ref().err().map_or(&[][..], Vec::as_slice);
        let shown = errors.iter().take(limits::IMPORT_ERRORS_MAX);
        LibraryLookedJson {
            laws: laws
                .iter()
                .map(|law| (law.name.clone(), law.articles.len()))
                .collect(),
            articles: laws.iter().map(|law| law.articles.len()).sum(),
            errors: shown.map(CellErrorJson::from).collect(),
            errors_total: errors.len(),
            position: None,
        }
    }
}

/// Look through or publish a version of the library of laws: CSV in UTF-8, or XLSX (its first
/// sheet), with the columns `law`, `article`, `text` and, if you like, `as_of`. It is everybody's,
/// so it takes an administrator of a whole province. A version is published once.
#[utoipa::path(post, path = "/api/admin/library", tag = "library", params(LibraryParams),
    request_body(content_type = "application/octet-stream", content = Vec<u8>),
    responses((status = 200, body = LibraryLookedJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem),
        (status = 422, body = LibraryLookedJson, description = "cells are wrong: nothing was published")))]
pub(crate) async fn begin(
    State(office): State<Office>,
    who: Steward,
    Asked(params): Asked<LibraryParams>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    // The first two digits of a code are a province's.
    let whole = |region: &RegionCode| region.prefix().len() <= 2;
    if !who.regions().iter().any(whole) {
        return Err(ApiError::NotFound);
    }
    let LibraryParams { version, apply } = params;
    if !is_name(&version, limits::LIBRARY_VERSION_BYTES_MAX) {
        return Err(ApiError::Body {
            field: "version".to_owned(),
        });
    }
    let named = version.clone();
    let at = office.engine.read(|keeper| keeper.position()).await?;
    let known = office.read(at, move |snapshot| Ok(texts(snapshot, &named)?.is_some()));
    if known.await? {
        return Err(ApiError::Exists);
    }
    let read = tokio::task::spawn_blocking(move || {
        let table = sheet::read(&bytes).map_err(ApiError::Sheet)?;
        Ok::<_, ApiError>(library(&table, &version))
    });
    let read = read.await.map_err(|_| ApiError::Internal)??;
    let mut json = LibraryLookedJson::of(&read);
    let Ok(library) = read else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json)).into_response());
    };
    let texts = serde_json::to_vec(&library).map_err(|_| ApiError::Internal)?;
    if texts.len() > limits::LIBRARY_BYTES_MAX {
        return Err(ApiError::TooLarge);
    }
    if apply {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let act = AuthorityAct::Library(Box::new(LibrarySet {
            version: library.version,
            laws: count(json.laws.len()),
            articles: count(json.articles),
            json: texts,
            user: String::new(),
            time: Timestamp(0),
        }));
        let Position(position) = office.engine.act(who.0.office_user(), act).await?;
        json.position = Some(position);
    }
    Ok(Json(json).into_response())
}
