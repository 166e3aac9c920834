//! Cells of a CSV or XLSX file, as text.
//!
//! Never takes a file for what its name says, and never unpacks more than the limit.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::catch_unwind;

use calamine::{Data, Reader, Xlsx};
use liandu_core::limits;

/// A table: heads and rows of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name; empty for a CSV.
    pub sheet: String,
    /// Rows with their numbers, counted from 1; the first is the heads. Empty rows are left out.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Why a file is no table. Shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Neither UTF-8 CSV nor XLSX: save it again as one of them.
    #[error("neither CSV in UTF-8 nor XLSX")]
    Form,
    /// More rows or content than one import may have: split it.
    #[error("too large for one import")]
    TooLarge,
}

/// Reads the first sheet of a workbook, or a CSV.
pub fn read(bytes: &[u8]) -> Result<Table, SheetError> {
    let table = if bytes.starts_with(b"PK\x03\x04") {
        workbook(bytes)?
    } else {
        text(bytes)?
    };
    if table.rows.len() > limits::IMPORT_ROWS_MAX.saturating_add(1) {
        return Err(SheetError::TooLarge);
    }
    Ok(table)
}

fn text(bytes: &[u8]) -> Result<Table, SheetError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut rows = Vec::new();
    let mut room = limits::IMPORT_CELLS_MAX;
    for (number, record) in (1u32..).zip(reader.records()) {
        let record = record.map_err(|_| SheetError::Form)?;
        room = room.checked_sub(record.len()).ok_or(SheetError::TooLarge)?;
        rows.push((
            number,
            record.iter().map(|cell| cell.trim().to_owned()).collect(),
        ));
    }
    Ok(table(String::new(), rows))
}

fn table(sheet: String, mut rows: Vec<(u32, Vec<String>)>) -> Table {
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    Table { sheet, rows }
}

/// What the directory of a zip file says its parts unpack to.
fn unpacked_bytes(bytes: &[u8]) -> u64 {
    const ENTRY: &[u8] = b"PK\x01\x02";
    let entries = bytes.windows(28).filter(|window| window.starts_with(ENTRY));
    let sizes = entries.filter_map(|entry| entry.get(24..28)?.try_into().ok());
    sizes.map(|size| u64::from(u32::from_le_bytes(size))).sum()
}

/// The library may panic on what no program wrote.
fn workbook(bytes: &[u8]) -> Result<Table, SheetError> {
    catch_unwind(|| first_sheet(bytes)).unwrap_or(Err(SheetError::Form))
}

fn first_sheet(bytes: &[u8]) -> Result<Table, SheetError> {
    if unpacked_bytes(bytes) > limits::IMPORT_UNPACKED_BYTES_MAX {
        return Err(SheetError::TooLarge);
    }
    let opened = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetError::Form);
    let mut book: Xlsx<_> = opened?;
    let name = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or(SheetError::Form)?;
    let mut cells = book
        .worksheet_cells_reader(&name)
        .map_err(|_| SheetError::Form)?;
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut room = limits::IMPORT_CELLS_MAX;
    // Cell by cell: two cells far apart would make the library lay out all that is between them.
    while let Some(found) = cells.next_cell().map_err(|_| SheetError::Form)? {
        let text = cell(&found.get_value().clone().into());
        if text.is_empty() {
            continue;
        }
        let (row, column) = found.get_position();
        let column = usize::try_from(column).map_err(|_| SheetError::TooLarge)?;
        let line = lines.entry(row).or_default();
        let width = column.saturating_add(1).max(line.len());
        room = room
            .checked_sub(width.saturating_sub(line.len()))
            .ok_or(SheetError::TooLarge)?;
        line.resize(width, String::new());
        if let Some(place) = line.get_mut(column) {
            *place = text;
        }
    }
    let numbered = |(row, line): (u32, _)| (row.saturating_add(1), line);
    Ok(table(name, lines.into_iter().map(numbered).collect()))
}

fn cell(data: &Data) -> String {
    if let Data::DateTime(at) = data
        && at.is_datetime()
    {
        let (year, month, day, ..) = at.to_ymd_hms_milli();
        return format!("{year:04}-{month:02}-{day:02}");
    }
    data.to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_with_mark_keeps_row_numbers_over_empty_rows() {
        let table = read("\u{feff}标题,村\n,\n\"a,b\",东\n".as_bytes()).unwrap();
        assert_eq!(table.rows[0], (1, vec!["标题".to_owned(), "村".to_owned()]));
        assert_eq!(table.rows[1], (3, vec!["a,b".to_owned(), "东".to_owned()]));
        assert_eq!(read(&[0xff, 0xfe, 0x00]), Err(SheetError::Form));
        assert_eq!(read(b"PK\x03\x04nonsense"), Err(SheetError::Form));
    }

    #[test]
    fn more_rows_than_allowed_are_refused() {
        let rows = |n: usize| "x\n".repeat(n);
        assert!(read(rows(limits::IMPORT_ROWS_MAX + 1).as_bytes()).is_ok());
        let more = rows(limits::IMPORT_ROWS_MAX + 2);
        assert_eq!(read(more.as_bytes()), Err(SheetError::TooLarge));
    }

    #[test]
    fn more_cells_than_allowed_are_refused() {
        let commas = |n: usize| ",".repeat(n - 1) + "\n";
        assert!(read(commas(limits::IMPORT_CELLS_MAX).as_bytes()).is_ok());
        let more = commas(limits::IMPORT_CELLS_MAX + 1);
        assert_eq!(read(more.as_bytes()), Err(SheetError::TooLarge));
    }

    #[test]
    fn a_workbook_of_two_cells_far_apart_is_read_or_refused_without_what_is_between() {
        let read_with = |row, column| {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            sheet.write(0, 0, "标题").unwrap();
            sheet.write(row, column, "远").unwrap();
            read(&book.save_to_buffer().unwrap())
        };
        let far = read_with(1_048_575, 16_383).unwrap();
        let rows: Vec<u32> = far.rows.iter().map(|(number, _)| *number).collect();
        assert_eq!(rows, [1, 1_048_576]);
        assert_eq!(far.rows[1].1.len(), 16_384);
        assert_eq!(far.rows[1].1[16_383], "远");
    }

    #[test]
    fn a_workbook_of_more_cells_than_allowed_is_refused() {
        let with_rows = |count: u32| {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for row in 0..count {
                sheet.write(row, 9_999, "远").unwrap();
            }
            read(&book.save_to_buffer().unwrap()).map(|table| table.rows.len())
        };
        assert_eq!(with_rows(100), Ok(100));
        assert_eq!(with_rows(101), Err(SheetError::TooLarge));
    }

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_not_unpacked() {
        let mut bomb = b"PK\x03\x04".to_vec();
        bomb.extend_from_slice(b"PK\x01\x02");
        bomb.extend_from_slice(&[0; 20]);
        bomb.extend_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(read(&bomb), Err(SheetError::TooLarge));
    }
}
