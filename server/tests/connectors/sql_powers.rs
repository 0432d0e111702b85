//! What an account may that Habeas has no need of is told while a database is connected, and in its draft.

use app::model::Power;
use server::connectors::spec::SqlPlace;
use server::connectors::sql::{reach, survey};
use server::draft::{About, draft};

use crate::engines::{Engine, Fresh};
use crate::sql_rights::account;

const MADE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, email VARCHAR(50)); INSERT INTO t VALUES (1, 'a@example.org')";

fn place(database: &Fresh) -> SqlPlace {
    let password = database.folder.path().join("password").is_file();
    SqlPlace {
        url: database.url.clone(),
        password_file: password.then(|| "password".to_owned()),
        ..SqlPlace::default()
    }
}

async fn powers(database: &Fresh) -> Vec<Power> {
    let reached = reach(&place(database), database.folder.path()).await;
    reached.unwrap_or_else(|why| panic!("{:?}: {why}", database.engine))
}

#[tokio::test]
async fn what_an_account_may_too_much_is_told() {
    for engine in Engine::all() {
        let mut database = Fresh::of(engine, MADE).await;
        let all = if engine == Engine::Sqlite {
            Vec::new()
        } else {
            vec![Power::Everything]
        };
        assert_eq!(powers(&database).await, all, "{engine:?}");
        if engine == Engine::Sqlite {
            continue;
        }
        account(&mut database, &["SELECT", "DELETE", "UPDATE (email)"]).await;
        assert_eq!(powers(&database).await, [], "{engine:?}");
        let (_, rest) = database.url.split_once("://").expect("a url");
        let (user, _) = rest.split_once('@').expect("a user");
        let (more, most) = if engine == Engine::Postgres {
            (
                format!("ALTER TABLE t OWNER TO {user}"),
                format!(
                    "ALTER ROLE {user} CREATEROLE CREATEDB; GRANT pg_read_server_files TO {user}"
                ),
            )
        } else {
            (
                format!("GRANT ALTER ON t TO {user}@'127.0.0.1'"),
                format!("GRANT CREATE USER, CREATE, FILE ON *.* TO {user}@'127.0.0.1'"),
            )
        };
        database.run(&more).await;
        assert_eq!(powers(&database).await, [Power::Tables], "{engine:?}");
        database.run(&most).await;
        let want = [
            Power::Accounts,
            Power::Databases,
            Power::Tables,
            Power::Files,
        ];
        assert_eq!(powers(&database).await, want, "{engine:?}");
        let seen = survey(&place(&database), database.folder.path(), false).await;
        let about = About {
            id: None,
            name: None,
            owner: None,
            region: None,
            country: "DE".to_owned(),
            place: place(&database),
        };
        let draft = draft(&seen.expect("surveyed"), None, &about).expect("drafted");
        let note = "# ! The account may make accounts or give rights on, make databases, change or drop tables, use the server's files or run programs there";
        assert!(draft.text.contains(note), "{engine:?}: {}", draft.text);
    }
}
