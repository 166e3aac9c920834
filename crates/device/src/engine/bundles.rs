//! Bundles: edits and receipts as a file, carried by a colleague or to an office.
//!
//! Never trusts the carrier and never merges what no server has taken: colleagues' changes are
//! kept beside the record, shown as not yet at the office, and carried on.

use std::collections::BTreeSet;

use liandu_core::admission::open_chunks;
use liandu_core::id::{ChangeHash, DeviceId, RecordId};
use liandu_core::limits::DEVICE_SHEETS_MAX;
use liandu_core::protocol::bundle::{self, Bundle, SignedReceipts};
use liandu_core::protocol::update::RecordPush;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::time::Timestamp;

use super::outbox::push_of;
use super::{Engine, Event};
use crate::layers::Layers;
use crate::store::{Batch, Slot};

/// For whom a bundle is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleFor {
    /// An office or its server: only what has no receipt.
    Office,
    /// A colleague, who may lack the rest of the record: whole records.
    Colleague,
}

/// Why a bundle was not made or taken in. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Enrol first.
    #[error("本设备尚未登记 (this device is not enrolled yet)")]
    NotEnrolled,
    /// The store failed: open the engine again.
    #[error("本机无法保存 (nothing can be stored)")]
    Halted,
    /// Nothing is unsent.
    #[error("没有需要转交的内容 (there is nothing to hand on)")]
    Empty,
    /// Made for another installation.
    #[error("该文件属于另一套系统 (the bundle is for another installation)")]
    OtherDeployment,
    /// Another file, damaged, or too big.
    #[error("该文件无法使用 ({0})")]
    File(#[from] bundle::BundleError),
}

/// What a bundle brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// Who made the file; says nothing about who wrote the edits.
    pub maker: Option<DeviceId>,
    /// When, by the maker's clock.
    pub time: Timestamp,
    /// Records it speaks of.
    pub records: usize,
    /// Edits that are new here and not yet at the office, by author.
    pub new: std::collections::BTreeMap<DeviceId, usize>,
    /// Edits that were here already.
    pub known: usize,
    /// Records that cannot be read; they were left out.
    pub unreadable: usize,
    /// Own or carried edits that are at the office by its receipts.
    pub receipts: usize,
    /// Receipts that the pinned server key did not sign; they were ignored.
    pub bad_receipts: usize,
}

impl Engine {
    /// A bundle of these records, or of everything without a receipt.
    pub fn bundle_export(
        &mut self,
        now: Timestamp,
        records: Option<&[RecordId]>,
        to: BundleFor,
    ) -> Result<Vec<u8>, BundleError> {
        let device = self.device().ok_or(BundleError::NotEnrolled)?;
        let deployment = self.pen().ok_or(BundleError::NotEnrolled)?.deployment;
        let ids: Vec<RecordId> = match records {
            Some(named) => named.to_vec(),
            None => {
                let unsent = |layers: &Layers| {
                    layers
                        .own
                        .values()
                        .any(|e| e.waits() && !self.unsaved.contains(&e.number))
                        || !layers.carried.changes.is_empty()
                };
                self.records
                    .iter()
                    .filter(|(_, l)| unsent(l))
                    .map(|(id, _)| *id)
                    .collect()
            }
        };
        let pushes: Vec<RecordPush> = ids
            .into_iter()
            .filter_map(|id| self.packed_for(id, to))
            .collect();
        if pushes.is_empty() && self.sheets.is_empty() {
            return Err(BundleError::Empty);
        }
        let mut bundle = Bundle::new(deployment, device, now);
        bundle.add(&pushes)?;
        bundle.receipts.clone_from(&self.sheets);
        Ok(bundle.encode()?)
    }

    fn packed_for(&mut self, id: RecordId, to: BundleFor) -> Option<RecordPush> {
        let whole = to == BundleFor::Colleague && self.ready(id).is_ok();
        let layers = self.records.get(&id)?;
        let saved = |edit: &&crate::own::OwnEdit| !self.unsaved.contains(&edit.number);
        let mut changes: Vec<RawChange> = Vec::new();
        if whole {
            let hidden: BTreeSet<ChangeHash> = layers
                .own
                .values()
                .filter(|e| !saved(e))
                .map(|e| e.change.hash)
                .collect();
            let doc = self.cache.get(&id)?;
            changes.extend(
                doc.raw_all()
                    .into_iter()
                    .filter(|c| !hidden.contains(&c.hash)),
            );
        } else {
            if let Ok(kind) = layers.kind() {
                let born = RecordDoc::birth(id, kind).ok()?;
                changes.extend(born.raw_all());
            }
            for edit in layers
                .own
                .values()
                .filter(|edit| edit.waits())
                .filter(saved)
            {
                changes.extend(edit.births.iter().cloned());
                changes.push(edit.change.clone());
            }
        }
        let mut known: BTreeSet<ChangeHash> = changes.iter().map(|change| change.hash).collect();
        let carried = layers
            .carried
            .changes
            .iter()
            .filter(|change| known.insert(change.hash));
        changes.extend(carried.cloned());
        let says_something = changes.iter().any(|change| !change.is_birth());
        says_something.then(|| push_of(id, layers, changes, true))
    }

