//! What a connection asks when a device says hello, and in a repair.
//!
//! Never writes.

use std::collections::BTreeMap;

use liandu_core::id::{ChangeHash, DeviceId, PersonId, Position, RecordId, ScopeId};
use liandu_core::protocol::message::{Cursor, Digest, HeadsPage, RecordHeads, Resume};
use liandu_core::protocol::session::Known;
use liandu_core::protocol::update::{AnyKind, Chunk, RecordUpdate, UpdateBody};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::{Heads, RecordDoc};
use liandu_core::seal::{EnrolmentCertificate, PublicKey};

use super::feed::Reach;
use super::{Keeper, Trouble};
use crate::index::Index;
use crate::index::rows::RecordRow;
use crate::journal::Disk;

/// Bytes of updates in one answer to a page of heads.
const COMPARE_BYTES: usize = 2 << 20;

/// What a device lacks of a page of heads, and what the server lacks.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Difference {
    /// For the device.
    pub updates: Vec<RecordUpdate>,
    /// What the device should push, with the heads known here.
    pub want: Vec<RecordHeads>,
    /// The last record covered, when it was not the page's last.
    pub covered_to: Option<RecordId>,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// What is known of a device that says hello. One that is not known here shows the
    /// authority's word for its key and person.
    pub fn greet(
        &self,
        device: &DeviceId,
        cursor: Option<&Cursor>,
        certificate: Option<&EnrolmentCertificate>,
    ) -> Option<Known> {
        let known = self.directory.device(device);
        let (key, person, escrow) = match known {
            Some(known) => {
                let revoked = self.directory.principal_of_device(device);
                let revoked = revoked.is_none_or(|principal| principal.revoked);
                (PublicKey(known.key), known.person.clone(), revoked)
            }
            None => {
                let fits = |c: &&EnrolmentCertificate| c.device == *device && self.vouches(c);
                let certificate = certificate.filter(fits)?;
                (certificate.key, certificate.person.clone(), false)
            }
        };
        let reach = if escrow || known.is_none() {
            Reach::default()
        } else {
            self.scopes_of_person(&person)
        };
        let Reach { scopes, left_out } = reach;
        let home = self.directory.person(&person);
        let home = home.map(|person| person.region.clone());
        let regions = scopes.iter().map(|scope| scope.region.clone()).chain(home);
        let definitions = self.definition_names(&regions.collect());
        let resume = match cursor {
            Some(cursor) if !self.knows(cursor) => Resume::Repair,
            Some(_) | None => Resume::Ok,
        };
        Some(Known {
            key,
            scopes,
            resume,
            at: self.cursor(),
            definitions,
            authority: self.statements_end(&person),
            person,
            escrow,
            left_out,
            answers: Vec::new(),
        })
    }

    /// Position of the last statement that concerns a person's devices.
    pub fn statements_end(&self, person: &PersonId) -> Position {
        let positions = self.directory.statements(person, Position(0));
        positions.last().copied().unwrap_or_default()
    }

    /// The scopes whose content differs from a device's; those it does not name are empty there.
    pub fn differing(&self, scopes: &[Scope], digests: &[Digest]) -> Vec<ScopeId> {
        let theirs: BTreeMap<ScopeId, &Digest> = digests
            .iter()
            .map(|digest| (digest.scope, digest))
            .collect();
        let differs = |scope: &ScopeId| {
            let ours = self.scope_digest(scope);
            match theirs.get(scope) {
                Some(theirs) => ours != **theirs,
                None => ours.count > 0,
            }
        };
        let mut ids: Vec<ScopeId> = scopes.iter().map(Scope::id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter(differs).collect()
    }

    /// What was read, if it can be relied on. If not, the log is closed or the index to be
    /// mended by the next commit: what a device is told meanwhile it would take for all there is.
    pub fn soundly<T>(&self, read: impl FnOnce(&Self) -> T) -> Option<T> {
        let read = read(self);
        self.is_sound().then_some(read)
    }

    /// Whether log and index are whole.
    pub fn is_sound(&self) -> bool {
        self.journal.is_some() && !self.suspect.get() && !self.index_broken
    }

    /// Compares a page of heads record by record, up to a bounded answer.
    pub fn compare(&self, page: &HeadsPage) -> Difference {
        let within = |record: &RecordId| {
            page.after.is_none_or(|after| *record > after) && page.to.is_none_or(|to| *record <= to)
        };
        let mut all: BTreeMap<RecordId, (Vec<ChangeHash>, Vec<ChangeHash>)> = BTreeMap::new();
        for theirs in page.records.iter().filter(|theirs| within(&theirs.record)) {
            all.entry(theirs.record)
                .or_default()
                .0
                .clone_from(&theirs.heads);
        }
        for ours in self.scope_heads(&page.scope) {
            if within(&ours.record) {
                all.entry(ours.record).or_default().1 = ours.heads;
            }
        }
        let mut difference = Difference::default();
        let mut bytes = 0;
        for (record, (theirs, ours)) in all {
            if bytes >= COMPARE_BYTES {
                return difference;
            }
            let found = self.compare_one(&page.scope, record, &theirs, ours);
            // What the disk or the index does not give is noted: the caller asks again then. A
            // record that does not load is left to `check`, the others go on.
            let (updates, want) = self.noted(found).unwrap_or_default();
            bytes += updates.iter().map(super::feed::update_bytes).sum::<usize>();
            difference.updates.extend(updates);
            difference.want.extend(want);
            difference.covered_to = Some(record);
        }
        difference.covered_to = None;
        difference
    }

    fn compare_one(
        &self,
        scope: &ScopeId,
        record: RecordId,
        theirs: &[ChangeHash],
        ours: Vec<ChangeHash>,
    ) -> Result<(Vec<RecordUpdate>, Option<RecordHeads>), Trouble> {
        let row = self.record_row(&record)?;
        let update = |row: &RecordRow, body| RecordUpdate {
            record,
            kind: Kind::parse(&row.kind).map_or(AnyKind::Newer(0), AnyKind::Known),
            scope: *scope,
            body,
        };
        match row {
            None => Ok((
                Vec::new(),
                Some(RecordHeads {
                    record,
                    heads: Vec::new(),
                }),
            )),
            Some(row) if row.erased.is_some() => {
                let reason = row.erased.clone().unwrap_or_default();
                Ok((vec![update(&row, UpdateBody::Erased { reason })], None))
            }
            Some(row) if row.scope.id() != *scope => {
                Ok((vec![update(&row, UpdateBody::Left {})], None))
            }
            Some(_) if theirs.is_empty() => Ok((self.record_updates(&record), None)),
            Some(row) => self.compare_heads(update, &row, record, theirs, ours),
        }
    }

    fn compare_heads(
        &self,
        update: impl Fn(&RecordRow, UpdateBody) -> RecordUpdate,
        row: &RecordRow,
        record: RecordId,
        theirs: &[ChangeHash],
        mut ours: Vec<ChangeHash>,
    ) -> Result<(Vec<RecordUpdate>, Option<RecordHeads>), Trouble> {
        let mut sorted = theirs.to_vec();
        sorted.sort_unstable();
        ours.sort_unstable();
        if sorted == ours {
            return Ok((Vec::new(), None));
        }
        let parts = self.parts(&record)?;
        let doc = match self.torn(&record)? {
            Some((doc, _)) => doc,
            None => RecordDoc::load(record, &parts.chunks())?,
        };
        if theirs.iter().any(|head| !doc.contains(head)) {
            let want = RecordHeads {
                record,
                heads: ours,
            };
            return Ok((self.record_updates(&record), Some(want)));
        }
        let lacks = doc.raw_since(&Heads(theirs.iter().copied().collect()));
        let body = UpdateBody::Changed {
            chunk: Chunk::Changes(lacks.into_iter().map(|change| change.bytes).collect()),
            stamps: parts.stamps,
            seals: parts.seals.into_values().collect(),
            whole: false,
        };
        Ok((vec![update(row, body)], None))
    }
}
