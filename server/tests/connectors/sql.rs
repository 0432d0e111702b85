//! The `sql` kind, over every kind of database: a help desk with records to anonymise, rows two deep to delete, and rows to keep.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::model::{CollectionName, Identifier, IdentifierKind, SubjectKey};
use async_trait::async_trait;
use server::connectors::Connector;
use server::connectors::kinds::{OpenError, Opened, open};
use server::connectors::spec::SystemSpec;
use server::secret::Masks;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, Row, SqliteConnection};
use tempfile::TempDir;

use crate::engines::{Engine, Fresh};
use crate::people::Person;
use crate::world::World;

mod sqlite {
    crate::compliance::compliance!(super::HelpDesk<super::Sqlite>);
}
mod postgres {
    crate::compliance::compliance!(super::HelpDesk<super::Postgres>);
}
mod mariadb {
    crate::compliance::compliance!(super::HelpDesk<super::MariaDb>);
}

/// Before the collections of every description in these tests.
pub(crate) const HEAD: &str = r#"
id = "help-desk"
name = "Help desk"
kind = "sql"
owner = "Support"
region = "eu-central"
country = "DE"
[sql]
url = "sqlite:test.db"
"#;

const COLLECTIONS: &str = r#"
[[collections]]
name = "contacts"
title = "Contacts"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "external_id", column = "id", prefix = "help-desk:" }
name_columns = ["name"]
found_by = [
  { kind = "email", column = "email", compare = "lower" },
  { kind = "phone", column = "phone", compare = "digits" },
  { kind = "name", column = "name", compare = "fold" },
]
fields = [
  { name = "id", category = "user.unique_id" },
  { name = "name", category = "user.name", holds = "name", erase = "fixed:(erased)" },
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "phone", category = "user.contact.phone_number", holds = "phone" },
]
[[collections]]
name = "tickets"
title = "Tickets"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "contacts", column = "contact_id", references = "id" }
fields = [ { name = "subject", category = "user.content" }, { name = "sender", category = "user.name", holds = "name" } ]
[[collections]]
name = "comments"
title = "Comments"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "tickets", column = "ticket_id", references = "id" }
fields = [ { name = "text", category = "user.content" } ]
[[collections]]
name = "invoices"
title = "Invoices"
key = ["id"]
disposition = { do = "keep", ground = "Art. 17(3)(b): tax records, 10 years" }
parent = { collection = "contacts", column = "contact_id", references = "id" }
fields = [ { name = "amount", category = "user.financial" } ]
[[collections]]
name = "chats"
title = "Chats"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_id", column = "contact_id", prefix = "help-desk:" }
needs_subject = true
fields = [ { name = "text", category = "user.content" } ]
"#;

/// `ID` is a text that tells `a` from `A`.
const TABLES: &str = "
CREATE TABLE contacts (id ID PRIMARY KEY, name TEXT NOT NULL, email TEXT, phone TEXT, tag TEXT);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, contact_id ID REFERENCES contacts(id), subject TEXT, sender TEXT, tag TEXT);
CREATE TABLE comments (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES tickets(id), text TEXT, tag TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, contact_id ID REFERENCES contacts(id), amount REAL, tag TEXT);
CREATE TABLE chats (id INTEGER PRIMARY KEY, contact_id ID, text TEXT, tag TEXT);
INSERT INTO chats (id, contact_id, text, tag) VALUES (-1, NULL, 'Maria.Mueller@example.org', ''), (-2, '', 'nobody', '');
";

/// A database in a folder of its own.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Database {
    /// A database made by these statements.
    pub(crate) async fn of(statements: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let database = Self { folder, path };
        database.run(statements).await;
        database
    }

    /// A connection of the test's own.
    pub(crate) async fn connection(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(true);
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Off);
        SqliteConnection::connect_with(&options)
            .await
            .expect("opened")
    }

    /// Runs statements.
    pub(crate) async fn run(&self, statements: &'static str) {
        self.connection()
            .await
            .execute(sqlx::raw_sql(statements))
            .await
            .expect("run");
    }

    /// All rows of a query, with every value as SQLite writes it.
    pub(crate) async fn rows(&self, query: &'static str, tag: &str) -> Vec<String> {
        let rows = sqlx::query(query)
            .bind(tag)
            .fetch_all(&mut self.connection().await)
            .await
            .expect("read");
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }

    /// The system as these collections describe it.
    pub(crate) async fn open(&self, collections: &str) -> Result<Opened, OpenError> {
        open_in(self.folder.path(), collections).await
    }

    /// The same, where it must open.
    pub(crate) async fn connector(&self, collections: &str) -> Arc<dyn Connector> {
        self.open(collections)
            .await
            .unwrap_or_else(|e| panic!("{e}"))
            .connector
    }

    /// Takes the file away.
    pub(crate) fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The system in a data folder.
