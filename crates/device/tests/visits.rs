//! One visit, many phones: births of one visit on phones without network are one record.

use liandu_core::id::{DomainId, FieldId, RecordId};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_core::record::visit::{self, JoinError};
use liandu_device::{Asked, KeepError};

use crate::office::{Office, scope};
use crate::phone::{Phone, field};
use crate::story::two;

fn creation(values: &[(&str, &str)], remarks: &str) -> Edit {
    let write = |(id, value): &(&str, &str)| Write {
        path: field(id),
        value: Value::text(value),
    };
    Edit::Create {
        writes: values.iter().map(write).collect(),
        texts: vec![(FieldId::new("remarks").unwrap(), remarks.to_owned())],
    }
}

fn begin(phone: &mut Phone, id: RecordId, edit: Edit) -> Result<(), KeepError> {
    let beside = Asked {
        beside: true,
        ..Asked::default()
    };
    let now = phone.now();
    let of = (Kind::Inspection, scope());
    phone.engine.new_record(now, Some(id), of, edit, &beside)?;
    phone.settle();
    Ok(())
}

fn remarks(phone: &mut Phone, id: RecordId) -> String {
    let view = phone.engine.record(id).unwrap();
    view.record.texts[&FieldId::new("remarks").unwrap()]
        .content
        .clone()
}

fn exchange(office: &mut Office, phones: [&mut Phone; 2]) {
    let [one, two] = phones;
    for _ in 0..2 {
        one.sync(office);
        two.sync(office);
    }
}

#[test]
fn a_planned_visit_begun_on_two_phones_without_network_is_one_inspection() {
    let (mut office, mut a, mut b) = two();
    let visit = visit::planned(&RecordId([5; 16]), &"p1".parse().unwrap());
    let of_both = ("target", "村东取水井");
    begin(
        &mut a,
        visit,
        creation(&[of_both, ("village", "东康庄")], "水表完好。"),
    )
    .unwrap();
    begin(
        &mut b,
        visit,
        creation(&[of_both, ("address", "村东")], "井盖缺失。"),
    )
    .unwrap();
    exchange(&mut office, [&mut a, &mut b]);
    for phone in [&mut a, &mut b] {
        assert_eq!(phone.engine.records().collect::<Vec<_>>(), [visit]);
        assert!(phone.engine.all_at_office());
        let view = phone.engine.record(visit).unwrap();
        assert!(
            view.record.conflicts.is_empty(),
            "{:?}",
            view.record.conflicts
        );
        let values = ["target", "village", "address"].map(|id| phone.value(visit, id));
        assert_eq!(values, ["村东取水井", "东康庄", "村东"]);
        let text = remarks(phone, visit);
        assert!(
            text.contains("水表完好。") && text.contains("井盖缺失。"),
            "{text}"
        );
    }
}

#[test]
fn what_was_written_before_a_colleagues_visit_came_is_put_beside_it_and_overwrites_nothing() {
    let (mut office, mut a, mut b) = two();
    let visit = visit::planned(&RecordId([5; 16]), &"p1".parse().unwrap());
    begin(&mut a, visit, creation(&[("village", "东康庄")], "甲")).unwrap();
    exchange(&mut office, [&mut a, &mut b]);
    // The colleague's form was open all the time: nothing of this was seen in it.
    let form = creation(&[("village", "西康庄"), ("address", "村西")], "乙");
    let now = b.now();
    let of = (Kind::Inspection, scope());
    let plain = b
        .engine
        .new_record(now, Some(visit), of, form.clone(), &Asked::default());
    assert_eq!(plain.unwrap_err(), KeepError::Exists);
    begin(&mut b, visit, form.clone()).unwrap();
    let again = begin(&mut b, visit, form);
    assert_eq!(again.unwrap_err(), KeepError::Exists, "saved once already");
    exchange(&mut office, [&mut a, &mut b]);
    for phone in [&mut a, &mut b] {
        assert!(phone.engine.all_at_office());
        assert_eq!(phone.value(visit, "address"), "村西");
        let view = phone.engine.record(visit).unwrap();
        let open: Vec<String> = view
            .record
            .conflicts
            .iter()
            .map(|c| c.path.to_string())
            .collect();
        assert_eq!(open, ["f/village"]);
        let text = remarks(phone, visit);
        assert!(text.contains('甲') && text.contains('乙'), "{text}");
    }
}

#[test]
fn a_visit_is_joined_by_its_code_without_network_and_by_nobody_of_another_group() {
    let (mut office, mut a, mut b) = two();
    exchange(&mut office, [&mut a, &mut b]);
    a.hang_up();
    b.hang_up();
    let visit = a.engine.fresh_visit(&scope());
    let other = a.engine.fresh_visit(&scope());
    assert_ne!(visit, other);
    let land = DomainId::new("land").unwrap();
    let code = visit::code(&visit, &scope(), Some(&land)).unwrap();
    let joined = b.engine.join(&code).unwrap();
    assert_eq!(
        (joined.id, &joined.scope, &joined.domain),
        (visit, &scope(), &Some(land))
    );
    begin(&mut a, visit, creation(&[("target", "废弃矿坑")], "")).unwrap();
    begin(&mut b, visit, creation(&[("address", "后山")], "")).unwrap();
    exchange(&mut office, [&mut a, &mut b]);
    assert_eq!(a.value(visit, "address"), "后山");
    assert_eq!(b.value(visit, "target"), "废弃矿坑");
    let foreign = "130123/g-18/group".parse().unwrap();
    let theirs = visit::code(&visit::begun(&foreign, [7; 5]), &foreign, None).unwrap();
    assert_eq!(b.engine.join(&theirs), Err(JoinError::NotOurs));
}

#[test]
fn what_is_filled_in_after_a_visit_was_begun_is_written_once_and_nothing_of_it_is_dropped() {
    let (mut office, mut a, mut b) = two();
    let visit = visit::planned(&RecordId([5; 16]), &"p1".parse().unwrap());
    begin(&mut a, visit, creation(&[("village", "东康庄")], "甲")).unwrap();
    let more = creation(&[("village", "西康庄"), ("address", "村西")], "甲乙");
    begin(&mut a, visit, more.clone()).unwrap();
    // The app was killed before it forgot the form: saved again, it is there already.
    let again = begin(&mut a, visit, more);
    assert_eq!(again.unwrap_err(), KeepError::Exists);
    exchange(&mut office, [&mut a, &mut b]);
    for phone in [&mut a, &mut b] {
        assert!(phone.engine.all_at_office());
        let values = ["village", "address"].map(|id| phone.value(visit, id));
        assert_eq!(values, ["西康庄", "村西"]);
        assert_eq!(remarks(phone, visit), "甲乙");
        let view = phone.engine.record(visit).unwrap();
        assert!(
            view.record.conflicts.is_empty(),
            "{:?}",
            view.record.conflicts
        );
    }
}
