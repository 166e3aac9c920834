//! `liandu`: one person's device on the command line.
//!
//! Never decides about records: it parses what is typed, asks the device engine and shows the
//! answer. Exit codes: 0 done, 1 error, 2 wrong usage, 3 refused or waiting for a person.

mod acts;
mod args;
mod bundle;
mod form;
mod looks;
mod photo;
mod rescue;
mod sync;
mod trust;
mod value;
mod visit;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use liandu_device::native::{Device, Folder};

use args::{Cli, Command, OnDevice};

/// What a command says, for people and for programs.
pub(crate) struct Said {
    pub(crate) human: String,
    pub(crate) json: serde_json::Value,
    /// Something was refused or waits for a person.
    pub(crate) needs_a_person: bool,
}

impl Said {
    pub(crate) fn new(human: String, json: serde_json::Value) -> Said {
        Said {
            human,
            json,
            needs_a_person: false,
        }
    }
}

/// An error that a person must decide about.
#[derive(Debug)]
pub(crate) struct NeedsAPerson(pub(crate) String);

impl std::fmt::Display for NeedsAPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NeedsAPerson {}

/// The device of this folder.
pub(crate) type Here = Device<Folder>;

const APP: &str = concat!("liandu-cli ", env!("CARGO_PKG_VERSION"));

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match run(cli).await {
        Ok(said) => {
            if json {
                say(&said.json.to_string());
            } else if !said.human.is_empty() {
                say(said.human.trim_end());
            }
            if said.needs_a_person {
                ExitCode::from(3)
            } else {
                ExitCode::SUCCESS
            }
        }
        Err(error) => {
            let needs = error.downcast_ref::<NeedsAPerson>().is_some();
            let mut text = format!("{error:#}");
            if let Some(advice) = rescue::advice(&error) {
                text = format!("{text}\n{advice}");
            }
            if json {
                let said = serde_json::json!({ "error": text, "needs_a_person": needs });
                say(&said.to_string());
            } else {
                eprintln!("liandu: {text}");
            }
            ExitCode::from(if needs { 3 } else { 1 })
        }
    }
}

/// One answer on standard output; nobody may be listening any more.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

async fn run(cli: Cli) -> anyhow::Result<Said> {
    let dir = cli
        .dir
        .or_else(default_dir)
        .context("请用 --dir 指明本机数据的文件夹 (name the device's folder with --dir)")?;
    match cli.command {
        Command::Rescue => rescue::run(&dir),
        Command::Here(command) => on_device(&dir, command, cli.json).await,
    }
}

async fn on_device(dir: &Path, command: OnDevice, json: bool) -> anyhow::Result<Said> {
    let mut here = Device::open(Folder::open(dir)?, APP)?;
    trust::recall(&mut here, dir)?;
    match command {
        OnDevice::Enrol(asked) => {
            trust::keep(&mut here, dir, asked.ca.as_deref())?;
            sync::enrol(&mut here, &asked).await
        }
        OnDevice::Sync(asked) => sync::sync(&mut here, dir, (&asked, json)).await,
        OnDevice::Photo(asked) => photo::run(&mut here, dir, &asked),
        OnDevice::New(asked) => acts::new(&mut here, &asked),
        OnDevice::Edit(asked) => acts::edit(&mut here, &asked),
        OnDevice::Event(asked) => acts::event(&mut here, &asked),
        OnDevice::Resolve(asked) => acts::resolve(&mut here, &asked),
        OnDevice::Undo(asked) => acts::undo(&mut here, &asked),
        OnDevice::Show(asked) => looks::show(&mut here, &asked),
        OnDevice::List(asked) => looks::list(&mut here, &asked),
        OnDevice::Status(asked) => looks::status(&mut here, &asked),
        OnDevice::Dismiss(asked) => acts::dismiss(&mut here, &asked),
        OnDevice::Conflicts => looks::conflicts(&mut here),
        OnDevice::History(asked) => looks::history(&mut here, &asked),
        OnDevice::Fields(asked) => form::fields(&mut here, &asked),
        OnDevice::Visit(asked) => visit::run(&mut here, &asked),
        OnDevice::Bundle(asked) => bundle::run(&mut here, &asked),
    }
}

fn default_dir() -> Option<PathBuf> {
    let named = std::env::var_os("LIANDU_DIR").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".liandu")))
}
