//! Who is enrolled and would like to be somebody else, or to see and write where it may not.
//!
//! Never pretends at the edge of a module: enrolled like everybody, over a real socket.

use liandu_bench::fleet::Phone;
use liandu_bench::office::Office;
use liandu_core::id::{Actor, DeviceId, Epoch, Position, RecordId};
use liandu_core::protocol::frame::ToDevice;
use liandu_core::protocol::message::{
    Behind, CloseCode, Cursor, Digest, Digests, Follow, HeadsPage, RecordHeads, Short,
};
use liandu_core::protocol::update::{AnyVerdict, RecordVerdicts};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::{DefinitionRef, RecordDoc};
use liandu_core::seal::Seal;
use liandu_core::verdict::{Reason, Verdict};
use liandu_tests::raw::{Line, Raw, carried, pushed, write_as};
use liandu_tests::{GROUP, REGION, World, create, edit, problem, set, sync};

use crate::hostile::measured;

fn refused(answer: &RecordVerdicts) -> Vec<Reason> {
    assert_eq!(answer.receipts, Vec::new(), "nothing of it is receipted");
    let reason = |verdict| {
        let AnyVerdict::Known(Verdict::Refused(reason)) = verdict else {
            return None;
        };
        Some(reason)
    };
    answer
        .others
        .iter()
        .map(|other| reason(other.verdict).expect("refused"))
        .collect()
}

fn titles(office: &Office) -> Vec<String> {
    let lines = office
        .all("/api/records?", "records", "next")
        .expect("records");
    let title = |line: &serde_json::Value| line["title"].as_str().unwrap_or_default().to_owned();
    lines.iter().map(title).collect()
}

#[tokio::test]
async fn who_claims_anothers_device_or_repeats_its_words_is_turned_away() {
    let world = World::start();
    let mut phones = world.phones(2).await;
    let office = world.office();
    let honest = Raw::enrol(&world, "rep-0000", 7).await;
    let impostor = Raw::enrol(&world, "rep-0001", 9).await;
    let before = measured(&office, "connections_turned_away_total");

    let mut line = Line::open(&world).await;
    let words = honest.hello(&line.challenge, &honest.enrolled.scopes);
    line.say(words.clone()).await;
    let mut again = Line::open(&world).await;
    again.say(words).await;
    assert_eq!(again.end().await, CloseCode::BadSignature, "said before");

    let mut other = Line::open(&world).await;
    let mut hello = impostor.hello(&other.challenge, &honest.enrolled.scopes);
    hello.device = honest.device;
    other.say(hello).await;
    assert_eq!(other.end().await, CloseCode::BadSignature, "not its key");

    let mut nobody = Line::open(&world).await;
    let mut hello = impostor.hello(&nobody.challenge, &[]);
    hello.device = DeviceId([99; 8]);
    nobody.say(hello).await;
    assert_eq!(nobody.end().await, CloseCode::UnknownDevice);

    let after = measured(&office, "connections_turned_away_total");
    assert_eq!(after, before + 3, "it is measured");
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    let fed = line.fed().await;
    assert_eq!(fed.len(), 1, "the honest connection was not taken over");
}

#[tokio::test]
async fn edit_in_anothers_name_is_refused_and_a_seal_vouches_for_nothing_but_its_own() {
    let world = World::start();
    let mut phones = world.phones(2).await;
    let office = world.office();
    let record = create(&mut phones[0], "真").record;
    sync(&mut phones[0]).await;
    let impostor = Raw::enrol(&world, "rep-0001", 9).await;
    let mut line = impostor.welcome(&world).await;
    let (doc, seals) = carried(&line.fed().await);
    assert_eq!(doc.id(), record);
    let last = doc.raw_all().into_iter().next_back().expect("a change");
    let real = seals.iter().find(|seal| seal.actor == last.actor);
    let real = real.expect("the author's seal came along").clone();

    let form = form(&mut phones[0], record);
    let forged = write_as(last.actor, &mut doc.clone(), &set("f/title", "假"), &form);
    let stretched = Seal {
        seq: forged.seq,
        hash: forged.hash,
        ..real.clone()
    };
    let own = impostor.seal(record, &forged);
    let kept_before = measured(&office, "edits_kept_total");
    for (batch, seals) in (1..).zip([vec![], vec![own], vec![real.clone()], vec![stretched]]) {
        let push = pushed(record, None, std::slice::from_ref(&forged), seals);
        let answers = line.push(batch, &[push]).await;
        assert_eq!(refused(&answers[0]), [Reason::NotSealed], "batch {batch}");
    }
    // The same seal beside a record of the impostor's own making.
    let elsewhere = RecordId([3; 16]);
    let mut copy = RecordDoc::birth(elsewhere, Kind::Problem).expect("a birth");
    let first = write_as(last.actor, &mut copy, &problem("抄"), &form);
    let here = impostor.enrolled.scopes.first().cloned();
    let push = pushed(elsewhere, here, &copy.raw_all(), vec![real]);
    let answers = line.push(9, &[push]).await;
    assert!(
        refused(&answers[0]).contains(&Reason::NotSealed),
        "{first:?}"
    );

    assert!(
        measured(&office, "edits_kept_total") > kept_before,
        "counted"
    );
    assert_eq!(titles(&office), ["真"]);
    edit(&mut phones[0], record, set("f/title", "还是真的")).expect("kept");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office(), "its number is its own");
    assert_eq!(titles(&office), ["还是真的"]);
}

