//! What a person does on the phone: enrol, make and edit records, lay refusals aside, keep notes.
//!
//! Never more than one call of the engine each: what may be done is decided there.

use std::collections::BTreeMap;

use liandu_core::id::RecordId;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::time::Timestamp;
use liandu_device::{Asked, DismissError, Engine, EnrolError, KeepError, Kept};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::given::{GivenEdit, GivenWrite, Unfit, parsed, texts, writes};

/// One act.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
enum Act {
    Enrol {
        address: String,
        code: String,
        label: String,
    },
    Create {
        id: String,
        kind: String,
        /// `REGION/GROUP/group`.
        scope: String,
        writes: Vec<GivenWrite>,
        #[serde(default)]
        texts: BTreeMap<String, String>,
        #[serde(default)]
        anyway: bool,
        /// A visit that colleagues may have begun, too. Saved twice it is saved once.
        #[serde(default)]
        beside: bool,
    },
    Edit {
        record: String,
        seen: String,
        change: GivenEdit,
        #[serde(default)]
        anyway: bool,
    },
    Dismiss {
        record: String,
        number: u64,
    },
    /// Keeps something for the screens; `null` forgets it.
    Note {
        name: String,
        value: Json,
    },
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum ActError {
    Unfit(Unfit),
    Keep(KeepError),
    Enrol(EnrolError),
    Dismiss(DismissError),
}

impl std::fmt::Display for ActError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ActError::Unfit(unfit) => unfit.fmt(f),
            ActError::Keep(KeepError::WouldBeRefused(why)) => write!(
                f,
                "未保存,会被退回 (not kept, it would be refused): {}({})",
                why.zh(),
                why.en()
            ),
            ActError::Keep(error) => error.fmt(f),
            ActError::Enrol(error) => error.fmt(f),
            ActError::Dismiss(error) => error.fmt(f),
        }
    }
}

impl From<Unfit> for ActError {
    fn from(unfit: Unfit) -> ActError {
        ActError::Unfit(unfit)
    }
}

impl From<KeepError> for ActError {
    fn from(error: KeepError) -> ActError {
        ActError::Keep(error)
    }
}

fn kept(kept: &Kept) -> Json {
    json!({
        "record": kept.record.to_string(),
        "number": kept.number,
        "seen": kept.seen.to_string(),
        "commit": kept.commit,
    })
}

/// Does it. The answer's `commit` names the batch to wait for, if there is one of its own.
pub(crate) fn perform(engine: &mut Engine, now: Timestamp, asked: &str) -> Result<Json, ActError> {
    let act: Act = serde_json::from_str(asked).map_err(|error| Unfit(error.to_string()))?;
    match act {
        Act::Enrol {
            address,
            code,
            label,
        } => {
            let begun = engine.enrol(now, &address, &code, &label);
            begun.map_err(ActError::Enrol)?;
            Ok(json!({}))
        }
        Act::Create {
            id,
            kind,
            scope,
            writes: given,
            texts: said,
            anyway,
            beside,
        } => {
            let edit = Edit::Create {
                writes: writes(given)?,
                texts: texts(said)?,
            };
            let id: RecordId = parsed(&id)?;
            let kind = Kind::parse(&kind).ok_or(Unfit(kind))?;
            let of = (kind, parsed(&scope)?);
            let how = Asked {
                anyway,
                beside,
                ..Asked::default()
            };
            match engine.new_record(now, Some(id), of, edit, &how) {
                Err(KeepError::Exists) if beside => Ok(json!({})),
                made => Ok(kept(&made?)),
            }
        }
        Act::Edit {
            record,
            seen,
            change,
            anyway,
        } => {
            let how = Asked {
                seen: Some(parsed::<Heads>(&seen)?),
                anyway,
                ..Asked::default()
            };
            let edit = change.edit(engine.fresh_event_id())?;
            Ok(kept(&engine.edit(now, parsed(&record)?, edit, &how)?))
        }
        Act::Dismiss { record, number } => {
            let commit = engine.dismiss(parsed(&record)?, number);
            Ok(json!({ "commit": commit.map_err(ActError::Dismiss)? }))
        }
        Act::Note { name, value } => {
            let value = (!value.is_null()).then(|| value.to_string().into_bytes());
            Ok(json!({ "commit": engine.set_note(&name, value) }))
        }
    }
}
