//! Foreign automerge bytes, bounded before automerge sees them: splits concatenated chunks, caps
//! what they inflate to, and turns them into single changes.
//!
//! A document chunk is only a packing of changes. Never takes a partial load for success; every
//! call into automerge is isolated, because its decoders may panic on hostile input.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, LoadOptions, OnPartialLoad, TextEncoding};
use flate2::read::DeflateDecoder;

use crate::id::ChangeHash;
use crate::limits::{CHANGE_BYTES_MAX, RECORD_BYTES_MAX, RECORD_CHANGES_MAX};
use crate::record::column::{bounded_change, bounded_document, leb128};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
const CHANGE: u8 = 1;
const COMPRESSED: u8 = 2;

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
            Piece::Document(bytes) => all.extend(changes_of(&load_document(bytes)?)?),
            Piece::Change(bytes) => all.push(bounded(bytes)?),
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
            Piece::Document(bytes) => rest.extend(changes_of(&load_document(bytes)?)?),
            Piece::Change(bytes) => rest.push(bounded(bytes)?),
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

/// The changes of a loaded document. One whose operations do not add up loads, and panics here.
pub(crate) fn changes_of(doc: &Automerge) -> Result<Vec<Change>, ChunkError> {
    isolated(|| doc.get_changes(&[])).ok_or(ChunkError::Malformed)
}

/// Loads one change chunk.
pub(crate) fn load_change(bytes: &[u8]) -> Result<Change, ChunkError> {
    match split(bytes)? {
        (Piece::Change(whole), _, []) => bounded(whole),
        (Piece::Change(_) | Piece::Document(_), ..) => Err(ChunkError::Malformed),
    }
}

/// A change chunk whose rows were counted when it was split off. automerge does not look at the
/// checksum of a single change: a flipped bit would make another change at the same number of it.
fn bounded(bytes: &[u8]) -> Result<Change, ChunkError> {
    let checksum = bytes.get(MAGIC.len()..MAGIC.len() + 4);
    match isolated(|| Change::from_bytes(bytes.to_vec())) {
        Some(Ok(change)) if change.hash().0.get(..4) == checksum => Ok(change),
        Some(Ok(_) | Err(_)) | None => Err(ChunkError::Malformed),
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

/// Kind and content of the first chunk, and what follows it.
fn opened(bytes: &[u8]) -> Result<(u8, &[u8], &[u8]), ChunkError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(ChunkError::Malformed)?;
    let kind = *rest.get(4).ok_or(ChunkError::Malformed)?;
    let mut body = rest.get(5..).ok_or(ChunkError::Malformed)?;
    let length = usize::try_from(leb128(&mut body)?).map_err(|_| ChunkError::TooBig)?;
    let (content, after) = body.split_at_checked(length).ok_or(ChunkError::Malformed)?;
    if kind == CHANGE && length > CHANGE_BYTES_MAX {
        return Err(ChunkError::TooBig);
    }
    Ok((kind, content, after))
}

/// The ancestors that an uncompressed change chunk names, read without the rest of it.
pub(crate) fn deps_in(chunk: &[u8]) -> Result<Vec<ChangeHash>, ChunkError> {
    let (kind, mut content, _) = opened(chunk)?;
    if kind != CHANGE {
        return Err(ChunkError::Unsupported);
    }
    let count = usize::try_from(leb128(&mut content)?).map_err(|_| ChunkError::TooBig)?;
    let (hashes, _) = content.as_chunks::<32>();
    let deps = hashes.get(..count).ok_or(ChunkError::Malformed)?;
    Ok(deps.iter().copied().map(ChangeHash).collect())
}

/// The first chunk, how large it is inflated, and what follows it.
fn split(bytes: &[u8]) -> Result<(Piece<'_>, usize, &[u8]), ChunkError> {
    let (kind, content, after) = opened(bytes)?;
    let whole_bytes = bytes.len() - after.len();
    let whole = bytes.get(..whole_bytes).ok_or(ChunkError::Malformed)?;
    match kind {
        DOCUMENT => {
            bounded_document(content)?;
            Ok((Piece::Document(whole), whole_bytes, after))
        }
        CHANGE => {
            bounded_change(content)?;
            Ok((Piece::Change(whole), whole_bytes, after))
        }
        COMPRESSED => {
            let content = inflated(content)?;
            bounded_change(&content)?;
            Ok((Piece::Change(whole), content.len(), after))
        }
        _ => Err(ChunkError::Unsupported),
    }
}

/// Inflates up to the limit.
fn inflated(content: &[u8]) -> Result<Vec<u8>, ChunkError> {
    let limit = CHANGE_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    match DeflateDecoder::new(content)
        .take(limit)
        .read_to_end(&mut bytes)
    {
        Ok(_) if bytes.len() > CHANGE_BYTES_MAX => Err(ChunkError::TooBig),
        Ok(_) => Ok(bytes),
        Err(_) => Err(ChunkError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RecordId;
    use crate::record::birth::birth;
    use crate::record::kind::Kind;
    use flate2::Compression;
    use sha2::{Digest, Sha256};
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
    fn inflate_bomb_as_a_single_change_is_refused() {
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(&vec![0; CHANGE_BYTES_MAX + 1]).unwrap();
        let bomb = chunk(COMPRESSED, &deflate.finish().unwrap());
        assert_eq!(load_change(&bomb).unwrap_err(), ChunkError::TooBig);
    }

    /// A change whose columns claim so many operations: no ancestors, a two-byte actor.
    fn claiming(run: &[u8]) -> Vec<u8> {
        let mut content = vec![0, 2, 0xaa, 0xbb, 1, 1, 0, 0, 0];
        // Key strings, insert, action, value lengths.
        let column = |value: u8| [run, &[value]].concat();
        let columns = [
            (0x15, [run, &[1, b'k']].concat()),
            (0x34, run.to_vec()),
            (0x42, column(1)),
            (0x56, column(0)),
            (0x70, column(0)),
        ];
        content.push(u8::try_from(columns.len()).unwrap());
        for (specification, bytes) in &columns {
            content.extend([*specification, u8::try_from(bytes.len()).unwrap()]);
        }
        content.extend(columns.into_iter().flat_map(|(_, bytes)| bytes));
        let mut bytes = chunk(CHANGE, &content);
        let checksum = Sha256::digest(&bytes[8..]);
        bytes[4..8].copy_from_slice(&checksum[..4]);
        bytes
    }

    #[test]
    fn huge_counts_are_refused_before_automerge_unrolls_them() {
        let few = load_change(&claiming(&[3])).unwrap();
        assert_eq!(few.len(), 3, "it is a change but for its counts");
        let run_of_2_to_the_40 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        let many = claiming(&run_of_2_to_the_40);
        assert!(many.len() < 100);
        assert_eq!(load_change(&many).unwrap_err(), ChunkError::TooBig);
        assert_eq!(changes_in(&[&many]).unwrap_err(), ChunkError::TooBig);
    }

    #[test]
    fn cut_or_flipped_bytes_are_malformed() {
        let born = birth(&RecordId([1; 16]), Kind::Problem).unwrap();
        let change = born.get_changes(&[]).remove(0).raw_bytes().to_vec();
        for chunk in [born.save_nocompress(), change] {
            for cut in 1..chunk.len() {
                assert!(changes_in(&[&chunk[..cut]]).is_err(), "cut at {cut}");
            }
            for at in 0..chunk.len() {
                let mut flipped = chunk.clone();
                flipped[at] ^= 0x10;
                assert!(changes_in(&[&flipped]).is_err(), "flipped at {at}");
            }
        }
    }
}
