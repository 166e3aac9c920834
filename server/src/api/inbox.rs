//! What waits for the person who asks (待办): problems whose state makes it their turn, in due
//! order, each with what can be done about it.
//!
//! Never counts by conditions of its own: each heap is a filter that the ledger takes as well.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use liandu_core::id::{Position, UnitId};
use liandu_core::light::Light;
use liandu_core::policy::{Facts, Grant, Principal, Relation, may_cause};
use liandu_core::record::kind::Kind;
use liandu_core::workflow::{EventRule, StateRule, workflow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::ask::Ask;
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, LabelJson};
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::tables::filter::Filter;
use crate::tables::query::{Asked, By, Snapshot, Sort, count, list};
use crate::tables::rows::Line;

/// How many wait in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitJson {
    /// The state.
    pub state: String,
    /// What people call it.
    pub label: LabelJson,
    /// The ledger's query string for the same records.
    #[schema(example = "kind=problem&state=reported&region=130500")]
    pub filter: String,
    /// Records; the ledger's number for that filter.
    pub count: u64,
    /// Overdue ones among them: the ledger's number with `light=red`.
    pub red: u64,
    /// Ones that are nearly due: with `light=yellow`.
    pub yellow: u64,
}

/// Something that can be done about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextJson {
    /// The event.
    pub event: String,
    /// What people call it.
    pub label: LabelJson,
    /// Arguments it cannot be without.
    pub needs: Vec<String>,
    /// Whether it takes the record to another state.
    pub moves: bool,
}

/// A record that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaitingJson {
    /// The record.
    pub record: LineJson,
    /// What the person may do about it, what takes it on first. The four settled things, and
    /// who reported the work, are judged when it is done.
    pub next: Vec<NextJson>,
}

/// What waits for the person who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InboxJson {
    /// True for this position.
    pub as_of: AsOf,
    /// All that waits.
    pub total: u64,
    /// By state and reason, in the order of a record's life; empty heaps too.
    pub waits: Vec<WaitJson>,
    /// What is due first, first; at most `limit` of all.
    pub records: Vec<WaitingJson>,
}

/// Records that wait in one state by one grant.
struct Heap {
    state: &'static StateRule,
    pairs: Vec<(String, String)>,
    unit: Option<UnitId>,
}

impl Heap {
    fn of(state: &'static StateRule, relation: Relation, grant: &Grant) -> Option<Heap> {
        let unit = match relation {
            Relation::InRegion => None,
            Relation::Handler => Some(grant.unit.clone()?),
            // Nobody's turn by these: they are no part of the ledger's filter.
            Relation::Author | Relation::GroupMember => return None,
        };
        let mut pairs = vec![
            ("kind".to_owned(), Kind::Problem.to_string()),
            ("state".to_owned(), state.id.to_owned()),
            ("region".to_owned(), grant.region.to_string()),
        ];
        pairs.extend(unit.iter().map(|u| ("handler".to_owned(), u.to_string())));
        Some(Heap { state, pairs, unit })
    }

    fn query(&self) -> String {
        let pairs: Vec<String> = self.pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("&")
    }
}

/// A grant that a wider one of the same kind holds would count its records twice.
fn widest(principal: &Principal) -> Vec<&Grant> {
    let within = |one: &Grant, other: &Grant| {
        one.role == other.role
            && one.unit == other.unit
            && one.region != other.region
            && other.region.contains(&one.region)
    };
    let grants = &principal.grants;
    grants
        .iter()
        .filter(|one| !grants.iter().any(|other| within(one, other)))
        .collect()
}

fn heaps(principal: &Principal) -> Vec<Heap> {
    let (mut heaps, mut known) = (Vec::new(), BTreeSet::new());
    for state in workflow(Kind::Problem).states {
        for grant in widest(principal) {
            let turns = state.turn.iter().filter(|(role, _)| *role == grant.role);
            for heap in turns.filter_map(|(_, relation)| Heap::of(state, *relation, grant)) {
                if known.insert(heap.query()) {
                    heaps.push(heap);
                }
            }
        }
    }
    heaps
}

