//! What was done with authority, who came in and what was carried out, newest first: accounts,
//! roles, invitations, devices, definitions, moves, erasures, sign-ins, exports, reads of contacts.
//!
//! Never shows what somebody wrote into a record, nothing outside the regions of who asks, and
//! nothing of a referral to discipline inspection.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse};
use liandu_core::authority::Directory;
use liandu_core::id::{PersonId, Position, RegionCode};
use liandu_core::limits;
use liandu_core::policy::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{regions_of, within};
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::export::{carried_out, csv_line};
use crate::api::json::LabelJson;
use crate::api::problem::{ApiError, Problem};
use crate::tables::audit::{Act, AuditKind, KINDS, Subject, Wanted, each};
use crate::tables::filter::{FilterError, Why};
use crate::tables::time_text::moment;

/// Acts read from the tables at once.
const CHUNK: usize = 1_000;
/// People whose name or code is looked for.
const PEOPLE_MAX: usize = 200;
const HEADS: [&str; 9] = [
    "position", "time", "kind", "act", "act_en", "user", "count", "address", "about",
];

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditLineJson {
    /// Where it stands in the log.
    pub position: u64,
    /// When, by the server's clock; of tries counted together the last.
    pub time: String,
    /// Who did it: a sign-in name, `console` for the machine itself, empty for a device and for a
    /// sign-in name that is nobody's.
    pub user: String,
    /// What sort of act: a word of `kinds`.
    pub kind: String,
    /// What was done.
    pub act: LabelJson,
    /// About whom or what.
    pub about: String,
    /// How often; more than 1 for tries that were counted together.
    pub count: u64,
    /// Where from: an address, of IPv6 the network; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A sort of act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditKindJson {
    /// The word that the filter takes.
    pub kind: String,
    /// What people call it.
    pub label: LabelJson,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditJson {
    /// Newest first. A page may be empty and others follow.
    pub lines: Vec<AuditLineJson>,
    /// Give it as `before` for older ones; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Every sort of act there is.
    pub kinds: Vec<AuditKindJson>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditParams {
    /// Only acts before this position.
    before: Option<u64>,
    /// Only of these sorts, separated by commas: words of `kinds`.
    #[param(example = "sign-in-failed,exported")]
    kind: Option<String>,
    /// Only by or about this person: a sign-in name, a code, or a part of the name.
    who: Option<String>,
    /// At or after: `2020-04-12`, `2020-04-12T08:30`, with zone or Beijing time.
    since: Option<String>,
    /// Before.
    until: Option<String>,
    /// Wait until the answer holds everything up to this position, at most ten seconds.
    at_least: Option<u64>,
}

fn label(kind: AuditKind) -> LabelJson {
    LabelJson {
        zh: kind.zh.to_owned(),
        en: kind.en.to_owned(),
    }
}

fn wrong(field: &str, why: Why) -> ApiError {
    ApiError::Query(FilterError {
        field: field.to_owned(),
        why,
    })
}

fn text(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl AuditParams {
    /// What they ask for, the people aside.
    fn wanted(&self) -> Result<Wanted, ApiError> {
        let kinds: Vec<String> = text(self.kind.as_ref())
            .map(|kinds| kinds.split(',').map(str::to_owned).collect())
            .unwrap_or_default();
        let known = |word: &String| KINDS.iter().any(|kind| kind.word == word);
        if !kinds.iter().all(known) {
            return Err(wrong("kind", Why::BadValue));
        }
        if text(self.who.as_ref()).is_some_and(|who| who.len() > limits::USER_BYTES_MAX) {
            return Err(wrong("who", Why::TooLong));
        }
        let time = |field: &str, said: Option<&String>| {
            let said = text(said);
            let read = said.map(|said| moment(said).ok_or_else(|| wrong(field, Why::BadValue)));
            read.transpose()
        };
        Ok(Wanted {
            kinds,
            people: None,
            since: time("since", self.since.as_ref())?,
            until: time("until", self.until.as_ref())?,
            before: self.before.map(Position),
        })
    }

    /// The filter as the log keeps it.
    fn said(&self) -> String {
        let pairs = [
            ("kind", &self.kind),
            ("who", &self.who),
            ("since", &self.since),
            ("until", &self.until),
        ];
        let said = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", text(value.as_ref())?)));
        said.collect::<Vec<_>>().join("&")
    }
}

/// Codes and sign-in names of people with this code or with this in their name; the text itself,
/// so that somebody who is gone is found, too.
fn called(known: &Directory, who: &str) -> Vec<String> {
    let mut names = BTreeSet::from([who.to_owned()]);
    for (user, account) in known.accounts() {
        if user == who || account.person.as_str() == who || account.name.contains(who) {
            names.extend([user.clone(), account.person.to_string()]);
        }
        if names.len() >= PEOPLE_MAX {
            break;
        }
    }
    let people = known.people().iter();
    let named = people.filter(|(_, person)| person.name.contains(who));
    let room = PEOPLE_MAX.saturating_sub(names.len());
    names.extend(named.map(|(code, _)| code.to_string()).take(room));
    names.into_iter().collect()
}

fn home(known: &Directory, person: &PersonId) -> Option<RegionCode> {
    known.person(person).map(|person| person.region.clone())
}

/// Whether an act is the business of somebody with these regions.
fn theirs(known: &Directory, regions: &[RegionCode], act: &Act) -> bool {
    let region = match &act.subject {
        Subject::Everybody => None,
        Subject::Region(region) => Some(region.clone()),
        Subject::Person(person) => home(known, person),
        Subject::Account(user) => known
            .account(user)
            .and_then(|account| home(known, &account.person)),
        Subject::Device(device) => known
            .device(device)
            .and_then(|device| home(known, &device.person)),
        Subject::Record(_) => act.region.clone(),
    };
    let whole = || regions.iter().any(|region| region.prefix().len() <= 2);
    region.map_or_else(whole, |region| within(regions, &region))
}

/// Acts, and where further ones begin.
struct Found {
    acts: Vec<(Position, Act)>,
    next: Option<Position>,
}

/// Acts that fit and are of these regions, newest first: whole entries until there are `limit`, or
/// until `looked_max` were looked at.
async fn found(
    office: &Office,
    regions: &[RegionCode],
    mut wanted: Wanted,
    (limit, looked_max): (usize, usize),
) -> Result<Found, ApiError> {
    let (mut acts, mut looked) = (Vec::new(), 0_usize);
    loop {
        let asked = wanted.clone();
        let chunk = office.read(Position(0), move |snapshot| {
            let mut chunk: Vec<(Position, Act)> = Vec::new();
            each(snapshot, &asked, |at, act| {
                let last = chunk.last().map(|(last, _)| *last);
                if chunk.len() >= CHUNK && last != Some(at) {
                    return ControlFlow::Break(());
                }
                chunk.push((at, act));
                ControlFlow::Continue(())
            })?;
            Ok(chunk)
        });
        let chunk = chunk.await?;
        let Some(end) = chunk.last().map(|(at, _)| *at) else {
            return Ok(Found { acts, next: None });
        };
        looked = looked.saturating_add(chunk.len());
        let (regions, whole) = (regions.to_vec(), chunk.len() < CHUNK);
        let mine = office.engine.directory(move |known| {
            let acts = chunk.into_iter();
            let mine = acts.filter(|(_, act)| theirs(known, &regions, act));
            mine.collect::<Vec<_>>()
        });
        for (at, act) in mine.await? {
            let last = acts.last().map(|(last, _)| *last);
            if acts.len() >= limit && last != Some(at) {
                return Ok(Found { acts, next: last });
            }
            acts.push((at, act));
        }
        if whole {
            return Ok(Found { acts, next: None });
        }
        if looked >= looked_max {
            let next = Some(end);
            return Ok(Found { acts, next });
        }
        wanted.before = Some(end);
    }
}

/// The regions of who may ask, and what they ask for.
async fn asked(
    office: &Office,
    who: &SignedIn,
    params: &AuditParams,
) -> Result<(Vec<RegionCode>, Wanted), ApiError> {
    let regions = regions_of(who, &[Role::Administrator, Role::Auditor]);
    if regions.is_empty() {
        return Err(ApiError::NotFound);
    }
    let mut wanted = params.wanted()?;
    if let Some(name) = text(params.who.as_ref()).map(str::to_owned) {
        let people = office.engine.directory(move |known| called(known, &name));
        wanted.people = Some(people.await?);
    }
    match params.at_least {
        Some(position) => office.reach(Position(position)).await?,
        None => {
            let end = *office.engine.positions().borrow();
            // Tables that are far behind answer with what they have.
            let _reached = office.reach(end).await;
        }
    }
    Ok((regions, wanted))
}

fn line((at, act): &(Position, Act)) -> AuditLineJson {
    AuditLineJson {
        position: at.0,
        time: act.time.iso(),
        user: act.user.clone(),
        kind: act.kind.word.to_owned(),
        act: label(act.kind),
        about: act.about.clone(),
        count: act.count,
        address: (!act.address.is_empty()).then(|| act.address.clone()),
    }
}

/// Acts of authority, sign-ins, exports and reads of contacts, newest first, for administrators
/// and auditors.
#[utoipa::path(get, path = "/api/admin/audit", tag = "admin", params(AuditParams),
    responses((status = 200, body = AuditJson), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    Asked(params): Asked<AuditParams>,
) -> Result<Json<AuditJson>, ApiError> {
    let (regions, wanted) = asked(&office, &who, &params).await?;
    let bounds = (limits::AUDIT_PAGE_MAX, limits::AUDIT_LOOKED_MAX);
    let found = found(&office, &regions, wanted, bounds).await?;
    let kinds = KINDS.into_iter().map(|kind| AuditKindJson {
        kind: kind.word.to_owned(),
        label: label(kind),
    });
    Ok(Json(AuditJson {
        lines: found.acts.iter().map(line).collect(),
        next: found.next.map(|next| next.0),
        kinds: kinds.collect(),
    }))
}

/// The same as CSV (UTF-8 with a mark for spreadsheets), all of it, newest first. That it was
/// taken out is in the audit, too.
#[utoipa::path(get, path = "/api/admin/audit.csv", tag = "admin", params(AuditParams),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem)))]
pub(crate) async fn file(
    State(office): State<Office>,
    who: SignedIn,
    Asked(params): Asked<AuditParams>,
) -> Result<impl IntoResponse, ApiError> {
    let (regions, wanted) = asked(&office, &who, &params).await?;
    let bounds = (limits::AUDIT_FILE_ROWS_MAX, usize::MAX);
    let found = found(&office, &regions, wanted, bounds).await?;
    if found.next.is_some() {
        return Err(ApiError::TooManyActs);
    }
    let as_of = office.progress.borrow().position;
    let rows = found.acts.len() as u64;
    carried_out(
        &office,
        &who,
        ("audit", "csv"),
        params.said(),
        (rows, as_of),
    )
    .await?;
    let mut csv = "\u{feff}".as_bytes().to_vec();
    csv.extend(csv_line(HEADS.into_iter().map(str::to_owned)));
    for act in found.acts.iter().map(line) {
        let fields = [
            act.position.to_string(),
            act.time,
            act.kind,
            act.act.zh,
            act.act.en,
            act.user,
            act.count.to_string(),
            act.address.unwrap_or_default(),
            act.about,
        ];
        csv.extend(csv_line(fields.into_iter()));
    }
    let name = format!("attachment; filename=\"liandu-audit-{as_of}.csv\"");
    let headers = AppendHeaders([
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ]);
    Ok((headers, Body::from(csv)))
}
