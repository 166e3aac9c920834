//! Builds for wasm32-unknown-unknown: the engine of the field app, and core's own tests and the
//! device engine as the proof that both stay free of threads, files and sockets. It finds a
//! compiler for that target and runs nothing.

use crate::command::{Phases, answer, binaries, cargo, program, run, run_within, succeeds};
use crate::setup;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const TARGET: &str = "wasm32-unknown-unknown";
/// rustup's server may be out of reach without saying so.
const RUSTUP_SECONDS_MAX: u64 = 90;
/// Debian's Rust for browsers has the sources of std instead of a built one.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
/// Nothing built here is run: the dependencies' optimisation would only cost time.
const FAST: &str = "profile.dev.package.\"*\".opt-level=0";

/// Which compilers may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// rustup's target if it is or can be installed, else Debian's packages.
    Any,
    /// Debian's packages even where rustup would do.
    Debian,
}

enum Compiler {
    Rustup,
    Debian { linker: PathBuf },
}

/// Finds a compiler and builds core's tests and the device engine with it.
///
/// # Errors
/// When no compiler can be had, or the code does not build for the browser.
pub(crate) fn check(way: Way) -> Result<()> {
    let compiler = compiler(way)?;
    let mut phases = Phases::new(2);
    phases.run("wasm: liandu-core 的测试 its tests", || {
        run(build(
            &compiler,
            &["test", "--package=liandu-core", "--tests", "--no-run"],
        )?)
    })?;
    phases.run("wasm: liandu-device", || {
        run(build(
            &compiler,
            &["build", "--package=liandu-device", "--lib"],
        )?)
    })
}

/// Builds the field app's engine, as small as it gets.
///
/// # Errors
/// As [`check`].
pub(crate) fn engine(way: Way) -> Result<PathBuf> {
    let compiler = compiler(way)?;
    let words = ["build", "--package=liandu-web", "--lib", "--profile=wasm"];
    run(build(&compiler, &words)?)?;
    let folder = match compiler {
        Compiler::Rustup => binaries()?
            .parent()
            .context("cargo's folder")?
            .to_path_buf(),
        Compiler::Debian { .. } => debian_folder()?,
    };
    Ok(folder.join(TARGET).join("wasm/liandu_web.wasm"))
}

fn compiler(way: Way) -> Result<Compiler> {
    if way == Way::Any {
        if target_installed() {
            println!("wasm: 使用已装的目标 the installed target {TARGET}");
            return Ok(Compiler::Rustup);
        }
        println!("wasm: rustup target add {TARGET}");
        let add = program("rustup", &["target", "add", TARGET]);
        match run_within(add, Duration::from_secs(RUSTUP_SECONDS_MAX)) {
            Ok(()) if target_installed() => return Ok(Compiler::Rustup),
            Ok(()) => println!("wasm: rustup 不管理这个 cargo: this cargo is not rustup's"),
            Err(error) => println!("wasm: {error:#}"),
        }
    }
    println!(
        "wasm: 使用 Debian 软件包 Debian's packages ({})",
        PACKAGES.join(" ")
    );
    if linker().is_none() || !Path::new(DEBIAN_SOURCES).is_file() {
        setup::debian_packages(&PACKAGES)?;
    }
    let linker = linker().context("没有 no /usr/bin/wasm-ld-*: lld-22")?;
    Ok(Compiler::Debian { linker })
}

/// Whether the compiler in use has a built std for the target, whoever installed it.
fn target_installed() -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let folder = answer(program(
        &rustc,
        &["--print", "target-libdir", "--target", TARGET],
    ));
    let folder = folder.map(|path| PathBuf::from(String::from_utf8_lossy(&path).trim()));
    folder
        .and_then(|folder| folder.read_dir().ok())
        .is_some_and(|mut files| files.next().is_some())
}

/// Debian names the linker by LLVM's version; the newest serves.
fn linker() -> Option<PathBuf> {
    (15..=40)
        .rev()
        .map(|version| PathBuf::from(format!("/usr/bin/wasm-ld-{version}")))
        .find(|path| succeeds(program(&path.to_string_lossy(), &["--version"])))
}

/// Its own folder: two compilers in one would build everything anew each time.
fn debian_folder() -> Result<PathBuf> {
    Ok(binaries()?.parent().context("cargo's folder")?.join("wasm"))
}

fn build(compiler: &Compiler, words: &[&str]) -> Result<Command> {
    let linker = match compiler {
        Compiler::Rustup => {
            let mut command = cargo(words);
            command.args(["--target", TARGET, "--config", FAST]);
            return Ok(command);
        }
        Compiler::Debian { linker } => linker,
    };
    let folder = debian_folder()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = program("/usr/bin/cargo", words);
    command
        .args(["--target", TARGET, "--config", FAST, "--locked"])
        .args(["-Z", "build-std=std,panic_abort"])
        .arg("--target-dir")
        .arg(folder)
        .env("PATH", format!("/usr/bin:{path}"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    for name in [
        "RUSTUP_TOOLCHAIN",
        "RUSTC",
        "RUSTDOC",
        "CARGO",
        "LD_LIBRARY_PATH",
    ] {
        command.env_remove(name);
    }
    Ok(command)
}
