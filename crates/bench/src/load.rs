//! Load: many devices after a day without signal, a new device, one that is nearly up to date,
//! many writers of one record, many idle connections, a server that dies.
//!
//! Each on a server process of its own with real fsync, keys, seals and tables. Never prints a
//! figure before the office's API has shown that everything is there.

mod form;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use liandu_core::id::RecordId;
use liandu_core::record::doc::Heads;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_device::native::Traffic;
use liandu_device::{Asked, Engine, Status};
use serde::Serialize;
use tempfile::TempDir;

use crate::fleet::{Crew, Phone, each};
use crate::meter;
use crate::office::Office;
use crate::process::Server;

const REGION: &str = "130123";
/// One device, at most.
const SYNC: Duration = Duration::from_secs(600);
/// Connections a device may lose in one wait.
const RECONNECTS_MAX: usize = 50;
/// How long idle connections are watched.
const IDLE: Duration = Duration::from_secs(10);
/// The field that the last small edit can be read from.
const LAST: &str = "problem_count";

/// What a workload cost: one JSON line. Bytes and messages are those of the devices' sockets,
/// whole messages without framing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// Its name.
    pub workload: &'static str,
    /// Devices that took part.
    pub devices: usize,
    /// Records at the office.
    pub records: u64,
    /// Edits of devices at the office.
    pub edits: u64,
    /// From the first connection to the end that the workload names.
    pub wall_s: f64,
    /// The server's CPU in that time.
    pub server_cpu_s: f64,
    /// From the end until the office's tables have caught up.
    pub tables_caught_up_s: f64,
    /// The server's CPU in that time.
    pub tables_cpu_s: f64,
    /// Most memory the server held.
    pub server_rss_peak_bytes: u64,
    /// CPU of all devices together (this process).
    pub client_cpu_s: f64,
    /// To the server.
    pub bytes_up: u64,
    /// From the server.
    pub bytes_down: u64,
    /// To the server.
    pub messages_up: u64,
    /// From the server.
    pub messages_down: u64,
    /// Log and index, allocated.
    pub disk_bytes: u64,
    /// Office tables, allocated.
    pub tables_bytes: u64,
    /// Server memory for each idle connection; none where nothing idles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_bytes: Option<u64>,
    /// CPU of appending and syncing as many bytes as the log has, in this run: a floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor_append_s: Option<f64>,
    /// CPU of loading the same documents once, in this run: the floor to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor_load_s: Option<f64>,
    /// Whether everything was read back.
    pub verified: bool,
}

/// A server with its folder and its devices.
struct Stage {
    scratch: TempDir,
    server: Server,
    office: Office,
    phones: Vec<Phone>,
}

impl Stage {
    async fn begin(bin: &Path, devices: usize, group: impl Fn(usize) -> String) -> Result<Stage> {
        let scratch = tempfile::tempdir().context("a fresh folder")?;
        let server = Server::start(bin, &scratch.path().join("data"))?;
        let office = server.office("congress-office", "130000")?;
        let crew = Crew::new(devices, REGION, group);
        let phones = crew.enrol(&server, scratch.path()).await?;
        let phones = everywhere(phones, |engine| engine.all_at_office()).await?;
        Ok(Stage {
            scratch,
            server,
            office,
            phones,
        })
    }

    /// The last position that any receipt names: cursors may still be behind it.
    fn position(&mut self) -> u64 {
        let engines = self.phones.iter_mut().map(Phone::engine);
        let receipts = engines.flat_map(|engine| {
            let edits = engine.all_edits();
            edits.map(|edit| match edit.status {
                Status::AtOffice { position, .. } => position.0,
                Status::Saving
                | Status::OnDevice
                | Status::Sent
                | Status::Held(_)
                | Status::Refused(_)
                | Status::Unapplied(_) => 0,
            })
        });
        let cursor = receipts.max().unwrap_or(0);
        let held = self.phones.iter_mut();
        let held = held.filter_map(|phone| phone.engine().status().position);
        held.map(|position| position.0).fold(cursor, u64::max)
    }

    /// The same devices with everything they know, taken off the network.
    async fn hang_up(&mut self) -> Result<()> {
        for phone in &mut self.phones {
            phone.disconnect().await?;
        }
        Ok(())
    }
}

/// Figures while they are taken.
struct Clock {
    pid: u32,
    began: Instant,
    server_s: f64,
    client_s: f64,
    traffic: Traffic,
}

