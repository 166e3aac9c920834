//! Feeds: what happened in some scopes after some positions, from stored bytes.
//!
//! Never loads a document in order to send it, and keeps nothing about who reads: a reader comes
//! back with its positions.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::authority::ScopeRule;
use liandu_core::id::{Position, RecordId, RegionCode, ScopeId};
use liandu_core::limits::{FEED_UPDATES_MAX, SCOPES_COUNTED_MAX, SCOPES_MAX};
use liandu_core::policy::Principal;
use liandu_core::protocol::message::{Digest, RecordHeads, ScopeDigest};
use liandu_core::protocol::update::{AnyKind, Chunk, RecordUpdate, UpdateBody};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;

use super::packs::Pack;
use super::records::Parts;
use super::{Keeper, Trouble};
use crate::index::rows::{FeedRow, News};
use crate::index::{Index, IndexError, keys, rows};
use crate::journal::Disk;

/// Rows of one scope read ahead.
const AHEAD: usize = 256;

/// The scopes that a device follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those.
    pub scopes: Vec<Scope>,
    /// How many more its person may see: too many for one device.
    pub left_out: u64,
}

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
    rows: std::vec::IntoIter<(Position, FeedRow)>,
    /// Nothing more is behind `rows`.
    whole: bool,
    last: Position,
}

impl Reader {
    fn new((scope, after): &(ScopeId, Position)) -> Reader {
        Reader {
            scope: *scope,
            rows: Vec::new().into_iter(),
            whole: false,
            last: *after,
        }
    }
}

/// What a page tells of one record in one scope.
enum Body {
    /// Parts, and whether they are the whole record.
    Changed(Box<Parts>, bool),
    /// The whole record, told up to this position by a pack; what came after it.
    Packed(Box<Pack>, Box<Parts>),
    Left,
    Erased(String),
}

/// A page being put together: what happens to a record again is added to what was told of it.
#[derive(Default)]
struct Told {
    items: Vec<(ScopeId, FeedRow, Body)>,
    /// The last item of each record.
    last: BTreeMap<RecordId, usize>,
    bytes: usize,
}

impl Told {
    fn push(&mut self, scope: ScopeId, row: FeedRow, body: Body) {
        self.bytes += 48;
        self.last.insert(row.record, self.items.len());
        self.items.push((scope, row, body));
    }

    fn add(&mut self, scope: ScopeId, row: FeedRow, parts: Parts) {
        let last = self
            .last
            .get(&row.record)
            .and_then(|at| self.items.get_mut(*at));
        match last {
            Some((of, _, Body::Changed(known, _) | Body::Packed(_, known))) if *of == scope => {
                known.append(parts);
            }
            Some(_) | None => self.push(scope, row, Body::Changed(Box::new(parts), false)),
        }
    }

    /// Whether the record's pack tells what is at this position.
    fn has_packed(&self, scope: &ScopeId, record: &RecordId, position: Position) -> bool {
        let last = self.last.get(record).and_then(|at| self.items.get(*at));
        matches!(last, Some((of, _, Body::Packed(pack, _))) if of == scope && position <= pack.position)
    }

    fn updates(self) -> Vec<RecordUpdate> {
        let mut updates = Vec::with_capacity(self.items.len());
        for (scope, row, body) in self.items {
            let kind = AnyKind::from_code(row.kind);
            let update = |body| RecordUpdate {
                record: row.record,
                kind,
                scope,
                body,
            };
            match body {
                Body::Packed(pack, later) => {
                    let mut parts = pack.parts();
                    parts.append(*later);
                    updates.extend(bodies(parts, true).into_iter().map(update));
                }
                Body::Left => updates.push(update(UpdateBody::Left {})),
                Body::Erased(reason) => updates.push(update(UpdateBody::Erased { reason })),
                Body::Changed(parts, whole) => {
                    updates.extend(bodies(*parts, whole).into_iter().map(update));
                }
            }
        }
        updates
    }
}

impl<D: Disk, I: Index> Keeper<D, I> {
    /// What happened in scopes, each after its position, about `bytes_max` bytes of it. Empty
    /// when the reader has everything. None: the log cannot be read now.
    pub fn read_feed(&self, scopes: &[(ScopeId, Position)], bytes_max: usize) -> Option<FeedPage> {
        self.noted(self.feed_page(scopes, bytes_max))
    }

    fn feed_page(
        &self,
        scopes: &[(ScopeId, Position)],
        bytes_max: usize,
    ) -> Result<FeedPage, Trouble> {
        let end = self.position();
        let mut readers: Vec<Reader> = scopes.iter().map(Reader::new).collect();
        let mut next: BTreeMap<Position, Vec<(usize, FeedRow)>> = BTreeMap::new();
        for (nth, reader) in readers.iter_mut().enumerate() {
            self.advance(nth, reader, &mut next)?;
        }
        let mut told = Told::default();
        while let Some((position, mut at_once)) = next.pop_first() {
            // What leaves one scope and enters another does it in this order.
            at_once.sort_by_key(|(_, row)| row.news == News::Entered);
            for (nth, row) in at_once {
                let Some(reader) = readers.get_mut(nth) else {
                    continue;
                };
                self.tell(&mut told, reader.scope, position, row)?;
                self.advance(nth, reader, &mut next)?;
            }
            let full = told.bytes >= bytes_max || told.items.len() * 2 + 4 >= FEED_UPDATES_MAX;
            if full && !next.is_empty() {
                self.unpack_after(&mut told, position)?;
                return Ok(FeedPage {
                    updates: told.updates(),
                    upto: position,
                    more: true,
                });
            }
        }
        Ok(FeedPage {
            updates: told.updates(),
            upto: end,
            more: false,
        })
    }

    /// Puts a reader's next row among the next ones.
    fn advance(
        &self,
        nth: usize,
        reader: &mut Reader,
        next: &mut BTreeMap<Position, Vec<(usize, FeedRow)>>,
    ) -> Result<(), Trouble> {
        if reader.rows.len() == 0 && !reader.whole {
            // Only what is durable: a feed never tells of an unfinished commit.
            let from = keys::feed_row(&reader.scope, reader.last.next());
            let rows = self
                .index
                .below()
                .scan(&keys::feed(&reader.scope), &from, AHEAD)?;
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
            next.entry(position).or_default().push((nth, row));
        }
        Ok(())
    }

    fn tell(
        &self,
        told: &mut Told,
        scope: ScopeId,
        position: Position,
        row: FeedRow,
    ) -> Result<(), Trouble> {
        match row.news {
            News::Left => told.push(scope, row, Body::Left),
            News::Erased => {
                let stored = self.record_row(&row.record)?;
                let reason = stored.and_then(|stored| stored.erased).unwrap_or_default();
                told.push(scope, row, Body::Erased(reason));
            }
            News::Entered => {
                let pack = self.pack_of(&row.record)?;
                let body = match pack.filter(|pack| pack.position > position) {
                    Some(pack) => {
                        told.bytes += pack.bytes_estimate();
                        Body::Packed(Box::new(pack), Box::default())
                    }
                    None => {
                        let parts = self.whole_upto(&row.record, position)?;
                        told.bytes += parts.bytes();
                        Body::Changed(Box::new(parts), true)
                    }
                };
                told.push(scope, row, body);
            }
            News::Changed if told.has_packed(&scope, &row.record, position) => {}
            News::Changed if self.may_rejoin(&row.record, position)? => {
                let parts = self.whole_upto(&row.record, position)?;
                told.bytes += parts.bytes();
                told.push(scope, row, Body::Changed(Box::new(parts), true));
            }
            News::Changed => {
                let mut parts = Parts::default();
                self.add_part(&mut parts, &row.record, position)?;
                told.bytes += parts.bytes();
                told.add(scope, row, parts);
            }
        }
        Ok(())
    }

    /// A page tells nothing after its end: a pack that goes further gives way to the entries.
    fn unpack_after(&self, told: &mut Told, upto: Position) -> Result<(), Trouble> {
        for (_, row, body) in &mut told.items {
            if matches!(body, Body::Packed(pack, _) if pack.position > upto) {
                let parts = self.whole_upto(&row.record, upto)?;
                *body = Body::Changed(Box::new(parts), true);
            }
        }
        Ok(())
    }

    /// A whole record as a device gets it.
    pub fn record_updates(&self, record: &RecordId) -> Vec<RecordUpdate> {
        let read = || -> Result<Vec<RecordUpdate>, Trouble> {
            let Some(stored) = self.record_row(record)? else {
                return Ok(Vec::new());
            };
            let news = if stored.erased.is_some() {
                News::Erased
            } else {
                News::Entered
            };
            let kind = Kind::parse(&stored.kind).map_or(0, |kind| AnyKind::Known(kind).code());
            let mut told = Told::default();
            let row = FeedRow {
                record: *record,
                news,
                kind,
            };
            let scope = stored.scope.id();
            if self.torn.contains(record) {
                let parts = self.whole_upto(record, Position(u64::MAX))?;
                told.push(scope, row, Body::Changed(Box::new(parts), true));
                return Ok(told.updates());
            }
            self.tell(&mut told, scope, Position(u64::MAX), row)?;
            Ok(told.updates())
        };
        self.noted(read()).unwrap_or_default()
    }

    /// The scopes of a person's devices: their groups', and for offices every one of the subtree
    /// that exists, as far as a device may follow. What is too much for one device is counted:
    /// their own groups always fit first.
    pub fn scopes_of(&self, principal: &Principal) -> Reach {
        let mut own = BTreeSet::new();
        let mut below = BTreeSet::new();
        for rule in self.directory.scopes_of(principal) {
            match &rule {
                ScopeRule::Exactly(scope) => {
                    own.insert(scope.clone());
                }
                ScopeRule::Subtree { region, .. } => {
                    let existing = self.noted(self.scopes_in(region)).unwrap_or_default();
                    below.extend(existing.into_iter().filter(|scope| rule.gives(scope)));
                }
            }
        }
        let all = own.len() + below.difference(&own).count();
        let others = below.difference(&own).cloned();
        let mut scopes: Vec<Scope> = own.iter().cloned().chain(others).take(SCOPES_MAX).collect();
        scopes.sort_unstable();
        Reach {
            left_out: (all - scopes.len()) as u64,
            scopes,
        }
    }

    fn scopes_in(&self, region: &RegionCode) -> Result<Vec<Scope>, Trouble> {
        let rows = self
            .index
            .below()
            .scan(&keys::scopes_in(region), &[], SCOPES_COUNTED_MAX)?;
        Ok(rows
            .iter()
            .filter_map(|(key, _)| keys::read_scope(key))
            .collect())
    }

    /// The records of a scope with their heads, sorted by record.
    pub fn scope_heads(&self, scope: &ScopeId) -> Vec<RecordHeads> {
        self.noted(self.heads_in(scope)).unwrap_or_default()
    }

    fn heads_in(&self, scope: &ScopeId) -> Result<Vec<RecordHeads>, Trouble> {
        let mut found = BTreeMap::new();
        for (_, value) in rows::all(&self.index, &keys::feed(scope))? {
            let row: FeedRow = rows::decoded(&value)?;
            let here = matches!(row.news, News::Changed | News::Entered);
            if here
                && !found.contains_key(&row.record)
                && let Some(stored) = self.record_row(&row.record)?
            {
                let mut heads = match self.torn(&row.record)? {
                    Some((doc, _)) => doc.heads().0.into_iter().collect(),
                    None => stored.heads,
                };
                heads.sort_unstable();
                found.insert(row.record, heads);
            }
        }
        Ok(found
            .into_iter()
            .map(|(record, heads)| RecordHeads { record, heads })
            .collect())
    }

    /// A scope's digest, to find out whether a device holds the same.
    pub fn scope_digest(&self, scope: &ScopeId) -> Digest {
        let mut digest = ScopeDigest::default();
        let heads = self.scope_heads(scope);
        for RecordHeads { record, heads } in &heads {
            digest.toggle(record, heads);
        }
        Digest {
            scope: *scope,
            count: heads.len() as u64,
            digest,
        }
    }
}

/// A whole document and single changes travel as two updates.
fn bodies(parts: Parts, whole: bool) -> Vec<UpdateBody> {
    let Parts {
        document,
        changes,
        stamps,
        seals,
        ..
    } = parts;
    let seals: Vec<_> = seals.into_values().collect();
    let changed = |chunk, whole, stamps, seals| UpdateBody::Changed {
        chunk,
        stamps,
        seals,
        whole,
    };
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
        UpdateBody::Changed {
            chunk,
            stamps,
            seals,
            ..
        } => chunk.bytes() + stamps.len() * 64 + seals.len() * 150 + 64,
        UpdateBody::Left {} => 48,
        UpdateBody::Erased { reason } => 48 + reason.len(),
    }
}
