# Anmelden, Registrieren, das eigene Konto.

login-title = Anmelden
login-button = Anmelden
login-wrong = Benutzername oder Passwort ist falsch.
login-too-many = Zu viele falsche Passwörter. Bitte warten Sie einige Minuten.
login-no-account = Noch kein Konto?
username = Benutzername
password = Passwort
password-show = Passwort anzeigen
form-wrong = Bitte prüfen Sie die markierten Felder.

register-title = Konto anlegen
register-button = Konto anlegen
register-have-account = Haben Sie schon ein Konto?
register-too-many = Von Ihrer Adresse aus wurden zu viele Konten angelegt. Bitte warten Sie einige Minuten.
register-closed = Die Registrierung ist geschlossen
register-closed-text = Auf diesem Server legen die Betreiber die Konten an.
username-hint = { $min } bis { $max } Zeichen: Buchstaben a–z, Ziffern, „.“, „_“ und „-“
password-hint = { $min } bis { $max } Zeichen, nicht der Benutzername. Einige Wörter, die sonst niemand zusammenstellen würde, merkt man sich leicht, und sie sind schwer zu erraten.

account-title = Ihr Konto
account-since = Konto seit { $date }
account-role-admin = Verwaltung
account-role-user = Lesen
account-language-button = Diese Sprache verwenden
account-language-done = Die Sprache wurde geändert.
account-password-title = Passwort ändern
account-password-text = Mit der Änderung enden alle Ihre anderen Anmeldungen und alle Ihre Token.
account-password-current = Jetziges Passwort
account-password-new = Neues Passwort
account-password-button = Passwort ändern
account-password-done = Ihr Passwort wurde geändert. Alle anderen Anmeldungen und alle Token sind beendet.
account-password-too-many = Zu viele falsche Passwörter. Bitte warten Sie einige Minuten.

tokens-title = Meine Token
tokens-text = Mit einem Token handelt ein Programm über die API für Sie, bis es abläuft oder Sie es widerrufen.
tokens-none = Sie haben keine Token.
tokens-too-many =
    { $most ->
        [one] Sie haben schon { $most } Token; mehr sind für ein Konto nicht möglich. Widerrufen Sie es, wenn Sie es nicht mehr brauchen.
       *[other] Sie haben schon { $most } Token; mehr sind für ein Konto nicht möglich. Widerrufen Sie eines, das Sie nicht mehr brauchen.
    }
token-name = Name
token-name-hint = Wofür es da ist, zum Beispiel „nächtliche Sicherung“
token-days = Gültigkeit in Tagen
token-days-hint = { $min } bis { $max } Tage
token-create = Token anlegen
token-made = Ihr neues Token
token-made-text = Kopieren Sie es jetzt: Sie sehen es nicht wieder.
token-made-use = Ein Programm sendet es mit jeder Anfrage in diesem Header:
token-copy = Kopieren
token-copied = Kopiert
token-created = Angelegt
token-last-used = Zuletzt benutzt
token-expires = Läuft ab
token-never-used = Nie
token-actions = Aktionen
token-revoke = Widerrufen
token-revoke-label = Das Token { $name } widerrufen
token-revoke-title = Dieses Token widerrufen?
token-revoke-text = Programme, die es benutzen, werden von da an abgewiesen. Das lässt sich nicht rückgängig machen.
token-revoke-done = Das Token wurde widerrufen.

logins-title = Anmeldungen
logins-text = Wo Sie angemeldet sind: Browser und Programme, die Ihr Passwort benutzen.
logins-more =
    { $count ->
        [one] { $count } ältere Anmeldung wird nicht angezeigt.
       *[other] { $count } ältere Anmeldungen werden nicht angezeigt.
    }
login-began = Angemeldet
login-this = Dieser Browser
login-end = Beenden
login-end-label = Die Anmeldung vom { $date } beenden
login-end-title = Diese Anmeldung beenden?
login-end-text = Dieser Browser oder dieses Programm muss sich dann neu anmelden.
login-end-done = Die Anmeldung wurde beendet.
keep = Abbrechen
