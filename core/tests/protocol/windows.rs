//! Flow control: feeds within a window, one push admitted and one waiting.

use liandu_core::id::Position;
use liandu_core::limits::{ANSWER_MS, FEED_WINDOW_FRAMES};
use liandu_core::protocol::client::{self, Status};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::{CloseCode, Got, Push};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{self, Answer, Session};

use super::link::Link;
use super::samples::{DEPLOYMENT, NONCE, cursor, hello, known, push, record, scopes, time};
use super::stories::kinds_down;

/// A device that is sent so many records and stores none of them yet.
pub(crate) fn slow_reader(records: u16) -> Link {
    let mut link = Link::new();
    for n in 1..=records {
        link.host.append(&scopes(4)[0], record(n), n as u8);
    }
    link.device.slow = true;
    link.sync();
    link
}

#[test]
fn slow_reader_gets_a_window_and_costs_no_pages() {
    let mut link = slow_reader(200);
    let window = FEED_WINDOW_FRAMES as usize;
    assert_eq!(link.device.unstored.len(), window);
    assert_eq!(link.host.pages_read, window);
    for n in 201..=300 {
        link.host.append(&scopes(4)[0], record(n), n as u8);
        link.log_moved();
    }
    assert_eq!(link.host.pages_read, window, "log moves do not pile up");
    // It is the device's turn: the server's silence is not held against it.
    link.now = link.now.plus_ms(10 * ANSWER_MS);
    link.to_client(client::Input::Tick);
    link.run();
    assert_eq!(link.client.status(), Status::CatchingUp);

    link.to_client(client::Input::Stored { feed: 3 });
    link.run();
    assert_eq!(link.host.pages_read, window + 3);
    link.cut();
    link.device.slow = false;
    link.restart();
    link.sync();
    link.assert_equal();
}

#[test]
fn acknowledging_what_was_never_sent_is_a_strike() {
    let mut link = Link::new();
    link.sync();
    for _ in 0..3 {
        let got = ToServer::from(Got {
            feed: Some(99),
            authority: None,
        })
        .encode()
        .unwrap();
        link.to_session(session::Input::Frame(got));
    }
    link.run();
    assert_eq!(link.host.closed, [CloseCode::ProtocolError]);
}

#[test]
fn busy_server_gets_the_push_again_after_the_time_it_named() {
    let mut link = Link::new();
    link.sync();
    link.host.busy = true;
    link.write(0, record(1), 1);
    link.run();
    assert_eq!(link.client.deadline(), Some(link.now.plus_ms(2_000)));
    link.host.busy = false;
    link.wait();
    assert_eq!(link.device.receipts, [record(1)]);
}

#[test]
fn one_push_is_admitted_one_waits_and_more_is_a_flood() {
    let mut link = Link::new();
    link.sync();
    link.host.slow = true;
    let frame = |batch| {
        let records = Packed::pack(&[push(batch as u16)]).unwrap();
        ToServer::from(Push { batch, records }).encode().unwrap()
    };
    for batch in 1..=3 {
        link.to_session(session::Input::Frame(frame(batch)));
    }
    link.run();
    assert_eq!(link.host.pending.len(), 1);
    assert!(kinds_down(&link).contains(&"Busy"));
    assert_eq!(link.odd, [session::Odd::Flood]);
    let (batch, _) = link.host.pending.remove(0);
    let answer = Answer::Busy { retry_after_ms: 1 };
    link.to_session(session::Input::Admitted { batch, answer });
    link.run();
    assert_eq!(link.host.pending.len(), 1, "the one that waited");
    assert_eq!(link.host.pending[0].0, 2);
}

#[test]
fn room_is_two_offers_and_a_third_is_returned() {
    let mut link = Link::new();
    assert_eq!(link.client.room(), 0, "not connected");
    link.sync();
    link.host.slow = true;
    for offer in 101..=103 {
        link.to_client(client::Input::Offer {
            offer,
            records: vec![push(offer as u16)],
        });
    }
    let mut returned = vec![];
    while let Some(output) = link.client.poll() {
        if let client::Output::Returned { offer } = output {
            returned.push(offer);
        }
    }
    assert_eq!((returned, link.client.room()), (vec![103], 0));
}

