//! Kills and restores of a real server.

use liandu_bench::process::run;
use liandu_tests::{World, create, edit, set, sync, value};

#[tokio::test]
async fn edit_from_a_device_without_signal_reaches_the_offices_table() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let made = create(&mut phones[0], "违法占地线索");
    let office = world.office();
    assert_eq!(
        office.count("kind=problem").unwrap(),
        0,
        "nothing is at the office before a sync"
    );
    sync(&mut phones[0]).await;
    let at = phones[0].engine().status().position.unwrap().0;
    let list = office
        .get(&format!("/api/records?kind=problem&at_least={at}"))
        .unwrap();
    assert_eq!(list["records"][0]["id"], made.record.to_string());
    assert_eq!(list["records"][0]["title"], "违法占地线索");
    assert!(
        phones[0].engine().all_at_office(),
        "the edit has its receipt"
    );
}

#[tokio::test]
async fn edit_with_receipt_survives_kill() {
    let mut world = World::start();
    let mut phones = world.phones(2).await;
    let mut records = Vec::new();
    for round in 0..5 {
        let made = create(&mut phones[0], &format!("第{round}处"));
        edit(&mut phones[0], made.record, set("f/village", "野头村")).unwrap();
        sync(&mut phones[0]).await;
        world.kill();
        world.start_again();
        records.push(made.record);
    }
    sync(&mut phones[1]).await;
    for record in records {
        assert_eq!(value(&mut phones[1], record, "f/village"), "野头村");
    }
}

#[tokio::test]
async fn index_and_tables_are_rebuilt_when_they_are_gone() {
    let mut world = World::start();
    let mut phones = world.phones(1).await;
    create(&mut phones[0], "一");
    create(&mut phones[0], "二");
    sync(&mut phones[0]).await;
    let office = world.office();
    let at = phones[0].engine().status().position.unwrap().0;
    assert_eq!(
        office
            .count(&format!("kind=problem&at_least={at}"))
            .unwrap(),
        2
    );
    world.stop();
    for derived in ["index", "tables", "packs"] {
        let path = world.data().join(derived);
        if path.exists() {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    world.start_again();
    let office = world.server().sign_in("congress-office", "130123").unwrap();
    assert_eq!(
        office
            .count(&format!("kind=problem&at_least={at}"))
            .unwrap(),
        2
    );
    world.stop();
    let said = run(&world.bin, &world.data(), &["check"], None).unwrap();
    assert!(!said.is_empty());
}

#[tokio::test]
async fn restoring_an_old_backup_loses_nothing_that_a_device_holds() {
    let mut world = World::start();
    let mut phones = world.phones(2).await;
    let early = create(&mut phones[0], "备份之前");
    sync(&mut phones[0]).await;
    let backup = world.scratch.path().join("backup");
    let to = backup.to_string_lossy().into_owned();
    run(&world.bin, &world.data(), &["backup", "--to", &to], None).unwrap();
    let late = create(&mut phones[0], "备份之后");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
    world.stop();
    std::fs::remove_dir_all(world.data()).unwrap();
    run(&world.bin, &world.data(), &["restore", "--from", &to], None).unwrap();
    world.start_again();
    sync(&mut phones[0]).await;
    sync(&mut phones[1]).await;
    for record in [early.record, late.record] {
        assert!(
            phones[1].engine().record(record).is_ok(),
            "{record} came back"
        );
    }
}
