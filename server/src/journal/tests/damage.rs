//! Damage: every flipped bit is told, and costs at most the entry it was in.
//!
//! Never lets a durable entry be cut.

use super::*;

/// Flips a bit at `offset` of a segment and opens: what is there, and what was reported.
fn flipped(whole: &SimDisk, segment: u32, offset: u64) -> (SimDisk, Journal<SimDisk>, Opened) {
    let disk = whole.copied();
    disk.flip_bit(&segment_name(segment), offset, (offset % 8) as u8);
    let (journal, opened) = open(disk.clone());
    (disk, journal, opened)
}

#[test]
fn flipped_bit_is_reported_and_no_other_entry_is_lost() {
    let whole = filled(12);
    let (mut journal, _) = open(whole.clone());
    journal.note_durable().unwrap();
    let entries: Vec<Pointer> = journal
        .scan(Position(1))
        .map(|item| item.unwrap().0)
        .collect();
    let note = journal.segments.last().unwrap().end - 32;
    let last = journal.segments.len() as u32;
    for segment in 1..=last {
        let length = whole.bytes(&segment_name(segment)).unwrap().len() as u64;
        for offset in 0..length {
            let (disk, journal, opened) = flipped(&whole, segment, offset);
            let place = format!("segment {segment} offset {offset}");
            assert!(!opened.damage.is_empty(), "{place}: silent");
            let mut found = contents(&journal);
            let lost: u64 = journal.lost().iter().map(|lost| lost.count).sum();
            if segment == last && offset >= note {
                assert_eq!((found, lost), (expected(36), 0), "{place}: the note itself");
                continue;
            }
            let in_entry = entries
                .iter()
                .any(|at| at.segment == segment && (at.offset..at.offset + 164).contains(&offset));
            assert_eq!(lost, u64::from(in_entry), "{place}: {:?}", journal.lost());
            assert_eq!(
                opened.damage.iter().any(Damage::needs_epoch),
                lost == 1,
                "{place}"
            );
            assert_eq!(found.len() as u64, 36 - lost, "{place}");
            if let [gone] = journal.lost() {
                assert!(journal.is_lost(gone.first) && journal.hash_at(gone.first).is_none());
                found.insert(gone.first.0, Some(payload(gone.first.0, 60)));
            }
            assert_eq!(found, expected(36), "{place}");
            assert!(journal.check().bad.is_empty(), "{place}");
            let aside = format!("{}.damaged-1", segment_name(segment));
            assert!(disk.bytes(&aside).is_some(), "{place}: set aside");
        }
    }
}

#[test]
fn loss_is_reported_until_something_is_appended_and_stays_known() {
    let whole = filled(12);
    let at = open(whole.clone()).0.pointer_at(Position(10)).unwrap();
    let (disk, _, opened) = flipped(&whole, at.segment, at.offset + 110);
    let lost = Lost {
        first: Position(10),
        count: 1,
    };
    assert_eq!(
        opened.damage,
        [Damage::Lost {
            segment: at.segment,
            lost
        }]
    );
    let (mut journal, again) = open(disk.clone());
    assert_eq!(again, opened, "the caller may have died before it acted");
    assert_eq!(
        journal.append(b"new epoch").unwrap(),
        Position(37),
        "never renumbered"
    );
    journal.commit().unwrap();
    let (mut journal, after) = open(disk.clone());
    assert_eq!(after.damage, []);
    assert_eq!(journal.lost(), [lost]);
    assert_eq!(journal.first_lost(), Some(Position(10)));
    assert_eq!(journal.check().lost, 1);
    assert_eq!(journal.erase(&[Position(10)]).unwrap(), 0);
    assert!(
        !disk
            .list()
            .unwrap()
            .iter()
            .any(|name| name.contains("damaged")),
        "erased there too"
    );
}

#[test]
fn damaged_last_group_is_cut_and_its_neighbours_stay() {
    let whole = filled(5);
    let (journal, _) = open(whole.clone());
    for position in 13..=15 {
        let at = journal.pointer_at(Position(position)).unwrap();
        let (_, journal, opened) = flipped(&whole, at.segment, at.offset + 20);
        assert_eq!(contents(&journal), expected(position - 1));
        assert!(
            matches!(opened.damage[..], [Damage::TornTail { .. }]),
            "{:?}",
            opened.damage
        );
    }
}

