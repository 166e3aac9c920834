//! List, count, export and the rows themselves agree, whatever is asked.

use liandu_core::id::RegionCode;
use liandu_core::record::value::Value;
use proptest::prelude::*;

use super::{found, rows_with, tables_with};
use crate::tables::rows::Rows;

fn any_rows() -> impl Strategy<Value = Vec<(usize, usize, usize, usize)>> {
    proptest::collection::vec((0..5_usize, 0..4_usize, 0..4_usize, 0..4_usize), 0..14)
}

const SCOPES: [&str; 5] = [
    "130502/g-1/group",
    "130702/g-2/group",
    "130502001/-/office",
    "130500/-/office",
    "130502/-/contact",
];
const STATES: [&str; 4] = ["found", "transferred", "reported", "closed"];
const STATUS: [&str; 4] = ["Open", "Closed", "", "Pending"];
const TEXTS: [&str; 4] = ["河道污染", "污水", "违法占地", ""];

proptest! {
    /// List, count, export and a plain loop over the rows give the same records.
    #[test]
    fn any_filter_gives_the_same_number_everywhere(
        made in any_rows(),
        region in 0..4_usize, state in 0..5_usize, status in 0..5_usize, text in 0..5_usize,
        conflict in 0..3_usize,
    ) {
        let rows: Vec<Rows> = made.iter().enumerate().map(|(index, (scope, state, status, text))| {
            let fields = [("f/status", Value::text(STATUS[*status]))];
            let n = u8::try_from(index).unwrap() + 1;
            rows_with(n, SCOPES[*scope], STATES[*state], &fields, TEXTS[*text])
        }).collect();
        let mut tables = tables_with(&rows);
        let region = ["130000", "130500", "130502", "130702"][region];
        let mut pairs = vec![("region", region)];
        pairs.extend(STATES.get(state).map(|state| ("state", *state)));
        pairs.extend(STATUS.get(status).map(|status| ("field.status", *status)));
        pairs.extend(TEXTS.get(text).filter(|text| !text.is_empty()).map(|text| ("q", *text)));
        pairs.extend(["open", "none"].get(conflict).map(|conflict| ("conflict", *conflict)));
        let fits = |rows: &&Rows| {
            let scope = &rows.line.about.scope;
            let facet = rows.facets.iter().find(|(path, _)| path == "f/status").map_or("", |f| &f.1);
            scope.audience.as_str() != "contact"
                && region.parse::<RegionCode>().unwrap().contains(&scope.region)
                && STATES.get(state).is_none_or(|state| rows.line.state.as_str() == *state)
                && STATUS.get(status).is_none_or(|status| facet == *status)
                && TEXTS.get(text).is_none_or(|text| rows.body.contains(text))
                && ["open", "none"].get(conflict).is_none_or(|c| (*c == "open") == (rows.line.conflicts > 0))
        };
        let wanted: Vec<u8> = rows.iter().filter(fits).map(|rows| rows.line.id.0[0]).collect();
        prop_assert_eq!(found(&mut tables, "130000", &pairs), wanted);
    }
}
