//! Where a database is: what its URL says, taken apart and checked. A password is never in it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::percent;

/// Where a database is, and where its password is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlPlace {
    /// `sqlite:` and a path, relative to the data folder; or `postgres://USER@HOST:PORT/DATABASE`, and the same with
    /// `mysql://` or `mariadb://`. After a `?`, with `&` between them:
    /// - `sslmode`: `verify-full` if left out, but `prefer` on this machine; anything weaker must be written out
    /// - `sslrootcert`: a file with the authority that signed the server's certificate, if the public ones did not
    /// - `socket`: instead of a host, the server's socket (of PostgreSQL: its folder)
    pub url: String,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// The file that holds the password, relative to the data folder; a line end after it does not belong to it.
    pub password_file: Option<String>,
    /// The password itself, as somebody typed it in a browser. It is stored sealed, and beside the description, never in it.
    #[serde(skip)]
    pub typed: Option<Typed>,
}

/// A password that was typed. It is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// Nothing of an empty text.
    pub fn new(password: String) -> Option<Self> {
        Some(Self(Zeroizing::new(password))).filter(|typed| !typed.0.is_empty())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// What a URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// A path, relative to the data folder.
    File(String),
    Server(Server),
}

/// What listens at a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Postgres,
    /// Or MariaDB: which of them, the server says.
    MySql,
}

/// How sure we must be of the server. In the order of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tls {
    Disable,
    /// Encrypted if the server can.
    Prefer,
    /// Encrypted, to whoever answers.
    Require,
    /// Its certificate is signed by an authority that we trust.
    VerifyCa,
    /// And made out to its host.
    VerifyFull,
}

/// A server of databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub engine: Engine,
    pub user: String,
    /// Empty where there is a socket.
    pub host: String,
    /// The engine's usual one if left out.
    pub port: Option<u16>,
    pub socket: Option<String>,
    pub database: String,
    pub tls: Tls,
    /// A file of certificates.
    pub authority: Option<String>,
}

const WANT: &str = "want `sqlite:` and a path, or `postgres://`, `mysql://` or `mariadb://` and `USER@HOST/DATABASE`";

impl SqlPlace {
    /// Takes the URL apart.
    ///
    /// # Errors
    /// What is wrong with it, for the operator to read; nothing of a password that it holds.
    pub fn whereabouts(&self) -> Result<Whereabouts, String> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let fits = !path.is_empty();
            return fits
                .then(|| Whereabouts::File(path.to_owned()))
                .ok_or_else(|| WANT.to_owned());
        }
        let (scheme, rest) = self.url.split_once("://").ok_or(WANT)?;
        let engine = match scheme {
            "postgres" | "postgresql" => Engine::Postgres,
            "mysql" | "mariadb" => Engine::MySql,
            _ => return Err(WANT.to_owned()),
        };
        server(engine, rest).map(Whereabouts::Server)
    }
}

fn server(engine: Engine, rest: &str) -> Result<Server, String> {
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (who, database) = place.split_once('/').unwrap_or((place, ""));
    let (user, host) = who.rsplit_once('@').unwrap_or(("", who));
    if user.contains(':') {
        return Err(
            "holds a password: want it in `password_file` or `password_env` instead".to_owned(),
        );
    }
    let (host, port) = host_and_port(host)?;
    let mut server = Server {
        engine,
        user: decoded(user)?,
        host: host.to_owned(),
        port,
        socket: None,
        database: decoded(database)?,
        tls: Tls::VerifyFull,
        authority: None,
    };
    let mut tls = None;
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "sslmode" | "ssl-mode" => tls = Some(Tls::parse(value)?),
            "sslrootcert" | "ssl-ca" => server.authority = Some(decoded(value)?),
            "socket" => server.socket = Some(decoded(value)?),
            _ => {
                return Err(format!(
                    "has an option {name:?}: want `sslmode`, `sslrootcert` or `socket`"
                ));
            }
        }
    }
    if server.user.is_empty() || server.database.is_empty() {
        return Err("names no user or no database: want `USER@HOST/DATABASE`".to_owned());
    }
    if server.host.is_empty() == server.socket.is_none() {
        return Err("want either a host or a `socket`".to_owned());
    }
    server.tls = tls.unwrap_or(if server.is_here() {
        Tls::Prefer
    } else {
        Tls::VerifyFull
    });
    Ok(server)
}

impl Server {
    /// Whether it can only be this machine.
    fn is_here(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        self.host.is_empty()
            || self.host == "localhost"
            || address.is_ok_and(|address| address.is_loopback())
    }
}

