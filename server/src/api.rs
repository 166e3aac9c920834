//! The office's HTTP API: every route on one screen, what all of them share, and the description
//! of it all (OpenAPI).
//!
//! Never decides: handlers extract, call one function of the tables or the engine, and convert.

mod admin;
mod ask;
mod attachments;
mod body;
mod bundles;
mod calendar;
mod changes;
mod definition;
mod described;
mod device;
mod dispatches;
mod door;
mod duplicates;
mod edits;
mod export;
mod groups;
mod held;
mod history;
mod imports;
mod inbox;
mod json;
mod labels;
mod library;
mod line;
mod map;
mod new_phone;
mod notices;
mod origin;
mod plans;
mod policy;
mod problem;
mod record;
mod records;
mod referral;
mod session;
mod status;
#[cfg(test)]
mod tests;
mod units;
mod uploads;
mod workflow;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use liandu_core::campaign::Calendar;
use liandu_core::id::Position;
use liandu_core::light::Lights;
use liandu_core::limits;
use liandu_core::time::Day;
use tokio::sync::watch;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use admin::{
    AccountBody, AccountChange, AccountJson, AuditJson, AuditKindJson, AuditLineJson, BackupJson,
    CheckJson, DeviceJson, DoneJson, FoundJson, InvitationJson, InviteBody, InvitedJson,
    LibraryLookedJson, PeopleJson, PersonJson, PublishedJson, RevokeBody, RosterJson, RunningJson,
    SetUpJson, UnsavedJson, UpkeepJson, WaitingPhoneJson, WarningJson,
};
pub use attachments::{AttachmentJson, AttachmentsJson, PairJson};
pub use bundles::{BundleAuthorJson, BundleJson, BundleTakenJson};
pub use calendar::{CalendarJson, CalendarYearJson};
pub use changes::ChangesJson;
pub use definition::DefinitionJson;
pub use device::{ChallengeJson, DeviceTokenJson, ProofBody};
pub use dispatches::{
    DecideBody, DecidedJson, DecisionAboutJson, DecisionJson, DispatchItemJson, DispatchJson,
    DispatchLineJson, DispatchPartJson, DispatchQueriesJson, DispatchesJson, FreezeBody, TallyJson,
};
pub use door::{Door, Edge};
pub(crate) use door::{note_tries, write_all_tries};
pub use duplicates::{AlikeJson, DoublesJson, DuplicateJson, DuplicatesJson};
pub use edits::{CreateBody, EditBody, EditJson, EditedJson, ResolveBody, SpliceJson, WriteJson};
pub use groups::TeamJson;
pub use held::{AnswerBody, HeldJson, QuarantineJson, SettledJson};
pub use history::{HistoriesJson, HistoryJson};
pub use imports::{CellErrorJson, ImportJson, UndoneJson};
pub use inbox::{InboxJson, NextJson, WaitJson, WaitingJson};
pub use json::{
    AsOf, ByJson, ConflictJson, LabelJson, PositionJson, QuantityJson, ScopeJson, ServerJson,
    StandingJson, ValueJson, WrittenJson,
};
pub use library::LibraryVersionJson;
pub use line::{LineJson, NumberJson};
pub use map::{ClusterJson, MapJson, RegionCountJson};
pub use new_phone::{NewPhoneAnswer, NewPhoneBody, NewPhoneJson, NewPhoneToken, OldPhoneJson};
pub use notices::{NoticeJson, NoticesJson};
pub(crate) use origin::From as CameFrom;
pub use origin::{Outside, Peer};
pub use plans::{PlanJson, PlansJson, PointJson};
pub use policy::RuleJson;
pub use problem::Problem;
pub use record::{EventJson, FieldJson, RecordJson, StateJson, TextJson};
pub use records::{ConflictsJson, CountJson, GroupJson, InConflictJson, RecordsJson};
pub use session::{GrantJson, SessionJson};
pub use status::HealthJson;
pub use units::UnitJson;
pub use workflow::{
    ByWhomJson, EventRuleJson, FlagRuleJson, StateRuleJson, WorkflowJson, WorkflowsJson,
};

use crate::api::device::Stamp;
pub(crate) use crate::api::problem::ApiError;
use crate::engine::Handle;
use crate::files::Files;
use crate::tables::follow::{Progress, reached};
use crate::tables::query::{Readers, Snapshot};
use crate::upkeep::Care;

/// What the API works with: the engine, the tables, how far they are, and the door.
#[derive(Clone)]
pub struct Office {
    /// Writes and single records.
    pub engine: Handle,
    /// Lists, counts and exports.
    pub readers: Arc<Readers>,
    /// How far the tables are.
    pub progress: watch::Receiver<Progress>,
    /// Sessions.
    pub door: Arc<Door>,
    /// Photos and files.
    pub files: Arc<Files>,
    /// The events that units are told of outside this system where a campaign does not say; none
    /// without a gateway.
    pub noticed: Option<Vec<String>>,
    /// Backups and checks.
    pub care: Arc<Care>,
    stamp: Arc<Stamp>,
    /// The calendar that ships with the program.
    calendar: Arc<Calendar>,
}

impl Office {
    /// Puts them together; `None` when the system has no random bytes to give.
    pub fn new(
        engine: Handle,
        (readers, progress): (Arc<Readers>, watch::Receiver<Progress>),
        door: Arc<Door>,
        (files, care): (Arc<Files>, Arc<Care>),
    ) -> Option<Office> {
        let stamp = Arc::new(Stamp::new((door.edge.random)()?));
        // A test holds that it parses.
        let calendar = Arc::new(Calendar::china().unwrap_or_default());
        Some(Office {
            engine,
            readers,
            progress,
            door,
            files,
            noticed: None,
            care,
            stamp,
            calendar,
        })
    }

    /// Waits until the tables hold everything up to `position`.
    pub(crate) async fn reach(&self, position: Position) -> Result<(), ApiError> {
        if reached(&self.progress, position).await {
            Ok(())
        } else {
            Err(ApiError::NotYet)
        }
    }

    /// Asks the tables on a thread that may block, once they have reached `at_least`.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        at_least: Position,
        ask: impl FnOnce(&Snapshot<'_>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.reach(at_least).await?;
        let _one_of_few = self
            .door
            .reads
            .acquire()
            .await
            .map_err(|_| ApiError::Internal)?;
        let lights = self.lights().await?;
        let readers = self.readers.clone();
        let asked = tokio::task::spawn_blocking(move || readers.read(lights, ask));
        asked.await.map_err(|_| ApiError::Internal)?
    }

    /// What deadlines mean today.
    async fn lights(&self) -> Result<Lights, ApiError> {
        let known = self.engine.definitions().await?;
        let today = Day::in_beijing(self.door.now());
        Ok(Lights::known(today, &known, &self.calendar))
    }

    async fn labels(&self) -> Result<labels::Labels, ApiError> {
        Ok(labels::Labels(self.engine.definitions().await?))
    }

    fn epoch(&self) -> String {
        self.progress
            .borrow()
            .epoch
            .map(|epoch| epoch.hex())
            .unwrap_or_default()
    }
}

/// Answers are data: a browser that is made to show one as a page runs and loads nothing.
const CONTENT_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Browsers use nothing but TLS for a year.
const ONLY_TLS: &str = "max-age=31536000";

/// Every route, described.
fn routes() -> OpenApiRouter<Office> {
    let limited = OpenApiRouter::new()
        .routes(routes!(session::begin, session::show, session::end))
        .routes(routes!(records::index, edits::create))
        .routes(routes!(records::counted))
        .routes(routes!(records::in_conflict))
        .routes(routes!(duplicates::index))
        .routes(routes!(duplicates::show))
        .routes(routes!(map::show))
        .routes(routes!(record::show))
        .routes(routes!(history::show))
        .routes(routes!(edits::edit))
        .routes(routes!(edits::resolve))
        .routes(routes!(attachments::index))
        .routes(routes!(device::challenge))
        .routes(routes!(device::begin))
        .routes(routes!(new_phone::ask))
        .routes(routes!(new_phone::answer))
        .routes(routes!(new_phone::withdraw))
        .routes(routes!(new_phone::others))
        .routes(routes!(inbox::show))
        .routes(routes!(notices::index))
        .routes(routes!(dispatches::index, dispatches::create))
        .routes(routes!(dispatches::show))
        .routes(routes!(dispatches::decide))
        .routes(routes!(workflow::show))
        .routes(routes!(policy::index))
        .routes(routes!(units::index))
        .routes(routes!(library::index))
        .routes(routes!(library::show))
        .routes(routes!(groups::index))
        .routes(routes!(plans::index))
        .routes(routes!(changes::index))
        .merge(admin::routes())
        .routes(routes!(calendar::show))
        .routes(routes!(definition::index))
        .routes(routes!(definition::show))
        .routes(routes!(held::index))
        .routes(routes!(held::release))
        .routes(routes!(held::answer))
        .routes(routes!(status::health))
        .routes(routes!(status::metrics))
        .layer(from_fn(in_time));
    let uploads = OpenApiRouter::new()
        .routes(routes!(uploads::begin, uploads::offers))
        .routes(routes!(uploads::look, uploads::write, uploads::remove))
        .layer(from_fn(uploads::speaks_tus));
    let imports = OpenApiRouter::new()
        .routes(routes!(imports::begin))
        .routes(routes!(admin::bring_roster))
        .routes(routes!(admin::bring_library))
        .layer(DefaultBodyLimit::max(limits::IMPORT_BYTES_MAX));
    let bundles = OpenApiRouter::new()
        .routes(routes!(bundles::take_in))
        .layer(DefaultBodyLimit::max(limits::BUNDLE_TAKEN_BYTES_MAX));
    limited
        .merge(uploads)
        .merge(imports)
        .merge(bundles)
        .routes(routes!(imports::undo))
        .routes(routes!(attachments::original))
        .routes(routes!(attachments::thumbnail))
        .routes(routes!(export::csv_file))
        .routes(routes!(export::xlsx::xlsx_file))
        .routes(routes!(export::geojson_file))
        .routes(routes!(admin::audit_file))
}

/// The description of the API.
pub fn openapi() -> OpenApi {
    let (_, mut described) = routes().split_for_parts();
    let mut info = Info::new("联督 Liandu", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "联督服务器的办公接口。The office's side of a Liandu server: merged records, counts, \
         conflicts, quarantine, exports. Every answer says in `as_of` for which position of the \
         log it is true; `at_least` waits for one. Problems are JSON with `code`, `zh`, `en`."
            .to_owned(),
    );
    info.license = Some(License::new("Apache-2.0"));
    described.info = info;
    described::complete(&mut described);
    let components = described.components.get_or_insert_default();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(door::COOKIE)));
    components.add_security_scheme("token", token);
    components.add_security_scheme("cookie", cookie);
    let either = ["token", "cookie"].map(|name| SecurityRequirement::new(name, [""; 0]));
    OpenApiBuilder::from(described)
        .security(Some(either))
        .build()
}

/// The routes over an office.
pub fn router(office: Office) -> Router {
    let described: Arc<str> = openapi().to_pretty_json().unwrap_or_default().into();
    let description = move || async move {
        let kind = (header::CONTENT_TYPE, "application/json");
        ([kind], described.to_string()).into_response()
    };
    let (router, _) = routes().split_for_parts();
    router
        .route("/api/openapi.json", axum::routing::get(description))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::NotFound)
        .layer(DefaultBodyLimit::max(limits::API_BODY_BYTES_MAX))
        .layer(from_fn_with_state(office.clone(), marked))
        .with_state(office)
}

/// The answer to an address that is nobody's.
pub(crate) fn not_found() -> Response {
    ApiError::NotFound.into_response()
}

/// Whether it is the framework's own answer: ours are problems in JSON.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// Ends a request that takes too long.
async fn in_time(request: Request, next: Next) -> Response {
    let limit = Duration::from_millis(limits::API_REQUEST_MS_MAX);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::Busy { retry_s: 10 }.into_response(),
    }
}

/// Headers of every answer: the tables' position, and nothing kept by browsers or shown in frames.
async fn marked(
    axum::extract::State(office): axum::extract::State<Office>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::BAD_REQUEST && is_plain(&response) {
        // A part of the address that is no text or no number: the address is nobody's.
        response = ApiError::NotFound.into_response();
    }
    let position = office.progress.borrow().position.0;
    let headers = response.headers_mut();
    headers
        .entry(HeaderName::from_static("liandu-position"))
        .or_insert_with(|| HeaderValue::from(position));
    let fixed = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("content-security-policy", CONTENT_POLICY),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if office.door.outside.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(ONLY_TLS),
        );
    }
    response
}
