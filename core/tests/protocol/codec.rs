//! Bytes: any of them without panic, limits at the limit and one above, newer versions.

use liandu_core::id::{DeviceId, RecordId, ScopeId};
use liandu_core::limits::{
    FRAME_BYTES_MAX, FRAME_INFLATED_BYTES_MAX, LABEL_BYTES_MAX, PUSH_RECORDS_MAX, SCOPES_MAX,
};
use liandu_core::protocol::frame::{DecodeError, Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::*;
use liandu_core::protocol::packed::{Packed, UnpackError};
use liandu_core::protocol::update::*;
use liandu_core::record::kind::Kind;
use liandu_core::verdict::{Reason, Verdict};
use minicbor::Encoder;
use proptest::prelude::*;

use super::samples::{self, noise, push, update};

#[test]
fn every_message_reads_back() {
    for (name, message) in samples::to_device() {
        let bytes = message.encode().unwrap();
        assert_eq!(
            ToDevice::decode(&bytes).unwrap(),
            Decoded::Message(message),
            "{name}"
        );
    }
    for (name, message) in samples::to_server() {
        let bytes = message.encode().unwrap();
        assert_eq!(
            ToServer::decode(&bytes).unwrap(),
            Decoded::Message(message),
            "{name}"
        );
    }
}

#[test]
fn cut_or_lengthened_frame_is_refused() {
    for (name, message) in samples::to_server() {
        let bytes = message.encode().unwrap();
        for length in 0..bytes.len() {
            assert!(
                ToServer::decode(&bytes[..length]).is_err(),
                "{name} cut at {length}"
            );
        }
        let longer = [bytes, vec![0]].concat();
        assert!(
            matches!(ToServer::decode(&longer), Err(DecodeError::Trailing)),
            "{name}"
        );
    }
}

#[test]
fn directions_do_not_share_numbers() {
    assert!(ToDevice::TYPES.iter().all(|(number, _)| number % 2 == 1));
    assert!(ToServer::TYPES.iter().all(|(number, _)| number % 2 == 0));
}

#[test]
fn newer_keys_are_ignored_and_newer_types_reported() {
    // Got {1: 3, 99: {"a": [1, 2]}}
    let mut bytes = Vec::new();
    let mut e = Encoder::new(&mut bytes);
    e.array(2)
        .unwrap()
        .u8(6)
        .unwrap()
        .map(2)
        .unwrap()
        .u8(1)
        .unwrap()
        .u8(3)
        .unwrap();
    e.u8(99)
        .unwrap()
        .map(1)
        .unwrap()
        .str("a")
        .unwrap()
        .array(2)
        .unwrap()
        .u8(1)
        .unwrap();
    e.u8(2).unwrap();
    let expected = Got {
        feed: Some(3),
        authority: None,
    };
    assert_eq!(
        ToServer::decode(&bytes).unwrap(),
        Decoded::Message(expected.into())
    );
    assert_eq!(
        ToServer::decode(&[0x82, 0x18, 0xfe, 0xa0]).unwrap(),
        Decoded::Unknown(254)
    );
}

#[test]
fn newer_kinds_verdicts_and_close_codes_are_kept_as_numbers() {
    let read = |bytes: &[u8]| minicbor::decode::<AnyVerdict>(bytes).unwrap();
    let newer = AnyVerdict::Newer {
        refused: true,
        reason: 999,
    };
    assert_eq!(read(&minicbor::to_vec(newer).unwrap()), newer);
    let unheard = read(&[0x82, 0x09, 0x00]);
    assert_eq!(
        unheard,
        AnyVerdict::Newer {
            refused: false,
            reason: 0
        },
        "counts as held"
    );
    for reason in Reason::ALL {
        for verdict in [Verdict::Refused(*reason), Verdict::Held(*reason)] {
            let bytes = minicbor::to_vec(AnyVerdict::from(verdict)).unwrap();
            assert_eq!(read(&bytes), AnyVerdict::Known(verdict));
        }
    }
    assert_eq!(AnyKind::from_code(700).known(), None);
    for kind in Kind::ALL {
        let bytes = minicbor::to_vec(AnyKind::from(kind)).unwrap();
        assert_eq!(
            minicbor::decode::<AnyKind>(&bytes).unwrap().known(),
            Some(kind)
        );
        assert_eq!(
            bytes,
            minicbor::to_vec(kind).unwrap(),
            "the same number as in documents"
        );
    }
    for code in CloseCode::ALL {
        assert_eq!(CloseCode::from_code(code.code()), *code);
    }
    assert_eq!(CloseCode::from_code(500), CloseCode::Newer(500));
    for outcome in [Outcome::Taken, Outcome::Unreadable, Outcome::Later] {
        let bytes = minicbor::to_vec(outcome).unwrap();
        assert_eq!(minicbor::decode::<Outcome>(&bytes).unwrap(), outcome);
    }
    let newer = minicbor::decode::<Outcome>(&[9]).unwrap();
    assert_eq!(newer, Outcome::Later, "it is carried on");
}

#[test]
fn frame_at_the_limit_is_read_and_one_byte_more_is_not() {
    let authority = |bytes| -> ToServer {
        Authority {
            position: liandu_core::id::Position(1),
            statements: vec![vec![0; bytes]],
        }
        .into()
    };
    let overhead = authority(100_000).encode().unwrap().len() - 100_000;
    let full = authority(FRAME_BYTES_MAX - overhead).encode().unwrap();
    assert_eq!(full.len(), FRAME_BYTES_MAX);
    assert!(ToServer::decode(&full).is_ok());
    let above = authority(FRAME_BYTES_MAX - overhead + 1);
    assert_eq!(above.encode().unwrap_err().bytes, FRAME_BYTES_MAX + 1);
    let long = [full, vec![0]].concat();
    assert!(matches!(
        ToServer::decode(&long),
        Err(DecodeError::TooLong { .. })
    ));
}

#[test]
fn lists_and_texts_at_the_limit_are_read_and_one_more_is_not() {
    let follow = |count: usize| {
        let one = Behind {
            scope: ScopeId([1; 8]),
            position: liandu_core::id::Position(1),
        };
        ToServer::from(Follow {
            scopes: Short([0; 8]),
            behind: vec![one; count],
        })
    };
    assert!(ToServer::decode(&follow(SCOPES_MAX).encode().unwrap()).is_ok());
    assert!(ToServer::decode(&follow(SCOPES_MAX + 1).encode().unwrap()).is_err());
    let label = |length: usize| {
        let Some((_, ToServer::Enrol(enrol))) = samples::to_server()
            .into_iter()
            .find(|(name, _)| *name == "enrol")
        else {
            panic!()
        };
        ToServer::from(Enrol {
            label: "a".repeat(length),
            ..enrol
        })
        .encode()
        .unwrap()
    };
    assert!(ToServer::decode(&label(LABEL_BYTES_MAX)).is_ok());
    assert!(ToServer::decode(&label(LABEL_BYTES_MAX + 1)).is_err());
    let pushes = |count: u16| Packed::pack(&(0..count).map(push).collect::<Vec<_>>()).unwrap();
    let max = PUSH_RECORDS_MAX as u16;
    assert!(
        pushes(max)
            .unpack_lenient::<RecordPush, PUSH_RECORDS_MAX>()
            .is_ok()
    );
    let above = pushes(max + 1).unpack_lenient::<RecordPush, PUSH_RECORDS_MAX>();
    assert!(matches!(above, Err(UnpackError::TooMany { .. })));
    assert!(
        pushes(max + 1)
            .unpack::<RecordPush, PUSH_RECORDS_MAX>()
            .is_err()
    );
}

#[test]
fn many_documents_travel_deflated_together() {
    let updates: Vec<RecordUpdate> = (0..100).map(|n| update(n, u64::from(n))).collect();
    let packed = Packed::pack(&updates).unwrap();
    let plain = minicbor::to_vec(&updates).unwrap().len();
    assert!(packed.len() * 4 < plain, "{} of {plain}", packed.len());
    assert_eq!(packed.unpack::<RecordUpdate, 100>().unwrap(), updates);
    let around = minicbor::to_vec(&packed).unwrap().len() - packed.len();
    assert!(around < 16, "what it says is what travels");
    assert!(!packed.is_empty() && Packed::pack_bytes(vec![]).unwrap().is_empty());
}

#[test]
fn content_that_does_not_deflate_is_packed_up_to_a_frame_and_no_further() {
    let full = Packed::pack_bytes(noise(FRAME_BYTES_MAX)).unwrap();
    assert_eq!(full.unpack_bytes().unwrap(), noise(FRAME_BYTES_MAX));
    let above = Packed::pack_bytes(noise(FRAME_BYTES_MAX + 1));
    assert_eq!(above.unwrap_err().bytes, FRAME_BYTES_MAX + 1);
}

#[test]
fn chunk_weighs_what_its_parts_weigh() {
    let doc = Chunk::Doc(vec![1; 5]);
    let two = Chunk::Changes(vec![vec![1; 3], vec![2; 4]]);
    for (chunk, bytes, changes) in [(doc, 5, 1), (two, 7, 2)] {
        assert_eq!((chunk.bytes(), chunk.changes()), (bytes, changes));
        assert_eq!(chunk.parts().concat().len(), bytes);
    }
}

fn packed(method: u8, inflated: u32, bytes: &[u8]) -> Packed {
    let mut cbor = Vec::new();
    let mut e = Encoder::new(&mut cbor);
    e.array(3)
        .unwrap()
        .u8(method)
        .unwrap()
        .u32(inflated)
        .unwrap()
        .bytes(bytes)
        .unwrap();
    minicbor::decode(&cbor).unwrap()
}

#[test]
fn bomb_is_refused_by_its_announcement() {
    let zeros = vec![0u8; FRAME_INFLATED_BYTES_MAX];
    let honest = Packed::pack_bytes(zeros.clone()).unwrap();
    assert_eq!(honest.unpack_bytes().unwrap(), zeros, "at the limit");
    assert!(Packed::pack_bytes(vec![0u8; FRAME_INFLATED_BYTES_MAX + 1]).is_err());
    let above = FRAME_INFLATED_BYTES_MAX as u32 + 1;
    let refused = |packed: Packed| packed.unpack_bytes().unwrap_err();
    assert!(matches!(
        refused(packed(1, above, &[0; 100_000])),
        UnpackError::TooBig { .. }
    ));
    assert!(matches!(
        refused(packed(0, above, &[0; 100])),
        UnpackError::TooBig { .. }
    ));
    // Ten bytes cannot become a megabyte: refused before anything is allocated.
    assert!(matches!(
        refused(packed(1, 1 << 20, &[0; 10])),
        UnpackError::TooBig { .. }
    ));
    // ... and nothing becomes more than 1,040 times as much.
    assert!(matches!(
        refused(packed(1, 10_401, &[0; 10])),
        UnpackError::TooBig { .. }
    ));
    assert!(matches!(
        refused(packed(1, 10_400, &[0; 10])),
        UnpackError::Damaged
    ));
    assert!(matches!(
        refused(packed(7, 3, &[1, 2, 3])),
        UnpackError::UnknownMethod(7)
    ));
    // Announces less, or more, than it is.
    let cbor = minicbor::to_vec(Packed::pack_bytes(vec![0; 5_000]).unwrap()).unwrap();
    let mut d = minicbor::Decoder::new(&cbor);
    d.array().unwrap();
    assert_eq!((d.u8().unwrap(), d.u32().unwrap()), (1, 5_000));
    let deflated = d.bytes().unwrap();
    for announced in [0, 1, 4_999, 5_001, 6_000] {
        assert!(
            packed(1, announced, deflated).unpack_bytes().is_err(),
            "{announced}"
        );
    }
    assert!(packed(1, 5_000, deflated).unpack_bytes().is_ok());
    let trailing = [deflated, &[0]].concat();
    assert!(
        packed(1, 5_000, &trailing).unpack_bytes().is_err(),
        "bytes after the end"
    );
    assert!(packed(0, 2, &[1, 2, 3]).unpack_bytes().is_err());
}

#[test]
fn bad_item_is_left_out_and_bytes_that_are_no_list_are_an_error() {
    let mut list = vec![0x83];
    list.extend(minicbor::to_vec(push(1)).unwrap());
    list.extend([0x61, b'x']);
    list.extend(minicbor::to_vec(push(2)).unwrap());
    let good = Packed::pack_bytes(list.clone()).unwrap();
    let read = good.unpack_lenient::<RecordPush, 3>().unwrap();
    assert_eq!(read, (vec![push(1), push(2)], 1));
    assert!(
        good.unpack::<RecordPush, 3>().is_err(),
        "the strict reader says so"
    );
    list.pop();
    let cut = Packed::pack_bytes(list).unwrap();
    assert!(cut.unpack_lenient::<RecordPush, 3>().is_err());
}

/// A small frame must not make the reader reserve much: lengths are claims.
#[test]
fn claimed_length_reserves_nothing() {
    // Authority {1: 1, 2: [2^60 items ...
    let bytes = [
        0x82, 0x12, 0xa2, 0x01, 0x01, 0x02, 0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x41, 0,
    ];
    assert!(ToServer::decode(&bytes).is_err());
    let bytes = [
        0x82, 0x12, 0xa2, 0x01, 0x01, 0x02, 0x81, 0x5b, 0x10, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert!(ToServer::decode(&bytes).is_err());
}

fn frames() -> Vec<Vec<u8>> {
    let down = samples::to_device()
        .into_iter()
        .map(|(_, m)| m.encode().unwrap());
    down.chain(
        samples::to_server()
            .into_iter()
            .map(|(_, m)| m.encode().unwrap()),
    )
    .collect()
}

fn read_all(bytes: &[u8]) {
    if let Ok(Decoded::Message(ToDevice::Feed(feed))) = ToDevice::decode(bytes) {
        let _ = feed.updates.unpack_lenient::<RecordUpdate, 100>();
    }
    if let Ok(Decoded::Message(ToServer::Push(push))) = ToServer::decode(bytes) {
        let _ = push.records.unpack_lenient::<RecordPush, 100>();
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
        if let Ok(packed) = minicbor::decode::<Packed>(&bytes) {
            let _ = packed.unpack_lenient::<RecordUpdate, 100>();
        }
    }

    /// Nearly right is what hurts.
    #[test]
    fn damaged_messages_are_read_without_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut frame = which.get(&frames()).clone();
        let at = at.index(frame.len());
        frame[at] = byte;
        read_all(&frame);
    }

    #[test]
    fn any_deflated_bytes_are_inflated_within_their_announcement(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        announced in 0u32..100_000,
    ) {
        if let Ok(content) = packed(1, announced, &bytes).unpack_bytes() {
            prop_assert_eq!(content.len(), announced as usize);
        }
    }

    #[test]
    fn any_content_reads_back(content in prop::collection::vec(any::<u8>(), 0..5_000)) {
        let packed = Packed::pack_bytes(content.clone()).unwrap();
        prop_assert!(packed.len() <= content.len());
        prop_assert_eq!(packed.unpack_bytes().unwrap(), content);
    }

    #[test]
    fn any_push_reads_back(
        records in prop::collection::vec(
            (any::<[u8; 16]>(), any::<u16>(), prop::collection::vec(any::<Vec<u8>>(), 0..5)),
            0..10,
        ),
        batch in any::<u64>(),
    ) {
        let records: Vec<RecordPush> = records
            .into_iter()
            .map(|(id, kind, changes)| RecordPush {
                record: RecordId(id),
                kind: AnyKind::from_code(kind),
                chunk: Chunk::Changes(changes),
                ..push(1)
            })
            .collect();
        let message = ToServer::from(Push { batch, records: Packed::pack(&records).unwrap() });
        let read = ToServer::decode(&message.encode().unwrap()).unwrap();
        prop_assert_eq!(&read, &Decoded::Message(message));
        let Decoded::Message(ToServer::Push(read)) = read else { panic!() };
        prop_assert_eq!(read.records.unpack::<RecordPush, 10>().unwrap(), records);
    }

    #[test]
    fn any_hello_reads_back(
        device in any::<[u8; 8]>(), unsent in any::<u64>(), app in ".{0,50}",
        behind in prop::collection::vec((any::<[u8; 8]>(), any::<u64>()), 0..20),
    ) {
        let behind = behind
            .into_iter()
            .map(|(scope, at)| Behind {
                scope: ScopeId(scope),
                position: liandu_core::id::Position(at),
            })
            .collect();
        let hello = Hello { device: DeviceId(device), unsent, app, behind, ..samples::hello() };
        let message = ToServer::from(hello);
        let read = ToServer::decode(&message.encode().unwrap()).unwrap();
        prop_assert_eq!(read, Decoded::Message(message));
    }
}
