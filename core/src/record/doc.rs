//! One record: its automerge document together with the graph of its changes.
//!
//! The two always hold the same changes. Never keeps anything it was not given: bytes come in
//! bounded and strict, and what does not fit is an error, not a partial success.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use automerge::{Automerge, Change, ROOT, ReadDoc, ScalarValue};
use minicbor::{Decode, Encode};

use crate::id::{Actor, ChangeHash, IdError, RecordId};
use crate::record::birth::birth;
use crate::record::chunk::{
    ChunkError, changes_in, changes_of, deps_in, document_and_rest, isolated,
};
use crate::record::graph::{Graph, PushError};
use crate::record::kind::Kind;
use crate::record::path::WriteId;
use crate::record::schema::{BIRTH_ACTOR, KEY_ID, KEY_KIND};
use crate::record::touch::actor_of;

pub use crate::record::graph::DefinitionRef;

/// What somebody was looking at: the newest changes they knew. The API's ETag.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Heads(#[n(0)] pub BTreeSet<ChangeHash>);

/// Hashes with commas between.
impl fmt::Display for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, hash) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{hash}")?;
        }
        Ok(())
    }
}

impl FromStr for Heads {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Ok(Heads::default());
        }
        text.split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Heads)
    }
}

impl Heads {
    pub(crate) fn to_automerge(&self) -> Vec<automerge::ChangeHash> {
        self.0
            .iter()
            .map(|hash| automerge::ChangeHash(hash.0))
            .collect()
    }
}

/// One automerge change chunk with its name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RawChange {
    /// SHA-256 of its content.
    #[n(1)]
    pub hash: ChangeHash,
    /// Whose.
    #[n(2)]
    pub actor: Actor,
    /// The actor's n-th in this record.
    #[n(3)]
    pub seq: u64,
    /// The chunk, not compressed.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

impl RawChange {
    /// Its author's name for it.
    pub fn write(&self) -> WriteId {
        WriteId {
            actor: self.actor,
            seq: self.seq,
        }
    }

    /// The changes it was made on; none when its bytes are no change.
    pub fn deps(&self) -> Vec<ChangeHash> {
        deps_in(&self.bytes).unwrap_or_default()
    }

    /// Whether it is a record's birth (a text's own birth has its own actor).
    pub fn is_birth(&self) -> bool {
        self.actor.0 == BIRTH_ACTOR
    }

    pub(crate) fn of(change: &Change) -> Option<RawChange> {
        Some(RawChange {
            hash: ChangeHash(change.hash().0),
            actor: actor_of(change.actor_id())?,
            seq: change.seq(),
            bytes: change.raw_bytes().to_vec(),
        })
    }
}

/// Why bytes are not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The bytes; ask for the whole record again.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// No birth, or another record's: the bytes belong elsewhere.
    #[error("the changes are not this record's")]
    ForeignBirth,
    /// A kind this version does not know: keep the bytes, update the software.
    #[error("a kind of record that this version does not know")]
    UnknownKind,
    /// A change that breaks its actor's chain.
    #[error("a change does not follow its author's previous one")]
    BrokenChain,
}

impl From<PushError> for LoadError {
    fn from(error: PushError) -> LoadError {
        match error {
            PushError::MissingAncestor => LoadError::Chunk(ChunkError::MissingAncestor),
            PushError::ForeignForm | PushError::BrokenChain => LoadError::BrokenChain,
        }
    }
}

/// One record.
#[derive(Debug, Clone)]
pub struct RecordDoc {
    pub(crate) doc: Automerge,
    pub(crate) graph: Graph,
    bytes: usize,
}

impl RecordDoc {
    /// A record that holds nothing but its birth.
    pub fn birth(id: RecordId, kind: Kind) -> Result<RecordDoc, LoadError> {
        let doc = birth(&id, kind).map_err(|_| LoadError::Chunk(ChunkError::Malformed))?;
        RecordDoc::of(id, kind, doc)
    }

