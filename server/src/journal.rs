//! The journal: the durable sequence of everything the server accepted. An append-only log in
//! segments, one writer, one fsync for each commit.
//!
//! Never starts a thread, reads a clock or draws randomness, and never looks into a payload.
//!
//! What `commit` returned is there after any crash. What was appended and not committed may be
//! there or not, in order, without holes. After a failed write or fsync the journal is poisoned:
//! it must be dropped and opened again, because reading back what a failed fsync left proves
//! nothing. `open` therefore writes the last group again before it syncs and answers.
//!
//! # Files
//!
//! `0000000001.segment`, `0000000002.segment`, ...: numbers are dense. `*.new` are unfinished
//! rewrites, removed at open. `0000000001.segment.damaged-1` is what a damaged segment was before
//! it was mended; the journal never reads it and removes it only when the segment is erased from.
//!
//! # Bytes, format version 1
//!
//! All integers are little-endian. CRC is CRC-32C. A *placed* CRC covers segment number (u32),
//! offset of the frame in the file (u64) and then the frame's header without the CRC, so that a
//! header written to the wrong place, or contained in a payload, is not taken for one.
//!
//! Segment header, 64 bytes, at offset 0:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | `liandu-j` |
//! | 8 | 4 | format version, 1 |
//! | 12 | 4 | segment number |
//! | 16 | 8 | first position |
//! | 24 | 32 | rolling hash before the first position |
//! | 56 | 4 | zero |
//! | 60 | 4 | CRC of bytes 0..60 |
//!
//! Then frames, each directly after the one before. Group header, 32 bytes, begins each commit:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `F5 67 72 70` |
//! | 4 | 4 | entries in the group as written (0: a note that everything before is durable) |
//! | 8 | 8 | position known durable before it; its first entry is the next one |
//! | 16 | 8 | bytes of its entries as written |
//! | 24 | 4 | zero |
//! | 28 | 4 | placed CRC of bytes 0..28 |
//!
//! Entry header, 104 bytes, then the payload:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `F5 65 6E 74` |
//! | 4 | 4 | payload length |
//! | 8 | 8 | position |
//! | 16 | 8 | first position of its group: everything before was durable |
//! | 24 | 4 | flags; 1 = erased: the payload is zeros |
//! | 28 | 4 | CRC of the payload as it stands |
//! | 32 | 32 | SHA-256 of the payload as it was appended |
//! | 64 | 32 | rolling hash: SHA-256(rolling hash before, position, payload length, payload SHA-256) |
//! | 96 | 4 | zero |
//! | 100 | 4 | placed CRC of bytes 0..100 |
//!
//! The rolling hash before position 1 is 32 zeros. Gap, 32 bytes and then anything up to its
//! length; it stands where bytes were damaged, so nothing behind it moves:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `F5 67 61 70` |
//! | 4 | 4 | positions lost here (0: only a group header was) |
//! | 8 | 8 | first lost position, or the one that follows |
//! | 16 | 8 | last position of the journal when it was found |
//! | 24 | 4 | length including this header |
//! | 28 | 4 | placed CRC of bytes 0..28 |
//!
//! # Damage
//!
//! A bad frame is cut only if no readable frame or later segment says that its position was
//! durable: a torn tail. Otherwise the segment is copied beside as `.damaged-n`, a gap takes the
//! place of the bad bytes, its positions are lost and `Opened::damage` says so. The caller must
//! then append the beginning of a new epoch first: until something is appended, every open
//! reports the same loss again. Frames after bad bytes are found again by magic and placed CRC.
//! Erasing writes zeros over payloads, so pointers into the segment stay good.

mod chain;
mod check;
mod copy;
mod disk;
mod erasure;
mod format;
mod mend;
mod open;
mod read;
mod segment;
mod sim_disk;
#[cfg(test)]
mod tests;

use std::io;

use liandu_core::id::Position;
use liandu_core::limits::{
    DISK_RESERVE_BYTES, JOURNAL_ENTRY_BYTES_MAX, JOURNAL_GROUP_BYTES_MAX, JOURNAL_SEGMENT_BYTES,
};

pub use check::Report;
pub use copy::{CopyError, Piece, copy_pieces};
pub use disk::{Disk, FolderDisk};
pub use erasure::EraseError;
pub use format::Hash;
pub use open::{Damage, OpenError, Opened};
pub use read::{Entry, Payload, ReadError, Scan};
pub use sim_disk::SimDisk;

use format::{
    ENTRY_HEADER_BYTES, EntryHeader, GROUP_HEADER_BYTES, GroupHeader, SEGMENT_HEADER_BYTES,
    payload_hash, rolling,
};
use segment::{Segment, segment_name};

/// Sizes the journal keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A commit that finds the last segment at least this long begins another, bytes.
    pub segment_bytes_max: u64,
    /// `append` refuses when less than this would be left on the disk, bytes.
    pub reserve_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            segment_bytes_max: JOURNAL_SEGMENT_BYTES,
            reserve_bytes: DISK_RESERVE_BYTES,
        }
    }
}

