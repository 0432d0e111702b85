//! A run shown as it was: which moment it is, and the way to others.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::history::words;
use super::tracks::edge;
use crate::components::{Banner, Clock, Tone};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{Event, LogFilter, Millis, RequestId, RunView};
use crate::paths;

/// The most events that a replay goes through: all of them are read for every moment of it.
pub const LONGEST: i64 = 5_000;

/// A moment of a run's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The event after which it is.
    pub event: Event,
    /// The last event's number.
    pub last: i64,
    /// When something last happened to the work: so far reaches the timeline, whatever the moment.
    pub until: Option<Millis>,
}

/// Whether a run can be replayed: when nothing moves any more. How many events it has is another question.
pub fn is_over(run: &RunView) -> bool {
    run.last_event > 0 && run.members.iter().all(|member| member.state.has_ended())
}

/// The number of the event that an address asks for, as near as there is one; nothing where the run is shown as it is now.
pub fn asked(run: &RunView, at: &str) -> Option<i64> {
    let seq: i64 = at.trim().parse().ok()?;
    (is_over(run) && run.last_event <= LONGEST).then(|| seq.clamp(1, run.last_event))
}

/// The run after that event, what had happened by then, and which moment that is; as it is now if no event is asked for.
pub fn as_asked(
    mut run: RunView,
    mut events: Vec<Event>,
    seq: Option<i64>,
    t: &'static Texts,
) -> (RunView, Vec<Event>, Option<Moment>) {
    let event = seq.and_then(|seq| events.iter().find(|event| event.seq == seq).cloned());
    let Some(event) = event else {
        return (run, events, None);
    };
    let until = edge(&events);
    // A name that is gone by now was there: it must not be said that there was none on record.
    for member in run.members.iter_mut().filter(|one| one.name.is_none()) {
        let said = name_in_request(None, run.right, member.state, t);
        member.name = Some(said).filter(|said| said == t.list.erased_name);
    }
    let past = run.as_of(&events, event.seq);
    events.retain(|one| one.seq <= event.seq);
    let last = run.last_event;
    (past, events, Some(Moment { event, last, until }))
}

/// Goes through a run's events: to the first, previous, next and last, or to any by a slider.
#[component]
pub fn Replay(
    run: RunView,
    last: i64,
    moment: Option<Moment>,
    /// What the log lists, and goes on listing.
    filter: LogFilter,
) -> impl IntoView {
    let t = use_texts();
    if last > LONGEST {
        return view! { <p class="quiet">{t.run.replay_long}</p> }.into_any();
    }
    let at = moment.as_ref().map_or(last, |moment| moment.event.seq);
    let said = moment.as_ref().map(|moment| {
        let text = (t.say.event)(&words(&moment.event, &run, t));
        view! { <p class="said"><Clock at=moment.event.at/> " " {text}</p> }
    });
    let page = paths::request(&run.id);
    let filter = LogFilter { to: None, ..filter };
    let step = |to, word| {
        let href = paths::run(&run.id, Some(to), &filter);
        view! { <Step href here={to == at} word/> }
    };
    let kept = kept(&filter);
    let id = &run.id;
    view! {
        {moment.map(|moment| view! { <Past id=id.clone() moment/> })}
        <section class="replay card" aria-labelledby="replay">
            <h2 id="replay">{t.run.replay}</h2>
            <nav aria-labelledby="replay">
                {step(1, t.run.replay_first)}
                {step((at - 1).max(1), t.run.replay_previous)}
                {step((at + 1).min(last), t.run.replay_next)}
                {step(last, t.run.replay_last)}
            </nav>
            // Off: going back, browsers would show where it was left, not the moment that the address says.
            <form method="get" action=page autocomplete="off" data-live="">
                {kept}
                <label for="replay-at">{t.run.replay_event} " " <span class="num">{at} " / " {last}</span></label>
                <input type="range" id="replay-at" name="at" min="1" max=last.to_string() value=at.to_string()/>
                <button type="submit" class="small">{t.run.replay_show}</button>
            </form>
            {said}
        </section>
    }
    .into_any()
}

/// What the log lists, for the form of the slider.
fn kept(filter: &LogFilter) -> AnyView {
    let fields = [
        ("system", filter.system.as_ref().map(ToString::to_string)),
        ("member", filter.member.as_ref().map(ToString::to_string)),
        ("kind", filter.kind.map(|kind| kind.as_str().to_owned())),
        (
            "q",
            Some(filter.text.clone()).filter(|text| !text.is_empty()),
        ),
    ];
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view()
        .into_any()
}

/// Says that this is not how it stands, and leads back.
#[component]
fn Past(id: RequestId, moment: Moment) -> impl IntoView {
    let t = use_texts();
    let time = format::clock(moment.event.at);
    let text = (t.say.as_of)(&time, moment.event.seq, moment.last);
    view! {
        <Banner tone=Tone::Warn>
            <p role="status">{text}</p>
            <p><a href=paths::request(&id) data-noscroll="">{t.run.replay_back}</a></p>
        </Banner>
    }
}

