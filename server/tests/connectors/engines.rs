//! The kinds of databases that tests of the `sql` kind run on: SQLite always, PostgreSQL and MariaDB where
//! `HABEAS_TEST_POSTGRES` and `HABEAS_TEST_MARIADB` name a server.

use std::sync::Arc;

use server::connectors::Connector;
use server::connectors::kinds::{OpenError, Opened, open};
use server::connectors::spec::SystemSpec;
use server::secret::{Masks, sha256, token};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Row};
use sqlx::{MySqlConnection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::proxy::Proxy;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Engine {
    /// Those that there are.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Sqlite, Self::Postgres, Self::MariaDb];
        all.retain(|engine| engine.is_here());
        all
    }

    /// Those with a server.
    pub(crate) fn servers() -> Vec<Self> {
        let mut all = Self::all();
        all.retain(|engine| *engine != Self::Sqlite);
        all
    }

    pub(crate) fn is_here(self) -> bool {
        self == Self::Sqlite || self.server().is_some()
    }

    /// The URL of its server, with a database to begin with.
    pub(crate) fn server(self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => std::env::var("HABEAS_TEST_POSTGRES").ok(),
            Self::MariaDb => std::env::var("HABEAS_TEST_MARIADB").ok(),
        }
    }

    /// A text as it is written in a statement.
    pub(crate) fn quoted(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        if self == Self::MariaDb {
            format!("'{}'", text.replace('\\', "\\\\"))
        } else {
            format!("'{text}'")
        }
    }
}

impl Engine {
    /// A name as it is written in a statement.
    pub(crate) fn named(self, name: &str) -> String {
        let quote = if self == Self::MariaDb { "`" } else { "\"" };
        format!("{quote}{}{quote}", name.replace(quote, &quote.repeat(2)))
    }
}

/// A connection of the test's own.
#[derive(Debug)]
pub(crate) enum Own {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

impl Own {
    /// Opens one.
    pub(crate) async fn open(engine: Engine, url: &str) -> Self {
        match engine {
            Engine::Sqlite => {
                let options = SqliteConnectOptions::new()
                    .filename(url)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Off);
                let opened = SqliteConnection::connect_with(&options).await;
                Self::Sqlite(opened.expect("opened"))
            }
            Engine::Postgres => Self::Postgres(PgConnection::connect(url).await.expect("opened")),
            Engine::MariaDb => Self::MariaDb(MySqlConnection::connect(url).await.expect("opened")),
        }
    }

    /// Runs statements, or says why they can't be.
    pub(crate) async fn try_run(&mut self, statements: &str) -> Result<(), sqlx::Error> {
        let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        match self {
            Self::Sqlite(on) => statements.execute(on).await.map(drop),
            Self::Postgres(on) => statements.execute(on).await.map(drop),
            Self::MariaDb(on) => statements.execute(on).await.map(drop),
        }
    }

    /// Runs statements.
    pub(crate) async fn run(&mut self, statements: &str) {
        self.try_run(statements).await.expect("run");
    }

    /// The texts of the first column.
    pub(crate) async fn texts(&mut self, query: &str) -> Vec<String> {
        let query = sqlx::raw_sql(AssertSqlSafe(query.to_owned()));
        match self {
            Self::Sqlite(on) => {
                let rows = query.fetch_all(on).await.expect("read");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(on) => {
                let rows = query.fetch_all(on).await.expect("read");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::MariaDb(on) => {
                let rows = query.fetch_all(on).await.expect("read");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }
}

/// A fresh database of any kind, reached by a proxy that can be cut.
pub(crate) struct Fresh {
    pub(crate) engine: Engine,
    pub(crate) folder: TempDir,
    /// For the test: a file, or a URL past the proxy.
    pub(crate) direct: String,
    /// For the connector, without its parameters.
    pub(crate) url: String,
    pub(crate) proxy: Option<Proxy>,
}

impl Fresh {
    /// A database made by these statements.
    pub(crate) async fn of(engine: Engine, statements: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Two tests may ask in the same millisecond; a token's hash is nobody else's.
        let name = format!("t{}", &sha256(token().as_bytes())[..24]);
        let fresh = match engine.server() {
            None => Self {
                engine,
                direct: folder.path().join("test.db").to_string_lossy().into_owned(),
                folder,
                url: "sqlite:test.db".to_owned(),
                proxy: None,
            },
            Some(base) => {
                let mut admin = Own::open(engine, &base).await;
                admin.run(&format!("CREATE DATABASE {name}")).await;
                let (server, _) = base.rsplit_once('/').expect("a url with a database");
                let (who, place) = server.rsplit_once('@').expect("a url with a user");
                let proxy = Proxy::to(place).await;
                Self {
                    engine,
                    folder,
                    direct: format!("{server}/{name}"),
                    url: format!("{who}@127.0.0.1:{}/{name}", proxy.port()),
                    proxy: Some(proxy),
                }
            }
        };
        // Shown when the test fails.
        eprintln!("{engine:?}: {}", fresh.direct);
        let mut own = fresh.own().await;
        if engine == Engine::Postgres {
            own.run(QUOTE).await;
        }
        if !statements.is_empty() {
            own.run(statements).await;
        }
        fresh
    }

    /// A connection of the test's own.
    pub(crate) async fn own(&self) -> Own {
        Own::open(self.engine, &self.direct).await
    }

    /// Runs statements.
    pub(crate) async fn run(&self, statements: &str) {
        self.own().await.run(statements).await;
    }

    /// The texts of the first column.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        self.own().await.texts(query).await
    }

    /// What is written before these collections. More keys of `[sql]` may follow the URL.
    pub(crate) fn description(&self, collections: &str, more: &str) -> String {
        let head = "id = \"help-desk\"\nname = \"Help desk\"\nkind = \"sql\"\nowner = \"Support\"\n\
                    region = \"eu-central\"\ncountry = \"DE\"\n";
        format!("{head}[sql]\nurl = \"{}\"\n{more}\n{collections}", self.url)
    }

    /// The system as these collections describe it.
    pub(crate) async fn open(&self, collections: &str) -> Result<Opened, OpenError> {
        self.open_with(collections, "").await
    }

    /// The same, with more keys of `[sql]`.
    pub(crate) async fn open_with(
        &self,
        collections: &str,
        more: &str,
    ) -> Result<Opened, OpenError> {
        let spec = SystemSpec::parse(&self.description(collections, more))?;
        open(&spec, self.folder.path(), &Masks::unkept()).await
    }

    /// The same, where it must open.
    pub(crate) async fn connector(&self, collections: &str) -> Arc<dyn Connector> {
        let opened = self.open(collections).await;
        opened
            .unwrap_or_else(|e| panic!("{:?}: {e}", self.engine))
            .connector
    }

    /// Takes it away.
    pub(crate) fn vanish(&self) {
        match &self.proxy {
            Some(proxy) => proxy.down(),
            None => {
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{end}", self.direct));
                }
            }
        }
    }
}

/// As SQLite and MariaDB have it.
const QUOTE: &str = "
CREATE FUNCTION quote(value text) RETURNS text LANGUAGE sql AS 'SELECT quote_nullable($1)';
CREATE FUNCTION quote(value float8) RETURNS text LANGUAGE sql AS 'SELECT coalesce($1::text, quote_nullable(NULL))';";
