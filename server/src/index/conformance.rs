//! What every index must do: run against memory, an overlay on memory, and sled.

use super::memory::MemoryIndex;
use super::overlay::Overlay;
use super::sled::SledIndex;
use super::{Batch, Index};

fn batch(rows: &[(&str, Option<&str>)]) -> Batch {
    let row = |(key, value): &(&str, Option<&str>)| {
        (
            key.as_bytes().to_vec(),
            value.map(|value| value.as_bytes().to_vec()),
        )
    };
    rows.iter().map(row).collect()
}

fn keys(index: &impl Index, prefix: &str, from: &str, rows_max: usize) -> Vec<String> {
    let rows = index
        .scan(prefix.as_bytes(), from.as_bytes(), rows_max)
        .unwrap();
    rows.into_iter()
        .map(|(key, _)| String::from_utf8(key).unwrap())
        .collect()
}

fn conforms(index: &mut impl Index) {
    assert_eq!(index.get(b"a1").unwrap(), None);
    index
        .apply(&batch(&[
            ("a1", Some("1")),
            ("a2", Some("2")),
            ("a3", Some("3")),
            ("b1", Some("4")),
        ]))
        .unwrap();
    assert_eq!(index.get(b"a2").unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(keys(index, "a", "", 10), ["a1", "a2", "a3"]);
    assert_eq!(keys(index, "a", "a2", 10), ["a2", "a3"]);
    assert_eq!(keys(index, "a", "a2", 1), ["a2"]);
    assert_eq!(keys(index, "a", "a4", 10), [""; 0]);
    assert_eq!(keys(index, "", "", 10).len(), 4);
    index
        .apply(&batch(&[("a2", None), ("a3", Some("x")), ("c", None)]))
        .unwrap();
    assert_eq!(keys(index, "a", "", 10), ["a1", "a3"]);
    assert_eq!(index.get(b"a3").unwrap().as_deref(), Some(&b"x"[..]));
    index.flush().unwrap();
    index.clear().unwrap();
    assert!(keys(index, "", "", 10).is_empty());
    index.apply(&batch(&[("z", Some("9"))])).unwrap();
    assert_eq!(keys(index, "", "", 10), ["z"]);
}

#[test]
fn memory_conforms() {
    conforms(&mut MemoryIndex::new());
}

#[test]
fn sled_conforms_and_keeps_rows_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut index = SledIndex::open(&path).unwrap();
    conforms(&mut index);
    index.flush().unwrap();
    drop(index);
    assert_eq!(keys(&SledIndex::open(&path).unwrap(), "", "", 10), ["z"]);
}

#[test]
fn sled_that_will_not_open_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("conf"), b"not sled's").unwrap();
    std::fs::write(path.join("db"), b"not sled's either").unwrap();
    conforms(&mut SledIndex::open(&path).unwrap());
}

#[test]
fn overlay_shows_staged_rows_over_the_index_until_dropped() {
    let mut below = MemoryIndex::new();
    below
        .apply(&batch(&[
            ("a1", Some("1")),
            ("a2", Some("2")),
            ("a5", Some("5")),
        ]))
        .unwrap();
    let mut overlay = Overlay::new(below);
    overlay.stage(batch(&[
        ("a0", Some("0")),
        ("a2", None),
        ("a3", Some("3")),
        ("a5", Some("x")),
    ]));
    let keys = |overlay: &Overlay<MemoryIndex>, rows_max| {
        let rows = overlay.scan(b"a", b"", rows_max).unwrap();
        rows.into_iter()
            .map(|(key, _)| String::from_utf8(key).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&overlay, 10), ["a0", "a1", "a3", "a5"]);
    assert_eq!(keys(&overlay, 2), ["a0", "a1"]);
    assert_eq!(keys(&overlay, 3), ["a0", "a1", "a3"]);
    assert_eq!(overlay.get(b"a5").unwrap().as_deref(), Some(&b"x"[..]));
    overlay.drop_staged();
    assert_eq!(keys(&overlay, 10), ["a1", "a2", "a5"]);
    overlay.stage(batch(&[("a9", Some("9"))]));
    overlay.commit().unwrap();
    overlay.drop_staged();
    assert_eq!(keys(&overlay, 10), ["a1", "a2", "a5", "a9"]);
}
