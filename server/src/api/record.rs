//! One record as people see it: values with provenance, conflicts, history.
//!
//! Read from the stored document, not from the tables, so that `seen` fits what is shown.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse};
use liandu_core::campaign::{Campaign, Label};
use liandu_core::id::{PersonId, Position, RecordId};
use liandu_core::light::{self, Lights};
use liandu_core::policy::Principal;
use liandu_core::record::doc::RecordDoc;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::code;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Audience;
use liandu_core::record::view::{EventView, FieldView, Record, TextView};
use liandu_core::workflow::{Share, flags, shares, unanswered, workflow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::json::{
    AsOf, ByJson, ConflictJson, LabelJson, ScopeJson, StandingJson, ValueJson, ValuesJson,
    WrittenJson,
};
use crate::api::labels;
use crate::api::line::NumberJson;
use crate::api::problem::{ApiError, Problem};
use crate::engine::{AuthorityAct, RecordParts};
use crate::tables::read::number_of;

/// A field, answer or item field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldJson {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// The value that counts now.
    pub value: ValueJson,
    /// What people call the value, for codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_label: Option<LabelJson>,
    /// Who wrote it.
    pub by: ByJson,
    /// Other values that nobody has decided about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<WrittenJson>,
}

/// A long text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TextJson {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// Merged content.
    pub content: String,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ByJson>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventJson {
    /// Its id.
    pub id: String,
    /// What happened.
    pub event: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// The events its author knew to be the last.
    pub after: Vec<String>,
    /// Reason, unit, deadline and the like.
    pub args: ValuesJson,
    /// Whether it was possible in the state its author saw.
    pub counts: bool,
    /// Whether it is an instruction that waits for its answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// Who and when.
    pub by: ByJson,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StateJson {
    /// The state.
    pub state: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// The events nobody has followed up yet.
    pub tips: Vec<String>,
    /// The units it is handed to.
    pub handlers: Vec<String>,
    /// Those of them whose work it is (主办); the others help (协办).
    pub leads: Vec<String>,
    /// Those that help and have not answered yet.
    pub asked: Vec<String>,
    /// What is open beside the state, as `/api/workflow` names it.
    pub flags: Vec<String>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordJson {
    /// True for this position.
    pub as_of: AsOf,
    /// The record.
    pub id: String,
    /// What is said on the phone for it before it has a number: six characters.
    pub code: String,
    /// Its number, for a problem, once lists show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberJson>,
    /// Its kind.
    pub kind: String,
    /// Who it belongs to.
    pub scope: ScopeJson,
    /// The definition its last edit was made under: `hebei-6plus1@1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What you are looking at: send it back as `If-Match` with an edit. The same as the ETag,
    /// without quotes.
    pub seen: String,
    /// Where it stands.
    pub state: StateJson,
    /// The day it is due, as settled or last extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-04-30")]
    pub due: Option<String>,
    /// How near that is: `green`, `yellow`, `red` or `grey`; absent where no clock runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light: Option<String>,
    /// The highest level whose leaders it waits for because it has been overdue that long.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "city")]
    pub raised: Option<String>,
    /// Values by place: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`.
    pub fields: BTreeMap<String, FieldJson>,
    /// Long texts by field.
    pub texts: BTreeMap<String, TextJson>,
    /// Events in causal order.
    pub events: Vec<EventJson>,
    /// What is open.
    pub conflicts: Vec<ConflictJson>,
    /// Decisions that can be taken back.
    pub decided: Vec<StandingJson>,
    /// The first edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<ByJson>,
    /// The last edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<ByJson>,
    /// Edits in it.
    pub edits: usize,
    /// Names of the people above by code, as far as the roster has them.
    pub people: BTreeMap<String, String>,
}

/// What names a record's parts for people.
struct Words<'a> {
    kind: Kind,
    campaign: Option<&'a Campaign>,
    lights: Lights,
}

impl Words<'_> {
    fn json(label: Option<Label>) -> Option<LabelJson> {
        label.as_ref().map(LabelJson::from)
    }

    fn path(&self, path: &Path) -> Option<LabelJson> {
        Words::json(labels::of_path(self.campaign?, self.kind, path))
    }

    fn field(&self, path: &Path, view: &FieldView) -> FieldJson {
        let campaign = self.campaign;
        let named = campaign.and_then(|c| labels::of_value(c, self.kind, path, &view.value));
        FieldJson {
            label: self.path(path),
            value: (&view.value).into(),
            value_label: Words::json(named),
            by: (&view.by).into(),
            others: view.others.iter().map(WrittenJson::from).collect(),
        }
    }

    fn text(&self, path: &Path, view: &TextView) -> TextJson {
        TextJson {
            label: self.path(path),
            content: view.content.clone(),
            by: view.by.as_ref().map(ByJson::from),
        }
    }

    fn event(&self, view: &EventView, waits: bool) -> EventJson {
        let rule = workflow(self.kind).event(view.kind.as_str());
        EventJson {
            id: view.id.hex(),
            event: view.kind.to_string(),
            label: rule.map(|r| LabelJson {
                zh: r.zh.to_owned(),
                en: r.en.to_owned(),
            }),
            after: view.after.iter().map(|id| id.hex()).collect(),
            args: view
                .args
                .iter()
                .map(|(name, v)| (name.clone(), v.into()))
                .collect(),
            counts: view.counts,
            waits,
            by: (&view.by).into(),
        }
    }

    fn state(&self, record: &Record) -> StateJson {
        let state = &record.state;
        let shares = shares(record);
        let of = |share| {
            let units = shares.iter().filter(|(_, own)| **own == share);
            units.map(|(unit, _)| unit.to_string()).collect()
        };
        let owned = |word: &&str| (*word).to_owned();
        StateJson {
            state: state.state.to_string(),
            label: Words::json(labels::of_state(self.kind, state.state.as_str())),
            tips: state.tips.iter().map(|id| id.hex()).collect(),
            handlers: state.handlers.iter().map(ToString::to_string).collect(),
            leads: of(Share::Lead),
            asked: of(Share::Asked),
            flags: flags(record).iter().map(owned).collect(),
        }
    }

    fn record(&self, as_of: AsOf, loaded: &Loaded, record: &Record) -> RecordJson {
        let open = unanswered(record);
        let texts = record.texts.iter();
        let due = light::due(record);
        let clock = light::clock(record);
        let shines = self.lights.light(clock, due);
        let campaign = loaded.doc.definition().map(|d| d.campaign);
        let raised = campaign.and_then(|campaign| {
            let of = (&campaign, &loaded.parts.scope.region);
            self.lights.raised(record.kind, of, clock, due)
        });
        RecordJson {
            as_of,
            id: record.id.to_string(),
            code: code(&record.id),
            number: None,
            kind: record.kind.to_string(),
            scope: (&loaded.parts.scope).into(),
            definition: loaded
                .doc
                .definition()
                .map(|d| format!("{}@{}", d.campaign, d.version)),
            seen: loaded.doc.heads().to_string(),
            state: self.state(record),
            due: due.map(|due| due.to_string()),
            light: shines.map(|light| light.as_str().to_owned()),
            raised: raised.map(|level| level.as_str().to_owned()),
            fields: record
                .fields
                .iter()
                .map(|(p, v)| (p.to_string(), self.field(p, v)))
                .collect(),
            texts: texts
                .map(|(id, v)| (id.to_string(), self.text(&Path::Text(id.clone()), v)))
                .collect(),
            events: record
                .events
                .iter()
                .map(|event| self.event(event, open.contains(&event.id)))
                .collect(),
            conflicts: record
                .conflicts
                .iter()
                .map(|open| ConflictJson::of(self.kind, open))
                .collect(),
            decided: record
                .decided
                .iter()
                .map(|decided| StandingJson::of(self.kind, decided))
                .collect(),
            created: record.created.as_ref().map(ByJson::from),
            last: record.last.as_ref().map(ByJson::from),
            edits: record.edits,
            people: BTreeMap::new(),
        }
    }
}

