//! Numbers of problems: the next of a county and campaign for each that is admitted.
//!
//! Never given twice: what was erased keeps its row without the record.

use liandu_core::id::{CampaignId, RecordId, RegionCode};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::tables::TablesError;

/// Gives a record the next number, unless it has one; without a record the number is spent.
pub(crate) fn born(
    transaction: &Transaction<'_>,
    record: Option<&RecordId>,
    county: &RegionCode,
    campaign: &CampaignId,
) -> Result<(), TablesError> {
    if let Some(record) = record
        && number_of(transaction, record)?.2 > 0
    {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO number (record, county, campaign, n)
             SELECT ?1, ?2, ?3, coalesce(max(n), 0) + 1 FROM number
             WHERE county = ?2 AND campaign = ?3",
        )?
        .execute(params![
            record.map(|record| record.0),
            county.as_str(),
            campaign.as_str()
        ])?;
    Ok(())
}

/// County, campaign and number of a record; 0 when it has none.
pub(crate) fn number_of(
    transaction: &Transaction<'_>,
    record: &RecordId,
) -> Result<(String, String, i64), TablesError> {
    let found = transaction
        .prepare_cached("SELECT county, campaign, n FROM number WHERE record = ?1")?
        .query_row([record.0], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}
