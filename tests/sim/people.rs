//! What people do: make records, edit them, keep forms open, carry bundles, work in the office.
//!
//! Never waits for the network: a person with a phone does not know whether there is one.

use std::collections::BTreeMap;

use liandu_core::id::RecordId;
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::view::{ConflictKind, Record};
use liandu_core::record::{Heads, RecordDoc};
use liandu_device::{Asked, BundleFor, Engine};
use liandu_server::keeper::ask::OfficeAct;

mod together;

use super::device::Form;
use super::ledger::KeptEdit;
use super::outside::agreements;
use super::server::Ask;
use super::setup::{REGION, department, office};
use super::strange::Strange;
use super::trace;
use super::world::{Event, World};

/// Fields that everybody of a group writes: few, so that they collide.
const FIELDS: [&str; 3] = ["f/title", "f/address", "f/party"];
/// What every forbidden value begins with: none may count.
pub(crate) const FORBIDDEN: &str = "forbidden";

impl World {
    /// One act of a person, or a fault; then the next one is due.
    pub(crate) fn act(&mut self) {
        if self.acts == 0 {
            return;
        }
        self.acts -= 1;
        let wait = if self.rng.percent(20) {
            self.rng.range(1_000, 20_000)
        } else {
            self.rng.range(1, 300)
        };
        self.later(wait, Event::Act);
        if self.rng.percent(30) {
            return self.fault();
        }
        let device = self.rng.below(self.devices.len());
        match self.rng.below(20) {
            0..=2 => self.create(device),
            3..=9 => self.write(device),
            10 | 11 => self.type_text(device),
            12 => self.event(device),
            13 => self.resolve(device),
            14 => self.forbidden(device),
            15 => self.open_form(device),
            16 => self.save_form(device),
            17 => self.bundle(device),
            _ => self.office_edit(),
        }
    }

    fn value(&mut self) -> Value {
        // Sometimes two people write the same: that is no conflict.
        if self.rng.percent(10) {
            return Value::text("同一内容");
        }
        self.ledger.values += 1;
        Value::text(&format!("值{}", self.ledger.values))
    }

    fn field(&mut self) -> Path {
        FIELDS[self.rng.below(FIELDS.len())].parse().unwrap()
    }

    /// A record that can be read on the device.
    fn record_on(&mut self, device: usize) -> Option<RecordId> {
        let engine = self.devices[device].engine.as_ref()?;
        let ids: Vec<RecordId> = engine.records().collect();
        self.rng.pick(&ids).copied()
    }

    fn create(&mut self, device: usize) {
        if self.strange.contains(&Strange::Shared) && self.rng.percent(40) {
            return self.begin_visit(device);
        }
        let scopes = match &self.devices[device].engine {
            Some(engine) => engine.scopes().to_vec(),
            None => return,
        };
        // Sometimes in a group that is not one's own: refused, whatever the person insists.
        let foreign: Scope = format!("{REGION}/g9/group").parse().unwrap();
        let forbidden = self.rng.percent(5);
        let scope = if forbidden {
            Some(foreign)
        } else {
            self.rng.pick(&scopes).cloned()
        };
        let Some(scope) = scope else { return };
        let value = if forbidden {
            Value::text(FORBIDDEN)
        } else {
            self.value()
        };
        let writes = vec![Write {
            path: self.field(),
            value,
        }];
        let texts = vec![("description".parse().unwrap(), "底稿".to_owned())];
        let edit = Edit::Create { writes, texts };
        let asked = Asked {
            anyway: forbidden,
            ..Asked::default()
        };
        let now = self.clock(device);
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let kept = engine.new_record(now, None, (Kind::Problem, scope), edit.clone(), &asked);
        self.kept(
            device,
            edit,
            forbidden,
            None,
            kept.map(|kept| (kept.record, kept.number)),
        );
    }

    fn kept<E: std::fmt::Debug>(
        &mut self,
        device: usize,
        edit: Edit,
        forbidden: bool,
        seen: Option<Heads>,
        kept: Result<(RecordId, u64), E>,
    ) {
        let (name, life) = (self.devices[device].name, self.devices[device].life);
        trace::say(self.now, || match &kept {
            Ok((record, number)) => format!("{name}: edit {number} of {record}: {edit:?}"),
            Err(error) => format!("{name}: not kept ({error:?}): {edit:?}"),
        });
        match kept {
            Ok((record, number)) => {
                self.count("edits on devices");
                let newer = self.devices[device].newer && self.version == 1;
                let kept = KeptEdit {
                    edit,
                    seen,
                    saved: false,
                    receipted: false,
                    forbidden,
                    newer,
                };
                self.ledger
                    .kept
                    .insert((device, life, record, number), kept);
            }
            Err(_) => self.count("edits not kept"),
        }
    }

