//! Office accounts: who may sign in, with which roles.
//!
//! Never shows a password and never gives a role outside the regions of who gives it.

use axum::Json;
use axum::extract::{Path, State};
use liandu_core::id::{PersonId, Position, RegionCode, UnitId};
use liandu_core::limits;
use liandu_core::log::{AccountSet, GrantEntry};
use liandu_core::policy::Role;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DoneJson, Steward, within};
use crate::accounts::password;
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::problem::{ApiError, Problem};
use crate::api::session::GrantJson;
use crate::engine::{AuthorityAct, random};
use crate::tables::audit::uses;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountJson {
    /// The sign-in name.
    pub user: String,
    /// The name people read.
    pub name: String,
    /// Whose it is.
    pub person: String,
    /// Home region.
    pub region: String,
    /// What it may do.
    pub grants: Vec<GrantJson>,
    /// May not sign in.
    pub disabled: bool,
    /// When it last signed in, within thirty days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<String>,
    /// Tries that failed or were told to wait, within thirty days.
    pub failed: u64,
    /// The last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_last: Option<String>,
}

/// How far back the use of accounts is looked at.
const USES_MS: i64 = 30 * 24 * 3_600_000;

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// The sign-in name, also the code of its person.
    pub user: String,
    /// The name people read.
    pub name: String,
    /// Home region.
    pub region: String,
    /// What it may do.
    pub grants: Vec<GrantJson>,
    /// At least ten characters, without the sign-in name.
    pub password: String,
}

/// A change of an account; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// May not sign in, or may again.
    #[serde(default)]
    pub disabled: Option<bool>,
    /// A new password.
    #[serde(default)]
    pub password: Option<String>,
    /// Roles, replacing those given before.
    #[serde(default)]
    pub grants: Option<Vec<GrantJson>>,
}

fn bad(field: &str) -> ApiError {
    ApiError::Body {
        field: field.to_owned(),
    }
}

async fn hashed(user: String, password: String) -> Result<String, ApiError> {
    let salt = random().map_err(|_| ApiError::Internal)?;
    let hash = tokio::task::spawn_blocking(move || password::hash(&user, &password, salt));
    let hash = hash.await.map_err(|_| ApiError::Internal)?;
    hash.map_err(|_| bad("password"))
}

fn grants(who: &Steward, asked: &[GrantJson]) -> Result<Vec<GrantEntry>, ApiError> {
    let grant = |asked: &GrantJson| {
        let role = Role::parse(&asked.role).ok_or_else(|| bad("grants"))?;
        let region = RegionCode::new(&asked.region).map_err(|_| bad("grants"))?;
        let unit = asked
            .unit
            .as_ref()
            .map(|unit| UnitId::new(unit))
            .transpose();
        let unit = unit.map_err(|_| bad("grants"))?;
        if role.has_unit() && unit.is_none() {
            return Err(bad("grants"));
        }
        who.governs(&region)?;
        Ok(GrantEntry {
            role: role.as_str().to_owned(),
            region,
            unit,
        })
    };
    asked.iter().map(grant).collect()
}

/// Accounts of people within the administrator's regions.
#[utoipa::path(get, path = "/api/admin/accounts", tag = "admin",
    responses((status = 200, body = Vec<AccountJson>), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: Steward,
) -> Result<Json<Vec<AccountJson>>, ApiError> {
    let regions = who.regions();
    let since = office.door.now().plus_ms(-USES_MS);
    let used = office.read(Position(0), move |snapshot| Ok(uses(snapshot, since)?));
    let used = used.await?;
    let asked = office.engine.directory(move |known| {
        let one = |(user, account): (&String, &liandu_core::authority::Account)| {
            let person = known.person(&account.person)?;
            let held = known.principal(&account.person)?;
            let used = used.get(user).copied().unwrap_or_default();
            within(&regions, &person.region).then(|| AccountJson {
                user: user.clone(),
                name: account.name.clone(),
                person: account.person.to_string(),
                region: person.region.to_string(),
                grants: held.grants.iter().map(GrantJson::from).collect(),
                disabled: account.disabled,
                last_sign_in: used.last.map(Timestamp::iso),
                failed: used.failed,
                failed_last: used.failed_last.map(Timestamp::iso),
            })
        };
        known.accounts().iter().filter_map(one).collect()
    });
    Ok(Json(asked.await?))
}

/// Make an account with its roles.
#[utoipa::path(post, path = "/api/admin/accounts", tag = "admin", request_body = AccountBody,
    responses((status = 200, body = DoneJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn add(
    State(office): State<Office>,
    who: Steward,
    JsonBody(body): JsonBody<AccountBody>,
) -> Result<Json<DoneJson>, ApiError> {
    let region = RegionCode::new(&body.region).map_err(|_| bad("region"))?;
    who.governs(&region)?;
    let person = PersonId::new(&body.user).map_err(|_| bad("user"))?;
    if body.name.trim().is_empty() || body.user.len() > limits::USER_BYTES_MAX {
        return Err(bad("name"));
    }
    let grants = grants(&who, &body.grants)?;
    let (user, code) = (body.user.clone(), person.clone());
    let taken = office
        .engine
        .directory(move |known| known.account(&user).is_some() || known.person(&code).is_some());
    if taken.await? {
        return Err(ApiError::Exists);
    }
    let set = AccountSet {
        password: Some(hashed(body.user.clone(), body.password).await?),
        user: body.user,
        person: person.clone(),
        name: body.name,
        region,
        disabled: false,
        by: String::new(),
        time: Timestamp(0),
    };
    let by = who.0.office_user();
    office
        .engine
        .act(by.clone(), AuthorityAct::Account(set))
        .await?;
    let act = AuthorityAct::Grants { person, grants };
    let position = office.engine.act(by, act).await?;
    Ok(Json(DoneJson {
        position: position.0,
    }))
}

/// Change an account: shut it out or let it in, a new password, other roles.
#[utoipa::path(post, path = "/api/admin/accounts/{user}", tag = "admin", request_body = AccountChange,
    params(("user" = String, Path, description = "the sign-in name")),
    responses((status = 200, body = DoneJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(office): State<Office>,
    who: Steward,
    Path(user): Path<String>,
    JsonBody(body): JsonBody<AccountChange>,
) -> Result<Json<DoneJson>, ApiError> {
    let name = user.clone();
    let found = office.engine.directory(move |known| {
        let account = known.account(&name)?.clone();
        let region = known.person(&account.person)?.region.clone();
        Some((account, region))
    });
    let (account, region) = found.await?.ok_or(ApiError::NotFound)?;
    who.governs(&region)?;
    let (person, by) = (account.person.clone(), who.0.office_user());
    let mut acts = Vec::new();
    if let Some(asked) = &body.grants {
        let grants = grants(&who, asked)?;
        acts.push(AuthorityAct::Grants { person, grants });
    }
    if body.disabled.is_some() || body.password.is_some() {
        let password = match body.password {
            Some(password) => Some(hashed(user.clone(), password).await?),
            None => None,
        };
        acts.push(AuthorityAct::Account(AccountSet {
            user,
            person: account.person,
            name: account.name,
            region,
            password,
            disabled: body.disabled.unwrap_or(account.disabled),
            by: String::new(),
            time: Timestamp(0),
        }));
    }
    let mut position = 0;
    for act in acts {
        position = office.engine.act(by.clone(), act).await?.0;
    }
    Ok(Json(DoneJson { position }))
}
