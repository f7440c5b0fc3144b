# El catálogo en imágenes.

stats-title = El catálogo en imágenes
stats-intro =
    { $count ->
        [one] { $count } película. Cada barra y cada casilla lleva a sus películas.
        [many] { $count } de películas. Cada barra y cada casilla lleva a sus películas.
       *[other] { $count } películas. Cada barra y cada casilla lleva a sus películas.
    }
stats-empty = Aún no hay películas
stats-empty-text = En cuanto haya películas en el catálogo, se mostrarán aquí en imágenes.
stats-nothing = Todavía no hay nada que mostrar.
stats-figures = Los datos en una tabla
stats-decades = Películas por década
stats-decade-head = Década
stats-decade = Década de { $decade }
stats-without-year =
    { $count ->
        [one] { $count } película no tiene año y no se muestra aquí.
        [many] { $count } de películas no tienen año y no se muestran aquí.
       *[other] { $count } películas no tienen año y no se muestran aquí.
    }
stats-genres = Películas por género
stats-genres-text = Una película cuenta para cada uno de sus géneros.
stats-genres-more =
    { $count ->
        [one] La tabla contiene { $count } género más.
        [many] La tabla contiene { $count } de géneros más.
       *[other] La tabla contiene { $count } géneros más.
    }
stats-scores = Puntuaciones
stats-score = Puntuación
stats-without-score =
    { $count ->
        [one] { $count } película no tiene puntuación y no se muestra aquí.
        [many] { $count } de películas no tienen puntuación y no se muestran aquí.
       *[other] { $count } películas no tienen puntuación y no se muestran aquí.
    }
stats-both = Puntuación y popularidad
stats-both-text = Cuanto más intenso es el color de una casilla, más películas tienen esa puntuación y esa popularidad.
stats-both-caption = En horizontal: puntuación. En vertical: popularidad.
stats-popularity = Popularidad
stats-without-both =
    { $count ->
        [one] A { $count } película le falta la puntuación o la popularidad y no se muestra aquí.
        [many] A { $count } de películas les falta la puntuación o la popularidad y no se muestran aquí.
       *[other] A { $count } películas les falta la puntuación o la popularidad y no se muestran aquí.
    }
stats-band = De { $from } a menos de { $to }
stats-band-last = De { $from } a { $to }
stats-movies =
    { $count ->
        [one] { $count } película
        [many] { $count } de películas
       *[other] { $count } películas
    }
stats-movies-at-least =
    { $count ->
        [one] al menos { $count } película
        [many] al menos { $count } de películas
       *[other] al menos { $count } películas
    }
stats-at-least = al menos { $number }
stats-bar = { $label }: { $movies }
stats-cell = Puntuación: { $score }; popularidad: { $popularity }; { $movies }
