//! Japanese: where to go, the keys, and how far away an instant is.

use super::texts::{Ago, Go, Span};

pub(super) const TEXTS: Go = Go {
    title: "移動",
    label: "移動先、または検索する識別子",
    find: "検索",
    find_typed: "検索：",
    list: "移動先",
    pages: "ページ",
    recent: "最近の請求",
    recent_none: "請求はまだありません。",
    more: "その他",
    pause: "システムの一時停止・再開",
    language: "言語",
    keys: "キー操作",
    keys_title: "キー操作",
    keys_on: "1文字のキー操作を使う",
    keys_on_hint: "文字を入力していないときに使えます。設定はこのブラウザーに保存されます。",
    key: "キー",
    does: "動作",
    key_palette: "移動先の一覧を開く",
    key_search: "検索する内容を入力する",
    key_next: "次の行へ",
    key_previous: "前の行へ",
    key_open: "選んだ行を開く",
    key_close: "重なっている画面を閉じる",
    then: "続けて",
    close: "閉じる",
};

pub(super) fn relative(ago: Ago) -> String {
    match ago {
        Ago::Now => "たった今".to_owned(),
        Ago::Past(span) => format!("{}前", span_of(span)),
        Ago::Future(span) => format!("{}後", span_of(span)),
    }
}

fn span_of(span: Span) -> String {
    match span {
        Span::Minutes(n) => format!("{n}分"),
        Span::Hours(n) => format!("{n}時間"),
        Span::Days(n) => format!("{n}日"),
    }
}
