//! Photos through the API: sent in pieces by offices and phones, listed by records, read by those
//! who may.

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Method, Request, header};
use data_encoding::{BASE64, HEXLOWER};
use image::{DynamicImage, ImageFormat};
use liandu_core::policy::Role;
use liandu_core::seal::{DoorProof, SecretKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::held::Phone;
use super::world::{Answer, World, admin};
use crate::engine::AuthorityAct;

/// A photo that differs by its width.
fn photo(width: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::new_rgb8(width, 600);
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn name(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Somebody who sends files: an office user or a phone, by the header that says who.
struct Sender<'w> {
    world: &'w World,
    who: String,
}

impl Sender<'_> {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request
            .header(header::AUTHORIZATION, &self.who)
            .header("tus-resumable", "1.0.0")
            .header(header::CONTENT_TYPE, "application/offset+octet-stream");
        let with = headers
            .iter()
            .fold(request, |r, (name, value)| r.header(*name, *value));
        self.world
            .ask(with.body(Body::from(body.to_vec())).unwrap())
            .await
    }

    async fn begin(&self, hash: &str, length: usize) -> Answer {
        let metadata = format!("hash {},filename eA==", BASE64.encode(hash.as_bytes()));
        let length = length.to_string();
        let headers = [
            ("upload-length", length.as_str()),
            ("upload-metadata", &metadata),
        ];
        self.ask(Method::POST, "/api/files", &headers, &[]).await
    }

    async fn address(&self, hash: &str, length: usize) -> String {
        let begun = self.begin(hash, length).await;
        assert_eq!(begun.status.as_u16(), 201, "{}", begun.text);
        begun.headers["location"].to_str().unwrap().to_owned()
    }

    async fn piece(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        self.ask(Method::PATCH, path, &[("upload-offset", &offset)], bytes)
            .await
    }

    /// Where an upload stands, none when there is none.
    async fn offset(&self, path: &str) -> Option<String> {
        let found = self.ask(Method::HEAD, path, &[], &[]).await;
        let offset = found.headers.get("upload-offset")?;
        Some(offset.to_str().unwrap().to_owned())
    }

    async fn send(&self, bytes: &[u8]) {
        let path = self.address(&name(bytes), bytes.len()).await;
        let sent = self.piece(&path, 0, bytes).await;
        assert_eq!(sent.status.as_u16(), 204, "{}", sent.text);
    }
}

async fn office<'w>(world: &'w World, user: &str, region: &str) -> (Sender<'w>, String) {
    world.user(user, Role::CongressOffice, region).await;
    let token = world.token(user).await;
    let who = format!("Bearer {token}");
    (Sender { world, who }, token)
}

fn photo_of(item: &str, kind: &str, bytes: &[u8]) -> [Value; 2] {
    [
        json!({"path": format!("i/photos/{item}/hash"), "value": name(bytes)}),
        json!({"path": format!("i/photos/{item}/kind"), "value": kind}),
    ]
}

/// A problem with photos; its address.
async fn problem(world: &World, token: &str, photos: &[[Value; 2]]) -> String {
    let mut writes = vec![json!({"path": "f/title", "value": "采砂坑"})];
    writes.extend(photos.iter().flatten().cloned());
    let body = json!({
        "kind": "problem",
        "scope": {"region": "130502", "audience": "office"},
        "campaign": "hebei-6plus1",
        "writes": writes,
    });
    let made = world.post(token, "/api/records", &[], &body).await.ok();
    format!("/api/records/{}", made["record"].as_str().unwrap())
}

