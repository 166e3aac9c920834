//! What a person does: making records and editing them.
//!
//! Never asks the server: an edit is written and stored here, whatever the network does.
//! What the office would refuse is said at once and nothing is kept, unless the person insists.

use std::collections::BTreeMap;

use liandu_core::admission::{Case, Past, preview};
use liandu_core::id::{
    Actor, CampaignId, ChangeHash, DeviceId, EventId, ItemId, PersonId, RecordId,
};
use liandu_core::policy::{Grant, Membership, Principal, Role};
use liandu_core::protocol::update::AnyKind;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::WriteId;
use liandu_core::record::scope::{Audience, Scope};
use liandu_core::record::{Author, DefinitionRef, EditError, LoadError, Made, RecordDoc};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

use super::{Engine, NotHere, Then};
use crate::entropy;
use crate::layers::Layers;
use crate::own::{OwnEdit, OwnState};
use crate::store::{Batch, Slot};

/// How an edit is to be made; the default is what a form does.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What the person was looking at; none: the record as it is now.
    pub seen: Option<Heads>,
    /// Keep it even if the office would refuse it: it goes to quarantine there.
    pub anyway: bool,
    /// The form's definition; none: the latest of the record's campaign.
    pub definition: Option<DefinitionRef>,
    /// For whom it is recorded (代录), when not for the person of this device.
    pub behalf: Option<PersonId>,
    /// The record may be here already, begun by somebody else: what the form holds is written
    /// beside theirs, by somebody who had not seen it.
    pub beside: bool,
}

/// An edit that is being stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its record.
    pub record: RecordId,
    /// Its number on this device.
    pub number: u64,
    /// Actor and number of its change.
    pub write: WriteId,
    /// What the person has seen now: what was seen before, and this edit.
    pub seen: Heads,
    /// The batch that stores it: safe on this device once that is committed.
    pub commit: u64,
}

/// Why an edit was not kept. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// Enrol first.
    #[error("本设备尚未登记 (this device is not enrolled yet)")]
    NotEnrolled,
    /// The store failed: open the engine again.
    #[error("本机无法保存 (nothing can be stored)")]
    Halted,
    /// The record cannot be edited here.
    #[error(transparent)]
    NotHere(#[from] NotHere),
    /// It exists already: edit it.
    #[error("该记录已存在 (the record exists already)")]
    Exists,
    /// Name one of the known definitions.
    #[error("没有这个方案 (no such campaign definition on this device)")]
    NoDefinition,
    /// The edit itself: look again, resolve first, split it.
    #[error("{}", edit_words(.0))]
    Edit(EditError),
    /// The office would refuse it. `Asked::anyway` keeps it all the same.
    #[error("{0}")]
    WouldBeRefused(Reason),
}

fn edit_words(error: &EditError) -> String {
    let zh = match error {
        EditError::ResolveFirst(_) => "该项有两种写法,请先核定",
        EditError::NothingToResolve(_) => "该项没有这样的分歧,请重新查看",
        EditError::NothingToUndo(_) => "该项没有可以撤销的核定",
        EditError::NoChange => "内容与现有的相同",
        EditError::UnknownHeads => "所见的版本不在本机,请重新查看",
        EditError::NoSuchTextPlace => "文字中没有这个位置",
        EditError::TooBig => "内容超过允许的大小",
        EditError::WrongPlace(_) => "该项不能这样填写",
        EditError::EventIdTaken => "操作编号重复,请重试",
        EditError::NeedsFreshActor | EditError::Document => "该记录无法接受此修改",
    };
    format!("{zh} ({error})")
}

impl Engine {
    /// Makes a record. `id`: one derived from a parent, or none for a new one.
    pub fn new_record(
        &mut self,
        now: Timestamp,
        id: Option<RecordId>,
        (kind, scope): (Kind, Scope),
        edit: Edit,
        asked: &Asked,
    ) -> Result<Kept, KeepError> {
        self.may_write()?;
        let asked = &self.of_plan(&edit, asked);
        let id = id.unwrap_or_else(|| entropy::record_id(self.entropy.as_mut(), now));
        let doc = RecordDoc::birth(id, kind).map_err(NotHere::from)?;
        if let Some(layers) = self.records.get(&id) {
            let begun_here = layers.own.values().find(|own| begins(own)).cloned();
            let standing = layers.own.values().filter(|own| own.stands());
            let said: Vec<Edit> = standing.map(|own| own.edit.clone()).collect();
            let own = layers.own.values().any(OwnEdit::stands);
            if let Some(begun) = begun_here {
                let mut rest = otherwise(&begun.edit, &edit);
                rest.retain(|edit| asked.beside && !said.contains(edit));
                return self.begun_again(now, id, &begun, rest, asked);
            }
            if !asked.beside && (own || layers.known_at_office()) {
                return Err(KeepError::Exists);
            }
            if own || layers.known_at_office() {
                let unseen = Asked {
                    seen: Some(doc.heads()),
                    ..asked.clone()
                };
                return self.edit(now, id, edit, &unseen);
            }
        }
        let layers = Layers::new(AnyKind::from(kind), scope.id(), Some(scope));
        let before = self.records.insert(id, layers);
        if let (Some(before), Some(layers)) = (before, self.records.get_mut(&id)) {
            layers.own = before.own;
            layers.carried = before.carried;
        }
        let made_here = self
            .records
            .get(&id)
            .is_some_and(|layers| layers.own.is_empty());
        let kept = self.keep(now, id, doc, edit, asked);
        if kept.is_err() && made_here {
            self.records.remove(&id);
        }
        kept
    }

