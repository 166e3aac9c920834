//! The server's settings: a TOML file, or nothing but a data folder.
//!
//! Never reads the environment, and never passes over a key it does not know.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{basemap, engine, journal, keeper, notices};

/// Where a server listens when nothing is said.
const LISTEN: &str = "127.0.0.1:8420";
const DAY_MS: u64 = 24 * 3_600_000;

/// The file as it is written: every key, none required but `data`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: PathBuf,
    authority: Option<PathBuf>,
    tables: Option<PathBuf>,
    web: Option<PathBuf>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<IpAddr>,
    tls: Option<TlsFiles>,
    notices: Option<notices::Settings>,
    map: Option<basemap::Settings>,
    #[serde(default)]
    backup: Backup,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    log: Log,
}

/// The server's own certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those up to its authority, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// What is expected of backups.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Administrators are warned when the last one is so old, days; 0: never.
    pub warn_days: u32,
}

impl Default for Backup {
    fn default() -> Backup {
        Backup { warn_days: 7 }
    }
}

/// Sizes and times that an office may want to change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Device connections open at the same time.
    pub connections: usize,
    /// Documents kept in memory for judging, mebibytes.
    pub cache_mib: usize,
    /// How long an ended membership still counts for who did not know of it, days.
    pub grace_days: u32,
    /// Left free on the log's disk: receipts stop before it is full, mebibytes.
    pub disk_reserve_mib: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 50_000,
            cache_mib: 32,
            grace_days: 7,
            disk_reserve_mib: 256,
        }
    }
}

/// The server's messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How they are written.
    pub format: LogFormat,
    /// What is written, as `info` or `liandu_server=debug,warn`; LIANDU_LOG wins.
    pub filter: Option<String>,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Everything a command needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Log, index, node key, admin socket, lock.
    pub data: PathBuf,
    /// The authority key's folder, outside the data.
    pub authority: PathBuf,
    /// The office tables' folder.
    pub tables: PathBuf,
    /// The web application's built files; none: those in the program.
    pub web: Option<PathBuf>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// What devices and browsers call the server; none: the address it listens on.
    pub public_url: Option<String>,
    /// Reverse proxies whose word about a request's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// The certificate; none: plain HTTP, for loopback and behind a proxy.
    pub tls: Option<TlsFiles>,
    /// How units are told outside this system; none: they are not.
    pub notices: Option<notices::Settings>,
    /// What maps are drawn on; none: outlines of regions.
    pub map: Option<basemap::Settings>,
    /// What is expected of backups.
    pub backup: Backup,
    /// Sizes and times.
    pub limits: Limits,
    /// Messages.
    pub log: Log,
}

/// Why there are no settings. Shown to the administrator as it is.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read: name another or allow reading it.
    #[error("不能读取配置文件 {path} (cannot read the configuration file)")]
    Read {
        /// Which.
        path: PathBuf,
        /// What the disk said.
        source: std::io::Error,
    },
    /// The file is not right: line, column and key are in the message.
    #[error("配置文件 {path} 有误 (the configuration file is not right):\n{message}")]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
    /// Neither a file nor a folder was named.
    #[error(
        "请用 --config 文件 或 --data 目录 指明数据目录 (say where the data is: --config FILE or --data DIR)"
    )]
    NoData,
    /// The address to listen on is not one.
    #[error("监听地址 {0} 无效，应如 127.0.0.1:8420 (not an address to listen on)")]
    Listen(String),
    /// The public URL is not one.
    #[error("public_url {0} 应以 http:// 或 https:// 开头 (must begin with http:// or https://)")]
    PublicUrl(String),
    /// The gateway's template is not right.
    #[error("[notices] 有误 (is not right): {0}")]
    Notices(String),
    /// What maps are to be drawn on is not right.
    #[error("[map] 有误 (is not right): {0}")]
    Map(String),
    /// Key and data in one place would be in one backup.
    #[error(
        "authority 不能等于 data，签名密钥要与数据分开 (the authority key must not lie in the data folder)"
    )]
    AuthorityInData,
}

