//! One file per screen. Each fetches through [`crate::api`] and shows with [`crate::components`].

pub mod find;
pub mod found;
pub mod history;
pub mod lazy;
pub mod new;
pub mod plan;
pub mod plan_tables;
pub mod requests;
pub mod run;
pub mod sign_in;
pub mod systems;

pub use find::Find;
pub use found::Found;
pub use new::New;
pub use plan::PlanPage;
pub use requests::Requests;
pub use run::Run;
pub use sign_in::{NeedLink, NotFound, SignIn, SignedOut};
pub use systems::Systems;