#[test]
fn loss_just_before_a_torn_group_is_kept_apart_from_it() {
    let whole = filled(7);
    let (journal, _) = open(whole.clone());
    let at = |position| journal.pointer_at(Position(position)).unwrap();
    assert_eq!(at(18).segment, at(19).segment);
    // Once with the last group's header readable between the two, once in one run of bad bytes.
    for group_header in [None, Some(at(19).offset - 32)] {
        let disk = whole.copied();
        for offset in [at(18).offset, at(19).offset]
            .into_iter()
            .chain(group_header)
        {
            disk.flip_bit(&segment_name(at(18).segment), offset + 20, 1);
        }
        let (mut journal, opened) = open(disk.clone());
        assert_eq!(opened.last, Position(18), "{group_header:?}");
        let hash_before = journal.hash_at(Position(17)).unwrap();
        assert_ne!(opened.hash, hash_before, "the loss is in the chain");
        assert_ne!(opened.hash, [0; 32], "and so is what was before it");
        assert_eq!(
            journal.lost(),
            [Lost {
                first: Position(18),
                count: 1
            }]
        );
        assert_eq!(contents(&journal), expected(17));
        assert_eq!(journal.append(b"new epoch").unwrap(), Position(19));
        journal.commit().unwrap();
        let (journal, opened) = open(disk);
        assert_eq!((opened.last, opened.damage), (Position(19), vec![]));
        assert_eq!(contents(&journal).len(), 18);
    }
}

#[test]
fn shortened_or_missing_middle_segment_costs_only_what_was_in_it() {
    let whole = filled(20);
    let (journal, _) = open(whole.clone());
    let (first, next) = (journal.segments[1].first, journal.segments[2].first);
    let length = journal.segments[1].end;
    for cut in (0..length).step_by(7).map(Some).chain([None]) {
        let mut disk = whole.copied();
        match cut {
            Some(length) => disk.truncate(&segment_name(2), length).unwrap(),
            None => disk.remove(&segment_name(2)).unwrap(),
        }
        let (journal, opened) = open(disk.clone());
        assert!(!opened.damage.is_empty(), "{cut:?}");
        assert_eq!(opened.last, Position(60), "{cut:?}");
        let kept = contents(&journal);
        for (position, payload) in expected(60) {
            let inside = (first..next).contains(&position);
            let there = kept.get(&position);
            assert!(
                there == Some(&payload) || (inside && there.is_none()),
                "{cut:?} {position}"
            );
            assert_eq!(
                there.is_none(),
                journal.is_lost(Position(position)),
                "{cut:?} {position}"
            );
        }
        assert!(journal.check().bad.is_empty(), "{cut:?}");
        for neighbour in [1, 3] {
            let name = segment_name(neighbour);
            assert_eq!(disk.bytes(&name), whole.bytes(&name), "{cut:?}: untouched");
        }
        let (_, again) = open(disk);
        assert_eq!(again.hash, opened.hash);
    }
}

#[test]
fn misdirected_write_over_durable_entries_is_a_loss_not_a_forgery() {
    let disk = filled(2);
    let (mut journal, _) = open(disk.clone());
    let victim = journal.pointer_at(Position(2)).unwrap();
    journal.append(&payload(7, 60)).unwrap();
    disk.misdirect_next_write(victim.offset);
    journal.commit().unwrap();
    fill(&mut journal, 1);
    let (journal, opened) = open(disk);
    assert!(
        opened.damage.iter().any(Damage::needs_epoch),
        "{:?}",
        opened.damage
    );
    for (position, found) in contents(&journal) {
        assert_eq!(found, Some(payload(position, 60)));
    }
    for position in 1..=10 {
        let lost = journal.is_lost(Position(position));
        assert_eq!(
            lost,
            journal.pointer_at(Position(position)).is_none(),
            "{position}"
        );
    }
}

#[test]
fn whole_frame_of_another_history_breaks_the_chain_and_is_not_believed() {
    let whole = filled(6);
    // In a group, first in a segment, and first in a group whose header was damaged and mended.
    for (position, mended) in [(5, false), (13, false), (7, true)] {
        let mut disk = whole.copied();
        let (journal, _) = open(disk.clone());
        let at = journal.pointer_at(Position(position)).unwrap();
        let name = segment_name(at.segment);
        if mended {
            disk.flip_bit(&name, at.offset - 20, 1);
            assert!(matches!(
                open(disk.clone()).1.damage[..],
                [Damage::Header { .. }]
            ));
        }
        disk.write_at(&name, at.offset, &foreign_frame(at)).unwrap();
        let (journal, _) = open(disk);
        assert_eq!(
            journal.lost(),
            [Lost {
                first: Position(position),
                count: 1
            }]
        );
        let mut expected = expected(18);
        expected.remove(&position);
        assert_eq!(contents(&journal), expected);
    }
}

