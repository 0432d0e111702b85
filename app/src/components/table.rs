//! A table that scrolls inside itself where it does not fit; on a phone its rows are cards.

use leptos::prelude::*;

/// What a table is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A text that is heard only.
    Heard(&'static str),
    /// The heading of that id.
    Heading(&'static str),
}

/// A head and the rows below it. A cell says in `data-label` what its column is called, for where there is no head.
#[component]
pub fn Table(
    named: Named,
    /// From left to right.
    #[prop(into)]
    heads: Vec<&'static str>,
    /// Whether its rows lead somewhere.
    #[prop(optional)]
    list: bool,
    children: Children,
) -> impl IntoView {
    let (heard, heading) = match named {
        Named::Heard(text) => (Some(text), None),
        Named::Heading(id) => (None, Some(id)),
    };
    let heads = heads.into_iter();
    view! {
        <div class="table" role="region" aria-label=heard aria-labelledby=heading tabindex="0">
            <table class=if list { "stack list" } else { "stack" }>
                {heard.map(|text| view! { <caption class="unseen">{text}</caption> })}
                <thead>
                    <tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
