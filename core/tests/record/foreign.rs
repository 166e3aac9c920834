//! Changes that no device of ours makes, from somebody who may write: each trap that automerge
//! sets is refused, and an honest edit beside it counts.

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, MarkData, Op, OpType};
use automerge::{Automerge, Change, ExpandedChange, ScalarValue};
use liandu_core::admission::{Ruling, open_chunks};
use liandu_core::limits::{OP_COUNTER_MAX, PUSH_CHANGES_MAX, START_OP_GAP_MAX};
use liandu_core::protocol::frame::{ToDevice, ToServer};
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::verdict::{Reason, Verdict};
use sha2::{Digest, Sha256};

use crate::record::admission::Desk;
use crate::record::world::{Writer, creation, representative, set, two, typing};

fn desk() -> Desk {
    Desk::new(&[(1, representative("rep-1")), (2, representative("rep-2"))])
}

/// The content of an uncompressed change chunk.
fn content(change: &RawChange) -> Vec<u8> {
    let length = change.bytes[9..]
        .iter()
        .take_while(|byte| **byte & 0x80 != 0)
        .count()
        + 1;
    change.bytes[9 + length..].to_vec()
}

/// A change chunk of that content, with the checksum it should have.
fn chunk(content: &[u8]) -> Vec<u8> {
    let mut body = vec![1];
    let mut length = content.len();
    while length >= 0x80 {
        body.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    body.push(length as u8);
    body.extend(content);
    let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83];
    chunk.extend(&Sha256::digest(&body)[..4]);
    chunk.extend(body);
    chunk
}

/// Everything in a change that automerge understands, without its hash.
fn meaning(change: &RawChange) -> Option<String> {
    let read = || {
        let change = Change::from_bytes(change.bytes.clone()).ok()?;
        let mut meant = change.decode();
        meant.hash = None;
        Some(format!("{meant:?}"))
    };
    std::panic::catch_unwind(read).ok().flatten()
}

/// A document keeps operations and not bytes: it would write such a change under a hash that is
/// not its content's, and could never be loaded again.
#[test]
fn change_that_a_document_would_write_otherwise_is_refused() {
    let mut one = Writer::new(1);
    let honest = one.edit(creation());
    let (written, meant) = (content(&honest), meaning(&honest));
    let mut tried = 0;
    for at in 0..written.len() {
        for by in [1, 2, 0x23] {
            let mut otherwise = written.clone();
            otherwise[at] = otherwise[at].wrapping_add(by);
            let chunk = chunk(&otherwise);
            let Ok(changes) = open_chunks(&[&chunk]) else {
                continue;
            };
            let [change] = changes.as_slice() else {
                continue;
            };
            if meaning(change) != meant {
                continue;
            }
            tried += 1;
            let mut desk = desk();
            desk.push(&Writer::new(1).doc.raw_all());
            let verdict = desk.arrive(change);
            assert_eq!(verdict, Verdict::Refused(Reason::Malformed), "{at} {by}");
            assert_eq!(desk.arrive(&honest), Verdict::Accepted);
            let saved = desk.doc.as_ref().unwrap().save();
            let loaded = RecordDoc::load(one.doc.id(), &[&saved]).unwrap();
            assert_eq!(loaded.heads(), one.doc.heads());
        }
    }
    assert!(tried > 0, "there are such changes");
}

/// An honest change made into another by hand.
pub(crate) fn forged(honest: &RawChange, change: impl FnOnce(&mut ExpandedChange)) -> RawChange {
    let mut expanded = Change::from_bytes(honest.bytes.clone()).unwrap().decode();
    change(&mut expanded);
    expanded.hash = None;
    let forged = Change::from(expanded);
    let chunks = open_chunks(&[forged.raw_bytes()]);
    chunks.unwrap().remove(0)
}

#[test]
fn operations_numbered_near_the_limit_leave_numbers_for_everybody_else() {
    let (mut one, mut two) = two();
    let held = one.doc.raw_all();
    let honest = one.edit(set("f/area", "12"));
    let next = Change::from_bytes(honest.bytes.clone()).unwrap().start_op();
    let at = |number: u64| {
        let number = NonZeroU64::new(number).unwrap();
        forged(&honest, |change| change.start_op = number)
    };
    let far = [
        next.get() + START_OP_GAP_MAX + 1,
        OP_COUNTER_MAX,
        u64::from(u32::MAX) - 1,
        u64::from(u32::MAX),
    ];
    for number in far {
        let mut desk = desk();
        desk.push(&held);
        let verdict = desk.arrive(&at(number));
        assert_eq!(verdict, Verdict::Refused(Reason::Malformed), "{number}");
        let other = two.clone().edit(set("f/area", "18"));
        assert_eq!(desk.arrive(&other), Verdict::Accepted, "{number}");
    }
    // Numbers up to the limit above what the author knew are taken, and others go on behind them.
    let mut desk = desk();
    desk.push(&held);
    let leap = at(next.get() + START_OP_GAP_MAX);
    assert_eq!(desk.arrive(&leap), Verdict::Accepted);
    two.doc.absorb(&[leap]).unwrap();
    assert_eq!(
        desk.arrive(&two.edit(set("f/title", "后来"))),
        Verdict::Accepted
    );
}

#[test]
fn operations_numbered_beyond_32_bits_are_no_change() {
    let mut one = Writer::new(1);
    let honest = one.edit(creation());
    let mut expanded = Change::from_bytes(honest.bytes).unwrap().decode();
    expanded.start_op = NonZeroU64::new(u64::from(u32::MAX) + 1).unwrap();
    let forged = std::panic::catch_unwind(|| Change::from(expanded).raw_bytes().to_vec());
    if let Ok(bytes) = forged {
        assert_eq!(open_chunks(&[&bytes]), Err(Reason::Malformed));
    }
}

