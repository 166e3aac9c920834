//! One WebSocket message, read by both sides, and several in a row during a conversation.

use liandu_core::limits::{
    FEED_UPDATES_MAX, FRAME_BYTES_MAX, FRAME_INFLATED_BYTES_MAX, PUSH_RECORDS_MAX,
};
use liandu_core::protocol::frame::{DecodeError, Decoded, ToDevice, ToServer};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::{RecordPush, RecordUpdate, RecordVerdicts};
use minicbor::{Decode, Encode};

use crate::peers;

/// Begins a message, and no sequence of them.
const ARRAY_OF_TWO: u8 = 0x82;

/// What decodes encodes to what decodes to the same; what is packed keeps to the limits; a session
/// and a client meet it in every phase.
pub fn frames(bytes: &[u8]) {
    let frames = match bytes.first() {
        Some(&ARRAY_OF_TWO) | None => vec![bytes],
        Some(_) => sequence(bytes),
    };
    for frame in &frames {
        if let Some(message) = agrees(frame, ToServer::decode, |m| m.encode().ok())
            && let ToServer::Push(push) = message
        {
            packed::<RecordPush, PUSH_RECORDS_MAX>(&push.records);
        }
        match agrees(frame, ToDevice::decode, |m| m.encode().ok()) {
            Some(ToDevice::Feed(feed)) => {
                packed::<RecordUpdate, FEED_UPDATES_MAX>(&feed.updates);
            }
            Some(ToDevice::Verdicts(verdicts)) => {
                packed::<RecordVerdicts, PUSH_RECORDS_MAX>(&verdicts.records);
            }
            Some(ToDevice::Definition(definition)) => {
                packed::<u8, FRAME_BYTES_MAX>(&definition.json);
            }
            Some(_) | None => {}
        }
    }
    peers::session_meets(&frames);
    peers::client_meets(&frames);
}

/// `[length (2 bytes), frame]...`; the last may be shorter than it says.
fn sequence(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let [high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (frame, after) = rest.split_at(length);
        frames.push(frame);
        bytes = after;
    }
    frames
}

fn agrees<M: std::fmt::Debug + PartialEq>(
    frame: &[u8],
    decode: fn(&[u8]) -> Result<Decoded<M>, DecodeError>,
    encode: fn(&M) -> Option<Vec<u8>>,
) -> Option<M> {
    let Ok(Decoded::Message(message)) = decode(frame) else {
        return None;
    };
    assert!(frame.len() <= FRAME_BYTES_MAX, "longer than a frame may be");
    // Sent anew it may have fields that it left out, and so be too long for one frame.
    if let Some(again) = encode(&message) {
        let read = decode(&again).expect("what this version writes it reads");
        assert_eq!(read, Decoded::Message(message));
        let Decoded::Message(message) = read else {
            return None;
        };
        return Some(message);
    }
    Some(message)
}

/// A list inflates to what it says and no further, and packs again to the same list.
pub(crate) fn packed<T, const MAX: usize>(packed: &Packed) -> Vec<T>
where
    T: for<'b> Decode<'b, ()> + Encode<()> + std::fmt::Debug + PartialEq,
{
    if let Ok(content) = packed.unpack_bytes() {
        assert!(
            content.len() <= FRAME_INFLATED_BYTES_MAX,
            "inflates too far"
        );
    }
    let Ok((items, _)) = packed.unpack_lenient::<T, MAX>() else {
        return Vec::new();
    };
    assert!(items.len() <= MAX, "more items than allowed");
    if let Ok(again) = Packed::pack(&items) {
        let read = again.unpack::<T, MAX>().expect("what was packed unpacks");
        assert_eq!(read, items);
    }
    items
}
