//! Whether a change has the shape of an edit: what it touches and refers to, authority aside.
//!
//! Never asks who: `act` does.

use crate::id::ChangeHash;
use crate::limits::{OP_COUNTER_MAX, START_OP_GAP_MAX, VALUE_BYTES_MAX};
use crate::record::path::Path;
use crate::record::value::Value;
use crate::record::{Clock, Node, RecordDoc, Reference, Touch, text_birth_hash};
use crate::verdict::{Reason, Verdict};

const ILLEGAL: Verdict = Verdict::Refused(Reason::IllegalOperation);

/// A text's own birth must be the very one.
pub(super) fn text_birth(record: &RecordDoc, node: &Node) -> Result<(), Verdict> {
    let [Touch::TextBirth { field }] = node.touches.as_slice() else {
        return Err(ILLEGAL);
    };
    let expected: Option<ChangeHash> = text_birth_hash(&record.id(), record.kind(), field);
    if expected == Some(node.hash) {
        Ok(())
    } else {
        Err(ILLEGAL)
    }
}

/// What an edit of each arm may touch, and that it refers only to what its author saw.
pub(super) fn check(record: &RecordDoc, node: &Node, before: &Clock) -> Result<(), Verdict> {
    numbers(record, node, before)?;
    if node.touches.contains(&Touch::Illegal) || node.touches.is_empty() {
        return Err(ILLEGAL);
    }
    let newer = |touch: &Touch| match touch {
        Touch::Unknown(_)
        | Touch::Write {
            value: Value::Unknown(_),
            ..
        } => true,
        Touch::Write { .. }
        | Touch::Decide { .. }
        | Touch::Undo { .. }
        | Touch::Text { .. }
        | Touch::Event { .. }
        | Touch::TextBirth { .. }
        | Touch::Drop { .. }
        | Touch::Illegal => false,
    };
    let Some(message) = &node.message else {
        return Err(Verdict::Refused(Reason::Malformed));
    };
    if node.touches.iter().any(newer) {
        return Err(Verdict::Held(Reason::NewerFormat));
    }
    references(record, node, before)?;
    sizes(node)?;
    let fits = match message.code {
        'c' => node.touches.iter().all(is_write_or_text),
        's' => node.touches.iter().all(is_write),
        't' => matches!(node.touches.as_slice(), [Touch::Text { .. }]),
        'x' => {
            matches!(node.touches.as_slice(), [Touch::Text { inserted, .. }] if inserted.is_empty())
        }
        'e' => matches!(node.touches.as_slice(), [Touch::Event { .. }]),
        'r' => is_decision(&node.touches),
        'u' => matches!(node.touches.as_slice(), [Touch::Undo { .. }]),
        _ => return Err(Verdict::Held(Reason::NewerFormat)),
    };
    if fits && no_place_twice(&node.touches) {
        Ok(())
    } else {
        Err(ILLEGAL)
    }
}

/// Operation numbers lie after all ancestors' and not far above them.
fn numbers(record: &RecordDoc, node: &Node, before: &Clock) -> Result<(), Verdict> {
    let highest = record.highest_op(before);
    let gap = node.start_op.checked_sub(highest);
    let sane = gap.is_some_and(|gap| gap <= START_OP_GAP_MAX) && node.end_op <= OP_COUNTER_MAX;
    if sane {
        Ok(())
    } else {
        Err(Verdict::Refused(Reason::Malformed))
    }
}

fn references(record: &RecordDoc, node: &Node, before: &Clock) -> Result<(), Verdict> {
    let holds = |reference: &Reference| match reference {
        Reference::Supersedes(name) => record.op_owner(name, before).is_some(),
        Reference::Character((counter, actor), field) => {
            let own = *actor == node.write.actor && *counter >= node.start_op;
            let inserts = if own {
                Some(&node.inserts)
            } else {
                record
                    .op_owner(&(*counter, *actor), before)
                    .map(|owner| &owner.inserts)
            };
            inserts.is_some_and(|inserts| {
                inserts
                    .iter()
                    .any(|(first, last, at)| at == field && (*first..=*last).contains(counter))
            })
        }
    };
    if node.references.iter().all(holds) {
        Ok(())
    } else {
        Err(ILLEGAL)
    }
}

fn sizes(node: &Node) -> Result<(), Verdict> {
    let big = |touch: &Touch| match touch {
        Touch::Write { value, .. } => value.bytes() > VALUE_BYTES_MAX,
        Touch::Event { body, .. } => {
            body.args
                .iter()
                .map(|(name, value)| name.len() + value.bytes())
                .sum::<usize>()
                > VALUE_BYTES_MAX
        }
        Touch::Decide { .. }
        | Touch::Undo { .. }
        | Touch::Text { .. }
        | Touch::TextBirth { .. }
        | Touch::Unknown(_)
        | Touch::Drop { .. }
        | Touch::Illegal => false,
    };
    if node.touches.iter().any(big) {
        Err(Verdict::Refused(Reason::TooBig))
    } else {
        Ok(())
    }
}

fn is_write(touch: &Touch) -> bool {
    matches!(touch, Touch::Write { .. })
}

fn is_write_or_text(touch: &Touch) -> bool {
    matches!(touch, Touch::Write { .. } | Touch::Text { .. })
}

/// One decision, and beside it at most the value it decided for, or the taking away of the others
/// where that value stands already.
fn is_decision(touches: &[Touch]) -> bool {
    match touches {
        [Touch::Decide { .. }] => true,
        [
            Touch::Decide { path, decision, .. },
            Touch::Write {
                path: at, value, ..
            },
        ]
        | [
            Touch::Write {
                path: at, value, ..
            },
            Touch::Decide { path, decision, .. },
        ] => path == at && decision.value.as_ref() == Some(value),
        [Touch::Decide { path, .. }, Touch::Drop { path: at }]
        | [Touch::Drop { path: at }, Touch::Decide { path, .. }] => path == at,
        _ => false,
    }
}

fn no_place_twice(touches: &[Touch]) -> bool {
    let mut places: Vec<&Path> = touches
        .iter()
        .filter_map(|touch| match touch {
            Touch::Write { path, .. } => Some(path),
            Touch::Decide { .. }
            | Touch::Undo { .. }
            | Touch::Text { .. }
            | Touch::Event { .. }
            | Touch::TextBirth { .. }
            | Touch::Unknown(_)
            | Touch::Drop { .. }
            | Touch::Illegal => None,
        })
        .collect();
    places.sort_unstable();
    places.windows(2).all(|pair| pair.first() != pair.last())
}
