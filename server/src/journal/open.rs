//! Opening: reads every segment, decides what is torn and what is damaged, mends, and makes the
//! end durable before it answers.
//!
//! Never cuts what a later frame or segment says was durable.

use std::collections::BTreeSet;
use std::io;

use super::chain::{Link, Settled, first_position, has_frames, walk};
use super::format::{Hash, HeaderRead, SEGMENT_HEADER_BYTES, SegmentHeader};
use super::mend::{mend, set_aside};
use super::{Disk, Journal, Lost, Options, Position, Staged, segment_name};

/// What an opened journal is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Last durable position.
    pub last: Position,
    /// Rolling hash there.
    pub hash: Hash,
    /// What was found; see `Damage::needs_epoch`.
    pub damage: Vec<Damage>,
}

/// Something in the files that was not as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// An unfinished commit at the end was cut: nothing that was answered is gone.
    TornTail {
        /// Segment it was in.
        segment: u32,
        /// Bytes cut.
        bytes: u64,
    },
    /// Headers were damaged and mended: no entry is lost.
    Header {
        /// Segment it was in.
        segment: u32,
        /// First bad byte.
        offset: u64,
    },
    /// Entries are lost. Reported by every open until something is appended, which must be the
    /// beginning of a new epoch.
    Lost {
        /// Segment it was in.
        segment: u32,
        /// Which positions.
        lost: Lost,
    },
}

impl Damage {
    /// Whether the caller must begin a new epoch and ask devices for what is missing.
    pub fn needs_epoch(&self) -> bool {
        match self {
            Damage::TornTail { .. } | Damage::Header { .. } => false,
            Damage::Lost { .. } => true,
        }
    }
}

/// Why a journal does not open. The server must not start; files were not harmed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk failed. A sector that cannot be read is not taken as damage: it may come back.
    #[error("cannot read or mend the journal's file {name}")]
    Disk {
        /// File name.
        name: String,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// Written by a newer server: start that one.
    #[error("segment {segment} has format version {version}, newer than this server knows")]
    NewerFormat {
        /// Segment number.
        segment: u32,
        /// Its format version.
        version: u32,
    },
    /// Segments overlap: files of different journals lie in one folder.
    #[error("segment {segment} begins at position {first}, not at {expected}")]
    Disorder {
        /// Segment number.
        segment: u32,
        /// Where it begins.
        first: u64,
        /// Where the one before ended.
        expected: u64,
    },
}

/// Puts the file's name to what the disk said.
pub(super) fn on(name: &str) -> impl FnOnce(io::Error) -> OpenError {
    let name = name.to_owned();
    move |source| OpenError::Disk { name, source }
}

impl<D: Disk> Journal<D> {
    /// Opens the journal on `disk`, mending what a crash or damage left.
    pub fn open(mut disk: D, options: Options) -> Result<(Journal<D>, Opened), OpenError> {
        disk.sync_folder().map_err(on("."))?;
        let mut found = segment_numbers(&mut disk)?;
        let mut damage = Vec::new();
        while let Some(last) = found.last().copied() {
            let Some(bytes) = drop_unborn(&mut disk, last)? else {
                break;
            };
            damage.push(Damage::TornTail {
                segment: last,
                bytes,
            });
            found.remove(&last);
        }
        let settled = settle_all(&disk, &found)?;
        let link = settled.last().map_or(Link::START, |last| last.link);
        let last = link.next.saturating_sub(1);
        let mut lost = Vec::new();
        for segment in &settled {
            report(segment, last, &mut damage, &mut lost);
            if segment.needs_mending() {
                mend(
                    &mut disk,
                    segment,
                    last,
                    found.contains(&segment.segment.number),
                )?;
            }
        }
        if let Some(end) = settled.last() {
            make_durable(&mut disk, end)?;
        }
        let free = disk.free_bytes().unwrap_or(0);
        let opened = Opened {
            last: Position(last),
            hash: link.hash,
            damage,
        };
        let journal = Journal {
            disk,
            options,
            segments: settled.into_iter().map(|settled| settled.segment).collect(),
            lost,
            last,
            hash: link.hash,
            staged: Staged::default(),
            poisoned: false,
            free,
        };
        Ok((journal, opened))
    }
}

/// Numbers of the segments; unfinished rewrites are removed.
fn segment_numbers<D: Disk>(disk: &mut D) -> Result<BTreeSet<u32>, OpenError> {
    let mut numbers = BTreeSet::new();
    for name in disk.list().map_err(on("."))? {
        if name.ends_with(".new") {
            disk.remove(&name).map_err(on(&name))?;
        }
        let number = name
            .strip_suffix(".segment")
            .and_then(|digits| digits.parse().ok());
        if let Some(number) = number
            && number > 0
            && segment_name(number) == name
        {
            numbers.insert(number);
        }
    }
    Ok(numbers)
}

/// A whole file.
pub(super) fn load<D: Disk>(disk: &D, name: &str) -> Result<Vec<u8>, OpenError> {
    let length = disk.len(name).map_err(on(name))?;
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    disk.read_at(name, 0, &mut bytes).map_err(on(name))?;
    Ok(bytes)
}

