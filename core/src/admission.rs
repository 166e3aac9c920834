//! Admission: a pure function from a record, a batch and its authors to a verdict per change.
//!
//! A change is judged against the record as its author saw it (the state at its ancestors), never
//! against the newest state, so the verdict does not depend on arrival: the same edits in any
//! order get the same verdicts. Applies what it accepts; never touches a log, a clock or a key:
//! seals are checked by the caller, who says so.

mod act;
mod definitions;
mod shape;

use std::collections::BTreeMap;

use automerge::{Change, ExpandedChange};

use crate::id::{Actor, ChangeHash, DeviceId, PersonId, RecordId};
use crate::limits::{CHANGE_DEPS_MAX, CHANGE_OPS_MAX, RECORD_CHANGES_MAX};
use crate::policy::Principal;
use crate::record::kind::Kind;
use crate::record::scope::Scope;
use crate::record::{ChunkError, Message, RawChange, RecordDoc};
use crate::record::{change_of, changes_in, decoded, is_text_birth};
use crate::time::Timestamp;
use crate::verdict::{Reason, Verdict};

pub use definitions::{Definition, Definitions};

/// What the log says about edits of this record that are not in its document.
pub trait Past {
    /// The verdict an edit outside the document got.
    fn verdict(&self, hash: &ChangeHash) -> Option<Verdict>;
    /// The edit outside the document that took this number.
    fn number(&self, actor: &Actor, seq: u64) -> Option<ChangeHash>;
    /// The person a device is enrolled for.
    fn person_of(&self, device: &DeviceId) -> Option<PersonId>;
}

/// No past: a record that has no edits outside its document.
pub struct NoPast;

impl Past for NoPast {
    fn verdict(&self, _: &ChangeHash) -> Option<Verdict> {
        None
    }

    fn number(&self, _: &Actor, _: u64) -> Option<ChangeHash> {
        None
    }

    fn person_of(&self, _: &DeviceId) -> Option<PersonId> {
        None
    }
}

/// The record and everything around it that a verdict depends on.
pub struct Case<'a> {
    /// Which record.
    pub record: RecordId,
    /// Its kind, as the log or the first push says.
    pub kind: Kind,
    /// Who it belongs to, as the log or the first push says.
    pub scope: &'a Scope,
    /// Every definition known here.
    pub definitions: &'a Definitions,
    /// Edits of this record outside its document.
    pub past: &'a dyn Past,
    /// Now, for memberships that have ended.
    pub now: Timestamp,
    /// How long an ended membership still counts for who did not know, milliseconds.
    pub grace_ms: u64,
}

/// One change to be judged.
pub struct Incoming<'a> {
    /// The change.
    pub change: RawChange,
    /// Whether a valid seal of its actor's device covers it. Births need none.
    pub sealed: bool,
    /// Whose it is; none when the device is not known here.
    pub by: Option<&'a Principal>,
}

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Judged now.
    Judged(Verdict),
    /// Known already, with this verdict.
    Duplicate(Verdict),
    /// An ancestor is neither here nor in the batch: ask for the whole record. No verdict.
    Missing,
}

impl Ruling {
    /// The verdict, if there is one.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Ruling::Judged(verdict) | Ruling::Duplicate(verdict) => Some(verdict),
            Ruling::Missing => None,
        }
    }
}

/// One change with its ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The change.
    pub change: RawChange,
    /// What became of it.
    pub ruling: Ruling,
    /// Whether it is a birth: nobody's edit, no receipt.
    pub birth: bool,
}

/// Turns foreign chunks into single changes, bounded and strict.
pub fn open_chunks(chunks: &[&[u8]]) -> Result<Vec<RawChange>, Reason> {
    let changes = changes_in(chunks).map_err(|error| match error {
        ChunkError::TooBig => Reason::TooBig,
        ChunkError::Malformed | ChunkError::Unsupported | ChunkError::MissingAncestor => {
            Reason::Malformed
        }
    })?;
    changes
        .iter()
        .map(|change| RawChange::of(change).ok_or(Reason::ForeignActor))
        .collect()
}

/// The office user that a change of a server's own actor names: who it is judged as when devices
/// bring it back to a server that lost it.
pub fn person_named(raw: &RawChange) -> Option<PersonId> {
    let change = change_of(&raw.bytes).ok()?;
    Message::parse(change.message()?)?.person
}

/// What the office would say of a change that its author has just written into the record, as far
/// as this side knows definitions and people. Costs nothing but the question: a verdict looks at
/// the change's ancestors only, so it does not matter that the change is in already.
pub fn preview(doc: &RecordDoc, case: &Case<'_>, hash: &ChangeHash, who: &Principal) -> Verdict {
    match doc.written(hash) {
        Some(node) if !node.birth => match act::judge(doc, node, who, case) {
            Ok(()) => Verdict::Accepted,
            Err(verdict) => verdict,
        },
        Some(_) => Verdict::Accepted,
        None => Verdict::Refused(Reason::MissingAncestor),
    }
}

/// One change read far enough to be judged.
struct Read<'a> {
    incoming: &'a Incoming<'a>,
    parsed: Option<(Change, ExpandedChange)>,
}

/// Judges a batch. Accepted changes are in `doc` afterwards (a new record's document is made when
/// its birth is right); results come in the order of `incoming`.
pub fn judge(
    doc: &mut Option<RecordDoc>,
    case: &Case<'_>,
    incoming: &[Incoming<'_>],
) -> Vec<Judged> {
    let mut reads: Vec<(usize, Read<'_>)> = incoming
        .iter()
        .map(|incoming| Read {
            incoming,
            parsed: parse(&incoming.change),
        })
        .enumerate()
        .collect();
    // Ancestors first: an honest change's operations are numbered after all of its ancestors'.
    reads.sort_by_key(|(_, read)| {
        let start = read
            .parsed
            .as_ref()
            .map_or(0, |(_, change)| change.start_op.get());
        (start, read.incoming.change.actor, read.incoming.change.seq)
    });
    let mut poisoned: Vec<ChangeHash> = Vec::new();
    loop {
        let mut bench = Bench::new(doc.clone(), case, &poisoned);
        let rulings: Vec<(usize, Ruling, bool)> = reads
            .iter()
            .map(|(index, read)| {
                let (ruling, birth) = bench.judge(read);
                (*index, ruling, birth)
            })
            .collect();
        match bench.finish() {
            Ok(record) => {
                *doc = record;
                return in_order(incoming, rulings);
            }
            Err(changes) => match culprit(doc.as_ref(), case, &changes) {
                Some(culprit) => poisoned.push(culprit),
                // Nothing of it can be taken: the next round accepts none of these and ends.
                None => poisoned.extend(changes.iter().map(|change| ChangeHash(change.hash().0))),
            },
        }
    }
}

fn in_order(incoming: &[Incoming<'_>], mut rulings: Vec<(usize, Ruling, bool)>) -> Vec<Judged> {
    rulings.sort_by_key(|(index, _, _)| *index);
    let judged = incoming.iter().zip(rulings);
    judged
        .map(|(incoming, (_, ruling, birth))| Judged {
            change: incoming.change.clone(),
            ruling,
            birth,
        })
        .collect()
}

fn parse(raw: &RawChange) -> Option<(Change, ExpandedChange)> {
    let change = change_of(&raw.bytes).ok()?;
    let honest = change.hash().0 == raw.hash.0
        && change.seq() == raw.seq
        && change.actor_id().to_bytes() == raw.actor.0;
    let expanded = decoded(&change)?;
    honest.then_some((change, expanded))
}

/// A record under judgement: its graph grows with what is accepted, its document at the end.
struct Bench<'a> {
    record: Option<RecordDoc>,
    case: &'a Case<'a>,
    poisoned: &'a [ChangeHash],
    outside: BTreeMap<ChangeHash, Verdict>,
    accepted: Vec<Change>,
}

impl<'a> Bench<'a> {
    fn new(record: Option<RecordDoc>, case: &'a Case<'a>, poisoned: &'a [ChangeHash]) -> Self {
        Bench {
            record,
            case,
            poisoned,
            outside: BTreeMap::new(),
            accepted: Vec::new(),
        }
    }

    fn judge(&mut self, read: &Read<'_>) -> (Ruling, bool) {
        let raw = &read.incoming.change;
        if let Some(record) = self
            .record
            .as_ref()
            .filter(|record| record.contains(&raw.hash))
        {
            return (
                Ruling::Duplicate(Verdict::Accepted),
                record.is_birth(&raw.hash),
            );
        }
        if let Some(verdict) = self.case.past.verdict(&raw.hash)
            // Whoever carried it without its seal must not have the last word.
            && !(verdict == Verdict::Refused(Reason::NotSealed) && read.incoming.sealed)
        {
            return (Ruling::Duplicate(verdict), false);
        }
        if let Some(verdict) = self.outside.get(&raw.hash) {
            return (Ruling::Duplicate(*verdict), false);
        }
        let Some((change, expanded)) = &read.parsed else {
            return (self.note(raw, Verdict::Refused(Reason::Malformed)), false);
        };
        if raw.is_birth() {
            return (self.birth(raw), true);
        }
        let verdict = match self.try_one(read.incoming, change, expanded) {
            Ok(Some(birth)) => return (Ruling::Judged(Verdict::Accepted), birth),
            Ok(None) => return (Ruling::Missing, false),
            Err(verdict) => verdict,
        };
        (self.note(raw, verdict), false)
    }

    fn note(&mut self, raw: &RawChange, verdict: Verdict) -> Ruling {
        self.outside.insert(raw.hash, verdict);
        Ruling::Judged(verdict)
    }

    /// A birth counts when it is the very one of this record and kind.
    fn birth(&mut self, raw: &RawChange) -> Ruling {
        let born = RecordDoc::birth(self.case.record, self.case.kind).ok();
        match born.filter(|born| self.record.is_none() && born.contains(&raw.hash)) {
            Some(born) => {
                self.record = Some(born);
                Ruling::Judged(Verdict::Accepted)
            }
            None => self.note(raw, Verdict::Refused(Reason::IllegalOperation)),
        }
    }

    /// `Ok(Some(birth))`: accepted; `Ok(None)`: an ancestor is missing.
    fn try_one(
        &mut self,
        incoming: &Incoming<'_>,
        change: &Change,
        expanded: &ExpandedChange,
    ) -> Result<Option<bool>, Verdict> {
        let raw = &incoming.change;
        let birth = is_text_birth(expanded);
        if birth || incoming.sealed {
            self.number_is_free(raw, birth)?;
        }
        let all_here = self.ancestors(expanded);
        if all_here == Ok(false) {
            return Ok(None);
        }
        if !birth && !incoming.sealed {
            return Err(Verdict::Refused(Reason::NotSealed));
        }
        all_here?;
        let Some(record) = self.record.as_ref() else {
            return Ok(None);
        };
        if record.changes() >= RECORD_CHANGES_MAX || expanded.operations.len() > CHANGE_OPS_MAX {
            return Err(Verdict::Refused(Reason::TooBig));
        }
        let node = record
            .node(raw.hash, expanded)
            .map_err(|_| Verdict::Refused(Reason::BrokenChain))?;
        if self.poisoned.contains(&raw.hash) {
            return Err(Verdict::Refused(Reason::Malformed));
        }
        if birth {
            shape::text_birth(record, &node)?;
        } else {
            let who = incoming.by.ok_or(Verdict::Held(Reason::UnknownDevice))?;
            act::judge(record, &node, who, self.case)?;
        }
        if let Some(record) = self.record.as_mut() {
            record.stage(node, change);
        }
        self.accepted.push(change.clone());
        Ok(Some(birth))
    }

    /// A text's birth is nobody's: what was refused in its place takes nothing from it.
    fn number_is_free(&self, raw: &RawChange, birth: bool) -> Result<(), Verdict> {
        let inside = self
            .record
            .as_ref()
            .and_then(|record| record.hash_of(&raw.actor, raw.seq));
        let outside = || self.case.past.number(&raw.actor, raw.seq);
        let taken = inside.or_else(|| if birth { None } else { outside() });
        if taken.is_some_and(|hash| hash != raw.hash) {
            Err(Verdict::Forked)
        } else {
            Ok(())
        }
    }

    /// Whether all ancestors are in the record; an edit on one that does not count shares its fate.
    fn ancestors(&self, expanded: &ExpandedChange) -> Result<bool, Verdict> {
        if expanded.deps.len() > CHANGE_DEPS_MAX {
            return Err(Verdict::Refused(Reason::TooBig));
        }
        let mut all_here = true;
        for dep in &expanded.deps {
            let hash = ChangeHash(dep.0);
            if self
                .record
                .as_ref()
                .is_some_and(|record| record.contains(&hash))
            {
                continue;
            }
            let outside = self.outside.get(&hash).copied();
            match outside.or_else(|| self.case.past.verdict(&hash)) {
                Some(Verdict::Held(_)) => return Err(Verdict::Held(Reason::OnHeld)),
                Some(Verdict::Forked) => return Err(Verdict::Forked),
                Some(Verdict::Refused(_)) => return Err(Verdict::Refused(Reason::OnRefused)),
                Some(Verdict::Accepted) | None => all_here = false,
            }
        }
        Ok(all_here && !expanded.deps.is_empty())
    }

    /// Brings the document up to the graph; gives the accepted changes back when automerge will
    /// not take them.
    fn finish(self) -> Result<Option<RecordDoc>, Vec<Change>> {
        match self.record {
            Some(mut record) if !self.accepted.is_empty() => {
                match record.catch_up(self.accepted.clone()) {
                    Ok(()) => Ok(Some(record)),
                    Err(_) => Err(self.accepted),
                }
            }
            other => Ok(other),
        }
    }
}

/// The first change that automerge will not take; the last one where each is taken alone.
fn culprit(doc: Option<&RecordDoc>, case: &Case<'_>, changes: &[Change]) -> Option<ChangeHash> {
    let last = changes.last().map(|change| ChangeHash(change.hash().0));
    let born = || RecordDoc::birth(case.record, case.kind).ok();
    let mut doc = doc.cloned().or_else(born)?;
    for change in changes {
        let hash = ChangeHash(change.hash().0);
        if doc.catch_up(vec![change.clone()]).is_err() {
            return Some(hash);
        }
    }
    last
}
