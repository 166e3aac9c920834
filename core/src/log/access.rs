//! Entries about who came in and what was carried out: sign-ins of office users, and exports.
//!
//! Never holds a password, nor a sign-in name that is nobody's: people type passwords there.

use minicbor::{Decode, Encode};

use crate::id::Position;
use crate::time::Timestamp;

/// What became of a try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum SignInOutcome {
    /// A session began.
    #[n(1)]
    In,
    /// Unknown user, wrong password, or shut out.
    #[n(2)]
    Wrong,
    /// Told to wait after too many failures; the password was not looked at.
    #[n(3)]
    Wait,
}

/// Tries of one user from one address that ended alike.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignIn {
    /// The account's sign-in name; empty when there is no such account, or for what was too much
    /// to be told apart.
    #[n(1)]
    pub user: String,
    /// Where from; a network for IPv6.
    #[n(2)]
    pub address: String,
    /// What became of them.
    #[n(3)]
    pub outcome: SignInOutcome,
    /// How many.
    #[n(4)]
    pub count: u64,
    /// The first, by the server's clock.
    #[n(5)]
    pub first: Timestamp,
    /// The last.
    #[n(6)]
    pub last: Timestamp,
}

/// Tries to sign in, successful or not.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignIns {
    /// The tries.
    #[n(1)]
    pub rows: Vec<SignIn>,
    /// The server's clock.
    #[n(2)]
    pub time: Timestamp,
}

/// Somebody took a list out of the system.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Exported {
    /// The office user.
    #[n(1)]
    pub user: String,
    /// The session's public part.
    #[n(2)]
    pub session: String,
    /// Of what: `records` or `audit`.
    #[n(3)]
    pub what: String,
    /// `csv`, `xlsx` or `geojson`.
    #[n(4)]
    pub format: String,
    /// The filter as it was asked, a query string; cut when it was very long.
    #[n(5)]
    pub filter: String,
    /// Rows that fit it.
    #[n(6)]
    pub rows: u64,
    /// As of which position.
    #[n(7)]
    pub as_of: Position,
    /// The server's clock.
    #[n(8)]
    pub time: Timestamp,
}
