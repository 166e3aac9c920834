//! One line of the ledger as JSON.
//!
//! Never decides who sees it.

use liandu_core::id::PersonId;
use liandu_core::light::Lights;
use liandu_core::record::number::{self, Number};
use liandu_core::time::Timestamp;
use liandu_core::workflow::workflow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::json::{LabelJson, PositionJson, ScopeJson, ServerJson};
use crate::tables::rows::{Line, NOT_DUE};

/// The number of a problem: the n-th of its county and campaign. Never given twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NumberJson {
    /// As it is said: county and n; `q` finds it.
    #[schema(example = "130502-12")]
    pub text: String,
    /// The county it was born in.
    pub county: String,
    /// The campaign.
    pub campaign: String,
    /// From 1.
    pub n: u64,
}

impl From<&Number> for NumberJson {
    fn from(number: &Number) -> NumberJson {
        NumberJson {
            text: number.to_string(),
            county: number.county.to_string(),
            campaign: number.campaign.to_string(),
            n: number.n,
        }
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineJson {
    /// The record.
    pub id: String,
    /// `inspection`, `problem`, `opinion`, `object`, `task`, `activity` or `referral`.
    pub kind: String,
    /// The campaign, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Who it belongs to.
    pub scope: ScopeJson,
    /// Code of the domain, empty when it has none.
    pub domain: String,
    /// Where it came from, empty when it does not say.
    pub source: String,
    /// Where it stands.
    pub state: String,
    /// The state's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_label: Option<LabelJson>,
    /// What people call it.
    pub title: String,
    /// What is said on the phone for it before it has a number: six characters.
    #[schema(example = "7K3M9Q")]
    pub code: String,
    /// Its number, for a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberJson>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// For whom it was recorded (代录), when not for who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// First arrival at the office.
    pub first: ServerJson,
    /// Last change at the office.
    pub last: ServerJson,
    /// The device's clock at the first edit; may be wrong.
    pub device_first: String,
    /// The device's clock at the last edit; may be wrong.
    pub device_last: String,
    /// Edits in it.
    pub edits: u64,
    /// Open conflicts.
    pub conflicts: u64,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionJson>,
    /// The day it is due, as settled or last extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-04-30")]
    pub due: Option<String>,
    /// How near that is in working days: `green`, `yellow` (three left), `red` (overdue), `grey`
    /// (paused); absent where no clock runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "yellow")]
    pub light: Option<String>,
    /// The highest level whose leaders it waits for because it has been overdue that long.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "city")]
    pub raised: Option<String>,
}

impl LineJson {
    /// A line as it stands on a day.
    pub(crate) fn of(line: &Line, lights: &Lights) -> LineJson {
        let at = |at: (liandu_core::id::Position, Timestamp)| ServerJson {
            position: at.0.0,
            time: at.1.iso(),
        };
        let rule = workflow(line.kind).state(line.state.as_str());
        LineJson {
            id: line.id.to_string(),
            kind: line.kind.to_string(),
            campaign: line.about.campaign.as_ref().map(ToString::to_string),
            scope: (&line.about.scope).into(),
            domain: line.domain.clone(),
            source: line.source.clone(),
            state: line.state.to_string(),
            state_label: rule.map(|r| LabelJson {
                zh: r.zh.to_owned(),
                en: r.en.to_owned(),
            }),
            title: line.title.clone(),
            code: number::code(&line.id),
            number: line.number.as_ref().map(NumberJson::from),
            author: line.author.as_ref().map(PersonId::to_string),
            on_behalf_of: line.behalf.as_ref().map(PersonId::to_string),
            first: at(line.about.first),
            last: at(line.about.last),
            device_first: line.device_first.iso(),
            device_last: line.device_last.iso(),
            edits: line.edits,
            conflicts: line.conflicts,
            position: line.spot.as_ref().map(PositionJson::from),
            due: (line.due != NOT_DUE).then(|| line.due.clone()),
            light: line.light(lights).map(|light| light.as_str().to_owned()),
            raised: line.raised(lights).map(|level| level.as_str().to_owned()),
        }
    }
}
