//! A phone: the engine with a store in memory that can lose power at any batch, and a wire to the
//! stand-in office.

use std::collections::BTreeMap;

use liandu_core::id::{FieldId, RecordId};
use liandu_core::protocol::envelope::Agreements;
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;
use liandu_device::entropy::Seeded;
use liandu_device::{
    Asked, BundleError, BundleReport, Engine, Event, Input, KeepError, Kept, Key, Output, Status,
};

use x25519_dalek::x25519;

use crate::office::{Line, Office, scope};

pub(crate) const T0: Timestamp = Timestamp(1_590_000_000_000);

pub(crate) struct Phone {
    pub(crate) engine: Engine,
    pub(crate) store: BTreeMap<Key, Vec<u8>>,
    pub(crate) line: Option<Line>,
    pub(crate) events: Vec<Event>,
    inbox: Vec<Vec<u8>>,
    /// Frames said while nobody listened.
    unheard: Vec<Vec<u8>>,
    now: i64,
    /// Batches that may still be stored before the power goes.
    pub(crate) power: Option<usize>,
    /// Batches that became durable.
    pub(crate) stored: usize,
    seed: u64,
    /// Signs when the key is kept outside the engine.
    pub(crate) keeper: Option<SecretKey>,
    /// What the keeper does instead of signing.
    pub(crate) instead: Instead,
}

/// How a keeper may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// It does not.
    Signs,
    /// It says that it cannot.
    Refuses,
    /// It says nothing, and the phone is off before it does.
    Sleeps,
    /// It signs with a key that nobody enrolled.
    Forges,
}

fn engine(store: &BTreeMap<Key, Vec<u8>>, seed: u64) -> Engine {
    let pairs = store.clone().into_iter().collect();
    Engine::open(pairs, Box::new(Seeded::new(seed)), "test").unwrap()
}

impl Phone {
    /// A phone enrolled for a person.
    pub(crate) fn enrolled(office: &mut Office, person: &str, seed: u64) -> Phone {
        office.person(person);
        let mut phone = Phone::new(seed);
        phone
            .engine
            .enrol(T0, "ws://office/sync", person, "电话")
            .unwrap();
        phone.run(office);
        assert!(
            phone.events.contains(&Event::Enrolled),
            "{:?}",
            phone.events
        );
        phone.hang_up();
        phone
    }

    pub(crate) fn new(seed: u64) -> Phone {
        let store = BTreeMap::new();
        let mut engine = engine(&store, seed);
        // Half of the phones in these tests have a key that their engine never sees.
        let kept_outside = seed.is_multiple_of(2);
        let keeper = kept_outside.then(|| SecretKey::from_bytes(&[seed as u8; 32]));
        if let Some(key) = &keeper {
            engine.keep_key_outside(key.public());
        }
        Phone {
            keeper,
            instead: Instead::Signs,
            engine,
            store,
            line: None,
            events: Vec::new(),
            inbox: Vec::new(),
            unheard: Vec::new(),
            now: T0.0,
            power: None,
            stored: 0,
            seed,
        }
    }

    pub(crate) fn now(&mut self) -> Timestamp {
        self.now += 1_000;
        Timestamp(self.now)
    }

    /// Starts again from what is stored: the same as after kill -9.
    pub(crate) fn restart(&mut self) {
        self.seed += 1_000;
        self.engine = engine(&self.store, self.seed);
        self.line = None;
        self.inbox.clear();
        self.power = None;
    }

    /// Does what the engine wants stored; false when the power went.
    pub(crate) fn settle(&mut self) -> bool {
        self.perform(None)
    }

