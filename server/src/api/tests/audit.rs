//! The audit: who came in and who tried to, what was carried out and read, every change of an
//! account; found by person, sort and time, and only in one's own regions.

use liandu_core::log::{SignIn, SignInOutcome};
use liandu_core::policy::Role;
use liandu_core::time::Timestamp;
use serde_json::{Value, json};

use super::world::{PASSWORD, World, admin};
use crate::engine::AuthorityAct;

struct Desk {
    world: World,
    admin: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world.user("admin", Role::Administrator, "130000").await;
        world
            .user("county-admin", Role::Administrator, "130123")
            .await;
        world.user("clerk", Role::CongressOffice, "130123").await;
        world.user("far", Role::CongressOffice, "130702").await;
        let admin = world.token("admin").await;
        Desk { world, admin }
    }

    async fn asked(&self, token: &str, query: &str) -> Vec<Value> {
        let path = format!("/api/admin/audit?{query}");
        let found = self.world.get(token, &path).await.ok();
        found["lines"].as_array().unwrap().clone()
    }

    async fn lines(&self, query: &str) -> Vec<Value> {
        self.asked(&self.admin, query).await
    }

    async fn try_in(&self, user: &str, password: &str) -> u16 {
        let body = json!({"user": user, "password": password});
        let answer = self.world.post("", "/api/session", &[], &body).await;
        answer.status.as_u16()
    }
}

fn said(line: &Value) -> (&str, &str, &str) {
    let text = |name: &str| line[name].as_str().unwrap();
    (text("kind"), text("user"), text("about"))
}

