//! Phones whose key is kept outside their engine: nothing is lost while its keeper is silent, and
//! nothing leaves without its signature.

use liandu_core::protocol::envelope::Envelope;
use liandu_core::seal::SecretKey;
use liandu_device::{BundleFor, Event, Status};

use crate::carried::{acquainted, to};
use crate::office::Office;
use crate::phone::{Instead, Phone, T0};

/// Even seeds keep their key outside.
const SEED: u64 = 4;

fn enrolled() -> (Office, Phone) {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", SEED);
    phone.sync(&mut office);
    (office, phone)
}

/// Whether these bytes lie anywhere in the phone's store.
fn holds(phone: &Phone, bytes: &[u8]) -> bool {
    let mut values = phone.store.values();
    values.any(|value| value.windows(bytes.len()).any(|at| at == bytes))
}

#[test]
fn key_kept_outside_is_never_in_the_store() {
    let (_, phone) = enrolled();
    let secret = phone.keeper.as_ref().unwrap().to_bytes();
    assert!(!holds(&phone, &secret));
    assert!(phone.engine.secret().is_none(), "nor one of its own");
    let enrolled = phone.keeper.as_ref().unwrap().public();
    assert_eq!(phone.engine.public_key(), Some(enrolled));
    let here = Phone::enrolled(&mut Office::new(), "p-a", 5);
    assert!(holds(&here, &here.engine.secret().unwrap().to_bytes()));
}

#[test]
fn edit_is_kept_before_it_is_sealed_and_sent_only_after() {
    let (mut office, mut phone) = enrolled();
    phone.instead = Instead::Sleeps;
    let kept = phone.try_create("违建").unwrap();
    let pushes = office.pushes;
    phone.run(&mut office);
    assert!(matches!(
        phone.status(kept.record, kept.number),
        Status::OnDevice
    ));
    assert_eq!(office.pushes, pushes, "nothing without a seal");
    // The phone is switched off before its key has answered.
    phone.restart();
    phone.instead = Instead::Signs;
    assert_eq!(phone.value(kept.record, "title"), "违建");
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office());
}

#[test]
fn keeper_that_refuses_is_asked_again_when_the_person_wants_to_be_in_sync() {
    let (mut office, mut phone) = enrolled();
    phone.instead = Instead::Refuses;
    let record = phone.create("违建");
    phone.set(record, "title", "违建三处");
    phone.run(&mut office);
    assert!(phone.events.contains(&Event::KeyFailed));
    assert!(!phone.engine.all_at_office());
    phone.instead = Instead::Signs;
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office());
}

#[test]
fn signature_of_another_key_seals_nothing() {
    let (mut office, mut phone) = enrolled();
    phone.instead = Instead::Forges;
    let pushes = office.pushes;
    phone.create("违建");
    phone.run(&mut office);
    assert!(phone.events.contains(&Event::KeyFailed));
    assert_eq!(office.pushes, pushes);
}

#[test]
fn edit_without_a_seal_is_in_no_bundle_and_neither_is_what_was_built_on_it() {
    let (_, mut sealed, mut phone) = acquainted();
    let record = phone.create("一");
    phone.instead = Instead::Sleeps;
    phone.set(record, "title", "二");
    phone.settle();
    phone.instead = Instead::Signs;
    phone.set(record, "title", "三");
    let file = phone.engine.bundle_export(T0, None, &to("p-a")).unwrap();
    let report = sealed.import(&file).unwrap();
    assert_eq!(report.new.values().sum::<usize>(), 1);
    let overview = phone.engine.status();
    assert_eq!((overview.on_device, overview.unsealed), (3, 1));
    let file = phone.engine.bundle_export(T0, None, &BundleFor::Office);
    let envelope = Envelope::decode(&file.unwrap()).unwrap();
    assert_eq!(envelope.cover.edits, 1);
}

#[test]
fn key_that_is_handed_over_leaves_the_store_and_the_phone_stays_the_same() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 5);
    let unsent = phone.create("还没送到");
    let (device, key) = (
        phone.engine.device(),
        phone.engine.secret().unwrap().clone(),
    );
    phone.engine.key_handed_over().unwrap();
    phone.keeper = Some(SecretKey::from_bytes(&key.to_bytes()));
    phone.settle();
    assert!(!holds(&phone, &key.to_bytes()));
    assert!(phone.engine.secret().is_none());
    phone.restart();
    assert_eq!(phone.engine.device(), device);
    assert_eq!(phone.engine.public_key(), Some(key.public()));
    phone.set(unsent, "title", "后来写的");
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office());
}

#[test]
fn enrolment_whose_key_is_gone_begins_again_with_another() {
    let mut office = Office::new();
    office.person("p-a");
    let mut phone = Phone::new(SEED);
    let enrol = |phone: &mut Phone| {
        let begun = phone.engine.enrol(T0, "ws://office/sync", "p-a", "电话");
        begun.unwrap();
    };
    // The first try got no answer; before the second the browser has lost the key.
    phone.instead = Instead::Refuses;
    enrol(&mut phone);
    phone.run(&mut office);
    let failed = |event: &Event| matches!(event, Event::EnrolFailed(why) if why.again);
    assert!(phone.events.iter().any(failed), "{:?}", phone.events);
    let other = SecretKey::from_bytes(&[77; 32]);
    phone.engine.keep_key_outside(other.public());
    phone.keeper = Some(other.clone());
    phone.instead = Instead::Signs;
    enrol(&mut phone);
    phone.run(&mut office);
    assert!(phone.events.contains(&Event::Enrolled));
    assert_eq!(phone.engine.public_key(), Some(other.public()));
}
