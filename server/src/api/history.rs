//! Everything that was ever written to one place of a record.
//!
//! Read from the stored document; nothing in it is decided here.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use liandu_core::record::path::Path;
use liandu_core::record::view::{Act, HistoryItem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, ByJson, ValueJson};
use crate::api::problem::{ApiError, Problem};
use crate::api::record::{Loaded, names};

/// One act in a place's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryJson {
    /// `wrote`, `resolved`, `undone`, `edited`, `cleared` or `happened`.
    pub act: String,
    /// The value written or decided for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueJson>,
    /// The event that happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Code points taken out of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<usize>,
    /// Text put in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inserted: Option<String>,
    /// Who and when.
    pub by: ByJson,
}

impl From<&HistoryItem> for HistoryJson {
    fn from(item: &HistoryItem) -> HistoryJson {
        let by = (&item.by).into();
        let bare = |act: &str| HistoryJson {
            act: act.to_owned(),
            value: None,
            event: None,
            deleted: None,
            inserted: None,
            by,
        };
        match &item.act {
            Act::Wrote(value) => HistoryJson {
                value: Some(value.into()),
                ..bare("wrote")
            },
            Act::Resolved(value) => HistoryJson {
                value: value.as_ref().map(ValueJson::from),
                ..bare("resolved")
            },
            Act::Undone => bare("undone"),
            Act::Edited { deleted, inserted } => HistoryJson {
                deleted: Some(*deleted),
                inserted: Some(inserted.clone()),
                ..bare("edited")
            },
            Act::Cleared => bare("cleared"),
            Act::Happened(event) => HistoryJson {
                event: Some(event.to_string()),
                ..bare("happened")
            },
        }
    }
}

/// A place's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoriesJson {
    /// True for this position.
    pub as_of: AsOf,
    /// The place.
    pub path: String,
    /// Acts in causal order.
    pub acts: Vec<HistoryJson>,
    /// Names of the people above by code, as far as the roster has them.
    pub people: BTreeMap<String, String>,
}

/// What a history's reader asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryParams {
    /// The place: `f/title`, `t/description`, or `e` for the events.
    path: String,
    /// As for the record.
    purpose: Option<String>,
}

/// Everything that was ever written to one place of a record.
#[utoipa::path(get, path = "/api/records/{id}/history", tag = "records",
    params(("id" = String, Path, description = "the record"), HistoryParams),
    responses((status = 200, body = HistoriesJson), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
    Asked(asked): Asked<HistoryParams>,
) -> Result<Json<HistoriesJson>, ApiError> {
    let path: Path = asked.path.parse().map_err(|_| ApiError::Body {
        field: "path".to_owned(),
    })?;
    let loaded = Loaded::of(&office, &who, &id).await?;
    loaded
        .shown(&office, &who, asked.purpose.as_deref())
        .await?;
    let items = loaded.doc.history(&path, &loaded.parts.stamps);
    let acts = items.iter().map(HistoryJson::from).collect();
    let people = items
        .iter()
        .flat_map(|item| [&item.by.person, &item.by.behalf]);
    let people = people.filter_map(Clone::clone).collect();
    Ok(Json(HistoriesJson {
        as_of: loaded.as_of(&office),
        path: path.to_string(),
        acts,
        people: names(&office, people).await?,
    }))
}