/// What the command line may say about settings; it wins over the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The file.
    pub config: Option<PathBuf>,
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The authority key's folder.
    pub authority: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<String>,
    /// The public URL.
    pub public_url: Option<String>,
}

impl Settings {
    /// Reads the file, if one is named, and puts what was said on the command line over it.
    pub fn load(said: &Said) -> Result<Settings, ConfigError> {
        let mut settings = match (&said.config, &said.data) {
            (Some(path), _) => Settings::read(path)?,
            (None, Some(data)) => Settings::of(data),
            (None, None) => return Err(ConfigError::NoData),
        };
        if let Some(data) = &said.data
            && *data != settings.data
        {
            let other = Settings::of(data);
            (settings.data, settings.authority) = (other.data, other.authority);
            settings.tables = other.tables;
        }
        if let Some(authority) = &said.authority {
            settings.authority.clone_from(authority);
        }
        if let Some(listen) = &said.listen {
            let wrong = |_| ConfigError::Listen(listen.clone());
            settings.listen = listen.parse().map_err(wrong)?;
        }
        settings.public_url = said.public_url.clone().or(settings.public_url);
        settings.checked()
    }

    /// The settings of a data folder and nothing else.
    pub fn of(data: &Path) -> Settings {
        Settings {
            data: data.to_owned(),
            authority: beside(data),
            tables: data.join("tables"),
            web: None,
            listen: LISTEN
                .parse()
                .unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 8420))),
            public_url: None,
            trusted_proxies: Vec::new(),
            tls: None,
            notices: None,
            map: None,
            backup: Backup::default(),
            limits: Limits::default(),
            log: Log::default(),
        }
    }

    fn read(path: &Path) -> Result<Settings, ConfigError> {
        let read = |source| ConfigError::Read {
            path: path.to_owned(),
            source,
        };
        let text = std::fs::read_to_string(path).map_err(read)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Settings::parse(&text, folder).map_err(|error| ConfigError::Wrong {
            path: path.to_owned(),
            message: error.to_string(),
        })
    }

    /// From the file's text; relative paths are relative to the file's folder.
    fn parse(text: &str, folder: &Path) -> Result<Settings, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let data = folder.join(&file.data);
        let plain = Settings::of(&data);
        Ok(Settings {
            authority: file
                .authority
                .map_or(plain.authority, |path| folder.join(path)),
            tables: file.tables.map_or(plain.tables, |path| folder.join(path)),
            web: file.web.map(|path| folder.join(path)),
            listen: file.listen.unwrap_or(plain.listen),
            public_url: file.public_url,
            trusted_proxies: file.trusted_proxies,
            tls: file.tls.map(|tls| TlsFiles {
                certificate: folder.join(tls.certificate),
                key: folder.join(tls.key),
            }),
            notices: file.notices,
            map: file.map.map(|map| map.below(folder)),
            backup: file.backup,
            limits: file.limits,
            log: file.log,
            data,
        })
    }

    fn checked(mut self) -> Result<Settings, ConfigError> {
        if self.authority == self.data {
            return Err(ConfigError::AuthorityInData);
        }
        if let Some(url) = &mut self.public_url {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(ConfigError::PublicUrl(url.clone()));
            }
            url.truncate(url.trim_end_matches('/').len());
        }
        if let Some(wrong) = self.notices.as_ref().and_then(notices::Settings::wrong) {
            return Err(ConfigError::Notices(wrong));
        }
        if let Some(wrong) = self.map.as_ref().and_then(basemap::Settings::wrong) {
            return Err(ConfigError::Map(wrong));
        }
        Ok(self)
    }

    /// What the engine needs.
    pub fn engine(&self) -> engine::Config {
        engine::Config {
            data: self.data.clone(),
            authority: self.authority.clone(),
            options: keeper::Options {
                journal: journal::Options {
                    reserve_bytes: self.limits.disk_reserve_mib << 20,
                    ..journal::Options::default()
                },
                cache_bytes_max: self.limits.cache_mib << 20,
                grace_ms: u64::from(self.limits.grace_days).saturating_mul(DAY_MS),
            },
        }
    }

    /// The office tables' file.
    pub fn tables_file(&self) -> PathBuf {
        self.tables.join("office.sqlite")
    }

    /// The folder of photos and files.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }

    /// The socket through which commands reach a running server.
    pub fn admin_socket(&self) -> PathBuf {
        self.data.join("admin.sock")
    }

    /// The same with the address that the system gave.
    pub fn at(&self, address: SocketAddr) -> Settings {
        Settings {
            listen: address,
            ..self.clone()
        }
    }

    /// What devices and browsers call the server.
    pub fn url(&self) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("{}://{}", self.scheme(), self.listen))
    }

    /// Whether browsers reach the server over TLS only.
    pub fn is_secure(&self) -> bool {
        let named = self.public_url.as_deref();
        named.map_or(self.tls.is_some(), |url| url.starts_with("https://"))
    }

    /// What the server itself speaks.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// `/var/lib/liandu` -> `/var/lib/liandu.authority`: a copy of the data folder does not take the
/// key along.
fn beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or("liandu".as_ref()).to_owned();
    name.push(".authority");
    data.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../liandu.example.toml");

    fn parsed(text: &str) -> Settings {
        Settings::parse(text, Path::new("/etc/liandu")).unwrap()
    }

    #[test]
    fn example_file_says_every_default_as_it_is() {
        let example = parsed(EXAMPLE);
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let all = parsed(&uncommented);
        assert_eq!(all.limits, Limits::default());
        assert_eq!(example.limits, Limits::default());
        assert_eq!(all.backup, Backup::default());
        assert_eq!(
            all.authority, example.authority,
            "the default is named in the comment"
        );
        assert_eq!(all.tables, example.tables);
        assert_eq!(all.listen, example.listen);
        assert_eq!(all.log.format, LogFormat::Text);
        assert_eq!(all.trusted_proxies, example.trusted_proxies);
        assert!(all.tls.is_some() && example.tls.is_none());
        assert!(all.public_url.is_some() && example.public_url.is_none());
    }

    #[test]
    fn unknown_key_is_an_error_that_names_it() {
        for text in [
            "data = \"d\"\nlimts = 3\n",
            "data = \"d\"\n[limits]\nconections = 3\n",
        ] {
            let error = Settings::parse(text, Path::new(""))
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("limts") || error.contains("conections"),
                "{error}"
            );
        }
        assert!(
            Settings::parse("listen = \"127.0.0.1:1\"\n", Path::new("")).is_err(),
            "no data"
        );
    }

    #[test]
    fn relative_paths_belong_to_the_file_and_the_key_lies_beside_the_data() {
        let settings = parsed("data = \"data\"\n");
        assert_eq!(settings.data, Path::new("/etc/liandu/data"));
        assert_eq!(settings.authority, Path::new("/etc/liandu/data.authority"));
        assert_eq!(parsed("data = \"/srv/d\"\n").data, Path::new("/srv/d"));
    }

    #[test]
    fn command_line_wins_and_is_checked() {
        let said = Said {
            data: Some("/srv/d".into()),
            listen: Some("127.0.0.1:0".to_owned()),
            public_url: Some("https://liandu.example.cn/".to_owned()),
            ..Said::default()
        };
        let settings = Settings::load(&said).unwrap();
        assert_eq!(settings.url(), "https://liandu.example.cn");
        assert!(settings.is_secure() && settings.listen.port() == 0);
        let wrong = |said| Settings::load(&said).unwrap_err();
        assert!(matches!(wrong(Said::default()), ConfigError::NoData));
        let listen = Some("8420".to_owned());
        assert!(matches!(
            wrong(Said {
                listen,
                ..said.clone()
            }),
            ConfigError::Listen(_)
        ));
        let public_url = Some("liandu.example.cn".to_owned());
        assert!(matches!(
            wrong(Said {
                public_url,
                ..said.clone()
            }),
            ConfigError::PublicUrl(_)
        ));
        let authority = said.data.clone();
        assert!(matches!(
            wrong(Said { authority, ..said }),
            ConfigError::AuthorityInData
        ));
    }
}
