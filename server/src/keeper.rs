//! The keeper: the one owner of log, index, authority and document cache.
//!
//! Synchronous and single-threaded: no clock, no randomness, no sockets. Requests are *staged*
//! (judged, appended, indexed over the index); `commit` makes everything staged durable with one
//! fsync and only then gives the answers out. State of an unfinished commit is used to judge and
//! never to answer.

pub mod ask;
mod author;
mod cache;
mod deliver;
mod erase;
mod feed;
mod greet;
mod happened;
mod judge_again;
mod manage;
mod office;
mod options;
mod packs;
mod push;
mod quarantine;
mod records;
pub mod recover;
mod runs;
#[cfg(test)]
mod tests;
mod torn;
mod trouble;

pub(crate) use office::merges;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use liandu_core::admission::{Definition, Definitions};
use liandu_core::authority::Directory;
use liandu_core::id::{
    Actor, DeploymentId, DeviceId, Epoch, Position, RecordId, RegionCode, ScopeId,
};
use liandu_core::log::{EpochCause, LogEntry};
use liandu_core::protocol::message::{Cursor, Short};
use liandu_core::record::DefinitionRef;
use liandu_core::seal::{PublicKey, SecretKey};
use liandu_core::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::index::overlay::Overlay;
use crate::index::{Index, fold, keys, rows};
use crate::journal::{self, AppendError, Disk, Journal};
use crate::packs::Packs;
use ask::{ActError, Edited, ItemVerdict, Numbers};
use cache::Cache;
use judge_again::is_understood;
pub(crate) use trouble::Trouble;

pub use deliver::Whole;
pub(crate) use deliver::unanswered;
pub use feed::FeedPage;
pub use greet::Difference;
pub use options::Options;
pub use push::Pushed;
pub use recover::{KeeperOpenError, RecoverError};

/// The server's two keys.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Seals office edits and receipts; lies in the data folder.
    pub node: SecretKey,
    /// Signs enrolments and other statements; lies outside the data and its backups.
    pub authority: SecretKey,
}

impl Keys {
    /// The installation's name, bound to the authority key.
    pub fn deployment(&self) -> DeploymentId {
        let mut hash = Sha256::new();
        hash.update(b"liandu-deployment-1\0");
        hash.update(self.authority.public().0);
        DeploymentId(first(&hash.finalize()))
    }

    /// The node's id among devices.
    pub fn node_id(&self) -> DeviceId {
        let mut hash = Sha256::new();
        hash.update(b"liandu-node-1\0");
        hash.update(self.node.public().0);
        DeviceId(first(&hash.finalize()))
    }
}

fn first<const N: usize>(digest: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = *from;
    }
    bytes
}

/// Makes the journal's disk, again after every failed commit.
pub type Disks<D> = Box<dyn FnMut() -> io::Result<D> + Send>;

/// Whose feeds have moved since they were asked for last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// These.
    Scopes(BTreeSet<ScopeId>),
    /// Any: the log was opened again.
    Anything,
}

/// Names a staged request until its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What became of a staged request, given after its commit.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A push was judged and what is named is durable.
    Pushed(Pushed),
    /// An office edit is durable.
    Edited(Edited),
    /// An act is durable at this position.
    Acted(Position),
    /// Quarantined edits were answered.
    Answered(Vec<ItemVerdict>),
    /// Nothing of it is known to be durable: try again.
    Failed(ActError),
}

/// The keeper.
pub struct Keeper<D: Disk, I: Index> {
    disks: Disks<D>,
    /// None after a failed commit until it could be opened again.
    journal: Option<Journal<D>>,
    index: Overlay<I>,
    /// The index no longer agrees with the log: rebuilt before anything else.
    index_broken: bool,
    /// The last position that anybody was told is durable.
    told: Position,
    /// A reader met something unreadable: the log is opened again, which mends it, and the index
    /// rebuilt.
    suspect: Cell<bool>,
    directory: Directory,
    definitions: Arc<Definitions>,
    definition_json: BTreeMap<DefinitionRef, Arc<Vec<u8>>>,
    cache: Cache,
    /// Where the first and the last of the log's lives began that began because entries were lost.
    damaged_at: Option<(Position, Position)>,
    /// Records that have lost an entry between others.
    torn: BTreeSet<RecordId>,
    packs: Box<dyn Packs>,
    /// Held edits are to be judged again: when they were understood, not all could be.
    held_due: bool,
    /// Records to pack when nobody waits.
    packs_due: BTreeSet<RecordId>,
    options: Options,
    keys: Keys,
    deployment: DeploymentId,
    node_id: DeviceId,
    epoch: Epoch,
    /// Random bytes from outside, and how many actors and epochs were made of them.
    seed: [u8; 32],
    drawn: u64,
    actor: Actor,
    now: Timestamp,
    staged: BTreeMap<Position, LogEntry>,
    waiting: Vec<(Ticket, Answer)>,
    done: Vec<(Ticket, Answer)>,
    tickets: u64,
    numbers: Numbers,
    /// New edits of the push that is being judged, by the device that made them.
    arrived: BTreeMap<DeviceId, u64>,
    moved: Moved,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// The installation's name.
    pub fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// What receipts in bundles are verified with.
    pub fn node_public(&self) -> PublicKey {
        self.keys.node.public()
    }

