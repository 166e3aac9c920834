//! State folded along the graph of events.
//!
//! Each event names the tip events its author saw. An event that was not allowed in the state at
//! its `after` is shown but does not count. One tip: its state; several: the common state, or,
//! where they differ, the least advanced by rank and an open conflict until an event names all of
//! them. Never looks at times or at the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{EventId, RecordId, UnitId};
use crate::record::decided::events_taken_back;
use crate::record::graph::{Graph, Node, Within};
use crate::record::touch::{EventBody, Touch};
use crate::record::value::Value;
use crate::workflow::{
    CO_UNITS, DECIDE, EventRule, INTO, MERGE, StateRule, UNIT, Workflow, units, workflow,
};

/// What stands after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) state: &'static StateRule,
    /// Where the record stood before it came into a state that an event leads back from.
    before: Option<&'static StateRule>,
    pub(crate) handlers: BTreeSet<UnitId>,
    /// Those of them whose work it is.
    pub(crate) leads: BTreeSet<UnitId>,
}

/// One event with what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Folded<'g> {
    pub(crate) id: EventId,
    pub(crate) node: &'g Node,
    pub(crate) body: &'g EventBody,
    pub(crate) rule: Option<&'static EventRule>,
    pub(crate) counts: bool,
    pub(crate) standing: Standing,
}

/// The whole fold.
#[derive(Debug, Clone)]
pub(crate) struct Fold<'g> {
    /// In causal order.
    pub(crate) events: Vec<Folded<'g>>,
    pub(crate) tips: Vec<EventId>,
    pub(crate) standing: Standing,
    /// Whether tips lead to different states.
    pub(crate) differs: bool,
}

impl<'g> Fold<'g> {
    /// Folds the events that somebody knew of.
    pub(crate) fn of(graph: &'g Graph, within: Within<'_>) -> Fold<'g> {
        let flow = workflow(graph.kind);
        let mut fold = Fold {
            events: Vec::new(),
            tips: Vec::new(),
            standing: born(flow),
            differs: false,
        };
        let mut index = BTreeMap::new();
        let events = in_causal_order(graph, within);
        let gone = events_taken_back(graph, within, flow, &events);
        for (id, node, body) in events {
            let mut folded = fold.one(flow, id, node, body, &index);
            if gone.contains(&id) {
                folded.counts = false;
            }
            index.insert(id, fold.events.len());
            fold.events.push(folded);
        }
        fold.close(flow, &index);
        fold
    }

    /// What the events `after` lead to together, and whether they differ.
    fn together(
        &self,
        flow: &'static Workflow,
        after: &[EventId],
        index: &BTreeMap<EventId, usize>,
    ) -> (Standing, bool) {
        let mut all = after
            .iter()
            .filter_map(|id| self.events.get(*index.get(id)?));
        let Some(first) = all.next() else {
            return (born(flow), false);
        };
        let mut standing = first.standing.clone();
        let mut differs = false;
        for other in all {
            differs |= other.standing.state != standing.state;
            if other.standing.state.rank < standing.state.rank {
                standing.state = other.standing.state;
            }
            let both = standing.before.into_iter().chain(other.standing.before);
            standing.before = both.min_by_key(|state| state.rank);
            standing
                .handlers
                .extend(other.standing.handlers.iter().cloned());
            standing.leads.extend(other.standing.leads.iter().cloned());
        }
        (standing, differs)
    }

    fn one(
        &self,
        flow: &'static Workflow,
        id: EventId,
        node: &'g Node,
        body: &'g EventBody,
        index: &BTreeMap<EventId, usize>,
    ) -> Folded<'g> {
        let (mut standing, _) = self.together(flow, &body.after, index);
        let rule = flow.event(body.kind.as_str());
        let candidates: Vec<&str> = body
            .after
            .iter()
            .filter_map(|id| Some(self.events.get(*index.get(id)?)?.standing.state.id))
            .collect();
        let counts = rule.is_some_and(|rule| allowed(rule, body, &candidates, &standing));
        if let Some(rule) = rule.filter(|_| counts) {
            advance(flow, rule, body, &mut standing);
        }
        Folded {
            id,
            node,
            body,
            rule,
            counts,
            standing,
        }
    }

    /// Tips are counting events that change the state and that no counting one follows.
    fn close(&mut self, flow: &'static Workflow, index: &BTreeMap<EventId, usize>) {
        let moving: Vec<&Folded<'g>> = self.events.iter().filter(|event| event.moves()).collect();
        let followed: BTreeSet<EventId> = moving
            .iter()
            .flat_map(|event| event.body.after.iter().copied())
            .collect();
        let tips = moving
            .iter()
            .map(|event| event.id)
            .filter(|id| !followed.contains(id))
            .collect();
        (self.standing, self.differs) = self.together(flow, &Vec::clone(&tips), index);
        self.tips = tips;
    }

    /// Whether an event of these tips is possible and complete, who causes it aside.
    pub(crate) fn permits(&self, rule: &EventRule, body: &EventBody) -> bool {
        let states: Vec<&str> = self
            .events
            .iter()
            .filter(|event| body.after.contains(&event.id))
            .map(|event| event.standing.state.id)
            .collect();
        allowed(rule, body, &states, &self.standing)
    }

    /// The change that decided about the state, as long as nothing was built on it: the first of
    /// several that said the same without knowing of each other.
    pub(crate) fn decision(&self) -> Option<&'g Node> {
        let tips = self.events.iter().filter(|e| self.tips.contains(&e.id));
        let tips: Vec<&Folded<'g>> = tips.collect();
        let all = tips.iter().all(|tip| tip.body.kind.as_str() == DECIDE);
        let first = tips.first().filter(|_| all && !self.differs)?;
        Some(first.node)
    }

    /// Counting events that settle the values that stood.
    pub(crate) fn settling(&self) -> impl Iterator<Item = &Folded<'g>> {
        self.events
            .iter()
            .filter(|event| event.counts && event.rule.is_some_and(|r| r.settles))
    }
}

