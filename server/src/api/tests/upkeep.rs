//! Backups and checks as an administrator sees them: what is in no backup, what a check of the
//! running server finds, and who is told.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::world::{World, admin};
use crate::command::execute::execute;
use crate::command::request::{Reply, Request};
use crate::config::Settings;
use crate::engine::AuthorityAct;

struct Desk {
    world: World,
    admin: String,
    clerk: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world.user("admin", Role::Administrator, "130000").await;
        world.user("clerk", Role::CongressOffice, "130123").await;
        let (admin, clerk) = (world.token("admin").await, world.token("clerk").await);
        Desk {
            world,
            admin,
            clerk,
        }
    }

    fn settings(&self) -> Settings {
        Settings::of(&self.world.folder.path().join("data"))
    }

    async fn back_up(&self, name: &str) {
        let to = self.world.folder.path().join(name);
        let to = to.display().to_string();
        let request = Request::Backup { to };
        let reply = execute(&self.world.engine, &self.settings(), request).await;
        assert!(matches!(reply, Reply::BackedUp { .. }), "{reply:?}");
    }

    async fn upkeep(&self) -> Value {
        self.world.get(&self.admin, "/api/admin/upkeep").await.ok()
    }

    /// Begins a check and waits for its result.
    async fn checked(&self) -> Value {
        let (path, nothing) = ("/api/admin/check", json!({}));
        let asked = self.world.post(&self.admin, path, &[], &nothing).await;
        assert_eq!(asked.status.as_u16(), 202, "{}", asked.text);
        loop {
            let upkeep = self.upkeep().await;
            if upkeep["running"].is_null() {
                return upkeep["check"].clone();
            }
            tokio::task::yield_now().await;
        }
    }

    async fn warned(&self, token: &str) -> Vec<String> {
        let inbox = self.world.get(token, "/api/inbox").await.ok();
        let warnings = inbox["warnings"].as_array().unwrap().iter();
        let code = |warning: &Value| warning["code"].as_str().unwrap().to_owned();
        warnings.map(code).collect()
    }

    /// The engine's folder of segments.
    fn segment(&self) -> std::path::PathBuf {
        let journal = self.settings().data.join("journal");
        journal.join("0000000001.segment")
    }
}

