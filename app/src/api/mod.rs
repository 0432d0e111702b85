//! Server functions: one file per area, each handing over to the backend, which asks the policy.
//!
//! Reads are `GET` and answer with a page's parts, rendered; changes are `POST` with plain form fields, so that forms work without JavaScript. A field that is absent counts
//! as empty: the answer then names the field. Identifiers are only ever sent in a body, never in a URL.

pub mod connect;
pub mod go;
pub mod links;
pub mod requests;
pub mod subjects;
pub mod systems;
pub mod views;

#[cfg(feature = "ssr")]
mod form;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;

    #[test]
    fn only_reads_answer_to_get() {
        let mut all: Vec<String> = server_fn_paths()
            .map(|(path, method)| format!("{method} {path}"))
            .collect();
        all.sort();
        assert_eq!(
            all,
            [
                "GET /ui/connect/get",
                "GET /ui/connect/new",
                "GET /ui/plans/get",
                "GET /ui/plans/new",
                "GET /ui/requests/get",
                "GET /ui/requests/list",
                "GET /ui/requests/today",
                "GET /ui/searches/get",
                "GET /ui/searches/past",
                "GET /ui/systems/get",
                "GET /ui/systems/list",
                "POST /ui/connect/again",
                "POST /ui/connect/decide",
                "POST /ui/connect/discard",
                "POST /ui/connect/enable",
                "POST /ui/connect/start",
                "POST /ui/connect/test",
                "POST /ui/connect/try",
                "POST /ui/links/join",
                "POST /ui/links/part",
                "POST /ui/links/undo",
                "POST /ui/plans/make",
                "POST /ui/requests/create",
                "POST /ui/requests/retry",
                "POST /ui/requests/skip",
                "POST /ui/searches/again",
                "POST /ui/searches/drop",
                "POST /ui/searches/keep",
                "POST /ui/searches/start",
                "POST /ui/systems/misbehave",
                "POST /ui/systems/pause",
                "POST /ui/views/delete",
                "POST /ui/views/put-back",
                "POST /ui/views/save",
            ]
        );
    }

    #[test]
    fn forms_go_to_where_something_answers() {
        use super::{connect::*, links::*, requests::*, subjects::*, systems::*, views::*};
        use crate::paths::to;
        use leptos::server_fn::ServerFn;
        let there = [
            (to::START_SEARCH, StartSearch::PATH),
            (to::SEARCH_AGAIN, SearchAgain::PATH),
            (to::JOIN_PEOPLE, JoinPeople::PATH),
            (to::PART_PEOPLE, PartPeople::PATH),
            (to::UNDO_LINK, UndoLink::PATH),
            (to::MAKE_PLAN, MakePlan::PATH),
            (to::CREATE_REQUEST, CreateRequest::PATH),
            (to::RETRY_REQUEST, RetryRequest::PATH),
            (to::SKIP_TASKS, SkipTasks::PATH),
            (to::PAUSE_SYSTEM, SetPaused::PATH),
            (to::MISBEHAVE, SetMisbehaviour::PATH),
            (to::TEST_DATABASE, TestDatabase::PATH),
            (to::START_DRAFT, StartDraft::PATH),
            (to::START_AGAIN, StartAgain::PATH),
            (to::DECIDE, Decide::PATH),
            (to::TRY_SEARCH, TrySearch::PATH),
            (to::ENABLE_DRAFT, EnableDraft::PATH),
            (to::DISCARD_DRAFT, DiscardDraft::PATH),
            (to::SAVE_VIEW, SaveView::PATH),
            (to::DELETE_VIEW, DeleteView::PATH),
            (to::PUT_VIEW_BACK, PutViewBack::PATH),
        ];
        for (form, function) in there {
            assert_eq!(form, function);
        }
    }
}
