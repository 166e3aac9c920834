//! Golden files of every entry kind, and what happens to bytes that are not entries.

use super::*;
use crate::id::{
    Actor, CampaignId, ChangeHash, DeviceId, DomainId, Epoch, EventId, GroupId, PersonId, Position,
    RecordId, RegionCode, StateId, UnitId,
};
use crate::protocol::update::Chunk;
use crate::record::path::WriteId;
use crate::record::scope::Scope;
use crate::seal::Seal;
use crate::time::Timestamp;
use crate::verdict::{Reason, Verdict};

fn scope() -> Scope {
    "130123/g-17/group".parse().unwrap()
}

fn write() -> WriteId {
    WriteId {
        actor: Actor([3; 16]),
        seq: 4,
    }
}

fn time() -> Timestamp {
    Timestamp(1_592_524_800_000)
}

fn person() -> PersonId {
    PersonId::new("p-1").unwrap()
}

fn edits() -> LogEntry {
    LogEntry::Edits(Edits {
        record: RecordId([1; 16]),
        kind: "inspection".to_owned(),
        scope: scope(),
        source: Source::Device {
            device: DeviceId([2; 8]),
        },
        person: Some(person()),
        time: time(),
        policy: 1,
        because: Because::Arrived,
        chunk: Some(Chunk::Changes(vec![vec![1, 2, 3]])),
        accepted: vec![NumberRange {
            actor: Actor([3; 16]),
            from: 1,
            to: 3,
        }],
        heads: vec![ChangeHash([5; 32])],
        seals: vec![Seal {
            actor: Actor([3; 16]),
            seq: 3,
            hash: ChangeHash([5; 32]),
            algorithm: 1,
            signature: SignatureBytes([9; 64]),
        }],
        kept: vec![Kept {
            write: write(),
            hash: ChangeHash([6; 32]),
            verdict: Verdict::Refused(Reason::NotAllowed),
            bytes: vec![7, 8],
        }],
    })
}

fn about_records() -> Vec<(&'static str, LogEntry)> {
    let record = RecordId([1; 16]);
    let user = "office".to_owned();
    vec![
        ("edits", edits()),
        (
            "answered",
            LogEntry::Answered(Answered {
                record,
                write: write(),
                hash: ChangeHash([6; 32]),
                user: user.clone(),
                text: "请重新填写".to_owned(),
                time: time(),
            }),
        ),
        (
            "moved",
            LogEntry::Moved(Moved {
                record,
                from: scope(),
                to: "130124/-/office".parse().unwrap(),
                user: user.clone(),
                time: time(),
            }),
        ),
        (
            "erased",
            LogEntry::Erased(Erased {
                record,
                scope: scope(),
                left: vec!["130123/-/office".parse().unwrap()],
                reason: "court order".to_owned(),
                user: user.clone(),
                time: time(),
                born: None,
            }),
        ),
        (
            "contact-read",
            LogEntry::ContactRead(ContactRead {
                record,
                user,
                session: "s1".to_owned(),
                purpose: "回访".to_owned(),
                time: time(),
            }),
        ),
        (
            "notified",
            LogEntry::Notified(Notified {
                record,
                event: EventId([3; 16]),
                unit: UnitId::new("water").unwrap(),
                failure: Some("HTTP 503".to_owned()),
                time: time(),
            }),
        ),
    ]
}

fn about_meetings() -> Vec<(&'static str, LogEntry)> {
    let state = |word| StateId::new(word).unwrap();
    let tally = Tally {
        new: 12,
        done: 7,
        open: 40,
        overdue: 3,
        raised: 1,
    };
    let part = |code: &str| DispatchPart {
        code: code.to_owned(),
        tally,
    };
    let (task, problem) = (RecordId([5; 16]), RecordId([1; 16]));
    let dispatch = DispatchFrozen {
        region: RegionCode::new("130123").unwrap(),
        from: Timestamp(time().0 - 604_800_000),
        to: time(),
        as_of: Position(81_204),
        total: tally,
        regions: vec![part("130123001")],
        units: vec![part("water")],
        units_more: 2,
        overdue: vec![DispatchItem {
            record: problem,
            state: state("received"),
            due: "2020-06-12".to_owned(),
            units: vec![UnitId::new("water").unwrap()],
        }],
        decisions: vec![DecisionState {
            record: task,
            state: state("open"),
            due: Some("2020-06-18".to_owned()),
            overdue: true,
            about: Some((problem, state("received"))),
        }],
        user: "li".to_owned(),
        time: time(),
        campaign: None,
    };
    let decided = Decided {
        dispatch: Position(81_205),
        record: task,
        about: Some(problem),
        user: "li".to_owned(),
        time: time(),
    };
    vec![
        (
            "dispatch_frozen",
            LogEntry::DispatchFrozen(Box::new(dispatch)),
        ),
        ("decided", LogEntry::Decided(decided)),
    ]
}

