//! Damage under a running server, restored backups, and any order of arrival.

use liandu_core::id::{ChangeHash, Position};
use liandu_core::protocol::message::{HeadsPage, RecordHeads};
use liandu_core::protocol::update::{RecordUpdate, UpdateBody};
use liandu_core::record::RawChange;
use liandu_core::verdict::Verdict;
use proptest::prelude::*;

use super::world::{NOW, Phone, World, creation, scope, set};
use crate::index::memory::MemoryIndex;
use crate::keeper::Answer;
use crate::keeper::ask::{OfficeAct, QuarantineFilter};

#[test]
fn damaged_entry_is_lost_alone_and_a_new_life_begins() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut docs = Vec::new();
    for id in 1..6 {
        let mut doc = phone.new_record(id);
        phone
            .apply(&mut doc, &creation(&format!("井{id}")))
            .unwrap();
        world.push(&phone.push_doc(&doc, &scope("g1")));
        docs.push(doc);
    }
    let before = world.keeper.cursor();
    let name = "0000000001.segment";
    let bytes = world.disk.bytes(name).unwrap();
    let needle = "井3".as_bytes();
    let at = bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .unwrap();
    world.disk.flip_bit(name, at as u64, 0);
    assert!(world.keeper.record(&docs[2].id()).is_none());
    world.keeper.commit(NOW);
    assert_ne!(
        world.keeper.epoch(),
        before.epoch,
        "devices are asked for what is missing"
    );
    assert!(!world.keeper.knows(&before));
    for doc in [&docs[0], &docs[1], &docs[3], &docs[4]] {
        assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
    }
    let answer = world.push(&phone.push_doc(&docs[2], &scope("g1")));
    assert_eq!(answer.receipts.len(), 1);
    assert_eq!(world.doc(docs[2].id()).unwrap().heads(), docs[2].heads());
}

#[test]
fn end_of_the_log_that_was_told_and_is_gone_is_no_torn_tail() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let change = phone.apply(&mut doc, &set("title", "末尾")).unwrap();
    let answer = world.push(&phone.push_changes(doc.id(), None, &[change]));
    assert_eq!(answer.receipts.len(), 1);
    let before = world.keeper.cursor();
    let name = "0000000001.segment";
    let bytes = world.disk.bytes(name).unwrap();
    let last = "末尾".as_bytes();
    let at = bytes.windows(last.len()).rposition(|here| here == last);
    world.disk.flip_bit(name, at.unwrap() as u64, 0);
    world.restart(world.keeper.index().clone());
    assert_ne!(
        world.keeper.epoch(),
        before.epoch,
        "the index knows of a longer log"
    );
    let answer = world.push(&phone.push_changes(doc.id(), None, &doc.raw_all()));
    assert_eq!(answer.receipts.len(), 1);
    assert_eq!(world.doc(doc.id()).unwrap().heads(), doc.heads());
}

#[test]
fn record_that_lost_an_entry_between_others_goes_on_and_gets_it_back() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut other = world.phone(12, "rep-2");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut colleagues = doc.clone();
    for edit in [set("title", "丢失"), set("domain", "water")] {
        let change = phone.apply(&mut doc, &edit).unwrap();
        world.push(&phone.push_changes(doc.id(), None, &[change]));
    }
    let name = "0000000001.segment";
    let bytes = world.disk.bytes(name).unwrap();
    let lost = "丢失".as_bytes();
    let at = bytes.windows(lost.len()).position(|here| here == lost);
    world.disk.flip_bit(name, at.unwrap() as u64, 0);
    assert!(world.keeper.record(&doc.id()).is_none());
    world.keeper.commit(NOW);
    let left = world.doc(doc.id()).expect("what hangs together is read");
    assert_eq!(left.heads(), colleagues.heads());
    // A colleague's edit does not wait for it.
    let change = other.apply(&mut colleagues, &set("title", "井乙")).unwrap();
    let answer = world.push(&other.push_changes(doc.id(), None, &[change]));
    assert_eq!(answer.receipts.len(), 1, "{answer:?}");
    // A device that compares is asked for it.
    let page = HeadsPage {
        scope: scope("g1").id(),
        after: None,
        to: None,
        page: 0,
        records: vec![RecordHeads {
            record: doc.id(),
            heads: doc.heads().0.into_iter().collect(),
        }],
    };
    let want = world.keeper.compare(&page).want;
    assert_eq!(want.len(), 1, "the server asks for what it lost");
    let answer = world.push(&phone.push_changes(doc.id(), None, &doc.raw_all()));
    assert!(answer.others.is_empty() && !answer.missing, "{answer:?}");
    let mut all = colleagues.clone();
    all.absorb(&doc.raw_all()).unwrap();
    assert_eq!(world.doc(doc.id()).unwrap().heads(), all.heads());
    world.restart(MemoryIndex::new());
    assert_eq!(world.doc(doc.id()).unwrap().heads(), all.heads());
}

