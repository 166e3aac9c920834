//! The server in the simulation: the real keeper on a simulated disk, and a real session for each
//! connection, driven as the socket driver does it.
//!
//! Never answers from an unfinished commit: requests wait for the next group, reads run after it.

mod reads;

use std::collections::{BTreeMap, VecDeque};
use std::mem::take;

use liandu_core::id::{DeviceId, PersonId, Position};
use liandu_core::protocol::message::{Carried, CloseCode, Enrolled, Outcome, Tier};
use liandu_core::protocol::session::{Answer as Admitted, Input, Output, Session};
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Scope;
use liandu_core::seal::{EnrolmentCertificate, SecretKey};
use liandu_core::time::Timestamp;
use liandu_server::journal::{self, SimDisk};
use liandu_server::keeper::ask::{ActError, AuthorityAct, OfficeAct, OfficeUser};
use liandu_server::keeper::recover::Start;
use liandu_server::keeper::{self, Answer, Keeper, KeeperOpenError, Keys, Ticket, Whole};

use super::index::SimIndex;
use super::ledger::Ledger;
use super::rng::Rng;
use reads::{ENROL_REFUSED, definitions, read_authority};

pub(crate) type SimKeeper = Keeper<SimDisk, SimIndex>;

/// Free bytes below which the log takes no more.
pub(crate) const RESERVE_BYTES: u64 = 4 << 10;

/// The server's side of one connection.
pub(crate) struct Conn {
    pub(crate) session: Session,
    /// Frames that came while the engine worked for this connection.
    pub(crate) inbox: VecDeque<Vec<u8>>,
    /// A request of it is waiting: nothing more is read from it.
    pub(crate) busy: bool,
    device: Option<DeviceId>,
    person: Option<PersonId>,
    certificate: Option<EnrolmentCertificate>,
    scopes: Vec<Scope>,
    definitions: Vec<DefinitionRef>,
    authority: Position,
    log_moved: Option<Position>,
    authority_moved: bool,
    superseded: bool,
}

/// Something asked of the keeper that may write.
#[derive(Debug)]
pub(crate) enum Ask {
    Session(u64, Output),
    Edit(OfficeUser, OfficeAct),
    Act(OfficeUser, AuthorityAct),
}

enum Waiter {
    Push {
        conn: u64,
        batch: u64,
    },
    /// Connection and number.
    Deliver(u64, u64, Whole),
    Enrol {
        conn: u64,
        certificate: EnrolmentCertificate,
    },
    Keep {
        conn: u64,
    },
    Edit(OfficeAct),
    Act,
}

/// When the server dies within a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    BeforeFsync,
    /// During the so-manieth write of the commit.
    Within(u64),
    /// Durable, and nobody was told.
    AfterFsync,
}

/// The server and its disk.
pub(crate) struct Server {
    pub(crate) disk: SimDisk,
    pub(crate) index: SimIndex,
    pub(crate) keys: Keys,
    /// None while it is down.
    pub(crate) keeper: Option<SimKeeper>,
    pub(crate) conns: BTreeMap<u64, Conn>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) backup: Option<SimDisk>,
    authority_seen: Position,
    position_seen: Position,
}

impl Server {
    pub(crate) fn new(rng: &mut Rng) -> Server {
        Server {
            disk: SimDisk::new(),
            index: SimIndex::default(),
            keys: Keys {
                node: SecretKey::from_bytes(&rng.bytes()),
                authority: SecretKey::from_bytes(&rng.bytes()),
            },
            keeper: None,
            conns: BTreeMap::new(),
            asks: Vec::new(),
            backup: None,
            authority_seen: Position(0),
            position_seen: Position(0),
        }
    }

    /// Opens log and index as the process does at its start.
    pub(crate) fn start(
        &mut self,
        now: Timestamp,
        rng: &mut Rng,
        restored: bool,
    ) -> Result<(), KeeperOpenError> {
        let keeper = open(
            &self.disk,
            &self.index,
            self.keys.clone(),
            now,
            rng,
            restored,
        )?;
        self.position_seen = keeper.position();
        self.authority_seen = keeper.directory().position();
        self.keeper = Some(keeper);
        Ok(())
    }

