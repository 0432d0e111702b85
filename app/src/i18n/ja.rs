//! 日本語 (Japanese).

use super::errors_ja as errors;
use super::go_ja as go;
use super::system_ja as system;
use super::texts::*;
use super::words_ja::*;
use crate::format::count;
use crate::model::RequestState;

pub(super) static TEXTS: Texts = Texts {
    common: Common {
        app: "Habeas",
        skip: "本文へ移動",
        nav: "メイン",
        today: "今日",
        find: "本人を探す",
        requests: "請求",
        systems: "システム",
        sign_out: "サインアウト",
        copy: "コピー",
        copied: "コピーしました",
        saved: "保存しました",
        offline: "サーバーに接続できません。変更は行われていません。入力内容はそのまま残っています。",
        live: "自動更新中",
        reconnecting: "再接続中",
        system: "システム",
        collection: "データ区分",
        collections: "区分数",
        rows: "件数",
        no_name: "氏名の記録なし",
        canonical: "代表",
        duplicate: "重複",
        not_found_title: "ページが見つかりません",
        not_found_text: "このアドレスには何もないか、閲覧する権限がありません。",
        error_title: "実行できませんでした",
        member: "記録",
        owner: "担当者",
        comma: "、",
        to_request: "その請求を開く",
    },
    go: go::TEXTS,
    today: Today {
        clock: "未回答の請求",
        overdue: "期限超過",
        days_3: "期限まで 3 日以内",
        days_7: "期限まで 7 日以内",
        for_person: "担当者の対応待ち",
        for_system: "システムで処理中",
        needs: "対応が必要な請求",
        needs_none: "対応待ちの請求はありません。",
        failing: "確認が必要なシステム",
        failing_none: "すべてのシステムが応答しています。",
        recent: "最近終わった請求",
        recent_none: "終わった請求はまだありません。",
    },
    sign_in: SignIn {
        title: "サインイン",
        lead: "このリンクは一度だけ使えます。ボタンを押すとサインインします。",
        button: "Habeas にサインイン",
        no_token: "サインイン用のコードがありません。受け取ったリンク全体を開いてください。",
        need_title: "サインイン用リンクが必要です",
        need_text: "Habeas にパスワードはありません。一度だけ使えるサインイン用リンクを、管理者に発行してもらってください。",
        need_how: "サーバーで、データフォルダーを指定して次のコマンドを実行します（起動時に完全な形が表示されます）。",
        need_command: "habeas sign-in-link --data FOLDER",
        out_title: "サインアウトしました",
        out_text: "再びサインインするには、新しいリンクを発行してもらってください。",
        ended: "セッションが終了しました。何も実行されていません。別のタブで新しいサインイン用リンクを開いてから、このフォームに戻ってもう一度送信してください。",
        link_bad: "このリンクは使用済みか、期限切れです。新しいリンクを発行してもらってください。",
    },
    find: Find {
        title: "本人を探す",
        lead: "一つの識別子を、すべてのシステムに問い合わせます。それ以外は検索しません。",
        kind: "識別子の種類",
        auto: "自動で判別",
        value: "値",
        value_hint: "メール、電話、氏名、住所、アカウント名、ID",
        list: "連絡先リスト",
        list_hint: "その連絡先を含む発信リストの ID",
        submit: "検索",
        empty_title: "まだ検索していません",
        empty_text: "本人から受け取った情報（多くはメールアドレス）で検索してください。見つかった記録にあるほかの識別子は一覧に表示し、指示があったときだけ検索します。",
        lanes: "問い合わせ先システム",
        results: "見つかった人",
        matched_by: "一致した項目",
        seen_in: "記録のあるシステム",
        matched: "一致",
        not_matched: "検索では一致していませんが、同じ名寄せに属しています",
        new_request: "新しい請求",
        searching: "応答待ちのシステムがあります。",
        nothing_title: "該当者は見つかりませんでした",
        nothing_text: "この識別子で検索できるシステムはすべて検索しましたが、該当する記録はありません。本人から受け取った別の識別子で試してください。",
        nothing_yet: "まだ見つかっていません",
        unsure_title: "見つかっていませんが、検索できていないシステムがあります",
        unsearched: "記録にあり、まだ検索していない識別子",
        unsearched_help: "上の記録に含まれる識別子です。指示があったときだけ検索します。",
        search_this: "検索する",
        again: "再度問い合わせる",
        needs_subject: "この種類では検索されないもの",
        merged_help: "各システムが同一人物と示しているか、担当者が確認した記録です。請求はすべての記録に対して行われます。",
        link_profile: "見つかった本人に紐づく記録だけが対象になります",
        new_search: "新しい検索",
        add: "本人の別の識別子",
        add_submit: "並べて検索",
        save: "検索を保存",
        unsave: "保存済み：保存をやめる",
        save_help: "保存した検索は 30 日間、それ以外は 7 日間残ります。",
        saved_searches: "保存した検索",
        recent_searches: "最近の検索",
        recent_help: "自分にだけ表示されます。",
    },
    compare: Compare {
        title: "記録の比較",
        help: "項目ごとの比較です。列は記録で、異なる項目を先に表示します。",
        start: "比較",
        both: "2 件の記録を比較",
        add: "比較に追加",
        cancel: "取り消す",
        close: "閉じる",
        pick: "比較する相手の記録を選んでください：",
        chosen: "比較中",
        leave_out: "比較から外す",
        left_out: "選択した記録の一部は、この検索結果にないか、一度に比較できる 4 件を超えているため、比較に含めていません。",
        field: "項目",
        differs: "相違",
        same: "同じ",
        nothing: "記録なし",
        only_differs: "異なる項目だけを表示",
        show_all: "すべての項目を表示",
        nothing_differs: "異なる項目はありません。",
        one_set: "同じ名寄せに属する記録です。各システムが同一人物と示しているか、担当者が確認しています。",
    },
    links: LinkTexts {
        title_join: "同一人物ですか？",
        title_part: "別の人物ですか？",
        title_undo: "この結び付けを取り消しますか？",
        offer_join: "同一人物として結び付ける",
        offer_part: "別の人物として分ける",
        lead: "どちらの記録を代表にしますか？",
        differs: "確定する前にもう一度確認してください。次の項目が異なります：",
        nothing_differs: "この二つの記録に異なる項目はありません。ただし、それだけで同一人物とは限りません。",
        employed: "在職中の従業員の記録が含まれています。結び付けると、どの記録も消去できなくなります。",
        join_what: "取り消すまで、両方の名寄せのすべての記録が、検索、計画、請求のすべてで一人の人物のものとして扱われます。",
        part_what: "システムはこの記録を同一人物のものと示しています。取り消すまで、検索、計画、請求のどこでもその結び付けは使われません。この記録に統合された記録は、この記録とともに残ります。",
        undo_what: "確認した内容は使われなくなります。作成済みの請求は変わりません。",
        reason: "理由",
        reason_hint: "3〜500 文字。そう判断した根拠を書いてください。担当者名とともに暗号化して保存されます。",
        submit_undo: "結び付けを取り消す",
        cancel: "キャンセル",
        list: "担当者が確認した結び付け",
        undo: "取り消す",
        tag: "担当者が結び付け",
        gone: "この結び付けはもうありません。すでに取り消されています。",
    },
    graph: Graph {
        title: "記録と識別子のつながり",
        help: "左から順に、検索した識別子、見つかった記録、記録に含まれるがまだ検索していない識別子（破線）です。",
        region: "記録と識別子の図",
        list: "同じ内容を一覧で見る",
        searched: "検索した識別子",
        not_searched: "未検索",
        link: "代表へのリンク",
        same_set: "同じ名寄せ",
        link_elsewhere: "代表へのリンク（代表の記録は見つかっていません）",
        elsewhere: "上の記録に含まれないもの",
    },
    new: New {
        title: "新しい請求",
        lead: "まだ何も実行されません。次に、件数つきの計画を確認します。",
        right: "どの権利ですか",
        replacements: "何を訂正しますか",
        replacements_help: "変わるものだけ入力してください。本人のデータにある古い値を、すべて新しい値に置き換えます。",
        current: "現在の記録",
        replacement: "訂正後の値",
        no_fields: "見つかった記録に、訂正できる項目がありません。",
        submit: "計画を作成",
        for_whom: "対象",
        export_help: "各システムが保有するデータを一つにまとめます。",
        update_help: "誤った値を正しい値に置き換えます。",
        delete_help: "各システムの台帳に従って、削除または匿名化します。",
        active_warning: "在職中の従業員です。アカウントが有効な間は消去できません。先に無効にしてください。",
        back: "検索結果に戻る",
    },
    plan: PlanPage {
        title: "計画",
        lead: "実行されるのは次の内容だけです。",
        nothing_done: "まだ何も実行されていません。",
        action: "処理",
        expires: "有効期限",
        made: "作成",
        hash: "計画のハッシュ値",
        blocked_title: "この計画は実行できません",
        reason: "理由",
        reason_hint: "実行する理由（例：本人からの書面とその日付）。3〜2,000 文字。封印して保存します。",
        confirm_export: "これらが本人の記録であることを確認しました。開示します。",
        confirm_update: "これらが本人の記録であることを確認しました。訂正します。",
        confirm_delete: "これらが本人の記録であることを確認しました。完全に消去します。",
        code: "本人の最初の記録の番号",
        code_hint: "上の氏名の横にある 8 文字です。別の人を消去しないための確認です。",
        delete_warning: "消去は取り消せません。記録と件数をもう一度確認してください。",
        submit_export: "開示を実行",
        submit_update: "訂正を実行",
        submit_delete: "完全に消去する",
        change_from: "訂正前",
        change_to: "訂正後",
        unknown_rows: "不明",
        ground: "根拠",
        changes: "訂正内容",
        totals: "合計",
        what: "どこで何を行うか",
    },
    run: Run {
        by: "作成者",
        at: "作成",
        ended: "終了",
        reason: "理由",
        plan: "計画",
        id: "請求番号",
        retry_of: "再試行元",
        matrix: "システムと記録",
        matrix_help: "列は本人の記録です。検索できなかったものも含め、すべてのシステムを表示します。",
        people: "記録ごとの結果",
        download: "ダウンロード",
        packages: "パッケージへ",
        sha256: "SHA-256",
        package_expires: "リンクの有効期限",
        due: "回答期限",
        events: "経過",
        events_none: "まだ何も行われていません。",
        retry: "失敗した分を再試行",
        retry_help: "失敗した記録についてだけ、新しい請求を作成します。成功したものはそのままです。",
        coverage: "検索の範囲",
        coverage_help: "台帳にあるすべてのシステムが、このいずれか一つに当てはまります。",
        none_here: "処理なし",
        ours: "パッケージ",
        waits_until: "次の試行",
        retried_by: "再試行",
        planned: "予定",
        of_planned: "／",
        timeline: "タイムライン",
        timeline_none: "まだ何も始まっていません。始まると、システムごとの処理がここに表示されます。",
        timeline_table: "タイムラインを表で見る",
        at_work: "処理中",
        to_repeat: "やり直しになった試行",
        between: "次の試行を待機",
        began: "開始",
        took: "所要時間",
        tries: "試行回数",
        outcome: "結果",
        replay: "再現",
        replay_first: "最初",
        replay_previous: "前へ",
        replay_next: "次へ",
        replay_last: "最後",
        replay_event: "経過の番号",
        replay_show: "表示",
        replay_back: "現在に戻る",
        replay_long: "この請求は経過の件数が多すぎるため、再現できません。",
        notify: "終わったら知らせる",
    },
    log: LogTexts {
        kind: "内容",
        text: "語句で検索",
        text_hint: "システム名、コード、担当者名。アドレスに残るため、個人データは入力しないでください。",
        older: "前の経過",
        newer: "次の経過",
        newest: "最新の経過",
        pages: "経過のページ",
        permalink: "この経過へのリンク",
    },
    skip: SkipTexts {
        open: "根拠を示してスキップ…",
        title: "スキップしたもの",
        help: "失敗した処理を実行しないことにします。完了とは見なされません。スキップしたこと、その根拠と決定者が、この画面、パッケージ、証跡に残ります。",
        place: "失敗した場所",
        choose: "選択してください",
        ground: "根拠",
        reason: "理由",
        reason_hint: "具体的な理由を 3〜500 文字で入力してください。封印して保存し、経過や証跡には残しません。",
        confirm: "ここでは実行しないと判断しました。",
        submit: "失敗した処理をスキップ",
        by: "決定者",
        at: "日時",
        tried_too: "その記録でスキップした処理も、もう一度試します。",
    },
    list: List {
        title: "請求",
        right: "権利",
        state: "状態",
        any: "すべて",
        filter: "絞り込む",
        clear: "解除",
        empty_title: "請求はまだありません",
        empty_text: "請求は本人を探すことから始まります。",
        empty_filtered: "この条件に合う請求はありません。",
        request: "請求番号",
        person: "本人",
        progress: "進捗",
        created: "作成",
        next: "以前の請求",
        first: "最新",
        erased_name: "消去済み",
        by: "作成者",
        due: "期限",
        waits: "待っている相手",
        ended: "終了",
        sort: "並び順",
        columns: "表示する列",
        page: "ページ",
        ignored: "選択肢にないため無視しました：",
        csv: "一覧全体の CSV",
        try_without: "条件を一つ外すと見つかります：",
        views: "ビュー",
        view_all: "すべて",
        view_needs_me: "対応が必要",
        view_overdue: "期限超過",
        view_ended: "今週終了",
        view_save: "このビューを保存",
        view_name: "ビューの名前",
        view_name_hint: "自分だけに表示されます。",
        save: "保存",
        put_back: "元に戻す",
    },
    systems: SystemsPage {
        title: "システム",
        lead: "個人データを保有するすべての場所と、そこで Habeas にできることです。",
        healthy: "応答あり",
        down: "応答なし",
        paused: "一時停止中",
        kind: "接続方式",
        region: "地域",
        tasks: "未完了の処理",
        rate: "速度制限",
        inventory: "台帳",
        fields: "項目",
        found_by: "検索に使う識別子",
        on_erasure: "消去時",
        pause: "一時停止",
        resume: "再開",
        pause_help: "一時停止中のシステムは検索されず、処理は待機します。",
        misbehave: "不具合を起こす",
        misbehave_help: "サンプル組織のシステムだけの機能です。Habeas の対処を確かめられます。",
        delay: "遅延（ミリ秒）",
        delay_hint: "応答のたびに 0〜120,000",
        failing: "すべて拒否する",
        cut_off: "応答の途中で切断する",
        apply: "適用",
        capabilities: "検索に使える識別子",
        not_searchable: "検索に使えない識別子",
        needs_subject: "本人の特定が必要",
        per_second: "件／秒",
        unlimited: "なし",
        checked: "確認",
        empty_title: "システムがありません",
        empty_text: "組織のシステムを habeas.toml に記載し、Habeas を再起動してください。",
    },
    system: system::PAGE,
    map: system::MAP,
    words: Words {
        kind,
        right,
        article,
        request,
        task,
        lane,
        coverage,
        operation,
        action,
        disposition,
        employment,
        due,
        waits,
        ground,
        log,
        ended,
        sort,
        code: errors::code,
        code_short: errors::code_short,
    },
    say: Sentences {
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
        samples: |n| format!("例 {n} 件（伏せ字）"),
        kept: |n| format!("法令により保持 {} 件", count(n)),
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
    },
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
