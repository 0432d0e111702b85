//! Server functions: one file per area, each handing over to the backend, which asks the policy.
//!
//! Reads are `GET`, changes are `POST` with plain form fields, so that forms work without JavaScript. A field that is absent counts
//! as empty: the answer then names the field. Identifiers are only ever sent in a body, never in a URL.

pub mod requests;
pub mod subjects;
pub mod systems;

#[cfg(feature = "ssr")]
mod form;
