//! The life of a problem, cell by cell: every event by every role in every state, as the served
//! table says, through the API.

use std::collections::BTreeMap;

use liandu_core::id::{GroupId, PersonId, RegionCode};
use liandu_core::log::{GrantEntry, GroupRow, MembershipRow, PersonRow};
use liandu_core::policy::Role;
use liandu_core::verdict::Reason;
use serde_json::{Value, json};

use super::world::{World, admin};
use crate::engine::AuthorityAct;

pub(super) const REGION: &str = "130502";
const GROUP: &str = "g-1";

/// Somebody in the play, with every relation they have to its problems.
struct Player {
    token: String,
    stands: Vec<(&'static str, &'static str)>,
    sees: bool,
}

type Cast = BTreeMap<&'static str, Player>;

/// An office user of a role, for a department with its unit.
pub(super) async fn staff(world: &World, user: &str, role: Role, unit: Option<&str>) -> String {
    let (person, region) = (
        PersonId::new(user).unwrap(),
        RegionCode::new("130500").unwrap(),
    );
    world.user(user, role, "130500").await;
    let grants = vec![GrantEntry {
        role: role.as_str().to_owned(),
        region,
        unit: unit.map(|unit| unit.parse().unwrap()),
    }];
    let act = AuthorityAct::Grants { person, grants };
    world.engine.act(admin(), act).await.unwrap();
    world.token(user).await
}

/// A representative of the group, with an account.
pub(super) async fn deputy(world: &World, user: &str) -> String {
    let (person, region) = (
        PersonId::new(user).unwrap(),
        RegionCode::new(REGION).unwrap(),
    );
    let membership = MembershipRow {
        group: GroupId::new(GROUP).unwrap(),
        member_kind: String::new(),
        leader: false,
    };
    let row = PersonRow {
        code: person.clone(),
        name: user.to_owned(),
        level: String::new(),
        region: region.clone(),
        memberships: vec![membership],
        roles: Vec::new(),
    };
    world
        .engine
        .act(admin(), AuthorityAct::People(vec![row]))
        .await
        .unwrap();
    world.account(user, person, region, false).await;
    world.token(user).await
}

/// The group of the play's representatives.
pub(super) async fn group(world: &World) {
    let group = GroupRow {
        code: GroupId::new(GROUP).unwrap(),
        name: "一组".to_owned(),
        region: RegionCode::new(REGION).unwrap(),
        domain: None,
        kind: String::new(),
    };
    world
        .engine
        .act(admin(), AuthorityAct::Groups(vec![group]))
        .await
        .unwrap();
}

async fn cast(world: &World) -> Cast {
    group(world).await;
    let mut cast = Cast::new();
    let mut enter = |name, token, role, relations: &[&'static str], sees| {
        let stands = relations.iter().map(|relation| (role, *relation)).collect();
        cast.insert(
            name,
            Player {
                token,
                stands,
                sees,
            },
        );
    };
    let author = deputy(world, "author").await;
    enter(
        "author",
        author,
        "representative",
        &["author", "group-member"],
        true,
    );
    let deputy = deputy(world, "deputy").await;
    enter("deputy", deputy, "representative", &["group-member"], true);
    let water = staff(world, "water", Role::Department, Some("u-water")).await;
    enter(
        "water",
        water,
        "department",
        &["in-region", "handler", "lead"],
        true,
    );
    let roads = staff(world, "roads", Role::Department, Some("u-roads")).await;
    enter(
        "roads",
        roads,
        "department",
        &["in-region", "handler", "co"],
        true,
    );
    for (name, role) in [
        ("centre", Role::ResponseCentre),
        ("office", Role::CongressOffice),
        ("leader", Role::Leader),
        ("auditor", Role::Auditor),
        ("administrator", Role::Administrator),
    ] {
        let token = staff(world, name, role, None).await;
        enter(
            name,
            token,
            role.as_str(),
            &["in-region"],
            role != Role::Administrator,
        );
    }
    cast
}

/// A problem beside the one that the play is about.
const OTHER: &str = "01890000-0000-7000-8000-000000000001";

/// Every argument that any event needs.
fn argument(name: &str) -> Value {
    match name {
        "into" | "of" => json!(OTHER),
        "unit" => json!("u-water"),
        "by_unit" => json!("u-roads"),
        "until" => json!("2020-06-30"),
        "state" => json!("found"),
        _other => json!("现场核对"),
    }
}

