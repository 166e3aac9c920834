//! A real server process on a free loopback port and a fresh folder, and the administrator's
//! commands against it.
//!
//! Never uses a port or folder of anybody else, and ends what it started.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::office::Office;

/// The office users' password: the server is on loopback and gone with its folder.
const OFFICE_PASSWORD: &str = "correct-horse-battery-staple-9";
/// How long a server may take until it listens.
const READY_SECONDS_MAX: u64 = 120;

/// Where the built programs are: `LIANDU_BIN_DIR`, or beside this one.
pub fn bin_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("LIANDU_BIN_DIR") {
        return Ok(PathBuf::from(dir));
    }
    let own = std::env::current_exe().context("where this program is")?;
    let dir = own.parent().context("this program's folder")?;
    let dir = if dir.ends_with("deps") {
        dir.parent().unwrap_or(dir)
    } else {
        dir
    };
    Ok(dir.to_owned())
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    bin: PathBuf,
    data: PathBuf,
    /// `http://127.0.0.1:PORT`, or with `https`.
    pub url: String,
}

impl Server {
    /// Starts a server on a folder and waits until it listens.
    pub fn start(bin: &Path, data: &Path) -> Result<Server> {
        Server::start_at(bin, data, "127.0.0.1:0")
    }

    /// The same on a given address.
    pub fn start_at(bin: &Path, data: &Path, listen: &str) -> Result<Server> {
        Server::start_with(bin, data, &["--listen", listen])
    }

    /// The same with these options.
    pub fn start_with(bin: &Path, data: &Path, options: &[&str]) -> Result<Server> {
        let program = bin.join("liandu-server");
        let mut child = Command::new(&program)
            .arg("serve")
            .args(options)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file(data)?)
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        match ready(&mut child) {
            Ok(url) => Ok(Server {
                child,
                bin: bin.to_owned(),
                data: data.to_owned(),
                url,
            }),
            Err(error) => {
                child.kill().ok();
                child.wait().ok();
                Err(error.context(log_tail(data)))
            }
        }
    }

    /// The address devices connect to.
    pub fn sync_url(&self) -> String {
        format!("{}/sync", self.url.replacen("http", "ws", 1))
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, as when the power goes.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context("kill the server")?;
        self.child.wait().context("wait for the killed server")?;
        Ok(())
    }

    /// Runs `liandu-server admin …` on this server's folder and gives what it prints.
    pub fn admin(&self, args: &[&str]) -> Result<String> {
        self.run(&[&["admin"], args].concat(), None)
    }

    /// The same with something on its standard input.
    pub fn admin_with(&self, args: &[&str], input: &str) -> Result<String> {
        self.run(&[&["admin"], args].concat(), Some(input))
    }

    /// Imports groups and people from CSV files.
    pub fn import_people(&self, groups: &Path, people: &Path) -> Result<()> {
        let (groups, people) = (groups.to_string_lossy(), people.to_string_lossy());
        self.admin(&["import", "--groups", &groups, "--people", &people])?;
        Ok(())
    }

    /// Publishes a campaign definition, or a region's own items.
    pub fn publish(&self, file: &Path) -> Result<()> {
        self.admin(&["publish", &file.to_string_lossy()])?;
        Ok(())
    }

    /// An invitation's code for a person.
    pub fn invite(&self, person: &str) -> Result<String> {
        self.invite_all(&[person.to_owned()])?
            .pop()
            .context("an invitation")
    }

    /// One invitation's code for each person, in order.
    pub fn invite_all(&self, people: &[String]) -> Result<Vec<String>> {
        invite_all(&self.bin, &self.data, people)
    }

    /// Makes an office user with a role for a region, and signs in.
    pub fn office(&self, role: &str, region: &str) -> Result<Office> {
        let user = format!("{role}-{region}");
        let args = [
            "users", "add", "--user", &user, "--name", &user, "--role", role, "--region", region,
        ];
        self.admin_with(&args, OFFICE_PASSWORD)?;
        self.sign_in(role, region)
    }

    /// Signs in as an office user made before.
    pub fn sign_in(&self, role: &str, region: &str) -> Result<Office> {
        Office::sign_in(&self.url, &format!("{role}-{region}"), OFFICE_PASSWORD)
    }

    /// SIGTERM, and waits until it has stopped by itself.
    pub fn stop(mut self) -> Result<()> {
        let pid = self.pid().to_string();
        let status = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .context("kill -TERM")?;
        ensure!(status.success(), "kill -TERM {pid} failed");
        let ended = self.child.wait().context("wait for the stopping server")?;
        ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }

    fn run(&self, args: &[&str], input: Option<&str>) -> Result<String> {
        run(&self.bin, &self.data, args, input)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One invitation's code for each person, in order, with a server on the folder or without.
pub fn invite_all(bin: &Path, data: &Path, people: &[String]) -> Result<Vec<String>> {
    let mut args = vec!["admin", "invite", "--json"];
    args.extend(
        people
            .iter()
            .flat_map(|person| ["--person", person.as_str()]),
    );
    let said = run(bin, data, &args, None)?;
    let answer: serde_json::Value = serde_json::from_str(&said).context("the invitations")?;
    let all = answer["invitations"]
        .as_array()
        .context("a list of invitations")?;
    let code = |item: &serde_json::Value| item["code"].as_str().map(str::to_owned);
    let codes: Option<Vec<String>> = all.iter().map(code).collect();
    let codes = codes.context("a code in each invitation")?;
    ensure!(codes.len() == people.len(), "{} invitations", codes.len());
    Ok(codes)
}

/// Runs a command of the server program on a folder, with a server on it or without.
pub fn run(bin: &Path, data: &Path, args: &[&str], input: Option<&str>) -> Result<String> {
    let mut child = Command::new(bin.join("liandu-server"))
        .args(args)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("start liandu-server")?;
    if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin
            .write_all(text.as_bytes())
            .context("give it its input")?;
    }
    let output = child.wait_with_output().context("wait for liandu-server")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "liandu-server {} failed: {said}{}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}

fn log_file(data: &Path) -> Result<Stdio> {
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(data));
    Ok(Stdio::from(file.context("open the server's log file")?))
}

fn log_tail(data: &Path) -> String {
    let log = std::fs::read_to_string(log_path(data)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().rev().take(10).collect();
    format!(
        "the server's log ends:\n{}",
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    )
}

/// Waits for the line that says where it listens; the rest of its output is read away.
fn ready(child: &mut Child) -> Result<String> {
    let stdout = child.stdout.take().context("the server's output")?;
    let (said, heard) = mpsc::sync_channel(1);
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(url) = line.split("listening on ").nth(1) {
                said.send(url.trim().to_owned()).ok();
            }
        }
    });
    match heard.recv_timeout(Duration::from_secs(READY_SECONDS_MAX)) {
        Ok(url) => Ok(url),
        Err(_) => bail!("the server did not say where it listens"),
    }
}
