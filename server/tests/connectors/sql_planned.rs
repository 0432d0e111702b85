//! What is erased is what was planned, row by row: random people who share random rows, held against a model of their own.

use std::collections::{BTreeMap, BTreeSet};

use app::model::{IdentifierKind, Operation, SubjectKey};
use server::connectors::{Connector, Erasure, Fault, FaultCode, Marker, Marks, Refused, Whose};

use crate::engines::{Engine, Fresh, Own};
use crate::sql::{key, name};
use crate::world::call;

const SALT: &[u8] = b"salt";

/// A customer refers to an address, and an address to a city: several may to one. Notes belong to an address, orders to a customer,
/// items to an order. What refers to a row stands in the way of its deletion.
const TABLES: &str = "
CREATE TABLE cities (id INTEGER PRIMARY KEY, says VARCHAR(9));
CREATE TABLE addresses (id VARCHAR(9) PRIMARY KEY, city_id INTEGER REFERENCES cities (id), says VARCHAR(9));
CREATE TABLE notes (id INTEGER PRIMARY KEY, address_id VARCHAR(9) REFERENCES addresses (id), says VARCHAR(9));
CREATE TABLE customers (id INTEGER PRIMARY KEY, who INTEGER, address_id VARCHAR(9) REFERENCES addresses (id), says VARCHAR(9));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), says VARCHAR(9));
CREATE TABLE items (order_id INTEGER REFERENCES orders (id), no INTEGER, says VARCHAR(9), PRIMARY KEY (order_id, no))";

const COLLECTIONS: &str = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "who" }
fields = [ { name = "says", category = "user" } ]
[[collections]]
name = "addresses"
title = "Addresses"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customers", column = "id", references = "address_id" }
fields = [ { name = "says", category = "user" } ]
[[collections]]
name = "cities"
title = "Cities"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "addresses", column = "id", references = "city_id" }
fields = [ { name = "says", category = "user" } ]
[[collections]]
name = "notes"
title = "Notes"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "addresses", column = "address_id", references = "id" }
fields = [ { name = "says", category = "user" } ]
[[collections]]
name = "orders"
title = "Orders"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customers", column = "customer_id", references = "id" }
fields = [ { name = "says", category = "user" } ]
[[collections]]
name = "items"
title = "Items"
key = ["order_id", "no"]
disposition = { do = "delete" }
parent = { collection = "orders", column = "order_id", references = "id" }
fields = [ { name = "says", category = "user" } ]
"#;

/// Collections with the text that tells a row of theirs, in an order in which rows can be taken away.
const PLACES: [(&str, &str); 6] = [
    ("items", "CONCAT(order_id, '.', no)"),
    ("orders", "CONCAT(id, '')"),
    ("customers", "CONCAT(id, '')"),
    ("notes", "CONCAT(id, '')"),
    ("addresses", "CONCAT(id, '')"),
    ("cities", "CONCAT(id, '')"),
];

/// Rows by collection, each by its key, parts with a dot between them.
type Rows = BTreeMap<&'static str, BTreeSet<String>>;

/// Random numbers that are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    /// One of them, or nothing.
    pub(crate) fn maybe(&mut self, n: u64) -> Option<u64> {
        Some(self.below(n + 1)).filter(|one| *one < n)
    }
}

/// What the database holds, by numbers.
#[derive(Debug, Default)]
struct Model {
    /// The city of each address.
    addresses: Vec<Option<u64>>,
    /// The address of each note.
    notes: Vec<Option<u64>>,
    /// Whom a customer shows, and where she lives.
    customers: Vec<(Option<u64>, Option<u64>)>,
    /// The customer of each order, and how many items it has.
    orders: Vec<(Option<u64>, u64)>,
    cities: u64,
}

const PEOPLE: u64 = 5;

impl Model {
    fn random(dice: &mut Dice) -> Self {
        let cities = dice.below(4);
        let city = |dice: &mut Dice| dice.maybe(cities);
        let addresses: Vec<_> = (0..dice.below(5)).map(|_| city(dice)).collect();
        let homes = addresses.len() as u64;
        let customers: Vec<_> = (0..dice.below(9))
            .map(|_| (dice.maybe(PEOPLE), dice.maybe(homes)))
            .collect();
        let owners = customers.len() as u64;
        Self {
            notes: (0..dice.below(5)).map(|_| dice.maybe(homes)).collect(),
            orders: (0..dice.below(5))
                .map(|_| (dice.maybe(owners), dice.below(3)))
                .collect(),
            cities,
            addresses,
            customers,
        }
    }

