//! Taking decisions back: what they decided between is open again, unless something was built on
//! them.

use automerge::ScalarValue;
use automerge::legacy::OpType;
use liandu_core::policy::Role;
use liandu_core::record::EditError;
use liandu_core::record::edit::Edit;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, ConflictKind};
use liandu_core::verdict::{Reason, Verdict};

use crate::record::admission::Desk;
use crate::record::foreign::forged;
use crate::record::order::desk;
use crate::record::world::{Writer, meet, official, path, representative, set, two, typing};

/// Both writers hold an area of 12 and of 18, and the first's decision for 18.
fn decided() -> (Writer, Writer) {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    one.resolve("f/area", Some(Value::Int(18)));
    meet(&mut one, &mut two);
    (one, two)
}

#[test]
fn a_decision_taken_back_opens_what_it_decided_between() {
    let (mut one, mut two) = decided();
    let shown = two.read().decided;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].path, path("f/area"));
    assert_eq!(shown[0].decision.value, Value::Int(18));
    two.undo("f/area").unwrap();
    meet(&mut one, &mut two);
    let open = one.conflict("f/area").unwrap();
    assert_eq!(open.kind, ConflictKind::Values);
    let mut values: Vec<String> = open.values.iter().map(|w| w.value.to_string()).collect();
    values.sort();
    assert_eq!(values, ["12", "18"]);
    assert!(one.read().decided.is_empty());
    let history = one.doc.history(&path("f/area"), &Stamps::new());
    let acts: Vec<&Act> = history.iter().map(|item| &item.act).collect();
    assert_eq!(acts.len(), 4, "{acts:?}");
    assert_eq!(acts[3], &Act::Undone);
}

#[test]
fn deciding_the_same_again_after_taking_it_back_decides() {
    let (mut one, mut two) = decided();
    for _ in 0..3 {
        one.undo("f/area").unwrap();
        meet(&mut one, &mut two);
        assert!(two.conflict("f/area").is_some());
        two.resolve("f/area", Some(Value::Int(18)));
        meet(&mut one, &mut two);
        assert_eq!(one.value("f/area"), "18");
        assert!(one.read().conflicts.is_empty());
    }
}

#[test]
fn a_value_written_since_is_not_undone() {
    let (mut one, mut two) = decided();
    two.edit(set("f/area", "20"));
    meet(&mut one, &mut two);
    assert!(one.read().decided.is_empty());
    // Without knowing of each other: the later value stands, nothing is open.
    let (mut one, mut two) = decided();
    one.undo("f/area").unwrap();
    two.edit(set("f/area", "20"));
    meet(&mut one, &mut two);
    assert_eq!(one.value("f/area"), "20");
    assert!(one.read().conflicts.is_empty());
}

#[test]
fn two_people_taking_the_same_decision_back_open_it_once() {
    let (mut one, mut two) = decided();
    one.undo("f/area").unwrap();
    two.undo("f/area").unwrap();
    meet(&mut one, &mut two);
    assert!(one.conflict("f/area").is_some());
    one.resolve("f/area", Some(Value::Int(12)));
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/area"), "12");
    assert!(two.read().conflicts.is_empty());
}

#[test]
fn what_was_settled_knowing_of_a_decision_stays_decided() {
    let (mut one, mut two) = two();
    one.edit(set("f/settled_matter", "拆除"));
    two.edit(set("f/settled_matter", "补办手续"));
    meet(&mut one, &mut two);
    one.resolve("f/settled_matter", Some(Value::text("拆除")));
    for (field, value) in [
        ("person", "张局长"),
        ("standard", "复耕"),
        ("deadline", "7月"),
    ] {
        one.edit(set(&format!("f/settled_{field}"), value));
    }
    meet(&mut one, &mut two);
    let seen = two.doc.heads();
    let decision = two.read().decided[0].decision.by.write;
    two.undo("f/settled_matter").unwrap();
    one.event("transfer", &[("unit", "u-1")]);
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/settled_matter"), "拆除");
    assert!(two.read().conflicts.is_empty(), "the transfer knew of it");
    let at = path("f/settled_matter");
    let decision = Edit::Undo {
        path: at.clone(),
        decision,
    };
    let now = one.doc.heads();
    assert_eq!(
        one.try_at(&decision, &now),
        Err(EditError::NothingToUndo(at))
    );
    assert!(two.try_at(&decision, &seen).is_ok(), "a form held open");
}

#[test]
fn a_text_decided_about_is_open_again() {
    let (mut one, mut two) = two();
    one.edit(Edit::ClearText {
        field: "description".parse().unwrap(),
    });
    two.edit(typing("description", 2, 0, "新写"));
    meet(&mut one, &mut two);
    one.resolve("t/description", None);
    meet(&mut one, &mut two);
    two.undo("t/description").unwrap();
    meet(&mut one, &mut two);
    assert_eq!(
        one.conflict("t/description").unwrap().kind,
        ConflictKind::ClearedWhileEdited
    );
    one.resolve("t/description", None);
    one.edit(typing("description", 0, 0, "再"));
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
}

