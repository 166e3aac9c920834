//! What an office says to the author of an edit that stays out.
//!
//! Never changes a verdict: a released edit comes back in the feed.

use minicbor::{Decode, Encode};

use crate::id::{ChangeHash, Position, RecordId};
use crate::limits;
use crate::protocol::codec::{answer_text, list};
use crate::time::Timestamp;

/// An answer to one edit of the device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfficeAnswer {
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// The edit.
    #[n(2)]
    pub hash: ChangeHash,
    /// The log entry that answers.
    #[n(3)]
    pub position: Position,
    /// The server's clock.
    #[n(4)]
    pub time: Timestamp,
    /// What the author reads.
    #[cbor(n(5), decode_with = "answer_text")]
    pub text: String,
}

/// Answers after the position in the hello, in order of position.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answers {
    /// At most `ANSWERS_MAX`; what is left comes on the next connection.
    #[cbor(n(1), decode_with = "list::<_, _, { limits::ANSWERS_MAX }>")]
    pub answers: Vec<OfficeAnswer>,
}
