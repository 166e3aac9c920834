//! Whether the server is well, and its numbers.
//!
//! Never shows anything of a record or a person: both are readable without signing in.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::engine::Numbers;

/// Whether the server is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthJson {
    /// `ok`; `behind` while tables catch up; `failing` when receipts or tables have stopped.
    pub status: String,
    /// End of the log.
    pub position: u64,
    /// Whether receipts are stopped (disk nearly full or log broken).
    pub receipts_stopped: bool,
    /// The tables go up to here.
    pub tables_position: u64,
    /// Entries the tables are behind.
    pub tables_lag: u64,
    /// Whether the tables have stopped moving.
    pub tables_stopped: bool,
}

/// Entries behind that are still called well.
const LAG_MAX: u64 = 10_000;

impl HealthJson {
    fn of(office: &Office) -> HealthJson {
        let numbers = office.engine.numbers();
        let progress = office.progress.borrow().clone();
        let tables_lag = numbers.position.saturating_sub(progress.position.0);
        let failing = numbers.receipts_stopped || progress.stopped;
        let behind = if tables_lag > LAG_MAX { "behind" } else { "ok" };
        HealthJson {
            status: if failing { "failing" } else { behind }.to_owned(),
            position: numbers.position,
            receipts_stopped: numbers.receipts_stopped,
            tables_position: progress.position.0,
            tables_lag,
            tables_stopped: progress.stopped,
        }
    }
}

/// Whether the server is well: 200 when it takes edits and its tables move, else 503.
#[utoipa::path(get, path = "/healthz", tag = "status", security(()),
    responses((status = 200, body = HealthJson), (status = 503, body = HealthJson)))]
pub(crate) async fn health(State(office): State<Office>) -> impl IntoResponse {
    let health = HealthJson::of(&office);
    let failing = health.status == "failing";
    let status = if failing {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (status, Json(health))
}

/// Numbers for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "status", security(()),
    responses((status = 200, content_type = "text/plain", body = String)))]
pub(crate) async fn metrics(State(office): State<Office>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8".to_owned();
    (AppendHeaders([(header::CONTENT_TYPE, kind)]), text(&office))
}

/// Name, type, words and number.
type Row = (&'static str, &'static str, &'static str, u64);

fn engine_rows(numbers: &Numbers) -> [Row; 12] {
    let (gauge, counter, n) = ("gauge", "counter", numbers);
    [
        ("log_position", gauge, "end of the log", n.position),
        (
            "log_bytes",
            gauge,
            "bytes of the log's segments",
            n.log_bytes,
        ),
        ("log_commits_total", counter, "fsyncs", n.commits),
        (
            "log_commits_failed_total",
            counter,
            "failed commits",
            n.commits_failed,
        ),
        (
            "edits_accepted_total",
            counter,
            "edits accepted",
            n.edits_accepted,
        ),
        (
            "edits_kept_total",
            counter,
            "edits refused, held or forked",
            n.edits_kept,
        ),
        (
            "documents_cached",
            gauge,
            "documents in memory",
            n.documents_cached,
        ),
        (
            "documents_cached_bytes",
            gauge,
            "their bytes",
            n.documents_cached_bytes,
        ),
        (
            "connections",
            gauge,
            "open device connections",
            n.connections,
        ),
        (
            "connections_turned_away_total",
            counter,
            "device connections ended for what was said on them",
            n.turned_away,
        ),
        (
            "oddities_total",
            counter,
            "messages of devices not readable or out of turn",
            n.oddities,
        ),
        (
            "receipts_stopped",
            gauge,
            "1 when receipts are stopped",
            n.receipts_stopped.into(),
        ),
    ]
}

fn office_rows(office: &Office, end: u64) -> [Row; 5] {
    let progress = office.progress.borrow();
    let lag = end.saturating_sub(progress.position.0);
    let sessions = office.door.sessions_alive() as u64;
    let (gauge, counter, stopped) = ("gauge", "counter", progress.stopped.into());
    [
        (
            "tables_position",
            gauge,
            "the tables go up to here",
            progress.position.0,
        ),
        ("tables_lag", gauge, "entries the tables are behind", lag),
        (
            "tables_stopped",
            gauge,
            "1 when the tables have stopped",
            stopped,
        ),
        (
            "records_unreadable_total",
            counter,
            "records not readable",
            progress.unreadable,
        ),
        ("office_sessions", gauge, "office sessions", sessions),
    ]
}

fn door_rows(office: &Office) -> [Row; 4] {
    let (tried, waiting) = office.door.tried();
    let counter = "counter";
    [
        (
            "sign_ins_total",
            counter,
            "office sessions begun by signing in",
            tried.signed_in,
        ),
        (
            "sign_ins_failed_total",
            counter,
            "tries to sign in with a wrong name or password",
            tried.failed,
        ),
        (
            "sign_ins_delayed_total",
            counter,
            "tries to sign in that were told to wait",
            tried.delayed,
        ),
        (
            "sign_ins_unwritten",
            "gauge",
            "rows about sign-ins that wait for the log",
            waiting as u64,
        ),
    ]
}

fn text(office: &Office) -> String {
    let numbers = office.engine.numbers();
    let rows = engine_rows(&numbers)
        .into_iter()
        .chain(office_rows(office, numbers.position))
        .chain(door_rows(office));
    let mut text = String::new();
    for (name, kind, help, number) in rows {
        // Writing to a String cannot fail.
        let _written = write!(
            text,
            "# HELP liandu_{name} {help}\n# TYPE liandu_{name} {kind}\nliandu_{name} {number}\n"
        );
    }
    text
}
