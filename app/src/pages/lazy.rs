//! Pages that the browser downloads when they are first shown, each in a piece of its own: nobody waits for the others.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{Find, Found, New, PlanPage, Requests, Run, Systems, Today};

macro_rules! lazy {
    ($($route:ident: $page:ident,)*) => {$(
        #[doc = concat!("The route of [`", stringify!($page), "`].")]
        #[derive(Debug)]
        pub struct $route;

        #[lazy_route]
        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            fn view(_this: Self) -> AnyView {
                shown();
                view! { <$page/> }.into_any()
            }
        }
    )*};
}

lazy! {
    FindRoute: Find,
    FoundRoute: Found,
    NewRoute: New,
    PlanRoute: PlanPage,
    RequestsRoute: Requests,
    RunRoute: Run,
    SystemsRoute: Systems,
    TodayRoute: Today,
}

/// Marks the document once this page works in the browser: tests wait for `<html data-hydrated>`. Nothing on the server.
pub fn shown() {
    Effect::new(|_| {
        if let Some(root) = document().document_element() {
            drop(root.set_attribute("data-hydrated", ""));
        }
    });
}
