//! Messages of a repair: digests per scope, heads per record, wants.
//!
//! Never carries content: that travels in pushes and feeds.

use minicbor::{Decode, Encode};

use crate::id::{ChangeHash, RecordId, ScopeId, cbor_bytes};
use crate::limits;
use crate::protocol::codec::list;

/// A scope's digest: SHA-256 of each record and its heads, all XORed together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeDigest(pub [u8; 32]);

cbor_bytes!(ScopeDigest, 32);

/// One scope's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Digest {
    /// Which scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Records in it.
    #[n(2)]
    pub count: u64,
    /// Over each record and its heads.
    #[n(3)]
    pub digest: ScopeDigest,
}

/// Repair, step 1: what the device holds, scope by scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Digests {
    /// Every scope it holds.
    #[cbor(n(1), decode_with = "list::<_, _, { limits::SCOPES_MAX }>")]
    pub digests: Vec<Digest>,
}

/// Repair, step 2: the scopes whose content differs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Differ {
    /// Those to be compared record by record. None: the repair ends with a feed.
    #[cbor(n(1), decode_with = "list::<_, _, { limits::SCOPES_MAX }>")]
    pub scopes: Vec<ScopeId>,
}

/// A record and the heads of what is held of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordHeads {
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// Sorted. Empty: unknown here.
    #[cbor(n(2), decode_with = "list::<_, _, { limits::RECORD_HEADS_MAX }>")]
    pub heads: Vec<ChangeHash>,
}

/// Repair, step 3: a page of a scope's records.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeadsPage {
    /// Which scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Counts from 1 in this repair; the answer names it.
    #[n(2)]
    pub page: u32,
    /// The page speaks of all records after this one; none: from the first.
    #[n(3)]
    pub after: Option<RecordId>,
    /// ... up to this one; none: to the last.
    #[n(4)]
    pub to: Option<RecordId>,
    /// Sorted by record.
    #[cbor(n(5), decode_with = "list::<_, _, { limits::HEADS_RECORDS_MAX }>")]
    pub records: Vec<RecordHeads>,
}

/// Repair, step 4: answer to a page, after the feeds with what the device lacks of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Want {
    /// Which page.
    #[n(1)]
    pub page: u32,
    /// Records of which the server lacks something, with the heads it has. The device pushes.
    #[cbor(n(2), decode_with = "list::<_, _, { limits::HEADS_RECORDS_MAX }>")]
    pub records: Vec<RecordHeads>,
}
