//! Lead and co-departments: the work is the lead's, each of the others owes an answer of its own.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::flags::heap;
use super::inbox::Desk;
use super::life::staff;

/// The desk with two more departments, and a problem that one leads and the two help with.
async fn shared() -> (Desk, String, String, String) {
    let mut desk = Desk::new().await;
    let roads = staff(&desk.world, "roads", Role::Department, Some("u-roads")).await;
    let land = staff(&desk.world, "land", Role::Department, Some("u-land")).await;
    let id = desk.handed("河道采砂坑", "2020-05-30").await;
    let office = desk.office.clone();
    let args = json!({"unit": "u-water", "co_units": "u-roads,u-land", "reason": "会办"});
    desk.cause(&office, &id, "reassign", args).await;
    (desk, roads, land, id)
}

async fn waits(desk: &Desk, token: &str, state: &str) -> u64 {
    let inbox = desk.inbox(token).await;
    let waits = inbox["waits"].as_array().unwrap().iter();
    let of_state = waits.filter(|wait| wait["state"] == state);
    of_state.map(|wait| wait["count"].as_u64().unwrap()).sum()
}

async fn refused(desk: &Desk, token: &str, id: &str, event: &str, args: &Value) -> u16 {
    let path = format!("/api/records/{id}");
    let seen = desk.world.get(token, &path).await.ok()["seen"].clone();
    let body = json!({"edit": "event", "event": event, "args": args});
    let headers = [("if-match", seen.as_str().unwrap())];
    let path = format!("{path}/edits");
    let answer = desk.world.post(token, &path, &headers, &body).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn the_work_waits_for_the_lead_and_an_answer_for_each_that_helps() {
    let (mut desk, roads, land, id) = shared().await;
    let water = desk.water.clone();
    assert_eq!(waits(&desk, &water, "transferred").await, 1);
    assert_eq!(waits(&desk, &roads, "transferred").await, 0);
    assert_eq!(heap(&desk, &roads, "co-asked").await, Some(1));
    assert_eq!(heap(&desk, &water, "co-asked").await, Some(0));
    let next = desk.inbox(&roads).await["records"][0]["next"][0].clone();
    assert_eq!(next["event"], "assist");
    let path = format!("/api/records/{id}");
    let state = desk.world.get(&roads, &path).await.ok()["state"].clone();
    assert_eq!(state["leads"], json!(["u-water"]));
    assert_eq!(state["handlers"], json!(["u-land", "u-roads", "u-water"]));
    assert_eq!(state["asked"], json!(["u-land", "u-roads"]));
    for event in ["receive", "report"] {
        assert_eq!(refused(&desk, &roads, &id, event, &json!({})).await, 403);
    }
    desk.cause(&water, &id, "receive", json!({})).await;
    // Whoever helps writes into the same rectification.
    let plan = json!({"edit": "set", "writes": [{"path": "f/plan_until", "value": "2020-05-20"}]});
    desk.edit(&roads, &id, plan).await;
    let answer = json!({"by_unit": "u-roads", "text": "便道已封"});
    desk.cause(&roads, &id, "assist", answer).await;
    assert_eq!(heap(&desk, &roads, "co-asked").await, Some(0));
    assert_eq!(heap(&desk, &land, "co-asked").await, Some(1));
    let answer = json!({"by_unit": "u-land", "text": "已核实"});
    desk.cause(&land, &id, "assist", answer).await;
    let state = desk.world.get(&land, &path).await.ok()["state"].clone();
    assert_eq!(state["flags"], json!([]));
}

#[tokio::test]
async fn nobody_answers_for_another_unit_and_the_lead_is_no_helper() {
    let (desk, roads, _, id) = shared().await;
    for (by, unit) in [
        (&roads, "u-land"),
        (&roads, "u-water"),
        (&desk.water, "u-roads"),
        (&desk.water, "u-water"),
        (&desk.office, "u-roads"),
    ] {
        let args = json!({"by_unit": unit, "text": "已核实"});
        assert_eq!(
            refused(&desk, by, &id, "assist", &args).await,
            403,
            "{unit}"
        );
    }
}

#[tokio::test]
async fn handed_over_again_every_helper_is_asked_again() {
    let (mut desk, roads, _, id) = shared().await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let answer = json!({"by_unit": "u-roads", "text": "便道已封"});
    desk.cause(&roads, &id, "assist", answer).await;
    let args = json!({"unit": "u-roads", "co_units": "u-water", "reason": "以路政为主"});
    desk.cause(&office, &id, "reassign", args).await;
    assert_eq!(waits(&desk, &roads, "transferred").await, 1);
    assert_eq!(heap(&desk, &roads, "co-asked").await, Some(0));
    assert_eq!(heap(&desk, &water, "co-asked").await, Some(1));
    assert_eq!(waits(&desk, &water, "transferred").await, 0);
}

#[tokio::test]
async fn figures_by_department_count_a_problem_once_for_its_lead() {
    let (desk, ..) = shared().await;
    let ask = |query: &str| {
        format!(
            "/api/records/count?kind=problem&at_least={}&{query}",
            desk.last
        )
    };
    for (query, count) in [
        ("lead=u-water", 1),
        ("lead=u-roads", 0),
        ("co=u-roads", 1),
        ("co=u-roads&co=u-land", 1),
        ("co=u-water", 0),
        ("handler=u-roads", 1),
    ] {
        let counted = desk.world.get(&desk.office, &ask(query)).await.ok();
        assert_eq!(counted["total"], count, "{query}");
    }
}
