//! Referrals to discipline inspection: who may do what with one, cell by cell, and that nobody else
//! learns of one by any answer.

mod hidden;

use std::collections::BTreeMap;

use liandu_core::policy::Role;
use liandu_core::verdict::Reason;
use serde_json::{Value, json};

use super::life::{REGION, staff};
use super::world::{Answer, World};

/// The region of the office that refers.
const OFFICE: &str = "130500";
const UNIT: &str = "u-discipline";

/// Who refers, its colleague, the unit referred to, and everybody who must not know.
struct Cast {
    office: String,
    colleague: String,
    discipline: String,
    others: BTreeMap<&'static str, String>,
}

impl Cast {
    async fn of(world: &World) -> Cast {
        let mut others = BTreeMap::new();
        for (name, role, unit) in [
            ("water", Role::Department, Some("u-water")),
            ("roads", Role::Department, Some("u-roads")),
            (
                "a department of the unit's code",
                Role::Department,
                Some(UNIT),
            ),
            (
                "other-discipline",
                Role::DisciplineInspection,
                Some("u-other"),
            ),
            ("centre", Role::ResponseCentre, None),
            ("leader", Role::Leader, None),
            ("auditor", Role::Auditor, None),
            ("administrator", Role::Administrator, None),
        ] {
            let user = name.replace([' ', '\''], "-");
            others.insert(name, staff(world, &user, role, unit).await);
        }
        for (name, role, region) in [
            ("county-office", Role::CongressOffice, REGION),
            ("province-office", Role::CongressOffice, "130000"),
            ("far-office", Role::CongressOffice, "130700"),
            ("county-leader", Role::Leader, REGION),
            ("province-leader", Role::Leader, "130000"),
            ("province-auditor", Role::Auditor, "130000"),
            ("province-administrator", Role::Administrator, "130000"),
        ] {
            world.user(name, role, region).await;
            others.insert(name, world.token(name).await);
        }
        super::life::group(world).await;
        others.insert("deputy", super::life::deputy(world, "deputy").await);
        Cast {
            office: staff(world, "office", Role::CongressOffice, None).await,
            colleague: staff(world, "colleague", Role::CongressOffice, None).await,
            discipline: staff(world, "discipline", Role::DisciplineInspection, Some(UNIT)).await,
            others,
        }
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str, &String)> {
        let known = [
            ("office", "congress-office", &self.office),
            ("colleague", "congress-office", &self.colleague),
            ("discipline", "discipline-inspection", &self.discipline),
        ];
        let others = self.others.iter().map(|(name, token)| (*name, "", token));
        known.into_iter().chain(others)
    }
}

/// A referral and what was last seen of it.
struct Case {
    id: String,
    seen: String,
    last: u64,
}

fn body(problem: &str, unit: &str) -> Value {
    json!({
        "kind": "referral",
        "scope": {"region": OFFICE, "group": unit, "audience": "referral"},
        "campaign": "hebei-6plus1",
        "writes": [
            {"path": "f/title", "value": "隐秘的线索"},
            {"path": "f/problem", "value": problem},
            {"path": "i/photos/p1/hash", "value": "0".repeat(64)},
            {"path": "i/photos/p1/caption", "value": "现场照片"},
        ],
        "texts": {"reason": "涉嫌违规审批", "substance": "附现场照片一张"},
    })
}

impl Case {
    async fn drafted(world: &World, cast: &Cast, problem: &str) -> Case {
        let made = world
            .post(&cast.office, "/api/records", &[], &body(problem, UNIT))
            .await
            .ok();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Case {
            id: text("record"),
            seen: text("seen"),
            last: made["position"].as_u64().unwrap(),
        }
    }

    fn path(&self) -> String {
        format!("/api/records/{}", self.id)
    }

    async fn cause(&self, world: &World, token: &str, rule: &Value) -> Answer {
        let needs = rule["needs"].as_array().unwrap().iter();
        let value = |need: &Value| if need == "state" { "drafted" } else { "核查" };
        let args: BTreeMap<&str, &str> = needs
            .map(|need| (need.as_str().unwrap(), value(need)))
            .collect();
        let body = json!({"edit": "event", "event": rule["id"], "args": args});
        let path = format!("{}/edits", self.path());
        world
            .post(token, &path, &[("if-match", &self.seen)], &body)
            .await
    }

