# 管理: ジャンル、ユーザー、インポート、変更。

manage-add = 追加
manage-edit = 編集
manage-delete = 削除
manage-show-all = すべて表示
manage-sort-name = 名前順
manage-sort-count = 映画の多い順
manage-name = 名前
manage-actions = 操作
manage-state = 状態
manage-created = 作成日
manage-when = 日時
manage-who = 実行者
manage-size-bytes = { $count ->
   *[other] { $count } バイト
}
manage-size-kb = { $size } kB
manage-size-mb = { $size } MB
manage-size-gb = { $size } GB

manage-genre-search = ジャンルを検索
manage-genre-new = 新しいジャンル
manage-genre-see = そのジャンルを見る
manage-genre-edit-movies = このジャンルの映画を編集
manage-genre-show-movies = このジャンルの映画を表示
manage-genre-listing = { $count ->
   *[other] 本の映画: { $name } の映画を表示
}
manage-genres-all = すべてのジャンル
manage-genres-count = { $count ->
   *[other] { $count } 件のジャンル
}
manage-genres-none = ジャンルはまだありません。
manage-genres-not-found = 名前にこの語を含むジャンルはありません。
manage-genre-movies = { $count ->
    [0] このジャンルの映画はありません。
   *[other] このジャンルの映画は { $count } 本です。
}
manage-genre-added = ジャンル「{ $name }」を追加しました。
manage-genre-renamed = ジャンルの名前を「{ $name }」に変更しました。
manage-genre-merged = { $count ->
    [0] ジャンルを「{ $name }」に統合しました。該当する映画はありませんでした。
   *[other] { $count } 本の映画を「{ $name }」に移しました。
}
manage-genre-deleted = ジャンルを削除しました。
manage-genre-rename = 名前の変更
manage-genre-rename-hint = 新しい名前は、このジャンルのすべての映画にすぐに反映されます。
manage-genre-merge-instead = 代わりにそのジャンルに統合する
manage-genre-merge = 統合
manage-genre-merge-title = 別のジャンルへの統合
manage-genre-merge-hint = 映画のジャンルが別のジャンルに置き換わり、このジャンルは削除されます。実行前に本数を確認できます。
manage-genre-merge-into = 残すジャンル
manage-genre-merge-choose = 別のジャンルを選んでください
manage-genre-merge-text = { $count ->
    [0] ジャンル「{ $name }」の映画はありません。このジャンルは削除され、「{ $target }」が残ります。この操作は元に戻せません。
   *[other] { $count } 本の映画のジャンルが「{ $name }」から「{ $target }」に置き換わり、「{ $name }」は削除されます。この操作は元に戻せません。
}
manage-genre-delete-title = ジャンルの削除
manage-genre-delete-hint = このジャンルの映画からジャンルが外れます。実行前に本数を確認できます。
manage-genre-delete-text = { $count ->
    [0] ジャンル「{ $name }」の映画はありません。このジャンルを削除します。
   *[other] { $count } 本の映画からジャンル「{ $name }」が外れ、このジャンルは削除されます。この操作は元に戻せません。
}
manage-genre-in-use = その間に、このジャンルの映画が登録されました。何も削除していません。

manage-user-search = ユーザーを検索
manage-users-count = { $count ->
   *[other] { $count } 人のユーザー
}
manage-users-not-found = 名前にこの語を含むユーザーはいません。
manage-role = 権限
manage-role-admin = 管理者
manage-role-user = ユーザー
manage-enabled = 有効
manage-disabled = 無効
manage-you = あなた
manage-user-promote = 管理者にする
manage-user-demote = 一般ユーザーにする
manage-user-disable = 無効にする
manage-user-enable = 有効にする
manage-user-promote-title = 管理者にする
manage-user-promote-text = { $name } さんは、あなたと同じようにすべてを変更できるようになります。
manage-user-demote-title = 一般ユーザーにする
manage-user-demote-text = { $name } さんは、閲覧しかできなくなります。
manage-user-demote-self = あなた（{ $name }）は閲覧しかできなくなります。元に戻せるのは別の管理者だけです。
manage-user-disable-title = アカウントを無効にする
manage-user-disable-text = { $name } さんはログインできなくなり、すべての場所でログアウトされます。
manage-user-disable-self = あなた（{ $name }）はログアウトされ、ログインできなくなります。元に戻せるのは別の管理者だけです。
manage-user-enable-title = アカウントを有効にする
manage-user-enable-text = { $name } さんは再びログインできるようになります。
manage-user-delete-title = アカウントの削除
manage-user-delete-text = アカウント { $name } とそのトークンを削除します。このアカウントによる変更は残ります。この操作は元に戻せません。
manage-user-delete-self = あなた自身のアカウント { $name } とそのトークンを削除します。あなたによる変更は残ります。この操作は元に戻せません。
manage-user-changed = ユーザーを変更しました。
manage-user-deleted = ユーザーを削除しました。
manage-user-last-admin = 最後の管理者です。いなくなると、誰もサーバーを管理できません。先に別のユーザーを管理者にしてください。

