//! One connection: performs what the session asks for and tells it what happened.
//!
//! Never decides anything about the protocol. One thing at a time: while the engine works for
//! this device nothing more is read from it, which is the back-pressure.

mod counted;
mod deliver;
mod enrol;
mod numbers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use liandu_core::id::{DeviceId, PersonId, Position, ScopeId};
use liandu_core::limits::STATEMENTS_MAX;
use liandu_core::protocol::message::{Authority, Behind, CloseCode, Cursor, Nonce, Short, Tier};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{
    Answer as Admitted, Compared, Input, Known, Opened, Output, Page, Session,
};
use liandu_core::protocol::update::RecordPush;
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Scope;
use liandu_core::seal::EnrolmentCertificate;
use minicbor::bytes::ByteVec;
use tokio::sync::Notify;

use super::{Sockets, pack};
use crate::engine::{ActError, Handle, Unavailable, now, random};
use crate::keeper::Answer;

/// Longest that one frame may take to leave, seconds: a device that does not read is let go.
const SEND_S: u64 = 60;
/// How long an overloaded server keeps devices away, ms, at least and at most.
const AWAY_MS: (u64, u64) = (2_000, 10_000);

static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// One connection.
struct Connection {
    sockets: Sockets,
    number: u64,
    /// Where it comes from.
    address: String,
    socket: WebSocket,
    session: Session,
    told: Arc<Notify>,
    /// A scope it follows has moved.
    moved: Arc<Notify>,
    following: Vec<ScopeId>,
    /// The device, once its signature held.
    device: Option<DeviceId>,
    person: Option<PersonId>,
    /// Shown at the hello by a device that the directory does not know.
    certificate: Option<EnrolmentCertificate>,
    scopes: Vec<Scope>,
    definitions: Vec<DefinitionRef>,
    /// The last statement it was told of.
    authority: Position,
}

/// Why the connection ends.
enum End {
    Closed,
    Lost,
}

impl From<Unavailable> for End {
    fn from(_: Unavailable) -> End {
        End::Lost
    }
}

/// Serves a connection to its end.
pub(super) async fn serve(socket: WebSocket, address: String, sockets: Sockets) {
    let open = Arc::clone(&sockets.handle.shared().connections);
    open.fetch_add(1, Ordering::Relaxed);
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
    let mut connection = Connection {
        session: Session::new(sockets.handle.deployment()),
        number,
        address,
        socket,
        told: Arc::new(Notify::new()),
        moved: Arc::new(Notify::new()),
        following: Vec::new(),
        device: None,
        person: None,
        certificate: None,
        scopes: Vec::new(),
        definitions: Vec::new(),
        authority: Position(0),
        sockets,
    };
    match connection.run().await {
        Err(End::Closed) => {
            // The device may be gone already.
            let _ = connection.socket.send(Message::Close(None)).await;
        }
        Err(End::Lost) | Ok(()) => {}
    }
    if let Some(device) = connection.device {
        connection.sockets.leave(device, number);
    }
    connection.follow(&[]);
    open.fetch_sub(1, Ordering::Relaxed);
}

impl Connection {
    fn handle(&self) -> Handle {
        self.sockets.handle.clone()
    }

    fn tell(&mut self, input: Input) {
        self.session.handle(now(), input);
    }

    async fn run(&mut self) -> Result<(), End> {
        let nonce = random::<32>().map_err(|_| End::Lost)?;
        self.tell(Input::Opened {
            nonce: Nonce(nonce),
        });
        let moved = Arc::clone(&self.moved);
        let mut authority = self.sockets.handle.shared().authority.clone();
        let mut stopping = self.sockets.handle.shared().stopping.clone();
        let told = Arc::clone(&self.told);
        loop {
            while let Some(output) = self.session.poll() {
                self.perform(output).await?;
            }
            let deadline = self.session.deadline();
            let tick = async {
                match deadline {
                    Some(at) => {
                        tokio::time::sleep(Duration::from_millis(at.since_ms(now()))).await;
                    }
                    None => std::future::pending().await,
                }
            };
            // The guard that `wait_for` gives must not live on.
            let stopped = async { stopping.wait_for(|stopping| *stopping).await.is_ok() };
            tokio::select! {
                message = self.socket.recv() => self.message(message)?,
                () = moved.notified() => {
                    let position = *self.sockets.handle.positions().borrow();
                    self.tell(Input::LogMoved(position));
                }
                changed = authority.changed() => {
                    changed.map_err(|_| End::Lost)?;
                    authority.borrow_and_update();
                    self.look_again().await?;
                }
                () = tick => self.tell(Input::Tick),
                () = told.notified() => self.end(CloseCode::Superseded, None),
                _ = stopped => {
                    self.end(CloseCode::ShuttingDown, Some(jitter()));
                }
            }
        }
    }

    /// From now on a move of these scopes wakes the connection.
    fn follow(&mut self, scopes: &[Scope]) {
        let wakes = &self.sockets.handle.shared().wakes;
        wakes.leave(self.number, &self.following);
        self.following = scopes.iter().map(Scope::id).collect();
        wakes.follow(self.number, &self.following, &self.moved);
    }

