//! Every kind of connector against the contract of `server::connectors`.
//!
//! To add a kind: implement `world::World` for it in a file of its own, and make its tests with `compliance!`.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

mod changing;
mod compliance;
mod connect;
mod directory;
mod engines;
mod faults;
mod files;
mod people;
mod proxy;
mod sql;
mod sql_another;
mod sql_cells;
mod sql_change;
mod sql_described;
mod sql_draft;
mod sql_fides;
mod sql_fitting;
mod sql_found;
mod sql_ids;
mod sql_lost;
mod sql_masked;
mod sql_masked_cells;
mod sql_open;
mod sql_planned;
mod sql_powers;
mod sql_refs;
mod sql_refs_random;
mod sql_rights;
mod sql_shared;
mod sql_stream;
mod sql_whose;
mod world;

/// All promises, as `compliance!` names them.
mod promises {
    pub(crate) use crate::changing::*;
    pub(crate) use crate::compliance::*;
    pub(crate) use crate::faults::*;
}