fn about_people() -> Vec<(&'static str, LogEntry)> {
    let region = RegionCode::new("130123").unwrap();
    let group = GroupId::new("g-17").unwrap();
    let user = "admin".to_owned();
    let grant = GrantEntry {
        role: "department".to_owned(),
        region: region.clone(),
        unit: Some(UnitId::new("water").unwrap()),
    };
    vec![
        (
            "groups",
            LogEntry::Groups(Groups {
                rows: vec![GroupRow {
                    code: group.clone(),
                    name: "第十七小组".to_owned(),
                    region: region.clone(),
                    domain: Some(DomainId::new("mining").unwrap()),
                    kind: "county".to_owned(),
                }],
                user: user.clone(),
                time: time(),
            }),
        ),
        (
            "people",
            LogEntry::People(People {
                rows: vec![PersonRow {
                    code: person(),
                    name: "王".to_owned(),
                    level: "county".to_owned(),
                    region: region.clone(),
                    memberships: vec![MembershipRow {
                        group,
                        member_kind: "deputy".to_owned(),
                        leader: true,
                    }],
                    roles: vec![grant.clone()],
                }],
                user: user.clone(),
                time: time(),
            }),
        ),
        (
            "account",
            LogEntry::Account(AccountSet {
                user: "li".to_owned(),
                person: person(),
                name: "李".to_owned(),
                region,
                password: Some("$argon2id$x".to_owned()),
                disabled: false,
                by: user.clone(),
                time: time(),
            }),
        ),
        (
            "grants",
            LogEntry::Grants(GrantsSet {
                person: person(),
                grants: vec![grant],
                user,
                time: time(),
            }),
        ),
    ]
}

/// Of which the first letters may be typed alone.
fn invited_typed() -> (&'static str, LogEntry) {
    let invited = Invited {
        code_hash: [1; 32],
        typed_hash: Some([5; 32].into()),
        person: person(),
        expires: time(),
        user: "admin".to_owned(),
        time: time(),
    };
    ("invited-typed", LogEntry::Invited(invited))
}

fn about_devices() -> Vec<(&'static str, LogEntry)> {
    let user = "admin".to_owned();
    vec![
        (
            "invited",
            LogEntry::Invited(Invited {
                code_hash: [1; 32],
                person: person(),
                expires: time(),
                typed_hash: None,
                user: user.clone(),
                time: time(),
            }),
        ),
        (
            "enrolled",
            LogEntry::Enrolled(Enrolled {
                device: DeviceId([2; 8]),
                key: [4; 32],
                person: person(),
                code_hash: [1; 32],
                time: time(),
            }),
        ),
        (
            "revoked",
            LogEntry::Revoked(Revoked {
                device: Some(DeviceId([2; 8])),
                person: None,
                reason: "lost".to_owned(),
                user: user.clone(),
                time: time(),
            }),
        ),
        (
            "definition",
            LogEntry::Definition(DefinitionSet {
                campaign: CampaignId::new("hebei-6plus1").unwrap(),
                version: 1,
                json: b"{}".to_vec(),
                user,
                time: time(),
            }),
        ),
        (
            "epoch",
            LogEntry::Epoch(EpochBegan {
                epoch: Epoch([1; 8]),
                deployment: DeploymentId([2; 16]),
                cause: EpochCause::Damaged,
                lost: vec![Position(7)],
                time: time(),
            }),
        ),
        (
            "unknown",
            LogEntry::Unknown {
                kind: 99,
                body: vec![0xa1, 0x01, 0x02],
            },
        ),
    ]
}

