//! Random rows that belong to several others, against a model of their own: found is what a reference leads to, erased what leads
//! from nobody else.

use std::collections::{BTreeMap, BTreeSet};

use app::model::{IdentifierKind, Operation, SubjectKey};
use server::connectors::{Connector, Erasure, Marker, Marks, Whose};

use crate::engines::{Engine, Fresh, Own};
use crate::sql::{key, name};
use crate::sql_planned::Dice;
use crate::world::call;

const SALT: &[u8] = b"salt";

/// A column of a table, and what a row that refers to it by the other names: table, column here, table there, column there.
type Reference = (&'static str, &'static str, &'static str, &'static str);

/// Parents before children.
const PLACES: [&str; 6] = [
    "customers",
    "contacts",
    "cards",
    "orders",
    "lines",
    "addresses",
];

/// Columns that say the id of whom a row shows: table, kind, what the id carries in front.
const PEOPLE: [(&str, IdentifierKind, &str); 3] = [
    ("customers", IdentifierKind::UserId, ""),
    ("contacts", IdentifierKind::ExternalId, "c:"),
    ("lines", IdentifierKind::UserId, ""),
];

const REFERENCES: [Reference; 9] = [
    ("cards", "customer_id", "customers", "id"),
    ("orders", "customer_id", "customers", "id"),
    ("orders", "contact_id", "contacts", "id"),
    ("orders", "card_id", "cards", "id"),
    ("lines", "order_id", "orders", "id"),
    ("lines", "contact_id", "contacts", "id"),
    ("addresses", "id", "customers", "address_id"),
    ("addresses", "id", "orders", "address_id"),
    ("addresses", "id", "cards", "address_id"),
];

/// Those tables alone refer by a foreign key that rows which stay never need.
const TABLES: &str = "
CREATE TABLE addresses (id INTEGER PRIMARY KEY);
CREATE TABLE customers (id INTEGER PRIMARY KEY, who INTEGER, address_id INTEGER REFERENCES addresses (id));
CREATE TABLE contacts (id INTEGER PRIMARY KEY, who VARCHAR(9));
CREATE TABLE cards (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), address_id INTEGER REFERENCES addresses (id));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, contact_id INTEGER, card_id INTEGER,
    address_id INTEGER REFERENCES addresses (id));
CREATE TABLE order_lines (id INTEGER PRIMARY KEY, who INTEGER, order_id INTEGER, contact_id INTEGER)";

fn described() -> String {
    let one = |place: &&str| {
        let subject = PEOPLE.iter().find(|(table, ..)| table == place);
        let subject = subject.map_or(String::new(), |(_, kind, prefix)| {
            let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
            let prefix = prefix.map_or(String::new(), |prefix| format!(", prefix = \"{prefix}\""));
            format!(
                "subject = {{ kind = \"{}\", column = \"who\"{prefix} }}\n",
                kind.as_str()
            )
        });
        let parents: Vec<String> = led(place)
            .map(|(_, column, to, references)| {
                format!("{{ collection = \"{to}\", column = \"{column}\", references = \"{references}\" }}")
            })
            .collect();
        let parents = if parents.is_empty() {
            String::new()
        } else {
            format!("parent = [{}]\n", parents.join(", "))
        };
        format!(
            "[[collections]]\nname = \"{place}\"\ntable = \"{}\"\ntitle = \"x\"\nkey = [\"id\"]\ndisposition = {{ do = \"delete\" }}\n\
             {subject}{parents}fields = [ {{ name = \"id\", category = \"user\" }} ]\n",
            table(place)
        )
    };
    PLACES.iter().map(one).collect()
}

fn table(place: &str) -> &str {
    if place == "lines" {
        "order_lines"
    } else {
        place
    }
}

fn led(place: &str) -> impl Iterator<Item = &'static Reference> + '_ {
    REFERENCES.iter().filter(move |(table, ..)| *table == place)
}

