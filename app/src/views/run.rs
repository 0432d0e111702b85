//! A run: how a set of requests stands, in every system and for every record.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::history::{History, Log};
use super::looks::Looks;
use super::matrix::{Matrix, Standing};
use super::replay::{Moment, Replay, is_over};
use super::skip::{SkipForm, Skips};
use super::waterfall::Waterfall;
use crate::components::{
    At, Copyable, CoverageBadge, Glyph, Icon, PageTitle, RequestBadge, look_of_right,
};
use crate::format;
use crate::i18n::{CoverageCount, Texts, use_texts};
use crate::model::{CoverageState, Event, Member, PackageView, RequestState, Right, RunView};
use crate::paths;

/// What it is.
#[component]
pub fn RunHead(right: Right) -> impl IntoView {
    let t = use_texts();
    view! {
        <h1><Icon glyph=look_of_right(right)/> " " {(t.say.title_run)(right)}</h1>
        <span class="quiet">{(t.words.article)(right)}</span>
    }
}

/// How it stands, and what a person can do about it; or how it stood at a moment, when nothing can be done about it any more.
#[component]
pub fn RunBody(
    run: RunView,
    events: Vec<Event>,
    log: Log,
    moment: Option<Moment>,
) -> impl IntoView {
    let t = use_texts();
    let standing = Standing::of(&run);
    let sentence = (t.say.standing)(
        run.state,
        standing.needs,
        standing.done,
        standing.skipped,
        standing.systems,
    );
    let last = moment.as_ref().map_or(run.last_event, |moment| moment.last);
    let at = moment.as_ref().map(|moment| moment.event.seq);
    let filter = log.filter.clone();
    let replay = (moment.is_some() || is_over(&run))
        .then(|| view! { <Replay run=run.clone() last moment=moment.clone() filter/> });
    let retry = moment.is_none().then(|| view! { <Retry run=run.clone()/> });
    let skip = moment
        .is_none()
        .then(|| view! { <SkipForm run=run.clone()/> });
    let packages = moment
        .is_none()
        .then(|| view! { <Packages members=run.members.clone()/> });
    let news = news(&run, t);
    let over = run.state.has_ended();
    let told = (over && moment.is_none()).then(|| news.clone());
    let tell = (!over && moment.is_none()).then(|| {
        view! { <button type="button" class="small tell" data-notify="">{t.run.notify}</button> }
    });
    let until = moment.and_then(|moment| moment.until);
    view! {
        <PageTitle text=news/>
        <div class="standing" data-state=run.state.as_str() data-news=told>
            <RequestBadge state=run.state/>
            <p class="sentence" role="status">{sentence}</p>
            {tell}
            {retry}
            {packages}
        </div>
        {skip}
        {replay}
        <Skips run=run.clone()/>
        <Facts run=run.clone()/>
        <section id="matrix">
            <h2>{t.run.matrix}</h2>
            <Matrix run=run.clone()/>
            <CoverageLine coverage=standing.coverage/>
        </section>
        <section aria-labelledby="timeline" class="far">
            <h2 id="timeline">{t.run.timeline}</h2>
            <Waterfall run=run.clone() events=events.clone() until/>
        </section>
        <section aria-labelledby="results" class="far">
            <h2 id="results">{t.run.people}</h2>
            <ul class="results card">
                {run.members
                    .iter()
                    .cloned()
                    .map(|member| view! { <Outcome member right=run.right several={run.members.len() > 1}/> })
                    .collect_view()}
            </ul>
        </section>
        <Looks run=run.clone()/>
        <section id="events" class="far">
            <h2 id="history">{t.run.events}</h2>
            <History run log at/>
        </section>
    }
}

/// What the tab's title says, and a notification when it is over: what it is and how it stands, and nobody's name.
fn news(run: &RunView, t: &Texts) -> String {
    let what = (t.say.title_run)(run.right);
    let sign = match run.state {
        RequestState::Completed => "✓ ",
        state if state.has_ended() => "! ",
        _ => "",
    };
    let state = (t.words.request)(run.state);
    format!("{sign}{what} {}: {state}", format::short(run.id.as_str()))
}

/// What is there to be taken away: the one package, or the way to several.
#[component]
fn Packages(members: Vec<Member>) -> impl IntoView {
    let t = &use_texts().run;
    let packages: Vec<_> = members.into_iter().filter_map(|m| m.package).collect();
    match &packages[..] {
        [] => ().into_any(),
        [one] => view! {
            <a class="button primary next" href=one.url.clone() download="" rel="external">
                <Icon glyph=Glyph::Download/>
                {t.download}
            </a>
        }
        .into_any(),
        _ => view! { <a class="button primary next" href="#results">{t.packages}</a> }.into_any(),
    }
}