fn about_access() -> Vec<(&'static str, LogEntry)> {
    let tries = |user: &str, outcome, count| SignIn {
        user: user.to_owned(),
        address: "10.0.0.7".to_owned(),
        outcome,
        count,
        first: time(),
        last: time().plus_ms(9_000),
    };
    let sign_ins = SignIns {
        rows: vec![
            tries("li", SignInOutcome::In, 1),
            tries("", SignInOutcome::Wrong, 3),
            tries("li", SignInOutcome::Wait, 2),
        ],
        time: time(),
    };
    let exported = Exported {
        user: "li".to_owned(),
        session: "s-1".to_owned(),
        what: "records".to_owned(),
        format: "csv".to_owned(),
        filter: "kind=problem&region=130123".to_owned(),
        rows: 353,
        as_of: Position(81_204),
        time: time(),
    };
    vec![
        ("sign_ins", LogEntry::SignIns(sign_ins)),
        ("exported", LogEntry::Exported(exported)),
        (
            "library",
            LogEntry::Library(Box::new(LibrarySet {
                version: "2020-06".to_owned(),
                laws: 1,
                articles: 2,
                json: br#"{"version":"2020-06","laws":[]}"#.to_vec(),
                user: "li".to_owned(),
                time: time(),
            })),
        ),
    ]
}

fn all() -> Vec<(&'static str, LogEntry)> {
    let mut all = about_records();
    all.extend(about_meetings());
    all.extend(about_access());
    all.extend(about_people());
    all.push(invited_typed());
    all.extend(about_devices());
    all
}

/// The entry's bytes as they were released; a missing file is written only when
/// `LIANDU_GOLDEN=add` asks for it.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's one place that reads files and the environment"
)]
fn released(name: &str, bytes: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log");
    let path = folder.join(format!("{name}.hex"));
    if !path.exists() && std::env::var("LIANDU_GOLDEN").as_deref() == Ok("add") {
        std::fs::write(&path, format!("{bytes}\n")).unwrap();
    }
    let text = std::fs::read_to_string(&path);
    text.unwrap_or_else(|_| panic!("{name}: no golden file; LIANDU_GOLDEN=add adds it"))
}

#[test]
fn every_entry_has_its_frozen_bytes() {
    for (name, entry) in all() {
        let bytes = data_encoding::HEXLOWER.encode(&entry.encode());
        let golden = released(name, &bytes);
        assert_eq!(golden.trim(), bytes, "{name}");
        let read = data_encoding::HEXLOWER
            .decode(golden.trim().as_bytes())
            .unwrap();
        assert_eq!(LogEntry::decode(&read).unwrap(), entry, "{name}");
    }
}

#[test]
fn statement_is_bound_to_content_key_and_deployment() {
    let key = SecretKey::from_bytes(&[7; 32]);
    let authority = key.public();
    let here = DeploymentId([1; 16]);
    let (_, entry) = about_devices().remove(1);
    let signed = entry.encode_signed(&here, &key);
    assert_eq!(LogEntry::decode(&signed).unwrap(), entry);
    assert!(statement_holds(&signed, &here, &authority));
    assert!(!statement_holds(
        &signed,
        &DeploymentId([2; 16]),
        &authority
    ));
    assert!(!statement_holds(
        &signed,
        &here,
        &SecretKey::from_bytes(&[8; 32]).public()
    ));
    assert!(
        !statement_holds(&entry.encode(), &here, &authority),
        "unsigned"
    );
    let mut other = signed;
    other[20] ^= 1;
    assert!(!statement_holds(&other, &here, &authority));
}

#[test]
fn broken_bytes_are_not_an_entry() {
    let good = edits().encode();
    for end in 0..good.len() {
        assert!(LogEntry::decode(&good[..end]).is_err(), "cut at {end}");
    }
    assert!(LogEntry::decode(&[0x81, 0x01]).is_err());
}

#[test]
fn unknown_keys_of_a_newer_writer_are_ignored() {
    // {1: record, 2: write, 3: hash, 4: user, 5: text, 6: time} plus key 40.
    let (_, entry) = about_records().remove(1);
    let mut bytes = entry.encode();
    assert_eq!(bytes[2], 0xa6);
    bytes[2] = 0xa7;
    bytes.extend_from_slice(&[0x18, 40, 0x01]);
    assert_eq!(LogEntry::decode(&bytes).unwrap(), entry);
}
