//! Questions to the tables: lists, counts and exports of one filter, each in one read transaction
//! together with the log position it is true for.
//!
//! Never asked without a `Visible`.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use liandu_core::id::RecordId;
use liandu_core::light::Lights;
use liandu_core::limits;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::tables::filter::Filter;
use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::Line;
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::{Mark, TablesError, schema};

/// Read-only connections, opened as needed and used again.
#[derive(Debug)]
pub struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of the file at `path`, which must exist.
    pub fn new(path: &FilePath) -> Readers {
        Readers {
            path: path.to_owned(),
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
            .and_then(|s| ask(&s));
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
        })
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
    let mut lines: Vec<Line> = found.collect::<Result<_, _>>()?;
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

/// A line with its short values, for exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The line.
    pub line: Line,
    /// Values by place; several codes are joined by `;`.
    pub values: BTreeMap<String, String>,
}

/// The places that the asked-for records have values in, at most so many.
pub fn places(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    most: usize,
) -> Result<Vec<String>, TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!(
        "SELECT path FROM place WHERE place IN
             (SELECT f.place FROM record r JOIN facet f ON f.row = r.row {})
         ORDER BY path LIMIT {most}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Hands every asked-for record to `each`, oldest at the office first, until it says stop.
pub fn export(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    mut each: impl FnMut(Exported) -> std::ops::ControlFlow<()>,
) -> Result<(), TablesError> {
    let sql = asked.sql(snapshot, false);
    let query = format!(
        "SELECT {LINE_COLUMNS}, r.row FROM record r {} ORDER BY r.first_position, r.id",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut values = snapshot.transaction.prepare_cached(
        "SELECT p.path, f.value FROM facet f JOIN place p ON p.place = f.place WHERE f.row = ?1
         ORDER BY f.place, f.value",
    )?;
    let mut found = statement.query(sql.args())?;
    while let Some(row) = found.next()? {
        let number: i64 = row.get("row")?;
        let mut exported = Exported {
            line: line(row)?,
            values: BTreeMap::new(),
        };
        let mut facets = values.query([number])?;
        while let Some(facet) = facets.next()? {
            let value: String = facet.get(1)?;
            let joined: &mut String = exported.values.entry(facet.get(0)?).or_default();
            if !joined.is_empty() {
                joined.push(';');
            }
            joined.push_str(&value);
        }
        if each(exported).is_break() {
            break;
        }
    }
    Ok(())
}
