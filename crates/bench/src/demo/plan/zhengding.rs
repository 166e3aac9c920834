//! 正定县: the inspection of 12 April and what was removed the same day, and the 35 tasks.
//!
//! What the source does not say is left out or marked.

use liandu_core::campaign::Campaign;
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;

use super::Entry;
use super::write::{Form, SOURCE, amount, at, id, item};
use crate::demo::seats::Hand::{WangFang, ZhengdingOffice};

/// 35项具体任务.
pub(super) const TASKS: usize = 35;

const GROUP: &str = "130123/g-130123-01/group";

pub(super) fn add(entries: &mut Vec<Entry>, campaign: &Campaign) {
    entries.push(inspection());
    entries.push(removed());
    for (number, domain) in (1..=TASKS).zip(campaign.domains.iter().cycle()) {
        entries.push(task(number, domain.id.as_str(), &domain.name.zh));
    }
}

fn inspection() -> Entry {
    let remarks = format!(
        "组织四级人大代表实地视察正定镇野头村违法占地清理整治情况,对职能部门现场问向,对执法工作依法监督,\
         当日拆除违法占地建设项目1宗。来源:{SOURCE}。其余内容为演示数据。"
    );
    let spot = |name| item("spot", "s1", name);
    let form = Form::titled("正定镇野头村违法占地清理整治视察")
        .text("domain", "land")
        .text("date", "2020-04-12")
        .text("region", "130123100")
        .text("village", "野头村")
        .text("team_kind", "deputy_group")
        .codes("deputy_levels", &["province", "city", "county", "township"])
        .text("target", "违法占地清理整治情况")
        .text("method", "visit")
        .text("conclusion", "spot")
        .int("problem_count", 1)
        .codes("tags", &["breakthrough"])
        .put(spot("matter"), Value::text("拆除违法占地建设项目1宗"))
        .put(spot("found_at"), Value::Time(at(4, 12, 10)))
        .put(spot("done_at"), Value::Time(at(4, 12, 16)))
        .put(spot("amount"), amount(1, "case"))
        .put(
            spot("problem"),
            Value::Text(id("zhengding/removed").to_string()),
        )
        .long("remarks", &remarks);
    let scope = (Kind::Inspection, GROUP);
    Entry::made("zhengding/inspection", scope, WangFang, at(4, 12, 10), form)
        .event(0, WangFang, at(4, 12, 17), "submit")
        .event(1, ZhengdingOffice, at(4, 13, 9), "check")
}

fn removed() -> Entry {
    let description = format!("当日拆除违法占地建设项目1宗。来源:{SOURCE}。其余内容为演示数据。");
    let form = Form::titled("正定镇野头村违法占地建设项目1宗(当日拆除)")
        .text("domain", "land")
        .text("problem_type", "land.illegal_occupation")
        .text("source", "deputy")
        .text("found_on", "2020-04-12")
        .text("region", "130123100")
        .text("village", "野头村")
        .text("inspection", &id("zhengding/inspection").to_string())
        .yes("fixed_on_spot")
        .text("fixed_on", "2020-04-12")
        .measured("quantities", "removed", "demolished", amount(1, "case"))
        .long("description", &description);
    Entry::made(
        "zhengding/removed",
        (Kind::Problem, GROUP),
        WangFang,
        at(4, 12, 11),
        form,
    )
    .event(0, WangFang, at(4, 12, 16), "fixed_on_spot")
    .event(1, ZhengdingOffice, at(4, 12, 18), "pass")
    .event(1, ZhengdingOffice, at(4, 12, 19), "close")
}

fn task(number: usize, domain: &str, name: &str) -> Entry {
    let notes = format!("虚构的任务内容,仅用于演示。任务数(35项)依据{SOURCE}。");
    let form = Form::titled(&format!("挂图作战任务 {number:02}:{name}"))
        .text("domain", domain)
        .text("number", &format!("{number:02}"))
        .text("region", "130123")
        .text("person", "演示责任人")
        .text("standard", "按流程清单图完成")
        .text("deadline", "2020-10-31")
        .long("notes", &notes);
    let record = format!("zhengding/task/{number}");
    let scope = (Kind::Task, "130123/-/office");
    Entry::made(&record, scope, ZhengdingOffice, at(4, 15, 9), form)
}
