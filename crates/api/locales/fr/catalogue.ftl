# Lists of movies, and one movie.

list-title = Films
# The title of a list of what was found for some text.
list-search-title = Résultats pour « { $text } »
# Which of how many movies the page shows.
list-range = { $first }–{ $last } sur { $total }
list-range-more = { $first }–{ $last } sur plus de { $total }
# The same for a page whose number is not known.
list-some = sur { $total }
list-some-more = sur plus de { $total }
list-conditions = Filtres actifs
# Said to screen readers before a filter whose link takes it away.
list-remove = Retirer ce filtre :
list-clear-all = Tout effacer
# A filter: words in names, directors or genres.
list-text = Recherche
list-without-genre = Sauf
list-runtime = Minutes
list-genres = Genres
list-more-genres = Plus de genres
list-sort = Trier par
list-items = Par page
list-apply = Appliquer
list-filters = Filtres
list-score-from = Note à partir de
list-score-to = Note jusqu’à
list-year-from = Année à partir de
list-year-to = Année jusqu’à
list-show = Afficher les films
list-empty = Il n’y a pas encore de films
list-nothing = Aucun film ne correspond
list-nothing-text = Essayez avec moins de mots ou moins de filtres.
list-did-you-mean = Vouliez-vous dire ?
list-clear = Effacer les filtres
list-pages = Pages
list-previous = Précédente
list-next = Suivante
list-page = Page { $number }
list-api = La requête à l’API pour cette page
# Between several names.
list-separator = { ", " }

list-sort-relevance = Pertinence
list-sort-popularity = Les plus populaires
list-sort-popularity-up = Les moins populaires
list-sort-score = Les mieux notés
list-sort-score-up = Les moins bien notés
list-sort-year = Les plus récents
list-sort-year-up = Les plus anciens
list-sort-name = Titre, de A à Z
list-sort-name-down = Titre, de Z à A
list-sort-director = Réalisation, de A à Z
list-sort-director-down = Réalisation, de Z à A
list-sort-runtime = Les plus longs
list-sort-runtime-up = Les plus courts
list-sort-votes = Le plus de votes
list-sort-votes-up = Le moins de votes
list-sort-added = Derniers ajoutés
list-sort-added-up = Premiers ajoutés
list-sort-changed = Derniers modifiés
list-sort-changed-up = Premiers modifiés
# An order that is not in the menu, as it is written in the address.
list-sort-other = Comme demandé : { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = « { $name } » a été ignoré : ce filtre n’existe pas.
list-ignored-unknown-similar = « { $name } » a été ignoré : ce filtre n’existe pas. Vouliez-vous dire « { $meant } » ?
list-ignored-repeated = « { $name } » a été ignoré : il figure plus d’une fois.
list-ignored-encoding = « { $name } » a été ignoré : il est illisible.
list-ignored-too-many = Tous les filtres ont été ignorés : ils sont trop nombreux.
list-ignored-too-long = « { $name } » a été ignoré : il est trop long.
list-ignored-too-large = « { $name } » a été ignoré : le nombre est trop grand.
list-ignored-number = « { $name } » a été ignoré : un nombre comme 7 ou 7.5 est attendu.
list-ignored-time = « { $name } » a été ignoré : une date comme 2026-01-02T03:04:05Z est attendue.
list-ignored-sort = « { $name } » a été ignoré : les films ne peuvent pas être triés ainsi.
list-ignored-cursor = « { $name } » a été ignoré : il appartient à une autre liste.

film-name = Titre
film-director = Réalisation
film-genre = Genre
film-score = Note
film-popularity = Popularité
film-year = Année
film-runtime = Durée
film-votes = Votes
film-added = Ajouté le
film-changed = Modifié le
# Before the names of directors.
film-directed-by = Réalisé par
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [one] { $votes } vote
    [many] { $votes } de votes
   *[other] { $votes } votes
  }
film-hours-and-minutes = { $hours } h { $minutes } min
film-hours = { $hours } h
film-minutes = { $minutes } min
# The text of a picture for those who do not see it.
film-poster = Affiche de { $name }
film-similar = Dans le même esprit
film-edit = Modifier
film-history = Historique
