//! A dispatch as JSON: frozen figures beside the names that records have now.
//!
//! Never changes a figure.

use std::collections::BTreeMap;

use liandu_core::id::{RecordId, StateId, UnitId};
use liandu_core::light::Light;
use liandu_core::log::{DecisionState, DispatchItem, DispatchPart, Tally};
use liandu_core::record::kind::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::json::{AsOf, LabelJson};
use crate::api::labels::of_state;
use crate::api::problem::ApiError;
use crate::tables::dispatch::{Kept, Over, Pairs, figures, lines, taken};
use crate::tables::query::Snapshot;
use crate::tables::rows::{Line, NOT_DUE};
use crate::tables::visible::Visible;

/// How problems stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TallyJson {
    /// First arrived in the dispatch's time.
    pub new: u64,
    /// Closed in the dispatch's time.
    pub done: u64,
    /// Neither closed nor withdrawn nor merged into another.
    pub open: u64,
    /// Overdue.
    pub overdue: u64,
    /// Overdue so long that they wait for the leaders of a higher level.
    pub raised: u64,
}

impl From<&Tally> for TallyJson {
    fn from(tally: &Tally) -> TallyJson {
        TallyJson {
            new: tally.new,
            done: tally.done,
            open: tally.open,
            overdue: tally.overdue,
            raised: tally.raised,
        }
    }
}

/// The figures of one region or unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchPartJson {
    /// Code of the region or unit.
    pub code: String,
    /// Its figures.
    pub tally: TallyJson,
}

impl From<&DispatchPart> for DispatchPartJson {
    fn from(part: &DispatchPart) -> DispatchPartJson {
        DispatchPartJson {
            code: part.code.clone(),
            tally: (&part.tally).into(),
        }
    }
}

/// An overdue problem, as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchItemJson {
    /// The problem.
    pub record: String,
    /// What it is called now; absent when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its state then.
    pub state: String,
    /// What people call that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_label: Option<LabelJson>,
    /// The day it was due.
    pub due: String,
    /// The units it was handed to.
    pub units: Vec<String>,
}

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionAboutJson {
    /// The record.
    pub record: String,
    /// What it is called now; absent when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its state.
    pub state: String,
    /// What people call that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_label: Option<LabelJson>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionJson {
    /// The task that carries it out.
    pub record: String,
    /// What was decided; absent when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The unit responsible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The day it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The task's state.
    pub state: String,
    /// What people call that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_label: Option<LabelJson>,
    /// Whether it is overdue.
    pub overdue: bool,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<DecisionAboutJson>,
}

/// The ledger's query strings for the same figures as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchQueriesJson {
    /// New ones.
    pub new: String,
    /// Done ones.
    pub done: String,
    /// Open ones.
    pub open: String,
    /// Overdue ones.
    pub overdue: String,
    /// Raised ones.
    pub raised: String,
}

/// A dispatch in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchLineJson {
    /// The dispatch: the position of its entry.
    pub id: u64,
    /// Of which region.
    pub region: String,
    /// Of which campaign; absent: of all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// New and done counted from then.
    pub from: String,
    /// Up to then, when it was frozen.
    pub to: String,
    /// The figures of the whole region.
    pub total: TallyJson,
}

impl From<&Kept> for DispatchLineJson {
    fn from(kept: &Kept) -> DispatchLineJson {
        DispatchLineJson {
            id: kept.position.0,
            region: kept.dispatch.region.to_string(),
            campaign: kept.dispatch.campaign.as_ref().map(ToString::to_string),
            from: kept.dispatch.from.iso(),
            to: kept.dispatch.to.iso(),
            total: (&kept.dispatch.total).into(),
        }
    }
}

/// Dispatches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchesJson {
    /// True for this position.
    pub as_of: AsOf,
    /// The newest first.
    pub dispatches: Vec<DispatchLineJson>,
}

/// A dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DispatchJson {
    /// Names and the meeting's own decisions are true for this position.
    pub as_of: AsOf,
    /// The dispatch: the position of its entry.
    pub id: u64,
    /// Of which region.
    pub region: String,
    /// Of which campaign; absent: of all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// New and done counted from then.
    pub from: String,
    /// Up to then, when it was frozen; overdue is what was so on that day.
    pub to: String,
    /// The figures hold for the log up to this position.
    pub frozen_at: u64,
    /// Who froze it.
    pub by: String,
    /// The figures of the whole region.
    pub total: TallyJson,
    /// The same figures as they are now, in the ledger.
    pub queries: DispatchQueriesJson,
    /// By the regions right below, in order of codes.
    pub regions: Vec<DispatchPartJson>,
    /// By unit, the most overdue first. A problem with two units counts in both.
    pub units: Vec<DispatchPartJson>,
    /// Units beyond those.
    pub units_more: u64,
    /// Overdue problems, the longest first; the first of all.
    pub overdue: Vec<DispatchItemJson>,
    /// Decisions of earlier meetings, as they stood: open ones, and what moved in the dispatch's time.
    pub decisions: Vec<DecisionJson>,
    /// What this meeting decided, as it stands now.
    pub taken: Vec<DecisionJson>,
}

