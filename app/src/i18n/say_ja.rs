//! Sentences with something to be filled in, in Japanese.

use super::connect_ja as connect;
use super::errors_ja as errors;
use super::go_ja as go;
use super::system_ja as system;
use super::texts::*;
use super::words_ja::*;
use crate::format::count;
use crate::model::RequestState;

pub(super) const SAY: Sentences = Sentences {
    error: errors::error,
    reason: errors::reason,
    blocked: errors::blocked,
    plan_block: errors::plan_block,
    guess: |kind| format!("判別結果：{kind}"),
    found,
    unsure: |names| format!("検索できていないシステム：{names}。保有内容は不明です。"),
    take_away: |identifier| format!("外す：{identifier}"),
    records: |n| format!("記録 {n} 件"),
    other_fields: |n| format!("その他の項目 {n} 件"),
    compare_with: |name| format!("「{name}」と比較"),
    only_in: |n, of| {
        if n == 1 {
            "1 件の記録のみ".into()
        } else {
            format!("{of} 件中 {n} 件の記録のみ")
        }
    },
    several_sets: |n| format!("{n} 組に分かれている記録です。同一人物としては扱われません。"),
    same_person: |one, other| format!("{one} は {other} と同一人物です"),
    not_same_person: |one, other| format!("{one} は {other} とは別の人物です"),
    matched_by: |kinds| format!("{kinds}で一致"),
    link_to: |record| format!("代表へのリンク：{record}"),
    seen_in: |n| format!("{n} 件の記録に記載"),
    more_in_list: |n| format!("ほか {} 件は一覧にあります。", count(n.into())),
    took: |time| time.to_owned(),
    waits: |until| format!("{until} まで"),
    rows: |n| format!("{} 件", count(n)),
    shared_rows: |n| format!("他の人と共有されている {n} 件は残ります"),
    samples: |n| format!("例 {n} 件（伏せ字）"),
    kept: |n| format!("保持 {} 件", count(n)),
    members: |n| {
        if n == 1 {
            "記録 1 件".into()
        } else {
            format!("{n} 件の記録を名寄せ")
        }
    },
    standing,
    try_of: |attempt, max| format!("{attempt}／{max} 回目"),
    try_no: |attempt| format!("{attempt} 回目"),
    more_rows: |n| format!("ほか {} 行は表にあります", count(n)),
    as_of: |time, seq, last| {
        format!("{time}（UTC）時点の状態を表示しています（経過 {last} 件中 {seq} 件目）。")
    },
    tasks: |ended, all| format!("{ended}／{all}"),
    newer: |n, more| {
        format!(
            "新着 {}{} 件を表示",
            count(n.into()),
            if more { "+" } else { "" }
        )
    },
    without: |field, n, more| {
        format!(
            "「{field}」なし：{}{} 件",
            count(n),
            if more { "+" } else { "" }
        )
    },
    delete_view: |name| format!("ビューを削除：{name}"),
    view_deleted: |name| format!("ビューを削除しました：{name}"),
    days_left: |days| match days {
        0 => "本日が期限".into(),
        days if days < 0 => format!("期限を {} 日超過", days.unsigned_abs()),
        days => format!("残り {days} 日"),
    },
    failed: |n| format!("失敗 {n} 件"),
    tasks_failed: |n| format!("失敗した処理 {n} 件"),
    coverage: coverage_sentence,
    event,
    log_matched: |matched, all| format!("全 {} 件中 {} 件が該当", number(all), number(matched)),
    log_range: |from, to, all| {
        format!(
            "全 {} 件中 {}〜{} 件目",
            number(all),
            number(from),
            number(to)
        )
    },
    title_run: |of| format!("{}請求", right(of)),
    fitting: |n| format!("{n}件"),
    relative: go::relative,
    person: |name| format!("{name} 様"),
    answered: system::answered,
    health_bar: system::bar,
    more_sets: system::more_sets,
    refers: system::refers,
    begins_in: system::begins_in,
    not_connected: connect::not_connected,
    tables_left: connect::tables_left,
};

fn number(n: i64) -> String {
    count(n.unsigned_abs())
}

fn found(people: u32, searched: u32, lanes: u32) -> String {
    let people = if people == 0 {
        "該当者なし".to_owned()
    } else {
        format!("{people} 人見つかりました")
    };
    format!("{people}（{lanes} システム中 {searched} システムを検索）")
}

fn standing(state: RequestState, needs: u32, done: u32, skipped: u32, systems: u32) -> String {
    match state {
        RequestState::PartiallyFailed if needs == 0 => {
            "失敗した分は、新しい請求で再試行されました".into()
        }
        RequestState::PartiallyFailed => {
            format!("{systems} システム中 {needs} システムで対応が必要です")
        }
        RequestState::Completed => "検索したすべてのシステムで完了しました".into(),
        RequestState::CompletedWithExceptions if skipped > 0 => {
            format!(
                "一部は実行していません。{systems} システム中 {skipped} システムでスキップしました。根拠は以下のとおりです"
            )
        }
        RequestState::CompletedWithExceptions => "完了しました。例外は以下のとおりです".into(),
        RequestState::Refused => "拒否されました。何も実行されていません".into(),
        RequestState::Withdrawn => "取り下げられました".into(),
        RequestState::Received => "受け付けました。まもなく開始します".into(),
        RequestState::Verifying => "残っているデータがないか、もう一度検索しています".into(),
        RequestState::Packaging => "開示データをまとめています".into(),
        RequestState::Running if needs > 0 => {
            format!(
                "{systems} システム中 {done} システムが完了、{needs} システムで問題が発生しています"
            )
        }
        RequestState::Running => format!("{systems} システム中 {done} システムが完了しました"),
    }
}

fn coverage_sentence(n: &CoverageCount) -> String {
    let parts = [
        (n.searched, "検索済み"),
        (n.not_searchable, "検索不可"),
        (n.waived, "免除"),
        (n.failed, "失敗"),
        (n.open, "未検索"),
    ];
    let named: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{word} {n}"))
        .collect();
    format!("台帳の全 {} システム：{}", n.all(), named.join("、"))
}

fn event(event: &EventText) -> String {
    match event {
        EventText::Created { by } => format!("請求を作成（{by}）"),
        EventText::State(state) => format!("状態：{}", request(*state)),
        EventText::Started { task, attempt: 1 } => format!("{task}：開始"),
        EventText::Started { task, attempt } => format!("{task}：開始（{attempt} 回目）"),
        EventText::Done { task, rows } => format!("{task}：完了（{} 件）", count(*rows)),
        EventText::Waits { task, code, until } => format!("{task}：{code}。次の試行は {until}"),
        EventText::Failed { task, code } => format!("{task}：{code}"),
        EventText::Skipped { task, ground, by } if by.is_empty() => {
            format!("{task}：スキップ（{ground}）")
        }
        EventText::Skipped { task, ground, by } => {
            format!("{task}：スキップ（{ground}）、決定者：{by}")
        }
        EventText::Retried => "新しい請求で再試行".into(),
    }
}