    /// The process is gone: connections, requests and everything not on the disk with it.
    pub(crate) fn die(&mut self, rng: &mut Rng) {
        self.keeper = None;
        self.conns.clear();
        self.asks.clear();
        self.disk.crash(rng.next());
        self.index.crash(rng);
    }

    pub(crate) fn open_conn(&mut self, number: u64) -> &mut Conn {
        let deployment = self.keys.deployment();
        self.conns.entry(number).or_insert_with(|| Conn {
            session: Session::new(deployment),
            inbox: VecDeque::new(),
            busy: false,
            device: None,
            person: None,
            certificate: None,
            scopes: Vec::new(),
            definitions: Vec::new(),
            authority: Position(0),
            log_moved: None,
            authority_moved: false,
            superseded: false,
        })
    }

    /// What a connection does when nothing of it is waiting. Gives what its session puts out for
    /// the network: frames, and whether it ends.
    pub(crate) fn serve(&mut self, number: u64, now: Timestamp) -> (Vec<Vec<u8>>, bool) {
        let mut frames = Vec::new();
        loop {
            let Some(conn) = self.conns.get_mut(&number).filter(|conn| !conn.busy) else {
                return (frames, false);
            };
            if let Some(output) = conn.session.poll() {
                match output {
                    Output::Send(frame) => frames.push(frame),
                    Output::Opened(opened) => {
                        conn.device = Some(opened.device);
                        conn.person = Some(opened.person.clone());
                        conn.authority = opened.authority;
                        self.take_over(opened.device, number);
                    }
                    Output::Acknowledged(position) => {
                        conn.authority = conn.authority.max(position);
                    }
                    Output::Odd(_) => {}
                    Output::Close(_) => {
                        self.conns.remove(&number);
                        return (frames, true);
                    }
                    asked => {
                        conn.busy = true;
                        self.asks.push(Ask::Session(number, asked));
                    }
                }
            } else if conn.superseded {
                conn.superseded = false;
                let code = CloseCode::Superseded;
                conn.session.handle(
                    now,
                    Input::End {
                        code,
                        retry_after_ms: None,
                    },
                );
            } else if let Some(position) = conn.log_moved.take() {
                conn.session.handle(now, Input::LogMoved(position));
            } else if take(&mut conn.authority_moved) {
                self.look_again(number, now);
            } else if let Some(frame) = conn.inbox.pop_front() {
                conn.session.handle(now, Input::Frame(frame));
            } else {
                return (frames, false);
            }
        }
    }

    fn take_over(&mut self, device: DeviceId, number: u64) {
        for (other, conn) in &mut self.conns {
            if *other != number && conn.device == Some(device) {
                conn.superseded = true;
            }
        }
    }

    fn look_again(&mut self, number: u64, now: Timestamp) {
        let (Some(conn), Some(keeper)) = (self.conns.get_mut(&number), &self.keeper) else {
            return;
        };
        let Some(device) = conn.device else { return };
        let Some(known) = keeper.greet(&device, None, conn.certificate.as_ref()) else {
            return;
        };
        if known.escrow {
            let code = CloseCode::Revoked;
            return conn.session.handle(
                now,
                Input::End {
                    code,
                    retry_after_ms: None,
                },
            );
        }
        if known.scopes != conn.scopes {
            conn.scopes.clone_from(&known.scopes);
            conn.session.handle(now, Input::Scopes(known.scopes));
        }
        let is_new = |name: &&DefinitionRef| !conn.definitions.contains(name);
        let fresh: Vec<_> = known.definitions.iter().filter(is_new).cloned().collect();
        if !fresh.is_empty() {
            conn.definitions = known.definitions;
            let definitions = definitions(keeper, fresh);
            conn.session.handle(now, Input::Definitions(definitions));
        }
        if known.authority > conn.authority {
            let after = conn.authority;
            read_authority(keeper, conn, now, after);
        }
    }

