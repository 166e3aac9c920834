//! Signatures: seals of devices over their edits, proofs of a key at the handshake, receipts of
//! the server and enrolment certificates.
//!
//! Never makes a key and never signs one purpose's bytes under another's prefix: every message
//! signed begins with its own constant text and a zero byte, then the algorithm's number, then
//! fields of fixed length (a text is preceded by its length), numbers big-endian.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::id::{Actor, ChangeHash, DeploymentId, DeviceId, PersonId, RecordId, cbor_bytes};
use crate::time::Timestamp;

/// The number of Ed25519 with SHA-256 hashes. Others (SM2 with SM3) will get their own.
pub const ALGORITHM_ED25519: u8 = 1;

const SEAL: &[u8] = b"liandu-seal-1\0";
const HELLO: &[u8] = b"liandu-hello-1\0";
const ENROLLING: &[u8] = b"liandu-enrolling-1\0";
const RECEIPT: &[u8] = b"liandu-receipt-1\0";
const ENROLMENT: &[u8] = b"liandu-enrol-1\0";
const STATEMENT: &[u8] = b"liandu-statement-1\0";
const DOOR: &[u8] = b"liandu-door-1\0";
const TYPED: &[u8] = b"liandu-typed-1\0";

/// What every signed message begins with, one for each purpose.
pub const PREFIXES: [&[u8]; 8] = [
    SEAL, HELLO, ENROLLING, RECEIPT, ENROLMENT, STATEMENT, DOOR, TYPED,
];

/// 32 random bytes from outside that sign. Shown as dots, never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

/// Words that a key is asked to sign: one purpose's prefix and its fields. Made in this file only,
/// so that no key, wherever it is kept, is asked to sign anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSign(Vec<u8>);

impl ToSign {
    /// The bytes that the signature is over.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What verifies: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// 64 bytes of an Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignatureBytes(pub [u8; 64]);

/// Why a signature does not count. The caller treats the signed thing as unsigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// An algorithm this version does not know.
    #[error("signed by algorithm {0}, which this version does not know")]
    UnknownAlgorithm(u8),
    /// The 32 bytes are not a key.
    #[error("not a public key")]
    NotAKey,
    /// Another key signed, or the content was changed.
    #[error("the signature does not fit the content and key")]
    Mismatch,
}

macro_rules! fixed_bytes {
    ($name:ident, $len:literal) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let hex = data_encoding::HEXLOWER.encode(&self.0);
                write!(f, "{}({hex})", stringify!($name))
            }
        }

        cbor_bytes!($name, $len);
    };
}

fixed_bytes!(PublicKey, 32);
fixed_bytes!(SignatureBytes, 64);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl SecretKey {
    /// The key of 32 random bytes.
    pub fn from_bytes(secret: &[u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(secret))
    }

    /// The 32 bytes, to be stored where only this device reads them.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What others verify with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The same secret as X25519 takes it, for envelopes; for a keeper outside, too.
    pub fn agreement(&self) -> [u8; 32] {
        self.0.to_scalar_bytes()
    }

    /// Signs.
    pub fn sign(&self, words: &ToSign) -> SignatureBytes {
        SignatureBytes(self.0.sign(&words.0).to_bytes())
    }
}

impl PublicKey {
    /// The same key as X25519 takes it, for envelopes.
    pub fn agreement(&self) -> Result<[u8; 32], SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::NotAKey)?;
        if key.is_weak() {
            return Err(SignatureError::NotAKey);
        }
        Ok(key.to_montgomery().to_bytes())
    }

    /// Whether this key signed these words, by Ed25519.
    pub fn signed(&self, words: &ToSign, signature: &SignatureBytes) -> Result<(), SignatureError> {
        self.verify(ALGORITHM_ED25519, words, signature)
    }

    fn verify(
        &self,
        algorithm: u8,
        words: &ToSign,
        signature: &SignatureBytes,
    ) -> Result<(), SignatureError> {
        if algorithm != ALGORITHM_ED25519 {
            return Err(SignatureError::UnknownAlgorithm(algorithm));
        }
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::NotAKey)?;
        let signature = Signature::from_bytes(&signature.0);
        key.verify_strict(&words.0, &signature)
            .map_err(|_| SignatureError::Mismatch)
    }
}

fn words(prefix: &[u8], algorithm: u8, parts: &[&[u8]]) -> ToSign {
    let length = prefix.len() + 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(prefix);
    bytes.push(algorithm);
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    ToSign(bytes)
}

/// A device's (or node's) signature over one of its changes. It vouches for that actor's changes
/// 1 to `seq` in that record, each of which has the one before among its ancestors, and for
/// nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// Whose changes.
    #[n(1)]
    pub actor: Actor,
    /// The last change vouched for.
    #[n(2)]
    pub seq: u64,
    /// Hash of the change `seq`.
    #[n(3)]
    pub hash: ChangeHash,
    /// 1: Ed25519.
    #[n(4)]
    pub algorithm: u8,
    /// Over deployment, record, actor, seq and hash.
    #[n(5)]
    pub signature: SignatureBytes,
}

impl Seal {
    /// Signs the actor's changes up to `seq`.
    pub fn sign(
        key: &SecretKey,
        deployment: &DeploymentId,
        record: &RecordId,
        actor: Actor,
        seq: u64,
        hash: ChangeHash,
    ) -> Seal {
        let signature = key.sign(&Seal::words(deployment, record, actor, seq, hash));
        Seal::signed(actor, seq, hash, signature)
    }

    /// What a key that is kept elsewhere signs for the seal of an actor's changes up to `seq`.
    pub fn words(
        deployment: &DeploymentId,
        record: &RecordId,
        actor: Actor,
        seq: u64,
        hash: ChangeHash,
    ) -> ToSign {
        let unsigned = Seal::signed(actor, seq, hash, SignatureBytes([0; 64]));
        unsigned.message(deployment, record)
    }

    /// The seal that such a signature makes.
    pub fn signed(actor: Actor, seq: u64, hash: ChangeHash, signature: SignatureBytes) -> Seal {
        Seal {
            actor,
            seq,
            hash,
            algorithm: ALGORITHM_ED25519,
            signature,
        }
    }

    /// Whether `key` signed it, for this record of this deployment.
    pub fn verify(
        &self,
        key: &PublicKey,
        deployment: &DeploymentId,
        record: &RecordId,
    ) -> Result<(), SignatureError> {
        key.verify(
            self.algorithm,
            &self.message(deployment, record),
            &self.signature,
        )
    }

    fn message(&self, deployment: &DeploymentId, record: &RecordId) -> ToSign {
        let seq = self.seq.to_be_bytes();
        let parts = [
            &deployment.0[..],
            &record.0,
            &self.actor.0,
            &seq,
            &self.hash.0,
        ];
        words(SEAL, self.algorithm, &parts)
    }
}

/// What a device signs to open a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HelloProof<'a> {
    /// The installation it believes it speaks to.
    pub deployment: &'a DeploymentId,
    /// Itself.
    pub device: &'a DeviceId,
    /// The server's 32 random bytes.
    pub nonce: &'a [u8; 32],
    /// The protocol version it chose.
    pub version: u16,
}

impl HelloProof<'_> {
    /// Signs with the device's key.
    pub fn sign(&self, key: &SecretKey) -> SignatureBytes {
        key.sign(&self.words())
    }

    /// Whether the device's key signed it.
    pub fn verify(
        &self,
        key: &PublicKey,
        signature: &SignatureBytes,
    ) -> Result<(), SignatureError> {
        key.signed(&self.words(), signature)
    }

    /// What is signed, wherever the key is kept.
    pub fn words(&self) -> ToSign {
        let version = self.version.to_be_bytes();
        let parts = [&self.deployment.0[..], &self.device.0, self.nonce, &version];
        words(HELLO, ALGORITHM_ED25519, &parts)
    }
}

/// What a device signs to send and read files over HTTP, where no connection speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorProof<'a> {
    /// The installation it believes it speaks to.
    pub deployment: &'a DeploymentId,
    /// Itself.
    pub device: &'a DeviceId,
    /// The server's 32 bytes.
    pub nonce: &'a [u8; 32],
}

impl DoorProof<'_> {
    /// Signs with the device's key.
    pub fn sign(&self, key: &SecretKey) -> SignatureBytes {
        key.sign(&self.words())
    }

    /// Whether the device's key signed it.
    pub fn verify(
        &self,
        key: &PublicKey,
        signature: &SignatureBytes,
    ) -> Result<(), SignatureError> {
        key.signed(&self.words(), signature)
    }

    /// What is signed, wherever the key is kept.
    pub fn words(&self) -> ToSign {
        let parts = [&self.deployment.0[..], &self.device.0, self.nonce];
        words(DOOR, ALGORITHM_ED25519, &parts)
    }
}

/// What a device signs to be enrolled: that it holds the key it registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolProof<'a> {
    /// The installation.
    pub deployment: &'a DeploymentId,
    /// The id the device chose.
    pub device: &'a DeviceId,
    /// The server's 32 random bytes.
    pub nonce: &'a [u8; 32],
    /// The invitation's code.
    pub invitation: &'a str,
}

impl EnrolProof<'_> {
    /// Signs with the key that is being registered.
    pub fn sign(&self, key: &SecretKey) -> SignatureBytes {
        key.sign(&self.words(&key.public()))
    }

    /// Whether the key that is being registered signed it.
    pub fn verify(
        &self,
        key: &PublicKey,
        signature: &SignatureBytes,
    ) -> Result<(), SignatureError> {
        key.signed(&self.words(key), signature)
    }

    /// What is signed, wherever the key is kept.
    pub fn words(&self, key: &PublicKey) -> ToSign {
        let invitation = Sha256::digest(self.invitation.as_bytes());
        let parts = [
            &self.deployment.0[..],
            &self.device.0,
            self.nonce,
            &key.0,
            invitation.as_slice(),
        ];
        words(ENROLLING, ALGORITHM_ED25519, &parts)
    }
}

/// What the log knows of an invitation's typed letters, made of their SHA-256. They are few enough
/// that a hash alone could be searched by whoever has a copy of the log; this takes the authority's
/// key too.
pub fn typed_code_hash(
    authority: &SecretKey,
    deployment: &DeploymentId,
    letters: &[u8; 32],
) -> [u8; 32] {
    let parts = [&deployment.0[..], letters];
    let signed = authority.sign(&words(TYPED, ALGORITHM_ED25519, &parts));
    Sha256::digest(signed.0).into()
}

/// Signs the bytes of receipts in a bundle with the server's key.
pub fn sign_receipts(key: &SecretKey, deployment: &DeploymentId, bytes: &[u8]) -> SignatureBytes {
    key.sign(&digest_words(RECEIPT, deployment, bytes))
}

/// Whether the server key pinned at enrolment signed these receipts.
pub fn verify_receipts(
    key: &PublicKey,
    deployment: &DeploymentId,
    bytes: &[u8],
    signature: &SignatureBytes,
) -> Result<(), SignatureError> {
    key.signed(&digest_words(RECEIPT, deployment, bytes), signature)
}

/// Signs an authority statement (enrolment, grant, revocation, definition, erasure) with the
/// authority key.
pub fn sign_statement(key: &SecretKey, deployment: &DeploymentId, bytes: &[u8]) -> SignatureBytes {
    key.sign(&digest_words(STATEMENT, deployment, bytes))
}

/// Whether the authority key signed this statement.
pub fn verify_statement(
    key: &PublicKey,
    deployment: &DeploymentId,
    bytes: &[u8],
    signature: &SignatureBytes,
) -> Result<(), SignatureError> {
    key.signed(&digest_words(STATEMENT, deployment, bytes), signature)
}

/// Content of any length, signed by its hash.
fn digest_words(prefix: &[u8], deployment: &DeploymentId, bytes: &[u8]) -> ToSign {
    let digest = Sha256::digest(bytes);
    words(
        prefix,
        ALGORITHM_ED25519,
        &[&deployment.0, digest.as_slice()],
    )
}

/// The authority's word that a key belongs to a person's device. A device keeps it and shows it
/// to a restored server that does not know it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolmentCertificate {
    /// The installation.
    #[n(1)]
    pub deployment: DeploymentId,
    /// The device.
    #[n(2)]
    pub device: DeviceId,
    /// Its key.
    #[n(3)]
    pub key: PublicKey,
    /// Whose device it is.
    #[n(4)]
    pub person: PersonId,
    /// When it was enrolled, by the server's clock.
    #[n(5)]
    pub issued: Timestamp,
    /// 1: Ed25519.
    #[n(6)]
    pub algorithm: u8,
    /// By the authority key, over everything above.
    #[n(7)]
    pub signature: SignatureBytes,
}

impl EnrolmentCertificate {
    /// Certifies a device.
    pub fn sign(
        authority: &SecretKey,
        deployment: DeploymentId,
        device: DeviceId,
        key: PublicKey,
        person: PersonId,
        issued: Timestamp,
    ) -> EnrolmentCertificate {
        let mut certificate = EnrolmentCertificate {
            deployment,
            device,
            key,
            person,
            issued,
            algorithm: ALGORITHM_ED25519,
            signature: SignatureBytes([0; 64]),
        };
        certificate.signature = authority.sign(&certificate.words());
        certificate
    }

    /// Whether the authority key signed it.
    pub fn verify(&self, authority: &PublicKey) -> Result<(), SignatureError> {
        authority.verify(self.algorithm, &self.words(), &self.signature)
    }

    fn words(&self) -> ToSign {
        let issued = self.issued.0.to_be_bytes();
        let person = self.person.as_str().as_bytes();
        // A person's code has at most 40 bytes.
        let length = [u8::try_from(person.len()).unwrap_or(u8::MAX)];
        let parts = [
            &self.deployment.0[..],
            &self.device.0,
            &self.key.0,
            &issued,
            &length,
            person,
        ];
        words(ENROLMENT, self.algorithm, &parts)
    }
}
