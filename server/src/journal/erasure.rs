//! Erasing: payloads become zeros, headers and hashes stay, so the chain can still be checked and
//! every pointer stays good.
//!
//! Never decides what is erased: a tombstone in the log does.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::format::{ENTRY_HEADER_BYTES, EntryHeader, Frame};
use super::{Disk, Journal, Position, Segment, segment_name};

/// Why not everything was erased. Asking again is safe and goes on where it ended.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The position is not durable yet, is lost, or its header is unreadable.
    #[error("no entry to erase at position {0}")]
    NoEntry(Position),
    /// Writing the segment anew failed; the old one stands.
    #[error("cannot rewrite segment {segment}")]
    Disk {
        /// Segment number.
        segment: u32,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// A write failed before, or replacing a segment failed half way: open the journal again.
    #[error("the journal must be opened again after a failed write")]
    Poisoned,
}

impl<D: Disk> Journal<D> {
    /// Erases the payloads at `positions` durably; positions lost or erased before are passed
    /// over. Also removes what was kept of the affected segments' damage, which holds the same
    /// payloads. Answers how many were erased now.
    pub fn erase(&mut self, positions: &[Position]) -> Result<u64, EraseError> {
        if self.poisoned {
            return Err(EraseError::Poisoned);
        }
        let mut by_segment: BTreeMap<u32, Vec<(u64, EntryHeader)>> = BTreeMap::new();
        let mut affected = BTreeSet::new();
        for position in positions.iter().copied().collect::<BTreeSet<_>>() {
            if self.is_lost(position) {
                affected.extend(self.holding(position).map(|segment| segment.number));
                continue;
            }
            let Some((pointer, header)) = self.header_at(position) else {
                return Err(EraseError::NoEntry(position));
            };
            affected.insert(pointer.segment);
            if !header.erased {
                by_segment
                    .entry(pointer.segment)
                    .or_default()
                    .push((pointer.offset, header));
            }
        }
        let mut erased = 0;
        for (number, entries) in &by_segment {
            self.rewrite(*number, entries)?;
            erased += entries.len() as u64;
        }
        for number in affected {
            self.drop_set_aside(number)
                .map_err(|source| EraseError::Disk {
                    segment: number,
                    source,
                })?;
        }
        Ok(erased)
    }

    /// Whether the entry at `position` is known lost.
    pub fn is_lost(&self, position: Position) -> bool {
        self.lost.iter().any(|lost| {
            position >= lost.first && position.0 < lost.first.0.saturating_add(lost.count)
        })
    }

    /// The first position whose entry is known lost.
    pub fn first_lost(&self) -> Option<Position> {
        self.lost.iter().map(|lost| lost.first).min()
    }

    fn holding(&self, position: Position) -> Option<&Segment> {
        self.segments
            .iter()
            .rev()
            .find(|segment| segment.first <= position.0)
    }

    fn rewrite(&mut self, number: u32, entries: &[(u64, EntryHeader)]) -> Result<(), EraseError> {
        let failed = |source| EraseError::Disk {
            segment: number,
            source,
        };
        let Some(segment) = self.segment(number) else {
            return Ok(());
        };
        let name = segment.name();
        let mut bytes = vec![0; usize::try_from(segment.end).unwrap_or(usize::MAX)];
        self.disk.read_at(&name, 0, &mut bytes).map_err(failed)?;
        for (offset, header) in entries {
            blank(&mut bytes, number, *offset, *header);
        }
        let new = format!("{name}.new");
        if let Err(source) = self.disk.create(&new, &bytes) {
            // The old segment stands; what there is of the new one goes now or at the next open.
            self.disk.remove(&new).map_err(failed)?;
            return Err(failed(source));
        }
        self.disk.rename(&new, &name).map_err(|source| {
            self.poisoned = true;
            failed(source)
        })
    }

    fn drop_set_aside(&mut self, number: u32) -> io::Result<()> {
        let prefix = format!("{}.damaged-", segment_name(number));
        for name in self.disk.list()? {
            if name.starts_with(&prefix) {
                self.disk.remove(&name)?;
            }
        }
        Ok(())
    }
}

/// Puts zeros over one payload and says so in its header.
fn blank(bytes: &mut [u8], segment: u32, offset: u64, header: EntryHeader) {
    let length = usize::try_from(header.length).unwrap_or(0);
    let zeros = vec![0; length];
    let erased = EntryHeader {
        erased: true,
        payload_crc: crc32c::crc32c(&zeros),
        ..header
    };
    let mut frame = Vec::with_capacity(length.saturating_add(ENTRY_HEADER_BYTES as usize));
    erased.write(segment, offset, &mut frame);
    frame.extend_from_slice(&zeros);
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    debug_assert!(
        matches!(
            bytes.get(at..).and_then(|at| Frame::read(segment, offset, at)),
            Some(Frame::Entry(found)) if found.position == header.position
        ),
        "the offset came from the header that stands there"
    );
    for (to, from) in bytes.iter_mut().skip(at).zip(frame) {
        *to = from;
    }
}
