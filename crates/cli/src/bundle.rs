//! `bundle export` and `bundle import`: edits and receipts as a file.
//!
//! Never overwrites a file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use liandu_core::id::RecordId;
use liandu_core::limits::BUNDLE_BYTES_MAX;
use liandu_device::BundleFor;
use serde_json::json;

use crate::args::{Bundle, BundleCommand, ForWhom};
use crate::{Here, Said, form};

pub(crate) fn run(here: &mut Here, asked: &Bundle) -> anyhow::Result<Said> {
    match &asked.command {
        BundleCommand::Export {
            file,
            record,
            for_whom,
        } => export(here, file, record, *for_whom),
        BundleCommand::Import { file } => import(here, file),
    }
}

fn export(
    here: &mut Here,
    file: &Path,
    records: &[String],
    for_whom: ForWhom,
) -> anyhow::Result<Said> {
    let engine = here.engine();
    let named = records.iter().map(|typed| form::record(engine, typed));
    let named: Vec<RecordId> = named.collect::<anyhow::Result<_>>()?;
    let to = match for_whom {
        ForWhom::Colleague => BundleFor::Colleague,
        ForWhom::Office => BundleFor::Office,
    };
    let only = (!named.is_empty()).then_some(named.as_slice());
    let bytes = here.act(|engine, now| engine.bundle_export(now, only, to))??;
    let name = file.display();
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .with_context(|| format!("{name} 写不了或已存在 (cannot be written, or exists)"))?;
    out.write_all(&bytes)
        .and_then(|()| out.sync_all())
        .with_context(|| format!("{name}"))?;
    let human = format!(
        "已导出 (written): {name} ({} 字节)\n内容未加密,请妥善保管 (it is not encrypted: keep it safe)",
        bytes.len()
    );
    Ok(Said::new(
        human,
        json!({ "file": name.to_string(), "bytes": bytes.len() }),
    ))
}

fn import(here: &mut Here, file: &Path) -> anyhow::Result<Said> {
    let name = file.display();
    let size = fs::metadata(file).with_context(|| format!("{name}"))?.len();
    if size > BUNDLE_BYTES_MAX as u64 {
        anyhow::bail!("{name} 过大 (is too large)");
    }
    let bytes = fs::read(file).with_context(|| format!("{name}"))?;
    let report = here.act(|engine, now| engine.bundle_import(now, &bytes))??;
    let new: usize = report.new.values().sum();
    let mut human = format!(
        "已导入 (taken in): {} 条记录,{new} 项新修改尚未到人大办,{} 项本机已有,{} 项有了人大办的回执\n\
         ({} records, {new} new edits not yet at the office, {} known already, {} receipts)\n",
        report.records,
        report.known,
        report.receipts,
        report.records,
        report.known,
        report.receipts,
    );
    for (device, edits) in &report.new {
        human.push_str(&format!("  设备 device {device}: {edits}\n"));
    }
    if report.unreadable + report.bad_receipts > 0 {
        human.push_str(&format!(
            "{} 条无法读取,{} 份回执签名不对、未采用 (unreadable; receipts not signed by our server)\n",
            report.unreadable, report.bad_receipts
        ));
    }
    Ok(Said::new(human, liandu_device::json::bundle(&report)))
}
