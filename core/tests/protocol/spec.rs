//! The written spec names everything that is on the wire.

use liandu_core::limits;
use liandu_core::protocol::frame::{ToDevice, ToServer};
use liandu_core::protocol::message::CloseCode;
use liandu_core::record::kind::Kind;
use liandu_core::seal::PREFIXES;
use liandu_core::verdict::Reason;

const SPEC: &str = include_str!("../../src/protocol/SPEC.md");

#[test]
fn spec_names_every_message_type() {
    for (number, name) in ToDevice::TYPES.iter().chain(ToServer::TYPES) {
        let heading = format!("### {number} {name}\n");
        assert!(SPEC.contains(&heading), "no heading {heading}");
    }
}

#[test]
fn spec_names_every_reason_close_code_and_kind() {
    for reason in Reason::ALL {
        let row = format!("| {} | {reason:?} | {} |", reason.code(), reason.en());
        assert!(SPEC.contains(&row), "no row {row}");
    }
    for code in CloseCode::ALL {
        let row = format!("| {} | {code:?} |", code.code());
        assert!(SPEC.contains(&row), "no row {row}");
    }
    for kind in Kind::ALL {
        let code = liandu_core::protocol::update::AnyKind::from(kind).code();
        assert!(SPEC.contains(&format!("{code} {kind}")), "{kind}");
    }
}

#[test]
fn spec_states_every_prefix_and_limit() {
    for prefix in PREFIXES {
        let text = std::str::from_utf8(prefix.strip_suffix(b"\0").unwrap()).unwrap();
        assert!(SPEC.contains(&format!("`{text}`")), "{text}");
    }
    for (name, value) in [
        ("FRAME_BYTES_MAX", limits::FRAME_BYTES_MAX as u64),
        (
            "FRAME_INFLATED_BYTES_MAX",
            limits::FRAME_INFLATED_BYTES_MAX as u64,
        ),
        ("HELLO_BYTES_MAX", limits::HELLO_BYTES_MAX as u64),
        ("PUSH_RECORDS_MAX", limits::PUSH_RECORDS_MAX as u64),
        ("PUSH_CHANGES_MAX", limits::PUSH_CHANGES_MAX as u64),
        ("CHANGE_BYTES_MAX", limits::CHANGE_BYTES_MAX as u64),
        ("PUSH_WINDOW_FRAMES", limits::PUSH_WINDOW_FRAMES as u64),
        ("FEED_UPDATES_MAX", limits::FEED_UPDATES_MAX as u64),
        ("SCOPES_MAX", limits::SCOPES_MAX as u64),
        ("HEADS_RECORDS_MAX", limits::HEADS_RECORDS_MAX as u64),
        ("RECORD_HEADS_MAX", limits::RECORD_HEADS_MAX as u64),
        ("RECORD_SEALS_MAX", limits::RECORD_SEALS_MAX as u64),
        ("RECORD_STAMPS_MAX", limits::RECORD_STAMPS_MAX as u64),
        ("ANSWERS_MAX", limits::ANSWERS_MAX as u64),
        ("ANSWER_BYTES_MAX", limits::ANSWER_BYTES_MAX as u64),
        ("DEFINITIONS_MAX", limits::DEFINITIONS_MAX as u64),
        ("LABEL_BYTES_MAX", limits::LABEL_BYTES_MAX as u64),
        ("VERSIONS_MAX", limits::VERSIONS_MAX as u64),
        ("HANDSHAKE_MS", limits::HANDSHAKE_MS as u64),
        ("ANSWER_MS", limits::ANSWER_MS as u64),
        ("STRIKES_MAX", u64::from(limits::STRIKES_MAX)),
        ("BACKOFF_FIRST_MS", limits::BACKOFF_FIRST_MS),
        ("BACKOFF_MS_MAX", limits::BACKOFF_MS_MAX),
        ("BUNDLE_BYTES_MAX", limits::BUNDLE_BYTES_MAX as u64),
        ("BUNDLE_PARTS_MAX", limits::BUNDLE_PARTS_MAX as u64),
        ("ENVELOPE_PARTS_MAX", limits::ENVELOPE_PARTS_MAX as u64),
        (
            "ENVELOPE_PART_BYTES_MAX",
            limits::ENVELOPE_PART_BYTES_MAX as u64,
        ),
        (
            "ENVELOPE_COVER_BYTES_MAX",
            limits::ENVELOPE_COVER_BYTES_MAX as u64,
        ),
        ("CARRIED_SHEETS_MAX", limits::CARRIED_SHEETS_MAX as u64),
        (
            "COLLEAGUE_DEVICES_MAX",
            limits::COLLEAGUE_DEVICES_MAX as u64,
        ),
        ("DEVICE_ENVELOPES_MAX", limits::DEVICE_ENVELOPES_MAX as u64),
    ] {
        let row = format!("| {name} | {value} |");
        assert!(SPEC.contains(&row), "no row {row}");
    }
}
