//! Whoever may not know of a referral gets the same answers to everything, before and after: lists,
//! counts, maps, exports, search, inboxes, dispatches, duplicates, notices, audits, changes.

use std::io::Cursor;
use std::time::Duration;

use calamine::{Reader, Xlsx};
use serde_json::{Value, json};

use super::{Case, Cast, OFFICE, UNIT, flow};
use crate::api::tests::inbox::Desk;
use crate::api::tests::records::escaped;
use crate::api::tests::world::World;
use crate::engine::AuthorityAct;

/// Every question that answers with records, numbers or acts; `P` stands for the problem.
const QUESTIONS: &[&str] = &[
    "/api/records",
    "/api/records?sort=-first&limit=500",
    "/api/records?kind=problem",
    "/api/records?kind=problem,referral",
    "/api/records?kind=referral,task",
    "/api/records?region=130500",
    "/api/records?campaign=hebei-6plus1",
    "/api/records?author=office",
    "/api/records?state=referred,received,closed",
    "/api/records?group=u-discipline",
    "/api/records?field.problem=P",
    "/api/records?changed_since=2020-01-01",
    "/api/records/count",
    "/api/records/count?kind=problem",
    "/api/records/count?q=隐秘",
    "/api/records/count?q=采砂坑",
    "/api/records/count?q=涉嫌违规",
    "/api/records/count?by=kind",
    "/api/records/count?by=state",
    "/api/records/count?by=region",
    "/api/records/count?by=city",
    "/api/records/count?by=county",
    "/api/records/count?by=domain",
    "/api/records/count?by=group",
    "/api/records/count?by=campaign",
    "/api/records/count?by=author",
    "/api/records/count?by=handler",
    "/api/records/count?by=light",
    "/api/records/count?by=raised",
    "/api/records/count?by=flag",
    "/api/records/count?by=field.problem",
    "/api/records/count?by=field.title",
    "/api/map",
    "/api/map?level=city&zoom=6",
    "/api/records.csv",
    "/api/records.geojson",
    "/api/records.xlsx",
    "/api/conflicts",
    "/api/duplicates",
    "/api/notices",
    "/api/dispatches",
    "/api/quarantine",
    "/api/quarantine?settled=true",
    "/api/definitions",
    "/api/units",
    "/api/policy",
    "/api/workflow",
    "/api/session",
    "/api/records/P",
    "/api/records/P/history?path=e",
    "/api/records/P/duplicates",
    "/api/records/P/attachments",
    // A page of everything would be moved on by the lists that these questions take out.
    "/api/admin/audit?kind=moved",
    "/api/admin/audit?kind=erased",
    "/api/admin/audit?kind=contact-read",
    "/api/admin/audit?kind=exported&who=office",
    "/api/admin/audit?kind=exported&who=discipline",
    "/api/admin/accounts",
    "/api/admin/people",
    "/api/admin/devices",
    "/api/admin/set-up",
];

/// What only those are asked who must not know of it at all.
const OWN: &[&str] = &[
    "/api/inbox",
    "/api/records?kind=referral",
    "/api/records/count?kind=referral",
    "/api/records/count?kind=referral&by=state",
    "/api/records.csv?kind=referral",
    "/api/map?kind=referral",
    "/api/conflicts?kind=referral",
    "/api/records/R",
    "/api/records/R/history?path=e",
    "/api/records/R/attachments",
    "/api/records/R/duplicates",
    "/api/records/R/files/0000000000000000000000000000000000000000000000000000000000000000",
];

/// A line of the audit about a list that these tests took out themselves to look into it. One of
/// referrals is none: nobody may find that in an audit.
fn is_asked_here(line: &Value) -> bool {
    let about = line["about"].as_str().unwrap_or_default();
    line["kind"] == "exported" && about.starts_with("records.") && !about.contains("referral")
}

