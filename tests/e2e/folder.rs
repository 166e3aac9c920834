//! A device's folder that a power cut, a bad disk or a full one has been at, under the real command
//! and a real server: what was saved is there, or it is said what is not and what to do.
//!
//! Never lets a command pass that shows less than was saved without saying so.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use liandu_device::entropy::Seeded;
use liandu_tests::disk::{SmallDisk, below, copy, flip};
use liandu_tests::{World, liandu, ok};

const PAGE_BYTES: usize = 4096;
/// Places that are tried in one run.
const TRIES: u64 = 40;

/// A drawn place below `end`.
fn place(entropy: &mut Seeded, end: usize) -> usize {
    usize::try_from(below(entropy, end as u64)).expect("below end")
}

/// A server and an enrolled device `a` in this folder (below the world's own when it is relative).
async fn enrolled(folder: &str) -> World {
    let world = World::start();
    drop(world.phones(2).await);
    let code = world.server().invite("rep-0000").expect("a code");
    let url = world.server().sync_url();
    ok(
        &world,
        folder,
        &["enrol", "--server", &url, "--code", &code],
    );
    world
}

/// Three problems, of which the office has two, each edited once more without a network.
fn worked(world: &World, folder: &str) -> Vec<String> {
    let new = |title: &str| {
        let title = format!("title={title}");
        let made = ok(world, folder, &["new", "problem", &title, "domain=land"]);
        let record = made.get("record").and_then(|id| id.as_str());
        record.expect("its id").to_owned()
    };
    let mut records = vec![new("第一处"), new("第二处")];
    ok(world, folder, &["sync"]);
    records.push(new("第三处"));
    for (number, record) in records.iter().enumerate() {
        let village = format!("village=没有送达的村{number}");
        ok(world, folder, &["edit", record, &village]);
    }
    records
}

/// What a person sees of everything.
fn seen(world: &World, folder: &str) -> String {
    ["status", "list"]
        .map(|word| ok(world, folder, &[word]).to_string())
        .concat()
}

fn path(world: &World, folder: &str) -> PathBuf {
    world.scratch.path().join(folder).join("device.db")
}

/// The pages that a write changed, by number, as they were.
fn changed<'a>(before: &'a [u8], after: &[u8]) -> Vec<(u32, &'a [u8])> {
    let pages = before.chunks(PAGE_BYTES).zip(after.chunks(PAGE_BYTES));
    let numbered = (1u32..).zip(pages);
    numbered
        .filter(|(_, (old, new))| old != new)
        .map(|(number, (old, _))| (number, old))
        .collect()
}

