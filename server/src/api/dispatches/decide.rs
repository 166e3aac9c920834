//! A decision taken at a meeting: a task like any other, tied to the meeting's dispatch by the log.
//!
//! Never makes a task that its author may not make: the engine judges the edit.

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use liandu_core::id::{CampaignId, FieldId, Position, RecordId, RegionCode, UnitId};
use liandu_core::limits;
use liandu_core::log::Decided;
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::{Audience, Scope};
use liandu_core::record::value::Value;
use liandu_core::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{bad, seen};
use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::door::SignedIn;
use crate::api::edits::fresh_record;
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::engine::{ActError, AuthorityAct, OfficeAct};
use crate::tables::dispatch::meeting_of;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    /// A UUID for the task; chosen by the server when absent. Sending one makes a second try
    /// harmless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The campaign whose newest definition counts.
    pub campaign: String,
    /// What is to be done.
    pub text: String,
    /// Code of the unit responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The day it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-06-26")]
    pub due: Option<String>,
    /// The record it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A decision that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecidedJson {
    /// The task.
    pub record: String,
    /// Where it is in the log: give it as `at_least` to what must show it.
    pub position: u64,
}

fn field(id: &str, text: &str) -> Result<Write, ApiError> {
    Ok(Write {
        path: Path::Field(FieldId::new(id).map_err(|_| ApiError::Internal)?),
        value: Value::Text(text.to_owned()),
    })
}

impl DecideBody {
    fn writes(&self) -> Result<Vec<Write>, ApiError> {
        let text = self.text.trim();
        if text.is_empty() || text.len() > limits::DECISION_BYTES_MAX {
            return Err(bad("text"));
        }
        let mut writes = vec![field("title", text)?];
        if let Some(unit) = &self.unit {
            UnitId::new(unit).map_err(|_| bad("unit"))?;
            writes.push(field("unit", unit)?);
        }
        if let Some(due) = &self.due {
            Day::parse(due).ok_or_else(|| bad("due"))?;
            writes.push(field("deadline", due)?);
        }
        if let Some(about) = &self.about {
            writes.push(field("parent", about)?);
        }
        Ok(writes)
    }

    fn act(&self, record: RecordId, region: RegionCode) -> Result<OfficeAct, ApiError> {
        let scope = Scope {
            region,
            group: None,
            audience: Audience::Office,
        };
        Ok(OfficeAct {
            record,
            create: Some((Kind::Task, scope)),
            campaign: CampaignId::new(&self.campaign).map_err(|_| bad("campaign"))?,
            behalf: None,
            edit: Edit::Create {
                writes: self.writes()?,
                texts: Default::default(),
            },
            seen: Heads::default(),
        })
    }
}

/// The same decision sent again is the caller's own task with the same words, of this meeting or
/// of none yet; anything else is a record that exists.
async fn sent_again(
    office: &Office,
    who: &SignedIn,
    body: &DecideBody,
    (record, dispatch): (RecordId, Position),
) -> Result<(), ApiError> {
    let before = Loaded::of(office, who, &record.to_string()).await?;
    let task = before.record();
    let author = task.created.as_ref().and_then(|by| by.person.as_ref());
    let meeting = office.read(Position(0), move |snapshot| {
        Ok(meeting_of(snapshot, &record)?)
    });
    let same = task.kind == Kind::Task
        && author == Some(&who.principal.person)
        && task.text_of("title") == body.text.trim()
        && meeting.await?.is_none_or(|meeting| meeting == dispatch);
    if same { Ok(()) } else { Err(ApiError::Exists) }
}

/// Keep a decision of a dispatch's meeting: a task is made, and next week's dispatch shows its state.
#[utoipa::path(post, path = "/api/dispatches/{id}/decisions", tag = "dispatches", request_body = DecideBody,
    params(("id" = String, Path, description = "the dispatch")),
    responses((status = 201, body = DecidedJson), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn decide(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    JsonBody(body): JsonBody<DecideBody>,
) -> Result<(StatusCode, Json<DecidedJson>), ApiError> {
    let asked = who.clone();
    let dispatch = office.read(Position(0), move |snapshot| seen(snapshot, &asked, &id));
    let dispatch = dispatch.await?;
    let about = match &body.about {
        Some(about) => Some(Loaded::of(&office, &who, about).await?.parts),
        None => None,
    };
    // A dispatch is read by all who lead: what few may see is not said in it.
    let few = |audience| !matches!(audience, Audience::Group | Audience::Office);
    if about
        .as_ref()
        .is_some_and(|about| few(about.scope.audience))
    {
        return Err(bad("about"));
    }
    let about = about.map(|about| about.record);
    let record = match &body.id {
        Some(id) => id.parse().map_err(|_| bad("id"))?,
        None => fresh_record(&office)?,
    };
    let over = dispatch.dispatch.campaign.as_ref();
    if over.is_some_and(|campaign| campaign.as_str() != body.campaign) {
        return Err(bad("campaign"));
    }
    let act = body.act(record, dispatch.dispatch.region.clone())?;
    match office.engine.edit(who.office_user(), act).await {
        Ok(_) => {}
        // The same decision sent again: what it was meant for must be that task.
        Err(ActError::Exists) => {
            sent_again(&office, &who, &body, (record, dispatch.position)).await?;
        }
        Err(error) => return Err(error.into()),
    }
    let decided = AuthorityAct::Decided(Decided {
        dispatch: dispatch.position,
        record,
        about,
        user: String::new(),
        time: Timestamp(0),
    });
    let position = office.engine.act(who.office_user(), decided).await?;
    let answer = DecidedJson {
        record: record.to_string(),
        position: position.0,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
