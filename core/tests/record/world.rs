//! A small world for tests: writers with their own copies of one record.

use std::collections::BTreeMap;

use liandu_core::admission::Definitions;
use liandu_core::campaign::Campaign;
use liandu_core::id::{Actor, DeviceId, EventId, EventKind, PersonId, Position, RecordId};
use liandu_core::policy::{Grant, Membership, Principal, Role};
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Conflict, Record};
use liandu_core::record::{Author, DefinitionRef, EditError, Heads, RawChange, RecordDoc};
use liandu_core::time::Timestamp;

/// A campaign with the few fields that tests name.
pub(crate) fn campaign(id: &str) -> Campaign {
    let field = |id: &str, section: &str, value: &str| {
        format!(
            r#"{{"id":"{id}","label":{{"zh":"项","en":"item"}},"section":"{section}","value":"{value}"}}"#
        )
    };
    let fields = [
        field("title", "finding", "text"),
        field("area", "finding", "int"),
        field("domain", "finding", "text"),
        field("settled_person", "settled", "text"),
        field("settled_matter", "settled", "text"),
        field("settled_standard", "settled", "text"),
        field("settled_deadline", "settled", "date"),
        field("progress", "rectification", "text"),
    ]
    .join(",");
    let text = |id: &str, section: &str| {
        format!(r#"{{"id":"{id}","label":{{"zh":"文","en":"text"}},"section":"{section}"}}"#)
    };
    let texts = [
        text("description", "finding"),
        text("plan", "rectification"),
        text("extra", "finding"),
    ]
    .join(",");
    let json = format!(
        r#"{{"id":"{id}","version":1,"name":{{"zh":"试","en":"test"}},
        "kinds":[{{"id":"problem","fields":[{fields}],"texts":[{texts}],"collections":[]}}]}}"#
    );
    Campaign::parse(json.as_bytes()).unwrap()
}

pub(crate) fn definitions() -> Definitions {
    let mut all = Definitions::default();
    all.insert(campaign("test"));
    all.insert(campaign("second"));
    all
}

pub(crate) fn scope() -> Scope {
    "130123/g1/group".parse().unwrap()
}

pub(crate) fn representative(name: &str) -> Principal {
    Principal {
        person: PersonId::new(name).unwrap(),
        grants: Vec::new(),
        groups: vec![Membership {
            group: "g1".parse().unwrap(),
            region: "130123".parse().unwrap(),
            until: None,
            lost_at: None,
        }],
        revoked: false,
    }
}

pub(crate) fn official(name: &str, role: Role, unit: Option<&str>) -> Principal {
    Principal {
        person: PersonId::new(name).unwrap(),
        grants: vec![Grant {
            role,
            region: "130123".parse().unwrap(),
            unit: unit.map(|unit| unit.parse().unwrap()),
        }],
        groups: Vec::new(),
        revoked: false,
    }
}

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}

pub(crate) fn set(at: &str, value: &str) -> Edit {
    let value = match value.parse() {
        Ok(number) if at == "f/area" => Value::Int(number),
        _ if value.is_empty() => Value::Empty,
        _ => Value::text(value),
    };
    Edit::set(path(at), value)
}

pub(crate) fn typing(field: &str, at: u64, delete: u64, insert: &str) -> Edit {
    let splices = vec![Splice {
        at,
        delete,
        insert: insert.to_owned(),
    }];
    Edit::EditText {
        field: field.parse().unwrap(),
        splices,
    }
}

pub(crate) fn creation() -> Edit {
    let write = |at: &str, value: &str| Write {
        path: path(at),
        value: Value::text(value),
    };
    Edit::Create {
        writes: vec![write("f/title", "违法占地"), write("f/domain", "land")],
        texts: vec![("description".parse().unwrap(), "村东".to_owned())],
    }
}

/// One writer with a copy of the record.
#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) doc: RecordDoc,
    pub(crate) actor: Actor,
    /// Of the definition that forms are made from.
    pub(crate) campaign: &'static str,
    number: u8,
    starts: u8,
    events: u8,
}

