//! One of every message, always the same.

use liandu_core::id::{
    Actor, CampaignId, ChangeHash, DeploymentId, DeviceId, Epoch, PersonId, Position, RecordId,
    RegionCode,
};
use liandu_core::protocol::digest::{definitions_digest, scopes_digest};
use liandu_core::protocol::frame::{ToDevice, ToServer};
use liandu_core::protocol::message::*;
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::Known;
use liandu_core::protocol::update::*;
use liandu_core::record::DefinitionRef;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamp;
use liandu_core::seal::{EnrolmentCertificate, HelloProof, Seal, SecretKey};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

pub(crate) const DEPLOYMENT: DeploymentId = DeploymentId([0xd0; 16]);
pub(crate) const DEVICE: DeviceId = DeviceId([0xde; 8]);
pub(crate) const NONCE: Nonce = Nonce([0x5a; 32]);
pub(crate) const EPOCH: Epoch = Epoch([0xe0; 8]);

pub(crate) fn device_key() -> SecretKey {
    SecretKey::from_bytes(&[1; 32])
}

pub(crate) fn server_key() -> SecretKey {
    SecretKey::from_bytes(&[2; 32])
}

pub(crate) fn authority_key() -> SecretKey {
    SecretKey::from_bytes(&[3; 32])
}

pub(crate) fn time() -> Timestamp {
    Timestamp(1_592_524_800_000)
}

pub(crate) fn person() -> PersonId {
    PersonId::new("p-0417").unwrap()
}

pub(crate) fn scopes(count: u32) -> Vec<Scope> {
    let scope = |n| format!("130123/g-{n}/group").parse().unwrap();
    (1..=count).map(scope).collect()
}

pub(crate) fn record(n: u16) -> RecordId {
    let [a, b] = n.to_be_bytes();
    RecordId([
        0x01, 0x72, 0xc0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, a, b,
    ])
}

pub(crate) fn actor(n: u8) -> Actor {
    Actor::of(&DEVICE, [n; 8])
}

pub(crate) fn cursor(position: u64) -> Cursor {
    let [.., byte] = position.to_be_bytes();
    Cursor {
        epoch: EPOCH,
        position: Position(position),
        hash: Short([byte; 8]),
    }
}

pub(crate) fn definition() -> DefinitionRef {
    DefinitionRef {
        campaign: CampaignId::new("hebei-6plus1").unwrap(),
        version: 1,
    }
}

pub(crate) fn seal(n: u16, bytes: u8) -> Seal {
    let hash = ChangeHash([bytes; 32]);
    Seal::sign(&device_key(), &DEPLOYMENT, &record(n), actor(1), 3, hash)
}

pub(crate) fn certificate() -> EnrolmentCertificate {
    let key = device_key().public();
    EnrolmentCertificate::sign(&authority_key(), DEPLOYMENT, DEVICE, key, person(), time())
}

pub(crate) fn push(n: u16) -> RecordPush {
    RecordPush {
        record: record(n),
        kind: Kind::Inspection.into(),
        scope: scopes(1).pop(),
        chunk: Chunk::Changes(vec![vec![0x85, 0x6f, 0x4a, 0x83], vec![1, 2, 3]]),
        seals: vec![seal(n, 7)],
    }
}

/// Bytes that do not deflate, always the same.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1u64;
    let byte = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(byte).take(bytes).collect()
}

pub(crate) fn update(n: u16, position: u64) -> RecordUpdate {
    let stamp = Stamp {
        actor: actor(1),
        seq_max: 3,
        position: Position(position),
        time: time(),
        person: Some(person()),
    };
    RecordUpdate {
        record: record(n),
        kind: Kind::Problem.into(),
        scope: scopes(1)[0].id(),
        body: UpdateBody::Changed {
            chunk: Chunk::Doc(vec![0x85, 0x6f, 0x4a, 0x83, 9]),
            stamps: vec![stamp],
            seals: vec![],
            whole: true,
        },
    }
}

pub(crate) fn verdicts(n: u16) -> RecordVerdicts {
    let other = |seq, verdict: Verdict| OtherVerdict {
        actor: actor(1),
        seq,
        hash: ChangeHash([8; 32]),
        verdict: verdict.into(),
    };
    RecordVerdicts {
        record: record(n),
        receipts: vec![Receipt {
            actor: actor(1),
            seq_max: 2,
            position: Position(41),
        }],
        others: vec![
            other(3, Verdict::Refused(Reason::NotAllowed)),
            other(4, Verdict::Forked),
        ],
        missing: false,
    }
}

