# Der Katalog in Bildern.

stats-title = Der Katalog in Bildern
stats-intro =
    { $count ->
        [one] { $count } Film. Jeder Balken und jedes Feld führt zu seinen Filmen.
       *[other] { $count } Filme. Jeder Balken und jedes Feld führt zu seinen Filmen.
    }
stats-empty = Noch keine Filme
stats-empty-text = Sobald Filme im Katalog sind, erscheinen hier Bilder davon.
stats-nothing = Hier gibt es noch nichts zu zeigen.
stats-figures = Die Zahlen als Tabelle
stats-decades = Filme nach Jahrzehnten
stats-decade-head = Jahrzehnt
stats-decade = { $decade }er-Jahre
stats-without-year =
    { $count ->
        [one] { $count } Film hat kein Jahr und ist hier nicht dargestellt.
       *[other] { $count } Filme haben kein Jahr und sind hier nicht dargestellt.
    }
stats-genres = Filme nach Genres
stats-genres-text = Ein Film zählt bei jedem seiner Genres.
stats-genres-more =
    { $count ->
        [one] Die Tabelle enthält { $count } weiteres Genre.
       *[other] Die Tabelle enthält { $count } weitere Genres.
    }
stats-scores = Bewertungen
stats-score = Bewertung
stats-without-score =
    { $count ->
        [one] { $count } Film hat keine Bewertung und ist hier nicht dargestellt.
       *[other] { $count } Filme haben keine Bewertung und sind hier nicht dargestellt.
    }
stats-both = Bewertung und Beliebtheit
stats-both-text = Je kräftiger die Farbe eines Feldes, desto mehr Filme haben diese Bewertung und diese Beliebtheit.
stats-both-caption = Waagerecht: Bewertung. Senkrecht: Beliebtheit.
stats-popularity = Beliebtheit
stats-without-both =
    { $count ->
        [one] { $count } Film fehlt die Bewertung oder die Beliebtheit; er ist hier nicht dargestellt.
       *[other] { $count } Filmen fehlt die Bewertung oder die Beliebtheit; sie sind hier nicht dargestellt.
    }
stats-band = { $from } bis unter { $to }
stats-band-last = { $from } bis { $to }
stats-movies =
    { $count ->
        [one] { $count } Film
       *[other] { $count } Filme
    }
stats-movies-at-least =
    { $count ->
        [one] mindestens { $count } Film
       *[other] mindestens { $count } Filme
    }
stats-at-least = mindestens { $number }
stats-bar = { $label }: { $movies }
stats-cell = Bewertung { $score }, Beliebtheit { $popularity }: { $movies }
