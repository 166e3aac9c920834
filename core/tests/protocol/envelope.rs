//! Envelopes: opened by whom they are addressed to, by nobody else, and only as they were closed.

use liandu_core::id::{DeploymentId, DeviceId};
use liandu_core::limits::{
    ENVELOPE_COVER_BYTES_MAX, ENVELOPE_ONCE_BYTES_MAX, ENVELOPE_PART_BYTES_MAX, ENVELOPE_PARTS_MAX,
    FRAME_BYTES_MAX,
};
use liandu_core::protocol::bundle::{Bundle, BundleError};
use liandu_core::protocol::client::{self, Input};
use liandu_core::protocol::envelope::{
    Addressee, Agreements, Cover, Envelope, EnvelopeError, MAGIC, Opener,
};
use liandu_core::protocol::frame::ToServer;
use liandu_core::protocol::message::{Carried, Carry, Outcome};
use liandu_core::protocol::packed::UnpackError;
use liandu_core::protocol::session;
use liandu_core::protocol::update::{Chunk, RecordPush};
use liandu_core::seal::{PublicKey, SecretKey};
use proptest::prelude::*;
use x25519_dalek::x25519;

use super::bundle::{receipts, sample};
use super::link::Link;
use super::samples::{
    DEPLOYMENT, DEVICE, authority_key, carry, device_key, noise, person, push, server_key, time,
};

/// Other bytes each time, and always the same ones.
fn random() -> impl FnMut() -> [u8; 32] {
    let mut count = 0;
    move || {
        count += 1;
        [count; 32]
    }
}

fn cover(to: Addressee) -> Cover {
    Cover {
        deployment: DEPLOYMENT,
        maker: DEVICE,
        time: time(),
        to,
        bundles: 1,
        edits: 3,
    }
}

fn closed(to: Addressee, bundles: &[Bundle], keys: &[PublicKey]) -> Envelope {
    Envelope::close(cover(to), bundles, keys, random()).unwrap()
}

pub(crate) fn for_the_office() -> Envelope {
    closed(Addressee::Office, &[sample()], &[server_key().public()])
}

fn for_a_colleague() -> Envelope {
    let keys = [device_key().public(), authority_key().public()];
    closed(Addressee::Colleague(person()), &[sample(), sample()], &keys)
}

#[test]
fn every_key_it_is_addressed_to_opens_it_and_no_other() {
    let file = for_a_colleague().encode().unwrap();
    let read = Envelope::decode(&file).unwrap();
    assert_eq!(read, for_a_colleague());
    assert_eq!((read.cover.bundles, read.cover.edits), (2, 3));
    for key in [device_key(), authority_key()] {
        assert_eq!(read.open(&key).unwrap(), [sample(), sample()]);
    }
    let wrong = read.open(&server_key());
    assert!(matches!(wrong, Err(EnvelopeError::NotOurs)));
    // Whoever renames a part to a key of their own does not open it by that.
    let mut renamed = for_the_office();
    renamed.parts[0].key = for_a_colleague().parts[0].key;
    let wrong = renamed.open(&device_key());
    assert!(matches!(wrong, Err(EnvelopeError::Forged)));
}

#[test]
fn key_that_is_kept_outside_opens_what_it_agreed_on_and_nothing_else() {
    let (envelope, key) = (for_the_office(), server_key());
    let agreed = |secret: &SecretKey| -> Agreements {
        let once = envelope.once_keys(&key.public());
        assert_eq!(once.len(), envelope.parts.len());
        let shared = |once| (once, x25519(secret.agreement(), once));
        once.into_iter().map(shared).collect()
    };
    let public = key.public();
    let open = |public: &PublicKey, agreements: &Agreements| {
        envelope.open(Opener::Outside(public, agreements))
    };
    let opened = open(&public, &agreed(&key)).unwrap();
    assert_eq!(opened, envelope.open(&key).unwrap());

    let silent = open(&public, &Agreements::new());
    assert!(matches!(silent, Err(EnvelopeError::NotAgreed)));
    let foreign = open(&public, &agreed(&device_key()));
    assert!(matches!(foreign, Err(EnvelopeError::Forged)));
    let another = open(&device_key().public(), &agreed(&key));
    assert!(matches!(another, Err(EnvelopeError::NotOurs)));
}

#[test]
fn nothing_of_the_bundle_can_be_read_on_the_file() {
    let inside = sample().encode().unwrap();
    let file = for_the_office().encode().unwrap();
    for window in inside.windows(8) {
        let shown = file.windows(8).any(|at| at == window);
        let on_the_cover = for_the_office().written;
        assert!(!shown || on_the_cover.windows(8).any(|at| at == window));
    }
}

#[test]
fn two_parts_of_the_same_bundle_have_nothing_in_common() {
    let twice = closed(
        Addressee::Office,
        &[sample(), sample()],
        &[server_key().public()],
    );
    let [a, b] = &twice.parts[..] else {
        panic!("two parts")
    };
    assert!(a.once != b.once && a.content != b.content && a.short() != b.short());
}

