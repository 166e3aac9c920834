//! Invitations: one for each person, to be printed or shown once.
//!
//! Never keeps a code: the log knows its hash, and whoever lost the page makes another.

use axum::Json;
use axum::extract::State;
use liandu_core::id::PersonId;
use liandu_core::limits;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Steward, is_theirs};
use crate::accounts::invitation;
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;

const HOUR_MS: i64 = 3_600_000;

/// Whom to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteBody {
    /// Codes of people, at most 500.
    pub people: Vec<String>,
    /// Hours until the codes expire, 1 to 720.
    pub hours: u32,
}

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationJson {
    /// For whom.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their home region.
    pub region: String,
    /// For a picture or an address. Works once. It is not shown again.
    pub code: String,
    /// Its first letters, to be typed where nothing can be scanned, within 72 hours.
    pub typed: String,
}

/// Invitations, in the order asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitedJson {
    /// Useless from then on.
    pub expires: String,
    /// One for each person.
    pub invitations: Vec<InvitationJson>,
}

fn bad(field: &str) -> ApiError {
    ApiError::Body {
        field: field.to_owned(),
    }
}

/// Invite devices: one code for each person. Nobody is invited when one of them is not known.
#[utoipa::path(post, path = "/api/admin/invitations", tag = "admin", request_body = InviteBody,
    responses((status = 200, body = InvitedJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn invite(
    State(office): State<Office>,
    who: Steward,
    JsonBody(body): JsonBody<InviteBody>,
) -> Result<Json<InvitedJson>, ApiError> {
    if body.people.is_empty() || body.people.len() > limits::PAGE_RECORDS_MAX {
        return Err(bad("people"));
    }
    if !(1..=720).contains(&body.hours) {
        return Err(bad("hours"));
    }
    let people: Result<Vec<PersonId>, _> = body.people.iter().map(|c| PersonId::new(c)).collect();
    let (people, regions) = (people.map_err(|_| bad("people"))?, who.regions());
    let known = office.engine.directory(move |known| {
        let one = |code: PersonId| {
            let person = known.person(&code)?;
            let about = (person.name.clone(), person.region.to_string());
            is_theirs(known, &regions, &code).then_some((code, about))
        };
        people.into_iter().map(one).collect::<Option<Vec<_>>>()
    });
    let known = known.await?.ok_or(ApiError::NotFound)?;
    let expires = Timestamp(
        office
            .door
            .now()
            .0
            .saturating_add(i64::from(body.hours) * HOUR_MS),
    );
    let (mut invitations, mut acts) = (Vec::new(), Vec::new());
    for (person, (name, region)) in known {
        let code = invitation::code().map_err(|_| ApiError::Internal)?;
        invitations.push(InvitationJson {
            person: person.to_string(),
            name,
            region,
            code: code.clone(),
            typed: invitation::typed(&code),
        });
        let act = AuthorityAct::Invite {
            code_hash: invitation::hash(&code),
            typed_hash: Some(invitation::typed_hash(&code)),
            person,
            expires,
        };
        acts.push(office.engine.act(who.0.office_user(), act));
    }
    // All are sent before the first is answered: they share one fsync.
    for done in futures_util::future::join_all(acts).await {
        done?;
    }
    Ok(Json(InvitedJson {
        expires: expires.iso(),
        invitations,
    }))
}
