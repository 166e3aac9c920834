//! Reading a record leniently: everything understood, plus what was odd.
//!
//! Never fails on a newer document and never drops what it does not know. Every list is in an
//! order that is the same on every device, whatever the order of arrival.

use std::collections::BTreeMap;

use automerge::{ObjId, ROOT, ReadDoc};

use crate::id::{EventId, FieldId, StateId};
use crate::record::conflict::{Candidate, clears, place, text_conflict};
use crate::record::decided::{decides, standing};
use crate::record::doc::RecordDoc;
use crate::record::fold::{Fold, Folded};
use crate::record::graph::{DefinitionRef, Node, Within};
use crate::record::path::Path;
use crate::record::schema::RootMap;
use crate::record::stamp::Stamps;
use crate::record::touch::Touch;
use crate::record::value::Value;
use crate::record::view::{
    Act, Conflict, ConflictKind, Decided, EventView, FieldView, HistoryItem, Oddity, Provenance,
    Record, StateView, TextView, Written,
};

impl RecordDoc {
    /// The record as people see it, and what a developer should know about it.
    pub fn read(&self, stamps: &Stamps) -> (Record, Vec<Oddity>) {
        let reader = Reader {
            doc: self,
            stamps,
            fold: Fold::of(&self.graph, Within::All),
        };
        let mut fields = BTreeMap::new();
        let mut conflicts = Vec::new();
        let mut decided: Vec<Decided> = reader.decided(&Path::State).into_iter().collect();
        for path in self.graph.paths() {
            match path {
                Path::Text(_) => conflicts.extend(reader.text_conflict(path)),
                Path::Field(_) | Path::Answer(_) | Path::Item { .. } => {
                    if let Some((view, conflict)) = reader.field(path) {
                        fields.insert(path.clone(), view);
                        conflicts.extend(conflict);
                    }
                }
                Path::State => continue,
            }
            decided.extend(reader.decided(path));
        }
        conflicts.extend(reader.state_conflict());
        let edits = || self.graph.nodes().filter(|node| !node.birth);
        let record = Record {
            id: self.id(),
            kind: self.kind(),
            fields,
            texts: reader.texts(),
            events: reader
                .fold
                .events
                .iter()
                .map(|event| reader.event(event))
                .collect(),
            state: reader.state(),
            conflicts,
            decided,
            created: edits()
                .min_by_key(|node| node.order())
                .map(|node| reader.by(node)),
            last: edits()
                .max_by_key(|node| node.order())
                .map(|node| reader.by(node)),
            edits: edits().count(),
        };
        (record, reader.oddities())
    }

    /// Everything that ever happened at a place, in causal order.
    pub fn history(&self, path: &Path, stamps: &Stamps) -> Vec<HistoryItem> {
        let reader = Reader {
            doc: self,
            stamps,
            fold: Fold::of(&self.graph, Within::All),
        };
        let mut nodes: Vec<&Node> = match path {
            Path::State => {
                let events = self.graph.events().map(|(_, node)| node);
                events.chain(self.graph.touching(path)).collect()
            }
            Path::Field(_) | Path::Answer(_) | Path::Item { .. } | Path::Text(_) => {
                self.graph.touching(path).collect()
            }
        };
        nodes.sort_by_key(|node| node.order());
        let act = |node: &&Node| act(node, path);
        let item = |node: &Node| {
            Some(HistoryItem {
                act: act(&node)?,
                by: reader.by(node),
            })
        };
        nodes.into_iter().filter_map(item).collect()
    }
}

