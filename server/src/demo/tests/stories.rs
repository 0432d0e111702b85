//! Every story holds in what was written.

use super::*;

#[tokio::test]
async fn one_person_is_still_all_the_stories() {
    let (folder, made) = sample(1, 1).await;
    assert!((20..40).contains(&made.persons), "{} persons", made.persons);
    for story in [
        "unique",
        "nobody",
        "many",
        "twins",
        "shared_phone",
        "merge_set_of_four",
        "deep_set",
        "japanese",
        "unlinked_chat",
        "linked_chat",
        "messenger",
        "active_employee",
        "former_employee",
        "dialer",
        "visitor",
        "heavy",
        "hostile",
        "unlinked_email",
    ] {
        assert!(stories(&folder)[story].is_object(), "{story}");
    }
}

#[tokio::test]
async fn the_crowd_changes_nothing_about_a_story() {
    let ((small, _), (large, _)) = (sample(1, 1).await, sample(1, 2_500).await);
    assert_eq!(stories(&small), stories(&large));
}

#[tokio::test]
async fn stories_of_one_nobody_and_many_find_so_many() {
    let (folder, _) = sample(2, 300).await;
    let stories = stories(&folder);
    for expect in stories["unique"]["expect"].as_array().unwrap() {
        assert_eq!(expect["subjects"], 1, "{expect}");
        assert_eq!(expect["systems"]["directory"], 1, "{expect}");
    }
    assert_eq!(stories["unique"]["expect"].as_array().unwrap().len(), 9);
    for expect in stories["nobody"]["expect"].as_array().unwrap() {
        assert_eq!(expect["subjects"], 0, "{expect}");
    }
    let (subjects, systems) = expected(&stories["many"], "name", "Andrea Fischbach");
    assert_eq!(systems["directory"], 5);
    assert_eq!(
        subjects,
        5 + systems["newsletter"] + 2,
        "two dialer contacts"
    );
    let couple = stories["shared_phone"]["phone"].as_str().unwrap();
    assert_eq!(
        expected(&stories["shared_phone"], "phone", couple).1["directory"],
        2
    );
    let twins = &stories["twins"];
    for kind in ["phone", "address"] {
        let (subjects, systems) = expected(twins, kind, twins[kind].as_str().unwrap());
        assert_eq!(
            (subjects, systems["directory"], systems["help-desk"]),
            (4, 2, 2),
            "{kind}"
        );
    }
    assert_eq!(
        expected(twins, "name", "Lukas Hollerbach").1["directory"],
        1
    );
}

#[tokio::test]
async fn every_member_of_the_set_of_four_has_rows_in_every_system() {
    let (folder, made) = sample(2, 300).await;
    let story = &stories(&folder)["merge_set_of_four"];
    let members: Vec<&str> = story["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(members.len(), 4);
    assert_eq!(story["canonical"], members[0]);
    for (database, tables) in [
        (
            "contact-centre",
            &["conversations", "chats", "messenger_threads", "visitors"][..],
        ),
        ("help-desk", &["contacts"]),
        ("newsletter", &["subscribers"]),
        ("billing", &["customers"]),
    ] {
        for (table, id) in tables
            .iter()
            .flat_map(|table| members.iter().map(move |id| (table, id)))
        {
            let query = format!("SELECT count(*) FROM {table} WHERE external_contact_id = '{id}'");
            assert!(number(&folder, database, &query).await > 0, "{table}");
        }
    }
    for id in &members {
        assert_eq!(
            files(
                &folder
                    .path()
                    .join("attachments/external_contact_id")
                    .join(id)
            )
            .len(),
            1
        );
    }
    let merged = made
        .contacts()
        .filter(|c| c.canonical.as_deref() == Some(members[0]));
    assert_eq!(
        merged.map(|contact| contact.id).collect::<Vec<_>>(),
        members[1..]
    );
}

#[tokio::test]
async fn the_deep_set_is_a_chain() {
    let (folder, made) = sample(2, 1).await;
    let members = stories(&folder)["deep_set"]["members"].clone();
    let canonical: HashMap<String, Option<String>> = made
        .contacts()
        .map(|contact| (contact.id, contact.canonical))
        .collect();
    let of = |n: usize| {
        canonical[members[n].as_str().unwrap()]
            .clone()
            .map(Value::from)
    };
    assert_eq!(
        (of(0), of(1), of(2)),
        (None, Some(members[0].clone()), Some(members[1].clone()))
    );
}

#[tokio::test]
async fn a_japanese_name_is_found_in_the_scripts_it_is_written_in() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["japanese"];
    let kanji = expected(story, "name", "髙橋 由紀");
    assert_eq!(kanji, expected(story, "name", "髙橋由紀"));
    assert_eq!(
        kanji.1.keys().collect::<Vec<_>>(),
        ["billing", "contact-centre", "directory", "help-desk"]
    );
    let kana = expected(story, "name", "タカハシ ユキ");
    assert_eq!(kana, expected(story, "name", "ﾀｶﾊｼ ﾕｷ"));
    assert_eq!(kana, expected(story, "name", "たかはし ゆき"));
    assert_eq!(
        kana.1.keys().collect::<Vec<_>>(),
        ["contact-centre", "newsletter"]
    );
}

