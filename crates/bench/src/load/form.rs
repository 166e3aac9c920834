//! The record that every load workload makes: an inspection as a group fills it in, and small
//! edits after it.
//!
//! Never random: the same device and number give the same values.

use liandu_core::id::{CollectionId, ItemId};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::path::Path;
use liandu_core::record::value::{Datum, GeoPosition, Value};

/// 120 characters.
const TEXT: &str = "检查组沿村东道路向北逐户查看,现场核对用地手续和施工许可,询问村干部和住户,查阅村里台账,\
并与自然资源所提供的图斑比对,发现一处在建房屋未能出示审批文件,占用的是一般耕地,已要求立即停工,\
三日内说明情况,由乡镇跟进,下次检查时复核整改是否到位,并向群众公开结果";

fn text(number: u64) -> String {
    let tail = format!("{number:06}");
    let mut text: String = TEXT.chars().take(114).collect();
    text.push_str(&tail);
    text
}

fn write(path: Path, value: Value) -> Write {
    Write { path, value }
}

fn field(id: &str, value: Value) -> Write {
    write(Path::field(id).expect("a field's id"), value)
}

/// About thirty fields, three texts of 120 characters, twelve answers.
pub(super) fn filled(number: u64) -> Edit {
    let word = |text: &str| Value::text(text);
    let int = |offset: u64| Value::Int(i64::try_from(number % 90 + offset).unwrap_or(1));
    let fields = [
        ("title", word(&format!("入村检查第{number}次"))),
        ("domain", word("construction")),
        ("date", word("2020-04-12")),
        ("region", word("130123")),
        ("village", word("野头村")),
        ("address", word("村东道路以北")),
        ("team_kind", word("deputy_group")),
        ("team", word("项目建设代表小组")),
        ("target", word("在建房屋")),
        ("method", word("visit")),
        ("phase", word("check")),
        ("conclusion", word("problems")),
        ("weather", word("sunny")),
        ("round", int(1)),
        ("person_times", int(5)),
    ];
    let mut writes: Vec<Write> = fields
        .into_iter()
        .map(|(id, value)| field(id, value))
        .collect();
    let fix = GeoPosition {
        lat_e7: 381_400_000 + i64::try_from(number % 9_000).unwrap_or(0),
        lon_e7: 1_145_700_000,
        datum: Datum::Wgs84,
        accuracy_cm: Some(500),
    };
    writes.push(field("position", Value::Position(fix)));
    for person in 0..3 {
        for (id, value) in [
            ("name", "演示代表"),
            ("member_kind", "deputy"),
            ("level", "county"),
        ] {
            writes.push(item("people", &format!("p{person}"), id, value));
        }
    }
    for (id, value) in [("question", "为何未办手续"), ("official", "村支部书记")] {
        writes.push(item("qa", "q1", id, value));
    }
    writes.push(item("qa", "q1", "answer", &text(number)));
    for question in 1..=12 {
        let answer = Path::answer(&format!("construction-{question:02}"));
        writes.push(write(answer.expect("a question's id"), word("no")));
    }
    let texts = ["remarks", "findings"].map(|id| (id.parse().expect("a text's id"), text(number)));
    Edit::Create {
        writes,
        texts: texts.into(),
    }
}

fn item(collection: &str, item: &str, id: &str, value: &str) -> Write {
    let path = Path::Item {
        collection: CollectionId::new(collection).expect("a collection's id"),
        item: ItemId::new(item).expect("an item's id"),
        field: id.parse().expect("a field's id"),
    };
    write(path, Value::text(value))
}

/// The nth small edit: one field. The last one can be read back.
pub(super) fn small(nth: u64) -> Edit {
    let value = Value::Int(i64::try_from(nth).unwrap_or(i64::MAX));
    Edit::set(Path::field("problem_count").expect("a field's id"), value)
}
