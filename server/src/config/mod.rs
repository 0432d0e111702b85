//! The configuration: defaults < `habeas.toml` < environment < flags. Every setting is named once, in [`settings::ALL`].

mod layers;
pub mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::deadline::{Calendar, InvalidCalendar};
use crate::http::genesys::limit::Rates;
use crate::matching::Country;

pub use layers::{Flags, Origin, Values};

/// Why a configuration can't be used. The text names the setting and its place, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct ConfigError {
    /// Where it is said: a file, an environment variable or a flag.
    pub place: String,
    /// What is wrong, and what would do.
    pub what: String,
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    pub data: PathBuf,
    /// Where styles, scripts and WASM lie; found beside the program if not said.
    pub site: Option<PathBuf>,
    pub database: Location,
    pub key: KeySource,
    /// Whose telephone numbers are meant where no country code is given.
    pub country: Country,
    /// When requests are due.
    pub calendar: Calendar,
    pub log_filter: String,
    pub log_json: bool,
    /// Where metrics are answered, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// From no longer being ready to no longer taking connections.
    pub stop_delay: Duration,
    pub session_idle: Duration,
    pub session_absolute: Duration,
    pub rates: Rates,
    /// Per system.
    pub workers: u32,
    pub lease: Duration,
    /// Days that a package can be downloaded.
    pub package_days: u32,
    /// How long a search waits for a system.
    pub search_timeout: Duration,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    Sqlite(PathBuf),
    /// The URL may hold a password.
    Postgres(String),
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "Sqlite({})", file.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// Where the installation's key comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// 64 hex digits.
    Text(String),
    /// A file that the operator put there.
    File(PathBuf),
    /// The data folder's own, made on the first start.
    Own(PathBuf),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::File(file) => write!(f, "File({})", file.display()),
            Self::Own(file) => write!(f, "Own({})", file.display()),
        }
    }
}

