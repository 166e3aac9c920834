//! Foreign automerge bytes, bounded before automerge sees them: splits concatenated chunks, caps
//! what they inflate to, and turns them into single changes.
//!
//! A document chunk is only a packing of changes. Never takes a partial load for success; every
//! call into automerge is isolated, because its decoders may panic on hostile input.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, LoadOptions, OnPartialLoad, TextEncoding};
use flate2::read::DeflateDecoder;

use crate::limits::{CHANGE_BYTES_MAX, RECORD_BYTES_MAX, RECORD_CHANGES_MAX};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
const CHANGE: u8 = 1;
const COMPRESSED: u8 = 2;
/// Bit of a column's specification that says its content is deflated.
const COLUMN_DEFLATED: u64 = 0b1000;

/// Why foreign bytes are not changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Not automerge chunks, or damaged. Ask the sender again.
    #[error("not a whole automerge chunk")]
    Malformed,
    /// Above a limit of `limits`. The sender must split or drop it.
    #[error("larger than a record may be")]
    TooBig,
    /// A chunk of a kind, or packed in a way, that this protocol does not use.
    #[error("a kind of chunk that is not used here")]
    Unsupported,
    /// Changes whose ancestors are not there. Ask for the whole record.
    #[error("an ancestor is missing")]
    MissingAncestor,
}

/// One chunk cut out of concatenated ones.
enum Piece<'a> {
    Document(&'a [u8]),
    Change(&'a [u8]),
}

/// All changes packed in these chunks, in an order in which they can be applied where the chunks
/// were whole; not deduplicated.
pub(crate) fn changes_in(chunks: &[&[u8]]) -> Result<Vec<Change>, ChunkError> {
    let mut all = Vec::new();
    for piece in pieces(chunks)? {
        match piece {
            Piece::Document(bytes) => all.extend(load_document(bytes)?.get_changes(&[])),
            Piece::Change(bytes) => all.push(load_change(bytes)?),
        }
        if all.len() > RECORD_CHANGES_MAX {
            return Err(ChunkError::TooBig);
        }
    }
    Ok(all)
}

/// The document of these chunks, and the changes that came beside a leading document chunk.
pub(crate) fn document_and_rest(
    chunks: &[&[u8]],
) -> Result<(Option<Automerge>, Vec<Change>), ChunkError> {
    let mut pieces = pieces(chunks)?.into_iter().peekable();
    let doc = match pieces.peek() {
        Some(Piece::Document(bytes)) => Some(load_document(bytes)?),
        Some(Piece::Change(_)) | None => None,
    };
    if doc.is_some() {
        pieces.next();
    }
    let mut rest = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Document(bytes) => rest.extend(load_document(bytes)?.get_changes(&[])),
            Piece::Change(bytes) => rest.push(load_change(bytes)?),
        }
    }
    Ok((doc, rest))
}

/// Loads one document chunk alone and strictly.
fn load_document(bytes: &[u8]) -> Result<Automerge, ChunkError> {
    let load = || {
        let options = LoadOptions::new()
            .on_partial_load(OnPartialLoad::Error)
            .text_encoding(TextEncoding::UnicodeCodePoint);
        Automerge::load_with_options(bytes, options)
    };
    match isolated(load) {
        Some(Ok(doc)) => Ok(doc),
        Some(Err(_)) | None => Err(ChunkError::Malformed),
    }
}

/// Loads one change chunk.
pub(crate) fn load_change(bytes: &[u8]) -> Result<Change, ChunkError> {
    match isolated(|| Change::from_bytes(bytes.to_vec())) {
        Some(Ok(change)) => Ok(change),
        Some(Err(_)) | None => Err(ChunkError::Malformed),
    }
}

/// Runs a call that may panic on hostile input; `None` when it did.
pub(crate) fn isolated<T>(call: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(call)).ok()
}

fn pieces<'a>(chunks: &[&'a [u8]]) -> Result<Vec<Piece<'a>>, ChunkError> {
    let mut pieces = Vec::new();
    let mut bytes_all = 0usize;
    for chunk in chunks {
        let mut rest = *chunk;
        while !rest.is_empty() {
            let (piece, inflated, after) = split(rest)?;
            bytes_all = bytes_all.saturating_add(inflated);
            if bytes_all > RECORD_BYTES_MAX || pieces.len() >= RECORD_CHANGES_MAX {
                return Err(ChunkError::TooBig);
            }
            pieces.push(piece);
            rest = after;
        }
    }
    Ok(pieces)
}

