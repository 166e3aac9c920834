//! The one writer of the tables: rows and the log position they belong to, in one transaction.
//!
//! Never decides what a row says: `project` does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use liandu_core::id::{PersonId, Position, RecordId};
use liandu_core::record::number::code;
use liandu_core::record::view::Conflict;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::tables::change::Change;
use crate::tables::columns::{Columns, Shelf};
use crate::tables::rows::{Line, Rows};
use crate::tables::{
    Mark, TablesError, audit, body, dispatch, facet, library, notice, number, quarantine, schema,
};

/// The writer.
#[derive(Debug)]
pub struct Tables {
    connection: Connection,
    places: BTreeMap<String, i64>,
    columns: Shelf,
}

impl Tables {
    /// Opens the file, throwing it away when it is of another version or broken: it is derived.
    pub fn open(path: &Path) -> Result<Tables, TablesError> {
        match schema::open_write(path) {
            Ok(connection) => Tables::over(connection),
            Err(TablesError::NotOurs | TablesError::Sql(_)) => Tables::fresh(path),
            Err(error) => Err(error),
        }
    }

    /// Deletes the file and opens an empty one.
    pub fn fresh(path: &Path) -> Result<Tables, TablesError> {
        schema::remove(path)?;
        Tables::over(schema::open_write(path)?)
    }

    /// Tables in memory: for tests.
    pub fn memory() -> Result<Tables, TablesError> {
        let tables = Tables::over(schema::open_memory()?)?;
        tables.keep_columns();
        Ok(tables)
    }

    fn over(connection: Connection) -> Result<Tables, TablesError> {
        let places = Tables::over_places(&connection)?;
        Ok(Tables {
            connection,
            places,
            columns: Shelf::default(),
        })
    }

    /// Reads the columns that readers count in; from then on they follow every commit.
    pub fn keep_columns(&self) {
        let columns = Columns::load(&self.connection);
        // Without them SQL answers the same, only slower.
        match &columns {
            Ok(columns) if columns.fits() => {}
            Ok(_) => tracing::warn!("the tables are too large to be kept in memory"),
            Err(error) => tracing::error!(%error, "the tables cannot be kept in memory"),
        }
        self.columns.replace(columns.ok().map(Arc::new));
    }

    /// Where readers find the columns.
    pub(crate) fn columns(&self) -> &Shelf {
        &self.columns
    }

    /// The place in the log up to which the rows go.
    pub fn mark(&self) -> Result<Mark, TablesError> {
        Mark::read(&self.connection)
    }

    /// The connection, for queries of the same process in tests and checks.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The same, for a read transaction of its own.
    pub fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Applies changes in order and sets the mark, all or nothing.
    pub fn commit(&mut self, changes: &[Change], mark: &Mark) -> Result<(), TablesError> {
        let erased = changes
            .iter()
            .any(|change| matches!(change, Change::Gone(_)));
        let before = self.columns.newest();
        let mut columns = before.clone();
        let transaction = self.connection.transaction()?;
        for change in changes {
            let line = apply(&transaction, &mut self.places, change)?;
            if let (Some(columns), Some((row, line))) = (&mut columns, line) {
                Arc::make_mut(columns).put(row, line);
            }
        }
        transaction.execute(
            "UPDATE meta SET epoch = ?1, position = ?2, hash = ?3",
            params![mark.epoch.0, position_of(mark.position), mark.hash],
        )?;
        let overfull = columns.as_ref().is_some_and(|columns| !columns.fits());
        // Before the commit: a reader that sees it finds its columns.
        if let Some(columns) = columns {
            self.columns.add(columns.at(mark));
        }
        match transaction.commit() {
            Ok(()) => {}
            Err(error) => {
                // New places and columns were rolled back with the rest.
                self.columns.replace(before);
                self.places = Tables::over_places(&self.connection)?;
                return Err(error.into());
            }
        }
        if overfull {
            // Read anew they may fit: without words that nothing has any more.
            self.keep_columns();
        }
        if erased { self.forget() } else { Ok(()) }
    }

