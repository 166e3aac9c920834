//! Records through the API: made, found, counted, exported, edited, in conflict, resolved.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::world::World;
use crate::tables::check::check;
use crate::tables::query::{Readers, Snapshot};
use crate::tables::read::{ids, rows};
use crate::tables::rows::Rows;
use crate::tables::{TablesError, schema};

fn set(path: &str, value: &str) -> Value {
    json!({"edit": "set", "writes": [{"path": path, "value": value}]})
}

#[tokio::test]
async fn each_office_finds_its_own_region_and_nothing_of_the_other() {
    let world = World::new().await;
    world.user("xingtai", Role::CongressOffice, "130500").await;
    world
        .user("zhangjiakou", Role::CongressOffice, "130700")
        .await;
    let (east, other) = (
        world.token("xingtai").await,
        world.token("zhangjiakou").await,
    );
    let id = world.problem(&east, "130502", "桥东区违建").await;
    let listed = world.get(&east, "/api/records?region=130502").await.ok();
    assert_eq!(listed["records"].as_array().unwrap().len(), 1);
    assert_eq!(listed["records"][0]["title"], "桥东区违建");
    assert!(listed["as_of"]["position"].as_u64().unwrap() > 0);
    assert_eq!(listed["as_of"]["epoch"].as_str().unwrap().len(), 16);
    let path = format!("/api/records/{id}");
    assert_eq!(
        world.get(&east, &path).await.ok()["fields"]["f/title"]["value"],
        "桥东区违建"
    );
    for path in [
        "/api/records",
        "/api/records?region=130502",
        "/api/records?q=违建",
    ] {
        let listed = world.get(&other, path).await.ok();
        assert_eq!(listed["records"], json!([]), "{path}");
    }
    assert_eq!(
        world.get(&other, "/api/records/count").await.ok()["total"],
        0
    );
    let missing = world
        .get(&other, "/api/records/00000000-0000-7000-8000-000000000000")
        .await;
    let denied = world.get(&other, &path).await;
    assert_eq!(
        (denied.status, denied.text),
        (missing.status, missing.text),
        "look the same"
    );
    let seen = [("if-match", "\"00\"")];
    let edit = world
        .post(
            &other,
            &format!("{path}/edits"),
            &seen,
            &set("f/title", "x"),
        )
        .await;
    assert_eq!(edit.code(404), "not-found");
}

#[tokio::test]
async fn list_count_csv_and_geojson_agree() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    for (region, title) in [
        ("130502", "=1+1"),
        ("130702", "二"),
        ("130502001", "三"),
        ("130123", "四"),
    ] {
        world.problem(&token, region, title).await;
    }
    for (filter, wanted) in [
        ("", 4),
        ("region=130502", 2),
        ("q=采砂坑未&limit=2", 4),
        ("field.title=二", 1),
        ("state=closed", 0),
    ] {
        let get = |end: &str| {
            let path = format!("/api/records{end}?{}", filter.replace("&limit=2", ""));
            let path: String = path
                .chars()
                .map(|c| {
                    if c.is_ascii() {
                        c.to_string()
                    } else {
                        percent(c)
                    }
                })
                .collect();
            let (world, token) = (&world, &token);
            async move { world.get(token, &path).await }
        };
        let listed = get("").await.ok();
        assert_eq!(
            listed["records"].as_array().unwrap().len(),
            wanted,
            "{filter}"
        );
        assert_eq!(get("/count").await.ok()["total"], wanted, "{filter}");
        let csv = get(".csv").await;
        assert!(csv.text.starts_with('\u{feff}'));
        assert!(!csv.text.contains(",=1+1"), "formulas are disarmed");
        assert_eq!(csv.text.lines().count(), wanted + 1, "{}", csv.text);
        assert!(csv.headers.contains_key("liandu-position"));
        let geojson = get(".geojson").await.ok();
        assert_eq!(
            geojson["features"].as_array().unwrap().len(),
            wanted,
            "{filter}"
        );
        for feature in geojson["features"].as_array().unwrap() {
            assert_eq!(feature["properties"]["datum"], "GCJ-02");
            assert_eq!(feature["geometry"]["coordinates"], json!([114.5, 37.1]));
        }
    }
    let counted = world.get(&token, "/api/records/count?by=domain").await.ok();
    assert_eq!(counted["groups"][0]["value"], "mining");
    assert_eq!(counted["groups"][0]["count"], 4);
    assert!(
        !counted["groups"][0]["label"]["zh"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    let page = world.get(&token, "/api/records?limit=3").await.ok();
    let next = page["next"].as_str().unwrap();
    let rest = world
        .get(&token, &format!("/api/records?limit=3&cursor={next}"))
        .await
        .ok();
    assert_eq!(rest["records"].as_array().unwrap().len(), 1);
    assert!(rest.get("next").is_none());
}

fn percent(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes)
        .bytes()
        .map(|b| format!("%{b:02X}"))
        .collect()
}

