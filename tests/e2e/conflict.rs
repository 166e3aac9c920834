//! Two devices edit the same record while the server is down; the office sees both and decides.

use liandu_tests::{REGION, World, create, edit, place, set, sync, typing, value};
use serde_json::json;

#[tokio::test]
async fn conflict_made_offline_is_decided_in_the_office_and_reaches_both_devices() {
    let mut world = World::start();
    drop(world.office());
    let mut phones = world.phones(2).await;
    let record = create(&mut phones[0], "占地面积待核").record;
    sync(&mut phones[0]).await;
    sync(&mut phones[1]).await;
    world.kill();
    edit(&mut phones[0], record, set("f/village", "野头村")).unwrap();
    edit(&mut phones[1], record, set("f/village", "东康庄村")).unwrap();
    edit(&mut phones[0], record, typing("description", "甲:")).unwrap();
    edit(&mut phones[1], record, typing("description", "乙:")).unwrap();
    let offline = phones[0]
        .sync(std::time::Duration::from_secs(5))
        .await
        .unwrap();
    assert!(offline.trouble.is_some(), "there is no server");
    world.start_again();
    for _ in 0..2 {
        sync(&mut phones[0]).await;
        sync(&mut phones[1]).await;
    }
    let at = phones[0].engine().status().position.unwrap().0;
    let office = world.server().sign_in("congress-office", REGION).unwrap();
    let open = office
        .get(&format!("/api/conflicts?at_least={at}"))
        .unwrap();
    let conflict = &open["records"][0]["conflicts"][0];
    assert_eq!(conflict["path"], "f/village");
    assert_eq!(conflict["values"].as_array().unwrap().len(), 2);
    let page = office.get(&format!("/api/records/{record}")).unwrap();
    let text = page["texts"]["description"]["content"].as_str().unwrap();
    assert!(text.contains("甲:") && text.contains("乙:"), "{text}");
    let seen = page["seen"].as_str().unwrap();
    let decision = json!({ "path": "f/village", "value": "东康庄村" });
    let resolve = format!("/api/records/{record}/resolve");
    let (status, answer) = office.post(&resolve, &decision, Some(seen)).unwrap();
    assert_eq!(status, 200, "{answer}");
    let (status, _) = office.post(&resolve, &decision, Some(seen)).unwrap();
    assert!(status >= 400, "nothing is left to decide");
    for phone in &mut phones {
        sync(phone).await;
        assert_eq!(value(phone, record, "f/village"), "东康庄村");
        assert!(phone.engine().conflicts().is_empty());
        let history = phone.engine().history(record, &place("f/village")).unwrap();
        assert_eq!(history.len(), 3, "both values and the decision");
    }
}
