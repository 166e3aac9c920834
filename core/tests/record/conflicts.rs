//! Every case of what counts as a conflict, with two or more writers.

use liandu_core::record::EditError;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::path::Path;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, ConflictKind};

use crate::record::world::{Writer, meet, path, set, two, typing};

#[test]
fn different_concurrent_values_are_both_kept_as_a_conflict() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    let conflict = one.conflict("f/area").unwrap();
    assert_eq!(conflict.kind, ConflictKind::Values);
    let mut values: Vec<String> = conflict
        .values
        .iter()
        .map(|w| w.value.to_string())
        .collect();
    values.sort();
    assert_eq!(values, ["12", "18"]);
    let devices: Vec<_> = conflict.values.iter().map(|w| w.by.device).collect();
    assert_ne!(devices[0], devices[1], "each value names its author");
}

#[test]
fn equal_concurrent_values_are_no_conflict() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "12"));
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty());
    let seen = one.doc.heads();
    assert_eq!(
        one.try_at(&set("f/area", "12"), &seen),
        Err(EditError::NoChange)
    );
    one.edit(set("f/area", "13"));
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/area"), "13");
    assert!(two.read().conflicts.is_empty());
}

#[test]
fn different_fields_and_texts_merge_without_conflict() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    one.edit(typing("description", 2, 0, "甲"));
    two.edit(set("f/title", "另一标题"));
    two.edit(typing("description", 0, 0, "乙"));
    meet(&mut one, &mut two);
    assert_eq!(one.text("description"), "乙村东甲");
    assert!(one.read().conflicts.is_empty());
}

#[test]
fn form_held_open_while_others_edit_becomes_a_conflict_not_an_overwrite() {
    let (mut one, mut two) = two();
    let form = one.doc.heads();
    two.edit(set("f/area", "18"));
    one.pull(&two);
    one.try_at(&set("f/area", "12"), &form).unwrap();
    meet(&mut one, &mut two);
    assert_eq!(one.conflict("f/area").unwrap().values.len(), 2);
}

#[test]
fn actor_that_has_gone_on_gets_a_fresh_one_for_an_older_form() {
    let (mut one, mut two) = two();
    let form = one.doc.heads();
    let before = one.actor;
    one.edit(set("f/title", "先"));
    one.try_at(&set("f/area", "12"), &form).unwrap();
    assert_ne!(one.actor, before);
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/title"), "先");
    assert_eq!(two.value("f/area"), "12");
}

#[test]
fn only_resolve_may_supersede_more_than_one_value() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    let seen = one.doc.heads();
    let refused = one.try_at(&set("f/area", "15"), &seen);
    assert_eq!(refused, Err(EditError::ResolveFirst(path("f/area"))));
    one.resolve("f/area", Some(Value::Int(15)));
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/area"), "15");
    assert!(two.read().conflicts.is_empty());
    two.edit(set("f/area", "16"));
    assert_eq!(two.value("f/area"), "16");
}

#[test]
fn resolving_for_the_value_that_shows_already_counts() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    let shown = one.conflict("f/area").unwrap().values[0].value.clone();
    one.resolve("f/area", Some(shown.clone()));
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
    assert_eq!(two.value("f/area"), shown.to_string());
}

#[test]
fn two_offices_resolving_differently_converge_and_keep_both_resolutions() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    one.resolve("f/area", Some(Value::Int(12)));
    two.resolve("f/area", Some(Value::Int(18)));
    meet(&mut one, &mut two);
    assert_eq!(one.conflict("f/area").unwrap().kind, ConflictKind::Values);
    two.resolve("f/area", Some(Value::Int(12)));
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty());
    let history = one.doc.history(&path("f/area"), &Stamps::new());
    let resolved = history
        .iter()
        .filter(|item| matches!(item.act, Act::Resolved(_)))
        .count();
    assert_eq!(resolved, 3, "{history:?}");
    assert_eq!(history.len(), 5);
}

#[test]
fn two_offices_resolving_alike_leave_nothing_open() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    one.resolve("f/area", Some(Value::Int(12)));
    two.resolve("f/area", Some(Value::Int(12)));
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty());
}

