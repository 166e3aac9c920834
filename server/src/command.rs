//! The command line: what can be asked, in words for a tired administrator, and who does it.
//!
//! Never changes data itself: each command has its file.

pub mod admin;
pub mod backup;
pub mod execute;
pub mod folder;
pub mod line;
pub mod request;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, Said, Settings};
use crate::serve;

#[derive(Debug, Parser)]
#[command(
    name = "liandu-server",
    version,
    about = "联督服务器：接收代表手机上的记录，供办公室查看、核定、统计。\n\
             The Liandu server: takes records from representatives' phones and serves the office.",
    after_help = "常用 Usual:\n  \
        liandu-server serve --data /var/lib/liandu\n  \
        liandu-server admin import --groups groups.csv --people people.csv --data /var/lib/liandu\n  \
        liandu-server admin invite --person p-130123-0001 --data /var/lib/liandu\n  \
        liandu-server backup --to /backup/today --data /var/lib/liandu\n\n\
        每个命令都有说明 Every command explains itself:  liandu-server admin import --help"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 启动服务器，直到 Ctrl-C 或 SIGTERM。Run the server until Ctrl-C or SIGTERM
    #[command(
        after_help = "就绪后在标准输出打印一行 prints one line when it is ready:\n  \
        listening on http://127.0.0.1:8420\n\n\
        例 Examples:\n  \
        liandu-server serve --config liandu.toml\n  \
        liandu-server serve --data ./data --listen 127.0.0.1:0"
    )]
    Serve {
        #[command(flatten)]
        place: Place,
        /// 监听地址，端口 0 为任选。Address to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// 手机和浏览器使用的网址。What phones and browsers call this server
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// 名册、邀请、停用、用户、隔离区、移交、删除。Roster, invitations, revocations, users, quarantine
    Admin(admin::Admin),
    /// 备份日志到新目录，服务器可照常运行。Copy the log to a new folder; the server may run
    #[command(
        after_help = "备份含日志、节点密钥和删除清单，不含签名密钥（authority.key 请另行保管）。\n\
        The copy holds the log, the node's key and the list of erased records, never the authority\n\
        key: keep that one apart. Erased records are also listed in liandu-tombstones.json beside\n\
        the folder, so that restoring an older backup does not bring them back.\n\n\
        例 Example:\n  liandu-server backup --to /backup/2020-06-19 --data /var/lib/liandu"
    )]
    Backup {
        /// 输出 JSON。Print JSON
        #[arg(long)]
        json: bool,
        /// 新的或空的目录。A new or empty folder
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// Where the data is: on every command.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// 配置文件，见 liandu.example.toml。The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 数据目录。The data folder, instead of or over the configuration file
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 签名密钥目录，默认为 <数据目录>.authority。Folder of the authority key
    #[arg(long, value_name = "DIR")]
    authority: Option<PathBuf>,
}

impl Place {
    fn said(&self) -> Said {
        Said {
            config: self.config.clone(),
            data: self.data.clone(),
            authority: self.authority.clone(),
            ..Said::default()
        }
    }

    /// The settings of the place.
    fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings::load(&self.said())?)
    }
}

/// Reads the command line and does what it says. 0: done; 1: not done, or `check` found
/// something; 2: the command line is wrong.
pub fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("错误 error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve {
            place,
            listen,
            public_url,
        } => {
            let settings = Settings::load(&Said {
                listen,
                public_url,
                ..place.said()
            })?;
            messages(&settings.log, "info")?;
            serve::run(settings)?;
        }
        Command::Admin(asked) => admin::run(asked)?,
        Command::Backup { to, json, place } => admin::back_up(&place, &to, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Messages go to standard error; LIANDU_LOG says which, then the configuration.
fn messages(log: &Log, usual: &str) -> anyhow::Result<()> {
    let filter = match std::env::var("LIANDU_LOG") {
        Ok(filter) => filter,
        Err(_) => log.filter.clone().unwrap_or_else(|| usual.to_owned()),
    };
    let filter = EnvFilter::try_new(&filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}
