//! A device in the simulation: the real engine and a store that knows what is durable.
//!
//! Never lets an engine see its store before a batch is committed: a crash loses what is not.

use std::collections::{BTreeMap, VecDeque};

use liandu_core::id::RecordId;
use liandu_core::record::Heads;
use liandu_core::record::path::Path;
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;
use liandu_device::entropy::Seeded;
use liandu_device::{Engine, Key, Puts};

use super::rng::Rng;

/// Pairs by key.
pub(crate) type Pairs = BTreeMap<Key, Vec<u8>>;

/// What a device has on its flash, and what is still on the way there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Storage {
    pub(crate) durable: Pairs,
    pub(crate) pending: VecDeque<(u64, Puts)>,
}

impl Storage {
    /// The next batch becomes durable.
    pub(crate) fn commit_next(&mut self) -> Option<u64> {
        let (id, puts) = self.pending.pop_front()?;
        for (key, value) in puts {
            match value {
                Some(value) => self.durable.insert(key, value),
                None => self.durable.remove(&key),
            };
        }
        Some(id)
    }
}

/// A form that a person has open: saved later, at what was seen when it was opened.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) record: RecordId,
    pub(crate) seen: Heads,
    pub(crate) path: Path,
}

/// One device.
pub(crate) struct Device {
    pub(crate) name: &'static str,
    pub(crate) person: &'static str,
    /// None while it is switched off.
    pub(crate) engine: Option<Engine>,
    pub(crate) storage: Storage,
    /// How often it was started: names batches of one start.
    pub(crate) starts: u64,
    /// How often it was restored from a backup.
    pub(crate) life: u64,
    pub(crate) skew_ms: i64,
    pub(crate) connection: Option<u64>,
    /// Without network until then.
    pub(crate) offline_until: Timestamp,
    pub(crate) backup: Option<Pairs>,
    pub(crate) forms: Vec<Form>,
    /// Reads slowly: extra delay of what comes.
    pub(crate) slow_ms: i64,
    pub(crate) enrolled: bool,
    pub(crate) revoked: bool,
    /// Its app came with a definition that the server may not know yet.
    pub(crate) newer: bool,
    /// Signs for it when its key is kept outside.
    pub(crate) keeper: Option<SecretKey>,
}

impl Device {
    pub(crate) fn new(name: &'static str, person: &'static str) -> Device {
        Device {
            name,
            person,
            engine: None,
            storage: Storage::default(),
            starts: 0,
            life: 0,
            skew_ms: 0,
            connection: None,
            offline_until: Timestamp(0),
            backup: None,
            forms: Vec::new(),
            slow_ms: 0,
            enrolled: false,
            revoked: false,
            newer: false,
            keeper: None,
        }
    }

    /// Starts the engine from what is durable.
    pub(crate) fn start(&mut self, rng: &mut Rng) {
        self.starts += 1;
        self.storage.pending.clear();
        let pairs = self
            .storage
            .durable
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let entropy = Box::new(Seeded::new(rng.next()));
        let engine = Engine::open(pairs, entropy, "sim");
        self.engine = Some(engine.unwrap_or_else(|error| {
            panic!(
                "check 2: {} does not open what it stored itself: {error}",
                self.name
            )
        }));
    }

    /// The process dies; of the batches on their way some became durable.
    pub(crate) fn crash(&mut self, rng: &mut Rng) {
        self.engine = None;
        for _ in 0..rng.below(self.storage.pending.len() + 1) {
            self.storage.commit_next();
        }
        self.storage.pending.clear();
        self.forms.clear();
    }
}
