//! One file per screen: what stands in its address, and which parts it asks for through [`crate::api`].

pub mod connect;
pub mod find;
pub mod found;
pub mod go;
pub mod new;
pub mod plan;
pub mod requests;
pub mod run;
pub mod sign_in;
pub mod systems;
pub mod today;

pub use connect::Connect;
pub use find::Find;
pub use found::Found;
pub use go::{Go, KeysPage};
pub use new::New;
pub use plan::PlanPage;
pub use requests::Requests;
pub use run::Run;
pub use sign_in::{NeedLink, NotFound, SignIn, SignedOut};
pub use systems::Systems;
pub use today::Today;
