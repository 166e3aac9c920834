//! Telling units outside this system (mail, SMS) by an HTTP gateway: what is due is sent, and what
//! became of it is in the log.
//!
//! Never keeps anything of its own: what is due follows from the log. A crash between the gateway's
//! answer and the log may tell a unit twice, never not at all.

mod template;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use liandu_core::record::kind::Kind;
use liandu_core::time::Timestamp;
use liandu_core::workflow::{NOTICED, NoticeRules, workflow};
use serde::Deserialize;
use tokio::sync::watch;

use crate::engine::{AuthorityAct, Handle, OfficeUser};
use crate::tables::TablesError;
use crate::tables::follow::{Progress, reached};
use crate::tables::notice::{Due, Told, due};
use crate::tables::query::{Readers, Snapshot};

pub use template::Format;
use template::Message;

/// Notices sent before the tables are asked again.
const AT_ONCE: usize = 20;
/// Older events are told nobody.
const AGE_MS_MAX: i64 = 3 * 24 * 3_600_000;
/// One call of the gateway.
const CALL_AT_MOST: Duration = Duration::from_secs(20);
/// What a gateway says about a failure, characters.
const FAILURE_CHARS_MAX: usize = 200;
const ANSWER_BYTES_MAX: u64 = 4_096;

/// How units are told, as an administrator writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The gateway's address, with places for values.
    pub url: String,
    /// Headers of every call: what the gateway knows us by.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How the body is written.
    #[serde(default)]
    pub format: Format,
    /// The body, with places for values.
    pub body: String,
    /// Of which events, where a campaign's definition does not say.
    #[serde(default = "events")]
    pub events: Vec<String>,
    /// Tries of one notice.
    #[serde(default = "attempts")]
    pub attempts: u32,
    /// Before the second try, seconds; twice as long before each further one.
    #[serde(default = "retry_s")]
    pub retry_s: u32,
    /// Where each unit is reached.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
}

fn events() -> Vec<String> {
    ["remind", "supervise"].map(str::to_owned).to_vec()
}

fn attempts() -> u32 {
    5
}

fn retry_s() -> u32 {
    60
}

impl Settings {
    /// What is wrong with them, for the administrator.
    pub fn wrong(&self) -> Option<String> {
        if !self.url.starts_with("http://") && !self.url.starts_with("https://") {
            return Some(format!("url {}: http:// or https://", self.url));
        }
        let known = |word: &&String| !NOTICED.contains(&word.as_str());
        if let Some(word) = self.events.iter().find(known) {
            return Some(format!("events: {word}; known: {}", NOTICED.join(" ")));
        }
        let parts = [&self.url, &self.body]
            .into_iter()
            .chain(self.headers.values());
        parts
            .filter_map(|part| template::unknown(part))
            .map(|name| format!("{{{name}}}; known: {}", template::NAMES.join(" ")))
            .next()
    }

    fn due(&self, now: Timestamp, rules: NoticeRules) -> Due {
        Due {
            rules,
            since: Timestamp(now.0.saturating_sub(AGE_MS_MAX)),
            now,
            attempts_max: self.attempts,
            wait_ms: i64::from(self.retry_s).saturating_mul(1_000),
            reached: self.units.keys().cloned().collect(),
        }
    }

    fn message(&self, told: &Told) -> Result<Message, String> {
        let unit = told.notice.unit.as_str();
        let to = self.units.get(unit).filter(|to| !to.is_empty());
        let to =
            to.ok_or_else(|| format!("没有该单位的号码 no address in [notices.units]: {unit}"))?;
        let event = workflow(Kind::Problem).event(told.notice.word);
        let values = [
            ("to", to.clone()),
            ("unit", unit.to_owned()),
            ("event", event.map_or("", |event| event.zh).to_owned()),
            ("title", told.title.clone()),
            ("number", told.number().unwrap_or_default()),
            ("text", told.notice.text.clone()),
            ("record", told.record.to_string()),
        ];
        Ok(Message::new(self, &values))
    }
}

/// Tells what is due until the server stops.
pub async fn run(
    settings: Arc<Settings>,
    engine: Handle,
    readers: Arc<Readers>,
    progress: watch::Receiver<Progress>,
    by: OfficeUser,
) {
    let mut moved = progress.clone();
    let mut again = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = again.tick() => {}
            changed = moved.changed() => if changed.is_err() { return },
        }
        if engine.is_stopping() {
            return;
        }
        // An engine that does not answer is stopping, or does in a second.
        let Ok(known) = engine.definitions().await else {
            continue;
        };
        let rules = NoticeRules::known(&known, &settings.events);
        let found = ask(&settings, rules, &readers).await;
        for told in found {
            let failure = deliver(&settings, &told).await.err();
            tracing::info!(record = %told.record, ok = failure.is_none(), "a unit was told");
            let act = AuthorityAct::Notified {
                record: told.record,
                event: told.notice.event,
                unit: told.notice.unit,
                failure,
            };
            // A log that takes nothing takes this later: it is due still.
            let Ok(position) = engine.act(by.clone(), act).await else {
                break;
            };
            // What was just told must not look due.
            if !reached(&progress, position).await {
                break;
            }
        }
    }
}

async fn ask(settings: &Arc<Settings>, rules: NoticeRules, readers: &Arc<Readers>) -> Vec<Told> {
    let (settings, readers) = (settings.clone(), readers.clone());
    let lights = liandu_core::light::Lights::default();
    let asked = tokio::task::spawn_blocking(move || {
        let wanted = settings.due(crate::engine::now(), rules);
        readers.read(lights, |snapshot: &Snapshot<'_>| {
            due(snapshot, &wanted, AT_ONCE)
        })
    });
    match asked.await {
        Ok(Ok(found)) => found,
        Ok(Err(TablesError::NotOurs | TablesError::Sql(_) | TablesError::File(_))) | Err(_) => {
            Vec::new()
        }
    }
}

async fn deliver(settings: &Arc<Settings>, told: &Told) -> Result<(), String> {
    let message = settings.message(told)?;
    let call = tokio::task::spawn_blocking(move || call(message));
    call.await
        .unwrap_or_else(|_| Err("the call broke off".to_owned()))
}

/// One call of the gateway; anything but a success is a failure with what it said.
fn call(message: Message) -> Result<(), String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(CALL_AT_MOST))
        .http_status_as_error(false)
        .build();
    let mut request = ureq::Agent::new_with_config(config).post(&message.url);
    for (name, value) in &message.headers {
        request = request.header(name, value);
    }
    let mut answer = request
        .send(&message.body)
        .map_err(|error| short(&error.to_string()))?;
    if answer.status().is_success() {
        return Ok(());
    }
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
    let said = body.read_to_string().unwrap_or_default();
    Err(short(&format!("HTTP {} {said}", answer.status().as_u16())))
}

fn short(text: &str) -> String {
    text.chars().take(FAILURE_CHARS_MAX).collect()
}
