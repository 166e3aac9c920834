//! Stories of one connection after another, in virtual time.

use liandu_core::id::CampaignId;
use liandu_core::limits::ANSWER_MS;
use liandu_core::protocol::client::{self, Status, Stop};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::CloseCode;
use liandu_core::protocol::session;
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Scope;

use super::link::Link;
use super::samples::{definition, hello, record, scopes, to_device, welcome};
use super::windows::slow_reader;

pub(crate) fn kinds_down(link: &Link) -> Vec<&'static str> {
    let name = |frame: &Vec<u8>| match ToDevice::decode(frame).unwrap() {
        Decoded::Message(message) => message.type_name(),
        Decoded::Unknown(_) => "?",
    };
    link.down.iter().map(name).collect()
}

/// WebSocket headers: 2 bytes (4 above 125), and 4 bytes of mask from the device.
fn on_the_wire(frame: &[u8], mask: usize) -> usize {
    frame.len() + if frame.len() > 125 { 4 } else { 2 } + mask
}

#[test]
fn in_sync_exchange_takes_at_most_300_bytes_with_four_scopes() {
    let challenge = to_device()[0].1.encode().unwrap();
    let hello = ToServer::from(hello()).encode().unwrap();
    let welcome = ToDevice::from(welcome()).encode().unwrap();
    let bytes = on_the_wire(&challenge, 0) + on_the_wire(&hello, 4) + on_the_wire(&welcome, 0);
    assert!(
        bytes <= 300,
        "{} + {} + {} -> {bytes}",
        challenge.len(),
        hello.len(),
        welcome.len()
    );

    let mut link = Link::new();
    link.sync();
    link.cut();
    (link.up, link.down) = (vec![], vec![]);
    link.wait();
    assert_eq!(link.client.status(), Status::InSync);
    assert_eq!(
        (link.up.len(), kinds_down(&link)),
        (1, vec!["Challenge", "Welcome"])
    );
}

#[test]
fn edit_is_pushed_and_receipted_and_feeds_come_page_by_page() {
    let mut link = Link::new();
    for n in 1..=10 {
        link.host
            .append(&scopes(4)[usize::from(n % 4)], record(n), n as u8);
    }
    link.write(0, record(100), 100);
    link.sync();
    assert_eq!(link.device.receipts, [record(100)]);
    assert_eq!(link.client.status(), Status::InSync);
    link.assert_equal();
    assert_eq!(link.device.held.cursor, Some(link.host.end()));
    assert!(link.odd.is_empty() && link.device.odd.is_empty());

    link.host.append(&scopes(4)[1], record(11), 11);
    link.log_moved();
    link.assert_equal();
}

#[test]
fn feed_lost_or_doubled_on_its_way_loses_no_record() {
    for (number, times) in (1..=4).flat_map(|number| [(number, 0), (number, 2)]) {
        let mut link = Link::new();
        for n in 1..=10 {
            link.host
                .append(&scopes(4)[usize::from(n % 4)], record(n), n as u8);
        }
        link.mangle = Some((number, times));
        link.sync();
        assert_eq!(link.mangle, None, "feed {number} never came");
        if let Status::Waiting { .. } = link.client.status() {
            assert_eq!(times, 0, "a feed that comes twice is no reason to hang up");
            link.wait();
        }
        // One more shows a gap behind the last one.
        link.host.append(&scopes(4)[1], record(11), 11);
        link.log_moved();
        if let Status::Waiting { .. } = link.client.status() {
            link.wait();
        }
        link.assert_equal();
    }
}

#[test]
fn entries_of_other_scopes_cost_the_device_nothing() {
    let mut link = Link::new();
    link.sync();
    link.down.clear();
    for n in 1..=50 {
        link.host
            .append(&"130502/g-9/group".parse().unwrap(), record(n), n as u8);
        link.log_moved();
    }
    assert!(link.down.is_empty());
    link.host.append(&scopes(4)[0], record(60), 60);
    link.log_moved();
    assert_eq!(kinds_down(&link), ["Feed"]);
    link.assert_equal();
}

