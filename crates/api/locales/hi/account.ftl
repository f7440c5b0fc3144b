# लॉग इन, पंजीकरण और अपना खाता।

login-title = लॉग इन करें
login-button = लॉग इन करें
login-wrong = उपयोगकर्ता नाम या पासवर्ड ग़लत है।
login-too-many = बहुत बार ग़लत पासवर्ड डाला गया। कृपया कुछ मिनट रुकें।
login-no-account = अभी तक खाता नहीं है?
username = उपयोगकर्ता नाम
password = पासवर्ड
password-show = पासवर्ड दिखाएँ
form-wrong = कृपया चिह्नित जगहों को जाँचें।

register-title = खाता बनाएँ
register-button = खाता बनाएँ
register-have-account = क्या आपका खाता पहले से है?
register-too-many = आपके पते से बहुत सारे खाते बनाए गए हैं। कृपया कुछ मिनट रुकें।
register-closed = पंजीकरण बंद है
register-closed-text = इस सर्वर पर खाते इसके संचालक बनाते हैं।
username-hint = { $min } से { $max } वर्ण: a–z अक्षर, अंक, “.”, “_” और “-”
password-hint = { $min } से { $max } वर्ण, और उपयोगकर्ता नाम से अलग। कुछ ऐसे शब्द साथ रखें जो कोई और न रखे: उन्हें याद रखना आसान और भाँपना कठिन होता है।

account-title = आपका खाता
account-since = खाता { $date } को बना
account-role-admin = व्यवस्थापक
account-role-user = पाठक
account-language-button = यह भाषा चुनें
account-language-done = भाषा बदल दी गई।
account-password-title = पासवर्ड बदलें
account-password-text = पासवर्ड बदलने पर आपके बाकी सभी लॉग इन और सभी टोकन समाप्त हो जाते हैं।
account-password-current = वर्तमान पासवर्ड
account-password-new = नया पासवर्ड
account-password-button = पासवर्ड बदलें
account-password-done = आपका पासवर्ड बदल दिया गया। बाकी सभी लॉग इन और सभी टोकन समाप्त हो गए हैं।
account-password-too-many = बहुत बार ग़लत पासवर्ड डाला गया। कृपया कुछ मिनट रुकें।

tokens-title = मेरे टोकन
tokens-text = टोकन से कोई प्रोग्राम API के ज़रिए आपकी ओर से काम कर सकता है, जब तक उसकी अवधि समाप्त न हो या आप उसे रद्द न करें।
tokens-none = आपके पास कोई टोकन नहीं है।
tokens-too-many =
    { $most ->
        [one] आपके पास पहले से { $most } टोकन है; एक खाते में इससे ज़्यादा नहीं हो सकते। अगर उसकी ज़रूरत न हो तो उसे रद्द करें।
       *[other] आपके पास पहले से { $most } टोकन हैं; एक खाते में इससे ज़्यादा नहीं हो सकते। जिसकी ज़रूरत न हो उसे रद्द करें।
    }
token-name = नाम
token-name-hint = यह किस काम के लिए है, जैसे “रात का बैकअप”
token-days = कितने दिन मान्य रहे
token-days-hint = { $min } से { $max } दिन
token-create = टोकन बनाएँ
token-made = आपका नया टोकन
token-made-text = इसे अभी कॉपी करें: यह दोबारा नहीं दिखेगा।
token-made-use = प्रोग्राम इसे हर अनुरोध के साथ इस हेडर में भेजता है:
token-copy = कॉपी करें
token-copied = कॉपी हो गया
token-created = बनाया गया
token-last-used = पिछला उपयोग
token-expires = समाप्ति
token-never-used = कभी नहीं
token-actions = कार्रवाइयाँ
token-revoke = रद्द करें
token-revoke-label = टोकन { $name } रद्द करें
token-revoke-title = क्या यह टोकन रद्द करें?
token-revoke-text = उसके बाद इसका उपयोग करने वाले प्रोग्राम अस्वीकार किए जाएँगे। इसे वापस नहीं लिया जा सकता।
token-revoke-done = टोकन रद्द कर दिया गया।

logins-title = लॉग इन
logins-text = आप जहाँ लॉग इन हैं: ब्राउज़र, और आपके पासवर्ड का उपयोग करने वाले प्रोग्राम।
logins-more =
    { $count ->
        [one] { $count } पुराना लॉग इन नहीं दिखाया गया है।
       *[other] { $count } पुराने लॉग इन नहीं दिखाए गए हैं।
    }
login-began = लॉग इन का समय
login-this = यह ब्राउज़र
login-end = समाप्त करें
login-end-label = { $date } का लॉग इन समाप्त करें
login-end-title = क्या यह लॉग इन समाप्त करें?
login-end-text = उस ब्राउज़र या प्रोग्राम को फिर से लॉग इन करना होगा।
login-end-done = लॉग इन समाप्त कर दिया गया।
keep = रहने दें
