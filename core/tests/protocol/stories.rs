//! Stories of one connection after another, in virtual time.

use liandu_core::id::{CampaignId, Position};
use liandu_core::limits::{ANSWER_MS, FEED_WINDOW_FRAMES, HANDSHAKE_MS, HELLO_BYTES_MAX};
use liandu_core::protocol::client::{self, Client, Holding, Identity, Status, Stop};
use liandu_core::protocol::enrol::{self, Enroller, Enrolment, Failure};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::{Close, CloseCode, Got, Push, WantDefinitions};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{self, Answer, Session};
use liandu_core::record::DefinitionRef;

use super::link::{Link, identity};
use super::samples::{
    DEPLOYMENT, DEVICE, NONCE, definition, device_key, enrolled, hello, push, record, scopes,
    server_key, time, to_device, to_server, welcome,
};

fn kinds_down(link: &Link) -> Vec<&'static str> {
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
fn slow_reader_gets_a_window_and_costs_no_pages() {
    let mut link = Link::new();
    for n in 1..=200 {
        link.host.append(&scopes(4)[0], record(n), n as u8);
    }
    link.device.slow = true;
    link.sync();
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
fn wrong_signature_closes_and_the_device_stops() {
    let mut link = Link::new();
    let wrong = Identity {
        key: server_key(),
        ..identity()
    };
    link.client = Client::new(wrong, Holding::default(), 1);
    link.sync();
    assert_eq!(link.host.closed, [CloseCode::BadSignature]);
    assert_eq!(link.client.status(), Status::Stopped(Stop::BadSignature));
    assert_eq!(link.client.deadline(), None);
}

#[test]
fn server_of_another_installation_gets_no_hello() {
    let mut link = Link::new();
    let deployment = liandu_core::id::DeploymentId([9; 16]);
    link.client = Client::new(
        Identity {
            deployment,
            ..identity()
        },
        Holding::default(),
        1,
    );
    link.sync();
    assert!(link.up.is_empty());
    assert_eq!(link.client.status(), Status::Stopped(Stop::WrongServer));
}

#[test]
fn unknown_device_presents_its_certificate_and_only_then_gives_up() {
    let mut link = Link::new();
    link.host.known = false;
    link.sync();
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
    link.wait();
    assert_eq!(link.client.status(), Status::InSync);

    let mut link = Link::new();
    link.host.known = false;
    let bare = Identity {
        certificate: None,
        ..identity()
    };
    link.client = Client::new(bare, Holding::default(), 1);
    link.sync();
    assert_eq!(link.client.status(), Status::Stopped(Stop::UnknownDevice));
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
    let mut link = Link::new();
    let all = scopes(5);
    for n in 1..=20 {
        link.host
            .append(&all[usize::from(n % 5)], record(n), n as u8);
    }
    link.sync();
    link.assert_equal();
    // While connected.
    link.host.scopes = all[1..].to_vec();
    let told = session::Input::Scopes(link.host.scopes.clone());
    link.to_session(told);
    link.run();
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

#[test]
fn page_read_for_old_scopes_is_thrown_away() {
    let mut session = Session::new(DEPLOYMENT);
    let mut sent = vec![];
    let mut reads = 0;
    let mut link = Link::new();
    link.host.append(&scopes(4)[0], record(1), 1);
    let known = session::Known {
        key: device_key().public(),
        person: super::samples::person(),
        scopes: scopes(4),
        resume: liandu_core::protocol::message::Resume::Ok,
        at: super::samples::cursor(400_000),
        definitions: vec![definition()],
        authority: Position(17),
        escrow: false,
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
        upto: super::samples::cursor(position),
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
fn silent_or_noisy_stranger_is_closed() {
    let mut link = Link::new();
    let mut session = Session::new(DEPLOYMENT);
    session.handle(link.now, session::Input::Opened { nonce: NONCE });
    assert_eq!(session.deadline(), Some(link.now.plus_ms(HANDSHAKE_MS)));
    session.handle(link.now.plus_ms(HANDSHAKE_MS - 1), session::Input::Tick);
    link.session = Some(session);
    link.run();
    assert!(link.host.closed.is_empty());
    link.now = link.now.plus_ms(HANDSHAKE_MS);
    link.to_session(session::Input::Tick);
    link.run();
    assert_eq!(link.host.closed, [CloseCode::TooSlow]);

    let closes = |frames: Vec<Vec<u8>>| {
        let mut session = Session::new(DEPLOYMENT);
        session.handle(time(), session::Input::Opened { nonce: NONCE });
        for frame in frames {
            session.handle(time(), session::Input::Frame(frame));
        }
        let mut closes = vec![];
        while let Some(output) = session.poll() {
            if let session::Output::Close(code) = output {
                closes.push(code);
            }
        }
        closes
    };
    assert_eq!(closes(vec![vec![0xff]; 2]), []);
    assert_eq!(closes(vec![vec![0xff]; 3]), [CloseCode::ProtocolError]);
    assert_eq!(closes(vec![vec![0; HELLO_BYTES_MAX]]), [], "one strike");
    assert_eq!(
        closes(vec![vec![0; HELLO_BYTES_MAX + 1]]),
        [CloseCode::ProtocolError]
    );
    let early = ToServer::from(WantDefinitions { names: vec![] })
        .encode()
        .unwrap();
    assert_eq!(closes(vec![early; 3]), [CloseCode::ProtocolError]);
    let mut newer = hello();
    newer.version = 99;
    assert_eq!(
        closes(vec![ToServer::from(newer).encode().unwrap()]),
        [CloseCode::VersionTooOld]
    );
}

#[test]
fn unknown_messages_are_odd_and_nothing_else() {
    let mut link = Link::new();
    link.sync();
    let unknown = vec![0x82, 0x18, 0xc8, 0xa1, 0x01, 0x02];
    for _ in 0..10 {
        link.to_session(session::Input::Frame(unknown.clone()));
        link.to_client(client::Input::Frame(unknown.clone()));
    }
    link.run();
    assert_eq!(link.odd, [session::Odd::UnknownType(200); 10]);
    assert_eq!(link.device.odd, [client::Odd::UnknownType(200); 10]);
    assert_eq!(link.client.status(), Status::InSync);
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

/// Garbage at any moment of a conversation.
#[test]
fn client_survives_every_message_in_every_phase() {
    for (name, message) in to_device() {
        for phase in 0..4 {
            let mut client = Client::new(identity(), Holding::default(), 1);
            let steps = [
                client::Input::SyncNow,
                client::Input::Connected,
                client::Input::Frame(to_device()[0].1.encode().unwrap()),
                client::Input::Frame(to_device()[1].1.encode().unwrap()),
            ];
            for step in steps.into_iter().take(phase + 1) {
                client.handle(time(), step);
            }
            for _ in 0..5 {
                client.handle(time(), client::Input::Frame(message.encode().unwrap()));
            }
            while client.poll().is_some() {}
            assert!(
                client.deadline().is_some() || client.status() != Status::Connecting,
                "{name}"
            );
        }
    }
}

fn enrolling(answer: impl FnOnce(&mut Session)) -> Vec<enrol::Output> {
    let mut session = Session::new(DEPLOYMENT);
    let mut device = Enroller::new(Enrolment {
        invitation: "K7QX-2M9D".to_owned(),
        device: DEVICE,
        key: device_key(),
        label: "手机".to_owned(),
    });
    device.handle(time(), enrol::Input::Connected);
    session.handle(time(), session::Input::Opened { nonce: NONCE });
    let mut answer = Some(answer);
    let mut ends = vec![];
    loop {
        if let Some(output) = session.poll() {
            match output {
                session::Output::Send(frame) => device.handle(time(), enrol::Input::Frame(frame)),
                session::Output::Enrol(enrol) => {
                    assert_eq!(enrol.invitation, "K7QX-2M9D");
                    answer.take().unwrap()(&mut session);
                }
                _ => {}
            }
        } else if let Some(output) = device.poll() {
            match output {
                enrol::Output::Send(frame) => session.handle(time(), session::Input::Frame(frame)),
                end => ends.push(end),
            }
        } else {
            return ends;
        }
    }
}

#[test]
fn device_is_enrolled_once_and_only_with_its_own_key() {
    let ends = enrolling(|s| s.handle(time(), session::Input::Enrolled(Box::new(enrolled()))));
    let expected = enrol::Output::Enrolled(Box::new(enrolled()));
    assert_eq!(ends, [enrol::Output::Disconnect, expected]);

    let ends = enrolling(|s| s.handle(time(), session::Input::EnrolRefused));
    let close = Close::new(CloseCode::InvitationRefused, None);
    assert_eq!(ends[1], enrol::Output::Failed(Failure::Closed(close)));

    let mut other = enrolled();
    other.certificate.key = server_key().public();
    let ends = enrolling(|s| s.handle(time(), session::Input::Enrolled(Box::new(other))));
    assert_eq!(ends[1], enrol::Output::Failed(Failure::WrongAnswer));
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
