//! Pushes of devices: judged, appended, answered after the commit.
//!
//! Never lets one record of a push spoil the others, and never drops what it refuses: it goes to
//! quarantine whole.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use liandu_core::admission::{Case, Incoming, Judged, judge, open_chunks};
use liandu_core::id::{Actor, ChangeHash, DeviceId, PersonId, Position, RecordId};
use liandu_core::log::{Because, Edits, Kept, LogEntry, Source};
use liandu_core::protocol::update::{
    AnyKind, Chunk, OtherVerdict, Receipt, RecordPush, RecordVerdicts,
};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::seal::{EnrolmentCertificate, Seal};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

use super::author::{Outside, OutsideRows};
use super::records::kind_word;
use super::runs::{counts, kept, newly_accepted, ranges, runs, seals_of};
use super::torn::stuck;
use super::{Answer, Keeper, Ticket, Trouble};
use crate::index::rows::{RecordRow, StampRow};
use crate::index::{Index, keys, rows};
use crate::journal::Disk;

/// Version of the policy that judges, written into every entry.
pub(super) const POLICY: u32 = 1;

/// A judged push, durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The server's clock when it was judged.
    pub time: Timestamp,
    /// One for each record, in order.
    pub records: Vec<RecordVerdicts>,
    /// Edits that were not known before, by the device that made them.
    pub arrived: BTreeMap<DeviceId, u64>,
}

/// A record's batch on its way through admission.
pub(super) struct Batch<'a> {
    pub(super) record: RecordId,
    pub(super) kind: Kind,
    pub(super) scope: Scope,
    pub(super) row: Option<RecordRow>,
    pub(super) seals: &'a [Seal],
    /// The document chunk as it came, to be stored so if all of it counts.
    pub(super) document: Option<&'a [u8]>,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Judges a push of a device. `vouched`: the enrolment of a device that this server does not
    /// know, verified by the caller; its edits are held.
    pub fn push(
        &mut self,
        now: Timestamp,
        vouched: Option<&EnrolmentCertificate>,
        records: &[RecordPush],
    ) -> Ticket {
        self.arrived.clear();
        self.now = now;
        let ticket = self.ticket();
        let failures = self.numbers.commits_failed;
        let mut verdicts = Vec::with_capacity(records.len());
        for push in records {
            match self
                .push_record(push, vouched)
                .or_else(|trouble| self.bad_record(push, trouble))
            {
                Ok(record) => verdicts.push(record),
                Err(trouble) => {
                    self.note_trouble(&trouble);
                    // It may hold what the log did not take.
                    self.cache.forget(&push.record);
                    self.wait(ticket, Answer::Failed(trouble.answer()));
                    return ticket;
                }
            }
        }
        let answer = if self.numbers.commits_failed == failures {
            Answer::Pushed(Pushed {
                time: now,
                records: verdicts,
                arrived: std::mem::take(&mut self.arrived),
            })
        } else {
            Answer::Failed(super::ActError::Failed)
        };
        self.wait(ticket, answer);
        ticket
    }

    /// One record that cannot be handled must not hold up the others of its push. Bytes that
    /// make a decoder panic are refused; a stored record that does not load is left unanswered,
    /// for `check`.
    fn bad_record(
        &mut self,
        push: &RecordPush,
        trouble: Trouble,
    ) -> Result<RecordVerdicts, Trouble> {
        match trouble {
            Trouble::Panicked => {
                let row = self.record_row(&push.record)?;
                self.unreadable(push, row.as_ref(), Reason::Malformed)
            }
            Trouble::Load(_) | Trouble::Entry(_) => {
                let record = push.record;
                let (receipts, others) = (Vec::new(), Vec::new());
                Ok(RecordVerdicts {
                    record,
                    receipts,
                    others,
                    missing: false,
                })
            }
            Trouble::Index(_) | Trouble::Read(_) | Trouble::Append(_) | Trouble::Closed => {
                Err(trouble)
            }
        }
    }

    /// What cannot be read is mended by the next commit.
    pub(super) fn note_trouble(&self, trouble: &Trouble) {
        match trouble {
            Trouble::Index(_) | Trouble::Read(_) => self.suspect.set(true),
            Trouble::Append(_)
            | Trouble::Load(_)
            | Trouble::Entry(_)
            | Trouble::Panicked
            | Trouble::Closed => {}
        }
    }

    /// For readers: nothing rather than an error, which is noted.
    pub(super) fn noted<T>(&self, read: Result<T, Trouble>) -> Option<T> {
        read.inspect_err(|trouble| self.note_trouble(trouble)).ok()
    }

    fn push_record(
        &mut self,
        push: &RecordPush,
        vouched: Option<&EnrolmentCertificate>,
    ) -> Result<RecordVerdicts, Trouble> {
        let row = self.record_row(&push.record)?;
        let changes = match open_chunks(&push.chunk.parts()) {
            Ok(changes) => changes,
            Err(reason) => return self.unreadable(push, row.as_ref(), reason),
        };
        if row.as_ref().is_some_and(|row| row.erased.is_some()) {
            return Ok(all_refused(
                push.record,
                &changes,
                Verdict::Refused(Reason::Erased),
            ));
        }
        let scope = row
            .as_ref()
            .map(|row| row.scope.clone())
            .or_else(|| push.scope.clone());
        let Some(scope) = scope else {
            // The device believes that the record is known here: it sends all of it again.
            return Ok(missing(push.record));
        };
        let kind = row.as_ref().map_or(push.kind, |row| {
            Kind::parse(&row.kind).map_or(push.kind, AnyKind::Known)
        });
        let Some(kind) = kind.known() else {
            return self.keep_all(push, &changes, &scope, Verdict::Held(Reason::NewerFormat));
        };
        let document = match &push.chunk {
            Chunk::Doc(bytes) => Some(bytes.as_slice()),
            Chunk::Changes(_) => None,
        };
        let batch = Batch {
            record: push.record,
            kind,
            scope,
            row,
            seals: &push.seals,
            document,
        };
        let judged = self.judge_batch(&batch, changes, vouched)?;
        self.settle(&batch, &judged)
    }

    /// Runs admission on a record's batch; the document is in the cache afterwards.
    fn judge_batch(
        &mut self,
        batch: &Batch<'_>,
        mut changes: Vec<RawChange>,
        vouched: Option<&EnrolmentCertificate>,
    ) -> Result<Vec<Judged>, Trouble> {
        let outside = self.outside_rows(&batch.record)?;
        let mut doc = self.take_document(&batch.record)?;
        let sealed = self.sealed(&batch.record, batch.seals, &changes, vouched);
        self.leave_out_accepted(&batch.record, &mut changes)?;
        let principals = self.principals(changes.iter());
        let incoming: Vec<Incoming<'_>> = changes
            .into_iter()
            .map(|change| Incoming {
                sealed: sealed.covers(&change),
                by: principals.get(&self.author(&change)),
                change,
            })
            .collect();
        let judged = self.judged(batch, outside, &mut doc, &incoming);
        let changed = self.cache.is_changed(&batch.record);
        if let Some(doc) = &mut doc {
            self.rejoin(doc)?;
        }
        match (doc, &judged) {
            (Some(doc), Ok(judged)) if batch.row.is_some() || judged.iter().any(counts) => {
                self.cache
                    .put(doc, changed || judged.iter().any(newly_accepted));
            }
            (Some(_) | None, Ok(_) | Err(_)) => self.cache.forget(&batch.record),
        }
        judged
    }

    /// Admission, isolated: a panic inside it costs this record's batch only.
    pub(super) fn judged(
        &self,
        batch: &Batch<'_>,
        outside: OutsideRows,
        doc: &mut Option<RecordDoc>,
        incoming: &[Incoming<'_>],
    ) -> Result<Vec<Judged>, Trouble> {
        let waiting = self
            .torn(&batch.record)?
            .map_or_else(Vec::new, |(_, waiting)| waiting);
        let past = Outside {
            stuck: stuck(&waiting, &outside),
            waiting,
            rows: outside,
            directory: &self.directory,
        };
        let case = Case {
            record: batch.record,
            kind: batch.kind,
            scope: &batch.scope,
            definitions: &self.definitions,
            past: &past,
            now: self.now,
            grace_ms: self.options.grace_ms,
        };
        catch_unwind(AssertUnwindSafe(|| judge(doc, &case, incoming)))
            .map_err(|_| Trouble::Panicked)
    }

    /// Writes down what admission said and makes the answer.
    fn settle(&mut self, batch: &Batch<'_>, judged: &[Judged]) -> Result<RecordVerdicts, Trouble> {
        let positions = self.write_down(batch, judged, &Because::Arrived)?;
        self.count(judged);
        self.verdicts(&batch.record, judged, &positions)
    }

    /// Stages one entry for each run of one device; answers where each actor's changes are.
    pub(super) fn write_down(
        &mut self,
        batch: &Batch<'_>,
        judged: &[Judged],
        because: &Because,
    ) -> Result<BTreeMap<Actor, Position>, Trouble> {
        let heads = self.heads_of(&batch.record);
        let whole = batch.row.is_none() && judged.iter().all(newly_accepted);
        let document = batch.document.filter(|_| whole);
        // A record begins with its first accepted edit: a birth alone is nobody's.
        let begins = batch.row.is_some() || judged.iter().any(counts);
        let mut positions: BTreeMap<Actor, Position> = BTreeMap::new();
        let mut begun = false;
        for run in runs(judged, begins, *because == Because::Arrived) {
            let device = run.device.unwrap_or(self.node_id);
            let entry = LogEntry::Edits(Edits {
                record: batch.record,
                kind: batch.kind.as_str().to_owned(),
                scope: batch.scope.clone(),
                source: Source::Device { device },
                person: self.person_of(&device),
                time: self.now,
                policy: POLICY,
                because: because.clone(),
                chunk: run.chunk(document.filter(|_| run.is_all_of(judged))),
                accepted: ranges(&run.accepted),
                heads: heads.clone(),
                seals: seals_of(batch.seals, &run),
                kept: run.kept,
            });
            let position = match self.stage(entry) {
                Ok(position) => position,
                Err(trouble) => {
                    if begun {
                        // Its first runs name heads that this one would have brought.
                        self.failed();
                    }
                    return Err(trouble);
                }
            };
            begun = true;
            let actors = run.accepted.iter().map(|judged| judged.change.actor);
            positions.extend(actors.map(|actor| (actor, position)));
        }
        Ok(positions)
    }

    pub(super) fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.directory
            .device(device)
            .map(|device| device.person.clone())
    }

    /// Heads of the document in the cache; none when nothing was accepted yet.
    pub(super) fn heads_of(&mut self, record: &RecordId) -> Vec<ChangeHash> {
        let Some(doc) = self.cache.take(record) else {
            return Vec::new();
        };
        let heads = doc.heads().0.into_iter().collect();
        self.cache.put(doc, false);
        heads
    }

    /// The answer: receipts by actor, other verdicts one by one.
    fn verdicts(
        &self,
        record: &RecordId,
        judged: &[Judged],
        positions: &BTreeMap<Actor, Position>,
    ) -> Result<RecordVerdicts, Trouble> {
        let mut upto: BTreeMap<Actor, u64> = BTreeMap::new();
        let mut others = Vec::new();
        let mut missing = false;
        for judged in judged.iter().filter(|judged| !judged.birth) {
            let RawChange {
                actor, seq, hash, ..
            } = judged.change;
            match judged.ruling.verdict() {
                Some(Verdict::Accepted) => {
                    let highest = upto.entry(actor).or_insert(0);
                    *highest = (*highest).max(seq);
                }
                Some(verdict @ (Verdict::Refused(_) | Verdict::Held(_) | Verdict::Forked)) => {
                    others.push(OtherVerdict {
                        actor,
                        seq,
                        hash,
                        verdict: verdict.into(),
                    });
                }
                None => missing = true,
            }
        }
        let mut receipts = Vec::with_capacity(upto.len());
        for (actor, seq_max) in upto {
            let position = match positions.get(&actor) {
                Some(position) => Some(*position),
                None => self.stamped_at(record, &actor, seq_max)?,
            };
            receipts.extend(position.map(|position| Receipt {
                actor,
                seq_max,
                position,
            }));
        }
        Ok(RecordVerdicts {
            record: *record,
            receipts,
            others,
            missing,
        })
    }

    /// Where an accepted change is.
    fn stamped_at(
        &self,
        record: &RecordId,
        actor: &Actor,
        seq: u64,
    ) -> Result<Option<Position>, Trouble> {
        let prefix = keys::stamps(record, actor);
        let rows = self
            .index
            .scan(&prefix, &keys::stamp(record, actor, seq), 1)?;
        let Some((_, value)) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(rows::decoded::<StampRow>(value)?.position))
    }

    /// Keeps a batch that nobody here understands, without judging it.
    fn keep_all(
        &mut self,
        push: &RecordPush,
        changes: &[RawChange],
        scope: &Scope,
        verdict: Verdict,
    ) -> Result<RecordVerdicts, Trouble> {
        let known = self.outside_rows(&push.record)?;
        let fresh = changes
            .iter()
            .filter(|change| !known.contains_key(&change.hash));
        let kept: Vec<Kept> = fresh.map(|change| kept(change, verdict)).collect();
        if let Some(first) = kept.first() {
            let device = first.write.actor.device();
            self.stage(LogEntry::Edits(Edits {
                record: push.record,
                kind: kind_word(push.kind),
                scope: scope.clone(),
                source: Source::Device { device },
                person: self.person_of(&device),
                time: self.now,
                policy: POLICY,
                because: Because::Arrived,
                chunk: None,
                accepted: Vec::new(),
                heads: Vec::new(),
                seals: push.seals.clone(),
                kept,
            }))?;
        }
        Ok(all_refused(push.record, changes, verdict))
    }

    /// Bytes that are no changes: the seals name the edits, the bytes go to quarantine with the
    /// first of them.
    fn unreadable(
        &mut self,
        push: &RecordPush,
        row: Option<&RecordRow>,
        reason: Reason,
    ) -> Result<RecordVerdicts, Trouble> {
        let verdict = Verdict::Refused(reason);
        let scope = row
            .map(|row| row.scope.clone())
            .or_else(|| push.scope.clone());
        let mut bytes = push.chunk.parts().concat();
        let as_change = |seal: &Seal| RawChange {
            hash: seal.hash,
            actor: seal.actor,
            seq: seal.seq,
            bytes: std::mem::take(&mut bytes),
        };
        let named: Vec<RawChange> = push.seals.iter().map(as_change).collect();
        match scope {
            Some(scope) => self.keep_all(push, &named, &scope, verdict),
            None => Ok(all_refused(push.record, &named, verdict)),
        }
    }
}

fn missing(record: RecordId) -> RecordVerdicts {
    RecordVerdicts {
        record,
        receipts: Vec::new(),
        others: Vec::new(),
        missing: true,
    }
}

fn all_refused(record: RecordId, changes: &[RawChange], verdict: Verdict) -> RecordVerdicts {
    let others = changes
        .iter()
        .filter(|change| !change.is_birth())
        .map(|change| OtherVerdict {
            actor: change.actor,
            seq: change.seq,
            hash: change.hash,
            verdict: verdict.into(),
        })
        .collect();
    RecordVerdicts {
        record,
        receipts: Vec::new(),
        others,
        missing: false,
    }
}