impl Tls {
    /// By PostgreSQL's word or by MySQL's.
    fn parse(word: &str) -> Result<Self, String> {
        match word.to_ascii_lowercase().replace('_', "-").as_str() {
            "disable" | "disabled" => Ok(Self::Disable),
            "prefer" | "preferred" => Ok(Self::Prefer),
            "require" | "required" => Ok(Self::Require),
            "verify-ca" => Ok(Self::VerifyCa),
            "verify-full" | "verify-identity" => Ok(Self::VerifyFull),
            _ => Err(format!(
                "has sslmode {word:?}: want `verify-full`, `verify-ca`, `require`, `prefer` or `disable`"
            )),
        }
    }
}

/// `host`, `host:port`, or with an address of IPv6 in brackets.
fn host_and_port(text: &str) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or(""))),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let number = port.map(str::parse).transpose();
    number
        .map(|port| (host, port))
        .map_err(|_| "has a port that is no number of 1 to 65535".to_owned())
}

/// Text with `%XX` for what a URL can't hold.
fn decoded(text: &str) -> Result<String, String> {
    let text = percent::decoded(text, false);
    text.filter(|text| !text.contains(char::is_control))
        .ok_or_else(|| "has a `%` without two hex digits, or `%XX` that make no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Whereabouts, String> {
        let url = url.to_owned();
        let place = SqlPlace {
            url,
            ..SqlPlace::default()
        };
        place.whereabouts()
    }

    fn server(url: &str) -> Server {
        match of(url) {
            Ok(Whereabouts::Server(server)) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn a_url_is_taken_apart() {
        let crm = server(
            "postgres://ha%40beas@db.example.org:6432/c%20rm?sslmode=verify-ca&sslrootcert=%2Fca.pem",
        );
        assert_eq!(crm.user, "ha@beas");
        assert_eq!(
            (crm.host.as_str(), crm.port),
            ("db.example.org", Some(6432))
        );
        assert_eq!((crm.database.as_str(), crm.tls), ("c rm", Tls::VerifyCa));
        assert_eq!(crm.authority.as_deref(), Some("/ca.pem"));
        let six = server("mariadb://u@[::1]:3307/d");
        assert_eq!(
            (six.engine, six.host.as_str(), six.port),
            (Engine::MySql, "::1", Some(3307))
        );
        let near = server("postgresql://u@/d?socket=/run/postgresql");
        assert_eq!(near.socket.as_deref(), Some("/run/postgresql"));
        assert_eq!(of("sqlite:a.db"), Ok(Whereabouts::File("a.db".to_owned())));
    }

    #[test]
    fn a_server_elsewhere_must_prove_who_it_is() {
        for (url, tls) in [
            ("postgres://u@db.example.org/d", Tls::VerifyFull),
            ("mysql://u@10.0.0.7/d", Tls::VerifyFull),
            ("mysql://u@localhost.example.org/d", Tls::VerifyFull),
            ("mysql://u@127.0.0.1/d", Tls::Prefer),
            ("postgres://u@[::1]/d", Tls::Prefer),
            ("postgres://u@localhost/d", Tls::Prefer),
            ("mysql://u@/d?socket=/run/mysqld/mysqld.sock", Tls::Prefer),
            (
                "postgres://u@localhost/d?sslmode=verify-full",
                Tls::VerifyFull,
            ),
            (
                "mysql://u@db.example.org/d?ssl-mode=VERIFY_IDENTITY",
                Tls::VerifyFull,
            ),
            ("mysql://u@db.example.org/d?ssl-mode=DISABLED", Tls::Disable),
            (
                "postgres://u@db.example.org/d?sslmode=require",
                Tls::Require,
            ),
        ] {
            assert_eq!(server(url).tls, tls, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_and_no_password() {
        for (url, says) in [
            ("oracle://u@h/d", "want `sqlite:`"),
            ("postgres:x", "want `sqlite:`"),
            ("sqlite:", "want `sqlite:`"),
            ("postgres://u:hunter2@h/d", "holds a password"),
            ("postgres://u:hun@ter2@h/d", "holds a password"),
            ("postgres://h/d", "no user"),
            ("postgres://u@h", "no database"),
            ("postgres://u@/d", "either a host or a `socket`"),
            (
                "postgres://u@h/d?socket=/run",
                "either a host or a `socket`",
            ),
            ("postgres://u@h:x/d", "a port"),
            ("postgres://u@h:70000/d", "a port"),
            ("postgres://u@h/d?sslmode=allow", "has sslmode \"allow\""),
            (
                "postgres://u@h/d?password=hunter2",
                "has an option \"password\"",
            ),
            ("postgres://u%zz@h/d", "two hex digits"),
            ("postgres://u%00@h/d", "make no text"),
        ] {
            let why = of(url).expect_err(url);
            assert!(why.contains(says), "{url}: {why}");
            assert!(!why.contains("ter2"), "{url}: {why}");
        }
    }
}
