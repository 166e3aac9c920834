//! A bundle file that somebody brought to the office: looked through first, then taken in, and
//! answered by receipts that go back the same way.
//!
//! Never a second way in: what is inside is judged by the same admission as any push. Never
//! believes who made the file: seals inside say who wrote what.

#![expect(unused_qualifications, reason = "written by utoipa's macro")]

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use data_encoding::BASE64;
use liandu_core::admission::open_chunks;
use liandu_core::id::{ChangeHash, DeviceId, RecordId, RegionCode};
use liandu_core::policy::Role;
use liandu_core::protocol::bundle::{self, Bundle, SignedReceipts};
use liandu_core::protocol::envelope::{Addressee, Cover, Envelope, Part};
use liandu_core::protocol::update::RecordPush;
use liandu_core::record::RecordDoc;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};

use crate::api::Office;
use crate::api::admin::{is_theirs, regions_of};
use crate::api::ask::Asked;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, BundleFault, Problem};
use crate::engine::{ActError, LiveKeeper};
use crate::keeper::{Answer, Pushed, Whole, unanswered};

/// What is to be done with the file.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BundleParams {
    /// Whether to take the edits in; otherwise the file is only looked through.
    #[serde(default)]
    apply: bool,
}

/// Whose edits are in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BundleAuthorJson {
    /// The device that wrote them, hexadecimal.
    pub device: String,
    /// Its person's code, when they are of the clerk's regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Edits in the file.
    pub edits: usize,
    /// Of those, the ones that were at the office before.
    pub already: usize,
}

/// What became of a file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BundleTakenJson {
    /// Edits that came with it.
    pub new: u64,
    /// Edits in it that were refused, held or forked, also those of before: they are kept whole.
    pub aside: usize,
    /// Records whose edits cannot be judged yet, because something before them is still on a phone.
    pub waiting: usize,
    /// Parts that were not taken in because the server stopped in between: the same file again
    /// brings them.
    pub left: usize,
    /// The log's end: give it as `at_least` to lists that must show it.
    pub position: u64,
    /// The receipts as a bundle file, base64: a phone imports it and knows what is at the office.
    pub receipts: String,
}

/// A bundle file looked through, or taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BundleJson {
    /// The device that made the file, hexadecimal.
    pub maker: String,
    /// Its person's code, when they are of the clerk's regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When, by that device's clock.
    pub made: String,
    /// Records it speaks of.
    pub records: usize,
    /// Edits in it.
    pub edits: usize,
    /// Of those, the ones that were at the office before.
    pub already: usize,
    /// Records that cannot be read.
    pub unreadable: usize,
    /// Parts that cannot be opened: damaged, or closed to another key. They are passed over.
    pub unreadable_parts: usize,
    /// Whose edits they are.
    pub authors: Vec<BundleAuthorJson>,
    /// Once it was taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<BundleTakenJson>,
}

/// Who takes files in: the congress office, and who looks after phones. To anybody else there is
/// nothing here.
#[derive(Debug, Clone)]
pub(crate) struct Clerk {
    regions: Vec<RegionCode>,
}

impl FromRequestParts<Office> for Clerk {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, ApiError> {
        let who = SignedIn::from_request_parts(parts, office).await?;
        let regions = regions_of(&who, &[Role::CongressOffice, Role::Administrator]);
        let none = regions.is_empty();
        (!none)
            .then_some(Clerk { regions })
            .ok_or(ApiError::NotFound)
    }
}

/// What is in a file, as far as it was looked through.
#[derive(Debug, Default)]
struct Found {
    records: BTreeSet<RecordId>,
    unreadable: usize,
    unreadable_parts: usize,
    /// Edits by author, and of those the ones that were here. An edit that is in two parts counts
    /// once.
    edits: BTreeMap<ChangeHash, (DeviceId, bool)>,
}

/// Look through or take in a bundle file that a phone made for the office. Without `apply` nothing
/// changes. With it the edits go through the same admission as any other; the same file again
/// brings nothing twice.
#[utoipa::path(post, path = "/api/bundles", tag = "bundles", params(BundleParams),
    request_body(content_type = "application/octet-stream", content = Vec<u8>),
    responses((status = 200, body = BundleJson), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem, description = "no bundle for this office: nothing was taken in")))]
pub(crate) async fn take_in(
    State(office): State<Office>,
    who: Clerk,
    Asked(params): Asked<BundleParams>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<BundleJson>, ApiError> {
    let bytes = body.map_err(|fault| match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::Bundle(BundleFault::TooLarge),
        _other => ApiError::Form,
    })?;
    let _one_of_few = office
        .door
        .bundles
        .acquire()
        .await
        .map_err(|_| ApiError::Internal)?;
    let deployment = office.engine.deployment();
    let read = tokio::task::spawn_blocking(move || read(&bytes));
    let Envelope {
        cover,
        written,
        parts,
    } = read.await.map_err(|_| ApiError::Internal)??;
    let fault = match &cover.to {
        _ if cover.deployment != deployment => Some(BundleFault::Elsewhere),
        Addressee::Colleague(_) => Some(BundleFault::ForAColleague),
        Addressee::Office => None,
    };
    if let Some(fault) = fault {
        return Err(ApiError::Bundle(fault));
    }
    let (parts, found) = look_through(&office, &written, parts).await?;
    let mut json = said(&office, &who, &cover, found).await?;
    if params.apply {
        json.taken = Some(take(&office, &written, parts).await?);
    }
    Ok(Json(json))
}

fn read(bytes: &[u8]) -> Result<Envelope, ApiError> {
    if bytes.starts_with(bundle::MAGIC) {
        return Err(ApiError::Bundle(BundleFault::NotClosed));
    }
    Envelope::decode(bytes).map_err(|error| ApiError::Bundle(error.into()))
}

/// Looks through every part; those that can be opened come back with what is in them. A file of
/// which nothing can be opened is refused for what is wrong with its first part.
async fn look_through(
    office: &Office,
    written: &[u8],
    parts: Vec<Part>,
) -> Result<(Vec<Part>, Found), ApiError> {
    let (mut opened, mut found) = (Vec::new(), Found::default());
    let mut first_fault = None;
    for part in parts {
        match look(office, written, &part, &mut found).await? {
            None => opened.push(part),
            Some(fault) => {
                found.unreadable_parts = found.unreadable_parts.saturating_add(1);
                first_fault.get_or_insert(fault);
            }
        }
    }
    match first_fault {
        Some(fault) if opened.is_empty() => Err(ApiError::Bundle(fault)),
        Some(_) | None => Ok((opened, found)),
    }
}

/// Looks through one part: a little at a time on the engine's thread, the documents beside it.
/// Answers why it cannot be opened, if it cannot.
async fn look(
    office: &Office,
    written: &[u8],
    part: &Part,
    found: &mut Found,
) -> Result<Option<BundleFault>, ApiError> {
    let (cover, part) = (written.to_vec(), part.clone());
    let opened = office
        .engine
        .read(move |keeper| keeper.look_into(&cover, &part))
        .await?;
    let (pushes, _whole) = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(Some(error.into())),
    };
    for push in pushes {
        let record = push.record;
        let here = office.engine.read(move |keeper| {
            let stored = keeper.record(&record).map(|parts| parts.chunks);
            (stored.unwrap_or_default(), keeper.kept_outside(&record))
        });
        let (chunks, outside) = here.await?;
        let compared = tokio::task::spawn_blocking(move || compared(&push, &chunks, &outside));
        let edits = compared.await.map_err(|_| ApiError::Internal)?;
        found.records.insert(record);
        match edits {
            Some(edits) => found.edits.extend(edits),
            None => found.unreadable = found.unreadable.saturating_add(1),
        }
    }
    Ok(None)
}

/// The edits of a push, with who wrote them and whether they are here; none when they cannot be
/// read.
fn compared(
    push: &RecordPush,
    chunks: &[Vec<u8>],
    outside: &BTreeSet<ChangeHash>,
) -> Option<Vec<(ChangeHash, (DeviceId, bool))>> {
    let changes = open_chunks(&push.chunk.parts()).ok()?;
    let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
    let doc = match chunks.as_slice() {
        [] => None,
        // What does not load is the keeper's to mend; until then nothing of it is known.
        stored => RecordDoc::load(push.record, stored).ok(),
    };
    let here = |hash: &ChangeHash| {
        outside.contains(hash) || doc.as_ref().is_some_and(|doc| doc.contains(hash))
    };
    let edits = changes.iter().filter(|change| !change.is_birth());
    let edits = edits.map(|change| (change.hash, (change.actor.device(), here(&change.hash))));
    Some(edits.collect())
}

/// What the clerk is told, with the names of people of their regions.
async fn said(
    office: &Office,
    who: &Clerk,
    cover: &Cover,
    found: Found,
) -> Result<BundleJson, ApiError> {
    let mut authors: BTreeMap<DeviceId, (usize, usize)> = BTreeMap::new();
    for (device, already) in found.edits.values() {
        let (edits, known) = authors.entry(*device).or_default();
        *edits = edits.saturating_add(1);
        *known = known.saturating_add(usize::from(*already));
    }
    let (regions, maker) = (who.regions.clone(), cover.maker);
    let authors = office.engine.directory(move |known| {
        let whose = |device: &DeviceId| {
            let person = known.device(device).map(|device| device.person.clone())?;
            let theirs = is_theirs(known, &regions, &person);
            let name = known.person(&person).map(|person| person.name.clone())?;
            theirs.then(|| (person.to_string(), name))
        };
        let named = |(device, (edits, already)): (DeviceId, (usize, usize))| {
            let (person, name) = whose(&device).unzip();
            BundleAuthorJson {
                device: device.hex(),
                person,
                name,
                edits,
                already,
            }
        };
        let authors: Vec<BundleAuthorJson> = authors.into_iter().map(named).collect();
        (authors, whose(&maker).unzip())
    });
    let (authors, (person, name)) = authors.await?;
    Ok(BundleJson {
        maker: cover.maker.hex(),
        person,
        name,
        made: cover.time.iso(),
        records: found.records.len(),
        edits: found.edits.len(),
        already: found.edits.values().filter(|(_, already)| *already).count(),
        unreadable: found.unreadable,
        unreadable_parts: found.unreadable_parts,
        authors,
        taken: None,
    })
}

/// Takes every part in, one after the other. When it stops in between, what came is durable and its
/// receipts are given all the same; the same file again brings the rest.
async fn take(
    office: &Office,
    written: &[u8],
    parts: Vec<Part>,
) -> Result<BundleTakenJson, ApiError> {
    let mut taken = BundleTakenJson {
        new: 0,
        aside: 0,
        waiting: 0,
        left: 0,
        position: 0,
        receipts: String::new(),
    };
    let mut sheets: Vec<SignedReceipts> = Vec::new();
    let all = parts.len();
    for (before, part) in parts.into_iter().enumerate() {
        match take_part(office, written, part, &mut taken).await {
            Ok(more) => sheets.extend(more),
            Err(error) if before == 0 => return Err(error),
            Err(error) => {
                tracing::warn!(?error, before, all, "a bundle was not taken in to its end");
                taken.left = all.saturating_sub(before);
                break;
            }
        }
    }
    let (position, node) = office
        .engine
        .read(|keeper| (keeper.position(), keeper.node_id()))
        .await?;
    taken.position = position.0;
    let mut back = Bundle::new(office.engine.deployment(), node, office.door.now());
    back.receipts = sheets;
    let file = back.encode().map_err(|_| ApiError::Internal)?;
    taken.receipts = BASE64.encode(&file);
    Ok(taken)
}

/// Takes one part in, counts what came, and answers its signed receipts.
async fn take_part(
    office: &Office,
    written: &[u8],
    part: Part,
    taken: &mut BundleTakenJson,
) -> Result<Vec<SignedReceipts>, ApiError> {
    let (pushed, whole) = push(office, written.to_vec(), part).await?;
    office.engine.shared().seen.arrived(&pushed.arrived);
    taken.new = taken.new.saturating_add(pushed.arrived.values().sum());
    let aside = pushed.records.iter().map(|record| record.others.len());
    taken.aside = taken.aside.saturating_add(aside.sum());
    let waiting = pushed.records.iter().filter(|record| unanswered(record));
    let waiting = waiting
        .count()
        .saturating_add(usize::from(whole == Whole::No));
    taken.waiting = taken.waiting.saturating_add(waiting);
    let sign = move |keeper: &LiveKeeper| keeper.receipts_of(&pushed);
    Ok(office.engine.read(sign).await?)
}

async fn push(office: &Office, cover: Vec<u8>, part: Part) -> Result<(Pushed, Whole), ApiError> {
    // The keeper says it before the answer is durable.
    let (say, said) = oneshot::channel();
    let deliver = move |keeper: &mut LiveKeeper, now| {
        // It was opened a moment ago.
        let (ticket, whole) = keeper
            .deliver(now, &cover, &part)
            .map_err(|_| ActError::Failed)?;
        say.send(whole).ok();
        Ok(ticket)
    };
    match office.engine.stage(deliver).await? {
        Answer::Pushed(pushed) => Ok((pushed, said.await.unwrap_or(Whole::No))),
        Answer::Failed(error) => Err(error.into()),
        Answer::Edited(_) | Answer::Acted(_) | Answer::Answered(_) => Err(ApiError::Internal),
    }
}
