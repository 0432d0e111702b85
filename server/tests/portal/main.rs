//! The portal's use cases over the sample organisation: what staff and scripts do, without a browser.

#[path = "../common/databases.rs"]
mod databases;
mod house;
mod stories;
