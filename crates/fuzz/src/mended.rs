//! Checksums made right: what a hostile sender does in a line, and a fuzzer could never guess.
//!
//! Never makes anything else right.

use std::io::Read;

use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const COMPRESSED: u8 = 2;
const INFLATED_BYTES_MAX: u64 = 1 << 20;

/// Chunks as automerge writes them from `[kind, length (2 bytes), content]...`; the last content
/// may be shorter than it says.
pub(crate) fn chunks(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    while let [kind, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (content, after) = rest.split_at(length);
        chunks.push(chunk(*kind, content));
        bytes = after;
    }
    chunks
}

/// One chunk with its length and checksum.
pub(crate) fn chunk(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut body = vec![kind];
    leb128(content.len(), &mut body);
    body.extend_from_slice(content);
    let checksum = if kind == COMPRESSED {
        let mut inflated = Vec::new();
        // What does not inflate has no right checksum.
        let limited = DeflateDecoder::new(content).take(INFLATED_BYTES_MAX);
        let _ = { limited }.read_to_end(&mut inflated);
        let mut plain = vec![1];
        leb128(inflated.len(), &mut plain);
        plain.extend_from_slice(&inflated);
        Sha256::digest(&plain)
    } else {
        Sha256::digest(&body)
    };
    let mut chunk = MAGIC.to_vec();
    chunk.extend(checksum.iter().take(4));
    chunk.extend_from_slice(&body);
    chunk
}

fn leb128(mut number: usize, to: &mut Vec<u8>) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            to.push(byte);
            return;
        }
        to.push(byte | 0x80);
    }
}

/// A file followed by its SHA-256.
pub(crate) fn digested(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.to_vec();
    file.extend_from_slice(&Sha256::digest(bytes));
    file
}

/// Lengths of the journal's headers by their magic.
const HEADERS: [([u8; 4], usize); 3] = [(*b"\xF5grp", 32), (*b"\xF5ent", 104), (*b"\xF5gap", 32)];
const SEGMENT_HEADER_BYTES: usize = 64;

/// A segment of the journal with the checksums that its headers should have where they stand;
/// those of payloads too.
pub(crate) fn segment(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    seal(&mut bytes, 0, SEGMENT_HEADER_BYTES, 0);
    let mut at = SEGMENT_HEADER_BYTES;
    while let Some(magic) = bytes.get(at..at + 4) {
        let known = HEADERS.iter().find(|(known, _)| known == magic);
        let Some((known, length)) = known else {
            at += 1;
            continue;
        };
        if known == b"\xF5ent" {
            mend_payload(&mut bytes, at);
        }
        let place = crc32c::crc32c_append(
            crc32c::crc32c(&number.to_le_bytes()),
            &(at as u64).to_le_bytes(),
        );
        seal(&mut bytes, at, *length, place);
        at += 1;
    }
    bytes
}

fn mend_payload(bytes: &mut [u8], at: usize) {
    let length = bytes.get(at + 4..at + 8).and_then(|b| b.try_into().ok());
    let length = usize::try_from(length.map_or(0, u32::from_le_bytes)).unwrap_or(0);
    let from = at + 104;
    let Some(payload) = bytes.get(from..from.saturating_add(length)) else {
        return;
    };
    let crc = crc32c::crc32c(payload).to_le_bytes();
    if let Some(place) = bytes.get_mut(at + 28..at + 32) {
        place.copy_from_slice(&crc);
    }
}

/// Puts a CRC, begun with `from`, into the last four of `length` bytes.
fn seal(bytes: &mut [u8], at: usize, length: usize, from: u32) {
    let Some(header) = bytes.get_mut(at..at + length) else {
        return;
    };
    let (covered, place) = header.split_at_mut(length - 4);
    let crc = crc32c::crc32c_append(from, covered);
    place.copy_from_slice(&crc.to_le_bytes());
}
