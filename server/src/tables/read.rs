//! Rows read back: a record's rows as they were projected, open conflicts, quarantine.
//!
//! Never trusts a row that does not parse: it is a broken table, to be rebuilt.

use liandu_core::id::{
    Actor, CampaignId, ChangeHash, DeviceId, GroupId, PersonId, Position, RecordId, RegionCode,
    StateId, UnitId,
};
use liandu_core::light::Clock;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::Number;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::scope::{Audience, Scope};
use liandu_core::record::value::{Datum, GeoPosition};
use liandu_core::record::view::{Conflict, ConflictKind, Provenance, Written};
use liandu_core::time::Timestamp;
use liandu_core::workflow::Share;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row};

use crate::tables::query::{Asked, Snapshot};
use crate::tables::rows::{About, Line, Rows};
use crate::tables::{TablesError, notice};

pub(crate) const LINE_COLUMNS: &str = "r.id, r.kind, r.campaign, r.region, r.team, r.audience, \
    r.domain, r.source, r.state, r.title, r.author, r.first_position, r.last_position, \
    r.first_time, r.last_time, r.device_first, r.device_last, r.edits, r.conflicts, r.lat_e7, \
    r.lon_e7, r.datum, r.accuracy_cm, r.due, r.clock, r.behalf, \
    r.number, r.county, r.numbered_in, r.closed_time";

pub(crate) fn broken(column: &'static str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(0, column.to_owned(), Type::Null)
}

pub(crate) fn position(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Position> {
    let position: i64 = row.get(column)?;
    u64::try_from(position)
        .map(Position)
        .map_err(|_| broken(column))
}

pub(crate) fn number(row: &Row<'_>, column: &'static str) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| broken(column))
}

/// Reads a code column, none when it is empty.
pub(crate) fn code<T: std::str::FromStr>(
    row: &Row<'_>,
    column: &'static str,
) -> rusqlite::Result<Option<T>> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| broken(column))
}

pub(crate) fn scope(row: &Row<'_>) -> rusqlite::Result<Scope> {
    let audience: String = row.get("audience")?;
    Ok(Scope {
        region: code::<RegionCode>(row, "region")?.ok_or_else(|| broken("region"))?,
        group: code::<GroupId>(row, "team")?,
        audience: Audience::ALL
            .into_iter()
            .find(|a| a.as_str() == audience)
            .ok_or_else(|| broken("audience"))?,
    })
}

/// Reads `LINE_COLUMNS`.
pub(crate) fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let kind: String = row.get("kind")?;
    let first = (
        position(row, "first_position")?,
        Timestamp(row.get("first_time")?),
    );
    let last = (
        position(row, "last_position")?,
        Timestamp(row.get("last_time")?),
    );
    let campaign = code::<CampaignId>(row, "campaign")?;
    Ok(Line {
        id: RecordId(row.get("id")?),
        kind: Kind::parse(&kind).ok_or_else(|| broken("kind"))?,
        about: About {
            scope: scope(row)?,
            campaign,
            first,
            last,
        },
        domain: row.get("domain")?,
        source: row.get("source")?,
        state: code::<StateId>(row, "state")?.ok_or_else(|| broken("state"))?,
        title: row.get("title")?,
        author: code::<PersonId>(row, "author")?,
        device_first: Timestamp(row.get("device_first")?),
        device_last: Timestamp(row.get("device_last")?),
        edits: number(row, "edits")?,
        conflicts: number(row, "conflicts")?,
        spot: spot(row)?,
        due: row.get("due")?,
        clock: clock(row)?,
        behalf: code::<PersonId>(row, "behalf")?,
        closed: row.get::<_, Option<i64>>("closed_time")?.map(Timestamp),
        number: numbered(row)?,
    })
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<Option<Number>> {
    let n = number(row, "number")?;
    let county = code::<RegionCode>(row, "county")?;
    let campaign = code::<CampaignId>(row, "numbered_in")?;
    let named = county.zip(campaign).filter(|_| n > 0);
    Ok(named.map(|(county, campaign)| Number {
        county,
        campaign,
        n,
    }))
}

fn clock(row: &Row<'_>) -> rusqlite::Result<Clock> {
    let word: String = row.get("clock")?;
    let mut clocks = Clock::ALL.into_iter();
    clocks
        .find(|clock| clock.as_str() == word)
        .ok_or_else(|| broken("clock"))
}

fn spot(row: &Row<'_>) -> rusqlite::Result<Option<GeoPosition>> {
    let (lat, lon): (Option<i64>, Option<i64>) = (row.get("lat_e7")?, row.get("lon_e7")?);
    let (Some(lat_e7), Some(lon_e7)) = (lat, lon) else {
        return Ok(None);
    };
    let datum = Datum::numbered(row.get("datum")?).ok_or_else(|| broken("datum"))?;
    Ok(Some(GeoPosition {
        lat_e7,
        lon_e7,
        datum,
        accuracy_cm: row.get("accuracy_cm")?,
    }))
}