    /// A planned visit is recorded in its plan's campaign, whichever this device knows first.
    fn of_plan(&mut self, edit: &Edit, asked: &Asked) -> Asked {
        let mut asked = asked.clone();
        let open = asked.beside && asked.definition.is_none();
        if let Edit::Create { writes, .. } = edit
            && open
        {
            let mut writes = writes.iter();
            let task = writes.find(|write| write.path.to_string() == "f/task");
            let task = task.and_then(|write| write.value.as_text()?.parse().ok());
            asked.definition = task.and_then(|task| self.definition_of(task));
        }
        asked
    }

    /// Of a visit that this person has begun already, only what the form says otherwise is written,
    /// by somebody who knew what they had begun.
    fn begun_again(
        &mut self,
        now: Timestamp,
        id: RecordId,
        begun: &OwnEdit,
        rest: Vec<Edit>,
        asked: &Asked,
    ) -> Result<Kept, KeepError> {
        let how = Asked {
            seen: Some(Heads([begun.change.hash].into())),
            definition: Some(begun.definition.clone()),
            ..asked.clone()
        };
        let mut kept = Err(KeepError::Exists);
        for edit in rest {
            kept = Ok(self.edit(now, id, edit, &how)?);
        }
        kept
    }

    /// Edits a record.
    pub fn edit(
        &mut self,
        now: Timestamp,
        record: RecordId,
        edit: Edit,
        asked: &Asked,
    ) -> Result<Kept, KeepError> {
        self.may_write()?;
        self.ready(record)?;
        let carried_only = |layers: &Layers| {
            !layers.known_at_office()
                && !layers.own.values().any(OwnEdit::stands)
                && !layers.carried.changes.is_empty()
        };
        if self.records.get(&record).is_some_and(carried_only) {
            return Err(NotHere::NotYetAtOffice.into());
        }
        let doc = self.cache.take(&record).ok_or(NotHere::Unknown)?;
        self.keep(now, record, doc, edit, asked)
    }

    fn may_write(&self) -> Result<(), KeepError> {
        if self.halted {
            Err(KeepError::Halted)
        } else if self.device().is_none() {
            Err(KeepError::NotEnrolled)
        } else {
            Ok(())
        }
    }

    fn keep(
        &mut self,
        now: Timestamp,
        record: RecordId,
        mut doc: RecordDoc,
        edit: Edit,
        asked: &Asked,
    ) -> Result<Kept, KeepError> {
        let definition = self.definition_for(&doc, asked)?;
        let seen = match &asked.seen {
            Some(seen) => self.as_now(&doc, seen),
            None => doc.heads(),
        };
        let author = Author {
            actor: Actor([0; 16]),
            person: None,
            behalf: asked.behalf.clone(),
            definition,
            authority: self.place.authority,
        };
        let mut actors = self.actors_of(&record);
        let mut pen = self.pen().ok_or(KeepError::NotEnrolled)?;
        let made = pen
            .write(&mut doc, &edit, &author, (&seen, now), &mut actors)
            .map_err(KeepError::Edit)?;
        let seal = pen.seal(&record, &made);
        let refusal = self.would_refuse(now, &doc, &made);
        if let (false, Some(reason)) = (asked.anyway, refusal) {
            return Err(KeepError::WouldBeRefused(reason));
        }
        self.actors.insert(record, actors);
        let own = OwnEdit {
            number: self.next_number,
            edit,
            change: made.change,
            births: made.births,
            seen,
            time: now,
            definition: author.definition,
            authority: author.authority,
            seal,
            state: OwnState::Waiting,
            offered_again: 0,
            was: Vec::new(),
            against_advice: refusal.is_some(),
            owed: false,
            answer: None,
            dismissed: false,
            behalf: author.behalf,
        };
        self.next_number += 1;
        self.cache.put(record, doc);
        Ok(self.store_own(now, record, own))
    }

    fn store_own(&mut self, now: Timestamp, record: RecordId, own: OwnEdit) -> Kept {
        let mut batch = Batch::default();
        let (number, write, hash) = (own.number, own.change.write(), own.change.hash);
        batch.put(&Slot::Own(record, number), &own);
        if let Some(layers) = self.records.get_mut(&record) {
            if layers.own.is_empty() && layers.chunks.is_empty() {
                batch.put(&Slot::Header(record), &layers.header);
            }
            layers.own.insert(number, own);
        }
        let commit = self.commit(batch, vec![Then::Saved(record, number)]);
        self.seal_record(now, record);
        Kept {
            record,
            number,
            write,
            seen: Heads([hash].into()),
            commit,
        }
    }

