//! Tables that an office brings in: problems as CSV or XLSX, groups and people as CSV.

use std::path::Path;
use std::sync::OnceLock;

use liandu_core::campaign::{Campaign, hebei};
use liandu_core::limits::{IMPORT_CELLS_MAX, IMPORT_ROWS_MAX};
use liandu_server::imports::{roster, rows, sheet};

/// A file: what is read keeps to the limits, and every row is either right or named.
pub fn imports(bytes: &[u8]) {
    static CAMPAIGN: OnceLock<Campaign> = OnceLock::new();
    let campaign = CAMPAIGN.get_or_init(|| hebei().expect("the built-in campaign"));
    if let Ok(table) = sheet::read(bytes) {
        assert!(table.rows.len() <= IMPORT_ROWS_MAX + 1, "too many rows");
        let cells: usize = table.rows.iter().map(|(_, cells)| cells.len()).sum();
        assert!(cells <= IMPORT_CELLS_MAX, "{cells} cells are too many");
        let ascending = table.rows.windows(2).all(|two| match two {
            [(one, _), (two, _)] => one < two,
            _ => true,
        });
        assert!(ascending, "rows keep their order and numbers");
        let (good, wrong) = rows::problems(&table, campaign, "government");
        let heads = table.rows.first().map_or(0, |(number, _)| *number);
        for (number, _) in table.rows.iter().skip(1) {
            let named = wrong
                .iter()
                .any(|error| [heads, *number, 0].contains(&error.row));
            let taken = good.iter().any(|row| row.number == *number);
            assert!(named || taken, "row {number} is neither right nor named");
            if table.rows.len() > 50 {
                break;
            }
        }
        for error in &wrong {
            assert!(!error.zh.is_empty() && !error.en.is_empty() && !error.cell().is_empty());
        }
    }
    let path = Path::new("roster.csv");
    let _ = (roster::groups(path, bytes), roster::people(path, bytes));
}
