//! What the simulation knows by itself: what people did, what devices called safe, what the
//! server promised.
//!
//! Never asks the code under test whether that was right: the checkers compare.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{Actor, ChangeHash, RecordId};
use liandu_core::protocol::update::RecordVerdicts;
use liandu_core::record::Heads;
use liandu_core::record::edit::Edit;

/// An edit that a device took.
#[derive(Debug, Clone)]
pub(crate) struct KeptEdit {
    pub(crate) edit: Edit,
    /// What its author was looking at, when a form was held open.
    pub(crate) seen: Option<Heads>,
    /// The device said that it is safe there.
    pub(crate) saved: bool,
    /// The device said that it is at the office.
    pub(crate) receipted: bool,
    /// Its author may not do it: it must not count.
    pub(crate) forbidden: bool,
    /// Made with a definition that the server did not know.
    pub(crate) newer: bool,
}

/// Which edit: device, its life, record, number there.
pub(crate) type KeptId = (usize, u64, RecordId, u64);

/// Everything that was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) kept: BTreeMap<KeptId, KeptEdit>,
    /// Receipts that left the server: highest number by record and actor.
    pub(crate) receipts: BTreeMap<(RecordId, Actor), u64>,
    /// Office edits that were answered as durable.
    pub(crate) office: BTreeMap<ChangeHash, RecordId>,
    /// Every other edit that the server answered as kept outside.
    pub(crate) outside: BTreeSet<(RecordId, ChangeHash)>,
    /// Values are unique: this many were made.
    pub(crate) values: u64,
}

impl Ledger {
    pub(crate) fn receipt(&mut self, record: RecordId, actor: Actor, seq: u64) {
        let highest = self.receipts.entry((record, actor)).or_default();
        *highest = (*highest).max(seq);
    }

    /// What the server said about edits that were pushed or carried.
    pub(crate) fn answered(&mut self, records: &[RecordVerdicts]) {
        for verdicts in records {
            for receipt in &verdicts.receipts {
                self.receipt(verdicts.record, receipt.actor, receipt.seq_max);
            }
            let others = verdicts.others.iter();
            self.outside
                .extend(others.map(|other| (verdicts.record, other.hash)));
        }
    }

    /// The server's log is an older one now: its promises after that are only as good as what
    /// devices hold.
    pub(crate) fn server_restored(&mut self) {
        self.receipts.clear();
        self.office.clear();
        self.outside.clear();
    }

    /// A device went back to a backup: what it did since is known to nobody, unless it was sent.
    pub(crate) fn device_restored(&mut self, device: usize) {
        self.kept
            .retain(|(of, _, _, _), edit| *of != device || edit.receipted);
    }
}
