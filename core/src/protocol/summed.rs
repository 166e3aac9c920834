//! What files that people carry have in common: a magic word first, SHA-256 of everything before
//! last.
//!
//! Never trusted: the sum finds what was damaged on its way, seals say who wrote what.

use sha2::{Digest, Sha256};

use crate::limits::BUNDLE_BYTES_MAX;

const DIGEST_BYTES: usize = 32;

/// Why a file is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotWhole {
    /// Above the limit.
    TooBig,
    /// It begins with something else.
    AnotherFile,
    /// Cut off or changed on its way.
    Damaged,
}

/// A file with its sum; none above the limit.
pub(super) fn close(mut file: Vec<u8>) -> Option<Vec<u8>> {
    let digest = Sha256::digest(&file);
    file.extend_from_slice(&digest);
    (file.len() <= BUNDLE_BYTES_MAX).then_some(file)
}

/// What stands before the sum, the magic word included.
pub(super) fn open<'f>(file: &'f [u8], magic: &[u8]) -> Result<&'f [u8], NotWhole> {
    if file.len() > BUNDLE_BYTES_MAX {
        return Err(NotWhole::TooBig);
    }
    if !file.starts_with(magic) {
        return Err(NotWhole::AnotherFile);
    }
    let split = file
        .len()
        .checked_sub(DIGEST_BYTES)
        .and_then(|at| file.split_at_checked(at));
    let (content, digest) = split.ok_or(NotWhole::Damaged)?;
    if Sha256::digest(content).as_slice() == digest {
        Ok(content)
    } else {
        Err(NotWhole::Damaged)
    }
}
