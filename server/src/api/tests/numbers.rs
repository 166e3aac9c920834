//! What is said on the phone: numbers, codes, and how words sound; and who recorded for whom.

use liandu_core::id::RecordId;
use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::REGION;
use super::world::{World, admin};
use crate::engine::AuthorityAct;

async fn found(desk: &Desk, asked: &str) -> Vec<String> {
    let q = super::records::escaped(asked);
    let path = format!("/api/records?sort=first&at_least={}&q={q}", desk.last);
    let listed = desk.world.get(&desk.office, &path).await.ok();
    let records = listed["records"].as_array().unwrap().iter();
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    records.map(id).collect()
}

async fn made(desk: &mut Desk, region: &str, title: &str) -> String {
    let office = desk.office.clone();
    desk.world.problem(&office, region, title).await
}

async fn line(desk: &Desk, token: &str, id: &str) -> Value {
    let path = format!("/api/records?limit=500&at_least={}", desk.last);
    let listed = desk.world.get(token, &path).await.ok();
    let mut records = listed["records"].as_array().unwrap().iter();
    records.find(|record| record["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn the_nth_problem_of_a_county_has_its_number_and_is_found_by_it() {
    let mut desk = Desk::new().await;
    let first = made(&mut desk, "130502", "甲").await;
    let village = made(&mut desk, "130502001", "乙").await;
    let elsewhere = made(&mut desk, "130503", "丙").await;
    for (id, text) in [
        (&first, "130502-1"),
        (&village, "130502-2"),
        (&elsewhere, "130503-1"),
    ] {
        let office = desk.office.clone();
        assert_eq!(line(&desk, &office, id).await["number"]["text"], text);
        let shown = desk
            .world
            .get(&office, &format!("/api/records/{id}"))
            .await
            .ok();
        assert_eq!(shown["number"]["text"], text);
        assert_eq!(shown["number"]["campaign"], "hebei-6plus1");
        assert_eq!(found(&desk, text).await, [id.as_str()]);
        let code = shown["code"].as_str().unwrap();
        assert_eq!(found(&desk, &code.to_lowercase()).await, [id.as_str()]);
    }
    assert_eq!(found(&desk, "1").await, [first, elsewhere]);
    assert_eq!(found(&desk, "130502-3").await, [""; 0]);
    let csv = desk.world.get(&desk.office, "/api/records.csv").await.text;
    assert!(csv.contains("130502-2"), "{csv}");
}

#[tokio::test]
async fn an_erased_problems_number_is_never_given_again_not_even_by_a_rebuild() {
    let mut desk = Desk::new().await;
    let erased = made(&mut desk, REGION, "删除").await;
    let kept = made(&mut desk, REGION, "保留").await;
    let record: RecordId = erased.parse().unwrap();
    let reason = "法院裁定".to_owned();
    let act = AuthorityAct::Erase { record, reason };
    desk.world.engine.act(admin(), act).await.unwrap();
    let next = made(&mut desk, REGION, "后来").await;
    let office = desk.office.clone();
    for (id, text) in [(&kept, "130502-2"), (&next, "130502-3")] {
        assert_eq!(line(&desk, &office, id).await["number"]["text"], text);
    }
    let end = desk
        .world
        .engine
        .read(|keeper| keeper.position())
        .await
        .unwrap();
    let anew = World::office(&desk.world.engine, &desk.world.folder, "anew.db");
    let mut progress = anew.progress.clone();
    progress.wait_for(|at| at.position >= end).await.unwrap();
    let ids: Vec<RecordId> = [&kept, &next].map(|id| id.parse().unwrap()).to_vec();
    let lights = liandu_core::light::Lights::on(Default::default(), &Default::default());
    let numbers = anew.readers.read(lights, |snapshot| {
        let number = |id| crate::tables::read::number_of(snapshot, id);
        let numbers = ids.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, crate::tables::TablesError>(numbers)
    });
    let numbers = numbers.unwrap().into_iter().map(|n| n.unwrap().n);
    assert_eq!(numbers.collect::<Vec<u64>>(), [2, 3]);
}

#[tokio::test]
async fn a_village_is_found_by_characters_syllables_and_first_letters() {
    let mut desk = Desk::new().await;
    let id = made(&mut desk, REGION, "东康庄村北采砂坑").await;
    made(&mut desk, REGION, "野头村违建").await;
    for asked in ["东康庄", "dkz", "DKZ", "dongkangzhuang", "kangz", "村北"] {
        assert_eq!(found(&desk, asked).await, [id.as_str()], "{asked}");
    }
    assert_eq!(found(&desk, "dkzz").await, [""; 0]);
}

#[tokio::test]
async fn who_recorded_for_whom_is_in_view_history_list_filter_and_export() {
    let desk = Desk::new().await;
    desk.world
        .user("old-li", Role::Representative, REGION)
        .await;
    let body = json!({
        "kind": "problem", "campaign": "hebei-6plus1", "on_behalf_of": "old-li",
        "scope": {"region": REGION, "audience": "office"},
        "writes": [{"path": "f/title", "value": "代录的问题"}],
    });
    let office = desk.office.clone();
    let done = desk
        .world
        .post(&office, "/api/records", &[], &body)
        .await
        .ok();
    let (id, seen) = (
        done["record"].as_str().unwrap(),
        done["seen"].as_str().unwrap(),
    );
    let edit = json!({"edit": "set", "on_behalf_of": "old-li",
        "writes": [{"path": "f/village", "value": "野头村"}]});
    let path = format!("/api/records/{id}/edits");
    let seen = [("if-match", seen)];
    let done = desk.world.post(&office, &path, &seen, &edit).await.ok();
    let at = done["position"].as_u64().unwrap();
    let shown = desk
        .world
        .get(&office, &format!("/api/records/{id}"))
        .await
        .ok();
    for by in [&shown["created"], &shown["fields"]["f/village"]["by"]] {
        assert_eq!(
            (&by["person"], &by["on_behalf_of"]),
            (&json!("office"), &json!("old-li"))
        );
    }
    assert_eq!(shown["people"]["old-li"], "old-li");
    let history = format!("/api/records/{id}/history?path=f/village");
    let history = desk.world.get(&office, &history).await.ok();
    assert_eq!(history["acts"][0]["by"]["on_behalf_of"], "old-li");
    assert_eq!(history["people"]["old-li"], "old-li");
    let path = format!("/api/records?at_least={at}&on_behalf_of=old-li");
    let listed = desk.world.get(&office, &path).await.ok();
    assert_eq!(listed["records"][0]["on_behalf_of"], "old-li");
    assert_eq!(listed["records"][0]["author"], "office");
    let csv = desk.world.get(&office, "/api/records.csv").await.text;
    assert!(csv.lines().nth(1).unwrap().contains(",old-li"), "{csv}");
    let nobody = json!({"edit": "set", "on_behalf_of": "nobody",
        "writes": [{"path": "f/village", "value": "东康庄"}]});
    let path = format!("/api/records/{id}/edits");
    let refused = desk.world.post(&office, &path, &seen, &nobody).await;
    assert_eq!(refused.code(422), "bad-field");
    assert!(refused.text.contains("on_behalf_of"));
}
