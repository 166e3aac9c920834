//! The entry that publishes a version of the library of laws.
//!
//! Never judges what a law says: the library is text that an office chose.

use minicbor::{Decode, Encode};

use crate::time::Timestamp;

/// A version of the library of laws that phones keep for use without network.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LibrarySet {
    /// What the office calls it, such as `2020-06`. Records name it.
    #[n(1)]
    pub version: String,
    /// Laws in it.
    #[n(2)]
    pub laws: u64,
    /// Articles in it.
    #[n(3)]
    pub articles: u64,
    /// The texts as phones read them, JSON.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub json: Vec<u8>,
    /// The office user who published it.
    #[n(5)]
    pub user: String,
    /// The server's clock.
    #[n(6)]
    pub time: Timestamp,
}
