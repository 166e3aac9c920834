//! Photos sent to a real server that is killed on the way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use data_encoding::{BASE64, HEXLOWER};
use liandu_bench::process::run;
use liandu_core::record::kind::Kind;
use liandu_tests::World;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A small tus client over one connection a request.
struct Tus {
    address: String,
    token: String,
}

impl Tus {
    /// Sends a request and gives status and headers in lower case.
    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> (u16, String) {
        let answer = self.answer(method, path, headers, body);
        let head = answer.split("\r\n\r\n").next().expect("a head");
        (status(&answer), head.to_lowercase())
    }

    /// The same with a body that is JSON.
    fn json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> (u16, Value) {
        let answer = self.answer(method, path, headers, body.as_bytes());
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (status(&answer), serde_json::from_str(body).expect("JSON"))
    }

    fn answer(&self, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> String {
        let mut stream = self.begin(method, path, headers, body.len());
        stream.write_all(body).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    /// Begins a request; the body is the caller's.
    fn begin(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        length: usize,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let more: String = headers
            .iter()
            .map(|(n, v)| format!("{n}: {v}\r\n"))
            .collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             tus-resumable: 1.0.0\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n",
            self.address, self.token
        );
        stream.write_all(head.as_bytes()).expect("sent");
        stream
    }

    fn offset(&self, path: &str) -> u64 {
        let (status, head) = self.ask("HEAD", path, &[], &[]);
        assert_eq!(status, 200, "{head}");
        header(&head, "upload-offset").parse().expect("a number")
    }
}

fn status(answer: &str) -> u16 {
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.expect("a status")
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(n, _)| *n == name)
        .map_or("", |(_, value)| value)
}

const USER: &str = "photo";
const PASSWORD: &str = "correct-horse-battery-staple-9";

/// Signs the test's office user in.
fn signed_in(world: &World) -> Tus {
    let address = world.server().url.trim_start_matches("http://").to_owned();
    let mut tus = Tus {
        address,
        token: String::new(),
    };
    let body = json!({"user": USER, "password": PASSWORD}).to_string();
    let kind = [("content-type", "application/json".to_owned())];
    let (status, answer) = tus.json("POST", "/api/session", &kind, &body);
    assert_eq!(status, 201, "{answer}");
    tus.token = answer
        .get("token")
        .and_then(|token| token.as_str())
        .expect("as answered")
        .to_owned();
    tus
}

/// A problem that names a photo; its address.
fn problem(tus: &Tus, hash: &str) -> String {
    let body = json!({
        "kind": Kind::Problem.as_str(),
        "scope": {"region": "130123", "audience": "office"},
        "campaign": "hebei-6plus1",
        "writes": [
            {"path": "f/title", "value": "违法占地"},
            {"path": "i/photos/p1/hash", "value": hash},
            {"path": "i/photos/p1/kind", "value": "before"},
        ],
    });
    let kind = [("content-type", "application/json".to_owned())];
    let (status, made) = tus.json("POST", "/api/records", &kind, &body.to_string());
    assert_eq!(status, 201, "{made}");
    format!(
        "/api/records/{}",
        made.get("record")
            .and_then(|id| id.as_str())
            .expect("as answered")
    )
}

/// The upload's address and how far it is.
fn begin(tus: &Tus, hash: &str, length: usize) -> (String, u64) {
    let headers = [
        ("upload-length", length.to_string()),
        (
            "upload-metadata",
            format!("hash {}", BASE64.encode(hash.as_bytes())),
        ),
    ];
    let (status, head) = tus.ask("POST", "/api/files", &headers, &[]);
    assert_eq!(status, 201, "{head}");
    let offset = header(&head, "upload-offset").parse().expect("as answered");
    (header(&head, "location").to_owned(), offset)
}

fn piece(offset: u64) -> [(&'static str, String); 2] {
    [
        ("upload-offset", offset.to_string()),
        ("content-type", "application/offset+octet-stream".to_owned()),
    ]
}

/// Waits until so many bytes of the upload are in the server's folder.
fn arrived(world: &World, upload: &str, bytes: u64) {
    let id = upload.rsplit('/').next().expect("as answered");
    let part = world
        .data()
        .join("files/uploads")
        .join(format!("{id}.part"));
    let begun = Instant::now();
    while std::fs::metadata(&part).map_or(0, |meta| meta.len()) < bytes {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the piece does not arrive"
        );
        std::thread::yield_now();
    }
}

#[test]
fn photo_half_sent_to_a_killed_server_is_sent_to_its_end_afterwards() {
    let mut world = World::start();
    let add = [
        "users",
        "add",
        "--user",
        USER,
        "--name",
        USER,
        "--role",
        "congress-office",
    ];
    let add = [add.as_slice(), &["--region", "130123"]].concat();
    world.server().admin_with(&add, PASSWORD).unwrap();
    let tus = signed_in(&world);
    let photo: Vec<u8> = b"\x89PNG\r\n\x1a\n"
        .iter()
        .copied()
        .chain((0..300_000u32).map(|n| (n % 251) as u8))
        .collect();
    let hash = HEXLOWER.encode(&Sha256::digest(&photo));
    let record = problem(&tus, &hash);
    let (upload, offset) = begin(&tus, &hash, photo.len());
    assert_eq!(offset, 0);
    let (first, rest) = photo.split_at(photo.len() / 2);
    let mut open = tus.begin("PATCH", &upload, &piece(0), photo.len());
    open.write_all(first).unwrap();
    arrived(&world, &upload, first.len() as u64);
    world.kill();
    world.start_again();
    let tus = signed_in(&world);
    let attachments = format!("{record}/attachments");
    let (_, listed) = tus.json("GET", &attachments, &[], "");
    assert_eq!(listed["attachments"][0]["state"], "on-the-way", "{listed}");
    let (again, offset) = begin(&tus, &hash, photo.len());
    assert_eq!((&again, offset), (&upload, first.len() as u64));
    assert_eq!(tus.offset(&upload), offset);
    let (status, head) = tus.ask("PATCH", &upload, &piece(offset), rest);
    assert_eq!(status, 204, "{head}");
    let (_, listed) = tus.json("GET", &attachments, &[], "");
    assert_eq!(listed["attachments"][0]["state"], "here", "{listed}");
    assert_eq!(listed["attachments"][0]["role"], "before");
    world.stop();
    let check = || run(&world.bin, &world.data(), &["check", "--json"], None);
    assert!(check().unwrap().contains("\"files\":1"));
    let kept = world
        .data()
        .join("files/objects")
        .join(&hash[..2])
        .join(&hash);
    assert_eq!(std::fs::read(&kept).unwrap(), photo);
    std::fs::write(&kept, b"something else").unwrap();
    let wrong = check().unwrap_err().to_string();
    assert!(wrong.contains(&hash), "{wrong}");
}