    /// The node's key, for whoever signs receipts.
    pub fn node_key(&self) -> &SecretKey {
        &self.keys.node
    }

    /// Whom devices believe about enrolments.
    pub fn authority_public(&self) -> PublicKey {
        self.keys.authority.public()
    }

    /// Everybody who may act.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Every campaign definition.
    pub fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.definitions)
    }

    /// A definition as it was imported.
    pub fn definition_json(&self, name: &DefinitionRef) -> Option<Arc<Vec<u8>>> {
        self.definition_json.get(name).cloned()
    }

    /// Names of the definitions that devices of these regions need, sorted: every version of
    /// every campaign, and the newest of what their regions, those above and those below added.
    pub fn definition_names(&self, regions: &BTreeSet<RegionCode>) -> Vec<DefinitionRef> {
        let campaigns = self.definitions.iter().map(|(name, _)| name.clone());
        let concerned = |of: &RegionCode| {
            let near = |region: &RegionCode| of.contains(region) || region.contains(of);
            regions.iter().any(near)
        };
        let local = self.definitions.locals();
        let local = local.filter(|items| concerned(&items.region));
        let local = local.filter_map(|items| items.name_of().ok());
        let mut names: Vec<DefinitionRef> = campaigns.chain(local).collect();
        names.sort_unstable();
        names
    }

    /// The end of the durable log.
    pub fn position(&self) -> Position {
        self.journal
            .as_ref()
            .map_or(Position(self.numbers.position), Journal::last)
    }

    /// The end of the durable log as a cursor.
    pub fn cursor(&self) -> Cursor {
        let position = self.position();
        self.cursor_at(position).unwrap_or(Cursor {
            epoch: self.epoch,
            position,
            hash: Short::default(),
        })
    }

    /// A durable position as a cursor; none when its entry is lost.
    pub fn cursor_at(&self, position: Position) -> Option<Cursor> {
        let hash = self.journal.as_ref()?.hash_at(position)?;
        Some(Cursor {
            epoch: self.epoch,
            position,
            hash: Short(first(&hash)),
        })
    }

    /// Whether a cursor is a place in this log.
    pub fn knows(&self, cursor: &Cursor) -> bool {
        self.cursor_at(cursor.position)
            .is_some_and(|here| here == *cursor)
    }

    /// The log's present life.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Numbers for metrics.
    pub fn numbers(&self) -> Numbers {
        let mut numbers = self.numbers;
        numbers.position = self.position().0;
        numbers.log_bytes = self.journal.as_ref().map_or(0, Journal::bytes);
        numbers.documents_cached = self.cache.len() as u64;
        numbers.documents_cached_bytes = self.cache.bytes() as u64;
        numbers.receipts_stopped = self.journal.is_none() || self.index_broken;
        numbers
    }

    /// Whose feeds have moved since this was asked last.
    pub fn take_moved(&mut self) -> Moved {
        std::mem::replace(&mut self.moved, Moved::Scopes(BTreeSet::new()))
    }

    /// The journal, for `check` and backups.
    pub fn journal(&self) -> Option<&Journal<D>> {
        self.journal.as_ref()
    }

    /// The index, for `check`.
    pub fn index(&self) -> &I {
        self.index.below()
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Keeps an answer until its commit.
    fn wait(&mut self, ticket: Ticket, answer: Answer) {
        self.waiting.push((ticket, answer));
    }

    /// 8 bytes that no other start of this keeper draws.
    fn draw(&mut self) -> [u8; 8] {
        self.drawn += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_be_bytes());
        first(&hash.finalize())
    }

    fn fresh_actor(&mut self) {
        let random = self.draw();
        self.actor = Actor::of(&self.node_id, random);
    }

    fn open_journal(&self) -> Result<&Journal<D>, Trouble> {
        self.journal.as_ref().ok_or(Trouble::Closed)
    }

    /// Appends an entry and takes it into account, without making it durable.
    fn stage(&mut self, entry: LogEntry) -> Result<Position, Trouble> {
        if self.index_broken {
            return Err(Trouble::Closed);
        }
        let bytes = if entry.is_statement() {
            entry.encode_signed(&self.deployment, &self.keys.authority)
        } else {
            entry.encode()
        };
        self.stage_bytes(entry, &bytes)
    }

    fn stage_bytes(&mut self, entry: LogEntry, bytes: &[u8]) -> Result<Position, Trouble> {
        let journal = self.journal.as_mut().ok_or(Trouble::Closed)?;
        let position = match journal.append(bytes) {
            Err(AppendError::GroupFull) => {
                self.commit_group();
                self.journal
                    .as_mut()
                    .ok_or(Trouble::Closed)?
                    .append(bytes)?
            }
            other => other?,
        };
        let pointer = journal::Pointer {
            segment: 0,
            offset: 0,
        };
        if let Err(error) = fold::fold(&mut self.index, position, pointer, &entry) {
            self.index_broken = true;
            return Err(error.into());
        }
        self.learn(position, &entry);
        self.staged.insert(position, entry);
        Ok(position)
    }

    /// Takes an authority entry into account.
    fn learn(&mut self, position: Position, entry: &LogEntry) {
        self.directory.apply(position, entry);
        if let LogEntry::Definition(set) = entry
            && let Ok(definition) = Definition::parse(&set.json)
        {
            let name = DefinitionRef {
                campaign: set.campaign.clone(),
                version: set.version,
            };
            self.definition_json
                .insert(name, Arc::new(set.json.clone()));
            Arc::make_mut(&mut self.definitions).add(definition);
        }
        if let LogEntry::Epoch(epoch) = entry {
            self.epoch = epoch.epoch;
            if epoch.cause == EpochCause::Damaged {
                let (first, last) = self.damaged_at.unwrap_or((position, position));
                self.damaged_at = Some((first.min(position), last.max(position)));
            }
        }
    }

    /// Makes everything staged durable and answers it, and everything that needed no writing.
    pub fn commit(&mut self, now: Timestamp) -> Vec<(Ticket, Answer)> {
        self.now = now;
        let commits = self.numbers.commits;
        self.commit_group();
        self.mend();
        if self.numbers.commits > commits {
            // The log takes more.
            self.judge_due();
        }
        std::mem::take(&mut self.done)
    }

    /// Opens again what failed. Nothing to do when all is well; a failure is tried again.
    pub fn mend(&mut self) {
        if self.suspect.take() && self.staged.is_empty() {
            self.journal = None;
            self.index_broken = true;
        }
        if self.staged.is_empty() && (self.journal.is_none() || self.index_broken) {
            // What could not be mended now is tried again by the next commit.
            let _ = self.recover();
        }
    }

    fn commit_group(&mut self) {
        if self.staged.is_empty() {
            self.done.append(&mut self.waiting);
            return;
        }
        let committed = self.journal.as_mut().map(Journal::commit);
        match committed {
            Some(Ok(committed)) => self.committed(&committed.pointers),
            Some(Err(_)) | None => self.failed(),
        }
    }

    fn committed(&mut self, pointers: &[journal::Pointer]) {
        self.numbers.commits += 1;
        let staged = std::mem::take(&mut self.staged);
        let mut batch = crate::index::Batch::new();
        for ((position, entry), pointer) in staged.iter().zip(pointers) {
            batch.extend(
                fold::pointed(*position, *pointer, entry).map(|(key, row)| (key, Some(row))),
            );
        }
        self.index.restage(batch);
        if let Moved::Scopes(moved) = &mut self.moved {
            let feeds = self.index.staged_keys(keys::FEEDS);
            moved.extend(feeds.filter_map(|key| keys::feed_scope(key)));
        }
        if self.mark().is_err() || self.index.commit().is_err() {
            self.index_broken = true;
        }
        self.cache.committed();
        self.look_at_torn(staged.values());
        self.note_packs_due(staged.values());
        self.done.append(&mut self.waiting);
        if staged
            .values()
            .any(|entry| matches!(entry, LogEntry::Erased(_)))
        {
            self.overwrite_erased();
        }
        self.told = self.position();
        self.numbers.position = self.told.0;
    }

    /// Drops everything staged: whoever asked is told that it failed, the log is opened again.
    pub fn abandon(&mut self) {
        self.failed();
    }

    /// Nothing staged is true: everything that knows of it is dropped, the log is opened again.
    fn failed(&mut self) {
        self.numbers.commits_failed += 1;
        self.held_due |= self.staged.values().any(is_understood);
        self.staged.clear();
        self.index.drop_staged();
        self.cache.failed();
        self.packs_due.clear();
        let waiting = std::mem::take(&mut self.waiting);
        let failed = |(ticket, _)| (ticket, Answer::Failed(ActError::Failed));
        self.done.extend(waiting.into_iter().map(failed));
        self.journal = None;
    }

    /// Stages the index's place in the log.
    fn mark(&mut self) -> Result<(), Trouble> {
        let journal = self.journal.as_ref().ok_or(Trouble::Closed)?;
        let mark = rows::Mark {
            format: rows::FORMAT,
            position: journal.last(),
            hash: journal.hash(),
        };
        let row = (keys::MARK.to_vec(), Some(rows::encoded(&mark)));
        self.index.stage([row].into_iter().collect());
        Ok(())
    }

    /// A quiet moment: the log notes that everything is durable, the index is written back.
    pub fn rest(&mut self) {
        if let Some(journal) = self.journal.as_mut()
            && journal.note_durable().is_err()
        {
            self.failed();
        }
        // The log has everything: a failed write-back costs the next start some time.
        let _ = self.index.below_mut().flush();
    }
}
