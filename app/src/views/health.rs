//! How a system was in the last 30 days: a strip of bars, and the same as a table.

use leptos::prelude::*;

use crate::components::{At, Badge, Glyph, Look, Named, Table, Tone};
use crate::format;
use crate::i18n::{Texts, use_texts};
use crate::model::{HealthHour, Millis};

/// As many bars as are drawn.
const BARS: usize = 90;
/// What one bar stands for.
const LONG: Millis = HealthHour::KEPT / 90;

/// How a system was for as long as one bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Was {
    Unasked,
    Up,
    Partly,
    Down,
}

impl Was {
    fn of(sum: &HealthHour) -> Self {
        match sum.failed {
            0 => Self::Up,
            failed if failed < sum.checks => Self::Partly,
            _ => Self::Down,
        }
    }

    fn look(self) -> Look {
        match self {
            Self::Unasked => (Glyph::Minus, Tone::Quiet),
            Self::Up => (Glyph::Check, Tone::Good),
            Self::Partly => (Glyph::Warning, Tone::Warn),
            Self::Down => (Glyph::Cross, Tone::Bad),
        }
    }

    fn word(self, t: &Texts) -> &'static str {
        match self {
            Self::Unasked => t.system.unasked,
            Self::Up => t.system.answered,
            Self::Partly => t.system.partly,
            Self::Down => t.system.down,
        }
    }

    /// In percent: what went wrong stands out, without its colour too.
    fn height(self) -> u32 {
        match self {
            Self::Unasked => 8,
            Self::Up => 50,
            Self::Partly => 75,
            Self::Down => 100,
        }
    }
}

/// What a bar stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    from: Millis,
    /// Its checks, if there were any.
    sum: Option<HealthHour>,
}

impl Stretch {
    fn was(&self) -> Was {
        self.sum.as_ref().map_or(Was::Unasked, Was::of)
    }

    /// When, how, and how often.
    fn in_words(&self, t: &Texts) -> String {
        let time = format!(
            "{} – {}",
            format::minute(self.from),
            format::minute(self.from + LONG)
        );
        let word = self.was().word(t);
        match &self.sum {
            Some(sum) => (t.say.health_bar)(&time, word, sum.checks.into(), sum.failed.into()),
            None => format!("{time}: {word}"),
        }
    }
}

/// The oldest first; the last is the one that is not over yet.
fn stretches(hours: Vec<HealthHour>, now: Millis) -> Vec<Stretch> {
    let end = now - now.rem_euclid(LONG) + LONG;
    let first = end - HealthHour::KEPT;
    let mut all: Vec<Stretch> = (0..)
        .map(|at| Stretch {
            from: first + at * LONG,
            sum: None,
        })
        .take(BARS)
        .collect();
    for hour in hours {
        let at = usize::try_from((hour.hour - first).div_euclid(LONG));
        // What is older than the first bar, or of a clock that is ahead, is not drawn.
        if let Some(stretch) = at.ok().and_then(|at| all.get_mut(at)) {
            match &mut stretch.sum {
                Some(sum) => sum.add(hour),
                None => stretch.sum = Some(hour),
            }
        }
    }
    all
}

/// Tenths of a percent, never rounded up: one check that failed is not "100 %".
fn share(checks: u64, failed: u64) -> String {
    let tenths = checks.saturating_sub(failed) * 1_000 / checks.max(1);
    match tenths {
        1_000 => "100".to_owned(),
        tenths => format!("{}.{}", tenths / 10, tenths % 10),
    }
}

/// The strip with its summary, its key and its table.
#[component]
pub fn HealthHistory(hours: Vec<HealthHour>, now: Millis) -> impl IntoView {
    let t = use_texts();
    if hours.is_empty() {
        return view! { <p class="quiet">{t.system.history_none}</p> }.into_any();
    }
    let count = |of: fn(&HealthHour) -> u32| hours.iter().map(|hour| u64::from(of(hour))).sum();
    let (checks, failed): (u64, u64) = (count(|hour| hour.checks), count(|hour| hour.failed));
    let stretches = stretches(hours, now);
    let bars = stretches
        .iter()
        .enumerate()
        .map(|(at, stretch)| bar(at, stretch, t))
        .collect_view();
    view! {
        <div class="card health">
            <p id="history-sum">{(t.say.answered)(&share(checks, failed), checks)}</p>
            <svg class="bars" role="img" aria-labelledby="history history-sum">{bars}</svg>
            <p class="ends quiet" aria-hidden="true"><span>{t.system.ago}</span><span>{t.system.now}</span></p>
            <p class="quiet">{t.system.history_help}</p>
            <ul class="key quiet">
                {[Was::Up, Was::Partly, Was::Down, Was::Unasked].map(|was| key(was, t)).collect_view()}
            </ul>
        </div>
        <Twin stretches/>
    }
    .into_any()
}

fn key(was: Was, t: &Texts) -> AnyView {
    view! {
        <li>
            <svg class="bars" aria-hidden="true" focusable="false">{shape(was, "0".to_owned(), "100%")}</svg>
            {was.word(t)}
        </li>
    }
    .into_any()
}

