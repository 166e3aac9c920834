//! Requests to the office's API, through its router over a real engine in a temporary folder.
//!
//! The engine stays from one input to the next, as a server's does.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use liandu_core::campaign::HEBEI_JSON;
use liandu_core::id::{PersonId, Position, RegionCode};
use liandu_core::log::{AccountSet, GrantEntry, PersonRow};
use liandu_core::policy::Role;
use liandu_core::time::Timestamp;
use liandu_server::accounts::password;
use liandu_server::api::{Door, Edge, Office, Outside, router};
use liandu_server::engine::{AuthorityAct, Config, Handle, OfficeUser, now, start};
use liandu_server::files::Files;
use liandu_server::tables::follow;
use liandu_server::upkeep::Care;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const PASSWORD: &str = "河清海晏时和岁丰共同富裕";
const USERS: [(&str, Role); 2] = [
    ("office", Role::CongressOffice),
    ("steward", Role::Administrator),
];
const REGION: &str = "130000";
/// A server with so many entries makes room for a fresh one.
const ENTRIES_MAX: u64 = 2_000;
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// Where a request that carries its own first line goes.
const FIRST_LINE: (&str, &str) = ("", "");
/// Routes that take a body; `{id}` is a record that is there.
const ROUTES: [(&str, &str); 18] = [
    FIRST_LINE,
    ("POST", "/api/session"),
    ("POST", "/api/records"),
    ("POST", "/api/records/{id}/edits"),
    ("POST", "/api/records/{id}/resolve"),
    ("POST", "/api/device/session"),
    ("POST", "/api/quarantine/1/0/answer"),
    ("POST", "/api/quarantine/1/0/release"),
    ("POST", "/api/admin/accounts"),
    ("POST", "/api/admin/accounts/other"),
    ("POST", "/api/admin/definitions"),
    ("POST", "/api/admin/devices/0101010101010101/revoke"),
    ("POST", "/api/admin/invitations"),
    ("POST", "/api/admin/roster?what=people"),
    ("POST", "/api/admin/roster?what=groups"),
    ("POST", "/api/imports/problems?campaign=hebei-6plus1"),
    ("POST", "/api/files"),
    ("PATCH", "/api/records/{id}"),
];

/// `[route, who, body]`: nobody, an office user or an administrator sends it; with route 0 the
/// body's first line is `METHOD PATH`. Nothing is our fault, a refusal says why in both languages,
/// and what is refused leaves the log as it was.
pub fn bodies(bytes: &[u8]) {
    static SERVER: Mutex<Option<Server>> = Mutex::new(None);
    let [route, who, body @ ..] = bytes else {
        return;
    };
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    let full = |server: &Server| server.end().0 > ENTRIES_MAX;
    if server.as_ref().is_none_or(full) {
        *server = Some(Server::new());
    }
    let Some(server) = server.as_ref() else {
        return;
    };
    let Some(request) = server.request(*route, *who, body) else {
        return;
    };
    let name = format!("{} {}", request.method(), request.uri());
    let reads = request.method() == "GET";
    let before = server.end();
    let (status, answer) = server.ask(request);
    assert_ne!(
        status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "{name}: {answer}"
    );
    let refused = status.is_client_error() || status.is_server_error();
    if refused && !answer.is_empty() {
        let said: Value = serde_json::from_str(&answer).expect("a refusal is JSON");
        // A roster that is not right is shown as far as it was read, with one text in both.
        let words = match said.get("problem") {
            Some(_) => &["problem"][..],
            None => &["code", "zh", "en"],
        };
        for word in words {
            let text = said.get(word).and_then(Value::as_str).unwrap_or("");
            assert!(!text.is_empty(), "{name} has no {word}: {answer}");
        }
    }
    // Who fails to sign in is in the log on purpose.
    if refused && !reads && name != "POST /api/session" {
        assert_eq!(
            server.end(),
            before,
            "{name} was refused, and yet is in the log: {answer}"
        );
    }
}

struct Server {
    runtime: Runtime,
    engine: Handle,
    router: Router,
    /// Nobody's, the office's and the administrator's.
    tokens: Vec<String>,
    record: String,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.runtime.block_on(self.engine.stop());
    }
}

