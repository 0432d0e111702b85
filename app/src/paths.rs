//! Every URL of pages and of their event streams, typed, once. None holds personal data: ids and words only.

use crate::model::{
    CollectionName, Columns, DraftId, Due, Ended, IdentifierKind, ListView, LogFilter, PlanId,
    RequestFilter, RequestId, RequestState, Right, SearchId, Sort, SubjectHandle, SystemId,
    WaitsFor,
};

/// Today.
pub const HOME: &str = "/";
pub const FIND: &str = "/find";
pub const NEW: &str = "/new";
pub const REQUESTS: &str = "/requests";
pub const SYSTEMS: &str = "/systems";
/// Connecting a database.
pub const CONNECT: &str = "/connect";
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
    pub const JOIN_PEOPLE: &str = "/ui/links/join";
    pub const PART_PEOPLE: &str = "/ui/links/part";
    pub const UNDO_LINK: &str = "/ui/links/undo";
    pub const MAKE_PLAN: &str = "/ui/plans/make";
    pub const CREATE_REQUEST: &str = "/ui/requests/create";
    pub const RETRY_REQUEST: &str = "/ui/requests/retry";
    pub const SKIP_TASKS: &str = "/ui/requests/skip";
    pub const SAVE_VIEW: &str = "/ui/views/save";
    pub const DELETE_VIEW: &str = "/ui/views/delete";
    pub const PUT_VIEW_BACK: &str = "/ui/views/put-back";
    pub const PAUSE_SYSTEM: &str = "/ui/systems/pause";
    pub const MISBEHAVE: &str = "/ui/systems/misbehave";
    pub const TEST_DATABASE: &str = "/ui/connect/test";
    pub const START_DRAFT: &str = "/ui/connect/start";
    pub const START_AGAIN: &str = "/ui/connect/again";
    pub const DECIDE: &str = "/ui/connect/decide";
    pub const TRY_SEARCH: &str = "/ui/connect/try";
    pub const ENABLE_DRAFT: &str = "/ui/connect/enable";
    pub const DISCARD_DRAFT: &str = "/ui/connect/discard";
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

