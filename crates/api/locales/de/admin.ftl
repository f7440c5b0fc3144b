# Der Verwaltungsbereich: Navigation, Übersicht, Filme und ihre Geschichte.

admin-navigation = Verwaltung
admin-nav-dashboard = Übersicht
admin-nav-genres = Genres
admin-nav-users = Benutzer
admin-nav-import = Import
admin-nav-changes = Änderungen

admin-figure-movies = { $count ->
    [one] Film
   *[other] Filme
}
admin-figure-genres = { $count ->
    [one] Genre
   *[other] Genres
}
admin-figure-users = { $count ->
    [one] Benutzer
   *[other] Benutzer
}
admin-index = Suchindex
admin-index-current = Aktuell
admin-index-behind = Holt auf
admin-index-building = Wird aufgebaut
admin-index-no-database = Datenbank nicht erreichbar
admin-index-change = Zeigt alles bis zur Änderung { $number }
admin-last-changes = Letzte Änderungen
admin-all-changes = Alle Änderungen
admin-last-imports = Letzte Importe
admin-to-import = Filme importieren
admin-nothing-yet = Noch nichts.
admin-import-counts = { $created } neu, { $updated } geändert, { $rejected } abgelehnt

admin-program = ein Programm auf dem Server
admin-via-api = API
admin-via-page = Webseite
admin-via-import = Import
admin-via-cli = Kommandozeile
admin-action-create = Hinzugefügt
admin-action-update = Geändert
admin-action-delete = Entfernt

admin-find-movies = Filme finden
admin-search = Suche
admin-genre = Genre
admin-any-genre = Alle Genres
admin-sort = Reihenfolge
admin-sort-best = Beste zuerst
admin-sort-popularity = Beliebteste zuerst
admin-sort-name = Titel, A bis Z
admin-sort-score = Beste Bewertung zuerst
admin-sort-newest = Neueste Jahre zuerst
admin-sort-oldest = Älteste Jahre zuerst
admin-sort-changed = Zuletzt geänderte zuerst
admin-sort-added = Zuletzt hinzugefügte zuerst
admin-sort-id = Nach Nummer
admin-show = Anzeigen
admin-show-all = Alle Filme anzeigen
admin-none-found = Kein Film passt zu dieser Suche.
admin-no-movies = Es gibt noch keine Filme. Fügen Sie den ersten hinzu oder importieren Sie viele.
admin-movies-count = { $count ->
    [one] { $count } Film
   *[other] { $count } Filme
}
admin-movies-count-more = { $count } Filme oder mehr
admin-changed = Geändert
admin-history = Versionen
admin-history-of = Versionen von { $name }
admin-pages = Seiten
admin-page-of = Seite { $number } von { $last }
admin-previous = Vorherige Seite
admin-next = Nächste Seite

admin-choose = Auswählen
admin-choose-page = Alle auf dieser Seite auswählen
admin-choose-movie = { $name } auswählen
admin-chosen-none = Kein Film ausgewählt
admin-chosen-count = Ausgewählt: #
admin-select-matching = Alle { $count } Filme, die zu dieser Suche passen
admin-select-too-many = Mehr als { $most } Filme passen zu dieser Suche: Grenzen Sie sie ein, um alle auf einmal zu ändern.
admin-with-chosen = Mit den ausgewählten Filmen
admin-add-genres = Genres hinzufügen
admin-remove-genres = Genres wegnehmen
admin-set-genres = Alle Genres ersetzen
admin-delete-movies = Filme entfernen
admin-continue = Weiter
admin-cancel = Abbrechen
admin-confirm-delete = { $count ->
    [one] Diesen Film entfernen?
   *[other] { $count } Filme entfernen?
}
admin-confirm-add-genres = { $count ->
    [one] { $count } Film Genres hinzufügen?
   *[other] { $count } Filmen Genres hinzufügen?
}
admin-confirm-remove-genres = { $count ->
    [one] { $count } Film Genres wegnehmen?
   *[other] { $count } Filmen Genres wegnehmen?
}
admin-confirm-set-genres = { $count ->
    [one] Alle Genres von { $count } Film ersetzen?
   *[other] Alle Genres von { $count } Filmen ersetzen?
}
admin-all-genres-go = Diesen Filmen werden alle Genres weggenommen.
admin-unaffected = { $count ->
    [one] { $count } ausgewählter Film ist schon so und bleibt, wie er ist.
   *[other] { $count } ausgewählte Filme sind schon so und bleiben, wie sie sind.
}
admin-new-genres = Genres, die es noch nicht gibt und die angelegt werden:
admin-cannot-change = { $count ->
    [one] { $count } Film kann nicht so geändert werden und bleibt, wie er ist:
   *[other] { $count } Filme können nicht so geändert werden und bleiben, wie sie sind:
}
admin-delete-count = { $count ->
    [one] { $count } Film entfernen
   *[other] { $count } Filme entfernen
}
admin-change-count = { $count ->
    [one] { $count } Film ändern
   *[other] { $count } Filme ändern
}

