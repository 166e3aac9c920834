//! The device's side by itself: whose turn it is, pages of a repair, what comes too late.

use liandu_core::id::{ChangeHash, Position, RecordId};
use liandu_core::limits::{
    ANSWER_MS, FEED_WINDOW_FRAMES, HEADS_RECORDS_MAX, RECORD_HEADS_MAX, STRIKES_MAX,
};
use liandu_core::protocol::client::{Client, Holding, Input, Odd, Output, Status, Stop};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::{
    Answers, Close, CloseCode, Differ, Feed, HeadsPage, RecordHeads, Resume, Scopes, Want, Welcome,
};
use liandu_core::protocol::packed::Packed;

use super::link::{Link, identity};
use super::samples::{device_key, heads, record, scopes, time, to_device, welcome};
use super::windows::slow_reader;

#[test]
fn what_comes_after_the_end_of_a_connection_changes_nothing() {
    let mut link = Link::new();
    link.sync();
    link.cut();
    let before = (link.client.status(), link.client.deadline());
    assert!(matches!(before.0, Status::Waiting { .. }));
    link.now = link.now.plus_ms(1);
    let late = [
        Input::Disconnected,
        Input::Frame(vec![0xff]),
        Input::AuthorityStored(Position(1)),
    ];
    for late in late {
        link.to_client(late);
        assert_eq!(link.client.poll(), None);
    }
    assert_eq!((link.client.status(), link.client.deadline()), before);
}

#[test]
fn silence_counts_only_while_it_is_the_servers_turn() {
    let mut link = slow_reader(30);
    let window = u64::from(FEED_WINDOW_FRAMES);
    link.to_client(Input::Stored { feed: window - 1 });
    assert_eq!(link.client.deadline(), None, "one is to be stored yet");
    link.to_client(Input::Stored { feed: window });
    let until = link.now.plus_ms(ANSWER_MS);
    assert_eq!(link.client.deadline(), Some(until), "more was announced");
    link.run();
    let last = link.device.unstored.last().copied().unwrap();
    link.to_client(Input::Stored { feed: last });
    link.run();
    assert_eq!(link.client.status(), Status::InSync);
    assert_eq!(link.client.deadline(), None, "nothing more was announced");
}

fn said(message: impl Into<ToDevice>) -> Input {
    Input::Frame(message.into().encode().unwrap())
}

fn tell(client: &mut Client, message: impl Into<ToDevice>) {
    client.handle(time(), said(message));
}

fn greeted(welcome: Welcome) -> Client {
    let mut client = Client::new(identity(), Holding::default(), 1);
    client.handle(time(), Input::SyncNow);
    client.handle(time(), Input::Connected);
    tell(&mut client, to_device()[0].1.clone());
    while let Some(output) = client.poll() {
        if let Output::Sign(words) = output {
            let signature = device_key().sign(&words);
            client.handle(time(), Input::Signed { words, signature });
        }
    }
    tell(&mut client, welcome);
    client
}

#[test]
fn feed_that_the_welcome_announces_is_awaited() {
    for (feed, until) in [(true, Some(time().plus_ms(ANSWER_MS))), (false, None)] {
        let client = greeted(Welcome { feed, ..welcome() });
        assert_eq!(client.deadline(), until);
    }
}

#[test]
fn digests_are_asked_for_by_a_repair_and_by_nothing_else() {
    for (resume, asked) in [(Resume::Repair, 1), (Resume::Ok, 0)] {
        let scopes = None;
        let mut client = greeted(Welcome {
            resume,
            scopes,
            ..welcome()
        });
        let outputs = std::iter::from_fn(|| client.poll());
        let digests = outputs.filter(|output| matches!(output, Output::NeedDigests));
        assert_eq!(digests.count(), asked, "{resume:?}");
    }
}

/// Asked for the heads of one scope.
fn repairing() -> Client {
    let mut client = greeted(Welcome {
        resume: Resume::Repair,
        ..welcome()
    });
    client.handle(time(), Input::Digests(vec![]));
    let scopes = vec![scopes(1)[0].id()];
    tell(&mut client, Differ { scopes });
    while client.poll().is_some() {}
    client
}

/// The page that is sent when the device gives these.
fn page(client: &mut Client, records: Vec<RecordHeads>, last: bool) -> HeadsPage {
    let scope = scopes(1)[0].id();
    let given = Input::Heads {
        scope,
        records,
        last,
    };
    client.handle(time(), given);
    let pages = std::iter::from_fn(|| client.poll()).filter_map(|output| match output {
        Output::Send(frame) => Some(ToServer::decode(&frame).unwrap()),
        _ => None,
    });
    let pages: Vec<Decoded<ToServer>> = pages.collect();
    let [Decoded::Message(ToServer::Heads(page))] = &pages[..] else {
        panic!("{pages:?}")
    };
    page.clone()
}

