//! Whether a real server answers as its description says: brings the program that asks, and runs the
//! test that starts both. It knows no route.

use crate::command::{self, Phases, binaries, cargo, program, root, succeeds, typed};
use crate::packages::wheels;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How long is asked when nobody says.
pub(crate) const SECONDS: u64 = 120;
/// How long as a part of all tests: each operation is asked some dozen questions.
const SECONDS_IN_PASSING: u64 = 30;

/// `.cargo/api-check.txt` names the same.
const VERSION: &str = "4.32.5";

/// Builds the server, fetches schemathesis and asks for so many seconds.
///
/// # Errors
/// When an answer is not as described, or something does not build or cannot be fetched.
pub(crate) fn check(seconds: u64) -> Result<()> {
    let mut phases = Phases::new(3);
    phases.run("编译 build", || {
        let all = ["build", "--workspace", "--all-features", "--all-targets"];
        command::run(cargo(&all))
    })?;
    phases.run("取来 fetch schemathesis", || fetch(&folder()))?;
    phases.run(&format!("核对 {seconds} 秒 seconds"), || {
        let asking = asking(seconds)?;
        println!("{}", typed(&asking));
        command::run(asking)
    })
}

/// The same for a short while, as a part of all tests: what runs it, or `None` where schemathesis is
/// not here and cannot be fetched, which is said.
///
/// # Errors
/// When it can be fetched and is not what the list names.
pub(crate) fn in_passing() -> Result<Option<Command>> {
    if !is_there(&folder()) && !is_reachable() {
        println!(
            "略过:这里没有 schemathesis,也连不上 PyPI(或没有 Python 3.11、pip);有网络时 cargo xtask api-check 可单独核对\n\
             left out: schemathesis is not here and PyPI cannot be reached (or there is no Python 3.11 \
             with pip); `cargo xtask api-check` does it where there is a network"
        );
        return Ok(None);
    }
    fetch(&folder())?;
    asking(SECONDS_IN_PASSING).map(Some)
}

fn folder() -> PathBuf {
    root().join(format!("target/tools/schemathesis-{VERSION}"))
}

/// The test that starts server and schemathesis.
fn asking(seconds: u64) -> Result<Command> {
    let mut tests = cargo(&["test", "--workspace", "--all-features", "--test", "e2e"]);
    tests.args(["--", "--nocapture", "--ignored", "described::"]);
    tests.env("LIANDU_BIN_DIR", binaries()?);
    tests.env("LIANDU_SCHEMATHESIS", folder());
    tests.env("LIANDU_API_SECONDS", seconds.to_string());
    Ok(tests)
}

/// Whether the index that pip asks answers, and pip is here.
fn is_reachable() -> bool {
    let recent = "import sys; sys.exit(sys.version_info < (3, 11))";
    let mut look = program("python3", &["-m", "pip", "index", "versions"]);
    look.args([
        "--disable-pip-version-check",
        "--no-input",
        "--timeout",
        "10",
    ]);
    look.args(["--retries", "1", "schemathesis"]);
    succeeds(program("python3", &["-c", recent])) && succeeds(look)
}

fn is_there(folder: &Path) -> bool {
    let script = folder.join("bin/schemathesis");
    let mut asked = program(&script.to_string_lossy(), &["--version"]);
    asked.env("PYTHONPATH", folder);
    succeeds(asked)
}

/// Puts it there unless it is.
fn fetch(folder: &Path) -> Result<()> {
    if is_there(folder) {
        return Ok(());
    }
    command::run(wheels(".cargo/api-check.txt", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_is_fetched_is_the_version_that_is_run() {
        let named = std::fs::read_to_string(root().join(".cargo/api-check.txt")).unwrap();
        assert!(named.contains(&format!("\nschemathesis=={VERSION} ")));
    }
}
