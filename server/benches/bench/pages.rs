//! How long the release binary takes for a page, and how much memory when nobody asks for one.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::browser::Server;
use crate::machine::{mb, resident};
use crate::report::Line;
use crate::timing::Times;

const WARM_UP: usize = 20;
const RENDERS: usize = 200;
const GOAL: Duration = Duration::from_millis(20);
const GOAL_MEMORY: u64 = 60 * 1024 * 1024;
/// What a start still does when it says that it is ready.
const SETTLED: Duration = Duration::from_secs(3);

pub(crate) async fn measure() -> anyhow::Result<Vec<Line>> {
    let binary = std::env::var("HABEAS_BIN").unwrap_or_default();
    if !Path::new(&binary).is_file() {
        let note = "HABEAS_BIN names no program; .ci/build makes it";
        let absent = |what| Line::absent(what, "not built", note);
        return Ok(vec![absent("pages"), absent("idle memory")]);
    }
    let server = Server::start(Path::new(&binary)).await?;
    tokio::time::sleep(SETTLED).await;
    let idle = resident(&server.process()?)?;
    let cookie = server.sign_in().await?;
    let run = format!("/requests/{}", export(&server).await?);
    let mut lines = Vec::new();
    let pages = [
        ("page /find", "/find"),
        ("page /requests", "/requests"),
        ("page /systems", "/systems"),
        ("page of a run", run.as_str()),
    ];
    for (what, path) in pages {
        lines.push(page(&server, &cookie, what, path).await?);
    }
    let after = resident(&server.process()?)?;
    lines.push(memory(idle, after));
    Ok(lines)
}

async fn page(server: &Server, cookie: &str, what: &str, path: &str) -> anyhow::Result<Line> {
    let (mut pages, mut floor) = (Times::default(), Times::default());
    let mut bytes = 0;
    for number in 0..WARM_UP + RENDERS {
        if number == WARM_UP {
            (pages, floor) = (Times::default(), Times::default());
        }
        let answer = pages.of(server.get(path, cookie)).await?;
        ensure!(answer.status == 200, "{what}: answered {}", answer.status);
        bytes = answer.body.len();
        floor.of(server.get("/healthz", "")).await?;
    }
    let time = pages.percentile(95);
    Ok(Line {
        what: what.to_owned(),
        figure: pages.spread(95),
        floor: format!("/healthz {}", floor.spread(95)),
        ratio: None,
        goal: "p95 < 20 ms".to_owned(),
        reached: Some(time < GOAL),
        note: format!("{bytes} bytes compressed, to the last one; a connection each"),
    })
}

fn memory(idle: u64, after: u64) -> Line {
    Line {
        what: "idle memory".to_owned(),
        figure: mb(idle),
        goal: "< 60 MB".to_owned(),
        reached: Some(idle < GOAL_MEMORY),
        note: format!(
            "resident, over the sample organisation; {} after the pages",
            mb(after)
        ),
        ..Line::default()
    }
}

/// Exports a merge set of the sample by the API, and waits until it is done; gives the request's id.
async fn export(server: &Server) -> anyhow::Result<String> {
    let facts = std::fs::read(server.data().join("demo.json"))?;
    let facts: Value = serde_json::from_slice(&facts)?;
    let person = &facts["stories"]["merge_set_of_four"]["canonical"];
    let bearer = bearer(server).await?;
    let ask = json!({ "requestType": "GDPR_EXPORT", "subject": { "externalContactId": person } });
    let head = format!("{bearer}content-type: application/json\r\n");
    let path = "/api/v2/gdpr/requests";
    let made = server.send("POST", path, &head, &ask.to_string()).await?;
    let made = made.json()?;
    let id = made["id"].as_str().context("no request was made")?;
    // Newsletters allow 5 calls a second: it takes a moment.
    for _ in 0..120 {
        let now = server
            .send("GET", &format!("{path}/{id}"), &bearer, "")
            .await?;
        if now.json()?["status"] == "COMPLETED" {
            return Ok(id.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    anyhow::bail!("the export did not end")
}

/// A header line with the token of a new client.
async fn bearer(server: &Server) -> anyhow::Result<String> {
    let printed = server
        .command(&["create-client", "--name", "bench"])
        .await?;
    let word = |name| {
        let mut lines = printed.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(known, _)| *known == name);
        found.map(|(_, value)| value.trim().to_owned())
    };
    let (id, secret) = word("id").zip(word("secret")).context("no client")?;
    let head = format!(
        "authorization: Basic {}\r\ncontent-type: application/x-www-form-urlencoded\r\n",
        BASE64_STANDARD.encode(format!("{id}:{secret}"))
    );
    let body = "grant_type=client_credentials";
    let answer = server.send("POST", "/oauth/token", &head, body).await?;
    let answer = answer.json()?;
    let token = answer["access_token"].as_str().context("no token")?;
    Ok(format!("authorization: Bearer {token}\r\n"))
}
