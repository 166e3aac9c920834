//! What is known in memory of a segment's file.
//!
//! Never reads or writes it.

use super::format::{Hash, SEGMENT_HEADER_BYTES, SegmentHeader};

/// One segment.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) first: u64,
    pub(super) before: Hash,
    /// Bytes known good.
    pub(super) end: u64,
    /// Every `MARK_EVERY`th entry: (position, offset).
    pub(super) marks: Vec<(u64, u64)>,
}

/// How many entries a walk to a position may pass, at most.
const MARK_EVERY: u64 = 64;

impl Segment {
    pub(super) fn new(number: u32, first: u64, before: Hash) -> Segment {
        Segment {
            number,
            first,
            before,
            end: SEGMENT_HEADER_BYTES,
            marks: Vec::new(),
        }
    }

    pub(super) fn mark(&mut self, position: u64, offset: u64) {
        let due = |(at, _): &(u64, u64)| position >= at.saturating_add(MARK_EVERY);
        if self.marks.last().is_none_or(due) {
            self.marks.push((position, offset));
        }
    }

    pub(super) fn name(&self) -> String {
        segment_name(self.number)
    }

    pub(super) fn header(&self) -> SegmentHeader {
        SegmentHeader {
            number: self.number,
            first: self.first,
            before: self.before,
        }
    }
}

/// File name of a segment.
pub(super) fn segment_name(number: u32) -> String {
    format!("{number:010}.segment")
}
