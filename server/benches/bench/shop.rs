//! A shop of 100,000 customers in eleven tables, and one of few in two hundred: accesses and erasures of one, from being made to their
//! end, beside the bare statements.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use app::model::{Operation, Right, SystemId};
use futures::TryStreamExt;
use server::clock::Clock;
use server::connectors::spec::SystemSpec;
use server::connectors::{Whose, kinds};
use server::ledger::OURS;
use server::params;
use server::pulse::Pulse;
use server::registry::{Registry, System};
use server::secret::Masks;
use server::workflow::{Engine, salt, work, worker};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row, SqliteConnection};
use tokio_util::sync::CancellationToken;

use crate::machine;
use crate::place::{self, Fresh};
use crate::report::Line;
use crate::timing::{Times, ms, ratio};

const CUSTOMERS: u32 = 100_000;
const CHILDREN: [&str; 10] = [
    "orders", "payments", "visits", "notes", "carts", "ratings", "claims", "letters", "devices",
    "logins",
];
/// How many rows whoever has most has in one table.
const MOST: u32 = 106_000;
/// Customers who are measured one after the other, and how many of them before it counts.
const TIMES: u32 = 200;
const WARM_UP: u32 = 20;
const QUEUED: u32 = 150;
/// Tables and customers of the wide shop, and how many of these are measured.
const WIDE: usize = 200;
const WIDE_CUSTOMERS: u32 = 1_000;
const WIDE_TIMES: u32 = 50;
const MEMORY: u64 = 64 * 1024 * 1024;

struct Shop {
    engine: Engine,
    system: Arc<System>,
    bare: SqliteConnection,
    fresh: Fresh,
    /// Beside that of the customers.
    children: Vec<String>,
    customers: u32,
}

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let mut shop = Shop::open(CHILDREN.map(str::to_owned).to_vec(), CUSTOMERS).await?;
    let (ten, twenty) = (Duration::from_millis(10), Duration::from_millis(20));
    let mut lines = vec![
        shop.one_by_one(Right::Export, TIMES, ten).await?,
        shop.one_by_one(Right::Delete, TIMES, twenty).await?,
    ];
    lines.extend(shop.queued().await?);
    lines.extend(shop.most().await?);
    shop.close().await?;
    let children = (1..WIDE).map(|at| format!("table_{at}"));
    let mut wide = Shop::open(children.collect(), WIDE_CUSTOMERS).await?;
    let hundred = Duration::from_millis(100);
    lines.push(wide.one_by_one(Right::Export, WIDE_TIMES, hundred).await?);
    wide.close().await?;
    Ok(lines)
}

/// Customers `c1`… with a row in each table.
fn tables(children: &[String], customers: u32) -> String {
    let mut sql = format!(
        "CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT, name TEXT);
         {} INSERT INTO customers SELECT 'c' || i, 'c' || i || '@mail.example', 'Customer ' || i FROM n;
         CREATE INDEX customers_email ON customers (lower(email));",
        numbers(customers)
    );
    for table in children {
        sql.push_str(&format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY, customer_id TEXT REFERENCES customers (id), at TEXT, says TEXT);
             {} INSERT INTO {table} SELECT i, 'c' || i, '2027-01-15T08:00:00Z', 'What customer ' || i || ' left here' FROM n;
             CREATE INDEX {table}_customer ON {table} (customer_id);",
            numbers(customers)
        ));
    }
    sql
}

fn numbers(n: u32) -> String {
    format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})")
}

/// Two more, `most` and `bare`, with many rows in one table.
fn with_many() -> String {
    let mut sql = String::new();
    for whose in ["most", "bare"] {
        sql.push_str(&format!(
            "INSERT INTO customers VALUES ('{whose}', '{whose}@mail.example', '{whose}');
             {} INSERT INTO visits (customer_id, at, says) SELECT '{whose}', '2027-01-15T08:00:00Z', 'What was looked at, number ' || i FROM n;",
            numbers(MOST)
        ));
    }
    sql
}

fn description(children: &[String]) -> String {
    let mut toml = r#"
id = "shop"
name = "Shop"
kind = "sql"
owner = "Customer service"
region = "eu-central"
country = "DE"
[sql]
url = "sqlite:shop.db"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_contact_id", column = "id" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [ { name = "email", category = "user.contact.email", holds = "email" }, { name = "name", category = "user.name" } ]
"#
    .to_owned();
    for table in children {
        toml.push_str(&format!(
            r#"[[collections]]
name = "{table}"
title = "{table}"
key = ["id"]
disposition = {{ do = "delete" }}
parent = {{ collection = "customers", column = "customer_id", references = "id" }}
fields = [ {{ name = "at", category = "user.behavior" }}, {{ name = "says", category = "user.content" }} ]
"#
        ));
    }
    toml
}