    fn perform(&mut self, mut office: Option<&mut Office>) -> bool {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Commit { id, puts } => {
                    match &mut self.power {
                        Some(0) => return false,
                        Some(left) => *left -= 1,
                        None => {}
                    }
                    for (key, value) in puts {
                        match value {
                            Some(value) => self.store.insert(key, value),
                            None => self.store.remove(&key),
                        };
                    }
                    self.stored += 1;
                    self.engine
                        .handle(Timestamp(self.now), Input::Committed(id));
                }
                Output::Event(event) => self.events.push(event),
                Output::Sign { id, words } => {
                    let stranger = SecretKey::from_bytes(&[99; 32]);
                    let keeper = self.keeper.as_ref().unwrap();
                    let signed = |signature| Input::Signed { id, signature };
                    let input = match self.instead {
                        Instead::Signs => Some(signed(keeper.sign(&words))),
                        Instead::Forges => Some(signed(stranger.sign(&words))),
                        Instead::Refuses => Some(Input::NotSigned(id)),
                        Instead::Sleeps => None,
                    };
                    if let Some(input) = input {
                        self.engine.handle(Timestamp(self.now), input);
                    }
                }
                Output::Connect => match &office {
                    Some(office) => {
                        self.line = Some(Line::default());
                        self.unheard.clear();
                        self.inbox.push(office.challenge());
                        self.engine.handle(Timestamp(self.now), Input::Connected);
                    }
                    None => self.engine.handle(Timestamp(self.now), Input::Disconnected),
                },
                Output::Disconnect => self.line = None,
                Output::Send(frame) => self.unheard.push(frame),
            }
            if let (Some(office), Some(line)) = (&mut office, &mut self.line) {
                for frame in std::mem::take(&mut self.unheard) {
                    self.inbox.extend(office.take(line, &frame));
                }
            }
        }
        true
    }

    /// Exchanges everything with the office; false when the power went.
    pub(crate) fn run(&mut self, office: &mut Office) -> bool {
        loop {
            if !self.perform(Some(office)) {
                return false;
            }
            if self.inbox.is_empty() || self.line.is_none() {
                self.inbox.clear();
                return true;
            }
            let frame = self.inbox.remove(0);
            self.engine.handle(Timestamp(self.now), Input::Frame(frame));
        }
    }

    pub(crate) fn sync(&mut self, office: &mut Office) -> bool {
        let now = self.now();
        self.engine.handle(now, Input::SyncNow);
        if let Some(line) = &mut self.line {
            for frame in std::mem::take(&mut self.unheard) {
                self.inbox.extend(office.take(line, &frame));
            }
            let news = office.feed(line);
            self.inbox
                .extend(news.into_iter().map(|message| message.encode().unwrap()));
        }
        self.run(office)
    }

    /// Takes in a bundle; the keeper of the key is asked first.
    pub(crate) fn import(&mut self, file: &[u8]) -> Result<BundleReport, BundleError> {
        let mut agreements = Agreements::new();
        for once in self.engine.once_keys(file) {
            let keeper = self.keeper.as_ref().unwrap();
            agreements.insert(once, x25519(keeper.agreement(), once));
        }
        self.engine.bundle_import_with(T0, file, &agreements)
    }

    pub(crate) fn hang_up(&mut self) {
        self.line = None;
        self.inbox.clear();
        self.engine.handle(Timestamp(self.now), Input::Disconnected);
        self.settle();
    }

    pub(crate) fn create(&mut self, title: &str) -> RecordId {
        let kept = self.try_create(title).unwrap();
        self.settle();
        kept.record
    }

    pub(crate) fn try_create(&mut self, title: &str) -> Result<Kept, KeepError> {
        let now = self.now();
        let edit = Edit::Create {
            writes: vec![
                Write {
                    path: field("title"),
                    value: Value::text(title),
                },
                Write {
                    path: field("domain"),
                    value: Value::text("land"),
                },
            ],
            texts: vec![(FieldId::new("description").unwrap(), "说明".to_owned())],
        };
        self.engine
            .new_record(now, None, (Kind::Problem, scope()), edit, &Asked::default())
    }

    pub(crate) fn set(&mut self, record: RecordId, at: &str, value: &str) -> Kept {
        let kept = self.try_set(record, at, value, &Asked::default()).unwrap();
        self.settle();
        kept
    }

    pub(crate) fn try_set(
        &mut self,
        record: RecordId,
        at: &str,
        value: &str,
        asked: &Asked,
    ) -> Result<Kept, KeepError> {
        let now = self.now();
        let edit = Edit::set(field(at), Value::text(value));
        self.engine.edit(now, record, edit, asked)
    }

    pub(crate) fn write(&mut self, record: RecordId, at: u64, insert: &str) -> Kept {
        let now = self.now();
        let edit = Edit::EditText {
            field: FieldId::new("description").unwrap(),
            splices: vec![Splice {
                at,
                delete: 0,
                insert: insert.to_owned(),
            }],
        };
        let kept = self
            .engine
            .edit(now, record, edit, &Asked::default())
            .unwrap();
        self.settle();
        kept
    }

    pub(crate) fn value(&mut self, record: RecordId, at: &str) -> String {
        self.engine
            .record(record)
            .unwrap()
            .record
            .text_of(at)
            .to_owned()
    }

    pub(crate) fn text(&mut self, record: RecordId) -> String {
        let view = self.engine.record(record).unwrap();
        view.record.texts[&FieldId::new("description").unwrap()]
            .content
            .clone()
    }

    pub(crate) fn status(&self, record: RecordId, number: u64) -> Status {
        self.engine.status_of(&record, number).unwrap()
    }
}

/// Kept even where this device itself would refuse it.
pub(crate) fn anyway() -> Asked {
    Asked {
        anyway: true,
        ..Asked::default()
    }
}

pub(crate) fn field(id: &str) -> Path {
    Path::field(id).unwrap()
}
