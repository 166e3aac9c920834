//! What a user interface keeps for itself: drafts, the heads a person was shown.
//!
//! Never read by the engine and never sent.

use super::Engine;
use crate::store::{Batch, Slot};

impl Engine {
    /// What a user interface kept for itself.
    pub fn note(&self, name: &str) -> Option<&[u8]> {
        self.notes.get(name).map(Vec::as_slice)
    }

    /// Keeps something for a user interface: drafts, the heads a person was shown. Gives the
    /// commit to wait for; none when nothing can be stored any more.
    pub fn set_note(&mut self, name: &str, value: Option<Vec<u8>>) -> Option<u64> {
        if self.halted {
            return None;
        }
        let slot = Slot::Note(name.to_owned());
        let mut batch = Batch::default();
        match value {
            Some(value) => {
                batch.put(&slot, &minicbor::bytes::ByteVec::from(value.clone()));
                self.notes.insert(name.to_owned(), value);
            }
            None => {
                batch.remove(&slot);
                self.notes.remove(name);
            }
        }
        Some(self.commit(batch, Vec::new()))
    }
}
