//! A check while the server runs: every checksum of the log up to its end when it began, every
//! record's rows against what the log says, and the last backup if its folder is here.
//!
//! Never writes, never stops anybody: it reads through handles of its own and rests as long as it
//! works. Index and photos are compared by `liandu-server check`, with the server stopped.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use data_encoding::HEXLOWER;
use liandu_core::id::{Position, RecordId};
use liandu_core::record::scope::Audience;

use super::{BackupNote, CheckNote, Running, note_backup, note_check};
use crate::api::{ApiError, Office};
use crate::command::backup::{JOURNAL, MANIFEST, Manifest};
use crate::command::check::look::Look;
use crate::command::check::report::{Part, Report};
use crate::command::check::{the_log, told};
use crate::engine::{self, LiveKeeper, RecordParts};
use crate::index::{Index, keys, rows};
use crate::journal::{Disk, Hash, Journal, Options, Piece};
use crate::tables::check::{Difference, compare};
use crate::tables::read::ids;

/// Records compared at once.
const PAGE: usize = 64;
/// How often a record that seems to differ is looked at again: it may have been changing.
const PASSES: usize = 4;
/// Reads of at least so many bytes are rested after.
const LONG_READ_BYTES: usize = 1 << 20;
/// The longest rest.
const REST_MAX: Duration = Duration::from_secs(2);

/// Segments as they were at one moment, to be looked at only.
struct Still {
    folder: PathBuf,
    pieces: Vec<Piece>,
}

impl Still {
    /// All segments of a folder that nobody writes to.
    fn of(folder: &Path) -> io::Result<Still> {
        let mut pieces = Vec::new();
        for item in std::fs::read_dir(folder)? {
            let item = item?;
            let name = item.file_name().to_string_lossy().into_owned();
            if name.ends_with(".segment") {
                let bytes = item.metadata()?.len();
                pieces.push(Piece { name, bytes });
            }
        }
        let folder = folder.to_owned();
        Ok(Still { folder, pieces })
    }
}

fn readonly<T>() -> io::Result<T> {
    Err(ErrorKind::ReadOnlyFilesystem.into())
}

impl Disk for Still {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = self.pieces.iter().map(|piece| piece.name.clone()).collect();
        names.sort();
        Ok(names)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        let piece = self.pieces.iter().find(|piece| piece.name == name);
        Ok(piece.ok_or(ErrorKind::NotFound)?.bytes)
    }

    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()> {
        if offset.saturating_add(into.len() as u64) > self.len(name)? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let began = Instant::now();
        File::open(self.folder.join(name))?.read_exact_at(into, offset)?;
        if into.len() >= LONG_READ_BYTES {
            std::thread::sleep(began.elapsed().min(REST_MAX));
        }
        Ok(())
    }

    fn write_at(&mut self, _name: &str, _offset: u64, _bytes: &[u8]) -> io::Result<()> {
        readonly()
    }

    fn sync(&mut self, _name: &str) -> io::Result<()> {
        Ok(())
    }

    fn create(&mut self, _name: &str, _bytes: &[u8]) -> io::Result<()> {
        readonly()
    }

    fn truncate(&mut self, _name: &str, _length: u64) -> io::Result<()> {
        readonly()
    }

    fn rename(&mut self, _from: &str, _to: &str) -> io::Result<()> {
        readonly()
    }

    fn remove(&mut self, _name: &str) -> io::Result<()> {
        readonly()
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

/// Begins a check in the background; false when one is on its way already.
pub(crate) fn begin(office: &Office) -> bool {
    let now = engine::now();
    {
        let mut running = office.care.running();
        if running.is_some() {
            return false;
        }
        *running = Some(Running {
            since: now,
            part: "log",
            records: 0,
        });
    }
    let ends = Ends(office.clone());
    tokio::spawn(async move {
        let office = &ends.0;
        match whole(office).await {
            Ok(report) => {
                let note = CheckNote::of(&report, true, (now, engine::now()));
                tracing::info!(ok = note.ok, problems = note.problems_all, "checked");
                note_check(&office.care.data, &note);
            }
            Err(_) if office.engine.is_stopping() => {}
            Err(error) => {
                tracing::error!(%error, "the check broke off");
                let mut report = Report::default();
                report.problem(
                    Part::Log,
                    format!("检查没有做完:{error:#}"),
                    format!("the check broke off: {error:#}"),
                );
                note_check(
                    &office.care.data,
                    &CheckNote::of(&report, true, (now, engine::now())),
                );
            }
        }
    });
    true
}

/// However it ends, the next one may begin.
struct Ends(Office);

impl Drop for Ends {
    fn drop(&mut self) {
        *self.0.care.running() = None;
    }
}

async fn whole(office: &Office) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let journal = office.care.data.join(JOURNAL);
    log(office, &journal, &mut report).await?;
    tell(office, "tables", 0);
    tables(office, &mut report).await?;
    tell(office, "backup", report.tables_records.unwrap_or(0));
    backup(office, &mut report).await?;
    report.ok = report.problems.is_empty();
    Ok(report)
}

