//! The contract of `server::connectors`, promise by promise, for any kind.

use app::model::{Identifier, IdentifierKind, Operation, SubjectKey};
use server::connectors::{Fault, FaultCode, Whose};

use crate::changing::replacement;
use crate::people::{HANAKO, HOSTILE, MARIA, Person, identifier, people, spellings};
use crate::world::{Taken, World, call, collections, export, preview, search};

/// Makes a test of each promise for a kind of system.
macro_rules! compliance {
    ($world:ty) => {
        $crate::compliance::compliance!(
            $world: every_spelling_finds_exactly_its_people, a_search_tells_each_subject_once,
            a_search_says_what_matched, a_search_does_not_expand, ids_resolve_to_the_byte,
            nobody_s_rows_are_anothers, reading_changes_nothing, an_export_is_whole_and_in_a_fixed_order,
            a_full_sink_ends_the_export, erasing_takes_all_of_hers_and_nothing_else, erasing_twice_is_erasing_once,
            an_erased_person_is_not_found, what_is_kept_is_untouched, a_correction_changes_hers_only,
            a_correction_may_be_made_twice, a_vanished_system_is_a_fault, what_is_not_there_to_ask_is_a_fault,
            hostile_values_go_in_and_out, every_operation_may_be_repeated, misbehaving_is_never_nothing,
        );
    };
    ($world:ty: $($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $promise() {
                if <$world as $crate::world::World>::is_here() {
                    $crate::promises::$promise::<$world>().await;
                }
            }
        )+
    };
}
pub(crate) use compliance;

/// The keys of everybody whom a search finds, in their order.
pub(crate) async fn keys_of<W: World>(world: &W, found: &Identifier) -> Vec<SubjectKey> {
    let connector = world.connector();
    let subjects = search(&*connector, found)
        .await
        .expect("searched to the end");
    let mut keys: Vec<_> = subjects.into_iter().map(|s| s.key).collect();
    keys.sort();
    keys
}

fn expected<W: World>(world: &W, people: &[Person], who: &[usize]) -> Vec<SubjectKey> {
    let mut keys: Vec<_> = who.iter().map(|&i| world.key(&people[i])).collect();
    keys.sort();
    keys
}

/// What the system holds of each person.
pub(crate) async fn dumps<W: World>(world: &W, people: &[Person]) -> Vec<Vec<String>> {
    let mut dumps = Vec::new();
    for person in people {
        dumps.push(world.dump(person).await);
    }
    dumps
}

pub(crate) async fn every_spelling_finds_exactly_its_people<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let inventory = world.connector().inventory().clone();
    for (kind, typed, who) in spellings() {
        if inventory.searchable_by(kind) {
            let found = keys_of(&world, &identifier(kind, typed)).await;
            assert_eq!(found.len(), who.len(), "{typed:?}");
            assert_eq!(found, expected(&world, &people, &who), "{typed:?}");
        }
    }
    for person in &people {
        let key = world.key(person);
        let found = keys_of(&world, key.identifier()).await;
        assert_eq!(found, std::slice::from_ref(&key), "by id {:?}", key.id());
    }
}

pub(crate) async fn a_search_tells_each_subject_once<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    for person in &people {
        for kind in IdentifierKind::ALL {
            let value = if kind.is_id() {
                None
            } else {
                person.value(kind)
            };
            if !world.connector().inventory().searchable_by(kind) {
                continue;
            }
            let Some(value) = value else { continue };
            let found = keys_of(&world, &identifier(kind, value)).await;
            let mut once = found.clone();
            once.dedup();
            assert_eq!(found, once);
            assert!(
                found.contains(&world.key(person)),
                "{kind:?} of {}",
                person.id
            );
        }
    }
}

pub(crate) async fn a_search_says_what_matched<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    for kind in [
        IdentifierKind::Email,
        IdentifierKind::Name,
        IdentifierKind::Phone,
    ] {
        if !connector.inventory().searchable_by(kind) {
            continue;
        }
        let typed = identifier(kind, people[HANAKO].value(kind).expect("a value"));
        let found = search(&*connector, &typed).await.expect("searched");
        assert_eq!(found.len(), 1);
        let matched: Vec<_> = found[0].fields.iter().filter(|f| f.matched).collect();
        assert!(!matched.is_empty(), "{kind:?}");
        assert!(matched.iter().all(|f| f.holds == Some(kind)), "{matched:?}");
        assert!(!found[0].seen_in.is_empty());
    }
}