pub(crate) fn heads(n: u16) -> RecordHeads {
    RecordHeads {
        record: record(n),
        heads: vec![ChangeHash([1; 32]), ChangeHash([2; 32])],
    }
}

pub(crate) fn hello() -> Hello {
    let proof = HelloProof {
        deployment: &DEPLOYMENT,
        device: &DEVICE,
        nonce: &NONCE.0,
        version: 1,
    };
    let mut ids: Vec<_> = scopes(4).iter().map(Scope::id).collect();
    ids.sort();
    Hello {
        version: 1,
        device: DEVICE,
        signature: proof.sign(&device_key()),
        cursor: Some(cursor(400_000)),
        behind: vec![],
        scopes: scopes_digest(&ids),
        definitions: definitions_digest(&[definition()]),
        authority: Position(17),
        time: time(),
        app: "0.1.0".to_owned(),
        unsent: 0,
        certificate: None,
        answers: None,
    }
}

/// What a host knows of the device that says `hello()`.
pub(crate) fn known() -> Known {
    Known {
        key: device_key().public(),
        person: person(),
        scopes: scopes(4),
        resume: Resume::Ok,
        at: cursor(400_100),
        definitions: vec![definition()],
        authority: Position(17),
        escrow: false,
        left_out: 0,
        answers: vec![],
    }
}

pub(crate) fn welcome() -> Welcome {
    Welcome {
        resume: Resume::Ok,
        at: cursor(400_100),
        feed: false,
        time: time(),
        allowed: Allowed {
            window: 8,
            frame_bytes: 1 << 20,
        },
        scopes: None,
        definitions: None,
        authority: Position(17),
        person: person(),
        escrow: None,
        left_out: None,
    }
}

/// Every message of the server, with and without its optional parts.
pub(crate) fn to_device() -> Vec<(&'static str, ToDevice)> {
    let mut all = answers();
    all.extend(feeds());
    all.extend(knowledge());
    all
}

/// What the server says of the connection and of what was pushed.
fn answers() -> Vec<(&'static str, ToDevice)> {
    let challenge = Challenge {
        nonce: NONCE,
        versions: vec![1],
        deployment: DEPLOYMENT,
        time: time(),
    };
    let full = Welcome {
        resume: Resume::Repair,
        feed: true,
        scopes: Some(scopes(2)),
        definitions: Some(vec![definition()]),
        escrow: Some(true),
        ..welcome()
    };
    let many = Welcome {
        left_out: Some(44),
        ..welcome()
    };
    let office = Answers {
        answers: vec![OfficeAnswer {
            record: record(1),
            hash: ChangeHash([0xac; 32]),
            position: Position(41),
            time: time(),
            text: "与现场不符,请补拍照片".to_owned(),
        }],
    };
    let verdicts = Verdicts {
        batch: 7,
        position: Position(42),
        time: time(),
        tier: Tier::Fsynced,
        records: Packed::pack(&[verdicts(1)]).unwrap(),
    };
    let busy = Busy {
        batch: 7,
        retry_after_ms: 2_000,
    };
    let carried = Carried {
        number: 1,
        outcome: Outcome::Taken,
        receipts: super::bundle::receipts(),
    };
    let close = Close::new(CloseCode::Overloaded, Some(4_000));
    vec![
        ("challenge", challenge.into()),
        ("welcome", welcome().into()),
        ("welcome-full", full.into()),
        ("welcome-left-out", many.into()),
        ("answers", office.into()),
        ("verdicts", verdicts.into()),
        ("busy", busy.into()),
        ("carried", carried.into()),
        ("numbers", numbers().into()),
        ("enrolled", enrolled().into()),
        ("close", close.into()),
    ]
}

fn feeds() -> Vec<(&'static str, ToDevice)> {
    let left = RecordUpdate {
        body: UpdateBody::Left {},
        ..update(2, 8)
    };
    let erased = UpdateBody::Erased {
        reason: "依法删除".to_owned(),
    };
    let erased = RecordUpdate {
        body: erased,
        ..update(3, 9)
    };
    let feed = |updates: &[RecordUpdate], upto, more| Feed {
        number: 1,
        updates: Packed::pack(updates).unwrap(),
        upto,
        more,
    };
    let changed = feed(&[update(1, 7)], Some(cursor(7)), false);
    let gone = feed(&[left, erased], None, true);
    vec![("feed", changed.into()), ("feed-left-erased", gone.into())]
}

