//! What was done with authority, newest first: accounts, roles, invitations, devices, definitions,
//! moves, erasures, answers to quarantine, reads of contacts.
//!
//! Never shows what somebody wrote into a record, nothing outside the regions of who asks, and
//! nothing of a referral to discipline inspection.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use axum::Json;
use axum::extract::State;
use liandu_core::authority::Directory;
use liandu_core::id::{PersonId, Position, RegionCode};
use liandu_core::log::{AccountSet, GrantEntry, GrantsSet, LogEntry, Revoked};
use liandu_core::policy::Role;
use liandu_core::record::scope::Audience;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{regions_of, within};
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::json::LabelJson;
use crate::api::problem::{ApiError, Problem};

/// Log entries looked at for one page.
const WINDOW: u64 = 5_000;
const PAGE_BYTES: usize = 4 << 20;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditLineJson {
    /// Where it stands in the log.
    pub position: u64,
    /// When, by the server's clock.
    pub time: String,
    /// Who did it: a sign-in name, `console` for the machine itself, empty for a device.
    pub user: String,
    /// What was done.
    pub act: LabelJson,
    /// About whom or what.
    pub about: String,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditJson {
    /// Newest first. A page may be empty and others follow.
    pub lines: Vec<AuditLineJson>,
    /// Give it as `before` for older ones; absent at the log's beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditParams {
    /// Only acts before this position.
    before: Option<u64>,
}

/// What an entry says, for people.
struct Said {
    time: Timestamp,
    user: String,
    act: (&'static str, &'static str),
    about: String,
    /// The region it is about; none: everybody's.
    region: Option<RegionCode>,
}

fn home(known: &Directory, person: &PersonId) -> Option<RegionCode> {
    known.person(person).map(|person| person.region.clone())
}

impl Said {
    fn new(time: Timestamp, user: &str, act: (&'static str, &'static str), about: String) -> Said {
        Said {
            time,
            user: user.to_owned(),
            act,
            about,
            region: None,
        }
    }

    fn of(self, region: Option<RegionCode>) -> Said {
        Said { region, ..self }
    }
}

fn account(e: &AccountSet) -> Said {
    let act = if e.disabled {
        ("停用账户", "account shut out")
    } else {
        ("设置账户", "account set")
    };
    Said::new(e.time, &e.by, act, e.user.clone()).of(Some(e.region.clone()))
}

fn grants(known: &Directory, e: &GrantsSet) -> Said {
    let role = |g: &GrantEntry| format!("{}:{}", g.role, g.region);
    let roles: Vec<String> = e.grants.iter().map(role).collect();
    let about = format!("{} · {}", e.person, roles.join(" "));
    Said::new(e.time, &e.user, ("授予角色", "roles given"), about).of(home(known, &e.person))
}

fn revoked(known: &Directory, e: &Revoked) -> Said {
    let found = e.device.as_ref().and_then(|device| known.device(device));
    let owner = e
        .person
        .clone()
        .or(found.map(|device| device.person.clone()));
    let person = owner.as_ref().map(ToString::to_string).unwrap_or_default();
    let device = e.device.map(|device| device.hex()).unwrap_or_default();
    let about = [person, device, e.reason.clone()].join(" · ");
    let region = owner.and_then(|owner| home(known, &owner));
    Said::new(e.time, &e.user, ("停用", "shut out"), about).of(region)
}

fn said(known: &Directory, entry: &LogEntry) -> Option<Said> {
    Some(match entry {
        LogEntry::Groups(e) => {
            let about = e.rows.len().to_string();
            Said::new(e.time, &e.user, ("导入小组", "groups"), about)
        }
        LogEntry::People(e) => {
            let about = e.rows.len().to_string();
            Said::new(e.time, &e.user, ("导入人员", "people"), about)
        }
        LogEntry::Account(e) => account(e),
        LogEntry::Grants(e) => grants(known, e),
        LogEntry::Invited(e) => {
            let about = e.person.to_string();
            Said::new(e.time, &e.user, ("邀请", "invited"), about).of(home(known, &e.person))
        }
        LogEntry::Enrolled(e) => {
            let about = format!("{} · {}", e.person, e.device.hex());
            let act = ("登记设备", "device enrolled");
            Said::new(e.time, "", act, about).of(home(known, &e.person))
        }
        LogEntry::Revoked(e) => revoked(known, e),
        LogEntry::Definition(e) => {
            let about = format!("{}@{}", e.campaign, e.version);
            Said::new(e.time, &e.user, ("发布方案", "definition"), about)
        }
        LogEntry::ContactRead(e) => {
            let about = format!("{} · {}", e.record, e.purpose);
            Said::new(e.time, &e.user, ("查看联系方式", "contact read"), about)
        }
        LogEntry::Moved(e) => {
            let about = format!("{} · {} → {}", e.record, e.from, e.to);
            Said::new(e.time, &e.user, ("移交归属", "moved"), about).of(Some(e.to.region.clone()))
        }
        LogEntry::Erased(e) if e.scope.audience == Audience::Referral => return None,
        LogEntry::Erased(e) => {
            let about = format!("{} · {}", e.record, e.reason);
            Said::new(e.time, &e.user, ("删除", "erased"), about).of(Some(e.scope.region.clone()))
        }
        LogEntry::Edits(_)
        | LogEntry::Answered(_)
        | LogEntry::Notified(_)
        | LogEntry::DispatchFrozen(_)
        | LogEntry::Decided(_)
        | LogEntry::Epoch(_)
        | LogEntry::Unknown { .. } => return None,
    })
}

fn line(
    known: &Directory,
    regions: &[RegionCode],
    at: Position,
    entry: &LogEntry,
) -> Option<AuditLineJson> {
    let said = said(known, entry)?;
    let whole = regions.iter().any(|region| region.prefix().len() <= 2);
    let theirs = said
        .region
        .as_ref()
        .map_or(whole, |region| within(regions, region));
    let (zh, en) = said.act;
    theirs.then(|| AuditLineJson {
        position: at.0,
        time: said.time.iso(),
        user: said.user,
        act: LabelJson {
            zh: zh.to_owned(),
            en: en.to_owned(),
        },
        about: said.about,
    })
}

/// Acts of authority, newest first, for administrators and auditors.
#[utoipa::path(get, path = "/api/admin/audit", tag = "admin", params(AuditParams),
    responses((status = 200, body = AuditJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    Asked(params): Asked<AuditParams>,
) -> Result<Json<AuditJson>, ApiError> {
    let regions = regions_of(&who, &[Role::Administrator, Role::Auditor]);
    if regions.is_empty() {
        return Err(ApiError::NotFound);
    }
    let end = office.engine.positions().borrow().0;
    let before = params
        .before
        .unwrap_or(end.saturating_add(1))
        .min(end.saturating_add(1));
    let start = before.saturating_sub(WINDOW).max(1);
    let (mut after, mut lines) = (Position(start.saturating_sub(1)), Vec::new());
    while after.0.saturating_add(1) < before {
        let page = office.engine.entries(after, PAGE_BYTES).await?;
        let regions = regions.clone();
        let found = office.engine.directory(move |known| {
            let read = page.entries.iter().filter(|(at, _)| at.0 < before);
            let line = |(at, entry): &(Position, Option<LogEntry>)| {
                line(known, &regions, *at, entry.as_ref()?)
            };
            (read.filter_map(line).collect::<Vec<_>>(), page.upto)
        });
        let (some, upto) = found.await?;
        lines.extend(some);
        if upto <= after {
            break;
        }
        after = upto;
    }
    lines.reverse();
    Ok(Json(AuditJson {
        lines,
        next: (start > 1).then_some(start),
    }))
}
