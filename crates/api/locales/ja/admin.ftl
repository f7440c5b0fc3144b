# 管理セクション: ナビゲーション、ダッシュボード、映画とその履歴。

admin-navigation = 管理セクション
admin-nav-dashboard = ダッシュボード
admin-nav-genres = ジャンル
admin-nav-users = ユーザー
admin-nav-import = インポート
admin-nav-changes = 変更

admin-figure-movies = { $count ->
   *[other] 映画
}
admin-figure-genres = { $count ->
   *[other] ジャンル
}
admin-figure-users = { $count ->
   *[other] ユーザー
}
admin-index = 検索インデックス
admin-index-current = 最新
admin-index-behind = 更新中
admin-index-building = 構築中
admin-index-no-database = データベースに接続できません
admin-index-change = 変更 { $number } まで表示
admin-last-changes = 最近の変更
admin-all-changes = すべての変更
admin-last-imports = 最近のインポート
admin-to-import = 映画をインポート
admin-nothing-yet = まだありません。
admin-import-counts = 新規 { $created }、変更 { $updated }、却下 { $rejected }

admin-program = サーバー上のプログラム
admin-via-api = API
admin-via-page = ウェブページ
admin-via-import = インポート
admin-via-cli = コマンドライン
admin-action-create = 追加
admin-action-update = 変更
admin-action-delete = 削除

admin-find-movies = 映画を探す
admin-search = 検索
admin-genre = ジャンル
admin-any-genre = すべてのジャンル
admin-sort = 並び順
admin-sort-best = おすすめ順
admin-sort-popularity = 人気の高い順
admin-sort-name = タイトル順
admin-sort-score = 評価の高い順
admin-sort-newest = 公開年の新しい順
admin-sort-oldest = 公開年の古い順
admin-sort-changed = 変更の新しい順
admin-sort-added = 追加の新しい順
admin-sort-id = 番号順
admin-show = 表示
admin-show-all = すべての映画を表示
admin-none-found = この検索に一致する映画はありません。
admin-no-movies = まだ映画がありません。最初の1本を追加するか、まとめてインポートしてください。
admin-movies-count = { $count ->
   *[other] 映画 { $count } 本
}
admin-movies-count-more = 映画 { $count } 本以上
admin-changed = 変更日
admin-history = 履歴
admin-history-of = { $name } の履歴
admin-pages = ページ
admin-page-of = { $last } ページ中 { $number } ページ目
admin-previous = 前のページ
admin-next = 次のページ

admin-choose = 選択
admin-choose-page = このページのすべてを選択
admin-choose-movie = { $name } を選択
admin-chosen-none = 映画は選択されていません
admin-chosen-count = 選択中: # 本
admin-select-matching = この検索に一致する { $count } 本すべて
admin-select-too-many = この検索に一致する映画は { $most } 本を超えています。一度に変更するには絞り込んでください。
admin-with-chosen = 選択した映画に対する操作
admin-add-genres = ジャンルを追加
admin-remove-genres = ジャンルを外す
admin-set-genres = すべてのジャンルを置き換える
admin-delete-movies = 映画を削除
admin-continue = 続ける
admin-cancel = キャンセル
admin-confirm-delete = { $count ->
   *[other] { $count } 本の映画を削除しますか?
}
admin-confirm-add-genres = { $count ->
   *[other] { $count } 本の映画にジャンルを追加しますか?
}
admin-confirm-remove-genres = { $count ->
   *[other] { $count } 本の映画からジャンルを外しますか?
}
admin-confirm-set-genres = { $count ->
   *[other] { $count } 本の映画のジャンルをすべて置き換えますか?
}
admin-all-genres-go = これらの映画からすべてのジャンルが外されます。
admin-unaffected = { $count ->
   *[other] 選択した映画のうち { $count } 本はすでにその状態なので、変更されません。
}
admin-new-genres = まだ存在せず、新しく作られるジャンル:
admin-cannot-change = { $count ->
   *[other] 次の { $count } 本はこのように変更できないため、そのままになります:
}
admin-delete-count = { $count ->
   *[other] { $count } 本を削除
}
admin-change-count = { $count ->
   *[other] { $count } 本を変更
}

