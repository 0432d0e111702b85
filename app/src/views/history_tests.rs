//! The log of a run: what is listed, what is counted, and where its links lead.

use super::*;
use crate::i18n::Lang;
use crate::model::TaskState;
use crate::testing::runs::{Say, cell, events, run};
use crate::testing::{HOSTILE, assert_escaped, html};

fn filter(kind: &str, text: &str, to: &str) -> LogFilter {
    LogFilter::of_words(String::new(), String::new(), kind, text, to)
}

/// A run of so many events: every tenth is a failure, the others are tries.
fn log_of(count: i64, filter: LogFilter) -> (RunView, Log) {
    let run = run(&["r1"], vec![cell("r1", "desk", TaskState::Failed)], None);
    let said: Vec<_> = (1..=count)
        .map(|n| {
            let say = if n % 10 == 0 {
                Say::Fail
            } else {
                Say::Start(1)
            };
            ("r1", "desk", n, say)
        })
        .collect();
    let mut log = Log::begin(filter, count);
    let after = log.after();
    for event in events(&said).into_iter().filter(|one| one.seq > after) {
        log.tell(event, &run, Lang::En.texts());
    }
    (run, log)
}

fn page(count: i64, filter: LogFilter) -> String {
    let (run, log) = log_of(count, filter);
    html(Lang::En, move || view! { <History run log at=None/> })
}

fn listed(log: &Log) -> (usize, i64, i64) {
    let seq = |event: Option<&Event>| event.map_or(0, |event| event.seq);
    (
        log.events.len(),
        seq(log.events.front()),
        seq(log.events.back()),
    )
}

#[test]
fn of_very_many_events_a_page_lists_the_newest_and_leads_to_the_others() {
    let (_, log) = log_of(1_200, LogFilter::default());
    assert_eq!(listed(&log), (500, 701, 1_200));
    let newest = page(1_200, LogFilter::default());
    assert_eq!(newest.matches("<li id=\"event-").count(), 500);
    assert!(newest.contains("Events 701 to 1,200 of 1,200"), "{newest}");
    assert!(newest.contains("href=\"/requests/r1?to=700#events\""));
    assert!(!newest.contains(">Newer<"));

    let middle = page(1_200, filter("", "", "700"));
    assert!(middle.contains("Events 201 to 700 of 1,200"), "{middle}");
    assert!(middle.contains("?to=200#events") && middle.contains("href=\"/requests/r1#events\""));
    let oldest = page(1_200, filter("", "", "200"));
    assert!(!oldest.contains(">Older<"), "{oldest}");
    assert!(oldest.contains("?to=700#events"), "{oldest}");
}

#[test]
fn a_filter_says_how_many_of_how_many_and_pages_through_what_it_leaves() {
    let (_, log) = log_of(9_000, filter("failed", "", ""));
    assert_eq!((log.matched, log.all), (900, 9_000));
    assert_eq!(listed(&log), (500, 4_010, 9_000));
    let newest = page(9_000, filter("failed", "", ""));
    assert!(newest.contains("900 of 9,000 events"), "{newest}");
    assert!(newest.contains("?kind=failed&amp;to=4009#events"));
    let older = page(9_000, filter("failed", "", "4009"));
    assert_eq!(older.matches("<li id=\"event-").count(), 400);
    assert!(!older.contains(">Older<"), "{older}");
    assert!(older.contains("?kind=failed&amp;to=9000#events"), "{older}");
    let none = page(10, filter("", "no such word", ""));
    assert!(none.contains("0 of 10 events") && !none.contains("<ol>"));
}

#[test]
fn what_is_shown_can_be_searched_and_the_word_behind_it() {
    for (text, matched) in [
        ("TIMEOUT", 1),
        ("no answer", 1),
        ("desk started", 9),
        ("nobody", 0),
    ] {
        assert_eq!(
            log_of(10, filter("", text, "")).1.matched,
            matched,
            "{text}"
        );
    }
}

#[test]
fn an_event_has_an_address_that_lists_it_for_ever() {
    let link = event_link(&RequestId::parse("r1").expect("valid"), 201);
    assert_eq!(link, "/requests/r1?to=300#event-201");
    for count in [201, 300, 5_000] {
        let page = page(count, filter("", "", "300"));
        assert!(page.contains("<li id=\"event-201\""), "{count}");
    }
}

#[test]
fn the_form_keeps_what_was_chosen_and_the_moment() {
    for lang in Lang::ALL {
        let page = html(lang, || {
            let (mut run, log) = log_of(10, filter("failed", HOSTILE, ""));
            run.members[0].name = Some(HOSTILE.into());
            view! { <History run log at=Some(4)/> }
        });
        assert_escaped(&page);
        assert!(page.contains("value=\"failed\" selected"), "{page}");
        assert!(page.contains("name=\"at\" value=\"4\""), "{page}");
        assert!(page.contains("/requests/r1?at=4#events"), "{page}");
    }
}
