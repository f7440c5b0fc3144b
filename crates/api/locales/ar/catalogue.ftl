# Lists of movies, and one movie.

list-title = الأفلام
# The title of a list of what was found for some text.
list-search-title = نتائج البحث عن «{ $text }»
# Which of how many movies the page shows.
list-range = { $first }–{ $last } من { $total }
list-range-more = { $first }–{ $last } من أكثر من { $total }
# The same for a page whose number is not known.
list-some = من { $total }
list-some-more = من أكثر من { $total }
list-conditions = عوامل التصفية المفعّلة
# Said to screen readers before a filter whose link takes it away.
list-remove = إزالة عامل التصفية:
list-clear-all = إزالة الكل
# A filter: words in names, directors or genres.
list-text = البحث
list-without-genre = باستثناء
list-runtime = الدقائق
list-genres = الأنواع
list-more-genres = مزيد من الأنواع
list-sort = الترتيب حسب
list-items = في كل صفحة
list-apply = تطبيق
list-filters = التصفية
list-score-from = أدنى تقييم
list-score-to = أعلى تقييم
list-year-from = من سنة
list-year-to = إلى سنة
list-show = عرض الأفلام
list-empty = لا توجد أفلام هنا بعد
list-nothing = لا يوجد فيلم مطابق
list-nothing-text = جرّب كلمات أقل أو عوامل تصفية أقل.
list-did-you-mean = هل تقصد أحد هذه؟
list-clear = إزالة عوامل التصفية
list-pages = الصفحات
list-previous = السابق
list-next = التالي
list-page = الصفحة { $number }
list-api = طلب واجهة API لهذه الصفحة
# Between several names.
list-separator = { "، " }

list-sort-relevance = الأكثر مطابقة
list-sort-popularity = الأكثر شعبية
list-sort-popularity-up = الأقل شعبية
list-sort-score = الأعلى تقييمًا
list-sort-score-up = الأدنى تقييمًا
list-sort-year = الأحدث
list-sort-year-up = الأقدم
list-sort-name = العنوان تصاعديًا
list-sort-name-down = العنوان تنازليًا
list-sort-director = المخرج تصاعديًا
list-sort-director-down = المخرج تنازليًا
list-sort-runtime = الأطول
list-sort-runtime-up = الأقصر
list-sort-votes = الأكثر أصواتًا
list-sort-votes-up = الأقل أصواتًا
list-sort-added = آخر ما أُضيف
list-sort-added-up = أول ما أُضيف
list-sort-changed = آخر ما عُدّل
list-sort-changed-up = أول ما عُدّل
# An order that is not in the menu, as it is written in the address.
list-sort-other = حسب الطلب: { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = تم تجاهل «{ $name }»: لا يوجد عامل تصفية بهذا الاسم.
list-ignored-unknown-similar = تم تجاهل «{ $name }»: لا يوجد عامل تصفية بهذا الاسم. ربما تقصد «{ $meant }».
list-ignored-repeated = تم تجاهل «{ $name }»: ورد أكثر من مرة.
list-ignored-encoding = تم تجاهل «{ $name }»: لا يمكن قراءته.
list-ignored-too-many = تم تجاهل كل عوامل التصفية: عددها كبير جدًا.
list-ignored-too-long = تم تجاهل «{ $name }»: طويل جدًا.
list-ignored-too-large = تم تجاهل «{ $name }»: العدد كبير جدًا.
list-ignored-number = تم تجاهل «{ $name }»: المطلوب عدد مثل 7 أو 7.5.
list-ignored-time = تم تجاهل «{ $name }»: المطلوب وقت مثل 2026-01-02T03:04:05Z.
list-ignored-sort = تم تجاهل «{ $name }»: لا يمكن ترتيب الأفلام هكذا.
list-ignored-cursor = تم تجاهل «{ $name }»: يخص قائمة أخرى.

film-name = العنوان
film-director = المخرج
film-genre = النوع
film-score = التقييم
film-popularity = الشعبية
film-year = السنة
film-runtime = المدة
film-votes = الأصوات
film-added = أُضيف في
film-changed = آخر تعديل
# Before the names of directors.
film-directed-by = إخراج
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [zero] لا أصوات
    [one] صوت واحد
    [two] صوتان
    [few] { $votes } أصوات
    [many] { $votes } صوتًا
   *[other] { $votes } صوت
  }
film-hours-and-minutes = { $hours } س { $minutes } د
film-hours = { $hours ->
    [zero] { $hours } ساعة
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $hours } ساعات
    [many] { $hours } ساعة
   *[other] { $hours } ساعة
  }
film-minutes = { $minutes ->
    [zero] { $minutes } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $minutes } دقائق
    [many] { $minutes } دقيقة
   *[other] { $minutes } دقيقة
  }
# The text of a picture for those who do not see it.
film-poster = ملصق { $name }
film-similar = أفلام مشابهة
film-edit = تعديل
film-history = السجل
