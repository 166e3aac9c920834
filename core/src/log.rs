//! Entries of the server's log: everything the server accepted, in order, as values.
//!
//! Never says where they are stored (`server/src/journal`) and never judges: verdicts are inside
//! and replay believes them. An entry is the CBOR array `[kind, body]` or, when the authority key
//! signed it, `[kind, body, signature]`; bodies are maps with integer keys. Kinds and keys are
//! frozen by the files in `core/tests/golden/log`.

mod access;
mod authority;
mod edits;
mod library;
mod meeting;

use minicbor::{Decode, Decoder, Encode, Encoder};

pub use access::{Exported, SignIn, SignInOutcome, SignIns};
pub use authority::{
    AccountSet, ContactRead, DefinitionSet, Enrolled, EpochBegan, EpochCause, GrantEntry,
    GrantsSet, GroupRow, Groups, Invited, MembershipRow, Notified, People, PersonRow, Revoked,
};
pub use edits::{Answered, Because, Born, Edits, Erased, Kept, Moved, NumberRange, Source};
pub use library::LibrarySet;
pub use meeting::{Decided, DecisionState, DispatchFrozen, DispatchItem, DispatchPart, Tally};

use crate::id::DeploymentId;
use crate::seal::{PublicKey, SecretKey, SignatureBytes, sign_statement, verify_statement};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEntry {
    /// Edits of one record from one author, with a verdict for each.
    Edits(Edits),
    /// An office's answer to a quarantined edit that stays refused.
    Answered(Answered),
    /// A record moved from one scope to another.
    Moved(Moved),
    /// A record erased by law; its payloads are overwritten afterwards.
    Erased(Erased),
    /// Groups made or changed.
    Groups(Groups),
    /// People made or changed.
    People(People),
    /// A device may be enrolled for a person.
    Invited(Invited),
    /// A device was enrolled.
    Enrolled(Enrolled),
    /// A device or a person was shut out.
    Revoked(Revoked),
    /// An office user made or changed.
    Account(AccountSet),
    /// What a person may do, replacing what was said before.
    Grants(GrantsSet),
    /// A campaign definition version.
    Definition(DefinitionSet),
    /// Somebody read a resident's contact.
    ContactRead(ContactRead),
    /// A unit was told of an event outside this system, or could not be.
    Notified(Notified),
    /// The figures of a region, frozen for a meeting.
    DispatchFrozen(Box<DispatchFrozen>),
    /// A decision taken at a meeting.
    Decided(Decided),
    /// Office users signed in, or tried to.
    SignIns(SignIns),
    /// Somebody took a list out of the system.
    Exported(Exported),
    /// A version of the library of laws.
    Library(Box<LibrarySet>),
    /// A life of the log begins.
    Epoch(EpochBegan),
    /// Written by a newer server: kept as it is, ignored by everything derived.
    Unknown {
        /// Its number.
        kind: u32,
        /// Its body, CBOR.
        body: Vec<u8>,
    },
}

/// Why bytes are not an entry. The journal's checksum was right, so this is a fault of the
/// writer: the caller sets the entry aside and goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a log entry: {because}")]
pub struct NotAnEntry {
    /// What the decoder said.
    because: String,
}

impl From<minicbor::decode::Error> for NotAnEntry {
    fn from(error: minicbor::decode::Error) -> Self {
        NotAnEntry {
            because: error.to_string(),
        }
    }
}

impl LogEntry {
    /// Its frozen number.
    pub fn kind(&self) -> u32 {
        match self {
            LogEntry::Edits(_) => 1,
            LogEntry::Answered(_) => 2,
            LogEntry::Moved(_) => 3,
            LogEntry::Erased(_) => 4,
            LogEntry::Groups(_) => 5,
            LogEntry::People(_) => 6,
            LogEntry::Invited(_) => 7,
            LogEntry::Enrolled(_) => 8,
            LogEntry::Revoked(_) => 9,
            LogEntry::Account(_) => 10,
            LogEntry::Grants(_) => 11,
            LogEntry::Definition(_) => 12,
            LogEntry::ContactRead(_) => 13,
            LogEntry::Epoch(_) => 14,
            LogEntry::Notified(_) => 15,
            LogEntry::DispatchFrozen(_) => 16,
            LogEntry::Decided(_) => 17,
            LogEntry::SignIns(_) => 18,
            LogEntry::Exported(_) => 19,
            LogEntry::Library(_) => 24,
            LogEntry::Unknown { kind, .. } => *kind,
        }
    }

    /// Whether it is a statement that the authority key signs and the region's devices hold, so
    /// that it comes back first in a repair.
    pub fn is_statement(&self) -> bool {
        match self {
            LogEntry::Erased(_)
            | LogEntry::Enrolled(_)
            | LogEntry::Revoked(_)
            | LogEntry::Grants(_)
            | LogEntry::Definition(_) => true,
            LogEntry::Edits(_)
            | LogEntry::Answered(_)
            | LogEntry::Moved(_)
            | LogEntry::Groups(_)
            | LogEntry::People(_)
            | LogEntry::Invited(_)
            | LogEntry::Account(_)
            | LogEntry::ContactRead(_)
            | LogEntry::Notified(_)
            | LogEntry::DispatchFrozen(_)
            | LogEntry::Decided(_)
            | LogEntry::SignIns(_)
            | LogEntry::Exported(_)
            | LogEntry::Library(_)
            | LogEntry::Epoch(_)
            | LogEntry::Unknown { .. } => false,
        }
    }

    /// Whether it changes who may do what.
    pub fn is_authority(&self) -> bool {
        match self {
            LogEntry::Groups(_)
            | LogEntry::People(_)
            | LogEntry::Invited(_)
            | LogEntry::Enrolled(_)
            | LogEntry::Revoked(_)
            | LogEntry::Account(_)
            | LogEntry::Grants(_)
            | LogEntry::Definition(_) => true,
            LogEntry::Edits(_)
            | LogEntry::Answered(_)
            | LogEntry::Moved(_)
            | LogEntry::Erased(_)
            | LogEntry::ContactRead(_)
            | LogEntry::Notified(_)
            | LogEntry::DispatchFrozen(_)
            | LogEntry::Decided(_)
            | LogEntry::SignIns(_)
            | LogEntry::Exported(_)
            | LogEntry::Library(_)
            | LogEntry::Epoch(_)
            | LogEntry::Unknown { .. } => false,
        }
    }

    fn body(&self) -> Vec<u8> {
        // Writing CBOR to a Vec cannot fail.
        let encoded = match self {
            LogEntry::Edits(body) => minicbor::to_vec(body),
            LogEntry::Answered(body) => minicbor::to_vec(body),
            LogEntry::Moved(body) => minicbor::to_vec(body),
            LogEntry::Erased(body) => minicbor::to_vec(body),
            LogEntry::Groups(body) => minicbor::to_vec(body),
            LogEntry::People(body) => minicbor::to_vec(body),
            LogEntry::Invited(body) => minicbor::to_vec(body),
            LogEntry::Enrolled(body) => minicbor::to_vec(body),
            LogEntry::Revoked(body) => minicbor::to_vec(body),
            LogEntry::Account(body) => minicbor::to_vec(body),
            LogEntry::Grants(body) => minicbor::to_vec(body),
            LogEntry::Definition(body) => minicbor::to_vec(body),
            LogEntry::ContactRead(body) => minicbor::to_vec(body),
            LogEntry::Notified(body) => minicbor::to_vec(body),
            LogEntry::DispatchFrozen(body) => minicbor::to_vec(body),
            LogEntry::Decided(body) => minicbor::to_vec(body),
            LogEntry::SignIns(body) => minicbor::to_vec(body),
            LogEntry::Exported(body) => minicbor::to_vec(body),
            LogEntry::Library(body) => minicbor::to_vec(body),
            LogEntry::Epoch(body) => minicbor::to_vec(body),
            LogEntry::Unknown { body, .. } => return body.clone(),
        };
        encoded.unwrap_or_default()
    }

    /// The entry's bytes, unsigned.
    pub fn encode(&self) -> Vec<u8> {
        envelope(self.kind(), &self.body(), None)
    }

    /// The entry's bytes with a signature of the authority key.
    pub fn encode_signed(&self, deployment: &DeploymentId, authority: &SecretKey) -> Vec<u8> {
        let body = self.body();
        let unsigned = envelope(self.kind(), &body, None);
        let signature = sign_statement(authority, deployment, &unsigned);
        envelope(self.kind(), &body, Some(signature))
    }

