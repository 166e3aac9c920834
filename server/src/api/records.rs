//! Lists and counts of records, and records in conflict.
//!
//! Handlers only extract, ask and convert.

use axum::Json;
use axum::extract::State;
use liandu_core::campaign::Label;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::ask::{Ask, FilterParams, PageParams};
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, ConflictJson, LabelJson};
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::tables::count::{Counts, count};
use crate::tables::query::{Asked, Cursor, Page, Snapshot, list};
use crate::tables::read::conflicts;

/// One page of the ledger.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordsJson {
    /// True for this position.
    pub as_of: AsOf,
    /// The records.
    pub records: Vec<LineJson>,
    /// Give it as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl RecordsJson {
    fn of(snapshot: &Snapshot<'_>, page: &Page) -> RecordsJson {
        let next = page.next.as_ref().map(Cursor::text);
        RecordsJson {
            as_of: snapshot.mark().into(),
            records: page
                .lines
                .iter()
                .map(|line| LineJson::of(line, snapshot.lights()))
                .collect(),
            next,
        }
    }
}

/// Records that fit a filter, a page at a time.
#[utoipa::path(get, path = "/api/records", tag = "records", params(FilterParams, PageParams),
    responses((status = 200, body = RecordsJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<RecordsJson>, ApiError> {
    let visible = who.visible();
    let answer = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        let page = list(snapshot, asked, ask.sort, ask.cursor.as_ref(), ask.limit)?;
        Ok(RecordsJson::of(snapshot, &page))
    });
    answer.await.map(Json)
}

/// One group of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupJson {
    /// The value; empty for records without one.
    pub value: String,
    /// What people call it, where the definition or the workflow knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// Records.
    pub count: u64,
}

/// How many.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CountJson {
    /// True for this position.
    pub as_of: AsOf,
    /// All records that fit.
    pub total: u64,
    /// What they are counted by, as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Largest first. A record with several codes, or handed to several units, counts in each.
    pub groups: Vec<GroupJson>,
    /// In groups beyond the 2,000 largest.
    pub rest: u64,
}

impl CountJson {
    fn of(
        as_of: AsOf,
        by: Option<String>,
        counts: Counts,
        label: impl Fn(&str) -> Option<Label>,
    ) -> CountJson {
        let group = |(value, count): (String, u64)| GroupJson {
            label: label(&value).as_ref().map(LabelJson::from),
            value,
            count,
        };
        let groups = counts.groups.into_iter().map(group).collect();
        CountJson {
            as_of,
            total: counts.total,
            by,
            groups,
            rest: counts.rest,
        }
    }
}

/// How many records fit a filter, and how many of each value.
#[utoipa::path(get, path = "/api/records/count", tag = "records",
    params(FilterParams, ("by" = Option<String>, Query, description = "`state`, `domain`, `kind`, `region`, `city`, `county`, `group`, `campaign`, `source`, `author`, `handler`, `light`, `raised`, `flag`, `field.ID`, `answer.ID` or `item.COLLECTION.FIELD`")),
    responses((status = 200, body = CountJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn counted(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<CountJson>, ApiError> {
    let visible = who.visible();
    let known = office.labels().await?;
    let answer = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        let counts = count(snapshot, asked, ask.by.as_ref())?;
        let label = |value: &str| known.of_group(ask.by.as_ref(), value);
        Ok(CountJson::of(
            snapshot.mark().into(),
            ask.by_word.clone(),
            counts,
            label,
        ))
    });
    answer.await.map(Json)
}

/// A record with its open conflicts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct InConflictJson {
    /// The record.
    pub record: LineJson,
    /// What is open.
    pub conflicts: Vec<ConflictJson>,
}

/// Records in conflict.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ConflictsJson {
    /// True for this position.
    pub as_of: AsOf,
    /// Last changed first.
    pub records: Vec<InConflictJson>,
    /// Give it as `before` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Records with open conflicts that fit a filter, each with what the conflicts are between.
#[utoipa::path(get, path = "/api/conflicts", tag = "records",
    params(FilterParams, ("limit" = Option<u32>, Query, description = "records, 1 to 500, 50 when not said"),
        ("before" = Option<u64>, Query, description = "`next` of the page before")),
    responses((status = 200, body = ConflictsJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn in_conflict(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<ConflictsJson>, ApiError> {
    let visible = who.visible();
    let answer = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &ask.filter,
        };
        let found = conflicts(snapshot, asked, ask.before, ask.limit)?;
        let last = found.last().filter(|_| found.len() == ask.limit);
        let next = last.map(|(line, _)| line.about.last.0.0);
        let both = |(line, open): &(_, Vec<_>)| InConflictJson {
            record: LineJson::of(line, snapshot.lights()),
            conflicts: open
                .iter()
                .map(|conflict| ConflictJson::of(line.kind, conflict))
                .collect(),
        };
        let records = found.iter().map(both).collect();
        Ok(ConflictsJson {
            as_of: snapshot.mark().into(),
            records,
            next,
        })
    });
    answer.await.map(Json)
}
