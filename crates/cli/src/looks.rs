//! `show`, `list`, `status`, `conflicts`, `history`: what a person looks at.
//!
//! Never changes a record; `show` and `conflicts` remember what was shown, so that a later edit is
//! made at it.

use std::fmt::Write as _;

use anyhow::Context;
use liandu_core::campaign::{Calendar, Campaign};
use liandu_core::id::RecordId;
use liandu_core::light::{self, Light, Lights};
use liandu_core::record::kind::Kind;
use liandu_core::record::number;
use liandu_core::record::path::Path;
use liandu_core::record::view::{Conflict, Record};
use liandu_core::time::Day;
use liandu_device::{EditView, Engine, Filter, Line, RecordView, json as as_json};
use serde_json::json;

use crate::acts::remember;
use crate::args::{History, List, Show, Status};
use crate::{Here, Said, form, photo, words};

fn definition(engine: &mut Engine, record: RecordId) -> Option<Campaign> {
    form::campaign_of(engine, record).ok().cloned()
}

pub(crate) fn show(here: &mut Here, asked: &Show) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let view = here.engine().record(record)?;
    let campaign = definition(here.engine(), record);
    let lights = lights(here, asked.today.as_deref())?;
    let (due, shines) = deadline(&view.record, &lights);
    let mut human = in_words(campaign.as_ref(), &view, (due, shines));
    let photos = photo::shown(here, &view.record);
    for (item, _, _, words) in &photos {
        let _ = writeln!(human, "照片 photo {item}: {words}");
    }
    remember(here, &record, &view.heads);
    let mut json = as_json::view(&view);
    if let Some(map) = json.as_object_mut() {
        map.insert("due".to_owned(), json!(due.map(|day| day.to_string())));
        map.insert("light".to_owned(), json!(shines.map(Light::as_str)));
        let photos = photos
            .iter()
            .map(|(item, hash, word, _)| json!({"item": item, "hash": hash, "where": word}));
        map.insert("photos".to_owned(), photos.collect());
    }
    Ok(Said::new(human, json))
}

/// What deadlines mean on a day, today when none is named, by the newest calendar that is here.
fn lights(here: &mut Here, today: Option<&str>) -> anyhow::Result<Lights> {
    let today = match today {
        Some(text) => Day::parse(text)
            .with_context(|| format!("{text} 不是日期,应如 2020-05-06 (not a day)"))?,
        None => Day::in_beijing(here.act(|_engine, now| now)?),
    };
    let china = Calendar::china()?;
    Ok(Lights::on(
        today,
        here.engine().definitions().calendar(&china),
    ))
}

fn deadline(record: &Record, lights: &Lights) -> (Option<Day>, Option<Light>) {
    let due = light::due(record);
    (due, lights.light(light::clock(record), due))
}

/// `  黄灯 yellow 2020-05-08`, nothing where no clock runs.
fn shining(due: Option<Day>, light: Option<Light>) -> String {
    let Some((due, light)) = due.zip(light) else {
        return String::new();
    };
    let (zh, en) = light.name();
    format!("  {zh} {en} {due}")
}

fn in_words(
    campaign: Option<&Campaign>,
    view: &RecordView,
    (due, light): (Option<Day>, Option<Light>),
) -> String {
    let record = &view.record;
    let mut out = format!(
        "{} {}  [{}]{}  {}\n{}代码 code {}  标识 id {}\n",
        words::kind(record.kind),
        words::short(&record.id),
        words::state(record.kind, record.state.state.as_str()),
        shining(due, light),
        view.scope
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        view.number
            .as_ref()
            .map_or_else(String::new, |number| format!("编号 number {number}  ")),
        number::code(&record.id),
        record.id,
    );
    if let Some(by) = &record.created {
        let _ = writeln!(out, "  录入 recorded: {}", words::by(by));
    }
    content(&mut out, campaign, record);
    for event in &record.events {
        let counts = if event.counts {
            ""
        } else {
            " (不作数 does not count)"
        };
        let name = words::event(record.kind, event.kind.as_str());
        let args: Vec<String> = event
            .args
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let args = args.join(" ");
        let _ = writeln!(out, "  · {name}{counts} {args}  {}", words::by(&event.by));
    }
    for open in &record.conflicts {
        disagreement(&mut out, campaign, record.kind, (&record.id, open));
    }
    for (device, edits) in &view.not_at_office {
        let _ = writeln!(
            out,
            "  同事设备 {} 的 {edits} 项修改尚未到人大办 (a colleague's edits, not yet at the office)",
            device.hex()
        );
    }
    if let Some(preview) = &view.preview {
        let _ = writeln!(out, "  加上这些后 (with those):");
        content(&mut out, campaign, preview);
    }
    for edit in &view.edits {
        let what = words::edit(&edit.edit);
        let _ = writeln!(
            out,
            "  本机 #{} {what}: {}",
            edit.number,
            words::status(edit.status)
        );
    }
    out
}

