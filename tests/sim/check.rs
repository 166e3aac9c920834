//! DESIGN section 3 as questions to a world that has come to rest: each sentence its own function.
//!
//! Never asks how something came about, only whether what must hold does.

mod office;

use std::collections::BTreeSet;

use liandu_core::id::{ChangeHash, RecordId};
use liandu_core::protocol::client::Status as Link;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, HistoryItem, Record};
use liandu_core::record::{Heads, RecordDoc};
use liandu_core::verdict::Reason;
use liandu_device::{EditView, Status, Why};
use liandu_server::keeper::ask::RecordParts;

use super::device::Device;
use super::index::SimIndex;
use super::people::FORBIDDEN;
use super::server::open;
use super::world::World;
use office::Office;

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
        self.refused_is_kept_and_counts_nowhere(&office, &gone);
        self.nobody_is_stopped();
        self.nothing_a_device_holds_is_missing(&office);
        self.newer_work_is_held_and_kept(&office);
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
        let lost = ["restored servers", "flipped bits", "misdirected writes"];
        lost.iter().any(|what| self.counts.contains_key(what))
    }

    /// Devices whose place at the server a copy of their folder has taken.
    fn given_way(&self) -> Vec<&'static str> {
        let devices = self.devices.iter().filter(|here| self.has_given_way(here));
        devices.map(|here| here.name).collect()
    }

    /// Whether devices let go of records because of their groups.
    fn has_left_scopes(&self) -> bool {
        self.counts.contains_key("memberships changed")
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
                // It takes nothing from the device any more, or nobody has what it was built on.
                Status::Refused(_)
                    if self.was_restored() && (here.revoked || self.has_left_scopes()) => {}
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
        let aside: Vec<&str> = self.given_way();
        let asked = |here: &&mut Device| !here.revoked && !aside.contains(&here.name);
        for device in self.devices.iter_mut().filter(asked) {
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
            if seen.0.iter().any(|head| !doc.contains(head)) {
                // Edits that the form showed were made anew since.
                continue;
            }
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
    fn refused_is_kept_and_counts_nowhere(
        &self,
        office: &Office,
        gone: &BTreeSet<(usize, RecordId)>,
    ) {
        for (id, (_, doc, record)) in &office.records {
            for path in record.fields.keys() {
                let history = doc.history(path, &liandu_core::record::stamp::Stamps::new());
                let bad = history.iter().find(|item| match &item.act {
                    Act::Wrote(value) | Act::Resolved(Some(value)) => {
                        *value == Value::text(FORBIDDEN)
                    }
                    Act::Resolved(None)
                    | Act::Undone
                    | Act::Edited { .. }
                    | Act::Cleared
                    | Act::Happened(_) => false,
                });
                assert!(
                    bad.is_none(),
                    "check 5: a forbidden edit counts in {id}: {bad:?}"
                );
            }
        }
        for ((device, life, record, number), kept) in &self.ledger.kept {
            let here = &self.devices[*device];
            let asked = kept.forbidden && kept.saved && *life == here.life;
            if !asked || gone.contains(&(*device, *record)) || self.has_given_way(here) {
                continue;
            }
            let status = here.engine.as_ref().unwrap().status_of(record, *number);
            // What is newer than the office cannot be judged yet.
            let waits = !self.newer_is_published() && matches!(status, Some(Status::Held(_)));
            let said = waits || matches!(status, Some(Status::Refused(_) | Status::Unapplied(_)));
            assert!(
                said,
                "check 5: {}'s forbidden edit of {record} is {status:?}",
                here.name
            );
        }
    }

    /// 6. One bad record, frame or device never stops the others. (That the world comes to rest at
    ///    all is asked where it runs.)
    fn nobody_is_stopped(&self) {
        let keeper = self.server.keeper.as_ref().unwrap();
        assert!(
            keeper.is_sound(),
            "check 6: the server is not sound at rest"
        );
        assert!(
            !keeper.numbers().receipts_stopped,
            "check 6: receipts have stopped"
        );
        for here in self.devices.iter().filter(|here| !here.revoked) {
            let link = here.engine.as_ref().unwrap().status().connection;
            assert!(
                link == Some(Link::InSync) || self.has_given_way(here),
                "check 6: {} is {link:?}",
                here.name
            );
        }
    }

    /// 10. An older app never destroys what a newer one wrote, and a newer one's work is held, not
    ///     refused, until the server understands it.
    fn newer_work_is_held_and_kept(&self, office: &Office) {
        for ((device, life, record, number), kept) in &self.ledger.kept {
            let here = &self.devices[*device];
            let asked = kept.newer && kept.saved && !kept.forbidden && *life == here.life;
            if !asked || here.revoked || self.has_given_way(here) {
                continue;
            }
            let edits = here.engine.as_ref().unwrap().edits(record);
            let Some(view) = edits.into_iter().find(|view| view.number == *number) else {
                continue;
            };
            let name = here.name;
            match view.status {
                Status::AtOffice { .. } => assert!(
                    office.counts(record, &view.hash),
                    "check 10: {name}'s newer edit {number} of {record} was destroyed"
                ),
                Status::Held(why) => assert!(
                    !self.newer_is_published() && office.keeps(record, &view.hash),
                    "check 10: {name}'s newer edit {number} of {record} is still held: {why:?}"
                ),
                Status::Refused(Why::Known(Reason::UnknownField | Reason::BadValue)) => panic!(
                    "check 10: {name}'s newer edit {number} of {record} is refused for being newer"
                ),
                Status::Saving
                | Status::OnDevice
                | Status::Sent
                | Status::Refused(_)
                | Status::Unapplied(_) => {}
            }
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
        let restored = self.was_restored();
        for device in self.devices.iter_mut().filter(|device| !device.revoked) {
            let engine = device.engine.as_mut().unwrap();
            let edits: Vec<EditView> = engine.all_edits().collect();
            for edit in edits {
                if let Status::AtOffice { .. } = edit.status {
                    let known = office.counts(&edit.record, &edit.hash);
                    // What stands on a lost phone's work waits with it for the office.
                    let waits = restored && office.has_escrow(&edit.record);
                    assert!(
                        known || waits || office.keeps(&edit.record, &edit.hash),
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
        .flat_map(|conflict| &mut conflict.values)
        .chain(record.decided.iter_mut().map(|one| &mut one.decision));
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
