//! Who may do what. Everything that reads or acts asks here first; what is not said is refused.

use app::backend::{Caller, Who};
use app::error::Error;

/// Something that a caller may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    SearchSubjects,
    MakeRequests,
    ReadRequests,
    RetryRequests,
    SkipTasks,
    KeepViews,
    LinkPeople,
    ReadSystems,
    ManageSystems,
    ConnectSystems,
    ReadContacts,
    AddContacts,
    EditContacts,
    DeleteContacts,
    MergeContacts,
    DownloadPackages,
}

impl Act {
    pub const ALL: [Self; 16] = [
        Self::SearchSubjects,
        Self::MakeRequests,
        Self::ReadRequests,
        Self::RetryRequests,
        Self::SkipTasks,
        Self::KeepViews,
        Self::LinkPeople,
        Self::ReadSystems,
        Self::ManageSystems,
        Self::ConnectSystems,
        Self::ReadContacts,
        Self::AddContacts,
        Self::EditContacts,
        Self::DeleteContacts,
        Self::MergeContacts,
        Self::DownloadPackages,
    ];

    /// The permission that an API client needs for it, in the words of the Genesys API; none: staff only.
    pub fn permission(self) -> Option<&'static str> {
        match self {
            Self::SearchSubjects => Some("gdpr:subject:view"),
            // A retry is the same request once more.
            Self::MakeRequests | Self::RetryRequests => Some("gdpr:request:add"),
            Self::ReadRequests | Self::DownloadPackages => Some("gdpr:request:view"),
            Self::ReadContacts => Some("externalContacts:contact:view"),
            Self::AddContacts => Some("externalContacts:contact:add"),
            Self::EditContacts => Some("externalContacts:contact:edit"),
            Self::DeleteContacts => Some("externalContacts:contact:delete"),
            Self::MergeContacts => Some("externalContacts:identity:merge"),
            // A person's own: a client has no page to see them on.
            Self::KeepViews => None,
            // Whose records these are, a person decides.
            Self::LinkPeople => None,
            Self::ReadSystems => Some("gdpr:system:view"),
            Self::ManageSystems => Some("gdpr:system:edit"),
            // What a database holds of people is guessed at first, and decided by a person; a script describes what it knows,
            // by `habeas add-system`.
            Self::ConnectSystems => None,
            // What is not done for a person is another person's decision.
            Self::SkipTasks => None,
        }
    }
}

/// Every permission that an API client can have.
pub fn permissions() -> Vec<&'static str> {
    let mut all: Vec<_> = Act::ALL.into_iter().filter_map(Act::permission).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether the caller may. Nobody is told to sign in; everybody else that it is not allowed.
pub fn allow(caller: &Caller, act: Act) -> Result<(), Error> {
    match &caller.who {
        Who::Nobody => Err(Error::Unauthenticated),
        // One role for now: whoever is signed in is privacy staff.
        Who::Staff { .. } => Ok(()),
        Who::Client { permissions, .. } => match act.permission() {
            Some(wanted) if permissions.iter().any(|has| has == wanted) => Ok(()),
            _ => Err(Error::Forbidden),
        },
    }
}

