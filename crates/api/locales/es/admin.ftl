# La sección de administración: navegación, panel, películas y su historial.

admin-navigation = Sección de administración
admin-nav-dashboard = Panel
admin-nav-genres = Géneros
admin-nav-users = Usuarios
admin-nav-import = Importar
admin-nav-changes = Cambios

admin-figure-movies = { $count ->
    [one] película
   *[other] películas
}
admin-figure-genres = { $count ->
    [one] género
   *[other] géneros
}
admin-figure-users = { $count ->
    [one] usuario
   *[other] usuarios
}
admin-index = Índice de búsqueda
admin-index-current = Al día
admin-index-behind = Poniéndose al día
admin-index-building = En construcción
admin-index-no-database = Base de datos no disponible
admin-index-change = Muestra todo hasta el cambio { $number }
admin-last-changes = Últimos cambios
admin-all-changes = Todos los cambios
admin-last-imports = Últimas importaciones
admin-to-import = Importar películas
admin-nothing-yet = Nada todavía.
admin-import-counts = { $created } nuevos, { $updated } modificados, { $rejected } rechazados

admin-program = un programa del servidor
admin-via-api = API
admin-via-page = Página web
admin-via-import = Importación
admin-via-cli = Línea de comandos
admin-action-create = Añadido
admin-action-update = Modificado
admin-action-delete = Eliminado

admin-find-movies = Buscar películas
admin-search = Búsqueda
admin-genre = Género
admin-any-genre = Cualquier género
admin-sort = Orden
admin-sort-best = Las mejores primero
admin-sort-popularity = Las más populares primero
admin-sort-name = Título, de la A a la Z
admin-sort-score = Mejor puntuación primero
admin-sort-newest = Año más reciente primero
admin-sort-oldest = Año más antiguo primero
admin-sort-changed = Últimas modificadas primero
admin-sort-added = Últimas añadidas primero
admin-sort-id = Por número
admin-show = Mostrar
admin-show-all = Mostrar todas las películas
admin-none-found = Ninguna película coincide con esta búsqueda.
admin-no-movies = Todavía no hay películas. Añada la primera o importe muchas.
admin-movies-count = { $count ->
    [one] { $count } película
   *[other] { $count } películas
}
admin-movies-count-more = { $count } películas o más
admin-changed = Modificada
admin-history = Historial
admin-history-of = Historial de { $name }
admin-pages = Páginas
admin-page-of = Página { $number } de { $last }
admin-previous = Página anterior
admin-next = Página siguiente

admin-choose = Elegir
admin-choose-page = Elegir todas las de esta página
admin-choose-movie = Elegir { $name }
admin-chosen-none = Ninguna película elegida
admin-chosen-count = Elegidas: #
admin-select-matching = Las { $count } películas que coinciden con esta búsqueda
admin-select-too-many = Más de { $most } películas coinciden con esta búsqueda: acótela para modificarlas todas a la vez.
admin-with-chosen = Con las películas elegidas
admin-add-genres = Añadir géneros
admin-remove-genres = Quitar géneros
admin-set-genres = Sustituir todos los géneros
admin-delete-movies = Eliminar las películas
admin-continue = Continuar
admin-cancel = Cancelar
admin-confirm-delete = { $count ->
    [one] ¿Eliminar esta película?
   *[other] ¿Eliminar { $count } películas?
}
admin-confirm-add-genres = { $count ->
    [one] ¿Añadir géneros a { $count } película?
   *[other] ¿Añadir géneros a { $count } películas?
}
admin-confirm-remove-genres = { $count ->
    [one] ¿Quitar géneros a { $count } película?
   *[other] ¿Quitar géneros a { $count } películas?
}
admin-confirm-set-genres = { $count ->
    [one] ¿Sustituir todos los géneros de { $count } película?
   *[other] ¿Sustituir todos los géneros de { $count } películas?
}
admin-all-genres-go = A estas películas se les quitan todos los géneros.
admin-unaffected = { $count ->
    [one] { $count } película elegida ya está así y se queda como está.
   *[other] { $count } películas elegidas ya están así y se quedan como están.
}
admin-new-genres = Géneros que todavía no existen y se crearán:
admin-cannot-change = { $count ->
    [one] { $count } película no se puede modificar así y se queda como está:
   *[other] { $count } películas no se pueden modificar así y se quedan como están:
}
admin-delete-count = { $count ->
    [one] Eliminar { $count } película
   *[other] Eliminar { $count } películas
}
admin-change-count = { $count ->
    [one] Modificar { $count } película
   *[other] Modificar { $count } películas
}