/// The first chunk, how large it is inflated, and what follows it.
fn split(bytes: &[u8]) -> Result<(Piece<'_>, usize, &[u8]), ChunkError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(ChunkError::Malformed)?;
    let kind = *rest.get(4).ok_or(ChunkError::Malformed)?;
    let mut body = rest.get(5..).ok_or(ChunkError::Malformed)?;
    let length = usize::try_from(leb128(&mut body)?).map_err(|_| ChunkError::TooBig)?;
    let content = body.get(..length).ok_or(ChunkError::Malformed)?;
    let after = body.get(length..).ok_or(ChunkError::Malformed)?;
    let whole_bytes = bytes.len() - after.len();
    let whole = bytes.get(..whole_bytes).ok_or(ChunkError::Malformed)?;
    match kind {
        DOCUMENT => {
            refuse_deflated_columns(content)?;
            Ok((Piece::Document(whole), whole_bytes, after))
        }
        CHANGE if length > CHANGE_BYTES_MAX => Err(ChunkError::TooBig),
        CHANGE => Ok((Piece::Change(whole), whole_bytes, after)),
        COMPRESSED => Ok((Piece::Change(whole), inflated_bytes(content)?, after)),
        _ => Err(ChunkError::Unsupported),
    }
}

/// Inflates into nothing, to know how much it would be, up to the limit.
fn inflated_bytes(content: &[u8]) -> Result<usize, ChunkError> {
    let limit = CHANGE_BYTES_MAX as u64 + 1;
    let mut bounded = DeflateDecoder::new(content).take(limit);
    let bytes = std::io::copy(&mut bounded, &mut std::io::sink());
    match bytes {
        Ok(bytes) if bytes >= limit => Err(ChunkError::TooBig),
        Ok(bytes) => Ok(usize::try_from(bytes).unwrap_or(usize::MAX)),
        Err(_) => Err(ChunkError::Malformed),
    }
}

/// Document chunks travel without inner compression, so that a small one cannot inflate.
fn refuse_deflated_columns(mut content: &[u8]) -> Result<(), ChunkError> {
    let actors = leb128(&mut content)?;
    for _ in 0..actors {
        let length = leb128(&mut content)?;
        skip(&mut content, length)?;
    }
    let heads = leb128(&mut content)?;
    skip(
        &mut content,
        heads.checked_mul(32).ok_or(ChunkError::Malformed)?,
    )?;
    for _ in 0..2 {
        let columns = leb128(&mut content)?;
        for _ in 0..columns {
            let specification = leb128(&mut content)?;
            leb128(&mut content)?;
            if specification & COLUMN_DEFLATED != 0 {
                return Err(ChunkError::Unsupported);
            }
        }
    }
    Ok(())
}

fn skip(bytes: &mut &[u8], count: u64) -> Result<(), ChunkError> {
    let count = usize::try_from(count).map_err(|_| ChunkError::Malformed)?;
    *bytes = bytes.get(count..).ok_or(ChunkError::Malformed)?;
    Ok(())
}

fn leb128(bytes: &mut &[u8]) -> Result<u64, ChunkError> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(ChunkError::Malformed)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(ChunkError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RecordId;
    use crate::record::birth::birth;
    use crate::record::kind::Kind;
    use flate2::Compression;
    use std::io::Write;

    fn chunk(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([0; 4]);
        bytes.push(kind);
        let mut length = content.len();
        while length >= 0x80 {
            bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(content);
        bytes
    }

    #[test]
    fn document_and_changes_give_the_same_changes() {
        let doc = birth(&RecordId([1; 16]), Kind::Problem).unwrap();
        let saved = doc.save_nocompress();
        let single = doc.get_changes(&[]).remove(0);
        let from_doc = changes_in(&[&saved]).unwrap();
        let from_change = changes_in(&[single.raw_bytes()]).unwrap();
        assert_eq!(from_doc.len(), 1);
        assert_eq!(from_doc[0].hash(), from_change[0].hash());
    }

    #[test]
    fn inflate_bomb_is_refused_before_automerge_sees_it() {
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(&vec![0; CHANGE_BYTES_MAX + 1]).unwrap();
        let bomb = chunk(COMPRESSED, &deflate.finish().unwrap());
        assert!(bomb.len() < 2_000);
        assert_eq!(changes_in(&[&bomb]).unwrap_err(), ChunkError::TooBig);
    }

    #[test]
    fn cut_or_flipped_bytes_are_malformed() {
        let saved = birth(&RecordId([1; 16]), Kind::Problem)
            .unwrap()
            .save_nocompress();
        for cut in 1..saved.len() {
            assert!(changes_in(&[&saved[..cut]]).is_err(), "cut at {cut}");
        }
        for at in 0..saved.len() {
            let mut flipped = saved.clone();
            flipped[at] ^= 0x10;
            assert!(changes_in(&[&flipped]).is_err(), "flipped at {at}");
        }
    }
}