    fn over_places(connection: &Connection) -> Result<BTreeMap<String, i64>, TablesError> {
        let mut statement = connection.prepare("SELECT path, place FROM place")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Leaves nothing of deleted rows in the file or in memory: search segments are merged, the
    /// write-ahead log is emptied (as far as running readers allow; the next call does the rest),
    /// the columns are read anew without words that nothing has any more.
    pub fn forget(&mut self) -> Result<(), TablesError> {
        self.connection.execute_batch(
            "INSERT INTO body_fts (body_fts) VALUES ('optimize');
             PRAGMA wal_checkpoint(TRUNCATE);",
        )?;
        if self.columns.newest().is_some() {
            self.keep_columns();
        }
        Ok(())
    }

    /// Empties the tables in place, for readers that have the file open.
    pub fn clear(&mut self) -> Result<(), TablesError> {
        self.connection.execute_batch(
            "BEGIN;
             INSERT INTO body_fts (body_fts) VALUES ('delete-all');
             DELETE FROM body; DELETE FROM spot; DELETE FROM facet; DELETE FROM handler;
             DELETE FROM conflict_value; DELETE FROM conflict; DELETE FROM quarantine;
             DELETE FROM notice; DELETE FROM delivery; DELETE FROM dispatch; DELETE FROM decision;
             DELETE FROM audit;
             DELETE FROM record; DELETE FROM place; DELETE FROM number;
             UPDATE meta SET epoch = zeroblob(8), position = 0, hash = x'';
             COMMIT;",
        )?;
        self.places.clear();
        if self.columns.newest().is_some() {
            self.keep_columns();
        }
        Ok(())
    }

    /// Brings statistics for the query planner up to date; after a rebuild and now and then.
    pub fn optimize(&mut self) -> Result<(), TablesError> {
        self.connection
            .execute_batch("PRAGMA analysis_limit = 2000; ANALYZE;")?;
        Ok(())
    }
}

pub(crate) fn position_of(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

pub(crate) fn count_of(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn person_of(person: Option<&PersonId>) -> &str {
    person.map_or("", PersonId::as_str)
}

/// A row of the record table and what is in it now, none when it is gone.
type Touched<'a> = Option<(i64, Option<&'a Line>)>;

/// Answers which row the change was about, where it was about one.
fn apply<'a>(
    transaction: &Transaction<'_>,
    places: &mut BTreeMap<String, i64>,
    change: &'a Change,
) -> Result<Touched<'a>, TablesError> {
    match change {
        Change::Put(rows) => {
            let row = put(transaction, places, rows)?;
            return Ok(Some((row, Some(&rows.line))));
        }
        Change::Gone(id) => return Ok(gone(transaction, id)?.map(|row| (row, None))),
        Change::Born {
            record,
            county,
            campaign,
        } => number::born(transaction, record.as_ref(), county, campaign)?,
        Change::Delivered { position, notified } => {
            notice::delivered(transaction, *position, notified)?;
        }
        Change::Frozen {
            position,
            dispatch: frozen,
        } => dispatch::frozen(transaction, *position, frozen)?,
        Change::Decided { position, decided } => {
            dispatch::decided(transaction, *position, decided)?;
        }
        Change::Library { position, set } => library::put(transaction, *position, set)?,
        Change::Audited { position, acts } => audit::put(transaction, *position, acts)?,
        Change::Held(held) => quarantine::put(transaction, held)?,
        Change::Released {
            record,
            numbers,
            by,
        } => {
            transaction
                .prepare_cached(
                    "UPDATE quarantine SET settled = ?1 WHERE record = ?2 AND actor = ?3
                         AND seq BETWEEN ?4 AND ?5 AND settled = 0 AND verdict <> 'forked'",
                )?
                .execute(params![
                    position_of(*by),
                    record.0,
                    numbers.actor.0,
                    count_of(numbers.from),
                    count_of(numbers.to),
                ])?;
        }
        Change::Answered {
            record,
            hash,
            by,
            text,
        } => {
            transaction
                .prepare_cached(
                    "UPDATE quarantine SET settled = ?1, answer = ?2
                     WHERE record = ?3 AND hash = ?4 AND settled = 0",
                )?
                .execute(params![position_of(*by), text, record.0, hash.0])?;
        }
    }
    Ok(None)
}

fn put(
    transaction: &Transaction<'_>,
    places: &mut BTreeMap<String, i64>,
    rows: &Rows,
) -> Result<i64, TablesError> {
    let row = put_line(transaction, &rows.line)?;
    facet::put(transaction, places, row, &rows.facets)?;
    for table in ["handler", "notice", "conflict", "conflict_value"] {
        transaction
            .prepare_cached(&format!("DELETE FROM {table} WHERE row = ?1"))?
            .execute([row])?;
    }
    for (unit, share) in &rows.handlers {
        transaction
            .prepare_cached("INSERT INTO handler (row, unit, share) VALUES (?1, ?2, ?3)")?
            .execute(params![row, unit.as_str(), share.as_str()])?;
    }
    notice::put(transaction, row, &rows.notices)?;
    for (nr, conflict) in rows.conflicts.iter().enumerate() {
        put_conflict(transaction, row, nr, conflict)?;
    }
    put_spot(transaction, row, &rows.line)?;
    body::put(transaction, row, &rows.body)?;
    Ok(row)
}

