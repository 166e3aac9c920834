//! Exports: the same filter as lists and counts, as CSV, as a spreadsheet, and as GeoJSON for maps.
//!
//! Never a whole export in memory: rows are written into a channel of a few pieces while the
//! client reads.

pub(crate) mod xlsx;

use std::ops::ControlFlow;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse};
use futures_util::stream;
use liandu_core::id::{GroupId, Position};
use liandu_core::light::Lights;
use liandu_core::limits;
use liandu_core::record::number::code;
use liandu_core::record::value::GeoPosition;
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::api::Office;
use crate::api::ask::{Ask, FilterParams};
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};
use crate::engine::AuthorityAct;
use crate::tables::audit::EXPORT_OF_REFERRALS;
use crate::tables::count::count;
use crate::tables::export::{Exported, export, places};
use crate::tables::query::{Asked, Snapshot};
use crate::tables::rows::NOT_DUE;
use crate::tables::{Mark, TablesError};

const PIECE_BYTES: usize = 64 << 10;
const PIECES_AHEAD: usize = 4;
const COLUMNS: [&str; 26] = [
    "id",
    "kind",
    "campaign",
    "region",
    "group",
    "audience",
    "domain",
    "source",
    "state",
    "title",
    "author",
    "first_position",
    "first_time",
    "last_position",
    "last_time",
    "device_first",
    "device_last",
    "edits",
    "conflicts",
    "position",
    "due",
    "light",
    "code",
    "number",
    "on_behalf_of",
    "raised",
];

/// Where a format's text goes, a piece at a time.
struct Pieces {
    buffer: Vec<u8>,
    sender: mpsc::Sender<Bytes>,
    runtime: Handle,
}

impl Pieces {
    /// Breaks when the client has gone away or reads too slowly.
    fn write(&mut self, text: &[u8]) -> ControlFlow<()> {
        self.buffer.extend_from_slice(text);
        if self.buffer.len() < PIECE_BYTES {
            ControlFlow::Continue(())
        } else {
            self.flush()
        }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let piece = std::mem::take(&mut self.buffer);
        let limit = Duration::from_millis(limits::EXPORT_PIECE_MS_MAX);
        let sent = self
            .runtime
            .block_on(self.sender.send_timeout(piece.into(), limit));
        if sent.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

type Format = fn(&Snapshot<'_>, Asked<'_>, &mut Pieces) -> Result<(), TablesError>;

/// Notes in the log that somebody takes a list out of the system: what and in which format, by
/// which filter, how many rows and as of where. What cannot be noted is not given.
pub(crate) async fn carried_out(
    office: &Office,
    who: &SignedIn,
    (what, format): (&str, &str),
    filter: String,
    (rows, as_of): (u64, Position),
) -> Result<(), ApiError> {
    let (what, format) = (what.to_owned(), format.to_owned());
    let act = AuthorityAct::Exported {
        what,
        format,
        filter,
        rows,
        as_of,
    };
    office.engine.act(who.office_user(), act).await?;
    Ok(())
}

/// Streams an export once the log knows of it; position and number of rows are known before the
/// first.
async fn streamed(
    office: Office,
    who: SignedIn,
    ask: Ask,
    (name, format): (&'static str, Format),
) -> Result<(Mark, Body), ApiError> {
    let (visible, said) = (who.visible(), ask.said.clone());
    let what = if ask.filter.asks_referrals() {
        EXPORT_OF_REFERRALS
    } else {
        "records"
    };
    office.reach(ask.at_least).await?;
    let busy = |_| ApiError::Busy { retry_s: 20 };
    let permit = office
        .door
        .exports
        .clone()
        .try_acquire_owned()
        .map_err(busy)?;
    let lights = office.lights().await?;
    let runtime = Handle::current();
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let (begun, begins) = oneshot::channel();
    let (noted, may_go) = oneshot::channel::<()>();
    let readers = office.readers.clone();
    tokio::task::spawn_blocking(move || {
        let _held_to_the_end = permit;
        let written = readers.read(lights, |snapshot| {
            let asked = Asked {
                visible: &visible,
                filter: &ask.filter,
            };
            let rows = count(snapshot, asked, None)?.total;
            let _gone = begun.send((snapshot.mark().clone(), rows));
            // Not noted, not given.
            if may_go.blocking_recv().is_err() {
                return Ok(());
            }
            let mut pieces = Pieces {
                buffer: Vec::new(),
                sender: sender.clone(),
                runtime,
            };
            format(snapshot, asked, &mut pieces)?;
            let _gone = pieces.flush();
            Ok::<(), TablesError>(())
        });
        if let Err(error) = written {
            tracing::error!(%error, "an export broke off");
        }
    });
    let (mark, rows) = begins.await.map_err(|_| ApiError::Internal)?;
    let as_of = (rows, mark.position);
    carried_out(&office, &who, (what, name), said, as_of).await?;
    // An error means that writing broke off: the answer ends early.
    let _gone = noted.send(());
    let next = |mut receiver: mpsc::Receiver<Bytes>| async {
        let piece = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), receiver))
    };
    Ok((mark, Body::from_stream(stream::unfold(receiver, next))))
}

/// Records that fit a filter as CSV (UTF-8 with a mark for spreadsheets): fixed columns, then one
/// for each field that has values.
#[utoipa::path(get, path = "/api/records.csv", tag = "exports", params(FilterParams),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(crate) async fn csv_file(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<impl IntoResponse, ApiError> {
    let (mark, body) = streamed(office, who, ask, ("csv", csv_rows)).await?;
    Ok((headers("text/csv; charset=utf-8", "csv", &mark), body))
}

/// Records that fit a filter as GeoJSON features; those without a position have a null geometry.
/// Coordinates are as stored: `datum` of each feature says in which system.
#[utoipa::path(get, path = "/api/records.geojson", tag = "exports", params(FilterParams),
    responses((status = 200, content_type = "application/geo+json", body = Object),
        (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(crate) async fn geojson_file(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<impl IntoResponse, ApiError> {
    let (mark, body) = streamed(office, who, ask, ("geojson", geojson_rows)).await?;
    Ok((headers("application/geo+json", "geojson", &mark), body))
}

fn headers(kind: &str, end: &str, mark: &Mark) -> AppendHeaders<[(header::HeaderName, String); 4]> {
    let name = format!("attachment; filename=\"liandu-{}.{end}\"", mark.position);
    AppendHeaders([
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (
            header::HeaderName::from_static("liandu-position"),
            mark.position.to_string(),
        ),
        (
            header::HeaderName::from_static("liandu-epoch"),
            mark.epoch.hex(),
        ),
    ])
}

/// What a spreadsheet would take for a formula gets an apostrophe before it.
fn harmless(text: String) -> String {
    let number = text.parse::<f64>().is_ok();
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

pub(crate) fn csv_line(fields: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to a Vec cannot fail.
    let _written = writer.write_record(fields.map(|text| harmless(text).into_bytes()));
    writer.into_inner().unwrap_or_default()
}

fn csv_rows(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    pieces: &mut Pieces,
) -> Result<(), TablesError> {
    let places = places(snapshot, asked, limits::EXPORT_FIELDS_MAX)?;
    let heads = COLUMNS
        .into_iter()
        .map(str::to_owned)
        .chain(places.iter().cloned());
    let _mark_for_spreadsheets = pieces.write("\u{feff}".as_bytes());
    if pieces.write(&csv_line(heads)).is_break() {
        return Ok(());
    }
    export(snapshot, asked, |exported| {
        let values = places
            .iter()
            .map(|p| exported.values.get(p).cloned().unwrap_or_default());
        pieces.write(&csv_line(
            fixed(snapshot.lights(), &exported)
                .into_iter()
                .chain(values),
        ))
    })
}

fn fixed(lights: &Lights, exported: &Exported) -> [String; COLUMNS.len()] {
    let line = &exported.line;
    let about = &line.about;
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    let spot = |spot: &GeoPosition| liandu_core::record::value::Value::Position(*spot).to_string();
    [
        line.id.to_string(),
        line.kind.to_string(),
        or_empty(about.campaign.as_ref().map(ToString::to_string)),
        about.scope.region.to_string(),
        or_empty(about.scope.group.as_ref().map(GroupId::to_string)),
        about.scope.audience.as_str().to_owned(),
        line.domain.clone(),
        line.source.clone(),
        line.state.to_string(),
        line.title.clone(),
        or_empty(line.author.as_ref().map(ToString::to_string)),
        about.first.0.to_string(),
        about.first.1.iso(),
        about.last.0.to_string(),
        about.last.1.iso(),
        line.device_first.iso(),
        line.device_last.iso(),
        line.edits.to_string(),
        line.conflicts.to_string(),
        or_empty(line.spot.as_ref().map(spot)),
        if line.due == NOT_DUE {
            String::new()
        } else {
            line.due.clone()
        },
        or_empty(line.light(lights).map(|light| light.as_str().to_owned())),
        code(&line.id),
        or_empty(line.number.as_ref().map(ToString::to_string)),
        or_empty(line.behalf.as_ref().map(ToString::to_string)),
        or_empty(line.raised(lights).map(|level| level.as_str().to_owned())),
    ]
}

fn geojson_rows(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    pieces: &mut Pieces,
) -> Result<(), TablesError> {
    let mark = snapshot.mark();
    let as_of = json!({"epoch": mark.epoch.hex(), "position": mark.position.0});
    let note =
        "coordinates as stored; properties.datum names the system (WGS-84, GCJ-02 or CGCS2000)";
    let head = format!(
        "{{\"type\":\"FeatureCollection\",\"as_of\":{as_of},\"datum_note\":{},\"features\":[",
        json!(note)
    );
    let mut before = head;
    export(snapshot, asked, |exported| {
        let line = format!("{before}{}", feature(snapshot.lights(), &exported));
        ",\n".clone_into(&mut before);
        pieces.write(line.as_bytes())
    })?;
    // Without any record the head is still to be written.
    let end = if before.starts_with('{') {
        format!("{before}]}}\n")
    } else {
        "]}\n".to_owned()
    };
    let _gone = pieces.write(end.as_bytes());
    Ok(())
}

fn feature(lights: &Lights, exported: &Exported) -> Json {
    let names = COLUMNS.into_iter().map(str::to_owned);
    let mut properties: Map<String, Json> = names
        .zip(fixed(lights, exported).map(Json::String))
        .filter(|(name, _)| name != "position")
        .collect();
    let numbers = [
        ("edits", exported.line.edits),
        ("conflicts", exported.line.conflicts),
        ("first_position", exported.line.about.first.0.0),
        ("last_position", exported.line.about.last.0.0),
    ];
    properties.extend(numbers.map(|(name, number)| (name.to_owned(), json!(number))));
    properties.insert("fields".to_owned(), json!(exported.values));
    let geometry = exported.line.spot.map_or(Json::Null, |spot| {
        properties.insert("datum".to_owned(), json!(spot.datum.as_str()));
        if let Some(cm) = spot.accuracy_cm {
            properties.insert("accuracy_m".to_owned(), json!(f64::from(cm) / 100.0));
        }
        let degrees = |e7: i64| e7 as f64 / 1e7;
        json!({"type": "Point", "coordinates": [degrees(spot.lon_e7), degrees(spot.lat_e7)]})
    });
    let id = exported.line.id.to_string();
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for bad in ["=1+1", "+cmd", "-x", "@sum", "\t=1"] {
            assert!(harmless(bad.to_owned()).starts_with('\''), "{bad}");
        }
        for good in ["-3", "+1.5", "违建", "", "a=b"] {
            assert_eq!(harmless(good.to_owned()), good);
        }
        let line = csv_line(["a,b".to_owned(), "说\"话\"".to_owned()].into_iter());
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "\"a,b\",\"说\"\"话\"\"\"\n"
        );
    }
}
