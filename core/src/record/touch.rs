//! What one automerge change touches, in the record's words.
//!
//! Reads operations only; never looks at the document's current state, so that what a change
//! touches does not depend on when it arrives. What no edit makes is `Illegal`; what a newer
//! version may make is `Unknown`.

use std::collections::BTreeMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ExpandedChange, ObjType, ScalarValue};
use minicbor::{Decode, Encode};

use crate::id::{Actor, EventId, EventKind, FieldId};
use crate::record::birth::text_actor;
use crate::record::path::{Path, WriteId};
use crate::record::schema::{self, RootMap};
use crate::record::value::Value;

/// An operation's name: number and actor.
pub(crate) type OpName = (u64, Actor);

/// An event as it stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct EventBody {
    #[n(1)]
    pub(crate) kind: EventKind,
    #[n(2)]
    pub(crate) after: Vec<EventId>,
    #[n(3)]
    pub(crate) args: BTreeMap<String, Value>,
}

/// A decision as it stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Decision {
    #[n(1)]
    pub(crate) among: Vec<WriteId>,
    #[n(2)]
    pub(crate) value: Option<Value>,
}

/// The taking back of a decision, as it stands in a document in the decision's place. No decision
/// can be read from it: versions that do not know it see something newer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Undoing {
    #[n(3)]
    pub(crate) decision: WriteId,
}

/// One thing a change does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Touch {
    /// Puts a value.
    Write {
        path: Path,
        value: Value,
        counter: u64,
    },
    /// Decides between values.
    Decide {
        path: Path,
        decision: Decision,
        counter: u64,
    },
    /// Takes a decision back.
    Undo { path: Path, decision: WriteId },
    /// Splices a text.
    Text {
        field: FieldId,
        deleted: usize,
        inserted: String,
    },
    /// Adds an event.
    Event { id: EventId, body: EventBody },
    /// Makes a text the birth lacks.
    TextBirth { field: FieldId },
    /// Takes losing operations away from a place without writing there: how automerge puts a
    /// value that one of several already has. Only a decision may.
    Drop { path: Path },
    /// Something of a newer version.
    Unknown(String),
    /// Something no edit makes.
    Illegal,
}

impl Touch {
    /// The event it adds.
    pub(crate) fn event(&self) -> Option<(&EventId, &EventBody)> {
        match self {
            Touch::Event { id, body } => Some((id, body)),
            Touch::Write { .. }
            | Touch::Decide { .. }
            | Touch::Undo { .. }
            | Touch::Text { .. }
            | Touch::TextBirth { .. }
            | Touch::Unknown(_)
            | Touch::Drop { .. }
            | Touch::Illegal => None,
        }
    }
}

/// References a change makes to earlier operations, to be checked against its ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Supersedes an operation at this place.
    Supersedes(OpName),
    /// Inserts after, or deletes, this character of this text.
    Character(OpName, FieldId),
}

/// What one change does and refers to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touches {
    pub(crate) touches: Vec<Touch>,
    pub(crate) references: Vec<Reference>,
    /// Numbers of the operations that insert characters: first, last, text.
    pub(crate) inserts: Vec<(u64, u64, FieldId)>,
}

/// The actor of an automerge change, when it has our form.
pub(crate) fn actor_of(actor: &automerge::ActorId) -> Option<Actor> {
    Actor::from_slice(actor.to_bytes()).ok()
}

fn op_name(op: &OpId) -> Option<OpName> {
    Some((op.counter(), actor_of(op.actor())?))
}

/// Reads a change's operations. `texts` names the text objects known so far.
pub(crate) fn touches(change: &ExpandedChange, texts: &BTreeMap<OpName, FieldId>) -> Touches {
    let mut reader = Reader {
        texts,
        actor: actor_of(&change.actor_id),
        out: Touches::default(),
    };
    for (op, counter) in change.operations.iter().zip(change.start_op.get()..) {
        reader.op(op, counter);
    }
    reader.out
}

struct Reader<'a> {
    texts: &'a BTreeMap<OpName, FieldId>,
    actor: Option<Actor>,
    out: Touches,
}

impl Reader<'_> {
    fn op(&mut self, op: &Op, counter: u64) {
        let touch = match &op.obj {
            ObjectId::Root => self.root(op),
            ObjectId::Id(object) => match op_name(object) {
                Some((number, Actor(schema::BIRTH_ACTOR)))
                    if RootMap::of_counter(number).is_some() =>
                {
                    RootMap::of_counter(number).map(|map| self.map_op(map, op, counter))
                }
                Some(name) => match self.texts.get(&name).cloned() {
                    Some(field) => return self.text_op(field, op, counter),
                    None => Some(Touch::Illegal),
                },
                None => Some(Touch::Illegal),
            },
        };
        self.out.touches.extend(touch);
    }

    /// New root entries are how a newer version extends the form; ours are a birth's.
    fn root(&mut self, op: &Op) -> Option<Touch> {
        let Key::Map(key) = &op.key else {
            return Some(Touch::Illegal);
        };
        let ours = [schema::KEY_ID, schema::KEY_KIND, schema::KEY_FORM];
        let known = ours.contains(&key.as_str())
            || RootMap::ALL.iter().any(|map| map.key() == key.as_str());
        Some(if known {
            Touch::Illegal
        } else {
            Touch::Unknown(key.to_string())
        })
    }

    fn map_op(&mut self, map: RootMap, op: &Op, counter: u64) -> Touch {
        let Key::Map(key) = &op.key else {
            return Touch::Illegal;
        };
        let key = key.as_str();
        for pred in op.pred.iter() {
            match op_name(pred) {
                Some(name) => self.out.references.push(Reference::Supersedes(name)),
                None => return Touch::Illegal,
            }
        }
        match (&op.action, map) {
            (OpType::Put(scalar), _) => self.put(map, key, scalar, counter),
            (OpType::Make(ObjType::Text), RootMap::Texts) => self.text_birth(key),
            (OpType::Make(_), _) => Touch::Unknown(format!("{}/{key}", map.key())),
            (OpType::Delete, _) => {
                schema::path(map, key).map_or(Touch::Illegal, |path| Touch::Drop { path })
            }
            (OpType::Increment(_) | OpType::MarkBegin(_) | OpType::MarkEnd(_), _) => Touch::Illegal,
        }
    }

    fn put(&self, map: RootMap, key: &str, scalar: &ScalarValue, counter: u64) -> Touch {
        let unknown = || Touch::Unknown(format!("{}/{key}", map.key()));
        match map {
            RootMap::Fields | RootMap::Answers | RootMap::Items => match schema::path(map, key) {
                Some(path) => Touch::Write {
                    path,
                    value: Value::from_scalar(scalar),
                    counter,
                },
                None => unknown(),
            },
            RootMap::Events => match (schema::event_of_key(key), body::<EventBody>(scalar)) {
                (Some(id), Some(body)) => Touch::Event { id, body },
                (None, _) | (_, None) => unknown(),
            },
            RootMap::Resolutions => key
                .parse()
                .ok()
                .and_then(|path| resolution(path, scalar, counter))
                .unwrap_or_else(unknown),
            RootMap::Texts => Touch::Illegal,
        }
    }

    fn text_birth(&self, key: &str) -> Touch {
        match FieldId::new(key) {
            Ok(field) if self.actor == Some(text_actor(&field)) => Touch::TextBirth { field },
            Ok(_) | Err(_) => Touch::Illegal,
        }
    }

    fn text_op(&mut self, field: FieldId, op: &Op, counter: u64) {
        let Key::Seq(element) = &op.key else {
            return self.out.touches.push(Touch::Illegal);
        };
        match element {
            ElementId::Head => {}
            ElementId::Id(id) => match op_name(id) {
                Some(name) => {
                    self.out
                        .references
                        .push(Reference::Character(name, field.clone()));
                }
                None => return self.out.touches.push(Touch::Illegal),
            },
        }
        let Some(text) = self.text_of(&field) else {
            return self.out.touches.push(Touch::Illegal);
        };
        match (&op.action, op.insert) {
            (OpType::Put(ScalarValue::Str(typed)), true) => {
                text.1.push_str(typed);
                self.inserted(field, counter);
            }
            (OpType::Delete, false) => *text.0 += 1,
            (
                OpType::Put(_)
                | OpType::Delete
                | OpType::Make(_)
                | OpType::Increment(_)
                | OpType::MarkBegin(_)
                | OpType::MarkEnd(_),
                _,
            ) => self.out.touches.push(Touch::Illegal),
        }
    }

    /// The touch of this text, made at its first operation.
    fn text_of(&mut self, field: &FieldId) -> Option<(&mut usize, &mut String)> {
        let is_ours = |touch: &Touch| matches!(touch, Touch::Text { field: at, .. } if at == field);
        if !self.out.touches.iter().any(is_ours) {
            let field = field.clone();
            self.out.touches.push(Touch::Text {
                field,
                deleted: 0,
                inserted: String::new(),
            });
        }
        self.out.touches.iter_mut().find_map(|touch| match touch {
            Touch::Text {
                field: at,
                deleted,
                inserted,
            } if at == field => Some((deleted, inserted)),
            Touch::Text { .. }
            | Touch::Write { .. }
            | Touch::Decide { .. }
            | Touch::Undo { .. }
            | Touch::Event { .. }
            | Touch::TextBirth { .. }
            | Touch::Unknown(_)
            | Touch::Drop { .. }
            | Touch::Illegal => None,
        })
    }

    fn inserted(&mut self, field: FieldId, counter: u64) {
        match self.out.inserts.last_mut() {
            Some((_, last, at)) if *at == field && *last + 1 == counter => *last = counter,
            Some(_) | None => self.out.inserts.push((counter, counter, field)),
        }
    }
}

/// A decision, or the taking back of one.
fn resolution(path: Path, scalar: &ScalarValue, counter: u64) -> Option<Touch> {
    if let Some(decision) = body::<Decision>(scalar) {
        return Some(Touch::Decide {
            path,
            decision,
            counter,
        });
    }
    let Undoing { decision } = body(scalar)?;
    Some(Touch::Undo { path, decision })
}

fn body<'b, T: Decode<'b, ()>>(scalar: &'b ScalarValue) -> Option<T> {
    if let ScalarValue::Bytes(bytes) = scalar {
        minicbor::decode(bytes).ok()
    } else {
        None
    }
}
