//! What a description must not say, each with the key and the reason.

use app::model::{Disposition, IdentifierKind, OURS};

use super::{
    CollectionSpec, Compare, Erase, FieldSpec, FoundBy, Kind, SpecError, SqlPlace, SystemSpec,
    Whereabouts, parent,
};

pub(super) type Checked = Result<(), SpecError>;

/// The longest name of a table or column that any supported database takes, in bytes.
const NAME_MAX: usize = 63;

/// Checks everything that can be known without the system itself.
pub(super) fn check(spec: &SystemSpec) -> Checked {
    require(
        spec.id.as_str() != OURS,
        "id",
        "is what our own work is called by: choose another",
    )?;
    for (key, text) in [
        ("name", &spec.name),
        ("owner", &spec.owner),
        ("region", &spec.region),
    ] {
        check_text(key, text)?;
    }
    let country = spec.country.len() == 2 && spec.country.bytes().all(|b| b.is_ascii_uppercase());
    require(country, "country", "want two capital letters, e.g. `DE`")?;
    check_place(spec)?;
    for (i, collection) in spec.collections.iter().enumerate() {
        let key = format!("collections.{}", collection.name);
        let before = &spec.collections[..i];
        require(
            before.iter().all(|c| c.name != collection.name),
            &key,
            "is described twice",
        )?;
        parent::check(spec, &key, collection)?;
        check_collection(&key, collection)?;
        require(
            spec.found_by(collection).iter().any(|kind| kind.is_id()),
            &key,
            "nobody's rows can be told apart: want `subject`, an id in `found_by`, or a `parent` that has one",
        )?;
    }
    Ok(())
}

/// A name of a table or column that every supported database can hold.
pub fn check_name(key: &str, name: &str) -> Result<(), SpecError> {
    let fits = (1..=NAME_MAX).contains(&name.len());
    require(fits, key, "want a name of 1 to 63 bytes")?;
    require(
        !name.chars().any(char::is_control),
        key,
        "contains a control character",
    )
}

fn check_text(key: &str, text: &str) -> Checked {
    let fits = !text.trim().is_empty() && text.chars().count() <= 200;
    require(
        fits && !text.chars().any(char::is_control),
        key,
        "want 1 to 200 characters on one line",
    )
}

fn check_place(spec: &SystemSpec) -> Checked {
    require(
        spec.sql.is_some() == (spec.kind == Kind::Sql),
        "sql",
        "belongs to kind `sql`, and only to it",
    )?;
    require(
        spec.files.is_some() == (spec.kind == Kind::Files),
        "files",
        "belongs to kind `files`, and only to it",
    )?;
    let described = spec.collections.is_empty() != (spec.kind == Kind::Sql);
    require(
        described,
        "collections",
        "kind `sql` needs at least one; other kinds know their own",
    )?;
    if let Some(sql) = &spec.sql {
        check_sql(sql)?;
    }
    let root = spec
        .files
        .as_ref()
        .is_none_or(|files| !files.root.is_empty());
    require(root, "files.root", "is empty")
}

fn check_sql(sql: &SqlPlace) -> Checked {
    let whereabouts = sql.whereabouts().map_err(|reason| SpecError::Invalid {
        key: "sql.url".to_owned(),
        reason,
    })?;
    let (by_env, by_file) = (&sql.password_env, &sql.password_file);
    let key = "sql.password_env";
    require(
        by_env.is_none() || by_file.is_none(),
        key,
        "want either it or `password_file`, not both",
    )?;
    let none = by_env.is_none() && by_file.is_none();
    require(
        none || matches!(whereabouts, Whereabouts::Server(_)),
        key,
        "a file of SQLite has no password",
    )?;
    let empty = by_env.iter().chain(by_file).any(|word| word.is_empty());
    require(!empty, key, "is empty, or `password_file` is")
}

fn check_collection(key: &str, c: &CollectionSpec) -> Checked {
    check_text(&format!("{key}.title"), &c.title)?;
    check_name(&format!("{key}.table"), c.table())?;
    require(!c.key.is_empty(), &format!("{key}.key"), "is empty")?;
    for column in c
        .key
        .iter()
        .chain(&c.name_columns)
        .chain(c.employment.iter().map(|e| &e.column))
    {
        check_name(&format!("{key}: column {column:?}"), column)?;
    }
    if let Some(employment) = &c.employment {
        let words = &employment.former;
        let said = !words.is_empty() && words.iter().all(|word| !word.trim().is_empty());
        let key = format!("{key}.employment.former");
        require(said, &key, "want the words for those who left")?;
    }
    if let Some(subject) = &c.subject {
        let key = format!("{key}.subject");
        require(
            subject.kind.is_id(),
            &format!("{key}.kind"),
            "is not a kind of id",
        )?;
        check_id(
            &key,
            subject.kind,
            &subject.column,
            &subject.list_column,
            &subject.prefix,
        )?;
    }
    check_otherwise(key, c)?;
    check_another(key, c)?;
    for (i, found_by) in c.found_by.iter().enumerate() {
        check_found_by(&format!("{key}.found_by[{i}]"), c, found_by)?;
    }
    check_fields(key, c)
}

/// What says something of somebody else tells nothing of her: not whose a row is, nor by what it is found.
fn check_another(key: &str, c: &CollectionSpec) -> Checked {
    for (i, field) in c.fields.iter().enumerate() {
        let both = field.of.is_another() && field.holds.is_some();
        require(
            !both,
            &format!("{key}.fields[{i}].of"),
            "contradicts `holds`: nobody is found or corrected by what says something of another",
        )?;
    }
    let of = |part: &str| format!("{key}.{part}");
    for (part, columns) in [("key", &c.key), ("name_columns", &c.name_columns)] {
        for column in columns {
            check_hers(&of(part), c, column)?;
        }
    }
    for (part, id) in [("subject", &c.subject), ("otherwise", &c.otherwise)] {
        if let Some(id) = id {
            check_hers(&of(&format!("{part}.column")), c, &id.column)?;
            let list = id.list_column.iter();
            let mut list =
                list.map(|list| check_hers(&of(&format!("{part}.list_column")), c, list));
            list.try_for_each(|checked| checked)?;
        }
    }
    for (i, found_by) in c.found_by.iter().enumerate() {
        for column in std::iter::once(&found_by.column).chain(&found_by.list_column) {
            check_hers(&of(&format!("found_by[{i}]")), c, column)?;
        }
    }
    let employment = c.employment.iter();
    let mut employment = employment.map(|e| check_hers(&of("employment.column"), c, &e.column));
    employment.try_for_each(|checked| checked)
}

pub(super) fn check_hers(key: &str, c: &CollectionSpec, column: &str) -> Checked {
    require(
        !c.is_anothers(column),
        key,
        &format!("column {column:?} says something of another, by its `of`"),
    )
}

fn check_otherwise(key: &str, c: &CollectionSpec) -> Checked {
    let Some(own) = &c.otherwise else {
        return Ok(());
    };
    let key = format!("{key}.otherwise");
    check_id(&key, own.kind, &own.column, &own.list_column, &own.prefix)?;
    require(
        own.prefix.is_some() && c.key == [own.column.as_str()],
        &key,
        "want the row's key, as `external_id` with a `prefix`",
    )?;
    let subject = c.subject.as_ref().filter(|s| s.list_column.is_none());
    require(
        subject.is_some_and(|s| s.column != own.column) && !c.needs_subject,
        &key,
        "belongs to rows with a `subject` in another column, and without `needs_subject`",
    )
}

