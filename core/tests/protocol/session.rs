//! The server's side by itself: what it asks its host, what it tells, what is out of turn.

use liandu_core::id::{Actor, ChangeHash, Position};
use liandu_core::limits::{FRAME_BYTES_MAX, PUSH_CHANGES_MAX};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::{
    Behind, Digests, HeadsPage, Hello, Push, Resume, Tier, WantAuthority,
};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{Answer, Input, Known, Odd, Output, Page, Session};
use liandu_core::protocol::update::{Chunk, OtherVerdict, RecordPush, RecordVerdicts};
use liandu_core::verdict::Verdict;

use super::samples::{
    DEPLOYMENT, NONCE, cursor, heads, hello, known, noise, push, scopes, time, update, verdicts,
};

/// After the hello, with all it has to do and to tell.
fn greeted(hello: Hello, known: Known) -> (Session, Vec<Output>) {
    let mut session = Session::new(DEPLOYMENT);
    session.handle(time(), Input::Opened { nonce: NONCE });
    hear(&mut session, hello);
    session.handle(time(), Input::Known(Box::new(known)));
    let done = done(&mut session);
    (session, done)
}

fn hear(session: &mut Session, message: impl Into<ToServer>) {
    let frame = message.into().encode().unwrap();
    session.handle(time(), Input::Frame(frame));
}

fn done(session: &mut Session) -> Vec<Output> {
    std::iter::from_fn(|| session.poll()).collect()
}

/// What the device is told.
fn told(done: &[Output]) -> Vec<ToDevice> {
    let told = done.iter().filter_map(|output| match output {
        Output::Send(frame) => ToDevice::decode(frame).ok(),
        _ => None,
    });
    let message = |decoded| match decoded {
        Decoded::Message(message) => message,
        Decoded::Unknown(number) => panic!("{number}"),
    };
    told.map(message).collect()
}

fn to_repair() -> Known {
    Known {
        resume: Resume::Repair,
        ..known()
    }
}

/// In a repair in which one scope differs.
fn repairing() -> Session {
    let (mut session, _) = greeted(hello(), to_repair());
    hear(&mut session, Digests { digests: vec![] });
    let differing = vec![scopes(1)[0].id()];
    session.handle(time(), Input::Differing(differing));
    done(&mut session);
    session
}

fn out_of_turn(name: &'static str) -> [Output; 1] {
    [Output::Odd(Odd::OutOfTurn(name))]
}

#[test]
fn device_is_told_of_scopes_left_out_when_there_are_any() {
    for (left_out, expected) in [(0, None), (1, Some(1))] {
        let (_, done) = greeted(
            hello(),
            Known {
                left_out,
                ..to_repair()
            },
        );
        let said = told(&done).into_iter().find_map(|message| match message {
            ToDevice::Welcome(welcome) => Some(welcome.left_out),
            _ => None,
        });
        assert_eq!(said, Some(expected));
    }
}

#[test]
fn scopes_are_read_from_where_the_device_is_behind_in_them_and_others_from_its_cursor() {
    let scopes: Vec<_> = scopes(5).iter().map(|scope| scope.id()).collect();
    let behind = |scope: usize, position| Behind {
        scope: scopes[scope],
        position: Position(position),
    };
    // The fifth is none of its scopes, and nobody is behind in front of the cursor.
    let claims = vec![behind(0, 7), behind(1, 400_001), behind(4, 3)];
    let hello = Hello {
        behind: claims,
        ..hello()
    };
    let (mut session, asked) = greeted(hello, known());
    let reads = |done: &[Output]| -> Vec<Vec<Behind>> {
        let reads = done.iter().filter_map(|output| match output {
            Output::ReadFeed { after, .. } => Some(after.clone()),
            _ => None,
        });
        reads.collect()
    };
    let [after] = &reads(&asked)[..] else {
        panic!("{asked:?}")
    };
    let mut after = after.clone();
    after.sort_by_key(|behind| scopes.iter().position(|scope| *scope == behind.scope));
    let at = |scope| behind(scope, 400_000);
    assert_eq!(after, [behind(0, 7), at(1), at(2), at(3)]);
    session.handle(
        time(),
        Input::Page(Page {
            bodies: vec![],
            upto: known().at,
            more: false,
        }),
    );
    assert!(reads(&done(&mut session)).is_empty(), "nothing is left");
}

/// A welcome that denied it would make the device claim what it has still to be sent.
#[test]
fn welcome_announces_a_feed_when_the_first_page_holds_or_is_followed_by_something() {
    let body = || Packed::pack(&[update(1, 400_050)]).unwrap();
    for (bodies, more) in [(vec![], false), (vec![body()], false), (vec![], true)] {
        let something = more || !bodies.is_empty();
        let (mut session, _) = greeted(hello(), known());
        let upto = known().at;
        session.handle(time(), Input::Page(Page { bodies, upto, more }));
        let told = told(&done(&mut session));
        let [ToDevice::Welcome(welcome), ..] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!(welcome.feed, something);
    }
}