    /// The definition asked for, else the latest of the record's campaign, else of any.
    fn definition_for(&self, doc: &RecordDoc, asked: &Asked) -> Result<DefinitionRef, KeepError> {
        if let Some(name) = &asked.definition {
            let known = self.definitions.get(name).is_some();
            return known.then(|| name.clone()).ok_or(KeepError::NoDefinition);
        }
        let campaign = doc.definition().map(|name| name.campaign);
        self.latest_definition(campaign.as_ref())
            .ok_or(KeepError::NoDefinition)
    }

    /// The latest version of a campaign; of none named: of the first one known.
    pub fn latest_definition(&self, campaign: Option<&CampaignId>) -> Option<DefinitionRef> {
        let first = || {
            self.definitions
                .iter()
                .next()
                .map(|(name, _)| name.campaign.clone())
        };
        let campaign = campaign.cloned().or_else(first)?;
        let latest = self.definitions.latest(&campaign)?;
        Some(DefinitionRef {
            campaign: latest.id.clone(),
            version: latest.version,
        })
    }

    /// What the office would say, as far as this device can know.
    fn would_refuse(&self, now: Timestamp, doc: &RecordDoc, made: &Made) -> Option<Reason> {
        let layers = self.records.get(&doc.id())?;
        let scope = layers.header.scope.as_ref()?;
        let principal = self.principal()?;
        let past = OwnPast::of(layers, self.person());
        let case = Case {
            record: doc.id(),
            kind: doc.kind(),
            scope,
            definitions: &self.definitions,
            past: &past,
            now,
            grace_ms: u64::MAX,
        };
        match preview(doc, &case, &made.change.hash, &principal) {
            Verdict::Refused(reason) => Some(reason),
            Verdict::Accepted | Verdict::Held(_) | Verdict::Forked => None,
        }
    }

    /// Who this person is as far as the device's scopes show. An office's scopes do not say which
    /// role they come from: then every role they may come from is assumed, and the office decides.
    fn principal(&self) -> Option<Principal> {
        let person = self.person()?.clone();
        let mut groups = Vec::new();
        let mut grants = Vec::new();
        let member_only = self
            .place
            .scopes
            .iter()
            .all(|scope| scope.audience == Audience::Group && scope.group.is_some());
        for scope in &self.place.scopes {
            if let Some(group) = &scope.group {
                groups.push(Membership {
                    group: group.clone(),
                    region: scope.region.clone(),
                    until: None,
                    lost_at: None,
                });
            }
            if !member_only {
                let roles = [Role::CongressOffice, Role::ResponseCentre, Role::Leader];
                grants.extend(roles.into_iter().map(|role| Grant {
                    role,
                    region: scope.region.clone(),
                    unit: None,
                }));
            }
        }
        Some(Principal {
            person,
            grants,
            groups,
            revoked: false,
        })
    }

    /// An id for an event, never used before.
    pub fn fresh_event_id(&mut self) -> EventId {
        entropy::event_id(self.entropy.as_mut())
    }

    /// An id for an item of a collection, never used before.
    pub fn fresh_item_id(&mut self) -> Option<ItemId> {
        entropy::item_id(self.entropy.as_mut())
    }
}

/// What a second creation says that the first did not.
fn otherwise(first: &Edit, second: &Edit) -> Vec<Edit> {
    let (
        Edit::Create { writes, texts },
        Edit::Create {
            writes: new,
            texts: said,
        },
    ) = (first, second)
    else {
        return Vec::new();
    };
    let writes: Vec<Write> = new
        .iter()
        .filter(|w| !writes.contains(w))
        .cloned()
        .collect();
    let set = (!writes.is_empty()).then_some(Edit::Set { writes });
    let texts = said.iter().filter_map(|(field, text)| {
        let old = texts.iter().find(|(at, _)| at == field);
        let old = old.map_or("", |(_, old)| old.as_str());
        (old != text).then(|| Edit::EditText {
            field: field.clone(),
            splices: vec![Splice {
                at: 0,
                delete: old.chars().count() as u64,
                insert: text.clone(),
            }],
        })
    });
    set.into_iter().chain(texts).collect()
}

fn begins(edit: &OwnEdit) -> bool {
    edit.stands() && matches!(edit.edit, Edit::Create { .. })
}

/// What this device knows of edits and people outside the document.
struct OwnPast(BTreeMap<DeviceId, PersonId>);

impl OwnPast {
    fn of(layers: &Layers, me: Option<&PersonId>) -> OwnPast {
        let stamps = layers.header.stamps.iter();
        let others = stamps.filter_map(|s| Some((s.actor.device(), s.person.clone()?)));
        let own = layers.own.values();
        let own = own.filter_map(|edit| Some((edit.change.actor.device(), me?.clone())));
        OwnPast(others.chain(own).collect())
    }
}

impl Past for OwnPast {
    fn verdict(&self, _: &ChangeHash) -> Option<Verdict> {
        None
    }

    fn number(&self, _: &Actor, _: u64) -> Option<ChangeHash> {
        None
    }

    fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.0.get(device).cloned()
    }
}

impl From<LoadError> for NotHere {
    fn from(error: LoadError) -> NotHere {
        NotHere::Unreadable(error)
    }
}
