//! The journal against a model: a list of committed payloads, through random crashes and faults.
//!
//! Never accepts a loss of what `commit` returned.

use super::super::sim_disk::Chance;
use super::*;

/// Everything ever committed must be there; after it only what was staged, in order.
fn check_against(
    seed: u64,
    journal: &Journal<SimDisk>,
    model: &mut Vec<Vec<u8>>,
    staged: &mut Vec<Vec<u8>>,
) {
    let found: Vec<Vec<u8>> = contents(journal).into_values().flatten().collect();
    assert!(
        found.len() >= model.len(),
        "seed {seed}: {} of {}",
        found.len(),
        model.len()
    );
    model.append(staged);
    assert!(
        found.len() <= model.len(),
        "seed {seed}: more than was appended"
    );
    model.truncate(found.len());
    assert_eq!(&found, model, "seed {seed}");
    assert_eq!(journal.last(), Position(found.len() as u64));
}

fn reopen(seed: u64, disk: &SimDisk) -> Journal<SimDisk> {
    let (journal, opened) = open(disk.clone());
    let epoch = opened.damage.iter().any(Damage::needs_epoch);
    assert!(
        !epoch,
        "seed {seed}: a crash is not damage: {:?}",
        opened.damage
    );
    journal
}

fn run(seed: u64) -> usize {
    let mut chance = Chance::new(seed);
    let disk = SimDisk::new();
    let (mut model, mut staged) = (Vec::new(), Vec::new());
    let mut journal = reopen(seed, &disk);
    for step in 0..120u64 {
        match chance.below(20) {
            0..=9 => {
                let bytes = vec![step as u8; chance.below(900)];
                if journal.append(&bytes).is_ok() {
                    staged.push(bytes);
                }
            }
            10..=14 => {
                if journal.commit().is_ok() {
                    model.append(&mut staged);
                }
            }
            15 => drop(journal.note_durable()),
            16 => disk.fail_syncs(1),
            17 => {
                let used: usize = disk
                    .list()
                    .unwrap()
                    .iter()
                    .map(|name| disk.bytes(name).unwrap().len())
                    .sum();
                disk.set_capacity_bytes(Some((used + chance.below(900)) as u64));
            }
            18 => disk.cut_power_after(1 + chance.below(4) as u64),
            _ => {
                disk.set_capacity_bytes(None);
                disk.crash(chance.next());
                if chance.below(3) == 0 {
                    // The power goes again while the journal mends itself.
                    disk.cut_power_after(1 + chance.below(4) as u64);
                    drop(Journal::open(disk.clone(), SMALL));
                    disk.crash(chance.next());
                }
                journal = reopen(seed, &disk);
                check_against(seed, &journal, &mut model, &mut staged);
            }
        }
        if journal.is_poisoned() {
            disk.set_capacity_bytes(None);
            disk.fail_syncs(0);
            if chance.below(2) == 0 {
                disk.crash(chance.next());
            }
            let opened = Journal::open(disk.clone(), SMALL);
            journal = match opened {
                Ok((journal, _)) => journal,
                Err(_) => {
                    disk.crash(chance.next());
                    reopen(seed, &disk)
                }
            };
            check_against(seed, &journal, &mut model, &mut staged);
        }
    }
    assert!(journal.check().bad.is_empty(), "seed {seed}");
    model.len()
}

#[test]
fn committed_entries_survive_crashes_failed_fsyncs_and_full_disks() {
    let committed: usize = (0..500).map(run).sum();
    assert!(committed > 5_000, "the runs do something: {committed}");
}

#[test]
fn torn_tail_at_every_byte_loses_nothing_committed_before() {
    let whole = filled(6);
    let (before, _) = open(filled(5));
    let name = segment_name(before.segments.last().unwrap().number);
    let from = before.segments.last().unwrap().end;
    let full = whole.bytes(&name).unwrap();
    assert!(full.len() as u64 > from);
    for length in from..full.len() as u64 {
        let mut disk = whole.copied();
        disk.truncate(&name, length).unwrap();
        let (journal, opened) = open(disk.clone());
        let kept = opened.last.0;
        assert!((15..18).contains(&kept), "{length}");
        assert_eq!(contents(&journal), expected(kept), "{length}");
        assert!(!opened.damage.iter().any(Damage::needs_epoch));
        let (_, again) = open(disk);
        assert_eq!(
            (again.last, again.damage),
            (opened.last, vec![]),
            "{length}"
        );
    }
}

#[test]
fn crash_at_every_operation_of_a_rotation_opens_cleanly() {
    for seed in 0..200 {
        let disk = SimDisk::new();
        let (mut journal, _) = open(disk.clone());
        journal.append(&payload(1, 2_000)).unwrap();
        journal.commit().unwrap();
        journal.append(&payload(2, 100)).unwrap();
        disk.cut_power_after(1 + seed % 4);
        let done = journal.commit().is_ok();
        disk.crash(seed);
        let mut journal = reopen(seed, &disk);
        let count = contents(&journal).len();
        assert!(count == 2 || (count == 1 && !done), "seed {seed}: {count}");
        fill(&mut journal, 3);
        assert_eq!(
            contents(&reopen(seed, &disk)).len(),
            count + 9,
            "seed {seed}"
        );
    }
}
