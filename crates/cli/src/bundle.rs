//! `bundle export` and `bundle import`: edits and receipts as a file.
//!
//! Never overwrites a file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use liandu_core::id::{PersonId, RecordId};
use liandu_core::limits::BUNDLE_BYTES_MAX;
use liandu_device::{BundleFor, BundleReport};
use serde_json::json;

use crate::args::{Bundle, BundleCommand};
use crate::{Here, Said, form};

pub(crate) fn run(here: &mut Here, asked: &Bundle) -> anyhow::Result<Said> {
    match &asked.command {
        BundleCommand::Export { file, record, to } => export(here, file, record, to.as_deref()),
        BundleCommand::Import { file } => import(here, file),
    }
}

fn export(
    here: &mut Here,
    file: &Path,
    records: &[String],
    to: Option<&str>,
) -> anyhow::Result<Said> {
    let engine = here.engine();
    let named = records.iter().map(|typed| form::record(engine, typed));
    let named: Vec<RecordId> = named.collect::<anyhow::Result<_>>()?;
    let to = match to {
        Some(person) => {
            let person = PersonId::new(person);
            BundleFor::Colleague(person.context("--to 要人员编号 (a person's code)")?)
        }
        None => BundleFor::Office,
    };
    let only = (!named.is_empty()).then_some(named.as_slice());
    let bytes = here.act(|engine, now| engine.bundle_export(now, only, &to))??;
    let name = file.display();
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .with_context(|| format!("{name} 写不了或已存在 (cannot be written, or exists)"))?;
    out.write_all(&bytes)
        .and_then(|()| out.sync_all())
        .with_context(|| format!("{name}"))?;
    let who = match &to {
        BundleFor::Office => {
            "只有人大办能打开,谁都可以捎去 (only the office opens it; anybody may carry it)"
                .to_owned()
        }
        BundleFor::Colleague(person) => {
            format!("只有 {person} 的设备能打开 (only a device of {person} opens it)")
        }
    };
    let human = format!("已导出 (written): {name} ({} 字节)\n{who}", bytes.len());
    let to = match &to {
        BundleFor::Office => None,
        BundleFor::Colleague(person) => Some(person.as_str()),
    };
    Ok(Said::new(
        human,
        json!({ "file": name.to_string(), "bytes": bytes.len(), "to": to }),
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
    Ok(Said::new(
        in_words(&report),
        liandu_device::json::bundle(&report),
    ))
}

/// Who made it, what is in it, and what of that the office has.
fn in_words(report: &BundleReport) -> String {
    let maker = match (&report.maker_person, &report.maker) {
        (Some(person), _) => person.to_string(),
        (None, Some(device)) => format!("设备 device {device}"),
        (None, None) => "?".to_owned(),
    };
    if let Some(edits) = report.for_the_office {
        return format!(
            "{maker} 给人大办的文件,{edits} 项修改,本机打不开,已收下,下次同步时捎去\n\
             (for the office, {edits} edits: kept unopened, delivered with the next sync)\n"
        );
    }
    let new: usize = report.new.values().sum();
    let mut human = format!(
        "{maker} 的文件,已导入 (taken in): {0} 条记录,{new} 项新修改尚未到人大办,{1} 项本机已有(其中 {2} \
         项已到人大办),{3} 项有了人大办的回执\n\
         ({0} records, {new} new edits not yet at the office, {1} known already ({2} at the office), \
         {3} receipts)\n",
        report.records, report.known, report.at_office, report.receipts,
    );
    for (device, edits) in &report.new {
        let who = report.people.get(device).map_or("", PersonId::as_str);
        human.push_str(&format!("  {who} 设备 device {device}: {edits}\n"));
    }
    if report.unreadable + report.bad_receipts > 0 {
        human.push_str(&format!(
            "{} 条无法读取,{} 份回执签名不对、未采用 (unreadable; receipts not signed by our server)\n",
            report.unreadable, report.bad_receipts
        ));
    }
    human
}
