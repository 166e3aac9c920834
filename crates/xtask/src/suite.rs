//! The test command, phase by phase, and its parts that are asked for alone: simulation and golden
//! files. It runs what the packages hold and counts it; it has no test of the product itself.

use crate::command::{
    self, Phases, answer, binaries, cargo, program, root, succeeds, typed, watch,
};
use crate::count::{Count, Runner};
use crate::{api, packages, setup, tidy, wasm, web};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Whether the build for the browser is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wasm {
    Checked,
    LeftOut,
}

/// Every phase selects the same packages and features, so that no dependency is built twice.
const ALL: [&str; 2] = ["--workspace", "--all-features"];

/// Everything, in the order in which it is cheapest to fail. The last line is `N passed, N failed`.
///
/// # Errors
/// When a phase fails; later ones are not tried, except that documentation tests follow tests.
fn run_all(wasm: Wasm, count: &mut Count) -> Result<()> {
    let mut phases = Phases::new(if wasm == Wasm::Checked { 12 } else { 11 });
    phases.run("准备 set-up", || {
        setup::build_tools()?;
        setup::rust_components()
    })?;
    phases.run("格式 format", || {
        command::run(cargo(&["fmt", "--all", "--check"]))
    })?;
    phases.run("规矩 tidy", || tidy::run(&root()))?;
    phases.run("依赖 packages of others", packages::check)?;
    phases.run("静态检查 clippy", || {
        let mut clippy = with_all("clippy");
        clippy.args(["--all-targets", "--", "-D", "warnings"]);
        command::run(clippy)
    })?;
    phases.run("编译 build", || {
        let mut build = with_all("build");
        build.arg("--all-targets");
        command::run(build)
    })?;
    // Both kinds of tests are always run: one report of everything that is broken.
    let tests = phases.run("测试 tests", || {
        let (runner, mut tests) = runner();
        tests.env("LIANDU_BIN_DIR", binaries()?);
        counted(runner, tests, count)
    });
    let docs = phases.run("文档测试 documentation tests", || {
        let mut docs = with_all("test");
        docs.args(["--doc", "--no-fail-fast"]);
        counted(Runner::Libtest, docs, count)
    });
    let described = phases.run("接口与说明 API as described", || match api::in_passing()? {
        Some(asking) => counted(Runner::Libtest, asking, count),
        None => Ok(()),
    });
    let pages = phases.run("网页 web pages", || {
        web::prepare()?;
        command::run(web::npm(&["run", "check"]))?;
        counted(Runner::Vitest, web::npm(&["test"]), count)?;
        web::office()?;
        if wasm == Wasm::Checked {
            web::field(wasm::Way::Any)?;
        }
        Ok(())
    });
    let stories = phases.run("浏览器故事 browser stories", || {
        web::prepare()?;
        setup::browser()?;
        let mut stories = web::npm(&["run", "e2e"]);
        stories.env("LIANDU_BIN_DIR", binaries()?);
        counted(Runner::Playwright, stories, count)?;
        if wasm == Wasm::LeftOut {
            return Ok(());
        }
        let mut field = web::npm(&["run", "e2e:field"]);
        field.env("LIANDU_BIN_DIR", binaries()?);
        counted(Runner::Playwright, field, count)
    });
    tests.and(docs).and(described).and(pages).and(stories)?;
    if wasm == Wasm::Checked {
        phases.run("浏览器编译 wasm build", || wasm::check(wasm::Way::Any))?;
    }
    Ok(())
}

/// [`run_all`] with the counts as its last line.
///
/// # Errors
/// As [`run_all`].
pub(crate) fn run(wasm: Wasm) -> Result<()> {
    let mut count = Count::default();
    let result = run_all(wasm, &mut count);
    if let Err(error) = &result {
        // A phase that fails before any test ran is a failure that must be seen in the count.
        count.failed = count.failed.max(1);
        println!("\n失败 failed: {error:#}\n");
    }
    println!("{count}");
    if result.is_err() {
        std::process::exit(1);
    }
    Ok(())
}

fn with_all(sub: &str) -> Command {
    let mut command = cargo(&[sub]);
    command.args(ALL);
    command
}

