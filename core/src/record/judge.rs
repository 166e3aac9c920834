//! What admission asks of a record: the graph as one change's author saw it.
//!
//! Never decides: `admission` does. `stage` and `catch_up` are the only way a record's graph may
//! run ahead of its document, and only inside one judgement.

use std::collections::BTreeMap;

use automerge::{Change, ExpandedChange};

use crate::id::{ChangeHash, EventId, FieldId, RecordId};
use crate::record::birth;
use crate::record::chunk::isolated;
use crate::record::conflict::place;
use crate::record::doc::{LoadError, RecordDoc, apply};
use crate::record::fold::Fold;
use crate::record::graph::{Clock, Node, PushError, Within, knows};
use crate::record::kind::Kind;
use crate::record::path::{Path, WriteId};
use crate::record::touch::{OpName, Touch, touches};
use crate::record::value::Value;

impl RecordDoc {
    pub(crate) fn node(
        &self,
        hash: ChangeHash,
        change: &ExpandedChange,
    ) -> Result<Node, PushError> {
        self.graph.node(hash, change)
    }

    /// Adds an accepted change to the graph; the document follows in `catch_up`.
    pub(crate) fn stage(&mut self, node: Node, change: &Change) {
        self.graph.push(node, change.deps());
    }

    /// Applies staged changes to the document. On failure the record must be thrown away.
    pub(crate) fn catch_up(&mut self, staged: Vec<Change>) -> Result<(), LoadError> {
        apply(&mut self.doc, staged).map(drop)
    }

    pub(crate) fn written(&self, hash: &ChangeHash) -> Option<&Node> {
        self.graph.get(hash)
    }

    /// What a change's author knew before writing it.
    pub(crate) fn clock_before(&self, node: &Node) -> Clock {
        let mut clock = node.clock.clone();
        if let Some(own) = clock.get_mut(node.actor) {
            *own = own.saturating_sub(1);
        }
        clock
    }

    pub(crate) fn fold(&self, within: Within<'_>) -> Fold<'_> {
        Fold::of(&self.graph, within)
    }

    /// First number after every operation that somebody knew of.
    pub(crate) fn highest_op(&self, clock: &Clock) -> u64 {
        self.graph.highest_op(clock)
    }

    pub(crate) fn op_owner(&self, name: &OpName, clock: &Clock) -> Option<&Node> {
        self.graph.op_owner(name, clock)
    }

    /// The change that made a write.
    pub(crate) fn change_of(&self, write: &WriteId) -> Option<&Node> {
        self.graph.by_number(write)
    }

    /// The creations somebody knew of.
    pub(crate) fn creators(&self, clock: &Clock) -> Vec<&Node> {
        self.graph
            .creations()
            .filter(|node| knows(clock, node))
            .collect()
    }

    pub(crate) fn knows_event(&self, id: &EventId, clock: &Clock) -> bool {
        self.graph.event(id).is_some_and(|node| knows(clock, node))
    }

    /// The value somebody saw at a place.
    pub(crate) fn value_at(&self, path: &Path, fold: &Fold<'_>, clock: &Clock) -> Option<Value> {
        let place = place(&self.graph, path, fold, Within::Clock(clock))?;
        Some(place.current.value.clone())
    }
}

/// The hash a text's own birth change must have.
pub(crate) fn text_birth_hash(id: &RecordId, kind: Kind, field: &FieldId) -> Option<ChangeHash> {
    birth::text_birth(id, kind, field)
        .ok()?
        .map(|change| ChangeHash(change.hash().0))
}

/// Whether a change is made as a text's own birth is; whether it is the very one is not said.
pub(crate) fn is_text_birth(change: &ExpandedChange) -> bool {
    let made = touches(change, &BTreeMap::new()).touches;
    matches!(made.as_slice(), [Touch::TextBirth { .. }])
}

/// A change's operations; `None` when they cannot be read.
pub(crate) fn decoded(change: &Change) -> Option<ExpandedChange> {
    isolated(|| change.decode())
}
