//! `check`: proves that the log's chain is whole, that index and tables say what the log says, and
//! that erased records are nowhere.
//!
//! Never changes anything without `--repair`, and never mends the log: opening it for serving does.

pub(crate) mod look;
mod records;
pub(crate) mod report;

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Context;
use liandu_core::id::{Position, RecordId};
use liandu_core::log::LogEntry;
use sha2::{Digest, Sha256};

use super::Place;
use super::admin::print::out;
use super::backup::MANIFEST;
use super::execute::explained;
use super::folder::Folder;
use super::rebuild;
use crate::config::Settings;
use crate::engine;
use crate::index::fold;
use crate::index::memory::MemoryIndex;
use crate::index::overlay::Overlay;
use crate::index::sled::SledIndex;
use crate::index::{Index, keys, rows};
use crate::journal::{Damage, Disk, FolderDisk, Journal, Payload};
use crate::packs::FolderPacks;
use crate::tables::check::{Difference, check};
use crate::tables::query::Snapshot;
use crate::tables::schema;
use crate::upkeep::{CheckNote, note_check};
use look::Look;
use report::{Part, Report};

/// Entries folded before the rows are written.
const BATCH: u64 = 512;
/// Rows compared at once.
const PAGE: usize = 4_096;

type Log = Journal<Look<FolderDisk>>;
type Fresh = Overlay<MemoryIndex>;

