//! Shops of 100,000 customers and more in eleven tables, and one of few in two hundred: accesses and erasures of one, from being made
//! to their end, beside the bare statements.

mod bare;
mod schema;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use app::model::{Operation, Right, SystemId};
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
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::machine;
use crate::place::{self, Database, Fresh};
use crate::report::Line;
use crate::timing::{Times, ms, ratio};
use bare::Bare;
use schema::{MOST, Schema};

const CUSTOMERS: u32 = 100_000;
const CHILDREN: [&str; 10] = [
    "orders", "payments", "visits", "notes", "carts", "ratings", "claims", "letters", "devices",
    "logins",
];
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
    schema: Schema,
    bare: Bare,
    fresh: Fresh,
    /// Where the shop lies, if not in the folder.
    database: Option<Database>,
}

/// The made-up shop.
pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let mut shop = Shop::flat(&CHILDREN.map(str::to_owned), CUSTOMERS).await?;
    let mut lines = shop.of_one().await?;
    lines.extend(shop.most().await?);
    shop.close().await?;
    let children: Vec<_> = (1..WIDE).map(|at| format!("table_{at}")).collect();
    let mut wide = Shop::flat(&children, WIDE_CUSTOMERS).await?;
    let hundred = Duration::from_millis(100);
    lines.push(wide.one_by_one(Right::Export, WIDE_TIMES, hundred).await?);
    wide.close().await?;
    Ok(lines)
}

/// Fides' example, and the same with ten times as many customers.
pub(crate) async fn example() -> anyhow::Result<Vec<Line>> {
    let Some(mut shop) = Shop::example(CUSTOMERS).await? else {
        let note = "HABEAS_TEST_POSTGRES names no server; .ci/bench starts one";
        return Ok(vec![Line::absent("Fides' example", "not measured", note)]);
    };
    let mut lines = shop.of_one().await?;
    lines.extend(shop.most().await?);
    shop.close().await?;
    if let Some(mut shop) = Shop::example(CUSTOMERS * 10).await? {
        lines.extend(shop.of_one().await?);
        shop.close().await?;
    }
    Ok(lines)
}

