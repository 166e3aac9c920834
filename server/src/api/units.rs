//! The units that problems can be handed to: those that somebody's role names.
//!
//! Never invents one: a unit without an account would never learn what it was given.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use liandu_core::authority::Directory;
use liandu_core::id::{RegionCode, UnitId};
use liandu_core::policy::{Principal, Role};
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
}

type Found = BTreeMap<(RegionCode, UnitId), Vec<String>>;

fn of(known: &Directory, who: &Principal) -> Vec<UnitJson> {
    let mut found = Found::new();
    for account in known.accounts().values() {
        if account.disabled {
            continue;
        }
        let Some(holder) = known.principal(&account.person) else {
            continue;
        };
        for grant in &holder.grants {
            let Some(unit) = grant
                .unit
                .as_ref()
                .filter(|_| grant.role == Role::Department)
            else {
                continue;
            };
            let mut mine = who.grants.iter();
            if mine.any(|own| own.region.contains(&grant.region)) {
                let names = found
                    .entry((grant.region.clone(), unit.clone()))
                    .or_default();
                names.push(account.name.clone());
            }
        }
    }
    let unit = |((region, unit), names): ((RegionCode, UnitId), Vec<String>)| UnitJson {
        unit: unit.to_string(),
        region: region.to_string(),
        names,
    };
    found.into_iter().map(unit).collect()
}

/// The units within the asker's regions that a problem can be handed to.
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
