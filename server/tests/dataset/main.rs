//! Datasets: the example files of Fides, files with mistakes, hostile ones, and real data that is walked through.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

mod commands;
mod dice;
mod fixtures;
mod graph;
mod hostile;
mod mistakes;
mod reading;
mod walking;
mod writing;
