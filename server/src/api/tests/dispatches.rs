//! Dispatches: the ledger's numbers when they are frozen, the same ever after, and what became of what
//! was decided.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::{REGION, staff};
use super::world::World;

const FIGURES: [&str; 5] = ["new", "done", "open", "overdue", "raised"];

/// Two overdue problems, one that is not, one closed.
async fn four(desk: &mut Desk) -> String {
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let overdue = desk.handed("逾期", "2020-04-30").await;
    desk.handed("逾期更久", "2020-04-20").await;
    desk.handed("不急", "2130-05-30").await;
    let closed = desk.handed("办完", "2130-05-30").await;
    for (who, event) in [
        (&water, "receive"),
        (&water, "report"),
        (&office, "pass"),
        (&office, "close"),
    ] {
        desk.cause(who, &closed, event, json!({})).await;
    }
    overdue
}

/// Freezes once the tables are there.
async fn freeze(desk: &Desk, token: &str) -> Value {
    let path = format!("/api/records/count?at_least={}", desk.last);
    desk.world.get(token, &path).await.ok();
    let body = json!({"region": "130500"});
    desk.world
        .post(token, "/api/dispatches", &[], &body)
        .await
        .ok()
}

async fn read(world: &World, token: &str, dispatch: &Value) -> Value {
    let path = format!(
        "/api/dispatches/{}?at_least={}",
        dispatch["id"], dispatch["id"]
    );
    world.get(token, &path).await.ok()
}

/// What is frozen of a dispatch.
fn frozen(dispatch: &Value) -> Value {
    let mut dispatch = dispatch.clone();
    for live in ["as_of", "taken"] {
        dispatch.as_object_mut().unwrap().remove(live);
    }
    dispatch
}

async fn ledger(desk: &Desk, dispatch: &Value) -> Value {
    let mut numbers = json!({});
    for name in FIGURES {
        let query = dispatch["queries"][name].as_str().unwrap();
        let path = format!("/api/records/count?{query}&at_least={}", desk.last);
        let counted = desk.world.get(&desk.office, &path).await.ok();
        numbers[name] = counted["total"].clone();
    }
    numbers
}

#[tokio::test]
async fn a_dispatch_has_the_ledgers_numbers_and_keeps_them_over_later_edits_and_new_tables() {
    let mut desk = Desk::new().await;
    let overdue = four(&mut desk).await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let dispatch = freeze(&desk, &office).await;
    let total = json!({"new": 4, "done": 1, "open": 3, "overdue": 2, "raised": 0});
    assert_eq!(dispatch["total"], total);
    assert_eq!(ledger(&desk, &dispatch).await, total);
    assert_eq!(
        dispatch["regions"],
        json!([{"code": REGION, "tally": total}])
    );
    assert_eq!(
        dispatch["units"],
        json!([{"code": "u-water", "tally": total}])
    );
    let list = dispatch["overdue"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["title"], "逾期更久");
    assert_eq!(list[1]["units"], json!(["u-water"]));
    assert_eq!(dispatch["by"], "office", "the account's name");

    desk.cause(&water, &overdue, "receive", json!({})).await;
    desk.cause(&water, &overdue, "report", json!({})).await;
    desk.world.problem(&office, REGION, "后来的").await;
    let now = ledger(&desk, &dispatch).await;
    assert_eq!((&now["overdue"], &now["open"]), (&json!(1), &json!(4)));
    let again = read(&desk.world, &office, &dispatch).await;
    assert_eq!(frozen(&again), frozen(&dispatch));
    let last = desk.last;
    let world = desk.world.rebuilt("anew.db");
    let path = format!("/api/records/count?at_least={last}");
    world.get(&office, &path).await.ok();
    let rebuilt = read(&world, &office, &dispatch).await;
    assert_eq!(frozen(&rebuilt), frozen(&dispatch));
}

#[tokio::test]
async fn a_decision_is_a_task_whose_state_the_next_dispatch_shows() {
    let mut desk = Desk::new().await;
    let overdue = four(&mut desk).await;
    let office = desk.office.clone();
    let first = freeze(&desk, &office).await;
    let path = format!("/api/dispatches/{}/decisions", first["id"]);
    let body = json!({"campaign": "hebei-6plus1", "text": "水利局一周内办结", "unit": "u-water",
        "due": "2020-05-08", "about": overdue, "id": "0190163d-8694-739b-aea5-966c26f8ad90"});
    let decided = desk.world.post(&office, &path, &[], &body).await.ok();
    let again = desk.world.post(&office, &path, &[], &body).await.ok();
    assert_eq!(again["record"], decided["record"], "sent twice, kept once");
    let other = json!({"campaign": "hebei-6plus1", "text": "下周现场看"});
    let other = desk.world.post(&office, &path, &[], &other).await.ok();
    desk.last = other["position"].as_u64().unwrap();
    let task = decided["record"].as_str().unwrap();
    let path = format!("/api/dispatches/{}?at_least={}", first["id"], desk.last);
    let shown = desk.world.get(&office, &path).await.ok();
    let taken = shown["taken"].as_array().unwrap();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0]["text"], "水利局一周内办结");
    assert_eq!(taken[0]["unit"], "u-water");
    assert_eq!(taken[0]["state"], "open");
    assert_eq!(taken[0]["overdue"], true);
    assert_eq!(taken[0]["about"]["title"], "逾期");
    assert_eq!(shown["decisions"], json!([]), "none of an earlier meeting");

    let second = freeze(&desk, &office).await;
    let states = second["decisions"].as_array().unwrap();
    assert_eq!(states.len(), 2);
    assert_eq!(states[0]["record"], task);
    assert_eq!(states[0]["overdue"], true);
    assert_eq!(states[0]["about"]["state"], "transferred");
    desk.cause(&office, task, "finish", json!({})).await;
    let third = freeze(&desk, &office).await;
    assert_eq!(third["decisions"][0]["state"], "done");
    let second = read(&desk.world, &office, &second).await;
    assert_eq!(second["decisions"][0]["state"], "open", "as it stood then");
}

