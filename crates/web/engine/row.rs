//! A record as one line of a list and one point of a map, with the words one searches it by.
//!
//! Never fails: a record that cannot be read has a line that says why.

use liandu_core::campaign::Calendar;
use liandu_core::id::{PersonId, RecordId};
use liandu_core::light::{self, Clock, Light, Lights};
use liandu_core::record::number;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::record::view::{EventView, Record};
use liandu_core::record::visit::{Point, points};
use liandu_core::time::{Day, Timestamp};
use liandu_core::workflow::{look_back, workflow};
use liandu_device::{Engine, RecordView, Status, json as as_json};
use serde_json::{Value as Json, json};

/// Letters of a title that is the beginning of a text.
const TITLE_CHARS_MAX: usize = 40;

/// The line.
pub(crate) fn of(engine: &mut Engine, id: RecordId) -> Json {
    let me = engine.person().cloned();
    match engine.record(id) {
        Ok(view) => line(&view, me.as_ref()),
        Err(why) => json!({ "id": id.to_string(), "trouble": why.to_string() }),
    }
}

fn line(view: &RecordView, me: Option<&PersonId>) -> Json {
    // A colleague's record that no server has taken yet reads only with what was carried.
    let record = view.preview.as_deref().unwrap_or(&view.record);
    let state = record.state.state.as_str();
    let rule = workflow(record.kind).state(state);
    let count = |wanted: fn(&Status) -> bool| {
        let edits = view.edits.iter().filter(|edit| !edit.dismissed);
        edits.filter(|edit| wanted(&edit.status)).count()
    };
    json!({
        "id": record.id.to_string(),
        "kind": record.kind.as_str(),
        "title": title(record),
        "state": { "state": state, "label": rule.map(|r| json!({ "zh": r.zh, "en": r.en })) },
        "domain": record.text_of("domain"),
        "region": record.text_of("region"),
        "village": record.text_of("village"),
        "code": number::code(&record.id),
        "number": view.number.as_ref().map(ToString::to_string),
        "due": light::due(record).map(|day| day.to_string()),
        "clock": light::clock(record).as_str(),
        "inspection": record.text_of("inspection"),
        "scope": view.scope.as_ref().map(ToString::to_string),
        "conflicts": record.conflicts.len(),
        "waiting": count(|status| {
            matches!(status, Status::Saving | Status::OnDevice | Status::Sent)
        }),
        "refused": count(|status| status.needs_a_person()),
        "not_at_office": view.not_at_office.iter().map(|(_, edits)| edits).sum::<usize>(),
        "mine": !view.edits.is_empty(),
        "last": record.last.as_ref().map(|by| by.device_time.iso()),
        "position": position(record),
        "look_back": look_back(record).map(|day| day.to_string()),
        "news": news(record, me),
        "points": points(record).iter().map(point).collect::<Vec<Json>>(),
        "words": words(record),
    })
}

/// What others did last that counts: that somebody took up what one reported, or is done with it.
fn news(record: &Record, me: Option<&PersonId>) -> Json {
    let others = |event: &&EventView| event.counts && event.by.person.as_ref() != me;
    let Some(last) = record.events.iter().rev().find(others) else {
        return Json::Null;
    };
    let rule = workflow(record.kind).event(last.kind.as_str());
    let at = last.by.server.map_or(last.by.device_time, |(_, time)| time);
    json!({ "zh": rule.map(|rule| rule.zh), "en": rule.map(|rule| rule.en), "at": at.iso() })
}

/// A place where a task sends its group, and the inspection that a visit to it is.
fn point(point: &Point) -> Json {
    let values = point
        .values
        .iter()
        .filter(|(_, value)| **value != Value::Empty);
    let values: serde_json::Map<String, Json> = values
        .map(|(id, value)| (id.to_string(), as_json::value(value)))
        .collect();
    json!({ "id": point.id.as_str(), "visit": point.visit.to_string(), "values": values })
}

/// The lights of deadlines, each a clock's word and a day, at this moment.
pub(crate) fn lights(engine: &Engine, now: Timestamp, of: &[(String, Option<String>)]) -> Json {
    let Ok(china) = Calendar::china() else {
        return of.iter().map(|_| Json::Null).collect();
    };
    let today = Day::in_beijing(now);
    let lights = Lights::on(today, engine.definitions().calendar(&china));
    let light = |(clock, due): &(String, Option<String>)| {
        let clock = Clock::ALL
            .into_iter()
            .find(|known| known.as_str() == clock)?;
        let due = Day::parse(due.as_deref()?)?;
        lights.light(clock, Some(due)).map(Light::as_str)
    };
    of.iter().map(|one| json!(light(one))).collect()
}

fn title(record: &Record) -> String {
    let named = ["title", "target"].map(|field| record.text_of(field));
    if let Some(title) = named.into_iter().find(|title| !title.is_empty()) {
        return title.to_owned();
    }
    let mut texts = record.texts.values().map(|view| view.content.as_str());
    let first = texts.find(|text| !text.is_empty()).unwrap_or_default();
    first.chars().take(TITLE_CHARS_MAX).collect()
}

fn position(record: &Record) -> Option<Json> {
    let mut values = record.fields.iter().filter_map(|(path, view)| match path {
        Path::Field(id) if id.as_str() == "position" => Some(&view.value),
        Path::Field(_) | Path::Answer(_) | Path::Item { .. } | Path::Text(_) | Path::State => None,
    });
    let value = values.next()?;
    matches!(value, Value::Position(_)).then(|| as_json::value(value))
}

/// What is written in it, for searching.
fn words(record: &Record) -> String {
    let fields = record.fields.values();
    let fields = fields.filter_map(|view| view.value.as_text());
    let texts = record.texts.values().map(|view| view.content.as_str());
    let all: Vec<&str> = fields
        .chain(texts)
        .filter(|text| !text.is_empty())
        .collect();
    all.join(" ").to_lowercase()
}