pub(crate) async fn a_search_does_not_expand<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    if !world
        .connector()
        .inventory()
        .searchable_by(IdentifierKind::Email)
    {
        return;
    }
    let typed = identifier(IdentifierKind::Email, &people[MARIA].email);
    // Her twin has the same name and telephone.
    assert_eq!(keys_of(&world, &typed).await, [world.key(&people[MARIA])]);
}

pub(crate) async fn ids_resolve_to_the_byte<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let all: Vec<_> = people.iter().map(|p| world.key(p)).collect();
    for key in &all {
        if connector.resolves().contains(&key.kind()) {
            let record = connector
                .resolve(key)
                .await
                .expect("answered")
                .expect("there");
            assert_eq!(record.key, *key);
            assert!(!record.fields.is_empty());
        }
        let id = key.id();
        let near = [
            id.to_lowercase(),
            id.to_uppercase(),
            format!("0{id}"),
            format!("{id}0"),
            format!("{id}%"),
        ];
        for other in near {
            let other = SubjectKey::try_from(identifier(key.kind(), &other)).expect("a key");
            if all.contains(&other) {
                continue;
            }
            assert_eq!(
                connector.resolve(&other).await,
                Ok(None),
                "{other:?} is nobody"
            );
            assert!(keys_of(&world, other.identifier()).await.is_empty());
            assert_eq!(preview(&*connector, &other, Operation::Export).await, 0);
        }
    }
}

pub(crate) async fn nobody_s_rows_are_anothers<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let before = dumps(&world, &people).await;
    let mut all = 0;
    for person in &people {
        let rows = preview(&*connector, &world.key(person), Operation::Export).await;
        assert!(
            rows >= world.rows(person) as u64,
            "{} of {}",
            rows,
            person.id
        );
        all += rows;
    }
    assert_eq!(
        all,
        before.iter().map(|d| d.len() as u64).sum::<u64>(),
        "each row is one person's"
    );
}

pub(crate) async fn reading_changes_nothing<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let before = dumps(&world, &people).await;
    let key = world.key(&people[MARIA]);
    connector.health().await.expect("up");
    keys_of(&world, key.identifier()).await;
    connector.merge_set(&key).await.expect("answered");
    let replacements = [replacement(&people[MARIA].email, "new@example.org")];
    for (name, _) in collections(&*connector, &key) {
        for operation in [Operation::Export, Operation::Update, Operation::Delete] {
            connector
                .preview(&key, &name, operation, &replacements)
                .await
                .expect("counted");
        }
        connector
            .verify(Whose::alone(&key), &name)
            .await
            .expect("counted");
    }
    export(&*connector, &key).await;
    assert_eq!(dumps(&world, &people).await, before);
}

pub(crate) async fn an_export_is_whole_and_in_a_fixed_order<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    for person in &people {
        let key = world.key(person);
        let first = export(&*connector, &key).await;
        assert_eq!(
            first.len() as u64,
            preview(&*connector, &key, Operation::Export).await
        );
        assert_eq!(first, export(&*connector, &key).await, "the same again");
    }
    for collection in &connector.inventory().collections {
        let mut taken = Taken::default();
        let key = world.key(&people[MARIA]);
        connector
            .export(&call(), &key, &collection.name, &mut taken)
            .await
            .expect("exported");
        for row in taken.rows {
            let names: Vec<_> = row.iter().map(|(name, _)| name.as_str()).collect();
            let listed: Vec<_> = collection.fields.iter().map(|f| f.name.as_str()).collect();
            assert_eq!(names, listed, "in the order of the inventory");
        }
    }
}

pub(crate) async fn a_full_sink_ends_the_export<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let key = world.key(&people[MARIA]);
    let full = Fault::stop(FaultCode::Storage);
    for (name, _) in collections(&*connector, &key) {
        let mut taken = Taken {
            full_at: Some((0, full)),
            ..Taken::default()
        };
        assert_eq!(
            connector.export(&call(), &key, &name, &mut taken).await,
            Err(full),
            "passed on as it is"
        );
        assert_eq!(taken.len(), 0);
    }
}

pub(crate) async fn hostile_values_go_in_and_out<W: World>() {
    let people = people();
    let world = W::with(&people).await;
    let connector = world.connector();
    let hostile = &people[HOSTILE];
    let key = world.key(hostile);
    let found = search(&*connector, key.identifier())
        .await
        .expect("searched");
    assert_eq!(found[0].key, key);
    if let Some(name) = &found[0].name {
        assert_eq!(*name, hostile.name);
    }
    let taken = export(&*connector, &key).await;
    assert!(taken.len() >= world.rows(hostile));
    for (name, value) in taken.rows.iter().flatten() {
        if name == "name" && !value.is_null() {
            assert_eq!(value.as_str(), Some(hostile.name.as_str()));
        }
    }
}