#[tokio::test]
async fn what_is_in_no_backup_is_counted_and_administrators_are_told() {
    let desk = Desk::new().await;
    assert_eq!(desk.warned(&desk.admin).await, ["no-backup"]);
    assert_eq!(desk.warned(&desk.clerk).await, [""; 0]);
    desk.world
        .get(&desk.clerk, "/api/admin/upkeep")
        .await
        .code(404);
    let (path, nothing) = ("/api/admin/check", json!({}));
    let asked = desk.world.post(&desk.clerk, path, &[], &nothing).await;
    asked.code(404);
    desk.world.problem(&desk.clerk, "130123", "备份之前").await;
    let before = desk.upkeep().await;
    assert!(before["backup"].is_null() && before["unsaved"]["edits"].as_u64().unwrap() > 0);
    desk.back_up("b1").await;
    let upkeep = desk.upkeep().await;
    let backup = &upkeep["backup"];
    let end = desk.world.engine.positions().borrow().0;
    assert_eq!(
        (backup["position"].as_u64(), &backup["age_days"]),
        (Some(end), &json!(0))
    );
    assert!(backup["path"].as_str().unwrap().ends_with("/b1"));
    assert_eq!(
        (&backup["of_this_log"], &backup["restored"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(upkeep["unsaved"], json!({"entries": 0, "edits": 0}));
    assert_eq!(desk.warned(&desk.admin).await, [""; 0]);
    desk.world.problem(&desk.clerk, "130123", "备份之后").await;
    let one = desk.upkeep().await["unsaved"].clone();
    assert!(
        one["entries"] == 1 && one["edits"].as_u64().unwrap() > 0,
        "{one}"
    );
    // Who signs in is no edit.
    desk.world.token("clerk").await;
    let again = desk.upkeep().await["unsaved"].clone();
    assert_eq!(
        (&again["entries"], &again["edits"]),
        (&json!(2), &one["edits"])
    );
}

#[tokio::test]
async fn a_check_of_the_running_server_finds_nothing_and_proves_the_backup() {
    let desk = Desk::new().await;
    for title in ["甲", "乙", "丙"] {
        desk.world.problem(&desk.clerk, "130123", title).await;
    }
    let id = desk.world.problem(&desk.clerk, "130123", "要删除的").await;
    desk.back_up("b1").await;
    let (record, reason) = (id.parse().unwrap(), "法院裁定".to_owned());
    let act = AuthorityAct::Erase { record, reason };
    desk.world.engine.act(admin(), act).await.unwrap();
    let check = desk.checked().await;
    assert_eq!(
        (&check["ok"], &check["problems"]),
        (&json!(true), &json!([])),
        "{check}"
    );
    assert_eq!(
        (&check["records"], &check["backup"]),
        (&json!(3), &json!("proved"))
    );
    assert_eq!(check["live"], true);
    assert!(check["entries"].as_u64().unwrap() >= check["position"].as_u64().unwrap());
}

#[tokio::test]
async fn a_flipped_bit_and_a_wrong_row_are_found_and_said_while_the_server_runs() {
    let desk = Desk::new().await;
    let id = desk.world.problem(&desk.clerk, "130123", "一条").await;
    let path = desk.world.folder.path().join("office.db");
    let tables = rusqlite::Connection::open(&path).unwrap();
    tables
        .execute("UPDATE record SET title = '另一条'", [])
        .unwrap();
    let check = desk.checked().await;
    assert_eq!(check["problems"][0]["part"], "tables", "{check}");
    assert!(
        check["problems"][0]["text"]["zh"]
            .as_str()
            .unwrap()
            .contains(&id)
    );
    assert!(
        check["advice"]["zh"]
            .as_str()
            .unwrap()
            .contains("check --repair")
    );
    assert_eq!(
        desk.warned(&desk.admin).await,
        ["no-backup", "check-failed"]
    );
    tables
        .execute("UPDATE record SET title = '一条'", [])
        .unwrap();
    let mut bytes = std::fs::read(desk.segment()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.segment(), &bytes).unwrap();
    let check = desk.checked().await;
    assert_eq!(
        (&check["ok"], &check["problems"][0]["part"]),
        (&json!(false), &json!("log"))
    );
    bytes[middle] ^= 1;
    std::fs::write(desk.segment(), &bytes).unwrap();
    assert_eq!(desk.checked().await["ok"], true);
    assert_eq!(desk.warned(&desk.admin).await, ["no-backup"]);
}

#[tokio::test]
async fn a_backup_that_lost_a_bit_is_found_and_one_that_was_carried_away_is_not_missed() {
    let desk = Desk::new().await;
    desk.back_up("b1").await;
    let folder = desk.world.folder.path().join("b1");
    let segment = folder.join("journal/0000000001.segment");
    let good = std::fs::read(&segment).unwrap();
    let mut bad = good.clone();
    bad[200] ^= 1;
    std::fs::write(&segment, &bad).unwrap();
    let check = desk.checked().await;
    assert_eq!(
        (&check["backup"], &check["problems"][0]["part"]),
        (&json!("wrong"), &json!("backup"))
    );
    assert_eq!(
        std::fs::read(&segment).unwrap(),
        bad,
        "it is only looked at"
    );
    std::fs::write(&segment, &good).unwrap();
    assert_eq!(desk.checked().await["backup"], "proved");
    std::fs::rename(&folder, desk.world.folder.path().join("away")).unwrap();
    let check = desk.checked().await;
    assert_eq!(
        (&check["backup"], &check["ok"]),
        (&json!("absent"), &json!(true))
    );
}
