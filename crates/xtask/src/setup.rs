//! What must be on the machine before anything is built, put there where that is possible. It
//! never changes a tool that is already there.

use crate::command::{program, run, run_within, succeeds};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::Duration;

/// How long a package server may take before another way is tried.
const DOWNLOAD_SECONDS_MAX: u64 = 600;

/// A program the build needs, and the Debian packages that bring it.
struct Tool {
    name: &'static str,
    packages: &'static [&'static str],
}

/// SQLite is compiled from its C source; tidy asks git which files are the project's.
const TOOLS: [Tool; 2] = [
    Tool {
        name: "cc",
        packages: &["gcc", "libc6-dev"],
    },
    Tool {
        name: "git",
        packages: &["git"],
    },
];

/// Puts the C compiler and git there.
///
/// # Errors
/// When something is missing and cannot be installed from here; the text says what to type.
pub(crate) fn build_tools() -> Result<()> {
    for tool in &TOOLS {
        if !succeeds(program(tool.name, &["--version"])) {
            debian_packages(tool.packages)?;
        }
    }
    Ok(())
}

/// Where the stories look for the browser, and where its Chinese letters are.
const CHROMIUM: &str = "/usr/bin/chromium";
const CHINESE_LETTERS: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// Puts Chromium there, and letters to read Chinese by.
///
/// # Errors
/// As [`build_tools`].
pub(crate) fn browser() -> Result<()> {
    let missing: Vec<&str> = [(CHROMIUM, "chromium"), (CHINESE_LETTERS, "fonts-noto-cjk")]
        .into_iter()
        .filter(|(file, _)| !Path::new(file).is_file())
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    debian_packages(&missing)
}

/// Puts rustfmt and clippy there.
///
/// # Errors
/// As [`build_tools`].
pub(crate) fn rust_components() -> Result<()> {
    let missing: Vec<&str> = [("rustfmt", "fmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(_, sub)| !succeeds(crate::command::cargo(&[sub, "--version"])))
        .map(|(component, _)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let advice = format!("rustup component add {}", missing.join(" "));
    if !succeeds(program("rustup", &["--version"])) {
        bail!(
            "缺少 missing: {}. 用 rustup 时 with rustup: {advice}",
            missing.join(", ")
        );
    }
    println!("安装 installing: {}", missing.join(", "));
    let mut install = program("rustup", &["component", "add"]);
    install.args(&missing);
    run(install).with_context(|| format!("请安装 please install: {advice}"))
}

/// Installs Debian packages as root; otherwise says what to type.
///
/// # Errors
/// When this is no Debian, not root, or apt-get fails.
pub(crate) fn debian_packages(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let advice = format!("apt-get install -y --no-install-recommends {list}");
    if !succeeds(program("apt-get", &["--version"])) {
        bail!("缺少软件包，请安装 missing, please install: {list} (Debian 的包名 Debian's names)");
    }
    if !is_root() {
        bail!("缺少软件包，请运行 missing packages, please run: sudo {advice}");
    }
    println!("安装软件包 installing packages: {list}");
    let limit = Duration::from_secs(DOWNLOAD_SECONDS_MAX);
    let mut update = program("apt-get", &["update", "-q"]);
    update.stdout(std::process::Stdio::null());
    run_within(update, limit)?;
    let mut install = program(
        "apt-get",
        &["install", "-y", "-q", "--no-install-recommends"],
    );
    install
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    install.stdout(std::process::Stdio::null());
    run_within(install, limit).with_context(|| format!("请运行 please run: {advice}"))
}

fn is_root() -> bool {
    crate::command::answer(program("id", &["-u"])).is_some_and(|id| id.trim_ascii() == b"0")
}
