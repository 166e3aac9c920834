//! A disk in memory for simulation and tests: keeps what programs see and what would survive a
//! crash apart, and fails when told to.
//!
//! Never draws randomness of its own: a seed decides what a crash leaves.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Disk;

/// A handle on a simulated disk; clones are handles on the same one.
#[derive(Debug, Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    files: Vec<SimFile>,
    /// Names as programs see them, and as a crash would leave them; values index `files`.
    live: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
    faults: Faults,
}

#[derive(Debug, Default)]
struct SimFile {
    live: Vec<u8>,
    durable: Vec<u8>,
    /// Changes of `live` that no fsync has made durable.
    pending: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

#[derive(Debug, Default)]
struct Faults {
    syncs_to_fail: u32,
    capacity_bytes: Option<u64>,
    unreadable: Option<(String, u64)>,
    misdirect: Option<u64>,
    /// Changing operations left before the power goes.
    power: Option<u64>,
}

const SECTOR_BYTES: usize = 512;

/// splitmix64: enough to choose what a crash leaves.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    #[cfg(test)]
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `below - 1`.
    pub(super) fn below(&mut self, below: usize) -> usize {
        let below = (below as u64).max(1);
        usize::try_from(self.next().checked_rem(below).unwrap_or(0)).unwrap_or(0)
    }
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Change::Truncate { length } => to.truncate(*length),
            Change::Write { offset, bytes } => overwrite(to, *offset, bytes),
        }
    }

    /// Applies what a crash happened to let through.
    fn apply_partly(&self, to: &mut Vec<u8>, chance: &mut Chance) {
        let Change::Write { offset, bytes } = self else {
            if chance.below(2) == 0 {
                self.apply(to);
            }
            return;
        };
        match chance.below(4) {
            0 => {}
            1 => self.apply(to),
            2 => {
                let kept = chance.below(bytes.len().saturating_add(1));
                overwrite(to, *offset, bytes.get(..kept).unwrap_or_default());
            }
            _ => {
                for (number, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                    if chance.below(2) == 0 {
                        let at = offset.saturating_add(number.saturating_mul(SECTOR_BYTES));
                        overwrite(to, at, sector);
                    }
                }
            }
        }
    }
}

fn overwrite(to: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let until = offset.saturating_add(bytes.len());
    if to.len() < until {
        to.resize(until, 0);
    }
    if let Some(place) = to.get_mut(offset..until) {
        place.copy_from_slice(bytes);
    }
}

fn no_file(name: &str) -> io::Error {
    io::Error::new(ErrorKind::NotFound, name.to_owned())
}

impl State {
    fn file(&self, name: &str) -> io::Result<&SimFile> {
        self.live
            .get(name)
            .and_then(|at| self.files.get(*at))
            .ok_or_else(|| no_file(name))
    }

    fn file_mut(&mut self, name: &str) -> io::Result<&mut SimFile> {
        let at = self.live.get(name).copied();
        at.and_then(|at| self.files.get_mut(at))
            .ok_or_else(|| no_file(name))
    }

    /// Counts a changing operation. Err: the power is gone. Ok(true): this one is half done.
    fn spend(&mut self) -> io::Result<bool> {
        match &mut self.faults.power {
            None => Ok(false),
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(left) => {
                *left = left.saturating_sub(1);
                Ok(*left == 0)
            }
        }
    }

    fn used_bytes(&self) -> u64 {
        let lengths = self.live.values().filter_map(|at| self.files.get(*at));
        lengths.map(|file| file.live.len() as u64).sum()
    }

    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let offset = self.faults.misdirect.take().unwrap_or(offset);
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let grows_from = self.file(name)?.live.len().max(offset);
        let room = self
            .faults
            .capacity_bytes
            .map(|all| all.saturating_sub(self.used_bytes()));
        let room = room
            .and_then(|room| usize::try_from(room).ok())
            .unwrap_or(usize::MAX);
        let fits = grows_from
            .saturating_sub(offset)
            .saturating_add(room)
            .min(bytes.len());
        let taken = bytes.get(..fits).unwrap_or_default().to_vec();
        let file = self.file_mut(name)?;
        let change = Change::Write {
            offset,
            bytes: taken,
        };
        change.apply(&mut file.live);
        file.pending.push(change);
        if fits < bytes.len() {
            return Err(io::Error::from(ErrorKind::StorageFull));
        }
        Ok(())
    }

    /// A failed fsync leaves what programs see, and forgets that it is not on the disk.
    fn sync(&mut self, name: &str) -> io::Result<()> {
        let fails = self.faults.syncs_to_fail > 0;
        self.faults.syncs_to_fail = self.faults.syncs_to_fail.saturating_sub(1);
        let file = self.file_mut(name)?;
        let pending = std::mem::take(&mut file.pending);
        if fails {
            return Err(io::Error::other("fsync failed"));
        }
        for change in pending {
            change.apply(&mut file.durable);
        }
        Ok(())
    }

    fn settle_names(&mut self, half: bool) -> io::Result<()> {
        if half {
            return Err(io::Error::other("the power went"));
        }
        self.durable = self.live.clone();
        Ok(())
    }
}

