//! Groups and people brought in from CSV, looked through first.
//!
//! Never brings in a part: one wrong line, or one outside the administrator's regions, and nothing
//! is written. Who is not in the file stays as they are.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::path::Path;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use liandu_core::id::RegionCode;
use liandu_core::log::{GroupRow, PersonRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Steward, within};
use crate::api::Office;
use crate::api::ask::Asked;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;
use crate::imports::roster::{self, RosterError};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RosterParams {
    /// `groups` or `people`.
    what: String,
    /// Whether to bring it in; otherwise the table is only looked through.
    #[serde(default)]
    apply: bool,
}

/// A roster looked through, or brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterJson {
    /// Groups or people in it.
    pub rows: usize,
    /// The first of them: code, name and region.
    pub first: Vec<[String; 3]>,
    /// What is wrong, line by line; absent when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Where it stands in the log, once it was brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

const SHOWN: usize = 20;

enum Table {
    Groups(Vec<GroupRow>),
    People(Vec<PersonRow>),
}

impl Table {
    fn read(what: &str, bytes: &[u8]) -> Result<Result<Table, RosterError>, ApiError> {
        match what {
            "groups" => Ok(roster::groups(Path::new("groups.csv"), bytes).map(Table::Groups)),
            "people" => Ok(roster::people(Path::new("people.csv"), bytes).map(Table::People)),
            _other => Err(ApiError::Body {
                field: "what".to_owned(),
            }),
        }
    }

    fn rows(&self) -> Vec<(String, &str, &RegionCode)> {
        match self {
            Table::Groups(rows) => rows
                .iter()
                .map(|row| (row.code.to_string(), row.name.as_str(), &row.region))
                .collect(),
            Table::People(rows) => rows
                .iter()
                .map(|row| (row.code.to_string(), row.name.as_str(), &row.region))
                .collect(),
        }
    }

    /// Every region that a row gives something for.
    fn regions(&self) -> Vec<&RegionCode> {
        let homes = self.rows().into_iter().map(|(_, _, region)| region);
        let roles: &[PersonRow] = match self {
            Table::Groups(_) => &[],
            Table::People(rows) => rows,
        };
        let given = roles
            .iter()
            .flat_map(|row| row.roles.iter().map(|role| &role.region));
        homes.chain(given).collect()
    }
}

/// What is wrong with a table that can be read.
async fn problem(
    office: &Office,
    who: &Steward,
    table: &Table,
) -> Result<Option<String>, ApiError> {
    let mine = who.regions();
    if let Some(foreign) = table
        .regions()
        .into_iter()
        .find(|region| !within(&mine, region))
    {
        return Ok(Some(format!(
            "{foreign} 不在您管理的地区内 (this region is not yours to administer)"
        )));
    }
    let Table::People(people) = table else {
        return Ok(None);
    };
    let people = people.clone();
    let unknown = office
        .engine
        .directory(move |known| roster::unknown_group(known, &[], &people));
    Ok(unknown.await?.map(|(person, group)| {
        format!("{person} 的小组 {group} 不存在，请先导入小组 (import the groups first)")
    }))
}

/// Bring in groups (`code,name,region,domain,kind`) or people
/// (`code,name,level,region,group,member_kind,role,leader`) as CSV in UTF-8.
#[utoipa::path(post, path = "/api/admin/roster", tag = "admin", params(RosterParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = RosterJson), (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, description = "lines are wrong: nothing was written", body = RosterJson)))]
pub(crate) async fn begin(
    State(office): State<Office>,
    who: Steward,
    Asked(params): Asked<RosterParams>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let mut json = RosterJson {
        rows: 0,
        first: Vec::new(),
        problem: None,
        position: None,
    };
    let table = match Table::read(&params.what, &bytes)? {
        Ok(table) => table,
        Err(error) => {
            json.problem = Some(error.to_string());
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json)).into_response());
        }
    };
    let rows = table.rows();
    json.rows = rows.len();
    let shown = rows.into_iter().take(SHOWN);
    json.first = shown
        .map(|(code, name, region)| [code, name.to_owned(), region.to_string()])
        .collect();
    json.problem = problem(&office, &who, &table).await?;
    if json.problem.is_some() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json)).into_response());
    }
    if params.apply {
        let act = match table {
            Table::Groups(rows) => AuthorityAct::Groups(rows),
            Table::People(rows) => AuthorityAct::People(rows),
        };
        let position = office.engine.act(who.0.office_user(), act).await?;
        json.position = Some(position.0);
    }
    Ok(Json(json).into_response())
}