impl Writer {
    pub(crate) fn new(number: u8) -> Writer {
        let doc = RecordDoc::birth(RecordId([7; 16]), Kind::Problem).unwrap();
        Writer {
            doc,
            actor: actor(number, 0),
            campaign: "test",
            number,
            starts: 0,
            events: 0,
        }
    }

    pub(crate) fn author(&self) -> Author {
        Author {
            actor: self.actor,
            person: None,
            behalf: None,
            definition: DefinitionRef {
                campaign: self.campaign.parse().unwrap(),
                version: 1,
            },
            authority: Position(0),
        }
    }

    pub(crate) fn try_at(&mut self, edit: &Edit, seen: &Heads) -> Result<RawChange, EditError> {
        let now = Timestamp(1_592_524_800_000);
        match self.doc.apply(edit, &self.author(), seen, now) {
            Err(EditError::NeedsFreshActor) => {
                self.starts += 1;
                self.actor = actor(self.number, self.starts);
                self.doc
                    .apply(edit, &self.author(), seen, now)
                    .map(|made| made.change)
            }
            other => other.map(|made| made.change),
        }
    }

    pub(crate) fn edit(&mut self, edit: Edit) -> RawChange {
        let seen = self.doc.heads();
        self.try_at(&edit, &seen).unwrap()
    }

    pub(crate) fn event(&mut self, event: &str, args: &[(&str, &str)]) -> RawChange {
        self.events += 1;
        let mut id = [self.number; 16];
        id[0] = self.events;
        let args: BTreeMap<String, Value> = args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::text(value)))
            .collect();
        let event = EventKind::new(event).unwrap();
        self.edit(Edit::Event {
            id: EventId(id),
            event,
            args,
        })
    }

    /// Takes everything another writer has.
    pub(crate) fn pull(&mut self, from: &Writer) {
        self.doc.absorb(&from.doc.raw_all()).unwrap();
    }

    pub(crate) fn read(&self) -> Record {
        self.doc.read(&Stamps::new()).0
    }

    pub(crate) fn value(&self, at: &str) -> String {
        self.read()
            .fields
            .get(&path(at))
            .map_or(String::new(), |view| view.value.to_string())
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.read()
            .texts
            .get(&field.parse().unwrap())
            .map_or(String::new(), |t| t.content.clone())
    }

    pub(crate) fn conflict(&self, at: &str) -> Option<Conflict> {
        self.read()
            .conflicts
            .into_iter()
            .find(|conflict| conflict.path == path(at))
    }

    /// Takes the decision at a place back; where none stands, names a write that is none.
    pub(crate) fn undo(&mut self, at: &str) -> Result<RawChange, EditError> {
        let decided = self.read().decided;
        let stands = decided.iter().find(|decided| decided.path == path(at));
        let none = WriteId {
            actor: self.actor,
            seq: 1,
        };
        let edit = Edit::Undo {
            path: path(at),
            decision: stands.map_or(none, |decided| decided.decision.by.write),
        };
        let seen = self.doc.heads();
        self.try_at(&edit, &seen)
    }

    /// Decides an open conflict for a value.
    pub(crate) fn resolve(&mut self, at: &str, value: Option<Value>) -> RawChange {
        let among = self
            .conflict(at)
            .unwrap()
            .values
            .iter()
            .map(|w| w.by.write)
            .collect();
        self.edit(Edit::Resolve {
            path: path(at),
            value,
            among,
        })
    }
}

pub(crate) fn actor(number: u8, start: u8) -> Actor {
    Actor::of(&DeviceId([number; 8]), [start; 8])
}

/// Two writers who both hold the created record.
pub(crate) fn two() -> (Writer, Writer) {
    let mut one = Writer::new(1);
    let mut two = Writer::new(2);
    one.edit(creation());
    two.pull(&one);
    (one, two)
}

/// Both take everything of each other.
pub(crate) fn meet(one: &mut Writer, two: &mut Writer) {
    one.pull(two);
    two.pull(one);
    assert_eq!(one.read(), two.read(), "both read the same");
}