    /// Goes on by the people whose work it is.
    async fn goes(&mut self, world: &World, cast: &Cast, flow: &Value, steps: &[&str]) {
        for step in steps {
            let rule = rule(flow, step);
            let by = if rule["by"][0]["role"] == "congress-office" {
                &cast.office
            } else {
                &cast.discipline
            };
            let done = self.cause(world, by, rule).await.ok();
            self.seen = done["seen"].as_str().unwrap().to_owned();
            self.last = done["position"].as_u64().unwrap();
        }
    }

    async fn state(&self, world: &World, cast: &Cast) -> String {
        let shown = world.get(&cast.discipline, &self.path()).await.ok();
        shown["state"]["state"].as_str().unwrap().to_owned()
    }
}

fn rule<'f>(flow: &'f Value, event: &str) -> &'f Value {
    let mut rules = flow["events"].as_array().unwrap().iter();
    rules.find(|rule| rule["id"] == event).unwrap()
}

fn way(state: &str) -> &'static [&'static str] {
    match state {
        "drafted" => &[],
        "referred" => &["refer"],
        "received" => &["refer", "receive"],
        "accepted" => &["refer", "receive", "accept"],
        "no_action" => &["refer", "receive", "decline"],
        "returned" => &["refer", "return"],
        "answered" => &["refer", "receive", "accept", "answer"],
        "closed" => &["refer", "receive", "accept", "answer", "close"],
        "withdrawn" => &["withdraw"],
        _other => panic!("no way to {state}: a new state needs one here"),
    }
}

async fn flow(world: &World, cast: &Cast) -> Value {
    let served = world.get(&cast.office, "/api/workflow").await.ok();
    let mut flows = served["workflows"].as_array().unwrap().iter();
    flows
        .find(|flow| flow["kind"] == "referral")
        .unwrap()
        .clone()
}

