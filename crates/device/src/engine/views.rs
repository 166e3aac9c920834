//! What a person or a screen can read: records, lists, history, conflicts, what became of edits.
//!
//! Never changes anything, except that a document is built and kept ready for the next question.

use std::collections::BTreeSet;

use liandu_core::id::{ChangeHash, DeviceId, RecordId, RegionCode};
use liandu_core::light::{self, Clock};
use liandu_core::protocol::client;
use liandu_core::record::doc::Heads;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::{code, read_code, read_number};
use liandu_core::record::path::Path;
use liandu_core::record::view::{Conflict, HistoryItem, Record};
use liandu_core::record::{DefinitionRef, RecordDoc};

use super::Engine;
use super::shown::{EditView, Filter, Line, NotHere, Overview, RecordView};
use crate::layers::{Gone, Layers};
use crate::own::{OwnEdit, Status};
use crate::store::{Batch, Slot};

impl Engine {
    /// Makes sure that a record's document is ready.
    pub(super) fn ready(&mut self, id: RecordId) -> Result<(), NotHere> {
        let Some(layers) = self.records.get(&id) else {
            return Err(NotHere::Unknown);
        };
        match &layers.header.gone {
            Some(Gone::Left) => return Err(NotHere::Left),
            Some(Gone::Erased { reason }) => return Err(NotHere::Erased(reason.clone())),
            None => {}
        }
        if self.cache.get(&id).is_some() {
            return Ok(());
        }
        let built = layers.working(id)?;
        if built.astray.is_empty() {
            self.cache.put(id, built.doc);
            return Ok(());
        }
        // An own edit does not fit any more (its number is taken): made anew and stored.
        let mut then = Vec::new();
        let touched = self.build_again(id, &built.astray, &mut then);
        let mut batch = Batch::default();
        if let Some(layers) = self.records.get(&id) {
            for edit in touched.iter().filter_map(|number| layers.own.get(number)) {
                batch.put(&Slot::Own(id, edit.number), edit);
            }
        }
        if !batch.is_empty() {
            self.commit(batch, then);
        }
        Ok(())
    }

    /// Every record here, by id.
    pub fn records(&self) -> impl Iterator<Item = RecordId> {
        self.records.keys().copied()
    }

    /// Records whose id begins or ends with this, dashes and case aside, or whose code or number it
    /// is. A number with its county is nothing else.
    pub fn find(&self, typed: &str) -> Vec<RecordId> {
        let numbered = read_number(typed);
        let has_number = |id: &RecordId| {
            let (Some((county, n)), Some(number)) = (&numbered, self.number(id)) else {
                return false;
            };
            number.n == *n
                && county
                    .as_ref()
                    .is_none_or(|county| *county == number.county)
        };
        if numbered
            .as_ref()
            .is_some_and(|(county, _)| county.is_some())
        {
            return self.records().filter(has_number).collect();
        }
        let part: String = typed.to_lowercase().chars().filter(|c| *c != '-').collect();
        let coded = read_code(&part);
        let fits = |id: &RecordId| {
            let hex = id.hex();
            let coded = coded.as_ref().is_some_and(|c| *c == code(id));
            hex.starts_with(&part) || hex.ends_with(&part) || coded || has_number(id)
        };
        self.records().filter(fits).collect()
    }

    /// One record.
    pub fn record(&mut self, id: RecordId) -> Result<RecordView, NotHere> {
        self.ready(id)?;
        let me = self.person().cloned();
        let edits = self.edits(&id);
        let (Some(doc), Some(layers)) = (self.cache.get(&id), self.records.get(&id)) else {
            return Err(NotHere::Unknown);
        };
        let stamps = layers.stamps(me.as_ref());
        let (record, odd) = doc.read(&stamps);
        let preview = preview(doc, layers).map(|doc| Box::new(doc.read(&stamps).0));
        Ok(RecordView {
            record,
            odd,
            heads: doc.heads(),
            scope: layers.header.scope.clone(),
            scope_id: layers.header.scope_id,
            number: self.number(&id),
            edits,
            not_at_office: authors(layers),
            preview,
        })
    }

