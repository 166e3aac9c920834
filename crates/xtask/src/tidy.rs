//! The rules no compiler checks, so that they stay true without anybody remembering them. It
//! reads the project's files as git lists them and changes nothing.

mod functions;
mod lines;
mod manifest;
mod tree;

use crate::command::{answer, program};
use anyhow::{Context, Result, bail};
use std::fmt;
use std::path::Path;

/// One broken rule and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// 0: the whole file.
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.path, self.what),
            line => write!(out, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Reads every file of the project and prints what breaks a rule.
///
/// # Errors
/// When a rule is broken or the files cannot be listed.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut findings = Vec::new();
    let paths = project_files()?;
    for path in &paths {
        // Deleted in the work tree and not yet in git's list: nothing to check.
        let Ok(bytes) = std::fs::read(root.join(path)) else {
            continue;
        };
        tree::check(path, bytes.len(), &mut findings);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            check_text(path, text, &mut findings);
        }
    }
    for finding in &findings {
        println!("  {finding}");
    }
    if !findings.is_empty() {
        bail!("规矩 tidy: {} 处 findings", findings.len());
    }
    println!("规矩 tidy: {} 个文件 files", paths.len());
    Ok(())
}

fn check_text(path: &str, text: &str, findings: &mut Vec<Finding>) {
    lines::check(path, text, findings);
    functions::check(path, text, findings);
    manifest::check(path, text, findings);
}

/// What is in git and what would be: new files are checked before they are committed.
fn project_files() -> Result<Vec<String>> {
    let list = [
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "-co",
        "--exclude-standard",
    ];
    let names =
        answer(program("git", &list)).context("git ls-files: 不是 git 仓库 no repository?")?;
    let names = String::from_utf8(names).context("文件名不是 UTF-8 a file name is not UTF-8")?;
    let mut paths: Vec<String> = names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Whether the file was written by a program or is data for a test, where lengths mean nothing.
fn is_made(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "generated" | "golden" | "fixtures"))
}

fn is_code(path: &str) -> bool {
    matches!(extension(path), "rs" | "ts" | "svelte")
}

fn extension(path: &str) -> &str {
    Path::new(path)
        .extension()
        .and_then(|ext| ext.to_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_project_is_tidy_about_itself() {
        let root = crate::command::root();
        let own: Vec<String> = project_files()
            .unwrap()
            .into_iter()
            .filter(|path| path.starts_with("crates/xtask/") || !path.contains('/'))
            .collect();
        assert!(own.iter().any(|path| path == "crates/xtask/src/tidy.rs"));
        let mut findings = Vec::new();
        for path in own {
            let bytes = std::fs::read(root.join(&path)).unwrap();
            tree::check(&path, bytes.len(), &mut findings);
            check_text(&path, std::str::from_utf8(&bytes).unwrap(), &mut findings);
        }
        assert_eq!(findings, []);
    }
}
