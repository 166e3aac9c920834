//! Problems that may be one (疑似重复), and those that were merged (并案).
//!
//! Never merges: that is the event `merge` like any other, and so is what says that two are two.

use axum::Json;
use axum::extract::{Path as UrlPath, State};
use liandu_core::light::Lights;
use liandu_core::record::kind::Kind;
use liandu_core::workflow::{merged_into, stands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alike::Likeness;
use crate::api::Office;
use crate::api::ask::{Ask, FilterParams};
use crate::api::door::SignedIn;
use crate::api::json::AsOf;
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::api::record::Loaded;
use crate::tables::alike::{self, Alike};
use crate::tables::query::Asked;
use crate::tables::rows::Line;

/// A problem beside another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlikeJson {
    /// The problem.
    pub record: LineJson,
    /// Its village, as written.
    pub village: String,
    /// How far apart the two are, metres; absent unless both say where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metres: Option<u32>,
    /// How much their names are alike, percent.
    pub names: u8,
}

impl AlikeJson {
    fn of(alike: &Alike, lights: &Lights) -> AlikeJson {
        let Likeness { metres, names } = alike.likeness;
        AlikeJson {
            record: LineJson::of(&alike.line, lights),
            village: alike.village.clone(),
            metres: metres.map(|metres| metres.round() as u32),
            names,
        }
    }
}

/// Two problems that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateJson {
    /// The one that came to the office later.
    pub later: LineJson,
    /// Its village, as written.
    pub later_village: String,
    /// The earlier one, and why.
    pub earlier: AlikeJson,
}

/// Pairs of problems that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicatesJson {
    /// True for this position.
    pub as_of: AsOf,
    /// Newest first; each pair once.
    pub pairs: Vec<DuplicateJson>,
    /// Give it as `before` for what came earlier; absent when everything was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// Pairs of problems that may be one: the same domain within 100 metres, or the same village and
/// similar names. The later one of each pair fits the filter.
#[utoipa::path(get, path = "/api/duplicates", tag = "records",
    params(FilterParams, ("before" = Option<u64>, Query, description = "only problems that came to the office before this position"),
        ("at_least" = Option<u64>, Query, description = "wait for this position")),
    responses((status = 200, body = DuplicatesJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<DuplicatesJson>, ApiError> {
    let visible = who.visible();
    let answer = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        let found = alike::pairs(snapshot, asked, ask.before)?;
        let lights = snapshot.lights();
        let pair = |pair: &alike::Pair| DuplicateJson {
            later: LineJson::of(&pair.later.0, lights),
            later_village: pair.later.1.clone(),
            earlier: AlikeJson::of(&pair.earlier, lights),
        };
        Ok(DuplicatesJson {
            as_of: snapshot.mark().into(),
            pairs: found.pairs.iter().map(pair).collect(),
            before: found.before.map(|position| position.0),
        })
    });
    answer.await.map(Json)
}

/// What is known of one problem's doubles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DoublesJson {
    /// True for this position.
    pub as_of: AsOf,
    /// Problems that may be the same, the likeliest first.
    pub alike: Vec<AlikeJson>,
    /// Problems that were merged into it.
    pub merged: Vec<LineJson>,
    /// The problem it was merged into and goes on in; absent too when the asker may not see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub into: Option<LineJson>,
}

/// Problems that may be the same as one, and those merged with it.
#[utoipa::path(get, path = "/api/records/{id}/duplicates", tag = "records",
    params(("id" = String, Path, description = "the record")),
    responses((status = 200, body = DoublesJson), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    UrlPath(id): UrlPath<String>,
) -> Result<Json<DoublesJson>, ApiError> {
    let loaded = Loaded::of(&office, &who, &id).await?;
    let (record, into) = (loaded.parts.record, merged_into(&loaded.record()));
    let visible = who.visible();
    let answer = office.read(loaded.parts.as_of, move |snapshot| {
        let lights = snapshot.lights();
        let json = |line: &Line| LineJson::of(line, lights);
        let into = match into {
            Some(into) => alike::line_of(snapshot, &visible, &into)?,
            None => None,
        };
        let alike = alike::alike_to(snapshot, &visible, &record)?;
        let merged = alike::merged_into(snapshot, &visible, &record)?;
        Ok(DoublesJson {
            as_of: snapshot.mark().into(),
            alike: alike.iter().map(|one| AlikeJson::of(one, lights)).collect(),
            merged: merged.iter().map(json).collect(),
            into: into.as_ref().map(json),
        })
    });
    answer.await.map(Json)
}

/// Whether a problem can go on in another: that one is a problem that the asker may see, stands for
/// itself, and is not the same.
pub(super) async fn can_take(
    office: &Office,
    who: &SignedIn,
    merged: &Loaded,
    into: &str,
) -> Result<(), ApiError> {
    let wrong = || ApiError::Body {
        field: "into".to_owned(),
    };
    let other = Loaded::of(office, who, into).await.map_err(|_| wrong())?;
    let record = other.record();
    let stands = stands(record.state.state.as_str());
    if record.kind != Kind::Problem || !stands || record.id == merged.parts.record {
        return Err(wrong());
    }
    Ok(())
}