    /// What happened at a place of a record.
    pub fn history(&mut self, id: RecordId, path: &Path) -> Result<Vec<HistoryItem>, NotHere> {
        self.ready(id)?;
        let me = self.person().cloned();
        let (Some(doc), Some(layers)) = (self.cache.get(&id), self.records.get(&id)) else {
            return Err(NotHere::Unknown);
        };
        Ok(doc.history(path, &layers.stamps(me.as_ref())))
    }

    /// Heads that a form was opened at, in changes that the record has now: own edits may have
    /// been made anew or refused since. Hashes that are nobody's stay as they are.
    pub(super) fn as_now(&self, doc: &RecordDoc, heads: &Heads) -> Heads {
        let mut found = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut left: Vec<ChangeHash> = heads.0.iter().copied().collect();
        let own = self.records.get(&doc.id()).map(|layers| &layers.own);
        while let Some(head) = left.pop() {
            if !visited.insert(head) {
                continue;
            }
            let edit = || {
                let mut own = own.into_iter().flat_map(|own| own.values());
                own.find(|edit| edit.change.hash == head || edit.was.contains(&head))
            };
            match edit() {
                _ if doc.contains(&head) => {
                    found.insert(head);
                }
                Some(edit) if doc.contains(&edit.change.hash) => {
                    found.insert(edit.change.hash);
                }
                Some(edit) => left.extend(edit.seen.0.iter().copied()),
                None => {
                    found.insert(head);
                }
            }
        }
        Heads(found)
    }

    /// The record as somebody with these heads sees it: what a form held open shows.
    pub fn record_at(&mut self, id: RecordId, heads: &Heads) -> Result<Record, NotHere> {
        self.ready(id)?;
        let doc = self.cache.get(&id).ok_or(NotHere::Unknown)?.clone();
        let heads = self.as_now(&doc, heads);
        let later: BTreeSet<ChangeHash> = doc
            .raw_since(&heads)
            .into_iter()
            .map(|change| change.hash)
            .collect();
        let seen = doc
            .raw_all()
            .into_iter()
            .filter(|change| !later.contains(&change.hash));
        let seen: Vec<Vec<u8>> = seen.map(|change| change.bytes).collect();
        let parts: Vec<&[u8]> = seen.iter().map(Vec::as_slice).collect();
        let doc = RecordDoc::load(id, &parts)?;
        Ok(doc.read(&liandu_core::record::stamp::Stamps::new()).0)
    }

    /// Open conflicts of all records.
    pub fn conflicts(&mut self) -> Vec<(RecordId, Kind, Conflict)> {
        let mut all = Vec::new();
        for id in self.records().collect::<Vec<_>>() {
            if let Ok(view) = self.record(id) {
                let kind = view.record.kind;
                all.extend(
                    view.record
                        .conflicts
                        .into_iter()
                        .map(|open| (id, kind, open)),
                );
            }
        }
        all
    }

    /// The newest definition of the campaign that a record was made in, else of the device's.
    pub fn definition_of(&mut self, id: RecordId) -> Option<DefinitionRef> {
        let named = match self.ready(id) {
            Ok(()) => self.cache.get(&id).and_then(RecordDoc::definition),
            Err(_) => None,
        };
        let named = named.and_then(|name| self.latest_definition(Some(&name.campaign)));
        named.or_else(|| self.latest_definition(None))
    }

    /// This device's edits of one record, oldest first.
    pub fn edits(&self, id: &RecordId) -> Vec<EditView> {
        let own = self
            .records
            .get(id)
            .into_iter()
            .flat_map(|layers| layers.own.values());
        own.map(|edit| self.view_of(*id, edit)).collect()
    }

    /// This device's edits that are not (or not yet) at the office and counting, oldest first.
    pub fn outbox(&self) -> Vec<EditView> {
        let mut all: Vec<EditView> = self.all_edits().filter(|edit| !is_done(edit)).collect();
        all.sort_by_key(|edit| edit.number);
        all
    }

