//! Opening and opening again: journal, index, directory, the log's life.
//!
//! Never judges: verdicts are in the log. The index is continued from where it stands, or built
//! again when its place is not in the log.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use liandu_core::admission::Definitions;
use liandu_core::authority::Directory;
use liandu_core::id::{Actor, Epoch, Position};
use liandu_core::log::{EpochBegan, EpochCause, LogEntry};
use liandu_core::time::Timestamp;

use super::ask::Numbers;
use super::cache::Cache;
use super::{Disks, Keeper, Keys, Moved, Options, Trouble};
use crate::index::overlay::Overlay;
use crate::index::{Index, IndexError, fold, keys, rows};
use crate::journal::{
    AppendError, CommitError, Damage, Disk, Journal, OpenError, Opened, Payload, ReadError,
};
use crate::packs::{MemoryPacks, Packs};

/// Entries folded into the index before they are written as one batch.
const REPLAY_BATCH: u64 = 512;

/// Why log and index could not be brought together.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The index, even after it was cleared.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A durable entry cannot be read: run `check`.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log takes no first entry: most likely the disk is full.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log's first entry could not be made durable.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The log belongs to another authority key than the one given.
    #[error("the authority key does not belong to this log")]
    ForeignAuthority,
    /// The log is closed after a failed commit.
    #[error("the log is closed")]
    Closed,
}

impl From<Trouble> for RecoverError {
    fn from(trouble: Trouble) -> RecoverError {
        match trouble {
            Trouble::Index(error) => RecoverError::Index(error),
            Trouble::Read(error) => RecoverError::Read(error),
            Trouble::Append(error) => RecoverError::Append(error),
            Trouble::Load(_) | Trouble::Entry(_) | Trouble::Panicked | Trouble::Closed => {
                RecoverError::Closed
            }
        }
    }
}

