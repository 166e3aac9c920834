//! Births are frozen: their bytes are golden files, added and never changed.

use liandu_core::id::RecordId;
use liandu_core::record::RecordDoc;
use liandu_core::record::kind::Kind;

use crate::golden::assert_frozen;
use crate::record::world::{Writer, creation, set, typing};

#[test]
fn births_are_frozen() {
    for kind in Kind::ALL {
        let doc = RecordDoc::birth(RecordId([7; 16]), kind).unwrap();
        let birth = doc.raw_all().remove(0);
        assert_frozen("record", &format!("birth-{kind}-1"), &birth.bytes);
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
        assert_frozen("record", &format!("change-{name}-1"), &change.bytes);
    }
    let born = writer
        .doc
        .raw_all()
        .into_iter()
        .find(|c| writer.doc.is_birth(&c.hash) && !c.is_birth());
    assert_frozen("record", "birth-text-extra-1", &born.unwrap().bytes);
}