#[test]
fn connection_cut_at_any_frame_resumes_without_loss_or_repair() {
    let mut cuts = 0;
    for cut_after in 0..40 {
        let mut link = Link::new();
        for n in 1..=10 {
            link.host
                .append(&scopes(4)[usize::from(n % 4)], record(n), n as u8);
        }
        link.write(0, record(100), 100);
        link.cut_after = Some(cut_after);
        link.sync();
        let cut = link.client.status() != Status::InSync;
        cuts += u32::from(cut);
        if cut_after % 2 == 0 && cut {
            link.restart();
            link.sync();
        } else if cut {
            link.wait();
        }
        assert_eq!(
            link.client.status(),
            Status::InSync,
            "cut after {cut_after}"
        );
        assert!(!link.device.statuses.contains(&Status::Repairing));
        assert!(link.device.receipts.contains(&record(100)));
        link.assert_equal();
    }
    assert!(cuts > 10, "{cuts}: the story must be longer than the cuts");
}

#[test]
fn waits_before_connecting_again_grow_to_five_minutes() {
    let mut link = Link::new();
    link.reachable = false;
    link.sync();
    for attempt in 0..14u32 {
        let Status::Waiting { until } = link.client.status() else {
            panic!()
        };
        let wait = until.since_ms(link.now);
        let top = (1_000u64 << attempt).min(300_000);
        assert!((top / 2..=top).contains(&wait), "attempt {attempt}: {wait}");
        assert_eq!(link.client.deadline(), Some(until));
        link.wait();
    }
    link.reachable = true;
    link.to_client(client::Input::SyncNow);
    link.run();
    assert_eq!(
        link.client.status(),
        Status::InSync,
        "the person need not wait"
    );
}

#[test]
fn wait_is_never_shorter_than_the_server_asked() {
    let mut link = Link::new();
    link.sync();
    let code = CloseCode::Overloaded;
    link.to_session(session::Input::End {
        code,
        retry_after_ms: Some(90_000),
    });
    link.run();
    let Status::Waiting { until } = link.client.status() else {
        panic!()
    };
    assert!(until.since_ms(link.now) >= 90_000);
}

#[test]
fn useful_connection_makes_the_next_wait_short_and_useless_ones_do_not() {
    let mut link = Link::new();
    for _ in 0..8 {
        link.sync();
        link.cut();
    }
    let Status::Waiting { until } = link.client.status() else {
        panic!()
    };
    assert!(
        until.since_ms(link.now) > 30_000,
        "a server that drops everybody is left alone"
    );
    link.write(0, record(1), 1);
    link.sync();
    link.cut();
    let Status::Waiting { until } = link.client.status() else {
        panic!()
    };
    assert!(until.since_ms(link.now) <= 1_000);
}

#[test]
fn updates_lost_before_they_were_stored_are_not_taken_for_held() {
    let mut link = slow_reader(30);
    link.cut();
    link.device.slow = false;
    // Challenge, hello, welcome, one feed, its acknowledgement; then killed.
    link.cut_after = Some(5);
    link.wait();
    link.restart();
    let stored: usize = link
        .device
        .content
        .values()
        .map(|records| records.len())
        .sum();
    assert!((1..30).contains(&stored), "{stored}");
    link.sync();
    link.assert_equal();
}

#[test]
fn half_open_connection_is_found_out_and_the_push_comes_again() {
    let mut link = Link::new();
    link.sync();
    assert_eq!(link.client.deadline(), None, "idle costs no timer");
    link.half_open = true;
    link.write(0, record(1), 1);
    link.run();
    assert_eq!(link.client.deadline(), Some(link.now.plus_ms(ANSWER_MS)));
    link.wait();
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
    assert_eq!(link.device.outbox.len(), 1, "given back");
    link.half_open = false;
    link.wait();
    assert_eq!(link.device.receipts, [record(1)]);
}

#[test]
fn revoked_device_hands_in_what_it_has_and_is_sent_nothing() {
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(1), 1);
    link.host.escrow = true;
    link.write(0, record(2), 2);
    link.sync();
    assert_eq!(link.client.status(), Status::Escrow);
    assert_eq!(link.device.receipts, [record(2)]);
    assert!(!kinds_down(&link).contains(&"Feed"));
    link.to_client(client::Input::Unsent(0));
    link.wait();
    assert_eq!(link.client.status(), Status::Stopped(Stop::Revoked));
}

#[test]
fn new_scope_is_filled_from_its_beginning_and_lost_one_is_dropped() {
    let (mut link, all) = in_scopes(5);
    // While connected.
    tell_scopes(&mut link, &all[1..]);
    assert_eq!(link.device.content.len(), 4);
    link.assert_equal();
    assert_eq!(link.client.status(), Status::InSync);
    // While away, cut in the middle of filling, killed.
    link.cut();
    link.host.scopes = all.clone();
    link.cut_after = Some(5);
    link.sync();
    link.restart();
    assert!(
        !link.device.held.behind.is_empty(),
        "still behind in the new scope"
    );
    link.sync();
    link.assert_equal();
    assert!(link.device.held.behind.is_empty());
    assert!(!link.device.statuses.contains(&Status::Repairing));
}

