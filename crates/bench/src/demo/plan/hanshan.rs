//! 邯山区: opinions, what became of them, what the government found itself, six inspection teams.
//!
//! Contents are made up and say so; only the numbers are the source's.

use liandu_core::campaign::Campaign;
use liandu_core::record::kind::Kind;

use super::Entry;
use super::write::{Form, SOURCE, at, day, id};
use crate::demo::seats::Hand::{HanshanCentre, HanshanOffice, HanshanUnit};

/// 收集群众意见建议353条.
pub(super) const OPINIONS: i64 = 353;
/// 304件问题通过民呼回应网络平台进行转办并迅速得到解决.
pub(super) const TRANSFERRED: i64 = 304;
/// 政府主动排查出的2200多件问题.
pub(super) const SELF_FOUND: i64 = 2_200;
/// Of them with a plan already; the source gives no number.
const PLANNED: i64 = 100;
/// 组建6个专项执法检查组.
pub(super) const TEAMS: [&str; 6] = ["第一", "第二", "第三", "第四", "第五", "第六"];

const OFFICE: &str = "130402/-/office";
const REGION: &str = "130402";
const UNIT: &str = "u-130402";

/// A domain and the codes of its sorts of problems.
type Types = Vec<(String, Vec<String>)>;

fn types(campaign: &Campaign) -> Types {
    let codes = |list: &str| -> Vec<String> {
        let list = campaign
            .code_lists
            .get(list)
            .expect("the domain's sorts of problems");
        list.codes.iter().map(|code| code.code.clone()).collect()
    };
    let domains = campaign.domains.iter();
    domains
        .map(|domain| (domain.id.to_string(), codes(&domain.problem_types)))
        .collect()
}

fn pick(types: &Types, number: i64) -> (&str, &str) {
    let number = usize::try_from(number).unwrap_or(0);
    let (domain, of) = &types[number % types.len()];
    (domain, &of[(number / types.len()) % of.len()])
}

pub(super) fn add(entries: &mut Vec<Entry>, campaign: &Campaign) {
    let types = types(campaign);
    entries.extend((1..=OPINIONS).map(|number| opinion(number, &types)));
    entries.extend((1..=TRANSFERRED).map(|number| transferred(number, &types)));
    entries.extend((1..=SELF_FOUND).map(|number| self_found(number, &types)));
    let teams = TEAMS.iter().zip(0..);
    entries.extend(teams.map(|(team, number)| inspection(number, team, &types)));
}

/// Month and day, spread over the campaign's first weeks.
fn spread(number: i64) -> (i64, i64) {
    (4 + number % 2, 8 + number % 20)
}

fn opinion(number: i64, types: &Types) -> Entry {
    let (month, date) = spread(number);
    let received = at(month, date, 9);
    // 小板凳连心桥, 敲门问建议, 网上听民声
    let channel = match number % 3 {
        0 => "bench",
        1 => "door",
        _ => "online",
    };
    let content = format!("虚构的群众意见,仅用于演示。件数(353条)依据{SOURCE}。");
    let form = Form::titled(&format!("群众意见建议 {number:03}"))
        .text("domain", pick(types, number).0)
        .text("channel", channel)
        .text("region", REGION)
        .yes("anonymous")
        .long("content", &content);
    let name = format!("hanshan/opinion/{number}");
    let made = |form| {
        Entry::made(
            &name,
            (Kind::Opinion, OFFICE),
            HanshanCentre,
            received,
            form,
        )
    };
    if number > TRANSFERRED {
        return made(form);
    }
    // At once, although dated later: the centre's device then fetches nothing in between.
    made(form).event(0, HanshanCentre, at(month, date + 3, 11), "finish")
}

fn transferred(number: i64, types: &Types) -> Entry {
    let (month, date) = spread(number);
    let (domain, problem_type) = pick(types, number);
    let found = at(month, date, 10);
    let opinion = id(&format!("hanshan/opinion/{number}")).to_string();
    let description = format!("由群众意见转来的虚构问题,仅用于演示。件数(304件)依据{SOURCE}。");
    let form = Form::titled(&format!("民呼转办问题 {number:03}"))
        .text("domain", domain)
        .text("problem_type", problem_type)
        .text("source", "centre")
        .text("found_on", &day(found))
        .text("region", REGION)
        .text("opinion", &opinion)
        .settled(&day(at(month + 1, date, 0)), "限期解决并答复群众")
        .long("description", &description);
    let done = at(month, date + 2, 15);
    let result = Form::default()
        .text("done_on", &day(done))
        .int("progress", 100)
        .set();
    let name = format!("hanshan/problem/{number}");
    Entry::made(&name, (Kind::Problem, OFFICE), HanshanCentre, found, form)
        .transfer(0, HanshanCentre, at(month, date, 11), UNIT)
        .event(1, HanshanUnit, at(month, date, 14), "receive")
        .step(1, HanshanUnit, done, result)
        .event(1, HanshanUnit, done.plus_ms(60_000), "report")
        .event(2, HanshanOffice, at(month, date + 3, 9), "pass")
        .event(2, HanshanOffice, at(month, date + 3, 10), "close")
}

/// Entered by the office from the government's list.
fn self_found(number: i64, types: &Types) -> Entry {
    let (month, date) = spread(number);
    let (domain, problem_type) = pick(types, number);
    let found = at(month, date, 8);
    let description = format!("虚构的政府自查问题,仅用于演示。件数(2200多件)依据{SOURCE}。");
    let form = Form::titled(&format!("政府自查问题 {number:04}"))
        .text("domain", domain)
        .text("problem_type", problem_type)
        .text("source", "government")
        .text("team_kind", "government")
        .text("found_on", &day(found))
        .text("region", REGION)
        .text("phase", "baseline")
        .text("baseline_no", &format!("DEMO-{number:04}"))
        .long("description", &description);
    let name = format!("hanshan/self/{number}");
    let entry = Entry::made(&name, (Kind::Problem, OFFICE), HanshanOffice, found, form);
    if number > PLANNED {
        return entry;
    }
    let settled = Form::default()
        .settled("2020-08-31", "逐一制定方案,全面整改")
        .set();
    let plan = Form::default()
        .text("plan_on", "2020-06-12")
        .text("plan_until", "2020-08-31");
    entry
        .step(1, HanshanOffice, at(6, 8, 9), settled)
        .transfer(1, HanshanOffice, at(6, 8, 10), UNIT)
        .event(2, HanshanUnit, at(6, 9, 9), "receive")
        .step(2, HanshanUnit, at(6, 12, 9), plan.set())
        .event(2, HanshanUnit, at(6, 12, 10), "plan")
}

fn inspection(number: i64, team: &str, types: &Types) -> Entry {
    let visited = at(5, 11 + number, 9);
    let remarks = format!("虚构的检查记录,仅用于演示。专项执法检查组数(6个)依据{SOURCE}。");
    let form = Form::titled(&format!("{team}专项执法检查组检查"))
        .text("domain", pick(types, number).0)
        .text("date", &day(visited))
        .text("region", REGION)
        .text("team_kind", "enforcement_team")
        .text("team", &format!("邯山区人大{team}专项执法检查组"))
        .text("target", "演示检查对象")
        .text("method", "enforcement")
        .text("conclusion", "clean")
        .long("remarks", &remarks);
    let name = format!("hanshan/inspection/{number}");
    Entry::made(
        &name,
        (Kind::Inspection, OFFICE),
        HanshanOffice,
        visited,
        form,
    )
    .event(0, HanshanOffice, visited.plus_ms(7_200_000), "submit")
    .event(0, HanshanOffice, visited.plus_ms(90_000_000), "check")
}
