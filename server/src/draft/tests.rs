//! Whole drafts of invented tables.

mod parents;

use app::model::{Disposition, IdentifierKind};

use super::sample::{refers, table};
use super::*;
use crate::connectors::spec::{CollectionSpec, Erase};
use crate::connectors::sql::SeenTable;
use crate::dataset::{File, load};

fn about() -> About {
    About {
        id: None,
        name: None,
        owner: None,
        region: None,
        country: "DE".to_owned(),
        place: SqlPlace {
            url: "sqlite:shop.db".to_owned(),
            ..SqlPlace::default()
        },
    }
}

fn drafted(tables: Vec<SeenTable>) -> Draft {
    draft(&Survey::of(tables), None, &about()).unwrap_or_else(|why| panic!("{why:?}"))
}

fn with(tables: Vec<SeenTable>, yaml: &str) -> Draft {
    let file = File {
        name: "f.yml",
        bytes: yaml.as_bytes(),
    };
    let loaded = load(&[file]).unwrap_or_else(|why| panic!("{why}"));
    let dataset = &loaded.datasets.all()[0];
    draft(&Survey::of(tables), Some(dataset), &about()).unwrap_or_else(|why| panic!("{why:?}"))
}

fn collection<'d>(draft: &'d Draft, name: &str) -> &'d CollectionSpec {
    let mut all = draft.spec.collections.iter();
    all.find(|c| c.name.as_str() == name)
        .unwrap_or_else(|| panic!("no {name}: {}", draft.text))
}

fn customers() -> SeenTable {
    let columns = [
        "id",
        "email!",
        "first_name",
        "last_name",
        "phone",
        "quantity",
    ];
    table("customers", &columns)
}

#[test]
fn a_table_of_people_becomes_their_record() {
    let draft = drafted(vec![customers()]);
    assert_eq!(draft.spec.id.as_str(), "shop");
    let customers = collection(&draft, "customers");
    let subject = customers.subject.as_ref().expect("a subject");
    assert_eq!(subject.kind, IdentifierKind::ExternalId);
    assert_eq!(subject.prefix.as_deref(), Some("shop:customers:"));
    assert_eq!(customers.name_columns, ["first_name", "last_name"]);
    let found: Vec<_> = customers
        .found_by
        .iter()
        .map(|f| (f.kind, f.column.as_str()))
        .collect();
    let want = [
        (IdentifierKind::Email, "email"),
        (IdentifierKind::Name, "last_name"),
        (IdentifierKind::Phone, "phone"),
    ];
    assert_eq!(found, want);
    assert_eq!(customers.disposition, Disposition::Delete);
    assert!(draft.text.contains("# high: its name\n"), "{}", draft.text);
    assert!(
        draft.text.contains("# no sign of a person in: `quantity`"),
        "{}",
        draft.text
    );
}

#[test]
fn what_is_kept_keeps_its_owner_too() {
    let mut invoices = refers(
        table("invoices", &["id", "customer_id!", "total"]),
        "customer_id",
        "customers",
    );
    invoices.columns.push(super::sample::seen(
        "billing_address",
        crate::connectors::sql::Shape::Text,
        &[],
    ));
    let draft = drafted(vec![customers(), invoices]);
    let invoices = collection(&draft, "invoices");
    assert!(
        matches!(&invoices.disposition, Disposition::Keep { ground } if ground == plan::GROUND)
    );
    let customers = collection(&draft, "customers");
    assert_eq!(customers.disposition, Disposition::Anonymise);
    let erase = |column: &str| {
        customers
            .field(column)
            .and_then(|field| field.erase.clone())
    };
    // NOT NULL.
    let fixed = Erase::Fixed("erased@example.invalid".to_owned());
    assert_eq!(erase("email"), Some(fixed));
    assert_eq!(erase("phone"), Some(Erase::Null));
    assert_eq!(erase("id"), None);
}

#[test]
fn what_must_not_be_null_and_is_no_text_is_kept() {
    let mut customers = table("customers", &["id", "email", "birthday!", "zip!"]);
    customers.columns[2].column.shape = crate::connectors::sql::Shape::Other;
    customers.columns[3].column.declared = "varchar(5)".to_owned();
    let payments = refers(
        table("payments", &["id", "customer_id"]),
        "customer_id",
        "customers",
    );
    let draft = drafted(vec![customers, payments]);
    let customers = collection(&draft, "customers");
    let erase = |column: &str| {
        customers
            .field(column)
            .and_then(|field| field.erase.clone())
    };
    assert_eq!(erase("birthday"), Some(Erase::Keep));
    assert_eq!(erase("zip"), Some(Erase::Fixed("-".to_owned())));
    assert!(
        draft
            .text
            .contains("# ! \"birthday\" must not be NULL and is no text"),
        "{}",
        draft.text
    );
}

