//! What is written at a place, and whether people disagree about it.
//!
//! Computed from causality alone, so every device finds the same conflicts whatever the order of
//! arrival. A later write by somebody who knew the earlier ones supersedes them; what was written
//! without knowing of each other stands side by side until a `Resolve`. Never drops a value.

use crate::record::decided::{decides, taken_back};
use crate::record::fold::Fold;
use crate::record::graph::{Graph, Node, Within, concurrent, knows};
use crate::record::path::Path;
use crate::record::touch::Touch;
use crate::record::value::Value;
use crate::record::view::ConflictKind;

/// One value at a place, as one change wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'g> {
    pub(crate) node: &'g Node,
    pub(crate) value: &'g Value,
    counter: u64,
}

/// A place with plain values.
#[derive(Debug, Clone)]
pub(crate) struct Place<'g> {
    /// The value that counts, and every other one that nobody has decided about.
    pub(crate) current: Candidate<'g>,
    pub(crate) others: Vec<Candidate<'g>>,
    pub(crate) conflict: Option<ConflictKind>,
}

/// A text's open conflict: what stands against what.
#[derive(Debug, Clone)]
pub(crate) struct TextConflict<'g> {
    pub(crate) kind: ConflictKind,
    pub(crate) nodes: Vec<&'g Node>,
}

/// What is written at a place, as somebody with that knowledge sees it.
pub(crate) fn place<'g>(
    graph: &'g Graph,
    path: &Path,
    fold: &Fold<'g>,
    within: Within<'_>,
) -> Option<Place<'g>> {
    let nodes = graph.touching_within(path, within);
    let gone = taken_back(&nodes, path, fold);
    let all: Vec<Candidate<'g>> = nodes
        .into_iter()
        .filter(|node| !gone.contains(&node.write))
        .filter_map(|n| at(n, path))
        .collect();
    let mut standing = unsuperseded(&all);
    standing.sort_by_key(|candidate| (candidate.counter, candidate.node.write.actor));
    let newest = standing.pop()?;
    let mut place = Place {
        current: newest,
        others: Vec::new(),
        conflict: None,
    };
    for other in standing {
        add_other(&mut place, other);
    }
    if !place.others.is_empty() {
        place.conflict = Some(ConflictKind::Values);
    }
    settle(&mut place, &all, fold);
    Some(place)
}

/// Lets the value that an event settled stay current against writers who did not know of it.
fn settle<'g>(place: &mut Place<'g>, all: &[Candidate<'g>], fold: &Fold<'g>) {
    for event in fold.settling() {
        let late = |c: &Candidate<'g>| concurrent(event.node, c.node);
        let standing: Vec<Candidate<'g>> = std::iter::once(place.current)
            .chain(place.others.iter().copied())
            .collect();
        if !standing.iter().any(late) {
            continue;
        }
        let known: Vec<Candidate<'g>> = all
            .iter()
            .filter(|c| knows(&event.node.clock, c.node))
            .copied()
            .collect();
        let mut settled = unsuperseded(&known);
        settled.sort_by_key(|c| (c.counter, c.node.write.actor));
        let after = standing.iter().rev().find(|c| !late(c)).copied();
        let Some(current) = after.or_else(|| settled.pop()) else {
            continue;
        };
        let mut kept = Place {
            current,
            others: Vec::new(),
            conflict: place.conflict,
        };
        settled
            .into_iter()
            .chain(standing)
            .for_each(|other| add_other(&mut kept, other));
        if !kept.others.is_empty() && kept.conflict.is_none() {
            kept.conflict = Some(ConflictKind::Late);
        }
        *place = kept;
    }
}

/// Equal values are no conflict.
fn add_other<'g>(place: &mut Place<'g>, other: Candidate<'g>) {
    let same = |c: &Candidate<'g>| c.node.write == other.node.write || c.value == other.value;
    if !same(&place.current) && !place.others.iter().any(same) {
        place.others.push(other);
    }
}

/// Candidates that no other candidate's author knew of.
fn unsuperseded<'g>(all: &[Candidate<'g>]) -> Vec<Candidate<'g>> {
    let superseded = |c: &Candidate<'g>| {
        all.iter()
            .any(|o| o.node.write != c.node.write && knows(&o.node.clock, c.node))
    };
    all.iter().filter(|c| !superseded(c)).copied().collect()
}

/// The value a change gives a place; a decision's value goes before what it wrote beside it.
fn at<'g>(node: &'g Node, path: &Path) -> Option<Candidate<'g>> {
    let mut found = None;
    for touch in &node.touches {
        match touch {
            Touch::Decide {
                path: to,
                decision,
                counter,
            } if to == path => {
                let value = decision.value.as_ref()?;
                return Some(Candidate {
                    node,
                    value,
                    counter: *counter,
                });
            }
            Touch::Write {
                path: to,
                value,
                counter,
            } if to == path => {
                found = Some(Candidate {
                    node,
                    value,
                    counter: *counter,
                });
            }
            Touch::Write { .. }
            | Touch::Decide { .. }
            | Touch::Undo { .. }
            | Touch::Text { .. }
            | Touch::Event { .. }
            | Touch::TextBirth { .. }
            | Touch::Unknown(_)
            | Touch::Drop { .. }
            | Touch::Illegal => {}
        }
    }
    found
}

/// A text's open conflicts: cleared while edited, or edited without knowing of what settled it.
pub(crate) fn text_conflict<'g>(
    graph: &'g Graph,
    path: &Path,
    fold: &Fold<'g>,
    within: Within<'_>,
) -> Option<TextConflict<'g>> {
    if !graph.was_cleared(path) && fold.settling().next().is_none() {
        return None;
    }
    let all = graph.touching_within(path, within);
    let gone = taken_back(&all, path, fold);
    let decisions: Vec<&Node> = all
        .iter()
        .copied()
        .filter(|node| decides(node, path) && !gone.contains(&node.write))
        .collect();
    let edits: Vec<&Node> = all.into_iter().filter(|node| edits(node, path)).collect();
    let decided = |a: &Node, b: &Node| {
        decisions
            .iter()
            .any(|node| knows(&node.clock, a) && knows(&node.clock, b))
    };
    let open = |a: &Node, b: &Node| concurrent(a, b) && !decided(a, b);
    let clears = edits.iter().copied().filter(|node| clears(node));
    let mut kind = ConflictKind::ClearedWhileEdited;
    let mut nodes: Vec<&Node> = Vec::new();
    for clear in clears {
        for edit in edits.iter().copied().filter(|edit| open(clear, edit)) {
            if !self::clears(edit) {
                nodes.extend([clear, edit]);
            }
        }
    }
    for event in fold.settling() {
        let stood = edits.iter().any(|edit| knows(&event.node.clock, edit));
        let late = edits.iter().copied().filter(|edit| open(event.node, edit));
        for edit in late.filter(|_| stood) {
            if nodes.is_empty() {
                kind = ConflictKind::LateText;
            }
            nodes.push(edit);
        }
    }
    nodes.sort_by_key(|node| node.order());
    nodes.dedup_by_key(|node| node.write);
    (!nodes.is_empty()).then_some(TextConflict { kind, nodes })
}

/// Whether a change edits a text.
pub(crate) fn edits(node: &Node, at: &Path) -> bool {
    let edits = |touch: &Touch| matches!((touch, at), (Touch::Text { field, .. }, Path::Text(text)) if field == text);
    node.touches.iter().any(edits)
}

/// Whether a change emptied its text on purpose.
pub(crate) fn clears(node: &Node) -> bool {
    node.message
        .as_ref()
        .is_some_and(|message| message.code == 'x')
}
