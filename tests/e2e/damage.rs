//! Files that a server finds damaged: derived ones are made anew, the log's damage is said and
//! mended from devices, a full disk stops receipts and nothing else.
//!
//! Never damages a running server's files except its free space.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use liandu_bench::fleet::Phone;
use liandu_bench::process::{Server, run};
use liandu_core::id::RecordId;
use liandu_device::entropy::Seeded;
use liandu_tests::disk::{SmallDisk, below, copy, files, flip};
use liandu_tests::{World, create, edit, set, sync};

const RECORDS: u64 = 12;
/// Places at which a journal is cut in one run.
const CUTS: u64 = 8;

fn length(path: &Path) -> u64 {
    fs::metadata(path).expect("a file").len()
}

/// A server whose office has twelve problems, all receipted, and the device that wrote them.
async fn filled() -> (World, Phone, Vec<RecordId>) {
    let world = World::start();
    let mut phones = world.phones(1).await;
    world.office();
    let mut phone = phones.remove(0);
    let mut records = Vec::new();
    for number in 0..RECORDS {
        let made = create(&mut phone, &format!("第{number}处"));
        edit(&mut phone, made.record, set("f/village", "野头村")).expect("kept");
        // One commit each: damage in one of them must not reach the others.
        sync(&mut phone).await;
        records.push(made.record);
    }
    (world, phone, records)
}

/// The running server answers with all of them.
fn all_there(server: &Server, at: u64) {
    let office = server
        .sign_in("congress-office", "130123")
        .expect("signed in");
    let count = office.count(&format!("kind=problem&at_least={at}"));
    assert_eq!(count.expect("a count"), RECORDS);
}

fn position(phone: &mut Phone) -> u64 {
    phone.engine().status().position.expect("synced").0
}

/// Damages the stopped server's files, starts it, and asks the office for everything.
async fn survives(damage: impl Fn(&Path)) {
    let (mut world, mut phone, _) = filled().await;
    world.kill();
    damage(&world.data());
    world.start_again();
    all_there(world.server(), position(&mut phone));
    create(&mut phone, "之后");
    sync(&mut phone).await;
    assert!(phone.engine().all_at_office(), "it takes edits again");
    world.stop();
    run(&world.bin, &world.data(), &["check"], None).expect("log, index and tables agree");
}

#[tokio::test]
async fn index_that_is_truncated_is_built_again() {
    survives(|data| {
        for file in files(&data.join("index")) {
            let half = length(&file) / 2;
            let file = OpenOptions::new().write(true).open(file).expect("opened");
            file.set_len(half).expect("cut");
        }
    })
    .await;
}

#[tokio::test]
async fn index_with_flipped_bits_is_built_again() {
    survives(|data| {
        for file in files(&data.join("index")) {
            let length = length(&file);
            for at in (0..length).step_by(4_099) {
                flip(&file, at);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn tables_with_flipped_bits_are_built_again() {
    survives(|data| {
        for file in files(&data.join("tables")) {
            let length = length(&file);
            for at in (60..length).step_by(1_021) {
                flip(&file, at);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn torn_tail_of_the_journal_is_cut_and_everything_receipted_is_there() {
    survives(|data| {
        let last = segments(data).pop().expect("a segment");
        let mut file = OpenOptions::new().append(true).open(last).expect("opened");
        // The beginning of a commit that never came to its end.
        file.write_all(&[0x5a; 777]).expect("written");
    })
    .await;
}

#[tokio::test]
async fn journal_cut_at_any_byte_keeps_what_was_before_and_gets_the_rest_from_the_device() {
    let (mut world, mut phone, _) = filled().await;
    let last = segments(&world.data()).pop().expect("a segment");
    let (before, at) = (length(&last), position(&mut phone));
    create(&mut phone, "最后一处");
    sync(&mut phone).await;
    world.kill();
    let (kept, whole) = (world.scratch.path().join("kept"), length(&last));
    copy(&world.data(), &kept);
    let mut entropy = Seeded::new(1);
    for _ in 0..CUTS {
        fs::remove_dir_all(world.data()).expect("removed");
        copy(&kept, &world.data());
        let cut = before + below(&mut entropy, whole - before);
        let file = OpenOptions::new().write(true).open(&last).expect("opened");
        file.set_len(cut).expect("cut");
        world.start_again();
        all_there(world.server(), at);
        sync(&mut phone).await;
        let office = world.server().sign_in("congress-office", "130123");
        let at = position(&mut phone);
        let count = office
            .expect("signed in")
            .count(&format!("kind=problem&at_least={at}"));
        assert_eq!(count.expect("a count"), RECORDS + 1, "cut at {cut}");
        world.kill();
    }
}

fn segments(data: &Path) -> Vec<PathBuf> {
    let mut all = files(&data.join("journal"));
    all.retain(|path| path.extension().is_some_and(|ending| ending == "segment"));
    all
}

#[tokio::test]
async fn flipped_bit_in_the_journal_is_said_and_mended_from_the_device() {
    let (mut world, mut phone, records) = filled().await;
    world.stop();
    let segment = segments(&world.data()).remove(0);
    // Within the entries of the device, behind those about people.
    flip(&segment, length(&segment) * 3 / 4);
    let said = run(&world.bin, &world.data(), &["check"], None).expect_err("damage is no success");
    let said = format!("{said:#}");
    assert!(
        said.contains("日志"),
        "it says that the log is damaged: {said}"
    );
    world.start_again();
    sync(&mut phone).await;
    all_there(world.server(), position(&mut phone));
    let office = world
        .server()
        .sign_in("congress-office", "130123")
        .expect("signed in");
    for record in records {
        let record = office
            .get(&format!("/api/records/{record}"))
            .expect("it is there");
        assert!(record.to_string().contains("野头村"), "{record}");
    }
}

#[tokio::test]
async fn full_disk_stops_receipts_loses_nothing_and_goes_on_when_there_is_room() {
    let scratch = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mounted(&scratch.path().join("disk"), 400) else {
        return;
    };
    let mut world = World::start_in(&scratch.path().join("disk"));
    let mut phone = world.phones(1).await.remove(0);
    world.office();
    let early = create(&mut phone, "之前");
    sync(&mut phone).await;
    let mut made = 1;
    for leave_mib in [100, 0] {
        disk.fill(leave_mib << 20);
        // What is free is asked after each commit: one more may pass, safely in the reserve.
        for _ in 0..2 {
            create(&mut phone, "磁盘将满");
            made += 1;
            let report = phone.sync(Duration::from_secs(5)).await;
            report.expect("the device's own store works");
            phone.disconnect().await.expect("disconnected");
        }
        assert!(!phone.engine().all_at_office(), "no receipt on a full disk");
        disk.empty();
        sync(&mut phone).await;
        assert!(phone.engine().all_at_office(), "it goes on by itself");
    }
    world.kill();
    world.start_again();
    let office = world
        .server()
        .sign_in("congress-office", "130123")
        .expect("signed in");
    let at = position(&mut phone);
    let count = office.count(&format!("kind=problem&at_least={at}"));
    assert_eq!(count.expect("a count"), made);
    office
        .get(&format!("/api/records/{}", early.record))
        .expect("it is there");
    world.stop();
    run(&world.bin, &world.data(), &["check"], None).expect("log, index and tables agree");
}