    /// One group: stages all that may write, commits, answers, then reads. False: it died.
    pub(crate) fn group(
        &mut self,
        now: Timestamp,
        rng: &mut Rng,
        ledger: &mut Ledger,
        death: Option<Death>,
    ) -> bool {
        let asks = take(&mut self.asks);
        let (mut waiters, mut reads) = (BTreeMap::new(), Vec::new());
        for ask in asks {
            self.stage(now, ask, &mut waiters, &mut reads);
        }
        match death {
            Some(Death::BeforeFsync) => return false,
            Some(Death::Within(writes)) => self.disk.cut_power_after(writes),
            Some(Death::AfterFsync) | None => {}
        }
        let Some(keeper) = self.keeper.as_mut() else {
            return false;
        };
        let answers = keeper.commit(now);
        if death.is_some() {
            return false;
        }
        for (ticket, answer) in answers {
            if let Some(waiter) = waiters.remove(&ticket) {
                self.answer(now, rng, ledger, waiter, answer);
            }
        }
        for (number, output) in reads {
            self.read(now, rng, number, output);
        }
        if let Some(keeper) = self.keeper.as_mut() {
            keeper.mend();
            keeper.pack_some();
        }
        self.publish();
        true
    }

    fn stage(
        &mut self,
        now: Timestamp,
        ask: Ask,
        waiters: &mut BTreeMap<Ticket, Waiter>,
        reads: &mut Vec<(u64, Output)>,
    ) {
        let Some(keeper) = self.keeper.as_mut() else {
            return;
        };
        match ask {
            Ask::Edit(by, act) => {
                if let Ok(ticket) = keeper.edit(now, &by, &act) {
                    waiters.insert(ticket, Waiter::Edit(act));
                }
            }
            Ask::Act(by, act) => {
                if let Ok(ticket) = keeper.act(now, &by, act) {
                    waiters.insert(ticket, Waiter::Act);
                }
            }
            Ask::Session(conn, Output::Admit { batch, records }) => {
                let vouched = self
                    .conns
                    .get(&conn)
                    .and_then(|conn| conn.certificate.as_ref());
                let ticket = keeper.push(now, vouched, &records);
                waiters.insert(ticket, Waiter::Push { conn, batch });
            }
            Ask::Session(conn, Output::Deliver(carry)) => {
                let number = carry.number;
                match keeper.deliver(now, &carry.cover, &carry.part) {
                    Ok((ticket, whole)) => {
                        waiters.insert(ticket, Waiter::Deliver(conn, number, whole));
                    }
                    Err(error) if error.may_be_newer() => {
                        self.delivered(conn, now, number, Outcome::Later);
                    }
                    Err(_) => self.delivered(conn, now, number, Outcome::Unreadable),
                }
            }
            Ask::Session(conn, Output::Enrol(enrol)) => match keeper.enrol(now, &enrol) {
                Ok((ticket, certificate)) => {
                    waiters.insert(ticket, Waiter::Enrol { conn, certificate });
                }
                Err(_) => self.tell(conn, now, ENROL_REFUSED),
            },
            Ask::Session(conn, Output::KeepAuthority(authority)) => {
                match keeper.keep_statements(now, &authority.statements) {
                    Some(ticket) => {
                        waiters.insert(ticket, Waiter::Keep { conn });
                    }
                    None => self.done(conn),
                }
            }
            Ask::Session(conn, read) => reads.push((conn, read)),
        }
    }

    fn delivered(&mut self, conn: u64, now: Timestamp, number: u64, outcome: Outcome) {
        let receipts = Vec::new();
        let carried = Carried {
            number,
            outcome,
            receipts,
        };
        self.tell(conn, now, Input::Delivered(carried));
    }

    fn done(&mut self, number: u64) {
        if let Some(conn) = self.conns.get_mut(&number) {
            conn.busy = false;
        }
    }

    fn tell(&mut self, number: u64, now: Timestamp, input: Input) {
        if let Some(conn) = self.conns.get_mut(&number) {
            conn.busy = false;
            conn.session.handle(now, input);
        }
    }