fn put_line(transaction: &Transaction<'_>, line: &Line) -> Result<i64, TablesError> {
    let about = &line.about;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO record (id, kind, campaign, region, team, audience, domain, source, state,
             title, author, first_position, last_position, first_time, last_time, device_first,
             device_last, edits, conflicts, lat_e7, lon_e7, datum, accuracy_cm,
             due, clock, behalf, code, number, county, numbered_in, closed_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
             ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)
         ON CONFLICT (id) DO UPDATE SET kind = ?2, campaign = ?3, region = ?4, team = ?5,
             audience = ?6, domain = ?7, source = ?8, state = ?9, title = ?10, author = ?11,
             first_position = ?12, last_position = ?13, first_time = ?14, last_time = ?15,
             device_first = ?16, device_last = ?17, edits = ?18, conflicts = ?19, lat_e7 = ?20,
             lon_e7 = ?21, datum = ?22, accuracy_cm = ?23, due = ?24,
             clock = ?25, behalf = ?26, number = ?28, county = ?29, numbered_in = ?30,
             closed_time = ?31
         RETURNING row",
    )?;
    let campaign = about
        .campaign
        .as_ref()
        .map_or("", |campaign| campaign.as_str());
    let (county, numbered_in, n) = number::number_of(transaction, &line.id)?;
    let team = about
        .scope
        .group
        .as_ref()
        .map_or("", |group| group.as_str());
    Ok(statement.query_row(
        params![
            line.id.0,
            line.kind.as_str(),
            campaign,
            about.scope.region.as_str(),
            team,
            about.scope.audience.as_str(),
            line.domain,
            line.source,
            line.state.as_str(),
            line.title,
            person_of(line.author.as_ref()),
            position_of(about.first.0),
            position_of(about.last.0),
            about.first.1.0,
            about.last.1.0,
            line.device_first.0,
            line.device_last.0,
            count_of(line.edits),
            count_of(line.conflicts),
            line.spot.map(|spot| spot.lat_e7),
            line.spot.map(|spot| spot.lon_e7),
            line.spot.map(|spot| spot.datum as u8),
            line.spot.and_then(|spot| spot.accuracy_cm),
            line.due,
            line.clock.as_str(),
            person_of(line.behalf.as_ref()),
            code(&line.id),
            n,
            county,
            numbered_in,
            line.closed.map(|closed| closed.0),
        ],
        |row| row.get(0),
    )?)
}

fn put_conflict(
    transaction: &Transaction<'_>,
    row: i64,
    nr: usize,
    conflict: &Conflict,
) -> Result<(), TablesError> {
    let nr = count_of(nr as u64);
    transaction
        .prepare_cached("INSERT INTO conflict (row, nr, path, kind) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            row,
            nr,
            conflict.path.to_string(),
            conflict.kind.as_str()
        ])?;
    for (n, written) in conflict.values.iter().enumerate() {
        let by = &written.by;
        let (position, time) = by.server.unwrap_or_default();
        transaction
            .prepare_cached(
                "INSERT INTO conflict_value (row, nr, n, value, actor, seq, hash, device, person, behalf,
                     device_time, server_position, server_time)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                row,
                nr,
                count_of(n as u64),
                minicbor::to_vec(&written.value).unwrap_or_default(),
                by.write.actor.0,
                count_of(by.write.seq),
                by.hash.0,
                by.device.0,
                person_of(by.person.as_ref()),
                person_of(by.behalf.as_ref()),
                by.device_time.0,
                position_of(position),
                time.0,
            ])?;
    }
    Ok(())
}

fn put_spot(transaction: &Transaction<'_>, row: i64, line: &Line) -> Result<(), TablesError> {
    transaction
        .prepare_cached("DELETE FROM spot WHERE row = ?1")?
        .execute([row])?;
    let fits = |e7: i64| i32::try_from(e7).ok();
    if let Some((lat, lon)) = line
        .spot
        .and_then(|s| Some((fits(s.lat_e7)?, fits(s.lon_e7)?)))
    {
        transaction
            .prepare_cached("INSERT INTO spot VALUES (?1, ?2, ?2, ?3, ?3)")?
            .execute(params![row, lat, lon])?;
    }
    Ok(())
}

fn gone(transaction: &Transaction<'_>, id: &RecordId) -> Result<Option<i64>, TablesError> {
    // The number stays taken.
    transaction
        .prepare_cached("UPDATE number SET record = NULL WHERE record = ?1")?
        .execute([id.0])?;
    transaction
        .prepare_cached("DELETE FROM quarantine WHERE record = ?1")?
        .execute([id.0])?;
    transaction
        .prepare_cached("DELETE FROM delivery WHERE record = ?1")?
        .execute([id.0])?;
    dispatch::gone(transaction, id)?;
    let row: Option<i64> = transaction
        .prepare_cached("SELECT row FROM record WHERE id = ?1")?
        .query_row([id.0], |found| found.get(0))
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    body::drop(transaction, row, None)?;
    for table in [
        "facet",
        "handler",
        "notice",
        "conflict",
        "conflict_value",
        "spot",
        "record",
    ] {
        transaction.execute(&format!("DELETE FROM {table} WHERE row = ?1"), [row])?;
    }
    Ok(Some(row))
}
