//! The device engine for browsers: what JavaScript may say to it and what it says back.
//!
//! Never decides, waits or stores: a worker performs what `poll` says and answers as the native
//! driver does. Questions and acts are JSON, in the forms of the office's API.

mod acts;
mod given;
mod keys;
mod row;
mod said;
mod views;

use liandu_core::id::{PersonId, RecordId};
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;
use liandu_device::entropy::Entropy;
use liandu_device::{BundleFor, Engine, Input, Pairs, Puts};
use wasm_bindgen::prelude::*;

/// What the browser gives for keys and ids.
struct BrowserEntropy;

impl Entropy for BrowserEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Keys and actors made of anything else would be guessable or used twice.
            std::process::abort();
        }
    }
}

/// One device.
#[wasm_bindgen]
pub struct Phone(Engine);

fn moment(now: f64) -> Timestamp {
    // Milliseconds since 1970 as JavaScript counts them: far below what f64 holds exactly.
    Timestamp(now as i64)
}

fn thrown(error: &impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

#[wasm_bindgen]
impl Phone {
    /// A device from everything its store holds: an array of keys and one of values, `Uint8Array`s.
    ///
    /// # Errors
    /// When what is stored cannot be read; nothing was changed.
    #[wasm_bindgen(constructor)]
    pub fn open(keys: &js_sys::Array, values: &js_sys::Array, app: &str) -> Result<Phone, JsError> {
        let bytes = |value: JsValue| js_sys::Uint8Array::new(&value).to_vec();
        let pairs: Pairs = keys
            .iter()
            .zip(values.iter())
            .map(|(key, value)| (bytes(key), bytes(value)))
            .collect();
        let engine = Engine::open(pairs, Box::new(BrowserEntropy), app);
        Ok(Phone(engine.map_err(|error| thrown(&error))?))
    }

    /// The next thing to be done outside, as an array that begins with what it is; none when there
    /// is nothing.
    pub fn poll(&mut self) -> Option<js_sys::Array> {
        self.0.poll().map(said::output)
    }

    /// When `tick` is due, milliseconds since 1970.
    pub fn deadline(&self) -> Option<f64> {
        self.0.deadline().map(|at| at.0 as f64)
    }

    /// The person wants to be in sync, or the network is back.
    pub fn sync_now(&mut self, now: f64) {
        self.0.handle(moment(now), Input::SyncNow);
    }

    /// The socket is open.
    pub fn connected(&mut self, now: f64) {
        self.0.handle(moment(now), Input::Connected);
    }

    /// A binary message came.
    pub fn frame(&mut self, now: f64, bytes: Vec<u8>) {
        self.0.handle(moment(now), Input::Frame(bytes));
    }

    /// The socket is closed or could not be opened.
    pub fn disconnected(&mut self, now: f64) {
        self.0.handle(moment(now), Input::Disconnected);
    }

    /// `deadline` has passed.
    pub fn tick(&mut self, now: f64) {
        self.0.handle(moment(now), Input::Tick);
    }

    /// Batches up to this one are durable.
    pub fn committed(&mut self, now: f64, id: f64) {
        self.0.handle(moment(now), Input::Committed(id as u64));
    }

    /// This batch is not stored. Nothing is written from now on.
    pub fn commit_failed(&mut self, now: f64, id: f64) {
        self.0.handle(moment(now), Input::CommitFailed(id as u64));
    }

    /// Answers a question about what is here; both as JSON.
    ///
    /// # Errors
    /// What is wrong with the question, or why there is no answer, in both languages.
    pub fn ask(&mut self, question: &str) -> Result<String, JsError> {
        views::answer(&mut self.0, question)
            .map(|answer| answer.to_string())
            .map_err(|error| thrown(&error))
    }

    /// Does what a person asks for; both as JSON. Done only when the batch `commit` of the answer
    /// is durable.
    ///
    /// # Errors
    /// Why nothing was done, in both languages.
    pub fn act(&mut self, now: f64, asked: &str) -> Result<String, JsError> {
        acts::perform(&mut self.0, moment(now), asked)
            .map(|done| done.to_string())
            .map_err(|error| thrown(&error))
    }

    /// Everything without a receipt as a file: whole records that a colleague's devices open, or
    /// only what is new, for the office, which anybody may carry there.
    ///
    /// # Errors
    /// When there is nothing to hand on, the device is not enrolled or knows no such colleague.
    pub fn bundle_export(&mut self, now: f64, person: Option<String>) -> Result<Vec<u8>, JsError> {
        let to = match person {
            Some(person) => {
                BundleFor::Colleague(PersonId::new(&person).map_err(|error| thrown(&error))?)
            }
            None => BundleFor::Office,
        };
        let file = self.0.bundle_export(moment(now), None, &to);
        file.map_err(|error| thrown(&error))
    }

    /// Takes in such a file; says as JSON what it brought. `once` and `shared`: its once-keys and
    /// what the browser says about each, when the key is kept there.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn bundle_import(
        &mut self,
        now: f64,
        file: &[u8],
        once: &js_sys::Array,
        shared: &js_sys::Array,
    ) -> Result<String, JsError> {
        let agreements = keys::agreements(once, shared);
        let report = self.0.bundle_import_with(moment(now), file, &agreements);
        let report = report.map_err(|error| thrown(&error))?;
        Ok(liandu_device::json::bundle(&report).to_string())
    }
}

/// A new record's id.
///
/// # Errors
/// When the browser gives no random bytes.
#[wasm_bindgen]
pub fn fresh_record_id(now: f64) -> Result<String, JsError> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(|error| thrown(&error))?;
    Ok(RecordId::v7(now as u64, random).to_string())
}

/// What a seed makes, 32 bytes each, as `Uint8Array`s: the public key, the secret that X25519 takes,
/// and the public key of that. Nothing when the seed has another length.
#[wasm_bindgen]
pub fn parts_of(seed: &[u8]) -> js_sys::Array {
    let key = seed.try_into().map(SecretKey::from_bytes);
    let parts = key.ok().and_then(|key| {
        let public = key.public();
        Some([public.0, key.agreement(), public.agreement().ok()?])
    });
    let parts = parts.iter().flatten();
    parts
        .map(|part| js_sys::Uint8Array::from(&part[..]))
        .collect()
}

/// A batch's keys and values for JavaScript, `null` where a key is removed.
fn pairs(puts: &Puts) -> js_sys::Array {
    let bytes = |bytes: &[u8]| JsValue::from(js_sys::Uint8Array::from(bytes));
    let pair = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
        let value = value.as_deref().map_or(JsValue::NULL, bytes);
        js_sys::Array::of2(&bytes(key), &value)
    };
    puts.iter().map(pair).collect()
}
