//! A small world for tests: a keeper on a simulated disk, offices, phones.

use liandu_core::id::{
    Actor, ChangeHash, DeviceId, GroupId, PersonId, Position, RecordId, RegionCode,
};
use liandu_core::log::{AccountSet, GrantEntry, GroupRow, MembershipRow, PersonRow};
use liandu_core::protocol::message::Enrol;
use liandu_core::protocol::update::{Chunk, RecordPush, RecordVerdicts};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::{Author, DefinitionRef, EditError, RawChange, RecordDoc};
use liandu_core::seal::{Seal, SecretKey, SignatureBytes};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};
use sha2::{Digest, Sha256};

use crate::index::memory::MemoryIndex;
use crate::journal::{self, SimDisk};
use crate::keeper::ask::{ActError, AuthorityAct, OfficeAct, OfficeUser};
use crate::keeper::recover::Start;
use crate::keeper::{Answer, Keeper, Keys, Options, Ticket};
use crate::packs::MemoryPacks;

pub(super) type TestKeeper = Keeper<SimDisk, MemoryIndex>;

pub(super) const AUTHORITY_KEY: u8 = 2;
pub(super) const NOW: Timestamp = Timestamp(1_592_524_800_000);

pub(super) fn region(code: &str) -> RegionCode {
    RegionCode::new(code).unwrap()
}

pub(super) fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

pub(super) fn scope(group: &str) -> Scope {
    format!("130123/{group}/group").parse().unwrap()
}

pub(super) fn office() -> OfficeUser {
    OfficeUser {
        user: "office".to_owned(),
        session: "s".to_owned(),
        person: person("office-1"),
    }
}

fn campaign(version: u32, extra: &str) -> Vec<u8> {
    let field = |id: &str| {
        format!(
            r#"{{"id":"{id}","label":{{"zh":"项","en":"item"}},"section":"finding","value":"text"}}"#
        )
    };
    let mut fields = vec![field("title"), field("domain")];
    if !extra.is_empty() {
        fields.push(field(extra));
    }
    let text = |id: &str| {
        format!(r#"{{"id":"{id}","label":{{"zh":"文","en":"text"}},"section":"finding"}}"#)
    };
    format!(
        r#"{{"id":"test","version":{version},"name":{{"zh":"试","en":"test"}},
        "kinds":[{{"id":"problem","fields":[{}],"texts":[{},{}],"collections":[]}}]}}"#,
        fields.join(","),
        text("description"),
        text("extra_text"),
    )
    .into_bytes()
}

pub(super) fn campaign_one() -> Vec<u8> {
    campaign(1, "")
}

pub(super) fn campaign_two() -> Vec<u8> {
    campaign(2, "colour")
}

pub(super) struct World {
    pub(super) disk: SimDisk,
    pub(super) keeper: TestKeeper,
    pub(super) packs: MemoryPacks,
    seed: u8,
}

fn keys() -> Keys {
    Keys {
        node: SecretKey::from_bytes(&[1; 32]),
        authority: SecretKey::from_bytes(&[AUTHORITY_KEY; 32]),
    }
}

fn options() -> Options {
    Options {
        journal: journal::Options {
            segment_bytes_max: 32 << 10,
            reserve_bytes: 1 << 10,
        },
        cache_bytes_max: 1 << 20,
        grace_ms: 1_000,
    }
}

pub(super) fn open(disk: &SimDisk, index: MemoryIndex, seed: u8) -> TestKeeper {
    open_with(disk, index, &MemoryPacks::new(), seed)
}

fn open_with(disk: &SimDisk, index: MemoryIndex, packs: &MemoryPacks, seed: u8) -> TestKeeper {
    let disk = disk.clone();
    let start = Start {
        options: options(),
        keys: keys(),
        now: NOW,
        seed: [seed; 32],
        restored: false,
    };
    let packs = Box::new(packs.clone());
    Keeper::open_with_packs(Box::new(move || Ok(disk.clone())), index, packs, start).unwrap()
}

