# चित्रों में सूची।

stats-title = चित्रों में फ़िल्म सूची
stats-intro =
    { $count ->
        [one] { $count } फ़िल्म। हर पट्टी और हर ख़ाने से उसकी फ़िल्मों तक पहुँचा जा सकता है।
       *[other] { $count } फ़िल्में। हर पट्टी और हर ख़ाने से उसकी फ़िल्मों तक पहुँचा जा सकता है।
    }
stats-empty = अभी कोई फ़िल्म नहीं है
stats-empty-text = सूची में फ़िल्में आते ही वे यहाँ चित्रों में दिखेंगी।
stats-nothing = अभी दिखाने के लिए कुछ नहीं है।
stats-figures = आँकड़े तालिका में
stats-decades = हर दशक की फ़िल्में
stats-decade-head = दशक
stats-decade = { $decade } का दशक
stats-without-year =
    { $count ->
        [one] { $count } फ़िल्म का वर्ष दर्ज नहीं है, वह यहाँ नहीं दिखाई गई है।
       *[other] { $count } फ़िल्मों का वर्ष दर्ज नहीं है, वे यहाँ नहीं दिखाई गई हैं।
    }
stats-genres = शैली के अनुसार फ़िल्में
stats-genres-text = हर फ़िल्म अपनी हर शैली में गिनी जाती है।
stats-genres-more =
    { $count ->
        [one] तालिका में { $count } और शैली है।
       *[other] तालिका में { $count } और शैलियाँ हैं।
    }
stats-scores = अंक
stats-score = अंक
stats-without-score =
    { $count ->
        [one] { $count } फ़िल्म के अंक दर्ज नहीं हैं, वह यहाँ नहीं दिखाई गई है।
       *[other] { $count } फ़िल्मों के अंक दर्ज नहीं हैं, वे यहाँ नहीं दिखाई गई हैं।
    }
stats-both = अंक और लोकप्रियता
stats-both-text = ख़ाने का रंग जितना गहरा, उतनी ज़्यादा फ़िल्मों के ये अंक और यह लोकप्रियता है।
stats-both-caption = आड़े: अंक। खड़े: लोकप्रियता।
stats-popularity = लोकप्रियता
stats-without-both =
    { $count ->
        [one] { $count } फ़िल्म के अंक या लोकप्रियता दर्ज नहीं है, वह यहाँ नहीं दिखाई गई है।
       *[other] { $count } फ़िल्मों के अंक या लोकप्रियता दर्ज नहीं है, वे यहाँ नहीं दिखाई गई हैं।
    }
stats-band = { $from } से { $to } से कम
stats-band-last = { $from } से { $to }
stats-movies =
    { $count ->
        [one] { $count } फ़िल्म
       *[other] { $count } फ़िल्में
    }
stats-movies-at-least =
    { $count ->
        [one] कम से कम { $count } फ़िल्म
       *[other] कम से कम { $count } फ़िल्में
    }
stats-at-least = कम से कम { $number }
stats-bar = { $label }: { $movies }
stats-cell = अंक { $score }, लोकप्रियता { $popularity }: { $movies }
