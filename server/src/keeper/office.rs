//! An office user's edit: the same edit as a device's, made under an actor of the node, sealed by
//! the node's key, judged by the same admission.
//!
//! Never writes a refused one down: the user sees the reason at once.

use liandu_core::admission::{Incoming, Judged, Ruling};
use liandu_core::id::{PersonId, Position, RecordId};
use liandu_core::log::{Because, Edits, LogEntry, NumberRange, Source};
use liandu_core::policy::Principal;
use liandu_core::protocol::update::Chunk;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::Value;
use liandu_core::record::{Author, DefinitionRef, EditError, Heads, Made, RawChange, RecordDoc};
use liandu_core::seal::Seal;
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};
use liandu_core::workflow::{INTO, MERGE, stands};

use super::ask::{ActError, Edited, OfficeAct, OfficeUser};
use super::push::{Batch, POLICY};
use super::{Answer, Keeper, Ticket, Trouble};
use crate::index::Index;
use crate::index::rows::RecordRow;
use crate::journal::Disk;

/// A change made for an office user, not yet judged.
struct Drafted {
    change: RawChange,
    /// Everything the record lacks, births first.
    all: Vec<RawChange>,
    heads: Heads,
}

/// The problem that an edit says another goes on in, as it is said.
pub(crate) fn merges(edit: &Edit) -> Option<&str> {
    let Edit::Event { event, args, .. } = edit else {
        return None;
    };
    let into = || args.get(INTO).and_then(Value::as_text).unwrap_or("");
    (event.as_str() == MERGE).then(into)
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Applies an office user's edit at the heads they saw.
    pub fn edit(
        &mut self,
        now: Timestamp,
        by: &OfficeUser,
        act: &OfficeAct,
    ) -> Result<Ticket, ActError> {
        self.now = now;
        let who = self
            .directory
            .principal(&by.person)
            .ok_or(ActError::Missing)?;
        let row = self
            .record_row(&act.record)
            .map_err(|trouble| trouble.answer())?;
        let (kind, scope) = place(row.as_ref(), act)?;
        // What is no id is refused by admission.
        if let Some(into) = merges(&act.edit).and_then(|into| into.parse().ok()) {
            self.stands_yet(&into)?;
        }
        let doc = self
            .take_document(&act.record)
            .map_err(|trouble| trouble.answer())?;
        let drafted = self.draft(&by.person, act, kind, doc.as_ref());
        let result = drafted.and_then(|drafted| {
            let batch = Batch {
                record: act.record,
                kind,
                scope,
                row,
                seals: &[],
                document: None,
            };
            self.judge_draft(by, &who, &batch, doc.clone(), drafted)
        });
        match (result, doc) {
            (Ok(ticket), _) => Ok(ticket),
            (Err(error), Some(doc)) => {
                let changed = self.cache.is_changed(&act.record);
                self.cache.put(doc, changed);
                Err(error)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Whether another problem can go on in this one. Asked here, where one act follows another:
    /// two offices that merge two problems into each other at once would lose sight of both.
    fn stands_yet(&mut self, into: &RecordId) -> Result<(), ActError> {
        let changed = self.cache.is_changed(into);
        let doc = self
            .take_document(into)
            .map_err(|trouble| trouble.answer())?;
        let Some(doc) = doc else {
            return Err(ActError::IntoGone);
        };
        let (record, _) = doc.read(&Stamps::new());
        self.cache.put(doc, changed);
        match stands(record.state.state.as_str()) {
            true => Ok(()),
            false => Err(ActError::IntoGone),
        }
    }

    /// Makes the change on a copy of the document.
    fn draft(
        &mut self,
        person: &PersonId,
        act: &OfficeAct,
        kind: Kind,
        doc: Option<&RecordDoc>,
    ) -> Result<Drafted, ActError> {
        let campaign = self.definitions.latest(&act.campaign);
        let campaign = campaign.ok_or(ActError::Refused(Reason::NewerDefinition))?;
        let definition = DefinitionRef {
            campaign: campaign.id.clone(),
            version: campaign.version,
        };
        let mut copy = match doc {
            Some(doc) => doc.clone(),
            None => RecordDoc::birth(act.record, kind).map_err(|_| ActError::Failed)?,
        };
        let before = doc.map(RecordDoc::heads);
        let seen = if doc.is_some() {
            act.seen.clone()
        } else {
            copy.heads()
        };
        let made = self.make(&mut copy, person, definition, act, &seen)?;
        let all = match before {
            Some(_) => made.births.iter().chain([&made.change]).cloned().collect(),
            None => copy.raw_all(),
        };
        Ok(Drafted {
            change: made.change,
            all,
            heads: copy.heads(),
        })
    }

    /// An actor that has gone on since the user looked is left for a fresh one.
    fn make(
        &mut self,
        copy: &mut RecordDoc,
        person: &PersonId,
        definition: DefinitionRef,
        act: &OfficeAct,
        seen: &Heads,
    ) -> Result<Made, ActError> {
        let mut author = Author {
            actor: self.actor,
            person: Some(person.clone()),
            behalf: act.behalf.clone(),
            definition,
            authority: self.directory.position(),
        };
        let made = match copy.apply(&act.edit, &author, seen, self.now) {
            Err(EditError::NeedsFreshActor) => {
                self.fresh_actor();
                author.actor = self.actor;
                copy.apply(&act.edit, &author, seen, self.now)
            }
            made => made,
        };
        made.map_err(|error| match error {
            EditError::UnknownHeads => ActError::UnknownHeads,
            EditError::ResolveFirst(path) => ActError::ResolveFirst(path),
            EditError::Document | EditError::NeedsFreshActor => ActError::Failed,
            illegal @ (EditError::NothingToResolve(_)
            | EditError::NothingToUndo(_)
            | EditError::NoChange
            | EditError::WrongPlace(_)
            | EditError::NoSuchTextPlace
            | EditError::TooBig
            | EditError::EventIdTaken) => ActError::Illegal(illegal),
        })
    }

    fn judge_draft(
        &mut self,
        by: &OfficeUser,
        who: &Principal,
        batch: &Batch<'_>,
        mut doc: Option<RecordDoc>,
        drafted: Drafted,
    ) -> Result<Ticket, ActError> {
        let outside = self
            .outside_rows(&batch.record)
            .map_err(|trouble| trouble.answer())?;
        let incoming: Vec<Incoming<'_>> = drafted
            .all
            .iter()
            .map(|change| Incoming {
                change: change.clone(),
                sealed: true,
                by: Some(who),
            })
            .collect();
        let judged = self.judged(batch, outside, &mut doc, &incoming);
        let judged = judged.map_err(|trouble| trouble.answer())?;
        verdict_on(&drafted.change, &judged)?;
        let entry = self.office_entry(by, batch, &drafted);
        let position = self.stage(entry).map_err(|trouble| {
            self.note_trouble(&trouble);
            trouble.answer()
        })?;
        if let Some(doc) = doc {
            self.cache.put(doc, true);
        }
        self.numbers.edits_accepted += 1;
        let RawChange {
            hash, actor, seq, ..
        } = drafted.change;
        let write = WriteId { actor, seq };
        let ticket = self.ticket();
        let edited = Edited {
            write,
            hash,
            heads: drafted.heads,
            position,
            time: self.now,
        };
        self.wait(ticket, Answer::Edited(edited));
        Ok(ticket)
    }

    fn office_entry(&self, by: &OfficeUser, batch: &Batch<'_>, drafted: &Drafted) -> LogEntry {
        let RawChange {
            hash, actor, seq, ..
        } = drafted.change;
        let seal = Seal::sign(
            &self.keys.node,
            &self.deployment,
            &batch.record,
            actor,
            seq,
            hash,
        );
        LogEntry::Edits(Edits {
            record: batch.record,
            kind: batch.kind.as_str().to_owned(),
            scope: batch.scope.clone(),
            source: Source::Office {
                user: by.user.clone(),
                session: by.session.clone(),
            },
            person: Some(by.person.clone()),
            time: self.now,
            policy: POLICY,
            because: Because::Arrived,
            chunk: Some(Chunk::Changes(
                drafted
                    .all
                    .iter()
                    .map(|change| change.bytes.clone())
                    .collect(),
            )),
            accepted: vec![NumberRange {
                actor,
                from: seq,
                to: seq,
            }],
            heads: drafted.heads.0.iter().copied().collect(),
            seals: vec![seal],
            kept: Vec::new(),
        })
    }

    /// Whether a record exists (erased ones do not).
    pub fn exists(&self, record: &RecordId) -> bool {
        let row = self.record_row(record);
        row.is_ok_and(|row| row.is_some_and(|row| row.erased.is_none()))
    }

    /// The position of the last entry about a record.
    pub fn changed_at(&self, record: &RecordId) -> Option<Position> {
        self.record_row(record)
            .ok()
            .flatten()
            .map(|row| row.changed)
    }

    /// Turns an outcome into an answer that waits for its commit.
    pub(super) fn acted(&mut self, staged: Result<Position, Trouble>) -> Result<Ticket, ActError> {
        let position = staged.map_err(|trouble| {
            self.note_trouble(&trouble);
            trouble.answer()
        })?;
        let ticket = self.ticket();
        self.wait(ticket, Answer::Acted(position));
        Ok(ticket)
    }
}

/// Kind and scope of the record that is edited or made.
fn place(row: Option<&RecordRow>, act: &OfficeAct) -> Result<(Kind, Scope), ActError> {
    match (row, &act.create) {
        (Some(row), _) if row.erased.is_some() => Err(ActError::Missing),
        (Some(_), Some(_)) => Err(ActError::Exists),
        (Some(row), None) => {
            let kind = Kind::parse(&row.kind).ok_or(ActError::Missing)?;
            Ok((kind, row.scope.clone()))
        }
        (None, Some((kind, scope))) => Ok((*kind, scope.clone())),
        (None, None) => Err(ActError::Missing),
    }
}

fn verdict_on(change: &RawChange, judged: &[Judged]) -> Result<(), ActError> {
    let found = judged
        .iter()
        .find(|judged| judged.change.hash == change.hash);
    match found.map(|judged| judged.ruling) {
        Some(Ruling::Judged(Verdict::Accepted)) => Ok(()),
        Some(Ruling::Judged(verdict) | Ruling::Duplicate(verdict)) => Err(ActError::Refused(
            verdict.reason().unwrap_or(Reason::Malformed),
        )),
        Some(Ruling::Missing) | None => Err(ActError::UnknownHeads),
    }
}
