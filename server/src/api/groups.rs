//! The groups that an office can send somewhere: those of its regions.
//!
//! Never says who is in them.

use axum::Json;
use axum::extract::State;
use liandu_core::authority::Directory;
use liandu_core::policy::Principal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};

/// A group of representatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamJson {
    /// Its code, as a scope takes it.
    #[schema(example = "g-17")]
    pub group: String,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub region: String,
    /// Its domain; absent when it covers several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

fn of(known: &Directory, who: &Principal) -> Vec<TeamJson> {
    let near = |region| who.grants.iter().any(|grant| grant.region.contains(region));
    let groups = known.groups().iter();
    groups
        .filter(|(_, group)| near(&group.region))
        .map(|(code, group)| TeamJson {
            group: code.to_string(),
            name: group.name.clone(),
            region: group.region.to_string(),
            domain: group.domain.as_ref().map(ToString::to_string),
        })
        .collect()
}

/// The groups within the asker's regions.
#[utoipa::path(get, path = "/api/groups", tag = "records",
    responses((status = 200, body = Vec<TeamJson>), (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
) -> Result<Json<Vec<TeamJson>>, ApiError> {
    let principal = who.principal;
    let asked = office.engine.directory(move |known| of(known, &principal));
    Ok(Json(asked.await?))
}
