//! Facts about the table file: what it forgets and when it is made anew.

use liandu_core::id::RecordId;
use liandu_core::record::value::Value;

use super::{found, mark, rows_with};
use crate::tables::Mark;
use crate::tables::change::Change;
use crate::tables::write::Tables;

#[test]
fn an_erased_record_leaves_no_byte_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let mut tables = Tables::open(&path).unwrap();
    let secret = "极其罕见的词语";
    let erased = rows_with(
        1,
        "130502/-/office",
        "found",
        &[("f/name", Value::text(secret))],
        secret,
    );
    let kept = rows_with(2, "130502/-/office", "found", &[], "留下的内容");
    let changes = [Change::Put(Box::new(erased)), Change::Put(Box::new(kept))];
    tables.commit(&changes, &mark(1)).unwrap();
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap_or_default();
    let in_files = |needle: &str| {
        let holds = |name| {
            bytes(name)
                .windows(needle.len())
                .any(|w| w == needle.as_bytes())
        };
        ["office.db", "office.db-wal"].into_iter().any(holds)
    };
    assert!(in_files(secret));
    tables
        .commit(&[Change::Gone(RecordId([1; 16]))], &mark(2))
        .unwrap();
    assert!(!in_files(secret));
    assert!(!in_files("极其"), "no word of the index either");
    assert!(in_files("留下的内容"));
    assert_eq!(found(&mut tables, "130000", &[("q", secret)]), [0u8; 0]);
    assert_eq!(found(&mut tables, "130000", &[("q", "留下的")]), [2]);
}

#[test]
fn a_file_of_another_version_or_of_rubbish_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let mut tables = Tables::open(&path).unwrap();
    tables.commit(&[], &mark(9)).unwrap();
    drop(tables);
    assert_eq!(Tables::open(&path).unwrap().mark().unwrap(), mark(9));
    let tables = Tables::open(&path).unwrap();
    tables
        .connection()
        .execute("UPDATE meta SET schema = 999", [])
        .unwrap();
    drop(tables);
    assert_eq!(Tables::open(&path).unwrap().mark().unwrap(), Mark::none());
    std::fs::write(&path, vec![7; 8192]).unwrap();
    assert_eq!(Tables::open(&path).unwrap().mark().unwrap(), Mark::none());
}
