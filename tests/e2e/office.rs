//! What offices are shown, and what not.

use liandu_tests::{World, create, sync};

#[tokio::test]
async fn office_of_another_region_sees_nothing_and_no_existence() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let record = create(&mut phones[0], "只给本县看").record;
    sync(&mut phones[0]).await;
    let at = phones[0].engine().status().position.unwrap().0;
    let elsewhere = world.server().office("congress-office", "130500").unwrap();
    assert_eq!(elsewhere.count(&format!("at_least={at}")).unwrap(), 0);
    let hidden = elsewhere
        .get(&format!("/api/records/{record}"))
        .unwrap_err()
        .to_string();
    let unknown = elsewhere
        .get("/api/records/00000000-0000-7000-8000-000000000000")
        .unwrap_err()
        .to_string();
    assert!(
        hidden.contains("404") && unknown.contains("404"),
        "{hidden} / {unknown}"
    );
}

#[tokio::test]
async fn list_count_csv_and_geojson_agree() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    for title in ["河道污染", "违法建设", "河道采砂"] {
        create(&mut phones[0], title);
    }
    sync(&mut phones[0]).await;
    let at = phones[0].engine().status().position.unwrap().0;
    let office = world.office();
    for (filter, expected) in [
        ("q=河道", 2),
        ("kind=problem", 3),
        ("domain=land", 3),
        ("q=没有", 0),
    ] {
        let filter: String = url(filter);
        assert_eq!(
            office.count(&format!("{filter}&at_least={at}")).unwrap(),
            expected,
            "{filter}"
        );
        let list = office.get(&format!("/api/records?{filter}")).unwrap();
        assert_eq!(list["records"].as_array().unwrap().len() as u64, expected);
        let csv = office.text(&format!("/api/records.csv?{filter}")).unwrap();
        assert_eq!(csv.lines().count() as u64, expected + 1, "{csv}");
        let geo = office
            .get(&format!("/api/records.geojson?{filter}"))
            .unwrap();
        assert_eq!(geo["features"].as_array().unwrap().len() as u64, expected);
    }
}

/// Percent-encodes what is not ASCII.
fn url(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
