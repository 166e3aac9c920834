//! One visit, many phones: which record a planned visit is, and the code by which others join a
//! visit without network.
//!
//! Never holds a record's content. A birth depends on the record's id and kind only, so whoever
//! computes the same id begins the same inspection, whatever the network does. Frozen: phones and
//! offices of every version must compute the same.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::id::{CollectionId, DomainId, FieldId, ItemId, RecordId};
use crate::record::kind::Kind;
use crate::record::number::{LETTERS, read_letters};
use crate::record::path::Path;
use crate::record::scope::Scope;
use crate::record::value::Value;
use crate::record::view::Record;

/// The collection of a task that says where to go.
pub const POINTS: &str = "points";
/// Random bytes of a visit that no plan names: a group's thousand visits of a campaign share none,
/// with a chance of two million to one.
pub const SEED_BYTES: usize = 5;
/// Letters that stand for the seed.
const SEED_LETTERS: usize = 8;
/// Letters by which a phone finds whose code it is: of which of its groups and domains.
const MARK_LETTERS: usize = 3;
/// All of them and the one that checks the others.
const CODE_LETTERS: usize = SEED_LETTERS + MARK_LETTERS + 1;
/// Letters are shown in groups of so many.
const GROUP_LETTERS: usize = 4;

/// The inspection of a planned visit: the same on every phone of the group and at the office.
pub fn planned(task: &RecordId, point: &ItemId) -> RecordId {
    RecordId::derived(task, "visit", point.as_str())
}

/// A place where a task sends its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Which of the task's items.
    pub id: ItemId,
    /// The inspection that a visit to it is.
    pub visit: RecordId,
    /// What the office filled in, by field.
    pub values: BTreeMap<FieldId, Value>,
}

impl Point {
    /// A short value as text, empty when there is none.
    pub fn text_of(&self, field: &str) -> &str {
        let found = self.values.iter().find(|(id, _)| id.as_str() == field);
        found.and_then(|(_, value)| value.as_text()).unwrap_or("")
    }
}

/// The places of a task, in the order of their ids; one whose title was cleared is taken back.
pub fn points(task: &Record) -> Vec<Point> {
    let mut found: BTreeMap<ItemId, BTreeMap<FieldId, Value>> = BTreeMap::new();
    if task.kind != Kind::Task {
        return Vec::new();
    }
    for (path, view) in &task.fields {
        if let Path::Item {
            collection,
            item,
            field,
        } = path
            && is_points(collection)
        {
            let values = found.entry(item.clone()).or_default();
            values.insert(field.clone(), view.value.clone());
        }
    }
    let point = |(id, values): (ItemId, _)| Point {
        visit: planned(&task.id, &id),
        id,
        values,
    };
    let points = found.into_iter().map(point);
    points.filter(|p| !p.text_of("title").is_empty()).collect()
}

fn is_points(collection: &CollectionId) -> bool {
    collection.as_str() == POINTS
}

/// The inspection that a group begins without a plan. Its id holds the seed, so that whoever has
/// the record can show its code.
pub fn begun(scope: &Scope, seed: [u8; SEED_BYTES]) -> RecordId {
    let digest = hashed(b"liandu-visit-1\0", scope, seed).finalize();
    let mut bytes = [0u8; 16];
    let source = seed.iter().chain(digest.iter());
    for (to, from) in bytes.iter_mut().zip(source) {
        *to = *from;
    }
    RecordId::v8(bytes)
}

fn hashed(what: &[u8], scope: &Scope, seed: [u8; SEED_BYTES]) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update(seed);
    hash.update(scope.to_string().as_bytes());
    hash.update([0]);
    hash
}

/// What the leader's phone shows: 12 letters and digits that say nothing to whoever is not of the
/// group. None for a record that was not begun this way in this scope.
pub fn code(id: &RecordId, scope: &Scope, domain: Option<&DomainId>) -> Option<String> {
    let [a, b, c, d, e, ..] = id.0;
    let seed = [a, b, c, d, e];
    if begun(scope, seed) != *id {
        return None;
    }
    let mut fives = fives_of(seed).to_vec();
    fives.extend(mark(scope, seed, domain));
    fives.push(sum(&fives));
    let letters: Vec<char> = fives.iter().filter_map(|five| letter(*five)).collect();
    let groups = letters.chunks(GROUP_LETTERS);
    Some(groups.map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// Why a typed or scanned text leads to no visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Not so many letters, or others: read it again.
    #[error("the code of a visit has 12 letters and digits")]
    Form,
    /// One letter is wrong, or two have changed places: read it again.
    #[error("a letter of the code is wrong")]
    Mistyped,
    /// Of another group, or of a domain that this phone's forms do not have yet.
    #[error("the visit is none of this person's groups")]
    NotOurs,
}

/// A visit that somebody joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The inspection.
    pub id: RecordId,
    /// Who it belongs to.
    pub scope: Scope,
    /// Its domain when its code was shown, if it had one.
    pub domain: Option<DomainId>,
}

/// The visit of a code, among a person's scopes and the domains that their forms know.
pub fn join(typed: &str, scopes: &[Scope], domains: &[DomainId]) -> Result<Joined, JoinError> {
    let letters = read_letters(typed).ok_or(JoinError::Form)?;
    let fives: Vec<u8> = letters.bytes().filter_map(five).collect();
    if fives.len() != CODE_LETTERS {
        return Err(JoinError::Form);
    }
    let (said, check) = fives.split_at(CODE_LETTERS - 1);
    if check != [sum(said)] {
        return Err(JoinError::Mistyped);
    }
    let (seed, marked) = said.split_at(SEED_LETTERS);
    let seed = seed_of(seed);
    let fits = |scope: &Scope, domain: Option<&DomainId>| {
        (marked == mark(scope, seed, domain)).then(|| Joined {
            id: begun(scope, seed),
            scope: scope.clone(),
            domain: domain.cloned(),
        })
    };
    let of_scope = |scope: &'_ Scope| -> Vec<Joined> {
        let named = domains.iter().map(Some).chain([None]);
        named.filter_map(|domain| fits(scope, domain)).collect()
    };
    let mut found = scopes.iter().flat_map(of_scope);
    match (found.next(), found.next()) {
        (Some(joined), None) => Ok(joined),
        // Rather none than another group's: one in thousands of codes says too little.
        (None, _) | (Some(_), Some(_)) => Err(JoinError::NotOurs),
    }
}

