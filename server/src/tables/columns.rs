//! What lists, counts and maps of a whole province look at, in memory beside the tables: of every
//! record the columns that filters and orders need, each word kept once.
//!
//! Never asked for another log position than its own, never larger than its limits (then SQL
//! answers alone), and never the truth: it is read from the tables and follows their commits.

pub(crate) mod scan;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use liandu_core::id::{CampaignId, PersonId};
use liandu_core::light::{Clock, Light, Lights};
use liandu_core::limits;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::GeoPosition;
use liandu_core::time::Day;
use rusqlite::Connection;

use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::{Line, NOT_DUE};
use crate::tables::write::{count_of, position_of};
use crate::tables::{Mark, TablesError};

type WordOf = fn(&Line) -> &str;
type NumberOf = fn(&Line) -> i64;

/// Columns of words: as they are called in SQL, with how a line says them.
const WORDS: [(&str, WordOf); 7] = [
    ("kind", |line| line.kind.as_str()),
    ("campaign", |line| {
        let campaign = line.about.campaign.as_ref();
        campaign.map_or("", CampaignId::as_str)
    }),
    ("domain", |line| &line.domain),
    ("source", |line| &line.source),
    ("state", |line| line.state.as_str()),
    ("author", |line| {
        line.author.as_ref().map_or("", PersonId::as_str)
    }),
    ("behalf", |line| {
        line.behalf.as_ref().map_or("", PersonId::as_str)
    }),
];

/// Columns of numbers, likewise. What has none lies before every time.
const NUMBERS: [(&str, NumberOf); 7] = [
    ("first_position", |line| position_of(line.about.first.0)),
    ("last_position", |line| position_of(line.about.last.0)),
    ("first_time", |line| line.about.first.1.0),
    ("last_time", |line| line.about.last.1.0),
    ("device_first", |line| line.device_first.0),
    ("closed_time", |line| {
        line.closed.map_or(NO_NUMBER, |closed| closed.0)
    }),
    ("conflicts", |line| count_of(line.conflicts)),
];
const NO_NUMBER: i64 = i64::MIN;

/// Places of columns in `WORDS` and `NUMBERS`.
const KIND: usize = 0;
const CAMPAIGN: usize = 1;
pub(crate) const CONFLICTS: usize = 6;

/// The place of a column of words.
pub(crate) fn word_column(name: &str) -> Option<usize> {
    WORDS.iter().position(|(column, _)| *column == name)
}

/// The place of a column of numbers.
pub(crate) fn number_column(name: &str) -> Option<usize> {
    NUMBERS.iter().position(|(column, _)| *column == name)
}

/// Records that are changed together: what a commit copies of each piece that it touches.
const CHUNK: usize = 1_024;
/// The scope of a record that is not there: nobody sees it.
const NOWHERE: u32 = u32::MAX;

/// The words of a column, by the numbers they are kept as.
#[derive(Debug, Clone)]
struct Words<T> {
    all: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T: Ord + Clone> Words<T> {
    fn number(words: &mut Arc<Words<T>>, word: &T) -> u32 {
        if let Some(number) = words.numbers.get(word) {
            return *number;
        }
        let words = Arc::make_mut(words);
        let number = u32::try_from(words.all.len()).unwrap_or(NOWHERE);
        words.all.push(word.clone());
        words.numbers.insert(word.clone(), number);
        number
    }
}

impl<T> Default for Words<T> {
    fn default() -> Words<T> {
        Words {
            all: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }
}

/// A piece of the columns, each at the same place of every one.
#[derive(Debug, Clone, Default)]
struct Chunk {
    scopes: Vec<u32>,
    deadlines: Vec<u32>,
    words: [Vec<u32>; WORDS.len()],
    numbers: [Vec<i64>; NUMBERS.len()],
    spots: Vec<Option<GeoPosition>>,
    ids: Vec<[u8; 16]>,
}

fn set<T: Clone>(column: &mut Vec<T>, at: usize, value: T, none: T) {
    if column.len() <= at {
        column.resize(at.saturating_add(1), none);
    }
    if let Some(place) = column.get_mut(at) {
        *place = value;
    }
}

/// The columns of all records as of one log position. A copy shares what did not change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    mark: Option<Mark>,
    scopes: Arc<Words<Scope>>,
    deadlines: Arc<Words<(Clock, Day)>>,
    words: [Arc<Words<String>>; WORDS.len()],
    chunks: Vec<Arc<Chunk>>,
    /// A record or a word had no room: nothing may be answered by these columns.
    overfull: bool,
}

impl Columns {
    /// Reads them from the tables.
    pub(crate) fn load(connection: &Connection) -> Result<Columns, TablesError> {
        let mut columns = Columns::default();
        let mut statement =
            connection.prepare(&format!("SELECT r.row, {LINE_COLUMNS} FROM record r"))?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()?
            && columns.fits()
        {
            columns.put(row.get("row")?, Some(&line(row)?));
        }
        columns.mark = Some(Mark::read(connection)?);
        Ok(columns)
    }

