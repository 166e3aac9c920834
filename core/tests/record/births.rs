//! Births are frozen: their bytes are golden files, added and never changed.

use std::path::PathBuf;

use liandu_core::id::RecordId;
use liandu_core::record::RecordDoc;
use liandu_core::record::kind::Kind;

use crate::record::world::{Writer, creation, set, typing};

/// Compares with a golden file; writes a missing one only when asked to.
fn golden(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/record")
        .join(name);
    if !path.exists() && std::env::var("LIANDU_GOLDEN").as_deref() == Ok("add") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("missing {name}"));
    assert_eq!(expected, found, "{name} is frozen");
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        + "\n"
}

#[test]
fn births_are_frozen() {
    for kind in Kind::ALL {
        let doc = RecordDoc::birth(RecordId([7; 16]), kind).unwrap();
        let birth = doc.raw_all().remove(0);
        golden(&format!("birth-{kind}-1.hex"), &hex(&birth.bytes));
    }
}

#[test]
fn changes_of_edits_are_frozen() {
    let mut writer = Writer::new(1);
    let changes = [
        ("create", writer.edit(creation())),
        ("set", writer.edit(set("f/area", "12"))),
        ("text", writer.edit(typing("extra", 0, 0, "补充"))),
        ("event", writer.event("verify", &[("note", "现场")])),
    ];
    for (name, change) in changes {
        golden(&format!("change-{name}-1.hex"), &hex(&change.bytes));
    }
    let born = writer
        .doc
        .raw_all()
        .into_iter()
        .find(|c| writer.doc.is_birth(&c.hash) && !c.is_birth());
    golden("birth-text-extra-1.hex", &hex(&born.unwrap().bytes));
}
