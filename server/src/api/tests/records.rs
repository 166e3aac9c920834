//! Records through the API: made, found, counted, exported, edited, in conflict, resolved.

use liandu_core::log::LogEntry;
use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::world::{Answer, World};
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

fn length(json: &Value) -> usize {
    json.as_array().unwrap().len()
}

/// Asks list, count and both exports for the same filter.
async fn agree(world: &World, token: &str, filter: &str, wanted: usize) {
    let filter = escaped(filter);
    let get = async |end: &str| {
        world
            .get(token, &format!("/api/records{end}?{filter}"))
            .await
    };
    assert_eq!(length(&get("").await.ok()["records"]), wanted, "{filter}");
    assert_eq!(get("/count").await.ok()["total"], wanted, "{filter}");
    let csv = get(".csv").await;
    assert!(csv.text.starts_with('\u{feff}'));
    assert!(!csv.text.contains(",=1+1"), "formulas are disarmed");
    assert_eq!(csv.text.lines().count(), wanted + 1, "{}", csv.text);
    assert!(csv.headers.contains_key("liandu-position"));
    let geojson = get(".geojson").await.ok();
    assert_eq!(length(&geojson["features"]), wanted, "{filter}");
    for feature in geojson["features"].as_array().unwrap() {
        assert_eq!(feature["properties"]["datum"], "GCJ-02");
        assert_eq!(feature["geometry"]["coordinates"], json!([114.5, 37.1]));
    }
}

async fn four_problems(world: &World) -> String {
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    let four = [
        ("130502", "=1+1"),
        ("130702", "二"),
        ("130502001", "三"),
        ("130123", "四"),
    ];
    for (region, title) in four {
        world.problem(&token, region, title).await;
    }
    token
}

#[tokio::test]
async fn list_count_csv_and_geojson_agree() {
    let world = World::new().await;
    let token = four_problems(&world).await;
    agree(&world, &token, "", 4).await;
    agree(&world, &token, "region=130502", 2).await;
    agree(&world, &token, "q=采砂坑未", 4).await;
    agree(&world, &token, "field.title=二", 1).await;
    agree(&world, &token, "state=closed", 0).await;
}

#[tokio::test]
async fn groups_have_names_and_pages_follow_each_other() {
    let world = World::new().await;
    let token = four_problems(&world).await;
    let counted = world.get(&token, "/api/records/count?by=domain").await.ok();
    let group = &counted["groups"][0];
    assert_eq!(
        (&group["value"], &group["count"]),
        (&json!("mining"), &json!(4))
    );
    assert!(!group["label"]["zh"].as_str().unwrap().is_empty());
    let page = world.get(&token, "/api/records?limit=3").await.ok();
    let next = page["next"].as_str().unwrap();
    let rest = format!("/api/records?limit=3&cursor={next}");
    let rest = world.get(&token, &rest).await.ok();
    assert_eq!(length(&rest["records"]), 1);
    assert!(rest.get("next").is_none());
}

/// Text as it may stand in a query.
pub(super) fn escaped(text: &str) -> String {
    let one = |c: char| {
        if c.is_ascii() {
            c.to_string()
        } else {
            percent(c)
        }
    };
    text.chars().map(one).collect()
}

fn percent(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes)
        .bytes()
        .map(|b| format!("%{b:02X}"))
        .collect()
}

/// An office user's desk with one problem on it.
struct Desk {
    world: World,
    token: String,
    path: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world.user("office", Role::CongressOffice, "130000").await;
        let token = world.token("office").await;
        let id = world.problem(&token, "130502", "原题").await;
        Desk {
            world,
            token,
            path: format!("/api/records/{id}"),
        }
    }

    async fn read(&self) -> Value {
        self.world.get(&self.token, &self.path).await.ok()
    }

    async fn etag(&self) -> String {
        let read = self.world.get(&self.token, &self.path).await;
        let etag = read.headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(
            etag,
            format!("\"{}\"", read.json()["seen"].as_str().unwrap())
        );
        etag
    }

    async fn post(&self, what: &str, seen: &str, body: &Value) -> Answer {
        let headers = [("if-match", seen)];
        let headers = if seen.is_empty() {
            &headers[..0]
        } else {
            &headers[..]
        };
        self.world
            .post(&self.token, &format!("{}/{what}", self.path), headers, body)
            .await
    }

    /// How many records have open conflicts at the position of an answer.
    async fn open(&self, answer: &Value) -> Value {
        let at = answer["position"].as_u64().unwrap();
        let path = format!("/api/conflicts?at_least={at}");
        self.world.get(&self.token, &path).await.ok()["records"].clone()
    }
}

#[tokio::test]
async fn an_edit_says_what_was_seen_or_is_not_taken() {
    let desk = Desk::new().await;
    let edit = set("f/title", "甲");
    assert_eq!(
        desk.post("edits", "", &edit).await.code(428),
        "seen-missing"
    );
    assert_eq!(
        desk.post("edits", "\"zz\"", &edit).await.code(412),
        "seen-unknown"
    );
    let elsewhere = format!("\"{}\"", "ab".repeat(32));
    assert_eq!(
        desk.post("edits", &elsewhere, &edit).await.code(412),
        "seen-unknown"
    );
    let edited = desk.post("edits", &desk.etag().await, &edit).await.ok();
    assert_eq!(edited["verdict"], "accepted");
    assert_eq!(
        desk.etag().await,
        format!("\"{}\"", edited["seen"].as_str().unwrap())
    );
}

