//! Feeds: what happened in some scopes after some positions, from stored bytes.
//!
//! Never loads a document in order to send it, and keeps nothing about who reads: a reader comes
//! back with its positions.

use std::collections::BTreeMap;

use liandu_core::id::{Position, RecordId, RegionCode, ScopeId};
use liandu_core::protocol::message::{Digest, RecordHeads, ScopeDigest};
use liandu_core::protocol::update::{AnyKind, Chunk, RecordUpdate, UpdateBody};
use liandu_core::authority::ScopeRule;
use liandu_core::limits::{FEED_UPDATES_MAX, SCOPES_MAX};
use liandu_core::policy::Principal;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;

use super::records::Parts;
use super::{Keeper, Trouble};
use crate::index::rows::{FeedRow, News, RecordRow};
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::Disk;

/// Rows of one scope read ahead.
const AHEAD: usize = 256;

/// A part of the feeds of some scopes.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedPage {
    /// In order of position; a record may take two updates, the whole first.
    pub updates: Vec<RecordUpdate>,
    /// Every scope is told up to here.
    pub upto: Position,
    /// More is ready after it.
    pub more: bool,
}

/// One scope's feed being read.
struct Reader {
    scope: ScopeId,
    after: Position,
    rows: std::vec::IntoIter<(Position, FeedRow)>,
    /// Nothing more is behind `rows`.
    whole: bool,
    last: Position,
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// What happened in scopes, each after its position, about `bytes_max` bytes of it. Empty
    /// when the reader has everything.
    pub fn read_feed(&self, scopes: &[(ScopeId, Position)], bytes_max: usize) -> Option<FeedPage> {
        self.feed_page(scopes, bytes_max).ok()
    }

    fn feed_page(
        &self,
        scopes: &[(ScopeId, Position)],
        bytes_max: usize,
    ) -> Result<FeedPage, Trouble> {
        let end = self.position();
        let mut readers = Vec::with_capacity(scopes.len());
        for (scope, after) in scopes {
            readers.push(self.reader(*scope, *after)?);
        }
        let mut heads: BTreeMap<Position, Vec<(usize, FeedRow)>> = BTreeMap::new();
        for (nth, reader) in readers.iter_mut().enumerate() {
            self.advance(nth, reader, &mut heads)?;
        }
        let mut updates = Vec::new();
        let mut bytes = 0usize;
        while let Some((position, at_once)) = heads.pop_first() {
            for (nth, row) in at_once {
                let Some(reader) = readers.get_mut(nth) else { continue };
                let fresh = self.updates(reader.scope, reader.after, row)?;
                bytes += fresh.iter().map(update_bytes).sum::<usize>();
                updates.extend(fresh);
                self.advance(nth, reader, &mut heads)?;
            }
            let full = bytes >= bytes_max || updates.len() + 2 >= FEED_UPDATES_MAX;
            if full && !heads.is_empty() {
                return Ok(FeedPage { updates, upto: position, more: true });
            }
        }
        Ok(FeedPage { updates, upto: end, more: false })
    }

    fn reader(&self, scope: ScopeId, after: Position) -> Result<Reader, Trouble> {
        let none = Vec::new().into_iter();
        Ok(Reader { scope, after, rows: none, whole: false, last: after })
    }

    /// Puts a reader's next row among the heads.
    fn advance(
        &self,
        nth: usize,
        reader: &mut Reader,
        heads: &mut BTreeMap<Position, Vec<(usize, FeedRow)>>,
    ) -> Result<(), Trouble> {
        if reader.rows.len() == 0 && !reader.whole {
            let from = keys::feed_row(&reader.scope, reader.last.next());
            let rows = self.index.below().scan(&keys::feed(&reader.scope), &from, AHEAD)?;
            reader.whole = rows.len() < AHEAD;
            let mut read = Vec::with_capacity(rows.len());
            for (key, value) in rows {
                let position = keys::read_feed(&key).ok_or(IndexError::Damaged)?;
                read.push((position, rows::decoded(&value)?));
            }
            reader.rows = read.into_iter();
        }
        if let Some((position, row)) = reader.rows.next() {
            reader.last = position;
            heads.entry(position).or_default().push((nth, row));
        }
        Ok(())
    }

