//! Who this device is and how far it is in sync, as stored.
//!
//! Never shown or logged: the key is in here.

use liandu_core::id::{DeviceId, Position, ScopeId};
use liandu_core::protocol::client::Held;
use liandu_core::protocol::message::{Behind, Cursor, Enrolled};
use liandu_core::record::scope::Scope;
use liandu_core::seal::SecretKey;
use minicbor::{Decode, Encode};

/// This device and, once it is enrolled, what the server said about it.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) device: DeviceId,
    pub(crate) key: SecretKey,
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
    #[cbor(n(2), with = "minicbor::bytes")]
    secret: [u8; 32],
    #[n(3)]
    address: String,
    #[n(4)]
    label: String,
    #[n(5)]
    enrolled: Option<Enrolled>,
}

impl From<&Identity> for StoredIdentity {
    fn from(identity: &Identity) -> StoredIdentity {
        StoredIdentity {
            device: identity.device,
            secret: identity.key.to_bytes(),
            address: identity.address.clone(),
            label: identity.label.clone(),
            enrolled: identity.enrolled.clone(),
        }
    }
}

impl From<StoredIdentity> for Identity {
    fn from(stored: StoredIdentity) -> Identity {
        Identity {
            device: stored.device,
            key: SecretKey::from_bytes(&stored.secret),
            address: stored.address,
            label: stored.label,
            enrolled: stored.enrolled,
        }
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