fn check_fields(key: &str, c: &CollectionSpec) -> Checked {
    for name in &c.name_columns {
        check_listed(&format!("{key}.name_columns"), c, name)?;
    }
    for (i, field) in c.fields.iter().enumerate() {
        let key = format!("{key}.fields[{i}]");
        require(
            c.fields[..i].iter().all(|f| f.name != field.name),
            &key,
            "is listed twice",
        )?;
        check_field(&key, c, field)?;
    }
    let erases = c.fields.iter().any(|f| c.erase(f) != Erase::Keep);
    let fine = erases || c.disposition != Disposition::Anonymise;
    require(
        fine,
        &format!("{key}.fields"),
        "`anonymise` would change nothing: every field is kept",
    )
}

fn check_id(
    key: &str,
    kind: IdentifierKind,
    column: &str,
    list: &Option<String>,
    prefix: &Option<String>,
) -> Checked {
    check_name(&format!("{key}.column"), column)?;
    let dialer = kind == IdentifierKind::DialerContactId;
    let reason = "belongs to kind `dialer_contact_id`, and only to it";
    require(
        list.is_some() == dialer,
        &format!("{key}.list_column"),
        reason,
    )?;
    if let Some(list) = list {
        check_name(&format!("{key}.list_column"), list)?;
    }
    let plain = prefix
        .as_ref()
        .is_none_or(|p| kind == IdentifierKind::ExternalId && !p.is_empty());
    require(
        plain,
        &format!("{key}.prefix"),
        "belongs to kind `external_id`, and is not empty",
    )
}

fn check_found_by(key: &str, c: &CollectionSpec, found_by: &FoundBy) -> Checked {
    use IdentifierKind as K;
    check_id(
        key,
        found_by.kind,
        &found_by.column,
        &found_by.list_column,
        &found_by.prefix,
    )?;
    require(c.subject.is_some(), key, "its rows show no `subject`")?;
    let compare = format!("{key}.compare");
    if found_by.kind.is_id() {
        return require(
            found_by.compare == Compare::Exact,
            &compare,
            "ids are compared `exact`",
        );
    }
    let phone = matches!(found_by.kind, K::Phone | K::Whatsapp);
    require(
        phone || !matches!(found_by.compare, Compare::Digits | Compare::WideDigits),
        &compare,
        "`digits` is for telephone numbers",
    )?;
    require(!c.needs_subject, key, "contradicts `needs_subject`")?;
    check_listed(key, c, &found_by.column)
}

/// What is searched or shown must be a listed field, and anonymising must not leave it.
fn check_listed(key: &str, c: &CollectionSpec, column: &str) -> Checked {
    let field = c.field(column);
    require(
        field.is_some(),
        key,
        &format!("column {column:?} is not among the fields"),
    )?;
    let left =
        c.disposition == Disposition::Anonymise && field.is_some_and(|f| c.erase(f) == Erase::Keep);
    require(
        !left,
        key,
        &format!("anonymising would leave column {column:?} as it is"),
    )
}

fn check_field(key: &str, c: &CollectionSpec, field: &FieldSpec) -> Checked {
    check_name(&format!("{key}.name"), &field.name)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.".contains(&b);
    let category = !field.category.is_empty() && field.category.bytes().all(plain);
    require(
        category,
        &format!("{key}.category"),
        "want a fideslang key, e.g. `user.contact.email`",
    )?;
    let anonymised = field.erase.is_none() || c.disposition == Disposition::Anonymise;
    let key = format!("{key}.erase");
    require(
        anonymised,
        &key,
        "belongs to collections that are anonymised",
    )?;
    let part_of_key = c.key.contains(&field.name) && c.erase(field) != Erase::Keep;
    require(
        !part_of_key,
        &key,
        "belongs to the key, which anonymising must keep",
    )?;
    let link = !c.key.contains(&field.name) && c.id_columns().any(|id| id.column == field.name);
    let cleared = matches!(field.erase, None | Some(Erase::Null));
    require(
        cleared || !link,
        &key,
        "tells whose the row is: anonymising makes it NULL",
    )
}

pub(super) fn require(holds: bool, key: &str, reason: &str) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(SpecError::Invalid {
            key: key.to_owned(),
            reason: reason.to_owned(),
        })
    }
}