    fn end(&mut self, code: CloseCode, retry_after_ms: Option<u64>) {
        self.tell(Input::End {
            code,
            retry_after_ms,
        });
    }

    fn message(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Binary(frame))) => {
                self.tell(Input::Frame(frame.to_vec()));
                Ok(())
            }
            // The library answers pings itself; texts are nothing of ours.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Text(_))) => {
                self.tell(Input::Frame(Vec::new()));
                Ok(())
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Lost),
        }
    }

    async fn perform(&mut self, output: Output) -> Result<(), End> {
        match output {
            Output::Send(frame) => self.send(frame).await,
            Output::LookUp {
                device,
                cursor,
                certificate,
                answers,
            } => self.look_up((device, cursor, certificate), answers).await,
            Output::Opened(opened) => {
                self.opened(&opened);
                Ok(())
            }
            Output::Admit { batch, records } => self.admit(batch, records).await,
            Output::Deliver(carry) => self.deliver(*carry).await,
            Output::ReadFeed { after, bytes_max } => self.read_feed(after, bytes_max).await,
            Output::ReadDefinitions(names) => self.read_definitions(names).await,
            Output::ReadAuthority { after } => self.read_authority(after).await,
            Output::ReadNumbers(records) => self.read_numbers(records).await,
            Output::KeepAuthority(authority) => self.keep_authority(authority).await,
            Output::Acknowledged(position) => {
                self.authority = self.authority.max(position);
                Ok(())
            }
            Output::Digests(digests) => {
                let scopes = self.scopes.clone();
                let ask = move |keeper: &crate::engine::LiveKeeper| {
                    keeper.soundly(|keeper| keeper.differing(&scopes, &digests))
                };
                let differing = self.handle().read(ask).await?.ok_or(End::Lost)?;
                self.tell(Input::Differing(differing));
                Ok(())
            }
            Output::Compare(page) => {
                let found = self
                    .handle()
                    .read(move |keeper| keeper.soundly(|keeper| keeper.compare(&page)))
                    .await?
                    .ok_or(End::Lost)?;
                let bodies = pack::bodies(&found.updates);
                let (want, covered_to) = (found.want, found.covered_to);
                self.tell(Input::Compared(Compared {
                    bodies,
                    want,
                    covered_to,
                }));
                Ok(())
            }
            Output::Enrol(enrol) => self.enrol(*enrol).await,
            Output::Odd(odd) => {
                self.noted(odd);
                Ok(())
            }
            Output::Close(code) => {
                self.closing(code);
                Err(End::Closed)
            }
        }
    }

    async fn send(&mut self, frame: Vec<u8>) -> Result<(), End> {
        let sent = self.socket.send(Message::Binary(frame.into()));
        match tokio::time::timeout(Duration::from_secs(SEND_S), sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Lost),
        }
    }

    async fn look_up(
        &mut self,
        (device, cursor, certificate): (
            DeviceId,
            Option<Cursor>,
            Option<Box<EnrolmentCertificate>>,
        ),
        answers: Option<Position>,
    ) -> Result<(), End> {
        self.certificate = certificate.map(|certificate| *certificate);
        let shown = self.certificate.clone();
        let greet = move |keeper: &crate::engine::LiveKeeper| {
            keeper.soundly(|keeper| {
                let mut known = keeper.greet(&device, cursor.as_ref(), shown.as_ref())?;
                if let Some(after) = answers {
                    known.answers = keeper.answers_to(&device, after);
                }
                Some(known)
            })
        };
        match self.handle().read(greet).await?.ok_or(End::Lost)? {
            Some(known) => {
                if known.left_out > 0 {
                    tracing::warn!(
                        device = %device.hex(),
                        scopes = known.scopes.len(),
                        left_out = known.left_out,
                        "a device may see more scopes than one device can follow; it was told"
                    );
                }
                // Before the feed is read: nothing that moves from now on is missed.
                self.follow(&known.scopes);
                let position = *self.sockets.handle.positions().borrow();
                self.tell(Input::LogMoved(position));
                self.scopes.clone_from(&known.scopes);
                self.definitions.clone_from(&known.definitions);
                self.tell(Input::Known(Box::new(known)));
            }
            None => self.tell(Input::Unknown),
        }
        Ok(())
    }

    fn opened(&mut self, opened: &Opened) {
        self.device = Some(opened.device);
        self.person = Some(opened.person.clone());
        self.authority = opened.authority;
        self.sockets.came(opened);
        self.sockets
            .take_over(opened.device, self.number, Arc::clone(&self.told));
    }

    /// Authority changed: perhaps this device's scopes, or whether it may be here at all.
    async fn look_again(&mut self) -> Result<(), End> {
        let Some(device) = self.device else {
            return Ok(());
        };
        let shown = self.certificate.clone();
        let greet = move |keeper: &crate::engine::LiveKeeper| {
            keeper.soundly(|keeper| keeper.greet(&device, None, shown.as_ref()))
        };
        let Some(known) = self.handle().read(greet).await?.ok_or(End::Lost)? else {
            return Ok(());
        };
        if known.escrow {
            self.end(CloseCode::Revoked, None);
            return Ok(());
        }
        let Known {
            scopes,
            definitions,
            authority,
            ..
        } = known;
        if scopes != self.scopes {
            self.follow(&scopes);
            self.scopes.clone_from(&scopes);
            self.tell(Input::Scopes(scopes));
        }
        let fresh: Vec<DefinitionRef> = definitions
            .iter()
            .filter(|name| !self.definitions.contains(name))
            .cloned()
            .collect();
        if !fresh.is_empty() {
            self.definitions = definitions;
            self.read_definitions(fresh).await?;
        }
        if authority > self.authority {
            let after = self.authority;
            self.read_authority(after).await?;
        }
        Ok(())
    }

    async fn admit(&mut self, batch: u64, records: Vec<RecordPush>) -> Result<(), End> {
        let handle = self.handle();
        let vouched = self.certificate.clone();
        let push = move |keeper: &mut crate::engine::LiveKeeper, now| {
            Ok(keeper.push(now, vouched.as_ref(), &records))
        };
        let answer = match handle.try_stage(push).await {
            Answer::Pushed(pushed) => {
                handle.shared().seen.arrived(&pushed.arrived);
                Admitted::Verdicts {
                    position: *handle.positions().borrow(),
                    tier: Tier::Fsynced,
                    records: pushed.records,
                }
            }
            Answer::Failed(ActError::Busy { retry_s }) => Admitted::Busy {
                retry_after_ms: u64::from(retry_s) * 1_000 + jitter(),
            },
            Answer::Failed(_) | Answer::Edited(_) | Answer::Acted(_) | Answer::Answered(_) => {
                Admitted::Busy {
                    retry_after_ms: jitter(),
                }
            }
        };
        self.tell(Input::Admitted { batch, answer });
        Ok(())
    }

    async fn read_feed(&mut self, after: Vec<Behind>, bytes_max: usize) -> Result<(), End> {
        let read = move |keeper: &crate::engine::LiveKeeper| {
            let after: Vec<_> = after.iter().map(|b| (b.scope, b.position)).collect();
            let page = keeper.soundly(|keeper| keeper.read_feed(&after, bytes_max))??;
            let upto = keeper.cursor_at(page.upto).unwrap_or(Cursor {
                epoch: keeper.epoch(),
                position: page.upto,
                hash: Short::default(),
            });
            Some((page, upto))
        };
        // A feed that cannot be read now is read again by the next connection.
        let (page, upto) = self.handle().read(read).await?.ok_or(End::Lost)?;
        let bodies = pack::bodies(&page.updates);
        self.tell(Input::Page(Page {
            bodies,
            upto,
            more: page.more,
        }));
        Ok(())
    }

    async fn read_definitions(&mut self, names: Vec<DefinitionRef>) -> Result<(), End> {
        let read = move |keeper: &crate::engine::LiveKeeper| {
            let json = |name: DefinitionRef| Some((keeper.definition_json(&name)?, name));
            names.into_iter().filter_map(json).collect::<Vec<_>>()
        };
        let found = self.handle().read(read).await?;
        let pack = |(json, name): (Arc<Vec<u8>>, DefinitionRef)| {
            Some((
                name,
                Packed::pack(&[ByteVec::from(json.as_ref().clone())]).ok()?,
            ))
        };
        let definitions = found.into_iter().filter_map(pack).collect();
        self.tell(Input::Definitions(definitions));
        Ok(())
    }

    async fn read_authority(&mut self, after: Position) -> Result<(), End> {
        let Some(person) = self.person.clone() else {
            return Ok(());
        };
        let read = move |keeper: &crate::engine::LiveKeeper| keeper.statements(&person, after);
        let mut found = self.handle().read(read).await?;
        found.truncate(STATEMENTS_MAX);
        if let Some((position, _)) = found.last() {
            self.authority = *position;
            let position = *position;
            let statements = found.into_iter().map(|(_, bytes)| bytes).collect();
            self.tell(Input::Authority(Authority {
                position,
                statements,
            }));
        }
        Ok(())
    }

    async fn keep_authority(&mut self, authority: Authority) -> Result<(), End> {
        let keep = move |keeper: &mut crate::engine::LiveKeeper, now| {
            keeper
                .keep_statements(now, &authority.statements)
                .ok_or(ActError::Missing)
        };
        // Nothing new in it, or not now: the next hello offers it again.
        let _ = self.handle().stage(keep).await;
        Ok(())
    }
}

/// A wait that keeps devices from coming back all at once, ms.
fn jitter() -> u64 {
    let (least, most) = AWAY_MS;
    let random = random::<8>().map_or(0, u64::from_be_bytes);
    least + random % (most - least)
}
