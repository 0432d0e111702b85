//! Columns that say something of somebody else: what they must not be besides.

use super::{GOOD, SystemSpec};

/// Where a column that says something of another stands, and what the error must say.
const ANOTHERS: &[(&str, &str, &str)] = &[
    (
        "name",
        "name = \"name\", category = \"user.name\", holds = \"name\"",
        "fields[1].of: contradicts `holds`",
    ),
    (
        "email",
        "",
        "found_by[0]: column \"email\" says something of another",
    ),
    (
        "name",
        "",
        "name_columns: column \"name\" says something of another",
    ),
    ("id", "", "key: column \"id\" says something of another"),
];

#[test]
fn what_says_something_of_another_tells_nothing_of_her() {
    let refused = |text: &str| SystemSpec::parse(text).expect_err(text).to_string();
    let marked = |column: &str, keeps_holds: bool| {
        let holds = format!(", holds = \"{column}\"");
        let plain = if keeps_holds {
            GOOD.to_owned()
        } else {
            GOOD.replace(&holds, "")
        };
        let line = format!("{{ name = \"{column}\", category");
        plain.replace(
            &line,
            &format!("{{ name = \"{column}\", of = \"another\", category"),
        )
    };
    for (column, holds, want) in ANOTHERS {
        let said = refused(&marked(column, !holds.is_empty()));
        assert!(said.contains(want), "{column}: {said}");
    }
    let tickets = |line: &str, field: &str| {
        let fields = "fields = [ { name = \"text\", category = \"user.content\" } ]";
        let more = format!(
            "{line}\nfields = [ {{ name = \"{field}\", category = \"user\", of = \"another\" }} ]"
        );
        GOOD.replace(fields, &more)
    };
    for (line, field, want) in [
        (
            "",
            "contact_id",
            "tickets.parent.column: column \"contact_id\"",
        ),
        (
            "subject = { kind = \"user_id\", column = \"agent\" }",
            "agent",
            "tickets.subject.column: column \"agent\"",
        ),
        (
            "subject = { kind = \"dialer_contact_id\", column = \"who\", list_column = \"list\" }",
            "list",
            "tickets.subject.list_column: column \"list\"",
        ),
        (
            "subject = { kind = \"user_id\", column = \"who\" }\nemployment = { column = \"left\", former = [\"x\"] }",
            "left",
            "tickets.employment.column: column \"left\"",
        ),
    ] {
        let said = refused(&tickets(line, field));
        assert!(said.contains(want), "{line}: {said}");
    }
    // A row that is named by what is another's would be hers.
    let notes = "[[collections]]\nname = \"notes\"\ntitle = \"Notes\"\nkey = [\"id\"]\ndisposition = { do = \"keep\", ground = \"x\" }\n\
                 parent = { collection = \"tickets\", column = \"id\", references = \"agent\" }\n\
                 fields = [ { name = \"text\", category = \"user.content\" } ]\n";
    let said = refused(&format!("{}{notes}", tickets("", "agent")));
    assert!(
        said.contains("notes.parent.references: column \"agent\""),
        "{said}"
    );
    let spec = SystemSpec::parse(&tickets("", "agent")).expect("good");
    assert!(spec.inventory().collections[1].fields[0].of.is_another());
    let again = SystemSpec::parse(&spec.text().expect("written")).expect("read back");
    assert!(again.collections[1].is_anothers("agent"));
    let her = GOOD.replace(
        "category = \"user.content\"",
        "category = \"user.content\", of = \"her\"",
    );
    assert!(SystemSpec::parse(&her).is_ok());
    assert!(refused(&her.replace("of = \"her\"", "of = \"him\"")).contains("of"));
}