impl Shop {
    async fn open(children: Vec<String>, customers: u32) -> anyhow::Result<Self> {
        let fresh = Fresh::sqlite().await?;
        let folder = fresh.folder.path().to_owned();
        let file = SqliteConnectOptions::new().filename(folder.join("shop.db"));
        let file = file
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut bare = file.connect().await?;
        bare.execute(AssertSqlSafe(tables(&children, customers)))
            .await?;
        let spec = SystemSpec::parse(&description(&children))?;
        let systems = Registry::default();
        systems.put(System {
            id: spec.id.clone(),
            name: spec.name.clone(),
            kind: "sql".to_owned(),
            owner: String::new(),
            region: String::new(),
            per_second: None,
            connector: kinds::open(&spec, &folder, &Masks::unkept())
                .await?
                .connector,
            pace: None,
            pulse: Pulse::default(),
            lever: None,
            described_at: 0,
        });
        let system = systems.get(&spec.id).context("it was put there")?;
        let engine = Engine {
            systems,
            ..Engine::new(fresh.db.clone(), place::keys()?, Clock::machine(), folder)
        };
        Ok(Self {
            engine,
            system,
            bare,
            fresh,
            children,
            customers,
        })
    }

    async fn close(self) -> anyhow::Result<()> {
        self.bare.close().await?;
        self.fresh.clear().await
    }

    /// Makes a request; an erasure with what a plan would have found.
    async fn ask(&self, right: Right, customer: &str) -> anyhow::Result<()> {
        let (key, connector) = (place::key(customer)?, &self.system.connector);
        let mut planned = Vec::new();
        if right == Right::Delete {
            let salt = salt(&self.engine.keys, &self.system.id);
            for piece in work::of(&self.engine.systems, right, key.kind(), &[]).pieces {
                let (whose, name) = (Whose::alone(&key), &piece.collection);
                let trace = connector.trace(whose, name, Operation::Delete, &[], salt.as_bytes());
                planned.push(Some(trace.await?));
            }
        }
        place::ask(&self.engine, right, key, planned).await
    }

    /// Does all tasks that there are, one after the other.
    async fn work(&self) -> anyhow::Result<()> {
        let ours = SystemId::parse(OURS)?;
        let mut worked = true;
        while worked {
            worked = false;
            for system in [&self.system.id, &ours] {
                while worker::stint(&self.engine, "bench", system).await? {
                    worked = true;
                }
            }
        }
        Ok(())
    }

