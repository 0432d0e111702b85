//! A plan: what would be done where, what is kept and why, what can't be searched; then reason and confirmation.

use leptos::prelude::*;

use super::plan_tables::{Changes, MemberTable};
use crate::components::{ActionBadge, At, Banner, Copyable, Icon, Tone, look_of_right};
use crate::format;
use crate::i18n::use_texts;
use crate::model::{Action, Plan, PlanBlock, Right};
use crate::paths;

/// What it is.
#[component]
pub fn PlanHead(
    right: Right,
    /// Whether it has been carried out.
    used: bool,
) -> impl IntoView {
    let t = use_texts();
    let lead = if used {
        t.plan.used.to_owned()
    } else {
        format!("{} {}", t.plan.lead, t.plan.nothing_done)
    };
    view! {
        <h1>{t.plan.title} " · " {(t.words.right)(right)}</h1>
        <span class="quiet"><Icon glyph=look_of_right(right)/> " " {(t.words.article)(right)}</span>
        <p class="lead">{lead}</p>
    }
}

/// All that would happen.
#[component]
pub fn PlanBody(plan: Plan) -> impl IntoView {
    let t = use_texts();
    let totals = totals(&plan);
    let blocks = blocks(&plan);
    view! {
        {blocks}
        <section aria-labelledby="totals">
            <h2 id="totals">{t.plan.totals}</h2>
            <ul class="totals">
                {totals
                    .into_iter()
                    .map(|(action, rows, places)| view! { <Total action rows places/> })
                    .collect_view()}
            </ul>
        </section>
        <Changes replacements=plan.replacements/>
        <section aria-labelledby="what">
            <h2 id="what">{t.plan.what}</h2>
            {plan.members.into_iter().map(|member| view! { <MemberTable member/> }).collect_view()}
        </section>
        <dl class="facts">
            <div><dt>{t.plan.made}</dt><dd><At at=plan.made_at/></dd></div>
            <div><dt>{t.plan.expires}</dt><dd><At at=plan.expires_at/></dd></div>
            <div><dt>{t.plan.hash}</dt><dd><Copyable value=plan.hash label=t.plan.hash/></dd></div>
        </dl>
    }
}

/// Rows and places per action, in the order of the plan; what destroys stands first.
fn totals(plan: &Plan) -> Vec<(Action, u64, u32)> {
    let mut totals: Vec<(Action, u64, u32)> = Vec::new();
    let collections = plan
        .members
        .iter()
        .flat_map(|member| &member.systems)
        .flat_map(|system| &system.collections);
    for one in collections {
        let same =
            |action: &Action| std::mem::discriminant(action) == std::mem::discriminant(&one.action);
        let rows = one.rows.unwrap_or(0);
        match totals.iter_mut().find(|(action, _, _)| same(action)) {
            Some((_, sum, places)) => {
                *sum += rows;
                *places += 1;
            }
            None => totals.push((one.action.clone(), rows, 1)),
        }
    }
    totals.sort_by_key(|(action, _, _)| match action {
        Action::Delete => 0,
        Action::Anonymise => 1,
        Action::Change => 2,
        Action::Export => 3,
        Action::Keep { .. } => 4,
        Action::NotSearchable => 6,
    });
    totals
}

#[component]
fn Total(action: Action, rows: u64, places: u32) -> impl IntoView {
    let t = use_texts();
    let counted = !matches!(action, Action::NotSearchable);
    let number = if counted { rows } else { u64::from(places) };
    let unit = if counted {
        t.common.rows
    } else {
        t.common.collections
    };
    view! {
        <li>
            <ActionBadge action/>
            <span class="big num">{format::count(number)}</span>
            <span class="quiet">{unit}</span>
        </li>
    }
    .into_any()
}

fn blocks(plan: &Plan) -> Option<AnyView> {
    let t = use_texts();
    let name = |block: &PlanBlock| match block {
        PlanBlock::Unreachable { system } => plan
            .members
            .iter()
            .flat_map(|member| &member.systems)
            .find(|one| one.system == *system)
            .map_or(system.to_string(), |one| one.system_name.clone()),
        _ => String::new(),
    };
    let texts: Vec<String> = plan
        .blocked
        .iter()
        .map(|block| (t.say.plan_block)(block, &name(block)))
        .collect();
    (!texts.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Bad title=t.plan.blocked_title>
                {texts.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            </Banner>
        }
        .into_any()
    })
}

