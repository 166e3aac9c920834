//! The demo's stage: one page that shows the console and two phones, each behind a door of its
//! own; the phones' lines can be cut, and the server killed and started again, really.
//!
//! Only the demo has it: the server knows nothing of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::task::{JoinSet, spawn_blocking};

use super::door::{Asked, Door, House, serve};
use super::people;
use super::plan::Plan;
use super::seats::Hand;
use crate::process::{Server, invite_all};

/// The console's door; those of the phones follow it.
const CONSOLE: usize = 0;
/// Whose phones stand left and right.
const PHONES: [Hand; 2] = [Hand::WangFang, Hand::LiQiang];
/// Doors lie this far above the server's port, one beside the other.
const ABOVE: u16 = 10;

/// Everything behind the doors.
#[derive(Debug)]
pub(super) struct Stage {
    /// Another demo's data has another name: what browsers keep of it is worth nothing.
    id: String,
    bin: PathBuf,
    data: PathBuf,
    /// Host and port.
    address: String,
    server: Mutex<Option<Server>>,
    people: [String; 2],
    doors: Vec<Door>,
    origins: Vec<String>,
}

/// A stage that is open, until it is closed.
#[derive(Debug)]
pub(super) struct Opened {
    stage: Arc<Stage>,
    /// Serves the doors until it is dropped.
    _doors: JoinSet<()>,
}

impl Opened {
    /// Opens the doors before a running server.
    pub(super) async fn open(
        server: Server,
        dirs: (PathBuf, PathBuf),
        id: String,
    ) -> Result<Opened> {
        let (bin, data) = dirs;
        let address = server.url.trim_start_matches("http://").to_owned();
        let port = address
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        let first = port.unwrap_or(0_u16).saturating_add(ABOVE);
        let roster = people::roster()?;
        let [one, two] = PHONES;
        let people = [people::person(&roster, one)?, people::person(&roster, two)?];
        let (mut doors, mut listeners) = (Vec::new(), Vec::new());
        for port in (first..).take(1 + PHONES.len()) {
            let (door, listener) = Door::take(port).await?;
            doors.push(door);
            listeners.push(listener);
        }
        let origins = doors.iter().map(|door| door.origin.clone()).collect();
        let stage = Arc::new(Stage {
            id,
            bin,
            data,
            address,
            server: Mutex::new(Some(server)),
            people,
            doors,
            origins,
        });
        let mut serving = JoinSet::new();
        for (at, listener) in listeners.into_iter().enumerate() {
            let line = stage.door(at)?.line();
            serving.spawn(serve(Arc::clone(&stage), at, line, listener));
        }
        Ok(Opened {
            stage,
            _doors: serving,
        })
    }

    /// Where the page is.
    pub(super) fn url(&self) -> &str {
        self.stage.origins.first().map_or("", String::as_str)
    }

    /// Closes the doors and gives the server back, when it runs.
    pub(super) async fn close(self) -> Option<Server> {
        self.stage.server.lock().await.take()
    }
}

impl Stage {
    fn door(&self, at: usize) -> Result<&Door> {
        self.doors.get(at).context("no such door")
    }

    /// What a page of the stage must know.
    fn about(&self) -> String {
        let phones = PHONES.iter().zip(self.doors.iter().skip(CONSOLE + 1));
        let phones = phones.map(|(hand, door)| {
            let name = hand.phone().map_or("", |(_, name)| name);
            json!({ "name": name, "origin": door.origin, "cut": door.is_cut() })
        });
        json!({
            "id": self.id,
            "console": self.origins.first(),
            "record": Plan::stage_record().to_string(),
            "phones": phones.collect::<Vec<_>>(),
        })
        .to_string()
    }

    /// Kills the server as a power cut does and starts it again at its address; gives how long it
    /// was away.
    async fn power_cut(&self) -> Result<String> {
        let mut held = self.server.lock().await;
        let begun = Instant::now();
        let (killed, bin, data) = (held.take(), self.bin.clone(), self.data.clone());
        let address = self.address.clone();
        let again = spawn_blocking(move || {
            if let Some(server) = killed {
                server.kill()?;
            }
            Server::start_at(&bin, &data, &address)
        });
        *held = Some(again.await.context("start the server again")??);
        let away = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(json!({ "away_ms": away }).to_string())
    }

    /// An invitation for the phone behind a door.
    async fn invitation(&self, door: usize) -> Result<String> {
        let phone = door.checked_sub(CONSOLE + 1).context("no phone's door")?;
        let person = self.people.get(phone).context("no such phone")?.clone();
        let (bin, data) = (self.bin.clone(), self.data.clone());
        let code = spawn_blocking(move || invite_all(&bin, &data, &[person]));
        let codes = code.await.context("invite")??;
        Ok(json!({ "code": codes.first() }).to_string())
    }

    async fn said(&self, asked: &Asked) -> Result<String> {
        let words: Vec<&str> = asked.path.split('/').collect();
        match words.as_slice() {
            ["about"] => Ok(self.about()),
            ["power-cut"] if asked.acts && asked.door == CONSOLE => self.power_cut().await,
            ["invitation"] if asked.acts => self.invitation(asked.door).await,
            [way @ ("cut" | "mend"), phone] if asked.acts && asked.door == CONSOLE => {
                let phone: usize = phone.parse().context("a phone's number")?;
                self.door(phone.saturating_add(CONSOLE + 1))?
                    .cut(*way == "cut");
                Ok(self.about())
            }
            _other => anyhow::bail!("not understood"),
        }
    }
}

impl House for Stage {
    fn server(&self) -> &str {
        &self.address
    }

    fn origins(&self) -> &[String] {
        &self.origins
    }

    async fn answer(&self, asked: Asked) -> Option<String> {
        match self.said(&asked).await {
            Ok(said) => Some(said),
            Err(error) => {
                eprintln!("演示台 the stage: {}: {error:#}", asked.path);
                None
            }
        }
    }
}
