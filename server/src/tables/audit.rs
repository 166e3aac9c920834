//! What was done with authority, who came in and what was carried out, as rows: accounts, roles,
//! invitations, devices, definitions, moves, erasures, sign-ins, exports, reads of contacts.
//!
//! Never holds what somebody wrote into a record, and nothing of a referral to discipline
//! inspection; never says who may see a row: the caller asks the directory about its subject.

use std::fmt::Write as _;

use liandu_core::id::{DeviceId, PersonId, Position, RecordId, RegionCode};
use liandu_core::log::{
    AccountSet, ContactRead, DefinitionSet, Enrolled, Erased, Exported, GrantEntry, GrantsSet,
    Invited, LibrarySet, LogEntry, Moved, Revoked, SignIn, SignInOutcome,
};
use liandu_core::record::scope::Audience;
use liandu_core::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::tables::TablesError;
use crate::tables::query::Snapshot;
use crate::tables::read::{broken, number, position};
use crate::tables::sql::Sql;
use crate::tables::write::{count_of, position_of};

/// What sort of act, its word, and how people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditKind {
    /// The word.
    pub word: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn kind(word: &'static str, zh: &'static str, en: &'static str) -> AuditKind {
    AuditKind { word, zh, en }
}

const SIGNED_IN: AuditKind = kind("signed-in", "登录", "signed in");
const SIGN_IN_FAILED: AuditKind = kind("sign-in-failed", "登录失败", "sign-in failed");
const SIGN_IN_DELAYED: AuditKind = kind("sign-in-delayed", "登录被限制", "sign-in held back");
const ACCOUNT_MADE: AuditKind = kind("account-made", "新建账户", "account made");
const ACCOUNT_PASSWORD: AuditKind = kind("account-password", "重设密码", "password set anew");
const ACCOUNT_SHUT: AuditKind = kind("account-shut", "停用账户", "account shut out");
const ACCOUNT_OPENED: AuditKind = kind("account-opened", "恢复账户", "account let in again");
const ROLES: AuditKind = kind("roles", "授予角色", "roles given");
const EXPORTED: AuditKind = kind("exported", "导出", "exported");
const CONTACT_READ: AuditKind = kind("contact-read", "查看联系方式", "contact read");
const INVITED: AuditKind = kind("invited", "邀请", "invited");
const ENROLLED: AuditKind = kind("enrolled", "登记设备", "device enrolled");
const REVOKED: AuditKind = kind("revoked", "停用", "shut out");
const GROUPS: AuditKind = kind("groups", "导入小组", "groups");
const PEOPLE: AuditKind = kind("people", "导入人员", "people");
const DEFINITION: AuditKind = kind("definition", "发布方案", "definition");
const LIBRARY: AuditKind = kind("library", "发布法规库", "library of laws");
const MOVED: AuditKind = kind("moved", "移交归属", "moved");
const ERASED: AuditKind = kind("erased", "删除", "erased");

/// What a list of referrals is called in the log when somebody takes it out.
pub(crate) const EXPORT_OF_REFERRALS: &str = "referrals";

/// Every sort of act, as an administrator looks for them.
pub const KINDS: [AuditKind; 19] = [
    SIGNED_IN,
    SIGN_IN_FAILED,
    SIGN_IN_DELAYED,
    ACCOUNT_MADE,
    ACCOUNT_PASSWORD,
    ACCOUNT_SHUT,
    ACCOUNT_OPENED,
    ROLES,
    EXPORTED,
    CONTACT_READ,
    INVITED,
    ENROLLED,
    REVOKED,
    GROUPS,
    PEOPLE,
    DEFINITION,
    LIBRARY,
    MOVED,
    ERASED,
];

/// Whose business an act is: who sees it follows from where that one is at home now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The whole installation's.
    Everybody,
    /// A region's.
    Region(RegionCode),
    /// A person's.
    Person(PersonId),
    /// A person's, by the sign-in name.
    Account(String),
    /// Of the person who has the device.
    Device(DeviceId),
    /// Of the region a record belongs to.
    Record(RecordId),
}

