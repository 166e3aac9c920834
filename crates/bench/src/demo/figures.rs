//! The source's figures beside what the office API says.
//!
//! Never takes a figure from the plan: everything is read back as an office user would.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::office::Office;
use crate::process::Server;

/// How a figure is asked for.
#[derive(Debug, Clone, Copy)]
enum Ask {
    /// Records that fit a filter.
    Count(&'static str),
    /// Different values of a property among them.
    Values(&'static str, &'static str),
    /// The sum of amounts in a collection (results, quantities) in a unit.
    Sum(&'static str, &'static str, &'static str),
    /// Records that do not say that they are demo data.
    Unmarked,
}

use Ask::{Count, Sum, Values};

/// A figure: where, Chinese, English, the source's number, how to ask.
type Figure = (&'static str, &'static str, &'static str, u64, Ask);

const TAOCHENG: &str = "region=131102&kind=problem&state=closed";
const VILLAS: &str = "region=131102&field.problem_type=realestate.illegal_villa";

const FIGURES: [Figure; 19] = [
    (
        "邯山区 Hanshan",
        "群众意见建议",
        "opinions",
        353,
        Count("region=130402&kind=opinion"),
    ),
    (
        "邯山区 Hanshan",
        "转办并解决的问题",
        "transferred and solved",
        304,
        Count("region=130402&kind=problem&source=centre&state=closed"),
    ),
    (
        "邯山区 Hanshan",
        "政府主动排查(2200多)",
        "found by the government",
        2_200,
        Count("region=130402&kind=problem&source=government"),
    ),
    (
        "邯山区 Hanshan",
        "专项执法检查组",
        "enforcement teams",
        6,
        Values(
            "region=130402&field.team_kind=enforcement_team",
            "field.team",
        ),
    ),
    (
        "迁西县 Qianxi",
        "房地产开发项目",
        "real estate projects",
        13,
        Count("region=130227&kind=object&field.object_type=realestate_project"),
    ),
    (
        "迁西县 Qianxi",
        "资源能源项目",
        "resource projects",
        3,
        Count("region=130227&kind=object&field.object_type=resource_project"),
    ),
    (
        "迁西县 Qianxi",
        "矿山迹地",
        "mine scars",
        84,
        Count("region=130227&kind=object&field.object_type=mine_scar"),
    ),
    (
        "迁西县 Qianxi",
        "城区自备井",
        "own wells",
        235,
        Count("region=130227&kind=object&field.object_type=own_well"),
    ),
    (
        "桃城区 Taocheng",
        "违建别墅(套)",
        "villas",
        56,
        Sum(VILLAS, "results", "set"),
    ),
    (
        "桃城区 Taocheng",
        "别墅面积(㎡)",
        "their m²",
        14_000,
        Sum(VILLAS, "quantities", "m2"),
    ),
    (
        "桃城区 Taocheng",
        "别墅占地(亩)",
        "their land, mu",
        55,
        Sum(VILLAS, "quantities", "mu"),
    ),
    (
        "桃城区 Taocheng",
        "拆除违建(处)",
        "places demolished",
        541,
        Sum(TAOCHENG, "results", "place"),
    ),
    (
        "桃城区 Taocheng",
        "拆除违建(㎡)",
        "m² demolished",
        198_000,
        Sum(TAOCHENG, "results", "m2"),
    ),
    (
        "正定县 Zhengding",
        "4月12日视察",
        "inspection of 12 April",
        1,
        Count("region=130123&kind=inspection&field.date=2020-04-12&state=checked"),
    ),
    (
        "正定县 Zhengding",
        "当日拆除并销号(宗)",
        "removed the same day",
        1,
        Sum(
            "region=130123&field.fixed_on=2020-04-12&state=closed",
            "quantities",
            "case",
        ),
    ),
    (
        "正定县 Zhengding",
        "具体任务",
        "tasks",
        35,
        Count("region=130123&kind=task"),
    ),
    (
        "桥东区 Qiaodong",
        "登记不动产证(户)",
        "households registered",
        13_836,
        Sum("region=130702&kind=problem", "results", "household"),
    ),
    (
        "演示 demo",
        "待核定的记录",
        "records in conflict",
        5,
        Count("conflict=open"),
    ),
    (
        "演示 demo",
        "未标明演示数据的记录",
        "records not marked",
        0,
        Ask::Unmarked,
    ),
];

/// A figure beside the source's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where and what, Chinese and English.
    pub(super) what: String,
    /// The source's.
    pub(super) source: u64,
    /// What was read back.
    pub(super) found: u64,
}

/// Reads every figure back; `position` is waited for.
pub(super) fn read(server: &Server, office: &Office, position: u64) -> Result<Vec<Found>> {
    office.count(&format!("at_least={position}"))?;
    let mut reader = Reader {
        office,
        records: BTreeMap::new(),
    };
    let mut all = roster(server)?;
    for (place, zh, en, source, ask) in FIGURES {
        let found = reader.ask(ask).with_context(|| format!("{place} {zh}"))?;
        all.push(Found {
            what: format!("{place} · {zh} {en}"),
            source,
            found,
        });
    }
    Ok(all)
}

/// Groups and representatives; office users are people too and are taken off.
fn roster(server: &Server) -> Result<Vec<Found>> {
    let counts: Value = serde_json::from_str(&server.admin(&["status", "--json"])?)?;
    let count = |name: &str| {
        counts[name]
            .as_u64()
            .with_context(|| format!("{name} in {counts}"))
    };
    let people = count("people")?.saturating_sub(count("users")?);
    let found = |what: &str, source, found| Found {
        what: what.to_owned(),
        source,
        found,
    };
    Ok(vec![
        found("全省 province · 代表小组 groups", 2_052, count("groups")?),
        found("全省 province · 各级人大代表 deputies", 41_606, people),
    ])
}

struct Reader<'a> {
    office: &'a Office,
    records: BTreeMap<String, Value>,
}

impl Reader<'_> {
    fn ask(&mut self, ask: Ask) -> Result<u64> {
        match ask {
            Count(filter) => self.office.count(filter),
            Values(filter, by) => {
                let groups = self.office.count_by(filter, by)?;
                Ok(groups.keys().filter(|value| !value.is_empty()).count() as u64)
            }
            Sum(filter, collection, unit) => self.sum(filter, collection, unit),
            Ask::Unmarked => {
                // 演示数据
                let marked = "q=%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE";
                Ok(self
                    .office
                    .count("")?
                    .saturating_sub(self.office.count(marked)?))
            }
        }
    }

