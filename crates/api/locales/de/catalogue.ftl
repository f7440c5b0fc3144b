# Lists of movies, and one movie.

list-title = Filme
# The title of a list of what was found for some text.
list-search-title = Ergebnisse für „{ $text }“
# Which of how many movies the page shows.
list-range = { $first }–{ $last } von { $total }
list-range-more = { $first }–{ $last } von mehr als { $total }
# The same for a page whose number is not known.
list-some = von { $total }
list-some-more = von mehr als { $total }
list-conditions = Aktive Filter
# Said to screen readers before a filter whose link takes it away.
list-remove = Diesen Filter entfernen:
list-clear-all = Alle entfernen
# A filter: words in names, directors or genres.
list-text = Suche
list-without-genre = Ohne
list-runtime = Minuten
list-genres = Genres
list-more-genres = Mehr Genres
list-sort = Sortieren nach
list-items = Pro Seite
list-apply = Anwenden
list-filters = Filter
list-score-from = Wertung ab
list-score-to = Wertung bis
list-year-from = Jahr ab
list-year-to = Jahr bis
list-show = Filme anzeigen
list-empty = Hier gibt es noch keine Filme
list-nothing = Kein Film passt dazu
list-nothing-text = Versuchen Sie es mit weniger Wörtern oder weniger Filtern.
list-did-you-mean = Meinten Sie eines davon?
list-clear = Filter entfernen
list-pages = Seiten
list-previous = Zurück
list-next = Weiter
list-page = Seite { $number }
list-api = Die API-Anfrage zu dieser Seite
# Between several names.
list-separator = { ", " }

list-sort-relevance = Beste Treffer
list-sort-popularity = Beliebteste
list-sort-popularity-up = Am wenigsten beliebt
list-sort-score = Höchste Wertung
list-sort-score-up = Niedrigste Wertung
list-sort-year = Neueste
list-sort-year-up = Älteste
list-sort-name = Titel, A bis Z
list-sort-name-down = Titel, Z bis A
list-sort-director = Regie, A bis Z
list-sort-director-down = Regie, Z bis A
list-sort-runtime = Längste
list-sort-runtime-up = Kürzeste
list-sort-votes = Meiste Stimmen
list-sort-votes-up = Wenigste Stimmen
list-sort-added = Zuletzt hinzugefügt
list-sort-added-up = Zuerst hinzugefügt
list-sort-changed = Zuletzt geändert
list-sort-changed-up = Zuerst geändert
# An order that is not in the menu, as it is written in the address.
list-sort-other = Wie angefragt: { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = „{ $name }“ wurde ignoriert: Diesen Filter gibt es nicht.
list-ignored-unknown-similar = „{ $name }“ wurde ignoriert: Diesen Filter gibt es nicht. Vielleicht war „{ $meant }“ gemeint.
list-ignored-repeated = „{ $name }“ wurde ignoriert: Es kommt mehrmals vor.
list-ignored-encoding = „{ $name }“ wurde ignoriert: Es ist nicht lesbar.
list-ignored-too-many = Alle Filter wurden ignoriert: Es sind zu viele.
list-ignored-too-long = „{ $name }“ wurde ignoriert: Es ist zu lang.
list-ignored-too-large = „{ $name }“ wurde ignoriert: Die Zahl ist zu groß.
list-ignored-number = „{ $name }“ wurde ignoriert: Erwartet wird eine Zahl wie 7 oder 7.5.
list-ignored-time = „{ $name }“ wurde ignoriert: Erwartet wird eine Zeit wie 2026-01-02T03:04:05Z.
list-ignored-sort = „{ $name }“ wurde ignoriert: So lassen sich Filme nicht sortieren.
list-ignored-cursor = „{ $name }“ wurde ignoriert: Es gehört zu einer anderen Liste.

film-name = Titel
film-director = Regie
film-genre = Genre
film-score = Wertung
film-popularity = Beliebtheit
film-year = Jahr
film-runtime = Laufzeit
film-votes = Stimmen
film-added = Hinzugefügt
film-changed = Zuletzt geändert
# Before the names of directors.
film-directed-by = Regie:
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [one] { $votes } Stimme
   *[other] { $votes } Stimmen
  }
film-hours-and-minutes = { $hours } Std. { $minutes } Min.
film-hours = { $hours } Std.
film-minutes = { $minutes } Min.
# The text of a picture for those who do not see it.
film-poster = Plakat von { $name }
film-similar = Ähnliche Filme
film-edit = Bearbeiten
film-history = Verlauf
