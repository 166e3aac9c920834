//! What an administrator has to look after: when the log was last backed up and how much is in no
//! backup yet, and what the last check found.
//!
//! Never part of the log: two small files beside it say what was done on this machine. A file that
//! is gone or broken says that nothing was, which is what an administrator then has to do again.

pub mod live;
mod unsaved;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use liandu_core::id::Position;
use liandu_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::command::backup::private;
use crate::command::check::report::{Problem, Report};
use crate::engine::{Handle, Unavailable};
use unsaved::Unsaved;

const BACKUP: &str = "last-backup.json";
const CHECK: &str = "last-check.json";
const DAY_MS: u64 = 24 * 3_600_000;
/// Problems of a check that are kept; the rest is a number.
const PROBLEMS_KEPT: usize = 20;

/// The last backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupNote {
    /// When it was finished, ms; the server's clock.
    pub time: i64,
    /// End of the log in it.
    pub position: u64,
    /// The log's rolling hash there, hexadecimal.
    pub hash: String,
    /// Bytes of its segments.
    pub bytes: u64,
    /// Where it was written.
    pub path: PathBuf,
    /// When all of it was last read and proved, ms.
    pub proved: i64,
    /// This data folder was made from it.
    #[serde(default)]
    pub restored: bool,
}

/// The last check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckNote {
    /// When it began, ms.
    pub began: i64,
    /// When it ended, ms.
    pub ended: i64,
    /// Whether the server went on meanwhile: then index and files were not compared.
    pub live: bool,
    /// Whether nothing was wrong.
    pub ok: bool,
    /// End of the log then.
    pub position: u64,
    /// Segments whose every checksum was computed.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries in them.
    pub entries: u64,
    /// Records whose rows were compared with the log.
    pub records: u64,
    /// What became of the last backup: `proved`, `absent` when its folder is not here, `wrong`.
    pub backup: Option<String>,
    /// What is wrong, the first of it.
    pub problems: Vec<Problem>,
    /// How much is wrong.
    pub problems_all: u64,
    /// What to do, in Chinese and English.
    pub advice: (String, String),
}

impl CheckNote {
    /// From what a check found.
    pub(crate) fn of(
        report: &Report,
        live: bool,
        (began, ended): (Timestamp, Timestamp),
    ) -> CheckNote {
        let (zh, en) = report.conclusion();
        CheckNote {
            began: began.0,
            ended: ended.0,
            live,
            ok: report.ok,
            position: report.position,
            segments: report.segments,
            bytes: report.bytes,
            entries: report.entries,
            records: report.tables_records.unwrap_or(0),
            backup: report.backup.clone(),
            problems: report
                .problems
                .iter()
                .take(PROBLEMS_KEPT)
                .cloned()
                .collect(),
            problems_all: report.problems.len() as u64,
            advice: (zh.to_owned(), en.to_owned()),
        }
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = std::fs::read(path).ok()?;
    let read = serde_json::from_slice(&bytes);
    if let Err(error) = &read {
        tracing::warn!(%error, path = %path.display(), "what was done before is not known any more");
    }
    read.ok()
}

fn write<T: Serialize>(path: &Path, note: &T) {
    let written = serde_json::to_vec_pretty(note)
        .map_err(anyhow::Error::from)
        .and_then(|bytes| private(path, &bytes));
    if let Err(error) = written {
        tracing::warn!(%error, path = %path.display(), "what was done could not be noted");
    }
}

/// Notes a backup of the log in this folder.
pub(crate) fn note_backup(data: &Path, note: &BackupNote) {
    write(&data.join(BACKUP), note);
}

/// Notes a check of this folder.
pub(crate) fn note_check(data: &Path, note: &CheckNote) {
    write(&data.join(CHECK), note);
}

/// What is in no backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Entries of the log.
    pub entries: u64,
    /// Edits in them; none while they are still being counted.
    pub edits: Option<u64>,
}

/// A check on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Since when.
    pub since: Timestamp,
    /// What it is looking at: `log`, `tables`, `backup`.
    pub part: &'static str,
    /// Records compared so far.
    pub records: u64,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last backup.
    pub backup: Option<BackupNote>,
    /// Whether it is one of this log: not after another backup was restored.
    pub of_this_log: bool,
    /// What is in no backup; all of the log when there is none.
    pub since: Since,
    /// The last check.
    pub check: Option<CheckNote>,
    /// A check on its way.
    pub running: Option<Running>,
    /// A backup should be no older, days; 0: any age is well.
    pub warn_days: u32,
}

