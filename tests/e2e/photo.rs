//! A photo added on the command line without a network, sent by the next sync, and shown to the
//! office under the name that the record gives it.

use image::{DynamicImage, ImageFormat};
use liandu_tests::{REGION, World, liandu, ok};
use serde_json::Value;

/// A server and an enrolled device `a`.
async fn enrolled() -> World {
    let world = World::start();
    drop(world.office());
    drop(world.phones(1).await);
    let code = world.server().invite("rep-0000").expect("a code");
    let url = world.server().sync_url();
    ok(&world, "a", &["enrol", "--server", &url, "--code", &code]);
    world
}

fn place_of(world: &World, record: &str) -> Value {
    let shown = ok(world, "a", &["show", record]);
    shown.get("photos").cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_photo_added_without_network_is_kept_and_sent_by_the_next_sync() {
    let mut world = enrolled().await;
    let made = ok(
        &world,
        "a",
        &["new", "problem", "title=村东空地", "domain=land"],
    );
    let record = made["record"].as_str().unwrap().to_owned();
    ok(&world, "a", &["sync"]);
    world.kill();
    let file = world.scratch.path().join("IMG_0412.png");
    let picture = DynamicImage::new_rgb8(3_000, 1_000);
    picture.save_with_format(&file, ImageFormat::Png).unwrap();
    let file = file.display().to_string();
    let add = [
        "photo",
        "add",
        &file,
        "--record",
        &record,
        "--caption",
        "东侧",
    ];
    let added = ok(&world, "a", &add);
    let hash = added["photo"]["hash"].as_str().unwrap().to_owned();
    assert_eq!(place_of(&world, &record)[0]["where"], "here");
    let (code, said) = liandu(&world, "a", &add);
    assert!(code == 1 && said.contains("已在这条记录里"), "{said}");
    let (code, said) = liandu(&world, "a", &["sync", "--timeout", "3"]);
    assert_eq!(code, 1, "{said}");
    world.start_again();
    let synced = ok(&world, "a", &["sync"]);
    assert_eq!(
        (&synced["photos"]["sent"], &synced["photos"]["waiting"]),
        (&1.into(), &0.into()),
        "{synced}"
    );
    assert_eq!(place_of(&world, &record)[0]["where"], "at-office");
    let again = ok(&world, "a", &["sync"]);
    assert_eq!(again["photos"]["sent"], 0, "nothing is sent twice");
    let office = world.server().sign_in("congress-office", REGION).unwrap();
    let path = format!("/api/records/{record}/attachments");
    let listed = office.get(&path).unwrap();
    let photo = &listed["attachments"][0];
    assert_eq!(
        (&photo["hash"], &photo["state"]),
        (&hash.as_str().into(), &"here".into()),
        "{listed}"
    );
}

#[tokio::test]
async fn what_cannot_be_a_photo_is_refused_with_what_to_do() {
    let world = enrolled().await;
    let made = ok(&world, "a", &["new", "problem", "title=一", "domain=land"]);
    let record = made["record"].as_str().unwrap().to_owned();
    let file = world.scratch.path().join("notes.txt");
    std::fs::write(&file, "不是照片").unwrap();
    let file = file.display().to_string();
    for (words, expected) in [
        (vec!["photo", "add", &file, "--record", &record], "JPEG"),
        (
            vec!["photo", "add", "/no/such", "--record", &record],
            "读不到",
        ),
        (
            vec!["photo", "add", &file, "--record", "ffff"],
            "没有该记录",
        ),
    ] {
        let (code, said) = liandu(&world, "a", &words);
        assert!(code == 1 && said.contains(expected), "{said}");
    }
    assert_eq!(place_of(&world, &record), Value::Array(Vec::new()));
}
