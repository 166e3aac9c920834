//! Repair: whatever either side lost, both have it afterwards.

use liandu_core::id::{ChangeHash, Epoch, Position, RecordId};
use liandu_core::protocol::client::{self, Status};
use liandu_core::protocol::frame::ToDevice;
use liandu_core::protocol::message::{Feed, ScopeDigest};
use liandu_core::protocol::packed::Packed;
use proptest::prelude::*;

use super::link::Link;
use super::samples::{record, scopes};

/// Twenty records over that many scopes on both sides, and no connection any more.
fn after_twenty(count: u32) -> Link {
    let mut link = Link::new();
    let scopes = scopes(count);
    for n in 1..=20 {
        let scope = &scopes[usize::from(n) % scopes.len()];
        link.host.append(scope, record(n), n as u8);
    }
    link.sync();
    link.cut();
    link
}

#[test]
fn restored_server_gets_back_what_the_device_still_holds() {
    let mut link = after_twenty(4);
    link.assert_equal();
    let before = link.device.content.clone();
    // An old backup: half the log, a new epoch, one entry since.
    link.host.log.truncate(10);
    link.host.epoch = Epoch([2; 8]);
    link.host.append(&scopes(4)[0], record(77), 77);
    link.sync();
    assert_eq!(link.client.status(), Status::InSync);
    assert!(link.device.statuses.contains(&Status::Repairing));
    link.assert_equal();
    for (scope, records) in &before {
        for record in records.keys() {
            assert!(
                link.device.content[scope].contains_key(record),
                "nothing lost"
            );
        }
    }
    let cursor = link.device.held.cursor.unwrap();
    assert_eq!(
        (cursor.epoch, cursor.position),
        (Epoch([2; 8]), link.host.end().position)
    );
    // And the next time nothing is to be done.
    link.cut();
    (link.up, link.down) = (vec![], vec![]);
    link.sync();
    assert_eq!((link.up.len(), link.down.len()), (1, 2));
}

#[test]
fn log_that_begins_a_new_life_under_a_connection_gets_back_what_it_lost() {
    let mut link = Link::new();
    for n in 1..=20 {
        let scope = &scopes(4)[usize::from(n % 4)];
        link.host.append(scope, record(n), n as u8);
    }
    link.sync();
    // A segment in the middle turned out to be damaged, and the log goes on.
    link.host.log.remove(10);
    link.host.epoch = Epoch([2; 8]);
    link.host.append(&scopes(4)[0], record(77), 77);
    link.host.append(&scopes(4)[0], record(78), 78);
    link.log_moved();
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
    link.wait();
    assert!(link.device.statuses.contains(&Status::Repairing));
    link.assert_equal();
    assert_eq!(link.host.log.len(), 22, "the lost entry came back");
}

#[test]
fn feed_of_another_life_is_not_stored_outside_a_repair() {
    let mut link = after_twenty(1);
    link.sync();
    let held = link.device.held.clone();
    link.host.epoch = Epoch([2; 8]);
    let feed = Feed {
        number: 1,
        updates: Packed::pack::<u8>(&[]).unwrap(),
        upto: Some(link.host.end()),
        more: false,
    };
    link.to_client(client::Input::Frame(ToDevice::from(feed).encode().unwrap()));
    link.run();
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
    assert_eq!(link.device.held, held);
}

#[test]
fn scope_digest_is_a_set_of_records_in_no_order() {
    let (one, two) = (
        [ChangeHash([1; 32])],
        [ChangeHash([1; 32]), ChangeHash([2; 32])],
    );
    let digest = |records: &[(u16, &[ChangeHash])]| {
        let mut digest = ScopeDigest::default();
        records
            .iter()
            .for_each(|(n, heads)| digest.toggle(&record(*n), heads));
        digest
    };
    assert_eq!(
        digest(&[(1, &one), (2, &two)]),
        digest(&[(2, &two), (1, &one)])
    );
    assert_ne!(digest(&[(1, &one)]), digest(&[(1, &two)]));
    assert_ne!(digest(&[(1, &one)]), digest(&[(2, &one)]));
    assert_eq!(
        digest(&[(1, &one), (2, &two), (1, &one)]),
        digest(&[(2, &two)]),
        "taken out"
    );
}

