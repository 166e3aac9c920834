//! A real server under load, and a real device that saves, killed at seeded moments, many times.
//!
//! Never trusts the devices' own word: what was receipted before a kill is read back through the
//! office's API after it, before any device connects again and could repair it. Kills come when
//! the journal has grown by a drawn number of bytes, so that they fall into writes, not between
//! them. `LIANDU_KILLS` says how many, `LIANDU_KILLS_SEED` with which draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use liandu_bench::fleet::{Phone, sync_all};
use liandu_bench::office::Office;
use liandu_bench::process::run;
use liandu_core::id::RecordId;
use liandu_core::record::edit::Edit;
use liandu_device::Status;
use liandu_device::entropy::Seeded;
use liandu_tests::disk::below;
use liandu_tests::{World, create, edit, ok, place, set, typing};
use tokio::task::JoinSet;

/// Kills of an ordinary run.
const KILLS: u64 = 30;
const PHONES: usize = 4;
/// One sync of one device, at most: a killed server ends it sooner.
const SYNC: Duration = Duration::from_secs(60);
/// A kill comes at the latest when the journal has grown by this much, bytes.
const GROWTH_BYTES_MAX: u64 = 12_000;

/// Values with a receipt, by record.
type Receipted = BTreeMap<RecordId, BTreeSet<String>>;

fn asked(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What everybody writes before they connect: a record with two values, and words into the text of
/// a colleague's record of an earlier round.
fn write(phones: &mut [Phone], made: &mut Vec<RecordId>, round: u64) {
    let colleagues = made.clone();
    for (number, phone) in phones.iter_mut().enumerate() {
        let record = create(phone, &format!("第{round}轮 {number}")).record;
        for nth in 0..2 {
            let village = set("f/village", &word(round, number, nth));
            edit(phone, record, village).expect("kept");
        }
        let back = colleagues.len().checked_sub(PHONES + number + 1);
        let theirs = back.and_then(|at| colleagues.get(at));
        if let Some(record) = theirs.filter(|id| phone.engine().record(**id).is_ok()) {
            edit(phone, *record, typing("description", "复查。")).expect("kept");
        }
        made.push(record);
    }
}

fn word(round: u64, number: usize, nth: usize) -> String {
    format!("值{round}-{number}-{nth}。")
}

/// Single values that devices hold a receipt for.
fn receipted(phones: &mut [Phone], into: &mut Receipted) {
    for phone in phones {
        for view in phone.engine().all_edits() {
            let (Edit::Set { writes }, Status::AtOffice { .. }) = (&view.edit, &view.status) else {
                continue;
            };
            let villages = writes
                .iter()
                .filter(|write| write.path == place("f/village"));
            let words = villages.map(|write| write.value.to_string());
            into.entry(view.record).or_default().extend(words);
        }
    }
}

/// Everything receipted is in the office's history, read from the restarted server.
fn is_there(office: &Office, receipted: &Receipted) {
    for (record, words) in receipted {
        let path = format!("/api/records/{record}/history?path=f/village");
        let history = office.text(&path).expect("a receipted record is there");
        for word in words {
            assert!(
                history.contains(word.as_str()),
                "{word} of {record} had its receipt and is lost: {history}"
            );
        }
    }
}

/// How long a folder's files are together.
fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("the folder");
    let lengths = files.filter_map(|file| file.ok()?.metadata().ok());
    lengths.map(|meta| meta.len()).sum()
}