type Lines = BTreeMap<RecordId, (Line, Option<UnitId>)>;

fn state_label(kind: Kind, state: &StateId) -> Option<LabelJson> {
    of_state(kind, state.as_str()).as_ref().map(LabelJson::from)
}

fn query(pairs: &Pairs) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<String>>().join("&")
}

impl DispatchItemJson {
    fn of(item: &DispatchItem, known: &Lines) -> DispatchItemJson {
        let line = known.get(&item.record).map(|(line, _)| line);
        DispatchItemJson {
            record: item.record.to_string(),
            title: line.map(|line| line.title.clone()),
            number: line.and_then(|line| line.number.as_ref().map(ToString::to_string)),
            region: line.map(|line| line.about.scope.region.to_string()),
            state: item.state.to_string(),
            state_label: state_label(Kind::Problem, &item.state),
            due: item.due.clone(),
            units: item.units.iter().map(ToString::to_string).collect(),
        }
    }
}

impl DecisionJson {
    fn of(state: &DecisionState, known: &Lines) -> DecisionJson {
        let task = known.get(&state.record);
        let about = |(record, at): &(RecordId, StateId)| {
            let line = known.get(record).map(|(line, _)| line);
            DecisionAboutJson {
                record: record.to_string(),
                title: line.map(|line| line.title.clone()),
                state: at.to_string(),
                state_label: state_label(line.map_or(Kind::Problem, |line| line.kind), at),
            }
        };
        DecisionJson {
            record: state.record.to_string(),
            text: task.map(|(line, _)| line.title.clone()),
            unit: task.and_then(|(_, unit)| unit.as_ref().map(ToString::to_string)),
            due: state.due.clone(),
            state: state.state.to_string(),
            state_label: state_label(Kind::Task, &state.state),
            overdue: state.overdue,
            about: state.about.as_ref().map(about),
        }
    }
}

/// How a task stands now.
fn standing(
    snapshot: &Snapshot<'_>,
    (record, about): &(RecordId, Option<RecordId>),
    known: &Lines,
) -> Option<DecisionState> {
    let (line, _) = known.get(record)?;
    let about = about.and_then(|about| known.get(&about));
    Some(DecisionState {
        record: *record,
        state: line.state.clone(),
        due: (line.due != NOT_DUE).then(|| line.due.clone()),
        overdue: line.light(snapshot.lights()) == Some(Light::Red),
        about: about.map(|(line, _)| (line.id, line.state.clone())),
    })
}

impl DispatchJson {
    /// A dispatch with the names that its reader may see.
    pub(crate) fn of(
        snapshot: &Snapshot<'_>,
        visible: &Visible,
        kept: &Kept,
    ) -> Result<DispatchJson, ApiError> {
        let dispatch = &kept.dispatch;
        let decided = taken(snapshot, kept.position)?;
        let of_decisions = dispatch.decisions.iter();
        let of_decisions = of_decisions.flat_map(|state| {
            let about = state.about.as_ref().map(|(about, _)| *about);
            [Some(state.record), about]
        });
        let of_taken = decided
            .iter()
            .flat_map(|(task, about)| [Some(*task), *about]);
        let named = dispatch.overdue.iter().map(|item| Some(item.record));
        let named = named.chain(of_decisions).chain(of_taken).flatten();
        let known = lines(snapshot, visible, named)?;
        let now: Vec<DecisionState> = decided
            .iter()
            .filter_map(|one| standing(snapshot, one, &known))
            .collect();
        let decision = |state: &DecisionState| DecisionJson::of(state, &known);
        let [new, done, open, overdue, raised] =
            figures(&Over::of(dispatch), dispatch.from, dispatch.to)
                .map(|(_, pairs)| query(&pairs));
        Ok(DispatchJson {
            as_of: snapshot.mark().into(),
            id: kept.position.0,
            region: dispatch.region.to_string(),
            campaign: dispatch.campaign.as_ref().map(ToString::to_string),
            from: dispatch.from.iso(),
            to: dispatch.to.iso(),
            frozen_at: dispatch.as_of.0,
            by: dispatch.user.clone(),
            total: (&dispatch.total).into(),
            queries: DispatchQueriesJson {
                new,
                done,
                open,
                overdue,
                raised,
            },
            regions: dispatch
                .regions
                .iter()
                .map(DispatchPartJson::from)
                .collect(),
            units: dispatch.units.iter().map(DispatchPartJson::from).collect(),
            units_more: dispatch.units_more,
            overdue: dispatch
                .overdue
                .iter()
                .map(|item| DispatchItemJson::of(item, &known))
                .collect(),
            decisions: dispatch.decisions.iter().map(decision).collect(),
            taken: now.iter().map(decision).collect(),
        })
    }
}
