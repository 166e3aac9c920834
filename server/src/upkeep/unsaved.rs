//! How many edits came after the last backup: counted from the log, each entry once.
//!
//! Never reads more of the log in one question than a bound; the next question goes on.

use liandu_core::id::Position;
use liandu_core::log::LogEntry;

use super::Since;
use crate::engine::{Handle, Unavailable};

const PAGE_BYTES: usize = 2 << 20;
/// Pages read for one question.
const PAGES_MAX: usize = 32;

/// Edits counted so far.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    from: Position,
    upto: Position,
    edits: u64,
}

impl Unsaved {
    /// What the log has after a position.
    pub(super) async fn since(
        &mut self,
        engine: &Handle,
        from: Position,
    ) -> Result<Since, Unavailable> {
        if from != self.from || self.upto < from {
            *self = Unsaved {
                from,
                upto: from,
                edits: 0,
            };
        }
        for _ in 0..PAGES_MAX {
            let page = engine.entries(self.upto, PAGE_BYTES).await?;
            let entries = page.entries.iter().filter_map(|(_, entry)| entry.as_ref());
            self.edits = self.edits.saturating_add(entries.map(edits).sum());
            let moved = page.upto > self.upto;
            self.upto = page.upto.max(self.upto);
            if !moved || self.upto >= page.end {
                return Ok(self.told(page.end, true));
            }
        }
        let end = *engine.positions().borrow();
        Ok(self.told(end, false))
    }

    fn told(&self, end: Position, whole: bool) -> Since {
        Since {
            entries: end.0.saturating_sub(self.from.0),
            edits: whole.then_some(self.edits),
        }
    }
}

/// Edits of an entry, those that wait in quarantine, too.
fn edits(entry: &LogEntry) -> u64 {
    if let LogEntry::Edits(edits) = entry {
        let accepted = edits.accepted.iter();
        let accepted = accepted.map(|range| range.to.saturating_sub(range.from).saturating_add(1));
        accepted
            .sum::<u64>()
            .saturating_add(edits.kept.len() as u64)
    } else {
        0
    }
}
