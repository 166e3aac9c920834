//! Bundles: files that anybody may have written.

use liandu_core::admission::open_chunks;
use liandu_core::limits::{BUNDLE_PARTS_MAX, PUSH_RECORDS_MAX};
use liandu_core::protocol::bundle::{Bundle, ReceiptSheet};
use liandu_core::protocol::update::{RecordPush, RecordVerdicts};

use crate::frames::packed;
use crate::mended;
use crate::records::admitted;
use crate::world::{DEPLOYMENT, key};

/// A file as it is, and with its SHA-256 put right: what it is read as is written as the same, its
/// records are admitted like any, and receipts that the server did not sign are none.
pub fn bundles(bytes: &[u8]) {
    for file in [bytes.to_vec(), mended::digested(bytes)] {
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
