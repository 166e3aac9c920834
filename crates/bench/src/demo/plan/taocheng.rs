//! 桃城区: the 56 villas, and everything pulled down in the district.
//!
//! The villas are the source's; the other places are numbered only.

use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;

use super::Entry;
use super::write::{Form, SOURCE, amount, at, day, item};
use crate::demo::seats::Hand::{TaochengDeputy, TaochengOffice, TaochengUnit};

/// 该区共拆除违建541处.
pub(super) const PLACES: i64 = 541;
/// 19.8万平方米.
pub(super) const SQUARE_METRES: i64 = 198_000;
/// 拆除违建别墅56套.
pub(super) const VILLAS: i64 = 56;
/// 面积1.4万平方米.
pub(super) const VILLAS_SQUARE_METRES: i64 = 14_000;
/// 占地面积55亩.
pub(super) const VILLAS_MU: i64 = 55;
/// Records that the other places are spread over.
const OTHERS: i64 = 40;

const UNIT: &str = "u-131102";

pub(super) fn add(entries: &mut Vec<Entry>) {
    entries.push(villas());
    let (places, area) = (PLACES - VILLAS, SQUARE_METRES - VILLAS_SQUARE_METRES);
    entries.extend((0..OTHERS).map(|n| other(n, share(places, n), share(area, n))));
}

/// The part of the n-th of `OTHERS`: neighbours give and take, so that all add up to the whole.
fn share(whole: i64, number: i64) -> i64 {
    let even = whole / OTHERS + i64::from(number < whole % OTHERS);
    let moved = whole / OTHERS / 10 * (1 + number / 2 % 3);
    if number % 2 == 0 {
        even - moved
    } else {
        even + moved
    }
}

fn villas() -> Entry {
    let found = at(4, 20, 9);
    let description = format!(
        "2008年新民居建设项目,未办理审批手续,曾被新闻媒体三次曝光。5月30日召开违法建筑拆除现场会,\
         集中拆除违建别墅56套,面积1.4万平方米,占地面积55亩。来源:{SOURCE}。其余内容为演示数据。"
    );
    let form = Form::titled("赵家圈镇东康庄村违建别墅56套")
        .text("domain", "realestate")
        .text("problem_type", "realestate.illegal_villa")
        .text("source", "media")
        .text("found_on", &day(found))
        .text("region", "131102101")
        .text("village", "东康庄村")
        .text("permit_status", "none")
        .int("origin_year", 2008)
        .text("origin", "2008年新民居建设项目")
        .int("exposures", 3)
        .yes("key")
        .yes("legacy")
        .codes("tags", &["key", "legacy"])
        .measured("quantities", "sets", "found", amount(VILLAS, "set"))
        .measured(
            "quantities",
            "area",
            "found",
            amount(VILLAS_SQUARE_METRES, "m2"),
        )
        .measured("quantities", "land", "occupied", amount(VILLAS_MU, "mu"))
        .long("description", &description);
    let settled = Form::default()
        .settled("2020-05-31", "拆除违建别墅56套")
        .set();
    let scope = (Kind::Problem, "131102/g-131102-04/group");
    Entry::made("taocheng/villas", scope, TaochengDeputy, found, form)
        .step(1, TaochengOffice, at(4, 22, 9), settled)
        .transfer(1, TaochengOffice, at(4, 22, 10), UNIT)
        .event(2, TaochengUnit, at(4, 23, 9), "receive")
        .event(2, TaochengUnit, at(5, 30, 9), "start")
        .step(2, TaochengUnit, at(5, 30, 17), villas_result().set())
        .event(2, TaochengUnit, at(5, 30, 18), "report")
        .event(3, TaochengOffice, at(6, 1, 9), "pass")
        .event(3, TaochengOffice, at(6, 1, 10), "close")
}

fn villas_result() -> Form {
    let note = Value::text("演示口径:一套计一处,计入全区541处");
    Form::default()
        .measured("results", "sets", "demolished", amount(VILLAS, "set"))
        .measured("results", "places", "demolished", amount(VILLAS, "place"))
        .put(item("results", "places", "note"), note)
        .measured(
            "results",
            "area",
            "demolished",
            amount(VILLAS_SQUARE_METRES, "m2"),
        )
        .text("done_on", "2020-05-30")
        .int("progress", 100)
        .codes("measures_taken", &["demolish"])
        .codes("disposition", &["shantytown", "urban_boundary"])
}

fn other(number: i64, places: i64, area: i64) -> Entry {
    let found = at(4, 10 + number % 20, 9);
    let description =
        format!("虚构的拆违条目,仅用于演示。与别墅合计541处、19.8万平方米,合计依据{SOURCE}。");
    let form = Form::titled(&format!("拆违治乱 {:02}", number + 1))
        .text("domain", "construction")
        .text("problem_type", "construction.illegal_building")
        .text("source", "deputy")
        .text("found_on", &day(found))
        .text("region", "131102")
        .measured("quantities", "places", "found", amount(places, "place"))
        .measured("quantities", "area", "found", amount(area, "m2"))
        .settled("2020-05-31", "依法拆除")
        .long("description", &description);
    let done = at(5, 10 + number % 15, 15);
    let result = Form::default()
        .measured("results", "places", "demolished", amount(places, "place"))
        .measured("results", "area", "demolished", amount(area, "m2"))
        .text("done_on", &day(done))
        .int("progress", 100)
        .codes("measures_taken", &["demolish"])
        .set();
    let name = format!("taocheng/other/{number}");
    Entry::made(
        &name,
        (Kind::Problem, "131102/-/office"),
        TaochengOffice,
        found,
        form,
    )
    .transfer(1, TaochengOffice, at(5, 2, 9), UNIT)
    .event(2, TaochengUnit, at(5, 4, 9), "receive")
    .step(2, TaochengUnit, done, result)
    .event(2, TaochengUnit, done.plus_ms(60_000), "report")
    .event(3, TaochengOffice, done.plus_ms(86_400_000), "pass")
    .event(3, TaochengOffice, done.plus_ms(90_000_000), "close")
}