impl Folded<'_> {
    /// Whether it counts and belongs to the line of states.
    pub(crate) fn moves(&self) -> bool {
        self.counts && self.rule.is_some_and(EventRule::moves)
    }
}

fn born(flow: &'static Workflow) -> Standing {
    const NOWHERE: StateRule = StateRule {
        id: "",
        rank: 0,
        zh: "",
        en: "",
        runs: false,
        turn: &[],
    };
    Standing {
        state: flow.states.first().unwrap_or(&NOWHERE),
        before: None,
        handlers: BTreeSet::new(),
        leads: BTreeSet::new(),
    }
}

/// Whether an event is possible where it was caused, who may cause it aside.
fn allowed(rule: &EventRule, body: &EventBody, tip_states: &[&str], standing: &Standing) -> bool {
    if !rule.from.contains(&standing.state.id) {
        return false;
    }
    let given = |need: &&str| {
        body.args
            .get(*need)
            .is_some_and(|value| *value != Value::Empty)
    };
    if !rule.needs.iter().all(given) {
        return false;
    }
    let said = |name| body.args.get(name).and_then(Value::as_text).unwrap_or("");
    if rule.id == MERGE && said(INTO).parse::<RecordId>().is_err() {
        return false;
    }
    let decided = said("state");
    rule.id != DECIDE || (body.after.len() > 1 && tip_states.contains(&decided))
}

fn advance(flow: &'static Workflow, rule: &EventRule, body: &EventBody, standing: &mut Standing) {
    let argument = |name| body.args.get(name).and_then(Value::as_text);
    let to = if rule.id == DECIDE {
        argument("state")
    } else {
        rule.to
    };
    if rule.back {
        standing.state = standing.before.take().unwrap_or(standing.state);
    } else if let Some(state) = to.and_then(|to| flow.state(to)) {
        // Who decides for one of several tips leaves it where that tip came from.
        let came = rule.id == DECIDE && standing.before.is_some();
        if flow.undoes(state) && !came {
            standing.before = Some(standing.state);
        }
        standing.state = state;
    }
    if rule.needs.contains(&UNIT) {
        standing.leads = units(body.args.get(UNIT));
        standing.handlers = units(body.args.get(CO_UNITS));
        standing.handlers.extend(standing.leads.iter().cloned());
    }
}

fn in_causal_order<'g>(
    graph: &'g Graph,
    within: Within<'_>,
) -> Vec<(EventId, &'g Node, &'g EventBody)> {
    let mut events: Vec<_> = graph
        .events()
        .filter(|(_, node)| within.has(node))
        .filter_map(|(id, node)| Some((*id, node, event_body(node, id)?)))
        .collect();
    events.sort_by_key(|(id, node, _)| (node.order(), *id));
    events
}

/// The event of that id in a change.
pub(crate) fn event_body<'g>(node: &'g Node, id: &EventId) -> Option<&'g EventBody> {
    let mut events = node.touches.iter().filter_map(Touch::event);
    let (_, body) = events.find(|(at, _)| *at == id)?;
    Some(body)
}
