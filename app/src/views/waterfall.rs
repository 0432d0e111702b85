//! The timeline of a run: per system and record a line of time, drawn, and the same as a table.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::history::system_name;
use super::tracks::{Group, Span, Spent, Track, Tracks};
use crate::components::{Clock, Named, Table, TaskBadge, Tone};
use crate::format;
use crate::i18n::use_texts;
use crate::model::{Event, Member, Millis, RunView};

/// The most lines that are drawn. The table has all.
const DRAWN: usize = 60;

/// Lengths of time between ticks, in milliseconds: those that people count in.
const STEPS: [Millis; 33] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    432_000_000,
    864_000_000,
    1_728_000_000,
    4_320_000_000,
    8_640_000_000,
];

/// When what was done, drawn and as a table. `until`: how far it reaches at least.
#[component]
pub fn Waterfall(run: RunView, events: Vec<Event>, until: Option<Millis>) -> impl IntoView {
    let t = use_texts();
    let Some(tracks) = Tracks::of(&run, &events, until) else {
        return view! { <p class="quiet">{t.run.timeline_none}</p> }.into_any();
    };
    let axis = Axis {
        from: tracks.from,
        length: tracks.to - tracks.from,
    };
    let all: usize = tracks.groups.iter().map(|group| group.tracks.len()).sum();
    let mut left = DRAWN;
    let drawn: Vec<_> = tracks
        .groups
        .iter()
        .map_while(|group| {
            let tracks = group.tracks.get(..left.min(group.tracks.len()))?;
            left -= tracks.len();
            (!tracks.is_empty()).then(|| lanes(&run, group, tracks, axis))
        })
        .collect();
    let more = u64::try_from(all.saturating_sub(DRAWN)).unwrap_or(u64::MAX);
    let class = if run.members.len() > 1 {
        "waterfall several"
    } else {
        "waterfall"
    };
    view! {
        <div class=class>
            <Key/>
            <div class="axis" aria-hidden="true">{axis_line(axis)}</div>
            <ul>{drawn}</ul>
            {(more > 0).then(|| view! { <p class="quiet">{(t.say.more_rows)(more)}</p> })}
        </div>
        <Twin run tracks/>
    }
    .into_any()
}

/// What the shapes mean.
#[component]
fn Key() -> impl IntoView {
    let t = &use_texts().run;
    let one = |spent, word: &'static str| {
        let bar = bar(spent, "0".to_owned(), "100%".to_owned());
        view! {
            <span><svg class="line" aria-hidden="true" focusable="false">{bar}</svg> " " {word}</span>
        }
    };
    view! {
        <p class="key quiet">
            {one(Spent::Running, t.at_work)}
            {one(Spent::Repeated, t.to_repeat)}
            {one(Spent::Waiting, t.between)}
        </p>
    }
}

/// A system and the lines of its records.
fn lanes(run: &RunView, group: &Group, tracks: &[Track], axis: Axis) -> AnyView {
    let t = use_texts();
    let several = run.members.len() > 1;
    let lane = |track: &Track| {
        let member = several.then(|| member_of(run, track)).flatten();
        let record = member.map(|member| {
            let id = format::short(member.handle.as_str()).to_owned();
            let role = member
                .canonical
                .then(|| view! { <span class="tag">{t.common.canonical}</span> });
            view! { <span class="whose quiet"><code>{id}</code> " " {role}</span> }
        });
        let tries = (track.tries > 1).then(
            || view! { <span class="tag" data-tone="wait">{(t.say.try_no)(track.tries)}</span> },
        );
        view! {
            <li class="lane">
                {record}
                <svg class="line" aria-hidden="true" focusable="false">
                    {axis.grid()}
                    {track.spans.iter().map(|span| axis.bar(span)).collect_view()}
                </svg>
                <span class="facts-of">
                    <TaskBadge state=track.state/>
                    {tries}
                    <span class="quiet num">{track.took.map(format::span)}</span>
                </span>
            </li>
        }
    };
    view! {
        <li class="group">
            <strong>{system_name(run, &group.system, t)}</strong>
            <ul>{tracks.iter().map(lane).collect_view()}</ul>
        </li>
    }
    .into_any()
}