/// Without the position of the log that an answer is true for: any entry of any region moves it.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("as_of");
            fields.values_mut().for_each(timeless);
        }
        Value::Array(items) => {
            items.retain(|item| !is_asked_here(item));
            items.iter_mut().for_each(timeless);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn cells(bytes: &[u8]) -> String {
    let Ok(mut book) = Xlsx::new(Cursor::new(bytes.to_vec())) else {
        return "no book".to_owned();
    };
    format!(
        "{:?}",
        book.worksheet_range("台账")
            .unwrap()
            .rows()
            .collect::<Vec<_>>()
    )
}

async fn answer(world: &World, token: &str, path: &str) -> String {
    let answer = world.get(token, &escaped(path)).await;
    assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
    let etag = answer.headers.get("etag").cloned();
    let body = match serde_json::from_str::<Value>(&answer.text) {
        Ok(mut json) => {
            timeless(&mut json);
            json.to_string()
        }
        Err(_) if path.contains("xlsx") => cells(&answer.bytes),
        Err(_) => answer.text,
    };
    format!("{} {etag:?} {body}", answer.status)
}

/// The figures of a dispatch frozen now, as its readers get them.
async fn dispatch(world: &World, token: &str) -> Option<Value> {
    let body = json!({"region": OFFICE});
    let frozen = world.post(token, "/api/dispatches", &[], &body).await;
    frozen.status.is_success().then(|| {
        let frozen = frozen.json();
        let parts = ["total", "regions", "units", "overdue", "decisions", "taken"];
        parts.iter().map(|part| frozen[part].clone()).collect()
    })
}

struct Asked<'a> {
    world: &'a World,
    cast: &'a Cast,
    problem: &'a str,
    referral: &'a str,
}

impl Asked<'_> {
    /// Every answer to everybody: to those who may know of it, of what all share.
    async fn answers(&self, at: u64) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        for (name, role, token) in self.cast.all() {
            let path = format!("/api/records/count?at_least={at}");
            self.world.get(token, &path).await;
            let own = if role.is_empty() { OWN } else { &[] };
            for path in QUESTIONS.iter().chain(own) {
                let path = path.replace("/R", &format!("/{}", self.referral));
                let asked = path.replace('P', self.problem);
                let said = answer(self.world, token, &asked).await;
                answers.push((format!("{name} {path}"), said));
            }
        }
        answers
    }

    async fn dispatches(&self, at: u64) -> Vec<Option<Value>> {
        let path = format!("/api/records/count?at_least={at}");
        self.world.get(&self.cast.office, &path).await.ok();
        let mut all = Vec::new();
        for (_, _, token) in self.cast.all() {
            all.push(dispatch(self.world, token).await);
        }
        all
    }
}

fn same(before: &[(String, String)], after: &[(String, String)]) {
    assert_eq!(before.len(), after.len());
    for ((asked, before), (_, after)) in before.iter().zip(after) {
        assert_eq!(before, after, "{asked}");
    }
}

#[tokio::test]
async fn nobody_else_learns_of_a_referral_by_any_answer() {
    let mut desk = Desk::on(World::in_may().await).await;
    let cast = Cast::of(&desk.world).await;
    let problem = desk.handed("采砂坑", "2020-04-20").await;
    desk.handed("另一处采砂坑", "2020-04-30").await;
    let world = &desk.world;
    let nobody = "01890000-0000-7000-8000-000000000009";
    let mut asked = Asked {
        world,
        cast: &cast,
        problem: &problem,
        referral: nobody,
    };
    let numbers = asked.dispatches(desk.last).await;
    assert!(numbers.iter().flatten().count() >= 5, "many lead");
    let before = asked.answers(desk.last).await;
    let flow = flow(world, &cast).await;
    let mut case = Case::drafted(world, &cast, &problem).await;
    let id = case.id.clone();
    asked.referral = &id;
    same(&before, &asked.answers(case.last).await);
    for steps in [
        ["refer", "receive"].as_slice(),
        &["accept", "answer", "close"],
    ] {
        case.goes(world, &cast, &flow, steps).await;
        same(&before, &asked.answers(case.last).await);
    }
    let listed = format!("/api/records?kind=referral&at_least={}", case.last);
    for token in [&cast.office, &cast.colleague, &cast.discipline] {
        let known = world.get(token, &listed).await.ok();
        assert_eq!(known["records"][0]["id"], id.as_str());
        assert!(
            known["records"][0].get("number").is_none(),
            "it takes no number"
        );
    }
    assert_eq!(asked.dispatches(case.last).await, numbers);
    let next = world.problem(&cast.office, super::REGION, "后来的").await;
    let next = world
        .get(&cast.office, &format!("/api/records/{next}"))
        .await
        .ok();
    assert_eq!(next["number"]["n"], 3, "numbers have no gap");
}

