//! DESIGN section 3 as questions to a world that has come to rest: each sentence its own function.
//!
//! Never asks how something came about, only whether what must hold does.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{ChangeHash, RecordId};
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, HistoryItem, Record};
use liandu_core::record::{Heads, RecordDoc};
use liandu_core::verdict::{Reason, Verdict};
use liandu_device::{EditView, Status};
use liandu_server::keeper::ask::{QuarantineFilter, QuarantineItem, RecordParts};

use super::index::SimIndex;
use super::people::FORBIDDEN;
use super::server::{SimKeeper, open};
use super::setup::REGION;
use super::world::World;

/// What the server has, read once.
struct Office {
    records: BTreeMap<RecordId, (RecordParts, RecordDoc, Record)>,
    outside: BTreeMap<(RecordId, ChangeHash), QuarantineItem>,
}

impl Office {
    fn of(keeper: &SimKeeper) -> Office {
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

    fn counts(&self, record: &RecordId, hash: &ChangeHash) -> bool {
        self.records
            .get(record)
            .is_some_and(|(_, doc, _)| doc.contains(hash))
    }

    /// What somebody wrote who lost device or group only after a restore comes back through
    /// colleagues and is judged by what is so now: until the office releases it, they hold more
    /// than the office counts. The same where the seal that travelled with a change was that of
    /// a later, refused one of the same push: colleagues cannot prove the earlier one.
    fn has_escrow(&self, record: &RecordId) -> bool {
        let lost = [Reason::Revoked, Reason::LostMembership, Reason::NotSealed];
        let lost = lost.map(Verdict::Refused);
        let mut kept = self.outside.values().filter(|item| item.record == *record);
        kept.any(|item| lost.contains(&item.verdict))
    }

    /// What is kept outside of a record, for messages.
    fn verdicts(&self, record: &RecordId) -> Vec<(ChangeHash, Verdict)> {
        let kept = self.outside.values().filter(|item| item.record == *record);
        kept.map(|item| (item.hash, item.verdict)).collect()
    }

    fn keeps(&self, record: &RecordId, hash: &ChangeHash) -> bool {
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

impl World {
    /// Everything, in a world at rest.
    pub(crate) fn check(&mut self) {
        let mut rng = self.rng.clone();
        let keeper = self.server.keeper.as_ref().unwrap();
        let office = Office::of(keeper);
        self.receipts_are_kept(&office);
        let gone = self.gone();
        self.nothing_unreceipted_is_lost(&office, &gone);
        self.all_read_the_same(&office);
        for (parts, doc, record) in office.records.values() {
            no_value_is_overwritten(parts, doc, record);
        }
        self.nobody_knows_what_was_not_shown(&office);
        self.refused_is_kept_and_counts_nowhere(&office);
        self.nothing_a_device_holds_is_missing(&office);
        self.index_is_derived(&mut rng);
    }

    /// 1. An edit with a receipt is never lost. Kill -9 at any instant, torn tail, full disk,
    ///    index deleted: it is still there.
    fn receipts_are_kept(&self, office: &Office) {
        for ((record, actor), seq) in &self.ledger.receipts {
            let held = office
                .records
                .get(record)
                .map_or(0, |(_, doc, _)| doc.seq_of(actor));
            assert!(
                held >= *seq,
                "check 1: {record} {actor} was receipted to {seq}, the log has {held}"
            );
        }
        for (hash, record) in &self.ledger.office {
            assert!(
                office.counts(record, hash),
                "check 1: office edit {hash} of {record} is lost"
            );
        }
        for (record, hash) in &self.ledger.outside {
            let known = office.keeps(record, hash) || office.counts(record, hash);
            assert!(known, "check 1: kept edit {hash} of {record} is lost");
        }
    }

    /// Records that left a device's scopes while edits of them waited there.
    fn gone(&mut self) -> BTreeSet<(usize, RecordId)> {
        let mut gone = BTreeSet::new();
        for (number, device) in self.devices.iter_mut().enumerate() {
            let Some(engine) = device.engine.as_mut() else {
                continue;
            };
            let records: Vec<RecordId> = engine.records().collect();
            let lost = records.into_iter().filter(|id| engine.record(*id).is_err());
            gone.extend(lost.map(|id| (number, id)).collect::<Vec<_>>());
        }
        gone
    }

    fn was_restored(&self) -> bool {
        self.counts.contains_key("restored servers")
    }

    /// The same, of a disk just after a crash, before the server opens it in earnest.
    pub(crate) fn check_promises(&mut self) {
        let mut rng = self.rng.clone();
        let (disk, index) = (self.server.disk.copied(), SimIndex::default());
        let keys = self.server.keys.clone();
        let Ok(keeper) = open(&disk, &index, keys, self.now, &mut rng, false) else {
            return;
        };
        self.receipts_are_kept(&Office::of(&keeper));
    }

    /// 2. An edit without a receipt stays on the device and is sent again; receiving it twice
    ///    changes nothing.
    fn nothing_unreceipted_is_lost(&self, office: &Office, gone: &BTreeSet<(usize, RecordId)>) {
        for ((device, life, record, number), kept) in &self.ledger.kept {
            let here = &self.devices[*device];
            if !kept.saved || *life != here.life {
                continue;
            }
            let engine = here.engine.as_ref().unwrap();
            let view = engine
                .edits(record)
                .into_iter()
                .find(|view| view.number == *number);
            let Some(view) = view else {
                // A device lets go of what is at the office when the record leaves its scopes.
                assert!(
                    kept.receipted,
                    "check 2: {} lost edit {number} of {record}: {:?}",
                    here.name, kept.edit
                );
                continue;
            };
            assert_eq!(
                view.edit, kept.edit,
                "check 2: {} edit {number} changed",
                here.name
            );
            match view.status {
                // What it was built on went with the record: kept here, sent again each time.
                Status::OnDevice | Status::Sent if gone.contains(&(*device, *record)) => {}
                Status::Saving | Status::OnDevice | Status::Sent => panic!(
                    "check 2: {}: edit {number} of {record} never arrives: {:?}",
                    here.name, view.status
                ),
                Status::AtOffice { .. } => {}
                // A restored server does not ask for what it had refused: the device still has it.
                Status::Refused(_) if self.was_restored() => {}
                Status::Held(_) | Status::Refused(_) => assert!(
                    office.keeps(record, &view.hash),
                    "check 5: {}: edit {number} of {record} is {:?} and not in quarantine",
                    here.name,
                    view.status
                ),
                Status::Unapplied(_) => {}
            }
        }
    }

    /// 3. Order of arrival does not matter. Any order, any duplication, any carrier gives equal
    ///    records and equal verdicts.
    fn all_read_the_same(&mut self, office: &Office) {
        let restored = self.was_restored();
        for device in self.devices.iter_mut().filter(|device| !device.revoked) {
            let engine = device.engine.as_mut().unwrap();
            let scopes: BTreeSet<_> = engine.scopes().iter().cloned().collect();
            for (id, (parts, _, record)) in &office.records {
                if !scopes.contains(&parts.scope) || restored && office.has_escrow(id) {
                    continue;
                }
                let view = engine.record(*id);
                let view = view.unwrap_or_else(|error| {
                    panic!("check 3: {} cannot read {id}: {error:?}", device.name)
                });
                let apart = |edit: &EditView| matches!(edit.status, Status::Held(_));
                if view.edits.iter().any(apart) {
                    continue;
                }
                assert_eq!(
                    view.heads,
                    parts.heads,
                    "check 3: {}'s heads of {id}; kept outside: {:?}",
                    device.name,
                    office.verdicts(id)
                );
                let (mut here, mut there) = (view.record, record.clone());
                if restored {
                    // When it was received, in this life of the log or in the one before.
                    without_stamps(&mut here);
                    without_stamps(&mut there);
                }
                assert_eq!(
                    here, there,
                    "check 3: {} reads {id} differently",
                    device.name
                );
            }
        }
    }

    /// 4. This includes what arrives while a form is open: an edit is written at what its author
    ///    saw, and claims to know nothing else.
    fn nobody_knows_what_was_not_shown(&self, office: &Office) {
        for ((device, life, record, number), kept) in &self.ledger.kept {
            let here = &self.devices[*device];
            let (Some(seen), Some((_, doc, _))) = (&kept.seen, office.records.get(record)) else {
                continue;
            };
            let edits = here
                .engine
                .as_ref()
                .map(|engine| engine.edits(record))
                .unwrap_or_default();
            let view = edits.into_iter().find(|view| view.number == *number);
            let same = |view: &EditView| view.offered_again == 0 && *life == here.life;
            let Some(view) = view.filter(same).filter(|view| doc.contains(&view.hash)) else {
                continue;
            };
            let after: BTreeSet<ChangeHash> = doc
                .raw_since(&Heads([view.hash].into()))
                .iter()
                .map(|change| change.hash)
                .collect();
            let unknown = doc.raw_since(seen);
            let known = unknown.iter().find(|change| {
                !change.is_birth() && change.hash != view.hash && !after.contains(&change.hash)
            });
            assert!(
                known.is_none(),
                "check 4: {}'s edit {number} of {record} claims to know {known:?}",
                here.name
            );
        }
    }

    /// 5. Nobody writes what they may not. A refused edit goes to quarantine with a reason shown
    ///    on the device. No refused work is destroyed, and one refused edit does not block the
    ///    later ones.
    fn refused_is_kept_and_counts_nowhere(&self, office: &Office) {
        for (id, (_, doc, record)) in &office.records {
            for path in record.fields.keys() {
                let history = doc.history(path, &liandu_core::record::stamp::Stamps::new());
                let bad = history.iter().find(|item| match &item.act {
                    Act::Wrote(value) | Act::Resolved(Some(value)) => {
                        *value == Value::text(FORBIDDEN)
                    }
                    Act::Resolved(None) | Act::Edited { .. } | Act::Cleared | Act::Happened(_) => {
                        false
                    }
                });
                assert!(
                    bad.is_none(),
                    "check 5: a forbidden edit counts in {id}: {bad:?}"
                );
            }
        }
        for ((device, life, record, number), kept) in &self.ledger.kept {
            let here = &self.devices[*device];
            if !kept.forbidden || !kept.saved || *life != here.life {
                continue;
            }
            let status = here.engine.as_ref().unwrap().status_of(record, *number);
            let said = matches!(status, Some(Status::Refused(_) | Status::Unapplied(_)));
            assert!(
                said,
                "check 5: {}'s forbidden edit of {record} is {status:?}",
                here.name
            );
        }
    }

    /// 7. Everything but the log is derived and can be deleted and rebuilt. Replay never judges
    ///    again: verdicts are in the log.
    fn index_is_derived(&mut self, rng: &mut super::rng::Rng) {
        let index = SimIndex::default();
        let disk = self.server.disk.copied();
        let rebuilt = open(
            &disk,
            &index,
            self.server.keys.clone(),
            self.now,
            rng,
            false,
        );
        let rebuilt = rebuilt.unwrap_or_else(|error| panic!("check 7: no rebuild: {error:?}"));
        let keeper = self.server.keeper.as_ref().unwrap();
        assert_eq!(
            rebuilt.position(),
            keeper.position(),
            "check 7: a rebuild writes"
        );
        let (old, new) = (self.server.index.rows(), index.rows());
        for (key, value) in old.rows() {
            let other = new.rows().get(key);
            assert_eq!(
                other,
                Some(value),
                "check 7: row {key:02x?} of the index is not rebuilt"
            );
        }
        for key in new.rows().keys() {
            assert!(
                old.rows().contains_key(key),
                "check 7: row {key:02x?} only in the rebuilt index"
            );
        }
    }

    /// 8. Restoring an old backup loses nothing that any device still holds: devices notice and
    ///    send again what is missing.
    fn nothing_a_device_holds_is_missing(&mut self, office: &Office) {
        for device in self.devices.iter_mut().filter(|device| !device.revoked) {
            let engine = device.engine.as_mut().unwrap();
            let edits: Vec<EditView> = engine.all_edits().collect();
            for edit in edits {
                if let Status::AtOffice { .. } = edit.status {
                    let known = office.counts(&edit.record, &edit.hash);
                    assert!(
                        known || office.keeps(&edit.record, &edit.hash),
                        "check 8: {} holds edit {} of {} with a receipt, the office does not",
                        device.name,
                        edit.number,
                        edit.record
                    );
                }
            }
        }
    }
}

/// A record as if no server had received it.
fn without_stamps(record: &mut Record) {
    let fields = record.fields.values_mut().flat_map(|field| {
        [&mut field.by]
            .into_iter()
            .chain(field.others.iter_mut().map(|other| &mut other.by))
    });
    let texts = record
        .texts
        .values_mut()
        .filter_map(|text| text.by.as_mut());
    let events = record.events.iter_mut().map(|event| &mut event.by);
    let conflicts = record
        .conflicts
        .iter_mut()
        .flat_map(|conflict| &mut conflict.values);
    let conflicts = conflicts.map(|written| &mut written.by);
    let ends = [&mut record.created, &mut record.last]
        .into_iter()
        .flatten();
    for by in fields
        .chain(texts)
        .chain(events)
        .chain(conflicts)
        .chain(ends)
    {
        by.server = None;
        by.person = None;
    }
}

/// 4. No value is silently overwritten. Concurrent values of a field are all kept and shown as a
///    conflict until a person resolves it; equal values are no conflict.
fn no_value_is_overwritten(parts: &RecordParts, doc: &RecordDoc, record: &Record) {
    for (path, field) in &record.fields {
        let history = doc.history(path, &parts.stamps);
        let standing: Vec<&Value> = [&field.value]
            .into_iter()
            .chain(field.others.iter().map(|other| &other.value))
            .collect();
        for item in &history {
            let (Act::Wrote(value) | Act::Resolved(Some(value))) = &item.act else {
                continue;
            };
            let superseded = history.iter().any(|later| knows(doc, later, item));
            assert!(
                superseded || standing.contains(&value),
                "check 4: {} {path}: {value:?} by {} was overwritten by somebody who did not know it",
                record.id,
                item.by.hash
            );
        }
    }
    let listed: BTreeSet<&Path> = record
        .conflicts
        .iter()
        .map(|conflict| &conflict.path)
        .collect();
    for (path, field) in &record.fields {
        let open = field.others.iter().any(|other| other.value != field.value);
        assert!(
            !open || listed.contains(path),
            "check 4: {} {path} has other values and no conflict",
            record.id
        );
    }
}

/// Whether an act on a place was made by somebody who knew another act there.
fn knows(doc: &RecordDoc, later: &HistoryItem, earlier: &HistoryItem) -> bool {
    later.by.hash != earlier.by.hash
        && doc
            .raw_since(&Heads([later.by.hash].into()))
            .iter()
            .all(|change| change.hash != earlier.by.hash)
}
