//! What is still whole of a damaged store, put together so that it opens: own edits first, the rest
//! comes again from the office.
//!
//! Never invents anything and never takes a value whose sum is wrong: what was lost is counted, and
//! own edits whose record is lost are given to the person as they were written.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::{Position, RecordId};
use liandu_core::record::edit::Edit;

use super::Engine;
use crate::identity::Place;
use crate::own::OwnEdit;
use crate::store::{Batch, Key, OpenError, Pairs, Puts, Slot, decode, is_whole};

/// A store that opens, and what a person must know about it.
#[derive(Debug)]
pub struct Rescued {
    /// Everything that goes into a fresh store.
    pub puts: Puts,
    /// Whether it is still known who this device is. If not, it must be enrolled again, with a new
    /// invitation; its edits then go out under the seals they have.
    pub enrolled: bool,
    /// Records of which something is kept.
    pub records: usize,
    /// Own edits that are kept and that no server has answered.
    pub unsent: usize,
    /// Places of the store at which no whole value was found.
    pub damaged: usize,
    /// Own edits without an answer that are whole while their record is lost: to be written again.
    pub homeless: Vec<(RecordId, Edit)>,
}

/// Keeps the last whole value of each key. `found` are pairs read from the damaged store, the
/// newest of a key last; they may be nonsense, and not all of them need to be there.
///
/// # Errors
/// When a newer app wrote it: that one must do the rescue.
pub fn rescue(found: Pairs) -> Result<Rescued, OpenError> {
    let (whole, damaged) = sort_out(found)?;
    let mut rescued = Rescued {
        puts: Vec::new(),
        enrolled: whole.contains_key(&Slot::Identity.key()),
        records: 0,
        unsent: 0,
        damaged,
        homeless: Vec::new(),
    };
    let headers: BTreeSet<RecordId> = whole
        .keys()
        .filter_map(|key| match Slot::parse(key) {
            Some(Slot::Header(id)) => Some(id),
            _ => None,
        })
        .collect();
    rescued.records = headers.len();
    for (key, value) in whole {
        let Some(slot) = Slot::parse(&key) else {
            continue;
        };
        match slot {
            // What was sent is sent again; statements come again with the rest.
            Slot::Sent | Slot::Statements(_) => {}
            Slot::Place => rescued.puts.extend(from_the_beginning(&key, &value)?),
            Slot::Own(id, _) => {
                let edit: OwnEdit = decode(&key, &value, "own edit")?;
                if !headers.contains(&id) {
                    rescued
                        .homeless
                        .extend(unanswered(&edit).then_some((id, edit.edit)));
                    continue;
                }
                rescued.unsent += usize::from(unanswered(&edit));
                rescued.puts.push((key, Some(value)));
            }
            Slot::Admitted(id, _) | Slot::Carried(id) if !headers.contains(&id) => {}
            Slot::Identity
            | Slot::Sheets
            | Slot::Envelope(_)
            | Slot::Note(_)
            | Slot::Definition(_)
            | Slot::Header(_)
            | Slot::Admitted(..)
            | Slot::Carried(_) => rescued.puts.push((key, Some(value))),
        }
    }
    Ok(rescued)
}

fn unanswered(edit: &OwnEdit) -> bool {
    edit.waits() || edit.held()
}

/// Whole values by key, and at how many keys there was none.
fn sort_out(found: Pairs) -> Result<(BTreeMap<Key, Vec<u8>>, usize), OpenError> {
    let mut whole: BTreeMap<Key, Vec<u8>> = BTreeMap::new();
    let mut broken: BTreeSet<Key> = BTreeSet::new();
    for (key, value) in found {
        match Engine::reads(&key, &value) {
            // One without a sum may be nonsense that can be read by chance.
            Ok(()) if is_whole(&key, &value) || !whole.contains_key(&key) => {
                whole.insert(key, value);
            }
            Ok(()) => {}
            Err(OpenError::Damaged { .. }) => {
                broken.insert(key);
            }
            Err(OpenError::Newer) => return Err(OpenError::Newer),
        }
    }
    broken.retain(|key| !whole.contains_key(key));
    Ok((whole, broken.len()))
}

/// Known scopes stay; everything is asked for again.
fn from_the_beginning(key: &[u8], value: &[u8]) -> Result<Puts, OpenError> {
    let before: Place = decode(key, value, "place")?;
    let place = Place {
        cursor: None,
        behind: Vec::new(),
        authority: Position::default(),
        answers: Position::default(),
        ..before
    };
    let mut batch = Batch::default();
    batch.put(&Slot::Place, &place);
    Ok(batch.into_puts())
}
