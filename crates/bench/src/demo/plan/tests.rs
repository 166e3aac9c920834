//! The figures of the plan are those of the source, and nothing in it names a real person.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::campaign::hebei;
use liandu_core::record::edit::{Edit, Write};

use super::*;

fn plan() -> (Plan, Campaign) {
    let campaign = hebei().unwrap();
    (Plan::new(&campaign), campaign)
}

fn writes(step: &Step) -> &[Write] {
    match &step.deed {
        Deed::Edit(Edit::Create { writes, .. } | Edit::Set { writes }) => writes,
        Deed::Edit(_) | Deed::Decide(..) => &[],
    }
}

fn text<'a>(entry: &'a Entry, field: &str) -> &'a str {
    let path = Path::field(field).unwrap();
    let mut all = entry.steps.iter().flat_map(writes);
    all.find(|write| write.path == path)
        .and_then(|write| write.value.as_text())
        .unwrap_or("")
}

fn in_region<'a>(plan: &'a Plan, region: &'a str, kind: Kind) -> impl Iterator<Item = &'a Entry> {
    let fits = move |entry: &&Entry| entry.scope.region.as_str() == region && entry.kind == kind;
    plan.entries.iter().filter(fits)
}

/// Thousandths of what an entry measured in a collection in a unit.
fn measured(entry: &Entry, collection: &str, unit: &str) -> i64 {
    let prefix = format!("i/{collection}/");
    let all = entry.steps.iter().flat_map(writes);
    let amounts = all.filter(|write| write.path.to_string().starts_with(&prefix));
    amounts
        .filter_map(|write| {
            let Value::Quantity(quantity) = &write.value else {
                return None;
            };
            (quantity.unit == unit).then_some(quantity.milli)
        })
        .sum()
}

#[test]
fn hanshan_has_353_opinions_304_transferred_2200_self_found_and_6_teams() {
    let (plan, _) = plan();
    assert_eq!(in_region(&plan, "130402", Kind::Opinion).count(), 353);
    let problems = |source: &'static str| {
        in_region(&plan, "130402", Kind::Problem).filter(move |e| text(e, "source") == source)
    };
    assert_eq!(problems("centre").count(), 304);
    let word = |step: &Step| {
        let Deed::Edit(Edit::Event { event, .. }) = &step.deed else {
            return None;
        };
        Some(event.to_string())
    };
    let closed = |entry: &&Entry| entry.steps.iter().filter_map(word).any(|w| w == "close");
    assert_eq!(problems("centre").filter(closed).count(), 304);
    assert_eq!(problems("government").count(), 2_200);
    let inspections = in_region(&plan, "130402", Kind::Inspection);
    let teams: BTreeSet<&str> = inspections.map(|entry| text(entry, "team")).collect();
    assert_eq!(teams.len(), 6);
}

#[test]
fn qianxi_has_13_3_84_and_235_objects() {
    let (plan, _) = plan();
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for object in in_region(&plan, "130227", Kind::Object) {
        *types.entry(text(object, "object_type")).or_default() += 1;
    }
    let expected = [
        ("mine_scar", 84),
        ("own_well", 235),
        ("realestate_project", 13),
        ("resource_project", 3),
    ];
    assert_eq!(types.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn taocheng_pulled_down_541_places_and_198000_square_metres_with_the_villas() {
    let (plan, _) = plan();
    let sum = |unit: &str| -> i64 {
        in_region(&plan, "131102", Kind::Problem)
            .map(|e| measured(e, "results", unit))
            .sum()
    };
    assert_eq!(
        (sum("place"), sum("m2"), sum("set")),
        (541_000, 198_000_000, 56_000)
    );
    let villas = in_region(&plan, "131102", Kind::Problem).find(|e| !text(e, "village").is_empty());
    let villas = villas.unwrap();
    assert_eq!(measured(villas, "quantities", "set"), 56_000);
    assert_eq!(measured(villas, "quantities", "m2"), 14_000_000);
    assert_eq!(measured(villas, "quantities", "mu"), 55_000);
    let others =
        in_region(&plan, "131102", Kind::Problem).filter(|e| text(e, "village").is_empty());
    assert!(
        others
            .into_iter()
            .all(|entry| measured(entry, "results", "place") > 0)
    );
}

#[test]
fn zhengding_has_the_inspection_of_april_12_and_35_tasks() {
    let (plan, _) = plan();
    assert_eq!(in_region(&plan, "130123", Kind::Task).count(), 35);
    let mut visits = in_region(&plan, "130123", Kind::Inspection);
    assert!(visits.any(|entry| text(entry, "date") == "2020-04-12"));
    let mut problems = in_region(&plan, "130123", Kind::Problem);
    let removed = problems
        .find(|entry| text(entry, "fixed_on") == "2020-04-12")
        .unwrap();
    assert_eq!(text(removed, "found_on"), "2020-04-12");
    assert_eq!(measured(removed, "quantities", "case"), 1_000);
    assert_eq!(
        removed
            .steps
            .iter()
            .map(|step| write::day(step.at))
            .collect::<BTreeSet<_>>(),
        ["2020-04-12".to_owned()].into()
    );
}

#[test]
fn qiaodong_registered_13836_households() {
    let (plan, _) = plan();
    let registered = |e: &Entry| measured(e, "results", "household");
    let sum: i64 = in_region(&plan, "130702", Kind::Problem)
        .map(registered)
        .sum();
    assert_eq!(sum, 13_836_000);
}

#[test]
fn every_record_says_that_it_is_demo_data_and_only_source_villages_are_named() {
    let (plan, _) = plan();
    for entry in &plan.entries {
        assert!(
            text(entry, "title").starts_with("【演示数据】"),
            "{}",
            text(entry, "title")
        );
        let village = text(entry, "village");
        assert!(["", "野头村", "东康庄村"].contains(&village), "{village}");
    }
    let ids: BTreeSet<RecordId> = plan.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), plan.entries.len());
}

#[test]
fn every_value_fits_its_field_and_every_required_field_is_filled() {
    let (plan, campaign) = plan();
    for entry in &plan.entries {
        for write in entry.steps.iter().flat_map(writes) {
            let checked = campaign.check(entry.kind, &write.path, &write.value);
            assert_eq!(checked, Ok(()), "{} {write:?}", text(entry, "title"));
        }
        let mut required = campaign.kinds[&entry.kind].fields.iter();
        let early = ["settled_", "rectification_mode"];
        let missing = required.find(|field| {
            let id = field.id.as_str();
            let later = early.iter().any(|prefix| id.starts_with(prefix));
            field.required && !later && text(entry, id).is_empty()
        });
        assert_eq!(
            missing.map(|field| field.id.as_str()),
            None,
            "{}",
            text(entry, "title")
        );
    }
}

#[test]
fn the_plan_is_the_same_every_time() {
    assert_eq!(plan().0, plan().0);
}

#[test]
fn device_clocks_stand_in_the_spring_of_2020_and_never_go_back_on_a_hand() {
    let (plan, _) = plan();
    for entry in &plan.entries {
        let mut last: BTreeMap<Hand, Timestamp> = BTreeMap::new();
        for step in &entry.steps {
            assert!(step.at.iso().starts_with("2020-0"), "{}", step.at.iso());
            let before = last.insert(step.hand, step.at).unwrap_or_default();
            assert!(
                step.at >= before,
                "{} {:?}",
                text(entry, "title"),
                step.hand
            );
        }
    }
}
