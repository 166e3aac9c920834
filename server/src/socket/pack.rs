//! Packing what a device gets into frames.
//!
//! Never fails on a record that is too large for one frame: it travels in parts.

use liandu_core::admission::open_chunks;
use liandu_core::limits::FRAME_BYTES_MAX;
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::{Chunk, RecordUpdate, UpdateBody};

/// Room for what stands around packed content in a frame, bytes.
const FRAME_ROOM: usize = 1 << 10;

/// Frames' bodies for these updates, in order.
pub(super) fn bodies(updates: &[RecordUpdate]) -> Vec<Packed> {
    if updates.is_empty() {
        return Vec::new();
    }
    match Packed::pack(updates) {
        Ok(packed) if packed.len() + FRAME_ROOM <= FRAME_BYTES_MAX => vec![packed],
        Ok(_) | Err(_) => match updates {
            [one] => parts(one),
            several => {
                let (first, rest) = several.split_at(several.len() / 2);
                let mut all = bodies(first);
                all.extend(bodies(rest));
                all
            }
        },
    }
}

/// One record's update in parts: the first begins the record, the last has stamps and seals.
fn parts(update: &RecordUpdate) -> Vec<Packed> {
    let UpdateBody::Changed {
        chunk,
        stamps,
        seals,
        whole,
    } = &update.body
    else {
        return Vec::new();
    };
    let changes: Vec<Vec<u8>> = match chunk {
        Chunk::Doc(document) => {
            let changes = open_chunks(&[document]).unwrap_or_default();
            changes.into_iter().map(|change| change.bytes).collect()
        }
        Chunk::Changes(changes) => changes.clone(),
    };
    if changes.len() < 2 {
        // One change is bounded far below a frame; without one there is nothing to send.
        return Vec::new();
    }
    let (first, rest) = changes.split_at(changes.len() / 2);
    let part = |changes: &[Vec<u8>], stamps, seals, whole| RecordUpdate {
        body: UpdateBody::Changed {
            chunk: Chunk::Changes(changes.to_vec()),
            stamps,
            seals,
            whole,
        },
        ..update.clone()
    };
    let mut all = bodies(&[part(first, Vec::new(), Vec::new(), *whole)]);
    all.extend(bodies(&[part(rest, stamps.clone(), seals.clone(), false)]));
    all
}
