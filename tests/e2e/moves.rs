//! A record that moves to another group: who had it drops it, who gets it gets all of it.

use liandu_tests::{World, create, edit, set, sync, value};

#[tokio::test]
async fn moved_record_leaves_its_old_devices_and_reaches_the_new_ones_whole() {
    let mut world = World::start();
    let mut phones = world.phones_in(3, |n| format!("g-{}", 1 + n / 2)).await;
    let record = create(&mut phones[0], "违法占地").record;
    edit(&mut phones[0], record, set("f/village", "野头村")).expect("kept");
    sync(&mut phones[0]).await;
    sync(&mut phones[1]).await;
    assert_eq!(value(&mut phones[1], record, "f/village"), "野头村");

    world.stop();
    edit(&mut phones[0], record, set("f/village", "东康庄村")).expect("kept offline");
    world.start_again();
    let id = record.to_string();
    let to = ["move", "--record", &id, "--to", "130123/g-2/group"];
    world.server().admin(&to).expect("moved");
    for phone in &mut phones {
        sync(phone).await;
    }

    let colleague = phones[1].engine();
    assert!(colleague.record(record).is_err(), "nothing of it stays");
    assert_eq!(value(&mut phones[2], record, "f/title"), "违法占地");
    let writer = phones[0].engine().status();
    let kept = writer.refused + writer.at_office;
    assert!(
        kept >= 1,
        "what was written offline is accounted for: {writer:?}"
    );
    sync(&mut phones[2]).await;
    let history = phones[2].engine().record(record).expect("it is here");
    assert!(
        history.record.fields.len() >= 3,
        "title, domain and village: the whole record"
    );
}