    /// Reads an entry. A kind that this version does not know is kept as `Unknown`.
    pub fn decode(bytes: &[u8]) -> Result<LogEntry, NotAnEntry> {
        let opened = open(bytes)?;
        let body = opened.body;
        Ok(match opened.kind {
            1 => LogEntry::Edits(read(body)?),
            2 => LogEntry::Answered(read(body)?),
            3 => LogEntry::Moved(read(body)?),
            4 => LogEntry::Erased(read(body)?),
            5 => LogEntry::Groups(read(body)?),
            6 => LogEntry::People(read(body)?),
            7 => LogEntry::Invited(read(body)?),
            8 => LogEntry::Enrolled(read(body)?),
            9 => LogEntry::Revoked(read(body)?),
            10 => LogEntry::Account(read(body)?),
            11 => LogEntry::Grants(read(body)?),
            12 => LogEntry::Definition(read(body)?),
            13 => LogEntry::ContactRead(read(body)?),
            14 => LogEntry::Epoch(read(body)?),
            15 => LogEntry::Notified(read(body)?),
            16 => LogEntry::DispatchFrozen(Box::new(read(body)?)),
            17 => LogEntry::Decided(read(body)?),
            18 => LogEntry::SignIns(read(body)?),
            19 => LogEntry::Exported(read(body)?),
            24 => LogEntry::Library(Box::new(read(body)?)),
            kind => LogEntry::Unknown {
                kind,
                body: body.to_vec(),
            },
        })
    }
}

/// Divides signed entry bytes into the unsigned entry and its signature, as a statement travels;
/// `None` when the entry is not signed.
pub fn statement_parts(bytes: &[u8]) -> Option<(Vec<u8>, SignatureBytes)> {
    let opened = open(bytes).ok()?;
    Some((envelope(opened.kind, opened.body, None), opened.signature?))
}

/// Whether these entry bytes carry a valid signature of the authority key.
pub fn statement_holds(bytes: &[u8], deployment: &DeploymentId, authority: &PublicKey) -> bool {
    statement_parts(bytes).is_some_and(|(unsigned, signature)| {
        verify_statement(authority, deployment, &unsigned, &signature).is_ok()
    })
}

/// What an authority entry says about keys of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A device of a person.
    Enrolled(Enrolled),
    /// A device, or all of a person's, shut out.
    Revoked(Revoked),
}

/// What these entry bytes say about keys of devices; `None` when they speak of something else or
/// cannot be read. Reads nothing else of the log, for devices.
pub fn standing(bytes: &[u8]) -> Option<Standing> {
    let opened = open(bytes).ok()?;
    match opened.kind {
        8 => read(opened.body).ok().map(Standing::Enrolled),
        9 => read(opened.body).ok().map(Standing::Revoked),
        _ => None,
    }
}

/// An entry's parts, its body not yet read.
struct Opened<'b> {
    kind: u32,
    body: &'b [u8],
    signature: Option<SignatureBytes>,
}

fn open(bytes: &[u8]) -> Result<Opened<'_>, NotAnEntry> {
    let mut decoder = Decoder::new(bytes);
    let length = decoder.array()?.unwrap_or(0);
    if length < 2 {
        return Err(minicbor::decode::Error::message("an entry has two parts or more").into());
    }
    let kind = decoder.u32()?;
    let start = decoder.position();
    decoder.skip()?;
    let body = bytes.get(start..decoder.position()).unwrap_or_default();
    let signature = if length > 2 {
        Some(decoder.decode()?)
    } else {
        None
    };
    Ok(Opened {
        kind,
        body,
        signature,
    })
}

fn read<'b, T: Decode<'b, ()>>(body: &'b [u8]) -> Result<T, NotAnEntry> {
    Ok(minicbor::decode(body)?)
}

fn envelope(kind: u32, body: &[u8], signature: Option<SignatureBytes>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 80);
    let mut encoder = Encoder::new(&mut bytes);
    let parts = if signature.is_some() { 3 } else { 2 };
    // Writing CBOR to a Vec cannot fail.
    let _ = encoder
        .array(parts)
        .and_then(|encoder| encoder.u32(kind))
        .map(|_| ());
    bytes.extend_from_slice(body);
    if let Some(signature) = signature {
        let _ = signature.encode(&mut Encoder::new(&mut bytes), &mut ());
    }
    bytes
}

#[cfg(test)]
mod tests;
