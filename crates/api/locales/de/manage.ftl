# Verwaltung: Genres, Benutzer, Importe und Änderungen.

manage-add = Hinzufügen
manage-edit = Bearbeiten
manage-delete = Löschen
manage-show-all = Alle anzeigen
manage-sort-name = Nach Name
manage-sort-count = Meiste Filme zuerst
manage-name = Name
manage-actions = Aktionen
manage-state = Status
manage-created = Erstellt
manage-when = Wann
manage-who = Wer
manage-size-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Byte
}
manage-size-kb = { $size } kB
manage-size-mb = { $size } MB
manage-size-gb = { $size } GB

manage-genre-search = Genres suchen
manage-genre-new = Neues Genre
manage-genre-see = Dieses Genre ansehen
manage-genre-edit-movies = Filme bearbeiten
manage-genre-show-movies = Filme anzeigen
manage-genre-listing = { $count ->
    [one] Film: den mit { $name } anzeigen
   *[other] Filme: die mit { $name } anzeigen
}
manage-genres-all = Alle Genres
manage-genres-count = { $count ->
    [one] { $count } Genre
   *[other] { $count } Genres
}
manage-genres-none = Es gibt noch keine Genres.
manage-genres-not-found = Kein Genre hat das in seinem Namen.
manage-genre-movies = { $count ->
    [0] Kein Film hat dieses Genre.
    [one] { $count } Film hat dieses Genre.
   *[other] { $count } Filme haben dieses Genre.
}
manage-genre-added = Das Genre { $name } wurde hinzugefügt.
manage-genre-renamed = Das Genre heißt jetzt { $name }.
manage-genre-merged = { $count ->
    [0] Das Genre wurde mit { $name } zusammengeführt; kein Film hatte es.
    [one] { $count } Film gehört jetzt zu { $name }.
   *[other] { $count } Filme gehören jetzt zu { $name }.
}
manage-genre-deleted = Das Genre wurde gelöscht.
manage-genre-rename = Umbenennen
manage-genre-rename-hint = Der neue Name erscheint sofort bei allen Filmen, die das Genre haben.
manage-genre-merge-instead = Stattdessen mit ihm zusammenführen
manage-genre-merge = Zusammenführen
manage-genre-merge-title = Mit einem anderen Genre zusammenführen
manage-genre-merge-hint = Die Filme erhalten das andere Genre anstelle von diesem, und dieses wird entfernt. Wie viele es sind, sehen Sie vorher.
manage-genre-merge-into = Das Genre, das bleibt
manage-genre-merge-choose = Wählen Sie ein anderes Genre
manage-genre-merge-text = { $count ->
    [0] Kein Film hat das Genre { $name }. Es wird entfernt, und { $target } bleibt. Das lässt sich nicht rückgängig machen.
    [one] { $count } Film erhält das Genre { $target } anstelle von { $name }, das entfernt wird. Das lässt sich nicht rückgängig machen.
   *[other] { $count } Filme erhalten das Genre { $target } anstelle von { $name }, das entfernt wird. Das lässt sich nicht rückgängig machen.
}
manage-genre-delete-title = Genre löschen
manage-genre-delete-hint = Es wird allen Filmen genommen, die es haben. Wie viele es sind, sehen Sie vorher.
manage-genre-delete-text = { $count ->
    [0] Kein Film hat das Genre { $name }. Es wird gelöscht.
    [one] { $count } Film verliert das Genre { $name }, das gelöscht wird. Das lässt sich nicht rückgängig machen.
   *[other] { $count } Filme verlieren das Genre { $name }, das gelöscht wird. Das lässt sich nicht rückgängig machen.
}
manage-genre-in-use = Inzwischen gibt es Filme mit diesem Genre. Es wurde nichts gelöscht.

manage-user-search = Benutzer suchen
manage-users-count = { $count ->
    [one] { $count } Benutzer
   *[other] { $count } Benutzer
}
manage-users-not-found = Kein Benutzer hat das in seinem Namen.
manage-role = Rolle
manage-role-admin = Admin
manage-role-user = Benutzer
manage-enabled = Aktiv
manage-disabled = Gesperrt
manage-you = Sie
manage-user-promote = Zum Admin machen
manage-user-demote = Zum Benutzer machen
manage-user-disable = Sperren
manage-user-enable = Entsperren
manage-user-promote-title = Zum Admin machen
manage-user-promote-text = { $name } kann dann alles ändern, so wie Sie.
manage-user-demote-title = Zum einfachen Benutzer machen
manage-user-demote-text = { $name } kann dann nur noch lesen.
manage-user-demote-self = Sie, { $name }, können dann nur noch lesen. Nur ein anderer Admin kann das rückgängig machen.
manage-user-disable-title = Konto sperren
manage-user-disable-text = { $name } kann sich dann nicht mehr anmelden und wird überall abgemeldet.
manage-user-disable-self = Sie, { $name }, werden abgemeldet und können sich nicht mehr anmelden. Nur ein anderer Admin kann das rückgängig machen.
manage-user-enable-title = Konto entsperren
manage-user-enable-text = { $name } kann sich dann wieder anmelden.
manage-user-delete-title = Konto löschen
manage-user-delete-text = Das Konto { $name } und seine Tokens werden gelöscht. Was damit geändert wurde, bleibt. Das lässt sich nicht rückgängig machen.
manage-user-delete-self = Ihr eigenes Konto { $name } und seine Tokens werden gelöscht. Was Sie geändert haben, bleibt. Das lässt sich nicht rückgängig machen.
manage-user-changed = Der Benutzer wurde geändert.
manage-user-deleted = Der Benutzer wurde gelöscht.
manage-user-last-admin = Das ist der letzte Admin; ohne ihn könnte niemand den Server verwalten. Machen Sie zuerst jemand anderen zum Admin.

