//! Tables brought in: an office's spreadsheet or CSV of problems becomes ordinary edits, groups and
//! people become the roster, laws become the library.
//!
//! Never writes anything: it reads cells, and says for each that is wrong where it is, what is
//! wrong and what to do.

pub mod library;
pub mod roster;
pub mod rows;
pub mod sheet;

/// A cell that is wrong, as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// The sheet's name; empty for a CSV.
    pub sheet: String,
    /// The row, counted from 1, heads included.
    pub row: u32,
    /// The column, counted from 1; 0 for the whole row.
    pub column: u32,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl CellError {
    /// `C7`, as spreadsheets name it; `7` for a whole row.
    pub fn cell(&self) -> String {
        let (mut letters, mut left) = (String::new(), self.column);
        while let Some(before) = left.checked_sub(1) {
            let letter = u8::try_from(before % 26).unwrap_or(0);
            letters.insert(0, char::from(b'A' + letter));
            left = before / 26;
        }
        format!("{letters}{}", self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        let cell = |column, row| {
            let (sheet, zh, en) = Default::default();
            let error = CellError {
                sheet,
                row,
                column,
                zh,
                en,
            };
            error.cell()
        };
        assert_eq!([cell(1, 7), cell(26, 1), cell(27, 2)], ["A7", "Z1", "AA2"]);
        assert_eq!(cell(0, 9), "9");
    }
}
