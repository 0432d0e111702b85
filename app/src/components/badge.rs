//! Badges: a state as icon, word and colour, so that none of the three is needed alone.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::i18n::use_texts;
use crate::model::{
    Action, CoverageState, Disposition, Employment, Health, LaneState, RequestState, Right,
    TaskState,
};

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is as it should be.
    Good,
    /// It moves.
    Busy,
    /// It waits for something and goes on by itself.
    Wait,
    /// A person should look.
    Warn,
    /// It failed, or destroys.
    Bad,
    /// Nothing to see.
    Quiet,
}

impl Tone {
    /// The word of the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Busy => "busy",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }
}

/// How something looks in a badge.
pub type Look = (Glyph, Tone);

pub fn look_of_task(state: TaskState) -> Look {
    match state {
        TaskState::Ready => (Glyph::Dot, Tone::Wait),
        TaskState::Running => (Glyph::Running, Tone::Busy),
        TaskState::Waiting => (Glyph::Clock, Tone::Wait),
        TaskState::Done => (Glyph::Check, Tone::Good),
        TaskState::Failed | TaskState::Dead => (Glyph::Cross, Tone::Bad),
        TaskState::Uncertain => (Glyph::Question, Tone::Bad),
        TaskState::Cancelled => (Glyph::Minus, Tone::Warn),
        TaskState::Skipped => (Glyph::Skip, Tone::Warn),
    }
}

pub fn look_of_request(state: RequestState) -> Look {
    match state {
        RequestState::Received => (Glyph::Dot, Tone::Wait),
        RequestState::Running | RequestState::Verifying | RequestState::Packaging => {
            (Glyph::Running, Tone::Busy)
        }
        RequestState::Completed => (Glyph::Check, Tone::Good),
        RequestState::CompletedWithExceptions => (Glyph::Check, Tone::Warn),
        RequestState::PartiallyFailed => (Glyph::Warning, Tone::Bad),
        RequestState::Refused | RequestState::Withdrawn => (Glyph::Minus, Tone::Quiet),
    }
}

pub fn look_of_lane(state: &LaneState) -> Look {
    match state {
        LaneState::Asking => (Glyph::Running, Tone::Busy),
        LaneState::Waiting { .. } => (Glyph::Clock, Tone::Wait),
        LaneState::Found { .. } => (Glyph::Check, Tone::Good),
        LaneState::Nothing => (Glyph::Check, Tone::Quiet),
        LaneState::NotSearchable => (Glyph::Minus, Tone::Quiet),
        LaneState::Paused => (Glyph::Pause, Tone::Warn),
        LaneState::Unreachable { .. } => (Glyph::Warning, Tone::Bad),
    }
}

pub fn look_of_coverage(state: CoverageState) -> Look {
    match state {
        CoverageState::Searched => (Glyph::Check, Tone::Good),
        CoverageState::NotSearchable => (Glyph::Minus, Tone::Quiet),
        CoverageState::Waived => (Glyph::Minus, Tone::Warn),
        CoverageState::Failed => (Glyph::Cross, Tone::Bad),
        CoverageState::Open => (Glyph::Dot, Tone::Wait),
    }
}

pub fn look_of_action(action: &Action) -> Look {
    match action {
        Action::Export => (Glyph::Download, Tone::Busy),
        Action::Change => (Glyph::Pencil, Tone::Busy),
        Action::Delete => (Glyph::Trash, Tone::Bad),
        Action::Anonymise => (Glyph::Mask, Tone::Warn),
        Action::Keep { .. } => (Glyph::Lock, Tone::Quiet),
        Action::NotSearchable => (Glyph::Minus, Tone::Quiet),
    }
}

pub fn look_of_right(right: Right) -> Glyph {
    match right {
        Right::Export => Glyph::Download,
        Right::Update => Glyph::Pencil,
        Right::Delete => Glyph::Trash,
    }
}

