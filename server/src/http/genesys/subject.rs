//! Subjects and terms, as the API writes them and as we mean them.

use app::model::{
    Identifier, IdentifierKind as Kind, InvalidIdentifier, Replacement, Subject, SubjectKey,
};
use serde_json::{Map, Value as Json, json};

use super::error::{ApiError, CONSTRAINT, FieldFault, WRONG_VALUE};

/// The kind that a word of `searchType` or `ReplacementTerm.type` names, in any case.
pub(super) fn kind_of(word: &str) -> Option<Kind> {
    Some(match word.to_ascii_uppercase().as_str() {
        "NAME" => Kind::Name,
        "ADDRESS" => Kind::Address,
        "PHONE" => Kind::Phone,
        "EMAIL" => Kind::Email,
        "TWITTER" => Kind::Twitter,
        "INSTAGRAM" => Kind::Instagram,
        "FACEBOOK" => Kind::Facebook,
        "APPLE_MESSAGES" => Kind::AppleMessages,
        "WHATSAPP" => Kind::Whatsapp,
        "EXTERNAL_ID" => Kind::ExternalId,
        _ => return None,
    })
}

/// The word of a kind; ids that have no word of their own none.
pub(super) fn word_of(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Name => "NAME",
        Kind::Address => "ADDRESS",
        Kind::Phone => "PHONE",
        Kind::Email => "EMAIL",
        Kind::Twitter => "TWITTER",
        Kind::Instagram => "INSTAGRAM",
        Kind::Facebook => "FACEBOOK",
        Kind::AppleMessages => "APPLE_MESSAGES",
        Kind::Whatsapp => "WHATSAPP",
        Kind::ExternalId => "EXTERNAL_ID",
        Kind::UserId | Kind::ExternalContactId | Kind::DialerContactId | Kind::VisitorId => {
            return None;
        }
    })
}

/// The only term that a request's subject names. Shapes were checked before.
pub(super) fn term(subject: &Map<String, Json>) -> Result<Identifier, ApiError> {
    let mut terms = Vec::new();
    for (name, value) in subject {
        terms.extend(terms_of(name, value));
    }
    // A subject as the search gave it: her id, and beside it what is known of her. That is not searched on. An id that another
    // system gave is itself something known, where there is one of our own.
    for names_her in [is_own_id, is_id] {
        if terms.iter().filter(|(field, _)| names_her(field)).count() == 1 {
            terms.retain(|(field, _)| names_her(field));
        }
    }
    let mut terms = terms.into_iter();
    match (terms.next(), terms.next()) {
        (None, _) => {
            let why = "names nobody: want one of name, userId, externalContactId, dialerContactId, journeyCustomer, \
                       socialHandle, externalId, addresses, phoneNumbers, emailAddresses";
            Err(ApiError::field("subject", CONSTRAINT, why))
        }
        (Some((field, identifier)), None) => identifier.map_err(|fault| {
            let code = if fault == InvalidIdentifier::ListMissing {
                CONSTRAINT
            } else {
                WRONG_VALUE
            };
            ApiError::field(&field, code, fault.to_string())
        }),
        (Some(first), Some(second)) => {
            let why = "is one term of several: one per request, ask for each by itself";
            let fault = |(field, _)| FieldFault::new(field, CONSTRAINT, why);
            Err(ApiError::fields(
                [first, second]
                    .into_iter()
                    .chain(terms)
                    .map(fault)
                    .collect(),
            ))
        }
    }
}

fn is_own_id(field: &str) -> bool {
    const IDS: [&str; 4] = [
        "subject.userId",
        "subject.externalContactId",
        "subject.dialerContactId",
        "subject.journeyCustomer",
    ];
    IDS.contains(&field)
}

fn is_id(field: &str) -> bool {
    is_own_id(field) || field == "subject.externalId"
}

type Term = (String, Result<Identifier, InvalidIdentifier>);

fn terms_of(name: &str, value: &Json) -> Vec<Term> {
    let text = |name: &str| value.get(name).and_then(Json::as_str).unwrap_or_default();
    let one = |kind, text: &str| vec![(format!("subject.{name}"), Identifier::new(kind, text))];
    let each = |kind| {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let term = |(at, value): (usize, &Json)| {
            let identifier = Identifier::new(kind, value.as_str().unwrap_or_default());
            (format!("subject.{name}[{at}]"), identifier)
        };
        list.iter().enumerate().map(term).collect()
    };
    match name {
        "name" => one(Kind::Name, value.as_str().unwrap_or_default()),
        "userId" => one(Kind::UserId, value.as_str().unwrap_or_default()),
        "externalContactId" => one(Kind::ExternalContactId, value.as_str().unwrap_or_default()),
        "externalId" => one(Kind::ExternalId, value.as_str().unwrap_or_default()),
        "dialerContactId" => {
            let identifier = Identifier::dialer_contact(text("id"), text("contactListId"));
            vec![(format!("subject.{name}"), identifier)]
        }
        "journeyCustomer" => one(Kind::VisitorId, text("id")),
        "socialHandle" => {
            let term = |kind| {
                let identifier = Identifier::new(kind, text("value"));
                ("subject.socialHandle.value".to_owned(), identifier)
            };
            kind_of(text("type")).map(term).into_iter().collect()
        }
        "addresses" => each(Kind::Address),
        "phoneNumbers" => each(Kind::Phone),
        "emailAddresses" => each(Kind::Email),
        _ => Vec::new(),
    }
}

/// What an update replaces. Shapes were checked before.
pub(super) fn replacements(terms: &[Json]) -> Result<Vec<Replacement>, ApiError> {
    let mut faults = Vec::new();
    let mut replacements = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let text = |name: &str| term.get(name).and_then(Json::as_str).unwrap_or_default();
        let Some(kind) = kind_of(text("type")) else {
            continue;
        };
        let mut value = |name: &str| {
            let identifier = Identifier::new(kind, text(name));
            identifier
                .map(|identifier| identifier.value().to_owned())
                .map_err(|why| {
                    let field = format!("replacementTerms[{at}].{name}");
                    faults.push(FieldFault::new(field, WRONG_VALUE, why.to_string()));
                })
        };
        if let (Ok(old), Ok(new)) = (value("existingValue"), value("updatedValue")) {
            if old == new {
                let field = format!("replacementTerms[{at}].updatedValue");
                faults.push(FieldFault::new(
                    field,
                    CONSTRAINT,
                    "is what it was: old and new value are the same",
                ));
            }
            replacements.push(Replacement { kind, old, new });
        }
    }
    if faults.is_empty() {
        Ok(replacements)
    } else {
        Err(ApiError::fields(faults))
    }
}

/// A subject as GDPRSubject: her key, and the values that were found. Without a record, the key alone.
pub(super) fn write(key: &SubjectKey, subject: Option<&Subject>) -> Json {
    let mut body = Map::new();
    if let Some(name) = subject
        .and_then(|subject| subject.name.as_deref())
        .filter(|name| !name.is_empty())
    {
        body.insert("name".into(), name.into());
    }
    let (field, id) = match key.kind() {
        Kind::UserId => ("userId", Json::from(key.id())),
        Kind::ExternalContactId => ("externalContactId", Json::from(key.id())),
        Kind::DialerContactId => {
            let list = key.identifier().list().unwrap_or_default();
            (
                "dialerContactId",
                json!({ "id": key.id(), "contactListId": list }),
            )
        }
        Kind::VisitorId => (
            "journeyCustomer",
            json!({ "type": "cookie", "id": key.id() }),
        ),
        // No other kind is a key.
        _ => ("externalId", Json::from(key.id())),
    };
    body.insert(field.into(), id);
    let Some(subject) = subject else {
        return body.into();
    };
    let mut lists: [(&str, Kind, Vec<&str>); 3] = [
        ("addresses", Kind::Address, Vec::new()),
        ("phoneNumbers", Kind::Phone, Vec::new()),
        ("emailAddresses", Kind::Email, Vec::new()),
    ];
    for found in subject
        .fields
        .iter()
        .filter(|found| !found.value.is_empty())
    {
        let Some(kind) = found.holds else { continue };
        if let Some((.., values)) = lists.iter_mut().find(|(_, held, _)| *held == kind) {
            if !values.contains(&found.value.as_str()) {
                values.push(&found.value);
            }
        } else if kind == Kind::ExternalId {
            body.entry("externalId")
                .or_insert_with(|| found.value.as_str().into());
        } else if !kind.is_id() && kind != Kind::Name {
            let handle =
                || json!({ "type": word_of(kind).unwrap_or_default(), "value": found.value });
            body.entry("socialHandle").or_insert_with(handle);
        }
    }
    for (name, _, values) in lists.into_iter().filter(|(.., values)| !values.is_empty()) {
        body.insert(name.into(), values.into());
    }
    body.into()
}

/// The field of a request's subject that holds an identifier of that kind.
pub(super) fn field_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "subject.name",
        Kind::Address => "subject.addresses[0]",
        Kind::Phone => "subject.phoneNumbers[0]",
        Kind::Email => "subject.emailAddresses[0]",
        Kind::UserId => "subject.userId",
        Kind::ExternalContactId => "subject.externalContactId",
        Kind::DialerContactId => "subject.dialerContactId",
        Kind::VisitorId => "subject.journeyCustomer",
        Kind::ExternalId => "subject.externalId",
        Kind::Twitter | Kind::Instagram | Kind::Facebook | Kind::AppleMessages | Kind::Whatsapp => {
            "subject.socialHandle"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: Json) -> Result<Identifier, ApiError> {
        term(body.as_object().expect("an object"))
    }

    #[test]
    fn every_word_is_a_kind_and_back() {
        for word in super::super::models::SEARCH_TYPES {
            assert_eq!(kind_of(word).and_then(word_of), Some(*word));
            assert_eq!(kind_of(&word.to_lowercase()), kind_of(word));
        }
    }

    #[test]
    fn every_subject_field_is_one_term_and_comes_back_as_itself() {
        let bodies = [
            json!({ "userId": "u-1" }),
            json!({ "externalContactId": "c-1" }),
            json!({ "dialerContactId": { "id": "7", "contactListId": "spring" } }),
            json!({ "journeyCustomer": { "type": "cookie", "id": "v-1" } }),
            json!({ "externalId": "help-desk:42" }),
        ];
        for body in bodies {
            let key = SubjectKey::try_from(of(body.clone()).expect("one term")).expect("an id");
            assert_eq!(write(&key, None), body);
        }
    }

    #[test]
    fn two_terms_are_refused_wherever_they_stand() {
        for body in [
            json!({ "externalContactId": "e-1", "userId": "u-1" }),
            json!({ "emailAddresses": ["a@example.org", "b@example.org"] }),
            json!({ "phoneNumbers": ["+49 30 123456"], "addresses": ["Musterstraße 1"] }),
        ] {
            let why = of(body).expect_err("two terms");
            assert_eq!((why.code, why.details.len()), (CONSTRAINT, 2));
        }
        assert_eq!(
            of(json!({ "emailAddresses": [] }))
                .expect_err("nobody")
                .details[0]
                .field,
            "subject"
        );
    }

    #[test]
    fn an_id_beside_its_known_fields_is_the_one_term() {
        let known = json!({ "name": "An\nna", "externalId": "crm:1", "emailAddresses": ["none"] });
        for (id, value, kind) in [
            ("userId", json!("1"), Kind::UserId),
            ("externalContactId", json!("1"), Kind::ExternalContactId),
            (
                "dialerContactId",
                json!({ "id": "1", "contactListId": "l" }),
                Kind::DialerContactId,
            ),
            ("journeyCustomer", json!({ "id": "1" }), Kind::VisitorId),
            ("externalId", json!("1"), Kind::ExternalId),
        ] {
            let mut body = known.clone();
            body[id] = value;
            let term = of(body).expect("one term");
            assert_eq!((term.kind(), term.value()), (kind, "1"));
        }
        let two = json!({ "userId": "1", "externalContactId": "1", "externalId": "crm:1" });
        assert_eq!(of(two).expect_err("two ids").details.len(), 3);
    }

    #[test]
    fn a_value_that_is_no_term_is_named_by_its_place() {
        let why = of(json!({ "emailAddresses": ["nobody"] })).expect_err("no address");
        assert_eq!(why.details[0].field, "subject.emailAddresses[0]");
    }
}
