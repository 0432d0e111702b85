//! What an account may do, who it is, and who the server is.

use app::model::{IdentifierKind, Operation};
use server::connectors::kinds::OpenError;
use server::connectors::{Connector, Fault, FaultCode, Whose};
use server::secret::Masks;

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql::{key, name, table};
use crate::world::{Taken, call, preview, search};

const MADE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, email VARCHAR(50)); INSERT INTO t VALUES (1, 'a@example.org')";
pub(crate) const PASSWORD: &str = "s3cret 'x' ä";

fn users(disposition: &str) -> String {
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"exact\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    table(disposition, "kind = \"user_id\", column = \"id\"", more)
}

/// Makes an account that has these rights, and a description that uses it. Its password is asked for.
pub(crate) async fn account(database: &mut Fresh, rights: &[&str]) -> String {
    let (_, name) = database.direct.rsplit_once('/').expect("a name");
    let user = format!("u_{name}");
    let password = database.engine.quoted(PASSWORD);
    let mut own = database.own().await;
    if database.engine == Engine::MariaDb {
        own.run(&format!(
            "CREATE USER {user}@'127.0.0.1' IDENTIFIED BY {password}"
        ))
        .await;
    } else {
        // Another test may make it at the same time.
        let group =
            "DO $$ BEGIN CREATE ROLE with_password; EXCEPTION WHEN OTHERS THEN NULL; END $$";
        own.run(group).await;
        own.run(&format!(
            "CREATE ROLE {user} LOGIN PASSWORD {password} IN ROLE with_password"
        ))
        .await;
    }
    for right in rights {
        let host = if database.engine == Engine::MariaDb {
            "@'127.0.0.1'"
        } else {
            ""
        };
        own.run(&format!("GRANT {right} ON t TO {user}{host}"))
            .await;
    }
    let (engine, rest) = database.url.split_once("://").expect("a url");
    let (_, place) = rest.rsplit_once('@').expect("a user");
    database.url = format!("{engine}://{user}@{place}");
    std::fs::write(
        database.folder.path().join("password"),
        format!("{PASSWORD}\n"),
    )
    .expect("written");
    "password_file = \"password\"".to_owned()
}

async fn connector(
    database: &Fresh,
    disposition: &str,
    more: &str,
) -> std::sync::Arc<dyn Connector> {
    let opened = database.open_with(&users(disposition), more).await;
    opened.unwrap_or_else(|e| panic!("{e}")).connector
}

#[tokio::test]
async fn an_account_that_only_reads_finds_and_exports_and_erases_nothing() {
    for engine in Engine::servers() {
        for disposition in ["do = \"delete\"", "do = \"anonymise\""] {
            let mut database = Fresh::of(engine, MADE).await;
            let more = account(&mut database, &["SELECT"]).await;
            let connector = connector(&database, disposition, &more).await;
            let typed = identifier(IdentifierKind::Email, "a@example.org");
            assert_eq!(
                search(&*connector, &typed).await.map(|f| f.len()),
                Ok(1),
                "{engine:?}"
            );
            let (one, t) = (key(IdentifierKind::UserId, "1"), name("t"));
            let export = connector
                .export(&call(), &one, &t, &mut Taken::default())
                .await;
            assert_eq!(export.map(|o| o.rows), Ok(1), "{engine:?}");
            assert_eq!(preview(&*connector, &one, Operation::Delete).await, 1);
            let denied = Err(Fault::stop(FaultCode::Denied));
            assert_eq!(
                connector.delete(&call(), &one, &t).await,
                denied,
                "{engine:?}"
            );
            assert_eq!(
                database.texts("SELECT email FROM t").await,
                ["a@example.org"]
            );
        }
    }
}

