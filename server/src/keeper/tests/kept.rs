//! Quarantine, escrow, held edits: nothing refused is destroyed, nothing refused blocks.

use liandu_core::id::{ChangeHash, RecordId};
use liandu_core::protocol::update::{RecordPush, RecordVerdicts};
use liandu_core::verdict::{Reason, Verdict};

use super::world::{
    Phone, World, campaign_two, creation, office, refused, region, scope, set, verdict,
};
use crate::index::memory::MemoryIndex;
use crate::journal::Disk;
use crate::keeper::Answer;
use crate::keeper::ask::{
    AuthorityAct, ItemId, ItemVerdict, QuarantineAnswer, QuarantineFilter, QuarantineItem,
};

fn quarantine(world: &World) -> Vec<QuarantineItem> {
    let regions = vec![region("130000")];
    world.keeper.quarantine(&QuarantineFilter {
        regions,
        ..QuarantineFilter::default()
    })
}

fn ids(items: &[QuarantineItem]) -> Vec<ItemId> {
    let id = |item: &QuarantineItem| ItemId {
        record: item.record,
        write: item.write,
        hash: item.hash,
    };
    items.iter().map(id).collect()
}

fn answer(world: &mut World, items: &[ItemId], answer: &QuarantineAnswer) -> Vec<ItemVerdict> {
    let ticket = world
        .keeper
        .answer(super::world::NOW, &office(), items, answer);
    match world.commit_one(ticket) {
        Answer::Answered(verdicts) => verdicts,
        other => panic!("{other:?}"),
    }
}

fn revoke(world: &mut World, phone: &Phone) {
    let reason = "lost".to_owned();
    world
        .act(AuthorityAct::RevokeDevice {
            device: phone.device,
            reason,
        })
        .unwrap();
}

#[test]
fn refused_edit_is_kept_whole_and_later_ones_are_accepted() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut wrong = doc.clone();
    let bad = phone.apply(&mut wrong, &set("no_such_field", "x")).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), None, std::slice::from_ref(&bad)));
    assert_eq!(refused(&answer), Reason::UnknownField);
    // What stands on it shares its fate; the device takes a fresh actor and goes on.
    let next = phone.apply(&mut wrong, &set("title", "y")).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), None, &[next]));
    assert_eq!(refused(&answer), Reason::OnRefused);
    phone.fresh();
    let good = phone.apply(&mut doc, &set("title", "废井")).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), None, std::slice::from_ref(&good)));
    assert_eq!(answer.receipts.len(), 1);
    assert!(world.holds(doc.id(), &good.hash) && !world.holds(doc.id(), &bad.hash));
    let items = quarantine(&world);
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].hash, bad.hash);
    assert_eq!(
        world.keeper.quarantined_bytes(&ids(&items)[0]).unwrap(),
        bad.bytes
    );
    world.crash(5, MemoryIndex::new());
    assert_eq!(quarantine(&world), items);
}

/// A record of somebody who may not write in that group, and the office's answer.
fn out_of_scope(world: &mut World) -> (RecordPush, RecordVerdicts) {
    let mut phone = world.phone(13, "rep-3");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let push = phone.push_doc(&doc, &scope("g1"));
    let answer = world.push(&push);
    assert_eq!(refused(&answer), Reason::OutOfScope);
    (push, answer)
}

#[test]
fn refused_record_leaves_nothing_behind_but_its_edits() {
    let mut world = World::new();
    let (push, answer) = out_of_scope(&mut world);
    assert!(world.keeper.record(&push.record).is_none());
    assert_eq!(world.push(&push), answer, "once and for all");
    assert_eq!(quarantine(&world).len(), 1);
}

#[test]
fn refused_stays_refused_when_its_author_may_write_there_by_the_next_start() {
    let mut world = World::new();
    let (push, _) = out_of_scope(&mut world);
    world.members(&[("rep-3", &["g1", "g2"])]);
    let items = quarantine(&world);
    world.restart(MemoryIndex::new());
    world.act(AuthorityAct::Definition(campaign_two())).unwrap();
    assert_eq!((quarantine(&world), items.len()), (items, 1));
    assert!(world.keeper.record(&push.record).is_none());
}