#[tokio::test]
async fn a_photo_sent_in_pieces_is_missing_then_on_the_way_then_here() {
    let world = World::new().await;
    let (sender, token) = office(&world, "xingtai", "130500").await;
    let bytes = photo(900);
    let record = problem(&world, &token, &[photo_of("p1", "site", &bytes)]).await;
    let state = async || {
        let listed = world
            .get(&token, &format!("{record}/attachments"))
            .await
            .ok();
        let one = listed["attachments"][0].clone();
        (
            one["state"].as_str().unwrap().to_owned(),
            one["received"].as_u64().unwrap(),
        )
    };
    assert_eq!(state().await, ("missing".to_owned(), 0));
    let path = sender.address(&name(&bytes), bytes.len()).await;
    assert_eq!(sender.offset(&path).await.unwrap(), "0");
    let (first, rest) = bytes.split_at(100);
    assert_eq!(sender.piece(&path, 0, first).await.status.as_u16(), 204);
    assert_eq!(state().await, ("on-the-way".to_owned(), 100));
    assert_eq!(
        sender.address(&name(&bytes), bytes.len()).await,
        path,
        "found again"
    );
    assert_eq!(sender.offset(&path).await.unwrap(), "100");
    assert_eq!(sender.piece(&path, 100, rest).await.status.as_u16(), 204);
    assert_eq!(state().await, ("here".to_owned(), bytes.len() as u64));
    let file = format!("{record}/files/{}", name(&bytes));
    let original = world.get(&token, &file).await;
    assert_eq!((&original.bytes, original.status.as_u16()), (&bytes, 200));
    assert_eq!(original.headers["content-type"], "image/png");
    let small = world.get(&token, &format!("{file}/thumbnail")).await;
    let small = image::load_from_memory_with_format(&small.bytes, ImageFormat::Jpeg).unwrap();
    assert_eq!(small.width(), 512);
}

#[tokio::test]
async fn a_file_is_read_only_through_a_record_that_one_may_read() {
    let world = World::new().await;
    let (sender, token) = office(&world, "xingtai", "130500").await;
    let (_, other) = office(&world, "zhangjiakou", "130700").await;
    let (named, unnamed) = (photo(64), photo(65));
    let record = problem(&world, &token, &[photo_of("p1", "site", &named)]).await;
    sender.send(&named).await;
    sender.send(&unnamed).await;
    let missing = "/api/records/00000000-0000-7000-8000-000000000000";
    for end in [
        "/attachments".to_owned(),
        format!("/files/{}", name(&named)),
    ] {
        let denied = world.get(&other, &format!("{record}{end}")).await;
        let unknown = world.get(&other, &format!("{missing}{end}")).await;
        assert_eq!(
            (denied.status, &denied.text),
            (unknown.status, &unknown.text),
            "{end}"
        );
        assert_eq!(denied.code(404), "not-found");
    }
    let elsewhere = world
        .get(&token, &format!("{record}/files/{}", name(&unnamed)))
        .await;
    assert_eq!(elsewhere.code(404), "not-found", "not named by this record");
    assert_eq!(
        world
            .get(&token, &format!("{record}/files/{}", name(&named)))
            .await
            .bytes,
        named
    );
}

#[tokio::test]
async fn what_is_not_as_announced_is_not_kept_and_says_why() {
    let world = World::new().await;
    let (sender, _) = office(&world, "xingtai", "130500").await;
    let bytes = photo(70);
    let path = sender.address(&name(&bytes), bytes.len()).await;
    assert_eq!(
        sender.piece(&path, 5, &bytes).await.code(409),
        "upload-offset"
    );
    let longer = [bytes.as_slice(), b"more"].concat();
    assert_eq!(
        sender.piece(&path, 0, &longer).await.code(413),
        "file-too-large"
    );
    assert_eq!(
        sender.offset(&path).await.unwrap(),
        "0",
        "nothing of it was kept"
    );
    for (algorithm, sum) in [
        ("sha256", Sha256::digest(b"x").to_vec()),
        ("sha1", vec![0; 20]),
    ] {
        let sum = format!("{algorithm} {}", BASE64.encode(&sum));
        let headers = [("upload-offset", "0"), ("upload-checksum", sum.as_str())];
        let damaged = sender
            .ask(Method::PATCH, &path, &headers, &bytes[..9])
            .await;
        assert_eq!(damaged.code(460), "piece-damaged");
        assert_eq!(sender.offset(&path).await.unwrap(), "0");
    }
    let sum = format!("sha256 {}", BASE64.encode(&Sha256::digest(&bytes[..9])));
    let headers = [("upload-offset", "0"), ("upload-checksum", sum.as_str())];
    assert_eq!(
        sender
            .ask(Method::PATCH, &path, &headers, &bytes[..9])
            .await
            .status
            .as_u16(),
        204
    );
    let mut wrong = bytes[9..].to_vec();
    wrong[0] ^= 1;
    assert_eq!(
        sender.piece(&path, 9, &wrong).await.code(422),
        "file-mismatch"
    );
    assert_eq!(sender.offset(&path).await, None, "begin again");
    let script = b"<script>alert(1)</script>";
    let path = sender.address(&name(script), script.len()).await;
    assert_eq!(sender.piece(&path, 0, script).await.code(415), "file-kind");
    let most = usize::try_from(liandu_core::limits::FILE_BYTES_MAX).unwrap();
    assert_eq!(
        sender.begin(&name(b""), most + 1).await.code(413),
        "file-too-large"
    );
    assert_eq!(sender.begin("nonsense", 5).await.code(400), "bad-upload");
}

