//! What has been overdue long enough waits for the leaders above by itself: one number wherever it
//! is shown.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::{REGION, staff};
use super::world::{World, admin};
use crate::engine::AuthorityAct;

/// Publishes Hebei's second version with these rises.
async fn publish(desk: &mut Desk, version: u32, rises: Value) {
    let mut definition: Value =
        serde_json::from_slice(liandu_core::campaign::HEBEI_V2_JSON).unwrap();
    definition["version"] = json!(version);
    definition["escalation"] = rises;
    let act = AuthorityAct::Definition(definition.to_string().into_bytes());
    desk.last = desk.world.engine.act(admin(), act).await.unwrap().0;
}

async fn heap(desk: &Desk, token: &str, level: &str) -> Option<u64> {
    let inbox = desk.inbox(token).await;
    let mut waits = inbox["waits"].as_array().unwrap().iter();
    let wait = waits.find(|wait| wait["raised"] == level)?;
    wait["count"].as_u64()
}

#[tokio::test]
async fn an_overdue_problem_waits_for_the_leaders_of_each_level_in_its_time() {
    let mut desk = Desk::on(World::in_may().await).await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let city = staff(&desk.world, "leader", Role::Leader, None).await;
    desk.world.user("above", Role::Leader, "130000").await;
    desk.world.user("below", Role::Leader, REGION).await;
    let (province, county) = (
        desk.world.token("above").await,
        desk.world.token("below").await,
    );
    // Today, 2020-05-06, the last working days were 04-30, 04-29, 04-28, 04-27.
    let long = desk.handed("逾期三日", "2020-04-27").await;
    let short = desk.handed("刚逾期", "2020-04-30").await;
    desk.handed("将到期", "2020-05-08").await;
    assert_eq!(
        heap(&desk, &city, "city").await,
        Some(0),
        "version 1 says nothing"
    );
    let rises = json!([{"level": "city", "days": 1}, {"level": "province", "days": 3}]);
    publish(&mut desk, 2, rises).await;
    for (token, level, expected) in [
        (&city, "city", Some(1)),
        (&province, "province", Some(1)),
        (&county, "county", Some(0)),
        (&city, "province", None),
        (&office, "city", None),
    ] {
        assert_eq!(heap(&desk, token, level).await, expected, "{level}");
    }
    let waiting = desk.inbox(&city).await["records"][0].clone();
    assert_eq!(waiting["record"]["raised"], "province", "as high as it is");
    assert!(waiting["flag"].is_null(), "its line says so");
    assert_eq!(waiting["next"][0]["event"], "supervise");
    let counted = desk
        .world
        .get(&office, "/api/records/count?by=raised")
        .await
        .ok();
    let groups = json!([{"value": "", "count": 2},
        {"value": "province", "label": {"zh": "省", "en": "province"}, "count": 1}]);
    assert_eq!(counted["groups"], groups);
    let shown = |id: &str| format!("/api/records/{id}");
    let raised = desk.world.get(&office, &shown(&long)).await.ok();
    assert_eq!(raised["raised"], "province");
    assert!(desk.world.get(&office, &shown(&short)).await.ok()["raised"].is_null());

    // A flag of the same problem: it waits for two reasons and counts once.
    desk.cause(&office, &long, "escalate", json!({})).await;
    assert_eq!(desk.inbox(&city).await["total"], 1);
    desk.cause(&office, &short, "escalate", json!({})).await;
    assert_eq!(desk.inbox(&city).await["total"], 2);

    desk.cause(&water, &long, "receive", json!({})).await;
    desk.cause(&water, &long, "report", json!({})).await;
    assert_eq!(
        heap(&desk, &city, "city").await,
        Some(0),
        "reported: it rests"
    );
    publish(&mut desk, 3, json!([{"level": "county", "days": 2}])).await;
    desk.cause(&office, &long, "fail", json!({"reason": "未完成"}))
        .await;
    assert_eq!(heap(&desk, &county, "county").await, Some(1));
    assert_eq!(
        heap(&desk, &city, "city").await,
        Some(0),
        "by the newest version"
    );
}

/// What the ledger shows as raised to a level, and what lines say about themselves.
async fn shown(desk: &Desk, level: &str) -> (Vec<String>, Vec<Value>) {
    let path = format!(
        "/api/records?raised={level}&sort=title&at_least={}",
        desk.last
    );
    let listed = desk.world.get(&desk.office, &path).await.ok();
    let lines = listed["records"].as_array().unwrap().iter();
    let title = |line: &Value| line["title"].as_str().unwrap().to_owned();
    let raised = lines.clone().map(|line| line["raised"].clone());
    (lines.map(title).collect(), raised.collect())
}

#[tokio::test]
async fn a_problem_rises_to_levels_at_or_above_its_own_region_in_table_and_line_alike() {
    let mut desk = Desk::on(World::in_may().await).await;
    for (region, title) in [("130500", "a"), ("130502", "b"), ("130502001", "c")] {
        desk.handed_in(region, title, "2020-04-20").await;
    }
    let all = ["province", "city", "county", "town"];
    let rise = |level: &&str| json!({"level": level, "days": 1});
    publish(&mut desk, 2, all.iter().map(rise).collect()).await;
    for (level, titles) in [
        ("province", ["a", "b", "c"].as_slice()),
        ("city", &["a", "b", "c"]),
        ("county", &["b", "c"]),
        ("town", &["c"]),
    ] {
        let (found, raised) = shown(&desk, level).await;
        assert_eq!(found, titles, "{level}");
        assert!(
            raised.iter().all(|raised| raised == "province"),
            "{raised:?}"
        );
    }
    publish(&mut desk, 3, all[2..].iter().map(rise).collect()).await;
    let (found, raised) = shown(&desk, "county,town").await;
    assert_eq!(found, ["b", "c"]);
    assert_eq!(raised, ["county", "county"]);
    assert_eq!(shown(&desk, "city,province").await.0, [""; 0]);
}

#[tokio::test]
async fn a_level_that_is_none_is_an_error() {
    let desk = Desk::new().await;
    let answer = desk
        .world
        .get(&desk.office, "/api/records?raised=ward")
        .await;
    assert_eq!(answer.code(400), "bad-value");
}