#[test]
fn revoked_devices_edits_are_escrow_and_can_be_released_in_bulk() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut docs = Vec::new();
    for id in 1..4 {
        let mut doc = phone.new_record(id);
        phone.apply(&mut doc, &creation("井")).unwrap();
        phone.apply(&mut doc, &set("title", "废井")).unwrap();
        let splice = liandu_core::record::edit::Edit::EditText {
            field: "extra_text".parse().unwrap(),
            splices: vec![liandu_core::record::edit::Splice {
                at: 0,
                delete: 0,
                insert: "补".to_owned(),
            }],
        };
        phone.apply(&mut doc, &splice).unwrap();
        docs.push(doc);
    }
    world.push(&phone.push_doc(&docs[0], &scope("g1")));
    revoke(&mut world, &phone);
    let late = phone.apply(&mut docs[0], &set("title", "后")).unwrap();
    let answer_one = world.push(&phone.push_changes(docs[0].id(), None, &[late]));
    assert_eq!(refused(&answer_one), Reason::Revoked);
    for doc in &docs[1..] {
        let answer = world.push(&phone.push_doc(doc, &scope("g1")));
        assert_eq!(refused(&answer), Reason::Revoked);
        assert!(world.keeper.record(&doc.id()).is_none());
    }
    let items = quarantine(&world);
    assert_eq!(items.len(), 1 + 3 + 3);
    world.crash(2, MemoryIndex::new());
    let verdicts = answer(&mut world, &ids(&items), &QuarantineAnswer::Release);
    assert_eq!(verdicts.len(), 7);
    assert!(
        verdicts.iter().all(|(_, v)| *v == Ok(Verdict::Accepted)),
        "{verdicts:?}"
    );
    assert!(quarantine(&world).is_empty());
    for doc in &docs {
        assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    }
    let grown = world.keeper.index().clone();
    world.crash(3, MemoryIndex::new());
    assert!(*world.keeper.index().rows() == *grown.rows());
}

#[test]
fn answered_edit_stays_out_with_the_offices_words() {
    let mut world = World::new();
    let mut phone = world.phone(13, "rep-3");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let items = ids(&quarantine(&world));
    let close = QuarantineAnswer::Close("请到本组填报".to_owned());
    let verdicts = answer(&mut world, &items, &close);
    assert_eq!(verdicts[0].1, Ok(Verdict::Refused(Reason::OutOfScope)));
    assert!(quarantine(&world).is_empty());
    let filter = QuarantineFilter {
        regions: vec![region("130000")],
        answered: true,
        ..QuarantineFilter::default()
    };
    let all = world.keeper.quarantine(&filter);
    assert_eq!(all[0].answer.as_deref(), Some("请到本组填报"));
    let elsewhere = QuarantineFilter {
        regions: vec![region("130200")],
        ..filter
    };
    assert!(
        world.keeper.quarantine(&elsewhere).is_empty(),
        "another region's"
    );
}

#[test]
fn held_edit_counts_by_itself_when_its_definition_arrives() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1").updated();
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let answer = world.push(&phone.push_doc(&doc, &scope("g1")));
    assert_eq!(verdict(&answer), Verdict::Held(Reason::NewerDefinition));
    let colour = phone.apply(&mut doc, &set("colour", "红")).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), Some(&scope("g1")), &[colour]));
    assert_eq!(verdict(&answer), Verdict::Held(Reason::OnHeld));
    world.crash(4, MemoryIndex::new());
    assert!(world.keeper.record(&doc.id()).is_none());
    world.act(AuthorityAct::Definition(campaign_two())).unwrap();
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    assert!(quarantine(&world).is_empty());
}

