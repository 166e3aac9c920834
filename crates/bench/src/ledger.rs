//! The office at work on a full ledger: what lists, filters, counts, maps, searches and inboxes
//! take over HTTP, beside SQL written by hand over the same rows in the same run.
//!
//! The rows are made up and written straight into the tables of a server that then runs as always;
//! its log does not have them. Never prints a figure before every answer was the same both ways.

mod ask;
mod rows;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use liandu_core::campaign::Calendar;
use liandu_core::light::Lights;
use liandu_core::time::{Day, Timestamp};
use liandu_server::tables::write::Tables;
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

use self::ask::{Asker, Asking, COUNTY};
use self::rows::Maker;
use crate::meter;
use crate::office::Office;
use crate::process::Server;
use crate::roster::{Draw, Roster};

/// Problems written in one transaction.
const BATCH: u64 = 5_000;
const SEED: u64 = 20;

/// What the office waits for: one JSON line. Times are milliseconds, as the asker sees them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Desk {
    /// `office`.
    pub workload: &'static str,
    /// In the ledger.
    pub problems: u64,
    /// Asked, each compared with SQL by hand.
    pub questions: usize,
    /// Half of them take no longer.
    pub p50_ms: f64,
    /// 99 of 100 take no longer.
    pub p99_ms: f64,
    /// SQL written by hand: half of it.
    pub sql_p50_ms: f64,
    /// SQL written by hand: 99 of 100.
    pub sql_p99_ms: f64,
    /// The slowest of each question, with the slowest of its SQL.
    pub worst_ms: BTreeMap<&'static str, [f64; 2]>,
    /// Most memory the server held.
    pub server_rss_peak_bytes: u64,
    /// Office tables, allocated.
    pub tables_bytes: u64,
    /// Whether every answer was the same both ways.
    pub verified: bool,
}

/// Fills a ledger with `problems` and asks every question `rounds` times.
///
/// # Errors
/// When a process fails, or an answer differs from that of SQL by hand.
pub fn office(bin: &Path, problems: u64, rounds: usize) -> Result<Desk> {
    let scratch = tempfile::tempdir().context("a fresh folder")?;
    let data = scratch.path().join("data");
    let server = Server::start(bin, &data)?;
    for region in ["130000", COUNTY] {
        // The account is in the log before its position is asked for.
        server.office("congress-office", region)?.count("")?;
    }
    server.stop()?;
    let file = data.join("tables").join("office.sqlite");
    let today = Day::in_beijing(now()?);
    fill(&file, problems, today)?;
    let server = Server::start(bin, &data)?;
    let askers = [
        server.sign_in("congress-office", "130000")?,
        server.sign_in("congress-office", COUNTY)?,
    ];
    let counted = askers[0].count("kind=problem")?;
    ensure!(counted == problems, "{counted} problems of {problems}");
    let mut desk = asked(&askers, &file, today, rounds)?;
    desk.problems = problems;
    desk.server_rss_peak_bytes = meter::rss_peak_bytes(server.pid())?;
    desk.tables_bytes = meter::disk_bytes(&data.join("tables"))?;
    desk.verified = true;
    Ok(desk)
}

fn now() -> Result<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp(i64::try_from(since.as_millis())?))
}

/// Writes problems as if the log had them, up to the place where the tables already are.
fn fill(file: &Path, problems: u64, today: Day) -> Result<()> {
    let mut tables = Tables::open(file)?;
    let mark = tables.mark()?;
    let mut maker = Maker::new(SEED, today)?;
    let mut left = problems;
    while left > 0 {
        let batch = left.min(BATCH);
        let mut changes = Vec::new();
        for _ in 0..batch {
            changes.extend(maker.next()?);
        }
        tables.commit(&changes, &mark)?;
        left -= batch;
    }
    tables.optimize()?;
    Ok(())
}

fn asked(askers: &[Office; 2], file: &Path, today: Day, rounds: usize) -> Result<Desk> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let tables = Connection::open_with_flags(file, flags).context("the tables")?;
    let divisions = include_str!("../../../server/data/divisions.csv");
    let groups = Roster::hebei(divisions, SEED, 0)?.groups;
    let mut counties: Vec<String> = groups.into_iter().map(|group| group.region).collect();
    counties.dedup();
    let mut draw = Draw::new(SEED);
    let (mut waited, mut by_hand) = (Vec::new(), Vec::new());
    let mut desk = Desk {
        workload: "office",
        ..Desk::default()
    };
    for round in 0..=rounds {
        let mut asking = Asking {
            draw: &mut draw,
            counties: &counties,
            lights: Lights::on(today, &Calendar::china()?),
        };
        for question in asking.round()? {
            let office = match question.asker {
                Asker::Province => &askers[0],
                Asker::County => &askers[1],
            };
            let began = Instant::now();
            let text = office.text(&question.path)?;
            let took = began.elapsed().as_secs_f64() * 1e3;
            let answer = question.of_answer(&serde_json::from_str(&text)?)?;
            let began = Instant::now();
            let expected = question.by_hand(&tables)?;
            let sql_took = began.elapsed().as_secs_f64() * 1e3;
            ensure!(
                answer == expected,
                "{}: {answer:?}, by hand {expected:?}",
                question.path
            );
            // The first round warms caches of the operating system: both ways alike.
            if round > 0 {
                waited.push(took);
                by_hand.push(sql_took);
                let worst = desk.worst_ms.entry(question.name).or_default();
                *worst = [worst[0].max(took), worst[1].max(sql_took)];
            }
        }
    }
    desk.questions = waited.len();
    [desk.p50_ms, desk.p99_ms] = [0.5, 0.99].map(|share| at(&mut waited, share));
    [desk.sql_p50_ms, desk.sql_p99_ms] = [0.5, 0.99].map(|share| at(&mut by_hand, share));
    Ok(desk)
}

/// The value that a share of all does not exceed.
fn at(all: &mut [f64], share: f64) -> f64 {
    all.sort_by(f64::total_cmp);
    let place = (all.len() as f64 * share).ceil() as usize;
    all.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}
