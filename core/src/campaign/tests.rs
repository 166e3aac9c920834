//! Facts of the shipped definitions and of what regions add.

mod rules;
mod strict;
mod values;

use std::collections::BTreeSet;

use super::*;
use crate::admission::{Definition, Definitions};
use crate::record::DefinitionRef;
use crate::record::path::Path;
use crate::record::value::Value;

fn field_id(id: &str) -> FieldId {
    FieldId::new(id).unwrap()
}

fn domain_id(id: &str) -> DomainId {
    DomainId::new(id).unwrap()
}

fn region(code: &str) -> RegionCode {
    RegionCode::new(code).unwrap()
}

#[test]
fn shipped_definitions_parse_and_hold_nothing_unknown() {
    for campaign in [hebei().unwrap(), hebei_v2().unwrap()] {
        assert_eq!(campaign.unknown, []);
        assert_eq!(campaign.id.as_str(), "hebei-6plus1");
        let ids: Vec<&str> = campaign
            .domains
            .iter()
            .map(|domain| domain.id.as_str())
            .collect();
        let seven = [
            "land",
            "construction",
            "resources",
            "realestate",
            "mining",
            "groundwater",
            "health",
        ];
        assert_eq!(ids, seven);
        for domain in &campaign.domains {
            assert!((8..=14).contains(&domain.checklist.len()), "{}", domain.id);
            let grounded = domain
                .checklist
                .iter()
                .filter(|question| question.basis.is_some());
            assert!(
                grounded.count() * 4 >= domain.checklist.len() * 3,
                "{}",
                domain.id
            );
            assert!(campaign.code_lists[&domain.problem_types].codes.len() >= 6);
            assert!(domain.fields.contains_key(&Kind::Problem));
            assert!(domain.fields.contains_key(&Kind::Inspection));
        }
    }
}

#[test]
fn every_built_in_text_has_a_definition() {
    let bare = br#"{"id":"la311","version":1,"name":{"zh":"x","en":"x"}}"#;
    for campaign in [hebei().unwrap(), Campaign::parse(bare).unwrap()] {
        for kind in Kind::ALL {
            for text in kind.built_in_texts() {
                assert!(
                    campaign.text(kind, &field_id(text)).is_some(),
                    "{kind} {text}"
                );
            }
        }
        let section = |text| {
            campaign
                .text(Kind::Problem, &field_id(text))
                .unwrap()
                .section
        };
        assert_eq!(section("description"), Section::Finding);
        assert_eq!(section("plan"), Section::Rectification);
        assert_eq!(section("result"), Section::Rectification);
    }
}

#[test]
fn four_settled_things_are_the_transferring_offices() {
    let campaign = hebei().unwrap();
    for id in crate::workflow::FOUR_THINGS {
        let field = campaign.field(Kind::Problem, &field_id(id)).unwrap();
        assert_eq!(field.section, Section::Settled, "{id}");
        assert!(field.required, "{id}");
    }
}

fn assert_placed(kind: Kind, paths: &[&str]) {
    let campaign = hebei().unwrap();
    for text in paths {
        let path: Path = text.parse().unwrap();
        assert!(campaign.section(kind, &path).is_some(), "{kind} {text}");
    }
}

#[test]
fn every_demand_on_inspections_has_its_place() {
    assert_placed(
        Kind::Inspection,
        &[
            "f/domain",
            "i/people/p1/member_kind",
            "f/team_kind",
            "f/orientation",
            "f/phase",
            "f/object",
            "f/date",
            "f/village",
            "f/region",
            "f/target",
            "i/qa/q1/official",
            "i/qa/q1/answer",
            "i/qa/q1/basis",
            "i/spot/s1/before",
            "i/spot/s1/after",
            "i/spot/s1/found_at",
            "i/spot/s1/done_at",
            "f/round",
            "f/previous",
            "f/revisit_result",
            "f/tags",
            "f/weather",
            "f/position",
            "i/photos/p1/hash",
            "i/quantities/q1/amount",
            "t/remarks",
            "t/findings",
            "a/land-01",
            "f/person_times",
        ],
    );
}

