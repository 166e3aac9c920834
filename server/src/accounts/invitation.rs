//! Invitation codes: made here, shown once, and known to the log by their hashes only. The whole code
//! goes in a picture or an address; its first letters may be typed alone.
//!
//! Never keeps one.

use sha2::{Digest, Sha256};

use crate::engine::{StartError, random};

/// Letters that are not taken for each other.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 100 bits cannot be guessed within its hours.
const CODE_LETTERS: usize = 20;
/// Those that may be typed alone: 40 bits, behind a door that few wrong ones close.
const TYPED_LETTERS: usize = 8;
const GROUP: usize = 5;
const TYPED_GROUP: usize = 4;

/// An invitation as somebody presents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// The whole code, by what the log knows of it.
    Whole([u8; 32]),
    /// The letters that may be typed alone, by their SHA-256.
    Typed([u8; 32]),
}

/// A new invitation code: `K7Q2M-9FXM3-TBA8W-YN4HD`. Fails when the system has no random bytes.
pub fn code() -> Result<String, StartError> {
    let bytes: [u8; CODE_LETTERS] = random()?;
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied();
    let letters: Vec<u8> = bytes.iter().filter_map(letter).collect();
    Ok(grouped(&letters, GROUP))
}

/// What of a code is typed where nothing can be scanned: `K7Q2-M9FX`.
pub fn typed(code: &str) -> String {
    let mut letters = letters(code);
    letters.truncate(TYPED_LETTERS);
    grouped(&letters, TYPED_GROUP)
}

/// What the log knows of a code.
pub fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

/// SHA-256 of what of a code is typed.
pub fn typed_hash(code: &str) -> [u8; 32] {
    hash(&typed(code))
}

/// Takes what is presented, however it was spelled: small letters, spaces and dashes do not matter.
pub(crate) fn presented(text: &str) -> Presented {
    let letters = letters(text);
    let is_code = letters.iter().all(|letter| LETTERS.contains(letter));
    match letters.len() {
        TYPED_LETTERS if is_code => Presented::Typed(hash(&grouped(&letters, TYPED_GROUP))),
        CODE_LETTERS if is_code => Presented::Whole(hash(&grouped(&letters, GROUP))),
        _ => Presented::Whole(hash(text)),
    }
}

fn letters(text: &str) -> Vec<u8> {
    let is_between = |byte: &u8| *byte == b'-' || byte.is_ascii_whitespace();
    let kept = text.bytes().filter(|byte| !is_between(byte));
    kept.map(|byte| byte.to_ascii_uppercase()).collect()
}

fn grouped(letters: &[u8], size: usize) -> String {
    let groups = letters.chunks(size).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_easy_to_read_aloud() {
        let (one, two) = (code().unwrap(), code().unwrap());
        assert_ne!(one, two);
        assert_eq!((one.len(), typed(&one).len()), (23, 9));
        assert!(
            one.bytes()
                .all(|letter| letter == b'-' || LETTERS.contains(&letter)),
            "{one}"
        );
    }

    #[test]
    fn a_code_is_the_same_however_it_is_spelled() {
        let code = "K7Q2M-9FXM3-TBA8W-YN4HD";
        assert_eq!(typed(code), "K7Q2-M9FX");
        for text in [code, "k7q2m9fxm3tba8wyn4hd", " K7Q2 M9FX M3TB A8WY N4HD\n"] {
            assert_eq!(presented(text), Presented::Whole(hash(code)), "{text}");
        }
        for text in ["K7Q2-M9FX", "k7q2m9fx", "K7Q2 M9 FX"] {
            assert_eq!(
                presented(text),
                Presented::Typed(typed_hash(code)),
                "{text}"
            );
        }
        // No letter of a code, too few, too many: as it stands.
        for text in ["K7Q2-M9F1", "K7Q2-M9F", "K7Q2-M9FXM", ""] {
            assert_eq!(presented(text), Presented::Whole(hash(text)), "{text}");
        }
    }
}
