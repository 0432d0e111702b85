//! Rows of databases: whose they are.

use app::model::{IdentifierKind, Operation, Replacement};
use server::connectors::kinds::open;
use server::connectors::spec::SystemSpec;
use server::connectors::{Outcome, Whose};
use server::secret::Masks;

use crate::people::identifier;
use crate::sql::{Database, HEAD, key, name, table};
use crate::world::{call, erase, preview, search};

#[tokio::test]
async fn a_number_is_found_by_its_own_spelling_only() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (42, 'x')",
    )
    .await;
    let fields = "fields = [ { name = \"id\", category = \"user.unique_id\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            fields,
        ))
        .await;
    for other in ["042", "42.0", "+42", "4.2e1", "0x2a"] {
        let other = key(IdentifierKind::UserId, other);
        assert_eq!(connector.resolve(&other).await, Ok(None));
        assert_eq!(
            connector.delete(&call(), &other, &name("t")).await,
            Ok(Outcome::default())
        );
    }
    assert!(
        connector
            .resolve(&key(IdentifierKind::UserId, "42"))
            .await
            .expect("answered")
            .is_some()
    );
}

#[tokio::test]
async fn a_column_that_ignores_case_does_not_mix_up_people() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, who TEXT COLLATE NOCASE, a TEXT COLLATE NOCASE);
         INSERT INTO t VALUES (1, 'Ab', 'one'), (2, 'aB', 'two'), (3, 'Ab', 'ONE')",
    )
    .await;
    let fields = "fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"visitor_id\", column = \"who\"",
            fields,
        ))
        .await;
    let hers = key(IdentifierKind::VisitorId, "Ab");
    assert_eq!(preview(&*connector, &hers, Operation::Delete).await, 2);
    let new = [Replacement {
        kind: IdentifierKind::Name,
        old: "one".into(),
        new: "One".into(),
    }];
    assert_eq!(
        connector
            .update(&call(), Whose::alone(&hers), &name("t"), &new)
            .await,
        Ok(Outcome { rows: 2, kept: 0 })
    );
    assert_eq!(
        connector
            .update(&call(), Whose::alone(&hers), &name("t"), &new)
            .await,
        Ok(Outcome::default())
    );
    erase(&*connector, &hers).await;
    assert_eq!(
        database.rows("SELECT a FROM t WHERE ? = ''", "").await,
        ["two"]
    );
}

#[tokio::test]
async fn a_dialer_contact_is_found_with_its_list() {
    let database = Database::of(
        "CREATE TABLE t (list TEXT, id INTEGER, phone TEXT, PRIMARY KEY (list, id));
         INSERT INTO t VALUES ('spring', 1, '030 1234567'), ('autumn', 1, '030 1234567'), (NULL, 1, '030 1234567')",
    )
    .await;
    let more = "found_by = [ { kind = \"phone\", column = \"phone\", compare = \"digits\" } ]\n\
                fields = [ { name = \"phone\", category = \"user.contact\", holds = \"phone\" } ]";
    let subject = "kind = \"dialer_contact_id\", column = \"id\", list_column = \"list\"";
    let collections =
        table("do = \"delete\"", subject, more).replace("[\"id\"]", "[\"list\", \"id\"]");
    let connector = database.connector(&collections).await;
    assert_eq!(connector.resolves(), [IdentifierKind::DialerContactId]);
    let spring = key(IdentifierKind::DialerContactId, "spring/1");
    assert!(
        connector
            .resolve(&spring)
            .await
            .expect("answered")
            .is_some()
    );
    assert_eq!(
        connector
            .resolve(&key(IdentifierKind::DialerContactId, "Spring/1"))
            .await,
        Ok(None)
    );
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Phone, "030/1234567"),
    )
    .await
    .expect("searched");
    assert_eq!(found.len(), 2, "not the one without a list");
    assert_eq!(erase(&*connector, &spring).await[0].rows, 1);
    assert_eq!(
        database
            .rows("SELECT list FROM t WHERE list IS NOT NULL AND ? = ''", "")
            .await,
        ["autumn"]
    );
}

