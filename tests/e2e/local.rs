//! A county's own items, from the file an office publishes to its table.

use std::path::PathBuf;

use liandu_bench::fleet::Phone;
use liandu_core::admission::Definition;
use liandu_core::campaign::ZHENGDING_JSON;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_device::Asked;
use liandu_tests::{Somebody, World, create, edit, place, sync};

/// The county's questions about land and its field of problems, as a device has them.
fn forms(phone: &mut Phone, region: &str) -> (usize, usize) {
    let engine = phone.engine();
    let name = engine.latest_definition(None).expect("a definition");
    let campaign = engine.definitions().get(&name).expect("the campaign");
    let (land, region) = (
        "land".parse().expect("a domain"),
        region.parse().expect("a region"),
    );
    let asked = campaign.checklist(&land, &region).into_iter();
    let fields = campaign
        .form(Kind::Problem, Some(&land), &region)
        .into_iter();
    (
        asked.filter(|question| question.local_to.is_some()).count(),
        fields
            .filter(|field| field.id.as_str().starts_with("130123-"))
            .count(),
    )
}

fn written(world: &World, name: &str, json: &str) -> PathBuf {
    let path = world.scratch.path().join(name);
    std::fs::write(&path, json).expect("a file");
    path
}

#[tokio::test]
async fn county_items_reach_the_devices_and_the_table_of_their_county_only() {
    let world = World::start();
    let mut here = world.phones(1).await.remove(0);
    let (person, region, group) = ("rep-far", "130124", "g-far");
    let mut far = world
        .phone_of(&Somebody {
            person,
            region,
            group,
        })
        .await;
    sync(&mut here).await;
    sync(&mut far).await;
    assert_eq!(forms(&mut here, "130123"), (0, 0));
    let json = std::str::from_utf8(ZHENGDING_JSON).unwrap();
    let file = written(&world, "items.json", json);
    let province = world.server().office("congress-office", "130000").unwrap();

    world.server().publish(&file).expect("published");
    sync(&mut here).await;
    sync(&mut far).await;
    assert_eq!(forms(&mut here, "130123"), (5, 1));
    assert_eq!(
        forms(&mut far, "130123"),
        (0, 0),
        "not sent to another county"
    );

    let record = create(&mut here, "违法占地").record;
    edit(
        &mut here,
        record,
        Edit::set(place("f/130123-task"), Value::Int(7)),
    )
    .expect("kept");
    let scope = "130123/g-1/group".parse().unwrap();
    let visit = here
        .act(|engine, now| {
            let create = Edit::Create {
                writes: vec![liandu_core::record::edit::Write {
                    path: place("a/130123-03"),
                    value: Value::Int(3),
                }],
                texts: Vec::new(),
            };
            engine.new_record(
                now,
                None,
                (Kind::Inspection, scope),
                create,
                &Asked::default(),
            )
        })
        .expect("stored")
        .expect("kept");
    sync(&mut here).await;
    assert!(here.engine().all_at_office(), "admission knows the items");
    let at = here.engine().status().position.unwrap().0;
    let page = province
        .get(&format!("/api/records/{}", visit.record))
        .unwrap();
    assert!(page.to_string().contains("130123-03"), "{page}");
    let filter = format!("at_least={at}&kind=problem");
    assert_eq!(province.count(&filter).unwrap(), 1);
}

#[tokio::test]
async fn answer_to_an_unpublished_item_waits_and_counts_by_itself() {
    let world = World::start();
    let mut phone = world.phones(1).await.remove(0);
    sync(&mut phone).await;
    let record = create(&mut phone, "违法占地").record;
    let early = phone
        .act(|engine, now| {
            let asked = Asked {
                anyway: true,
                ..Asked::default()
            };
            engine.edit(
                now,
                record,
                Edit::set(place("f/130123-task"), Value::Int(7)),
                &asked,
            )
        })
        .expect("stored");
    early.expect("kept");
    sync(&mut phone).await;
    let office = world.office();
    let at = phone.engine().status().position.unwrap().0;
    let shown = |at: u64| {
        office.count(&format!("at_least={at}")).unwrap();
        let page = office.get(&format!("/api/records/{record}"));
        page.unwrap().to_string().contains("130123-task")
    };
    assert!(!shown(at), "kept, not shown");
    let json = std::str::from_utf8(ZHENGDING_JSON).unwrap();
    let file = written(&world, "items.json", json);
    world.server().publish(&file).expect("published");
    sync(&mut phone).await;
    let at = phone.engine().status().position.unwrap().0;
    assert!(shown(at), "it counts");
}

#[tokio::test]
async fn published_items_change_by_version_and_take_nothing_back() {
    let world = World::start();
    let mut phone = world.phones(1).await.remove(0);
    let json = std::str::from_utf8(ZHENGDING_JSON).unwrap();
    let publish = |name: &str, json: &str| world.server().publish(&written(&world, name, json));
    publish("one.json", json).expect("published");
    let complaint = |result: anyhow::Result<()>| result.unwrap_err().to_string();
    let again = complaint(publish("again.json", json));
    assert!(again.contains("已经如此"), "{again}");
    let renamed = json.replacen("当日拆除宗数", "当日拆除数", 1);
    let same_version = complaint(publish("renamed.json", &renamed));
    assert!(same_version.contains("a higher one"), "{same_version}");
    let second = renamed.replacen("\"version\": 1", "\"version\": 2", 1);
    let changed = second.replacen("\"answer\": \"int\"", "\"answer\": \"text\"", 1);
    let changed = complaint(publish("changed.json", &changed));
    assert!(changed.contains("questions/130123-03"), "{changed}");
    let elsewhere = json.replacen("\"hebei-6plus1\"", "\"hebei-7plus1\"", 1);
    let elsewhere = complaint(publish("elsewhere.json", &elsewhere));
    assert!(elsewhere.contains("no campaign"), "{elsewhere}");
    publish("two.json", &second).expect("published");
    sync(&mut phone).await;
    let campaign = "hebei-6plus1".parse().unwrap();
    let region = "130123".parse().unwrap();
    let known = phone.engine().definitions().local(&campaign, &region);
    let second = Definition::parse(second.as_bytes()).unwrap();
    assert_eq!(
        known.map(|items| Definition::Local(Box::new(items.clone()))),
        Some(second)
    );
}
