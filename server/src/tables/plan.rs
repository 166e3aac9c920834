//! Planned visits: the tasks that send a group to places, and which of their visits were begun.
//!
//! Never decides which record a visit is: core computes its id from the task's and the place's.

use std::collections::BTreeMap;

use liandu_core::id::{Position, RecordId};
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::visit::POINTS;

use crate::tables::TablesError;
use crate::tables::query::{Asked, Snapshot};
use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::Line;
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;

/// Tasks with places that fit a filter, the newest at the office first. A task whose places were all
/// taken back may be among them.
pub fn plans(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<Line>, TablesError> {
    let mut sql = asked.sql(snapshot, true);
    let kind = sql.text(Kind::Task.as_str());
    sql.and(&format!("r.kind = {kind}"));
    // Any value of a place counts: a title may be too long for a facet. 0 follows / in order.
    let from = sql.text(&format!("i/{POINTS}/"));
    let to = sql.text(&format!("i/{POINTS}0"));
    sql.and(&format!(
        "r.row IN (SELECT f.row FROM facet f JOIN place p ON p.place = f.place \
         WHERE p.path >= {from} AND p.path < {to})"
    ));
    if let Some(before) = before {
        let before = sql.int(i64::try_from(before.0).unwrap_or(i64::MAX));
        sql.and(&format!("r.first_position < {before}"));
    }
    let query = format!(
        "SELECT {LINE_COLUMNS} FROM {} {} ORDER BY r.first_position DESC, r.id LIMIT {limit}",
        asked.from(),
        sql.conditions()
    );
    found(snapshot, &query, &sql)
}

/// Those of these inspections that are at the office, may be seen and were not withdrawn.
pub fn visits(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    ids: &[RecordId],
) -> Result<BTreeMap<RecordId, Line>, TablesError> {
    let mut here = BTreeMap::new();
    for ids in ids.chunks(limits::PAGE_RECORDS_MAX) {
        let mut sql = Sql::new(true);
        visible.narrow("r", &mut sql);
        let ids: Vec<String> = ids.iter().map(|id| sql.blob(&id.0)).collect();
        let ids = ids.join(", ");
        sql.and(&format!("r.id IN ({ids}) AND r.state <> 'withdrawn'"));
        let query = format!("SELECT {LINE_COLUMNS} FROM record r {}", sql.conditions());
        let lines = found(snapshot, &query, &sql)?;
        here.extend(lines.into_iter().map(|line| (line.id, line)));
    }
    Ok(here)
}

fn found(snapshot: &Snapshot<'_>, query: &str, sql: &Sql) -> Result<Vec<Line>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(query)?;
    let lines = statement.query_map(sql.args(), line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}
