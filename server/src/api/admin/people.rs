//! The roster as administrators see it, and how far the set-up has come.
//!
//! Never shows anybody outside the regions of who asks.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use axum::Json;
use axum::extract::State;
use liandu_core::authority::{Directory, Person};
use liandu_core::id::{PersonId, RegionCode};
use liandu_core::limits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Steward, within};
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::problem::{ApiError, Problem};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonJson {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// Level of the congress.
    pub level: String,
    /// Home region.
    pub region: String,
    /// Names of the groups they are in.
    pub groups: Vec<String>,
    /// Roles: `role:region` or `role:region:unit`.
    pub roles: Vec<String>,
    /// Devices that are not shut out.
    pub devices: usize,
    /// Shut out.
    pub revoked: bool,
}

/// A page of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleJson {
    /// All that fit.
    pub total: usize,
    /// By code.
    pub people: Vec<PersonJson>,
    /// Give it as `after` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How far the set-up has come, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetUpJson {
    /// Units that problems can be handed to.
    pub units: usize,
    /// Groups.
    pub groups: usize,
    /// People.
    pub people: usize,
    /// Office accounts that may sign in.
    pub accounts: usize,
    /// Definition versions.
    pub definitions: usize,
    /// Devices that are not shut out.
    pub devices: usize,
    /// People with a group and no device yet: they need an invitation.
    pub without_device: usize,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleParams {
    /// Only of this region and its subtree.
    region: Option<String>,
    /// Part of a name or code.
    q: Option<String>,
    /// Only members of this group.
    group: Option<String>,
    /// Only those without a device.
    #[serde(default)]
    without_device: bool,
    /// `next` of the page before.
    after: Option<String>,
}

fn devices(known: &Directory, code: &PersonId) -> usize {
    let all = known.devices_of(code);
    all.filter(|(_, device)| device.revoked.is_none()).count()
}

fn json(known: &Directory, code: &PersonId, person: &Person) -> PersonJson {
    let lasting = person.memberships.iter().filter(|m| m.until.is_none());
    let group = |code| known.group(code).map(|group| group.name.clone());
    let role = |grant: &liandu_core::log::GrantEntry| match &grant.unit {
        Some(unit) => format!("{}:{}:{unit}", grant.role, grant.region),
        None => format!("{}:{}", grant.role, grant.region),
    };
    PersonJson {
        code: code.to_string(),
        name: person.name.clone(),
        level: person.level.clone(),
        region: person.region.to_string(),
        groups: lasting.filter_map(|m| group(&m.group)).collect(),
        roles: person
            .roles
            .iter()
            .chain(&person.grants)
            .map(role)
            .collect(),
        devices: devices(known, code),
        revoked: person.revoked.is_some(),
    }
}

fn page(known: &Directory, regions: &[RegionCode], ask: &PeopleParams) -> PeopleJson {
    let asked = ask
        .region
        .as_ref()
        .and_then(|code| RegionCode::new(code).ok());
    let fits = |(code, person): &(&PersonId, &Person)| {
        within(regions, &person.region)
            && asked
                .as_ref()
                .is_none_or(|region| region.contains(&person.region))
            && ask.q.as_ref().is_none_or(|q| {
                person.name.contains(q.as_str()) || code.to_string().contains(q.as_str())
            })
            && ask.group.as_ref().is_none_or(|group| {
                let mut lasting = person.memberships.iter().filter(|m| m.until.is_none());
                lasting.any(|m| m.group.as_str() == group)
            })
            && !(ask.without_device && devices(known, code) > 0)
    };
    let all: Vec<(&PersonId, &Person)> = known.people().iter().filter(fits).collect();
    let later = |code: &PersonId| {
        ask.after
            .as_ref()
            .is_none_or(|a| code.as_str() > a.as_str())
    };
    let rest = all.iter().filter(|(code, _)| later(code));
    let shown: Vec<&(&PersonId, &Person)> = rest.take(limits::PAGE_RECORDS_MAX + 1).collect();
    let more = shown.len() > limits::PAGE_RECORDS_MAX;
    let people: Vec<PersonJson> = shown
        .iter()
        .take(limits::PAGE_RECORDS_MAX)
        .map(|(code, person)| json(known, code, person))
        .collect();
    PeopleJson {
        total: all.len(),
        next: people.last().filter(|_| more).map(|last| last.code.clone()),
        people,
    }
}

/// People within the administrator's regions.
#[utoipa::path(get, path = "/api/admin/people", tag = "admin", params(PeopleParams),
    responses((status = 200, body = PeopleJson), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: Steward,
    Asked(ask): Asked<PeopleParams>,
) -> Result<Json<PeopleJson>, ApiError> {
    let regions = who.regions();
    let asked = office
        .engine
        .directory(move |known| page(known, &regions, &ask));
    Ok(Json(asked.await?))
}

fn counted(known: &Directory, regions: &[RegionCode], definitions: usize) -> SetUpJson {
    let people = known
        .people()
        .iter()
        .filter(|(_, p)| within(regions, &p.region));
    let (mut count, mut with, mut without) = (0, 0, 0);
    let mut units = std::collections::BTreeSet::new();
    for (code, person) in people {
        count += 1;
        let here = devices(known, code);
        with += here;
        let in_group = person.memberships.iter().any(|m| m.until.is_none());
        without += usize::from(here == 0 && in_group);
        let grants = person.roles.iter().chain(&person.grants);
        units.extend(grants.filter_map(|grant| grant.unit.clone()));
    }
    let theirs = |account: &&liandu_core::authority::Account| {
        let home = known.person(&account.person).map(|person| &person.region);
        !account.disabled && home.is_some_and(|region| within(regions, region))
    };
    let groups = known.groups().values();
    SetUpJson {
        units: units.len(),
        groups: groups
            .filter(|group| within(regions, &group.region))
            .count(),
        people: count,
        accounts: known.accounts().values().filter(theirs).count(),
        definitions,
        devices: with,
        without_device: without,
    }
}

/// How far the set-up has come within the administrator's regions.
#[utoipa::path(get, path = "/api/admin/set-up", tag = "admin",
    responses((status = 200, body = SetUpJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn set_up(
    State(office): State<Office>,
    who: Steward,
) -> Result<Json<SetUpJson>, ApiError> {
    let definitions = office.engine.definitions().await?.iter().count();
    let regions = who.regions();
    let ask = move |known: &Directory| counted(known, &regions, definitions);
    Ok(Json(office.engine.directory(ask).await?))
}
