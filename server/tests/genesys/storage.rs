//! How contacts are stored: nothing readable, and sets that stay trees whoever merges at the same time.

use server::contact::Contact;
use server::params;

use crate::directory::{halls, person};

#[tokio::test]
async fn nothing_readable_of_a_contact_is_stored() {
    for hall in halls(&[person("a", "Wilhelmina", "Zuckerkandl", None)]).await {
        let row = hall
            .contacts
            .db
            .one(
                "SELECT body_sealed FROM contact WHERE id = $1",
                params!["a"],
            )
            .await;
        let sealed = row
            .expect("read")
            .expect("there")
            .blob("body_sealed")
            .expect("bytes");
        assert!(!sealed.windows(5).any(|part| part == b"Wilhe"));
        let keys = hall
            .contacts
            .db
            .all("SELECT key_hash FROM contact_key", &[])
            .await
            .expect("read");
        assert!(
            keys.iter()
                .all(|row| row.text("key_hash").is_ok_and(|hash| hash.len() == 32))
        );
    }
}

#[tokio::test]
async fn merges_at_the_same_time_never_close_a_cycle() {
    let people: Vec<Contact> = (0..6)
        .map(|n| person(&n.to_string(), "A", "A", None))
        .collect();
    for hall in halls(&people).await {
        let caller = app::backend::Caller {
            who: app::backend::Who::Staff {
                id: "s".into(),
                name: "S".into(),
            },
            correlation: "x".into(),
        };
        let mut tasks = Vec::new();
        for (source, target) in (0..6).map(|n| (n, (n + 1) % 6)) {
            let (contacts, caller) = (hall.contacts.clone(), caller.clone());
            tasks.push(tokio::spawn(async move {
                contacts
                    .merge_into(&caller, source.to_string(), target.to_string())
                    .await
                    .is_ok()
            }));
        }
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.expect("ran"));
        }
        assert!(done >= 5, "{}: {done}", hall.name);
        let set = hall.contacts.db.contact_links("3").await.expect("read");
        assert_eq!(set.len(), 6);
        assert_eq!(
            set.iter().filter(|link| link.canonical.is_none()).count(),
            1,
            "{}",
            hall.name
        );
    }
}