impl Subject {
    fn parts(&self) -> (&'static str, String) {
        match self {
            Subject::Everybody => ("", String::new()),
            Subject::Region(region) => ("region", region.to_string()),
            Subject::Person(person) => ("person", person.to_string()),
            Subject::Account(user) => ("account", user.clone()),
            Subject::Device(device) => ("device", device.hex()),
            Subject::Record(record) => ("record", record.to_string()),
        }
    }

    fn read(sort: &str, text: String) -> Option<Subject> {
        Some(match sort {
            "" => Subject::Everybody,
            "region" => Subject::Region(RegionCode::new(&text).ok()?),
            "person" => Subject::Person(PersonId::new(&text).ok()?),
            "account" => Subject::Account(text),
            "device" => Subject::Device(text.parse().ok()?),
            "record" => Subject::Record(text.parse().ok()?),
            _other => return None,
        })
    }
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When, by the server's clock; of tries counted together the last.
    pub time: Timestamp,
    /// What sort.
    pub kind: AuditKind,
    /// Who did it: a sign-in name, `console` for the machine itself, empty for a device and for
    /// who is nobody here.
    pub user: String,
    /// About whom or what.
    pub about: String,
    /// How often.
    pub count: u64,
    /// Where from, empty where it is not known.
    pub address: String,
    /// Whose business it is.
    pub subject: Subject,
    /// The record's region now, when it is a record's business.
    pub region: Option<RegionCode>,
}

impl Act {
    fn new(time: Timestamp, kind: AuditKind, user: &str, about: String, subject: Subject) -> Act {
        Act {
            time,
            kind,
            user: user.to_owned(),
            about,
            count: 1,
            address: String::new(),
            subject,
            region: None,
        }
    }
}

/// The acts that an entry tells of.
pub(crate) fn acts(entry: &LogEntry) -> Vec<Act> {
    if let LogEntry::SignIns(e) = entry {
        e.rows.iter().map(sign_in).collect()
    } else {
        act(entry).into_iter().collect()
    }
}

fn sign_in(row: &SignIn) -> Act {
    let kind = match row.outcome {
        SignInOutcome::In => SIGNED_IN,
        SignInOutcome::Wrong => SIGN_IN_FAILED,
        SignInOutcome::Wait => SIGN_IN_DELAYED,
    };
    let mut about = String::new();
    if row.count > 1 {
        // Writing to a String cannot fail.
        let _written = write!(about, "{} – {}", row.first.iso(), row.last.iso());
    }
    let subject = match row.user.as_str() {
        "" => Subject::Everybody,
        user => Subject::Account(user.to_owned()),
    };
    Act {
        count: row.count,
        address: row.address.clone(),
        ..Act::new(row.last, kind, &row.user, about, subject)
    }
}

fn account(e: &AccountSet) -> Act {
    let kind = match (e.disabled, &e.password) {
        (true, _) => ACCOUNT_SHUT,
        // The first of an account is its making: `put` knows.
        (false, Some(_)) => ACCOUNT_PASSWORD,
        (false, None) => ACCOUNT_OPENED,
    };
    let subject = Subject::Person(e.person.clone());
    Act::new(e.time, kind, &e.by, e.user.clone(), subject)
}

fn roles(e: &GrantsSet) -> Act {
    let role = |g: &GrantEntry| {
        let unit = g.unit.as_ref().map(|unit| format!(":{unit}"));
        format!("{}:{}{}", g.role, g.region, unit.unwrap_or_default())
    };
    let roles: Vec<String> = e.grants.iter().map(role).collect();
    let about = format!("{} · {}", e.person, roles.join(" "));
    let subject = Subject::Person(e.person.clone());
    Act::new(e.time, ROLES, &e.user, about, subject)
}

fn revoked(e: &Revoked) -> Act {
    let person = e.person.as_ref().map(ToString::to_string);
    let device = e.device.map(|device| device.hex());
    let parts = [person, device, Some(e.reason.clone())];
    let about: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|p| !p.is_empty())
        .collect();
    let device = e.device.map(Subject::Device);
    let subject = e.person.clone().map(Subject::Person).or(device);
    let subject = subject.unwrap_or(Subject::Everybody);
    Act::new(e.time, REVOKED, &e.user, about.join(" · "), subject)
}

