//! A frozen dispatch survives what is derived: the same figures after a restart, a rebuild of index
//! and tables, and with the record it names erased.

use liandu_bench::office::Office;
use liandu_bench::process::{Server, bin_dir, run};
use serde_json::{Value, json};

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    let text = of.get(name).and_then(Value::as_str);
    text.expect("a text of that name")
}

/// Posts, and answers what came of it.
fn post(office: &Office, path: &str, body: &Value, seen: Option<&str>) -> Value {
    let (status, said) = office.post(path, body, seen).expect("an answer");
    assert!(status < 300, "{path}: {said}");
    said
}

/// A problem that has been overdue for years, handed to a unit.
fn overdue(office: &Office, title: &str) -> String {
    let problem = json!({
        "kind": "problem", "campaign": "hebei-6plus1", "scope": {"region": "130123", "audience": "office"},
        "writes": [{"path": "f/title", "value": title}, {"path": "f/domain", "value": "land"},
            {"path": "f/settled_person", "value": "王局长"}, {"path": "f/settled_matter", "value": "回填"},
            {"path": "f/settled_standard", "value": "恢复地貌"},
            {"path": "f/settled_deadline", "value": "2020-05-30"}],
    });
    let made = post(office, "/api/records", &problem, None);
    let record = text(&made, "record").to_owned();
    let transfer = json!({"edit": "event", "event": "transfer", "args": {"unit": "u-water"}});
    let path = format!("/api/records/{record}/edits");
    let done = post(office, &path, &transfer, Some(text(&made, "seen")));
    let position = done.get("position").expect("a position");
    let shown = format!("/api/records/count?at_least={position}");
    office.get(&shown).expect("a count");
    record
}

/// What is frozen, without the names that are read as they stand.
fn figures(dispatch: &Value) -> Value {
    let frozen = ["total", "regions", "units", "from", "to", "frozen_at"];
    let mut figures: Value = frozen
        .iter()
        .map(|name| dispatch.get(*name).cloned())
        .collect();
    let overdue = dispatch.get("overdue").and_then(Value::as_array);
    let overdue = overdue.expect("a list").iter();
    let overdue: Value = overdue.map(|item| item.get("record").cloned()).collect();
    figures.as_array_mut().expect("a list").push(overdue);
    figures
}

#[test]
fn dispatch_has_the_same_figures_after_later_edits_an_erasure_and_a_rebuild() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (bin, data) = (
        bin_dir().expect("the built programs"),
        scratch.path().join("data"),
    );
    let server = Server::start(&bin, &data).expect("a server");
    let office = server
        .office("congress-office", "130123")
        .expect("an office");
    overdue(&office, "采砂坑");
    let erased = overdue(&office, "张家的猪场");
    let region = json!({"region": "130123"});
    let frozen = post(&office, "/api/dispatches", &region, None);
    let total = json!({"new": 2, "done": 0, "open": 2, "overdue": 2, "raised": 0});
    assert_eq!(frozen["total"], total);
    let shown = format!("/api/dispatches/{}", frozen["id"]);
    let decision = json!({"campaign": "hebei-6plus1", "text": "下周现场看", "about": erased});
    post(&office, &format!("{shown}/decisions"), &decision, None);

    overdue(&office, "后来的");
    server
        .admin(&[
            "erase",
            "--record",
            &erased,
            "--reason",
            "依法删除",
            "--yes",
        ])
        .expect("erased");
    server.stop().expect("stopped");
    for command in ["check", "rebuild", "check"] {
        run(&bin, &data, &[command], None).expect(command);
    }
    let server = Server::start(&bin, &data).expect("a server");
    let office = server
        .sign_in("congress-office", "130123")
        .expect("signed in");
    let path = format!("{shown}?at_least={}", frozen["id"]);
    let again = office.get(&path).expect("the dispatch");
    assert_eq!(figures(&again), figures(&frozen));
    let items = again["overdue"].as_array().expect("a list");
    let of = |title: Value| items.iter().filter(|item| item["title"] == title).count();
    assert_eq!((of(json!("采砂坑")), of(Value::Null)), (1, 1));
    assert_eq!(again["taken"][0]["text"], "下周现场看");
    assert!(again["taken"][0].get("about").is_none(), "it is erased");
    let now = post(&office, "/api/dispatches", &region, None);
    assert_eq!(now["total"]["open"], 2, "one erased, one new");
    server.stop().expect("stopped");
}