/// What the table says of a cell: the state it leads to, or the status and reason it is refused by.
fn expected(rule: &Value, role: &str, state: &str) -> Result<String, (u16, Option<Reason>)> {
    let mut by = rule["by"].as_array().unwrap().iter();
    if role.is_empty() {
        Err((404, None))
    } else if by.all(|row| row["role"] != role) {
        Err((403, Some(Reason::NotAllowed)))
    } else if !rule["from"].as_array().unwrap().contains(&json!(state)) {
        Err((422, Some(Reason::WrongState)))
    } else if rule["id"] == "decide" {
        // There is nothing to decide between.
        Err((422, Some(Reason::EventIncomplete)))
    } else {
        Ok(rule["to"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn every_event_of_a_referral_by_everybody_in_every_state_is_as_the_served_table_says() {
    let world = World::new().await;
    let cast = Cast::of(&world).await;
    let flow = flow(&world, &cast).await;
    let problem = world.problem(&cast.office, REGION, "采砂坑").await;
    let (mut accepted, mut cells) = (0, 0);
    for state in flow["states"].as_array().unwrap() {
        let state = state["id"].as_str().unwrap();
        let mut case = Case::drafted(&world, &cast, &problem).await;
        case.goes(&world, &cast, &flow, way(state)).await;
        for rule in flow["events"].as_array().unwrap() {
            for (name, role, token) in cast.all() {
                let cell = format!("{name} {} in {state}", rule["id"]);
                let answer = case.cause(&world, token, rule).await;
                cells += 1;
                match expected(rule, role, state) {
                    Ok(to) => {
                        assert!(answer.status.is_success(), "{cell}: {}", answer.text);
                        assert_eq!(case.state(&world, &cast).await, to, "{cell}");
                        case = Case::drafted(&world, &cast, &problem).await;
                        case.goes(&world, &cast, &flow, way(state)).await;
                        accepted += 1;
                    }
                    Err((status, reason)) => {
                        assert_eq!(answer.status.as_u16(), status, "{cell}: {}", answer.text);
                        let given = answer.json()["reason"].as_u64();
                        assert_eq!(given, reason.map(|r| u64::from(r.code())), "{cell}");
                    }
                }
            }
        }
        assert_eq!(
            case.state(&world, &cast).await,
            state,
            "refusals change nothing"
        );
    }
    assert!(accepted > 15 && cells > 1_000, "{accepted} of {cells}");
}

#[tokio::test]
async fn a_referral_waits_for_the_unit_then_for_the_office_each_with_the_next_act() {
    let world = World::new().await;
    let cast = Cast::of(&world).await;
    let flow = flow(&world, &cast).await;
    let problem = world.problem(&cast.office, REGION, "采砂坑").await;
    let mut case = Case::drafted(&world, &cast, &problem).await;
    for (waits, rests, event) in [
        (&cast.colleague, &cast.discipline, "refer"),
        (&cast.discipline, &cast.office, "receive"),
        (&cast.discipline, &cast.office, "accept"),
        (&cast.discipline, &cast.office, "answer"),
        (&cast.office, &cast.discipline, "close"),
    ] {
        let path = format!("/api/inbox?at_least={}", case.last);
        let inbox = world.get(waits, &path).await.ok();
        let first = &inbox["records"][0];
        assert_eq!(first["record"]["id"], case.id.as_str(), "{event}");
        assert_eq!(first["next"][0]["event"], event);
        let heap = inbox["waits"].as_array().unwrap().iter().find(|heap| {
            let of = heap["filter"].as_str().unwrap();
            of.contains("kind=referral") && heap["count"] == 1
        });
        let filter = heap.unwrap()["filter"].as_str().unwrap();
        let counted = world
            .get(waits, &format!("/api/records/count?{filter}"))
            .await
            .ok();
        assert_eq!(
            counted["total"], 1,
            "the ledger's number for the same filter"
        );
        let rested = world.get(rests, &path).await.ok();
        let listed = rested["records"].as_array().unwrap().iter();
        assert!(
            listed
                .clone()
                .all(|line| line["record"]["id"] != case.id.as_str()),
            "{event}"
        );
        case.goes(&world, &cast, &flow, &[event]).await;
    }
    let shown = world
        .get(&cast.discipline, &format!("/api/records/{problem}"))
        .await
        .ok();
    assert_eq!(
        shown["fields"]["f/title"]["value"], "采砂坑",
        "the unit reads the problem"
    );
}

#[tokio::test]
async fn a_referral_names_a_problem_that_is_seen_and_a_unit_of_discipline_inspection() {
    let world = World::new().await;
    let cast = Cast::of(&world).await;
    world.user("far", Role::CongressOffice, "130700").await;
    let far = world.token("far").await;
    let (here, there) = (
        world.problem(&cast.office, REGION, "采砂坑").await,
        world.problem(&far, "130702", "别处的").await,
    );
    let nobody = "01890000-0000-7000-8000-000000000001";
    let referral = Case::drafted(&world, &cast, &here).await.id;
    for (problem, unit, field) in [
        (there.as_str(), UNIT, "f/problem"),
        (nobody, UNIT, "f/problem"),
        (&referral, UNIT, "f/problem"),
        (&here, "u-water", "scope"),
        (&here, "u-nobody", "scope"),
    ] {
        let asked = world
            .post(&cast.office, "/api/records", &[], &body(problem, unit))
            .await;
        assert_eq!(asked.code(422), "bad-field", "{problem} {unit}");
        assert_eq!(asked.json()["field"], field);
    }
    for (name, _, token) in cast.all().skip(2) {
        let asked = world
            .post(token, "/api/records", &[], &body(&here, UNIT))
            .await;
        assert!(!asked.status.is_success(), "{name}: {}", asked.text);
    }
    let mut elsewhere = body(&here, UNIT);
    elsewhere["scope"] = json!({"region": OFFICE, "audience": "office"});
    let asked = world
        .post(&cast.office, "/api/records", &[], &elsewhere)
        .await;
    assert!(
        !asked.status.is_success(),
        "a referral that all may read is none"
    );
}
