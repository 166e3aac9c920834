//! Mending a damaged segment: the damaged file is kept beside, gaps take the place of bad bytes.
//!
//! Never moves a good frame.

use super::Disk;
use super::chain::Settled;
use super::format::{GROUP_HEADER_BYTES, Gap};
use super::open::{OpenError, load, on};

/// Keeps `bytes` of the file `name` beside it, under a name not used yet. On a full disk nothing
/// stays behind, however often it is tried.
pub(super) fn set_aside<D: Disk>(disk: &mut D, name: &str, bytes: &[u8]) -> Result<(), OpenError> {
    let names = disk.list().map_err(on("."))?;
    let mut number = 1u32;
    let mut aside = format!("{name}.damaged-{number}");
    while names.contains(&aside) {
        number = number.saturating_add(1);
        aside = format!("{name}.damaged-{number}");
    }
    put_whole(disk, &aside, bytes)
}

/// The file is there whole or, after the next opening, not at all.
fn put_whole<D: Disk>(disk: &mut D, name: &str, bytes: &[u8]) -> Result<(), OpenError> {
    let new = format!("{name}.new");
    disk.create(&new, bytes).map_err(on(&new))?;
    disk.rename(&new, name).map_err(on(name))
}

/// Writes the segment anew with gaps where it was damaged. `exists`: its file is there at all.
pub(super) fn mend<D: Disk>(
    disk: &mut D,
    settled: &Settled,
    found_at: u64,
    exists: bool,
) -> Result<(), OpenError> {
    let segment = &settled.segment;
    let name = segment.name();
    let mut bytes = if exists {
        load(disk, &name)?
    } else {
        Vec::new()
    };
    if exists {
        set_aside(disk, &name, &bytes)?;
    }
    bytes.resize(usize::try_from(segment.end).unwrap_or(usize::MAX), 0);
    put(&mut bytes, 0, &segment.header().bytes());
    for hole in &settled.gaps {
        let length = hole.to.saturating_sub(hole.from);
        if length < GROUP_HEADER_BYTES {
            continue;
        }
        let gap = Gap {
            count: u32::try_from(hole.count).unwrap_or(u32::MAX),
            first: hole.first,
            found_at,
            length: u32::try_from(length).unwrap_or(u32::MAX),
        };
        let mut filled = gap.bytes(segment.number, hole.from);
        filled.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        put(&mut bytes, hole.from, &filled);
    }
    put_whole(disk, &name, &bytes)
}

fn put(bytes: &mut [u8], at: u64, with: &[u8]) {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    for (to, from) in bytes.iter_mut().skip(at).zip(with) {
        *to = *from;
    }
}