#[test]
fn cut_or_changed_envelope_is_refused() {
    let file = for_the_office().encode().unwrap();
    for length in 0..file.len() {
        assert!(
            Envelope::decode(&file[..length]).is_err(),
            "cut at {length}"
        );
    }
    for at in MAGIC.len()..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x10;
        let read = Envelope::decode(&changed);
        assert!(
            matches!(read, Err(EnvelopeError::Damaged)),
            "changed at {at}"
        );
    }
    let other = Envelope::decode(&sample().encode().unwrap());
    assert!(matches!(other, Err(EnvelopeError::NotAnEnvelope)));
}

#[test]
fn no_byte_of_cover_or_content_can_be_changed_by_who_puts_the_sum_right() {
    let envelope = for_the_office();
    let opens = |envelope: &Envelope| envelope.open(&server_key()).is_ok();
    assert!(opens(&envelope));
    for at in 0..envelope.written.len() {
        let mut forged = envelope.clone();
        forged.written[at] ^= 1;
        assert!(!opens(&forged), "cover at {at}");
    }
    for at in 0..envelope.parts[0].content.len() {
        let mut forged = envelope.clone();
        forged.parts[0].content[at] ^= 1;
        assert!(!opens(&forged), "content at {at}");
    }
    for at in 0..32 {
        let mut forged = envelope.clone();
        forged.parts[0].once[at] ^= 1;
        assert!(!opens(&forged), "one-time key at {at}");
    }
    let mut newer = envelope.clone();
    newer.parts[0].algorithm = 2;
    let unknown = newer.open(&server_key());
    assert!(matches!(unknown, Err(EnvelopeError::UnknownAlgorithm(2))));
}

#[test]
fn a_part_left_out_is_noticed_and_a_part_of_another_envelope_does_not_fit() {
    let mut cut = for_a_colleague();
    cut.parts.truncate(2);
    assert!(matches!(
        cut.open(&device_key()),
        Err(EnvelopeError::Damaged)
    ));
    let mut mixed = for_the_office();
    let cover = Cover {
        edits: 4,
        ..cover(Addressee::Office)
    };
    let other = Envelope::close(cover, &[sample()], &[server_key().public()], random());
    mixed.parts = other.unwrap().parts;
    assert!(matches!(
        mixed.open(&server_key()),
        Err(EnvelopeError::Forged)
    ));
}

#[test]
fn bundle_of_another_maker_or_installation_does_not_hide_in_it() {
    let others = [
        Bundle::new(DeploymentId([1; 16]), DEVICE, time()),
        Bundle::new(DEPLOYMENT, DeviceId([1; 8]), time()),
    ];
    for other in others {
        let envelope = closed(Addressee::Office, &[other], &[server_key().public()]);
        assert!(matches!(
            envelope.open(&server_key()),
            Err(EnvelopeError::Forged)
        ));
    }
}

#[test]
fn one_time_key_at_the_limit_is_read_and_one_byte_more_is_not() {
    let read = |bytes| {
        let mut envelope = for_a_colleague();
        envelope.parts[0].once = vec![0; bytes];
        Envelope::decode(&envelope.encode().unwrap())
    };
    assert!(read(ENVELOPE_ONCE_BYTES_MAX).is_ok());
    let longer = read(ENVELOPE_ONCE_BYTES_MAX + 1);
    assert!(matches!(longer, Err(EnvelopeError::TooBig)));
}

#[test]
fn nothing_is_closed_to_a_key_that_everybody_has() {
    // The neutral point, and a point of order 8.
    let mut weak = vec![PublicKey([0; 32])];
    weak[0].0[0] = 1;
    let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let order_8 = data_encoding::HEXLOWER.decode(order_8.as_bytes()).unwrap();
    weak.push(PublicKey(order_8.try_into().unwrap()));
    for key in weak {
        let made = Envelope::close(cover(Addressee::Office), &[sample()], &[key], random());
        assert!(matches!(made, Err(EnvelopeError::NotAKey)), "{key:?}");
    }
}

/// A bundle whose file has so many bytes, about a million.
fn of_bytes(bytes: usize) -> Bundle {
    let of = |content| {
        let mut bundle = Bundle::new(DEPLOYMENT, DEVICE, time());
        let record = RecordPush {
            chunk: Chunk::Doc(noise(content)),
            ..push(1)
        };
        bundle.add(&[record]).unwrap();
        bundle
    };
    let around = of(1_000_000).encode().unwrap().len() - 1_000_000;
    of(bytes - around)
}