#[test]
fn a_unique_column_gets_another_text_in_each_row() {
    let mut customers = customers();
    customers.unique.push(vec!["email".to_owned()]);
    let visits = refers(
        table("payments", &["id", "customer_id"]),
        "customer_id",
        "customers",
    );
    let draft = drafted(vec![customers.clone(), visits.clone()]);
    let erase = "erase = \"random:erased-*@example.invalid\"";
    assert!(draft.text.contains(erase), "{}", draft.text);
    customers.columns[1].column.declared = "varchar(20)".to_owned();
    let draft = drafted(vec![customers, visits]);
    let note =
        "# ! \"email\" must not be NULL and is unique, and short: anonymising leaves it as it is";
    assert!(draft.text.contains(note), "{}", draft.text);
}

#[test]
fn what_the_dataset_says_is_drafted_where_it_fits() {
    let yaml = |masking: &str| {
        format!(
            "dataset:\n  - fides_key: shop\n    meta: {{habeas: {{collections: [{{name: customers, disposition: anonymise}}]}}}}\n    \
             collections:\n      - name: customers\n        fields:\n          \
             - {{name: id, data_categories: [user.unique_id]}}\n          \
             - {{name: email, data_categories: [user.contact.email], fides_meta: {{identity: email, \
             masking_strategy_override: {{{masking}}}}}}}\n"
        )
    };
    let erased = |masking: &str, declared: &str| {
        let mut customers = customers();
        customers.unique.push(vec!["email".to_owned()]);
        customers.columns[1].column.declared = declared.to_owned();
        let draft = with(vec![customers], &yaml(masking));
        let email = collection(&draft, "customers")
            .field("email")
            .expect("listed");
        (email.erase.as_ref().expect("said").to_string(), draft.text)
    };
    let suffix = "configuration: {format_preservation: {suffix: '@masked.example'}}";
    for (masking, want) in [
        ("strategy: hmac".to_owned(), "hmac:hmac-*"),
        (format!("strategy: hash, {suffix}"), "hash:*@masked.example"),
        (
            format!("strategy: random_string_rewrite, {suffix}"),
            "random:*@masked.example",
        ),
    ] {
        let (erase, text) = erased(&masking, "TEXT");
        assert_eq!(erase, want, "{text}");
        assert!(!text.contains("masked by"), "{text}");
    }
    let (erase, text) = erased("strategy: hmac", "varchar(24)");
    assert_eq!(erase, "random:x*");
    let why = "# ! the dataset has `hmac:hmac-*` for \"email\", which takes 24 characters, but `hmac:hmac-*` writes 25: want `random:x*`";
    assert!(text.contains(why), "{text}");
    let (erase, text) = erased(
        "strategy: string_rewrite, configuration: {rewrite_value: gone}",
        "TEXT",
    );
    assert_eq!(erase, "random:erased-*@example.invalid", "{text}");
    assert!(
        text.contains("is unique, so that `fixed:gone` fits one row only"),
        "{text}"
    );
}

#[test]
fn other_links_and_tables_apart_are_named() {
    let orders = refers(
        table("orders", &["id", "customer_id!", "created_by_id"]),
        "customer_id",
        "customers",
    );
    let orders = refers(orders, "created_by_id", "employees");
    let employees = table("employees", &["id", "email"]);
    let leads = table("newsletter", &["email"]);
    let draft = drafted(vec![customers(), employees, orders, leads]);
    for want in [
        "# also belongs to \"employees\" by \"created_by_id\" = \"id\": not followed, it names who did",
        "# ! `newsletter`: no primary key",
        "#     `email` looks like user.contact.email",
        "# ! if these people work for you",
    ] {
        assert!(draft.text.contains(want), "{want}: {}", draft.text);
    }
    // An employee that orders still name can't be deleted.
    let employees = collection(&draft, "employees");
    assert_eq!(employees.disposition, Disposition::Anonymise);
}

