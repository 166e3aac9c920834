//! `liandu-bench`: workloads against real processes, each printing one JSON line, and the demo.
//!
//! Never prints a figure before its result was verified through an independent reader.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use liandu_bench::process::bin_dir;
use liandu_bench::replay::Replay;
use liandu_bench::{demo, trace};

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
    /// 演示:启动服务器并填入演示数据。 The demo: a server with demo data, until Ctrl-C.
    Demo(demo::Options),
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
            println!("{}", serde_json::to_string(&replay.run(&bin).await?)?);
        }
        Workload::Trace { file } => {
            println!(
                "{}",
                serde_json::to_string(&trace::run(&bin, &file).await?)?
            );
        }
        Workload::Demo(options) => demo::run(&bin, &options).await?,
    }
    Ok(())
}
