//! The numbers of problems that people say on the phone: asked for once the office has a problem,
//! kept beside the record.
//!
//! Never part of a record and never waited for: until it is here, the code of the id is said.

use std::collections::BTreeSet;

use liandu_core::id::RecordId;
use liandu_core::limits::NUMBERS_MAX;
use liandu_core::protocol::client::{self, Client};
use liandu_core::protocol::message::Numbered;
use liandu_core::protocol::update::AnyKind;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::Number;
use liandu_core::time::Timestamp;

use super::{Engine, Event};
use crate::store::{Batch, Slot};

/// Problems without a number.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// To be asked for.
    lacking: BTreeSet<RecordId>,
    /// Asked for, without an answer yet.
    asked: BTreeSet<RecordId>,
    /// The office had none for them: asked for again when something of them moved.
    without: BTreeSet<RecordId>,
}

impl Engine {
    /// The number of a problem, once the office has told it.
    pub fn number(&self, record: &RecordId) -> Option<Number> {
        let numbered = self.records.get(record)?.header.number.clone()?;
        Some(numbered.into())
    }

    /// Whether numbers were asked for and have not come; a server that knows none never answers.
    pub fn awaits_numbers(&self) -> bool {
        !self.numbering.asked.is_empty()
    }

    /// A record moved: a problem that the office has is asked for, unless its number is here.
    pub(super) fn number_wanted(&mut self, record: RecordId) {
        let wanted = self.records.get(&record).is_some_and(|layers| {
            let header = &layers.header;
            let problem = header.kind == AnyKind::Known(Kind::Problem);
            let here = header.gone.is_none() && layers.known_at_office();
            problem && here && header.number.is_none()
        });
        if wanted && !self.numbering.asked.contains(&record) {
            self.numbering.without.remove(&record);
            self.numbering.lacking.insert(record);
        }
    }

    /// The log began another life: numbers given since the two went apart may be others' now.
    pub(super) fn numbers_of_another_life(&mut self, batch: &mut Batch) {
        let mut numbered = Vec::new();
        for (record, layers) in &mut self.records {
            if layers.header.number.take().is_some() {
                batch.put(&Slot::Header(*record), &layers.header);
                numbered.push(*record);
            }
        }
        for record in numbered {
            self.number_wanted(record);
            self.event(Event::Changed(record));
        }
    }

    /// A connection begins: what was not answered is asked again.
    pub(super) fn numbers_afresh(&mut self) {
        let Numbering {
            mut lacking,
            asked,
            without,
        } = std::mem::take(&mut self.numbering);
        lacking.extend(asked);
        lacking.extend(without);
        self.numbering.lacking = lacking;
    }

    /// Asks for the next ones; false when there is nothing to ask or it is not the time.
    pub(super) fn ask_numbers(&mut self, now: Timestamp) -> bool {
        let may = self.client.as_ref().is_some_and(Client::may_ask);
        if !may || self.numbering.lacking.is_empty() {
            return false;
        }
        let next = self.numbering.lacking.iter().copied().take(NUMBERS_MAX);
        let records: Vec<RecordId> = next.collect();
        for record in &records {
            self.numbering.lacking.remove(record);
        }
        self.numbering.asked.extend(records.iter().copied());
        self.tell_client(now, client::Input::WantNumbers(records));
        true
    }

    pub(super) fn numbers_came(&mut self, numbers: Vec<Numbered>) {
        let mut asked = std::mem::take(&mut self.numbering.asked);
        let mut batch = Batch::default();
        for numbered in numbers {
            let record = numbered.record;
            let layers = self.records.get_mut(&record);
            // What was not asked for is not believed.
            let (true, Some(layers)) = (asked.remove(&record), layers) else {
                continue;
            };
            layers.header.number = Some(numbered);
            batch.put(&Slot::Header(record), &layers.header);
            self.event(Event::Changed(record));
        }
        self.numbering.without.extend(asked);
        self.store(batch);
    }
}
