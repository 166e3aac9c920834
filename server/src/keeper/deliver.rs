//! What a device carries to the office for others, or a clerk takes in as a file: opened, judged
//! like any push, and answered by signed receipts that travel back the same way.
//!
//! Never believes who carries it: seals inside say who wrote what.

use std::collections::BTreeSet;

use liandu_core::id::{ChangeHash, DeviceId, RecordId};
use liandu_core::limits::{CARRIED_SHEETS_MAX, PUSH_CHANGES_MAX};
use liandu_core::protocol::bundle::{Bundle, BundleError, SignedReceipts};
use liandu_core::protocol::envelope::{EnvelopeError, Part};
use liandu_core::protocol::message::{Carried, Outcome, Tier};
use liandu_core::protocol::update::{RecordPush, RecordVerdicts};
use liandu_core::time::Timestamp;

use super::{Keeper, Pushed, Ticket};
use crate::index::Index;
use crate::journal::Disk;

/// Whether all records of a part could be read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Every one.
    Yes,
    /// A newer app wrote some: they are for a newer server.
    No,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Opens one part and pushes what is inside.
    ///
    /// # Errors
    /// When it was not closed to this server, was changed since, or holds more than one push may.
    pub fn deliver(
        &mut self,
        now: Timestamp,
        cover: &[u8],
        part: &Part,
    ) -> Result<(Ticket, Whole), EnvelopeError> {
        let (records, whole) = self.look_into(cover, part)?;
        Ok((self.push(now, None, &records), whole))
    }

    /// Opens one part and takes nothing in.
    ///
    /// # Errors
    /// As `deliver`.
    pub fn look_into(
        &self,
        cover: &[u8],
        part: &Part,
    ) -> Result<(Vec<RecordPush>, Whole), EnvelopeError> {
        let bundle = part.open(cover, &self.keys.node)?;
        if bundle.deployment != self.deployment {
            return Err(EnvelopeError::NotOurs);
        }
        pushed(&bundle)
    }

    /// Edits of a record that came and are kept outside its document: refused, held or forked.
    pub fn kept_outside(&self, record: &RecordId) -> BTreeSet<ChangeHash> {
        let rows = self.noted(self.outside_rows(record));
        rows.unwrap_or_default().into_keys().collect()
    }

    /// The node's id among devices: it makes files of receipts.
    pub fn node_id(&self) -> DeviceId {
        self.node_id
    }

    /// Signed receipts for what was pushed, once it is durable.
    pub fn receipts_of(&self, pushed: &Pushed) -> Vec<SignedReceipts> {
        let (position, time) = (self.position(), pushed.time);
        let (key, deployment) = (self.node_key(), &self.deployment);
        let tier = Tier::Fsynced;
        let sheets = SignedReceipts::sign(key, deployment, position, time, tier, &pushed.records);
        // Too much for a sheet: who wrote the edits hears it on an own connection.
        sheets.unwrap_or_default()
    }

    /// What the carrier is told when it is durable.
    pub fn delivered(&self, number: u64, pushed: &Pushed, whole: Whole) -> Carried {
        let mut receipts = self.receipts_of(pushed);
        receipts.truncate(CARRIED_SHEETS_MAX);
        // The carrier drops what was taken: all of it must be here.
        let outcome = match whole == Whole::No || pushed.records.iter().any(unanswered) {
            true => Outcome::Later,
            false => Outcome::Taken,
        };
        Carried {
            number,
            outcome,
            receipts,
        }
    }
}

/// Whether something of a record's edits is still to be sent: the server lacks what it stands on.
pub(crate) fn unanswered(of: &RecordVerdicts) -> bool {
    of.missing || of.receipts.is_empty() && of.others.is_empty()
}

/// The records of a bundle's only batch: no part holds more than a push may.
fn pushed(bundle: &Bundle) -> Result<(Vec<RecordPush>, Whole), EnvelopeError> {
    let (records, odd) = match bundle.pushes.as_slice() {
        [] => (Vec::new(), 0),
        [batch] => Bundle::records(batch)?,
        [_, _, ..] => return Err(BundleError::TooBig.into()),
    };
    let changes: usize = records.iter().map(|push| push.chunk.changes()).sum();
    if changes > PUSH_CHANGES_MAX {
        return Err(BundleError::TooBig.into());
    }
    let whole = if odd == 0 { Whole::Yes } else { Whole::No };
    Ok((records, whole))
}