pub(crate) async fn open_in(data: &Path, collections: &str) -> Result<Opened, OpenError> {
    open(
        &SystemSpec::parse(&format!("{HEAD}{collections}"))?,
        data,
        &Masks::unkept(),
    )
    .await
}

/// A key of that kind.
pub(crate) fn key(kind: IdentifierKind, id: &str) -> SubjectKey {
    SubjectKey::try_from(Identifier::new(kind, id).expect("valid")).expect("a key")
}

/// A kind of database, as a type.
trait Over: Send + Sync {
    const ENGINE: Engine;
    /// The type of [`TABLES`]' ids.
    const ID: &'static str;
}

struct Sqlite;
impl Over for Sqlite {
    const ENGINE: Engine = Engine::Sqlite;
    const ID: &'static str = "TEXT";
}

struct Postgres;
impl Over for Postgres {
    const ENGINE: Engine = Engine::Postgres;
    const ID: &'static str = "TEXT";
}

struct MariaDb;
impl Over for MariaDb {
    const ENGINE: Engine = Engine::MariaDb;
    const ID: &'static str = "VARCHAR(200) COLLATE utf8mb4_bin";
}

/// A help desk that holds the people.
struct HelpDesk<O> {
    database: Fresh,
    connector: Arc<dyn Connector>,
    over: PhantomData<O>,
}

#[async_trait]
impl<O: Over> World for HelpDesk<O> {
    fn is_here() -> bool {
        O::ENGINE.is_here()
    }

    async fn with(people: &[Person]) -> Self {
        let database = Fresh::of(O::ENGINE, &TABLES.replace(" ID", &format!(" {}", O::ID))).await;
        let filled = people.iter().enumerate();
        let filled = filled.map(|(n, person)| fill(O::ENGINE, (n + 1) * 1000, person));
        database.run(&filled.collect::<String>()).await;
        let connector = database.connector(COLLECTIONS).await;
        let over = PhantomData;
        Self {
            database,
            connector,
            over,
        }
    }

    fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector)
    }

    fn key(&self, person: &Person) -> SubjectKey {
        key(
            IdentifierKind::ExternalId,
            &format!("help-desk:{}", person.id),
        )
    }

    async fn dump(&self, person: &Person) -> Vec<String> {
        let queries = [
            "SELECT quote(id) || quote(name) || quote(email) || quote(phone) FROM contacts WHERE tag = ",
            "SELECT quote(id) || quote(contact_id) || quote(subject) || quote(sender) FROM tickets WHERE tag = ",
            "SELECT quote(id) || quote(ticket_id) || quote(text) FROM comments WHERE tag = ",
            "SELECT quote(id) || quote(contact_id) || quote(amount) FROM invoices WHERE tag = ",
            "SELECT quote(id) || quote(contact_id) || quote(text) FROM chats WHERE tag = ",
        ];
        // `ab-1` is another than `Ab-1`.
        let binary = if O::ENGINE == Engine::MariaDb {
            "BINARY "
        } else {
            ""
        };
        let mut own = self.database.own().await;
        let mut all = Vec::new();
        for query in queries {
            let tag = O::ENGINE.quoted(&person.id);
            all.extend(
                own.texts(&format!("{query}{binary}{tag} ORDER BY id"))
                    .await,
            );
        }
        all
    }

    async fn vanish(&self) {
        self.database.vanish();
    }
}

/// What puts a person into the tables.
fn fill(engine: Engine, base: usize, person: &Person) -> String {
    let [id, name, email, phone] =
        [&person.id, &person.name, &person.email, &person.phone].map(|t| engine.quoted(t));
    let mut all = format!(
        "INSERT INTO contacts (id, name, email, phone, tag) VALUES ({id}, {name}, {email}, {phone}, {id});
         INSERT INTO invoices (id, contact_id, amount, tag) VALUES ({base}, {id}, 12.5, {id});
         INSERT INTO chats (id, contact_id, text, tag) VALUES ({base}, {id}, 'hello', {id});"
    );
    for n in base..base + person.items {
        all += &format!(
            "INSERT INTO tickets (id, contact_id, sender, tag) VALUES ({n}, {id}, {name}, {id});
             INSERT INTO comments (id, ticket_id, text, tag) VALUES ({n}, {n}, 'ticket {n} \u{1f600}', {id});"
        );
    }
    all
}

/// A table `t` with this key, disposition, subject, and what follows.
pub(crate) fn table(disposition: &str, subject: &str, more: &str) -> String {
    format!(
        "[[collections]]\nname = \"t\"\ntitle = \"T\"\nkey = [\"id\"]\ndisposition = {{ {disposition} }}\n\
         subject = {{ {subject} }}\n{more}\n"
    )
}

/// A collection's name.
pub(crate) fn name(name: &str) -> CollectionName {
    CollectionName::parse(name).expect("a name")
}
