//! Bundle files through the API: looked through, taken in like any push, answered by receipts.

use axum::body::Body;
use axum::http::Method;
use data_encoding::BASE64;
use liandu_core::id::{DeploymentId, PersonId};
use liandu_core::limits;
use liandu_core::policy::Role;
use liandu_core::protocol::bundle::Bundle;
use liandu_core::protocol::envelope::{Addressee, Cover, Envelope};
use liandu_core::seal::PublicKey;
use serde_json::{Value, json};

use super::held::Phone;
use super::world::{Answer, World, request};
use crate::engine::now;

const PATH: &str = "/api/bundles";

struct Desk {
    world: World,
    phone: Phone,
    token: String,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        world.user("office", Role::CongressOffice, "130500").await;
        let phone = Phone::new(&world).await;
        let token = world.token("office").await;
        Desk {
            world,
            phone,
            token,
        }
    }

    /// A file of the phone with these problems, one part for each.
    fn file(&self, to: &Addressee, key: &PublicKey, fields: &[(u8, &str)]) -> Vec<u8> {
        let deployment = self.world.engine.deployment();
        self.closed(to, key, deployment, &self.bundles(fields))
    }

    /// A bundle for each of these problems.
    fn bundles(&self, fields: &[(u8, &str)]) -> Vec<Bundle> {
        let (deployment, maker) = (self.world.engine.deployment(), self.phone.device);
        let bundles = fields.iter().map(|(id, field)| {
            let mut bundle = Bundle::new(deployment, maker, now());
            let made = self.phone.made(&self.world, *id, (field, "野头村"));
            bundle.add(&[made]).unwrap();
            bundle
        });
        bundles.collect()
    }

    fn closed(
        &self,
        to: &Addressee,
        key: &PublicKey,
        deployment: DeploymentId,
        bundles: &[Bundle],
    ) -> Vec<u8> {
        let envelope = self.envelope(to, &[*key], deployment, bundles);
        envelope.encode().unwrap()
    }

    /// The bundles one after the other, each once for every key.
    fn envelope(
        &self,
        to: &Addressee,
        keys: &[PublicKey],
        deployment: DeploymentId,
        bundles: &[Bundle],
    ) -> Envelope {
        let cover = Cover {
            deployment,
            maker: self.phone.device,
            time: now(),
            to: to.clone(),
            bundles: 0,
            edits: 0,
        };
        let mut random = 0;
        let envelope = Envelope::close(cover, bundles, keys, || {
            random += 1;
            [random; 32]
        });
        envelope.unwrap()
    }

    fn for_the_office(&self, fields: &[(u8, &str)]) -> Vec<u8> {
        let key = self.world.engine.node_public();
        self.file(&Addressee::Office, &key, fields)
    }

    async fn send_as(&self, token: &str, more: &str, bytes: &[u8]) -> Answer {
        let path = format!("{PATH}{more}");
        let body = Body::from(bytes.to_vec());
        self.world
            .ask(request(Method::POST, token, &path, &[], body))
            .await
    }

    async fn send(&self, more: &str, bytes: &[u8]) -> Answer {
        self.send_as(&self.token, more, bytes).await
    }

    /// Edits that the signed receipts speak of.
    fn receipts(&self, taken: &Value) -> usize {
        let receipts = taken["receipts"].as_str().unwrap().as_bytes();
        let back = Bundle::decode(&BASE64.decode(receipts).unwrap()).unwrap();
        let engine = &self.world.engine;
        let (key, deployment) = (engine.node_public(), engine.deployment());
        assert_eq!((back.deployment, back.pushes.len()), (deployment, 0));
        let sheets = back.receipts.iter();
        let verdicts = sheets.flat_map(|signed| signed.open(&key, &deployment).unwrap().1);
        verdicts.map(|record| record.receipts.len()).sum()
    }

    async fn problems(&self, at_least: &Value) -> Value {
        let path = format!(
            "/api/records/count?kind=problem&at_least={}",
            at_least.as_u64().unwrap_or(0)
        );
        self.world.get(&self.token, &path).await.ok()["total"].clone()
    }
}

#[tokio::test]
async fn a_file_is_looked_through_then_taken_in_like_a_push_and_its_receipts_name_every_edit() {
    let desk = Desk::new().await;
    let file = desk.for_the_office(&[(1, "village"), (2, "address")]);
    let looked = desk.send("", &file).await.ok();
    assert_eq!(
        (&looked["person"], &looked["name"]),
        (&json!("rep-1"), &json!("李代表"))
    );
    assert_eq!(
        (&looked["records"], &looked["edits"], &looked["already"]),
        (&json!(2), &json!(2), &json!(0)),
        "{looked}"
    );
    assert_eq!(looked["authors"][0]["device"], desk.phone.device.hex());
    assert_eq!(looked["authors"][0]["name"], "李代表");
    assert_eq!(looked.get("taken"), None);
    assert_eq!(
        desk.problems(&json!(0)).await,
        0,
        "looking takes nothing in"
    );

    let taken = desk.send("?apply=true", &file).await.ok()["taken"].clone();
    assert_eq!(
        (&taken["new"], &taken["aside"], &taken["waiting"]),
        (&json!(2), &json!(0), &json!(0)),
        "{taken}"
    );
    assert_eq!(desk.problems(&taken["position"]).await, 2);
    assert_eq!(desk.receipts(&taken), 2);

    let again = desk.send("?apply=true", &file).await.ok();
    assert_eq!((&again["edits"], &again["already"]), (&json!(2), &json!(2)));
    assert_eq!(again["authors"][0]["already"], 2);
    assert_eq!(again["taken"]["new"], 0, "nothing twice");
    assert_eq!(desk.problems(&again["taken"]["position"]).await, 2);
    assert!(
        again["taken"]["receipts"].as_str().unwrap().len() > 100,
        "told once more"
    );
}

