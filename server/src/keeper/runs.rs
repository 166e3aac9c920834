//! Dividing a judged batch into log entries: one for each run of one device's changes.
//!
//! Never changes a verdict.

use std::collections::BTreeSet;

use liandu_core::admission::{Judged, Ruling};
use liandu_core::id::{Actor, DeviceId};
use liandu_core::log::{Kept, NumberRange};
use liandu_core::protocol::update::Chunk;
use liandu_core::record::RawChange;
use liandu_core::record::path::WriteId;
use liandu_core::seal::Seal;
use liandu_core::verdict::{Reason, Verdict};

use super::Keeper;
use crate::index::Index;
use crate::journal::Disk;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Counts what is new of a judged batch.
    pub(super) fn count(&mut self, judged: &[Judged]) {
        for judged in judged.iter().filter(|judged| !judged.birth) {
            match judged.ruling {
                Ruling::Judged(Verdict::Accepted) => self.numbers.edits_accepted += 1,
                Ruling::Judged(verdict) => {
                    self.numbers.edits_kept += 1;
                    // Nobody knows that it is this device's.
                    if verdict == Verdict::Refused(Reason::NotSealed) {
                        continue;
                    }
                }
                Ruling::Duplicate(_) | Ruling::Missing => continue,
            }
            let device = judged.change.actor.device();
            *self.arrived.entry(device).or_default() += 1;
        }
    }
}

pub(super) fn kept(change: &RawChange, verdict: Verdict) -> Kept {
    Kept {
        write: WriteId {
            actor: change.actor,
            seq: change.seq,
        },
        hash: change.hash,
        verdict,
        bytes: change.bytes.clone(),
    }
}

/// Changes of one device that stand together: one entry.
#[derive(Default)]
pub(super) struct Run<'a> {
    pub(super) device: Option<DeviceId>,
    pub(super) accepted: Vec<&'a Judged>,
    pub(super) kept: Vec<Kept>,
}

impl Run<'_> {
    pub(super) fn is_all_of(&self, judged: &[Judged]) -> bool {
        self.accepted.len() == judged.len()
    }

    pub(super) fn chunk(&self, document: Option<&[u8]>) -> Option<Chunk> {
        if self.accepted.is_empty() {
            return None;
        }
        let single = || {
            self.accepted
                .iter()
                .map(|judged| judged.change.bytes.clone())
                .collect()
        };
        Some(document.map_or_else(
            || Chunk::Changes(single()),
            |document| Chunk::Doc(document.to_vec()),
        ))
    }
}

/// Divides a judged batch into runs of one device each; births go with what follows them. Where
/// the record does not begin, texts' births are kept with the edits that stand on them.
pub(super) fn runs(judged: &[Judged], begins: bool, with_bytes: bool) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut births: Vec<u8> = Vec::new();
    for judged in judged {
        let Ruling::Judged(verdict) = judged.ruling else {
            continue;
        };
        if judged.birth && !begins {
            if !judged.change.is_birth() {
                births.extend_from_slice(&judged.change.bytes);
            }
            continue;
        }
        let device = (!judged.birth).then(|| judged.change.actor.device());
        let fits = |run: &Run<'_>| device.is_none() || run.device.is_none() || run.device == device;
        if !runs.last().is_some_and(fits) {
            runs.push(Run::default());
        }
        let Some(run) = runs.last_mut() else { continue };
        run.device = run.device.or(device);
        match verdict {
            Verdict::Accepted => run.accepted.push(judged),
            Verdict::Refused(_) | Verdict::Held(_) | Verdict::Forked => {
                let mut kept = kept(&judged.change, verdict);
                if with_bytes {
                    births.append(&mut kept.bytes);
                    kept.bytes = std::mem::take(&mut births);
                } else {
                    kept.bytes = Vec::new();
                }
                run.kept.push(kept);
            }
        }
    }
    runs
}

/// Runs of consecutive numbers of each actor, births left out.
pub(super) fn ranges(accepted: &[&Judged]) -> Vec<NumberRange> {
    let numbers: BTreeSet<(Actor, u64)> = accepted
        .iter()
        .filter(|judged| !judged.birth)
        .map(|judged| (judged.change.actor, judged.change.seq))
        .collect();
    let mut ranges: Vec<NumberRange> = Vec::new();
    for (actor, seq) in numbers {
        match ranges.last_mut() {
            Some(last) if last.actor == actor && last.to.checked_add(1) == Some(seq) => {
                last.to = seq;
            }
            Some(_) | None => ranges.push(NumberRange {
                actor,
                from: seq,
                to: seq,
            }),
        }
    }
    ranges
}

/// The seals that vouch for a run's changes.
pub(super) fn seals_of(seals: &[Seal], run: &Run<'_>) -> Vec<Seal> {
    let accepted = run.accepted.iter().map(|judged| judged.change.actor);
    let kept = run.kept.iter().map(|kept| kept.write.actor);
    let actors: BTreeSet<Actor> = accepted.chain(kept).collect();
    seals
        .iter()
        .filter(|seal| actors.contains(&seal.actor))
        .cloned()
        .collect()
}

pub(super) fn newly_accepted(judged: &Judged) -> bool {
    judged.ruling == Ruling::Judged(Verdict::Accepted)
}

/// An edit, not a birth, that is accepted now.
pub(super) fn counts(judged: &Judged) -> bool {
    newly_accepted(judged) && !judged.birth
}