fn member_of<'a>(run: &'a RunView, track: &Track) -> Option<&'a Member> {
    run.members
        .iter()
        .find(|member| member.request == track.request)
}

/// The drawing's scale: SVG without a view box, so that shares of the width stretch and nothing else does.
#[derive(Clone, Copy)]
struct Axis {
    from: Millis,
    length: Millis,
}

impl Axis {
    /// Ticks at round times since the beginning; at most five.
    fn ticks(self) -> impl Iterator<Item = Millis> {
        let step = STEPS.into_iter().find(|step| self.length / step < 5);
        let step = step.unwrap_or(self.length);
        (0..5)
            .map(move |n| n * step)
            .take_while(move |at| *at <= self.length)
    }

    /// Hundredths of a percent of the width.
    fn share(self, of: Millis) -> Millis {
        let share = i128::from(of) * 10_000 / i128::from(self.length.max(1));
        Millis::try_from(share).unwrap_or(10_000).clamp(0, 10_000)
    }

    fn grid(self) -> AnyView {
        let line = |at| {
            let x = percent(self.share(at));
            view! { <line class="grid" x1=x.clone() x2=x y1="0" y2="100%"></line> }
        };
        self.ticks().map(line).collect_view().into_any()
    }

    fn bar(self, span: &Span) -> AnyView {
        // What took no time is seen all the same.
        let width = self.share(span.to - span.from).max(60);
        let from = self.share(span.from - self.from).min(10_000 - width);
        bar(span.spent, percent(from), percent(width))
    }
}

fn percent(share: Millis) -> String {
    format!("{}.{:02}%", share / 100, share % 100)
}

/// Work is a bar, a try that is repeated a hollow one, waiting a thin line.
fn bar(spent: Spent, x: String, width: String) -> AnyView {
    let (tone, class, y, height) = match spent {
        Spent::Waiting => (Tone::Wait, "waits", "9", "2"),
        Spent::Repeated => (Tone::Warn, "again", "5", "10"),
        Spent::Done => (Tone::Good, "works", "4", "12"),
        Spent::Running => (Tone::Busy, "works", "4", "12"),
        Spent::Failed => (Tone::Bad, "works", "4", "12"),
    };
    view! { <rect class=class data-tone=tone.as_str() x=x width=width y=y height=height rx="2"></rect> }
        .into_any()
}

fn axis_line(axis: Axis) -> AnyView {
    let tick = |at| {
        let share = axis.share(at);
        let anchor = match share {
            0..500 => "start",
            500..9_000 => "middle",
            _ => "end",
        };
        let label = tick_label(at);
        view! { <text x=percent(share) y="12" text-anchor=anchor>{label}</text> }
    };
    let ticks = axis.ticks().map(tick).collect_view();
    view! { <svg class="line" focusable="false">{ticks}</svg> }.into_any()
}

fn tick_label(at: Millis) -> String {
    match at {
        0..60_000 if at % 1_000 == 0 => format!("{} s", at / 1_000),
        _ => format::span(at),
    }
}

