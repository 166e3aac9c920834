//! Changes that no device of ours makes, from somebody who may write: each trap that automerge
//! sets is refused, and an honest edit beside it counts.

use liandu_core::admission::open_chunks;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::verdict::{Reason, Verdict};
use sha2::{Digest, Sha256};

use crate::record::admission::Desk;
use crate::record::world::{Writer, creation, representative};

fn desk() -> Desk {
    Desk::new(&[(1, representative("rep-1"))])
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
        let change = automerge::Change::from_bytes(change.bytes.clone()).ok()?;
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
