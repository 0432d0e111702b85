//! Our own components over semantic HTML. None but [`parts`] waits for anything; each shows what it is given.

pub mod badge;
pub mod banner;
pub mod copy;
pub mod field;
pub mod frame;
pub mod icon;
pub mod parts;
pub mod post;
pub mod table;
pub mod time;

pub use badge::*;
pub use banner::{Banner, Empty, ErrorBanner, ErrorPage};
pub use copy::Copyable;
pub use field::{Field, FormError, field_error};
pub use frame::{Frame, LiveState, PageHead};
pub use icon::{Glyph, Icon};
pub use parts::{Page, Parts, ShowParts, words};
pub use post::{Post, PostForm};
pub use table::{Named, Table};
pub use time::{At, Clock, Now, PageTitle};
