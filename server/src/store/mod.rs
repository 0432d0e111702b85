//! The store: one SQL text for SQLite and PostgreSQL, methods named by resource first. Row structs stay private to their file.

pub mod db;
mod migrations;
pub mod session;
pub mod staff;

pub use db::{Db, Dialect, Row, Schema, StoreError, Tx, Value};
