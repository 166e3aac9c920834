//! Golden files: the bytes of every message that was ever released. Never rewritten; a new one is
//! written only when `LIANDU_GOLDEN=add` asks for it.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and the environment"
)]

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};

use super::samples;

fn golden(name: &str, bytes: &[u8]) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/protocol");
    let path = folder.join(format!("{name}.hex"));
    if !path.exists() && std::env::var("LIANDU_GOLDEN").as_deref() == Ok("add") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, HEXLOWER.encode(bytes) + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path);
    let text = text.unwrap_or_else(|_| panic!("{name}: no golden file; LIANDU_GOLDEN=add adds it"));
    HEXLOWER.decode(text.trim().as_bytes()).unwrap()
}

#[test]
fn every_message_has_the_bytes_it_was_released_with() {
    for (name, message) in samples::to_device() {
        let bytes = message.encode().unwrap();
        let name = format!("v1-{:02}-{name}", message.type_number());
        let released = golden(&name, &bytes);
        assert_eq!(
            HEXLOWER.encode(&bytes),
            HEXLOWER.encode(&released),
            "{name}"
        );
        assert_eq!(
            ToDevice::decode(&released).unwrap(),
            Decoded::Message(message),
            "{name}"
        );
    }
    for (name, message) in samples::to_server() {
        let bytes = message.encode().unwrap();
        let name = format!("v1-{:02}-{name}", message.type_number());
        let released = golden(&name, &bytes);
        assert_eq!(
            HEXLOWER.encode(&bytes),
            HEXLOWER.encode(&released),
            "{name}"
        );
        assert_eq!(
            ToServer::decode(&released).unwrap(),
            Decoded::Message(message),
            "{name}"
        );
    }
}

#[test]
fn every_type_has_a_golden_file() {
    let down: Vec<u8> = samples::to_device()
        .iter()
        .map(|(_, m)| m.type_number())
        .collect();
    let up: Vec<u8> = samples::to_server()
        .iter()
        .map(|(_, m)| m.type_number())
        .collect();
    assert!(
        ToDevice::TYPES
            .iter()
            .all(|(number, _)| down.contains(number))
    );
    assert!(
        ToServer::TYPES
            .iter()
            .all(|(number, _)| up.contains(number))
    );
}

/// Compressors may change; what they once wrote must stay readable.
#[test]
fn deflated_content_of_a_release_stays_readable() {
    let updates: Vec<_> = (1..=40).map(|n| samples::update(n, u64::from(n))).collect();
    let packed = liandu_core::protocol::packed::Packed::pack(&updates).unwrap();
    let bytes = minicbor::to_vec(&packed).unwrap();
    let released = golden("v1-deflated-updates", &bytes);
    let packed: liandu_core::protocol::packed::Packed = minicbor::decode(&released).unwrap();
    let read = packed
        .unpack::<liandu_core::protocol::update::RecordUpdate, 40>()
        .unwrap();
    assert_eq!(read, updates);
}

#[test]
fn bundle_of_a_release_stays_readable() {
    let bundle = super::bundle::sample();
    let released = golden("v1-bundle", &bundle.encode().unwrap());
    assert_eq!(
        liandu_core::protocol::bundle::Bundle::decode(&released).unwrap(),
        bundle
    );
}