/// SQLite's rollback journal of a transaction that made `after` of `before`: the pages that it
/// changed as they were (its file format, section 3).
fn journal(before: &[u8], after: &[u8]) -> Vec<u8> {
    let changed = changed(before, after);
    let (nonce, sector, page) = (7u32, 512u32, PAGE_BYTES as u32);
    let mut file = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let size = (before.len() / PAGE_BYTES) as u32;
    for number in [changed.len() as u32, nonce, size, sector, page] {
        file.extend(number.to_be_bytes());
    }
    file.resize(sector as usize, 0);
    for (number, old) in changed {
        file.extend(number.to_be_bytes());
        file.extend(old);
        let every = old.iter().rev().skip(199).step_by(200);
        let sum = every.fold(nonce, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        file.extend(sum.to_be_bytes());
    }
    file
}

#[tokio::test]
async fn write_torn_at_any_byte_is_undone_and_everything_saved_before_is_there() {
    let world = enrolled("a").await;
    let records = worked(&world, "a");
    let shown = seen(&world, "a");
    let file = path(&world, "a");
    let before = fs::read(&file).expect("the file");
    ok(&world, "a", &["edit", &records[0], "village=最后一笔"]);
    let after = fs::read(&file).expect("the file");
    let journal = journal(&before, &after);
    let pages: Vec<usize> = changed(&before, &after)
        .iter()
        .map(|(number, _)| *number as usize - 1)
        .collect();
    assert!(pages.len() > 1, "the write changed pages: {pages:?}");
    let mut entropy = Seeded::new(1);
    for turn in 0..TRIES {
        // First the journal is written, then the file, and only then the journal is emptied.
        let (kept, mixed) = if turn % 2 == 0 {
            (place(&mut entropy, journal.len()), 0)
        } else {
            let page = pages[place(&mut entropy, pages.len())];
            let within = place(&mut entropy, PAGE_BYTES);
            (journal.len(), page * PAGE_BYTES + within)
        };
        let mut torn = after[..mixed].to_vec();
        torn.extend(before.get(mixed..).unwrap_or_default());
        fs::write(&file, &torn).expect("torn");
        fs::write(file.with_extension("db-journal"), &journal[..kept]).expect("torn");
        assert_eq!(seen(&world, "a"), shown, "journal {kept}, file {mixed}");
    }
    ok(&world, "a", &["edit", &records[0], "village=最后一笔"]);
    ok(&world, "a", &["sync"]);
}

/// Rescues a damaged copy of a worked folder; gives what the command said as JSON.
fn rescued(world: &World, folder: &str) -> serde_json::Value {
    let (code, said) = liandu(world, folder, &["status"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("device.db") && said.contains("liandu rescue"),
        "{said}"
    );
    let (code, said) = liandu(world, folder, &["rescue", "--json"]);
    assert!(code == 0 || code == 3, "{said}");
    serde_json::from_str(&said).expect("JSON, as asked for")
}

/// What is left after a rescue and a sync, with a new invitation where the key is lost.
fn synced(world: &World, folder: &str, enrolled: bool) {
    if !enrolled {
        let code = world.server().invite("rep-0001").expect("a code");
        let url = world.server().sync_url();
        ok(world, folder, &["enrol", "--server", &url, "--code", &code]);
    }
    let (code, said) = liandu(world, folder, &["sync"]);
    assert!(code == 0 || code == 3, "{said}");
}

#[tokio::test]
async fn flipped_bit_in_the_folder_is_said_and_all_that_is_whole_is_rescued() {
    let world = enrolled("a").await;
    let records = worked(&world, "a");
    let shown = seen(&world, "a");
    let (words, length) = places(&path(&world, "a"), "没有送达的村");
    let mut entropy = Seeded::new(1);
    let (mut damaged, mut kept) = (0, BTreeSet::new());
    for turn in 0..TRIES {
        let folder = format!("flipped-{turn}");
        copy(
            &world.scratch.path().join("a"),
            &world.scratch.path().join(&folder),
        );
        let at = match turn % 4 {
            // Where the file says what it is, then anywhere, then around what somebody wrote.
            0 => below(&mut entropy, 100),
            1 => below(&mut entropy, length),
            _ => words[place(&mut entropy, words.len())] + below(&mut entropy, 400) - 200,
        };
        flip(&path(&world, &folder), at);
        let (code, said) = liandu(&world, &folder, &["status"]);
        if code == 0 {
            assert_eq!(seen(&world, &folder), shown, "byte {at}");
            continue;
        }
        damaged += 1;
        assert!(said.contains("device.db"), "byte {at}: {said}");
        let report = rescued(&world, &folder);
        let unsent = report["unsent"].as_u64().expect("a number");
        let again = report["write_again"].as_array().expect("a list").len() as u64;
        // One bit is in one value: of the four edits that were never sent one may be lost, and
        // it is said.
        assert!(unsent + again >= 3, "byte {at}: {report}");
        assert!(unsent == 4 || report["damaged"] != 0, "byte {at}: {report}");
        kept.insert(unsent);
        synced(&world, &folder, report["enrolled"] == true);
        for record in &records[..2] {
            let page = ok(&world, &folder, &["show", record]).to_string();
            assert!(page.contains('处'), "byte {at}: {page}");
        }
    }
    assert!(damaged > 5, "only {damaged} flips did harm");
    assert!(kept.contains(&4), "{kept:?}");
}

#[tokio::test]
async fn file_cut_short_is_said_and_what_is_left_is_rescued() {
    let world = enrolled("a").await;
    worked(&world, "a");
    let length = fs::metadata(path(&world, "a")).expect("the file").len();
    let mut entropy = Seeded::new(2);
    for turn in 0..TRIES / 4 {
        let folder = format!("cut-{turn}");
        copy(
            &world.scratch.path().join("a"),
            &world.scratch.path().join(&folder),
        );
        let to = 1 + below(&mut entropy, length - 1);
        let file = OpenOptions::new().write(true).open(path(&world, &folder));
        file.expect("opened").set_len(to).expect("cut");
        let report = rescued(&world, &folder);
        synced(&world, &folder, report["enrolled"] == true);
    }
}

/// Where a word stands in a file, and how long that is.
fn places(file: &Path, word: &str) -> (Vec<u64>, u64) {
    let bytes = fs::read(file).expect("the file");
    let windows = (0u64..).zip(bytes.windows(word.len()));
    let found = windows.filter(|(_, window)| *window == word.as_bytes());
    let places: Vec<u64> = found.map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "{word} is in the file");
    (places, bytes.len() as u64)
}

fn flip_every(file: &Path, word: &str) {
    for at in places(file, word).0 {
        flip(file, at);
    }
}

/// Every record is at the office, with its last edit where that is expected.
fn assert_at_office(world: &World, records: &[String], has_its_edit: impl Fn(usize) -> bool) {
    let office = world.office();
    for (number, record) in records.iter().enumerate() {
        let page = office
            .get(&format!("/api/records/{record}"))
            .expect("it is there");
        let word = format!("没有送达的村{number}");
        let has = page.to_string().contains(&word);
        assert_eq!(has, has_its_edit(number), "{page}");
    }
}

#[tokio::test]
async fn edits_reach_the_office_although_the_key_that_sealed_them_is_lost() {
    let world = enrolled("a").await;
    let records = worked(&world, "a");
    let url = world.server().sync_url();
    flip_every(&path(&world, "a"), &url);
    let report = rescued(&world, "a");
    assert_eq!(report["enrolled"], false, "{report}");
    assert_eq!(report["unsent"], 4, "{report}");
    synced(&world, "a", false);
    assert_at_office(&world, &records, |_| true);
    let status = ok(&world, "a", &["status"]);
    assert_eq!(status["on_device"], 0, "{status}");
}

#[tokio::test]
async fn one_lost_edit_is_named_and_takes_no_other_with_it() {
    let world = enrolled("a").await;
    let records = worked(&world, "a");
    flip_every(&path(&world, "a"), "没有送达的村1");
    let report = rescued(&world, "a");
    assert_eq!(report["unsent"], 3, "{report}");
    assert_ne!(report["damaged"], 0, "{report}");
    let (code, said) = liandu(&world, "a", &["rescue"]);
    assert!(code == 1 && said.contains("没有损坏"), "only once: {said}");
    ok(&world, "a", &["sync"]);
    assert_at_office(&world, &records, |number| number != 1);
}

#[tokio::test]
async fn full_disk_is_said_keeps_what_was_saved_and_goes_on_when_there_is_room() {
    let scratch = tempfile::tempdir().expect("a folder");
    let at = scratch.path().join("disk");
    let Some(disk) = SmallDisk::mounted(&at, 8) else {
        return;
    };
    let folder = at.join("a").to_string_lossy().into_owned();
    let world = enrolled(&folder).await;
    let records = worked(&world, &folder);
    let mut saved = Vec::new();
    for (turn, leave_bytes) in [0, 4096, 16_384, 40_960].into_iter().enumerate() {
        disk.fill(leave_bytes);
        let full = (0..400).find_map(|nth| {
            let village = format!("满之前{turn}-{nth}。");
            let typed = format!("village={village}");
            let (code, said) = liandu(&world, &folder, &["edit", &records[2], &typed]);
            if code == 0 {
                saved.push(village);
            }
            (code != 0).then_some(said)
        });
        let said = full.expect("the disk is full at last");
        assert!(
            said.contains("磁盘已满") && said.contains("以前保存的都在"),
            "{said}"
        );
        let (code, said) = liandu(&world, &folder, &["sync"]);
        assert!(code == 1 && said.contains("磁盘已满"), "{said}");
        let history = ok(&world, &folder, &["history", &records[2], "village"]).to_string();
        for village in &saved {
            assert!(history.contains(village.as_str()), "{village}: {history}");
        }
        let (code, said) = liandu(&world, &folder, &["show", &records[0]]);
        assert_eq!(code, 0, "it can still be read: {said}");
        disk.empty();
        ok(
            &world,
            &folder,
            &["edit", &records[2], &format!("village=之后{turn}")],
        );
        saved.push(format!("之后{turn}"));
    }
    ok(&world, &folder, &["sync"]);
    let path = format!("/api/records/{}/history?path=f/village", records[2]);
    let office = world.office().text(&path).expect("it is at the office");
    for village in &saved {
        assert!(
            office.contains(village.as_str()),
            "{village} did not arrive"
        );
    }
}
