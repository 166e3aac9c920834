//! What goes into and comes out of the client.
//!
//! Never anything but values: no callback, no handle.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{DeploymentId, DeviceId, PersonId, Position, RecordId, ScopeId};
use crate::protocol::bundle::SignedReceipts;
use crate::protocol::envelope::Part;
use crate::protocol::message::{
    Cursor, Digest, Numbered, OfficeAnswer, Outcome, RecordHeads, Tier,
};
use crate::protocol::update::{RecordPush, RecordUpdate, RecordVerdicts};
use crate::record::DefinitionRef;
use crate::record::scope::Scope;
use crate::seal::{EnrolmentCertificate, SignatureBytes, ToSign};
use crate::time::Timestamp;

/// Who the device is: given at enrolment, pinned.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The installation it was enrolled with.
    pub deployment: DeploymentId,
    /// The device.
    pub device: DeviceId,
    /// Its enrolment, for a restored server.
    pub certificate: Option<EnrolmentCertificate>,
    /// The app's version.
    pub app: String,
}

/// How far the device holds its scopes. Stored in the same transaction as the updates it came
/// with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// All scopes are held up to here, except:
    pub cursor: Option<Cursor>,
    /// ... these, which are held only up to there.
    pub behind: BTreeMap<ScopeId, Position>,
}

impl Held {
    /// Whether that cursor is of another life of the log than the one that is held.
    pub(super) fn is_of_another_life(&self, upto: &Cursor) -> bool {
        self.cursor.is_some_and(|held| held.epoch != upto.epoch)
    }

    pub(super) fn advanced(&self, upto: Cursor) -> Held {
        let far = self
            .cursor
            .filter(|cursor| cursor.epoch == upto.epoch && cursor.position > upto.position);
        let cursor = far.unwrap_or(upto);
        let behind = self.behind.iter();
        let behind = behind
            .map(|(scope, at)| (*scope, (*at).max(upto.position)))
            .filter(|(_, at)| *at < cursor.position)
            .collect();
        Held {
            cursor: Some(cursor),
            behind,
        }
    }
}

