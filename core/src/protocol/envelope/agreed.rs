//! Opening a part with a key that is kept outside, where nobody can read it: its keeper tells what
//! X25519 makes of the key and a part's once-key, and the rest of HPKE is done here.
//!
//! Never sees the key. What it is told opens that one part and no other.
//!
//! HPKE's library takes private keys only; to it this is one more way of encapsulation, with the
//! name, the derivation and so the result of the usual one. RFC 9180, section 4.1, `Decap`.

use std::collections::BTreeMap;

use hpke::hybrid_array::sizes::U64;
use hpke::kdf::Kdf;
use hpke::kem::SharedSecret;
use hpke::rand_core::CryptoRng;
use hpke::{Deserializable, HpkeError, Kem, Serializable};
use subtle::{Choice, ConstantTimeEq};

use super::{Agreement, Derivation};
use crate::seal::{PublicKey, SignatureError};

/// What a key that is kept outside and each once-key agree on, by once-key.
pub type Agreements = BTreeMap<[u8; 32], [u8; 32]>;

/// The keeper's word on one part.
#[derive(Clone)]
pub(super) struct Agreed {
    shared: [u8; 32],
    /// The public key as X25519 takes it.
    ours: [u8; 32],
}

impl Agreed {
    pub(super) fn new(shared: [u8; 32], ours: &PublicKey) -> Result<Agreed, SignatureError> {
        let ours = ours.agreement()?;
        Ok(Agreed { shared, ours })
    }

    fn bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let both = self.shared.iter().chain(&self.ours);
        bytes
            .iter_mut()
            .zip(both)
            .for_each(|(at, byte)| *at = *byte);
        bytes
    }
}

impl ConstantTimeEq for Agreed {
    fn ct_eq(&self, other: &Agreed) -> Choice {
        self.bytes().ct_eq(&other.bytes())
    }
}

impl Serializable for Agreed {
    type OutputSize = U64;

    fn write_exact(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.bytes());
    }
}

impl Deserializable for Agreed {
    fn from_bytes(bytes: &[u8]) -> Result<Agreed, HpkeError> {
        let halves = bytes.split_first_chunk::<32>();
        let (shared, ours) = halves.ok_or(HpkeError::ValidationError)?;
        let ours = ours.try_into().map_err(|_| HpkeError::ValidationError)?;
        let shared = *shared;
        Ok(Agreed { shared, ours })
    }
}

/// Receives only.
pub(super) struct Outside;

impl Kem for Outside {
    type PublicKey = <Agreement as Kem>::PublicKey;
    type PrivateKey = Agreed;
    type EncappedKey = <Agreement as Kem>::EncappedKey;
    type NSecret = <Agreement as Kem>::NSecret;
    const KEM_ID: u16 = <Agreement as Kem>::KEM_ID;

    fn sk_to_pk(agreed: &Agreed) -> Self::PublicKey {
        let (_, nobody) = Agreement::derive_keypair(&agreed.ours);
        Self::PublicKey::from_bytes(&agreed.ours).unwrap_or(nobody)
    }

    fn derive_keypair(seed: &[u8]) -> (Agreed, Self::PublicKey) {
        let (_, public) = Agreement::derive_keypair(seed);
        let (shared, ours) = ([0; 32], public.to_bytes().into());
        (Agreed { shared, ours }, public)
    }

    fn decap(
        agreed: &Agreed,
        sender: Option<&Self::PublicKey>,
        once: &Self::EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        // All zero: the once-key is a point that agrees with every key on the same.
        if sender.is_some() || bool::from(agreed.shared.ct_eq(&[0; 32])) {
            return Err(HpkeError::DecapError);
        }
        let [high, low] = Self::KEM_ID.to_be_bytes();
        let suite = [b'K', b'E', b'M', high, low];
        let context = [&once.to_bytes()[..], &agreed.ours].concat();
        let mut secret = SharedSecret::<Self>::default();
        Derivation::extract_and_expand(&agreed.shared, &suite, &context, &mut secret.0)?;
        Ok(secret)
    }

    fn encap_with_rng(
        _: &Self::PublicKey,
        _: Option<(&Agreed, &Self::PublicKey)>,
        _: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<Self>, Self::EncappedKey), HpkeError> {
        Err(HpkeError::EncapError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SecretKey;

    #[test]
    fn once_key_that_agrees_with_every_key_on_nothing_is_refused() {
        let ours = SecretKey::from_bytes(&[1; 32]).public();
        // A point of small order: whoever closes a part with it needs nobody's key to do so.
        let point = <Agreement as Kem>::EncappedKey::from_bytes(&[0; 32]).unwrap();
        let taken = |shared| {
            let agreed = Agreed::new(shared, &ours).unwrap();
            Outside::decap(&agreed, None, &point).is_ok()
        };
        assert!(taken([5; 32]));
        assert!(!taken([0; 32]));
    }
}