#[test]
fn who_handled_a_row_is_marked_as_another() {
    let columns = [
        "id",
        "customer_id!",
        "payer_customer_id",
        "handled_by_id",
        "employee_id!",
        "agent_email",
        "sold_by_email",
        "updated_email",
        "reply_by_email",
        "note",
    ];
    let tickets = refers(table("tickets", &columns), "customer_id", "customers");
    let tickets = refers(tickets, "payer_customer_id", "customers");
    let tickets = refers(tickets, "handled_by_id", "employees");
    let tickets = refers(tickets, "employee_id", "employees");
    let employees = table("employees", &["id", "email", "manager_email"]);
    let agents = table("agents", &["id", "agent_email"]);
    let draft = drafted(vec![customers(), employees, tickets, agents]);
    let marked = |name: &str| {
        let fields = collection(&draft, name).fields.iter();
        let marked = fields.filter(|field| field.of.is_another());
        marked.map(|field| field.name.as_str()).collect::<Vec<_>>()
    };
    let want = [
        "payer_customer_id",
        "handled_by_id",
        "employee_id",
        "agent_email",
        "sold_by_email",
    ];
    assert_eq!(marked("tickets"), want, "{}", draft.text);
    assert_eq!(marked("employees"), ["manager_email"], "{}", draft.text);
    assert!(marked("agents").is_empty() && marked("customers").is_empty());
    let parent = collection(&draft, "tickets").parents.first();
    assert_eq!(parent.map(|p| p.column.as_str()), Some("customer_id"));
    for want in [
        "name = \"agent_email\", category = \"user.contact.email\", of = \"another\" }, # ? low: it says who did something",
        "name = \"handled_by_id\", category = \"user.unique_id\", of = \"another\" }, # ? low: it leads to \"employees\", and names who did",
        "# ? low: it leads to \"employees\", and names who of the staff dealt with the row",
        "# ? low: it leads to \"customers\", and names another one than whose the row is",
    ] {
        assert!(draft.text.contains(want), "{want}: {}", draft.text);
    }
}

#[test]
fn a_row_that_shows_somebody_is_not_of_who_handled_it() {
    let requests = || table("service_request", &["id", "email", "employee_id"]);
    let employees = || table("employee", &["id", "email"]);
    let yaml = "dataset:\n  - fides_key: shop\n    collections:\n      - name: employee\n        fields:\n          \
        - {name: id, data_categories: [user.unique_id]}\n          \
        - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}\n      \
        - name: service_request\n        fields:\n          \
        - {name: id, data_categories: [system.operations]}\n          \
        - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}\n          \
        - {name: employee_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: shop, field: employee.id, \
        direction: from}]}}\n";
    let named = drafted(vec![employees(), requests()]);
    for draft in [named, with(vec![employees(), requests()], yaml)] {
        let requests = collection(&draft, "service_request");
        assert!(requests.parents.is_empty(), "{}", draft.text);
        assert!(requests.is_anothers("employee_id"), "{}", draft.text);
    }
    // What the dataset says is no guess.
    let meta = "    meta: {habeas: {collections: [{name: service_request, of_another: [employee_id]}]}}\n    collections:\n      - name: employee\n";
    let said = yaml.replace("    collections:\n      - name: employee\n", meta);
    let draft = with(vec![employees(), requests()], &said);
    let want = "of = \"another\" }, # the dataset: it says something of another";
    assert!(draft.text.contains(want), "{}", draft.text);
}

