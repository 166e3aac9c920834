//! One filter, one number: list, count, figures, map and the three exports agree at one position.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use liandu_core::policy::Role;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::world::World;

const PROBLEMS: usize = 60;
const FILTERS: usize = 50;
const REGIONS: [&str; 6] = [
    "130500",
    "130502",
    "130502001",
    "130503",
    "130702",
    "130000",
];
const DOMAINS: [&str; 3] = ["mining", "land", "groundwater"];
const SOURCES: [&str; 3] = ["government", "deputy", "public"];
/// Overdue, due in three working days and in four on 2020-05-06, and later.
const DEADLINES: [&str; 4] = ["2020-04-30", "2020-05-09", "2020-05-12", "2020-12-31"];
const TITLES: [&str; 4] = ["河道采砂坑", "=1+1", "违建厂房", "@地下水井"];

/// Problems that differ in everything a filter may ask for; some without a position.
async fn problems(world: &World, token: &str) -> u64 {
    let mut last = 0;
    for n in 0..PROBLEMS {
        let pick = |of: &[&str], by: usize| of[n / by % of.len()].to_owned();
        let mut writes = vec![
            json!({"path": "f/title", "value": format!("{}{n}", pick(&TITLES, 1))}),
            json!({"path": "f/domain", "value": pick(&DOMAINS, 2)}),
            json!({"path": "f/source", "value": pick(&SOURCES, 3)}),
        ];
        if n % 5 != 4 {
            let deadline = pick(&DEADLINES, 1);
            writes.push(json!({"path": "f/settled_deadline", "value": deadline}));
        }
        if n % 4 != 3 {
            let datum = if n % 3 == 0 { "GCJ-02" } else { "WGS-84" };
            let (lat, lon) = (37.0 + (n % 7) as f64 / 10.0, 114.0 + (n % 5) as f64 / 10.0);
            let position = json!({"position": {"lat": lat, "lon": lon, "datum": datum}});
            writes.push(json!({"path": "f/position", "value": position}));
        }
        let body = json!({
            "kind": "problem",
            "scope": {"region": pick(&REGIONS, 1), "audience": "office"},
            "campaign": "hebei-6plus1",
            "writes": writes,
            "texts": {"description": format!("第{n}号问题,采砂坑未回填")},
        });
        let made = world.post(token, "/api/records", &[], &body).await.ok();
        last = made["position"].as_u64().unwrap();
        if n % 3 == 0 {
            let seen = [("if-match", made["seen"].as_str().unwrap())];
            let path = format!("/api/records/{}/edits", made["record"].as_str().unwrap());
            let verify = json!({"edit": "event", "event": "verify"});
            let verified = world.post(token, &path, &seen, &verify).await.ok();
            last = verified["position"].as_u64().unwrap();
        }
    }
    last
}

fn one_of(name: &'static str, values: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let values = values.to_vec();
    proptest::sample::subsequence(values.clone(), 1..=values.len())
        .prop_map(move |some| format!("{name}={}", some.join(",")))
}

fn condition() -> impl Strategy<Value = String> {
    let bbox = (0..7i32, 0..7i32, 0..5i32, 0..5i32).prop_map(|(a, b, c, d)| {
        let degrees = |whole: f64, tenths: i32| whole + f64::from(tenths) / 10.0;
        format!(
            "bbox={},{},{},{}",
            degrees(114.0, c.min(d)),
            degrees(37.0, a.min(b)),
            degrees(114.0, c.max(d)),
            degrees(37.0, a.max(b))
        )
    });
    prop_oneof![
        one_of("region", &REGIONS),
        one_of("domain", &DOMAINS),
        one_of("light", &["red", "yellow", "green", "grey"]),
        one_of("state", &["found", "verified", "closed"]),
        proptest::sample::select(SOURCES.to_vec()).prop_map(|s| format!("source={s}")),
        proptest::sample::select(vec!["采砂坑未", "违建", "第1", "没有"])
            .prop_map(|q| format!("q={}", super::records::escaped(q))),
        any::<bool>().prop_map(|open| format!("conflict={}", if open { "open" } else { "none" })),
        Just("kind=problem".to_owned()),
        Just("field.domain=mining&field.domain=".to_owned()),
        Just("field.position=".to_owned()),
        bbox,
    ]
}

fn sum(list: &Value, except: &Value) -> u64 {
    let counts = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["count"].as_u64().unwrap());
    counts.sum::<u64>() + except.as_u64().unwrap_or(0)
}

/// Rows below the heads, and whether any cell of the book is computed.
fn spreadsheet(bytes: &[u8]) -> (usize, bool) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let rows = book.worksheet_range("台账").unwrap();
    let computed = book.worksheet_formula("台账").unwrap().used_cells().count() > 0;
    let about = book.worksheet_range("说明 about").unwrap();
    let said = about.get_value((0, 1)).cloned();
    let height = rows.height() - 1;
    assert_eq!(
        said,
        Some(Data::String(height.to_string())),
        "the book says its own count"
    );
    (height, computed)
}

/// Asks every reader of a filter; all numbers must be the same, and the positions but for what the
/// log notes of exports.
async fn agreed(world: &World, token: &str, filter: &str) -> u64 {
    let at = world.engine.read(|keeper| keeper.position()).await;
    let at = at.unwrap().0;
    let reached = format!("/api/records/count?at_least={at}");
    world.get(token, &reached).await.ok();
    let get = async |path: &str, exports: u64| {
        let at = at + exports;
        let asked = format!("{path}?at_least={at}&{filter}");
        let asked = world.get(token, &asked).await;
        assert!(asked.status.is_success(), "{path}?{filter}: {}", asked.text);
        assert_eq!(asked.headers["liandu-position"], at.to_string().as_str());
        asked
    };
    let listed = world
        .get(token, &format!("/api/records?limit=500&{filter}"))
        .await
        .ok();
    let wanted = listed["records"].as_array().unwrap().len() as u64;
    for by in ["state", "county", "source", "author", "light"] {
        let counted = world
            .get(token, &format!("/api/records/count?by={by}&{filter}"))
            .await
            .ok();
        assert_eq!(counted["total"], wanted, "{filter}");
        assert_eq!(
            sum(&counted["groups"], &counted["rest"]),
            wanted,
            "{by} {filter}"
        );
        assert_eq!(counted["as_of"]["position"], at);
    }
    for level in ["province", "city", "county", "town"] {
        let map = world
            .get(token, &format!("/api/map?level={level}&zoom=9&{filter}"))
            .await
            .ok();
        assert_eq!(map["total"], wanted, "{filter}");
        assert_eq!(sum(&map["regions"], &json!(0)), wanted, "{level} {filter}");
        assert_eq!(
            sum(&map["clusters"], &map["rest"]),
            map["placed"].as_u64().unwrap()
        );
        assert_eq!(map["as_of"]["position"], at);
    }
    let csv = get("/api/records.csv", 0).await;
    assert_eq!(csv.text.lines().count() as u64, wanted + 1, "{filter}");
    let geojson = get("/api/records.geojson", 1).await.ok();
    assert_eq!(
        geojson["features"].as_array().unwrap().len() as u64,
        wanted,
        "{filter}"
    );
    let xlsx = get("/api/records.xlsx", 2).await;
    assert_eq!(
        spreadsheet(&xlsx.bytes),
        (wanted as usize, false),
        "{filter}"
    );
    wanted
}

#[tokio::test]
async fn fifty_random_filters_have_one_number_each_in_list_count_map_and_exports() {
    let world = World::in_may().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    problems(&world, &token).await;
    let mut runner = TestRunner::deterministic();
    let filters = proptest::collection::vec(condition(), 0..4);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..FILTERS {
        let filter = filters.new_tree(&mut runner).unwrap().current().join("&");
        seen.insert(agreed(&world, &token, &filter).await);
    }
    assert!(seen.len() > 10, "filters that tell apart: {seen:?}");
    assert!(seen.contains(&(PROBLEMS as u64)), "{seen:?}");
}

#[tokio::test]
async fn a_map_draws_what_is_in_view_and_counts_everything() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130000").await;
    let token = world.token("office").await;
    for region in ["130502", "130502", "130702"] {
        world.problem(&token, region, "同一处").await;
    }
    let far = world.get(&token, "/api/map?zoom=18").await.ok();
    assert_eq!(
        far["clusters"][0]["count"], 3,
        "one place stays one cluster: {far}"
    );
    assert_eq!(far["clusters"][0]["datum"], "GCJ-02");
    assert!(far["clusters"][0].get("record").is_none());
    let one = world
        .get(&token, "/api/map?zoom=18&region=130702&level=city")
        .await
        .ok();
    assert_eq!(one["clusters"][0]["record"].as_str().unwrap().len(), 36);
    assert_eq!(
        one["regions"],
        json!([{"region": "130700", "count": 1, "red": 0, "yellow": 0}])
    );
    let elsewhere = world.get(&token, "/api/map?view=100,20,101,21").await.ok();
    assert_eq!(
        (&elsewhere["total"], &elsewhere["clusters"]),
        (&json!(3), &json!([]))
    );
    assert_eq!(
        world.get(&token, "/api/map?zoom=99").await.code(400),
        "bad-value"
    );
}