/// By which a phone recognises its group and the domain.
fn mark(scope: &Scope, seed: [u8; SEED_BYTES], domain: Option<&DomainId>) -> [u8; MARK_LETTERS] {
    let mut hash = hashed(b"liandu-join-1\0", scope, seed);
    hash.update(domain.map_or("", DomainId::as_str).as_bytes());
    let digest = hash.finalize();
    let mut marks = [0; MARK_LETTERS];
    for (to, from) in marks.iter_mut().zip(digest.iter()) {
        *to = from & 31;
    }
    marks
}

/// A weighted sum in the field of 32 elements: it changes with every wrong letter and with every
/// two that have changed places.
fn sum(fives: &[u8]) -> u8 {
    fives.iter().fold(0, |sum, five| times_two(sum ^ five))
}

/// Multiplies by x modulo x⁵ + x² + 1.
fn times_two(five: u8) -> u8 {
    let doubled = five << 1;
    if doubled & 32 == 0 {
        doubled
    } else {
        (doubled ^ 0b10_0101) & 31
    }
}

fn fives_of(seed: [u8; SEED_BYTES]) -> [u8; SEED_LETTERS] {
    let number = seed.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    let mut fives = [0; SEED_LETTERS];
    for (at, five) in fives.iter_mut().rev().enumerate() {
        *five = u8::try_from(number >> (5 * at) & 31).unwrap_or(0);
    }
    fives
}

fn seed_of(fives: &[u8]) -> [u8; SEED_BYTES] {
    let number = fives.iter().fold(0u64, |n, five| n << 5 | u64::from(*five));
    let [_, _, _, a, b, c, d, e] = number.to_be_bytes();
    [a, b, c, d, e]
}

fn letter(five: u8) -> Option<char> {
    LETTERS.get(usize::from(five)).copied().map(char::from)
}

fn five(letter: u8) -> Option<u8> {
    let at = LETTERS.iter().position(|known| *known == letter)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; SEED_BYTES] = [0xd1, 7, 0, 255, 66];

    fn scope(text: &str) -> Scope {
        text.parse().unwrap()
    }

    fn domain(text: &str) -> DomainId {
        text.parse().unwrap()
    }

    fn shown() -> (Scope, DomainId, RecordId, String) {
        let (scope, domain) = (scope("130123/g-1/group"), domain("land"));
        let id = begun(&scope, SEED);
        let code = code(&id, &scope, Some(&domain)).unwrap();
        (scope, domain, id, code)
    }

    #[test]
    fn ids_and_codes_of_visits_are_frozen() {
        let (scope, _, id, code) = shown();
        assert_eq!(id.to_string(), "d10700ff-42cb-8f6e-a651-13c0273bb52a");
        assert_eq!(code, "T43G-1ZT2-ZCSJ");
        let task = RecordId([7; 16]);
        let planned = planned(&task, &"p1".parse().unwrap());
        assert_eq!(planned.to_string(), "a5cc0a07-6abb-86e3-af28-0306226db537");
        assert_eq!(super::code(&planned, &scope, None), None, "a plan's visit");
    }

    #[test]
    fn a_code_leads_every_phone_of_the_group_to_the_same_visit() {
        let (mine, land, id, code) = shown();
        let scopes = [scope("130123/g-2/group"), mine.clone()];
        let domains = [domain("mining"), land.clone()];
        let joined = join(&code, &scopes, &domains).unwrap();
        assert_eq!(
            joined,
            Joined {
                id,
                scope: mine.clone(),
                domain: Some(land)
            }
        );
        let spoken = code.to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(join(&spoken, &scopes, &domains), Ok(joined));
        let unsaid = super::code(&id, &mine, None).unwrap();
        assert_eq!(join(&unsaid, &scopes, &domains).unwrap().domain, None);
        assert_eq!(join(&code, &scopes[..1], &domains), Err(JoinError::NotOurs));
        assert_eq!(join("7K3M9Q", &scopes, &domains), Err(JoinError::Form));
    }

    #[test]
    fn every_wrong_letter_and_every_two_that_changed_places_are_noticed() {
        let (scope, land, _, code) = shown();
        let letters: Vec<char> = code.chars().filter(|c| *c != '-').collect();
        let try_one = |letters: &[char]| {
            let typed: String = letters.iter().collect();
            join(
                &typed,
                std::slice::from_ref(&scope),
                std::slice::from_ref(&land),
            )
        };
        let mut tried = 0;
        for at in 0..letters.len() {
            for other in LETTERS.iter().copied().map(char::from) {
                let mut wrong = letters.clone();
                wrong[at] = other;
                if wrong != letters {
                    assert_eq!(try_one(&wrong), Err(JoinError::Mistyped), "{wrong:?}");
                    tried += 1;
                }
            }
            for other in 0..letters.len() {
                let mut wrong = letters.clone();
                wrong.swap(at, other);
                if wrong != letters {
                    assert_eq!(try_one(&wrong), Err(JoinError::Mistyped), "{wrong:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 372, "{tried}");
        assert!(try_one(&letters).is_ok());
    }
}
