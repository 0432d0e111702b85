//! Descriptions that must pass, and those that must not.

mod another;
mod parents;

use app::model::{CollectionName, Disposition, IdentifierKind};

use super::SystemSpec;

const GOOD: &str = r#"
id = "help-desk"
name = "Help desk"
kind = "sql"
owner = "Support"
region = "eu-central"
country = "DE"
per_second = 5
concurrency = 3
[sql]
url = "sqlite:help-desk.db"
[[collections]]
name = "contacts"
title = "Contacts"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "external_id", column = "id", prefix = "help-desk:" }
name_columns = ["name"]
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [
  { name = "id", category = "user.unique_id" },
  { name = "name", category = "user.name", holds = "name", erase = "fixed:(erased)" },
  { name = "email", category = "user.contact.email", holds = "email", erase = "null" },
]
[[collections]]
name = "tickets"
title = "Tickets"
key = ["id"]
disposition = { do = "keep", ground = "Art. 17(3)(b): 10 years" }
parent = { collection = "contacts", column = "contact_id", references = "id" }
fields = [ { name = "text", category = "user.content" } ]
"#;

#[test]
fn a_whole_description_is_read() {
    let spec = SystemSpec::parse(GOOD).expect("good");
    assert!(spec.collections[0].is_her_record());
    let inventory = spec.inventory();
    let tickets = &inventory.collections[1];
    assert_eq!(
        tickets.found_by,
        [IdentifierKind::Email, IdentifierKind::ExternalId],
        "as their contact is"
    );
    assert_eq!(
        tickets.parents,
        [CollectionName::parse("contacts").expect("name")]
    );
    assert!(matches!(tickets.disposition, Disposition::Keep { .. }));
}

/// What is written instead of what, and what the error must say.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("kind = \"sql\"", "kind = \"oracle\"", "kind"),
    ("region = ", "regoin = ", "regoin"),
    (
        "country = \"DE\"",
        "country = \"Germany\"",
        "country: want two",
    ),
    ("per_second = 5", "per_second = 0", "per_second"),
    ("concurrency = 3", "concurrency = 0", "concurrency"),
    (
        "url = \"sqlite:help-desk.db\"",
        "url = \"oracle:x\"",
        "sql.url: want",
    ),
    ("url = \"sqlite:help-desk.db\"", "", "url"),
    (
        "url = \"sqlite:help-desk.db\"",
        "url = \"postgres://a:b@h/d\"",
        "sql.url: holds a password",
    ),
    (
        "url = \"sqlite:help-desk.db\"",
        "url = \"mysql://a@h/d\"\npassword_env = \"A\"\npassword_file = \"a\"",
        "sql.password_env: want either",
    ),
    (
        "url = \"sqlite:help-desk.db\"",
        "url = \"mysql://a@h/d\"\npassword_file = \"\"",
        "sql.password_env: is empty",
    ),
    (
        "url = \"sqlite:help-desk.db\"",
        "url = \"sqlite:help-desk.db\"\npassword_env = \"A\"",
        "sql.password_env: a file of SQLite",
    ),
    (
        "[sql]\nurl = \"sqlite:help-desk.db\"",
        "[files]\nroot = \"x\"",
        "sql: belongs",
    ),
    ("id = \"help-desk\"", "id = \"Help desk\"", "system id"),
    (
        "do = \"anonymise\" }",
        "do = \"anonymise\", ground = \"x\" }",
        "ground",
    ),
    ("do = \"anonymise\" }", "do = \"destroy\" }", "do"),
    (
        ", ground = \"Art. 17(3)(b): 10 years\"",
        "",
        "legal `ground`",
    ),
    ("key = [\"id\"]", "key = []", "contacts.key: is empty"),
    (
        "key = [\"id\"]",
        "key = [\"a\\u0000b\"]",
        "control character",
    ),
    (
        "kind = \"external_id\", column",
        "kind = \"email\", column",
        "subject.kind: is not a kind of id",
    ),
    (
        "kind = \"external_id\", column",
        "kind = \"user_id\", column",
        "subject.prefix",
    ),
    (
        "prefix = \"help-desk:\"",
        "list_column = \"list\"",
        "subject.list_column",
    ),
    ("compare = \"lower\"", "compare = \"soundex\"", "compare"),
    (
        "compare = \"lower\"",
        "compare = \"digits\"",
        "found_by[0].compare: `digits`",
    ),
    (
        "{ kind = \"email\", column = \"email\"",
        "{ kind = \"user_id\", column = \"email\"",
        "ids are compared",
    ),
    (
        "column = \"email\"",
        "column = \"mail\"",
        "\"mail\" is not among the fields",
    ),
    (
        "erase = \"null\"",
        "erase = \"keep\"",
        "would leave column \"email\"",
    ),
    ("erase = \"null\"", "erase = \"hash\"", "want `null`"),
    (
        "category = \"user.unique_id\"",
        "category = \"user.unique_id\", erase = \"null\"",
        "belongs to the key",
    ),
    (
        "category = \"user.unique_id\"",
        "category = \"Unique id\"",
        "fideslang",
    ),
    (
        "category = \"user.content\"",
        "category = \"user.content\", erase = \"null\"",
        "anonymised",
    ),
    (
        "collection = \"contacts\"",
        "collection = \"people\"",
        "parents come before",
    ),
    (
        "name = \"tickets\"",
        "name = \"contacts\"",
        "described twice",
    ),
    ("title = \"Tickets\"", "title = \" \"", "tickets.title"),
    (
        "id = \"help-desk\"\nname",
        "id = \"habeas\"\nname",
        "our own work",
    ),
];