#[test]
fn largest_part_goes_through_a_frame_and_one_byte_more_is_neither_closed_nor_opened() {
    let office = || (cover(Addressee::Office), [server_key().public()]);
    let close = |bundle| {
        let (cover, keys) = office();
        Envelope::close(cover, &[bundle], &keys, random())
    };
    let largest = of_bytes(ENVELOPE_PART_BYTES_MAX);
    assert_eq!(largest.encode().unwrap().len(), ENVELOPE_PART_BYTES_MAX);
    let envelope = close(largest.clone()).unwrap();
    let frame = ToServer::from(Carry {
        number: u64::MAX,
        cover: envelope.written.clone(),
        part: envelope.parts[0].clone(),
    });
    assert!(frame.encode().unwrap().len() <= FRAME_BYTES_MAX);
    let read = Envelope::decode(&envelope.encode().unwrap()).unwrap();
    assert_eq!(read.open(&server_key()).unwrap(), [largest]);

    let made = close(of_bytes(ENVELOPE_PART_BYTES_MAX + 1));
    assert!(matches!(made, Err(EnvelopeError::TooBig)));
    let mut longer = envelope;
    longer.parts[0].content.push(0);
    let opened = longer.open(&server_key());
    assert!(matches!(opened, Err(EnvelopeError::TooBig)));
    let read = Envelope::decode(&longer.encode().unwrap());
    assert!(matches!(read, Err(EnvelopeError::TooBig)));
}

#[test]
fn cover_at_the_limit_is_read_and_one_byte_more_is_not() {
    // With a key of a newer version, 99: so many bytes.
    let long = |bytes: usize| {
        let mut written = for_the_office().written;
        written[0] += 1;
        written.extend([0x18, 99, 0x59]);
        let left = u16::try_from(bytes - written.len() - 2).unwrap();
        written.extend(left.to_be_bytes());
        written.resize(bytes, 0);
        written
    };
    let read = Cover::read(&long(ENVELOPE_COVER_BYTES_MAX)).unwrap();
    assert_eq!(read, for_the_office().cover);
    let longer = Cover::read(&long(ENVELOPE_COVER_BYTES_MAX + 1));
    assert!(matches!(longer, Err(EnvelopeError::TooBig)));
}

#[test]
fn bundles_times_keys_up_to_the_limit_are_closed_and_one_more_is_not() {
    // A key that nothing is closed to shows that the number of parts was no obstacle.
    let close = |bundles: usize, keys: usize| {
        let (bundles, keys) = (vec![sample(); bundles], vec![PublicKey([0; 32]); keys]);
        Envelope::close(cover(Addressee::Office), &bundles, &keys, random()).unwrap_err()
    };
    let at_the_limit = close(2, ENVELOPE_PARTS_MAX / 2);
    assert!(matches!(at_the_limit, EnvelopeError::NotAKey));
    let above = close(1, ENVELOPE_PARTS_MAX + 1);
    assert!(matches!(above, EnvelopeError::TooBig));
}

#[test]
fn only_what_a_newer_version_may_read_is_worth_keeping() {
    let mut newer = for_the_office();
    newer.parts[0].algorithm = 2;
    let mut forged = for_the_office();
    *forged.written.last_mut().unwrap() ^= 1;
    let error = |envelope: Envelope, key: SecretKey| envelope.open(&key).unwrap_err();
    assert!(error(newer, server_key()).may_be_newer());
    assert!(Cover::read(&[0xa0]).unwrap_err().may_be_newer());
    let packed = EnvelopeError::Bundle(UnpackError::UnknownMethod(9).into());
    assert!(packed.may_be_newer());
    assert!(!error(forged, server_key()).may_be_newer());
    assert!(!error(for_the_office(), device_key()).may_be_newer());
    assert!(!EnvelopeError::Bundle(BundleError::Damaged).may_be_newer());
}

#[test]
fn parts_are_carried_one_at_a_time_and_each_is_answered() {
    let mut link = Link::new();
    let Carry { cover, part, .. } = carry();
    let one = || Input::Carry {
        cover: cover.clone(),
        part: part.clone(),
    };
    assert!(!link.client.may_carry(), "not before it is connected");
    link.to_client(one());
    link.sync();
    assert!(link.host.delivered.is_empty());
    link.to_client(one());
    link.to_client(one());
    link.run();
    assert!(!link.client.may_carry());
    assert_eq!(link.host.delivered, [carry()], "the second was not taken");
    // One who does not wait is noted, and the first goes on.
    let flood = ToServer::from(carry()).encode().unwrap();
    link.to_session(session::Input::Frame(flood));
    link.run();
    assert_eq!(link.odd, [session::Odd::Flood]);
    link.to_session(session::Input::Delivered(Carried {
        number: 1,
        outcome: Outcome::Taken,
        receipts: receipts(),
    }));
    link.run();
    assert_eq!(link.device.carried, [Outcome::Taken]);
    assert!(link.client.may_carry());
    // What is said twice, or to nobody, is odd.
    let again = link.down.last().unwrap().clone();
    link.to_client(Input::Frame(again));
    link.run();
    assert_eq!(link.device.odd, [client::Odd::OutOfTurn("Carried")]);
    // A connection that ends unanswered leaves it to the next.
    link.to_client(one());
    link.run();
    link.cut();
    link.wait();
    assert!(link.client.may_carry());
    assert_eq!(link.device.carried, [Outcome::Taken]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Envelope::decode(&bytes);
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&bytes);
        use sha2::Digest;
        let digest = sha2::Sha256::digest(&file);
        file.extend_from_slice(&digest);
        if let Ok(envelope) = Envelope::decode(&file) {
            let _ = envelope.open(&SecretKey::from_bytes(&[1; 32]));
        }
    }
}
