# Lists of movies, and one movie.

list-title = 映画
# The title of a list of what was found for some text.
list-search-title = 「{ $text }」の検索結果
# Which of how many movies the page shows.
list-range = { $total } 件中 { $first }～{ $last } 件
list-range-more = { $total } 件以上のうち { $first }～{ $last } 件
# The same for a page whose number is not known.
list-some = 全 { $total } 件
list-some-more = { $total } 件以上
list-conditions = 適用中の条件
# Said to screen readers before a filter whose link takes it away.
list-remove = この条件を外す：
list-clear-all = すべて外す
# A filter: words in names, directors or genres.
list-text = 検索
list-without-genre = 除外
list-runtime = 分
list-genres = ジャンル
list-more-genres = その他のジャンル
list-sort = 並べ替え
list-items = 表示件数
list-apply = 適用
list-filters = 絞り込み
list-score-from = 評価（下限）
list-score-to = 評価（上限）
list-year-from = 公開年（から）
list-year-to = 公開年（まで）
list-show = 映画を表示
list-empty = 映画はまだ登録されていません
list-nothing = 該当する映画がありません
list-nothing-text = 言葉や条件を減らしてお試しください。
list-did-you-mean = もしかして：
list-clear = 条件を外す
list-pages = ページ
list-previous = 前へ
list-next = 次へ
list-page = { $number } ページ目
list-api = このページの API リクエスト
# Between several names.
list-separator = 、

list-sort-relevance = 関連度の高い順
list-sort-popularity = 人気の高い順
list-sort-popularity-up = 人気の低い順
list-sort-score = 評価の高い順
list-sort-score-up = 評価の低い順
list-sort-year = 新しい順
list-sort-year-up = 古い順
list-sort-name = タイトル順
list-sort-name-down = タイトルの逆順
list-sort-director = 監督名順
list-sort-director-down = 監督名の逆順
list-sort-runtime = 上映時間の長い順
list-sort-runtime-up = 上映時間の短い順
list-sort-votes = 投票の多い順
list-sort-votes-up = 投票の少ない順
list-sort-added = 登録の新しい順
list-sort-added-up = 登録の古い順
list-sort-changed = 更新の新しい順
list-sort-changed-up = 更新の古い順
# An order that is not in the menu, as it is written in the address.
list-sort-other = 指定どおり：{ $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = 「{ $name }」は無視されました。そのような条件はありません。
list-ignored-unknown-similar = 「{ $name }」は無視されました。そのような条件はありません。「{ $meant }」のことかもしれません。
list-ignored-repeated = 「{ $name }」は無視されました。複数回指定されています。
list-ignored-encoding = 「{ $name }」は無視されました。読み取れません。
list-ignored-too-many = すべての条件が無視されました。数が多すぎます。
list-ignored-too-long = 「{ $name }」は無視されました。長すぎます。
list-ignored-too-large = 「{ $name }」は無視されました。数値が大きすぎます。
list-ignored-number = 「{ $name }」は無視されました。7 や 7.5 のような数値を指定してください。
list-ignored-time = 「{ $name }」は無視されました。2026-01-02T03:04:05Z のような日時を指定してください。
list-ignored-sort = 「{ $name }」は無視されました。その順には並べ替えられません。
list-ignored-cursor = 「{ $name }」は無視されました。別の一覧のものです。

film-name = タイトル
film-director = 監督
film-genre = ジャンル
film-score = 評価
film-popularity = 人気度
film-year = 公開年
film-runtime = 上映時間
film-votes = 投票数
film-added = 登録日
film-changed = 最終更新
# Before the names of directors.
film-directed-by = 監督：
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes } 票
film-hours-and-minutes = { $hours } 時間 { $minutes } 分
film-hours = { $hours } 時間
film-minutes = { $minutes } 分
# The text of a picture for those who do not see it.
film-poster = 「{ $name }」のポスター
film-similar = 似ている映画
film-edit = 編集
film-history = 履歴
