//! What is refused in a definition, what is kept as unknown and what is ignored.

use super::field_id;
use crate::campaign::*;
use crate::record::kind::Kind;
use crate::record::path::Path;
use crate::record::value::Value;

/// The shipped definition with one part of its JSON changed.
fn changed(pointer: &str, value: serde_json::Value) -> Result<Campaign, CampaignError> {
    let mut json: serde_json::Value = serde_json::from_slice(HEBEI_JSON).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    Campaign::parse(&serde_json::to_vec(&json).unwrap())
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
