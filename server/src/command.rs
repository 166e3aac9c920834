//! The command line: what can be asked, in words for a tired administrator, and who does it.
//!
//! Never changes data itself: each command has its file.

pub mod admin;
pub mod backup;
pub(crate) mod check;
pub mod execute;
pub mod folder;
pub mod line;
mod rebuild;
pub mod request;
mod restore;
#[cfg(test)]
mod tests;

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
    /// 从备份恢复到新的数据目录。Make a new data folder from a backup
    #[command(
        after_help = "先核验备份，再删除备份之后依法删除的记录（备份中和备份旁的 liandu-tombstones.json），\n\
        并开始新的日志纪元，设备据此补送缺少的内容。需要原来的签名密钥（--authority）。\n\
        Proves the backup, erases again what was erased after it (by the lists in and beside it) and\n\
        begins a new epoch, so that devices send again what is missing. Needs the same authority key.\n\n\
        例 Example:\n  liandu-server restore --from /backup/2020-06-19 --data /var/lib/liandu-new \\\n      \
        --authority /safe/liandu.authority"
    )]
    Restore {
        /// 备份目录。The backup
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// 另外的删除清单，可多次。Another list of erased records; may be repeated
        #[arg(long, value_name = "FILE")]
        tombstones: Vec<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// 检查日志、索引、办公表是否一致。Prove that log, index and tables agree
    #[command(
        after_help = "只读，不改动任何内容，只记下结果供网页查看；服务器须先停下（也可对备份目录使用）。\n\
        返回值 0：一致；1：有问题；2：命令有误。--repair 重建索引和办公表，日志本身由启动服务器时修复。\n\
        Only reads; stop the server first (a backup's folder can be checked, too). Exit code 0: all\n\
        agree; 1: something is wrong; 2: wrong command line. --repair makes index and tables again.\n\n\
        例 Examples:\n  liandu-server check --data /var/lib/liandu\n  \
        liandu-server check --repair --data /var/lib/liandu\n  liandu-server check --data /backup/2020-06-19"
    )]
    Check {
        /// 重建有问题的部分。Make again what is wrong
        #[arg(long)]
        repair: bool,
        /// 输出 JSON。Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// 按日志重建索引和办公表（不加选项为两者）。Make index and tables again from the log
    #[command(
        after_help = "日志不变，什么也不会丢；服务器须先停下。The log stays as it is and nothing is lost;\n\
        stop the server first.\n\n例 Example:\n  liandu-server rebuild --tables --data /var/lib/liandu"
    )]
    Rebuild {
        /// 只重建索引。Only the index
        #[arg(long)]
        index: bool,
        /// 只重建办公表。Only the tables
        #[arg(long)]
        tables: bool,
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
        Command::Restore {
            from,
            tombstones,
            place,
        } => {
            messages(&place.settings()?.log, "warn")?;
            restore::run(&place, &from, &tombstones)?;
        }
        Command::Check {
            repair,
            json,
            place,
        } => return check::run(&place, repair, json),
        Command::Rebuild {
            index,
            tables,
            place,
        } => {
            messages(&place.settings()?.log, "warn")?;
            rebuild::run(&place, index, tables)?;
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
