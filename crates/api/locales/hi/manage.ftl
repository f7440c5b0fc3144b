# प्रबंधन: शैलियाँ, उपयोगकर्ता, आयात और बदलाव।

manage-add = जोड़ें
manage-edit = संपादित करें
manage-delete = हटाएँ
manage-show-all = सभी दिखाएँ
manage-sort-name = नाम के अनुसार
manage-sort-count = सबसे अधिक फ़िल्में पहले
manage-name = नाम
manage-actions = कार्रवाइयाँ
manage-state = स्थिति
manage-created = बनाया गया
manage-when = कब
manage-who = किसने
manage-size-bytes = { $count ->
    [one] { $count } बाइट
   *[other] { $count } बाइट
}
manage-size-kb = { $size } kB
manage-size-mb = { $size } MB
manage-size-gb = { $size } GB

manage-genre-search = शैलियाँ खोजें
manage-genre-new = नई शैली
manage-genre-see = वह शैली देखें
manage-genre-edit-movies = इसकी फ़िल्में संपादित करें
manage-genre-show-movies = इसकी फ़िल्में देखें
manage-genre-listing = { $count ->
    [one] फ़िल्म: { $name } की फ़िल्में देखें
   *[other] फ़िल्में: { $name } की फ़िल्में देखें
}
manage-genres-all = सभी शैलियाँ
manage-genres-count = { $count ->
    [one] { $count } शैली
   *[other] { $count } शैलियाँ
}
manage-genres-none = अभी कोई शैली नहीं है।
manage-genres-not-found = किसी शैली के नाम में यह नहीं है।
manage-genre-movies = { $count ->
    [0] किसी फ़िल्म की यह शैली नहीं है।
    [one] { $count } फ़िल्म की यह शैली है।
   *[other] { $count } फ़िल्मों की यह शैली है।
}
manage-genre-added = शैली { $name } जोड़ दी गई।
manage-genre-renamed = शैली का नाम अब { $name } है।
manage-genre-merged = { $count ->
    [0] शैली को { $name } में मिला दिया गया; उसमें कोई फ़िल्म नहीं थी।
    [one] { $count } फ़िल्म अब { $name } में है।
   *[other] { $count } फ़िल्में अब { $name } में हैं।
}
manage-genre-deleted = शैली हटा दी गई।
manage-genre-rename = नाम बदलें
manage-genre-rename-hint = नया नाम इस शैली की हर फ़िल्म में तुरंत दिखता है।
manage-genre-merge-instead = इसके बजाय उसी में मिलाएँ
manage-genre-merge = मिलाएँ
manage-genre-merge-title = किसी दूसरी शैली में मिलाएँ
manage-genre-merge-hint = फ़िल्मों को इस शैली की जगह दूसरी शैली मिलती है, और यह हटा दी जाती है। कितनी फ़िल्में हैं, यह आप पहले देखेंगे।
manage-genre-merge-into = जो शैली रहेगी
manage-genre-merge-choose = कोई दूसरी शैली चुनें
manage-genre-merge-text = { $count ->
    [0] किसी फ़िल्म की शैली { $name } नहीं है। इसे हटा दिया जाएगा और { $target } रहेगी। इसे वापस नहीं किया जा सकता।
    [one] { $count } फ़िल्म को { $name } की जगह शैली { $target } मिलेगी और { $name } हटा दी जाएगी। इसे वापस नहीं किया जा सकता।
   *[other] { $count } फ़िल्मों को { $name } की जगह शैली { $target } मिलेगी और { $name } हटा दी जाएगी। इसे वापस नहीं किया जा सकता।
}
manage-genre-delete-title = शैली हटाएँ
manage-genre-delete-hint = यह उन फ़िल्मों से हट जाएगी जिनकी यह शैली है। कितनी फ़िल्में हैं, यह आप पहले देखेंगे।
manage-genre-delete-text = { $count ->
    [0] किसी फ़िल्म की शैली { $name } नहीं है। इसे हटा दिया जाएगा।
    [one] { $count } फ़िल्म से शैली { $name } हट जाएगी और शैली मिटा दी जाएगी। इसे वापस नहीं किया जा सकता।
   *[other] { $count } फ़िल्मों से शैली { $name } हट जाएगी और शैली मिटा दी जाएगी। इसे वापस नहीं किया जा सकता।
}
manage-genre-in-use = इस बीच कुछ फ़िल्मों को यह शैली मिल गई है। कुछ भी नहीं हटाया गया।

manage-user-search = उपयोगकर्ता खोजें
manage-users-count = { $count ->
    [one] { $count } उपयोगकर्ता
   *[other] { $count } उपयोगकर्ता
}
manage-users-not-found = किसी उपयोगकर्ता के नाम में यह नहीं है।
manage-role = भूमिका
manage-role-admin = एडमिन
manage-role-user = उपयोगकर्ता
manage-enabled = सक्रिय
manage-disabled = निष्क्रिय
manage-you = आप
manage-user-promote = एडमिन बनाएँ
manage-user-demote = सामान्य उपयोगकर्ता बनाएँ
manage-user-disable = निष्क्रिय करें
manage-user-enable = सक्रिय करें
manage-user-promote-title = एडमिन बनाएँ
manage-user-promote-text = { $name } आपकी तरह सब कुछ बदल सकेंगे।
manage-user-demote-title = सामान्य उपयोगकर्ता बनाएँ
manage-user-demote-text = { $name } केवल पढ़ सकेंगे।
manage-user-demote-self = आप, { $name }, केवल पढ़ सकेंगे। इसे कोई दूसरा एडमिन ही वापस कर सकता है।
manage-user-disable-title = खाता निष्क्रिय करें
manage-user-disable-text = { $name } लॉग इन नहीं कर सकेंगे और हर जगह से लॉग आउट हो जाएँगे।
manage-user-disable-self = आप, { $name }, लॉग आउट हो जाएँगे और फिर लॉग इन नहीं कर सकेंगे। इसे कोई दूसरा एडमिन ही वापस कर सकता है।
manage-user-enable-title = खाता सक्रिय करें
manage-user-enable-text = { $name } फिर से लॉग इन कर सकेंगे।
manage-user-delete-title = खाता हटाएँ
manage-user-delete-text = खाता { $name } और उसके टोकन हटा दिए जाएँगे। उससे किए गए बदलाव बने रहेंगे। इसे वापस नहीं किया जा सकता।
manage-user-delete-self = आपका अपना खाता { $name } और उसके टोकन हटा दिए जाएँगे। आपके किए बदलाव बने रहेंगे। इसे वापस नहीं किया जा सकता।
manage-user-changed = उपयोगकर्ता बदल दिया गया।
manage-user-deleted = उपयोगकर्ता हटा दिया गया।
manage-user-last-admin = यह आख़िरी एडमिन है, जिसके बिना कोई सर्वर का प्रबंधन नहीं कर सकेगा। पहले किसी दूसरे उपयोगकर्ता को एडमिन बनाएँ।

manage-import-text = फ़िल्मों की फ़ाइल अपलोड करें। पहले आप देखेंगे कि क्या बदलेगा; आपके कहने से पहले कुछ भी सहेजा नहीं जाता।
manage-import-file = फ़ाइल
manage-import-hint = JSON (एक ऐरे, या हर पंक्ति में एक ऑब्जेक्ट) या CSV, gzip से संपीड़ित भी; अधिकतम { $size }।
manage-import-upload = अपलोड करके जाँचें
manage-import-no-file = कोई ऐसी फ़ाइल चुनें जो खाली न हो।
manage-import-too-large = फ़ाइल बहुत बड़ी है: संपीड़न हटाने पर अधिकतम { $size } तक ली जाती है।
manage-import-no-place = सर्वर पर बहुत-सी अपलोड की गई फ़ाइलें इंतज़ार में हैं। उनमें से किसी को आयात करें या छोड़ दें, या बाद में फिर कोशिश करें।
manage-import-busy = एक साथ जितने आयात चल सकते हैं, उतने चल रहे हैं। कृपया थोड़ी देर में फिर कोशिश करें।
manage-import-yours = आपकी अपलोड की गई फ़ाइलें
manage-import-kept-most = यहाँ आपके आयात के इंतज़ार में अधिकतम { $count } फ़ाइलें रहती हैं: एक और आने पर सबसे पुरानी हटा दी जाती है।
manage-imports-none = अभी कुछ भी आयात नहीं हुआ है।
manage-imports-all = सभी आयात
manage-import-source = स्रोत
manage-import-uploaded = अपलोड हो गई
manage-import-checking = जाँच हो रही है
manage-import-checked = जाँची गई
manage-import-applying = आयात हो रहा है
manage-import-done = आयात हो गया
manage-import-failed = विफल
manage-import-cancelled = रद्द
manage-import-interrupted = बीच में रुका
manage-why = क्यों?
manage-import-uploaded-text = फ़ाइल सर्वर पर है। अब जाँचा जाएगा कि वह क्या बदलेगी।
manage-import-checking-text = एक परीक्षण पता लगा रहा है कि फ़ाइल क्या बदलेगी। कुछ भी सहेजा नहीं जाता।
manage-import-checked-text = अभी आयात करने पर यह होगा। अब तक कुछ भी सहेजा नहीं गया है।
manage-import-applying-text = आप यह पृष्ठ छोड़ सकते हैं: आयात चलता रहेगा। जो सहेजा जा चुका है, वह बना रहेगा।
manage-import-nothing = आयात से कुछ नहीं बदलेगा।
manage-import-done-text = आयात पूरा हो गया।
manage-import-kept = उससे पहले जो सहेजा गया, वह बना रहेगा; यहाँ उसी की गिनती है। फिर से आयात करने पर फ़ाइल बाकी जोड़ देगी।
manage-import-not-stored = कुछ भी सहेजा नहीं गया।
manage-import-failed-feed = फ़ाइल अंत तक पढ़ी नहीं जा सकती:
manage-import-failed-server = सर्वर आगे नहीं बढ़ सका। कारण उसके लॉग में है।
manage-import-progress = फ़ाइल का पढ़ा गया भाग
manage-import-read = { $count ->
    [0] पहले रिकॉर्ड संसाधित हो रहे हैं
    [one] अब तक { $count } रिकॉर्ड संसाधित
   *[other] अब तक { $count } रिकॉर्ड संसाधित
}
manage-import-check = जाँचें
manage-import-apply = आयात करें
manage-import-stop = रद्द करें
manage-import-discard = छोड़ दें
manage-import-another = दूसरी फ़ाइल आयात करें
manage-import-changes = बदलाव देखें
manage-created-count = नई
manage-updated-count = बदली गईं
manage-unchanged-count = अपरिवर्तित
manage-rejected-count = अस्वीकृत
manage-rejects = अस्वीकृत रिकॉर्ड
manage-rejects-text = { $count ->
    [one] { $count } रिकॉर्ड नियम तोड़ता है और छोड़ दिया जाता है।
   *[other] { $count } रिकॉर्ड नियम तोड़ते हैं और छोड़ दिए जाते हैं।
}
manage-rejects-csv = CSV में
manage-rejects-ndjson = NDJSON में
manage-rejects-cut = एक फ़ाइल के लिए ये बहुत अधिक हैं: उसमें शुरू के ही हैं।
manage-rejects-first = { $count ->
    [one] टूटा हुआ नियम
   *[other] पहले { $count } टूटे हुए नियम
}
manage-record = रिकॉर्ड
manage-record-whole = पूरा रिकॉर्ड
manage-reason = कारण

manage-changes-filter = बदलाव छाँटें
manage-any = कोई भी
manage-how = किस माध्यम से
manage-what-done = क्या किया गया
manage-to-what = किस पर
manage-changes-no-user = किसी उपयोगकर्ता का ऐसा नाम नहीं हो सकता।
manage-changes-none = अभी कुछ भी नहीं बदला गया है।
manage-changes-not-found = ऐसे कोई बदलाव नहीं हैं।
manage-changes-go-on = हाल के बदलावों में ऐसा कोई नहीं है। पुराने बदलावों में हो सकता है।
manage-changes-api = API में ये बदलाव
manage-movie-created = फ़िल्म जोड़ी गई
manage-movie-updated = फ़िल्म बदली गई
manage-movie-deleted = फ़िल्म हटाई गई
manage-movies-created = { $count ->
    [one] आयात से { $count } फ़िल्म जोड़ी गई
   *[other] आयात से { $count } फ़िल्में जोड़ी गईं
}
manage-genre-change-created = शैली जोड़ी गई
manage-genre-change-renamed = शैली का नाम बदला गया
manage-genre-change-deleted = शैली हटाई गई
manage-differences = { $count ->
    [one] { $count } फ़ील्ड
   *[other] { $count } फ़ील्ड
}
manage-before = पहले:
manage-after = अब:
