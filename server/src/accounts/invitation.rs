//! Invitation codes: made here, shown once, and known to the log by their hash only.
//!
//! Never keeps one.

use sha2::{Digest, Sha256};

use crate::engine::{StartError, random};

/// Letters that are not taken for each other.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 100 bits cannot be guessed within its hours.
const CODE_LETTERS: usize = 20;
const GROUP: usize = 5;

/// A new invitation code: `K7Q2M-9FXM3-TBA8W-YN4HD`. Fails when the system has no random bytes.
pub fn code() -> Result<String, StartError> {
    let bytes: [u8; CODE_LETTERS] = random()?;
    let mut code = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'2');
        code.push(char::from(letter));
    }
    Ok(code)
}

/// What the log knows of a code.
pub fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_easy_to_read_aloud() {
        let (one, two) = (code().unwrap(), code().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 23);
        assert!(
            one.bytes()
                .all(|letter| letter == b'-' || LETTERS.contains(&letter)),
            "{one}"
        );
    }
}
