//! Building a record again without the own edits that do not count: the remaining ones are applied
//! once more under a fresh actor, those that cannot be are listed.
//!
//! Never drops an edit's value and never asks a person where the machine can decide. An edit whose
//! change still fits is left as it is, with its seal.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{Actor, ChangeHash, DeploymentId, DeviceId, FieldId, RecordId};
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::Edit;
use liandu_core::record::path::WriteId;
use liandu_core::record::{Author, EditError, LoadError, Made, RecordDoc};
use liandu_core::seal::Seal;
use liandu_core::time::Timestamp;

use crate::entropy::{self, Entropy};
use crate::identity::Key;
use crate::layers::{Layers, with_own};
use crate::own::{OwnEdit, OwnState, Unapplied};

/// How often an edit is made into another change before a person is asked.
const OFFERS_MAX: u32 = 16;

/// What is needed to write and seal a change.
pub(crate) struct Pen<'a> {
    pub(crate) device: DeviceId,
    pub(crate) deployment: DeploymentId,
    pub(crate) key: &'a Key,
    pub(crate) entropy: &'a mut dyn Entropy,
}

impl Pen<'_> {
    /// Writes with the first of these actors that can, else with a fresh one, which is added.
    pub(crate) fn write(
        &mut self,
        doc: &mut RecordDoc,
        edit: &Edit,
        author: &Author,
        (seen, now): (&Heads, Timestamp),
        actors: &mut Vec<Actor>,
    ) -> Result<Made, EditError> {
        for actor in actors.iter() {
            let author = Author {
                actor: *actor,
                ..author.clone()
            };
            match doc.apply(edit, &author, seen, now) {
                Err(EditError::NeedsFreshActor) => {}
                done => return done,
            }
        }
        let actor = entropy::actor(self.entropy, &self.device);
        let made = doc.apply(
            edit,
            &Author {
                actor,
                ..author.clone()
            },
            seen,
            now,
        )?;
        actors.push(actor);
        Ok(made)
    }

    /// The seal of a change; none when the key is kept outside and is to be asked.
    pub(crate) fn seal(&self, record: &RecordId, made: &Made) -> Option<Seal> {
        let Key::Here(key) = self.key else {
            return None;
        };
        let change = &made.change;
        let (actor, seq, hash) = (change.actor, change.seq, change.hash);
        Some(Seal::sign(key, &self.deployment, record, actor, seq, hash))
    }
}

/// The new document and which own edits are not as they were.
pub(crate) struct Rebuilt {
    pub(crate) doc: RecordDoc,
    pub(crate) touched: BTreeSet<u64>,
    /// Actors that may go on in this record; those before are never used again in it.
    pub(crate) actors: Vec<Actor>,
}

/// Builds the document again; `again` are own edits whose change must be made anew.
pub(crate) fn rebuild(
    id: RecordId,
    layers: &mut Layers,
    again: &BTreeSet<u64>,
    pen: &mut Pen<'_>,
) -> Result<Rebuilt, LoadError> {
    let base = match layers.admitted(id)? {
        Some(doc) => doc,
        None => RecordDoc::birth(id, layers.kind()?)?,
    };
    let pending: Vec<OwnEdit> = layers
        .own
        .values()
        .filter(|edit| edit.stands() && !edit.admitted())
        .cloned()
        .collect();
    let kept: Vec<&OwnEdit> = pending
        .iter()
        .filter(|e| !again.contains(&e.number))
        .collect();
    let built = with_own(base, kept);
    let mut work = Rework {
        id,
        doc: built.doc,
        before: layers.own.clone(),
        new_hash: BTreeMap::new(),
        new_write: BTreeMap::new(),
        actors: Vec::new(),
    };
    let mut touched = BTreeSet::new();
    for edit in pending {
        if !again.contains(&edit.number) && !built.astray.contains(&edit.number) {
            continue;
        }
        touched.insert(edit.number);
        let edit = work.once_more(edit, pen);
        layers.own.insert(edit.number, edit);
    }
    Ok(Rebuilt {
        doc: work.doc,
        touched,
        actors: work.actors,
    })
}

struct Rework {
    id: RecordId,
    doc: RecordDoc,
    /// Own edits as they were: their changes are what later ones were built on.
    before: BTreeMap<u64, OwnEdit>,
    new_hash: BTreeMap<ChangeHash, ChangeHash>,
    new_write: BTreeMap<WriteId, WriteId>,
    actors: Vec<Actor>,
}

impl Rework {
    fn once_more(&mut self, mut edit: OwnEdit, pen: &mut Pen<'_>) -> OwnEdit {
        edit.offered_again = edit.offered_again.saturating_add(1);
        match self.apply(&edit, pen) {
            Ok((made, seen, value)) => {
                self.new_hash.insert(edit.change.hash, made.change.hash);
                self.new_write
                    .insert(edit.change.write(), made.change.write());
                edit.was.push(edit.change.hash);
                edit.seal = pen.seal(&self.id, &made);
                edit.edit = value;
                edit.seen = seen;
                edit.births = made.births;
                edit.change = made.change;
                edit.state = OwnState::Waiting;
            }
            Err(why) => edit.state = OwnState::Unapplied(why),
        }
        edit
    }

    fn apply(
        &mut self,
        edit: &OwnEdit,
        pen: &mut Pen<'_>,
    ) -> Result<(Made, Heads, Edit), Unapplied> {
        if edit.offered_again > OFFERS_MAX {
            return Err(Unapplied::TooOften);
        }
        if text_of(&edit.edit).is_some_and(|field| self.lost_text(edit, field)) {
            return Err(Unapplied::TextChanged);
        }
        let seen = self.mapped(&edit.seen);
        let value = self.renamed(&edit.edit);
        let author = Author {
            actor: edit.change.actor,
            person: None,
            behalf: edit.behalf.clone(),
            definition: edit.definition.clone(),
            authority: edit.authority,
        };
        let made = pen
            .write(
                &mut self.doc,
                &value,
                &author,
                (&seen, edit.time),
                &mut self.actors,
            )
            .map_err(|error| Unapplied::from(&error))?;
        Ok((made, seen, value))
    }

    /// What its author saw, in changes that the record still has: a change made anew by its new
    /// one, one that does not count by what its author saw.
    fn mapped(&self, seen: &Heads) -> Heads {
        let mut found = BTreeSet::new();
        let mut left: Vec<ChangeHash> = seen.0.iter().copied().collect();
        let mut visited = BTreeSet::new();
        while let Some(head) = left.pop() {
            if !visited.insert(head) {
                continue;
            }
            if self.doc.contains(&head) {
                found.insert(head);
            } else if let Some(new) = self.new_hash.get(&head) {
                found.insert(*new);
            } else if let Some(edit) = self.own_before(&head) {
                left.extend(edit.seen.0.iter().copied());
            }
        }
        if found.is_empty() {
            return self.births();
        }
        self.newest(found)
    }

    fn births(&self) -> Heads {
        let births = self
            .doc
            .raw_all()
            .into_iter()
            .filter(|change| change.is_birth());
        Heads(births.map(|change| change.hash).collect())
    }

    /// Without those that others of them were built on.
    fn newest(&self, found: BTreeSet<ChangeHash>) -> Heads {
        let older = |head: &ChangeHash| {
            found.iter().any(|other| {
                let since = Heads(BTreeSet::from([*other]));
                other != head
                    && !self
                        .doc
                        .raw_since(&since)
                        .iter()
                        .any(|change| change.hash == *head)
            })
        };
        if found.len() < 2 {
            return Heads(found);
        }
        Heads(found.iter().filter(|head| !older(head)).copied().collect())
    }

    fn own_before(&self, hash: &ChangeHash) -> Option<&OwnEdit> {
        self.before.values().find(|edit| edit.change.hash == *hash)
    }

    /// Whether an edit of this text that does not count any more is among what its author saw.
    fn lost_text(&self, edit: &OwnEdit, field: &FieldId) -> bool {
        let mut left: Vec<ChangeHash> = edit.seen.0.iter().copied().collect();
        let mut visited = BTreeSet::new();
        while let Some(head) = left.pop() {
            if !visited.insert(head) {
                continue;
            }
            let Some(before) = self.own_before(&head) else {
                continue;
            };
            let lost = !self.doc.contains(&head) && !self.new_hash.contains_key(&head);
            if lost && touches_text(&before.edit, field) {
                return true;
            }
            left.extend(before.seen.0.iter().copied());
        }
        false
    }

    /// A decision names writes by their new names.
    fn renamed(&self, edit: &Edit) -> Edit {
        let new = |write: &WriteId| self.new_write.get(write).copied().unwrap_or(*write);
        match edit {
            Edit::Undo { path, decision } => Edit::Undo {
                path: path.clone(),
                decision: new(decision),
            },
            Edit::Resolve { path, value, among } => {
                let among = among.iter().map(new).collect();
                Edit::Resolve {
                    path: path.clone(),
                    value: value.clone(),
                    among,
                }
            }
            Edit::Create { .. }
            | Edit::Set { .. }
            | Edit::EditText { .. }
            | Edit::ClearText { .. }
            | Edit::Event { .. } => edit.clone(),
        }
    }
}

/// The text whose places an edit counts.
fn text_of(edit: &Edit) -> Option<&FieldId> {
    match edit {
        Edit::EditText { field, .. } => Some(field),
        Edit::ClearText { .. }
        | Edit::Create { .. }
        | Edit::Set { .. }
        | Edit::Event { .. }
        | Edit::Resolve { .. }
        | Edit::Undo { .. } => None,
    }
}

fn touches_text(edit: &Edit, of: &FieldId) -> bool {
    match edit {
        Edit::EditText { field, .. } | Edit::ClearText { field } => field == of,
        Edit::Create { texts, .. } => texts.iter().any(|(field, _)| field == of),
        Edit::Set { .. } | Edit::Event { .. } | Edit::Resolve { .. } | Edit::Undo { .. } => false,
    }
}
