//! Short values of records by place, for filters and counts.
//!
//! Never writes what is there already.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Transaction, params};

use crate::tables::TablesError;

/// Writes only the difference: most edits change one or two values of twenty.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    places: &mut BTreeMap<String, i64>,
    row: i64,
    facets: &BTreeSet<(String, String)>,
) -> Result<(), TablesError> {
    let mut wanted = BTreeSet::new();
    for (path, value) in facets {
        wanted.insert((place_of(transaction, places, path)?, value.clone()));
    }
    let mut statement =
        transaction.prepare_cached("SELECT place, value FROM facet WHERE row = ?1")?;
    let had = statement
        .query_map([row], |found| Ok((found.get(0)?, found.get(1)?)))?
        .collect::<Result<BTreeSet<(i64, String)>, _>>()?;
    for (place, value) in had.difference(&wanted) {
        transaction
            .prepare_cached("DELETE FROM facet WHERE row = ?1 AND place = ?2 AND value = ?3")?
            .execute(params![row, place, value])?;
    }
    for (place, value) in wanted.difference(&had) {
        transaction
            .prepare_cached("INSERT INTO facet (row, place, value) VALUES (?1, ?2, ?3)")?
            .execute(params![row, place, value])?;
    }
    Ok(())
}

fn place_of(
    transaction: &Transaction<'_>,
    places: &mut BTreeMap<String, i64>,
    path: &str,
) -> Result<i64, TablesError> {
    if let Some(place) = places.get(path) {
        return Ok(*place);
    }
    transaction
        .prepare_cached("INSERT INTO place (path) VALUES (?1)")?
        .execute([path])?;
    let place = transaction.last_insert_rowid();
    places.insert(path.to_owned(), place);
    Ok(place)
}
