//! Whether a real server answers as its description says: brings the program that asks, and runs the
//! test that starts both. It knows no route.

use crate::command::{self, Phases, binaries, cargo, program, root, succeeds, typed};
use crate::packages::wheels;
use anyhow::Result;
use std::path::Path;

/// How long is asked when nobody says.
pub(crate) const SECONDS: u64 = 120;

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
    let folder = root().join(format!("target/tools/schemathesis-{VERSION}"));
    phases.run("取来 fetch schemathesis", || fetch(&folder))?;
    phases.run(&format!("核对 {seconds} 秒 seconds"), || {
        let mut tests = cargo(&["test", "--workspace", "--all-features", "--test", "e2e"]);
        tests.args(["--", "--nocapture", "--ignored", "described::"]);
        tests.env("LIANDU_BIN_DIR", binaries()?);
        tests.env("LIANDU_SCHEMATHESIS", &folder);
        tests.env("LIANDU_API_SECONDS", seconds.to_string());
        println!("{}", typed(&tests));
        command::run(tests)
    })
}

/// Puts it there unless it is.
fn fetch(folder: &Path) -> Result<()> {
    let script = folder.join("bin/schemathesis");
    let mut asked = program(&script.to_string_lossy(), &["--version"]);
    asked.env("PYTHONPATH", folder);
    if succeeds(asked) {
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
