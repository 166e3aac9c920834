//! Fuzzing by libFuzzer: the build that lets it see what an input reaches, and its runs.
//!
//! Works with the stable compiler: libFuzzer's coverage is a pass of LLVM, no sanitizer is used.

use crate::command::{answer, cargo, program, root, run, succeeds};
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// What cargo-fuzz says to the compiler as well.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0";
/// How long each target runs when nothing is said, seconds.
const SECONDS: u64 = 60;
/// One input that takes longer, or more memory, is a finding.
const LIMITS: [&str; 2] = ["-timeout=25", "-rss_limit_mb=2048"];

/// Which runs were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    target: Option<String>,
    seconds: u64,
}

impl Asked {
    /// Reads `[TARGET] [--seconds N]`.
    ///
    /// # Errors
    /// On another option or a number that is none.
    pub(crate) fn parse(words: &[&str]) -> Result<Asked> {
        let (target, rest) = match words {
            [target, rest @ ..] if !target.starts_with('-') => (Some(*target), rest),
            rest => (None, rest),
        };
        let seconds = match rest {
            [] => SECONDS,
            ["--seconds", seconds] => crate::number(seconds)?,
            [other, ..] => bail!("不认识 not understood: {other}"),
        };
        Ok(Asked {
            target: target.map(str::to_owned),
            seconds,
        })
    }
}

/// Builds every target and runs those asked for, one after the other. What they find beside the
/// corpus stays in `target/fuzz`.
///
/// # Errors
/// When there is no such target, something is missing for the build, or an input breaks a target:
/// libFuzzer then says where it kept the input.
pub(crate) fn fuzz(asked: &Asked) -> Result<()> {
    let targets = targets()?;
    let chosen: Vec<&String> = match &asked.target {
        Some(name) => targets.iter().filter(|target| *target == name).collect(),
        None => targets.iter().collect(),
    };
    if chosen.is_empty() {
        bail!("没有 no such target，可选 there are: {}", targets.join(" "));
    }
    if !succeeds(program("c++", &["--version"])) {
        bail!("需要 C++ 编译器来编译 libFuzzer needs a C++ compiler: apt-get install g++");
    }
    let host = host()?;
    let mut build = cargo(&["build", "--profile", "fuzz", "--package", "liandu-fuzz"]);
    // A named target keeps the flags away from build scripts and macros.
    build
        .args(["--bins", "--target", &host])
        .env("RUSTFLAGS", FLAGS);
    run(build)?;
    for target in chosen {
        println!("{target}: {} s …", asked.seconds);
        run(started(&host, target, asked.seconds)?)?;
    }
    Ok(())
}

/// Names of the targets: their programs.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("crates/fuzz/fuzz_targets");
    let mut names = Vec::new();
    for item in fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))? {
        let path = item?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// The compiler's own name for this machine.
fn host() -> Result<String> {
    let said = answer(program("rustc", &["-vV"])).context("rustc -vV")?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

fn started(host: &str, target: &str, seconds: u64) -> Result<Command> {
    let kept = root().join("target/fuzz");
    let (found, broken) = (
        kept.join("corpus").join(target),
        kept.join("broken").join(target),
    );
    for folder in [&found, &broken] {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let built = root().join("target").join(host).join("fuzz").join(target);
    let mut fuzzer = program(&built.to_string_lossy(), &LIMITS);
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", broken.display()))
        .arg(found)
        .arg(root().join("crates/fuzz/corpus").join(target));
    Ok(fuzzer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_and_seconds_may_be_left_out() {
        let asked = |words: &[&str]| {
            let asked = Asked::parse(words).unwrap();
            (asked.target, asked.seconds)
        };
        assert_eq!(asked(&[]), (None, SECONDS));
        assert_eq!(asked(&["--seconds", "5"]), (None, 5));
        assert_eq!(
            asked(&["frames", "--seconds", "5"]),
            (Some("frames".to_owned()), 5)
        );
        assert!(Asked::parse(&["--second", "5"]).is_err());
        assert!(Asked::parse(&["frames", "batches"]).is_err());
    }

    #[test]
    fn every_target_has_a_corpus() {
        let targets = targets().unwrap();
        assert!(targets.len() > 9, "{targets:?}");
        for target in targets {
            let corpus = root().join("crates/fuzz/corpus").join(&target);
            assert!(corpus.is_dir(), "{target}");
        }
    }
}
