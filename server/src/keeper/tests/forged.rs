//! Somebody who is enrolled, carries others' work and would like to be them.

use liandu_core::id::RecordId;
use liandu_core::protocol::update::{AnyVerdict, Chunk, RecordPush};
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::verdict::{Reason, Verdict};

use super::world::{Phone, World, creation, scope, set};

/// An honest phone with three edits that the server has not seen, and one that carries them.
fn carried() -> (World, Phone, RecordDoc, Vec<RawChange>) {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    world.phone(12, "rep-2");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let titles = ["甲", "乙", "丙"];
    let edits = titles.map(|title| phone.apply(&mut doc, &set("title", title)).unwrap());
    (world, phone, doc, edits.to_vec())
}

/// What another writes at the number of the honest phone's first of those edits.
fn forgery(honest: &RecordDoc, edits: &[RawChange]) -> RawChange {
    let before: Vec<RawChange> = honest
        .raw_all()
        .into_iter()
        .filter(|change| edits.iter().all(|edit| edit.hash != change.hash))
        .collect();
    let chunks: Vec<&[u8]> = before
        .iter()
        .map(|change| change.bytes.as_slice())
        .collect();
    let mut doc = RecordDoc::load(honest.id(), &chunks).unwrap();
    let mut as_if = Phone::new(11, liandu_core::id::DeploymentId([0; 16]));
    as_if.apply(&mut doc, &set("title", "假")).unwrap()
}

fn bare(record: RecordId, changes: &[RawChange]) -> RecordPush {
    RecordPush {
        record,
        kind: liandu_core::record::kind::Kind::Problem.into(),
        scope: None,
        chunk: Chunk::Changes(changes.iter().map(|change| change.bytes.clone()).collect()),
        seals: Vec::new(),
    }
}

fn all_count(world: &mut World, phone: &Phone, doc: &RecordDoc, edits: &[RawChange]) {
    let answer = world.push(&phone.push_changes(doc.id(), None, edits));
    assert!(answer.others.is_empty(), "{answer:?}");
    assert_eq!(answer.receipts.len(), 1);
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
}

#[test]
fn seal_carried_beside_a_forged_earlier_edit_does_not_vouch_for_it() {
    let (mut world, phone, doc, edits) = carried();
    let forged = forgery(&doc, &edits);
    assert_eq!((forged.actor, forged.seq), (edits[0].actor, edits[0].seq));
    let last = edits.last().unwrap();
    for beside in [vec![last.clone()], edits.clone()] {
        let mut push = bare(doc.id(), &[vec![forged.clone()], beside].concat());
        push.seals = vec![phone.seal(doc.id(), last)];
        let answer = world.push(&push);
        assert!(!world.holds(doc.id(), &forged.hash));
        let verdict = answer.others.iter().find(|other| other.hash == forged.hash);
        let refused = AnyVerdict::Known(Verdict::Refused(Reason::NotSealed));
        assert_eq!(verdict.unwrap().verdict, refused);
    }
    all_count(&mut world, &phone, &doc, &edits);
}

#[test]
fn number_claimed_by_another_stays_its_devices() {
    let (mut world, phone, doc, edits) = carried();
    let forged = forgery(&doc, &edits);
    world.push(&bare(doc.id(), &[forged]));
    all_count(&mut world, &phone, &doc, &edits);
}

#[test]
fn edits_stripped_of_their_seal_by_who_carries_them_count_when_it_comes() {
    let (mut world, phone, doc, edits) = carried();
    let answer = world.push(&bare(doc.id(), &edits));
    assert_eq!(answer.others.len(), 3, "nothing vouches for them yet");
    let log = world.keeper.position();
    world.push(&bare(doc.id(), &edits));
    assert_eq!(
        world.keeper.position(),
        log,
        "sent so again they cost nothing"
    );
    all_count(&mut world, &phone, &doc, &edits);
    assert!(world.keeper.quarantine(&Default::default()).is_empty());
}