manage-import-text = Laden Sie eine Datei mit Filmen hoch. Zuerst sehen Sie, was sie ändern würde; gespeichert wird erst, wenn Sie es sagen.
manage-import-file = Datei
manage-import-hint = JSON (ein Array oder ein Objekt je Zeile) oder CSV, auch mit gzip komprimiert; höchstens { $size }.
manage-import-upload = Hochladen und prüfen
manage-import-no-file = Wählen Sie eine Datei, die nicht leer ist.
manage-import-too-large = Die Datei ist zu groß: Angenommen werden höchstens { $size }, entpackt.
manage-import-no-place = Auf dem Server warten zu viele hochgeladene Dateien. Importieren oder verwerfen Sie eine davon, oder versuchen Sie es später noch einmal.
manage-import-busy = Es laufen so viele Importe, wie gleichzeitig laufen dürfen. Bitte versuchen Sie es gleich noch einmal.
manage-import-yours = Ihre hochgeladenen Dateien
manage-import-kept-most = Höchstens { $count } Dateien warten hier darauf, dass Sie sie importieren: eine weitere tritt an die Stelle der ältesten.
manage-imports-none = Es wurde noch nichts importiert.
manage-imports-all = Alle Importe
manage-import-source = Quelle
manage-import-uploaded = Hochgeladen
manage-import-checking = Wird geprüft
manage-import-checked = Geprüft
manage-import-applying = Wird importiert
manage-import-done = Importiert
manage-import-failed = Fehlgeschlagen
manage-import-cancelled = Abgebrochen
manage-import-interrupted = Unterbrochen
manage-why = Warum?
manage-import-uploaded-text = Die Datei ist auf dem Server. Als Nächstes wird geprüft, was sie ändern würde.
manage-import-checking-text = Ein Probelauf ermittelt, was die Datei ändern würde. Gespeichert wird nichts.
manage-import-checked-text = Das würde ein Import jetzt tun. Gespeichert ist noch nichts.
manage-import-applying-text = Sie können diese Seite verlassen: Der Import läuft weiter. Was gespeichert ist, bleibt gespeichert.
manage-import-nothing = Ein Import würde nichts ändern.
manage-import-done-text = Der Import ist fertig.
manage-import-kept = Was vorher gespeichert wurde, bleibt und ist hier gezählt. Wird die Datei noch einmal importiert, kommt das Fehlende hinzu.
manage-import-not-stored = Es wurde nichts gespeichert.
manage-import-failed-feed = Die Datei lässt sich nicht zu Ende lesen:
manage-import-failed-server = Der Server konnte nicht weitermachen. Der Grund steht in seinem Protokoll.
manage-import-progress = Gelesener Teil der Datei
manage-import-read = { $count ->
    [0] Die ersten Datensätze sind unterwegs
    [one] Bisher { $count } Datensatz verarbeitet
   *[other] Bisher { $count } Datensätze verarbeitet
}
manage-import-check = Prüfen
manage-import-apply = Importieren
manage-import-stop = Abbrechen
manage-import-discard = Verwerfen
manage-import-another = Weitere Datei importieren
manage-import-changes = Änderungen ansehen
manage-created-count = Neu
manage-updated-count = Geändert
manage-unchanged-count = Unverändert
manage-rejected-count = Abgelehnt
manage-rejects = Abgelehnte Datensätze
manage-rejects-text = { $count ->
    [one] { $count } Datensatz verletzt Regeln und wird ausgelassen.
   *[other] { $count } Datensätze verletzen Regeln und werden ausgelassen.
}
manage-rejects-csv = Als CSV
manage-rejects-ndjson = Als NDJSON
manage-rejects-cut = Für eine Datei sind es zu viele: Sie enthält die ersten.
manage-rejects-first = { $count ->
    [one] Die verletzte Regel
   *[other] Die ersten { $count } verletzten Regeln
}
manage-record = Datensatz
manage-record-whole = der ganze Datensatz
manage-reason = Grund

manage-changes-filter = Änderungen filtern
manage-any = Alle
manage-how = Auf welchem Weg
manage-what-done = Was geschah
manage-to-what = Womit
manage-changes-no-user = So kann kein Benutzer heißen.
manage-changes-none = Es wurde noch nichts geändert.
manage-changes-not-found = Solche Änderungen gibt es nicht.
manage-changes-go-on = Unter den letzten Änderungen ist keine solche. Unter älteren vielleicht.
manage-changes-api = Diese Änderungen in der API
manage-movie-created = Film hinzugefügt
manage-movie-updated = Film geändert
manage-movie-deleted = Film entfernt
manage-movies-created = { $count ->
    [one] { $count } Film durch einen Import hinzugefügt
   *[other] { $count } Filme durch einen Import hinzugefügt
}
manage-genre-change-created = Genre hinzugefügt
manage-genre-change-renamed = Genre umbenannt
manage-genre-change-deleted = Genre entfernt
manage-differences = { $count ->
    [one] { $count } Feld
   *[other] { $count } Felder
}
manage-before = vorher:
manage-after = jetzt:
