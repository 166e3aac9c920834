//! Names of places as they are typed, and what a kind of record holds.
//!
//! Never knows a field by itself: the campaign's definition does.

use std::fmt::Write as _;

use anyhow::{Context, bail};
use liandu_core::campaign::{Campaign, FieldDef};
use liandu_core::id::{FieldId, RecordId};
use liandu_core::record::edit::Write;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::view::Record;
use liandu_device::Engine;
use serde_json::json;

use crate::args::Fields;
use crate::{Here, Said, value};

/// What was typed for a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) writes: Vec<Write>,
    pub(crate) texts: Vec<(FieldId, String)>,
}

pub(crate) fn kind(typed: &str) -> anyhow::Result<Kind> {
    let by_name = Kind::ALL
        .into_iter()
        .find(|kind| crate::words::kind(*kind) == typed);
    Kind::parse(typed).or(by_name).with_context(|| {
        let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::as_str).collect();
        format!("{typed}: 没有这种记录 (no such kind): {}", words.join(", "))
    })
}

/// The one record whose id begins or ends like this.
pub(crate) fn record(engine: &Engine, typed: &str) -> anyhow::Result<RecordId> {
    let found = engine.find(typed);
    match found.as_slice() {
        [one] => Ok(*one),
        [] => bail!("{typed}: 本机没有该记录,先 liandu sync (no such record on this device)"),
        many => {
            let names: Vec<String> = many.iter().take(8).map(crate::words::short).collect();
            bail!(
                "{typed}: 不止一条,请多写几位 (several begin or end so): {}",
                names.join(" ")
            )
        }
    }
}

/// The newest definition of the device's campaign.
pub(crate) fn campaign(engine: &Engine) -> anyhow::Result<&Campaign> {
    let name = engine
        .latest_definition(None)
        .context("没有方案 (no campaign definition)")?;
    engine
        .definitions()
        .get(&name)
        .context("没有方案 (no campaign definition)")
}

/// The newest definition of the campaign that a record was made in.
pub(crate) fn campaign_of(engine: &mut Engine, record: RecordId) -> anyhow::Result<&Campaign> {
    let name = engine.definition_of(record);
    let name = name.context("没有方案 (no campaign definition)")?;
    engine
        .definitions()
        .get(&name)
        .context("没有方案 (no campaign definition)")
}

/// A place: `title`, `text:remarks`, `f/title`, `a/land-01`, `i/people/p1/name`, `t/remarks`, `e`.
pub(crate) fn path(campaign: &Campaign, kind: Kind, typed: &str) -> anyhow::Result<Path> {
    if let Some(text) = typed.strip_prefix("text:") {
        return Ok(Path::Text(FieldId::new(text)?));
    }
    if typed.contains('/') || typed == "e" {
        return typed
            .parse()
            .with_context(|| format!("{typed}: 写法不对 (not a place)"));
    }
    let id = FieldId::new(typed).with_context(|| format!("{typed}: 写法不对 (not a field)"))?;
    if campaign.field(kind, &id).is_none() && campaign.text(kind, &id).is_some() {
        return Ok(Path::Text(id));
    }
    Ok(Path::Field(id))
}

/// Everything typed as `place=value`.
pub(crate) fn read(campaign: &Campaign, kind: Kind, typed: &[String]) -> anyhow::Result<Form> {
    let mut form = Form::default();
    for one in typed {
        let (name, given) = one
            .split_once('=')
            .with_context(|| format!("{one}: 请写作 字段=值 (write it as field=value)"))?;
        match path(campaign, kind, name)? {
            Path::Text(field) => {
                if campaign.text(kind, &field).is_none() {
                    bail!("{field}: 方案中没有这段文字,见 liandu fields {kind} (no such text)");
                }
                form.texts.push((field, given.to_owned()));
            }
            Path::State => bail!("状态用 liandu event 改 (the state is changed by `liandu event`)"),
            place @ (Path::Field(_) | Path::Answer(_) | Path::Item { .. }) => {
                let value = value::read(campaign, kind, &place, given)?;
                form.writes.push(Write { path: place, value });
            }
        }
    }
    Ok(form)
}

/// A long text as it stands.
pub(crate) fn text_of<'a>(record: &'a Record, field: &FieldId) -> &'a str {
    record.texts.get(field).map_or("", |view| &view.content)
}

fn field_line(campaign: &Campaign, def: &FieldDef) -> String {
    let sort = def.value.as_str().unwrap_or("?");
    let needed = if def.required { " *" } else { "" };
    let mut line = format!(
        "  {:<24} {} ({}) {sort}{needed}",
        def.id, def.label.zh, def.label.en
    );
    if let Some(list) = def
        .code_list
        .as_ref()
        .and_then(|list| campaign.code_lists.get(list))
    {
        let codes: Vec<String> = list
            .codes
            .iter()
            .filter(|code| !code.retired)
            .map(|code| format!("{} {}", code.code, code.name.zh))
            .collect();
        let _ = write!(line, "\n      {}", codes.join("、"));
    }
    line
}

/// What a kind holds, for people who do not remember.
pub(crate) fn fields(here: &mut Here, asked: &Fields) -> anyhow::Result<Said> {
    let kind = kind(&asked.kind)?;
    let engine = here.engine();
    let region = engine.scopes().first().map(|scope| scope.region.clone());
    let campaign = campaign(engine)?;
    let domain = match &asked.domain {
        Some(typed) => {
            let found = campaign
                .domains
                .iter()
                .find(|domain| domain.id.as_str() == typed || domain.name.zh == *typed);
            Some(found.with_context(|| format!("{typed}: 没有这个领域 (no such domain)"))?)
        }
        None => None,
    };
    let mut human = format!(
        "{} {kind}  ({})\n",
        crate::words::kind(kind),
        campaign.name.zh
    );
    let mut names = Vec::new();
    let form = match (&region, domain) {
        (Some(region), domain) => campaign.form(kind, domain.map(|d| &d.id), region),
        (None, _) => campaign.all_fields(kind).collect(),
    };
    for def in form {
        let _ = writeln!(human, "{}", field_line(campaign, def));
        names.push(json!({
            "path": format!("f/{}", def.id), "zh": def.label.zh, "en": def.label.en,
            "type": def.value.as_str(), "required": def.required, "code_list": def.code_list,
        }));
    }
    if let Some(def) = campaign.kinds.get(&kind) {
        for text in &def.texts {
            let _ = writeln!(
                human,
                "  text:{:<19} {} ({})",
                text.id, text.label.zh, text.label.en
            );
            names.push(json!({ "path": format!("t/{}", text.id), "zh": text.label.zh }));
        }
        for of in &def.collections {
            let items: Vec<&str> = of.fields.iter().map(|field| field.id.as_str()).collect();
            let items = items.join("|");
            let _ = writeln!(human, "  i/{}/ID/{items}  {}", of.id, of.name.zh);
            names.push(json!({ "path": format!("i/{}", of.id), "zh": of.name.zh }));
        }
    }
    if let (Some(domain), Some(region)) = (domain, &region) {
        let _ = writeln!(human, "检查项 checklist:");
        for question in campaign.checklist(&domain.id, region) {
            let _ = writeln!(human, "  a/{:<22} {}", question.id, question.text.zh);
            names.push(json!({ "path": format!("a/{}", question.id), "zh": question.text.zh }));
        }
    }
    Ok(Said::new(
        human,
        json!({ "kind": kind.as_str(), "places": names }),
    ))
}