#[test]
fn flood_of_changes_without_their_ancestors_is_not_kept() {
    let (mut one, mut two) = two();
    let held = one.doc.raw_all();
    one.edit(set("f/area", "1"));
    let orphan = one.edit(set("f/area", "2"));
    let flood: Vec<RawChange> = (2..PUSH_CHANGES_MAX as u64 / 10)
        .map(|seq| forged(&orphan, |change| change.seq = seq))
        .collect();
    let mut desk = desk();
    desk.push(&held);
    let before = desk.doc.as_ref().unwrap().save();
    let judged = desk.push(&flood);
    assert!(judged.iter().all(|one| one.ruling == Ruling::Missing));
    assert_eq!(
        desk.doc.as_ref().unwrap().save(),
        before,
        "nothing waits in it"
    );
    assert_eq!(
        desk.arrive(&two.edit(set("f/area", "3"))),
        Verdict::Accepted
    );
    // On a device as well: what has no ancestor is an error, and the record is as it was.
    let before = two.doc.save();
    assert!(two.doc.absorb(&flood).is_err());
    assert_eq!(two.doc.save(), before);
    assert_eq!(
        two.doc.absorb_what_fits(&[&flood[0].bytes]).unwrap().len(),
        1
    );
    assert_eq!(two.doc.save(), before);
}

/// Marks are of rich text, which no field has; in the wrong order they make a document that
/// automerge will not load.
#[test]
fn marks_in_any_order_are_refused_and_the_record_still_loads() {
    let (mut one, two) = two();
    let held = one.doc.raw_all();
    let honest = one.edit(typing("description", 0, 0, "村"));
    let begin = OpType::MarkBegin(MarkData {
        name: "bold".into(),
        value: ScalarValue::Boolean(true),
        expand: false,
    });
    for order in [
        [begin.clone(), OpType::MarkEnd(false)],
        [OpType::MarkEnd(false), begin],
    ] {
        let marks = forged(&honest, |change| {
            let text = change.operations[0].obj.clone();
            change.operations = order
                .into_iter()
                .map(|action| Op {
                    action,
                    obj: text.clone(),
                    key: Key::Seq(ElementId::Head),
                    pred: Vec::new().into(),
                    insert: true,
                })
                .collect();
        });
        let mut desk = desk();
        desk.push(&held);
        let verdict = desk.arrive(&marks);
        assert_eq!(verdict, Verdict::Refused(Reason::IllegalOperation));
        let other = two.clone().edit(set("f/area", "3"));
        assert_eq!(desk.arrive(&other), Verdict::Accepted);
        let saved = desk.doc.as_ref().unwrap().save();
        assert!(RecordDoc::load(one.doc.id(), &[&saved]).is_ok());
        // As one document: what automerge will not load is malformed, the rest is judged as above.
        let mut whole = Automerge::load(&two.doc.save()).unwrap();
        let marks = Change::from_bytes(marks.bytes).unwrap();
        if whole.apply_changes([marks]).is_ok() {
            match open_chunks(&[&whole.save_nocompress()]) {
                Ok(changes) => {
                    let judged = desk.push(&changes);
                    let fresh = |one: &&_| matches!(one, Ruling::Judged(Verdict::Accepted));
                    let rulings: Vec<Ruling> = judged.iter().map(|one| one.ruling).collect();
                    assert_eq!(rulings.iter().filter(fresh).count(), 0);
                }
                Err(reason) => assert_eq!(reason, Reason::Malformed),
            }
        }
    }
}

/// automerge applies the valid beginning of such bytes and calls it a success.
#[test]
fn chunks_of_which_only_a_part_can_be_read_change_nothing() {
    let (mut one, two) = two();
    let good = one.edit(set("f/area", "12")).bytes;
    let after = one.edit(set("f/area", "13")).bytes;
    let document = one.doc.save();
    let mut flipped = after.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let broken: [&[u8]; 4] = [
        &after[..after.len() - 1],
        &flipped,
        b"garbage",
        &document[..9],
    ];
    for bad in broken {
        for chunks in [
            vec![good.as_slice(), bad],
            vec![[good.as_slice(), bad].concat().leak()],
            vec![[document.as_slice(), bad].concat().leak()],
        ] {
            assert_eq!(open_chunks(&chunks), Err(Reason::Malformed));
            assert!(RecordDoc::load(one.doc.id(), &chunks).is_err());
            let (mut device, before) = (two.doc.clone(), two.doc.save());
            assert!(device.absorb_chunks(&chunks).is_err());
            assert!(device.absorb_what_fits(&chunks).is_err());
            assert_eq!(device.save(), before, "as it was");
        }
    }
    let mut device = two.doc.clone();
    assert_eq!(device.absorb_chunks(&[&good, &after]).unwrap(), 2);
}

/// automerge's own sync reads a Bloom filter of one entry with no bits for it, and divides by
/// zero when it answers. Its messages are none here: `tidy` keeps its module out of the source.
#[test]
fn message_of_automerges_sync_is_neither_frame_nor_chunk() {
    let filter = [1, 0, 7];
    let mut message = vec![0x42, 0, 0, 1, 0, filter.len() as u8];
    message.extend(filter);
    message.push(0);
    assert!(
        automerge::sync::Message::decode(&message).is_ok(),
        "it is one"
    );
    assert!(ToServer::decode(&message).is_err() && ToDevice::decode(&message).is_err());
    assert_eq!(open_chunks(&[&message]), Err(Reason::Malformed));
}
