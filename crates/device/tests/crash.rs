//! Power cuts at every batch: whatever was durable is there, everything arrives once.

use std::collections::BTreeMap;

use liandu_core::id::RecordId;
use liandu_device::{Asked, Status};

use crate::office::Office;
use crate::phone::{Phone, anyway};

/// A day of work with the power going after `power` batches; gives the batches of a day without.
fn day(power: Option<usize>, mute: bool) -> usize {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let before = phone.stored;
    phone.power = power;
    let mut durable: BTreeMap<RecordId, String> = BTreeMap::new();
    let mut alive = true;
    for (index, title) in ["一", "二", "三"].into_iter().enumerate() {
        if !alive {
            break;
        }
        let kept = phone.try_create(title).unwrap();
        alive = phone.settle();
        if alive {
            durable.insert(kept.record, String::new());
            let asked = anyway();
            phone
                .try_set(kept.record, "settled_person", "不许", &asked)
                .unwrap();
            alive = phone.settle();
        }
        if alive {
            phone
                .try_set(kept.record, "address", title, &Asked::default())
                .unwrap();
            alive = phone.settle();
            if alive {
                durable.insert(kept.record, title.to_owned());
            }
        }
        if alive && index == 1 {
            office.mute = mute;
            alive = phone.sync(&mut office);
        }
    }
    if alive {
        phone.sync(&mut office);
    }
    let stored = phone.stored - before;
    office.mute = false;
    phone.restart();
    phone.sync(&mut office);
    for (record, address) in &durable {
        assert_eq!(phone.value(*record, "address"), *address, "power {power:?}");
        assert_eq!(
            office.doc(record).heads(),
            phone.engine.record(*record).unwrap().heads
        );
    }
    for edit in phone.engine.all_edits() {
        let fine = matches!(edit.status, Status::AtOffice { .. } | Status::Refused(_));
        assert!(fine, "power {power:?}: {edit:?}");
    }
    // Nothing was admitted twice: one create and at most one address each.
    for (id, kept) in &office.records {
        let doc = kept.doc.as_ref().unwrap();
        assert!(
            doc.changes() <= 3,
            "power {power:?}: {id} has {}",
            doc.changes()
        );
    }
    stored
}

#[test]
fn power_cut_at_every_batch_loses_nothing_durable_and_doubles_nothing() {
    for mute in [false, true] {
        let batches = day(None, mute);
        assert!(batches > 10, "{batches}");
        for power in 0..batches {
            day(Some(power), mute);
        }
    }
}