admin-done-added = Hinzugefügt.
admin-done-saved = Gespeichert.
admin-done-removed = { $count ->
    [one] { $count } Film entfernt.
   *[other] { $count } Filme entfernt.
}
admin-done-restored = Wiederhergestellt.
admin-done-genres = { $count ->
    [one] Genres von { $count } Film geändert.
   *[other] Genres von { $count } Filmen geändert.
}
admin-done-undone = { $count ->
    [one] Rückgängig gemacht: { $count } Film ist wieder wie vorher.
   *[other] Rückgängig gemacht: { $count } Filme sind wieder wie vorher.
}
admin-done-unchanged = Alles ist schon so: Es wurde nichts geändert.
admin-undo = Rückgängig
admin-redo = Wiederholen
admin-not-undone-changed = { $count ->
    [one] Das lässt sich nicht rückgängig machen: { $count } Film wurde seitdem wieder geändert. Unter Versionen steht jeder Stand.
   *[other] Das lässt sich nicht rückgängig machen: { $count } Filme wurden seitdem wieder geändert. Unter Versionen steht jeder Stand.
}
admin-not-undone = Das lässt sich nicht mehr rückgängig machen. Frühere Stände stehen bei jedem Film unter Versionen.
admin-not-undone-imdb-id = Das lässt sich nicht rückgängig machen: Ein anderer Film hat inzwischen dieselbe IMDb-ID.
admin-not-done-stale = { $count ->
    [one] { $count } Film wurde inzwischen von jemand anderem geändert. Es wurde nichts getan: Bitte sehen Sie noch einmal nach.
   *[other] { $count } Filme wurden inzwischen von jemand anderem geändert. Es wurde nichts getan: Bitte sehen Sie noch einmal nach.
}
admin-nothing-chosen = Bitte wählen Sie zuerst mindestens einen Film aus.
admin-no-genre = Bitte nennen Sie mindestens ein Genre.

admin-add-movie = Film hinzufügen
admin-edit-movie = Film bearbeiten
admin-see-movie = Seite des Films
admin-field = Feld
admin-field-name = Titel
admin-field-director = Regie
admin-field-genres = Genres
admin-field-popularity = Beliebtheit
admin-field-score = IMDb-Wertung
admin-field-year = Jahr
admin-field-runtime = Laufzeit
admin-field-votes = Stimmen
admin-field-imdb-id = IMDb-ID
admin-field-overview = Inhalt
admin-field-poster = Plakat (URL)
admin-hint-director = Mehrere Namen durch Kommas trennen.
admin-hint-genres = Mehrere Genres durch Kommas (,) trennen.
admin-hint-range = { $least } bis { $most }
admin-hint-runtime = In Minuten
admin-hint-imdb-id = Wie tt0133093
admin-hint-poster = Die Adresse eines Bildes, beginnend mit https://
admin-genre-suggestions = Vorgeschlagene Genres
admin-suggestions-found = Vorschläge: #
admin-take-away = Wegnehmen:
admin-save = Speichern
admin-save-another = Speichern und weiteren hinzufügen
admin-delete = Entfernen
admin-delete-text = Sie können das danach rückgängig machen und den Film später aus seinen Versionen wiederherstellen.
admin-form-wrong = Noch nicht gespeichert: Bitte berichtigen Sie die markierten Felder.
admin-duplicate = Ein Film mit demselben Titel, derselben Regie und demselben Jahr ist schon da:
admin-save-anyway = Trotzdem speichern
admin-imdb-id-taken = Ein anderer Film hat diese IMDb-ID:
admin-to-that-movie = Zu diesem Film

admin-conflict = Jemand hat gespeichert, während Sie bearbeiteten
admin-conflict-text = Von Ihren Eingaben ist nichts verloren. Wählen Sie für jedes Feld, was bleiben soll, und speichern Sie dann.
admin-conflict-removed = Der Film wurde entfernt, während Sie ihn bearbeiteten. Von Ihren Eingaben ist nichts verloren: Sie können den Film damit wiederherstellen.
admin-conflict-none = Ihre Eingaben und der gespeicherte Stand sind gleich.
admin-conflict-equal = { $count ->
    [one] { $count } Feld ist auf beiden Seiten gleich
   *[other] { $count } Felder sind auf beiden Seiten gleich
}
admin-conflict-typed = Ihre Eingaben
admin-mine = Ihre Fassung
admin-theirs = Andere Fassung
admin-empty = leer
admin-save-choice = Auswahl speichern
admin-restore-and-save = Wiederherstellen und meine Fassung speichern
admin-discard = Meine Fassung verwerfen

admin-changes-count = { $count ->
    [one] { $count } Änderung ist aufbewahrt.
   *[other] { $count } Änderungen sind aufbewahrt.
}
admin-version = Version { $number }
admin-version-current = Aktuell
admin-before = Vorher
admin-after = Nachher
admin-differences = Unterschiede
admin-latest = Neueste Änderungen
admin-older = Ältere Änderungen
admin-movie-is-removed = Dieser Film wurde entfernt. Er kann wiederhergestellt werden.
admin-restore-version = Diese Version wiederherstellen
admin-restore-movie = Film wiederherstellen
admin-restore-title = Version { $number } wiederherstellen?
admin-restore-text = Der Film erhält diese Angaben wieder, als neue Version. Sie können das danach rückgängig machen.
admin-restore-removed-text = Der Film kommt mit diesem Inhalt zurück. Sie können das danach rückgängig machen.
admin-restore-same = Der Film ist schon so: Es wird sich nichts ändern.
admin-restore = Wiederherstellen
admin-restore-anyway = Trotzdem wiederherstellen
