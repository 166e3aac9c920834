//! What goes into and comes out of the engine.
//!
//! Never anything but values: no callback, no handle.

use liandu_core::id::RecordId;
use liandu_core::protocol::client;
use liandu_core::record::DefinitionRef;
use liandu_core::seal::{SignatureBytes, ToSign};

use super::EnrolFailure;
use crate::store::Puts;

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// The person wants to be in sync, or the network is back: connect now, and stay connected.
    SyncNow,
    /// The socket that `Output::Connect` asked for is open.
    Connected,
    /// A binary message came.
    Frame(Vec<u8>),
    /// The socket is closed or could not be opened.
    Disconnected,
    /// `deadline` has passed.
    Tick,
    /// The batch is durable. Batches become durable in the order they were given.
    Committed(u64),
    /// The batch is not stored. The engine stops writing: open a new one from what is stored.
    CommitFailed(u64),
    /// The key that is kept outside signed.
    Signed {
        /// The number of the request.
        id: u64,
        /// By that key.
        signature: SignatureBytes,
    },
    /// The key that is kept outside could not sign this request.
    NotSigned(u64),
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Store all of this or nothing, then say `Committed` or `CommitFailed`.
    Commit {
        /// To be named in the answer.
        id: u64,
        /// What to store.
        puts: Puts,
    },
    /// Open a socket to `Engine::address`.
    Connect,
    /// Close the socket.
    Disconnect,
    /// Send a binary message.
    Send(Vec<u8>),
    /// Have the key that is kept outside sign this, then say `Signed` or `NotSigned`. Never asked
    /// of anybody while the key is in here.
    Sign {
        /// To be named in the answer.
        id: u64,
        /// What to sign.
        words: ToSign,
    },
    /// For whoever shows things to the person.
    Event(Event),
}

/// Something a person or a screen may want to know at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An own edit is safe on this device.
    Saved {
        /// Its record.
        record: RecordId,
        /// Its number.
        number: u64,
    },
    /// A record's content changed by what came from elsewhere.
    Changed(RecordId),
    /// The office answered an own edit.
    Answered {
        /// Its record.
        record: RecordId,
        /// Its number.
        number: u64,
    },
    /// The connection.
    Connection(client::Status),
    /// This device is enrolled.
    Enrolled,
    /// The enrolment did not work.
    EnrolFailed(EnrolFailure),
    /// A campaign definition came.
    Definition(DefinitionRef),
    /// Nothing can be stored any more: the engine must be opened again.
    StoreFailed,
    /// The key that is kept outside did not sign, or another one did.
    KeyFailed,
    /// Harmless surprises, for developers.
    Odd(client::Odd),
}
