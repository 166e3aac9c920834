//! Decisions that stand at a place, and those that were taken back.
//!
//! Computed from causality alone, like the conflicts. What an event settled knowing of a decision
//! stays decided, whoever takes the decision back without knowing of the event. Never drops a
//! value: a decision that was taken back is still in the history.

use std::collections::BTreeSet;

use crate::id::EventId;
use crate::record::conflict::{edits, place, text_conflict};
use crate::record::fold::Fold;
use crate::record::graph::{Graph, Node, Within, concurrent, knows};
use crate::record::path::{Path, WriteId};
use crate::record::touch::{EventBody, Touch};
use crate::workflow::{DECIDE, Workflow};

/// The decisions at a place that count no longer, among changes that touch it. Who takes one back
/// takes back the others that said the same without knowing of it, as far as they knew of them.
pub(crate) fn taken_back(nodes: &[&Node], path: &Path, fold: &Fold<'_>) -> BTreeSet<WriteId> {
    let mut gone = BTreeSet::new();
    for undoing in nodes {
        let Some(named) = named(undoing, path) else {
            continue;
        };
        let decided = nodes.iter().find(|node| node.write == named);
        let Some(decided) = decided.filter(|node| decides(node, path)) else {
            continue;
        };
        let alike = |node: &&&Node| {
            let beside = node.write == decided.write || concurrent(node, decided);
            beside && decides(node, path) && knows(&undoing.clock, node)
        };
        let counts = |node: &&&Node| !built_on(nodes, (node, undoing), path, fold);
        let all = nodes.iter().filter(alike).filter(counts);
        gone.extend(all.map(|node| node.write));
    }
    gone
}

/// Whether somebody went on from a decision without knowing that it was taken back: an event
/// settled the place, or the text was changed. A field's later value stands for itself.
fn built_on(
    nodes: &[&Node],
    (decided, undoing): (&Node, &Node),
    path: &Path,
    fold: &Fold<'_>,
) -> bool {
    let unaware = |node: &Node| knows(&node.clock, decided) && !knows(&node.clock, undoing);
    let settled = fold.settling().any(|event| unaware(event.node));
    settled || nodes.iter().any(|node| edits(node, path) && unaware(node))
}

/// The events that decided about the state and count no longer, among those known. One that moved
/// the record on since keeps its decision.
pub(crate) fn events_taken_back(
    graph: &Graph,
    within: Within<'_>,
    flow: &Workflow,
    events: &[(EventId, &Node, &EventBody)],
) -> BTreeSet<EventId> {
    let mut gone = BTreeSet::new();
    let undoings = graph.touching(&Path::State);
    for undoing in undoings.filter(|node| within.has(node)) {
        let named = named(undoing, &Path::State);
        let decisions = events
            .iter()
            .filter(|(_, node, body)| body.kind.as_str() == DECIDE && knows(&undoing.clock, node));
        let decisions: Vec<_> = decisions.collect();
        let decided = decisions
            .iter()
            .find(|(_, node, _)| Some(node.write) == named);
        let Some((_, decided, _)) = decided else {
            continue;
        };
        let beside = |node: &Node| node.write == decided.write || concurrent(node, decided);
        let alike = decisions.iter().filter(|(_, node, _)| beside(node));
        let stays_last = |(id, ..): &&&(EventId, &Node, &EventBody)| {
            let moves =
                |body: &EventBody| flow.event(body.kind.as_str()).is_some_and(|r| r.moves());
            let follows = |body: &EventBody| body.after.contains(id) && moves(body);
            !events.iter().any(|(_, _, body)| follows(body))
        };
        gone.extend(alike.filter(stays_last).map(|(id, ..)| *id));
    }
    gone
}

/// The decision at a place that somebody with that knowledge can take back.
pub(crate) fn standing<'g>(
    graph: &'g Graph,
    path: &Path,
    fold: &Fold<'g>,
    within: Within<'_>,
) -> Option<&'g Node> {
    let decided = match path {
        Path::State => return fold.decision(),
        Path::Text(_) => {
            let nodes = graph.touching_within(path, within);
            if text_conflict(graph, path, fold, within).is_some() {
                return None;
            }
            let gone = taken_back(&nodes, path, fold);
            let stand = nodes.iter().filter(|node| !gone.contains(&node.write));
            let decided = stand
                .filter(|node| decides(node, path))
                .max_by_key(|node| node.order())?;
            let changed = |node: &&&Node| edits(node, path) && knows(&node.clock, decided);
            nodes.iter().find(changed).is_none().then_some(*decided)?
        }
        Path::Field(_) | Path::Answer(_) | Path::Item { .. } => {
            let place = place(graph, path, fold, within)?;
            let node = place.current.node;
            (place.conflict.is_none() && decides(node, path)).then_some(node)?
        }
    };
    let settled = fold
        .settling()
        .any(|event| knows(&event.node.clock, decided));
    (!settled).then_some(decided)
}

/// Whether a change decides about a place.
pub(crate) fn decides(node: &Node, at: &Path) -> bool {
    let decides = |touch: &Touch| matches!(touch, Touch::Decide { path, .. } if path == at);
    node.touches.iter().any(decides)
}

/// The decision about a place that a change takes back.
fn named(node: &Node, at: &Path) -> Option<WriteId> {
    let mut touches = node.touches.iter();
    touches.find_map(|touch| {
        if let Touch::Undo { path, decision } = touch
            && path == at
        {
            Some(*decision)
        } else {
            None
        }
    })
}