#[tokio::test]
async fn an_account_with_just_the_rights_of_the_readme_erases() {
    for engine in Engine::servers() {
        let anonymise = "do = \"anonymise\"";
        let cases: [(&str, &str, &[&str]); 3] = [
            ("do = \"delete\"", "", &["SELECT", "DELETE"]),
            (anonymise, "", &["SELECT", "UPDATE (email)"]),
            (
                anonymise,
                ", erase = \"random:x*\"",
                &["SELECT", "UPDATE (email)"],
            ),
        ];
        for (disposition, erase, rights) in cases {
            let mut database = Fresh::of(engine, MADE).await;
            let more = account(&mut database, rights).await;
            let holds = "holds = \"email\"";
            let users = users(disposition).replace(holds, &format!("{holds}{erase}"));
            let opened = database.open_with(&users, &more).await;
            let connector = opened.unwrap_or_else(|e| panic!("{e}")).connector;
            let (one, t) = (key(IdentifierKind::UserId, "1"), name("t"));
            let done = connector.delete(&call(), &one, &t).await;
            assert_eq!(done.map(|o| o.rows), Ok(1), "{engine:?} {disposition}");
            assert_eq!(
                connector.verify(Whose::alone(&one), &t).await,
                Ok(0),
                "{engine:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_account_without_rights_is_denied_and_never_finds_nothing() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        let more = account(&mut database, &[]).await;
        let opened = database.open_with(&users("do = \"delete\""), &more).await;
        if engine == Engine::MariaDb {
            // The database itself is hidden from it.
            let health = opened
                .unwrap_or_else(|e| panic!("{e}"))
                .connector
                .health()
                .await;
            assert_eq!(health, Err(Fault::stop(FaultCode::Denied)));
        } else {
            let connector = opened.unwrap_or_else(|e| panic!("{e}")).connector;
            let typed = identifier(IdentifierKind::Email, "a@example.org");
            assert_eq!(
                search(&*connector, &typed).await,
                Err(Fault::stop(FaultCode::Denied))
            );
        }
    }
}

#[tokio::test]
async fn rows_that_a_policy_hides_are_denied_and_not_left_out() {
    if !Engine::Postgres.is_here() {
        return;
    }
    let policy = "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (id > 1)";
    let mut database = Fresh::of(Engine::Postgres, &format!("{MADE}; {policy}")).await;
    let more = account(&mut database, &["SELECT"]).await;
    let connector = connector(&database, "do = \"delete\"", &more).await;
    let typed = identifier(IdentifierKind::Email, "a@example.org");
    let found = search(&*connector, &typed).await;
    assert_eq!(found, Err(Fault::stop(FaultCode::Denied)));
}

#[tokio::test]
async fn a_table_that_an_account_may_not_see_is_named() {
    if !Engine::MariaDb.is_here() {
        return;
    }
    let mut database = Fresh::of(
        Engine::MariaDb,
        &format!("{MADE}; CREATE TABLE other (id INTEGER PRIMARY KEY)"),
    )
    .await;
    let more = account(&mut database, &[]).await;
    let (_, user) = database.url.split_once("://").expect("a url");
    let user = user.split('@').next().expect("a user");
    database
        .run(&format!("GRANT SELECT ON other TO {user}@'127.0.0.1'"))
        .await;
    match database.open_with(&users("do = \"delete\""), &more).await {
        Err(OpenError::Differs { differences }) => {
            assert_eq!(differences, ["no table \"t\" that the account may see"]);
        }
        other => panic!("{:?}", other.map(drop)),
    }
}

#[tokio::test]
async fn a_wrong_password_is_denied_and_a_new_one_needs_no_restart() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        let more = account(&mut database, &["SELECT"]).await;
        let file = database.folder.path().join("password");
        std::fs::write(&file, "wrong").expect("written");
        let connector = connector(&database, "do = \"delete\"", &more).await;
        let denied = Err(Fault::stop(FaultCode::Denied));
        assert_eq!(connector.health().await, denied, "{engine:?}");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(
            connector.health().await,
            denied,
            "{engine:?}: there is none"
        );
        std::fs::write(&file, PASSWORD).expect("written");
        assert_eq!(connector.health().await, Ok(()), "{engine:?}");
    }
}

