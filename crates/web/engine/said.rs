//! What the engine says, for the worker: one array each, its first element a word.
//!
//! Never leaves anything out that has to be performed.

use js_sys::Array;
use liandu_core::id::RecordId;
use liandu_core::protocol::client::{Status, Stop};
use liandu_device::{Event, Output};
use serde_json::{Value as Json, json};
use wasm_bindgen::JsValue;

/// `["commit", id, pairs]`, `["sign", id, bytes]`, `["connect"]`, `["disconnect"]`, `["send", bytes]`, `["event", JSON]`.
pub(crate) fn output(output: Output) -> Array {
    let word = |word: &str| JsValue::from_str(word);
    match output {
        Output::Commit { id, puts } => Array::of3(
            &word("commit"),
            &JsValue::from_f64(id as f64),
            &crate::pairs(&puts),
        ),
        Output::Sign { id, words } => Array::of3(
            &word("sign"),
            &JsValue::from_f64(id as f64),
            &js_sys::Uint8Array::from(words.as_bytes()),
        ),
        Output::Connect => Array::of1(&word("connect")),
        Output::Disconnect => Array::of1(&word("disconnect")),
        Output::Send(frame) => {
            let bytes = js_sys::Uint8Array::from(frame.as_slice());
            Array::of2(&word("send"), &bytes)
        }
        Output::Event(happened) => Array::of2(&word("event"), &word(&event(&happened).to_string())),
    }
}

fn of(word: &str, record: &RecordId) -> Json {
    json!({ "event": word, "record": record.to_string() })
}

fn event(event: &Event) -> Json {
    match event {
        Event::Saved { record, .. } => of("saved", record),
        Event::Changed(record) => of("changed", record),
        Event::Answered { record, .. } => of("answered", record),
        Event::Connection(status) => {
            json!({ "event": "connection", "connection": connection(Some(*status)) })
        }
        Event::Enrolled => json!({ "event": "enrolled" }),
        Event::EnrolFailed(failure) => json!({
            "event": "enrol-failed", "zh": failure.zh, "en": failure.en, "again": failure.again,
        }),
        Event::Definition(name) => {
            json!({ "event": "definition", "name": format!("{}@{}", name.campaign, name.version) })
        }
        Event::StoreFailed => json!({ "event": "store-failed" }),
        Event::KeyFailed => json!({ "event": "key-failed" }),
        Event::Odd(odd) => json!({ "event": "odd", "what": format!("{odd:?}") }),
    }
}

/// How the connection stands, in a word.
pub(crate) fn connection(status: Option<Status>) -> &'static str {
    match status {
        None => "not-enrolled",
        Some(Status::Waiting { .. }) => "waiting",
        Some(Status::Connecting) => "connecting",
        Some(Status::CatchingUp) => "catching-up",
        Some(Status::InSync) => "in-sync",
        Some(Status::Repairing) => "repairing",
        Some(Status::Escrow) => "escrow",
        Some(Status::Stopped(stop)) => match stop {
            Stop::NotStarted => "not-started",
            Stop::Revoked => "revoked",
            Stop::BadSignature => "bad-signature",
            Stop::UnknownDevice => "unknown-device",
            Stop::WrongServer => "wrong-server",
        },
    }
}
