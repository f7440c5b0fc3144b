# Lists of movies, and one movie.

list-title = फ़िल्में
# The title of a list of what was found for some text.
list-search-title = “{ $text }” के परिणाम
# Which of how many movies the page shows.
list-range = { $total } में से { $first }–{ $last }
list-range-more = { $total } से अधिक में से { $first }–{ $last }
# The same for a page whose number is not known.
list-some = कुल { $total } में से
list-some-more = { $total } से अधिक में से
list-conditions = लागू फ़िल्टर
# Said to screen readers before a filter whose link takes it away.
list-remove = यह फ़िल्टर हटाएँ:
list-clear-all = सब हटाएँ
# A filter: words in names, directors or genres.
list-text = खोज
list-without-genre = इसके बिना
list-runtime = मिनट
list-genres = शैलियाँ
list-more-genres = और शैलियाँ
list-sort = क्रम
list-items = प्रति पृष्ठ
list-apply = लागू करें
list-filters = फ़िल्टर
list-score-from = न्यूनतम रेटिंग
list-score-to = अधिकतम रेटिंग
list-year-from = इस वर्ष से
list-year-to = इस वर्ष तक
list-show = फ़िल्में दिखाएँ
list-empty = यहाँ अभी कोई फ़िल्म नहीं है
list-nothing = कोई फ़िल्म नहीं मिली
list-nothing-text = कम शब्दों या कम फ़िल्टरों के साथ कोशिश करें।
list-did-you-mean = क्या आपका मतलब इनमें से किसी से था?
list-clear = फ़िल्टर हटाएँ
list-pages = पृष्ठ
list-previous = पिछला
list-next = अगला
list-page = पृष्ठ { $number }
list-api = इस पृष्ठ का API अनुरोध
# Between several names.
list-separator = { ", " }

list-sort-relevance = सबसे सटीक
list-sort-popularity = सबसे लोकप्रिय
list-sort-popularity-up = सबसे कम लोकप्रिय
list-sort-score = सबसे ऊँची रेटिंग
list-sort-score-up = सबसे कम रेटिंग
list-sort-year = सबसे नई
list-sort-year-up = सबसे पुरानी
list-sort-name = शीर्षक, A से Z
list-sort-name-down = शीर्षक, Z से A
list-sort-director = निर्देशक, A से Z
list-sort-director-down = निर्देशक, Z से A
list-sort-runtime = सबसे लंबी
list-sort-runtime-up = सबसे छोटी
list-sort-votes = सबसे अधिक वोट
list-sort-votes-up = सबसे कम वोट
list-sort-added = हाल में जोड़ी गई
list-sort-added-up = सबसे पहले जोड़ी गई
list-sort-changed = हाल में बदली गई
list-sort-changed-up = सबसे पहले बदली गई
# An order that is not in the menu, as it is written in the address.
list-sort-other = अनुरोध के अनुसार: { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = “{ $name }” को छोड़ दिया गया: ऐसा कोई फ़िल्टर नहीं है।
list-ignored-unknown-similar = “{ $name }” को छोड़ दिया गया: ऐसा कोई फ़िल्टर नहीं है। शायद आपका मतलब “{ $meant }” था।
list-ignored-repeated = “{ $name }” को छोड़ दिया गया: यह एक से अधिक बार आया है।
list-ignored-encoding = “{ $name }” को छोड़ दिया गया: इसे पढ़ा नहीं जा सकता।
list-ignored-too-many = सभी फ़िल्टर छोड़ दिए गए: वे बहुत अधिक हैं।
list-ignored-too-long = “{ $name }” को छोड़ दिया गया: यह बहुत लंबा है।
list-ignored-too-large = “{ $name }” को छोड़ दिया गया: संख्या बहुत बड़ी है।
list-ignored-number = “{ $name }” को छोड़ दिया गया: 7 या 7.5 जैसी संख्या चाहिए।
list-ignored-time = “{ $name }” को छोड़ दिया गया: 2026-01-02T03:04:05Z जैसा समय चाहिए।
list-ignored-sort = “{ $name }” को छोड़ दिया गया: फ़िल्में इस क्रम में नहीं लगाई जा सकतीं।
list-ignored-cursor = “{ $name }” को छोड़ दिया गया: यह किसी दूसरी सूची का है।

film-name = शीर्षक
film-director = निर्देशक
film-genre = शैली
film-score = रेटिंग
film-popularity = लोकप्रियता
film-year = वर्ष
film-runtime = अवधि
film-votes = वोट
film-added = जोड़ी गई
film-changed = अंतिम बदलाव
# Before the names of directors.
film-directed-by = निर्देशक:
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [one] { $votes } वोट
   *[other] { $votes } वोट
  }
film-hours-and-minutes = { $hours } घं॰ { $minutes } मि॰
film-hours = { $hours } घं॰
film-minutes = { $minutes } मि॰
# The text of a picture for those who do not see it.
film-poster = { $name } का पोस्टर
film-similar = इससे मिलती-जुलती फ़िल्में
film-edit = संपादित करें
film-history = इतिहास
