# Le catalogue en images.

stats-title = Le catalogue en images
stats-intro =
    { $count ->
        [one] { $count } film. Chaque barre et chaque case mène à ses films.
        [many] { $count } de films. Chaque barre et chaque case mène à ses films.
       *[other] { $count } films. Chaque barre et chaque case mène à ses films.
    }
stats-empty = Pas encore de films
stats-empty-text = Dès que le catalogue contiendra des films, ils seront présentés ici en images.
stats-nothing = Il n’y a encore rien à montrer.
stats-figures = Les chiffres en tableau
stats-decades = Films par décennie
stats-decade-head = Décennie
stats-decade = Années { $decade }
stats-without-year =
    { $count ->
        [one] { $count } film n’a pas d’année et n’est pas représenté ici.
        [many] { $count } de films n’ont pas d’année et ne sont pas représentés ici.
       *[other] { $count } films n’ont pas d’année et ne sont pas représentés ici.
    }
stats-genres = Films par genre
stats-genres-text = Un film compte pour chacun de ses genres.
stats-genres-more =
    { $count ->
        [one] Le tableau contient { $count } genre de plus.
        [many] Le tableau contient { $count } de genres de plus.
       *[other] Le tableau contient { $count } genres de plus.
    }
stats-scores = Notes
stats-score = Note
stats-without-score =
    { $count ->
        [one] { $count } film n’a pas de note et n’est pas représenté ici.
        [many] { $count } de films n’ont pas de note et ne sont pas représentés ici.
       *[other] { $count } films n’ont pas de note et ne sont pas représentés ici.
    }
stats-both = Note et popularité
stats-both-text = Plus la couleur d’une case est soutenue, plus il y a de films de cette note et de cette popularité.
stats-both-caption = Horizontalement : la note. Verticalement : la popularité.
stats-popularity = Popularité
stats-without-both =
    { $count ->
        [one] Il manque à { $count } film la note ou la popularité ; il n’est pas représenté ici.
        [many] Il manque à { $count } de films la note ou la popularité ; ils ne sont pas représentés ici.
       *[other] Il manque à { $count } films la note ou la popularité ; ils ne sont pas représentés ici.
    }
stats-band = De { $from } à moins de { $to }
stats-band-last = De { $from } à { $to }
stats-movies =
    { $count ->
        [one] { $count } film
        [many] { $count } de films
       *[other] { $count } films
    }
stats-movies-at-least =
    { $count ->
        [one] au moins { $count } film
        [many] au moins { $count } de films
       *[other] au moins { $count } films
    }
stats-at-least = au moins { $number }
stats-bar = { $label } : { $movies }
stats-cell = Note : { $score } ; popularité : { $popularity } ; { $movies }
