//! The only place that knows automerge keys: how a record's places lie in its document.
//!
//! Frozen: births, documents on phones and logs on servers depend on every constant here. New
//! things get new root maps; nothing is ever renamed. Never uses lists, deletes on fields, or
//! objects made by whoever comes first.
//!
//! Root of a document: `id` (16 bytes), `k` (kind), `v` (form), and the fixed maps `f` fields,
//! `a` answers, `i` items, `t` texts, `e` events, `r` resolutions.

use crate::id::{CollectionId, EventId, FieldId, ItemId, QuestionId};
use crate::record::path::Path;

/// The form of documents this version writes.
pub(crate) const FORM: i64 = 1;
/// The actor of every birth; belongs to nobody.
pub(crate) const BIRTH_ACTOR: [u8; 16] = *b"liandu-birth-001";

pub(crate) const KEY_ID: &str = "id";
pub(crate) const KEY_KIND: &str = "k";
pub(crate) const KEY_FORM: &str = "v";

/// The fixed maps, in the order in which a birth makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RootMap {
    Fields,
    Answers,
    Items,
    Texts,
    Events,
    Resolutions,
}

impl RootMap {
    pub(crate) const ALL: [RootMap; 6] = [
        RootMap::Fields,
        RootMap::Answers,
        RootMap::Items,
        RootMap::Texts,
        RootMap::Events,
        RootMap::Resolutions,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            RootMap::Fields => "f",
            RootMap::Answers => "a",
            RootMap::Items => "i",
            RootMap::Texts => "t",
            RootMap::Events => "e",
            RootMap::Resolutions => "r",
        }
    }

    /// The number of the birth's operation that makes this map (`id`, `k`, `v` are 1 to 3).
    pub(crate) fn counter(self) -> u64 {
        match self {
            RootMap::Fields => 4,
            RootMap::Answers => 5,
            RootMap::Items => 6,
            RootMap::Texts => 7,
            RootMap::Events => 8,
            RootMap::Resolutions => 9,
        }
    }

    pub(crate) fn of_counter(counter: u64) -> Option<RootMap> {
        RootMap::ALL
            .into_iter()
            .find(|map| map.counter() == counter)
    }
}

/// Number of the birth's operation that makes its first built-in text.
pub(crate) const FIRST_TEXT_COUNTER: u64 = 10;

/// Map and key of a value's place; none for texts and the state, which are not plain values.
pub(crate) fn place(path: &Path) -> Option<(RootMap, String)> {
    match path {
        Path::Field(id) => Some((RootMap::Fields, id.to_string())),
        Path::Answer(id) => Some((RootMap::Answers, id.to_string())),
        Path::Item {
            collection,
            item,
            field,
        } => Some((RootMap::Items, format!("{collection}/{item}/{field}"))),
        Path::Text(_) | Path::State => None,
    }
}

/// The place that a key of a map of plain values stands for.
pub(crate) fn path(map: RootMap, key: &str) -> Option<Path> {
    match map {
        RootMap::Fields => FieldId::new(key).ok().map(Path::Field),
        RootMap::Answers => QuestionId::new(key).ok().map(Path::Answer),
        RootMap::Items => {
            let mut parts = key.split('/');
            let (collection, item, field) = (parts.next()?, parts.next()?, parts.next()?);
            if parts.next().is_some() {
                return None;
            }
            Some(Path::Item {
                collection: CollectionId::new(collection).ok()?,
                item: ItemId::new(item).ok()?,
                field: FieldId::new(field).ok()?,
            })
        }
        RootMap::Texts | RootMap::Events | RootMap::Resolutions => None,
    }
}

/// The key of an event.
pub(crate) fn event_key(id: &EventId) -> String {
    id.hex()
}

/// The event of a key.
pub(crate) fn event_of_key(key: &str) -> Option<EventId> {
    key.parse().ok().filter(|id: &EventId| id.hex() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plain_place_has_one_key() {
        for text in ["f/title", "a/land-01", "i/people/p1/name"] {
            let at: Path = text.parse().unwrap();
            let (map, key) = place(&at).unwrap();
            assert_eq!(path(map, &key), Some(at));
        }
        assert_eq!(path(RootMap::Items, "people/p1"), None);
        assert_eq!(path(RootMap::Fields, "中文"), None);
    }
}