impl Shop {
    /// The made-up shop, in SQLite.
    async fn flat(children: &[String], customers: u32) -> anyhow::Result<Self> {
        let fresh = Fresh::sqlite().await?;
        let file = SqliteConnectOptions::new()
            .filename(fresh.folder.path().join("shop.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let bare = Bare::Sqlite(file.connect().await?);
        let schema = schema::flat(children, customers);
        Self::open(fresh, schema, bare, "sqlite:shop.db", None).await
    }

    /// Fides' example, in PostgreSQL; nothing if there is no server.
    async fn example(customers: u32) -> anyhow::Result<Option<Self>> {
        let Some(database) = Database::create("shop").await? else {
            return Ok(None);
        };
        let bare = Bare::Postgres(PgConnection::connect(&database.url).await?);
        let (fresh, schema) = (Fresh::sqlite().await?, schema::example(customers));
        let url = format!("{}?sslmode=disable", database.url);
        let shop = Self::open(fresh, schema, bare, &url, Some(database)).await?;
        Ok(Some(shop))
    }

    async fn open(
        fresh: Fresh,
        schema: Schema,
        mut bare: Bare,
        url: &str,
        database: Option<Database>,
    ) -> anyhow::Result<Self> {
        let folder = fresh.folder.path().to_owned();
        bare.run(schema.make.clone()).await?;
        let description = schema.description.replace("{url}", url);
        let spec = SystemSpec::parse(&description)?;
        let opened = kinds::open(&spec, &folder, &Masks::unkept()).await?;
        let systems = Registry::default();
        systems.put(System {
            id: spec.id.clone(),
            name: spec.name.clone(),
            kind: "sql".to_owned(),
            owner: String::new(),
            region: String::new(),
            per_second: None,
            concurrency: None,
            connector: opened.connector,
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
            schema,
            bare,
            fresh,
            database,
        })
    }

    async fn close(self) -> anyhow::Result<()> {
        self.bare.close().await?;
        self.fresh.clear().await?;
        match self.database {
            Some(database) => database.drop().await,
            None => Ok(()),
        }
    }

    /// The id of the customer of that number.
    fn id(&self, number: u32) -> String {
        format!("{}{number}", self.schema.prefix)
    }

    /// After the name of a measure.
    fn of(&self) -> String {
        format!(
            ", {}, {} customers",
            self.schema.name, self.schema.customers
        )
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

    /// The same, one phase after the other; how long each took.
    async fn phases(&self) -> anyhow::Result<Vec<Duration>> {
        let ours = SystemId::parse(OURS)?;
        let (mut took, mut began) = (Vec::new(), Instant::now());
        while worker::step(&self.engine, "bench", &self.system.id).await?
            || worker::step(&self.engine, "bench", &ours).await?
        {
            took.push(began.elapsed());
            began = Instant::now();
        }
        Ok(took)
    }

    /// The bare statements of a right, for one customer; how many rows there were.
    async fn least(&mut self, right: Right, customer: &str) -> anyhow::Result<u64> {
        match right {
            Right::Export => self.bare.read(&self.schema.reads, customer).await,
            _ => self.bare.delete(&self.schema.deletes, customer).await,
        }
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

    /// Requests of customers who have next to nothing.
    async fn of_one(&mut self) -> anyhow::Result<Vec<Line>> {
        let (ten, twenty) = (Duration::from_millis(10), Duration::from_millis(20));
        let mut lines = vec![
            self.one_by_one(Right::Export, TIMES, ten).await?,
            self.one_by_one(Right::Delete, TIMES, twenty).await?,
        ];
        lines.extend(self.queued().await?);
        Ok(lines)
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
        let (before, tables) = (self.ended(true).await?, self.schema.reads.len());
        for number in 0..WARM_UP + times {
            if number == WARM_UP {
                (took, least) = (Times::default(), Times::default());
            }
            let (customer, other) = (self.id(begin + number), self.id(begin + 500 + number));
            let whole = async {
                self.ask(right, &customer).await?;
                self.work().await
            };
            took.of(whole).await?;
            ensure!(
                least.of(self.least(right, &other)).await? == self.schema.rows,
                "not the rows that she has"
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
            what: format!("{what} of one customer{}", self.of()),
            figure: took.spread(95),
            floor: format!("bare statements {}", least.spread(95)),
            ratio: Some(ratio(took.median(), least.median())),
            goal: format!("p50 ≤ {}", ms(goal)),
            reached: Some(took.median() <= goal),
            note: format!(
                "{tables} tables; made, carried out, evidence written, {}; by one worker, each request by itself",
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
            self.ask(Right::Export, &self.id(20_001 + number)).await?;
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
                what: format!("{QUEUED} queued accesses{}", self.of()),
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
                what: format!("first of {QUEUED} queued accesses{}", self.of()),
                figure: ms(first),
                goal: "< 1 s".to_owned(),
                reached: Some(first < Duration::from_secs(1)),
                ..Line::default()
            },
        ])
    }

    /// Somebody with very many rows.
    async fn most(&mut self) -> anyhow::Result<Vec<Line>> {
        self.bare.run(self.schema.many.clone()).await?;
        let most = self.id(self.schema.customers + 1);
        let other = self.id(self.schema.customers + 2);
        let idle = machine::resident("self")?;
        let mut lines = Vec::new();
        for (right, what, goal) in [
            (Right::Export, "access", 1.5),
            (Right::Delete, "erasure", 2.0),
        ] {
            let before = self.ended(true).await?;
            let began = Instant::now();
            self.ask(right, &most).await?;
            let planned = began.elapsed();
            let phases = self.phases().await?;
            let took = began.elapsed();
            let [first, second] = phases[..] else {
                bail!("{} phases", phases.len());
            };
            ensure!(
                self.ended(true).await? == before + 1,
                "{what} was not completed"
            );
            let grown = machine::peak()?.saturating_sub(idle);
            let began = Instant::now();
            self.bare.read(&self.schema.reads, &other).await?;
            let read = began.elapsed();
            let began = Instant::now();
            let rows = match right {
                Right::Export => {
                    let (reads, folder) = (&self.schema.reads, &self.engine.folder);
                    self.bare.dump(reads, &other, folder).await?
                }
                _ => self.least(right, &other).await?,
            };
            let floor = began.elapsed();
            ensure!(rows >= u64::from(MOST), "{rows} rows");
            let times = ratio(took, floor);
            lines.push(Line {
                what: format!("{what} of {MOST} rows{}", self.of()),
                figure: ms(took),
                floor: format!("bare {}", ms(floor)),
                ratio: Some(times),
                goal: format!("≤ {goal}×"),
                reached: Some(times <= goal),
                note: match right {
                    Right::Export => format!(
                        "{} reading them in order and sealing them, {} packaging them as JSON, CSV and a page, compressed and sealed; the floor writes lines",
                        ms(first),
                        ms(second)
                    ),
                    _ => format!(
                        "{} for the plan, which reads the key of every row, {} erasing and comparing with the plan, {} looking again; the floor only deletes, reading the rows takes {} more",
                        ms(planned),
                        ms(first),
                        ms(second),
                        ms(read)
                    ),
                },
            });
            lines.push(Line {
                what: format!("{what} of {MOST} rows{}, memory", self.of()),
                figure: format!("{} above idle", machine::mb(grown)),
                goal: "< 64 MB".to_owned(),
                reached: Some(grown < MEMORY),
                ..Line::default()
            });
        }
        Ok(lines)
    }
}
