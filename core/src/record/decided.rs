//! Decisions that stand at a place, and those that were taken back.
//!
//! Computed from causality alone, like the conflicts. What an event settled knowing of a decision
//! stays decided, whoever takes the decision back without knowing of the event. Never drops a
//! value: a decision that was taken back is still in the history.

use std::collections::BTreeSet;

use crate::id::EventId;
use crate::record::conflict::{place, text_conflict};
use crate::record::fold::Fold;
use crate::record::graph::{Graph, Node, Within, knows};
use crate::record::path::{Path, WriteId};
use crate::record::touch::{EventBody, Touch};
use crate::workflow::{DECIDE, Workflow};

/// The decisions at a place that count no longer, among changes that touch it.
pub(crate) fn taken_back(nodes: &[&Node], path: &Path, fold: &Fold<'_>) -> BTreeSet<WriteId> {
    let counts = |undoing: &&Node| {
        let decision = named(undoing, path)?;
        let decided = nodes.iter().find(|node| node.write == decision)?;
        let stays = fold.settling().any(|event| {
            let settled = &event.node.clock;
            knows(settled, decided) && !knows(settled, undoing)
        });
        (decides(decided, path) && knows(&undoing.clock, decided) && !stays).then_some(decision)
    };
    nodes.iter().filter_map(counts).collect()
}

/// The events that decided about the state and count no longer, among those known. One that moved
/// the record on since keeps its decision.
pub(crate) fn events_taken_back(
    graph: &Graph,
    within: Within<'_>,
    flow: &Workflow,
    events: &[(EventId, &Node, &EventBody)],
) -> BTreeSet<EventId> {
    let moves = |body: &EventBody| flow.event(body.kind.as_str()).is_some_and(|r| r.moves());
    let counts = |undoing: &Node| {
        let decision = named(undoing, &Path::State)?;
        let (id, decided, body) = events.iter().find(|(_, node, _)| node.write == decision)?;
        let built_on =
            |(_, _, other): &(_, _, &EventBody)| other.after.contains(id) && moves(other);
        let is_decision = body.kind.as_str() == DECIDE && knows(&undoing.clock, decided);
        (is_decision && !events.iter().any(built_on)).then_some(*id)
    };
    let undoings = graph.touching(&Path::State);
    undoings
        .filter(|node| within.has(node))
        .filter_map(counts)
        .collect()
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
            let nodes: Vec<&Node> = graph
                .touching(path)
                .filter(|node| within.has(node))
                .collect();
            if text_conflict(graph, path, fold, within).is_some() {
                return None;
            }
            let gone = taken_back(&nodes, path, fold);
            let stand = nodes.into_iter().filter(|node| !gone.contains(&node.write));
            stand
                .filter(|node| decides(node, path))
                .max_by_key(|node| node.order())?
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