#[tokio::test]
async fn who_leads_a_region_finds_its_dispatches_and_nobody_else_does() {
    let mut desk = Desk::new().await;
    four(&mut desk).await;
    let leader = staff(&desk.world, "leader", Role::Leader, None).await;
    let dispatch = freeze(&desk, &leader).await;
    let (show, body) = (
        format!("/api/dispatches/{}", dispatch["id"]),
        json!({"region": "130500"}),
    );
    desk.world.user("above", Role::Leader, "130000").await;
    let above = desk.world.token("above").await;
    for token in [&desk.office, &above] {
        let listed = desk.world.get(token, "/api/dispatches").await.ok();
        assert_eq!(listed["dispatches"][0]["id"], dispatch["id"]);
        assert_eq!(
            desk.world.get(token, &show).await.ok()["id"],
            dispatch["id"]
        );
    }
    desk.world
        .user("below", Role::CongressOffice, "130502")
        .await;
    let mut others = vec![desk.world.token("below").await, desk.water.clone()];
    for role in [Role::ResponseCentre, Role::Auditor, Role::Administrator] {
        others.push(staff(&desk.world, role.as_str(), role, None).await);
    }
    for token in &others {
        let listed = desk.world.get(token, "/api/dispatches").await.ok();
        assert_eq!(listed["dispatches"], json!([]));
        assert_eq!(desk.world.get(token, &show).await.code(404), "not-found");
        let made = desk.world.post(token, "/api/dispatches", &[], &body).await;
        assert_eq!(made.code(404), "not-found");
    }
    let missing = desk.world.get(&leader, "/api/dispatches/1").await;
    assert_eq!(missing.code(404), "not-found");
    let decision = json!({"campaign": "hebei-6plus1", "text": "下周现场看"});
    let path = format!("{show}/decisions");
    let refused = desk.world.post(&leader, &path, &[], &decision).await;
    assert_eq!(refused.code(403), "refused", "the office writes it down");
    let hidden = desk.world.post(&others[0], &path, &[], &decision).await;
    assert_eq!(hidden.code(404), "not-found");
    let made = desk.world.post(&desk.office, &path, &[], &decision).await;
    let task = made.ok()["record"].clone();
    let mut again = decision.clone();
    again["id"] = task;
    let taken = desk.world.post(&leader, &path, &[], &again).await;
    assert_eq!(taken.code(409), "exists", "somebody else's task");
    again["text"] = json!("改成别的事");
    let changed = desk.world.post(&desk.office, &path, &[], &again).await;
    assert_eq!(changed.code(409), "exists", "another decision");
}

#[tokio::test]
async fn a_second_click_while_nothing_happened_finds_the_same_dispatch() {
    let mut desk = Desk::new().await;
    four(&mut desk).await;
    let office = desk.office.clone();
    let week = json!({"region": "130500", "from": "2020-06-12"});
    let path = format!("/api/records/count?at_least={}", desk.last);
    desk.world.get(&office, &path).await.ok();
    let first = desk
        .world
        .post(&office, "/api/dispatches", &[], &week)
        .await
        .ok();
    assert_eq!(
        first["from"], "2020-06-11T16:00:00.000Z",
        "midnight in Beijing"
    );
    let again = desk
        .world
        .post(&office, "/api/dispatches", &[], &week)
        .await
        .ok();
    assert_eq!(again["id"], first["id"]);
    let other = freeze(&desk, &office).await;
    assert_ne!(other["id"], first["id"], "since another day");
    for (field, bad) in [
        ("region", "邢台"),
        ("from", "2020-6-12"),
        ("from", "2130-01-01"),
    ] {
        let mut body = week.clone();
        body[field] = json!(bad);
        let answer = desk
            .world
            .post(&office, "/api/dispatches", &[], &body)
            .await;
        assert_eq!(answer.json()["field"], field);
        assert_eq!(answer.code(422), "bad-field");
    }
}