    fn answer(
        &mut self,
        now: Timestamp,
        rng: &mut Rng,
        ledger: &mut Ledger,
        waiter: Waiter,
        answer: Answer,
    ) {
        match (waiter, answer) {
            (Waiter::Deliver(conn, number, whole), Answer::Pushed(pushed)) => {
                ledger.answered(&pushed.records);
                let keeper = self.keeper.as_ref();
                let carried = keeper.map(|keeper| keeper.delivered(number, &pushed, whole));
                if let Some(carried) = carried {
                    self.tell(conn, now, Input::Delivered(carried));
                }
            }
            (Waiter::Deliver(conn, number, _), _) => {
                self.delivered(conn, now, number, Outcome::Later);
            }
            (Waiter::Push { conn, batch }, Answer::Pushed(pushed)) => {
                ledger.answered(&pushed.records);
                let position = self
                    .keeper
                    .as_ref()
                    .map(Keeper::position)
                    .unwrap_or_default();
                let (tier, records) = (Tier::Fsynced, pushed.records);
                let answer = Admitted::Verdicts {
                    position,
                    tier,
                    records,
                };
                self.tell(conn, now, Input::Admitted { batch, answer });
            }
            (Waiter::Push { conn, batch }, answer) => {
                let wait = match answer {
                    Answer::Failed(ActError::Busy { retry_s }) => u64::from(retry_s) * 1_000,
                    _ => 0,
                };
                let retry_after_ms = wait + rng.range(2_000, 10_000) as u64;
                let answer = Admitted::Busy { retry_after_ms };
                self.tell(conn, now, Input::Admitted { batch, answer });
            }
            (Waiter::Enrol { conn, certificate }, Answer::Acted(_)) => {
                let enrolled = self.enrolled(certificate);
                self.tell(conn, now, Input::Enrolled(Box::new(enrolled)));
            }
            (Waiter::Enrol { conn, .. }, _) => self.tell(conn, now, ENROL_REFUSED),
            (Waiter::Keep { conn }, _) => self.done(conn),
            (Waiter::Edit(act), Answer::Edited(edited)) => {
                ledger.office.insert(edited.hash, act.record);
                ledger.receipt(act.record, edited.write.actor, edited.write.seq);
            }
            (Waiter::Edit(_) | Waiter::Act, _) => {}
        }
    }

    fn enrolled(&self, certificate: EnrolmentCertificate) -> Enrolled {
        let person = certificate.person.clone();
        let keeper = self.keeper.as_ref().unwrap();
        Enrolled {
            name: keeper.directory().person(&person).unwrap().name.clone(),
            scopes: keeper.scopes_of_person(&person).scopes,
            person,
            server_key: keeper.node_public(),
            certificate,
            deployment: keeper.deployment(),
        }
    }

    /// Readers look only after a commit.
    fn publish(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let (position, authority) = (keeper.position(), keeper.directory().position());
        for conn in self.conns.values_mut() {
            if position != self.position_seen {
                conn.log_moved = Some(position);
            }
            conn.authority_moved |= authority != self.authority_seen;
        }
        (self.position_seen, self.authority_seen) = (position, authority);
    }
}

/// Opens a keeper on a disk.
pub(crate) fn open(
    disk: &SimDisk,
    index: &SimIndex,
    keys: Keys,
    now: Timestamp,
    rng: &mut Rng,
    restored: bool,
) -> Result<SimKeeper, KeeperOpenError> {
    let handle = disk.clone();
    let journal = journal::Options {
        segment_bytes_max: 64 << 10,
        reserve_bytes: RESERVE_BYTES,
    };
    let options = keeper::Options {
        journal,
        cache_bytes_max: 64 << 10,
        ..keeper::Options::default()
    };
    let start = Start {
        options,
        keys,
        now,
        seed: rng.bytes(),
        restored,
    };
    Keeper::open(Box::new(move || Ok(handle.clone())), index.clone(), start)
}