/// What a change did at a place.
fn act(node: &Node, path: &Path) -> Option<Act> {
    let mut found = None;
    for touch in &node.touches {
        match touch {
            Touch::Decide {
                path: at, decision, ..
            } if at == path => {
                return Some(Act::Resolved(decision.value.clone()));
            }
            Touch::Undo { path: at, .. } if at == path => return Some(Act::Undone),
            Touch::Write {
                path: at, value, ..
            } if at == path => {
                found = Some(Act::Wrote(value.clone()));
            }
            Touch::Text {
                field,
                deleted,
                inserted,
            } if *path == Path::Text(field.clone()) => {
                found = Some(if clears(node) {
                    Act::Cleared
                } else {
                    Act::Edited {
                        deleted: *deleted,
                        inserted: inserted.clone(),
                    }
                });
            }
            Touch::Event { body, .. } if *path == Path::State => {
                found = Some(Act::Happened(body.kind.clone()));
            }
            Touch::Write { .. }
            | Touch::Decide { .. }
            | Touch::Undo { .. }
            | Touch::Text { .. }
            | Touch::Event { .. }
            | Touch::TextBirth { .. }
            | Touch::Unknown(_)
            | Touch::Drop { .. }
            | Touch::Illegal => {}
        }
    }
    found
}

struct Reader<'a> {
    doc: &'a RecordDoc,
    stamps: &'a Stamps,
    fold: Fold<'a>,
}