#[test]
fn every_mistake_is_named_with_its_key() {
    for (from, to, want) in MISTAKES {
        assert!(GOOD.contains(from), "{from}");
        let said = SystemSpec::parse(&GOOD.replacen(from, to, 1))
            .expect_err(to)
            .to_string();
        assert!(said.contains(want), "{to}: {said}");
    }
}

#[test]
fn what_is_written_back_says_the_same_and_no_more() {
    let written = SystemSpec::parse(GOOD).map(|spec| spec.text().expect("writes"));
    let written = written.expect("reads");
    let again = SystemSpec::parse(&written).expect("reads it back");
    assert_eq!(again.text().expect("writes"), written);
    let kinds = |spec: &SystemSpec| format!("{:?}", spec.inventory());
    assert_eq!(
        kinds(&again),
        kinds(&SystemSpec::parse(GOOD).expect("reads"))
    );
    for unsaid in ["misbehaves", "needs_subject", "= []"] {
        assert!(!written.contains(unsaid), "{written}");
    }
}

#[test]
fn an_id_that_tells_whose_the_row_is_can_not_outlive_her() {
    let linked = GOOD
        .replace(
            "compare = \"lower\" } ]",
            "compare = \"lower\" }, { kind = \"visitor_id\", column = \"visitor\", compare = \"exact\" } ]",
        )
        .replace(
            "erase = \"null\" },",
            "erase = \"null\" },\n  { name = \"visitor\", category = \"user\", erase = \"keep\" },",
        );
    let said = SystemSpec::parse(&linked).expect_err("a link").to_string();
    assert!(said.contains("fields[3].erase: tells whose"), "{said}");
    let cleared = linked.replace(", erase = \"keep\"", "");
    assert!(SystemSpec::parse(&cleared).is_ok());
}

#[test]
fn rows_that_cannot_be_told_apart_are_refused() {
    let (mut text, parent) = (
        GOOD.to_owned(),
        "parent = { collection = \"contacts\", column = \"contact_id\", references = \"id\" }",
    );
    text = text.replace(parent, "");
    let said = SystemSpec::parse(&text).expect_err("nobody's").to_string();
    assert!(
        said.contains("collections.tickets: nobody's rows"),
        "{said}"
    );
}

#[test]
fn what_is_kept_keeps_its_owner() {
    let refused = |text: &str| SystemSpec::parse(text).expect_err("refused").to_string();
    let by_email = GOOD.replace("references = \"id\"", "references = \"email\"");
    let said = refused(&by_email);
    assert!(
        said.contains("tickets.parent.references: anonymising clears"),
        "{said}"
    );
    let plain = GOOD
        .replace(", erase = \"fixed:(erased)\"", "")
        .replace(", erase = \"null\"", "");
    let deleted = plain.replace("do = \"anonymise\"", "do = \"delete\"");
    let said = refused(&deleted);
    assert!(
        said.contains("tickets.parent.collection: its rows are kept"),
        "{said}"
    );
    let notes = "[[collections]]\nname = \"notes\"\ntitle = \"Notes\"\nkey = [\"id\"]\ndisposition = { do = \"anonymise\" }\n\
                 parent = { collection = \"contacts\", column = \"contact_id\", references = \"id\" }\n\
                 fields = [ { name = \"text\", category = \"user.content\" } ]\n";
    let at = deleted
        .find("[[collections]]\nname = \"tickets\"")
        .expect("tickets");
    let (above, tickets) = deleted.split_at(at);
    let tickets = tickets.replace("collection = \"contacts\"", "collection = \"notes\"");
    let deep = format!("{above}{notes}{tickets}");
    let said = refused(&deep);
    assert!(said.contains("once `contacts` is deleted"), "{said}");
    let kept = deleted.replace("keep\", ground = \"Art. 17(3)(b): 10 years\"", "delete\"");
    assert!(SystemSpec::parse(&kept).is_ok());
}

