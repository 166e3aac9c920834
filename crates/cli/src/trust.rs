//! The office's own certificate authority, kept in the device's folder: with everything else, where
//! it is checked, and in a file of its own, which is used when the other is lost.
//!
//! Never replaces a kept certificate of an enrolled device.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;

use crate::Here;

const KEPT: &str = "server-ca.pem";

/// Believes what was kept at enrolment, if anything was.
pub(crate) fn recall(here: &mut Here, dir: &Path) -> anyhow::Result<()> {
    match kept(here, dir)? {
        Some(pem) => here.trust(&pem).context(KEPT),
        None => Ok(()),
    }
}

/// The certificate that is believed alone; none: what the system believes.
pub(crate) fn kept(here: &mut Here, dir: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    if let Some(pem) = here.engine().note(KEPT) {
        return Ok(Some(pem.to_vec()));
    }
    match fs::read(dir.join(KEPT)) {
        Ok(pem) => Ok(Some(pem)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(KEPT),
    }
}

/// Believes only this file's authority from now on and keeps it, durably, before anything is sent.
pub(crate) fn keep(here: &mut Here, dir: &Path, ca: Option<&Path>) -> anyhow::Result<()> {
    let Some(ca) = ca.filter(|_| here.engine().device().is_none()) else {
        return Ok(());
    };
    let unreadable = || format!("{} 读不到 (cannot be read)", ca.display());
    let pem = fs::read(ca).with_context(unreadable)?;
    here.trust(&pem)?;
    let new = dir.join("server-ca.new");
    let mut file = File::create(&new)?;
    file.write_all(&pem)?;
    file.sync_all()?;
    fs::rename(&new, dir.join(KEPT))?;
    File::open(dir)?.sync_all()?;
    here.act(|engine, _| engine.set_note(KEPT, Some(pem)))?;
    Ok(())
}