/// Icon and word in a colour.
#[component]
pub fn Badge(look: Look, #[prop(into)] word: String) -> impl IntoView {
    let (glyph, tone) = look;
    view! {
        <span class="badge" data-tone=tone.as_str()>
            <Icon glyph/>
            {word}
        </span>
    }
}

#[component]
pub fn TaskBadge(state: TaskState) -> impl IntoView {
    view! { <Badge look=look_of_task(state) word=(use_texts().words.task)(state)/> }
}

#[component]
pub fn RequestBadge(state: RequestState) -> impl IntoView {
    view! { <Badge look=look_of_request(state) word=(use_texts().words.request)(state)/> }
}

#[component]
pub fn LaneBadge(state: LaneState) -> impl IntoView {
    view! { <Badge look=look_of_lane(&state) word=(use_texts().words.lane)(&state)/> }
}

#[component]
pub fn CoverageBadge(state: CoverageState) -> impl IntoView {
    view! { <Badge look=look_of_coverage(state) word=(use_texts().words.coverage)(state)/> }
}

#[component]
pub fn ActionBadge(action: Action) -> impl IntoView {
    view! { <Badge look=look_of_action(&action) word=(use_texts().words.action)(&action)/> }
}

/// What erasure does to a collection's rows.
#[component]
pub fn DispositionBadge(disposition: Disposition) -> impl IntoView {
    let look = match &disposition {
        Disposition::Delete => (Glyph::Trash, Tone::Bad),
        Disposition::Anonymise => (Glyph::Mask, Tone::Warn),
        Disposition::Keep { .. } => (Glyph::Lock, Tone::Quiet),
    };
    view! { <Badge look word=(use_texts().words.disposition)(&disposition)/> }
}

/// Says that a record is a current or former employee's.
#[component]
pub fn EmployeeBadge(employment: Employment) -> impl IntoView {
    let tone = match employment {
        Employment::Active => Tone::Warn,
        Employment::Former => Tone::Quiet,
    };
    view! { <Badge look=(Glyph::Badge, tone) word=(use_texts().words.employment)(employment)/> }
}

/// Whether a system answers; paused comes first.
#[component]
pub fn HealthBadge(health: Health, paused: bool) -> impl IntoView {
    let t = &use_texts().systems;
    let (look, word) = match (paused, &health) {
        (true, _) => ((Glyph::Pause, Tone::Warn), t.paused),
        (false, Health::Up { .. }) => ((Glyph::Check, Tone::Good), t.healthy),
        (false, Health::Down { .. }) => ((Glyph::Warning, Tone::Bad), t.down),
    };
    view! { <Badge look word/> }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::html;

    #[test]
    fn every_task_state_has_icon_word_and_colour_in_both_languages() {
        for lang in Lang::ALL {
            for state in TaskState::ALL {
                let page = html(lang, move || view! { <TaskBadge state/> });
                assert!(
                    page.contains("<svg") && page.contains("data-tone=\""),
                    "{page}"
                );
                assert!(page.contains((lang.texts().words.task)(state)), "{page}");
            }
        }
    }

    #[test]
    fn every_request_state_has_icon_word_and_colour() {
        for state in RequestState::ALL {
            let page = html(Lang::En, move || view! { <RequestBadge state/> });
            assert!(
                page.contains("<svg") && page.contains("data-tone=\""),
                "{page}"
            );
            assert!(
                page.contains((Lang::En.texts().words.request)(state)),
                "{page}"
            );
        }
    }

    #[test]
    fn a_lane_that_was_not_searched_never_says_nothing() {
        let unsearched = [
            LaneState::Asking,
            LaneState::Waiting { until: 0 },
            LaneState::NotSearchable,
            LaneState::Paused,
            LaneState::Unreachable {
                code: "timeout".into(),
            },
        ];
        for lang in Lang::ALL {
            let nothing = (lang.texts().words.lane)(&LaneState::Nothing);
            for state in unsearched.clone() {
                assert!(!state.is_searched());
                let page = html(lang, move || view! { <LaneBadge state/> });
                assert!(page.contains("<svg") && !page.contains(&nothing), "{page}");
            }
        }
    }
}
