//! What a row says of somebody else is told to be there, in each file, and is in none of them.

use super::*;
use crate::connectors::row::LeftOut;

/// Two tickets: somebody handled one of them, and nobody the other. What was read of `agent` before it was said to be another's is
/// in the part as it was.
async fn tickets(folder: &Path, request: &RequestId, more: &[(&str, &str)]) -> Vec<SystemFacts> {
    let mut handled = row(&[("id", json!(1)), ("note", json!("[another person]"))]);
    handled.push("handled_by", &LeftOut).expect("is JSON");
    handled.push("agent", &json!("Bob <b>")).expect("is JSON");
    let open = row(&[
        ("id", json!(2)),
        ("note", json!(null)),
        ("handled_by", json!(null)),
        ("agent", json!(null)),
    ]);
    let part = part(folder, request, "t1", [handled, open], &[]).await;
    let fields = [
        ("id", "user.unique_id"),
        ("note", "user.content"),
        ("handled_by", "user.unique_id"),
        ("agent", "user.name"),
    ];
    let fields = [&fields, more].concat();
    let mut tickets = collection("tickets", "Tickets", &fields, part);
    for field in &mut tickets.fields {
        if matches!(field.name.as_str(), "handled_by" | "agent") {
            field.of = OfWhom::Another;
        }
    }
    vec![system("desk", "Help desk", vec![tickets])]
}

async fn made(lang: Lang, more: &[(&str, &str)]) -> Unpacked {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-another").expect("an id");
    let systems = tickets(folder.path(), &request, more).await;
    unpacked(folder, facts(&request, lang, systems)).await
}

#[tokio::test]
async fn each_file_says_that_it_is_left_out() {
    let Unpacked { told, page, .. } = made(Lang::En, &[]).await;
    let left_out = json!({ "left_out": "another person" });
    let want = json!([
        {"id": 1, "note": "[another person]", "handled_by": left_out, "agent": left_out},
        {"id": 2, "note": null, "handled_by": null, "agent": null},
    ]);
    assert_eq!(told["json"]["data/desk/tickets.json"], want);
    let lines = &told["csv"]["data/desk/tickets.csv"];
    let mark = "[another person]";
    assert_eq!(lines[1], json!(["1", mark, mark, mark]));
    assert_eq!(lines[2], json!(["2", "", "", ""]));
    let searched = &told["manifest"]["coverage"]["searched"][0];
    assert_eq!(
        searched["of_another"],
        json!({"fields": ["handled_by", "agent"], "values": 2})
    );
    for text in [
        // Hers, though it reads the same.
        "<bdi class=\"value\">[another person]</bdi>",
        "<bdi class=\"soft\">[another person]</bdi>",
        "user.name</code> · says something of another person: left out",
        "<b>Help desk</b> · Tickets <span class=\"mark\">Another person</span>",
        "2 values say something of another person",
        "2 fields: Handled by, Agent</p>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("Bob") && !page.contains("Nothing was left out"));
}

#[tokio::test]
async fn a_page_of_cards_says_it_too_in_the_persons_language() {
    let more = [("wide", "user"), ("wider", "user")];
    let Unpacked { told, page, .. } = made(Lang::Ja, &more).await;
    let lines = &told["csv"]["data/desk/tickets.csv"];
    assert_eq!(lines[1][2], "［他の人の情報］");
    for text in [
        "<dt>Agent</dt><dd><bdi class=\"soft\">［他の人の情報］</bdi></dd>",
        "他の人に関する 2 件の値",
        "2 項目： Handled by、Agent</p>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("Bob"));
}

#[tokio::test]
async fn where_nobody_else_is_named_nothing_is_said_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = RequestId::parse("0190-nobody").expect("an id");
    let open = row(&[("id", json!(2)), ("handled_by", json!(null))]);
    let part = part(folder.path(), &request, "t1", [open], &[]).await;
    let fields = [("id", "user"), ("handled_by", "user")];
    let mut tickets = collection("tickets", "Tickets", &fields, part);
    tickets.fields[1].of = OfWhom::Another;
    let systems = vec![system("desk", "Help desk", vec![tickets])];
    let Unpacked { told, page, .. } = unpacked(folder, facts(&request, Lang::En, systems)).await;
    assert!(page.contains("Nothing was left out"), "{page}");
    let searched = &told["manifest"]["coverage"]["searched"][0];
    assert_eq!(searched["of_another"], json!(null));
}
