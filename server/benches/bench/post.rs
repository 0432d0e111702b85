//! `POST /api/v2/gdpr/requests`: from the bytes of a request to the bytes of its answer, on SQLite.

use std::time::Duration;

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::json;
use server::backend::clients::Clients;
use server::http::genesys::router;
use server::params;
use server::workflow::worker;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::place::{self, House, PERSONS};
use crate::report::Line;
use crate::timing::{Times, ratio};

const WARM_UP: usize = 20;
const REQUESTS: usize = 400;
const GOAL: Duration = Duration::from_millis(50);

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let house = place::house().await?;
    place::make_counters(&house.habeas.db, 1).await?;
    let api = place::api(&house);
    let token = token(&api.clients).await?;
    let door = Door {
        router: router(&api),
        token,
    };
    let people = people(&house).await?;
    let mut people = people.iter();
    for person in people.by_ref().take(WARM_UP) {
        door.post(person).await?;
    }
    let mut lines = Vec::new();
    let alone: Vec<_> = people.by_ref().take(REQUESTS).collect();
    lines.push(post(&house, &door, &alone, "POST request").await?);
    let stop = CancellationToken::new();
    let workers = worker::start(&house.habeas.engine, "bench", &stop);
    let beside: Vec<_> = people.take(REQUESTS).collect();
    let what = "POST request, workers busy";
    lines.push(post(&house, &door, &beside, what).await?);
    stop.cancel();
    workers.wait().await;
    Ok(lines)
}

async fn post(house: &House, door: &Door, people: &[&String], what: &str) -> anyhow::Result<Line> {
    let (mut posts, mut commits) = (Times::default(), Times::default());
    for person in people {
        posts.of(door.post(person)).await?;
        commits.of(place::commit(&house.habeas.db, 0)).await?;
    }
    let time = posts.percentile(95);
    Ok(Line {
        what: what.to_owned(),
        figure: posts.spread(95),
        floor: format!("bare commit {}", commits.spread(95)),
        ratio: Some(ratio(time, commits.percentile(95))),
        goal: "p95 < 50 ms".to_owned(),
        reached: Some(time < GOAL),
        note: format!(
            "GDPR_EXPORT of an external contact; {PERSONS} persons, a request with its tasks, events and evidence each time"
        ),
    })
}

struct Door {
    router: Router,
    token: String,
}

impl Door {
    async fn post(&self, person: &str) -> anyhow::Result<()> {
        let ask =
            json!({ "requestType": "GDPR_EXPORT", "subject": { "externalContactId": person } });
        let request = Request::post("/api/v2/gdpr/requests")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(ask.to_string()))?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        to_bytes(response.into_body(), usize::MAX).await?;
        ensure!(status.as_u16() == 202, "answered {status}");
        Ok(())
    }
}

async fn token(clients: &Clients) -> anyhow::Result<String> {
    let client = clients.create("bench", &[]).await?;
    let row = clients.check(&client.id, &client.secret).await?;
    let row = row.context("the client is not known")?;
    Ok(clients.grant(&row).await?.token)
}

/// Ids of people that are nobody's duplicate, at random.
async fn people(house: &House) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT id FROM contact WHERE canonical_id IS NULL ORDER BY id LIMIT $1";
    let needed = WARM_UP + 2 * REQUESTS;
    let rows = house.habeas.db.all(sql, params![needed as i64]).await?;
    ensure!(rows.len() == needed, "too few people");
    Ok(rows
        .iter()
        .map(|row| row.text("id"))
        .collect::<Result<_, _>>()?)
}
