//! What went wrong and what to do next, in Japanese.

use super::words_ja::ground;
use crate::error::{Conflict, Error, Reason};
use crate::format::count;
use crate::model::{Blocked, InvalidIdentifier, PlanBlock, SkipGround};

pub(super) fn error(error: &Error) -> String {
    match error {
        Error::Unauthenticated => {
            "サインアウトしています。サインイン用リンクを開いてから、もう一度お試しください。"
                .into()
        }
        Error::Forbidden => {
            "この操作の権限がありません。Habeas の管理者にお問い合わせください。".into()
        }
        Error::NotFound { .. } => "存在しないか、閲覧する権限がありません。".into(),
        Error::Invalid { field, reason: why } => format!("{}：{}", name(field), reason(why)),
        Error::Conflict { why } => conflict(why),
        Error::RateLimited { retry_after } => {
            format!("リクエストが多すぎます。{retry_after} 秒後にもう一度お試しください。")
        }
        Error::Unavailable { systems } => {
            let names: Vec<&str> = systems.iter().map(|system| system.as_str()).collect();
            format!(
                "応答がありません：{}。何も実行されていません。もう一度試すか、「システム」を確認してください。",
                names.join("、")
            )
        }
        Error::Internal { correlation } => {
            format!(
                "Habeas の内部でエラーが発生しました。これ以上の処理は行われていません。ログでの識別子：{correlation}"
            )
        }
        Error::Transport { .. } => {
            "サーバーと通信できませんでした。接続を確認し、ページを再読み込みしてください。".into()
        }
    }
}

fn name(field: &str) -> &str {
    match field {
        "value" => "値",
        "kind" => "識別子の種類",
        "list" => "連絡先リスト",
        "reason" => "理由",
        "confirmed" => "確認",
        "right" => "権利",
        "replacements" | "replacementTerms" => "訂正内容",
        "place" => "失敗した場所",
        "ground" => "根拠",
        "delay" => "遅延",
        "name" => "名前",
        "owner" => "責任者",
        "region" => "地域",
        "host" => "ホスト",
        "port" => "ポート",
        "database" => "データベース",
        "user" => "ユーザー",
        "authority" => "認証局",
        "category" => "データ区分",
        "title" => "担当者が使う名称",
        "decided" => "テーブル",
        "fields" => "列",
        other => other,
    }
}

pub(super) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Missing => "入力してください。".into(),
        Reason::Identifier(why) => identifier(*why).into(),
        Reason::Length { min, max } => {
            format!(
                "{}〜{} 文字で入力してください。",
                count(u64::from(*min)),
                count(u64::from(*max))
            )
        }
        Reason::Unknown => "選択肢の中から選んでください。".into(),
        Reason::NotConfirmed => {
            "確認のチェックを入れてください。チェックがなければ実行されません。".into()
        }
        Reason::WrongCode => {
            "本人の最初の記録の番号ではありません。上の氏名の横にある番号を入力してください。"
                .into()
        }
        Reason::NotAllowed => "ここでは指定できません。".into(),
        Reason::Expired => "有効期限が切れています。作り直してください。".into(),
        Reason::Used => "すでに使用されたか、存在しません。作り直してください。".into(),
        Reason::Same => "新旧の値が同じなので、何も変わりません。".into(),
        Reason::TooManyBeside => {
            "並べて検索できる識別子は 8 件までです。一つ外すか、新しい検索を始めてください。".into()
        }
        Reason::TooMany => "該当者が多すぎます。より詳しい値で検索してください。".into(),
        Reason::Taken => "同じ名前がすでにあります。別の名前にしてください。".into(),
        Reason::Full { max } => format!("すでに {max} 件あります。先に一つ削除してください。"),
        Reason::Contradicts => {
            "この値は、別の置き換えの対象または置き換え後の値になっています。".into()
        }
    }
}

fn identifier(why: InvalidIdentifier) -> &'static str {
    match why {
        InvalidIdentifier::Empty => "入力してください。",
        InvalidIdentifier::TooLong => "長すぎます。512 文字以内で入力してください。",
        InvalidIdentifier::ControlCharacter => {
            "目に見えない制御文字が含まれています。貼り付けずに入力してください。"
        }
        InvalidIdentifier::NotAnEmail => {
            "メールアドレスではありません。「名前@ドメイン」の形で入力してください。"
        }
        InvalidIdentifier::NotAPhone => "電話番号ではありません。4〜20 桁の数字が必要です。",
        InvalidIdentifier::ListMissing => "連絡先リストの ID も入力してください。",
    }
}

fn conflict(why: &Conflict) -> String {
    match why {
        Conflict::PlanChanged => "計画の作成後に、システム内のデータ、または本人の記録の範囲が変わりました。新しい計画を作成して確認してください。".into(),
        Conflict::ActiveEmployee => "在職中の従業員です。先にアカウントを無効にしてから、計画を作り直してください。".into(),
        Conflict::Ambiguous { people } => {
            format!("{people} 人が該当します。検索して一人を選び、その ID に対して実行してください。")
        }
        Conflict::Retry { blocked: why } => blocked(why),
        Conflict::Skip { blocked: why } => not_skipped(why),
        Conflict::InFlight { request } => format!("同じ請求がすでに進行中です：{request}"),
        Conflict::DoneAlready => "すでに別の担当者が実行しました。ページを読み込み直して、現在の状態を確認してください。".into(),
        Conflict::SetTooLarge { most } => {
            format!("この人に結び付けられた記録が {most} 件を超えているため、一度に処理できません。誤った結び付けを取り消してください。")
        }
    }
}

