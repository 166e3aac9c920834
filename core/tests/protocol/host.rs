//! A model of what stands behind a session: a log whose entries are single hashes.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{ChangeHash, Epoch, Position, RecordId, ScopeId};
use liandu_core::protocol::message::{
    Authority, Behind, Carry, CloseCode, Cursor, Digest, HeadsPage, OfficeAnswer, RecordHeads,
    Resume, ScopeDigest, Short, Tier,
};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{Answer, Compared, Known, Page};
use liandu_core::protocol::update::{
    Chunk, Receipt, RecordPush, RecordUpdate, RecordVerdicts, UpdateBody,
};
use liandu_core::record::DefinitionRef;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;

use super::samples::{actor, device_key, person};

pub(crate) type Content = BTreeMap<ScopeId, BTreeMap<RecordId, BTreeSet<ChangeHash>>>;

/// The server's log and what the host would do with it.
pub(crate) struct Host {
    pub(crate) epoch: Epoch,
    pub(crate) log: Vec<(ScopeId, RecordId, ChangeHash)>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) known: bool,
    pub(crate) escrow: bool,
    pub(crate) left_out: u64,
    pub(crate) answers: Vec<OfficeAnswer>,
    pub(crate) page_entries: usize,
    pub(crate) busy: bool,
    /// Admissions that are not answered before `answer_admissions`.
    pub(crate) slow: bool,
    pub(crate) pending: Vec<(u64, Vec<RecordPush>)>,
    pub(crate) definitions: Vec<(DefinitionRef, &'static str)>,
    pub(crate) authority: u64,
    pub(crate) kept: Vec<Authority>,
    pub(crate) pages_read: usize,
    pub(crate) closed: Vec<CloseCode>,
    /// What it was asked to open, not answered.
    pub(crate) delivered: Vec<Carry>,
    /// Numbers it was asked for, not answered.
    pub(crate) numbers_asked: Vec<Vec<RecordId>>,
}

impl Host {
    pub(crate) fn cursor(&self, position: u64) -> Cursor {
        let first = self.log.get(..position as usize).unwrap_or_default();
        let hash = first.iter().fold(self.epoch.0[0], |sum, entry| {
            sum.rotate_left(1) ^ entry.2.0[0] ^ entry.1.0[15]
        });
        Cursor {
            epoch: self.epoch,
            position: Position(position),
            hash: Short([hash; 8]),
        }
    }

    pub(crate) fn end(&self) -> Cursor {
        self.cursor(self.log.len() as u64)
    }

    pub(crate) fn append(&mut self, scope: &Scope, record: RecordId, hash: u8) {
        self.log.push((scope.id(), record, ChangeHash([hash; 32])));
    }

    pub(crate) fn content(&self) -> Content {
        let mut content = Content::new();
        for (scope, record, hash) in &self.log {
            content
                .entry(*scope)
                .or_default()
                .entry(*record)
                .or_default()
                .insert(*hash);
        }
        content
    }

    pub(crate) fn page(&mut self, after: &[Behind]) -> Page {
        self.pages_read += 1;
        let first = after.iter().map(|b| b.position.0).min().unwrap_or(0);
        let mut updates = Vec::new();
        let mut upto = first;
        for (index, (scope, record, hash)) in self.log.iter().enumerate().skip(first as usize) {
            let position = index as u64 + 1;
            let wanted = after
                .iter()
                .any(|b| b.scope == *scope && b.position.0 < position);
            if wanted && updates.len() == self.page_entries {
                break;
            }
            if wanted {
                updates.push(changed(*scope, *record, &[*hash]));
            }
            upto = position;
        }
        let bodies = if updates.is_empty() {
            vec![]
        } else {
            vec![Packed::pack(&updates).unwrap()]
        };
        Page {
            bodies,
            upto: self.cursor(upto),
            more: upto < self.log.len() as u64,
        }
    }

    pub(crate) fn known(&self, cursor: Option<Cursor>) -> Known {
        let resume = match cursor {
            Some(cursor) if cursor != self.cursor(cursor.position.0) => Resume::Repair,
            Some(cursor) if cursor.position.0 > self.log.len() as u64 => Resume::Repair,
            Some(_) | None => Resume::Ok,
        };
        Known {
            key: device_key().public(),
            person: person(),
            scopes: self.scopes.clone(),
            resume,
            at: self.end(),
            definitions: self
                .definitions
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            authority: Position(self.authority),
            escrow: self.escrow,
            left_out: self.left_out,
            answers: self.answers.clone(),
        }
    }

    pub(crate) fn admit(&mut self, records: &[RecordPush]) -> Answer {
        let mut answers = Vec::new();
        for push in records {
            let scope = push.scope.clone().unwrap().id();
            for hash in hashes(&push.chunk) {
                if !self.log.contains(&(scope, push.record, hash)) {
                    self.log.push((scope, push.record, hash));
                }
            }
            let position = Position(self.log.len() as u64);
            let receipt = Receipt {
                actor: actor(1),
                seq_max: 1,
                position,
            };
            answers.push(RecordVerdicts {
                record: push.record,
                receipts: vec![receipt],
                others: vec![],
                missing: false,
            });
        }
        let position = Position(self.log.len() as u64);
        Answer::Verdicts {
            position,
            tier: Tier::Fsynced,
            records: answers,
        }
    }

    pub(crate) fn differing(&self, digests: &[Digest]) -> Vec<ScopeId> {
        let content = self.content();
        let mine = digests_of(&content, self.scopes.iter().map(Scope::id));
        let same = |digest: &Digest| digests.contains(digest) || digest.count == 0;
        let differs = |digest: &&Digest| {
            !same(digest)
                || digests
                    .iter()
                    .any(|d| d.scope == digest.scope && d != *digest)
        };
        mine.iter()
            .filter(differs)
            .map(|digest| digest.scope)
            .collect()
    }

    /// Covers two records at a time, to exercise continuation.
    pub(crate) fn compare(&self, page: &HeadsPage) -> Compared {
        let told = |heads: &RecordHeads| page.after.is_none_or(|after| heads.record > after);
        assert!(
            page.records.iter().all(told),
            "only what is not covered yet"
        );
        let content = self.content();
        let mine = content.get(&page.scope).cloned().unwrap_or_default();
        let empty = BTreeSet::new();
        let asked = page.records.iter().map(|heads| heads.record);
        let in_range =
            |r: &RecordId| page.after.is_none_or(|a| *r > a) && page.to.is_none_or(|t| *r <= t);
        let all: BTreeSet<RecordId> = asked.chain(mine.keys().copied()).filter(in_range).collect();
        let (mut updates, mut want) = (Vec::new(), Vec::new());
        for record in all.iter().take(2) {
            let theirs = page.records.iter().find(|heads| heads.record == *record);
            let theirs: BTreeSet<ChangeHash> = theirs
                .map(|heads| heads.heads.iter().copied().collect())
                .unwrap_or_default();
            let ours = mine.get(record).unwrap_or(&empty);
            let lacks: Vec<ChangeHash> = ours.difference(&theirs).copied().collect();
            if !lacks.is_empty() {
                updates.push(changed(page.scope, *record, &lacks));
            }
            if !theirs.is_subset(ours) {
                want.push(RecordHeads {
                    record: *record,
                    heads: ours.iter().copied().collect(),
                });
            }
        }
        let bodies = if updates.is_empty() {
            vec![]
        } else {
            vec![Packed::pack(&updates).unwrap()]
        };
        let covered_to = if all.len() > 2 {
            all.iter().nth(1).copied()
        } else {
            None
        };
        Compared {
            bodies,
            want,
            covered_to,
        }
    }
}

pub(crate) fn changed(scope: ScopeId, record: RecordId, hashes: &[ChangeHash]) -> RecordUpdate {
    let changes = hashes.iter().map(|hash| hash.0.to_vec()).collect();
    let chunk = Chunk::Changes(changes);
    let body = UpdateBody::Changed {
        chunk,
        stamps: vec![],
        seals: vec![],
        whole: false,
    };
    RecordUpdate {
        record,
        kind: Kind::Problem.into(),
        scope,
        body,
    }
}

pub(crate) fn hashes(chunk: &Chunk) -> Vec<ChangeHash> {
    chunk
        .parts()
        .iter()
        .map(|part| ChangeHash::from_slice(part).unwrap())
        .collect()
}

pub(crate) fn digests_of(content: &Content, scopes: impl Iterator<Item = ScopeId>) -> Vec<Digest> {
    let digest = |scope: ScopeId| {
        let mut digest = ScopeDigest::default();
        let empty = BTreeMap::new();
        let records = content.get(&scope).unwrap_or(&empty);
        for (record, heads) in records {
            digest.toggle(record, &heads.iter().copied().collect::<Vec<_>>());
        }
        Digest {
            scope,
            count: records.len() as u64,
            digest,
        }
    };
    scopes.map(digest).collect()
}
