//! The tests are tested: each patch of `tests/defects` breaks one promise in a copy of the project,
//! and the simulation or the tests it names must notice. It never touches the project itself.
//!
//! A patch begins with `Defect:`, a sentence, and one `Ask:` line for each that is asked, in this
//! order, until one notices: `sim` (the simulation, [`SEEDS`] seeds), `core FILTER` or
//! `server FILTER` (those tests of that package).

use crate::command::{answer, cargo, program, root, run};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

const FOLDER: &str = "tests/defects";
/// The copy that is broken, and what is built of it.
const COPY: &str = "target/defects/copy";
const BUILT: &str = "target/defects/target";
/// Worlds in which the simulation has to notice a defect.
const SEEDS: &str = "60";

/// One deliberate defect.
struct Defect {
    name: String,
    patch: PathBuf,
    says: String,
    asked: Vec<Asked>,
}

/// Who has to notice.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Simulation,
    Core(String),
    Server(String),
}

impl Asked {
    fn parse(text: &str) -> Result<Asked> {
        match text.split_once(' ') {
            None if text == "sim" => Ok(Asked::Simulation),
            Some(("core", filter)) => Ok(Asked::Core(filter.to_owned())),
            Some(("server", filter)) => Ok(Asked::Server(filter.to_owned())),
            _ => bail!("不认识 not understood: `Ask: {text}`"),
        }
    }

    /// The same packages and features each time, so that nothing is built twice.
    fn command(&self) -> Command {
        let (target, filter): (&[&str], &str) = match self {
            Asked::Simulation => (&["--test", "sim"], "holds_in_every_world"),
            Asked::Core(filter) => (&["--test", "core"], filter),
            Asked::Server(filter) => (&["--lib"], filter),
        };
        let mut command = cargo(&["test", "--workspace", "--all-features", "--quiet"]);
        command.args(target).args(["--no-fail-fast", filter]);
        command.current_dir(root().join(COPY));
        command.env("LIANDU_SIM_SEEDS", SEEDS);
        // One world that notices is enough.
        command.env("LIANDU_SIM_FAILURES", "1");
        if env::var_os("CARGO_TARGET_DIR").is_none() {
            command.env("CARGO_TARGET_DIR", root().join(BUILT));
        }
        command
    }

    /// Who noticed; none when all of it passes. What does not compile proves nothing.
    fn notices(&self) -> Result<Option<String>> {
        let mut build = self.command();
        build.arg("--no-run");
        run(build).context("有缺陷的代码编译不了 the defect does not compile")?;
        let output = self.command().output().context("start the tests")?;
        if output.status.success() {
            return Ok(None);
        }
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Some(noticed(&text)))
    }
}

/// The checker or the first test that failed, in the words of the test run.
fn noticed(output: &str) -> String {
    // An equality that fails says so before its message.
    let check = output.lines().find_map(|line| {
        let (_, check) = line.split_once("check ")?;
        let number = check.split_once(": ")?.0.parse::<u8>().is_ok();
        number.then(|| format!("check {check}"))
    });
    let failed = || output.lines().find_map(|line| line.strip_prefix("---- "));
    let panicked = || output.lines().find(|line| line.contains("panicked at"));
    let test = || failed().map(|line| line.trim_end_matches(" stdout ----"));
    let other = || test().or_else(panicked).map(str::to_owned);
    check
        .or_else(other)
        .unwrap_or_else(|| "失败，未说明 failed without a word".to_owned())
}

fn read(patch: PathBuf) -> Result<Defect> {
    let text = fs::read_to_string(&patch).with_context(|| patch.display().to_string())?;
    let head = text.lines().take_while(|line| !line.is_empty());
    let (mut says, mut asked) = (String::new(), Vec::new());
    for line in head {
        match line.split_once(": ") {
            Some(("Defect", sentence)) => sentence.clone_into(&mut says),
            Some(("Ask", whom)) => asked.push(Asked::parse(whom)?),
            _ => bail!("{}: 不认识 not understood: {line}", patch.display()),
        }
    }
    let name = patch.file_stem().context("a file's name")?;
    let name = name.to_string_lossy().into_owned();
    ensure!(
        !says.is_empty() && !asked.is_empty(),
        "{name}: 缺少 it lacks `Defect:` or `Ask:`"
    );
    Ok(Defect {
        name,
        patch,
        says,
        asked,
    })
}

