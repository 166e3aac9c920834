//! The web application by its own tools: its packages, its build, its tests. It knows their names
//! and nothing of what they do.

use crate::command::{answer, cargo, program, root, run, succeeds};
use crate::setup::debian_packages;
use crate::wasm::{self, Way};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// What the field app's engine is made of.
const ENGINE: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "core",
    "crates/device",
    "crates/web/engine",
    "crates/web/Cargo.toml",
    "crates/xtask/examples",
];

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

/// Builds the office's pages. Nothing is done when no source has changed.
///
/// # Errors
/// As [`prepare`], or when the build fails.
pub(crate) fn office() -> Result<()> {
    prepare()?;
    bundle("build", "index.html", &["crates/web", "server/data"])
}

/// Builds the field app after the office's pages, whose build empties the folder of both.
///
/// # Errors
/// As [`prepare`], when there is no compiler for browsers, or a build fails.
pub(crate) fn field(way: Way) -> Result<()> {
    prepare()?;
    engine(way)?;
    let sources = [&ENGINE[..], &["crates/web", "server/data"]].concat();
    bundle("build:field", "m/index.html", &sources)
}

/// Runs a build unless its page is there and none of its sources has changed.
fn bundle(script: &str, page: &str, sources: &[&str]) -> Result<()> {
    let state = state_of(sources);
    let note = folder().join(format!("node_modules/.{}", script.replace(':', "-")));
    let built = folder().join("dist").join(page).is_file();
    if built && !state.is_empty() && std::fs::read(&note).is_ok_and(|before| before == state) {
        return Ok(());
    }
    run(npm(&["run", script]))?;
    std::fs::write(note, state)?;
    Ok(())
}

/// Builds the field app's engine and the JavaScript that loads it.
fn engine(way: Way) -> Result<()> {
    let state = state_of(&ENGINE);
    let package = folder().join("pkg");
    let note = package.join(".built");
    let built = package.join("liandu_web_bg.wasm").is_file();
    // Who names a compiler wants that one's work.
    let current = built && !state.is_empty() && way == Way::Any;
    if current && std::fs::read(&note).is_ok_and(|before| before == state) {
        return Ok(());
    }
    let wasm = wasm::engine(way)?;
    let mut bind = cargo(&[
        "run",
        "--quiet",
        "--package=liandu-xtask",
        "--example=bind",
        "--",
    ]);
    bind.arg(wasm).arg(&package);
    run(bind)?;
    std::fs::write(note, state)?;
    Ok(())
}

/// Which files lie in these folders, and what is changed in them.
fn state_of(folders: &[&str]) -> Vec<u8> {
    let said = |words: &[&str]| {
        let words: Vec<&str> = words.iter().chain(folders).copied().collect();
        answer(program("git", &words)).unwrap_or_default()
    };
    let files = said(&["ls-files", "--stage", "--"]);
    [files, said(&["diff", "HEAD", "--"])].concat()
}