#[tokio::test]
async fn an_edit_at_old_heads_becomes_a_conflict_and_a_resolution_ends_it() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    let id = world.problem(&token, "130502", "原题").await;
    let path = format!("/api/records/{id}");
    let read = world.get(&token, &path).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(
        etag,
        format!("\"{}\"", read.json()["seen"].as_str().unwrap())
    );
    let edits = format!("{path}/edits");
    let (seen, unknown) = ([("if-match", etag.as_str())], [("if-match", "\"zz\"")]);
    assert_eq!(
        world
            .post(&token, &edits, &[], &set("f/title", "甲"))
            .await
            .code(428),
        "seen-missing"
    );
    assert_eq!(
        world
            .post(&token, &edits, &unknown, &set("f/title", "甲"))
            .await
            .code(412),
        "seen-unknown"
    );
    let first = world
        .post(&token, &edits, &seen, &set("f/title", "甲"))
        .await
        .ok();
    assert_eq!(first["verdict"], "accepted");
    let second = world
        .post(&token, &edits, &seen, &set("f/title", "乙"))
        .await
        .ok();
    let at = second["position"].as_u64().unwrap();
    let open = world
        .get(&token, &format!("/api/conflicts?at_least={at}"))
        .await
        .ok();
    let values = open["records"][0]["conflicts"][0]["values"]
        .as_array()
        .unwrap();
    assert_eq!(open["records"][0]["conflicts"][0]["path"], "f/title");
    assert_eq!(values.len(), 2);
    let now = world.get(&token, &path).await;
    let newer = now.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(now.json()["conflicts"][0]["kind"], "values");
    let newer = [("if-match", newer.as_str())];
    let again = world
        .post(&token, &edits, &newer, &set("f/title", "丙"))
        .await;
    assert_eq!(again.code(409), "resolve-first");
    let resolve = format!("{path}/resolve");
    let body = json!({"path": "f/title", "value": "丙"});
    assert_eq!(
        world.post(&token, &resolve, &seen, &body).await.code(412),
        "seen-unknown"
    );
    let nothing = json!({"path": "f/domain", "value": "land"});
    assert_eq!(
        world
            .post(&token, &resolve, &newer, &nothing)
            .await
            .code(409),
        "nothing-to-resolve"
    );
    let done = world.post(&token, &resolve, &newer, &body).await.ok();
    let at = done["position"].as_u64().unwrap();
    let open = world
        .get(
            &token,
            &format!("/api/records/count?conflict=open&at_least={at}"),
        )
        .await
        .ok();
    assert_eq!(open["total"], 0);
    let settled = world.get(&token, &path).await.ok();
    assert_eq!(settled["fields"]["f/title"]["value"], "丙");
    let history = world
        .get(&token, &format!("{path}/history?path=f/title"))
        .await
        .ok();
    let acts: Vec<&str> = history["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["wrote", "wrote", "wrote", "resolved"]);
}

