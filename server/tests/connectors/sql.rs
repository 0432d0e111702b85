//! The `sql` kind, over SQLite: a help desk with records to anonymise, rows two deep to delete, and rows to keep.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::model::{CollectionName, Identifier, IdentifierKind, SubjectKey};
use async_trait::async_trait;
use server::connectors::Connector;
use server::connectors::kinds::{OpenError, Opened, open};
use server::connectors::spec::SystemSpec;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqliteConnection};
use tempfile::TempDir;

use crate::compliance::compliance;
use crate::people::Person;
use crate::world::World;

compliance!(HelpDesk);

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

const TABLES: &str = "
CREATE TABLE contacts (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT, phone TEXT, tag TEXT);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, contact_id TEXT REFERENCES contacts(id), subject TEXT, sender TEXT, tag TEXT);
CREATE TABLE comments (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES tickets(id), text TEXT, tag TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, contact_id TEXT REFERENCES contacts(id), amount REAL, tag TEXT);
CREATE TABLE chats (id INTEGER PRIMARY KEY, contact_id TEXT, text TEXT, tag TEXT);
INSERT INTO chats (contact_id, text, tag) VALUES (NULL, 'Maria.Mueller@example.org', ''), ('', 'nobody', '');
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
    open(&SystemSpec::parse(&format!("{HEAD}{collections}"))?, data).await
}

/// A key of that kind.
pub(crate) fn key(kind: IdentifierKind, id: &str) -> SubjectKey {
    SubjectKey::try_from(Identifier::new(kind, id).expect("valid")).expect("a key")
}

/// A help desk that holds the people.
struct HelpDesk {
    database: Database,
    connector: Arc<dyn Connector>,
}

#[async_trait]
impl World for HelpDesk {
    async fn with(people: &[Person]) -> Self {
        let database = Database::of(TABLES).await;
        let mut on = database.connection().await;
        let mut all = on.begin().await.expect("begun");
        for (n, person) in people.iter().enumerate() {
            fill(&mut all, (n as i64 + 1) * 1000, person).await;
        }
        all.commit().await.expect("filled");
        let connector = database.connector(COLLECTIONS).await;
        Self {
            database,
            connector,
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
            "SELECT quote(id) || quote(name) || quote(email) || quote(phone) FROM contacts WHERE tag = ?",
            "SELECT quote(id) || quote(contact_id) || quote(subject) || quote(sender) FROM tickets WHERE tag = ? ORDER BY id",
            "SELECT quote(id) || quote(ticket_id) || quote(text) FROM comments WHERE tag = ? ORDER BY id",
            "SELECT quote(id) || quote(contact_id) || quote(amount) FROM invoices WHERE tag = ? ORDER BY id",
            "SELECT quote(id) || quote(contact_id) || quote(text) FROM chats WHERE tag = ? ORDER BY id",
        ];
        let mut all = Vec::new();
        for query in queries {
            all.extend(self.database.rows(query, &person.id).await);
        }
        all
    }

    async fn vanish(&self) {
        self.database.remove();
    }
}

async fn fill(on: &mut SqliteConnection, base: i64, person: &Person) {
    let mut insert = async |sql: &'static str, id: i64, link: String, text: String| {
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .bind(link)
            .bind(text);
        query
            .bind(&person.id)
            .execute(&mut *on)
            .await
            .expect("inserted");
    };
    insert(
        "INSERT INTO contacts (phone, id, name, tag) VALUES (?1, ?2, ?3, ?4)",
        0,
        person.id.clone(),
        person.name.clone(),
    )
    .await;
    insert(
        "INSERT INTO invoices (id, contact_id, amount, tag) VALUES (?, ?, ?, ?)",
        base,
        person.id.clone(),
        "12.5".into(),
    )
    .await;
    insert(
        "INSERT INTO chats (id, contact_id, text, tag) VALUES (?, ?, ?, ?)",
        base,
        person.id.clone(),
        "hello".into(),
    )
    .await;
    for n in 0..person.items as i64 {
        let text = format!("ticket {n} \u{1f600}");
        insert(
            "INSERT INTO tickets (id, contact_id, sender, tag) VALUES (?, ?, ?, ?)",
            base + n,
            person.id.clone(),
            person.name.clone(),
        )
        .await;
        insert(
            "INSERT INTO comments (id, ticket_id, text, tag) VALUES (?, ?, ?, ?)",
            base + n,
            (base + n).to_string(),
            text,
        )
        .await;
    }
    let contact = sqlx::query("UPDATE contacts SET email = ?, phone = ? WHERE tag = ?");
    contact
        .bind(&person.email)
        .bind(&person.phone)
        .bind(&person.id)
        .execute(&mut *on)
        .await
        .expect("filled");
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
