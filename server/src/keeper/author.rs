//! Whose a change is: the key that must have sealed it and the person it is judged as.
//!
//! Never trusts the carrier: a change counts as its actor's device's, whoever brings it.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::admission::{Past, person_named};
use liandu_core::authority::Directory;
use liandu_core::id::{Actor, ChangeHash, DeviceId, PersonId, RecordId};
use liandu_core::limits::SEAL_STEPS_MAX;
use liandu_core::policy::Principal;
use liandu_core::record::RawChange;
use liandu_core::record::path::WriteId;
use liandu_core::seal::{EnrolmentCertificate, PublicKey, Seal};
use liandu_core::verdict::{Reason, Verdict};

use super::{Keeper, Trouble};
use crate::index::rows::{self, QuarantineRow};
use crate::index::{Index, IndexError, keys};
use crate::journal::Disk;

/// Edits of one record outside its document, and who devices belong to.
pub(super) struct Outside<'a> {
    pub(super) rows: BTreeMap<ChangeHash, (WriteId, QuarantineRow)>,
    /// What a torn record waits with: numbers that are taken.
    pub(super) waiting: Vec<RawChange>,
    /// Those of them that stand on something outside.
    pub(super) stuck: BTreeMap<ChangeHash, Verdict>,
    pub(super) directory: &'a Directory,
}

impl Past for Outside<'_> {
    fn verdict(&self, hash: &ChangeHash) -> Option<Verdict> {
        let outside = self.rows.get(hash).map(|(_, row)| row.verdict);
        outside.or_else(|| self.stuck.get(hash).copied())
    }

    fn number(&self, actor: &Actor, seq: u64) -> Option<ChangeHash> {
        let same = |(write, row): &(WriteId, QuarantineRow)| {
            // What its device never vouched for takes no number of it.
            let takes_none = [Verdict::Forked, Verdict::Refused(Reason::NotSealed)];
            write.actor == *actor && write.seq == seq && !takes_none.contains(&row.verdict)
        };
        let outside = self.rows.iter().find(|(_, row)| same(row));
        let named = |change: &&RawChange| change.actor == *actor && change.seq == seq;
        let waiting = || self.waiting.iter().find(named).map(|change| change.hash);
        outside.map(|(hash, _)| *hash).or_else(waiting)
    }

    fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.directory
            .device(device)
            .map(|device| device.person.clone())
    }
}

/// The edits of a record outside its document.
pub(super) type OutsideRows = BTreeMap<ChangeHash, (WriteId, QuarantineRow)>;

/// Whose a change is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Author {
    Device(DeviceId),
    Office(PersonId),
}

/// Which changes valid seals cover.
#[derive(Debug, Default)]
pub(super) struct Sealed {
    covered: BTreeSet<ChangeHash>,
    /// Ancestors looked at.
    steps: usize,
}

impl Sealed {
    pub(super) fn covers(&self, change: &RawChange) -> bool {
        self.covered.contains(&change.hash)
    }

    /// A seal vouches for the change it names and for that actor's earlier ones among its
    /// ancestors; not for whatever else somebody puts at an earlier number.
    fn cover(&mut self, seal: &Seal, incoming: &BTreeMap<ChangeHash, &RawChange>) {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![seal.hash];
        while let Some(hash) = ahead.pop() {
            self.steps += 1;
            if self.steps > SEAL_STEPS_MAX {
                return;
            }
            let Some(change) = incoming.get(&hash).filter(|_| seen.insert(hash)) else {
                continue;
            };
            if change.actor == seal.actor && change.seq <= seal.seq {
                self.covered.insert(hash);
            }
            ahead.extend(change.deps());
        }
    }
}

impl<D: Disk, I: Index> Keeper<D, I> {
    pub(super) fn outside_rows(&self, record: &RecordId) -> Result<OutsideRows, Trouble> {
        let mut found = BTreeMap::new();
        for (key, value) in rows::all(&self.index, &keys::quarantine_of(record))? {
            let (_, write, hash) = keys::read_quarantined(&key).ok_or(IndexError::Damaged)?;
            found.insert(hash, (write, rows::decoded(&value)?));
        }
        Ok(found)
    }

    /// The key that seals an actor's changes.
    pub(super) fn key_of(
        &self,
        actor: &Actor,
        vouched: Option<&EnrolmentCertificate>,
    ) -> Option<PublicKey> {
        let device = actor.device();
        if device == self.node_id {
            return Some(self.keys.node.public());
        }
        let known = self
            .directory
            .device(&device)
            .map(|device| PublicKey(device.key));
        known.or_else(|| vouched.filter(|c| c.device == device).map(|c| c.key))
    }

    /// Checks seals against keys, and against the changes they name.
    pub(super) fn sealed(
        &self,
        record: &RecordId,
        seals: &[Seal],
        incoming: &[RawChange],
        vouched: Option<&EnrolmentCertificate>,
    ) -> Sealed {
        let by_hash: BTreeMap<ChangeHash, &RawChange> = incoming
            .iter()
            .map(|change| (change.hash, change))
            .collect();
        let mut sealed = Sealed::default();
        for seal in seals {
            let names = |change: &&RawChange| change.actor == seal.actor && change.seq == seal.seq;
            let key = self.key_of(&seal.actor, vouched);
            let holds = |key: PublicKey| seal.verify(&key, &self.deployment, record).is_ok();
            if by_hash.get(&seal.hash).is_some_and(names) && key.is_some_and(holds) {
                sealed.cover(seal, &by_hash);
            }
        }
        sealed
    }

    /// The people behind a batch. Unknown devices have none.
    pub(super) fn principals<'a>(
        &self,
        changes: impl Iterator<Item = &'a RawChange>,
    ) -> BTreeMap<Author, Principal> {
        let mut found = BTreeMap::new();
        for change in changes {
            let author = self.author(change);
            if !found.contains_key(&author) {
                let principal = match &author {
                    Author::Device(device) => self.directory.principal_of_device(device),
                    Author::Office(person) => self.directory.principal(person),
                };
                found.extend(principal.map(|principal| (author, principal)));
            }
        }
        found
    }

    /// Whose a change is. An office edit that comes back to a server that lost it is the person's
    /// whom it names: the node's key sealed that.
    pub(super) fn author(&self, change: &RawChange) -> Author {
        let device = change.actor.device();
        let named = if device == self.node_id {
            person_named(change)
        } else {
            None
        };
        named.map_or(Author::Device(device), Author::Office)
    }
}
