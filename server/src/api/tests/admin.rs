//! Administration: only administrators, only their regions, and what they do stands in the log.

use axum::body::Body;
use axum::http::{Method, Request};
use liandu_core::campaign::HEBEI_JSON;
use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::world::{Answer, World};
use crate::accounts::invitation;

struct Desk {
    world: World,
    county: String,
    province: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world
            .user("county-admin", Role::Administrator, "130123")
            .await;
        world
            .user("province-admin", Role::Administrator, "130000")
            .await;
        world.user("clerk", Role::CongressOffice, "130123").await;
        world.user("far", Role::CongressOffice, "130702").await;
        let county = world.token("county-admin").await;
        let province = world.token("province-admin").await;
        Desk {
            world,
            county,
            province,
        }
    }

    async fn roster(&self, query: &str, csv: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/admin/roster?{query}"))
            .header("authorization", format!("Bearer {}", self.county))
            .body(Body::from(csv.to_owned()))
            .unwrap();
        self.world.ask(request).await
    }

    async fn names(&self, token: &str) -> Vec<String> {
        let people = self.world.get(token, "/api/admin/people").await.ok();
        let people = people["people"].as_array().unwrap().clone();
        let name = |person: &Value| person["name"].as_str().unwrap().to_owned();
        people.iter().map(name).collect()
    }
}

#[tokio::test]
async fn to_anybody_else_there_is_no_administration_and_nobody_sees_another_region() {
    let desk = Desk::new().await;
    let clerk = desk.world.token("clerk").await;
    for path in ["people", "set-up", "devices", "accounts", "audit"] {
        let answer = desk.world.get(&clerk, &format!("/api/admin/{path}")).await;
        assert_eq!(answer.code(404), "not-found", "{path}");
    }
    assert_eq!(desk.names(&desk.county).await, ["clerk", "county-admin"]);
    assert_eq!(desk.names(&desk.province).await.len(), 4);
    let other = json!({"people": ["far"], "hours": 24});
    let asked = desk
        .world
        .post(&desk.county, "/api/admin/invitations", &[], &other);
    asked.await.code(404);
    let set = json!({"disabled": true});
    let asked = desk
        .world
        .post(&desk.county, "/api/admin/accounts/far", &[], &set);
    asked.await.code(404);
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_the_log_knows_its_hash() {
    let desk = Desk::new().await;
    let body = json!({"people": ["clerk"], "hours": 48});
    let asked = desk
        .world
        .post(&desk.county, "/api/admin/invitations", &[], &body);
    let invited = asked.await.ok();
    let code = invited["invitations"][0]["code"].as_str().unwrap();
    let hash = invitation::hash(code);
    let known = desk
        .world
        .engine
        .directory(move |known| known.invitation(&hash).cloned());
    assert_eq!(known.await.unwrap().unwrap().person.as_str(), "clerk");
    let audit = desk.world.get(&desk.county, "/api/admin/audit").await.ok();
    assert_eq!(audit["lines"][0]["act"]["zh"], "邀请");
    assert_eq!(audit["lines"][0]["user"], "county-admin");
    assert!(!audit.to_string().contains(code));
}

#[tokio::test]
async fn an_account_signs_in_with_its_role_and_not_after_it_was_shut_out() {
    let desk = Desk::new().await;
    let role = |region: &str| json!([{"role": "leader", "region": region}]);
    let mut body = json!({"user": "head", "name": "县领导", "region": "130123",
        "grants": role("130123"), "password": "春江潮水连海平海上明月"});
    let path = "/api/admin/accounts";
    body["grants"] = role("130702");
    desk.world
        .post(&desk.county, path, &[], &body)
        .await
        .code(404);
    body["grants"] = role("130123");
    desk.world.post(&desk.county, path, &[], &body).await.ok();
    desk.world
        .post(&desk.county, path, &[], &body)
        .await
        .code(409);
    let sign_in = json!({"user": "head", "password": "春江潮水连海平海上明月"});
    let session = desk
        .world
        .post("", "/api/session", &[], &sign_in)
        .await
        .ok();
    assert_eq!(session["grants"][0]["role"], "leader");
    let set = json!({"disabled": true});
    desk.world
        .post(&desk.county, "/api/admin/accounts/head", &[], &set)
        .await
        .ok();
    desk.world
        .post("", "/api/session", &[], &sign_in)
        .await
        .code(401);
}

#[tokio::test]
async fn a_roster_is_looked_through_first_and_one_wrong_line_brings_in_nothing() {
    let desk = Desk::new().await;
    let groups = "code,name,region\ng-9,九组,130123\n";
    let looked = desk.roster("what=groups", groups).await.ok();
    assert_eq!(
        (&looked["rows"], &looked["position"]),
        (&json!(1), &Value::Null)
    );
    let people = "code,name,region,group\np-9,周一,130123,g-9\n";
    let early = desk.roster("what=people&apply=true", people).await;
    assert_eq!(early.status.as_u16(), 422);
    assert!(early.text.contains("g-9"), "{}", early.text);
    desk.roster("what=groups&apply=true", groups).await.ok();
    desk.roster("what=people&apply=true", people).await.ok();
    assert!(desk.names(&desk.county).await.contains(&"周一".to_owned()));
    let foreign = desk
        .roster(
            "what=people&apply=true",
            "code,name,region\np-8,周二,130702\n",
        )
        .await;
    assert!(foreign.text.contains("130702"), "{}", foreign.text);
    let wrong = desk
        .roster(
            "what=people&apply=true",
            "code,name,region\np 8,周二,130123\n",
        )
        .await;
    assert!(wrong.text.contains("line 2"), "{}", wrong.text);
}

#[tokio::test]
async fn the_next_version_is_published_by_a_province_and_faults_are_named() {
    let desk = Desk::new().await;
    let mut next: Value = serde_json::from_slice(HEBEI_JSON).unwrap();
    next["version"] = json!(99);
    let path = "/api/admin/definitions";
    desk.world
        .post(&desk.county, path, &[], &next)
        .await
        .code(404);
    let done = desk.world.post(&desk.province, path, &[], &next).await.ok();
    assert!(done["position"].as_u64().is_some());
    next["version"] = json!(100);
    next["domains"] = json!([]);
    let refused = desk.world.post(&desk.province, path, &[], &next).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(!refused.json()["problem"].as_str().unwrap().is_empty());
}
