//! The world: devices, server and the network between them, in virtual time, from one seed.
//!
//! Never two things at once: the next thing is the earliest event or deadline, ties in the order
//! in which they were made.

mod quiet;
mod words;

use std::collections::BTreeMap;

use liandu_core::protocol::frame::{Decoded, ToServer};
use liandu_core::protocol::message::Nonce;
use liandu_core::protocol::session::Input as ToSession;
use liandu_core::seal::ToSign;
use liandu_core::time::Timestamp;
use liandu_device::{Event as Said, Input, Output, Status};

use super::device::Device;
use super::ledger::Ledger;
use super::rng::Rng;
use super::server::{Death, Server};
use super::strange::{Mischief, Strange, arrivals};
use super::trace;

/// Something that happens at its time.
#[derive(Debug)]
pub(crate) enum Event {
    /// A connection reaches the server.
    Open(u64),
    Up(u64, Vec<u8>),
    UpClosed(u64),
    Down(u64, Vec<u8>),
    DownClosed(u64),
    /// A device's socket could not be opened; device and start.
    Refused(usize, u64),
    /// A device's next batch is durable; device and start.
    Stored(usize, u64),
    /// The keeper of a device's key answers: device, start, what was asked for.
    Signed(usize, u64, u64, ToSign),
    /// The server's next group.
    Group,
    ServerStart,
    DeviceStart(usize),
    /// The network of a device is back.
    Online(usize),
    Bundle(usize, Vec<u8>),
    /// A person or a fault does something.
    Act,
    /// A sector of the server's disk can be read again.
    DiskReads,
}

/// The two directions of a connection: frames of one direction never overtake each other.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) device: usize,
    up_at: i64,
    down_at: i64,
    /// Half open: nothing arrives any more, and nobody is told.
    pub(crate) dead: bool,
    /// Befalls the next frame.
    pub(crate) mischief: Option<Mischief>,
}

/// Everything.
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) rng: Rng,
    queue: BTreeMap<(i64, u64), Event>,
    events: u64,
    pub(crate) devices: Vec<Device>,
    pub(crate) server: Server,
    pub(crate) ledger: Ledger,
    pub(crate) wires: BTreeMap<u64, Wire>,
    connections: u64,
    group_due: bool,
    pub(crate) death: Option<Death>,
    /// Acts still to come.
    pub(crate) acts: u32,
    pub(crate) steps: u64,
    /// No more faults.
    pub(crate) calm: bool,
    pub(crate) index_damaged: bool,
    /// Long absences and restored backups rather than crashes.
    pub(crate) far: bool,
    /// What seldom happens: damaged disks, copied folders, newer apps, forged receipts.
    pub(crate) strange: Vec<Strange>,
    /// The log is not as it was written: its promises are as good as what devices hold.
    pub(crate) log_damaged: bool,
    /// Longest delay of a frame, ms.
    pub(crate) delay_ms: i64,
    /// Definition versions published.
    pub(crate) version: u32,
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

/// Seeds up to here crash often; those above are of people far away.
const NEAR_SEEDS: u64 = 100;
/// 2020-06-19, when the journey of the first record began.
const BEGINNING: Timestamp = Timestamp(1_592_524_800_000);

impl World {
    pub(crate) fn new(seed: u64, strange: &[Strange]) -> World {
        let mut rng = Rng::new(seed);
        let server = Server::new(&mut rng);
        World {
            now: BEGINNING,
            rng,
            queue: BTreeMap::new(),
            events: 0,
            devices: Vec::new(),
            server,
            ledger: Ledger::default(),
            wires: BTreeMap::new(),
            connections: 0,
            group_due: false,
            death: None,
            acts: 0,
            steps: 0,
            calm: true,
            index_damaged: false,
            far: seed > NEAR_SEEDS,
            strange: strange.to_vec(),
            log_damaged: false,
            delay_ms: 40,
            version: 1,
            counts: BTreeMap::new(),
        }
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn later(&mut self, ms: i64, event: Event) {
        self.at(self.now.0 + ms, event);
    }

    fn at(&mut self, at: i64, event: Event) {
        self.events += 1;
        self.queue.insert((at, self.events), event);
    }

    pub(crate) fn has_events(&self) -> bool {
        !self.queue.is_empty()
    }

    /// A device's own clock.
    pub(crate) fn clock(&self, device: usize) -> Timestamp {
        self.now.plus_ms(self.devices[device].skew_ms)
    }

    pub(crate) fn tell(&mut self, device: usize, input: Input) {
        let now = self.clock(device);
        if let Some(engine) = &mut self.devices[device].engine {
            engine.handle(now, input);
        }
    }

    /// The next thing happens. False: nothing will ever happen by itself.
    pub(crate) fn step(&mut self) -> bool {
        self.pump();
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        let devices = self
            .devices
            .iter()
            .filter_map(|device| Some(device.engine.as_ref()?.deadline()?.0 - device.skew_ms));
        let sessions = self.server.conns.values();
        let sessions = sessions.filter(|conn| !conn.busy);
        let sessions = sessions.filter_map(|conn| Some(conn.session.deadline()?.0));
        let due = devices.chain(sessions).min();
        let Some(next) = queued.into_iter().chain(due).min() else {
            return false;
        };
        self.now = Timestamp(next.max(self.now.0));
        self.steps += 1;
        if queued.is_some_and(|at| due.is_none_or(|due| at <= due)) {
            if let Some((_, event)) = self.queue.pop_first() {
                self.happen(event);
            }
        } else {
            self.tick();
        }
        self.pump();
        true
    }

    fn tick(&mut self) {
        trace::detail(self.now, || "tick".to_owned());
        for device in 0..self.devices.len() {
            let now = self.clock(device);
            let engine = self.devices[device].engine.as_ref();
            let due = engine
                .and_then(|engine| engine.deadline())
                .is_some_and(|at| at <= now);
            if due {
                self.tell(device, Input::Tick);
            }
        }
        for conn in self.server.conns.values_mut().filter(|conn| !conn.busy) {
            if conn.session.deadline().is_some_and(|at| at <= self.now) {
                conn.session.handle(self.now, ToSession::Tick);
            }
        }
    }

    fn happen(&mut self, event: Event) {
        trace::detail(self.now, || event.words());
        match event {
            Event::Open(number) => self.opened(number),
            Event::Up(number, frame) => {
                if let Some(conn) = self.server.conns.get_mut(&number) {
                    conn.inbox.push_back(frame);
                }
            }
            Event::UpClosed(number) => {
                self.server.conns.remove(&number);
            }
            Event::Down(number, frame) => {
                if let Some(device) = self.holder(number) {
                    self.tell(device, Input::Frame(frame));
                }
            }
            Event::DownClosed(number) => {
                if let Some(device) = self.holder(number) {
                    self.devices[device].connection = None;
                    self.tell(device, Input::Disconnected);
                }
            }
            Event::Refused(device, start) => {
                let here = &self.devices[device];
                if here.starts == start && here.connection.is_none() {
                    self.tell(device, Input::Disconnected);
                }
            }
            Event::Stored(device, start) => self.stored(device, start),
            Event::Signed(device, start, id, words) => self.signed(device, start, (id, &words)),
            Event::Group => self.group(),
            Event::ServerStart => self.server_start(false),
            Event::DeviceStart(device) => self.device_start(device),
            Event::Online(device) => self.tell(device, Input::SyncNow),
            Event::Bundle(device, file) => self.bundle_arrives(device, &file),
            Event::Act => self.act(),
            Event::DiskReads => self.server.disk.set_unreadable(None),
        }
    }

    /// The device that still holds this connection.
    fn holder(&self, number: u64) -> Option<usize> {
        self.devices
            .iter()
            .position(|device| device.connection == Some(number))
    }

    fn stored(&mut self, device: usize, start: u64) {
        if self.devices[device].starts != start || self.devices[device].engine.is_none() {
            return;
        }
        if let Some(id) = self.devices[device].storage.commit_next() {
            self.tell(device, Input::Committed(id));
        }
    }

    fn opened(&mut self, number: u64) {
        let Some(device) = self.holder(number) else {
            return;
        };
        if self.server.keeper.is_none() {
            self.devices[device].connection = None;
            return self.tell(device, Input::Disconnected);
        }
        let nonce = Nonce(self.rng.bytes());
        let now = self.now;
        self.server
            .open_conn(number)
            .session
            .handle(now, ToSession::Opened { nonce });
        self.tell(device, Input::Connected);
    }

    fn group(&mut self) {
        self.group_due = false;
        if self.server.keeper.is_none() {
            return;
        }
        let death = self.death.take();
        let now = self.now;
        let alive = self
            .server
            .group(now, &mut self.rng, &mut self.ledger, death);
        if !alive {
            trace::say(self.now, || format!("server dies: {death:?}"));
            self.server_dies();
        }
    }

    /// Lets everybody say what they have to say.
    fn pump(&mut self) {
        let mut again = true;
        while again {
            again = false;
            for device in 0..self.devices.len() {
                while let Some(output) = self.devices[device]
                    .engine
                    .as_mut()
                    .and_then(|engine| engine.poll())
                {
                    again = true;
                    self.output(device, output);
                }
            }
            let numbers: Vec<u64> = self.server.conns.keys().copied().collect();
            for number in numbers {
                let (frames, closed) = self.server.serve(number, self.now);
                for frame in frames {
                    self.send_down(number, Some(frame));
                }
                if closed {
                    self.send_down(number, None);
                }
            }
        }
        if !self.server.asks.is_empty() && !self.group_due && self.server.keeper.is_some() {
            self.group_due = true;
            let wait = self.rng.range(1, 15);
            self.later(wait, Event::Group);
        }
    }

    fn output(&mut self, device: usize, output: Output) {
        match output {
            Output::Commit { id, puts } => {
                let here = &mut self.devices[device];
                here.storage.pending.push_back((id, puts));
                let start = here.starts;
                let wait = self.rng.range(1, 30);
                self.later(wait, Event::Stored(device, start));
            }
            Output::Sign { id, words } => {
                let start = self.devices[device].starts;
                let wait = self.rng.range(1, 60);
                self.later(wait, Event::Signed(device, start, id, words));
            }
            Output::Connect => self.connect(device),
            Output::Disconnect => self.hang_up(device),
            // The server here is from before there were numbers: it says nothing to that.
            Output::Send(frame) if asks_for_numbers(&frame) => {}
            Output::Send(frame) => {
                if let Some(number) = self.devices[device].connection {
                    self.send_up(number, Some(frame));
                }
            }
            Output::Event(said) => self.said(device, said),
        }
    }

    fn connect(&mut self, device: usize) {
        self.hang_up(device);
        let wait = self.rng.range(1, self.delay_ms);
        let offline = self.devices[device].offline_until > self.now;
        if offline || self.server.keeper.is_none() {
            let start = self.devices[device].starts;
            return self.later(wait, Event::Refused(device, start));
        }
        self.connections += 1;
        let number = self.connections;
        let at = self.now.0 + wait;
        let wire = Wire {
            device,
            up_at: at,
            down_at: at,
            dead: false,
            mischief: None,
        };
        self.wires.insert(number, wire);
        self.devices[device].connection = Some(number);
        self.at(at, Event::Open(number));
    }

    /// A device closes its connection.
    pub(crate) fn hang_up(&mut self, device: usize) {
        if let Some(number) = self.devices[device].connection.take() {
            self.send_up(number, None);
        }
    }

    /// The connection breaks: both ends notice, what was on its way is gone.
    pub(crate) fn cut(&mut self, device: usize) {
        if let Some(number) = self.devices[device].connection.take() {
            self.server.conns.remove(&number);
            self.wires.remove(&number);
            self.tell(device, Input::Disconnected);
        }
    }

    fn send_up(&mut self, number: u64, frame: Option<Vec<u8>>) {
        let delay = self.rng.range(1, self.delay_ms);
        let Some(wire) = self.wires.get_mut(&number).filter(|wire| !wire.dead) else {
            return;
        };
        wire.up_at = wire.up_at.max(self.now.0 + delay);
        let at = wire.up_at;
        let Some(frame) = frame else {
            return self.at(at, Event::UpClosed(number));
        };
        for late in arrivals(wire.mischief.take()) {
            self.at(at + late, Event::Up(number, frame.clone()));
        }
    }

    fn send_down(&mut self, number: u64, frame: Option<Vec<u8>>) {
        let delay = self.rng.range(1, self.delay_ms);
        let Some(wire) = self.wires.get_mut(&number).filter(|wire| !wire.dead) else {
            return;
        };
        let slow = self.devices[wire.device].slow_ms;
        wire.down_at = wire.down_at.max(self.now.0 + delay + slow);
        let at = wire.down_at;
        let Some(frame) = frame else {
            return self.at(at, Event::DownClosed(number));
        };
        for late in arrivals(wire.mischief.take()) {
            self.at(at + late, Event::Down(number, frame.clone()));
        }
    }

    /// What a device told its person.
    fn said(&mut self, device: usize, said: Said) {
        let life = self.devices[device].life;
        match said {
            Said::Saved { record, number } => {
                if let Some(kept) = self.ledger.kept.get_mut(&(device, life, record, number)) {
                    kept.saved = true;
                }
            }
            Said::Answered { record, number } => {
                let engine = self.devices[device].engine.as_mut();
                let view = engine.and_then(|engine| {
                    let trouble = None::<u8>;
                    let view = engine
                        .edits(&record)
                        .into_iter()
                        .find(|e| e.number == number)?;
                    Some((view, trouble))
                });
                let status = view.as_ref().map(|(view, _)| view.status);
                trace::say(self.now, || {
                    let name = self.devices[device].name;
                    let hash = view.as_ref().map(|(view, _)| view.hash.hex());
                    let hash = hash.unwrap_or_default();
                    let again = view.as_ref().map_or(0, |(view, _)| view.offered_again);
                    let trouble = view.and_then(|(_, trouble)| trouble);
                    format!(
                        "{name}: edit {number} ({hash:.8}, again {again}) of {record} is answered: \
                         {status:?}; trouble: {trouble:?}"
                    )
                });
                if let Some(Status::AtOffice { .. }) = status
                    && let Some(kept) = self.ledger.kept.get_mut(&(device, life, record, number))
                {
                    kept.receipted = true;
                }
            }
            Said::Enrolled => {
                self.devices[device].enrolled = true;
                self.tell(device, Input::SyncNow);
            }
            Said::EnrolFailed(failure) => {
                trace::say(self.now, || format!("enrolment fails: {}", failure.en));
            }
            Said::StoreFailed => self.device_dies(device, 5),
            Said::KeyFailed => self.count("keys that did not sign"),
            Said::Connection(status) => {
                let name = self.devices[device].name;
                trace::say(self.now, || format!("{name}: {status:?}"));
            }
            Said::Odd(odd) => {
                let name = self.devices[device].name;
                trace::say(self.now, || format!("{name}: odd: {odd:?}"));
            }
            Said::Changed(_) | Said::Definition(_) => {}
        }
    }
}

/// Seeds name worlds for ever: a question that changes nothing in them must not draw lots.
fn asks_for_numbers(frame: &[u8]) -> bool {
    let decoded = ToServer::decode(frame);
    matches!(decoded, Ok(Decoded::Message(ToServer::WantNumbers(_))))
}
