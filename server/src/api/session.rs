//! Signing in and out.
//!
//! Never says which of user and password was wrong.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use liandu_core::policy::{Grant, Principal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::session::Session;
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::door::{SignedIn, sign_in};
use crate::api::origin::From as CameFrom;
use crate::api::problem::{ApiError, Problem};

/// User and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The sign-in name.
    user: String,
    /// The password.
    password: String,
}

/// A role given for a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantJson {
    /// The role's word.
    pub role: String,
    /// The subtree it is given for.
    pub region: String,
    /// The unit, for roles that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl From<&Grant> for GrantJson {
    fn from(grant: &Grant) -> GrantJson {
        GrantJson {
            role: grant.role.as_str().to_owned(),
            region: grant.region.to_string(),
            unit: grant.unit.as_ref().map(ToString::to_string),
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionJson {
    /// The sign-in name.
    pub user: String,
    /// Whose account it is.
    pub person: String,
    /// Roles.
    pub grants: Vec<GrantJson>,
    /// When the session ends if nothing more is asked.
    pub ends: String,
    /// For `Authorization: Bearer …` of programs; only in the answer to signing in. Browsers
    /// use the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

fn session_json(session: &Session, principal: &Principal, token: Option<String>) -> SessionJson {
    SessionJson {
        user: session.user.clone(),
        person: session.person.to_string(),
        grants: principal.grants.iter().map(GrantJson::from).collect(),
        ends: session.ends().iso(),
        token,
    }
}

/// Sign in. Sets a cookie for browsers and answers a token for programs.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = SignIn, security(()),
    responses((status = 201, body = SessionJson), (status = 401, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn begin(
    State(office): State<Office>,
    CameFrom(address): CameFrom,
    JsonBody(asked): JsonBody<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let (token, session, principal) =
        sign_in(&office, &asked.user, asked.password, address).await?;
    let json = session_json(&session, &principal, Some(token.text()));
    let headers = AppendHeaders([(header::SET_COOKIE, office.door.cookie(Some(&token)))]);
    Ok((StatusCode::CREATED, headers, Json(json)))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session",
    responses((status = 200, body = SessionJson), (status = 401, body = Problem)))]
pub(crate) async fn show(who: SignedIn) -> Json<SessionJson> {
    Json(session_json(&who.session, &who.principal, None))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "session",
    responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn end(State(office): State<Office>, who: SignedIn) -> impl IntoResponse {
    office.door.end(&who.token);
    let headers = AppendHeaders([(header::SET_COOKIE, office.door.cookie(None))]);
    (StatusCode::NO_CONTENT, headers)
}