#[tokio::test]
async fn an_edit_at_old_heads_becomes_a_conflict_and_a_resolution_ends_it() {
    let desk = Desk::new().await;
    let seen = desk.etag().await;
    desk.post("edits", &seen, &set("f/title", "甲")).await.ok();
    let second = desk.post("edits", &seen, &set("f/title", "乙")).await.ok();
    let open = desk.open(&second).await;
    assert_eq!(open[0]["conflicts"][0]["path"], "f/title");
    assert_eq!(length(&open[0]["conflicts"][0]["values"]), 2);
    assert_eq!(desk.read().await["conflicts"][0]["kind"], "values");
    let newer = desk.etag().await;
    let again = desk.post("edits", &newer, &set("f/title", "丙")).await;
    assert_eq!(again.code(409), "resolve-first");
    let body = json!({"path": "f/title", "value": "丙"});
    assert_eq!(
        desk.post("resolve", &seen, &body).await.code(412),
        "seen-unknown"
    );
    let nothing = json!({"path": "f/domain", "value": "land"});
    assert_eq!(
        desk.post("resolve", &newer, &nothing).await.code(409),
        "nothing-to-resolve"
    );
    let done = desk.post("resolve", &newer, &body).await.ok();
    assert_eq!(desk.open(&done).await, json!([]));
    assert_eq!(desk.read().await["fields"]["f/title"]["value"], "丙");
    let path = format!("{}/history?path=f/title", desk.path);
    let history = desk.world.get(&desk.token, &path).await.ok();
    let acts = history["acts"].as_array().unwrap().iter();
    let acts: Vec<&str> = acts.map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["wrote", "wrote", "wrote", "resolved"]);
}

#[tokio::test]
async fn texts_and_events_are_edited_too() {
    let desk = Desk::new().await;
    let splices = json!([{"at": 0, "delete": 1, "insert": "挖"}]);
    let text = json!({"edit": "edit-text", "field": "description", "splices": splices});
    desk.post("edits", &desk.etag().await, &text).await.ok();
    let event = json!({"edit": "event", "event": "verify"});
    desk.post("edits", &desk.etag().await, &event).await.ok();
    let shown = desk.read().await;
    assert_eq!(
        shown["texts"]["description"]["content"],
        "挖砂坑未回填,污染河道"
    );
    assert_eq!(shown["state"]["state"], "verified");
    assert_eq!(
        (&shown["events"][0]["event"], &shown["events"][0]["counts"]),
        (&json!("verify"), &json!(true))
    );
}

#[tokio::test]
async fn a_contact_is_in_no_list_and_read_only_for_a_stated_purpose() {
    let world = World::new().await;
    world.user("centre", Role::ResponseCentre, "130500").await;
    world.user("auditor", Role::Auditor, "130500").await;
    let (centre, auditor) = (world.token("centre").await, world.token("auditor").await);
    let body = json!({
        "kind": "opinion",
        "scope": {"region": "130502", "audience": "contact"},
        "campaign": "hebei-6plus1",
        "texts": {"content": "王某某 13800000000"},
    });
    let made = world.post(&centre, "/api/records", &[], &body).await.ok();
    let count = format!("/api/records/count?at_least={}", made["position"]);
    assert_eq!(world.get(&centre, &count).await.ok()["total"], 0);
    let path = format!("/api/records/{}", made["record"].as_str().unwrap());
    assert_eq!(world.get(&auditor, &path).await.code(404), "not-found");
    assert_eq!(world.get(&centre, &path).await.code(428), "purpose-missing");
    let before = world.engine.read(|keeper| keeper.position()).await.unwrap();
    let shown = world
        .get(&centre, &format!("{path}?purpose=callback"))
        .await
        .ok();
    assert_eq!(shown["texts"]["content"]["content"], "王某某 13800000000");
    let after = world.engine.entries(before, 1 << 20).await.unwrap();
    let entry = after.entries.first().and_then(|(_, entry)| entry.clone());
    assert!(matches!(entry, Some(LogEntry::ContactRead(read)) if read.purpose == "callback"));
}

#[tokio::test]
async fn forbidden_and_senseless_edits_are_told_apart() {
    let desk = Desk::new().await;
    let seen = desk.etag().await;
    desk.world.user("auditor", Role::Auditor, "130000").await;
    let auditor = desk.world.token("auditor").await;
    desk.world.get(&auditor, &desk.path).await.ok();
    let (edits, match_seen) = (
        format!("{}/edits", desk.path),
        [("if-match", seen.as_str())],
    );
    let refused = desk
        .world
        .post(&auditor, &edits, &match_seen, &set("f/title", "改"))
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
            desk.post("edits", &seen, &body).await.code(status),
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
    let end = world.engine.read(|keeper| keeper.position()).await.unwrap();
    let mut progress = world.office.progress.clone();
    progress.wait_for(|at| at.position >= end).await.unwrap();
    let anew = World::office(&world.engine, &world.folder, "anew.db");
    anew.progress
        .clone()
        .wait_for(|progress| progress.position >= end)
        .await
        .unwrap();
    let lights = liandu_core::light::Lights::on(Default::default(), &Default::default());
    let all = |readers: &Readers| -> Vec<Rows> {
        let read = readers.read(lights.clone(), |snapshot: &Snapshot<'_>| {
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
