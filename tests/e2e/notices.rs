//! Units are told by a gateway outside this system: each once, again after a failure, and never
//! twice after a restart.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use liandu_bench::office::Office;
use liandu_bench::process::{Server, bin_dir};
use serde_json::{Value, json};

const WAIT: Duration = Duration::from_secs(60);

/// A gateway that turns its first call away, and everything for `nobody`; what else it was sent
/// comes out of the other end.
fn gateway() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (calls, called) = channel();
    std::thread::spawn(move || {
        let mut busy = true;
        for stream in listener.incoming() {
            let Ok(body) = stream.and_then(|stream| answer(stream, busy)) else {
                continue;
            };
            if !body.contains("nobody") {
                busy = false;
                if calls.send(body).is_err() {
                    return;
                }
            }
        }
    });
    (format!("http://{address}/send"), called)
}

fn answer(stream: TcpStream, busy: bool) -> std::io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let turned_away = busy || body.contains("nobody");
    let status = if turned_away { "503 Busy" } else { "200 OK" };
    let said = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbusy");
    reader.get_mut().write_all(said.as_bytes())?;
    Ok(body)
}

fn start(scratch: &Path, gateway: &str) -> Server {
    let config = scratch.join("liandu.toml");
    let text = format!(
        "data = \"data\"\n[notices]\nurl = \"{gateway}\"\nretry_s = 1\n\
         body = '{{\"phone\": \"{{to}}\", \"words\": \"{{event}} {{title}}: {{text}}\"}}'\n\
         [notices.units]\nu-water = \"13800000000\"\nu-roads = \"nobody\"\n"
    );
    std::fs::write(&config, text).expect("a file");
    let with = [
        "--listen",
        "127.0.0.1:0",
        "--config",
        &config.to_string_lossy(),
    ];
    let bin = bin_dir().expect("the built programs");
    Server::start_with(&bin, &scratch.join("data"), &with).expect("a server")
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    let text = of.get(name).and_then(Value::as_str);
    text.expect("a text of that name")
}

fn edit(office: &Office, record: &str, edit: &Value) -> u64 {
    let page = office
        .get(&format!("/api/records/{record}"))
        .expect("the record");
    let seen = text(&page, "seen");
    let path = format!("/api/records/{record}/edits");
    let (status, said) = office.post(&path, edit, Some(seen)).expect("an answer");
    assert_eq!(status, 200, "{said}");
    let position = said.get("position").and_then(Value::as_u64);
    position.expect("a position")
}

/// A problem handed to two units, and a reminder.
fn reminded(office: &Office) -> String {
    let problem = json!({
        "kind": "problem", "campaign": "hebei-6plus1", "scope": {"region": "130123", "audience": "office"},
        "writes": [{"path": "f/title", "value": "采砂坑"}, {"path": "f/domain", "value": "land"}],
    });
    let (status, made) = office
        .post("/api/records", &problem, None)
        .expect("an answer");
    assert!(status < 300, "{made}");
    let record = text(&made, "record").to_owned();
    let settled = [
        ("settled_person", "王局长"),
        ("settled_matter", "回填"),
        ("settled_standard", "恢复地貌"),
        ("settled_deadline", "2030-05-30"),
    ];
    let writes =
        settled.map(|(field, value)| json!({"path": format!("f/{field}"), "value": value}));
    edit(office, &record, &json!({"edit": "set", "writes": writes}));
    let to = json!({"unit": "u-water,u-roads,u-mines"});
    edit(
        office,
        &record,
        &json!({"edit": "event", "event": "transfer", "args": to}),
    );
    let words = json!({"text": "请于\"本周\"内报进展"});
    edit(
        office,
        &record,
        &json!({"edit": "event", "event": "remind", "args": words}),
    );
    record
}

/// The notice of a unit, once this holds of it.
fn notice(office: &Office, unit: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let all = office.get("/api/notices").expect("the notices");
        let notices = all.get("notices").and_then(Value::as_array);
        let mut notices = notices.expect("a list").iter();
        match notices.find(|notice| notice["unit"] == unit && holds(notice)) {
            Some(found) => return found.clone(),
            None => assert!(began.elapsed() < WAIT, "{all}"),
        }
        std::thread::yield_now();
    }
}

#[test]
fn reminder_reaches_the_unit_through_a_gateway_that_failed_first_and_each_try_is_in_the_log() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (url, called) = gateway();
    let server = start(scratch.path(), &url);
    let office = server
        .office("congress-office", "130123")
        .expect("an office");
    let record = reminded(&office);
    for _ in 0..2 {
        let sent = called.recv_timeout(WAIT).expect("a call of the gateway");
        let sent: Value = serde_json::from_str(&sent).expect("JSON, as the template says");
        assert_eq!(sent["phone"], "13800000000");
        assert_eq!(sent["words"], "催办 采砂坑: 请于\"本周\"内报进展");
    }
    let water = notice(&office, "u-water", |notice| notice["delivered"] == true);
    assert_eq!(
        (&water["attempts"], &water["record"]),
        (&json!(2), &json!(record))
    );
    let roads = notice(&office, "u-roads", |notice| notice["attempts"] != 0);
    assert_eq!(roads["failure"], "HTTP 503 busy");
    let mines = notice(&office, "u-mines", |notice| notice["attempts"] != 0);
    let why = text(&mines, "failure");
    assert!(why.contains("u-mines"), "it has no address: {why}");
    server.stop().expect("stopped");

    // A log read from its beginning tells nobody again.
    std::fs::remove_dir_all(scratch.path().join("data/tables")).expect("removed");
    let server = start(scratch.path(), &url);
    let office = server
        .sign_in("congress-office", "130123")
        .expect("signed in");
    let again = json!({"edit": "event", "event": "supervise", "args": {"text": "限期办结"}});
    edit(&office, &record, &again);
    let sent = called.recv_timeout(WAIT).expect("a call of the gateway");
    assert!(sent.contains("督办"), "only what is new: {sent}");
    // When the other unit was tried for the fourth time, a second telling would be long due.
    notice(&office, "u-roads", |notice| {
        notice["event"] == "remind" && notice["attempts"] == 4
    });
    for (unit, tries) in [("u-water", 2), ("u-mines", 1)] {
        let told = notice(&office, unit, |notice| notice["event"] == "remind");
        assert_eq!(told["attempts"], tries, "{told}");
    }
    assert!(
        called.try_recv().is_err(),
        "the gateway was called once more"
    );
    server.stop().expect("stopped");
}

#[test]
fn campaign_says_of_which_events_units_are_told_whatever_the_server_is_set_to() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (url, called) = gateway();
    let server = start(scratch.path(), &url);
    let office = server
        .office("congress-office", "130123")
        .expect("an office");
    let all = office.get("/api/notices").expect("the notices");
    assert_eq!(
        all["events"],
        json!([{"zh": "催办", "en": "remind"}, {"zh": "督办", "en": "supervise"}])
    );
    let definition = liandu_core::campaign::HEBEI_V2_JSON;
    let mut definition: Value = serde_json::from_slice(definition).expect("JSON");
    definition["notices"] = json!(["transfer"]);
    let file = scratch.path().join("v2.json");
    std::fs::write(&file, definition.to_string()).expect("a file");
    server.publish(&file).expect("published");
    reminded(&office);
    let sent = called.recv_timeout(WAIT).expect("a call of the gateway");
    assert!(
        sent.contains("交办"),
        "the transfer, not the reminder: {sent}"
    );
    notice(&office, "u-roads", |notice| notice["attempts"] == 2);
    let all = office.get("/api/notices").expect("the notices");
    let notices = all["notices"].as_array().expect("a list").iter();
    let events: Vec<&Value> = notices.map(|notice| &notice["event"]).collect();
    assert_eq!(events, ["transfer"; 3], "of three units: {all}");
    let events = all["events"].as_array().expect("a list").iter();
    assert_eq!(
        events.map(|event| &event["en"]).collect::<Vec<_>>(),
        ["transfer"]
    );
    server.stop().expect("stopped");
}