    fn edit(&mut self, device: usize, record: RecordId, edit: Edit, asked: &Asked) {
        let now = self.clock(device);
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let kept = engine.edit(now, record, edit.clone(), asked);
        self.kept(
            device,
            edit,
            asked.anyway,
            asked.seen.clone(),
            kept.map(|kept| (kept.record, kept.number)),
        );
    }

    fn write(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let mut writes = vec![Write {
            path: self.field(),
            value: self.value(),
        }];
        if self.rng.percent(20) {
            let path = "f/key".parse().unwrap();
            writes.push(Write {
                path,
                value: Value::Bool(self.rng.percent(50)),
            });
        }
        self.edit(device, record, Edit::Set { writes }, &Asked::default());
    }

    fn forbidden(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let at = ["f/settled_person", "f/external_no"][self.rng.below(2)];
        let edit = Edit::set(at.parse().unwrap(), Value::text(FORBIDDEN));
        let asked = Asked {
            anyway: true,
            ..Asked::default()
        };
        self.edit(device, record, edit, &asked);
    }

    fn type_text(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let field: liandu_core::id::FieldId = "description".parse().unwrap();
        if self.rng.percent(10) {
            return self.edit(device, record, Edit::ClearText { field }, &Asked::default());
        }
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let Ok(view) = engine.record(record) else {
            return;
        };
        let length = view
            .record
            .texts
            .get(&field)
            .map_or(0, |text| text.content.chars().count());
        let at = self.rng.below(length + 1);
        let delete = self.rng.below((length - at).min(3) + 1) as u64;
        self.ledger.values += 1;
        let insert = format!("⟨{}⟩", self.ledger.values);
        let splices = vec![Splice {
            at: at as u64,
            delete,
            insert,
        }];
        self.edit(
            device,
            record,
            Edit::EditText { field, splices },
            &Asked::default(),
        );
    }

    fn event(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let id = engine.fresh_event_id();
        let word = ["withdraw", "restore", "fixed_on_spot"][self.rng.below(3)];
        let edit = Edit::Event {
            id,
            event: word.parse().unwrap(),
            args: BTreeMap::new(),
        };
        self.edit(device, record, edit, &Asked::default());
    }

    fn resolve(&mut self, device: usize) {
        if self.strange.contains(&Strange::TakenBack) {
            self.take_back(device);
        }
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let conflicts = engine.conflicts();
        let Some((record, _, conflict)) = self.rng.pick(&conflicts).cloned() else {
            return;
        };
        if conflict.kind == ConflictKind::States {
            return;
        }
        let chosen = self
            .rng
            .pick(&conflict.values)
            .map(|written| written.value.clone());
        let is_text = matches!(conflict.path, Path::Text(_));
        let edit = Edit::Resolve {
            path: conflict.path,
            value: chosen.filter(|_| !is_text),
            among: conflict
                .values
                .iter()
                .map(|written| written.by.write)
                .collect(),
        };
        self.edit(device, record, edit, &Asked::default());
    }

    /// Opens a form: what is seen now is what the person will have known.
    fn open_form(&mut self, device: usize) {
        let Some(record) = self.record_on(device) else {
            return;
        };
        let path = self.field();
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        if let Ok(view) = engine.record(record) {
            let form = Form {
                record,
                seen: view.heads,
                path,
            };
            self.devices[device].forms.push(form);
        }
    }

    fn save_form(&mut self, device: usize) {
        let Some(form) = self.devices[device].forms.pop() else {
            return;
        };
        let edit = Edit::set(form.path, self.value());
        let asked = Asked {
            seen: Some(form.seen),
            ..Asked::default()
        };
        self.edit(device, form.record, edit, &asked);
    }

    /// A bundle for a colleague, who gets it late and perhaps twice.
    fn bundle(&mut self, device: usize) {
        let now = self.clock(device);
        let to = self.rng.below(self.devices.len());
        let theirs = self.devices[to].engine.as_ref().and_then(Engine::person);
        let whom = match theirs.cloned() {
            Some(person) if self.rng.percent(50) => BundleFor::Colleague(person),
            Some(_) | None => BundleFor::Office,
        };
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let Ok(file) = engine.bundle_export(now, None, &whom) else {
            return;
        };
        self.count("bundles");
        for _ in 0..self.rng.range(1, 2) {
            let wait = self.rng.range(10, 60_000);
            self.later(wait, Event::Bundle(to, file.clone()));
        }
    }

