//! Edits that do not count (yet): their rows, written and asked for.
//!
//! Never judges again: a verdict comes from the log.

use liandu_core::id::{Actor, ChangeHash, DeviceId, PersonId, Position, RecordId, RegionCode};
use liandu_core::record::kind::Kind;
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::tables::query::Snapshot;
use crate::tables::read::{broken, code, number, position, scope};
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::write::{count_of, person_of, position_of};
use crate::tables::{Held, TablesError};

/// An edit that is known already was judged again: only its verdict changes.
pub(crate) fn put(transaction: &Transaction<'_>, held: &Held) -> Result<(), TablesError> {
    let reason = held.verdict.reason().map_or(0, |reason| reason.code());
    let known = transaction
        .prepare_cached(
            "UPDATE quarantine SET verdict = ?1, reason = ?2 WHERE record = ?3 AND hash = ?4",
        )?
        .execute(params![
            held.verdict.as_str(),
            reason,
            held.record.0,
            held.hash.0
        ])?;
    if known > 0 {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO quarantine (position, nr, record, kind, region, team, audience,
             person, device, actor, seq, hash, verdict, reason, time, settled, answer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    statement.execute(params![
        position_of(held.position),
        held.index,
        held.record.0,
        held.kind.map_or("", |kind| kind.as_str()),
        held.scope.region.as_str(),
        held.scope.group.as_ref().map_or("", |group| group.as_str()),
        held.scope.audience.as_str(),
        person_of(held.person.as_ref()),
        held.device.0,
        held.actor.0,
        count_of(held.seq),
        held.hash.0,
        held.verdict.as_str(),
        reason,
        held.time.0,
        held.settled
            .as_ref()
            .map_or(0, |(position, _)| position_of(*position)),
        held.settled
            .as_ref()
            .map_or("", |(_, answer)| answer.as_str()),
    ])?;
    Ok(())
}

/// Which quarantined edits somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldFilter {
    /// In this subtree.
    pub region: Option<RegionCode>,
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this record.
    pub record: Option<RecordId>,
    /// `refused`, `held` or `forked`.
    pub verdict: Option<&'static str>,
    /// For this reason.
    pub reason: Option<Reason>,
    /// Also those that were released or answered.
    pub settled_too: bool,
}

impl HeldFilter {
    fn sql(&self, visible: &Visible) -> Sql {
        let mut sql = Sql::default();
        visible.narrow("q", &mut sql);
        if let Some(region) = &self.region {
            let range = sql.region_range("q", region);
            sql.and(&range);
        }
        if let Some(person) = &self.person {
            let person = sql.text(person.as_str());
            sql.and(&format!("q.person = {person}"));
        }
        if let Some(record) = &self.record {
            let record = sql.blob(&record.0);
            sql.and(&format!("q.record = {record}"));
        }
        if let Some(verdict) = self.verdict {
            let verdict = sql.text(verdict);
            sql.and(&format!("q.verdict = {verdict}"));
        }
        if let Some(reason) = self.reason {
            let reason = sql.int(i64::from(reason.code()));
            sql.and(&format!("q.reason = {reason}"));
        }
        if !self.settled_too {
            sql.and("q.settled = 0");
        }
        sql
    }
}

/// Quarantined edits, newest first, those before `before` (position, index), and how many there
/// are in all.
pub fn quarantine(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    filter: &HeldFilter,
    before: Option<(Position, u32)>,
    limit: usize,
) -> Result<(Vec<Held>, u64), TablesError> {
    let mut sql = filter.sql(visible);
    let query = format!("SELECT count(*) FROM quarantine q {}", sql.conditions());
    let total: i64 = snapshot
        .transaction
        .prepare_cached(&query)?
        .query_row(sql.args(), |row| row.get(0))?;
    if let Some((position, nr)) = before {
        let position = sql.int(position_of(position));
        let nr = sql.int(i64::from(nr));
        sql.and(&format!("(q.position, q.nr) < ({position}, {nr})"));
    }
    let query = format!(
        "SELECT * FROM quarantine q {} ORDER BY q.position DESC, q.nr DESC LIMIT {limit}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), held)?;
    Ok((
        found.collect::<Result<_, _>>()?,
        u64::try_from(total).unwrap_or(0),
    ))
}

/// One quarantined edit, none when it is unknown or may not be seen.
pub fn quarantined(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    at: Position,
    index: u32,
) -> Result<Option<Held>, TablesError> {
    let mut sql = Sql::default();
    visible.narrow("q", &mut sql);
    let position = sql.int(position_of(at));
    let nr = sql.int(i64::from(index));
    sql.and(&format!("q.position = {position} AND q.nr = {nr}"));
    let query = format!("SELECT * FROM quarantine q {}", sql.conditions());
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    Ok(statement.query_row(sql.args(), held).optional()?)
}

fn held(row: &Row<'_>) -> rusqlite::Result<Held> {
    let kind: String = row.get("kind")?;
    let verdict: String = row.get("verdict")?;
    let reason: u16 = row.get("reason")?;
    let reason = Reason::ALL
        .iter()
        .copied()
        .find(|known| known.code() == reason);
    let settled = position(row, "settled")?;
    let answer: String = row.get("answer")?;
    Ok(Held {
        position: position(row, "position")?,
        index: row.get("nr")?,
        record: RecordId(row.get("record")?),
        kind: Kind::parse(&kind),
        scope: scope(row)?,
        person: code::<PersonId>(row, "person")?,
        device: DeviceId(row.get("device")?),
        actor: Actor(row.get("actor")?),
        seq: number(row, "seq")?,
        hash: ChangeHash(row.get("hash")?),
        verdict: match (verdict.as_str(), reason) {
            ("refused", Some(reason)) => Verdict::Refused(reason),
            ("held", Some(reason)) => Verdict::Held(reason),
            ("forked", _) => Verdict::Forked,
            _other => return Err(broken("verdict")),
        },
        time: Timestamp(row.get("time")?),
        settled: (settled != Position(0)).then_some((settled, answer)),
    })
}
