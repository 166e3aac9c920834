//! Backing up: the durable log, the node's key and the tombstones, copied while the server goes on.
//!
//! Never copies the authority key, and never anything that can be made again from the log.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use data_encoding::HEXLOWER;
use liandu_core::id::RecordId;
use serde::{Deserialize, Serialize};

use super::request::Reply;
use crate::config::Settings;
use crate::engine::keys::NODE_KEY;
use crate::engine::{Handle, LiveKeeper, now};
use crate::index::{keys, rows};
use crate::journal::{FolderDisk, Journal, Options, Piece};
use crate::upkeep::{BackupNote, note_backup};

/// Says what is in a backup.
pub(crate) const MANIFEST: &str = "backup.json";
/// Erased records, beside every backup and between them.
pub(super) const TOMBSTONES: &str = "liandu-tombstones.json";
/// Version of both files.
pub(super) const FORMAT: u32 = 1;
/// The copy of the log.
pub(crate) const JOURNAL: &str = "journal";

/// What a backup is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// `FORMAT`.
    pub(crate) format: u32,
    /// The installation.
    pub(crate) deployment: String,
    /// The log's life.
    pub(crate) epoch: String,
    /// End of the log.
    pub(crate) position: u64,
    /// Rolling hash there.
    pub(crate) hash: String,
    /// The server's clock, ISO 8601.
    pub(crate) time: String,
    /// Bytes of the log.
    pub(crate) bytes: u64,
}

/// One erased record: what a restore needs to erase it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tombstone {
    /// The legal reason, without personal data.
    pub(super) reason: String,
    /// When the file learned of it, ISO 8601.
    pub(super) noted: String,
}

/// Erased records by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tombstones {
    /// `FORMAT`.
    pub(super) format: u32,
    /// By record id.
    pub(super) erased: BTreeMap<String, Tombstone>,
}

/// What is copied, as of one moment between two commits.
struct Plan {
    pieces: Vec<Piece>,
    manifest: Manifest,
    tombstones: Tombstones,
}

/// Copies the log of a running engine to an empty folder and proves that the copy is good.
pub(super) async fn backup(
    handle: &Handle,
    settings: &Settings,
    to: &Path,
) -> anyhow::Result<Reply> {
    let plan = handle
        .read(plan)
        .await?
        .context("日志已关闭 (the log is closed)")?;
    let (from, to) = (settings.data.clone(), to.to_owned());
    tokio::task::spawn_blocking(move || write(&plan, &from, &to)).await?
}

fn plan(keeper: &LiveKeeper) -> Option<Plan> {
    let journal = keeper.journal()?;
    let time = now().iso();
    let pieces = journal.pieces(journal.last()).ok()?;
    let erased = keeper.tombstones().into_iter().map(|(record, _)| {
        let row: Option<rows::RecordRow> =
            crate::index::Index::get(keeper.index(), &keys::record(&record))
                .ok()
                .flatten()
                .and_then(|bytes| rows::decoded(&bytes).ok());
        let reason = row.and_then(|row| row.erased).unwrap_or_default();
        (
            record.to_string(),
            Tombstone {
                reason,
                noted: time.clone(),
            },
        )
    });
    let tombstones = Tombstones {
        format: FORMAT,
        erased: erased.collect(),
    };
    let manifest = Manifest {
        format: FORMAT,
        deployment: keeper.deployment().hex(),
        epoch: keeper.epoch().hex(),
        position: journal.last().0,
        hash: HEXLOWER.encode(&journal.hash()),
        time: time.clone(),
        bytes: pieces.iter().map(|piece| piece.bytes).sum(),
    };
    Some(Plan {
        pieces,
        manifest,
        tombstones,
    })
}