    /// All of this device's edits, by record.
    pub fn all_edits(&self) -> impl Iterator<Item = EditView> {
        self.records
            .iter()
            .flat_map(|(id, layers)| layers.own.values().map(|edit| self.view_of(*id, edit)))
    }

    /// What became of one own edit.
    pub fn status_of(&self, record: &RecordId, number: u64) -> Option<Status> {
        let edit = self.records.get(record)?.own.get(&number)?;
        Some(self.view_of(*record, edit).status)
    }

    fn view_of(&self, record: RecordId, edit: &OwnEdit) -> EditView {
        let durable = !self.unsaved.contains(&edit.number);
        EditView {
            record,
            number: edit.number,
            edit: edit.edit.clone(),
            write: edit.change.write(),
            hash: edit.change.hash,
            time: edit.time,
            status: Status::of(edit, durable, self.sent.contains(&edit.number)),
            offered_again: edit.offered_again,
            answer: edit.answer.clone(),
            dismissed: edit.dismissed,
        }
    }

    /// A record as one document, for exports and measurements. None when it is not here.
    pub fn saved(&mut self, id: RecordId) -> Option<Vec<u8>> {
        self.ready(id).ok()?;
        self.cache.get(&id).map(RecordDoc::save)
    }

    /// Whether everything is at the office: no own edit waits for an answer.
    pub fn all_at_office(&self) -> bool {
        self.unsent_count() == 0
    }

    /// The connection alone, without counting edits.
    pub fn connection(&self) -> Option<client::Status> {
        self.client.as_ref().map(client::Client::status)
    }

    /// Whether a record here holds these changes.
    pub fn holds(&mut self, id: RecordId, heads: &Heads) -> bool {
        if self.ready(id).is_err() {
            return false;
        }
        let doc = self.cache.get(&id);
        doc.is_some_and(|doc| heads.0.iter().all(|head| doc.contains(head)))
    }

    /// How this device stands.
    pub fn status(&self) -> Overview {
        let mut overview = Overview {
            device: self.device(),
            person: self.person().cloned(),
            name: self.name().to_owned(),
            connection: self.connection(),
            position: self.place.cursor.map(|cursor| cursor.position),
            records: self.records.len(),
            on_device: 0,
            unsealed: self.unsealed_count(),
            sent: 0,
            at_office: 0,
            held: 0,
            refused: 0,
            left_out: self.place.left_out,
            carried: self.records.values().map(carried).sum(),
            envelopes: self.envelopes_carried(),
        };
        for edit in self.all_edits().filter(|edit| !edit.dismissed) {
            let count = match edit.status {
                Status::Saving | Status::OnDevice => &mut overview.on_device,
                Status::Sent => &mut overview.sent,
                Status::AtOffice { .. } => &mut overview.at_office,
                Status::Held(_) => &mut overview.held,
                Status::Refused(_) | Status::Unapplied(_) => &mut overview.refused,
            };
            *count += 1;
        }
        overview
    }

    /// The person's name as the office has it.
    pub fn name(&self) -> &str {
        let enrolled = self.identity.as_ref().and_then(|me| me.enrolled.as_ref());
        enrolled.map_or("", |enrolled| &enrolled.name)
    }

    /// The records that a filter lets through, last edited first.
    pub fn list(&mut self, filter: &Filter) -> Vec<Line> {
        let ids: Vec<RecordId> = self.records().collect();
        let mut lines: Vec<Line> = ids
            .into_iter()
            .filter_map(|id| self.line(id, filter))
            .collect();
        lines.sort_by_key(|line| (std::cmp::Reverse(line.last), line.id));
        lines
    }

    fn line(&mut self, id: RecordId, filter: &Filter) -> Option<Line> {
        let trouble = self.ready(id).err();
        let layers = self.records.get(&id)?;
        let mut line = Line {
            id,
            kind: layers.header.kind.known(),
            number: self.number(&id),
            scope: layers.header.scope.clone(),
            title: String::new(),
            state: String::new(),
            domain: String::new(),
            author: None,
            behalf: None,
            due: None,
            clock: Clock::Stopped,
            conflicts: 0,
            waiting: layers.own.values().filter(|edit| edit.waits()).count(),
            refused: layers
                .own
                .values()
                .filter(|edit| edit.asks_for_a_person())
                .count(),
            carried: carried(layers),
            last: None,
            trouble,
        };
        let region_fits = |region: &RegionCode| {
            line.scope
                .as_ref()
                .is_some_and(|scope| region.contains(&scope.region))
        };
        if filter.kind.is_some() && filter.kind != line.kind
            || filter.unsent && line.waiting + line.refused == 0
            || !filter.region.as_ref().is_none_or(region_fits)
        {
            return None;
        }
        let record = match self.cache.get(&id).filter(|_| line.trouble.is_none()) {
            Some(doc) => {
                let doc = preview(doc, self.records.get(&id)?).unwrap_or_else(|| doc.clone());
                doc.read(&liandu_core::record::stamp::Stamps::new()).0
            }
            None => return (!filter.asks_content()).then_some(line),
        };
        line.title = title(&record);
        line.state = record.state.state.to_string();
        line.domain = record.text_of("domain").to_owned();
        if let Some(by) = &record.created {
            (line.author, line.behalf) = (by.person.clone(), by.behalf.clone());
        }
        line.due = light::due(&record);
        line.clock = light::clock(&record);
        line.conflicts = record.conflicts.len();
        line.last = record.last.as_ref().map(|by| by.device_time);
        filter.lets(&line, &record).then_some(line)
    }
}

impl Filter {
    fn asks_content(&self) -> bool {
        self.state.is_some() || self.domain.is_some() || self.conflict || self.text.is_some()
    }

    fn lets(&self, line: &Line, record: &Record) -> bool {
        let has = |text: &String| {
            let texts = record.texts.values().map(|view| view.content.as_str());
            let fields = record
                .fields
                .values()
                .filter_map(|view| view.value.as_text());
            texts.chain(fields).any(|content| content.contains(text))
        };
        self.state.as_ref().is_none_or(|state| *state == line.state)
            && self
                .domain
                .as_ref()
                .is_none_or(|domain| *domain == line.domain)
            && (!self.conflict || line.conflicts > 0)
            && self.text.as_ref().is_none_or(has)
    }
}

fn is_done(edit: &EditView) -> bool {
    edit.dismissed || matches!(edit.status, Status::AtOffice { .. })
}

fn title(record: &Record) -> String {
    let title = record.text_of("title");
    if !title.is_empty() {
        return title.to_owned();
    }
    let mut texts = record.texts.values().map(|view| view.content.as_str());
    let first = texts.find(|text| !text.is_empty()).unwrap_or_default();
    first.chars().take(40).collect()
}

fn carried(layers: &Layers) -> usize {
    layers
        .carried
        .changes
        .iter()
        .filter(|change| !change.is_birth())
        .count()
}

/// Whose unreceipted changes are carried, and how many.
fn authors(layers: &Layers) -> Vec<(DeviceId, usize)> {
    let changes = || {
        layers
            .carried
            .changes
            .iter()
            .filter(|change| !change.is_birth())
    };
    let devices: BTreeSet<DeviceId> = changes().map(|change| change.actor.device()).collect();
    let count = |device: &DeviceId| changes().filter(|c| c.actor.device() == *device).count();
    devices
        .into_iter()
        .map(|device| (device, count(&device)))
        .collect()
}

/// The document with colleagues' changes, where they fit.
fn preview(doc: &RecordDoc, layers: &Layers) -> Option<RecordDoc> {
    if layers.carried.changes.is_empty() {
        return None;
    }
    let mut preview = doc.clone();
    preview.absorb(&layers.carried.changes).ok()?;
    Some(preview)
}