/// Where an entry is. Stays good for ever: nothing moves inside a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer {
    /// Segment number.
    pub segment: u32,
    /// Offset of the entry's header in the segment's file, bytes.
    pub offset: u64,
}

/// Positions whose entries are lost: `first` and `count - 1` more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// First lost position.
    pub first: Position,
    /// How many, at least 1.
    pub count: u64,
}

/// Why an entry was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Larger than any entry may be: the caller splits it or refuses what asked for it.
    #[error("an entry of {bytes} bytes is too large")]
    TooLarge {
        /// Bytes of the payload.
        bytes: usize,
    },
    /// Enough is staged for one commit: commit, then append again.
    #[error("the staged group is full")]
    GroupFull,
    /// Only the reserve is left: the caller stops receipts and tells the office.
    #[error("the disk is nearly full: {free_bytes} bytes free")]
    DiskNearlyFull {
        /// Bytes free now.
        free_bytes: u64,
    },
    /// The disk does not say what is free: treat as nearly full.
    #[error("cannot ask the disk what is free")]
    Disk(#[source] io::Error),
    /// A write or fsync failed before: drop this journal and open it again.
    #[error("the journal must be opened again after a failed write")]
    Poisoned,
}

/// Why nothing staged may be taken as durable. The caller drops the journal and opens it again.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Writing or fsync failed: it is not known what reached the disk.
    #[error("cannot write the journal")]
    Disk(#[source] io::Error),
    /// A write or fsync failed before.
    #[error("the journal must be opened again after a failed write")]
    Poisoned,
}

/// What a commit made durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// First position of the group; after `last` when nothing was staged.
    pub first: Position,
    /// Last durable position.
    pub last: Position,
    /// Where each entry is, in order of position.
    pub pointers: Vec<Pointer>,
}

/// Entries appended and not yet committed, as the bytes that will be written.
#[derive(Debug, Default)]
struct Staged {
    bytes: Vec<u8>,
    segment: u32,
    /// Offset in the segment at which `bytes` begins.
    base: u64,
    pointers: Vec<Pointer>,
    last: u64,
    hash: Hash,
}

/// An open journal: the only writer of its disk.
#[derive(Debug)]
pub struct Journal<D: Disk> {
    disk: D,
    options: Options,
    /// In order of number and of position; empty before the first commit.
    segments: Vec<Segment>,
    lost: Vec<Lost>,
    /// Last durable position and the rolling hash there.
    last: u64,
    hash: Hash,
    staged: Staged,
    poisoned: bool,
    /// What the disk had free when it was last asked, less what was written since.
    free: u64,
}

impl<D: Disk> Journal<D> {
    /// Last durable position; 0 when the journal is empty.
    pub fn last(&self) -> Position {
        Position(self.last)
    }

    /// Last position given out: durable or staged.
    pub fn last_staged(&self) -> Position {
        Position(if self.staged.pointers.is_empty() {
            self.last
        } else {
            self.staged.last
        })
    }

