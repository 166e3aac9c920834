//! One office with its people and one record with a history: what foreign changes meet.
//!
//! Always the same: nothing here is drawn.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use liandu_core::admission::{Case, Definitions, Incoming, Judged, Past, Ruling, judge};
use liandu_core::campaign::hebei;
use liandu_core::id::{Actor, ChangeHash, DeploymentId, DeviceId, EventId, PersonId, RecordId};
use liandu_core::id::{EventKind, Position};
use liandu_core::policy::{Grant, Membership, Principal, Role};
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::{Author, DefinitionRef, RawChange, RecordDoc};
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;

/// The record.
pub const RECORD: RecordId = RecordId([7; 16]);
/// The installation.
pub const DEPLOYMENT: DeploymentId = DeploymentId([0xd0; 16]);
/// 2020-06-19 00:00 in UTC.
pub const NOW: Timestamp = Timestamp(1_592_524_800_000);

/// The key of a device or server.
pub fn key(number: u8) -> SecretKey {
    SecretKey::from_bytes(&[number; 32])
}

/// The device of a person.
pub fn device(number: u8) -> DeviceId {
    DeviceId([number; 8])
}

/// The first actor of a person's device.
pub fn actor(number: u8) -> Actor {
    Actor::of(&device(number), [0; 8])
}

/// Who the record belongs to.
pub fn scope() -> Scope {
    "130123/g-1/group".parse().expect("a scope")
}

/// The campaign definitions of the office.
pub fn definitions() -> &'static Definitions {
    static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let mut all = Definitions::default();
        all.insert(hebei().expect("the built-in campaign"));
        all
    })
}

/// Whose a device is, by its first byte: two representatives, an office, a department.
pub fn principal(device: &DeviceId) -> Option<&'static Principal> {
    static PEOPLE: OnceLock<BTreeMap<u8, Principal>> = OnceLock::new();
    let people = PEOPLE.get_or_init(|| {
        let official = |role, unit| (Some(role), unit);
        let all = [
            (1, (None, None)),
            (2, (None, None)),
            (3, official(Role::CongressOffice, None)),
            (4, official(Role::Department, Some("u-1"))),
        ];
        all.into_iter()
            .map(|(number, (role, unit))| (number, person(number, role, unit)))
            .collect()
    });
    people.get(device.0.first()?)
}

fn person(number: u8, role: Option<Role>, unit: Option<&str>) -> Principal {
    let region = || "130123".parse().expect("a region");
    let grants = role.map(|role| Grant {
        role,
        region: region(),
        unit: unit.map(|unit| unit.parse().expect("a unit")),
    });
    let member = Membership {
        group: "g-1".parse().expect("a group"),
        region: region(),
        until: None,
        lost_at: None,
    };
    Principal {
        person: PersonId::new(&format!("p-{number}")).expect("a person"),
        groups: if grants.is_none() {
            vec![member]
        } else {
            vec![]
        },
        grants: grants.into_iter().collect(),
        revoked: false,
    }
}

/// A device that writes into its own copy of the record.
pub struct Writer {
    /// Its copy.
    pub doc: RecordDoc,
    number: u8,
    starts: u8,
    events: u8,
}

impl Writer {
    /// With nothing but the record's birth.
    pub fn new(number: u8) -> Writer {
        Writer {
            doc: RecordDoc::birth(RECORD, Kind::Problem).expect("a birth"),
            number,
            starts: 0,
            events: 0,
        }
    }

    fn author(&self) -> Author {
        Author {
            actor: Actor::of(&device(self.number), [self.starts; 8]),
            person: None,
            behalf: None,
            definition: DefinitionRef {
                campaign: "hebei-6plus1".parse().expect("a campaign"),
                version: 1,
            },
            authority: Position(0),
        }
    }

    /// Makes an edit at what the copy holds.
    pub fn edit(&mut self, edit: &Edit) -> RawChange {
        let seen = self.doc.heads();
        self.doc
            .apply(edit, &self.author(), &seen, NOW)
            .expect("a legal edit")
            .change
    }

