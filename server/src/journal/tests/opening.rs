//! Opening: which files are segments, and what is left of one that a crash began.
//!
//! Never takes a file away that is not the journal's.

use super::super::format::SegmentHeader;
use super::*;

#[test]
fn segment_in_which_nothing_can_be_read_is_a_torn_tail_kept_if_longer_than_a_header() {
    let whole = filled(4);
    let of_another_number = whole.bytes(&segment_name(1)).unwrap();
    let junk = [0, 20, 64, 65, 300].map(|length| vec![9; length]);
    for bytes in junk.into_iter().chain([of_another_number]) {
        let mut disk = whole.copied();
        disk.create(&segment_name(2), &bytes).unwrap();
        let (mut journal, opened) = open(disk.clone());
        let length = bytes.len();
        assert_eq!(opened.last, Position(12), "{length}");
        assert_eq!(
            opened.damage,
            [Damage::TornTail {
                segment: 2,
                bytes: length as u64
            }]
        );
        assert!(disk.bytes(&segment_name(2)).is_none(), "{length}");
        let aside = disk.bytes(&format!("{}.damaged-1", segment_name(2)));
        assert_eq!(aside, (length > 64).then_some(bytes), "{length}");
        fill(&mut journal, 1);
        assert_eq!(contents(&journal), expected(15), "{length}");
    }
}

#[test]
fn segment_header_that_counts_from_0_is_mended_like_a_damaged_one() {
    let mut disk = filled(6);
    let (journal, _) = open(disk.clone());
    let good = journal.segments[0].header();
    let from_0 = SegmentHeader { first: 0, ..good };
    disk.write_at(&segment_name(1), 0, &from_0.bytes()).unwrap();
    let (journal, opened) = open(disk.clone());
    assert_eq!(
        opened.damage,
        [Damage::Header {
            segment: 1,
            offset: 0
        }]
    );
    assert_eq!(contents(&journal), expected(18));
    assert_eq!(disk.bytes(&segment_name(1)).unwrap()[..64], good.bytes());
}

#[test]
fn file_that_only_looks_like_a_segment_is_left_alone() {
    let names = [
        "0000000000.segment",
        "00000000003.segment",
        "3.segment",
        "0000000003.segment.txt",
        "segment",
    ];
    for whole in [SimDisk::new(), filled(6)] {
        let (_, before) = open(whole.clone());
        for name in names {
            let mut disk = whole.copied();
            disk.create(name, b"somebody's").unwrap();
            let (_, opened) = open(disk.clone());
            assert_eq!(opened, before, "{name}");
            assert_eq!(disk.bytes(name).as_deref(), Some(&b"somebody's"[..]));
        }
    }
}
