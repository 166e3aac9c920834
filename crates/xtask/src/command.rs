//! Starting other programs: cargo with a clean environment, output passed on as it comes, phases
//! with elapsed time. It decides nothing about what to run.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The repository's top folder.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors()
        .nth(2)
        .map_or(here.clone(), Path::to_path_buf)
}

/// The folder cargo puts binaries in: this program lies there itself.
///
/// # Errors
/// When the system does not say where this program lies.
pub(crate) fn binaries() -> Result<PathBuf> {
    let exe = std::env::current_exe().context("where this program lies")?;
    let folder = exe.parent().context("where this program lies")?;
    Ok(folder.to_path_buf())
}

/// `cargo` in the top folder, as a person would start it.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args);
    prepare(&mut command);
    command
}

/// Any other program, in the top folder, without a question to a person.
pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args);
    prepare(&mut command);
    command
}

/// `cargo run` tells its child about the package it runs; passed on, that would make build scripts
/// of others look changed and be built again.
fn prepare(command: &mut Command) {
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name.starts_with("CARGO_BIN_")
            || name == "CARGO_PRIMARY_PACKAGE"
            || name == "CARGO_CRATE_NAME"
        {
            command.env_remove(&key);
        }
    }
    if std::env::var_os("CARGO_TERM_COLOR").is_none() {
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        command.env("CARGO_TERM_COLOR", if color { "always" } else { "never" });
    }
    command.current_dir(root()).stdin(Stdio::null());
}

/// The command as a person would type it.
pub(crate) fn typed(command: &Command) -> String {
    let mut words: Vec<String> = Vec::new();
    for (key, value) in command.get_envs() {
        let key = key.to_string_lossy();
        if let Some(value) = value
            && (key.starts_with("LIANDU_") || key.starts_with("RUSTC_"))
        {
            words.push(format!("{key}={}", value.to_string_lossy()));
        }
    }
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    words.push(name.to_string_lossy().into_owned());
    words.extend(command.get_args().map(|arg| {
        let arg = arg.to_string_lossy();
        if arg.contains(['"', ' ', '*']) {
            format!("'{arg}'")
        } else {
            arg.into_owned()
        }
    }));
    words.join(" ")
}

/// Runs with the terminal as it is, so that cargo shows its own progress.
///
/// # Errors
/// When it cannot be started or fails; the text names the command to repeat.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("start `{}`", typed(&command)))?;
    judge(&command, status)
}

/// Runs, passing every line on and showing it to `look` as well (without colours).
///
/// # Errors
/// As [`run`].
pub(crate) fn watch(mut command: Command, look: &mut dyn FnMut(&str)) -> Result<()> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("start `{}`", typed(&command)))?;
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        bail!("no pipes to `{}`", typed(&command));
    };
    let (lines, seen) = std::sync::mpsc::sync_channel::<String>(1_000);
    let others = lines.clone();
    let readers = [
        thread::spawn(move || pass_on(out, std::io::stdout(), &lines)),
        thread::spawn(move || pass_on(err, std::io::stderr(), &others)),
    ];
    for line in seen {
        look(&plain(&line));
    }
    for reader in readers {
        if reader.join().is_err() {
            bail!("reading the output of `{}` failed", typed(&command));
        }
    }
    let status = child
        .wait()
        .with_context(|| format!("wait for `{}`", typed(&command)))?;
    judge(&command, status)
}

fn pass_on(from: impl Read, mut to: impl Write, lines: &std::sync::mpsc::SyncSender<String>) {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while from
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|count| count > 0)
    {
        // A closed terminal must not end the tests: what was counted is still reported.
        let _ = to.write_all(&bytes).and_then(|()| to.flush());
        let _ = lines.send(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        bytes.clear();
    }
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(letter);
        }
    }
    text
}

/// Runs quietly and says whether it went well; a program that is not there did not.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs quietly and returns what it printed, or nothing when it failed.
pub(crate) fn answer(mut command: Command) -> Option<Vec<u8>> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Runs with a limit: a server that does not answer must not hold up the rest.
///
/// # Errors
/// As [`run`], or when the limit is over (the program is then ended).
pub(crate) fn run_within(mut command: Command, limit: Duration) -> Result<()> {
    let begun = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("start `{}`", typed(&command)))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return judge(&command, status);
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!(
                "`{}` 超过 took more than {} s",
                typed(&command),
                limit.as_secs()
            );
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn judge(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!(
        "失败 failed ({status}). 重试 repeat with:\n    {}",
        typed(command)
    )
}

/// Numbered phases, each with one line when it begins and one when it ends.
pub(crate) struct Phases {
    begun: Instant,
    number: usize,
    total: usize,
}

impl Phases {
    /// The clock of the whole starts here.
    pub(crate) fn new(total: usize) -> Phases {
        Phases {
            begun: Instant::now(),
            number: 0,
            total,
        }
    }

    /// Does one phase between its two lines.
    ///
    /// # Errors
    /// What the phase itself returns.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        self.number += 1;
        let (number, total) = (self.number, self.total);
        println!("[{number}/{total}] {name} …");
        let begun = Instant::now();
        let result = work();
        let (took, whole) = (
            begun.elapsed().as_secs_f64(),
            self.begun.elapsed().as_secs_f64(),
        );
        let word = if result.is_ok() {
            "完成 done"
        } else {
            "失败 FAILED"
        };
        println!("[{number}/{total}] {name}: {word}, {took:.1} s (共 total {whole:.0} s)");
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_off() {
        assert_eq!(plain("\u{1b}[32;1m  Summary\u{1b}[0m x"), "  Summary x");
    }

    #[test]
    fn top_folder_holds_the_workspace() {
        assert!(root().join("core/Cargo.toml").is_file());
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let slow = program("sleep", &["30"]);
        assert!(run_within(slow, Duration::from_millis(50)).is_err());
    }

    #[test]
    fn a_failed_command_names_itself() {
        let error = run(program("false", &["a b"])).unwrap_err().to_string();
        assert!(error.contains("false 'a b'"), "{error}");
    }
}