impl SimDisk {
    /// An empty disk without faults.
    pub fn new() -> SimDisk {
        SimDisk::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power goes and comes back: only what was durable is left, and of the rest what `seed`
    /// decides: nothing, all, a beginning, or some sectors of each write. Clears all faults but
    /// the capacity.
    pub fn crash(&self, seed: u64) {
        let mut chance = Chance(seed);
        let state = &mut *self.state();
        if chance.below(2) == 0 {
            state.durable = state.live.clone();
        }
        for file in &mut state.files {
            let mut image = std::mem::take(&mut file.durable);
            for change in std::mem::take(&mut file.pending) {
                change.apply_partly(&mut image, &mut chance);
            }
            file.live = image.clone();
            file.durable = image;
        }
        state.live = state.durable.clone();
        let capacity_bytes = state.faults.capacity_bytes;
        state.faults = Faults {
            capacity_bytes,
            ..Faults::default()
        };
    }

    /// The next `count` fsyncs fail.
    pub fn fail_syncs(&self, count: u32) {
        self.state().faults.syncs_to_fail = count;
    }

    /// The disk holds this many bytes; None: it never fills.
    pub fn set_capacity_bytes(&self, bytes: Option<u64>) {
        self.state().faults.capacity_bytes = bytes;
    }

    /// Reads that touch the byte at `offset` of a file fail; None: no longer.
    pub fn set_unreadable(&self, place: Option<(String, u64)>) {
        self.state().faults.unreadable = place;
    }

    /// The next write goes to `offset` of its file instead of where it should.
    pub fn misdirect_next_write(&self, offset: u64) {
        self.state().faults.misdirect = Some(offset);
    }

    /// The power goes during the `operations`th changing operation from now: it and everything
    /// after it fail until `crash`.
    pub fn cut_power_after(&self, operations: u64) {
        self.state().faults.power = Some(operations);
    }

    /// Flips one bit of a byte, durably. Nothing happens beyond the end.
    pub fn flip_bit(&self, name: &str, offset: u64, bit: u8) {
        let mut state = self.state();
        let (Ok(file), Ok(at)) = (state.file_mut(name), usize::try_from(offset)) else {
            return;
        };
        for image in [&mut file.live, &mut file.durable] {
            if let Some(byte) = image.get_mut(at) {
                *byte ^= 1u8.wrapping_shl(u32::from(bit));
            }
        }
    }

    /// A file's bytes as programs see them.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.state().file(name).ok().map(|file| file.live.clone())
    }

    /// A disk with the same durable files and no faults: what a copied folder would be.
    pub fn copied(&self) -> SimDisk {
        let from = self.state();
        let copy = SimDisk::new();
        let mut to = copy.state();
        for (name, at) in &from.live {
            let Some(file) = from.files.get(*at) else {
                continue;
            };
            let number = to.files.len();
            let (live, durable) = (file.live.clone(), file.live.clone());
            to.files.push(SimFile {
                live,
                durable,
                pending: Vec::new(),
            });
            to.live.insert(name.clone(), number);
        }
        to.durable = to.live.clone();
        drop(to);
        copy
    }
}

impl Disk for SimDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().live.keys().cloned().collect())
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.state().file(name)?.live.len() as u64)
    }

    fn read_at(&self, name: &str, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        let until = offset.saturating_add(into.len() as u64);
        let bad = state.faults.unreadable.as_ref();
        if bad.is_some_and(|(bad, at)| bad == name && *at >= offset && *at < until) {
            return Err(io::Error::other("unreadable sector"));
        }
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let to = from.saturating_add(into.len());
        let bytes = state.file(name)?.live.get(from..to);
        into.copy_from_slice(bytes.ok_or_else(|| io::Error::from(ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn write_at(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        state.write(name, offset, bytes)?;
        if half {
            Err(io::Error::other("the power went"))
        } else {
            Ok(())
        }
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        if state.spend()? {
            return Err(io::Error::other("the power went"));
        }
        state.sync(name)
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        let number = state.files.len();
        state.files.push(SimFile::default());
        state.live.insert(name.to_owned(), number);
        state.write(name, 0, bytes)?;
        if half {
            return Err(io::Error::other("the power went"));
        }
        state.sync(name)?;
        state.settle_names(false)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let file = state.file_mut(name)?;
        let change = Change::Truncate { length };
        change.apply(&mut file.live);
        file.pending.push(change);
        if half {
            Err(io::Error::other("the power went"))
        } else {
            state.sync(name)
        }
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        let number = state.live.remove(from).ok_or_else(|| no_file(from))?;
        state.live.insert(to.to_owned(), number);
        state.settle_names(half)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        state.live.remove(name);
        state.settle_names(half)
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        let mut state = self.state();
        let half = state.spend()?;
        state.settle_names(half)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let state = self.state();
        let capacity = state.faults.capacity_bytes.unwrap_or(u64::MAX >> 1);
        Ok(capacity.saturating_sub(state.used_bytes()))
    }
}
