//! What people do about what others did: begin the visit that somebody began, take back what
//! somebody decided.
//!
//! Never in worlds that do not ask for it: seeds that found something keep their story.

use liandu_core::id::RecordId;
use liandu_core::record::RecordDoc;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::view::Decided;
use liandu_core::record::visit;
use liandu_device::Asked;

use super::super::setup::REGION;
use super::super::strange::Strange;
use super::super::world::World;

/// The task that plans visits, and its places.
const PLAN: RecordId = RecordId([0x56; 16]);
const POINTS: usize = 4;

impl World {
    /// A visit of a plan: whoever begins it, with network or without, begins the same record.
    pub(super) fn begin_visit(&mut self, device: usize) {
        let scope: Scope = format!("{REGION}/g1/group").parse().unwrap();
        let point = format!("p{}", self.rng.below(POINTS)).parse().unwrap();
        let id = visit::planned(&PLAN, &point);
        let writes = vec![Write {
            path: self.field(),
            value: self.value(),
        }];
        let texts = vec![("description".parse().unwrap(), "底稿".to_owned())];
        let edit = Edit::Create { writes, texts };
        let unseen = RecordDoc::birth(id, Kind::Problem).unwrap().heads();
        let beside = Asked {
            beside: true,
            ..Asked::default()
        };
        let now = self.clock(device);
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        if !engine.scopes().contains(&scope) {
            return;
        }
        let kept = engine.new_record(now, Some(id), (Kind::Problem, scope), edit.clone(), &beside);
        let kept = kept.map(|kept| (kept.record, kept.number));
        // Begun here before: only what it says otherwise was written.
        let written = kept.as_ref().ok().and_then(|(record, number)| {
            let mut own = engine.edits(record).into_iter();
            own.find(|own| own.number == *number).map(|own| own.edit)
        });
        let again = written.as_ref().is_some_and(|written| *written != edit);
        if kept.is_ok() {
            self.count("visits begun");
        }
        let seen = (!again).then_some(unseen);
        self.kept(device, written.unwrap_or(edit), false, seen, kept);
    }

    /// Takes back what somebody decided, where people do.
    pub(super) fn taken_back(&mut self, decided: &[Decided]) -> Option<Edit> {
        if !self.strange.contains(&Strange::TakenBack) || !self.rng.percent(40) {
            return None;
        }
        let decided = self.rng.pick(decided)?;
        let edit = Edit::Undo {
            path: decided.path.clone(),
            decision: decided.decision.by.write,
        };
        self.count("decisions taken back");
        Some(edit)
    }

    pub(super) fn take_back(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let Ok(view) = engine.record(record) else {
            return;
        };
        if let Some(edit) = self.taken_back(&view.record.decided) {
            self.edit(device, record, edit, &Asked::default());
        }
    }
}