impl Reader<'_> {
    fn by(&self, node: &Node) -> Provenance {
        let stamp = self.stamps.of(&node.write.actor, node.write.seq);
        let spoken = node
            .message
            .as_ref()
            .and_then(|message| message.person.clone());
        Provenance {
            write: node.write,
            hash: node.hash,
            device: node.write.actor.device(),
            person: stamp.and_then(|stamp| stamp.person.clone()).or(spoken),
            behalf: node.message.as_ref().and_then(|m| m.behalf.clone()),
            device_time: node.time,
            server: stamp.map(|stamp| (stamp.position, stamp.time)),
        }
    }

    fn written(&self, candidate: &Candidate<'_>) -> Written {
        Written {
            value: candidate.value.clone(),
            by: self.by(candidate.node),
        }
    }

    fn field(&self, path: &Path) -> Option<(FieldView, Option<Conflict>)> {
        let place = place(&self.doc.graph, path, &self.fold, Within::All)?;
        let current = self.written(&place.current);
        let others: Vec<Written> = place
            .others
            .iter()
            .map(|other| self.written(other))
            .collect();
        let conflict = place.conflict.map(|kind| Conflict {
            path: path.clone(),
            kind,
            values: std::iter::once(current.clone())
                .chain(others.iter().cloned())
                .collect(),
        });
        Some((
            FieldView {
                value: current.value,
                by: current.by,
                others,
            },
            conflict,
        ))
    }

    fn text_conflict(&self, path: &Path) -> Option<Conflict> {
        let open = text_conflict(&self.doc.graph, path, &self.fold, Within::All)?;
        let written = |node: &&Node| {
            let value = match act(node, path) {
                Some(Act::Edited { inserted, .. }) => Value::Text(inserted),
                Some(
                    Act::Wrote(_)
                    | Act::Resolved(_)
                    | Act::Undone
                    | Act::Cleared
                    | Act::Happened(_),
                )
                | None => Value::Empty,
            };
            Written {
                value,
                by: self.by(node),
            }
        };
        let values = open.nodes.iter().map(written).collect();
        Some(Conflict {
            path: path.clone(),
            kind: open.kind,
            values,
        })
    }

    /// The decision at a place, when it can be taken back.
    fn decided(&self, path: &Path) -> Option<Decided> {
        if *path != Path::State && !self.doc.graph.touching(path).any(|n| decides(n, path)) {
            // Most places were never decided about.
            return None;
        }
        let node = standing(&self.doc.graph, path, &self.fold, Within::All)?;
        let value = if *path == Path::State {
            Value::text(self.fold.standing.state.id)
        } else {
            match act(node, path) {
                Some(Act::Resolved(decided)) => decided.unwrap_or(Value::Empty),
                Some(_) | None => Value::Empty,
            }
        };
        Some(Decided {
            path: path.clone(),
            decision: Written {
                value,
                by: self.by(node),
            },
        })
    }

    fn state_conflict(&self) -> Option<Conflict> {
        if !self.fold.differs {
            return None;
        }
        let tip = |id: &EventId| self.fold.events.iter().find(|event| event.id == *id);
        let written = |event: &Folded<'_>| Written {
            value: Value::text(event.standing.state.id),
            by: self.by(event.node),
        };
        let mut tips: Vec<&Folded<'_>> = self.fold.tips.iter().filter_map(tip).collect();
        tips.sort_by_key(|event| (event.standing.state.rank, event.node.order()));
        let values = tips.into_iter().map(written).collect();
        Some(Conflict {
            path: Path::State,
            kind: ConflictKind::States,
            values,
        })
    }

    fn event(&self, event: &Folded<'_>) -> EventView {
        EventView {
            id: event.id,
            kind: event.body.kind.clone(),
            after: event.body.after.clone(),
            args: event.body.args.clone(),
            by: self.by(event.node),
            counts: event.counts,
        }
    }

    fn state(&self) -> StateView {
        // Every state's word of the table is a legal id; its tests prove it.
        let word = self.fold.standing.state.id;
        let state = StateId::new(word).unwrap_or_else(|_| StateId::unnamed());
        StateView {
            state,
            tips: self.fold.tips.clone(),
            handlers: self.fold.standing.handlers.iter().cloned().collect(),
            leads: self.fold.standing.leads.iter().cloned().collect(),
        }
    }

    fn texts(&self) -> BTreeMap<FieldId, TextView> {
        let doc = &self.doc.doc;
        let Ok(Some((_, texts))) = doc.get(ROOT, RootMap::Texts.key()) else {
            return BTreeMap::new();
        };
        let content = |field: &FieldId| -> Option<String> {
            let (_, text): (_, ObjId) = doc.get(&texts, field.as_str()).ok()??;
            doc.text(&text).ok()
        };
        let view = |field: &FieldId| {
            let path = Path::Text(field.clone());
            let last = self
                .doc
                .graph
                .touching(&path)
                .max_by_key(|node| node.order());
            TextView {
                content: content(field).unwrap_or_default(),
                by: last.map(|node| self.by(node)),
            }
        };
        let fields = self.doc.graph.text_objects().map(|(_, field)| field);
        fields.map(|field| (field.clone(), view(field))).collect()
    }

    fn oddities(&self) -> Vec<Oddity> {
        let mut odd = Vec::new();
        for node in self.doc.graph.nodes() {
            for touch in &node.touches {
                match touch {
                    Touch::Unknown(what) if what.contains('/') => {
                        odd.push(Oddity::UnknownKey(what.clone()));
                    }
                    Touch::Unknown(what) => odd.push(Oddity::UnknownRoot(what.clone())),
                    Touch::Write {
                        path,
                        value: Value::Unknown(_),
                        ..
                    } => {
                        odd.push(Oddity::UnknownValue(path.clone()));
                    }
                    Touch::Write { .. }
                    | Touch::Decide { .. }
                    | Touch::Undo { .. }
                    | Touch::Text { .. }
                    | Touch::Event { .. }
                    | Touch::TextBirth { .. }
                    | Touch::Drop { .. }
                    | Touch::Illegal => {}
                }
            }
        }
        for event in &self.fold.events {
            if event.rule.is_none() {
                odd.push(Oddity::UnknownEvent(event.body.kind.to_string()));
            } else if !event.counts {
                odd.push(Oddity::EventDoesNotCount(event.id));
            }
        }
        odd.sort_by_key(|oddity| format!("{oddity:?}"));
        odd.dedup();
        odd
    }
}

impl RecordDoc {
    /// The definition its last edit was made under, in an order that is the same everywhere; none
    /// for a bare birth.
    pub fn definition(&self) -> Option<DefinitionRef> {
        let edits = self.graph.nodes().filter(|node| !node.birth);
        let last = edits.max_by_key(|node| node.order())?;
        last.message
            .as_ref()
            .map(|message| message.definition.clone())
    }
}
