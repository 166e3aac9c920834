//! Facts about open conflicts' rows.

use liandu_core::id::Position;

use super::{found, rows_with, sample, tables_with, visible};
use crate::tables::filter::Filter;
use crate::tables::query::{Asked, Snapshot};
use crate::tables::read::conflicts;

#[test]
fn conflicts_are_listed_with_who_wrote_what() {
    let mut sample = sample();
    sample.push(rows_with(10, "130502/g-1/group", "found", &[], "x"));
    let mut tables = tables_with(&sample);
    assert_eq!(
        found(&mut tables, "130000", &[("conflict", "open")]),
        [10],
        "5 is a contact"
    );
    assert_eq!(
        found(&mut tables, "130000", &[("conflict", "none")]),
        [1, 2, 3, 4, 6]
    );
    let (visible, filter) = (visible("130000"), Filter::default());
    let asked = Asked {
        visible: &visible,
        filter: &filter,
    };
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    let open = conflicts(&snapshot, asked, None, 10).unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].1, sample[6].conflicts);
    assert!(
        conflicts(&snapshot, asked, Some(Position(10)), 10)
            .unwrap()
            .is_empty()
    );
}
