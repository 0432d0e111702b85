//! Rows of databases: which are found, by what, and as whom.

use std::sync::Arc;

use app::model::{IdentifierKind, Operation, SubjectKey};
use server::connectors::closed::Closed;
use server::connectors::kinds::open;
use server::connectors::spec::SystemSpec;
use server::connectors::{Connector, Whose};
use server::secret::Masks;

use crate::people::identifier;
use crate::sql::{Database, HEAD, key, name, table};
use crate::world::{erase, preview, search};

/// E-mails: of a contact, and of nobody.
const MAILS: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, contact TEXT, email TEXT);
    CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT);
    INSERT INTO t VALUES (1, 'c-1', 'a@example.org'), (2, NULL, 'a@example.org'), (3, '', 'A@example.org');
    INSERT INTO child VALUES (7, 1, 'x'), (8, 2, 'y'), (9, 3, 'z')";

const MORE: &str = r#"otherwise = { kind = "external_id", column = "id", prefix = "mail:" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [ { name = "email", category = "user.contact.email", holds = "email" } ]
[[collections]]
name = "child"
title = "Child"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "t", column = "t_id", references = "id" }
fields = [ { name = "a", category = "user.content" } ]"#;

async fn mails() -> (Database, Arc<dyn Connector>) {
    let database = Database::of(MAILS).await;
    let subject = "kind = \"external_contact_id\", column = \"contact\"";
    let connector = database
        .connector(&table("do = \"delete\"", subject, MORE))
        .await;
    (database, connector)
}

fn mail(id: &str) -> SubjectKey {
    key(IdentifierKind::ExternalId, id)
}

#[tokio::test]
async fn a_row_that_shows_nobody_is_found_as_itself() {
    let (_database, connector) = mails().await;
    assert_eq!(connector.resolves(), [IdentifierKind::ExternalId]);
    let typed = identifier(IdentifierKind::Email, "a@example.org");
    let mut found = search(&*connector, &typed).await.expect("searched");
    found.sort_by(|a, b| a.key.cmp(&b.key));
    let ids: Vec<_> = found.iter().map(|s| s.key.id()).collect();
    assert_eq!(ids, ["c-1", "mail:2", "mail:3"]);
    assert!(found.iter().all(|s| s.fields[0].matched));
    for (id, there) in [
        ("mail:1", false),
        ("mail:2", true),
        ("mail:3", true),
        ("2", false),
    ] {
        let record = connector.resolve(&mail(id)).await.expect("answered");
        assert_eq!(
            record.is_some(),
            there,
            "{id}: what is linked is hers alone"
        );
        let found = search(&*connector, mail(id).identifier()).await;
        let found = found.expect("searched");
        assert_eq!(found.len(), usize::from(there), "{id}");
        let matched = |s: &app::model::Subject| s.fields.iter().any(|f| f.matched);
        assert!(found.iter().all(matched), "{id}");
    }
}

#[tokio::test]
async fn a_row_that_shows_nobody_is_exported_and_erased_as_itself() {
    let (database, connector) = mails().await;
    for (id, rows) in [("mail:1", 0), ("mail:2", 2), ("mail:3", 2), ("2", 0)] {
        let there = preview(&*connector, &mail(id), Operation::Export).await;
        assert_eq!(there, rows, "{id}");
    }
    erase(&*connector, &mail("mail:1")).await;
    let done = erase(&*connector, &mail("mail:2")).await;
    assert_eq!(done.iter().map(|o| o.rows).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(
        connector
            .verify(Whose::alone(&mail("mail:2")), &name("t"))
            .await,
        Ok(0)
    );
    let left = database
        .rows("SELECT quote(id) FROM t WHERE ? = '' ORDER BY id", "")
        .await;
    assert_eq!(left, ["1", "3"]);
}

#[tokio::test]
async fn a_key_of_another_system_has_no_home_here() {
    let database = Database::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)").await;
    let subject = "kind = \"external_id\", column = \"id\", prefix = \"help-desk:\"";
    let fields = "fields = [ { name = \"a\", category = \"user\" } ]";
    let collections = table("do = \"delete\"", subject, fields);
    let hurried = format!("per_second = 5\nmisbehaves = true\n{HEAD}{collections}");
    let spec = SystemSpec::parse(&hurried).expect("valid");
    let opened = open(&spec, database.folder.path(), &Masks::unkept())
        .await
        .expect("opened");
    let closed: Arc<dyn Connector> = Arc::new(Closed::new(&spec));
    for connector in [opened.connector, closed] {
        assert_eq!(connector.resolves(), [IdentifierKind::ExternalId]);
        let is_home = |kind, id| connector.is_home_of(&key(kind, id));
        assert!(is_home(IdentifierKind::ExternalId, "help-desk:42"));
        assert!(!is_home(IdentifierKind::ExternalId, "newsletter:42"));
        assert!(!is_home(IdentifierKind::ExternalId, "help-desk:"));
        assert!(!is_home(IdentifierKind::UserId, "help-desk:42"));
    }
}

