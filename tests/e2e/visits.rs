//! One visit, many phones, through a real server: planned by the office, begun without network,
//! one record.

use liandu_bench::fleet::Phone;
use liandu_core::id::RecordId;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_core::record::visit;
use liandu_device::Asked;
use liandu_tests::{GROUP, REGION, World, liandu, ok, place, sync, value};
use serde_json::json;

fn begin(phone: &mut Phone, id: RecordId, values: &[(&str, &str)]) {
    let write = |(at, text): &(&str, &str)| Write {
        path: place(at),
        value: Value::text(text),
    };
    let edit = Edit::Create {
        writes: values.iter().map(write).collect(),
        texts: Vec::new(),
    };
    let scope = format!("{REGION}/{GROUP}/group").parse().expect("a scope");
    let beside = Asked {
        beside: true,
        ..Asked::default()
    };
    phone
        .act(|engine, now| {
            engine.new_record(now, Some(id), (Kind::Inspection, scope), edit, &beside)
        })
        .expect("stored")
        .expect("kept");
}

#[tokio::test]
async fn a_planned_visit_begun_on_two_phones_offline_is_one_inspection_at_the_office() {
    let mut world = World::start();
    let office = world.office();
    let mut phones = world.phones(2).await;
    let plan = json!({
        "kind": "task", "campaign": "hebei-6plus1",
        "scope": {"region": REGION, "group": GROUP, "audience": "group"},
        "writes": [
            {"path": "f/title", "value": "走访机井"}, {"path": "f/deadline", "value": "2026-12-24"},
            {"path": "i/points/p1/title", "value": "东康庄机井"},
            {"path": "i/points/p2/title", "value": "西康庄机井"},
        ],
    });
    let (status, made) = office.post("/api/records", &plan, None).unwrap();
    assert_eq!(status, 201, "{made}");
    for phone in &mut phones {
        sync(phone).await;
    }
    world.kill();
    let [one, two] = phones.as_mut_slice() else {
        panic!("two phones");
    };
    // Both phones read the plan, which they have taken along, and nothing else.
    let task: RecordId = made["record"].as_str().unwrap().parse().unwrap();
    let visits = [&mut *one, &mut *two].map(|phone| {
        let plan = phone.engine().record(task).expect("the plan is here");
        visit::points(&plan.record)[0].visit
    });
    assert_eq!(visits[0], visits[1]);
    let target = ("f/target", "东康庄机井");
    begin(one, visits[0], &[target, ("f/village", "东康庄")]);
    begin(two, visits[1], &[target, ("f/address", "村东")]);
    // And a visit that no plan names, joined by what the first phone shows.
    let scope = format!("{REGION}/{GROUP}/group").parse().unwrap();
    let unplanned = one.act(|engine, _| engine.fresh_visit(&scope)).unwrap();
    let shown = visit::code(&unplanned, &scope, None).unwrap();
    let joined = two.engine().join(&shown).unwrap();
    begin(one, unplanned, &[("f/target", "废弃矿坑")]);
    begin(two, joined.id, &[("f/address", "后山")]);

    world.start_again();
    for _ in 0..2 {
        sync(one).await;
        sync(two).await;
    }
    let at = one.engine().status().position.unwrap().0;
    let office = world.server().sign_in("congress-office", REGION).unwrap();
    let count = office
        .count(&format!("kind=inspection&at_least={at}"))
        .unwrap();
    assert_eq!(count, 2, "one of the plan, one of the code");
    for (id, people) in [
        (visits[0], ["f/village", "f/address"]),
        (unplanned, ["f/target", "f/address"]),
    ] {
        let page = office.get(&format!("/api/records/{id}")).unwrap();
        assert_eq!(page["conflicts"], json!([]), "{page}");
        let by = people.map(|at| page["fields"][at]["by"]["person"].clone());
        assert_ne!(by[0], by[1], "each wrote one: {page}");
        for phone in [&mut *one, &mut *two] {
            assert!(!value(phone, id, "f/address").is_empty());
        }
    }
    let plans = office.get(&format!("/api/plans?at_least={at}")).unwrap();
    let plan = &plans["plans"][0];
    assert_eq!(
        (&plan["covered"], plan["points"].as_array().unwrap().len()),
        (&json!(1), 2)
    );
}

#[tokio::test]
async fn a_visit_is_joined_and_a_planned_one_begun_by_the_commands_of_the_readme() {
    let world = World::start();
    let office = world.office();
    drop(world.phones(2).await);
    let url = world.server().sync_url();
    for (phone, person) in [("a", "rep-0000"), ("b", "rep-0001")] {
        let code = world.server().invite(person).unwrap();
        ok(&world, phone, &["enrol", "--server", &url, "--code", &code]);
    }
    let scope = format!("{REGION}/{GROUP}/group");
    let new = [
        "visit",
        "new",
        "--scope",
        &scope,
        "target=废弃矿坑",
        "domain=mining",
    ];
    let begun = ok(&world, "a", &new);
    let code = begun["visit_code"].as_str().unwrap();
    let joined = ok(
        &world,
        "b",
        &["visit", "join", code, "text:findings=坑深约 12 米。"],
    );
    assert_eq!(joined["record"], begun["record"]);
    let (exit, said) = liandu(&world, "b", &["visit", "join", &code.replace('-', "")[1..]]);
    assert_eq!(exit, 1, "{said}");
    let plan = json!({
        "kind": "task", "campaign": "hebei-6plus1",
        "scope": {"region": REGION, "group": GROUP, "audience": "group"},
        "writes": [
            {"path": "f/title", "value": "走访机井"}, {"path": "f/domain", "value": "groundwater"},
            {"path": "i/points/p1/title", "value": "东康庄机井"},
            {"path": "i/points/p1/village", "value": "东康庄"},
        ],
    });
    let (_, made) = office.post("/api/records", &plan, None).unwrap();
    for phone in ["a", "b", "a"] {
        ok(&world, phone, &["sync"]);
    }
    let one = ok(&world, "a", &["list", "--kind", "inspection"]);
    assert_eq!(one["count"], 1, "{one}");
    let task = made["record"].as_str().unwrap();
    ok(
        &world,
        "a",
        &["visit", "begin", task, "p1", "conclusion=clean"],
    );
    ok(&world, "b", &["visit", "begin", task, "p1", "address=村东"]);
    for phone in ["a", "b", "a"] {
        ok(&world, phone, &["sync"]);
    }
    let listed = ok(&world, "a", &["visit", "list"]);
    assert_eq!(listed["points"][0]["visited"], true, "{listed}");
    let visit = listed["points"][0]["visit"].as_str().unwrap();
    let page = office.get(&format!("/api/records/{visit}")).unwrap();
    let fields = ["f/village", "f/domain", "f/conclusion", "f/address"];
    let values = fields.map(|at| page["fields"][at]["value"].clone());
    assert_eq!(values, ["东康庄", "groundwater", "clean", "村东"]);
    assert_eq!(page["conflicts"], json!([]));
}
