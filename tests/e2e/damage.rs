//! Files that a server finds damaged: derived ones are made anew, the log's damage is said and
//! mended from devices, a full disk stops receipts and nothing else.
//!
//! Never damages a running server's files except its free space.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use liandu_bench::fleet::Phone;
use liandu_bench::process::{Server, run};
use liandu_core::id::RecordId;
use liandu_tests::{World, create, edit, set, sync};

const RECORDS: u64 = 12;

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn flip(path: &Path, at: u64) {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("opened");
    let mut byte = [0; 1];
    file.seek(SeekFrom::Start(at)).expect("within the file");
    file.read_exact(&mut byte).expect("a byte");
    file.seek(SeekFrom::Start(at)).expect("within the file");
    file.write_all(&[byte[0] ^ 0x10]).expect("written");
}

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

/// A small disk of its own, taken away in the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this machine does not let us mount.
    fn mounted(at: &Path, mib: u64) -> Option<SmallDisk> {
        fs::create_dir_all(at).expect("a folder");
        let size = format!("size={mib}m");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .status();
        let mounted = status.is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("not tried: mounting a small disk takes root");
        }
        mounted.then(|| SmallDisk(at.to_owned()))
    }

    /// Fills it to the last byte but so many.
    fn fill(&self, leave_mib: u64) {
        let mut file = File::create(self.0.join("filler")).expect("a file");
        let block = vec![0; 1 << 20];
        while file.write_all(&block).is_ok() {}
        let full = file.metadata().expect("a length").len();
        file.set_len(full.saturating_sub(leave_mib << 20))
            .expect("cut");
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
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
        disk.fill(leave_mib);
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
