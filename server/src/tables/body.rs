//! The searchable text of a record, and the index over it.
//!
//! Never keeps a text that a record no longer has.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::tables::TablesError;

/// The search index must be told the old text in order to forget it.
pub(crate) fn put(transaction: &Transaction<'_>, row: i64, body: &str) -> Result<(), TablesError> {
    let old = drop(transaction, row, Some(body))?;
    if old.as_deref() == Some(body) {
        return Ok(());
    }
    transaction
        .prepare_cached("INSERT INTO body (row, body) VALUES (?1, ?2)")?
        .execute(params![row, body])?;
    transaction
        .prepare_cached("INSERT INTO body_fts (rowid, body) VALUES (?1, ?2)")?
        .execute(params![row, body])?;
    Ok(())
}

/// Takes a text out unless it is `keep`; answers what was there.
pub(crate) fn drop(
    transaction: &Transaction<'_>,
    row: i64,
    keep: Option<&str>,
) -> Result<Option<String>, TablesError> {
    let old: Option<String> = transaction
        .prepare_cached("SELECT body FROM body WHERE row = ?1")?
        .query_row([row], |found| found.get(0))
        .optional()?;
    if let Some(old) = old.as_deref().filter(|old| keep != Some(old)) {
        transaction
            .prepare_cached(
                "INSERT INTO body_fts (body_fts, rowid, body) VALUES ('delete', ?1, ?2)",
            )?
            .execute(params![row, old])?;
        transaction
            .prepare_cached("DELETE FROM body WHERE row = ?1")?
            .execute([row])?;
    }
    Ok(old)
}