#[tokio::test]
async fn a_conversation_shows_whom_it_is_linked_to_and_nobody_else() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, contact TEXT, email TEXT, scoped TEXT);
         INSERT INTO t VALUES (1, 'c-1', 'a@example.org', 'page:9'), (2, NULL, 'a@example.org', NULL), (3, 'c-1', 'A@example.org', NULL),
           (4, '', 'a@example.org', NULL), (5, 'c-2', 'b@example.org', 'page:9')",
    )
    .await;
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" }, { kind = \"external_id\", column = \"scoped\", compare = \"exact\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    let subject = "kind = \"external_contact_id\", column = \"contact\"";
    let connector = database
        .connector(&table("do = \"anonymise\"", subject, more))
        .await;
    assert!(connector.resolves().is_empty(), "contacts do not live here");
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Email, "a@example.org"),
    )
    .await
    .expect("searched");
    assert_eq!(
        found.iter().map(|s| s.key.id()).collect::<Vec<_>>(),
        ["c-1"]
    );
    assert!(found[0].fields[0].matched);
    let scoped = search(
        &*connector,
        &identifier(IdentifierKind::ExternalId, "page:9"),
    )
    .await
    .expect("searched");
    assert_eq!(
        scoped.iter().map(|s| s.key.id()).collect::<Vec<_>>(),
        ["c-1", "c-2"]
    );

    let hers = key(IdentifierKind::ExternalContactId, "c-1");
    assert_eq!(erase(&*connector, &hers).await[0].rows, 2);
    assert_eq!(
        connector.verify(Whose::alone(&hers), &name("t")).await,
        Ok(0)
    );
    let left = database.rows("SELECT quote(contact) || quote(email) || quote(scoped) FROM t WHERE ? = '' ORDER BY id", "").await;
    let gone = "NULLNULLNULL";
    assert_eq!(
        left,
        [
            gone,
            "NULL'a@example.org'NULL",
            gone,
            "'''a@example.org'NULL",
            "'c-2''b@example.org''page:9'"
        ]
    );
}

#[tokio::test]
async fn an_id_that_could_not_be_asked_for_again_is_a_fault() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, contact TEXT, email TEXT);
         INSERT INTO t VALUES (1, ' c-1', 'a@example.org'), (2, x'00ff', 'b@example.org'), (3, 'c-3', 'c@example.org')",
    )
    .await;
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    let subject = "kind = \"external_contact_id\", column = \"contact\"";
    let connector = database
        .connector(&table("do = \"delete\"", subject, more))
        .await;
    for (email, want) in [
        ("a@example.org", None),
        ("b@example.org", None),
        ("c@example.org", Some(1)),
    ] {
        let found = search(&*connector, &identifier(IdentifierKind::Email, email)).await;
        assert_eq!(found.map(|f| f.len()).ok(), want, "{email}");
    }
}

#[tokio::test]
async fn who_still_works_here_is_told_with_care() {
    use app::model::Employment::{Active, Former};
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT);
         INSERT INTO t VALUES (1, 'active'), (2, ' Active '), (3, 'inactive'), (4, NULL), (5, ''),
           (6, 'on leave'), (7, ' Left ')",
    )
    .await;
    let more = "employment = { column = \"state\", former = [\"inactive\", \"left\"] }\nfields = [ { name = \"id\", category = \"user\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            more,
        ))
        .await;
    for (id, want) in [
        ("1", Active),
        ("2", Active),
        ("3", Former),
        ("4", Active),
        ("5", Active),
        ("6", Active),
        ("7", Former),
    ] {
        let found = connector
            .resolve(&key(IdentifierKind::UserId, id))
            .await
            .expect("answered")
            .expect("there");
        assert_eq!(found.employment, Some(want), "{id}");
    }
}

#[tokio::test]
async fn a_candidate_of_the_same_digits_is_not_her_number() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, phone TEXT);
         INSERT INTO t VALUES (1, '+1 656 234 5678'), (2, '+65 6234 5678'), (3, '656-234-5678')",
    )
    .await;
    let more = "found_by = [ { kind = \"phone\", column = \"phone\", compare = \"digits\" } ]\n\
                fields = [ { name = \"phone\", category = \"user.contact\", holds = \"phone\" } ]";
    let collections = table(
        "do = \"delete\"",
        "kind = \"user_id\", column = \"id\"",
        more,
    );
    let american = format!("{HEAD}{collections}").replace("\"DE\"", "\"US\"");
    let spec = SystemSpec::parse(&american).expect("valid");
    let opened = open(&spec, database.folder.path(), &Masks::unkept())
        .await
        .expect("opened");
    let typed = identifier(IdentifierKind::Phone, "656 234 5678");
    let found = search(&*opened.connector, &typed).await.expect("searched");
    let ids: Vec<_> = found.iter().map(|s| s.key.id()).collect();
    assert_eq!(ids, ["1", "3"], "2 is in Singapore");
}

#[tokio::test]
async fn an_id_without_its_prefix_is_nobody() {
    let database = Database::of(
        "CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT); INSERT INTO t VALUES ('42', 'x'), ('', 'y')",
    )
    .await;
    let subject = "kind = \"external_id\", column = \"id\", prefix = \"help-desk:\"";
    let fields = "fields = [ { name = \"a\", category = \"user\" } ]";
    let connector = database
        .connector(&table("do = \"delete\"", subject, fields))
        .await;
    for other in [
        "42",
        "billing:42",
        "help-desk:",
        "help-desk:help-desk:42",
        "HELP-DESK:42",
    ] {
        let other = key(IdentifierKind::ExternalId, other);
        assert_eq!(connector.resolve(&other).await, Ok(None), "{other:?}");
        assert_eq!(erase(&*connector, &other).await[0].rows, 0);
        assert_eq!(search(&*connector, other.identifier()).await, Ok(vec![]));
    }
    let hers = key(IdentifierKind::ExternalId, "help-desk:42");
    assert_eq!(erase(&*connector, &hers).await[0].rows, 1);
}
