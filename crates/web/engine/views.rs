//! What the screens ask: where the device stands, records, histories, the outbox, the forms.
//!
//! Never changes a record.

use liandu_core::id::{DomainId, RecordId};
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::visit::{self, JoinError};
use liandu_core::time::Timestamp;
use liandu_device::{Engine, NotHere, Status, json as as_json};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::given::{Unfit, parsed};
use crate::{row, said};

/// Receipts shown at most: the newest.
const RECEIPTS_MAX: usize = 200;

/// One question.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
enum Question {
    Status,
    /// The ids of all records.
    Ids,
    /// The lines of these records.
    Rows {
        records: Vec<String>,
    },
    /// The lights of deadlines now: each a clock and a day.
    Lights {
        now_ms: i64,
        of: Vec<(String, Option<String>)>,
    },
    Record {
        record: String,
    },
    History {
        record: String,
        path: String,
    },
    /// Own edits that are not at the office or were refused there.
    Outbox,
    /// Codes of the people whom a file can be closed to.
    Colleagues,
    /// Own edits at the office, the newest first.
    Receipts,
    /// The newest definition: of a record's campaign, else of the device's.
    Definition {
        record: Option<String>,
    },
    Note {
        name: String,
    },
    /// The id of a visit that no plan names, never used before.
    FreshVisit {
        scope: String,
    },
    /// What to show so that others join a visit; null when it was not begun to be joined.
    VisitCode {
        record: String,
        scope: String,
        domain: String,
    },
    /// The visit of a colleague's code, or what is wrong with the code.
    Join {
        code: String,
    },
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum AskError {
    Unfit(Unfit),
    NotHere(NotHere),
}

impl std::fmt::Display for AskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AskError::Unfit(unfit) => unfit.fmt(f),
            AskError::NotHere(why) => why.fmt(f),
        }
    }
}

impl From<Unfit> for AskError {
    fn from(unfit: Unfit) -> AskError {
        AskError::Unfit(unfit)
    }
}

impl From<NotHere> for AskError {
    fn from(why: NotHere) -> AskError {
        AskError::NotHere(why)
    }
}

/// The answer as JSON.
pub(crate) fn answer(engine: &mut Engine, question: &str) -> Result<Json, AskError> {
    let question: Question =
        serde_json::from_str(question).map_err(|error| Unfit(error.to_string()))?;
    match question {
        Question::Status => Ok(status(engine)),
        Question::Ids => Ok(engine.records().map(|id| id.to_string()).collect()),
        Question::Rows { records } => {
            let ids = records.iter().map(|id| parsed(id));
            let ids: Vec<RecordId> = ids.collect::<Result<_, _>>()?;
            let rows = ids.into_iter().map(|id| row::of(engine, id));
            Ok(rows.collect())
        }
        Question::Lights { now_ms, of } => Ok(row::lights(engine, Timestamp(now_ms), &of)),
        Question::Record { record } => {
            let id = parsed(&record)?;
            let mut shown = as_json::view(&engine.record(id)?);
            let definition = engine.definition_of(id);
            if let Some(map) = shown.as_object_mut() {
                let name = definition.map(|name| format!("{}@{}", name.campaign, name.version));
                map.insert("definition".to_owned(), json!(name));
            }
            Ok(shown)
        }
        Question::History { record, path } => {
            let path: Path = parsed(&path)?;
            let items = engine.history(parsed(&record)?, &path)?;
            Ok(items.iter().map(as_json::history).collect())
        }
        Question::Outbox => Ok(engine.outbox().iter().map(as_json::edit).collect()),
        Question::Colleagues => {
            let people = engine.colleagues();
            Ok(people.iter().map(|person| json!(person.as_str())).collect())
        }
        Question::Receipts => Ok(receipts(engine)),
        Question::Definition { record } => {
            let name = match record {
                Some(record) => engine.definition_of(parsed(&record)?),
                None => engine.latest_definition(None),
            };
            let json = name.and_then(|name| engine.definition_json(&name));
            let json = json.and_then(|json| serde_json::from_slice(json).ok());
            Ok(json.unwrap_or(Json::Null))
        }
        Question::Note { name } => {
            let note = engine.note(&name);
            let note = note.and_then(|note| serde_json::from_slice(note).ok());
            Ok(note.unwrap_or(Json::Null))
        }
        Question::FreshVisit { scope } => {
            let id = engine.fresh_visit(&parsed(&scope)?);
            Ok(json!(id.to_string()))
        }
        Question::VisitCode {
            record,
            scope,
            domain,
        } => {
            let domain = DomainId::new(&domain).ok();
            let id: RecordId = parsed(&record)?;
            let scope: Scope = parsed(&scope)?;
            Ok(json!(visit::code(&id, &scope, domain.as_ref())))
        }
        Question::Join { code } => Ok(joined(engine, &code)),
    }
}

fn joined(engine: &Engine, code: &str) -> Json {
    match engine.join(code) {
        Ok(joined) => json!({
            "id": joined.id.to_string(),
            "scope": joined.scope.to_string(),
            "domain": joined.domain.map(|domain| domain.to_string()),
        }),
        Err(JoinError::Form) => json!({ "wrong": "form" }),
        Err(JoinError::Mistyped) => json!({ "wrong": "mistyped" }),
        Err(JoinError::NotOurs) => json!({ "wrong": "not-ours" }),
    }
}

fn status(engine: &Engine) -> Json {
    let overview = engine.status();
    let received = engine.all_edits().filter_map(|edit| match edit.status {
        Status::AtOffice { position, time, .. } => Some((position, time)),
        Status::Saving
        | Status::OnDevice
        | Status::Sent
        | Status::Held(_)
        | Status::Refused(_)
        | Status::Unapplied(_) => None,
    });
    let newest = received.max();
    let scopes: Vec<String> = engine.scopes().iter().map(Scope::to_string).collect();
    let mut all = as_json::overview(&overview);
    let connection = said::connection(overview.connection);
    all.insert("connection".to_owned(), json!(connection));
    let position = overview.position.map(|position| position.0);
    all.insert("position".to_owned(), json!(position));
    all.insert("left_out".to_owned(), json!(overview.left_out));
    all.insert("scopes".to_owned(), json!(scopes));
    let receipt =
        newest.map(|(position, time)| json!({ "position": position.0, "time": time.iso() }));
    all.insert("receipt".to_owned(), json!(receipt));
    all.into()
}

fn receipts(engine: &Engine) -> Json {
    let mut edits: Vec<_> = engine
        .all_edits()
        .filter(|edit| matches!(edit.status, Status::AtOffice { .. }))
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.number));
    edits.truncate(RECEIPTS_MAX);
    edits.iter().map(as_json::edit).collect()
}
