//! Stories of one or two phones and an office.

use liandu_core::protocol::bundle::Bundle;
use liandu_core::record::EditError;
use liandu_core::record::edit::Edit;
use liandu_core::record::value::Value;
use liandu_core::verdict::Reason;
use liandu_device::{Asked, BundleFor, Input, KeepError, NotHere, Output, Status, Unapplied, Why};

use crate::office::Office;
use crate::phone::{Phone, T0, anyway, field};

pub(crate) fn two() -> (Office, Phone, Phone) {
    let mut office = Office::new();
    let a = Phone::enrolled(&mut office, "p-a", 1);
    let b = Phone::enrolled(&mut office, "p-b", 2);
    (office, a, b)
}

#[test]
fn edit_is_on_the_device_only_when_the_store_says_so() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    phone.sync(&mut office);
    let kept = phone.try_create("违建").unwrap();
    assert_eq!(phone.status(kept.record, kept.number), Status::Saving);
    let pushes = office.pushes;
    // The batch is out, the store is silent: nothing of it may be sent.
    let id = loop {
        match phone.engine.poll() {
            Some(Output::Commit { id, .. }) => break id,
            Some(Output::Send(_)) => panic!("sent before it was durable"),
            Some(_) => {}
            None => panic!("no batch"),
        }
    };
    phone.engine.handle(T0, Input::SyncNow);
    assert!(!std::iter::from_fn(|| phone.engine.poll()).any(|o| matches!(o, Output::Send(_))));
    assert_eq!(office.pushes, pushes);
    phone.engine.handle(T0, Input::Committed(id));
    assert_eq!(phone.status(kept.record, kept.number), Status::Sent);
    phone.run(&mut office);
    assert!(matches!(
        phone.status(kept.record, kept.number),
        Status::AtOffice { .. }
    ));
}

#[test]
fn failed_store_stops_the_engine_and_keeps_what_was_durable() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("一");
    phone
        .try_set(record, "title", "二", &Asked::default())
        .unwrap();
    let Some(Output::Commit { id, .. }) = phone.engine.poll() else {
        panic!("no batch")
    };
    phone.engine.handle(T0, Input::CommitFailed(id));
    let error = phone
        .try_set(record, "title", "三", &Asked::default())
        .unwrap_err();
    assert_eq!(error, KeepError::Halted);
    phone.restart();
    assert_eq!(phone.value(record, "title"), "一");
    phone.set(record, "title", "四");
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office());
}

#[test]
fn two_phones_share_a_record_and_see_a_conflict_until_it_is_resolved() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("原题");
    a.sync(&mut office);
    b.sync(&mut office);
    assert_eq!(b.value(record, "title"), "原题");
    a.hang_up();
    b.hang_up();
    a.set(record, "title", "甲改");
    b.set(record, "title", "乙改");
    a.sync(&mut office);
    b.sync(&mut office);
    a.sync(&mut office);
    for phone in [&mut a, &mut b] {
        let view = phone.engine.record(record).unwrap();
        assert_eq!(
            view.record.conflicts.len(),
            1,
            "{:?}",
            view.record.conflicts
        );
        assert_eq!(view.record.conflicts[0].values.len(), 2);
    }
    let error = a
        .try_set(record, "title", "丙", &Asked::default())
        .unwrap_err();
    assert_eq!(
        error,
        KeepError::Edit(EditError::ResolveFirst(field("title")))
    );
    let (_, _, conflict) = a.engine.conflicts().remove(0);
    let among = conflict
        .values
        .iter()
        .map(|written| written.by.write)
        .collect();
    let edit = Edit::Resolve {
        path: field("title"),
        value: Some(Value::text("定稿")),
        among,
    };
    a.engine.edit(T0, record, edit, &Asked::default()).unwrap();
    a.sync(&mut office);
    b.sync(&mut office);
    assert!(b.engine.conflicts().is_empty());
    assert_eq!(b.value(record, "title"), "定稿");
    assert_eq!(b.engine.history(record, &field("title")).unwrap().len(), 4);
}

#[test]
fn form_held_open_while_others_edit_becomes_a_conflict() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("原题");
    a.sync(&mut office);
    b.sync(&mut office);
    let open = b.engine.record(record).unwrap().heads;
    a.set(record, "title", "甲改");
    a.sync(&mut office);
    b.sync(&mut office);
    assert_eq!(b.value(record, "title"), "甲改");
    let asked = Asked {
        seen: Some(open.clone()),
        ..Asked::default()
    };
    b.try_set(record, "title", "乙改", &asked).unwrap();
    b.settle();
    assert_eq!(b.engine.record(record).unwrap().record.conflicts.len(), 1);
    // And a second save of the same old form is concurrent with the first.
    b.try_set(record, "address", "村东", &asked).unwrap();
    b.sync(&mut office);
    assert!(b.engine.all_at_office(), "{:?}", b.engine.outbox());
    a.sync(&mut office);
    assert_eq!(a.engine.record(record).unwrap().record.conflicts.len(), 1);
    assert_eq!(a.value(record, "address"), "村东");
}

#[test]
fn refused_edit_is_listed_and_the_others_get_through() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    let early = phone.set(record, "address", "村西");
    let asked = anyway();
    let told = phone
        .try_set(record, "settled_person", "李四", &Asked::default())
        .unwrap_err();
    assert_eq!(told, KeepError::WouldBeRefused(Reason::NotAllowed));
    let bad = phone
        .try_set(record, "settled_person", "李四", &asked)
        .unwrap();
    phone.settle();
    let late = phone.set(record, "village", "赵村");
    assert_eq!(phone.value(record, "settled_person"), "李四");
    phone.sync(&mut office);
    assert_eq!(
        phone.status(record, bad.number),
        Status::Refused(Why::Known(Reason::NotAllowed))
    );
    for kept in [early, late] {
        let status = phone.status(record, kept.number);
        assert!(matches!(status, Status::AtOffice { .. }), "{status:?}");
    }
    assert_eq!(phone.value(record, "settled_person"), "");
    assert_eq!(phone.value(record, "village"), "赵村");
    phone.restart();
    assert_eq!(phone.value(record, "village"), "赵村");
    assert_eq!(phone.engine.outbox().len(), 1);
    let heads = phone.engine.record(record).unwrap().heads;
    assert_eq!(office.doc(&record).heads(), heads);
}

#[test]
fn refused_edit_that_the_office_releases_is_at_the_office() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    let asked = anyway();
    let bad = phone
        .try_set(record, "settled_person", "李四", &asked)
        .unwrap();
    phone.settle();
    let file = phone
        .engine
        .bundle_export(T0, None, &BundleFor::Office)
        .unwrap();
    let bundles = office.opened(&file);
    let (pushes, _) = Bundle::records(&bundles[0].pushes[0]).unwrap();
    let changes = liandu_core::admission::open_chunks(&pushes[0].chunk.parts()).unwrap();
    let change = changes
        .into_iter()
        .find(|change| change.write() == bad.write)
        .unwrap();
    phone.sync(&mut office);
    assert!(phone.status(record, bad.number).needs_a_person());
    assert_eq!(phone.value(record, "settled_person"), "");
    office.release(&record, &change);
    phone.sync(&mut office);
    let status = phone.status(record, bad.number);
    assert!(matches!(status, Status::AtOffice { .. }), "{status:?}");
    phone.restart();
    assert_eq!(phone.value(record, "settled_person"), "李四");
    assert!(phone.engine.outbox().is_empty());
}

#[test]
fn form_open_at_an_edit_that_was_refused_or_made_anew_can_still_be_saved() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    let asked = anyway();
    let bad = phone
        .try_set(record, "settled_person", "李四", &asked)
        .unwrap();
    let late = phone
        .try_set(record, "village", "赵村", &Asked::default())
        .unwrap();
    phone.settle();
    phone.sync(&mut office);
    for (seen, value) in [(bad.seen, "西村"), (late.seen, "东村")] {
        let shown = phone.engine.record_at(record, &seen).unwrap();
        assert_eq!(shown.text_of("title"), "题");
        let asked = Asked {
            seen: Some(seen),
            ..Asked::default()
        };
        phone.try_set(record, "address", value, &asked).unwrap();
    }
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office());
    assert_eq!(
        phone.engine.conflicts().len(),
        1,
        "neither knew of the other"
    );
}

#[test]
fn field_of_a_newer_form_survives_an_older_device() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("题");
    a.sync(&mut office);
    let newer = anyway();
    let kept = a.try_set(record, "field_of_2030", "未来", &newer).unwrap();
    a.settle();
    a.hang_up();
    // A server that knows the newer form has accepted it.
    let mut doc = office.doc(&record).clone();
    let change = a
        .engine
        .bundle_export(T0, Some(&[record]), &BundleFor::Office)
        .unwrap();
    let bundles = office.opened(&change);
    let (pushes, _) = Bundle::records(&bundles[0].pushes[0]).unwrap();
    doc.absorb_chunks(&pushes[0].chunk.parts()).unwrap();
    assert!(doc.hash_of(&kept.write.actor, kept.write.seq).is_some());
    office.replace(&record, doc);
    for round in 0..20 {
        b.sync(&mut office);
        b.set(record, "village", &format!("村{round}"));
        b.sync(&mut office);
    }
    b.restart();
    assert_eq!(b.value(record, "field_of_2030"), "未来");
    assert_eq!(b.value(record, "village"), "村19");
}

