# قسم الإدارة: التنقل ولوحة المعلومات والأفلام وسجلها.

admin-navigation = قسم الإدارة
admin-nav-dashboard = لوحة المعلومات
admin-nav-genres = التصنيفات
admin-nav-users = المستخدمون
admin-nav-import = الاستيراد
admin-nav-changes = التغييرات

admin-figure-movies = { $count ->
    [zero] فيلم
    [one] فيلم
    [two] فيلمان
    [few] أفلام
    [many] فيلمًا
   *[other] فيلم
}
admin-figure-genres = { $count ->
    [zero] تصنيف
    [one] تصنيف
    [two] تصنيفان
    [few] تصنيفات
    [many] تصنيفًا
   *[other] تصنيف
}
admin-figure-users = { $count ->
    [zero] مستخدم
    [one] مستخدم
    [two] مستخدمان
    [few] مستخدمين
    [many] مستخدمًا
   *[other] مستخدم
}
admin-index = فهرس البحث
admin-index-current = محدَّث
admin-index-behind = قيد التحديث
admin-index-building = قيد الإنشاء
admin-index-no-database = قاعدة البيانات غير متاحة
admin-index-change = يعرض كل شيء حتى التغيير { $number }
admin-last-changes = آخر التغييرات
admin-all-changes = كل التغييرات
admin-last-imports = آخر عمليات الاستيراد
admin-to-import = استيراد أفلام
admin-nothing-yet = لا شيء بعد.
admin-import-counts = جديد: { $created }، معدَّل: { $updated }، مرفوض: { $rejected }

admin-program = برنامج على الخادم
admin-via-api = واجهة API
admin-via-page = صفحة ويب
admin-via-import = استيراد
admin-via-cli = سطر الأوامر
admin-action-create = إضافة
admin-action-update = تعديل
admin-action-delete = حذف

admin-find-movies = البحث عن أفلام
admin-search = البحث
admin-genre = التصنيف
admin-any-genre = أي تصنيف
admin-sort = الترتيب
admin-sort-best = الأفضل أولًا
admin-sort-popularity = الأكثر شعبية أولًا
admin-sort-name = حسب العنوان
admin-sort-score = الأعلى تقييمًا أولًا
admin-sort-newest = الأحدث سنةً أولًا
admin-sort-oldest = الأقدم سنةً أولًا
admin-sort-changed = آخر ما عُدِّل أولًا
admin-sort-added = آخر ما أُضيف أولًا
admin-sort-id = حسب الرقم
admin-show = عرض
admin-show-all = عرض كل الأفلام
admin-none-found = لا يوجد فيلم يطابق هذا البحث.
admin-no-movies = لا توجد أفلام بعد. أضف الفيلم الأول أو استورد عددًا كبيرًا.
admin-movies-count = { $count ->
    [zero] { $count } فيلم
    [one] فيلم واحد
    [two] فيلمان
    [few] { $count } أفلام
    [many] { $count } فيلمًا
   *[other] { $count } فيلم
}
admin-movies-count-more = { $count } فيلم أو أكثر
admin-changed = تاريخ التعديل
admin-history = السجل
admin-history-of = سجل { $name }
admin-pages = الصفحات
admin-page-of = الصفحة { $number } من { $last }
admin-previous = الصفحة السابقة
admin-next = الصفحة التالية