impl Clock {
    fn start(stage: &Stage) -> Result<Clock> {
        let pid = stage.server.pid();
        meter::forget_peak(pid)?;
        Ok(Clock {
            pid,
            traffic: meter::traffic(&stage.phones),
            client_s: meter::cpu_s(std::process::id())?,
            server_s: meter::cpu_s(pid)?,
            began: Instant::now(),
        })
    }

    fn stop(&self, workload: &'static str, phones: &[Phone]) -> Result<Figures> {
        let wall_s = self.began.elapsed().as_secs_f64();
        let now = meter::traffic(phones);
        Ok(Figures {
            workload,
            devices: phones.len(),
            wall_s,
            server_cpu_s: meter::cpu_s(self.pid)? - self.server_s,
            client_cpu_s: meter::cpu_s(std::process::id())? - self.client_s,
            server_rss_peak_bytes: meter::rss_peak_bytes(self.pid)?,
            bytes_up: now.bytes_up - self.traffic.bytes_up,
            bytes_down: now.bytes_down - self.traffic.bytes_down,
            messages_up: now.messages_up - self.traffic.messages_up,
            messages_down: now.messages_down - self.traffic.messages_down,
            ..Figures::default()
        })
    }
}

/// All devices at once until the condition holds on each.
async fn everywhere(
    phones: Vec<Phone>,
    holds: impl Fn(&mut Engine) -> bool + Clone + Send + Sync + 'static,
) -> Result<Vec<Phone>> {
    let at_once = phones.len();
    each(phones, at_once, |mut phone| {
        let holds = holds.clone();
        async move {
            until(&mut phone, &holds).await?;
            Ok(phone)
        }
    })
    .await
}

/// Connects again when a busy server lets go, as devices do.
async fn until(phone: &mut Phone, holds: impl Fn(&mut Engine) -> bool) -> Result<()> {
    let mut trouble = None;
    for _ in 0..RECONNECTS_MAX {
        let report = phone.sync_until(SYNC, &holds).await?;
        trouble = report.trouble;
        if holds(phone.engine()) {
            return Ok(());
        }
    }
    anyhow::bail!("could not sync: {trouble:?}")
}

fn group(index: usize) -> String {
    format!("g-{index:04}")
}

/// Makes records with their edits on a device, offline.
fn work(phone: &mut Phone, group: &str, numbers: std::ops::Range<u64>, edits: u64) -> Result<()> {
    for number in numbers {
        let scope: Scope = format!("{REGION}/{group}/group").parse()?;
        let made = phone.act(|engine, now| {
            let asked = Asked::default();
            let what = (Kind::Inspection, scope);
            engine.new_record(now, None, what, form::filled(number), &asked)
        })??;
        for nth in 1..=edits {
            edit(phone, made.record, nth)?;
        }
    }
    Ok(())
}

fn edit(phone: &mut Phone, record: RecordId, nth: u64) -> Result<Heads> {
    let kept = phone
        .act(|engine, now| engine.edit(now, record, form::small(nth), &Asked::default()))??;
    Ok(kept.seen)
}

/// Waits for the tables, then reads every record back: the counts of last values from the
/// tables, and from the log that each record has the very heads that a device has.
fn verify(stage: &mut Stage, figures: &mut Figures, lasts: &[(u64, u64)]) -> Result<()> {
    let at = stage.position();
    let (clock, before) = (Instant::now(), meter::cpu_s(stage.server.pid())?);
    let office = &stage.office;
    let all = office.count(&format!("kind=inspection&at_least={at}"))?;
    figures.tables_caught_up_s = clock.elapsed().as_secs_f64();
    figures.tables_cpu_s = meter::cpu_s(stage.server.pid())? - before;
    let found = office.count_by("kind=inspection", &format!("field.{LAST}"))?;
    for (value, count) in lasts {
        let last = found.get(&value.to_string()).copied().unwrap_or(0);
        ensure!(
            last == *count,
            "the office has {LAST} {found:?}, meant was {lasts:?}"
        );
    }
    let count: u64 = lasts.iter().map(|(_, count)| count).sum();
    ensure!(all == count, "{all} records at the office of {count}");
    every_record_is_complete(office, &mut stage.phones)?;
    let data = stage.scratch.path().join("data");
    let journal = meter::disk_bytes(&data.join("journal"))?;
    figures.disk_bytes =
        journal + meter::disk_bytes(&data.join("index"))? + meter::disk_bytes(&data.join("packs"))?;
    figures.floor_append_s = Some(meter::floor_append_s(stage.scratch.path(), journal)?);
    figures.tables_bytes = meter::disk_bytes(&data.join("tables"))?;
    figures.records = all;
    figures.verified = true;
    Ok(())
}