    /// Rolling hash at `last`.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Positions known lost by damage, in order.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Bytes the disk has free.
    pub fn free_bytes(&self) -> io::Result<u64> {
        self.disk.free_bytes()
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.end).sum()
    }

    /// Whether a write or fsync failed: open the journal again.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// The disk, for whoever drops the journal to open it again.
    pub fn into_disk(self) -> D {
        self.disk
    }

    /// Stages an entry in memory and answers the position it will have. Nothing may be answered
    /// to anybody before `commit` returned.
    pub fn append(&mut self, payload: &[u8]) -> Result<Position, AppendError> {
        if self.poisoned {
            return Err(AppendError::Poisoned);
        }
        let too_large = AppendError::TooLarge {
            bytes: payload.len(),
        };
        let Ok(length) = u32::try_from(payload.len()) else {
            return Err(too_large);
        };
        if payload.len() > JOURNAL_ENTRY_BYTES_MAX {
            return Err(too_large);
        }
        let grows = ENTRY_HEADER_BYTES.saturating_add(u64::from(length));
        let staged_bytes = self.staged.bytes.len() as u64;
        if staged_bytes.saturating_add(grows) > JOURNAL_GROUP_BYTES_MAX {
            return Err(AppendError::GroupFull);
        }
        self.ask_for_room(staged_bytes.saturating_add(grows))?;
        if self.staged.pointers.is_empty() {
            self.begin_group();
        }
        Ok(self.stage(length, payload))
    }

    /// Makes everything staged durable: one write, one fsync (and a new segment when due).
    pub fn commit(&mut self) -> Result<Committed, CommitError> {
        if self.poisoned {
            return Err(CommitError::Poisoned);
        }
        let first = Position(self.last).next();
        if self.staged.pointers.is_empty() {
            return Ok(Committed {
                first,
                last: Position(self.last),
                pointers: Vec::new(),
            });
        }
        self.write_group().map_err(|error| self.poison(error))?;
        let pointers = std::mem::take(&mut self.staged.pointers);
        self.last = self.staged.last;
        self.hash = self.staged.hash;
        self.staged.bytes.clear();
        Ok(Committed {
            first,
            last: Position(self.last),
            pointers,
        })
    }

    /// Writes down that everything so far is durable (32 bytes, one fsync), so that damage to the
    /// last group is later told from a torn tail. For a quiet moment and before an orderly end.
    /// Does nothing while entries are staged.
    pub fn note_durable(&mut self) -> Result<(), CommitError> {
        if self.poisoned {
            return Err(CommitError::Poisoned);
        }
        let Some(segment) = self.segments.last() else {
            return Ok(());
        };
        if !self.staged.pointers.is_empty() {
            return Ok(());
        }
        let note = GroupHeader {
            count: 0,
            durable_before: self.last,
            body_bytes: 0,
        };
        let (name, end) = (segment.name(), segment.end);
        let bytes = note.bytes(segment.number, end);
        let written = self
            .disk
            .write_at(&name, end, &bytes)
            .and_then(|()| self.disk.sync(&name));
        written.map_err(|error| self.poison(error))?;
        if let Some(segment) = self.segments.last_mut() {
            segment.end = end.saturating_add(GROUP_HEADER_BYTES);
        }
        Ok(())
    }

    /// The disk is asked again only when the last answer is used up, and after each commit.
    fn ask_for_room(&mut self, staged_bytes: u64) -> Result<(), AppendError> {
        let overhead = SEGMENT_HEADER_BYTES.saturating_add(GROUP_HEADER_BYTES);
        let need = self
            .options
            .reserve_bytes
            .saturating_add(staged_bytes)
            .saturating_add(overhead);
        if self.free < need {
            self.free = self.disk.free_bytes().map_err(AppendError::Disk)?;
        }
        if self.free < need {
            return Err(AppendError::DiskNearlyFull {
                free_bytes: self.free,
            });
        }
        Ok(())
    }

    /// Decides which segment the next group goes to and leaves room for its header.
    fn begin_group(&mut self) {
        let (segment, base) = match self.segments.last() {
            Some(last) if last.end < self.options.segment_bytes_max => (last.number, last.end),
            Some(last) => (last.number.saturating_add(1), SEGMENT_HEADER_BYTES),
            None => (1, SEGMENT_HEADER_BYTES),
        };
        let staged = &mut self.staged;
        staged.segment = segment;
        staged.base = base;
        staged.last = self.last;
        staged.hash = self.hash;
        staged.bytes.clear();
        staged
            .bytes
            .extend_from_slice(&[0; GROUP_HEADER_BYTES as usize]);
    }

    fn stage(&mut self, length: u32, payload: &[u8]) -> Position {
        let group_first = self.last.saturating_add(1);
        let staged = &mut self.staged;
        let position = staged.last.saturating_add(1);
        let payload_hash = payload_hash(payload);
        let header = EntryHeader {
            length,
            position,
            group_first,
            erased: false,
            payload_crc: crc32c::crc32c(payload),
            payload_hash,
            rolling: rolling(&staged.hash, position, length, &payload_hash),
        };
        let offset = staged.base.saturating_add(staged.bytes.len() as u64);
        header.write(staged.segment, offset, &mut staged.bytes);
        staged.bytes.extend_from_slice(payload);
        staged.pointers.push(Pointer {
            segment: staged.segment,
            offset,
        });
        staged.last = position;
        staged.hash = header.rolling;
        Position(position)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let staged = self.staged.segment;
        if self
            .segments
            .last()
            .is_none_or(|last| last.number != staged)
        {
            let segment = Segment::new(staged, self.last.saturating_add(1), self.hash);
            self.disk
                .create(&segment.name(), &segment.header().bytes())?;
            self.segments.push(segment);
        }
        let written = self.staged.bytes.len() as u64;
        let group = GroupHeader {
            count: u32::try_from(self.staged.pointers.len()).unwrap_or(u32::MAX),
            durable_before: self.last,
            body_bytes: written.saturating_sub(GROUP_HEADER_BYTES),
        };
        let header = group.bytes(self.staged.segment, self.staged.base);
        for (to, from) in self.staged.bytes.iter_mut().zip(header) {
            *to = from;
        }
        let name = segment_name(self.staged.segment);
        self.disk
            .write_at(&name, self.staged.base, &self.staged.bytes)?;
        self.disk.sync(&name)?;
        // Others write to the same disk: zero makes the next append ask again.
        self.free = self.disk.free_bytes().unwrap_or(0);
        if let Some(segment) = self.segments.last_mut() {
            segment.end = self.staged.base.saturating_add(written);
            for (at, pointer) in self.staged.pointers.iter().enumerate() {
                segment.mark(self.last.saturating_add(1 + at as u64), pointer.offset);
            }
        }
        Ok(())
    }

    /// Nothing more is written until the journal is opened again; what is durable stays readable.
    fn poison(&mut self, error: io::Error) -> CommitError {
        self.poisoned = true;
        self.staged = Staged::default();
        CommitError::Disk(error)
    }
}