#[test]
fn damaged_header_is_told_once_and_costs_no_entry() {
    let whole = filled(4);
    let (mut journal, _) = open(whole.clone());
    let note = journal.bytes();
    journal.note_durable().unwrap();
    fill(&mut journal, 2);
    let group = journal.pointer_at(Position(4)).unwrap().offset - 32;
    assert_eq!(journal.pointer_at(Position(13)).unwrap().segment, 2);
    assert_eq!(open(whole.copied()).1.damage, []);
    for offset in [group, note] {
        let disk = whole.copied();
        disk.flip_bit(&segment_name(1), offset + 9, 1);
        let (_, opened) = open(disk.clone());
        assert_eq!(opened.damage, [Damage::Header { segment: 1, offset }]);
        let (journal, again) = open(disk);
        assert_eq!(again.damage, []);
        assert_eq!(journal.lost(), []);
        assert_eq!(contents(&journal), expected(18));
    }
}

#[test]
fn stray_entry_that_claims_positions_of_the_next_segment_is_not_believed() {
    let whole = filled(6);
    let (journal, _) = open(whole.clone());
    let (from, next) = (journal.pointer_at(Position(4)).unwrap().offset, 13);
    let end = journal.segments[0].end;
    for claimed in [next, next + 1] {
        let mut disk = whole.copied();
        let stray = EntryHeader {
            length: 0,
            position: claimed,
            group_first: claimed,
            erased: false,
            payload_crc: crc32c::crc32c(b""),
            payload_hash: payload_hash(b""),
            rolling: [7; 32],
        };
        let mut bytes = vec![0; (end - from) as usize - 104];
        stray.write(1, end - 104, &mut bytes);
        disk.write_at(&segment_name(1), from, &bytes).unwrap();
        let (journal, opened) = open(disk);
        assert_eq!(opened.last, Position(18));
        let mut expected = expected(18);
        expected.retain(|position, _| !(4..next).contains(position));
        assert_eq!(contents(&journal), expected, "{claimed}");
    }
}

#[test]
fn segment_of_nothing_but_zeros_costs_only_its_own_entries() {
    let mut disk = filled(10);
    let length = disk.len(&segment_name(2)).unwrap() as usize;
    disk.write_at(&segment_name(2), 0, &vec![0; length])
        .unwrap();
    let (journal, opened) = open(disk);
    assert_eq!(opened.last, Position(30));
    let mut expected = expected(30);
    expected.retain(|position, _| !(13..=24).contains(position));
    assert_eq!(contents(&journal), expected);
}

#[test]
fn entry_behind_a_lost_one_and_a_bad_header_is_still_there_at_the_second_start() {
    let whole = filled(20);
    let (journal, _) = open(whole.clone());
    let next = journal.segments[1].first;
    let last = journal.pointer_at(Position(next - 1)).unwrap();
    let disk = whole.copied();
    disk.flip_bit(&segment_name(1), last.offset + 110, 1);
    disk.flip_bit(&segment_name(2), 12, 1);
    let mut expected = expected(60);
    expected.remove(&(next - 1));
    for start in 1..=3 {
        let (journal, opened) = open(disk.clone());
        assert_eq!(opened.last, Position(60), "{start}");
        assert_eq!(contents(&journal), expected, "{start}");
        assert!(journal.check().bad.is_empty(), "{start}");
    }
}

#[test]
fn frame_behind_fewer_bad_bytes_than_a_gap_takes_does_not_hide_what_follows() {
    let mut disk = filled(1);
    let mut bytes = disk.bytes(&segment_name(1)).unwrap();
    bytes.extend([9; 4]);
    let note = GroupHeader {
        count: 0,
        durable_before: 3,
        body_bytes: 0,
    };
    bytes.extend(note.bytes(1, bytes.len() as u64));
    disk.create(&segment_name(1), &bytes).unwrap();
    let (mut journal, _) = open(disk);
    let position = journal.append(b"after it").unwrap();
    journal.commit().unwrap();
    assert!(contents(&journal).contains_key(&position.0));
    let (journal, _) = open(journal.into_disk());
    assert!(contents(&journal).contains_key(&position.0));
}