#[tokio::test]
async fn the_protocol_is_said_and_an_upload_can_be_given_up_by_its_owner_only() {
    let world = World::new().await;
    let (sender, _) = office(&world, "xingtai", "130500").await;
    let (other, _) = office(&world, "zhangjiakou", "130700").await;
    let offers = sender.ask(Method::OPTIONS, "/api/files", &[], &[]).await;
    assert_eq!(
        offers.headers["tus-extension"],
        "creation,termination,checksum,expiration"
    );
    assert_eq!(offers.headers["tus-resumable"], "1.0.0");
    let path = sender.address(&name(b"a"), 5).await;
    let version = Request::builder().method(Method::HEAD).uri(&path);
    let version = version.header(header::AUTHORIZATION, &sender.who);
    let old = world.ask(version.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (old.status.as_u16(), &old.headers["tus-version"]),
        (412, &"1.0.0".parse().unwrap())
    );
    assert_eq!(other.offset(&path).await, None);
    assert_eq!(
        other.ask(Method::DELETE, &path, &[], &[]).await.code(404),
        "not-found"
    );
    assert_eq!(
        sender
            .ask(Method::DELETE, &path, &[], &[])
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(sender.offset(&path).await, None);
}

/// What a phone is answered that signs the challenge with a key.
pub(super) async fn proved(world: &World, phone: &Phone, key: &SecretKey) -> Answer {
    let challenge = world.get("", "/api/device/challenge").await.ok();
    let nonce = challenge["nonce"].as_str().unwrap();
    let bytes: [u8; 32] = HEXLOWER
        .decode(nonce.as_bytes())
        .unwrap()
        .try_into()
        .unwrap();
    let proof = DoorProof {
        deployment: &world.engine.deployment(),
        device: &phone.device,
        nonce: &bytes,
    };
    let body = json!({
        "device": phone.device.hex(),
        "nonce": nonce,
        "signature": HEXLOWER.encode(&proof.sign(key).0),
    });
    world.post("", "/api/device/session", &[], &body).await
}

#[tokio::test]
async fn a_phone_proves_its_key_to_send_photos_and_a_lost_one_is_out_at_once() {
    let world = World::new().await;
    let phone = Phone::new(&world).await;
    let stranger = SecretKey::from_bytes(&[9; 32]);
    assert_eq!(
        proved(&world, &phone, &stranger).await.code(401),
        "not-signed-in"
    );
    let token = proved(&world, &phone, &phone.key).await.ok();
    let who = format!("Liandu-Device {}", token["token"].as_str().unwrap());
    let sender = Sender { world: &world, who };
    let bytes = photo(80);
    sender.send(&bytes).await;
    let again = sender.begin(&name(&bytes), bytes.len()).await;
    assert_eq!(
        again.headers["upload-offset"],
        bytes.len().to_string().as_str()
    );
    let lost = AuthorityAct::RevokeDevice {
        device: phone.device,
        reason: "丢失".to_owned(),
    };
    world.engine.act(admin(), lost).await.unwrap();
    assert_eq!(
        sender.begin(&name(&bytes), bytes.len()).await.code(401),
        "not-signed-in"
    );
    assert_eq!(
        proved(&world, &phone, &phone.key).await.code(401),
        "not-signed-in"
    );
}

#[tokio::test]
async fn before_and_after_are_told_apart_and_paired() {
    let world = World::new().await;
    let (_, token) = office(&world, "xingtai", "130500").await;
    let photos = [photo(10), photo(11), photo(12), photo(13)];
    let items = [
        ("p1", "before"),
        ("p2", "after"),
        ("p3", "site"),
        ("p4", "before"),
    ];
    let named: Vec<_> = items
        .iter()
        .zip(&photos)
        .map(|((item, kind), bytes)| photo_of(item, kind, bytes))
        .collect();
    let record = problem(&world, &token, &named).await;
    let listed = world
        .get(&token, &format!("{record}/attachments"))
        .await
        .ok();
    let roles: Vec<&str> = listed["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["before", "after", "site", "before"]);
    let pair = json!([{"before": name(&photos[0]), "after": name(&photos[1])}]);
    assert_eq!(listed["pairs"], pair);
}
