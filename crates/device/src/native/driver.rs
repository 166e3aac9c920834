//! The loop around the engine: store, socket, clock.
//!
//! Never reorders what the engine says, and answers every batch with whether it is stored.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use liandu_core::id::RecordId;
use liandu_core::limits::{ANSWER_MS, FRAME_BYTES_MAX};
use liandu_core::protocol::client::{Status, Stop};
use liandu_core::time::Timestamp;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

use super::trust::{self, TrustError};
use super::{FolderError, Store, SystemEntropy, now};
use crate::engine::{Engine, EnrolError, EnrolFailure, Event, Input, Output};
use crate::entropy::Entropy;
use crate::store::OpenError;

/// After everything is quiet, how long to listen for what is still coming.
const LINGER: Duration = Duration::from_millis(250);
/// ... while it looks up numbers; one that knows none never answers.
const NUMBERS_LINGER: Duration = Duration::from_secs(2);

/// Why a device cannot go on. What is stored stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is in it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An enrolment could not begin.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// An enrolment did not work.
    #[error("{} ({})", .0.zh, .0.en)]
    NotEnrolled(EnrolFailure),
}

/// Why a sync ended before everything was exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No connection.
    Unreachable(String),
    /// The server ended it; the status says what the device does next.
    Stopped(Stop),
    /// Time ran out.
    TimedOut,
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Records that changed by what came.
    pub changed: usize,
    /// Own edits that were answered.
    pub answered: usize,
    /// Why it ended early, if it did.
    pub trouble: Option<Trouble>,
    /// Whether the device is revoked and only hands in what it has.
    pub escrow: bool,
}

/// What went over a device's sockets since it was opened: whole messages, without what WebSocket,
/// TLS and TCP put around them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Messages sent.
    pub messages_up: u64,
    /// Messages received.
    pub messages_down: u64,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One device with its store and, when connected, its socket.
pub struct Device<S> {
    engine: Engine,
    store: S,
    socket: Option<Socket>,
    todo: VecDeque<Output>,
    events: Vec<Event>,
    failed: Option<FolderError>,
    unreachable: Option<String>,
    traffic: Traffic,
    /// For `wss://`; made when it is first needed.
    connector: Option<Connector>,
}

/// Damage with the file it is in.
fn named(error: OpenError, place: Option<&Path>) -> DriveError {
    match (error, place) {
        (OpenError::Damaged { what }, Some(path)) => DriveError::Folder(FolderError::Damaged {
            path: path.to_owned(),
            what: what.to_owned(),
        }),
        (error, _) => DriveError::Open(error),
    }
}

impl<S: Store> Device<S> {
    /// Opens a device from its store.
    pub fn open(store: S, app: &str) -> Result<Device<S>, DriveError> {
        Device::open_with(store, app, Box::new(SystemEntropy))
    }

    /// The same with another source of random bytes, for tests and measurements.
    pub fn open_with(
        mut store: S,
        app: &str,
        entropy: Box<dyn Entropy + Send>,
    ) -> Result<Device<S>, DriveError> {
        let opened = Engine::open(store.load()?, entropy, app);
        let engine = opened.map_err(|error| named(error, store.place()))?;
        Ok(Device {
            engine,
            store,
            socket: None,
            todo: VecDeque::new(),
            events: Vec::new(),
            failed: None,
            unreachable: None,
            traffic: Traffic::default(),
            connector: None,
        })
    }

