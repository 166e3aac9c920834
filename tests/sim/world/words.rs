//! Events in words, for the trace.
//!
//! Never changes anything: a world with a trace is the same world.

use liandu_core::id::Actor;
use liandu_core::protocol::frame::{Decoded, ToServer};
use liandu_core::protocol::update::RecordPush;

use super::Event;

/// An actor's device, and which of its lives.
fn actor(actor: &Actor) -> String {
    let hex = actor.hex();
    format!("{:.4}{}", hex, hex.get(28..).unwrap_or_default())
}

impl Event {
    pub(super) fn words(&self) -> String {
        let Event::Up(number, frame) = self else {
            return format!("{self:?}");
        };
        match ToServer::decode(frame) {
            Ok(Decoded::Message(ToServer::Push(push))) => {
                let records = push.records.unpack_lenient::<RecordPush, 256>();
                let words = |push: &RecordPush| {
                    let changes = liandu_core::admission::open_chunks(&push.chunk.parts());
                    let names = changes.unwrap_or_default();
                    let names = names
                        .iter()
                        .map(|c| format!("{}/{}", actor(&c.actor), c.seq));
                    let seals = push.seals.iter();
                    let seals = seals.map(|s| format!("{}/{}", actor(&s.actor), s.seq));
                    let (names, seals) = (names.collect::<Vec<_>>(), seals.collect::<Vec<_>>());
                    format!("{} {names:?} sealed {seals:?}", push.record)
                };
                let all = records.map(|(all, _)| all.iter().map(words).collect::<Vec<_>>());
                format!("Push({number}) {} {all:?}", push.batch)
            }
            _ => format!("{self:?}"),
        }
    }
}
