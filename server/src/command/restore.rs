//! `restore`: a backup becomes a data folder, proved before anything serves from it.
//!
//! Never writes into a folder that has a log, and never serves what was erased after the backup.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::Place;
use super::admin::print::out;
use super::backup::{self, JOURNAL, MANIFEST, Manifest, TOMBSTONES, Tombstone};
use super::execute::{console, explained};
use super::folder::{Folder, has_log, make, needs_authority};
use crate::config::Settings;
use crate::engine::keys::NODE_KEY;
use crate::engine::{self, ActError, AuthorityAct, Handle};
use crate::tables::time_text::moment;
use crate::upkeep::{BackupNote, note_backup};

/// What a restore did.
pub(super) struct Restored {
    manifest: Manifest,
    /// Where the new epoch begins.
    position: u64,
    /// Records erased after the backup.
    pub(super) erased_again: u64,
}

/// Restores; prints what was done and what to do next.
pub(super) fn run(place: &Place, from: &Path, tombstones: &[PathBuf]) -> anyhow::Result<()> {
    let Restored {
        manifest,
        position,
        erased_again,
    } = restore(&place.settings()?, from, tombstones)?;
    out(&format!(
        "已恢复到位置 {0}（备份于 {1}）；日志新纪元从位置 {position} 开始；又删除了 {erased_again} 条在备份之后依法删除的记录。\n\
         下一步：启动服务器，设备会自动补送备份之后的内容；办公室用户在备份之后的操作需要重做。\n\n\
         Restored up to position {0} (backup of {1}); a new epoch begins at position {position};\n\
         {erased_again} records that were erased after the backup are erased again.\n\
         Next: start the server. Devices send again what they wrote after the backup; what office\n\
         users did after it must be done again.",
        manifest.position, manifest.time,
    ))
}

/// Makes a data folder from a backup.
pub(super) fn restore(
    settings: &Settings,
    from: &Path,
    tombstones: &[PathBuf],
) -> anyhow::Result<Restored> {
    let bytes = std::fs::read(from.join(MANIFEST)).with_context(|| {
        format!(
            "{} 不是完整的备份 (is not a complete backup)",
            from.display()
        )
    })?;
    let manifest: Manifest = serde_json::from_slice(&bytes)?;
    ensure!(
        manifest.format == backup::FORMAT,
        "备份由更新的版本写成，请用新版恢复 (written by a newer version: restore with that one)"
    );
    ensure!(
        !has_log(&settings.data),
        "{} 已有日志，请恢复到新目录，或先把旧目录移开 (has a log: take a new folder, or move the old one away)",
        settings.data.display()
    );
    needs_authority(settings)?;
    let erased = known_tombstones(from, tombstones)?;
    put(settings, from, &manifest)?;
    let folder = Folder::existing(settings)?;
    let begun = begin(settings, &erased);
    drop(folder);
    let (position, erased_again) = begun?;
    Ok(Restored {
        manifest,
        position,
        erased_again,
    })
}

/// Copies, proves, and only then gives the log its name.
fn put(settings: &Settings, from: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    make(&settings.data)?;
    let unfinished = settings.data.join("journal.restoring");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    copy(&from.join(JOURNAL), &unfinished)?;
    backup::prove(&unfinished, manifest)
        .context("备份已损坏，请换一份 (the backup is damaged: take another)")?;
    backup::private(
        &settings.data.join(NODE_KEY),
        &std::fs::read(from.join(NODE_KEY))?,
    )?;
    backup::private(&settings.engine().restored_mark(), b"")?;
    std::fs::rename(&unfinished, settings.data.join(JOURNAL))?;
    let made = moment(&manifest.time).unwrap_or_default().0;
    let note = BackupNote {
        time: made,
        position: manifest.position,
        hash: manifest.hash.clone(),
        bytes: manifest.bytes,
        path: std::path::absolute(from)?,
        proved: engine::now().0,
        restored: true,
    };
    note_backup(&settings.data, &note);
    Ok(std::fs::File::open(&settings.data)?.sync_all()?)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_name().to_string_lossy().ends_with(".segment") {
            let target = to.join(file.file_name());
            std::fs::copy(file.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(std::fs::File::open(to)?.sync_all()?)
}

/// What was erased until now: the lists in and beside the backup, and those named.
fn known_tombstones(from: &Path, named: &[PathBuf]) -> anyhow::Result<BTreeMap<String, Tombstone>> {
    let from = std::path::absolute(from)?;
    let mut all = BTreeMap::new();
    let found = [Some(from.join(TOMBSTONES)), backup::beside(&from)];
    for path in found.into_iter().flatten() {
        all.extend(
            backup::read(&path)?
                .map(|list| list.erased)
                .unwrap_or_default(),
        );
    }
    for path in named {
        let list = backup::read(path)?;
        let list = list.with_context(|| format!("没有 {} (no such file)", path.display()))?;
        all.extend(list.erased);
    }
    Ok(all)
}

/// Begins the new epoch and erases again, before any server can serve from the folder.
fn begin(settings: &Settings, erased: &BTreeMap<String, Tombstone>) -> anyhow::Result<(u64, u64)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let handle = engine::start(&settings.engine()).map_err(explained)?;
    let position = handle.numbers().position;
    let applied = runtime.block_on(erase(&handle, erased));
    runtime.block_on(handle.stop());
    Ok((position, applied?))
}

async fn erase(handle: &Handle, erased: &BTreeMap<String, Tombstone>) -> anyhow::Result<u64> {
    let here = handle.read(|keeper| {
        keeper
            .tombstones()
            .into_iter()
            .map(|(record, _)| record)
            .collect::<Vec<_>>()
    });
    let here = here.await?;
    let mut applied = 0;
    for (record, tombstone) in erased {
        let record = backup::record(record)?;
        if here.contains(&record) {
            continue;
        }
        let reason = tombstone.reason.clone();
        match handle
            .act(console(), AuthorityAct::Erase { record, reason })
            .await
        {
            Ok(_) => applied += 1,
            // Nothing of it is in the backup. Devices hold its signed tombstone, which comes back
            // first.
            Err(ActError::Missing | ActError::Failed) if handle.record(record).await?.is_none() => {
            }
            Err(error) => bail!("记录 {record} 未能删除：{error} (could not be erased again)"),
        }
    }
    Ok(applied)
}