    /// The bare statements of a right, for one customer; how many rows there were.
    async fn least(&mut self, right: Right, customer: &str) -> anyhow::Result<u64> {
        let mut rows = 0;
        let tables = self.children.iter();
        let tables = tables.map(|table| (table.as_str(), "customer_id"));
        let tables = tables.chain([("customers", "id")]);
        if right == Right::Export {
            for (table, column) in tables {
                let sql = AssertSqlSafe(format!("SELECT * FROM {table} WHERE {column} = ?1"));
                rows += sqlx::query(sql)
                    .bind(customer)
                    .fetch_all(&mut self.bare)
                    .await?
                    .len() as u64;
            }
            return Ok(rows);
        }
        let mut tx = self.bare.begin().await?;
        for (table, column) in tables {
            let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE {column} = ?1"));
            rows += sqlx::query(sql)
                .bind(customer)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
        tx.commit().await?;
        Ok(rows)
    }

    async fn ended(&self, well: bool) -> anyhow::Result<i64> {
        let state = if well {
            "completed"
        } else {
            "partially_failed"
        };
        let sql = "SELECT COUNT(*) AS n FROM request WHERE state = $1";
        let row = self.engine.db.one(sql, params![state]).await?;
        Ok(row.map(|row| row.int("n")).transpose()?.unwrap_or(0))
    }

    async fn one_by_one(
        &mut self,
        right: Right,
        times: u32,
        goal: Duration,
    ) -> anyhow::Result<Line> {
        let (mut took, mut least) = (Times::default(), Times::default());
        // Each customer once: bare ones are others.
        let begin = if right == Right::Export { 1 } else { 10_001 };
        let (before, tables) = (self.ended(true).await?, self.children.len() + 1);
        for number in 0..WARM_UP + times {
            if number == WARM_UP {
                (took, least) = (Times::default(), Times::default());
            }
            let (customer, other) = (
                format!("c{}", begin + number),
                format!("c{}", begin + 500 + number),
            );
            let whole = async {
                self.ask(right, &customer).await?;
                self.work().await
            };
            took.of(whole).await?;
            ensure!(
                least.of(self.least(right, &other)).await? == tables as u64,
                "not a row in each table"
            );
        }
        let done = self.ended(true).await? - before;
        ensure!(done == i64::from(WARM_UP + times), "{done} were completed");
        let what = if right == Right::Export {
            "access"
        } else {
            "erasure"
        };
        Ok(Line {
            what: format!("{what} of one customer, {tables} tables"),
            figure: took.spread(95),
            floor: format!("bare statements {}", least.spread(95)),
            ratio: Some(ratio(took.median(), least.median())),
            goal: format!("p50 ≤ {}", ms(goal)),
            reached: Some(took.median() <= goal),
            note: format!(
                "{} customers; made, carried out, evidence written, {}; by one worker, each request by itself",
                self.customers,
                if right == Right::Export {
                    "packaged and sealed"
                } else {
                    "planned row by row, verified"
                }
            ),
        })
    }

    async fn queued(&mut self) -> anyhow::Result<Vec<Line>> {
        let before = self.ended(true).await?;
        for number in 0..QUEUED {
            self.ask(Right::Export, &format!("c{}", 20_001 + number))
                .await?;
        }
        let (stop, began) = (CancellationToken::new(), Instant::now());
        let workers = worker::start(&self.engine, "bench", &stop);
        let mut first = None;
        loop {
            let done = self.ended(true).await? - before;
            if done > 0 {
                first.get_or_insert(began.elapsed());
            }
            if done == i64::from(QUEUED) {
                break;
            }
            ensure!(began.elapsed() < Duration::from_secs(120), "{done} done");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let all = began.elapsed();
        stop.cancel();
        workers.wait().await;
        let (rate, first) = (f64::from(QUEUED) / all.as_secs_f64(), first.unwrap_or(all));
        Ok(vec![
            Line {
                what: format!("{QUEUED} queued accesses"),
                figure: format!("{rate:.0}/s"),
                goal: "≥ 150/s".to_owned(),
                reached: Some(rate >= 150.0),
                note: format!(
                    "11 tasks and a package each; {} workers a system",
                    self.engine.workers
                ),
                ..Line::default()
            },
            Line {
                what: format!("first of {QUEUED} queued accesses"),
                figure: ms(first),
                goal: "< 1 s".to_owned(),
                reached: Some(first < Duration::from_secs(1)),
                ..Line::default()
            },
        ])
    }

    /// Somebody with very many rows.
    async fn most(&mut self) -> anyhow::Result<Vec<Line>> {
        self.bare.execute(AssertSqlSafe(with_many())).await?;
        let idle = machine::resident("self")?;
        let mut lines = Vec::new();
        for (right, what, goal) in [
            (Right::Export, "access", 1.5),
            (Right::Delete, "erasure", 2.0),
        ] {
            let before = self.ended(true).await?;
            let began = Instant::now();
            self.ask(right, "most").await?;
            self.work().await?;
            let took = began.elapsed();
            ensure!(
                self.ended(true).await? == before + 1,
                "{what} was not completed"
            );
            let grown = machine::peak()?.saturating_sub(idle);
            let began = Instant::now();
            match right {
                Right::Export => self.dump("bare").await?,
                _ => drop(self.least(right, "bare").await?),
            }
            let floor = began.elapsed();
            let times = ratio(took, floor);
            lines.push(Line {
                what: format!("{what} of {MOST} rows"),
                figure: ms(took),
                floor: format!("bare {}", ms(floor)),
                ratio: Some(times),
                goal: format!("≤ {goal}×"),
                reached: Some(times <= goal),
                note: format!(
                    "{} above idle at most so far, package and all",
                    machine::mb(grown)
                ),
            });
            lines.push(Line {
                what: format!("{what} of {MOST} rows, memory"),
                figure: format!("{} above idle", machine::mb(grown)),
                goal: "< 64 MB".to_owned(),
                reached: Some(grown < MEMORY),
                ..Line::default()
            });
        }
        Ok(lines)
    }

    /// Every row read once and written once, safe on disk.
    async fn dump(&mut self, customer: &str) -> anyhow::Result<()> {
        let folder: &Path = &self.engine.folder;
        let mut file = BufWriter::new(File::create(folder.join("dump.jsonl"))?);
        let sql = "SELECT at, says FROM visits WHERE customer_id = ?1 ORDER BY id";
        let mut rows = sqlx::query(sql).bind(customer).fetch(&mut self.bare);
        let mut written = 0;
        while let Some(row) = rows.try_next().await? {
            let (at, says): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            serde_json::to_writer(&mut file, &serde_json::json!({ "at": at, "says": says }))?;
            file.write_all(b"\n")?;
            written += 1;
        }
        drop(rows);
        file.into_inner()?.sync_all()?;
        ensure!(written == MOST, "{written} rows");
        Ok(())
    }
}