#[tokio::test]
async fn a_password_may_be_in_the_environment() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        account(&mut database, &["SELECT"]).await;
        // What is in every test's environment: setting one of our own would not be safe.
        let file = database.folder.path().join("password");
        std::fs::remove_file(&file).expect("removed");
        let more = "password_env = \"CARGO_PKG_NAME\"";
        let (_, user) = database.url.split_once("://").expect("a url");
        let user = user.split('@').next().expect("a user").to_owned();
        let change = if engine == Engine::MariaDb {
            format!("SET PASSWORD FOR {user}@'127.0.0.1' = PASSWORD('server')")
        } else {
            format!("ALTER ROLE {user} PASSWORD 'server'")
        };
        let connector = connector(&database, "do = \"delete\"", more).await;
        let denied = Err(Fault::stop(FaultCode::Denied));
        assert_eq!(connector.health().await, denied, "{engine:?}");
        database.run(&change).await;
        assert_eq!(connector.health().await, Ok(()), "{engine:?}");
    }
}

#[tokio::test]
async fn a_password_is_shown_nowhere() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        let more = account(&mut database, &["SELECT"]).await;
        let text = database.description(&users("do = \"delete\""), &more);
        let spec = server::connectors::spec::SystemSpec::parse(&text).expect("valid");
        let country = server::matching::Country::parse("DE").expect("a country");
        let place = spec.sql.clone().expect("a place");
        let data = database.folder.path();
        let sql =
            server::connectors::sql::Sql::open(spec, country, &place, data, &Masks::unkept()).await;
        let sql = sql.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(sql.health().await, Ok(()));
        assert!(!format!("{sql:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_mismatch() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        database.url += "_other";
        let connector = connector(&database, "do = \"delete\"", "").await;
        assert_eq!(
            connector.health().await,
            Err(Fault::stop(FaultCode::Mismatch)),
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_server_must_prove_who_it_is() {
    let Ok(authority) = std::env::var("HABEAS_TEST_AUTHORITY") else {
        return;
    };
    let untrusted = Err(Fault::stop(FaultCode::Unreachable));
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, MADE).await;
        let by_name = database.url.replace("127.0.0.1", "localhost");
        // Its certificate is made out to localhost, by an authority of the test's own.
        for (url, options, want) in [
            (&database.url, "?sslmode=require".to_owned(), Ok(())),
            (
                &database.url,
                format!("?sslmode=verify-ca&sslrootcert={authority}"),
                Ok(()),
            ),
            (
                &by_name,
                format!("?sslmode=verify-full&sslrootcert={authority}"),
                Ok(()),
            ),
            (&by_name, "?sslmode=verify-full".to_owned(), untrusted),
            (&by_name, "?sslmode=verify-ca".to_owned(), untrusted),
            (
                &database.url,
                format!("?sslmode=verify-full&sslrootcert={authority}"),
                untrusted,
            ),
            (
                &by_name,
                "?sslmode=verify-full&sslrootcert=none.pem".to_owned(),
                untrusted,
            ),
        ] {
            let place = Fresh {
                engine,
                folder: tempfile::tempdir().expect("a folder"),
                direct: database.direct.clone(),
                url: format!("{url}{options}"),
                proxy: None,
            };
            let connector = connector(&place, "do = \"delete\"", "").await;
            assert_eq!(connector.health().await, want, "{engine:?} {options}");
        }
        let secured = if engine == Engine::MariaDb {
            "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version'"
        } else {
            "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        };
        database.direct += if engine == Engine::MariaDb {
            "?ssl-mode=required"
        } else {
            "?sslmode=require"
        };
        assert!(
            database.texts(secured).await[0].starts_with("TLSv1."),
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    for engine in Engine::servers() {
        // A server that says of itself that it can't.
        let plain = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = plain.local_addr().expect("an address").port();
        if engine == Engine::Postgres {
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                while let Ok((mut client, _)) = plain.accept().await {
                    let mut asked = [0; 8];
                    drop(client.read_exact(&mut asked).await);
                    drop(client.write_all(b"N").await);
                }
            });
            let mut database = Fresh::of(engine, "").await;
            let (who, _) = database.url.rsplit_once('@').expect("a user");
            database.url = format!("{who}@localhost:{port}/t?sslmode=verify-full");
            let connector = connector(&database, "do = \"delete\"", "").await;
            assert_eq!(
                connector.health().await,
                Err(Fault::stop(FaultCode::Unreachable))
            );
        }
    }
}
