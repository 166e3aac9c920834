//! What a device carries to the office for others: opened, judged like any push, and answered by
//! signed receipts that travel back the same way.
//!
//! Never believes who carries it: seals inside say who wrote what.

use liandu_core::limits::{CARRIED_SHEETS_MAX, PUSH_CHANGES_MAX};
use liandu_core::protocol::bundle::{Bundle, BundleError, SignedReceipts};
use liandu_core::protocol::envelope::EnvelopeError;
use liandu_core::protocol::message::{Carried, Carry, Outcome, Tier};
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
        carry: &Carry,
    ) -> Result<(Ticket, Whole), EnvelopeError> {
        let bundle = carry.part.open(&carry.cover, &self.keys.node)?;
        if bundle.deployment != self.deployment {
            return Err(EnvelopeError::NotOurs);
        }
        let (records, whole) = pushed(&bundle)?;
        Ok((self.push(now, None, &records), whole))
    }

    /// What the carrier is told when it is durable.
    pub fn delivered(&self, number: u64, pushed: &Pushed, whole: Whole) -> Carried {
        let (position, time) = (self.position(), pushed.time);
        let (key, deployment) = (self.node_key(), &self.deployment);
        let tier = Tier::Fsynced;
        let records = &pushed.records;
        let sheets = SignedReceipts::sign(key, deployment, position, time, tier, records);
        // Too much for a sheet: who wrote the edits hears it on an own connection.
        let mut receipts = sheets.unwrap_or_default();
        receipts.truncate(CARRIED_SHEETS_MAX);
        let open =
            |of: &RecordVerdicts| of.missing || of.receipts.is_empty() && of.others.is_empty();
        // The carrier drops what was taken: all of it must be here.
        let outcome = match whole == Whole::No || pushed.records.iter().any(open) {
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
