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
    ok(&world, "b", &["undo", &record, "village"]);
    let (_, conflicts) = liandu(&world, "b", &["conflicts"]);
    assert!(conflicts.contains("f/village"), "open again: {conflicts}");
    let (code, said) = liandu(&world, "b", &["undo", &record, "village"]);
    assert_ne!(code, 0, "nothing is decided: {said}");
    ok(&world, "b", &["resolve", &record, "village", "东康庄村"]);
    ok(&world, "b", &["sync"]);
    let bundle = world
        .scratch
        .path()
        .join("carry.bundle")
        .to_string_lossy()
        .into_owned();
    ok(&world, "b", &["edit", &record, "title=村东空地(复查)"]);
    let to = |person| ["bundle", "export", &bundle, "--to", person];
    ok(&world, "b", &to("rep-0000"));
    let taken = ok(&world, "a", &["bundle", "import", &bundle]);
    assert_eq!(taken["maker_person"], "rep-0001", "{taken}");
    ok(&world, "a", &["sync"]);
    let office = world.office();
    let page = office.get(&format!("/api/records/{record}")).unwrap();
    assert!(
        page.to_string().contains("复查"),
        "the colleague carried it: {page}"
    );
}

#[tokio::test]
async fn file_for_the_office_is_carried_unopened_and_its_receipts_come_back() {
    let mut world = World::start();
    drop(world.phones(2).await);
    let url = world.server().sync_url();
    for (phone, person) in [("a", "rep-0000"), ("b", "rep-0001")] {
        let code = world.server().invite(person).unwrap();
        ok(&world, phone, &["enrol", "--server", &url, "--code", &code]);
    }
    for phone in ["a", "b"] {
        ok(&world, phone, &["sync"]);
    }
    world.stop();
    let made = ok(
        &world,
        "b",
        &["new", "problem", "title=无信号", "domain=land"],
    );
    let record = made["record"].as_str().unwrap().to_owned();
    let file = |name: &str| {
        let path = world.scratch.path().join(name);
        path.to_string_lossy().into_owned()
    };
    let (there, back) = (file("there.ldbundle"), file("back.ldbundle"));
    ok(&world, "b", &["bundle", "export", &there]);
    let bytes = std::fs::read(&there).unwrap();
    let title = "无信号".as_bytes();
    assert!(!bytes.windows(title.len()).any(|at| at == title));
    let taken = ok(&world, "a", &["bundle", "import", &there]);
    assert_eq!(taken["for_the_office"], 1, "{taken}");
    assert_eq!(ok(&world, "a", &["status"])["envelopes"], 1);
    let (code, said) = liandu(&world, "a", &["show", &record]);
    assert_ne!(code, 0, "the carrier reads it: {said}");
    world.start_again();
    ok(&world, "a", &["sync"]);
    assert_eq!(ok(&world, "a", &["status"])["envelopes"], 0);
    let page = world
        .office()
        .get(&format!("/api/records/{record}"))
        .unwrap();
    assert!(page.to_string().contains("无信号"), "{page}");
    ok(
        &world,
        "a",
        &["bundle", "export", &back, "--to", "rep-0001"],
    );
    assert_eq!(ok(&world, "b", &["status"])["at_office"], 0);
    let taken = ok(&world, "b", &["bundle", "import", &back]);
    assert_eq!(
        (&taken["receipts"], &taken["bad_receipts"]),
        (&1.into(), &0.into())
    );
    let status = ok(&world, "b", &["status"]);
    assert_eq!(
        (&status["at_office"], &status["on_device"]),
        (&1.into(), &0.into())
    );
}

/// One device, `a`, with a problem that is not yet sent, as `new` said it.
#[expect(clippy::unwrap_used, reason = "a story stops where it cannot go on")]
async fn enrolled_with_a_problem() -> (World, serde_json::Value) {
    let world = World::start();
    drop(world.phones(1).await);
    let url = world.server().sync_url();
    let code = world.server().invite("rep-0000").unwrap();
    ok(&world, "a", &["enrol", "--server", &url, "--code", &code]);
    let made = ok(
        &world,
        "a",
        &["new", "problem", "title=村东空地", "domain=land"],
    );
    (world, made)
}