    fn sum(&mut self, filter: &str, collection: &str, unit: &str) -> Result<u64> {
        let path = format!("/api/records?{filter}");
        let mut sum = 0.0;
        for line in self.office.all(&path, "records", "cursor")? {
            let id = line["id"].as_str().context("a record's id")?;
            sum += measured(self.record(id)?, collection, unit);
        }
        let sum: f64 = sum;
        format!("{sum}")
            .parse()
            .with_context(|| format!("{sum} {unit} is not whole"))
    }

    fn record(&mut self, id: &str) -> Result<&Value> {
        if !self.records.contains_key(id) {
            let record = self.office.get(&format!("/api/records/{id}"))?;
            self.records.insert(id.to_owned(), record);
        }
        self.records.get(id).context("just put there")
    }
}

/// The amounts of a record's collection in a unit.
fn measured(record: &Value, collection: &str, unit: &str) -> f64 {
    let prefix = format!("i/{collection}/");
    let fields = record["fields"].as_object();
    let amounts = fields
        .into_iter()
        .flatten()
        .filter(|(path, _)| path.starts_with(&prefix));
    let quantities = amounts.map(|(_, field)| &field["value"]["quantity"]);
    let in_unit = quantities.filter(|quantity| quantity["unit"] == unit);
    in_unit
        .filter_map(|quantity| quantity["amount"].as_f64())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_added_by_collection_and_unit() {
        let amount = |amount: f64, unit: &str| json!({"value": {"quantity": {"amount": amount, "unit": unit}}});
        let record = json!({"fields": {
            "i/results/a/amount": amount(56.0, "place"),
            "i/results/b/amount": amount(14_000.0, "m2"),
            "i/results/b/measure": {"value": "demolished"},
            "i/quantities/a/amount": amount(1.5, "place"),
        }});
        assert_eq!(measured(&record, "results", "place"), 56.0);
        assert_eq!(measured(&record, "results", "m2"), 14_000.0);
        assert_eq!(measured(&record, "quantities", "place"), 1.5);
        assert_eq!(measured(&json!({}), "results", "m2"), 0.0);
    }
}
