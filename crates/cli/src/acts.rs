//! `new`, `edit`, `event`, `resolve`, `dismiss`: what a person does to records.
//!
//! Never needs a network: when a command returns, the edit is durable on this device.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use liandu_core::id::{CampaignId, EventKind, FieldId, PersonId, RecordId};
use liandu_core::record::EditError;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::{Edit, Splice};
use liandu_core::record::kind::Kind;
use liandu_core::record::number;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::view::Conflict;
use liandu_core::workflow::{DECIDE, workflow};
use liandu_device::{Asked, Engine, KeepError, Kept};
use serde_json::json;

use crate::args::{Dismiss, Edit as EditArgs, Event as EventArgs, How, New, Resolve, Undo};
use crate::{Here, NeedsAPerson, Said, form, value, words};

/// The note that keeps what a person was last shown of a record.
pub(crate) fn shown_note(record: &RecordId) -> String {
    format!("shown/{}", record.hex())
}

/// What the person was last shown, if it was shown at all.
fn last_shown(engine: &Engine, record: &RecordId) -> Option<Heads> {
    let note = engine.note(&shown_note(record))?;
    std::str::from_utf8(note).ok()?.parse().ok()
}

/// Remembers what the person has seen. Without it the next edit is made at what was shown before,
/// which is no reason to call this act failed: it is saved or shown already.
pub(crate) fn remember(here: &mut Here, record: &RecordId, seen: &Heads) {
    let (note, text) = (shown_note(record), seen.to_string());
    if let Err(error) = here.act(|engine, _| engine.set_note(&note, Some(text.into_bytes()))) {
        eprintln!("liandu: 所看的版本没有记下 (what was shown is not remembered): {error}");
    }
}

pub(crate) fn seen(here: &mut Here, record: RecordId, how: &How) -> anyhow::Result<Heads> {
    let engine = here.engine();
    match how.seen.as_deref() {
        Some("now") => Ok(engine.record(record)?.heads),
        Some(heads) => heads
            .parse()
            .context("--seen 是 show 给出的版本 (the heads that show gave)"),
        None => match last_shown(engine, &record) {
            Some(heads) => Ok(heads),
            None => Ok(engine.record(record)?.heads),
        },
    }
}

