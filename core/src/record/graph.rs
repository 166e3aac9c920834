//! The changes of one record as a graph: who wrote what, knowing of what.
//!
//! Everything that must not depend on arrival (conflicts, state, verdicts) is computed here from
//! causality alone. Never holds text content or values twice: automerge has the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use automerge::ExpandedChange;
use minicbor::{Decode, Encode};

use crate::id::{Actor, CampaignId, ChangeHash, EventId, FieldId, PersonId, Position, RecordId};
use crate::record::kind::Kind;
use crate::record::path::{Path, WriteId};
use crate::record::schema::{BIRTH_ACTOR, FIRST_TEXT_COUNTER};
use crate::record::touch::{OpName, Reference, Touch, Touches, actor_of, touches};
use crate::time::Timestamp;

/// Which definition an author's form was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct DefinitionRef {
    /// The campaign.
    #[n(1)]
    pub campaign: CampaignId,
    /// Its version.
    #[n(2)]
    pub version: u32,
}

/// What a change's message says beside its operations: `s hebei-6plus1@1 120 [person] [~behalf]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The edit's arm.
    pub(crate) code: char,
    pub(crate) definition: DefinitionRef,
    /// The last authority position the device had acknowledged.
    pub(crate) authority: Position,
    /// The office user, for an office act.
    pub(crate) person: Option<PersonId>,
    /// For whom it was recorded, when not for its author.
    pub(crate) behalf: Option<PersonId>,
}

impl Message {
    pub(crate) fn text(&self) -> String {
        let DefinitionRef { campaign, version } = &self.definition;
        let mut text = format!("{} {campaign}@{version} {}", self.code, self.authority);
        if let Some(person) = &self.person {
            text.push(' ');
            text.push_str(person.as_str());
        }
        if let Some(behalf) = &self.behalf {
            text.push_str(" ~");
            text.push_str(behalf.as_str());
        }
        text
    }

    /// Words after the known ones are a newer version's and ignored.
    pub(crate) fn parse(text: &str) -> Option<Message> {
        let mut words = text.split(' ');
        let mut code = words.next()?.chars();
        let (Some(arm), None) = (code.next(), code.next()) else {
            return None;
        };
        let (campaign, version) = words.next()?.split_once('@')?;
        let definition = DefinitionRef {
            campaign: CampaignId::new(campaign).ok()?,
            version: version.parse().ok()?,
        };
        let authority = Position(words.next()?.parse().ok()?);
        let (mut person, mut behalf) = (None, None);
        for word in words.take(2) {
            // No code begins with this mark, so older versions take the word for nothing.
            match word.strip_prefix('~') {
                Some(code) => behalf = PersonId::new(code).ok(),
                None if person.is_none() => person = PersonId::new(word).ok(),
                None => {}
            }
        }
        Some(Message {
            code: arm,
            definition,
            authority,
            person,
            behalf,
        })
    }
}

/// Highest known number of each actor, by the graph's actor index.
pub(crate) type Clock = Vec<u64>;

/// One change.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) write: WriteId,
    pub(crate) hash: ChangeHash,
    pub(crate) actor: usize,
    pub(crate) start_op: u64,
    pub(crate) end_op: u64,
    pub(crate) time: Timestamp,
    pub(crate) message: Option<Message>,
    pub(crate) birth: bool,
    pub(crate) touches: Vec<Touch>,
    pub(crate) references: Vec<Reference>,
    pub(crate) inserts: Vec<(u64, u64, FieldId)>,
    /// What it knew of, itself included.
    pub(crate) clock: Clock,
}

impl Node {
    /// An order that follows causality and is the same on every device.
    pub(crate) fn order(&self) -> (u64, Actor) {
        (self.start_op, self.write.actor)
    }
}

/// Which part of the graph a question is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Within<'a> {
    /// Everything.
    All,
    /// What somebody with this clock knew of.
    Clock(&'a Clock),
}

impl Within<'_> {
    pub(crate) fn has(self, node: &Node) -> bool {
        match self {
            Within::All => true,
            Within::Clock(clock) => knows(clock, node),
        }
    }
}

/// Whether somebody with this clock knew of `node`.
pub(crate) fn knows(clock: &Clock, node: &Node) -> bool {
    clock
        .get(node.actor)
        .is_some_and(|seq| *seq >= node.write.seq)
}

/// Whether neither's author knew of the other's change.
pub(crate) fn concurrent(one: &Node, other: &Node) -> bool {
    !knows(&one.clock, other) && !knows(&other.clock, one)
}

