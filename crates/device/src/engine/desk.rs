//! What a person and the office say to each other about edits that stay out: the office's answer
//! is kept with the edit, and the person lays it aside when it is dealt with.
//!
//! Never destroys one: an edit that was laid aside is still here, and still in quarantine there.

use liandu_core::id::RecordId;
use liandu_core::protocol::message::OfficeAnswer;

use super::{Engine, Event, Then};
use crate::own::{OfficeWord, OwnState};
use crate::store::{Batch, Slot};

/// Why an edit cannot be laid aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum DismissError {
    /// No such edit: look at the list again.
    #[error("没有这项修改 (no such edit)")]
    Unknown,
    /// It waits or counts: nothing has to be laid aside.
    #[error("这项修改没有被退回,不用了结 (it was not refused: there is nothing to dismiss)")]
    NotRefused,
}

impl Engine {
    /// Answers that were not here yet.
    pub(super) fn office_answered(&mut self, answers: Vec<OfficeAnswer>) {
        let mut batch = Batch::default();
        let mut last = self.place.answers;
        for answer in answers {
            last = last.max(answer.position);
            let record = answer.record;
            let own = self.records.get_mut(&record);
            let own = own.and_then(|layers| layers.own_with_hash(&answer.hash));
            let Some(edit) = own else { continue };
            edit.answer = Some(OfficeWord {
                text: answer.text,
                time: answer.time,
            });
            let number = edit.number;
            batch.put(&Slot::Own(record, number), edit);
            self.event(Event::Answered { record, number });
        }
        self.place.answers = last;
        batch.put(&Slot::Place, &self.place);
        self.commit(batch, vec![Then::AnswersStored(last)]);
    }

    /// How many scopes this device cannot follow, when that is new.
    pub(super) fn left_out_told(&mut self, left_out: u64) {
        if self.place.left_out != left_out {
            self.place.left_out = left_out;
            let mut batch = Batch::default();
            batch.put(&Slot::Place, &self.place);
            self.commit(batch, Vec::new());
        }
    }

    /// Lays a refused edit aside: it no longer asks for a person. Gives the commit to wait for.
    pub fn dismiss(&mut self, record: RecordId, number: u64) -> Result<u64, DismissError> {
        let layers = self.records.get_mut(&record);
        let edit = layers.and_then(|layers| layers.own.get_mut(&number));
        let edit = edit.ok_or(DismissError::Unknown)?;
        match edit.state {
            OwnState::Refused(_) | OwnState::Unapplied(_) => {}
            OwnState::Waiting | OwnState::AtOffice { .. } | OwnState::Held(_) => {
                return Err(DismissError::NotRefused);
            }
        }
        edit.dismissed = true;
        let mut batch = Batch::default();
        batch.put(&Slot::Own(record, number), edit);
        Ok(self.commit(batch, Vec::new()))
    }
}