/// Errors that a person must decide about end with code 3.
pub(crate) fn kept(result: Result<Kept, KeepError>) -> anyhow::Result<Kept> {
    match result {
        Ok(kept) => Ok(kept),
        Err(error @ KeepError::WouldBeRefused(_)) => Err(NeedsAPerson(format!(
            "未保存,会被退回 (not kept, it would be refused): {error}\n\
             仍要保存请加 --anyway (--anyway keeps it all the same)"
        ))
        .into()),
        Err(error @ KeepError::Edit(EditError::ResolveFirst(_))) => Err(NeedsAPerson(format!(
            "{error}\n见 liandu conflicts (see `liandu conflicts`)"
        ))
        .into()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn saved(kept: &[Kept], done: &str) -> Said {
    let Some(first) = kept.first() else {
        return Said::new(
            "没有变化 (nothing changed)".to_owned(),
            json!({ "edits": [] }),
        );
    };
    let numbers: Vec<u64> = kept.iter().map(|kept| kept.number).collect();
    let human = format!(
        "{done} {},已存在本机 (saved on this device)",
        words::short(&first.record)
    );
    let json = json!({
        "record": first.record.to_string(),
        "edits": numbers,
        "seen": kept.last().map(|kept| kept.seen.to_string()),
        "status": "on-device",
    });
    Said::new(human, json)
}

/// The person somebody records for.
fn behalf(typed: Option<&str>) -> anyhow::Result<Option<PersonId>> {
    let person = typed.map(PersonId::new).transpose();
    person.context("--for 是人员代码 (--for takes a person's code)")
}

pub(crate) fn new(here: &mut Here, asked: &New) -> anyhow::Result<Said> {
    let kind = form::kind(&asked.kind)?;
    let engine = here.engine();
    let scope = scope(engine, asked.scope.as_deref())?;
    let campaign = asked.campaign.as_deref().map(CampaignId::new).transpose()?;
    let definition = engine
        .latest_definition(campaign.as_ref())
        .context("没有这个方案 (no such campaign on this device)")?;
    let form = engine
        .definitions()
        .get(&definition)
        .context("没有这个方案 (no such campaign on this device)")?;
    let given = form::read(form, kind, &asked.values)?;
    let id = match &asked.parent {
        Some(parent) => {
            let parent = form::record(engine, parent)?;
            Some(RecordId::derived(&parent, kind.as_str(), "1"))
        }
        None => None,
    };
    let edit = Edit::Create {
        writes: given.writes,
        texts: given.texts,
    };
    let how = Asked {
        anyway: asked.anyway,
        definition: Some(definition),
        behalf: behalf(asked.behalf.as_deref())?,
        ..Asked::default()
    };
    let done = here.act(|engine, now| engine.new_record(now, id, (kind, scope), edit, &how))?;
    let done = kept(done)?;
    let mut said = saved(std::slice::from_ref(&done), "新建 new");
    let code = number::code(&done.record);
    let id = format!("\n代码 code {code}\n标识 id {}", done.record);
    said.human.push_str(&id);
    if let Some(map) = said.json.as_object_mut() {
        map.insert("code".to_owned(), json!(code));
    }
    remember(here, &done.record, &done.seen);
    Ok(said)
}

pub(crate) fn scope(engine: &Engine, typed: Option<&str>) -> anyhow::Result<Scope> {
    if let Some(typed) = typed {
        return typed.parse().with_context(|| format!("--scope {typed}"));
    }
    match engine.scopes() {
        [one] => Ok(one.clone()),
        [] => bail!("请用 --scope 写明归属 (name the scope: REGION/GROUP/group)"),
        many => {
            let names: Vec<String> = many.iter().take(12).map(ToString::to_string).collect();
            bail!(
                "请用 --scope 选一个归属 (choose a scope): {}",
                names.join(" ")
            )
        }
    }
}

pub(crate) fn edit(here: &mut Here, asked: &EditArgs) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let mut seen = seen(here, record, &asked.how)?;
    let engine = here.engine();
    let before = engine.record_at(record, &seen)?;
    let given = form::read(
        form::campaign_of(engine, record)?,
        before.kind,
        &asked.values,
    )?;
    let mut edits = Vec::new();
    if !given.writes.is_empty() {
        edits.push(Edit::Set {
            writes: given.writes,
        });
    }
    for (field, text) in given.texts {
        edits.extend(text_edit(&field, form::text_of(&before, &field), &text));
    }
    let mut all = Vec::new();
    for edit in edits {
        let how = Asked {
            seen: Some(seen.clone()),
            anyway: asked.how.anyway,
            behalf: behalf(asked.how.behalf.as_deref())?,
            ..Asked::default()
        };
        let done = here.act(|engine, now| engine.edit(now, record, edit, &how))?;
        let done = kept(done)?;
        seen.clone_from(&done.seen);
        all.push(done);
    }
    if !all.is_empty() {
        remember(here, &record, &seen);
    }
    Ok(saved(&all, "修改 edited"))
}

/// The one place where two texts differ.
fn text_edit(field: &FieldId, before: &str, after: &str) -> Option<Edit> {
    if before == after {
        return None;
    }
    if after.is_empty() {
        return Some(Edit::ClearText {
            field: field.clone(),
        });
    }
    let old: Vec<char> = before.chars().collect();
    let new: Vec<char> = after.chars().collect();
    let same = |(a, b): &(&char, &char)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    let most = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(same)
        .count();
    let insert = new.iter().take(new.len() - end).skip(start).collect();
    let delete = (old.len() - end - start) as u64;
    let splices = vec![Splice {
        at: start as u64,
        delete,
        insert,
    }];
    Some(Edit::EditText {
        field: field.clone(),
        splices,
    })
}

pub(crate) fn event(here: &mut Here, asked: &EventArgs) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let kind = here.engine().record(record)?.record.kind;
    let rules = workflow(kind).events;
    let rule = rules
        .iter()
        .find(|rule| rule.id == asked.event || rule.zh == asked.event)
        .with_context(|| {
            let words: Vec<String> = rules
                .iter()
                .map(|rule| format!("{} {}", rule.id, rule.zh))
                .collect();
            format!(
                "{}: 没有这个事项 (no such event): {}",
                asked.event,
                words.join("、")
            )
        })?;
    let mut args = BTreeMap::new();
    for one in &asked.args {
        let (name, given) = one
            .split_once('=')
            .with_context(|| format!("{one}: 请写作 参数=值 (write it as name=value)"))?;
        args.insert(name.to_owned(), Value::text(given));
    }
    if let Some(lacking) = rule.needs.iter().find(|need| !args.contains_key(**need)) {
        bail!(
            "{} 需要 {lacking}=… ({} needs {lacking}=…)",
            rule.zh,
            rule.id
        );
    }
    let seen = seen(here, record, &asked.how)?;
    let how = Asked {
        seen: Some(seen),
        anyway: asked.how.anyway,
        behalf: behalf(asked.how.behalf.as_deref())?,
        ..Asked::default()
    };
    let event = EventKind::new(rule.id)?;
    let done = here.act(|engine, now| {
        let id = engine.fresh_event_id();
        engine.edit(now, record, Edit::Event { id, event, args }, &how)
    })?;
    let done = kept(done)?;
    remember(here, &record, &done.seen);
    Ok(saved(&[done], rule.zh))
}

pub(crate) fn resolve(here: &mut Here, asked: &Resolve) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let view = here.engine().record(record)?;
    let kind = view.record.kind;
    let campaign = form::campaign_of(here.engine(), record)?.clone();
    let campaign = &campaign;
    let path = form::path(campaign, kind, &asked.path)?;
    let open = view.record.conflicts.iter().find(|open| open.path == path);
    let open = open.with_context(|| format!("{path}: 没有分歧 (no open conflict there)"))?;
    let decided = decided(asked, campaign, kind, open)?;
    let edit = decision(here, open, decided)?;
    decide(here, record, edit, view.heads, asked.anyway).map(|done| saved(&[done], "核定 resolved"))
}

