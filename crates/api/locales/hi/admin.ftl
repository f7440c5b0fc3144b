# प्रशासन अनुभाग: नेविगेशन, डैशबोर्ड, फ़िल्में और उनका इतिहास।

admin-navigation = प्रशासन अनुभाग
admin-nav-dashboard = डैशबोर्ड
admin-nav-genres = शैलियाँ
admin-nav-users = उपयोगकर्ता
admin-nav-import = आयात
admin-nav-changes = बदलाव

admin-figure-movies = { $count ->
    [one] फ़िल्म
   *[other] फ़िल्में
}
admin-figure-genres = { $count ->
    [one] शैली
   *[other] शैलियाँ
}
admin-figure-users = { $count ->
    [one] उपयोगकर्ता
   *[other] उपयोगकर्ता
}
admin-index = खोज सूचकांक
admin-index-current = अद्यतन
admin-index-behind = अद्यतन हो रहा है
admin-index-building = बनाया जा रहा है
admin-index-no-database = डेटाबेस उपलब्ध नहीं है
admin-index-change = बदलाव { $number } तक सब कुछ दिखाता है
admin-last-changes = हाल के बदलाव
admin-all-changes = सभी बदलाव
admin-last-imports = हाल के आयात
admin-to-import = फ़िल्में आयात करें
admin-nothing-yet = अभी तक कुछ नहीं।
admin-import-counts = { $created } नए, { $updated } बदले गए, { $rejected } अस्वीकृत

admin-program = सर्वर का कोई प्रोग्राम
admin-via-api = API
admin-via-page = वेब पृष्ठ
admin-via-import = आयात
admin-via-cli = कमांड लाइन
admin-action-create = जोड़ा गया
admin-action-update = बदला गया
admin-action-delete = हटाया गया

admin-find-movies = फ़िल्में खोजें
admin-search = खोज
admin-genre = शैली
admin-any-genre = कोई भी शैली
admin-sort = क्रम
admin-sort-best = सबसे उपयुक्त पहले
admin-sort-popularity = सबसे लोकप्रिय पहले
admin-sort-name = शीर्षक के अनुसार
admin-sort-score = सबसे अच्छी रेटिंग पहले
admin-sort-newest = नया वर्ष पहले
admin-sort-oldest = पुराना वर्ष पहले
admin-sort-changed = हाल में बदली गई पहले
admin-sort-added = हाल में जोड़ी गई पहले
admin-sort-id = संख्या के अनुसार
admin-show = दिखाएँ
admin-show-all = सभी फ़िल्में दिखाएँ
admin-none-found = इस खोज से कोई फ़िल्म मेल नहीं खाती।
admin-no-movies = अभी कोई फ़िल्म नहीं है। पहली फ़िल्म जोड़ें या कई फ़िल्में आयात करें।
admin-movies-count = { $count ->
    [one] { $count } फ़िल्म
   *[other] { $count } फ़िल्में
}
admin-movies-count-more = { $count } या अधिक फ़िल्में
admin-changed = बदलाव की तिथि
admin-history = इतिहास
admin-history-of = { $name } का इतिहास
admin-pages = पृष्ठ
admin-page-of = { $last } में से पृष्ठ { $number }
admin-previous = पिछला पृष्ठ
admin-next = अगला पृष्ठ