/// One bar; the mouse is told what it stands for.
fn bar(at: usize, stretch: &Stretch, t: &Texts) -> AnyView {
    // Hundredths of a percent of the width.
    let x = at * 10_000 / BARS;
    let x = format!("{}.{:02}%", x / 100, x % 100);
    view! {
        <g>
            <title>{stretch.in_words(t)}</title>
            {shape(stretch.was(), x, "0.85%")}
        </g>
    }
    .into_any()
}

fn shape(was: Was, x: String, width: &'static str) -> AnyView {
    let (_, tone) = was.look();
    let height = was.height();
    view! {
        <rect
            data-tone=tone.as_str()
            x=x
            y=format!("{}%", 100 - height)
            width=width
            height=format!("{height}%")
        ></rect>
    }
    .into_any()
}

/// The bars as a table, the newest first; those of which nothing is known are left out.
#[component]
fn Twin(stretches: Vec<Stretch>) -> impl IntoView {
    let t = use_texts();
    let heads = [
        t.system.between,
        t.system.outcome,
        t.system.checks,
        t.system.failed,
        t.system.why,
        t.system.slowest,
    ];
    let row = |stretch: Stretch| {
        let was = stretch.was();
        let sum = stretch.sum?;
        let (from, to) = (stretch.from, stretch.from + LONG);
        let answered = sum.failed < sum.checks;
        let row = view! {
            <tr>
                <th scope="row" data-label=t.system.between><At at=from/> " – " <At at=to/></th>
                <td data-label=t.system.outcome><Badge look=was.look() word=was.word(t)/></td>
                <td data-label=t.system.checks class="num">{format::count(sum.checks.into())}</td>
                <td data-label=t.system.failed class="num">{format::count(sum.failed.into())}</td>
                <td data-label=t.system.why>{sum.code.map(|code| (t.words.code_short)(&code))}</td>
                <td data-label=t.system.slowest class="num">{answered.then(|| format::took(sum.slowest))}</td>
            </tr>
        };
        Some(row)
    };
    let rows = stretches.into_iter().rev().filter_map(row).collect_view();
    view! {
        <details class="twin">
            <summary>{t.system.history_table}</summary>
            <Table named=Named::Heard(t.system.history_table) heads>
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
    use crate::model::Health;
    use crate::testing::html;

    /// 2026-11-26 11:00 UTC.
    const NOW: Millis = 1_795_690_800_000;

    fn up(at: Millis) -> HealthHour {
        HealthHour::of(&Health::Up { took: 12, at })
    }

    fn down(at: Millis) -> HealthHour {
        let code = "timeout".into();
        HealthHour::of(&Health::Down { code, at })
    }

    #[test]
    fn hours_fall_into_their_bars_and_none_outside() {
        let day = 24 * HealthHour::LONG;
        let hours = vec![
            up(NOW - 31 * day),
            up(NOW - 2 * day),
            down(NOW - 2 * day + HealthHour::LONG),
            down(NOW - day),
            up(NOW),
            up(NOW + day),
        ];
        let all = stretches(hours, NOW);
        assert_eq!(all.len(), BARS);
        let asked: Vec<(usize, Was)> = all
            .iter()
            .enumerate()
            .filter(|(_, stretch)| stretch.sum.is_some())
            .map(|(at, stretch)| (at, stretch.was()))
            .collect();
        assert_eq!(asked, [(83, Was::Partly), (86, Was::Down), (89, Was::Up)]);
        assert_eq!(format::minute(all[89].from), "2026-11-26 08:00 UTC");
    }

    #[test]
    fn one_failure_is_never_a_hundred_percent() {
        assert_eq!(share(259_200, 1), "99.9");
        assert_eq!(share(259_200, 0), "100");
        assert_eq!((share(3, 3), share(3, 2)), ("0.0".into(), "33.3".into()));
    }

    #[test]
    fn the_table_says_all_that_the_bars_say() {
        for lang in Lang::ALL {
            let t = lang.texts();
            let page = html(
                lang,
                || view! { <HealthHistory hours=vec![down(NOW - 9 * HealthHour::LONG), up(NOW)] now=NOW/> },
            );
            let (drawn, table) = page.split_once("<table").expect("a table");
            assert_eq!(drawn.matches("<title>").count(), BARS);
            assert_eq!(table.matches("<tr").count(), 3, "a head and two rows");
            for told in [t.system.down, t.system.answered] {
                assert!(drawn.contains(told) && table.contains(told), "{told}");
            }
            let why = (t.words.code_short)("timeout");
            assert!(table.contains(&why) && table.contains("12 ms"), "{table}");
            assert!(!table.contains("0 ms"), "no answer took no time");
        }
    }

    #[test]
    fn without_checks_it_says_so() {
        let page = html(Lang::En, || view! { <HealthHistory hours=vec![] now=NOW/> });
        assert!(
            page.contains("was not asked") && !page.contains("<svg"),
            "{page}"
        );
    }
}
