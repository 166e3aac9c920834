//! Where in a record a value stands: a field, a checklist answer, a field of a collection's item,
//! a long text, or the state.
//!
//! Never names an automerge object: `schema` does.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::id::{Actor, CollectionId, FieldId, IdError, ItemId, QuestionId};

/// One place in a record. Text forms: `f/title`, `a/land-01`, `i/people/p1/name`, `t/remarks`,
/// `e`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// A field of the kind.
    Field(FieldId),
    /// The answer to a checklist question.
    Answer(QuestionId),
    /// A field of an item of a collection.
    Item {
        /// The collection.
        collection: CollectionId,
        /// The item, named by its author.
        item: ItemId,
        /// The field.
        field: FieldId,
    },
    /// A long text, merged character by character.
    Text(FieldId),
    /// The record's state, decided between by events.
    State,
}

impl Path {
    /// A field's path.
    pub fn field(id: &str) -> Result<Path, IdError> {
        Ok(Path::Field(FieldId::new(id)?))
    }

    /// An answer's path.
    pub fn answer(id: &str) -> Result<Path, IdError> {
        Ok(Path::Answer(QuestionId::new(id)?))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Field(id) => write!(f, "f/{id}"),
            Path::Answer(id) => write!(f, "a/{id}"),
            Path::Item {
                collection,
                item,
                field,
            } => write!(f, "i/{collection}/{item}/{field}"),
            Path::Text(id) => write!(f, "t/{id}"),
            Path::State => f.write_str("e"),
        }
    }
}

/// Why a text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// None of the five forms.
    #[error("a path is f/FIELD, a/QUESTION, i/COLLECTION/ITEM/FIELD, t/TEXT or e")]
    Form,
    /// A part is not an id.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            ["f", id] => Ok(Path::Field(FieldId::new(id)?)),
            ["a", id] => Ok(Path::Answer(QuestionId::new(id)?)),
            ["i", collection, item, field] => Ok(Path::Item {
                collection: CollectionId::new(collection)?,
                item: ItemId::new(item)?,
                field: FieldId::new(field)?,
            }),
            ["t", id] => Ok(Path::Text(FieldId::new(id)?)),
            ["e"] => Ok(Path::State),
            _ => Err(PathError::Form),
        }
    }
}

impl<C> Encode<C> for Path {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Path {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        d.str()?
            .parse()
            .map_err(|_| minicbor::decode::Error::message("not a path").at(at))
    }
}

/// One change of one author: names who wrote a value, across devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct WriteId {
    /// Who.
    #[n(1)]
    pub actor: Actor,
    /// The actor's n-th change in this record, from 1.
    #[n(2)]
    pub seq: u64,
}

/// `actor@seq`.
impl fmt::Display for WriteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.actor, self.seq)
    }
}

impl FromStr for WriteId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let (actor, seq) = text.split_once('@').ok_or(PathError::Form)?;
        Ok(WriteId {
            actor: actor.parse()?,
            seq: seq.parse().map_err(|_| PathError::Form)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_form_reads_back() {
        for text in ["f/title", "a/land-01", "i/people/p1/name", "t/remarks", "e"] {
            let path: Path = text.parse().unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(
                minicbor::decode::<Path>(&minicbor::to_vec(&path).unwrap()).unwrap(),
                path
            );
        }
        for bad in ["", "f", "f/a/b", "i/people/p1", "x/1", "f/中"] {
            assert!(bad.parse::<Path>().is_err(), "{bad}");
        }
    }
}