admin-choose = चुनें
admin-choose-page = इस पेज की सभी चुनें
admin-choose-movie = { $name } चुनें
admin-chosen-none = कोई फ़िल्म नहीं चुनी गई
admin-chosen-count = चुनी गईं: #
admin-select-matching = इस खोज से मेल खाती सभी { $count } फ़िल्में
admin-select-too-many = { $most } से अधिक फ़िल्में इस खोज से मेल खाती हैं: सभी को एक साथ बदलने के लिए खोज सीमित करें।
admin-with-chosen = चुनी गई फ़िल्मों के साथ
admin-add-genres = शैलियाँ जोड़ें
admin-remove-genres = शैलियाँ निकालें
admin-set-genres = सभी शैलियाँ बदलें
admin-delete-movies = फ़िल्में हटाएँ
admin-continue = आगे बढ़ें
admin-cancel = रद्द करें
admin-confirm-delete = { $count ->
    [one] { $count } फ़िल्म हटाएँ?
   *[other] { $count } फ़िल्में हटाएँ?
}
admin-confirm-add-genres = { $count ->
    [one] { $count } फ़िल्म में शैलियाँ जोड़ें?
   *[other] { $count } फ़िल्मों में शैलियाँ जोड़ें?
}
admin-confirm-remove-genres = { $count ->
    [one] { $count } फ़िल्म से शैलियाँ निकालें?
   *[other] { $count } फ़िल्मों से शैलियाँ निकालें?
}
admin-confirm-set-genres = { $count ->
    [one] { $count } फ़िल्म की सभी शैलियाँ बदलें?
   *[other] { $count } फ़िल्मों की सभी शैलियाँ बदलें?
}
admin-all-genres-go = इन फ़िल्मों से सभी शैलियाँ निकाल दी जाएँगी।
admin-unaffected = { $count ->
    [one] चुनी गई { $count } फ़िल्म पहले से ऐसी ही है और वैसी ही रहेगी।
   *[other] चुनी गई { $count } फ़िल्में पहले से ऐसी ही हैं और वैसी ही रहेंगी।
}
admin-new-genres = शैलियाँ जो अभी नहीं हैं और बनाई जाएँगी:
admin-cannot-change = { $count ->
    [one] { $count } फ़िल्म को इस तरह नहीं बदला जा सकता और वह वैसी ही रहेगी:
   *[other] { $count } फ़िल्मों को इस तरह नहीं बदला जा सकता और वे वैसी ही रहेंगी:
}
admin-delete-count = { $count ->
    [one] { $count } फ़िल्म हटाएँ
   *[other] { $count } फ़िल्में हटाएँ
}
admin-change-count = { $count ->
    [one] { $count } फ़िल्म बदलें
   *[other] { $count } फ़िल्में बदलें
}

admin-done-added = फ़िल्म जोड़ी गई।
admin-done-saved = सहेजा गया।
admin-done-removed = { $count ->
    [one] { $count } फ़िल्म हटाई गई।
   *[other] { $count } फ़िल्में हटाई गईं।
}
admin-done-restored = फ़िल्म पुनर्स्थापित की गई।
admin-done-genres = { $count ->
    [one] { $count } फ़िल्म की शैलियाँ बदली गईं।
   *[other] { $count } फ़िल्मों की शैलियाँ बदली गईं।
}
admin-done-undone = { $count ->
    [one] पूर्ववत किया गया: { $count } फ़िल्म फिर पहले जैसी है।
   *[other] पूर्ववत किया गया: { $count } फ़िल्में फिर पहले जैसी हैं।
}
admin-done-unchanged = सब कुछ पहले से ऐसा ही है: कुछ नहीं बदला गया।
admin-undo = पूर्ववत करें
admin-redo = फिर से करें
admin-not-undone-changed = { $count ->
    [one] इसे पूर्ववत नहीं किया जा सकता: { $count } फ़िल्म उसके बाद फिर बदली गई। उसके इतिहास में हर स्थिति है।
   *[other] इसे पूर्ववत नहीं किया जा सकता: { $count } फ़िल्में उसके बाद फिर बदली गईं। उनके इतिहास में हर स्थिति है।
}
admin-not-undone = इसे अब पूर्ववत नहीं किया जा सकता। हर फ़िल्म के इतिहास में उसकी पिछली स्थितियाँ हैं।
admin-not-undone-imdb-id = इसे पूर्ववत नहीं किया जा सकता: अब किसी दूसरी फ़िल्म की वही IMDb आईडी है।
admin-not-done-stale = { $count ->
    [one] इस बीच { $count } फ़िल्म किसी और ने बदल दी। कुछ नहीं किया गया: कृपया फिर से देखें।
   *[other] इस बीच { $count } फ़िल्में किसी और ने बदल दीं। कुछ नहीं किया गया: कृपया फिर से देखें।
}
admin-nothing-chosen = कृपया पहले कम से कम एक फ़िल्म चुनें।
admin-no-genre = कृपया कम से कम एक शैली लिखें।

