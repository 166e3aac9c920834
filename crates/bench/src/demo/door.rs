//! A door of the demo's stage: a port of its own before the server, so that what a browser keeps
//! for one door no other door sees, and so that a line can really be cut.
//!
//! Never changes what passes, except that the stage may show these pages in frames: the server
//! itself forbids that, in the demo as everywhere.

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::head::{Head, Read};

/// Connections at the same time; further ones wait in the listener.
const AT_ONCE_MAX: usize = 128;

/// One door, open until it is dropped with its listener's task.
#[derive(Debug)]
pub(super) struct Door {
    /// `http://127.0.0.1:PORT`: the origin of its pages.
    pub(super) origin: String,
    cut: watch::Sender<bool>,
}

/// What is asked of the stage itself, at which door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Which door, as they were opened.
    pub(super) door: usize,
    /// The path under `/stage/`.
    pub(super) path: String,
    /// Whether it may change something: a POST by a page of this door.
    pub(super) acts: bool,
}

/// What is behind the doors.
pub(super) trait House: Send + Sync + 'static {
    /// Host and port of the server, running or not.
    fn server(&self) -> &str;
    /// The origin of every door: they may show each other in frames.
    fn origins(&self) -> &[String];
    /// Answers with JSON; none for what there is not.
    fn answer(&self, asked: Asked) -> impl Future<Output = Option<String>> + Send;
}

impl Door {
    /// Takes the port, or another one when it is taken.
    pub(super) async fn take(port: u16) -> Result<(Door, TcpListener)> {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .await
                .context("a port of the stage")?,
        };
        let origin = format!("http://{}", listener.local_addr()?);
        let (cut, _) = watch::channel(false);
        Ok((Door { origin, cut }, listener))
    }

    /// Cuts the line of the app behind this door, or mends it.
    pub(super) fn cut(&self, cut: bool) {
        self.cut.send_replace(cut);
    }

    pub(super) fn is_cut(&self) -> bool {
        *self.cut.borrow()
    }

    /// Hears when the line is cut.
    pub(super) fn line(&self) -> watch::Receiver<bool> {
        self.cut.subscribe()
    }
}

/// Lets everybody through who comes to a door, until the task is dropped.
pub(super) async fn serve<H: House>(
    house: Arc<H>,
    door: usize,
    line: watch::Receiver<bool>,
    listener: TcpListener,
) {
    let places = Arc::new(Semaphore::new(AT_ONCE_MAX));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((near, _)) = listener.accept().await else {
            continue;
        };
        let (house, line) = (Arc::clone(&house), line.clone());
        tokio::spawn(async move {
            // A connection that breaks is nothing to tell anybody: browsers try again.
            carry(house.as_ref(), door, line, near).await.ok();
            drop(place);
        });
    }
}

/// One connection carries one request: what follows its head passes as it is.
async fn carry<H: House>(
    house: &H,
    door: usize,
    mut line: watch::Receiver<bool>,
    mut near: TcpStream,
) -> std::io::Result<()> {
    let Some(Read { mut head, rest }) = Head::read(&mut near).await? else {
        return Ok(());
    };
    let own = house.origins().get(door).map_or("", String::as_str);
    // A name that somebody else's page gave this address reads nothing of it.
    let known = own
        .strip_prefix("http://")
        .is_some_and(|host| head.has("host", host));
    let path = head.path().to_owned();
    if let Some(path) = path.strip_prefix("/stage/") {
        let acts = head.method() == "POST" && head.has("origin", own);
        let asked = Asked {
            door,
            path: path.to_owned(),
            acts,
        };
        let said = if known {
            house.answer(asked).await
        } else {
            None
        };
        return near.write_all(&answer(said.as_deref())).await;
    }
    if is_of_the_app(&path) && *line.borrow() {
        return Ok(());
    }
    if !head.names("upgrade") {
        head.set("connection", "close");
    }
    let passes = pass(house, (head, rest), near);
    let cut = async {
        if line.wait_for(|cut| *cut).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    if !is_of_the_app(&path) {
        return passes.await;
    }
    tokio::select! {
        done = passes => done,
        () = cut => Ok(()),
    }
}

/// Carries a request to the server and what it answers back, until one of them closes.
async fn pass<H: House>(
    house: &H,
    (head, rest): (Head, Vec<u8>),
    mut near: TcpStream,
) -> std::io::Result<()> {
    let mut far = TcpStream::connect(house.server()).await?;
    let ((mut from_near, mut to_near), (mut from_far, mut to_far)) = (near.split(), far.split());
    // The body may follow its head later, and the server may wait for it.
    let up = async {
        to_far.write_all(&head.bytes()).await?;
        to_far.write_all(&rest).await?;
        copy(&mut from_near, &mut to_far).await?;
        std::future::pending().await
    };
    let down = async {
        let Some(Read { mut head, rest }) = Head::read(&mut from_far).await? else {
            return Ok(());
        };
        head.let_frame(house.origins());
        to_near.write_all(&head.bytes()).await?;
        to_near.write_all(&rest).await?;
        copy(&mut from_far, &mut to_near).await?;
        Ok(())
    };
    tokio::select! {
        done = up => done,
        done = down => done,
    }
}

/// Whether a phone's line carries it. The page around the app is not on the phone.
fn is_of_the_app(path: &str) -> bool {
    ["/m/", "/sync", "/api/", "/healthz"]
        .iter()
        .any(|begin| path.starts_with(begin))
}

fn answer(said: Option<&str>) -> Vec<u8> {
    let (status, body) = said.map_or(("404 Not Found", "{}"), |body| ("200 OK", body));
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests;
