//! Counts whom a search should find, from the written databases: by what their descriptions say, with a plain reading of
//! every row. Shares no code with the search itself, so that one can be checked by the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use app::model::IdentifierKind;
use futures::TryStreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection};
use unicode_normalization::UnicodeNormalization;

use super::DemoError;
use super::attachments::folder_of;
use super::contact::DirectoryContact;

/// An identifier to count by. Telephone numbers begin with `+` and the country code.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) kind: IdentifierKind,
    pub(super) value: String,
    /// Of a dialer contact: its list.
    pub(super) list: Option<String>,
}

impl Ask {
    pub(super) fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
            list: None,
        }
    }

    /// The forms in which a system of that country may hold it.
    fn forms(&self, country: &str) -> Vec<String> {
        if !is_phone(self.kind) {
            let list = self
                .list
                .as_ref()
                .map(|list| format!("{list}/"))
                .unwrap_or_default();
            return vec![plain(self.kind, &(list + &self.value))];
        }
        let digits = plain(self.kind, &self.value);
        let mut forms = vec![format!("00{digits}"), digits.clone()];
        let home = [("44", "GB"), ("49", "DE"), ("81", "JP")]
            .into_iter()
            .find(|(_, c)| *c == country);
        forms.extend(
            home.and_then(|(code, _)| digits.strip_prefix(code))
                .map(|rest| format!("0{rest}")),
        );
        forms
    }
}

/// Keys of subjects, by the system that shows them.
pub(super) type Answer = BTreeMap<String, BTreeSet<String>>;

/// What is looked for in one system: kind and form, to the asks that want it.
type Wanted = HashMap<(IdentifierKind, String), Vec<usize>>;

/// One answer per ask, in their order.
pub(super) async fn count(
    folder: &Path,
    asks: &[Ask],
    contacts: impl Iterator<Item = DirectoryContact>,
) -> Result<Vec<Answer>, DemoError> {
    let mut answers = vec![Answer::new(); asks.len()];
    let mut descriptions = tokio::fs::read_dir(folder.join("systems"))
        .await
        .map_err(DemoError::Folder)?;
    while let Some(entry) = descriptions.next_entry().await.map_err(DemoError::Folder)? {
        let text = tokio::fs::read_to_string(entry.path())
            .await
            .map_err(DemoError::Folder)?;
        let system: toml::Table = toml::from_str(&text)?;
        if system.contains_key("sql") {
            count_sql(folder, &system, asks, &mut answers).await?;
        }
    }
    count_files(folder, asks, &mut answers);
    count_contacts(asks, contacts, &mut answers);
    Ok(answers)
}

fn wanted(asks: &[Ask], country: &str) -> Wanted {
    let mut wanted = Wanted::new();
    for (n, ask) in asks.iter().enumerate() {
        for form in ask.forms(country) {
            wanted.entry((ask.kind, form)).or_default().push(n);
        }
    }
    wanted
}

fn note(
    wanted: &Wanted,
    kind: IdentifierKind,
    raw: &str,
    system: &str,
    key: &str,
    answers: &mut [Answer],
) {
    for n in wanted.get(&(kind, plain(kind, raw))).into_iter().flatten() {
        answers[*n]
            .entry(system.to_owned())
            .or_default()
            .insert(key.to_owned());
    }
}

fn text<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table
        .get(key)
        .and_then(toml::Value::as_str)
        .unwrap_or_default()
}

fn tables<'a>(table: &'a toml::Table, key: &str) -> impl Iterator<Item = &'a toml::Table> {
    let list = table.get(key).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_table)
}