/// A stored record that somebody may see, loaded.
pub(crate) struct Loaded {
    pub(crate) parts: RecordParts,
    pub(crate) doc: RecordDoc,
}

impl Loaded {
    /// The record of an address, `NotFound` when there is none or `who` may not see it.
    pub(crate) async fn of(office: &Office, who: &SignedIn, id: &str) -> Result<Loaded, ApiError> {
        Loaded::seen_by(office, &who.principal, id).await
    }

    /// The same for a person however they are known.
    pub(crate) async fn seen_by(
        office: &Office,
        principal: &Principal,
        id: &str,
    ) -> Result<Loaded, ApiError> {
        let id: RecordId = id.parse().map_err(|_| ApiError::NotFound)?;
        let parts = office.engine.record(id).await?.ok_or(ApiError::NotFound)?;
        if !principal.may_read(&parts.scope) {
            return Err(ApiError::NotFound);
        }
        let chunks: Vec<&[u8]> = parts.chunks.iter().map(Vec::as_slice).collect();
        let doc = RecordDoc::load(id, &chunks).map_err(|error| {
            tracing::error!(record = %id, %error, "a record cannot be read");
            ApiError::Internal
        })?;
        Ok(Loaded { parts, doc })
    }

    pub(crate) fn as_of(&self, office: &Office) -> AsOf {
        AsOf {
            epoch: office.epoch(),
            position: self.parts.as_of.0,
        }
    }

    pub(crate) fn record(&self) -> Record {
        self.doc.read(&self.parts.stamps).0
    }

    /// A resident's contact is shown only for a stated purpose, and the reading is in the log
    /// before the answer is sent.
    pub(crate) async fn shown(
        &self,
        office: &Office,
        who: &SignedIn,
        purpose: Option<&str>,
    ) -> Result<(), ApiError> {
        match self.parts.scope.audience {
            Audience::Group | Audience::Office | Audience::Referral => return Ok(()),
            Audience::Contact => {}
        }
        let purpose = purpose.map(str::trim).filter(|purpose| !purpose.is_empty());
        let purpose: String = purpose
            .ok_or(ApiError::PurposeMissing)?
            .chars()
            .take(200)
            .collect();
        let act = AuthorityAct::ContactRead {
            record: self.parts.record,
            purpose,
        };
        office.engine.act(who.office_user(), act).await?;
        Ok(())
    }
}

fn people_in(record: &Record) -> BTreeSet<PersonId> {
    let ends = [&record.created, &record.last].into_iter().flatten();
    let fields = record.fields.values().map(|view| &view.by);
    let others = record
        .fields
        .values()
        .flat_map(|view| view.others.iter().map(|w| &w.by));
    let texts = record.texts.values().filter_map(|view| view.by.as_ref());
    let events = record.events.iter().map(|view| &view.by);
    let open = record
        .conflicts
        .iter()
        .flat_map(|open| open.values.iter().map(|w| &w.by));
    let all = ends
        .chain(fields)
        .chain(others)
        .chain(texts)
        .chain(events)
        .chain(open);
    all.flat_map(|by| [&by.person, &by.behalf])
        .filter_map(Clone::clone)
        .collect()
}

/// Names of people, without those the roster does not have.
pub(crate) async fn names(
    office: &Office,
    people: BTreeSet<PersonId>,
) -> Result<BTreeMap<String, String>, ApiError> {
    let asked = office.engine.directory(move |known| {
        let named = people
            .iter()
            .filter_map(|code| Some((code, known.person(code)?)));
        named
            .map(|(code, person)| (code.to_string(), person.name.clone()))
            .collect()
    });
    Ok(asked.await?)
}

/// What a record's reader says.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadParams {
    /// Why a resident's contact is read; needed for those records, and logged.
    purpose: Option<String>,
}

/// One record. The ETag names what is shown; an edit sends it back as `If-Match`.
#[utoipa::path(get, path = "/api/records/{id}", tag = "records",
    params(("id" = String, Path, description = "the record"), ReadParams),
    responses((status = 200, body = RecordJson), (status = 404, body = Problem),
        (status = 428, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    Asked(asked): Asked<ReadParams>,
) -> Result<impl IntoResponse, ApiError> {
    let loaded = Loaded::of(&office, &who, &id).await?;
    loaded
        .shown(&office, &who, asked.purpose.as_deref())
        .await?;
    let as_of = loaded.as_of(&office);
    let known = office.labels().await?;
    let definition = loaded.doc.definition();
    let campaign = known.campaign(definition.as_ref().map(|d| d.campaign.as_str()));
    let words = Words {
        kind: loaded.doc.kind(),
        campaign,
        lights: office.lights().await?,
    };
    let record = loaded.record();
    let mut json = words.record(as_of, &loaded, &record);
    let id = record.id;
    let numbered = office.read(Position(0), move |snapshot| Ok(number_of(snapshot, &id)?));
    json.number = numbered.await?.as_ref().map(NumberJson::from);
    json.people = names(&office, people_in(&record)).await?;
    let headers = AppendHeaders([(header::ETAG, format!("\"{}\"", json.seen))]);
    Ok((headers, Json(json)))
}