/// Takes away the last segment if a crash left it before anything in it was durable. Answers its
/// length.
fn drop_unborn<D: Disk>(disk: &mut D, number: u32) -> Result<Option<u64>, OpenError> {
    let name = segment_name(number);
    match read_header(disk, number)? {
        HeaderRead::Ours(_) | HeaderRead::Newer(_) => return Ok(None),
        HeaderRead::Bad => {}
    }
    let bytes = load(disk, &name)?;
    if has_frames(number, &bytes) {
        return Ok(None);
    }
    if bytes.len() as u64 > SEGMENT_HEADER_BYTES {
        set_aside(disk, &name, &bytes)?;
    }
    disk.remove(&name).map_err(on(&name))?;
    Ok(Some(bytes.len() as u64))
}

fn read_header<D: Disk>(disk: &D, number: u32) -> Result<HeaderRead, OpenError> {
    let name = segment_name(number);
    let length = disk
        .len(&name)
        .map_err(on(&name))?
        .min(SEGMENT_HEADER_BYTES);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    disk.read_at(&name, 0, &mut bytes).map_err(on(&name))?;
    Ok(SegmentHeader::read(number, &bytes))
}

/// Where a segment begins by its header or, where that is damaged, by its first frame.
fn first_of<D: Disk>(disk: &D, number: u32) -> Result<Option<u64>, OpenError> {
    match read_header(disk, number)? {
        HeaderRead::Ours(header) => Ok(Some(header.first)),
        HeaderRead::Newer(version) => Err(OpenError::NewerFormat {
            segment: number,
            version,
        }),
        HeaderRead::Bad => Ok(first_position(number, &load(disk, &segment_name(number))?)),
    }
}

fn settle_all<D: Disk>(disk: &D, found: &BTreeSet<u32>) -> Result<Vec<Settled>, OpenError> {
    let Some(end) = found.last().copied() else {
        return Ok(Vec::new());
    };
    let mut settled: Vec<Settled> = Vec::new();
    let mut link = Link::START;
    for number in 1..=end {
        let bytes = match found.contains(&number) {
            true => load(disk, &segment_name(number))?,
            false => Vec::new(),
        };
        let header = match SegmentHeader::read(number, &bytes) {
            HeaderRead::Ours(header) => Some(header),
            HeaderRead::Bad => None,
            HeaderRead::Newer(version) => {
                return Err(OpenError::NewerFormat {
                    segment: number,
                    version,
                });
            }
        };
        if let Some(header) = header
            && header.first != link.next
        {
            let (first, expected) = (header.first, link.next);
            return Err(OpenError::Disorder {
                segment: number,
                first,
                expected,
            });
        }
        let next_first = match found.range(number.saturating_add(1)..).next() {
            // A missing segment's loss is counted in the first missing one.
            Some(next) if number.saturating_add(1) == *next || !found.contains(&number) => {
                first_of(disk, *next)?
            }
            Some(_) | None => None,
        };
        let chain = walk(number, &bytes, header, link, next_first);
        let one = if number == end {
            chain.settle_last()
        } else {
            chain.settle_sealed(next_first)
        };
        link = one.link;
        settled.push(one);
    }
    Ok(settled)
}

/// Says what was found in one segment and collects lost positions.
fn report(settled: &Settled, last: u64, damage: &mut Vec<Damage>, lost: &mut Vec<Lost>) {
    let segment = settled.segment.number;
    for (known, found_at) in &settled.known_lost {
        lost.push(*known);
        if *found_at == last {
            damage.push(Damage::Lost {
                segment,
                lost: *known,
            });
        }
    }
    if settled.header_bad {
        damage.push(Damage::Header { segment, offset: 0 });
    }
    for hole in &settled.gaps {
        if hole.count == 0 {
            damage.push(Damage::Header {
                segment,
                offset: hole.from,
            });
            continue;
        }
        let gone = Lost {
            first: Position(hole.first),
            count: hole.count,
        };
        lost.push(gone);
        damage.push(Damage::Lost {
            segment,
            lost: gone,
        });
    }
    lost.sort_by_key(|lost| lost.first);
    if settled.torn_bytes > 0 {
        damage.push(Damage::TornTail {
            segment,
            bytes: settled.torn_bytes,
        });
    }
}

/// Cuts the torn tail and makes the last group durable. It is written again: after a failed fsync
/// the system may show bytes that never reached the disk and call them clean.
fn make_durable<D: Disk>(disk: &mut D, end: &Settled) -> Result<(), OpenError> {
    if end.needs_mending() {
        return Ok(());
    }
    let name = end.segment.name();
    if end.torn_bytes > 0 {
        disk.truncate(&name, end.segment.end).map_err(on(&name))?;
    }
    let length = end.segment.end.saturating_sub(end.unproven_from);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    disk.read_at(&name, end.unproven_from, &mut bytes)
        .map_err(on(&name))?;
    disk.write_at(&name, end.unproven_from, &bytes)
        .map_err(on(&name))?;
    disk.sync(&name).map_err(on(&name))
}
