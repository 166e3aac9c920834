//! The phone's key, where the browser keeps it so that nobody can read it: what the worker that
//! speaks to WebCrypto says to the engine and is told.
//!
//! Never gives out a key that was enrolled outside, for the engine does not have it.

use js_sys::{Array, Uint8Array};
use liandu_core::protocol::envelope::Agreements;
use liandu_core::seal::{PublicKey, SignatureBytes};
use liandu_device::Input;
use wasm_bindgen::prelude::*;

use crate::{Phone, moment, thrown};

#[wasm_bindgen]
impl Phone {
    /// Whether the office knows this phone.
    pub fn is_enrolled(&self) -> bool {
        self.0.device().is_some()
    }

    /// The device's public key; none before there is one.
    pub fn public_key(&self) -> Option<Vec<u8>> {
        self.0.public_key().map(|key| key.0.to_vec())
    }

    /// The key itself, of a phone that was enrolled before its browser could keep it; none when it
    /// is kept outside, or before there is one.
    pub fn seed(&self) -> Option<Vec<u8>> {
        self.0.secret().map(|key| key.to_bytes().to_vec())
    }

    /// The browser has the key now: it leaves the engine and the store.
    pub fn key_handed_over(&mut self) {
        self.0.key_handed_over();
    }

    /// The key that this phone is to be enrolled with.
    ///
    /// # Errors
    /// When it is not 32 bytes.
    pub fn keep_key_outside(&mut self, public: &[u8]) -> Result<(), JsError> {
        let key = public.try_into().map_err(|error| thrown(&error))?;
        self.0.keep_key_outside(PublicKey(key));
        Ok(())
    }

    /// The browser signed; anything but 64 bytes is no signature.
    pub fn signed(&mut self, now: f64, id: f64, signature: &[u8]) {
        let id = id as u64;
        let input = match signature.try_into() {
            Ok(bytes) => Input::Signed {
                id,
                signature: SignatureBytes(bytes),
            },
            Err(_) => Input::NotSigned(id),
        };
        self.0.handle(moment(now), input);
    }

    /// The browser could not sign.
    pub fn not_signed(&mut self, now: f64, id: f64) {
        self.0.handle(moment(now), Input::NotSigned(id as u64));
    }

    /// The device and the words that the browser signs for a challenge of the server, 8 bytes and
    /// the rest.
    ///
    /// # Errors
    /// When the phone is not enrolled or the challenge is not 32 bytes.
    pub fn door_words(&self, nonce: &[u8]) -> Result<Vec<u8>, JsError> {
        let nonce = nonce.try_into().map_err(|error| thrown(&error))?;
        let asked = self.0.door_words(&nonce);
        let (device, words) =
            asked.ok_or_else(|| thrown(&liandu_device::KeepError::NotEnrolled))?;
        Ok([&device.0, words.as_bytes()].concat())
    }

    /// The signature over those words when the key is here, 64 bytes; none when it is not.
    ///
    /// # Errors
    /// When the challenge is not 32 bytes.
    pub fn prove(&self, nonce: &[u8]) -> Result<Option<Vec<u8>>, JsError> {
        let nonce = nonce.try_into().map_err(|error| thrown(&error))?;
        let signed = self.0.prove(&nonce);
        Ok(signed.map(|(_, signature)| signature.0.to_vec()))
    }

    /// The once-keys of a file's parts for this phone, `Uint8Array`s, when its key is kept outside.
    pub fn once_keys(&self, file: &[u8]) -> Array {
        let keys = self.0.once_keys(file);
        keys.iter().map(|key| Uint8Array::from(&key[..])).collect()
    }
}

/// What the browser says about once-keys, in their order; what is not 32 bytes is left out.
pub(crate) fn agreements(once: &Array, shared: &Array) -> Agreements {
    let bytes = |value: JsValue| Uint8Array::new(&value).to_vec().try_into().ok();
    let both = once.iter().zip(shared.iter());
    both.filter_map(|(once, shared)| Some((bytes(once)?, bytes(shared)?)))
        .collect()
}
