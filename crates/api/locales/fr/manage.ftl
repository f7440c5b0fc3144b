# L'administration : genres, utilisateurs, importations et modifications.

manage-add = Ajouter
manage-edit = Modifier
manage-delete = Supprimer
manage-show-all = Tout afficher
manage-sort-name = Par nom
manage-sort-count = Le plus de films d’abord
manage-name = Nom
manage-actions = Actions
manage-state = État
manage-created = Créé le
manage-when = Quand
manage-who = Qui
manage-size-bytes = { $count ->
    [one] { $count } octet
    [many] { $count } d’octets
   *[other] { $count } octets
}
manage-size-kb = { $size } ko
manage-size-mb = { $size } Mo
manage-size-gb = { $size } Go

manage-genre-search = Rechercher des genres
manage-genre-new = Nouveau genre
manage-genre-see = Voir ce genre
manage-genre-edit-movies = Modifier ses films
manage-genre-show-movies = Voir ses films
manage-genre-listing = { $count ->
    [one] film : voir ceux de { $name }
    [many] de films : voir ceux de { $name }
   *[other] films : voir ceux de { $name }
}
manage-genres-all = Tous les genres
manage-genres-count = { $count ->
    [one] { $count } genre
    [many] { $count } de genres
   *[other] { $count } genres
}
manage-genres-none = Il n’y a pas encore de genres.
manage-genres-not-found = Aucun genre ne contient cela dans son nom.
manage-genre-movies = { $count ->
    [0] Aucun film n’a ce genre.
    [one] { $count } film a ce genre.
    [many] { $count } de films ont ce genre.
   *[other] { $count } films ont ce genre.
}
manage-genre-added = Le genre { $name } a été ajouté.
manage-genre-renamed = Le genre s’appelle désormais { $name }.
manage-genre-merged = { $count ->
    [0] Le genre a été fusionné avec { $name } ; aucun film ne l’avait.
    [one] { $count } film est passé à { $name }.
    [many] { $count } de films sont passés à { $name }.
   *[other] { $count } films sont passés à { $name }.
}
manage-genre-deleted = Le genre a été supprimé.
manage-genre-rename = Renommer
manage-genre-rename-hint = Le nouveau nom apparaît aussitôt dans tous les films qui ont ce genre.
manage-genre-merge-instead = Fusionner plutôt avec lui
manage-genre-merge = Fusionner
manage-genre-merge-title = Fusionner avec un autre genre
manage-genre-merge-hint = Les films reçoivent l’autre genre à la place de celui-ci, qui est supprimé. Vous verrez d’abord combien.
manage-genre-merge-into = Le genre qui reste
manage-genre-merge-choose = Choisissez un autre genre
manage-genre-merge-text = { $count ->
    [0] Aucun film n’a le genre { $name }. Il sera supprimé, et { $target } reste. C’est irréversible.
    [one] { $count } film reçoit le genre { $target } à la place de { $name }, qui sera supprimé. C’est irréversible.
    [many] { $count } de films reçoivent le genre { $target } à la place de { $name }, qui sera supprimé. C’est irréversible.
   *[other] { $count } films reçoivent le genre { $target } à la place de { $name }, qui sera supprimé. C’est irréversible.
}
manage-genre-delete-title = Supprimer le genre
manage-genre-delete-hint = Il est retiré aux films qui l’ont. Vous verrez d’abord combien.
manage-genre-delete-text = { $count ->
    [0] Aucun film n’a le genre { $name }. Il sera supprimé.
    [one] { $count } film perd le genre { $name }, qui sera supprimé. C’est irréversible.
    [many] { $count } de films perdent le genre { $name }, qui sera supprimé. C’est irréversible.
   *[other] { $count } films perdent le genre { $name }, qui sera supprimé. C’est irréversible.
}
manage-genre-in-use = Entre-temps, des films ont reçu ce genre. Rien n’a été supprimé.

manage-user-search = Rechercher des utilisateurs
manage-users-count = { $count ->
    [one] { $count } utilisateur
    [many] { $count } d’utilisateurs
   *[other] { $count } utilisateurs
}
manage-users-not-found = Aucun utilisateur ne contient cela dans son nom.
manage-role = Rôle
manage-role-admin = Administrateur
manage-role-user = Utilisateur
manage-enabled = Actif
manage-disabled = Désactivé
manage-you = Vous
manage-user-promote = Nommer administrateur
manage-user-demote = Rendre simple utilisateur
manage-user-disable = Désactiver
manage-user-enable = Activer
manage-user-promote-title = Nommer administrateur
manage-user-promote-text = { $name } pourra tout modifier, comme vous.
manage-user-demote-title = Rendre simple utilisateur
manage-user-demote-text = { $name } ne pourra plus que lire.
manage-user-demote-self = Vous, { $name }, ne pourrez plus que lire. Seul un autre administrateur pourra revenir là-dessus.
manage-user-disable-title = Désactiver le compte
manage-user-disable-text = { $name } ne pourra plus se connecter, et ses sessions seront fermées partout.
manage-user-disable-self = Vous, { $name }, serez déconnecté et ne pourrez plus vous connecter. Seul un autre administrateur pourra revenir là-dessus.
manage-user-enable-title = Activer le compte
manage-user-enable-text = { $name } pourra de nouveau se connecter.
manage-user-delete-title = Supprimer le compte
manage-user-delete-text = Le compte { $name } et ses jetons seront supprimés. Ses modifications restent. C’est irréversible.
manage-user-delete-self = Votre propre compte { $name } et ses jetons seront supprimés. Vos modifications restent. C’est irréversible.
manage-user-changed = L’utilisateur a été modifié.
manage-user-deleted = L’utilisateur a été supprimé.
manage-user-last-admin = C’est le dernier administrateur ; sans lui, personne ne pourrait administrer le serveur. Nommez d’abord un autre administrateur.

