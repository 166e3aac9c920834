//! What people say on the phone for a record: a short code of its id at once, and a number of its
//! county once the office has it.
//!
//! Never stored in a document: the code is a function of the id, the number of the log.

use sha2::{Digest, Sha256};

use crate::id::{CampaignId, RecordId, RegionCode};

/// Digits and letters without I, L, O and U (Crockford's base 32).
pub(super) const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code.
const CODE_CHARS: u32 = 6;

/// The six characters that stand for a record: a billion codes, so that a county's records rarely
/// share one. Whoever asks for a code must be ready for several.
pub fn code(id: &RecordId) -> String {
    let digest = Sha256::digest(id.0);
    let bytes = digest.iter().take(4);
    let number = bytes.fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    let letter = |at: u32| {
        let five = (number >> (5 * at)) & 31;
        LETTERS.get(five as usize).copied().map(char::from)
    };
    (0..CODE_CHARS).filter_map(letter).collect()
}

/// What somebody typed or heard as a code, as `code` writes it: any case, O for 0, I and L for 1,
/// with spaces or hyphens. None when it cannot be one.
pub fn read_code(typed: &str) -> Option<String> {
    let code = read_letters(typed)?;
    (code.len() == CODE_CHARS as usize).then_some(code)
}

/// Letters as they are written, from what somebody typed or heard; none when it has others.
pub(super) fn read_letters(typed: &str) -> Option<String> {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(letter)
        .collect();
    let known = |c: char| u8::try_from(c).is_ok_and(|c| LETTERS.contains(&c));
    code.chars().all(known).then_some(code)
}

/// The number of a problem: the n-th of its county and campaign that the office admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The county it was born in, or the wider region of an office's own record; it keeps the
    /// number when it moves.
    pub county: RegionCode,
    /// The campaign.
    pub campaign: CampaignId,
    /// From 1.
    pub n: u64,
}

/// `130402-12`; the campaign is said beside it.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.county, self.n)
    }
}

/// A number as people type it: `12`, or `130402-12` with its county.
pub fn read_number(typed: &str) -> Option<(Option<RegionCode>, u64)> {
    let (county, n) = match typed.split_once('-') {
        Some((county, n)) => (Some(RegionCode::new(county).ok()?), n),
        None => (None, typed),
    };
    let digits = !n.is_empty() && n.len() <= 9 && n.bytes().all(|b| b.is_ascii_digit());
    let n = digits.then(|| n.parse().ok()).flatten()?;
    Some((county, n))
}

/// The county of a region; the region itself when it is wider.
pub fn county_of(region: &RegionCode) -> RegionCode {
    let county = region.as_str().get(..6).map(RegionCode::new);
    county
        .and_then(Result::ok)
        .unwrap_or_else(|| region.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_ids_for_ever_and_is_read_as_people_say_it() {
        let id: RecordId = "0190a0b0-0000-7000-8000-000000000001".parse().unwrap();
        let said = code(&id);
        assert_eq!(said, "5JK2BV");
        assert_eq!(read_code(&said), Some(said.clone()));
        assert_eq!(read_code("o1-il 9z"), Some("01119Z".to_owned()));
        for bad in ["", "12345", "1234567", "12345U", "东康庄"] {
            assert_eq!(read_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_of_a_county_rarely_meet() {
        let ids = (0..10_000u128).map(|n| RecordId(n.to_be_bytes()));
        let codes: std::collections::BTreeSet<String> = ids.map(|id| code(&id)).collect();
        assert!(codes.len() >= 9_998, "{}", codes.len());
    }

    #[test]
    fn numbers_are_read_with_and_without_their_county() {
        let county = RegionCode::new("130402").unwrap();
        assert_eq!(read_number("12"), Some((None, 12)));
        assert_eq!(read_number("130402-12"), Some((Some(county.clone()), 12)));
        assert_eq!(county_of(&RegionCode::new("130402001").unwrap()), county);
        let city = RegionCode::new("1304").unwrap();
        assert_eq!(county_of(&city), city);
        for bad in ["", "x-1", "130402-", "12345678901", "-1", "一"] {
            assert_eq!(read_number(bad), None, "{bad}");
        }
    }
}
