//! Event streams: resume, no gap, and every way in which they end.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Response, StatusCode};
use futures::StreamExt;
use tokio::time::timeout;

use crate::world::{MEMBER, ROOT, SEARCH, World, ask};

/// What a browser's `EventSource` would see.
struct Listener {
    body: BodyDataStream,
    text: String,
}

impl Listener {
    fn of(response: Response<Body>) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// Reads until `count` events are there.
    async fn events(&mut self, count: usize) -> Vec<i64> {
        let all = async {
            while self.seqs().len() < count {
                let chunk = self.body.next().await.expect("goes on").expect("a chunk");
                self.text
                    .push_str(std::str::from_utf8(&chunk).expect("text"));
            }
            self.seqs()
        };
        timeout(Duration::from_secs(5), all)
            .await
            .expect("events come")
    }

    fn seqs(&self) -> Vec<i64> {
        let ids = self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("id: "));
        ids.map(|id| id.parse().expect("a number")).collect()
    }

    /// Whether the stream ends within two seconds.
    async fn ends(mut self) -> bool {
        let end = async { while self.body.next().await.is_some() {} };
        timeout(Duration::from_secs(2), end).await.is_ok()
    }
}

async fn open(world: &World, path: &str, cookie: &str, seen: Option<&str>) -> Response<Body> {
    let mut request = ask("GET", path).header("cookie", cookie);
    if let Some(seen) = seen {
        request = request.header("last-event-id", seen);
    }
    world
        .send_raw(request.body(Body::empty()).expect("request"))
        .await
}

fn path(id: &str) -> String {
    format!("/events/requests/{id}")
}

#[tokio::test]
async fn a_stream_sends_numbers_only_and_what_comes_later_too() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    world.people.happen();
    world.people.happen();
    let request = ask("GET", &path(ROOT))
        .header("cookie", &cookie)
        .header("accept-encoding", "gzip, br");
    let request = request.body(Body::empty()).expect("request");
    let response = world.send_raw(request).await;
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(
        !response.headers().contains_key("content-encoding"),
        "events are not held back to be compressed"
    );
    let mut listener = Listener::of(response);
    assert_eq!(listener.events(2).await, [1, 2]);
    assert!(
        listener.text.starts_with("retry: 1000\n"),
        "{}",
        listener.text
    );
    assert!(
        listener.text.contains("id: 1\ndata: {\"seq\":1}\n\n")
            || listener.text.contains("data: {\"seq\":1}\nid: 1\n\n"),
        "{}",
        listener.text
    );
    world.people.happen();
    world.hub.changed(ROOT);
    assert_eq!(listener.events(3).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_change_that_no_signal_told_is_seen_within_seconds() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut listener = Listener::of(open(&world, &path(ROOT), &cookie, None).await);
    assert!(
        timeout(Duration::from_millis(200), listener.events(1))
            .await
            .is_err()
    );
    world.people.happen();
    assert_eq!(listener.events(1).await, [1]);
}

#[tokio::test]
async fn a_browser_that_comes_back_misses_nothing_and_gets_nothing_twice() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    (0..5).for_each(|_| world.people.happen());
    let after = format!("{}?after=1", path(ROOT));
    let mut fresh = Listener::of(open(&world, &after, &cookie, None).await);
    assert_eq!(fresh.events(4).await, [2, 3, 4, 5]);
    let mut back = Listener::of(open(&world, &after, &cookie, Some("3")).await);
    assert_eq!(
        back.events(2).await,
        [4, 5],
        "what it has seen wins over its address"
    );
}

#[tokio::test]
async fn a_member_s_stream_is_that_of_its_set() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut listener = Listener::of(open(&world, &path(MEMBER), &cookie, None).await);
    world.people.happen();
    world.hub.changed(ROOT);
    assert_eq!(listener.events(1).await, [1]);
}

#[tokio::test]
async fn a_search_s_stream_counts_its_versions() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    world.people.version.store(4, Ordering::SeqCst);
    let path = format!("/events/searches/{SEARCH}?after=2");
    let mut listener = Listener::of(open(&world, &path, &cookie, None).await);
    assert_eq!(listener.events(1).await, [4]);
    world.people.version.store(6, Ordering::SeqCst);
    world.hub.changed(SEARCH);
    assert_eq!(listener.events(2).await, [4, 6]);
}

#[tokio::test]
async fn a_list_s_stream_tells_when_what_it_shows_has_changed() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let path = |seen| format!("/events/requests?right=export&shown={ROOT}&seen={seen}");
    let mut first = Listener::of(open(&world, &path(0), &cookie, None).await);
    let version = first.events(1).await[0];
    let mut listener = Listener::of(open(&world, &path(version), &cookie, None).await);
    assert!(
        timeout(Duration::from_millis(200), listener.events(1))
            .await
            .is_err(),
        "nothing has changed"
    );
    world.people.happen();
    world.hub.changed("whichever");
    assert_ne!(listener.events(1).await, [version]);
}

#[tokio::test]
async fn bad_streams_are_refused_by_name() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for (path, seen, status, field) in [
        ("/events/requests/r-9", None, 404, "request"),
        ("/events/requests/A%20B", None, 404, "request"),
        ("/events/searches/s-9", None, 404, "search"),
        ("/events/requests", None, 400, "shown"),
        ("/events/requests?shown=r-1&seen=x", None, 400, "after"),
        ("/events/requests/r-1?after=x", None, 400, "after"),
        ("/events/requests/r-1?after=-1", None, 400, "after"),
        ("/events/requests/r-1", Some("1; x"), 400, "Last-Event-ID"),
    ] {
        let response = open(&world, path, &cookie, seen).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1000)
            .await
            .expect("body");
        assert!(
            String::from_utf8_lossy(&body).contains(field),
            "{path}: {body:?}"
        );
    }
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let listener = Listener::of(open(&world, &path(ROOT), &cookie, None).await);
    assert_eq!(world.get("/readyz").await.status, StatusCode::OK);
    world.stopping.cancel();
    assert!(listener.ends().await);
    let ready = world.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.body.contains("\"stopping\":true"), "{}", ready.body);
    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut listener = Listener::of(open(&world, &path(ROOT), &cookie, None).await);
    world
        .sessions
        .sign_out(cookie.strip_prefix("habeas=").expect("name"))
        .await
        .expect("ends");
    world.people.happen();
    assert_eq!(
        listener.events(1).await,
        [1],
        "it is looked up once a minute, not each time"
    );
    world.clock.advance(60_000);
    assert!(listener.ends().await, "within the minute");
}

#[tokio::test]
async fn so_many_streams_and_no_more() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut open_ones = Vec::new();
    for _ in 0..32 {
        open_ones.push(open(&world, &path(ROOT), &cookie, None).await);
    }
    let refused = open(&world, &path(ROOT), &cookie, None).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    open_ones.pop();
    assert_eq!(
        open(&world, &path(ROOT), &cookie, None).await.status(),
        StatusCode::OK
    );
}