fn all() -> Result<Vec<Defect>> {
    let mut patches = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER)).context(FOLDER)? {
        patches.push(entry?.path());
    }
    patches.sort();
    patches.into_iter().map(read).collect()
}

/// Brings the copy up to the project: only files that differ are written, so that little is built
/// again.
fn copy() -> Result<()> {
    let listed = program(
        "git",
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    );
    let listed = answer(listed).context("git ls-files")?;
    let copy = root().join(COPY);
    for path in String::from_utf8(listed)?.lines() {
        // Deleted in the work tree and not yet in git's list.
        let Ok(bytes) = fs::read(root().join(path)) else {
            continue;
        };
        let to = copy.join(path);
        if fs::read(&to).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
            fs::write(&to, bytes)?;
        }
    }
    Ok(())
}

fn apply(defect: &Defect, more: &[&str]) -> Result<()> {
    let mut git = program("git", &["apply"]);
    git.args(more).arg(&defect.patch);
    run(git).with_context(|| format!("{} 打不上 does not apply", defect.name))
}

/// Puts one defect into the copy and asks.
fn prove(defect: &Defect) -> Result<Option<String>> {
    copy()?;
    apply(defect, &[&format!("--directory={COPY}")])?;
    for asked in &defect.asked {
        if let Some(by) = asked.notices()? {
            return Ok(Some(by));
        }
    }
    Ok(None)
}

/// Every defect, or those whose names contain the word.
///
/// # Errors
/// When one is not noticed, or cannot be tried.
pub(crate) fn prove_all(word: &str) -> Result<()> {
    let mut table = Vec::new();
    let mut missed = 0;
    for defect in all()?.iter().filter(|defect| defect.name.contains(word)) {
        println!("{}: {}", defect.name, defect.says);
        let begun = Instant::now();
        let line = match prove(defect) {
            Ok(Some(by)) => format!("发现 noticed by {by}"),
            Ok(None) => {
                missed += 1;
                "没有发现 NOT NOTICED".to_owned()
            }
            Err(error) => {
                missed += 1;
                format!("没试成 NOT TRIED: {error:#}")
            }
        };
        let line = format!(
            "{:<40} {:>4} s  {line}",
            defect.name,
            begun.elapsed().as_secs()
        );
        println!("{line}");
        table.push(line);
    }
    ensure!(
        !table.is_empty(),
        "没有这个缺陷 no defect of that name: {word}"
    );
    println!("\n{}", table.join("\n"));
    ensure!(
        missed == 0,
        "{missed} 个缺陷没有发现 defects went unnoticed"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deliberate_defect_still_applies_and_names_who_must_notice() {
        let defects = all().unwrap();
        assert!(defects.len() >= 15);
        for defect in &defects {
            apply(defect, &["--check"]).unwrap();
        }
    }

    #[test]
    fn checker_is_named_before_the_test_that_runs_it() {
        let output = "thread 'x' panicked at sim/check.rs:1:\n\
                      assertion `left == right` failed: check 3: heads differ\n\
                      ---- what_must_always_hold stdout ----";
        assert_eq!(noticed(output), "check 3: heads differ");
        assert_eq!(noticed("---- a::b stdout ----\n"), "a::b");
    }

    #[test]
    fn who_is_asked_is_read_strictly() {
        assert_eq!(Asked::parse("sim").unwrap(), Asked::Simulation);
        assert!(Asked::parse("server").is_err());
        assert!(Asked::parse("web all").is_err());
    }
}