    /// Whether everything had room.
    pub(crate) fn fits(&self) -> bool {
        !self.overfull
    }

    /// The same as those of a place in the log.
    pub(crate) fn at(mut self: Arc<Self>, mark: &Mark) -> Arc<Columns> {
        Arc::make_mut(&mut self).mark = Some(mark.clone());
        self
    }

    /// Its words, by their numbers.
    pub(crate) fn words(&self, column: usize) -> &[String] {
        self.words.get(column).map_or(&[], |words| &words.all)
    }

    /// The scopes of records, by their numbers.
    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.scopes.all
    }

    /// The lights of deadlines, by their numbers.
    pub(crate) fn lights(&self, lights: &Lights) -> Vec<Option<Light>> {
        let deadlines = self.deadlines.all.iter();
        deadlines
            .map(|(clock, day)| lights.light(*clock, Some(*day)))
            .collect()
    }

    /// The days of deadlines, by their numbers.
    pub(crate) fn days(&self) -> Vec<Day> {
        self.deadlines.all.iter().map(|(_, day)| *day).collect()
    }

    /// A record is like this now, or it is gone.
    pub(crate) fn put(&mut self, row: i64, line: Option<&Line>) {
        let cell = line.map(|line| (line, self.number_words(line)));
        let Some((chunk, at)) = self.place(row) else {
            return;
        };
        let Some((line, [scope, deadline, words @ ..])) = cell else {
            return set(&mut chunk.scopes, at, NOWHERE, NOWHERE);
        };
        set(&mut chunk.scopes, at, scope, NOWHERE);
        set(&mut chunk.deadlines, at, deadline, NOWHERE);
        for (column, number) in chunk.words.iter_mut().zip(words) {
            set(column, at, number, NOWHERE);
        }
        for (column, (_, of)) in chunk.numbers.iter_mut().zip(&NUMBERS) {
            set(column, at, of(line), NO_NUMBER);
        }
        set(&mut chunk.spots, at, line.spot, None);
        set(&mut chunk.ids, at, line.id.0, [0; 16]);
    }

    /// The numbers of a line's scope, deadline and words.
    fn number_words(&mut self, line: &Line) -> [u32; 2 + WORDS.len()] {
        let due = Day::parse(&line.due).or_else(|| Day::parse(NOT_DUE));
        let deadline = (line.clock, due.unwrap_or_default());
        let scope = Words::number(&mut self.scopes, &line.about.scope);
        let deadline = Words::number(&mut self.deadlines, &deadline);
        let mut numbers = [scope, deadline, 0, 0, 0, 0, 0, 0, 0];
        let places = numbers.iter_mut().skip(2);
        for ((number, words), (_, of)) in places.zip(&mut self.words).zip(&WORDS) {
            *number = Words::number(words, &of(line).to_owned());
        }
        let words = self.words.iter().map(|words| words.all.len());
        let most = words
            .chain([self.scopes.all.len(), self.deadlines.all.len()])
            .max();
        self.overfull |= most > Some(limits::COLUMNS_WORDS_MAX);
        numbers
    }

    fn place(&mut self, row: i64) -> Option<(&mut Chunk, usize)> {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        if row > limits::COLUMNS_RECORDS_MAX {
            self.overfull = true;
            return None;
        }
        let chunk = row / CHUNK;
        if self.chunks.len() <= chunk {
            self.chunks.resize_with(chunk + 1, Arc::default);
        }
        Some((Arc::make_mut(self.chunks.get_mut(chunk)?), row % CHUNK))
    }
}

/// The columns of the last few commits, for readers that begin while another is on its way. The
/// writer puts the next ones here before it commits: whichever a reader's transaction sees, its
/// columns are here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Vec<Arc<Columns>>>>);

impl Shelf {
    fn with<T>(&self, look: impl FnOnce(&mut Vec<Arc<Columns>>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Those of that place in the log.
    pub(crate) fn at(&self, mark: &Mark) -> Option<Arc<Columns>> {
        let theirs = |columns: &&Arc<Columns>| columns.mark.as_ref() == Some(mark);
        self.with(|kept| kept.iter().rev().find(theirs).cloned())
    }

    /// Those of the last commit.
    pub(crate) fn newest(&self) -> Option<Arc<Columns>> {
        self.with(|kept| kept.last().cloned())
    }

    /// Adds those of the commit to come, unless they have no room: then SQL answers alone.
    pub(crate) fn add(&self, columns: Arc<Columns>) {
        if !columns.fits() {
            return self.replace(None);
        }
        self.with(|kept| {
            if kept.len() >= limits::COLUMNS_KEPT_MAX {
                kept.remove(0);
            }
            kept.push(columns);
        });
    }

    /// These instead of all others, or none.
    pub(crate) fn replace(&self, columns: Option<Arc<Columns>>) {
        let columns = columns.filter(|columns| columns.fits());
        self.with(|kept| *kept = columns.into_iter().collect());
    }
}