/// A problem by the author's hand, of this id or any.
async fn born(world: &World, cast: &Cast, id: Option<&str>) -> Value {
    let body = json!({
        "kind": "problem",
        "scope": {"region": REGION, "group": GROUP, "audience": "group"},
        "campaign": "hebei-6plus1",
        "id": id,
        "writes": [{"path": "f/title", "value": "采砂坑"}],
    });
    let author = &cast["author"].token;
    world.post(author, "/api/records", &[], &body).await.ok()
}

/// A record and what was last seen of it.
struct Case {
    id: String,
    seen: String,
}

impl Case {
    /// Born of the author's hand, with the four things settled by the office but `without`.
    async fn new(world: &World, cast: &Cast, without: &str) -> Case {
        let made = born(world, cast, None).await;
        let mut case = Case {
            id: made["record"].as_str().unwrap().to_owned(),
            seen: made["seen"].as_str().unwrap().to_owned(),
        };
        let settled = [
            ("settled_person", "王局长"),
            ("settled_matter", "回填采砂坑"),
            ("settled_standard", "恢复地貌"),
            ("settled_deadline", "2020-05-30"),
        ];
        let writes: Vec<Value> = settled
            .iter()
            .filter(|(field, _)| *field != without)
            .map(|(field, value)| json!({"path": format!("f/{field}"), "value": value}))
            .collect();
        let set = json!({"edit": "set", "writes": writes});
        let made = case.post(world, &cast["office"].token, &set).await.ok();
        case.seen = made["seen"].as_str().unwrap().to_owned();
        case
    }

    async fn post(&self, world: &World, token: &str, body: &Value) -> super::world::Answer {
        let path = format!("/api/records/{}/edits", self.id);
        world
            .post(token, &path, &[("if-match", &self.seen)], body)
            .await
    }

    /// Causes an event with all that it needs, and nothing else.
    async fn cause(&self, world: &World, by: &Player, rule: &Value) -> super::world::Answer {
        let needs = rule["needs"].as_array().unwrap().iter();
        let mut args: BTreeMap<&str, Value> = needs
            .map(|need| (need.as_str().unwrap(), argument(need.as_str().unwrap())))
            .collect();
        if args.contains_key("unit") {
            args.insert("co_units", json!("u-roads"));
        }
        let body = json!({"edit": "event", "event": rule["id"], "args": args});
        self.post(world, &by.token, &body).await
    }

    /// A problem brought to a state by the people whose work it is.
    async fn at(world: &World, cast: &Cast, flow: &Value, state: &str) -> Case {
        let mut case = Case::new(world, cast, "").await;
        for step in way(state) {
            let (user, event) = step.split_once(' ').unwrap();
            let done = case.cause(world, &cast[user], rule(flow, event)).await.ok();
            case.seen = done["seen"].as_str().unwrap().to_owned();
        }
        assert_eq!(case.state(world, cast).await, state);
        case
    }

    async fn state(&self, world: &World, cast: &Cast) -> String {
        let path = format!("/api/records/{}", self.id);
        let shown = world.get(&cast["office"].token, &path).await.ok();
        shown["state"]["state"].as_str().unwrap().to_owned()
    }
}

fn way(state: &str) -> Vec<&'static str> {
    let mut way = match state {
        "found" => return Vec::new(),
        "verified" => return vec!["office verify"],
        "withdrawn" => return vec!["author withdraw"],
        "merged" => return vec!["office verify", "office merge"],
        _later => vec!["office verify", "office transfer"],
    };
    way.extend(match state {
        "transferred" => &[] as &[&str],
        "returned" => &["water return"],
        "received" => &["water receive"],
        "planned" => &["water receive", "water plan"],
        "rectifying" => &["water receive", "water start"],
        "reported" => &["water receive", "water report"],
        "reviewed" => &["water receive", "water report", "office pass"],
        "closed" => &[
            "water receive",
            "water report",
            "office pass",
            "office close",
        ],
        _other => panic!("no way to {state}: a new state needs one here"),
    });
    way
}

