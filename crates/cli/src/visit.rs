//! `visit`: the office's planned visits, and visits that several devices write into.
//!
//! Never needs a network: which record a visit is, is computed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, bail};
use liandu_core::id::{CampaignId, DomainId, RecordId};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::view::Record;
use liandu_core::record::visit::{self, JoinError, Point};
use liandu_device::{Asked, Engine, Filter};
use serde_json::json;

use crate::args::{Visit, Visits};
use crate::{Here, Said, acts, form, words};

/// What a place of a plan and the inspection of it have in common.
const OF_POINT: [&str; 5] = ["object", "domain", "village", "address", "position"];

pub(crate) fn run(here: &mut Here, asked: &Visit) -> anyhow::Result<Said> {
    match &asked.what {
        Visits::List => list(here.engine()),
        Visits::Begin {
            task,
            point,
            values,
        } => planned(here, (task, point), values),
        Visits::New { scope, values } => {
            let scope = acts::scope(here.engine(), scope.as_deref())?;
            let id = here.act(|engine, _| engine.fresh_visit(&scope))?;
            begin(here, (id, scope), None, Vec::new(), values)
        }
        Visits::Join { code, values } => {
            let joined = here.engine().join(code).map_err(wrong)?;
            let known = joined.domain.iter().map(|domain| {
                let value = Value::text(domain.as_str());
                Ok((Path::field("domain")?, value))
            });
            let known = known.collect::<anyhow::Result<_>>()?;
            begin(here, (joined.id, joined.scope), None, known, values)
        }
    }
}

fn wrong(error: JoinError) -> anyhow::Error {
    let zh = match error {
        JoinError::Form => "检查码是 12 位字母和数字",
        JoinError::Mistyped => "检查码有一位不对",
        JoinError::NotOurs => "这不是本人所在小组的检查,或本机的表单较旧",
    };
    anyhow::anyhow!("{zh} ({error})")
}

/// Tasks with places that are under way.
fn plans(engine: &mut Engine) -> anyhow::Result<Vec<(Record, Option<Scope>)>> {
    let tasks = engine.list(&Filter {
        kind: Some(Kind::Task),
        state: Some("open".to_owned()),
        ..Filter::default()
    });
    let mut found = Vec::new();
    for line in tasks {
        let view = engine.record(line.id)?;
        if !visit::points(&view.record).is_empty() {
            found.push((view.record, view.scope));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.text_of("deadline").cmp(b.text_of("deadline")));
    Ok(found)
}

/// Those of a plan's visits that were begun and not withdrawn.
fn visited(engine: &mut Engine, points: &[Point]) -> BTreeSet<RecordId> {
    let counts = |id: &RecordId| {
        let view = engine.record(*id);
        view.is_ok_and(|view| view.record.state.state.as_str() != "withdrawn")
    };
    points
        .iter()
        .map(|point| point.visit)
        .filter(counts)
        .collect()
}

fn list(engine: &mut Engine) -> anyhow::Result<Said> {
    let (mut human, mut all) = (String::new(), Vec::new());
    for (task, _) in plans(engine)? {
        let points = visit::points(&task);
        let visited = visited(engine, &points);
        let done = |point: &&Point| visited.contains(&point.visit);
        let covered = points.iter().filter(done).count();
        let (title, due) = (task.text_of("title"), task.text_of("deadline"));
        let short = words::short(&task.id);
        let _ = writeln!(
            human,
            "{short}  {title} {due} 已走访 visited {covered}/{}",
            points.len()
        );
        for point in &points {
            let mark = if done(&point) { "✓" } else { "·" };
            let at = [point.text_of("title"), point.text_of("village")].join(" ");
            let _ = writeln!(human, "  {mark} {}  {}", point.id, at.trim_end());
            all.push(json!({
                "task": task.id.to_string(), "due": due, "point": point.id.as_str(),
                "title": point.text_of("title"), "visit": point.visit.to_string(),
                "visited": done(&point),
            }));
        }
    }
    if all.is_empty() {
        human.push_str("没有计划走访 (no planned visits)");
    }
    Ok(Said::new(human, json!({ "points": all })))
}

fn planned(
    here: &mut Here,
    (task, point): (&str, &str),
    values: &[String],
) -> anyhow::Result<Said> {
    let task = form::record(here.engine(), task)?;
    let view = here.engine().record(task)?;
    let scope = view
        .scope
        .clone()
        .context("任务没有归属 (the task has no scope)")?;
    let points = visit::points(&view.record);
    let Some(point) = points.iter().find(|known| known.id.as_str() == point) else {
        let names: Vec<&str> = points.iter().map(|known| known.id.as_str()).collect();
        bail!("没有这个点位 (no such place): {}", names.join(" "));
    };
    let mut known = vec![
        (Path::field("target")?, Value::text(point.text_of("title"))),
        (Path::field("task")?, Value::text(&task.to_string())),
    ];
    if let Some(domain) = view.record.domain() {
        known.push((Path::field("domain")?, Value::text(domain.as_str())));
    }
    for (field, value) in &point.values {
        if OF_POINT.contains(&field.as_str()) {
            known.push((Path::Field(field.clone()), value.clone()));
        }
    }
    let campaign = form::campaign_of(here.engine(), task)?.id.clone();
    begin(here, (point.visit, scope), Some(campaign), known, values)
}

/// Saves what was typed over what is known of the visit, beside what others wrote.
fn begin(
    here: &mut Here,
    (id, scope): (RecordId, Scope),
    campaign: Option<CampaignId>,
    known: Vec<(Path, Value)>,
    values: &[String],
) -> anyhow::Result<Said> {
    let engine = here.engine();
    let definition = engine
        .latest_definition(campaign.as_ref())
        .context("没有方案 (no campaign on this device)")?;
    let form = engine.definitions().get(&definition);
    let form = form.context("没有方案 (no campaign on this device)")?;
    let given = form::read(form, Kind::Inspection, values)?;
    let mut writes: Vec<Write> = Vec::new();
    let known = known.into_iter().map(|(path, value)| Write { path, value });
    for write in known.chain(given.writes) {
        writes.retain(|before| before.path != write.path);
        writes.push(write);
    }
    let typed = writes
        .iter()
        .find(|write| write.path.to_string() == "f/domain");
    let domain = typed.and_then(|write| DomainId::new(write.value.as_text()?).ok());
    let edit = Edit::Create {
        writes,
        texts: given.texts,
    };
    let beside = Asked {
        definition: Some(definition),
        beside: true,
        ..Asked::default()
    };
    let of = (Kind::Inspection, scope.clone());
    let done = here.act(|engine, now| engine.new_record(now, Some(id), of, edit, &beside))?;
    let done = acts::kept(done)?;
    let mut said = acts::saved(std::slice::from_ref(&done), "走访 visit");
    let _ = write!(said.human, "\n标识 id {id}");
    let code = visit::code(&id, &scope, domain.as_ref());
    if let Some(code) = &code {
        let _ = write!(said.human, "\n检查码 code of the visit {code}");
    }
    if let Some(map) = said.json.as_object_mut() {
        map.insert("visit_code".to_owned(), json!(code));
    }
    acts::remember(here, &id, &done.seen);
    Ok(said)
}
