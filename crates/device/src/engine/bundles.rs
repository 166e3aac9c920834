//! Bundles: edits and receipts as a file, carried by a colleague or to an office.
//!
//! Never trusts the carrier and never merges what no server has taken: colleagues' changes are
//! kept beside the record, shown as not yet at the office, and carried on.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::admission::open_chunks;
use liandu_core::id::{ChangeHash, DeviceId, PersonId, RecordId};
use liandu_core::limits::DEVICE_SHEETS_MAX;
use liandu_core::protocol::bundle::{self, Bundle, SignedReceipts};
use liandu_core::protocol::envelope::{self, Addressee, Agreements, Cover, EnvelopeError};
use liandu_core::protocol::update::RecordPush;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::time::Timestamp;

use super::outbox::push_of;
use super::{Engine, Event};
use crate::layers::Layers;
use crate::own::OwnEdit;
use crate::store::{Batch, Slot};

/// Who can open a bundle that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleFor {
    /// The office's server: only what has no receipt. Anybody may carry it there.
    Office,
    /// A colleague, who may lack the rest of the record: whole records, and receipts.
    Colleague(PersonId),
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
    /// No device of that person is known here: sync first.
    #[error("本机还不知道 {0} 的设备,请先同步一次 (no device of {0} is known here: sync first)")]
    NoSuchColleague(PersonId),
    /// Closed to a colleague: hand it to them.
    #[error("该文件只有 {0} 的设备能打开 (only a device of {0} opens this file)")]
    ForAnother(PersonId),
    /// Others' files wait here for the office: sync first.
    #[error("本机捎带的文件已满,请先联网送出 (this device carries as much as it may: sync first)")]
    CarriesTooMuch,
    /// Not as its maker closed it, or not for this device.
    #[error("该文件无法使用 ({0})")]
    Envelope(#[from] EnvelopeError),
    /// Another file, damaged, or too big.
    #[error("该文件无法使用 ({0})")]
    File(#[from] bundle::BundleError),
}

/// What a bundle brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// Who made the file; says nothing about who wrote the edits.
    pub maker: Option<DeviceId>,
    /// Whose device that is, as far as it is known here.
    pub maker_person: Option<PersonId>,
    /// When, by the maker's clock.
    pub time: Timestamp,
    /// Records it speaks of.
    pub records: usize,
    /// Edits that are new here and not yet at the office, by author.
    pub new: BTreeMap<DeviceId, usize>,
    /// Whose devices those are, as far as it is known here.
    pub people: BTreeMap<DeviceId, PersonId>,
    /// Edits that were here already.
    pub known: usize,
    /// Of those, the ones that are at the office as far as is known here.
    pub at_office: usize,
    /// It is addressed to the office and can only be carried there: it is kept until it was
    /// delivered. How many edits its cover says are in it.
    pub for_the_office: Option<u32>,
    /// Records that cannot be read; they were left out.
    pub unreadable: usize,
    /// Own or carried edits that are at the office by its receipts.
    pub receipts: usize,
    /// Receipts that the pinned server key did not sign; they were ignored.
    pub bad_receipts: usize,
}

impl Engine {
    /// A bundle of these records, or of everything without a receipt, that only who it is for can
    /// open.
    pub fn bundle_export(
        &mut self,
        now: Timestamp,
        records: Option<&[RecordId]>,
        to: &BundleFor,
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
        let edits: usize = ids.iter().map(|id| self.unreceipted(id)).sum();
        let whole = matches!(to, BundleFor::Colleague(_));
        let pushes: Vec<RecordPush> = ids
            .into_iter()
            .filter_map(|id| self.packed_for(id, whole))
            .collect();
        if pushes.is_empty() && (!whole || self.sheets.is_empty()) {
            return Err(BundleError::Empty);
        }
        let cover = Cover {
            deployment,
            maker: device,
            time: now,
            to: Addressee::Office,
            bundles: 0,
            edits: u32::try_from(edits).unwrap_or(u32::MAX),
        };
        self.enclosed(cover, &pushes, to)
    }

    /// Edits of a record without a receipt, own and carried.
    fn unreceipted(&self, id: &RecordId) -> usize {
        let Some(layers) = self.records.get(id) else {
            return 0;
        };
        let unready = self.unready(layers);
        let own = layers.own.values();
        let own = own.filter(|e| e.waits() && !unready.contains(&e.number));
        let carried = layers.carried.changes.iter().filter(|c| !c.is_birth());
        own.count() + carried.count()
    }

    fn packed_for(&mut self, id: RecordId, whole: bool) -> Option<RecordPush> {
        let whole = whole && self.ready(id).is_ok();
        let layers = self.records.get(&id)?;
        let unready = self.unready(layers);
        let ready = |edit: &&OwnEdit| !unready.contains(&edit.number);
        let mut changes: Vec<RawChange> = Vec::new();
        if whole {
            let hidden: BTreeSet<ChangeHash> = layers
                .own
                .values()
                .filter(|e| !ready(e))
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
                .filter(ready)
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
        self.bundle_import_with(now, file, &Agreements::new())
    }

    /// Takes in a bundle that is closed to a key kept outside, with what its keeper said about
    /// `once_keys`.
    pub fn bundle_import_with(
        &mut self,
        now: Timestamp,
        file: &[u8],
        agreements: &Agreements,
    ) -> Result<BundleReport, BundleError> {
        if self.halted {
            return Err(BundleError::Halted);
        }
        let deployment = self.pen().ok_or(BundleError::NotEnrolled)?.deployment;
        let mut report = BundleReport::default();
        let bundles = if file.starts_with(envelope::MAGIC) {
            self.disclosed((file, agreements), deployment, &mut report)?
        } else {
            vec![Bundle::decode(file)?]
        };
        if bundles.iter().any(|bundle| bundle.deployment != deployment) {
            return Err(BundleError::OtherDeployment);
        }
        let mut batch = Batch::default();
        for bundle in bundles {
            report.maker = Some(bundle.maker);
            report.time = bundle.time;
            self.take_bundle(bundle, &mut report, &mut batch);
        }
        report.maker_person = report.maker.and_then(|maker| self.person_of(&maker));
        let authors = report.new.keys();
        let people = authors.filter_map(|device| Some((*device, self.person_of(device)?)));
        report.people = people.collect();
        self.pump(now);
        Ok(report)
    }

    fn take_bundle(&mut self, bundle: Bundle, report: &mut BundleReport, batch: &mut Batch) {
        for packed in &bundle.pushes {
            let Ok((pushes, odd)) = Bundle::records(packed) else {
                report.unreadable += 1;
                continue;
            };
            report.unreadable += odd;
            for push in pushes {
                report.records += 1;
                self.take_carried(push, report, batch);
            }
        }
        self.take_receipts(bundle.receipts, report, batch);
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
            let own = layers.own_by_hash(&change.hash);
            let at_office = admitted
                .as_ref()
                .is_some_and(|doc| doc.contains(&change.hash))
                || own.is_some_and(OwnEdit::admitted);
            let here = at_office
                || own.is_some()
                || layers.carried.changes.iter().any(|c| c.hash == change.hash);
            if change.is_birth() {
                if !here {
                    layers.carried.changes.push(change);
                }
            } else if here {
                report.known += 1;
                report.at_office += usize::from(at_office);
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

    pub(super) fn take_receipts(
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
