//! Turning an edit into exactly one automerge change, at the heads its author saw.
//!
//! Whatever arrived while a form was open is concurrent with it and becomes a conflict instead of
//! being overwritten. Never judges whether the author may (`admission` does), and never invents an
//! actor: where the author's actor has gone on since, a fresh one is asked for.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{
    ActorId, AutomergeError, ObjId, PatchLog, ROOT, ReadDoc, ScalarValue, TextEncoding,
};

use crate::id::{Actor, ChangeHash, EventId, FieldId, PersonId, Position};
use crate::limits::{EDIT_WRITES_MAX, TEXT_INSERT_CHARS_MAX, TEXT_SPLICES_MAX, VALUE_BYTES_MAX};
use crate::record::birth::text_birth;
use crate::record::conflict::{place, text_conflict};
use crate::record::decided::standing;
use crate::record::doc::{Heads, LoadError, RawChange, RecordDoc, apply};
use crate::record::edit::{Edit, Splice, Write};
use crate::record::fold::Fold;
use crate::record::graph::{Clock, DefinitionRef, Message, Within, knows};
use crate::record::path::{Path, WriteId};
use crate::record::schema::{self, RootMap};
use crate::record::touch::{Decision, EventBody, Undoing};
use crate::time::Timestamp;

/// Who writes, as far as the change itself says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The actor of this process start.
    pub actor: Actor,
    /// The office user, for an office act; none on devices, whose person the server knows.
    pub person: Option<PersonId>,
    /// For whom it is recorded (代录), when not for the author.
    pub behalf: Option<PersonId>,
    /// The definition the form was made from.
    pub definition: DefinitionRef,
    /// The authority position the device had last acknowledged.
    pub authority: Position,
}

/// What an edit became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The change.
    pub change: RawChange,
    /// The birth changes it stands on that were not in the record before.
    pub births: Vec<RawChange>,
}

/// Why an edit was not written. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The actor has later changes than `seen`: give a fresh actor and try again.
    #[error("the actor has gone on since: use a fresh one")]
    NeedsFreshActor,
    /// `seen` names a change the record does not hold: pull, show again, try again.
    #[error("seen heads that are not in the record")]
    UnknownHeads,
    /// The place has an open conflict: resolve it first.
    #[error("{0} has an open conflict: resolve first")]
    ResolveFirst(Path),
    /// There is nothing to decide, or other writes than named: show again.
    #[error("{0} has no such conflict: look again")]
    NothingToResolve(Path),
    /// The decision does not stand, or was built on: write a new value instead.
    #[error("{0} has no decision that can be taken back: look again, or write a new value")]
    NothingToUndo(Path),
    /// The values are those that stand already.
    #[error("nothing would change")]
    NoChange,
    /// Texts and the state are not written by plain writes, nor a place twice.
    #[error("{0} cannot be written this way")]
    WrongPlace(Path),
    /// A splice beyond the text's end.
    #[error("the text has no such place")]
    NoSuchTextPlace,
    /// Above a limit of `limits`: split the edit.
    #[error("the edit is larger than allowed")]
    TooBig,
    /// The event's id is taken: give a fresh one.
    #[error("the event's id is taken")]
    EventIdTaken,
    /// The record itself cannot take it: rebuild it from its chunks.
    #[error("the record's document refuses it")]
    Document,
}

impl From<AutomergeError> for EditError {
    fn from(_: AutomergeError) -> EditError {
        EditError::Document
    }
}

impl From<LoadError> for EditError {
    fn from(_: LoadError) -> EditError {
        EditError::Document
    }
}

