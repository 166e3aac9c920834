//! One filter put to the columns: which records fit, looked through column by column.
//!
//! Never answers otherwise than the filter's SQL would: what no column knows (texts, fields,
//! units) is asked of the tables in the same transaction.

use std::sync::Arc;

use liandu_core::id::{GroupId, RecordId};
use liandu_core::level::Level;
use liandu_core::light::{Clock, Light, Lights};
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::GeoPosition;
use liandu_core::time::Day;

use super::{
    CAMPAIGN, CHUNK, CONFLICTS, Chunk, Columns, KIND, NO_NUMBER, number_column, word_column,
};
use crate::tables::filter::{self, Condition, View};
use crate::tables::query::{Asked, Snapshot};
use crate::tables::sql::Sql;
use crate::tables::{TablesError, body};

/// Rows of the record table, a bit each.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowSet(Vec<u64>);

impl FromIterator<usize> for RowSet {
    fn from_iter<T: IntoIterator<Item = usize>>(rows: T) -> RowSet {
        let mut set = RowSet::default();
        rows.into_iter().for_each(|row| set.add(row));
        set
    }
}

impl RowSet {
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    pub(crate) fn has(&self, row: usize) -> bool {
        let bits = self.0.get(row / 64);
        bits.is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }

    pub(crate) fn add(&mut self, row: usize) {
        let word = row / 64;
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (row % 64);
        }
    }

    fn add_all(&mut self, others: &RowSet) {
        self.0.resize(self.0.len().max(others.0.len()), 0);
        let both = self.0.iter_mut().zip(&others.0);
        both.for_each(|(bits, others)| *bits |= others);
    }

    fn remove_all(&mut self, others: &RowSet) {
        let both = self.0.iter_mut().zip(&others.0);
        both.for_each(|(bits, others)| *bits &= !others);
    }
}

/// What a record must be. Of words: for each number of a word, whether it fits.
#[derive(Debug)]
enum Test {
    Scope(Vec<bool>),
    Deadline(Vec<bool>),
    Word(usize, Vec<bool>),
    /// A number lies between these two.
    Number(usize, i64, i64),
    Within(View),
    Raised(Risen, Vec<Level>),
    /// It is one of these rows, or it is none of them.
    Rows(RowSet, bool),
}

impl Test {
    /// Of a thousand words how many fit: the test that leaves least comes first.
    fn share(&self) -> usize {
        match self {
            Test::Scope(fits) | Test::Deadline(fits) | Test::Word(_, fits) => {
                let fitting = fits.iter().filter(|fits| **fits).count();
                fitting * 1_000 / fits.len().max(1)
            }
            Test::Rows(..) => 0,
            Test::Number(..) | Test::Within(_) | Test::Raised(..) => 500,
        }
    }

    /// Keeps those of a piece that pass.
    fn narrow<'c>(
        &self,
        selected: &mut Vec<u16>,
        chunk: &'c Chunk,
        cell: impl Fn(usize) -> Cell<'c>,
    ) {
        match self {
            Test::Scope(fits) => keep_words(selected, &chunk.scopes, fits),
            Test::Deadline(fits) => keep_words(selected, &chunk.deadlines, fits),
            Test::Word(column, fits) => {
                let column = chunk.words.get(*column).map_or(&[][..], Vec::as_slice);
                keep_words(selected, column, fits);
            }
            Test::Number(column, from, to) => {
                keep(selected, |at| {
                    (*from..=*to).contains(&cell(at).number(*column))
                });
            }
            Test::Within(view) => {
                keep(selected, |at| {
                    cell(at).spot().is_some_and(|spot| view.has(&spot))
                });
            }
            Test::Raised(risen, levels) => {
                keep(selected, |at| {
                    risen.levels(&cell(at)).any(|l| levels.contains(&l))
                });
            }
            Test::Rows(rows, wanted) => keep(selected, |at| rows.has(cell(at).row) == *wanted),
        }
    }
}

/// A word that texts must hold, unless the record is one of those that the word names.
#[derive(Debug)]
struct Held {
    word: String,
    named: RowSet,
}

/// A filter, ready to be put to the columns.
#[derive(Debug)]
pub(crate) struct Scan<'s> {
    snapshot: &'s Snapshot<'s>,
    pub(crate) columns: Arc<Columns>,
    tests: Vec<Test>,
    /// Looked at last, and in the texts themselves.
    held: Vec<Held>,
}

impl<'s> Scan<'s> {
    /// None where only SQL can answer.
    pub(crate) fn of(
        snapshot: &'s Snapshot<'_>,
        asked: Asked<'_>,
    ) -> Result<Option<Scan<'s>>, TablesError> {
        // Referrals are few, and have an index of their own.
        let columns = snapshot.columns().cloned();
        let Some(columns) = columns.filter(|_| !asked.filter.asks_referrals()) else {
            return Ok(None);
        };
        let mut scan = Scan {
            snapshot,
            columns,
            tests: Vec::new(),
            held: Vec::new(),
        };
        let conditions = asked.filter.conditions();
        let mut scopes = Vec::with_capacity(scan.columns.scopes.all.len());
        for scope in &scan.columns.scopes.all {
            let fits = conditions
                .iter()
                .all(|condition| in_scope(condition, scope));
            scopes.push(fits && asked.visible.holds(scope));
        }
        scan.tests.push(Test::Scope(scopes));
        for condition in conditions {
            if !scan.take(condition)? {
                return Ok(None);
            }
        }
        scan.tests.sort_by_key(Test::share);
        Ok(Some(scan))
    }

    /// Takes a condition in; false when no column knows it.
    fn take(&mut self, condition: &Condition) -> Result<bool, TablesError> {
        let test = match condition {
            // These are part of the test of scopes.
            Condition::Region(_) | Condition::Column("team", _) => return Ok(true),
            Condition::Column(name, values) => {
                let Some(column) = word_column(name) else {
                    return Ok(false);
                };
                let words = self.columns.words(column).iter();
                let fits: Vec<bool> = words.map(|word| values.contains(word)).collect();
                if fits.iter().all(|fits| *fits) {
                    return Ok(true);
                }
                Test::Word(column, fits)
            }
            Condition::Time { column, since, ms } => {
                let Some(column) = number_column(column) else {
                    return Ok(false);
                };
                match since {
                    true => Test::Number(column, *ms, i64::MAX),
                    false => Test::Number(column, NO_NUMBER + 1, ms.saturating_sub(1)),
                }
            }
            Condition::Conflict(open) => {
                let (from, to) = if *open { (1, i64::MAX) } else { (0, 0) };
                Test::Number(CONFLICTS, from, to)
            }
            Condition::Light(any) => {
                let lights = self.snapshot.lights();
                let fits = |light: Option<Light>| light.is_some_and(|light| any.contains(&light));
                Test::Deadline(self.columns.lights(lights).into_iter().map(fits).collect())
            }
            Condition::Raised(levels) => Test::Raised(
                Risen::of(&self.columns, self.snapshot.lights()),
                levels.clone(),
            ),
            Condition::Within(view) => Test::Within(*view),
            Condition::Handler(share, units) => Test::Rows(
                self.rows(|sql| Some(filter::rows_of(*share, units, sql)))?,
                true,
            ),
            Condition::Facet { place, values } => self.facet(place, values)?,
            Condition::Search(word) => return self.search(word),
        };
        self.tests.push(test);
        Ok(true)
    }

    /// The rows that a query answers, none without one.
    fn rows(&self, query: impl FnOnce(&mut Sql) -> Option<String>) -> Result<RowSet, TablesError> {
        let (mut sql, mut rows) = (Sql::default(), RowSet::default());
        let Some(query) = query(&mut sql) else {
            return Ok(rows);
        };
        let mut statement = self.snapshot.transaction.prepare_cached(&query)?;
        let mut found = statement.query(sql.args())?;
        while let Some(row) = found.next()? {
            // Rows beyond what the columns have room for are in none.
            let row = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX);
            rows.add(row.min(limits::COLUMNS_RECORDS_MAX + 1));
        }
        Ok(rows)
    }

    /// A field's value is any of these; an empty one stands for "has none".
    fn facet(&self, place: &str, values: &[String]) -> Result<Test, TablesError> {
        let with = self.rows(|sql| Some(filter::rows_with(place, values, sql)))?;
        Ok(if values.iter().any(String::is_empty) {
            let mut others = self.rows(|sql| Some(filter::rows_with_any(place, sql)))?;
            others.remove_all(&with);
            Test::Rows(others, false)
        } else {
            Test::Rows(with, true)
        })
    }

    /// The index finds rows whose texts may hold the word; which do is seen when they are needed.
    fn search(&mut self, word: &str) -> Result<bool, TablesError> {
        let looked = body::looked(word);
        let Some(pairs) = &looked.pairs else {
            return Ok(false);
        };
        let named = self.rows(|sql| filter::rows_named(word, sql))?;
        let mut found = self.rows(|sql| Some(body::rows_with(pairs, sql)))?;
        found.add_all(&named);
        self.tests.push(Test::Rows(found, true));
        if !looked.exact {
            let word = word.to_owned();
            self.held.push(Held { word, named });
        }
        Ok(true)
    }

    /// Hands every record that fits to `each`.
    pub(crate) fn each(&self, mut each: impl FnMut(Cell<'_>)) -> Result<(), TablesError> {
        let mut result = Ok(());
        self.candidates(|cell| match result.is_ok().then(|| self.holds(cell.row)) {
            Some(Ok(true)) => each(cell),
            Some(Err(error)) => result = Err(error),
            Some(Ok(false)) | None => {}
        });
        result
    }

    /// Hands every record to `each` that fits if its texts do, which `holds` says.
    pub(crate) fn candidates(&self, mut each: impl FnMut(Cell<'_>)) {
        let mut selected: Vec<u16> = Vec::with_capacity(CHUNK);
        for (nr, chunk) in self.columns.chunks.iter().enumerate() {
            let cell = |at: usize| {
                let row = nr * CHUNK + at;
                Cell { chunk, row, at }
            };
            selected.clear();
            selected.extend((0..CHUNK as u16).take(chunk.scopes.len()));
            for test in &self.tests {
                test.narrow(&mut selected, chunk, cell);
            }
            selected
                .iter()
                .map(|at| cell(usize::from(*at)))
                .for_each(&mut each);
        }
    }

    /// Whether every candidate fits.
    pub(crate) fn is_sure(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether the texts of a candidate hold what they must.
    pub(crate) fn holds(&self, row: usize) -> Result<bool, TablesError> {
        for Held { word, named } in &self.held {
            if !named.has(row) && !body::text_holds(&self.snapshot.transaction, row, word)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Keeps those that fit. Without a branch on whether they do: in a province that is anybody's guess.
fn keep(selected: &mut Vec<u16>, fits: impl Fn(usize) -> bool) {
    let mut kept = 0;
    for nr in 0..selected.len() {
        let at = selected.get(nr).copied().unwrap_or_default();
        if let Some(place) = selected.get_mut(kept) {
            *place = at;
        }
        kept += usize::from(fits(usize::from(at)));
    }
    selected.truncate(kept);
}

/// Keeps those whose word fits.
fn keep_words(selected: &mut Vec<u16>, column: &[u32], fits: &[bool]) {
    keep(selected, |at| {
        let word = column.get(at).map_or(usize::MAX, |word| *word as usize);
        fits.get(word).copied().unwrap_or(false)
    });
}

/// Whether a scope is what a condition says of scopes.
fn in_scope(condition: &Condition, scope: &Scope) -> bool {
    match condition {
        Condition::Region(codes) => codes.iter().any(|code| code.contains(&scope.region)),
        Condition::Column("team", teams) => {
            let own = scope.group.as_ref().map_or("", GroupId::as_str);
            teams.iter().any(|team| team == own)
        }
        Condition::Column(..)
        | Condition::Handler(..)
        | Condition::Time { .. }
        | Condition::Conflict(_)
        | Condition::Search(_)
        | Condition::Facet { .. }
        | Condition::Light(_)
        | Condition::Raised(_)
        | Condition::Within(_) => true,
    }
}

/// One record as the columns have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'c> {
    chunk: &'c Chunk,
    /// Its row in the table.
    pub(crate) row: usize,
    at: usize,
}

impl Cell<'_> {
    pub(crate) fn id(&self) -> RecordId {
        RecordId(self.chunk.ids.get(self.at).copied().unwrap_or_default())
    }

    pub(crate) fn scope(&self) -> usize {
        number(&self.chunk.scopes, self.at)
    }

    pub(crate) fn deadline(&self) -> usize {
        number(&self.chunk.deadlines, self.at)
    }

    pub(crate) fn word(&self, column: usize) -> usize {
        let column = self.chunk.words.get(column);
        column.map_or(usize::MAX, |column| number(column, self.at))
    }

    pub(crate) fn number(&self, column: usize) -> i64 {
        let column = self.chunk.numbers.get(column);
        let number = column.and_then(|column| column.get(self.at));
        number.copied().unwrap_or(NO_NUMBER)
    }

    pub(crate) fn spot(&self) -> Option<GeoPosition> {
        self.chunk.spots.get(self.at).copied().flatten()
    }
}

fn number(column: &[u32], at: usize) -> usize {
    column.get(at).map_or(usize::MAX, |number| *number as usize)
}

/// Which records have been overdue so long that they wait for the leaders of a level, by the
/// numbers of their words: what `Lights::raised` says of one record.
#[derive(Debug)]
pub(crate) struct Risen {
    problem: Option<usize>,
    /// By campaign: up to which deadline records wait for which level.
    campaigns: Vec<Vec<(Level, Day)>>,
    /// By scope.
    levels: Vec<Level>,
    /// By deadline: its day when its clock runs.
    days: Vec<Option<Day>>,
}

impl Risen {
    pub(crate) fn of(columns: &Columns, lights: &Lights) -> Risen {
        let risen = |campaign: &String| {
            let of = lights.raised.iter();
            let of = of.filter(|raised| raised.campaign.as_str() == campaign);
            of.map(|raised| (raised.level, raised.upto)).collect()
        };
        let kinds = columns.words(KIND);
        let deadlines = columns.deadlines.all.iter();
        Risen {
            problem: kinds.iter().position(|kind| kind == Kind::Problem.as_str()),
            campaigns: columns.words(CAMPAIGN).iter().map(risen).collect(),
            levels: columns
                .scopes
                .all
                .iter()
                .map(|scope| Level::of(&scope.region))
                .collect(),
            days: deadlines
                .map(|(clock, day)| (*clock == Clock::Runs).then_some(*day))
                .collect(),
        }
    }

    /// The levels whose leaders a record waits for.
    pub(crate) fn levels(&self, cell: &Cell<'_>) -> impl Iterator<Item = Level> {
        let problem = self.problem == Some(cell.word(KIND));
        let day = self.days.get(cell.deadline()).copied().flatten();
        let own = self.levels.get(cell.scope()).copied();
        let reach = day.zip(own).filter(|_| problem);
        let campaign = self.campaigns.get(cell.word(CAMPAIGN));
        let risen = campaign.into_iter().flatten();
        risen.filter_map(move |(level, upto)| {
            let (day, own) = reach?;
            (*level <= own && day <= *upto).then_some(*level)
        })
    }
}
