//! The engine: one OS thread that owns the keeper, and the handle everybody else holds.
//!
//! The thread takes all waiting requests, stages them, commits once, answers, and only then lets
//! readers look (group commit). It never waits for a client: answers go into one-shot channels,
//! feeds are read by position.

pub mod keys;
mod misbehaviour;
mod thread;
pub(crate) mod wakes;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use liandu_core::admission::Definitions;
use liandu_core::authority::Directory;
use liandu_core::id::{DeploymentId, Position, RecordId};
use liandu_core::log::LogEntry;
use liandu_core::seal::PublicKey;
use liandu_core::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use self::misbehaviour::Misbehaviour;
use crate::index::IndexError;
use crate::index::sled::SledIndex;
use crate::journal::{FolderDisk, Payload};
use crate::keeper::recover::Start;
use crate::keeper::{self, Answer, Keeper, KeeperOpenError, Ticket};
use crate::packs::FolderPacks;
use crate::seen::Seen;
use keys::KeyError;
use wakes::Wakes;

pub use crate::keeper::ask::{
    ActError, AuthorityAct, Edited, ItemId, ItemVerdict, Numbers, OfficeAct, OfficeUser,
    QuarantineAnswer, QuarantineFilter, QuarantineItem, RecordParts,
};

/// The keeper of a running server.
pub type LiveKeeper = Keeper<FolderDisk, SledIndex>;

/// Requests waiting for the thread.
const REQUESTS: usize = 4_096;

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Config {
    /// Log, index and the node's key.
    pub data: PathBuf,
    /// The authority key, kept outside the data and its backups.
    pub authority: PathBuf,
    /// Sizes and times.
    pub options: keeper::Options,
}

impl Config {
    /// The journal's folder.
    pub fn journal(&self) -> PathBuf {
        self.data.join("journal")
    }

    /// The index's folder; may be deleted.
    pub fn index(&self) -> PathBuf {
        self.data.join("index")
    }

    /// The packs' folder; may be deleted.
    pub fn packs(&self) -> PathBuf {
        self.data.join("packs")
    }

    /// A file that `restore` leaves: the next start begins a new life of the log.
    pub fn restored_mark(&self) -> PathBuf {
        self.data.join("restored")
    }
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder cannot be made or read.
    #[error("cannot use the data folder {path}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The index, even after it was begun anew.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The log.
    #[error(transparent)]
    Keeper(#[from] KeeperOpenError),
    /// No random bytes, or no thread.
    #[error("the system gives no random bytes or threads: {0}")]
    System(String),
}

/// The engine is gone or overloaded. The caller answers 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the engine does not answer")]
pub struct Unavailable;

/// Entries of the log in order.
#[derive(Debug, Clone, PartialEq)]
pub struct EntriesPage {
    /// Position and entry; `None` stands for an entry that was erased or cannot be read.
    pub entries: Vec<(Position, Option<LogEntry>)>,
    /// Last position of this page; read on after it. Lost positions are passed over.
    pub upto: Position,
    /// End of the durable log when the page was read.
    pub end: Position,
}

/// What a staged request gets after its commit.
pub(crate) type Reply = Box<dyn FnOnce(Answer) + Send>;
/// A request that may write: run before the commit.
pub(crate) type Stage =
    Box<dyn FnOnce(&mut LiveKeeper, Timestamp) -> Option<(Ticket, Reply)> + Send>;
/// A request that only reads: run after the commit.
pub(crate) type Read = Box<dyn FnOnce(&LiveKeeper) + Send>;

pub(crate) enum Request {
    Stage(Stage),
    Read(Read),
    /// A quiet moment: write back.
    Rest,
    Stop(oneshot::Sender<()>),
}

/// How everybody else talks to the engine. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) requests: mpsc::Sender<Request>,
    pub(crate) position: watch::Receiver<Position>,
    /// Position of the last authority entry: connections look whether it concerns them.
    pub(crate) authority: watch::Receiver<Position>,
    pub(crate) numbers: Arc<Mutex<Numbers>>,
    pub(crate) connections: Arc<AtomicU64>,
    pub(crate) misbehaviour: Misbehaviour,
    pub(crate) wakes: Arc<Wakes>,
    pub(crate) seen: Seen,
    /// Whether the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
    stop: watch::Sender<bool>,
    deployment: DeploymentId,
    node: PublicKey,
    authority_key: PublicKey,
}

/// The system's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Random bytes of the system.
pub fn random<const N: usize>() -> Result<[u8; N], StartError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StartError::System(error.to_string()))?;
    Ok(bytes)
}

