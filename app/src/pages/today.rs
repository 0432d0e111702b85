//! Today: what presses, whose move it is, what has ended.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::requests::get_today;
use crate::components::{Page, PageHead, Post, ShowParts};
use crate::i18n::use_texts;
use crate::paths;

#[component]
pub fn Today() -> impl IntoView {
    let t = use_texts();
    let page = Page::new(Vec::new, |_| Box::pin(get_today()), Post::to(&[]));
    view! {
        <Title text=t.common.today/>
        <PageHead title=t.common.today>
            <div class="end">
                <a class="button primary" href=paths::FIND>{t.common.find}</a>
            </div>
        </PageHead>
        <ShowParts page/>
    }
}
