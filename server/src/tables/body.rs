//! The searchable text of a record, and the index over it: every two neighbouring characters, since
//! most Chinese words are two long and SQLite's own trigrams begin at three.
//!
//! Never keeps a text that a record no longer has.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::tables::sql::Sql;

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
        .prepare_cached("INSERT INTO body_fts (rowid, pairs) VALUES (?1, ?2)")?
        .execute(params![row, spaced(&pairs(body))])?;
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
                "INSERT INTO body_fts (body_fts, rowid, pairs) VALUES ('delete', ?1, ?2)",
            )?
            .execute(params![row, spaced(&pairs(old))])?;
        transaction
            .prepare_cached("DELETE FROM body WHERE row = ?1")?
            .execute([row])?;
    }
    Ok(old)
}

/// Every two neighbouring letters or digits of a text, in lower case, and the last one of each run,
/// so that each character begins a word of the index.
fn pairs(text: &str) -> BTreeSet<String> {
    let mut pairs = BTreeSet::new();
    let mut before: Option<char> = None;
    for c in text.chars().flat_map(char::to_lowercase).chain([' ']) {
        let now = c.is_alphanumeric().then_some(c);
        if let Some(before) = before {
            pairs.insert([Some(before), now].into_iter().flatten().collect());
        }
        before = now;
    }
    pairs
}

fn spaced(pairs: &BTreeSet<String>) -> String {
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    pairs.join(" ")
}

/// How a word is looked for.
#[derive(Debug)]
pub(crate) struct Looked {
    /// What the index is asked for; none for a word without letters or digits, which is looked for
    /// in every text.
    pub(crate) pairs: Option<String>,
    /// Whether the index alone says which texts hold it.
    pub(crate) exact: bool,
}

/// The index finds texts that have all pairs of a word; the text itself says whether they stand in
/// this order.
pub(crate) fn looked(word: &str) -> Looked {
    let pairs = pairs(word);
    let inner = |pair: &&String| pair.chars().count() > 1;
    // The last character alone ends a word in the index only where the text ends there.
    let whole: Vec<String> = pairs
        .iter()
        .filter(inner)
        .map(|p| format!("\"{p}\""))
        .collect();
    let asked = match whole.is_empty() {
        true => pairs.iter().map(|c| format!("\"{c}\"*")).collect(),
        false => whole,
    };
    Looked {
        // The pair itself: nothing to see in the text that the index does not say.
        exact: word.chars().all(char::is_alphanumeric)
            && pairs.len() == 2
            && word.chars().count() == 2,
        pairs: (!pairs.is_empty()).then(|| asked.join(" ")),
    }
}

/// The rows that the index finds.
pub(crate) fn rows_with(pairs: &str, sql: &mut Sql) -> String {
    let pairs = sql.text(pairs);
    format!("SELECT rowid FROM body_fts WHERE body_fts MATCH {pairs}")
}

/// Rows whose text holds a word, as SQL.
pub(crate) fn holds(word: &str, sql: &mut Sql) -> String {
    let looked = looked(word);
    let found = looked.pairs.map(|pairs| rows_with(&pairs, sql));
    match found {
        Some(found) if looked.exact => format!("r.row IN ({found})"),
        Some(found) => {
            let like = like(word, sql);
            format!("r.row IN (SELECT b.row FROM body b WHERE {like} AND b.row IN ({found}))")
        }
        None => format!(
            "r.row IN (SELECT b.row FROM body b WHERE {})",
            like(word, sql)
        ),
    }
}

fn like(word: &str, sql: &mut Sql) -> String {
    let mut escaped = String::with_capacity(word.len());
    for c in word.chars() {
        if ['%', '_', '\\'].contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    let pattern = sql.text(&format!("%{escaped}%"));
    format!("b.body LIKE {pattern} ESCAPE '\\'")
}

/// Whether the text of one row holds a word: what `LIKE` says of it.
pub(crate) fn text_holds(
    transaction: &Transaction<'_>,
    row: usize,
    word: &str,
) -> Result<bool, TablesError> {
    let mut statement = transaction.prepare_cached("SELECT body FROM body WHERE row = ?1")?;
    let row = i64::try_from(row).unwrap_or(i64::MAX);
    let text: Option<String> = statement
        .query_row([row], |found| found.get(0))
        .optional()?;
    let word = word.to_ascii_lowercase();
    Ok(text.is_some_and(|text| text.to_ascii_lowercase().contains(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_run_begins_a_word_of_the_index() {
        let found = spaced(&pairs("东康庄,No.7"));
        assert_eq!(found, "7 no o 东康 庄 康庄");
    }

    #[test]
    fn words_of_every_length_are_found_where_texts_hold_them_and_nowhere_else() {
        let mut connection = crate::tables::schema::open_memory().unwrap();
        let texts = [
            "东康庄村东二号井",
            "康东 庄康",
            "Abandoned WELL No.7",
            "打折100%_off",
            "井",
        ];
        let transaction = connection.transaction().unwrap();
        for (row, text) in (1..).zip(texts) {
            put(&transaction, row, text).unwrap();
        }
        let words = [
            "东",
            "庄",
            "井",
            "康庄",
            "东康庄",
            "庄村",
            "村东二号井",
            "well",
            "No.7",
            "7",
            "0%",
            "%_",
            "庄康",
            "康 庄",
            "鱼",
            "a",
            "ndo",
            "\"",
            "*",
            "号井 OR",
        ];
        for word in words {
            let mut sql = Sql::new(false);
            let condition = holds(word, &mut sql);
            let query = format!("SELECT r.row FROM body r WHERE {condition} ORDER BY r.row");
            let mut statement = transaction.prepare(&query).unwrap();
            let rows = statement.query_map(sql.args(), |row| row.get(0)).unwrap();
            let rows: Vec<i64> = rows.map(Result::unwrap).collect();
            let low = word.to_lowercase();
            let holding = |(_, text): &(i64, &str)| text.to_lowercase().contains(&low);
            let expected: Vec<i64> = (1..)
                .zip(texts)
                .filter(holding)
                .map(|(row, _)| row)
                .collect();
            assert_eq!(rows, expected, "{word}");
        }
    }

    #[test]
    fn a_text_that_changed_is_no_longer_found_by_its_old_words() {
        let mut connection = crate::tables::schema::open_memory().unwrap();
        let transaction = connection.transaction().unwrap();
        put(&transaction, 1, "河道采砂").unwrap();
        put(&transaction, 1, "河道清淤").unwrap();
        let hits = |word: &str| -> i64 {
            let query = "SELECT count(*) FROM body_fts WHERE body_fts MATCH ?1";
            transaction
                .query_row(query, [format!("\"{word}\"")], |row| row.get(0))
                .unwrap()
        };
        assert_eq!((hits("采砂"), hits("清淤"), hits("河道")), (0, 1, 1));
    }
}
