//! Planning, making, following and retrying requests.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::components::Parts;
use crate::error::Error;
use crate::model::Replacement;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::form;
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::error::Reason;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::html::Html;
#[cfg(feature = "ssr")]
use crate::model::{
    Event, ListWords, LogFilter, NewRequest, NewSkip, PlanAsk, PlanId, RequestFilter, RequestId,
    RequestPage, Right, RunView, SavedViews, SearchId, SkipGround, SubjectHandle,
};
#[cfg(feature = "ssr")]
use crate::paths;
#[cfg(feature = "ssr")]
use crate::session::lang_of_request;
#[cfg(feature = "ssr")]
use crate::views::list_form::Way;
#[cfg(feature = "ssr")]
use crate::views::{history, list_form, new, plan, replay, requests, run, today};

/// The form of a new request: for whom, and what to do.
#[server(prefix = "/ui", endpoint = "plans/new", input = GetUrl, output = Answer)]
pub async fn get_new(
    #[server(default)] search: String,
    #[server(default)] subject: String,
    #[server(default)] right: String,
) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let chosen = async {
        let id = SearchId::parse(search).map_err(|_| Error::not_found("search"))?;
        let caller = expect_context::<Caller>();
        let view = backend.subjects.search(&caller, &id).await?;
        let subject = SubjectHandle::parse(subject).ok();
        let target = subject.and_then(|subject| new::choose(view, subject));
        target.ok_or_else(|| Error::not_found("subject"))
    };
    let target = form::read(chosen.await)?;
    let (set, lanes, search) = (
        target.set.clone(),
        target.lanes.clone(),
        target.search.clone(),
    );
    let right = Right::parse(&right);
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <new::ForWhom set lanes search/> }),
            Html::of(lang, || view! { <new::RequestForm target right/> }),
        ],
        events: None,
    })
}

/// Makes a plan and goes to it. Replacements with an empty new value are left out: that field does not change.
#[server(prefix = "/ui", endpoint = "plans/make", output = Answer)]
pub async fn make_plan(
    #[server(default)] right: String,
    #[server(default)] search: String,
    #[server(default)] subject: String,
    #[server(default)] replacements: Vec<Replacement>,
) -> Result<(), Error> {
    let page = page_of_form(&right, &search, &subject);
    let made = async {
        let ask = ask(&right, &search, &subject, replacements)?;
        let backend = expect_context::<Backend>();
        backend
            .requests
            .make_plan(&expect_context::<Caller>(), ask)
            .await
    };
    form::go::<MakePlan>(made.await.map(|id| paths::plan(&id)), &page)
}

#[cfg(feature = "ssr")]
fn ask(
    right: &str,
    search: &str,
    subject: &str,
    mut replacements: Vec<Replacement>,
) -> Result<PlanAsk, Error> {
    let right = form::word("right", right, Right::parse)?;
    replacements.retain(|one| right == Right::Update && !one.new.trim().is_empty());
    Ok(PlanAsk {
        right,
        search: form::id("search", search)?,
        subject: form::id("subject", subject)?,
        replacements,
    })
}

/// Where the form was, as far as its fields are sound.
#[cfg(feature = "ssr")]
fn page_of_form(right: &str, search: &str, subject: &str) -> String {
    match (SearchId::parse(search), SubjectHandle::parse(subject)) {
        (Ok(search), Ok(subject)) => paths::new_request(&search, &subject, Right::parse(right)),
        _ => paths::NEW.to_owned(),
    }
}

/// A plan.
#[server(prefix = "/ui", endpoint = "plans/get", input = GetUrl, output = Answer)]
pub async fn get_plan(id: String) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let found = async {
        let id = PlanId::parse(id).map_err(|_| Error::not_found("plan"))?;
        backend
            .requests
            .plan(&expect_context::<Caller>(), &id)
            .await
    };
    let plan = form::read(found.await)?;
    let (right, used, whole) = (plan.right, plan.request.is_some(), plan.clone());
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <plan::PlanHead right used/> }),
            Html::of(lang, || view! { <plan::PlanBody plan=whole/> }),
            Html::of(lang, || view! { <plan::Confirm plan/> }),
        ],
        events: None,
    })
}