/// A search with a form open that confirms something of these records, or undoes a link: `word` is `join`, `part` or the link's id.
pub fn confirming(search: &SearchId, records: &[SubjectHandle], word: &str) -> String {
    let page = self::search(search);
    let handles: Vec<&str> = records.iter().map(SubjectHandle::as_str).collect();
    match &handles[..] {
        [] => format!("{page}?link={word}#link"),
        handles => format!("{page}?compare={}&link={word}#link", handles.join(",")),
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
    let query = filter_query(filter);
    with_query(REQUESTS, &query)
}

/// The list as somebody looks at it: filter, order and columns.
pub fn list(view: &ListView) -> String {
    with_query(REQUESTS, &list_query(view))
}

/// The query of [`list`]; what `ListWords::of_query` reads.
pub fn list_query(view: &ListView) -> String {
    let query = filter_query(&view.filter);
    if view.columns == Columns::default() {
        return query;
    }
    let and = if query.is_empty() { "" } else { "&" };
    format!("{query}{and}cols={}", view.columns.words())
}

/// The whole list as a file for spreadsheets, from its first page on. Plain route of the server.
pub fn requests_csv(filter: &RequestFilter) -> String {
    let filter = RequestFilter {
        after: None,
        ..filter.clone()
    };
    with_query("/requests.csv", &filter_query(&filter))
}

/// Server-sent events of a page of the list, of which these requests are shown, after that version.
pub fn list_events(filter: &RequestFilter, shown: &[&RequestId], after: i64) -> String {
    let shown: Vec<_> = shown.iter().map(|id| id.as_str()).collect();
    let query = format!("{}&shown={}", filter_query(filter), shown.join(","));
    let query = query.trim_start_matches('&');
    format!("/events/requests?{query}&seen={after}")
}

/// The requests that the page shows which follows [`list_events`]; nothing if it follows those of another filter.
pub fn shown_of(events: &str, filter: &RequestFilter) -> Option<Vec<RequestId>> {
    let (base, rest) = events.split_once("shown=")?;
    let same = list_events(filter, &[], 0);
    if Some(base) != same.split("shown=").next() {
        return None;
    }
    let shown = rest.split('&').next()?.split(',');
    Some(shown.filter_map(|id| RequestId::parse(id).ok()).collect())
}

fn filter_query(filter: &RequestFilter) -> String {
    let sort = Some(filter.sort).filter(|sort| *sort != Sort::default());
    let words = [
        ("right", filter.right.map(Right::as_str)),
        ("state", filter.state.map(RequestState::as_str)),
        ("due", filter.due.map(Due::as_str)),
        ("waits", filter.waits.map(WaitsFor::as_str)),
        ("ended", filter.ended.map(Ended::as_str)),
        ("sort", sort.map(Sort::as_str)),
        ("after", filter.after.as_ref().map(RequestId::as_str)),
    ];
    let said = words
        .into_iter()
        .filter_map(|(field, word)| Some(format!("{field}={}", word?)));
    said.collect::<Vec<_>>().join("&")
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

pub fn system(id: &SystemId) -> String {
    format!("{SYSTEMS}/{id}")
}

/// A database that is being connected.
pub fn draft(id: &DraftId) -> String {
    format!("{CONNECT}/{id}")
}

/// The same, with one of its collections to decide on.
pub fn draft_at(id: &DraftId, collection: &CollectionName) -> String {
    format!("{CONNECT}/{id}?collection={collection}")
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
    use crate::model::{Column, ListWords};

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
    fn a_form_about_records_is_named_by_handles_and_ids_alone() {
        let search = SearchId::parse("s1").expect("valid");
        let handles = ["ab", "cd"].map(|handle| SubjectHandle::parse(handle).expect("valid"));
        assert_eq!(
            confirming(&search, &handles, "join"),
            "/find/s1?compare=ab,cd&link=join#link"
        );
        assert_eq!(confirming(&search, &[], "l-1"), "/find/s1?link=l-1#link");
    }

    #[test]
    fn a_filter_is_its_query_string() {
        assert_eq!(requests(&RequestFilter::default()), "/requests");
        let filter = RequestFilter {
            right: Some(Right::Delete),
            state: Some(RequestState::PartiallyFailed),
            due: Some(Due::Days3),
            waits: Some(WaitsFor::Person),
            ended: Some(Ended::Week),
            sort: Sort::Oldest,
            after: RequestId::parse("r-1").ok(),
        };
        let words =
            "right=delete&state=partially_failed&due=days_3&waits=person&ended=days_7&sort=oldest";
        assert_eq!(requests(&filter), format!("/requests?{words}&after=r-1"));
        assert_eq!(requests_csv(&filter), format!("/requests.csv?{words}"));
        let columns = Columns::of(|column| column == Column::Due);
        let view = ListView { filter, columns };
        assert_eq!(list_query(&view), format!("{words}&after=r-1&cols=due"));
        assert_eq!(
            ListWords::of_query(&list_query(&view)).read(),
            (view, vec![])
        );
    }

    #[test]
    fn a_page_s_stream_names_what_it_shows_and_of_which_filter() {
        let all = RequestFilter::default();
        let erasures = RequestFilter {
            right: Some(Right::Delete),
            ..all.clone()
        };
        let ids = ["r1", "r2"].map(|id| RequestId::parse(id).expect("valid"));
        for filter in [&all, &erasures] {
            for shown in [&ids[..], &[]] {
                let events = list_events(filter, &shown.iter().collect::<Vec<_>>(), 7);
                assert_eq!(
                    shown_of(&events, filter).as_deref(),
                    Some(shown),
                    "{events}"
                );
                let other = if filter == &all { &erasures } else { &all };
                assert_eq!(shown_of(&events, other), None, "{events}");
            }
        }
        assert_eq!(shown_of("", &all), None);
        assert_eq!(
            list_events(&all, &[&ids[0]], 7),
            "/events/requests?shown=r1&seen=7"
        );
    }
}
