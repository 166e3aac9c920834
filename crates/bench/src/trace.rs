//! A recorded session of people writing one text, played through the remarks of one record: one
//! device for each writer, with the recorded merges.
//!
//! Each transaction is one edit written at exactly what its writer had seen then. Never prints
//! before every device ends with the recorded text.

mod file;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use liandu_core::id::{FieldId, RecordId};
use liandu_core::record::Heads;
use liandu_core::record::edit::{Edit, Splice};
use liandu_core::record::kind::Kind;
use liandu_device::Asked;
use serde::Serialize;

use crate::fleet::{Crew, Phone, sync_all};
use crate::process::Server;
use file::{Trace, Txn};

const REGION: &str = "130123";
const GROUP: &str = "g-1";
/// How long one recorded merge may take.
const MERGE_SECONDS_MAX: u64 = 60;

/// What came of it: one JSON line.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// `trace`.
    pub workload: &'static str,
    /// Writers, each with a device.
    pub devices: usize,
    /// Transactions played, one edit each.
    pub edits: usize,
    /// Transactions that joined what several writers had done.
    pub merges: usize,
    /// Characters at the end.
    pub chars: usize,
    /// Seconds for all of it, syncs included.
    pub wall_s: f64,
    /// Whether every device and the office ended with the recorded text.
    pub verified: bool,
}

/// Plays a trace on a fresh server.
pub async fn run(bin: &Path, file: &Path) -> Result<Outcome> {
    let trace = file::read(file)?;
    let scratch = tempfile::tempdir().context("a fresh folder")?;
    let server = Server::start(bin, &scratch.path().join("data"))?;
    let crew = Crew::new(trace.num_agents, REGION, |_| GROUP.to_owned());
    let phones = sync_all(crew.enrol(&server, scratch.path()).await?, 1).await?;
    let clock = Instant::now();
    let mut play = Play::begin(phones).await?;
    for (index, txn) in trace.txns.iter().enumerate() {
        play.hear(txn).await?;
        play.write(txn)
            .with_context(|| format!("transaction {index}"))?;
    }
    play.finish().await?;
    let wall_s = clock.elapsed().as_secs_f64();
    play.check(&trace)?;
    let office = server.office("congress-office", "130000")?;
    let at = play.position();
    office.count(&format!("at_least={at}"))?;
    let text = office.get(&format!("/api/records/{}", play.record))?;
    let content = text["texts"]["remarks"]["content"]
        .as_str()
        .unwrap_or_default();
    ensure!(
        content == trace.end_content,
        "the office reads another text"
    );
    Ok(Outcome {
        workload: "trace",
        devices: trace.num_agents,
        edits: trace.txns.len(),
        merges: trace
            .txns
            .iter()
            .filter(|txn| txn.parents.len() > 1)
            .count(),
        chars: trace.end_content.chars().count(),
        wall_s,
        verified: true,
    })
}

struct Play {
    phones: Vec<Phone>,
    record: RecordId,
    field: FieldId,
    born: Heads,
    /// What each transaction's writer had seen after it, and whose it is.
    done: Vec<(usize, Heads)>,
}

impl Play {
    /// One device creates the record, all hold it.
    async fn begin(mut phones: Vec<Phone>) -> Result<Play> {
        let scope = format!("{REGION}/{GROUP}/group").parse()?;
        let edit = Edit::Create {
            writes: Vec::new(),
            texts: vec![("findings".parse()?, "开始".to_owned())],
        };
        let first = phones.first_mut().context("a writer")?;
        let made = first.act(|engine, now| {
            engine.new_record(
                now,
                None,
                (Kind::Inspection, scope),
                edit,
                &Asked::default(),
            )
        })??;
        let phones = sync_all(phones, 1).await?;
        let phones = sync_all(phones, 1).await?;
        Ok(Play {
            phones,
            record: made.record,
            field: "remarks".parse()?,
            born: made.seen,
            done: Vec::new(),
        })
    }

    /// Brings a writer's device what the transaction's parents are, through the server.
    async fn hear(&mut self, txn: &Txn) -> Result<()> {
        for parent in &txn.parents {
            let (from, heads) = self.done[*parent].clone();
            let limit = Duration::from_secs(MERGE_SECONDS_MAX);
            let record = self.record;
            if self.phones[txn.agent].engine().holds(record, &heads) {
                continue;
            }
            self.phones[from]
                .sync_until(limit, |engine| engine.all_at_office())
                .await?;
            self.phones[txn.agent]
                .sync_until(limit, |engine| {
                    engine.holds(record, &heads) && engine.all_at_office()
                })
                .await?;
        }
        Ok(())
    }

    fn write(&mut self, txn: &Txn) -> Result<()> {
        let mut seen = Heads::default();
        for parent in &txn.parents {
            let (_, heads) = self.done.get(*parent).context("a parent")?;
            seen.0.extend(heads.0.iter().copied());
        }
        if txn.parents.is_empty() {
            seen = self.born.clone();
        }
        let splice = |(at, delete, insert): &(u64, u64, String)| Splice {
            at: *at,
            delete: *delete,
            insert: insert.clone(),
        };
        let splices = txn.patches.iter().map(splice).collect();
        let edit = Edit::EditText {
            field: self.field.clone(),
            splices,
        };
        let record = self.record;
        let asked = Asked {
            seen: Some(seen),
            ..Asked::default()
        };
        let kept =
            self.phones[txn.agent].act(|engine, now| engine.edit(now, record, edit, &asked))??;
        self.done.push((txn.agent, kept.seen));
        Ok(())
    }

    async fn finish(&mut self) -> Result<()> {
        for _ in 0..2 {
            self.phones = sync_all(std::mem::take(&mut self.phones), 1).await?;
        }
        Ok(())
    }

    fn check(&mut self, trace: &Trace) -> Result<()> {
        for (index, phone) in self.phones.iter_mut().enumerate() {
            let view = phone.engine().record(self.record)?;
            let text = view
                .record
                .texts
                .get(&self.field)
                .map(|text| text.content.as_str());
            ensure!(
                text == Some(&trace.end_content),
                "writer {index} ends with another text"
            );
            ensure!(
                phone.engine().all_at_office(),
                "writer {index} has edits without a receipt"
            );
        }
        Ok(())
    }

    fn position(&mut self) -> u64 {
        let positions = self
            .phones
            .iter_mut()
            .filter_map(|p| p.engine().status().position);
        positions.map(|position| position.0).max().unwrap_or(0)
    }
}
