//! The bytes of a segment: segment header, group header, entry header, gap. The layout is written
//! down in the module's documentation (`journal.rs`) and kept by the golden file.
//!
//! Never reads or writes a disk.

use sha2::{Digest, Sha256};

/// A rolling or payload hash.
pub type Hash = [u8; 32];

/// Format version written into every segment header.
pub(super) const VERSION: u32 = 1;
/// Bytes of a segment header.
pub(super) const SEGMENT_HEADER_BYTES: u64 = 64;
/// Bytes of a group header and of a gap's header, which must fit where a group header was.
pub(super) const GROUP_HEADER_BYTES: u64 = 32;
/// Bytes of an entry header.
pub(super) const ENTRY_HEADER_BYTES: u64 = 104;

const SEGMENT_MAGIC: [u8; 8] = *b"liandu-j";
/// First byte of every frame: never the first byte of a UTF-8 character, so texts in payloads
/// cost the search for the next frame nothing.
const FRAME_BYTE: u8 = 0xF5;
const GROUP_MAGIC: [u8; 4] = [FRAME_BYTE, b'g', b'r', b'p'];
const ENTRY_MAGIC: [u8; 4] = [FRAME_BYTE, b'e', b'n', b't'];
const GAP_MAGIC: [u8; 4] = [FRAME_BYTE, b'g', b'a', b'p'];
const FLAG_ERASED: u32 = 1;

/// First bytes of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) number: u32,
    pub(super) first: u64,
    pub(super) before: Hash,
}

/// What a read of a segment header found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderRead {
    Ours(SegmentHeader),
    Newer(u32),
    Bad,
}

impl SegmentHeader {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        out.extend_from_slice(&SEGMENT_MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.before);
        out.extend_from_slice(&[0; 4]);
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads the header of the segment that should have `number`.
    pub(super) fn read(number: u32, bytes: &[u8]) -> HeaderRead {
        SegmentHeader::decode(number, bytes).unwrap_or(HeaderRead::Bad)
    }

    fn decode(number: u32, bytes: &[u8]) -> Option<HeaderRead> {
        let crc = crc32c::crc32c(bytes.get(..60)?);
        if take::<8>(bytes, 0)? != SEGMENT_MAGIC || u32_at(bytes, 60)? != crc {
            return None;
        }
        let version = u32_at(bytes, 8)?;
        if version > VERSION {
            return Some(HeaderRead::Newer(version));
        }
        let found = SegmentHeader {
            number: u32_at(bytes, 12)?,
            first: u64_at(bytes, 16)?,
            before: take(bytes, 24)?,
        };
        (found.number == number && found.first > 0).then_some(HeaderRead::Ours(found))
    }
}

/// First bytes of what one commit wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GroupHeader {
    /// Entries as written; a cut tail leaves fewer.
    pub(super) count: u32,
    /// Everything up to here was durable before this group was written.
    pub(super) durable_before: u64,
    /// Bytes of the entries as written.
    pub(super) body_bytes: u64,
}

impl GroupHeader {
    pub(super) fn bytes(&self, segment: u32, offset: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        out.extend_from_slice(&GROUP_MAGIC);
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&self.durable_before.to_le_bytes());
        out.extend_from_slice(&self.body_bytes.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        seal(segment, offset, out)
    }
}

/// First bytes of an entry; the payload follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryHeader {
    pub(super) length: u32,
    pub(super) position: u64,
    /// First position of the commit that wrote it: everything before was durable.
    pub(super) group_first: u64,
    pub(super) erased: bool,
    pub(super) payload_crc: u32,
    pub(super) payload_hash: Hash,
    pub(super) rolling: Hash,
}

impl EntryHeader {
    pub(super) fn write(&self, segment: u32, offset: u64, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&ENTRY_MAGIC);
        out.extend_from_slice(&self.length.to_le_bytes());
        out.extend_from_slice(&self.position.to_le_bytes());
        out.extend_from_slice(&self.group_first.to_le_bytes());
        let flags = if self.erased { FLAG_ERASED } else { 0 };
        out.extend_from_slice(&flags.to_le_bytes());
        out.extend_from_slice(&self.payload_crc.to_le_bytes());
        out.extend_from_slice(&self.payload_hash);
        out.extend_from_slice(&self.rolling);
        out.extend_from_slice(&[0; 4]);
        let crc = frame_crc(segment, offset, out.get(start..).unwrap_or_default());
        out.extend_from_slice(&crc.to_le_bytes());
    }

    /// Header and payload, bytes.
    pub(super) fn frame_bytes(&self) -> u64 {
        ENTRY_HEADER_BYTES.saturating_add(u64::from(self.length))
    }

    /// Whether the rolling hash follows from the one before.
    pub(super) fn follows(&self, before: &Hash) -> bool {
        self.rolling == rolling(before, self.position, self.length, &self.payload_hash)
    }
}

/// Stands where bytes were damaged, so that the following entries keep their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// Positions lost here; 0 when only a group header was damaged.
    pub(super) count: u32,
    /// First of them (or the position that follows).
    pub(super) first: u64,
    /// Last position of the journal when the damage was found.
    pub(super) found_at: u64,
    /// Bytes including this header.
    pub(super) length: u32,
}