manage-import-text = 映画のファイルをアップロードしてください。まず何が変わるかを表示します。確認していただくまでは何も保存しません。
manage-import-file = ファイル
manage-import-hint = JSON（配列、または 1 行に 1 オブジェクト）または CSV。gzip で圧縮したものも可。最大 { $size }。
manage-import-upload = アップロードして確認
manage-import-no-file = 空でないファイルを選んでください。
manage-import-too-large = ファイルが大きすぎます。展開後のサイズで { $size } までです。
manage-import-no-place = サーバーで待機中のアップロードが多すぎます。どれかをインポートするか破棄するか、後でもう一度お試しください。
manage-import-busy = 同時に実行できる数のインポートがすでに実行中です。しばらくしてからもう一度お試しください。
manage-import-yours = あなたのアップロード
manage-import-kept-most = インポート待ちのファイルは最大 { $count } 件です。さらに追加すると、最も古いものと入れ替わります。
manage-imports-none = まだ何もインポートされていません。
manage-imports-all = すべてのインポート
manage-import-source = 取り込み元
manage-import-uploaded = アップロード済み
manage-import-checking = 確認中
manage-import-checked = 確認済み
manage-import-applying = インポート中
manage-import-done = インポート済み
manage-import-failed = 失敗
manage-import-cancelled = キャンセル済み
manage-import-interrupted = 中断
manage-why = 理由
manage-import-uploaded-text = ファイルはサーバーにあります。次に、何が変わるかを確認します。
manage-import-checking-text = 予行で、ファイルによって何が変わるかを調べています。何も保存しません。
manage-import-checked-text = 今インポートすると、このようになります。まだ何も保存していません。
manage-import-applying-text = このページを離れてもインポートは続きます。保存されたものはそのまま残ります。
manage-import-nothing = インポートしても何も変わりません。
manage-import-done-text = インポートが完了しました。
manage-import-kept = それまでに保存されたものは残ります。ここの数はその内訳です。もう一度インポートすると、足りない分が追加されます。
manage-import-not-stored = 何も保存されていません。
manage-import-failed-feed = ファイルを最後まで読み取れません:
manage-import-failed-server = サーバーが処理を続けられませんでした。理由はサーバーのログにあります。
manage-import-progress = ファイルの読み取り状況
manage-import-read = { $count ->
    [0] 最初のレコードを処理しています
   *[other] これまでに { $count } レコードを処理しました
}
manage-import-check = 確認
manage-import-apply = インポート
manage-import-stop = キャンセル
manage-import-discard = 破棄
manage-import-another = 別のファイルをインポート
manage-import-changes = 変更を見る
manage-created-count = 新規
manage-updated-count = 変更
manage-unchanged-count = 変更なし
manage-rejected-count = 拒否
manage-rejects = 拒否されたレコード
manage-rejects-text = { $count ->
   *[other] { $count } レコードが規則に反するため、除外されます。
}
manage-rejects-csv = CSV で保存
manage-rejects-ndjson = NDJSON で保存
manage-rejects-cut = 数が多すぎるため、ファイルには最初の分だけが入っています。
manage-rejects-first = { $count ->
   *[other] 最初の { $count } 件の規則違反
}
manage-record = レコード
manage-record-whole = レコード全体
manage-reason = 理由

manage-changes-filter = 変更を絞り込む
manage-any = すべて
manage-how = 経路
manage-what-done = 内容
manage-to-what = 対象
manage-changes-no-user = この名前のユーザーはありえません。
manage-changes-none = まだ何も変更されていません。
manage-changes-not-found = そのような変更はありません。
manage-changes-go-on = 最近の変更の中には見つかりません。それより前にあるかもしれません。
manage-changes-api = API でのこれらの変更
manage-movie-created = 映画を追加
manage-movie-updated = 映画を変更
manage-movie-deleted = 映画を削除
manage-movies-created = { $count ->
   *[other] インポートで { $count } 本の映画を追加
}
manage-genre-change-created = ジャンルを追加
manage-genre-change-renamed = ジャンル名を変更
manage-genre-change-deleted = ジャンルを削除
manage-differences = { $count ->
   *[other] { $count } 項目
}
manage-before = 変更前:
manage-after = 変更後:
