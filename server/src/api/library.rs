//! The library of laws: its versions, and the texts of one, for pages and for phones that keep them
//! for use without network.
//!
//! Never part of the sync: a phone asks for a version by itself, once, when it lacks it, so that
//! what every device is sent stays small.

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use liandu_core::id::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::device::Caller;
use crate::api::problem::{ApiError, Problem};
use crate::tables::library::{Version, texts, versions};

/// A version of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LibraryVersionJson {
    /// What the office calls it; records name it.
    pub version: String,
    /// Where it stands in the log.
    pub position: u64,
    /// When it was published.
    pub time: String,
    /// By which office user.
    pub user: String,
    /// Laws in it.
    pub laws: u64,
    /// Articles in it.
    pub articles: u64,
}

impl From<&Version> for LibraryVersionJson {
    fn from(version: &Version) -> LibraryVersionJson {
        LibraryVersionJson {
            version: version.version.clone(),
            position: version.position.0,
            time: version.time.iso(),
            user: version.user.clone(),
            laws: version.laws,
            articles: version.articles,
        }
    }
}

/// The versions of the library, the newest first.
#[utoipa::path(get, path = "/api/library", tag = "library",
    responses((status = 200, body = Vec<LibraryVersionJson>), (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    _who: Caller,
) -> Result<Json<Vec<LibraryVersionJson>>, ApiError> {
    let asked = office.read(Position(0), |snapshot| Ok(versions(snapshot)?));
    let found = asked.await?;
    Ok(Json(found.iter().map(LibraryVersionJson::from).collect()))
}

/// The texts of one version: `{version, laws: [{name, as_of, articles: [{article, text}]}]}`.
#[utoipa::path(get, path = "/api/library/{version}", tag = "library",
    params(("version" = String, Path, description = "`version` of the list")),
    responses((status = 200, body = serde_json::Value), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    _who: Caller,
    UrlPath(version): UrlPath<String>,
) -> Result<Response, ApiError> {
    let asked = office.read(Position(0), move |snapshot| Ok(texts(snapshot, &version)?));
    let json = asked.await?.ok_or(ApiError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}
