//! A server without sockets: engine, projector and router, with a few office users.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use liandu_core::campaign::HEBEI_JSON;
use liandu_core::id::PersonId;
use liandu_core::log::{AccountSet, GrantEntry, PersonRow};
use liandu_core::policy::Role;
use liandu_core::time::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::accounts::password;
use crate::api::{Door, Edge, Office, Outside, router};
use crate::engine::{AuthorityAct, Config, Handle, OfficeUser, now, start};
use crate::files::Files;
use crate::tables::follow;
use crate::upkeep::Care;

pub(super) const PASSWORD: &str = "河清海晏时和岁丰共同富裕";

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The body, when the status is as it should be.
    pub(super) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()
    }

    /// The problem's code, when it is one.
    pub(super) fn code(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let json = self.json();
        assert!(
            !json["zh"].as_str().unwrap().is_empty() && !json["en"].as_str().unwrap().is_empty()
        );
        json["code"].as_str().unwrap().to_owned()
    }
}

pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) engine: Handle,
    pub(super) office: Office,
    router: Router,
}

pub(super) fn admin() -> OfficeUser {
    let person = PersonId::new("admin").unwrap();
    OfficeUser {
        user: "admin".to_owned(),
        session: "test".to_owned(),
        person,
    }
}

impl World {
    pub(super) async fn new() -> World {
        World::with(Edge::system()).await
    }

    /// A server whose clock says noon of 2020-05-06 in Beijing, the first working day after the
    /// holidays.
    pub(super) async fn in_may() -> World {
        let now = || Timestamp(1_588_737_600_000);
        World::with(Edge {
            now,
            ..Edge::system()
        })
        .await
    }

    async fn with(edge: Edge) -> World {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data: folder.path().join("data"),
            authority: folder.path().join("authority"),
            options: Default::default(),
        };
        let engine = start(&config).unwrap();
        let definition = AuthorityAct::Definition(HEBEI_JSON.to_vec());
        engine.act(admin(), definition).await.unwrap();
        let office = World::office_with(&engine, &folder, "office.db", edge);
        World {
            router: router(office.clone()),
            folder,
            engine,
            office,
        }
    }

    /// Tables of their own over the same engine.
    pub(super) fn office(engine: &Handle, folder: &TempDir, name: &str) -> Office {
        World::office_with(engine, folder, name, Edge::system())
    }

    fn office_with(engine: &Handle, folder: &TempDir, name: &str, edge: Edge) -> Office {
        let runtime = tokio::runtime::Handle::current();
        let path = folder.path().join(name);
        let (readers, progress) = follow::start(engine.clone(), &path, runtime).unwrap();
        let door = Arc::new(Door::new(edge, Outside::default()));
        let files = Files::open(&folder.path().join("files"), now()).unwrap();
        let tables = (Arc::new(readers), progress);
        let care = Care::new(&folder.path().join("data"), 7);
        Office::new(engine.clone(), tables, door, (Arc::new(files), care)).unwrap()
    }

    /// The same server over tables that are made from the log anew.
    pub(super) fn rebuilt(self, name: &str) -> World {
        let mut office = World::office(&self.engine, &self.folder, name);
        office.door = self.office.door.clone();
        World {
            router: router(office.clone()),
            office,
            ..self
        }
    }

    pub(super) async fn user(&self, user: &str, role: Role, region: &str) {
        let (code, region) = (PersonId::new(user).unwrap(), region.parse().unwrap());
        let row = PersonRow {
            code: code.clone(),
            name: user.to_owned(),
            level: String::new(),
            region,
            memberships: Vec::new(),
            roles: Vec::new(),
        };
        let region = row.region.clone();
        self.engine
            .act(admin(), AuthorityAct::People(vec![row]))
            .await
            .unwrap();
        let role = role.as_str().to_owned();
        let grants = vec![GrantEntry {
            role,
            region: region.clone(),
            unit: None,
        }];
        let grants = AuthorityAct::Grants {
            person: code.clone(),
            grants,
        };
        self.engine.act(admin(), grants).await.unwrap();
        self.account(user, code, region, false).await;
    }

    pub(super) async fn account(
        &self,
        user: &str,
        person: PersonId,
        region: liandu_core::id::RegionCode,
        disabled: bool,
    ) {
        let account = AccountSet {
            user: user.to_owned(),
            person,
            name: user.to_owned(),
            region,
            password: Some(password::hash(user, PASSWORD, [1; 16]).unwrap()),
            disabled,
            by: String::new(),
            time: Timestamp(0),
        };
        self.engine
            .act(admin(), AuthorityAct::Account(account))
            .await
            .unwrap();
    }

    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text,
            bytes: bytes.to_vec(),
        }
    }

    /// Signs in and answers the token.
    pub(super) async fn token(&self, user: &str) -> String {
        let body = json!({"user": user, "password": PASSWORD});
        let answer = self.post("", "/api/session", &[], &body).await.ok();
        answer["token"].as_str().unwrap().to_owned()
    }

    pub(super) async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(request(Method::GET, token, path, &[], Body::empty()))
            .await
    }

    /// As whoever this header says.
    pub(super) async fn asked_by(&self, authorization: &str, path: &str) -> Answer {
        let headers = [("authorization", authorization)];
        let request = request(Method::GET, "", path, &headers, Body::empty());
        self.ask(request).await
    }

    pub(super) async fn post(
        &self,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let body = Body::from(body.to_string());
        self.ask(request(Method::POST, token, path, headers, body))
            .await
    }

    /// A problem in a region, made by a user; its id, once lists show it.
    pub(super) async fn problem(&self, token: &str, region: &str, title: &str) -> String {
        let body = json!({
            "kind": "problem",
            "scope": {"region": region, "audience": "office"},
            "campaign": "hebei-6plus1",
            "writes": [
                {"path": "f/title", "value": title},
                {"path": "f/domain", "value": "mining"},
                {"path": "f/position", "value": {"position": {"lat": 37.1, "lon": 114.5, "datum": "GCJ-02"}}},
            ],
            "texts": {"description": "采砂坑未回填,污染河道"},
        });
        let made = self.post(token, "/api/records", &[], &body).await.ok();
        let at_least = made["position"].as_u64().unwrap();
        self.get(token, &format!("/api/records/count?at_least={at_least}"))
            .await
            .ok();
        made["record"].as_str().unwrap().to_owned()
    }
}

pub(super) fn request(
    method: Method,
    token: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "office.example")
        .header(header::CONTENT_TYPE, "application/json");
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}