admin-choose = اختيار
admin-choose-page = اختيار كل ما في هذه الصفحة
admin-choose-movie = اختيار { $name }
admin-chosen-none = لم يُختَر أي فيلم
admin-chosen-count = المختار: #
admin-select-matching = كل الأفلام المطابقة لهذا البحث، وعددها { $count }
admin-select-too-many = يطابق هذا البحث أكثر من { $most } فيلم: ضيِّقه لتغييرها كلها دفعة واحدة.
admin-with-chosen = مع الأفلام المختارة
admin-add-genres = إضافة تصنيفات
admin-remove-genres = إزالة تصنيفات
admin-set-genres = استبدال كل التصنيفات
admin-delete-movies = حذف الأفلام
admin-continue = متابعة
admin-cancel = إلغاء
admin-confirm-delete = { $count ->
    [zero] هل تريد حذف { $count } فيلم؟
    [one] هل تريد حذف هذا الفيلم؟
    [two] هل تريد حذف فيلمين؟
    [few] هل تريد حذف { $count } أفلام؟
    [many] هل تريد حذف { $count } فيلمًا؟
   *[other] هل تريد حذف { $count } فيلم؟
}
admin-confirm-add-genres = { $count ->
    [zero] هل تريد إضافة تصنيفات إلى { $count } فيلم؟
    [one] هل تريد إضافة تصنيفات إلى فيلم واحد؟
    [two] هل تريد إضافة تصنيفات إلى فيلمين؟
    [few] هل تريد إضافة تصنيفات إلى { $count } أفلام؟
    [many] هل تريد إضافة تصنيفات إلى { $count } فيلمًا؟
   *[other] هل تريد إضافة تصنيفات إلى { $count } فيلم؟
}
admin-confirm-remove-genres = { $count ->
    [zero] هل تريد إزالة تصنيفات من { $count } فيلم؟
    [one] هل تريد إزالة تصنيفات من فيلم واحد؟
    [two] هل تريد إزالة تصنيفات من فيلمين؟
    [few] هل تريد إزالة تصنيفات من { $count } أفلام؟
    [many] هل تريد إزالة تصنيفات من { $count } فيلمًا؟
   *[other] هل تريد إزالة تصنيفات من { $count } فيلم؟
}
admin-confirm-set-genres = { $count ->
    [zero] هل تريد استبدال كل تصنيفات { $count } فيلم؟
    [one] هل تريد استبدال كل تصنيفات فيلم واحد؟
    [two] هل تريد استبدال كل تصنيفات فيلمين؟
    [few] هل تريد استبدال كل تصنيفات { $count } أفلام؟
    [many] هل تريد استبدال كل تصنيفات { $count } فيلمًا؟
   *[other] هل تريد استبدال كل تصنيفات { $count } فيلم؟
}
admin-all-genres-go = ستُزال كل التصنيفات من هذه الأفلام.
admin-unaffected = { $count ->
    [zero] { $count } فيلم مختار على هذه الحال بالفعل.
    [one] فيلم مختار واحد على هذه الحال بالفعل ويبقى كما هو.
    [two] فيلمان مختاران على هذه الحال بالفعل ويبقيان كما هما.
    [few] { $count } أفلام مختارة على هذه الحال بالفعل وتبقى كما هي.
    [many] { $count } فيلمًا مختارًا على هذه الحال بالفعل وتبقى كما هي.
   *[other] { $count } فيلم مختار على هذه الحال بالفعل وتبقى كما هي.
}
admin-new-genres = تصنيفات غير موجودة بعد وسيتم إنشاؤها:
admin-cannot-change = { $count ->
    [zero] لا يمكن تغيير { $count } فيلم بهذه الطريقة:
    [one] لا يمكن تغيير فيلم واحد بهذه الطريقة ويبقى كما هو:
    [two] لا يمكن تغيير فيلمين بهذه الطريقة ويبقيان كما هما:
    [few] لا يمكن تغيير { $count } أفلام بهذه الطريقة وتبقى كما هي:
    [many] لا يمكن تغيير { $count } فيلمًا بهذه الطريقة وتبقى كما هي:
   *[other] لا يمكن تغيير { $count } فيلم بهذه الطريقة وتبقى كما هي:
}
admin-delete-count = { $count ->
    [zero] حذف { $count } فيلم
    [one] حذف فيلم واحد
    [two] حذف فيلمين
    [few] حذف { $count } أفلام
    [many] حذف { $count } فيلمًا
   *[other] حذف { $count } فيلم
}
admin-change-count = { $count ->
    [zero] تغيير { $count } فيلم
    [one] تغيير فيلم واحد
    [two] تغيير فيلمين
    [few] تغيير { $count } أفلام
    [many] تغيير { $count } فيلمًا
   *[other] تغيير { $count } فيلم
}

