//! The API that speaks Genesys, over a real store: every route, every way to ask it wrongly, and the directory behind it.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

mod access;
mod bad_input;
mod contacts;
#[path = "../common/databases.rs"]
mod databases;
mod desk;
mod directory;
mod document;
mod gdpr;
mod merging;
mod portal;
mod storage;
mod world;