/// Why a keeper does not open.
#[derive(Debug, thiserror::Error)]
pub enum KeeperOpenError {
    /// The journal's disk.
    #[error("cannot use the journal's folder")]
    Disk(#[from] io::Error),
    /// The journal; the server must not start.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// Log, index or a first entry: see the cause.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

/// What opening is told beside the disks.
pub struct Start {
    /// Sizes and times.
    pub options: Options,
    /// The server's keys.
    pub keys: Keys,
    /// The clock.
    pub now: Timestamp,
    /// Random bytes, never used twice: actors and epochs are made of them.
    pub seed: [u8; 32],
    /// The log was restored from a backup: a new life begins.
    pub restored: bool,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Opens log and index and brings them together; packs live in memory.
    pub fn open(disks: Disks<D>, index: I, start: Start) -> Result<Keeper<D, I>, KeeperOpenError> {
        Keeper::open_with_packs(disks, index, Box::new(MemoryPacks::new()), start)
    }

    /// The same with packs that may be there already.
    pub fn open_with_packs(
        mut disks: Disks<D>,
        index: I,
        packs: Box<dyn Packs>,
        start: Start,
    ) -> Result<Keeper<D, I>, KeeperOpenError> {
        let disk = disks()?;
        let (journal, opened) = Journal::open(disk, start.options.journal)?;
        let deployment = start.keys.deployment();
        let node_id = start.keys.node_id();
        let mut keeper = Keeper {
            disks,
            journal: Some(journal),
            index: Overlay::new(index),
            index_broken: false,
            told: Position(0),
            suspect: Cell::new(false),
            directory: Directory::new(),
            definitions: Arc::new(Definitions::default()),
            definition_json: BTreeMap::new(),
            cache: Cache::new(start.options.cache_bytes_max),
            damaged_at: None,
            torn: BTreeSet::new(),
            held_due: false,
            packs,
            packs_due: BTreeSet::new(),
            options: start.options,
            keys: start.keys,
            deployment,
            node_id,
            epoch: Epoch([0; 8]),
            seed: start.seed,
            drawn: 0,
            actor: Actor([0; 16]),
            now: start.now,
            staged: BTreeMap::new(),
            waiting: Vec::new(),
            done: Vec::new(),
            tickets: 0,
            numbers: Numbers::default(),
            arrived: BTreeMap::new(),
            moved: Moved::Anything,
        };
        keeper.fresh_actor();
        // An index that cannot be read is built again, and knows nothing of a longer log.
        let mark = rows::row::<rows::Mark, _>(&keeper.index, keys::MARK);
        keeper.told = mark
            .ok()
            .flatten()
            .map_or(Position(0), |mark| mark.position);
        keeper.forget_what_is_lost(&opened)?;
        keeper.bring_together()?;
        keeper.begin_life(&opened, start.restored)?;
        keeper.overwrite_erased();
        keeper.judge_held();
        keeper.commit_group();
        Ok(keeper)
    }

    /// After a failed commit or a broken index: opens the log again and continues the index.
    pub(super) fn recover(&mut self) -> Result<(), KeeperOpenError> {
        self.index.drop_staged();
        self.moved = Moved::Anything;
        // What the log has lost must not live on in memory.
        self.cache = Cache::new(self.options.cache_bytes_max);
        self.packs_due.clear();
        if self.index_broken {
            self.index.below_mut().clear().map_err(RecoverError::from)?;
            self.index_broken = false;
        }
        let mut opened = None;
        if self.journal.is_none() {
            let disk = (self.disks)()?;
            let (journal, found) = Journal::open(disk, self.options.journal)?;
            self.journal = Some(journal);
            self.forget_what_is_lost(&found)?;
            opened = Some(found);
        }
        self.bring_together()
            .inspect_err(|_| self.suspect.set(true))?;
        if let Some(opened) = opened {
            self.begin_life(&opened, false)?;
        }
        self.judge_due();
        Ok(())
    }

    /// Rows of the index still speak of what the log has lost. So do devices, of edits under this
    /// node's actor: their numbers are taken.
    fn forget_what_is_lost(&mut self, opened: &Opened) -> Result<(), RecoverError> {
        if self.has_lost(opened) {
            self.fresh_actor();
            self.index.below_mut().clear()?;
        }
        Ok(())
    }

    /// Whether the log is not what it was: a hole in it, or an end before what was told. The second
    /// looks like a torn tail to who only reads the log.
    fn has_lost(&self, opened: &Opened) -> bool {
        opened.last < self.told || opened.damage.iter().any(Damage::needs_epoch)
    }

    /// Continues the index, or rebuilds it, and reads the directory from it.
    fn bring_together(&mut self) -> Result<(), RecoverError> {
        if let Ok(Some(from)) = self.index_place() {
            match self.replay(from).and_then(|()| self.read_derived()) {
                // It opened and does not work.
                Err(RecoverError::Index(_) | RecoverError::Read(_)) => {}
                done => return done,
            }
        }
        self.index.drop_staged();
        self.index.below_mut().clear()?;
        self.replay(Position(0))?;
        self.read_derived()
    }

    fn read_derived(&mut self) -> Result<(), RecoverError> {
        self.read_directory()?;
        Ok(self.find_torn()?)
    }

    /// The index's place, when the log knows it.
    fn index_place(&self) -> Result<Option<Position>, RecoverError> {
        let mark: Option<rows::Mark> = rows::row(&self.index, keys::MARK)?;
        let journal = self.open_journal()?;
        Ok(mark
            .filter(|mark| mark.format == rows::FORMAT)
            .filter(|mark| journal.hash_at(mark.position) == Some(mark.hash))
            .map(|mark| mark.position))
    }

    fn replay(&mut self, after: Position) -> Result<(), RecoverError> {
        let Some(journal) = self.journal.as_ref() else {
            return Err(RecoverError::Closed);
        };
        let mut last = None;
        for read in journal.scan(after.next()) {
            let (pointer, read) = read?;
            if let Payload::Bytes(bytes) = &read.payload
                && let Ok(entry) = LogEntry::decode(bytes)
            {
                fold::fold(&mut self.index, read.position, pointer, &entry)?;
            }
            last = Some((read.position, read.hash));
            if read.position.0 % REPLAY_BATCH == 0 {
                stage_mark(&mut self.index, read.position, read.hash);
                self.index.commit()?;
            }
        }
        if let Some((position, hash)) = last {
            stage_mark(&mut self.index, position, hash);
        }
        self.index.commit()?;
        Ok(())
    }

    fn read_directory(&mut self) -> Result<(), RecoverError> {
        self.directory = Directory::new();
        self.definitions = Arc::new(Definitions::default());
        self.definition_json.clear();
        for (key, value) in rows::all(&self.index, keys::AUTHORITY)? {
            let position = keys::read_authority(&key).ok_or(IndexError::Damaged)?;
            let row = rows::EntryRow::read(&value)?;
            if let Payload::Bytes(bytes) = self.open_journal()?.read(row.pointer)?.payload
                && let Ok(entry) = LogEntry::decode(&bytes)
            {
                if let LogEntry::Epoch(began) = &entry
                    && began.deployment != self.deployment
                {
                    return Err(RecoverError::ForeignAuthority);
                }
                self.learn(position, &entry);
            }
        }
        Ok(())
    }

    /// A new, damaged or restored log begins a life.
    fn begin_life(&mut self, opened: &Opened, restored: bool) -> Result<(), RecoverError> {
        let lost: Vec<Position> = opened
            .damage
            .iter()
            .filter(|damage| damage.needs_epoch())
            .flat_map(|damage| match damage {
                Damage::Lost { lost, .. } => (lost.first.0
                    ..lost.first.0.saturating_add(lost.count))
                    .map(Position)
                    .collect(),
                Damage::TornTail { .. } | Damage::Header { .. } => Vec::new(),
            })
            .collect();
        let cause = if opened.last == Position(0) {
            EpochCause::New
        } else if restored && lost.is_empty() {
            EpochCause::Restored
        } else if self.has_lost(opened) {
            EpochCause::Damaged
        } else {
            return Ok(());
        };
        let entry = LogEntry::Epoch(EpochBegan {
            epoch: Epoch(self.draw()),
            deployment: self.deployment,
            cause,
            lost,
            time: self.now,
        });
        self.stage(entry)?;
        self.commit_group();
        if self.journal.is_some() {
            Ok(())
        } else {
            Err(RecoverError::Closed)
        }
    }
}

fn stage_mark<I: Index>(index: &mut Overlay<I>, position: Position, hash: [u8; 32]) {
    let mark = rows::Mark {
        format: rows::FORMAT,
        position,
        hash,
    };
    index.stage(
        [(keys::MARK.to_vec(), Some(rows::encoded(&mark)))]
            .into_iter()
            .collect(),
    );
}