    pub(crate) fn bundle_arrives(&mut self, device: usize, file: &[u8]) {
        if self.strange.contains(&Strange::Forged) && self.rng.percent(50) {
            self.forged_receipts_arrive(device, file);
        }
        let now = self.clock(device);
        let name = self.devices[device].name;
        let keeper = self.devices[device].keeper.clone();
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let agreements = agreements(engine, keeper.as_ref(), file);
        let report = engine.bundle_import_with(now, file, &agreements);
        trace::say(self.now, || format!("{name}: a bundle: {report:?}"));
    }

    /// The office reads a record and edits it some time later, with the ETag it read.
    fn office_edit(&mut self) {
        let Some(keeper) = &self.server.keeper else {
            return;
        };
        let mut scopes = Vec::new();
        for group in ["g1", "g2"] {
            let scope: Scope = format!("{REGION}/{group}/group").parse().unwrap();
            scopes.extend(keeper.scope_heads(&scope.id()));
        }
        let Some(found) = self.rng.pick(&scopes) else {
            return;
        };
        let Some(parts) = keeper.record(&found.record) else {
            return;
        };
        let chunks: Vec<&[u8]> = parts.chunks.iter().map(Vec::as_slice).collect();
        let doc = RecordDoc::load(parts.record, &chunks).unwrap();
        let (record, _) = doc.read(&parts.stamps);
        // Sometimes an ETag from long ago: the first edit.
        let old = record.created.as_ref().map(|by| Heads([by.hash].into()));
        let seen = old.filter(|_| self.rng.percent(20)).unwrap_or(parts.heads);
        let (by, edit) = self.office_act(&record);
        let campaign = "hebei-6plus1".parse().unwrap();
        let act = OfficeAct {
            record: parts.record,
            behalf: None,
            create: None,
            campaign,
            edit,
            seen,
        };
        trace::say(self.now, || format!("office: {act:?}"));
        self.count("office edits asked");
        self.server.asks.push(Ask::Edit(by, act));
    }

    fn office_act(&mut self, record: &Record) -> (liandu_server::keeper::ask::OfficeUser, Edit) {
        let set = |path: &str, value| Write {
            path: path.parse().unwrap(),
            value,
        };
        if let Some(edit) = self.taken_back(&record.decided) {
            return (office(), edit);
        }
        let values = |c: &&liandu_core::record::view::Conflict| c.kind != ConflictKind::States;
        let conflicts: Vec<_> = record.conflicts.iter().filter(values).cloned().collect();
        if let Some(conflict) = self.rng.pick(&conflicts).cloned()
            && self.rng.percent(40)
        {
            let chosen = self
                .rng
                .pick(&conflict.values)
                .map(|written| written.value.clone());
            let is_text = matches!(conflict.path, Path::Text(_));
            let value = chosen.filter(|_| !is_text);
            let among = conflict
                .values
                .iter()
                .map(|written| written.by.write)
                .collect();
            return (
                office(),
                Edit::Resolve {
                    path: conflict.path,
                    value,
                    among,
                },
            );
        }
        match self.rng.below(5) {
            0 | 1 => (
                office(),
                Edit::Set {
                    writes: vec![Write {
                        path: self.field(),
                        value: self.value(),
                    }],
                },
            ),
            2 => {
                let people = ["settled_person", "settled_matter", "settled_standard"];
                let mut writes: Vec<Write> = people
                    .iter()
                    .map(|f| set(&format!("f/{f}"), Value::text("定")))
                    .collect();
                writes.push(set("f/settled_deadline", Value::text("2021-01-01")));
                (office(), Edit::Set { writes })
            }
            3 => {
                let word = ["verify", "transfer", "withdraw", "remind"][self.rng.below(4)];
                (office(), self.office_event(word))
            }
            _ => {
                let word = ["receive", "plan", "start", "report"][self.rng.below(4)];
                (department(), self.office_event(word))
            }
        }
    }

    fn office_event(&mut self, word: &str) -> Edit {
        let id = liandu_core::id::EventId(self.rng.bytes());
        let mut args = BTreeMap::new();
        if word == "transfer" {
            args.insert("unit".to_owned(), Value::text("u-water"));
        }
        Edit::Event {
            id,
            event: word.parse().unwrap(),
            args,
        }
    }
}
