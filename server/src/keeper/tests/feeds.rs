//! Feeds: resumable anywhere, from stored bytes, equal to what was accepted.

use std::collections::BTreeMap;

use liandu_core::id::{Position, RecordId, ScopeId};
use liandu_core::protocol::message::{HeadsPage, RecordHeads};
use liandu_core::protocol::update::{RecordUpdate, UpdateBody};
use liandu_core::record::RecordDoc;

use super::world::{World, creation, scope, set};
use crate::index::memory::MemoryIndex;
use crate::keeper::ask::AuthorityAct;

/// A reader that loads what it is sent.
#[derive(Default)]
struct Reader {
    at: Position,
    docs: BTreeMap<RecordId, RecordDoc>,
    pages: usize,
    bytes: usize,
}

impl Reader {
    fn take(&mut self, update: &RecordUpdate) {
        match &update.body {
            UpdateBody::Changed { chunk, whole, .. } => {
                self.bytes += chunk.bytes();
                if *whole {
                    let doc = RecordDoc::load(update.record, &chunk.parts()).unwrap();
                    match self.docs.get_mut(&update.record) {
                        Some(known) => {
                            known.absorb_chunks(&chunk.parts()).unwrap();
                        }
                        None => {
                            self.docs.insert(update.record, doc);
                        }
                    }
                } else {
                    let doc = self.docs.get_mut(&update.record).unwrap();
                    doc.absorb_chunks(&chunk.parts()).unwrap();
                }
            }
            UpdateBody::Left {} | UpdateBody::Erased { .. } => {
                self.docs.remove(&update.record);
            }
        }
    }

    fn read(&mut self, world: &World, scopes: &[ScopeId], bytes_max: usize) {
        loop {
            let after: Vec<_> = scopes.iter().map(|scope| (*scope, self.at)).collect();
            let page = world.keeper.read_feed(&after, bytes_max).unwrap();
            page.updates.iter().for_each(|update| self.take(update));
            assert!(page.upto > self.at || !page.more, "no progress");
            self.at = page.upto;
            self.pages += 1;
            if !page.more {
                return;
            }
        }
    }

    fn equals(&self, world: &World, records: usize) {
        assert_eq!(self.docs.len(), records);
        for (id, doc) in &self.docs {
            assert_eq!(doc.heads(), world.doc(*id).unwrap().heads());
        }
    }
}

fn ids(scopes: &[&str]) -> Vec<ScopeId> {
    scopes.iter().map(|group| scope(group).id()).collect()
}

#[test]
fn feed_resumes_anywhere_and_in_sync_is_empty() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut other = world.phone(13, "rep-3");
    let mut reader = Reader::default();
    let both = ids(&["g1", "g2"]);
    let mut docs = Vec::new();
    for id in 1..30 {
        let (phone, group) = if id % 3 == 0 {
            (&mut other, "g2")
        } else {
            (&mut phone, "g1")
        };
        let mut doc = phone.new_record(id);
        phone.apply(&mut doc, &creation("井")).unwrap();
        world.push(&phone.push_doc(&doc, &scope(group)));
        docs.push(doc);
        if id % 7 == 0 {
            reader.read(&world, &both, 1);
        }
    }
    for doc in docs.iter_mut().step_by(4) {
        phone.fresh();
        let change = phone.apply(doc, &set("title", "废井")).unwrap();
        world.push(&phone.push_changes(doc.id(), None, &[change]));
    }
    reader.read(&world, &both, 2_000);
    reader.equals(&world, 29);
    let before = reader.bytes;
    reader.read(&world, &both, 2_000);
    assert_eq!(reader.bytes, before, "in sync: nothing is sent");
    let mut fresh = Reader::default();
    fresh.read(&world, &ids(&["g2"]), usize::MAX);
    fresh.equals(&world, 9);
    assert_eq!(fresh.pages, 1);
    // A small change costs its own bytes only.
    let change = phone.apply(&mut docs[0], &set("title", "枯井")).unwrap();
    world.push(&phone.push_changes(docs[0].id(), None, std::slice::from_ref(&change)));
    reader.read(&world, &both, 2_000);
    assert_eq!(reader.bytes - before, change.bytes.len());
}

#[test]
fn moved_record_leaves_the_old_scope_and_enters_the_new_one_whole() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let (mut old, mut new) = (Reader::default(), Reader::default());
    old.read(&world, &ids(&["g1"]), 100);
    new.read(&world, &ids(&["g2"]), 100);
    let to = |group| AuthorityAct::Move {
        record: RecordId([1; 16]),
        to: scope(group),
    };
    world.act(to("g2")).unwrap();
    old.read(&world, &ids(&["g1"]), 100);
    new.read(&world, &ids(&["g2"]), 100);
    old.equals(&world, 0);
    new.equals(&world, 1);
    world.act(to("g1")).unwrap();
    world.crash(1, MemoryIndex::new());
    old.read(&world, &ids(&["g1"]), 100);
    new.read(&world, &ids(&["g2"]), 100);
    old.equals(&world, 1);
    new.equals(&world, 0);
    assert!(world.act(to("g1")).is_err(), "it is there");
}

#[test]
fn repair_finds_what_either_side_lacks() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut docs = Vec::new();
    for id in 1..5 {
        let mut doc = phone.new_record(id);
        phone.apply(&mut doc, &creation("井")).unwrap();
        world.push(&phone.push_doc(&doc, &scope("g1")));
        docs.push(doc);
    }
    let mut lost = phone.new_record(9);
    phone.apply(&mut lost, &creation("坑")).unwrap();
    let heads = |doc: &RecordDoc| RecordHeads {
        record: doc.id(),
        heads: doc.heads().0.into_iter().collect(),
    };
    // The device: 1 equal, 2 ahead, 3 behind, 4 missing, 9 unknown to the server.
    let equal = heads(&docs[0]);
    let known_two = heads(&docs[1]);
    phone.apply(&mut docs[1], &set("title", "甲")).unwrap();
    let behind = heads(&docs[2]);
    let change = phone.apply(&mut docs[2], &set("title", "乙")).unwrap();
    world.push(&phone.push_changes(docs[2].id(), None, std::slice::from_ref(&change)));
    let page = HeadsPage {
        scope: scope("g1").id(),
        page: 1,
        after: None,
        to: None,
        records: vec![equal, heads(&docs[1]), behind, heads(&lost)],
    };
    let found = world.keeper.compare(&page);
    let want: Vec<_> = found.want.iter().map(|want| want.record).collect();
    assert_eq!(want, [docs[1].id(), lost.id()]);
    assert_eq!(found.want[0], known_two);
    assert!(found.want[1].heads.is_empty());
    let sent: Vec<_> = found.updates.iter().map(|update| update.record).collect();
    assert_eq!(sent, [docs[1].id(), docs[2].id(), docs[3].id()]);
    let UpdateBody::Changed {
        chunk,
        whole: false,
        ..
    } = &found.updates[1].body
    else {
        panic!()
    };
    assert_eq!(chunk.bytes(), change.bytes.len(), "only what it lacks");
    let ours = world.keeper.scope_digest(&scope("g1").id());
    assert!(world.keeper.differing(&[scope("g1")], &[ours]).is_empty());
    assert_eq!(world.keeper.differing(&[scope("g1")], &[]), ids(&["g1"]));
}

#[test]
fn cursor_of_another_life_is_not_known() {
    let world = World::new();
    let here = world.keeper.cursor();
    assert!(world.keeper.knows(&here));
    let mut other = here;
    other.position = other.position.next();
    assert!(!world.keeper.knows(&other), "beyond the end");
    other = here;
    other.hash.0[0] ^= 1;
    assert!(!world.keeper.knows(&other), "another hash");
    other = here;
    other.epoch.0[0] ^= 1;
    assert!(!world.keeper.knows(&other), "another life");
}
