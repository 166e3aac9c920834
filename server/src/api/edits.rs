//! Edits of office users: the same edits as devices make, at the heads the user saw.
//!
//! Never writes anything itself: the engine judges and logs them like any other.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use liandu_core::id::{CampaignId, EventId, EventKind, FieldId, PersonId, RecordId};
use liandu_core::record::doc::Heads;
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::scope::Scope;
use liandu_core::record::value::Value;
use liandu_core::record::view::ConflictKind;
use liandu_core::workflow::DECIDE;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::door::SignedIn;
use crate::api::duplicates::can_take;
use crate::api::json::{ScopeJson, ValueJson, ValuesJson};
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::api::referral::can_refer;
use crate::engine::{Edited, OfficeAct};
use crate::keeper::merges;

/// One value put into one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteJson {
    /// Where: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`.
    pub path: String,
    /// What.
    pub value: ValueJson,
}

/// One replacement in a text. Places count Unicode code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpliceJson {
    /// First code point.
    pub at: u64,
    /// Code points taken out.
    #[serde(default)]
    pub delete: u64,
    /// Text put in.
    #[serde(default)]
    pub insert: String,
}

/// One act on a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "edit", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EditJson {
    /// Fields, answers and items given new values together.
    Set {
        /// At least one; no path twice.
        writes: Vec<WriteJson>,
    },
    /// A long text changed here and there.
    EditText {
        /// Which text.
        field: String,
        /// In order.
        splices: Vec<SpliceJson>,
    },
    /// A long text emptied on purpose.
    ClearText {
        /// Which text.
        field: String,
    },
    /// Something that happened: `transfer`, `close`.
    Event {
        /// What happened.
        event: String,
        /// Reason, unit, deadline and the like.
        #[serde(default)]
        args: ValuesJson,
        /// 16 bytes in hexadecimal; chosen by the server when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// A decision between values written without knowing of each other.
    Resolve {
        /// The place in conflict.
        path: String,
        /// The decided value; absent for a text, which is edited by `edit-text`.
        #[serde(
            default,
            deserialize_with = "said",
            skip_serializing_if = "Option::is_none"
        )]
        value: Option<ValueJson>,
        /// The writes it decides between, each `ACTOR@NUMBER`.
        among: Vec<String>,
    },
    /// A decision taken back: what it decided between is open again.
    Undo {
        /// The place that was decided about; `e` for the state.
        path: String,
        /// The write that decided, `ACTOR@NUMBER`, as the record's `decided` names it.
        decision: String,
    },
}

/// An edit, and the campaign it is made under when not the record's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditBody {
    /// The campaign whose newest definition counts; the record's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// The person it is recorded for (代录), when not for who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The act.
    #[serde(flatten)]
    pub edit: EditJson,
}

/// What became of an edit. Anything but accepted is an error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditedJson {
    /// `accepted`.
    pub verdict: String,
    /// Where it is in the log: give it as `at_least` to lists that must show it.
    pub position: u64,
    /// The server's clock.
    pub time: String,
    /// Names the write: `ACTOR@NUMBER`.
    pub write: String,
    /// The record.
    pub record: String,
    /// The next `If-Match`.
    pub seen: String,
}

/// `null` is the empty value; only an absent key says nothing.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ValueJson>, D::Error> {
    ValueJson::deserialize(deserializer).map(Some)
}

fn bad(field: &str) -> ApiError {
    ApiError::Body {
        field: field.to_owned(),
    }
}

fn value_at(field: &str, value: &ValueJson) -> Result<Value, ApiError> {
    value.value().ok_or_else(|| bad(field))
}

fn writes(writes: &[WriteJson]) -> Result<Vec<Write>, ApiError> {
    let write = |write: &WriteJson| {
        let path: Path = write.path.parse().map_err(|_| bad(&write.path))?;
        Ok(Write {
            path,
            value: value_at(&write.path, &write.value)?,
        })
    };
    writes.iter().map(write).collect()
}

fn text_id(field: &str) -> Result<FieldId, ApiError> {
    FieldId::new(field).map_err(|_| bad("field"))
}

fn args(args: &ValuesJson) -> Result<BTreeMap<String, Value>, ApiError> {
    args.iter()
        .map(|(name, value)| Ok((name.clone(), value_at(name, value)?)))
        .collect()
}

impl EditJson {
    fn edit(&self, fresh: EventId) -> Result<Edit, ApiError> {
        Ok(match self {
            EditJson::Set { writes: set } => Edit::Set {
                writes: writes(set)?,
            },
            EditJson::EditText { field, splices } => {
                let splice = |s: &SpliceJson| Splice {
                    at: s.at,
                    delete: s.delete,
                    insert: s.insert.clone(),
                };
                Edit::EditText {
                    field: text_id(field)?,
                    splices: splices.iter().map(splice).collect(),
                }
            }
            EditJson::ClearText { field } => Edit::ClearText {
                field: text_id(field)?,
            },
            EditJson::Event {
                event,
                args: given,
                id,
            } => Edit::Event {
                id: match id {
                    Some(id) => id.parse().map_err(|_| bad("id"))?,
                    None => fresh,
                },
                event: EventKind::new(event).map_err(|_| bad("event"))?,
                args: args(given)?,
            },
            EditJson::Resolve { path, value, among } => {
                let among = among.iter().map(|write| write.parse::<WriteId>());
                Edit::Resolve {
                    path: path.parse().map_err(|_| bad("path"))?,
                    value: value.as_ref().map(|v| value_at("value", v)).transpose()?,
                    among: among.collect::<Result<_, _>>().map_err(|_| bad("among"))?,
                }
            }
            EditJson::Undo { path, decision } => Edit::Undo {
                path: path.parse().map_err(|_| bad("path"))?,
                decision: decision.parse().map_err(|_| bad("decision"))?,
            },
        })
    }
}

/// What the caller says it was looking at.
fn seen(headers: &HeaderMap) -> Result<Heads, ApiError> {
    let header = headers.get(header::IF_MATCH).ok_or(ApiError::SeenMissing)?;
    let text = header.to_str().map_err(|_| ApiError::SeenUnknown)?.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if text.is_empty() {
        return Err(ApiError::SeenMissing);
    }
    text.parse().map_err(|_| ApiError::SeenUnknown)
}

/// Half of 32 fresh random bytes.
fn fresh_id(office: &Office) -> Result<EventId, ApiError> {
    let random = (office.door.edge.random)().ok_or(ApiError::Internal)?;
    EventId::from_slice(random.get(..16).unwrap_or_default()).map_err(|_| ApiError::Internal)
}

fn campaign_of(named: Option<&str>, loaded: &Loaded) -> Result<CampaignId, ApiError> {
    match named {
        Some(named) => CampaignId::new(named).map_err(|_| bad("campaign")),
        None => loaded
            .doc
            .definition()
            .map(|d| d.campaign)
            .ok_or_else(|| bad("campaign")),
    }
}

/// The person somebody records for: one of the roster.
async fn behalf(office: &Office, named: Option<&str>) -> Result<Option<PersonId>, ApiError> {
    let Some(named) = named else { return Ok(None) };
    let person = PersonId::new(named).map_err(|_| bad("on_behalf_of"))?;
    let asked = person.clone();
    let known = office
        .engine
        .directory(move |known| known.person(&asked).is_some());
    if known.await? {
        Ok(Some(person))
    } else {
        Err(bad("on_behalf_of"))
    }
}

fn answer(status: StatusCode, record: &RecordId, edited: &Edited) -> Response {
    let json = EditedJson {
        verdict: "accepted".to_owned(),
        position: edited.position.0,
        time: edited.time.iso(),
        write: edited.write.to_string(),
        record: record.to_string(),
        seen: edited.heads.to_string(),
    };
    let headers = AppendHeaders([(header::ETAG, format!("\"{}\"", json.seen))]);
    (status, headers, Json(json)).into_response()
}

/// Edit a record at what you saw of it.
#[utoipa::path(post, path = "/api/records/{id}/edits", tag = "edits", request_body = EditBody,
    params(("id" = String, Path, description = "the record"),
        ("if-match" = String, Header, description = "`seen` of the record as you read it")),
    responses((status = 200, body = EditedJson), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem)))]
pub(crate) async fn edit(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<EditBody>,
) -> Result<Response, ApiError> {
    let loaded = Loaded::of(&office, &who, &id).await?;
    let campaign = campaign_of(body.campaign.as_deref(), &loaded)?;
    let edit = body.edit.edit(fresh_id(&office)?)?;
    if let Some(into) = merges(&edit) {
        can_take(&office, &who, &loaded, into).await?;
    }
    let (record, seen) = (loaded.parts.record, seen(&headers)?);
    let act = OfficeAct {
        record,
        create: None,
        campaign,
        behalf: behalf(&office, body.on_behalf_of.as_deref()).await?,
        edit,
        seen,
    };
    let edited = office.engine.edit(who.office_user(), act).await?;
    Ok(answer(StatusCode::OK, &record, &edited))
}

/// A new record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBody {
    /// Its kind.
    pub kind: String,
    /// Who it belongs to.
    pub scope: ScopeJson,
    /// The campaign whose newest definition counts.
    pub campaign: String,
    /// The person it is recorded for (代录), when not for who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// A UUID; chosen by the server when absent. Sending one makes a second try harmless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Fields, answers and items.
    #[serde(default)]
    pub writes: Vec<WriteJson>,
    /// Long texts by field.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
}

impl CreateBody {
    fn scope(&self) -> Result<Scope, ApiError> {
        let group = self.scope.group.as_deref().unwrap_or("-");
        let text = format!("{}/{group}/{}", self.scope.region, self.scope.audience);
        text.parse().map_err(|_| bad("scope"))
    }

    fn act(&self, fresh: RecordId) -> Result<OfficeAct, ApiError> {
        let texts = self
            .texts
            .iter()
            .map(|(field, text)| Ok((text_id(field)?, text.clone())));
        let kind = Kind::parse(&self.kind).ok_or_else(|| bad("kind"))?;
        Ok(OfficeAct {
            record: match &self.id {
                Some(id) => id.parse().map_err(|_| bad("id"))?,
                None => fresh,
            },
            create: Some((kind, self.scope()?)),
            campaign: CampaignId::new(&self.campaign).map_err(|_| bad("campaign"))?,
            behalf: None,
            edit: Edit::Create {
                writes: writes(&self.writes)?,
                texts: texts.collect::<Result<_, ApiError>>()?,
            },
            seen: Heads::default(),
        })
    }
}

/// An id for a record that its caller did not name.
pub(crate) fn fresh_record(office: &Office) -> Result<RecordId, ApiError> {
    let random = (office.door.edge.random)().ok_or(ApiError::Internal)?;
    let ten = random.first_chunk::<10>().ok_or(ApiError::Internal)?;
    Ok(RecordId::v7(
        u64::try_from(office.door.now().0).unwrap_or(0),
        *ten,
    ))
}

/// Make a record.
#[utoipa::path(post, path = "/api/records", tag = "edits", request_body = CreateBody,
    responses((status = 201, body = EditedJson), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(office): State<Office>,
    who: SignedIn,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Response, ApiError> {
    let mut act = body.act(fresh_record(&office)?)?;
    act.behalf = behalf(&office, body.on_behalf_of.as_deref()).await?;
    can_refer(&office, &who, &act).await?;
    let record = act.record;
    let edited = office.engine.edit(who.office_user(), act).await?;
    Ok(answer(StatusCode::CREATED, &record, &edited))
}

/// A decision about a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveBody {
    /// The place in conflict; `e` for the state.
    pub path: String,
    /// The decided value; for the state, the state. Absent for a text.
    #[serde(
        default,
        deserialize_with = "said",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<ValueJson>,
    /// The campaign whose newest definition counts; the record's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

/// The edit that decides the conflict at a place as it stands in what was loaded.
fn decision(body: &ResolveBody, loaded: &Loaded, fresh: EventId) -> Result<Edit, ApiError> {
    let path: Path = body.path.parse().map_err(|_| bad("path"))?;
    let record = loaded.record();
    let open = record
        .conflicts
        .iter()
        .find(|conflict| conflict.path == path);
    let open = open.ok_or_else(|| ApiError::NothingToResolve(path.to_string()))?;
    let value = body
        .value
        .as_ref()
        .map(|value| value_at("value", value))
        .transpose()?;
    Ok(match open.kind {
        ConflictKind::States => Edit::Event {
            id: fresh,
            event: EventKind::new(DECIDE).map_err(|_| ApiError::Internal)?,
            args: [("state".to_owned(), value.ok_or_else(|| bad("value"))?)].into(),
        },
        ConflictKind::Values
        | ConflictKind::Late
        | ConflictKind::ClearedWhileEdited
        | ConflictKind::LateText => Edit::Resolve {
            path,
            value,
            among: open.values.iter().map(|written| written.by.write).collect(),
        },
    })
}

/// Decide the conflict at one place, between all values you saw there.
#[utoipa::path(post, path = "/api/records/{id}/resolve", tag = "edits", request_body = ResolveBody,
    params(("id" = String, Path, description = "the record"),
        ("if-match" = String, Header, description = "`seen` of the record as you read it")),
    responses((status = 200, body = EditedJson), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem)))]
pub(crate) async fn resolve(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ResolveBody>,
) -> Result<Response, ApiError> {
    let loaded = Loaded::of(&office, &who, &id).await?;
    let seen = seen(&headers)?;
    if seen != loaded.doc.heads() {
        // The values to decide between must be those that were looked at.
        return Err(ApiError::SeenUnknown);
    }
    let edit = decision(&body, &loaded, fresh_id(&office)?)?;
    let (record, campaign) = (
        loaded.parts.record,
        campaign_of(body.campaign.as_deref(), &loaded)?,
    );
    let act = OfficeAct {
        record,
        create: None,
        campaign,
        behalf: None,
        edit,
        seen,
    };
    let edited = office.engine.edit(who.office_user(), act).await?;
    Ok(answer(StatusCode::OK, &record, &edited))
}