/// Something an administrator should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its word.
    pub code: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Standing {
    /// Days since the last backup.
    pub fn age_days(&self, now: Timestamp) -> Option<u64> {
        let backup = self.backup.as_ref()?;
        Some(now.since_ms(Timestamp(backup.time)) / DAY_MS)
    }

    /// What should be done.
    pub fn warnings(&self, now: Timestamp) -> Vec<Warning> {
        let check = self.check.as_ref().filter(|check| !check.ok);
        let check = check.map(|check| Warning {
            code: "check-failed",
            zh: format!("数据检查发现 {} 处问题,需要处理", check.problems_all),
            en: format!(
                "the check found {} problems that need you",
                check.problems_all
            ),
        });
        self.backup_warning(now).into_iter().chain(check).collect()
    }

    fn backup_warning(&self, now: Timestamp) -> Option<Warning> {
        if self.warn_days == 0 {
            return None;
        }
        let Some(days) = self.age_days(now) else {
            return Some(Warning {
                code: "no-backup",
                zh: "还没有备份:全部数据只在这台服务器上".to_owned(),
                en: "there is no backup: everything is on this server only".to_owned(),
            });
        };
        if !self.of_this_log {
            return Some(Warning {
                code: "other-backup",
                zh: "上次备份不是现在这份数据的,请重新备份".to_owned(),
                en: "the last backup is not of this log: back up again".to_owned(),
            });
        }
        if self.since.edits == Some(0) || days < u64::from(self.warn_days) {
            return None;
        }
        let edits = self.since.edits.unwrap_or(self.since.entries);
        Some(Warning {
            code: "old-backup",
            zh: format!("上次备份已过 {days} 天,此后 {edits} 条修改只在这台服务器上"),
            en: format!(
                "the last backup is {days} days old: {edits} edits are on this server only"
            ),
        })
    }
}

/// Looks after a running server.
#[derive(Debug)]
pub struct Care {
    data: PathBuf,
    warn_days: u32,
    running: Mutex<Option<Running>>,
    unsaved: tokio::sync::Mutex<Unsaved>,
}

impl Care {
    /// Of the server with this data folder.
    pub fn new(data: &Path, warn_days: u32) -> Arc<Care> {
        Arc::new(Care {
            data: data.to_owned(),
            warn_days,
            running: Mutex::default(),
            unsaved: tokio::sync::Mutex::default(),
        })
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn backup(&self) -> Option<BackupNote> {
        read(&self.data.join(BACKUP))
    }

    /// How things stand now.
    pub async fn standing(&self, engine: &Handle) -> Result<Standing, Unavailable> {
        self.looked(engine, self.backup()).await
    }

    /// What should be done; without a backup nothing has to be counted for that.
    pub async fn warnings(
        &self,
        engine: &Handle,
        now: Timestamp,
    ) -> Result<Vec<Warning>, Unavailable> {
        if let Some(backup) = self.backup() {
            let standing = self.looked(engine, Some(backup)).await?;
            return Ok(standing.warnings(now));
        }
        let standing = Standing {
            backup: None,
            of_this_log: false,
            since: Since {
                entries: 0,
                edits: None,
            },
            check: read(&self.data.join(CHECK)),
            running: None,
            warn_days: self.warn_days,
        };
        Ok(standing.warnings(now))
    }

    async fn looked(
        &self,
        engine: &Handle,
        backup: Option<BackupNote>,
    ) -> Result<Standing, Unavailable> {
        let position = Position(backup.as_ref().map_or(0, |backup| backup.position));
        let hash = engine.read(move |keeper| keeper.journal()?.hash_at(position));
        let here = hash.await?.map(|hash| HEXLOWER.encode(&hash));
        let of_this_log = backup
            .as_ref()
            .is_some_and(|backup| here.as_ref() == Some(&backup.hash));
        let from = if of_this_log { position } else { Position(0) };
        let since = self.unsaved.lock().await.since(engine, from).await?;
        Ok(Standing {
            backup,
            of_this_log,
            since,
            check: read(&self.data.join(CHECK)),
            running: *self.running(),
            warn_days: self.warn_days,
        })
    }
}

#[cfg(test)]
mod tests;
