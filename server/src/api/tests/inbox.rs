//! What waits for whom, and that it is the ledger's number.

use std::collections::BTreeSet;

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::life::{REGION, staff};
use super::world::World;

pub(super) struct Desk {
    pub(super) world: World,
    pub(super) office: String,
    pub(super) water: String,
    /// The position of the last edit.
    pub(super) last: u64,
}

impl Desk {
    pub(super) async fn new() -> Desk {
        Desk::on(World::new().await).await
    }

    pub(super) async fn on(world: World) -> Desk {
        let office = staff(&world, "office", Role::CongressOffice, None).await;
        let water = staff(&world, "water", Role::Department, Some("u-water")).await;
        Desk {
            world,
            office,
            water,
            last: 0,
        }
    }

    pub(super) async fn edit(&mut self, token: &str, id: &str, body: Value) {
        let path = format!("/api/records/{id}");
        let seen = self.world.get(token, &path).await.ok()["seen"].clone();
        let headers = [("if-match", seen.as_str().unwrap())];
        let path = format!("{path}/edits");
        let done = self.world.post(token, &path, &headers, &body).await.ok();
        self.last = done["position"].as_u64().unwrap();
    }

    /// A problem with its four things, handed to the department.
    pub(super) async fn handed(&mut self, title: &str, deadline: &str) -> String {
        self.handed_in(REGION, title, deadline).await
    }

    pub(super) async fn handed_in(&mut self, region: &str, title: &str, deadline: &str) -> String {
        let office = self.office.clone();
        let id = self.world.problem(&office, region, title).await;
        let settled = [
            ("settled_person", "王局长"),
            ("settled_matter", "回填"),
            ("settled_standard", "恢复地貌"),
            ("settled_deadline", deadline),
        ];
        let writes: Vec<Value> = settled
            .iter()
            .map(|(field, value)| json!({"path": format!("f/{field}"), "value": value}))
            .collect();
        self.edit(&office, &id, json!({"edit": "set", "writes": writes}))
            .await;
        self.cause(&office, &id, "transfer", json!({"unit": "u-water"}))
            .await;
        id
    }

    pub(super) async fn cause(&mut self, token: &str, id: &str, event: &str, args: Value) {
        let body = json!({"edit": "event", "event": event, "args": args});
        self.edit(token, id, body).await;
    }

    /// The inbox, each of whose heaps has the ledger's number.
    pub(super) async fn inbox(&self, token: &str) -> Value {
        // Also what the log notes of exports: every answer is of one position.
        let end = self.world.engine.read(|keeper| keeper.position()).await;
        let path = format!("/api/inbox?at_least={}", end.unwrap());
        let inbox = self.world.get(token, &path).await.ok();
        let mut all = BTreeSet::new();
        for wait in inbox["waits"].as_array().unwrap() {
            let path = format!("/api/records/count?{}", wait["filter"].as_str().unwrap());
            let counted = self.world.get(token, &path).await.ok();
            assert_eq!(counted["total"], wait["count"], "{path}");
            assert_eq!(counted["as_of"], inbox["as_of"]);
            let path = format!("/api/records?{}", wait["filter"].as_str().unwrap());
            let listed = self.world.get(token, &path).await.ok();
            let listed = listed["records"].as_array().unwrap().iter();
            all.extend(listed.map(|record| record["id"].to_string()));
        }
        assert_eq!(inbox["total"], all.len());
        assert_eq!(inbox["records"].as_array().unwrap().len(), all.len());
        inbox
    }
}

fn titles(inbox: &Value) -> Vec<&str> {
    let records = inbox["records"].as_array().unwrap().iter();
    records
        .map(|waiting| waiting["record"]["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_department_finds_what_is_handed_to_it_in_due_order_and_extensions_count() {
    let mut desk = Desk::new().await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let roads = staff(&desk.world, "roads", Role::Department, Some("u-roads")).await;
    desk.handed("后到期", "2020-05-30").await;
    let soon = desk.handed("先到期", "2020-04-30").await;
    desk.world.problem(&office, REGION, "刚发现").await;
    let inbox = desk.inbox(&water).await;
    assert_eq!(titles(&inbox), ["先到期", "后到期"]);
    assert_eq!(inbox["records"][0]["record"]["due"], "2020-04-30");
    assert_eq!(inbox["records"][0]["next"][0]["event"], "receive");
    let more = json!({"until": "2020-07-01"});
    desk.cause(&office, &soon, "extend", more).await;
    let inbox = desk.inbox(&water).await;
    assert_eq!(titles(&inbox), ["后到期", "先到期"]);
    assert_eq!(inbox["records"][1]["record"]["due"], "2020-07-01");
    assert_eq!(desk.inbox(&roads).await["total"], 0);
}

#[tokio::test]
async fn what_somebody_did_waits_for_the_next_and_every_next_act_is_taken() {
    let mut desk = Desk::new().await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let id = desk.handed("采砂坑", "2020-05-30").await;
    for (who, other, event) in [
        (&water, &office, "receive"),
        (&water, &office, "report"),
        (&office, &water, "pass"),
        (&office, &water, "close"),
    ] {
        let inbox = desk.inbox(who).await;
        assert_eq!(titles(&inbox), ["采砂坑"], "{event}");
        assert_eq!(titles(&desk.inbox(other).await), [""; 0], "{event}");
        let next = inbox["records"][0]["next"].as_array().unwrap();
        assert!(
            next.iter().any(|next| next["event"] == event),
            "{event}: {next:?}"
        );
        desk.cause(who, &id, event, json!({})).await;
    }
    assert_eq!(desk.inbox(&office).await["total"], 0);
    assert_eq!(desk.inbox(&water).await["total"], 0);
}