/// The same to read, line by line, all of it.
#[component]
fn Twin(run: RunView, tracks: Tracks) -> impl IntoView {
    let t = use_texts();
    let heads = [
        t.common.system,
        t.common.member,
        t.run.began,
        t.run.ended,
        t.run.took,
        t.run.tries,
        t.run.outcome,
    ];
    let row = |system: &str, track: &Track| {
        let member = member_of(&run, track);
        let name = member
            .map(|member| name_in_request(member.name.as_deref(), run.right, member.state, t));
        let id = member.map(|member| format::short(member.handle.as_str()).to_owned());
        let time = |at: Option<Millis>| at.map(|at| view! { <Clock at/> });
        view! {
            <tr>
                <th scope="row">{system.to_owned()}</th>
                <td data-label=t.common.member>{name} " " <code>{id}</code></td>
                <td data-label=t.run.began>{time(track.began)}</td>
                <td data-label=t.run.ended>{time(track.ended)}</td>
                <td data-label=t.run.took>{track.took.map(format::span)}</td>
                <td data-label=t.run.tries class="num">{track.tries}</td>
                <td data-label=t.run.outcome><TaskBadge state=track.state/></td>
            </tr>
        }
    };
    let rows = tracks
        .groups
        .iter()
        .flat_map(|group| {
            let system = system_name(&run, &group.system, t);
            let row = &row;
            group
                .tracks
                .iter()
                .map(move |track| row(&system, track))
                .collect::<Vec<_>>()
        })
        .collect_view();
    view! {
        <details class="twin">
            <summary>{t.run.timeline_table}</summary>
            <Table named=Named::Heard(t.run.timeline_table) heads>
                {rows}
            </Table>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{SystemId, TaskState};
    use crate::testing::runs::{Say, cell, events, run};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn page(lang: Lang, run: RunView, events: Vec<Event>) -> String {
        html(lang, move || view! { <Waterfall run events until=None/> })
    }

    fn tried_twice() -> (RunView, Vec<Event>) {
        let mut cell = cell("r1", "desk", TaskState::Done);
        cell.attempt = 2;
        let mut run = run(&["r1", "r2"], vec![cell], Some(HOSTILE));
        let desk = SystemId::parse("desk").expect("valid");
        run.systems = vec![(desk, HOSTILE.into())];
        let events = events(&[
            ("r1", "desk", 0, Say::Start(1)),
            ("r1", "desk", 10, Say::Wait),
            ("r1", "desk", 30, Say::Start(2)),
            ("r1", "desk", 40, Say::Done),
        ]);
        (run, events)
    }

    #[test]
    fn a_line_has_bars_of_their_share_a_word_and_the_try() {
        let (run, events) = tried_twice();
        let page = page(Lang::En, run, events);
        for want in [
            "x=\"75.00%\" width=\"25.00%\"",
            "x=\"25.00%\" width=\"50.00%\"",
            "class=\"waits\"",
            "class=\"again\"",
            "try 2",
            "Done",
            "40 s",
            "<caption",
            "scope=\"col\"",
            "scope=\"row\"",
        ] {
            assert!(page.contains(want), "{want} is not in {page}");
        }
    }

    #[test]
    fn hostile_names_stay_texts_and_nothing_is_styled_by_hand() {
        for lang in Lang::ALL {
            let (run, events) = tried_twice();
            let page = page(lang, run, events);
            assert_escaped(&page);
            assert!(!page.contains("style=\""), "{page}");
        }
    }

    #[test]
    fn before_anything_began_it_says_so() {
        let run = run(&["r1"], vec![cell("r1", "desk", TaskState::Ready)], None);
        let page = page(Lang::En, run, vec![]);
        assert!(page.contains("Nothing has begun"), "{page}");
        assert!(!page.contains("<svg"), "{page}");
    }

    #[test]
    fn of_very_many_lines_the_table_has_all_and_the_drawing_says_how_many_more() {
        let systems: Vec<String> = (0..100).map(|n| format!("s{n}")).collect();
        let cells = systems
            .iter()
            .map(|system| cell("r1", system, TaskState::Running))
            .collect();
        let said: Vec<_> = systems
            .iter()
            .map(|system| ("r1", system.as_str(), 1, Say::Start(1)))
            .collect();
        let page = page(Lang::En, run(&["r1"], cells, None), events(&said));
        assert_eq!(page.matches("class=\"lane\"").count(), 60);
        assert!(page.contains("And 40 more"), "{page}");
        assert_eq!(page.matches("<th scope=\"row\"").count(), 100);
    }

    #[test]
    fn ticks_are_few_and_round() {
        let ticks = |length| {
            let axis = Axis { from: 0, length };
            let labels: Vec<String> = axis.ticks().map(tick_label).collect();
            labels.join(" ")
        };
        for (length, want) in [
            (1, "0 s 1 ms"),
            (900, "0 s 200 ms 400 ms 600 ms 800 ms"),
            (40_000, "0 s 10 s 20 s 30 s 40 s"),
            (61_000, "0 s 15 s 30 s 45 s 1 min"),
            (200_000, "0 s 1 min 2 min 3 min"),
            (90_000_000, "0 s 6 h 12 h 18 h 1 d"),
        ] {
            assert_eq!(ticks(length), want);
        }
        for length in (1..200).map(|n| n * n * n * n * 7) {
            let axis = Axis { from: 0, length };
            assert!((2..=5).contains(&axis.ticks().count()), "{length}");
        }
    }
}
