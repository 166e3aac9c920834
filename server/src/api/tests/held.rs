//! Quarantine through the API: what a phone may not write, seen, released and answered.

use liandu_core::id::{Actor, DeviceId, GroupId, PersonId, Position, RecordId};
use liandu_core::log::{GroupRow, MembershipRow, PersonRow};
use liandu_core::policy::Role;
use liandu_core::protocol::message::Enrol;
use liandu_core::protocol::update::{Chunk, RecordPush};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_core::record::{Author, DefinitionRef, RecordDoc};
use liandu_core::seal::{Seal, SecretKey, SignatureBytes};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::world::{World, admin};
use crate::engine::{AuthorityAct, now};
use crate::keeper::Answer;

pub(super) struct Phone {
    pub(super) device: DeviceId,
    pub(super) key: SecretKey,
    actor: Actor,
}

impl Phone {
    /// A representative's phone in group g-1 of 130502.
    pub(super) async fn new(world: &World) -> Phone {
        let region: liandu_core::id::RegionCode = "130502".parse().unwrap();
        let (group, person) = (
            GroupId::new("g-1").unwrap(),
            PersonId::new("rep-1").unwrap(),
        );
        let groups = vec![GroupRow {
            code: group.clone(),
            name: "一组".to_owned(),
            region: region.clone(),
            domain: None,
            kind: String::new(),
        }];
        world
            .engine
            .act(admin(), AuthorityAct::Groups(groups))
            .await
            .unwrap();
        let membership = MembershipRow {
            group,
            member_kind: String::new(),
            leader: false,
        };
        let people = vec![PersonRow {
            code: person.clone(),
            name: "李代表".to_owned(),
            level: String::new(),
            region,
            memberships: vec![membership],
            roles: Vec::new(),
        }];
        world
            .engine
            .act(admin(), AuthorityAct::People(people))
            .await
            .unwrap();
        let code_hash = Sha256::digest(b"code").into();
        let invite = AuthorityAct::Invite {
            code_hash,
            typed_hash: None,
            person,
            expires: now().plus_ms(60_000),
        };
        world.engine.act(admin(), invite).await.unwrap();
        let device = DeviceId([7; 8]);
        let key = SecretKey::from_bytes(&[7; 32]);
        let enrol = Enrol {
            version: 1,
            invitation: "code".to_owned(),
            device,
            key: key.public(),
            label: String::new(),
            // The session has checked it.
            signature: SignatureBytes([0; 64]),
        };
        let staged = world
            .engine
            .stage(move |keeper, now| Ok(keeper.enrol(now, &enrol).unwrap().0));
        assert!(matches!(staged.await.unwrap(), Answer::Acted(_)));
        Phone {
            device,
            key,
            actor: Actor::of(&device, [1; 8]),
        }
    }

    /// Pushes a new problem with one more field.
    async fn push(&self, world: &World, id: u8, field: &str, value: &str) {
        let push = self.made(world, id, (field, value));
        let staged = world
            .engine
            .stage(move |keeper, now| Ok(keeper.push(now, None, &[push])));
        assert!(matches!(staged.await.unwrap(), Answer::Pushed(_)));
    }

    /// A new problem with one more field, as it is pushed or put into a bundle.
    pub(super) fn made(&self, world: &World, id: u8, (field, value): (&str, &str)) -> RecordPush {
        let mut doc = RecordDoc::birth(RecordId([id; 16]), Kind::Problem).unwrap();
        let write = |at: &str, value: &str| Write {
            path: format!("f/{at}").parse().unwrap(),
            value: Value::text(value),
        };
        let writes = vec![
            write("title", "违建"),
            write("domain", "land"),
            write(field, value),
        ];
        let author = Author {
            actor: self.actor,
            person: None,
            behalf: None,
            definition: DefinitionRef {
                campaign: "hebei-6plus1".parse().unwrap(),
                version: 1,
            },
            authority: Position(1_000),
        };
        let (edit, seen) = (
            Edit::Create {
                writes,
                texts: Vec::new(),
            },
            doc.heads(),
        );
        let made = doc.apply(&edit, &author, &seen, now()).unwrap().change;
        let deployment = world.engine.deployment();
        let seal = Seal::sign(
            &self.key,
            &deployment,
            &doc.id(),
            made.actor,
            made.seq,
            made.hash,
        );
        RecordPush {
            record: doc.id(),
            kind: Kind::Problem.into(),
            scope: Some("130502/g-1/group".parse().unwrap()),
            chunk: Chunk::Doc(doc.save()),
            seals: vec![seal],
        }
    }

    async fn revoke(&self, world: &World) {
        let reason = "遗失".to_owned();
        let act = AuthorityAct::RevokeDevice {
            device: self.device,
            reason,
        };
        world.engine.act(admin(), act).await.unwrap();
    }
}

async fn end(world: &World) -> u64 {
    world
        .engine
        .read(|keeper| keeper.position())
        .await
        .unwrap()
        .0
}

#[tokio::test]
async fn what_a_phone_may_not_write_is_seen_and_answered_by_its_region_only() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130500").await;
    world.user("auditor", Role::Auditor, "130500").await;
    world.user("other", Role::CongressOffice, "130700").await;
    let phone = Phone::new(&world).await;
    phone.push(&world, 1, "no_such_field", "x").await;
    let (office, other) = (world.token("office").await, world.token("other").await);
    let list = format!("/api/quarantine?at_least={}", end(&world).await);
    let held = world.get(&office, &list).await.ok();
    assert_eq!(held["total"], 1, "{held}");
    let edit = &held["edits"][0];
    assert_eq!(
        (&edit["verdict"], &edit["person"]),
        (&json!("refused"), &json!("rep-1"))
    );
    assert!(!edit["zh"].as_str().unwrap().is_empty());
    assert_eq!(world.get(&other, &list).await.ok()["total"], 0);
    assert_eq!(
        world.get(&office, "/api/records/count").await.ok()["total"],
        0
    );
    let path = format!("/api/quarantine/{}/{}", edit["position"], edit["index"]);
    let (release, answer) = (format!("{path}/release"), format!("{path}/answer"));
    let text = json!({"text": "该项不存在,请更新应用"});
    assert_eq!(
        world.post(&other, &answer, &[], &text).await.code(404),
        "not-found"
    );
    let auditor = world.token("auditor").await;
    assert_eq!(
        world.post(&auditor, &answer, &[], &text).await.code(403),
        "refused"
    );
    assert_eq!(
        world
            .post(&office, &answer, &[], &json!({"text": " "}))
            .await
            .code(422),
        "bad-field"
    );
    let again = world.post(&office, &release, &[], &json!({})).await.ok();
    assert_eq!(
        again["verdict"], "refused",
        "a release does not make nonsense legal"
    );
    world.post(&office, &answer, &[], &text).await.ok();
    let list = format!("/api/quarantine?at_least={}", end(&world).await);
    assert_eq!(world.get(&office, &list).await.ok()["total"], 0);
    let settled = world
        .get(&office, "/api/quarantine?settled=true")
        .await
        .ok();
    assert_eq!(settled["edits"][0]["answer"], text["text"]);
}

#[tokio::test]
async fn honest_work_of_a_revoked_phone_counts_once_the_office_releases_it() {
    let world = World::new().await;
    world.user("office", Role::CongressOffice, "130500").await;
    let office = world.token("office").await;
    let phone = Phone::new(&world).await;
    phone.revoke(&world).await;
    phone.push(&world, 1, "address", "村东").await;
    let list = format!("/api/quarantine?at_least={}", end(&world).await);
    let held = world.get(&office, &list).await.ok();
    assert_eq!(held["total"], 1, "{held}");
    let (position, index) = (&held["edits"][0]["position"], &held["edits"][0]["index"]);
    let release = format!("/api/quarantine/{position}/{index}/release");
    let released = world.post(&office, &release, &[], &json!({})).await.ok();
    assert_eq!(released["verdict"], "accepted");
    let at = end(&world).await;
    let count = format!("/api/records/count?field.address=%E6%9D%91%E4%B8%9C&at_least={at}");
    assert_eq!(world.get(&office, &count).await.ok()["total"], 1);
    assert_eq!(world.get(&office, "/api/quarantine").await.ok()["total"], 0);
    let shown = world
        .get(&office, &format!("/api/records/{}", RecordId([1; 16])))
        .await
        .ok();
    assert_eq!(shown["people"]["rep-1"], "李代表");
}