fn content(out: &mut String, campaign: Option<&Campaign>, record: &Record) {
    for (path, view) in &record.fields {
        let name = words::place(campaign, record.kind, path);
        let value = words::value(campaign, record.kind, path, &view.value);
        let _ = writeln!(out, "  {name} {path}: {value}    {}", words::by(&view.by));
    }
    for (field, view) in &record.texts {
        if !view.content.is_empty() {
            let name = words::place(campaign, record.kind, &Path::Text(field.clone()));
            let _ = writeln!(out, "  {name} t/{field}: {}", view.content);
        }
    }
}

fn disagreement(
    out: &mut String,
    campaign: Option<&Campaign>,
    kind: Kind,
    (record, open): (&RecordId, &Conflict),
) {
    let name = words::place(campaign, kind, &open.path);
    let _ = writeln!(
        out,
        "⚠ 分歧 {name} {}: {}",
        open.path,
        words::conflict(open.kind)
    );
    for (index, written) in open.values.iter().enumerate() {
        let value = words::value(campaign, kind, &open.path, &written.value);
        let _ = writeln!(
            out,
            "   {}. {value}    {}",
            index + 1,
            words::by(&written.by)
        );
    }
    let pick = if matches!(open.path, Path::Text(_)) {
        ""
    } else {
        " --pick 1"
    };
    let _ = writeln!(
        out,
        "   核定 resolve: liandu resolve {} {}{pick}",
        words::short(record),
        open.path
    );
}

pub(crate) fn list(here: &mut Here, asked: &List) -> anyhow::Result<Said> {
    let filter = Filter {
        kind: asked.kind.as_deref().map(form::kind).transpose()?,
        state: asked.state.clone(),
        domain: asked.domain.clone(),
        region: asked.region.as_deref().map(str::parse).transpose()?,
        conflict: asked.conflict,
        unsent: asked.unsent,
        text: asked.text.clone(),
    };
    let only = asked.light.as_deref().map(|word| {
        Light::parse(word)
            .with_context(|| format!("{word} 不是灯,应为 red、yellow、green 或 grey (not a light)"))
    });
    let (only, lights) = (only.transpose()?, lights(here, asked.today.as_deref())?);
    let light_of = |line: &Line| lights.light(line.clock, line.due);
    let mut lines = here.engine().list(&filter);
    lines.retain(|line| only.is_none_or(|only| light_of(line) == Some(only)));
    let mut human = String::new();
    for line in &lines {
        let _ = writeln!(human, "{}", one_line(line, light_of(line)));
    }
    let _ = writeln!(human, "共 {} 条 (records)", lines.len());
    let json: Vec<_> = lines
        .iter()
        .map(|line| as_json::line(line, light_of(line)))
        .collect();
    Ok(Said::new(
        human,
        json!({ "count": lines.len(), "records": json }),
    ))
}

fn one_line(line: &Line, light: Option<Light>) -> String {
    let kind = line.kind.map_or("?", words::kind);
    let state = line
        .kind
        .map(|kind| words::state(kind, &line.state))
        .unwrap_or_default();
    let mut out = format!(
        "{}  {kind} [{state}] {}{}{}",
        line.number
            .as_ref()
            .map_or_else(|| number::code(&line.id), ToString::to_string),
        line.title,
        line.behalf
            .as_ref()
            .map_or_else(String::new, |p| format!("  代 {p} 录入 (for {p})")),
        shining(line.due, light)
    );
    let marks = [
        (line.conflicts, "处分歧 in conflict"),
        (line.waiting, "项未送达 not at the office"),
        (line.refused, "项被退回 refused"),
        (
            line.carried,
            "项同事的、未送达 colleagues', not at the office",
        ),
    ];
    for (count, what) in marks.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(out, "  ⚠ {count} {what}");
    }
    if let Some(trouble) = &line.trouble {
        let _ = write!(out, "  {trouble}");
    }
    out
}