impl Gap {
    pub(super) fn bytes(&self, segment: u32, offset: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        out.extend_from_slice(&GAP_MAGIC);
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.found_at.to_le_bytes());
        out.extend_from_slice(&self.length.to_le_bytes());
        seal(segment, offset, out)
    }
}

/// What can stand at a place in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    Group(GroupHeader),
    Entry(EntryHeader),
    Gap(Gap),
}

impl Frame {
    /// Reads the header whose bytes begin at `offset` of `segment`. None: there is none, it is
    /// damaged, or it was written for another place.
    pub(super) fn read(segment: u32, offset: u64, bytes: &[u8]) -> Option<Frame> {
        match take::<4>(bytes, 0)? {
            GROUP_MAGIC => Frame::group(segment, offset, bytes.get(..32)?),
            ENTRY_MAGIC => Frame::entry(segment, offset, bytes.get(..104)?),
            GAP_MAGIC => Frame::gap(segment, offset, bytes.get(..32)?),
            _ => None,
        }
    }

    /// Bytes up to the next frame.
    pub(super) fn length(&self) -> u64 {
        match self {
            Frame::Group(_) => GROUP_HEADER_BYTES,
            Frame::Entry(entry) => entry.frame_bytes(),
            Frame::Gap(gap) => u64::from(gap.length),
        }
    }

    /// Everything up to here was durable before this frame was written.
    pub(super) fn durable_before(&self) -> u64 {
        match self {
            Frame::Group(group) => group.durable_before,
            Frame::Entry(entry) => entry.group_first.saturating_sub(1),
            Frame::Gap(gap) => gap
                .first
                .saturating_add(u64::from(gap.count))
                .saturating_sub(1),
        }
    }

    fn group(segment: u32, offset: u64, bytes: &[u8]) -> Option<Frame> {
        intact(segment, offset, bytes)?;
        Some(Frame::Group(GroupHeader {
            count: u32_at(bytes, 4)?,
            durable_before: u64_at(bytes, 8)?,
            body_bytes: u64_at(bytes, 16)?,
        }))
    }

    fn entry(segment: u32, offset: u64, bytes: &[u8]) -> Option<Frame> {
        intact(segment, offset, bytes)?;
        let entry = EntryHeader {
            length: u32_at(bytes, 4)?,
            position: u64_at(bytes, 8)?,
            group_first: u64_at(bytes, 16)?,
            erased: u32_at(bytes, 24)? & FLAG_ERASED != 0,
            payload_crc: u32_at(bytes, 28)?,
            payload_hash: take(bytes, 32)?,
            rolling: take(bytes, 64)?,
        };
        // The last number is nobody's: there is always a next one.
        let counted = entry.group_first > 0 && entry.position < u64::MAX;
        let sane = counted && entry.group_first <= entry.position;
        sane.then_some(Frame::Entry(entry))
    }

    fn gap(segment: u32, offset: u64, bytes: &[u8]) -> Option<Frame> {
        intact(segment, offset, bytes)?;
        let gap = Gap {
            count: u32_at(bytes, 4)?,
            first: u64_at(bytes, 8)?,
            found_at: u64_at(bytes, 16)?,
            length: u32_at(bytes, 24)?,
        };
        let sane = gap.first > 0 && u64::from(gap.length) >= GROUP_HEADER_BYTES;
        sane.then_some(Frame::Gap(gap))
    }
}

/// Offset in `bytes` of the next byte a frame can begin with, from `from` on.
pub(super) fn next_frame_byte(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..)?;
    tail.iter()
        .position(|byte| *byte == FRAME_BYTE)
        .map(|found| from.saturating_add(found))
}

/// Hash of a payload.
pub(super) fn payload_hash(payload: &[u8]) -> Hash {
    Sha256::digest(payload).into()
}

/// The rolling hash after an entry. Flags and grouping are not in it: an erased entry and a copy
/// committed in other groups keep the chain.
pub(super) fn rolling(before: &Hash, position: u64, length: u32, payload: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(position.to_le_bytes());
    hash.update(length.to_le_bytes());
    hash.update(payload);
    hash.finalize().into()
}

/// Stands for the rolling hash after positions whose entries are lost.
pub(super) fn rolling_after_gap(before: &Hash, first: u64, count: u64) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"liandu-journal-gap\0");
    hash.update(before);
    hash.update(first.to_le_bytes());
    hash.update(count.to_le_bytes());
    hash.finalize().into()
}

/// A header's CRC covers the place it was written for, so one that landed elsewhere, or that
/// somebody put into a payload, is not taken for a header.
fn frame_crc(segment: u32, offset: u64, header: &[u8]) -> u32 {
    let place = crc32c::crc32c_append(
        crc32c::crc32c(&segment.to_le_bytes()),
        &offset.to_le_bytes(),
    );
    crc32c::crc32c_append(place, header)
}

fn seal(segment: u32, offset: u64, mut header: Vec<u8>) -> Vec<u8> {
    let crc = frame_crc(segment, offset, &header);
    header.extend_from_slice(&crc.to_le_bytes());
    header
}

/// The last four bytes are the CRC of the others.
fn intact(segment: u32, offset: u64, bytes: &[u8]) -> Option<()> {
    let covered = bytes.len().checked_sub(4)?;
    let crc = frame_crc(segment, offset, bytes.get(..covered)?);
    (u32_at(bytes, covered)? == crc).then_some(())
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    take(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    take(bytes, at).map(u64::from_le_bytes)
}