/// All devices sync at once; the server is killed when its journal has grown by so much, or when
/// all are done. A device whose connection broke is given back as it is.
async fn sync_until_killed(world: &mut World, phones: Vec<Phone>, growth: u64) -> Vec<Phone> {
    let journal = world.data().join("journal");
    let before = bytes_in(&journal);
    let mut running = JoinSet::new();
    for (index, mut phone) in phones.into_iter().enumerate() {
        running.spawn(async move {
            phone
                .sync(SYNC)
                .await
                .expect("the device's own store works");
            phone.disconnect().await.expect("disconnected");
            (index, phone)
        });
    }
    let began = Instant::now();
    let mut done = BTreeMap::new();
    while bytes_in(&journal) < before + growth && done.len() < PHONES {
        assert!(began.elapsed() < SYNC, "the journal does not grow");
        tokio::task::yield_now().await;
        while let Some(joined) = running.try_join_next() {
            let (index, phone) = joined.expect("a device's task");
            done.insert(index, phone);
        }
    }
    world.kill();
    while let Some(joined) = running.join_next().await {
        let (index, phone) = joined.expect("a device's task");
        done.insert(index, phone);
    }
    done.into_values().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_receipted_edit_is_lost_by_any_of_many_kills() {
    let kills = asked("LIANDU_KILLS", KILLS);
    let mut entropy = Seeded::new(asked("LIANDU_KILLS_SEED", 1));
    let mut world = World::start();
    let mut phones = world.phones(PHONES).await;
    world.office();
    let (mut made, mut known) = (Vec::new(), Receipted::new());
    let mut cut_short = 0;
    for round in 0..kills {
        write(&mut phones, &mut made, round);
        let growth = below(&mut entropy, GROWTH_BYTES_MAX);
        phones = sync_until_killed(&mut world, phones, growth).await;
        let waiting = phones
            .iter_mut()
            .any(|phone| !phone.engine().all_at_office());
        cut_short += u64::from(waiting);
        let mut now = Receipted::new();
        receipted(&mut phones, &mut now);
        world.start_again();
        let office = world.server().sign_in("congress-office", "130123");
        let mut new = now.clone();
        new.retain(|record, words| known.get(record) != Some(words));
        is_there(&office.expect("signed in"), &new);
        known = now;
    }
    assert!(
        cut_short > 0,
        "no kill came before everything was exchanged"
    );
    println!("服务器 server: {kills} kills, {cut_short} of them before all was answered");
    let mut phones = sync_all(phones, PHONES).await.expect("all exchanged");
    for phone in &mut phones {
        assert!(phone.engine().all_at_office());
    }
    receipted(&mut phones, &mut known);
    let office = world.server().sign_in("congress-office", "130123");
    let office = office.expect("signed in");
    is_there(&office, &known);
    let count = office.count("kind=problem").expect("a count");
    assert_eq!(count, made.len() as u64);
    let values: usize = known.values().map(BTreeSet::len).sum();
    println!("  {count} records, {values} receipted values, all there");
    world.stop();
    run(&world.bin, &world.data(), &["check"], None).expect("log, index and tables agree");
}

/// The command's folder has grown by so much, or the command is done.
fn wait_until_grown(folder: &Path, bytes: u64, command: &mut Child) {
    let (before, began) = (bytes_in(folder), Instant::now());
    while bytes_in(folder) < before + bytes && command.try_wait().expect("asked").is_none() {
        assert!(began.elapsed() < SYNC, "the command does not end");
        thread::yield_now();
    }
}

#[tokio::test]
async fn nothing_that_the_command_said_was_saved_is_lost_by_a_kill() {
    let kills = asked("LIANDU_KILLS", KILLS);
    let mut entropy = Seeded::new(asked("LIANDU_KILLS_SEED", 1));
    let world = World::start();
    drop(world.phones(1).await);
    let code = world.server().invite("rep-0000").expect("a code");
    let url = world.server().sync_url();
    ok(&world, "a", &["enrol", "--server", &url, "--code", &code]);
    let new = [
        "new",
        "problem",
        "--scope",
        "130123/g-1/group",
        "title=村东",
    ];
    let made = ok(&world, "a", &new);
    let record = made["record"].as_str().expect("its id").to_owned();
    let (mut saved, mut killed) = (Vec::new(), 0);
    for round in 0..kills {
        let word = format!("village=值{round}。");
        let mut command = Command::new(world.bin.join("liandu"))
            .arg("--dir")
            .arg(world.scratch.path().join("a"))
            .args(["edit", &record, &word])
            .stdout(Stdio::null())
            .spawn()
            .expect("the liandu command");
        let growth = below(&mut entropy, 24_000);
        wait_until_grown(&world.scratch.path().join("a"), growth, &mut command);
        command.kill().ok();
        match command.wait().expect("it ended").success() {
            true => saved.push(word.replace("village=", "")),
            false => killed += 1,
        }
    }
    assert!(killed > 0, "no kill came before the command was done");
    let done = saved.len();
    println!("设备 device: {kills} kills, {killed} of them before it was done, {done} said saved");
    let history = ok(&world, "a", &["history", &record, "village"]).to_string();
    for word in &saved {
        assert!(history.contains(word.as_str()), "{word} is lost: {history}");
    }
    ok(&world, "a", &["sync"]);
    let path = format!("/api/records/{record}/history?path=f/village");
    let office = world.office().text(&path).expect("it is at the office");
    for word in &saved {
        assert!(office.contains(word.as_str()), "{word} did not arrive");
    }
}
