//! Problems brought in from a spreadsheet or CSV: looked through first, then made all together,
//! and taken back as long as nobody has worked on them.
//!
//! Never makes some of a table's rows: one wrong cell, and nothing is made. Every row is an
//! ordinary edit of the office user, judged like any other.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use liandu_core::id::{CampaignId, EventId, EventKind, Position, RecordId};
use liandu_core::limits;
use liandu_core::policy::{Action, Facts, may};
use liandu_core::record::Heads;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::{Audience, Scope};
use liandu_core::record::value::Value;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::engine::{ActError, OfficeAct};
use crate::imports::rows::{Row, problems};
use crate::imports::{CellError, sheet};

/// Rows given to the log at the same time: they share its writes to the disk.
const AT_ONCE: usize = 64;

/// How a table is to be read.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportParams {
    /// The campaign whose newest definition names fields and codes.
    #[param(example = "hebei-6plus1")]
    campaign: String,
    /// Source of rows that do not say: `government` (政府自查) when not said.
    source: Option<String>,
    /// Whether to make the records; otherwise the table is only looked through.
    #[serde(default)]
    apply: bool,
    /// Another number brings the same table in anew, after it was taken back; 1 when not said.
    round: Option<u32>,
}

/// A cell that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CellErrorJson {
    /// The sheet, empty for a CSV.
    pub sheet: String,
    /// The row, counted from 1.
    pub row: u32,
    /// The column, counted from 1; 0 for the whole row.
    pub column: u32,
    /// As spreadsheets name it: `C7`.
    pub cell: String,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl From<&CellError> for CellErrorJson {
    fn from(error: &CellError) -> CellErrorJson {
        CellErrorJson {
            sheet: error.sheet.clone(),
            row: error.row,
            column: error.column,
            cell: error.cell(),
            zh: error.zh.clone(),
            en: error.en.clone(),
        }
    }
}

/// A table looked through, or brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportJson {
    /// Names what is brought in: give it to undo.
    pub batch: String,
    /// Rows that can be brought in.
    pub rows: usize,
    /// Records made now.
    pub made: usize,
    /// Rows that were brought in before by the same table.
    pub already: usize,
    /// Where the last is in the log: give it as `at_least` to lists that must show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// The first rows as they are read: values by field.
    pub first: Vec<BTreeMap<String, String>>,
    /// What is wrong; nothing is made while there is anything.
    pub errors: Vec<CellErrorJson>,
    /// How many cells are wrong; `errors` holds the first 200.
    pub errors_total: usize,
}

/// The parent of a table's records: the same table read the same way makes the same ones.
fn parent(bytes: &[u8], params: &ImportParams, source: &str) -> RecordId {
    let mut hash = Sha256::new();
    hash.update(b"liandu-import-1\0");
    for part in [params.campaign.as_bytes(), source.as_bytes(), bytes] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(params.round.unwrap_or(1).to_be_bytes());
    let mut id = [0; 16];
    id.iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    RecordId(id)
}

fn record_of(parent: &RecordId, row: usize) -> RecordId {
    RecordId::derived(parent, "import", &row.to_string())
}

fn scope_of(row: &Row) -> Scope {
    Scope {
        region: row.region.clone(),
        group: None,
        audience: Audience::Office,
    }
}

/// A row in a region where its author may not make problems is wrong like a cell.
fn out_of_reach(who: &SignedIn, row: &Row, sheet: &str) -> Option<CellError> {
    let scope = scope_of(row);
    let facts = Facts {
        scope: &scope,
        author: true,
        handlers: &[],
        leads: &[],
        state: "",
        authority: Position(0),
        now: Default::default(),
        grace_ms: 0,
    };
    let reason = may(&who.principal, Action::Create(Kind::Problem), &facts).err()?;
    Some(CellError {
        sheet: sheet.to_owned(),
        row: row.number,
        column: 0,
        zh: format!("不能在 {} 建立问题:{}", row.region, reason.zh()),
        en: format!("no problem can be made in {}: {}", row.region, reason.en()),
    })
}

fn shown(row: &Row) -> BTreeMap<String, String> {
    let values = row
        .writes
        .iter()
        .map(|w| (w.path.to_string(), w.value.to_string()));
    let texts = row
        .texts
        .iter()
        .map(|(id, text)| (format!("t/{id}"), text.clone()));
    values.chain(texts).collect()
}

/// Bring problems in from a table: CSV in UTF-8, or XLSX (its first sheet). The first row names
/// fields by their names or ids; 问题名称, 领域 and 行政区划 must be there. Without `apply` it is
/// only looked through. With it, all rows are made or none; sending the same table again makes
/// nothing twice.
#[utoipa::path(post, path = "/api/imports/problems", tag = "imports", params(ImportParams),
    request_body(content_type = "application/octet-stream", content = Vec<u8>),
    responses((status = 200, body = ImportJson), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 422, body = ImportJson, description = "asked to apply, and cells are wrong: nothing was made")))]
pub(crate) async fn begin(
    State(office): State<Office>,
    who: SignedIn,
    Asked(params): Asked<ImportParams>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let bytes = body.map_err(|fault| match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _other => ApiError::Form,
    })?;
    let field = |field: &str| ApiError::Body {
        field: field.to_owned(),
    };
    let campaign = CampaignId::new(&params.campaign).map_err(|_| field("campaign"))?;
    let known = office.labels().await?;
    let source = params
        .source
        .clone()
        .unwrap_or_else(|| "government".to_owned());
    let parent = parent(&bytes, &params, &source);
    let of = campaign.clone();
    let _one_of_few = office
        .door
        .reads
        .acquire()
        .await
        .map_err(|_| ApiError::Internal)?;
    let read = tokio::task::spawn_blocking(move || {
        let definition = known
            .campaign(Some(of.as_str()))
            .ok_or_else(|| field("campaign"))?;
        if definition.code("sources", &source).is_none() {
            return Err(field("source"));
        }
        let table = sheet::read(&bytes).map_err(ApiError::Sheet)?;
        let (rows, errors) = problems(&table, definition, &source);
        Ok((table.sheet, rows, errors))
    });
    let (sheet, rows, mut errors) = read.await.map_err(|_| ApiError::Internal)??;
    errors.extend(
        rows.iter()
            .filter_map(|row| out_of_reach(&who, row, &sheet)),
    );
    let mut import = ImportJson {
        batch: format!("{}-{}", HEXLOWER.encode(&parent.0), rows.len()),
        rows: rows.len(),
        made: 0,
        already: 0,
        position: None,
        first: rows
            .iter()
            .take(limits::IMPORT_SHOWN_MAX)
            .map(shown)
            .collect(),
        errors: errors
            .iter()
            .take(limits::IMPORT_ERRORS_MAX)
            .map(CellErrorJson::from)
            .collect(),
        errors_total: errors.len(),
    };
    if params.apply && !errors.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(import)).into_response());
    }
    if params.apply {
        apply(&office, &who, (parent, campaign), rows, &mut import).await?;
    }
    Ok(Json(import).into_response())
}

/// Makes every row. When one cannot be made, those made before are taken back.
async fn apply(
    office: &Office,
    who: &SignedIn,
    (parent, campaign): (RecordId, CampaignId),
    rows: Vec<Row>,
    import: &mut ImportJson,
) -> Result<(), ApiError> {
    let acts = rows.into_iter().enumerate().map(|(nr, row)| OfficeAct {
        record: record_of(&parent, nr),
        create: Some((Kind::Problem, scope_of(&row))),
        campaign: campaign.clone(),
        behalf: None,
        edit: Edit::Create {
            writes: row.writes,
            texts: row.texts.into_iter().collect(),
        },
        seen: Heads::default(),
    });
    let (mut acts, mut made, mut failed) = (acts.peekable(), Vec::new(), None);
    while acts.peek().is_some() && failed.is_none() {
        let together = acts.by_ref().take(AT_ONCE).map(|act| {
            let record = act.record;
            let answer = office.engine.edit(who.office_user(), act);
            async move { (record, answer.await) }
        });
        for (record, answer) in join_all(together).await {
            match answer {
                Ok(edited) => {
                    import.position = import.position.max(Some(edited.position.0));
                    made.push(record);
                }
                Err(ActError::Exists) => import.already = import.already.saturating_add(1),
                Err(error) => failed = Some(error),
            }
        }
    }
    import.made = made.len();
    match failed {
        None => Ok(()),
        Some(error) => {
            take_back(office, who, made).await?;
            Err(error.into())
        }
    }
}

/// What became of an import that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UndoneJson {
    /// Records withdrawn now.
    pub withdrawn: usize,
    /// Records somebody has worked on since: they stay.
    pub touched: Vec<String>,
    /// Where the last is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

/// Take an import back: every record of it that nobody has touched is withdrawn; the others are
/// named and stay.
#[utoipa::path(post, path = "/api/imports/{batch}/undo", tag = "imports",
    params(("batch" = String, Path, description = "`batch` of the import")),
    responses((status = 200, body = UndoneJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn undo(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(batch): UrlPath<String>,
) -> Result<Json<UndoneJson>, ApiError> {
    let parts = batch.split_once('-');
    let read = parts.and_then(|(id, rows)| {
        let id = RecordId::from_slice(&HEXLOWER.decode(id.as_bytes()).ok()?).ok()?;
        let rows: usize = rows.parse().ok()?;
        (rows <= limits::IMPORT_ROWS_MAX).then_some((id, rows))
    });
    let (parent, rows) = read.ok_or(ApiError::NotFound)?;
    let records = (0..rows).map(|row| record_of(&parent, row)).collect();
    take_back(&office, &who, records).await.map(Json)
}

async fn take_back(
    office: &Office,
    who: &SignedIn,
    records: Vec<RecordId>,
) -> Result<UndoneJson, ApiError> {
    let mut undone = UndoneJson {
        withdrawn: 0,
        touched: Vec::new(),
        position: None,
    };
    let each = records
        .into_iter()
        .map(|record| withdraw(office, who, record));
    let mut each = stream::iter(each).buffered(AT_ONCE);
    while let Some(done) = each.next().await {
        match done? {
            Back::Withdrawn(position) => {
                undone.withdrawn = undone.withdrawn.saturating_add(1);
                undone.position = undone.position.max(Some(position.0));
            }
            Back::Touched(record) => undone.touched.push(record.to_string()),
            Back::Nothing => {}
        }
    }
    Ok(undone)
}

enum Back {
    Withdrawn(Position),
    Touched(RecordId),
    /// Not there, or withdrawn before.
    Nothing,
}

async fn withdraw(office: &Office, who: &SignedIn, id: RecordId) -> Result<Back, ApiError> {
    let loaded = match Loaded::of(office, who, &id.to_string()).await {
        Ok(loaded) => loaded,
        Err(ApiError::NotFound) => return Ok(Back::Nothing),
        Err(error) => return Err(error),
    };
    let record = loaded.record();
    if record.state.state.as_str() == "withdrawn" {
        return Ok(Back::Nothing);
    }
    if record.edits > 1 {
        return Ok(Back::Touched(id));
    }
    let Some(definition) = loaded.doc.definition() else {
        return Ok(Back::Touched(id));
    };
    let random = (office.door.edge.random)().ok_or(ApiError::Internal)?;
    let event = EventId::from_slice(random.get(..16).unwrap_or_default());
    let act = OfficeAct {
        record: id,
        create: None,
        campaign: definition.campaign,
        behalf: None,
        edit: Edit::Event {
            id: event.map_err(|_| ApiError::Internal)?,
            event: EventKind::new("withdraw").map_err(|_| ApiError::Internal)?,
            args: [("reason".to_owned(), Value::text("撤销导入"))].into(),
        },
        seen: loaded.doc.heads(),
    };
    let edited = office.engine.edit(who.office_user(), act).await?;
    Ok(Back::Withdrawn(edited.position))
}
