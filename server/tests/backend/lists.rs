//! Lists: three queries a page whatever is on it, each of them by an index.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::backend::Requests;
use app::model::{
    Due, ListWords, Pressing, RequestFilter, RequestPage, RequestState, RequestSummary, Right,
    WaitsFor,
};
use server::params;
use server::store::{Db, Value};
use server::workflow::Engine;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::world::{NOW, World, ada, change, habeas, worlds};

/// Requests that are there already, so that a plan without an index would cost something.
const OLD: i64 = 20_000;

/// Queries of the list that take a statement of their own each, beside those that the test looks at closely. They find what is not old:
/// that can't be opened.
const EVERY_ORDER: [&str; 10] = [
    "",
    "right=delete&sort=oldest",
    "right=update",
    "state=received",
    "state=received&sort=oldest",
    "state=received&right=delete&sort=oldest",
    "waits=system&sort=oldest",
    "sort=due",
    "ended=days_7&right=delete",
    "ended=days_7&right=delete&sort=oldest",
];

/// The statements that were run on connections that log them.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            self.0.lock().expect("not poisoned").push(statement.0);
        }
    }
}

/// The text of one.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        // The summary is all there is of a short one.
        if field.name() == "db.statement" && !value.is_empty() || self.0.is_empty() {
            self.0 = value.trim().to_owned();
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Statements {
    /// Those since the last look, once they are all told: SQLite's are by a thread of its own.
    async fn taken(&self, db: &Db) -> Vec<String> {
        db.ping().await.expect("answers");
        let begun = Instant::now();
        loop {
            let mut all = self.0.lock().expect("not poisoned").clone();
            if all.last().is_some_and(|last| last == "SELECT 1 AS one") {
                self.0.lock().expect("not poisoned").clear();
                all.pop();
                return all;
            }
            assert!(begun.elapsed() < Duration::from_secs(5), "{all:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// The same database by one connection that logs its statements.
async fn logged(world: &World) -> Db {
    let url = &world.fresh.url;
    match world.db() {
        Db::Sqlite { writer, .. } => {
            let options = SqliteConnectOptions::new()
                .filename(url.trim_start_matches("sqlite:"))
                .read_only(true);
            let pool = SqlitePoolOptions::new().max_connections(1);
            Db::Sqlite {
                readers: pool.connect_with(options).await.expect("opens"),
                writer: writer.clone(),
            }
        }
        Db::Pg(_) => {
            let pool = PgPoolOptions::new().max_connections(1);
            Db::Pg(pool.connect(url).await.expect("opens"))
        }
    }
}

/// Sets of two: three that have ended, then so many that have not; and before all of them thousands, each with a task and a package.
async fn filled(world: &World, open: usize) {
    for at in 0..3 {
        world.ask(&format!("ended{at}")).await.expect("makes");
    }
    world.work().await;
    for at in 0..open {
        // Ids follow time.
        world.habeas.clock.advance(1);
        world.ask(&format!("open{at}")).await.expect("makes");
    }
    let requests = "INSERT INTO request (id, root_id, position, rights, state, set_state, subject,
            subject_kind, target_sealed, reason_sealed, actor, actor_name, plan_hash, open_tasks,
            created_at, ended_at, in_flight, answered, answered_at)
        WITH RECURSIVE old (i) AS (SELECT 100000000001 UNION ALL SELECT i + 1 FROM old WHERE i < $1)
        SELECT '00000000-0000-7000-8000-' || CAST(i AS TEXT),
            '00000000-0000-7000-8000-' || CAST(i AS TEXT), 0, 'export', 'completed', 'completed', 's',
            'user_id', $2, $2, 'a', 'a', 'h', 0, 0, 0, 0, 1, 0 FROM old";
    let last = 100_000_000_000 + OLD;
    change(world.db(), requests, params![last, vec![0_u8]]).await;
    let tasks = "INSERT INTO task (id, request_id, root_id, system_id, collection, operation,
            repeat_class, state, attempt, max_attempts, run_at, position, created_at)
        SELECT id, id, id, 'desk', 'records', 'export', 'natural', 'done', 1, 5, 0, 0, 0
        FROM request WHERE subject = 's'";
    change(world.db(), tasks, &[]).await;
    let packages = "INSERT INTO package (request_id, file, bytes, sha256, made_at, expires_at)
        SELECT id, id, 0, '', 0, 0 FROM request WHERE subject = 's'";
    change(world.db(), packages, &[]).await;
    // SQLite is left without statistics, as it is in use.
    if let Db::Pg(pool) = world.db() {
        sqlx::query("ANALYZE")
            .execute(pool)
            .await
            .expect("analyses");
    }
}

fn values(statement: &str) -> Option<Vec<Value>> {
    let text = |text: &str| Value::from(text);
    if statement.contains("$50") {
        let ids = (0..50).map(|at| format!("00000000-0000-7000-8000-1{at:011}"));
        return Some(ids.map(Value::from).collect());
    }
    if statement.contains("LIMIT $2") {
        let mut values = params!["z", 51_i64].to_vec();
        if statement.contains("answered = 0") {
            values.extend([Value::from(0_i64), Value::from(i64::MAX), text("person")]);
            values.extend([Value::from(None::<String>), Value::from(None::<String>)]);
        } else if statement.contains("answered_at") {
            values.extend([Value::from(NOW), text("delete"), text("completed")]);
        } else {
            let named = [("rights", "delete"), ("set_state", "received")];
            let named = named
                .iter()
                .filter(|(column, _)| statement.contains(&format!("AND {column} =")));
            values.extend(named.map(|(_, word)| text(word)));
        }
        return Some(values);
    }
    if statement.contains("OFFSET $2") {
        return Some(params![100_i64, 100_i64].to_vec());
    }
    if statement.contains("BETWEEN") {
        let ids = [
            "00000000-0000-7000-8000-100000000001",
            "00000000-0000-7000-8000-100000000100",
        ];
        return Some(ids.map(Value::from).to_vec());
    }
    None
}

/// The steps that the database would take.
async fn steps(db: &Db, statement: &str) -> Vec<String> {
    let Some(values) = values(statement) else {
        assert_eq!(statement, "SELECT COUNT(*) AS total FROM request");
        return Vec::new();
    };
    let (explain, column) = match db {
        Db::Sqlite { .. } => ("EXPLAIN QUERY PLAN", "detail"),
        Db::Pg(_) => ("EXPLAIN", "QUERY PLAN"),
    };
    let sql = Box::leak(format!("{explain} {statement}").into_boxed_str());
    let rows = db.all(sql, &values).await.expect("explains");
    rows.iter()
        .map(|row| row.text(column).expect("a text"))
        .collect()
}

/// Nothing is read but by an index, and nothing is sorted that an index has in order.
async fn look_at_plan(world: &World, statement: &str) {
    let steps = steps(world.db(), statement).await;
    eprintln!("{}: {statement}\n  {}", world.name, steps.join("\n  "));
    for step in &steps {
        // Pages before a numbered one are counted off in an index that has all that it takes.
        let counts = statement.contains("OFFSET") && step.contains("COVERING INDEX");
        let scans = step.starts_with("SCAN") || step.contains("Seq Scan");
        assert!(!scans || counts, "{}: {step}", world.name);
        let sorts = step.contains("TEMP B-TREE") || step.contains("Sort");
        // PostgreSQL sorts the little that is open, where it takes it for less than it is.
        let little = statement.contains("answered = 0") && step.contains("Sort");
        let in_order = statement.contains("LIMIT $2") && !little;
        assert!(!sorts || !in_order, "{}: {step}", world.name);
    }
    let index = match statement {
        due if due.contains("ORDER BY due_at") => "request_due",
        open if open.contains("answered = 0 AND +due_at") => "request_open",
        open if open.contains("answered = 0") => "request_unanswered",
        ended if ended.contains("answered_at >=") => "request_ended",
        roots if roots.contains("set_state = $4") => "request_rights_states",
        roots if roots.contains("rights = $3") => "request_rights",
        roots if roots.contains("set_state = $3") => "request_states",
        roots if roots.contains("LIMIT $2") => "request_roots",
        counts if counts.contains("FROM task") => "task_of_root",
        counts if counts.contains("$50") => "request_of_root",
        _ => return,
    };
    assert!(steps.iter().any(|step| step.contains(index)), "{index}");
}

async fn page(habeas: &server::backend::Habeas, filter: RequestFilter) -> RequestPage {
    habeas.list(&ada(), filter).await.expect("lists")
}

fn check(first: &RequestPage, second: &RequestPage) {
    assert_eq!((first.requests.len(), second.requests.len()), (50, 5));
    assert!(first.next.is_some() && second.next.is_none());
    let all: Vec<_> = first.requests.iter().chain(&second.requests).collect();
    assert!(
        all.windows(2).all(|two| two[0].id > two[1].id),
        "newest first"
    );
    for (at, set) in all.iter().enumerate() {
        let has_ended = at >= 52;
        assert_eq!(
            (set.members, set.name.as_deref()),
            (2, (!has_ended).then_some("Ada"))
        );
        assert_eq!(set.ended_at.is_some(), has_ended);
        // Two collections of two systems for two members; and then each is looked at again.
        let tasks = if has_ended { (16, 16) } else { (8, 0) };
        assert_eq!((set.tasks, set.tasks_ended), tasks);
        assert_eq!(set.tasks_failed, 0);
    }
}

#[tokio::test]
async fn a_page_is_three_queries_by_index_whatever_its_size() {
    let statements = Statements::default();
    let subscriber = tracing_subscriber::registry().with(statements.clone());
    // Connections have threads of their own.
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    for world in worlds(NOW).await {
        filled(&world, 52).await;
        let db = logged(&world).await;
        let habeas = habeas(Engine {
            db: db.clone(),
            ..world.habeas.engine.clone()
        });
        statements.taken(&db).await;
        let mut run = Vec::new();
        let three = |run: &mut Vec<String>, taken: Vec<String>, what: &str| {
            assert_eq!(taken.len(), 3, "{} {what}: {taken:#?}", world.name);
            run.extend(taken);
        };
        // The old ones can't be opened: they are for plans only.
        let open = |after, state| RequestFilter {
            right: Some(Right::Delete),
            state,
            after,
            ..RequestFilter::default()
        };
        let first = page(&habeas, open(None, None)).await;
        three(&mut run, statements.taken(&db).await, "first page");
        let second = page(&habeas, open(first.next.clone(), None)).await;
        three(&mut run, statements.taken(&db).await, "second page");
        check(&first, &second);
        let state = Some(RequestState::Received);
        let received = page(&habeas, open(None, state)).await;
        three(&mut run, statements.taken(&db).await, "page of a state");
        assert_eq!(received.requests, first.requests);
        let unanswered = RequestFilter {
            waits: Some(WaitsFor::System),
            ..RequestFilter::default()
        };
        let unanswered = page(&habeas, unanswered).await;
        three(
            &mut run,
            statements.taken(&db).await,
            "page of what is open",
        );
        assert_eq!(unanswered.requests.len(), 50);
        for query in EVERY_ORDER {
            let filter = ListWords::of_query(query).read().0.filter;
            let listed = page(&habeas, filter).await.requests;
            let taken = statements.taken(&db).await;
            assert_eq!(
                taken.len(),
                if listed.is_empty() { 1 } else { 3 },
                "{query}"
            );
            run.extend(taken);
        }
        for size in [1, 100] {
            let (records, total) = habeas.requests_page(&ada(), size, 1).await.expect("lists");
            three(&mut run, statements.taken(&db).await, "numbered page");
            assert_eq!((records.len(), total), (size as usize, OLD as u64 + 110));
            assert!(records.iter().all(|record| record.related.len() == 1));
        }
        let (second, _) = habeas.requests_page(&ada(), 1, 2).await.expect("lists");
        let (two, _) = habeas.requests_page(&ada(), 2, 1).await.expect("lists");
        assert_eq!(second[0], two[1]);
        let (none, _) = habeas
            .requests_page(&ada(), 100, 9999)
            .await
            .expect("lists");
        assert_eq!(none, []);
        run.sort();
        run.dedup();
        assert_eq!(run.len(), 17, "{run:#?}");
        for statement in run {
            look_at_plan(&world, &statement).await;
        }
        statements.taken(&db).await;
    }
}

#[tokio::test]
async fn what_presses_is_counted_and_listed_alike() {
    const DAY: i64 = 86_400_000;
    for world in worlds(NOW).await {
        world.ask("ended").await.expect("makes");
        world.work().await;
        for _ in 0..4 {
            world.habeas.clock.advance(1);
            world
                .ask(&format!("open{}", world.habeas.clock.now()))
                .await
                .expect("makes");
        }
        let open = page(&world.habeas, RequestFilter::default()).await.requests;
        assert_eq!(open.len(), 5);
        let now = world.habeas.clock.now();
        // A calendar month from when they were made; nothing for what has its answer.
        assert!(
            open[0]
                .due_at
                .is_some_and(|due| (28 * DAY..35 * DAY).contains(&(due - now)))
        );
        assert_eq!(open[4].due_at, None);
        for (set, due) in open.iter().zip([now - 1, now + 2 * DAY, now + 6 * DAY]) {
            let sql = "UPDATE request SET due_at = $2 WHERE id = $1";
            change(world.db(), sql, params![set.id.as_str(), due]).await;
        }
        let failed = "UPDATE request SET set_state = 'partially_failed' WHERE id = $1";
        change(world.db(), failed, params![open[3].id.as_str()]).await;

        let today = world.habeas.today(&ada()).await.expect("counts");
        let ids =
            |sets: &[RequestSummary]| sets.iter().map(|set| set.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&today.needs), [open[3].id.clone()]);
        assert_eq!(ids(&today.answered), [open[4].id.clone()]);
        let want = Pressing {
            overdue: 1,
            days_3: 1,
            days_7: 2,
            for_person: 1,
            for_system: 3,
        };
        assert_eq!(today.pressing, want, "{}", world.name);
        let listed = async |due, waits| {
            let filter = RequestFilter {
                due,
                waits,
                ..RequestFilter::default()
            };
            let page = page(&world.habeas, filter).await;
            u32::try_from(page.requests.len()).expect("a page")
        };
        assert_eq!(listed(Some(Due::Overdue), None).await, want.overdue);
        assert_eq!(listed(Some(Due::Days3), None).await, want.days_3);
        assert_eq!(listed(Some(Due::Days7), None).await, want.days_7);
        assert_eq!(listed(None, Some(WaitsFor::Person)).await, want.for_person);
        assert_eq!(listed(None, Some(WaitsFor::System)).await, want.for_system);
        let both = listed(Some(Due::Days7), Some(WaitsFor::Person)).await;
        assert_eq!(both, 0, "the one that failed has a month left");
    }
}

#[tokio::test]
async fn what_needs_a_person_is_not_hidden_by_what_came_after() {
    for world in worlds(NOW).await {
        world.ask("ended").await.expect("makes");
        world.work().await;
        // More than a page of a list, the oldest of them due first; then more than a page that is in the systems.
        for at in 0..112 {
            world.habeas.clock.advance(1);
            world.ask(&format!("open{at}")).await.expect("makes");
        }
        let failed = "UPDATE request SET set_state = 'partially_failed', due_at = $1 + created_at
            WHERE position = 0 AND answered = 0 AND created_at <= $2";
        let (far, last) = (4 * NOW, world.habeas.clock.now() - 56);
        change(world.db(), failed, params![far, last]).await;

        let today = world.habeas.today(&ada()).await.expect("counts");
        assert_eq!(
            (today.pressing.for_person, today.pressing.for_system),
            (56, 56)
        );
        let due: Vec<_> = today.needs.iter().map(|set| set.due_at).collect();
        let nearest: Vec<_> = (0..8).map(|nth| Some(far + last - 55 + nth)).collect();
        assert_eq!(due, nearest, "{}", world.name);
        assert_eq!(today.answered.len(), 1, "it is older than a page of others");
    }
}
