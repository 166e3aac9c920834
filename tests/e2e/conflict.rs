//! Two devices edit the same record while the server is down; the office sees both and decides.

use liandu_bench::fleet::Phone;
use liandu_core::id::RecordId;
use liandu_core::record::edit::Edit;
use liandu_device::Status;
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
    a_decision_taken_back_is_open_everywhere(&world, record, &mut phones).await;
}

/// The office takes its decision back, a phone decides anew and takes that back, too.
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story stops where it cannot go on"
)]
async fn a_decision_taken_back_is_open_everywhere(
    world: &World,
    record: RecordId,
    phones: &mut [Phone],
) {
    let office = world.server().sign_in("congress-office", REGION).unwrap();
    let page = office.get(&format!("/api/records/{record}")).unwrap();
    let decided = &page["decided"][0];
    assert_eq!(decided["path"], "f/village");
    assert_eq!(decided["decision"]["value"], "东康庄村");
    let undo = json!({ "edit": "undo", "path": "f/village",
        "decision": decided["decision"]["by"]["write"] });
    let edits = format!("/api/records/{record}/edits");
    let seen = page["seen"].as_str().unwrap();
    let (status, answer) = office.post(&edits, &undo, Some(seen)).unwrap();
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = office.post(&edits, &undo, answer["seen"].as_str()).unwrap();
    assert_eq!(status, 409, "{answer}");
    assert_eq!(answer["code"], "nothing-to-undo");
    let at = place("f/village");
    for phone in &mut *phones {
        sync(phone).await;
        assert_eq!(phone.engine().conflicts().len(), 1, "open again");
        let history = phone.engine().history(record, &at).unwrap();
        assert_eq!(history.len(), 4, "nothing is taken out of the history");
    }
    let view = phones[0].engine().record(record).unwrap();
    let values = &view.record.conflicts[0].values;
    let again = Edit::Resolve {
        path: at.clone(),
        value: Some(values[1].value.clone()),
        among: values.iter().map(|written| written.by.write).collect(),
    };
    edit(&mut phones[0], record, again).unwrap();
    let view = phones[0].engine().record(record).unwrap();
    let back = Edit::Undo {
        path: at,
        decision: view.record.decided[0].decision.by.write,
    };
    edit(&mut phones[0], record, back).unwrap();
    for _ in 0..2 {
        for phone in &mut *phones {
            sync(phone).await;
            assert_eq!(phone.engine().conflicts().len(), 1);
            let refused = |status| matches!(status, Status::Refused(_));
            assert!(!phone.engine().all_edits().any(|edit| refused(edit.status)));
        }
    }
}
