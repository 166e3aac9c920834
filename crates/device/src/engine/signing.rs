//! Signatures of this device: made at once by a key that is here, asked for when it is kept
//! outside, where nobody can read it.
//!
//! Never takes a signature that the key did not make, and never offers an edit before its seal is
//! there: until then it is kept like any other.

use liandu_core::id::{ChangeHash, DeviceId, RecordId};
use liandu_core::protocol::{client, enrol};
use liandu_core::seal::{DoorProof, PublicKey, Seal, SecretKey, SignatureBytes, ToSign};
use liandu_core::time::Timestamp;

use super::{Engine, Event, Output};
use crate::identity::{Key, StoredIdentity};
use crate::layers::Layers;
use crate::own::OwnEdit;
use crate::store::{Batch, Slot};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// The connection that is being opened.
    Connection,
    /// The enrolment that is on its way.
    Enrolment,
    /// An own edit as it is now; made anew meanwhile, it needs another.
    Seal(RecordId, u64, ChangeHash),
}

impl Engine {
    /// From now on a key that is kept outside signs: for a device that is not enrolled yet.
    pub fn keep_key_outside(&mut self, key: PublicKey) {
        self.outside = Some(key);
    }

    /// The key, while it is here.
    pub fn secret(&self) -> Option<&SecretKey> {
        match &self.identity.as_ref()?.key {
            Key::Here(key) => Some(key),
            Key::Outside(_) => None,
        }
    }

    /// The device's public key, wherever the key is.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.identity.as_ref().map(|me| me.key.public())
    }

    /// Forgets the key: somebody outside has it and signs from now on. The number of the batch
    /// with which it leaves the store; none when there is no key here.
    pub fn key_handed_over(&mut self) -> Option<u64> {
        if self.halted {
            return None;
        }
        let me = self.identity.as_mut()?;
        let Key::Here(key) = &me.key else { return None };
        me.key = Key::Outside(key.public());
        let mut batch = Batch::default();
        batch.put(&Slot::Identity, &StoredIdentity::from(&*me));
        Some(self.commit(batch, Vec::new()))
    }

    /// What is to be signed for a server's challenge, so that this device is known over HTTP. None
    /// before the device is enrolled.
    pub fn door_words(&self, nonce: &[u8; 32]) -> Option<(DeviceId, ToSign)> {
        let me = self.identity.as_ref()?;
        let proof = DoorProof {
            deployment: &me.enrolled.as_ref()?.deployment,
            device: &me.device,
            nonce,
        };
        Some((me.device, proof.words()))
    }

    /// Signs a server's challenge. None before the device is enrolled, or when its key is kept
    /// outside: then its keeper signs `door_words`.
    pub fn prove(&self, nonce: &[u8; 32]) -> Option<(DeviceId, SignatureBytes)> {
        let (device, words) = self.door_words(nonce)?;
        Some((device, self.secret()?.sign(&words)))
    }

    /// Has the key sign, and uses the signature as soon as it is there.
    pub(super) fn sign(&mut self, now: Timestamp, words: ToSign, of: For) {
        if let Some(key) = self.secret() {
            let signature = key.sign(&words);
            return self.use_signature(now, words, signature, of);
        }
        match of {
            // Each connection has words of its own.
            For::Connection | For::Enrolment => self.signing.retain(|_, (_, other)| *other != of),
            For::Seal(..) if self.signing.values().any(|(_, other)| *other == of) => return,
            For::Seal(..) => {}
        }
        let id = self.next_signature;
        self.next_signature += 1;
        self.signing.insert(id, (words.clone(), of));
        self.outputs.push_back(Output::Sign { id, words });
    }

    pub(super) fn signed(&mut self, now: Timestamp, id: u64, signature: SignatureBytes) {
        let (key, asked) = (self.public_key(), self.signing.get(&id));
        let (Some(key), Some((words, of))) = (key, asked.cloned()) else {
            return;
        };
        if key.signed(&words, &signature).is_err() {
            return self.not_signed(now, id);
        }
        self.signing.remove(&id);
        if !self.halted {
            self.use_signature(now, words, signature, of);
        }
    }

    /// It is asked for again: a seal when the person wants to be in sync, a connection is opened
    /// or time has passed, the rest with the next connection.
    pub(super) fn not_signed(&mut self, now: Timestamp, id: u64) {
        match self.signing.remove(&id) {
            Some((_, For::Enrolment)) => self.tell_enroller(now, enrol::Input::NotSigned),
            Some((_, For::Connection | For::Seal(..))) => {}
            None => return,
        }
        self.event(Event::KeyFailed);
    }

    fn use_signature(&mut self, now: Timestamp, words: ToSign, signature: SignatureBytes, of: For) {
        match of {
            For::Connection => self.tell_client(now, client::Input::Signed { words, signature }),
            For::Enrolment => {
                self.tell_enroller(now, enrol::Input::Signed { words, signature });
            }
            For::Seal(record, number, hash) => self.sealed(record, number, hash, signature),
        }
    }

    fn sealed(
        &mut self,
        record: RecordId,
        number: u64,
        hash: ChangeHash,
        signature: SignatureBytes,
    ) {
        let Some(layers) = self.records.get_mut(&record) else {
            return;
        };
        let Some(own) = layers.own.get_mut(&number) else {
            return;
        };
        if own.change.hash != hash {
            return;
        }
        let (actor, seq) = (own.change.actor, own.change.seq);
        own.seal = Some(Seal::signed(actor, seq, hash, signature));
        let mut batch = Batch::default();
        batch.put(&Slot::Own(record, number), &*own);
        self.store(batch);
    }

    /// Every seal that is missing is to be asked for: the process may have ended between an edit
    /// and its seal, or the key may not have answered. A key that is here leaves none out.
    pub(super) fn seals_afresh(&mut self) {
        if self.secret().is_some() {
            return;
        }
        let without = |layers: &Layers| layers.own.values().any(|own| own.seal.is_none());
        let records = self.records.iter().filter(|(_, layers)| without(layers));
        self.unsealed.extend(records.map(|(id, _)| *id));
    }

    /// How many own edits have no seal yet.
    pub(super) fn unsealed_count(&self) -> usize {
        let own = self.records.values().flat_map(|layers| layers.own.values());
        own.filter(|own| own.seal.is_none() && own.waits()).count()
    }

    /// Asks for the seals of records that were changed.
    pub(super) fn ask_for_seals(&mut self, now: Timestamp) {
        for record in std::mem::take(&mut self.unsealed) {
            self.seal_record(now, record);
        }
    }

    /// Asks for the seals of one record's own edits that have none.
    pub(super) fn seal_record(&mut self, now: Timestamp, record: RecordId) {
        let enrolled = self.identity.as_ref().and_then(|me| me.enrolled.as_ref());
        let layers = self.records.get(&record);
        let (Some(enrolled), Some(layers)) = (enrolled, layers) else {
            return;
        };
        let words = |own: &OwnEdit| {
            let (actor, seq, hash) = (own.change.actor, own.change.seq, own.change.hash);
            let words = Seal::words(&enrolled.deployment, &record, actor, seq, hash);
            (words, For::Seal(record, own.number, hash))
        };
        let without = layers.own.values().filter(|own| own.seal.is_none());
        let asked: Vec<(ToSign, For)> = without.map(words).collect();
        for (words, of) in asked {
            self.sign(now, words, of);
        }
    }
}