/// Carries a plan out and goes to its run. `confirmed` is the ticked box; an erasure wants the code of the person's first record too:
/// nobody types that of another person by mistake.
#[server(prefix = "/ui", endpoint = "requests/create", output = Answer)]
pub async fn create_request(
    #[server(default)] plan: String,
    #[server(default)] hash: String,
    #[server(default)] reason: String,
    #[server(default)] confirmed: String,
    #[server(default)] code: String,
) -> Result<(), Error> {
    let page =
        PlanId::parse(plan.clone()).map_or(paths::FIND.to_owned(), |plan| paths::plan(&plan));
    let created = async {
        let plan = form::id("plan", &plan)?;
        let new = NewRequest {
            plan,
            hash,
            reason,
            confirmed: confirmed == "true",
        };
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        let plan = backend.requests.plan(&caller, &new.plan).await?;
        let first = plan.members.first().map(|one| one.handle.as_str());
        let is_hers = first.is_some_and(|id| format::short(id).eq_ignore_ascii_case(code.trim()));
        if plan.right == Right::Delete && !is_hers {
            return Err(Error::invalid("code", Reason::WrongCode));
        }
        backend.requests.create(&caller, new).await
    };
    form::go::<CreateRequest>(created.await.map(|id| paths::request(&id)), &page)
}

/// The set that a request belongs to, and what happened to it, as far as its log is to list it; after all of it has ended also as it was after the event numbered `at`.
#[server(prefix = "/ui", endpoint = "requests/get", input = GetUrl, output = Answer)]
pub async fn get_run(
    id: String,
    #[server(default)] at: String,
    #[server(default)] system: String,
    #[server(default)] member: String,
    #[server(default)] kind: String,
    #[server(default)] q: String,
    #[server(default)] to: String,
) -> Result<Parts, Error> {
    let lang = lang_of_request();
    let filter = LogFilter::of_words(system, member, &kind, &q, &to);
    let found = async {
        let (run, events, seq) = found(id, &at).await?;
        let log = logged(&run, &events, seq.unwrap_or(run.last_event), filter).await?;
        Ok((run, events, seq, log))
    };
    let (run, events, seq, log) = form::read(found.await)?;
    let in_flight = run.members.iter().any(|member| !member.state.has_ended());
    let stream = in_flight.then(|| paths::request_events(&run.id, run.last_event));
    let (run, events, moment) = replay::as_asked(run, events, seq, lang.texts());
    let right = run.right;
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <run::RunHead right/> }),
            Html::of(lang, || view! { <run::RunBody run events log moment/> }),
        ],
        events: stream,
    })
}

/// What presses, what needs a person, and what has ended.
#[server(prefix = "/ui", endpoint = "requests/today", input = GetUrl, output = Answer)]
pub async fn get_today() -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let found = async {
        let caller = expect_context::<Caller>();
        let today = backend.requests.today(&caller).await?;
        Ok((today, backend.systems.list(&caller).await?))
    };
    let (today, systems) = form::read(found.await)?;
    let pressing = today.pressing;
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <today::Strip pressing/> }),
            Html::of(lang, || view! { <today::TodayBody today systems/> }),
        ],
        events: None,
    })
}

/// The run, its last events, and which of its moments is asked for: then they are all its events.
#[cfg(feature = "ssr")]
async fn found(id: String, at: &str) -> Result<(RunView, Vec<Event>, Option<i64>), Error> {
    let id = RequestId::parse(id).map_err(|_| Error::not_found("request"))?;
    let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
    let run = backend.requests.run(&caller, &id).await?;
    let seq = replay::asked(&run, at);
    let mut after = match seq {
        Some(_) => 0,
        None => history::Log::begin(LogFilter::default(), run.last_event).after(),
    };
    let mut events = Vec::new();
    // What happens while it is read belongs to the next reading: it is bounded by what the run knows of.
    while after < run.last_event {
        let page = backend.requests.events(&caller, &id, after).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        events.extend(page);
    }
    Ok((run, events, seq))
}

/// The log of a run up to its event of that number. What was read already is not read again; of the rest no more is held than a page.
#[cfg(feature = "ssr")]
async fn logged(
    run: &RunView,
    events: &[Event],
    last: i64,
    filter: LogFilter,
) -> Result<history::Log, Error> {
    let t = lang_of_request().texts();
    let mut log = history::Log::begin(filter, last);
    let mut after = log.after();
    let known = events.first().is_some_and(|first| first.seq <= after + 1);
    if known {
        for event in events.iter().filter(|event| event.seq > after) {
            log.tell(event.clone(), run, t);
        }
        return Ok(log);
    }
    let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
    while after < last {
        let page = backend.requests.events(&caller, &run.id, after).await?;
        let Some(end) = page.last() else { break };
        after = end.seq;
        for event in page {
            log.tell(event, run, t);
        }
    }
    Ok(log)
}