fn not_skipped(why: &Blocked) -> String {
    match why {
        Blocked::InFlight { .. } => "関連する請求がすべて終了するとスキップできます。".into(),
        Blocked::NothingFailed => "失敗した処理がないので、スキップするものはありません。".into(),
        Blocked::TooOld => {
            "この請求で読み取ったデータはすでに破棄されたため、続行できません。再試行してください。"
                .into()
        }
        Blocked::Relinked | Blocked::Drifted => blocked(why),
        Blocked::Retried { by } => format!("失敗した分は、すでに {by} で再試行されています。"),
    }
}

pub(super) fn blocked(why: &Blocked) -> String {
    match why {
        Blocked::InFlight { requests } => {
            let ids: Vec<&str> = requests.iter().map(|id| id.as_str()).collect();
            format!(
                "関連する請求がすべて終了すると再試行できます。進行中：{}",
                ids.join("、")
            )
        }
        Blocked::TooOld => "読み取ったデータはすでに破棄されています。".into(),
        Blocked::Relinked => "この請求の作成後に、記録の一つが本人のものではないと担当者が確認しました。改めて検索し、新しい請求を作成してください。".into(),
        Blocked::Drifted => "確認済みの計画より多くのデータがある場所がありました。改めて検索して新しい計画を確認し、そちらで行う分はここではスキップしてください。".into(),
        Blocked::NothingFailed => "失敗したものがないので、再試行の必要はありません。".into(),
        Blocked::Retried { by } => format!("すでに {by} で再試行されています。"),
    }
}

pub(super) fn plan_block(why: &PlanBlock, system: &str) -> String {
    match why {
        PlanBlock::ActiveEmployee { .. } => "在職中の従業員の記録が含まれています。在職中はデータが必要です（GDPR 第6条1項(f)）。先にアカウントを無効にしてください。".into(),
        PlanBlock::Unreachable { .. } => format!("{system} の保有内容を確認できませんでした。応答するようになってから計画を作り直してください。一時停止中なら、先に再開してください。"),
        PlanBlock::NothingToDo => "この権利の対象になるデータは、どのシステムにもありません。".into(),
    }
}

pub(super) fn code(code: &str) -> String {
    match code {
        "timeout" => "時間内に応答がありませんでした。続く場合は担当者に確認してください。",
        "unreachable" | "refused" => "接続できません。続く場合は担当者に確認してください。",
        "denied" => "アクセスを拒否されました。担当者が認証情報か権限を直す必要があります。",
        "cut_off" => "応答が途中で切れたため、保有内容は不明です。もう一度問い合わせてください。",
        "rate_limited" => "速度を落とすよう求められました。自動で続行します。",
        "mismatch" => "台帳と構成が一致しません。台帳を直してから再試行してください。",
        "referenced" => "ほかの行から参照されているため消去できません。担当者の判断が必要です。",
        "constraint" => "システムの制約により変更できません。担当者の判断が必要です。",
        "internal" => "システム内部で失敗しました。担当者が確認したあと、再試行してください。",
        "storage" => "読み取ったデータを書き込めませんでした。ディスクの空きを確認してから再試行してください。",
        "still_there" => "消去後にもデータが見つかりました。再試行するか、担当者に確認してください。",
        "not_begun" => "前の処理が成功しなかったため、開始していません。原因を直してから再試行してください。",
        "uncertain" => "繰り返すと危険な処理の途中で切れました。システム側で確認してから判断してください。",
        "returned" => "消去した後に、再び見つかりました。再試行して消去するか、残す場合は根拠を示してスキップしてください。",
        "too_many" => "確認しきれないほど多くの記録が該当します。より詳しい値か、別の識別子で検索してください。",
        "drifted" => "確認済みの計画より多くのデータがあるため、何も変更しませんでした。改めて検索し、新しい計画を作成してください。",
        "uncounted" => "速度制限の残りを確認できなかったため、問い合わせませんでした。データベースが応答するようになってから再試行してください。",
        "budget" => "速度制限の枠を使い切っています。空きしだい自動で続行します。",
        "out" => "システムが応答しないため、復旧の確認だけを行っています。復旧しだい自動で続行します。",
        "crowded" => "このシステムで同時に行える処理数の上限に達しています。空きしだい自動で続行します。",
        "too_many_tries" => "許された回数だけ試しました。原因を直してから再試行してください。",
        "paused" => "システムは一時停止中です。再開すると続行します。",
        other => return format!("システムの応答：{other}"),
    }
    .into()
}

pub(super) fn code_short(code: &str) -> String {
    match code {
        "timeout" => "時間切れ",
        "unreachable" | "refused" => "接続不可",
        "denied" => "アクセス拒否",
        "cut_off" => "途中で切断",
        "rate_limited" => "速度制限",
        "mismatch" => "台帳と不一致",
        "referenced" => "参照あり",
        "constraint" => "制約違反",
        "internal" => "内部エラー",
        "storage" => "保存エラー",
        "still_there" => "データ残存",
        "not_begun" => "未開始",
        "uncertain" => "結果不明",
        "returned" => "再発見",
        "too_many" => "該当多数",
        "drifted" => "計画より多い",
        "uncounted" => "制限を確認不可",
        "budget" => "速度制限の順番待ち",
        "out" => "応答待ち",
        "crowded" => "先の処理を待機中",
        "too_many_tries" => "回数超過",
        "paused" => "一時停止中",
        other => {
            return SkipGround::parse(other).map_or_else(
                || other.replace('_', " "),
                |skipped| ground(skipped).to_owned(),
            );
        }
    }
    .into()
}