impl World {
    /// Two groups, two representatives in the first and one in the second, an office.
    pub(super) fn new() -> World {
        let disk = SimDisk::new();
        let packs = MemoryPacks::new();
        let keeper = open_with(&disk, MemoryIndex::new(), &packs, 1);
        let mut world = World {
            disk,
            keeper,
            packs,
            seed: 1,
        };
        world.act(AuthorityAct::Definition(campaign_one())).unwrap();
        let group = |code: &str| GroupRow {
            code: GroupId::new(code).unwrap(),
            name: code.to_owned(),
            region: region("130123"),
            domain: None,
            kind: String::new(),
        };
        world
            .act(AuthorityAct::Groups(vec![group("g1"), group("g2")]))
            .unwrap();
        world.members(&[("rep-1", &["g1"]), ("rep-2", &["g1"]), ("rep-3", &["g2"])]);
        let account = AccountSet {
            user: "office".to_owned(),
            person: person("office-1"),
            name: "人大办".to_owned(),
            region: region("130123"),
            password: None,
            disabled: false,
            by: String::new(),
            time: NOW,
        };
        world.act(AuthorityAct::Account(account)).unwrap();
        let role = "congress-office".to_owned();
        let grants = vec![GrantEntry {
            role,
            region: region("130100"),
            unit: None,
        }];
        world
            .act(AuthorityAct::Grants {
                person: person("office-1"),
                grants,
            })
            .unwrap();
        world
    }

    pub(super) fn members(&mut self, people: &[(&str, &[&str])]) {
        let row = |(code, groups): &(&str, &[&str])| PersonRow {
            code: person(code),
            name: (*code).to_owned(),
            level: "county".to_owned(),
            region: region("130123"),
            memberships: groups
                .iter()
                .map(|group| MembershipRow {
                    group: GroupId::new(group).unwrap(),
                    member_kind: "deputy".to_owned(),
                    leader: false,
                })
                .collect(),
            roles: Vec::new(),
        };
        self.act(AuthorityAct::People(people.iter().map(row).collect()))
            .unwrap();
    }

    pub(super) fn commit_one(&mut self, ticket: Ticket) -> Answer {
        let answers = self.keeper.commit(NOW);
        answers.into_iter().find(|(of, _)| *of == ticket).unwrap().1
    }

    pub(super) fn act(&mut self, act: AuthorityAct) -> Result<Position, ActError> {
        let ticket = self.keeper.act(NOW, &office(), act)?;
        match self.commit_one(ticket) {
            Answer::Acted(position) => Ok(position),
            Answer::Failed(error) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn phone(&mut self, number: u8, of: &str) -> Phone {
        let code = format!("code-{number}");
        let mut code_hash = [0; 32];
        code_hash.copy_from_slice(&Sha256::digest(code.as_bytes()));
        let invite = AuthorityAct::Invite {
            code_hash,
            typed_hash: None,
            person: person(of),
            expires: NOW.plus_ms(1),
        };
        self.act(invite).unwrap();
        let phone = Phone::new(number, self.keeper.deployment());
        let (ticket, _) = self.keeper.enrol(NOW, &phone.enrol(&code)).unwrap();
        assert!(matches!(self.commit_one(ticket), Answer::Acted(_)));
        phone
    }

    pub(super) fn push_all(&mut self, pushes: &[RecordPush]) -> Answer {
        let ticket = self.keeper.push(NOW, None, pushes);
        self.commit_one(ticket)
    }

    pub(super) fn push(&mut self, push: &RecordPush) -> RecordVerdicts {
        match self.push_all(std::slice::from_ref(push)) {
            Answer::Pushed(pushed) => pushed.records.into_iter().next().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn edit(&mut self, act: &OfficeAct) -> Result<Answer, ActError> {
        let ticket = self.keeper.edit(NOW, &office(), act)?;
        Ok(self.commit_one(ticket))
    }

    /// The power goes and comes back; the index is lost or as old as the caller says.
    pub(super) fn crash(&mut self, chance: u64, index: MemoryIndex) {
        self.disk.crash(chance);
        self.restart(index);
    }

    pub(super) fn restart(&mut self, index: MemoryIndex) {
        self.seed += 1;
        self.keeper = open_with(&self.disk, index, &self.packs, self.seed);
    }

    pub(super) fn doc(&self, record: RecordId) -> Option<RecordDoc> {
        let parts = self.keeper.record(&record)?;
        let chunks: Vec<&[u8]> = parts.chunks.iter().map(Vec::as_slice).collect();
        Some(RecordDoc::load(record, &chunks).unwrap())
    }

    pub(super) fn holds(&self, record: RecordId, hash: &ChangeHash) -> bool {
        self.doc(record).is_some_and(|doc| doc.contains(hash))
    }
}

pub(super) struct Phone {
    pub(super) device: DeviceId,
    pub(super) key: SecretKey,
    deployment: liandu_core::id::DeploymentId,
    starts: u8,
    version: u32,
}

pub(super) fn set(field: &str, value: &str) -> Edit {
    Edit::set(format!("f/{field}").parse().unwrap(), Value::text(value))
}

pub(super) fn creation(title: &str) -> Edit {
    let write = |at: &str, value: &str| Write {
        path: at.parse().unwrap(),
        value: Value::text(value),
    };
    Edit::Create {
        writes: vec![write("f/title", title), write("f/domain", "land")],
        texts: vec![("description".parse().unwrap(), "村东".to_owned())],
    }
}

impl Phone {
    pub(super) fn new(number: u8, deployment: liandu_core::id::DeploymentId) -> Phone {
        Phone {
            device: DeviceId([number; 8]),
            key: SecretKey::from_bytes(&[number; 32]),
            deployment,
            starts: 0,
            version: 1,
        }
    }

    pub(super) fn updated(mut self) -> Phone {
        self.version = 2;
        self
    }

    pub(super) fn enrol(&self, code: &str) -> Enrol {
        Enrol {
            version: 1,
            invitation: code.to_owned(),
            device: self.device,
            key: self.key.public(),
            label: String::new(),
            // The session has checked it.
            signature: SignatureBytes([0; 64]),
        }
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::of(&self.device, [self.starts; 8])
    }

    pub(super) fn fresh(&mut self) {
        self.starts += 1;
    }

    pub(super) fn new_record(&self, id: u8) -> RecordDoc {
        RecordDoc::birth(RecordId([id; 16]), Kind::Problem).unwrap()
    }

    pub(super) fn apply(
        &mut self,
        doc: &mut RecordDoc,
        edit: &Edit,
    ) -> Result<RawChange, EditError> {
        let seen = doc.heads();
        let author = Author {
            actor: self.actor(),
            person: None,
            behalf: None,
            definition: DefinitionRef {
                campaign: "test".parse().unwrap(),
                version: self.version,
            },
            authority: Position(1_000),
        };
        doc.apply(edit, &author, &seen, NOW).map(|made| made.change)
    }

    pub(super) fn seal(&self, record: RecordId, change: &RawChange) -> Seal {
        let RawChange {
            actor, seq, hash, ..
        } = change;
        Seal::sign(&self.key, &self.deployment, &record, *actor, *seq, *hash)
    }

    /// The whole record as one document chunk.
    pub(super) fn push_doc(&self, doc: &RecordDoc, scope: &Scope) -> RecordPush {
        let last = doc
            .raw_all()
            .into_iter()
            .rfind(|change| change.actor == self.actor());
        RecordPush {
            record: doc.id(),
            kind: Kind::Problem.into(),
            scope: Some(scope.clone()),
            chunk: Chunk::Doc(doc.save()),
            seals: last
                .iter()
                .map(|change| self.seal(doc.id(), change))
                .collect(),
        }
    }

    pub(super) fn push_changes(
        &self,
        record: RecordId,
        scope: Option<&Scope>,
        changes: &[RawChange],
    ) -> RecordPush {
        let last = changes.iter().rfind(|change| change.actor == self.actor());
        RecordPush {
            record,
            kind: Kind::Problem.into(),
            scope: scope.cloned(),
            chunk: Chunk::Changes(changes.iter().map(|change| change.bytes.clone()).collect()),
            seals: last
                .iter()
                .map(|change| self.seal(record, change))
                .collect(),
        }
    }
}

pub(super) fn verdict(answer: &RecordVerdicts) -> Verdict {
    let other = answer
        .others
        .first()
        .expect("another verdict than accepted");
    match other.verdict {
        liandu_core::protocol::update::AnyVerdict::Known(verdict) => verdict,
        other => panic!("{other:?}"),
    }
}

pub(super) fn refused(answer: &RecordVerdicts) -> Reason {
    match verdict(answer) {
        Verdict::Refused(reason) => reason,
        other => panic!("{other:?}"),
    }
}
