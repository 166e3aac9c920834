//! A referral to discipline inspection reaches no phone: not one byte more comes down, whatever the
//! phone follows; and it is there after everything derived was made again.

use liandu_bench::fleet::Phone;
use liandu_bench::office::Office;
use liandu_bench::process::run;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::{Audience, Scope};
use liandu_device::native::Memory;
use liandu_tests::{World, create, set, sync};
use serde_json::{Value, json};

const PASSWORD: &str = "a-long-password-of-theirs";

/// A device of the office itself, which follows everything of its county, contacts too.
async fn of_the_office(world: &World) -> Phone {
    let person = "congress-office-130123";
    let code = world.server().invite(person).expect("invited");
    let mut phone = Phone::open(Memory::default(), "test").expect("a device");
    let url = world.server().sync_url();
    phone.enrol(&url, &code, person).await.expect("enrolled");
    phone
}

fn discipline(world: &World) -> Office {
    let args = [
        "users",
        "add",
        "--user",
        "inspection",
        "--name",
        "inspection",
        "--role",
        "discipline-inspection:130123:u-discipline",
        "--region",
        "130123",
    ];
    let server = world.server();
    server.admin_with(&args, PASSWORD).expect("an account");
    Office::sign_in(&server.url, "inspection", PASSWORD).expect("signed in")
}

fn post(office: &Office, path: &str, body: &Value, seen: Option<&str>) -> Value {
    let (status, said) = office.post(path, body, seen).expect("an answer");
    assert!(status < 300, "{path}: {said}");
    said
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    let text = of.get(name).and_then(Value::as_str);
    text.expect("a text of that name")
}

/// Refers a problem and brings the referral to its end.
fn referred(office: &Office, inspection: &Office, problem: &str) -> String {
    let body = json!({
        "kind": "referral", "campaign": "hebei-6plus1",
        "scope": {"region": "130123", "group": "u-discipline", "audience": "referral"},
        "writes": [{"path": "f/title", "value": "线索"}, {"path": "f/problem", "value": problem}],
        "texts": {"reason": "涉嫌违规审批".repeat(50)},
    });
    let mut last = post(office, "/api/records", &body, None);
    let record = text(&last, "record").to_owned();
    for (by, event) in [
        (office, "refer"),
        (inspection, "receive"),
        (inspection, "accept"),
        (inspection, "answer"),
        (office, "close"),
    ] {
        let args = json!({"text": "已处理"});
        let event = json!({"edit": "event", "event": event, "args": args});
        let seen = text(&last, "seen").to_owned();
        let path = format!("/api/records/{record}/edits");
        last = post(by, &path, &event, Some(&seen));
    }
    record
}

/// Bytes and messages that come down in a sync.
async fn comes_down(phone: &mut Phone) -> (u64, u64) {
    let before = phone.traffic();
    sync(phone).await;
    let after = phone.traffic();
    (
        after.bytes_down - before.bytes_down,
        after.messages_down - before.messages_down,
    )
}

#[tokio::test]
async fn a_referral_sends_no_byte_to_any_phone_and_is_there_after_a_rebuild() {
    let mut world = World::start();
    let office = world.office();
    let inspection = discipline(&world);
    let mut phones = world.phones(1).await;
    phones.push(of_the_office(&world).await);
    let problem = create(&mut phones[0], "采砂坑").record;
    // Positions of more than a byte before and after: the greeting keeps its length.
    for value in 0..40 {
        let edit = set("f/village", &format!("村{value}"));
        liandu_tests::edit(&mut phones[0], problem, edit).expect("kept");
        sync(&mut phones[0]).await;
    }
    let mut before = Vec::new();
    for phone in &mut phones {
        sync(phone).await;
        before.push(comes_down(phone).await);
        assert_eq!(phone.engine().records().count(), 1, "the problem");
    }
    let record = referred(&office, &inspection, &problem.to_string());
    for (phone, before) in phones.iter_mut().zip(before) {
        assert_eq!(comes_down(phone).await, before);
        let engine = phone.engine();
        assert_eq!(engine.records().collect::<Vec<_>>(), [problem]);
        let hidden = |scope: &&Scope| scope.audience == Audience::Referral;
        assert_eq!(engine.scopes().iter().find(hidden), None);
    }

    let bin = world.bin.clone();
    world.stop();
    for command in ["check", "rebuild", "check"] {
        run(&bin, &world.data(), &[command], None).expect(command);
    }
    world.start_again();
    let again = world
        .server()
        .sign_in("congress-office", "130123")
        .expect("signed in");
    let shown = again
        .get(&format!("/api/records/{record}"))
        .expect("it is there");
    assert_eq!(shown["kind"], Kind::Referral.as_str());
    assert_eq!(shown["state"]["state"], "closed");
    let at = shown["as_of"]["position"].as_u64().expect("a position");
    let all = again.count(&format!("at_least={at}")).expect("a count");
    let own = again.count("kind=referral").expect("a count");
    assert_eq!((all, own), (1, 1), "the ledger has the problem alone");
}
