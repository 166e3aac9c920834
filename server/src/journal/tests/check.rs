//! Checking: what changes under an open journal is told, and what opening has no reason to look at.
//!
//! Never expects a check to mend.

use super::super::format::SegmentHeader;
use super::*;

/// What a check finds after `bytes` were written over `at` under an open journal.
fn found_bad(at: Pointer, bytes: &[u8]) -> Vec<Pointer> {
    let mut disk = filled(6);
    let (journal, _) = open(disk.clone());
    assert_eq!(journal.check().bad, []);
    disk.write_at(&segment_name(at.segment), at.offset, bytes)
        .unwrap();
    journal.check().bad
}

fn entry(position: u64) -> (Pointer, EntryHeader) {
    let (journal, _) = open(filled(6));
    journal.header_at(Position(position)).unwrap()
}

#[test]
fn segment_that_does_not_begin_where_the_one_before_ended_is_told() {
    let (journal, _) = open(filled(6));
    let good = journal.segments[1].header();
    let at = Pointer {
        segment: 2,
        offset: 0,
    };
    assert_eq!(found_bad(at, &good.bytes()), []);
    let later = SegmentHeader { first: 14, ..good };
    let other = SegmentHeader {
        before: [9; 32],
        ..good
    };
    for header in [later, other] {
        assert_eq!(found_bad(at, &header.bytes()), [at]);
    }
}

#[test]
fn entry_of_another_history_is_told() {
    let (at, _) = entry(5);
    assert_eq!(found_bad(at, &foreign_frame(at)), [at]);
}

#[test]
fn payload_that_was_exchanged_together_with_its_crc_is_told() {
    let (at, good) = entry(5);
    for erased in [false, true] {
        let exchanged = EntryHeader {
            erased,
            payload_crc: crc32c::crc32c(&[9; 60]),
            ..good
        };
        let mut frame = Vec::new();
        exchanged.write(at.segment, at.offset, &mut frame);
        frame.extend([9; 60]);
        assert_eq!(found_bad(at, &frame), [at]);
    }
}