#[test]
fn resolve_names_exactly_the_values_it_decides_between() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    meet(&mut one, &mut two);
    let mut among: Vec<_> = one
        .conflict("f/area")
        .unwrap()
        .values
        .iter()
        .map(|w| w.by.write)
        .collect();
    among.pop();
    let seen = one.doc.heads();
    let edit = Edit::Resolve {
        path: path("f/area"),
        value: Some(Value::Int(12)),
        among,
    };
    assert_eq!(
        one.try_at(&edit, &seen),
        Err(EditError::NothingToResolve(path("f/area")))
    );
}

#[test]
fn clearing_a_text_while_it_is_edited_is_a_conflict() {
    let (mut one, mut two) = two();
    one.edit(Edit::ClearText {
        field: "description".parse().unwrap(),
    });
    two.edit(typing("description", 2, 0, "新写"));
    meet(&mut one, &mut two);
    let conflict = one.conflict("t/description").unwrap();
    assert_eq!(conflict.kind, ConflictKind::ClearedWhileEdited);
    assert_eq!(
        one.text("description"),
        "新写",
        "what was typed is still there"
    );
    let seen = one.doc.heads();
    let refused = one.try_at(&typing("description", 0, 0, "再"), &seen);
    assert_eq!(refused, Err(EditError::ResolveFirst(path("t/description"))));
    one.resolve("t/description", None);
    one.edit(typing("description", 0, 0, "再"));
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
}

#[test]
fn clearing_a_text_knowing_all_edits_is_no_conflict() {
    let (mut one, mut two) = two();
    two.edit(typing("description", 2, 0, "新写"));
    meet(&mut one, &mut two);
    one.edit(Edit::ClearText {
        field: "description".parse().unwrap(),
    });
    meet(&mut one, &mut two);
    assert!(two.read().conflicts.is_empty());
    assert_eq!(two.text("description"), "");
}

fn settle_four(writer: &mut Writer) {
    let write = |at: &str, value: &str| Write {
        path: path(at),
        value: Value::text(value),
    };
    writer.edit(Edit::Set {
        writes: vec![
            write("f/settled_person", "p-9"),
            write("f/settled_matter", "拆除"),
            write("f/settled_standard", "恢复原状"),
            write("f/settled_deadline", "2020-06-30"),
        ],
    });
}

#[test]
fn value_written_without_knowing_of_a_transfer_is_listed_and_the_settled_one_stays() {
    let (mut one, mut two) = two();
    settle_four(&mut one);
    two.pull(&one);
    one.event("transfer", &[("unit", "u-1")]);
    two.edit(set("f/settled_deadline", "2020-12-31"));
    meet(&mut one, &mut two);
    let conflict = one.conflict("f/settled_deadline").unwrap();
    assert_eq!(conflict.kind, ConflictKind::Late);
    assert_eq!(one.value("f/settled_deadline"), "2020-06-30");
    assert_eq!(conflict.values[1].value, Value::text("2020-12-31"));
    one.resolve("f/settled_deadline", Some(Value::text("2020-12-31")));
    meet(&mut one, &mut two);
    assert_eq!(two.value("f/settled_deadline"), "2020-12-31");
    assert!(two.read().conflicts.is_empty());
}

#[test]
fn late_value_for_an_empty_place_overwrites_nothing_and_is_no_conflict() {
    let (mut one, mut two) = two();
    settle_four(&mut one);
    two.pull(&one);
    one.event("transfer", &[("unit", "u-1")]);
    two.edit(set("f/area", "12"));
    meet(&mut one, &mut two);
    assert!(one.read().conflicts.is_empty());
    assert_eq!(one.value("f/area"), "12");
}

#[test]
fn text_edited_without_knowing_of_a_transfer_is_listed() {
    let (mut one, mut two) = two();
    settle_four(&mut one);
    two.pull(&one);
    one.event("transfer", &[("unit", "u-1")]);
    two.edit(typing("description", 2, 0, "后补"));
    meet(&mut one, &mut two);
    assert_eq!(
        one.conflict("t/description").unwrap().kind,
        ConflictKind::LateText
    );
    assert_eq!(one.text("description"), "村东后补");
}