admin-done-added = تمت الإضافة.
admin-done-saved = تم الحفظ.
admin-done-removed = { $count ->
    [zero] حُذف { $count } فيلم.
    [one] حُذف فيلم واحد.
    [two] حُذف فيلمان.
    [few] حُذفت { $count } أفلام.
    [many] حُذف { $count } فيلمًا.
   *[other] حُذف { $count } فيلم.
}
admin-done-restored = تمت الاستعادة.
admin-done-genres = { $count ->
    [zero] تغيرت تصنيفات { $count } فيلم.
    [one] تغيرت تصنيفات فيلم واحد.
    [two] تغيرت تصنيفات فيلمين.
    [few] تغيرت تصنيفات { $count } أفلام.
    [many] تغيرت تصنيفات { $count } فيلمًا.
   *[other] تغيرت تصنيفات { $count } فيلم.
}
admin-done-undone = { $count ->
    [zero] تم التراجع: عاد { $count } فيلم إلى ما كان عليه.
    [one] تم التراجع: عاد فيلم واحد إلى ما كان عليه.
    [two] تم التراجع: عاد فيلمان إلى ما كانا عليه.
    [few] تم التراجع: عادت { $count } أفلام إلى ما كانت عليه.
    [many] تم التراجع: عاد { $count } فيلمًا إلى ما كانت عليه.
   *[other] تم التراجع: عاد { $count } فيلم إلى ما كانت عليه.
}
admin-done-unchanged = كل شيء على هذه الحال بالفعل: لم يتغير شيء.
admin-undo = تراجع
admin-redo = إعادة
admin-not-undone-changed = { $count ->
    [zero] لا يمكن التراجع: تغير { $count } فيلم مرة أخرى منذ ذلك الحين. في السجل كل الحالات.
    [one] لا يمكن التراجع: تغير فيلم واحد مرة أخرى منذ ذلك الحين. في سجله كل الحالات.
    [two] لا يمكن التراجع: تغير فيلمان مرة أخرى منذ ذلك الحين. في سجل كل منهما كل الحالات.
    [few] لا يمكن التراجع: تغيرت { $count } أفلام مرة أخرى منذ ذلك الحين. في سجلاتها كل الحالات.
    [many] لا يمكن التراجع: تغير { $count } فيلمًا مرة أخرى منذ ذلك الحين. في سجلاتها كل الحالات.
   *[other] لا يمكن التراجع: تغير { $count } فيلم مرة أخرى منذ ذلك الحين. في سجلاتها كل الحالات.
}
admin-not-undone = لم يعد التراجع ممكنًا. في سجل كل فيلم حالاته السابقة.
admin-not-undone-imdb-id = لا يمكن التراجع: لفيلم آخر الآن معرّف IMDb نفسه.
admin-not-done-stale = { $count ->
    [zero] غيّر شخص آخر { $count } فيلم في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
    [one] غيّر شخص آخر فيلمًا واحدًا في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
    [two] غيّر شخص آخر فيلمين في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
    [few] غيّر شخص آخر { $count } أفلام في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
    [many] غيّر شخص آخر { $count } فيلمًا في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
   *[other] غيّر شخص آخر { $count } فيلم في هذه الأثناء. لم يُنفَّذ شيء: يُرجى النظر من جديد.
}
admin-nothing-chosen = يُرجى اختيار فيلم واحد على الأقل أولًا.
admin-no-genre = يُرجى ذكر تصنيف واحد على الأقل.

