//! Erasure: the bytes are nowhere, and nothing brings them back.

use liandu_core::id::RecordId;
use liandu_core::protocol::update::UpdateBody;
use liandu_core::verdict::Reason;

use super::world::{World, creation, open, refused, scope, set};
use crate::index::memory::MemoryIndex;
use crate::journal::Disk;
use crate::keeper::ask::AuthorityAct;

const SECRET: &str = "SECRET-13800138000";

fn found(world: &World) -> bool {
    let names = world.disk.list().unwrap();
    names.iter().any(|name| {
        let bytes = world.disk.bytes(name).unwrap();
        bytes
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes())
    })
}

#[test]
fn erased_records_bytes_are_nowhere_and_do_not_come_back() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation(SECRET)).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut wrong = doc.clone();
    let bad = phone.apply(&mut wrong, &set("no_such", SECRET)).unwrap();
    world.push(&phone.push_changes(doc.id(), None, &[bad]));
    let to = scope("g2");
    world
        .act(AuthorityAct::Move {
            record: doc.id(),
            to,
        })
        .unwrap();
    let mut other = phone.new_record(2);
    phone.apply(&mut other, &creation("井")).unwrap();
    world.push(&phone.push_doc(&other, &scope("g1")));
    assert!(found(&world));
    let reason = "法院裁定".to_owned();
    world
        .act(AuthorityAct::Erase {
            record: doc.id(),
            reason,
        })
        .unwrap();
    assert!(!found(&world));
    assert!(world.keeper.record(&doc.id()).is_none());
    assert!(world.keeper.record(&other.id()).is_some());
    let answer = world.push(&phone.push_doc(&doc, &scope("g1")));
    assert_eq!(refused(&answer), Reason::Erased);
    assert!(!found(&world));
    for group in ["g1", "g2"] {
        let after = [(scope(group).id(), liandu_core::id::Position(0))];
        let page = world.keeper.read_feed(&after, 1_000).unwrap();
        let told = page.updates.iter().any(|update| {
            update.record == RecordId([1; 16]) && matches!(update.body, UpdateBody::Erased { .. })
        });
        assert!(told, "{group}");
    }
    let grown = world.keeper.index().clone();
    let rebuilt = open(&world.disk, MemoryIndex::new(), 9);
    assert!(*rebuilt.index().rows() == *grown.rows());
    assert_eq!(rebuilt.tombstones().len(), 1);
}

#[test]
fn erasing_that_a_crash_interrupted_is_finished_at_the_next_start() {
    for operations in 0..14 {
        let mut world = World::new();
        let mut phone = world.phone(11, "rep-1");
        let mut doc = phone.new_record(1);
        phone.apply(&mut doc, &creation(SECRET)).unwrap();
        world.push(&phone.push_doc(&doc, &scope("g1")));
        world.disk.cut_power_after(operations);
        let reason = "法院裁定".to_owned();
        let acted = world.act(AuthorityAct::Erase {
            record: doc.id(),
            reason,
        });
        world.crash(operations, MemoryIndex::new());
        if acted.is_ok() {
            assert!(!found(&world), "power cut after {operations}");
            assert!(world.keeper.record(&doc.id()).is_none());
        }
    }
}
