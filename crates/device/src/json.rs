//! What a device shows and is asked, as JSON: for the command line's `--json` and for browsers.
//! The same forms as in the office's API, so that one program reads both.
//!
//! Never leaves out what a person is shown.

use liandu_core::id::FieldId;
use liandu_core::light::Light;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::number;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, Conflict, HistoryItem, Provenance, Record, Written};
use liandu_core::workflow::workflow;
use serde_json::{Map, Value as Json, json};

use crate::{BundleReport, EditView, Line, Overview, RecordView, Status};

/// How the device stands: whose it is, and how many records and edits of each status it has. Who
/// shows it adds what its own readers ask for.
pub fn overview(overview: &Overview) -> Map<String, Json> {
    let counts = [
        ("records", overview.records),
        ("on_device", overview.on_device),
        ("unsealed", overview.unsealed),
        ("sent", overview.sent),
        ("at_office", overview.at_office),
        ("held", overview.held),
        ("refused", overview.refused),
        ("carried", overview.carried),
        ("envelopes", overview.envelopes),
    ];
    let counts = counts.map(|(name, count)| (name.to_owned(), json!(count)));
    let mut all = Map::from_iter(counts);
    let device = overview.device.map(|device| device.hex());
    let person = overview.person.as_ref().map(ToString::to_string);
    all.insert("device".to_owned(), json!(device));
    all.insert("person".to_owned(), json!(person));
    all.insert("name".to_owned(), json!(overview.name));
    all
}

/// A value.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Text(text) => json!(text),
        Value::Int(int) => json!(int),
        Value::Bool(bool) => json!(bool),
        Value::Time(time) => json!({ "time": time.iso() }),
        Value::Codes(codes) => json!({ "codes": codes }),
        Value::Position(spot) => {
            let mut position = json!({
                "lat": spot.lat_e7 as f64 / 1e7,
                "lon": spot.lon_e7 as f64 / 1e7,
                "datum": spot.datum.as_str(),
            });
            if let (Some(cm), Some(map)) = (spot.accuracy_cm, position.as_object_mut()) {
                map.insert("accuracy_m".to_owned(), json!(f64::from(cm) / 100.0));
            }
            json!({ "position": position })
        }
        Value::Quantity(quantity) => json!({
            "quantity": { "amount": quantity.milli as f64 / 1000.0, "unit": quantity.unit },
        }),
        Value::Unknown(_) => json!({ "unknown": value.to_string() }),
    }
}

/// Who wrote something, and when.
pub fn by(by: &Provenance) -> Json {
    json!({
        "person": by.person.as_ref().map(ToString::to_string),
        "on_behalf_of": by.behalf.as_ref().map(ToString::to_string),
        "device": by.device.hex(),
        "write": by.write.to_string(),
        "device_time": by.device_time.iso(),
        "server": by.server.map(|(position, time)| json!({
            "position": position.0, "time": time.iso(),
        })),
    })
}

fn written(written: &Written) -> Json {
    json!({ "value": value(&written.value), "by": by(&written.by) })
}

/// An open conflict of a record of that kind; states with what people call them.
pub fn conflict(kind: Kind, open: &Conflict) -> Json {
    let named = |one: &Written| {
        let mut shown = written(one);
        let state = one.value.as_text().filter(|_| open.path == Path::State);
        let rule = state.and_then(|word| workflow(kind).state(word));
        if let (Some(rule), Some(map)) = (rule, shown.as_object_mut()) {
            map.insert("label".to_owned(), label(rule.zh, rule.en));
        }
        shown
    };
    json!({
        "path": open.path.to_string(),
        "kind": open.kind.as_str(),
        "values": open.values.iter().map(named).collect::<Vec<_>>(),
    })
}

