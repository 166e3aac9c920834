//! Questions to the tables: lists of one filter, each in one read transaction
//! together with the log position it is true for.
//!
//! Never asked without a `Visible`.

use std::collections::BinaryHeap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use liandu_core::id::RecordId;
use liandu_core::light::Lights;
use liandu_core::limits;
use liandu_core::time::Day;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::tables::columns::scan::{Cell, Scan};
use crate::tables::columns::{Columns, Shelf, number_column};
use crate::tables::filter::Filter;
use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::Line;
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::write::Tables;
use crate::tables::{Mark, TablesError, schema};

/// Read-only connections, opened as needed and used again.
#[derive(Debug)]
pub struct Readers {
    path: PathBuf,
    columns: Shelf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of the file at `path`, which must exist and which `tables` writes.
    pub fn new(path: &FilePath, tables: &Tables) -> Readers {
        Readers {
            path: path.to_owned(),
            columns: tables.columns().clone(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Asks in one read transaction; blocks the thread.
    pub fn read<T, E: From<TablesError>>(
        &self,
        lights: Lights,
        ask: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => schema::open_read(&self.path)?,
        };
        let answer = Snapshot::of(&mut connection, lights)
            .map_err(E::from)
            .and_then(|snapshot| ask(&snapshot.beside(&self.columns)));
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < limits::TABLE_READERS_MAX {
            idle.push(connection);
        }
        answer
    }
}

/// The tables as of one log position, looked at on one day.
#[derive(Debug)]
pub struct Snapshot<'c> {
    pub(crate) transaction: Transaction<'c>,
    mark: Mark,
    lights: Lights,
    columns: Option<Arc<Columns>>,
}

impl<'c> Snapshot<'c> {
    /// Begins a read transaction.
    pub fn of(connection: &'c mut Connection, lights: Lights) -> Result<Snapshot<'c>, TablesError> {
        let transaction = Transaction::new(connection, TransactionBehavior::Deferred)?;
        // The first statement takes the snapshot.
        let mark = Mark::read(&transaction)?;
        Ok(Snapshot {
            transaction,
            mark,
            lights,
            columns: None,
        })
    }

    /// The same with the columns of its position, where the shelf has them.
    pub(crate) fn beside(mut self, shelf: &Shelf) -> Snapshot<'c> {
        self.columns = shelf.at(&self.mark);
        self
    }

    /// What lists and counts look at instead of SQL.
    pub(crate) fn columns(&self) -> Option<&Arc<Columns>> {
        self.columns.as_ref()
    }

    /// Begins one whose reader asks nothing about deadlines.
    pub(crate) fn undated(connection: &'c mut Connection) -> Result<Snapshot<'c>, TablesError> {
        Snapshot::of(connection, Lights::default())
    }

    /// Up to where in the log.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// What deadlines mean on the day of the question.
    pub fn lights(&self) -> &Lights {
        &self.lights
    }
}

/// Which records somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What the person may see.
    pub visible: &'a Visible,
    /// What the person asked for.
    pub filter: &'a Filter,
}

impl Asked<'_> {
    /// The table of records called `r`. Referrals are few: they are looked up by an index of their
    /// own, whatever the order, and never by going through a province.
    pub(crate) fn from(&self) -> &'static str {
        // Who can see none asks for nothing: a query that finds nothing uses no index.
        if self.filter.asks_referrals() && self.visible.refers() {
            "record r INDEXED BY record_referred"
        } else {
            "record r"
        }
    }

    /// `paged`: only the first lines in some order are wanted.
    pub(crate) fn sql(&self, snapshot: &Snapshot<'_>, paged: bool) -> Sql {
        let mut sql = Sql::new(paged || self.filter.is_selective());
        if self.filter.asks_referrals() {
            self.visible.narrow_to_referrals("r", &mut sql);
        } else {
            self.visible.narrow("r", &mut sql);
        }
        self.filter.narrow(snapshot.lights(), &mut sql);
        sql
    }
}