/// Why a change does not fit into the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PushError {
    /// An ancestor is not there.
    MissingAncestor,
    /// The actor's id has not our form.
    ForeignForm,
    /// The actor's previous change is not among its ancestors, or the number is taken.
    BrokenChain,
}

/// All changes of one record.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    actors: BTreeMap<Actor, usize>,
    /// Shared between copies of the graph: a judgement copies it.
    nodes: Vec<Arc<Node>>,
    by_hash: BTreeMap<ChangeHash, usize>,
    by_number: BTreeMap<WriteId, usize>,
    by_start: BTreeMap<(Actor, u64), usize>,
    by_path: BTreeMap<Path, Vec<usize>>,
    events: BTreeMap<EventId, usize>,
    texts: BTreeMap<OpName, FieldId>,
    heads: Vec<ChangeHash>,
    /// Actors by index.
    names: Vec<Actor>,
    creations: Vec<usize>,
    /// Texts that were ever emptied on purpose.
    cleared: BTreeSet<Path>,
}

impl Graph {
    pub(crate) fn new(id: RecordId, kind: Kind) -> Graph {
        let birth = Actor(BIRTH_ACTOR);
        let built_in = kind.built_in_texts().iter().zip(FIRST_TEXT_COUNTER..);
        let texts = built_in
            .filter_map(|(text, counter)| Some(((counter, birth), FieldId::new(text).ok()?)))
            .collect();
        Graph {
            id,
            kind,
            actors: BTreeMap::new(),
            nodes: Vec::new(),
            by_hash: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_start: BTreeMap::new(),
            by_path: BTreeMap::new(),
            events: BTreeMap::new(),
            texts,
            heads: Vec::new(),
            names: Vec::new(),
            creations: Vec::new(),
            cleared: BTreeSet::new(),
        }
    }

    /// Reads a change into a node without adding it.
    pub(crate) fn node(
        &self,
        hash: ChangeHash,
        change: &ExpandedChange,
    ) -> Result<Node, PushError> {
        let actor = actor_of(&change.actor_id).ok_or(PushError::ForeignForm)?;
        let write = WriteId {
            actor,
            seq: change.seq,
        };
        let mut clock = Clock::new();
        for dep in &change.deps {
            let known = self
                .get(&ChangeHash(dep.0))
                .ok_or(PushError::MissingAncestor)?;
            merge(&mut clock, &known.clock);
        }
        let index = self
            .actors
            .get(&actor)
            .copied()
            .unwrap_or(self.actors.len());
        if clock.len() <= index {
            clock.resize(index + 1, 0);
        }
        let own = clock.get_mut(index).ok_or(PushError::BrokenChain)?;
        if change.seq != *own + 1 || self.by_number.contains_key(&write) {
            return Err(PushError::BrokenChain);
        }
        *own = change.seq;
        let birth = actor == Actor(BIRTH_ACTOR);
        let Touches {
            touches,
            references,
            inserts,
        } = if birth {
            Touches::default()
        } else {
            touches(change, &self.texts)
        };
        let birth = birth || matches!(touches.as_slice(), [Touch::TextBirth { .. }]);
        Ok(Node {
            write,
            hash,
            actor: index,
            start_op: change.start_op.get(),
            end_op: change
                .start_op
                .get()
                .saturating_add(change.operations.len() as u64),
            time: Timestamp(change.time),
            message: change.message.as_deref().and_then(Message::parse),
            birth,
            touches,
            references,
            inserts,
            clock,
        })
    }

    /// Adds a node that `node` read.
    pub(crate) fn push(&mut self, node: Node, deps: &[automerge::ChangeHash]) {
        let index = self.nodes.len();
        if self.actors.insert(node.write.actor, node.actor).is_none() {
            self.names.push(node.write.actor);
        }
        let code = node.message.as_ref().map(|message| message.code);
        if code == Some('c') {
            self.creations.push(index);
        }
        self.by_hash.insert(node.hash, index);
        self.by_number.insert(node.write, index);
        self.by_start
            .insert((node.write.actor, node.start_op), index);
        for touch in &node.touches {
            match touch {
                Touch::Write { path, .. }
                | Touch::Decide { path, .. }
                | Touch::Undo { path, .. } => {
                    let at = self.by_path.entry(path.clone()).or_default();
                    if at.last() != Some(&index) {
                        at.push(index);
                    }
                }
                Touch::Text { field, .. } => {
                    let path = Path::Text(field.clone());
                    if code == Some('x') {
                        self.cleared.insert(path.clone());
                    }
                    self.by_path.entry(path).or_default().push(index);
                }
                Touch::Event { id, .. } => {
                    self.events.entry(*id).or_insert(index);
                }
                Touch::TextBirth { field } => {
                    self.texts
                        .insert((node.start_op, node.write.actor), field.clone());
                }
                Touch::Drop { .. } | Touch::Unknown(_) | Touch::Illegal => {}
            }
        }
        self.heads
            .retain(|head| !deps.iter().any(|dep| dep.0 == head.0));
        self.heads.push(node.hash);
        self.heads.sort_unstable();
        self.nodes.push(Arc::new(node));
    }