impl Server {
    fn new() -> Server {
        let folder = tempfile::tempdir().expect("a fresh folder");
        let threads = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = threads.expect("threads");
        let config = Config {
            data: folder.path().join("data"),
            authority: folder.path().join("authority"),
            options: Default::default(),
        };
        let engine = start(&config).expect("an engine");
        let tables = folder.path().join("office.db");
        let (readers, progress) =
            follow::start(engine.clone(), &tables, runtime.handle().clone()).expect("tables");
        let door = Arc::new(Door::new(Edge::system(), Outside::default()));
        let files = Files::open(&folder.path().join("files"), now()).expect("a folder");
        let tables = (Arc::new(readers), progress);
        let care = Care::new(&config.data, 7);
        let office = Office::new(engine.clone(), tables, door, (Arc::new(files), care));
        let mut server = Server {
            runtime,
            engine,
            router: router(office.expect("random bytes")),
            tokens: vec![String::new()],
            record: String::new(),
            _folder: folder,
        };
        server.settle();
        server
    }

    /// A definition, two users signed in, and a record.
    fn settle(&mut self) {
        self.act(AuthorityAct::Definition(HEBEI_JSON.to_vec()));
        for (user, role) in USERS {
            self.user(user, role);
            let body = json!({"user": user, "password": PASSWORD});
            let answer = self.post("/api/session", "", &body);
            let token = answer.get("token").and_then(Value::as_str);
            self.tokens.push(token.expect("a token").to_owned());
        }
        let token = self.tokens.get(1).cloned().unwrap_or_default();
        let body = json!({
            "kind": "problem", "campaign": "hebei-6plus1",
            "scope": {"region": "130123", "audience": "office"},
            "writes": [{"path": "f/title", "value": "采砂坑"}, {"path": "f/domain", "value": "mining"}],
            "texts": {"description": "未回填"},
        });
        let answer = self.post("/api/records", &token, &body);
        let record = answer.get("record").and_then(Value::as_str);
        self.record = record.expect("a record").to_owned();
    }

    fn act(&self, act: AuthorityAct) {
        let by = OfficeUser {
            user: "fuzz".to_owned(),
            session: "fuzz".to_owned(),
            person: PersonId::new("fuzz").expect("a person"),
        };
        let acted = self.runtime.block_on(self.engine.act(by, act));
        acted.expect("an act of the authority");
    }

    fn user(&self, user: &str, role: Role) {
        let person = PersonId::new(user).expect("a person");
        let region: RegionCode = REGION.parse().expect("a region");
        self.act(AuthorityAct::People(vec![PersonRow {
            code: person.clone(),
            name: user.to_owned(),
            level: String::new(),
            region: region.clone(),
            memberships: Vec::new(),
            roles: Vec::new(),
        }]));
        self.act(AuthorityAct::Grants {
            person: person.clone(),
            grants: vec![GrantEntry {
                role: role.as_str().to_owned(),
                region: region.clone(),
                unit: None,
            }],
        });
        let hash = password::hash(user, PASSWORD, [1; 16]).expect("a good password");
        self.act(AuthorityAct::Account(AccountSet {
            user: user.to_owned(),
            person,
            name: user.to_owned(),
            region,
            password: Some(hash),
            disabled: false,
            by: String::new(),
            time: Timestamp(0),
        }));
    }

    /// The log's end once the engine has done everything that was asked of it.
    fn end(&self) -> Position {
        let rested = self.runtime.block_on(self.engine.directory(|_| ()));
        rested.expect("an engine that answers");
        *self.engine.positions().borrow()
    }

    fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .expect("a request");
        let (status, answer) = self.ask(request);
        assert!(status.is_success(), "{path}: {status} {answer}");
        serde_json::from_str(&answer).expect("JSON")
    }

    /// The request; none when the bytes make none.
    fn request(&self, route: u8, who: u8, body: &[u8]) -> Option<Request<Body>> {
        let routes = ROUTES.len();
        let (method, path) = ROUTES.get(usize::from(route) % routes)?;
        let (method, path, body) = if (*method, *path) == FIRST_LINE {
            let end = body
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap_or(body.len());
            let (line, rest) = body.split_at(end);
            let (method, path) = std::str::from_utf8(line).ok()?.split_once(' ')?;
            (method, path, rest.strip_prefix(b"\n").unwrap_or(rest))
        } else {
            (*method, *path, body)
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path.replace("{id}", &self.record))
            .header(header::HOST, "office.example")
            .header(header::CONTENT_TYPE, "application/json");
        let token = self.tokens.get(usize::from(who) % self.tokens.len())?;
        if !token.is_empty() {
            let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
            request = request.header(header::AUTHORIZATION, value);
        }
        request.body(Body::from(body.to_vec())).ok()
    }

    fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await;
            let (parts, body) = response.expect("an answer").into_parts();
            let bytes = to_bytes(body, ANSWER_BYTES_MAX).await;
            let bytes = bytes.expect("a whole answer that is not too long");
            (parts.status, String::from_utf8_lossy(&bytes).into_owned())
        })
    }
}
