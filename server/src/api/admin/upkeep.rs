//! Backups and checks, for administrators: how things stand, and a check to begin.
//!
//! Never backs up by itself: where a backup may lie is known at the machine, not here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Steward;
use crate::api::Office;
use crate::api::json::LabelJson;
use crate::api::problem::{ApiError, Problem};
use crate::command::check::report::Problem as Found;
use crate::upkeep::{BackupNote, CheckNote, Running, Standing, Warning, live};

/// The last backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupJson {
    /// When it was finished, by the server's clock.
    pub time: String,
    /// How many days ago.
    pub age_days: u64,
    /// End of the log in it.
    pub position: u64,
    /// Bytes of its segments.
    pub bytes: u64,
    /// Where it was written, on the server's machine.
    pub path: String,
    /// When all of it was last read and proved.
    pub proved: String,
    /// Whether it is one of the log that is served now.
    pub of_this_log: bool,
    /// Whether this server was made from it.
    pub restored: bool,
}

/// What is in no backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnsavedJson {
    /// Entries of the log.
    pub entries: u64,
    /// Edits in them; absent while they are being counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edits: Option<u64>,
}

/// Something that a check found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundJson {
    /// Where: `log`, `index`, `tables`, `erased`, `files`, `backup`.
    pub part: String,
    /// What.
    pub text: LabelJson,
}

/// The last check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckJson {
    /// When it began, by the server's clock.
    pub began: String,
    /// When it ended.
    pub ended: String,
    /// Whether the server went on meanwhile: then index and photos were not compared.
    pub live: bool,
    /// Whether nothing was wrong.
    pub ok: bool,
    /// End of the log then.
    pub position: u64,
    /// Segments of the log whose every checksum was computed.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries in them.
    pub entries: u64,
    /// Records whose rows were compared with the log.
    pub records: u64,
    /// What became of the last backup: `proved`, `wrong`, or `absent` when its folder is not on
    /// this machine; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// What is wrong, the first of it.
    pub problems: Vec<FoundJson>,
    /// How much is wrong.
    pub problems_all: u64,
    /// What it comes to and what to do.
    pub advice: LabelJson,
}

/// A check on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunningJson {
    /// Since when.
    pub since: String,
    /// What it is looking at: `log`, `tables`, `backup`.
    pub part: String,
    /// Records compared so far.
    pub records: u64,
}

/// Something an administrator should do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarningJson {
    /// `no-backup`, `old-backup`, `other-backup`, `check-failed`.
    pub code: String,
    /// What to tell the person.
    pub text: LabelJson,
}

/// How backups and checks stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpkeepJson {
    /// A backup should be no older, days; 0: any age is well.
    pub warn_days: u32,
    /// The last backup, absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupJson>,
    /// What is in no backup.
    pub unsaved: UnsavedJson,
    /// The last check, absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckJson>,
    /// A check on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningJson>,
    /// What should be done.
    pub warnings: Vec<WarningJson>,
}

impl From<&Warning> for WarningJson {
    fn from(warning: &Warning) -> WarningJson {
        WarningJson {
            code: warning.code.to_owned(),
            text: LabelJson {
                zh: warning.zh.clone(),
                en: warning.en.clone(),
            },
        }
    }
}

impl From<&Found> for FoundJson {
    fn from(found: &Found) -> FoundJson {
        FoundJson {
            part: found.part.as_str().to_owned(),
            text: LabelJson {
                zh: found.zh.clone(),
                en: found.en.clone(),
            },
        }
    }
}

impl From<&CheckNote> for CheckJson {
    fn from(note: &CheckNote) -> CheckJson {
        let (zh, en) = note.advice.clone();
        CheckJson {
            began: Timestamp(note.began).iso(),
            ended: Timestamp(note.ended).iso(),
            live: note.live,
            ok: note.ok,
            position: note.position,
            segments: note.segments,
            bytes: note.bytes,
            entries: note.entries,
            records: note.records,
            backup: note.backup.clone(),
            problems: note.problems.iter().map(FoundJson::from).collect(),
            problems_all: note.problems_all,
            advice: LabelJson { zh, en },
        }
    }
}

impl From<&Running> for RunningJson {
    fn from(running: &Running) -> RunningJson {
        RunningJson {
            since: running.since.iso(),
            part: running.part.to_owned(),
            records: running.records,
        }
    }
}

fn backup(note: &BackupNote, standing: &Standing, now: Timestamp) -> BackupJson {
    BackupJson {
        time: Timestamp(note.time).iso(),
        age_days: standing.age_days(now).unwrap_or(0),
        position: note.position,
        bytes: note.bytes,
        path: note.path.display().to_string(),
        proved: Timestamp(note.proved).iso(),
        of_this_log: standing.of_this_log,
        restored: note.restored,
    }
}

/// What should be done now.
pub(crate) async fn warnings(office: &Office) -> Result<Vec<WarningJson>, ApiError> {
    let now = office.door.now();
    let warnings = office.care.warnings(&office.engine, now).await?;
    Ok(warnings.iter().map(WarningJson::from).collect())
}

async fn upkeep(office: &Office) -> Result<UpkeepJson, ApiError> {
    let (standing, now) = (
        office.care.standing(&office.engine).await?,
        office.door.now(),
    );
    let note = standing.backup.as_ref();
    Ok(UpkeepJson {
        warn_days: standing.warn_days,
        backup: note.map(|note| backup(note, &standing, now)),
        unsaved: UnsavedJson {
            entries: standing.since.entries,
            edits: standing.since.edits,
        },
        check: standing.check.as_ref().map(CheckJson::from),
        running: standing.running.as_ref().map(RunningJson::from),
        warnings: standing
            .warnings(now)
            .iter()
            .map(WarningJson::from)
            .collect(),
    })
}

/// When the log was last backed up, what is in no backup, and what the last check found.
#[utoipa::path(get, path = "/api/admin/upkeep", tag = "admin",
    responses((status = 200, body = UpkeepJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    _who: Steward,
) -> Result<Json<UpkeepJson>, ApiError> {
    Ok(Json(upkeep(&office).await?))
}

/// Begin a check in the background: every checksum of the log, every record's rows against it, and
/// the last backup. The server goes on; the result is kept. 409 while one is on its way.
#[utoipa::path(post, path = "/api/admin/check", tag = "admin",
    responses((status = 202, body = UpkeepJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn check(
    State(office): State<Office>,
    _who: Steward,
) -> Result<(StatusCode, Json<UpkeepJson>), ApiError> {
    if !live::begin(&office) {
        return Err(ApiError::Exists);
    }
    Ok((StatusCode::ACCEPTED, Json(upkeep(&office).await?)))
}