#[test]
fn push_of_as_many_changes_as_allowed_is_admitted_and_one_more_is_not() {
    let (mut session, _) = greeted(hello(), to_repair());
    done(&mut session);
    let mut pushed = |changes: usize| {
        let record = |n, changes| RecordPush {
            chunk: Chunk::Changes(vec![vec![]; changes]),
            ..push(n)
        };
        let records = [record(1, changes - 1), record(2, 1)];
        let records = Packed::pack(&records).unwrap();
        hear(&mut session, Push { batch: 1, records });
        done(&mut session)
    };
    let above = pushed(PUSH_CHANGES_MAX + 1);
    assert_eq!(above, [Output::Odd(Odd::Unreadable)]);
    let full = pushed(PUSH_CHANGES_MAX);
    assert!(matches!(full[..], [Output::Admit { batch: 1, .. }]));
}

/// A few bytes short of what can be packed for a frame: the message around them has no room.
fn verdicts_that_fill_a_frame() -> [RecordVerdicts; 2] {
    let noise = noise(48 * 30_000);
    let others: Vec<OtherVerdict> = noise
        .chunks(48)
        .map(|noise| OtherVerdict {
            actor: Actor::from_slice(&noise[..16]).unwrap(),
            seq: 1,
            hash: ChangeHash::from_slice(&noise[16..]).unwrap(),
            verdict: Verdict::Forked.into(),
        })
        .collect();
    let records = |count: usize, long: usize| {
        let mut many = RecordVerdicts {
            others: others[..count].to_vec(),
            ..verdicts(2)
        };
        let seqs = many.others.iter_mut().zip(noise.chunks(8)).take(long);
        seqs.for_each(|(other, noise)| other.seq = u64::from_be_bytes(noise.try_into().unwrap()));
        [verdicts(1), many]
    };
    let bytes = |count, long| Packed::pack(&records(count, long)).map_or(usize::MAX, |p| p.len());
    let (mut fits, mut above) = (0, others.len());
    while above - fits > 1 {
        let count = usize::midpoint(fits, above);
        match bytes(count, 0) {
            usize::MAX => above = count,
            _ => fits = count,
        }
    }
    let full = FRAME_BYTES_MAX - 24..=FRAME_BYTES_MAX;
    let long = (0..40).find(|long| full.contains(&bytes(fits, *long)));
    records(fits, long.unwrap())
}

#[test]
fn verdicts_that_fill_a_frame_are_answered_at_least_in_part() {
    let (mut session, _) = greeted(hello(), to_repair());
    let records = Packed::pack(&[push(1), push(2)]).unwrap();
    hear(&mut session, Push { batch: 1, records });
    done(&mut session);
    let answer = Answer::Verdicts {
        position: Position(1),
        tier: Tier::Fsynced,
        records: verdicts_that_fill_a_frame().to_vec(),
    };
    session.handle(time(), Input::Admitted { batch: 1, answer });
    let told = told(&done(&mut session));
    let [ToDevice::Verdicts(answer)] = &told[..] else {
        panic!("{told:?}")
    };
    let answered = answer.records.unpack::<RecordVerdicts, 2>().unwrap();
    assert_eq!(answered, [verdicts(1)]);
}

#[test]
fn authority_is_exchanged_from_its_beginning_in_a_repair_by_who_has_any() {
    let after = Position(0);
    for (device, here) in [(0, 0), (17, 0), (0, 5), (17, 17)] {
        let authority = Position(device);
        let hello = Hello {
            authority,
            ..hello()
        };
        let authority = Position(here);
        let (_, done) = greeted(
            hello,
            Known {
                authority,
                ..to_repair()
            },
        );
        let reads = done.contains(&Output::ReadAuthority { after });
        let wants = told(&done).contains(&WantAuthority { after }.into());
        assert_eq!((reads, wants), (here > 0, device > 0));
    }
}

#[test]
fn digests_are_compared_once_in_a_repair() {
    let (mut session, _) = greeted(hello(), to_repair());
    hear(&mut session, Digests { digests: vec![] });
    assert_eq!(done(&mut session), [Output::Digests(vec![])]);
    hear(&mut session, Digests { digests: vec![] });
    assert_eq!(done(&mut session), out_of_turn("Digests"));
}

#[test]
fn page_of_heads_is_compared_when_its_scope_differs_and_its_records_stand_in_order() {
    let page = |records| HeadsPage {
        scope: scopes(1)[0].id(),
        page: 1,
        after: None,
        to: None,
        records,
    };
    let good = page(vec![heads(1), heads(2)]);
    let other_scope = HeadsPage {
        scope: scopes(2)[1].id(),
        ..good.clone()
    };
    let backwards = page(vec![heads(2), heads(1)]);
    let twice = page(vec![heads(1), heads(1)]);
    for bad in [other_scope, backwards, twice] {
        let mut session = repairing();
        hear(&mut session, bad);
        assert_eq!(done(&mut session), out_of_turn("Heads"));
    }
    let mut session = repairing();
    hear(&mut session, good.clone());
    assert_eq!(done(&mut session), [Output::Compare(good.clone())]);
    hear(&mut session, good);
    assert_eq!(done(&mut session), out_of_turn("Heads"), "one at a time");
}

#[test]
fn repair_ends_by_a_feed_that_tells_whether_the_log_went_on_meanwhile() {
    for moved in [false, true] {
        let (mut session, _) = greeted(hello(), to_repair());
        hear(&mut session, Digests { digests: vec![] });
        done(&mut session);
        if moved {
            session.handle(time(), Input::LogMoved(cursor(400_101).position));
        }
        session.handle(time(), Input::Differing(vec![]));
        let told = told(&done(&mut session));
        let [ToDevice::Differ(_), ToDevice::Feed(last)] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((last.upto, last.more), (Some(known().at), moved));
    }
}
