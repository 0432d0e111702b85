//! Exporting one person's 100,000 rows, from the system to the package on disk, beside a bare dump of the same rows.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context, ensure};
use app::model::{CollectionName, IdentifierKind, RequestId, Right};
use futures::TryStreamExt;
use serde::Serialize;
use server::connectors::spec::SystemSpec;
use server::connectors::{Call, Connector, kinds};
use server::secret::{Keys, Masks};
use server::workflow::package::{
    CollectionFacts, Holding, Lang, PackageFacts, PackageName, Packaged, SystemFacts, assemble,
};
use server::workflow::parts::{Part, PartName, PartSink};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::report::Line;
use crate::timing::{Times, ms, ratio};
use crate::{machine, place};

const ROWS: u64 = 100_000;
const ROUNDS: usize = 3;
const GOAL_RATIO: f64 = 2.0;
/// 64 MB, as the system counts them.
const GOAL_MEMORY: u64 = 64 * 1024 * 1024;
const PERSON: &str = "5f1c1a52-0000-4000-8000-000000000001";

/// Made inside the database: rows that passed through this process would count as its memory.
const TABLE: &str = "
CREATE TABLE messages (
  id INTEGER PRIMARY KEY, contact_id TEXT NOT NULL, channel TEXT NOT NULL, email TEXT, phone TEXT,
  subject TEXT, body TEXT, sent_at TEXT NOT NULL);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO messages SELECT i, '5f1c1a52-0000-4000-8000-000000000001', 'email',
  'person.' || i || '@mail.example', '+49 30 ' || (1000000 + i), 'Where is my parcel, number ' || i || '?',
  'I ordered it two weeks ago; \"on its way\", it says. My order is number ' || (i * 7919) || '.',
  '2027-01-15T08:00:00Z' FROM n;
CREATE INDEX messages_contact ON messages (contact_id);";
const FIELDS: [&str; 8] = [
    "id",
    "contact_id",
    "channel",
    "email",
    "phone",
    "subject",
    "body",
    "sent_at",
];

#[derive(Default)]
struct Took {
    part: Times,
    package: Times,
    dump: Times,
}

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let folder = place::folder()?;
    let database = SqliteConnectOptions::new().filename(folder.path().join("archive.db"));
    let mut connection = database.create_if_missing(true).connect().await?;
    connection.execute(TABLE).await?;
    connection.close().await?;
    let spec = SystemSpec::parse(&description())?;
    let connector = kinds::open(&spec, folder.path(), &Masks::unkept())
        .await?
        .connector;
    let keys = place::keys()?;
    let idle = machine::resident("self")?;
    let mut took = Took::default();
    let mut bytes = 0;
    for round in 0..ROUNDS {
        let name = name(round)?;
        let part = export(&*connector, &keys, folder.path(), name);
        let part = took.part.of(part).await?;
        let facts = facts(&*connector, &spec, part)?;
        let package = package(&keys, folder.path(), facts, round);
        bytes = took.package.of(package).await?.bytes;
    }
    let grown = machine::peak()?.saturating_sub(idle);
    for _ in 0..ROUNDS {
        took.dump.of(dump(folder.path())).await?;
    }
    Ok(vec![time(&took, bytes), memory(grown)])
}

fn time(took: &Took, bytes: u64) -> Line {
    let (part, package) = (took.part.median(), took.package.median());
    let (all, floor) = (part + package, took.dump.median());
    let times = ratio(all, floor);
    Line {
        what: "export of 100,000 rows".to_owned(),
        figure: ms(all),
        floor: format!("dump as JSON lines {}", ms(floor)),
        ratio: Some(times),
        goal: "≤ 2×".to_owned(),
        reached: Some(times <= GOAL_RATIO),
        note: format!(
            "reading the system and sealing the part {} ({:.1}×), packaging {} ({:.1}×): JSON, CSV and page, compressed, hashed, sealed, {}",
            ms(part),
            ratio(part, floor),
            ms(package),
            ratio(package, floor),
            machine::mb(bytes)
        ),
    }
}

fn memory(grown: u64) -> Line {
    Line {
        what: "export of 100,000 rows, memory".to_owned(),
        figure: format!("{} above idle", machine::mb(grown)),
        goal: "< 64 MB".to_owned(),
        reached: Some(grown < GOAL_MEMORY),
        note: format!("the most in {ROUNDS} exports, allocator and SQLite included"),
        ..Line::default()
    }
}