async fn count_sql(
    folder: &Path,
    system: &toml::Table,
    asks: &[Ask],
    answers: &mut [Answer],
) -> Result<(), DemoError> {
    let url = system
        .get("sql")
        .and_then(toml::Value::as_table)
        .map(|sql| text(sql, "url"));
    let file = folder.join(url.unwrap_or_default().trim_start_matches("sqlite:"));
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let wanted = wanted(asks, text(system, "country"));
    for collection in tables(system, "collections") {
        let Some(subject) = collection.get("subject").and_then(toml::Value::as_table) else {
            continue;
        };
        let own = collection.get("otherwise").and_then(toml::Value::as_table);
        let ids = std::iter::once(subject).chain(own);
        for by in ids.chain(tables(collection, "found_by")) {
            let Some(kind) = IdentifierKind::parse(text(by, "kind")) else {
                continue;
            };
            if !asks.iter().any(|ask| ask.kind == kind) {
                continue;
            }
            let query = select(text(collection, "name"), subject, own, by);
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(query);
            let mut rows = query.build().fetch(&mut connection);
            while let Some(row) = rows.try_next().await? {
                let (key, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                note(&wanted, kind, &value, text(system, "id"), &key, answers);
            }
        }
    }
    connection.close().await?;
    Ok(())
}

/// Every row that shows a subject or has a key of its own: kind and key, and what it is found by.
fn select(
    name: &str,
    subject: &toml::Table,
    own: Option<&toml::Table>,
    by: &toml::Table,
) -> String {
    let id = |of: &toml::Table| match (
        text(of, "list_column"),
        text(of, "prefix"),
        text(of, "column"),
    ) {
        ("", prefix, column) => format!("'{prefix}' || {column}"),
        (list, _, column) => format!("{list} || '/' || {column}"),
    };
    let key = |of: &toml::Table| format!("'{} ' || {}", text(of, "kind"), id(of));
    let (shown, value) = (key(subject), id(by));
    let key = own.map_or_else(
        || shown.clone(),
        |own| format!("coalesce({shown}, {})", key(own)),
    );
    // A row is found by its own key only where it shows nobody.
    let linked = own.is_some_and(|own| text(own, "column") == text(by, "column"));
    let free = if linked {
        format!("AND ({shown}) IS NULL")
    } else {
        String::new()
    };
    format!(
        "SELECT {key}, {value} FROM {name} WHERE ({key}) IS NOT NULL AND ({value}) IS NOT NULL {free}"
    )
}

fn count_files(folder: &Path, asks: &[Ask], answers: &mut [Answer]) {
    let kinds = [
        IdentifierKind::ExternalContactId,
        IdentifierKind::ExternalId,
    ];
    for (ask, answer) in asks.iter().zip(answers) {
        let kind = ask.kind.as_str();
        if kinds.contains(&ask.kind) && folder.join(folder_of(kind, &ask.value)).is_dir() {
            answer
                .entry("attachments".to_owned())
                .or_default()
                .insert(format!("{kind} {}", ask.value));
        }
    }
}

fn count_contacts(
    asks: &[Ask],
    contacts: impl Iterator<Item = DirectoryContact>,
    answers: &mut [Answer],
) {
    let wanted = wanted(asks, "DE");
    for contact in contacts {
        let key = format!("external_contact_id {}", contact.id);
        for (kind, value) in known(&contact) {
            note(&wanted, kind, &value, "directory", &key, answers);
        }
    }
}

/// Everything that a contact is found by.
fn known(contact: &DirectoryContact) -> Vec<(IdentifierKind, String)> {
    use IdentifierKind as Kind;
    let names = [
        &contact.first_name,
        &contact.middle_name,
        &contact.last_name,
    ];
    let name: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    let reverse: Vec<&str> = name.iter().rev().copied().collect();
    let mut known = vec![
        (Kind::ExternalContactId, contact.id.clone()),
        (Kind::Name, name.join(" ")),
        (Kind::Name, reverse.join(" ")),
    ];
    known.extend(
        contact
            .emails
            .iter()
            .map(|(_, email)| (Kind::Email, email.clone())),
    );
    known.extend(
        contact
            .phones
            .iter()
            .map(|(_, phone)| (Kind::Phone, phone.clone())),
    );
    known.extend(
        contact
            .address
            .iter()
            .map(|address| (Kind::Address, address.line())),
    );
    known.extend(
        contact
            .facebook
            .iter()
            .map(|id| (Kind::Facebook, id.clone())),
    );
    known.extend(
        contact
            .twitter
            .iter()
            .map(|handle| (Kind::Twitter, handle.clone())),
    );
    known.extend(
        contact
            .instagram
            .iter()
            .map(|handle| (Kind::Instagram, handle.clone())),
    );
    known.extend(
        contact
            .whatsapp
            .iter()
            .map(|number| (Kind::Whatsapp, number.clone())),
    );
    known
}

fn is_phone(kind: IdentifierKind) -> bool {
    matches!(kind, IdentifierKind::Phone | IdentifierKind::Whatsapp)
}

/// A value in the form that it is compared in: as much as the sample needs.
fn plain(kind: IdentifierKind, raw: &str) -> String {
    let wide: String = raw.nfkc().flat_map(char::to_lowercase).collect();
    match kind {
        _ if kind.is_id() => raw.to_owned(),
        _ if is_phone(kind) => wide.chars().filter(char::is_ascii_digit).collect(),
        IdentifierKind::Name => name(&letters(&wide)),
        IdentifierKind::Address => letters(&wide)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect(),
        _ => wide.trim().trim_start_matches('@').to_owned(),
    }
}

/// Without accents and apostrophes; ß as ss, katakana as hiragana, variants of kanji as one.
fn letters(text: &str) -> String {
    let marks = |c: &char| !matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’');
    let folded = text.nfd().filter(marks).map(|c| match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        '髙' => '高',
        '﨑' => '崎',
        other => other,
    });
    folded
        .collect::<String>()
        .nfc()
        .collect::<String>()
        .replace('ß', "ss")
}

fn name(text: &str) -> String {
    let mut words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.concat().chars().all(|c| c >= '\u{3041}') {
        return words.concat();
    }
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_with_and_without_country_code_at_home_only() {
        let ask = Ask::new(IdentifierKind::Phone, "+44 20 7946 0901");
        let home = ask.forms("GB");
        for written in [
            "020 7946 0901",
            "(020) 7946-0901",
            "00442079460901",
            "+44 20 7946 0901",
        ] {
            assert!(
                home.contains(&plain(IdentifierKind::Phone, written)),
                "{written}"
            );
        }
        assert!(!ask.forms("DE").contains(&"02079460901".to_owned()));
    }

    #[test]
    fn names_in_other_spellings_are_one() {
        let key = |raw| plain(IdentifierKind::Name, raw);
        assert_eq!(key("MÜLLER, anna"), key("Anna Mu\u{308}ller"));
        assert_eq!(key("髙橋 由紀"), key("高橋由紀"));
        assert_eq!(key("ﾀｶﾊｼ ﾕｷ"), key("たかはし ゆき"));
        assert_ne!(key("Anna Müller"), key("Anna Möller"));
    }
}
