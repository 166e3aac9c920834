//! Stories of files carried between phones and to the office.

use liandu_core::id::{DeviceId, Position};
use liandu_core::protocol::bundle::{Bundle, SignedReceipts};
use liandu_core::protocol::message::Tier;
use liandu_device::{Asked, BundleFor, KeepError, NotHere};

use crate::office::Office;
use crate::phone::{Phone, T0};
use crate::story::two;

#[test]
fn bundle_carried_twice_counts_once_and_is_not_merged_into_what_is_edited() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("离线");
    a.set(record, "address", "村东");
    let file = a
        .engine
        .bundle_export(T0, None, BundleFor::Colleague)
        .unwrap();
    let first = b.engine.bundle_import(T0, &file).unwrap();
    b.settle();
    let second = b.engine.bundle_import(T0, &file).unwrap();
    b.settle();
    assert_eq!(
        (
            first.records,
            first.new.values().sum::<usize>(),
            first.known
        ),
        (1, 2, 0)
    );
    assert_eq!((second.new.len(), second.known), (0, 2));
    let view = b.engine.record(record).unwrap();
    assert_eq!(view.record.text_of("title"), "");
    assert_eq!(view.preview.unwrap().text_of("title"), "离线");
    assert_eq!(view.not_at_office, [(a.engine.device().unwrap(), 2)]);
    let error = b
        .try_set(record, "title", "乙", &Asked::default())
        .unwrap_err();
    assert_eq!(error, KeepError::NotHere(NotHere::NotYetAtOffice));
    b.restart();
    b.sync(&mut office);
    assert_eq!(b.value(record, "title"), "离线");
    assert!(b.engine.record(record).unwrap().not_at_office.is_empty());
    // The author comes later: the same edits, receipted once.
    a.sync(&mut office);
    assert!(a.engine.all_at_office());
    assert_eq!(office.doc(&record).changes(), 3);
}

#[test]
fn receipts_travel_back_in_a_bundle_signed_by_the_pinned_key() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("离线");
    let file = phone
        .engine
        .bundle_export(T0, None, BundleFor::Office)
        .unwrap();
    let bundle = Bundle::decode(&file).unwrap();
    let (pushes, _) = Bundle::records(&bundle.pushes[0]).unwrap();
    let verdicts: Vec<_> = pushes.iter().map(|push| office.admit(push)).collect();
    let back = |key| {
        let mut back = Bundle::new(office.deployment, DeviceId([0; 8]), T0);
        let position = Position(office.position);
        back.receipts = SignedReceipts::sign(
            key,
            &office.deployment,
            position,
            T0,
            Tier::Fsynced,
            &verdicts,
        )
        .unwrap();
        back.encode().unwrap()
    };
    let stranger = liandu_core::seal::SecretKey::from_bytes(&[66; 32]);
    let report = phone.engine.bundle_import(T0, &back(&stranger)).unwrap();
    assert_eq!((report.receipts, report.bad_receipts), (0, 1));
    assert!(!phone.engine.all_at_office());
    let report = phone
        .engine
        .bundle_import(T0, &back(&office.server))
        .unwrap();
    assert_eq!((report.receipts, report.bad_receipts), (1, 0));
    phone.settle();
    phone.restart();
    assert!(phone.engine.all_at_office());
    assert_eq!(phone.value(record, "title"), "离线");
}
