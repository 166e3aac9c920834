//! Every record of a filter with its short values, handed out one by one.
//!
//! Never asked without a `Visible`, and never holds more than one record.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::tables::TablesError;
use crate::tables::query::{Asked, Snapshot};
use crate::tables::read::{LINE_COLUMNS, line};
use crate::tables::rows::Line;

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
    mut each: impl FnMut(Exported) -> ControlFlow<()>,
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