/// Heads are hashes over all that a record is made of: equal heads are equal records.
fn every_record_is_complete(office: &Office, phones: &mut [Phone]) -> Result<()> {
    for phone in phones {
        let ids: Vec<RecordId> = phone.engine().records().collect();
        for id in ids {
            let here = phone.engine().record(id)?.heads.to_string();
            let there = office.get(&format!("/api/records/{id}"))?;
            ensure!(
                there["seen"].as_str() == Some(here.as_str()),
                "{id} at the office is at {}, the device at {here}",
                there["seen"]
            );
        }
    }
    Ok(())
}

/// CPU of loading each record of these devices once.
fn floor_load_s(phones: &mut [Phone]) -> Result<f64> {
    let mut saved = Vec::new();
    for phone in phones {
        let records: Vec<RecordId> = phone.engine().records().collect();
        saved.extend(
            records
                .into_iter()
                .filter_map(|id| Some((id, phone.engine().saved(id)?))),
        );
    }
    let before = meter::cpu_s(std::process::id())?;
    for (id, bytes) in &saved {
        liandu_core::record::RecordDoc::load(*id, &[bytes])?;
    }
    Ok(meter::cpu_s(std::process::id())? - before)
}

/// Every device made its records offline before the clock starts; all connect at once; ends at the
/// last receipt. `die`: the server is killed there, started again, and asked for everything.
pub async fn storm(
    bin: &Path,
    devices: usize,
    records: u64,
    edits: u64,
    die: bool,
) -> Result<Figures> {
    let mut stage = Stage::begin(bin, devices, group).await?;
    stage.hang_up().await?;
    for (index, phone) in stage.phones.iter_mut().enumerate() {
        let first = index as u64 * records;
        work(phone, &group(index), first..first + records, edits)?;
    }
    let clock = Clock::start(&stage)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, |engine| engine.all_at_office()).await?;
    let name = if die { "crash" } else { "storm" };
    let mut figures = clock.stop(name, &stage.phones)?;
    if die {
        let data = stage.scratch.path().join("data");
        stage.server.kill()?;
        stage.server = Server::start(bin, &data)?;
        stage.office = stage.server.sign_in("congress-office", "130000")?;
    }
    let count = devices as u64 * records;
    verify(&mut stage, &mut figures, &[(edits, count)])?;
    figures.edits = count * (edits + 1);
    figures.floor_load_s = Some(floor_load_s(&mut stage.phones)?);
    Ok(figures)
}

/// A server with records of one group, and an empty device of it.
async fn stocked(bin: &Path, records: u64) -> Result<(Stage, Phone)> {
    let mut stage = Stage::begin(bin, 2, |_| group(0)).await?;
    stage.hang_up().await?;
    let empty = stage.phones.pop().context("two devices")?;
    let phone = stage.phones.first_mut().context("two devices")?;
    work(phone, &group(0), 0..records, 20)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, |engine| engine.all_at_office()).await?;
    Ok((stage, empty))
}

fn count_is(records: u64) -> impl Fn(&mut Engine) -> bool + Clone + Send + Sync + 'static {
    move |engine| engine.records().count() as u64 >= records && engine.is_quiet() && in_sync(engine)
}

fn in_sync(engine: &mut Engine) -> bool {
    engine.connection() == Some(liandu_core::protocol::client::Status::InSync)
}

/// A new device downloads everything; ends when it is in sync.
pub async fn cold(bin: &Path, records: u64) -> Result<Figures> {
    let (mut stage, empty) = stocked(bin, records).await?;
    let writers = std::mem::replace(&mut stage.phones, vec![empty]);
    let clock = Clock::start(&stage)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, count_is(records)).await?;
    let mut figures = clock.stop("cold", &stage.phones)?;
    verify(&mut stage, &mut figures, &[(20, records)])?;
    drop(writers);
    figures.floor_load_s = Some(floor_load_s(&mut stage.phones)?);
    Ok(figures)
}

