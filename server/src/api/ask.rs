//! What a request asks for: filter, order, page and position, parsed once from the query string.
//!
//! Never lets an unknown parameter pass.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use liandu_core::id::Position;
use liandu_core::level::Level;
use liandu_core::limits;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::api::problem::ApiError;
use crate::tables::count::By;
use crate::tables::filter::{Filter, FilterError, View, Why};
use crate::tables::query::{Cursor, Sort};

/// Everything a list, count, map or export may be asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) filter: Filter,
    /// The question as it was asked, for the log.
    pub(crate) said: String,
    pub(crate) sort: Sort,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) before: Option<Position>,
    pub(crate) limit: usize,
    pub(crate) by: Option<By>,
    pub(crate) by_word: Option<String>,
    pub(crate) level: Level,
    pub(crate) view: Option<View>,
    pub(crate) zoom: Option<u8>,
    pub(crate) at_least: Position,
}

impl Ask {
    pub(crate) fn parse(pairs: &[(String, String)]) -> Result<Ask, FilterError> {
        let (filter, rest) = Filter::parse(pairs)?;
        let mut ask = Ask {
            filter,
            said: said(pairs),
            sort: Sort::LastDown,
            cursor: None,
            before: None,
            limit: limits::PAGE_RECORDS_DEFAULT,
            by: None,
            by_word: None,
            level: Level::County,
            view: None,
            zoom: None,
            at_least: Position(0),
        };
        for (name, value) in rest {
            ask.take(&name, &value)
                .map_err(|why| FilterError { field: name, why })?;
        }
        Ok(ask)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Why> {
        let number = || value.parse::<u64>().map_err(|_| Why::BadValue);
        match name {
            "sort" => self.sort = Sort::parse(value).ok_or(Why::BadValue)?,
            "cursor" => self.cursor = Some(Cursor::parse(value).ok_or(Why::BadValue)?),
            "before" => self.before = Some(Position(number()?)),
            "limit" => {
                let limit = usize::try_from(number()?).unwrap_or(usize::MAX);
                self.limit = limit.clamp(1, limits::PAGE_RECORDS_MAX);
            }
            "by" => {
                self.by = Some(By::parse(value).ok_or(Why::BadValue)?);
                self.by_word = Some(value.to_owned());
            }
            "level" => self.level = Level::parse(value).ok_or(Why::BadValue)?,
            "view" => self.view = Some(View::parse(value).ok_or(Why::BadValue)?),
            "zoom" => {
                let zoom = value.parse().ok().filter(|z| *z <= limits::MAP_ZOOM_MAX);
                self.zoom = Some(zoom.ok_or(Why::BadValue)?);
            }
            "at_least" => self.at_least = Position(number()?),
            _other => return Err(Why::Unknown),
        }
        Ok(())
    }
}

/// The parameters as they were asked, cut when they are very long.
fn said(pairs: &[(String, String)]) -> String {
    let asked = pairs.iter().filter(|(name, _)| name != "at_least");
    let asked: Vec<String> = asked
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut said = asked.join("&");
    if said.len() > limits::EXPORT_FILTER_BYTES_MAX {
        let end = said.floor_char_boundary(limits::EXPORT_FILTER_BYTES_MAX);
        said.truncate(end);
        said.push('…');
    }
    said
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = pairs.map_err(|_| ApiError::Form)?;
        Ok(Ask::parse(&pairs)?)
    }
}

/// The query string of a fixed form; an unknown parameter is an error.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked
            .map(|Query(asked)| Asked(asked))
            .map_err(|_| ApiError::Form)
    }
}

/// The filter's parameters, for the description only: `Filter` is what reads them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `Filter` reads")]
pub(crate) struct FilterParams {
    /// Code of a region: it and its subtree. Several by commas or repetition.
    #[param(example = "130500")]
    region: Option<String>,
    /// `inspection`, `problem`, `opinion`, `object`, `task`, `activity`. Several: any of them.
    /// `referral` alone: referrals that are yours to see; they count among no others.
    kind: Option<String>,
    /// Code of a domain. Several: any of them.
    domain: Option<String>,
    /// State. Several: any of them.
    state: Option<String>,
    /// Code of a group. Several: any of them.
    group: Option<String>,
    /// Campaign. Several: any of them.
    campaign: Option<String>,
    /// Source, exactly; repeat for any of several.
    source: Option<String>,
    /// Code of the person who made it.
    author: Option<String>,
    /// Code of the person it was recorded for.
    on_behalf_of: Option<String>,
    /// Code of a unit it is handed to.
    handler: Option<String>,
    /// Unit whose work it is (主办). Several: any of them.
    lead: Option<String>,
    /// Unit that helps and has not answered yet (协办). Several: any of them.
    co: Option<String>,
    /// First arrived at the office at or after: `2020-04-12`, `2020-04-12T08:30`, with zone or
    /// Beijing time, or milliseconds since 1970.
    since: Option<String>,
    /// First arrived at the office before.
    until: Option<String>,
    /// Last changed at the office at or after.
    changed_since: Option<String>,
    /// Last changed at the office before.
    changed_until: Option<String>,
    /// Closed at the office at or after.
    closed_since: Option<String>,
    /// Closed at the office before.
    closed_until: Option<String>,
    /// Overdue so long that it waits for the leaders of a level: `province`, `city`, `county`,
    /// `town`. Several: any of them.
    raised: Option<String>,
    /// `open` or `none`.
    conflict: Option<String>,
    /// What is open beside the state: `third-transfer`, `escalated`, `instructed`,
    /// `asks-extension`; repeat for any of several, empty for none.
    flag: Option<String>,
    /// How near the deadline is: `red`, `yellow`, `green`, `grey`. Several: any of them.
    light: Option<String>,
    /// Words that must all be in its texts and fields, or sound so (`dkz` finds 东康庄), or be its
    /// code or number (`7K3M9Q`, `12`, `130502-12`).
    #[param(example = "河道 污染")]
    q: Option<String>,
    /// West, south, east, north in degrees, compared with positions as stored, whatever their
    /// datum.
    #[param(example = "115.6,37.6,115.8,37.8")]
    bbox: Option<String>,
    /// `field.ID=VALUE`: a field's value, exactly; empty for records without one; repeat for any
    /// of several. Likewise `answer.ID` and `item.COLLECTION.FIELD`.
    #[param(rename = "field.ID")]
    field: Option<String>,
    /// Wait until the answer holds everything up to this position, at most ten seconds.
    at_least: Option<u64>,
}

/// The list's parameters beside the filter, for the description only.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `Ask` reads")]
pub(crate) struct PageParams {
    /// `-last` (default), `last`, `-first`, `first`, `-device`, `title`, `due`.
    sort: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Records on the page, 1 to 500, 50 when not said.
    limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_parameter_is_an_error_and_limits_are_kept() {
        let parse = |name: &str, value: &str| Ask::parse(&[(name.to_owned(), value.to_owned())]);
        let why = |name, value| parse(name, value).unwrap_err().why;
        assert_eq!(why("regoin", "130500"), Why::Unknown);
        assert_eq!(why("sort", "random"), Why::BadValue);
        assert_eq!(why("cursor", "!!"), Why::BadValue);
        assert_eq!(why("by", "weather"), Why::BadValue);
        assert_eq!(why("view", "115,37,114,38"), Why::BadValue);
        assert_eq!(why("level", "street"), Why::BadValue);
        assert_eq!(parse("zoom", "22").unwrap().zoom, Some(22));
        assert_eq!(why("zoom", "23"), Why::BadValue);
        assert_eq!(parse("limit", "0").unwrap().limit, 1);
        assert_eq!(
            parse("limit", "500").unwrap().limit,
            limits::PAGE_RECORDS_MAX
        );
        assert_eq!(
            parse("limit", "501").unwrap().limit,
            limits::PAGE_RECORDS_MAX
        );
    }
}