/// The order of a list. Equal keys are ordered by record id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Sort {
    /// Last changed at the office first.
    #[n(0)]
    LastDown,
    /// Longest unchanged first.
    #[n(1)]
    LastUp,
    /// Newest at the office first.
    #[n(2)]
    FirstDown,
    /// Oldest at the office first.
    #[n(3)]
    FirstUp,
    /// By the device's clock at the first edit, newest first.
    #[n(4)]
    DeviceDown,
    /// By heading.
    #[n(5)]
    TitleUp,
    /// What is due first first; what has no day last.
    #[n(6)]
    DueUp,
}

impl Sort {
    /// The order of that word; `-` means downwards.
    pub fn parse(word: &str) -> Option<Sort> {
        Some(match word {
            "-last" => Sort::LastDown,
            "last" => Sort::LastUp,
            "-first" => Sort::FirstDown,
            "first" => Sort::FirstUp,
            "-device" => Sort::DeviceDown,
            "title" => Sort::TitleUp,
            "due" => Sort::DueUp,
            _other => return None,
        })
    }

    fn column(self) -> &'static str {
        match self {
            Sort::LastDown | Sort::LastUp => "last_position",
            Sort::FirstDown | Sort::FirstUp => "first_position",
            Sort::DeviceDown => "device_first",
            Sort::TitleUp => "title",
            Sort::DueUp => "due",
        }
    }

    fn down(self) -> bool {
        match self {
            Sort::LastDown | Sort::FirstDown | Sort::DeviceDown => true,
            Sort::LastUp | Sort::FirstUp | Sort::TitleUp | Sort::DueUp => false,
        }
    }

    /// None where the columns do not know it.
    fn order(self, columns: &Columns) -> Option<Order> {
        let by = match self {
            Sort::DueUp => By::Due(columns.days()),
            Sort::LastDown
            | Sort::LastUp
            | Sort::FirstDown
            | Sort::FirstUp
            | Sort::DeviceDown
            | Sort::TitleUp => By::Number(number_column(self.column())?),
        };
        let down = self.down();
        Some(Order { down, by })
    }

    fn key(self, line: &Line) -> Key {
        let position = |position: u64| Key::Int(i64::try_from(position).unwrap_or(i64::MAX));
        match self {
            Sort::LastDown | Sort::LastUp => position(line.about.last.0.0),
            Sort::FirstDown | Sort::FirstUp => position(line.about.first.0.0),
            Sort::DeviceDown => Key::Int(line.device_first.0),
            Sort::TitleUp => Key::Text(line.title.clone()),
            Sort::DueUp => Key::Text(line.due.clone()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
enum Key {
    #[n(0)]
    Int(#[n(0)] i64),
    #[n(1)]
    Text(#[n(0)] String),
}

/// Where a page ended: order, key and record of its last line.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    #[n(1)]
    sort: Sort,
    #[n(2)]
    key: Key,
    #[n(3)]
    id: RecordId,
}

impl Cursor {
    /// The text that a client sends back.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&minicbor::to_vec(self).unwrap_or_default())
    }

    /// Reads such a text; none when it is not one.
    pub fn parse(text: &str) -> Option<Cursor> {
        minicbor::decode(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Lines, at most as many as asked for.
    pub lines: Vec<Line>,
    /// Where the next page begins, none at the end.
    pub next: Option<Cursor>,
}

/// The page of `limit` lines after `cursor`, whose order counts when there is one.
pub fn list(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    sort: Sort,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page, TablesError> {
    let sort = cursor.map_or(sort, |cursor| cursor.sort);
    let scan = Scan::of(snapshot, asked)?;
    let order = scan.as_ref().and_then(|scan| sort.order(&scan.columns));
    let mut lines = match scan.zip(order) {
        Some((scan, order)) => scanned(snapshot, &scan, &order, cursor, limit)?,
        None => selected(snapshot, asked, sort, cursor, limit)?,
    };
    let more = lines.len() > limit;
    lines.truncate(limit);
    let last = lines.last().filter(|_| more);
    let next = last.map(|line| Cursor {
        sort,
        key: sort.key(line),
        id: line.id,
    });
    Ok(Page { lines, next })
}

/// One line more than the page, by SQL.
fn selected(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    sort: Sort,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Line>, TablesError> {
    let mut sql = asked.sql(snapshot, true);
    if let Some(cursor) = cursor {
        let key = match &cursor.key {
            Key::Int(int) => sql.int(*int),
            Key::Text(text) => sql.text(text),
        };
        let id = sql.blob(&cursor.id.0);
        let beyond = if sort.down() { "<" } else { ">" };
        sql.and(&format!(
            "(r.{}, r.id) {beyond} ({key}, {id})",
            sort.column()
        ));
    }
    let way = if sort.down() { "DESC" } else { "ASC" };
    let column = sort.column();
    let query = format!(
        "SELECT {LINE_COLUMNS} FROM {} {} ORDER BY r.{column} {way}, r.id {way} LIMIT {}",
        asked.from(),
        sql.conditions(),
        limit.saturating_add(1),
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), line)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The same out of the columns: only what comes first is taken out, looked at and read.
fn scanned(
    snapshot: &Snapshot<'_>,
    scan: &Scan<'_>,
    order: &Order,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Line>, TablesError> {
    let after = cursor.map(|cursor| order.place(Order::key_of(&cursor.key), cursor.id));
    let mut first = First {
        // Which of those that the index found hold a word is seen when they are taken out.
        most: if scan.is_sure() {
            limit + 1
        } else {
            usize::MAX
        },
        least: None,
        found: Vec::new(),
    };
    scan.candidates(|cell| {
        let place = order.place(order.key(&cell), cell.id());
        if after.is_none_or(|after| place < after) {
            first.put(place, cell.row);
        }
    });
    let mut first = BinaryHeap::from(first.found);
    let query = format!("SELECT {LINE_COLUMNS} FROM record r WHERE r.row = ?1");
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut lines = Vec::new();
    while lines.len() <= limit
        && let Some((_, row)) = first.pop()
    {
        if scan.holds(row)? {
            let row = i64::try_from(row).unwrap_or(i64::MAX);
            lines.push(statement.query_row([row], line)?);
        }
    }
    Ok(lines)
}

/// Where a record stands in the order of a list, the first one highest.
type Place = (i64, u128);

/// Rows that come first, as many as are wanted or some more.
struct First {
    most: usize,
    /// Rows below are certainly too many.
    least: Option<Place>,
    found: Vec<(Place, usize)>,
}

impl First {
    fn put(&mut self, place: Place, row: usize) {
        if self.least.is_some_and(|least| place < least) {
            return;
        }
        self.found.push((place, row));
        if self.found.len() > self.most.saturating_mul(8) {
            let last = self.most.saturating_sub(1);
            let (_, last, _) = self.found.select_nth_unstable_by(last, |a, b| b.cmp(a));
            self.least = Some(last.0);
            self.found.truncate(self.most);
        }
    }
}

/// The order of a list as the columns have it.
struct Order {
    down: bool,
    by: By,
}

enum By {
    /// A column of numbers.
    Number(usize),
    /// The days of deadlines, by their numbers.
    Due(Vec<Day>),
}

impl Order {
    fn key(&self, cell: &Cell<'_>) -> i64 {
        match &self.by {
            By::Number(column) => cell.number(*column),
            By::Due(days) => days.get(cell.deadline()).map_or(i64::MAX, |day| day.0),
        }
    }

    fn key_of(key: &Key) -> i64 {
        match key {
            Key::Int(int) => *int,
            Key::Text(day) => Day::parse(day).map_or(i64::MAX, |day| day.0),
        }
    }

    fn place(&self, key: i64, id: RecordId) -> Place {
        let id = u128::from_be_bytes(id.0);
        if self.down { (key, id) } else { (!key, !id) }
    }
}