#[test]
fn text_edit_built_on_refused_text_is_listed_not_misplaced() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("题");
    a.sync(&mut office);
    b.sync(&mut office);
    office
        .people
        .values_mut()
        .for_each(|person| person.groups.clear());
    // Nobody is a member any more: the text is refused, and what counts its places with it.
    let first = a.write(record, 0, "一二三四五");
    let second = a.write(record, 5, "六");
    a.sync(&mut office);
    assert!(matches!(a.status(record, first.number), Status::Refused(_)));
    let status = a.status(record, second.number);
    assert_eq!(status, Status::Unapplied(Unapplied::TextChanged));
    assert_eq!(a.text(record), "说明");
    assert_eq!(a.engine.edits(&record).len(), 3);
}

#[test]
fn forked_number_is_offered_again_under_a_fresh_actor() {
    let (mut office, mut a, _) = two();
    let record = a.create("题");
    a.sync(&mut office);
    a.hang_up();
    // The phone's whole state, memory included, is copied: both go on with the same actor.
    let store = a.store.clone();
    let first = a
        .try_set(record, "address", "东", &Asked::default())
        .unwrap();
    a.sync(&mut office);
    a.hang_up();
    let mut copy = Phone::new(1);
    copy.store = store;
    copy.engine = {
        let pairs = copy.store.clone().into_iter().collect();
        liandu_device::Engine::open(pairs, Box::new(Same(first.write.actor)), "test").unwrap()
    };
    // The copy writes another change under the number that the office knows.
    let fork = copy
        .try_set(record, "village", "西村", &Asked::default())
        .unwrap();
    assert_eq!(fork.write, first.write, "the same actor and number");
    copy.settle();
    copy.sync(&mut office);
    let status = copy.status(record, fork.number);
    assert!(matches!(status, Status::AtOffice { .. }), "{status:?}");
    assert_eq!(copy.engine.edits(&record).last().unwrap().offered_again, 1);
    a.sync(&mut office);
    for phone in [&mut a, &mut copy] {
        assert_eq!(phone.value(record, "address"), "东");
        assert_eq!(phone.value(record, "village"), "西村");
    }
}

/// Gives the bytes of one actor first, then others.
struct Same(liandu_core::id::Actor);

impl liandu_device::entropy::Entropy for Same {
    fn fill(&mut self, bytes: &mut [u8]) {
        let tail = &self.0.0[8..];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = tail[index % 8];
        }
        // The client's seed is drawn first; the actor must be what it was once.
        if self.0.0[0] != 0xff {
            self.0.0[0] = 0xff;
        } else {
            self.0.0[8] = self.0.0[8].wrapping_add(1);
        }
    }
}

#[test]
fn answer_lost_on_the_way_is_asked_for_again_and_changes_nothing() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("题");
    office.mute = true;
    phone.sync(&mut office);
    assert_eq!(phone.engine.outbox()[0].status, Status::Sent);
    office.mute = false;
    phone.restart();
    assert_eq!(phone.engine.outbox()[0].status, Status::Sent);
    phone.sync(&mut office);
    assert!(phone.engine.outbox().is_empty());
    assert_eq!(office.doc(&record).changes(), 2);
}

#[test]
fn erased_record_goes_and_unreceipted_work_stays_listed() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("题");
    a.sync(&mut office);
    b.sync(&mut office);
    b.hang_up();
    let kept = b.set(record, "village", "西村");
    office.erase(&record);
    a.sync(&mut office);
    assert!(matches!(a.engine.record(record), Err(NotHere::Erased(_))));
    assert!(a.engine.edits(&record).is_empty());
    b.sync(&mut office);
    assert!(matches!(b.engine.record(record), Err(NotHere::Erased(_))));
    assert!(b.status(record, kept.number).needs_a_person());
    b.restart();
    assert_eq!(b.engine.edits(&record).len(), 1);
}

#[test]
fn pairs_of_a_newer_app_are_not_opened() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    phone.create("题");
    let mut pairs: Vec<_> = phone.store.into_iter().collect();
    pairs.push((b"z-new".to_vec(), vec![1]));
    let entropy = Box::new(liandu_device::entropy::Seeded::new(1));
    assert!(liandu_device::Engine::open(pairs, entropy, "test").is_err());
}

#[test]
fn texts_of_two_phones_merge() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("题");
    a.sync(&mut office);
    b.sync(&mut office);
    a.hang_up();
    b.hang_up();
    a.write(record, 0, "前");
    b.write(record, 2, "后");
    a.sync(&mut office);
    b.sync(&mut office);
    a.sync(&mut office);
    assert_eq!(a.text(record), "前说明后");
    assert_eq!(b.text(record), "前说明后");
}