admin-done-added = 追加しました。
admin-done-saved = 保存しました。
admin-done-removed = { $count ->
   *[other] { $count } 本の映画を削除しました。
}
admin-done-restored = 復元しました。
admin-done-genres = { $count ->
   *[other] { $count } 本の映画のジャンルを変更しました。
}
admin-done-undone = { $count ->
   *[other] 元に戻しました: { $count } 本の映画が以前の状態になりました。
}
admin-done-unchanged = すでにその状態です。何も変更されませんでした。
admin-undo = 元に戻す
admin-redo = やり直す
admin-not-undone-changed = { $count ->
   *[other] 元に戻せません: その後 { $count } 本の映画が再び変更されました。履歴ですべての状態を確認できます。
}
admin-not-undone = もう元に戻せません。各映画の履歴に以前の状態があります。
admin-not-undone-imdb-id = 元に戻せません: 別の映画が同じ IMDb ID を持っています。
admin-not-done-stale = { $count ->
   *[other] その間に { $count } 本の映画がほかの人によって変更されました。何も行われていません。もう一度ご確認ください。
}
admin-nothing-chosen = まず映画を1本以上選択してください。
admin-no-genre = ジャンルを1つ以上入力してください。

admin-add-movie = 映画を追加
admin-edit-movie = 映画を編集
admin-see-movie = 映画のページ
admin-field = 項目
admin-field-name = タイトル
admin-field-director = 監督
admin-field-genres = ジャンル
admin-field-popularity = 人気度
admin-field-score = IMDb 評価
admin-field-year = 公開年
admin-field-runtime = 上映時間
admin-field-votes = 投票数
admin-field-imdb-id = IMDb ID
admin-field-overview = あらすじ
admin-field-poster = ポスターの URL
admin-hint-director = 複数の名前はコンマで区切ってください。
admin-hint-genres = 複数のジャンルは半角コンマ (,) で区切ってください。
admin-hint-range = { $least } から { $most } まで
admin-hint-runtime = 分単位
admin-hint-imdb-id = 例: tt0133093
admin-hint-poster = https:// で始まる画像のアドレス
admin-genre-suggestions = ジャンルの候補
admin-suggestions-found = 候補: # 件
admin-take-away = 外す:
admin-save = 保存
admin-save-another = 保存して次を追加
admin-delete = 削除
admin-delete-text = 削除後に元に戻すことも、あとで履歴から復元することもできます。
admin-form-wrong = まだ保存されていません。印の付いた項目を修正してください。
admin-duplicate = タイトル、監督、公開年が同じ映画がすでにあります:
admin-save-anyway = それでも保存
admin-imdb-id-taken = 別の映画がこの IMDb ID を持っています:
admin-to-that-movie = その映画へ

admin-conflict = 編集中にほかの人が保存しました
admin-conflict-text = 入力内容は失われていません。項目ごとに残す内容を選んでから保存してください。
admin-conflict-removed = 編集中にこの映画が削除されました。入力内容は失われていません。その内容で映画を復元できます。
admin-conflict-none = 入力内容と保存されている内容は同じです。
admin-conflict-equal = { $count ->
   *[other] { $count } 項目は両方で同じです
}
admin-conflict-typed = 入力内容
admin-mine = あなたの内容
admin-theirs = ほかの人の内容
admin-empty = 空
admin-save-choice = この選択を保存
admin-restore-and-save = 復元して自分の内容を保存
admin-discard = 自分の内容を破棄

admin-changes-count = { $count ->
   *[other] { $count } 件の変更が保存されています。
}
admin-version = バージョン { $number }
admin-version-current = 現在
admin-before = 変更前
admin-after = 変更後
admin-differences = 違い
admin-latest = 最新の変更
admin-older = 以前の変更
admin-movie-is-removed = この映画は削除されました。復元できます。
admin-restore-version = このバージョンを復元
admin-restore-movie = 映画を復元
admin-restore-title = バージョン { $number } を復元しますか?
admin-restore-text = 映画は新しいバージョンとしてこの内容に戻ります。あとで元に戻せます。
admin-restore-removed-text = 映画がこの内容で戻ります。あとで元に戻せます。
admin-restore-same = 映画はすでにこの内容です。何も変わりません。
admin-restore = 復元
admin-restore-anyway = それでも復元
