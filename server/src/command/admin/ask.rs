//! Bringing a request to the log: through the running server, or on the folder itself.
//!
//! Never opens a folder that a server has.

use std::time::{Duration, Instant};

use anyhow::bail;

use crate::command::folder::{Folder, FolderError, needs_authority};
use crate::command::request::{Reply, Request};
use crate::command::{execute, line};
use crate::config::Settings;
use crate::engine;

/// How long a folder may be locked by a server that starts or stops, or by another command.
const WAIT: Duration = Duration::from_secs(20);
const TRY_EVERY: Duration = Duration::from_millis(100);

/// Carries out a request; an error says why nothing was done.
pub(in crate::command) fn ask(settings: &Settings, request: Request) -> anyhow::Result<Reply> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let reply = runtime.block_on(reach(settings, request))?;
    if let Reply::Failed(text) = reply {
        bail!(text)
    }
    Ok(reply)
}

async fn reach(settings: &Settings, request: Request) -> anyhow::Result<Reply> {
    let began = Instant::now();
    loop {
        if let Some(mut server) = line::connect(&settings.admin_socket()).await {
            return Ok(line::ask(&mut server, &request).await?);
        }
        match Folder::existing(settings) {
            Ok(folder) => return alone(settings, folder, request).await,
            Err(FolderError::InUse(_)) if began.elapsed() < WAIT => {
                tokio::time::sleep(TRY_EVERY).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// No server runs: the command is the server for a moment.
async fn alone(settings: &Settings, folder: Folder, request: Request) -> anyhow::Result<Reply> {
    needs_authority(settings)?;
    let handle = engine::start(&settings.engine()).map_err(execute::explained)?;
    let reply = execute::execute(&handle, settings, request).await;
    handle.stop().await;
    drop(folder);
    Ok(reply)
}
