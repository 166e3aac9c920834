//! The lives of records as data: states, events and who may cause which, for pages that show them.
//!
//! Never judges an event: what this says is core's own table, by which edits are judged.

use axum::Json;
use liandu_core::policy::{Relation, Role};
use liandu_core::record::kind::Kind;
use liandu_core::workflow::{EventRule, FLAGS, FOUR_THINGS, FlagRule, StateRule, workflow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::door::SignedIn;
use crate::api::json::LabelJson;
use crate::api::labels;
use crate::api::problem::{ApiError, Problem};

/// Who, standing how to the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByWhomJson {
    /// The role.
    #[schema(example = "department")]
    pub role: String,
    /// `author`, `group-member`, `in-region`, `handler`, `lead` or `co`.
    #[schema(example = "lead")]
    pub relation: String,
}

fn by_whom(by: &[(Role, Relation)]) -> Vec<ByWhomJson> {
    by.iter()
        .map(|(role, relation)| ByWhomJson {
            role: role.as_str().to_owned(),
            relation: relation.as_str().to_owned(),
        })
        .collect()
}

/// One state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateRuleJson {
    /// The word.
    pub id: String,
    /// What people call it.
    pub label: LabelJson,
    /// How far the record has come.
    pub rank: u8,
    /// Whether a deadline counts down in it.
    pub runs: bool,
    /// For whom a record in this state waits; nobody where it rests.
    pub turn: Vec<ByWhomJson>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventRuleJson {
    /// The word.
    pub id: String,
    /// What people call it.
    pub label: LabelJson,
    /// States it is possible in.
    pub from: Vec<String>,
    /// The state it leads to; absent for one that leaves the state as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether it leads back to where the record stood before it came into this state.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
    /// Arguments it cannot be without.
    pub needs: Vec<String>,
    /// Fields that must stand in the record, none of them in conflict.
    pub needs_fields: Vec<String>,
    /// Whether it must be somebody other than who reported the work done.
    pub not_the_doer: bool,
    /// Whether values that stand are settled by it.
    pub settles: bool,
    /// Who may cause it.
    pub by: Vec<ByWhomJson>,
}

impl From<&StateRule> for StateRuleJson {
    fn from(rule: &StateRule) -> StateRuleJson {
        StateRuleJson {
            id: rule.id.to_owned(),
            label: LabelJson {
                zh: rule.zh.to_owned(),
                en: rule.en.to_owned(),
            },
            rank: rule.rank,
            runs: rule.runs,
            turn: by_whom(rule.turn),
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl From<&EventRule> for EventRuleJson {
    fn from(rule: &EventRule) -> EventRuleJson {
        let fields: &[&str] = if rule.four_things { &FOUR_THINGS } else { &[] };
        EventRuleJson {
            id: rule.id.to_owned(),
            label: LabelJson {
                zh: rule.zh.to_owned(),
                en: rule.en.to_owned(),
            },
            from: owned(rule.from),
            to: rule.to.map(str::to_owned),
            back: rule.back,
            needs: owned(rule.needs),
            needs_fields: owned(fields),
            not_the_doer: rule.not_the_doer,
            settles: rule.settles,
            by: by_whom(rule.by),
        }
    }
}

/// The life of a kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkflowJson {
    /// The kind.
    pub kind: String,
    /// What people call it.
    pub label: LabelJson,
    /// By rank; a record is born in the first.
    pub states: Vec<StateRuleJson>,
    /// Events.
    pub events: Vec<EventRuleJson>,
}

/// Something open beside a problem's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlagRuleJson {
    /// The word, as the filter `flag` takes it.
    pub id: String,
    /// What people call it.
    pub label: LabelJson,
    /// For whom it waits.
    pub turn: Vec<ByWhomJson>,
    /// The events that answer it.
    pub next: Vec<String>,
}

impl From<&FlagRule> for FlagRuleJson {
    fn from(rule: &FlagRule) -> FlagRuleJson {
        FlagRuleJson {
            id: rule.id.to_owned(),
            label: LabelJson {
                zh: rule.zh.to_owned(),
                en: rule.en.to_owned(),
            },
            turn: by_whom(rule.turn),
            next: owned(rule.next),
        }
    }
}

/// The lives of all kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkflowsJson {
    /// One for each kind.
    pub workflows: Vec<WorkflowJson>,
    /// What may be open beside a problem's state.
    pub flags: Vec<FlagRuleJson>,
}

/// States, events and who may cause them, for every kind of record.
#[utoipa::path(get, path = "/api/workflow", tag = "records",
    responses((status = 200, body = WorkflowsJson), (status = 401, body = Problem)))]
pub(crate) async fn show(_who: SignedIn) -> Result<Json<WorkflowsJson>, ApiError> {
    let one = |kind: Kind| {
        let flow = workflow(kind);
        WorkflowJson {
            kind: kind.to_string(),
            label: (&labels::of_kind(kind)).into(),
            states: flow.states.iter().map(StateRuleJson::from).collect(),
            events: flow.events.iter().map(EventRuleJson::from).collect(),
        }
    };
    Ok(Json(WorkflowsJson {
        workflows: Kind::ALL.into_iter().map(one).collect(),
        flags: FLAGS.iter().map(FlagRuleJson::from).collect(),
    }))
}