    /// The statements that make it, of an empty database.
    fn statements(&self) -> String {
        let number = |n: Option<u64>| n.map_or("NULL".to_owned(), |n| n.to_string());
        let text = |n: Option<u64>| n.map_or("NULL".to_owned(), |n| format!("'a{n}'"));
        let mut all = String::new();
        let mut add = |place: &str, row: String| {
            all.push_str(&format!("INSERT INTO {place} VALUES ({row});"));
        };
        for id in 0..self.cities {
            add("cities", format!("{id}, 'x'"));
        }
        for (id, city) in self.addresses.iter().enumerate() {
            add("addresses", format!("'a{id}', {}, 'x'", number(*city)));
        }
        for (id, address) in self.notes.iter().enumerate() {
            add("notes", format!("{id}, {}, 'x'", text(*address)));
        }
        for (id, (who, home)) in self.customers.iter().enumerate() {
            add(
                "customers",
                format!("{id}, {}, {}, 'x'", number(*who), text(*home)),
            );
        }
        for (id, (customer, items)) in self.orders.iter().enumerate() {
            add("orders", format!("{id}, {}, 'x'", number(*customer)));
            for no in 0..*items {
                add("items", format!("{id}, {no}, 'x'"));
            }
        }
        all
    }

    /// Whether an address is told by customers of these people, and by nobody else's.
    fn lives_alone(&self, address: u64, people: &[u64]) -> bool {
        let mut there = self
            .customers
            .iter()
            .filter(|(_, home)| *home == Some(address))
            .peekable();
        there.peek().is_some() && there.all(|(who, _)| who.is_some_and(|who| people.contains(&who)))
    }

    /// What goes with the last of these people, once those before her were carried out.
    fn goes_with(&self, people: &[u64]) -> Rows {
        let her = people.last().copied();
        let is_hers = |customer: &Option<u64>| {
            customer.is_some_and(|at| self.customers[at as usize].0 == her)
        };
        let lives = |address: u64| self.customers.contains(&(her, Some(address)));
        let home = |address: u64| lives(address) && self.lives_alone(address, people);
        let in_city = |city: u64| {
            (0..self.addresses.len() as u64)
                .filter(move |at| self.addresses[*at as usize] == Some(city))
        };
        let city = |city: u64| {
            in_city(city).any(home) && in_city(city).all(|at| self.lives_alone(at, people))
        };
        let ids = |ids: Vec<u64>| ids.iter().map(u64::to_string).collect::<BTreeSet<_>>();
        let numbers = |n: usize| 0..n as u64;
        let customers = numbers(self.customers.len()).filter(|id| is_hers(&Some(*id)));
        let orders = numbers(self.orders.len()).filter(|id| is_hers(&self.orders[*id as usize].0));
        let notes =
            numbers(self.notes.len()).filter(|id| self.notes[*id as usize].is_some_and(home));
        let items = orders
            .clone()
            .flat_map(|id| (0..self.orders[id as usize].1).map(move |no| format!("{id}.{no}")));
        BTreeMap::from([
            ("items", items.collect()),
            ("orders", ids(orders.clone().collect())),
            ("customers", ids(customers.collect())),
            ("notes", ids(notes.collect())),
            (
                "addresses",
                numbers(self.addresses.len())
                    .filter(|id| home(*id))
                    .map(|id| format!("a{id}"))
                    .collect(),
            ),
            (
                "cities",
                ids((0..self.cities).filter(|id| city(*id)).collect()),
            ),
        ])
    }

    /// How many addresses stay that she shares with people outside of her set.
    fn kept(&self, her: u64, set: &[u64]) -> u64 {
        let lives = |address: u64| self.customers.contains(&(Some(her), Some(address)));
        let kept =
            (0..self.addresses.len() as u64).filter(|at| lives(*at) && !self.lives_alone(*at, set));
        kept.count() as u64
    }
}

