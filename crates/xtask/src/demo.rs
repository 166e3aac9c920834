//! Builds what the demo needs and hands over to `liandu-bench demo`. It holds no demo data and
//! stays out of the way once the demo runs.

use crate::command::{self, Phases, binaries, cargo, root, typed};
use crate::{setup, wasm, web};
use anyhow::{Context, Result};
use std::process::{Command, Stdio};

/// Where the demo keeps its server's data and its devices, beside the sources and not in git.
const FOLDER: &str = ".demo";

/// Builds with progress, then becomes the demo, so that Ctrl-C and the output are the demo's own.
/// When everything is built already this takes less than a second.
///
/// # Errors
/// When something does not build or the demo cannot be started.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    let mut phases = Phases::new(3);
    phases.run("准备 set-up", setup::build_tools)?;
    phases.run("网页 web pages", || {
        if !web::is_possible() {
            println!("没有 Node.js，只有接口 without Node.js there is only the API");
            return Ok(());
        }
        web::office()?;
        if let Err(error) = web::field(wasm::Way::Any) {
            println!("没有现场应用 the field app is left out: {error:#}");
        }
        Ok(())
    })?;
    phases.run(
        "编译 build (首次需几分钟 minutes the first time)",
        || {
            command::run(cargo(&[
                "build",
                "--all-features",
                "--bins",
                "--package=liandu-server",
                "--package=liandu-cli",
                "--package=liandu-bench",
            ]))
        },
    )?;
    let folder = binaries()?;
    let mut demo = Command::new(folder.join("liandu-bench"));
    demo.arg("demo")
        .arg("--dir")
        .arg(FOLDER)
        .arg("--bin-dir")
        .arg(&folder)
        .args(options);
    demo.current_dir(root()).stdin(Stdio::inherit());
    become_it(demo)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(error).with_context(|| format!("start `{}`", typed(&command)))
}

#[cfg(not(unix))]
fn become_it(command: Command) -> Result<()> {
    command::run(command)
}
