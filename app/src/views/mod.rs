//! (ssr) What is read: pages' parts, each shown from the model. A page of the browser's gets them as HTML and holds none of this code.

pub mod asked;
pub mod cards;
pub mod compare;
pub mod connect;
mod differences;
pub mod draft;
pub mod draft_form;
mod drawing;
pub mod found;
pub mod go;
pub mod graph;
mod graph_layout;
pub mod health;
pub mod history;
pub mod links;
pub mod list_form;
pub mod looks;
pub mod map;
mod map_layout;
pub mod matrix;
pub mod new;
pub mod plan;
pub mod plan_tables;
pub mod replay;
pub mod requests;
pub mod run;
pub mod skip;
#[cfg(debug_assertions)]
pub mod styleguide;
pub mod system;
pub mod systems;
pub mod today;
pub mod tracks;
pub mod waterfall;
