//! Reading: one entry by its pointer, everything from a position on, the rolling hash somewhere.
//!
//! Never reads what is not durable, and never gives a payload whose CRC does not hold.

use std::io;

use super::format::{ENTRY_HEADER_BYTES, EntryHeader, Frame, Hash, SEGMENT_HEADER_BYTES};
use super::{Disk, Journal, Pointer, Position, Segment};

/// One entry as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub position: Position,
    /// Rolling hash after it.
    pub hash: Hash,
    /// SHA-256 of the payload as it was appended, known also of an erased one.
    pub payload_hash: Hash,
    /// The payload, unless it was erased.
    pub payload: Payload,
}

/// What an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// The bytes as appended.
    Bytes(Vec<u8>),
    /// Erased on purpose: only the hash remains.
    Erased,
}

/// Why there is no entry to give.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No readable entry begins there: the pointer is wrong or the header is damaged. Open the
    /// journal again, which tells, and rebuild the index.
    #[error("no entry at segment {segment} offset {offset}")]
    NoEntry {
        /// Segment asked for.
        segment: u32,
        /// Offset asked for, bytes.
        offset: u64,
    },
    /// What stands there is damaged: drop the journal and open it again, which mends it.
    #[error("damaged entry at segment {segment} offset {offset}")]
    Damaged {
        /// Segment number.
        segment: u32,
        /// Offset, bytes.
        offset: u64,
    },
    /// The disk failed; trying again may help.
    #[error("cannot read segment {segment}")]
    Disk {
        /// Segment number.
        segment: u32,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
}

/// Bytes read at once by a walk.
const WINDOW_BYTES: u64 = 256 << 10;
/// Bytes read at once for one entry: most entries are smaller.
const FIRST_READ_BYTES: u64 = 2 << 10;

/// A part of a segment in memory.
#[derive(Debug, Default)]
pub(super) struct Window {
    segment: u32,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// `length` bytes from `offset`; reads ahead up to `ahead` bytes. None: beyond the good end.
    pub(super) fn get<'a, D: Disk>(
        &'a mut self,
        disk: &D,
        segment: &Segment,
        offset: u64,
        length: u64,
        ahead: u64,
    ) -> Result<Option<&'a [u8]>, ReadError> {
        let until = offset.saturating_add(length);
        if until > segment.end {
            return Ok(None);
        }
        let held = self.start.saturating_add(self.bytes.len() as u64);
        if self.segment != segment.number || offset < self.start || until > held {
            let take = segment.end.saturating_sub(offset).min(length.max(ahead));
            self.bytes.clear();
            self.bytes
                .resize(usize::try_from(take).unwrap_or(usize::MAX), 0);
            self.segment = segment.number;
            self.start = offset;
            let read = disk.read_at(&segment.name(), offset, &mut self.bytes);
            if let Err(source) = read {
                self.bytes.clear();
                return Err(ReadError::Disk {
                    segment: segment.number,
                    source,
                });
            }
        }
        let from = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(self.bytes.get(from..to))
    }

    /// The frame header at `offset`. None: end of the segment.
    pub(super) fn frame<D: Disk>(
        &mut self,
        disk: &D,
        segment: &Segment,
        offset: u64,
        ahead: u64,
    ) -> Result<Option<Frame>, ReadError> {
        let left = segment.end.saturating_sub(offset);
        if left == 0 {
            return Ok(None);
        }
        let bytes = self.get(disk, segment, offset, left.min(ENTRY_HEADER_BYTES), ahead)?;
        let frame = bytes.and_then(|bytes| Frame::read(segment.number, offset, bytes));
        frame.map(Some).ok_or(ReadError::Damaged {
            segment: segment.number,
            offset,
        })
    }

    /// The entry whose header was read at `offset`.
    fn entry<D: Disk>(
        &mut self,
        disk: &D,
        segment: &Segment,
        offset: u64,
        header: &EntryHeader,
        ahead: u64,
    ) -> Result<Entry, ReadError> {
        let damaged = ReadError::Damaged {
            segment: segment.number,
            offset,
        };
        let from = offset.saturating_add(ENTRY_HEADER_BYTES);
        let length = u64::from(header.length);
        let Some(bytes) = self.get(disk, segment, from, length, ahead)? else {
            return Err(damaged);
        };
        if crc32c::crc32c(bytes) != header.payload_crc {
            return Err(damaged);
        }
        let payload = match header.erased {
            true => Payload::Erased,
            false => Payload::Bytes(bytes.to_vec()),
        };
        Ok(Entry {
            position: Position(header.position),
            hash: header.rolling,
            payload_hash: header.payload_hash,
            payload,
        })
    }
}

