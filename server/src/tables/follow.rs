//! The projector: follows the log and keeps the tables up to it.
//!
//! Never judges and never waits for readers. A record that cannot be read is counted, named in
//! the log file and passed over: one bad record must not stop the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use liandu_core::id::{CampaignId, Epoch, Position, RecordId, RegionCode};
use liandu_core::limits;
use liandu_core::log::{Because, Born, Edits, LogEntry, Source};
use liandu_core::record::doc::{LoadError, RecordDoc};
use liandu_core::record::kind::Kind;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::engine::{Handle, RecordParts, Unavailable};
use crate::tables::audit::acts;
use crate::tables::born::born;
use crate::tables::change::Change;
use crate::tables::query::Readers;
use crate::tables::rows::{About, Rows, project};
use crate::tables::write::Tables;
use crate::tables::{Held, Mark, TablesError};

/// How far the projector is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The life of the log the rows belong to, none before its first entry.
    pub epoch: Option<Epoch>,
    /// Rows go up to here.
    pub position: Position,
    /// The log's end when last asked.
    pub end: Position,
    /// Records that could not be read since start.
    pub unreadable: u64,
    /// Whether the projector gave up: the tables do not move any more.
    pub stopped: bool,
}

/// Why the projector stopped. The server says so in `/healthz` and goes on taking edits.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The engine stopped: the server is shutting down.
    #[error(transparent)]
    Engine(#[from] Unavailable),
    /// The table file cannot be written.
    #[error(transparent)]
    Tables(#[from] TablesError),
}

/// New statistics after so many changes: without them the planner may sort a province.
const STATISTICS_AFTER: usize = 5_000;
/// Records asked of the engine at the same time.
const AT_ONCE: usize = 16;
/// Entries asked of the engine at once, bytes.
const ENTRIES_BYTES: usize = 4 << 20;

/// A record's rows from what the engine stores.
pub fn rows_of(parts: &RecordParts) -> Result<Rows, LoadError> {
    let chunks: Vec<&[u8]> = parts.chunks.iter().map(Vec::as_slice).collect();
    let doc = RecordDoc::load(parts.record, &chunks)?;
    let (record, _odd) = doc.read(&parts.stamps);
    let campaign = doc.definition().map(|definition| definition.campaign);
    Ok(project(
        &record,
        About::of(parts.scope.clone(), campaign, &parts.stamps),
    ))
}

/// Starts following on a thread of its own: the tables' readers and how far the rows go.
pub fn start(
    engine: Handle,
    path: &Path,
    runtime: tokio::runtime::Handle,
) -> Result<(Readers, watch::Receiver<Progress>), FollowError> {
    let tables = Tables::open(path)?;
    let readers = Readers::new(path, &tables);
    let (progress, seen) = watch::channel(Progress::default());
    std::thread::Builder::new()
        .name("projector".to_owned())
        .spawn(move || {
            let asked = engine.clone();
            let ended = runtime.block_on(follow(engine, tables, progress));
            // An engine that was told to stop no longer answers: nothing is wrong.
            if let Err(error) = ended
                && !asked.is_stopping()
            {
                tracing::error!(%error, "the tables have stopped");
            }
        })
        .map_err(|error| FollowError::Tables(TablesError::File(error)))?;
    Ok((readers, seen))
}

/// Follows the log until the engine stops; run it on a thread of its own, since it computes.
pub async fn follow(
    engine: Handle,
    tables: Tables,
    progress: watch::Sender<Progress>,
) -> Result<(), FollowError> {
    let mut follower = Follower {
        engine,
        tables,
        progress,
        mark: Mark::none(),
        erased: BTreeMap::new(),
        written: 0,
    };
    let result = follower.run().await;
    follower
        .progress
        .send_modify(|progress| progress.stopped = true);
    result
}

struct Follower {
    engine: Handle,
    tables: Tables,
    progress: watch::Sender<Progress>,
    mark: Mark,
    /// Where erased problems got their numbers, by their first entry.
    erased: BTreeMap<Position, Born>,
    /// Changes since the query planner's statistics were made.
    written: usize,
}

/// What a page of entries does to the tables.
#[derive(Debug, Default)]
struct Digested {
    changes: Vec<Change>,
    touched: BTreeSet<RecordId>,
    epoch: Option<Epoch>,
    hash: Option<Vec<u8>>,
}

impl Follower {
    async fn run(&mut self) -> Result<(), FollowError> {
        self.settle().await?;
        self.tables.keep_columns();
        self.erased = self.erased_before().await?;
        let mut positions = self.engine.positions();
        loop {
            positions.borrow_and_update();
            while self.step().await? {}
            if self.written >= STATISTICS_AFTER {
                self.tables.optimize()?;
                self.written = 0;
            }
            if positions.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Begins from nothing unless the log still has the entry that the rows end with.
    async fn settle(&mut self) -> Result<(), FollowError> {
        self.mark = self.tables.mark()?;
        if self.mark.position == Position(0) {
            self.tell(Position(0), 0);
            return Ok(());
        }
        let before = Position(self.mark.position.0.saturating_sub(1));
        let page = self.engine.entries(before, 1).await?;
        let found = page
            .entries
            .first()
            .filter(|(at, _)| *at == self.mark.position);
        let same = found.and_then(|(_, entry)| entry.as_ref()).map(entry_hash);
        if same.as_ref() != Some(&self.mark.hash) {
            tracing::warn!(
                position = self.mark.position.0,
                "tables belong to another log: rebuilding"
            );
            self.tables.clear()?;
            self.mark = Mark::none();
        }
        self.tell(page.end, 0);
        Ok(())
    }

    /// Tombstones that the log holds already: what they name can no longer be read on the way.
    async fn erased_before(&self) -> Result<BTreeMap<Position, Born>, FollowError> {
        let tombstones = self.engine.read(|keeper| keeper.tombstones()).await?;
        let mut erased = BTreeMap::new();
        for (_, position) in tombstones {
            let before = Position(position.0.saturating_sub(1));
            let page = self.engine.entries(before, 1).await?;
            let born = page.entries.into_iter().find_map(|entry| match entry {
                (at, Some(LogEntry::Erased(erased))) if at == position => erased.born,
                _other => None,
            });
            erased.extend(born.map(|born| (born.position, born)));
        }
        Ok(erased)
    }

    /// Takes the next page in; false when there is none.
    async fn step(&mut self) -> Result<bool, FollowError> {
        let page = self
            .engine
            .entries(self.mark.position, ENTRIES_BYTES)
            .await?;
        if page.upto <= self.mark.position {
            self.tell(page.end, 0);
            return Ok(false);
        }
        let mut digested = Digested::default();
        for (position, entry) in &page.entries {
            match (entry, self.erased.get(position)) {
                (Some(entry), _) => digested.take(*position, entry),
                (None, Some(born)) => digested.born(None, &born.county, &born.campaign),
                (None, None) => {}
            }
        }
        let unreadable = self.load(&mut digested).await?;
        let mark = Mark {
            epoch: digested.epoch.unwrap_or(self.mark.epoch),
            position: page.upto,
            hash: digested.hash.unwrap_or_default(),
        };
        self.tables.commit(&digested.changes, &mark)?;
        self.written = self.written.saturating_add(digested.changes.len());
        self.mark = mark;
        self.tell(page.end, unreadable);
        Ok(true)
    }

    /// Turns touched records into rows; answers how many could not be read.
    async fn load(&self, digested: &mut Digested) -> Result<u64, FollowError> {
        let touched = std::mem::take(&mut digested.touched);
        let asked = stream::iter(touched).map(|record| self.engine.record(record));
        let mut parts = asked.buffered(AT_ONCE);
        let mut unreadable = 0;
        while let Some(parts) = parts.try_next().await? {
            // None: erased by a later entry, which will come.
            let Some(parts) = parts else { continue };
            match rows_of(&parts) {
                Ok(rows) => digested.changes.push(Change::Put(Box::new(rows))),
                Err(error) => {
                    unreadable += 1;
                    tracing::error!(record = %parts.record, %error, "a record cannot be read");
                }
            }
        }
        Ok(unreadable)
    }

    fn tell(&self, end: Position, unreadable: u64) {
        let mark = &self.mark;
        self.progress.send_modify(|progress| {
            progress.epoch = (mark.position > Position(0)).then_some(mark.epoch);
            progress.position = mark.position;
            progress.end = end.max(mark.position);
            progress.unreadable = progress.unreadable.saturating_add(unreadable);
        });
    }
}

impl Digested {
    fn take(&mut self, position: Position, entry: &LogEntry) {
        self.hash = Some(entry_hash(entry));
        let acts = acts(entry);
        if !acts.is_empty() {
            self.changes.push(Change::Audited { position, acts });
        }
        match entry {
            LogEntry::Edits(edits) => self.edits(position, edits),
            LogEntry::Answered(answered) => self.changes.push(Change::Answered {
                record: answered.record,
                hash: answered.hash,
                by: position,
                text: answered.text.clone(),
            }),
            LogEntry::Moved(moved) => {
                self.touched.insert(moved.record);
            }
            LogEntry::Erased(erased) => {
                self.touched.remove(&erased.record);
                self.changes.push(Change::Gone(erased.record));
            }
            LogEntry::Notified(notified) => self.changes.push(Change::Delivered {
                position,
                notified: notified.clone(),
            }),
            LogEntry::DispatchFrozen(dispatch) => {
                let dispatch = dispatch.clone();
                self.changes.push(Change::Frozen { position, dispatch });
            }
            LogEntry::Decided(decided) => self.changes.push(Change::Decided {
                position,
                decided: decided.clone(),
            }),
            LogEntry::Library(set) => self.changes.push(Change::Library {
                position,
                set: set.clone(),
            }),
            LogEntry::Epoch(began) => self.epoch = Some(began.epoch),
            LogEntry::Groups(_)
            | LogEntry::People(_)
            | LogEntry::Invited(_)
            | LogEntry::Enrolled(_)
            | LogEntry::Revoked(_)
            | LogEntry::Account(_)
            | LogEntry::Grants(_)
            | LogEntry::Definition(_)
            | LogEntry::ContactRead(_)
            | LogEntry::SignIns(_)
            | LogEntry::Exported(_)
            | LogEntry::Unknown { .. } => {}
        }
    }

    fn born(&mut self, record: Option<RecordId>, county: &RegionCode, campaign: &CampaignId) {
        self.changes.push(Change::Born {
            record,
            county: county.clone(),
            campaign: campaign.clone(),
        });
    }

    fn edits(&mut self, position: Position, edits: &Edits) {
        if !edits.accepted.is_empty() || edits.chunk.is_some() {
            self.touched.insert(edits.record);
        }
        if let Some((county, campaign)) = born(edits) {
            self.born(Some(edits.record), &county, &campaign);
        }
        let again = match edits.because {
            Because::Arrived => false,
            Because::Released { .. } | Because::Understood => true,
        };
        for numbers in edits.accepted.iter().filter(|_| again) {
            let (record, numbers) = (edits.record, *numbers);
            self.changes.push(Change::Released {
                record,
                numbers,
                by: position,
            });
        }
        let device = |actor: &liandu_core::id::Actor| match &edits.source {
            Source::Device { device } => *device,
            Source::Office { .. } => actor.device(),
        };
        for (index, kept) in edits.kept.iter().enumerate() {
            self.changes.push(Change::Held(Box::new(Held {
                position,
                index: u32::try_from(index).unwrap_or(u32::MAX),
                record: edits.record,
                kind: Kind::parse(&edits.kind),
                scope: edits.scope.clone(),
                person: edits.person.clone(),
                device: device(&kept.write.actor),
                actor: kept.write.actor,
                seq: kept.write.seq,
                hash: kept.hash,
                verdict: kept.verdict,
                time: edits.time,
                settled: None,
            })));
        }
    }
}

/// What an entry is recognised by after a restart.
fn entry_hash(entry: &LogEntry) -> Vec<u8> {
    Sha256::digest(entry.encode()).to_vec()
}

/// Waits until the rows go up to `position`; false when they did not within the limit.
pub async fn reached(progress: &watch::Receiver<Progress>, position: Position) -> bool {
    let mut progress = progress.clone();
    let limit = std::time::Duration::from_millis(limits::AT_LEAST_WAIT_MS_MAX);
    let waiting = progress.wait_for(|progress| progress.position >= position);
    matches!(tokio::time::timeout(limit, waiting).await, Ok(Ok(_)))
}
