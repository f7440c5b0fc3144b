# الإدارة: التصنيفات والمستخدمون وعمليات الاستيراد والتغييرات.

manage-add = إضافة
manage-edit = تعديل
manage-delete = حذف
manage-show-all = عرض الكل
manage-sort-name = حسب الاسم
manage-sort-count = الأكثر أفلامًا أولًا
manage-name = الاسم
manage-actions = الإجراءات
manage-state = الحالة
manage-created = تاريخ الإنشاء
manage-when = متى
manage-who = مَن
manage-size-bytes = { $count ->
    [zero] لا بايتات
    [one] بايت واحد
    [two] بايتان
    [few] { $count } بايتات
    [many] { $count } بايتًا
   *[other] { $count } بايت
}
manage-size-kb = { $size } ك.ب
manage-size-mb = { $size } م.ب
manage-size-gb = { $size } ج.ب

manage-genre-search = البحث في التصنيفات
manage-genre-new = تصنيف جديد
manage-genre-see = عرض ذلك التصنيف
manage-genre-edit-movies = تعديل أفلامه
manage-genre-show-movies = عرض أفلامه
manage-genre-listing = { $count ->
    [zero] فيلم: عرض أفلام { $name }
    [one] فيلم: عرض أفلام { $name }
    [two] فيلم: عرض أفلام { $name }
    [few] أفلام: عرض أفلام { $name }
    [many] فيلمًا: عرض أفلام { $name }
   *[other] فيلم: عرض أفلام { $name }
}
manage-genres-all = كل التصنيفات
manage-genres-count = { $count ->
    [zero] لا تصنيفات
    [one] تصنيف واحد
    [two] تصنيفان
    [few] { $count } تصنيفات
    [many] { $count } تصنيفًا
   *[other] { $count } تصنيف
}
manage-genres-none = لا توجد تصنيفات بعد.
manage-genres-not-found = لا يوجد تصنيف يحتوي اسمه على هذا النص.
manage-genre-movies = { $count ->
    [zero] لا يوجد فيلم بهذا التصنيف.
    [one] فيلم واحد بهذا التصنيف.
    [two] فيلمان بهذا التصنيف.
    [few] { $count } أفلام بهذا التصنيف.
    [many] { $count } فيلمًا بهذا التصنيف.
   *[other] { $count } فيلم بهذا التصنيف.
}
manage-genre-added = أُضيف التصنيف { $name }.
manage-genre-renamed = أصبح اسم التصنيف { $name }.
manage-genre-merged = { $count ->
    [zero] دُمج التصنيف في { $name }، ولم يكن له أي فيلم.
    [one] انتقل فيلم واحد إلى { $name }.
    [two] انتقل فيلمان إلى { $name }.
    [few] انتقلت { $count } أفلام إلى { $name }.
    [many] انتقل { $count } فيلمًا إلى { $name }.
   *[other] انتقل { $count } فيلم إلى { $name }.
}
manage-genre-deleted = حُذف التصنيف.
manage-genre-rename = تغيير الاسم
manage-genre-rename-hint = يظهر الاسم الجديد فورًا في كل الأفلام التي لها هذا التصنيف.
manage-genre-merge-instead = دمجه فيه بدلًا من ذلك
manage-genre-merge = دمج
manage-genre-merge-title = الدمج في تصنيف آخر
manage-genre-merge-hint = تأخذ الأفلام التصنيف الآخر بدلًا من هذا، ويُحذف هذا. سترى عددها قبل التنفيذ.
manage-genre-merge-into = التصنيف الذي يبقى
manage-genre-merge-choose = اختر تصنيفًا آخر
manage-genre-merge-text = { $count ->
    [zero] لا يوجد فيلم بالتصنيف { $name }. سيُحذف ويبقى { $target }. لا يمكن التراجع عن ذلك.
    [one] سيأخذ فيلم واحد التصنيف { $target } بدلًا من { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [two] سيأخذ فيلمان التصنيف { $target } بدلًا من { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [few] ستأخذ { $count } أفلام التصنيف { $target } بدلًا من { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [many] سيأخذ { $count } فيلمًا التصنيف { $target } بدلًا من { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
   *[other] سيأخذ { $count } فيلم التصنيف { $target } بدلًا من { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
}
manage-genre-delete-title = حذف التصنيف
manage-genre-delete-hint = يُنزع من الأفلام التي لها هذا التصنيف. سترى عددها قبل التنفيذ.
manage-genre-delete-text = { $count ->
    [zero] لا يوجد فيلم بالتصنيف { $name }. سيُحذف التصنيف.
    [one] سيفقد فيلم واحد التصنيف { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [two] سيفقد فيلمان التصنيف { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [few] ستفقد { $count } أفلام التصنيف { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
    [many] سيفقد { $count } فيلمًا التصنيف { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
   *[other] سيفقد { $count } فيلم التصنيف { $name } الذي سيُحذف. لا يمكن التراجع عن ذلك.
}
manage-genre-in-use = أصبحت هناك أفلام بهذا التصنيف في هذه الأثناء. لم يُحذف شيء.

manage-user-search = البحث عن مستخدمين
manage-users-count = { $count ->
    [zero] لا مستخدمين
    [one] مستخدم واحد
    [two] مستخدمان
    [few] { $count } مستخدمين
    [many] { $count } مستخدمًا
   *[other] { $count } مستخدم
}
manage-users-not-found = لا يوجد مستخدم يحتوي اسمه على هذا النص.
manage-role = الدور
manage-role-admin = مدير
manage-role-user = مستخدم
manage-enabled = مفعّل
manage-disabled = معطّل
manage-you = أنت
manage-user-promote = جعله مديرًا
manage-user-demote = جعله مستخدمًا
manage-user-disable = تعطيل
manage-user-enable = تفعيل
manage-user-promote-title = جعله مديرًا
manage-user-promote-text = سيستطيع { $name } تغيير كل شيء، مثلك تمامًا.
manage-user-demote-title = جعله مستخدمًا عاديًا
manage-user-demote-text = لن يستطيع { $name } إلا القراءة.
manage-user-demote-self = أنت، { $name }، لن تستطيع إلا القراءة. لا يتراجع عن ذلك إلا مدير آخر.
manage-user-disable-title = تعطيل الحساب
manage-user-disable-text = لن يستطيع { $name } تسجيل الدخول، وسيُسجَّل خروجه من كل مكان.
manage-user-disable-self = أنت، { $name }، سيُسجَّل خروجك ولن تستطيع تسجيل الدخول. لا يتراجع عن ذلك إلا مدير آخر.
manage-user-enable-title = تفعيل الحساب
manage-user-enable-text = سيستطيع { $name } تسجيل الدخول من جديد.
manage-user-delete-title = حذف الحساب
manage-user-delete-text = سيُحذف الحساب { $name } ورموز وصوله. ويبقى ما غيّره. لا يمكن التراجع عن ذلك.
manage-user-delete-self = سيُحذف حسابك أنت { $name } ورموز وصوله. ويبقى ما غيّرته. لا يمكن التراجع عن ذلك.
manage-user-changed = جرى تغيير المستخدم.
manage-user-deleted = حُذف المستخدم.
manage-user-last-admin = هذا آخر مدير، ومن دونه لا يستطيع أحد إدارة الخادم. اجعل مستخدمًا آخر مديرًا أولًا.

manage-import-text = ارفع ملفًا فيه أفلام. سترى أولًا ما الذي سيتغيّر، ولا يُحفظ شيء قبل موافقتك.
manage-import-file = الملف
manage-import-hint = ‏JSON (مصفوفة، أو كائن في كل سطر) أو CSV، مضغوطًا بـ gzip أيضًا؛ بحد أقصى { $size }.
manage-import-upload = رفع وفحص
manage-import-no-file = اختر ملفًا غير فارغ.
manage-import-too-large = الملف كبير جدًا: الحد الأقصى { $size } بعد فك الضغط.
manage-import-no-place = على الخادم ملفات مرفوعة كثيرة تنتظر. استورد أحدها أو تجاهله، أو حاول لاحقًا.
manage-import-busy = تجري الآن أكثر عمليات استيراد مسموح بها في وقت واحد. حاول مرة أخرى بعد قليل.
manage-import-yours = ملفاتك المرفوعة
manage-import-kept-most = تنتظر هنا { $count } ملفات على الأكثر حتى تستوردها: وأي ملف آخر يحل محل أقدمها.
manage-imports-none = لم يُستورد شيء بعد.
manage-imports-all = كل عمليات الاستيراد
manage-import-source = المصدر
manage-import-uploaded = مرفوع
manage-import-checking = يجري الفحص
manage-import-checked = تم الفحص
manage-import-applying = يجري الاستيراد
manage-import-done = تم الاستيراد
manage-import-failed = فشل
manage-import-cancelled = ملغى
manage-import-interrupted = انقطع
manage-why = لماذا؟
manage-import-uploaded-text = الملف على الخادم. بعد ذلك يُفحص ما الذي سيغيّره.
manage-import-checking-text = تشغيل تجريبي يبيّن ما الذي سيغيّره الملف. لا يُحفظ شيء.
manage-import-checked-text = هذا ما سيفعله الاستيراد الآن. لم يُحفظ شيء بعد.
manage-import-applying-text = يمكنك مغادرة هذه الصفحة: يستمر الاستيراد. وما حُفظ يبقى محفوظًا.
manage-import-nothing = لن يغيّر الاستيراد شيئًا.
manage-import-done-text = اكتمل الاستيراد.
manage-import-kept = يبقى ما حُفظ قبل ذلك، وهو المحسوب هنا. وإذا استُورد الملف مرة أخرى أضاف ما ينقص.
manage-import-not-stored = لم يُحفظ شيء.
manage-import-failed-feed = لا يمكن قراءة الملف حتى نهايته:
manage-import-failed-server = لم يستطع الخادم المتابعة. السبب مذكور في سجله.
manage-import-progress = الجزء المقروء من الملف
manage-import-read = { $count ->
    [zero] السجلات الأولى قيد المعالجة
    [one] عولج سجل واحد حتى الآن
    [two] عولج سجلان حتى الآن
    [few] عولجت { $count } سجلات حتى الآن
    [many] عولج { $count } سجلًا حتى الآن
   *[other] عولج { $count } سجل حتى الآن
}
manage-import-check = فحص
manage-import-apply = استيراد
manage-import-stop = إلغاء
manage-import-discard = تجاهل الملف
manage-import-another = استيراد ملف آخر
manage-import-changes = عرض التغييرات
manage-created-count = جديدة
manage-updated-count = متغيّرة
manage-unchanged-count = بلا تغيير
manage-rejected-count = مرفوضة
manage-rejects = السجلات المرفوضة
manage-rejects-text = { $count ->
    [zero] لا توجد سجلات تخالف القواعد.
    [one] سجل واحد يخالف القواعد ولا يؤخذ.
    [two] سجلان يخالفان القواعد ولا يؤخذان.
    [few] { $count } سجلات تخالف القواعد ولا تؤخذ.
    [many] { $count } سجلًا تخالف القواعد ولا تؤخذ.
   *[other] { $count } سجل تخالف القواعد ولا تؤخذ.
}
manage-rejects-csv = بصيغة CSV
manage-rejects-ndjson = بصيغة NDJSON
manage-rejects-cut = عددها أكبر من أن يسعه ملف: ففيه الأولى منها.
manage-rejects-first = { $count ->
    [zero] لا قواعد مخالَفة
    [one] القاعدة المخالَفة
    [two] أول قاعدتين مخالَفتين
    [few] أول { $count } قواعد مخالَفة
    [many] أول { $count } قاعدة مخالَفة
   *[other] أول { $count } قاعدة مخالَفة
}
manage-record = السجل
manage-record-whole = السجل كله
manage-reason = السبب

manage-changes-filter = تصفية التغييرات
manage-any = الكل
manage-how = الطريقة
manage-what-done = ما الذي جرى
manage-to-what = على ماذا
manage-changes-no-user = لا يمكن أن يكون لمستخدم هذا الاسم.
manage-changes-none = لم يتغيّر شيء بعد.
manage-changes-not-found = لا توجد تغييرات كهذه.
manage-changes-go-on = لا يوجد بين آخر التغييرات ما يطابق. قد يوجد بين الأقدم.
manage-changes-api = هذه التغييرات في واجهة API
manage-movie-created = أُضيف فيلم
manage-movie-updated = تغيّر فيلم
manage-movie-deleted = حُذف فيلم
manage-movies-created = { $count ->
    [zero] لم يُضف أي فيلم بالاستيراد
    [one] أُضيف فيلم واحد بالاستيراد
    [two] أُضيف فيلمان بالاستيراد
    [few] أُضيفت { $count } أفلام بالاستيراد
    [many] أُضيف { $count } فيلمًا بالاستيراد
   *[other] أُضيف { $count } فيلم بالاستيراد
}
manage-genre-change-created = أُضيف تصنيف
manage-genre-change-renamed = تغيّر اسم تصنيف
manage-genre-change-deleted = حُذف تصنيف
manage-differences = { $count ->
    [zero] لا حقول
    [one] حقل واحد
    [two] حقلان
    [few] { $count } حقول
    [many] { $count } حقلًا
   *[other] { $count } حقل
}
manage-before = قبل:
manage-after = الآن:
