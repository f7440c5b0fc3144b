# Lists of movies, and one movie.

list-title = Películas
# The title of a list of what was found for some text.
list-search-title = Resultados para «{ $text }»
# Which of how many movies the page shows.
list-range = { $first }–{ $last } de { $total }
list-range-more = { $first }–{ $last } de más de { $total }
# The same for a page whose number is not known.
list-some = de { $total }
list-some-more = de más de { $total }
list-conditions = Filtros activos
# Said to screen readers before a filter whose link takes it away.
list-remove = Quitar este filtro:
list-clear-all = Quitar todos
# A filter: words in names, directors or genres.
list-text = Búsqueda
list-without-genre = Excepto
list-runtime = Minutos
list-genres = Géneros
list-more-genres = Más géneros
list-sort = Ordenar por
list-items = Por página
list-apply = Aplicar
list-filters = Filtros
list-score-from = Puntuación desde
list-score-to = Puntuación hasta
list-year-from = Año desde
list-year-to = Año hasta
list-show = Ver películas
list-empty = Todavía no hay películas
list-nothing = Ninguna película coincide
list-nothing-text = Pruebe con menos palabras o menos filtros.
list-did-you-mean = ¿Quiso decir alguna de estas?
list-clear = Quitar los filtros
list-pages = Páginas
list-previous = Anterior
list-next = Siguiente
list-page = Página { $number }
list-api = La consulta a la API de esta página
# Between several names.
list-separator = { ", " }

list-sort-relevance = Más relevantes
list-sort-popularity = Más populares
list-sort-popularity-up = Menos populares
list-sort-score = Mejor puntuación
list-sort-score-up = Peor puntuación
list-sort-year = Más recientes
list-sort-year-up = Más antiguas
list-sort-name = Título, de la A a la Z
list-sort-name-down = Título, de la Z a la A
list-sort-director = Dirección, de la A a la Z
list-sort-director-down = Dirección, de la Z a la A
list-sort-runtime = Más largas
list-sort-runtime-up = Más cortas
list-sort-votes = Más votadas
list-sort-votes-up = Menos votadas
list-sort-added = Últimas añadidas
list-sort-added-up = Primeras añadidas
list-sort-changed = Últimas modificadas
list-sort-changed-up = Primeras modificadas
# An order that is not in the menu, as it is written in the address.
list-sort-other = Según la petición: { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = Se ignoró «{ $name }»: no existe ese filtro.
list-ignored-unknown-similar = Se ignoró «{ $name }»: no existe ese filtro. Quizá quiso decir «{ $meant }».
list-ignored-repeated = Se ignoró «{ $name }»: aparece más de una vez.
list-ignored-encoding = Se ignoró «{ $name }»: no se puede leer.
list-ignored-too-many = Se ignoraron todos los filtros: son demasiados.
list-ignored-too-long = Se ignoró «{ $name }»: es demasiado largo.
list-ignored-too-large = Se ignoró «{ $name }»: el número es demasiado grande.
list-ignored-number = Se ignoró «{ $name }»: se espera un número como 7 o 7.5.
list-ignored-time = Se ignoró «{ $name }»: se espera una hora como 2026-01-02T03:04:05Z.
list-ignored-sort = Se ignoró «{ $name }»: las películas no se pueden ordenar así.
list-ignored-cursor = Se ignoró «{ $name }»: pertenece a otra lista.

film-name = Título
film-director = Dirección
film-genre = Género
film-score = Puntuación
film-popularity = Popularidad
film-year = Año
film-runtime = Duración
film-votes = Votos
film-added = Añadida
film-changed = Última modificación
# Before the names of directors.
film-directed-by = Dirigida por
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [one] { $votes } voto
    [many] { $votes } de votos
   *[other] { $votes } votos
  }
film-hours-and-minutes = { $hours } h { $minutes } min
film-hours = { $hours } h
film-minutes = { $minutes } min
# The text of a picture for those who do not see it.
film-poster = Cartel de { $name }
film-similar = Películas parecidas
film-edit = Editar
film-history = Historial
