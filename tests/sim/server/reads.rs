//! What a session reads from the keeper: pages of the feed, definitions, authority.
//!
//! Never reads before the commit of what it tells.

use liandu_core::id::Position;
use liandu_core::limits::STATEMENTS_MAX;
use liandu_core::protocol::message::{Authority, Behind, Cursor, Short};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::session::{Compared, Input, Output, Page};
use liandu_core::protocol::update::RecordUpdate;
use liandu_core::record::DefinitionRef;
use liandu_core::time::Timestamp;
use minicbor::bytes::ByteVec;

use super::{Conn, Server, SimKeeper};
use crate::rng::Rng;

/// Wrong, used or expired: this host does not count tries.
pub(super) const ENROL_REFUSED: Input = Input::EnrolRefused {
    retry_after_ms: None,
};

impl Server {
    pub(super) fn read(&mut self, now: Timestamp, rng: &mut Rng, number: u64, output: Output) {
        let (Some(keeper), Some(conn)) = (&self.keeper, self.conns.get_mut(&number)) else {
            return;
        };
        conn.busy = false;
        let input = match output {
            Output::LookUp {
                device,
                cursor,
                certificate,
                ..
            } => {
                conn.certificate = certificate.map(|certificate| *certificate);
                match keeper.greet(&device, cursor.as_ref(), conn.certificate.as_ref()) {
                    Some(known) => {
                        conn.scopes.clone_from(&known.scopes);
                        conn.definitions.clone_from(&known.definitions);
                        Input::Known(Box::new(known))
                    }
                    None => Input::Unknown,
                }
            }
            Output::ReadFeed { after, bytes_max } => {
                // Sometimes small pages, so that a cut can fall between them.
                let bytes_max = if rng.percent(30) { 600 } else { bytes_max };
                match page(keeper, rng, &after, bytes_max) {
                    Some(page) => Input::Page(page),
                    None => {
                        self.conns.remove(&number);
                        return;
                    }
                }
            }
            Output::ReadDefinitions(names) => Input::Definitions(definitions(keeper, names)),
            Output::ReadAuthority { after } => return read_authority(keeper, conn, now, after),
            Output::Digests(digests) => Input::Differing(keeper.differing(&conn.scopes, &digests)),
            Output::Compare(heads) => {
                let found = keeper.compare(&heads);
                let bodies = bodies(rng, &found.updates);
                let (want, covered_to) = (found.want, found.covered_to);
                Input::Compared(Compared {
                    bodies,
                    want,
                    covered_to,
                })
            }
            other => panic!("not a read: {other:?}"),
        };
        if !keeper.is_sound() {
            self.conns.remove(&number);
            return;
        }
        conn.session.handle(now, input);
    }
}

fn page(keeper: &SimKeeper, rng: &mut Rng, after: &[Behind], bytes_max: usize) -> Option<Page> {
    let after: Vec<_> = after
        .iter()
        .map(|behind| (behind.scope, behind.position))
        .collect();
    let page = keeper.read_feed(&after, bytes_max)?;
    let (epoch, position) = (keeper.epoch(), page.upto);
    let unknown = Cursor {
        epoch,
        position,
        hash: Short::default(),
    };
    let upto = keeper.cursor_at(page.upto).unwrap_or(unknown);
    Some(Page {
        bodies: bodies(rng, &page.updates),
        upto,
        more: page.more,
    })
}

/// One frame, or several as for large records.
fn bodies(rng: &mut Rng, updates: &[RecordUpdate]) -> Vec<Packed> {
    let most = if rng.percent(30) { 2 } else { 1_000 };
    updates
        .chunks(most)
        .map(|chunk| Packed::pack(chunk).unwrap())
        .collect()
}

pub(super) fn definitions(
    keeper: &SimKeeper,
    names: Vec<DefinitionRef>,
) -> Vec<(DefinitionRef, Packed)> {
    let json = |name: DefinitionRef| {
        let json = keeper.definition_json(&name)?;
        Some((
            name,
            Packed::pack(&[ByteVec::from(json.as_ref().clone())]).ok()?,
        ))
    };
    names.into_iter().filter_map(json).collect()
}

pub(super) fn read_authority(keeper: &SimKeeper, conn: &mut Conn, now: Timestamp, after: Position) {
    let Some(person) = &conn.person else { return };
    let mut found = keeper.statements(person, after);
    found.truncate(STATEMENTS_MAX);
    if let Some((position, _)) = found.last() {
        conn.authority = *position;
        let position = *position;
        let statements = found.into_iter().map(|(_, bytes)| bytes).collect();
        conn.session.handle(
            now,
            Input::Authority(Authority {
                position,
                statements,
            }),
        );
    }
}
