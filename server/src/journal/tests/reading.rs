//! What reading, opening and appending ask of the disk: no more than they need.
//!
//! Never measures time: reads are counted and changes written down.

use std::cell::Cell;

use super::*;

/// A simulated disk that counts questions and writes down changes of existing files.
#[derive(Debug, Default)]
struct Watched {
    disk: SimDisk,
    reads: Cell<u32>,
    asked_for_room: Cell<u32>,
    changes: Vec<String>,
}

impl Watched {
    fn of(disk: SimDisk) -> Watched {
        Watched {
            disk,
            ..Watched::default()
        }
    }
}

impl Disk for Watched {
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.disk.len(name)
    }

    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.reads.set(self.reads.get() + 1);
        self.disk.read_at(name, offset, into)
    }

    fn write_at(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let until = offset + bytes.len() as u64;
        self.changes.push(format!("write {name} {offset}..{until}"));
        self.disk.write_at(name, offset, bytes)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.changes.push(format!("sync {name}"));
        self.disk.sync(name)
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.create(name, bytes)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.changes.push(format!("truncate {name} {length}"));
        self.disk.truncate(name, length)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        self.disk.sync_folder()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.asked_for_room.set(self.asked_for_room.get() + 1);
        self.disk.free_bytes()
    }
}

/// How often `work` reads the disk, and what it answers.
fn reads<T>(journal: &Journal<Watched>, work: impl FnOnce(&Journal<Watched>) -> T) -> (u32, T) {
    journal.disk.reads.set(0);
    let answer = work(journal);
    (journal.disk.reads.get(), answer)
}

#[test]
fn opening_writes_the_last_group_again_and_nothing_else() {
    let (journal, _) = open(Watched::of(filled(6)));
    let last = journal.segments.last().unwrap();
    let (name, end) = (last.name(), last.end);
    let group = journal.pointer_at(Position(16)).unwrap().offset - 32;
    assert_eq!(
        journal.into_disk().changes,
        [
            format!("write {name} {group}..{end}"),
            format!("sync {name}")
        ]
    );
}

#[test]
fn entry_is_one_read_and_a_scan_one_for_each_short_segment() {
    let (journal, _) = open(Watched::of(filled(10)));
    for position in [1, 12, 30].map(Position) {
        let pointer = journal.pointer_at(position).unwrap();
        let (count, entry) = reads(&journal, |journal| journal.read(pointer).unwrap());
        assert_eq!((count, entry.position), (1, position));
    }
    let (count, entries) = reads(&journal, |journal| journal.scan(Position(1)).count());
    assert_eq!((count, entries), (3, 30));
}

#[test]
fn position_before_the_first_or_behind_the_last_is_refused_without_a_read() {
    let (journal, _) = open(Watched::of(filled(10)));
    for position in [0, 31, u64::MAX].map(Position) {
        let (count, pointer) = reads(&journal, |journal| journal.pointer_at(position));
        assert_eq!((count, pointer), (0, None));
    }
}

#[test]
fn every_entry_of_a_long_segment_is_found_by_a_short_walk() {
    let long = Options {
        segment_bytes_max: 1 << 20,
        reserve_bytes: 0,
    };
    let (mut journal, _) = Journal::open(Watched::default(), long).unwrap();
    fill(&mut journal, 100);
    for _ in 0..2 {
        assert_eq!(contents(&journal), expected(300));
        let marked: Vec<u64> = journal.segments[0]
            .marks
            .iter()
            .map(|mark| mark.0)
            .collect();
        assert_eq!(marked, [1, 65, 129, 193, 257]);
        let (count, _) = reads(&journal, |journal| journal.pointer_at(Position(256)));
        assert!(count <= 8, "64 entries are 11 KiB: {count} reads");
        (journal, _) = open(journal.into_disk());
    }
}

#[test]
fn disk_is_asked_what_is_free_only_when_its_last_answer_is_used_up() {
    let disk = SimDisk::new();
    let two_entries = 32 + 2 * 204;
    disk.set_capacity_bytes(Some(64 + 32 + two_entries));
    let (mut journal, _) = open(Watched::of(disk));
    journal.disk.asked_for_room.set(0);
    journal.append(&[7; 100]).unwrap();
    journal.append(&[7; 100]).unwrap();
    assert_eq!(journal.disk.asked_for_room.get(), 0);
    assert!(matches!(
        journal.append(&[7; 100]),
        Err(AppendError::DiskNearlyFull { .. })
    ));
    assert_eq!(journal.disk.asked_for_room.get(), 1);
}
