//! Carrying out the plan: real devices, real sync, nothing through a back door.
//!
//! Hands of one round work offline; all of them sync between rounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use liandu_core::id::RecordId;
use liandu_core::record::edit::Edit;
use liandu_core::record::path::Path as Place;
use liandu_core::record::value::Value;
use liandu_device::native::{Device, Folder, FolderError, Memory, Store};
use liandu_device::{Asked, Pairs, Puts};
use tokio::task::JoinSet;

use crate::demo::people;
use crate::demo::plan::{Deed, Entry, Plan, Step};
use crate::demo::seats::Hand;
use crate::process::Server;
use crate::roster::Roster;

/// Devices that sync at the same time.
const AT_ONCE: usize = 6;
const SYNC_SECONDS_MAX: u64 = 300;

/// Where a hand's device keeps its pairs.
enum Keeps {
    Memory(Memory),
    Folder(Folder),
}

impl Store for Keeps {
    fn load(&mut self) -> Result<Pairs, FolderError> {
        match self {
            Keeps::Memory(memory) => memory.load(),
            Keeps::Folder(folder) => folder.load(),
        }
    }

    fn write(&mut self, puts: &Puts) -> Result<(), FolderError> {
        match self {
            Keeps::Memory(memory) => memory.write(puts),
            Keeps::Folder(folder) => folder.write(puts),
        }
    }
}

/// Every hand's device.
pub(super) struct Hands(BTreeMap<Hand, Device<Keeps>>);

impl Hands {
    /// Enrols a device for each hand.
    pub(super) async fn enrol(server: &Server, roster: &Roster, dir: &Path) -> Result<Hands> {
        let people: Vec<String> = Hand::ALL
            .into_iter()
            .map(|hand| people::person(roster, hand))
            .collect::<Result<_>>()?;
        let invitations = server.invite_all(&people)?;
        let mut hands = BTreeMap::new();
        for ((hand, person), invitation) in Hand::ALL.into_iter().zip(&people).zip(&invitations) {
            let keeps = match hand.phone() {
                Some((folder, _)) => Keeps::Folder(Folder::open(&dir.join(folder))?),
                None => Keeps::Memory(Memory::default()),
            };
            let label = hand.phone().map_or("演示", |(folder, _)| folder);
            let mut device = Device::open(keeps, "liandu-demo")?;
            let enrolled = device.enrol(&server.sync_url(), invitation, label).await;
            enrolled.with_context(|| format!("enrol {person}"))?;
            hands.insert(hand, device);
        }
        let mut hands = Hands(hands);
        hands.sync(|_| true).await?;
        Ok(hands)
    }

    /// One round: everybody works offline, then hands in, then those who work next fetch.
    pub(super) async fn round(&mut self, plan: &Plan, round: usize) -> Result<usize> {
        let mut edits = 0;
        for entry in &plan.entries {
            for (index, step) in entry.steps.iter().enumerate() {
                if step.round == round {
                    self.step(entry, index, step)?;
                    edits += 1;
                }
            }
            // Lets Ctrl-C be heard.
            tokio::task::yield_now().await;
        }
        let works = |hand: Hand, rounds: std::ops::RangeInclusive<usize>| {
            plan.steps()
                .any(|step| step.hand == hand && rounds.contains(&step.round))
        };
        self.sync(|hand| works(hand, round..=round)).await?;
        self.all_received()?;
        // The phones stay: they end with everything.
        self.sync(|hand| hand.phone().is_some() || works(hand, round + 1..=usize::MAX))
            .await?;
        Ok(edits)
    }

    fn step(&mut self, entry: &Entry, index: usize, step: &Step) -> Result<()> {
        let device = self.0.get_mut(&step.hand).context("a hand's device")?;
        let edit = match &step.deed {
            Deed::Edit(edit) => edit.clone(),
            Deed::Decide(path, value) => decision(device, entry.id, path, value)?,
        };
        // What the device would say about it the server says soon; asking twice takes time.
        let asked = Asked {
            anyway: true,
            ..Asked::default()
        };
        let at = step.at;
        let kept = device.act(|engine, _| match index {
            0 => {
                let what = (entry.kind, entry.scope.clone());
                engine.new_record(at, Some(entry.id), what, edit, &asked)
            }
            _later => engine.edit(at, entry.id, edit, &asked),
        })?;
        kept.with_context(|| format!("{:?}, {}: {:?}", step.hand, entry.id, step.deed))?;
        Ok(())
    }

    async fn sync(&mut self, wanted: impl Fn(Hand) -> bool) -> Result<()> {
        let hands: Vec<Hand> = self
            .0
            .keys()
            .copied()
            .filter(|hand| wanted(*hand))
            .collect();
        let mut waiting = hands.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < AT_ONCE
                && let Some(hand) = waiting.next()
                && let Some(mut device) = self.0.remove(&hand)
            {
                running.spawn(async move {
                    let report = device.sync(Duration::from_secs(SYNC_SECONDS_MAX)).await;
                    let left = device.disconnect().await;
                    (hand, device, report, left)
                });
            }
            let Some(joined) = running.join_next().await else {
                return Ok(());
            };
            let (hand, device, report, left) = joined.context("a device's task")?;
            let report = report.with_context(|| format!("sync of {hand:?}"))?;
            left?;
            ensure!(
                report.trouble.is_none(),
                "{hand:?} could not sync: {:?}",
                report.trouble
            );
            self.0.insert(hand, device);
        }
    }

    /// Every edit of every device has its receipt.
    fn all_received(&mut self) -> Result<()> {
        for (hand, device) in &mut self.0 {
            let outbox = device.engine().outbox();
            if let Some(edit) = outbox.first() {
                anyhow::bail!(
                    "{hand:?}: {} edits without a receipt, first {edit:?}",
                    outbox.len()
                );
            }
        }
        Ok(())
    }

    /// The last position that a device knows of.
    pub(super) fn position(&mut self) -> u64 {
        let devices = self.0.values_mut();
        let positions = devices.filter_map(|device| device.engine().status().position);
        positions.map(|position| position.0).max().unwrap_or(0)
    }
}

/// Decides between what the device shows.
fn decision(
    device: &mut Device<Keeps>,
    record: RecordId,
    path: &Place,
    value: &Value,
) -> Result<Edit> {
    let view = device.engine().record(record)?;
    let mut conflicts = view.record.conflicts.iter();
    let open = conflicts.find(|conflict| conflict.path == *path);
    let open = open.with_context(|| format!("no conflict at {path} of {record}"))?;
    let among = open.values.iter().map(|written| written.by.write).collect();
    Ok(Edit::Resolve {
        path: path.clone(),
        value: Some(value.clone()),
        among,
    })
}
