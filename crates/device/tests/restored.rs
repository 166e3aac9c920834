//! Stories of servers that went back to a backup: what devices still hold comes back.

use liandu_core::protocol::bundle::Bundle;
use liandu_core::verdict::Reason;
use liandu_device::{BundleFor, Status, Why};

use crate::office::Office;
use crate::phone::{Phone, T0, anyway};
use crate::story::two;

#[test]
fn restored_server_gets_back_what_any_device_holds() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("题");
    a.sync(&mut office);
    b.sync(&mut office);
    b.set(record, "village", "西村");
    b.sync(&mut office);
    a.sync(&mut office);
    a.hang_up();
    b.hang_up();
    // Everything is lost; only the phone that wrote half of it comes back.
    office.lose_everything();
    a.sync(&mut office);
    assert!(a.engine.all_at_office(), "{:?}", a.engine.outbox());
    assert_eq!(
        office.doc(&record).changes(),
        3,
        "the colleague's edit with its seal too"
    );
    b.sync(&mut office);
    assert_eq!(b.value(record, "village"), "西村");
}

#[test]
fn restored_server_gets_the_refused_edits_for_its_quarantine() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    let asked = anyway();
    let bad = phone
        .try_set(record, "settled_person", "李四", &asked)
        .unwrap();
    phone.sync(&mut office);
    assert_eq!(office.records[&record].outside.len(), 1);
    phone.hang_up();
    office.lose_everything();
    phone.restart();
    phone.sync(&mut office);
    assert_eq!(office.records[&record].outside.len(), 1);
    assert_eq!(
        phone.status(record, bad.number),
        Status::Refused(Why::Known(Reason::NotAllowed))
    );
    let pushes = office.pushes;
    phone.hang_up();
    phone.sync(&mut office);
    assert_eq!(office.pushes, pushes, "it is owed no more");
}

#[test]
fn seal_of_what_stands_before_a_doubtful_edit_is_sent_too() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    let asked = anyway();
    phone.set(record, "address", "村西");
    phone
        .try_set(record, "settled_person", "李四", &asked)
        .unwrap();
    phone.set(record, "village", "赵村");
    phone.settle();
    let file = phone
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    let bundles = office.opened(&file);
    let (pushes, _) = Bundle::records(&bundles[0].pushes[0]).unwrap();
    let numbers: Vec<u64> = pushes[0].seals.iter().map(|seal| seal.seq).collect();
    assert_eq!(
        numbers,
        [4, 2],
        "the latest, and what stands before the third"
    );
}