/// A way to another moment. At the end of the way it stays where it is, so that the keyboard's focus does too.
#[component]
fn Step(href: String, here: bool, word: &'static str) -> impl IntoView {
    let here = here.then_some("true");
    view! { <a class="button small" href=href data-noscroll="" aria-disabled=here>{word}</a> }
}

#[cfg(test)]
mod tests {
    use super::super::history::Log;
    use super::super::run::RunBody;
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{EventKind, PackageView, RequestState, Right, SystemId, TaskState};
    use crate::testing::runs::{Say, cell, events, request, run};
    use crate::testing::{HOSTILE, assert_escaped, html};

    /// An export that failed in one system, and what happened: four events.
    fn over() -> (RunView, Vec<Event>) {
        let mut run = run(
            &["r1"],
            vec![cell("r1", "desk", TaskState::Failed)],
            Some(HOSTILE),
        );
        run.right = Right::Export;
        run.systems = vec![(SystemId::parse("desk").expect("valid"), HOSTILE.into())];
        run.state = RequestState::PartiallyFailed;
        run.last_event = 4;
        run.members[0].state = RequestState::PartiallyFailed;
        run.members[0].package = Some(PackageView {
            bytes: 1,
            sha256: "ab".into(),
            made_at: 0,
            expires_at: 0,
            url: "/downloads/1".into(),
        });
        let mut events = events(&[
            ("r1", "desk", 1, Say::Retried),
            ("r1", "desk", 2, Say::Start(1)),
            ("r1", "desk", 3, Say::Fail),
            ("r1", "desk", 4, Say::Retried),
        ]);
        events[0].kind = EventKind::Created;
        events[3].kind = EventKind::StateChanged {
            state: RequestState::PartiallyFailed,
        };
        (run, events)
    }

    fn page(lang: Lang, at: &str) -> String {
        let (run, events) = over();
        let seq = asked(&run, at);
        let (run, events, moment) = as_asked(run, events, seq, lang.texts());
        let mut log = Log::begin(LogFilter::default(), run.last_event);
        for event in events.clone() {
            log.tell(event, &run, lang.texts());
        }
        html(lang, move || view! { <RunBody run events log moment/> })
    }

    #[test]
    fn a_moment_shows_what_was_known_then_and_offers_nothing_to_act_on() {
        for lang in Lang::ALL {
            let page = page(lang, "2");
            assert_escaped(&page);
            let time = (lang.texts().say.as_of)("00:00:02", 2, 4);
            assert!(page.contains(&time), "{page}");
            assert!(page.contains((lang.texts().words.task)(TaskState::Running)));
            // The log's form names what there can be.
            let shown = page
                .split("class=\"filter log\"")
                .next()
                .unwrap_or_default();
            assert!(!shown.contains((lang.texts().words.task)(TaskState::Failed)));
            assert!(!page.contains("method=\"post\"") && !page.contains("/downloads/1"));
            let (next, now) = ("href=\"/requests/r1?at=3\"", "href=\"/requests/r1\"");
            assert!(page.contains(next) && page.contains(now), "{page}");
            assert_eq!(
                page.matches("<li id=\"event-").count() + page.matches("<li data-tone=").count(),
                2 + 1,
                "{page}"
            );
        }
    }

    #[test]
    fn what_is_no_event_of_it_is_now_or_the_nearest() {
        let (run, _) = over();
        for (at, want) in [
            ("", None),
            ("x", None),
            ("2.5", None),
            ("99999999999999999999", None),
            ("-7", Some(1)),
            ("0", Some(1)),
            (" 3 ", Some(3)),
            ("5", Some(4)),
        ] {
            assert_eq!(asked(&run, at), want, "{at}");
        }
        let now = page(Lang::En, "x");
        assert!(
            now.contains("Retry") && now.contains("/downloads/1"),
            "{now}"
        );
        assert!(now.contains("type=\"range\"") && !now.contains("Back to now"));
    }

    #[test]
    fn a_run_that_moves_is_not_replayed_nor_one_that_is_too_long() {
        let (mut run, _) = over();
        run.last_event = LONGEST + 1;
        assert_eq!(asked(&run, "2"), None);
        let long = run.clone();
        let page = html(Lang::En, move || {
            view! { <RunBody run=long events=vec![] log=Log::default() moment=None/> }
        });
        assert!(page.contains("more events than a replay"), "{page}");
        run.last_event = 4;
        run.members[0].state = RequestState::Running;
        assert_eq!(asked(&run, "2"), None);
        let page = html(Lang::En, move || {
            view! { <RunBody run events=vec![] log=Log::default() moment=None/> }
        });
        assert!(!page.contains("range"), "{page}");
    }

    #[test]
    fn who_is_erased_by_now_was_not_nameless_then() {
        let (mut run, events) = over();
        run.right = Right::Delete;
        run.members[0].name = None;
        run.members[0].state = RequestState::Completed;
        let (past, ..) = as_asked(run, events, Some(2), Lang::En.texts());
        assert_eq!(past.members[0].request, request("r1"));
        assert_eq!(past.members[0].name.as_deref(), Some("Erased"));
    }
}