admin-done-added = Película añadida.
admin-done-saved = Cambios guardados.
admin-done-removed = { $count ->
    [one] { $count } película eliminada.
   *[other] { $count } películas eliminadas.
}
admin-done-restored = Película restaurada.
admin-done-genres = { $count ->
    [one] Géneros de { $count } película modificados.
   *[other] Géneros de { $count } películas modificados.
}
admin-done-undone = { $count ->
    [one] Deshecho: { $count } película vuelve a estar como antes.
   *[other] Deshecho: { $count } películas vuelven a estar como antes.
}
admin-done-unchanged = Todo estaba ya así: no se ha modificado nada.
admin-undo = Deshacer
admin-redo = Rehacer
admin-not-undone-changed = { $count ->
    [one] No se puede deshacer: { $count } película se ha vuelto a modificar desde entonces. Su historial tiene todos los estados.
   *[other] No se puede deshacer: { $count } películas se han vuelto a modificar desde entonces. Sus historiales tienen todos los estados.
}
admin-not-undone = Esto ya no se puede deshacer. El historial de cada película tiene sus estados anteriores.
admin-not-undone-imdb-id = No se puede deshacer: otra película tiene ahora el mismo ID de IMDb.
admin-not-done-stale = { $count ->
    [one] Entretanto, otra persona ha modificado { $count } película. No se ha hecho nada: vuelva a mirarla, por favor.
   *[other] Entretanto, otra persona ha modificado { $count } películas. No se ha hecho nada: vuelva a mirarlas, por favor.
}
admin-nothing-chosen = Elija primero al menos una película.
admin-no-genre = Indique al menos un género.

admin-add-movie = Añadir película
admin-edit-movie = Editar película
admin-see-movie = Página de la película
admin-field = Campo
admin-field-name = Título
admin-field-director = Dirección
admin-field-genres = Géneros
admin-field-popularity = Popularidad
admin-field-score = Puntuación de IMDb
admin-field-year = Año
admin-field-runtime = Duración
admin-field-votes = Votos
admin-field-imdb-id = ID de IMDb
admin-field-overview = Sinopsis
admin-field-poster = URL del cartel
admin-hint-director = Separe varios nombres con comas.
admin-hint-genres = Separe varios géneros con comas (,).
admin-hint-range = De { $least } a { $most }
admin-hint-runtime = En minutos
admin-hint-imdb-id = Como tt0133093
admin-hint-poster = La dirección de una imagen, que empieza por https://
admin-genre-suggestions = Géneros sugeridos
admin-suggestions-found = Sugerencias: #
admin-take-away = Quitar
admin-save = Guardar
admin-save-another = Guardar y añadir otra
admin-delete = Eliminar
admin-delete-text = Después podrá deshacerlo, y más adelante restaurar la película desde su historial.
admin-form-wrong = Todavía no se ha guardado: corrija los campos marcados.
admin-duplicate = Ya existe una película con el mismo título, dirección y año:
admin-save-anyway = Guardar de todos modos
admin-imdb-id-taken = Otra película tiene este ID de IMDb:
admin-to-that-movie = Ir a esa película

admin-conflict = Alguien ha guardado mientras usted editaba
admin-conflict-text = No se ha perdido nada de lo suyo. Elija para cada campo qué texto se queda y guarde después.
admin-conflict-removed = La película se eliminó mientras usted la editaba. No se ha perdido nada de lo suyo: puede restaurarla con ello.
admin-conflict-none = Lo que ha escrito y lo guardado son iguales.
admin-conflict-equal = { $count ->
    [one] { $count } campo es igual en ambos lados
   *[other] { $count } campos son iguales en ambos lados
}
admin-conflict-typed = Lo que ha escrito
admin-mine = Su versión
admin-theirs = La otra versión
admin-empty = vacío
admin-save-choice = Guardar esta elección
admin-restore-and-save = Restaurar y guardar mi versión
admin-discard = Descartar mi versión

admin-changes-count = { $count ->
    [one] Se conserva { $count } cambio.
   *[other] Se conservan { $count } cambios.
}
admin-version = Versión { $number }
admin-version-current = Actual
admin-before = Antes
admin-after = Después
admin-differences = Diferencias
admin-latest = Últimos cambios
admin-older = Cambios anteriores
admin-movie-is-removed = Esta película se eliminó. Se puede restaurar.
admin-restore-version = Restaurar esta versión
admin-restore-movie = Restaurar la película
admin-restore-title = ¿Restaurar la versión { $number }?
admin-restore-text = La película recupera estos textos como versión nueva. Después podrá deshacerlo.
admin-restore-removed-text = La película vuelve con este contenido. Después podrá deshacerlo.
admin-restore-same = La película ya está así: no cambiará nada.
admin-restore = Restaurar
admin-restore-anyway = Restaurar de todos modos
