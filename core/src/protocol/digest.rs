//! Short answers to "do we hold the same": digests of scope lists, definitions and scopes' content.
//!
//! Never a proof against a liar: they only save sending what both sides have.

use sha2::{Digest as _, Sha256};

use super::message::{ScopeDigest, Short};
use crate::id::{ChangeHash, RecordId, ScopeId};
use crate::record::DefinitionRef;

fn short(hash: Sha256) -> Short {
    let mut bytes = [0u8; 8];
    for (to, from) in bytes.iter_mut().zip(hash.finalize().iter()) {
        *to = *from;
    }
    Short(bytes)
}

/// First 8 bytes of SHA-256 of the ids one after the other. They come sorted, each once.
pub fn scopes_digest<'a>(sorted: impl IntoIterator<Item = &'a ScopeId>) -> Short {
    let mut hash = Sha256::new();
    sorted.into_iter().for_each(|scope| hash.update(scope.0));
    short(hash)
}

/// First 8 bytes of SHA-256 of `campaign@version` and a line feed for each. They come sorted by
/// campaign, then version, each once.
pub fn definitions_digest<'a>(sorted: impl IntoIterator<Item = &'a DefinitionRef>) -> Short {
    let mut hash = Sha256::new();
    for name in sorted {
        hash.update(format!("{}@{}\n", name.campaign, name.version).as_bytes());
    }
    short(hash)
}

impl ScopeDigest {
    /// Takes a record with these heads (sorted) into the digest; a second time takes it out.
    pub fn toggle(&mut self, record: &RecordId, heads: &[ChangeHash]) {
        let mut hash = Sha256::new();
        hash.update(record.0);
        heads.iter().for_each(|head| hash.update(head.0));
        for (to, from) in self.0.iter_mut().zip(hash.finalize().iter()) {
            *to ^= *from;
        }
    }
}
