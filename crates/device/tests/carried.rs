//! Stories of files carried between phones and to the office.

use liandu_core::id::{DeviceId, PersonId, Position};
use liandu_core::limits::DEVICE_ENVELOPES_MAX;
use liandu_core::protocol::bundle::{Bundle, SignedReceipts};
use liandu_core::protocol::envelope::{Addressee, Cover, Envelope};
use liandu_core::protocol::message::Tier;
use liandu_core::seal::{PublicKey, SecretKey};
use liandu_device::{Asked, BundleError, BundleFor, KeepError, NotHere};

use crate::office::Office;
use crate::phone::{Phone, T0};
use crate::story::two;

fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

pub(crate) fn to(code: &str) -> BundleFor {
    BundleFor::Colleague(person(code))
}

/// Two colleagues who have heard of each other, without network since.
pub(crate) fn acquainted() -> (Office, Phone, Phone) {
    let (mut office, mut a, mut b) = two();
    for phone in [&mut a, &mut b] {
        phone.sync(&mut office);
        phone.hang_up();
    }
    (office, a, b)
}

/// An envelope that says it is for the office.
fn envelope(office: &Office, key: &PublicKey, bundles: usize) -> Vec<u8> {
    let (deployment, maker) = (office.deployment, DeviceId([5; 8]));
    let cover = Cover {
        deployment,
        maker,
        time: T0,
        to: Addressee::Office,
        bundles: 0,
        edits: 1,
    };
    let bundles = vec![Bundle::new(deployment, maker, T0); bundles];
    let mut count = 0u64;
    let random = || {
        count += 1;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&count.to_be_bytes());
        bytes
    };
    let envelope = Envelope::close(cover, &bundles, &[*key], random).unwrap();
    envelope.encode().unwrap()
}

#[test]
fn bundle_carried_twice_counts_once_and_is_not_merged_into_what_is_edited() {
    let (mut office, mut a, mut b) = acquainted();
    let record = a.create("离线");
    a.set(record, "address", "村东");
    let file = a.engine.bundle_export(T0, None, &to("p-b")).unwrap();
    let first = b.import(&file).unwrap();
    b.settle();
    let second = b.import(&file).unwrap();
    b.settle();
    assert_eq!(
        (
            first.records,
            first.new.values().sum::<usize>(),
            first.known
        ),
        (1, 2, 0)
    );
    assert_eq!(
        (second.new.len(), second.known, second.at_office),
        (0, 2, 0)
    );
    assert_eq!(first.maker_person, Some(person("p-a")));
    assert_eq!(
        first.people.into_values().collect::<Vec<_>>(),
        [person("p-a")]
    );
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
    let third = b.import(&file).unwrap();
    assert_eq!((third.new.len(), third.known, third.at_office), (0, 2, 2));
}

#[test]
fn what_is_carried_and_lost_on_its_way_is_offered_on_the_next_connection() {
    let (mut office, mut a, mut b) = acquainted();
    let record = a.create("离线");
    let file = a.engine.bundle_export(T0, None, &to("p-b")).unwrap();
    b.sync(&mut office);
    b.import(&file).unwrap();
    b.settle();
    // The connection breaks before the office hears of it.
    b.hang_up();
    assert!(!office.records.contains_key(&record));
    b.sync(&mut office);
    assert!(office.records.contains_key(&record));
    assert!(b.engine.record(record).unwrap().not_at_office.is_empty());
}

#[test]
fn receipts_travel_back_in_a_bundle_signed_by_the_pinned_key() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("离线");
    let file = phone
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    let bundles = office.opened(&file);
    let (pushes, _) = Bundle::records(&bundles[0].pushes[0]).unwrap();
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
    let stranger = SecretKey::from_bytes(&[66; 32]);
    let report = phone.import(&back(&stranger)).unwrap();
    assert_eq!((report.receipts, report.bad_receipts), (0, 1));
    assert!(!phone.engine.all_at_office());
    let report = phone.import(&back(&office.server)).unwrap();
    assert_eq!((report.receipts, report.bad_receipts), (1, 0));
    phone.settle();
    phone.restart();
    assert!(phone.engine.all_at_office());
    assert_eq!(phone.value(record, "title"), "离线");
}

#[test]
fn office_bundle_goes_by_who_cannot_open_it_and_its_receipts_come_back() {
    let (mut office, mut a, mut b) = acquainted();
    let record = a.create("离线");
    a.set(record, "address", "村东");
    let file = a
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    let report = b.import(&file).unwrap();
    assert_eq!(report.for_the_office, Some(2));
    assert_eq!(report.maker_person, Some(person("p-a")));
    assert_eq!((report.records, report.new.len()), (0, 0));
    assert!(b.engine.record(record).is_err(), "b cannot read it");
    b.settle();
    b.restart();
    assert_eq!(b.engine.envelopes_carried(), 1, "kept over a restart");
    b.sync(&mut office);
    assert_eq!((office.delivered, b.engine.envelopes_carried()), (1, 0));
    assert_eq!(office.doc(&record).changes(), 3);
    b.restart();
    assert_eq!(b.engine.envelopes_carried(), 0);
    let back = b.engine.bundle_export(T0, None, &to("p-a")).unwrap();
    assert!(!a.engine.all_at_office());
    let report = a.import(&back).unwrap();
    assert_eq!((report.receipts, report.bad_receipts), (2, 0));
    a.settle();
    a.restart();
    assert!(a.engine.all_at_office());
}