#[test]
fn every_demand_on_problems_has_its_place() {
    assert_placed(
        Kind::Problem,
        &[
            "f/source",
            "f/target",
            "f/target_amount",
            "f/result_amount",
            "f/result_met",
            "f/phase",
            "f/object",
            "f/baseline_amount",
            "f/fixed_on_spot",
            "f/permit_status",
            "f/origin_year",
            "f/exposures",
            "f/key",
            "f/legacy",
            "f/tags",
            "f/disposition",
            "f/rectification_mode",
            "f/legal_basis",
            "f/reviewer",
            "f/verification",
            "f/duplicate_of",
            "f/complete",
            "f/look_back_on",
            "f/look_back_round",
            "f/look_back_result",
            "f/deadline_rule",
            "f/satisfaction",
            "f/plan_on",
            "f/problem_type",
            "i/quantities/q1/as_of",
            "i/units/u1/part",
            "i/extensions/e1/until",
            "i/milestones/m1/due",
            "i/results/r1/amount",
            "i/evidence/e1/hash",
            "t/description",
            "t/plan",
            "t/result",
        ],
    );
}

#[test]
fn every_source_team_and_object_that_is_demanded_has_its_code() {
    let campaign = hebei().unwrap();
    for code in ["government", "deputy", "public", "enforcement", "referral"] {
        assert!(campaign.code("sources", code).is_some(), "{code}");
    }
    for code in ["deputy_group", "enforcement_team", "guidance_group"] {
        assert!(campaign.code("team_kinds", code).is_some(), "{code}");
    }
    for code in [
        "realestate_project",
        "resource_project",
        "mine_scar",
        "own_well",
    ] {
        assert!(campaign.code("object_types", code).is_some(), "{code}");
    }
}

#[test]
fn directive_changes_deadline_and_list_while_version_one_stays() {
    let (one, two) = (hebei().unwrap(), hebei_v2().unwrap());
    let days = |campaign: &Campaign, mode, domain: &str| {
        let rule = campaign.deadline(DeadlineStep::Rectify, mode, Some(&domain_id(domain)));
        rule.unwrap().days
    };
    assert_eq!(days(&one, Some("timed"), "land"), 90);
    assert_eq!(days(&two, Some("timed"), "land"), 60);
    assert_eq!(days(&one, Some("timed"), "realestate"), 90);
    assert_eq!(days(&two, Some("timed"), "realestate"), 120);
    assert_eq!(days(&one, Some("long_term"), "mining"), 730);
    assert_eq!(days(&one, None, "mining"), 30);
    let source: Path = "f/source".parse().unwrap();
    let lookback = Value::text("lookback");
    assert_eq!(
        one.check(Kind::Problem, &source, &lookback),
        Err(ValueError::NoCode)
    );
    assert_eq!(two.check(Kind::Problem, &source, &lookback), Ok(()));
    let retired = two.code_lists["sources"].get("media").unwrap();
    assert!(retired.retired);
    assert_eq!(
        two.check(Kind::Problem, &source, &Value::text("media")),
        Ok(())
    );
}

#[test]
fn county_items_show_locally_and_leave_the_rest_as_it_was() {
    let before = hebei().unwrap();
    let zhengding = LocalItems::parse(ZHENGDING_JSON).unwrap();
    let langfang = LocalItems::parse(LANGFANG_JSON).unwrap();
    assert_eq!(
        (zhengding.questions.len(), langfang.questions.len()),
        (5, 10)
    );
    let campaign = before.clone().with_local(zhengding.clone()).unwrap();
    let campaign = campaign.with_local(langfang).unwrap();
    assert_eq!(campaign.domains, before.domains);
    assert_eq!(campaign.kinds, before.kinds);
    let asked =
        |domain: &str, code: &str| campaign.checklist(&domain_id(domain), &region(code)).len();
    let common = before.domain(&domain_id("land")).unwrap().checklist.len();
    assert_eq!(asked("land", "130123"), common + 5);
    assert_eq!(
        asked("land", "130123100"),
        common + 5,
        "a township of the county"
    );
    assert_eq!(asked("land", "130100"), common, "the city does not see it");
    assert_eq!(asked("land", "131002"), common + 10);
    let common = before.domain(&domain_id("health")).unwrap().checklist.len();
    assert_eq!(
        asked("health", "130123"),
        common + 1,
        "the one for every domain"
    );
    let (domain, question) = campaign
        .question(&QuestionId::new("130123-05").unwrap())
        .unwrap();
    assert!(domain.is_none());
    assert_eq!(question.local_to, Some(region("130123")));
    let task: Path = "f/130123-task".parse().unwrap();
    assert_eq!(
        campaign.section(Kind::Problem, &task),
        Some(Section::Finding)
    );
    let form = |code| {
        campaign
            .form(Kind::Problem, Some(&domain_id("land")), &region(code))
            .len()
    };
    assert_eq!(form("130123"), form("130124") + 1);
    let again = campaign.clone().with_local(zhengding).unwrap();
    assert_eq!(again.local.len(), 2, "joining again replaces");
}

