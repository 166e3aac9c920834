//! The number of a problem: told by a real server to who reported it and to colleagues, the same
//! that the office sees.

use liandu_tests::{REGION, World, create, sync};

#[tokio::test]
async fn a_reported_problem_has_on_phones_the_number_that_the_office_sees() {
    let world = World::start();
    drop(world.office());
    let mut phones = world.phones(2).await;
    let records = ["甲", "乙"].map(|title| create(&mut phones[0], title).record);
    assert!(
        records
            .iter()
            .all(|record| phones[0].engine().number(record).is_none())
    );
    sync(&mut phones[0]).await;
    sync(&mut phones[1]).await;
    let office = world.server().sign_in("congress-office", REGION).unwrap();
    for record in records {
        let shown = office.get(&format!("/api/records/{record}")).unwrap();
        let said = shown["number"]["text"].as_str().unwrap();
        for phone in &mut phones {
            let number = phone.engine().number(&record).unwrap();
            assert_eq!(number.to_string(), said);
            assert_eq!(phone.engine().find(said), [record]);
        }
    }
}