fn invited(e: &Invited) -> Act {
    let (about, subject) = (e.person.to_string(), Subject::Person(e.person.clone()));
    Act::new(e.time, INVITED, &e.user, about, subject)
}

fn enrolled(e: &Enrolled) -> Act {
    let about = format!("{} · {}", e.person, e.device.hex());
    let subject = Subject::Person(e.person.clone());
    Act::new(e.time, ENROLLED, "", about, subject)
}

fn definition(e: &DefinitionSet) -> Act {
    let about = format!("{}@{}", e.campaign, e.version);
    Act::new(e.time, DEFINITION, &e.user, about, Subject::Everybody)
}

fn library(e: &LibrarySet) -> Act {
    let about = format!("{} · {}", e.version, e.articles);
    Act::new(e.time, LIBRARY, &e.user, about, Subject::Everybody)
}

fn contact_read(e: &ContactRead) -> Act {
    let about = format!("{} · {}", e.record, e.purpose);
    Act::new(
        e.time,
        CONTACT_READ,
        &e.user,
        about,
        Subject::Record(e.record),
    )
}

fn exported(e: &Exported) -> Option<Act> {
    let about = format!("{}.{} · {} · {}", e.what, e.format, e.rows, e.filter);
    let subject = Subject::Account(e.user.clone());
    let act = Act::new(e.time, EXPORTED, &e.user, about, subject);
    (e.what != EXPORT_OF_REFERRALS).then_some(act)
}

fn moved(e: &Moved) -> Act {
    let about = format!("{} · {} → {}", e.record, e.from, e.to);
    let subject = Subject::Region(e.to.region.clone());
    Act::new(e.time, MOVED, &e.user, about, subject)
}

fn erased(e: &Erased) -> Option<Act> {
    let about = format!("{} · {}", e.record, e.reason);
    let subject = Subject::Region(e.scope.region.clone());
    let act = Act::new(e.time, ERASED, &e.user, about, subject);
    (e.scope.audience != Audience::Referral).then_some(act)
}

/// The act that an entry is; of tries to sign in there are several in one.
fn act(entry: &LogEntry) -> Option<Act> {
    let rows = |time, kind, user: &str, rows: usize| {
        Act::new(time, kind, user, rows.to_string(), Subject::Everybody)
    };
    Some(match entry {
        LogEntry::Groups(e) => rows(e.time, GROUPS, &e.user, e.rows.len()),
        LogEntry::People(e) => rows(e.time, PEOPLE, &e.user, e.rows.len()),
        LogEntry::Account(e) => account(e),
        LogEntry::Grants(e) => roles(e),
        LogEntry::Invited(e) => invited(e),
        LogEntry::Enrolled(e) => enrolled(e),
        LogEntry::Revoked(e) => revoked(e),
        LogEntry::Definition(e) => definition(e),
        LogEntry::Library(e) => library(e),
        LogEntry::ContactRead(e) => contact_read(e),
        LogEntry::Exported(e) => return exported(e),
        LogEntry::Moved(e) => moved(e),
        LogEntry::Erased(e) => return erased(e),
        LogEntry::SignIns(_)
        | LogEntry::Edits(_)
        | LogEntry::Answered(_)
        | LogEntry::Notified(_)
        | LogEntry::DispatchFrozen(_)
        | LogEntry::Decided(_)
        | LogEntry::Epoch(_)
        | LogEntry::Unknown { .. } => return None,
    })
}

pub(crate) fn put(
    transaction: &Transaction<'_>,
    at: Position,
    acts: &[Act],
) -> Result<(), TablesError> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO audit
             (position, nr, time, kind, user, about, count, address, sort, subject, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (nr, act) in (0_i64..).zip(acts) {
        let (sort, subject) = act.subject.parts();
        let made = act.kind == ACCOUNT_PASSWORD && is_first(transaction, &subject, &act.about)?;
        let kind = if made { ACCOUNT_MADE } else { act.kind };
        let record = if let Subject::Record(record) = &act.subject {
            Some(record.0)
        } else {
            None
        };
        statement.execute(params![
            position_of(at),
            nr,
            act.time.0,
            kind.word,
            act.user,
            act.about,
            count_of(act.count),
            act.address,
            sort,
            subject,
            record,
        ])?;
    }
    Ok(())
}