/// A phone's record that waits for a definition, and the last of its edits.
fn held(world: &mut World) -> (RecordId, ChangeHash) {
    let mut phone = world.phone(11, "rep-1").updated();
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let colour = phone.apply(&mut doc, &set("colour", "红")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    assert_eq!(quarantine(world).len(), 2);
    (doc.id(), colour.hash)
}

#[test]
fn held_edit_that_cannot_be_read_when_its_definition_arrives_counts_once_it_can() {
    let mut world = World::new();
    let (record, colour) = held(&mut world);
    let name = "0000000001.segment";
    let bytes = world.disk.bytes(name).unwrap();
    let kept = "红".as_bytes();
    let at = bytes.windows(kept.len()).position(|here| here == kept);
    let place = (name.to_owned(), at.unwrap() as u64);
    world.disk.set_unreadable(Some(place));
    world.act(AuthorityAct::Definition(campaign_two())).unwrap();
    assert!(!world.holds(record, &colour));
    world.disk.set_unreadable(None);
    world.keeper.mend();
    assert!(world.holds(record, &colour));
    assert!(quarantine(&world).is_empty());
    world.restart(MemoryIndex::new());
    assert!(world.holds(record, &colour), "it is in the log");
}

#[test]
fn held_edit_that_a_full_disk_did_not_take_when_it_was_understood_counts_once_there_is_room() {
    let mut waited = 0;
    for room in (0..4_000).step_by(100) {
        let mut world = World::new();
        let (record, colour) = held(&mut world);
        let other = world.phone(12, "rep-2");
        let names = world.disk.list().unwrap();
        let used: u64 = names.iter().map(|name| world.disk.len(name).unwrap()).sum();
        world.disk.set_capacity_bytes(Some(used + room));
        world.restart(MemoryIndex::new());
        if world.act(AuthorityAct::Definition(campaign_two())).is_err() {
            continue;
        }
        waited += u32::from(!world.holds(record, &colour));
        world.disk.set_capacity_bytes(None);
        revoke(&mut world, &other);
        assert!(world.holds(record, &colour), "room for {room} bytes");
        assert!(quarantine(&world).is_empty());
    }
    assert!(waited > 0, "some disk took the definition only");
}

#[test]
fn another_change_at_a_known_number_is_forked() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut restored = doc.clone();
    let one = phone.apply(&mut doc, &set("title", "甲")).unwrap();
    let two = phone.apply(&mut restored, &set("title", "乙")).unwrap();
    world.push(&phone.push_changes(doc.id(), None, &[one]));
    let answer = world.push(&phone.push_changes(doc.id(), None, std::slice::from_ref(&two)));
    assert_eq!(verdict(&answer), Verdict::Forked);
    assert_eq!(quarantine(&world).len(), 1);
    assert!(!world.holds(doc.id(), &two.hash));
}

#[test]
fn edit_without_a_valid_seal_is_refused_whoever_brings_it() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let other = world.phone(12, "rep-2");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let mut push = phone.push_doc(&doc, &scope("g1"));
    let last = doc.raw_all().into_iter().next_back().unwrap();
    push.seals = vec![other.seal(doc.id(), &last)];
    assert_eq!(refused(&world.push(&push)), Reason::NotSealed);
}

#[test]
fn colleague_may_carry_another_devices_edits() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut other = world.phone(12, "rep-2");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    let first = doc.raw_all().into_iter().next_back().unwrap();
    other.apply(&mut doc, &set("title", "废井")).unwrap();
    let mut push = other.push_doc(&doc, &scope("g1"));
    push.seals.push(phone.seal(doc.id(), &first));
    let answer = world.push(&push);
    assert_eq!(answer.receipts.len(), 2, "{answer:?}");
    let stamps = world.keeper.record(&RecordId([1; 16])).unwrap().stamps;
    let people: Vec<String> = stamps
        .iter()
        .map(|stamp| stamp.person.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(people, ["rep-1", "rep-2"]);
}

#[test]
fn lost_member_is_heard_for_the_days_of_grace_only() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.members(&[("rep-1", &["g2"])]);
    let pushed = world.push(&phone.push_doc(&doc, &scope("g1")));
    // The phone's edits say that it had acknowledged a later authority position.
    assert_eq!(refused(&pushed), Reason::LostMembership);
    let items = ids(&quarantine(&world));
    let verdicts = answer(&mut world, &items, &QuarantineAnswer::Release);
    assert_eq!(verdicts[0].1, Ok(Verdict::Accepted));
}

#[test]
fn conflict_is_decided_by_who_saw_both_values() {
    for value in ["甲", "乙", "丙"] {
        decided(value);
    }
}

fn decided(value: &str) {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut other = world.phone(12, "rep-2");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut theirs = doc.clone();
    let one = phone.apply(&mut doc, &set("title", "甲")).unwrap();
    let two = other.apply(&mut theirs, &set("title", "乙")).unwrap();
    world.push(&phone.push_changes(doc.id(), None, std::slice::from_ref(&one)));
    world.push(&other.push_changes(doc.id(), None, std::slice::from_ref(&two)));
    doc.absorb(std::slice::from_ref(&two)).unwrap();
    let resolve = liandu_core::record::edit::Edit::Resolve {
        path: "f/title".parse().unwrap(),
        value: Some(liandu_core::record::value::Value::text(value)),
        among: vec![one.write(), two.write()],
    };
    let decided = phone.apply(&mut doc, &resolve).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), None, &[decided]));
    assert_eq!(answer.receipts.len(), 1, "{answer:?}");
}
