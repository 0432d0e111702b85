//! Every kind of connector against the contract of `server::connectors`.
//!
//! To add a kind: implement `world::World` for it in a file of its own, and list the promises with `compliance!`.

mod compliance;
mod files;
mod people;
mod sql;
mod sql_open;
mod sql_rows;
mod world;
