//! Who may do what, as data: core's own table, for pages that show it or show only what works.
//!
//! Never judges: what this says is the table by which edits are judged.

use axum::Json;
use liandu_core::policy::{Act, Rule, TABLE};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::door::SignedIn;
use crate::api::problem::Problem;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleJson {
    /// Who.
    pub role: String,
    /// `create`, `write` or `resolve`.
    pub act: String,
    /// What: kinds for `create`, the section for `write`; empty for `resolve`.
    pub of: Vec<String>,
    /// `author`, `group-member`, `in-region` or `handler`.
    pub relation: String,
    /// In which states as the author saw them; empty means any but withdrawn.
    pub states: Vec<String>,
}

impl From<&Rule> for RuleJson {
    fn from(rule: &Rule) -> RuleJson {
        let (act, of) = match rule.act {
            Act::Create(kinds) => ("create", kinds.iter().map(ToString::to_string).collect()),
            Act::Write(section) => (
                "write",
                section.as_str().map(str::to_owned).into_iter().collect(),
            ),
            Act::Resolve => ("resolve", Vec::new()),
        };
        RuleJson {
            role: rule.role.as_str().to_owned(),
            act: act.to_owned(),
            of,
            relation: rule.relation.as_str().to_owned(),
            states: rule
                .states
                .iter()
                .map(|state| (*state).to_owned())
                .collect(),
        }
    }
}

/// Who may make, write and decide what. Events have their own table: `/api/workflow`.
#[utoipa::path(get, path = "/api/policy", tag = "records",
    responses((status = 200, body = Vec<RuleJson>), (status = 401, body = Problem)))]
pub(crate) async fn index(_who: SignedIn) -> Json<Vec<RuleJson>> {
    Json(TABLE.iter().map(RuleJson::from).collect())
}
