//! Pairs found in the bytes of a damaged SQLite file, wherever a cell of the table of pairs can be
//! read, whatever has become of the tree around it.
//!
//! Never believed as they are: nonsense may be among them, which only the sums of the values tell.

use crate::store::{Key, Pairs};

/// Bytes of a page; folders are made with it.
pub(super) const PAGE_BYTES: usize = 4096;

/// In a rollback journal: its header, and what stands before and after each page.
const JOURNAL_HEADER_BYTES: usize = 512;
const JOURNAL_BEFORE_BYTES: usize = 4;
const JOURNAL_AROUND_BYTES: usize = 8;

/// Every pair in a database file and, before them because they are older, in its journal.
pub(super) fn pairs(file: &[u8], journal: &[u8]) -> Pairs {
    let saved = journal
        .get(JOURNAL_HEADER_BYTES..)
        .unwrap_or_default()
        .chunks(PAGE_BYTES + JOURNAL_AROUND_BYTES)
        .filter_map(|saved| saved.get(JOURNAL_BEFORE_BYTES..JOURNAL_BEFORE_BYTES + PAGE_BYTES));
    let pages = saved.chain(file.chunks(PAGE_BYTES));
    pages
        .flat_map(|page| (0..page.len()).filter_map(move |at| pair(file, page.get(at..)?)))
        .collect()
}

/// A cell that begins here: its length, a header with the lengths of key and value, key and value.
fn pair(file: &[u8], cell: &[u8]) -> Option<(Key, Vec<u8>)> {
    let (length, payload) = varint(cell)?;
    let (header, rest) = varint(payload)?;
    let (key_type, rest) = varint(rest)?;
    let (value_type, rest) = varint(rest)?;
    let said = payload.len().checked_sub(rest.len())?;
    let (key_bytes, value_bytes) = (blob_bytes(key_type)?, blob_bytes(value_type)?);
    let all = said.checked_add(key_bytes)?.checked_add(value_bytes)?;
    // None is longer than the whole file, however often a chain of pages comes back to itself.
    if header != said || length != all || key_bytes == 0 || length > file.len() {
        return None;
    }
    let whole = payload_of(file, payload, length)?;
    let (key, value) = whole.get(said..)?.split_at_checked(key_bytes)?;
    Some((key.to_vec(), value.to_vec()))
}

/// A cell's content: what is in its page, then the chain of pages it goes on in.
fn payload_of(file: &[u8], payload: &[u8], length: usize) -> Option<Vec<u8>> {
    let here = local_bytes(length);
    let mut content = payload.get(..here)?.to_vec();
    let mut next = payload.get(here..).unwrap_or_default();
    while content.len() < length {
        let number = u32::from_be_bytes(*next.first_chunk()?);
        let begin = usize::try_from(number).ok()?.checked_sub(1)? * PAGE_BYTES;
        next = file.get(begin..begin + PAGE_BYTES)?;
        let more = (length - content.len()).min(PAGE_BYTES - 4);
        content.extend_from_slice(next.get(4..4 + more)?);
    }
    Some(content)
}

/// How much of a payload stands in the page itself (SQLite's file format, section 1.6).
fn local_bytes(length: usize) -> usize {
    const MOST: usize = (PAGE_BYTES - 12) * 64 / 255 - 23;
    const LEAST: usize = (PAGE_BYTES - 12) * 32 / 255 - 23;
    if length <= MOST {
        return length;
    }
    let fits = LEAST + (length - LEAST) % (PAGE_BYTES - 4);
    if fits <= MOST { fits } else { LEAST }
}

fn blob_bytes(kind: usize) -> Option<usize> {
    (kind >= 12 && kind.is_multiple_of(2)).then(|| (kind - 12) / 2)
}

/// SQLite's number of one to nine bytes; those of nine are longer than anything kept here.
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0usize;
    for (index, byte) in bytes.iter().enumerate().take(8) {
        number = number.checked_mul(128)? | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Folder, Store};
    use super::*;

    #[test]
    fn every_pair_is_found_even_without_the_first_page() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(dir.path()).unwrap();
        for number in 0..200usize {
            // Short ones, those that just fit a page and those that go on in others.
            let key = format!("key {number}").into_bytes();
            let value = vec![number as u8; number * 67];
            folder.write(&vec![(key, Some(value))]).unwrap();
        }
        let mut kept = folder.load().unwrap();
        drop(folder);
        let mut file = std::fs::read(dir.path().join("device.db")).unwrap();
        file[..PAGE_BYTES].fill(0);
        let mut found = pairs(&file, &[]);
        found.retain(|(key, _)| key.starts_with(b"key "));
        kept.sort();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), kept.len());
        assert!(found == kept);
    }

    #[test]
    fn nonsense_ends() {
        let mut bytes = vec![0; 3 * PAGE_BYTES];
        for seed in 0..40u32 {
            let mut state = seed.wrapping_mul(2_654_435_761) | 1;
            for byte in &mut bytes {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                *byte = (state >> 24) as u8;
            }
            pairs(&bytes, &bytes);
        }
        // A page that goes on in itself.
        let (mut round, length) = (vec![0; 4 * PAGE_BYTES], 3 * PAGE_BYTES);
        for place in [0, local_bytes(length)] {
            round[place..place + 4].copy_from_slice(&1u32.to_be_bytes());
        }
        let all = payload_of(&round, &round, length);
        assert_eq!(all.map(|all| all.len()), Some(length));
    }
}