#[test]
fn newer_county_items_keep_what_people_may_have_answered() {
    let text = std::str::from_utf8(ZHENGDING_JSON).unwrap();
    let first = LocalItems::parse(text.as_bytes()).unwrap();
    let second = text.replacen("\"version\": 1", "\"version\": 2", 1);
    let renamed = second.replacen("当日拆除宗数", "当日拆除数", 1);
    let renamed = LocalItems::parse(renamed.as_bytes()).unwrap();
    assert!(renamed.follows(&first).is_ok());
    let none = first.follows(&renamed);
    assert!(matches!(none, Err(CampaignError::NotNewer { version: 2 })));
    let changed = second.replacen("\"answer\": \"int\"", "\"answer\": \"text\"", 1);
    let changed = LocalItems::parse(changed.as_bytes()).unwrap();
    let why = changed.follows(&first).unwrap_err().to_string();
    assert!(why.starts_with("questions/130123-03"), "{why}");
    let mut shorter = renamed;
    shorter.fields.clear();
    let why = shorter.follows(&first).unwrap_err().to_string();
    assert!(why.starts_with("fields/"), "{why}");
}

#[test]
fn county_items_join_every_version_of_their_campaign_in_any_order() {
    let region = region("130123");
    let zhengding = || Definition::parse(ZHENGDING_JSON).unwrap();
    let first = || Definition::parse(HEBEI_JSON).unwrap();
    let second = || Definition::parse(HEBEI_V2_JSON).unwrap();
    let asked = |all: &Definitions, version: u32| {
        let campaign = "hebei-6plus1".parse().unwrap();
        let name = DefinitionRef { campaign, version };
        let campaign = all.get(&name).unwrap();
        campaign.checklist(&domain_id("land"), &region).len()
    };
    let mut early = Definitions::default();
    for part in [zhengding(), first(), second()] {
        early.add(part);
    }
    let mut late = Definitions::default();
    for part in [first(), second(), zhengding()] {
        late.add(part);
    }
    for version in [1, 2] {
        assert_eq!(asked(&early, version), asked(&late, version));
        assert!(asked(&late, version) > hebei().unwrap().domains[0].checklist.len());
    }
    let unknown = Definitions::default().may_follow(&zhengding());
    assert!(matches!(unknown, Err(CampaignError::NoCampaign { .. })));
    assert_eq!(
        zhengding().name().unwrap().campaign.as_str(),
        "hebei-6plus1.130123"
    );
}

#[test]
fn local_item_may_not_take_a_provincial_id_or_another_campaign() {
    let items = |campaign: &str, id: &str| {
        let json = format!(
            r#"{{"campaign":"{campaign}","region":"130123","version":1,
            "name":{{"zh":"甲","en":"a"}},
            "questions":[{{"id":"{id}","text":{{"zh":"问","en":"q"}},"domain":"land"}}]}}"#
        );
        LocalItems::parse(json.as_bytes())
    };
    assert!(matches!(
        items("hebei-6plus1", "land-01"),
        Err(CampaignError::NotLocal { .. })
    ));
    assert!(matches!(
        items("hebei-6plus1", "1301234-1"),
        Err(CampaignError::NotLocal { .. })
    ));
    let foreign = items("la311", "130123-01").unwrap();
    let joined = hebei().unwrap().with_local(foreign);
    assert!(matches!(joined, Err(CampaignError::OtherCampaign { .. })));
}

#[test]
fn every_code_list_is_used_or_made() {
    let campaign = hebei().unwrap();
    let mut used: BTreeSet<&str> = ["domains", "problem_types", "deadline_rules"].into();
    for domain in &campaign.domains {
        used.insert(&domain.problem_types);
        used.extend(
            domain
                .checklist
                .iter()
                .filter_map(|q| q.answer.code_list.as_deref()),
        );
    }
    for kind in Kind::ALL {
        used.extend(
            campaign
                .all_fields(kind)
                .filter_map(|field| field.code_list.as_deref()),
        );
        let items = campaign.kinds[&kind]
            .collections
            .iter()
            .flat_map(|set| &set.fields);
        used.extend(items.filter_map(|field| field.code_list.as_deref()));
    }
    let all: BTreeSet<&str> = campaign.code_lists.keys().map(String::as_str).collect();
    assert_eq!(all, used);
}
