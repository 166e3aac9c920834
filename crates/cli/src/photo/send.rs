//! Sending photos: the device proves its key over HTTP and sends each file in pieces (tus 1.0.0).
//!
//! Never takes a photo for sent before the server has the whole of it and has said so; what broke
//! off goes on where it was.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::{Noted, file_of, life, noted, set_noted, waiting};
use crate::{Here, trust};

const PIECE_BYTES: usize = 4 << 20;
/// Times that one photo may break off in one go.
const TRIES: usize = 3;
const ANSWER_S: u64 = 60;

/// What became of the photos that waited.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) sent: usize,
    pub(crate) left: usize,
    pub(crate) trouble: Option<String>,
}

impl Sent {
    /// Nothing was tried.
    pub(crate) fn waiting(left: usize) -> Sent {
        Sent {
            left,
            ..Sent::default()
        }
    }
}

/// Sends what the office lacks.
pub(crate) async fn all(here: &mut Here, dir: &Path) -> anyhow::Result<Sent> {
    let hashes = waiting(here, dir)?;
    let mut done = Sent::waiting(hashes.len());
    if hashes.is_empty() {
        return Ok(done);
    }
    let line = match Line::open(here, dir).await {
        Ok(line) => Arc::new(line),
        Err(error) => {
            done.trouble = Some(format!("{error:#}"));
            return Ok(done);
        }
    };
    for hash in hashes {
        let (line, name, file) = (Arc::clone(&line), hash.clone(), file_of(dir, &hash));
        let sent = tokio::task::spawn_blocking(move || {
            let bytes = whole(&file, &name)?;
            line.send(&name, &bytes)
        });
        if let Err(error) = sent.await? {
            // One that cannot go holds up no other.
            done.trouble = Some(format!("{error:#}"));
            continue;
        }
        let original = noted(here, &hash).map_or_else(String::new, |noted| noted.original);
        let sent_in = life(here);
        set_noted(here, &hash, &Noted { original, sent_in })?;
        (done.sent, done.left) = (done.sent + 1, done.left - 1);
    }
    Ok(done)
}

/// The file's bytes, if they are still those that were taken.
fn whole(file: &Path, hash: &str) -> anyhow::Result<Vec<u8>> {
    let unreadable = || format!("{} 读不到 (cannot be read)", file.display());
    let bytes = std::fs::read(file).with_context(unreadable)?;
    ensure!(
        HEXLOWER.encode(&Sha256::digest(&bytes)) == hash,
        "{} 已损坏,送不出去;请重新添加这张照片 (is damaged and is not sent: add the photo again)",
        file.display()
    );
    Ok(bytes)
}

/// The server as it is reached over HTTP, and how this device is known there.
struct Line {
    agent: Agent,
    base: String,
    token: String,
}

/// `wss://HOST/sync` is reached as `https://HOST`.
fn base_of(address: &str) -> Option<String> {
    let rest = address.strip_prefix("ws")?;
    Some(format!("http{}", rest.strip_suffix("/sync")?))
}

fn certificates(pem: Option<&[u8]>) -> anyhow::Result<Vec<Certificate<'static>>> {
    let Some(pem) = pem else {
        let system = rustls_native_certs::load_native_certs().certs;
        let own = system
            .iter()
            .map(|der| Certificate::from_der(der).to_owned());
        return Ok(own.collect());
    };
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item? {
            found.push(certificate);
        }
    }
    Ok(found)
}