impl RecordDoc {
    /// Writes an edit as one change at the heads its author saw. On an error the record is as
    /// before.
    pub fn apply(
        &mut self,
        edit: &Edit,
        author: &Author,
        seen: &Heads,
        now: Timestamp,
    ) -> Result<Made, EditError> {
        let clock = self
            .graph
            .clock_of(seen.0.iter().copied())
            .ok_or(EditError::UnknownHeads)?;
        if self
            .graph
            .last_of(&author.actor)
            .is_some_and(|last| !knows(&clock, last))
        {
            return Err(EditError::NeedsFreshActor);
        }
        self.check(edit, &clock)?;
        let events = self.tips(&clock);
        let mut births = Vec::new();
        let mut seen = seen.clone();
        for field in texts_of(edit) {
            self.bear_text(field, &mut seen, &mut births)?;
        }
        let message = Message {
            code: edit.code(),
            definition: author.definition.clone(),
            authority: author.authority,
            person: author.person.clone(),
            behalf: author.behalf.clone(),
        };
        let options = CommitOptions::default()
            .with_time(now.0)
            .with_message(message.text());
        self.doc.set_actor(ActorId::from(author.actor.0));
        let at_heads = seen == self.heads();
        let heads = seen.to_automerge();
        let mut tx = if at_heads {
            self.doc.transaction()
        } else {
            let log = PatchLog::inactive();
            self.doc
                .transaction_at(log, &heads)
                .map_err(|_| EditError::Document)?
        };
        if let Err(error) = write(&mut tx, edit, &events) {
            tx.rollback();
            return Err(error);
        }
        let (hash, _) = tx.commit_with(options);
        let change = hash.and_then(|hash| self.doc.get_change_by_hash(&hash));
        let change = change.ok_or(EditError::NoChange)?;
        self.note(&change)?;
        let change = RawChange::of(&change).ok_or(EditError::Document)?;
        Ok(Made { change, births })
    }

    /// The tip events somebody with that knowledge sees.
    fn tips(&self, clock: &Clock) -> Vec<EventId> {
        Fold::of(&self.graph, Within::Clock(clock)).tips
    }

    fn check(&self, edit: &Edit, clock: &Clock) -> Result<(), EditError> {
        match edit {
            Edit::Create { writes, texts } => {
                check_size(writes)?;
                let chars = texts
                    .iter()
                    .map(|(_, text)| text.chars().count())
                    .sum::<usize>();
                if chars > TEXT_INSERT_CHARS_MAX {
                    Err(EditError::TooBig)
                } else {
                    Ok(())
                }
            }
            Edit::Set { writes } => {
                check_size(writes)?;
                writes
                    .iter()
                    .try_for_each(|write| self.check_open(&write.path, clock))
            }
            Edit::EditText { field, splices } => {
                let chars = splices
                    .iter()
                    .map(|s| s.insert.chars().count())
                    .sum::<usize>();
                if splices.len() > TEXT_SPLICES_MAX || chars > TEXT_INSERT_CHARS_MAX {
                    return Err(EditError::TooBig);
                }
                self.check_open(&Path::Text(field.clone()), clock)
            }
            Edit::ClearText { field } => self.check_open(&Path::Text(field.clone()), clock),
            Edit::Event { id, .. } => {
                if self.graph.event(id).is_some() {
                    Err(EditError::EventIdTaken)
                } else {
                    Ok(())
                }
            }
            Edit::Resolve { path, value, among } => {
                self.check_resolve(path, value.is_some(), among, clock)
            }
            Edit::Undo { path, decision } => {
                if self.decision_standing(path, clock) == Some(*decision) {
                    Ok(())
                } else {
                    Err(EditError::NothingToUndo(path.clone()))
                }
            }
        }
    }

    /// Any edit but a `Resolve` needs a place without an open conflict.
    fn check_open(&self, path: &Path, clock: &Clock) -> Result<(), EditError> {
        if self.in_conflict(path, clock).is_empty() {
            Ok(())
        } else {
            Err(EditError::ResolveFirst(path.clone()))
        }
    }

    fn check_resolve(
        &self,
        path: &Path,
        has_value: bool,
        among: &[WriteId],
        clock: &Clock,
    ) -> Result<(), EditError> {
        let mut open = self.in_conflict(path, clock);
        let mut named = among.to_vec();
        open.sort_unstable();
        named.sort_unstable();
        let plain = schema::place(path).is_some();
        if *path == Path::State || plain != has_value {
            Err(EditError::WrongPlace(path.clone()))
        } else if open.is_empty() || open != named {
            Err(EditError::NothingToResolve(path.clone()))
        } else {
            Ok(())
        }
    }