/// The caller's id for rows and evidence: `staff:…` or `client:…`. Nobody has none.
pub fn actor(caller: &Caller) -> Result<String, Error> {
    match &caller.who {
        Who::Nobody => Err(Error::Unauthenticated),
        Who::Staff { id, .. } => Ok(format!("staff:{id}")),
        Who::Client { id, .. } => Ok(format!("client:{id}")),
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// A page for signed-in staff; others are shown how to sign in, with status 401.
    Page,
    /// Whoever may do that.
    Needs(Act),
}

/// One route of the browser's side: method, path as the router writes it, who.
pub type Route = (&'static str, &'static str, Access);

/// Every route that browsers use. A route that is not here is refused, and a test compares the two.
pub const ROUTES: &[Route] = &[
    ("GET", "/sign-in", Access::Public),
    ("POST", "/sign-in", Access::Public),
    ("POST", "/sign-out", Access::Public),
    ("GET", "/signed-out", Access::Public),
    ("GET", "/language", Access::Public),
    ("GET", "/healthz", Access::Public),
    ("GET", "/readyz", Access::Public),
    ("GET", "/pkg/{*path}", Access::Public),
    // By a signed link that expires.
    ("GET", "/downloads/{request}", Access::Public),
    ("GET", "/events/requests", Access::Needs(Act::ReadRequests)),
    (
        "GET",
        "/events/requests/{id}",
        Access::Needs(Act::ReadRequests),
    ),
    (
        "GET",
        "/events/searches/{id}",
        Access::Needs(Act::SearchSubjects),
    ),
    ("GET", "/requests.csv", Access::Needs(Act::ReadRequests)),
    // Pages.
    ("GET", "/", Access::Page),
    ("GET", "/find", Access::Page),
    ("GET", "/find/{search}", Access::Page),
    ("GET", "/new", Access::Page),
    ("GET", "/plans/{plan}", Access::Page),
    ("GET", "/requests", Access::Page),
    ("GET", "/requests/{request}", Access::Page),
    ("GET", "/systems", Access::Page),
    // In development only: every component in every state.
    #[cfg(debug_assertions)]
    ("GET", "/styleguide", Access::Needs(Act::ReadSystems)),
    ("GET", "/go", Access::Page),
    ("GET", "/keys", Access::Page),
    ("GET", "/systems/{system}", Access::Page),
    ("GET", "/connect", Access::Page),
    ("GET", "/connect/{draft}", Access::Page),
    // Server functions.
    (
        "POST",
        "/ui/searches/start",
        Access::Needs(Act::SearchSubjects),
    ),
    (
        "POST",
        "/ui/searches/drop",
        Access::Needs(Act::SearchSubjects),
    ),
    (
        "POST",
        "/ui/searches/keep",
        Access::Needs(Act::SearchSubjects),
    ),
    (
        "GET",
        "/ui/searches/past",
        Access::Needs(Act::SearchSubjects),
    ),
    (
        "GET",
        "/ui/searches/get",
        Access::Needs(Act::SearchSubjects),
    ),
    (
        "POST",
        "/ui/searches/again",
        Access::Needs(Act::SearchSubjects),
    ),
    ("POST", "/ui/links/join", Access::Needs(Act::LinkPeople)),
    ("POST", "/ui/links/part", Access::Needs(Act::LinkPeople)),
    ("POST", "/ui/links/undo", Access::Needs(Act::LinkPeople)),
    ("POST", "/ui/plans/make", Access::Needs(Act::MakeRequests)),
    ("GET", "/ui/plans/new", Access::Needs(Act::SearchSubjects)),
    ("GET", "/ui/plans/get", Access::Needs(Act::MakeRequests)),
    (
        "POST",
        "/ui/requests/create",
        Access::Needs(Act::MakeRequests),
    ),
    ("GET", "/ui/requests/get", Access::Needs(Act::ReadRequests)),
    ("GET", "/ui/requests/list", Access::Needs(Act::ReadRequests)),
    (
        "GET",
        "/ui/requests/today",
        Access::Needs(Act::ReadRequests),
    ),
    (
        "POST",
        "/ui/requests/retry",
        Access::Needs(Act::RetryRequests),
    ),
    ("POST", "/ui/requests/skip", Access::Needs(Act::SkipTasks)),
    ("POST", "/ui/views/save", Access::Needs(Act::KeepViews)),
    ("POST", "/ui/views/delete", Access::Needs(Act::KeepViews)),
    ("POST", "/ui/views/put-back", Access::Needs(Act::KeepViews)),
    ("GET", "/ui/systems/list", Access::Needs(Act::ReadSystems)),
    ("GET", "/ui/systems/get", Access::Needs(Act::ReadSystems)),
    (
        "POST",
        "/ui/systems/pause",
        Access::Needs(Act::ManageSystems),
    ),
    (
        "POST",
        "/ui/systems/misbehave",
        Access::Needs(Act::ManageSystems),
    ),
    ("GET", "/ui/connect/new", Access::Needs(Act::ConnectSystems)),
    ("GET", "/ui/connect/get", Access::Needs(Act::ConnectSystems)),
    (
        "POST",
        "/ui/connect/test",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/start",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/again",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/decide",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/try",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/enable",
        Access::Needs(Act::ConnectSystems),
    ),
    (
        "POST",
        "/ui/connect/discard",
        Access::Needs(Act::ConnectSystems),
    ),
];

/// Who may use the route of that method and path; nothing: nobody.
pub fn access(method: &str, path: &str) -> Option<Access> {
    let route = ROUTES
        .iter()
        .find(|route| (route.0, route.1) == (method, path));
    route.map(|route| route.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(permissions: &[&str]) -> Caller {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        let who = Who::Client {
            id: "c".into(),
            name: "script".into(),
            permissions,
        };
        Caller {
            who,
            correlation: "x".into(),
        }
    }

    #[test]
    fn nobody_may_do_nothing() {
        for act in Act::ALL {
            assert_eq!(
                allow(&Caller::nobody("x"), act),
                Err(Error::Unauthenticated),
                "{act:?}"
            );
        }
    }

    #[test]
    fn a_client_may_do_what_its_permissions_name_and_nothing_else() {
        for act in Act::ALL {
            assert_eq!(allow(&client(&[]), act), Err(Error::Forbidden), "{act:?}");
            let all = client(&permissions());
            assert_eq!(
                allow(&all, act).is_ok(),
                act.permission().is_some(),
                "{act:?}"
            );
        }
        assert!(allow(&client(&["gdpr:request:view"]), Act::MakeRequests).is_err());
    }
}
