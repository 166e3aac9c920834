//! `liandu-bench`: workloads against real processes, each printing one JSON line, and the demo.
//!
//! Never prints a figure before its result was verified through an independent reader.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use liandu_bench::process::bin_dir;
use liandu_bench::replay::Replay;
use liandu_bench::{demo, ledger, load, trace};
use serde::Serialize;

/// 用真实进程跑负载,核对后打印一行 JSON。 Workloads against real processes; each prints one JSON
/// line after verifying its result.
#[derive(Debug, Parser)]
#[command(name = "liandu-bench")]
struct Arguments {
    /// 程序所在目录,默认与本程序相同。 Where liandu-server and liandu are; default: beside this.
    #[arg(long, global = true)]
    bin_dir: Option<PathBuf>,
    #[command(subcommand)]
    workload: Workload,
}

#[derive(Debug, Subcommand)]
enum Workload {
    /// 回放真实诉求:每行一条记录,离线建立,多台设备办理,与 CSV 核对。 Replays a CSV of citizen
    /// requests and compares the office's counts with it.
    Replay {
        /// CSV with the columns of City of Los Angeles 311 data.
        #[arg(long = "csv")]
        file: PathBuf,
        /// Devices, in groups of five.
        #[arg(long, default_value_t = 50)]
        devices: usize,
        /// Same seed, same plan.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Percent of edits added that their authors may not make.
        #[arg(long, default_value_t = 0)]
        forbidden: u64,
    },
    /// 回放多人同写一段文字的记录。 Plays a recorded concurrent editing trace through the remarks
    /// of one record.
    Trace {
        /// A file of josephg/editing-traces, plain or .gz.
        #[arg(long)]
        file: PathBuf,
    },
    /// 断网一天后同时上线:最后一张回执为止。 All devices made their records offline and connect at
    /// once; ends at the last receipt.
    Storm(Storm),
    /// 同上,最后一张回执时杀死服务器再读。 The same, and the server is killed at the last receipt,
    /// started again and asked for everything.
    Crash(Storm),
    /// 新设备下载全部记录。 A new device downloads everything.
    Cold {
        /// Records to download.
        #[arg(long, default_value_t = 2_000)]
        records: u64,
    },
    /// 已同步的设备在少量修改后重连。 A device in sync comes back after a few changes elsewhere.
    Warm {
        /// Records that it has.
        #[arg(long, default_value_t = 2_000)]
        records: u64,
        /// Records changed meanwhile.
        #[arg(long, default_value_t = 10)]
        changed: u64,
    },
    /// 多台设备离线改同一条记录。 Many devices edited one record offline.
    Contend {
        /// Writers.
        #[arg(long, default_value_t = 20)]
        devices: usize,
        /// Edits of each.
        #[arg(long, default_value_t = 50)]
        edits: u64,
    },
    /// 空闲连接的内存和处理器开销。 What silent connections cost.
    Idle {
        /// Connected devices.
        #[arg(long, default_value_t = 2_000)]
        connections: usize,
    },
    /// 四十万条问题时办公网页的每次查询。 What an office waits for on a full ledger, beside SQL written
    /// by hand.
    Office {
        /// Problems in the ledger.
        #[arg(long, default_value_t = 400_000)]
        problems: u64,
        /// How often every question is asked.
        #[arg(long, default_value_t = 30)]
        rounds: usize,
    },
    /// 演示:启动服务器并填入演示数据。 The demo: a server with demo data, until Ctrl-C.
    Demo(demo::Options),
}

#[derive(Debug, Args)]
struct Storm {
    /// Devices, each of a group of its own.
    #[arg(long, default_value_t = 500)]
    devices: usize,
    /// Records of each.
    #[arg(long, default_value_t = 4)]
    records: u64,
    /// Small edits of each record after it was filled in.
    #[arg(long, default_value_t = 20)]
    edits: u64,
}

fn say(outcome: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(outcome)?);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let bin = match arguments.bin_dir {
        Some(dir) => dir,
        None => bin_dir()?,
    };
    match arguments.workload {
        Workload::Replay {
            file,
            devices,
            seed,
            forbidden,
        } => {
            let replay = Replay {
                csv: file,
                devices,
                seed,
                forbidden_percent: forbidden,
            };
            say(&replay.run(&bin).await?)?;
        }
        Workload::Trace { file } => say(&trace::run(&bin, &file).await?)?,
        Workload::Storm(of) => {
            say(&load::storm(&bin, of.devices, of.records, of.edits, false).await?)?;
        }
        Workload::Crash(of) => {
            say(&load::storm(&bin, of.devices, of.records, of.edits, true).await?)?;
        }
        Workload::Cold { records } => say(&load::cold(&bin, records).await?)?,
        Workload::Warm { records, changed } => say(&load::warm(&bin, records, changed).await?)?,
        Workload::Contend { devices, edits } => {
            say(&load::contend(&bin, devices, edits).await?)?;
        }
        Workload::Office { problems, rounds } => say(&ledger::office(&bin, problems, rounds)?)?,
        Workload::Idle { connections } => say(&load::idle(&bin, connections).await?)?,
        Workload::Demo(options) => demo::run(&bin, &options).await?,
    }
    Ok(())
}