/// Checks, repairs if asked, and prints. 0: all agree; 1: something is wrong.
pub(super) fn run(place: &Place, repair: bool, json: bool) -> anyhow::Result<ExitCode> {
    let settings = place.settings()?;
    let folder = Folder::existing(&settings)?;
    let began = engine::now();
    let mut report = whole(&settings)?;
    if repair && !report.ok {
        if !json {
            out(&report.text())?;
            out("\n正在重建 (repairing) …\n")?;
        }
        let (index, tables) = (report.has(Part::Index), true);
        rebuild::rebuild(&settings, &folder, index, tables)?;
        report = whole(&settings)?;
    }
    // A backup is looked at and stays as it is.
    if !settings.data.join(MANIFEST).exists() {
        let note = CheckNote::of(&report, false, (began, engine::now()));
        note_check(&settings.data, &note);
    }
    out(&if json {
        serde_json::to_string(&report)?
    } else {
        report.text()
    })?;
    Ok(if report.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Everything, in order: the log, what it makes, index, tables; files by their names.
pub(super) fn whole(settings: &Settings) -> anyhow::Result<Report> {
    let config = settings.engine();
    let disk = FolderDisk::open(&config.journal()).context("日志目录 (the log's folder)")?;
    let opened = Journal::open(Look::over(disk), config.options.journal);
    let (log, opened) =
        opened.map_err(|error| explained(crate::keeper::KeeperOpenError::from(error).into()))?;
    let mut report = Report::default();
    the_log(&log, &opened.damage, &mut report);
    let stored = match config.index().exists() {
        true => Some(SledIndex::open(&config.index())?),
        false => None,
    };
    let mark = stored
        .as_ref()
        .map(|stored| index_mark(stored, &log, &mut report))
        .transpose()?;
    let mark = mark.flatten();
    let mut fresh = Overlay::new(MemoryIndex::new());
    if let (Some(stored), Some(mark)) = (&stored, mark) {
        replay(&log, &mut fresh, Position(0), mark)?;
        the_index(&fresh, stored, &mut report)?;
        report.index_position = mark.0;
    }
    replay(&log, &mut fresh, mark.unwrap_or_default(), log.last())?;
    let packs = FolderPacks::new(&config.packs());
    the_records(&fresh, &packs, &mut report)?;
    the_tables(settings, &log, &fresh, &mut report)?;
    the_files(settings, &mut report)?;
    report.ok = report.problems.is_empty();
    Ok(report)
}

pub(crate) fn the_log<D: Disk>(log: &Journal<D>, damage: &[Damage], report: &mut Report) {
    let checked = log.check();
    report.position = log.last().0;
    (report.segments, report.bytes) = (checked.segments, checked.bytes);
    (report.entries, report.entries_erased) = (checked.entries, checked.erased);
    report.entries_lost = checked.lost;
    for bad in &checked.bad {
        let (segment, offset) = (bad.segment, bad.offset);
        report.problem(
            Part::Log,
            format!("日志第 {segment} 段偏移 {offset} 处与写入时不符"),
            format!("segment {segment} is not as written at offset {offset}"),
        );
    }
    for damage in damage {
        match damage {
            // An unfinished commit: nothing that was answered.
            Damage::TornTail { .. } => {}
            Damage::Header { segment, offset } => report.problem(
                Part::Log,
                format!("日志第 {segment} 段偏移 {offset} 处的标头损坏，条目未失"),
                format!("a header is damaged in segment {segment} at {offset}; no entry is lost"),
            ),
            Damage::Lost { segment, lost } => report.problem(
                Part::Log,
                format!(
                    "日志第 {segment} 段丢失位置 {} 起 {} 条",
                    lost.first, lost.count
                ),
                format!(
                    "segment {segment} lost {} entries from {}",
                    lost.count, lost.first
                ),
            ),
        }
    }
}

/// Where the index stands, when that is a place in this log.
fn index_mark(
    stored: &SledIndex,
    log: &Log,
    report: &mut Report,
) -> anyhow::Result<Option<Position>> {
    let mark: Option<rows::Mark> = stored
        .get(keys::MARK)?
        .map(|bytes| rows::decoded(&bytes))
        .transpose()?;
    let Some(mark) = mark else { return Ok(None) };
    if mark.format == rows::FORMAT && log.hash_at(mark.position) == Some(mark.hash) {
        return Ok(Some(mark.position));
    }
    report.problem(
        Part::Index,
        format!("索引停在位置 {}，不属于这个日志", mark.position),
        format!(
            "the index stands at {}, which is no place in this log",
            mark.position
        ),
    );
    Ok(None)
}

/// Folds entries after `after` up to `upto` into the rows.
fn replay(log: &Log, fresh: &mut Fresh, after: Position, upto: Position) -> anyhow::Result<()> {
    for read in log.scan(after.next()) {
        let (pointer, entry) = read?;
        if entry.position > upto {
            break;
        }
        if let Payload::Bytes(bytes) = &entry.payload
            && let Ok(decoded) = LogEntry::decode(bytes)
        {
            fold::fold(fresh, entry.position, pointer, &decoded)?;
        }
        if entry.position.0.is_multiple_of(BATCH) {
            fresh.commit()?;
        }
    }
    Ok(fresh.commit()?)
}

/// Compares all rows, both in order of keys.
fn the_index(fresh: &Fresh, stored: &SledIndex, report: &mut Report) -> anyhow::Result<()> {
    let mut wanted = fresh.below().rows().iter().peekable();
    let mut compared = 0;
    let mut wrong: BTreeSet<(u8, &'static str, &'static str)> = BTreeSet::new();
    let mut differences: u64 = 0;
    let mut differs = |key: &[u8], zh, en| {
        differences += 1;
        wrong.insert((key.first().copied().unwrap_or(0), zh, en));
    };
    let mut from = Vec::new();
    loop {
        let page = stored.scan(&[], &from, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        from = rows::after(last);
        for (key, value) in page.iter().filter(|(key, _)| key != keys::MARK) {
            while wanted.peek().is_some_and(|(next, _)| *next < key)
                && let Some((missing, _)) = wanted.next()
            {
                differs(missing, "缺少", "missing");
            }
            match wanted.next_if(|(next, _)| *next == key) {
                None => differs(key, "多余", "extra"),
                Some((_, same)) if same == value => {}
                Some(_) => differs(key, "不同", "different"),
            }
            compared += 1;
        }
    }
    for (missing, _) in wanted {
        differs(missing, "缺少", "missing");
    }
    report.index_rows = Some(compared);
    if differences > 0 {
        let kinds = |pick: fn(&(u8, &'static str, &'static str)) -> &'static str| {
            let kinds = wrong
                .iter()
                .map(|one| format!("{}:{}", char::from(one.0), pick(one)));
            kinds.collect::<Vec<_>>().join(", ")
        };
        report.problem(
            Part::Index,
            format!(
                "索引有 {differences} 行与日志不符（{}）",
                kinds(|one| one.1)
            ),
            format!(
                "{differences} rows of the index differ from the log ({})",
                kinds(|one| one.2)
            ),
        );
    }
    Ok(())
}

/// Counts records and looks whether anything is left of erased ones.
fn the_records(fresh: &Fresh, packs: &FolderPacks, report: &mut Report) -> anyhow::Result<()> {
    for (key, value) in rows::all(fresh, keys::RECORDS)? {
        let row: rows::RecordRow = rows::decoded(&value)?;
        if row.erased.is_none() {
            report.records += 1;
            continue;
        }
        report.records_erased += 1;
        let Some(Ok(record)) = key.get(1..).map(RecordId::from_slice) else {
            continue;
        };
        let pending = match fresh.get(&keys::tombstone(&record))? {
            Some(bytes) => !rows::decoded::<rows::TombstoneRow>(&bytes)?
                .overwrite
                .is_empty(),
            None => false,
        };
        if packs.holds(&record) {
            report.problem(
                Part::Erased,
                format!("已删除的记录 {record} 仍在打包文件里；运行一次 rebuild --index 即可清除"),
                format!("the erased record {record} still has a pack: run `rebuild --index` once"),
            );
        }
        let again = !fresh.scan(&keys::entries(&record), &[], 1)?.is_empty();
        if pending || again {
            report.problem(
                Part::Erased,
                format!("已删除的记录 {record} 的内容仍在日志里；启动一次服务器即可抹去"),
                format!("content of the erased record {record} is still in the log: start the server once"),
            );
        }
    }
    report.quarantined = rows::all(fresh, keys::QUARANTINE)?.len() as u64;
    Ok(())
}

/// Photos and files are what their names say.
fn the_files(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (all, wrong) = crate::files::verify(&settings.files())?;
    report.files = all;
    for name in wrong {
        report.problem(
            Part::Files,
            format!("文件 {name} 的内容与其名称不符"),
            format!("the content of file {name} is not what its name says"),
        );
    }
    Ok(())
}

fn the_tables(
    settings: &Settings,
    log: &Log,
    fresh: &Fresh,
    report: &mut Report,
) -> anyhow::Result<()> {
    let path = settings.tables_file();
    if !path.exists() {
        return Ok(());
    }
    let Ok(mut connection) = schema::open_read(&path) else {
        report.problem(Part::Tables, "办公表打不开", "the tables do not open");
        return Ok(());
    };
    let mark = match Snapshot::undated(&mut connection) {
        Ok(snapshot) => snapshot.mark().clone(),
        Err(_) => {
            report.problem(
                Part::Tables,
                "办公表的版本不符",
                "the tables are of another version",
            );
            return Ok(());
        }
    };
    if mark.position == Position(0) {
        return Ok(());
    }
    report.tables_position = mark.position.0;
    if !records::is_place(log, &mark)? {
        report.problem(
            Part::Tables,
            format!("办公表停在位置 {}，不属于这个日志", mark.position),
            format!(
                "the tables stand at {}, which is no place in this log",
                mark.position
            ),
        );
        return Ok(());
    }
    let known = records::known(fresh)?;
    let found = check(&mut connection, &known, |id| {
        records::parts(log, fresh, id).ok().flatten()
    })?;
    report.tables_records = Some(found.records);
    for (record, difference) in found.differences {
        // What the log says of a record after the tables' position is not in them yet.
        if records::changed(fresh, &record)?.is_some_and(|changed| changed > mark.position) {
            continue;
        }
        let erased = records::is_erased(fresh, &record)?;
        let (part, zh, en) = told(difference, erased);
        report.problem(
            part,
            format!("记录 {record} {zh}"),
            format!("record {record}: {en}"),
        );
    }
    if mark.position == log.last() {
        quarantine(&connection, fresh, report)?;
    }
    Ok(())
}

/// A difference in words.
pub(crate) fn told(difference: Difference, erased: bool) -> (Part, &'static str, &'static str) {
    match difference {
        Difference::Missing => (Part::Tables, "办公表里没有", "not in the tables"),
        Difference::Extra if erased => (
            Part::Erased,
            "已删除，但仍在办公表里",
            "erased, but still in the tables",
        ),
        Difference::Extra => (Part::Tables, "只在办公表里", "in the tables only"),
        Difference::Differs => (
            Part::Tables,
            "办公表与文档不符",
            "tables and document differ",
        ),
        Difference::Unreadable => (Part::Log, "文档不能读取", "the document cannot be read"),
        Difference::Moving => (
            Part::Tables,
            "一直在变动，未能比对",
            "kept changing and could not be compared",
        ),
    }
}

/// The quarantine that the office sees is the log's, forked edits left out.
fn quarantine(
    connection: &rusqlite::Connection,
    fresh: &Fresh,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut wanted = BTreeSet::new();
    for (key, value) in rows::all(fresh, keys::QUARANTINE)? {
        let row: rows::QuarantineRow = rows::decoded(&value)?;
        if let Some((record, _, hash)) = keys::read_quarantined(&key)
            && row.answer.is_none()
            && row.verdict.as_str() != "forked"
        {
            wanted.insert((record.0, hash.0));
        }
    }
    let mut statement = connection
        .prepare("SELECT record, hash FROM quarantine WHERE settled = 0 AND verdict <> 'forked'")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: BTreeSet<([u8; 16], [u8; 32])> = found.collect::<Result<_, _>>()?;
    let wrong = wanted.symmetric_difference(&found).count();
    if wrong > 0 {
        report.problem(
            Part::Tables,
            format!("隔离区有 {wrong} 条与日志不符"),
            format!("{wrong} edits in quarantine differ between log and tables"),
        );
    }
    Ok(())
}

/// What the tables recognise an entry by.
fn entry_hash(entry: &LogEntry) -> Vec<u8> {
    Sha256::digest(entry.encode()).to_vec()
}
