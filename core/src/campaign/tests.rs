//! Facts of definitions: what the shipped ones hold, and what is refused, kept or ignored.

use std::collections::BTreeSet;

use super::*;
use crate::record::value::{Datum, GeoPosition, Quantity};
use crate::time::Timestamp;

fn field_id(id: &str) -> FieldId {
    FieldId::new(id).unwrap()
}

fn domain_id(id: &str) -> DomainId {
    DomainId::new(id).unwrap()
}

fn region(code: &str) -> RegionCode {
    RegionCode::new(code).unwrap()
}

/// The shipped definition with one part of its JSON changed.
fn changed(pointer: &str, value: serde_json::Value) -> Result<Campaign, CampaignError> {
    let mut json: serde_json::Value = serde_json::from_slice(HEBEI_JSON).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    Campaign::parse(&serde_json::to_vec(&json).unwrap())
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

#[test]
fn every_demand_on_inspections_and_problems_has_its_place() {
    let campaign = hebei().unwrap();
    let has = |kind, path: &str| {
        let path: Path = path.parse().unwrap();
        assert!(campaign.section(kind, &path).is_some(), "{kind} {path}");
    };
    for path in [
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
    ] {
        has(Kind::Inspection, path);
    }
    for path in [
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
    ] {
        has(Kind::Problem, path);
    }
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
fn newer_words_are_kept_as_unknown_and_reported() {
    let campaign = changed("/kinds/1/fields/0/section", "court".into()).unwrap();
    assert_eq!(campaign.unknown[0].word, "court");
    assert_eq!(campaign.unknown[0].place, "kinds/problem/title");
    let title = campaign.field(Kind::Problem, &field_id("title")).unwrap();
    assert_eq!(title.section, Section::Unknown);
    let campaign = changed("/kinds/1/fields/0/value", "polygon".into()).unwrap();
    let path: Path = "f/title".parse().unwrap();
    let error = campaign
        .check(Kind::Problem, &path, &Value::text("x"))
        .unwrap_err();
    assert!(error.not_yet());
    let campaign = changed("/kinds/5/id", "drone".into()).unwrap();
    assert_eq!(campaign.unknown[0].word, "drone");
    let campaign = changed("/deadlines/0/step", "appeal".into()).unwrap();
    assert_eq!(campaign.deadlines[0].step, DeadlineStep::Unknown);
    let campaign = changed("/note", serde_json::json!({"any": ["thing"]})).unwrap();
    assert_eq!(campaign.unknown, [], "an unknown key is ignored");
}

#[test]
fn wrong_definition_names_the_place() {
    let said = |pointer, value| changed(pointer, value).unwrap_err().to_string();
    let text = said("/domains/0/id", "土地".into());
    assert!(text.contains("domains/土地"), "{text}");
    let text = said("/kinds/1/fields/1/code_list", "nothing".into());
    assert!(
        text.contains("kinds/problem/domain") && text.contains("nothing"),
        "{text}"
    );
    let text = said("/domains/1/checklist/0/id", "land-01".into());
    assert!(text.contains("land-01"), "{text}");
    let text = said("/domains/0/checklist/0/problem_on", "perhaps".into());
    assert!(
        text.contains("land-01") && text.contains("perhaps"),
        "{text}"
    );
    let text = said("/units/1/denominator", 0.into());
    assert!(text.contains("units/mu"), "{text}");
    let text = said("/domains/0/name/en", " ".into());
    assert!(text.contains("domains/land"), "{text}");
    let text = said("/version", 0.into());
    assert!(text.contains("version"), "{text}");
    let text = said("/deadlines/3/mode", "never".into());
    assert!(text.contains("deadlines/timed"), "{text}");
    let text = said("/code_lists/0/codes/1/code", "yes".into());
    assert!(text.contains("code_lists/yes_no_na/yes"), "{text}");
    let text = Campaign::parse(b"{\"id\": 3}").unwrap_err().to_string();
    assert!(text.contains("line 1"), "{text}");
}

#[test]
fn cut_definition_is_an_error_and_never_a_panic() {
    for end in (0..HEBEI_JSON.len() - 2).step_by(997) {
        assert!(Campaign::parse(&HEBEI_JSON[..end]).is_err(), "{end}");
    }
}

#[test]
fn each_sort_of_value_is_checked() {
    let campaign = hebei().unwrap();
    let check =
        |path: &str, value: Value| campaign.check(Kind::Problem, &path.parse().unwrap(), &value);
    let amount = |milli, unit: &str| {
        Value::Quantity(Quantity {
            milli,
            unit: unit.to_owned(),
        })
    };
    let spot = |lat_e7| {
        let datum = Datum::Wgs84;
        Value::Position(GeoPosition {
            lat_e7,
            lon_e7: 0,
            datum,
            accuracy_cm: None,
        })
    };
    for (path, good, bad, error) in [
        (
            "f/title",
            Value::text("甲"),
            Value::Int(1),
            ValueError::WrongType,
        ),
        (
            "f/exposures",
            Value::Int(3),
            Value::Int(-1),
            ValueError::Range,
        ),
        (
            "f/origin_year",
            Value::Int(2008),
            Value::text("2008"),
            ValueError::WrongType,
        ),
        (
            "f/key",
            Value::Bool(true),
            Value::text("yes"),
            ValueError::WrongType,
        ),
        (
            "f/domain",
            Value::text("land"),
            Value::text("space"),
            ValueError::NoCode,
        ),
        (
            "f/problem_type",
            Value::text("land.greenhouse_house"),
            Value::text("greenhouse_house"),
            ValueError::NoCode,
        ),
        (
            "f/tags",
            Value::Codes(["key".to_owned()].into()),
            Value::Codes(["key".to_owned(), "nope".to_owned()].into()),
            ValueError::NoCode,
        ),
        (
            "f/found_on",
            Value::text("2020-02-29"),
            Value::text("2020-2-9"),
            ValueError::NotADay,
        ),
        (
            "f/region",
            Value::text("130123"),
            Value::text("正定"),
            ValueError::NotAnId,
        ),
        (
            "f/object",
            Value::text(&"0".repeat(8)),
            Value::text("x"),
            ValueError::NotAnId,
        ),
        (
            "f/position",
            spot(380_000_000),
            spot(900_000_001),
            ValueError::Range,
        ),
        (
            "f/land_area",
            amount(55_000, "mu"),
            amount(56_000, "set"),
            ValueError::NoUnit,
        ),
        (
            "i/quantities/q/amount",
            amount(1, "set"),
            amount(-1, "set"),
            ValueError::Range,
        ),
        (
            "i/photos/p/hash",
            Value::text(&"a".repeat(64)),
            Value::text("a"),
            ValueError::NotAnId,
        ),
        (
            "i/photos/p/taken_at",
            Value::Time(Timestamp(1)),
            Value::text("2020-04-12"),
            ValueError::WrongType,
        ),
        (
            "a/land-01",
            Value::text("yes"),
            Value::text("maybe"),
            ValueError::NoCode,
        ),
        (
            "f/title",
            Value::Empty,
            Value::Unknown(vec![1]),
            ValueError::Newer,
        ),
        ("f/domain", Value::Empty, Value::Empty, ValueError::NoField),
    ] {
        match path {
            "f/object" => {
                let id = "0192f3a0-0000-7000-8000-000000000000";
                assert_eq!(check(path, Value::text(id)), Ok(()));
            }
            _ => assert_eq!(check(path, good), Ok(()), "{path}"),
        }
        match error {
            ValueError::NoField => assert_eq!(check("f/nothing", bad), Err(error)),
            _ => assert_eq!(check(path, bad), Err(error), "{path}"),
        }
    }
}

#[test]
fn days_are_days_of_the_calendar() {
    for good in ["2020-02-29", "2000-02-29", "2020-12-31", "0001-01-01"] {
        assert!(is_date(good), "{good}");
    }
    for bad in [
        "2019-02-29",
        "1900-02-29",
        "2020-04-31",
        "2020-13-01",
        "2020-00-10",
        "2020-01-00",
        "2020-1-01",
        "20200-1-1",
        "2020-01-01T",
        "2020/01/01",
        "",
        "+020-01-01",
        "二零二零-01",
    ] {
        assert!(!is_date(bad), "{bad}");
    }
}

#[test]
fn fifty_five_mu_are_36667_square_metres() {
    let campaign = hebei().unwrap();
    let amount = |milli, unit: &str| Quantity {
        milli,
        unit: unit.to_owned(),
    };
    let converted = campaign.convert(&amount(55_000, "mu"), "m2").unwrap();
    assert_eq!(converted.milli, 36_666_667);
    assert_eq!(
        campaign
            .convert(&amount(1_400, "wan_m2"), "m2")
            .unwrap()
            .milli,
        14_000_000
    );
    assert_eq!(
        campaign
            .convert(&amount(2_000_000, "m2"), "mu")
            .unwrap()
            .milli,
        3_000
    );
    assert_eq!(campaign.convert(&amount(1, "mu"), "set"), None);
    assert_eq!(campaign.convert(&amount(1, "li"), "m2"), None);
    assert_eq!(campaign.convert(&amount(i64::MAX, "km2"), "m2"), None);
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
