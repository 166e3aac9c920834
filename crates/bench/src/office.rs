//! An office user's program: the HTTP API with a token.
//!
//! Never reads anything but what the API answers: it is the independent reader that verifies a
//! workload.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// A signed-in office user.
#[derive(Debug)]
pub struct Office {
    agent: ureq::Agent,
    url: String,
    token: String,
}

/// How long the tables may take to reach what devices have receipts for.
const TABLES_WAIT_MAX: Duration = Duration::from_secs(900);
/// One page of a list.
const PAGE: usize = 200;

impl Office {
    /// Signs in.
    pub fn sign_in(url: &str, user: &str, password: &str) -> Result<Office> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build();
        let agent = ureq::Agent::new_with_config(config);
        let body = json!({ "user": user, "password": password }).to_string();
        let mut answer = agent
            .post(format!("{url}/api/session"))
            .header("content-type", "application/json")
            .send(body)
            .context("sign in")?;
        let text = answer.body_mut().read_to_string()?;
        if !answer.status().is_success() {
            bail!("sign in: {} {text}", answer.status());
        }
        let session: Value = serde_json::from_str(&text)?;
        let token = session["token"]
            .as_str()
            .context("a token in the answer")?
            .to_owned();
        Ok(Office {
            agent,
            url: url.to_owned(),
            token,
        })
    }

    /// The session's token, for a program of somebody else.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// GET, as text. While the tables are behind the place asked for, it waits for them.
    pub fn text(&self, path: &str) -> Result<String> {
        let began = Instant::now();
        loop {
            match self.text_now(path)? {
                (status, text) if status.is_success() => return Ok(text),
                (status, text) => {
                    let behind = status.as_u16() == 503 && text.contains("\"not-yet\"");
                    if !behind || began.elapsed() > TABLES_WAIT_MAX {
                        bail!("GET {path}: {status} {text}");
                    }
                }
            }
        }
    }

    /// The server itself waits a while before it says that its tables are not there yet.
    fn text_now(&self, path: &str) -> Result<(ureq::http::StatusCode, String)> {
        let mut answer = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("authorization", &format!("Bearer {}", self.token))
            .call()
            .with_context(|| format!("GET {path}"))?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_string()?;
        Ok((answer.status(), text))
    }

    /// GET, as JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        serde_json::from_str(&self.text(path)?).with_context(|| format!("JSON of {path}"))
    }

    /// POST of JSON; gives status and body.
    pub fn post(&self, path: &str, body: &Value, seen: Option<&str>) -> Result<(u16, Value)> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("authorization", &format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        if let Some(seen) = seen {
            request = request.header("if-match", &format!("\"{seen}\""));
        }
        let mut answer = request
            .send(body.to_string())
            .with_context(|| format!("POST {path}"))?;
        let text = answer.body_mut().read_to_string()?;
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((answer.status().as_u16(), json))
    }

    /// POST of a file as it is; gives status and body.
    pub fn post_file(&self, path: &str, file: &[u8]) -> Result<(u16, String)> {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("authorization", &format!("Bearer {}", self.token))
            .header("content-type", "application/octet-stream")
            .send(file)
            .with_context(|| format!("POST {path}"))?;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), text))
    }

    /// How many records fit a filter (`region=130123&conflict=open`).
    pub fn count(&self, filter: &str) -> Result<u64> {
        let answer = self.get(&format!("/api/records/count?{filter}"))?;
        answer["total"]
            .as_u64()
            .with_context(|| format!("a total in {answer}"))
    }

    /// Counts by a property (`state`, `field.status`).
    pub fn count_by(
        &self,
        filter: &str,
        by: &str,
    ) -> Result<std::collections::BTreeMap<String, u64>> {
        let answer = self.get(&format!("/api/records/count?{filter}&by={by}"))?;
        let groups = answer["groups"]
            .as_array()
            .with_context(|| format!("groups in {answer}"))?;
        let pair = |group: &Value| {
            let name = group["value"].as_str().unwrap_or("").to_owned();
            Some((name, group["count"].as_u64()?))
        };
        Ok(groups.iter().filter_map(pair).collect())
    }

    /// Every item of a list, page by page: `items` is the list's name, `cursor` the parameter
    /// that `next` goes into.
    pub fn all(&self, path: &str, items: &str, cursor: &str) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut next = String::new();
        loop {
            let glue = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{glue}limit={PAGE}{next}"))?;
            all.extend(
                page[items]
                    .as_array()
                    .with_context(|| format!("{items} in {path}"))?
                    .clone(),
            );
            match &page["next"] {
                Value::String(at) => next = format!("&{cursor}={at}"),
                Value::Number(at) => next = format!("&{cursor}={at}"),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    return Ok(all);
                }
            }
        }
    }
}
