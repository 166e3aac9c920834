//! A stand-in for the server: real messages and real admission over maps in memory.
//!
//! Never durable and never fast: it exists to say to the engine what a server would.

mod members;

use std::collections::BTreeMap;

use liandu_core::admission::{
    Case, Definitions, Incoming, Judged, Past, Ruling, judge, open_chunks,
};
use liandu_core::campaign::hebei;
use liandu_core::id::*;
use liandu_core::policy::{Grant, Membership, Principal};
use liandu_core::protocol::digest::{definitions_digest, scopes_digest};
use liandu_core::protocol::frame::{Decoded, ToDevice, ToServer};
use liandu_core::protocol::message::*;
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::*;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamp;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::seal::{PublicKey, Seal, SecretKey};
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;

pub(crate) struct Kept {
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    pub(crate) doc: Option<RecordDoc>,
    pub(crate) outside: BTreeMap<ChangeHash, (Actor, u64, Verdict)>,
    stamps: Vec<Stamp>,
    seals: Vec<Seal>,
    changed: u64,
    erased: bool,
}

pub(crate) struct Office {
    pub(crate) deployment: DeploymentId,
    authority: SecretKey,
    pub(crate) server: SecretKey,
    pub(crate) definitions: Definitions,
    pub(crate) people: BTreeMap<PersonId, Principal>,
    devices: BTreeMap<DeviceId, (PublicKey, PersonId)>,
    pub(crate) records: BTreeMap<RecordId, Kept>,
    pub(crate) position: u64,
    pub(crate) epoch: Epoch,
    pub(crate) pushes: usize,
    /// Pushes are stored, their answers get lost.
    pub(crate) mute: bool,
    /// Enrolments and revocations, signed.
    statements: Vec<Vec<u8>>,
    /// Parts that were carried to it.
    pub(crate) delivered: usize,
    /// Numbers of problems; none: a server from before there were any.
    pub(crate) numbers: Option<BTreeMap<RecordId, u64>>,
    /// Questions for them.
    pub(crate) numbers_asked: usize,
}

/// One connection as the server sees it.
#[derive(Default)]
pub(crate) struct Line {
    device: Option<DeviceId>,
    cursor: u64,
    feeds: u64,
    in_repair: bool,
}

struct KeptPast<'a>(&'a Kept, &'a BTreeMap<DeviceId, (PublicKey, PersonId)>);

impl Past for KeptPast<'_> {
    fn verdict(&self, hash: &ChangeHash) -> Option<Verdict> {
        self.0.outside.get(hash).map(|(_, _, verdict)| *verdict)
    }
    fn number(&self, actor: &Actor, seq: u64) -> Option<ChangeHash> {
        let mut all = self.0.outside.iter();
        all.find(|(_, (a, s, v))| a == actor && *s == seq && *v != Verdict::Forked)
            .map(|(h, _)| *h)
    }
    fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.1.get(device).map(|(_, person)| person.clone())
    }
}

const NOW: Timestamp = Timestamp(1_600_000_000_000);

pub(crate) fn scope() -> Scope {
    "130123/g-17/group".parse().unwrap()
}

impl Office {
    pub(crate) fn new() -> Office {
        let mut definitions = Definitions::default();
        definitions.insert(hebei().unwrap());
        Office {
            deployment: DeploymentId([9; 16]),
            authority: SecretKey::from_bytes(&[8; 32]),
            server: SecretKey::from_bytes(&[7; 32]),
            definitions,
            people: BTreeMap::new(),
            devices: BTreeMap::new(),
            records: BTreeMap::new(),
            position: 0,
            epoch: Epoch([1; 8]),
            pushes: 0,
            mute: false,
            statements: Vec::new(),
            delivered: 0,
            numbers: None,
            numbers_asked: 0,
        }
    }

    /// Goes back to a backup from before the first record: another life of the log.
    pub(crate) fn lose_everything(&mut self) {
        self.records.clear();
        self.position = 0;
        self.epoch.0[0] += 1;
    }

    /// A member of the group.
    pub(crate) fn person(&mut self, code: &str) {
        let membership = Membership {
            group: GroupId::new("g-17").unwrap(),
            region: RegionCode::new("130123").unwrap(),
            until: None,
            lost_at: None,
        };
        let person = PersonId::new(code).unwrap();
        let groups = vec![membership];
        let principal = Principal {
            person: person.clone(),
            grants: Vec::<Grant>::new(),
            groups,
            revoked: false,
        };
        self.people.insert(person, principal);
    }

    fn cursor(&self) -> Cursor {
        let mut hash = [0; 8];
        hash.copy_from_slice(&self.position.to_be_bytes());
        Cursor {
            epoch: self.epoch,
            position: Position(self.position),
            hash: Short(hash),
        }
    }

    pub(crate) fn challenge(&self) -> Vec<u8> {
        let challenge = Challenge {
            nonce: Nonce([3; 32]),
            versions: vec![1],
            deployment: self.deployment,
            time: NOW,
        };
        ToDevice::from(challenge).encode().unwrap()
    }

    pub(crate) fn take(&mut self, line: &mut Line, frame: &[u8]) -> Vec<Vec<u8>> {
        let Ok(Decoded::Message(message)) = ToServer::decode(frame) else {
            panic!("a bad frame")
        };
        let out: Vec<ToDevice> = match message {
            ToServer::Enrol(enrol) => self.enrol(enrol),
            ToServer::Hello(hello) => self.hello(line, &hello),
            ToServer::Push(push) => self.push(line, &push),
            ToServer::Digests(_) => {
                line.in_repair = true;
                vec![
                    Differ {
                        scopes: vec![scope().id()],
                    }
                    .into(),
                ]
            }
            ToServer::Heads(page) => self.heads(line, &page),
            ToServer::Follow(_) => self.feed(line),
            ToServer::Carry(carry) => vec![self.deliver(&carry).into()],
            ToServer::WantNumbers(want) => self.numbers(&want.records),
            ToServer::Got(_) | ToServer::WantDefinitions(_) | ToServer::Authority(_) => Vec::new(),
        };
        out.into_iter()
            .map(|message| message.encode().unwrap())
            .collect()
    }

    fn hello(&mut self, line: &mut Line, hello: &Hello) -> Vec<ToDevice> {
        line.device = Some(hello.device);
        let known = hello
            .cursor
            .is_none_or(|c| c.epoch == self.epoch && c.position.0 <= self.position);
        line.cursor = hello
            .cursor
            .filter(|_| known)
            .map_or(0, |cursor| cursor.position.0);
        let feed = self.records.values().any(|kept| kept.changed > line.cursor);
        let scopes = scopes_digest(&std::collections::BTreeSet::from([scope().id()]));
        let welcome = Welcome {
            resume: if known { Resume::Ok } else { Resume::Repair },
            at: self.cursor(),
            feed: feed && known,
            time: NOW,
            allowed: Allowed {
                window: 8,
                frame_bytes: 1 << 20,
            },
            scopes: (hello.scopes != scopes).then(|| vec![scope()]),
            definitions: None,
            authority: self.last_statement(),
            person: self.devices[&hello.device].1.clone(),
            escrow: None,
            left_out: None,
        };
        let _ = definitions_digest(std::iter::empty());
        let mut out = vec![welcome.into()];
        out.extend(self.statements_after(hello.authority));
        if known && feed {
            out.extend(self.feed(line));
        }
        out
    }

    /// Everything after the line's cursor.
    pub(crate) fn feed(&mut self, line: &mut Line) -> Vec<ToDevice> {
        if line.device.is_none() || line.in_repair {
            return Vec::new();
        }
        let moved = self
            .records
            .iter()
            .filter(|(_, kept)| kept.changed > line.cursor);
        let updates: Vec<RecordUpdate> = moved.filter_map(|(id, kept)| update(id, kept)).collect();
        if updates.is_empty() && line.cursor == self.position {
            return Vec::new();
        }
        line.cursor = self.position;
        line.feeds += 1;
        let updates = Packed::pack(&updates).unwrap();
        let upto = Some(self.cursor());
        vec![
            Feed {
                number: line.feeds,
                updates,
                upto,
                more: false,
            }
            .into(),
        ]
    }

    fn heads(&mut self, line: &mut Line, page: &HeadsPage) -> Vec<ToDevice> {
        let mut want = Vec::new();
        for theirs in &page.records {
            let ours = self
                .records
                .get(&theirs.record)
                .and_then(|kept| kept.doc.as_ref());
            let lacks = theirs
                .heads
                .iter()
                .any(|head| !ours.is_some_and(|doc| doc.contains(head)));
            if lacks {
                let heads = ours.map(|doc| doc.heads().0.into_iter().collect());
                want.push(RecordHeads {
                    record: theirs.record,
                    heads: heads.unwrap_or_default(),
                });
            }
        }
        line.in_repair = false;
        line.cursor = 0;
        let mut out = vec![
            Want {
                page: page.page,
                records: want,
            }
            .into(),
        ];
        if self.records.is_empty() {
            line.feeds += 1;
            let updates = Packed::pack(&Vec::<RecordUpdate>::new()).unwrap();
            let upto = Some(self.cursor());
            out.push(
                Feed {
                    number: line.feeds,
                    updates,
                    upto,
                    more: false,
                }
                .into(),
            );
        } else {
            out.extend(self.feed(line));
        }
        out
    }

    fn push(&mut self, line: &mut Line, push: &Push) -> Vec<ToDevice> {
        self.pushes += 1;
        let records: Vec<RecordPush> = push.records.unpack::<_, 256>().unwrap();
        let verdicts: Vec<RecordVerdicts> = records.iter().map(|one| self.admit(one)).collect();
        if self.mute {
            return Vec::new();
        }
        let verdicts = Verdicts {
            batch: push.batch,
            position: Position(self.position),
            time: NOW,
            tier: Tier::Fsynced,
            records: Packed::pack(&verdicts).unwrap(),
        };
        let mut out = vec![verdicts.into()];
        out.extend(self.feed(line));
        out
    }

    /// Judges one record's changes as the real server does.
    pub(crate) fn admit(&mut self, push: &RecordPush) -> RecordVerdicts {
        let changes = open_chunks(&push.chunk.parts()).unwrap();
        let fresh = Kept {
            kind: push.kind.known().unwrap(),
            scope: push.scope.clone().unwrap_or_else(scope),
            doc: None,
            outside: BTreeMap::new(),
            stamps: Vec::new(),
            seals: Vec::new(),
            changed: 0,
            erased: false,
        };
        let mut kept = self.records.remove(&push.record).unwrap_or(fresh);
        let mut doc = kept.doc.take();
        let incoming: Vec<Incoming<'_>> = changes
            .iter()
            .map(|change| {
                let author = self.devices.get(&change.actor.device());
                let sealed = author.is_some_and(|(key, _)| {
                    push.seals.iter().any(|seal| {
                        seal.actor == change.actor
                            && seal.seq >= change.seq
                            && seal.verify(key, &self.deployment, &push.record).is_ok()
                    })
                });
                let by = author.and_then(|(_, person)| self.people.get(person));
                Incoming {
                    change: change.clone(),
                    sealed,
                    by,
                }
            })
            .collect();
        let past = KeptPast(&kept, &self.devices);
        let case = Case {
            record: push.record,
            kind: kept.kind,
            scope: &kept.scope,
            definitions: &self.definitions,
            past: &past,
            now: NOW,
            grace_ms: 0,
        };
        let judged = judge(&mut doc, &case, &incoming);
        kept.doc = doc;
        let answer = self.answer(push, &mut kept, &judged);
        self.records.insert(push.record, kept);
        answer
    }

    /// Writes down what was decided and says it.
    fn answer(&mut self, push: &RecordPush, kept: &mut Kept, judged: &[Judged]) -> RecordVerdicts {
        let mut answer = RecordVerdicts {
            record: push.record,
            receipts: Vec::new(),
            others: Vec::new(),
            missing: false,
        };
        let mut news = false;
        for one in judged.iter().filter(|one| !one.birth) {
            let (actor, seq, hash) = (one.change.actor, one.change.seq, one.change.hash);
            match one.ruling {
                Ruling::Missing => answer.missing = true,
                Ruling::Judged(Verdict::Accepted) | Ruling::Duplicate(Verdict::Accepted) => {
                    if matches!(one.ruling, Ruling::Judged(_)) && !news {
                        news = true;
                        self.position += 1;
                    }
                    let position = Position(self.position);
                    answer.receipts.retain(|r: &Receipt| r.actor != actor);
                    answer.receipts.push(Receipt {
                        actor,
                        seq_max: seq,
                        position,
                    });
                    if matches!(one.ruling, Ruling::Judged(_)) {
                        let person = self.devices.get(&actor.device()).map(|(_, p)| p.clone());
                        let stamp = Stamp {
                            actor,
                            seq_max: seq,
                            position,
                            time: NOW,
                            person,
                        };
                        kept.stamps.push(stamp);
                    }
                }
                Ruling::Judged(verdict) | Ruling::Duplicate(verdict) => {
                    kept.outside.insert(hash, (actor, seq, verdict));
                    answer.others.push(OtherVerdict {
                        actor,
                        seq,
                        hash,
                        verdict: verdict.into(),
                    });
                }
            }
        }
        if news {
            kept.changed = self.position;
            kept.seals.extend(push.seals.iter().cloned());
        }
        answer
    }

    pub(crate) fn erase(&mut self, record: &RecordId) {
        self.position += 1;
        let kept = self.records.get_mut(record).unwrap();
        kept.erased = true;
        kept.changed = self.position;
    }

    /// The office lets a quarantined change in.
    pub(crate) fn release(&mut self, record: &RecordId, change: &RawChange) {
        self.position += 1;
        let kept = self.records.get_mut(record).unwrap();
        kept.outside.remove(&change.hash);
        kept.doc
            .as_mut()
            .unwrap()
            .absorb(std::slice::from_ref(change))
            .unwrap();
        kept.changed = self.position;
        kept.stamps.push(Stamp {
            actor: change.actor,
            seq_max: change.seq,
            position: Position(self.position),
            time: NOW,
            person: None,
        });
    }

    /// The record is this now, by hands the stand-in does not have.
    pub(crate) fn replace(&mut self, record: &RecordId, doc: RecordDoc) {
        self.position += 1;
        let kept = self.records.get_mut(record).unwrap();
        kept.doc = Some(doc);
        kept.changed = self.position;
    }

    pub(crate) fn doc(&self, record: &RecordId) -> &RecordDoc {
        self.records[record].doc.as_ref().unwrap()
    }
}

fn update(id: &RecordId, kept: &Kept) -> Option<RecordUpdate> {
    let body = if kept.erased {
        UpdateBody::Erased {
            reason: "依法删除".to_owned(),
        }
    } else {
        UpdateBody::Changed {
            chunk: Chunk::Doc(kept.doc.as_ref()?.save()),
            stamps: kept.stamps.clone(),
            seals: kept.seals.clone(),
            whole: true,
        }
    };
    Some(RecordUpdate {
        record: *id,
        kind: AnyKind::Known(kept.kind),
        scope: kept.scope.id(),
        body,
    })
}
