# La section d’administration : navigation, tableau de bord, films et leur historique.

admin-navigation = Section d’administration
admin-nav-dashboard = Tableau de bord
admin-nav-genres = Genres
admin-nav-users = Utilisateurs
admin-nav-import = Importation
admin-nav-changes = Modifications

admin-figure-movies = { $count ->
    [one] film
   *[other] films
}
admin-figure-genres = { $count ->
    [one] genre
   *[other] genres
}
admin-figure-users = { $count ->
    [one] utilisateur
   *[other] utilisateurs
}
admin-index = Index de recherche
admin-index-current = À jour
admin-index-behind = Se met à jour
admin-index-building = En construction
admin-index-no-database = Base de données injoignable
admin-index-change = Montre tout jusqu’à la modification { $number }
admin-last-changes = Dernières modifications
admin-all-changes = Toutes les modifications
admin-last-imports = Dernières importations
admin-to-import = Importer des films
admin-nothing-yet = Rien pour l’instant.
admin-import-counts = nouveaux : { $created }, modifiés : { $updated }, refusés : { $rejected }

admin-program = un programme du serveur
admin-via-api = API
admin-via-page = Page web
admin-via-import = Importation
admin-via-cli = Ligne de commande
admin-action-create = Ajout
admin-action-update = Modification
admin-action-delete = Suppression

admin-find-movies = Trouver des films
admin-search = Recherche
admin-genre = Genre
admin-any-genre = Tous les genres
admin-sort = Ordre
admin-sort-best = Les meilleurs d’abord
admin-sort-popularity = Les plus populaires d’abord
admin-sort-name = Titre, de A à Z
admin-sort-score = Meilleure note d’abord
admin-sort-newest = Année la plus récente d’abord
admin-sort-oldest = Année la plus ancienne d’abord
admin-sort-changed = Derniers modifiés d’abord
admin-sort-added = Derniers ajoutés d’abord
admin-sort-id = Par numéro
admin-show = Afficher
admin-show-all = Afficher tous les films
admin-none-found = Aucun film ne correspond à cette recherche.
admin-no-movies = Il n’y a pas encore de films. Ajoutez le premier, ou importez-en beaucoup.
admin-movies-count = { $count ->
    [one] { $count } film
   *[other] { $count } films
}
admin-movies-count-more = { $count } films ou plus
admin-changed = Modifié
admin-history = Historique
admin-history-of = Historique de { $name }
admin-pages = Pages
admin-page-of = Page { $number } sur { $last }
admin-previous = Page précédente
admin-next = Page suivante

admin-choose = Choisir
admin-choose-page = Choisir tous ceux de cette page
admin-choose-movie = Choisir { $name }
admin-chosen-none = Aucun film choisi
admin-chosen-count = Choisis : #
admin-select-matching = Les { $count } films qui correspondent à cette recherche
admin-select-too-many = Plus de { $most } films correspondent à cette recherche : affinez-la pour les modifier tous à la fois.
admin-with-chosen = Avec les films choisis
admin-add-genres = Ajouter des genres
admin-remove-genres = Enlever des genres
admin-set-genres = Remplacer tous les genres
admin-delete-movies = Supprimer les films
admin-continue = Continuer
admin-cancel = Annuler
admin-confirm-delete = { $count ->
    [one] Supprimer ce film ?
   *[other] Supprimer { $count } films ?
}
admin-confirm-add-genres = { $count ->
    [one] Ajouter des genres à { $count } film ?
   *[other] Ajouter des genres à { $count } films ?
}
admin-confirm-remove-genres = { $count ->
    [one] Enlever des genres à { $count } film ?
   *[other] Enlever des genres à { $count } films ?
}
admin-confirm-set-genres = { $count ->
    [one] Remplacer tous les genres de { $count } film ?
   *[other] Remplacer tous les genres de { $count } films ?
}
admin-all-genres-go = Tous les genres de ces films sont enlevés.
admin-unaffected = { $count ->
    [one] { $count } film choisi est déjà ainsi et reste tel quel.
   *[other] { $count } films choisis sont déjà ainsi et restent tels quels.
}
admin-new-genres = Genres qui n’existent pas encore et seront créés :
admin-cannot-change = { $count ->
    [one] { $count } film ne peut pas être modifié ainsi et reste tel quel :
   *[other] { $count } films ne peuvent pas être modifiés ainsi et restent tels quels :
}
admin-delete-count = { $count ->
    [one] Supprimer { $count } film
   *[other] Supprimer { $count } films
}
admin-change-count = { $count ->
    [one] Modifier { $count } film
   *[other] Modifier { $count } films
}

