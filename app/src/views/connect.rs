//! Connecting a database: where it is, and what nobody finished.

use leptos::prelude::*;

use crate::components::{At, Badge, Banner, Field, Glyph, Icon, PostForm, Tone};
use crate::i18n::use_texts;
use crate::model::{
    DatabaseKind, DatabasePlace, DraftId, DraftLine, Encryption, Looked, NewDatabase, Power,
};
use crate::paths::{self, to};

#[component]
pub fn ConnectHead() -> impl IntoView {
    let t = use_texts();
    view! {
        <nav class="pages" aria-label=t.common.systems>
            <a href=paths::SYSTEMS>{t.system.all}</a>
        </nav>
        <h1>{t.connect.title}</h1>
        <p class="lead">{t.connect.lead}</p>
    }
}

/// The form of a new database, below what nobody finished.
#[component]
pub fn NewDatabaseForm(drafts: Vec<DraftLine>) -> impl IntoView {
    view! {
        <Unfinished drafts/>
        <PostForm action=to::START_DRAFT class="card database">
            <DatabaseFields known=None has_password=false/>
            <button type="submit" class="primary">
                <Icon glyph=Glyph::Search/>
                {use_texts().connect.look}
            </button>
        </PostForm>
    }
}

#[component]
fn Unfinished(drafts: Vec<DraftLine>) -> impl IntoView {
    let t = use_texts();
    if drafts.is_empty() {
        return ().into_any();
    }
    let lines = drafts.into_iter().map(|draft| {
        let left = match (&draft.looked, draft.undecided) {
            (Looked::Failed { .. }, _) => t.connect.not_reached.to_owned(),
            (Looked::Nobody { .. }, _) => t.connect.nobody.to_owned(),
            (Looked::Done { .. }, 0) => t.connect.all_decided.to_owned(),
            (Looked::Done { .. }, n) => (t.say.tables_left)(n),
        };
        view! {
            <li>
                <a href=paths::draft(&draft.id)>{draft.name}</a>
                " "
                <span class="quiet">{draft.kind.name()} " · " {left} " · " <At at=draft.changed_at/></span>
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="unfinished">
            <h2 id="unfinished">{t.connect.unfinished}</h2>
            <ul class="plain-list">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The form of a database that is known: looked through once more.
#[component]
pub fn AgainForm(id: DraftId, new: NewDatabase, has_password: bool) -> impl IntoView {
    let t = &use_texts().connect;
    view! {
        <PostForm action=to::START_AGAIN class="database">
            <input type="hidden" name="draft" value=id.to_string()/>
            <p class="quiet">{t.again_help}</p>
            <DatabaseFields known=Some(new) has_password/>
            <button type="submit"><Icon glyph=Glyph::Retry/> {t.look_again}</button>
        </PostForm>
    }
}

#[component]
fn DatabaseFields(known: Option<NewDatabase>, has_password: bool) -> impl IntoView {
    let t = &use_texts().connect;
    let samples = known.as_ref().is_none_or(|known| known.samples);
    let (name, owner, region) = known.as_ref().map_or_else(Default::default, |known| {
        (
            known.name.clone(),
            known.owner.clone(),
            known.region.clone(),
        )
    });
    let place = known.map(|known| known.place);
    let file = t.database_hint;
    view! {
        <div class="form-grid">
            <Text id="name" label=t.name hint=t.name_hint value=name required=true/>
            <Text id="owner" label=t.owner hint=t.owner_hint value=owner required=true/>
            <Text id="region" label=t.region hint=t.region_hint value=region required=true/>
        </div>
        <PlaceFields place has_password file/>
        <div class="choice-line">
            <label class="check">
                <input type="checkbox" name="database[samples]" value="true" checked=samples aria-describedby="samples-hint"/>
                <span>{t.samples}</span>
            </label>
            <span class="hint" id="samples-hint">{t.samples_hint}</span>
        </div>
        // The browser asks whether it answers, and shows what is said.
        <div class="tested" role="status" data-test=to::TEST_DATABASE></div>
    }
    .into_any()
}

#[component]
fn PlaceFields(
    place: Option<DatabasePlace>,
    has_password: bool,
    file: &'static str,
) -> impl IntoView {
    let t = &use_texts().connect;
    let kind = place.as_ref().map(|place| place.kind);
    let chosen = place
        .as_ref()
        .map(|place| place.encryption)
        .unwrap_or_default();
    let port = place.as_ref().and_then(|place| place.port);
    let of = |read: fn(&DatabasePlace) -> &String| {
        place
            .as_ref()
            .map(|place| read(place).clone())
            .unwrap_or_default()
    };
    let kinds = DatabaseKind::ALL.map(|one| {
        view! { <option value=one.as_str() selected=kind == Some(one)>{one.name()}</option> }
    });
    let encryptions = Encryption::ALL.map(|one| {
        let word = match one {
            Encryption::VerifyFull => t.verify_full,
            Encryption::Require => t.require,
            Encryption::Prefer => t.prefer,
        };
        view! { <option value=one.as_str() selected=chosen == one>{word}</option> }
    });
    let kept = if has_password {
        t.password_kept
    } else {
        t.password_hint
    };
    view! {
        <div class="form-grid">
            <Field id="kind" label=t.kind>
                <select id="kind" name="database[kind]" aria-describedby="kind-hint kind-error">
                    {kinds.collect_view()}
                </select>
            </Field>
            <Text id="host" label=t.host value=of(|place| &place.host) of_server=true/>
            <Text id="port" label=t.port hint=t.port_hint value=port.map_or(String::new(), |port| port.to_string()) of_server=true/>
            <Text id="database" label=t.database hint=file value=of(|place| &place.database) required=true/>
            <Text id="user" label=t.user hint=t.user_hint value=of(|place| &place.user) of_server=true/>
            <Field id="password" label=t.password hint=kept class="of-server">
                <input
                    id="password"
                    name="database[password]"
                    type="password"
                    maxlength="1000"
                    autocomplete="new-password"
                    aria-describedby="password-hint password-error"
                />
            </Field>
            <Field id="encryption" label=t.encryption class="of-server">
                <select id="encryption" name="database[encryption]" aria-describedby="encryption-hint encryption-error">
                    {encryptions.collect_view()}
                </select>
            </Field>
            <Text id="authority" label=t.authority hint=t.authority_hint value=of(|place| &place.authority) of_server=true/>
        </div>
    }
    .into_any()
}

/// One line of text.
#[component]
fn Text(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    value: String,
    #[prop(optional)] required: bool,
    /// Means nothing of a database that is a file.
    #[prop(optional)]
    of_server: bool,
) -> impl IntoView {
    let described = format!("{id}-hint {id}-error");
    view! {
        <Field id label hint class=if of_server { "of-server" } else { "" }>
            <input
                id=id
                name=format!("database[{id}]")
                type="text"
                maxlength="200"
                spellcheck="false"
                autocapitalize="none"
                required=required
                value=value
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}

/// What a database's account may too much if it answered, or the code of why it did not.
#[component]
pub fn Tested(tested: Result<Vec<Power>, String>) -> impl IntoView {
    let t = use_texts();
    match tested {
        Ok(powers) => view! {
            <Badge look=(Glyph::Check, Tone::Good) word=t.connect.reached/>
            <TooStrong powers/>
        }
        .into_any(),
        Err(code) => view! {
            <Badge look=(Glyph::Warning, Tone::Bad) word=t.connect.not_reached/>
            " "
            <span class="quiet">{(t.say.not_connected)(&code)}</span>
        }
        .into_any(),
    }
}

/// What an account may that Habeas has no need of; nothing if it is as it should be.
#[component]
pub fn TooStrong(powers: Vec<Power>) -> impl IntoView {
    let t = use_texts();
    (!powers.is_empty()).then(|| {
        let powers = powers.into_iter();
        view! {
            <Banner tone=Tone::Warn title=t.connect.too_strong>
                <p>{t.connect.too_strong_help}</p>
                <ul class="bullets">
                    {powers.map(|power| view! { <li>{(t.words.power)(power)}</li> }).collect_view()}
                </ul>
            </Banner>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::testing::html;

    #[test]
    fn what_nobody_finished_says_how_far_it_came() {
        let line = |looked, undecided| DraftLine {
            id: DraftId::parse("d").expect("an id"),
            name: "Shop".into(),
            kind: DatabaseKind::Postgres,
            changed_at: 0,
            looked,
            undecided,
        };
        let done = || Looked::Done {
            at: 0,
            powers: Vec::new(),
        };
        let failed = Looked::Failed {
            code: "denied".into(),
            at: 0,
        };
        let nobody = Looked::Nobody {
            why: Vec::new(),
            at: 0,
        };
        for (line, want) in [
            (line(failed, 0), "Not reached"),
            (line(nobody, 0), "Shows no person"),
            (line(done(), 0), "all decided"),
            (line(done(), 1), "One table needs your decision."),
        ] {
            let page = html(Lang::En, move || view! { <Unfinished drafts=vec![line]/> });
            assert!(page.contains(want), "{want} is not in {page}");
        }
    }

    #[test]
    fn each_power_too_many_is_named_and_none_is_no_warning() {
        let page = |powers| html(Lang::En, move || view! { <Tested tested=Ok(powers)/> });
        let all = page(Power::ALL.to_vec());
        assert_eq!(all.matches("<li>").count(), Power::ALL.len(), "{all}");
        assert!(!page(Vec::new()).contains("banner"));
    }
}
