//! Databases and their descriptions, on every kind: what does not fit, and names of any kind.

use app::model::IdentifierKind;
use server::connectors::kinds::OpenError;

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql::{key, table};
use crate::world::{erase, search};

fn visitors() -> String {
    let fields = "fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";
    let subject = "kind = \"visitor_id\", column = \"who\"";
    table("do = \"delete\"", subject, fields)
}

#[tokio::test]
async fn what_is_not_as_described_is_named_in_any_database() {
    let users = r#"
[[collections]]
name = "users"
title = "Users"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "id" }
fields = [ { name = "email", category = "user.contact.email", holds = "email" } ]
[[collections]]
name = "notes"
title = "Notes"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "users", column = "user_id", references = "id" }
fields = [ { name = "a", category = "user" } ]
"#;
    let cascading = users.replacen("\"anonymise\"", "\"delete\"", 1);
    let notes = "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, a VARCHAR(9))";
    let cases = [
        ("CREATE TABLE other (id INTEGER)".to_owned(), users, "no table \"users\""),
        (format!("CREATE TABLE users (id INTEGER PRIMARY KEY); {notes}"), users, "no column \"email\" in table \"users\""),
        (format!("CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(9)); {notes}"), users, "no primary key or unique index has just these"),
        (
            format!("CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(9), PRIMARY KEY (id, email)); {notes}"),
            users,
            "no primary key",
        ),
        (format!("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(9) NOT NULL); {notes}"), users, "must not be NULL"),
        (format!("CREATE TABLE users (id REAL PRIMARY KEY, email VARCHAR(9)); {notes}"), users, "can't hold ids exactly"),
        (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(9));
             CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id VARCHAR(9), a VARCHAR(9))".to_owned(),
            users,
            "has another type than what it references",
        ),
        (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(9));
             CREATE TABLE notes (id INTEGER PRIMARY KEY, a VARCHAR(9), user_id INTEGER, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)".to_owned(),
            &cascading,
            "deleting from table \"users\" also deletes from table \"notes\"",
        ),
    ];
    for engine in Engine::all() {
        for (made, collections, want) in &cases {
            let database = Fresh::of(engine, made).await;
            let found = match database.open(collections).await {
                Err(OpenError::Differs { differences }) => differences,
                Err(other) => panic!("{engine:?} {want}: {other}"),
                Ok(_) => panic!("{engine:?}: {want}"),
            };
            assert!(
                found.iter().any(|d| d.contains(want)),
                "{engine:?} {want}: {found:?}"
            );
        }
        let fine =
            format!("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(9)); {notes}");
        Fresh::of(engine, &fine).await.connector(users).await;
    }
}

#[tokio::test]
async fn a_unique_index_is_a_key_only_if_it_is_one() {
    let prefixes = ["CREATE UNIQUE INDEX u ON t (who(3))"];
    let partial = [
        "CREATE UNIQUE INDEX u ON t (who) WHERE a IS NULL",
        "CREATE UNIQUE INDEX u ON t (lower(who))",
    ];
    for engine in Engine::servers() {
        let made =
            "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20) NOT NULL, a VARCHAR(20))";
        let by_who = visitors().replace("[\"id\"]", "[\"who\"]");
        let wrong: &[&str] = if engine == Engine::MariaDb {
            &prefixes
        } else {
            &partial
        };
        for index in wrong {
            let database = Fresh::of(engine, &format!("{made}; {index}")).await;
            assert!(
                matches!(database.open(&by_who).await, Err(OpenError::Differs { .. })),
                "{index}"
            );
        }
        let database =
            Fresh::of(engine, &format!("{made}; CREATE UNIQUE INDEX u ON t (who)")).await;
        database.connector(&by_who).await;
    }
}

#[tokio::test]
async fn hostile_names_are_names_in_any_database() {
    for engine in Engine::servers() {
        let quote = if engine == Engine::MariaDb { '`' } else { '"' };
        let q = |name: &str| {
            let doubled = name.replace(quote, &format!("{quote}{quote}"));
            format!("{quote}{doubled}{quote}")
        };
        let (users, id, mail) = ("us\"ers`; DROP TABLE safe; --", "i`d\"", "[e]'$1 ?mail");
        let made = format!(
            "CREATE TABLE {t} ({i} INTEGER PRIMARY KEY, {m} VARCHAR(50), {s} VARCHAR(50)); CREATE TABLE safe (id INTEGER);
             INSERT INTO {t} VALUES (1, 'a@example.org', 'x'), (2, 'b@example.org', 'y')",
            t = q(users),
            i = q(id),
            m = q(mail),
            s = q("select"),
        );
        let database = Fresh::of(engine, &made).await;
        let collections = format!(
            "[[collections]]\nname = \"users\"\ntable = '''{users}'''\ntitle = \"Users\"\nkey = ['''{id}''']\n\
             disposition = {{ do = \"anonymise\" }}\nsubject = {{ kind = \"user_id\", column = '''{id}''' }}\n\
             found_by = [ {{ kind = \"email\", column = '''{mail}''', compare = \"lower\" }} ]\nfields = [\n\
             {{ name = '''{mail}''', category = \"user\", holds = \"email\", erase = '''fixed:'; DROP TABLE safe; --''' }},\n\
             {{ name = \"select\", category = \"user\" }} ]"
        );
        let connector = database.connector(&collections).await;
        let typed = identifier(IdentifierKind::Email, "A@example.org");
        let found = search(&*connector, &typed).await.expect("searched");
        assert_eq!(found.len(), 1, "{engine:?}");
        let one = key(IdentifierKind::UserId, "1");
        assert_eq!(erase(&*connector, &one).await[0].rows, 1, "{engine:?}");
        let said = database
            .texts(&format!("SELECT {} FROM {} ORDER BY 1", q(mail), q(users)))
            .await;
        assert_eq!(
            said,
            ["'; DROP TABLE safe; --", "b@example.org"],
            "{engine:?}"
        );
        assert!(
            database
                .texts("SELECT quote(id) FROM safe")
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_table_of_another_schema_is_found_by_both_names() {
    for engine in Engine::servers() {
        let database = Fresh::of(engine, "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(9), a VARCHAR(9)); INSERT INTO t VALUES (1, 'v', 'here')").await;
        let other = format!(
            "other_{}",
            database.direct.rsplit_once('/').expect("a name").1
        );
        let made = format!(
            "CREATE SCHEMA {other}; CREATE TABLE {other}.t (id INTEGER PRIMARY KEY, who VARCHAR(9), a VARCHAR(9));
             INSERT INTO {other}.t VALUES (1, 'v', 'there'), (2, 'v', 'there')"
        );
        database.run(&made).await;
        let there = visitors().replace("title", &format!("table = \"{other}.t\"\ntitle"));
        let connector = database.connector(&there).await;
        let hers = key(IdentifierKind::VisitorId, "v");
        assert_eq!(erase(&*connector, &hers).await[0].rows, 2, "{engine:?}");
        assert_eq!(
            database.texts("SELECT a FROM t").await,
            ["here"],
            "{engine:?}"
        );
    }
}