#[test]
fn pages_of_heads_count_from_one_and_only_the_last_speaks_to_the_end() {
    let mut client = repairing();
    let range = |page: &HeadsPage| (page.page, page.after, page.to);
    let first = page(&mut client, vec![heads(1), heads(2)], false);
    assert_eq!(range(&first), (1, None, Some(record(2))));
    let nothing = Want {
        page: 1,
        records: vec![],
    };
    tell(&mut client, nothing);
    let last = page(&mut client, vec![heads(3)], true);
    assert_eq!(range(&last), (2, Some(record(2)), None));
}

#[test]
fn page_of_heads_above_a_limit_ends_before_what_is_left() {
    let cut = |heads: fn(u16) -> RecordHeads, count: usize| -> (usize, Option<RecordId>) {
        let records = (0..count as u16).map(heads).collect();
        let page = page(&mut repairing(), records, true);
        (page.records.len(), page.to)
    };
    let last = |count: usize| Some(record(count as u16 - 1));
    let full = (HEADS_RECORDS_MAX, None);
    assert_eq!(cut(heads, HEADS_RECORDS_MAX), full);
    let records = (HEADS_RECORDS_MAX, last(HEADS_RECORDS_MAX));
    assert_eq!(cut(heads, HEADS_RECORDS_MAX + 1), records);
    // 64 of these have two million bytes, and so have 32 more than a frame.
    let many = |n| RecordHeads {
        record: record(n),
        heads: vec![ChangeHash([1; 32]); RECORD_HEADS_MAX],
    };
    assert_eq!(cut(many, 64), (16, last(16)));
}

#[test]
fn devices_turn_in_a_repair_costs_no_timer() {
    let mut client = repairing();
    assert_eq!(client.deadline(), None, "it is to give heads");
    page(&mut client, vec![heads(1)], false);
    assert_eq!(client.deadline(), Some(time().plus_ms(ANSWER_MS)));
}

#[test]
fn want_answers_the_last_page_once() {
    let mut client = repairing();
    page(&mut client, vec![heads(1)], false);
    let mut odd = |page| {
        let records = vec![heads(1)];
        tell(&mut client, Want { page, records });
        let odd = |output: &Output| *output == Output::Odd(Odd::OutOfTurn("Want"));
        std::iter::from_fn(|| client.poll()).any(|output| odd(&output))
    };
    assert!(odd(2), "of no page that was sent");
    assert!(!odd(1));
    assert!(odd(1), "answered before");
}

#[test]
fn third_frame_that_cannot_be_read_ends_the_connection() {
    let mut link = Link::new();
    link.sync();
    for _ in 1..STRIKES_MAX {
        link.to_client(Input::Frame(vec![0xff]));
        assert_eq!(link.client.status(), Status::InSync);
    }
    link.to_client(Input::Frame(vec![0xff]));
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
}

#[test]
fn answer_to_a_push_is_awaited_whatever_else_comes() {
    let mut link = Link::new();
    link.sync();
    link.half_open = true;
    link.write(0, record(1), 1);
    link.run();
    link.now = link.now.plus_ms(1_000);
    link.to_client(said(Answers { answers: vec![] }));
    let until = link.now.plus_ms(ANSWER_MS);
    assert_eq!(link.client.deadline(), Some(until));
}

#[test]
fn device_is_not_in_sync_before_its_scopes_are_stored() {
    let mut link = Link::new();
    link.sync();
    let scopes = scopes(3);
    link.to_client(said(Scopes { scopes }));
    let last = Feed {
        number: 1,
        updates: Packed::pack::<u8>(&[]).unwrap(),
        upto: Some(link.host.end()),
        more: false,
    };
    link.to_client(said(last));
    assert_eq!(link.client.status(), Status::CatchingUp);
}

#[test]
fn revoked_device_comes_back_as_long_as_it_has_something_to_hand_in() {
    let closed = |unsent| {
        let mut link = Link::new();
        link.sync();
        link.to_client(Input::Unsent(unsent));
        link.to_client(said(Close::new(CloseCode::Revoked, None)));
        link.client.status()
    };
    assert!(matches!(closed(1), Status::Waiting { .. }));
    assert_eq!(closed(0), Status::Stopped(Stop::Revoked));
}