#[tokio::test]
async fn pages_that_wait_for_changes_are_told_of_a_referral_only_when_it_is_theirs() {
    let world = World::new().await;
    let cast = Cast::of(&world).await;
    let problem = world.problem(&cast.office, super::REGION, "采砂坑").await;
    let shown = world.get(&cast.office, "/api/records").await.ok();
    let path = format!("/api/changes?after={}", shown["as_of"]["position"]);
    let case = Case::drafted(&world, &cast, &problem).await;
    for token in [&cast.office, &cast.colleague, &cast.discipline] {
        let told = world.get(token, &path).await.ok();
        assert_eq!(told["records"][0]["id"], case.id.as_str());
    }
    let wait = Duration::from_millis(300);
    let ask = async |token: &String| tokio::time::timeout(wait, world.get(token, &path)).await;
    for (name, token) in &cast.others {
        assert!(
            ask(token).await.is_err(),
            "{name} is told nothing and waits"
        );
    }
}

#[tokio::test]
async fn acts_about_a_referral_show_it_to_nobody_else_either() {
    let world = World::new().await;
    let cast = Cast::of(&world).await;
    let problem = world.problem(&cast.office, super::REGION, "采砂坑").await;
    let case = Case::drafted(&world, &cast, &problem).await;
    let region = json!({"region": OFFICE});
    let frozen = world
        .post(&cast.office, "/api/dispatches", &[], &region)
        .await
        .ok();
    let decision = json!({"campaign": "hebei-6plus1", "text": "跟进", "about": case.id});
    let path = format!("/api/dispatches/{}/decisions", frozen["id"]);
    let decided = world.post(&cast.office, &path, &[], &decision).await;
    assert_eq!(
        decided.code(422),
        "bad-field",
        "all who lead read a dispatch"
    );

    let record = case.id.parse().unwrap();
    let to = "130500/-/office".parse().unwrap();
    let by = super::super::world::admin();
    let moved = world
        .engine
        .act(by.clone(), AuthorityAct::Move { record, to })
        .await;
    assert!(moved.is_err(), "a move would show it");
    let (record, to) = (problem.parse().unwrap(), format!("130500/{UNIT}/referral"));
    let to = to.parse().unwrap();
    let moved = world
        .engine
        .act(by.clone(), AuthorityAct::Move { record, to })
        .await;
    assert!(
        moved.is_err(),
        "a move would hide a problem and take it out of all numbers"
    );

    let audits = async || {
        let asked = ["auditor", "province-administrator"].map(|name| &cast.others[name]);
        let mut said = Vec::new();
        for token in asked {
            said.push(answer(&world, token, "/api/admin/audit").await);
        }
        said
    };
    let before = audits().await;
    let (record, reason) = (case.id.parse().unwrap(), "依法删除".to_owned());
    let erased = world
        .engine
        .act(by, AuthorityAct::Erase { record, reason })
        .await
        .unwrap();
    assert!(erased.0 > case.last);
    assert_eq!(audits().await, before);
}
