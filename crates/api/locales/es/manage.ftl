# La administración: géneros, usuarios, importaciones y cambios.

manage-add = Añadir
manage-edit = Editar
manage-delete = Eliminar
manage-show-all = Mostrar todo
manage-sort-name = Por nombre
manage-sort-count = Primero los de más películas
manage-name = Nombre
manage-actions = Acciones
manage-state = Estado
manage-created = Creación
manage-when = Cuándo
manage-who = Quién
manage-size-bytes = { $count ->
    [one] { $count } byte
    [many] { $count } de bytes
   *[other] { $count } bytes
}
manage-size-kb = { $size } kB
manage-size-mb = { $size } MB
manage-size-gb = { $size } GB

manage-genre-search = Buscar géneros
manage-genre-new = Nuevo género
manage-genre-see = Ver ese género
manage-genre-edit-movies = Editar sus películas
manage-genre-show-movies = Ver sus películas
manage-genre-listing = { $count ->
    [one] película: ver la de { $name }
    [many] de películas: ver las de { $name }
   *[other] películas: ver las de { $name }
}
manage-genres-all = Todos los géneros
manage-genres-count = { $count ->
    [one] { $count } género
    [many] { $count } de géneros
   *[other] { $count } géneros
}
manage-genres-none = Todavía no hay géneros.
manage-genres-not-found = Ningún género contiene eso en su nombre.
manage-genre-movies = { $count ->
    [0] Ninguna película tiene este género.
    [one] { $count } película tiene este género.
    [many] { $count } de películas tienen este género.
   *[other] { $count } películas tienen este género.
}
manage-genre-added = Se ha añadido el género { $name }.
manage-genre-renamed = El género se llama ahora { $name }.
manage-genre-merged = { $count ->
    [0] El género se ha fusionado con { $name }; ninguna película lo tenía.
    [one] { $count } película ha pasado a { $name }.
    [many] { $count } de películas han pasado a { $name }.
   *[other] { $count } películas han pasado a { $name }.
}
manage-genre-deleted = Se ha eliminado el género.
manage-genre-rename = Cambiar el nombre
manage-genre-rename-hint = El nuevo nombre aparece de inmediato en todas las películas que tienen el género.
manage-genre-merge-instead = Fusionarlo con ese
manage-genre-merge = Fusionar
manage-genre-merge-title = Fusionar con otro género
manage-genre-merge-hint = Las películas reciben el otro género en lugar de este, y este se elimina. Antes verá cuántas son.
manage-genre-merge-into = El género que se queda
manage-genre-merge-choose = Elija otro género
manage-genre-merge-text = { $count ->
    [0] Ninguna película tiene el género { $name }. Se eliminará, y { $target } se queda. Esto no se puede deshacer.
    [one] { $count } película recibe el género { $target } en lugar de { $name }, que se eliminará. Esto no se puede deshacer.
    [many] { $count } de películas reciben el género { $target } en lugar de { $name }, que se eliminará. Esto no se puede deshacer.
   *[other] { $count } películas reciben el género { $target } en lugar de { $name }, que se eliminará. Esto no se puede deshacer.
}
manage-genre-delete-title = Eliminar el género
manage-genre-delete-hint = Se quita de las películas que lo tienen. Antes verá cuántas son.
manage-genre-delete-text = { $count ->
    [0] Ninguna película tiene el género { $name }. Se eliminará.
    [one] { $count } película pierde el género { $name }, que se eliminará. Esto no se puede deshacer.
    [many] { $count } de películas pierden el género { $name }, que se eliminará. Esto no se puede deshacer.
   *[other] { $count } películas pierden el género { $name }, que se eliminará. Esto no se puede deshacer.
}
manage-genre-in-use = Entretanto hay películas con este género. No se ha eliminado nada.

manage-user-search = Buscar usuarios
manage-users-count = { $count ->
    [one] { $count } usuario
    [many] { $count } de usuarios
   *[other] { $count } usuarios
}
manage-users-not-found = Ningún usuario contiene eso en su nombre.
manage-role = Función
manage-role-admin = Administrador
manage-role-user = Usuario
manage-enabled = Activo
manage-disabled = Desactivado
manage-you = Usted
manage-user-promote = Hacer administrador
manage-user-demote = Hacer usuario
manage-user-disable = Desactivar
manage-user-enable = Activar
manage-user-promote-title = Hacer administrador
manage-user-promote-text = { $name } podrá cambiarlo todo, igual que usted.
manage-user-demote-title = Hacer usuario normal
manage-user-demote-text = { $name } solo podrá leer.
manage-user-demote-self = Usted, { $name }, solo podrá leer. Solo otro administrador puede deshacerlo.
manage-user-disable-title = Desactivar la cuenta
manage-user-disable-text = { $name } no podrá iniciar sesión y se cerrarán todas sus sesiones.
manage-user-disable-self = Se cerrará su sesión, { $name }, y no podrá volver a iniciarla. Solo otro administrador puede deshacerlo.
manage-user-enable-title = Activar la cuenta
manage-user-enable-text = { $name } podrá volver a iniciar sesión.
manage-user-delete-title = Eliminar la cuenta
manage-user-delete-text = Se eliminarán la cuenta { $name } y sus tokens. Lo que cambió se conserva. Esto no se puede deshacer.
manage-user-delete-self = Se eliminarán su propia cuenta { $name } y sus tokens. Lo que usted cambió se conserva. Esto no se puede deshacer.
manage-user-changed = Se ha modificado el usuario.
manage-user-deleted = Se ha eliminado el usuario.
manage-user-last-admin = Es el último administrador; sin él nadie podría administrar el servidor. Haga antes administrador a otro usuario.