/// What links start with: scheme and authority, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// `http://` or `https://`, a host, maybe a port; nothing after it. As browsers write an `Origin`: lower case, no default port.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let wanted = "want http:// or https:// and a host, without a path, in lower case";
        let text = text.strip_suffix('/').unwrap_or(text);
        let uri = axum::http::Uri::from_str(text).map_err(|_| wanted)?;
        let default = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err(wanted),
        };
        let authority = uri.authority().ok_or(wanted)?;
        let bare = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
        if bare != text || text.contains('@') || text.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(wanted);
        }
        if uri.port_u16() == Some(default) {
            return Err("leave the scheme's own port out");
        }
        Ok(Self(bare))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether only this machine can follow it.
    pub fn is_loopback(&self) -> bool {
        let uri = axum::http::Uri::from_str(&self.0).ok();
        let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.ends_with(".localhost")
            || address
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Config {
    /// Checks the values; the first wrong one is the error.
    pub fn new(values: &Values) -> Result<Self, ConfigError> {
        let listen: SocketAddr =
            values.parsed("listen", "an address and port, e.g. 127.0.0.1:7878")?;
        let data = PathBuf::from(values.text("data"));
        let config = Self {
            file: values.file().map(Path::to_path_buf),
            listen,
            public_url: public_url(values, listen)?,
            site: values.set("site").map(PathBuf::from),
            database: database(values, &data)?,
            key: key(values, &data)?,
            country: country(values)?,
            calendar: calendar(values)?,
            log_filter: values.text("log.filter").to_owned(),
            log_json: word(values, "log.format", &["text", "json"])? == "json",
            metrics: metrics(values)?,
            stop_delay: stop_delay(values)?,
            session_idle: values.minutes("session.idle_minutes", 1..=30)?,
            session_absolute: values.minutes("session.absolute_hours", 1..=12)? * 60,
            rates: Rates {
                client: values.number("api.client_per_minute", 1..=1_000_000)?,
                token: values.number("api.token_per_minute", 1..=1_000_000)?,
                gdpr: values.number("api.gdpr_per_minute", 1..=1_000_000)?,
            },
            workers: values.number("tasks.workers", 1..=64)?,
            lease: Duration::from_secs(values.number("tasks.lease_seconds", 5..=3600)?.into()),
            package_days: values.number("package.days", 1..=365)?,
            search_timeout: Duration::from_secs(
                values.number("search.timeout_seconds", 1..=600)?.into(),
            ),
            data,
        };
        Ok(config)
    }

    /// The address that is listened on: with port 0 the system chose one, which links must name.
    pub fn bound(&mut self, listen: SocketAddr) {
        if self.listen.port() == 0 && self.public_url.as_str().ends_with(":0") {
            self.public_url = PublicUrl(format!("http://{listen}"));
        }
        self.listen = listen;
    }
}

fn public_url(values: &Values, listen: SocketAddr) -> Result<PublicUrl, ConfigError> {
    let Some(text) = values.set("public_url") else {
        return PublicUrl(format!("http://{listen}")).refuse_open_http(values, listen);
    };
    PublicUrl::parse(text)
        .map_err(|why| values.wrong("public_url", why))?
        .refuse_open_http(values, listen)
}

impl PublicUrl {
    /// Plain http carries cookies and people's data in the clear: only to this machine, or where the operator says so.
    fn refuse_open_http(self, values: &Values, listen: SocketAddr) -> Result<Self, ConfigError> {
        let allowed = values.flag("allow_http")?;
        if self.is_https() || allowed || self.is_loopback() && listen.ip().is_loopback() {
            return Ok(self);
        }
        if self.is_loopback() {
            let why = format!(
                "{listen} is plain http and can be reached from elsewhere, whatever public_url says: listen on 127.0.0.1, \
                 or put a proxy with TLS in front and set public_url to its https address, or set allow_http = true if the \
                 network itself is protected"
            );
            return Err(values.wrong("listen", &why));
        }
        let why = format!(
            "{self} is plain http and can be reached from elsewhere: put a proxy with TLS in front and set public_url to \
             its https address, or set allow_http = true if the network itself is protected"
        );
        Err(values.wrong("public_url", &why))
    }
}

fn metrics(values: &Values) -> Result<Option<SocketAddr>, ConfigError> {
    let wanted = "an address and port, e.g. 127.0.0.1:7880";
    let said = values.set("metrics.listen");
    said.map(|_| values.parsed("metrics.listen", wanted))
        .transpose()
}

/// Only where others can take over is there anybody to be told.
fn stop_delay(values: &Values) -> Result<Duration, ConfigError> {
    let name = "stop.delay_seconds";
    let seconds = match values.set(name) {
        Some(_) => values.number(name, 0..=120)?,
        None if is_shared(values) => 5,
        None => 0,
    };
    Ok(Duration::from_secs(seconds.into()))
}

fn is_shared(values: &Values) -> bool {
    let url = values.text("database.url");
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn database(values: &Values, data: &Path) -> Result<Location, ConfigError> {
    match values.set("database.url") {
        None => Ok(Location::Sqlite(data.join("habeas.db"))),
        Some(url) if is_shared(values) => Ok(Location::Postgres(url.to_owned())),
        Some(url) => match url.strip_prefix("sqlite:") {
            Some(file) if !file.is_empty() => Ok(Location::Sqlite(data.join(file))),
            _ => Err(values.wrong("database.url", "want postgres://… or sqlite:FILE")),
        },
    }
}

fn key(values: &Values, data: &Path) -> Result<KeySource, ConfigError> {
    match (values.set("key"), values.set("key_file")) {
        (Some(_), Some(_)) => Err(values.wrong("key", "set either key or key_file, not both")),
        (Some(text), None) => Ok(KeySource::Text(text.to_owned())),
        (None, Some(file)) => Ok(KeySource::File(PathBuf::from(file))),
        (None, None) => Ok(KeySource::Own(data.join("habeas.key"))),
    }
}

fn calendar(values: &Values) -> Result<Calendar, ConfigError> {
    let (zone, holidays) = (
        values.text("clock.zone"),
        values.set("clock.holidays").unwrap_or_default(),
    );
    Calendar::new(zone, holidays).map_err(|why| {
        let name = match why {
            InvalidCalendar::Zone(_) => "clock.zone",
            InvalidCalendar::Holiday(_) => "clock.holidays",
        };
        values.wrong(name, &why.to_string())
    })
}

fn country(values: &Values) -> Result<Country, ConfigError> {
    Country::parse(values.text("country"))
        .map_err(|why| values.wrong("country", &format!("{why}; e.g. US, DE or JP")))
}

fn word<'v>(values: &'v Values, name: &str, allowed: &[&str]) -> Result<&'v str, ConfigError> {
    let text = values.text(name);
    if allowed.contains(&text) {
        Ok(text)
    } else {
        Err(values.wrong(name, &format!("want {}", allowed.join(" or "))))
    }
}

#[cfg(test)]
mod url_tests {
    use super::*;

    #[test]
    fn a_public_url_is_written_as_browsers_write_an_origin() {
        for good in [
            "https://privacy.example.org",
            "http://127.0.0.1:7878/",
            "http://[::1]:8080",
        ] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "https://example.org/path",
            "https://Example.org",
            "https://example.org:443",
            "http://a@example.org",
            "https://example.org?x",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad:?} passed");
        }
    }

    #[test]
    fn loopback_is_this_machine_only() {
        for (url, loopback) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://localhost.example.org", false),
            ("http://0.0.0.0:1", false),
            ("http://10.0.0.1", false),
        ] {
            let parsed = PublicUrl::parse(url).expect(url);
            assert_eq!(parsed.is_loopback(), loopback, "{url}");
        }
    }
}
