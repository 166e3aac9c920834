//! `rebuild`: index and tables made again from the log.
//!
//! Never touches the log or the keys.

use anyhow::ensure;
use liandu_core::id::Position;

use super::Place;
use super::admin::print::out;
use super::execute::explained;
use super::folder::{Folder, needs_authority};
use crate::config::Settings;
use crate::engine;
use crate::packs::FolderPacks;
use crate::tables::follow;
use crate::tables::schema;

/// Rebuilds what is asked, both when nothing is.
pub(super) fn run(place: &Place, index: bool, tables: bool) -> anyhow::Result<()> {
    let settings = place.settings()?;
    let folder = Folder::existing(&settings)?;
    let both = index == tables;
    let position = rebuild(&settings, &folder, both || index, both || tables)?;
    out(&format!(
        "已按日志重建到位置 {position} (made again from the log, up to position {position})"
    ))
}

/// Deletes what is derived and makes it again. The folder is locked by the caller.
pub(super) fn rebuild(
    settings: &Settings,
    _owned: &Folder,
    index: bool,
    tables: bool,
) -> anyhow::Result<Position> {
    needs_authority(settings)?;
    let config = settings.engine();
    if index && config.index().exists() {
        std::fs::remove_dir_all(config.index())?;
    }
    if index {
        FolderPacks::new(&config.packs()).remove_all()?;
    }
    if tables {
        schema::remove(&settings.tables_file())?;
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build()?;
    let handle = engine::start(&config).map_err(explained)?;
    let followed = runtime.block_on(async {
        let mut end = Position(handle.numbers().position);
        if tables {
            std::fs::create_dir_all(&settings.tables)?;
            let runtime = tokio::runtime::Handle::current();
            let (_, mut progress) =
                follow::start(handle.clone(), &settings.tables_file(), runtime)?;
            let there = progress
                .wait_for(|now| now.stopped || now.position >= end)
                .await?;
            ensure!(
                !there.stopped,
                "办公表写不进去，请查看磁盘 (the tables could not be written)"
            );
            end = there.position;
        }
        anyhow::Ok(end)
    });
    runtime.block_on(handle.stop());
    runtime.shutdown_timeout(std::time::Duration::from_secs(10));
    followed
}
