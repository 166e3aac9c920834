//! The web application's built files, as the server hands them to browsers: headers, compression,
//! and the page itself for every address the application knows.
//!
//! Never holds data of an office: all that comes from the API. Builds without the files, too.

use std::path::{Component, Path, PathBuf};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;
use tower_http::compression::CompressionLayer;

use crate::api::not_found;

/// What the page may load and run: its own files, and nothing else.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Where an office's page may fetch from, tiles of its map beside its own.
const FETCHES: &str = "connect-src 'self'";
const PAGE: &str = "index.html";
/// The field app: a page of its own for every address under its folder.
const FIELD: &str = "m";
const FIELD_PAGE: &str = "m/index.html";
/// File names in here hold a hash of their content.
const HASHED: [&str; 2] = ["assets/", "m/assets/"];
const MISSING: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
     <title>联督 Liandu</title><h1>网页尚未编译 The web pages are not built</h1>\
     <p>接口照常工作。编译网页请运行 The API works. To build the pages, run: \
     <code>cargo xtask web</code></p>\
     <p>需要 needs: Node.js 20 · <a href=\"/api/openapi.json\">接口说明 API</a></p>";

/// Where the web application's own build puts them.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/web/dist");

/// In the program itself.
#[derive(RustEmbed)]
#[folder = "../crates/web/dist"]
#[allow_missing = true]
struct Built;

/// Where the files are.
#[derive(Debug, Clone)]
pub(crate) enum Pages {
    /// Those the program was built with.
    Built,
    /// A folder on this disk.
    Folder(PathBuf),
}

impl Pages {
    /// Those of the folder named in the settings, or else those that belong to this program. A
    /// build for development reads its pages where they are built: before or after the program.
    pub(crate) fn of(named: Option<PathBuf>) -> Pages {
        match named {
            Some(folder) => Pages::Folder(folder),
            None if cfg!(debug_assertions) => Pages::Folder(BUILT.into()),
            None => Pages::Built,
        }
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Pages::Built => Built::get(path).map(|file| file.data.into_owned()),
            Pages::Folder(folder) => {
                let inside = Path::new(path)
                    .components()
                    .all(|part| matches!(part, Component::Normal(_)));
                inside
                    .then(|| std::fs::read(folder.join(path)).ok())
                    .flatten()
            }
        }
    }
}

/// Answers every address that is no other route's.
///
/// `tiles` is whose tiles offices may see; phones fetch from nobody but this server.
pub(crate) fn router(files: Pages, tiles: Option<&str>) -> Router {
    let office = tiles.map(|tiles| POLICY.replace(FETCHES, &format!("{FETCHES} {tiles}")));
    let office = office.and_then(|policy| HeaderValue::from_str(&policy).ok());
    let policy = office.unwrap_or(HeaderValue::from_static(POLICY));
    Router::new()
        .fallback(show)
        .with_state((files, policy))
        .layer(CompressionLayer::new())
}

type Shown = (Pages, HeaderValue);

async fn show(State((files, office)): State<Shown>, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if !reads || path == "api" || path.starts_with("api/") {
        return not_found();
    }
    let on_phone = path == FIELD || path.starts_with("m/");
    let found = tokio::task::spawn_blocking(move || find(&files, &path)).await;
    let mut response = found.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    let policy = if on_phone {
        HeaderValue::from_static(POLICY)
    } else {
        office
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The file, the page for an address of the application, or what is missing.
fn find(files: &Pages, path: &str) -> Response {
    if !path.is_empty()
        && let Some(bytes) = files.read(path)
    {
        let keep = if HASHED.iter().any(|folder| path.starts_with(folder)) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        return ([of_kind(path), (header::CACHE_CONTROL, keep)], bytes).into_response();
    }
    // A file that is not there is not a page: an old page must learn that its files are gone.
    if path
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.'))
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kept = (header::CACHE_CONTROL, "no-cache");
    let page = match path.strip_prefix(FIELD) {
        // Its service worker rules the folder, not the address without the slash.
        Some("") => return Redirect::permanent("/m/").into_response(),
        Some(rest) if rest.starts_with('/') => FIELD_PAGE,
        Some(_) | None => PAGE,
    };
    match files.read(page) {
        Some(bytes) => ([of_kind(page), kept], bytes).into_response(),
        None => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            (status, [of_kind(PAGE), kept], MISSING).into_response()
        }
    }
}

fn of_kind(path: &str) -> (HeaderName, &'static str) {
    let kind = match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "geojson" | "webmanifest" => "application/json",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    (header::CONTENT_TYPE, kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt as _;

    async fn answer(folder: &Path, path: &str) -> Response {
        let request = Request::builder()
            .uri(path)
            .header("accept-encoding", "br")
            .body(Body::empty())
            .unwrap();
        let files = Pages::Folder(folder.to_owned());
        let tiles = Some("https://tiles.example");
        router(files, tiles).oneshot(request).await.unwrap()
    }

    fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn built() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        std::fs::write(folder.path().join(PAGE), "<p>page</p>".repeat(50)).unwrap();
        std::fs::write(folder.path().join("assets/a-1f.js"), "1;".repeat(90)).unwrap();
        folder
    }

    #[tokio::test]
    async fn addresses_of_the_application_get_its_page_compressed_under_a_strict_policy() {
        let folder = built();
        for path in ["/", "/ledger", "/records/0190"] {
            let response = answer(folder.path(), path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header_of(&response, "content-encoding"), "br");
            assert_eq!(header_of(&response, "cache-control"), "no-cache");
            let policy = header_of(&response, "content-security-policy");
            assert!(
                policy.contains("connect-src 'self' https://tiles.example;"),
                "{policy}"
            );
        }
    }

    #[tokio::test]
    async fn the_field_app_has_its_own_page_under_its_folder_and_nowhere_else() {
        let folder = built();
        std::fs::create_dir_all(folder.path().join("m/assets")).unwrap();
        std::fs::write(folder.path().join(FIELD_PAGE), "field").unwrap();
        std::fs::write(folder.path().join("m/assets/b-2c.js"), "1;").unwrap();
        let is_field = async |path: &str| {
            let body = answer(folder.path(), path).await.into_body();
            axum::body::to_bytes(body, 10_000).await.unwrap() == "field"
        };
        assert!(is_field("/m/").await && is_field("/m/records/0190").await);
        assert!(!is_field("/").await && !is_field("/map").await);
        let page = answer(folder.path(), "/m/records/0190").await;
        assert_eq!(header_of(&page, "content-security-policy"), POLICY);
        let bare = answer(folder.path(), "/m").await;
        assert_eq!(header_of(&bare, "location"), "/m/");
        let file = answer(folder.path(), "/m/assets/b-2c.js").await;
        assert!(header_of(&file, "cache-control").contains("immutable"));
    }

    #[tokio::test]
    async fn hashed_files_are_kept_for_good_and_missing_ones_are_not_pages() {
        let folder = built();
        let file = answer(folder.path(), "/assets/a-1f.js").await;
        assert!(header_of(&file, "cache-control").contains("immutable"));
        assert!(header_of(&file, "content-type").starts_with("text/javascript"));
        let gone = answer(folder.path(), "/assets/a-2e.js").await;
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_read_and_unknown_routes_of_the_api_are_not_pages() {
        let folder = built();
        let inner = folder.path().join("assets");
        let outside = answer(&inner, "/../index.html").await;
        assert_eq!(outside.status(), StatusCode::NOT_FOUND);
        let api = answer(folder.path(), "/api/nothing").await;
        assert_eq!(api.status(), StatusCode::NOT_FOUND);
        assert_eq!(header_of(&api, "content-type"), "application/problem+json");
    }

    #[tokio::test]
    async fn without_files_the_page_says_which_command_builds_them() {
        let folder = tempfile::tempdir().unwrap();
        let response = answer(folder.path(), "/").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(MISSING.contains("cargo xtask web"));
    }
}
