//! `GET /requests.csv`: the list of requests, filtered and sorted as its page is, as a file for spreadsheets. It is read and sent page by
//! page, so that it takes no more memory the longer it is. It names no person that a request is about.

use app::backend::Caller;
use app::error::Error;
use app::format::rfc3339;
use app::model::{ListWords, Millis, RequestFilter, RequestPage, RequestSummary};
use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;

use super::Web;
use super::answer::refuse;
use crate::workflow::package::defused;

/// The columns' names: words for programs, the same in every language.
const HEAD: [&str; 11] = [
    "request",
    "right",
    "state",
    "records",
    "tasks_ended",
    "tasks",
    "tasks_failed",
    "due",
    "created",
    "ended",
    "by",
];

/// The whole list from the first page on. What means nothing in the query is as if it were not there, as on the page.
pub(super) async fn csv(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Response {
    let (view, _) = ListWords::of_query(&query.unwrap_or_default()).read();
    let filter = RequestFilter {
        after: None,
        ..view.filter
    };
    // So that an error has its status.
    let first = web.backend.requests.list(&caller, filter.clone()).await;
    match first {
        Ok(first) => sent(Reader {
            web,
            caller,
            filter,
            next: Some(Next::Page(first)),
        }),
        Err(error) => refuse(&error),
    }
}

/// What comes next of the list.
enum Next {
    /// The first page: it was read already.
    Page(RequestPage),
    /// To be read, as the filter says.
    Read,
}

struct Reader {
    web: Web,
    caller: Caller,
    filter: RequestFilter,
    next: Option<Next>,
}

impl Reader {
    /// The lines of one page more; nothing after the last.
    async fn lines(&mut self) -> Result<Option<Bytes>, Error> {
        let (page, first) = match self.next.take() {
            None => return Ok(None),
            Some(Next::Page(page)) => (page, true),
            Some(Next::Read) => {
                let requests = &self.web.backend.requests;
                let page = requests.list(&self.caller, self.filter.clone()).await?;
                (page, false)
            }
        };
        if page.next.is_some() {
            self.filter.after.clone_from(&page.next);
            self.next = Some(Next::Read);
        }
        written(&page.requests, first).map(Some)
    }
}

fn sent(reader: Reader) -> Response {
    let lines = stream::try_unfold(reader, |mut reader| async move {
        // An error ends the transfer as broken: no client takes it for the whole list.
        let lines = reader.lines().await.map_err(|why| why.to_string())?;
        Ok::<_, String>(lines.map(|lines| (lines, reader)))
    });
    let mut response = Body::from_stream(lines).into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"habeas-requests.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lines of a page; before the first the mark that Excel wants, and the head.
fn written(requests: &[RequestSummary], first: bool) -> Result<Bytes, Error> {
    let begin = if first { "\u{feff}" } else { "" };
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(begin.as_bytes().to_vec());
    let unwritten = |_| Error::Transport {
        text: "encoding".to_owned(),
    };
    if first {
        csv.write_record(HEAD).map_err(unwritten)?;
    }
    for one in requests {
        csv.write_record(line(one)).map_err(unwritten)?;
    }
    let bytes = csv.into_inner().map_err(|_| Error::Transport {
        text: "encoding".to_owned(),
    })?;
    Ok(bytes.into())
}

fn line(one: &RequestSummary) -> [String; 11] {
    let instant = |at: Option<Millis>| at.map(rfc3339).unwrap_or_default();
    [
        one.id.to_string(),
        one.right.as_str().to_owned(),
        one.state.as_str().to_owned(),
        one.members.to_string(),
        one.tasks_ended.to_string(),
        one.tasks.to_string(),
        one.tasks_failed.to_string(),
        instant(one.due_at),
        rfc3339(one.created_at),
        instant(one.ended_at),
        // Whoever makes an API client gives it its name.
        defused(&one.created_by).into_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use app::model::{RequestId, RequestState, Right};

    use super::*;

    #[test]
    fn a_line_names_no_person_and_runs_no_formula() {
        let one = RequestSummary {
            id: RequestId::parse("r1").expect("valid"),
            right: Right::Delete,
            state: RequestState::PartiallyFailed,
            name: Some("Maria".into()),
            members: 2,
            tasks_ended: 3,
            tasks: 4,
            tasks_failed: 1,
            created_at: 0,
            created_by: "=cmd, \"x\"".into(),
            due_at: Some(86_400_000),
            ended_at: None,
        };
        let lines = written(std::slice::from_ref(&one), true).expect("writes");
        let text = std::str::from_utf8(&lines).expect("text");
        assert_eq!(
            text,
            "\u{feff}request,right,state,records,tasks_ended,tasks,tasks_failed,due,created,ended,by\r\n\
             r1,delete,partially_failed,2,3,4,1,1970-01-02T00:00:00Z,1970-01-01T00:00:00Z,,\"'=cmd, \"\"x\"\"\"\r\n"
        );
        let more = written(&[one], false).expect("writes");
        assert!(more.starts_with(b"r1,"), "the head is written once");
    }
}