fn rule<'f>(flow: &'f Value, event: &str) -> &'f Value {
    let mut rules = flow["events"].as_array().unwrap().iter();
    rules.find(|rule| rule["id"] == event).unwrap()
}

/// What the table says of a cell: the state it leads to, or the status and reason it is refused by.
fn expected(
    rule: &Value,
    by: &Player,
    state: &str,
    units: bool,
) -> Result<String, (u16, Option<Reason>)> {
    let may = rule["by"].as_array().unwrap().iter().any(|row| {
        let row = (
            row["role"].as_str().unwrap(),
            row["relation"].as_str().unwrap(),
        );
        by.stands.contains(&row) && (units || !matches!(row.1, "handler" | "lead" | "co"))
    });
    if !by.sees {
        Err((404, None))
    } else if !may {
        Err((403, Some(Reason::NotAllowed)))
    } else if !rule["from"].as_array().unwrap().contains(&json!(state)) {
        Err((422, Some(Reason::WrongState)))
    } else if rule["id"] == "decide" {
        // There is nothing to decide between.
        Err((422, Some(Reason::EventIncomplete)))
    } else if rule["back"] == true {
        // Where the way to this state came from.
        Ok("verified".to_owned())
    } else {
        Ok(rule["to"].as_str().unwrap_or(state).to_owned())
    }
}

/// Whether a way to a state hands the problem to a unit.
fn handed(state: &str) -> bool {
    !matches!(state, "found" | "verified" | "merged" | "withdrawn")
}

#[tokio::test]
async fn every_event_by_every_role_in_every_state_is_as_the_served_table_says() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let served = world
        .get(&cast["auditor"].token, "/api/workflow")
        .await
        .ok();
    let flows = served["workflows"].as_array().unwrap();
    let flow = flows.iter().find(|flow| flow["kind"] == "problem").unwrap();
    born(&world, &cast, Some(OTHER)).await;
    let (mut accepted, mut refused) = (0, 0);
    for state in flow["states"].as_array().unwrap() {
        let state = state["id"].as_str().unwrap();
        let mut case = Case::at(&world, &cast, flow, state).await;
        for rule in flow["events"].as_array().unwrap() {
            for (name, by) in &cast {
                let cell = format!("{name} {} in {state}", rule["id"]);
                let answer = case.cause(&world, by, rule).await;
                match expected(rule, by, state, handed(state)) {
                    Ok(to) => {
                        assert!(answer.status.is_success(), "{cell}: {}", answer.text);
                        assert_eq!(case.state(&world, &cast).await, to, "{cell}");
                        case.seen = answer.json()["seen"].as_str().unwrap().to_owned();
                        if to != state || rule["to"].is_string() {
                            case = Case::at(&world, &cast, flow, state).await;
                        }
                        accepted += 1;
                    }
                    Err((status, reason)) => {
                        assert_eq!(answer.status.as_u16(), status, "{cell}: {}", answer.text);
                        let given = answer.json()["reason"].as_u64();
                        assert_eq!(given, reason.map(|r| u64::from(r.code())), "{cell}");
                        refused += 1;
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
    let cells = flow["states"].as_array().unwrap().len()
        * flow["events"].as_array().unwrap().len()
        * cast.len();
    assert_eq!(accepted + refused, cells);
    assert!(
        accepted > 100 && refused > 1_000,
        "{accepted} accepted, {refused} refused"
    );
}

#[tokio::test]
async fn a_problem_cannot_be_handed_over_while_one_of_the_four_things_is_missing() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let served = world.get(&cast["office"].token, "/api/workflow").await.ok();
    let flows = served["workflows"].as_array().unwrap();
    let flow = flows.iter().find(|flow| flow["kind"] == "problem").unwrap();
    let transfer = rule(flow, "transfer");
    let things = transfer["needs_fields"].as_array().unwrap();
    assert_eq!(things.len(), 4);
    for thing in things {
        let case = Case::new(&world, &cast, thing.as_str().unwrap()).await;
        let answer = case.cause(&world, &cast["office"], transfer).await;
        assert_eq!(answer.code(422), "refused");
        assert_eq!(
            answer.json()["reason"],
            Reason::FourThings.code(),
            "{thing}"
        );
    }
    let case = Case::new(&world, &cast, "").await;
    case.cause(&world, &cast["office"], transfer).await.ok();
}
