//! Icons: inline SVG, drawn with the text's colour. Never alone: a word always stands beside.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Check,
    Cross,
    Clock,
    Running,
    Pause,
    Minus,
    Question,
    Warning,
    Lock,
    Trash,
    Pencil,
    Download,
    Mask,
    Search,
    Badge,
    Dot,
    Live,
    Play,
    Retry,
    Copy,
    Compare,
    Same,
    Differs,
    Skip,
    Link,
    Unlink,
}

impl Glyph {
    /// A path in a box of 16 by 16, drawn as a line of 1.5.
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Clock => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.5V8l2.5 1.5",
            Self::Running => "M8 1.75A6.25 6.25 0 1 1 1.75 8",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Minus => "M3 8h10",
            Self::Question => "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.4 8.6 8 9 8 10M8 12.6v.1",
            Self::Warning => "M8 2 14.5 13.5h-13ZM8 6.25v3.5M8 11.6v.1",
            Self::Lock => "M3.5 7.25h9v6.5h-9ZM5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25",
            Self::Trash => "M2.5 4.25h11M6 4V2.5h4V4M4 4.25l.6 9.25h6.8l.6-9.25M6.75 7v4M9.25 7v4",
            Self::Pencil => "M2.75 13.25 3.5 10 11 2.5 13.5 5 6 12.5ZM9.5 4l2.5 2.5",
            Self::Download => "M8 2v8M4.75 7 8 10.25 11.25 7M2.75 13.5h10.5",
            Self::Mask => {
                "M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8M3 13 13 3"
            }
            Self::Search => "M7 2.25a4.75 4.75 0 1 0 0 9.5a4.75 4.75 0 1 0 0-9.5M10.5 10.5 14 14",
            Self::Badge => {
                "M2.75 3.5h10.5v9H2.75ZM6 6a1.25 1.25 0 1 0 0 2.5A1.25 1.25 0 1 0 6 6M4.5 10.5h3M10 6.5h1.75M10 9h1.75"
            }
            Self::Dot => "M8 6.75a1.25 1.25 0 1 0 0 2.5a1.25 1.25 0 1 0 0-2.5",
            Self::Live => {
                "M8 7a1 1 0 1 0 0 2a1 1 0 1 0 0-2M5 5a4.2 4.2 0 0 0 0 6M11 5a4.2 4.2 0 0 1 0 6M2.75 2.75a7.4 7.4 0 0 0 0 10.5M13.25 2.75a7.4 7.4 0 0 1 0 10.5"
            }
            Self::Skip => "M3 3.5 9.5 8 3 12.5ZM12.5 3.5v9",
            Self::Play => "M4.5 2.75 12.5 8l-8 5.25Z",
            Self::Retry => "M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5",
            Self::Copy => "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
            Self::Compare => "M2.5 3H7v10H2.5ZM9 3h4.5v10H9Z",
            Self::Same => "M3 6h10M3 10h10",
            Self::Differs => "M3 6h10M3 10h10M11 2.5l-6 11",
            Self::Link => {
                "M6.25 9.75 9.75 6.25M7 4.5l1.5-1.5a3.18 3.18 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.18 3.18 0 0 1 3 8.5L4.5 7"
            }
            Self::Unlink => {
                "M7 4.5l1.5-1.5a3.18 3.18 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.18 3.18 0 0 1 3 8.5L4.5 7M2.5 2.5l11 11"
            }
        }
    }
}

/// An icon beside a word.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    let class = if glyph == Glyph::Running {
        "icon spin"
    } else {
        "icon"
    };
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
}
