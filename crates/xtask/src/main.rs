//! `cargo xtask`: the commands people and CI type. It builds, checks, starts and counts; it never
//! holds a rule of the product and nothing depends on it.

mod api;
mod command;
mod count;
mod crash;
mod defects;
mod demo;
mod fuzz;
mod packages;
mod setup;
mod suite;
mod tidy;
mod wasm;
mod web;

use anyhow::{Context, Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
用法 Usage: cargo xtask <command>

  demo [-- OPTIONS]            编译并启动带演示数据的服务器 build and start a server with demo data
  test [--without-wasm]        全部检查与测试，与 CI 相同 every check and test, the same as CI
  web [--debian]               编译网页和现场应用 build the office's pages and the field app
  tidy                         代码规矩 the rules no compiler checks
  packages                     依赖的许可、来源、已知漏洞 licences, sources and faults of others' packages
  wasm-check [--debian]        core 及其测试能否编译为 wasm: core and its tests build for the browser
  sim --seeds N [--from SEED]  仿真 N 个种子 simulate N seeds
  crash --kills N [--seed S]   服务器和设备命令各杀 N 次 kill a server and a device's command N times each
  api-check [--seconds N]      用 schemathesis 核对接口与其说明 whether the API answers as it is described
  defects [NAME]               故意的缺陷是否都被发现 whether each deliberate defect is noticed
  fuzz [TARGET] [--seconds N]  用 libFuzzer 寻找使解码出错的输入 look for inputs that break a decoder
  golden --add                 写出缺少的样本文件，从不改写 write missing golden files, never rewrite
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("错误 error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[&str]) -> Result<()> {
    match words {
        ["demo", "--", rest @ ..] | ["demo", rest @ ..] => demo::run(rest),
        ["test"] => suite::run(suite::Wasm::Checked),
        ["test", "--without-wasm"] => suite::run(suite::Wasm::LeftOut),
        ["web"] => web::office().and_then(|()| web::field(wasm::Way::Any)),
        ["web", "--debian"] => web::office().and_then(|()| web::field(wasm::Way::Debian)),
        ["tidy"] => tidy::run(&command::root()),
        ["packages"] => packages::check(),
        ["wasm-check"] => wasm::check(wasm::Way::Any),
        ["wasm-check", "--debian"] => wasm::check(wasm::Way::Debian),
        ["sim", options @ ..] => {
            let asked = suite::Seeds::parse(options)?;
            suite::simulate(&asked)
        }
        ["crash", options @ ..] => crash::run(options),
        ["api-check"] => api::check(api::SECONDS),
        ["api-check", "--seconds", seconds] => api::check(number(seconds)?),
        ["fuzz", options @ ..] => fuzz::fuzz(&fuzz::Asked::parse(options)?),
        ["defects"] => defects::prove_all(""),
        ["defects", word] => defects::prove_all(word),
        ["golden", "--add"] => suite::add_golden(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        [first, ..] => bail!("不认识 not understood: `{first} …`\n\n{USAGE}"),
    }
}

/// Reads a number written in decimal or, as seeds are printed, in hexadecimal with `0x`.
fn number(text: &str) -> Result<u64> {
    let read = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    read.with_context(|| format!("不是数 not a number: `{text}`"))
}