/// The events a person may cause about a listed record, what takes it on first.
fn next(who: &Principal, heap: &Heap, line: &Line) -> Vec<NextJson> {
    let handlers: Vec<UnitId> = heap.unit.iter().cloned().collect();
    let facts = Facts {
        scope: &line.about.scope,
        author: line.author.as_ref() == Some(&who.person),
        handlers: &handlers,
        state: heap.state.id,
        authority: Position(u64::MAX),
        now: line.about.last.1,
        grace_ms: 0,
    };
    let possible = |rule: &&EventRule| {
        rule.from.contains(&heap.state.id) && may_cause(who, rule, &facts).is_ok()
    };
    let mut rules: Vec<&EventRule> = workflow(Kind::Problem)
        .events
        .iter()
        .filter(possible)
        .collect();
    rules.sort_by_key(|rule| rule.to.is_none());
    let next = |rule: &&EventRule| NextJson {
        event: rule.id.to_owned(),
        label: LabelJson {
            zh: rule.zh.to_owned(),
            en: rule.en.to_owned(),
        },
        needs: rule.needs.iter().map(|need| (*need).to_owned()).collect(),
        moves: rule.to.is_some(),
    };
    rules.iter().map(next).collect()
}

fn read(snapshot: &Snapshot<'_>, who: &SignedIn, limit: usize) -> Result<InboxJson, ApiError> {
    let (visible, heaps) = (who.visible(), heaps(&who.principal));
    let (mut waits, mut found) = (Vec::new(), Vec::new());
    for heap in &heaps {
        let (filter, _) = Filter::parse(&heap.pairs)?;
        let asked = Asked {
            visible: &visible,
            filter: &filter,
        };
        let counts = count(snapshot, asked, Some(&By::Light))?;
        let shining = |light: Light| {
            let mut groups = counts.groups.iter();
            let found = groups.find(|(word, _)| word == light.as_str());
            found.map_or(0, |(_, count)| *count)
        };
        waits.push(WaitJson {
            state: heap.state.id.to_owned(),
            label: LabelJson {
                zh: heap.state.zh.to_owned(),
                en: heap.state.en.to_owned(),
            },
            filter: heap.query(),
            count: counts.total,
            red: shining(Light::Red),
            yellow: shining(Light::Yellow),
        });
        let page = list(snapshot, asked, Sort::DueUp, None, limit)?;
        found.extend(page.lines.into_iter().map(|line| (line, heap)));
    }
    found.sort_by(|(a, _), (b, _)| (&a.due, a.id).cmp(&(&b.due, b.id)));
    // Two grants may show one record; it is listed once.
    found.dedup_by_key(|(line, _)| line.id);
    found.truncate(limit);
    let waiting = |(line, heap): &(Line, &Heap)| WaitingJson {
        record: LineJson::of(line, snapshot.lights()),
        next: next(&who.principal, heap, line),
    };
    Ok(InboxJson {
        as_of: snapshot.mark().into(),
        total: waits.iter().map(|wait| wait.count).sum(),
        waits,
        records: found.iter().map(waiting).collect(),
    })
}

/// What waits for the person who asks, in due order, with what they may do about it.
#[utoipa::path(get, path = "/api/inbox", tag = "records",
    params(("limit" = Option<u32>, Query, description = "records, 1 to 500, 50 when not said"),
        ("at_least" = Option<u64>, Query, description = "wait until the answer holds everything up to this position, at most ten seconds")),
    responses((status = 200, body = InboxJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<InboxJson>, ApiError> {
    let answer = office.read(ask.at_least, move |snapshot| {
        read(snapshot, &who, ask.limit)
    });
    answer.await.map(Json)
}
