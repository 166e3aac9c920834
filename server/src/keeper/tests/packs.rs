//! Packs: the same record in fewer bytes, and never the only place of anything.

use liandu_core::id::{Position, RecordId};
use liandu_core::limits::PACK_ENTRIES_MIN;
use liandu_core::protocol::update::{Chunk, RecordUpdate, UpdateBody};
use liandu_core::record::RecordDoc;
use liandu_core::record::stamp::{Stamp, Stamps};

use super::world::{NOW, Phone, World, creation, scope, set};
use crate::index::memory::MemoryIndex;
use crate::journal::Disk;
use crate::keeper::ask::AuthorityAct;

/// A record of many small entries, packed or not, and its phone.
fn grown(world: &mut World, entries: u64) -> (Phone, RecordDoc) {
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    for n in 1..entries {
        grow(world, &mut phone, &mut doc, &format!("井 {n}"));
    }
    (phone, doc)
}

fn grow(world: &mut World, phone: &mut Phone, doc: &mut RecordDoc, title: &str) {
    let change = phone.apply(doc, &set("title", title)).unwrap();
    world.push(&phone.push_changes(doc.id(), None, &[change]));
    world.keeper.pack_some();
}

/// What a new device is sent, one page after another.
fn sent(world: &World, bytes_max: usize) -> Vec<Vec<RecordUpdate>> {
    let mut after = [(scope("g1").id(), Position(0))];
    let mut pages = Vec::new();
    loop {
        let page = world.keeper.read_feed(&after, bytes_max).unwrap();
        pages.push(page.updates);
        after[0].1 = page.upto;
        if !page.more {
            return pages;
        }
    }
}

/// Chunks, stamps and seals of a record's updates: what a device makes of them.
fn told(updates: &[RecordUpdate]) -> (RecordDoc, Stamps, usize, usize) {
    let (mut chunks, mut all, mut sealed) = (Vec::new(), Vec::<Stamp>::new(), 0);
    for (nth, update) in updates.iter().enumerate() {
        let UpdateBody::Changed {
            chunk,
            stamps,
            seals,
            whole,
        } = &update.body
        else {
            panic!("{update:?}")
        };
        assert_eq!(*whole, nth == 0);
        chunks.extend(chunk.parts());
        all.extend(stamps.iter().cloned());
        sealed += seals.len();
    }
    let bytes = chunks.iter().map(|chunk| chunk.len()).sum();
    let doc = RecordDoc::load(RecordId([1; 16]), &chunks).unwrap();
    (doc, all.into_iter().collect(), sealed, bytes)
}

fn changes_in(update: &RecordUpdate) -> usize {
    match &update.body {
        UpdateBody::Changed {
            chunk: Chunk::Changes(changes),
            ..
        } => changes.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn record_of_many_entries_is_sent_as_its_pack_and_what_came_after() {
    let mut world = World::new();
    let (_, doc) = grown(&mut world, PACK_ENTRIES_MIN + 3);
    assert_eq!(world.packs.all().len(), 1);
    let packed = sent(&world, usize::MAX).concat();
    assert!(packed.len() == 2 && changes_in(&packed[1]) == 3);
    let kept = std::mem::take(&mut *world.packs.all());
    let entries = sent(&world, usize::MAX).concat();
    let (whole, stamps, seals, bytes) = told(&packed);
    let (again, same_stamps, same_seals, more) = told(&entries);
    assert!(whole.heads() == doc.heads() && again.heads() == doc.heads());
    assert_eq!((stamps, seals), (same_stamps, same_seals));
    assert!(bytes * 2 < more, "{bytes} of {more} bytes");
    *world.packs.all() = kept;
    world.restart(world.keeper.index().clone());
    let parts = world.keeper.record(&doc.id()).unwrap();
    assert_eq!(parts.chunks.len(), 4, "the tables read it too");
    assert_eq!(world.keeper.record_updates(&doc.id()), packed);
}

#[test]
fn few_entries_are_no_pack_and_nobody_waits_for_one() {
    let mut world = World::new();
    let (mut phone, mut doc) = grown(&mut world, PACK_ENTRIES_MIN - 1);
    assert!(world.packs.all().is_empty());
    let change = phone.apply(&mut doc, &set("title", "废井")).unwrap();
    let push = phone.push_changes(doc.id(), None, &[change]);
    let ticket = world.keeper.push(NOW, None, &[push]);
    world.keeper.pack_some();
    world
        .keeper
        .commit(NOW)
        .iter()
        .find(|(of, _)| *of == ticket)
        .unwrap();
    assert!(world.packs.all().is_empty(), "the answer is out first");
    world.keeper.pack_some();
    assert_eq!(world.packs.all().len(), 1);
}

#[test]
fn damaged_pack_and_a_pack_of_another_log_are_passed_over() {
    let mut world = World::new();
    let (_, doc) = grown(&mut world, PACK_ENTRIES_MIN);
    let good = world.packs.all()[&doc.id()].clone();
    let whole = sent(&world, usize::MAX).concat();
    assert_eq!(told(&whole).0.heads(), doc.heads());
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        world.packs.all().insert(doc.id(), bad);
        let entries = sent(&world, usize::MAX).concat();
        assert_eq!(entries.len(), 2, "byte {at}");
        assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    }
    for torn in [0, 31, 32, good.len() - 1] {
        world.packs.all().insert(doc.id(), good[..torn].to_vec());
        assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    }
    let mut other = World::new();
    other.members(&[]);
    let (mut phone, mut theirs) = grown(&mut other, PACK_ENTRIES_MIN - 1);
    grow(&mut other, &mut phone, &mut theirs, "枯");
    assert_ne!(theirs.heads(), doc.heads());
    other.packs.all().insert(doc.id(), good);
    assert_eq!(other.doc(doc.id()).unwrap().heads(), theirs.heads());
}

#[test]
fn pack_outlives_index_and_restart() {
    let mut world = World::new();
    let (mut phone, mut doc) = grown(&mut world, PACK_ENTRIES_MIN);
    let packed = sent(&world, usize::MAX);
    let rows = world.keeper.index().clone();
    world.crash(1, MemoryIndex::new());
    assert!(*world.keeper.index().rows() == *rows.rows());
    assert_eq!(sent(&world, usize::MAX), packed);
    world.packs.all().clear();
    for n in 0..PACK_ENTRIES_MIN {
        grow(&mut world, &mut phone, &mut doc, &format!("坑 {n}"));
    }
    assert_eq!(world.packs.all().len(), 1, "made again");
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
}

#[test]
fn page_that_ends_before_the_pack_tells_nothing_after_its_end() {
    let mut world = World::new();
    let (_, doc) = grown(&mut world, PACK_ENTRIES_MIN);
    let mut second = world.phone(12, "rep-2");
    let mut other = second.new_record(2);
    second.apply(&mut other, &creation("坑")).unwrap();
    world.push(&second.push_doc(&other, &scope("g1")));
    let pages = sent(&world, 1);
    assert!(pages.len() > 2, "{}", pages.len());
    assert_eq!(pages[0].len(), 1);
    let first = told(&pages[0]).0;
    assert!(first.changes() < doc.changes() && first.heads() != doc.heads());
    let of_one: Vec<RecordUpdate> = pages
        .concat()
        .into_iter()
        .filter(|update| update.record == doc.id())
        .collect();
    assert_eq!(told(&of_one).0.heads(), doc.heads());
}

#[test]
fn pack_does_not_stand_in_for_an_entry_that_the_log_lost() {
    for (needle, is_last) in [("井 15", true), ("井 11", false)] {
        let mut world = World::new();
        let (mut phone, doc) = grown(&mut world, PACK_ENTRIES_MIN);
        let mut other = phone.new_record(2);
        phone.apply(&mut other, &creation("坑")).unwrap();
        world.push(&phone.push_doc(&other, &scope("g1")));
        assert!(world.keeper.pack_of(&doc.id()).unwrap().is_some());
        let life = world.keeper.epoch();
        let (name, at) = found(&world, needle);
        world.disk.flip_bit(&name, at, 0);
        world.restart(world.keeper.index().clone());
        // A reader that stands in the middle meets the damage: the log is mended, its life is new.
        let after = [(scope("g1").id(), Position(doc.changes() as u64))];
        for _ in 0..2 {
            let _ = world.keeper.read_feed(&after, usize::MAX);
            world.keeper.commit(NOW);
        }
        assert_ne!(world.keeper.epoch(), life);
        assert!(world.packs.all().contains_key(&doc.id()));
        assert!(world.keeper.pack_of(&doc.id()).unwrap().is_none());
        if is_last {
            assert_ne!(world.doc(doc.id()).unwrap().heads(), doc.heads());
            let answer = world.push(&phone.push_changes(doc.id(), None, &doc.raw_all()));
            assert!(answer.others.is_empty(), "{answer:?}");
            assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
        }
    }
}

/// Where a text is in the log.
fn found(world: &World, text: &str) -> (String, u64) {
    let names = world.disk.list().unwrap().into_iter();
    let mut places = names.filter_map(|name| {
        let bytes = world.disk.bytes(&name)?;
        let at = bytes
            .windows(text.len())
            .position(|at| at == text.as_bytes())?;
        Some((name, at as u64))
    });
    places.next().unwrap()
}

#[test]
fn erased_records_pack_is_gone_and_is_not_made_again() {
    for operations in [None, Some(3), Some(7)] {
        let mut world = World::new();
        let (_, doc) = grown(&mut world, PACK_ENTRIES_MIN);
        assert_eq!(world.packs.all().len(), 1);
        if let Some(operations) = operations {
            world.disk.cut_power_after(operations);
        }
        let reason = "法院裁定".to_owned();
        let acted = world.act(AuthorityAct::Erase {
            record: doc.id(),
            reason,
        });
        if operations.is_some() {
            world.crash(1, MemoryIndex::new());
        }
        world.keeper.pack_some();
        if acted.is_ok() {
            assert!(world.packs.all().is_empty());
            assert!(world.keeper.record(&doc.id()).is_none());
        }
    }
}