#[test]
fn a_rows_own_id_is_its_key_with_a_prefix() {
    let own = |otherwise: &str| {
        let linked =
            "subject = { kind = \"external_contact_id\", column = \"contact\" }\notherwise = ";
        GOOD.replace(
            "subject = { kind = \"external_id\", column = \"id\", prefix = \"help-desk:\" }",
            &format!("{linked}{otherwise}"),
        )
    };
    let good = own("{ kind = \"external_id\", column = \"id\", prefix = \"mail:\" }");
    let spec = SystemSpec::parse(&good).expect("good");
    assert_eq!(spec.resolves(), [IdentifierKind::ExternalId]);
    assert!(
        spec.inventory().collections[1]
            .found_by
            .contains(&IdentifierKind::ExternalId)
    );
    for (bad, want) in [
        (
            "{ kind = \"external_id\", column = \"id\" }",
            "want the row's key",
        ),
        (
            "{ kind = \"external_id\", column = \"name\", prefix = \"mail:\" }",
            "want the row's key",
        ),
        (
            "{ kind = \"user_id\", column = \"id\", prefix = \"mail:\" }",
            "otherwise.prefix",
        ),
    ] {
        let said = SystemSpec::parse(&own(bad)).expect_err(bad).to_string();
        assert!(said.contains(want), "{bad}: {said}");
    }
    let unlinked = good.replace(
        "subject = { kind = \"external_contact_id\", column = \"contact\" }\n",
        "",
    );
    let said = SystemSpec::parse(&unlinked)
        .expect_err("no subject")
        .to_string();
    assert!(said.contains("belongs to rows with a `subject`"), "{said}");
    let chat = good.replacen(
        "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" } ]",
        "needs_subject = true",
        1,
    );
    let said = SystemSpec::parse(&chat).expect_err("a chat").to_string();
    assert!(said.contains("without `needs_subject`"), "{said}");
}

#[test]
fn who_left_is_said_in_words() {
    let of = |former: &str| {
        let line = format!(
            "name_columns = [\"name\"]\nemployment = {{ column = \"id\", former = {former} }}"
        );
        SystemSpec::parse(&GOOD.replace("name_columns = [\"name\"]", &line))
            .map_err(|e| e.to_string())
    };
    assert!(of("[\"left\"]").is_ok());
    for bad in ["[]", "[\" \"]"] {
        let said = of(bad).expect_err(bad);
        assert!(said.contains("employment.former: want the words"), "{said}");
    }
}

#[test]
fn kinds_that_know_their_collections_take_none() {
    let files = "id = \"a\"\nname = \"A\"\nkind = \"files\"\nowner = \"O\"\nregion = \"eu\"\ncountry = \"DE\"\n[files]\nroot = \"a\"\n";
    assert!(SystemSpec::parse(files).is_ok());
    assert!(
        SystemSpec::parse(&files.replace("\"a\"\n", "\"\"\n")).is_err(),
        "empty root"
    );
    assert!(
        SystemSpec::parse("kind = \"files\"").is_err(),
        "keys are missing"
    );
}

#[test]
fn what_is_made_for_each_row_has_its_place_in_a_text() {
    let of = |erase: &str| {
        let line = format!("erase = {erase}");
        SystemSpec::parse(&GOOD.replace("erase = \"fixed:(erased)\"", &line))
            .map_err(|e| e.to_string())
    };
    for good in [
        "random:erased-*@example.invalid",
        "hmac:x*",
        "hash:*x",
        "random: *",
        "fixed:*",
    ] {
        assert!(of(&format!("\"{good}\"")).is_ok(), "{good}");
    }
    let long = format!("\"random:*{}\"", "x".repeat(200));
    for (bad, want) in [
        ("\"random:erased\"", "want one `*`"),
        ("\"hmac:\"", "want one `*`"),
        ("\"hash:a*b*\"", "want one `*`"),
        ("\"random:*\"", "want more than the `*`"),
        ("\"random:* \"", "ends with a blank"),
        ("\"random:a\\n*\"", "control character"),
        ("\"hash:*\\u0000\"", "control character"),
        (
            "\"sha:*\"",
            "want `null`, `keep`, `fixed:` and a text, or `random:`",
        ),
        (long.as_str(), "want at most 200 characters"),
    ] {
        let said = of(bad).expect_err(bad);
        assert!(
            said.contains(want) && said.contains("erase"),
            "{bad}: {said}"
        );
    }
    let key = GOOD.replace(
        "\"user.unique_id\" }",
        "\"user.unique_id\", erase = \"random:x*\" }",
    );
    let said = SystemSpec::parse(&key).expect_err("a key").to_string();
    assert!(
        said.contains("fields[0].erase: belongs to the key"),
        "{said}"
    );
    let link = GOOD.replace(
        "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" } ]",
        "found_by = [ { kind = \"user_id\", column = \"name\", compare = \"exact\" } ]",
    );
    let link = link.replace("erase = \"fixed:(erased)\"", "erase = \"hmac:x*\"");
    let said = SystemSpec::parse(&link).expect_err("a link").to_string();
    assert!(
        said.contains("fields[1].erase: tells whose the row is"),
        "{said}"
    );
}
