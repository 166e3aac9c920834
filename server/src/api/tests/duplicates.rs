//! Problems that may be one are suggested, merged without losing either, and taken apart again.

use liandu_core::id::EventId;
use liandu_core::policy::Role;
use liandu_core::record::edit::Edit;
use liandu_core::record::value::Value::Text;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::REGION;
use super::world::World;
use crate::keeper::ask::{ActError, OfficeAct, OfficeUser};

/// What somebody reports.
struct Report<'a> {
    region: &'a str,
    domain: &'a str,
    village: &'a str,
    title: &'a str,
    /// Latitude, longitude, datum.
    at: Option<(f64, f64, &'a str)>,
}

const WELL: Report<'_> = Report {
    region: REGION,
    domain: "groundwater",
    village: "东康庄村",
    title: "村东2号井无证取水",
    at: None,
};

async fn made(world: &World, token: &str, kind: &str, report: &Report<'_>) -> String {
    let mut writes = vec![
        json!({"path": "f/title", "value": report.title}),
        json!({"path": "f/domain", "value": report.domain}),
        json!({"path": "f/village", "value": report.village}),
    ];
    if let Some((lat, lon, datum)) = report.at {
        let position = json!({"lat": lat, "lon": lon, "datum": datum});
        writes.push(json!({"path": "f/position", "value": {"position": position}}));
    }
    let body = json!({
        "kind": kind,
        "scope": {"region": report.region, "audience": "office"},
        "campaign": "hebei-6plus1",
        "writes": writes,
    });
    let made = world.post(token, "/api/records", &[], &body).await.ok();
    let position = made["position"].as_u64().unwrap();
    let shown = format!("/api/records/count?at_least={position}");
    world.get(token, &shown).await.ok();
    made["record"].as_str().unwrap().to_owned()
}

/// Pairs by their ids, the later one first.
async fn pairs(desk: &Desk, token: &str) -> Vec<(String, String)> {
    let path = format!("/api/duplicates?at_least={}", desk.last);
    let answer = desk.world.get(token, &path).await.ok();
    assert!(answer["before"].is_null());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = answer["pairs"].as_array().unwrap().iter();
    pairs
        .map(|pair| {
            (
                text(&pair["later"]["id"]),
                text(&pair["earlier"]["record"]["id"]),
            )
        })
        .collect()
}

async fn doubles(desk: &Desk, id: &str) -> Value {
    let path = format!("/api/records/{id}/duplicates");
    desk.world.get(&desk.office, &path).await.ok()
}

#[tokio::test]
async fn two_reports_of_one_well_are_merged_and_taken_apart_again_as_they_were() {
    let mut desk = Desk::new().await;
    let office = desk.office.clone();
    let earlier = made(&desk.world, &office, "problem", &WELL).await;
    let said = Report {
        village: "东康庄",
        title: "二号井没有取水证,无证取水",
        ..WELL
    };
    let later = made(&desk.world, &office, "problem", &said).await;
    desk.cause(&office, &later, "verify", json!({})).await;
    assert_eq!(
        pairs(&desk, &office).await,
        [(later.clone(), earlier.clone())]
    );
    assert_eq!(
        doubles(&desk, &earlier).await["alike"][0]["record"]["id"],
        later
    );

    desk.cause(&office, &later, "merge", json!({"into": earlier}))
        .await;
    assert_eq!(pairs(&desk, &office).await, []);
    let into = doubles(&desk, &later).await;
    assert_eq!(into["into"]["id"], earlier);
    assert_eq!(into["alike"], json!([]));
    assert_eq!(doubles(&desk, &earlier).await["merged"][0]["id"], later);
    let path = format!("/api/records/{later}");
    let kept = desk.world.get(&office, &path).await.ok();
    assert_eq!(kept["state"]["state"], "merged");
    assert_eq!(kept["fields"]["f/title"]["value"], said.title);
    assert_eq!(desk.inbox(&office).await["total"], 1);

    desk.cause(&office, &later, "unmerge", json!({})).await;
    let back = desk.world.get(&office, &path).await.ok();
    assert_eq!(back["state"]["state"], "verified");
    assert!(doubles(&desk, &later).await["into"].is_null());
    assert_eq!(doubles(&desk, &earlier).await["merged"], json!([]));
    assert_eq!(pairs(&desk, &office).await.len(), 1);

    desk.cause(&office, &earlier, "not_duplicate", json!({"of": later}))
        .await;
    assert_eq!(pairs(&desk, &office).await, []);
    for id in [&earlier, &later] {
        assert_eq!(doubles(&desk, id).await["alike"], json!([]));
    }
}

#[tokio::test]
async fn near_in_the_world_is_near_whatever_the_coordinates_and_no_other_pair_is() {
    let desk = Desk::new().await;
    let office = desk.office.clone();
    let at = |lat, lon, datum| Some((lat, lon, datum));
    let fix = Report {
        village: "",
        title: "打井",
        at: at(37.06, 114.5, "WGS-84"),
        ..WELL
    };
    // The same point as a Chinese map draws it, some 550 m away on paper.
    let pick = Report {
        title: "机井",
        at: at(37.060_566, 114.506_118, "GCJ-02"),
        ..fix
    };
    let on_paper = Report {
        at: at(37.06, 114.5, "GCJ-02"),
        ..fix
    };
    let elsewhere = Report {
        at: at(37.0611, 114.5, "CGCS2000"),
        ..fix
    };
    let of_another_domain = Report {
        domain: "land",
        ..fix
    };
    let mut ids = Vec::new();
    for report in [&fix, &on_paper, &elsewhere, &of_another_domain, &pick] {
        ids.push(made(&desk.world, &office, "problem", report).await);
    }
    made(&desk.world, &office, "inspection", &fix).await;
    assert_eq!(
        pairs(&desk, &office).await,
        [(ids[4].clone(), ids[0].clone())]
    );
    let alike = doubles(&desk, &ids[4]).await["alike"].clone();
    assert!(alike[0]["metres"].as_u64().unwrap() < 50, "{alike}");
}

#[tokio::test]
async fn a_problem_goes_on_only_in_one_that_stands_for_itself_and_may_be_seen() {
    let mut desk = Desk::new().await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let first = made(&desk.world, &office, "problem", &WELL).await;
    let second = made(&desk.world, &office, "problem", &WELL).await;
    let third = made(&desk.world, &office, "problem", &WELL).await;
    let visit = made(&desk.world, &office, "inspection", &WELL).await;
    desk.world.user("far", Role::CongressOffice, "130700").await;
    let far = desk.world.token("far").await;
    desk.cause(&office, &second, "merge", json!({"into": first}))
        .await;
    let nobody = "01890000-0000-7000-8000-00000000dead";
    for into in [&third, &second, &visit, nobody, ""] {
        let body = json!({"edit": "event", "event": "merge", "args": {"into": into}});
        let path = format!("/api/records/{third}");
        let seen = desk.world.get(&office, &path).await.ok()["seen"].clone();
        let headers = [("if-match", seen.as_str().unwrap())];
        let path = format!("{path}/edits");
        let answer = desk.world.post(&office, &path, &headers, &body).await;
        assert_eq!(answer.code(422), "bad-field", "{into}");
        assert_eq!(answer.json()["field"], "into");
    }
    assert_eq!(pairs(&desk, &office).await.len(), 1);
    assert_eq!(pairs(&desk, &water).await.len(), 1, "departments see them");
    assert_eq!(pairs(&desk, &far).await, []);
    let path = format!("/api/records/{third}/duplicates");
    assert_eq!(desk.world.get(&far, &path).await.code(404), "not-found");
}

#[tokio::test]
async fn two_offices_merging_two_problems_into_each_other_at_once_lose_sight_of_neither() {
    let desk = Desk::new().await;
    let one = made(&desk.world, &desk.office, "problem", &WELL).await;
    let two = made(&desk.world, &desk.office, "problem", &WELL).await;
    let mut acts = Vec::new();
    // Both looked before either acted.
    for (from, into) in [(&one, &two), (&two, &one)] {
        let path = format!("/api/records/{from}");
        let shown = desk.world.get(&desk.office, &path).await.ok();
        let args = [("into".to_owned(), Text(into.clone()))].into();
        acts.push(OfficeAct {
            record: from.parse().unwrap(),
            create: None,
            campaign: "hebei-6plus1".parse().unwrap(),
            behalf: None,
            edit: Edit::Event {
                id: EventId([acts.len() as u8; 16]),
                event: "merge".parse().unwrap(),
                args,
            },
            seen: shown["seen"].as_str().unwrap().parse().unwrap(),
        });
    }
    let by = OfficeUser {
        user: "office".to_owned(),
        session: "test".to_owned(),
        person: "office".parse().unwrap(),
    };
    let [first, second] = acts.try_into().unwrap();
    desk.world.engine.edit(by.clone(), first).await.unwrap();
    let refused = desk.world.engine.edit(by, second).await;
    assert_eq!(refused.map(|_| ()), Err(ActError::IntoGone));
    let path = format!("/api/records/{two}");
    let shown = desk.world.get(&desk.office, &path).await.ok();
    assert_eq!(shown["state"]["state"], "found");
}