/// Everything the tables hold of one record, without asking who may see it: for checks.
pub(crate) fn rows(snapshot: &Snapshot<'_>, id: &RecordId) -> Result<Option<Rows>, TablesError> {
    let transaction = &snapshot.transaction;
    let found = transaction
        .prepare_cached(&format!(
            "SELECT {LINE_COLUMNS}, r.row FROM record r WHERE r.id = ?1"
        ))?
        .query_row([id.0], |row| Ok((line(row)?, row.get::<_, i64>("row")?)))
        .optional()?;
    let Some((line, row)) = found else {
        return Ok(None);
    };
    let facets = transaction
        .prepare_cached(
            "SELECT p.path, f.value FROM facet f JOIN place p ON p.place = f.place WHERE f.row = ?1",
        )?
        .query_map([row], |found| Ok((found.get(0)?, found.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let handlers = transaction
        .prepare_cached("SELECT unit, share FROM handler WHERE row = ?1")?
        .query_map([row], |found| {
            let share = Share::parse(&found.get::<_, String>("share")?);
            Ok(code::<UnitId>(found, "unit")?.zip(share))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let body: Option<String> = transaction
        .prepare_cached("SELECT body FROM body WHERE row = ?1")?
        .query_row([row], |found| found.get(0))
        .optional()?;
    Ok(Some(Rows {
        line,
        facets,
        handlers: handlers.into_iter().flatten().collect(),
        notices: notice::of_row(snapshot, row)?,
        conflicts: conflicts_of(snapshot, row)?,
        body: body.unwrap_or_default(),
    }))
}

/// A record's number, without asking who may see it.
pub(crate) fn number_of(
    snapshot: &Snapshot<'_>,
    id: &RecordId,
) -> Result<Option<Number>, TablesError> {
    let found = snapshot
        .transaction
        .prepare_cached("SELECT number, county, numbered_in FROM record WHERE id = ?1")?
        .query_row([id.0], numbered)
        .optional()?;
    Ok(found.flatten())
}

/// Ids of all records in the tables, in order.
pub(crate) fn ids(snapshot: &Snapshot<'_>) -> Result<Vec<RecordId>, TablesError> {
    let mut statement = snapshot
        .transaction
        .prepare("SELECT id FROM record ORDER BY id")?;
    let ids = statement.query_map([], |row| row.get(0).map(RecordId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn conflicts_of(snapshot: &Snapshot<'_>, row: i64) -> Result<Vec<Conflict>, TablesError> {
    let mut statement = snapshot
        .transaction
        .prepare_cached("SELECT nr, path, kind FROM conflict WHERE row = ?1 ORDER BY nr")?;
    let mut found = statement.query([row])?;
    let mut conflicts = Vec::new();
    while let Some(conflict) = found.next()? {
        let kind: String = conflict.get("kind")?;
        conflicts.push(Conflict {
            path: code::<Path>(conflict, "path")?.ok_or_else(|| broken("path"))?,
            kind: conflict_kind(&kind).ok_or_else(|| broken("kind"))?,
            values: values_of(snapshot, row, conflict.get("nr")?)?,
        });
    }
    Ok(conflicts)
}

fn conflict_kind(word: &str) -> Option<ConflictKind> {
    [
        ConflictKind::Values,
        ConflictKind::Late,
        ConflictKind::ClearedWhileEdited,
        ConflictKind::LateText,
        ConflictKind::States,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == word)
}

fn values_of(snapshot: &Snapshot<'_>, row: i64, nr: i64) -> Result<Vec<Written>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(
        "SELECT value, actor, seq, hash, device, person, behalf, device_time, server_position, server_time
         FROM conflict_value WHERE row = ?1 AND nr = ?2 ORDER BY n",
    )?;
    let values = statement.query_map([row, nr], |found| {
        let value: Vec<u8> = found.get("value")?;
        let at = position(found, "server_position")?;
        let time = Timestamp(found.get("server_time")?);
        Ok(Written {
            value: minicbor::decode(&value).map_err(|_| broken("value"))?,
            by: Provenance {
                write: WriteId {
                    actor: Actor(found.get("actor")?),
                    seq: number(found, "seq")?,
                },
                hash: ChangeHash(found.get("hash")?),
                device: DeviceId(found.get("device")?),
                person: code::<PersonId>(found, "person")?,
                behalf: code::<PersonId>(found, "behalf")?,
                device_time: Timestamp(found.get("device_time")?),
                server: (at != Position(0)).then_some((at, time)),
            },
        })
    })?;
    Ok(values.collect::<Result<_, _>>()?)
}

/// Records with open conflicts, last changed first, each with its conflicts.
pub fn conflicts(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<(Line, Vec<Conflict>)>, TablesError> {
    let mut sql = asked.sql(snapshot, true);
    sql.and("r.conflicts > 0");
    if let Some(before) = before {
        let before = sql.int(crate::tables::write::position_of(before));
        sql.and(&format!("r.last_position < {before}"));
    }
    let query = format!(
        "SELECT {LINE_COLUMNS}, r.row FROM record r {} ORDER BY r.last_position DESC, r.id
         LIMIT {limit}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let mut found = statement.query(sql.args())?;
    let mut answer = Vec::new();
    while let Some(row) = found.next()? {
        answer.push((line(row)?, conflicts_of(snapshot, row.get("row")?)?));
    }
    Ok(answer)
}
