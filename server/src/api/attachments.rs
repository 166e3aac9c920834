//! The attachments of a record: which there are, where each is, and their content.
//!
//! Never gives a file by its hash alone: a file is read through a record that names it, by those
//! who may read that record. Anything else looks like a missing record.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Response};
use liandu_core::campaign::{Campaign, ValueType};
use liandu_core::id::FieldId;
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Audience;
use liandu_core::record::view::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::device::Caller;
use crate::api::json::AsOf;
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::files::kind::FileKind;
use crate::files::{FileHash, Whereabouts};

/// One attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachmentJson {
    /// Where the record names it: `i/photos/ITEM/hash`.
    pub path: String,
    /// The SHA-256 of its content.
    pub hash: String,
    /// `before`, `after`, `site`, `document` or what else the definition has; empty when the
    /// record does not say.
    pub role: String,
    /// What its author says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// `here`, `on-the-way` or `missing`.
    pub state: String,
    /// Bytes that are here.
    pub received: u64,
    /// Bytes in all, once somebody has begun to send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Its media type, when it is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Whether a thumbnail can be asked for.
    pub thumbnail: bool,
}

/// Two attachments to be seen side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PairJson {
    /// Hash of the one before.
    pub before: String,
    /// Hash of the one after.
    pub after: String,
}

/// A record's attachments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachmentsJson {
    /// True for this position.
    pub as_of: AsOf,
    /// In the order they were taken.
    pub attachments: Vec<AttachmentJson>,
    /// Before and after: those of one item, then by the order they were taken.
    pub pairs: Vec<PairJson>,
}

/// A place of a record that names a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    path: Path,
    hash: FileHash,
    role: String,
    caption: Option<String>,
    /// When it was taken, as far as said; then its item.
    order: (String, String),
}

fn is_file(campaign: &Campaign, kind: Kind, path: &Path) -> bool {
    let field = match path {
        Path::Field(id) => campaign.field(kind, id),
        Path::Item {
            collection, field, ..
        } => campaign.item_field(kind, collection, field),
        Path::Answer(_) | Path::Text(_) | Path::State => None,
    };
    field.is_some_and(|field| field.value == ValueType::Hash)
}

/// What a field beside it in the same item says.
fn beside(record: &Record, path: &Path, field: &str) -> Option<String> {
    let Path::Item {
        collection, item, ..
    } = path
    else {
        return None;
    };
    let sibling = Path::Item {
        collection: collection.clone(),
        item: item.clone(),
        field: FieldId::new(field).ok()?,
    };
    let value = &record.fields.get(&sibling)?.value;
    let text = value.to_string();
    (!text.is_empty()).then_some(text)
}

/// Every file that the record names, values in conflict too, in the order they were taken.
fn named(record: &Record, campaign: &Campaign) -> Vec<Named> {
    let mut all = Vec::new();
    for (path, view) in &record.fields {
        if !is_file(campaign, record.kind, path) {
            continue;
        }
        let (item, field) = match path {
            Path::Item { item, field, .. } => (item.to_string(), field.as_str()),
            Path::Field(_) | Path::Answer(_) | Path::Text(_) | Path::State => (String::new(), ""),
        };
        let own = ["before", "after"].into_iter().find(|role| *role == field);
        let role = own
            .map(str::to_owned)
            .or_else(|| beside(record, path, "kind"));
        let taken = beside(record, path, "taken_at").unwrap_or_default();
        let values = std::iter::once(&view.value).chain(view.others.iter().map(|w| &w.value));
        let hashes = values.filter_map(|value| value.as_text()?.parse::<FileHash>().ok());
        all.extend(hashes.map(|hash| Named {
            path: path.clone(),
            hash,
            role: role.clone().unwrap_or_default(),
            caption: beside(record, path, "caption"),
            order: (taken.clone(), item.clone()),
        }));
    }
    all.sort_by(|a, b| a.order.cmp(&b.order));
    all.truncate(limits::ATTACHMENTS_MAX);
    all
}

/// Pairs within an item first; what is left is paired in order.
fn pairs(named: &[Named]) -> Vec<PairJson> {
    let pair = |before: &Named, after: &Named| PairJson {
        before: before.hash.to_string(),
        after: after.hash.to_string(),
    };
    let mut of_item: BTreeMap<String, [Option<&Named>; 2]> = BTreeMap::new();
    let mut left: [Vec<&Named>; 2] = [Vec::new(), Vec::new()];
    for one in named {
        let text = one.path.to_string();
        let item = ["before", "after"]
            .into_iter()
            .find_map(|end| text.strip_suffix(&format!("/{end}")));
        let [before, after] = match item {
            Some(item) => {
                let sides = of_item.entry(item.to_owned()).or_default();
                sides.each_mut()
            }
            None => {
                let [before, after] = &mut left;
                match one.role.as_str() {
                    "before" => before.push(one),
                    "after" => after.push(one),
                    _other => {}
                }
                continue;
            }
        };
        *(if one.role == "before" { before } else { after }) = Some(one);
    }
    let whole = of_item
        .values()
        .filter_map(|[b, a]| Some(pair((*b)?, (*a)?)));
    let [before, after] = &left;
    let ordered = before.iter().zip(after).map(|(b, a)| pair(b, a));
    whole.chain(ordered).collect()
}

/// A record and the files it names, for somebody who may read it. A contact names none.
async fn loaded(
    office: &Office,
    caller: &Caller,
    id: &str,
) -> Result<(Loaded, Vec<Named>), ApiError> {
    let loaded = Loaded::seen_by(office, &caller.principal, id).await?;
    if loaded.parts.scope.audience == Audience::Contact {
        return Err(ApiError::NotFound);
    }
    let definitions = office.labels().await?;
    let campaign = loaded.doc.definition().map(|of| of.campaign);
    let campaign = definitions.campaign(campaign.as_ref().map(|c| c.as_str()));
    let named = campaign.map(|campaign| named(&loaded.record(), campaign));
    Ok((loaded, named.unwrap_or_default()))
}

async fn shown(office: &Office, one: &Named) -> Result<AttachmentJson, ApiError> {
    let whereabouts = office.files.whereabouts(one.hash).await?;
    let (state, received, length) = match whereabouts {
        Whereabouts::Here(length) => ("here", length, Some(length)),
        Whereabouts::OnTheWay { offset, length } => ("on-the-way", offset, Some(length)),
        Whereabouts::Missing => ("missing", 0, None),
    };
    let kind = office.files.kind(one.hash).await?;
    Ok(AttachmentJson {
        path: one.path.to_string(),
        hash: one.hash.to_string(),
        role: one.role.clone(),
        caption: one.caption.clone(),
        state: state.to_owned(),
        received,
        length,
        media_type: kind.map(|kind| kind.mime().to_owned()),
        thumbnail: kind.is_some_and(FileKind::is_drawn),
    })
}

/// The attachments of a record: which is which, and whether each is here.
#[utoipa::path(get, path = "/api/records/{id}/attachments", tag = "files",
    params(("id" = String, Path, description = "the record")),
    responses((status = 200, body = AttachmentsJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    caller: Caller,
    UrlPath(id): UrlPath<String>,
) -> Result<Json<AttachmentsJson>, ApiError> {
    let (loaded, named) = loaded(&office, &caller, &id).await?;
    let mut attachments = Vec::with_capacity(named.len());
    for one in &named {
        attachments.push(shown(&office, one).await?);
    }
    Ok(Json(AttachmentsJson {
        as_of: loaded.as_of(&office),
        attachments,
        pairs: pairs(&named),
    }))
}

async fn hash_in(
    office: &Office,
    caller: &Caller,
    id: &str,
    hash: &str,
) -> Result<FileHash, ApiError> {
    let hash: FileHash = hash.parse().map_err(|_| ApiError::NotFound)?;
    let (_, named) = loaded(office, caller, id).await?;
    let found = named.iter().any(|one| one.hash == hash);
    found.then_some(hash).ok_or(ApiError::NotFound)
}

/// An attachment as it was sent.
#[utoipa::path(get, path = "/api/records/{id}/files/{hash}", tag = "files",
    params(("id" = String, Path, description = "the record"),
        ("hash" = String, Path, description = "the attachment")),
    responses((status = 200, description = "the file", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn original(
    State(office): State<Office>,
    caller: Caller,
    UrlPath((id, hash)): UrlPath<(String, String)>,
) -> Result<Response, ApiError> {
    let hash = hash_in(&office, &caller, &id, &hash).await?;
    let kind = office.files.kind(hash).await?.ok_or(ApiError::NotFound)?;
    let got = office.files.get(hash).await?.ok_or(ApiError::NotFound)?;
    // A document may hold what a browser runs: it is saved, not shown in our pages.
    let how = if kind.is_drawn() {
        "inline"
    } else {
        "attachment"
    };
    let headers = AppendHeaders([
        (header::CONTENT_TYPE, kind.mime().to_owned()),
        (header::CONTENT_LENGTH, got.length.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("{how}; filename=\"{hash}.{}\"", kind.end()),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ]);
    Ok((headers, Body::from_stream(got.content)).into_response())
}

/// A small JPEG of a picture.
#[utoipa::path(get, path = "/api/records/{id}/files/{hash}/thumbnail", tag = "files",
    params(("id" = String, Path, description = "the record"),
        ("hash" = String, Path, description = "the attachment")),
    responses((status = 200, description = "the picture, at most 512 pixels a side", content_type = "image/jpeg", body = Vec<u8>),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn thumbnail(
    State(office): State<Office>,
    caller: Caller,
    UrlPath((id, hash)): UrlPath<(String, String)>,
) -> Result<Response, ApiError> {
    let hash = hash_in(&office, &caller, &id, &hash).await?;
    let small = office.files.thumbnail(hash).await?;
    let small = small.ok_or(ApiError::NotFound)?;
    let headers = AppendHeaders([(header::CONTENT_TYPE, "image/jpeg")]);
    Ok((headers, small).into_response())
}