type Row = (&'static str, u64);
type Rows = BTreeSet<Row>;

/// What each row says in each column.
#[derive(Debug, Default)]
struct Model(BTreeMap<Row, BTreeMap<&'static str, u64>>);

const MOST: u64 = 4;

impl Model {
    fn random(dice: &mut Dice) -> Self {
        let mut all = BTreeMap::new();
        for place in [
            "addresses",
            "customers",
            "contacts",
            "cards",
            "orders",
            "lines",
        ] {
            for id in 0..dice.below(MOST + 1) {
                let mut says = BTreeMap::from([("id", id)]);
                let is_person = PEOPLE.iter().any(|(table, ..)| *table == place);
                if is_person && let Some(who) = dice.maybe(MOST) {
                    says.insert("who", who);
                }
                let to = led(place).filter(|(_, column, ..)| *column != "id");
                let named = REFERENCES.iter().filter(|(_, _, from, _)| *from == place);
                let named = named.filter(|(.., column)| *column != "id");
                let columns = to.map(|(_, column, table, _)| (*column, *table));
                let columns = columns.chain(named.map(|(table, _, _, column)| (*column, *table)));
                for (column, to) in columns {
                    let there = all.keys().filter(|(table, _): &&Row| *table == to).count();
                    if let Some(id) = dice.maybe(there as u64) {
                        says.insert(column, id);
                    }
                }
                all.insert((place, id), says);
            }
        }
        Self(all)
    }

    fn statements(&self) -> String {
        let order = [
            "addresses",
            "customers",
            "contacts",
            "cards",
            "orders",
            "lines",
        ];
        let mut all = String::new();
        for place in order {
            for ((_, _), says) in self.0.iter().filter(|((table, _), _)| *table == place) {
                let columns: Vec<&str> = says.keys().copied().collect();
                let values: Vec<String> = says.values().map(u64::to_string).collect();
                let (columns, values) = (columns.join(", "), values.join(", "));
                let place = table(place);
                all.push_str(&format!(
                    "INSERT INTO {place} ({columns}) VALUES ({values});"
                ));
            }
        }
        all
    }

    /// All rows that these lead to, and they themselves.
    fn reach(&self, from: Rows) -> Rows {
        let mut found = from;
        loop {
            let leads = |(row, says): &(&Row, &BTreeMap<&str, u64>)| {
                led(row.0).any(|(_, column, to, references)| {
                    let here = says.get(column);
                    let mut owners = found.iter().filter(|(table, _)| table == to);
                    owners.any(|owner| here.is_some() && self.0[owner].get(references) == here)
                })
            };
            let more: Vec<Row> = self.0.iter().filter(leads).map(|(row, _)| *row).collect();
            let before = found.len();
            found.extend(more);
            if found.len() == before {
                return found;
            }
        }
    }

    /// Rows that show one of these people.
    fn shown(&self, people: &[(IdentifierKind, u64)]) -> Rows {
        let shows = |(row, says): &(&Row, &BTreeMap<&str, u64>)| {
            let kind = PEOPLE.iter().find(|(table, ..)| *table == row.0);
            let who = says.get("who").zip(kind);
            who.is_some_and(|(who, (_, kind, _))| people.contains(&(*kind, *who)))
        };
        self.0.iter().filter(shows).map(|(row, _)| *row).collect()
    }

    fn all(&self, people: &[(IdentifierKind, u64)]) -> Rows {
        self.reach(self.shown(people))
    }

    /// Rows of hers that nobody's row leads to who is not of the set.
    fn alone(&self, her: (IdentifierKind, u64), set: &[(IdentifierKind, u64)]) -> Rows {
        let theirs = self.all(set);
        let others: Rows = self
            .0
            .keys()
            .filter(|row| !theirs.contains(*row))
            .copied()
            .collect();
        let others = self.reach(others);
        let hers = self.all(&[her]);
        hers.difference(&others).copied().collect()
    }
}

async fn rows(own: &mut Own) -> Rows {
    let mut all = Rows::new();
    for place in PLACES {
        let query = format!("SELECT CONCAT(id, '') FROM {}", table(place));
        let ids = own.texts(&query).await;
        all.extend(ids.iter().map(|id| (place, id.parse().expect("a number"))));
    }
    all
}

fn of<'r>(rows: &'r Rows, place: &'r str) -> impl Iterator<Item = u64> + 'r {
    rows.iter()
        .filter(move |(table, _)| *table == place)
        .map(|(_, id)| *id)
}

fn marks(place: &str, rows: &Rows) -> Marks {
    let marker = Marker::new(SALT, &name(place));
    let mark = |id: u64| marker.mark([Some(id.to_string().as_bytes())]);
    Marks::new(of(rows, place).map(mark).collect())
}

/// How many rows were erased for one of the set, and how many are shared.
async fn erase_one(
    connector: &dyn Connector,
    model: &Model,
    (people, at): (&[(IdentifierKind, u64)], usize),
    said: &str,
) -> (Rows, u64) {
    let keys: Vec<SubjectKey> = people
        .iter()
        .map(|(kind, who)| key_of(*kind, *who))
        .collect();
    let whose = Whose {
        key: &keys[at],
        before: &keys[..at],
        after: &keys[at + 1..],
    };
    let (hers, alone) = (
        model.all(&people[at..=at]),
        model.alone(people[at], &people[..=at]),
    );
    let of_set = model.alone(people[at], people);
    let all = &connector.inventory().collections;
    let names: Vec<_> = all
        .iter()
        .filter(|c| c.found_by.contains(&people[at].0))
        .map(|c| c.name.clone())
        .collect();
    let mut planned = Vec::new();
    for name in &names {
        let place = name.as_str();
        let read = connector
            .preview(whose.key, name, Operation::Export, &[])
            .await;
        assert_eq!(read, Ok(of(&hers, place).count() as u64), "{said}: {place}");
        let trace = connector
            .trace(whose, name, Operation::Delete, &[], SALT)
            .await;
        let trace = trace.expect("traced");
        let marks = trace.marks.expect("marks");
        assert_eq!(
            marks,
            self::marks(place, &alone),
            "{said}: {place}: {alone:?}"
        );
        let shared = of(&hers, place).count() - of(&of_set, place).count();
        assert_eq!(trace.shared.unwrap_or(0), shared as u64, "{said}: {place}");
        planned.push((marks, shared as u64));
    }
    let erasures: Vec<_> = names
        .iter()
        .zip(&planned)
        .map(|(collection, (marks, _))| Erasure {
            collection,
            planned: Some(marks),
        })
        .collect();
    let done = connector.erase(&call(), whose, &erasures, SALT).await;
    let done = done.unwrap_or_else(|why| panic!("{said}: {why:?}"));
    for ((outcome, name), (_, shared)) in done.iter().zip(&names).zip(&planned) {
        let rows = of(&alone, name.as_str()).count() as u64;
        assert_eq!(
            (outcome.rows, outcome.kept),
            (rows, *shared),
            "{said}: {name}"
        );
    }
    (alone, planned.iter().map(|(_, shared)| shared).sum())
}

fn key_of(kind: IdentifierKind, who: u64) -> SubjectKey {
    let (.., prefix) = PEOPLE
        .iter()
        .find(|(_, one, _)| *one == kind)
        .expect("a kind");
    key(kind, &format!("{prefix}{who}"))
}

#[tokio::test]
async fn nobody_loses_what_a_reference_leads_to_from_her_rows() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, TABLES).await;
        let connector = database.connector(&described()).await;
        let mut own = database.own().await;
        let (mut gone, mut kept) = (0, 0);
        let cases = if engine == Engine::Sqlite { 400 } else { 60 };
        for seed in 0..cases {
            let mut dice = Dice(seed * 6_151 + 7);
            let mut model = Model::random(&mut dice);
            let clear: Vec<_> = PLACES.iter().rev().map(|place| table(place)).collect();
            // Addresses are referred to by the rest.
            let clear = clear
                .into_iter()
                .filter(|place| *place != "addresses")
                .chain(["addresses"]);
            let clear: Vec<_> = clear.map(|place| format!("DELETE FROM {place}")).collect();
            own.run(&clear.join(";")).await;
            own.run(&model.statements()).await;
            let mut people = Vec::new();
            for _ in 0..1 + seed % 3 {
                let kind = PEOPLE[dice.below(2) as usize].1;
                let person = (kind, dice.below(MOST));
                if !people.contains(&person) {
                    people.push(person);
                }
            }
            for at in 0..people.len() {
                let said = format!("{engine:?} {seed}: {at} of {people:?}: {model:?}");
                let (rows_gone, shared) =
                    erase_one(&*connector, &model, (&people, at), &said).await;
                model.0.retain(|row, _| !rows_gone.contains(row));
                let left: Rows = model.0.keys().copied().collect();
                assert_eq!(rows(&mut own).await, left, "{said}");
                gone += rows_gone.len();
                kept += shared;
            }
        }
        assert!(
            gone > cases as usize && kept > cases,
            "{engine:?}: {gone}, {kept}"
        );
    }
}
