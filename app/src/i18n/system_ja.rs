//! One system and the map of all, in Japanese.

use super::texts::{SystemPage, SystemsMap};
use crate::format::count;

pub(super) const PAGE: SystemPage = SystemPage {
    all: "システム一覧",
    history: "過去 30 日間",
    history_help: "棒 1 本は 8 時間です。応答が少ないほど棒が高くなります。",
    history_none: "過去 30 日間は確認していません。Habeas は稼働中、すべてのシステムを 10 秒ごとに確認します。",
    history_table: "過去 30 日間（表）",
    ago: "30 日前",
    now: "現在",
    answered: "すべて応答",
    partly: "一部応答なし",
    down: "すべて応答なし",
    unasked: "確認なし（Habeas 停止中）",
    between: "期間",
    outcome: "結果",
    checks: "確認回数",
    failed: "応答なし",
    why: "理由",
    slowest: "最も遅い応答",
    last: "直近の結果",
    last_up: "確認に応答",
    last_down: "確認に応答なし",
    last_done: "処理が完了",
    last_failed: "処理が失敗（再試行なし）",
    never: "過去 30 日間になし",
    no_task: "処理はまだありません",
    waiting: "このシステムを待っている請求",
    waiting_none: "このシステムを待っている請求はありません。",
    waiting_paused: "システムは一時停止中です。再開するまで待機します。",
    tasks: "ここでの処理",
    since: "待機開始",
    next_try: "次の試行",
    budget: "速度制限の状況",
    budget_none: "制限は設定されていません。呼び出しはすぐに行われます。負荷を抑えるには、システムの記述に per_second を指定してください。",
    limit: "上限",
    free: "今すぐ可能",
    queue: "待機中の呼び出し",
    one_more: "次の呼び出し",
    at_once: "すぐに開始",
    kinds: "本人を見つける識別子",
    kind: "識別子",
    searched: "検索する場所",
    through: "本人特定後のみ",
    kinds_none: "ここを検索できる識別子はありません。ほかのシステムで見つかった本人を通じてのみ到達できます。",
    inventory_none: "データの種類が記述されていません。記述するまで、検索・開示・消去の対象になりません。",
};

pub(super) const MAP: SystemsMap = SystemsMap {
    views: "システムの表示方法",
    cards: "カード",
    map: "関係図",
    title: "システム間の参照",
    help: "左から順に、各システムとそのデータ、データに記載されている ID、その ID の記録があるシステムです。",
    region: "システム・データ・参照の関係図",
    table: "関係図（表）",
    part_of: "親",
    refers: "参照先",
};

pub(super) fn answered(share: &str, checks: u64) -> String {
    format!("{} 回の確認のうち {share} % に応答", count(checks))
}

pub(super) fn bar(time: &str, outcome: &str, checks: u64, failed: u64) -> String {
    match failed {
        0 => format!("{time}：{outcome}（{} 回）", count(checks)),
        _ => format!(
            "{time}：{outcome}（{} 回中 {} 回）",
            count(checks),
            count(failed)
        ),
    }
}

pub(super) fn more_sets(n: u64) -> String {
    format!("ほか {} 件の請求があります。", count(n))
}

pub(super) fn refers(kind: &str, systems: &str) -> String {
    format!("{kind} → {systems}")
}

pub(super) fn begins_in(time: &str) -> String {
    format!("{time}後に開始")
}