    /// From now on believes only servers that certificates of this PEM text vouch for.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), TrustError> {
        self.connector = Some(trust::only(pem)?);
        Ok(())
    }

    /// The engine, to read from.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Its store, when the device is put away.
    pub fn into_store(self) -> S {
        self.store
    }

    /// What went over the network so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// What happened since this was last asked.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Lets a person act. What the act stores is durable when this returns.
    pub fn act<T>(
        &mut self,
        act: impl FnOnce(&mut Engine, Timestamp) -> T,
    ) -> Result<T, DriveError> {
        let done = act(&mut self.engine, now());
        self.store_all()?;
        Ok(done)
    }

    /// Stores what the engine wants stored; the rest waits for the socket.
    fn store_all(&mut self) -> Result<(), FolderError> {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Commit { id, puts } => match self.store.write(&puts) {
                    Ok(()) => self.engine.handle(now(), Input::Committed(id)),
                    Err(error) => {
                        self.engine.handle(now(), Input::CommitFailed(id));
                        self.failed = Some(error);
                    }
                },
                Output::Event(event) => self.events.push(event),
                // A folder's key is in its engine.
                Output::Sign { id, .. } => self.engine.handle(now(), Input::NotSigned(id)),
                Output::Connect | Output::Disconnect | Output::Send(_) => {
                    self.todo.push_back(output);
                }
            }
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Stores, connects and sends until the engine has nothing more to say.
    async fn perform(&mut self) -> Result<(), FolderError> {
        loop {
            self.store_all()?;
            let Some(output) = self.todo.pop_front() else {
                return Ok(());
            };
            match output {
                Output::Connect => self.connect().await,
                Output::Disconnect => self.hang_up().await,
                Output::Send(frame) => self.send(frame).await,
                Output::Commit { .. } | Output::Event(_) | Output::Sign { .. } => {}
            }
        }
    }

    async fn connect(&mut self) {
        let Some(address) = self.engine.address().map(str::to_owned) else {
            return;
        };
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        let connector = match self.connector_to(&address) {
            Ok(connector) => connector,
            Err(error) => {
                let input = self.not_reached(error.to_string());
                return self.engine.handle(now(), input);
            }
        };
        let connecting = connect_async_tls_with_config(address, Some(config), true, connector);
        let input = match tokio::time::timeout(patience(), connecting).await {
            Ok(Ok((socket, _))) => {
                self.socket = Some(socket);
                self.unreachable = None;
                Input::Connected
            }
            Ok(Err(error)) => self.not_reached(error.to_string()),
            Err(_) => self.not_reached("timed out".to_owned()),
        };
        self.engine.handle(now(), input);
    }

    /// None for a server without TLS.
    fn connector_to(&mut self, address: &str) -> Result<Option<Connector>, TrustError> {
        if !address.starts_with("wss://") {
            return Ok(None);
        }
        if self.connector.is_none() {
            self.connector = Some(trust::system()?);
        }
        Ok(self.connector.clone())
    }

    fn not_reached(&mut self, why: String) -> Input {
        self.socket = None;
        self.unreachable = Some(why);
        Input::Disconnected
    }

    async fn hang_up(&mut self) {
        self.todo
            .retain(|output| !matches!(output, Output::Send(_)));
        if let Some(mut socket) = self.socket.take() {
            // A peer that does not answer the closing is not waited for.
            let _ = tokio::time::timeout(Duration::from_secs(1), socket.close(None)).await;
        }
    }

    async fn send(&mut self, frame: Vec<u8>) {
        let Some(socket) = &mut self.socket else {
            return;
        };
        self.traffic.messages_up += 1;
        self.traffic.bytes_up += frame.len() as u64;
        let sending = socket.send(Message::Binary(frame.into()));
        let sent = tokio::time::timeout(patience(), sending).await;
        if !matches!(sent, Ok(Ok(()))) {
            self.lost();
        }
    }

    fn lost(&mut self) {
        self.socket = None;
        self.todo.clear();
        self.engine.handle(now(), Input::Disconnected);
    }

    /// Waits for the next thing to happen, at most so long; false when nothing did.
    async fn next(&mut self, at_most: Duration) -> bool {
        let tick = self.engine.deadline().map(|at| at.since_ms(now()));
        let tick = tick.map(Duration::from_millis);
        let wait = tick.map_or(at_most, |tick| tick.min(at_most));
        let Some(socket) = &mut self.socket else {
            tokio::time::sleep(wait).await;
            return self.tick();
        };
        match tokio::time::timeout(wait, socket.next()).await {
            Ok(Some(Ok(Message::Binary(frame)))) => {
                self.traffic.messages_down += 1;
                self.traffic.bytes_down += frame.len() as u64;
                self.engine.handle(now(), Input::Frame(frame.into()));
                true
            }
            Ok(Some(Ok(
                Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
            ))) => true,
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => {
                self.lost();
                true
            }
            Err(_) => self.tick(),
        }
    }

    fn tick(&mut self) -> bool {
        let due = self.engine.deadline().is_some_and(|at| at <= now());
        if due {
            self.engine.handle(now(), Input::Tick);
        }
        due
    }

    /// Enrols this device with an invitation's code.
    pub async fn enrol(
        &mut self,
        address: &str,
        code: &str,
        label: &str,
    ) -> Result<(), DriveError> {
        self.engine.enrol(now(), address, code, label)?;
        loop {
            self.perform().await?;
            for event in std::mem::take(&mut self.events) {
                match event {
                    Event::Enrolled => {
                        self.hang_up().await;
                        return Ok(());
                    }
                    Event::EnrolFailed(failure) => return Err(DriveError::NotEnrolled(failure)),
                    Event::Saved { .. }
                    | Event::Changed(_)
                    | Event::Answered { .. }
                    | Event::Connection(_)
                    | Event::Definition(_)
                    | Event::StoreFailed
                    | Event::KeyFailed
                    | Event::Odd(_) => {}
                }
            }
            self.next(patience()).await;
        }
    }

    /// Connects and exchanges everything with the server, then returns; the connection stays open
    /// for the next time. Gives up after `at_most`.
    pub async fn sync(&mut self, at_most: Duration) -> Result<SyncReport, DriveError> {
        let until = tokio::time::Instant::now() + at_most;
        let mut report = SyncReport::default();
        let mut changed = BTreeSet::new();
        self.unreachable = None;
        self.engine.handle(now(), Input::SyncNow);
        loop {
            self.perform().await?;
            count(&self.events(), &mut changed, &mut report);
            let status = self.engine.connection();
            report.escrow = status == Some(Status::Escrow);
            report.trouble = self.trouble(status);
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            if report.trouble.is_some() {
                return Ok(report);
            }
            if left.is_zero() {
                report.trouble = Some(Trouble::TimedOut);
                return Ok(report);
            }
            let settled = matches!(status, Some(Status::InSync | Status::Escrow));
            let idle = settled && self.engine.is_quiet();
            let linger = if self.engine.awaits_numbers() {
                NUMBERS_LINGER
            } else {
                LINGER
            };
            let wait = if idle { linger.min(left) } else { left };
            if !self.next(wait).await && idle {
                return Ok(report);
            }
        }
    }

    /// Connects if need be and exchanges until a condition holds; the connection stays open.
    pub async fn sync_until(
        &mut self,
        at_most: Duration,
        mut holds: impl FnMut(&mut Engine) -> bool,
    ) -> Result<SyncReport, DriveError> {
        let until = tokio::time::Instant::now() + at_most;
        let mut report = SyncReport::default();
        let mut changed = BTreeSet::new();
        self.engine.handle(now(), Input::SyncNow);
        loop {
            self.perform().await?;
            count(&self.events(), &mut changed, &mut report);
            if holds(&mut self.engine) {
                return Ok(report);
            }
            report.trouble = self.trouble(self.engine.connection());
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            if report.trouble.is_none() && left.is_zero() {
                report.trouble = Some(Trouble::TimedOut);
            }
            if report.trouble.is_some() {
                return Ok(report);
            }
            self.next(left).await;
        }
    }

    fn trouble(&self, status: Option<Status>) -> Option<Trouble> {
        match status {
            None => Some(Trouble::Stopped(Stop::NotStarted)),
            Some(Status::Stopped(stop)) => Some(Trouble::Stopped(stop)),
            Some(Status::Waiting { .. }) => {
                let why = self.unreachable.clone();
                Some(Trouble::Unreachable(
                    why.unwrap_or_else(|| "connection lost".to_owned()),
                ))
            }
            Some(
                Status::Connecting
                | Status::CatchingUp
                | Status::InSync
                | Status::Repairing
                | Status::Escrow,
            ) => None,
        }
    }

    /// Stays connected, connecting again with growing waits, until `stop` is ready. Each event is
    /// told as it happens.
    pub async fn run(
        &mut self,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(&mut Engine, Event),
    ) -> Result<(), DriveError> {
        let mut stop = std::pin::pin!(stop);
        self.engine.handle(now(), Input::SyncNow);
        loop {
            self.perform().await?;
            for event in self.events() {
                tell(&mut self.engine, event);
            }
            tokio::select! {
                () = &mut stop => {
                    self.hang_up().await;
                    return Ok(());
                }
                _ = self.next(Duration::from_secs(3_600)) => {}
            }
        }
    }

    /// Closes the connection.
    pub async fn disconnect(&mut self) -> Result<(), DriveError> {
        if self.socket.is_some() {
            self.hang_up().await;
            self.engine.handle(now(), Input::Disconnected);
        }
        self.todo.clear();
        Ok(self.store_all()?)
    }
}

fn patience() -> Duration {
    Duration::from_millis(u64::try_from(ANSWER_MS).unwrap_or(30_000))
}

fn count(events: &[Event], changed: &mut BTreeSet<RecordId>, report: &mut SyncReport) {
    for event in events {
        match event {
            Event::Changed(record) => {
                changed.insert(*record);
                report.changed = changed.len();
            }
            Event::Answered { .. } => report.answered += 1,
            Event::Saved { .. }
            | Event::Connection(_)
            | Event::Enrolled
            | Event::EnrolFailed(_)
            | Event::Definition(_)
            | Event::StoreFailed
            | Event::KeyFailed
            | Event::Odd(_) => {}
        }
    }
}
