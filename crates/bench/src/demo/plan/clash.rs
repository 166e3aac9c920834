//! Conflicts of two phones and an office that did not know of each other.
//!
//! All at made-up places of 正定县; each record shows one sort.

use liandu_core::id::RecordId;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;

use super::Entry;
use super::write::{Form, append, at, day, field, id, item, tenths};
use crate::demo::seats::Hand::{LiQiang, WangFang, ZhengdingOffice};

/// Records that stay in conflict.
pub(super) const OPEN: u64 = 5;

const GROUP: &str = "130123/g-130123-01/group";
const UNIT: &str = "u-130123";
const BEGUN: &str = "虚构内容,仅用于演示。";

pub(super) fn add(entries: &mut Vec<Entry>) {
    entries.extend([
        area(),
        state(),
        late(),
        cleared(),
        answer(),
        decided(),
        stage(),
    ]);
}

pub(super) fn area_record() -> RecordId {
    id("clash/area")
}

pub(super) fn stage_record() -> RecordId {
    id("stage/area")
}

/// Paced out by one: on the stage both phones measure it without knowing of each other.
fn stage() -> Entry {
    let form = |form: Form| {
        form.put(item("quantities", "q1", "measure"), Value::text("occupied"))
            .put(item("quantities", "q1", "amount"), tenths(10, "mu"))
    };
    problem("stage/area", "村东空地堆放建筑垃圾", form)
}

fn problem(name: &str, title: &str, fill: impl FnOnce(Form) -> Form) -> Entry {
    let found = at(6, 17, 9);
    let form = Form::titled(title)
        .text("domain", "land")
        .text("problem_type", "land.idle_farmland")
        .text("source", "deputy")
        .text("found_on", &day(found))
        .text("region", "130123")
        .text("address", "演示地点")
        .long("description", BEGUN);
    Entry::made(name, (Kind::Problem, GROUP), WangFang, found, fill(form))
}

fn settled() -> Edit {
    Form::default().settled("2020-07-31", "核实并整改").set()
}

/// Both measured, both added a sentence: two amounts stand, the sentences are merged.
fn area() -> Entry {
    let place = || item("quantities", "q1", "amount");
    let measure = item("quantities", "q1", "measure");
    let entry = problem(
        "clash/area",
        "两部手机离线各记面积:1.2亩与1.8亩",
        |form| form.put(measure, Value::text("occupied")),
    );
    let (wang, li) = ("王芳:沿地边步测,约1.2亩。", "李强:含边沟,量得1.8亩。");
    entry
        .step(
            1,
            WangFang,
            at(6, 18, 9),
            Edit::set(place(), tenths(12, "mu")),
        )
        .step(
            1,
            WangFang,
            at(6, 18, 10),
            append("description", BEGUN, wang),
        )
        .step(
            1,
            LiQiang,
            at(6, 18, 9),
            Edit::set(place(), tenths(18, "mu")),
        )
        .step(1, LiQiang, at(6, 18, 11), append("description", BEGUN, li))
}

/// Transferred at the office, put right on the spot in the field.
fn state() -> Entry {
    problem("clash/state", "办公室已交办,现场当日已整改", |form| form)
        .step(1, ZhengdingOffice, at(6, 18, 9), settled())
        .transfer(1, ZhengdingOffice, at(6, 18, 10), UNIT)
        .event(1, LiQiang, at(6, 18, 9), "fixed_on_spot")
}

/// Transferred with an address that was corrected in the field without knowing.
fn late() -> Entry {
    let corrected = Edit::set(field("address"), Value::text("演示地点(更正)"));
    problem("clash/late", "交办之后才到的更正", |form| form)
        .step(1, ZhengdingOffice, at(6, 18, 9), settled())
        .transfer(1, ZhengdingOffice, at(6, 18, 10), UNIT)
        .step(1, WangFang, at(6, 18, 9), corrected)
}

/// Emptied by one, continued by the other.
fn cleared() -> Entry {
    let text = "description".parse().expect("a text's id");
    problem("clash/cleared", "一人清空描述,一人补充描述", |form| form)
        .step(1, WangFang, at(6, 18, 9), Edit::ClearText { field: text })
        .step(
            1,
            LiQiang,
            at(6, 18, 9),
            append("description", BEGUN, "李强:补充一句。"),
        )
}

/// One question of a checklist, two answers.
fn answer() -> Entry {
    let question = || Path::answer("land-01").expect("a question's id");
    let form = Form::titled("检查清单第一问两种回答")
        .text("domain", "land")
        .text("date", "2020-06-17")
        .text("region", "130123")
        .text("team_kind", "deputy_group")
        .text("target", "演示检查对象")
        .long("remarks", BEGUN);
    Entry::made(
        "clash/answer",
        (Kind::Inspection, GROUP),
        WangFang,
        at(6, 17, 10),
        form,
    )
    .step(
        1,
        WangFang,
        at(6, 18, 9),
        Edit::set(question(), Value::text("no")),
    )
    .step(
        1,
        LiQiang,
        at(6, 18, 9),
        Edit::set(question(), Value::text("unclear")),
    )
}

/// Decided already: both values and the decision stay in the history.
fn decided() -> Entry {
    let place = || field("permit_status");
    problem(
        "clash/decided",
        "审批手续两种写法,人大办已核定",
        |form| form,
    )
    .step(
        1,
        WangFang,
        at(6, 18, 9),
        Edit::set(place(), Value::text("none")),
    )
    .step(
        1,
        LiQiang,
        at(6, 18, 9),
        Edit::set(place(), Value::text("partial")),
    )
    .decided(
        2,
        ZhengdingOffice,
        at(6, 19, 9),
        (place(), Value::text("partial")),
    )
}