admin-add-movie = फ़िल्म जोड़ें
admin-edit-movie = फ़िल्म संपादित करें
admin-see-movie = फ़िल्म का पेज
admin-field = फ़ील्ड
admin-field-name = शीर्षक
admin-field-director = निर्देशक
admin-field-genres = शैलियाँ
admin-field-popularity = लोकप्रियता
admin-field-score = IMDb रेटिंग
admin-field-year = वर्ष
admin-field-runtime = अवधि
admin-field-votes = वोट
admin-field-imdb-id = IMDb आईडी
admin-field-overview = सारांश
admin-field-poster = पोस्टर का URL
admin-hint-director = कई नाम अल्पविराम से अलग करें।
admin-hint-genres = कई शैलियाँ अल्पविराम (,) से अलग करें।
admin-hint-range = { $least } से { $most } तक
admin-hint-runtime = मिनटों में
admin-hint-imdb-id = जैसे tt0133093
admin-hint-poster = चित्र का पता, जो https:// से शुरू हो
admin-genre-suggestions = सुझाई गई शैलियाँ
admin-suggestions-found = सुझाव: #
admin-take-away = निकालें:
admin-save = सहेजें
admin-save-another = सहेजें और एक और जोड़ें
admin-delete = हटाएँ
admin-delete-text = आप इसे बाद में पूर्ववत कर सकते हैं और फ़िल्म को उसके इतिहास से पुनर्स्थापित कर सकते हैं।
admin-form-wrong = अभी सहेजा नहीं गया: कृपया चिह्नित फ़ील्ड ठीक करें।
admin-duplicate = इसी शीर्षक, निर्देशक और वर्ष की फ़िल्म पहले से मौजूद है:
admin-save-anyway = फिर भी सहेजें
admin-imdb-id-taken = किसी दूसरी फ़िल्म की यही IMDb आईडी है:
admin-to-that-movie = उस फ़िल्म पर जाएँ

admin-conflict = आपके संपादन के दौरान किसी और ने सहेजा
admin-conflict-text = आपका लिखा कुछ भी नहीं खोया। हर फ़ील्ड के लिए चुनें कि क्या रखना है, फिर सहेजें।
admin-conflict-removed = आपके संपादन के दौरान फ़िल्म हटा दी गई। आपका लिखा कुछ भी नहीं खोया: आप फ़िल्म को उसके साथ पुनर्स्थापित कर सकते हैं।
admin-conflict-none = आपका लिखा और सहेजा हुआ एक जैसा है।
admin-conflict-equal = { $count ->
    [one] { $count } फ़ील्ड दोनों ओर एक जैसी है
   *[other] { $count } फ़ील्ड दोनों ओर एक जैसी हैं
}
admin-conflict-typed = आपका लिखा हुआ
admin-mine = आपका
admin-theirs = दूसरे का
admin-empty = खाली
admin-save-choice = यह चुनाव सहेजें
admin-restore-and-save = पुनर्स्थापित करें और मेरा सहेजें
admin-discard = मेरा छोड़ दें

admin-changes-count = { $count ->
    [one] { $count } बदलाव सुरक्षित है।
   *[other] { $count } बदलाव सुरक्षित हैं।
}
admin-version = संस्करण { $number }
admin-version-current = वर्तमान
admin-before = पहले
admin-after = बाद में
admin-differences = अंतर
admin-latest = नवीनतम बदलाव
admin-older = पुराने बदलाव
admin-movie-is-removed = यह फ़िल्म हटा दी गई थी। इसे पुनर्स्थापित किया जा सकता है।
admin-restore-version = यह संस्करण पुनर्स्थापित करें
admin-restore-movie = फ़िल्म पुनर्स्थापित करें
admin-restore-title = संस्करण { $number } पुनर्स्थापित करें?
admin-restore-text = फ़िल्म को ये विवरण नए संस्करण के रूप में फिर मिलेंगे। आप इसे बाद में पूर्ववत कर सकते हैं।
admin-restore-removed-text = फ़िल्म इस सामग्री के साथ वापस आएगी। आप इसे बाद में पूर्ववत कर सकते हैं।
admin-restore-same = फ़िल्म पहले से ऐसी ही है: कुछ नहीं बदलेगा।
admin-restore = पुनर्स्थापित करें
admin-restore-anyway = फिर भी पुनर्स्थापित करें
