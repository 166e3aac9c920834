//! What a device carries to the office for others: opened, judged like any push, and answered by
//! signed receipts that travel back the same way.
//!
//! Never believes who carries it: seals inside say who wrote what.

use liandu_core::limits::{CARRIED_SHEETS_MAX, PUSH_CHANGES_MAX};
use liandu_core::protocol::bundle::{Bundle, BundleError, SignedReceipts};
use liandu_core::protocol::envelope::EnvelopeError;
use liandu_core::protocol::message::{Carried, Carry, Outcome, Tier};
use liandu_core::protocol::update::RecordPush;
use liandu_core::time::Timestamp;

use super::{Keeper, Pushed, Ticket};
use crate::index::Index;
use crate::journal::Disk;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Opens one part and pushes what is inside.
    ///
    /// # Errors
    /// When it was not closed to this server, was changed since, or holds more than one push may.
    pub fn deliver(&mut self, now: Timestamp, carry: &Carry) -> Result<Ticket, EnvelopeError> {
        let bundle = carry.part.open(&carry.cover, &self.keys.node)?;
        if bundle.deployment != self.deployment {
            return Err(EnvelopeError::NotOurs);
        }
        let records = pushed(&bundle)?;
        Ok(self.push(now, None, &records))
    }

    /// What the carrier is told when it is durable.
    pub fn delivered(&self, number: u64, pushed: &Pushed) -> Carried {
        let (position, time) = (self.position(), pushed.time);
        let (key, deployment) = (self.node_key(), &self.deployment);
        let tier = Tier::Fsynced;
        let records = &pushed.records;
        let sheets = SignedReceipts::sign(key, deployment, position, time, tier, records);
        // Too much for a sheet: who wrote the edits hears it on an own connection.
        let mut receipts = sheets.unwrap_or_default();
        receipts.truncate(CARRIED_SHEETS_MAX);
        Carried {
            number,
            outcome: Outcome::Taken,
            receipts,
        }
    }
}

/// The records of a bundle's only batch: no part holds more than a push may.
fn pushed(bundle: &Bundle) -> Result<Vec<RecordPush>, EnvelopeError> {
    let records = match bundle.pushes.as_slice() {
        [] => Vec::new(),
        [batch] => Bundle::records(batch)?.0,
        [_, _, ..] => return Err(BundleError::TooBig.into()),
    };
    let changes: usize = records.iter().map(|push| push.chunk.changes()).sum();
    if changes > PUSH_CHANGES_MAX {
        return Err(BundleError::TooBig.into());
    }
    Ok(records)
}