/// Opens log and index and starts the thread. Blocks while the index is brought up to the log.
pub fn start(config: &Config) -> Result<Handle, StartError> {
    let keeper = open(config)?;
    let (requests, waiting) = mpsc::channel(REQUESTS);
    let (position, position_seen) = watch::channel(keeper.position());
    let (authority, authority_seen) = watch::channel(keeper.directory().position());
    let (stop, stopping) = watch::channel(false);
    let numbers = Arc::new(Mutex::new(keeper.numbers()));
    let wakes = Arc::new(Wakes::default());
    let shared = Shared {
        requests,
        position: position_seen,
        authority: authority_seen,
        numbers: Arc::clone(&numbers),
        connections: Arc::new(AtomicU64::new(0)),
        misbehaviour: Misbehaviour::default(),
        wakes: Arc::clone(&wakes),
        seen: Seen::open(&config.data.join("seen.sqlite"))
            .map_err(|error| StartError::System(error.to_string()))?,
        stopping,
        stop,
        deployment: keeper.deployment(),
        node: keeper.node_public(),
        authority_key: keeper.authority_public(),
    };
    let engine = thread::Engine {
        keeper,
        waiting,
        position,
        authority,
        numbers,
        wakes,
    };
    std::thread::Builder::new()
        .name("keeper".to_owned())
        .spawn(move || engine.run())
        .map_err(|error| StartError::System(error.to_string()))?;
    Ok(Handle {
        shared: Arc::new(shared),
    })
}

/// Opens the keeper itself, for commands that run while no server does.
pub fn open(config: &Config) -> Result<LiveKeeper, StartError> {
    make_folder(&config.data)?;
    make_folder(&config.authority)?;
    let keys = keys::load_or_make(&config.data, &config.authority)?;
    let journal = config.journal();
    let disks = Box::new(move || FolderDisk::open(&journal));
    let index = SledIndex::open(&config.index())?;
    let mark = config.restored_mark();
    let start = Start {
        options: config.options,
        keys,
        now: now(),
        seed: random()?,
        restored: mark.exists(),
    };
    let packs = Box::new(FolderPacks::new(&config.packs()));
    let keeper = Keeper::open_with_packs(disks, index, packs, start)?;
    if mark.exists() {
        let folder = |source| StartError::Folder {
            path: mark.clone(),
            source,
        };
        std::fs::remove_file(&mark).map_err(folder)?;
    }
    Ok(keeper)
}

fn make_folder(path: &Path) -> Result<(), StartError> {
    let folder = |source| StartError::Folder {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(path).map_err(folder)
}

impl Handle {
    /// The installation's name.
    pub fn deployment(&self) -> DeploymentId {
        self.shared.deployment
    }

    /// What receipts in bundles are verified with.
    pub fn node_public(&self) -> PublicKey {
        self.shared.node
    }

    /// What enrolments and other statements are verified with.
    pub fn authority_public(&self) -> PublicKey {
        self.shared.authority_key
    }

    /// Applies an office user's edit at the heads they saw, durably. Judged by the same admission
    /// as a device's, as the person `by.person`. Whether the user sees the record at all is the
    /// caller's question.
    pub async fn edit(&self, by: OfficeUser, act: OfficeAct) -> Result<Edited, ActError> {
        let answer = self
            .stage(move |keeper, now| keeper.edit(now, &by, &act))
            .await?;
        match answer {
            Answer::Edited(edited) => Ok(edited),
            Answer::Failed(error) => Err(error),
            Answer::Pushed(_) | Answer::Acted(_) | Answer::Answered(_) => Err(ActError::Failed),
        }
    }

    /// A record as stored, `None` when there is none (or it was erased). Who may see it is the
    /// caller's question: `Principal::may_read(&parts.scope)`.
    pub async fn record(&self, record: RecordId) -> Result<Option<RecordParts>, Unavailable> {
        self.read(move |keeper| keeper.record(&record)).await
    }

    /// Runs `ask` on the directory of people, groups, devices and accounts. Keep it short: it
    /// runs on the engine's thread.
    pub async fn directory<T, F>(&self, ask: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&Directory) -> T + Send + 'static,
    {
        self.read(move |keeper| ask(keeper.directory())).await
    }

    /// Every campaign definition version.
    pub async fn definitions(&self) -> Result<Arc<Definitions>, Unavailable> {
        self.read(LiveKeeper::definitions).await
    }

    /// The end of the durable log; changes wake the projector and the feeds.
    pub fn positions(&self) -> watch::Receiver<Position> {
        self.shared.position.clone()
    }

    /// Entries after a position, about `bytes_max` bytes of them (at least one if there is any).
    pub async fn entries(
        &self,
        after: Position,
        bytes_max: usize,
    ) -> Result<EntriesPage, Unavailable> {
        self.read(move |keeper| entries(keeper, after, bytes_max))
            .await
    }

    /// Quarantined edits, oldest first.
    pub async fn quarantine(
        &self,
        filter: QuarantineFilter,
    ) -> Result<Vec<QuarantineItem>, Unavailable> {
        self.read(move |keeper| keeper.quarantine(&filter)).await
    }

    /// Answers quarantined edits; per item what became of it (`Accepted`, or why still not).
    pub async fn answer(
        &self,
        by: OfficeUser,
        items: Vec<ItemId>,
        answer: QuarantineAnswer,
    ) -> Result<Vec<ItemVerdict>, ActError> {
        let ask = move |keeper: &mut LiveKeeper, now| Ok(keeper.answer(now, &by, &items, &answer));
        match self.stage(ask).await? {
            Answer::Answered(verdicts) => Ok(verdicts),
            Answer::Failed(error) => Err(error),
            Answer::Pushed(_) | Answer::Acted(_) | Answer::Edited(_) => Err(ActError::Failed),
        }
    }

    /// Imports, invitations, revocations, accounts, grants, definitions, moves, erasures. Whether
    /// `by` may do it is the caller's question. The position is that of the (last) entry.
    pub async fn act(&self, by: OfficeUser, act: AuthorityAct) -> Result<Position, ActError> {
        match self
            .stage(move |keeper, now| keeper.act(now, &by, act))
            .await?
        {
            Answer::Acted(position) => Ok(position),
            Answer::Failed(error) => Err(error),
            Answer::Pushed(_) | Answer::Answered(_) | Answer::Edited(_) => Err(ActError::Failed),
        }
    }

    /// Numbers for metrics and health; never waits.
    pub fn numbers(&self) -> Numbers {
        let numbers = *self
            .shared
            .numbers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Numbers {
            connections: self.shared.connections.load(Ordering::Relaxed),
            ..self.shared.misbehaviour.beside(numbers)
        }
    }

    /// Runs `ask` on the keeper between commits. Keep it short.
    pub async fn read<T, F>(&self, ask: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&LiveKeeper) -> T + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |keeper| {
            // Whoever asked may have gone.
            let _ = reply.send(ask(keeper));
        });
        self.shared
            .requests
            .send(Request::Read(read))
            .await
            .map_err(|_| Unavailable)?;
        answer.await.map_err(|_| Unavailable)
    }

    /// Stages a request; the answer comes after its commit.
    pub(crate) async fn stage<F>(&self, ask: F) -> Result<Answer, ActError>
    where
        F: FnOnce(&mut LiveKeeper, Timestamp) -> Result<Ticket, ActError> + Send + 'static,
    {
        let (request, answer) = staged(ask);
        self.shared
            .requests
            .send(request)
            .await
            .map_err(|_| ActError::Failed)?;
        answer.await.map_err(|_| ActError::Failed)
    }

    /// As `stage`, but answers `Busy` at once when too much is waiting.
    pub(crate) async fn try_stage<F>(&self, ask: F) -> Answer
    where
        F: FnOnce(&mut LiveKeeper, Timestamp) -> Result<Ticket, ActError> + Send + 'static,
    {
        let (request, answer) = staged(ask);
        if self.shared.requests.try_send(request).is_err() {
            return Answer::Failed(ActError::Busy { retry_s: 2 });
        }
        answer.await.unwrap_or(Answer::Failed(ActError::Failed))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// A quiet moment: the log notes that everything is durable, the index is written back.
    pub async fn rest(&self) {
        // Only saves time at the next start.
        let _ = self.shared.requests.send(Request::Rest).await;
    }

    /// Whether `stop` was called: connections are closed and no new ones taken.
    pub fn is_stopping(&self) -> bool {
        *self.shared.stopping.borrow()
    }

    /// Says that the server stops: connections end by themselves.
    pub fn begin_stop(&self) {
        self.shared.stop.send_replace(true);
    }

    /// Commits what is waiting, flushes the index and stops the thread.
    pub async fn stop(&self) {
        self.begin_stop();
        let (done, stopped) = oneshot::channel();
        if self.shared.requests.send(Request::Stop(done)).await.is_ok() {
            // An error means that the thread is gone already.
            let _ = stopped.await;
        }
    }
}

fn staged<F>(ask: F) -> (Request, oneshot::Receiver<Answer>)
where
    F: FnOnce(&mut LiveKeeper, Timestamp) -> Result<Ticket, ActError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let stage: Stage = Box::new(move |keeper, now| match ask(keeper, now) {
        Ok(ticket) => {
            let reply: Reply = Box::new(move |answer| {
                // Whoever asked may have gone.
                let _ = reply.send(answer);
            });
            Some((ticket, reply))
        }
        Err(error) => {
            let _ = reply.send(Answer::Failed(error));
            None
        }
    });
    (Request::Stage(stage), answer)
}

/// Entries of the log after a position.
pub fn entries(keeper: &LiveKeeper, after: Position, bytes_max: usize) -> EntriesPage {
    let end = keeper.position();
    let mut page = EntriesPage {
        entries: Vec::new(),
        upto: end,
        end,
    };
    let Some(journal) = keeper.journal() else {
        return EntriesPage {
            upto: after,
            ..page
        };
    };
    let mut bytes = 0;
    for read in journal.scan(after.next()) {
        let Ok((_, entry)) = read else { return page };
        let decoded = match &entry.payload {
            Payload::Bytes(payload) => {
                bytes += payload.len();
                LogEntry::decode(payload).ok()
            }
            Payload::Erased => None,
        };
        page.entries.push((entry.position, decoded));
        if bytes >= bytes_max {
            page.upto = entry.position;
            return page;
        }
    }
    page
}
