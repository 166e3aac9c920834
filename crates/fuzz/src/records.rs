//! Foreign automerge changes and documents: admission, and reading what was admitted elsewhere.

use std::collections::BTreeMap;

use liandu_core::admission::{Judged, Ruling, open_chunks};
use liandu_core::id::ChangeHash;
use liandu_core::limits::{RECORD_BYTES_MAX, RECORD_CHANGES_MAX};
use liandu_core::record::path::Path;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::verdict::Verdict;

use crate::mended;
use crate::world::{Outside, RECORD, admit, history};

/// Chunks, as they are and mended (`[kind, length (2 bytes), content]...`), pushed to a server
/// that holds a record with a history.
pub fn changes(bytes: &[u8]) {
    let mended = mended::chunks(bytes);
    let mended: Vec<&[u8]> = mended.iter().map(Vec::as_slice).collect();
    for chunks in [vec![bytes], mended] {
        if let Ok(changes) = open_chunks(&chunks) {
            assert!(changes.len() <= RECORD_CHANGES_MAX, "more than allowed");
            let bytes: usize = changes.iter().map(|change| change.bytes.len()).sum();
            assert!(bytes <= 4 * RECORD_BYTES_MAX, "{bytes} bytes are too many");
            admitted(Some(history()), &changes);
            admitted(None, &changes);
        }
    }
}

/// Judges the changes twice and in both orders: only what is accepted is in the record, and the
/// record that admission leaves can be saved, loaded and read.
pub(crate) fn admitted(before: Option<&RecordDoc>, changes: &[RawChange]) {
    let (mut doc, mut outside) = (before.cloned(), Outside::default());
    let judged = admit(&mut doc, &mut outside, changes);
    assert_eq!(judged.len(), changes.len(), "one ruling for each");
    let held = before.map_or(0, RecordDoc::changes);
    let fresh = |one: &&Judged| one.ruling == Ruling::Judged(Verdict::Accepted);
    let accepted = judged.iter().filter(fresh).count();
    let holds = doc.as_ref().map_or(0, RecordDoc::changes);
    assert_eq!(
        holds,
        held + accepted,
        "what is accepted is in, nothing else"
    );
    for one in judged
        .iter()
        .filter(|one| one.ruling.verdict() == Some(Verdict::Accepted))
    {
        let inside = doc
            .as_ref()
            .is_some_and(|doc| doc.contains(&one.change.hash));
        assert!(inside, "what is accepted is in");
    }
    let mut again = doc.clone();
    let repeated = admit(&mut again, &mut outside, changes);
    for (first, second) in judged.iter().zip(&repeated) {
        if let Some(verdict) = first.ruling.verdict() {
            assert_eq!(second.ruling.verdict(), Some(verdict), "once for ever");
        }
    }
    in_any_order(before, changes, &judged);
    if let Some(doc) = &doc {
        readable(doc);
    }
}

/// The same changes in the other order get the same verdicts, unless two claim one number: there
/// the first to come has it.
fn in_any_order(before: Option<&RecordDoc>, changes: &[RawChange], judged: &[Judged]) {
    let (mut doc, mut outside) = (before.cloned(), Outside::default());
    let mut turned = changes.to_vec();
    turned.reverse();
    let mut other = admit(&mut doc, &mut outside, &turned);
    other.reverse();
    let claims: BTreeMap<_, _> = changes.iter().map(|one| (one.write(), one.hash)).collect();
    let hashes: std::collections::BTreeSet<ChangeHash> =
        changes.iter().map(|one| one.hash).collect();
    if claims.len() < hashes.len() {
        return;
    }
    for (first, second) in judged.iter().zip(&other) {
        if let (Some(first), Some(second)) = (first.ruling.verdict(), second.ruling.verdict()) {
            assert_eq!(first, second, "verdicts do not depend on arrival");
        }
    }
}

/// Chunks, as they are and mended, as another's records: loaded, joined, saved and read.
pub fn documents(bytes: &[u8]) {
    let mended = mended::chunks(bytes);
    let mended: Vec<&[u8]> = mended.iter().map(Vec::as_slice).collect();
    for chunks in [vec![bytes], mended] {
        if let Ok(doc) = RecordDoc::load(RECORD, &chunks) {
            readable(&doc);
        }
        joined(&chunks);
    }
}

/// What comes from outside joins a record whole or not at all.
fn joined(chunks: &[&[u8]]) {
    let before = history();
    let mut doc = before.clone();
    match doc.absorb_chunks(chunks) {
        Ok(added) => {
            assert_eq!(doc.changes(), before.changes() + added);
            if added > 0 {
                readable(&doc);
            }
        }
        Err(_) => {
            assert_eq!(doc.heads(), before.heads(), "as it was");
            assert_eq!(doc.save(), before.save(), "as it was");
        }
    }
    let mut doc = before.clone();
    if let Ok(left) = doc.absorb_what_fits(chunks) {
        let inside = left.iter().any(|change| doc.contains(&change.hash));
        assert!(!inside, "what is left out is not in");
        if doc.changes() > before.changes() {
            readable(&doc);
        }
    }
}

/// A record is read without a word, and is the same after it was saved and loaded.
fn readable(doc: &RecordDoc) {
    let stamps = Stamps::new();
    let (record, _) = doc.read(&stamps);
    for path in record.fields.keys().chain([&Path::State]) {
        doc.history(path, &stamps);
    }
    let saved = doc.save();
    let loaded = RecordDoc::load(doc.id(), &[&saved]).expect("what was saved loads");
    assert_eq!(loaded.heads(), doc.heads());
    assert_eq!(loaded.read(&stamps).0, record);
}