#[tokio::test]
async fn office_answer_reaches_the_author_who_lays_the_refused_edit_aside() {
    let (world, made) = enrolled_with_a_problem().await;
    let record = made["record"].as_str().unwrap().to_owned();
    ok(
        &world,
        "a",
        &["edit", &record, "settled_standard=恢复原状", "--anyway"],
    );
    let (code, said) = liandu(&world, "a", &["sync"]);
    assert_eq!(code, 3, "refused: {said}");
    let office = world.office();
    let held = office.all("/api/quarantine?at_least=1", "edits", "before");
    let held = held.unwrap().pop().unwrap();
    let at = format!(
        "/api/quarantine/{}/{}/answer",
        held["position"], held["index"]
    );
    let body = serde_json::json!({ "text": "标准由人大办来定" });
    let (status, said) = office.post(&at, &body, None).unwrap();
    assert_eq!(status, 200, "{said}");

    liandu(&world, "a", &["sync"]);
    let (code, said) = liandu(&world, "a", &["status"]);
    assert_eq!(code, 3, "it still waits for a person");
    assert!(said.contains("标准由人大办来定"), "{said}");
    let (_, status) = liandu(&world, "a", &["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["edits"][0]["answer"]["text"], "标准由人大办来定");
    let number = status["edits"][0]["number"].to_string();
    ok(&world, "a", &["dismiss", &number]);
    let status = ok(&world, "a", &["status"]);
    assert_eq!(status["refused"], 0, "{status}");
    let all = ok(&world, "a", &["status", "--all"]);
    assert!(all.to_string().contains("恢复原状"), "kept: {all}");
    let (code, said) = liandu(&world, "a", &["dismiss", "1"]);
    assert_eq!(code, 1, "it is at the office: {said}");
}

#[tokio::test]
async fn a_deadline_that_the_office_settled_shines_in_the_representatives_list() {
    let (world, made) = enrolled_with_a_problem().await;
    let record = made["record"].as_str().unwrap().to_owned();
    ok(&world, "a", &["sync"]);
    let office = world.office();
    let at = format!("/api/records/{record}");
    let seen = office.get(&at).unwrap()["seen"]
        .as_str()
        .unwrap()
        .to_owned();
    let settled = serde_json::json!({"edit": "set", "writes": [
        {"path": "f/settled_deadline", "value": "2020-05-08"}]});
    let (status, said) = office
        .post(&format!("{at}/edits"), &settled, Some(&seen))
        .unwrap();
    assert_eq!(status, 200, "{said}");
    ok(&world, "a", &["sync"]);
    let code = made["code"].as_str().unwrap().to_lowercase();
    let note = ["edit", &code, "village=野头村", "--for", "rep-0001"];
    ok(&world, "a", &note);
    let history = ok(&world, "a", &["history", &code, "village"]);
    assert_eq!(history["history"][0]["by"]["on_behalf_of"], "rep-0001");
    let (_, said) = liandu(&world, "a", &["show", &code]);
    assert!(said.contains("代 rep-0001 录入"), "{said}");
    ok(&world, "a", &["sync"]);
    let page = office.get(&at).unwrap();
    assert_eq!(
        page["fields"]["f/village"]["by"]["on_behalf_of"],
        "rep-0001"
    );
    assert_eq!(page["code"], made["code"]);
    for (today, light) in [
        ("2020-04-29", "green"),
        ("2020-05-05", "yellow"),
        ("2020-05-09", "red"),
    ] {
        let listed = ok(&world, "a", &["list", "--today", today]);
        assert_eq!(listed["records"][0]["light"], light, "{today}");
        let shown = ok(&world, "a", &["show", &record, "--today", today]);
        assert_eq!(
            (&shown["due"], &shown["light"]),
            (&"2020-05-08".into(), &light.into())
        );
        let only = ok(&world, "a", &["list", "--today", today, "--light", "red"]);
        assert_eq!(only["count"], u64::from(light == "red"), "{today}");
    }
    let (code, said) = liandu(&world, "a", &["list", "--today", "昨天"]);
    assert!(code == 1 && said.contains("2020-05-06"), "{said}");
}