#[test]
fn withdrawing_while_somebody_edits_is_a_conflict() {
    let (mut one, mut two) = two();
    one.event("withdraw", &[]);
    two.edit(set("f/title", "改了标题"));
    meet(&mut one, &mut two);
    assert_eq!(one.read().state.state.as_str(), "withdrawn");
    let conflict = one.conflict("f/title").unwrap();
    assert_eq!(conflict.kind, ConflictKind::Late);
    assert_eq!(one.value("f/title"), "违法占地");
}

#[test]
fn several_differing_tips_are_a_conflict_until_an_event_names_all_of_them() {
    let (mut one, mut two) = two();
    one.event("verify", &[]);
    two.event("withdraw", &[]);
    meet(&mut one, &mut two);
    assert_eq!(
        one.read().state.state.as_str(),
        "verified",
        "the least advanced counts"
    );
    let conflict = one.conflict("e").unwrap();
    assert_eq!(conflict.kind, ConflictKind::States);
    assert_eq!(conflict.values.len(), 2);
    one.event("decide", &[("state", "withdrawn")]);
    meet(&mut one, &mut two);
    assert_eq!(two.read().state.state.as_str(), "withdrawn");
    assert!(two.conflict("e").is_none());
}

#[test]
fn merging_is_undone_to_where_the_problem_stood_also_after_a_decision_between_tips() {
    let into = "01890000-0000-7000-8000-000000000001";
    let (mut one, mut two) = two();
    one.event("merge", &[("into", into)]);
    assert_eq!(one.read().state.state.as_str(), "merged");
    two.event("withdraw", &[]);
    meet(&mut one, &mut two);
    one.event("decide", &[("state", "merged")]);
    assert_eq!(one.read().state.state.as_str(), "merged");
    one.event("unmerge", &[]);
    assert_eq!(one.read().state.state.as_str(), "found");
    one.event("merge", &[("into", "x")]);
    assert_eq!(
        one.read().state.state.as_str(),
        "found",
        "into nothing that is a record it does not count"
    );
}

#[test]
fn tips_that_lead_to_one_state_are_no_conflict() {
    let (mut one, mut two) = two();
    one.event("verify", &[]);
    two.event("verify", &[]);
    meet(&mut one, &mut two);
    assert!(one.conflict("e").is_none());
    assert_eq!(one.read().state.tips.len(), 2);
}

#[test]
fn event_not_allowed_where_its_author_stood_is_shown_but_does_not_count() {
    let (mut one, mut two) = two();
    one.event("close", &[]);
    meet(&mut one, &mut two);
    let record = two.read();
    assert_eq!(record.state.state.as_str(), "found");
    assert!(!record.events[0].counts);
}

#[test]
fn text_the_birth_lacks_merges_when_two_writers_begin_it() {
    let (mut one, mut two) = two();
    one.edit(typing("extra", 0, 0, "甲写"));
    two.edit(typing("extra", 0, 0, "乙写"));
    meet(&mut one, &mut two);
    let text = one.text("extra");
    assert!(text == "甲写乙写" || text == "乙写甲写", "{text}");
}

#[test]
fn history_is_in_causal_order_and_names_who_and_when() {
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    meet(&mut one, &mut two);
    two.edit(set("f/area", "13"));
    meet(&mut one, &mut two);
    let history = one.doc.history(&path("f/area"), &Stamps::new());
    let acts: Vec<&Act> = history.iter().map(|item| &item.act).collect();
    assert_eq!(
        acts,
        [&Act::Wrote(Value::Int(12)), &Act::Wrote(Value::Int(13))]
    );
    assert_eq!(history[1].by.write.actor, two.actor);
    assert_eq!(one.doc.history(&Path::State, &Stamps::new()), []);
}

#[test]
fn three_writers_three_values_one_decision() {
    let (mut one, mut two) = two();
    let mut three = Writer::new(3);
    three.pull(&one);
    one.edit(set("f/area", "1"));
    two.edit(set("f/area", "2"));
    three.edit(set("f/area", "3"));
    one.pull(&three);
    two.pull(&three);
    meet(&mut one, &mut two);
    three.pull(&one);
    assert_eq!(three.conflict("f/area").unwrap().values.len(), 3);
    three.resolve("f/area", Some(Value::Int(2)));
    one.pull(&three);
    assert!(one.read().conflicts.is_empty());
}