impl Line {
    async fn open(here: &mut Here, dir: &Path) -> anyhow::Result<Line> {
        let pem = trust::kept(here, dir)?;
        let roots = RootCerts::new_with_certs(&certificates(pem.as_deref())?);
        let tls = TlsConfig::builder().root_certs(roots).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(Duration::from_secs(ANSWER_S)))
            .http_status_as_error(false);
        let agent = Agent::new_with_config(config.build());
        let address = here.engine().address().and_then(base_of);
        let base = address.context("不知道服务器的网址 (the server's address is not known)")?;
        let (asking, from) = (agent.clone(), base.clone());
        let ask = move || read(asking.get(format!("{from}/api/device/challenge")).call());
        let challenge = tokio::task::spawn_blocking(ask).await??;
        let said = text(&challenge, "nonce");
        let nonce = HEXLOWER.decode(said.as_bytes()).ok();
        let nonce: [u8; 32] = nonce
            .and_then(|nonce| nonce.try_into().ok())
            .context("服务器答复有误 (the server's answer is not understood)")?;
        let proof = here.engine().prove(&nonce);
        let (device, signature) = proof.context("本机尚未登记 (not enrolled)")?;
        let body = json!({"device": device.hex(), "nonce": said,
            "signature": HEXLOWER.encode(&signature.0)});
        let (asking, from) = (agent.clone(), base.clone());
        let ask = move || {
            let request = asking.post(format!("{from}/api/device/session"));
            let request = request.header("content-type", "application/json");
            read(request.send(body.to_string()))
        };
        let session = tokio::task::spawn_blocking(ask).await??;
        let token = text(&session, "token").to_owned();
        Ok(Line { agent, base, token })
    }

    fn send(&self, hash: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let begun = self.begin(hash, bytes.len())?;
        let (path, mut offset) = begun;
        let mut tries = 0;
        while offset < bytes.len() {
            let end = bytes.len().min(offset.saturating_add(PIECE_BYTES));
            let piece = bytes.get(offset..end).unwrap_or_default();
            match self.piece(&path, offset, piece) {
                Ok(reached) if reached > offset => offset = reached,
                Ok(_) => bail!("服务器没有收下 (the server took nothing)"),
                Err(error) if tries + 1 < TRIES => {
                    tries += 1;
                    // How far it came; a server that is gone ends it.
                    offset = self.reached(&path).map_err(|_| error)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn begin(&self, hash: &str, length: usize) -> anyhow::Result<(String, usize)> {
        let request = self.agent.post(format!("{}/api/files", self.base));
        let answer = request
            .header("authorization", format!("Liandu-Device {}", self.token))
            .header("tus-resumable", "1.0.0")
            .header("upload-length", length.to_string())
            .header(
                "upload-metadata",
                format!("hash {}", BASE64.encode(hash.as_bytes())),
            )
            .send_empty()?;
        let answer = fine(answer)?;
        let offset = number(&answer, "upload-offset")?;
        let path = answer.headers().get("location");
        let path = path.and_then(|path| path.to_str().ok());
        let path = path.context("服务器没有说送到哪里 (the server did not say where to)")?;
        Ok((path.to_owned(), offset))
    }

    fn piece(&self, path: &str, offset: usize, piece: &[u8]) -> anyhow::Result<usize> {
        let request = self.agent.patch(format!("{}{path}", self.base));
        let answer = request
            .header("authorization", format!("Liandu-Device {}", self.token))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset.to_string())
            .header("content-type", "application/offset+octet-stream")
            .send(piece)?;
        number(&fine(answer)?, "upload-offset")
    }

    fn reached(&self, path: &str) -> anyhow::Result<usize> {
        let request = self.agent.head(format!("{}{path}", self.base));
        let answer = request
            .header("authorization", format!("Liandu-Device {}", self.token))
            .header("tus-resumable", "1.0.0")
            .call()?;
        number(&fine(answer)?, "upload-offset")
    }
}

fn number(answer: &Response<Body>, header: &str) -> anyhow::Result<usize> {
    let said = answer.headers().get(header);
    let said = said.and_then(|said| said.to_str().ok()?.parse().ok());
    said.with_context(|| format!("服务器没有给出 {header} (missing in the server's answer)"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An answer that is no error; else what the server says in both languages.
fn fine(mut answer: Response<Body>) -> anyhow::Result<Response<Body>> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let said: Value = answer
        .body_mut()
        .read_to_string()
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let (zh, en) = (text(&said, "zh"), text(&said, "en"));
    bail!("{zh} ({en}, HTTP {status})")
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> anyhow::Result<Value> {
    let mut answer = fine(answer?)?;
    let text = answer.body_mut().read_to_string()?;
    let value: Value = serde_json::from_str(&text)?;
    ensure!(
        value.is_object(),
        "服务器答复有误 (the server's answer is not understood)"
    );
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_address_is_reached_over_http() {
        let base = |address| base_of(address).unwrap_or_default();
        assert_eq!(base("ws://127.0.0.1:8610/sync"), "http://127.0.0.1:8610");
        assert_eq!(
            base("wss://liandu.example.cn/sync"),
            "https://liandu.example.cn"
        );
        assert_eq!(base("http://127.0.0.1"), "");
    }
}
