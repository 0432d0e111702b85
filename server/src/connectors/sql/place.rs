//! Where a database is, and how a connection to it is made: with what rights, for how long, and how sure of the other end.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::ConnectOptions as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use zeroize::Zeroizing;

use super::cell::Cell;
use super::dialect::Dialect;
use super::link::{Link, fault};
use super::mysql::MySql;
use super::postgres::Postgres;
use super::quote::Statement;
use super::sqlite::Sqlite;
use crate::connectors::spec::{Engine, Server, SqlPlace, Tls, Typed, Whereabouts};
use crate::connectors::{Fault, FaultCode};

/// How long a statement waits for another's lock.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared. MySQL allows 16,382 in all, for everybody.
const PREPARED: usize = 400;

/// How often tables are read anew at most, for a row that is not as it should be again and again.
const ANEW: Duration = Duration::from_secs(1);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Tells what was of before from what is now: which file it is, and how often it was outdated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    file: (u64, u64),
    times: u64,
}

/// Where a database is.
#[derive(Debug)]
pub(super) struct Place {
    what: What,
    outdated: Mutex<(u64, Option<Instant>)>,
}

#[derive(Debug)]
enum What {
    File(PathBuf),
    Server(Server, Password),
}

/// Where a server's password is. It is read anew for each connection: one that was changed needs no restart.
#[derive(Debug)]
enum Password {
    None,
    Typed(Typed),
    Env(String),
    File(PathBuf),
}

impl Place {
    /// As a description says, whose paths are relative to the data folder.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub(super) fn new(sql: &SqlPlace, data: &Path) -> Result<Arc<Self>, String> {
        let password = match (&sql.typed, &sql.password_env, &sql.password_file) {
            (Some(typed), ..) => Password::Typed(typed.clone()),
            (_, Some(name), _) => Password::Env(name.clone()),
            (_, _, Some(path)) => Password::File(data.join(path)),
            _ => Password::None,
        };
        let what = match sql.whereabouts()? {
            Whereabouts::File(path) => What::File(data.join(path)),
            Whereabouts::Server(mut server) => {
                let authority = server.authority.take();
                server.authority =
                    authority.map(|path| data.join(path).to_string_lossy().into_owned());
                What::Server(server, password)
            }
        };
        let outdated = Mutex::default();
        Ok(Arc::new(Self { what, outdated }))
    }

    /// How its database is spoken to.
    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        match &self.what {
            What::File(_) => &Sqlite,
            What::Server(server, _) => match server.engine {
                Engine::Postgres => &Postgres,
                Engine::MySql => &MySql,
            },
        }
    }

    /// How many connections for this may be open at once.
    pub(super) fn limit(&self, access: Access) -> usize {
        match (&self.what, access) {
            (_, Access::Read) => 8,
            (What::File(_), Access::Write) => 1,
            (What::Server(..), Access::Write) => 4,
        }
    }

    /// Whether a connection may end without our doing.
    pub(super) fn may_hang_up(&self) -> bool {
        matches!(self.what, What::Server(..))
    }

    /// What it is now. A file that vanished would still answer those who have it open, from the past.
    pub(super) fn version(&self) -> Result<Version, Fault> {
        let unreachable = |_| Fault::retry(FaultCode::Unreachable);
        let file = match &self.what {
            What::File(path) => {
                // Quicker than the way to another thread and back.
                let meta = std::fs::metadata(path).map_err(unreachable)?;
                (meta.dev(), meta.ino())
            }
            What::Server(..) => (0, 0),
        };
        let (times, _) = *self.outdated();
        Ok(Version { file, times })
    }

    /// Its tables may not be as they were: what was read or prepared before is good no more. Says it no more often than
    /// reading them anew costs little.
    pub(super) fn outdate(&self) {
        let mut outdated = self.outdated();
        if outdated.1.is_none_or(|when| when.elapsed() > ANEW) {
            *outdated = (outdated.0 + 1, Some(Instant::now()));
        }
    }

    fn outdated(&self) -> MutexGuard<'_, (u64, Option<Instant>)> {
        self.outdated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection.
    pub(super) async fn connect(&self, access: Access) -> Result<Link, Fault> {
        match &self.what {
            What::File(path) => {
                let file = SqliteConnectOptions::new()
                    .filename(path)
                    .busy_timeout(BUSY)
                    .statement_cache_capacity(PREPARED)
                    .read_only(access == Access::Read)
                    .disable_statement_logging();
                file.connect().await.map(Link::Sqlite).map_err(fault)
            }
            What::Server(server, password) => {
                let password = password.read().await?;
                let secrets = Secrets {
                    password: password.as_ref().map(|password| password.as_str()),
                    authority: authority(server).await?,
                };
                match server.engine {
                    Engine::Postgres => postgres(server, secrets, access).await,
                    Engine::MySql => mysql(server, secrets, access).await,
                }
            }
        }
    }
}

impl Password {
    async fn read(&self) -> Result<Option<Zeroizing<String>>, Fault> {
        let denied = Fault::stop(FaultCode::Denied);
        let read = match self {
            Self::None => return Ok(None),
            Self::Typed(typed) => return Ok(Some(typed.as_str().to_owned().into())),
            Self::Env(name) => std::env::var(name).map_err(|_| denied),
            Self::File(path) => tokio::fs::read_to_string(path).await.map_err(|_| denied),
        };
        let Ok(password) = read.map(Zeroizing::new) else {
            tracing::error!(at = ?self, "a database's password can't be read");
            return Err(denied);
        };
        Ok(Some(
            password.trim_end_matches(['\r', '\n']).to_owned().into(),
        ))
    }
}