/// One page of the list, as the query of its address says; what means nothing in it is ignored with a word. `followed` is the stream
/// that the page follows already: then the same requests are listed, as they are by now.
#[server(prefix = "/ui", endpoint = "requests/list", input = GetUrl, output = Answer)]
pub async fn list_requests(
    #[server(default)] query: String,
    #[server(default)] followed: String,
) -> Result<Parts, Error> {
    let lang = lang_of_request();
    let (view, ignored) = ListWords::of_query(&query).read();
    let Listed { page, saved, ways } = form::read(listed(&view.filter, &followed).await)?;
    let shown: Vec<_> = page.requests.iter().map(|one| &one.id).collect();
    let events = paths::list_events(&view.filter, &shown, page.version());
    let chosen = view.clone();
    Ok(Parts {
        parts: vec![
            Html::of(
                lang,
                || view! { <list_form::Choices view=chosen saved ignored/> },
            ),
            Html::of(lang, || view! { <requests::List page view ways/> }),
        ],
        events: Some(events),
    })
}

/// What the list's page shows.
#[cfg(feature = "ssr")]
struct Listed {
    page: RequestPage,
    saved: SavedViews,
    /// Where nothing was found: with which condition dropped something is, and how much.
    ways: Vec<Way>,
}

#[cfg(feature = "ssr")]
async fn listed(filter: &RequestFilter, followed: &str) -> Result<Listed, Error> {
    let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
    let page = match paths::shown_of(followed, filter) {
        Some(shown) => {
            let again = backend.requests.list_again(&caller, filter.clone(), &shown);
            again.await?
        }
        None => backend.requests.list(&caller, filter.clone()).await?,
    };
    let mut ways = Vec::new();
    if page.requests.is_empty() {
        for (field, filter) in filter.without_each() {
            let found = backend.requests.list(&caller, filter.clone()).await?;
            if !found.requests.is_empty() {
                let more = found.next.is_some();
                let count = found.requests.len() as u64;
                ways.push(Way {
                    field,
                    filter,
                    count,
                    more,
                });
            }
        }
    }
    let saved = backend.views.views(&caller).await?;
    Ok(Listed { page, saved, ways })
}

/// Makes the failed members' requests again and goes to the new run.
#[server(prefix = "/ui", endpoint = "requests/retry", output = Answer)]
pub async fn retry_request(#[server(default)] id: String) -> Result<(), Error> {
    let page =
        RequestId::parse(id.clone()).map_or(paths::REQUESTS.to_owned(), |id| paths::request(&id));
    let retried = async {
        let id = form::id("id", &id)?;
        let backend = expect_context::<Backend>();
        backend
            .requests
            .retry(&expect_context::<Caller>(), &id)
            .await
    };
    form::go::<RetryRequest>(retried.await.map(|id| paths::request(&id)), &page)
}

/// Skips what failed in one place (`request:system`) on a ground, and stays on the run.
#[server(prefix = "/ui", endpoint = "requests/skip", output = Answer)]
pub async fn skip_tasks(
    #[server(default)] id: String,
    #[server(default)] place: String,
    #[server(default)] ground: String,
    #[server(default)] reason: String,
    #[server(default)] confirmed: String,
) -> Result<(), Error> {
    let page = RequestId::parse(id).map_or(paths::REQUESTS.to_owned(), |id| paths::request(&id));
    let skipped = async {
        let (request, system) = place.split_once(':').unwrap_or_default();
        let new = NewSkip {
            request: form::id("place", request)?,
            system: form::id("place", system)?,
            ground: form::word("ground", &ground, SkipGround::parse)?,
            reason,
            confirmed: confirmed == "true",
        };
        let backend = expect_context::<Backend>();
        backend
            .requests
            .skip(&expect_context::<Caller>(), new)
            .await
    };
    form::stay::<SkipTasks>(skipped.await.map(drop), &page)
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::model::IdentifierKind;

    fn replacement(new: &str) -> Replacement {
        Replacement {
            kind: IdentifierKind::Email,
            old: "a@b.example".into(),
            new: new.into(),
        }
    }

    #[test]
    fn what_is_left_empty_does_not_change() {
        let asked = ask(
            "update",
            "s1",
            "h1",
            vec![replacement(" "), replacement("c@d.example")],
        );
        assert_eq!(asked.map(|ask| ask.replacements.len()), Ok(1));
    }

    #[test]
    fn only_a_correction_carries_replacements() {
        let asked = ask("delete", "s1", "h1", vec![replacement("c@d.example")]);
        assert_eq!(asked.map(|ask| ask.replacements.len()), Ok(0));
    }

    #[test]
    fn a_form_goes_back_to_where_it_was_without_what_was_typed() {
        assert_eq!(
            page_of_form("update", "s1", "h1"),
            "/new?search=s1&subject=h1&right=update"
        );
        assert_eq!(page_of_form("x", "s1", "H 1"), "/new");
    }
}
