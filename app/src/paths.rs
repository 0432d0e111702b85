//! Every URL of pages and of their event streams, typed, once. None holds personal data: ids and words only.

use crate::model::{
    IdentifierKind, LogFilter, PlanId, RequestFilter, RequestId, Right, SearchId, SubjectHandle,
    SystemId,
};

/// Today.
pub const HOME: &str = "/";
pub const FIND: &str = "/find";
pub const NEW: &str = "/new";
pub const REQUESTS: &str = "/requests";
pub const SYSTEMS: &str = "/systems";
/// Where to go, as a list; the command palette shows it too.
pub const GO: &str = "/go";
/// The keys, as a list.
pub const KEYS: &str = "/keys";
/// Plain routes of the server, not pages: `POST` with a form.
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_OUT: &str = "/sign-out";
/// Plain route of the server: `GET ?to=ja&back=/find` sets the language's cookie and goes back.
pub const LANGUAGE: &str = "/language";

/// Where forms go: the addresses of the server functions that change something.
pub mod to {
    pub const START_SEARCH: &str = "/ui/searches/start";
    pub const SEARCH_AGAIN: &str = "/ui/searches/again";
    pub const DROP_SEARCH: &str = "/ui/searches/drop";
    pub const KEEP_SEARCH: &str = "/ui/searches/keep";
    pub const MAKE_PLAN: &str = "/ui/plans/make";
    pub const CREATE_REQUEST: &str = "/ui/requests/create";
    pub const RETRY_REQUEST: &str = "/ui/requests/retry";
    pub const SKIP_TASKS: &str = "/ui/requests/skip";
    pub const PAUSE_SYSTEM: &str = "/ui/systems/pause";
    pub const MISBEHAVE: &str = "/ui/systems/misbehave";
}

/// The empty search form with a kind chosen.
pub fn find(kind: Option<IdentifierKind>) -> String {
    match kind {
        Some(kind) => format!("{FIND}?kind={}", kind.as_str()),
        None => FIND.to_owned(),
    }
}

pub fn search(id: &SearchId) -> String {
    format!("{FIND}/{id}")
}

/// A search with some of its records side by side, or one chosen to be; all their fields, or only what differs.
pub fn compare(search: &SearchId, records: &[SubjectHandle], only_differs: bool) -> String {
    let handles: Vec<&str> = records.iter().map(SubjectHandle::as_str).collect();
    let page = self::search(search);
    match &handles[..] {
        [] => page,
        // Stays at the record that was chosen.
        [one] => format!("{page}?compare={one}#{}", record_id(one)),
        _ => {
            let only = if only_differs { "&only=differs" } else { "" };
            format!("{page}?compare={}{only}#compare", handles.join(","))
        }
    }
}

/// The element of a found record, for links into a page.
pub fn record_id(handle: &str) -> String {
    format!("record-{handle}")
}

/// The form of a new request for a found subject, with a right chosen or not.
pub fn new_request(search: &SearchId, subject: &SubjectHandle, right: Option<Right>) -> String {
    match right {
        Some(right) => format!(
            "{NEW}?search={search}&subject={subject}&right={}",
            right.as_str()
        ),
        None => format!("{NEW}?search={search}&subject={subject}"),
    }
}

pub fn plan(id: &PlanId) -> String {
    format!("/plans/{id}")
}

pub fn request(id: &RequestId) -> String {
    format!("{REQUESTS}/{id}")
}

/// A request's set, as it was after the event of that number or as it is, with what its log is to list.
pub fn run(id: &RequestId, at: Option<i64>, log: &LogFilter) -> String {
    let mut query = Vec::new();
    let mut say = |name: &str, value: Option<String>| {
        query.extend(value.map(|value| format!("{name}={value}")));
    };
    say("at", at.map(|at| at.to_string()));
    say("system", log.system.as_ref().map(ToString::to_string));
    say("member", log.member.as_ref().map(ToString::to_string));
    say("kind", log.kind.map(|kind| kind.as_str().to_owned()));
    say(
        "q",
        Some(encoded(&log.text)).filter(|text| !text.is_empty()),
    );
    say("to", log.to.map(|to| to.to_string()));
    let page = request(id);
    if query.is_empty() {
        page
    } else {
        format!("{page}?{}", query.join("&"))
    }
}

/// A text as the value of a query: its bytes, but for those that mean nothing there.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The list, filtered.
pub fn requests(filter: &RequestFilter) -> String {
    let mut query = Vec::new();
    if let Some(right) = filter.right {
        query.push(format!("right={}", right.as_str()));
    }
    if let Some(state) = filter.state {
        query.push(format!("state={}", state.as_str()));
    }
    if let Some(due) = filter.due {
        query.push(format!("due={}", due.as_str()));
    }
    if let Some(waits) = filter.waits {
        query.push(format!("waits={}", waits.as_str()));
    }
    if let Some(after) = &filter.after {
        query.push(format!("after={after}"));
    }
    if query.is_empty() {
        REQUESTS.to_owned()
    } else {
        format!("{REQUESTS}?{}", query.join("&"))
    }
}

pub fn system(id: &SystemId) -> String {
    format!("{SYSTEMS}/{id}")
}

/// The systems as a map.
pub fn systems_map() -> String {
    format!("{SYSTEMS}?show=map")
}

/// Server-sent events of a request's set after that number.
pub fn request_events(id: &RequestId, after: i64) -> String {
    format!("/events/requests/{id}?after={after}")
}

/// Server-sent events of a search after that version.
pub fn search_events(id: &SearchId, after: i64) -> String {
    format!("/events/searches/{id}?after={after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Due, RequestState, WaitsFor};

    #[test]
    fn a_comparison_names_its_records_by_handles_alone() {
        let search = SearchId::parse("s1").expect("valid");
        let handles = ["ab", "cd"].map(|handle| SubjectHandle::parse(handle).expect("valid"));
        assert_eq!(compare(&search, &[], true), "/find/s1");
        assert_eq!(
            compare(&search, &handles[..1], false),
            "/find/s1?compare=ab#record-ab"
        );
        assert_eq!(
            compare(&search, &handles, true),
            "/find/s1?compare=ab,cd&only=differs#compare"
        );
    }

    #[test]
    fn a_run_with_its_log_is_its_query_string() {
        let id = RequestId::parse("r-1").expect("valid");
        assert_eq!(run(&id, None, &LogFilter::default()), "/requests/r-1");
        let filter = LogFilter::of_words("crm".into(), "r-2".into(), "failed", "a&b 山", "300");
        assert_eq!(
            run(&id, Some(7), &filter),
            "/requests/r-1?at=7&system=crm&member=r-2&kind=failed&q=a%26b%20%E5%B1%B1&to=300"
        );
    }

    #[test]
    fn a_filter_is_its_query_string() {
        assert_eq!(requests(&RequestFilter::default()), "/requests");
        let filter = RequestFilter {
            right: Some(Right::Delete),
            state: Some(RequestState::PartiallyFailed),
            due: Some(Due::Days3),
            waits: Some(WaitsFor::Person),
            after: RequestId::parse("r-1").ok(),
        };
        assert_eq!(
            requests(&filter),
            "/requests?right=delete&state=partially_failed&due=days_3&waits=person&after=r-1"
        );
    }
}