/// The form that carries it out; the way to what came of it, once it has been; nothing where something stands in the way.
#[component]
pub fn Confirm(plan: Plan) -> impl IntoView {
    let texts = use_texts();
    let t = &texts.plan;
    if let Some(request) = plan.request {
        return view! {
            <Banner tone=Tone::Good title=t.used>
                <p><a href=paths::request(&request)>{texts.common.to_request}</a></p>
            </Banner>
        }
        .into_any();
    }
    if !plan.blocked.is_empty() {
        return ().into_any();
    }
    let (confirm, submit) = match plan.right {
        Right::Export => (t.confirm_export, t.submit_export),
        Right::Update => (t.confirm_update, t.submit_update),
        Right::Delete => (t.confirm_delete, t.submit_delete),
    };
    let danger = plan.right == Right::Delete;
    view! {
        <form
            method="post"
            action=paths::to::CREATE_REQUEST
            class="card confirm"
            data-danger=danger.to_string()
            autocomplete="off"
        >
            <input type="hidden" name="plan" value=plan.id.to_string()/>
            <input type="hidden" name="hash" value=plan.hash/>
            {danger.then(|| view! { <Banner tone=Tone::Bad><p>{t.delete_warning}</p></Banner> })}
            <div class="field">
                <label for="reason">{t.reason}</label>
                <textarea
                    id="reason"
                    name="reason"
                    rows="3"
                    required
                    minlength="3"
                    maxlength="2000"
                    aria-describedby="reason-hint"
                />
                <span class="hint" id="reason-hint">{t.reason_hint}</span>
            </div>
            {danger
                .then(|| view! {
                    <div class="field code">
                        <label for="code">{t.code}</label>
                        <input
                            id="code"
                            name="code"
                            type="text"
                            required
                            maxlength="32"
                            spellcheck="false"
                            autocapitalize="none"
                            aria-describedby="code-hint"
                        />
                        <span class="hint" id="code-hint">{t.code_hint}</span>
                    </div>
                })}
            <label class="check">
                <input type="checkbox" name="confirmed" value="true" required/>
                <span>{confirm}</span>
            </label>
            <button type="submit" class=if danger { "danger" } else { "primary" }>
                <Icon glyph=look_of_right(plan.right)/>
                {submit}
            </button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{
        CollectionName, CollectionPlan, IdentifierKind, LinkedBy, MemberPlan, PlanId, Replacement,
        RequestId, Sample, SubjectHandle, SystemId, SystemPlan,
    };
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn collection(action: Action, rows: Option<u64>) -> CollectionPlan {
        CollectionPlan {
            collection: CollectionName::parse("tickets").expect("valid"),
            title: HOSTILE.into(),
            action,
            rows,
            bytes: Some(1_234_567),
            shared: None,
            samples: vec![Sample {
                fields: vec![(HOSTILE.into(), HOSTILE.into())],
            }],
        }
    }

    fn plan(right: Right, blocked: Vec<PlanBlock>, collections: Vec<CollectionPlan>) -> Plan {
        Plan {
            id: PlanId::parse("p1").expect("valid"),
            right,
            made_at: 0,
            expires_at: 0,
            hash: "ab".into(),
            replacements: vec![Replacement {
                kind: IdentifierKind::Name,
                old: HOSTILE.into(),
                new: HOSTILE.into(),
            }],
            members: vec![MemberPlan {
                handle: SubjectHandle::parse("ab").expect("valid"),
                kind: IdentifierKind::ExternalId,
                name: Some(HOSTILE.into()),
                linked: None,
                systems: vec![SystemPlan {
                    system: SystemId::parse("help-desk").expect("valid"),
                    system_name: HOSTILE.into(),
                    collections,
                }],
            }],
            blocked,
            request: None,
        }
    }

    fn page(plan: Plan) -> String {
        html(
            Lang::En,
            move || view! { <PlanBody plan=plan.clone()/> <Confirm plan/> },
        )
    }

    #[test]
    fn rows_that_others_share_are_said_to_stay() {
        let with = |shared: Option<u64>| CollectionPlan {
            shared,
            ..collection(Action::Delete, Some(3))
        };
        let said = |shared, lang: Lang| {
            let plan = plan(Right::Delete, Vec::new(), vec![with(shared)]);
            html(lang, move || view! { <PlanBody plan/> })
        };
        for (shared, lang, want) in [
            (2, Lang::En, "2 rows are shared with others and stay"),
            (1, Lang::En, "1 row is shared with others and stays"),
            (2, Lang::Ja, "他の人と共有されている 2 件は残ります"),
        ] {
            assert!(said(Some(shared), lang).contains(want), "{want}");
        }
        for none in [None, Some(0)] {
            assert!(!said(none, Lang::En).contains("shared with others"));
        }
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let keep = Action::Keep {
            ground: HOSTILE.into(),
        };
        assert_escaped(&page(plan(
            Right::Update,
            vec![],
            vec![collection(keep, Some(1))],
        )));
    }

    #[test]
    fn what_is_not_known_is_not_called_zero() {
        let page = page(plan(
            Right::Export,
            vec![],
            vec![collection(Action::NotSearchable, None)],
        ));
        assert!(page.contains("unknown") && page.contains("Not searchable"));
    }

    #[test]
    fn examples_are_folded_up_and_files_have_a_size() {
        let page = page(plan(
            Right::Export,
            vec![],
            vec![collection(Action::Export, Some(1))],
        ));
        assert!(page.contains("1 example, masked") && page.contains("1.2 MB"));
        assert!(page.contains("<details") && !page.contains("<details open"));
    }

    #[test]
    fn a_record_that_staff_linked_says_by_whom_and_when() {
        for lang in Lang::ALL {
            let mut plan = plan(Right::Export, vec![], vec![]);
            let tables = |plan: Plan| html(lang, move || view! { <PlanBody plan/> });
            let tag = lang.texts().links.tag;
            assert!(!tables(plan.clone()).contains(tag));
            let by = HOSTILE.to_owned();
            plan.members[0].linked = Some(LinkedBy { by, at: 0 });
            let page = tables(plan);
            assert_escaped(&page);
            assert!(page.contains(tag) && page.contains("1970-01-01"), "{page}");
        }
    }

    #[test]
    fn a_blocked_plan_has_no_button() {
        let blocked = vec![PlanBlock::NothingToDo];
        let blocked = page(plan(Right::Delete, blocked, vec![]));
        assert!(!blocked.contains("name=\"confirmed\""));
        assert!(blocked.contains("can't be carried out") || blocked.contains("can&#x27;t"));
        assert!(page(plan(Right::Delete, vec![], vec![])).contains("class=\"danger\""));
    }

    #[test]
    fn nothing_has_been_done_yet_is_said_only_of_what_has_not() {
        for lang in Lang::ALL {
            let right = Right::Export;
            let head = |used| html(lang, move || view! { <PlanHead right used/> });
            let t = &lang.texts().plan;
            assert!(head(false).contains(t.nothing_done));
            assert!(!head(true).contains(t.nothing_done) && head(true).contains(t.used));
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_leads_to_its_request_and_has_no_button() {
        let mut used = plan(Right::Delete, vec![], vec![]);
        used.request = RequestId::parse("r1").ok();
        let page = page(used);
        assert!(page.contains("href=\"/requests/r1\""), "{page}");
        assert!(!page.contains("<form"), "{page}");
    }

    #[test]
    fn totals_count_rows_and_put_what_destroys_first() {
        let plan = plan(
            Right::Delete,
            vec![],
            vec![
                collection(Action::Keep { ground: "a".into() }, Some(1)),
                collection(Action::Delete, Some(2)),
                collection(Action::Keep { ground: "b".into() }, Some(3)),
            ],
        );
        let totals: Vec<(u64, u32)> = totals(&plan).into_iter().map(|(_, r, p)| (r, p)).collect();
        assert_eq!(totals, [(2, 1), (4, 2)]);
    }
}
