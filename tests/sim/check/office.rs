//! What the server has at rest, read once for all checkers.
//!
//! Never judges: a record that does not load is the only thing that stops it.

use std::collections::BTreeMap;

use liandu_core::id::{ChangeHash, RecordId};
use liandu_core::record::RecordDoc;
use liandu_core::record::view::Record;
use liandu_core::verdict::{Reason, Verdict};
use liandu_server::keeper::ask::{QuarantineFilter, QuarantineItem, RecordParts};

use crate::server::SimKeeper;
use crate::setup::REGION;

/// What the server has, read once.
pub(super) struct Office {
    pub(super) records: BTreeMap<RecordId, (RecordParts, RecordDoc, Record)>,
    pub(super) outside: BTreeMap<(RecordId, ChangeHash), QuarantineItem>,
}

impl Office {
    pub(super) fn of(keeper: &SimKeeper) -> Office {
        let mut records = BTreeMap::new();
        for scope in ["g1", "g2", "g9"] {
            let scope: liandu_core::record::scope::Scope =
                format!("{REGION}/{scope}/group").parse().unwrap();
            for heads in keeper.scope_heads(&scope.id()) {
                let parts = keeper.record(&heads.record);
                let parts = parts.unwrap_or_else(|| {
                    panic!("check 7: {} has a feed and no record", heads.record)
                });
                let doc = load(&parts);
                let (record, _) = doc.read(&parts.stamps);
                records.insert(heads.record, (parts, doc, record));
            }
        }
        let filter = QuarantineFilter {
            regions: vec![REGION.parse().unwrap()],
            answered: true,
            items_max: 100_000,
            ..QuarantineFilter::default()
        };
        let outside = keeper.quarantine(&filter).into_iter();
        let outside = outside
            .map(|item| ((item.record, item.hash), item))
            .collect();
        Office { records, outside }
    }

    pub(super) fn counts(&self, record: &RecordId, hash: &ChangeHash) -> bool {
        self.records
            .get(record)
            .is_some_and(|(_, doc, _)| doc.contains(hash))
    }

    /// What somebody wrote who lost device or group only after a restore comes back through
    /// colleagues and is judged by what is so now: until the office releases it, they hold more
    /// than the office counts.
    pub(super) fn has_escrow(&self, record: &RecordId) -> bool {
        let lost = [Reason::Revoked, Reason::LostMembership];
        let lost = lost.map(Verdict::Refused);
        let mut kept = self.outside.values().filter(|item| item.record == *record);
        kept.any(|item| lost.contains(&item.verdict))
    }

    /// What is kept outside of a record, for messages.
    pub(super) fn verdicts(&self, record: &RecordId) -> Vec<(ChangeHash, Verdict)> {
        let kept = self.outside.values().filter(|item| item.record == *record);
        kept.map(|item| (item.hash, item.verdict)).collect()
    }

    pub(super) fn keeps(&self, record: &RecordId, hash: &ChangeHash) -> bool {
        self.outside.contains_key(&(*record, *hash))
    }
}

fn load(parts: &RecordParts) -> RecordDoc {
    let chunks: Vec<&[u8]> = parts.chunks.iter().map(Vec::as_slice).collect();
    let doc = RecordDoc::load(parts.record, &chunks);
    let doc =
        doc.unwrap_or_else(|error| panic!("check 1: {} does not load: {error}", parts.record));
    assert_eq!(
        doc.heads(),
        parts.heads,
        "check 7: heads in the index of {}",
        parts.record
    );
    doc
}