    /// The decision that somebody with that knowledge can take back.
    pub(crate) fn decision_standing(&self, path: &Path, clock: &Clock) -> Option<WriteId> {
        let within = Within::Clock(clock);
        let fold = Fold::of(&self.graph, within);
        standing(&self.graph, path, &fold, within).map(|node| node.write)
    }

    /// The writes between which a place is undecided, as somebody with that knowledge sees it.
    pub(crate) fn in_conflict(&self, path: &Path, clock: &Clock) -> Vec<WriteId> {
        let within = Within::Clock(clock);
        let fold = Fold::of(&self.graph, within);
        if let Path::Text(_) = path {
            let open = text_conflict(&self.graph, path, &fold, within);
            return open.map_or_else(Vec::new, |c| c.nodes.iter().map(|n| n.write).collect());
        }
        match place(&self.graph, path, &fold, within) {
            Some(place) if place.conflict.is_some() => std::iter::once(place.current)
                .chain(place.others)
                .map(|candidate| candidate.node.write)
                .collect(),
            Some(_) | None => Vec::new(),
        }
    }

    /// Adds the birth change of a text that the kind's birth lacks and the record does not have.
    fn bear_text(
        &mut self,
        field: &FieldId,
        seen: &mut Heads,
        births: &mut Vec<RawChange>,
    ) -> Result<(), EditError> {
        if self.kind().built_in_texts().contains(&field.as_str()) {
            return Ok(());
        }
        let change = text_birth(&self.id(), self.kind(), field)?.ok_or(EditError::Document)?;
        let hash = ChangeHash(change.hash().0);
        if !self.contains(&hash) {
            births.extend(RawChange::of(&change));
            apply(&mut self.doc, vec![change.clone()])?;
            self.note(&change)?;
        }
        let clock = self
            .graph
            .clock_of(seen.0.iter().copied())
            .unwrap_or_default();
        if self
            .graph
            .get(&hash)
            .is_some_and(|node| !knows(&clock, node))
        {
            let first = self.graph.nodes().next().map(|node| node.hash);
            seen.0.retain(|head| Some(*head) != first);
            seen.0.insert(hash);
        }
        Ok(())
    }
}

fn texts_of(edit: &Edit) -> Vec<&FieldId> {
    match edit {
        Edit::Create { texts, .. } => texts.iter().map(|(field, _)| field).collect(),
        Edit::EditText { field, .. } | Edit::ClearText { field } => vec![field],
        Edit::Set { .. } | Edit::Event { .. } | Edit::Resolve { .. } | Edit::Undo { .. } => {
            Vec::new()
        }
    }
}

fn check_size(writes: &[Write]) -> Result<(), EditError> {
    let mut places: Vec<&Path> = writes.iter().map(|write| &write.path).collect();
    places.sort_unstable();
    let twice = places.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some((*a).clone()),
        _ => None,
    });
    if let Some(path) = twice {
        return Err(EditError::WrongPlace(path));
    }
    let too_big = |write: &Write| write.value.bytes() > VALUE_BYTES_MAX;
    if writes.len() > EDIT_WRITES_MAX || writes.iter().any(too_big) {
        return Err(EditError::TooBig);
    }
    Ok(())
}