    pub(crate) fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    pub(crate) fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.nodes.iter().map(Arc::as_ref)
    }

    fn at(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index).map(Arc::as_ref)
    }

    pub(crate) fn get(&self, hash: &ChangeHash) -> Option<&Node> {
        self.by_hash.get(hash).and_then(|index| self.at(*index))
    }

    pub(crate) fn by_number(&self, write: &WriteId) -> Option<&Node> {
        self.by_number.get(write).and_then(|index| self.at(*index))
    }

    /// The last change of an actor.
    pub(crate) fn last_of(&self, actor: &Actor) -> Option<&Node> {
        let first = WriteId {
            actor: *actor,
            seq: 0,
        };
        let last = WriteId {
            actor: *actor,
            seq: u64::MAX,
        };
        let (_, index) = self.by_number.range(first..=last).next_back()?;
        self.at(*index)
    }

    /// Changes that touch a place, in order of arrival.
    pub(crate) fn touching(&self, path: &Path) -> impl Iterator<Item = &Node> {
        let indices = self.by_path.get(path).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| self.at(*index))
    }

    /// Those of them that somebody knew of.
    pub(crate) fn touching_within(&self, path: &Path, within: Within<'_>) -> Vec<&Node> {
        self.touching(path)
            .filter(|node| within.has(node))
            .collect()
    }

    /// Every place that was ever touched.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.by_path.keys()
    }

    /// The change that added an event.
    pub(crate) fn event(&self, id: &EventId) -> Option<&Node> {
        self.events.get(id).and_then(|index| self.at(*index))
    }

    /// Changes with events, by event id.
    pub(crate) fn events(&self) -> impl Iterator<Item = (&EventId, &Node)> {
        self.events
            .iter()
            .filter_map(|(id, index)| Some((id, self.at(*index)?)))
    }

    /// The text objects known, built-in and born since.
    pub(crate) fn text_objects(&self) -> impl Iterator<Item = (&OpName, &FieldId)> {
        self.texts.iter()
    }

    /// Changes that create the record.
    pub(crate) fn creations(&self) -> impl Iterator<Item = &Node> {
        self.creations.iter().filter_map(|index| self.at(*index))
    }

    /// Whether a text was ever emptied on purpose.
    pub(crate) fn was_cleared(&self, path: &Path) -> bool {
        self.cleared.contains(path)
    }

    /// First number after every operation that somebody with this clock knew of.
    pub(crate) fn highest_op(&self, clock: &Clock) -> u64 {
        let newest = self.names.iter().zip(clock).filter_map(|(actor, seq)| {
            self.by_number(&WriteId {
                actor: *actor,
                seq: *seq,
            })
            .map(|node| node.end_op)
        });
        newest.max().unwrap_or(0)
    }

    /// What somebody who saw these heads knew of; `None` when one is unknown.
    pub(crate) fn clock_of(&self, heads: impl IntoIterator<Item = ChangeHash>) -> Option<Clock> {
        let mut clock = Clock::new();
        for head in heads {
            merge(&mut clock, &self.get(&head)?.clock);
        }
        Some(clock)
    }

    /// Whether an operation name is one of a change that `clock` knows; gives that change.
    pub(crate) fn op_owner(&self, name: &OpName, clock: &Clock) -> Option<&Node> {
        let (_, index) = self
            .by_start
            .range((name.1, 0)..=(name.1, name.0))
            .next_back()?;
        let node = self.at(*index).filter(|node| name.0 < node.end_op)?;
        knows(clock, node).then_some(node)
    }
}

fn merge(into: &mut Clock, from: &Clock) {
    if into.len() < from.len() {
        into.resize(from.len(), 0);
    }
    for (to, from) in into.iter_mut().zip(from) {
        *to = (*to).max(*from);
    }
}