#[test]
fn a_state_decided_about_is_open_again_until_something_moves_it_on() {
    let (mut one, mut two) = two();
    one.event("verify", &[]);
    two.event("withdraw", &[]);
    meet(&mut one, &mut two);
    assert_eq!(one.conflict("e").unwrap().kind, ConflictKind::States);
    one.event("decide", &[("state", "withdrawn")]);
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
    two.undo("e").unwrap();
    meet(&mut one, &mut two);
    assert_eq!(one.conflict("e").unwrap().values.len(), 2);
    one.event("decide", &[("state", "withdrawn")]);
    meet(&mut one, &mut two);
    // Restored without knowing that the decision was taken back: it was built on.
    two.undo("e").unwrap();
    one.event("restore", &[]);
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
    assert_eq!(two.read().state.state.as_str(), "found");
    assert_eq!(
        one.undo("e"),
        Err(EditError::NothingToUndo(path("e"))),
        "something moved it on"
    );
}

#[test]
fn two_who_decided_alike_without_knowing_of_each_other_are_taken_back_together() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    one.event("verify", &[]);
    two.event("withdraw", &[]);
    meet(&mut one, &mut two);
    for writer in [&mut one, &mut two] {
        writer.resolve("f/area", Some(Value::Int(18)));
        writer.event("decide", &[("state", "verified")]);
    }
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty());
    assert_eq!(one.read().decided.len(), 2);
    one.undo("f/area").unwrap();
    one.undo("e").unwrap();
    meet(&mut one, &mut two);
    assert_eq!(two.conflict("f/area").unwrap().values.len(), 2);
    assert_eq!(two.conflict("e").unwrap().values.len(), 2);
}

#[test]
fn a_text_written_since_stays_decided() {
    let (mut one, mut two) = two();
    one.edit(Edit::ClearText {
        field: "description".parse().unwrap(),
    });
    two.edit(typing("description", 2, 0, "新写"));
    meet(&mut one, &mut two);
    one.resolve("t/description", None);
    meet(&mut one, &mut two);
    // One takes it back, the other writes on, neither knowing of the other.
    one.undo("t/description").unwrap();
    two.edit(typing("description", 0, 0, "再"));
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty(), "it was built on");
    assert!(two.undo("t/description").is_err());
}

#[test]
fn who_may_not_decide_does_not_take_back() {
    let (one, _) = decided();
    let mut office = Writer::new(3);
    office.pull(&one);
    let mut department = Writer::new(4);
    department.pull(&one);
    let mut desk = desk();
    desk.push(&one.doc.raw_all());
    let refused = department.undo("f/area").unwrap();
    assert_eq!(desk.arrive(&refused), Verdict::Refused(Reason::NotAllowed));
    let change = office.undo("f/area").unwrap();
    assert_eq!(desk.arrive(&change), Verdict::Accepted);
}

#[test]
fn a_state_is_taken_back_only_by_who_decides_states() {
    let (mut one, mut two) = two();
    let mut office = Writer::new(3);
    office.pull(&one);
    one.event("withdraw", &[]);
    office.event("verify", &[]);
    meet(&mut one, &mut office);
    office.event("decide", &[("state", "withdrawn")]);
    meet(&mut two, &mut office);
    let mut desk = desk();
    for judged in desk.push(&office.doc.raw_all()) {
        assert_eq!(judged.ruling.verdict(), Some(Verdict::Accepted));
    }
    let refused = two.undo("e").unwrap();
    assert!(matches!(desk.arrive(&refused), Verdict::Refused(_)));
    let change = office.undo("e").unwrap();
    assert_eq!(desk.arrive(&change), Verdict::Accepted);
}

#[test]
fn an_undoing_that_names_no_standing_decision_is_refused() {
    let (mut one, mut two) = decided();
    let mut desk = desk();
    desk.push(&one.doc.raw_all());
    let honest = two.undo("f/area").unwrap();
    // By hand: the number of the change that wrote 12 instead of the one that decided.
    let other = forged(&honest, |change| {
        let OpType::Put(ScalarValue::Bytes(bytes)) = &mut change.operations[0].action else {
            panic!("an undoing is bytes");
        };
        *bytes.last_mut().unwrap() -= 1;
    });
    assert_eq!(
        desk.arrive(&other),
        Verdict::Refused(Reason::IllegalOperation)
    );
    one.pull(&two);
    assert_eq!(
        one.undo("f/area"),
        Err(EditError::NothingToUndo(path("f/area")))
    );
}

#[test]
fn what_the_office_decided_is_not_opened_again_from_below() {
    let (mut one, mut office) = (Writer::new(1), Writer::new(3));
    one.edit(crate::record::world::creation());
    office.pull(&one);
    let mut second = Writer::new(5);
    second.pull(&one);
    office.edit(set("f/settled_matter", "拆除"));
    second.edit(set("f/settled_matter", "补办手续"));
    meet(&mut office, &mut second);
    office.resolve("f/settled_matter", Some(Value::text("拆除")));
    meet(&mut office, &mut second);
    let mut desk = Desk::new(&[
        (1, representative("rep-1")),
        (3, official("office-1", Role::CongressOffice, None)),
        (5, official("office-2", Role::CongressOffice, None)),
    ]);
    for judged in desk.push(&office.doc.raw_all()) {
        assert_eq!(judged.ruling.verdict(), Some(Verdict::Accepted));
    }
    one.pull(&office);
    let refused = one.undo("f/settled_matter").unwrap();
    assert_eq!(desk.arrive(&refused), Verdict::Refused(Reason::NotAllowed));
    let change = second.undo("f/settled_matter").unwrap();
    assert_eq!(desk.arrive(&change), Verdict::Accepted);
}