/// The button, or why there is none to press.
#[component]
fn Retry(run: RunView) -> impl IntoView {
    let t = use_texts();
    let offered = run.state == RequestState::PartiallyFailed
        || run
            .members
            .iter()
            .any(|member| member.state == RequestState::PartiallyFailed);
    offered.then(|| {
        let help = match &run.retry_blocked {
            Some(why) => (t.say.blocked)(why),
            None if run.skips.is_empty() => t.run.retry_help.to_owned(),
            None => format!("{} {}", t.run.retry_help, t.skip.tried_too),
        };
        let blocked = run.retry_blocked.is_some();
        view! {
            <form method="post" action=paths::to::RETRY_REQUEST class="retry">
                <input type="hidden" name="id" value=run.id.to_string()/>
                <button type="submit" class="primary" disabled=blocked aria-describedby="retry-help">
                    <Icon glyph=Glyph::Retry/>
                    {t.run.retry}
                </button>
                <span class="quiet" id="retry-help">{help}</span>
            </form>
        }
    })
    .into_any()
}

#[component]
fn Facts(run: RunView) -> impl IntoView {
    let t = &use_texts().run;
    let ended = run
        .ended_at
        .map(|at| view! { <div><dt>{t.ended}</dt><dd><At at/></dd></div> });
    let retry_of = run.retry_of.map(|id| {
        let href = paths::request(&id);
        view! { <div><dt>{t.retry_of}</dt><dd><a href=href>{id.to_string()}</a></dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>{t.by}</dt><dd>{run.created_by}</dd></div>
            <div><dt>{t.at}</dt><dd><At at=run.created_at/></dd></div>
            {ended}
            {(!run.state.is_answer())
                .then(|| view! { <div><dt>{t.due}</dt><dd><At at=run.due_at/></dd></div> })}
            <div><dt>{t.id}</dt><dd><Copyable value=run.id.to_string() label=t.id/></dd></div>
            {retry_of}
            <div class="long"><dt>{t.reason}</dt><dd class="typed">{run.reason}</dd></div>
            <div class="long"><dt>{t.plan}</dt><dd><Copyable value=run.plan_hash label=t.plan/></dd></div>
        </dl>
    }
    .into_any()
}

#[component]
fn CoverageLine(coverage: CoverageCount) -> impl IntoView {
    let t = use_texts();
    let parts = [
        (CoverageState::Searched, coverage.searched),
        (CoverageState::NotSearchable, coverage.not_searchable),
        (CoverageState::Waived, coverage.waived),
        (CoverageState::Failed, coverage.failed),
        (CoverageState::Open, coverage.open),
    ];
    (coverage.all() > 0).then(|| {
        view! {
            <p class="coverage" title=t.run.coverage_help>
                <strong>{t.run.coverage}</strong>
                {parts
                    .into_iter()
                    .filter(|(_, n)| *n > 0)
                    .map(|(state, n)| view! { <span><CoverageBadge state/> " " <span class="num">{n}</span></span> })
                    .collect_view()}
                <span class="quiet">{(t.say.coverage)(&coverage)}</span>
            </p>
        }
    })
}

/// One record's outcome.
#[component]
fn Outcome(member: Member, right: Right, several: bool) -> impl IntoView {
    let t = use_texts();
    let name = name_in_request(member.name.as_deref(), right, member.state, t);
    let role = if member.canonical {
        t.common.canonical
    } else {
        t.common.duplicate
    };
    let retried = member.retried_by.map(|id| {
        let href = paths::request(&id);
        view! { <a href=href>{t.run.retried_by} " " {format::short(id.as_str()).to_owned()}</a> }
    });
    view! {
        <li class="result">
            <div class="result-head">
                <strong>{name}</strong>
                {several.then(|| view! { <span class="tag">{role}</span> })}
                <RequestBadge state=member.state/>
                {member.ended_at.map(|at| view! { <span class="quiet"><At at/></span> })}
                {retried}
                <span class="quiet end">
                    {(t.words.kind)(member.kind)} " · " {t.run.id} " " <code>{member.request.to_string()}</code>
                </span>
            </div>
            {member.package.map(|package| view! { <PackageCard package/> })}
        </li>
    }
    .into_any()
}

#[component]
fn PackageCard(package: PackageView) -> impl IntoView {
    let t = &use_texts().run;
    view! {
        <div class="package">
            <a class="button" href=package.url download="" rel="external">
                <Icon glyph=Glyph::Download/>
                {t.download}
                " · "
                {format::bytes(package.bytes)}
            </a>
            <dl class="facts">
                <div><dt>{t.package_expires}</dt><dd><At at=package.expires_at/></dd></div>
                <div><dt>{t.sha256}</dt><dd><Copyable value=package.sha256 label=t.sha256/></dd></div>
            </dl>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{
        Blocked, Cell, CollectionName, IdentifierKind, Operation, RequestId, SubjectHandle,
        SystemId, TaskState,
    };
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn run(state: RequestState, retry_blocked: Option<Blocked>) -> RunView {
        let id = RequestId::parse("r1").expect("valid");
        RunView {
            id: id.clone(),
            right: Right::Export,
            state,
            created_at: 0,
            ended_at: None,
            created_by: HOSTILE.into(),
            reason: HOSTILE.into(),
            plan_hash: "ab".into(),
            due_at: 0,
            retry_of: None,
            members: vec![Member {
                request: id,
                handle: SubjectHandle::parse("ab").expect("valid"),
                kind: IdentifierKind::ExternalContactId,
                name: Some(HOSTILE.into()),
                canonical: true,
                state,
                ended_at: None,
                package: None,
                retried_by: None,
            }],
            systems: vec![],
            cells: vec![],
            coverage: vec![],
            skips: vec![],
            rechecks: vec![],
            last_event: 0,
            retry_blocked,
        }
    }

    fn page(run: RunView) -> String {
        html(
            Lang::En,
            move || view! { <RunBody run events=vec![] log=Log::default() moment=None/> },
        )
    }

    #[test]
    fn hostile_texts_stay_texts() {
        assert_escaped(&page(run(RequestState::Running, None)));
    }

    #[test]
    fn a_retry_that_is_not_allowed_says_why_and_names_what_is_in_flight() {
        let blocked = Blocked::InFlight {
            requests: vec![RequestId::parse("r-77").expect("valid")],
        };
        let page = page(run(RequestState::PartiallyFailed, Some(blocked)));
        assert!(page.contains("disabled") && page.contains("r-77"), "{page}");
    }

    #[test]
    fn what_was_tried_again_needs_nobody_any_more() {
        let failed = |retried_by| {
            let mut run = run(RequestState::PartiallyFailed, None);
            run.systems = vec![(
                SystemId::parse("help-desk").expect("valid"),
                "Help desk".into(),
            )];
            run.cells = vec![failed_cell(&run.id)];
            run.members[0].retried_by = retried_by;
            page(run)
        };
        assert!(failed(None).contains("1 of 1 systems needs you"));
        let later = failed(RequestId::parse("r2").ok());
        assert!(
            later.contains("tried again") && !later.contains("needs you"),
            "{later}"
        );
    }

    fn failed_cell(request: &RequestId) -> Cell {
        Cell {
            request: request.clone(),
            system: SystemId::parse("help-desk").expect("valid"),
            collection: CollectionName::parse("tickets").expect("valid"),
            operation: Operation::Delete,
            state: TaskState::Failed,
            attempt: 1,
            max_attempts: 5,
            rows: None,
            kept: None,
            planned: None,
            code: Some("denied".into()),
            waits_until: None,
            started_at: None,
            ended_at: None,
        }
    }

    #[test]
    fn what_was_skipped_is_told_and_not_called_done() {
        for (lang, done) in [(Lang::En, "Done"), (Lang::Ja, "完了しました")] {
            let mut run = run(RequestState::CompletedWithExceptions, None);
            run.cells = vec![Cell {
                state: TaskState::Skipped,
                code: Some("decommissioned".into()),
                ..failed_cell(&run.id)
            }];
            let page = html(
                lang,
                move || view! { <RunBody run events=vec![] log=Log::default() moment=None/> },
            );
            let t = lang.texts();
            let sentence = (t.say.standing)(RequestState::CompletedWithExceptions, 0, 0, 1, 1);
            assert!(
                page.contains(&sentence) && !sentence.contains(done),
                "{page}"
            );
            let ground = (t.words.ground)(crate::model::SkipGround::Decommissioned);
            assert!(page.contains((t.words.task)(TaskState::Skipped)), "{page}");
            assert!(page.contains(ground), "{page}");
        }
    }

    #[test]
    fn what_the_title_tells_of_an_end_names_nobody() {
        let told = |state| page(run(state, None));
        for (state, sign) in [
            (RequestState::Completed, "data-news=\"✓ "),
            (RequestState::PartiallyFailed, "data-news=\"! "),
        ] {
            let page = told(state);
            let (_, news) = page.split_once(sign).expect("told");
            assert!(!news.split('"').next().expect("ends").contains("alert"));
            assert!(!page.contains("data-notify"), "{page}");
        }
        let running = told(RequestState::Running);
        assert!(!running.contains("data-news") && running.contains("data-notify"));
    }

    #[test]
    fn retry_is_offered_only_when_something_failed() {
        assert!(!page(run(RequestState::Completed, None)).contains("Retry"));
        let failed = page(run(RequestState::PartiallyFailed, None));
        assert!(failed.contains("Retry") && !failed.contains("disabled"));
    }

    #[test]
    fn what_is_to_be_taken_away_stands_beside_how_it_stands() {
        let package = |url: &str| PackageView {
            bytes: 1,
            sha256: "ab".into(),
            made_at: 0,
            expires_at: 0,
            url: url.into(),
        };
        let next = |run: RunView| {
            let page = page(run);
            let (_, standing) = page.split_once("class=\"standing\"").expect("stands");
            standing.split("</div>").next().expect("ends").to_owned()
        };
        let mut run = run(RequestState::Completed, None);
        assert!(!next(run.clone()).contains("primary"));
        run.members[0].package = Some(package("/d/one"));
        assert!(next(run.clone()).contains("href=\"/d/one\""));
        run.members.push(run.members[0].clone());
        let several = next(run);
        assert!(several.contains("href=\"#results\""), "{several}");
        assert!(!several.contains("/d/one"));
    }
}
