//! The README's ten-minute tour, typed into the real commands.

use liandu_tests::{World, liandu, ok};

#[tokio::test]
async fn tour_of_the_readme_works_as_written() {
    let mut world = World::start();
    drop(world.phones(2).await);
    let url = world.server().sync_url();
    for (phone, person) in [("a", "rep-0000"), ("b", "rep-0001")] {
        let code = world.server().invite(person).unwrap();
        ok(&world, phone, &["enrol", "--server", &url, "--code", &code]);
    }
    let made = ok(
        &world,
        "a",
        &[
            "new",
            "problem",
            "--scope",
            "130123/g-1/group",
            "title=村东空地",
            "domain=land",
        ],
    );
    let record = made["record"].as_str().unwrap().to_owned();
    ok(&world, "a", &["sync"]);
    ok(&world, "b", &["sync"]);
    world.stop();
    ok(&world, "a", &["edit", &record, "village=野头村"]);
    ok(&world, "b", &["edit", &record, "village=东康庄村"]);
    let status = ok(&world, "a", &["status"]);
    assert_eq!(status["on_device"], 1, "{status}");
    let (code, _) = liandu(&world, "a", &["sync"]);
    assert_ne!(code, 0, "there is no server");
    world.start_again();
    for phone in ["a", "b", "a"] {
        ok(&world, phone, &["sync"]);
    }
    let (code, conflicts) = liandu(&world, "a", &["conflicts"]);
    assert_eq!(code, 3, "a person is needed: {conflicts}");
    assert!(conflicts.contains("village"), "{conflicts}");
    ok(&world, "a", &["resolve", &record, "village", "野头村"]);
    ok(&world, "a", &["sync"]);
    ok(&world, "b", &["sync"]);
    let history = ok(&world, "b", &["history", &record, "village"]);
    assert!(history.to_string().contains("东康庄村"), "{history}");
    let conflicts = ok(&world, "b", &["conflicts"]);
    assert!(!conflicts.to_string().contains("f/village"), "{conflicts}");
    let bundle = world
        .scratch
        .path()
        .join("carry.bundle")
        .to_string_lossy()
        .into_owned();
    ok(&world, "b", &["edit", &record, "title=村东空地(复查)"]);
    ok(&world, "b", &["bundle", "export", &bundle]);
    ok(&world, "a", &["bundle", "import", &bundle]);
    ok(&world, "a", &["sync"]);
    let office = world.office();
    let page = office.get(&format!("/api/records/{record}")).unwrap();
    assert!(
        page.to_string().contains("复查"),
        "the colleague carried it: {page}"
    );
}
