//! Envelopes: bundles closed to the office or to a named colleague, and those that are carried to
//! the office for others.
//!
//! Never opens what is not addressed to this device, and never keeps more of it than the limits
//! say.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{DeploymentId, DeviceId, PersonId};
use liandu_core::limits::{
    COLLEAGUE_DEVICES_MAX, DEVICE_ENVELOPES_BYTES_MAX, DEVICE_ENVELOPES_MAX,
    ENVELOPE_PART_BYTES_MAX, PUSH_CHANGES_MAX, PUSH_RECORDS_MAX,
};
use liandu_core::log::{Standing, standing};
use liandu_core::protocol::bundle::{self, Bundle, SignedReceipts};
use liandu_core::protocol::client::{self, Client};
use liandu_core::protocol::envelope::{
    Addressee, Agreements, Cover, Envelope, EnvelopeError, Opener, Part,
};
use liandu_core::protocol::message::Outcome;
use liandu_core::protocol::update::RecordPush;
use liandu_core::seal::PublicKey;
use liandu_core::time::Timestamp;
use minicbor::{Decode, Encode};

use super::Engine;
use super::bundles::{BundleError, BundleFor, BundleReport};
use crate::entropy::draw;
use crate::identity::Key;
use crate::store::{Batch, Slot};

/// A part of somebody's envelope for the office, kept until the office has answered.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct KeptPart {
    /// The bytes of the cover.
    #[cbor(n(1), with = "minicbor::bytes")]
    cover: Vec<u8>,
    #[n(2)]
    part: Part,
}

/// By the part's short.
pub(crate) type KeptParts = BTreeMap<[u8; 8], KeptPart>;

/// What is carried to the office for others, and what of it was offered on this connection.
#[derive(Debug, Default)]
pub(super) struct Carrying {
    pub(super) parts: KeptParts,
    on_its_way: Option<[u8; 8]>,
    offered: BTreeSet<[u8; 8]>,
}

impl Carrying {
    /// A new connection: everything may be offered again.
    pub(super) fn afresh(&mut self) {
        self.on_its_way = None;
        self.offered.clear();
    }

    /// Whether an answer is awaited.
    pub(super) fn is_on_its_way(&self) -> bool {
        self.on_its_way.is_some()
    }

    fn bytes(&self) -> usize {
        let parts = self.parts.values();
        parts.map(|kept| kept.part.content.len()).sum()
    }
}

impl Engine {
    /// Whom a bundle can be closed to by name: every person with a device that is known here and
    /// not shut out, this device aside.
    pub fn colleagues(&self) -> BTreeSet<PersonId> {
        let me = self.device();
        let devices = self.known_devices().into_iter();
        let others = devices.filter(|(device, _)| Some(*device) != me);
        others.map(|(_, (_, person))| person).collect()
    }

    /// Whose device that is, as far as it is known here.
    pub fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        if self.device() == Some(*device) {
            return self.person().cloned();
        }
        let enrolled = self.standings().filter_map(|standing| match standing {
            Standing::Enrolled(enrolled) => Some(enrolled),
            Standing::Revoked(_) => None,
        });
        let of = enrolled.filter(|enrolled| enrolled.device == *device);
        of.last().map(|enrolled| enrolled.person)
    }

    /// How many parts of envelopes this device carries to the office for others.
    pub fn envelopes_carried(&self) -> usize {
        self.carrying.parts.len()
    }

    /// The server said these over a connection that only it can open, so nobody checks their
    /// signatures here.
    fn standings(&self) -> impl Iterator<Item = Standing> {
        let statements = self.statements.values().flatten();
        statements.filter_map(|bytes| standing(bytes))
    }

    /// Devices that are not shut out, with their keys and the position in which they came.
    fn known_devices(&self) -> Vec<(DeviceId, (PublicKey, PersonId))> {
        let mut known: Vec<(DeviceId, (PublicKey, PersonId))> = Vec::new();
        for standing in self.standings() {
            match standing {
                Standing::Enrolled(enrolled) => {
                    known.retain(|(device, _)| *device != enrolled.device);
                    let who = (PublicKey(enrolled.key), enrolled.person);
                    known.push((enrolled.device, who));
                }
                Standing::Revoked(revoked) => known.retain(|(device, (_, person))| {
                    revoked.device != Some(*device) && revoked.person.as_ref() != Some(person)
                }),
            }
        }
        known
    }

    /// The newest devices of a person, this one aside.
    fn keys_of(&self, person: &PersonId) -> Vec<PublicKey> {
        let me = self.device();
        let known = self.known_devices().into_iter().rev();
        let theirs = known.filter(|(device, (_, of))| of == person && Some(*device) != me);
        let keys = theirs.map(|(_, (key, _))| key);
        keys.take(COLLEAGUE_DEVICES_MAX).collect()
    }

    /// Closes records and receipts to whom they are for.
    pub(super) fn enclosed(
        &mut self,
        mut cover: Cover,
        pushes: &[RecordPush],
        to: &BundleFor,
    ) -> Result<Vec<u8>, BundleError> {
        let enrolled = self.identity.as_ref().and_then(|me| me.enrolled.as_ref());
        let server_key = enrolled.ok_or(BundleError::NotEnrolled)?.server_key;
        let mut bundles = Vec::new();
        let about = (cover.deployment, cover.maker, cover.time);
        for pushes in pushes.chunks(PUSH_RECORDS_MAX) {
            divide(about, pushes, &mut bundles)?;
        }
        let keys = match to {
            BundleFor::Office => vec![server_key],
            BundleFor::Colleague(person) => {
                cover.to = Addressee::Colleague(person.clone());
                bundles.extend(sheets(about, &self.sheets));
                self.keys_of(person)
            }
        };
        if let (true, BundleFor::Colleague(person)) = (keys.is_empty(), to) {
            return Err(BundleError::NoSuchColleague(person.clone()));
        }
        let entropy = self.entropy.as_mut();
        let envelope = Envelope::close(cover, &bundles, &keys, || draw(entropy))?;
        Ok(envelope.encode()?)
    }

    /// The once-keys of an envelope's parts for this device: what the keeper of its key is to agree
    /// with before `bundle_import_with`. None when the key is here, or the file is no envelope.
    pub fn once_keys(&self, file: &[u8]) -> Vec<[u8; 32]> {
        let key = self.identity.as_ref().map(|me| &me.key);
        match (key, Envelope::decode(file)) {
            (Some(Key::Outside(key)), Ok(envelope)) => envelope.once_keys(key),
            (Some(Key::Here(_)) | None, _) | (_, Err(_)) => Vec::new(),
        }
    }

    /// The bundles of an envelope for this device. One for the office is kept to be carried there,
    /// and gives none.
    pub(super) fn disclosed(
        &mut self,
        (file, agreements): (&[u8], &Agreements),
        deployment: DeploymentId,
        report: &mut BundleReport,
    ) -> Result<Vec<Bundle>, BundleError> {
        let me = self.identity.as_ref().ok_or(BundleError::NotEnrolled)?;
        let envelope = Envelope::decode(file)?;
        if envelope.cover.deployment != deployment {
            return Err(BundleError::OtherDeployment);
        }
        let opened = match &me.key {
            Key::Here(key) => envelope.open(key),
            Key::Outside(key) => envelope.open(Opener::Outside(key, agreements)),
        };
        report.maker = Some(envelope.cover.maker);
        report.time = envelope.cover.time;
        match (opened, &envelope.cover.to) {
            (Ok(bundles), _) => Ok(bundles),
            (Err(EnvelopeError::NotOurs), Addressee::Office) => {
                report.for_the_office = Some(envelope.cover.edits);
                self.keep_envelope(envelope)?;
                Ok(Vec::new())
            }
            (Err(EnvelopeError::NotOurs), Addressee::Colleague(person)) => {
                Err(BundleError::ForAnother(person.clone()))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    fn keep_envelope(&mut self, envelope: Envelope) -> Result<(), BundleError> {
        let written = envelope.written;
        let parts = envelope
            .parts
            .into_iter()
            .map(|part| (part.short().0, part));
        let fresh: Vec<([u8; 8], Part)> = parts
            .filter(|(short, _)| !self.carrying.parts.contains_key(short))
            .collect();
        let bytes: usize = fresh.iter().map(|(_, part)| part.content.len()).sum();
        if self.carrying.parts.len() + fresh.len() > DEVICE_ENVELOPES_MAX
            || self.carrying.bytes() + bytes > DEVICE_ENVELOPES_BYTES_MAX
        {
            return Err(BundleError::CarriesTooMuch);
        }
        let mut batch = Batch::default();
        for (short, part) in fresh {
            let cover = written.clone();
            let kept = KeptPart { cover, part };
            batch.put(&Slot::Envelope(short), &kept);
            self.carrying.parts.insert(short, kept);
        }
        self.store(batch);
        Ok(())
    }

    /// Gives the client one part for the office if it takes one and there is one.
    pub(super) fn carry_next(&mut self, now: Timestamp) -> bool {
        let free = self.client.as_ref().is_some_and(Client::may_carry);
        if !free || self.carrying.is_on_its_way() {
            return false;
        }
        let offered = &self.carrying.offered;
        let mut parts = self.carrying.parts.iter();
        let Some((short, kept)) = parts.find(|(short, _)| !offered.contains(*short)) else {
            return false;
        };
        let (short, kept) = (*short, kept.clone());
        self.carrying.offered.insert(short);
        self.carrying.on_its_way = Some(short);
        let KeptPart { cover, part } = kept;
        self.tell_client(now, client::Input::Carry { cover, part });
        true
    }

    /// What the office says to the part that was given last.
    pub(super) fn carried(&mut self, outcome: Outcome, receipts: Vec<SignedReceipts>) {
        let Some(short) = self.carrying.on_its_way.take() else {
            return;
        };
        let mut batch = Batch::default();
        match outcome {
            Outcome::Later => {}
            Outcome::Taken | Outcome::Unreadable => {
                self.carrying.parts.remove(&short);
                // Who hands the same file on once more is answered once more.
                self.carrying.offered.remove(&short);
                batch.remove(&Slot::Envelope(short));
            }
        }
        self.take_receipts(receipts, &mut BundleReport::default(), &mut batch);
    }
}

/// Installation, maker and time of the bundles of one envelope.
type About = (DeploymentId, DeviceId, Timestamp);

/// Puts records into as many bundles as go into parts of their own, and through one push each.
fn divide(
    about: About,
    records: &[RecordPush],
    bundles: &mut Vec<Bundle>,
) -> Result<(), BundleError> {
    let (deployment, maker, time) = about;
    let mut bundle = Bundle::new(deployment, maker, time);
    bundle.add(records)?;
    let changes: usize = records.iter().map(|push| push.chunk.changes()).sum();
    let fits = bundle.pushes.len() <= 1
        && changes <= PUSH_CHANGES_MAX
        && bundle.encode()?.len() <= ENVELOPE_PART_BYTES_MAX;
    if fits {
        bundles.push(bundle);
        return Ok(());
    }
    if records.len() < 2 {
        return Err(BundleError::File(bundle::BundleError::TooBig));
    }
    let (first, second) = records.split_at(records.len() / 2);
    divide(about, first, bundles)?;
    divide(about, second, bundles)
}

/// Receipts for a colleague, in bundles that go into parts of their own.
fn sheets((deployment, maker, time): About, sheets: &[SignedReceipts]) -> Vec<Bundle> {
    let mut bundles: Vec<(usize, Bundle)> = Vec::new();
    for sheet in sheets {
        // The sheet, its signature and what stands around them.
        let bytes = sheet.sheet.len() + 256;
        match bundles.last_mut() {
            Some((all, bundle)) if *all + bytes <= ENVELOPE_PART_BYTES_MAX / 2 => {
                *all += bytes;
                bundle.receipts.push(sheet.clone());
            }
            Some(_) | None => {
                let mut bundle = Bundle::new(deployment, maker, time);
                bundle.receipts.push(sheet.clone());
                bundles.push((bytes, bundle));
            }
        }
    }
    let fits = |bytes: usize| bytes <= ENVELOPE_PART_BYTES_MAX - 512;
    let bundles = bundles.into_iter().filter(|(bytes, _)| fits(*bytes));
    bundles.map(|(_, bundle)| bundle).collect()
}
