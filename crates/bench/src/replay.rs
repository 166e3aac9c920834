//! Real requests replayed: each row of a CSV is made a record offline by one device, carried
//! through its real status, owner and closing by several, and read back through the office.
//!
//! Prints nothing before everything agrees: the office's counts with the CSV's, receipts, open
//! conflicts, quarantine, the devices, and a rebuild from the log.

pub mod plan;
pub mod rows;
mod verify;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use liandu_core::id::RecordId;
use liandu_core::record::DefinitionRef;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path as Place;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_device::{Asked, Engine};
use serde::Serialize;

use crate::fleet::{Crew, Phone, sync_all};
use crate::process::Server;
use crate::replay::plan::{Plan, groups, plan};
use crate::replay::rows::Counts;

const CAMPAIGN: &str = include_str!("../data/la311.json");
const REGION: &str = "130123";
/// Devices that sync at the same time.
const AT_ONCE: usize = 16;

/// What to replay.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The CSV.
    pub csv: PathBuf,
    /// Devices.
    pub devices: usize,
    /// Of the plan.
    pub seed: u64,
    /// Percent of edits added that their authors may not make.
    pub forbidden_percent: u64,
}

/// What came of it: one JSON line.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// `replay`.
    pub workload: &'static str,
    /// Rows, and records at the office.
    pub records: u64,
    /// Devices.
    pub devices: usize,
    /// Of the plan.
    pub seed: u64,
    /// Edits made on devices, forbidden ones included.
    pub edits: u64,
    /// Edits at the office, by their receipts on the devices.
    pub receipts: u64,
    /// Open conflicts, all of them meant to be.
    pub open_conflicts: u64,
    /// Edits in quarantine, all of them meant to be.
    pub quarantined: u64,
    /// Changes written on top of forbidden ones, offered again since and at the office.
    pub followers: u64,
    /// Office counts by request type, equal to the CSV's.
    pub by_type: Counts,
    /// By status.
    pub by_status: Counts,
    /// By channel.
    pub by_channel: Counts,
    /// By owner.
    pub by_owner: Counts,
    /// Seconds from the first offline edit to the last receipt.
    pub wall_s: f64,
    /// Whether devices, index, tables and a rebuild from the log agree with each other and the CSV.
    pub verified: bool,
}

impl Replay {
    /// Runs it on a fresh server in a fresh folder.
    pub async fn run(&self, bin: &Path) -> Result<Outcome> {
        let rows = rows::read(&self.csv)?;
        let plan = plan(&rows, self.devices, self.seed, self.forbidden_percent);
        let scratch = tempfile::tempdir().context("a fresh folder")?;
        let data = scratch.path().join("data");
        let server = Server::start(bin, &data)?;
        let definition = scratch.path().join("la311.json");
        std::fs::write(&definition, CAMPAIGN).context("write la311.json")?;
        server.publish(&definition)?;
        let crew = Crew::new(self.devices, REGION, |device| {
            group_code(device % groups(self.devices))
        });
        let phones = crew.enrol(&server, scratch.path()).await?;
        let phones = sync_all(phones, AT_ONCE).await?;
        let clock = Instant::now();
        let mut stage = Stage {
            plan: &plan,
            phones,
            ids: Vec::new(),
            edits: 0,
        };
        stage.create()?;
        stage.sync().await?;
        stage.sync().await?;
        stage.carry()?;
        stage.sync().await?;
        stage.sync().await?;
        stage.decide()?;
        stage.sync().await?;
        stage.sync().await?;
        let wall = clock.elapsed();
        let edits = stage.edits;
        let mut outcome = verify::verify(&rows, &plan, &server, stage.phones, &stage.ids)?;
        server.stop()?;
        verify::rebuild_agrees(bin, &data, &outcome)?;
        outcome.devices = self.devices;
        outcome.seed = self.seed;
        outcome.edits = edits;
        outcome.wall_s = seconds(wall);
        outcome.verified = true;
        Ok(outcome)
    }
}

fn seconds(wall: Duration) -> f64 {
    (wall.as_secs_f64() * 1_000.0).round() / 1_000.0
}

fn group_code(group: usize) -> String {
    format!("g-{group:03}")
}

/// The devices at work.
struct Stage<'a> {
    plan: &'a Plan,
    phones: Vec<Phone>,
    ids: Vec<RecordId>,
    edits: u64,
}

impl Stage<'_> {
    async fn sync(&mut self) -> Result<()> {
        let phones = std::mem::take(&mut self.phones);
        self.phones = sync_all(phones, AT_ONCE).await?;
        Ok(())
    }

    /// Each row becomes a record, offline.
    fn create(&mut self) -> Result<()> {
        for (index, row) in self.plan.rows.iter().enumerate() {
            let scope: Scope =
                format!("{REGION}/{}/group", group_code(self.plan.group_of(index))).parse()?;
            let edit = row.creation.clone();
            let made = self.phones[row.creator].act(|engine, now| {
                engine.new_record(now, None, (Kind::Problem, scope), edit, &asked(false))
            })??;
            self.ids.push(made.record);
            self.edits += 1;
        }
        Ok(())
    }

    /// Devices write without knowing of each other; the forbidden ones come first, so that
    /// everything behind them has to be offered again.
    fn carry(&mut self) -> Result<()> {
        for (row, id) in self.plan.rows.iter().zip(self.ids.clone()) {
            for (number, device) in row.forbidden.iter().enumerate() {
                let mark = Value::Text(format!("越权 {number}"));
                let edit = Edit::set(Place::field("office_mark")?, mark);
                self.edit(*device, id, edit, true)?;
            }
            for (device, edit) in &row.carry {
                self.edit(*device, id, edit.clone(), false)?;
            }
        }
        Ok(())
    }

    /// Where two values stand, somebody decides for the CSV's.
    fn decide(&mut self) -> Result<()> {
        for (row, id) in self.plan.rows.iter().zip(self.ids.clone()) {
            let Some((device, path, value)) = &row.decide else {
                continue;
            };
            let engine = self.phones[*device].engine();
            let among = among(engine, id, path)?;
            let edit = Edit::Resolve {
                path: path.clone(),
                value: Some(value.clone()),
                among,
            };
            self.edit(*device, id, edit, false)?;
        }
        Ok(())
    }

    fn edit(&mut self, device: usize, id: RecordId, edit: Edit, anyway: bool) -> Result<()> {
        let words = format!("device {device}, record {id}: {edit:?}");
        let phone = &mut self.phones[device];
        phone
            .act(|engine, now| engine.edit(now, id, edit, &asked(anyway)))?
            .with_context(|| words)?;
        self.edits += 1;
        Ok(())
    }
}

fn among(
    engine: &mut Engine,
    id: RecordId,
    path: &Place,
) -> Result<Vec<liandu_core::record::path::WriteId>> {
    let view = engine.record(id)?;
    let conflict = view
        .record
        .conflicts
        .iter()
        .find(|conflict| conflict.path == *path);
    let conflict = conflict.with_context(|| format!("no conflict at {path} of {id}"))?;
    Ok(conflict
        .values
        .iter()
        .map(|written| written.by.write)
        .collect())
}

fn asked(anyway: bool) -> Asked {
    let campaign = "la311".parse().ok();
    let definition = campaign.map(|campaign| DefinitionRef {
        campaign,
        version: 1,
    });
    Asked {
        anyway,
        definition,
        ..Asked::default()
    }
}