admin-add-movie = إضافة فيلم
admin-edit-movie = تعديل الفيلم
admin-see-movie = صفحة الفيلم
admin-field = الحقل
admin-field-name = العنوان
admin-field-director = المخرج
admin-field-genres = التصنيفات
admin-field-popularity = الشعبية
admin-field-score = تقييم IMDb
admin-field-year = السنة
admin-field-runtime = المدة
admin-field-votes = الأصوات
admin-field-imdb-id = معرّف IMDb
admin-field-overview = الملخص
admin-field-poster = رابط الملصق
admin-hint-director = افصل بين الأسماء بفواصل.
admin-hint-genres = افصل بين التصنيفات بالفاصلة اللاتينية (,).
admin-hint-range = من { $least } إلى { $most }
admin-hint-runtime = بالدقائق
admin-hint-imdb-id = مثل tt0133093
admin-hint-poster = عنوان صورة يبدأ بـ ⁦https://⁩
admin-genre-suggestions = تصنيفات مقترحة
admin-suggestions-found = الاقتراحات: #
admin-take-away = إزالة
admin-save = حفظ
admin-save-another = حفظ وإضافة فيلم آخر
admin-delete = حذف
admin-delete-text = يمكنك التراجع عن ذلك بعدها، واستعادة الفيلم من سجله لاحقًا.
admin-form-wrong = لم يُحفظ بعد: يُرجى تصحيح الحقول المعلَّمة.
admin-duplicate = يوجد بالفعل فيلم بالعنوان والمخرج والسنة نفسها:
admin-save-anyway = الحفظ على أي حال
admin-imdb-id-taken = لفيلم آخر معرّف IMDb هذا:
admin-to-that-movie = إلى ذلك الفيلم

admin-conflict = حفظ شخص آخر أثناء تعديلك
admin-conflict-text = لم يضِع شيء مما كتبته. اختر لكل حقل النص الذي يبقى، ثم احفظ.
admin-conflict-removed = حُذف الفيلم أثناء تعديلك له. لم يضِع شيء مما كتبته: يمكنك استعادة الفيلم به.
admin-conflict-none = ما كتبته وما هو محفوظ متطابقان.
admin-conflict-equal = { $count ->
    [zero] { $count } حقل متطابق لدى الطرفين
    [one] حقل واحد متطابق لدى الطرفين
    [two] حقلان متطابقان لدى الطرفين
    [few] { $count } حقول متطابقة لدى الطرفين
    [many] { $count } حقلًا متطابقًا لدى الطرفين
   *[other] { $count } حقل متطابق لدى الطرفين
}
admin-conflict-typed = ما كتبته
admin-mine = نصك
admin-theirs = نص الشخص الآخر
admin-empty = فارغ
admin-save-choice = حفظ هذا الاختيار
admin-restore-and-save = الاستعادة وحفظ نصي
admin-discard = تجاهل نصي

admin-changes-count = { $count ->
    [zero] { $count } تغيير محفوظ.
    [one] تغيير واحد محفوظ.
    [two] تغييران محفوظان.
    [few] { $count } تغييرات محفوظة.
    [many] { $count } تغييرًا محفوظًا.
   *[other] { $count } تغيير محفوظ.
}
admin-version = الإصدار { $number }
admin-version-current = الحالي
admin-before = قبل
admin-after = بعد
admin-differences = الفروق
admin-latest = أحدث التغييرات
admin-older = تغييرات أقدم
admin-movie-is-removed = حُذف هذا الفيلم. يمكن استعادته.
admin-restore-version = استعادة هذا الإصدار
admin-restore-movie = استعادة الفيلم
admin-restore-title = هل تريد استعادة الإصدار { $number }؟
admin-restore-text = يستعيد الفيلم هذه النصوص في إصدار جديد. يمكنك التراجع عن ذلك بعدها.
admin-restore-removed-text = يعود الفيلم بهذا المحتوى. يمكنك التراجع عن ذلك بعدها.
admin-restore-same = الفيلم على هذه الحال بالفعل: لن يتغير شيء.
admin-restore = استعادة
admin-restore-anyway = الاستعادة على أي حال