async fn rows(own: &mut Own) -> Rows {
    let mut all = Rows::new();
    for (place, id) in PLACES {
        let texts = own.texts(&format!("SELECT {id} FROM {place}")).await;
        all.insert(place, texts.into_iter().collect());
    }
    all
}

fn marks(collection: &str, rows: &BTreeSet<String>) -> Marks {
    let marker = Marker::new(SALT, &name(collection));
    let mark = |row: &String| marker.mark(row.split('.').map(|part| Some(part.as_bytes())));
    Marks::new(rows.iter().map(mark).collect())
}

fn without(mut rows: Rows, gone: &Rows) -> Rows {
    for (place, rows) in &mut rows {
        rows.retain(|row| !gone[place].contains(row));
    }
    rows
}

/// A set, with what was planned for each of its members.
struct Case<'a> {
    connector: &'a dyn Connector,
    set: &'a [SubjectKey],
    planned: Vec<BTreeMap<&'static str, Marks>>,
}

impl Case<'_> {
    fn whose(&self, at: usize) -> Whose<'_> {
        Whose {
            key: &self.set[at],
            before: &self.set[..at],
            after: &self.set[at + 1..],
        }
    }

    /// Erases a member of the set; how many rows went, and how many addresses were kept.
    async fn erase(&self, at: usize) -> Result<(u64, u64), Refused> {
        let names = PLACES.map(|(place, _)| name(place));
        let of = PLACES
            .iter()
            .zip(&names)
            .map(|((place, _), collection)| Erasure {
                collection,
                planned: self.planned[at].get(place),
            });
        let outcomes = self
            .connector
            .erase(&call(), self.whose(at), &of.collect::<Vec<_>>(), SALT)
            .await?;
        let addresses = PLACES
            .iter()
            .position(|(place, _)| *place == "addresses")
            .expect("there");
        Ok((
            outcomes.iter().map(|one| one.rows).sum(),
            outcomes[addresses].kept,
        ))
    }
}

/// The `n`th of a few rows that were not planned: hers, and why it is.
fn another(n: u64, her: u64, model: &Model, set: &[u64]) -> Option<String> {
    let customer = model
        .customers
        .iter()
        .position(|(who, _)| *who == Some(her));
    let order = model
        .orders
        .iter()
        .position(|(of, _)| *of == customer.map(|at| at as u64) && of.is_some());
    let home = model.goes_with(set)["addresses"].first().cloned();
    match n {
        0 => Some(format!(
            "INSERT INTO customers VALUES (90, {her}, NULL, 'new')"
        )),
        1 => Some(format!(
            "INSERT INTO orders VALUES (90, {}, 'new')",
            customer?
        )),
        2 => Some(format!("INSERT INTO items VALUES ({}, 90, 'new')", order?)),
        _ => Some(format!("INSERT INTO notes VALUES (90, '{}', 'new')", home?)),
    }
}

