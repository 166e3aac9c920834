//! Tests of the journal on a simulated disk and on a real folder.
//!
//! Never sleeps; every random choice comes from a seed named in the failure.

use std::collections::BTreeMap;

use super::*;

mod check;
mod damage;
mod folder;
mod limits;
mod model;
mod opening;
mod reading;

const SMALL: Options = Options {
    segment_bytes_max: 2_000,
    reserve_bytes: 0,
};

fn open<D: Disk>(disk: D) -> (Journal<D>, Opened) {
    Journal::open(disk, SMALL).unwrap()
}

/// What a journal holds, by position; None for erased.
fn contents<D: Disk>(journal: &Journal<D>) -> BTreeMap<u64, Option<Vec<u8>>> {
    let entries = journal.scan(Position(1)).map(|item| {
        let (pointer, entry) = item.unwrap();
        assert_eq!(journal.read(pointer).unwrap(), entry);
        assert_eq!(journal.pointer_at(entry.position), Some(pointer));
        assert_eq!(journal.hash_at(entry.position), Some(entry.hash));
        match entry.payload {
            Payload::Bytes(bytes) => (entry.position.0, Some(bytes)),
            Payload::Erased => (entry.position.0, None),
        }
    });
    entries.collect()
}

fn payload(position: u64, bytes: usize) -> Vec<u8> {
    let mut payload = format!("entry {position} 桥东区 ").into_bytes();
    payload.resize(bytes.max(payload.len()), position as u8);
    payload
}

/// Commits `groups` groups of three entries.
fn fill<D: Disk>(journal: &mut Journal<D>, groups: u64) {
    for _ in 0..groups {
        for _ in 0..3 {
            let position = journal.last_staged().0 + 1;
            journal.append(&payload(position, 60)).unwrap();
        }
        journal.commit().unwrap();
    }
}

fn filled(groups: u64) -> SimDisk {
    let disk = SimDisk::new();
    let (mut journal, _) = open(disk.clone());
    fill(&mut journal, groups);
    disk
}

fn expected(count: u64) -> BTreeMap<u64, Option<Vec<u8>>> {
    (1..=count)
        .map(|position| (position, Some(payload(position, 60))))
        .collect()
}

/// The frame at `at` in a journal of the same shape that holds other payloads.
fn foreign_frame(at: Pointer) -> Vec<u8> {
    let (mut other, _) = open(SimDisk::new());
    for _ in 0..6 {
        for _ in 0..3 {
            other.append(&[9; 60]).unwrap();
        }
        other.commit().unwrap();
    }
    let bytes = other.into_disk().bytes(&segment_name(at.segment)).unwrap();
    bytes[at.offset as usize..][..164].to_vec()
}

/// What every disk must do for the journal.
fn conformance<D: Disk>(disk: D) -> D {
    let (mut journal, opened) = open(disk);
    assert_eq!(
        opened,
        Opened {
            last: Position(0),
            hash: [0; 32],
            damage: vec![]
        }
    );
    assert_eq!(journal.scan(Position(0)).count(), 0);
    assert!(journal.commit().unwrap().pointers.is_empty());
    fill(&mut journal, 20);
    assert!(journal.segments.len() > 3, "it rotates");
    assert_eq!(contents(&journal), expected(60));
    assert_eq!(journal.scan(Position(41)).count(), 20);
    assert_eq!(journal.append(b"").unwrap(), Position(61));
    assert_eq!(journal.last(), Position(60), "staged is not durable");
    assert!(journal.pointer_at(Position(61)).is_none());
    let hash = journal.hash();
    let (mut journal, opened) = open(journal.into_disk());
    assert_eq!(
        opened,
        Opened {
            last: Position(60),
            hash,
            damage: vec![]
        }
    );
    assert_eq!(journal.append(b"").unwrap(), Position(61));
    let committed = journal.commit().unwrap();
    assert_eq!(
        (committed.first, committed.last),
        (Position(61), Position(61))
    );
    let empty = journal.read(committed.pointers[0]).unwrap();
    assert_eq!(empty.payload, Payload::Bytes(vec![]));
    journal.note_durable().unwrap();
    assert_eq!(journal.erase(&[Position(5), Position(61)]).unwrap(), 2);
    fill(&mut journal, 1);
    let (journal, opened) = open(journal.into_disk());
    assert!(opened.damage.is_empty());
    let mut all = expected(64);
    all.insert(5, None);
    all.insert(61, None);
    assert_eq!(contents(&journal), all);
    let report = journal.check();
    assert_eq!((report.entries, report.erased, report.lost), (64, 2, 0));
    assert_eq!(report.segments, journal.segments.len() as u64);
    assert_eq!(report.bytes, journal.bytes());
    assert!(report.bad.is_empty());
    journal.into_disk()
}

#[test]
fn simulated_disk_conforms() {
    conformance(SimDisk::new());
}

#[test]
fn folder_conforms_and_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let disk = conformance(FolderDisk::open(folder.path()).unwrap());
    assert!(FolderDisk::open(folder.path()).is_err(), "locked");
    drop(disk);
    let (journal, opened) = open(FolderDisk::open(folder.path()).unwrap());
    assert_eq!(opened.last, Position(64));
    assert!(journal.free_bytes().unwrap() > 0);
}

#[test]
fn wrong_pointers_err() {
    let (journal, _) = open(filled(10));
    let good: Vec<Pointer> = journal
        .scan(Position(1))
        .map(|item| item.unwrap().0)
        .collect();
    for segment in 0..journal.segments.len() as u32 + 2 {
        for offset in (0..2_400).chain([u64::MAX, u64::MAX - 50]) {
            let pointer = Pointer { segment, offset };
            assert_eq!(
                journal.read(pointer).is_ok(),
                good.contains(&pointer),
                "{pointer:?}"
            );
        }
    }
}

#[test]
fn header_inside_a_payload_is_not_an_entry() {
    // A whole entry of position 5 of another journal, carried in the payload of position 4.
    let other = filled(2);
    let at = open(other.clone())
        .0
        .pointer_at(Position(5))
        .unwrap()
        .offset as usize;
    let inner = other.bytes(&segment_name(1)).unwrap()[at..at + 104 + 60].to_vec();
    let disk = filled(1);
    let (mut journal, _) = open(disk.clone());
    journal.append(&inner).unwrap();
    let mut outer = journal.commit().unwrap().pointers[0];
    fill(&mut journal, 2);
    disk.flip_bit(&segment_name(1), outer.offset + 8, 0);
    outer.offset += 104;
    assert!(matches!(
        journal.read(outer),
        Err(ReadError::NoEntry { .. })
    ));
    let (journal, _) = open(disk);
    let found: Vec<u64> = contents(&journal).into_keys().collect();
    assert_eq!(found, [1, 2, 3, 5, 6, 7, 8, 9, 10]);
    assert_eq!(
        journal.lost(),
        [Lost {
            first: Position(4),
            count: 1
        }]
    );
    assert_eq!(
        journal
            .read(journal.pointer_at(Position(5)).unwrap())
            .unwrap()
            .payload,
        Payload::Bytes(payload(5, 60))
    );
}

#[test]
fn erase_keeps_chain_pointers_and_others() {
    let disk = filled(10);
    let (mut journal, opened) = open(disk.clone());
    let before: Vec<_> = journal
        .scan(Position(1))
        .map(|item| item.unwrap())
        .collect();
    let secret = payload(7, 60);
    assert_eq!(
        journal
            .erase(&[Position(7), Position(30), Position(7)])
            .unwrap(),
        2
    );
    assert_eq!(journal.erase(&[Position(7)]).unwrap(), 0, "already");
    assert!(matches!(
        journal.erase(&[Position(31)]),
        Err(EraseError::NoEntry(Position(31)))
    ));
    for name in disk.list().unwrap() {
        let bytes = disk.bytes(&name).unwrap();
        assert!(
            !bytes.windows(secret.len()).any(|window| window == secret),
            "{name}"
        );
    }
    let (journal, again) = open(disk);
    assert_eq!(again, opened, "hash and last stay");
    for (pointer, was) in before {
        let now = journal.read(pointer).unwrap();
        assert_eq!(
            (now.position, now.hash, now.payload_hash),
            (was.position, was.hash, was.payload_hash)
        );
        assert_eq!(
            now.payload == Payload::Erased,
            matches!(was.position.0, 7 | 30)
        );
    }
    assert!(journal.check().bad.is_empty());
}

#[test]
fn crash_during_erase_leaves_the_old_or_the_new() {
    for seed in 0..40 {
        let disk = filled(10);
        let (mut journal, _) = open(disk.clone());
        disk.cut_power_after(1 + seed % 4);
        let done = journal.erase(&[Position(2), Position(3)]).is_ok();
        disk.crash(seed);
        let (journal, opened) = open(disk);
        assert!(opened.damage.is_empty(), "seed {seed}: {opened:?}");
        let mut now = contents(&journal);
        let erased = now.values().filter(|payload| payload.is_none()).count();
        assert!(erased == 2 || (erased == 0 && !done), "seed {seed}");
        now.extend(expected(3));
        assert_eq!(now, expected(30), "seed {seed}");
    }
}

