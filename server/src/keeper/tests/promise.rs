//! Receipts: only after the fsync, never lost, never twice.

use liandu_core::id::{DeviceId, RecordId};
use liandu_core::record::kind::Kind;

use super::world::{NOW, World, creation, office, open, scope, set};
use crate::index::memory::MemoryIndex;
use crate::keeper::Answer;
use crate::keeper::ask::{ActError, OfficeAct};

#[test]
fn receipt_comes_only_with_the_commit() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let before = world.keeper.position();
    let ticket = world
        .keeper
        .push(NOW, None, &[phone.push_doc(&doc, &scope("g1"))]);
    assert_eq!(world.keeper.position(), before, "nothing durable yet");
    let answers = world.keeper.commit(NOW);
    assert_eq!(answers.len(), 1);
    let (of, Answer::Pushed(pushed)) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert_eq!(*of, ticket);
    let receipt = &pushed.records[0].receipts[0];
    assert_eq!((receipt.actor, receipt.seq_max), (phone.actor(), 1));
    assert_eq!(receipt.position, before.next());
    assert_eq!(world.keeper.position(), before.next());
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
}

#[test]
fn duplicate_changes_nothing_and_gets_the_same_receipt() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let push = phone.push_doc(&doc, &scope("g1"));
    let first = world.push(&push);
    let end = world.keeper.position();
    assert_eq!(world.push(&push), first);
    assert_eq!(world.keeper.position(), end);
    // In one commit with the first of another record: both wait for the same fsync.
    let mut other = phone.new_record(2);
    phone.apply(&mut other, &creation("坑")).unwrap();
    let push = phone.push_doc(&other, &scope("g1"));
    let one = world.keeper.push(NOW, None, std::slice::from_ref(&push));
    let two = world.keeper.push(NOW, None, &[push]);
    let answers = world.keeper.commit(NOW);
    assert_eq!(
        answers.iter().map(|(of, _)| *of).collect::<Vec<_>>(),
        [one, two]
    );
    let pushed = |at: usize| match &answers[at].1 {
        Answer::Pushed(pushed) => pushed,
        other => panic!("{other:?}"),
    };
    assert_eq!(pushed(0).records, pushed(1).records);
    assert_eq!(pushed(0).arrived, [(DeviceId([0xb; 8]), 1)].into());
    assert_eq!(pushed(1).arrived, [].into(), "it came once");
    assert_eq!(world.keeper.position(), end.next());
}

#[test]
fn edit_with_receipt_survives_any_crash() {
    for chance in 0..20 {
        let mut world = World::new();
        let mut phone = world.phone(11, "rep-1");
        let mut doc = phone.new_record(1);
        phone.apply(&mut doc, &creation("井")).unwrap();
        world.push(&phone.push_doc(&doc, &scope("g1")));
        let change = phone.apply(&mut doc, &set("title", "废井")).unwrap();
        let answer = world.push(&phone.push_changes(doc.id(), None, &[change]));
        assert_eq!(answer.receipts[0].seq_max, 2);
        world.crash(chance, MemoryIndex::new());
        assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    }
}

#[test]
fn failed_fsync_drops_what_was_staged_and_the_device_can_send_again() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let push = phone.push_doc(&doc, &scope("g1"));
    let end = world.keeper.position();
    world.disk.fail_syncs(1);
    assert_eq!(
        world.push_all(std::slice::from_ref(&push)),
        Answer::Failed(ActError::Failed)
    );
    // What a failed fsync left may be there or not; it was not answered, and it is not half there.
    let known = world.doc(doc.id()).is_some();
    assert_eq!(world.keeper.position() > end, known);
    let answer = world.push(&push);
    assert_eq!(answer.receipts[0].seq_max, 1);
    world.crash(3, MemoryIndex::new());
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
}

#[test]
fn full_disk_stops_receipts_and_reading_goes_on() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    world.disk.set_capacity_bytes(Some(0));
    world.restart(MemoryIndex::new());
    let change = phone.apply(&mut doc, &set("title", "废井")).unwrap();
    let push = phone.push_changes(doc.id(), None, &[change]);
    let answer = world.push_all(std::slice::from_ref(&push));
    assert!(
        matches!(answer, Answer::Failed(ActError::Busy { .. })),
        "{answer:?}"
    );
    assert!(world.doc(doc.id()).is_some());
    world.disk.set_capacity_bytes(None);
    world.restart(MemoryIndex::new());
    assert_eq!(world.push(&push).receipts[0].seq_max, 2);
}

#[test]
fn office_edit_is_a_durable_edit_like_any_other() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let act = OfficeAct {
        record: doc.id(),
        create: None,
        campaign: "test".parse().unwrap(),
        behalf: None,
        edit: set("title", "废井"),
        seen: doc.heads(),
    };
    let Answer::Edited(edited) = world.edit(&act).unwrap() else {
        panic!()
    };
    assert_eq!(edited.heads, world.keeper.record(&doc.id()).unwrap().heads);
    // Twice at the same heads: the second is concurrent, under a fresh actor, nothing is lost.
    let again = OfficeAct {
        edit: set("title", "枯井"),
        ..act.clone()
    };
    let Answer::Edited(second) = world.edit(&again).unwrap() else {
        panic!()
    };
    assert_ne!(second.write.actor, edited.write.actor);
    world.crash(1, MemoryIndex::new());
    assert!(world.holds(doc.id(), &edited.hash) && world.holds(doc.id(), &second.hash));
    let conflict = OfficeAct {
        seen: second.heads,
        edit: set("title", "x"),
        ..act.clone()
    };
    assert!(matches!(
        world.edit(&conflict),
        Err(ActError::ResolveFirst(_))
    ));
    let missing = OfficeAct {
        record: RecordId([9; 16]),
        ..act
    };
    assert_eq!(world.edit(&missing).unwrap_err(), ActError::Missing);
}

#[test]
fn office_makes_a_record_once() {
    let mut world = World::new();
    let act = OfficeAct {
        record: RecordId([5; 16]),
        create: Some((Kind::Problem, scope("g1"))),
        campaign: "test".parse().unwrap(),
        behalf: None,
        edit: creation("井"),
        seen: Default::default(),
    };
    assert!(matches!(world.edit(&act).unwrap(), Answer::Edited(_)));
    assert_eq!(world.edit(&act).unwrap_err(), ActError::Exists);
    let parts = world.keeper.record(&act.record).unwrap();
    assert_eq!(parts.scope, scope("g1"));
    assert_eq!(
        parts.stamps.iter().next().unwrap().person,
        Some(office().person)
    );
}

#[test]
fn lost_index_is_rebuilt_equal() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    for id in 1..20 {
        let mut doc = phone.new_record(id);
        phone.apply(&mut doc, &creation("井")).unwrap();
        world.push(&phone.push_doc(&doc, &scope("g1")));
        let change = phone.apply(&mut doc, &set("title", "废井")).unwrap();
        world.push(&phone.push_changes(doc.id(), None, &[change]));
    }
    let grown = world.keeper.index().clone();
    let rebuilt = open(&world.disk, MemoryIndex::new(), 9);
    assert!(rebuilt.index().rows() == grown.rows());
    // An index that is behind is continued.
    world.restart(grown.clone());
    assert!(world.keeper.index().rows() == grown.rows());
}

#[test]
fn index_of_another_log_is_not_believed() {
    let mut other = World::new();
    let mut phone = other.phone(12, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    other.push(&phone.push_doc(&doc, &scope("g1")));
    let foreign = other.keeper.index().clone();
    let mut world = World::new();
    world.phone(11, "rep-1");
    world.phone(13, "rep-2");
    let own = world.keeper.index().clone();
    world.restart(foreign);
    assert!(world.keeper.index().rows() == own.rows());
}

#[test]
fn one_bad_record_does_not_stop_the_others() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut pushes = Vec::new();
    for id in 1..4 {
        let mut doc = phone.new_record(id);
        phone.apply(&mut doc, &creation("井")).unwrap();
        pushes.push(phone.push_doc(&doc, &scope("g1")));
    }
    pushes[1].chunk = liandu_core::protocol::update::Chunk::Doc(vec![1, 2, 3]);
    let Answer::Pushed(pushed) = world.push_all(&pushes) else {
        panic!()
    };
    assert_eq!(pushed.records[0].receipts.len(), 1);
    assert_eq!(pushed.records[1].others.len(), 1, "the seal names the edit");
    assert_eq!(pushed.records[2].receipts.len(), 1);
}