/// What a connection needs beside the URL.
struct Secrets<'a> {
    password: Option<&'a str>,
    /// Certificates as PEM.
    authority: Option<Vec<u8>>,
}

async fn authority(server: &Server) -> Result<Option<Vec<u8>>, Fault> {
    let Some(path) = &server.authority else {
        return Ok(None);
    };
    let read = tokio::fs::read(path).await;
    read.map(Some)
        .map_err(|why| fault(sqlx::Error::Tls(why.into())))
}

/// A reader's statement may run long: an export is one, and waits for who writes it down. An erasure must not: it holds locks.
const PG_READS: [(&str, &str); 2] = [
    ("default_transaction_read_only", "on"),
    ("statement_timeout", "10min"),
];
const PG_WRITES: [(&str, &str); 2] = [
    ("default_transaction_read_only", "off"),
    ("statement_timeout", "30s"),
];
const PG_BOTH: [(&str, &str); 5] = [
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "30s"),
    // Rows that a policy hides from the account are an error: they must not look like none.
    ("row_security", "off"),
    ("IntervalStyle", "iso_8601"),
    // Compiling a query takes longer than any of ours runs.
    ("jit", "off"),
];
/// Since PostgreSQL 14 a server can look whether anybody still waits for an answer.
const PG_LISTENED: &str = "SELECT set_config('client_connection_check_interval', '10s', false) \
     WHERE current_setting('server_version_num')::int >= 140000";

async fn postgres(server: &Server, secrets: Secrets<'_>, access: Access) -> Result<Link, Fault> {
    let mode = match server.tls {
        Tls::Disable => PgSslMode::Disable,
        Tls::Prefer => PgSslMode::Prefer,
        Tls::Require => PgSslMode::Require,
        Tls::VerifyCa => PgSslMode::VerifyCa,
        Tls::VerifyFull => PgSslMode::VerifyFull,
    };
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&server.host)
        .port(server.port.unwrap_or(5432))
        .username(&server.user)
        .database(&server.database)
        .ssl_mode(mode)
        .application_name("habeas")
        .statement_cache_capacity(PREPARED)
        .options(PG_BOTH)
        .options(match access {
            Access::Read => PG_READS,
            Access::Write => PG_WRITES,
        });
    if let Some(socket) = &server.socket {
        options = options.socket(socket);
    }
    if let Some(password) = secrets.password {
        options = options.password(password);
    }
    if let Some(pem) = secrets.authority {
        options = options.ssl_root_cert_from_pem(pem);
    }
    let options = options.disable_statement_logging();
    let mut link = Link::Postgres(options.connect().await.map_err(fault)?);
    link.run(PG_LISTENED).await?;
    Ok(link)
}

/// Strict: a value that does not fit is refused, never cut off. The rest is as servers have it, unless somebody changed it:
/// all rows are read, and no reference is left without what it refers to.
const MY_BOTH: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
     innodb_lock_wait_timeout = 5, lock_wait_timeout = 5, autocommit = 1, sql_select_limit = DEFAULT, \
     sql_safe_updates = 0, sql_auto_is_null = 0, foreign_key_checks = 1, unique_checks = 1";
const MY_READS: &str = "SET SESSION TRANSACTION READ ONLY";
/// What was read in a transaction stays so until its end.
const MY_WRITES: &str = "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE";

async fn mysql(server: &Server, secrets: Secrets<'_>, access: Access) -> Result<Link, Fault> {
    let mode = match server.tls {
        Tls::Disable => MySqlSslMode::Disabled,
        Tls::Prefer => MySqlSslMode::Preferred,
        Tls::Require => MySqlSslMode::Required,
        Tls::VerifyCa => MySqlSslMode::VerifyCa,
        Tls::VerifyFull => MySqlSslMode::VerifyIdentity,
    };
    let mut options = MySqlConnectOptions::new()
        .host(&server.host)
        .port(server.port.unwrap_or(3306))
        .username(&server.user)
        .database(&server.database)
        .ssl_mode(mode)
        .statement_cache_capacity(PREPARED)
        // We set the whole mode.
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    if let Some(socket) = &server.socket {
        options = options.socket(socket);
    }
    if let Some(password) = secrets.password {
        options = options.password(password);
    }
    if let Some(pem) = secrets.authority {
        options = options.ssl_ca_from_pem(pem);
    }
    let options = options.disable_statement_logging();
    let mut link = Link::MySql(options.connect().await.map_err(fault)?);
    link.run(MY_BOTH).await?;
    link.run(match access {
        Access::Read => MY_READS,
        Access::Write => MY_WRITES,
    })
    .await?;
    let limit = match (is_mariadb(&mut link).await?, access) {
        (true, Access::Read) => "SET SESSION max_statement_time = 600",
        (true, Access::Write) => "SET SESSION max_statement_time = 30",
        // MySQL limits what reads, and nothing else.
        (false, _) => "SET SESSION max_execution_time = 600000",
    };
    link.run(limit).await?;
    Ok(link)
}

async fn is_mariadb(link: &mut Link) -> Result<bool, Fault> {
    use futures::TryStreamExt as _;
    let mut rows = link.fetch(&Statement::fixed("SELECT VERSION()"), &[])?;
    let row = rows.try_next().await?;
    let version = row.map(|row| row.cell(0)).transpose()?;
    drop(rows.try_next().await?);
    Ok(matches!(version, Some(Cell::Text(version)) if version.contains("MariaDB")))
}
