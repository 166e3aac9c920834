//! How many rows the columns of a foreign chunk claim to hold, counted without unrolling them: a
//! run of 2^40 equal rows takes a few bytes, and automerge unrolls it row by row.
//!
//! Never reads values: what they mean is automerge's business, once their number is bounded.

use crate::limits::{CHANGE_ROWS_MAX, RECORD_ROWS_MAX};
use crate::record::chunk::ChunkError;

/// Bit of a column's specification that says its content is deflated.
const DEFLATED: u64 = 0b1000;
const TYPE: u64 = 0b0111;
const BOOLEAN: u64 = 4;
const STRING: u64 = 5;
/// Bytes without structure: as long as they are.
const RAW_VALUES: u64 = 7;

/// Content of a change chunk, inflated.
pub(super) fn bounded_change(mut content: &[u8]) -> Result<(), ChunkError> {
    let content = &mut content;
    skip_hashes(content)?;
    skip_prefixed(content)?;
    // Number of the change, of its first operation, and its time.
    for _ in 0..3 {
        skip_number(content)?;
    }
    skip_prefixed(content)?;
    skip_actors(content)?;
    let columns = described(content)?;
    columns.bounded(content, CHANGE_ROWS_MAX)
}

/// Content of a document chunk, whose columns travel without inner compression.
pub(super) fn bounded_document(mut content: &[u8]) -> Result<(), ChunkError> {
    let content = &mut content;
    skip_actors(content)?;
    skip_hashes(content)?;
    let changes = described(content)?;
    let operations = described(content)?;
    changes.bounded(content, RECORD_ROWS_MAX)?;
    operations.bounded(content, RECORD_ROWS_MAX)
}

/// Type and length of each column.
struct Columns(Vec<(u64, u64)>);

fn described(content: &mut &[u8]) -> Result<Columns, ChunkError> {
    let count = leb128(content)?;
    let mut columns = Vec::new();
    for _ in 0..count {
        let specification = leb128(content)?;
        if specification & DEFLATED != 0 {
            return Err(ChunkError::Unsupported);
        }
        columns.push((specification & TYPE, leb128(content)?));
    }
    Ok(Columns(columns))
}

impl Columns {
    fn bounded(&self, content: &mut &[u8], rows_max: u64) -> Result<(), ChunkError> {
        for (kind, length) in &self.0 {
            let column = take(content, *length)?;
            let rows = match *kind {
                RAW_VALUES => 0,
                BOOLEAN => rows_of_booleans(column)?,
                kind => rows_of_runs(column, kind == STRING)?,
            };
            if rows > rows_max {
                return Err(ChunkError::TooBig);
            }
        }
        Ok(())
    }
}

/// Lengths of alternating runs.
fn rows_of_booleans(mut column: &[u8]) -> Result<u64, ChunkError> {
    let mut rows = 0u64;
    while !column.is_empty() {
        rows = rows.saturating_add(leb128(&mut column)?);
    }
    Ok(rows)
}

/// Runs: a count and one value, minus a count and so many values, or 0 and a count of nulls.
fn rows_of_runs(mut column: &[u8], strings: bool) -> Result<u64, ChunkError> {
    let mut rows = 0u64;
    while !column.is_empty() {
        let count = signed_leb128(&mut column)?;
        let (claimed, values) = match count {
            0 => (leb128(&mut column)?, 0),
            1.. => (count.unsigned_abs(), 1),
            _ => (count.unsigned_abs(), count.unsigned_abs()),
        };
        rows = rows.saturating_add(claimed);
        for _ in 0..values {
            if strings {
                skip_prefixed(&mut column)?;
            } else {
                skip_number(&mut column)?;
            }
        }
    }
    Ok(rows)
}

fn skip_hashes(content: &mut &[u8]) -> Result<(), ChunkError> {
    let bytes = leb128(content)?.checked_mul(32);
    take(content, bytes.ok_or(ChunkError::Malformed)?).map(drop)
}

fn skip_actors(content: &mut &[u8]) -> Result<(), ChunkError> {
    for _ in 0..leb128(content)? {
        skip_prefixed(content)?;
    }
    Ok(())
}

fn skip_prefixed(content: &mut &[u8]) -> Result<(), ChunkError> {
    let length = leb128(content)?;
    take(content, length).map(drop)
}

fn take<'a>(bytes: &mut &'a [u8], count: u64) -> Result<&'a [u8], ChunkError> {
    let count = usize::try_from(count).map_err(|_| ChunkError::Malformed)?;
    let (taken, rest) = bytes.split_at_checked(count).ok_or(ChunkError::Malformed)?;
    *bytes = rest;
    Ok(taken)
}

fn skip_number(bytes: &mut &[u8]) -> Result<(), ChunkError> {
    groups(bytes).map(drop)
}

pub(super) fn leb128(bytes: &mut &[u8]) -> Result<u64, ChunkError> {
    let (value, _, _) = groups(bytes)?;
    Ok(value)
}

fn signed_leb128(bytes: &mut &[u8]) -> Result<i64, ChunkError> {
    let (value, bits, last) = groups(bytes)?;
    let negative = last & 0x40 != 0 && bits < 64;
    let filled = if negative {
        value | u64::MAX << bits
    } else {
        value
    };
    Ok(filled.cast_signed())
}

/// One number: its groups of seven bits put together, how many bits they are, and the last byte.
fn groups(bytes: &mut &[u8]) -> Result<(u64, u32, u8), ChunkError> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(ChunkError::Malformed)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((value, shift + 7, *byte));
        }
    }
    Err(ChunkError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_without_unrolling() {
        // 3 x 7, then 5 and 6, then 4 nulls.
        let runs = [3, 7, 0x7e, 5, 6, 0, 4];
        assert_eq!(rows_of_runs(&runs, false), Ok(9));
        let strings = [2, 1, b'a', 0x7f, 2, b'b', b'c'];
        assert_eq!(rows_of_runs(&strings, true), Ok(3));
        assert_eq!(rows_of_booleans(&[0, 5, 2]), Ok(7));
        let run_of_2_to_the_40 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 1];
        assert_eq!(rows_of_runs(&run_of_2_to_the_40, false), Ok(1 << 40));
        assert_eq!(rows_of_runs(&[0x40], false), Err(ChunkError::Malformed));
    }
}
