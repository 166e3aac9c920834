//! 迁西县's inventory of objects, and the certificates of 桥东区 in 张家口.
//!
//! Objects are numbered, not named: only how many there are is the source's.

use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;

use super::Entry;
use super::write::{Form, SOURCE, amount, at, day, item};
use crate::demo::seats::Hand::{
    self, QianxiGroundwater, QianxiMining, QianxiRealestate, QianxiResources, QiaodongOffice,
    QiaodongUnit,
};

/// One line of the inventory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Objects {
    pub(super) object_type: &'static str,
    domain: &'static str,
    name: &'static str,
    pub(super) count: i64,
    group: &'static str,
    hand: Hand,
}

const fn objects(
    (object_type, domain, name): (&'static str, &'static str, &'static str),
    count: i64,
    group: &'static str,
    hand: Hand,
) -> Objects {
    Objects {
        object_type,
        domain,
        name,
        count,
        group,
        hand,
    }
}

/// 房地产开发项目13个、资源能源项目3个、矿山迹地84处、城区自备井235处.
pub(super) const OBJECTS: [Objects; 4] = [
    objects(
        ("realestate_project", "realestate", "房地产开发项目"),
        13,
        "g-130227-04",
        QianxiRealestate,
    ),
    objects(
        ("resource_project", "resources", "资源能源项目"),
        3,
        "g-130227-03",
        QianxiResources,
    ),
    objects(
        ("mine_scar", "mining", "矿山迹地"),
        84,
        "g-130227-05",
        QianxiMining,
    ),
    objects(
        ("own_well", "groundwater", "城区自备井"),
        235,
        "g-130227-06",
        QianxiGroundwater,
    ),
];

/// 累计登记不动产证13836户.
pub(super) const HOUSEHOLDS: i64 = 13_836;

pub(super) fn add(entries: &mut Vec<Entry>) {
    for of in &OBJECTS {
        entries.extend((1..=of.count).map(|number| one(of, number)));
    }
    entries.push(certificates());
}

fn one(of: &Objects, number: i64) -> Entry {
    let Objects {
        object_type,
        domain,
        name,
        count,
        group,
        hand,
    } = *of;
    let counted = at(4, 10 + number % 20, 9);
    let notes = format!("虚构的底数条目,仅用于演示。数量({name}{count})依据{SOURCE}。");
    let form = Form::titled(&format!("{name} {number:03}"))
        .text("domain", domain)
        .text("object_type", object_type)
        .text("number", &format!("DEMO-{number:03}"))
        .text("region", "130227")
        .text("counted_on", &day(counted))
        .long("notes", &notes);
    let scope = format!("130227/{group}/group");
    let record = format!("qianxi/{object_type}/{number}");
    Entry::made(&record, (Kind::Object, &scope), hand, counted, form)
}

fn certificates() -> Entry {
    let found = at(4, 16, 9);
    let description = format!(
        "对办证难、入住难等房地产遗留问题组织专班集中攻坚,累计登记不动产证13836户。\
         来源:{SOURCE}。其余内容为演示数据。"
    );
    let form = Form::titled("房地产遗留问题专班攻坚:办证难、入住难")
        .text("domain", "realestate")
        .text("problem_type", "realestate.title")
        .text("source", "government")
        .text("team_kind", "task_force")
        .text("found_on", &day(found))
        .text("region", "130702")
        .yes("legacy")
        .codes("tags", &["legacy", "livelihood"])
        .settled("2020-12-31", "组织专班集中攻坚,逐户登记")
        .long("description", &description);
    let note = Value::Text(format!("累计,截至报道时。来源:{SOURCE}"));
    let result = Form::default()
        .measured(
            "results",
            "registered",
            "registered",
            amount(HOUSEHOLDS, "household"),
        )
        .put(item("results", "registered", "note"), note)
        .codes("measures_taken", &["register"])
        .set();
    let scope = (Kind::Problem, "130702/-/office");
    Entry::made("qiaodong/certificates", scope, QiaodongOffice, found, form)
        .transfer(0, QiaodongOffice, at(4, 17, 9), "u-130702")
        .event(1, QiaodongUnit, at(4, 18, 9), "receive")
        .event(1, QiaodongUnit, at(4, 20, 9), "start")
        .step(1, QiaodongUnit, at(6, 15, 17), result)
}
