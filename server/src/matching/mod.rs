//! Matching: when two values are the same, and which records are one person. Pure: no I/O, no store.
//!
//! Values are compared by their normal form ([`normal`], [`equal`]); records are joined by ids, declared links and what staff
//! confirmed alone ([`group`]), never because they hold equal values.

mod address;
mod compare;
mod fold;
mod group;
mod handle;
mod kanji;
mod name;
mod normalise;
mod phone;
mod phone_text;
mod unsearched;

#[cfg(test)]
mod properties;

pub use compare::{equal, is_same};
pub use group::{Confirmed, brought_by, group, reached};
pub use normalise::{Normal, in_full, normal, normal_value};
pub use phone::{Country, InvalidCountry};
pub use phone_text::digits;
pub use unsearched::unsearched;
