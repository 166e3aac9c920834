//! The web application by its own tools: its packages, its build, its tests. It knows their names
//! and nothing of what they do.

use crate::command::{answer, program, root, run, succeeds};
use crate::setup::debian_packages;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// npm in the web application's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut command = program("npm", args);
    command.current_dir(folder()).env("NO_COLOR", "1");
    command
}

fn folder() -> PathBuf {
    root().join("crates/web")
}

/// Whether Node.js and npm are there.
pub(crate) fn is_possible() -> bool {
    succeeds(program("node", &["--version"])) && succeeds(npm(&["--version"]))
}

/// Puts Node.js and the packages there, exactly those of the lock file.
///
/// # Errors
/// When something is missing and cannot be installed from here; the text says what to type.
pub(crate) fn prepare() -> Result<()> {
    if !is_possible() {
        debian_packages(&["nodejs", "npm"])?;
    }
    let wanted = std::fs::read(folder().join("package-lock.json"))?;
    let note = folder().join("node_modules/.installed");
    if std::fs::read(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(npm(&["ci", "--progress=true"]))?;
    std::fs::write(note, wanted)?;
    Ok(())
}

/// Builds the pages that the server shows. Nothing is done when no source has changed.
///
/// # Errors
/// As [`prepare`], or when the build fails.
pub(crate) fn build() -> Result<()> {
    prepare()?;
    let sources = ["ls-files", "--stage", "--", "crates/web", "server/data"];
    let state = answer(program("git", &sources)).unwrap_or_default();
    let changed = ["diff", "HEAD", "--", "crates/web", "server/data"];
    let state = [state, answer(program("git", &changed)).unwrap_or_default()].concat();
    let note = folder().join("node_modules/.built");
    let built = folder().join("dist/index.html").is_file();
    if built && !state.is_empty() && std::fs::read(&note).is_ok_and(|before| before == state) {
        return Ok(());
    }
    run(npm(&["run", "build"]))?;
    std::fs::write(note, state)?;
    Ok(())
}
