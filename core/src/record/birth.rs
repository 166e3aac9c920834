//! Births: the frozen, deterministic first changes of every record.
//!
//! A birth is a pure function of record id and kind, with a fixed actor and time 0, so two devices
//! that create "the same" record share ancestry and merge. A text that a kind's birth lacks is made
//! by its own birth change, a pure function of (record id, kind, field id). Births are nobody's
//! edits: admission recomputes their bytes.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, AutomergeError, ObjType, ROOT, ScalarValue, TextEncoding};
use sha2::{Digest, Sha256};

use crate::id::{Actor, FieldId, RecordId};
use crate::record::kind::Kind;
use crate::record::schema::{BIRTH_ACTOR, FORM, KEY_FORM, KEY_ID, KEY_KIND, RootMap};

/// A new document holding only its birth.
pub(crate) fn birth(id: &RecordId, kind: Kind) -> Result<Automerge, AutomergeError> {
    let mut doc = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint)
        .with_actor(ActorId::from(BIRTH_ACTOR));
    let mut tx = doc.transaction();
    tx.put(ROOT, KEY_ID, ScalarValue::Bytes(id.0.to_vec()))?;
    tx.put(ROOT, KEY_KIND, kind.as_str())?;
    tx.put(ROOT, KEY_FORM, FORM)?;
    let mut texts = ROOT;
    for map in RootMap::ALL {
        let made = tx.put_object(ROOT, map.key(), ObjType::Map)?;
        if map == RootMap::Texts {
            texts = made;
        }
    }
    for text in kind.built_in_texts() {
        tx.put_object(&texts, *text, ObjType::Text)?;
    }
    tx.commit_with(CommitOptions::default().with_time(0));
    Ok(doc)
}

/// The actor of a text's own birth change; belongs to nobody.
pub(crate) fn text_actor(field: &FieldId) -> Actor {
    let mut hash = Sha256::new();
    hash.update(b"liandu-birth-text-1\0");
    hash.update(field.as_str().as_bytes());
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize().iter()) {
        *to = *from;
    }
    Actor(bytes)
}

/// The birth change of one text that the kind's birth lacks.
pub(crate) fn text_birth(
    id: &RecordId,
    kind: Kind,
    field: &FieldId,
) -> Result<Option<automerge::Change>, AutomergeError> {
    use automerge::ReadDoc;
    let mut doc = birth(id, kind)?.with_actor(ActorId::from(text_actor(field).0));
    let Some((_, texts)) = doc.get(ROOT, RootMap::Texts.key())? else {
        return Ok(None);
    };
    let mut tx = doc.transaction();
    tx.put_object(&texts, field.as_str(), ObjType::Text)?;
    tx.commit_with(CommitOptions::default().with_time(0));
    Ok(doc.get_last_local_change())
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::ReadDoc;

    #[test]
    fn birth_numbers_its_maps_and_texts_as_schema_says() {
        for kind in Kind::ALL {
            let doc = birth(&RecordId([7; 16]), kind).unwrap();
            for map in RootMap::ALL {
                let (_, id) = doc.get(ROOT, map.key()).unwrap().unwrap();
                assert!(
                    id.to_string().starts_with(&format!("{}@", map.counter())),
                    "{id}"
                );
            }
            let (_, texts) = doc.get(ROOT, RootMap::Texts.key()).unwrap().unwrap();
            for (index, text) in kind.built_in_texts().iter().enumerate() {
                let (_, id) = doc.get(&texts, *text).unwrap().unwrap();
                assert!(
                    id.to_string().starts_with(&format!("{}@", 10 + index)),
                    "{id}"
                );
            }
        }
    }

    #[test]
    fn two_devices_give_one_record_the_same_birth() {
        let id = RecordId([9; 16]);
        let one = birth(&id, Kind::Problem).unwrap();
        let two = birth(&id, Kind::Problem).unwrap();
        assert_eq!(one.save(), two.save());
        assert_ne!(
            one.get_heads(),
            birth(&id, Kind::Inspection).unwrap().get_heads()
        );
        let field = FieldId::new("disposition").unwrap();
        let text = |_| text_birth(&id, Kind::Problem, &field).unwrap().unwrap();
        assert_eq!(text(1).raw_bytes(), text(2).raw_bytes());
    }
}