fn description() -> String {
    let field = |name: &&str| format!("{{ name = \"{name}\", category = \"user.content\" }}");
    let fields: Vec<_> = FIELDS.iter().map(field).collect();
    format!(
        r#"
id = "archive"
name = "Archive"
kind = "sql"
owner = "Customer service"
region = "eu-central"
country = "DE"

[sql]
url = "sqlite:archive.db"

[[collections]]
name = "messages"
title = "Messages"
key = ["id"]
disposition = {{ do = "delete" }}
subject = {{ kind = "external_contact_id", column = "contact_id" }}
fields = [{}]
"#,
        fields.join(", ")
    )
}

fn request() -> anyhow::Result<RequestId> {
    Ok(RequestId::parse("0190-bench")?)
}

fn name(round: usize) -> anyhow::Result<PartName> {
    Ok(PartName::new(&request()?, "task", u32::try_from(round)?)?)
}

/// As the workflow does it.
async fn export(
    connector: &dyn Connector,
    keys: &Keys,
    folder: &Path,
    name: PartName,
) -> anyhow::Result<Part> {
    let fault = |fault| anyhow::anyhow!("{fault:?}");
    let (key, collection) = (place::key(PERSON)?, CollectionName::parse("messages")?);
    let (token, attempt) = ("token".to_owned(), 1);
    let mut sink = PartSink::create(keys, folder, name);
    let call = Call { token, attempt };
    let exported = connector.export(&call, &key, &collection, &mut sink).await;
    exported.map_err(fault)?;
    let part = sink.finish().await.map_err(fault)?;
    ensure!(part.rows == ROWS, "{} rows", part.rows);
    Ok(part)
}

fn facts(connector: &dyn Connector, spec: &SystemSpec, part: Part) -> anyhow::Result<PackageFacts> {
    let collection = connector.inventory().collections.first();
    let collection = collection.context("no collection")?;
    let collection = CollectionFacts {
        name: collection.name.clone(),
        title: collection.title.clone(),
        fields: collection.fields.clone(),
        holding: Holding::Searched {
            part: Some(part.stored),
        },
    };
    Ok(PackageFacts {
        request: request()?,
        right: Right::Export,
        subject: None,
        kind: IdentifierKind::ExternalContactId,
        requested_at: 0,
        made_at: 1_800_000_000_000,
        lang: Lang::En,
        systems: vec![SystemFacts {
            id: spec.id.clone(),
            name: spec.name.clone(),
            collections: vec![collection],
        }],
    })
}

async fn package(
    keys: &Keys,
    folder: &Path,
    facts: PackageFacts,
    round: usize,
) -> anyhow::Result<Packaged> {
    let name = PackageName::new(&request()?, u32::try_from(round)?)?;
    Ok(assemble(keys, folder, facts, name).await?)
}

type Columns = (
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
);

#[derive(Serialize)]
struct Message {
    id: i64,
    contact_id: String,
    channel: String,
    email: Option<String>,
    phone: Option<String>,
    subject: Option<String>,
    body: Option<String>,
    sent_at: String,
}

/// The least that an export can be: every row read once and written once, safe on disk.
async fn dump(folder: &Path) -> anyhow::Result<()> {
    let database = SqliteConnectOptions::new().filename(folder.join("archive.db"));
    let mut connection = database.read_only(true).connect().await?;
    let mut file = BufWriter::new(File::create(folder.join("dump.jsonl"))?);
    let mut written = 0;
    let select = "SELECT * FROM messages WHERE contact_id = ?1 ORDER BY id";
    let mut rows = sqlx::query_as::<_, Columns>(select)
        .bind(PERSON)
        .fetch(&mut connection);
    while let Some(row) = rows.try_next().await? {
        let (id, contact_id, channel, email, phone, subject, body, sent_at) = row;
        let message = Message {
            id,
            contact_id,
            channel,
            email,
            phone,
            subject,
            body,
            sent_at,
        };
        serde_json::to_writer(&mut file, &message)?;
        file.write_all(b"\n")?;
        written += 1;
    }
    drop(rows);
    file.into_inner()?.sync_all()?;
    ensure!(written == ROWS, "{written} rows");
    Ok(connection.close().await?)
}