#[tokio::test]
async fn texts_and_events_are_edited_too_and_forbidden_ones_are_not() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    world.user("auditor", Role::Auditor, "130000").await;
    let token = world.token("office").await;
    let id = world.problem(&token, "130502", "原题").await;
    let path = format!("/api/records/{id}");
    let seen = world.get(&token, &path).await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    let (edits, seen) = (format!("{path}/edits"), [("if-match", seen.as_str())]);
    let text = json!({"edit": "edit-text", "field": "description", "splices": [{"at": 0, "delete": 1, "insert": "挖"}]});
    world.post(&token, &edits, &seen, &text).await.ok();
    let event = json!({"edit": "event", "event": "verify", "args": {"note": "属实"}});
    let happened = world.post(&token, &edits, &seen, &event).await;
    assert!(
        happened.status.is_success() || happened.status.as_u16() == 422,
        "{}",
        happened.text
    );
    let shown = world.get(&token, &path).await.ok();
    assert_eq!(
        shown["texts"]["description"]["content"],
        "挖砂坑未回填,污染河道"
    );
    let auditor = world.token("auditor").await;
    world.get(&auditor, &path).await.ok();
    let refused = world
        .post(&auditor, &edits, &seen, &set("f/title", "改"))
        .await;
    assert_eq!(refused.code(403), "refused");
    let bad = [
        (
            json!({"edit": "set", "writes": [{"path": "nowhere", "value": 1}]}),
            422,
            "bad-field",
        ),
        (json!({"edit": "paint"}), 400, "bad-body"),
        (
            json!({"edit": "set", "writes": [], "more": 1}),
            400,
            "bad-body",
        ),
        (json!({"edit": "set", "writes": []}), 422, "illegal-edit"),
    ];
    for (body, status, code) in bad {
        assert_eq!(
            world.post(&token, &edits, &seen, &body).await.code(status),
            code,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    for (query, field) in [
        ("regoin=13", "regoin"),
        ("kind=visit", "kind"),
        ("sort=x", "sort"),
        ("by=x", "by"),
    ] {
        let answer = world.get(&token, &format!("/api/records?{query}")).await;
        assert_eq!(answer.status.as_u16(), 400, "{query}");
        assert_eq!(answer.json()["field"], field);
    }
    assert_eq!(
        world
            .get(&token, "/api/quarantine?verdict=bad")
            .await
            .code(400),
        "bad-value"
    );
    let empty = world.get(&token, "/api/quarantine").await.ok();
    assert_eq!((&empty["total"], &empty["edits"]), (&json!(0), &json!([])));
    let release = world
        .post(&token, "/api/quarantine/1/0/release", &[], &json!({}))
        .await;
    assert_eq!(release.code(404), "not-found");
}

#[tokio::test]
async fn tables_built_anew_from_the_log_are_the_same() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    for region in ["130502", "130702", "130123"] {
        let id = world.problem(&token, region, region).await;
        let path = format!("/api/records/{id}");
        let seen = world.get(&token, &path).await.headers["etag"]
            .to_str()
            .unwrap()
            .to_owned();
        let seen = [("if-match", seen.as_str())];
        for value in ["甲", "乙"] {
            world
                .post(
                    &token,
                    &format!("{path}/edits"),
                    &seen,
                    &set("f/title", value),
                )
                .await
                .ok();
        }
    }
    let end = *world.engine.positions().borrow();
    let mut progress = world.office.progress.clone();
    progress
        .wait_for(|progress| progress.position >= end)
        .await
        .unwrap();
    let anew = World::office(&world.engine, &world.folder, "anew.db");
    anew.progress
        .clone()
        .wait_for(|progress| progress.position >= end)
        .await
        .unwrap();
    let all = |readers: &Readers| -> Vec<Rows> {
        let read = readers.read(|snapshot: &Snapshot<'_>| {
            assert_eq!(snapshot.mark().position, end);
            let every = ids(snapshot)?;
            let rows = every.iter().map(|id| rows(snapshot, id));
            rows.map(|rows| rows.map(Option::unwrap))
                .collect::<Result<Vec<_>, TablesError>>()
        });
        read.unwrap()
    };
    let rows = all(&world.office.readers);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|rows| rows.line.conflicts == 1));
    assert_eq!(rows, all(&anew.readers));
    let mut parts = Vec::new();
    for rows in &rows {
        parts.push(world.engine.record(rows.line.id).await.unwrap().unwrap());
    }
    let load = |id: &_| parts.iter().find(|parts| parts.record == *id).cloned();
    let known = rows.iter().map(|rows| rows.line.id).collect();
    let mut connection = schema::open_read(&world.folder.path().join("anew.db")).unwrap();
    let report = check(&mut connection, &known, load).unwrap();
    assert_eq!(
        (report.records, report.differences.len()),
        (3, 0),
        "{report:?}"
    );
    let without = rows.iter().skip(1).map(|rows| rows.line.id).collect();
    assert_eq!(
        check(&mut connection, &without, load)
            .unwrap()
            .differences
            .len(),
        1
    );
}