/// What the device held durably when the client was made.
#[derive(Debug, Clone, Default)]
pub struct Holding {
    /// How far.
    pub held: Held,
    /// Its scopes.
    pub scopes: BTreeSet<ScopeId>,
    /// The definition versions it has.
    pub definitions: BTreeSet<DefinitionRef>,
    /// The last authority statement it has.
    pub authority: Position,
    /// The last office answer it has.
    pub answers: Position,
    /// Edits without a receipt.
    pub unsent: u64,
}

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// Connect now if not connected: the person asked, an edit was saved or the network is back.
    SyncNow,
    /// The socket is open.
    Connected,
    /// A binary message came.
    Frame(Vec<u8>),
    /// The device's key signed what `Output::Sign` asked for.
    Signed {
        /// What it asked for.
        words: ToSign,
        /// By the key that is enrolled.
        signature: SignatureBytes,
    },
    /// The socket is closed or could not be opened.
    Disconnected,
    /// `deadline` has passed.
    Tick,
    /// A batch to push; `offer` is the engine's own number. Taken while `room()` is not 0, else
    /// returned. At most `PUSH_RECORDS_MAX` records, and small enough for a frame.
    Offer {
        /// The engine's number for it.
        offer: u64,
        /// The batch.
        records: Vec<RecordPush>,
    },
    /// A part of an envelope for the office, with the bytes of its cover. Taken while
    /// `may_carry()`, else it is not sent. Answered by `Carried`, at most once.
    Carry {
        /// The cover's bytes.
        cover: Vec<u8>,
        /// The part.
        part: Part,
    },
    /// Problems whose numbers the device lacks, at most `NUMBERS_MAX`. Asked while `may_ask()`,
    /// else not. Answered by `Numbers`, at most once.
    WantNumbers(Vec<RecordId>),
    /// The engine's count of edits without a receipt, for the hello.
    Unsent(u64),
    /// The updates of this feed frame, and `Held` with them, are durable.
    Stored {
        /// Its number.
        feed: u64,
    },
    /// The scopes of `Output::Scopes`, and `Held` with them, are durable.
    ScopesStored,
    /// A definition is durable.
    DefinitionStored(DefinitionRef),
    /// Authority statements up to here are durable.
    AuthorityStored(Position),
    /// Office answers up to here are durable.
    AnswersStored(Position),
    /// Answer to `NeedDigests`.
    Digests(Vec<Digest>),
    /// Answer to `NeedHeads`: the next records of the scope, sorted, at most
    /// `HEADS_RECORDS_MAX`.
    Heads {
        /// Which scope.
        scope: ScopeId,
        /// Admitted content only: what the server accepted or sent.
        records: Vec<RecordHeads>,
        /// Whether the scope has no more.
        last: bool,
    },
    /// Answer to `NeedAuthority`.
    Authority {
        /// Position of the last.
        position: Position,
        /// The statements as they came.
        statements: Vec<Vec<u8>>,
    },
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Open a socket; answer with `Connected` or `Disconnected`.
    Connect,
    /// Close the socket. `Disconnected` may follow.
    Disconnect,
    /// Send a binary message.
    Send(Vec<u8>),
    /// Have the device's key sign this; answer with `Signed`.
    Sign(ToSign),
    /// For the person.
    Status(Status),
    /// The server's clock at the welcome, and whose device this is to it.
    Greeted {
        /// Its clock.
        time: Timestamp,
        /// Whose device.
        person: PersonId,
        /// Scopes it may see that are too many for one device.
        left_out: u64,
    },
    /// Answers of offices to this device's edits: store, then say `AnswersStored`.
    Answers(Vec<OfficeAnswer>),
    /// So many more offers are taken.
    Room(usize),
    /// An answer to an offer: store, then forget the batch. A record that is not in it stays
    /// unsent.
    Verdicts {
        /// Which offer.
        offer: u64,
        /// The server's clock.
        time: Timestamp,
        /// Where receipted edits are safe.
        tier: Tier,
        /// One for each record.
        records: Vec<RecordVerdicts>,
    },
    /// What the office says to the part that was carried to it last.
    Carried {
        /// What became of it.
        outcome: Outcome,
        /// Receipts for who wrote the edits.
        receipts: Vec<SignedReceipts>,
    },
    /// The numbers of those asked for that have one.
    Numbers(Vec<Numbered>),
    /// The offer was not answered (connection lost) or not taken: offer its records again later.
    Returned {
        /// Which offer.
        offer: u64,
    },
    /// Store these and `held` in one transaction, then say `Stored`.
    Updates {
        /// To be named in `Stored`.
        feed: u64,
        /// What happened.
        updates: Vec<RecordUpdate>,
        /// How far the device holds its scopes then; none: as before.
        held: Option<Held>,
        /// More follows at once.
        more: bool,
    },
    /// Nothing is missing: store how far that is. No answer is needed.
    CaughtUp(Held),
    /// The device's scopes now. Drop the records of others (keep work without receipt), store,
    /// then say `ScopesStored`.
    Scopes {
        /// Every scope.
        scopes: Vec<Scope>,
        /// To be stored with them.
        held: Held,
    },
    /// A definition to store; then say `DefinitionStored`.
    Definition {
        /// Which.
        name: DefinitionRef,
        /// Its JSON text.
        json: Vec<u8>,
    },
    /// Signed statements to keep; then say `AuthorityStored`.
    Authority {
        /// Position of the last.
        position: Position,
        /// The statements.
        statements: Vec<Vec<u8>>,
    },
    /// The server lost statements: answer with `Input::Authority` with those after this.
    NeedAuthority {
        /// The last it has.
        after: Position,
    },
    /// Repair: answer with `Input::Digests`, one for each scope.
    NeedDigests,
    /// Repair: answer with `Input::Heads`.
    NeedHeads {
        /// Which scope.
        scope: ScopeId,
        /// Records after this one.
        after: Option<RecordId>,
    },
    /// Repair: the server lacks something of these. Note durably, before `Stored` of any later
    /// feed, that they are to be offered again; then offer, with seals and scope, whatever is
    /// held of them beyond the heads named.
    Wanted(Vec<RecordHeads>),
    /// Something unexpected that does no harm; for developers.
    Odd(Odd),
}

/// Something unexpected that does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// A message type this version does not know.
    UnknownType(u8),
    /// A frame that cannot be read.
    Unreadable,
    /// A list item that cannot be read and was left out.
    UnreadableItem,
    /// A message that is not expected now.
    OutOfTurn(&'static str),
}

/// What a person sees about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not connected; tries again at this time.
    Waiting {
        /// When.
        until: Timestamp,
    },
    /// Opening a connection.
    Connecting,
    /// Connected, updates are coming.
    CatchingUp,
    /// Everything the server has is here.
    InSync,
    /// The server's log is not the one the device knew: both compare.
    Repairing,
    /// The device is revoked: it may still hand in what it has, which is kept until the office
    /// decides.
    Escrow,
    /// Nothing happens until `SyncNow`.
    Stopped(Stop),
}

/// Why nothing happens by itself any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Before the first `SyncNow`.
    NotStarted,
    /// Revoked, and nothing is left to hand in.
    Revoked,
    /// The server says the signature is wrong.
    BadSignature,
    /// The server does not know the device: enrol again.
    UnknownDevice,
    /// Another installation answers at this address.
    WrongServer,
}
