//! Tables of problems through the API: looked through, brought in, taken back.

use axum::body::Body;
use axum::http::Method;
use liandu_core::policy::Role;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::world::{Answer, World, request};

const IMPORT: &str = "/api/imports/problems?campaign=hebei-6plus1";

struct Desk {
    world: World,
    token: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world.user("office", Role::CongressOffice, "130500").await;
        let token = world.token("office").await;
        Desk { world, token }
    }

    async fn send(&self, more: &str, bytes: &[u8]) -> Answer {
        let body = Body::from(bytes.to_vec());
        let path = format!("{IMPORT}{more}");
        self.world
            .ask(request(Method::POST, &self.token, &path, &[], body))
            .await
    }

    async fn count(&self, filter: &str, at: &Value) -> Value {
        let at = at.as_u64().unwrap_or(0);
        let path = format!("/api/records/count?at_least={at}&{filter}");
        self.world.get(&self.token, &path).await.ok()["total"].clone()
    }

    async fn undo(&self, import: &Value) -> Value {
        let path = format!("/api/imports/{}/undo", import["batch"].as_str().unwrap());
        self.world
            .post(&self.token, &path, &[], &json!({}))
            .await
            .ok()
    }
}

/// What a government checked itself, as a workbook.
fn workbook(rows: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("自查").unwrap();
    for (column, head) in (0u16..).zip(["问题名称", "领域", "行政区划", "村(社区)", "问题描述"])
    {
        sheet.write_string(0, column, head).unwrap();
    }
    for row in 1..=rows {
        let cells = [
            format!("自查问题{row}"),
            "mining".to_owned(),
            "130502".to_owned(),
            format!("{row}村"),
            "=1+1".to_owned(),
        ];
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn two_thousand_two_hundred_problems_come_in_at_once_and_go_again_but_for_the_touched() {
    let desk = Desk::new().await;
    let table = workbook(2_200);
    let looked = desk.send("", &table).await.ok();
    assert_eq!(
        (&looked["rows"], &looked["errors"]),
        (&json!(2_200), &json!([]))
    );
    assert_eq!(looked["first"][0]["f/title"], "自查问题1");
    assert_eq!(desk.count("", &json!(0)).await, 0, "looking makes nothing");
    let made = desk.send("&apply=true", &table).await.ok();
    assert_eq!(
        (&made["made"], &made["already"]),
        (&json!(2_200), &json!(0))
    );
    let at = &made["position"];
    assert_eq!(desk.count("source=government", at).await, 2_200);
    assert_eq!(
        desk.count("author=office&kind=problem&state=found", at)
            .await,
        2_200
    );
    let again = desk.send("&apply=true", &table).await.ok();
    assert_eq!(
        (&again["made"], &again["already"]),
        (&json!(0), &json!(2_200)),
        "nothing twice"
    );
    let list = desk
        .world
        .get(
            &desk.token,
            "/api/records?limit=1&q=自查"
                .replace("自查", &super::records::escaped("自查"))
                .as_str(),
        )
        .await
        .ok();
    let one = format!(
        "/api/records/{}",
        list["records"][0]["id"].as_str().unwrap()
    );
    let seen = desk.world.get(&desk.token, &one).await.ok()["seen"]
        .as_str()
        .unwrap()
        .to_owned();
    let edit = json!({"edit": "set", "writes": [{"path": "f/address", "value": "河东"}]});
    let headers = [("if-match", seen.as_str())];
    desk.world
        .post(&desk.token, &format!("{one}/edits"), &headers, &edit)
        .await
        .ok();
    let undone = desk.undo(&made).await;
    assert_eq!(undone["withdrawn"], 2_199);
    assert_eq!(undone["touched"].as_array().unwrap().len(), 1);
    assert_eq!(desk.count("state=found", &undone["position"]).await, 1);
    assert_eq!(desk.undo(&made).await["withdrawn"], 0, "taken back once");
}

#[tokio::test]
async fn a_table_taken_back_is_brought_in_anew_on_purpose_only() {
    let desk = Desk::new().await;
    let table = workbook(3);
    let made = desk.send("&apply=true", &table).await.ok();
    assert_eq!(desk.undo(&made).await["withdrawn"], 3);
    let again = desk.send("&apply=true", &table).await.ok();
    assert_eq!((&again["made"], &again["already"]), (&json!(0), &json!(3)));
    let round = desk.send("&apply=true&round=2", &table).await.ok();
    assert_eq!(round["made"], 3);
}

#[tokio::test]
async fn one_wrong_cell_and_nothing_is_made() {
    let desk = Desk::new().await;
    let table = "问题名称,领域,行政区划\n坑,mining,130502\n井,不知道,130502\n厂,land,130702\n";
    let refused = desk.send("&apply=true", table.as_bytes()).await;
    assert_eq!(refused.status.as_u16(), 422);
    let refused = refused.json();
    let cells: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["cell"].as_str().unwrap())
        .collect();
    assert_eq!(
        cells,
        ["B3", "4"],
        "a code nobody knows; a region out of reach: {refused}"
    );
    assert_eq!(desk.count("", &json!(0)).await, 0);
    assert_eq!(
        desk.send("", &[0xff, 0xfe, 0]).await.code(422),
        "import-form"
    );
    assert_eq!(
        desk.send("&source=nobody", table.as_bytes())
            .await
            .code(422),
        "bad-field"
    );
    let batch = format!("/api/imports/{}-3/undo", "00".repeat(16));
    let none = desk
        .world
        .post(&desk.token, &batch, &[], &json!({}))
        .await
        .ok();
    assert_eq!(none["withdrawn"], 0);
}

#[tokio::test]
async fn a_table_may_be_larger_than_other_requests_up_to_its_limit() {
    let desk = Desk::new().await;
    let most = liandu_core::limits::IMPORT_BYTES_MAX;
    let heads = "问题名称,领域,行政区划\n".to_owned();
    let filled = |length: usize| format!("{heads}{}", "\n".repeat(length - heads.len()));
    assert!(
        desk.send("", filled(most).as_bytes())
            .await
            .status
            .is_success()
    );
    assert_eq!(
        desk.send("", filled(most + 1).as_bytes()).await.code(413),
        "too-large"
    );
}