admin-done-added = Film ajouté.
admin-done-saved = Film enregistré.
admin-done-removed = { $count ->
    [one] { $count } film supprimé.
   *[other] { $count } films supprimés.
}
admin-done-restored = Film restauré.
admin-done-genres = { $count ->
    [one] Genres de { $count } film modifiés.
   *[other] Genres de { $count } films modifiés.
}
admin-done-undone = { $count ->
    [one] Annulé : { $count } film est de nouveau comme avant.
   *[other] Annulé : { $count } films sont de nouveau comme avant.
}
admin-done-unchanged = Tout est déjà ainsi : rien n’a été modifié.
admin-undo = Annuler l’action
admin-redo = Rétablir
admin-not-undone-changed = { $count ->
    [one] Impossible d’annuler : { $count } film a encore été modifié depuis. Son historique a tous les états.
   *[other] Impossible d’annuler : { $count } films ont encore été modifiés depuis. Leurs historiques ont tous les états.
}
admin-not-undone = Il n’est plus possible d’annuler. L’historique de chaque film a ses états antérieurs.
admin-not-undone-imdb-id = Impossible d’annuler : un autre film a maintenant le même identifiant IMDb.
admin-not-done-stale = { $count ->
    [one] { $count } film a été modifié entre-temps par quelqu’un d’autre. Rien n’a été fait : veuillez regarder à nouveau.
   *[other] { $count } films ont été modifiés entre-temps par quelqu’un d’autre. Rien n’a été fait : veuillez regarder à nouveau.
}
admin-nothing-chosen = Veuillez d’abord choisir au moins un film.
admin-no-genre = Veuillez indiquer au moins un genre.

admin-add-movie = Ajouter un film
admin-edit-movie = Modifier le film
admin-see-movie = Page du film
admin-field = Champ
admin-field-name = Titre
admin-field-director = Réalisation
admin-field-genres = Genres
admin-field-popularity = Popularité
admin-field-score = Note IMDb
admin-field-year = Année
admin-field-runtime = Durée
admin-field-votes = Votes
admin-field-imdb-id = Identifiant IMDb
admin-field-overview = Synopsis
admin-field-poster = URL de l’affiche
admin-hint-director = Séparez plusieurs noms par des virgules.
admin-hint-genres = Séparez plusieurs genres par des virgules (,).
admin-hint-range = De { $least } à { $most }
admin-hint-runtime = En minutes
admin-hint-imdb-id = Comme tt0133093
admin-hint-poster = L’adresse d’une image, commençant par https://
admin-genre-suggestions = Genres suggérés
admin-suggestions-found = Suggestions : #
admin-take-away = Enlever
admin-save = Enregistrer
admin-save-another = Enregistrer et en ajouter un autre
admin-delete = Supprimer
admin-delete-text = Vous pourrez annuler ensuite, et plus tard restaurer le film depuis son historique.
admin-form-wrong = Pas encore enregistré : veuillez corriger les champs signalés.
admin-duplicate = Un film de même titre, réalisation et année existe déjà :
admin-save-anyway = Enregistrer quand même
admin-imdb-id-taken = Un autre film a cet identifiant IMDb :
admin-to-that-movie = Vers ce film

admin-conflict = Quelqu’un a enregistré pendant que vous modifiiez
admin-conflict-text = Rien de ce que vous avez saisi n’est perdu. Choisissez pour chaque champ le texte à garder, puis enregistrez.
admin-conflict-removed = Le film a été supprimé pendant que vous le modifiiez. Rien de ce que vous avez saisi n’est perdu : vous pouvez restaurer le film avec.
admin-conflict-none = Votre saisie et ce qui est enregistré sont identiques.
admin-conflict-equal = { $count ->
    [one] { $count } champ est identique des deux côtés
   *[other] { $count } champs sont identiques des deux côtés
}
admin-conflict-typed = Votre saisie
admin-mine = Votre version
admin-theirs = L’autre version
admin-empty = vide
admin-save-choice = Enregistrer ce choix
admin-restore-and-save = Restaurer et enregistrer ma version
admin-discard = Abandonner ma version

admin-changes-count = { $count ->
    [one] { $count } modification est conservée.
   *[other] { $count } modifications sont conservées.
}
admin-version = Version { $number }
admin-version-current = Actuelle
admin-before = Avant
admin-after = Après
admin-differences = Différences
admin-latest = Dernières modifications
admin-older = Modifications plus anciennes
admin-movie-is-removed = Ce film a été supprimé. Il peut être restauré.
admin-restore-version = Restaurer cette version
admin-restore-movie = Restaurer le film
admin-restore-title = Restaurer la version { $number } ?
admin-restore-text = Le film reprend ces textes, dans une nouvelle version. Vous pourrez annuler ensuite.
admin-restore-removed-text = Le film revient avec ce contenu. Vous pourrez annuler ensuite.
admin-restore-same = Le film est déjà ainsi : rien ne changera.
admin-restore = Restaurer
admin-restore-anyway = Restaurer quand même
