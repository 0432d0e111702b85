//! Words for states and kinds, in Japanese.

use crate::format::count;
use crate::model::{
    Action, CoverageState, Disposition, Due, Employment, Ended, IdentifierKind, LaneState, LogKind,
    Operation, Power, RequestState, Right, SkipGround, Sort, TaskState, WaitsFor,
};

pub(super) fn kind(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Name => "氏名",
        IdentifierKind::Address => "住所",
        IdentifierKind::Phone => "電話番号",
        IdentifierKind::Email => "メールアドレス",
        IdentifierKind::Twitter => "X（旧 Twitter）",
        IdentifierKind::Instagram => "Instagram アカウント",
        IdentifierKind::Facebook => "Facebook アカウント",
        IdentifierKind::AppleMessages => "Apple メッセージ ID",
        IdentifierKind::Whatsapp => "WhatsApp 番号",
        IdentifierKind::UserId => "ユーザー ID",
        IdentifierKind::ExternalContactId => "外部連絡先 ID",
        IdentifierKind::DialerContactId => "発信リスト連絡先 ID",
        IdentifierKind::VisitorId => "訪問者 ID",
        IdentifierKind::ExternalId => "外部 ID",
    }
}

pub(super) fn right(right: Right) -> &'static str {
    match right {
        Right::Export => "開示",
        Right::Update => "訂正",
        Right::Delete => "消去",
    }
}

pub(super) fn article(right: Right) -> &'static str {
    match right {
        Right::Export => "GDPR 第15条",
        Right::Update => "GDPR 第16条",
        Right::Delete => "GDPR 第17条",
    }
}

pub(super) fn request(state: RequestState) -> &'static str {
    match state {
        RequestState::Received => "受付済み",
        RequestState::Running => "実行中",
        RequestState::Verifying => "確認中",
        RequestState::Packaging => "まとめ中",
        RequestState::Completed => "完了",
        RequestState::CompletedWithExceptions => "完了（例外あり）",
        RequestState::PartiallyFailed => "一部失敗",
        RequestState::Refused => "拒否",
        RequestState::Withdrawn => "取り下げ",
    }
}

pub(super) fn task(state: TaskState) -> &'static str {
    match state {
        TaskState::Ready => "開始待ち",
        TaskState::Running => "実行中",
        TaskState::Waiting => "待機中",
        TaskState::Done => "完了",
        TaskState::Failed => "失敗",
        TaskState::Dead => "断念",
        TaskState::Uncertain => "結果不明",
        TaskState::Cancelled => "未開始",
        TaskState::Skipped => "スキップ",
    }
}

pub(super) fn lane(state: &LaneState) -> String {
    match state {
        LaneState::Asking => "問い合わせ中".into(),
        LaneState::Waiting { .. } => "速度制限により待機中".into(),
        LaneState::Found { found } => format!("{} 件", count(u64::from(*found))),
        LaneState::Nothing => "該当なし".into(),
        LaneState::NotSearchable => "この識別子では検索不可".into(),
        LaneState::Paused => "一時停止中（未検索）".into(),
        LaneState::Unreachable { .. } => "検索できず".into(),
    }
}

pub(super) fn coverage(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Searched => "検索済み",
        CoverageState::NotSearchable => "検索不可",
        CoverageState::Waived => "免除",
        CoverageState::Failed => "失敗",
        CoverageState::Open => "未検索",
    }
}

pub(super) fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Export => "開示",
        Operation::Update => "訂正",
        Operation::Delete => "消去",
        Operation::Verify => "消去の確認",
        Operation::Package => "データのまとめ",
    }
}

pub(super) fn power(power: Power) -> &'static str {
    match power {
        Power::Everything => "すべての操作（スーパーユーザー）",
        Power::Accounts => "アカウントの作成、権限の付与",
        Power::Databases => "データベースの作成",
        Power::Tables => "テーブルの変更・削除",
        Power::Files => "サーバーのファイルの読み書き、プログラムの実行",
        Power::Replication => "レプリケーションによる全データの読み取り",
    }
}

pub(super) fn action(action: &Action) -> &'static str {
    match action {
        Action::Export => "開示",
        Action::Change => "訂正",
        Action::Delete => "削除",
        Action::Anonymise => "匿名化",
        Action::Keep { .. } => "保持",
        Action::NotSearchable => "検索不可",
    }
}

pub(super) fn disposition(disposition: &Disposition) -> &'static str {
    match disposition {
        Disposition::Delete => "削除",
        Disposition::Anonymise => "匿名化",
        Disposition::Keep { .. } => "保持",
    }
}

pub(super) fn employment(employment: Employment) -> &'static str {
    match employment {
        Employment::Active => "在職中の従業員",
        Employment::Former => "元従業員",
    }
}

pub(super) fn due(due: Due) -> &'static str {
    match due {
        Due::Overdue => "期限超過",
        Due::Days3 => "3 日以内",
        Due::Days7 => "7 日以内",
    }
}

pub(super) fn log(kind: LogKind) -> &'static str {
    match kind {
        LogKind::State => "請求の状態",
        LogKind::Started => "開始",
        LogKind::Done => "完了",
        LogKind::Waits => "再試行待ち",
        LogKind::Failed => "失敗",
        LogKind::Skipped => "スキップ",
    }
}

pub(super) fn ground(ground: SkipGround) -> &'static str {
    match ground {
        SkipGround::Decommissioned => "システム廃止",
        SkipGround::NothingHeld => "データなし（手作業で確認済み）",
        SkipGround::LegalRetention => "法令による保存義務",
        SkipGround::DoneByHand => "Habeas 以外で対応済み",
        SkipGround::Other => "その他",
    }
}

pub(super) fn waits(waits: WaitsFor) -> &'static str {
    match waits {
        WaitsFor::Person => "担当者",
        WaitsFor::System => "システム",
    }
}

pub(super) fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Week => "7 日以内",
    }
}

pub(super) fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "新しい順",
        Sort::Oldest => "古い順",
        Sort::Due => "期限が近い順（未完了のみ）",
    }
}
