//! Our own components over semantic HTML. None of them fetches anything; each shows what it is given.

pub mod badge;
pub mod banner;
pub mod cards;
pub mod copy;
pub mod field;
pub mod frame;
pub mod icon;
pub mod matrix;
pub mod time;

pub use badge::*;
pub use banner::{Banner, Empty, ErrorBanner, ErrorPage, Loading};
pub use cards::{MergeSetCard, kinds_of, name_in_request, name_of};
pub use copy::Copyable;
pub use field::{Field, FormError, error_of, field_error};
pub use frame::{Frame, LiveState, PageHead};
pub use icon::{Glyph, Icon};
pub use matrix::{Matrix, Standing};
pub use time::{At, Clock};
