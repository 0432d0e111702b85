//! The table of figures, printed and kept in `server/benches/results.md`.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::machine;

/// One figure.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) figure: String,
    /// The least that it could be, measured in the same run.
    pub(crate) floor: String,
    /// How many times the floor it is.
    pub(crate) ratio: Option<f64>,
    pub(crate) goal: String,
    /// Nothing where there is no goal.
    pub(crate) reached: Option<bool>,
    /// What the figure is made of.
    pub(crate) note: String,
}

impl Line {
    /// A measure that could not be taken.
    pub(crate) fn failed(name: &str) -> Self {
        Self::absent(name, "failed", "see the log")
    }

    /// A measure that was not taken.
    pub(crate) fn absent(what: &str, figure: &str, note: &str) -> Self {
        Self {
            what: what.to_owned(),
            figure: figure.to_owned(),
            note: note.to_owned(),
            ..Self::default()
        }
    }

    fn cells(&self) -> [String; 6] {
        let or_dash = |text: &str| if text.is_empty() { "–" } else { text }.to_owned();
        let reached = match self.reached {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "–",
        };
        [
            self.what.clone(),
            self.figure.clone(),
            or_dash(&self.floor),
            self.ratio
                .map_or_else(|| or_dash(""), |ratio| format!("{ratio:.1}×")),
            or_dash(&self.goal),
            reached.to_owned(),
        ]
    }
}

const HEAD: [&str; 6] = ["measure", "figure", "floor", "ratio", "goal", "reached"];

/// All figures of a run.
#[derive(Default)]
pub(crate) struct Report(Vec<(String, Vec<Line>)>);

impl Report {
    pub(crate) fn add(&mut self, name: &str, lines: Vec<Line>) {
        self.0.push((name.to_owned(), lines));
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.0.iter().flat_map(|(_, lines)| lines)
    }

    /// A Markdown table that can be read as it is, and what the figures are made of.
    pub(crate) fn table(&self) -> String {
        let head = HEAD.map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head)
            .chain(self.lines().map(Line::cells))
            .collect();
        let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max();
        let widths: [usize; 6] = std::array::from_fn(|at| width(at).unwrap_or(0));
        let mut text = String::new();
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(widths);
            let cells: Vec<_> = cells.map(|(cell, w)| format!("{cell:<w$}")).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if number == 0 {
                let rules = widths.map(|w| "-".repeat(w));
                let _ = writeln!(text, "| {} |", rules.join(" | "));
            }
        }
        text.push('\n');
        for line in self.lines().filter(|line| !line.note.is_empty()) {
            let _ = writeln!(text, "- {}: {}", line.what, line.note);
        }
        text
    }

    /// Writes `results.md`, with the day and the machine.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/results.md");
        let text = format!(
            "# Measured by `make bench`\n\n{}\n\n{}\nFloors are measured in the same run, on the same files and databases.\n",
            machine::told()?,
            self.table()
        );
        std::fs::write(&file, text).context("results.md can't be written")
    }
}