fn tell(office: &Office, part: &'static str, records: u64) {
    if let Some(running) = office.care.running().as_mut() {
        (running.part, running.records) = (part, records);
    }
}

/// The log's files and end between two commits.
type Plan = (Vec<Piece>, Position, Hash);

fn plan(keeper: &LiveKeeper) -> Option<Plan> {
    let journal = keeper.journal()?;
    let pieces = journal.pieces(journal.last()).ok()?;
    Some((pieces, journal.last(), journal.hash()))
}

/// Once more when something is wrong: erasing may have written while it was read.
async fn log(office: &Office, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    for last in [false, true] {
        let plan = office.engine.read(plan).await?;
        let (pieces, position, hash) = plan.context("日志已关闭 (the log is closed)")?;
        let folder = folder.to_owned();
        let read = tokio::task::spawn_blocking(move || {
            let mut found = Report::default();
            read_log(Still { folder, pieces }, (position, hash), &mut found)?;
            Ok::<_, anyhow::Error>(found)
        });
        let found = read.await??;
        if found.problems.is_empty() || last {
            *report = found;
            break;
        }
    }
    Ok(())
}

fn read_log(
    still: Still,
    (last, hash): (Position, Hash),
    report: &mut Report,
) -> anyhow::Result<()> {
    let options = Options {
        reserve_bytes: 0,
        ..Options::default()
    };
    let (log, opened) = Journal::open(Look::over(still), options)?;
    the_log(&log, &opened.damage, report);
    if (opened.last, opened.hash) != (last, hash) {
        report.problem(
            Part::Log,
            format!("日志文件读到位置 {},服务器写到了 {last}", opened.last),
            format!(
                "the log's files end at {}, the server wrote up to {last}",
                opened.last
            ),
        );
    }
    Ok(())
}

/// Every record against its rows, and every row's record; what differs is looked at again, since
/// the tables follow a moment later.
async fn tables(office: &Office, report: &mut Report) -> anyhow::Result<()> {
    let (mut doubtful, mut hidden) = (BTreeSet::new(), BTreeSet::new());
    let (mut records, mut from) = (0_u64, Vec::new());
    loop {
        let began = Instant::now();
        let key = from.clone();
        let (page, next) = office
            .engine
            .read(move |keeper| known(keeper, &key))
            .await??;
        // Contacts and referrals are checked like all others, and counted for nobody.
        let shown = page.iter().filter(|(_, shown)| *shown).count();
        records = records.saturating_add(shown as u64);
        hidden.extend(page.iter().filter(|(_, shown)| !shown).map(|(id, _)| *id));
        let page = page.into_iter().map(|(id, _)| id).collect();
        doubtful.extend(differing(office, page).await?.into_iter().map(|(id, _)| id));
        tell(office, "tables", records);
        tokio::time::sleep(began.elapsed().min(REST_MAX)).await;
        let Some(next) = next else { break };
        from = next;
    }
    let stored = office
        .read(Position(0), |snapshot| Ok(ids(snapshot)?))
        .await;
    for page in stored.map_err(unread)?.chunks(PAGE * 16) {
        let page = page.to_vec();
        let gone = office
            .engine
            .read(move |keeper| gone(keeper, page))
            .await??;
        doubtful.extend(gone);
    }
    let mut wrong = Vec::new();
    for _ in 0..PASSES {
        let end = *office.engine.positions().borrow();
        office.reach(end).await.map_err(unread)?;
        wrong = Vec::new();
        for page in doubtful.iter().copied().collect::<Vec<_>>().chunks(PAGE) {
            wrong.extend(differing(office, page.to_vec()).await?);
        }
        doubtful = wrong.iter().map(|(id, _)| *id).collect();
        if doubtful.is_empty() {
            break;
        }
    }
    wrong.retain(|(_, difference)| *difference != Difference::Moving);
    report.tables_records = Some(records);
    report.records = records;
    report.tables_position = office.progress.borrow().position.0;
    for (record, difference) in wrong {
        let (part, zh, en) = told(difference, false);
        let id = if hidden.contains(&record) {
            String::new()
        } else {
            record.to_string()
        };
        let (zh, en) = (format!("记录 {id} {zh}"), format!("record {id}: {en}"));
        report.problem(part, zh, en);
    }
    Ok(())
}

fn unread(error: ApiError) -> anyhow::Error {
    anyhow!("办公表不能读取 (the tables cannot be read): {error:?}")
}

/// Records and where they go on.
type Known = (Vec<(RecordId, bool)>, Option<Vec<u8>>);

/// Records from a key on, each with whether everybody may know that there are so many, and the
/// key to go on from.
fn known(keeper: &LiveKeeper, from: &[u8]) -> anyhow::Result<Known> {
    let page = keeper.index().scan(keys::RECORDS, from, PAGE)?;
    let next = page.last().map(|(key, _)| rows::after(key));
    let mut records = Vec::new();
    for (key, value) in &page {
        let row: rows::RecordRow = rows::decoded(value)?;
        if let Some(Ok(record)) = key.get(1..).map(RecordId::from_slice)
            && row.erased.is_none()
        {
            let shown = match row.scope.audience {
                Audience::Group | Audience::Office => true,
                Audience::Contact | Audience::Referral => false,
            };
            records.push((record, shown));
        }
    }
    Ok((records, next.filter(|_| page.len() == PAGE)))
}

/// Those of these records that the log does not have.
fn gone(keeper: &LiveKeeper, records: Vec<RecordId>) -> anyhow::Result<Vec<RecordId>> {
    let mut gone = Vec::new();
    for record in records {
        let row = keeper.index().get(&keys::record(&record))?;
        let row: Option<rows::RecordRow> = row.map(|row| rows::decoded(&row)).transpose()?;
        if row.is_none_or(|row| row.erased.is_some()) {
            gone.push(record);
        }
    }
    Ok(gone)
}

/// Those of these records whose rows are not what the log says, as far as neither is moving.
async fn differing(
    office: &Office,
    records: Vec<RecordId>,
) -> anyhow::Result<Vec<(RecordId, Difference)>> {
    let mut asked: Vec<(RecordId, Option<RecordParts>)> = Vec::new();
    for record in records {
        asked.push((record, office.engine.record(record).await?));
    }
    let found = office.read(Position(0), move |snapshot| {
        let mut found = Vec::new();
        for (record, parts) in asked {
            let difference = compare(snapshot, &record, parts.as_ref())?;
            found.extend(difference.map(|difference| (record, difference)));
        }
        Ok(found)
    });
    found.await.map_err(unread)
}

/// Reads the last backup once more, when its folder is on this machine.
async fn backup(office: &Office, report: &mut Report) -> anyhow::Result<()> {
    let Some(note) = office.care.backup() else {
        return Ok(());
    };
    if !note.path.join(MANIFEST).exists() {
        report.backup = Some("absent".to_owned());
        return Ok(());
    }
    let asked = note.clone();
    let proved = tokio::task::spawn_blocking(move || prove(&asked)).await?;
    if let Err(error) = proved {
        tracing::warn!(%error, "the last backup is not as written");
        report.backup = Some("wrong".to_owned());
        let path = note.path.display();
        report.problem(
            Part::Backup,
            format!("备份 {path} 与写入时不符,请重新备份到新目录"),
            format!("the backup {path} is not as written: back up again to a new folder"),
        );
        return Ok(());
    }
    report.backup = Some("proved".to_owned());
    let proved = engine::now().0;
    // Not over a backup that was made meanwhile.
    if office.care.backup().as_ref() == Some(&note) {
        note_backup(&office.care.data, &BackupNote { proved, ..note });
    }
    Ok(())
}

fn prove(note: &BackupNote) -> anyhow::Result<()> {
    let manifest: Manifest = serde_json::from_slice(&std::fs::read(note.path.join(MANIFEST))?)?;
    anyhow::ensure!(
        (manifest.position, &manifest.hash) == (note.position, &note.hash),
        "another backup is in the folder"
    );
    let mut found = Report::default();
    let mut hash: Hash = [0; 32];
    let read = HEXLOWER.decode(note.hash.as_bytes())?;
    hash.copy_from_slice(read.get(..32).context("a hash has 32 bytes")?);
    read_log(
        Still::of(&note.path.join(JOURNAL))?,
        (Position(note.position), hash),
        &mut found,
    )?;
    anyhow::ensure!(found.problems.is_empty(), "{:?}", found.problems);
    Ok(())
}