#[tokio::test]
async fn what_is_erased_is_what_was_planned_in_a_thousand_random_cases() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, TABLES).await;
        let connector = database.connector(COLLECTIONS).await;
        let mut own = database.own().await;
        let (mut drifted, mut shared, mut waited) = (0, 0, 0);
        let cases = if engine == Engine::Sqlite { 1_000 } else { 100 };
        for seed in 0..cases {
            let mut dice = Dice(seed * 7_919 + 1);
            let model = Model::random(&mut dice);
            let clear: Vec<_> = PLACES
                .iter()
                .map(|(place, _)| format!("DELETE FROM {place}"))
                .collect();
            own.run(&clear.join(";")).await;
            own.run(&model.statements()).await;
            let mut people: Vec<u64> = (0..PEOPLE).collect();
            while people.len() as u64 > 1 + seed % 3 {
                people.remove(dice.below(people.len() as u64) as usize);
            }
            let turned = seed as usize % people.len();
            people.rotate_left(turned);
            let set: Vec<_> = people
                .iter()
                .map(|who| key(IdentifierKind::UserId, &who.to_string()))
                .collect();
            let mut case = Case {
                connector: &*connector,
                set: &set,
                planned: Vec::new(),
            };
            for at in 0..set.len() {
                let mut planned = BTreeMap::new();
                for (place, want) in model.goes_with(&people[..=at]) {
                    let trace = connector
                        .trace(case.whose(at), &name(place), Operation::Delete, &[], SALT)
                        .await;
                    let marks = trace.expect("looked").marks.expect("marks");
                    assert_eq!(
                        marks,
                        self::marks(place, &want),
                        "{engine:?} {seed}: {place} of {at}, want {want:?}"
                    );
                    planned.insert(place, marks);
                }
                case.planned.push(planned);
            }
            let mut left = rows(&mut own).await;
            let other = dice.below(12);
            if other < 4 {
                let at = dice.below(set.len() as u64) as usize;
                if let Some(row) = another(other, people[at], &model, &people[..=at]) {
                    own.run(&row).await;
                    let before = rows(&mut own).await;
                    let refused = case.erase(at).await.expect_err("one row more");
                    let place = ["customers", "orders", "items", "notes"][other as usize];
                    let want = Refused {
                        at: Some(name(place)),
                        fault: Fault::stop(FaultCode::Drifted),
                    };
                    assert_eq!(refused, want, "{engine:?} {seed}");
                    assert_eq!(
                        rows(&mut own).await,
                        before,
                        "{engine:?} {seed}: nothing was touched"
                    );
                    drifted += 1;
                    continue;
                }
            }
            let mut waiting: Vec<usize> = (0..set.len()).collect();
            waiting.rotate_left(dice.below(set.len() as u64) as usize);
            let mut tries = 0;
            while !waiting.is_empty() {
                tries += 1;
                assert!(tries < 10, "{engine:?} {seed}: comes to no end");
                let at = waiting.remove(0);
                match case.erase(at).await {
                    Ok((count, kept)) => {
                        let gone = model.goes_with(&people[..=at]);
                        let all: usize = gone.values().map(BTreeSet::len).sum();
                        assert_eq!(count, all as u64, "{engine:?} {seed}");
                        left = without(left, &gone);
                        assert_eq!(
                            kept,
                            model.kept(people[at], &people),
                            "{engine:?} {seed}: {at}"
                        );
                        shared += kept;
                    }
                    Err(refused) => {
                        assert_eq!(
                            refused.fault,
                            Fault::stop(FaultCode::Referenced),
                            "{engine:?} {seed}"
                        );
                        assert!(at > 0, "{engine:?} {seed}: who is first waits for nobody");
                        waiting.push(at);
                        waited += 1;
                    }
                }
                assert_eq!(rows(&mut own).await, left, "{engine:?} {seed}");
            }
        }
        let seen = drifted * 20 > cases && shared * 20 > cases && waited * 100 > cases;
        assert!(
            seen,
            "{engine:?}: {drifted} drifted, {shared} kept, {waited} waited"
        );
    }
}

#[tokio::test]
async fn what_can_not_be_erased_whole_is_not_erased_at_all() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, TABLES).await;
        let connector = database.connector(COLLECTIONS).await;
        let mut own = database.own().await;
        // Nobody described the table that stands in the way.
        own.run(
            "CREATE TABLE visits (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id));
             INSERT INTO addresses VALUES ('a0', NULL, 'x'); INSERT INTO customers VALUES (0, 0, 'a0', 'x');
             INSERT INTO orders VALUES (0, 0, 'x'); INSERT INTO notes VALUES (0, 'a0', 'x');
             INSERT INTO visits VALUES (0, 0)",
        )
        .await;
        let before = rows(&mut own).await;
        let set = [key(IdentifierKind::UserId, "0")];
        let planned = vec![BTreeMap::new()];
        let case = Case {
            connector: &*connector,
            set: &set,
            planned,
        };
        let want = Refused {
            at: Some(name("customers")),
            fault: Fault::stop(FaultCode::Referenced),
        };
        assert_eq!(case.erase(0).await, Err(want), "{engine:?}");
        assert_eq!(rows(&mut own).await, before, "{engine:?}");
        own.run("DELETE FROM visits").await;
        assert_eq!(case.erase(0).await, Ok((4, 0)), "{engine:?}");
        assert!(rows(&mut own).await.values().all(BTreeSet::is_empty));
    }
}
