//! Exact search by e-mail address over 100,000 persons: one system's connector, and all systems as the API asks them.

use std::time::Duration;

use anyhow::{Context, ensure};
use app::model::{Identifier, IdentifierKind, SystemId};
use futures::TryStreamExt;
use server::connectors::Connector;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use crate::place::{self, House, ada};
use crate::report::Line;
use crate::timing::{Times, ratio};

/// The system that is searched by itself.
const SYSTEM: &str = "contact-centre";
const ADDRESSES: &str = "SELECT DISTINCT lower(email) FROM dialer_contacts WHERE email <> ''";
/// One indexed lookup in each database: that system's biggest table with addresses, then the other systems'.
const LOOKUPS: [(&str, &str); 4] = [
    (
        "contact-centre.db",
        "SELECT * FROM dialer_contacts WHERE lower(email) = ?1",
    ),
    (
        "help-desk.db",
        "SELECT * FROM contacts WHERE lower(email) = ?1",
    ),
    (
        "newsletter.db",
        "SELECT * FROM subscribers WHERE lower(email) = ?1",
    ),
    (
        "billing.db",
        "SELECT * FROM customers WHERE lower(email) = ?1",
    ),
];
/// Addresses searched, spread over the whole table; and how many of them before it counts.
const SEARCHES: usize = 2_000;
const WARM_UP: usize = 200;

#[derive(Default)]
struct Found {
    bare: Times,
    connector: Times,
    whole: Times,
    whole_bare: Times,
}

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let house = place::house().await?;
    let mut bare = Vec::new();
    for (file, _) in LOOKUPS {
        let file = SqliteConnectOptions::new().filename(house.sample.join(file));
        bare.push(file.read_only(true).connect().await?);
    }
    let addresses = sqlx::query_scalar(ADDRESSES).fetch_all(&mut bare[0]);
    let addresses: Vec<String> = addresses.await?;
    let step = (addresses.len() / SEARCHES).max(1);
    let addresses: Vec<_> = addresses.into_iter().step_by(step).take(SEARCHES).collect();
    ensure!(addresses.len() == SEARCHES, "too few addresses");
    place::make_counters(&house.habeas.db, 1).await?;

    let mut warm_up = Found::default();
    search(&house, &mut bare, &addresses[..WARM_UP], &mut warm_up).await?;
    let mut found = Found::default();
    search(&house, &mut bare, &addresses, &mut found).await?;
    Ok(vec![one_system(&found), all_systems(&found)])
}

/// Searches each address in each way, one after the other: what disturbs one disturbs all.
async fn search(
    house: &House,
    bare: &mut [SqliteConnection],
    addresses: &[String],
    found: &mut Found,
) -> anyhow::Result<()> {
    let id = SystemId::parse(SYSTEM)?;
    let system = house.habeas.systems.get(&id).context("no such system")?;
    let connector: &dyn Connector = &*system.connector;
    for address in addresses {
        let identifier = Identifier::new(IdentifierKind::Email, address)?;
        let rows = found.bare.of(lookup(&mut bare[..1], address)).await?;
        let search = connector.search(&identifier).try_collect::<Vec<_>>();
        let subjects = found.connector.of(search).await;
        let subjects = subjects.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let (caller, habeas) = (ada(), &house.habeas);
        let search = habeas.find_subjects(&caller, identifier.clone());
        let all = found.whole.of(search).await;
        let all = all.map_err(|why| anyhow::anyhow!("{why:?}"))?;
        let least = async {
            lookup(bare, address).await?;
            place::commit(&habeas.db, 0).await
        };
        found.whole_bare.of(least).await?;
        ensure!(
            rows > 0 && !subjects.is_empty() && all.len() >= subjects.len(),
            "a search found nobody"
        );
    }
    Ok(())
}

/// Bare lookups, one database after the other; how many rows there are.
async fn lookup(bare: &mut [SqliteConnection], address: &str) -> anyhow::Result<usize> {
    let mut rows = 0;
    for (connection, (_, lookup)) in bare.iter_mut().zip(LOOKUPS) {
        let found = sqlx::query(lookup).bind(address).fetch_all(connection);
        rows += found.await?.len();
    }
    Ok(rows)
}

fn one_system(found: &Found) -> Line {
    let (time, floor) = (found.connector.percentile(99), found.bare.percentile(99));
    Line {
        what: "search by e-mail, one SQL system".to_owned(),
        figure: found.connector.spread(99),
        floor: format!("indexed lookup {}", found.bare.spread(99)),
        ratio: Some(ratio(time, floor)),
        goal: GOAL.to_owned(),
        reached: Some(within_goal(time, floor)),
        note: "3 of its tables hold addresses and are looked up; the floor is one of them"
            .to_owned(),
    }
}

fn all_systems(found: &Found) -> Line {
    let (time, floor) = (found.whole.percentile(99), found.whole_bare.percentile(99));
    Line {
        what: "search by e-mail, all systems".to_owned(),
        figure: found.whole.spread(99),
        floor: format!("4 lookups, 1 commit {}", found.whole_bare.spread(99)),
        ratio: Some(ratio(time, floor)),
        goal: GOAL.to_owned(),
        reached: Some(within_goal(time, floor)),
        note: "5 systems with the directory, whole merge sets, and the evidence of the search committed; the floor is a lookup in each database, one after the other, and a bare commit"
            .to_owned(),
    }
}

const GOAL: &str = "p99 ≤ 2× + 2 ms";

fn within_goal(time: Duration, floor: Duration) -> bool {
    time <= floor * 2 + Duration::from_millis(2)
}