    /// Takes in a bundle. Carried twice it counts once.
    pub fn bundle_import(
        &mut self,
        now: Timestamp,
        file: &[u8],
    ) -> Result<BundleReport, BundleError> {
        if self.halted {
            return Err(BundleError::Halted);
        }
        let deployment = self.pen().ok_or(BundleError::NotEnrolled)?.deployment;
        let bundle = Bundle::decode(file)?;
        if bundle.deployment != deployment {
            return Err(BundleError::OtherDeployment);
        }
        let mut report = BundleReport {
            maker: Some(bundle.maker),
            time: bundle.time,
            ..BundleReport::default()
        };
        let mut batch = Batch::default();
        for packed in &bundle.pushes {
            let Ok((pushes, odd)) = Bundle::records(packed) else {
                report.unreadable += 1;
                continue;
            };
            report.unreadable += odd;
            for push in pushes {
                report.records += 1;
                self.take_carried(push, &mut report, &mut batch);
            }
        }
        self.take_receipts(bundle.receipts, &mut report, &mut batch);
        self.pump(now);
        Ok(report)
    }

    fn take_carried(&mut self, push: RecordPush, report: &mut BundleReport, batch: &mut Batch) {
        let Ok(changes) = open_chunks(&push.chunk.parts()) else {
            report.unreadable += 1;
            return;
        };
        let record = push.record;
        let Some(scope) = push.scope else {
            report.unreadable += 1;
            return;
        };
        let admitted = match self.records.get(&record) {
            Some(layers) if layers.header.gone.is_none() => layers.admitted(record).ok().flatten(),
            Some(_) => return,
            None => None,
        };
        let layers = self
            .records
            .entry(record)
            .or_insert_with(|| Layers::new(push.kind, scope.id(), Some(scope)));
        let mut fresh = false;
        for change in changes {
            let here = admitted
                .as_ref()
                .is_some_and(|doc| doc.contains(&change.hash))
                || layers.own_by_hash(&change.hash).is_some()
                || layers.carried.changes.iter().any(|c| c.hash == change.hash);
            if change.is_birth() {
                if !here {
                    layers.carried.changes.push(change);
                }
            } else if here {
                report.known += 1;
            } else {
                *report.new.entry(change.actor.device()).or_default() += 1;
                layers.carried.changes.push(change);
                fresh = true;
            }
        }
        if fresh {
            layers.carried.add_seals(push.seals);
            batch.put(&Slot::Header(record), &layers.header);
            batch.put(&Slot::Carried(record), &layers.carried);
            self.event(Event::Changed(record));
        } else if layers.carried.changes.iter().all(RawChange::is_birth) {
            layers.carried.changes.clear();
        }
    }

    fn take_receipts(
        &mut self,
        sheets: Vec<SignedReceipts>,
        report: &mut BundleReport,
        batch: &mut Batch,
    ) {
        let mut then = Vec::new();
        let pinned = self.identity.as_ref().and_then(|me| me.enrolled.as_ref());
        let pinned = pinned.map(|enrolled| (enrolled.server_key, enrolled.deployment));
        for signed in sheets {
            let opened = pinned.and_then(|(key, deployment)| signed.open(&key, &deployment).ok());
            let Some((sheet, records)) = opened else {
                report.bad_receipts += 1;
                continue;
            };
            let before = self.at_office();
            for verdicts in &records {
                self.settle(
                    verdicts,
                    None,
                    (sheet.time, sheet.tier),
                    (&mut *batch, &mut then),
                );
            }
            let after = self.at_office();
            report.receipts += after.0.saturating_sub(before.0) + before.1.saturating_sub(after.1);
            if !self.sheets.contains(&signed) && self.sheets.len() < DEVICE_SHEETS_MAX {
                self.sheets.push(signed);
                batch.put(&Slot::Sheets, &self.sheets);
            }
        }
        let batch = std::mem::take(batch);
        if !batch.is_empty() {
            self.commit(batch, then);
        }
    }

    /// Own edits at the office, and carried changes that are not known to be there.
    fn at_office(&self) -> (usize, usize) {
        let own = self.records.values().flat_map(|layers| layers.own.values());
        let own = own.filter(|edit| edit.admitted()).count();
        (
            own,
            self.records
                .values()
                .map(|layers| layers.carried.changes.len())
                .sum(),
        )
    }
}
