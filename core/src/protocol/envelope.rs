//! Envelopes: bundles that only whom they are addressed to can open, by whatever way they travel.
//!
//! Never trusted for what stands on the cover: it tells a carrier what to do with the file; seals
//! inside say who wrote what. Never draws a random byte: they come in.
//!
//! `LDENVELOPE1`, then CBOR `[cover, [part, ...]]`, then SHA-256 of everything before. Each part is
//! a whole bundle, closed by HPKE (RFC 9180) to a key that the maker has anyway: the server key
//! pinned at enrolment, or a colleague's device key.

mod agreed;

use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use super::bundle::{Bundle, BundleError};
use super::codec::list;
use super::message::Short;
use super::summed::{self, NotWhole};
use crate::id::{DeploymentId, DeviceId, PersonId};
use crate::limits::{
    ENVELOPE_COVER_BYTES_MAX, ENVELOPE_ONCE_BYTES_MAX, ENVELOPE_PART_BYTES_MAX, ENVELOPE_PARTS_MAX,
};
use crate::seal::{PublicKey, SecretKey};
use crate::time::Timestamp;

pub use self::agreed::Agreements;
use self::agreed::{Agreed, Outside};

/// What an envelope begins with.
pub const MAGIC: &[u8] = b"LDENVELOPE1";
/// The number of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. Others (SM2, SM4) will
/// get their own.
pub const ALGORITHM_X25519: u8 = 1;

const INFO: &[u8] = b"liandu-envelope-1\0\x01";
/// What HPKE adds to a bundle: the cipher's tag.
const TAG_BYTES: usize = 16;

type Agreement = hpke::kem::X25519HkdfSha256;
type Derivation = hpke::kdf::HkdfSha256;
type Cipher = hpke::aead::ChaCha20Poly1305;

/// Who can open an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// The installation's server: anybody may carry it there.
    Office,
    /// The devices of one person.
    Colleague(PersonId),
}

/// What everybody may read on an envelope. Only whoever opens it knows that it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The installation that it is for.
    pub deployment: DeploymentId,
    /// The device that made it.
    pub maker: DeviceId,
    /// When, by the maker's clock.
    pub time: Timestamp,
    /// Who can open it.
    pub to: Addressee,
    /// How many bundles are in it.
    pub bundles: u32,
    /// How many edits without a receipt are in it.
    pub edits: u32,
}

/// The cover as it travels.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
struct Written {
    #[n(1)]
    deployment: DeploymentId,
    #[n(2)]
    maker: DeviceId,
    #[n(3)]
    time: Timestamp,
    /// None: the office.
    #[n(4)]
    person: Option<PersonId>,
    #[n(5)]
    bundles: u32,
    #[n(6)]
    edits: u32,
}

/// One bundle, closed to one key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Part {
    /// 1: X25519, HKDF-SHA256, ChaCha20Poly1305.
    #[n(1)]
    pub algorithm: u8,
    /// First 8 bytes of SHA-256 of the Ed25519 key that it is closed to.
    #[n(2)]
    pub key: Short,
    /// The one-time public key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub once: Vec<u8>,
    /// The bundle, unreadable.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub content: Vec<u8>,
}

/// A file that only its addressee can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What stands on it.
    pub cover: Cover,
    /// The cover's bytes, which every part is bound to.
    pub written: Vec<u8>,
    /// The bundles, once for each key.
    pub parts: Vec<Part>,
}

/// Why a file is not an envelope, cannot be opened or cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Another file: choose the right one.
    #[error("not an envelope")]
    NotAnEnvelope,
    /// The keeper of the key has said nothing about a part: try again.
    #[error("the key that opens it did not answer: try again")]
    NotAgreed,
    /// Cut off or changed on its way: copy it again.
    #[error("the envelope is damaged: copy it again")]
    Damaged,
    /// Above a limit: make several.
    #[error("the envelope is larger than allowed: make several")]
    TooBig,
    /// Not legal inside.
    #[error("the envelope cannot be read")]
    Malformed(#[from] minicbor::decode::Error),
    /// Closed to somebody else: it can only be carried.
    #[error("the envelope is addressed to another key")]
    NotOurs,
    /// Closed by an algorithm that this version does not know: update.
    #[error("closed by algorithm {0}, which this version does not know")]
    UnknownAlgorithm(u8),
    /// Closed to this key, but changed since.
    #[error("what is inside does not fit its cover")]
    Forged,
    /// The 32 bytes are not a key that anything can be closed to.
    #[error("not a public key")]
    NotAKey,
    /// The cipher asked for more random bytes than it gets: nothing was made.
    #[error("32 random bytes are not enough")]
    Random,
    /// What was inside is no bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

impl From<NotWhole> for EnvelopeError {
    fn from(fault: NotWhole) -> EnvelopeError {
        match fault {
            NotWhole::TooBig => EnvelopeError::TooBig,
            NotWhole::AnotherFile => EnvelopeError::NotAnEnvelope,
            NotWhole::Damaged => EnvelopeError::Damaged,
        }
    }
}

impl EnvelopeError {
    /// Whether a newer version may well read it: it is worth keeping.
    pub fn may_be_newer(&self) -> bool {
        match self {
            EnvelopeError::UnknownAlgorithm(_)
            | EnvelopeError::Malformed(_)
            | EnvelopeError::Bundle(BundleError::Malformed(_) | BundleError::Unpack(_)) => true,
            EnvelopeError::NotAnEnvelope
            | EnvelopeError::Damaged
            | EnvelopeError::TooBig
            | EnvelopeError::NotOurs
            | EnvelopeError::Forged
            | EnvelopeError::NotAKey
            | EnvelopeError::Random
            | EnvelopeError::NotAgreed
            | EnvelopeError::Bundle(_) => false,
        }
    }
}

/// 32 bytes from outside, given once. Whoever asks for more gets nothing that may be used.
struct Given {
    bytes: Option<[u8; 32]>,
    overdrawn: bool,
}

impl TryRng for Given {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.overdrawn = true;
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.overdrawn = true;
        Ok(0)
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> {
        match self.bytes.take() {
            Some(bytes) if bytes.len() == to.len() => to.copy_from_slice(&bytes),
            Some(_) | None => self.overdrawn = true,
        }
        Ok(())
    }
}

impl TryCryptoRng for Given {}

/// What opens parts.
#[derive(Debug, Clone, Copy)]
pub enum Opener<'a> {
    /// The key itself.
    Key(&'a SecretKey),
    /// What a key that is kept outside agreed on; its once-keys are `Envelope::once_keys`.
    Outside(&'a PublicKey, &'a Agreements),
}

impl<'a> From<&'a SecretKey> for Opener<'a> {
    fn from(key: &'a SecretKey) -> Opener<'a> {
        Opener::Key(key)
    }
}

impl Opener<'_> {
    fn public(&self) -> PublicKey {
        match self {
            Opener::Key(key) => key.public(),
            Opener::Outside(public, _) => **public,
        }
    }

    fn open(&self, part: &Part, written: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        let (once, content) = (&part.once, &part.content);
        match self {
            Opener::Key(key) => {
                let secret = <Agreement as Kem>::PrivateKey::from_bytes(&key.agreement())
                    .map_err(|_| EnvelopeError::NotAKey)?;
                opened::<Agreement>(&secret, once, content, written)
            }
            Opener::Outside(public, agreements) => {
                let shared = <[u8; 32]>::try_from(once.as_slice()).ok();
                let shared = shared.and_then(|once| agreements.get(&once));
                let shared = shared.ok_or(EnvelopeError::NotAgreed)?;
                let agreed = Agreed::new(*shared, public).map_err(|_| EnvelopeError::NotAKey)?;
                opened::<Outside>(&agreed, once, content, written)
            }
        }
    }
}

fn opened<K: Kem>(
    secret: &K::PrivateKey,
    once: &[u8],
    content: &[u8],
    written: &[u8],
) -> Result<Vec<u8>, EnvelopeError> {
    let once = K::EncappedKey::from_bytes(once).map_err(|_| EnvelopeError::Forged)?;
    let mode = OpModeR::Base;
    hpke::single_shot_open::<Cipher, Derivation, K>(&mode, secret, &once, INFO, content, written)
        .map_err(|_| EnvelopeError::Forged)
}

/// How a part names the key that it is closed to.
fn name_of(key: &PublicKey) -> Short {
    let digest = Sha256::digest(key.0);
    Short(digest.first_chunk().copied().unwrap_or_default())
}

impl Part {
    /// Closes a bundle's bytes. `random` is used for nothing else, ever.
    fn close(
        to: &PublicKey,
        written: &[u8],
        bundle: &[u8],
        random: [u8; 32],
    ) -> Result<Part, EnvelopeError> {
        if bundle.len() > ENVELOPE_PART_BYTES_MAX {
            return Err(EnvelopeError::TooBig);
        }
        let agreement = to.agreement().map_err(|_| EnvelopeError::NotAKey)?;
        let key = <Agreement as Kem>::PublicKey::from_bytes(&agreement)
            .map_err(|_| EnvelopeError::NotAKey)?;
        let mut given = Given {
            bytes: Some(random),
            overdrawn: false,
        };
        let (once, content) = hpke::single_shot_seal_with_rng::<Cipher, Derivation, Agreement>(
            &OpModeS::Base,
            &key,
            INFO,
            bundle,
            written,
            &mut given,
        )
        .map_err(|_| EnvelopeError::NotAKey)?;
        if given.overdrawn {
            return Err(EnvelopeError::Random);
        }
        Ok(Part {
            algorithm: ALGORITHM_X25519,
            key: name_of(to),
            once: once.to_bytes().to_vec(),
            content,
        })
    }

    /// The bundle inside, when it was closed to this key under a cover with these bytes.
    pub fn open<'a>(
        &self,
        written: &[u8],
        opener: impl Into<Opener<'a>>,
    ) -> Result<Bundle, EnvelopeError> {
        let opener = opener.into();
        if self.content.len() > ENVELOPE_PART_BYTES_MAX + TAG_BYTES {
            return Err(EnvelopeError::TooBig);
        }
        if self.key != name_of(&opener.public()) {
            return Err(EnvelopeError::NotOurs);
        }
        if self.algorithm != ALGORITHM_X25519 {
            return Err(EnvelopeError::UnknownAlgorithm(self.algorithm));
        }
        let cover = Cover::read(written)?;
        let file = opener.open(self, written)?;
        let bundle = Bundle::decode(&file)?;
        if (bundle.deployment, bundle.maker) == (cover.deployment, cover.maker) {
            Ok(bundle)
        } else {
            Err(EnvelopeError::Forged)
        }
    }

    /// A name by which the same part is known again.
    pub fn short(&self) -> Short {
        let digest = Sha256::digest(&self.content);
        Short(digest.first_chunk().copied().unwrap_or_default())
    }
}

impl Cover {
    /// The cover's bytes.
    fn write(&self) -> Vec<u8> {
        let person = match &self.to {
            Addressee::Office => None,
            Addressee::Colleague(person) => Some(person.clone()),
        };
        let written = Written {
            deployment: self.deployment,
            maker: self.maker,
            time: self.time,
            person,
            bundles: self.bundles,
            edits: self.edits,
        };
        // Writing to a Vec cannot fail.
        minicbor::to_vec(&written).unwrap_or_default()
    }

    /// What stands on a cover with these bytes.
    pub fn read(written: &[u8]) -> Result<Cover, EnvelopeError> {
        if written.len() > ENVELOPE_COVER_BYTES_MAX {
            return Err(EnvelopeError::TooBig);
        }
        let read: Written = minicbor::decode(written)?;
        Ok(Cover {
            deployment: read.deployment,
            maker: read.maker,
            time: read.time,
            to: read.person.map_or(Addressee::Office, Addressee::Colleague),
            bundles: read.bundles,
            edits: read.edits,
        })
    }
}

impl Envelope {
    /// Closes bundles to each of these keys. `random` gives 32 unpredictable bytes, other ones each
    /// time. The cover's count of bundles is put right.
    pub fn close(
        mut cover: Cover,
        bundles: &[Bundle],
        keys: &[PublicKey],
        mut random: impl FnMut() -> [u8; 32],
    ) -> Result<Envelope, EnvelopeError> {
        if bundles.len().saturating_mul(keys.len()) > ENVELOPE_PARTS_MAX {
            return Err(EnvelopeError::TooBig);
        }
        cover.bundles = u32::try_from(bundles.len()).map_err(|_| EnvelopeError::TooBig)?;
        let written = cover.write();
        let mut parts = Vec::new();
        for bundle in bundles {
            let file = bundle.encode()?;
            for key in keys {
                parts.push(Part::close(key, &written, &file, random())?);
            }
        }
        Ok(Envelope {
            cover,
            written,
            parts,
        })
    }

    /// The file's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, EnvelopeError> {
        let mut file = MAGIC.to_vec();
        // Writing to a Vec cannot fail.
        let _ = Encoder::new(&mut file)
            .array(2)
            .and_then(|e| e.bytes(&self.written))
            .and_then(|e| e.encode(&self.parts));
        summed::close(file).ok_or(EnvelopeError::TooBig)
    }

    /// Reads a file without opening it.
    pub fn decode(file: &[u8]) -> Result<Envelope, EnvelopeError> {
        let content = summed::open(file, MAGIC)?;
        let mut decoder = Decoder::new(content);
        decoder.set_position(MAGIC.len());
        if decoder.array()? != Some(2) {
            return Err(EnvelopeError::Damaged);
        }
        let written = decoder.bytes()?.to_vec();
        let cover = Cover::read(&written)?;
        let parts: Vec<Part> = list::<_, _, ENVELOPE_PARTS_MAX>(&mut decoder, &mut ())?;
        let too_big = |part: &Part| {
            part.content.len() > ENVELOPE_PART_BYTES_MAX + TAG_BYTES
                || part.once.len() > ENVELOPE_ONCE_BYTES_MAX
        };
        if parts.iter().any(too_big) {
            return Err(EnvelopeError::TooBig);
        }
        if decoder.position() != content.len() {
            return Err(EnvelopeError::Damaged);
        }
        Ok(Envelope {
            cover,
            written,
            parts,
        })
    }

    fn closed_to(&self, key: &PublicKey) -> impl Iterator<Item = &Part> + use<'_> {
        let ours = name_of(key);
        self.parts.iter().filter(move |part| part.key == ours)
    }

    /// The once-keys of what was closed to this key: what its keeper is asked to agree with.
    pub fn once_keys(&self, key: &PublicKey) -> Vec<[u8; 32]> {
        let parts = self.closed_to(key);
        let once = parts.map(|part| part.once.as_slice().try_into());
        once.filter_map(Result::ok).collect()
    }

    /// All bundles that were closed to this key, or none.
    pub fn open<'a>(&self, opener: impl Into<Opener<'a>>) -> Result<Vec<Bundle>, EnvelopeError> {
        let opener = opener.into();
        let parts = self.closed_to(&opener.public());
        let bundles = parts.map(|part| part.open(&self.written, opener));
        let bundles: Vec<Bundle> = bundles.collect::<Result<_, _>>()?;
        match u32::try_from(bundles.len()) {
            Ok(0) => Err(EnvelopeError::NotOurs),
            Ok(count) if count == self.cover.bundles => Ok(bundles),
            Ok(_) | Err(_) => Err(EnvelopeError::Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_asked_for_in_any_other_way_than_once_are_noticed() {
        let given = || Given {
            bytes: Some([7; 32]),
            overdrawn: false,
        };
        let (mut once, mut short, mut u32, mut u64) = (given(), given(), given(), given());
        assert!(once.try_fill_bytes(&mut [0; 32]).is_ok() && !once.overdrawn);
        assert!(once.try_fill_bytes(&mut [0; 32]).is_ok() && once.overdrawn);
        assert!(short.try_fill_bytes(&mut [0; 16]).is_ok() && short.overdrawn);
        assert!(u32.try_next_u32().is_ok() && u32.overdrawn);
        assert!(u64.try_next_u64().is_ok() && u64.overdrawn);
    }
}
