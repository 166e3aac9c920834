//! Files sent in pieces: tus 1.0.0 with creation, termination, checksum and expiration.
//!
//! Never takes more than was announced, and never loses what has come: a piece that breaks off
//! stays, and the next request goes on from there.

use axum::body::Body;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use data_encoding::BASE64;
use futures_util::StreamExt;
use liandu_core::limits;
use liandu_core::time::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::api::Office;
use crate::api::device::Caller;
use crate::api::problem::{ApiError, FileFault, Problem};
use crate::files::uploads::{Begun, Taken, UploadId};
use crate::files::{FileHash, FilesError};

const VERSION: &str = "1.0.0";
const OFFSET: &str = "upload-offset";
const LENGTH: &str = "upload-length";

/// Every answer says the protocol's version, and every request but the first question must.
pub(crate) async fn speaks_tus(request: Request, next: Next) -> Response {
    let said = request.headers().get("tus-resumable");
    let fits = said.is_some_and(|said| said.as_bytes() == VERSION.as_bytes());
    let mut response = if fits || request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        let version = [("tus-version", VERSION)];
        (AppendHeaders(version), ApiError::File(FileFault::Version)).into_response()
    };
    response.headers_mut().insert(
        HeaderName::from_static("tus-resumable"),
        HeaderValue::from_static(VERSION),
    );
    response
}

fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, ApiError> {
    let number = text(headers, name).and_then(|text| text.parse().ok());
    number.ok_or(ApiError::File(FileFault::Header(name)))
}

/// `hash` of the metadata: pairs of a key and a value in Base64.
fn hash_of(headers: &HeaderMap) -> Result<FileHash, ApiError> {
    const METADATA: &str = "upload-metadata";
    let bad = ApiError::File(FileFault::Header(METADATA));
    let said = text(headers, METADATA).filter(|m| m.len() <= limits::UPLOAD_METADATA_BYTES_MAX);
    let mut pairs = said.unwrap_or("").split(',').map(str::trim);
    let hash = pairs.find_map(|pair| pair.strip_prefix("hash "));
    let hash = hash.and_then(|hash| BASE64.decode(hash.trim().as_bytes()).ok());
    let hash = hash.and_then(|hash| String::from_utf8(hash).ok()?.parse().ok());
    hash.ok_or(bad)
}

fn stands(begun: &Begun) -> [(&'static str, String); 3] {
    [
        (OFFSET, begun.offset.to_string()),
        (LENGTH, begun.length.to_string()),
        ("upload-expires", http_date(begun.expires)),
    ]
}

/// A moment as HTTP writes it.
fn http_date(at: Timestamp) -> String {
    let ms = u64::try_from(at.0).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(ms))
}

/// What this server takes.
#[utoipa::path(options, path = "/api/files", tag = "files", security(()),
    responses((status = 204, description = "`Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`")))]
pub(crate) async fn offers() -> impl IntoResponse {
    let headers = [
        ("tus-version", VERSION.to_owned()),
        (
            "tus-extension",
            "creation,termination,checksum,expiration".to_owned(),
        ),
        ("tus-max-size", limits::FILE_BYTES_MAX.to_string()),
        ("tus-checksum-algorithm", "sha1,sha256".to_owned()),
    ];
    (StatusCode::NO_CONTENT, AppendHeaders(headers))
}

/// Begin to send a file, or find out how far it is: the same file by the same sender has the same
/// address. A file that is here already needs no piece.
#[utoipa::path(post, path = "/api/files", tag = "files",
    params(("tus-resumable" = String, Header, description = "`1.0.0`"),
        ("upload-length" = u64, Header, description = "bytes of the file"),
        ("upload-metadata" = String, Header, description = "`hash` and the file's SHA-256 in lower-case hexadecimal, in Base64")),
    responses((status = 201, description = "`Location`, `Upload-Offset`, `Upload-Expires`"),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 429, body = Problem),
        (status = 507, body = Problem)))]
pub(crate) async fn begin(
    State(office): State<Office>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let length = number(&headers, LENGTH)?;
    let hash = hash_of(&headers)?;
    let now = office.door.now();
    let begun = office.files.begin(&caller.owner, hash, length, now).await?;
    let location = format!("/api/files/{}", begun.id.as_str());
    let headers = AppendHeaders([(header::LOCATION, location)]);
    Ok((StatusCode::CREATED, headers, AppendHeaders(stands(&begun))).into_response())
}

fn id_of(id: &str) -> Result<UploadId, ApiError> {
    UploadId::parse(id).ok_or(ApiError::NotFound)
}

/// How far an upload is.
#[utoipa::path(head, path = "/api/files/{id}", tag = "files",
    params(("id" = String, Path, description = "the upload"),
        ("tus-resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 200, description = "`Upload-Offset`, `Upload-Length`, `Upload-Expires`"),
        (status = 401, description = "not signed in"), (status = 404, description = "no such upload, or expired")))]
pub(crate) async fn look(
    State(office): State<Office>,
    caller: Caller,
    UrlPath(id): UrlPath<String>,
) -> Result<Response, ApiError> {
    let id = id_of(&id)?;
    let uploads = office.files.uploads();
    let found = || uploads.look(&id, &caller.owner).ok_or(ApiError::NotFound);
    let mut begun = found()?;
    if begun.offset == begun.length && !begun.done {
        // The server was killed between the last byte and its answer.
        let mut taken = uploads.take(&id, &caller.owner, begun.offset)?;
        office.files.finish(&mut taken).await?;
        drop(taken);
        begun = found()?;
    }
    Ok((StatusCode::OK, AppendHeaders(stands(&begun))).into_response())
}

/// Send the next piece. With the last one the whole is checked: it is kept when its SHA-256 is the
/// name and its kind is one that is kept, and thrown away when not.
#[utoipa::path(patch, path = "/api/files/{id}", tag = "files",
    params(("id" = String, Path, description = "the upload"),
        ("tus-resumable" = String, Header, description = "`1.0.0`"),
        ("upload-offset" = u64, Header, description = "where the piece begins"),
        ("upload-checksum" = Option<String>, Header, description = "`sha256` or `sha1` and the piece's hash in Base64")),
    request_body(content_type = "application/offset+octet-stream", content = Vec<u8>),
    responses((status = 204, description = "`Upload-Offset`, `Upload-Expires`"),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 423, body = Problem),
        (status = 460, body = Problem)))]
pub(crate) async fn write(
    State(office): State<Office>,
    caller: Caller,
    UrlPath(id): UrlPath<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let id = id_of(&id)?;
    if text(&headers, "content-type") != Some("application/offset+octet-stream") {
        return Err(ApiError::File(FileFault::Header("content-type")));
    }
    let offset = number(&headers, OFFSET)?;
    let sum = Checksum::of(&headers)?;
    // On a task of its own: what has come is kept when the sender goes away.
    let written = tokio::spawn(async move {
        let files = &office.files;
        let mut taken = files.uploads().take(&id, &caller.owner, offset)?;
        append(&mut taken, sum, body, office.door.now()).await?;
        if taken.offset() == taken.length() {
            files.finish(&mut taken).await?;
        }
        drop(taken);
        let begun = files.uploads().look(&id, &caller.owner);
        begun.ok_or(FilesError::Unknown)
    });
    let begun = written.await.map_err(|_| ApiError::Internal)??;
    Ok((StatusCode::NO_CONTENT, AppendHeaders(stands(&begun))).into_response())
}

/// Give an upload up. A file that is kept stays.
#[utoipa::path(delete, path = "/api/files/{id}", tag = "files",
    params(("id" = String, Path, description = "the upload"),
        ("tus-resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 204, description = "given up"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 423, body = Problem)))]
pub(crate) async fn remove(
    State(office): State<Office>,
    caller: Caller,
    UrlPath(id): UrlPath<String>,
) -> Result<StatusCode, ApiError> {
    if office.files.uploads().remove(&id_of(&id)?, &caller.owner)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound)
    }
}

/// A piece's checksum under way.
enum Checksum {
    None,
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Checksum {
    fn of(headers: &HeaderMap) -> Result<Checksum, ApiError> {
        const CHECKSUM: &str = "upload-checksum";
        let Some(said) = headers.get(CHECKSUM) else {
            return Ok(Checksum::None);
        };
        let bad = || ApiError::File(FileFault::Header(CHECKSUM));
        let said = said.to_str().ok().and_then(|said| said.split_once(' '));
        let (algorithm, sum) = said.ok_or_else(bad)?;
        let sum = BASE64.decode(sum.trim().as_bytes()).map_err(|_| bad())?;
        match algorithm {
            "sha1" => Ok(Checksum::Sha1(Sha1::new(), sum)),
            "sha256" => Ok(Checksum::Sha256(Sha256::new(), sum)),
            _other => Err(bad()),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Checksum::None => {}
            Checksum::Sha1(hash, _) => hash.update(bytes),
            Checksum::Sha256(hash, _) => hash.update(bytes),
        }
    }

    fn fits(self) -> bool {
        match self {
            Checksum::None => true,
            Checksum::Sha1(hash, sum) => hash.finalize().as_slice() == sum,
            Checksum::Sha256(hash, sum) => hash.finalize().as_slice() == sum,
        }
    }
}

/// Writes a piece behind what is here. One with a checksum counts whole or not at all; one without
/// counts as far as it came.
async fn append(
    taken: &mut Taken<'_>,
    mut sum: Checksum,
    body: Body,
    now: Timestamp,
) -> Result<(), FilesError> {
    let (from, length) = (taken.offset(), taken.length());
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.create(true).write(true).open(taken.path()).await?;
    file.set_len(from).await?;
    file.seek(std::io::SeekFrom::Start(from)).await?;
    let mut reached = from;
    let mut pieces = body.into_data_stream();
    let wait = Duration::from_millis(limits::EXPORT_PIECE_MS_MAX);
    // A sender that goes away or falls silent goes on from here later.
    while let Ok(Some(Ok(bytes))) = tokio::time::timeout(wait, pieces.next()).await {
        reached += bytes.len() as u64;
        if reached > length {
            file.set_len(from).await?;
            return Err(FilesError::TooLarge);
        }
        sum.add(&bytes);
        file.write_all(&bytes).await?;
    }
    file.flush().await?;
    if !sum.fits() {
        file.set_len(from).await?;
        return Err(FilesError::Checksum);
    }
    file.sync_data().await?;
    taken.reached(reached, now);
    Ok(())
}
