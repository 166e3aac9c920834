//! `liandu`: one person's device on the command line.
//!
//! Never decides about records: it parses what is typed, asks the device engine and shows the
//! answer. Exit codes: 0 done, 1 error, 2 wrong usage, 3 refused or waiting for a person.

mod acts;
mod args;
mod bundle;
mod form;
mod looks;
mod sync;
mod trust;
mod value;
mod words;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use liandu_device::native::{Device, Folder};

use args::{Cli, Command};

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
            if json {
                let said = serde_json::json!({
                    "error": format!("{error:#}"), "needs_a_person": needs,
                });
                say(&said.to_string());
            } else {
                eprintln!("liandu: {error:#}");
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
    let folder = Folder::open(&dir)?;
    let mut here = Device::open(folder, APP)
        .with_context(|| format!("{} 打不开 (cannot be opened)", dir.display()))?;
    trust::recall(&mut here, &dir)?;
    match cli.command {
        Command::Enrol(asked) => {
            trust::keep(&mut here, &dir, asked.ca.as_deref())?;
            sync::enrol(&mut here, &asked).await
        }
        Command::Sync(asked) => sync::sync(&mut here, &asked, cli.json).await,
        Command::New(asked) => acts::new(&mut here, &asked),
        Command::Edit(asked) => acts::edit(&mut here, &asked),
        Command::Event(asked) => acts::event(&mut here, &asked),
        Command::Resolve(asked) => acts::resolve(&mut here, &asked),
        Command::Show(asked) => looks::show(&mut here, &asked),
        Command::List(asked) => looks::list(&mut here, &asked),
        Command::Status(asked) => looks::status(&mut here, &asked),
        Command::Dismiss(asked) => acts::dismiss(&mut here, &asked),
        Command::Conflicts => looks::conflicts(&mut here),
        Command::History(asked) => looks::history(&mut here, &asked),
        Command::Fields(asked) => form::fields(&mut here, &asked),
        Command::Bundle(asked) => bundle::run(&mut here, &asked),
    }
}

fn default_dir() -> Option<PathBuf> {
    let named = std::env::var_os("LIANDU_DIR").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".liandu")))
}
