//! The bytes of every message that was ever released, and that they stay readable.

use liandu_core::protocol::bundle::Bundle;
use liandu_core::protocol::envelope::Envelope;
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::RecordUpdate;

use super::samples;
use crate::golden::{assert_frozen, released};

#[test]
fn every_message_has_the_bytes_it_was_released_with() {
    for (name, message) in samples::to_device() {
        let bytes = message.encode().unwrap();
        let name = format!("v1-{:02}-{name}", message.type_number());
        assert_frozen("protocol", &name, &bytes);
        assert_eq!(
            ToDevice::decode(&bytes).unwrap(),
            Decoded::Message(message),
            "{name}"
        );
    }
    for (name, message) in samples::to_server() {
        let bytes = message.encode().unwrap();
        let name = format!("v1-{:02}-{name}", message.type_number());
        assert_frozen("protocol", &name, &bytes);
        assert_eq!(
            ToServer::decode(&bytes).unwrap(),
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
    let packed = Packed::pack(&updates).unwrap();
    let bytes = minicbor::to_vec(&packed).unwrap();
    let released = released("protocol", "v1-deflated-updates", &bytes);
    let packed: Packed = minicbor::decode(&released).unwrap();
    let read = packed.unpack::<RecordUpdate, 40>().unwrap();
    assert_eq!(read, updates);
}

#[test]
fn bundle_of_a_release_stays_readable() {
    let bundle = super::bundle::sample();
    let released = released("protocol", "v1-bundle", &bundle.encode().unwrap());
    assert_eq!(Bundle::decode(&released).unwrap(), bundle);
}

#[test]
fn envelope_of_a_release_is_still_opened() {
    let envelope = super::envelope::for_the_office();
    assert_frozen("protocol", "v1-envelope", &envelope.encode().unwrap());
    let released = released("protocol", "v1-envelope", &[]);
    let opened = Envelope::decode(&released).unwrap();
    let opened = opened.open(&samples::server_key()).unwrap();
    assert_eq!(opened, [super::bundle::sample()]);
}
