//! What a device carries to the office for others, and what the office says to it.
//!
//! Never opened by who carries it.

use minicbor::{Decode, Encode};

use crate::limits::CARRIED_SHEETS_MAX;
use crate::protocol::bundle::SignedReceipts;
use crate::protocol::codec::list;
use crate::protocol::envelope::Part;

/// A part of an envelope addressed to the office.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Carry {
    /// Counts from 1 on this connection.
    #[n(1)]
    pub number: u64,
    /// The bytes of the envelope's cover.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub cover: Vec<u8>,
    /// The part.
    #[n(3)]
    pub part: Part,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Carried {
    /// Which.
    #[n(1)]
    pub number: u64,
    /// What became of it.
    #[n(2)]
    pub outcome: Outcome,
    /// Receipts for who wrote the edits.
    #[cbor(n(3), decode_with = "list::<_, _, CARRIED_SHEETS_MAX>")]
    pub receipts: Vec<SignedReceipts>,
}

/// What became of a part that was carried to the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Opened and judged: it need not be kept.
    Taken,
    /// Not for this server, or changed on its way: carrying it is of no use.
    Unreadable,
    /// Not now: on the next connection.
    Later,
}

impl<C> Encode<C> for Outcome {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(match self {
            Outcome::Taken => 0,
            Outcome::Unreadable => 1,
            Outcome::Later => 2,
        })?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Outcome {
    /// A newer outcome is no reason to give up what is carried.
    fn decode(
        d: &mut minicbor::Decoder<'b>,
        _: &mut C,
    ) -> Result<Outcome, minicbor::decode::Error> {
        Ok(match d.u8()? {
            0 => Outcome::Taken,
            1 => Outcome::Unreadable,
            _ => Outcome::Later,
        })
    }
}