/// A record as it reads.
pub fn record(record: &Record) -> Json {
    let flow = workflow(record.kind);
    let state = &record.state;
    let fields: Map<String, Json> = record
        .fields
        .iter()
        .map(|(path, view)| {
            let others: Vec<Json> = view.others.iter().map(written).collect();
            let shown =
                json!({ "value": value(&view.value), "by": by(&view.by), "others": others });
            (path.to_string(), shown)
        })
        .collect();
    let texts: Map<String, Json> = record
        .texts
        .iter()
        .map(|(field, view)| {
            let shown = json!({ "content": view.content, "by": view.by.as_ref().map(by) });
            (field.to_string(), shown)
        })
        .collect();
    let events: Vec<Json> = record
        .events
        .iter()
        .map(|event| {
            let args: Map<String, Json> = event
                .args
                .iter()
                .map(|(name, arg)| (name.clone(), value(arg)))
                .collect();
            json!({
                "id": event.id.hex(), "event": event.kind.as_str(), "args": args,
                "label": flow.event(event.kind.as_str()).map(|rule| label(rule.zh, rule.en)),
                "after": event.after.iter().map(|id| id.hex()).collect::<Vec<_>>(),
                "counts": event.counts, "by": by(&event.by),
            })
        })
        .collect();
    let conflicts: Vec<Json> = record
        .conflicts
        .iter()
        .map(|open| conflict(record.kind, open))
        .collect();
    json!({
        "id": record.id.to_string(),
        "code": number::code(&record.id),
        "created": record.created.as_ref().map(by),
        "kind": record.kind.as_str(),
        "state": {
            "state": state.state.as_str(),
            "label": flow.state(state.state.as_str()).map(|rule| label(rule.zh, rule.en)),
            "tips": state.tips.iter().map(|id| id.hex()).collect::<Vec<_>>(),
            "handlers": state.handlers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "leads": state.leads.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        "fields": fields,
        "texts": texts,
        "events": events,
        "conflicts": conflicts,
        "last": record.last.as_ref().map(by),
        "edits": record.edits,
    })
}

fn label(zh: &str, en: &str) -> Json {
    json!({ "zh": zh, "en": en })
}

/// A record with what stands beside it on this device.
pub fn view(view: &RecordView) -> Json {
    let mut shown = record(&view.record);
    if let Some(map) = shown.as_object_mut() {
        map.insert("seen".to_owned(), json!(view.heads.to_string()));
        let number = view.number.as_ref().map(ToString::to_string);
        map.insert("number".to_owned(), json!(number));
        map.insert("scope".to_owned(), json!(view.scope.as_ref().map(scope)));
        let edits: Vec<Json> = view.edits.iter().map(edit).collect();
        map.insert("own_edits".to_owned(), json!(edits));
        let others: Vec<Json> = view
            .not_at_office
            .iter()
            .map(|(device, edits)| json!({ "device": device.hex(), "edits": edits }))
            .collect();
        map.insert("not_at_office".to_owned(), json!(others));
        let preview = view.preview.as_ref().map(|preview| record(preview));
        map.insert("with_those".to_owned(), json!(preview));
        let odd: Vec<String> = view.odd.iter().map(|odd| format!("{odd:?}")).collect();
        map.insert("odd".to_owned(), json!(odd));
    }
    shown
}

/// Who a record belongs to.
fn scope(scope: &Scope) -> Json {
    json!({
        "region": scope.region.to_string(),
        "group": scope.group.as_ref().map(ToString::to_string),
        "audience": scope.audience.as_str(),
    })
}

/// What an edit does, where, and what it writes there: of a refused one this is all there is.
fn act(edit: &Edit) -> Json {
    let written = |writes: &[Write]| -> Map<String, Json> {
        let pair = |write: &Write| (write.path.to_string(), value(&write.value));
        writes.iter().map(pair).collect()
    };
    let text = |field: &FieldId, said: Json| -> Map<String, Json> {
        [(Path::Text(field.clone()).to_string(), said)]
            .into_iter()
            .collect()
    };
    let (word, writes) = match edit {
        Edit::Create { writes, texts } => {
            let mut all = written(writes);
            for (field, said) in texts {
                all.extend(text(field, json!(said)));
            }
            ("create", all)
        }
        Edit::Set { writes } => ("set", written(writes)),
        Edit::EditText { field, splices } => {
            let said: Vec<&str> = splices.iter().map(|one| one.insert.as_str()).collect();
            ("edit-text", text(field, json!(said.join(" … "))))
        }
        Edit::ClearText { field } => ("clear-text", text(field, Json::Null)),
        Edit::Event { event, args, .. } => {
            let args = args.iter().map(|(name, arg)| (name.clone(), value(arg)));
            return json!({ "act": "event", "event": event.to_string(), "writes": args.collect::<Map<_, _>>() });
        }
        Edit::Resolve {
            path,
            value: decided,
            ..
        } => {
            let decided = decided.as_ref().map_or(Json::Null, value);
            (
                "resolve",
                [(path.to_string(), decided)].into_iter().collect(),
            )
        }
        Edit::Undo { path, .. } => {
            let nothing = (path.to_string(), Json::Null);
            ("undo", [nothing].into_iter().collect())
        }
    };
    json!({ "act": word, "writes": writes })
}

/// An own edit and what became of it.
pub fn edit(edit: &EditView) -> Json {
    let mut shown = json!({
        "record": edit.record.to_string(),
        "number": edit.number,
        "edit": act(&edit.edit),
        "write": edit.write.to_string(),
        "device_time": edit.time.iso(),
        "status": edit.status.as_str(),
        "offered_again": edit.offered_again,
        "dismissed": edit.dismissed,
        "answer": edit.answer.as_ref().map(|answer| json!({
            "text": answer.text, "time": answer.time.iso(),
        })),
    });
    let more = match edit.status {
        Status::AtOffice { position, time, .. } => {
            json!({ "position": position.0, "server_time": time.iso() })
        }
        Status::Held(why) | Status::Refused(why) => {
            json!({ "reason": why.code(), "zh": why.zh(), "en": why.en() })
        }
        Status::Unapplied(why) => json!({ "zh": why.zh(), "en": why.en() }),
        Status::Saving | Status::OnDevice | Status::Sent => json!({}),
    };
    if let (Some(map), Json::Object(more)) = (shown.as_object_mut(), more) {
        map.extend(more);
    }
    shown
}

/// A line of a list.
pub fn line(line: &Line, light: Option<Light>) -> Json {
    json!({
        "id": line.id.to_string(),
        "code": number::code(&line.id),
        "number": line.number.as_ref().map(ToString::to_string),
        "author": line.author.as_ref().map(ToString::to_string),
        "on_behalf_of": line.behalf.as_ref().map(ToString::to_string),
        "kind": line.kind.map(|kind| kind.as_str()),
        "scope": line.scope.as_ref().map(scope),
        "title": line.title,
        "state": line.state,
        "domain": line.domain,
        "due": line.due.map(|day| day.to_string()),
        "light": light.map(Light::as_str),
        "conflicts": line.conflicts,
        "waiting": line.waiting,
        "refused": line.refused,
        "not_at_office": line.carried,
        "last": line.last.map(|time| time.iso()),
        "trouble": line.trouble.as_ref().map(ToString::to_string),
    })
}

/// One act of a place's history.
pub fn history(item: &HistoryItem) -> Json {
    let act = match &item.act {
        Act::Wrote(written) => json!({ "act": "wrote", "value": value(written) }),
        Act::Resolved(decided) => {
            json!({ "act": "resolved", "value": decided.as_ref().map(value) })
        }
        Act::Edited { deleted, inserted } => {
            json!({ "act": "edited", "deleted": deleted, "inserted": inserted })
        }
        Act::Undone => json!({ "act": "undone" }),
        Act::Cleared => json!({ "act": "cleared" }),
        Act::Happened(event) => json!({ "act": "happened", "event": event.as_str() }),
    };
    let mut shown = json!({ "by": by(&item.by) });
    if let (Some(map), Json::Object(act)) = (shown.as_object_mut(), act) {
        map.extend(act);
    }
    shown
}

/// What a bundle brought.
pub fn bundle(report: &BundleReport) -> Json {
    let authors = report.new.iter();
    let authors: Map<String, Json> = authors
        .map(|(device, edits)| (device.hex(), json!(edits)))
        .collect();
    let people = report.people.iter();
    let people: Map<String, Json> = people
        .map(|(device, person)| (device.hex(), json!(person.as_str())))
        .collect();
    json!({
        "maker": report.maker.map(|device| device.hex()),
        "maker_person": report.maker_person.as_ref().map(ToString::to_string),
        "made": report.time.iso(),
        "records": report.records,
        "new": authors,
        "people": people,
        "known": report.known,
        "at_office": report.at_office,
        "for_the_office": report.for_the_office,
        "unreadable": report.unreadable,
        "receipts": report.receipts,
        "bad_receipts": report.bad_receipts,
    })
}