/// nextest where it is installed, cargo's own runner elsewhere.
fn runner() -> (Runner, Command) {
    if succeeds(cargo(&["nextest", "--version"])) {
        let mut command = cargo(&["nextest", "run"]);
        command.args(ALL).args(["--all-targets", "--no-tests=pass"]);
        return (Runner::Nextest, command);
    }
    let mut command = with_all("test");
    command.args(["--all-targets", "--no-fail-fast"]);
    (Runner::Libtest, command)
}

/// Runs tests; a runner that fails without naming a failed test counts as one failure.
fn counted(runner: Runner, command: Command, count: &mut Count) -> Result<()> {
    let before = count.failed;
    let result = watch(command, &mut |line| count.look(runner, line));
    if result.is_err() && count.failed == before {
        count.failed += 1;
    }
    result
}

/// Which simulations were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seeds {
    seeds: u64,
    from: Option<u64>,
}

impl Seeds {
    /// Reads `--seeds N [--from SEED]`.
    ///
    /// # Errors
    /// On another option or a number that is none.
    pub(crate) fn parse(mut words: &[&str]) -> Result<Seeds> {
        let mut asked = Seeds {
            seeds: 1,
            from: None,
        };
        while let [option, value, rest @ ..] = words {
            match *option {
                "--seeds" => asked.seeds = crate::number(value)?,
                "--from" => asked.from = Some(crate::number(value)?),
                other => bail!("不认识 not understood: {other}"),
            }
            words = rest;
        }
        match words {
            [] => Ok(asked),
            [left, ..] => bail!("缺少数值 a number is missing after {left}"),
        }
    }
}

/// Runs the simulation over the seeds asked for.
///
/// # Errors
/// When a seed fails; the simulation prints which.
pub(crate) fn simulate(asked: &Seeds) -> Result<()> {
    let mut sim = with_all("test");
    sim.args(["--test", "sim", "--", "--nocapture"]);
    sim.env("LIANDU_SIM_SEEDS", asked.seeds.to_string());
    if let Some(from) = asked.from {
        sim.env("LIANDU_SIM_FROM", from.to_string());
    }
    println!("{}", typed(&sim));
    let mut count = Count::default();
    let result = counted(Runner::Libtest, sim, &mut count);
    println!("{count}");
    result
}

/// Lets the tests write golden files that are missing, then proves that none was rewritten.
///
/// # Errors
/// When tests fail or a committed golden file differs.
pub(crate) fn add_golden() -> Result<()> {
    let mut tests = with_all("test");
    tests
        .args(["--exclude", "liandu-tests", "--no-fail-fast"])
        .env("LIANDU_GOLDEN", "add");
    command::run(tests)?;
    let golden = [":(glob)**/golden/**"];
    let mut changed = program(
        "git",
        &["diff", "--name-only", "HEAD", "--diff-filter=MD", "--"],
    );
    changed.args(golden);
    let changed = answer(changed).context("git diff")?;
    if !changed.is_empty() {
        let names = String::from_utf8_lossy(&changed).into_owned();
        bail!("样本文件只增不改 golden files are added, never changed:\n{names}");
    }
    let mut added = program("git", &["ls-files", "--others", "--exclude-standard", "--"]);
    added.args(golden);
    let added = answer(added).context("git ls-files")?;
    println!(
        "新的样本文件 new golden files:\n{}",
        String::from_utf8_lossy(&added)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read_in_both_ways_of_writing() {
        let asked = Seeds::parse(&["--seeds", "200", "--from", "0x10"]).unwrap();
        assert_eq!(
            asked,
            Seeds {
                seeds: 200,
                from: Some(16)
            }
        );
    }

    #[test]
    fn a_seed_that_is_no_number_is_refused() {
        assert!(Seeds::parse(&["--seeds", "many"]).is_err());
        assert!(Seeds::parse(&["--seeds"]).is_err());
        assert!(Seeds::parse(&["--seed", "1"]).is_err());
    }

    #[test]
    fn a_runner_that_dies_counts_as_a_failure() {
        let mut count = Count::default();
        assert!(counted(Runner::Libtest, program("false", &[]), &mut count).is_err());
        assert_eq!(
            count,
            Count {
                passed: 0,
                failed: 1
            }
        );
    }
}
