//! HTTP: the routes.

pub mod downloads;
