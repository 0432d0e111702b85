//! What was typed of a database, checked and put together to what a description says.

use std::path::{Component, Path};

use app::backend::Result;
use app::error::{Error, Reason};
use app::model::{DatabaseKind, DatabasePlace, NewDatabase};

use crate::backend::Habeas;
use crate::connectors::spec::{SqlPlace, Typed};
use crate::percent;

/// The longest text of a field.
const MOST: u32 = 200;

/// The same, with its texts trimmed and checked.
pub(super) fn checked(mut new: NewDatabase) -> Result<NewDatabase> {
    for (field, text) in [
        ("name", &mut new.name),
        ("owner", &mut new.owner),
        ("region", &mut new.region),
    ] {
        *text = required(field, text)?;
    }
    new.place = checked_place(new.place)?;
    Ok(new)
}

pub(super) fn checked_place(mut place: DatabasePlace) -> Result<DatabasePlace> {
    place.database = required("database", &place.database)?;
    if place.kind == DatabaseKind::Sqlite {
        inside("database", &place.database)?;
        return Ok(DatabasePlace {
            host: String::new(),
            port: None,
            user: String::new(),
            authority: String::new(),
            ..place
        });
    }
    place.host = required("host", &place.host)?;
    let plain = |c: char| c.is_alphanumeric() || ".-_:".contains(c);
    if !place.host.chars().all(plain) {
        return Err(Error::invalid("host", Reason::NotAllowed));
    }
    place.user = required("user", &place.user)?;
    place.authority = place.authority.trim().to_owned();
    if !place.authority.is_empty() {
        inside("authority", &place.authority)?;
    }
    Ok(place)
}

fn required(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    match count {
        0 => Err(Error::invalid(field, Reason::Missing)),
        _ if count > MOST || text.chars().any(char::is_control) => {
            let (min, max) = (1, MOST);
            Err(Error::invalid(field, Reason::Length { min, max }))
        }
        _ => Ok(text.to_owned()),
    }
}

/// A path that leads to no place but the data folder: a browser is not to look through the machine.
fn inside(field: &str, path: &str) -> Result<()> {
    let mut parts = Path::new(path).components();
    if parts.all(|part| matches!(part, Component::Normal(_))) {
        Ok(())
    } else {
        Err(Error::invalid(field, Reason::NotAllowed))
    }
}

/// As a description says it.
pub(super) fn sql(place: &DatabasePlace, password: &str) -> SqlPlace {
    let url = match place.kind {
        DatabaseKind::Sqlite => format!("sqlite:{}", place.database),
        kind => {
            let (user, database) = (
                percent::encoded(&place.user),
                percent::encoded(&place.database),
            );
            let host = if place.host.contains(':') {
                format!("[{}]", place.host)
            } else {
                place.host.clone()
            };
            let port = place.port.map_or(String::new(), |port| format!(":{port}"));
            let authority = match place.authority.as_str() {
                "" => String::new(),
                file => format!("&sslrootcert={}", percent::encoded(file)),
            };
            let (scheme, mode) = (kind.as_str(), place.encryption.as_str());
            format!("{scheme}://{user}@{host}{port}/{database}?sslmode={mode}{authority}")
        }
    };
    SqlPlace {
        url,
        typed: Typed::new(password.to_owned()).filter(|_| place.kind != DatabaseKind::Sqlite),
        ..SqlPlace::default()
    }
}

impl Habeas {
    /// Refuses Habeas' own database: it is no system of the organisation's.
    pub(super) fn not_ours(&self, place: &DatabasePlace) -> Result<()> {
        let theirs = self.folder.join(&place.database).canonicalize().ok();
        let ours = self.db.file().and_then(|file| file.canonicalize().ok());
        if place.kind == DatabaseKind::Sqlite && theirs.is_some() && theirs == ours {
            return Err(Error::invalid("database", Reason::NotAllowed));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::spec::Whereabouts;
    use app::model::Encryption;

    fn place(kind: DatabaseKind) -> DatabasePlace {
        DatabasePlace {
            kind,
            host: " db.example.org ".to_owned(),
            port: None,
            database: "c/r m?".to_owned(),
            user: "u@x:y".to_owned(),
            encryption: Encryption::default(),
            authority: String::new(),
        }
    }

    #[test]
    fn what_was_typed_is_what_is_connected_to() {
        for kind in [
            DatabaseKind::Postgres,
            DatabaseKind::MySql,
            DatabaseKind::MariaDb,
        ] {
            let mut typed = checked_place(place(kind)).expect("fits");
            typed.port = Some(6432);
            typed.authority = "ca 1.pem".to_owned();
            let sql = sql(&typed, "s:e@c/ret");
            assert!(!sql.url.contains("ret"), "{}", sql.url);
            let Ok(Whereabouts::Server(server)) = sql.whereabouts() else {
                panic!("{}", sql.url)
            };
            assert_eq!(server.host, "db.example.org");
            assert_eq!(
                (server.user.as_str(), server.database.as_str()),
                ("u@x:y", "c/r m?")
            );
            assert_eq!(
                (server.port, server.authority.as_deref()),
                (Some(6432), Some("ca 1.pem"))
            );
        }
        let six = DatabasePlace {
            host: "::1".to_owned(),
            ..place(DatabaseKind::Postgres)
        };
        let six = checked_place(six).expect("fits");
        let Ok(Whereabouts::Server(server)) = sql(&six, "").whereabouts() else {
            panic!("no server")
        };
        assert_eq!(server.host, "::1");
    }

    #[test]
    fn no_path_leads_out_of_the_data_folder_and_no_host_is_more_than_one() {
        for path in ["/etc/x.db", "../x.db", "a/../../x.db", "./x.db"] {
            let place = DatabasePlace {
                database: path.to_owned(),
                ..place(DatabaseKind::Sqlite)
            };
            let why = Error::invalid("database", Reason::NotAllowed);
            assert_eq!(checked_place(place).err(), Some(why), "{path}");
        }
        for host in ["a@b", "a/b", "a?sslmode=disable", "a b", "a%00"] {
            let place = DatabasePlace {
                host: host.to_owned(),
                ..place(DatabaseKind::MySql)
            };
            let why = Error::invalid("host", Reason::NotAllowed);
            assert_eq!(checked_place(place).err(), Some(why), "{host}");
        }
        let place = DatabasePlace {
            authority: "/etc/passwd".to_owned(),
            ..place(DatabaseKind::MySql)
        };
        assert!(checked_place(place).is_err());
    }
}