fn write(plan: &Plan, data: &Path, to: &Path) -> anyhow::Result<Reply> {
    ensure!(
        !to.starts_with(data),
        "备份不能放在数据目录里 (a backup inside the data folder would go with it)"
    );
    empty(to)?;
    let journal = to.join(JOURNAL);
    copy(&data.join(JOURNAL), &journal, &plan.pieces).context("复制日志 (copy the log)")?;
    private(&to.join(NODE_KEY), &std::fs::read(data.join(NODE_KEY))?)?;
    prove(&journal, &plan.manifest)?;
    let tombstones = merged(plan, to)?;
    // Last: a folder without it is no backup.
    json(&to.join(MANIFEST), &plan.manifest)?;
    std::fs::File::open(to)?.sync_all()?;
    let time = now().0;
    let note = BackupNote {
        time,
        position: plan.manifest.position,
        hash: plan.manifest.hash.clone(),
        bytes: plan.manifest.bytes,
        path: std::path::absolute(to)?,
        proved: time,
        restored: false,
    };
    note_backup(data, &note);
    let Manifest {
        position, bytes, ..
    } = plan.manifest;
    let position = liandu_core::id::Position(position);
    Ok(Reply::BackedUp {
        position,
        bytes,
        tombstones,
    })
}

/// Makes the folder, or takes an empty one.
fn empty(to: &Path) -> anyhow::Result<()> {
    match std::fs::read_dir(to) {
        Ok(mut files) => ensure!(
            files.next().is_none(),
            "{} 不是空目录，每次备份请用新的目录 (not empty: take a new folder for each backup)",
            to.display()
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(to)?;
        }
        Err(error) => return Err(error).with_context(|| to.display().to_string()),
    }
    Ok(())
}

/// Copies with handles of its own: `FolderDisk` would ask for the running server's lock.
fn copy(from: &Path, to: &Path, pieces: &[Piece]) -> anyhow::Result<()> {
    std::fs::create_dir(to)?;
    for Piece { name, bytes } in pieces {
        let source = std::fs::File::open(from.join(name))?;
        let mut target = std::fs::File::create(to.join(name))?;
        let copied = std::io::copy(&mut std::io::Read::take(source, *bytes), &mut target)?;
        ensure!(copied == *bytes, "{name} 太短 (is too short)");
        target.sync_all()?;
    }
    Ok(std::fs::File::open(to)?.sync_all()?)
}

/// Opens the copy as a log and reads all of it.
pub(super) fn prove(journal: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let (journal, opened) = Journal::open(FolderDisk::open(journal)?, Options::default())?;
    let report = journal.check();
    let good = report.bad.is_empty() && !opened.damage.iter().any(|damage| damage.needs_epoch());
    if !good || opened.last.0 != manifest.position || HEXLOWER.encode(&opened.hash) != manifest.hash
    {
        bail!("备份与原日志不一致，请重新备份 (the copy is not what was written: back up again)");
    }
    Ok(())
}

/// Writes the tombstones into the backup and, with all that were known there, beside it.
fn merged(plan: &Plan, to: &Path) -> anyhow::Result<u64> {
    let mut all = plan.tombstones.clone();
    if let Some(beside) = beside(to)
        && let Some(known) = read(&beside)?
    {
        for (record, tombstone) in known.erased {
            all.erased.entry(record).or_insert(tombstone);
        }
    }
    json(&to.join(TOMBSTONES), &all)?;
    if let Some(beside) = beside(to) {
        json(&beside, &all)?;
    }
    Ok(all.erased.len() as u64)
}

/// The tombstones file that all backups of one folder share.
pub(super) fn beside(backup: &Path) -> Option<PathBuf> {
    Some(backup.parent()?.join(TOMBSTONES))
}

/// A tombstones file; none when there is none.
pub(super) fn read(path: &Path) -> anyhow::Result<Option<Tombstones>> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let read = serde_json::from_slice(&bytes);
            Ok(Some(read.with_context(|| {
                format!("{} 有误 (is damaged)", path.display())
            })?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    private(path, &serde_json::to_vec_pretty(value)?)
}

/// Writes beside and renames; readable by the owner only.
pub(crate) fn private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The id of an erased record in the file.
pub(super) fn record(text: &str) -> anyhow::Result<RecordId> {
    text.parse()
        .with_context(|| format!("{text} 不是记录编号 (is not a record's id)"))
}