/// What a device must know besides records, and what both compare.
fn knowledge() -> Vec<(&'static str, ToDevice)> {
    let definition = Definition {
        name: definition(),
        json: Packed::pack(&[minicbor::bytes::ByteVec::from(b"{}".to_vec())]).unwrap(),
    };
    let differ = Differ {
        scopes: vec![scopes(1)[0].id()],
    };
    let want = Want {
        page: 1,
        records: vec![heads(1)],
    };
    let after = WantAuthority { after: Position(3) };
    vec![
        ("definition", definition.into()),
        ("authority", authority().into()),
        ("scopes", Scopes { scopes: scopes(2) }.into()),
        ("differ", differ.into()),
        ("want", want.into()),
        ("want-authority", after.into()),
    ]
}

fn authority() -> Authority {
    Authority {
        position: Position(9),
        statements: vec![vec![1, 2]],
    }
}

pub(crate) fn enrolled() -> Enrolled {
    Enrolled {
        person: person(),
        name: "王代表".to_owned(),
        scopes: scopes(2),
        server_key: server_key().public(),
        certificate: certificate(),
        deployment: DEPLOYMENT,
    }
}

/// Every message of a device, with and without its optional parts.
pub(crate) fn to_server() -> Vec<(&'static str, ToServer)> {
    let mut all = openings();
    all.extend(questions());
    all.extend(gives());
    all
}

fn behind() -> Vec<Behind> {
    vec![Behind {
        scope: scopes(1)[0].id(),
        position: Position(0),
    }]
}

/// What a device says first.
fn openings() -> Vec<(&'static str, ToServer)> {
    let full = Hello {
        behind: behind(),
        certificate: Some(certificate()),
        unsent: 3,
        ..hello()
    };
    let answered = Hello {
        answers: Some(Position(41)),
        ..hello()
    };
    let proof = liandu_core::seal::EnrolProof {
        deployment: &DEPLOYMENT,
        device: &DEVICE,
        nonce: &NONCE.0,
        invitation: "K7QX-2M9D",
    };
    let enrol = Enrol {
        version: 1,
        invitation: "K7QX-2M9D".to_owned(),
        device: DEVICE,
        key: device_key().public(),
        label: "王代表的手机".to_owned(),
        signature: proof.sign(&device_key()),
    };
    vec![
        ("hello", hello().into()),
        ("hello-full", full.into()),
        ("hello-answers", answered.into()),
        ("enrol", enrol.into()),
    ]
}

/// Numbers of problems.
pub(crate) fn numbers() -> Numbers {
    let numbered = |nr: u16, n| Numbered {
        record: record(nr),
        county: RegionCode::new("130402").unwrap(),
        campaign: CampaignId::new("hebei-6plus1").unwrap(),
        n,
    };
    Numbers {
        numbers: vec![numbered(1, 12), numbered(2, 13)],
    }
}

/// What it asks for, and what it compares.
fn questions() -> Vec<(&'static str, ToServer)> {
    let scope = scopes(1)[0].id();
    let definitions = WantDefinitions {
        names: vec![definition()],
    };
    let follow = Follow {
        scopes: Short([6; 8]),
        behind: behind(),
    };
    let digest = Digest {
        scope,
        count: 2,
        digest: ScopeDigest([4; 32]),
    };
    let digests = Digests {
        digests: vec![digest],
    };
    let page = HeadsPage {
        scope,
        page: 1,
        after: None,
        to: Some(record(2)),
        records: vec![heads(1), heads(2)],
    };
    vec![
        ("want-definitions", definitions.into()),
        (
            "want-numbers",
            WantNumbers {
                records: vec![record(1), record(2)],
            }
            .into(),
        ),
        ("follow", follow.into()),
        ("digests", digests.into()),
        ("heads", page.into()),
    ]
}

/// A part of an envelope for the office.
pub(crate) fn carry() -> Carry {
    let envelope = super::envelope::for_the_office();
    Carry {
        number: 1,
        cover: envelope.written.clone(),
        part: envelope.parts[0].clone(),
    }
}

/// What it gives and acknowledges.
fn gives() -> Vec<(&'static str, ToServer)> {
    let push = Push {
        batch: 7,
        records: Packed::pack(&[push(1)]).unwrap(),
    };
    let got = Got {
        feed: Some(3),
        authority: None,
    };
    let known = Got {
        feed: None,
        authority: Some(Position(9)),
    };
    vec![
        ("push", push.into()),
        ("got", got.into()),
        ("carry", carry().into()),
        ("got-authority", known.into()),
        ("authority", authority().into()),
    ]
}
