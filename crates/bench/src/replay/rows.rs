//! The rows of a CSV of citizen requests, as far as a replay counts them.
//!
//! Reads any file with the columns of City of Los Angeles 311 data; never invents a value.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// One request.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    /// Its number, unique in the file.
    pub srnumber: String,
    /// What about.
    pub requesttype: String,
    /// How it ended.
    pub status: String,
    /// When it came, as written.
    pub createddate: String,
    /// When it was closed, empty if it was not.
    pub closeddate: String,
    /// By which channel it came.
    pub requestsource: String,
    /// Who dealt with it.
    pub owner: String,
    /// Degrees north, WGS-84.
    pub latitude: String,
    /// Degrees east, WGS-84.
    pub longitude: String,
    /// Where, in words.
    pub address: String,
}

/// Counts of one property, by value.
pub type Counts = BTreeMap<String, u64>;

/// Reads the file; a number that comes twice is an error, because rows are records.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("open {}", path.display()))?;
    let mut rows = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for row in reader.deserialize() {
        let row: Row =
            row.with_context(|| format!("row {} of {}", rows.len() + 2, path.display()))?;
        ensure!(
            seen.insert(row.srnumber.clone()),
            "srnumber {} comes twice",
            row.srnumber
        );
        rows.push(row);
    }
    ensure!(!rows.is_empty(), "{} has no rows", path.display());
    Ok(rows)
}

/// What the office must count at the end.
pub fn counts(rows: &[Row], of: impl Fn(&Row) -> &str) -> Counts {
    let mut counts = Counts::new();
    for row in rows {
        *counts.entry(of(row).to_owned()).or_default() += 1;
    }
    counts
}
