//! Writing the plan down: forms, events and times in few words.
//!
//! Never decides what is written.

use std::collections::BTreeMap;

use liandu_core::id::{EventId, EventKind, FieldId, RecordId, UnitId};
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::{Quantity, Value};
use liandu_core::time::Timestamp;

use super::{Deed, Entry, Step};
use crate::demo::seats::Hand;

/// Stands at the beginning of every title.
pub const MARK: &str = "演示数据";
/// Where the figures come from.
pub(super) const SOURCE: &str = "《河北日报》2020年“聚焦全省人大系统‘6+1’联动监督”系列报道";

const HOUR_MS: i64 = 3_600_000;

/// The record of a name: a hash of it.
pub(super) fn id(name: &str) -> RecordId {
    let root = RecordId::v7(1_585_843_200_000, [0; 10]);
    RecordId::derived(&root, "demo", name)
}

/// Beijing time on a day of 2020, March to July.
pub(super) fn at(month: i64, day: i64, hour: i64) -> Timestamp {
    let months = usize::try_from(month - 3).unwrap_or(0);
    let before: i64 = [31, 30, 31, 30].iter().take(months).sum();
    // 2020-03-01 was day 18,322 since 1970.
    Timestamp(((18_322 + before + day - 1) * 24 + hour - 8) * HOUR_MS)
}

/// The day as fields hold it.
pub(super) fn day(at: Timestamp) -> String {
    at.plus_ms(8 * HOUR_MS).iso().chars().take(10).collect()
}

pub(super) fn field(id: &str) -> Path {
    Path::field(id).expect("a field's id")
}

pub(super) fn item(collection: &str, item: &str, field: &str) -> Path {
    let place = format!("i/{collection}/{item}/{field}");
    place.parse().expect("an item's place")
}

pub(super) fn amount(whole: i64, unit: &str) -> Value {
    tenths(whole * 10, unit)
}

pub(super) fn tenths(tenths: i64, unit: &str) -> Value {
    Value::Quantity(Quantity {
        milli: tenths * 100,
        unit: unit.to_owned(),
    })
}

/// A form being filled in.
#[derive(Debug, Default)]
pub(super) struct Form {
    writes: Vec<Write>,
    texts: Vec<(FieldId, String)>,
}

impl Form {
    pub(super) fn titled(title: &str) -> Form {
        Form::default().text("title", &format!("【{MARK}】{title}"))
    }

    pub(super) fn put(mut self, path: Path, value: Value) -> Form {
        self.writes.push(Write { path, value });
        self
    }

    /// Text, a code, a day or an id.
    pub(super) fn text(self, id: &str, text: &str) -> Form {
        self.put(field(id), Value::text(text))
    }

    pub(super) fn int(self, id: &str, int: i64) -> Form {
        self.put(field(id), Value::Int(int))
    }

    pub(super) fn yes(self, id: &str) -> Form {
        self.put(field(id), Value::Bool(true))
    }

    pub(super) fn codes(self, id: &str, codes: &[&str]) -> Form {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        self.put(field(id), Value::Codes(codes))
    }

    /// An item of a collection of measured amounts.
    pub(super) fn measured(
        self,
        collection: &str,
        name: &str,
        measure: &str,
        amount: Value,
    ) -> Form {
        let form = self.put(item(collection, name, "measure"), Value::text(measure));
        form.put(item(collection, name, "amount"), amount)
    }

    pub(super) fn long(mut self, id: &str, text: &str) -> Form {
        let field = FieldId::new(id).expect("a text's id");
        self.texts.push((field, text.to_owned()));
        self
    }

    /// The four settled things, without which nothing is handed over.
    pub(super) fn settled(self, deadline: &str, matter: &str) -> Form {
        self.text("settled_person", "演示责任人")
            .text("settled_matter", matter)
            .text("settled_standard", "依法依规整改到位,经复核后销号")
            .text("settled_deadline", deadline)
            .text("rectification_mode", "timed")
    }

    pub(super) fn create(self) -> Edit {
        Edit::Create {
            writes: self.writes,
            texts: self.texts,
        }
    }

    pub(super) fn set(self) -> Edit {
        Edit::Set {
            writes: self.writes,
        }
    }
}

/// Puts a sentence at the end of a text of that content.
pub(super) fn append(text: &str, content: &str, sentence: &str) -> Edit {
    let at = u64::try_from(content.chars().count()).unwrap_or(0);
    let splice = Splice {
        at,
        delete: 0,
        insert: sentence.to_owned(),
    };
    let field = FieldId::new(text).expect("a text's id");
    Edit::EditText {
        field,
        splices: vec![splice],
    }
}

impl Entry {
    /// A record made by a hand in round 0.
    pub(super) fn made(
        name: &str,
        (kind, scope): (Kind, &str),
        hand: Hand,
        when: Timestamp,
        form: Form,
    ) -> Entry {
        let scope: Scope = scope.parse().expect("a scope");
        let create = Step {
            round: 0,
            hand,
            at: when,
            deed: Deed::Edit(form.create()),
        };
        Entry {
            id: id(name),
            kind,
            scope,
            steps: vec![create],
        }
    }

    pub(super) fn step(mut self, round: usize, hand: Hand, at: Timestamp, edit: Edit) -> Entry {
        self.steps.push(Step {
            round,
            hand,
            at,
            deed: Deed::Edit(edit),
        });
        self
    }

    pub(super) fn decided(
        mut self,
        round: usize,
        hand: Hand,
        at: Timestamp,
        (path, value): (Path, Value),
    ) -> Entry {
        self.steps.push(Step {
            round,
            hand,
            at,
            deed: Deed::Decide(path, value),
        });
        self
    }

    /// An event without arguments.
    pub(super) fn event(self, round: usize, hand: Hand, at: Timestamp, event: &str) -> Entry {
        self.event_with(round, hand, at, (event, BTreeMap::new()))
    }

    /// Hands it to a unit.
    pub(super) fn transfer(self, round: usize, hand: Hand, at: Timestamp, unit: &str) -> Entry {
        assert!(UnitId::new(unit).is_ok(), "{unit} is a unit's id");
        let args = [("unit".to_owned(), Value::text(unit))].into();
        self.event_with(round, hand, at, ("transfer", args))
    }

    fn event_with(
        self,
        round: usize,
        hand: Hand,
        at: Timestamp,
        (event, args): (&str, BTreeMap<String, Value>),
    ) -> Entry {
        // The n-th step of a record: never the same twice.
        let name = RecordId::derived(&self.id, "event", &self.steps.len().to_string());
        let event = EventKind::new(event).expect("an event's word");
        self.step(
            round,
            hand,
            at,
            Edit::Event {
                id: EventId(name.0),
                event,
                args,
            },
        )
    }
}