const HANDLES: &str = r#"found_by = [
  { kind = "phone", column = "phone", compare = "wide_digits" },
  { kind = "email", column = "email", compare = "lower" },
  { kind = "twitter", column = "twitter", compare = "lower" },
  { kind = "instagram", column = "code", compare = "exact" },
]
fields = [
  { name = "phone", category = "user.contact", holds = "phone" },
  { name = "email", category = "user.contact", holds = "email" },
  { name = "twitter", category = "user.social", holds = "twitter" },
  { name = "code", category = "user.social", holds = "instagram" },
]"#;

#[tokio::test]
async fn what_is_equal_is_found_by_its_index() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, phone TEXT, email TEXT, twitter TEXT, code TEXT);
         INSERT INTO t VALUES (1, '+49 (0)30 12345678', 'Maria@example.org ', '@Maria', 'maria'), (2, '0049 (0) 30/12345678', ' maria@example.org', 'maria', '@maria '),
           (3, '０３０－１２３４－５６７８', 'x', '@maria ', ' maria'), (4, '+44 (0)20 7946 0123', 'y', 'mario', 'MARIO')",
    )
    .await;
    let collections = table(
        "do = \"delete\"",
        "kind = \"user_id\", column = \"id\"",
        HANDLES,
    );
    let wide = database.connector(&collections).await;
    let narrow = database
        .connector(&collections.replace("wide_digits", "digits"))
        .await;
    let cases: [(_, _, &[&str], &[&str]); 5] = [
        (
            IdentifierKind::Phone,
            "+49 30 12345678",
            &["1", "2", "3"],
            &["1", "2"],
        ),
        (IdentifierKind::Phone, "+44 20 7946 0123", &["4"], &["4"]),
        (
            IdentifierKind::Email,
            "maria@example.org",
            &["1", "2"],
            &["1", "2"],
        ),
        (
            IdentifierKind::Twitter,
            "maria",
            &["1", "2", "3"],
            &["1", "2", "3"],
        ),
        (
            IdentifierKind::Instagram,
            "maria",
            &["1", "2", "3"],
            &["1", "2", "3"],
        ),
    ];
    for (kind, typed, in_wide, in_narrow) in cases {
        for (connector, want) in [(&wide, in_wide), (&narrow, in_narrow)] {
            let found = search(&**connector, &identifier(kind, typed))
                .await
                .expect("searched");
            let mut ids: Vec<_> = found.iter().map(|s| s.key.id()).collect();
            ids.sort_unstable();
            assert_eq!(ids, want, "{typed}");
        }
    }
}

#[tokio::test]
async fn a_number_without_its_country_code_says_which_is_meant() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, phone TEXT);
         INSERT INTO t VALUES (1, '020 7946 0123'), (2, '+44 20 7946 0123'), (3, '4')",
    )
    .await;
    let more = "found_by = [ { kind = \"phone\", column = \"phone\", compare = \"digits\" } ]\n\
                fields = [ { name = \"phone\", category = \"user.contact\", holds = \"phone\" } ]";
    let collections = table(
        "do = \"delete\"",
        "kind = \"user_id\", column = \"id\"",
        more,
    );
    let british = format!("{HEAD}{collections}").replace("\"DE\"", "\"GB\"");
    let spec = SystemSpec::parse(&british).expect("valid");
    let opened = open(&spec, database.folder.path(), &Masks::unkept())
        .await
        .expect("opened");
    for (id, want) in [("1", Some("+442079460123")), ("2", None), ("3", None)] {
        let found = opened
            .connector
            .resolve(&key(IdentifierKind::UserId, id))
            .await;
        let found = found.expect("answered").expect("there");
        assert_eq!(found.fields[0].in_full.as_deref(), want, "{id}");
    }
}

#[tokio::test]
async fn an_id_that_is_not_among_the_fields_is_why_it_was_found() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, visitor TEXT, a TEXT); INSERT INTO t VALUES (1, 'v-1', 'x')",
    )
    .await;
    let more = "found_by = [ { kind = \"visitor_id\", column = \"visitor\", compare = \"exact\" } ]\n\
                fields = [ { name = \"a\", category = \"user\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            more,
        ))
        .await;
    for (kind, id) in [
        (IdentifierKind::UserId, "1"),
        (IdentifierKind::VisitorId, "v-1"),
    ] {
        let found = search(&*connector, &identifier(kind, id))
            .await
            .expect("searched");
        let matched: Vec<_> = found[0].fields.iter().filter(|f| f.matched).collect();
        assert_eq!(matched.len(), 1, "{kind:?}");
        assert_eq!(
            (matched[0].holds, matched[0].value.as_str()),
            (Some(kind), id)
        );
    }
}