#[tokio::test]
async fn who_signs_in_and_who_fails_is_in_the_log_before_the_answer() {
    let desk = Desk::new().await;
    assert_eq!(desk.try_in("clerk", PASSWORD).await, 201);
    assert_eq!(desk.try_in("clerk", "错的密码错的密码").await, 401);
    assert_eq!(desk.try_in("my-secret-password", "x").await, 401);
    let lines = desk.lines("kind=signed-in,sign-in-failed&who=clerk").await;
    let kinds: Vec<_> = lines.iter().map(said).collect();
    assert_eq!(
        kinds,
        [("sign-in-failed", "clerk", ""), ("signed-in", "clerk", "")]
    );
    // Tries under a name that is nobody's come with the minute's entry.
    crate::api::write_all_tries(&desk.world.office).await;
    let all = desk.lines("kind=sign-in-failed").await;
    assert_eq!(said(&all[0]), ("sign-in-failed", "", ""));
    assert!(
        !serde_json::to_string(&all).unwrap().contains("my-secret"),
        "what nobody is called is not kept"
    );
    let metrics = desk.world.get("", "/metrics").await.text;
    for line in [
        "# HELP liandu_sign_ins_failed_total tries to sign in with a wrong name or password",
        "# TYPE liandu_sign_ins_failed_total counter",
        "liandu_sign_ins_failed_total 2",
        "liandu_sign_ins_total 2",
        "liandu_sign_ins_unwritten 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn tries_that_were_told_to_wait_are_counted_together_and_written_later() {
    let desk = Desk::new().await;
    for _ in 0..4 {
        desk.try_in("clerk", "错的密码错的密码").await;
    }
    for _ in 0..5 {
        assert_eq!(desk.try_in("clerk", PASSWORD).await, 429);
    }
    assert_eq!(desk.lines("kind=sign-in-delayed").await.len(), 0);
    crate::api::write_all_tries(&desk.world.office).await;
    let lines = desk.lines("kind=sign-in-delayed").await;
    assert_eq!((lines.len(), &lines[0]["count"]), (1, &json!(5)));
    let found = desk
        .world
        .get(&desk.admin, "/api/admin/accounts")
        .await
        .ok();
    let accounts = found.as_array().unwrap().iter();
    let clerk = accounts.clone().find(|one| one["user"] == "clerk").unwrap();
    assert_eq!(clerk["failed"], 9);
    assert!(clerk["failed_last"].is_string() && clerk["last_sign_in"].is_null());
    let admin = accounts.clone().find(|one| one["user"] == "admin").unwrap();
    assert!(admin["last_sign_in"].is_string() && admin["failed"] == 0);
}

#[tokio::test]
async fn an_export_says_who_which_filter_how_many_and_in_which_format() {
    let desk = Desk::new().await;
    let clerk = desk.world.token("clerk").await;
    for title in ["甲", "乙"] {
        desk.world.problem(&clerk, "130123", title).await;
    }
    for format in ["csv", "xlsx", "geojson"] {
        let path = format!("/api/records.{format}?kind=problem&q=%E7%94%B2");
        let given = desk.world.get(&clerk, &path).await;
        assert_eq!(given.status.as_u16(), 200);
    }
    let lines = desk.lines("kind=exported").await;
    let kinds: Vec<_> = lines.iter().map(said).collect();
    assert_eq!(
        kinds,
        [
            (
                "exported",
                "clerk",
                "records.geojson · 1 · kind=problem&q=甲"
            ),
            ("exported", "clerk", "records.xlsx · 1 · kind=problem&q=甲"),
            ("exported", "clerk", "records.csv · 1 · kind=problem&q=甲"),
        ]
    );
}

#[tokio::test]
async fn every_change_of_an_account_is_told_apart() {
    let desk = Desk::new().await;
    let body = json!({"user": "head", "name": "县领导", "region": "130123",
        "grants": [{"role": "leader", "region": "130123"}], "password": PASSWORD});
    let path = "/api/admin/accounts";
    desk.world.post(&desk.admin, path, &[], &body).await.ok();
    let path = "/api/admin/accounts/head";
    for change in [
        json!({"password": "春江潮水连海平海上明月"}),
        json!({"disabled": true}),
        json!({"disabled": false}),
        json!({"grants": [{"role": "department", "region": "130123", "unit": "water"}]}),
    ] {
        desk.world.post(&desk.admin, path, &[], &change).await.ok();
    }
    let lines = desk.lines("who=head").await;
    let kinds: Vec<_> = lines.iter().map(said).collect();
    assert_eq!(
        kinds,
        [
            ("roles", "admin", "head · department:130123:water"),
            ("account-opened", "admin", "head"),
            ("account-shut", "admin", "head"),
            ("account-password", "admin", "head"),
            ("roles", "admin", "head · leader:130123"),
            ("account-made", "admin", "head"),
        ]
    );
    // By what people call them, too.
    assert_eq!(desk.lines("who=县领导").await, lines);
    let anew = desk.world.rebuilt("anew.db");
    let mut progress = anew.office.progress.clone();
    let end = *anew.engine.positions().borrow();
    progress.wait_for(|at| at.position >= end).await.unwrap();
    let again = anew
        .get(&desk.admin, "/api/admin/audit?who=head")
        .await
        .ok();
    assert_eq!(again["lines"].as_array().unwrap(), &lines);
}

#[tokio::test]
async fn reads_of_contacts_are_shown_to_the_region_they_are_of() {
    let desk = Desk::new().await;
    desk.world
        .user("centre", Role::ResponseCentre, "130123")
        .await;
    let centre = desk.world.token("centre").await;
    let body = json!({
        "kind": "opinion",
        "scope": {"region": "130123", "audience": "contact"},
        "campaign": "hebei-6plus1",
        "texts": {"content": "王某某 13800000000"},
    });
    let made = desk
        .world
        .post(&centre, "/api/records", &[], &body)
        .await
        .ok();
    let id = made["record"].as_str().unwrap();
    for way in ["?purpose=callback", "/history?path=t/content&purpose=again"] {
        let path = format!("/api/records/{id}{way}");
        desk.world.get(&centre, &path).await.ok();
    }
    let county = desk.world.token("county-admin").await;
    let lines = desk.asked(&county, "kind=contact-read").await;
    assert_eq!(
        lines.iter().map(said).collect::<Vec<_>>(),
        [
            ("contact-read", "centre", format!("{id} · again").as_str()),
            (
                "contact-read",
                "centre",
                format!("{id} · callback").as_str()
            ),
        ]
    );
    assert_eq!(desk.asked(&county, "who=far").await, [Value::Null; 0]);
    desk.world.token("far").await;
    assert_eq!(desk.asked(&county, "who=far").await, [Value::Null; 0]);
    assert_eq!(desk.lines("who=far&kind=signed-in").await.len(), 1);
}

#[tokio::test]
async fn the_audit_is_cut_by_time_paged_and_taken_out_as_a_file_that_is_in_it() {
    let desk = Desk::new().await;
    for ms in 0..120 {
        for user in ["clerk", "far"] {
            let row = SignIn {
                user: user.to_owned(),
                address: "10.0.0.7".to_owned(),
                outcome: SignInOutcome::In,
                count: 1,
                first: Timestamp(ms),
                last: Timestamp(ms),
            };
            let act = AuthorityAct::SignIns(vec![row]);
            desk.world.engine.act(admin(), act).await.unwrap();
        }
    }
    let whole = desk.world.get(&desk.admin, "/api/admin/audit").await.ok();
    assert_eq!(whole["lines"].as_array().unwrap().len(), 200);
    let next = whole["next"].as_u64().unwrap();
    let older = desk.lines(&format!("before={next}")).await;
    assert!(
        older
            .iter()
            .all(|line| line["position"].as_u64().unwrap() < next)
    );
    let oldest = |lines: &[Value]| lines.last().unwrap()["position"].clone();
    assert!(oldest(&older).as_u64() < whole["lines"][199]["position"].as_u64());
    assert_eq!(desk.lines("until=1969-12-31").await, [Value::Null; 0]);
    assert_eq!(desk.lines("since=2999-01-01").await, [Value::Null; 0]);
    let bad = desk
        .world
        .get(&desk.admin, "/api/admin/audit?since=gestern")
        .await;
    assert_eq!(bad.code(400), "bad-value");
    let bad = desk
        .world
        .get(&desk.admin, "/api/admin/audit?kind=all")
        .await;
    assert_eq!(bad.code(400), "bad-value");
    let path = "/api/admin/audit.csv?kind=signed-in&who=clerk";
    let file = desk.world.get(&desk.admin, path).await;
    assert_eq!(file.text.lines().count(), 121);
    let kinds: Vec<_> = file.headers.get_all("content-type").iter().collect();
    assert_eq!(kinds, ["text/csv; charset=utf-8"]);
    let lines = desk.lines("kind=exported").await;
    assert_eq!(
        said(&lines[0]),
        (
            "exported",
            "admin",
            "audit.csv · 120 · kind=signed-in&who=clerk"
        )
    );
    let clerk = desk.world.token("clerk").await;
    desk.world.get(&clerk, path).await.code(404);
}