#[test]
fn colleagues_prove_what_was_accepted_before_a_refused_edit() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    let good = phone.apply(&mut doc, &creation("井")).unwrap();
    let bad = phone.apply(&mut doc, &set("no_such", "x")).unwrap();
    let mut push = phone.push_doc(&doc, &scope("g1"));
    push.seals.push(phone.seal(doc.id(), &good));
    assert_eq!(world.push(&push).others.len(), 1);
    let updates = world.keeper.record_updates(&doc.id());
    let [
        RecordUpdate {
            body: UpdateBody::Changed { chunk, seals, .. },
            ..
        },
    ] = updates.as_slice()
    else {
        panic!("{updates:?}")
    };
    let mut restored = World::new();
    let carrier = restored.phone(12, "rep-2");
    restored.phone(11, "rep-1");
    let mut carried = carrier.push_changes(doc.id(), Some(&scope("g1")), &[]);
    (carried.chunk, carried.seals) = (chunk.clone(), seals.clone());
    let answer = restored.push(&carried);
    assert_eq!(answer.receipts.len(), 1, "{answer:?}");
    assert!(!restored.holds(doc.id(), &bad.hash));
}

#[test]
fn office_edit_comes_back_from_a_device_to_a_server_that_lost_it() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let mut restored = World::new();
    restored.phone(11, "rep-1");
    restored.push(&phone.push_doc(&doc, &scope("g1")));
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
    let after = [(scope("g1").id(), Position(0))];
    let page = world.keeper.read_feed(&after, 10_000).unwrap();
    let UpdateBody::Changed { seals, .. } = &page.updates.last().unwrap().body else {
        panic!()
    };
    let all = world.doc(doc.id()).unwrap().raw_all();
    let change: Vec<RawChange> = all
        .into_iter()
        .filter(|change| change.hash == edited.hash)
        .collect();
    let mut push = phone.push_changes(doc.id(), None, &change);
    push.seals.clone_from(seals);
    let answer = restored.push(&push);
    assert_eq!(answer.receipts.len(), 1, "{answer:?}");
    let mut forged = push;
    forged
        .seals
        .iter_mut()
        .for_each(|seal| seal.signature.0[0] ^= 1);
    let mut third = World::new();
    third.phone(11, "rep-1");
    third.push(&phone.push_doc(&doc, &scope("g1")));
    assert!(third.push(&forged).receipts.is_empty());
}

/// Legal and illegal edits of three devices on one record, each on what it had heard.
fn edits(world: &mut World, acts: &[(usize, u8, bool)]) -> (Vec<Phone>, Vec<RawChange>) {
    let mut phones = vec![
        world.phone(11, "rep-1"),
        world.phone(12, "rep-2"),
        world.phone(13, "rep-3"),
    ];
    let mut first = phones[0].new_record(1);
    phones[0].apply(&mut first, &creation("井")).unwrap();
    let mut docs = [first.clone(), first.clone(), first.clone()];
    let mut changes = first.raw_all();
    for (who, what, hear) in acts {
        if *hear {
            let from = docs[(who + 1) % 3].raw_all();
            docs[*who].absorb(&from).unwrap();
        }
        let edit = match what % 3 {
            0 => set("title", &format!("井{what}")),
            1 => set("domain", &format!("d{what}")),
            _ => set("no_such", "x"),
        };
        changes.extend(phones[*who].apply(&mut docs[*who], &edit));
    }
    (phones, changes)
}

fn verdicts(
    world: &mut World,
    phones: &[Phone],
    changes: &[RawChange],
) -> Vec<(ChangeHash, Option<Verdict>)> {
    let record = phones[0].new_record(1).id();
    // What lacks an ancestor is sent again with everything, as a device would.
    for _ in 0..2 {
        for change in changes {
            let mut push =
                phones[0].push_changes(record, Some(&scope("g1")), std::slice::from_ref(change));
            push.seals = phones
                .iter()
                .filter(|phone| phone.device == change.actor.device())
                .map(|phone| phone.seal(record, change))
                .collect();
            let answer = world.push(&push);
            if answer.missing {
                let mut all = phones[0].push_changes(record, Some(&scope("g1")), changes);
                all.seals = changes
                    .iter()
                    .filter_map(|change| {
                        let of = |phone: &&Phone| phone.device == change.actor.device();
                        phones
                            .iter()
                            .find(of)
                            .map(|phone| phone.seal(record, change))
                    })
                    .collect();
                world.push(&all);
            }
        }
    }
    let regions = vec!["130000".parse().unwrap()];
    let kept = world.keeper.quarantine(&QuarantineFilter {
        regions,
        ..QuarantineFilter::default()
    });
    let mut found: Vec<_> = changes
        .iter()
        .map(|change| {
            let kept = kept.iter().find(|item| item.hash == change.hash);
            let inside = world.holds(record, &change.hash);
            let verdict = kept
                .map(|item| item.verdict)
                .or(inside.then_some(Verdict::Accepted));
            (change.hash, verdict)
        })
        .collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_gives_equal_verdicts(
        acts in proptest::collection::vec((0usize..3, 0u8..9, any::<bool>()), 1..8),
        shuffle in any::<u64>(),
    ) {
        let mut world = World::new();
        let (phones, changes) = edits(&mut world, &acts);
        let in_order = verdicts(&mut world, &phones, &changes);
        let mut other = World::new();
        for (phone, person) in phones.iter().zip(["rep-1", "rep-2", "rep-3"]) {
            other.phone(phone.device.0[0], person);
        }
        let mut shuffled = changes.clone();
        let mut state = shuffle;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let out_of_order = verdicts(&mut other, &phones, &shuffled);
        prop_assert_eq!(&in_order, &out_of_order);
        other.crash(shuffle, MemoryIndex::new());
        let heads = |world: &World| world.doc(phones[0].new_record(1).id()).map(|doc| doc.heads());
        prop_assert_eq!(heads(&world), heads(&other));
    }
}
