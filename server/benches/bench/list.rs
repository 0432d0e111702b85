//! How long a page of the list of requests takes where there are a million: its first, one in the middle and the last, in every order
//! and with filters, each beside the bare query that finds where a page begins.

use std::time::Duration;

use anyhow::Context;
use app::backend::Requests as _;
use app::model::{ListWords, Millis, RequestFilter, RequestId};
use server::backend::{Habeas, Parts};
use server::clock::Clock;
use server::matching::Country;
use server::params;
use server::secret::Keys;
use server::store::{Db, StoreError};
use server::workflow::Engine;
use server::workflow::target::Target;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::place::{Fresh, ada, key, keys};
use crate::report::Line;
use crate::timing::{Times, ratio};

/// A request a minute, for two years less a month.
const REQUESTS: i64 = 1_000_000;
const MINUTE: Millis = 60_000;
/// The newest have not been answered yet.
const OPEN: i64 = 20 * 24 * 60;
const PAGES: i64 = 200;
const GOAL: Duration = Duration::from_millis(50);

/// What is listed, and after how many requests a page of it begins: those before it, seen from the newest.
const LISTS: [(&str, &str, i64); 12] = [
    ("first", "", 0),
    ("in the middle", "", REQUESTS / 2),
    ("last", "", REQUESTS - 20_000),
    ("oldest first, middle", "sort=oldest", REQUESTS / 2),
    ("erasures, middle", "right=delete", REQUESTS / 2),
    ("a right that nobody asked for", "right=update", 0),
    (
        "of a state, middle",
        "state=completed_with_exceptions",
        REQUESTS / 2,
    ),
    (
        "right and state, middle",
        "right=delete&state=completed_with_exceptions",
        REQUESTS / 2,
    ),
    ("needs a person", "waits=person", 0),
    ("due soonest", "sort=due", OPEN / 2),
    ("overdue", "due=overdue&sort=due", 0),
    ("ended this week", "ended=days_7", 0),
];

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let fresh = Fresh::sqlite().await?;
    let clock = Clock::set_to(Clock::machine().now());
    fill(&fresh.db, clock.now()).await?;
    let keys = keys()?;
    let folder = fresh.folder.path();
    let habeas = Habeas::new(Parts {
        engine: Engine::new(
            fresh.db.clone(),
            keys.clone(),
            clock.clone(),
            folder.to_owned(),
        ),
        public_url: "http://127.0.0.1:7878".to_owned(),
        country: Country::parse("DE")?,
        search_timeout: Duration::from_secs(1),
    });
    let options = SqliteConnectOptions::new().filename(folder.join("habeas.db"));
    let mut bare = options.read_only(true).connect().await?;
    let mut lines = Vec::new();
    for (what, query, before) in LISTS {
        let (filter, _) = ListWords::of_query(query).read();
        let pages = (0..PAGES).map(|nth| beginning(&filter.filter, before, nth * 83, clock.now()));
        let pages: Vec<_> = pages.collect();
        for page in &pages {
            seal(&fresh.db, &keys, page, clock.now()).await?;
        }
        lines.push(line(&habeas, &mut bare, what, &pages).await?);
    }
    bare.close().await?;
    fresh.clear().await?;
    Ok(lines)
}

async fn line(
    habeas: &Habeas,
    bare: &mut SqliteConnection,
    what: &str,
    pages: &[RequestFilter],
) -> anyhow::Result<Line> {
    let (mut times, mut floor) = (Times::default(), Times::default());
    let (caller, mut rows) = (ada(), 0);
    for page in pages {
        let listed = times.of(habeas.list(&caller, page.clone())).await;
        rows += listed
            .map_err(|why| anyhow::anyhow!("{what}: {why}"))?
            .requests
            .len();
        let after = page.after.as_ref().map_or("z", RequestId::as_str);
        let query = sqlx::query(
            "SELECT id FROM request WHERE position = 0 AND id < $1 ORDER BY id DESC LIMIT 51",
        );
        floor.of(query.bind(after).fetch_all(&mut *bare)).await?;
    }
    let (p99, least) = (times.percentile(99), floor.median());
    Ok(Line {
        what: format!("list of 1,000,000, {what}"),
        figure: times.spread(99),
        floor: format!("bare ids {}", floor.spread(99)),
        ratio: Some(ratio(times.median(), least)),
        goal: "p99 < 50 ms".to_owned(),
        reached: Some(p99 < GOAL),
        note: format!("{} requests a page", rows / pages.len().max(1)),
    })
}