/// A record of one group, and somebody of another.
async fn two_groups() -> (World, Phone, RecordId, Scope, Raw) {
    let world = World::start();
    let mut phones = world.phones_in(2, |n| format!("g-{}", n + 1)).await;
    let mut phone = phones.remove(0);
    let record = create(&mut phone, "别组的事").record;
    sync(&mut phone).await;
    let theirs: Scope = format!("{REGION}/{GROUP}/group").parse().expect("a scope");
    let stranger = Raw::enrol(&world, "rep-0001", 9).await;
    assert!(!stranger.enrolled.scopes.contains(&theirs));
    (world, phone, record, theirs, stranger)
}

#[tokio::test]
async fn scope_of_others_is_neither_fed_nor_compared() {
    let (world, _phone, record, theirs, stranger) = two_groups().await;
    let mut line = Line::open(&world).await;
    let mut scopes = stranger.enrolled.scopes.clone();
    let mut hello = stranger.hello(&line.challenge, &scopes);
    // A device of another life compares scope by scope, then record by record.
    hello.cursor = Some(Cursor {
        epoch: Epoch([5; 8]),
        position: Position(0),
        hash: Short([0; 8]),
    });
    hello.behind = vec![Behind {
        scope: theirs.id(),
        position: Position(0),
    }];
    line.say(hello).await;
    let digest = |scope: &Scope| Digest {
        scope: scope.id(),
        count: 1,
        digest: Default::default(),
    };
    scopes.push(theirs.clone());
    let digests = scopes.iter().map(digest).collect();
    line.say(Digests { digests }).await;
    let differing = |message: &ToDevice| {
        let ToDevice::Differ(differ) = message else {
            return None;
        };
        Some(differ.scopes.clone())
    };
    let differing = line.until(differing).await;
    assert!(!differing.contains(&theirs.id()), "it does not even differ");
    let heads = Vec::new();
    let records = vec![RecordHeads { record, heads }];
    line.say(HeadsPage {
        scope: theirs.id(),
        page: 1,
        after: None,
        to: None,
        records,
    })
    .await;
    let (scopes, behind) = (Short([0; 8]), Vec::new());
    line.say(Follow { scopes, behind }).await;
    // Everything that the server has to say is here once a last question is answered.
    line.push(1, &[]).await;
    assert!(!line.heard.iter().any(|message| tells_of(record, message)));
}

#[tokio::test]
async fn record_of_others_is_not_written_whatever_scope_is_claimed() {
    let (world, mut phone, record, theirs, stranger) = two_groups().await;
    let office = world.office();
    let mut line = stranger.welcome(&world).await;
    let form = form(&mut phone, record);
    let actor = Actor::of(&stranger.device, [1; 8]);
    // Who was a member once knows all of it.
    let member = Raw::enrol(&world, "rep-0000", 7).await;
    let (mut doc, _) = carried(&member.welcome(&world).await.fed().await);
    let made = write_as(actor, &mut doc, &set("f/title", "改掉"), &form);
    let mine = stranger.enrolled.scopes.first().cloned();
    for (batch, claimed) in (1..).zip([None, Some(theirs.clone()), mine]) {
        let seals = vec![stranger.seal(record, &made)];
        let push = pushed(record, claimed, std::slice::from_ref(&made), seals);
        let answers = line.push(batch, &[push]).await;
        assert_eq!(refused(&answers[0]), [Reason::NotAllowed], "batch {batch}");
    }
    let elsewhere = RecordId([3; 16]);
    let mut new = RecordDoc::birth(elsewhere, Kind::Problem).expect("a birth");
    let made = write_as(actor, &mut new, &problem("塞给别组"), &form);
    let seal = stranger.seal(elsewhere, &made);
    let push = pushed(elsewhere, Some(theirs), &new.raw_all(), vec![seal]);
    let answers = line.push(9, &[push]).await;
    assert_eq!(refused(&answers[0]), [Reason::NotAllowed]);

    assert_eq!(titles(&office), ["别组的事"]);
    edit(&mut phone, record, set("f/title", "照常工作")).expect("kept");
    sync(&mut phone).await;
    assert_eq!(titles(&office), ["照常工作"]);
    assert!(!line.heard.iter().any(|message| tells_of(record, message)));
}

/// Whether a message brings or asks for anything of that record.
fn tells_of(record: RecordId, message: &ToDevice) -> bool {
    if let ToDevice::Feed(feed) = message {
        let bytes = feed.updates.unpack_bytes().expect("updates");
        return bytes.windows(record.0.len()).any(|bytes| bytes == record.0);
    }
    let ToDevice::Want(want) = message else {
        return false;
    };
    want.records.iter().any(|wanted| wanted.record == record)
}

/// The form that its author filled in.
fn form(phone: &mut Phone, record: RecordId) -> DefinitionRef {
    phone.engine().definition_of(record).expect("a form")
}