    /// Makes an event.
    pub fn event(&mut self, event: &str, args: &[(&str, &str)]) -> RawChange {
        self.events += 1;
        let mut id = [self.number; 16];
        id[0] = self.events;
        let args = args.iter();
        let edit = Edit::Event {
            id: EventId(id),
            event: EventKind::new(event).expect("an event"),
            args: args
                .map(|(name, value)| ((*name).to_owned(), Value::text(value)))
                .collect(),
        };
        self.edit(&edit)
    }

    /// Takes everything another has; what it writes then has a fresh actor, as after a restart.
    pub fn pull(&mut self, from: &Writer) {
        self.doc
            .absorb(&from.doc.raw_all())
            .expect("another's changes");
        self.starts += 1;
    }
}

/// A value put into a field.
pub fn set(path: &str, value: &str) -> Edit {
    Edit::set(path.parse().expect("a path"), Value::text(value))
}

/// A text typed over.
pub fn typing(field: &str, at: u64, delete: u64, insert: &str) -> Edit {
    let insert = insert.to_owned();
    Edit::EditText {
        field: field.parse().expect("a field"),
        splices: vec![Splice { at, delete, insert }],
    }
}

/// The birth of a problem with its first values.
pub fn creation() -> Edit {
    let write = |path: &str, value: &str| Write {
        path: path.parse().expect("a path"),
        value: Value::text(value),
    };
    Edit::Create {
        writes: vec![write("f/title", "违法占地"), write("f/domain", "land")],
        texts: vec![("description".parse().expect("a field"), "村东".to_owned())],
    }
}

/// The record that two representatives and the office have worked on, with an open conflict.
pub fn history() -> &'static RecordDoc {
    static HISTORY: OnceLock<RecordDoc> = OnceLock::new();
    HISTORY.get_or_init(|| {
        let (mut one, mut two, mut office) = (Writer::new(1), Writer::new(2), Writer::new(3));
        one.edit(&creation());
        two.pull(&one);
        one.edit(&set("f/village", "东村"));
        two.edit(&set("f/village", "西村"));
        one.edit(&typing("description", 0, 0, "河滩"));
        two.edit(&typing("description", 2, 0, "取土"));
        office.pull(&one);
        office.pull(&two);
        office.doc
    })
}

/// What a server knows of edits outside the record.
#[derive(Default)]
pub struct Outside(BTreeMap<ChangeHash, Verdict>);

impl Past for Outside {
    fn verdict(&self, hash: &ChangeHash) -> Option<Verdict> {
        self.0.get(hash).copied()
    }

    fn number(&self, _: &Actor, _: u64) -> Option<ChangeHash> {
        None
    }

    fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        principal(device).map(|who| who.person.clone())
    }
}

impl Outside {
    /// Remembers verdicts other than accepted, as the log does.
    pub fn note(&mut self, judged: &[Judged]) {
        for one in judged {
            if let Ruling::Judged(verdict) = one.ruling
                && verdict != Verdict::Accepted
            {
                self.0.insert(one.change.hash, verdict);
            }
        }
    }
}

/// Judges changes as the server does, all of them sealed.
pub fn admit(
    doc: &mut Option<RecordDoc>,
    outside: &mut Outside,
    changes: &[RawChange],
) -> Vec<Judged> {
    let incoming: Vec<Incoming<'_>> = changes
        .iter()
        .map(|change| Incoming {
            change: change.clone(),
            sealed: true,
            by: principal(&change.actor.device()),
        })
        .collect();
    let case = Case {
        record: RECORD,
        kind: Kind::Problem,
        scope: &scope(),
        definitions: definitions(),
        past: outside,
        now: NOW,
        grace_ms: 0,
    };
    let judged = judge(doc, &case, &incoming);
    outside.note(&judged);
    judged
}
