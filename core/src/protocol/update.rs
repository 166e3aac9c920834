//! What travels in bulk: pushed records, updates of records, verdicts on edits.
//!
//! Never looks into a change or a document: those are bytes here.

use minicbor::{Decode, Decoder, Encode, Encoder};

use super::codec::{blobs, list, short_text};
use crate::id::{Actor, ChangeHash, Position, RecordId, ScopeId};
use crate::limits;
use crate::record::kind::Kind;
use crate::record::scope::Scope;
use crate::record::stamp::Stamp;
use crate::seal::Seal;
use crate::verdict::{Reason, Verdict};

/// Changes of one record, packed one way or the other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Chunk {
    /// One automerge document chunk that holds all of the record's changes.
    #[n(1)]
    Doc(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Single automerge change chunks, ancestors first.
    #[n(2)]
    Changes(#[cbor(n(0), with = "blobs")] Vec<Vec<u8>>),
}

impl Chunk {
    /// Bytes of its parts.
    pub fn bytes(&self) -> usize {
        match self {
            Chunk::Doc(bytes) => bytes.len(),
            Chunk::Changes(changes) => changes.iter().map(Vec::len).sum(),
        }
    }

    /// How many changes it holds as far as can be told without opening it: a document counts as
    /// one, admission opens and counts it.
    pub fn changes(&self) -> usize {
        match self {
            Chunk::Doc(_) => 1,
            Chunk::Changes(changes) => changes.len(),
        }
    }

    /// The parts, as admission opens them.
    pub fn parts(&self) -> Vec<&[u8]> {
        match self {
            Chunk::Doc(bytes) => vec![bytes.as_slice()],
            Chunk::Changes(changes) => changes.iter().map(Vec::as_slice).collect(),
        }
    }
}

/// A record's kind, or the number of one that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnyKind {
    /// Known.
    Known(Kind),
    /// From a newer version: held.
    Newer(u16),
}

impl AnyKind {
    /// The kind, when this version knows it.
    pub fn known(self) -> Option<Kind> {
        match self {
            AnyKind::Known(kind) => Some(kind),
            AnyKind::Newer(_) => None,
        }
    }

    /// Its number on the wire. Frozen.
    pub fn code(self) -> u16 {
        match self {
            AnyKind::Known(Kind::Inspection) => 1,
            AnyKind::Known(Kind::Problem) => 2,
            AnyKind::Known(Kind::Opinion) => 3,
            AnyKind::Known(Kind::Object) => 4,
            AnyKind::Known(Kind::Task) => 5,
            AnyKind::Known(Kind::Activity) => 6,
            AnyKind::Known(Kind::Referral) => 7,
            AnyKind::Newer(code) => code,
        }
    }

    /// The kind with that number.
    pub fn from_code(code: u16) -> AnyKind {
        let known = Kind::ALL
            .into_iter()
            .find(|kind| AnyKind::Known(*kind).code() == code);
        known.map_or(AnyKind::Newer(code), AnyKind::Known)
    }
}

impl From<Kind> for AnyKind {
    fn from(kind: Kind) -> AnyKind {
        AnyKind::Known(kind)
    }
}

impl<C> Encode<C> for AnyKind {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.code())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for AnyKind {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(AnyKind::from_code(d.u16()?))
    }
}

/// A verdict, or one of a newer server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnyVerdict {
    /// Known.
    Known(Verdict),
    /// A refusal or holding for a reason this version does not know, or a verdict it does not
    /// know (which counts as held: kept, nothing rebuilt).
    Newer {
        /// Whether it was refused.
        refused: bool,
        /// The reason's number.
        reason: u16,
    },
}

impl From<Verdict> for AnyVerdict {
    fn from(verdict: Verdict) -> AnyVerdict {
        AnyVerdict::Known(verdict)
    }
}

const ACCEPTED: u8 = 0;
const REFUSED: u8 = 1;
const HELD: u8 = 2;
const FORKED: u8 = 3;

impl AnyVerdict {
    fn codes(self) -> (u8, u16) {
        match self {
            AnyVerdict::Known(Verdict::Accepted) => (ACCEPTED, 0),
            AnyVerdict::Known(Verdict::Refused(reason)) => (REFUSED, reason.code()),
            AnyVerdict::Known(Verdict::Held(reason)) => (HELD, reason.code()),
            AnyVerdict::Known(Verdict::Forked) => (FORKED, 0),
            AnyVerdict::Newer {
                refused: true,
                reason,
            } => (REFUSED, reason),
            AnyVerdict::Newer {
                refused: false,
                reason,
            } => (HELD, reason),
        }
    }

    fn from_codes(verdict: u8, code: u16) -> AnyVerdict {
        let reason = Reason::ALL
            .iter()
            .copied()
            .find(|reason| reason.code() == code);
        match (verdict, reason) {
            (ACCEPTED, _) => AnyVerdict::Known(Verdict::Accepted),
            (FORKED, _) => AnyVerdict::Known(Verdict::Forked),
            (REFUSED, Some(reason)) => AnyVerdict::Known(Verdict::Refused(reason)),
            (HELD, Some(reason)) => AnyVerdict::Known(Verdict::Held(reason)),
            (other, _) => AnyVerdict::Newer {
                refused: other == REFUSED,
                reason: code,
            },
        }
    }
}

/// `[verdict, reason]`; 0 where there is none.
impl<C> Encode<C> for AnyVerdict {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let (verdict, reason) = self.codes();
        e.array(2)?.u8(verdict)?.u16(reason)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for AnyVerdict {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        if d.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("a verdict has 2 parts").at(at));
        }
        Ok(AnyVerdict::from_codes(d.u8()?, d.u16()?))
    }
}

/// One record's changes on their way to the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordPush {
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// Its kind.
    #[n(2)]
    pub kind: AnyKind,
    /// Its scope, when the server may not know the record yet.
    #[n(3)]
    pub scope: Option<Scope>,
    /// The changes, births among them.
    #[n(4)]
    pub chunk: Chunk,
    /// What vouches for them.
    #[cbor(n(5), decode_with = "list::<_, _, { limits::RECORD_SEALS_MAX }>")]
    pub seals: Vec<Seal>,
}

/// What the server did with one record of a push.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordVerdicts {
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// Accepted, by actor: durable now. A change that was known before is receipted again.
    #[cbor(n(2), decode_with = "list::<_, _, { limits::PUSH_CHANGES_MAX }>")]
    pub receipts: Vec<Receipt>,
    /// Verdicts other than accepted.
    #[cbor(n(3), decode_with = "list::<_, _, { limits::PUSH_CHANGES_MAX }>")]
    pub others: Vec<OtherVerdict>,
    /// An ancestor is missing here: send the record again with all the device has.
    #[n(4)]
    pub missing: bool,
}

/// The server's statement that an actor's edits of a record are durable.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Whose.
    #[n(1)]
    pub actor: Actor,
    /// Every accepted change of the actor up to this one.
    #[n(2)]
    pub seq_max: u64,
    /// The log entry that holds the last of them.
    #[n(3)]
    pub position: Position,
}

/// A verdict other than accepted.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OtherVerdict {
    /// Whose.
    #[n(1)]
    pub actor: Actor,
    /// Which of the actor's changes.
    #[n(2)]
    pub seq: u64,
    /// Its hash: a forked number names two changes.
    #[n(3)]
    pub hash: ChangeHash,
    /// Refused, held or forked, and why.
    #[n(4)]
    pub verdict: AnyVerdict,
}

/// What became of a record in a device's scopes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordUpdate {
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// Its kind.
    #[n(2)]
    pub kind: AnyKind,
    /// The scope whose feed says so.
    #[n(3)]
    pub scope: ScopeId,
    /// What happened.
    #[n(4)]
    pub body: UpdateBody,
}

/// What happened to a record in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum UpdateBody {
    /// Changes the device may lack; the whole record when it is new to the scope.
    #[n(1)]
    Changed {
        /// The changes.
        #[n(1)]
        chunk: Chunk,
        /// When the server took which, from whom.
        #[cbor(n(2), decode_with = "list::<_, _, { limits::RECORD_STAMPS_MAX }>")]
        stamps: Vec<Stamp>,
        /// The latest seal of each actor in the chunk, so that any device can bring the record
        /// back to a server that lost it.
        #[cbor(n(3), decode_with = "list::<_, _, { limits::RECORD_SEALS_MAX }>")]
        seals: Vec<Seal>,
        /// The chunk is the whole record.
        #[n(4)]
        whole: bool,
    },
    /// Moved out of the scope: drop it, keep work without receipt.
    #[n(2)]
    Left {},
    /// Erased by law or order: destroy it, its edits and attachments.
    #[n(3)]
    Erased {
        /// For the person who wonders where it is.
        #[cbor(n(1), decode_with = "short_text")]
        reason: String,
    },
}