/// A device in sync whose scopes change from now on.
fn in_scopes(count: u16) -> (Link, Vec<Scope>) {
    let mut link = Link::new();
    let all = scopes(count.into());
    for n in 1..=20 {
        link.host
            .append(&all[usize::from(n % count)], record(n), n as u8);
    }
    link.sync();
    link.assert_equal();
    (link, all)
}

fn tell_scopes(link: &mut Link, told: &[Scope]) {
    link.host.scopes = told.to_vec();
    link.to_session(session::Input::Scopes(told.to_vec()));
    link.run();
}

#[test]
fn device_that_only_loses_a_scope_is_in_sync_at_once() {
    let (mut link, all) = in_scopes(4);
    tell_scopes(&mut link, &all[1..]);
    assert_eq!(link.client.status(), Status::InSync);
    link.assert_equal();
}

#[test]
fn scope_that_is_lost_and_given_back_at_once_is_filled_again() {
    let (mut link, all) = in_scopes(4);
    link.device.slow = true;
    tell_scopes(&mut link, &all[1..]);
    tell_scopes(&mut link, &all);
    link.device.slow = false;
    link.to_client(client::Input::ScopesStored);
    link.run();
    assert_eq!(link.client.status(), Status::InSync);
    link.assert_equal();
}

#[test]
fn scope_that_is_given_back_after_the_connection_broke_is_filled_again() {
    let (mut link, all) = in_scopes(4);
    link.device.slow = true;
    tell_scopes(&mut link, &all[1..]);
    link.cut();
    link.to_client(client::Input::ScopesStored);
    link.device.slow = false;
    link.host.scopes = all;
    link.sync();
    assert_eq!(link.client.status(), Status::InSync);
    assert_eq!(link.device.content, link.host.content());
}

#[test]
fn answer_to_earlier_scopes_is_none_to_equal_ones_later() {
    let (mut link, all) = in_scopes(4);
    tell_scopes(&mut link, &all[1..]);
    link.device.slow = true;
    tell_scopes(&mut link, &all);
    // The answer is on its way while another scope goes and comes back.
    link.half_open = true;
    link.to_client(client::Input::ScopesStored);
    link.run();
    let answer = link.up.last().cloned().unwrap();
    let before = link.down.len();
    tell_scopes(&mut link, &all[..3]);
    tell_scopes(&mut link, &all);
    link.half_open = false;
    link.device.slow = false;
    for frame in link.down.split_off(before) {
        link.to_client(client::Input::Frame(frame));
    }
    link.to_session(session::Input::Frame(answer));
    link.run();
    assert_eq!(link.client.status(), Status::InSync);
    link.assert_equal();
}

#[test]
fn definitions_and_authority_travel_both_ways() {
    let mut link = Link::new();
    let newer = DefinitionRef {
        campaign: CampaignId::new("la311").unwrap(),
        version: 2,
    };
    link.host.definitions = vec![(definition(), "{\"a\":1}"), (newer.clone(), "{}")];
    link.host.authority = 5;
    link.sync();
    assert_eq!(link.device.definitions[&definition()], b"{\"a\":1}");
    assert_eq!(
        (link.device.definitions.len(), link.device.authority),
        (2, 5)
    );
    link.cut();
    link.down.clear();
    link.host.authority = 2;
    link.sync();
    assert_eq!(
        link.host.kept.len(),
        1,
        "a restored server gets its statements back"
    );
    assert_eq!(kinds_down(&link), ["Challenge", "Welcome", "WantAuthority"]);
}

#[test]
fn server_answers_that_come_too_late_reach_nobody() {
    let mut link = Link::new();
    link.sync();
    link.host.slow = true;
    link.write(0, record(1), 1);
    link.run();
    link.to_session(session::Input::End {
        code: CloseCode::ShuttingDown,
        retry_after_ms: None,
    });
    let (batch, records) = link.host.pending.remove(0);
    let answer = link.host.admit(&records);
    link.to_session(session::Input::Admitted { batch, answer });
    link.run();
    assert!(link.device.receipts.is_empty());
    link.host.slow = false;
    link.wait();
    assert_eq!(
        link.device.receipts,
        [record(1)],
        "sent again, changes nothing twice"
    );
    assert_eq!(link.host.log.len(), 1);
}