pub(crate) fn status(here: &mut Here, asked: &Status) -> anyhow::Result<Said> {
    let engine = here.engine();
    let overview = engine.status();
    let mut edits = engine.outbox();
    if asked.all {
        edits = engine.all_edits().collect();
        edits.sort_by_key(|edit| edit.number);
    }
    let mut human = match (&overview.person, &overview.device) {
        (Some(person), Some(device)) => {
            format!("{} {person} · 设备 device {device}\n", overview.name)
        }
        (Some(_) | None, _) => "本机尚未登记:liandu enrol (not enrolled)\n".to_owned(),
    };
    let address = engine.address().unwrap_or_default().to_owned();
    let position = overview.position.map_or(0, |position| position.0);
    let _ = writeln!(human, "服务器 server {address} · 已收到 #{position}");
    let _ = writeln!(
        human,
        "记录 records {} · 修改 edits: 在本机 on device {} · 已发出 sent {} · 已到人大办 at office {} \
         · 暂存 held {} · 被退回 refused {} · 同事的 carried {} · 捎带 carrying {}",
        overview.records,
        overview.on_device,
        overview.sent,
        overview.at_office,
        overview.held,
        overview.refused,
        overview.carried,
        overview.envelopes,
    );
    if overview.left_out > 0 {
        let _ = writeln!(
            human,
            "注意:您能看的归属太多,本机只收其中 {} 个,另有 {} 个不在本机,请在人大办的台账中查看\n\
             (this device follows {0} scopes; {1} more that you may see are not on it: use the \
             office's table)",
            engine.scopes().len(),
            overview.left_out
        );
    }
    for edit in &edits {
        human.push_str(&status_line(edit));
    }
    let mut json = as_json::overview(&overview);
    json.insert("server".to_owned(), json!(address));
    json.insert("position".to_owned(), json!(position));
    json.insert("scopes_left_out".to_owned(), json!(overview.left_out));
    let edits: Vec<_> = edits.iter().map(as_json::edit).collect();
    json.insert("edits".to_owned(), json!(edits));
    Ok(Said {
        human,
        json: json.into(),
        needs_a_person: overview.refused > 0,
    })
}

fn status_line(edit: &EditView) -> String {
    let dismissed = if edit.dismissed {
        "(已了结 dismissed)"
    } else {
        ""
    };
    let mut line = format!(
        "  #{} {} {} — {}{dismissed}\n",
        edit.number,
        words::short(&edit.record),
        words::edit(&edit.edit),
        words::status(edit.status)
    );
    if let Some(answer) = &edit.answer {
        let when = words::moment(answer.time);
        let _ = writeln!(
            line,
            "      人大办答复 the office answered {when}: {}",
            answer.text
        );
    }
    line
}

pub(crate) fn conflicts(here: &mut Here) -> anyhow::Result<Said> {
    let open = here.engine().conflicts();
    let mut human = String::new();
    let mut json = Vec::new();
    for (record, kind, open) in &open {
        let campaign = definition(here.engine(), *record);
        let _ = writeln!(human, "{} {}", words::kind(*kind), words::short(record));
        disagreement(&mut human, campaign.as_ref(), *kind, (record, open));
        json.push(
            json!({ "record": record.to_string(), "conflict": as_json::conflict(*kind, open) }),
        );
    }
    let _ = writeln!(human, "共 {} 处分歧 (open conflicts)", open.len());
    let needs_a_person = !open.is_empty();
    let json = json!({ "count": open.len(), "conflicts": json });
    Ok(Said {
        human,
        json,
        needs_a_person,
    })
}

pub(crate) fn history(here: &mut Here, asked: &History) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let kind = here.engine().record(record)?.record.kind;
    let campaign = form::campaign_of(here.engine(), record)?.clone();
    let path = form::path(&campaign, kind, &asked.path)?;
    let items = here.engine().history(record, &path)?;
    let mut human = format!("{} {path}\n", words::place(Some(&campaign), kind, &path));
    for item in &items {
        let act = words::act(Some(&campaign), kind, &path, &item.act);
        let _ = writeln!(human, "  {act}    {}", words::by(&item.by));
    }
    let json: Vec<_> = items.iter().map(as_json::history).collect();
    let json = json!({ "record": record.to_string(), "path": path.to_string(), "history": json });
    Ok(Said::new(human, json))
}