    /// Loads a record from document and change chunks, each slice holding one or several.
    pub fn load(id: RecordId, chunks: &[&[u8]]) -> Result<RecordDoc, LoadError> {
        let (doc, rest) = document_and_rest(chunks)?;
        let mut doc = match doc {
            Some(doc) => doc,
            None => birth_among(&id, &rest)?,
        };
        if !rest.is_empty() {
            apply(&mut doc, rest)?;
        }
        let kind = kind_of(&id, &doc)?;
        RecordDoc::of(id, kind, doc)
    }

    fn of(id: RecordId, kind: Kind, doc: Automerge) -> Result<RecordDoc, LoadError> {
        let mut record = RecordDoc {
            doc,
            graph: Graph::new(id, kind),
            bytes: 0,
        };
        let expected = birth(&id, kind).map_err(|_| LoadError::Chunk(ChunkError::Malformed))?;
        let changes = changes_of(&record.doc).map_err(LoadError::Chunk)?;
        for (index, change) in changes.iter().enumerate() {
            if index == 0 && expected.get_heads() != [change.hash()] {
                return Err(LoadError::ForeignBirth);
            }
            record.note(change)?;
        }
        Ok(record)
    }

    /// Adds a change that the document holds to the graph.
    pub(crate) fn note(&mut self, change: &Change) -> Result<(), LoadError> {
        let decoded =
            isolated(|| change.decode()).ok_or(LoadError::Chunk(ChunkError::Malformed))?;
        let node = self.graph.node(ChangeHash(change.hash().0), &decoded)?;
        self.bytes = self.bytes.saturating_add(change.raw_bytes().len());
        self.graph.push(node, change.deps());
        Ok(())
    }

    /// Its id.
    pub fn id(&self) -> RecordId {
        self.graph.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.graph.kind
    }

    /// The newest changes.
    pub fn heads(&self) -> Heads {
        Heads(self.graph.heads().iter().copied().collect())
    }

    /// One document chunk without inner compression: carriers deflate many records together.
    pub fn save(&self) -> Vec<u8> {
        self.doc.save_nocompress()
    }

    /// Roughly how much memory it takes, bytes.
    pub fn bytes_estimate(&self) -> usize {
        self.bytes * 4 + self.graph.nodes().len() * 512 + 16_384
    }

    /// Number of changes, births included.
    pub fn changes(&self) -> usize {
        self.graph.nodes().len()
    }

    /// Whether a change is in it.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.graph.get(hash).is_some()
    }

    /// The change of that actor and number.
    pub fn hash_of(&self, actor: &Actor, seq: u64) -> Option<ChangeHash> {
        self.graph
            .by_number(&WriteId { actor: *actor, seq })
            .map(|node| node.hash)
    }

    /// The actor's highest number, 0 when it has written nothing.
    pub fn seq_of(&self, actor: &Actor) -> u64 {
        self.graph.last_of(actor).map_or(0, |node| node.write.seq)
    }

    /// Whether a change is a birth and so nobody's edit.
    pub fn is_birth(&self, hash: &ChangeHash) -> bool {
        self.graph.get(hash).is_some_and(|node| node.birth)
    }

    /// Every change in causal order, births first.
    pub fn raw_all(&self) -> Vec<RawChange> {
        self.doc
            .get_changes(&[])
            .iter()
            .filter_map(RawChange::of)
            .collect()
    }

    /// What somebody with these heads lacks, in causal order; everything when a head is unknown.
    pub fn raw_since(&self, have: &Heads) -> Vec<RawChange> {
        if have.0.iter().any(|head| !self.contains(head)) {
            return self.raw_all();
        }
        self.doc
            .get_changes(&have.to_automerge())
            .iter()
            .filter_map(RawChange::of)
            .collect()
    }

    /// Adds changes that were admitted elsewhere, in any order; known ones change nothing. All or
    /// nothing: on an error the record is as before.
    pub fn absorb(&mut self, changes: &[RawChange]) -> Result<usize, LoadError> {
        let fresh: Vec<&[u8]> = changes
            .iter()
            .filter(|change| !self.contains(&change.hash))
            .map(|change| change.bytes.as_slice())
            .collect();
        self.absorb_chunks(&fresh)
    }

    /// The same for chunks, documents included.
    pub fn absorb_chunks(&mut self, chunks: &[&[u8]]) -> Result<usize, LoadError> {
        let before = self.changes();
        *self = self.clone().with_chunks(chunks)?;
        Ok(self.changes() - before)
    }

    /// Adds of these chunks what has all of its ancestors, for a record of which a log has lost a
    /// part. Gives the changes that were left out.
    pub fn absorb_what_fits(&mut self, chunks: &[&[u8]]) -> Result<Vec<RawChange>, LoadError> {
        let mut left: Vec<Change> = changes_in(chunks)?;
        left.retain(|change| !self.contains(&ChangeHash(change.hash().0)));
        let mut fitting: Vec<RawChange> = Vec::new();
        let mut known: BTreeSet<ChangeHash> = BTreeSet::new();
        loop {
            let before = known.len();
            for change in std::mem::take(&mut left) {
                let here = |hash: &automerge::ChangeHash| {
                    let hash = ChangeHash(hash.0);
                    self.contains(&hash) || known.contains(&hash)
                };
                if change.deps().iter().all(here) {
                    known.insert(ChangeHash(change.hash().0));
                    fitting.extend(RawChange::of(&change));
                } else {
                    left.push(change);
                }
            }
            if known.len() == before {
                break;
            }
        }
        self.absorb(&fitting)?;
        Ok(left.iter().filter_map(RawChange::of).collect())
    }

    /// Adds chunks without a copy, for who can load the record again when it fails.
    pub fn with_chunks(mut self, chunks: &[&[u8]]) -> Result<RecordDoc, LoadError> {
        let changes: Vec<Change> = changes_in(chunks)?
            .into_iter()
            .filter(|change| !self.contains(&ChangeHash(change.hash().0)))
            .collect();
        if !changes.is_empty() {
            for change in &apply(&mut self.doc, changes)? {
                self.note(change)?;
            }
        }
        Ok(self)
    }
}

/// Applies changes to a document and gives those that it lacked, as it writes them; a change that
/// stays waiting for an ancestor is an error. So is one that the document would write otherwise
/// than it came: a document keeps operations, not bytes, so it would be saved under a hash that is
/// not its content's, and never be loaded again.
pub(crate) fn apply(doc: &mut Automerge, changes: Vec<Change>) -> Result<Vec<Change>, LoadError> {
    const MALFORMED: LoadError = LoadError::Chunk(ChunkError::Malformed);
    let came: BTreeSet<automerge::ChangeHash> = changes.iter().map(Change::hash).collect();
    let before = doc.get_heads();
    match isolated(|| doc.apply_changes(changes)) {
        Some(Ok(())) => {}
        Some(Err(_)) | None => return Err(MALFORMED),
    }
    if !doc.get_missing_deps(&[]).is_empty() {
        return Err(LoadError::Chunk(ChunkError::MissingAncestor));
    }
    let written = isolated(|| doc.get_changes(&before)).ok_or(MALFORMED)?;
    // Without an operation it would have a number that its document could be refused for.
    let sound = |change: &Change| !change.is_empty() && came.contains(&change.hash());
    if written.iter().all(sound) {
        Ok(written)
    } else {
        Err(MALFORMED)
    }
}

/// An empty document for changes that bring their own birth.
fn birth_among(id: &RecordId, changes: &[Change]) -> Result<Automerge, LoadError> {
    for kind in Kind::ALL {
        let born = birth(id, kind).map_err(|_| LoadError::Chunk(ChunkError::Malformed))?;
        let heads = born.get_heads();
        if changes
            .iter()
            .any(|c| heads.contains(&c.hash()) || c.deps() == heads.as_slice())
        {
            return Ok(born);
        }
    }
    Err(LoadError::ForeignBirth)
}

fn kind_of(id: &RecordId, doc: &Automerge) -> Result<Kind, LoadError> {
    let get = |key| match doc.get(ROOT, key) {
        Ok(Some((value, _))) => value.into_scalar().ok(),
        Ok(None) | Err(_) => None,
    };
    if get(KEY_ID) != Some(ScalarValue::Bytes(id.0.to_vec())) {
        return Err(LoadError::ForeignBirth);
    }
    match get(KEY_KIND) {
        Some(ScalarValue::Str(word)) => Kind::parse(&word).ok_or(LoadError::UnknownKind),
        Some(_) | None => Err(LoadError::ForeignBirth),
    }
}