#[tokio::test]
async fn an_unlinked_chat_is_there_but_no_search_reaches_it() {
    let (folder, _) = sample(2, 300).await;
    let stories = stories(&folder);
    let name = stories["unlinked_chat"]["name"].as_str().unwrap();
    let query = format!(
        "SELECT count(*) FROM chats WHERE participant_name = '{name}' AND external_contact_id IS NULL"
    );
    assert_eq!(number(&folder, "contact-centre", &query).await, 1);
    assert_eq!(expected(&stories["unlinked_chat"], "name", name).0, 0);
    let id = stories["linked_chat"]["externalContactId"]
        .as_str()
        .unwrap();
    let systems = expected(&stories["linked_chat"], "external_contact_id", id).1;
    assert_eq!((systems["contact-centre"], systems["directory"]), (1, 1));
}

#[tokio::test]
async fn an_email_of_nobody_known_is_found_by_itself() {
    let (folder, _) = sample(2, 300).await;
    let story = &stories(&folder)["unlinked_email"];
    for (kind, fact) in [
        ("name", "name"),
        ("email", "email"),
        ("external_id", "externalId"),
    ] {
        let (subjects, systems) = expected(story, kind, story[fact].as_str().unwrap());
        assert_eq!((subjects, systems["contact-centre"]), (1, 1), "{kind}");
    }
}

#[tokio::test]
async fn the_messengers_picture_is_under_the_scoped_id() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["messenger"];
    let (id, file) = (
        story["external_id"].as_str().unwrap(),
        story["file"].as_str().unwrap(),
    );
    let picture = folder
        .path()
        .join("attachments/external_id")
        .join(id)
        .join(file);
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    let (subjects, systems) = expected(story, "external_id", id);
    assert_eq!(
        (subjects, systems["attachments"], systems["contact-centre"]),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn employees_dialer_contacts_visitors_and_heavy_writers_are_there() {
    let (folder, _) = sample(2, 1).await;
    let stories = stories(&folder);
    for (story, state) in [
        ("active_employee", "active"),
        ("former_employee", "inactive"),
    ] {
        let id = stories[story]["userId"].as_str().unwrap();
        let query = format!("SELECT state FROM users WHERE id = '{id}'");
        assert_eq!(ask(&folder, "contact-centre", &query).await, [state]);
        assert_eq!(expected(&stories[story], "user_id", id).0, 1);
    }
    let (dialer, visitor) = (&stories["dialer"], &stories["visitor"]);
    for (story, kind) in [(dialer, "dialer_contact_id"), (visitor, "visitor_id")] {
        assert_eq!(
            expected(story, kind, story["id"].as_str().unwrap()).0,
            1,
            "{kind}"
        );
    }
    let late = "SELECT count(*) FROM visitors WHERE basis_recorded_at >= first_seen_at";
    assert_eq!(number(&folder, "contact-centre", late).await, 0);
    let id = stories["heavy"]["externalContactId"].as_str().unwrap();
    let query = format!(
        "SELECT count(*) FROM messages JOIN conversations c ON c.id = conversation_id WHERE external_contact_id = '{id}'"
    );
    assert_eq!(number(&folder, "contact-centre", &query).await, 540);
}

#[tokio::test]
async fn hostile_names_are_stored_as_they_are() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["hostile"];
    let stored = ask(&folder, "help-desk", "SELECT full_name FROM contacts").await;
    for name in story["names"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
    {
        assert!(stored.iter().any(|s| s == name), "{name}");
        let (subjects, systems) = expected(story, "name", name);
        assert_eq!((subjects, systems["directory"]), (4, 1), "{name}");
    }
}
