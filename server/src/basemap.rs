//! What maps may be drawn on beside the outlines of regions: a PMTiles file on this disk, which
//! phones may take along, or somebody's tile server, which only offices see.
//!
//! Never fetches a tile itself, and never converts one: its coordinate system is named in the
//! settings, and what is drawn on it is moved to fit.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::http::{HeaderValue, header};
use axum::response::Json;
use axum::routing::{get, get_service};
use axum::{Router, extract::State};
use liandu_core::record::value::Datum;
use serde::{Deserialize, Serialize};
use tower_http::services::ServeFile;
use tower_http::set_header::SetResponseHeaderLayer;

/// Where the file is read, part by part.
const FILE: &str = "/map/base.pmtiles";
/// A PMTiles file of the third version begins so.
const MAGIC: &[u8; 8] = b"PMTiles\x03";

/// `[map]` of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A PMTiles file, of pictures or of vectors.
    pub pmtiles: Option<PathBuf>,
    /// A tile server: its address with `{z}`, `{x}` and `{y}`.
    pub tiles: Option<String>,
    /// The coordinate system of the tiles: `WGS-84`, `GCJ-02` or `CGCS2000`.
    pub datum: String,
    /// Whom to thank, as their licence asks. Shown on every map.
    #[serde(default)]
    pub attribution: String,
}

impl Settings {
    /// The same with the file's path relative to a folder.
    pub(crate) fn below(self, folder: &Path) -> Settings {
        Settings {
            pmtiles: self.pmtiles.map(|path| folder.join(path)),
            ..self
        }
    }

    /// What is wrong with them, for who wrote them.
    pub(crate) fn wrong(&self) -> Option<String> {
        if Datum::named(&self.datum).is_none() {
            let names = Datum::ALL.map(Datum::as_str).join(" / ");
            return Some(format!("datum 应为 (must be) {names}"));
        }
        match (&self.pmtiles, &self.tiles) {
            (Some(path), None) => unreadable(path),
            (None, Some(url)) => {
                let whole = ["{z}", "{x}", "{y}"].iter().all(|part| url.contains(part));
                let fits = whole && origin(url).is_some();
                (!fits).then(|| {
                    "tiles 应如 https://tiles.example/{z}/{x}/{y}.png (is not an address of tiles)"
                        .to_owned()
                })
            }
            _both_or_none => {
                Some("请写明 pmtiles 或 tiles 之一 (name either pmtiles or tiles)".to_owned())
            }
        }
    }

    /// Where a browser must be allowed to fetch tiles from; none: only here.
    pub(crate) fn origin(&self) -> Option<&str> {
        self.tiles.as_deref().and_then(origin)
    }
}

/// Scheme and host of an address, if it can stand in a policy.
fn origin(url: &str) -> Option<&str> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| url.starts_with(scheme))?;
    let host = url.get(scheme.len()..)?.split('/').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let fits = !host.is_empty() && host.chars().all(plain);
    fits.then(|| url.get(..scheme.len() + host.len())).flatten()
}

fn unreadable(path: &Path) -> Option<String> {
    let mut first = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    let path = path.display();
    match read {
        Err(error) => Some(format!("不能读取 {path} (cannot read it): {error}")),
        Ok(()) if first == *MAGIC => None,
        Ok(()) => Some(format!(
            "{path} 不是第 3 版 PMTiles 文件 (is not a PMTiles file of version 3)"
        )),
    }
}

/// What a map is told of what it is drawn on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum BaseJson {
    /// Outlines only.
    None,
    /// A file that is read in parts, and may be taken along.
    Pmtiles {
        url: &'static str,
        bytes: u64,
        /// Another one for another file.
        version: String,
        datum: String,
        attribution: String,
    },
    /// A tile server of somebody else.
    Tiles {
        url: String,
        datum: String,
        attribution: String,
    },
}

/// The two routes of what maps are drawn on.
pub(crate) fn router(settings: Option<Settings>) -> Router {
    let file = settings.as_ref().and_then(|map| map.pmtiles.clone());
    let told = Router::new()
        .route("/map/base.json", get(tell))
        .with_state(settings);
    let routes = match file {
        Some(path) => told.route_service(FILE, get_service(ServeFile::new(path))),
        None => told,
    };
    let fixed = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    fixed.into_iter().fold(routes, |routes, (name, value)| {
        let value = HeaderValue::from_static(value);
        routes.layer(SetResponseHeaderLayer::overriding(name, value))
    })
}

async fn tell(State(settings): State<Option<Settings>>) -> Json<BaseJson> {
    let told = tokio::task::spawn_blocking(move || settings.map(describe)).await;
    Json(told.ok().flatten().unwrap_or(BaseJson::None))
}

/// Looks at the file as it is now: an office may put a newer one in its place.
fn describe(settings: Settings) -> BaseJson {
    let Settings {
        pmtiles,
        tiles,
        datum,
        attribution,
    } = settings;
    let Some(path) = pmtiles else {
        return tiles.map_or(BaseJson::None, |url| BaseJson::Tiles {
            url,
            datum,
            attribution,
        });
    };
    let Ok(found) = std::fs::metadata(path) else {
        return BaseJson::None;
    };
    let changed = found.modified().ok();
    let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    BaseJson::Pmtiles {
        url: FILE,
        bytes: found.len(),
        version: format!(
            "{}-{}",
            changed.map_or(0, |since| since.as_secs()),
            found.len()
        ),
        datum,
        attribution,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt as _;

    fn settings(pmtiles: Option<PathBuf>, tiles: Option<&str>) -> Settings {
        Settings {
            pmtiles,
            tiles: tiles.map(str::to_owned),
            datum: "WGS-84".to_owned(),
            attribution: "测绘院".to_owned(),
        }
    }

    async fn get(settings: Option<Settings>, path: &str, range: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::builder().uri(path).header("range", range);
        let request = request.body(Body::empty()).unwrap();
        let response = router(settings).oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, body.to_vec())
    }

    #[tokio::test]
    async fn file_is_read_in_parts_and_described_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("base.pmtiles");
        std::fs::write(&path, [MAGIC.as_slice(), &[7; 100]].concat()).unwrap();
        let map = settings(Some(path.clone()), None);
        assert_eq!(map.wrong(), None);
        let (status, part) = get(Some(map.clone()), FILE, "bytes=6-9").await;
        assert_eq!(status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(part, [b's', 3, 7, 7]);
        let (_, told) = get(Some(map.clone()), "/map/base.json", "").await;
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
        assert_eq!(
            (told["kind"].as_str(), told["bytes"].as_u64()),
            (Some("pmtiles"), Some(108))
        );
        std::fs::remove_file(path).unwrap();
        let (_, told) = get(Some(map), "/map/base.json", "").await;
        assert_eq!(told, br#"{"kind":"none"}"#);
    }

    #[tokio::test]
    async fn without_settings_there_is_nothing_but_outlines() {
        let (status, told) = get(None, "/map/base.json", "").await;
        assert_eq!(
            (status, told.as_slice()),
            (StatusCode::OK, br#"{"kind":"none"}"#.as_slice())
        );
        assert_eq!(get(None, FILE, "").await.0, StatusCode::NOT_FOUND);
    }

    #[test]
    fn settings_that_no_map_can_use_are_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        std::fs::write(&other, "SQLite format 3").unwrap();
        let good = "https://t.example:8443/{z}/{x}/{y}.png";
        for wrong in [
            settings(None, None),
            settings(Some(other.clone()), Some(good)),
            settings(Some(other), None),
            settings(Some(folder.path().join("missing")), None),
            settings(None, Some("https://t.example/{z}/{x}.png")),
            settings(None, Some("ftp://t.example/{z}/{x}/{y}.png")),
            settings(None, Some("https://t.example;script-src/{z}/{x}/{y}.png")),
            Settings {
                datum: "BD-09".to_owned(),
                ..settings(None, Some(good))
            },
        ] {
            assert!(wrong.wrong().is_some(), "{wrong:?}");
        }
        let right = settings(None, Some(good));
        assert_eq!(right.wrong(), None);
        assert_eq!(right.origin(), Some("https://t.example:8443"));
    }
}