#[test]
fn office_bundle_carried_twice_and_by_its_author_counts_once() {
    let (mut office, mut a, mut b) = acquainted();
    let mut c = Phone::enrolled(&mut office, "p-c", 3);
    let record = a.create("离线");
    let file = a
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    for carrier in [&mut b, &mut c] {
        carrier.import(&file).unwrap();
        carrier.import(&file).unwrap();
        assert_eq!(carrier.engine.envelopes_carried(), 1);
        carrier.settle();
        carrier.sync(&mut office);
    }
    b.import(&file).unwrap();
    b.settle();
    b.sync(&mut office);
    a.sync(&mut office);
    assert_eq!(office.delivered, 3);
    assert_eq!(office.doc(&record).changes(), 2);
    assert!(a.engine.all_at_office());
}

#[test]
fn bundle_for_somebody_else_is_refused_and_says_for_whom() {
    let (mut office, mut a, _) = acquainted();
    let mut c = Phone::enrolled(&mut office, "p-c", 3);
    a.create("离线");
    let file = a.engine.bundle_export(T0, None, &to("p-b")).unwrap();
    let refused = c.import(&file).unwrap_err();
    assert!(matches!(refused, BundleError::ForAnother(who) if who == person("p-b")));
    assert_eq!(c.engine.envelopes_carried(), 0);
    let unknown = a.engine.bundle_export(T0, None, &to("p-c")).unwrap_err();
    assert!(matches!(unknown, BundleError::NoSuchColleague(who) if who == person("p-c")));
}

#[test]
fn cut_or_flipped_file_is_refused_and_nothing_of_it_is_kept() {
    let (_, mut a, mut b) = acquainted();
    a.create("离线");
    for whom in [BundleFor::Office, to("p-b")] {
        let file = a.engine.bundle_export(T0, None, &whom).unwrap();
        for at in (0..file.len()).step_by(7) {
            let mut flipped = file.clone();
            flipped[at] ^= 4;
            assert!(b.import(&flipped).is_err(), "{at}");
            assert!(b.import(&file[..at]).is_err(), "{at}");
        }
    }
    assert_eq!(b.engine.envelopes_carried(), 0);
    assert_eq!(b.engine.status().records, 0);
}

#[test]
fn plain_bundle_of_an_older_app_is_still_read() {
    let (office, mut a, mut b) = acquainted();
    let record = a.create("离线");
    let file = a
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    let plain = office.opened(&file).remove(0).encode().unwrap();
    let report = b.import(&plain).unwrap();
    assert_eq!((report.records, report.for_the_office), (1, None));
    let view = b.engine.record(record).unwrap();
    assert_eq!(view.preview.unwrap().text_of("title"), "离线");
}

#[test]
fn what_the_office_cannot_open_is_carried_once_and_given_up() {
    let (mut office, _, mut b) = acquainted();
    let stranger = SecretKey::from_bytes(&[66; 32]).public();
    let file = envelope(&office, &stranger, 1);
    b.import(&file).unwrap();
    b.settle();
    b.sync(&mut office);
    assert_eq!((office.delivered, b.engine.envelopes_carried()), (1, 0));
    b.restart();
    b.sync(&mut office);
    assert_eq!(office.delivered, 1);
}

#[test]
fn no_more_is_carried_than_a_device_may() {
    let (office, _, mut b) = acquainted();
    let key = office.server.public();
    let report = b.import(&envelope(&office, &key, DEVICE_ENVELOPES_MAX));
    assert_eq!(report.unwrap().for_the_office, Some(1));
    let stranger = SecretKey::from_bytes(&[66; 32]).public();
    let more = envelope(&office, &stranger, 1);
    let refused = b.import(&more).unwrap_err();
    assert!(matches!(refused, BundleError::CarriesTooMuch));
    assert_eq!(b.engine.envelopes_carried(), DEVICE_ENVELOPES_MAX);
}

#[test]
fn nothing_is_closed_to_a_device_that_was_shut_out() {
    let (mut office, mut a, b) = acquainted();
    assert_eq!(
        a.engine.colleagues().into_iter().collect::<Vec<_>>(),
        [person("p-b")]
    );
    office.revoke(b.engine.device(), None);
    a.sync(&mut office);
    a.hang_up();
    a.create("离线");
    assert!(a.engine.colleagues().is_empty());
    let refused = a.engine.bundle_export(T0, None, &to("p-b")).unwrap_err();
    assert!(matches!(refused, BundleError::NoSuchColleague(_)));
    // A new phone of the same person opens it, the lost one does not; a colleague who is shut out
    // altogether has none.
    let mut new = Phone::enrolled(&mut office, "p-b", 4);
    a.sync(&mut office);
    a.hang_up();
    a.create("又一条");
    let file = a.engine.bundle_export(T0, None, &to("p-b")).unwrap();
    let mut lost = b;
    assert!(lost.import(&file).is_err());
    assert!(new.import(&file).is_ok());
    office.revoke(None, Some("p-b"));
    a.sync(&mut office);
    assert!(a.engine.colleagues().is_empty());
}