impl<D: Disk> Journal<D> {
    /// The durable entry at `pointer`.
    pub fn read(&self, pointer: Pointer) -> Result<Entry, ReadError> {
        let Pointer { segment, offset } = pointer;
        let missing = ReadError::NoEntry { segment, offset };
        let Some(known) = self.segment(segment) else {
            return Err(missing);
        };
        let mut window = Window::default();
        let frame = match window.frame(&self.disk, known, offset, FIRST_READ_BYTES) {
            Ok(frame) => frame,
            // A good pointer to a damaged header cannot be told from a wrong pointer here.
            Err(ReadError::Damaged { .. }) => return Err(missing),
            Err(error) => return Err(error),
        };
        match frame {
            Some(Frame::Entry(header)) => {
                window.entry(&self.disk, known, offset, &header, FIRST_READ_BYTES)
            }
            Some(Frame::Group(_) | Frame::Gap(_)) | None => Err(missing),
        }
    }

    /// Every durable entry from `from` on, with its pointer. Lost positions are passed over, see
    /// `lost`. Ends after the first error.
    pub fn scan(&self, from: Position) -> Scan<'_, D> {
        let from = from.0.max(1);
        let (index, offset) = self.near(from);
        Scan {
            journal: self,
            index,
            offset,
            from,
            window: Window::default(),
        }
    }

    /// Where the entry at `position` is. None: not durable, lost, or its header is unreadable.
    pub fn pointer_at(&self, position: Position) -> Option<Pointer> {
        self.header_at(position).map(|(pointer, _)| pointer)
    }

    /// The rolling hash after `position`. None: beyond the end, lost, or unreadable.
    pub fn hash_at(&self, position: Position) -> Option<Hash> {
        if position.0 == self.last && !self.is_lost(position) {
            return Some(self.hash);
        }
        if position.0 == 0 {
            return Some([0; 32]);
        }
        self.header_at(position).map(|(_, header)| header.rolling)
    }

    pub(super) fn header_at(&self, position: Position) -> Option<(Pointer, EntryHeader)> {
        if position.0 == 0 || position.0 > self.last {
            return None;
        }
        let (index, mut offset) = self.near(position.0);
        let segment = self.segments.get(index)?;
        let mut window = Window::default();
        while let Ok(Some(frame)) = window.frame(&self.disk, segment, offset, FIRST_READ_BYTES) {
            if let Frame::Entry(header) = &frame
                && header.position >= position.0
            {
                let pointer = Pointer {
                    segment: segment.number,
                    offset,
                };
                return (header.position == position.0).then_some((pointer, *header));
            }
            offset = offset.saturating_add(frame.length());
        }
        None
    }

    pub(super) fn segment(&self, number: u32) -> Option<&Segment> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.segments
            .get(index)
            .filter(|segment| segment.number == number)
    }

    /// The segment that has `position` and an offset in it to walk from.
    fn near(&self, position: u64) -> (usize, u64) {
        let index = self
            .segments
            .partition_point(|segment| segment.first <= position);
        let index = index.saturating_sub(1);
        let marks = self
            .segments
            .get(index)
            .map(|segment| segment.marks.as_slice());
        let marks = marks.unwrap_or_default();
        let mark = marks
            .partition_point(|(at, _)| *at <= position)
            .checked_sub(1);
        let offset = mark
            .and_then(|mark| marks.get(mark))
            .map(|(_, offset)| *offset);
        (index, offset.unwrap_or(SEGMENT_HEADER_BYTES))
    }
}

/// Entries in order of position.
#[derive(Debug)]
pub struct Scan<'a, D: Disk> {
    journal: &'a Journal<D>,
    index: usize,
    offset: u64,
    from: u64,
    window: Window,
}

impl<D: Disk> Scan<'_, D> {
    fn step(&mut self) -> Result<Option<(Pointer, Entry)>, ReadError> {
        let journal = self.journal;
        while let Some(segment) = journal.segments.get(self.index) {
            let offset = self.offset;
            let Some(frame) = self
                .window
                .frame(&journal.disk, segment, offset, WINDOW_BYTES)?
            else {
                self.index = self.index.saturating_add(1);
                self.offset = SEGMENT_HEADER_BYTES;
                continue;
            };
            self.offset = offset.saturating_add(frame.length());
            if let Frame::Entry(header) = &frame
                && header.position >= self.from
            {
                let pointer = Pointer {
                    segment: segment.number,
                    offset,
                };
                let disk = &journal.disk;
                let entry = self
                    .window
                    .entry(disk, segment, offset, header, WINDOW_BYTES)?;
                return Ok(Some((pointer, entry)));
            }
        }
        Ok(None)
    }
}

impl<D: Disk> Iterator for Scan<'_, D> {
    type Item = Result<(Pointer, Entry), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            self.index = usize::MAX;
        }
        step.transpose()
    }
}
