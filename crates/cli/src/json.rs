//! What `--json` says. Values have the same form as in the office's API.
//!
//! Never leaves out what the human form shows.

use liandu_core::light::Light;
use liandu_core::record::number;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, Conflict, HistoryItem, Provenance, Record, Written};
use liandu_device::{EditView, Line, RecordView, Status};
use serde_json::{Map, Value as Json, json};

pub(crate) fn value(value: &Value) -> Json {
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

pub(crate) fn by(by: &Provenance) -> Json {
    json!({
        "person": by.person.as_ref().map(ToString::to_string),
        "on_behalf_of": by.behalf.as_ref().map(ToString::to_string),
        "device": by.device.hex(),
        "write": by.write.to_string(),
        "device_time": by.device_time.iso(),
        "position": by.server.map(|(position, _)| position.0),
        "server_time": by.server.map(|(_, time)| time.iso()),
    })
}

fn written(written: &Written) -> Json {
    json!({ "value": value(&written.value), "by": by(&written.by) })
}

pub(crate) fn conflict(open: &Conflict) -> Json {
    json!({
        "path": open.path.to_string(),
        "kind": open.kind.as_str(),
        "values": open.values.iter().map(written).collect::<Vec<_>>(),
    })
}

pub(crate) fn record(record: &Record) -> Json {
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
                "counts": event.counts, "by": by(&event.by),
            })
        })
        .collect();
    json!({
        "id": record.id.to_string(),
        "code": number::code(&record.id),
        "created": record.created.as_ref().map(by),
        "kind": record.kind.as_str(),
        "state": record.state.state.as_str(),
        "handlers": record.state.handlers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "fields": fields,
        "texts": texts,
        "events": events,
        "conflicts": record.conflicts.iter().map(conflict).collect::<Vec<_>>(),
        "edits": record.edits,
    })
}

pub(crate) fn view(view: &RecordView) -> Json {
    let mut shown = record(&view.record);
    if let Some(map) = shown.as_object_mut() {
        map.insert("seen".to_owned(), json!(view.heads.to_string()));
        map.insert(
            "scope".to_owned(),
            json!(view.scope.as_ref().map(ToString::to_string)),
        );
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

pub(crate) fn edit(edit: &EditView) -> Json {
    let mut shown = json!({
        "record": edit.record.to_string(),
        "number": edit.number,
        "edit": crate::words::edit(&edit.edit),
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

pub(crate) fn line(line: &Line, light: Option<Light>) -> Json {
    json!({
        "id": line.id.to_string(),
        "code": number::code(&line.id),
        "author": line.author.as_ref().map(ToString::to_string),
        "on_behalf_of": line.behalf.as_ref().map(ToString::to_string),
        "kind": line.kind.map(|kind| kind.as_str()),
        "scope": line.scope.as_ref().map(ToString::to_string),
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

pub(crate) fn history(item: &HistoryItem) -> Json {
    let act = match &item.act {
        Act::Wrote(written) => json!({ "wrote": value(written) }),
        Act::Resolved(decided) => json!({ "resolved": decided.as_ref().map(value) }),
        Act::Edited { deleted, inserted } => {
            json!({ "edited": { "deleted": deleted, "inserted": inserted } })
        }
        Act::Cleared => json!({ "cleared": true }),
        Act::Happened(event) => json!({ "event": event.as_str() }),
    };
    json!({ "act": act, "by": by(&item.by) })
}
