//! What is open beside a problem's state reaches the inbox of whoever must answer.

use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::inbox::Desk;
use super::life::staff;

/// The heap of a flag in somebody's inbox.
pub(super) async fn heap(desk: &Desk, token: &str, flag: &str) -> Option<u64> {
    let inbox = desk.inbox(token).await;
    let mut waits = inbox["waits"].as_array().unwrap().iter();
    let wait = waits.find(|wait| wait["flag"] == flag)?;
    wait["count"].as_u64()
}

#[tokio::test]
async fn a_third_transfer_is_flagged_to_a_leader_until_the_leader_speaks() {
    let mut desk = Desk::new().await;
    let leader = staff(&desk.world, "leader", Role::Leader, None).await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let id = desk.handed("踢皮球", "2020-05-30").await;
    let reason = json!({"reason": "不属本单位"});
    let again = json!({"unit": "u-water", "reason": "核定职责"});
    desk.cause(&water, &id, "return", reason).await;
    desk.cause(&office, &id, "transfer", json!({"unit": "u-water"}))
        .await;
    assert_eq!(heap(&desk, &leader, "third-transfer").await, Some(0));
    desk.cause(&office, &id, "reassign", again.clone()).await;
    assert_eq!(heap(&desk, &leader, "third-transfer").await, Some(1));
    assert_eq!(heap(&desk, &office, "third-transfer").await, None);
    let inbox = desk.inbox(&leader).await;
    assert_eq!(inbox["records"][0]["next"][0]["event"], "supervise");
    desk.cause(&leader, &id, "supervise", json!({})).await;
    assert_eq!(heap(&desk, &leader, "third-transfer").await, Some(0));
    desk.cause(&office, &id, "reassign", again).await;
    assert_eq!(heap(&desk, &leader, "third-transfer").await, Some(1));
}

#[tokio::test]
async fn an_instruction_is_a_task_of_the_department_until_it_is_answered() {
    let mut desk = Desk::new().await;
    let leader = staff(&desk.world, "leader", Role::Leader, None).await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let id = desk.handed("采砂坑", "2020-05-30").await;
    for text in ["请水利局一周内报方案", "请附照片"] {
        desk.cause(&leader, &id, "instruct", json!({"text": text}))
            .await;
    }
    assert_eq!(heap(&desk, &water, "instructed").await, Some(1));
    assert_eq!(heap(&desk, &office, "instructed").await, Some(1));
    let next = desk.inbox(&water).await["records"][0]["next"][0].clone();
    assert_eq!(next["event"], "answer");
    let shown = desk
        .world
        .get(&water, &format!("/api/records/{id}"))
        .await
        .ok();
    let events = shown["events"].as_array().unwrap().iter();
    let asked: Vec<&Value> = events.filter(|event| event["waits"] == true).collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(shown["state"]["flags"], json!(["instructed"]));
    for (instruction, open) in [(asked[0], Some(1)), (asked[1], Some(0))] {
        let args = json!({"text": "已办", "instruction": instruction["id"]});
        desk.cause(&water, &id, "answer", args).await;
        assert_eq!(heap(&desk, &water, "instructed").await, open);
    }
}

#[tokio::test]
async fn reminders_supervision_extensions_and_escalation_reach_who_must_answer() {
    let mut desk = Desk::new().await;
    let leader = staff(&desk.world, "leader", Role::Leader, None).await;
    let (office, water) = (desk.office.clone(), desk.water.clone());
    let id = desk.handed("采砂坑", "2020-05-30").await;
    desk.cause(&office, &id, "remind", json!({})).await;
    desk.cause(&office, &id, "supervise", json!({})).await;
    let more = json!({"until": "2020-06-30", "reason": "汛期"});
    desk.cause(&water, &id, "ask_extension", more).await;
    assert_eq!(heap(&desk, &office, "asks-extension").await, Some(1));
    let refused = json!({"reason": "汛期已过"});
    desk.cause(&office, &id, "refuse_extension", refused).await;
    assert_eq!(heap(&desk, &office, "asks-extension").await, Some(0));
    let more = json!({"until": "2020-06-30", "reason": "等料"});
    desk.cause(&water, &id, "ask_extension", more).await;
    assert_eq!(heap(&desk, &office, "asks-extension").await, Some(1));
    desk.cause(&office, &id, "extend", json!({"until": "2020-06-30"}))
        .await;
    assert_eq!(heap(&desk, &office, "asks-extension").await, Some(0));
    desk.cause(&office, &id, "escalate", json!({})).await;
    assert_eq!(heap(&desk, &leader, "escalated").await, Some(1));
    let counted = desk
        .world
        .get(&office, "/api/records/count?by=flag")
        .await
        .ok();
    assert_eq!(counted["groups"][0]["label"]["zh"], "上报待批");
    desk.cause(&leader, &id, "instruct", json!({"text": "限期办结"}))
        .await;
    assert_eq!(heap(&desk, &leader, "escalated").await, Some(0));
    // Two that lead together: the work is both units'.
    let both = json!({"unit": "u-roads,u-water", "reason": "共同主办"});
    let roads = staff(&desk.world, "roads", Role::Department, Some("u-roads")).await;
    desk.cause(&office, &id, "reassign", both).await;
    for unit in [&roads, &water] {
        assert_eq!(heap(&desk, unit, "instructed").await, Some(1));
        let inbox = desk.inbox(unit).await;
        assert_eq!(inbox["records"][0]["record"]["due"], "2020-06-30");
    }
}