/// Whether nothing was said of an account before.
fn is_first(transaction: &Transaction<'_>, person: &str, user: &str) -> Result<bool, TablesError> {
    let mut statement = transaction.prepare_cached(
        "SELECT 1 FROM audit WHERE sort = 'person' AND subject = ?1 AND about = ?2
             AND kind IN ('account-made', 'account-shut', 'account-password') LIMIT 1",
    )?;
    let known: Option<i64> = statement
        .query_row([person, user], |row| row.get(0))
        .optional()?;
    Ok(known.is_none())
}

/// Which acts somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only of these sorts; any when empty.
    pub kinds: Vec<String>,
    /// Only by or about these people: codes and sign-in names. None: by anybody.
    pub people: Option<Vec<String>>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only before this position.
    pub before: Option<Position>,
}

/// Hands the acts that fit, newest first, to `each` until it says stop.
pub fn each(
    snapshot: &Snapshot<'_>,
    wanted: &Wanted,
    mut each: impl FnMut(Position, Act) -> std::ops::ControlFlow<()>,
) -> Result<(), TablesError> {
    let mut sql = Sql::new(false);
    if !wanted.kinds.is_empty() {
        let kinds = sql.list(&wanted.kinds);
        sql.and(&format!("a.kind IN {kinds}"));
    }
    if let Some(people) = &wanted.people {
        let people = sql.list(people);
        sql.and(&format!(
            "(a.user IN {people} OR (a.sort IN ('person', 'account') AND a.subject IN {people})
              OR (a.kind LIKE 'account-%' AND a.about IN {people}))"
        ));
    }
    for (time, way) in [(wanted.since, ">="), (wanted.until, "<")] {
        if let Some(time) = time {
            let time = sql.int(time.0);
            sql.and(&format!("a.time {way} {time}"));
        }
    }
    if let Some(before) = wanted.before {
        let before = sql.int(position_of(before));
        sql.and(&format!("a.position < {before}"));
    }
    let query = format!(
        "SELECT a.*, r.region AS region FROM audit a
         LEFT JOIN record r ON r.id = a.record
         {} ORDER BY a.position DESC, a.nr DESC",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut rows = statement.query(sql.args())?;
    while let Some(row) = rows.next()? {
        if each(position(row, "position")?, read(row)?).is_break() {
            break;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Act> {
    let (word, sort): (String, String) = (row.get("kind")?, row.get("sort")?);
    let known = KINDS.into_iter().find(|known| known.word == word);
    let region: Option<String> = row.get("region")?;
    Ok(Act {
        time: Timestamp(row.get("time")?),
        kind: known.ok_or_else(|| broken("kind"))?,
        user: row.get("user")?,
        about: row.get("about")?,
        count: number(row, "count")?,
        address: row.get("address")?,
        subject: Subject::read(&sort, row.get("subject")?).ok_or_else(|| broken("subject"))?,
        region: region.and_then(|region| RegionCode::new(&region).ok()),
    })
}

/// How an account was used since some day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// The last sign-in.
    pub last: Option<Timestamp>,
    /// Failed tries since.
    pub failed: u64,
    /// The last of them.
    pub failed_last: Option<Timestamp>,
}

/// How every account was used since some time, by sign-in name.
pub fn uses(
    snapshot: &Snapshot<'_>,
    since: Timestamp,
) -> Result<std::collections::BTreeMap<String, Use>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(
        "SELECT user, kind, sum(count) AS count, max(time) AS time FROM audit
         WHERE kind IN ('signed-in', 'sign-in-failed', 'sign-in-delayed') AND user <> ''
             AND time >= ?1
         GROUP BY user, kind",
    )?;
    let mut uses = std::collections::BTreeMap::<String, Use>::new();
    let mut rows = statement.query([since.0])?;
    while let Some(row) = rows.next()? {
        let one = uses.entry(row.get("user")?).or_default();
        let (kind, time): (String, i64) = (row.get("kind")?, row.get("time")?);
        if kind == SIGNED_IN.word {
            one.last = Some(Timestamp(time));
        } else {
            one.failed = one.failed.saturating_add(number(row, "count")?);
            one.failed_last = one.failed_last.max(Some(Timestamp(time)));
        }
    }
    Ok(uses)
}