/// A device in sync comes back after some records were changed elsewhere; ends when it has them.
pub async fn warm(bin: &Path, records: u64, changed: u64) -> Result<Figures> {
    let (mut stage, empty) = stocked(bin, records).await?;
    let mut reader = everywhere(vec![empty], count_is(records)).await?;
    let mut reader = reader.pop().context("the reader")?;
    reader.disconnect().await?;
    let writer = stage.phones.first_mut().context("the writer")?;
    let ids: Vec<RecordId> = writer.engine().records().take(changed as usize).collect();
    let mut news = Vec::new();
    for id in &ids {
        news.push((*id, edit(writer, *id, 21)?));
    }
    let phones = std::mem::take(&mut stage.phones);
    let writers = everywhere(phones, |engine| engine.all_at_office()).await?;
    stage.phones = vec![reader];
    let clock = Clock::start(&stage)?;
    let phones = std::mem::take(&mut stage.phones);
    let has = move |engine: &mut Engine| {
        in_sync(engine) && news.iter().all(|(id, heads)| engine.holds(*id, heads))
    };
    stage.phones = everywhere(phones, has).await?;
    let mut figures = clock.stop("warm", &stage.phones)?;
    verify(
        &mut stage,
        &mut figures,
        &[(20, records - changed), (21, changed)],
    )?;
    drop(writers);
    figures.edits = changed;
    Ok(figures)
}

/// All edited one record offline; ends when all have all of it.
pub async fn contend(bin: &Path, devices: usize, edits: u64) -> Result<Figures> {
    let mut stage = Stage::begin(bin, devices, |_| group(0)).await?;
    let first = stage.phones.first_mut().context("a device")?;
    work(first, &group(0), 0..1, 0)?;
    let record = first.engine().records().next().context("the record")?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, move |engine| {
        engine.all_at_office() && engine.record(record).is_ok()
    })
    .await?;
    stage.hang_up().await?;
    let mut last = Heads::default();
    for phone in &mut stage.phones {
        for nth in 1..=edits {
            // The same last value everywhere: no conflict is left to decide.
            let heads = edit(phone, record, nth)?;
            if nth == edits {
                last.0.extend(heads.0);
            }
        }
    }
    let clock = Clock::start(&stage)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, move |engine| {
        engine.all_at_office() && engine.holds(record, &last)
    })
    .await?;
    let mut figures = clock.stop("contend", &stage.phones)?;
    let mut heads: Vec<String> = Vec::new();
    for phone in &mut stage.phones {
        heads.push(phone.engine().record(record)?.heads.to_string());
    }
    heads.dedup();
    ensure!(heads.len() == 1, "the devices end with different heads");
    verify(&mut stage, &mut figures, &[(edits, 1)])?;
    figures.edits = devices as u64 * edits;
    Ok(figures)
}

/// What a connected, subscribed, silent device costs the server.
pub async fn idle(bin: &Path, connections: usize) -> Result<Figures> {
    let mut stage = Stage::begin(bin, connections, group).await?;
    stage.hang_up().await?;
    let pid = stage.server.pid();
    let before = meter::rss_bytes(pid)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, in_sync).await?;
    let clock = Clock::start(&stage)?;
    tokio::time::sleep(IDLE).await;
    let mut figures = clock.stop("idle", &stage.phones)?;
    let held = meter::rss_bytes(pid)?.saturating_sub(before);
    figures.connection_bytes = Some(held / connections as u64);
    let metrics = ureq::get(format!("{}/metrics", stage.server.url)).call()?;
    let said = metrics.into_body().read_to_string()?;
    let line = said
        .lines()
        .find(|line| line.starts_with("liandu_connections "));
    let open = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap_or("0");
    ensure!(
        open == connections.to_string(),
        "{open} connections of {connections} are open"
    );
    // One of them works: the office reads it, so the connections are more than open sockets.
    let mut others = stage.phones.split_off(1);
    let phone = stage.phones.first_mut().context("a device")?;
    work(phone, &group(0), 0..1, 1)?;
    let phones = std::mem::take(&mut stage.phones);
    stage.phones = everywhere(phones, |engine| engine.all_at_office()).await?;
    verify(&mut stage, &mut figures, &[(1, 1)])?;
    stage.phones.append(&mut others);
    Ok(figures)
}