#[test]
fn damage_found_on_a_full_disk_is_mended_once_there_is_room_and_fills_it_no_further() {
    let disk = filled(10);
    let at = open(disk.clone()).0.pointer_at(Position(4)).unwrap();
    disk.flip_bit(&segment_name(at.segment), at.offset + 110, 3);
    let files = disk.list().unwrap().len();
    let used = (u64::MAX >> 1) - disk.free_bytes().unwrap();
    disk.set_capacity_bytes(Some(used + 700));
    for _ in 0..20 {
        let refused = Journal::open(disk.clone(), SMALL).err();
        assert!(matches!(refused, Some(OpenError::Disk { .. })));
        assert!(disk.list().unwrap().len() <= files + 1);
    }
    disk.set_capacity_bytes(None);
    let (journal, opened) = open(disk.clone());
    assert!(opened.damage.iter().any(Damage::needs_epoch));
    assert_eq!(contents(&journal).len(), 29);
    assert_eq!(
        disk.list().unwrap().len(),
        files + 1,
        "the damaged one is kept"
    );
}

#[test]
fn failed_fsync_poisons_and_what_was_seen_after_reopening_is_durable() {
    for seed in 0..50 {
        let disk = filled(2);
        let (mut journal, _) = open(disk.clone());
        journal.append(b"unsure").unwrap();
        disk.fail_syncs(1);
        assert!(matches!(journal.commit(), Err(CommitError::Disk(_))));
        assert!(journal.is_poisoned());
        assert!(matches!(journal.append(b"x"), Err(AppendError::Poisoned)));
        assert!(matches!(journal.commit(), Err(CommitError::Poisoned)));
        assert!(matches!(journal.note_durable(), Err(CommitError::Poisoned)));
        let (journal, _) = open(disk.clone());
        let seen = contents(&journal);
        disk.crash(seed);
        let (journal, _) = open(disk);
        assert_eq!(contents(&journal), seen, "seed {seed}");
    }
}

#[test]
fn copy_holds_everything_up_to_a_position() {
    let (mut journal, _) = open(filled(10));
    journal.append(b"staged, not durable").unwrap();
    for up_to in 0..=30 {
        let mut copy = SimDisk::new();
        journal.copy_to(&mut copy, Position(up_to)).unwrap();
        copy.crash(up_to);
        let (copied, opened) = open(copy);
        assert_eq!(opened.damage, [], "{up_to}");
        assert_eq!(contents(&copied), expected(up_to));
        assert_eq!(Some(copied.hash()), journal.hash_at(Position(up_to)));
    }
    let mut copy = SimDisk::new();
    assert!(matches!(
        journal.copy_to(&mut copy, Position(31)),
        Err(CopyError::NotDurable(_))
    ));
}

/// The golden file, added when it is missing and `LIANDU_GOLDEN=add`, and never changed: a server
/// must read it for ever.
fn released(bytes: &[u8]) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/journal/golden/v1.segment");
    let path = std::path::Path::new(path);
    if !path.exists() && std::env::var("LIANDU_GOLDEN").as_deref() == Ok("add") {
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::read(path).unwrap_or_else(|_| panic!("no golden file; LIANDU_GOLDEN=add adds it"))
}

#[test]
fn golden_segment_of_version_1_opens_and_is_still_written() {
    let (mut written, _) = open(SimDisk::new());
    written.append("第一条".as_bytes()).unwrap();
    written.append(b"second").unwrap();
    written.commit().unwrap();
    written.append(b"third").unwrap();
    written.commit().unwrap();
    written.erase(&[Position(2)]).unwrap();
    written.note_durable().unwrap();
    let bytes = written.into_disk().bytes(&segment_name(1)).unwrap();
    let golden = released(&bytes);
    assert_eq!(bytes, golden);
    let mut disk = SimDisk::new();
    disk.create(&segment_name(1), &golden).unwrap();
    let (journal, opened) = open(disk);
    assert_eq!((opened.last, opened.damage), (Position(3), vec![]));
    let all = contents(&journal);
    assert_eq!(all[&1].as_deref(), Some("第一条".as_bytes()));
    assert_eq!(
        (all[&2].as_deref(), all[&3].as_deref()),
        (None, Some(&b"third"[..]))
    );
}

#[test]
fn newer_format_is_refused_untouched() {
    let mut disk = filled(1);
    let mut bytes = disk.bytes(&segment_name(1)).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..60]).to_le_bytes();
    bytes[60..64].copy_from_slice(&crc);
    disk.create(&segment_name(1), &bytes).unwrap();
    let refused = Journal::open(disk.clone(), SMALL);
    assert!(matches!(
        refused,
        Err(OpenError::NewerFormat {
            segment: 1,
            version: 2
        })
    ));
    assert_eq!(disk.bytes(&segment_name(1)).unwrap(), bytes);
}

#[test]
fn unreadable_sector_refuses_to_open_and_harms_nothing() {
    let disk = filled(10);
    disk.set_unreadable(Some((segment_name(2), 300)));
    assert!(matches!(
        Journal::open(disk.clone(), SMALL),
        Err(OpenError::Disk { .. })
    ));
    disk.set_unreadable(None);
    assert_eq!(contents(&open(disk).0), expected(30));
}
