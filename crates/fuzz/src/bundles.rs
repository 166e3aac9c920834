//! Bundles and envelopes: files that anybody may have written.

use liandu_core::admission::open_chunks;
use liandu_core::limits::{BUNDLE_PARTS_MAX, ENVELOPE_PARTS_MAX, PUSH_RECORDS_MAX};
use liandu_core::protocol::bundle::{Bundle, ReceiptSheet};
use liandu_core::protocol::envelope::Envelope;
use liandu_core::protocol::update::{RecordPush, RecordVerdicts};

use crate::frames::packed;
use crate::mended;
use crate::records::admitted;
use crate::world::{DEPLOYMENT, key};

/// A file as it is, and with its SHA-256 put right: what it is read as is written as the same, its
/// records are admitted like any, and receipts that the server did not sign are none.
pub fn bundles(bytes: &[u8]) {
    for file in [bytes.to_vec(), mended::digested(bytes)] {
        envelope(&file);
        let Ok(bundle) = Bundle::decode(&file) else {
            continue;
        };
        let parts = bundle.pushes.len() + bundle.receipts.len();
        assert!(parts <= BUNDLE_PARTS_MAX, "more parts than allowed");
        if let Ok(again) = bundle.encode() {
            let read = Bundle::decode(&again).expect("what this version writes it reads");
            assert_eq!(read, bundle);
        }
        for batch in &bundle.pushes {
            for push in packed::<RecordPush, PUSH_RECORDS_MAX>(batch) {
                if let Ok(changes) = open_chunks(&push.chunk.parts()) {
                    admitted(None, &changes);
                }
            }
        }
        for receipts in &bundle.receipts {
            // Nobody but the server can sign, so its content is read here without a signature.
            let _ = receipts.open(&key(1).public(), &DEPLOYMENT);
            if let Ok(sheet) = minicbor::decode::<ReceiptSheet>(&receipts.sheet) {
                packed::<RecordVerdicts, PUSH_RECORDS_MAX>(&sheet.records);
            }
        }
    }
}

/// Read as it is written, and opened by nobody whom it was not closed to. The server's key opens
/// what the corpus holds for it; what is inside is a bundle like any.
fn envelope(file: &[u8]) {
    let Ok(envelope) = Envelope::decode(file) else {
        return;
    };
    assert!(
        envelope.parts.len() <= ENVELOPE_PARTS_MAX,
        "more parts than allowed"
    );
    if let Ok(again) = envelope.encode() {
        let read = Envelope::decode(&again).expect("what this version writes it reads");
        assert_eq!(read, envelope);
    }
    for ours in [key(1), key(2)] {
        let bundles = envelope.open(&ours).unwrap_or_default();
        assert!(bundles.is_empty() || bundles.len() == envelope.cover.bundles as usize);
        for bundle in bundles {
            assert_eq!(bundle.maker, envelope.cover.maker);
        }
    }
    assert!(
        envelope.open(&key(9)).is_err(),
        "opened by a key that nothing was closed to"
    );
}
