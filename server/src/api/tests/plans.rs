//! Planned visits at the office: a plan is a task with places, and what was visited is counted.

use liandu_core::log::GroupRow;
use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::life::{REGION, deputy, staff};
use super::world::{World, admin};
use crate::engine::AuthorityAct;

async fn made(world: &World, token: &str, body: Value) -> (String, u64) {
    let made = world.post(token, "/api/records", &[], &body).await.ok();
    let position = made["position"].as_u64().unwrap();
    (made["record"].as_str().unwrap().to_owned(), position)
}

fn plan() -> Value {
    let write = |path: &str, value: &str| json!({"path": path, "value": value});
    json!({
        "kind": "task",
        "scope": {"region": REGION, "group": "g-1", "audience": "group"},
        "campaign": "hebei-6plus1",
        "writes": [
            write("f/title", "端午前走访机井"), write("f/domain", "groundwater"),
            write("f/deadline", "2020-06-24"),
            write("i/points/p1/title", "东康庄机井"), write("i/points/p1/village", "东康庄"),
            write("i/points/p2/title", "村西取水口"),
            {"path": "i/points/p2/position", "value": {"position": {"lat": 37.1, "lon": 114.5, "datum": "GCJ-02"}}},
        ],
    })
}

fn visit(id: &str) -> Value {
    json!({
        "id": id, "kind": "inspection",
        "scope": {"region": REGION, "group": "g-1", "audience": "group"},
        "campaign": "hebei-6plus1",
        "writes": [{"path": "f/target", "value": "东康庄机井"}],
    })
}

#[tokio::test]
async fn a_plan_says_which_of_its_places_were_visited_and_a_withdrawn_visit_is_none() {
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    let (task, position) = made(&world, &office, plan()).await;
    // A task without places is no plan.
    let bare = json!({
        "kind": "task", "scope": {"region": REGION, "audience": "office"},
        "campaign": "hebei-6plus1", "writes": [{"path": "f/title", "value": "写总结"}],
    });
    let (_, position) = (position, made(&world, &office, bare).await.1);
    let asked = |position: u64| format!("/api/plans?at_least={position}");
    let seen = world.get(&office, &asked(position)).await.ok();
    assert_eq!(seen["plans"].as_array().unwrap().len(), 1);
    let shown = &seen["plans"][0];
    assert_eq!(
        (&shown["task"]["id"], &shown["covered"]),
        (&json!(task), &json!(0))
    );
    assert_eq!(shown["task"]["due"], "2020-06-24");
    let points = shown["points"].as_array().unwrap();
    let titles: Vec<&Value> = points.iter().map(|point| &point["title"]).collect();
    assert_eq!(titles, ["东康庄机井", "村西取水口"]);
    assert_eq!(points[1]["position"]["datum"], "GCJ-02");
    assert!(points[0].get("visited").is_none());

    let id = points[0]["visit"].as_str().unwrap();
    let (visited, position) = made(&world, &office, visit(id)).await;
    assert_eq!(visited, id);
    let seen = world.get(&office, &asked(position)).await.ok();
    assert_eq!(seen["plans"][0]["covered"], 1);
    assert_eq!(seen["plans"][0]["points"][0]["visited"]["id"], id);

    let path = format!("/api/records/{id}");
    let read = world.get(&office, &path).await.ok();
    let headers = [("if-match", read["seen"].as_str().unwrap())];
    let body = json!({"edit": "event", "event": "withdraw"});
    let done = world
        .post(&office, &format!("{path}/edits"), &headers, &body)
        .await
        .ok();
    let position = done["position"].as_u64().unwrap();
    let seen = world.get(&office, &asked(position)).await.ok();
    assert_eq!(seen["plans"][0]["covered"], 0);
}

#[tokio::test]
async fn plans_and_groups_of_another_region_are_nobodys_business() {
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    world
        .user("elsewhere", Role::CongressOffice, "130700")
        .await;
    let elsewhere = world.token("elsewhere").await;
    let rows = [("g-1", REGION), ("g-7", "130702")].map(|(code, region)| GroupRow {
        code: code.parse().unwrap(),
        name: format!("{code} 小组"),
        region: region.parse().unwrap(),
        domain: Some("land".parse().unwrap()),
        kind: "deputy".to_owned(),
    });
    let act = AuthorityAct::Groups(rows.to_vec());
    world.engine.act(admin(), act).await.unwrap();
    let (_, position) = made(&world, &office, plan()).await;
    for (token, group, plans) in [(&office, "g-1", 1), (&elsewhere, "g-7", 0)] {
        let groups = world.get(token, "/api/groups").await.ok();
        assert_eq!(groups.as_array().unwrap().len(), 1);
        assert_eq!(
            (&groups[0]["group"], &groups[0]["domain"]),
            (&json!(group), &json!("land"))
        );
        let seen = world
            .get(token, &format!("/api/plans?at_least={position}"))
            .await
            .ok();
        assert_eq!(seen["plans"].as_array().unwrap().len(), plans);
    }
    let member = deputy(&world, "p-1").await;
    let refused = world.post(&member, "/api/records", &[], &plan()).await;
    assert_eq!(refused.code(403), "refused", "a plan is the office's");
}

#[tokio::test]
async fn a_plan_is_listed_whatever_its_places_are_called_and_none_is_left_when_all_are_taken_back()
{
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    let mut long = plan();
    // Longer than what a filter looks at.
    let title = "井".repeat(80);
    long["writes"][3]["value"] = json!(title);
    long["writes"][5]["value"] = json!(title);
    let (id, position) = made(&world, &office, long).await;
    let listed = |position: u64| format!("/api/plans?at_least={position}");
    let seen = world.get(&office, &listed(position)).await.ok();
    assert_eq!(seen["plans"][0]["points"][0]["title"], title);
    let path = format!("/api/records/{id}");
    let read = world.get(&office, &path).await.ok();
    let headers = [("if-match", read["seen"].as_str().unwrap())];
    let cleared =
        ["p1", "p2"].map(|point| json!({"path": format!("i/points/{point}/title"), "value": null}));
    let body = json!({"edit": "set", "writes": cleared});
    let path = format!("{path}/edits");
    let done = world.post(&office, &path, &headers, &body).await.ok();
    let position = done["position"].as_u64().unwrap();
    let seen = world.get(&office, &listed(position)).await.ok();
    assert_eq!(seen["plans"], json!([]));
}