    fn updates(
        &self,
        scope: ScopeId,
        after: Position,
        row: FeedRow,
    ) -> Result<Vec<RecordUpdate>, Trouble> {
        // Only what is durable: a feed never tells of an unfinished commit.
        let stored = self.index.below().get(&keys::record(&row.record))?;
        let stored: Option<RecordRow> = stored.map(|bytes| rows::decoded(&bytes)).transpose()?;
        let Some(stored) = stored else { return Ok(Vec::new()) };
        let kind = Kind::parse(&stored.kind).map_or(AnyKind::Newer(0), AnyKind::Known);
        let update = |body| RecordUpdate { record: row.record, kind, scope, body };
        match row.news {
            News::Left => Ok(vec![update(UpdateBody::Left {})]),
            News::Erased => {
                let reason = stored.erased.clone().unwrap_or_default();
                Ok(vec![update(UpdateBody::Erased { reason })])
            }
            News::Changed => {
                let whole = after < stored.entered;
                let from = if whole { Position(0) } else { after };
                let parts = self.parts(&row.record, from)?;
                Ok(bodies(parts, whole).into_iter().map(update).collect())
            }
        }
    }

    /// A record as a device gets it that lacks what came after `after` (0: everything).
    pub fn record_updates(&self, record: &RecordId, after: Position) -> Vec<RecordUpdate> {
        let read = || -> Result<Vec<RecordUpdate>, Trouble> {
            let Some(stored) = self.record_row(record)? else { return Ok(Vec::new()) };
            let news = if stored.erased.is_some() { News::Erased } else { News::Changed };
            self.updates(stored.scope.id(), after, FeedRow { record: *record, news })
        };
        read().unwrap_or_default()
    }

    /// The scopes of a person's devices: their groups', and for offices every one of the subtree
    /// that exists, as far as a device may follow.
    pub fn scopes_of(&self, principal: &Principal) -> Vec<Scope> {
        let mut scopes = std::collections::BTreeSet::new();
        for rule in self.directory.scopes_of(principal) {
            match &rule {
                ScopeRule::Exactly(scope) => {
                    scopes.insert(scope.clone());
                }
                ScopeRule::Subtree { region, .. } => {
                    let existing = self.scopes_in(region).unwrap_or_default();
                    scopes.extend(existing.into_iter().filter(|scope| rule.gives(scope)));
                }
            }
        }
        scopes.into_iter().take(SCOPES_MAX).collect()
    }

    fn scopes_in(&self, region: &RegionCode) -> Result<Vec<Scope>, Trouble> {
        let rows = self.index.below().scan(&keys::scopes_in(region), &[], SCOPES_MAX * 4)?;
        Ok(rows.iter().filter_map(|(key, _)| keys::read_scope(key)).collect())
    }

    /// The records of a scope with their heads, sorted by record.
    pub fn scope_heads(&self, scope: &ScopeId) -> Vec<RecordHeads> {
        self.heads_in(scope).unwrap_or_default()
    }

    fn heads_in(&self, scope: &ScopeId) -> Result<Vec<RecordHeads>, Trouble> {
        let mut found = BTreeMap::new();
        for (_, value) in rows::all(&self.index, &keys::feed(scope))? {
            let row: FeedRow = rows::decoded(&value)?;
            if row.news == News::Changed
                && let Some(stored) = self.record_row(&row.record)?
            {
                let mut heads = stored.heads;
                heads.sort_unstable();
                found.insert(row.record, heads);
            }
        }
        Ok(found.into_iter().map(|(record, heads)| RecordHeads { record, heads }).collect())
    }

    /// A scope's digest, to find out whether a device holds the same.
    pub fn scope_digest(&self, scope: &ScopeId) -> Digest {
        let mut digest = ScopeDigest::default();
        let heads = self.scope_heads(scope);
        for RecordHeads { record, heads } in &heads {
            digest.toggle(record, heads);
        }
        Digest { scope: *scope, count: heads.len() as u64, digest }
    }
}

/// A whole document and single changes travel as two updates.
fn bodies(parts: Parts, whole: bool) -> Vec<UpdateBody> {
    let Parts { document, changes, stamps, seals } = parts;
    let seals: Vec<_> = seals.into_values().collect();
    let changed = |chunk, whole, stamps, seals| UpdateBody::Changed { chunk, stamps, seals, whole };
    match (document, changes.is_empty()) {
        (Some(document), true) => vec![changed(Chunk::Doc(document), whole, stamps, seals)],
        (Some(document), false) => vec![
            changed(Chunk::Doc(document), whole, Vec::new(), Vec::new()),
            changed(Chunk::Changes(changes), false, stamps, seals),
        ],
        (None, false) => vec![changed(Chunk::Changes(changes), whole, stamps, seals)],
        (None, true) => Vec::new(),
    }
}

pub(super) fn update_bytes(update: &RecordUpdate) -> usize {
    match &update.body {
        UpdateBody::Changed { chunk, stamps, seals, .. } => {
            chunk.bytes() + stamps.len() * 64 + seals.len() * 150 + 64
        }
        UpdateBody::Left {} => 48,
        UpdateBody::Erased { reason } => 48 + reason.len(),
    }
}
