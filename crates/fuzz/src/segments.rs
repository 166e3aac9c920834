//! Segments of the journal on a disk that anything may have happened to.

use liandu_core::id::Position;
use liandu_core::log::LogEntry;
use liandu_server::journal::{Damage, Disk, Entry, Journal, Options, Payload, Pointer, SimDisk};

use crate::mended;

const OPTIONS: Options = Options {
    segment_bytes_max: 4_096,
    reserve_bytes: 0,
};
const MEND: u8 = 1;
const TWO_FILES: u8 = 2;

/// `[flags, length of the first file (2 bytes), files]`: flag 1 puts checksums right, flag 2 makes
/// two segments of it. What opens is mended for good: opened again it says the same, takes another
/// entry, and still has it when it is opened once more. Headers that nobody wrote, with right
/// checksums, are no damage: of those it is asked only that they are read.
pub fn segments(bytes: &[u8]) {
    let [flags, high, low, files @ ..] = bytes else {
        return;
    };
    let first = usize::from(u16::from_be_bytes([*high, *low])).min(files.len());
    let (one, two) = files.split_at(first);
    let files = match flags & TWO_FILES {
        0 => vec![files],
        _ => vec![one, two],
    };
    let mut disk = SimDisk::new();
    for (number, content) in (1u32..).zip(files) {
        let content = match flags & MEND {
            0 => content.to_vec(),
            _ => mended::segment(number, content),
        };
        disk.create(&format!("{number:010}.segment"), &content)
            .expect("room on the disk");
    }
    let Ok((journal, opened)) = Journal::open(disk, OPTIONS) else {
        return;
    };
    let found = read(&journal);
    journal.check();
    if flags & MEND != 0 {
        return;
    }
    let (mut journal, again) =
        Journal::open(journal.into_disk(), OPTIONS).expect("what opened opens again");
    assert_eq!((again.last, again.hash), (opened.last, opened.hash));
    assert_eq!(read(&journal), found, "it was mended for good");
    let torn = |damage: &Damage| matches!(damage, Damage::TornTail { .. });
    assert!(!again.damage.iter().any(torn), "a torn tail is cut once");
    if opened.last.0 >= u64::MAX - 2 {
        return;
    }
    let position = journal.append(b"one more").expect("room for an entry");
    let committed = journal.commit().expect("a sound disk");
    assert_eq!((position, committed.last), (opened.last.next(), position));
    let (journal, end) =
        Journal::open(journal.into_disk(), OPTIONS).expect("what was written opens");
    assert_eq!(end.last, position, "what was committed is there");
    let last = read(&journal).pop().map(|(_, entry)| entry.payload);
    assert_eq!(last, Some(Payload::Bytes(b"one more".to_vec())));
}

/// Everything that can be read, in order, each also by its pointer.
fn read(journal: &Journal<SimDisk>) -> Vec<(Pointer, Entry)> {
    let mut entries = Vec::new();
    let mut before = Position(0);
    for (pointer, entry) in journal.scan(Position(1)).flatten() {
        assert!(entry.position > before, "positions count up");
        assert!(
            entry.position <= journal.last(),
            "nothing is after the last"
        );
        before = entry.position;
        let alone = journal.read(pointer).expect("what a walk found");
        assert_eq!(alone, entry);
        assert_eq!(journal.pointer_at(entry.position), Some(pointer));
        if let Payload::Bytes(payload) = &entry.payload {
            // Entries that cannot be read are set aside by who replays.
            let _ = LogEntry::decode(payload);
        }
        entries.push((pointer, entry));
    }
    entries
}
