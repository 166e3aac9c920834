//! Bundles: pushes as a file that anybody may carry, and receipts travelling back the same way.
//!
//! Never encrypted itself (it travels in an `envelope`) and never trusted for who carried it: seals
//! say who wrote what, the server's signature says what is safe.
//!
//! `LDBUNDLE1`, then a CBOR header, then the parts it lists, then SHA-256 of everything before.

use minicbor::{Decode, Decoder, Encode, Encoder};

use super::codec::list;
use super::message::Tier;
use super::packed::{Packed, TooBigToPack, UnpackError};
use super::summed::{self, NotWhole};
use super::update::{RecordPush, RecordVerdicts};
use crate::id::{DeploymentId, DeviceId, Position};
use crate::limits::{BUNDLE_PARTS_MAX, PUSH_RECORDS_MAX};
use crate::seal::{
    ALGORITHM_ED25519, PublicKey, SecretKey, SignatureBytes, SignatureError, sign_receipts,
    verify_receipts,
};
use crate::time::Timestamp;

/// What a bundle begins with.
pub const MAGIC: &[u8] = b"LDBUNDLE1";
const PUSHES: u8 = 1;
const RECEIPTS: u8 = 2;

/// A file on its way between devices, or between a device and an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The installation that it is for.
    pub deployment: DeploymentId,
    /// Who made the file; says nothing about who wrote the edits.
    pub maker: DeviceId,
    /// When, by the maker's clock.
    pub time: Timestamp,
    /// Batches of `RecordPush`, each with its scope.
    pub pushes: Vec<Packed>,
    /// What the server said about earlier bundles.
    pub receipts: Vec<SignedReceipts>,
}

/// Verdicts on edits that came in a bundle, signed by the server key pinned at enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedReceipts {
    /// CBOR of `ReceiptSheet`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sheet: Vec<u8>,
    /// 1: Ed25519.
    #[n(2)]
    pub algorithm: u8,
    /// By the server key.
    #[n(3)]
    pub signature: SignatureBytes,
}

/// What a server decided about edits that came in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptSheet {
    /// The log's durable end then.
    #[n(1)]
    pub position: Position,
    /// The server's clock.
    #[n(2)]
    pub time: Timestamp,
    /// Where receipted edits are safe.
    #[n(3)]
    pub tier: Tier,
    /// `RecordVerdicts`.
    #[n(4)]
    pub records: Packed,
}

#[derive(Debug, Encode, Decode)]
#[cbor(map)]
struct Header {
    #[n(1)]
    deployment: DeploymentId,
    #[n(2)]
    maker: DeviceId,
    #[n(3)]
    time: Timestamp,
    #[cbor(n(4), decode_with = "list::<_, _, BUNDLE_PARTS_MAX>")]
    parts: Vec<PartEntry>,
}

/// What a part is and how many bytes it has.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
struct PartEntry {
    #[n(1)]
    what: u8,
    #[n(2)]
    bytes: u32,
}

/// Why a file is not a bundle, or a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Another file: choose the right one.
    #[error("not a bundle")]
    NotABundle,
    /// Cut off or changed on its way: copy it again.
    #[error("the bundle is damaged: copy it again")]
    Damaged,
    /// Above a limit: make several.
    #[error("the bundle is larger than allowed: make several")]
    TooBig,
    /// Its header or a part is not legal.
    #[error("the bundle cannot be read")]
    Malformed(#[from] minicbor::decode::Error),
    /// A part's content is not legal.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// Receipts that the pinned server key did not sign: ignore them.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl From<NotWhole> for BundleError {
    fn from(fault: NotWhole) -> BundleError {
        match fault {
            NotWhole::TooBig => BundleError::TooBig,
            NotWhole::AnotherFile => BundleError::NotABundle,
            NotWhole::Damaged => BundleError::Damaged,
        }
    }
}

impl From<TooBigToPack> for BundleError {
    fn from(_: TooBigToPack) -> BundleError {
        BundleError::TooBig
    }
}

impl Bundle {
    /// An empty bundle.
    pub fn new(deployment: DeploymentId, maker: DeviceId, time: Timestamp) -> Bundle {
        Bundle {
            deployment,
            maker,
            time,
            pushes: Vec::new(),
            receipts: Vec::new(),
        }
    }

    /// Adds records, in as many batches as they need.
    pub fn add(&mut self, records: &[RecordPush]) -> Result<(), BundleError> {
        for records in records.chunks(PUSH_RECORDS_MAX) {
            self.add_batch(records)?;
        }
        Ok(())
    }

    fn add_batch(&mut self, records: &[RecordPush]) -> Result<(), BundleError> {
        match Packed::pack(records) {
            Ok(packed) => self.pushes.push(packed),
            Err(_) if records.len() > 1 => {
                let (first, second) = records.split_at(records.len() / 2);
                self.add_batch(first)?;
                self.add_batch(second)?;
            }
            Err(_) => return Err(BundleError::TooBig),
        }
        Ok(())
    }

    /// The records of one batch, and how many of them cannot be read.
    pub fn records(batch: &Packed) -> Result<(Vec<RecordPush>, usize), BundleError> {
        Ok(batch.unpack_lenient::<_, PUSH_RECORDS_MAX>()?)
    }

    /// The file's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, BundleError> {
        let mut parts: Vec<(u8, Vec<u8>)> = Vec::new();
        // Writing to a Vec cannot fail.
        for push in &self.pushes {
            parts.push((PUSHES, minicbor::to_vec(push).unwrap_or_default()));
        }
        for receipts in &self.receipts {
            parts.push((RECEIPTS, minicbor::to_vec(receipts).unwrap_or_default()));
        }
        if parts.len() > BUNDLE_PARTS_MAX {
            return Err(BundleError::TooBig);
        }
        let entry = |(what, bytes): &(u8, Vec<u8>)| {
            let bytes = u32::try_from(bytes.len()).map_err(|_| BundleError::TooBig)?;
            Ok(PartEntry { what: *what, bytes })
        };
        let header = Header {
            deployment: self.deployment,
            maker: self.maker,
            time: self.time,
            parts: parts
                .iter()
                .map(entry)
                .collect::<Result<_, BundleError>>()?,
        };
        let mut file = MAGIC.to_vec();
        let _ = Encoder::new(&mut file).encode(&header);
        parts
            .iter()
            .for_each(|(_, bytes)| file.extend_from_slice(bytes));
        summed::close(file).ok_or(BundleError::TooBig)
    }

    /// Reads a file. Parts of an unknown kind are left out.
    pub fn decode(file: &[u8]) -> Result<Bundle, BundleError> {
        let content = summed::open(file, MAGIC)?;
        let mut decoder = Decoder::new(content);
        decoder.set_position(MAGIC.len());
        let header: Header = decoder.decode()?;
        let mut bundle = Bundle::new(header.deployment, header.maker, header.time);
        let mut rest = content.get(decoder.position()..).unwrap_or_default();
        for entry in header.parts {
            let length = usize::try_from(entry.bytes).unwrap_or(usize::MAX);
            let (part, after) = rest.split_at_checked(length).ok_or(BundleError::Damaged)?;
            rest = after;
            match entry.what {
                PUSHES => bundle.pushes.push(minicbor::decode(part)?),
                RECEIPTS => bundle.receipts.push(minicbor::decode(part)?),
                _newer => {}
            }
        }
        if rest.is_empty() {
            Ok(bundle)
        } else {
            Err(BundleError::Damaged)
        }
    }
}

impl SignedReceipts {
    /// Signs what the server decided, in as many sheets as the verdicts need.
    pub fn sign(
        key: &SecretKey,
        deployment: &DeploymentId,
        position: Position,
        time: Timestamp,
        tier: Tier,
        verdicts: &[RecordVerdicts],
    ) -> Result<Vec<SignedReceipts>, BundleError> {
        let mut all = Vec::new();
        for verdicts in verdicts.chunks(PUSH_RECORDS_MAX) {
            let records = Packed::pack(verdicts)?;
            let sheet = ReceiptSheet {
                position,
                time,
                tier,
                records,
            };
            let sheet = minicbor::to_vec(&sheet).unwrap_or_default();
            let signature = sign_receipts(key, deployment, &sheet);
            all.push(SignedReceipts {
                sheet,
                algorithm: ALGORITHM_ED25519,
                signature,
            });
        }
        Ok(all)
    }

    /// The sheet and its verdicts, if the server key pinned at enrolment signed it for this
    /// installation.
    pub fn open(
        &self,
        key: &PublicKey,
        deployment: &DeploymentId,
    ) -> Result<(ReceiptSheet, Vec<RecordVerdicts>), BundleError> {
        if self.algorithm != ALGORITHM_ED25519 {
            return Err(SignatureError::UnknownAlgorithm(self.algorithm).into());
        }
        verify_receipts(key, deployment, &self.sheet, &self.signature)?;
        let sheet: ReceiptSheet = minicbor::decode(&self.sheet)?;
        let (records, _odd) = sheet.records.unpack_lenient::<_, PUSH_RECORDS_MAX>()?;
        Ok((sheet, records))
    }
}