/// Takes the decision back that stands at a place.
pub(crate) fn undo(here: &mut Here, asked: &Undo) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), &asked.record)?;
    let view = here.engine().record(record)?;
    let campaign = form::campaign_of(here.engine(), record)?.clone();
    let path = form::path(&campaign, view.record.kind, &asked.path)?;
    let mut decided = view.record.decided.iter();
    let stands = decided.find(|decided| decided.path == path);
    let stands = stands.with_context(|| {
        format!(
            "{path}: 没有可以撤销的核定;已据此办理或已改写的,请直接修改 (no decision to take back: \
             if it was built on, write a new value)"
        )
    })?;
    let edit = Edit::Undo {
        path,
        decision: stands.decision.by.write,
    };
    decide(here, record, edit, view.heads, asked.anyway)
        .map(|done| saved(&[done], "撤销核定 taken back"))
}

/// Saves an edit that decides, or takes a decision back, at what was shown.
fn decide(
    here: &mut Here,
    record: RecordId,
    edit: Edit,
    seen: Heads,
    anyway: bool,
) -> anyhow::Result<Kept> {
    let how = Asked {
        seen: Some(seen),
        anyway,
        ..Asked::default()
    };
    let done = kept(here.act(|engine, now| engine.edit(now, record, edit, &how))?)?;
    remember(here, &record, &done.seen);
    Ok(done)
}

/// The decided value: picked, typed, or none for a text.
fn decided(
    asked: &Resolve,
    campaign: &liandu_core::campaign::Campaign,
    kind: Kind,
    open: &Conflict,
) -> anyhow::Result<Option<Value>> {
    match (&asked.value, asked.pick, &open.path) {
        (None, None, Path::Text(_)) => Ok(None),
        (Some(_), _, Path::Text(_)) | (_, Some(_), Path::Text(_)) => bail!(
            "文字的分歧按现有文字核定,不写值;要改先 liandu edit (a text is resolved as it \
             stands: give no value; change it with `edit`)"
        ),
        (None, Some(n), _) => {
            let picked = n.checked_sub(1).and_then(|index| open.values.get(index));
            let picked = picked
                .with_context(|| format!("--pick 1..{} (there are so many)", open.values.len()))?;
            Ok(Some(picked.value.clone()))
        }
        (Some(typed), None, Path::State) => Ok(Some(Value::text(typed))),
        (Some(typed), None, _) => Ok(Some(value::read(campaign, kind, &open.path, typed)?)),
        (None, None, _) => {
            bail!("请写核定的内容或 --pick N (give the value, or --pick N)")
        }
        (Some(_), Some(_), _) => bail!("写值或 --pick,不能都写 (either a value or --pick)"),
    }
}

/// States are decided by an event, values and texts by a resolution.
fn decision(here: &mut Here, open: &Conflict, decided: Option<Value>) -> anyhow::Result<Edit> {
    if open.path == Path::State {
        let state = decided.context("请写核定的状态 (give the state)")?;
        let args = [("state".to_owned(), state)].into();
        let id = here.engine().fresh_event_id();
        return Ok(Edit::Event {
            id,
            event: EventKind::new(DECIDE)?,
            args,
        });
    }
    let among = open.values.iter().map(|written| written.by.write).collect();
    Ok(Edit::Resolve {
        path: open.path.clone(),
        value: decided,
        among,
    })
}

/// Lays a refused edit aside.
pub(crate) fn dismiss(here: &mut Here, asked: &Dismiss) -> anyhow::Result<Said> {
    let number = asked.number;
    let mut all = here.engine().all_edits();
    let record = all
        .find(|edit| edit.number == number)
        .map(|edit| edit.record);
    drop(all);
    let record = record.with_context(|| {
        format!("#{number}: 没有这项修改,编号见 liandu status (no such edit: see `liandu status`)")
    })?;
    here.act(|engine, _| engine.dismiss(record, number))??;
    let human = format!("已了结 dismissed #{number}");
    let json = json!({ "record": record.to_string(), "number": number, "dismissed": true });
    Ok(Said::new(human, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_text_becomes_one_splice_where_it_differs() {
        let field = FieldId::new("remarks").unwrap();
        let splice = |before: &str, after: &str| match text_edit(&field, before, after) {
            Some(Edit::EditText { splices, .. }) => {
                let splice = splices.into_iter().next().unwrap();
                (splice.at, splice.delete, splice.insert)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(splice("井边", "井边有垃圾"), (2, 0, "有垃圾".to_owned()));
        assert_eq!(splice("井边有垃圾", "井有垃圾"), (1, 1, String::new()));
        assert_eq!(splice("aaa", "aa"), (2, 1, String::new()));
        assert_eq!(splice("", "新"), (0, 0, "新".to_owned()));
        assert!(text_edit(&field, "x", "x").is_none());
        assert!(matches!(
            text_edit(&field, "x", ""),
            Some(Edit::ClearText { .. })
        ));
    }
}