manage-import-text = Suba un archivo con películas. Primero verá lo que cambiaría; no se guarda nada hasta que usted lo diga.
manage-import-file = Archivo
manage-import-hint = JSON (un array o un objeto por línea) o CSV, también comprimidos con gzip; como máximo { $size }.
manage-import-upload = Subir y comprobar
manage-import-no-file = Elija un archivo que no esté vacío.
manage-import-too-large = El archivo es demasiado grande: se aceptan como máximo { $size }, sin comprimir.
manage-import-no-place = Hay demasiados archivos subidos en espera. Importe o descarte alguno, o inténtelo más tarde.
manage-import-busy = Ya hay tantas importaciones en curso como se permiten a la vez. Inténtelo de nuevo dentro de un momento.
manage-import-yours = Sus archivos subidos
manage-import-kept-most = Como máximo { $count } archivos esperan aquí a que los importe: uno más ocupa el lugar del más antiguo.
manage-imports-none = Todavía no se ha importado nada.
manage-imports-all = Todas las importaciones
manage-import-source = Origen
manage-import-uploaded = Subido
manage-import-checking = Comprobando
manage-import-checked = Comprobado
manage-import-applying = Importando
manage-import-done = Importado
manage-import-failed = Fallido
manage-import-cancelled = Cancelado
manage-import-interrupted = Interrumpido
manage-why = ¿Por qué?
manage-import-uploaded-text = El archivo está en el servidor. A continuación se comprueba qué cambiaría.
manage-import-checking-text = Un simulacro averigua qué cambiaría el archivo. No se guarda nada.
manage-import-checked-text = Esto es lo que haría ahora una importación. Todavía no se ha guardado nada.
manage-import-applying-text = Puede salir de esta página: la importación continúa. Lo que ya está guardado se conserva.
manage-import-nothing = Una importación no cambiaría nada.
manage-import-done-text = La importación ha terminado.
manage-import-kept = Lo que se guardó hasta entonces se conserva y es lo que se cuenta aquí. Si se importa de nuevo, el archivo añade lo que falta.
manage-import-not-stored = No se ha guardado nada.
manage-import-failed-feed = El archivo no se puede leer hasta el final:
manage-import-failed-server = El servidor no pudo continuar. Su registro dice por qué.
manage-import-progress = Parte leída del archivo
manage-import-read = { $count ->
    [0] Los primeros registros están en camino
    [one] { $count } registro procesado hasta ahora
    [many] { $count } de registros procesados hasta ahora
   *[other] { $count } registros procesados hasta ahora
}
manage-import-check = Comprobar
manage-import-apply = Importar
manage-import-stop = Cancelar
manage-import-discard = Descartar
manage-import-another = Importar otro archivo
manage-import-changes = Ver los cambios
manage-created-count = Nuevas
manage-updated-count = Modificadas
manage-unchanged-count = Sin cambios
manage-rejected-count = Rechazados
manage-rejects = Registros rechazados
manage-rejects-text = { $count ->
    [one] { $count } registro incumple las reglas y se omite.
    [many] { $count } de registros incumplen las reglas y se omiten.
   *[other] { $count } registros incumplen las reglas y se omiten.
}
manage-rejects-csv = En CSV
manage-rejects-ndjson = En NDJSON
manage-rejects-cut = Son demasiados para un archivo: contiene los primeros.
manage-rejects-first = { $count ->
    [one] La regla incumplida
   *[other] Las primeras { $count } reglas incumplidas
}
manage-record = Registro
manage-record-whole = todo el registro
manage-reason = Motivo

manage-changes-filter = Filtrar los cambios
manage-any = Cualquiera
manage-how = Por qué vía
manage-what-done = Qué se hizo
manage-to-what = Con qué
manage-changes-no-user = Ningún usuario puede llamarse así.
manage-changes-none = Todavía no se ha cambiado nada.
manage-changes-not-found = No hay cambios así.
manage-changes-go-on = Entre los últimos cambios no hay ninguno así. Quizá entre los más antiguos.
manage-changes-api = Estos cambios en la API
manage-movie-created = Película añadida
manage-movie-updated = Película modificada
manage-movie-deleted = Película eliminada
manage-movies-created = { $count ->
    [one] { $count } película añadida por una importación
    [many] { $count } de películas añadidas por una importación
   *[other] { $count } películas añadidas por una importación
}
manage-genre-change-created = Género añadido
manage-genre-change-renamed = Género renombrado
manage-genre-change-deleted = Género eliminado
manage-differences = { $count ->
    [one] { $count } campo
    [many] { $count } de campos
   *[other] { $count } campos
}
manage-before = antes:
manage-after = ahora:
