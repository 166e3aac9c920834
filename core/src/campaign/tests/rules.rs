//! When what is overdue rises, and of what units are told: what a definition may say about it.

use crate::admission::Definitions;
use crate::campaign::*;
use crate::level::Level;
use crate::workflow::NoticeRules;

/// The shipped definition with something said that it does not say.
fn saying(name: &str, value: serde_json::Value) -> Result<Campaign, CampaignError> {
    let mut json: serde_json::Value = serde_json::from_slice(HEBEI_V2_JSON).unwrap();
    json[name] = value;
    Campaign::parse(&serde_json::to_vec(&json).unwrap())
}

#[test]
fn rises_are_read_and_wrong_ones_name_their_level() {
    let rise = |level: &str, days: i64| serde_json::json!({"level": level, "days": days});
    let said = saying("escalation", [rise("county", 5), rise("city", 250)].into());
    let said = said.unwrap().escalation;
    let expected = [(Level::County, 5), (Level::City, 250)];
    assert_eq!(said, expected.map(|(level, days)| Rise { level, days }));
    for wrong in [
        [rise("county", 0)].as_slice(),
        &[rise("county", 251)],
        &[rise("county", 1), rise("county", 2)],
    ] {
        let error = saying("escalation", wrong.to_vec().into()).unwrap_err();
        assert!(
            error.to_string().starts_with("escalation/county"),
            "{error}"
        );
    }
    let newer = saying("escalation", [rise("ward", 1)].into()).unwrap();
    assert_eq!(
        (newer.escalation.len(), newer.unknown[0].word.as_str()),
        (0, "ward")
    );
}

#[test]
fn notices_of_a_campaign_stand_before_the_setting_and_an_empty_list_tells_nobody() {
    let setting = ["remind".to_owned(), "supervise".to_owned()];
    let rules = |campaign| {
        let mut known = Definitions::default();
        known.insert(hebei().unwrap());
        known.insert(campaign);
        NoticeRules::known(&known, &setting)
    };
    let silent = rules(hebei_v2().unwrap());
    assert_eq!(silent.words(), ["remind", "supervise"]);
    assert!(silent.campaigns.is_empty());
    let said = saying(
        "notices",
        serde_json::json!(["instruct", "transfer", "fax", "transfer"]),
    );
    let said = said.unwrap();
    assert_eq!(said.unknown[0].place, "notices/fax");
    let said = rules(said);
    let of_it: Vec<&[&str]> = said.campaigns.values().map(Vec::as_slice).collect();
    assert_eq!(of_it, [["instruct", "transfer"]]);
    assert_eq!(said.words(), ["transfer", "instruct"]);
    let nobody = rules(saying("notices", serde_json::json!([])).unwrap());
    assert_eq!(nobody.campaigns.values().flatten().count(), 0);
    assert_eq!(nobody.words(), [""; 0]);
}