manage-import-text = Envoyez un fichier de films. Vous verrez d’abord ce qu’il changerait ; rien n’est enregistré sans votre accord.
manage-import-file = Fichier
manage-import-hint = JSON (un tableau, ou un objet par ligne) ou CSV, éventuellement compressé par gzip ; { $size } au plus.
manage-import-upload = Envoyer et vérifier
manage-import-no-file = Choisissez un fichier qui ne soit pas vide.
manage-import-too-large = Le fichier est trop volumineux : { $size } au plus sont acceptés, une fois décompressé.
manage-import-no-place = Trop de fichiers envoyés attendent sur le serveur. Importez-en ou abandonnez-en un, ou réessayez plus tard.
manage-import-busy = Autant d’importations sont en cours qu’il peut y en avoir à la fois. Réessayez dans un instant.
manage-import-yours = Vos fichiers envoyés
manage-import-kept-most = Au plus { $count } fichiers attendent ici que vous les importiez : un de plus prend la place du plus ancien.
manage-imports-none = Rien n’a encore été importé.
manage-imports-all = Toutes les importations
manage-import-source = Source
manage-import-uploaded = Envoyé
manage-import-checking = Vérification en cours
manage-import-checked = Vérifié
manage-import-applying = Importation en cours
manage-import-done = Importé
manage-import-failed = Échec
manage-import-cancelled = Annulé
manage-import-interrupted = Interrompu
manage-why = Pourquoi ?
manage-import-uploaded-text = Le fichier est sur le serveur. On vérifie ensuite ce qu’il changerait.
manage-import-checking-text = Un essai à blanc établit ce que le fichier changerait. Rien n’est enregistré.
manage-import-checked-text = Voici ce que ferait une importation maintenant. Rien n’est encore enregistré.
manage-import-applying-text = Vous pouvez quitter cette page : l’importation se poursuit. Ce qui est enregistré le reste.
manage-import-nothing = Une importation ne changerait rien.
manage-import-done-text = L’importation est terminée.
manage-import-kept = Ce qui a été enregistré jusque-là le reste, et c’est ce qui est compté ici. Importé de nouveau, le fichier ajoute ce qui manque.
manage-import-not-stored = Rien n’a été enregistré.
manage-import-failed-feed = Le fichier ne peut pas être lu jusqu’au bout :
manage-import-failed-server = Le serveur n’a pas pu continuer. Son journal dit pourquoi.
manage-import-progress = Partie du fichier déjà lue
manage-import-read = { $count ->
    [0] Les premiers enregistrements sont en cours de traitement
    [one] { $count } enregistrement traité jusqu’ici
    [many] { $count } d’enregistrements traités jusqu’ici
   *[other] { $count } enregistrements traités jusqu’ici
}
manage-import-check = Vérifier
manage-import-apply = Importer
manage-import-stop = Annuler
manage-import-discard = Abandonner
manage-import-another = Importer un autre fichier
manage-import-changes = Voir les modifications
manage-created-count = Nouveaux
manage-updated-count = Modifiés
manage-unchanged-count = Inchangés
manage-rejected-count = Rejetés
manage-rejects = Enregistrements rejetés
manage-rejects-text = { $count ->
    [one] { $count } enregistrement enfreint les règles et est laissé de côté.
    [many] { $count } d’enregistrements enfreignent les règles et sont laissés de côté.
   *[other] { $count } enregistrements enfreignent les règles et sont laissés de côté.
}
manage-rejects-csv = En CSV
manage-rejects-ndjson = En NDJSON
manage-rejects-cut = Il y en a trop pour un fichier : il contient les premiers.
manage-rejects-first = { $count ->
    [one] La règle enfreinte
   *[other] Les { $count } premières règles enfreintes
}
manage-record = Enregistrement
manage-record-whole = tout l’enregistrement
manage-reason = Raison

manage-changes-filter = Filtrer les modifications
manage-any = Tout
manage-how = Par quelle voie
manage-what-done = Ce qui a été fait
manage-to-what = Sur quoi
manage-changes-no-user = Aucun utilisateur ne peut porter ce nom.
manage-changes-none = Rien n’a encore été modifié.
manage-changes-not-found = Il n’y a pas de telles modifications.
manage-changes-go-on = Parmi les dernières modifications, aucune ne correspond. Peut-être parmi les plus anciennes.
manage-changes-api = Ces modifications dans l’API
manage-movie-created = Film ajouté
manage-movie-updated = Film modifié
manage-movie-deleted = Film supprimé
manage-movies-created = { $count ->
    [one] { $count } film ajouté par une importation
    [many] { $count } de films ajoutés par une importation
   *[other] { $count } films ajoutés par une importation
}
manage-genre-change-created = Genre ajouté
manage-genre-change-renamed = Genre renommé
manage-genre-change-deleted = Genre supprimé
manage-differences = { $count ->
    [one] { $count } champ
    [many] { $count } de champs
   *[other] { $count } champs
}
manage-before = avant :
manage-after = maintenant :