#[test]
fn copied_folder_is_found_out_by_hash_or_position() {
    // Same epoch, same length, other content: a rolled-back virtual machine went on elsewhere.
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(1), 1);
    link.sync();
    link.cut();
    link.host.log[0].2 = ChangeHash([9; 32]);
    link.sync();
    assert!(link.device.statuses.contains(&Status::Repairing));
    link.assert_equal();
    // Same epoch, beyond the end.
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(1), 1);
    link.host.append(&scopes(4)[0], record(2), 2);
    link.sync();
    link.cut();
    link.host.log.truncate(1);
    link.sync();
    assert!(link.device.statuses.contains(&Status::Repairing));
    link.assert_equal();
    assert_eq!(link.host.log.len(), 2);
}

#[test]
fn repair_of_equal_content_compares_digests_only() {
    let mut link = after_twenty(4);
    link.host.epoch = Epoch([2; 8]);
    (link.up, link.down) = (vec![], vec![]);
    link.sync();
    assert_eq!(link.device.pages_asked, 0);
    assert_eq!(
        (link.up.len(), link.down.len()),
        (3, 4),
        "hello digests got / challenge welcome differ feed"
    );
    assert_eq!(link.device.held.cursor, Some(link.host.end()));
}

#[test]
fn repair_with_new_scopes_takes_them_up_first() {
    let mut link = after_twenty(5);
    link.host.epoch = Epoch([2; 8]);
    link.host.scopes = scopes(5)[1..].to_vec();
    link.sync();
    assert_eq!(link.client.status(), Status::InSync);
    link.assert_equal();
    assert_eq!(link.device.content.len(), 4);
}

#[test]
fn repair_cut_at_any_frame_begins_again_and_ends_equal() {
    for cut_after in 0..30 {
        let mut link = after_twenty(4);
        link.host.log.truncate(7);
        link.host.epoch = Epoch([2; 8]);
        link.host.append(&scopes(4)[2], record(50), 50);
        link.cut_after = Some(cut_after);
        link.sync();
        if link.client.status() != Status::InSync {
            link.restart();
            link.sync();
        }
        // What was wanted and not sent before the cut is wanted again by the next repair.
        assert_eq!(
            link.client.status(),
            Status::InSync,
            "cut after {cut_after}"
        );
        link.assert_equal();
    }
}

#[test]
fn slow_reader_in_repair_gets_a_window() {
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(0), 1);
    link.sync();
    link.cut();
    link.host.epoch = Epoch([2; 8]);
    for n in 1..=100 {
        link.host.append(&scopes(4)[0], record(n), n as u8);
    }
    link.device.slow = true;
    link.sync();
    assert_eq!(
        link.device.unstored.len(),
        liandu_core::limits::FEED_WINDOW_FRAMES as usize
    );
    assert_eq!(link.client.status(), Status::Repairing);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any content on either side: afterwards both hold the union.
    #[test]
    fn repair_ends_with_the_union(
        server in prop::collection::vec((0usize..4, 0u16..12, 1u8..6), 0..40),
        device in prop::collection::vec((0usize..4, 0u16..12, 1u8..6), 0..40),
    ) {
        // A record belongs to one scope.
        let place = |(_, n, hash): (usize, u16, u8)| (usize::from(n % 4), record(n), hash);
        let mut link = Link::new();
        for entry in server {
            let (scope, record, hash) = place(entry);
            link.host.append(&scopes(4)[scope], record, hash);
        }
        for entry in device {
            let (scope, record, hash): (usize, RecordId, u8) = place(entry);
            let scope = link.device.content.entry(scopes(4)[scope].id()).or_default();
            scope.entry(record).or_default().insert(ChangeHash([hash; 32]));
        }
        let mut union = link.host.content();
        for (scope, records) in &link.device.content {
            for (record, hashes) in records {
                union.entry(*scope).or_default().entry(*record).or_default().extend(hashes);
            }
        }
        let mut cursor = link.host.end();
        cursor.epoch = Epoch([9; 8]);
        cursor.position = Position(99);
        link.device.held.cursor = Some(cursor);
        link.restart();
        link.sync();
        prop_assert_eq!(link.client.status(), Status::InSync);
        prop_assert_eq!(&link.device.content, &union);
        prop_assert_eq!(&link.host.content(), &union);
    }
}
