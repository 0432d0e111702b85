//! Server-sent events: `/events/requests`, `/events/requests/{id}` and `/events/searches/{id}`. An event says that something changed, and its number; the page fetches again.

use std::convert::Infallible;
use std::time::Duration;

use app::backend::Caller;
use app::error::{Error, Reason};
use app::model::{ListWords, RequestId, SearchId};
use app::paths;
use axum::extract::{Extension, Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use serde::Deserialize;

use super::answer::refuse;
use super::follow::{Follow, Thing};
use super::{Web, cookie};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct From {
    after: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Seen {
    seen: Option<String>,
}

/// Versions of a page of the list: of the requests that its address says are shown, and of how many more there are.
pub(super) async fn of_list(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    Query(Seen { seen }): Query<Seen>,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let (view, _) = ListWords::of_query(&query).read();
    let address = format!("/events/requests?{query}");
    match paths::shown_of(&address, &view.filter) {
        Some(shown) => {
            let thing = Thing::List(view.filter, shown);
            answer(web, caller, &headers, From { after: seen }, thing)
        }
        None => refuse(&Error::invalid("shown", Reason::Unknown)),
    }
}

/// Events of the set that a request belongs to, whichever member's id is given.
pub(super) async fn of_request(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let id = RequestId::parse(id).map_err(|_| Error::not_found("request"))?;
        let run = web.backend.requests.run(&caller, &id).await?;
        Ok(Thing::Request(run.id))
    };
    match found.await {
        Ok(thing) => answer(web, caller, &headers, from, thing),
        Err(error) => refuse(&error),
    }
}

/// Versions of a search.
pub(super) async fn of_search(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let id = SearchId::parse(id).map_err(|_| Error::not_found("search"))?;
        web.backend.subjects.search(&caller, &id).await?;
        Ok(Thing::Search(id))
    };
    match found.await {
        Ok(thing) => answer(web, caller, &headers, from, thing),
        Err(error) => refuse(&error),
    }
}

fn answer(web: Web, caller: Caller, headers: &HeaderMap, from: From, thing: Thing) -> Response {
    let token = cookie::session(headers, &web.public_url).map(str::to_owned);
    let follow = last(headers, from).and_then(|last| Follow::new(web, caller, token, thing, last));
    match follow {
        Ok(follow) => stream(follow),
        Err(error) => refuse(&error),
    }
}

fn stream(follow: Follow) -> Response {
    let begin = stream::once(async { Ok::<_, Infallible>(Event::default().retry(RETRY)) });
    let events = stream::unfold(follow, |mut follow| async move {
        let seq = follow.next().await?;
        let event = Event::default()
            .id(seq.to_string())
            .data(format!("{{\"seq\":{seq}}}"));
        Some((Ok(event), follow))
    });
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(begin.chain(events))
        .keep_alive(alive)
        .into_response();
    // nginx would hold events back to fill its buffer.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response.headers_mut().insert(
        axum::http::header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    response
}

/// Where to go on: what the browser has seen, else what the page knew when it was made, else from the beginning.
fn last(headers: &HeaderMap, from: From) -> Result<i64, Error> {
    let (field, text) = match headers.get("last-event-id") {
        Some(seen) => ("Last-Event-ID", seen.to_str().unwrap_or("?").to_owned()),
        None => ("after", from.after.unwrap_or_else(|| "0".to_owned())),
    };
    match text.parse::<i64>() {
        Ok(last) if last >= 0 => Ok(last),
        _ => Err(Error::invalid(field, Reason::Unknown)),
    }
}
