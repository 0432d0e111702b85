//! A plan: what would be done where, what is kept and why, what can't be searched; then reason and confirmation.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::plan_tables::{Changes, MemberTable};
use crate::api::requests::{CreateRequest, get_plan};
use crate::components::{
    ActionBadge, At, Banner, Copyable, ErrorPage, Field, FormError, Icon, Loading, PageHead, Tone,
    error_of, field_error, look_of_right,
};
use crate::error::Error;
use crate::format;
use crate::i18n::use_texts;
use crate::model::{Action, Plan, PlanBlock, PlanId, Right};

#[component]
pub fn PlanPage() -> impl IntoView {
    let t = use_texts();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params
            .with(|p| p.get("plan"))
            .and_then(|id| PlanId::parse(id).ok())
    });
    let create = ServerAction::<CreateRequest>::new();
    let plan = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => get_plan(id).await,
                None => Err(Error::not_found("plan")),
            }
        },
    );
    view! {
        <Title text=t.plan.title/>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match plan.await {
                    Ok(plan) => view! { <PlanView plan create/> }.into_any(),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn PlanView(plan: Plan, create: ServerAction<CreateRequest>) -> impl IntoView {
    let t = use_texts();
    let title = format!("{} · {}", t.plan.title, (t.words.right)(plan.right));
    let totals = totals(&plan);
    let blocks = blocks(&plan);
    let may = plan.blocked.is_empty();
    let right = plan.right;
    let (id, hash) = (plan.id.clone(), plan.hash.clone());
    view! {
        <PageHead title lead=format!("{} {}", t.plan.lead, t.plan.nothing_done)>
            <span class="quiet"><Icon glyph=look_of_right(right)/> " " {(t.words.article)(right)}</span>
        </PageHead>
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
        {may.then(|| view! { <Confirm id hash right create/> })}
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

#[component]
fn Confirm(
    id: PlanId,
    hash: String,
    right: Right,
    create: ServerAction<CreateRequest>,
) -> impl IntoView {
    let t = &use_texts().plan;
    let error = error_of(create);
    let (confirm, submit) = match right {
        Right::Export => (t.confirm_export, t.submit_export),
        Right::Update => (t.confirm_update, t.submit_update),
        Right::Delete => (t.confirm_delete, t.submit_delete),
    };
    let danger = right == Right::Delete;
    let confirm_error = field_error(error, "confirmed");
    view! {
        <ActionForm action=create attr:class="card confirm" attr:data-danger=danger.to_string()>
            <FormError error fields=&["reason", "confirmed"]/>
            <input type="hidden" name="plan" value=id.to_string()/>
            <input type="hidden" name="hash" value=hash/>
            {danger.then(|| view! { <Banner tone=Tone::Bad><p>{t.delete_warning}</p></Banner> })}
            <Field id="reason" label=t.reason hint=t.reason_hint error=field_error(error, "reason")>
                <textarea
                    id="reason"
                    name="reason"
                    rows="3"
                    required
                    minlength="3"
                    maxlength="2000"
                    aria-describedby="reason-hint reason-error"
                />
            </Field>
            <label class="check">
                <input type="checkbox" name="confirmed" value="true" required aria-describedby="confirmed-error"/>
                <span>{confirm}</span>
            </label>
            <span class="field-error" id="confirmed-error">{move || confirm_error.get()}</span>
            <button type="submit" class=if danger { "danger" } else { "primary" }>
                <Icon glyph=look_of_right(right)/>
                {submit}
            </button>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{
        CollectionName, CollectionPlan, IdentifierKind, MemberPlan, Replacement, SubjectHandle,
        SystemId, SystemPlan,
    };
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn collection(action: Action, rows: Option<u64>) -> CollectionPlan {
        CollectionPlan {
            collection: CollectionName::parse("tickets").expect("valid"),
            title: HOSTILE.into(),
            action,
            rows,
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
                systems: vec![SystemPlan {
                    system: SystemId::parse("help-desk").expect("valid"),
                    system_name: HOSTILE.into(),
                    collections,
                }],
            }],
            blocked,
        }
    }

    fn page(plan: Plan) -> String {
        html(
            Lang::En,
            move || view! { <PlanView plan create=ServerAction::new()/> },
        )
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
    fn a_blocked_plan_has_no_button() {
        let blocked = vec![PlanBlock::NothingToDo];
        let blocked = page(plan(Right::Delete, blocked, vec![]));
        assert!(!blocked.contains("name=\"confirmed\""));
        assert!(blocked.contains("can't be carried out") || blocked.contains("can&#x27;t"));
        assert!(page(plan(Right::Delete, vec![], vec![])).contains("class=\"danger\""));
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