fn write(tx: &mut Transaction<'_>, edit: &Edit, tips: &[EventId]) -> Result<(), EditError> {
    match edit {
        Edit::Create { writes, texts } => {
            put_all(tx, writes)?;
            for (field, text) in texts {
                splice(
                    tx,
                    field,
                    &[Splice {
                        at: 0,
                        delete: 0,
                        insert: text.clone(),
                    }],
                )?;
            }
            Ok(())
        }
        Edit::Set { writes } => put_all(tx, writes),
        Edit::EditText { field, splices } => splice(tx, field, splices),
        Edit::ClearText { field } => {
            let text = text_object(tx, field)?;
            let delete = tx.length(&text) as u64;
            splice(
                tx,
                field,
                &[Splice {
                    at: 0,
                    delete,
                    insert: String::new(),
                }],
            )
        }
        Edit::Event { id, event, args } => {
            let body = EventBody {
                kind: event.clone(),
                after: tips.to_vec(),
                args: args.clone(),
            };
            put(tx, RootMap::Events, &schema::event_key(id), encoded(&body)?)
        }
        Edit::Resolve { path, value, among } => {
            let mut among = among.clone();
            among.sort_unstable();
            let decision = Decision {
                among,
                value: value.clone(),
            };
            put(
                tx,
                RootMap::Resolutions,
                &path.to_string(),
                encoded(&decision)?,
            )?;
            match (schema::place(path), value) {
                (Some((map, key)), Some(value)) => put(tx, map, &key, value.to_scalar()),
                (Some(_), None) | (None, _) => Ok(()),
            }
        }
        Edit::Undo { path, decision } => {
            let undoing = Undoing {
                decision: *decision,
            };
            // In the decision's place, so that deciding the same again is a change, too.
            put(
                tx,
                RootMap::Resolutions,
                &path.to_string(),
                encoded(&undoing)?,
            )
        }
    }
}

fn encoded<T: minicbor::Encode<()>>(body: &T) -> Result<ScalarValue, EditError> {
    minicbor::to_vec(body)
        .map(ScalarValue::Bytes)
        .map_err(|_| EditError::Document)
}

fn put_all(tx: &mut Transaction<'_>, writes: &[Write]) -> Result<(), EditError> {
    for write in writes {
        let (map, key) =
            schema::place(&write.path).ok_or(EditError::WrongPlace(write.path.clone()))?;
        let value = write.value.to_scalar();
        if !stands(tx, map, &key, &value)? {
            put(tx, map, &key, value)?;
        }
    }
    Ok(())
}

/// Whether a place holds nothing but this value: writing it again would be no edit, and over equal
/// concurrent values automerge would take away instead of write.
fn stands(
    tx: &Transaction<'_>,
    map: RootMap,
    key: &str,
    value: &ScalarValue,
) -> Result<bool, EditError> {
    let all = tx.get_all(&map_object(tx, map)?, key)?;
    let mut values = all.into_iter().map(|(value, _)| value.into_scalar().ok());
    let first = values.next();
    Ok(first.is_some_and(|first| first.as_ref() == Some(value))
        && values.all(|other| other.as_ref() == Some(value)))
}

fn put(
    tx: &mut Transaction<'_>,
    map: RootMap,
    key: &str,
    value: ScalarValue,
) -> Result<(), EditError> {
    let object = map_object(tx, map)?;
    Ok(tx.put(&object, key, value)?)
}

fn map_object(tx: &Transaction<'_>, map: RootMap) -> Result<ObjId, EditError> {
    Ok(tx.get(ROOT, map.key())?.ok_or(EditError::Document)?.1)
}

fn text_object(tx: &Transaction<'_>, field: &FieldId) -> Result<ObjId, EditError> {
    let texts = map_object(tx, RootMap::Texts)?;
    Ok(tx
        .get(&texts, field.as_str())?
        .ok_or(EditError::Document)?
        .1)
}

fn splice(tx: &mut Transaction<'_>, field: &FieldId, splices: &[Splice]) -> Result<(), EditError> {
    let text = text_object(tx, field)?;
    for one in splices {
        let length = tx.length(&text) as u64;
        let end = one
            .at
            .checked_add(one.delete)
            .ok_or(EditError::NoSuchTextPlace)?;
        if end > length {
            return Err(EditError::NoSuchTextPlace);
        }
        let at = usize::try_from(one.at).map_err(|_| EditError::NoSuchTextPlace)?;
        let delete = isize::try_from(one.delete).map_err(|_| EditError::NoSuchTextPlace)?;
        debug_assert_eq!(tx.text_encoding(), TextEncoding::UnicodeCodePoint);
        tx.splice_text(&text, at, delete, &one.insert)?;
    }
    Ok(())
}
