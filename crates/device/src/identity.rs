//! Who this device is and how far it is in sync, as stored.
//!
//! Never shown or logged: the key is in here.

use liandu_core::id::{DeviceId, Position, ScopeId};
use liandu_core::protocol::client::Held;
use liandu_core::protocol::message::{Behind, Cursor, Enrolled};
use liandu_core::record::scope::Scope;
use liandu_core::seal::{PublicKey, SecretKey};
use minicbor::{Decode, Encode};

/// What signs for this device.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// The key itself.
    Here(SecretKey),
    /// One that is kept where it cannot be read.
    Outside(PublicKey),
}

impl Key {
    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Key::Here(key) => key.public(),
            Key::Outside(key) => *key,
        }
    }
}

/// This device and, once it is enrolled, what the server said about it.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) device: DeviceId,
    pub(crate) key: Key,
    pub(crate) address: String,
    pub(crate) label: String,
    pub(crate) enrolled: Option<Enrolled>,
}

/// The stored form of `Identity`.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct StoredIdentity {
    #[n(1)]
    device: DeviceId,
    /// None when the key is kept outside.
    #[cbor(n(2), with = "minicbor::bytes")]
    secret: Option<[u8; 32]>,
    #[n(3)]
    address: String,
    #[n(4)]
    label: String,
    #[n(5)]
    enrolled: Option<Enrolled>,
    /// Of a key that is kept outside.
    #[n(6)]
    outside: Option<PublicKey>,
}

impl From<&Identity> for StoredIdentity {
    fn from(identity: &Identity) -> StoredIdentity {
        let (secret, outside) = match &identity.key {
            Key::Here(key) => (Some(key.to_bytes()), None),
            Key::Outside(key) => (None, Some(*key)),
        };
        StoredIdentity {
            device: identity.device,
            secret,
            address: identity.address.clone(),
            label: identity.label.clone(),
            enrolled: identity.enrolled.clone(),
            outside,
        }
    }
}

impl StoredIdentity {
    /// None when it names no key at all.
    pub(crate) fn read(self) -> Option<Identity> {
        let here = self.secret.as_ref().map(SecretKey::from_bytes);
        let key = here.map(Key::Here).or(self.outside.map(Key::Outside))?;
        Some(Identity {
            device: self.device,
            key,
            address: self.address,
            label: self.label,
            enrolled: self.enrolled,
        })
    }
}

/// How far the device is in sync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Place {
    #[n(1)]
    pub(crate) cursor: Option<Cursor>,
    #[n(2)]
    pub(crate) behind: Vec<Behind>,
    #[n(3)]
    pub(crate) scopes: Vec<Scope>,
    /// The last authority statement acknowledged.
    #[n(4)]
    pub(crate) authority: Position,
    /// The last office answer stored.
    #[n(5)]
    #[cbor(default)]
    pub(crate) answers: Position,
    /// Scopes the person may see that are too many for this device.
    #[n(6)]
    #[cbor(default)]
    pub(crate) left_out: u64,
}

impl Place {
    pub(crate) fn held(&self) -> Held {
        let behind = self
            .behind
            .iter()
            .map(|behind| (behind.scope, behind.position));
        Held {
            cursor: self.cursor,
            behind: behind.collect(),
        }
    }

    pub(crate) fn set_held(&mut self, held: &Held) {
        self.cursor = held.cursor;
        let behind = held.behind.iter();
        self.behind = behind
            .map(|(scope, position)| Behind {
                scope: *scope,
                position: *position,
            })
            .collect();
    }

    pub(crate) fn scope_ids(&self) -> std::collections::BTreeSet<ScopeId> {
        self.scopes.iter().map(Scope::id).collect()
    }
}
