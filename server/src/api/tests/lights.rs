//! Lights: counted by working days, and one number wherever they are shown.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::{REGION, staff};
use super::world::World;

async fn ids(desk: &Desk, filter: &str) -> Vec<String> {
    let path = format!("/api/records?sort=due&at_least={}&{filter}", desk.last);
    let listed = desk.world.get(&desk.office, &path).await.ok();
    let records = listed["records"].as_array().unwrap().iter();
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    records.map(id).collect()
}

/// On 2020-05-06: one overdue, one due in two working days, one in five, one without a deadline.
async fn four(desk: &mut Desk) -> [String; 4] {
    let mut made = Vec::new();
    for (title, deadline) in [
        ("逾期", "2020-04-30"),
        ("将到期", "2020-05-08"),
        ("不急", "2020-05-13"),
    ] {
        made.push(desk.handed(title, deadline).await);
    }
    let office = desk.office.clone();
    made.push(desk.world.problem(&office, REGION, "未定时").await);
    made.try_into().unwrap()
}

#[tokio::test]
async fn lights_are_shown_filtered_counted_and_exported_alike() {
    let mut desk = Desk::on(World::in_may().await).await;
    let [red, yellow, green, none] = four(&mut desk).await;
    for (filter, expected) in [
        ("light=red", vec![&red]),
        ("light=yellow", vec![&yellow]),
        ("light=green", vec![&green]),
        ("light=grey", vec![]),
        ("light=red,green", vec![&red, &green]),
        ("kind=problem", vec![&red, &yellow, &green, &none]),
    ] {
        let found = ids(&desk, filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    }
    let office = desk.office.clone();
    let counted = desk
        .world
        .get(&office, "/api/records/count?by=light")
        .await
        .ok();
    let mut groups = counted["groups"].as_array().unwrap().iter();
    let group = groups.find(|group| group["value"] == "red").unwrap();
    assert_eq!(group["label"], json!({"zh": "红灯", "en": "red"}));
    assert_eq!(group["count"], 1);
    let map = desk.world.get(&office, "/api/map").await.ok();
    assert_eq!(map["regions"][0]["red"], 1);
    assert_eq!(map["clusters"][0]["yellow"], 1);
    let csv = desk
        .world
        .get(&office, "/api/records.csv?light=red")
        .await
        .text;
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].contains("due,light") && lines[1].contains("2020-04-30,red"),
        "{csv}"
    );
    let water = desk.water.clone();
    let inbox = desk.inbox(&water).await;
    assert_eq!(inbox["records"][0]["record"]["light"], "red");
    let mut waits = inbox["waits"].as_array().unwrap().iter();
    let wait = waits.find(|wait| wait["state"] == "transferred").unwrap();
    assert_eq!(
        (&wait["red"], &wait["yellow"]),
        (&json!(1), &json!(1)),
        "{wait}"
    );
    let shown = desk
        .world
        .get(&office, &format!("/api/records/{red}"))
        .await
        .ok();
    assert_eq!(
        (&shown["due"], &shown["light"]),
        (&json!("2020-04-30"), &json!("red"))
    );
}

#[tokio::test]
async fn a_pause_turns_grey_until_it_ends_and_a_report_stops_the_clock() {
    let mut desk = Desk::on(World::in_may().await).await;
    let id = desk.handed("逾期", "2020-04-30").await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let reason = json!({"reason": "等待上级批复"});
    for (who, event, args, light) in [
        (&office, "pause", &reason, json!("grey")),
        (&office, "resume", &json!({}), json!("red")),
        (&water, "receive", &json!({}), json!("red")),
        (&water, "report", &json!({}), Value::Null),
        (&office, "fail", &reason, json!("red")),
        (
            &office,
            "extend",
            &json!({"until": "2020-06-30"}),
            json!("green"),
        ),
    ] {
        desk.cause(who, &id, event, args.clone()).await;
        let path = format!("/api/records?at_least={}", desk.last);
        let listed = desk.world.get(&office, &path).await.ok();
        assert_eq!(listed["records"][0]["light"], light, "{event}");
    }
}

#[tokio::test]
async fn a_definition_brings_another_calendar_while_the_server_runs() {
    let mut desk = Desk::on(World::in_may().await).await;
    let id = desk.handed("将到期", "2020-05-07").await;
    assert_eq!(ids(&desk, "light=yellow").await, [id.as_str()]);
    let mut definition: Value =
        serde_json::from_slice(liandu_core::campaign::HEBEI_V2_JSON).unwrap();
    let holidays = json!(["2020-05-01/2020-05-29"]);
    definition["calendar"] = json!({"version": 2, "years": [
        {"year": 2020, "source": "省政府通知", "holidays": holidays}]});
    let act = crate::engine::AuthorityAct::Definition(definition.to_string().into_bytes());
    desk.world
        .engine
        .act(super::world::admin(), act)
        .await
        .unwrap();
    let calendar = desk.world.get(&desk.office, "/api/calendar").await.ok();
    assert_eq!(calendar["version"], 2);
    assert_eq!(calendar["today"], "2020-05-06");
    // Three working days left are counted from June on: all of May is nearly due.
    assert_eq!(calendar["near_upto"], "2020-06-03");
    assert_eq!(calendar["overdue_upto"], "2020-04-30");
}

#[tokio::test]
async fn a_light_that_is_none_is_an_error() {
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    let answer = world.get(&office, "/api/records?light=blue").await;
    assert_eq!(answer.code(400), "bad-value");
}
