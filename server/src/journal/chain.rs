//! One segment's bytes -> what stands in it: frames that follow from each other, and holes.
//!
//! Never reads or writes a disk; what is done about a hole is decided in `open`.

use super::format::{
    ENTRY_HEADER_BYTES, Frame, GROUP_HEADER_BYTES, Hash, SEGMENT_HEADER_BYTES, SegmentHeader,
    next_frame_byte, rolling_after_gap,
};
use super::{Lost, Position, Segment};

/// Where the chain is: the position that comes next and the rolling hash before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) next: u64,
    pub(super) hash: Hash,
    /// False after lost entries: then the next entry's hash cannot be computed and is believed.
    pub(super) known: bool,
}

impl Link {
    pub(super) const START: Link = Link {
        next: 1,
        hash: [0; 32],
        known: true,
    };

    /// The chain where a segment begins. A header that was made anew behind lost entries holds what
    /// stands for their hash, and proves nothing about the entry that follows.
    pub(super) fn entering(&self, header: &SegmentHeader) -> Link {
        Link {
            next: header.first,
            hash: header.before,
            known: self.known || header.before != self.hash,
        }
    }

    fn lose(&mut self, count: u64) {
        if count > 0 {
            self.hash = rolling_after_gap(&self.hash, self.next, count);
            self.next = self.next.saturating_add(count);
            self.known = false;
        }
    }

    /// Whether a frame stands right here in the chain.
    pub(super) fn continues(&self, frame: &Frame) -> bool {
        let here = stands_at(frame) == self.next;
        match frame {
            Frame::Entry(entry) => here && (!self.known || entry.follows(&self.hash)),
            Frame::Group(_) | Frame::Gap(_) => here,
        }
    }

    pub(super) fn pass(&mut self, frame: &Frame) {
        match frame {
            Frame::Group(_) => {}
            Frame::Entry(entry) => {
                *self = Link {
                    next: self.next.saturating_add(1),
                    hash: entry.rolling,
                    known: true,
                };
            }
            Frame::Gap(gap) => self.lose(u64::from(gap.count)),
        }
    }
}

/// What stands at a place: a frame that follows, or bytes that are none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    Frame { offset: u64, frame: Frame },
    Hole(Hole),
}

/// Bad bytes and the positions that were in them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hole {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) first: u64,
    pub(super) count: u64,
}

/// A segment as it was read.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) number: u32,
    /// The chain before the first frame.
    pub(super) begins: Link,
    pub(super) header_bad: bool,
    pub(super) items: Vec<Item>,
    /// Bad bytes up to the end of the file begin here.
    pub(super) tail_from: u64,
    pub(super) file_bytes: u64,
    /// Everything up to here is known to have been durable.
    pub(super) durable: u64,
    /// The chain after the last frame.
    pub(super) link: Link,
}

/// Whether any frame can be read in `bytes`.
pub(super) fn has_frames(number: u32, bytes: &[u8]) -> bool {
    let mut place = SEGMENT_HEADER_BYTES;
    seek(number, bytes, &mut place).is_some()
}

/// The first position of a segment whose header is damaged, by its first frame.
pub(super) fn first_position(number: u32, bytes: &[u8]) -> Option<u64> {
    frame_at(number, bytes, SEGMENT_HEADER_BYTES).map(|frame| stands_at(&frame))
}

/// Reads a segment whose header was found (or None) from the chain's `link` on.
pub(super) fn walk(
    number: u32,
    bytes: &[u8],
    header: Option<SegmentHeader>,
    mut link: Link,
    limit: Option<u64>,
) -> Chain {
    if let Some(header) = header {
        link = link.entering(&header);
    }
    let begins = link;
    let mut items = Vec::new();
    let mut durable = begins.next.saturating_sub(1);
    let mut place = SEGMENT_HEADER_BYTES;
    let mut good_until = place;
    while let Some((offset, frame)) = seek(number, bytes, &mut place) {
        let at = stands_at(&frame);
        let hole = Hole {
            from: good_until,
            to: offset,
            first: link.next,
            count: at.saturating_sub(link.next),
        };
        if !follows(&frame, at, &link, &hole, limit) {
            continue;
        }
        if hole.from < hole.to {
            items.push(Item::Hole(hole));
            link.lose(hole.count);
        }
        durable = durable.max(frame.durable_before());
        link.pass(&frame);
        items.push(Item::Frame { offset, frame });
        good_until = offset.saturating_add(frame.length());
        place = good_until;
    }
    let file_bytes = bytes.len() as u64;
    let tail_from = good_until.min(file_bytes.max(SEGMENT_HEADER_BYTES));
    Chain {
        number,
        begins,
        header_bad: header.is_none(),
        items,
        tail_from,
        file_bytes,
        durable,
        link,
    }
}

/// Whether a readable frame continues the chain, directly or after the hole before it.
fn follows(frame: &Frame, at: u64, link: &Link, hole: &Hole, limit: Option<u64>) -> bool {
    if at < link.next || limit.is_some_and(|limit| next_after(frame) > limit) {
        return false;
    }
    // A hole that has no room for a gap could not be mended, so nothing behind it could be read;
    // frames are at least as long, so damage never leaves one: the frame is a stray one.
    if hole.from < hole.to && hole.to.saturating_sub(hole.from) < GROUP_HEADER_BYTES {
        return false;
    }
    if at > link.next {
        // Each lost entry took at least its header: a frame that claims more is a stray one.
        let bytes = hole.to.saturating_sub(hole.from);
        return hole.count.saturating_mul(ENTRY_HEADER_BYTES) <= bytes;
    }
    link.continues(frame)
}

