//! The records of a push, from their packing to their verdicts.

use liandu_core::admission::open_chunks;
use liandu_core::limits::PUSH_RECORDS_MAX;
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::RecordPush;

use crate::frames::packed;
use crate::records::admitted;

/// Bytes of a list of record pushes, before packing: what is packed unpacks to the same, and
/// admission takes of each what it may and leaves the record as it was otherwise.
pub fn batches(bytes: &[u8]) {
    let Ok(list) = Packed::pack_bytes(bytes.to_vec()) else {
        return;
    };
    assert_eq!(
        list.unpack_bytes().ok().as_deref(),
        Some(bytes),
        "what was packed unpacks"
    );
    for push in packed::<RecordPush, PUSH_RECORDS_MAX>(&list) {
        if let Ok(changes) = open_chunks(&push.chunk.parts()) {
            admitted(None, &changes);
        }
    }
}
