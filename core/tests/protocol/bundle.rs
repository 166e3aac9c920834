//! Bundles: whole or not at all, and receipts only by the pinned key.

use liandu_core::id::{DeploymentId, Position};
use liandu_core::limits::{BUNDLE_BYTES_MAX, BUNDLE_PARTS_MAX, FRAME_BYTES_MAX, PUSH_RECORDS_MAX};
use liandu_core::protocol::bundle::{Bundle, BundleError, MAGIC, SignedReceipts};
use liandu_core::protocol::message::Tier;
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::{Chunk, RecordPush};
use proptest::prelude::*;

use super::samples::{DEPLOYMENT, DEVICE, authority_key, noise, push, server_key, time, verdicts};

pub(crate) fn receipts() -> Vec<SignedReceipts> {
    let (key, verdicts) = (server_key(), [verdicts(1), verdicts(2)]);
    SignedReceipts::sign(
        &key,
        &DEPLOYMENT,
        Position(9),
        time(),
        Tier::Fsynced,
        &verdicts,
    )
    .unwrap()
}

pub(crate) fn sample() -> Bundle {
    let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
    bundle.add(&[push(1)]).unwrap();
    bundle.receipts = receipts();
    bundle
}

#[test]
fn bundle_brings_every_record_and_receipt() {
    let read = Bundle::decode(&sample().encode().unwrap()).unwrap();
    assert_eq!(read, sample());
    assert_eq!(
        Bundle::records(&read.pushes[0]).unwrap(),
        (vec![push(1)], 0)
    );
    let (sheet, records) = read.receipts[0]
        .open(&server_key().public(), &DEPLOYMENT)
        .unwrap();
    assert_eq!(
        (sheet.position, records),
        (Position(9), vec![verdicts(1), verdicts(2)])
    );
}

#[test]
fn receipts_of_another_key_or_installation_do_not_count() {
    let receipts = &receipts()[0];
    let wrong = receipts.open(&authority_key().public(), &DEPLOYMENT);
    assert!(matches!(wrong, Err(BundleError::Signature(_))));
    let wrong = receipts.open(&server_key().public(), &DeploymentId([1; 16]));
    assert!(matches!(wrong, Err(BundleError::Signature(_))));
    let mut changed = receipts.clone();
    *changed.sheet.last_mut().unwrap() ^= 1;
    let wrong = changed.open(&server_key().public(), &DEPLOYMENT);
    assert!(matches!(wrong, Err(BundleError::Signature(_))));
}

#[test]
fn cut_or_changed_bundle_is_refused() {
    let file = sample().encode().unwrap();
    for length in 0..file.len() {
        assert!(Bundle::decode(&file[..length]).is_err(), "cut at {length}");
    }
    for at in MAGIC.len()..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x10;
        assert!(
            matches!(Bundle::decode(&changed), Err(BundleError::Damaged)),
            "changed at {at}"
        );
    }
    assert!(matches!(
        Bundle::decode(b"PK\x03\x04"),
        Err(BundleError::NotABundle)
    ));
}

#[test]
fn many_or_large_records_go_into_several_batches() {
    let records: Vec<RecordPush> = (0..=PUSH_RECORDS_MAX as u16).map(push).collect();
    let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
    bundle.add(&records).unwrap();
    assert_eq!(bundle.pushes.len(), 2, "limit and one more");
    // Three records of 600 kB that do not deflate need three batches of a frame each.
    let large = (0..3).map(|n| RecordPush {
        chunk: Chunk::Doc(noise(600_000)),
        ..push(n)
    });
    let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
    bundle.add(&large.collect::<Vec<_>>()).unwrap();
    assert_eq!(bundle.pushes.len(), 3);
}

#[test]
fn record_that_fits_no_frame_goes_into_no_bundle() {
    let record = RecordPush {
        chunk: Chunk::Doc(noise(FRAME_BYTES_MAX)),
        ..push(1)
    };
    let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
    let added = bundle.add(&[push(2), record]);
    assert!(matches!(added, Err(BundleError::TooBig)));
}

#[test]
fn bundle_holds_so_many_parts_and_not_one_more() {
    let of = |parts| {
        let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
        bundle.pushes = vec![Packed::pack::<u8>(&[]).unwrap(); parts];
        bundle.encode()
    };
    let full = Bundle::decode(&of(BUNDLE_PARTS_MAX).unwrap()).unwrap();
    assert_eq!(full.pushes.len(), BUNDLE_PARTS_MAX);
    let above = of(BUNDLE_PARTS_MAX + 1);
    assert!(matches!(above, Err(BundleError::TooBig)));
}

#[test]
fn file_of_more_bytes_than_allowed_is_not_looked_at() {
    let file = vec![0; BUNDLE_BYTES_MAX + 1];
    let at_the_limit = Bundle::decode(&file[1..]);
    assert!(matches!(at_the_limit, Err(BundleError::NotABundle)));
    let above = Bundle::decode(&file);
    assert!(matches!(above, Err(BundleError::TooBig)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Bundle::decode(&bytes);
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&bytes);
        use sha2::Digest;
        let digest = sha2::Sha256::digest(&file);
        file.extend_from_slice(&digest);
        let _ = Bundle::decode(&file);
    }
}
