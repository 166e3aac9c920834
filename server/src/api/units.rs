//! The units that problems can be handed or referred to: those that somebody's role names.
//!
//! Never invents one: a unit without an account would never learn what it was given.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use liandu_core::authority::Directory;
use liandu_core::id::{RegionCode, UnitId};
use liandu_core::policy::{Grant, Principal, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitJson {
    /// Its code, as the event `transfer` takes it.
    #[schema(example = "u-130402")]
    pub unit: String,
    /// The region its role is given for.
    pub region: String,
    /// What the accounts that act for it are called.
    pub names: Vec<String>,
    /// Whether it is a discipline inspection: problems are referred to it, never handed to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discipline: bool,
}

type Found = BTreeMap<(bool, RegionCode, UnitId), Vec<String>>;

/// Everybody who acts for a unit: by which role, and what their account is called.
pub(super) fn acting(known: &Directory) -> impl Iterator<Item = (Grant, String)> {
    let accounts = known.accounts().values();
    accounts
        .filter(|account| !account.disabled)
        .filter_map(|account| Some((known.principal(&account.person)?, account.name.clone())))
        .flat_map(|(holder, name)| holder.grants.into_iter().map(move |g| (g, name.clone())))
        .filter(|(grant, _)| grant.role.has_unit() && grant.unit.is_some())
}

fn of(known: &Directory, who: &Principal) -> Vec<UnitJson> {
    let mut found = Found::new();
    for (grant, name) in acting(known) {
        let discipline = grant.role == Role::DisciplineInspection;
        // Referred is to the same level or above, handed over is within the region.
        let near = |own: &Grant| {
            own.region.contains(&grant.region) || (discipline && grant.region.contains(&own.region))
        };
        if let Some(unit) = grant.unit.clone().filter(|_| who.grants.iter().any(near)) {
            let of = (discipline, grant.region.clone(), unit);
            found.entry(of).or_default().push(name);
        }
    }
    let unit = |((discipline, region, unit), names): (_, Vec<String>)| {
        let (region, unit): (RegionCode, UnitId) = (region, unit);
        UnitJson {
            unit: unit.to_string(),
            region: region.to_string(),
            names,
            discipline,
        }
    };
    found.into_iter().map(unit).collect()
}

/// The units within the asker's regions that a problem can be handed to, and the discipline
/// inspections there and above that one can be referred to.
#[utoipa::path(get, path = "/api/units", tag = "records",
    responses((status = 200, body = Vec<UnitJson>), (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
) -> Result<Json<Vec<UnitJson>>, ApiError> {
    let principal = who.principal;
    let asked = office.engine.directory(move |known| of(known, &principal));
    Ok(Json(asked.await?))
}