#[test]
fn a_dataset_takes_the_place_of_guesses() {
    let visits = table("visits", &["id", "who_id", "page"]);
    let yaml = "dataset:\n  - fides_key: shop_db\n    name: The shop\n    meta: {owner: Sales}\n    collections:\n      \
        - name: customers\n        fields:\n          \
        - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true, identity: loyalty_id}}\n          \
        - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email, length: 40}}\n          \
        - {name: first_name, data_categories: [user.name], fides_meta: {masking_strategy_override: {strategy: string_rewrite, \
        configuration: {rewrite_value: gone}}}}\n          \
        - {name: last_name, data_categories: [system.operations]}\n          \
        - {name: nickname, data_categories: [user.name]}\n      \
        - name: visits\n        fields:\n          \
        - {name: id, data_categories: [system.operations]}\n          \
        - {name: who_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: shop_db, field: customers.id, \
        direction: from}]}}\n          \
        - {name: page, data_categories: [user.behavior.browsing_history]}\n      \
        - name: gone\n        fields: [{name: id, data_categories: [system.operations]}]\n";
    let draft = with(vec![customers(), visits], yaml);
    assert_eq!(draft.spec.id.as_str(), "shop_db".replace('_', "-"));
    assert_eq!(
        (draft.spec.name.as_str(), draft.spec.owner.as_str()),
        ("The shop", "Sales")
    );
    let customers = collection(&draft, "customers");
    let subject = customers.subject.as_ref().expect("a subject");
    assert_eq!(subject.prefix.as_deref(), Some("loyalty_id:"));
    let found: Vec<_> = customers
        .found_by
        .iter()
        .map(|f| f.column.as_str())
        .collect();
    assert_eq!(found, ["email"]);
    // Who says how to mask a field wants its row to stay.
    assert_eq!(customers.disposition, Disposition::Anonymise);
    let first_name = customers.field("first_name").expect("listed");
    assert_eq!(first_name.erase, Some(Erase::Fixed("gone".to_owned())));
    assert!(customers.field("last_name").is_none());
    assert_eq!(
        collection(&draft, "visits")
            .parents
            .first()
            .map(|p| p.column.as_str()),
        Some("who_id")
    );
    for want in [
        "without a word for it here: email: length 40",
        "# left out: `last_name`, system.operations",
        "# ? low: not in the dataset; its name",
        "# ! in the dataset, but no column of the table: \"nickname\", user.name",
        "# ! in the dataset, but no table of the database: \"gone\"",
    ] {
        assert!(draft.text.contains(want), "{want}: {}", draft.text);
    }
}

#[test]
fn the_dataset_says_what_erasure_does() {
    let yaml = |collection: &str, more: &str| {
        format!(
            "dataset:\n  - fides_key: shop\n    meta: {{habeas: {{collections: [{{name: customers, {more}}}]}}}}\n    \
             collections:\n      - name: customers\n{collection}        fields:\n          \
             - {{name: id, data_categories: [user.unique_id]}}\n          \
             - {{name: email, data_categories: [user.contact.email], fides_meta: {{identity: email, masking_strategy_override: \
             {{strategy: string_rewrite, configuration: {{rewrite_value: gone}}}}}}}}\n"
        )
    };
    let draft = with(vec![customers()], &yaml("", "disposition: anonymise"));
    let customers_ = collection(&draft, "customers");
    assert_eq!(customers_.disposition, Disposition::Anonymise);
    let email = customers_.field("email").expect("listed");
    assert_eq!(email.erase, Some(Erase::Fixed("gone".to_owned())));
    let draft = with(
        vec![customers()],
        &yaml("", "disposition: keep, ground: the law"),
    );
    let unmasked = "# ! the dataset masks [\"email\"], which only anonymising does";
    assert!(draft.text.contains(unmasked), "{}", draft.text);
    let ground = "the law".to_owned();
    assert_eq!(
        collection(&draft, "customers").disposition,
        Disposition::Keep { ground }
    );
}

#[test]
fn why_there_is_no_draft_is_said() {
    let why = draft(&Survey::of(Vec::new()), None, &about()).expect_err("empty");
    assert!(matches!(why, DraftError::Empty));
    let products = vec![table("products", &["id", "name"])];
    let why = draft(&Survey::of(products), None, &about()).expect_err("nobody");
    assert!(
        why.to_string().contains("\"products\": nothing links"),
        "{why}"
    );
    let mut nameless = about();
    nameless.place.url = "sqlite:顧客.db".to_owned();
    let why = draft(&Survey::of(vec![customers()]), None, &nameless).expect_err("no id");
    assert!(why.to_string().contains("--id"), "{why}");
}

#[test]
fn hostile_names_stay_in_their_place() {
    let hostile = "x\"]\nid = \"y\" # 😀";
    let long = "n".repeat(64);
    let mut customers = table(
        "cust\"omers'#\\",
        &["id", "e\"mail", "email", hostile, &long],
    );
    customers.columns[1].column.name = "e\"mail".to_owned();
    let survey = Survey::of(vec![customers, table(hostile, &["id", "email"])]);
    let draft = draft(&survey, None, &about()).unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(draft.spec.id.as_str(), "shop");
    let customers = collection(&draft, "cust_omers");
    assert_eq!(customers.table(), "cust\"omers'#\\");
    assert!(customers.field("e\"mail").is_some(), "{}", draft.text);
    assert!(draft.text.contains("\\u{a}id = "), "{}", draft.text);
}
