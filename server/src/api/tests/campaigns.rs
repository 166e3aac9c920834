//! A second campaign beside the first: numbers, figures and dispatches are each one's own.

use liandu_core::campaign::HEBEI_V2_JSON;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::REGION;
use super::world::admin;
use crate::engine::AuthorityAct;

const SECOND: &str = "water-2021";

/// The desk with a second campaign of the same form.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let mut definition: Value = serde_json::from_slice(HEBEI_V2_JSON).unwrap();
    definition["id"] = json!(SECOND);
    definition["version"] = json!(1);
    definition["name"] = json!({"zh": "河湖专项", "en": "rivers and lakes"});
    let bytes = serde_json::to_vec(&definition).unwrap();
    let act = AuthorityAct::Definition(bytes);
    desk.world.engine.act(admin(), act).await.unwrap();
    desk
}

async fn problem(desk: &mut Desk, campaign: &str, title: &str) -> Value {
    let body = json!({
        "kind": "problem", "campaign": campaign,
        "scope": {"region": REGION, "audience": "office"},
        "writes": [
            {"path": "f/title", "value": title},
            {"path": "f/domain", "value": "land"},
            {"path": "f/settled_deadline", "value": "2020-04-30"},
        ],
    });
    let made = desk.world.post(&desk.office, "/api/records", &[], &body);
    let made = made.await.ok();
    desk.last = made["position"].as_u64().unwrap();
    get(desk, "/api/records/count").await;
    let path = format!("/api/records/{}", made["record"].as_str().unwrap());
    desk.world.get(&desk.office, &path).await.ok()
}

async fn get(desk: &Desk, path: &str) -> Value {
    let joined = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{joined}at_least={}", desk.last);
    desk.world.get(&desk.office, &path).await.ok()
}

async fn frozen(desk: &mut Desk, campaign: Option<&str>) -> Value {
    let body = json!({"region": "130500", "from": "2020-04-01", "campaign": campaign});
    let made = desk.world.post(&desk.office, "/api/dispatches", &[], &body);
    made.await.ok()
}

#[tokio::test]
async fn numbers_and_figures_of_two_campaigns_are_not_mixed() {
    let mut desk = desk().await;
    let mut numbers = Vec::new();
    for (campaign, title) in [
        ("hebei-6plus1", "一"),
        (SECOND, "二"),
        ("hebei-6plus1", "三"),
        (SECOND, "四"),
        (SECOND, "五"),
    ] {
        let shown = problem(&mut desk, campaign, title).await;
        let number = &shown["number"];
        assert_eq!(number["campaign"], campaign);
        numbers.push(number["n"].as_u64().unwrap());
    }
    assert_eq!(numbers, [1, 1, 2, 2, 3], "each campaign counts for itself");
    for (campaign, count) in [("hebei-6plus1", 2), (SECOND, 3)] {
        let ask = format!("/api/records/count?campaign={campaign}&by=domain");
        let counted = get(&desk, &ask).await;
        assert_eq!(counted["total"], count);
        assert_eq!(counted["groups"][0]["count"], count);
        let ask = format!("/api/map?campaign={campaign}&level=county");
        let map = get(&desk, &ask).await;
        assert_eq!(map["total"], count);
        let list = get(&desk, &format!("/api/records?campaign={campaign}")).await;
        assert_eq!(list["records"].as_array().unwrap().len(), count);
    }
    let both = get(&desk, "/api/records/count?kind=problem&by=campaign").await;
    assert_eq!(both["total"], 5);
    assert_eq!(both["groups"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_dispatch_is_over_one_campaign_and_its_decisions_stay_there() {
    let mut desk = desk().await;
    for (campaign, title) in [("hebei-6plus1", "一"), (SECOND, "二"), (SECOND, "四")] {
        problem(&mut desk, campaign, title).await;
    }
    let second = frozen(&mut desk, Some(SECOND)).await;
    assert_eq!(second["campaign"], SECOND);
    assert_eq!(second["total"]["new"], 2);
    assert_eq!(second["overdue"].as_array().unwrap().len(), 2);
    let query = second["queries"]["new"].as_str().unwrap();
    let counted = get(&desk, &format!("/api/records/count?{query}")).await;
    assert_eq!(counted["total"], 2, "the ledger's number");
    let first = frozen(&mut desk, Some("hebei-6plus1")).await;
    assert_eq!(first["total"]["new"], 1);
    let all = frozen(&mut desk, None).await;
    assert_eq!(
        (&all["campaign"], &all["total"]["new"]),
        (&Value::Null, &json!(3))
    );

    let path = format!("/api/dispatches/{}/decisions", second["id"]);
    let strange = json!({"campaign": "hebei-6plus1", "text": "下周现场看"});
    let refused = desk.world.post(&desk.office, &path, &[], &strange).await;
    assert_eq!(refused.status.as_u16(), 422);
    let own = json!({"campaign": SECOND, "text": "下周现场看"});
    let decided = desk.world.post(&desk.office, &path, &[], &own).await.ok();
    desk.last = decided["position"].as_u64().unwrap();
    get(&desk, "/api/records/count").await;
    for (campaign, decisions) in [(Some(SECOND), 1), (Some("hebei-6plus1"), 0), (None, 0)] {
        let again = frozen(&mut desk, campaign).await;
        assert_eq!(
            again["decisions"].as_array().unwrap().len(),
            decisions,
            "{campaign:?}"
        );
    }
    let body = json!({"region": "130500", "campaign": "nosuch"});
    let unknown = desk
        .world
        .post(&desk.office, "/api/dispatches", &[], &body)
        .await;
    assert_eq!(unknown.status.as_u16(), 422);
}
