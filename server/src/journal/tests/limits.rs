//! Limits: what is just allowed is taken, and one more is refused.
//!
//! Never leaves less on the disk than the reserve.

use super::super::format::{Frame, Gap};
use super::*;

/// A journal that keeps 3,000 bytes free, on a disk of so many.
fn on_disk_of(bytes: u64) -> (SimDisk, Journal<SimDisk>) {
    let disk = SimDisk::new();
    disk.set_capacity_bytes(Some(bytes));
    let options = Options {
        segment_bytes_max: 2_000,
        reserve_bytes: 3_000,
    };
    let (journal, _) = Journal::open(disk.clone(), options).unwrap();
    (disk, journal)
}

#[test]
fn append_refuses_before_the_disk_is_full() {
    let (disk, mut journal) = on_disk_of(10_000);
    let refused = (0..1_000).find_map(|_| {
        let refused = journal.append(&[7; 100]).err();
        journal.commit().unwrap();
        refused
    });
    assert!(
        matches!(refused, Some(AppendError::DiskNearlyFull { .. })),
        "{refused:?}"
    );
    assert!(disk.free_bytes().unwrap() >= 3_000);
    disk.set_capacity_bytes(None);
    journal.append(b"there is room again").unwrap();
    journal.commit().unwrap();
}

#[test]
fn append_that_leaves_exactly_the_reserve_is_taken_and_one_byte_more_refused() {
    let (disk, mut journal) = on_disk_of(3_300);
    assert!(matches!(
        journal.append(&[7; 101]),
        Err(AppendError::DiskNearlyFull { free_bytes: 3_300 })
    ));
    journal.append(&[7; 100]).unwrap();
    journal.commit().unwrap();
    assert_eq!(disk.free_bytes().unwrap(), 3_000);
}

#[test]
fn what_the_segments_take_and_what_is_left_is_told() {
    let disk = filled(10);
    disk.set_capacity_bytes(Some(100_000));
    let (journal, _) = open(disk.clone());
    let names = disk.list().unwrap();
    let taken: u64 = names.iter().map(|name| disk.len(name).unwrap()).sum();
    assert_eq!(journal.bytes(), taken);
    assert_eq!(journal.free_bytes().unwrap(), 100_000 - taken);
}

#[test]
fn entry_and_group_at_the_limit_are_taken_and_one_byte_more_refused() {
    let (mut journal, _) = open(SimDisk::new());
    let mut large = vec![0; JOURNAL_ENTRY_BYTES_MAX + 1];
    assert!(matches!(
        journal.append(&large),
        Err(AppendError::TooLarge { .. })
    ));
    large.pop();
    for _ in 0..3 {
        journal.append(&large).unwrap();
    }
    let left = JOURNAL_GROUP_BYTES_MAX as usize - 32 - 3 * (104 + large.len()) - 104;
    large.truncate(left + 1);
    assert!(matches!(
        journal.append(&large),
        Err(AppendError::GroupFull)
    ));
    large.pop();
    journal.append(&large).unwrap();
    assert_eq!(journal.commit().unwrap().last, Position(4));
}

#[test]
fn segment_that_has_its_length_is_followed_by_another_and_not_one_byte_before() {
    for (max, second) in [(300, 2), (301, 1)] {
        let options = Options {
            segment_bytes_max: max,
            reserve_bytes: 0,
        };
        let (mut journal, _) = Journal::open(SimDisk::new(), options).unwrap();
        journal.append(&[7; 100]).unwrap();
        journal.commit().unwrap();
        assert_eq!(journal.bytes(), 300);
        journal.append(&[7; 100]).unwrap();
        assert_eq!(journal.commit().unwrap().pointers[0].segment, second);
    }
}

#[test]
fn entry_that_counts_from_0_or_is_the_last_of_all_numbers_is_none_even_with_the_right_crc() {
    for (group_first, position, is_one) in [
        (1, 1, true),
        (0, 1, false),
        (2, 1, false),
        (1, u64::MAX - 1, true),
        (1, u64::MAX, false),
    ] {
        let header = EntryHeader {
            length: 0,
            position,
            group_first,
            erased: false,
            payload_crc: 0,
            payload_hash: payload_hash(b""),
            rolling: [0; 32],
        };
        let mut bytes = Vec::new();
        header.write(1, 64, &mut bytes);
        let expected = is_one.then_some(Frame::Entry(header));
        assert_eq!(Frame::read(1, 64, &bytes), expected);
    }
}

#[test]
fn gap_that_is_shorter_than_its_header_or_before_all_positions_is_none() {
    for (first, length, is_one) in [(1, 32, true), (1, 31, false), (0, 32, false)] {
        let gap = Gap {
            count: 1,
            first,
            found_at: 9,
            length,
        };
        let expected = is_one.then_some(Frame::Gap(gap));
        assert_eq!(Frame::read(1, 64, &gap.bytes(1, 64)), expected);
    }
}