/// The position the chain must be at where this frame stands.
fn stands_at(frame: &Frame) -> u64 {
    match frame {
        Frame::Group(group) => group.durable_before.saturating_add(1),
        Frame::Entry(entry) => entry.position,
        Frame::Gap(gap) => gap.first,
    }
}

/// The position the chain is at behind this frame.
fn next_after(frame: &Frame) -> u64 {
    match frame {
        Frame::Group(group) => group.durable_before.saturating_add(1),
        Frame::Entry(entry) => entry.position.saturating_add(1),
        Frame::Gap(gap) => gap.first.saturating_add(u64::from(gap.count)),
    }
}

/// The next whole frame at or after `place`, which is moved behind its first byte.
fn seek(number: u32, bytes: &[u8], place: &mut u64) -> Option<(u64, Frame)> {
    loop {
        let from = usize::try_from(*place).ok()?;
        let offset = next_frame_byte(bytes, from)? as u64;
        *place = offset.saturating_add(1);
        if let Some(frame) = frame_at(number, bytes, offset) {
            return Some((offset, frame));
        }
    }
}

/// The frame at `offset` if it is whole: for an entry also its payload.
pub(super) fn frame_at(number: u32, bytes: &[u8], offset: u64) -> Option<Frame> {
    let at = bytes.get(usize::try_from(offset).ok()?..)?;
    let frame = Frame::read(number, offset, at)?;
    let whole = at.get(..usize::try_from(frame.length()).ok()?)?;
    if let Frame::Entry(entry) = &frame {
        let payload = whole.get(ENTRY_HEADER_BYTES as usize..)?;
        if crc32c::crc32c(payload) != entry.payload_crc {
            return None;
        }
    }
    Some(frame)
}

/// What a segment becomes: what is known of it, which bytes become gaps, where it is cut.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) segment: Segment,
    pub(super) gaps: Vec<Hole>,
    pub(super) header_bad: bool,
    /// Lost positions that were known before, with the last position when they were found.
    pub(super) known_lost: Vec<(Lost, u64)>,
    /// Bytes of a torn tail that go.
    pub(super) torn_bytes: u64,
    /// From here on no later frame says that the bytes were durable.
    pub(super) unproven_from: u64,
    pub(super) link: Link,
}

impl Settled {
    /// Whether the file must be written anew.
    pub(super) fn needs_mending(&self) -> bool {
        self.header_bad || !self.gaps.is_empty()
    }
}

impl Chain {
    /// The last segment: what nobody said was durable and cannot be read is cut.
    pub(super) fn settle_last(mut self) -> Settled {
        let durable = self.durable;
        let beyond = |item: &Item| match item {
            Item::Frame { .. } => false,
            Item::Hole(hole) => hole.first.saturating_add(hole.count) > durable.saturating_add(1),
        };
        let Some(at) = self.items.iter().position(beyond) else {
            let end = self.tail_from;
            return self.settle(end);
        };
        let mut end = self.tail_from;
        let cut = self.items.split_off(at);
        if let Some(Item::Hole(hole)) = cut.first() {
            end = hole.from;
            let count = durable.saturating_add(1).saturating_sub(hole.first);
            if count > 0 {
                end = hole.from.saturating_add(GROUP_HEADER_BYTES);
                self.items.push(Item::Hole(Hole {
                    to: end,
                    count,
                    ..*hole
                }));
            }
        }
        self.settle(end)
    }

    /// A segment with another one behind it, which begins at `next_first`: nothing is cut.
    pub(super) fn settle_sealed(mut self, next_first: Option<u64>) -> Settled {
        let next_first = next_first.unwrap_or(self.link.next);
        let count = next_first.saturating_sub(self.link.next);
        let mut end = self.tail_from;
        if count > 0 || self.tail_from < self.file_bytes {
            let from = self.tail_from;
            end = self.file_bytes.max(from.saturating_add(GROUP_HEADER_BYTES));
            self.items.push(Item::Hole(Hole {
                from,
                to: end,
                first: self.link.next,
                count,
            }));
        }
        self.settle(end)
    }

    fn settle(self, end: u64) -> Settled {
        let mut link = self.begins;
        let mut segment = Segment::new(self.number, link.next, link.hash);
        segment.end = end;
        let (mut gaps, mut known_lost) = (Vec::new(), Vec::new());
        let mut unproven_from = None;
        for item in &self.items {
            match item {
                Item::Hole(hole) => {
                    gaps.push(*hole);
                    link.lose(hole.count);
                }
                Item::Frame { offset, frame } => {
                    if let Frame::Entry(entry) = frame {
                        segment.mark(entry.position, *offset);
                    }
                    if let Frame::Gap(gap) = frame
                        && gap.count > 0
                    {
                        let lost = Lost {
                            first: Position(gap.first),
                            count: u64::from(gap.count),
                        };
                        known_lost.push((lost, gap.found_at));
                    }
                    if stands_at(frame) > self.durable && unproven_from.is_none() {
                        unproven_from = Some(*offset);
                    }
                    link.pass(frame);
                }
            }
        }
        let whole = unproven_from.is_none_or(|from| from <= SEGMENT_HEADER_BYTES);
        Settled {
            segment,
            gaps,
            header_bad: self.header_bad,
            known_lost,
            torn_bytes: self.file_bytes.saturating_sub(end),
            unproven_from: if whole { 0 } else { unproven_from.unwrap_or(0) },
            link,
        }
    }
}