#[test]
fn page_read_for_old_scopes_is_thrown_away() {
    let mut session = Session::new(DEPLOYMENT);
    let mut sent = vec![];
    let mut reads = 0;
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(1), 1);
    let known = session::Known {
        at: cursor(400_000),
        ..known()
    };
    let mut drain = |session: &mut Session, reads: &mut usize| {
        while let Some(output) = session.poll() {
            match output {
                session::Output::Send(frame) => sent.push(frame),
                session::Output::ReadFeed { .. } => *reads += 1,
                _ => {}
            }
        }
        sent.len()
    };
    session.handle(time(), session::Input::Opened { nonce: NONCE });
    session.handle(
        time(),
        session::Input::Frame(ToServer::from(hello()).encode().unwrap()),
    );
    session.handle(time(), session::Input::Known(Box::new(known)));
    let page = |position| session::Page {
        bodies: vec![Packed::pack(&[super::samples::update(1, position)]).unwrap()],
        upto: cursor(position),
        more: false,
    };
    session.handle(time(), session::Input::Page(page(400_001)));
    session.handle(time(), session::Input::LogMoved(Position(400_002)));
    drain(&mut session, &mut reads);
    assert_eq!(reads, 2);
    session.handle(time(), session::Input::Scopes(scopes(5)));
    let mut ids: Vec<_> = scopes(5).iter().map(|s| s.id()).collect();
    ids.sort();
    let follow = liandu_core::protocol::message::Follow {
        scopes: liandu_core::protocol::digest::scopes_digest(&ids),
        behind: vec![liandu_core::protocol::message::Behind {
            scope: scopes(5)[4].id(),
            position: Position(0),
        }],
    };
    session.handle(
        time(),
        session::Input::Frame(ToServer::from(follow).encode().unwrap()),
    );
    let before = drain(&mut session, &mut reads);
    assert_eq!(reads, 2, "one read at a time");
    session.handle(time(), session::Input::Page(page(400_002)));
    let after = drain(&mut session, &mut reads);
    assert_eq!(
        (after, reads),
        (before, 3),
        "not sent, read again for the new scopes"
    );
}

#[test]
fn unreadable_record_of_a_push_does_not_stop_the_others() {
    let mut link = Link::new();
    link.sync();
    link.host.slow = true;
    let mut list = vec![0x83];
    list.extend(minicbor::to_vec(push(1)).unwrap());
    list.extend([0xa1, 0x01, 0x02]);
    list.extend(minicbor::to_vec(push(2)).unwrap());
    let records = Packed::pack_bytes(list).unwrap();
    let frame = ToServer::from(Push { batch: 1, records }).encode().unwrap();
    link.to_session(session::Input::Frame(frame));
    link.run();
    assert_eq!(link.host.pending, [(1, vec![push(1), push(2)])]);
    assert_eq!(link.odd, [session::Odd::UnreadableItem]);
}

#[test]
fn verdicts_too_many_for_a_frame_leave_the_last_records_unanswered() {
    use liandu_core::id::{Actor, ChangeHash};
    use liandu_core::protocol::update::{OtherVerdict, RecordVerdicts};
    use liandu_core::verdict::{Reason, Verdict};
    use sha2::Digest;
    let mut link = Link::new();
    link.sync();
    link.host.slow = true;
    link.write(0, record(1), 1);
    link.run();
    let noise = |n: u64| -> [u8; 32] { sha2::Sha256::digest(n.to_be_bytes()).into() };
    let records = (0..20u64).map(|r| RecordVerdicts {
        record: record(r as u16),
        receipts: vec![],
        others: (0..2_000)
            .map(|n| OtherVerdict {
                actor: Actor::from_slice(&noise(r * 7_000 + n + 5_000_000)[..16]).unwrap(),
                seq: n,
                hash: ChangeHash(noise(r * 2_000 + n)),
                verdict: Verdict::Refused(Reason::BadValue).into(),
            })
            .collect(),
        missing: false,
    });
    let answer = Answer::Verdicts {
        position: Position(1),
        tier: liandu_core::protocol::message::Tier::Fsynced,
        records: records.collect(),
    };
    let (batch, _) = link.host.pending.remove(0);
    link.to_session(session::Input::Admitted { batch, answer });
    let session::Output::Send(frame) = link.session.as_mut().unwrap().poll().unwrap() else {
        panic!()
    };
    let Decoded::Message(ToDevice::Verdicts(verdicts)) = ToDevice::decode(&frame).unwrap() else {
        panic!()
    };
    let (records, odd) = verdicts
        .records
        .unpack_lenient::<RecordVerdicts, 256>()
        .unwrap();
    assert!(
        (1..20).contains(&records.len()) && odd == 0,
        "{}",
        records.len()
    );
}