/// The filter at a page: the first, or after the request that so many newer ones come before.
fn beginning(filter: &RequestFilter, before: i64, step: i64, now: Millis) -> RequestFilter {
    let at = REQUESTS - 1 - before - step;
    let after = (before > 0)
        .then(|| RequestId::parse(id(at, now)).ok())
        .flatten();
    RequestFilter {
        after,
        ..filter.clone()
    }
}

/// The id of the n-th request, as [`fill`] makes it.
fn id(nth: i64, now: Millis) -> String {
    let time = format!("{:012x}", now - (REQUESTS - nth) * MINUTE);
    format!("{}-{}-7000-8000-{nth:012x}", &time[..8], &time[8..])
}

/// A million sets of one, each with a task. They are of nobody yet.
async fn fill(db: &Db, now: Millis) -> anyhow::Result<()> {
    let requests = "INSERT INTO request (id, root_id, position, rights, state, set_state, subject,
            subject_kind, target_sealed, reason_sealed, actor, actor_name, plan_hash, open_tasks,
            created_at, due_at, ended_at, in_flight, answered, answered_at)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - 1),
        made (i, at, open) AS (SELECT i, $2 - ($1 - i) * 60000, i >= $1 - $3 FROM n),
        told (i, at, open, id, state) AS (
            SELECT i, at, open, substr(printf('%012x', at), 1, 8) || '-' || substr(printf('%012x', at), 9)
                || '-7000-8000-' || printf('%012x', i),
                CASE WHEN open THEN CASE i % 50 WHEN 0 THEN 'partially_failed' ELSE 'running' END
                    WHEN i % 7 = 0 THEN 'completed_with_exceptions' ELSE 'completed' END
            FROM made)
        SELECT id, id, 0, CASE i % 3 WHEN 0 THEN 'delete' ELSE 'export' END, state, state,
            printf('%032x', i), 'external_contact_id', zeroblob(300), zeroblob(60), 'staff:1', 'Ada', 'h',
            0, at, at + CASE i % 40 WHEN 0 THEN 5 ELSE 30 END * 86400000,
            CASE WHEN open THEN NULL ELSE at + 20 * 86400000 END, open, NOT open,
            CASE WHEN open THEN NULL ELSE at + 20 * 86400000 END
        FROM told";
    let tasks = "INSERT INTO task (id, request_id, root_id, system_id, collection, operation,
            repeat_class, state, attempt, max_attempts, run_at, position, created_at)
        SELECT id, id, id, 'desk', 'records', 'export', 'natural', 'done', 1, 5, 0, 0, 0 FROM request";
    let write = db.write(move |tx| {
        Box::pin(async move {
            tx.run(requests, params![REQUESTS, now, OPEN]).await?;
            tx.run(tasks, &[]).await?;
            Ok::<_, StoreError>(())
        })
    });
    Ok(write.await?)
}

/// Gives the requests of a page somebody whom they are about, without whom they can't be listed.
async fn seal(db: &Db, keys: &Keys, page: &RequestFilter, now: Millis) -> anyhow::Result<()> {
    let mut sealed = Vec::new();
    for row in db.request_roots(page, now).await? {
        if row.target_sealed.iter().any(|byte| *byte != 0) {
            continue;
        }
        let target = Target {
            key: key(row.subject.as_str())?,
            before: Vec::new(),
            after: Vec::new(),
            subject: None,
            canonical: true,
            replacements: Vec::new(),
        };
        let bytes = target.seal(keys, &row.id);
        sealed.push((row.id, bytes.context("not sealed")?));
    }
    let write = db.write(move |tx| {
        Box::pin(async move {
            for (id, bytes) in sealed {
                tx.request_target(&id, bytes).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    Ok(write.await?)
}
