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
    ReadSystems,
    ManageSystems,
    ReadContacts,
    AddContacts,
    EditContacts,
    DeleteContacts,
    MergeContacts,
    DownloadPackages,
}

impl Act {
    pub const ALL: [Self; 12] = [
        Self::SearchSubjects,
        Self::MakeRequests,
        Self::ReadRequests,
        Self::RetryRequests,
        Self::ReadSystems,
        Self::ManageSystems,
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
            Self::MakeRequests => Some("gdpr:request:add"),
            Self::ReadRequests | Self::DownloadPackages => Some("gdpr:request:view"),
            Self::ReadContacts => Some("externalContacts:contact:view"),
            Self::AddContacts => Some("externalContacts:contact:add"),
            Self::EditContacts => Some("externalContacts:contact:edit"),
            Self::DeleteContacts => Some("externalContacts:contact:delete"),
            Self::MergeContacts => Some("externalContacts:identity:merge"),
            Self::RetryRequests | Self::ReadSystems | Self::ManageSystems => None,
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
