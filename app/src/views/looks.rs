//! The looks that are taken after an erasure: what each saw, and when the next are due.

use leptos::prelude::*;

use crate::components::{At, Badge, Glyph, Named, Table, Tone};
use crate::i18n::use_texts;
use crate::model::{LookStep, Millis, Recheck, RunView, SystemId};

/// What a look came to, for all erased records of a set together.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Came {
    /// At the earliest of the records.
    Due(Millis),
    /// When it was taken.
    Clear(Millis),
    /// Nothing was found, and these were not searched.
    Partly(Millis, Vec<SystemId>),
    Found(Millis, Vec<SystemId>),
    /// She was found before: it is not taken.
    Dropped,
}

/// All records together: what is worst of each step counts for the set.
fn came(rechecks: &[Recheck], step: LookStep) -> Came {
    let looks = rechecks.iter().flat_map(|one| &one.looks);
    let taken: Vec<_> = looks.filter(|look| look.step == step).collect();
    let named = |systems: &mut dyn Iterator<Item = &SystemId>| {
        let mut systems: Vec<_> = systems.cloned().collect();
        systems.sort();
        systems.dedup();
        systems
    };
    let at = taken.iter().map(|look| look.at).max().unwrap_or_default();
    let returned = named(&mut taken.iter().flat_map(|look| &look.returned));
    if !returned.is_empty() {
        return Came::Found(at, returned);
    }
    let open = rechecks.iter().filter(|one| {
        let next = one.next.map(|(next, _)| next);
        next.is_some_and(|next| next <= step)
    });
    let due = open.map(|one| match one.next {
        Some((next, due)) if next == step => due,
        _ => one.erased_at + step.after(),
    });
    if let Some(due) = due.min() {
        return Came::Due(due);
    }
    let unsearched = named(&mut taken.iter().flat_map(|look| &look.unsearched));
    match (taken.is_empty(), unsearched.is_empty()) {
        (true, _) => Came::Dropped,
        (false, true) => Came::Clear(at),
        (false, false) => Came::Partly(at, unsearched),
    }
}

/// The looks of an erasure; nothing where none was begun.
#[component]
pub fn Looks(run: RunView) -> impl IntoView {
    let t = use_texts();
    if run.rechecks.is_empty() {
        return ().into_any();
    }
    let words = &t.looks;
    let names = |systems: &[SystemId]| {
        let name = |id: &SystemId| {
            let known = run.systems.iter().find(|(known, _)| known == id);
            known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
        };
        let names: Vec<_> = systems.iter().map(name).collect();
        names.join(t.common.comma)
    };
    let row = |step: LookStep| {
        let (tone, glyph, word, at, more) = match came(&run.rechecks, step) {
            Came::Due(at) => (Tone::Quiet, Glyph::Clock, words.due, Some(at), None),
            Came::Clear(at) => (Tone::Good, Glyph::Check, words.clear, Some(at), None),
            Came::Partly(at, systems) => {
                let more = format!("{} {}", words.unsearched, names(&systems));
                (
                    Tone::Warn,
                    Glyph::Warning,
                    words.partly,
                    Some(at),
                    Some(more),
                )
            }
            Came::Found(at, systems) => {
                let more = names(&systems);
                (Tone::Bad, Glyph::Warning, words.found, Some(at), Some(more))
            }
            Came::Dropped => (Tone::Quiet, Glyph::Dot, words.dropped, None, None),
        };
        let when = match step {
            LookStep::AtOnce => words.at_once,
            LookStep::Hour => words.hour,
            LookStep::Day => words.day,
            LookStep::Month => words.month,
        };
        view! {
            <tr>
                <th scope="row" data-label=words.look>{when}</th>
                <td data-label=words.came>
                    <Badge look=(glyph, tone) word/>
                    {more.map(|more| view! { " " <span>{more}</span> })}
                </td>
                <td data-label=words.at>{at.map(|at| view! { <At at/> })}</td>
            </tr>
        }
    };
    let rows = LookStep::ALL.map(row).collect_view();
    let heads = [words.look, words.came, words.at];
    view! {
        <section aria-labelledby="looks" class="far">
            <h2 id="looks">{words.title}</h2>
            <p class="quiet">{words.help}</p>
            <Table named=Named::Heading("looks") heads>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::Look;
    use crate::testing::html;
    use crate::testing::runs::{request, run};

    fn system(id: &str) -> SystemId {
        SystemId::parse(id).expect("valid")
    }

    fn look(step: LookStep, returned: &[&str], unsearched: &[&str]) -> Look {
        let systems = |ids: &[&str]| ids.iter().map(|id| system(id)).collect();
        Look {
            step,
            at: 1_000 + step.after(),
            returned: systems(returned),
            unsearched: systems(unsearched),
        }
    }

    fn recheck(id: &str, looks: Vec<Look>, next: Option<LookStep>) -> Recheck {
        Recheck {
            request: request(id),
            erased_at: 1_000,
            looks,
            next: next.map(|step| (step, 1_000 + step.after())),
        }
    }

    #[test]
    fn of_a_set_the_worst_of_each_look_counts() {
        use LookStep::{AtOnce, Day, Hour, Month};
        let first = vec![look(AtOnce, &[], &[]), look(Hour, &[], &["desk"])];
        let second = vec![look(AtOnce, &[], &[]), look(Hour, &["shop"], &[])];
        let set = [recheck("r1", first, Some(Day)), recheck("r2", second, None)];
        assert_eq!(came(&set, AtOnce), Came::Clear(1_000));
        let found = Came::Found(1_000 + Hour.after(), vec![system("shop")]);
        assert_eq!(came(&set, Hour), found);
        assert_eq!(came(&set, Day), Came::Due(1_000 + Day.after()));
        assert_eq!(
            came(&set[..1], Hour),
            Came::Partly(1_000 + Hour.after(), vec![system("desk")])
        );
        assert_eq!(came(&set[..1], Month), Came::Due(1_000 + Month.after()));
        assert_eq!(came(&set[1..], Month), Came::Dropped);
    }

    #[test]
    fn what_was_not_searched_is_named_and_never_called_clear() {
        for lang in Lang::ALL {
            let mut erased = run(&["r1"], vec![], None);
            let looks = vec![look(LookStep::AtOnce, &[], &["desk"])];
            erased.rechecks = vec![recheck("r1", looks, Some(LookStep::Hour))];
            let page = html(lang, move || view! { <Looks run=erased/> });
            let t = &lang.texts().looks;
            assert!(page.contains(t.partly), "{page}");
            assert!(!page.contains("data-tone=\"good\""), "{page}");
            assert!(page.contains("desk") && page.contains(t.due), "{page}");
        }
    }
}
