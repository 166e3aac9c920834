//! Checking: reads everything and proves that payloads, hashes and chain are as written.
//!
//! Never mends; opening does.

use super::chain::{Link, frame_at};
use super::format::{
    ENTRY_HEADER_BYTES, Frame, HeaderRead, SEGMENT_HEADER_BYTES, SegmentHeader, payload_hash,
};
use super::{Disk, Journal, Pointer, Segment};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Segments read.
    pub segments: u64,
    /// Entries found good, erased ones included.
    pub entries: u64,
    /// Erased entries.
    pub erased: u64,
    /// Positions lost by damage that was found before.
    pub lost: u64,
    /// Bytes of all segments.
    pub bytes: u64,
    /// First place of each segment that is not as written; empty when all is well.
    pub bad: Vec<Pointer>,
}

impl<D: Disk> Journal<D> {
    /// Reads the whole journal and verifies CRCs, payload hashes and the chain from the first
    /// position to the last.
    pub fn check(&self) -> Report {
        let mut report = Report::default();
        let mut link = Link::START;
        for segment in &self.segments {
            report.segments += 1;
            report.bytes += segment.end;
            if let Err(offset) = self.check_segment(segment, &mut link, &mut report) {
                report.bad.push(Pointer {
                    segment: segment.number,
                    offset,
                });
                link.known = false;
            }
        }
        report
    }

    /// Err: the offset of the first thing that is wrong.
    fn check_segment(
        &self,
        segment: &Segment,
        link: &mut Link,
        report: &mut Report,
    ) -> Result<(), u64> {
        let mut bytes = vec![0; usize::try_from(segment.end).unwrap_or(usize::MAX)];
        self.disk
            .read_at(&segment.name(), 0, &mut bytes)
            .map_err(|_| 0u64)?;
        let HeaderRead::Ours(header) = SegmentHeader::read(segment.number, &bytes) else {
            return Err(0);
        };
        if link.known && (header.first != link.next || header.before != link.hash) {
            return Err(0);
        }
        *link = link.entering(&header);
        let mut offset = SEGMENT_HEADER_BYTES;
        while offset < segment.end {
            let frame = frame_at(segment.number, &bytes, offset).ok_or(offset)?;
            if !link.continues(&frame) || !payload_holds(&frame, offset, &bytes) {
                return Err(offset);
            }
            match &frame {
                Frame::Group(_) => {}
                Frame::Gap(gap) => report.lost += u64::from(gap.count),
                Frame::Entry(entry) => {
                    report.entries += 1;
                    report.erased += u64::from(entry.erased);
                }
            }
            link.pass(&frame);
            offset = offset.saturating_add(frame.length());
        }
        Ok(())
    }
}

/// The payload is what was appended, or zeros if it was erased.
fn payload_holds(frame: &Frame, offset: u64, bytes: &[u8]) -> bool {
    let Frame::Entry(entry) = frame else {
        return true;
    };
    let from = usize::try_from(offset.saturating_add(ENTRY_HEADER_BYTES)).unwrap_or(usize::MAX);
    let to = usize::try_from(offset.saturating_add(frame.length())).unwrap_or(usize::MAX);
    let Some(payload) = bytes.get(from..to) else {
        return false;
    };
    match entry.erased {
        true => payload.iter().all(|byte| *byte == 0),
        false => payload_hash(payload) == entry.payload_hash,
    }
}