#[tokio::test]
async fn parts_that_cannot_be_opened_are_counted_and_the_others_are_taken_in() {
    let desk = Desk::new().await;
    let keys = [desk.world.engine.node_public(), desk.phone.key.public()];
    let bundles = desk.bundles(&[(1, "village"), (2, "address"), (3, "village")]);
    let deployment = desk.world.engine.deployment();
    let mut envelope = desk.envelope(&Addressee::Office, &keys, deployment, &bundles);
    // Ours and another's by turns: without the last one two are another's, and one of ours is
    // changed.
    envelope.parts.truncate(5);
    envelope.parts[2].content[0] ^= 1;
    let file = envelope.encode().unwrap();
    let looked = desk.send("", &file).await.ok();
    assert_eq!(
        (&looked["records"], &looked["edits"]),
        (&json!(2), &json!(2)),
        "{looked}"
    );
    assert_eq!(
        (&looked["unreadable_parts"], &looked["unreadable"]),
        (&json!(3), &json!(0))
    );
    let taken = desk.send("?apply=true", &file).await.ok();
    assert_eq!(taken["unreadable_parts"], 3);
    let taken = &taken["taken"];
    assert_eq!((&taken["new"], &taken["left"]), (&json!(2), &json!(0)));
    assert_eq!(desk.problems(&taken["position"]).await, 2);
    assert_eq!(desk.receipts(taken), 2);
}

#[tokio::test]
async fn what_the_author_may_not_write_is_kept_aside_and_the_rest_of_the_file_counts() {
    let desk = Desk::new().await;
    let file = desk.for_the_office(&[(1, "no_such_field"), (2, "village")]);
    let taken = desk.send("?apply=true", &file).await.ok()["taken"].clone();
    assert_eq!((&taken["new"], &taken["aside"]), (&json!(2), &json!(1)));
    assert_eq!(desk.problems(&taken["position"]).await, 1);
    let list = format!("/api/quarantine?at_least={}", taken["position"]);
    assert_eq!(desk.world.get(&desk.token, &list).await.ok()["total"], 1);
    let again = desk.send("", &file).await.ok();
    assert_eq!(
        again["already"], 2,
        "what is kept aside is at the office, too: {again}"
    );
}

#[tokio::test]
async fn only_the_congress_office_and_administrators_take_files_in() {
    let desk = Desk::new().await;
    let file = desk.for_the_office(&[(1, "village")]);
    desk.send_as("", "", &file).await.code(401);
    for role in [
        Role::ResponseCentre,
        Role::Leader,
        Role::Auditor,
        Role::DisciplineInspection,
    ] {
        let name = role.as_str();
        desk.world.user(name, role, "130500").await;
        let token = desk.world.token(name).await;
        assert_eq!(
            desk.send_as(&token, "?apply=true", &file).await.code(404),
            "not-found"
        );
    }
    assert_eq!(desk.problems(&json!(0)).await, 0);
    desk.world.user("far", Role::Administrator, "130700").await;
    let far = desk.world.token("far").await;
    let looked = desk.send_as(&far, "", &file).await.ok();
    assert_eq!(looked["edits"], 1);
    assert!(
        !looked.to_string().contains("李代表"),
        "not of their region: {looked}"
    );
    let cookie = [("cookie", format!("liandu-session={far}"))];
    let foreign = request(
        Method::POST,
        "",
        PATH,
        &[(cookie[0].0, cookie[0].1.as_str())],
        Body::from(file),
    );
    desk.world.ask(foreign).await.code(403);
}

#[tokio::test]
async fn a_file_that_is_not_for_the_office_is_refused_with_what_to_do_and_nothing_is_taken_in() {
    let desk = Desk::new().await;
    let good = desk.for_the_office(&[(1, "village")]);
    let office = desk.world.engine.node_public();
    let colleague = Addressee::Colleague(PersonId::new("rep-2").unwrap());
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let cut = good[..good.len() - 1].to_vec();
    let bundle = Bundle::new(desk.world.engine.deployment(), desk.phone.device, now());
    let elsewhere = desk.closed(&Addressee::Office, &office, DeploymentId([9; 16]), &[]);
    let other_key = desk.phone.key.public();
    let cases: [(&str, Vec<u8>); 9] = [
        ("not-a-bundle", Vec::new()),
        ("not-a-bundle", b"\x89PNG\r\n".to_vec()),
        ("bundle-not-closed", bundle.encode().unwrap()),
        ("bundle-damaged", changed),
        ("bundle-damaged", cut),
        ("bundle-damaged", b"LDENVELOPE1".to_vec()),
        (
            "bundle-for-a-colleague",
            desk.file(&colleague, &other_key, &[(1, "village")]),
        ),
        ("bundle-elsewhere", elsewhere),
        (
            "bundle-elsewhere",
            desk.file(&Addressee::Office, &other_key, &[(1, "village")]),
        ),
    ];
    for (code, file) in cases {
        assert_eq!(desk.send("?apply=true", &file).await.code(422), code);
    }
    let long = vec![0; limits::BUNDLE_TAKEN_BYTES_MAX + 1];
    assert_eq!(desk.send("", &long).await.code(413), "bundle-too-large");
    desk.send("?nothing=1", &good).await.code(400);
    assert_eq!(desk.problems(&json!(0)).await, 0);
}
